"""Arrays as text: short, and exact to the bit."""

import base64
import binascii
import math

import numpy as np

from engine import checks
from engine.types import Array


def encode(values: Array) -> str:
    """An array as base64 of little-endian float64."""
    return base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode("ascii")


def decode(name: str, text: str, *shape: int, infinite: bool = False) -> Array:
    """The read-only array of this shape in the text, without NaN or, unless allowed, infinity; else ValueError."""
    try:
        flat = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8")
    except (binascii.Error, TypeError, ValueError):
        raise ValueError(f"{name} is not base64 of float64 numbers") from None
    if flat.size != math.prod(shape):
        raise ValueError(f"{name} holds {flat.size} numbers; it must hold {math.prod(shape)}")
    array = flat.reshape(shape).astype(np.float64)
    if not infinite or np.isnan(array).any():
        checks.all_finite(name, array)
    array.setflags(write=False)
    return array
