import math
from typing import Any

import numpy as np
import pytest

from engine import LANDSCAPES
from engine.surfaces import ErrorSurface, HasHessian
from engine.types import Array
from explorer.maps import axes, grid
from explorer.settings import specs
from explorer.surface.cases import read_own, shown_cases
from explorer.surface.scenes import Scene
from explorer.surface.settings import SurfaceSettings
from tests.explorer.pictures import (
    LINEAR,
    ON_DATA,
    SENTENCE,
    SIGMOID,
    THREE,
    WISHES,
    scene_of,
    settings_of,
    with_settings,
)


def design(wish: dict[str, Any], width: int) -> tuple[Array, Array]:
    """Inputs, with ones for a bias where the neuron has so many weights, and targets."""
    cases = shown_cases(settings_of(wish), read_own(wish.get("own")))
    bias = [np.ones(len(cases.targets))] * (width - cases.inputs.shape[1])
    return np.column_stack([cases.inputs, *bias]), cases.targets


def by_hand(inputs: Array, targets: Array, weights: Array, error: str, mean: bool) -> float:
    """The error as a sum over the cases, one after another."""
    total = 0.0
    for case, target in zip(inputs.tolist(), targets.tolist(), strict=True):
        output = sum(weight * value for weight, value in zip(weights.tolist(), case, strict=True))
        if error != "linear":
            output = 1.0 / (1.0 + math.exp(-output))
        if error == "cross_entropy":
            total -= target * math.log(output) + (1.0 - target) * math.log(1.0 - output)
        else:
            total += 0.5 * (target - output) ** 2
    return total / len(targets) if mean else total


def points_on(shown: Scene, count: int = 7) -> tuple[Array, Array]:
    """Points of the map (M, 2), and the same in weight space (M, D) with the held weight where the map cuts."""
    points = np.random.default_rng(8).uniform(*np.array(shown.window).T, size=(count, 2))
    weights = np.full((count, shown.dimension), shown.cut)
    weights[:, list(shown.shown)] = points
    return points, weights


# --- the error ------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("held", ["w1", "w2", "w3"])
@pytest.mark.parametrize("name", LINEAR)
def test_the_map_of_a_linear_neuron_sums_over_its_cases(name: str, held: str, reduction: str) -> None:
    wish = with_settings(name, held=held, cut=0.7, reduction=reduction, centre=0.4)
    shown = scene_of(wish)
    points, weights = points_on(shown)
    inputs, targets = design(wish, shown.dimension)
    expected = [by_hand(inputs, targets, each, "linear", reduction == "mean") for each in weights]
    np.testing.assert_allclose(shown.map.error(points), expected, rtol=1e-9)
    np.testing.assert_allclose(shown.surface.error(weights), expected, rtol=1e-9)
    np.testing.assert_allclose(shown.surface.error(np.zeros(shown.dimension)), by_hand(
        inputs, targets, np.zeros(shown.dimension), "linear", reduction == "mean"), rtol=1e-9
    )  # fmt: skip


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
@pytest.mark.parametrize("name", SIGMOID)
def test_the_map_of_a_sigmoidal_neuron_sums_over_its_cases(name: str, error: str, reduction: str) -> None:
    wish = with_settings(name, held="w2", cut=-0.3, error=error, reduction=reduction, cases=11)
    shown = scene_of(wish)
    points, weights = points_on(shown)
    inputs, targets = design(wish, shown.dimension)
    middle = np.median(targets)
    classes = (targets > middle).astype(float)
    assert set(classes) == {0.0, 1.0}
    expected = [by_hand(inputs, classes, each, error, reduction == "mean") for each in 0.2 * weights]
    np.testing.assert_allclose(shown.surface.error(0.2 * weights), expected, rtol=1e-9)
    on_map = 0.2 * weights
    if shown.held is not None:
        on_map[:, shown.held] = -0.3
    expected = [by_hand(inputs, classes, each, error, reduction == "mean") for each in on_map]
    np.testing.assert_allclose(shown.map.error(0.2 * points), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("(w1^2 + w2 - 2)^2 + (w1 - w2)^2 / 4", lambda a, b: (a * a + b - 2) ** 2 + (a - b) ** 2 / 4),
        ("sin(w1) * exp(-w2)", lambda a, b: math.sin(a) * math.exp(-b)),
        ("-3", lambda a, b: -3.0),
    ],
)
def test_a_typed_function_is_what_was_typed(text: str, function: Any) -> None:
    shown = scene_of({"settings": {"surface": "typed", "formula": text}})
    points, _ = points_on(shown)
    np.testing.assert_allclose(shown.map.error(points), [function(*point) for point in points], rtol=1e-12)


