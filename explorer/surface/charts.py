"""The charts beside the map: the data and what the neuron makes of them, the three weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.types import Array
from explorer.maps import axes, grid, typed
from explorer.surface.cases import PRICES, Cases
from explorer.surface.descents import Descent
from explorer.surface.scenes import Scene
from explorer.theme import BARE, DASHES

Trace = dict[str, Any]
Figure = dict[str, Any]
_OUTPUT_SIDE = 41
_MARGIN = 0.08
_BEYOND = 0.3  # of the range of targets
_EMPTY: Figure = {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def fit_figure(scene: Scene, found: Sequence[Descent], start: Array) -> Figure:
    """What the neuron makes of its inputs: a curve over one, a coloured plane over two, outputs against targets."""
    if scene.cases is None:
        return _EMPTY
    draw = {1: _curves, 2: _plane, 3: _outputs}[scene.cases.inputs.shape[1]]
    figure = draw(scene, scene.cases, found, start)
    # the cases lie over it and take the hand
    return {**figure, "layout": {"dragmode": False, **figure["layout"]}, "config": BARE}


def weights_figure(scene: Scene, found: Sequence[Descent], start: Array) -> Figure:
    """Three weights as bars: at the start, at the end of each path, and as they should be."""
    if scene.dimension < 3:
        return _EMPTY
    names = [name[name.index("(") + 1 : -1] for name in scene.names]
    bars = [_bars(names, start, "At the start", "token:line-strong")]
    bars += [_bars(names, descent.weights[-1], descent.title, f"token:{descent.name}") for descent in found]
    bars += [_goal(names, weights, title, symbol) for weights, title, symbol in _goals(scene)]
    priced = _has_prices(scene)
    layout = {
        "xaxis": {"title": {"text": "Item" if priced else "Weight of"}},
        "yaxis": {"title": {"text": "Price of one serving" if priced else "Weight"}},
        "barmode": "group",
        "bargap": 0.3,
        "showlegend": False,
    }
    return {"data": bars, "layout": layout}


def _has_prices(scene: Scene) -> bool:
    """Whether the weights are the prices of the dining hall, in their own unit."""
    law = scene.cases.law if scene.cases else None
    return law is not None and np.array_equal(law, PRICES)


def _goals(scene: Scene) -> list[tuple[Array, str, str]]:
    found = []
    law = scene.cases.law if scene.cases else None
    if law is not None and len(law) == scene.dimension:
        found.append((law, "True price" if _has_prices(scene) else "Law", "line-ew"))
    if scene.minimum is not None:
        found.append((scene.minimum, "Least squares", "diamond-open"))
    return found


def _bars(names: Sequence[str], weights: Array, title: str, color: str) -> Trace:
    return {
        "type": "bar",
        "name": title,
        "x": list(names),
        "y": typed(weights, "f8"),
        "marker": {"color": color},
        "hovertemplate": title + "<br>%{x}: %{y:.4~g}<extra></extra>",
    }


def _goal(names: Sequence[str], weights: Array, title: str, symbol: str) -> Trace:
    size = 84 if symbol == "line-ew" else 9
    return {
        "type": "scatter",
        "mode": "markers",
        "name": title,
        "x": list(names),
        "y": typed(weights, "f8"),
        "marker": {"symbol": symbol, "size": size, "color": "token:ink", "line": {"width": 2, "color": "token:ink"}},
        "hovertemplate": title + "<br>%{x}: %{y:.4~g}<extra></extra>",
    }


def _curves(scene: Scene, cases: Cases, found: Sequence[Descent], start: Array) -> Figure:
    low, high = _reach(cases.inputs[:, 0])
    reach = np.linspace(low, high, 61 if scene.logistic else 2)
    best = scene.minima.weights[:1] if scene.minimum is None else scene.minimum[None]
    lines = [_fit_line(scene, reach, start, "At the start", "token:ink-quiet", "dot", 1.5)]
    title = "Lowest minimum" if scene.logistic else "Least squares"
    lines += [_fit_line(scene, reach, weights, title, "token:ink-quiet", "dash", 1.5) for weights in best]
    lines += [_fit_line(scene, reach, d.weights[-1], d.title, f"token:{d.name}", DASHES[d.name], 2.5) for d in found]
    spread = float(np.ptp(cases.targets)) or 1.0
    window = [float(cases.targets.min()) - 0.35 * spread, float(cases.targets.max()) + 0.35 * spread]
    name = cases.names[0] if cases.names else "x"
    layout = {
        "xaxis": {"title": {"text": f"Input {name}"}, "range": [low, high]},
        "yaxis": {"title": {"text": f"Target {cases.target_name or 't'}, output y"}, "range": window},
        "showlegend": False,
    }
    return {"data": lines, "layout": layout}


def _fit_line(scene: Scene, reach: Array, weights: Array, name: str, color: str, dash: str, width: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": typed(reach),
        "y": typed(_outputs_of(scene, np.column_stack([reach, np.ones_like(reach)]), weights)),
        "line": {"color": color, "dash": dash, "width": width},
        "hovertemplate": name + "<extra></extra>",
    }


def _outputs_of(scene: Scene, design: Array, weights: Array) -> Array:
    """The neuron's outputs (N,) for inputs with their bias (N, D)."""
    with np.errstate(over="ignore"):
        logits: Array = design @ weights
        return 1.0 / (1.0 + np.exp(-logits)) if scene.logistic else logits


