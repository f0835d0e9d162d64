"""A start and learning rates that show what a surface is about, for whoever chooses it."""

import math
from itertools import product
from typing import Any

import numpy as np

from engine import LANDSCAPES, OPTIMIZERS, Landscape, SigmoidNeuron
from explorer.settings import specs, strict, to_link
from explorer.surface.cases import Own
from explorer.surface.descents import start_stability
from explorer.surface.scenes import Scene, scene
from explorer.surface.settings import DATA, DATA_SURFACES, TYPED, SurfaceSettings, rate_field

_MOMENTUM = ("momentum", "nesterov")
_WHOLE = ("adadelta", "newton")  # their rate is a share of a step that has the right length already
_OF_LIMIT = 0.4  # of the largest stable rate
_STEPS_ACROSS = 80  # that an optimizer of the Adam family needs for the window
_CORNER = (0.14, 0.9)  # of the window, where a start has a way to go
_NEUTRAL = {"noise": 0.0, "centre": 0.0, "scale": 1.0, "collinear": 0.0, "standardise": False}


def suggestions() -> dict[str, dict[str, str]]:
    """What the page sets when its user chooses a surface or other training cases, as a link's texts."""
    told = {name: of_landscape(landscape) for name, landscape in LANDSCAPES.items()}
    told[TYPED] = of_scene(scene(SurfaceSettings(surface=TYPED)))
    for surface, data in product(DATA_SURFACES, DATA):
        if data != "own":
            told[f"{surface}/{data}"] = _of_data(surface, data)
    return {key: as_link(values) for key, values in told.items()}


def as_link(values: dict[str, Any]) -> dict[str, str]:
    """Some settings as the texts of a link; each moved into its range."""
    known = specs(SurfaceSettings)
    legal = {name: value if _is_legal(name, value) else known[name].nearest(value) for name, value in values.items()}
    told = to_link(SurfaceSettings(**legal))
    return {name: told[name] for name in values}


def of_landscape(landscape: Landscape) -> dict[str, Any]:
    """The start and the rate that the test function was chosen for."""
    # momentum adds up about ten steps, so a tenth of the rate walks as fast
    rates = {rate_field(name): landscape.rate / 10.0 for name in _MOMENTUM}
    rates[rate_field("gradient_descent")] = landscape.rate
    return {"start_w1": landscape.start[0], "start_w2": landscape.start[1], **rates}


def of_scene(shown: Scene) -> dict[str, Any]:
    """A start in a corner of the window and rates by the curvature there."""
    spans = np.array(shown.window)
    start = np.zeros(shown.dimension)
    start[list(shown.shown)] = spans[:, 0] + np.array(_CORNER) * np.ptp(spans, axis=1)
    bends = start_stability(shown, start)
    limit = min(bends.largest_stable_rate if bends else math.inf, _anywhere(shown))
    plain = _two_digits(_OF_LIMIT * limit) if math.isfinite(limit) else 0.1
    rates = {rate_field(name): _two_digits(float(np.ptp(spans)) / 2.0 / _STEPS_ACROSS) for name in OPTIMIZERS}
    rates |= {rate_field(name): 1.0 for name in _WHOLE}
    rates |= {rate_field(name): _two_digits(plain / 2.0) for name in _MOMENTUM}
    rates[rate_field("gradient_descent")] = plain
    places = {f"start_w{index}": _two_digits(float(value)) for index, value in enumerate(start, 1)}
    return places | rates


def _anywhere(shown: Scene) -> float:
    """The rate that a sigmoidal neuron bears everywhere, 2 / the largest curvature it can have; infinite for others."""
    if not isinstance(shown.surface, SigmoidNeuron):
        return math.inf
    # y' <= 1/4, and what squared error adds to it stays below that: d2E/dw2 <= X'X / 4
    squares = float(np.linalg.norm(shown.surface.inputs, 2)) ** 2
    cases = len(shown.surface.inputs) if shown.surface.reduction == "mean" else 1
    return 8.0 * cases / squares


def of_own(settings: Any, own: Own) -> dict[str, str]:
    """For a table that was just read: nothing done to it yet, and what suits its surface.

    Where the numbers are so large that no legal rate is small enough, the error is the mean over the cases; where
    that does not help, the inputs are standardised.
    """
    neuron = settings.surface if settings.surface in DATA_SURFACES else "linear_neuron"
    for more in ({}, {"reduction": "mean"}, {"reduction": "mean", "standardise": True}):
        values: dict[str, Any] = {**_NEUTRAL, "data": "own", **more}
        told = values | of_scene(scene(_changed(settings, values | {"surface": neuron}), own))
        if all(_is_legal(name, value) for name, value in told.items()):
            break
    return as_link(told)


def _of_data(surface: str, data: str) -> dict[str, Any]:
    if (surface, data) == ("linear_neuron", "line"):
        usual = SurfaceSettings()
        return {name: getattr(usual, name) for name in [*_NEUTRAL, *of_scene(scene(usual))]}
    chosen = {**_NEUTRAL, "noise": 0.0 if data == "dining_hall" else 0.5, "cut": 0.0, "held": "w3"}
    told = of_scene(scene(SurfaceSettings(surface=surface, data=data, **chosen)))
    if data == "dining_hall":
        told |= {"start_w1": 0.0, "start_w2": 0.0, "start_w3": 0.0}  # no idea of any price
    return chosen | told


def _changed(settings: Any, values: dict[str, Any]) -> Any:
    return strict(SurfaceSettings, to_link(settings) | as_link(values))


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _is_legal(name: str, value: Any) -> bool:
    try:
        specs(SurfaceSettings)[name].parse(value)
    except ValueError:
        return False
    return True
