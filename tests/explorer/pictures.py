"""What the tests of pictures share: wishes for every surface, and figures read as plotly.js reads them."""

import base64
import json
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import LANDSCAPES
from explorer import theme
from explorer.settings import strict
from explorer.surface.cases import read_own
from explorer.surface.scenes import Scene, scene
from explorer.surface.settings import DATA_SURFACES, TYPED, SurfaceSettings

SENTENCE = r"\A[A-Z][^\n]{10,350}\.\Z"


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
        scales = {"error-scale": theme.error_scale, "diverging": theme.diverging}
        return list(scales[name](scheme)) if name in scales else theme.tokens(scheme)[name]
    return value


def travels(answer: dict[str, Any]) -> str:
    """The answer as it travels; ValueError for NaN and infinity, which JSON does not know."""
    return json.dumps(answer, allow_nan=False)


def table(width: int, cases: int = 14) -> dict[str, Any]:
    """Someone's own cases, which no weights meet."""
    generator = np.random.default_rng(width)
    inputs = generator.normal(0.5, 1.5, (cases, width))
    targets = inputs @ [1.0, -2.0, 0.5][:width] + 0.7 + generator.normal(0.0, 1.0, cases)
    names = ["mass", "height", "age"][:width]
    return {"inputs": inputs.tolist(), "targets": targets.tolist(), "names": names, "target": "price"}


def _wishes() -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {name: {"settings": {"surface": name}} for name in (*LANDSCAPES, TYPED)}
    kinds: dict[str, dict[str, Any]] = {
        "line": {},
        "plane": {},
        "plane-bias": {"bias": True},
        "dining_hall": {},
        "own1": {},
        "own2": {},
        "own2-bias": {"bias": True},
        "own3": {},
    }
    for surface, (kind, more) in product(DATA_SURFACES, kinds.items()):
        data = kind.removesuffix("-bias")
        wish: dict[str, Any] = {"settings": {"surface": surface, "data": data.rstrip("123"), **more}}
        told[f"{surface}-{kind}"] = {**wish, "own": table(int(data[-1]))} if data.startswith("own") else wish
    return told


WISHES = _wishes()
"""For every surface on all kinds of training cases what the page asks for."""
ON_DATA = [name for name in WISHES if "own" in WISHES[name] or "data" in WISHES[name]["settings"]]
LINEAR = [name for name in ON_DATA if name.startswith("linear")]
SIGMOID = [name for name in ON_DATA if name.startswith("sigmoid")]
THREE = [name for name in ON_DATA if name.endswith(("plane-bias", "dining_hall", "own2-bias", "own3"))]
"""Those with three weights."""


def with_settings(name: str, **more: Any) -> dict[str, Any]:
    """The wish of this name with more settings."""
    return {**WISHES[name], "settings": {**WISHES[name]["settings"], **more}}


def settings_of(wish: dict[str, Any]) -> Any:
    """The settings of a wish."""
    return strict(SurfaceSettings, wish["settings"])


def scene_of(wish: dict[str, Any]) -> Scene:
    """The scene that a wish names."""
    return scene(settings_of(wish), read_own(wish.get("own")))
