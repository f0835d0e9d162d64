"""Training: ``start`` makes a run, ``advance`` carries it on, ``measure`` tells how good it is.

``advance`` is a pure function. It copies the run's arrays once, works on them in place with everything prepared
(see propagation.py), and returns a new run; n + m updates at once are bit for bit n updates and then m.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.descent import divergence_limit
from engine.propagation import Pass, Propagation
from engine.runs import Best, Recipe, Run, checked_changes
from engine.streams import stream
from engine.tasks import Task
from engine.types import Array, Part


def start(
    task: Task,
    recipe: Recipe,
    seed: int = 0,
    weights: npt.ArrayLike | None = None,
    changes: Sequence[Sequence[Any]] = (),
) -> Run:
    """A run before its first update.

    ``weights`` (P,) are drawn from the seed where they are not given. ``changes`` is a log of (step, setting,
    value) that ``advance`` will meet on its way, which is how a run is replayed.
    """
    checks.instance("task", task, Task)
    checks.instance("recipe", recipe, Recipe)
    seed = checks.integer("seed", seed, 0)
    given = None if weights is None else checks.array("weights", weights, task.network.dimension).copy()
    first = task.network.first_weights(seed) if given is None else given
    if not task.cases("training").cases:
        raise ValueError("data holds no training case; at least one is needed")
    slots = recipe.optimizer.slots_for(first)
    run = Run(
        task,
        recipe,
        seed,
        first_weights=given,
        changes=checked_changes(changes, recipe.optimizer),
        step=0,
        weights=_frozen(first),
        slots=_frozen(slots),
        first_error=_reduced_training_error(task, first),
        best=None,
        diverged_at=None,
    )
    return _Workbench(run).begin()


def advance(run: Run, updates: int | None = None, epochs: int | None = None) -> Run:
    """The run after so many more updates, or so many times the updates of an epoch. A diverged run stays as it is."""
    checks.instance("run", run, Run)
    if (updates is None) == (epochs is None):
        raise ValueError(f"updates is {updates!r} and epochs is {epochs!r}; exactly one of them must be given")
    if epochs is not None:
        updates = checks.integer("epochs", epochs, 0) * run.updates_per_epoch
    end = run.step + checks.integer("updates", updates, 0)
    if run.diverged_at is not None or end == run.step:
        return run
    return _Workbench(run).advance(end)


class Accuracy(NamedTuple):
    """The share of cases told rightly, None where a part is empty."""

    training: float | None
    validation: float | None
    test: float | None


@dataclass(frozen=True)
class Measures:
    """Errors as means per case, None where a part is empty; ``accuracy`` is None where the targets are no classes."""

    training_error: float
    validation_error: float | None
    test_error: float | None
    accuracy: Accuracy | None


def measure(run: Run) -> Measures:
    """How good the run's weights are on each part of the data."""
    checks.instance("run", run, Run)
    return measure_weights(run.task, run.weights)


def measure_weights(task: Task, weights: npt.ArrayLike) -> Measures:
    """How good these weights (P,) are on each part of the data."""
    checks.instance("task", task, Task)
    vector = checks.array("weights", weights, task.network.dimension)
    with np.errstate(all="ignore"):
        training = _measure_part(task, vector, "training")
        validation = _measure_part(task, vector, "validation")
        test = _measure_part(task, vector, "test")
    accuracy = Accuracy(training[1], validation[1], test[1]) if _classes(task) else None
    return Measures(training[0] or 0.0, validation[0], test[0], accuracy)


def _measure_part(task: Task, weights: Array, part: Part) -> tuple[float | None, float | None]:
    cases = task.cases(part)
    if not cases.cases:
        return None, None
    propagation, bound = _pass_over(task, weights, part)
    error = float(bound.forward())
    right = _right(propagation.outputs, cases.targets, _classes(task))
    return error, None if right is None else float(right.mean())


def _classes(task: Task) -> str | None:
    """How classes are told: the largest output, each output on its side of the middle, or not at all."""
    output, targets = task.network.output, task.data.targets
    if output == "softmax":
        return "largest"
    sides = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(output)
    return output if sides and np.isin(targets, sides).all() else None


def _right(outputs: Array, targets: Array, classes: str | None) -> npt.NDArray[np.bool_] | None:
    if classes is None:
        return None
    if classes == "largest":
        right: npt.NDArray[np.bool_] = outputs.argmax(axis=0) == targets.argmax(axis=0)
        return right
    middle = 0.5 if classes == "sigmoid" else 0.0
    agree: npt.NDArray[np.bool_] = ((outputs > middle) == (targets > middle)).all(axis=0)
    return agree


def _pass_over(task: Task, weights: Array, part: Part) -> tuple[Propagation, Pass]:
    """A pass over all cases of a part that gives the mean error per case at these weights, whenever it is run."""
    cases = task.cases(part)
    propagation = Propagation(task.network, task.error, "mean", weights, np.empty_like(weights), cases.cases)
    return propagation, propagation.bind(cases.inputs, cases.targets)


