import re
from typing import Any

import numpy as np
import pytest

from engine import LANDSCAPES
from engine.types import Array
from explorer.maps import Window
from explorer.surface.facts import facts, readable, separable
from tests.explorer.pictures import SENTENCE, SIGMOID, WISHES, scene_of, with_settings

SINGLE, EXACT, CONTRADICT = "no single solution", "has an exact solution", "contradict each other"


def told(name: str, window: Window | None = None, **more: Any) -> str:
    shown = scene_of(with_settings(name, **more))
    return " ".join(facts(shown, window or shown.window))


def of_cases(inputs: Any, targets: Any, **more: Any) -> str:
    own = {"inputs": np.asarray(inputs, float).tolist(), "targets": np.asarray(targets, float).tolist()}
    settings = {"data": "own", "noise": 0, **more}
    shown = scene_of({"settings": settings, "own": own})
    return " ".join(facts(shown, shown.window))


def vectors(text: str) -> list[list[float]]:
    """The vectors in brackets: (2.5, −1, 0.5)."""
    found = re.findall(r"\((−?[\d.,e−]+(?:, −?[\d.,e−]+)+)\)", text)
    return [[float(each.replace(",", "").replace("−", "-")) for each in vector.split(", ")] for vector in found]


def typed(formula: str, window: Window | None = None) -> str:
    return told("typed", window, formula=formula)


# --- in general -----------------------------------------------------------------------


@pytest.mark.parametrize("name", WISHES)
def test_facts_are_sentences(name: str) -> None:
    shown = scene_of(WISHES[name])
    said = facts(shown, shown.window)
    assert said
    for sentence in said:
        assert re.search(SENTENCE, sentence)
        assert not re.search(r"nan|inf\b|None|[\\{}$]|  |\.\.", sentence)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_test_function_tells_its_formula_and_its_source(name: str) -> None:
    said = told(name)
    assert said.startswith("E = ")
    assert LANDSCAPES[name].source in said


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"E = (1 - w_1)^2 + 100 (w_2 - w_1^2)^2", "E = (1 − w₁)² + 100 (w₂ − w₁²)²"),
        (r"E = \tfrac14 w_1^4 - \tfrac{50}{4} w_2", "E = 1/4 w₁⁴ − 50/4 w₂"),
        (r"E = \sum_k \left(w_k^2 - 10 \cos 2 \pi w_k\right)", "E = Σₖ (wₖ² − 10 cos 2 π wₖ)"),
        (r"20 e^{-0.2 \sqrt{(w_1^2 + w_2^2) / 2}}", "20 e^(−0.2 √((w₁² + w₂²) / 2))"),
    ],
)
def test_a_formula_is_readable(latex: str, plain: str) -> None:
    assert readable(latex) == plain


# --- the exact solution ---------------------------------------------------------------


def test_what_the_inputs_tell_exactly_is_solved_exactly() -> None:
    said = told("linear_neuron-dining_hall", noise=0)
    assert EXACT in said
    assert vectors(said) == [[2.5, 1.5, 1.0]]
    said = of_cases([[1], [2], [5]], [3, 5, 11])  # t = 2 x + 1
    assert EXACT in said
    assert vectors(said) == [[2, 1]]
    assert CONTRADICT not in said
    # as many cases as weights: always, but not when they contradict
    assert EXACT in of_cases([[1], [2]], [7, -4])
    assert EXACT in of_cases([[1, 2], [3, 4]], [0, 0])


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("name", ["linear_neuron-line", "linear_neuron-plane", "linear_neuron-dining_hall"])
def test_contradicting_cases_have_a_least_squares_solution(name: str, reduction: str) -> None:
    said = told(name, noise=0.7, reduction=reduction)
    shown = scene_of(with_settings(name, noise=0.7, reduction=reduction))
    assert shown.design is not None
    assert shown.cases is not None
    solution, [squares], _, _ = np.linalg.lstsq(shown.design, shown.cases.targets, rcond=None)
    assert CONTRADICT in said
    assert EXACT not in said
    np.testing.assert_allclose(vectors(said)[0], solution, rtol=6e-3, atol=1e-9)
    error = squares / 2.0 / (len(shown.cases.targets) if reduction == "mean" else 1)
    [number] = re.findall(r"with the error ([\d.,]+?),? and", said)
    assert float(number) == pytest.approx(error, rel=6e-3)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_whether_cases_contradict_has_nothing_to_do_with_their_unit(size: float) -> None:
    inputs, targets = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 2.0, 4.0])
    assert EXACT in of_cases(size * inputs, targets)
    assert EXACT in of_cases(inputs, size * targets)
    assert CONTRADICT in of_cases(size * inputs, targets + np.array([0.0, 0.001, 0.0]))
    assert CONTRADICT in of_cases(inputs, size * (targets + np.array([0.0, 0.001, 0.0])))


