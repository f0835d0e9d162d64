"""The contour map and the picture in space: arrays in, figures out.

A figure is {"data": [...], "layout": {...}} with colours as tokens, which the browser resolves for its scheme. A
picture has a base, drawn when the surface changes, and paths, drawn when anything moves.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.types import Array
from explorer.maps import Levels, Window, axes, cut_runaway, grid, inside, levels, typed
from explorer.surface.descents import Descent, until_divergence
from explorer.surface.marks import marks
from explorer.surface.scenes import Scene
from explorer.theme import BARE, DASHES

Trace = dict[str, Any]
Figure = dict[str, Any]
_MAP_SIDE = 101
_COARSE_SIDE = 51  # under the finger
_MAP_NUMBERS = 40_000_000  # outputs of a neuron on data that one map may cost
_RELIEF_STEP = 2
_LARGEST = 1e37  # that a picture's float32 can hold
_CONTOURS = 18
_WIDTHS = {"both": 0.75, "lines": 1.25, "heat": 0.0}


def base_figures(scene: Scene, window: Window, settings: Any, coarse: bool = False) -> dict[str, Any]:
    """The contour map and the 3-D relief of one surface, without any path, and the scale of their colours."""
    first, second = axes(window, _side(scene, coarse))
    with np.errstate(all="ignore"):
        errors = np.asarray(scene.map.error(grid(first, second)), np.float64)
    errors = np.where(np.isfinite(errors), np.clip(errors, -_LARGEST, _LARGEST), np.nan)
    if not np.isfinite(errors).any():
        raise ValueError("The error is nowhere finite in this window.")
    scale = levels(errors, settings.levels == "log")
    heights, labels = scale.ticks()
    return {
        "map": _map(scene, window, (first, second), scale.of(errors), scale, settings),
        "relief": _relief(scene, window, (first, second), errors, scale),
        "heat": settings.drawing != "lines",
        "scale": {"heights": ((heights - scale.low) / (scale.high - scale.low)).tolist(), "labels": labels},
    }


def map_paths(found: Sequence[Descent], scene: Scene, window: Window) -> list[dict[str, Any]]:
    """The paths as the layer over the map draws them: points one after another, w1 before w2, as base64 of float32."""
    return [_map_path(descent, scene, window) for descent in found]


def relief_paths(found: Sequence[Descent], scene: Scene, window: Window) -> list[Trace]:
    """The paths in space, where they lie within the window."""
    return [_relief_path(descent, scene, window) for descent in found]


def _side(scene: Scene, coarse: bool) -> int:
    side = _COARSE_SIDE if coarse else _MAP_SIDE
    if not scene.logistic or scene.cases is None:
        return side
    return int(np.clip(np.sqrt(_MAP_NUMBERS / (16 if coarse else 1) / len(scene.cases.targets)), 25, side))


def _map(
    scene: Scene, window: Window, places: tuple[Array, Array], heights: Array, scale: Levels, settings: Any
) -> Figure:
    data = [_contours(places, heights, scale, settings.drawing), *marks(scene, window, settings.marks)]
    return {"data": data, "layout": map_layout(scene, window), "config": BARE}


def _contours(places: tuple[Array, Array], heights: Array, scale: Levels, drawing: str) -> Trace:
    size = (scale.high - scale.low) / _CONTOURS
    lines = {"start": scale.low + size / 2, "end": scale.high, "size": size}
    return {
        "type": "contour",
        "x": typed(places[0], "f8"),
        "y": typed(places[1], "f8"),
        "z": typed(heights),
        "zmin": scale.low,
        "zmax": scale.high,
        # the page paints the colours behind the lines, many times faster than plotly.js
        "contours": {**lines, "coloring": "none"},
        "line": {"width": _WIDTHS[drawing], "color": "token:contour", "smoothing": 0.6},
        "showscale": False,
        "hoverinfo": "skip",
    }


def map_layout(scene: Scene, window: Window) -> dict[str, Any]:
    """The axes of a map of two weights."""

    def axis(place: int) -> dict[str, Any]:
        return {
            "title": {"text": f"Weight {scene.names[scene.shown[place]]}"},
            "range": list(window[place]),
            "constrain": "domain",
            "showgrid": False,
            "zeroline": False,
            "nticks": 10,
        }

    return {
        "dragmode": False,
        "uirevision": str(window),
        "margin": {"l": 56, "r": 8, "t": 8, "b": 44},
        "hovermode": "closest",
        "showlegend": False,
        "xaxis": axis(0),
        # equal scales: otherwise "perpendicular to the contours" would be visibly false
        "yaxis": {**axis(1), "scaleanchor": "x"},
    }


def _relief(scene: Scene, window: Window, places: tuple[Array, Array], errors: Array, scale: Levels) -> Figure:
    thin = slice(None, None, _RELIEF_STEP)
    surface = {
        "type": "surface",
        "x": typed(places[0][thin], "f8"),
        "y": typed(places[1][thin], "f8"),
        "z": typed(errors[thin, thin]),
        "surfacecolor": typed(scale.of(errors[thin, thin])),
        "cmin": scale.low,
        "cmax": scale.high,
        "colorscale": "token:error-scale",
        "showscale": False,
        "opacity": 0.96,
        "hoverinfo": "skip",
        "lighting": {"ambient": 0.85, "diffuse": 0.35, "specular": 0.04, "roughness": 0.9},
    }
    return {"data": [surface], "layout": _relief_layout(scene, window, errors[np.isfinite(errors)])}


def _relief_layout(scene: Scene, window: Window, finite: Array) -> dict[str, Any]:
    low, high = float(finite.min()), float(finite.max())
    rise = high - low or 1.0
    names = [f"w{index + 1}" for index in scene.shown]
    return {
        "showlegend": False,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "scene": {
            "xaxis": {"title": {"text": names[0]}, "range": list(window[0])},
            "yaxis": {"title": {"text": names[1]}, "range": list(window[1])},
            "zaxis": {"title": {"text": "E"}, "range": [low - 0.02 * rise, low + rise]},
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.75},
            "camera": {"eye": {"x": 0.95, "y": -1.3, "z": 1.65}, "center": {"x": 0, "y": 0, "z": -0.12}},
        },
    }


def _map_path(descent: Descent, scene: Scene, window: Window) -> dict[str, Any]:
    points = cut_runaway(scene.on_map(descent.weights), window)
    held = {} if scene.held is None else {"held": typed(descent.weights[: len(points), scene.held])["bdata"]}
    return {
        "name": descent.name,
        "title": descent.title,
        "dash": DASHES[descent.name],
        "diverged": descent.path.diverged_at is not None,
        "weights": typed(points.reshape(-1))["bdata"],
        "errors": typed(np.clip(descent.errors[: len(points)], -_LARGEST, _LARGEST))["bdata"],
        **held,
        **_others(descent, scene, window),
    }


def _others(descent: Descent, scene: Scene, window: Window) -> dict[str, Any]:
    """The other walks of a fan, and where a line search looked."""
    walks = [cut_runaway(scene.on_map(until_divergence(path)), window) for path in descent.fan]
    told: dict[str, Any] = {"fan": [typed(points.reshape(-1))["bdata"] for points in walks]} if walks else {}
    if descent.search is not None:
        told["tried"] = typed(scene.on_map(descent.search.trial_points).reshape(-1))["bdata"]
    return told


def _relief_path(descent: Descent, scene: Scene, window: Window) -> Trace:
    on_map = scene.on_map(descent.weights)
    shown = inside(on_map, window)
    points = np.where(shown[:, None], on_map, np.nan)
    return {
        "type": "scatter3d",
        "mode": "lines",
        "x": typed(points[:, 0]),
        "y": typed(points[:, 1]),
        "z": typed(np.where(shown, descent.errors, np.nan)),
        "line": {"color": f"token:{descent.name}", "width": 6},
        "hoverinfo": "skip",
    }
