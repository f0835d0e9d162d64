"""What a hidden layer makes of its inputs: the grid over them, bent into the plane of two of its neurons.

A straight cut is all that the next layer can make there. So where the classes can be parted by a straight line in
this picture, the work is done.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import ACTIVATIONS, Run, Task
from engine.types import Array
from explorer.numbers import plural
from explorer.settings import shown
from explorer.training.pictures import finite, floats
from explorer.training.subjects import Kind, Range, value_range

LINES = 21
_SAMPLES, _FEWER_SAMPLES = 101, 41  # along a line; a multiple of LINES - 1, and one: lines cross at samples
_CURVE_SAMPLES = 241
MOST_CASES = 400
_LARGE = 60_000  # weights, beyond which a line has fewer samples
_LARGEST = 3e38  # what float32 holds

# What an output neuron must be fed with to give the value.
_INVERSE: dict[str, Callable[[float], float]] = {
    "linear": lambda y: y,
    "tanh": lambda y: float(np.arctanh(y)),
    "sigmoid": lambda y: float(np.log(y / (1.0 - y))),
}


class Plane(NamedTuple):
    """The plane that is looked at: a layer counted from 1, and two of its neurons counted from 0."""

    layer: int
    x: int
    y: int


def bent(run: Run, wish: Any, domains: tuple[Range, ...], kind: Kind) -> dict[str, Any]:
    """Where the inputs land in the plane of two hidden neurons; ValueError for a wish that is none.

    ``wish`` is {"layer", "x", "y"}, or None for the last hidden layer that has two neurons; numbers beyond the
    network are drawn to what it has. Of the answer all keys but ``layer``, ``x``, ``y`` and ``sentence`` are there only
    if there is a plane: ``names`` and ``range`` of its axes; ``grid``, float32 (lines, samples, 2), along the second
    input first, or None; ``cases`` and ``raw``, float32 (M, 2) and (M, D), with ``labels`` (M,); ``separator``, see
    ``_separator``.
    """
    widths = run.task.network.sizes[1:-1]
    if not widths:
        return {"layer": 0, "x": 0, "y": 0, "sentence": "This network has no hidden layer to look into."}
    plane = _chosen(wish, widths)
    chosen = {"layer": plane.layer, "x": plane.x, "y": plane.y}
    if widths[plane.layer - 1] < 2:
        name = _capital(_layer_name(plane.layer, widths))
        return chosen | {"sentence": f"{name} has one neuron; a plane takes two."}
    return chosen | _picture(run, plane, domains, kind)


def _chosen(wish: Any, widths: tuple[int, ...]) -> Plane:
    if wish is None:
        layers = [layer for layer, width in enumerate(widths, 1) if width > 1]
        return Plane(layers[-1] if layers else len(widths), 0, 1)
    numbers: list[Any] = [wish.get(key) for key in Plane._fields] if isinstance(wish, Mapping) else [None]
    if any(type(number) is not int for number in numbers):
        raise ValueError(
            f"Which neurons to look at must be told by layer, x and y, whole numbers; this is {shown(wish)}."
        )
    layer = _within(numbers[0], 1, len(widths))
    last = widths[layer - 1] - 1
    x, y = (_within(number, 0, last) for number in numbers[1:])
    return Plane(layer, x, y if y != x else (x + 1) % (last + 1))


def _within(number: int, low: int, high: int) -> int:
    return max(low, min(number, high))


def _layer_name(layer: int, widths: tuple[int, ...]) -> str:
    return "the hidden layer" if len(widths) == 1 else f"hidden layer {layer}"


def _picture(run: Run, plane: Plane, domains: tuple[Range, ...], kind: Kind) -> dict[str, Any]:
    raw, targets = _shown_cases(run)
    cases = _places(run, plane, run.task.features(raw))
    samples = _SAMPLES if run.task.network.dimension <= _LARGE else _FEWER_SAMPLES
    grid = _places(run, plane, _prepared_grid(run.task, domains, samples)) if domains else None
    labels, separator = labels_of(targets, kind), _separator(run, plane, kind)
    widths, share = run.task.network.sizes[1:-1], _share(separator, cases, labels, kind)
    return {
        "names": [f"neuron {neuron + 1} of {_layer_name(plane.layer, widths)}" for neuron in plane[1:]],
        "range": _range(run.task.network.activations[plane.layer - 1], cases if grid is None else grid, cases),
        "lines": 1 if len(domains) == 1 else LINES,
        "grid": None if grid is None else floats(grid),
        "cases": floats(cases),
        "raw": floats(raw) if domains else None,
        "labels": floats(labels),
        "separator": separator,
        "sentence": _sentence(plane, widths, len(domains), separator, share, len(raw)),
    }


def _places(run: Run, plane: Plane, inputs: Array) -> npt.NDArray[np.float32]:
    """Prepared inputs (M, F) -> the activities (M, 2) of the two neurons."""
    activities = run.task.network.forward(run.weights, inputs, dtype=np.float32).activities[plane.layer]
    return finite(activities[:, [plane.x, plane.y]])


def _shown_cases(run: Run) -> tuple[Array, Array]:
    """Training cases, evenly chosen, drawn ones among them: raw inputs (M, D) and targets (M, K)."""
    inputs, targets = run.present_task.data.part("training")
    chosen = np.unique(np.linspace(0, len(inputs) - 1, min(len(inputs), MOST_CASES)).astype(np.int64))
    return inputs[chosen], targets[chosen]


@lru_cache(maxsize=8)
def _prepared_grid(task: Task, domains: tuple[Range, ...], samples: int) -> Array:
    prepared: Array = task.features(raw_grid(domains, samples)).astype(np.float32)
    prepared.setflags(write=False)
    return prepared


def raw_grid(domains: tuple[Range, ...], samples: int = _SAMPLES) -> Array:
    """The lines over the inputs, (lines * samples, D): all along the second input, then all along the first."""
    if len(domains) == 1:
        return np.linspace(*domains[0], _CURVE_SAMPLES)[:, None]
    (left, right), (low, high) = domains
    first, along_second = np.meshgrid(np.linspace(left, right, LINES), np.linspace(low, high, samples), indexing="ij")
    second, along_first = np.meshgrid(np.linspace(low, high, LINES), np.linspace(left, right, samples), indexing="ij")
    upright = np.stack([first, along_second], axis=-1).reshape(-1, 2)
    level = np.stack([along_first, second], axis=-1).reshape(-1, 2)
    return np.concatenate([upright, level])


def labels_of(targets: Array, kind: Kind) -> Array:
    """One number a case, (M,): the sign, the class, the labels as bits, or the target."""
    labels: Array = targets[:, 0]
    if kind == "signs":
        labels = np.where(labels > 0.0, 1.0, -1.0)
    elif kind == "classes":
        labels = targets.argmax(axis=1).astype(np.float64)
    elif kind == "labels":
        labels = targets @ (2.0 ** np.arange(targets.shape[1]))
    return labels


def _range(activation: str, *places: npt.NDArray[np.float32]) -> list[float]:
    """What both axes reach from and to: the limits of the activation, where it has none those of the activities."""
    record = ACTIVATIONS[activation]
    low = min(float(each.min()) for each in places) if record.lowest is None else record.lowest
    high = max(float(each.max()) for each in places) if record.highest is None else record.highest
    if record.lowest is not None and record.highest is not None:
        return [low, high]
    unit = 10.0 ** np.floor(np.log10(max(high - low, 0.1))) / 2.0
    measured = [float(np.floor(low / unit) * unit), float(np.ceil(high / unit) * unit)]
    return measured if measured[0] < measured[1] else [measured[0], measured[0] + 2.0 * float(unit)]


def _separator(run: Run, plane: Plane, kind: Kind) -> dict[str, Any] | None:
    """What the output makes of the whole plane; None where other neurons or layers have a say in it, too.

    Rows [a, b, c] of a x + b y + c, one for each output. "lines": an output crosses its middle where its row is 0, and
    is above it where it is positive. "regions": the class is the one whose row is largest.
    """
    network = run.task.network
    if plane.layer != len(network.sizes) - 2 or network.sizes[-2] != 2:
        return None
    rows = network.matrices(run.weights)[-1][:, [plane.x, plane.y, 2]].copy()
    if kind != "classes":
        middle = _middle_logit(run, kind)
        if middle is None:
            return None
        # a x + b y + c = z - z_middle
        rows[:, 2] -= middle
    size = float(np.abs(rows).max())
    if not 0.0 < size <= _LARGEST:
        return None
    return {"kind": "regions" if kind == "classes" else "lines", "rows": (rows / size).tolist()}


def _middle_logit(run: Run, kind: Kind) -> float | None:
    """The logit at which an output has its middle value; None where it never has."""
    task = run.task
    inverse = _INVERSE.get(task.network.output)
    if inverse is None:
        return None
    with np.errstate(all="ignore"):
        logit = inverse(_middle_output(task, kind))
    return logit if np.isfinite(logit) else None


def _middle_output(task: Task, kind: Kind) -> float:
    if kind == "signs":
        return 0.5 if task.preparation.targets == "unit" else 0.0
    middle = sum(value_range(task.data.targets, kind)) / 2.0
    # to_raw is affine: raw = offset + slope y
    offset, at_one = (float(task.to_raw(np.array([[y]]))[0, 0]) for y in (0.0, 1.0))
    return (middle - offset) / (at_one - offset)


def _share(separator: dict[str, Any] | None, cases: npt.NDArray[np.float32], labels: Array, kind: Kind) -> float | None:
    """The share of cases on their side of all lines, or in the region of their class; None where these are not."""
    if separator is None or kind == "regression":
        return None
    with np.errstate(all="ignore"):
        heights = np.hstack([cases, np.ones((len(cases), 1))]) @ np.array(separator["rows"]).T
    if kind == "classes":
        return float((heights.argmax(axis=1) == labels).mean())
    above = (heights > 0.0) @ (2.0 ** np.arange(heights.shape[1]))
    return float((above == (labels if kind == "labels" else labels > 0.0)).mean())


def _sentence(
    plane: Plane, widths: tuple[int, ...], inputs: int, separator: Any, share: float | None, cases: int
) -> str:
    """Why the picture matters, and how far the layer has come."""
    layer = _layer_name(plane.layer, widths)
    what = {0: "moves the cases", 1: "bends the line of the input", 2: "bends the plane of the inputs"}[inputs]
    if share is not None:
        lines = "Straight lines have" if len(separator["rows"]) > 1 else "A straight line has"
        told = f"Now {100.0 * share:.0f} % of {plural(cases, 'training case')} lie where they belong."
        return f"{lines} to part the classes here: {layer} {what} until that is possible. {told}"
    if separator is not None:
        middle = "On the line it is at its middle."
        return f"The output can only rise straight across here: {layer} {what} until that is enough. {middle}"
    more = widths[plane.layer - 1] - 2
    shadow = f" These are 2 of its {more + 2} neurons, a shadow of the whole." if more else ""
    return f"What follows can only cut straight through this: {layer} {what} until that is enough.{shadow}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