# --- the minimum ----------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("change", [{}, {"centre": 5.0, "scale": 0.1}, {"standardise": True}, {"collinear": 0.9}])
@pytest.mark.parametrize("name", LINEAR)
def test_the_minimum_is_that_of_least_squares(name: str, change: dict[str, Any], reduction: str) -> None:
    wish = with_settings(name, **change, reduction=reduction)
    shown = scene_of(wish)
    inputs, targets = design(wish, shown.dimension)
    solution = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    assert shown.minimum is not None
    np.testing.assert_allclose(shown.minimum, solution, rtol=1e-7, atol=1e-9)
    least = by_hand(inputs, targets, solution, "linear", reduction == "mean")
    assert shown.minima.lowest == pytest.approx(least, rel=1e-7, abs=1e-20)


@pytest.mark.parametrize("cut", [0.0, 1.3, -20.0])
@pytest.mark.parametrize("held", ["w1", "w2", "w3"])
@pytest.mark.parametrize("name", [name for name in THREE if name in LINEAR])
def test_the_minimum_of_a_cut_is_that_of_the_other_two_weights(name: str, held: str, cut: float) -> None:
    wish = with_settings(name, held=held, cut=cut)
    shown = scene_of(wish)
    inputs, targets = design(wish, 3)
    out = int(held[1]) - 1
    assert shown.held == out
    assert shown.shown == tuple(index for index in range(3) if index != out)
    rest = np.linalg.lstsq(inputs[:, list(shown.shown)], targets - cut * inputs[:, out], rcond=None)[0]
    np.testing.assert_allclose(shown.minima.weights, [rest], rtol=1e-7, atol=1e-9)
    whole = np.insert(rest, out, cut)
    np.testing.assert_allclose(shown.minima.errors, [by_hand(inputs, targets, whole, "linear", False)], rtol=1e-9)


@pytest.mark.parametrize("units", [(1e-3, 1e3, 1.0), (1e-4, 1e4, 1.0), (1e-2, 1e10, 1.0), (1.0, 1e-6, 1e5)])
def test_the_minimum_of_a_cut_is_right_in_any_units(units: tuple[float, ...]) -> None:
    generator = np.random.default_rng(0)
    plain = generator.normal(size=(50, 3))
    inputs, targets = plain * units, plain @ [2.0, -1.0, 0.5] + generator.normal(size=50)
    own = {"inputs": inputs.tolist(), "targets": targets.tolist()}
    shown = scene_of({"settings": {"data": "own", "noise": 0, "cut": 1.0}, "own": own})
    rest = targets - inputs[:, 2]  # the cut is at w3 = 1
    expected = np.linalg.lstsq(plain[:, :2], rest, rcond=None)[0] / units[:2]
    np.testing.assert_allclose(shown.minima.weights, [expected], rtol=1e-6)


@pytest.mark.parametrize("name", SIGMOID)
def test_found_minima_have_no_slope_and_lie_in_a_bowl(name: str) -> None:
    shown = scene_of(with_settings(name, noise=0.8, cases=40))
    low, high = np.array(shown.window).T
    around = 0.05 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 1], [-1, 1]])
    for place, error in zip(shown.minima.weights, shown.minima.errors, strict=True):
        assert ((place >= low) & (place <= high)).all()
        assert error == pytest.approx(float(shown.map.error(place)))
        assert (shown.map.error(place + around) > error).all()
    everywhere = shown.map.error(grid(*axes(shown.window, 61)))
    assert shown.minima.lowest <= everywhere.min() + 1e-3 * np.ptp(everywhere)


def test_cross_entropy_finds_the_weights_of_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    generator = np.random.default_rng(5)
    inputs = generator.normal(size=(60, 2))
    classes = (inputs @ [1.0, -0.7] + generator.logistic(size=60) > 0.0).astype(float)
    known = LogisticRegression(C=1e12, fit_intercept=False, tol=1e-10, max_iter=1000).fit(inputs, classes)
    own = {"inputs": inputs.tolist(), "targets": classes.tolist()}
    settings = {"surface": "sigmoid_neuron", "error": "cross_entropy", "data": "own", "noise": 0}
    shown = scene_of({"settings": settings, "own": own})
    np.testing.assert_allclose(shown.minima.weights, known.coef_, rtol=1e-4)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_the_minima_of_a_test_function_are_its_own(landscape: str) -> None:
    shown = scene_of(WISHES[landscape])
    known = LANDSCAPES[landscape].minima
    np.testing.assert_array_equal(shown.minima.weights, [place for place, _ in known])
    assert shown.minima.lowest == min(error for _, error in known)
    assert shown.told


