"""From settings to the surface they name, with what is needed to draw it."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from engine import LANDSCAPES, Formula, Landscape, LinearNeuron, Plane, SigmoidNeuron
from engine.surfaces import ErrorSurface
from engine.types import Array
from explorer.maps import Window, axes, grid, inside
from explorer.settings import specs
from explorer.surface.cases import Cases, Own, classes, has_bias, shown_cases
from explorer.surface.minima import Minima, find_minima, known_minima
from explorer.surface.settings import DATA_SURFACES, TYPED, SurfaceSettings

# Round the weights that made the data, so that what a control does to the bowl is seen as a change of the bowl.
_WINDOWS: dict[str, Window] = {
    "line": ((-3.5, 4.5), (-3.0, 5.0)),
    "plane": ((-2.5, 5.5), (-5.0, 3.0)),
    "dining_hall": ((-1.0, 5.0), (-1.5, 4.5)),
}
_SIGMOID_WINDOW: Window = ((-4.0, 8.0), (-6.0, 6.0))
_TYPED_WINDOW: Window = ((-3.0, 3.0), (-3.0, 3.0))
_PROBES = 15  # along either axis, for the curvature
_SAME = 1e-7  # of the map's relief
_COLLINEAR = 1e-10  # of the largest singular value
_SEARCH = 4_000_000  # neurons' outputs that a search for minima may cost


@dataclass(frozen=True)
class Wish:
    """What of the settings a scene depends on, and the user's own cases; the key under which a scene is kept."""

    surface: str
    formula: str
    error: str
    reduction: str
    data: str
    meals: str
    bias: bool
    cases: int
    noise: float
    centre: float
    scale: float
    collinear: float
    standardise: bool
    data_seed: int
    held: str
    cut: float
    own: Own | None


@dataclass(frozen=True, eq=False)
class Scene:
    """One surface and how to look at it.

    ``surface`` has D = 2 or 3 weights, named by ``names``; ``shown`` are the two that span the map, ``held`` the
    one that it leaves out or None; ``map`` is the surface of those two. ``minimum`` (D,) is the one of a linear
    neuron; ``minima`` are those on the map. ``quadratic`` is true
    where the curvature is the same everywhere, so that what it says about rates holds everywhere. ``design`` (N, D)
    holds the inputs of the cases and the bias's ones; above ``threshold`` a target counts as class 1, where the
    targets were no classes. Where the minima are not ``told``, a grid
    of ``search_side`` finds them. ``centre`` (2,) is the middle of a quadratic map: its minimum, or a point of its
    valley.
    """

    surface: ErrorSurface
    window: Window
    names: tuple[str, ...]
    shown: tuple[int, int]
    map: ErrorSurface
    minima: Minima
    quadratic: bool = False
    logistic: bool = False
    held: int | None = None
    cut: float = 0.0
    minimum: Array | None = None
    cases: Cases | None = None
    design: Array | None = None
    threshold: float | None = None
    told: bool = True
    centre: Array | None = None
    search_side: int = 81

    def __post_init__(self) -> None:
        """Close the arrays for writing: a scene is shared by all who ask for it."""
        cases = (self.cases.inputs, self.cases.targets) if self.cases else ()
        for values in (*cases, self.minima.weights, self.minima.errors, self.minimum, self.design, self.centre):
            if values is not None:
                values.setflags(write=False)

    @property
    def dimension(self) -> int:
        """The number of weights."""
        return len(self.names)

    @property
    def has_minimum(self) -> bool:
        """Whether a lowest error is known, above which others can be measured."""
        return self.minimum is not None or len(self.minima.weights) > 0

    def on_map(self, weights: Array) -> Array:
        """The two weights of (..., D) that span the map, (..., 2)."""
        return weights[..., list(self.shown)]


def scene(settings: Any, own: Own | None = None) -> Scene:
    """The scene for these settings; the same object for the same settings and cases."""
    picked = {each.name: getattr(settings, each.name) for each in fields(Wish) if each.name != "own"}
    # what does not matter to a surface must not make another scene
    told = specs(SurfaceSettings)
    if settings.surface not in DATA_SURFACES:
        picked |= {name: told[name].default for name in picked if name not in ("surface", "formula")}
    if settings.surface != TYPED:
        picked["formula"] = told["formula"].default
    needs_own = settings.surface in DATA_SURFACES and settings.data == "own"
    return _scene(Wish(**picked, own=own if needs_own else None))


@lru_cache(maxsize=32)
def _scene(wish: Wish) -> Scene:
    with np.errstate(all="ignore"):
        if wish.surface in LANDSCAPES:
            return _test_function(LANDSCAPES[wish.surface])
        if wish.surface == TYPED:
            return _typed(Formula(wish.formula))
        return _on_data(wish)


def _test_function(landscape: Landscape) -> Scene:
    weights = np.array([place for place, _ in landscape.minima])
    errors = np.array([error for _, error in landscape.minima])
    return Scene(
        landscape,
        landscape.domain,
        ("w1", "w2"),
        (0, 1),
        landscape,
        known_minima(landscape, landscape.domain, weights, errors, float(errors.min())),
        quadratic=_is_quadratic(landscape, landscape.domain),
        centre=weights[0],
    )


