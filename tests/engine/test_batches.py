"""Batches: a part of an epoch is what the whole of it has there, and costs no more than a part."""

from typing import Any

import numpy as np
import pytest

from engine import Adam, Dataset, GradientDescent, Network, Recipe, Run, Task, advance, start
from engine.batches import Batches
from engine.propagation import Propagation
from engine.types import Array
from tests.engine.helpers import made_up_task

CASES = 11
TARGETS = np.arange(1.0, 1.0 + 3 * CASES).reshape(CASES, 3)

shuffled_or_not = pytest.mark.parametrize("shuffle", [True, False], ids=["shuffled", "in order"])


def telling_run(size: int | None, shuffle: bool) -> Run:
    """Each case has an input of its own: before the first update the slope of its weights is minus its targets."""
    task = Task(Dataset.from_arrays(np.eye(CASES), TARGETS), Network((CASES, 3), output="linear"), reduction="sum")
    return start(task, Recipe(GradientDescent(0.1), size, shuffle=shuffle), seed=4, weights=np.zeros(3 * CASES + 3))


def cases_told(run: Run, epoch: int, begin: int = 0, end: int | None = None) -> list[list[int]]:
    """The cases of each batch, ascending; every case must come with its own targets."""
    gradient, told = np.empty_like(run.weights), []
    for batch in Batches(run, run.weights.copy(), gradient).of_epoch(epoch, begin, end):
        batch.backward()
        [slopes], _ = run.task.network.unpack(gradient)
        cases = np.flatnonzero(slopes.any(axis=1))
        np.testing.assert_array_equal(slopes[cases], -TARGETS[cases])
        told.append(cases.tolist())
    return told


@shuffled_or_not
@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 12, None])
def test_an_epoch_deals_every_case_once(size: int | None, shuffle: bool) -> None:
    run, each = telling_run(size, shuffle), min(size or CASES, CASES)
    for epoch in (0, 3):
        batches = cases_told(run, epoch)
        full, rest = divmod(CASES, each)
        assert list(map(len, batches)) == [each] * full + [rest] * (rest > 0)
        cases = [case for batch in batches for case in batch]
        assert (sorted(cases) if shuffle else cases) == list(range(CASES))


@shuffled_or_not
@pytest.mark.parametrize(("begin", "end"), [(0, 1), (1, 3), (2, 4), (3, 4), (3, 9), (0, None), (2, 2), (4, 5)])
def test_a_part_holds_the_cases_that_the_whole_epoch_has_there(begin: int, end: int | None, shuffle: bool) -> None:
    run = telling_run(3, shuffle)
    assert cases_told(run, 2, begin, end) == cases_told(run, 2)[begin:end]


def gradients(run: Run, parts: list[tuple[int, int, int]]) -> list[Array]:
    """Those of the batches of these parts (epoch, begin, end), one part after another from the same ``Batches``."""
    gradient = np.empty_like(run.weights)
    batches, found = Batches(run, run.weights.copy(), gradient), []
    for part in parts:
        for batch in batches.of_epoch(*part):
            batch.backward()
            found.append(gradient.copy())
    return found


@shuffled_or_not
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_parts_in_any_order_are_the_whole_bit_for_bit(dropout: float, shuffle: bool) -> None:
    task = made_up_task((2, 5, 3), cases=CASES, output="tanh")
    run = start(task, Recipe(Adam(), 3, shuffle=shuffle, dropout=dropout), seed=1)
    whole = {epoch: gradients(run, [(epoch, 0, 4)]) for epoch in (0, 1)}
    parts = [(1, 2, 4), (0, 3, 4), (1, 0, 2), (1, 1, 4), (0, 0, 3)]
    wanted = [gradient for epoch, begin, end in parts for gradient in whole[epoch][begin:end]]
    np.testing.assert_array_equal(gradients(run, parts), wanted)


def test_a_few_updates_of_a_long_epoch_prepare_no_more_than_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    bound, bind = [], Propagation.bind

    def counted(self: Propagation, *cases: Any) -> Any:
        bound.append(cases)
        return bind(self, *cases)

    run = start(made_up_task(cases=400), Recipe(Adam(), 2))
    monkeypatch.setattr(Propagation, "bind", counted)
    advance(run, updates=5)
    # and the batch by which the last of them is judged
    assert len(bound) == 6
    bound.clear()
    # of two epochs each batch is bound once
    advance(run, epochs=2)
    assert len(bound) == 200
