"""Runs of the training lab of every kind, made as the page makes them: tick after tick."""

import base64
import json
from functools import cache
from typing import Any

import numpy as np

from explorer.training.callbacks import quiet
from explorer.training.records import CURVES
from explorer.training.ticks import tick

RAMP = np.linspace(-2.0, 3.0, 24)
TABLE = {  # a person's own: which third of the ramp a case lies in
    "kind": "classes",
    "names": ["ramp", "its 'square'"],
    "target_names": ["low", "middle", "high"],
    "inputs": np.stack([RAMP, RAMP**2], axis=1),
    "targets": np.repeat([0.0, 1.0, 2.0], 8),
}
OTHER_RATE = {"learning_rate": 0.3}
# settings, then what is done: updates to train, a hand's changes, or other settings
STORIES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "first": ({}, [45]),
    "not begun": ({"cases": 20}, []),
    "softmax": (
        {
            "dataset": "three_classes", "cases": 60, "split": [60, 20, 20], "hidden_layers": "6, 5",
            "activations": "relu, tanh", "dropout": 0.3, "l2": 0.01, "l1": 0.001, "clip_norm": 0.5,
            "optimizer": "adam", "schedule": "cosine", "schedule_epochs": 5,
        },
        [37],
    ),
    "masks": (
        {"cases": 40, "connectivity": 60, "hidden_layers": "6, 4", "optimizer": "momentum"},
        [8, [["cut", 0], ["cut", 4]], 9, [["weight", [2, -1.25]], ["restore", 4]], 11, [["weight", [4, 1e-3]]]],
    ),
    "points": (
        {"dataset": "moons", "cases": 40},
        [7, [["points", [[1.0, -2.0, 1.0], [0.5, 0.25, -1.0]]]], 6, [["points", [[-3.0, 3.0, 1.0]]]], 9],
    ),
    "table": ({"dataset": "own", "split": [50, 25, 25], "standardise": True, "hidden_layers": "4"}, [20]),
    "standardised": (
        {
            "dataset": "diabetes", "cases": 80, "standardise": True, "noise": 0.0, "hidden_layers": "5",
            "split": [70, 15, 15], "reduction": "sum", "learning_rate": 0.002,
        },
        [25],
    ),
    "features": (
        {
            "dataset": "sine", "cases": 30, "standardise": True, "features": ["x", "x_cubed", "sin_x"],
            "optimizer": "nadam",
        },
        [18],
    ),
    "settings": (
        {"cases": 40, "output": "sigmoid"},
        [
            5, OTHER_RATE, 5, {"optimizer": "rmsprop", "learning_rate": 0.01}, 5, {"batch_size": 3, "dropout": 0.2}, 5,
            {"schedule": "inverse_time"}, 5, {"schedule": "constant", "clip_norm": 0.1}, 5,
        ],
    ),
    "digits": (
        {
            "dataset": "digits", "cases": 100, "hidden_layers": "10", "batch_size": 32, "noise": 0.0,
            "amplify_copies": 2, "amplify": ["shift", "rotate", "lighten", "noise", "jitter"],
        },
        [4],
    ),
    "diverged": (
        {"dataset": "line", "cases": 20, "activations": "relu", "learning_rate": 9.0, "reduction": "sum"},
        [40, OTHER_RATE],
    ),
    "diverged by hand": (
        {"dataset": "line", "cases": 20, "hidden_layers": ""},
        [5, [["weight", [0, 1e6]], ["weight", [1, 1e6]]], 5],
    ),
}  # fmt: skip


def packed(values: Any) -> str:
    return base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()


def through_json(wish: dict[str, Any]) -> dict[str, Any]:
    """What the other side sees of it."""
    return dict(json.loads(json.dumps(wish, allow_nan=False)))


@cache
def told_table() -> dict[str, Any]:
    return {**TABLE, "inputs": packed(TABLE["inputs"]), "targets": packed(TABLE["targets"])}


def record_of(name: str) -> dict[str, Any]:
    """The record that the page holds of a story's run at its end; a copy."""
    return through_json(_record_of(name))


@cache
def _record_of(name: str) -> dict[str, Any]:
    settings, done = dict(STORIES[name][0]), STORIES[name][1]
    own = told_table() if settings.get("dataset") == "own" else None
    brief = own and {key: own[key] for key in ("kind", "names", "target_names")}
    first = {key: settings[key] for key in ("learning_rate", "optimizer") if key in settings}
    ask = quiet(tick)
    told = ask({"settings": settings, "own": own, "run": None, "frames": 0})
    curve = list(told["frames"][-1]["curve"])
    # no tick makes more than sixteen updates before its picture
    for each in (part for move in done for part in _pieces(move)):
        wish = {"settings": settings, "own": brief, "run": told["run"], "frames": 0}
        if isinstance(each, int):
            wish |= {"frames": 1, "updates": each}
        elif isinstance(each, dict):
            wish["settings"] = settings = settings | each
        else:
            wish["changes"] = each
        told = ask(through_json(wish))
        curve += [point for frame in told["frames"] for point in frame["curve"] if point[0] > curve[-1][0]]
    history = {key: [point[place] for point in curve] for place, key in enumerate(CURVES)}
    return {"name": name, "settings": settings, "own": brief, "run": told["run"], "history": history, "first": first}


def _pieces(move: Any) -> list[Any]:
    return [min(15, move - begin) for begin in range(0, move, 15)] if isinstance(move, int) else [move]
