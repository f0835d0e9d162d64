"""How good a run or a set of weights is on each part of the data."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.propagation import Pass, Propagation
from engine.runs import Run
from engine.tasks import Task
from engine.types import PARTS, Array, Part

Reading = Literal["largest", "above_zero", "above_half"]


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
    """How good the run's weights are on each part of the data, points that have joined included."""
    checks.instance("run", run, Run)
    return measure_weights(run.present_task, run.weights)


def measure_weights(task: Task, weights: npt.ArrayLike) -> Measures:
    """How good these weights (P,) are on each part of the data."""
    checks.instance("task", task, Task)
    vector = checks.array("weights", weights, task.network.dimension)
    reading = reading_of(task)
    with np.errstate(all="ignore"):
        training, validation, test = (_measured(task, vector, part, reading) for part in PARTS)
    accuracy = Accuracy(training.right, validation.right, test.right) if reading else None
    return Measures(training.error or 0.0, validation.error, test.error, accuracy)


def reading_of(task: Task) -> Reading | None:
    """How outputs are read as classes, told by the prepared targets of all parts; None where those are no classes.

    One class of several is where the output is largest. A sign, or labels of which any number may hold, are told by the
    side of the middle on which each output is.
    """
    targets = [task.cases(part).targets for part in PARTS]
    if task.network.output == "softmax" or all(map(_one_of_several, targets)):
        return "largest"
    if all(_all_among(of_part, -1.0, 1.0) for of_part in targets):
        return "above_zero"
    return "above_half" if all(_all_among(of_part, 0.0, 1.0) for of_part in targets) else None


def pass_over(task: Task, weights: Array, part: Part) -> tuple[Propagation, Pass]:
    """A pass over all cases of a part that gives the mean error per case at these weights, whenever it is run."""
    cases = task.cases(part)
    propagation = Propagation(task.network, task.error, "mean", weights, np.empty_like(weights), cases.cases)
    return propagation, propagation.bind(cases.inputs, cases.targets)


def reduced_training_error(task: Task, weights: Array) -> float:
    """The error over all training cases, their mean or their sum as the task asks."""
    with np.errstate(all="ignore"):
        mean = float(pass_over(task, weights, "training")[1].forward())
    return mean * (task.cases("training").cases if task.reduction == "sum" else 1)


class _Measured(NamedTuple):
    error: float | None
    right: float | None


def _measured(task: Task, weights: Array, part: Part, reading: Reading | None) -> _Measured:
    cases = task.cases(part)
    if not cases.cases:
        return _Measured(None, None)
    propagation, bound = pass_over(task, weights, part)
    error = float(bound.forward())
    return _Measured(error, _right(propagation.outputs, cases.targets, reading) if reading else None)


def _right(outputs: Array, targets: Array, reading: Reading) -> float:
    """The share of cases whose outputs (K, N) are read as their targets (K, N) are."""
    if reading == "largest":
        return float((outputs.argmax(axis=0) == targets.argmax(axis=0)).mean())
    middle = 0.0 if reading == "above_zero" else 0.5
    return float(((outputs > middle) == (targets > middle)).all(axis=0).mean())


def _one_of_several(targets: Array) -> bool:
    return len(targets) > 1 and _all_among(targets, 0.0, 1.0) and bool((targets.sum(axis=0) == 1.0).all())


def _all_among(targets: Array, one: float, other: float) -> bool:
    return bool(((targets == one) | (targets == other)).all())
