"""How good several replicas are on one part of the data, all of them at once."""

from collections.abc import Sequence

import numpy as np

from engine.measures import reading_of
from engine.propagation import Pass, Propagation
from engine.tasks import Task
from engine.types import Array, Part

_CHUNK_NUMBERS = 2**15
"""Of activities and deltas at once: beyond it they leave the cache."""


class StackedPart:
    """All replicas over all cases of one part, as they are whenever they are asked; NaN where the part is empty.

    ``tasks`` are those of the replicas, equal but for their cases; ``weights`` (R, P) are read anew each time.
    """

    def __init__(self, tasks: Sequence[Task], weights: Array, part: Part) -> None:
        self._tasks, self._weights, self._part = tasks, weights, part
        self._replicas = len(tasks)
        cases = [task.cases(part) for task in tasks]
        self._shared, self._count = all(one is cases[0] for one in cases), cases[0].cases
        if self._shared:
            self._inputs, self._targets = cases[0].inputs, cases[0].targets
        else:
            self._inputs = np.stack([one.inputs.T for one in cases]).swapaxes(-1, -2)
            self._targets = np.stack([one.targets for one in cases])
        self._chunks = self._bound() if self._count else []
        self._errors = np.full(self._replicas, np.nan)

    def errors(self) -> Array:
        """The mean error per case of each replica (R,)."""
        for rows, _, bound in self._chunks:
            self._errors[rows] = bound.forward()
        return self._errors

    def accuracies(self) -> Array:
        """The share of cases told rightly by each replica (R,), at the weights of the last call of ``errors``."""
        shares = np.full(self._replicas, np.nan)
        return shares

    def _bound(self) -> list[tuple[slice, Propagation, Pass]]:
        task, chunks = self._tasks[0], []
        size = max(1, _CHUNK_NUMBERS // (3 * sum(task.network.sizes) * self._count))
        for begin in range(0, self._replicas, size):
            rows = slice(begin, min(begin + size, self._replicas))
            weights = self._weights[rows]
            propagation = Propagation(
                task.network, task.error, "mean", weights, np.empty_like(weights), self._count
            )
            inputs, targets = (self._inputs, self._targets) if self._shared else (self._inputs[rows], self._targets[rows])
            chunks.append((rows, propagation, propagation.bind(inputs, targets)))
        return chunks
