"""How the paths get on, step by step: error, slope or distance to the minimum, and a table of what it cost."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.descent import arrival
from engine.types import Array
from explorer.maps import typed
from explorer.numbers import short
from explorer.surface.descents import Descent
from explorer.surface.scenes import Scene
from explorer.theme import DASHES, LOG_AXIS

Figure = dict[str, Any]
_SMALLEST = 1e-10


def progress_figure(found: Sequence[Descent], scene: Scene, lowest: float, settings: Any) -> Figure:
    """One curve for each path over its steps; errors are shown above the lowest one where a minimum is known."""
    title, curves = _MEASURES[settings.measure](found, scene, lowest)
    data = [_curve(descent, values, title) for descent, values in zip(found, curves, strict=True)]
    axis: dict[str, Any] = {"title": {"text": title}, "nticks": 6}
    if settings.axis == "log":
        axis |= {"range": _log_range(curves), **LOG_AXIS}
    else:
        axis |= {"rangemode": "tozero"}
    layout = {"xaxis": {"title": {"text": "Step"}, "rangemode": "tozero"}, "yaxis": axis, "showlegend": False}
    return {"data": data, "layout": layout}


def table(found: Sequence[Descent], scene: Scene, lowest: float) -> list[dict[str, str]]:
    """What each path came to and what that cost, as text."""
    return [_row(descent, scene, lowest) for descent in found]


def evaluations(descent: Descent, scene: Scene, steps: int) -> int:
    """How many gradients the first so many steps cost; second derivatives count as one gradient a weight."""
    if descent.search is not None:
        return min(steps, descent.search.gradient_evaluations)  # what it tries costs errors, not gradients
    each = 1 + scene.dimension if descent.optimizer is not None and descent.optimizer.needs_hessian else 1
    return each * steps


def _row(descent: Descent, scene: Scene, lowest: float) -> dict[str, str]:
    steps = arrival(descent.errors, lowest)
    diverged = descent.path.diverged_at
    return {
        "name": descent.name,
        "title": descent.title,
        "error": "" if diverged is not None else short(float(descent.errors[-1]), 4),
        "steps": "" if steps is None else f"{steps:,}",
        "evaluations": "" if steps is None else f"{evaluations(descent, scene, steps):,}",
        "diverged": "" if diverged is None else f"{int(diverged):,}",
    }


def _curve(descent: Descent, values: Array, title: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": descent.title,
        "x": typed(np.arange(len(values)), "i4"),
        "y": typed(np.where(values > 0.0, values, np.nan) if title != "Error" else values, "f8"),
        "line": {"color": f"token:{descent.name}", "width": 2, "dash": DASHES[descent.name]},
        "hovertemplate": "step %{x}<br>%{y:.4~g}<extra>" + descent.title + "</extra>",
    }


def _errors(found: Sequence[Descent], scene: Scene, lowest: float) -> tuple[str, list[Array]]:
    if not scene.has_minimum:
        return "Error", [descent.errors for descent in found]
    return "Error − minimum", [descent.errors - lowest for descent in found]


def _slopes(found: Sequence[Descent], scene: Scene, lowest: float) -> tuple[str, list[Array]]:
    return "Length of the gradient", [
        np.linalg.norm(scene.surface.gradient(descent.weights), axis=1) for descent in found
    ]


def _distances(found: Sequence[Descent], scene: Scene, lowest: float) -> tuple[str, list[Array]]:
    goals = _goals(scene)
    if not len(goals):
        return "Distance (no minimum is known)", [np.full(len(descent.errors), np.nan) for descent in found]
    curves = [np.linalg.norm(descent.weights[:, None] - goals, axis=2).min(axis=1) for descent in found]
    return "Distance to the minimum", curves


def _goals(scene: Scene) -> Array:
    """The lowest minima (M, D)."""
    if scene.minimum is not None:
        return scene.minimum[None]
    if scene.held is not None:  # those of the cut are not those of all weights
        return np.empty((0, scene.dimension))
    return scene.minima.weights[scene.minima.lowest_ones]


_MEASURES = {"error": _errors, "slope": _slopes, "distance": _distances}


def _log_range(curves: Sequence[Array]) -> list[float]:
    """The range of a logarithmic axis for these values: what rounding leaves of zero lies below it."""
    positive = [curve[(curve > 0.0) & np.isfinite(curve)] for curve in curves]
    shown = np.concatenate([curve for curve in positive if len(curve)] or [np.ones(1)])
    top = float(shown.max())
    highest_start = max((float(curve[0]) for curve in positive if len(curve)), default=top)
    bottom = max(float(shown.min()), _SMALLEST * highest_start)
    return [math.log10(min(bottom, top)) - 0.3, math.log10(top) + 0.3]
