"""Single neurons as error surfaces: against sums over the cases, one number at a time, and differences."""

from math import exp, log

import numpy as np
import pytest

from engine import LANDSCAPES, ErrorSurface, LinearNeuron, SigmoidNeuron
from engine.types import Array
from tests.engine.helpers import differences, made_up_task

REDUCTIONS = ("sum", "mean")
both_reductions = pytest.mark.parametrize("reduction", REDUCTIONS)
both_errors = pytest.mark.parametrize("error", ["squared", "cross_entropy"])


def made_up(cases: int = 20, width: int = 3, seed: int = 0) -> tuple[Array, Array]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(cases, width)), generator.normal(size=cases)


def conditioned(condition: float, cases: int = 50, width: int = 3) -> tuple[Array, Array, Array]:
    """Inputs whose singular values reach from 1 to 1 / condition, targets, and the weakest direction."""
    generator = np.random.default_rng(4)
    left = np.linalg.qr(generator.normal(size=(cases, width)))[0]
    right = np.linalg.qr(generator.normal(size=(width, width)))[0]
    values = np.geomspace(1.0, 1.0 / condition, width)
    return left * values @ right.T, left.sum(axis=1) + 0.1 * generator.normal(size=cases), right[:, -1]


def scale_of(reduction: str, cases: int) -> float:
    return 1.0 / cases if reduction == "mean" else 1.0


# --- the linear neuron ----------------------------------------------------------


def test_a_bowl_by_hand() -> None:
    # E = 1/2 ((3 - 2a)^2 + (1 - b)^2 + (0 - a - b)^2)
    bowl = LinearNeuron([[2, 0], [0, 1], [1, 1]], [3, 1, 0])
    assert bowl.dimension == 2
    assert bowl.error([1, 1]) == pytest.approx(0.5 * (1 + 0 + 4))
    np.testing.assert_allclose(bowl.gradient([1, 1]), [-2 + 0 + 2, 0 + 0 + 2], atol=1e-14)
    np.testing.assert_allclose(bowl.hessian([1, 1]), [[5, 1], [1, 2]])
    # 5a + b = 6, a + 2b = 1
    np.testing.assert_allclose(bowl.minimum, [11 / 9, -1 / 9])
    np.testing.assert_allclose(bowl.minimum_error, bowl.error([11 / 9, -1 / 9]))


@both_reductions
def test_a_bowl_is_the_sum_over_its_cases(reduction: str) -> None:
    inputs, targets = made_up()
    bowl = LinearNeuron(inputs, targets, reduction)
    scale = scale_of(reduction, len(inputs))
    for weights in np.random.default_rng(1).normal(size=(5, 3)):
        residuals = [
            t - sum(w * x for w, x in zip(weights, row, strict=True)) for row, t in zip(inputs, targets, strict=True)
        ]
        error = scale * sum(0.5 * r * r for r in residuals)
        gradient = [-scale * sum(r * row[k] for r, row in zip(residuals, inputs, strict=True)) for k in range(3)]
        assert bowl.error(weights) == pytest.approx(error, rel=1e-13)
        np.testing.assert_allclose(bowl.gradient(weights), gradient, rtol=1e-12, atol=1e-13)
        together = bowl.error_and_gradient(weights)
        np.testing.assert_array_equal(together[0], bowl.error(weights))
        np.testing.assert_array_equal(together[1], bowl.gradient(weights))
    np.testing.assert_allclose(bowl.hessian(weights), scale * inputs.T @ inputs, rtol=1e-13)


@both_reductions
def test_the_minimum_in_closed_form(reduction: str) -> None:
    inputs, targets = made_up()
    bowl = LinearNeuron(inputs, targets, reduction)
    np.testing.assert_allclose(bowl.minimum, np.linalg.solve(inputs.T @ inputs, inputs.T @ targets), rtol=1e-12)
    np.testing.assert_allclose(bowl.gradient(bowl.minimum), 0.0, atol=1e-13)
    residual = targets - inputs @ bowl.minimum
    assert bowl.minimum_error == pytest.approx(0.5 * scale_of(reduction, 20) * (residual**2).sum(), rel=1e-13)
    assert bowl.error(bowl.minimum) == bowl.minimum_error


@pytest.mark.parametrize("condition", [1.0, 1e3, 1e6, 1e12])
@both_reductions
def test_near_the_minimum_the_error_is_never_below_it(condition: float, reduction: str) -> None:
    inputs, targets, weakest = conditioned(condition)
    bowl = LinearNeuron(inputs, targets, reduction)
    directions = np.random.default_rng(0).normal(size=(200, 3))
    for size in (0.0, 1e-16, 1e-12, 1e-8, 1e-4, 1.0):
        for near in (bowl.minimum + size * directions, bowl.minimum * (1.0 + size * directions)):
            assert (bowl.error(near) >= bowl.minimum_error).all()
    # it rises along the weakest direction as it should: 1/2 (s d)^2 with s the smallest singular value
    for rise in (1e-3, 1.0, 1e3):
        away = bowl.minimum + rise * condition * weakest
        wanted = 0.5 * rise * rise * scale_of(reduction, len(inputs))
        assert bowl.error(away) - bowl.minimum_error == pytest.approx(wanted, rel=1e-2 if condition > 1e6 else 1e-6)


