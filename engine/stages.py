"""The stages of a run: stretches whose epochs have one length each.

Another batch size, or points that join, end the present epoch where it is and begin a new one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from engine.changes import Change

_TURNS = ("batch_size", "points")


class Stage(NamedTuple):
    """A stretch of a run.

    Attributes
    ----------
    begin : int
        Its first step.
    epochs_before : float
        Epochs done before it, of which a turn may have left some in part.
    ends_before : int
        Epochs that came to their end before it.
    updates_per_epoch : int
        Batches in its epochs, a short last one included.
    place : tuple of int
        Tells its orders of cases from those of other stages.
    """

    begin: int
    epochs_before: float
    ends_before: int
    updates_per_epoch: int
    place: tuple[int, ...]


class Stages:
    """All stages of a run, those included that its log still has before it.

    ``cases`` is the number of training cases at the start, and a case that joins makes ``copies`` of them.
    """

    def __init__(self, cases: int, copies: int, batch_size: int | None, changes: Sequence[Change]) -> None:
        self._list = _stages(cases, copies, batch_size, [change for change in changes if change.setting in _TURNS])
        self._begins = [stage.begin for stage in self._list]

    def at(self, step: int) -> Stage:
        """The stage of the update that follows ``step`` updates."""
        return self._list[bisect_right(self._begins, step) - 1]

    def epoch_at(self, step: int) -> float:
        """Epochs done after ``step`` updates, with the fraction of the present one."""
        stage = self.at(step)
        return stage.epochs_before + (step - stage.begin) / stage.updates_per_epoch

    def ends_at(self, step: int) -> int:
        """Epochs that have come to their end after ``step`` updates."""
        stage = self._of_update(step)
        return stage.ends_before + (step - stage.begin) // stage.updates_per_epoch

    def ends_epoch(self, step: int) -> bool:
        """Whether an epoch ends with the update number ``step``, or none has begun."""
        stage = self._of_update(step)
        return (step - stage.begin) % stage.updates_per_epoch == 0

    def _of_update(self, number: int) -> Stage:
        """The stage of an update by its number, counted from 1."""
        return self._list[max(0, bisect_left(self._begins, number) - 1)]


def _stages(cases: int, copies: int, size: int | None, turns: Sequence[Change]) -> list[Stage]:
    stages, done = [Stage(0, 0.0, 0, _updates(cases, size), ())], Fraction(0)
    for step, changes in groupby(turns, key=lambda change: change.step):
        for change in changes:
            if change.setting == "batch_size":
                size = change.value
            else:
                cases += copies * len(change.value)
        last = stages[-1]
        # exact: rounding must not decide whether so many epochs are done
        done += Fraction(step - last.begin, last.updates_per_epoch)
        ended = last.ends_before + (step - last.begin) // last.updates_per_epoch
        stages.append(Stage(step, float(done), ended, _updates(cases, size), (step,)))
    return stages


def _updates(cases: int, size: int | None) -> int:
    return -(-cases // (size or cases))
