"""Hessians, and how large a rate they allow."""

import math

import numpy as np
import pytest

from engine import LANDSCAPES, GradientDescent, LinearNeuron, SigmoidNeuron, descend, hessian, stability
from engine.types import Array
from tests.engine.helpers import HEADS, differences, made_up_task

# H = diag(1, 10); its minimum is at (3, -1)
BOWL = LinearNeuron([[1.0, 0.0], [0.0, math.sqrt(10.0)]], [3.0, -math.sqrt(10.0)])


class Quadratic:
    """1/2 w'Hw, which does not tell its H."""

    def __init__(self, *eigenvalues: float, seed: int = 0) -> None:
        self.dimension = len(eigenvalues)
        axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(self.dimension, self.dimension)))[0]
        self.matrix = axes * np.array(eigenvalues) @ axes.T

    def error(self, weights: Array) -> Array:
        return 0.5 * np.einsum("...i,ij,...j->...", weights, self.matrix, weights)

    def gradient(self, weights: Array) -> Array:
        return weights @ self.matrix


# --- the rates ------------------------------------------------------------------


def test_closed_forms() -> None:
    at = stability(BOWL, [0.0, 0.0])
    np.testing.assert_allclose(at.eigenvalues, [1.0, 10.0], rtol=1e-14)
    assert at.largest_stable_rate == pytest.approx(2 / 10)
    assert at.best_rate == pytest.approx(2 / 11)
    assert at.condition_number == pytest.approx(10.0)


def test_eigenvectors_are_those_of_the_hessian() -> None:
    inputs = np.random.default_rng(0).normal(size=(20, 4))
    at = stability(LinearNeuron(inputs, np.zeros(20)), np.zeros(4))
    np.testing.assert_allclose(inputs.T @ inputs @ at.eigenvectors, at.eigenvectors * at.eigenvalues, atol=1e-12)
    assert (np.diff(at.eigenvalues) >= 0.0).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_just_below_the_limit_descent_converges_and_just_above_it_diverges(seed: int, reduction: str) -> None:
    generator = np.random.default_rng(seed)
    bowl = LinearNeuron(generator.normal(size=(30, 2)), generator.normal(size=30), reduction)
    start = bowl.minimum + generator.normal(size=2)
    limit = stability(bowl, start).largest_stable_rate
    below = descend(bowl, start, GradientDescent(learning_rate=0.99 * limit), steps=2000, keep="last")
    assert below.diverged_at is None
    np.testing.assert_allclose(below.weights, bowl.minimum, rtol=1e-10)
    above = descend(bowl, start, GradientDescent(learning_rate=1.01 * limit), steps=2000, keep="last")
    assert above.diverged_at is not None


def test_the_best_rate_gets_furthest() -> None:
    # the minimum is at 0, where no rounding ends the way
    bowl = LinearNeuron([[1.0, 0.0], [0.0, math.sqrt(10.0)]], [0.0, 0.0])
    best = stability(bowl, [0.0, 0.0]).best_rate
    assert best is not None

    def distance(rate: float) -> float:
        path = descend(bowl, [3.0, 4.0], GradientDescent(learning_rate=rate), steps=400, keep="last")
        return float(np.linalg.norm(path.weights))

    assert distance(best) < min(distance(0.97 * best), distance(1.03 * best)) / 2
    # it shrinks by (k - 1) / (k + 1) a step, k the condition number
    assert distance(best) == pytest.approx(5.0 * (9 / 11) ** 400, rel=1e-9)


def test_a_flat_direction_has_no_best_rate() -> None:
    at = stability(LinearNeuron([[2.0, 0.0]], [1.0]), [0.0, 0.0])
    assert at.largest_stable_rate == pytest.approx(0.5)
    assert at.best_rate is None
    assert at.condition_number == math.inf