def test_data_on_a_line_leave_no_error_at_all() -> None:
    inputs = np.column_stack([np.arange(5.0), np.ones(5)])
    bowl = LinearNeuron(inputs, 2.0 * np.arange(5.0) - 1.0)
    np.testing.assert_allclose(bowl.minimum, [2.0, -1.0], rtol=1e-13)
    assert 0.0 <= bowl.minimum_error < 1e-27
    assert 0.0 <= bowl.error([2.0, -1.0]) < 1e-27


# inputs, targets, the shortest minimum, a direction along which nothing changes
SINGULAR = {
    "the same input twice": ([[1, 1], [2, 2], [3, 3]], [2, 4, 7], [31 / 28, 31 / 28], [1, -1]),
    "an input that is always 0": ([[1, 0], [2, 0]], [1, 3], [7 / 5, 0], [0, 1]),
    "fewer cases than weights": ([[3, 4]], [10], [1.2, 1.6], [4, -3]),
    "nothing but zeros": ([[0, 0], [0, 0]], [1, 2], [0, 0], [1, 1]),
}


@pytest.mark.parametrize(("inputs", "targets", "minimum", "flat"), SINGULAR.values(), ids=list(SINGULAR))
@both_reductions
def test_singular_data(inputs: Array, targets: Array, minimum: Array, flat: Array, reduction: str) -> None:
    bowl = LinearNeuron(inputs, targets, reduction)
    np.testing.assert_allclose(bowl.minimum, minimum, rtol=1e-12, atol=1e-15)
    lowest = bowl.minimum_error
    for distance in (-1e3, 1.0, 1e3):
        assert bowl.error(bowl.minimum + distance * np.array(flat)) == pytest.approx(lowest, rel=1e-12, abs=1e-20)
        np.testing.assert_allclose(bowl.gradient(bowl.minimum + distance * np.array(flat)), 0.0, atol=1e-10)
    away = np.array([0.3, -0.7])
    brute = 0.5 * ((np.array(targets) - np.array(inputs) @ away) ** 2).sum() * scale_of(reduction, len(inputs))
    assert bowl.error(away) == pytest.approx(brute, rel=1e-13)


# --- the sigmoidal neuron -------------------------------------------------------


@both_errors
@both_reductions
def test_a_sigmoidal_neuron_is_the_sum_over_its_cases(error: str, reduction: str) -> None:
    inputs, _ = made_up()
    targets = np.random.default_rng(2).uniform(0.0, 1.0, 20)
    neuron = SigmoidNeuron(inputs, targets, error, reduction)
    for weights in np.random.default_rng(1).normal(size=(5, 3)):
        total = 0.0
        for row, t in zip(inputs, targets, strict=True):
            y = 1.0 / (1.0 + exp(-sum(w * x for w, x in zip(weights, row, strict=True))))
            total += 0.5 * (t - y) ** 2 if error == "squared" else -t * log(y) - (1 - t) * log(1 - y)
        assert neuron.error(weights) == pytest.approx(scale_of(reduction, 20) * total, rel=1e-13)