def _typed(formula: Formula) -> Scene:
    if not np.isfinite(formula.error(grid(*axes(_TYPED_WINDOW, _PROBES)))).any():
        raise ValueError("The error of this function is nowhere finite.")
    found = find_minima(formula, _TYPED_WINDOW)
    return Scene(
        formula,
        _TYPED_WINDOW,
        ("w1", "w2"),
        (0, 1),
        formula,
        found,
        quadratic=_is_quadratic(formula, _TYPED_WINDOW),
        centre=found.weights[0] if len(found.weights) else None,
        told=False,
    )


def _on_data(wish: Wish) -> Scene:
    cases = shown_cases(wish, wish.own)
    width = cases.inputs.shape[1]
    bias = has_bias(wish, width)
    design = np.column_stack([cases.inputs, np.ones(len(cases.inputs))]) if bias else cases.inputs
    names = _weight_names(cases, bias)
    held = min(int(wish.held.removeprefix("w")), len(names)) - 1 if len(names) > 2 else None
    first, second = (index for index in range(len(names)) if index != held)
    told = {
        "names": names, "shown": (first, second), "held": held, "cut": wish.cut, "design": design,
    }  # fmt: skip
    if wish.surface == "sigmoid_neuron":
        return _sigmoid(wish, cases, design, told)
    return _linear(wish, cases, design, told)


def _linear(wish: Wish, cases: Cases, design: Array, told: dict[str, Any]) -> Scene:
    neuron = LinearNeuron(design, cases.targets, reduction=wish.reduction)  # type: ignore[arg-type]
    on_map = _cut(neuron, told)
    place, single = _least(design, cases.targets, told)
    window = _window(wish.data, place)
    weights = place[None] if single else np.empty((0, 2))
    return Scene(
        neuron,
        window,
        map=on_map,
        minima=known_minima(on_map, window, weights, on_map.error(weights), neuron.minimum_error),
        quadratic=True,
        centre=place,
        minimum=neuron.minimum,
        cases=cases,
        **told,
    )


def _least(design: Array, targets: Array, told: dict[str, Any]) -> tuple[Array, bool]:
    """The lowest point (2,) of a linear neuron's map, and whether it is the only one."""
    shown, held = list(told["shown"]), told["held"]
    rest = targets if held is None else targets - told["cut"] * design[:, held]
    sizes = np.linalg.norm(design[:, shown], axis=0)
    sizes = np.where(sizes > 0.0, sizes, 1.0)  # another unit must not cost digits
    solution, _, rank, _ = np.linalg.lstsq(design[:, shown] / sizes, rest, rcond=_COLLINEAR)
    return solution / sizes, bool(rank == 2)


def _sigmoid(wish: Wish, cases: Cases, design: Array, told: dict[str, Any]) -> Scene:
    targets, threshold = classes(cases.targets)
    neuron = SigmoidNeuron(design, targets, wish.error, reduction=wish.reduction)  # type: ignore[arg-type]
    on_map = _cut(neuron, told)
    side = int(np.clip(np.sqrt(_SEARCH / len(targets)), 21, 81))
    found = find_minima(on_map, _SIGMOID_WINDOW, side)
    return Scene(
        neuron,
        _SIGMOID_WINDOW,
        map=on_map,
        minima=found,
        logistic=True,
        cases=Cases(cases.inputs, targets, cases.names, cases.target_name),
        threshold=threshold,
        told=False,
        search_side=side,
        **told,
    )


def _cut(neuron: LinearNeuron | SigmoidNeuron, told: dict[str, Any]) -> ErrorSurface:
    """The surface of the two weights that span the map, with the third where its slider stands."""
    if told["held"] is None:
        return neuron
    origin = np.zeros(neuron.dimension)
    origin[told["held"]] = told["cut"]
    return Plane.of_weights(neuron, origin, *told["shown"])


def _weight_names(cases: Cases, bias: bool) -> tuple[str, ...]:
    inputs = cases.names or ("input",) if cases.inputs.shape[1] == 1 else cases.names or ("x1", "x2", "x3")
    of = [*inputs[: cases.inputs.shape[1]], *(["bias"] if bias else [])]
    return tuple(f"w{index} ({name})" for index, name in enumerate(of, 1))


def _window(data: str, minimum: Array) -> Window:
    """The window of this data as long as the minimum (2,) lies in it, else one round the minimum."""
    usual = _WINDOWS.get(data)
    return usual if usual and inside(minimum[None], usual)[0] else _around(minimum)


def _around(weights: Array) -> Window:
    """A square window with the origin and these weights (D,) well inside; at round numbers."""
    reach = 1.6 * max(float(np.abs(weights).max()), 1e-3)
    power = 10.0 ** np.floor(np.log10(reach))
    half = float(power * next(step for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0) if step * power >= reach * 0.999))
    return (-half, half), (-half, half)


def _is_quadratic(surface: Any, window: Window) -> bool:
    """Whether the function is E0 + g'd + 1/2 d'Hd round the window's middle, with some curvature."""
    middle = np.mean(window, axis=1)
    away = grid(*axes(window, _PROBES)) - middle
    slope, curvature = surface.gradient(middle), surface.hessian(middle)
    errors = surface.error(middle + away)
    model = surface.error(middle) + away @ slope + 0.5 * np.einsum("...i,ij,...j->...", away, curvature, away)
    if not (np.isfinite(errors).all() and np.isfinite(model).all()):
        return False
    bends = 0.5 * np.abs(curvature).max() * float(np.abs(away).max()) ** 2
    rise = float(np.ptp(errors))
    return bool(np.abs(errors - model).max() <= _SAME * rise and bends > _SAME * rise)
