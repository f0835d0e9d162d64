"""What the page wishes to see of the error surface of a network, checked as if a stranger had written it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from engine import Run
from engine.types import Array
from explorer.live import LAST_STEP
from explorer.settings import shown

MOST_MOMENTS = 120
MOST_NUMBERS = 3_000_000  # of a path
_BYTES = 4  # of a float32
_CLOSEST, _FARTHEST = 1e-3, 1e3  # factors of a window
_LARGEST_SEED = 2**31 - 1
_SAME = 1e-5  # of the largest weight: as near as float32 tells it

Kind = Literal["path", "weights", "random"]
_KINDS: tuple[Kind, ...] = ("path", "weights", "random")


@dataclass(frozen=True)
class Way:
    """Moments of a run: their steps and weights (M, P), the present ones last."""

    steps: list[int]
    weights: Array


@dataclass(frozen=True)
class PlaneWish:
    """Which plane: that of the path, of two weights by their indices, or random directions from a seed."""

    kind: Kind
    first: int = 0
    second: int = 0
    seed: int = 0


def read_plane(told: Any, run: Run) -> PlaneWish:
    """The plane that is told."""
    if not isinstance(told, Mapping) or told.get("kind") not in _KINDS:
        what = told.get("kind") if isinstance(told, Mapping) else told
        raise ValueError(f"The plane must be one of {', '.join(_KINDS)}, not {shown(what)}.")
    kind: Kind = told["kind"]
    if kind == "random":
        return PlaneWish(kind, seed=_whole("The seed of the directions", told.get("seed"), _LARGEST_SEED))
    if kind == "path":
        return PlaneWish(kind)
    last = len(run.weights) - 1
    first, second = (_whole(f"The {name} weight", told.get(name), last) for name in ("first", "second"))
    if first == second:
        raise ValueError("Two different weights span a plane; choose another one.")
    if run.mask is not None and not run.mask[[first, second]].all():
        raise ValueError("One of these links is cut and stays 0; choose another one.")
    return PlaneWish(kind, first, second)


def read_factor(told: Any) -> float:
    """By how much more than usual is to be seen along each axis."""
    if told is None:
        return 1.0
    is_number = isinstance(told, (int, float)) and not isinstance(told, bool)
    if not is_number or not _CLOSEST <= told <= _FARTHEST:
        raise ValueError(f"The window must be a factor from {_CLOSEST:g} to {_FARTHEST:,.0f}, not {shown(told)}.")
    return float(told)


def read_way(path: Any, steps: Any, run: Run) -> Way:
    """The moments that are told, with the present one of the run as the last."""
    moments = _steps(steps)
    weights = _weights(path, len(moments), len(run.weights))
    # what the page told of later moments belongs to a way that this run did not go
    known = sum(step <= run.step for step in moments)
    moments, weights = moments[:known], weights[:known]
    if moments and moments[-1] == run.step and _alike(weights[-1], run.weights):
        moments, weights = moments[:-1], weights[:-1]
    return Way([*moments, run.step], np.vstack([weights, run.weights]))


def _steps(told: Any) -> list[int]:
    if told is None:
        return []
    if not isinstance(told, list) or len(told) > MOST_MOMENTS:
        raise ValueError(f"The moments of the path must be a list of at most {MOST_MOMENTS} updates.")
    steps = [_whole("The update of a moment", step, LAST_STEP) for step in told]
    if any(later < earlier for earlier, later in pairwise(steps)):
        raise ValueError("The moments of the path must be told in their order.")
    return steps


def _weights(told: Any, moments: int, width: int) -> Array:
    """Base64 of float32 -> (moments, width)."""
    if moments * width > MOST_NUMBERS:
        raise ValueError(f"The path has {moments} moments of {width:,} weights; {MOST_NUMBERS:,} numbers can be used.")
    text = "" if told is None else told
    # four letters tell three bytes
    if not isinstance(text, str) or len(text) != 4 * -(-moments * width * _BYTES // 3):
        raise ValueError(f"The path must be told as {moments} moments of {width:,} weights.")
    try:
        raw = base64.b64decode(text, validate=True)
        weights = np.frombuffer(raw, "<f4").astype(np.float64).reshape(moments, width)
    except ValueError:
        raise ValueError("The path could not be read: it is no base64 of numbers.") from None
    if not np.isfinite(weights).all():
        raise ValueError("The path passes through weights that are no finite numbers.")
    return weights


def _alike(told: Array, weights: Array) -> bool:
    apart = float(np.abs(told - weights).max())
    return apart <= _SAME * float(np.abs(weights).max())


def _whole(what: str, told: Any, most: int) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told <= most:
        raise ValueError(f"{what} must be a whole number from 0 to {most:,}, not {shown(told)}.")
    return told
