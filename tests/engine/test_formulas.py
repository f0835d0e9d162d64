"""Formulas that a person types: what they mean, that their derivatives are right, and that nothing typed does harm."""

import pickle
import random
import re
import time
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest

from engine import LANDSCAPES, ErrorSurface, Formula, GradientDescent, check_gradient, descend, hessian
from engine.formula_grammar import CONSTANTS, FUNCTIONS, WEIGHTS
from engine.surfaces import HasBoth, HasHessian
from engine.types import Array

POINT = np.array([0.7, -1.3])


def value(text: str, w1: float = 0.7, w2: float = -1.3) -> float:
    return float(Formula(text).error([w1, w2]))


def differences(function: Callable[[Array], Array], points: Array, step: float = 1e-3) -> Array:
    """Central differences of fourth order along both weights, (M, 2) -> (M, ..., 2)."""
    columns = []
    for unit in step * np.eye(2):
        near = function(points + unit) - function(points - unit)
        far = function(points + 2.0 * unit) - function(points - 2.0 * unit)
        columns.append((8.0 * near - far) / (12.0 * step))
    return np.stack(columns, axis=-1)


# --- what a text means ------------------------------------------------------------

SAME = [
    # what is stronger
    ("-w1^2", "-(w1^2)"),
    ("2 - -w1", "2 + w1"),
    ("+w1 - +w2", "w1 - w2"),
    ("2^-w1", "1/(2^w1)"),
    ("2^-w1^2", "2^(-(w1^2))"),
    ("2*-w1^2", "-2*(w1^2)"),
    ("2^3^2", "512"),
    ("w1 - w2 - 3", "(w1 - w2) - 3"),
    ("8/4/2", "1"),
    ("8/4*2", "4"),
    ("1 + 2*3^2/6 - 1", "3"),
    ("-w1*w2", "(-w1)*w2"),
    # products that are not written
    ("2w1", "2*w1"),
    ("2 w1", "2*w1"),
    ("3(w1+1)", "3*(w1+1)"),
    ("(w1+1)(w2-1)", "(w1+1)*(w2-1)"),
    ("(w1+1)w2", "(w1+1)*w2"),
    ("(w1+1)2", "(w1+1)*2"),
    ("2w1^2", "2*(w1^2)"),
    ("w1^2w2", "(w1^2)*w2"),
    ("2^2(w1)", "4*w1"),
    ("1/2w1", "(1/2)*w1"),
    ("-2w1", "-(2*w1)"),
    ("2sin(w1)cos(w2)", "2*sin(w1)*cos(w2)"),
    ("2pi", "2*pi"),
    ("2e", "2*e"),
    ("2e*w1", "2*e*w1"),
    ("2exp(w1)", "2*exp(w1)"),
    ("2e-w1", "2*e - w1"),
    # other ways to write it
    ("w1**2", "w1^2"),
    ("w_1 + w_2", "w1 + w2"),
    ("w₁ + w₂", "w1 + w2"),
    ("x^2 + 3y", "w1^2 + 3*w2"),
    ("2 × w1 · w2 − 1", "2*w1*w2 - 1"),
    ("w1² + w2³", "w1^2 + w2^3"),
    ("-w1²", "-(w1^2)"),
    ("2w1²w2", "2*(w1^2)*w2"),
    ("(w1+w2)²(w1-w2)", "(w1+w2)^2*(w1-w2)"),
    ("2^w1²", "2^(w1^2)"),
    ("w1²^3", "(w1^2)^3"),
    ("ln(3)", "log(3)"),
    ("\tw1\u00a0+\n w2 ", "w1 + w2"),
    # numbers
    (".5", "1/2"),
    ("1.", "1"),
    ("1e-3 + 1.5E+2 + 2e2", "350.001"),
    ("0e999", "0"),
    ("1e-999", "0"),
]


