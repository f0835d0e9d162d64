"""The straight line beside the network on a curve: the simplest model of the same cases."""

from typing import Any

import numpy as np

from engine import ERRORS, Task
from engine.types import Array, Part
from explorer.numbers import short


def straight_line(task: Task) -> dict[str, Any]:
    """The line of least squares through the training cases of one input, and its mean errors of a case.

    ``slope`` and ``intercept`` are in the units of the data. ``training_error`` and ``validation_error``, None without
    validation cases, are in the units of the network's: the task's error of prepared targets. Altered copies do not
    count. ValueError where a case has more than one input.
    """
    inputs, targets = task.data.part("training")
    if inputs.shape[1] != 1 or targets.shape[1] != 1:
        raise ValueError("A straight line is drawn through cases with one input and one target only.")
    slope, intercept = _least_squares(inputs[:, 0], targets[:, 0])
    return {
        "slope": slope,
        "intercept": intercept,
        "training_error": _error(task, "training", slope, intercept),
        "validation_error": _error(task, "validation", slope, intercept),
    }


def trust(line: dict[str, Any], training_error: float, validation_error: float | None) -> str:
    """The question which of the two to trust; their errors are those of ``straight_line`` and ``engine.measure``."""
    told = f"the network's error is {short(training_error)} and the line's {short(line['training_error'])}"
    question = f"Which would you trust? On the training cases {told}"
    if validation_error is None or line["validation_error"] is None:
        return f"{question}; without validation cases there is no way to know."
    return f"{question}; on validation cases {short(validation_error)} and {short(line['validation_error'])}."


def _least_squares(x: Array, t: Array) -> tuple[float, float]:
    middle_x, middle_t = float(x.mean()), float(t.mean())
    spread = float(((x - middle_x) ** 2).sum())
    # a = sum (x - mean x)(t - mean t) / sum (x - mean x)^2, b = mean t - a mean x
    slope = float(((x - middle_x) * (t - middle_t)).sum()) / spread if spread > 0.0 else 0.0
    return slope, middle_t - slope * middle_x


def _error(task: Task, part: Part, slope: float, intercept: float) -> float | None:
    inputs, targets = task.data.part(part)
    if not len(inputs):
        return None
    # as the network's: logits, outputs and targets (1, N)
    told, wanted = (_prepared(task, values).reshape(1, -1) for values in (slope * inputs + intercept, targets))
    head = ERRORS[task.error].head("linear")
    total = head.bind(told.copy(), told, np.empty_like(told))(wanted)()
    return float(total) / len(inputs)


def _prepared(task: Task, targets: Array) -> Array:
    """Raw targets (N, 1) as the network is to meet them: the way back of ``Task.to_raw``."""
    low, high = (float(task.to_raw(np.full((1, 1), value))[0, 0]) for value in (0.0, 1.0))
    prepared: Array = (targets - low) / (high - low)
    return prepared
