"""Teams of replicas: a stack where that is faster, else one run after another."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.runs import Run
from engine.stacked import Stack
from engine.stacked_measures import Gauge
from engine.training import advance
from engine.types import PARTS, Array

STACKED_UP_TO = 2**13
"""Weights, and activities over a batch, of a replica: up to here stacking pays, as bench/replica_speed.py measures.

Beyond it, what a NumPy call costs by itself is little beside its work, and one run fits the cache where many do not.
"""

_MOST_TOGETHER = 2**18
"""The same of all replicas of one stack: more are trained stack after stack."""


def read(runs: Sequence[Run]) -> Array:
    """The measures (6, R) of runs where they stand; see ``Gauge``."""
    return Gauge([run.present_task for run in runs], np.stack([run.weights for run in runs])).read()


class Stacked:
    """Runs trained in one stack, those that have diverged laid aside."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs, self.size = list(runs), len(runs)
        self._readings = np.empty((2 * len(PARTS), self.size))
        self._unread: list[int] = []
        self._gauge: Gauge | None = None
        self._restack(range(self.size))

    def advance(self, end: int) -> None:
        """Train until ``end`` updates are done in all."""
        while self._stack and self._stack.step < end:
            self._stack.advance(end)
            if self._stack.lost.any():
                self._collect()
                self._restack(self._live)

    def runs(self) -> list[Run]:
        """The runs where they stand."""
        self._collect()
        return self._runs

    def read(self) -> Array:
        """The measures (6, R) as they are now."""
        if self._unread:
            self._readings[:, self._unread] = read([self._runs[row] for row in self._unread])
            self._unread = []
        if self._stack:
            self._gauge = self._gauge or self._stack.gauge()
            self._readings[:, self._live] = self._gauge.read()
        return self._readings.copy()

    def _collect(self) -> None:
        for row, run in zip(self._live, self._stack.runs() if self._stack else [], strict=True):
            self._runs[row] = run

    def _restack(self, rows: Sequence[int]) -> None:
        self._live = [row for row in rows if self._runs[row].diverged_at is None]
        self._unread += [row for row in rows if self._runs[row].diverged_at is not None]
        self._stack = Stack([self._runs[row] for row in self._live]) if self._live else None
        self._gauge = None


class OneByOne:
    """The same for runs that are better off alone."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs, self.size = list(runs), len(runs)

    def advance(self, end: int) -> None:
        """Train until ``end`` updates are done in all."""
        self._runs = [
            run if run.diverged_at is not None else advance(run, updates=end - run.step) for run in self._runs
        ]

    def runs(self) -> list[Run]:
        """The runs where they stand."""
        return self._runs

    def read(self) -> Array:
        """The measures (6, R) as they are now."""
        return read(self._runs)


def teams_of(runs: Sequence[Run], stacked: bool | None) -> list[Stacked | OneByOne]:
    """The runs in pieces that are trained one after another; it depends on nothing that training changes."""
    numbers = numbers_each(runs[0])
    pieces = min(len(runs), -(-len(runs) * numbers // _MOST_TOGETHER))
    bounds = [len(runs) * piece // pieces for piece in range(pieces + 1)]
    teams: list[Stacked | OneByOne] = []
    for begin, end in pairwise(bounds):
        pays = numbers <= STACKED_UP_TO and end - begin > 1
        teams.append((Stacked if (pays if stacked is None else stacked) else OneByOne)(runs[begin:end]))
    return teams


def numbers_each(run: Run) -> int:
    """Weights of a run, and activities over a batch."""
    task, size = run.present_task, run.now.batch_size
    count = task.cases("training").cases
    return task.network.dimension + min(size or count, count) * sum(task.network.sizes)
