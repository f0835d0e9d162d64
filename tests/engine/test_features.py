"""Features: what the registry names is what is computed, and fits the data."""

from math import sin

import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures

from engine import DATASETS, FEATURES, Dataset, Feature, Network, Preparation, Task

POINTS = np.array([[0.5, -2.0], [-3.0, 0.25], [4.0, 1.5]])
# of the point (a, b), or of the number a
WANTED = {
    "x1": ("x₁", lambda a, b: a),
    "x2": ("x₂", lambda a, b: b),
    "x1_squared": ("x₁²", lambda a, b: a * a),
    "x2_squared": ("x₂²", lambda a, b: b * b),
    "x1_x2": ("x₁x₂", lambda a, b: a * b),
    "sin_x1": ("sin x₁", lambda a, b: sin(a)),
    "sin_x2": ("sin x₂", lambda a, b: sin(b)),
    "x": ("x", lambda a: a),
    "x_squared": ("x²", lambda a: a * a),
    "x_cubed": ("x³", lambda a: a * a * a),
    "sin_x": ("sin x", lambda a: sin(a)),
}


def test_the_registry() -> None:
    assert list(FEATURES) == list(WANTED)
    assert all(isinstance(feature, Feature) and feature.name == name for name, feature in FEATURES.items())


@pytest.mark.parametrize("name", WANTED)
def test_a_feature_is_what_its_title_says(name: str) -> None:
    feature, (title, formula) = FEATURES[name], WANTED[name]
    points = POINTS[:, : feature.inputs]
    assert feature.title == title
    np.testing.assert_allclose(feature.function(points), [formula(*point) for point in points], rtol=1e-15)
    # leading axes are many points at once
    np.testing.assert_array_equal(feature.function(points[None]), feature.function(points)[None])


def test_the_squares_and_the_product_are_those_of_scikit_learn() -> None:
    features = ("x1", "x2", "x1_squared", "x1_x2", "x2_squared")
    task = Task(Dataset.from_arrays(POINTS, [1, 2, 3]), Network((5, 1)), preparation=Preparation(features))
    wanted = PolynomialFeatures(2, include_bias=False).fit_transform(POINTS)
    np.testing.assert_allclose(task.features(POINTS), wanted, rtol=1e-15)
    np.testing.assert_allclose(task.cases("training").inputs[:-1].T, wanted, rtol=1e-15)


def test_with_its_square_a_circle_is_parted_by_a_single_neuron() -> None:
    data = DATASETS["circle"].generate(500)
    task = Task(data, Network((2, 1)), preparation=Preparation(("x1_squared", "x2_squared")))
    # y = 9 - x1^2 - x2^2
    weights = task.network.pack([[[-1.0], [-1.0]]], [[9.0]])
    outputs = task.network.forward(weights, task.features(data.inputs)).activities[-1]
    np.testing.assert_array_equal(np.sign(outputs), data.targets)


@pytest.mark.parametrize(
    ("features", "width", "message"),
    [
        (("x1",), 1, "feature x1 is made of two inputs; this data has 1"),
        (("x_cubed",), 2, "feature x_cubed is made of one input; this data has 2"),
        (("x1", "x2"), 64, "feature x1 is made of two inputs; this data has 64"),
        (("x1", "x"), 2, "feature x is made of one input; this data has 2"),
    ],
)
def test_features_are_made_of_a_certain_number_of_inputs(features: tuple[str, ...], width: int, message: str) -> None:
    preparation = Preparation(features)
    with pytest.raises(ValueError, match=message):
        preparation.width(width)
    data = Dataset.from_arrays(np.ones((3, width)), np.ones(3))
    with pytest.raises(ValueError, match=message):
        Task(data, Network((len(features), 1)), preparation=preparation)
