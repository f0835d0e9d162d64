"""The pictures of the surface lab: arrays in, figures out.

A figure is {"data": [...], "layout": {...}} with colours as tokens, which the browser resolves for its scheme. A
picture has a base, drawn when the surface changes, and paths, drawn when anything moves.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.types import Array
from explorer.maps import Levels, axes, cut_runaway, grid, inside, levels, typed
from explorer.surface.descents import Descent
from explorer.surface.scenes import Scene
from explorer.theme import DASHES, LOG_AXIS

Trace = dict[str, Any]
Figure = dict[str, Any]
_MAP_SIDE = 101
_RELIEF_STEP = 2
_CONTOURS = 18
_SMALLEST = 1e-10


def base_figures(scene: Scene, logarithmic: bool) -> dict[str, Figure]:
    """The contour map and the 3-D relief of one surface, without any path."""
    first, second = axes(scene.window, _MAP_SIDE)
    with np.errstate(all="ignore"):
        errors = scene.surface.error(grid(first, second))
    scale = levels(errors, logarithmic)
    return {"map": _map(scene, first, second, errors, scale), "relief": _relief(scene, first, second, errors, scale)}


def map_paths(found: Sequence[Descent], scene: Scene) -> list[dict[str, Any]]:
    """The paths as the layer over the map draws them: points one after another, w1 before w2, as base64 of float32."""
    return [_map_path(descent, scene) for descent in found]


def relief_paths(found: Sequence[Descent], scene: Scene) -> list[Trace]:
    """The paths in space, where they lie within the window."""
    return [_relief_path(descent, scene) for descent in found]


def error_figure(found: Sequence[Descent], lowest: float | None) -> Figure:
    """The error at every step of every path; above the lowest error where that is known, so a log axis fits."""
    curves = [descent.errors - (lowest or 0.0) for descent in found]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": descent.title,
            "x": typed(np.arange(len(descent.errors)), "i4"),
            "y": typed(np.where(above > 0.0, above, np.nan), "f8"),
            "line": {"color": f"token:{descent.name}", "width": 2, "dash": DASHES[descent.name]},
            "hovertemplate": "step %{x}<br>%{y:.4~g}<extra>" + descent.title + "</extra>",
        }
        for descent, above in zip(found, curves, strict=True)
    ]
    title = "Error" if lowest is None else "Error − minimum"
    layout = {
        "xaxis": {"title": {"text": "Step"}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": title}, "nticks": 6, "range": _error_range(curves), **LOG_AXIS},
        "showlegend": False,
    }
    return {"data": data, "layout": layout}


def fit_figure(scene: Scene, found: Sequence[Descent], start: Array) -> Figure:
    """The data and what the neuron makes of it: at the start, at the end of every path, and at best."""
    if scene.inputs is None or scene.targets is None:
        return {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}
    low, high = float(scene.inputs.min()), float(scene.inputs.max())
    margin = 0.06 * (high - low or 1.0)
    reach = np.linspace(low - margin, high + margin, 61 if scene.logistic else 2)
    lines = [_fit_line(scene, reach, start, "At the start", "token:ink-quiet", "dot", 1.5)]
    lines += [_fit_line(scene, reach, m, "Least squares", "token:ink-quiet", "dash", 1.5) for m in scene.minima]
    lines += [_fit_line(scene, reach, d.weights[-1], d.title, f"token:{d.name}", DASHES[d.name], 2.5) for d in found]
    cases = {
        "type": "scatter",
        "mode": "markers",
        "name": "Training case",
        "x": typed(scene.inputs),
        "y": typed(scene.targets),
        "marker": {"color": "token:ink", "size": 7, "opacity": 0.75},
        "hovertemplate": "input %{x:.3~g}<br>target %{y:.3~g}<extra></extra>",
    }
    spread = float(np.ptp(scene.targets)) or 1.0
    window = [float(scene.targets.min()) - 0.35 * spread, float(scene.targets.max()) + 0.35 * spread]
    layout = {
        "xaxis": {"title": {"text": "Input x"}, "range": [float(reach[0]), float(reach[-1])]},
        "yaxis": {"title": {"text": "Target t, output y"}, "range": window},
        "showlegend": False,
    }
    return {"data": [*lines, cases], "layout": layout}


def _error_range(curves: Sequence[Array]) -> list[float]:
    """The range of a logarithmic axis for these errors: what rounding leaves of zero lies below it."""
    positive = [curve[curve > 0.0] for curve in curves]
    shown = np.concatenate([curve for curve in positive if len(curve)] or [np.ones(1)])
    top = float(shown.max())
    bottom = max(float(shown.min()), _SMALLEST * max((float(curve[0]) for curve in curves), default=top))
    return [math.log10(min(bottom, top)) - 0.3, math.log10(top) + 0.3]


def _map(scene: Scene, first: Array, second: Array, errors: Array, scale: Levels) -> Figure:
    heights, labels = scale.ticks()
    size = (scale.high - scale.low) / _CONTOURS
    contour = {
        "type": "contour",
        "x": typed(first),
        "y": typed(second),
        "z": typed(scale.of(errors)),
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": "token:error-scale",
        "contours": {"start": scale.low + size / 2, "end": scale.high, "size": size, "coloring": "heatmap"},
        "line": {"width": 0.75, "color": "token:contour", "smoothing": 0.6},
        "colorbar": {
            "title": {"text": "Error E", "side": "right"},
            "tickvals": heights.tolist(),
            "ticktext": labels,
            "thickness": 10,
            "outlinewidth": 0,
            "len": 1,
        },
        "hoverinfo": "skip",
    }
    minima = {
        "type": "scatter",
        "mode": "markers",
        "x": typed(scene.minima[:, 0]),
        "y": typed(scene.minima[:, 1]),
        "marker": {"symbol": "cross-thin", "size": 11, "line": {"width": 2, "color": "token:ink"}},
        "hovertemplate": "minimum<br>%{x:.4~g}, %{y:.4~g}<extra></extra>",
    }
    (low1, high1), (low2, high2) = scene.window
    layout = {
        "dragmode": False,
        "uirevision": str(scene.window),
        "margin": {"l": 56, "r": 8, "t": 8, "b": 48},
        "hovermode": "closest",
        "showlegend": False,
        "xaxis": {
            "title": {"text": f"Weight {scene.weight_names[0]}"},
            "range": [low1, high1],
            "constrain": "domain",
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "title": {"text": f"Weight {scene.weight_names[1]}"},
            "range": [low2, high2],
            # equal scales: otherwise "perpendicular to the contours" would be visibly false
            "scaleanchor": "x",
            "constrain": "domain",
            "showgrid": False,
            "zeroline": False,
        },
    }
    return {"data": [contour, minima], "layout": layout}


def _relief(scene: Scene, first: Array, second: Array, errors: Array, scale: Levels) -> Figure:
    thin = slice(None, None, _RELIEF_STEP)
    surface = {
        "type": "surface",
        "x": typed(first[thin]),
        "y": typed(second[thin]),
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
    low, high = float(np.nanmin(errors)), float(np.nanmax(errors))
    layout = {
        "showlegend": False,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "uirevision": str(scene.window),
        "scene": {
            "xaxis": {"title": {"text": "w1"}, "range": list(scene.window[0])},
            "yaxis": {"title": {"text": "w2"}, "range": list(scene.window[1])},
            "zaxis": {"title": {"text": "E"}, "range": [low - 0.02 * (high - low), high]},
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.75},
            "camera": {"eye": {"x": 0.95, "y": -1.3, "z": 1.65}, "center": {"x": 0, "y": 0, "z": -0.12}},
        },
    }
    return {"data": [surface], "layout": layout}


def _map_path(descent: Descent, scene: Scene) -> dict[str, Any]:
    points = cut_runaway(descent.weights, scene.window)
    return {
        "name": descent.name,
        "title": descent.title,
        "dash": DASHES[descent.name],
        "weights": typed(points.reshape(-1))["bdata"],
        "errors": typed(descent.errors[: len(points)])["bdata"],
    }


def _relief_path(descent: Descent, scene: Scene) -> Trace:
    shown = inside(descent.weights, scene.window)
    points = np.where(shown[:, None], descent.weights, np.nan)
    return {
        "type": "scatter3d",
        "mode": "lines",
        "x": typed(points[:, 0]),
        "y": typed(points[:, 1]),
        "z": typed(np.where(shown, descent.errors, np.nan)),
        "line": {"color": f"token:{descent.name}", "width": 6},
        "hoverinfo": "skip",
    }


def _fit_line(scene: Scene, reach: Array, weights: Array, name: str, color: str, dash: str, width: float) -> Trace:
    logits = weights[0] * reach + weights[1]
    with np.errstate(over="ignore"):
        outputs = 1.0 / (1.0 + np.exp(-logits)) if scene.logistic else logits
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": typed(reach),
        "y": typed(outputs),
        "line": {"color": color, "dash": dash, "width": width},
        "hovertemplate": name + "<extra></extra>",
    }