@pytest.mark.parametrize(
    ("inputs", "more", "free"),
    [
        ([[1, 1], [2, 2], [-3, -3]], {}, (1, -1)),
        ([[1, 2], [2, 4], [-3, -6]], {}, (2, -1)),
        ([[2], [2], [2]], {}, (1, -2)),  # with the bias
        ([[1, 0], [2, 0], [3, 0]], {}, (0, 1)),
        ([[1, 2, 3], [1, 0, 1], [4, 1, 5]], {}, (1, 1, -1)),
    ],
)
def test_collinear_inputs_leave_a_direction_free(inputs: list[list[float]], more: Any, free: tuple[float, ...]) -> None:
    said = of_cases(inputs, [1.0, 2.0, 4.0], **more)
    assert SINGLE in said
    assert "collinear" in said
    [direction] = vectors(said)
    assert abs(np.dot(direction, free)) == pytest.approx(np.linalg.norm(free), rel=6e-3)
    design = np.array(inputs, float)
    design = np.column_stack([design, np.ones(3)]) if design.shape[1] == 1 else design
    np.testing.assert_allclose(design @ direction, 0.0, atol=0.02 * np.abs(design).max())  # three digits are told
    assert EXACT not in said
    assert CONTRADICT not in said


def test_the_control_makes_inputs_collinear() -> None:
    assert SINGLE in told("linear_neuron-plane", collinear=1.0)
    assert SINGLE not in told("linear_neuron-plane", collinear=0.99)


@pytest.mark.parametrize("units", [(1.0, 1.0), (1e-6, 1e5), (1e-9, 1e3), (1.0, 1e11)])
def test_inputs_in_very_different_units_are_not_collinear(units: tuple[float, float]) -> None:
    inputs = np.random.default_rng(2).normal(size=(20, 2))
    assert SINGLE not in of_cases(inputs * units, inputs @ [1.0, 2.0] + inputs[:, 0] ** 2)


@pytest.mark.parametrize(
    ("inputs", "bias"), [([[1, 2, 3], [4, 5, 7]], False), ([[1, 2], [4, 5]], True), ([[0, 1, 0], [2, 5, 5]], False)]
)
def test_too_few_cases_leave_a_direction_free(inputs: list[list[float]], bias: bool) -> None:
    said = of_cases(inputs, [1.0, 2.0], bias=bias)
    assert SINGLE in said
    assert "2 cases for 3 weights" in said
    [direction] = vectors(said)
    design = np.column_stack([inputs, np.ones(2)]) if bias else np.array(inputs, float)
    np.testing.assert_allclose(design @ direction, 0.0, atol=0.05)


# --- the typed function ---------------------------------------------------------------


@pytest.mark.parametrize(
    "formula", ["w1^2 * w2 + sin(w2)", "exp(-w1^2 - w2^2)", "tanh(w1) / (2 + w2^2)", "5", "abs(w1 - 0.1)"]
)
def test_a_smooth_gradient_passes_its_check(formula: str) -> None:
    said = typed(formula)
    assert "checked against central differences at 25 points" in said
    [number] = re.findall(r"difference is ([\d.]+(?:e-\d+)?)\.", said)
    assert float(number) < 1e-5


@pytest.mark.parametrize(
    ("formula", "apart"),
    [
        ("relu(w1)", 5),  # the 25 points hold 5 with w1 = 0
        ("relu(w1) + relu(w2)", 9),
        ("max(w1, w2)", 5),
        ("abs(w1) + w1^2", 0),  # as steep on either side as on the other: the difference is the slope that is told
    ],
)
def test_a_kink_on_a_point_of_the_check_is_told(formula: str, apart: int) -> None:
    said = typed(formula)
    assert (f"differ at {apart} of 25 points" in said) == (apart > 0)
    assert ("kink" in said) == (apart > 0)


@pytest.mark.parametrize(("formula", "sound"), [("log(w1)", 10), ("sqrt(w1 + w2)", 10)])
def test_only_points_where_there_is_a_gradient_are_counted(formula: str, sound: int) -> None:
    assert f"at {sound} points" in typed(formula)
    outside = ((-9.0, -5.0), (-9.0, -5.0))
    assert "finite at none of 25 points" in typed(formula, outside)


def test_the_check_is_about_the_part_in_sight() -> None:
    assert "differ at" in typed("relu(w1)")
    assert "differ at" not in typed("relu(w1)", ((1.0, 2.0), (-1.0, 1.0)))


# --- classes --------------------------------------------------------------------------

APART = "told apart without a mistake"