# --- the window -----------------------------------------------------------------------


CHANGES: list[dict[str, Any]] = [
    {}, {"centre": 5.0}, {"centre": -5.0}, {"scale": 0.1}, {"scale": 10}, {"standardise": True}, {"cut": 15},
]  # fmt: skip


@pytest.mark.parametrize("name", WISHES)
def test_the_window_holds_what_it_is_about(name: str) -> None:
    for change in CHANGES if name in ON_DATA else [{}]:
        _holds_what_it_is_about(name, scene_of(with_settings(name, **change)))


def _holds_what_it_is_about(name: str, shown: Scene) -> None:
    low, high = np.array(shown.window).T
    assert (low < high).all()
    if name not in LANDSCAPES:
        assert high[0] - low[0] == pytest.approx(high[1] - low[1])  # equal scales leave no empty strip
    assert ((shown.minima.weights >= low) & (shown.minima.weights <= high)).all()
    if name in LINEAR:
        assert len(shown.minima.weights) == 1
        assert ((low <= 0.0) & (high >= 0.0)).all()
    errors = shown.map.error(grid(*axes(shown.window, 21)))
    assert np.isfinite(errors).all()
    assert errors.max() > errors.min()


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e5])
def test_the_window_is_as_large_as_the_users_data_asks(size: float) -> None:
    own = {"inputs": [[1.0], [2.0], [4.0]], "targets": [1.0 * size, 3.0 * size, 4.0 * size]}
    shown = scene_of({"settings": {"data": "own", "noise": 0}, "own": own})
    span = shown.window[0][1] - shown.window[0][0]
    assert np.abs(shown.minima.weights).max() < span / 2.0
    assert span < max(20.0 * np.abs(shown.minima.weights).max(), 0.01)


# --- what is told about it ------------------------------------------------------------


@pytest.mark.parametrize("name", WISHES)
def test_every_surface_can_be_walked_on(name: str) -> None:
    shown = scene_of(WISHES[name])
    for surface, width in ((shown.surface, shown.dimension), (shown.map, 2)):
        assert isinstance(surface, ErrorSurface)
        assert isinstance(surface, HasHessian)
        assert surface.dimension == width
    assert shown.dimension == (3 if name in THREE else 2)
    assert (shown.held is None) == (name not in THREE)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("rosenbrock", ("w1", "w2")),
        ("typed", ("w1", "w2")),
        ("linear_neuron-line", ("w1 (input)", "w2 (bias)")),
        ("sigmoid_neuron-plane", ("w1 (x1)", "w2 (x2)")),
        ("linear_neuron-plane-bias", ("w1 (x1)", "w2 (x2)", "w3 (bias)")),
        ("linear_neuron-dining_hall", ("w1 (burgers)", "w2 (fries)", "w3 (soda)")),
        ("sigmoid_neuron-own1", ("w1 (mass)", "w2 (bias)")),
        ("linear_neuron-own2-bias", ("w1 (mass)", "w2 (height)", "w3 (bias)")),
        ("linear_neuron-own3", ("w1 (mass)", "w2 (height)", "w3 (age)")),
    ],
)
def test_weights_are_named_after_their_inputs(name: str, names: tuple[str, ...]) -> None:
    assert scene_of(WISHES[name]).names == names


@pytest.mark.parametrize("name", WISHES)
def test_quadratic_is_what_has_one_curvature_everywhere(name: str) -> None:
    shown = scene_of(WISHES[name])
    assert isinstance(shown.surface, HasHessian)
    places = np.random.default_rng(4).uniform(-3.0, 3.0, (20, shown.dimension))
    matrices = shown.surface.hessian(places)
    assert np.allclose(matrices, matrices[0], rtol=1e-5, atol=1e-5) == shown.quadratic
    assert shown.quadratic == (name in LINEAR or name == "ravine")


@pytest.mark.parametrize(
    ("formula", "quadratic"),
    [
        ("3*w1^2 + w1*w2 + w2^2 - w1 + 5", True),
        ("w1^2 - w2^2", True),
        ("w1 + w2", False),
        ("w1^2 + w2^3", False),
        ("w1^2 + 0.01 * w2^4", False),
        ("abs(w1) + w2^2", False),  # its only curvature is in the kink
        ("relu(w1) + w1^2 + w2^2", False),
        ("log(w1) + w2^2", False),
    ],
)
def test_a_typed_function_is_known_to_be_quadratic(formula: str, quadratic: bool) -> None:
    assert scene_of({"settings": {"surface": "typed", "formula": formula}}).quadratic == quadratic


