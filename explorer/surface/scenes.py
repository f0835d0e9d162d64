"""From settings to the surface they name, with what is needed to draw it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine import DATASETS, LANDSCAPES, Landscape, LinearNeuron, SigmoidNeuron
from engine.surfaces import ErrorSurface
from engine.types import Array, Reduction
from explorer.maps import axes, grid
from explorer.surface.settings import rate_field

Window = tuple[tuple[float, float], tuple[float, float]]
# Round the weights that made the data: t = 1 + x / 2.
_LINE_WINDOW: Window = ((-3.5, 4.5), (-3.0, 5.0))
_SIGMOID_WINDOW: Window = ((-4.0, 8.0), (-6.0, 6.0))
_PROBES = 15  # along either axis, for the curvature
_MAP_PROBES = 101  # for the lowest error


@dataclass(frozen=True)
class Scene:
    """One surface and how to look at it.

    ``inputs`` (N,) and ``targets`` (N,) are None for a test function; ``minima`` (M, 2) are the known ones;
    ``lowest`` is their error, or where none is known the lowest within the window. ``quadratic`` is true where the
    curvature is the same everywhere, so that what it says about rates holds everywhere.
    """

    surface: ErrorSurface
    window: Window
    minima: Array
    weight_names: tuple[str, str]
    lowest: float
    quadratic: bool = False
    logistic: bool = False
    inputs: Array | None = None
    targets: Array | None = None

    def __post_init__(self) -> None:
        """Close the arrays for writing: a scene is shared by all who ask for it."""
        for values in (self.minima, self.inputs, self.targets):
            if values is not None:
                values.setflags(write=False)


@lru_cache(maxsize=32)
def scene(surface: str, cases: int, noise: float, centre: float, data_seed: int, reduction: Reduction) -> Scene:
    """The scene for these settings; the same object for the same settings."""
    if surface in LANDSCAPES:
        landscape = LANDSCAPES[surface]
        minima = np.array([place for place, _ in landscape.minima])
        return Scene(
            landscape,
            landscape.domain,
            minima,
            ("w1", "w2"),
            lowest=landscape.minima[0][1],
            quadratic=_bends_evenly(landscape),
        )
    inputs, targets = _line(cases, noise, centre, data_seed)
    with_bias = np.column_stack([inputs, np.ones_like(inputs)])
    names = ("w1 (input)", "w2 (bias)")
    if surface == "sigmoid_neuron":
        classes = (targets > 1.0 + 0.5 * centre).astype(np.float64)
        neuron = SigmoidNeuron(with_bias, classes, reduction=reduction)
        return Scene(
            neuron,
            _SIGMOID_WINDOW,
            np.empty((0, 2)),
            names,
            lowest=float(neuron.error(grid(*axes(_SIGMOID_WINDOW, _MAP_PROBES))).min()),
            logistic=True,
            inputs=inputs,
            targets=classes,
        )
    bowl = LinearNeuron(with_bias, targets, reduction=reduction)
    return Scene(
        bowl,
        _LINE_WINDOW,
        bowl.minimum[None],
        names,
        lowest=bowl.minimum_error,
        quadratic=True,
        inputs=inputs,
        targets=targets,
    )


def suggestion(surface: str) -> dict[str, float]:
    """A start and learning rates that show what this test function is about; empty for a neuron on data."""
    if surface not in LANDSCAPES:
        return {}
    landscape = LANDSCAPES[surface]
    rates = {rate_field("gradient_descent"): landscape.rate}
    # momentum adds up about ten steps, so a tenth of the rate walks as fast
    rates |= {rate_field(name): landscape.rate / 10.0 for name in ("momentum", "nesterov")}
    return {"start_w1": landscape.start[0], "start_w2": landscape.start[1], **rates}


def _bends_evenly(landscape: Landscape) -> bool:
    """Whether the curvature is the same everywhere: then the function is a quadratic one."""
    curvatures = landscape.hessian(grid(*axes(landscape.domain, _PROBES)))
    return bool(np.allclose(curvatures, curvatures[0, 0], rtol=1e-4, atol=1e-6))


def _line(cases: int, noise: float, centre: float, seed: int) -> tuple[Array, Array]:
    """One input x and a target t = 1 + x / 2 + noise; moving the inputs moves the targets along the line."""
    inputs, targets = DATASETS["line"].generate(cases=cases, noise=noise, seed=seed).part("training")
    return inputs[:, 0] + centre, targets[:, 0] + 0.5 * centre
