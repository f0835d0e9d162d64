"""Several replicas of a run trained as one: every NumPy call does the same to all of them."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.descent import divergence_limit
from engine.runs import Best, Run
from engine.stacked_batches import StackedBatches
from engine.stacked_measures import Gauge, StackedPart
from engine.stacked_updates import update_together
from engine.types import Array


class Stack:
    """Runs in the making, alike but for seed, weights, links and the numbers of their cases; none of them diverged.

    Attributes
    ----------
    step : int
        Updates done, the same for all.
    lost : (R,)
        Which replicas have diverged at this step.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs, self.step, self._stage = runs, runs[0].step, runs[0].stage
        self.lost: npt.NDArray[np.bool_] = np.zeros(len(runs), np.bool_)
        self._weights = np.stack([run.weights for run in runs])
        self._slots = np.stack([run.slots for run in runs], axis=1)
        self._gradient, self._before = np.empty_like(self._weights), self._weights.copy()
        self._limits = divergence_limit(np.array([run.first_error for run in runs]))
        self._batches = StackedBatches(runs, self._weights, self._gradient)
        self._update = update_together(runs, self._weights, self._gradient, self._slots)
        self._validation = StackedPart([run.present_task for run in runs], self._weights, "validation")
        self._best = _Best(runs)

    def advance(self, end: int) -> None:
        """Train until ``end`` updates are done in all, or until a replica is lost."""
        with np.errstate(all="ignore"):
            errors = self._train(end)
            self.lost = ~((errors <= self._limits) & _finite(self._weights))

    def runs(self) -> list[Run]:
        """The replicas where they stand."""
        return [self._run(row) for row in range(len(self._runs))]

    def gauge(self) -> Gauge:
        """What reads the errors of the replicas where they stand."""
        return Gauge([run.present_task for run in self._runs], self._weights)

    def _train(self, end: int) -> Array:
        """Update until ``end``, or until an error or a weight is not sound; the errors (R,) that come next."""
        weights, before, update = self._weights, self._before, self._update
        limits, flat, shares = self._limits, weights.reshape(-1), 1.0 / self._limits
        first, length = self._stage.begin, self._stage.updates_per_epoch
        while self.step < end:
            epoch, begin = divmod(self.step - first, length)
            for batch in self._batches.of_epoch(epoch)[begin : begin + end - self.step]:
                errors = np.asarray(batch.backward())
                # one product tells for all in nearly every update: no error is far below 0
                if not errors.dot(shares) <= 0.5 and not (errors <= limits).all():
                    return errors
                np.copyto(before, weights)
                self.step += 1
                update(self.step)
                if not flat.dot(flat) < math.inf and not _finite(weights).all():
                    end = self.step
                    break
            if (self.step - first) % length == 0:
                self._validate()
        return self._next_errors()

    def _validate(self) -> None:
        if self._validation.cases:
            self._best.look(self.step, self._validation.errors(), self._weights)

    def _next_errors(self) -> Array:
        """Those of the next update: so the end of a call finds a divergence as its continuation would."""
        epoch, batch = divmod(self.step - self._stage.begin, self._stage.updates_per_epoch)
        return np.asarray(self._batches.of_epoch(epoch)[batch].forward())

    def _run(self, row: int) -> Run:
        run, lost = self._runs[row], bool(self.lost[row])
        return run.moved(
            step=self.step,
            weights=_taken((self._before if lost else self._weights)[row]),
            slots=_taken(np.zeros_like(run.slots) if lost else self._slots[:, row]),
            best=self._best.of(row),
            diverged_at=self.step if lost else None,
        )


class _Best:
    """The best weights of each replica so far."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._known = [run.best for run in runs]
        self._errors = np.array([math.inf if best is None else best.error for best in self._known])
        self._steps, self._weights = np.full(len(runs), -1), np.stack([run.weights for run in runs])

    def look(self, step: int, errors: Array, weights: Array) -> None:
        """Keep what is better than all before; a saturated output hides infinite weights from the error."""
        better = errors < self._errors
        if better.any():
            better &= _finite(weights)
            self._steps[better] = step
            self._errors[better] = errors[better]
            self._weights[better] = weights[better]

    def of(self, row: int) -> Best | None:
        if self._steps[row] < 0:
            return self._known[row]
        return Best(int(self._steps[row]), float(self._errors[row]), _taken(self._weights[row]))


def _finite(weights: Array) -> npt.NDArray[np.bool_]:
    """Whether all weights (..., P) of a replica are (...)."""
    finite: npt.NDArray[np.bool_] = np.asarray(np.isfinite(weights).all(axis=-1))
    return finite


def _taken(values: Array) -> Array:
    """A copy, read-only."""
    copy = np.array(values)
    copy.setflags(write=False)
    return copy
