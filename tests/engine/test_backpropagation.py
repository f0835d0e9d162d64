"""Backpropagation against central differences: every activation, every head, networks of every depth.

A difference across a kink (relu, leaky_relu, elu at 0; absolute at a residual of 0, huber at 1) says nothing about
the slope, so weights are drawn until every logit and residual keeps its distance.
"""

from dataclasses import replace

import numpy as np
import pytest

from engine import Network, Task, check_gradient
from engine.propagation import Propagation
from engine.types import Array, Reduction
from tests.engine.helpers import HEADS, HIDDEN, differences, made_up_task

DISTANCE = 1e-2
CASES, WIDTH = 4, 3
KINKED = ("relu", "leaky_relu", "elu")


def to_the_next_kink(task: Task, weights: Array) -> float:
    """The smallest distance of any logit or residual from a kink."""
    result = task.network.forward(weights, task.data.inputs)
    distances = [np.inf]
    for logits, name in zip(result.logits, task.network.activations, strict=True):
        if name in KINKED:
            distances.append(np.abs(logits).min())
    residual = np.abs(result.activities[-1] - task.data.targets)
    if task.error in ("absolute", "huber"):
        distances.append(np.abs(residual - (task.error == "huber")).min())
    return float(min(distances))


def smooth_place(task: Task) -> Array:
    """Weights away from every kink, with a slope in every layer, where the network is neither dead nor saturated."""
    surface = task.surface()
    for seed in range(10_000):
        generator = np.random.default_rng(seed)
        weights = [generator.normal(0.0, 1.6 / np.sqrt(fan_in), (fan_in, out)) for fan_in, out in task.network.layers]
        biases = [generator.normal(0.0, 0.3, out) for _, out in task.network.layers]
        flat = task.network.pack(weights, biases)
        if to_the_next_kink(task, flat) > DISTANCE:
            slopes = task.network.matrices(surface.gradient(flat))
            if all(np.abs(slope).max() > 1e-5 for slope in slopes):
                return flat
    raise AssertionError("no such place")


def flat_error_and_gradient(task: Task, weights: Array) -> tuple[float, Array]:
    """As training computes them: one vector, without leading axes."""
    cases, gradient = task.cases("training"), np.full_like(weights, np.nan)
    propagation = Propagation(task.network, task.error, task.reduction, weights, gradient, cases.cases)
    with np.errstate(over="ignore"):
        error = propagation.bind(cases.inputs, cases.targets).backward()
    return float(error), gradient


def assert_is_the_slope(task: Task, weights: Array) -> None:
    """Both ways to the gradient agree with differences of the error, in every layer by itself."""
    surface = task.surface()
    numeric = differences(surface.error, weights)
    error, flat = flat_error_and_gradient(task, weights)
    assert error == pytest.approx(float(surface.error(weights)), rel=1e-13)
    for gradient in (surface.gradient(weights), flat):
        layers = zip(task.network.matrices(gradient), task.network.matrices(numeric), strict=True)
        for analytic, of_layer in layers:
            assert np.abs(analytic - of_layer).max() < 1e-6 * np.abs(of_layer).max()
    assert check_gradient(surface, weights).relative_error < 1e-6


@pytest.mark.parametrize("depth", range(1, 7))
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "error"), HEADS)
def test_the_gradient_is_the_slope_of_the_error(output: str, error: str, hidden: str, depth: int) -> None:
    sizes = (2, *[WIDTH] * depth, 2)
    mean = made_up_task(sizes, hidden, output, error, "mean", CASES)
    weights = smooth_place(mean)
    assert to_the_next_kink(mean, weights) > 1e-3
    assert_is_the_slope(mean, weights)
    summed = Task(mean.data, mean.network, error, "sum")
    assert_is_the_slope(summed, weights)
    np.testing.assert_allclose(summed.surface().gradient(weights), CASES * mean.surface().gradient(weights), rtol=1e-12)


@pytest.mark.parametrize("below", HIDDEN)
@pytest.mark.parametrize("above", HIDDEN)
def test_layers_with_activations_of_their_own(below: str, above: str) -> None:
    task = made_up_task((2, WIDTH, WIDTH, 2), output="sigmoid", error="cross_entropy", cases=CASES)
    task = replace(task, network=replace(task.network, hidden=(below, above)))
    weights = smooth_place(task)
    assert_is_the_slope(task, weights)


@pytest.mark.parametrize(("output", "error"), HEADS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_without_a_hidden_layer(output: str, error: str, reduction: Reduction) -> None:
    task = made_up_task((3, 2), "tanh", output, error, reduction, CASES)
    weights = smooth_place(task)
    assert to_the_next_kink(task, weights) > 1e-3
    assert_is_the_slope(task, weights)


@pytest.mark.parametrize(("output", "error"), HEADS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_leading_axes_are_many_at_once(output: str, error: str, reduction: Reduction) -> None:
    task = made_up_task((2, 3, 4, 2), "sine", output, error, reduction, cases=7)
    surface = task.surface()
    stack = np.random.default_rng(0).normal(size=(2, 5, task.network.dimension))
    errors, gradients = surface.error(stack), surface.gradient(stack)
    assert errors.shape == (2, 5)
    assert gradients.shape == stack.shape
    both = surface.error_and_gradient(stack)
    np.testing.assert_allclose(both[0], errors, rtol=1e-13)
    np.testing.assert_allclose(both[1], gradients, rtol=1e-13, atol=1e-15)
    for place in np.ndindex(2, 5):
        one_error, one_gradient = flat_error_and_gradient(task, stack[place])
        assert errors[place] == pytest.approx(one_error, rel=1e-12)
        np.testing.assert_allclose(gradients[place], one_gradient, rtol=1e-10, atol=1e-13)


def test_thousands_of_weight_vectors_go_in_pieces_that_fit_together() -> None:
    task = made_up_task((2, 4, 1), cases=200)
    stack = np.random.default_rng(0).normal(size=(500, task.network.dimension))
    together = task.surface().gradient(stack)
    for row in (0, 58, 59, 60, 118, 499):
        np.testing.assert_allclose(together[row], task.surface().gradient(stack[row]), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "error"), HEADS)
def test_forward_and_backward_give_the_same_error_to_the_last_bit(output: str, error: str, hidden: str) -> None:
    # training judges a step by forward() at the end of a call and by backward() inside one
    task = made_up_task((2, 5, 3), hidden, output, error, cases=9)
    weights = task.network.first_weights(1)
    cases = task.cases("training")
    bound = Propagation(task.network, error, "mean", weights, np.empty_like(weights), cases.cases).bind(*cases)
    assert bound.forward() == bound.backward() == bound.forward()


def test_a_pass_follows_weights_that_change() -> None:
    task = made_up_task((2, 3, 1))
    weights = task.network.first_weights(1)
    cases, gradient = task.cases("training"), np.empty(task.network.dimension)
    bound = Propagation(task.network, task.error, "mean", weights, gradient, cases.cases).bind(*cases)
    for seed in (2, 3):
        weights[...] = task.network.first_weights(seed)
        assert bound.backward() == pytest.approx(float(task.surface().error(weights)), rel=1e-13)
        np.testing.assert_allclose(gradient, task.surface().gradient(weights), rtol=1e-12, atol=1e-15)


def test_wide_layers() -> None:
    # wide enough that a matrix product is cut into blocks
    task = Task(made_up_task((8, 10), output="softmax", error="cross_entropy", cases=40).data, Network((8, 70, 70, 10)))
    assert check_gradient(task.surface(), task.network.first_weights(0), directions=20).relative_error < 1e-6
