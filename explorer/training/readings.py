"""How a network reads the cases of one part: which classes it confuses, how far off its numbers are.

A class has a code, its place in the matrix: a sign 0 or 1, one of several classes its number, a combination of labels
that do not exclude each other the sum of 2^k over the labels k that are there.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import Run, Task
from engine.measures import Reading, reading_of
from engine.types import Array, IntegerArray, Part
from explorer.settings import shown
from explorer.training.examples import pixels, unusual
from explorer.training.pictures import floats

MOST_CASES = 5_000  # read for one report
MOST_EXAMPLES = 12
MOST_POINTS = 400
_MOST_CONFUSED = 3
_CHUNK = 1_000  # cases in one pass: the activities of a large network take memory
_MARGIN = 0.06  # of the range of targets, on either side of a scatter


class _Cases(NamedTuple):
    """Raw inputs (N, D), prepared ones (N, F) and raw targets (N, K) of a part."""

    inputs: Array
    features: Array
    targets: Array


class _Reading(NamedTuple):
    """The codes (N,) of what is true and told, and the shares (N,) from 0 to 1 that the network gives to both."""

    true: IntegerArray
    told: IntegerArray
    true_share: Array
    told_share: Array


def confusion(
    run: Run,
    part: Part,
    names: Sequence[str],
    image: tuple[int, int] | None,
    input_names: Sequence[str],
    pair: object = None,
) -> dict[str, Any]:
    """How often each class is told for each, and the cases that are read worst.

    Parameters
    ----------
    names
        Of the classes; of the two signs, the negative first; of labels that do not exclude each other.
    pair : [true, told], optional
        Codes of two classes: the examples are then of these alone. Codes that this data does not have may be left
        over from other data and are as good as none.

    Returns
    -------
    dict
        ``part``, the number of ``cases`` in it and of those ``read``, at most ``MOST_CASES``; ``right`` of them and
        ``accuracy``. ``names`` of the classes; ``matrix``, counts by true class, then told class; ``recall`` and
        ``precision`` of each class, None where no case tells; ``confused``, the most frequent errors as
        [true, told, count]. ``pair``; ``examples``, those with the smallest share for the true class first, with
        codes ``true`` and ``told``, ``true_share``, ``told_share``, and for images ``pixels``, base64 of bytes from
        the top row, else ``inputs``, the most unusual as [name, value, standard deviations from the training mean].
    """
    wanted, task = _checked_pair(pair), run.present_task
    cases = _cases(task, part)
    reading = _read(task, _outputs(run, task, cases.features), cases.targets)
    classes = _class_names(task, names)
    if wanted and max(wanted) >= len(classes):
        wanted = None
    return {
        "part": part,
        "cases": len(getattr(task.data, part)),
        "names": classes,
        **_counted(reading, len(classes)),
        "pair": wanted,
        "examples": [
            _told(reading, row)
            | (pixels(cases.inputs[row]) if image else unusual(task, cases.inputs[row], input_names))
            for row in _worst(reading, wanted)
        ],
    }


def scatter(run: Run, part: Part) -> dict[str, Any]:
    """What is told of each case against what is true, in the units of the targets.

    Returns
    -------
    dict
        ``part``, the number of ``cases`` in it and of those ``read``, at most ``MOST_CASES``; ``true`` and ``told``,
        base64 of float32, of up to ``MOST_POINTS``, evenly chosen. Of all that were read ``r_squared`` and
        ``root_mean_square`` error, None where they are no numbers, and how many are told ``outside`` the ``range`` of
        both axes, which holds all targets of the data.
    """
    task = run.present_task
    cases = _cases(task, part)
    true, told = cases.targets[:, 0], _outputs(run, task, cases.features)[:, 0]
    low, high = _target_range(task)
    chosen = _evenly(len(true), MOST_POINTS)
    return {
        "part": part,
        "cases": len(getattr(task.data, part)),
        "read": len(true),
        "true": floats(true[chosen]),
        "told": floats(told[chosen]),
        "r_squared": _r_squared(true, told),
        "root_mean_square": _root_mean_square(true, told),
        "outside": int((~((told >= low) & (told <= high))).sum()),
        "range": [low, high],
    }


@lru_cache(maxsize=8)
def _cases(task: Task, part: Part) -> _Cases:
    """The cases of a part without altered copies, evenly chosen where there are too many."""
    inputs, targets = task.data.part(part)
    chosen = _evenly(len(inputs), MOST_CASES)
    return _Cases(inputs[chosen], task.features(inputs[chosen]), targets[chosen])


def _evenly(count: int, most: int) -> IntegerArray:
    return np.linspace(0, max(count - 1, 0), min(count, most)).astype(np.int64)


def _outputs(run: Run, task: Task, features: Array) -> Array:
    """What the network tells (N, K), in the units of the targets, but of signs as they are prepared."""
    told = np.empty((len(features), task.network.sizes[-1]))
    for start in range(0, len(features), _CHUNK):
        rows = slice(start, start + _CHUNK)
        told[rows] = task.network.forward(run.weights, features[rows]).activities[-1]
    return task.to_raw(told)


def _class_names(task: Task, names: Sequence[str]) -> list[str]:
    """What each code is called."""
    are_labels = task.data.targets.shape[1] > 1 and _how(task) != "largest"
    return [_combination(code, names) for code in range(2 ** len(names))] if are_labels else list(names)


def _combination(code: int, names: Sequence[str]) -> str:
    told = [name for place, name in enumerate(names) if code >> place & 1]
    if len(told) == len(names) == 2:
        return "both"
    return " and ".join(told) or "neither"


@lru_cache(maxsize=16)
def _how(task: Task) -> Reading | None:
    """How outputs are read as classes, the same as for the accuracy."""
    return reading_of(task)


def _read(task: Task, outputs: Array, targets: Array) -> _Reading:
    """Outputs (N, K) read as classes, beside the targets (N, K)."""
    if _how(task) == "largest":
        return _read_largest(outputs, targets)
    low = -1.0 if _how(task) == "above_zero" else 0.0
    # p = (y - low) / (1 - low)
    return _read_flags((outputs - low) / (1.0 - low), targets > 0.0)


def _read_largest(outputs: Array, targets: Array) -> _Reading:
    """The class with the largest output is told."""
    true, told = targets.argmax(axis=1), np.nan_to_num(outputs, nan=-np.inf).argmax(axis=1)
    shares, cases = _share(outputs), np.arange(len(targets))
    return _Reading(true, told, shares[cases, true], shares[cases, told])


def _read_flags(outputs: Array, there: npt.NDArray[np.bool_]) -> _Reading:
    """Every output (N, K), a share, tells of one class alone whether it is there."""
    shares, told = _share(outputs), outputs > 0.5
    return _Reading(_code(there), _code(told), _joint(shares, there), _joint(shares, told))


def _share(values: Array) -> Array:
    """As a share from 0 to 1; what is no number is none."""
    return np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0)


def _code(flags: npt.NDArray[np.bool_]) -> IntegerArray:
    # sum of 2^k over the flags k that are up
    return flags @ (1 << np.arange(flags.shape[1]))


def _joint(shares: Array, flags: npt.NDArray[np.bool_]) -> Array:
    """The share of a combination of labels as if they were independent."""
    # P = prod p_k over the labels that are there times prod (1 - p_k) over the others
    joint: Array = np.where(flags, shares, 1.0 - shares).prod(axis=1)
    return joint


def _counted(reading: _Reading, classes: int) -> dict[str, Any]:
    """The confusion matrix and what follows from it."""
    matrix = np.bincount(reading.true * classes + reading.told, minlength=classes**2).reshape(classes, classes)
    right, count = np.diag(matrix), int(matrix.sum())
    return {
        "read": count,
        "right": int(right.sum()),
        "accuracy": float(right.sum() / count) if count else None,
        "matrix": matrix.tolist(),
        # recall = right / true cases, precision = right / told cases
        "recall": _ratios(right, matrix.sum(axis=1)),
        "precision": _ratios(right, matrix.sum(axis=0)),
        "confused": _confused(matrix),
    }


def _ratios(parts: IntegerArray, wholes: IntegerArray) -> list[float | None]:
    pairs = zip(parts.tolist(), wholes.tolist(), strict=True)
    return [part / whole if whole else None for part, whole in pairs]


def _confused(matrix: IntegerArray) -> list[list[int]]:
    """The largest counts beside the diagonal as [true, told, count], the largest first."""
    wrong = matrix - np.diag(np.diag(matrix))
    cells = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_CONFUSED]
    triples = [[*divmod(cell, len(matrix)), int(wrong.flat[cell])] for cell in cells.tolist()]
    return [triple for triple in triples if triple[2]]


def _worst(reading: _Reading, pair: list[int] | None) -> list[int]:
    """The cases whose true class has the smallest share, of those alike the most confident errors first."""
    order = np.lexsort((-reading.told_share, reading.true_share))
    if pair:
        order = order[(reading.true[order] == pair[0]) & (reading.told[order] == pair[1])]
    chosen: list[int] = order[:MOST_EXAMPLES].tolist()
    return chosen


def _told(reading: _Reading, row: int) -> dict[str, Any]:
    """What one case is and was read as."""
    return {
        "true": int(reading.true[row]),
        "told": int(reading.told[row]),
        "true_share": round(float(reading.true_share[row]), 4),
        "told_share": round(float(reading.told_share[row]), 4),
    }


@lru_cache(maxsize=16)
def _target_range(task: Task) -> tuple[float, float]:
    """From a little below the smallest to a little above the largest target of the data."""
    low, high = float(task.data.targets.min()), float(task.data.targets.max())
    margin = _MARGIN * (high - low) if high > low else 1.0
    return low - margin, high + margin


def _r_squared(true: Array, told: Array) -> float | None:
    """The share of the variance that is explained; None where there is none."""
    with np.errstate(all="ignore"):
        total = ((true - true.mean()) ** 2).sum() if len(true) else 0.0
        # R^2 = 1 - sum (t - y)^2 / sum (t - mean t)^2
        return _number(1.0 - ((true - told) ** 2).sum() / total) if total > 0.0 else None


def _root_mean_square(true: Array, told: Array) -> float | None:
    with np.errstate(all="ignore"):
        return _number(np.sqrt(((true - told) ** 2).mean())) if len(true) else None


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _checked_pair(pair: object) -> list[int] | None:
    """Two codes; ValueError in a sentence for anything else but None."""
    if pair is None:
        return None
    if not (isinstance(pair, list) and len(pair) == 2 and all(type(code) is int and code >= 0 for code in pair)):
        raise ValueError(f"A pair of classes must be two whole numbers from 0 on, not {shown(pair)}.")
    return pair
