"""What every neuron is doing, as bytes and numbers that the browser draws.

A byte stands for a value within a range: 0 for its lowest, 255 for its highest. What a neuron's tile shows depends on
the data: its activity over the plane of two inputs, its curve over one input, else its activity case by case; of
images, the first layer shows what its neurons look for.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Run, Task
from engine.types import Array
from explorer.training.subjects import Kind, Range, Subject, value_range

MAP_SIDE = 61
_SMALL_MAP_SIDE = 31
CURVE_SAMPLES = 121
# The output map is coarser where a network is so large that its pixels would cost more than its training.
_MOST_MAP_WEIGHTS = 60_000
# Pictures of all hidden neurons together stay below this many pixels a frame.
_MOST_PIXELS = 24_000
_STRIDES = (2, 3, 4, 5, 6, 10, 12, 15, 20)  # divisors of MAP_SIDE - 1: every picture reaches from edge to edge
_CURVE_STRIDES = (4, 8, 12, 20)  # divisors of CURVE_SAMPLES - 1
_TILES = {"images": (16, 8), "table": (16, 8, 5, 3)}  # sides of tiles of cases; an image of 8 x 8 fits into each
_BYTE = 127.5

HELP = {
    "plane": "Every neuron shows its own activity over the plane of the two inputs.",
    "curve": "Every neuron shows its own activity over the input.",
    "images": "A neuron of the first layer shows its incoming weights as an image: what it looks for. The others show "
    "their activity on training cases, in rows, sorted by class.",
    "table": "Every neuron shows its activity on training cases, in rows, sorted by class or target.",
}


def map_side(run: Run) -> int:
    """The side of the output map in pixels."""
    return MAP_SIDE if run.task.network.dimension <= _MOST_MAP_WEIGHTS else _SMALL_MAP_SIDE


def tile_side(run: Run, about: Subject) -> int:
    """The side of a neuron's picture in pixels, coarser the more neurons there are; of a curve its samples."""
    neurons = sum(run.task.network.sizes[1:-1])
    if about.view == "curve":
        samples = _thinned(CURVE_SAMPLES, _CURVE_STRIDES)
        return next((count for count in samples if neurons * count <= _MOST_PIXELS), samples[-1])
    sides = _TILES[about.view] if about.view in _TILES else _thinned(map_side(run), _STRIDES)
    return next((side for side in sides if neurons * side**2 <= _MOST_PIXELS), sides[-1])


def _thinned(whole: int, strides: tuple[int, ...]) -> tuple[int, ...]:
    """So many samples are left of ``whole`` with each stride that reaches from edge to edge."""
    return tuple((whole - 1) // stride + 1 for stride in strides if (whole - 1) % stride == 0)


def input_pictures(run: Run, about: Subject) -> str:
    """What the inputs of the network are over the plane or the curve, as tiles."""
    if about.view not in ("plane", "curve"):
        return ""
    side = tile_side(run, about)
    features = run.task.features(_samples(about.domains, side))
    return text(_layer_bytes(column) for column in features.T)


def pictures(run: Run, about: Subject) -> dict[str, Any]:
    """The part of a frame that is drawn, ``neurons``, ``output`` and ``contributions``; see the module."""
    with np.errstate(all="ignore"):  # a run may grow beyond all bounds
        if about.view == "plane":
            return _plane(run, about)
        if about.view == "curve":
            return _curve(run, about)
        return {"neurons": _tiles(run, about), "output": None, "contributions": None}


def _plane(run: Run, about: Subject) -> dict[str, Any]:
    side = map_side(run)
    activities = _activities(run, _prepared(run, about.domains, side))
    stride = (side - 1) // (tile_side(run, about) - 1)
    thin = slice(None, None, stride)
    hidden = [_layer_bytes(layer.T).reshape(-1, side, side)[:, thin, thin] for layer in activities[1:-1]]
    return {
        "neurons": text(hidden),
        "output": text([_bytes_in(_raw(run, activities[-1]).T, output_range(run, about))]),
        "contributions": None,
    }


def _curve(run: Run, about: Subject) -> dict[str, Any]:
    activities = _activities(run, _prepared(run, about.domains, CURVE_SAMPLES))
    stride = (CURVE_SAMPLES - 1) // (tile_side(run, about) - 1)
    hidden = [_layer_bytes(layer.T)[:, ::stride] for layer in activities[1:-1]]
    return {
        "neurons": text(hidden),
        "output": floats(_raw(run, activities[-1]).T),
        "contributions": floats(_contributions(run, activities[-2])),
    }


def _contributions(run: Run, below: Array) -> Array:
    """What each neuron (W) of the last hidden layer adds to the first output's logit, and the bias, (W + 1, samples).

    Of a linear output they are in the units of the targets.
    """
    last = run.task.network.matrices(run.weights)[-1][0]
    parts = np.vstack([below.T * last[:-1, None], np.full((1, len(below)), last[-1])])
    if run.task.network.output != "linear":
        return parts
    outputs = run.task.network.sizes[-1]
    nothing = _raw(run, np.zeros((1, outputs)))[0, 0]
    raw = _raw(run, np.repeat(parts.reshape(-1, 1), outputs, axis=1))[:, 0].reshape(parts.shape)
    raw[:-1] -= nothing
    return raw


def _tiles(run: Run, about: Subject) -> str:
    side = tile_side(run, about)
    activities = _activities(run, _shown_cases(run, side**2))[1:-1]
    hidden = [_layer_bytes(layer.T) for layer in activities]
    if about.view == "images" and hidden:
        hidden[0] = _weight_images(run, about, side)
    return text(hidden)


def _weight_images(run: Run, about: Subject, side: int) -> npt.NDArray[np.uint8]:
    """The incoming weights (W, side^2) of the first layer, each as strong as its neuron's strongest."""
    assert about.image is not None
    weights = run.task.network.matrices(run.weights)[0][:, :-1]
    rows, columns = about.image
    scaled = finite(weights / np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-300))
    images = scaled.reshape(-1, rows, columns)[:, ::-1]  # a tile starts with its lowest row
    larger = images.repeat(side // rows, axis=1).repeat(side // columns, axis=2)
    return _layer_bytes(larger.reshape(len(weights), -1))


def _shown_cases(run: Run, count: int) -> Array:
    """The prepared inputs (count, F) of training cases, sorted by class or target and evenly chosen."""
    return _sorted_cases(run.task, count)


@lru_cache(maxsize=8)
def _sorted_cases(task: Task, count: int) -> Array:
    inputs, targets = task.data.part("training")
    place = targets.argmax(axis=1) if targets.shape[1] > 1 else targets[:, 0]
    order = np.argsort(place, kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, count).astype(np.int64)]
    prepared: Array = task.features(inputs[chosen]).astype(np.float32)
    prepared.setflags(write=False)
    return prepared