@pytest.mark.parametrize(("text", "other"), SAME, ids=[text for text, _ in SAME])
def test_two_texts_for_the_same(text: str, other: str) -> None:
    assert value(text) == pytest.approx(value(other), rel=1e-14)


# text -> its value at (w1, w2)
VALUES: dict[str, Callable[[float, float], object]] = {
    "3": lambda a, b: 3.0,
    "w1": lambda a, b: a,
    "w2": lambda a, b: b,
    "w1 + 2w2": lambda a, b: a + 2 * b,
    "w1 - w2": lambda a, b: a - b,
    "w1 * w2": lambda a, b: a * b,
    "w1 / w2": lambda a, b: a / b,
    "2^w1": lambda a, b: 2**a,
    "w2^2 + w2^3 + w2^-2": lambda a, b: b**2 + b**3 + b**-2,
    "w1^w2": lambda a, b: a**b,
    "pi + e": lambda a, b: np.pi + np.e,
    "sin(w1)": lambda a, b: np.sin(a),
    "cos(w1)": lambda a, b: np.cos(a),
    "tan(w1)": lambda a, b: np.tan(a),
    "exp(w1)": lambda a, b: np.exp(a),
    "log(w1)": lambda a, b: np.log(a),
    "log10(w1)": lambda a, b: np.log10(a),
    "sqrt(w1)": lambda a, b: np.sqrt(a),
    "abs(w2)": lambda a, b: abs(b),
    "tanh(w1)": lambda a, b: np.tanh(a),
    "sigmoid(w1)": lambda a, b: 1 / (1 + np.exp(-a)),
    "relu(w1) + relu(w2)": lambda a, b: max(a, 0) + max(b, 0),
    "min(w1, w2)": min,
    "max(w1, w2)": max,
}


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    assert value(text) == pytest.approx(VALUES[text](0.7, -1.3), rel=1e-14)


def test_every_function_is_looked_at() -> None:
    for texts in (VALUES, SMOOTH):
        assert [name for name in FUNCTIONS if not any(f"{name}(" in text for text in texts)] == []


# --- derivatives --------------------------------------------------------------------

SMOOTH = [
    "3",
    "w1",
    "2w1 - 3w2 + 1",
    "w1 * w2",
    "w1^2*w2^3",
    "w1 / w2",
    "(w1 - w2) / (w1^2 + w2^2 + 1)",
    "1 / (1 + w1*w2)",
    "-w1^4 + w2^-2",
    "w1^0 + w2^1",
    "w1^1.5 + w2^-0.5",
    "2^w1 * 3^-w2",
    "w1^w2",
    "(w1 + w2)^(w1 * w2)",
    "w2^(2 + 0*w1)",
    "sin(w1 * w2)",
    "cos(w1^2 - w2)",
    "tan(0.3w1 + 0.2w2)",
    "exp(-w1^2 - w2^2)",
    "log(w1 + w2^2)",
    "ln(w1) * w2",
    "log10(w1 * w2 + 1)",
    "sqrt(w1^2 + w2^2)",
    "abs(w1 - 5) * w2^2",
    "abs(sin(3w1)) + abs(w1 * w2)",
    "tanh(2w1 - w2)",
    "sigmoid(3w1 - w2^2)",
    "relu(w1 + w2)^2 * w1",
    "relu(-w1) + relu(w1 * w2)",
    "min(w1^2, 4 + w2) * w2",
    "max(w1 * w2, -7)^2",
    "min(sin(w1), 2) + max(w2^3, -1)",
    "20 + e - 20exp(-0.2sqrt((w1^2 + w2^2)/2)) - exp((cos(2pi*w1) + cos(2pi*w2))/2)",
    "(1.5 - w1 + w1*w2)^2 + (2.25 - w1 + w1*w2^2)^2",
    "sigmoid(tanh(w1) * exp(sin(w2))) / sqrt(1 + w1^2)",
]