def test_nearly_the_same_input_twice_is_a_flat_direction() -> None:
    column = np.random.default_rng(0).normal(size=(50, 1))
    at = stability(LinearNeuron(np.hstack([column, column * (1 + 1e-15)]), column[:, 0]), [0.0, 0.0])
    assert at.best_rate is None
    assert at.condition_number == math.inf


def test_where_nothing_curves_any_rate_is_stable() -> None:
    for surface in (LinearNeuron([[0.0, 0.0]], [1.0]), Quadratic(0.0, 0.0), Quadratic(-1.0, -3.0)):
        at = stability(surface, [1.0, 2.0])
        assert at.largest_stable_rate == math.inf
        assert at.best_rate is None
        assert at.condition_number == math.inf


@pytest.mark.parametrize("surface", [LANDSCAPES["saddle"], Quadratic(-2.0, 1.0, 4.0)], ids=["saddle", "quadratic"])
def test_a_saddle_has_a_limit_and_no_best_rate(surface: Quadratic) -> None:
    at = stability(surface, np.full(surface.dimension, 0.1))
    assert at.eigenvalues[0] < 0.0 < at.eigenvalues[-1]
    assert at.largest_stable_rate == pytest.approx(2.0 / at.eigenvalues[-1])
    assert at.best_rate is None
    assert at.condition_number == math.inf


@pytest.mark.parametrize("seed", range(10))
def test_rounding_of_differences_makes_no_bowl_of_a_flat_direction(seed: int) -> None:
    surface = Quadratic(0.0, 1.0, 3.0, seed=seed)
    at = stability(surface, 10.0 * np.random.default_rng(seed).normal(size=3))
    assert at.best_rate is None
    assert at.condition_number == math.inf
    assert at.largest_stable_rate == pytest.approx(2 / 3, rel=1e-9)


# --- the Hessian ----------------------------------------------------------------


@pytest.mark.parametrize(("output", "error"), HEADS)
def test_the_hessian_of_a_network_by_differences(output: str, error: str) -> None:
    surface = made_up_task((2, 3, 2), "tanh", output, error, cases=5).surface()
    weights = np.random.default_rng(0).normal(size=surface.dimension)
    matrix = hessian(surface, weights)
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_allclose(matrix, differences(surface.gradient, weights), rtol=1e-6, atol=1e-7)


def test_a_surface_that_knows_its_hessian_is_asked() -> None:
    np.testing.assert_array_equal(hessian(BOWL, [7.0, 7.0]), BOWL.hessian([7.0, 7.0]))
    neuron = SigmoidNeuron([[1.0, 2.0]], [1.0])
    np.testing.assert_array_equal(hessian(neuron, [0.1, 0.2]), neuron.hessian([0.1, 0.2]))


class Wide(Quadratic):
    """More weights than a Hessian by differences is for."""

    def __init__(self) -> None:
        self.dimension = 2_001


BAD = [
    (3, [0.0, 0.0], "surface is 3; it must be of the kind ErrorSurface"),
    (BOWL, [0.0], r"weights has shape \(1,\); it must be \(2\)"),
    (BOWL, [[0.0, 0.0]], r"weights has shape \(1, 2\)"),
    (BOWL, [0.0, np.nan], r"weights holds nan at \(1,\)"),
    (Wide(), np.zeros(2_001), "weights has 2001 entries; .* at most 2000"),
]


@pytest.mark.parametrize(("surface", "weights", "message"), BAD)
def test_bad_arguments_are_named(surface: Quadratic, weights: Array, message: str) -> None:
    for call in (hessian, stability):
        with pytest.raises(ValueError, match=message):
            call(surface, weights)


def test_a_hessian_that_overflows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"weights is .*1e\+200.*; the second derivatives there must be finite"):
        stability(LANDSCAPES["rosenbrock"], [1e200, 1e200])
    with pytest.raises(ValueError, match="the second derivatives there must be finite"):
        stability(LinearNeuron([[1e200]], [1.0]), [0.0])