def _prepared(run: Run, domains: tuple[Range, ...], side: int) -> Array:
    return _prepared_samples(run.task, domains, side)


@lru_cache(maxsize=16)
def _prepared_samples(task: Task, domains: tuple[Range, ...], side: int) -> Array:
    prepared: Array = task.features(_samples(domains, side)).astype(np.float32)
    prepared.setflags(write=False)
    return prepared


def _samples(domains: tuple[Range, ...], side: int) -> Array:
    """Points (side^D, D) over the windows from edge to edge, the first row lowest."""
    lines = [np.linspace(low, high, side) for low, high in domains]
    return np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, len(domains))


def _activities(run: Run, inputs: Array) -> tuple[Array, ...]:
    return run.task.network.forward(run.weights, inputs, dtype=np.float32).activities


def _raw(run: Run, outputs: Array) -> Array:
    return run.task.to_raw(outputs)


def output_range(run: Run, about: Subject) -> Range:
    """What the colours of the outputs reach from and to."""
    return about.value_range or _output_range(run.task, about.kind)


@lru_cache(maxsize=16)
def _output_range(task: Task, kind: Kind) -> Range:
    if kind == "signs" and task.preparation.targets == "unit":
        return 0.0, 1.0
    return value_range(task.data.targets, kind)


def _layer_bytes(activities: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Activities (W, M) as bytes with zero in the middle; a layer that leaves -1 to 1 is scaled to fit."""
    values = finite(activities)
    reach = max(1.0, float(np.abs(values).max()))
    return _rounded(values * (_BYTE / reach) + _BYTE)


def _bytes_in(values: npt.NDArray[Any], span: Range) -> npt.NDArray[np.uint8]:
    low, high = span
    within = np.clip(np.nan_to_num(values, nan=0.0), low, high)
    return _rounded((within - low) * (2.0 * _BYTE / (high - low)))


def _rounded(scaled: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    rounded: npt.NDArray[np.uint8] = np.rint(scaled).astype(np.uint8)
    return rounded


def finite(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """As float32: what that cannot hold becomes its largest number, what is no number becomes 0."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32, copy=False)
    return single if np.isfinite(single).all() else np.nan_to_num(single)


def floats(values: npt.NDArray[Any]) -> str:
    """Base64 of little-endian float32."""
    return text([finite(values).astype("<f4", copy=False)])


def text(arrays: Sequence[npt.NDArray[Any]] | Any) -> str:
    """Base64 of the arrays, one behind the other."""
    return base64.b64encode(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).decode("ascii")