def _plane(scene: Scene, cases: Cases, found: Sequence[Descent], start: Array) -> Figure:
    """The output over both inputs as colour, that of the path that ended lowest; its cases have the same colours."""
    best = min(found, key=lambda descent: float(descent.errors[-1]), default=None)
    weights = start if best is None else best.weights[-1]
    reach = (_reach(cases.inputs[:, 0]), _reach(cases.inputs[:, 1]))
    first, second = axes(reach, _OUTPUT_SIDE)
    points = grid(first, second)
    ones = np.ones((*points.shape[:-1], scene.dimension - 2))
    outputs = _outputs_of(scene, np.concatenate([points, ones], axis=-1), weights)
    low, high = value_range(cases.targets)
    # the ends of the colours are for the cases, which stay visible on their own colour
    beyond = _BEYOND * (high - low)
    heat = {
        "type": "heatmap",
        "x": typed(first),
        "y": typed(second),
        "z": typed(outputs),
        "zmin": low - beyond,
        "zmax": high + beyond,
        "colorscale": "token:diverging",
        "zsmooth": "fast",
        "showscale": False,
        "hovertemplate": "output %{z:.3~g}<extra></extra>",
    }
    names = cases.names or ("x1", "x2")
    layout = {
        "xaxis": {"title": {"text": f"Input {names[0]}"}, "range": list(reach[0]), "showgrid": False},
        "yaxis": {"title": {"text": f"Input {names[1]}"}, "range": list(reach[1]), "showgrid": False},
        "showlegend": False,
    }
    return {"data": [heat], "layout": layout}


def value_range(targets: Array) -> tuple[float, float]:
    """The targets at the ends of the colours: evenly round zero, or for classes round one half."""
    if targets.min() >= 0.0 and targets.max() <= 1.0:
        return 0.0, 1.0
    end = float(np.abs(targets).max()) or 1.0
    return -end, end


def _outputs(scene: Scene, cases: Cases, found: Sequence[Descent], start: Array) -> Figure:
    assert scene.design is not None
    low, high = _reach(cases.targets)
    told = [("At the start", "token:line-strong", start)]
    told += [(descent.title, f"token:{descent.name}", descent.weights[-1]) for descent in found]
    name = cases.target_name or "t"
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": title,
            "x": typed(cases.targets),
            "y": typed(_outputs_of(scene, scene.design, weights)),
            "marker": {"color": color, "size": 7, "opacity": 0.8},
            "hovertemplate": title + "<br>target %{x:.4~g}<br>output %{y:.4~g}<extra></extra>",
        }
        for title, color, weights in told
    ]
    equal = {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [low, high],
        "line": {"color": "token:ink-quiet", "width": 1, "dash": "dash"},
        "hoverinfo": "skip",
    }
    layout = {
        "xaxis": {"title": {"text": f"Target: {name}"}, "range": [low, high]},
        "yaxis": {"title": {"text": "Output of the neuron"}, "range": [low, high]},
        "showlegend": False,
    }
    return {"data": [equal, *dots], "layout": layout}


def _reach(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low or 1.0)
    return low - margin, high + margin