def _reduced_training_error(task: Task, weights: Array) -> float:
    with np.errstate(all="ignore"):
        mean = float(_pass_over(task, weights, "training")[1].forward())
    return mean * (task.cases("training").cases if task.reduction == "sum" else 1)


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array


class _Workbench:
    """The buffers of one run in the making."""

    def __init__(self, run: Run) -> None:
        self._run, self._step, self._best = run, run.step, run.best
        self._weights, self._slots = run.weights.copy(), run.slots.copy()
        self._gradient = np.empty_like(self._weights)
        self._per_epoch = run.updates_per_epoch
        self._limit = float(divergence_limit(np.array(run.first_error)))
        self._batches = _Batches(run, self._weights, self._gradient)
        self._validation = None
        if run.task.cases("validation").cases:
            self._validation = _pass_over(run.task, self._weights, "validation")[1]

    def begin(self) -> Run:
        """The run before its first update, judged."""
        with np.errstate(all="ignore"):
            self._validate()
            return self._result(math.isfinite(self._run.first_error) and self._next_error_is_sound())

    def advance(self, end: int) -> Run:
        """The run after ``end`` updates in all."""
        with np.errstate(all="ignore"):
            sound = all(self._train(segment_end) for segment_end in self._segments(end))
            run = self._result(sound and self._next_error_is_sound())
        if np.isfinite(run.weights).all():
            return run
        return self._result(sound=False) if end == self._run.step + 1 else self._one_by_one()

    def _one_by_one(self) -> Run:
        """The run up to where its weights left the numbers: a saturated network may hide that from the error."""
        run = self._run
        while run.diverged_at is None:
            run = _Workbench(run).advance(run.step + 1)
        return run

    def _segments(self, end: int) -> list[int]:
        """The steps at which the optimizer changes on the way, and the end."""
        return [*sorted({c.step for c in self._run.changes if self._step < c.step < end}), end]

    def _train(self, end: int) -> bool:
        """Update until ``end``; False, and no further update, where the error of a batch is not sound."""
        update = self._run.optimizer_at(self._step).rule(self._weights, self._gradient, self._slots)
        limit, step = self._limit, self._step
        while step < end:
            epoch, begin = divmod(step, self._per_epoch)
            for batch in self._batches.of_epoch(epoch)[begin : begin + end - step]:
                # a comparison with NaN is false: not finite and too large are caught at once
                if not batch.backward() <= limit:
                    self._step = step
                    return False
                step += 1
                update(step)
            if step % self._per_epoch == 0:
                self._step = step
                self._validate()
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

    def _next_error_is_sound(self) -> bool:
        """Whether the next update could be made: so the end of a call finds a divergence as its continuation would."""
        epoch, batch = divmod(self._step, self._per_epoch)
        return bool(self._batches.of_epoch(epoch)[batch].forward() <= self._limit)

    def _result(self, sound: bool) -> Run:
        if sound:
            weights, slots = self._weights, self._slots
        else:
            weights, slots = self._last_good_weights(), np.zeros_like(self._slots)
        return replace(
            self._run,
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
        for end in again._segments(self._step - 1):
            again._train(end)
        return again._weights


class _Batches:
    """The training cases of a run, cut into batches, each in one piece of memory."""

    def __init__(self, run: Run, weights: Array, gradient: Array) -> None:
        self._cases, self._seed = run.task.cases("training"), run.seed
        count = self._cases.cases
        size = min(run.recipe.batch_size or count, count)
        # one batch of all cases is the same in any order
        self._shuffle = run.recipe.shuffle and size < count
        self._inputs = self._cases.inputs.copy(order="K") if self._shuffle else self._cases.inputs
        self._spans = [slice(begin, begin + size) for begin in range(0, count, size)]
        self._targets = [self._cases.targets[:, span].copy() for span in self._spans]
        self._ordered_for: int | None = None
        self._passes = self._bind(run, weights, gradient)

    def of_epoch(self, epoch: int) -> list[Pass]:
        """The batches, with the cases in the order of the epoch, drawn from (seed, epoch)."""
        if self._shuffle and self._ordered_for != epoch:
            self._lay(stream("order", self._seed, epoch).permutation(self._cases.cases))
            self._ordered_for = epoch
        return self._passes

    def _bind(self, run: Run, weights: Array, gradient: Array) -> list[Pass]:
        task, by_width, bound = run.task, dict[int, Propagation](), []
        for span, targets in zip(self._spans, self._targets, strict=True):
            width = targets.shape[1]
            if width not in by_width:
                by_width[width] = Propagation(task.network, task.error, task.reduction, weights, gradient, width)
            bound.append(by_width[width].bind(self._inputs[:, span], targets))
        return bound

    def _lay(self, order: npt.NDArray[np.int64]) -> None:
        # mode="clip" lets take() write straight into the buffer
        np.take(self._cases.inputs.T, order, axis=0, out=self._inputs.T, mode="clip")
        ordered = self._cases.targets[:, order]
        for span, targets in zip(self._spans, self._targets, strict=True):
            np.copyto(targets, ordered[:, span])
