"""What is added to a gradient and what is taken from it: penalties on links, and clipping."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import Adam, Dataset, GradientDescent, Network, Recipe, Run, Task, advance, measure, start
from engine.types import Array
from engine.updates import update_of
from tests.engine.helpers import TRAINING_OPTIMIZERS, assert_same, differences
from tests.engine.in_use import BATCH, TASK

LINKS = TASK.network.is_link


def as_it_reaches_the_optimizer(run: Run, gradient: Array) -> Array:
    """What plain descent takes for the gradient (P,): the way of one update over the rate."""
    weights = run.weights.copy()
    with np.errstate(over="ignore"):
        update_of(run, weights, gradient.copy(), run.slots.copy())(run.step + 1)
    return (run.weights - weights) / run.optimizer.learning_rate


# --- penalties ------------------------------------------------------------------


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.3), (0.2, 0.0), (0.2, 0.3)])
@pytest.mark.parametrize("connectivity", [1.0, 0.6])
def test_an_update_goes_down_the_slope_of_error_and_penalties(l1: float, l2: float, connectivity: float) -> None:
    task = replace(TASK, network=replace(TASK.network, connectivity=connectivity))
    run = start(task, Recipe(GradientDescent(0.1), None, l1=l1, l2=l2), seed=1)
    run = advance(run.change("weight", (2, 1.5)), updates=2)  # a bias that a penalty would pull

    def penalised(weights: Array) -> Array:
        links = weights[..., LINKS]
        return task.surface().error(weights) + l1 * np.abs(links).sum(-1) + 0.5 * l2 * (links**2).sum(-1)

    exists = np.ones(len(LINKS)) if run.mask is None else run.mask
    slope = np.where(exists == 1.0, differences(penalised, run.weights), 0.0)
    np.testing.assert_allclose(advance(run, updates=1).weights, run.weights - 0.1 * slope, rtol=1e-8, atol=1e-10)


def test_l2_on_a_single_weight_by_hand() -> None:
    # E = (w - 1)^2 / 2, l2 = 1/2: dE/dw = w - 1 + w / 2, at rest where w = 2/3; with the bias held at 0 by the data
    data = Dataset.from_arrays([[1.0], [-1.0]], [[1.0], [-1.0]])
    run = start(Task(data, Network((1, 1))), Recipe(GradientDescent(0.5), None, l2=0.5), weights=[4.0, 0.0])
    # w <- w - (3 w / 2 - 1) / 2 = w / 4 + 1/2
    for wanted in (1.5, 0.875, 0.71875):
        run = advance(run, updates=1)
        assert run.weights.tolist() == [wanted, 0.0]
    assert advance(run, updates=60).weights[0] == pytest.approx(2 / 3, rel=1e-14)


def test_l1_on_a_single_weight_by_hand() -> None:
    # dE/dw = w - 1 + l1 sign w; below l1 = 1 it rests at 1 - l1
    data = Dataset.from_arrays([[1.0], [-1.0]], [[1.0], [-1.0]])
    run = start(Task(data, Network((1, 1))), Recipe(GradientDescent(0.5), None, l1=0.25), weights=[-1.0, 0.0])
    # -1 - (-2 - 1/4) / 2 = 1/8; then w <- w - (w - 3/4) / 2
    for wanted in (0.125, 0.4375, 0.59375):
        run = advance(run, updates=1)
        assert run.weights.tolist() == [wanted, 0.0]
    assert advance(run, updates=60).weights[0] == pytest.approx(0.75, rel=1e-14)


def test_a_weight_at_0_has_no_side_that_l1_could_pull_it_from() -> None:
    run = start(TASK, Recipe(GradientDescent(0.1), None, l1=0.5), weights=np.zeros(13))
    np.testing.assert_array_equal(as_it_reaches_the_optimizer(run, np.zeros(13)), np.zeros(13))


def test_biases_are_not_penalised() -> None:
    run = start(TASK, Recipe(GradientDescent(0.1), None, l1=0.3, l2=0.7), weights=np.full(13, 2.0))
    pulled = as_it_reaches_the_optimizer(run, np.zeros(13))
    np.testing.assert_allclose(pulled, np.where(LINKS, 0.3 + 0.7 * 2.0, 0.0), rtol=1e-14)


def test_l2_is_the_weight_decay_of_plain_descent_as_long_as_biases_are_0() -> None:
    decayed = start(TASK, Recipe(GradientDescent(0.1, weight_decay=0.4), None), seed=1)
    penalised = start(TASK, Recipe(GradientDescent(0.1), None, l2=0.4), seed=1)
    np.testing.assert_allclose(advance(penalised, updates=1).weights, advance(decayed, updates=1).weights, rtol=1e-13)


def test_what_is_measured_is_the_error_alone() -> None:
    run, other = (start(TASK, Recipe(Adam(), **more), seed=1) for more in ({"l1": 5.0, "l2": 5.0}, {}))
    assert measure(run) == measure(other)
    assert run.first_error == other.first_error
    assert run.best is not None
    assert other.best is not None
    assert run.best.error == other.best.error


def test_a_penalty_makes_weights_smaller() -> None:
    def lengths(**penalty: float) -> tuple[float, float]:
        weights = advance(start(TASK, Recipe(Adam(0.02), BATCH, **penalty), seed=1), epochs=200).weights[LINKS]
        return float(np.abs(weights).sum()), float((weights**2).sum())

    plain = lengths()
    assert lengths(l1=0.05)[0] < 0.7 * plain[0]
    assert lengths(l2=0.1)[1] < 0.7 * plain[1]


# --- clipping -------------------------------------------------------------------


def clipping(limit: float) -> Run:
    return start(TASK, Recipe(GradientDescent(1.0), None, clip_norm=limit), weights=np.zeros(13))


@pytest.mark.parametrize("length", [1.0000001, 2.0, 1e5, 1e160, 1e300])
@pytest.mark.parametrize("seed", range(5))
def test_a_long_gradient_has_the_length_of_the_limit_and_its_direction(length: float, seed: int) -> None:
    direction = np.random.default_rng(seed).normal(size=13)
    direction /= np.linalg.norm(direction)
    limit = 0.7
    left = as_it_reaches_the_optimizer(clipping(limit), direction * limit * length)
    assert np.linalg.norm(left) == pytest.approx(limit, rel=1e-14)
    np.testing.assert_allclose(left, limit * direction, rtol=1e-13)


@pytest.mark.parametrize("length", [0.0, 1e-300, 1e-9, 0.5, 1.0 - 1e-9])
def test_a_short_gradient_stays_as_it_is_to_the_last_bit(length: float) -> None:
    gradient = np.random.default_rng(3).normal(size=13)
    gradient *= 0.7 * length / np.linalg.norm(gradient)
    np.testing.assert_array_equal(as_it_reaches_the_optimizer(clipping(0.7), gradient), gradient)


def test_a_gradient_just_as_long_as_the_limit_stays_as_it_is() -> None:
    gradient = np.zeros(13)
    gradient[[1, 5]] = 3.0, -4.0
    np.testing.assert_array_equal(as_it_reaches_the_optimizer(clipping(5.0), gradient), gradient)
    gradient[5] = -4.5
    assert np.linalg.norm(as_it_reaches_the_optimizer(clipping(5.0), gradient)) == pytest.approx(5.0, rel=1e-15)


def test_clipping_comes_after_the_penalties_and_leaves_cut_links_out() -> None:
    run = start(TASK, Recipe(GradientDescent(1.0), None, l2=1.0, clip_norm=1.0), weights=np.full(13, 3.0))
    gradient = np.full(13, 1.0)
    gradient[4] = 1e9
    run = run.change("cut", 4)
    pulled = np.where(LINKS, 1.0 + 3.0, 1.0)
    pulled[4] = 0.0
    np.testing.assert_allclose(as_it_reaches_the_optimizer(run, gradient), pulled / np.linalg.norm(pulled), rtol=1e-14)


def test_a_limit_that_nothing_reaches_is_none() -> None:
    far, none = (start(TASK, Recipe(Adam(0.05), BATCH, clip_norm=limit), seed=1) for limit in (1e6, None))
    np.testing.assert_array_equal(advance(far, updates=30).weights, advance(none, updates=30).weights)


@pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))
@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan])
def test_a_gradient_that_is_none_is_not_made_one(kind: type, number: float) -> None:
    # a run whose gradient left the numbers has diverged; clipping must not hide it
    run = start(TASK, Recipe(kind(), None, clip_norm=1.0), seed=1)
    gradient, weights = np.full(13, 1.0), run.weights.copy()
    gradient[3] = number
    with np.errstate(all="ignore"):
        update_of(run, weights, gradient, run.slots.copy())(1)
    assert not np.isfinite(weights).all()


def test_clipping_keeps_a_run_from_a_cliff() -> None:
    # a rate that makes plain descent diverge, on steps no longer than rate times limit
    steep = Task(TASK.data, Network((2, 3, 1), "linear"))
    wild, held = (start(steep, Recipe(GradientDescent(1.0), BATCH, clip_norm=limit), seed=3) for limit in (None, 0.1))
    assert advance(wild, updates=200).diverged_at is not None
    for _ in range(200):
        before, held = held.weights, advance(held, updates=1)
        assert np.linalg.norm(held.weights - before) <= 0.1 * (1 + 1e-12)
    assert held.diverged_at is None


# --- what is left out -----------------------------------------------------------


def test_penalties_of_0_and_no_limit_are_none_to_the_last_bit() -> None:
    plain = advance(start(TASK, Recipe(Adam(0.05), BATCH), seed=1), updates=12)
    assert_same(
        advance(start(TASK, Recipe(Adam(0.05), BATCH, l1=-0.0, l2=0, clip_norm=None), seed=1), updates=12), plain
    )


@pytest.mark.parametrize("name", ["l1", "l2", "clip_norm"])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, "1", True, [1.0]])
def test_bad_settings_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"{name} is .*; it must be a finite number"):
        Recipe(Adam(), **{name: value})
    with pytest.raises(ValueError, match=rf"{name} is .*; it must be a finite number"):
        start(TASK, Recipe(Adam())).change(name, value)
