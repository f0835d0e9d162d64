"""Checks at the border: every one returns the clean value or raises a ``ValueError``
that names the argument, the value it had and what is legal."""

import math
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.types import Array


def number(name: str, value: Any, low: float = -math.inf, high: float = math.inf, *, open_low: bool = False) -> float:
    """A finite real number with low <= value <= high (low < value where ``open_low``)."""
    try:
        result = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        result = math.nan
    above = result > low if open_low else result >= low
    if not (math.isfinite(result) and above and result <= high):
        raise ValueError(f"{name} is {value!r}; it must be {_interval(low, high, open_low)}")
    return result


def positive(name: str, value: Any) -> float:
    """A finite number above zero."""
    return number(name, value, 0.0, open_low=True)


def fraction(name: str, value: Any) -> float:
    """A number with 0 <= value < 1, as every momentum and decay must be."""
    result = number(name, value, 0.0, 1.0)
    if result == 1.0:
        raise ValueError(f"{name} is {value!r}; it must be at least 0 and below 1")
    return result


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """A whole number with low <= value <= high."""
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or value < low or (high is not None and value > high):
        limits = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{name} is {value!r}; it must be a whole number {limits}")
    return int(value)


def choice(name: str, value: Any, legal: Iterable[str]) -> str:
    """One of the legal names."""
    names = list(legal)
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(names)}")
    return value


def instance(name: str, value: Any, kind: type) -> None:
    """Something of this kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {reprlib.repr(value)}; it must be of the kind {kind.__name__}")


def fields(name: str, value: Any, *wanted: str) -> dict[str, Any]:
    """The fields of a mapping that must have just these."""
    if not isinstance(value, Mapping) or set(value) != set(wanted):
        raise ValueError(f"{name} is {reprlib.repr(value)}; its fields must be {', '.join(wanted)} and no other")
    return dict(value)


def array(name: str, value: npt.ArrayLike, *shape: int | None) -> Array:
    """A finite float64 array; ``shape`` gives the wanted sizes, None where any size but zero will do."""
    result = _numbers(name, value)
    wanted = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
    fits = len(result.shape) == len(shape) and all(
        has == want if want is not None else has > 0 for has, want in zip(result.shape, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} has shape {result.shape}; it must be {wanted}, none of it empty")
    return all_finite(name, result)


def weight_vectors(name: str, value: npt.ArrayLike, dimension: int) -> Array:
    """Finite weights of shape (..., dimension)."""
    return all_finite(name, shaped_vectors(name, value, dimension))


def shaped_vectors(name: str, value: npt.ArrayLike, dimension: int) -> Array:
    """Weights of shape (..., dimension), NaN and infinity among them: a diverging path is allowed to ask."""
    result = _numbers(name, value)
    if result.ndim == 0 or result.shape[-1] != dimension:
        raise ValueError(f"{name} has shape {result.shape}; it must be (..., {dimension})")
    return result


def all_finite(name: str, values: Array) -> Array:
    """The array itself, where it holds neither NaN nor infinity."""
    finite = np.isfinite(values)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} holds {values[place]} at {place}; every number must be finite")
    return values


def _numbers(name: str, value: npt.ArrayLike) -> Array:
    try:
        given = np.asarray(value)
        if given.dtype.kind in "cSUmMV":
            raise TypeError(f"it holds {given.dtype}")
        return given.astype(np.float64, copy=False)
    except (TypeError, ValueError) as reason:
        raise ValueError(f"{name} is not an array of numbers but {reprlib.repr(value)}: {reason}") from None


def _interval(low: float, high: float, open_low: bool) -> str:
    if low == -math.inf and high == math.inf:
        return "a finite number"
    lower = f"above {low:g}" if open_low else f"at least {low:g}"
    return f"a finite number {lower}" + ("" if high == math.inf else f" and at most {high:g}")
