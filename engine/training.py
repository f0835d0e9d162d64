"""Training: ``start`` makes a run, ``advance`` carries it on.

``advance`` is a pure function. It copies the run's arrays once, works on them in place with everything prepared
(see propagation.py), and returns a new run; n + m updates at once are bit for bit n updates and then m.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.batches import Batches
from engine.changes import applied, checked_changes
from engine.descent import divergence_limit
from engine.measures import pass_over, reduced_training_error
from engine.runs import Best, Recipe, Run
from engine.stopping import StopRules
from engine.tasks import Task
from engine.types import Array
from engine.updates import update_of


def start(
    task: Task,
    recipe: Recipe,
    seed: int = 0,
    weights: npt.ArrayLike | None = None,
    changes: Sequence[Sequence[Any]] = (),
) -> Run:
    """A run before its first update.

    ``weights`` (P,) are drawn from the seed where they are not given; links that do not exist are 0. ``changes`` is a
    log of (step, setting, value) that ``advance`` will meet on its way, which is how a run is replayed.
    """
    checks.instance("task", task, Task)
    checks.instance("recipe", recipe, Recipe)
    seed = checks.integer("seed", seed, 0)
    given = None if weights is None else _frozen(checks.array("weights", weights, task.network.dimension).copy())
    first = task.network.first_weights(seed) if given is None else _existing(given, task.network.mask(seed))
    if not task.cases("training").cases:
        raise ValueError("data holds no training case; at least one is needed")
    slots = recipe.optimizer.slots_for(first)
    run = Run(
        task,
        recipe,
        seed,
        first_weights=given,
        changes=checked_changes(changes, task, recipe, seed),
        step=0,
        weights=_frozen(first),
        slots=_frozen(slots),
        first_error=reduced_training_error(task, first),
        best=None,
        diverged_at=None,
    )
    unaltered = _Workbench(replace(run, changes=())).begin()
    return _arrived(-1, replace(unaltered, changes=run.changes))


def advance(run: Run, updates: int | None = None, epochs: int | None = None, stop: StopRules | None = None) -> Run:
    """The run after so many more updates, or so many times the updates of an epoch. A diverged run stays as it is.

    With ``stop`` it may be fewer: the run at the end of the first epoch, beyond where it stands, at which a rule holds.
    """
    checks.instance("run", run, Run)
    if (updates is None) == (epochs is None):
        raise ValueError(f"updates is {updates!r} and epochs is {epochs!r}; exactly one of them must be given")
    if epochs is not None:
        updates = checks.integer("epochs", epochs, 0) * run.updates_per_epoch
    if stop is not None:
        checks.instance("stop", stop, StopRules)
    end = run.step + checks.integer("updates", updates, 0)
    while run.diverged_at is None and run.step < end:
        bench = _Workbench(run, stop or None)
        run = _arrived(run.step, bench.advance(min(end, run.history.next_step(run.step) or end)))
        if bench.stopped:
            break
    return run


def _arrived(before: int, run: Run) -> Run:
    """The run after what its log says was done to it at the step where it arrived."""
    changes = run.history.at_step(run.step) if run.step > before else ()
    if not changes:
        return run
    weights, slots = applied(changes, run.weights, run.slots)
    return run.moved(weights=weights, slots=slots)


def _existing(weights: Array, mask: Array | None) -> Array:
    return weights if mask is None else np.where(mask == 0.0, 0.0, weights)


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array


class _Workbench:
    """The buffers of a run in the making, as long as nothing is altered."""

    def __init__(self, run: Run, stop: StopRules | None = None) -> None:
        self._run, self._stop, self._step, self._best = run, stop, run.step, run.best
        self.stopped = False
        self._weights, self._slots = run.weights.copy(), run.slots.copy()
        self._gradient = np.empty_like(self._weights)
        self._stage, self._task = run.stage, run.present_task
        self._limit = float(divergence_limit(np.array(run.first_error)))
        self._batches = Batches(run, self._weights, self._gradient)
        self._validation = None
        if self._task.cases("validation").cases:
            self._validation = pass_over(self._task, self._weights, "validation")[1]
        self._training = pass_over(self._task, self._weights, "training")[1] if stop else None

    def begin(self) -> Run:
        """The run before its first update, judged."""
        with np.errstate(all="ignore"):
            self._validate()
            return self._result(math.isfinite(self._run.first_error) and self._next_error_is_sound())

    def advance(self, end: int) -> Run:
        """The run after ``end`` updates in all, or where a rule has stopped it."""
        with np.errstate(all="ignore"):
            run = self._result(self._train(end) and self._next_error_is_sound())
        if np.isfinite(run.weights).all():
            return run
        return self._result(sound=False) if self._step == self._run.step + 1 else self._one_by_one()

    def _one_by_one(self) -> Run:
        """The run up to where its weights left the numbers: a saturated network may hide that from the error."""
        run = self._run
        while run.diverged_at is None:
            run = _Workbench(run).advance(run.step + 1)
        return run

    def _train(self, end: int) -> bool:
        """Update until ``end``; False, and no further update, where the error of a batch is not sound."""
        update = update_of(self._run, self._weights, self._gradient, self._slots)
        limit, step, first, length = self._limit, self._step, self._stage.begin, self._stage.updates_per_epoch
        while step < end:
            epoch, begin = divmod(step - first, length)
            for batch in self._batches.of_epoch(epoch, begin, begin + end - step):
                # a comparison with NaN is false: not finite and too large are caught at once
                if not batch.backward() <= limit:
                    self._step = step
                    return False
                step += 1
                update(step)
            if (step - first) % length == 0:
                self._step = step
                self._validate()
                self.stopped = self._stops()
                if self.stopped:
                    return True
        self._step = step
        return True

    def _validate(self) -> None:
        if self._validation is None:
            return
        error = float(self._validation.forward())
        better = math.isfinite(error) and (self._best is None or error < self._best.error)
        # a saturated output hides infinite weights from the error
        if better and np.isfinite(self._weights).all():
            self._best = Best(self._step, error, _frozen(self._weights.copy()))

    def _stops(self) -> bool:
        """Whether a rule ends the run with this epoch."""
        if self._stop is None or self._training is None:
            return False
        training, stages = self._training, self._run.history.stages
        waited = None if self._best is None else stages.ends_at(self._step) - stages.ends_at(self._best.step)
        epoch = stages.epoch_at(self._step)
        return self._stop.reason_at(epoch, waited, lambda: float(training.forward())) is not None

    def _next_error_is_sound(self) -> bool:
        """Whether the next update could be made: so the end of a call finds a divergence as its continuation would."""
        epoch, batch = divmod(self._step - self._stage.begin, self._stage.updates_per_epoch)
        [following] = self._batches.of_epoch(epoch, batch, batch + 1)
        return bool(following.forward() <= self._limit)

    def _result(self, sound: bool) -> Run:
        if sound:
            weights, slots = self._weights, self._slots
        else:
            weights, slots = self._last_good_weights(), np.zeros_like(self._slots)
        return self._run.moved(
            step=self._step,
            weights=_frozen(weights),
            slots=_frozen(slots),
            best=self._best,
            diverged_at=None if sound else self._step,
        )

    def _last_good_weights(self) -> Array:
        """The weights one update before the present step: walked to once more, so that no update pays for a copy."""
        if self._step <= self._run.step + 1:
            return self._run.weights.copy()
        again = _Workbench(self._run)
        again._train(self._step - 1)
        return again._weights