@both_errors
@both_reductions
def test_slope_and_curvature_of_a_sigmoidal_neuron(error: str, reduction: str) -> None:
    inputs, _ = made_up()
    targets = np.random.default_rng(2).uniform(0.0, 1.0, 20)
    neuron = SigmoidNeuron(inputs, targets, error, reduction)
    for weights in np.random.default_rng(1).normal(size=(5, 3)):
        np.testing.assert_allclose(neuron.gradient(weights), differences(neuron.error, weights), rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(
            neuron.hessian(weights), differences(neuron.gradient, weights), rtol=1e-9, atol=1e-10
        )


@pytest.mark.parametrize("size", [1e3, 1e10, 1e150, 1e308])
@pytest.mark.parametrize("targets", [(1.0, 0.0), (0.0, 1.0), (0.25, 0.5)])
@both_errors
def test_extreme_logits_of_a_sigmoidal_neuron(size: float, targets: tuple[float, float], error: str) -> None:
    neuron = SigmoidNeuron([[1.0], [-1.0]], targets, error)
    first, second = targets
    if error == "squared":
        assert neuron.error([size]) == pytest.approx(0.5 * (1 - first) ** 2 + 0.5 * second**2)
        np.testing.assert_allclose(neuron.gradient([size]), [0.0], atol=1e-300)
    else:
        assert neuron.error([size]) == pytest.approx(size * (1 - first) + size * second)
        np.testing.assert_allclose(neuron.gradient([size]), [(1 - first) + second], rtol=1e-15)
    np.testing.assert_allclose(neuron.hessian([size]), [[0.0]], atol=1e-300)


# --- all of them ----------------------------------------------------------------


@pytest.mark.parametrize("kind", [LinearNeuron, SigmoidNeuron])
def test_a_neuron_keeps_no_hold_on_the_data_it_was_given(kind: type) -> None:
    inputs, targets = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([0.0, 1.0])
    neuron = kind(inputs, targets)
    before = neuron.error([0.3, 0.4])
    inputs[...], targets[...] = 0.0, 0.5
    assert neuron.error([0.3, 0.4]) == before
    for values in (neuron.inputs, neuron.targets):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0.0


def surfaces() -> dict[str, ErrorSurface]:
    inputs, targets = made_up()
    share = np.random.default_rng(2).uniform(0.0, 1.0, 20)
    return {
        "linear neuron": LinearNeuron(inputs, targets),
        "sigmoidal neuron": SigmoidNeuron(inputs, share),
        "sigmoidal neuron, cross-entropy": SigmoidNeuron(inputs, share, "cross_entropy", "mean"),
        "network": made_up_task().surface(),
        "landscape": LANDSCAPES["rosenbrock"],
    }


def parametrized(but: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    chosen = {name: surface for name, surface in surfaces().items() if name not in but}
    return pytest.mark.parametrize("surface", chosen.values(), ids=list(chosen))


every_surface = parametrized()
every_but_landscapes = parametrized(but=("landscape",))  # they have tests of their own


@every_surface
@pytest.mark.parametrize("leading", [(), (1,), (4,), (2, 3), (0,)])
def test_shapes(surface: ErrorSurface, leading: tuple[int, ...]) -> None:
    assert isinstance(surface, ErrorSurface)
    stack = np.random.default_rng(0).normal(size=(*leading, surface.dimension))
    kept = stack.copy()
    errors, gradients = surface.error(stack), surface.gradient(stack)
    assert np.shape(errors) == leading
    assert gradients.shape == stack.shape
    if hasattr(surface, "hessian"):
        assert surface.hessian(stack).shape == (*leading, surface.dimension, surface.dimension)
    for place in np.ndindex(*leading):
        np.testing.assert_allclose(surface.error(stack[place]), np.asarray(errors)[place], rtol=1e-12)
        np.testing.assert_allclose(surface.gradient(stack[place]), gradients[place], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(stack, kept)


@every_surface
def test_forty_thousand_points_at_once(surface: ErrorSurface) -> None:
    stack = np.random.default_rng(0).normal(size=(200, 200, surface.dimension))
    errors = surface.error(stack)
    assert errors.shape == (200, 200)
    for place in ((0, 0), (17, 150), (199, 199)):
        assert errors[place] == pytest.approx(float(surface.error(stack[place])), rel=1e-12)


@every_but_landscapes
def test_a_point_far_out_or_not_a_number_raises_no_warning(surface: ErrorSurface) -> None:
    for number in (1e155, 1e308, np.inf, np.nan):
        point = np.full(surface.dimension, number)
        point[0] = -point[0]
        surface.error(point)
        surface.gradient(point)


@every_but_landscapes
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(99), r"weights has shape \(99,\); it must be \(\.\.\., "),
        (3.0, r"weights has shape \(\)"),
        ("abc", "weights is not an array of numbers but 'abc'"),
        ({}, "weights is not an array of numbers"),
    ],
)
def test_bad_weights_are_named(surface: ErrorSurface, weights: Array, message: str) -> None:
    for call in (surface.error, surface.gradient):
        with pytest.raises(ValueError, match=message):
            call(weights)


BAD = [
    (LinearNeuron, ([1, 2], [1, 2]), r"inputs has shape \(2,\); it must be \(any, any\)"),
    (LinearNeuron, ([[1, 2]], [1, 2]), r"targets has shape \(2,\); it must be \(1\)"),
    (LinearNeuron, ([[1, 2]], [[1]]), r"targets has shape \(1, 1\)"),
    (LinearNeuron, (np.zeros((0, 2)), []), r"inputs has shape \(0, 2\); .* none of it empty"),
    (LinearNeuron, (np.zeros((2, 0)), [1, 2]), r"inputs has shape \(2, 0\)"),
    (LinearNeuron, ([[1, np.nan]], [1]), r"inputs holds nan at \(0, 1\)"),
    (LinearNeuron, ([[1, 2]], [np.inf]), r"targets holds inf at \(0,\)"),
    (LinearNeuron, ([["a", 2]], [1]), r"inputs is not an array of numbers"),
    (LinearNeuron, ([[1, 2]], [1], "average"), r"reduction is 'average'; it must be one of sum, mean"),
    (SigmoidNeuron, ([[1], [2]], [0, 1.5]), r"targets holds 1.5; .* between 0 and 1"),
    (SigmoidNeuron, ([[1], [2]], [-0.2, 1]), r"targets holds -0.2; .* between 0 and 1"),
    (SigmoidNeuron, ([[1], [2]], [0, np.nan]), r"targets holds nan"),
    (SigmoidNeuron, ([[1]], [1], "absolute"), r"error is 'absolute'; it must be one of squared, cross_entropy"),
    (SigmoidNeuron, ([[1]], [1], "squared", None), r"reduction is None"),
]


@pytest.mark.parametrize(("kind", "arguments", "message"), BAD)
def test_bad_arguments_are_named(kind: type, arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind(*arguments)