def test_targets_that_are_no_classes_have_a_threshold() -> None:
    own = {"inputs": [[1], [2], [3], [4]], "targets": [10.0, 20.0, 30.0, 40.0]}
    settings = {"surface": "sigmoid_neuron", "data": "own", "noise": 0}
    shown = scene_of({"settings": settings, "own": own})
    assert shown.cases is not None
    assert shown.cases.targets.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert shown.threshold == 25.0
    kept = scene_of({"settings": settings, "own": {**own, "targets": [0.0, 1.0, 0.25, 0.0]}})
    assert kept.cases is not None
    assert kept.cases.targets.tolist() == [0.0, 1.0, 0.25, 0.0]
    assert kept.threshold is None


# --- the same and another -------------------------------------------------------------

OTHER: dict[str, Any] = {
    "error": "cross_entropy", "reduction": "mean", "data": "plane", "meals": "smart", "bias": True, "cases": 21,
    "noise": 0.4, "centre": 1.0, "scale": 2.0, "collinear": 0.5, "standardise": True, "data_seed": 2, "held": "w1",
    "cut": 0.05,
}  # fmt: skip


@pytest.mark.parametrize("name", WISHES)
def test_a_scene_is_made_once_and_cannot_be_written(name: str) -> None:
    shown = scene_of(WISHES[name])
    assert scene_of(with_settings(name)) is shown
    # what only looks at it or walks on it leaves it alone
    looked = {"levels": "linear", "marks": [], "drawing": "lines", "start_w1": 1.0, "steps": 3, "rate_adam": 0.5}
    assert scene_of(with_settings(name, **looked)) is shown
    cases = [] if shown.cases is None else [shown.cases.inputs, shown.cases.targets, shown.design]
    for values in (*cases, shown.minima.weights, shown.minima.errors, shown.minimum):
        assert values is None or not values.flags.writeable


@pytest.mark.parametrize("field", OTHER)
def test_other_settings_are_another_scene(field: str) -> None:
    name = (
        "sigmoid_neuron-plane-bias" if field in ("error", "held", "cut", "collinear") else "linear_neuron-dining_hall"
    )
    if field == "bias":
        name = "linear_neuron-plane"
    shown, other = scene_of(WISHES[name]), scene_of(with_settings(name, **{field: OTHER[field]}))
    assert shown is not other
    inside = np.array([0.3, -0.4])
    assert shown.map.error(inside) != other.map.error(inside)


@pytest.mark.parametrize("name", [name for name in ON_DATA if "own" in name])
def test_other_cases_are_another_scene(name: str) -> None:
    own = WISHES[name]["own"]
    changed = {**own, "targets": [own["targets"][0] + 1.0, *own["targets"][1:]]}
    assert scene_of({**WISHES[name], "own": changed}) is not scene_of(WISHES[name])


@pytest.mark.parametrize("name", ["rosenbrock", "typed"])
def test_what_does_not_matter_to_a_function_makes_no_other_scene(name: str) -> None:
    shown = scene_of(WISHES[name])
    for field, value in OTHER.items():
        assert scene_of(with_settings(name, **{field: value})) is shown, field
    assert scene_of({**WISHES[name], "own": WISHES["linear_neuron-own2"]["own"]}) is shown


@pytest.mark.parametrize("name", ["rosenbrock", "linear_neuron-line"])
def test_a_formula_that_is_not_shown_makes_no_other_scene(name: str) -> None:
    assert scene_of(with_settings(name, formula="w1 + w2^2")) is scene_of(WISHES[name])


def test_own_cases_that_are_not_there_are_asked_for() -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        scene_of({"settings": {"data": "own"}})


def test_every_setting_of_the_wish_is_told_apart_above() -> None:
    told = {name for name, spec in specs(SurfaceSettings).items() if spec.part == "surface"}
    assert told == {*OTHER, "surface", "formula", "levels", "drawing", "marks"}


@pytest.mark.parametrize("name", [name for name in ON_DATA if "own" not in name])
def test_two_cases_are_enough(name: str) -> None:
    for seed in range(6):
        shown = scene_of(with_settings(name, cases=2, data_seed=seed))
        assert np.isfinite(shown.map.error(np.zeros(2)))
        assert np.isfinite(shown.minima.weights).all()
