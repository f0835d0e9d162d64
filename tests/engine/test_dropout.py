"""Dropout: what is left out, how often, anew for every case and update; and the gradient of what is left."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import Adam, Dataset, GradientDescent, Network, Recipe, Run, Task, advance, measure, start
from engine.batches import Batches
from engine.dropout import Draws, Dropout, blocks_of
from engine.propagation import Propagation
from engine.types import Array
from tests.engine import book
from tests.engine.helpers import HEADS, HIDDEN, assert_same, differences, made_up_task
from tests.engine.in_use import BATCH, TASK
from tests.engine.test_backpropagation import smooth_place

# --- the factors ----------------------------------------------------------------


def laid(share: float, widths: tuple[int, ...] = (30, 20), cases: int = 50, seed: int = 1, epoch: int = 0) -> Array:
    dropout = Dropout(share, widths, cases)
    dropout.lay(Draws(seed, (epoch,)), 0)
    return np.concatenate([factors.ravel() for factors in dropout.factors])


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_so_many_are_left_out_and_the_others_make_up_for_it(share: float) -> None:
    factors = np.array([laid(share, seed=seed) for seed in range(20)])
    assert np.unique(factors).tolist() == [0.0, 1.0 / (1.0 - share)]
    # a share of 50,000 draws; five standard deviations
    assert np.mean(factors == 0.0) == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / factors.size))
    assert factors.mean() == pytest.approx(1.0, abs=5 * np.sqrt(share / (1 - share) / factors.size))


def test_the_expected_activity_is_what_it_is_without_dropout() -> None:
    # the mean over many draws of what a linear neuron above gets is what it gets from all
    activities = np.random.default_rng(0).normal(size=(30, 1))
    dropout, total = Dropout(0.3, (30,), 1), np.zeros(30)
    for epoch in range(4000):
        dropout.lay(Draws(5, (epoch,)), 0)
        total += (dropout.factors[0] * activities)[:, 0]
    np.testing.assert_allclose(total / 4000, activities[:, 0], atol=5 * np.abs(activities).max() * 0.66 / np.sqrt(4000))


def test_every_layer_case_batch_epoch_stage_and_seed_has_factors_of_its_own() -> None:
    seen: set[bytes] = set()
    count = 0
    for seed in (0, 1):
        for place in ((0,), (1,), (0, 0), (5, 0), (5, 1)):
            dropout, draws = Dropout(0.5, (40, 40), 3), Draws(seed, place)
            for batch in range(5):
                dropout.lay(draws, batch * blocks_of((40, 40), 3))
                for factors in dropout.factors:
                    seen |= {column.tobytes() for column in factors.T.copy()}
                    count += factors.shape[1]
    assert len(seen) == count == 2 * 5 * 5 * 2 * 3


@pytest.mark.parametrize("widths", [(1,), (3,), (5, 2), (4, 4)])
@pytest.mark.parametrize("cases", [1, 2, 5])
def test_batches_may_be_drawn_in_any_order(widths: tuple[int, ...], cases: int) -> None:
    dropout, blocks = Dropout(0.5, widths, cases), blocks_of(widths, cases)
    assert 4 * blocks >= sum(widths) * cases > 4 * (blocks - 1)
    draws, in_order = Draws(3, (2,)), []
    for batch in range(6):
        dropout.lay(draws, batch * blocks)
        in_order.append([factors.copy() for factors in dropout.factors])
    for batch in (4, 0, 5, 5, 2, 3):
        for stream in (draws, Draws(3, (2,))):
            dropout.lay(stream, batch * blocks)
            for again, factors in zip(dropout.factors, in_order[batch], strict=True):
                np.testing.assert_array_equal(again, factors)


def test_the_factors_are_those_that_the_book_says() -> None:
    widths, recipe = (5, 3), Recipe(Adam(), 4, dropout=0.4)
    for epoch, batch, cases in ((0, 0, 4), (0, 3, 2), (7, 1, 4)):
        dropout = Dropout(0.4, widths, cases)
        dropout.lay(Draws(9, (epoch,)), batch * blocks_of(widths, 4))
        wanted = book.dropout_factors(recipe, 9, epoch, batch, widths, cases)
        for factors, of_book in zip(dropout.factors, wanted, strict=True):
            np.testing.assert_array_equal(factors, of_book)


# --- in a run -------------------------------------------------------------------


def task_that_tells(cases: int) -> Task:
    """Sixteen neurons that are 1 for every case, and an output for each of them."""
    data = Dataset.from_arrays(np.ones((cases, 1)), np.zeros((cases, 16)))
    return Task(data, Network((1, 16, 16), "linear"), reduction="sum")


def told(run: Run) -> Array:
    """The factors (16, cases) that the next update multiplies with."""
    network = run.task.network
    weights = network.pack([np.ones((1, 16)), np.eye(16)], [np.zeros(16), np.zeros(16)])
    gradient = np.empty_like(weights)
    epoch, batch = divmod(run.step - run.stage.begin, run.updates_per_epoch)
    bound = Batches(run, weights, gradient).of_epoch(epoch)[batch]
    bound.backward()
    # an output is a factor times 1 and its target 0, so with one case the slope of its bias is the factor
    return network.unpack(gradient)[1][1]


def test_no_update_uses_the_factors_of_another() -> None:
    run = start(task_that_tells(5), Recipe(GradientDescent(1e-6), 1, dropout=0.5), seed=2)
    patterns = []
    for _ in range(20):
        patterns.append(told(run))
        assert set(patterns[-1].tolist()) <= {0.0, 2.0}
        run = advance(run, updates=1)
    run = run.change("points", [[1.0] + [0.0] * 16])
    for _ in range(20):
        patterns.append(told(run))
        run = advance(run, updates=1)
    assert len({pattern.tobytes() for pattern in patterns}) == 40
    assert np.mean(np.array(patterns) == 0.0) == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(640))


def test_a_share_of_0_is_no_dropout_to_the_last_bit() -> None:
    run = start(TASK, Recipe(Adam(0.05), BATCH, dropout=0.0), seed=1)
    assert_same(advance(run, updates=15), advance(start(TASK, Recipe(Adam(0.05), BATCH), seed=1), updates=15))
    begun = start(TASK, Recipe(Adam(0.05), BATCH, dropout=0.5), seed=1, changes=[(0, "dropout", 0)])
    np.testing.assert_array_equal(advance(begun, updates=15).weights, advance(run, updates=15).weights)
    assert (
        advance(start(TASK, Recipe(Adam(0.05), BATCH, dropout=0.5), seed=1), updates=1).weights != run.weights
    ).any()


def test_without_a_hidden_layer_there_is_nothing_to_drop() -> None:
    task = made_up_task((3, 2), cases=9)
    run, other = (start(task, Recipe(Adam(0.05), 2, dropout=share), seed=1) for share in (0.5, 0.0))
    np.testing.assert_array_equal(advance(run, updates=9).weights, advance(other, updates=9).weights)


def test_what_is_measured_and_validated_is_the_whole_network() -> None:
    # also the best weights and the error by which a run ends are those of the network that will be used
    run = start(TASK, Recipe(Adam(0.05), BATCH, dropout=0.8), seed=1)
    assert run.first_error == pytest.approx(float(TASK.surface().error(run.weights)), rel=1e-13)
    for _ in range(12):
        run = advance(run, epochs=1)
        outputs = TASK.network.forward(run.weights, TASK.data.part("validation")[0]).activities[-1]
        whole = float((0.5 * (outputs - TASK.data.part("validation")[1]) ** 2).mean())
        assert measure(run).validation_error == pytest.approx(whole, rel=1e-13)
        assert run.best is not None
        if run.best.step == run.step:
            assert run.best.error == pytest.approx(whole, rel=1e-13)


def test_each_update_is_a_step_down_the_slope_of_what_is_left() -> None:
    run = advance(start(TASK, Recipe(GradientDescent(0.1), BATCH, shuffle=False, dropout=0.4), seed=4), updates=5)
    epoch, batch = 1, 1
    cases = slice(batch * BATCH, (batch + 1) * BATCH)
    [factors] = book.dropout_factors(run.recipe, 4, epoch, batch, [3], BATCH)
    inputs, targets = (values[cases] for values in TASK.data.part("training"))

    def left_error(points: Array) -> Array:
        errors = []
        for point in points.reshape(-1, points.shape[-1]):
            (first, second), (bias, last) = TASK.network.unpack(point)
            hidden = factors.T * np.tanh(inputs @ first + bias)
            errors.append((0.5 * (hidden @ second + last - targets) ** 2).mean())
        return np.array(errors).reshape(points.shape[:-1])

    step = advance(run, updates=1).weights - run.weights
    np.testing.assert_allclose(step, -0.1 * differences(left_error, run.weights), rtol=1e-7, atol=1e-10)


# --- the gradient, with what is dropped held fast -------------------------------


def error_with(task: Task, factors: list[Array], points: Array) -> Array:
    """The error over all cases at weights (M, P), forward only, with these factors on the hidden activities."""
    cases, errors = task.cases("training"), []
    for point in points:
        weights = point.copy()
        propagation = Propagation(
            task.network, task.error, task.reduction, weights, np.empty_like(weights), cases.cases, factors
        )
        errors.append(float(propagation.bind(*cases).forward()))
    return np.array(errors)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "error"), HEADS)
def test_the_gradient_with_factors_is_the_slope_of_the_error_with_them(output: str, error: str, hidden: str) -> None:
    task = made_up_task((2, 3, 3, 2), hidden, output, error, cases=4)
    weights = smooth_place(task)
    generator = np.random.default_rng(3)
    factors = [1.5 * (generator.uniform(size=(3, 4)) > 0.4), 2.5 * (generator.uniform(size=(3, 4)) > 0.3)]
    cases, gradient = task.cases("training"), np.empty_like(weights)
    propagation = Propagation(task.network, error, task.reduction, weights, gradient, 4, factors)
    bound = propagation.bind(*cases)
    total = bound.backward()
    assert total == bound.forward() == error_with(task, factors, weights[None])[0]
    numeric = differences(lambda points: error_with(task, factors, points), weights, step=1e-5)
    scale = max(np.abs(numeric).max(), 1e-3)
    assert np.abs(gradient - numeric).max() < 1e-5 * scale


def test_the_book_agrees() -> None:
    task = made_up_task((2, 4, 3, 2), "sigmoid", "softmax", "cross_entropy", cases=5)
    run = start(replace(task, network=replace(task.network, hidden=("sine", "tanh"))), Recipe(Adam()), seed=2)
    generator = np.random.default_rng(3)
    factors = [2.0 * (generator.uniform(size=(width, 5)) > 0.5) for width in (4, 3)]
    gradient = np.empty_like(run.weights)
    cases = run.task.cases("training")
    bound = Propagation(run.task.network, "cross_entropy", "mean", run.weights, gradient, 5, factors).bind(*cases)
    bound.backward()
    np.testing.assert_allclose(gradient, book.batch_gradient(run, run.weights.tolist(), range(5), factors), rtol=1e-10)


# --- what is refused ------------------------------------------------------------


@pytest.mark.parametrize("share", [1.0, -0.1, np.nan, "0.5", None, True])
def test_a_share_must_leave_something(share: Any) -> None:
    with pytest.raises(ValueError, match=r"dropout is .*; it must be"):
        Recipe(Adam(), dropout=share)
    with pytest.raises(ValueError, match=r"dropout is .*; it must be"):
        start(TASK, Recipe(Adam())).change("dropout", share)


def test_nearly_all_may_be_dropped() -> None:
    run = advance(start(TASK, Recipe(GradientDescent(1e-3), BATCH, dropout=np.nextafter(1.0, 0.0)), seed=1), updates=9)
    assert np.isfinite(run.weights).all()