@pytest.mark.parametrize("text", SMOOTH)
def test_derivatives_are_those_of_the_error(text: str) -> None:
    formula = Formula(text)
    points = np.random.default_rng(5).uniform(0.3, 1.9, (100, 2))
    gradient, matrix = formula.gradient(points), formula.hessian(points)
    np.testing.assert_allclose(gradient, differences(formula.error, points), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(matrix, differences(formula.gradient, points), rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(matrix, matrix.swapaxes(-1, -2))
    np.testing.assert_array_equal(formula.error_and_gradient(points)[0], formula.error(points))
    np.testing.assert_array_equal(formula.error_and_gradient(points)[1], gradient)


@pytest.mark.parametrize("text", SMOOTH)
def test_the_gradient_check_finds_nothing(text: str) -> None:
    assert check_gradient(Formula(text), [1.3, 0.45]).relative_error < 1e-7


ROSENBROCK = "(1 - w1)^2 + 100 (w2 - w1^2)^2"
TYPED = {
    "rosenbrock": ROSENBROCK,
    "himmelblau": "(x² + y - 11)² + (x + y² - 7)²",
    "beale": "(1.5 - w1*(1 - w2))^2 + (2.25 - w1*(1 - w2^2))^2 + (2.625 - w1*(1 - w2^3))^2",
    "six_hump_camel": "(4 - 2.1w1^2 + w1^4/3)*w1^2 + w1*w2 + 4(w2^2 - 1)*w2^2",
    "rastrigin": "20 + w1^2 + w2^2 - 10cos(2pi*w1) - 10cos(2pi*w2)",
    "plateau": "(1 + tanh(5w1))/2 + ((w1 + 1.5)^2 + w2^2)/50",
}


@pytest.mark.parametrize("name", TYPED)
def test_the_landscapes_typed_as_text(name: str) -> None:
    formula, landscape = Formula(TYPED[name]), LANDSCAPES[name]
    points = np.random.default_rng(2).uniform(*np.transpose(landscape.domain), (500, 2))
    size = np.abs(landscape.error(points)).max()
    np.testing.assert_allclose(formula.error(points), landscape.error(points), rtol=1e-12, atol=1e-15 * size)
    found, wanted = formula.gradient(points), landscape.gradient(points)
    assert (np.abs(found - wanted).max(1) <= 1e-12 * np.abs(wanted).max()).all()
    found, wanted = formula.hessian(points), landscape.hessian(points)
    assert (np.abs(found - wanted).max((1, 2)) <= 1e-7 * np.abs(wanted).max()).all()


# text -> gradient and Hessian, derived by hand
CLOSED = {
    ROSENBROCK: lambda a, b: (
        [2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)],
        [[2 - 400 * b + 1200 * a * a, -400 * a], [-400 * a, 200]],
    ),
    TYPED["himmelblau"]: lambda a, b: (
        [4 * a * (a * a + b - 11) + 2 * (a + b * b - 7), 2 * (a * a + b - 11) + 4 * b * (a + b * b - 7)],
        [[12 * a * a + 4 * b - 42, 4 * (a + b)], [4 * (a + b), 12 * b * b + 4 * a - 26]],
    ),
    "w1^3 / w2": lambda a, b: (
        [3 * a**2 / b, -(a**3) / b**2],
        [[6 * a / b, -3 * a**2 / b**2], [-3 * a**2 / b**2, 2 * a**3 / b**3]],
    ),
    "exp(w1 * w2)": lambda a, b: (
        np.exp(a * b) * np.array([b, a]),
        np.exp(a * b) * np.array([[b * b, 1 + a * b], [1 + a * b, a * a]]),
    ),
    "w1^w2": lambda a, b: (
        [b * a ** (b - 1), a**b * np.log(a)],
        [
            [b * (b - 1) * a ** (b - 2), a ** (b - 1) * (1 + b * np.log(a))],
            [a ** (b - 1) * (1 + b * np.log(a)), a**b * np.log(a) ** 2],
        ],
    ),
    "sqrt(w1^2 + w2^2)": lambda a, b: (
        np.array([a, b]) / np.hypot(a, b),
        np.array([[b * b, -a * b], [-a * b, a * a]]) / np.hypot(a, b) ** 3,
    ),
}


@pytest.mark.parametrize("text", CLOSED)
@pytest.mark.parametrize("weights", [(0.7, 1.3), (2.5, -0.4), (1.0, 3.0)])
def test_derivatives_in_closed_form(text: str, weights: tuple[float, float]) -> None:
    gradient, matrix = CLOSED[text](*weights)
    np.testing.assert_allclose(Formula(text).gradient(weights), gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(Formula(text).hessian(weights), matrix, rtol=1e-12, atol=1e-12)


# text, w1 -> value, dE/dw1, d2E/dw1^2, where a careless rule gives NaN or the wrong side
DELICATE = [
    ("w1^2", 0.0, 0.0, 0.0, 2.0),
    ("w1**2", -3.0, 9.0, -6.0, 2.0),
    ("w1²", 0.0, 0.0, 0.0, 2.0),
    ("w1^3", -2.0, -8.0, 12.0, -12.0),
    ("w1^3", 0.0, 0.0, 0.0, 0.0),
    ("w1^-2", -2.0, 0.25, 0.25, 0.375),
    ("w1^1", 0.0, 0.0, 1.0, 0.0),
    ("w1^0", 0.0, 1.0, 0.0, 0.0),
    ("w1^(1+1)", -1.0, 1.0, -2.0, 2.0),
    ("w1*w1", 0.0, 0.0, 0.0, 2.0),
    ("0^w1", 2.0, 0.0, 0.0, 0.0),
    ("1/w1", -2.0, -0.5, -0.25, -0.25),
    # at the kink
    ("abs(w1)", 0.0, 0.0, 0.0, 0.0),
    ("relu(w1)", 0.0, 0.0, 0.0, 0.0),
    ("min(w1, 2w1)", 0.0, 0.0, 1.0, 0.0),
    ("min(2w1, w1)", 0.0, 0.0, 2.0, 0.0),
    ("max(w1, 2w1)", 0.0, 0.0, 1.0, 0.0),
    ("max(2w1, w1)", 0.0, 0.0, 2.0, 0.0),
    ("max(w1, w1)", 1.0, 1.0, 1.0, 0.0),
    # far out
    ("sigmoid(w1)", -1e4, 0.0, 0.0, 0.0),
    ("sigmoid(w1)", 1e4, 1.0, 0.0, 0.0),
    ("exp(-w1^2)", 1e3, 0.0, 0.0, 0.0),
    ("exp(w1)", 1e3, np.inf, np.inf, np.inf),
    ("log(w1)", 0.0, -np.inf, np.inf, -np.inf),
    ("sqrt(w1)", 0.0, 0.0, np.inf, -np.inf),
]


@pytest.mark.parametrize(("text", "w1", "error", "slope", "curve"), DELICATE)
def test_delicate_points(text: str, w1: float, error: float, slope: float, curve: float) -> None:
    formula = Formula(text)
    assert formula.error([w1, 5.0]) == error
    np.testing.assert_array_equal(formula.gradient([w1, 5.0]), [slope, 0.0])
    np.testing.assert_array_equal(formula.hessian([w1, 5.0]), [[curve, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        *(("1/0", np.inf), ("-1/0", -np.inf), ("0/0", np.nan), ("9^9^9^9^9", np.inf), ("log(-1)", np.nan)),
        *(("sqrt(-1)", np.nan), ("(-8)^(1/3)", np.nan), ("1e308*10", np.inf), ("exp(1e9) - exp(1e9)", np.nan)),
    ],
)
def test_what_is_no_number_is_quiet(text: str, error: float) -> None:
    formula = Formula(text)
    np.testing.assert_array_equal(formula.error(np.zeros((3, 2))), np.full(3, error))
    np.testing.assert_array_equal(formula.gradient(np.zeros((3, 2))), np.zeros((3, 2)))
    np.testing.assert_array_equal(formula.hessian(np.zeros((3, 2))), np.zeros((3, 2, 2)))


def test_a_slope_that_overflows_leaves_the_other_weight_alone() -> None:
    np.testing.assert_array_equal(Formula("exp(w1) + w2^2").gradient([1e3, 3.0]), [np.inf, 6.0])


@pytest.mark.parametrize("text", [*SMOOTH[1:], "w1^2 + w2^2", "w1 + w2"])
def test_a_lost_path_may_ask_on(text: str) -> None:
    weights = np.array([[np.inf, 1.0], [np.nan, np.nan], [-1e200, 1e200]])
    formula = Formula(text)
    assert formula.error(weights).shape == (3,)
    assert formula.gradient(weights).shape == (3, 2)
    assert formula.hessian(weights).shape == (3, 2, 2)
    if text != "w1^0 + w2^1":
        assert np.isnan(formula.error(weights)[1])


# --- shapes, and the formula as a value -----------------------------------------------


@pytest.mark.parametrize("text", ["3", "w2", "pi^2", ROSENBROCK, "min(w1, 1) + abs(w2)"])
@pytest.mark.parametrize("shape", [(), (5,), (1,), (3, 4), (0,), (20_001,)])
def test_leading_axes(text: str, shape: tuple[int, ...]) -> None:
    weights = np.random.default_rng(1).uniform(-1.0, 1.0, (*shape, 2))
    before = weights.copy()
    weights.setflags(write=False)
    formula = Formula(text)
    results = error, gradient, matrix = formula.error(weights), formula.gradient(weights), formula.hessian(weights)
    assert (np.shape(error), gradient.shape, matrix.shape) == (shape, (*shape, 2), (*shape, 2, 2))
    assert {result.dtype for result in results} == {np.dtype(np.float64)}
    np.testing.assert_array_equal(weights, before)
    for result in results:
        assert not np.shares_memory(result, weights)
    if weights.size:
        last = weights.reshape(-1, 2)[-1]
        np.testing.assert_allclose(np.ravel(error)[-1], formula.error(last), rtol=1e-14)
        np.testing.assert_allclose(gradient.reshape(-1, 2)[-1], formula.gradient(last), rtol=1e-14)
        np.testing.assert_allclose(matrix.reshape(-1, 2, 2)[-1], formula.hessian(last), rtol=1e-14)


def test_results_may_be_written_to() -> None:
    weights = np.zeros((4, 2))
    for function in (Formula("w1").error, Formula("w1").gradient, Formula("w1").hessian):
        function(weights)[...] = 7.0
    np.testing.assert_array_equal(weights, 0.0)
    np.testing.assert_array_equal(Formula("w1").gradient(weights), [[1.0, 0.0]] * 4)


def test_weights_in_any_form() -> None:
    formula = Formula(ROSENBROCK)
    assert formula.error((2, 1)) == formula.error(np.array([2.0, 1.0])) == 901.0
    points = np.random.default_rng(0).normal(size=(2, 6))
    np.testing.assert_array_equal(formula.error(points.T), formula.error(points.T.copy()))
    np.testing.assert_array_equal(formula.error(points.T[::-2]), formula.error(points.T)[::-2])


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (4, 0)])
def test_wrong_shape_is_named(shape: tuple[int, ...]) -> None:
    formula = Formula("w1")
    for function in (formula.error, formula.gradient, formula.error_and_gradient, formula.hessian):
        with pytest.raises(ValueError, match=r"weights has shape .* must be \(\.\.\., 2\)"):
            function(np.zeros(shape))


def test_it_is_an_error_surface() -> None:
    formula = Formula(ROSENBROCK)
    assert isinstance(formula, ErrorSurface)
    assert isinstance(formula, HasBoth)
    assert isinstance(formula, HasHessian)
    assert formula.dimension == 2
    np.testing.assert_allclose(hessian(formula, [1.0, 1.0]), [[802.0, -400.0], [-400.0, 200.0]])
    start = [[-1.2, 1.0], [0.5, 0.5]]
    paths = [descend(surface, start, GradientDescent(0.001), 50) for surface in (formula, LANDSCAPES["rosenbrock"])]
    np.testing.assert_allclose(paths[0].weights, paths[1].weights, rtol=1e-9)


def test_its_text_is_its_identity() -> None:
    formula = Formula("  w1 + w2\n")
    assert formula.text == "w1 + w2"
    assert formula == Formula("w1 + w2")
    assert hash(formula) == hash(Formula("w1 + w2"))
    assert formula != Formula("w1+w2")
    assert formula != "w1 + w2"
    assert repr(formula) == "Formula(text='w1 + w2')"
    with pytest.raises(AttributeError):
        formula.text = "w1"
    copy = pickle.loads(pickle.dumps(formula))
    assert copy == formula
    assert copy.error(POINT) == formula.error(POINT)


def test_a_cache_knows_it_again() -> None:
    @lru_cache
    def lowest(formula: Formula) -> float:
        return float(formula.error(POINT))

    assert lowest(Formula("w1 - w2")) == lowest(Formula(" w1 - w2 ")) == pytest.approx(2.0)
    assert (lowest.cache_info().hits, lowest.cache_info().misses) == (1, 1)


# --- what is wrong with a text ----------------------------------------------------------

KNOWN = "there are w1, w2, pi, e and the functions " + ", ".join(FUNCTIONS)
BAD = [
    ("", "the formula is empty; it must be one of w1 and w2, such as w1^2 + w2^2"),
    (" \t\n", "the formula is empty; it must be one of w1 and w2, such as w1^2 + w2^2"),
    ("w1" + "+1" * 100, "the formula has 202 characters; it may have at most 200"),
    ("(" * 41 + "w1" + ")" * 41, "the formula is nested more than 40 levels deep with the '(' at position 41"),
    ("-" * 41 + "w1", "the formula is nested more than 40 levels deep with the '-' at position 41"),
    ("2^" * 41 + "w1", "the formula is nested more than 40 levels deep with the '^' at position 82"),
    # names
    ("w3 + 1", f"'w3' at position 1 is not known; {KNOWN}"),
    ("1 + w₃", f"'w₃' at position 5 is not known; {KNOWN}"),
    ("w1w2", f"'w1w2' at position 1 is not known; {KNOWN}"),
    ("2 * Sin(w1)", f"'Sin' at position 5 is not known; {KNOWN}"),
    ("a" * 200, f"'{'a' * 20}…' at position 1 is not known; {KNOWN}"),
    # operands
    ("w1 +", "something is missing after '+' at position 4"),
    ("w1 + )", "something is missing after '+' at position 4"),
    ("w1 + * 2", "something is missing after '+' at position 4"),
    ("(w1 - 2 ×) + 1", "something is missing after '×' at position 9"),
    ("2 ** ", "something is missing after '**' at position 3"),
    ("* 2", "something is missing before '*' at position 1"),
    ("²", "something is missing before '²' at position 1"),
    (")", "something is missing before ')' at position 1"),
    ("-", "something is missing after '-' at position 1"),
    ("()", "something is missing after '(' at position 1"),
    ("sin()", "something is missing after '(' at position 4"),
    ("min(w1,)", "something is missing after ',' at position 7"),
    # parentheses
    ("2 (w1", "the '(' at position 3 is not closed"),
    ("sin(w1", "the '(' at position 4 is not closed"),
    ("((w1)", "the '(' at position 1 is not closed"),
    ("w1)", "there is no '(' for the ')' at position 3"),
    ("(w1))²", "there is no '(' for the ')' at position 5"),
    # functions
    ("sin w1", "'sin' at position 1 needs parentheses, as in sin(w1)"),
    ("1 + max", "'max' at position 5 needs parentheses, as in max(w1, w2)"),
    ("sin²(w1)", "'sin' at position 1 needs parentheses, as in sin(w1)"),
    ("sin(w1, w2)", "'sin' at position 1 takes 1 argument, not 2"),
    ("1 + min(w1)", "'min' at position 5 takes 2 arguments, not 1"),
    ("max(1, 2, 3)", "'max' at position 1 takes 2 arguments, not 3"),
    # no operator
    ("w1 w2", "an operator is missing before 'w2' at position 4"),
    ("w1(w2)", "an operator is missing before '(' at position 3"),
    ("w1 2", "an operator is missing before '2' at position 4"),
    ("1 2", "an operator is missing before '2' at position 3"),
    ("1.2.3", "an operator is missing before '.3' at position 4"),
    ("w1²3", "an operator is missing before '3' at position 4"),
    ("(w1 w2)", "an operator is missing before 'w2' at position 5"),
    ("w1²²", "unexpected '²' at position 4"),
    # numbers and characters
    ("1 + 1e999", "the number '1e999' at position 5 is too large"),
    ("0,5 w1", "unexpected ',' at position 2; a decimal point is a point, and only min and max have a comma"),
    ("(0,5)", "unexpected ',' at position 3; a decimal point is a point, and only min and max have a comma"),
    ("w1 $ 2", "unexpected character '$' at position 4"),
    ("|w1|", "unexpected character '|' at position 1"),
    ("E = w1", "unexpected character '=' at position 3"),
    ("1 + .", "unexpected character '.' at position 5"),
    # what is meant for others
    ("__import__('os').system('ls')", 'unexpected character "\'" at position 12'),
    ("lambda: 0", "unexpected character ':' at position 7"),
    ("exec(w1)", f"'exec' at position 1 is not known; {KNOWN}"),
    ("w1.__class__", "unexpected character '.' at position 3"),
    ("w1 if w1 else w2", "an operator is missing before 'if' at position 4"),
    ("[w1 for w1 in (1,)]", "unexpected character '[' at position 1"),
    ("w1; w2", "unexpected character ';' at position 3"),
    ("0x10", f"'x10' at position 2 is not known; {KNOWN}"),
    ("1_000", f"'_000' at position 2 is not known; {KNOWN}"),
    ("w1\0", r"unexpected character '\x00' at position 3"),
    ("\u200fw1", r"unexpected character '\u200f' at position 1"),
    ("w1 + \u202ew2", r"unexpected character '\u202e' at position 6"),
    ("\ud800", r"unexpected character '\ud800' at position 1"),
    ("٣ + w1", "unexpected character '٣' at position 1"),
    ("1٣", "unexpected character '٣' at position 2"),
    ("𝟙", "unexpected character '𝟙' at position 1"),
    ("w１", "unexpected character '１' at position 2"),
    ("w1⁴", "unexpected character '⁴' at position 3"),
    ("½", "unexpected character '½' at position 1"),
    ("ω1", "unexpected character 'ω' at position 1"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=range(len(BAD)))
def test_what_is_wrong_is_said_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as caught:
        Formula(text)
    assert type(caught.value) is ValueError


@pytest.mark.parametrize("text", [None, 3, 1.5, b"w1", ["w1"], ("w1",), object(), np.zeros(2), Formula("w1")])
def test_only_a_text_is_a_text(text: object) -> None:
    with pytest.raises(ValueError, match=r"^text is .*; it must be of the kind str$"):
        Formula(text)


@pytest.mark.parametrize(
    "text",
    ["w1" * 5_000_000, "(" * 10_000_000, " " * 10_000_000, "9" * 10_000_000, "\0" * 10_000_000, "-" * 10_000_000],
    ids=["names", "parentheses", "blanks", "digits", "NUL", "signs"],
)
def test_ten_million_characters_are_refused_at_once(text: str) -> None:
    begin = time.perf_counter()
    with pytest.raises(
        ValueError, match=r"^the formula (has \d+ characters; it may have at most 200|is empty)"
    ) as caught:
        Formula(text)
    assert time.perf_counter() - begin < 1.0
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    "text",
    [
        *("9^9^9^9^9", "9^" * 40 + "9", "-" * 40 + "w1", "(" * 40 + "w1" + ")" * 40, "ln(" * 40 + "w1" + ")" * 40),
        *("w1" + "+1" * 99, "1" + "(w1)" * 49, "w1^9" + "*9" * 98, "9" * 200, "exp(" * 39 + "9" + ")" * 39),
        *("1+2*(" * 33 + "1" + ")" * 33, "9^-" * 20 + "w1", "min(1," * 28 + "w1" + ")" * 28),
    ],
)
def test_the_most_that_is_allowed_is_quick(text: str) -> None:
    begin = time.perf_counter()
    formula = Formula(text)
    formula.error(POINT), formula.gradient(POINT), formula.hessian(POINT)
    assert time.perf_counter() - begin < 1.0


# --- anything at all ----------------------------------------------------------------------

PIECES = [
    *WEIGHTS,
    *CONSTANTS,
    *FUNCTIONS,
    "w_1",
    "w₂",
    "x",
    "y",
    "ln",
    *"+-*/^()(),.×·−²³0123456789 e",
    "**",
    ".5",
    "1e3",
]


def random_text(generator: random.Random) -> str:
    return "".join(generator.choices(PIECES, k=generator.randint(1, 25)))


def grown_text(generator: random.Random, depth: int = 4) -> str:
    """A text that is a formula."""
    if depth == 0:
        return generator.choice(["w1", "w2", "x", "w₂", "2", "0", ".5", "pi", "e", "1e3"])
    inner, other = grown_text(generator, depth - 1), grown_text(generator, generator.randint(0, depth - 1))
    name = generator.choice(list(FUNCTIONS))
    call = f"{name}({inner}, {other})" if FUNCTIONS[name] == 2 else f"{name}({inner})"
    return generator.choice([f"({inner}){generator.choice('+-*/^')}{other}", call, f"-({inner})²", f"2({inner})"])


def judged(text: str) -> str | None:
    """What is wrong with a text, or None where it is a formula, whose derivatives then exist in the right shape."""
    try:
        formula = Formula(text)
    except ValueError as reason:
        return str(reason)
    points = np.array([[0.0, 0.0], [1.5, -2.0], [-1e200, np.nan]])
    error, gradient = formula.error_and_gradient(points)
    assert (error.shape, gradient.shape, formula.hessian(points).shape) == ((3,), (3, 2), (3, 2, 2))
    return None


def test_two_thousand_random_texts() -> None:
    generator = random.Random(11)
    reasons = [judged(random_text(generator)) for _ in range(2_000)]
    wrong = [reason for reason in reasons if reason is not None]
    assert 1_000 < len(wrong) < 2_000
    assert all(reason and "\n" not in reason and len(reason) < 250 for reason in wrong)


def test_random_formulas_are_formulas() -> None:
    generator = random.Random(12)
    texts = [text for text in (grown_text(generator) for _ in range(500)) if len(text) <= 200]
    assert len(texts) > 400
    assert {judged(text) for text in texts} == {None}


def test_random_characters() -> None:
    generator = random.Random(13)
    for _ in range(500):
        text = "".join(chr(generator.randrange(0x11_0000)) for _ in range(generator.randint(0, 30)))
        assert judged(text)