def clouds(gap: float, seed: int, width: int = 2, cases: int = 40) -> tuple[Array, Array]:
    """Two classes on both sides of a line, ``gap`` from it; with a negative one mixed."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(cases, width))
    normal = generator.normal(size=width)
    normal /= np.linalg.norm(normal)
    side = np.where(np.arange(cases) % 2 == 0, 1.0, -1.0)
    inputs += np.outer(side * (gap + np.abs(inputs @ normal)) - inputs @ normal, normal)
    return inputs, (side > 0.0).astype(float)


def without_mistake(inputs: Array, classes: Array) -> bool:
    """By linear programming: weights with a margin of 1 on every case, or none."""
    from scipy.optimize import linprog

    signs = 2.0 * classes - 1.0
    bounds = [(None, None)] * inputs.shape[1]
    found = linprog(np.zeros(inputs.shape[1]), -signs[:, None] * inputs, -np.ones(len(classes)), bounds=bounds)
    return bool(found.status == 0)


@pytest.mark.parametrize("gap", [0.05, 0.5, 3.0])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
def test_separable_classes_are_told(error: str, seed: int, gap: float) -> None:
    inputs, classes = clouds(gap, seed)
    assert without_mistake(inputs, classes)
    assert APART in of_cases(inputs, classes, surface="sigmoid_neuron", error=error)


@pytest.mark.parametrize("seed", range(12))
def test_separable_is_only_said_of_what_is(seed: int) -> None:
    generator = np.random.default_rng(seed)
    width = int(generator.integers(1, 4))
    inputs = generator.normal(size=(int(generator.integers(3, 12)), width)) * 10.0 ** generator.uniform(-3, 3, width)
    classes = generator.integers(0, 2, len(inputs)).astype(float)
    design = np.column_stack([inputs, np.ones(len(inputs))]) if width == 1 else inputs
    known = without_mistake(design / np.abs(design).max(axis=0), classes)
    assert separable(design, classes) == known
    assert (APART in of_cases(inputs, classes, surface="sigmoid_neuron")) == known


def test_scikit_learn_agrees() -> None:
    from sklearn.linear_model import LogisticRegression

    for seed in range(4):
        for gap in (0.3, -0.3):
            inputs, classes = clouds(gap, seed)
            if gap < 0.0:
                classes[:2] = classes[1::-1]  # two change sides
            model = LogisticRegression(C=1e9, fit_intercept=False, max_iter=2000).fit(inputs, classes)
            assert separable(inputs, classes) == (model.score(inputs, classes) == 1.0)


def test_one_case_on_the_wrong_side_is_enough() -> None:
    inputs, classes = np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0.0, 0.0, 1.0, 1.0])
    assert APART in of_cases(inputs, classes, surface="sigmoid_neuron")
    assert APART not in of_cases(inputs, classes[[0, 2, 1, 3]], surface="sigmoid_neuron")
    # targets between the classes are no classes
    assert APART not in of_cases(inputs, [0.0, 0.2, 0.8, 1.0], surface="sigmoid_neuron")


@pytest.mark.parametrize("name", SIGMOID)
def test_a_sigmoidal_neuron_has_no_linear_system(name: str) -> None:
    said = told(name)
    assert "no linear system" in said
    assert EXACT not in said


@pytest.mark.parametrize(
    ("targets", "above"),
    [
        ([1.0, 2.0, 3.0, 4.0], 2),
        ([-3.0, 0.0, 0.5, 9.0], 2),
        ([1000.1, 1000.2, 1000.3, 1000.4], 2),
        ([3.0, 5.0, 5.0, 5.0], 3),  # above the median there is none
    ],
)
def test_the_threshold_of_classes_is_told(targets: list[float], above: int) -> None:
    said = of_cases([[1], [2], [3], [4]], targets, surface="sigmoid_neuron")
    [number] = re.findall(r"Targets above (−?[\d.,]*\d)", said)
    threshold = float(number.replace(",", "").replace("−", "-"))
    assert (np.array(targets) > threshold).sum() == above


def test_where_targets_are_classes_there_is_no_threshold() -> None:
    assert "Targets above" not in of_cases([[1], [2], [3]], [0, 1, 1], surface="sigmoid_neuron")


# --- where it is ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["himmelblau", "linear_neuron-line", "linear_neuron-dining_hall"])
def test_a_minimum_out_of_sight_is_told(name: str) -> None:
    assert "outside this window" not in told(name)
    said = told(name, ((50.0, 51.0), (50.0, 51.0)))
    assert "lies outside this window" in said
    lowest = scene_of(WISHES[name]).minima.weights[0]
    np.testing.assert_allclose(vectors(said)[-1], lowest, rtol=6e-3)


def test_one_of_several_lowest_minima_in_sight_is_enough() -> None:
    # all four of Himmelblau's are equally low
    assert "outside this window" not in told("himmelblau", ((-4.0, -3.0), (-4.0, -3.0)))


def test_a_valley_is_not_out_of_sight_where_it_passes_through() -> None:
    along = ((2.0, 3.0), (-3.0, -2.0))
    shown = scene_of(with_settings("linear_neuron-plane", collinear=1.0, noise=0))
    assert shown.minimum is not None
    total = float(shown.minimum.sum())  # only the sum of both weights counts
    assert along[0][0] + along[1][0] < total < along[0][1] + along[1][1]
    assert "outside this window" not in told("linear_neuron-plane", along, collinear=1.0, noise=0)
