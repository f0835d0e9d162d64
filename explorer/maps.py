"""Grids, contour levels and colours shared by every lab that draws an error surface."""

import base64
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.types import Array
from explorer.numbers import short

Window = tuple[tuple[float, float], tuple[float, float]]

_VALLEY = 0.02
_FINEST = 1e-7
_TICKS = 6


def typed(values: npt.ArrayLike, dtype: str = "f4") -> dict[str, str]:
    """An array as plotly.js reads it without parsing numbers: base64 with its type and shape."""
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(values, dtype=f"<{dtype}")
    encoded = {"dtype": dtype, "bdata": base64.b64encode(array.tobytes()).decode("ascii")}
    if array.ndim > 1:
        encoded["shape"] = ", ".join(str(size) for size in array.shape)
    return encoded


def axes(window: Window, side: int) -> tuple[Array, Array]:
    """The coordinates (side,) of a grid over the window, along either axis."""
    return np.linspace(*window[0], side), np.linspace(*window[1], side)


def grid(first: Array, second: Array) -> Array:
    """All points of a grid: (A,), (B,) -> (B, A, 2), rows along the second coordinate as a map is drawn."""
    return np.stack(np.meshgrid(first, second), axis=-1)


@dataclass(frozen=True)
class Levels:
    """Errors on the scale that a map is coloured by, with the ticks of its colour bar.

    plotly.js spaces contour levels evenly, so for logarithmic levels the logarithm is what it draws. The error may
    be negative and its minimum is rarely 0, hence log10(E - E_min + c); the labels give the true errors.
    """

    floor: float
    offset: float
    logarithmic: bool
    low: float
    high: float

    def of(self, errors: Array) -> Array:
        """Errors -> heights on the scale of the map."""
        if not self.logarithmic:
            return errors
        return np.log10(np.maximum(errors - self.floor, 0.0) + self.offset)

    def ticks(self) -> tuple[Array, list[str]]:
        """Heights for a colour bar and the errors they stand for, as text."""
        heights = np.linspace(self.low, self.high, _TICKS)
        errors = 10.0**heights - self.offset + self.floor if self.logarithmic else heights
        # what rounding left of a zero is a zero
        dust = 1e-9 * float(np.ptp(errors))
        return heights, [short(0.0 if abs(error) < dust else float(error)) for error in errors]


def levels(errors: Array, logarithmic: bool) -> Levels:
    """The levels for a map that shows these errors."""
    finite = errors[np.isfinite(errors)]
    floor, top = float(finite.min()), float(finite.max())
    if not logarithmic or top <= floor:
        return Levels(floor, 0.0, False, floor, top if top > floor else floor + max(1.0, 1e-3 * abs(floor)))
    # as fine as the valley asks: a tenth of what the lowest fiftieth of the map rises above its floor
    offset = max(0.1 * (float(np.quantile(finite, _VALLEY)) - floor), _FINEST * (top - floor))
    return Levels(floor, offset, True, float(np.log10(offset)), float(np.log10(top - floor + offset)))


def cut_runaway(path: Array, window: Window, spans: float = 3.0) -> Array:
    """The path (S, 2) until it is farther than ``spans`` windows away for good; its last step ends at that border."""
    low, high = np.array(window).T
    centre, reach = (low + high) / 2.0, spans * (high - low)
    near = np.flatnonzero((np.abs(path - centre) <= reach).all(axis=1))
    last = int(near[-1]) if len(near) else 0
    if not len(near) or last + 1 == len(path):
        return path[: last + 1]
    step = path[last + 1] - path[last]
    with np.errstate(divide="ignore"):
        # shortened, not bent: the drawn step must leave its contour at the true angle
        part = np.min((reach - np.sign(step) * (path[last] - centre)) / np.abs(step))
    return np.vstack([path[: last + 1], path[last] + part * step])


def inside(path: Array, window: Window) -> npt.NDArray[np.bool_]:
    """Which points (S, 2) lie within the window."""
    low, high = np.array(window).T
    within: npt.NDArray[np.bool_] = ((path >= low) & (path <= high)).all(axis=1)
    return within
