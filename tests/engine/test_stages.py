"""Stages: epochs are counted rightly where batches and cases change on the way, and no order of cases comes twice."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine import (
    Amplification,
    Change,
    Dataset,
    GradientDescent,
    Network,
    Preparation,
    Recipe,
    Run,
    Task,
    advance,
    start,
)
from engine.stages import Stages
from tests.engine.helpers import assert_same
from tests.engine.in_use import TASK, begun, eventful

# --- by hand --------------------------------------------------------------------

# 12 cases: 4 at a time 3 updates an epoch, 6 at a time 2; with 2 more cases and 6 at a time 3
LOG = [Change(7, "batch_size", 6), Change(10, "points", ((0.0,), (1.0,))), Change(16, "batch_size", None)]
BY_HAND = {
    0: (0.0, 0, True),
    1: (1 / 3, 0, False),
    3: (1.0, 1, True),
    6: (2.0, 2, True),
    7: (2 + 1 / 3, 2, False),  # the third epoch is left in its first third, and another begins
    8: (2 + 1 / 3 + 1 / 2, 2, False),
    9: (3 + 1 / 3, 3, True),
    10: (3 + 1 / 3 + 1 / 2, 3, False),
    13: (4 + 1 / 3 + 1 / 2, 4, True),
    16: (5 + 1 / 3 + 1 / 2, 5, True),
    17: (6 + 1 / 3 + 1 / 2, 6, True),
    20: (9 + 1 / 3 + 1 / 2, 9, True),
}


def test_epochs_by_hand() -> None:
    stages = Stages(12, 1, 4, LOG)
    for step, (epochs, ends, at_end) in BY_HAND.items():
        assert stages.epoch_at(step) == pytest.approx(epochs, rel=1e-15)
        assert (stages.ends_at(step), stages.ends_epoch(step)) == (ends, at_end)
    assert [stages.at(step).updates_per_epoch for step in (0, 6, 7, 9, 10, 15, 16, 99)] == [3, 3, 2, 2, 3, 3, 1, 1]
    assert [stages.at(step).place for step in (6, 7, 10, 16)] == [(), (7,), (10,), (16,)]


def test_a_case_that_joins_is_as_many_as_there_are_copies() -> None:
    assert Stages(12, 5, 4, LOG).at(10).updates_per_epoch == 4  # 12 + 5 * 2 cases, 6 at a time
    preparation = Preparation(amplification=Amplification(4, jitter=0.1))
    task = Task(TASK.data, TASK.network, preparation=preparation)
    run = start(task, Recipe(GradientDescent(), 10)).change("points", [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
    assert run.present_task.cases("training").cases == 5 * 16
    assert run.updates_per_epoch == 8


def test_a_change_at_the_start_is_a_turn_as_well() -> None:
    stages = Stages(12, 1, 4, [Change(0, "batch_size", 6)])
    assert stages.at(0).place == (0,)
    assert (stages.epoch_at(4), stages.ends_at(4), stages.ends_epoch(0)) == (2.0, 2, True)


def test_other_changes_are_no_turns() -> None:
    log = [
        Change(2, "learning_rate", 0.1),
        Change(3, "weight", (0, 0.1)),
        Change(4, "cut", 1),
        Change(5, "dropout", 0.5),
    ]
    stages = Stages(12, 1, 4, log)
    assert {stages.at(step).place for step in range(20)} == {()}
    assert stages.epoch_at(9) == 3.0


@pytest.mark.parametrize("seed", range(20))
def test_epochs_are_counted_as_by_a_loop(seed: int) -> None:
    generator = np.random.default_rng(seed)
    cases, size = 30, 7
    steps = np.sort(generator.integers(0, 200, 25)).tolist()
    log: list[Change] = []
    for step in steps:
        points = tuple((0.0,) for _ in range(generator.integers(1, 4)))
        log.append(
            Change(step, "points", points)
            if generator.uniform() < 0.4
            else Change(step, "batch_size", int(generator.integers(1, 40)) if generator.uniform() < 0.9 else None)
        )
    stages = Stages(cases, 3, size, log)
    done, ended, into = Fraction(0), 0, 0
    for step in range(250):
        turned = False
        for change in log:
            if change.step == step:
                turned = True
                if change.setting == "points":
                    cases += 3 * len(change.value)
                else:
                    size = change.value or 10**9
        length = -(-cases // min(size, cases))
        # of an epoch that a turn cuts short the part that was done counts
        assert stages.epoch_at(step) == pytest.approx(float(done), rel=1e-15)
        assert into or done.denominator > 1 or stages.epoch_at(step) == done
        assert stages.ends_at(step) == ended
        assert turned or stages.ends_epoch(step) == (into == 0)
        into = 0 if turned else into
        assert stages.at(step).updates_per_epoch == length
        into += 1
        done += Fraction(1, length)
        if into == length:
            into, ended = 0, ended + 1


def test_thirds_that_make_a_whole_are_a_whole() -> None:
    # three thirds and seven tenths of three tenths are no matter of rounding
    log = [Change(1, "batch_size", 3), Change(2, "batch_size", 10)]
    stages = Stages(30, 1, 10, [*log, Change(4, "batch_size", 3)])
    # 1/3 + 1/10 + 2/3 + 9/10 = 2
    assert stages.epoch_at(13) == 2.0
    many = Stages(10, 1, 1, [Change(step, "batch_size", 1 + step % 2 * 8) for step in range(1, 2001)])
    assert many.epoch_at(2000) == float(sum(Fraction(1, 2 if step % 2 else 10) for step in range(2000)))


# --- in a run -------------------------------------------------------------------

CASES = 12


def seen_by(run: Run, updates: int) -> tuple[Run, list[set[int]]]:
    """The run after so many updates, and which cases each of them saw.

    Case i has an input of its own, so an update moves weight i just when it sees case i.
    """
    seen = []
    for _ in range(updates):
        before, run = run.weights, advance(run, updates=1)
        seen.append(set(np.flatnonzero(run.weights[: CASES + 3] != before[: CASES + 3]).tolist()))
    return run, seen


def telling_run(batch_size: int | None, changes: Any = (), shuffle: bool = True) -> Run:
    inputs = np.eye(CASES + 3)[:CASES]
    task = Task(Dataset.from_arrays(inputs, 1e3 * np.ones(CASES)), Network((CASES + 3, 1)))
    weights = np.zeros(CASES + 4)
    return start(task, Recipe(GradientDescent(0.1), batch_size, shuffle), seed=5, weights=weights, changes=changes)


def test_a_new_epoch_begins_with_other_batches() -> None:
    run, seen = seen_by(telling_run(4), 4)
    assert set().union(*seen[:3]) == set(range(CASES))
    run = run.change("batch_size", 5)
    assert (run.updates_per_epoch, run.epoch) == (3, 4 / 3)
    run, seen = seen_by(run, 6)
    for epoch in (seen[:3], seen[3:]):
        assert [len(batch) for batch in epoch] == [5, 5, 2]
        assert set().union(*epoch) == set(range(CASES))
    assert run.epoch == pytest.approx(3 + 1 / 3, rel=1e-15)


def test_points_that_join_within_an_epoch_are_seen_from_the_next_update_on() -> None:
    run, _ = seen_by(telling_run(4, shuffle=False), 4)
    points = [[*row, 1e3] for row in np.eye(CASES + 3)[CASES:].tolist()]
    run = run.change("points", points[:1]).change("points", points[1:])
    assert run.present_task.cases("training").cases == CASES + 3
    assert run.task.cases("training").cases == CASES
    run, seen = seen_by(run, 8)
    assert seen == [{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}, {12, 13, 14}] * 2
    run, seen = seen_by(telling_run(4, shuffle=True, changes=[(4, "points", points)]), 12)
    assert set().union(*seen[4:8]) == set().union(*seen[8:12]) == set(range(CASES + 3))
    assert run.epoch == pytest.approx(3 + 1 / 3, rel=1e-15)


def test_no_order_of_cases_comes_twice() -> None:
    run, orders = telling_run(1), []
    for turn in range(8):
        for _ in range(2):
            run, seen = seen_by(run, CASES)
            orders.append(tuple(case for batch in seen for case in batch))
            assert sorted(orders[-1]) == list(range(CASES))
        # the end of an epoch, or somewhere within one
        run = advance(advance(run, updates=turn % 3).change("batch_size", 2), updates=1).change("batch_size", 1)
    assert len(set(orders)) == 16


def test_all_cases_and_more_than_all_are_one_batch() -> None:
    run = advance(telling_run(4), updates=3)
    for size in (None, CASES, 99):
        altered = run.change("batch_size", size)
        assert altered.updates_per_epoch == 1
        np.testing.assert_array_equal(
            advance(altered, updates=3).weights, advance(run.change("batch_size", None), updates=3).weights
        )


def test_epochs_are_advanced_by_the_length_they_have_now() -> None:
    run = advance(telling_run(4), updates=2).change("batch_size", 1)
    assert advance(run, epochs=2).step == 2 + 2 * CASES
    # a turn to come is met on the way
    log = [(2, "batch_size", 1)]
    assert advance(telling_run(4, log), epochs=2).step == 6


def test_the_best_weights_are_those_of_the_ends_of_epochs_of_every_stage() -> None:
    fresh = begun("plain", GradientDescent(0.1))
    run = start(fresh.task, fresh.recipe, seed=3, changes=eventful(fresh))
    task, found = run.task, []
    validation = task.surface("validation")
    for _ in range(40):
        if run.history.stages.ends_epoch(run.step):
            # judged before what the log says is done to the weights right then
            found.append((float(validation.error(weights_before_changes(run))), run.step))
        assert run.best is not None
        assert run.best.step == min(found)[1]
        run = advance(run, updates=1)
    assert_same(advance(start(fresh.task, fresh.recipe, seed=3, changes=eventful(fresh)), updates=40), run)


def weights_before_changes(run: Run) -> Any:
    log = [change for change in run.changes if change.step < run.step]
    return advance(start(run.task, run.recipe, seed=run.seed, changes=log), updates=run.step).weights
