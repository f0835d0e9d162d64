"""What is drawn upon the contour map: minima, the directions of the bowl, arrows that point downhill."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import stability
from engine.types import Array
from explorer.maps import Window, axes, grid, typed
from explorer.surface.minima import Minima, find_minima
from explorer.surface.scenes import Scene

Trace = dict[str, Any]
_ARROWS = 15  # along either axis
_HEAD = 0.34  # of an arrow
_FAINTEST = 1e-3  # of the steepest slope: an arrow of the least length
_ELLIPSE = 0.32  # of the window: the longer half axis of the ellipse whose axes are shown


def marks(scene: Scene, window: Window, wanted: Sequence[str]) -> list[Trace]:
    """The traces of the wanted marks."""
    with np.errstate(all="ignore"):
        return [trace for name, draw in _MARKS.items() if name in wanted for trace in draw(scene, window)]


def shown_minima(scene: Scene, window: Window) -> Minima:
    """The known minima in a window; where nobody knows them, those that are found there."""
    if scene.told or window == scene.window:
        return scene.minima.within(window)
    return find_minima(scene.map, window, scene.search_side)


def _minima(scene: Scene, window: Window) -> list[Trace]:
    found = shown_minima(scene, window)
    level = found.as_low_as(scene.minima.errors)
    return [
        _points(found.weights[~level], found.errors[~level], "local minimum", "circle-open", 8, 1.5),
        _points(found.weights[level], found.errors[level], "lowest minimum", "cross-thin", 12, 2.0),
    ]


def _points(weights: Array, errors: Array, name: str, symbol: str, size: int, width: float) -> Trace:
    line = {"width": width, "color": "token:ink"}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": typed(weights[:, 0]),
        "y": typed(weights[:, 1]),
        "customdata": typed(errors, "f8"),
        "marker": {"symbol": symbol, "size": size, "color": "token:ink", "line": line},
        "hovertemplate": name + "<br>w = (%{x:.4~g}, %{y:.4~g})<br>error %{customdata:.4~g}<extra></extra>",
    }


def _directions(scene: Scene, window: Window) -> list[Trace]:
    """The axes of an ellipse of equal error round the minimum of a bowl: shorter where it curves more."""
    if not scene.quadratic or scene.centre is None:
        return []
    middle = scene.centre
    bowl = stability(scene.map, middle)
    values = bowl.eigenvalues
    longest = _ELLIPSE * float(np.ptp(np.array(window), axis=1).min())
    flattest = float(np.abs(values).min())
    # on E = const the half axis along an eigenvector is 1 / sqrt(eigenvalue)
    lengths = longest * np.sqrt(flattest / np.abs(values)) if flattest > 1e-9 * np.abs(values).max() else [longest, 0.0]
    lines = []
    for value, length, vector in zip(values, lengths, bowl.eigenvectors.T, strict=True):
        ends = np.array([middle - length * vector, middle + length * vector])
        lines.append(_line(ends, "eigen-direction", 1.5, f"curvature {value:.4g} along this direction"))
    return lines


def _field(scene: Scene, window: Window) -> list[Trace]:
    """Arrows along -dE/dw, their length by the logarithm of the slope."""
    (first, second), across = axes(window, 2 * _ARROWS + 1), np.ptp(np.array(window), axis=1)
    points = grid(first[1::2], second[1::2]).reshape(-1, 2)
    slopes = -scene.map.gradient(points)
    steep = np.linalg.norm(slopes, axis=1)
    sound = np.isfinite(steep) & (steep > 0.0) & np.isfinite(scene.map.error(points))
    if not sound.any():
        return []
    points, slopes, steep = points[sound], slopes[sound], steep[sound]
    share = 1.0 + np.log10(np.maximum(steep / np.quantile(steep, 0.98), _FAINTEST)) / -np.log10(_FAINTEST)
    length = 0.9 * float(across.min()) / _ARROWS * np.clip(share, 0.15, 1.0)
    along = slopes / steep[:, None] * length[:, None]
    return [_line(_arrows(points - along / 2.0, along), "downhill", 1.1, None)]


def _arrows(tails: Array, along: Array) -> Array:
    """Arrows as one broken line (M, 2): tail, tip, one barb, tip, the other barb, a gap."""
    tips = tails + along
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    barbs = [tips - _HEAD * (along + side * 0.6 * aside) for side in (1.0, -1.0)]
    gaps = np.full_like(tips, np.nan)
    return np.stack([tails, tips, barbs[0], tips, barbs[1], gaps], axis=1).reshape(-1, 2)


def _line(points: Array, name: str, width: float, words: str | None) -> Trace:
    told = {"hovertemplate": f"{words}<extra></extra>"} if words else {"hoverinfo": "skip"}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": typed(points[:, 0]),
        "y": typed(points[:, 1]),
        "line": {"color": "token:ink-quiet", "width": width},
        **told,
    }


_MARKS: dict[str, Callable[[Scene, Window], list[Trace]]] = {
    "field": _field,
    "directions": _directions,
    "minima": _minima,
}
