"""Several replicas of a run trained as one: every NumPy call does the same to all of them."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from engine.calls import Call
from engine.descent import divergence_limit
from engine.optimizer_base import Update, constant
from engine.runs import Best, Run
from engine.schedules import scheduled
from engine.stacked_batches import StackedBatches
from engine.stacked_measures import StackedPart
from engine.types import Array
from engine.updates import _cuts, _penalties, _scaled_down, _since


def stacked_update(runs: Sequence[Run], weights: Array, gradient: Array, slots: Array) -> Update:
    """As ``update_of``, for runs of one recipe; bound to the buffers (R, P), (R, P), (S, R, P)."""
    run, recipe = runs[0], runs[0].now
    rule = _since(run.optimizer_since, recipe.optimizer.rule(weights, gradient, slots))
    rule = scheduled(rule, weights, recipe.schedule)
    calls = [
        *_penalties(recipe, run.task.network, weights, gradient),
        *_cuts(_masks(runs), gradient),
        *_clipping(recipe.clip_norm, gradient),
    ]
    if not calls:
        return rule

    def update(step: int) -> None:
        for call in calls:
            call()
        rule(step)

    return update


def _masks(runs: Sequence[Run]) -> Array | None:
    masks = [run.mask for run in runs]
    if all(mask is None for mask in masks):
        return None
    return np.stack([np.ones_like(run.weights) if mask is None else mask for run, mask in zip(runs, masks, strict=True)])


def _clipping(limit: float | None, gradient: Array) -> list[Call]:
    if limit is None:
        return []
    longest, one = constant(limit), constant(1.0)
    scale = np.empty((len(gradient), 1))
    lengths = scale[:, 0]

    def clip() -> None:
        # g <- g c / |g| where |g| > c, each replica by its own length
        np.sqrt(np.vecdot(gradient, gradient, lengths), lengths)
        for row in np.flatnonzero(lengths == math.inf):
            lengths[row] = _scaled_down(gradient[row])
        np.divide(longest, lengths, lengths)
        np.fmin(lengths, one, lengths)
        np.multiply(gradient, scale, gradient)

    return [clip]


class Stack:
    """Runs of the same shape in the making, at the same step of the same stage, none of them diverged.

    Attributes
    ----------
    step : int
        Updates done.
    lost : (R,)
        Which replicas have diverged at this step.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs, self.step, self._stage = runs, runs[0].step, runs[0].stage
        self.lost = np.zeros(len(runs), np.bool_)
        self._weights, self._slots = np.stack([run.weights for run in runs]), np.stack([run.slots for run in runs], 1)
        self._gradient, self._before = np.empty_like(self._weights), self._weights.copy()
        self._limits = divergence_limit(np.array([run.first_error for run in runs]))
        self._batches = StackedBatches(runs, self._weights, self._gradient)
        self._update = stacked_update(runs, self._weights, self._gradient, self._slots)
        tasks = [run.present_task for run in runs]
        self._validation = StackedPart(tasks, self._weights, "validation")
        self._best_steps = np.full(len(runs), -1)
        self._best_errors = np.array([math.inf if run.best is None else run.best.error for run in runs])
        self._best_weights = np.empty_like(self._weights)

    def advance(self, end: int) -> None:
        """Train until ``end`` updates are done in all, or a replica is lost."""
        with np.errstate(all="ignore"):
            self._train(end)
            self.lost = ~(self._next_errors() <= self._limits) | ~self._finite()

    def runs(self) -> list[Run]:
        """All replicas where they stand."""
        return [self._run(row) for row in range(len(self._runs))]

    def _train(self, end: int) -> None:
        first, length, weights, flat = self._stage.begin, self._stage.updates_per_epoch, self._weights, self._weights.reshape(-1)
        limits, shares = self._limits, 0.5 / self._limits
        while self.step < end:
            epoch, begin = divmod(self.step - first, length)
            for batch in self._batches.of_epoch(epoch)[begin : begin + end - self.step]:
                errors = batch.backward()
                if not errors.dot(shares) <= 0.25 and not (errors <= limits).all():
                    return
                np.copyto(self._before, weights)
                self.step += 1
                self._update(self.step)
                if not flat.dot(flat) < math.inf and not self._finite().all():
                    end = self.step
                    break
            if (self.step - first) % length == 0:
                self._validate()

    def _finite(self) -> np.ndarray:
        return np.isfinite(self._weights).all(axis=1)

    def _next_errors(self) -> Array:
        epoch, batch = divmod(self.step - self._stage.begin, self._stage.updates_per_epoch)
        return self._batches.of_epoch(epoch)[batch].forward()

    def _validate(self) -> None:
        errors = self._validation.errors()
        better = errors < self._best_errors
        if better.any():
            better &= self._finite()
            self._best_steps[better] = self.step
            np.copyto(self._best_errors, errors, where=better)
            np.copyto(self._best_weights, self._weights, where=better[:, None])

    def _run(self, row: int) -> Run:
        run, lost = self._runs[row], bool(self.lost[row])
        weights = (self._before if lost else self._weights)[row].copy()
        slots = np.zeros_like(run.slots) if lost else self._slots[:, row].copy()
        best = run.best
        if self._best_steps[row] >= 0:
            best = Best(int(self._best_steps[row]), float(self._best_errors[row]), _frozen(self._best_weights[row].copy()))
        return run.moved(step=self.step, weights=_frozen(weights), slots=_frozen(slots), best=best, diverged_at=self.step if lost else None)

def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array
