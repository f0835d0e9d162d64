"""How good several replicas are on the parts of the data, all of them at once."""

from collections.abc import Sequence

import numpy as np

from engine.measures import Reading, reading_of
from engine.propagation import Pass, Propagation
from engine.tasks import Task
from engine.types import PARTS, Array, Part

_CHUNK_NUMBERS = 2**18
"""Of activities at once: with more of them they leave the cache, and every call gets slower."""


class StackedPart:
    """R replicas over all cases of one part.

    ``tasks`` are those of the replicas, equal but for their cases; ``weights`` (R, P) are read anew each time.
    """

    def __init__(self, tasks: Sequence[Task], weights: Array, part: Part) -> None:
        cases = [task.cases(part) for task in tasks]
        self.cases, self._errors = cases[0].cases, np.full(len(tasks), np.nan)
        shared = all(one is cases[0] for one in cases)
        self._chunks: list[tuple[slice, Propagation, Pass, Array]] = []
        for rows in self._pieces(tasks[0], len(tasks)) if self.cases else []:
            own = cases[:1] if shared else cases[rows]
            inputs, targets = np.stack([one.inputs.T for one in own]), np.stack([one.targets for one in own])
            propagation = _mean_error(tasks[0], weights[rows], self.cases)
            self._chunks.append((rows, propagation, propagation.bind(inputs.swapaxes(-1, -2), targets), targets))

    def errors(self) -> Array:
        """The mean error of a case of each replica (R,); NaN where the part is empty. Overwritten by the next call."""
        for rows, _, bound, _ in self._chunks:
            self._errors[rows] = bound.forward()
        return self._errors

    def accuracies(self, reading: Reading | None) -> Array:
        """The share of cases that each replica tells rightly (R,), at the weights of the last call of ``errors``."""
        shares = np.full(len(self._errors), np.nan)
        if reading:
            for rows, propagation, _, targets in self._chunks:
                shares[rows] = _right(propagation.outputs, targets, reading)
        return shares

    def _pieces(self, task: Task, replicas: int) -> list[slice]:
        size = max(1, _CHUNK_NUMBERS // (sum(task.network.sizes) * self.cases))
        return [slice(begin, min(begin + size, replicas)) for begin in range(0, replicas, size)]


class Gauge:
    """Errors and accuracies of replicas on every part, at the weights (R, P) as they are whenever it is read."""

    def __init__(self, tasks: Sequence[Task], weights: Array) -> None:
        self._parts = [StackedPart(tasks, weights, part) for part in PARTS]
        self._reading = reading_of(tasks[0])

    def read(self) -> Array:
        """Errors on training, validation and test cases, then the accuracies (6, R); NaN where there is none."""
        with np.errstate(all="ignore"):
            errors = [part.errors() for part in self._parts]
            return np.stack(errors + [part.accuracies(self._reading) for part in self._parts])


def _mean_error(task: Task, weights: Array, cases: int) -> Propagation:
    return Propagation(task.network, task.error, "mean", weights, np.empty_like(weights), cases)


def _right(outputs: Array, targets: Array, reading: Reading) -> Array:
    """The shares (R,) of cases whose outputs (R, K, N) are read as their targets (1 or R, K, N) are."""
    if reading == "largest":
        told = outputs.argmax(axis=-2) == targets.argmax(axis=-2)
    else:
        middle = 0.0 if reading == "above_zero" else 0.5
        told = ((outputs > middle) == (targets > middle)).all(axis=-2)
    shares: Array = told.mean(axis=-1)
    return shares
