"""Training: worked by hand, cut anywhere, replayed, measured, diverged; always the same to the last bit."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import (
    DATASETS,
    Adam,
    Dataset,
    GradientDescent,
    InverseTimeDecay,
    Momentum,
    Network,
    Optimizer,
    Recipe,
    Run,
    Task,
    advance,
    measure,
    start,
)
from engine.types import Reduction
from tests.engine import book
from tests.engine.helpers import TRAINING_OPTIMIZERS, assert_same, made_up_task
from tests.engine.in_use import BATCH, EPOCH, FEATURES, TASK, begun, eventful

REPOSITORY = Path(__file__).resolve().parents[2]

every_feature = pytest.mark.parametrize("feature", FEATURES)
every_optimizer = pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))
shuffled_or_not = pytest.mark.parametrize("shuffle", [True, False], ids=["shuffled", "in order"])


# --- by hand --------------------------------------------------------------------

# y = w x + b from w = b = 0; cases (x, t) = (1, 1), (2, 1), (3, 2), batches of 2, rate 0.1
BY_HAND = {
    # residuals -1, -1: dE/dw = -(1 + 2) / 2, dE/db = -1, so w = 0.15, b = 0.1;
    # the last case by itself: y = 0.55, residual -1.45: dE/dw = -4.35, dE/db = -1.45
    "mean": [(0.15, 0.1), (0.585, 0.245)],
    # residuals -1, -1: dE/dw = -3, dE/db = -2; then y = 1.1, residual -0.9: dE/dw = -2.7, dE/db = -0.9
    "sum": [(0.3, 0.2), (0.57, 0.29)],
}


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_two_batches_of_which_the_last_is_short(reduction: str) -> None:
    network = Network((1, 1))
    data = Dataset.from_arrays([[1], [2], [3]], [[1], [1], [2]])
    recipe = Recipe(GradientDescent(learning_rate=0.1), batch_size=2, shuffle=False)
    run = start(Task(data, network, "squared", reduction), recipe, weights=np.zeros(2))
    for wanted in BY_HAND[reduction]:
        run = advance(run, updates=1)
        weights, biases = network.unpack(run.weights)
        np.testing.assert_allclose([weights[0][0, 0], biases[0][0]], wanted, rtol=1e-14)


@every_optimizer
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_updates_are_those_of_the_optimizer_on_the_gradient_of_the_batch(kind: type[Optimizer], reduction: str) -> None:
    task = Task(TASK.data, TASK.network, "squared", reduction)
    optimizer = kind(learning_rate=0.05)
    run = start(task, Recipe(optimizer, BATCH, shuffle=False), seed=1)
    weights, slots = np.array(run.weights), np.array(run.slots)
    for step in range(10):
        first = step % EPOCH * BATCH
        batch = slice(first, min(first + BATCH, 14))
        part = Dataset.from_arrays(task.data.inputs[batch], task.data.targets[batch])
        gradient = Task(part, task.network, "squared", reduction).surface().gradient(weights)
        weights, slots = optimizer.step(weights, gradient, slots, step + 1)
    run = advance(run, updates=10)
    np.testing.assert_allclose(run.weights, weights, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run.slots, slots, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("feature", [name for name in FEATURES if name not in ("copies", "everything")])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("kind", ["gradient_descent", "momentum", "adam"])
def test_a_run_is_that_of_the_textbook(kind: str, reduction: Reduction, feature: str) -> None:
    run = begun(feature, TRAINING_OPTIMIZERS[kind](learning_rate=0.02))
    run = start(replace(run.task, reduction=reduction), run.recipe, seed=3)
    np.testing.assert_allclose(advance(run, updates=5).weights, book.trained(run, 5), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("output", "error"), [("softmax", "cross_entropy"), ("sigmoid", "cross_entropy"), ("sine", "squared")]
)
def test_all_parts_at_once_are_those_of_the_textbook(output: str, error: str) -> None:
    task = made_up_task((2, 5, 4, 3), output=output, error=error, cases=11)
    network = Network((2, 5, 4, 3), ("relu", "sigmoid"), output, connectivity=0.5)
    recipe = Recipe(
        Adam(learning_rate=0.03), 4, schedule=InverseTimeDecay(half=2.0), l1=0.01, l2=0.1, dropout=0.3, clip_norm=0.3
    )
    run = start(replace(task, network=network), recipe, seed=8)
    assert run.mask is not None
    np.testing.assert_allclose(advance(run, updates=5).weights, book.trained(run, 5), rtol=1e-9, atol=1e-12)
    # and every part of it makes a difference
    for name, value in {"schedule": None, "l1": 0.0, "l2": 0.0, "dropout": 0.0, "clip_norm": None}.items():
        other = start(run.task, replace(recipe, **{name: value}), seed=8)
        assert np.abs(advance(other, updates=5).weights - advance(run, updates=5).weights).max() > 1e-6


@pytest.mark.parametrize("batch_size", [14, 99, None])
def test_one_batch_of_all_cases(batch_size: int | None) -> None:
    # it is plain descent on the surface of the task, shuffled or not
    optimizer = GradientDescent(learning_rate=0.1)
    run = start(TASK, Recipe(optimizer, batch_size), seed=1)
    weights = np.array(run.weights)
    for _ in range(5):
        weights -= 0.1 * TASK.surface().gradient(weights)
    np.testing.assert_allclose(advance(run, updates=5).weights, weights, rtol=1e-12)
    in_order = start(TASK, Recipe(optimizer, batch_size, shuffle=False), seed=1)
    np.testing.assert_array_equal(advance(in_order, updates=5).weights, advance(run, updates=5).weights)


def test_epochs_are_so_many_updates_from_any_step() -> None:
    run = start(TASK, Recipe(Adam(), BATCH))
    assert_same(advance(run, epochs=3), advance(run, updates=3 * EPOCH))
    in_between = advance(run, updates=3)
    assert advance(in_between, epochs=2).step == 3 + 2 * EPOCH
    assert_same(advance(in_between, epochs=2), advance(run, updates=3 + 2 * EPOCH))


def test_nothing_to_do_is_the_same_run() -> None:
    run = advance(start(TASK, Recipe(Adam(), BATCH)), updates=3)
    assert advance(run, updates=0) == run
    assert advance(run, epochs=0) == run


# --- the order of the cases -----------------------------------------------------

SEEN = 7


def first_visits(
    seed: int, epochs: int, batch_size: int = 1, rate: float = 0.1, begin: int = 0
) -> list[list[set[int]]]:
    """Which cases each update of each epoch saw.

    Case i has an input of its own, so an update moves weight i just when it sees case i.
    """
    network = Network((SEEN, 1))
    task = Task(Dataset.from_arrays(np.eye(SEEN), 1e3 * np.ones(SEEN)), network)
    run = start(task, Recipe(GradientDescent(learning_rate=rate), batch_size), seed, weights=np.zeros(SEEN + 1))
    if begin:
        entries = json.loads(run.to_json())
        entries["step"] = begin * run.updates_per_epoch
        run = Run.from_json(json.dumps(entries))
    orders = []
    for _ in range(epochs):
        orders.append([])
        for _ in range(run.updates_per_epoch):
            before = run.weights[:SEEN]
            run = advance(run, updates=1)
            orders[-1].append(set(np.flatnonzero(run.weights[:SEEN] != before).tolist()))
    return orders


def test_every_epoch_visits_each_case_once() -> None:
    for batch_size in (1, 2, 3, 6):
        for epoch in first_visits(seed=4, epochs=5, batch_size=batch_size):
            assert sorted(case for batch in epoch for case in batch) == list(range(SEEN))
            assert all(len(batch) == batch_size for batch in epoch[:-1])


def test_the_order_is_drawn_from_seed_and_epoch_and_from_nothing_else() -> None:
    orders = first_visits(seed=4, epochs=4)
    assert first_visits(seed=4, epochs=4, rate=0.01) == orders
    assert first_visits(seed=5, epochs=4) != orders
    assert len({tuple(map(tuple, order)) for order in orders}) == 4
    # epoch 2 is what it is without epochs 0 and 1
    assert first_visits(seed=4, epochs=2, begin=2) == orders[2:]
    # larger batches are the same order in larger pieces
    for epoch, batches in zip(orders, first_visits(seed=4, epochs=4, batch_size=3), strict=True):
        assert [set().union(*epoch[at : at + 3]) for at in (0, 3, 6)] == batches


def test_without_shuffling_the_order_is_that_of_the_data() -> None:
    network = Network((SEEN, 1))
    task = Task(Dataset.from_arrays(np.eye(SEEN), np.ones(SEEN)), network)
    run = start(task, Recipe(GradientDescent(learning_rate=0.1), 1, shuffle=False), weights=np.zeros(SEEN + 1))
    for step in range(3 * SEEN):
        before = run.weights
        run = advance(run, updates=1)
        assert np.flatnonzero(run.weights[:SEEN] != before[:SEEN]).tolist() == [step % SEEN]


# --- cut anywhere ---------------------------------------------------------------


def through_text(run: Run) -> Run:
    return Run.from_json(run.to_json())


def assert_cuts_leave_no_trace(run: Run, updates: int) -> Run:
    """In two at every step, through text as well, and one by one."""
    whole = advance(run, updates=updates)
    for cut in range(updates + 1):
        first = advance(run, updates=cut)
        assert_same(advance(first, updates=updates - cut), whole)
        assert_same(advance(through_text(first), updates=updates - cut), whole)
    single = run
    for _ in range(updates):
        single = advance(single, updates=1)
    assert_same(single, whole)
    return whole


@every_optimizer
@shuffled_or_not
@every_feature
def test_n_and_then_m_are_n_plus_m(kind: type[Optimizer], shuffle: bool, feature: str) -> None:
    whole = assert_cuts_leave_no_trace(begun(feature, kind(learning_rate=0.03), shuffle=shuffle), 4 * EPOCH + 3)
    assert whole.diverged_at is None
    assert whole.best is not None


@every_optimizer
def test_cuts_among_changes(kind: type[Optimizer]) -> None:
    # in an epoch, twice at one step, at the end of an epoch, at the start and after the end
    log = [
        (0, "learning_rate", 0.02),
        (5, "learning_rate", 0.1),
        (8, "learning_rate", 0.05),
        (8, "weight_decay", 0.3),
        (13, "weight_decay", 0.0),
        (99, "learning_rate", 7.0),
    ]
    assert_cuts_leave_no_trace(start(TASK, Recipe(kind(), BATCH), seed=3, changes=log), 4 * EPOCH + 1)


@every_optimizer
@pytest.mark.parametrize("feature", ["plain", "everything"])
def test_cuts_among_changes_of_every_kind(kind: type[Optimizer], feature: str) -> None:
    run = begun(feature, kind(learning_rate=0.03))
    run = start(run.task, run.recipe, seed=3, changes=eventful(run))
    whole = assert_cuts_leave_no_trace(run, 20)
    assert whole.diverged_at is None
    assert whole.optimizer == Momentum(learning_rate=0.02, momentum=0.5)


@pytest.mark.parametrize(
    "task",
    [
        made_up_task((3, 4, 3), "relu", "softmax", "cross_entropy", cases=13, split=(0.6, 0.4, 0.0)),
        made_up_task((1, 1), cases=9),
        made_up_task((2, 3, 3, 2), "sine", "sigmoid", "huber", "sum", cases=9, split=(0.8, 0.2, 0.0)),
        made_up_task((13, 37, 19, 5), "elu", "sigmoid", "cross_entropy", cases=41, split=(0.6, 0.4, 0.0)),
        Task(
            DATASETS["spiral"].generate(cases=21, noise=0.1, split=(0.5, 0.5, 0.0)), Network((2, 4, 1), output="tanh")
        ),
    ],
    ids=["softmax", "one weight", "sine", "odd widths", "spiral"],
)
@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_cuts_of_other_tasks(task: Task, batch_size: int | None) -> None:
    assert_cuts_leave_no_trace(start(task, Recipe(Adam(learning_rate=0.1), batch_size), seed=3), 15)


def test_the_same_seed_twice_is_the_same_run() -> None:
    def trained(seed: int) -> Run:
        return advance(start(made_up_task(), Recipe(Adam(learning_rate=0.1), 3), seed), updates=30)

    assert_same(trained(1), trained(1))
    assert (trained(1).weights != trained(2).weights).any()


def test_advance_leaves_its_run_alone() -> None:
    run = advance(start(TASK, Recipe(Adam(learning_rate=0.1), BATCH)), updates=5)
    text = run.to_json()
    advance(run, updates=20)
    measure(run)
    assert run.to_json() == text


# --- changes on the way ---------------------------------------------------------


def alterations(run: Run) -> Iterator[Run]:
    """A run in use: trained for a while, altered, trained on, altered twice at once."""
    for updates, setting, value in (
        (3, "learning_rate", 0.2),
        (5, "learning_rate", 0.01),
        (0, "weight_decay", 0.1),
        (4, "weight_decay", 0.0),
        (4, "learning_rate", 0.02),
    ):
        run = advance(run, updates=updates).change(setting, value)
        yield run
    yield advance(run, updates=6)


@every_optimizer
def test_a_log_of_changes_replays_the_run(kind: type[Optimizer]) -> None:
    *_, live = alterations(start(TASK, Recipe(kind(), BATCH), seed=9))
    assert len(live.changes) == 5
    assert_same(advance(start(TASK, live.recipe, seed=9, changes=live.changes), updates=live.step), live)


def test_a_replay_may_stop_anywhere() -> None:
    begun = start(TASK, Recipe(Momentum(), BATCH), seed=9)
    *_, live = alterations(begun)
    replayed = start(TASK, live.recipe, seed=9, changes=live.changes)
    for moment in alterations(begun):
        at_that_step = advance(replayed, updates=moment.step)
        np.testing.assert_array_equal(at_that_step.weights, moment.weights)
        assert at_that_step.optimizer.learning_rate == live.recipe_at(moment.step).optimizer.learning_rate


@every_optimizer
@every_feature
def test_a_run_in_which_everything_was_altered_replays(kind: type[Optimizer], feature: str) -> None:
    fresh = live = begun(feature, kind(learning_rate=0.03), seed=9)
    for step, setting, value in eventful(fresh)[:-1]:
        live = advance(live, updates=step - live.step).change(setting, value)
    live = through_text(advance(live, updates=20 - live.step))
    assert [entry[:2] for entry in live.changes] == [entry[:2] for entry in eventful(fresh)[:-1]]
    replayed = advance(start(fresh.task, fresh.recipe, seed=9, changes=live.changes), updates=20)
    assert_same(replayed, live)
    assert_same(advance(through_text(replayed), updates=5), advance(live, updates=5))


def test_another_optimizer_begins_anew() -> None:
    # its update number 1 is the first that it makes: Adam's moments are freed of their bias from there
    run = advance(start(TASK, Recipe(Momentum(), None), seed=1), updates=7)
    switched = run.change("optimizer", Adam(learning_rate=0.1).to_dict())
    fresh = start(TASK, Recipe(Adam(learning_rate=0.1), None), seed=1, weights=run.weights)
    assert not switched.slots.any()
    for updates in (1, 5):
        np.testing.assert_array_equal(
            advance(switched, updates=updates).weights, advance(fresh, updates=updates).weights
        )
    first_step = np.abs(advance(switched, updates=1).weights - run.weights)
    np.testing.assert_allclose(first_step, 0.1, rtol=1e-4)  # rate times m / sqrt(v), which is 1 at the first update


def test_a_change_works_from_the_next_update_on() -> None:
    run = start(TASK, Recipe(GradientDescent(learning_rate=0.1), None), seed=1)
    once = advance(run, updates=1)
    step_of = once.weights - run.weights
    np.testing.assert_allclose(advance(run.change("learning_rate", 0.2), updates=1).weights - run.weights, 2 * step_of)
    unchanged = advance(start(TASK, run.recipe, seed=1, changes=[(1, "learning_rate", 0.2)]), updates=1)
    np.testing.assert_array_equal(unchanged.weights, once.weights)


# --- divergence -----------------------------------------------------------------


def parabola(rate: float, w: float = 1.0, b: float = 0.0) -> Run:
    """E = y^2 / 2 with y = w + b, the same in every update."""
    data = Dataset.from_arrays([[1.0]], [[0.0]])
    return start(Task(data, Network((1, 1))), Recipe(GradientDescent(learning_rate=rate), None), weights=[w, b])


def test_a_rate_too_large_by_hand() -> None:
    # dy = -2 rate y: rate 3/2 makes y <- -2 y, E = 4^s / 2 from 1, above 10^6 for the first time at s = 11
    run = advance(parabola(1.5), updates=50)
    assert run.diverged_at == run.step == 11
    assert run.weights.sum() == (-2.0) ** 10
    assert not run.slots.any()
    assert advance(run, updates=7) == run
    assert advance(run, epochs=7) == run
    assert measure(run).training_error == 2.0**20 / 2
    for updates in range(11):
        before = advance(parabola(1.5), updates=updates)
        assert before.diverged_at is None
        assert before.step == updates
        assert before.weights.sum() == (-2.0) ** updates


def test_exactly_at_the_limit_a_run_goes_on() -> None:
    # E = 1/2 at the start, so the limit is 10^6; then the weights are put where E is just below it or just above
    root = math.sqrt(2e6)
    for start_at, diverged in ((math.nextafter(root, 0.0), False), (1.0001 * root, True)):
        run = parabola(0.75)
        entries = json.loads(run.to_json())
        entries["weights"] = json.loads(parabola(0.75, start_at).to_json())["weights"]
        run = advance(Run.from_json(json.dumps(entries)), updates=1)
        assert (run.diverged_at is not None) == diverged


def test_the_limit_follows_the_error_at_the_start() -> None:
    # from y = 1000 the limit is 10^6 times as high as the error there: 4^s > 10^6 at s = 10
    assert advance(parabola(1.5, 1000.0), updates=50).diverged_at == 10


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_first_error_is_that_of_the_surface(reduction: str) -> None:
    task = Task(TASK.data, TASK.network, "squared", reduction)
    run = start(task, Recipe(Adam(), BATCH), seed=1)
    assert run.first_error == pytest.approx(float(task.surface().error(run.weights)), rel=1e-13)
    assert advance(run, updates=9).first_error == run.first_error


@pytest.mark.parametrize("number", [1e160, 1e308])
def test_diverged_before_the_first_update(number: float) -> None:
    run = parabola(0.1, number, number)
    assert run.diverged_at == run.step == 0
    np.testing.assert_array_equal(run.weights, [number, number])
    assert advance(run, updates=3) == run
    assert through_text(run) == run


def test_weights_that_leave_the_numbers_behind_a_saturated_output() -> None:
    # tanh of an infinite logit is 1 and its slope 0: the error never tells
    data = Dataset.from_arrays([[1.0], [1.0], [-1.0]], [[5.0], [5.0], [5.0]], {"training": [0, 1], "validation": [2]})
    task = Task(data, Network((1, 1), output="tanh"))
    run = start(task, Recipe(GradientDescent(learning_rate=1e308), None), weights=[0.1, 0.0])
    whole = assert_cuts_leave_no_trace(run, 6)
    assert whole.diverged_at == whole.step == 1
    np.testing.assert_array_equal(whole.weights, [0.1, 0.0])


STEEP = Task(TASK.data, Network((2, 3, 1), hidden="linear"))


def assert_diverged(whole: Run, begun: Run, after: int) -> None:
    assert whole.diverged_at is not None
    assert after < whole.diverged_at == whole.step
    # the weights are those one update before, the best those of an epoch that came to its end
    np.testing.assert_array_equal(whole.weights, advance(begun, updates=whole.step - 1).weights)
    assert whole.best is not None
    assert whole.best.step <= whole.step
    assert not whole.slots.any()


@pytest.mark.parametrize(("name", "rate"), [("gradient_descent", 1.0), ("momentum", 0.5), ("nesterov", 0.5)])
@shuffled_or_not
def test_cuts_around_a_divergence(name: str, rate: float, shuffle: bool) -> None:
    run = start(STEEP, Recipe(TRAINING_OPTIMIZERS[name](learning_rate=rate), BATCH, shuffle), seed=3)
    assert_diverged(assert_cuts_leave_no_trace(run, 40), run, after=2)


@every_optimizer
@shuffled_or_not
@pytest.mark.parametrize("step", [3, 6, 8])
def test_cuts_around_a_divergence_that_a_change_brings(kind: type[Optimizer], shuffle: bool, step: int) -> None:
    recipe = Recipe(kind(learning_rate=0.01), BATCH, shuffle)
    run = start(STEEP, recipe, seed=3, changes=[(step, "learning_rate", 1e9)])
    whole = assert_cuts_leave_no_trace(run, 14)
    assert_diverged(whole, run, after=step)
    calm = advance(start(STEEP, recipe, seed=3), updates=step)
    assert_same(advance(calm.change("learning_rate", 1e9), updates=14 - step), whole)


OUTLIER = {
    "weight": (2, 1e9),
    "points": [[1.0, 1.0, 1e9]],
    "learning_rate": 1e9,
    "optimizer": {"name": "gradient_descent", "learning_rate": 1e9},
    "weight_decay": 1e9,
    "l2": 1e9,
}


@pytest.mark.parametrize("feature", ["plain", "everything"])
@pytest.mark.parametrize("setting", OUTLIER)
@pytest.mark.parametrize("step", [0, 3, 8])
@pytest.mark.parametrize("kind", ["gradient_descent", "adam"])
def test_a_divergence_that_any_change_brings(kind: str, step: int, setting: str, feature: str) -> None:
    fresh = begun(feature, TRAINING_OPTIMIZERS[kind](learning_rate=0.01))
    log = [(step, setting, OUTLIER[setting])]
    if feature == "everything":
        log.insert(0, (step, "clip_norm", None))
    whole = assert_cuts_leave_no_trace(start(fresh.task, fresh.recipe, seed=3, changes=log), 14)
    if (kind, setting) in (("gradient_descent", "l2"), ("gradient_descent", "learning_rate")) or setting == "points":
        assert whole.diverged_at is not None
    live = advance(fresh, updates=step)
    for _, name, value in log:
        live = live.change(name, value)
    assert_same(advance(live, updates=14 - step), whole)


def test_changes_at_the_step_of_a_divergence_are_made_and_leave_a_run_that_can_be_read() -> None:
    # the log of a file may say what no living run would: that a run was altered where it had diverged
    run = start(STEEP, Recipe(Adam(learning_rate=0.01), BATCH), seed=3, changes=[(3, "learning_rate", 1e9)])
    diverged = advance(run, updates=20)
    step = diverged.step
    log = [
        *run.changes,
        (step, "optimizer", {"name": "gradient_descent"}),
        (step, "cut", 0),
        (step, "weight", (1, 0.5)),
    ]
    altered = advance(start(STEEP, run.recipe, seed=3, changes=log), updates=20)
    assert altered.diverged_at == step
    assert altered.slots.shape == (0, STEEP.network.dimension)
    assert altered.weights[0] == 0.0
    assert altered.weights[1] == 0.5
    np.testing.assert_array_equal(altered.weights[2:], diverged.weights[2:])
    assert through_text(altered) == altered
    with pytest.raises(ValueError, match="the run has diverged; only another start helps"):
        diverged.change("weight", (1, 0.5))
    # a setting may be altered, as it always could
    assert_same(
        through_text(diverged.change("optimizer", {"name": "momentum"})),
        diverged.change("optimizer", {"name": "momentum"}),
    )


# --- another process ------------------------------------------------------------

ELSEWHERE = """
import sys
from engine import Run, advance
for line in sys.stdin:
    updates, text = line.split(" ", 1)
    print(advance(Run.from_json(text), updates=int(updates)).to_json())
