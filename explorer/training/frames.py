"""What the browser draws: a scene once per run, and frames, each complete in itself."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import ACTIVATIONS, ERRORS, FEATURES, Measures, Run, measure
from engine.types import PARTS, Array
from explorer.training.pictures import (
    CURVE_SAMPLES,
    HELP,
    floats,
    input_pictures,
    map_side,
    output_range,
    pictures,
    text,
    tile_side,
)
from explorer.training.subjects import Subject

_READINGS = {"signs": "sign", "classes": "classes", "labels": "labels", "regression": "value"}


def scene(run: Run, about: Subject) -> dict[str, Any]:
    """What does not change while a run goes on, but where points are drawn."""
    network = run.task.network
    return {
        "view": about.view,
        "reading": _READINGS[about.kind],
        "sizes": list(network.sizes),
        "functions": list(network.activations),
        "titles": [ACTIVATIONS[name].title for name in network.activations],
        "input_names": _input_names(run, about),
        "raw_names": list(about.input_names),
        "output_names": list(about.target_names),
        "domains": [list(domain) for domain in about.domains],
        "output_range": list(output_range(run, about)),
        "points": points(run, about),
        "truth": _truth(about),
        "map_side": map_side(run),
        "neuron_side": tile_side(run, about),
        "curve_samples": CURVE_SAMPLES,
        "neuron_help": HELP[about.view],
        "input_pictures": input_pictures(run, about),
        "image": about.image and list(about.image),
        "error_title": ERRORS[run.task.error].title,
        "cases": {part: len(getattr(run.task.data, part)) for part in PARTS},
    }


def points(run: Run, about: Subject) -> dict[str, list[Any]]:
    """The cases of the present task where they can be drawn: place, label and part."""
    if about.view not in ("plane", "curve"):
        return {}
    data = run.present_task.data
    order = np.concatenate([getattr(data, part) for part in PARTS])
    parts = np.concatenate([np.full(len(getattr(data, part)), code) for code, part in enumerate(PARTS)])
    inputs, targets = data.inputs[order], data.targets[order]
    if about.view == "curve":
        return {"x": _short(inputs[:, 0]), "y": _short(targets[:, 0]), "part": parts.tolist()}
    label = _labels(run, targets, about)
    return {"x": _short(inputs[:, 0]), "y": _short(inputs[:, 1]), "label": _short(label), "part": parts.tolist()}


def targets_of(labels: Array, about: Subject) -> Array:
    """Drawn labels (M,), as ``points`` tells them, as targets (M, K); the way back. ValueError where one is none."""
    if about.kind == "regression":
        return labels[:, None]
    if about.kind == "signs":
        signs: Array = np.where(labels > 0.0, 1.0, -1.0)[:, None]
        return signs
    count = len(about.target_names)
    most = count if about.kind == "classes" else 2**count
    codes = labels.astype(np.int64)
    if not ((labels == codes) & (codes >= 0) & (codes < most)).all():
        raise ValueError("A drawn point has a class that this data does not know.")
    if about.kind == "classes":
        ones: Array = np.eye(count)[codes]
        return ones
    bits: Array = (codes[:, None] >> np.arange(count) & 1).astype(np.float64)
    return bits


def _labels(run: Run, targets: Array, about: Subject) -> Array:
    if about.kind == "signs":
        low, high = output_range(run, about)
        return np.where(targets[:, 0] > 0.0, high, low)
    if about.kind == "classes":
        codes: Array = targets.argmax(axis=1).astype(np.float64)
        return codes
    if about.kind == "labels":
        bits: Array = targets @ (2.0 ** np.arange(targets.shape[1]))
        return bits
    return targets[:, 0]


def _input_names(run: Run, about: Subject) -> list[str]:
    features = run.task.preparation.features
    return [FEATURES[name].title for name in features] if features else list(about.input_names)


def _truth(about: Subject) -> str | None:
    if about.view != "curve" or about.truth is None:
        return None
    return floats(about.truth(np.linspace(*about.domains[0], CURVE_SAMPLES)[:, None]))


def frame(between: Sequence[Run], about: Subject, stopped: str | None = None) -> dict[str, Any]:
    """One moment of a run, the last of those given: its numbers, its weights, and a picture of every neuron.

    ``curve`` holds step, epoch, the errors and the accuracies of training, validation and test, of all that are
    given. ``stopped`` is the rule that ended the run here.
    """
    run = between[-1]
    measured = [measure(each) for each in between]
    last, best = measured[-1], run.best
    return {
        "step": run.step,
        "epoch": run.epoch,
        "updates_per_epoch": run.updates_per_epoch,
        "training_error": _number(last.training_error),
        "validation_error": _number(last.validation_error),
        "test_error": _number(last.test_error),
        "accuracy": last.accuracy and last.accuracy._asdict(),
        "curve": [_point(each, measures) for each, measures in zip(between, measured, strict=True)],
        "best": best and {"step": best.step, "epoch": run.epoch_at(best.step), "error": best.error},
        "weights": floats(run.weights),
        "cut": _cut(run),
        **pictures(run, about),
        "diverged_at": run.diverged_at,
        "stopped": stopped,
    }


def _point(run: Run, measures: Measures) -> list[float | None]:
    errors = (measures.training_error, measures.validation_error, measures.test_error)
    shares = measures.accuracy or (None, None, None)
    return [run.step, run.epoch, *map(_number, errors), *map(_number, shares)]


def _cut(run: Run) -> str | None:
    mask = run.mask
    return None if mask is None else text([np.packbits(mask == 0.0)])


def _short(values: Array) -> list[float]:
    rounded: list[float] = np.round(values, 4).tolist()
    return rounded


def _number(value: float | None) -> float | None:
    """JSON knows no infinity."""
    return value if value is not None and np.isfinite(value) else None
