"""Reading figures as plotly.js does: arrays from base64, colours for tokens."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer import theme


def array(encoded: dict[str, str]) -> npt.NDArray[Any]:
    """The array in {"dtype", "bdata", "shape"}."""
    flat = np.frombuffer(base64.b64decode(encoded["bdata"]), f"<{encoded['dtype']}")
    return flat.reshape([int(size) for size in encoded["shape"].split(",")]) if "shape" in encoded else flat


def numbers(text: str, dtype: str) -> npt.NDArray[Any]:
    """The flat array in plain base64."""
    return np.frombuffer(base64.b64decode(text), dtype)


def coloured(value: Any, scheme: theme.Scheme = "light") -> Any:
    """The same figure with every "token:..." replaced as the browser does; KeyError for a colour nobody knows."""
    if isinstance(value, dict):
        return {key: coloured(each, scheme) for key, each in value.items()}
    if isinstance(value, list):
        return [coloured(each, scheme) for each in value]
    if isinstance(value, str) and value.startswith("token:"):
        name = value.removeprefix("token:")
        return list(theme.error_scale(scheme)) if name == "error-scale" else theme.tokens(scheme)[name]
    return value