"""


def test_another_process_carries_on_to_the_last_bit() -> None:
    beginnings, wholes = [], []
    for kind in TRAINING_OPTIMIZERS.values():
        for task, rate in ((TASK, 0.03), (STEEP, 1e9)):
            run = start(task, Recipe(kind(learning_rate=rate), BATCH), seed=3, changes=[(12, "weight_decay", 0.1)])
            beginnings += [f"23 {run.to_json()}", f"14 {advance(run, updates=9).to_json()}"]
            wholes += [advance(run, updates=23).to_json()] * 2
        run = begun("everything", kind(learning_rate=0.03))
        run = start(run.task, run.recipe, seed=3, changes=eventful(run))
        beginnings += [f"23 {run.to_json()}", f"14 {advance(run, updates=9).to_json()}"]
        wholes += [advance(run, updates=23).to_json()] * 2
    spiral = Task(DATASETS["spiral"].generate(cases=100, noise=0.1, split=(0.5, 0.5, 0.0)), Network((2, 8, 8, 1)))
    digits = made_up_task((64, 64, 10), "sigmoid", "softmax", "cross_entropy", cases=200)
    for task in (spiral, digits):
        run = start(task, Recipe(Adam(), 32), seed=1)
        beginnings += [f"50 {run.to_json()}"]
        wholes += [advance(run, updates=50).to_json()]
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", ELSEWHERE],
        input="\n".join(beginnings),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        check=True,
    )
    assert answer.stdout.splitlines() == wholes
    assert answer.stderr == ""


# --- the best weights -----------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_best_weights_are_those_of_the_best_epoch(seed: int, reduction: str) -> None:
    data = made_up_task(cases=20, split=(0.6, 0.4, 0.0), seed=seed).data
    task = Task(data, Network((2, 8, 1)), "squared", reduction)
    run = begun = start(task, Recipe(Adam(learning_rate=0.05), BATCH), seed)
    found = []
    for _ in range(40):
        found.append((measure(run).validation_error, run.step, run.weights))
        run = advance(run, epochs=1)
        error, step, weights = min([*found, (measure(run).validation_error, run.step, run.weights)], key=lambda e: e[0])
        assert run.best is not None
        assert run.best.step == step
        assert run.best.error == pytest.approx(error, rel=1e-14)
        np.testing.assert_array_equal(run.best.weights, weights)
    assert_same(advance(begun, epochs=40), run)
    assert 0 < run.best.step < run.step


def test_the_beginning_may_be_the_best() -> None:
    # the training case pulls away from where the validation case wants the weights
    data = Dataset.from_arrays([[1.0], [1.0]], [[1.0], [0.0]], {"training": [0], "validation": [1]})
    run = start(Task(data, Network((1, 1))), Recipe(GradientDescent(learning_rate=0.1), None), weights=[0.0, 0.0])
    run = advance(run, epochs=5)
    assert run.best is not None
    assert run.best.step == 0
    assert run.best.error == 0.0
    np.testing.assert_array_equal(run.best.weights, [0.0, 0.0])


def test_among_equals_the_first_is_the_best() -> None:
    # the validation case is at 0, where the output is the bias; with inputs of +1 and -1 that never moves
    data = Dataset.from_arrays([[1.0], [-1.0], [0.0]], [[1.0], [-1.0], [3.0]], {"training": [0, 1], "validation": [2]})
    run = start(Task(data, Network((1, 1))), Recipe(GradientDescent(learning_rate=0.1), None), weights=[0.0, 0.0])
    run = advance(run, epochs=5)
    assert run.weights[0] != 0.0
    assert run.best is not None
    assert run.best.step == 0
    assert run.best.error == 0.5 * 3.0**2


def test_without_validation_cases_there_is_no_best() -> None:
    assert advance(start(made_up_task(), Recipe(Adam(), BATCH)), epochs=3).best is None


# --- learning ------------------------------------------------------------------


def test_training_lowers_the_error() -> None:
    data = DATASETS["circle"].generate(cases=200, seed=1, split=(0.7, 0.3, 0.0))
    run = start(Task(data, Network((2, 6, 1), output="tanh")), Recipe(Adam(learning_rate=0.03)), seed=1)
    after = measure(advance(run, epochs=100))
    assert after.training_error < 0.1 * measure(run).training_error
    assert after.accuracy is not None
    assert after.accuracy.validation is not None
    assert after.accuracy.validation > 0.95


# --- what is refused ------------------------------------------------------------

RUN = start(TASK, Recipe(Adam(), BATCH))
RECIPE = RUN.recipe
BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: start(TASK.network, RECIPE), "task is Network.*; it must be of the kind Task"),
    (lambda: start(TASK, Adam()), "recipe is Adam.*; it must be of the kind Recipe"),
    (lambda: start(TASK, RECIPE, seed=-1), "seed is -1; it must be a whole number at least 0"),
    (lambda: start(TASK, RECIPE, seed=0.5), "seed is 0.5"),
    (lambda: start(TASK, RECIPE, seed=None), "seed is None"),
    (lambda: start(TASK, RECIPE, weights=[1.0]), r"weights has shape \(1,\); it must be \(13\)"),
    (lambda: start(TASK, RECIPE, weights=np.full(13, np.nan)), r"weights holds nan at \(0,\)"),
    (lambda: start(TASK, RECIPE, weights=np.full(13, -np.inf)), r"weights holds -inf at \(0,\)"),
    (lambda: start(TASK, RECIPE, weights=np.zeros((2, 13))), r"weights has shape \(2, 13\)"),
    (lambda: start(TASK, RECIPE, changes=5), r"changes is 5; it must list \(step, setting, value\)"),
    (lambda: start(TASK, RECIPE, changes=[3]), r"changes is \[3\]; it must list"),
    (lambda: start(TASK, RECIPE, changes=[(3, "beta1")]), r"it must list \(step, setting, value\)"),
    (lambda: start(TASK, RECIPE, changes=[(-3, "beta1", 0.5)]), "changes step is -3"),
    (lambda: start(TASK, RECIPE, changes=[(3, "rate", 0.5)]), "is 'rate'; it must be one of learning_rate"),
    (lambda: start(TASK, RECIPE, changes=[(3, "beta1", 1.5)]), "beta1 is 1.5"),
    (lambda: advance(RUN), "updates is None and epochs is None; exactly one of them"),
    (lambda: advance(RUN, updates=3, epochs=3), "updates is 3 and epochs is 3; exactly one of them"),
    (lambda: advance(RUN, updates=-1), "updates is -1; it must be a whole number at least 0"),
    (lambda: advance(RUN, updates=2.5), "updates is 2.5"),
    (lambda: advance(RUN, epochs=-1), "epochs is -1; it must be a whole number at least 0"),
    (lambda: advance(RUN, epochs="3"), "epochs is '3'"),
    (lambda: advance(TASK, updates=1), "run is Task.*; it must be of the kind Run"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_arguments_are_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
