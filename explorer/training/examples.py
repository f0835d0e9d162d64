"""How one case looks where its network is judged: an image as it is, of a table the inputs that are out of the way."""

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from engine import Task
from engine.types import Array

_MOST_INPUTS = 3  # told of a case


def pixels(image: Array) -> dict[str, str]:
    """An image (D,) of numbers from 0 to 1: ``pixels``, base64 of bytes in the same order."""
    grey = np.rint(255.0 * np.clip(image, 0.0, 1.0)).astype(np.uint8)
    return {"pixels": base64.b64encode(grey.tobytes()).decode("ascii")}


def unusual(task: Task, inputs: Array, names: Sequence[str]) -> dict[str, Any]:
    """A case (D,) of raw inputs: ``inputs``, the few that deviate most, in the order of the data.

    Each as [name, value, deviation from the training mean in standard deviations].
    """
    mean, deviation = _training_scale(task)
    # z = (x - m) / s
    scores = (inputs - mean) / deviation
    places = np.sort(np.argsort(-np.abs(scores), kind="stable")[:_MOST_INPUTS]).tolist()
    return {"inputs": [[names[i], float(f"{inputs[i]:.5g}"), round(float(scores[i]), 2)] for i in places]}


@lru_cache(maxsize=16)
def _training_scale(task: Task) -> tuple[Array, Array]:
    """Mean and standard deviation (D,) of the raw inputs of the training part; 1 for the deviation of constant ones."""
    inputs, _ = task.data.part("training")
    deviation = inputs.std(axis=0)
    return inputs.mean(axis=0), np.where(deviation > 0.0, deviation, 1.0)
