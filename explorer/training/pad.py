"""A drawing in, what every neuron makes of it out."""

from typing import Any

import numpy as np

from engine import Run
from engine.types import Array
from explorer.settings import shown
from explorer.training.pictures import floats


def respond(run: Run, pixels: Any) -> dict[str, Any]:
    """The activities of all layers for one image; ValueError in a sentence where it is none.

    ``pixels`` are as many numbers from 0 to 1 as the data has inputs, row by row from the top. ``hidden`` are the
    activities of each hidden layer and ``output`` those of the last, in units of the targets, as base64 of float32.
    """
    image = _checked(pixels, run.task.data.inputs.shape[1])
    activities = run.task.network.forward(run.weights, run.task.features(image[None])).activities
    return {
        "hidden": [floats(layer[0]) for layer in activities[1:-1]],
        "output": floats(run.task.to_raw(activities[-1])[0]),
    }


def _checked(pixels: Any, count: int) -> Array:
    if not isinstance(pixels, list) or len(pixels) != count or not all(map(_is_share, pixels)):
        raise ValueError(f"A drawing must be a list of {count} numbers from 0 to 1, not {shown(pixels)}.")
    return np.array(pixels, dtype=np.float64)


def _is_share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 <= value <= 1.0
