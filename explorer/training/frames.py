"""What the browser draws: a scene once per run, and frames, each complete in itself."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import ACTIVATIONS, DATASETS, Run, measure
from engine.types import PARTS
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import MAP_SIDE, picture_inputs

# Pictures of all hidden neurons together stay below this many pixels a frame.
_MOST_PIXELS = 24_000
_STRIDES = (2, 3, 4, 5, 6, 10, 12)  # divisors of MAP_SIDE - 1: every picture reaches from edge to edge
_BYTE = 127.5


def stride(run: Run) -> int:
    """Every how many pixels of the output map a neuron's picture has one: coarser the more neurons there are."""
    neurons = sum(run.task.network.sizes[1:-1])
    return next((each for each in _STRIDES if neurons * _side(each) ** 2 <= _MOST_PIXELS), _STRIDES[-1])


def _side(step: int) -> int:
    return (MAP_SIDE - 1) // step + 1


def scene(run: Run, settings: TrainingSettings) -> dict[str, Any]:
    """What does not change while a run goes on."""
    source, data = DATASETS[settings.dataset], run.task.data
    parts = np.concatenate([np.full(len(getattr(data, part)), code) for code, part in enumerate(PARTS)])
    order = np.concatenate([getattr(data, part) for part in PARTS])
    inputs, targets = data.inputs[order], data.targets[order]
    return {
        "sizes": list(run.task.network.sizes),
        "hidden_layers": settings.hidden_layers,
        "activation": ACTIVATIONS[run.task.network.hidden].title,
        "input_names": list(source.input_names),
        "domain": list(source.domain),
        "points": {
            "x": np.round(inputs[:, 0], 4).tolist(),
            "y": np.round(inputs[:, 1], 4).tolist(),
            "label": targets[:, 0].tolist(),
            "part": parts.tolist(),
        },
        "output_range": [-1.0, 1.0],
        "map_side": MAP_SIDE,
        "neuron_side": _side(stride(run)),
        "updates_per_epoch": run.updates_per_epoch,
    }


def frame(between: Sequence[Run], settings: TrainingSettings) -> dict[str, Any]:
    """One moment of a run, the last of those given: its numbers, its weights, and a picture of every neuron.

    ``curve`` holds (step, epoch, training error, validation error) of all that are given.
    """
    run = between[-1]
    best, curve = run.best, [_point(each) for each in between]
    neurons, output = _pictures(run, DATASETS[settings.dataset].domain)
    return {
        "step": run.step,
        "epoch": run.epoch,
        "training_error": curve[-1][2],
        "validation_error": curve[-1][3],
        "curve": curve,
        "best": best and {"step": best.step, "epoch": best.step / run.updates_per_epoch, "error": best.error},
        "weights": _base64(_finite(run.weights)),
        "neurons": neurons,
        "output": output,
        "diverged_at": run.diverged_at,
    }


def _point(run: Run) -> tuple[int, float, float | None, float | None]:
    measures = measure(run)
    return run.step, run.epoch, _number(measures.training_error), _number(measures.validation_error)


def _pictures(run: Run, domain: tuple[float, float]) -> tuple[str, str]:
    """Base64 of one byte per pixel: 0 stands for the lowest value of a neuron's range, 255 for the highest."""
    activities = run.task.network.forward(run.weights, picture_inputs(*domain), dtype=np.float32).activities
    thin = slice(None, None, stride(run))
    hidden = [_bytes(layer.T).reshape(-1, MAP_SIDE, MAP_SIDE)[:, thin, thin] for layer in activities[1:-1]]
    return _base64(np.concatenate(hidden) if hidden else np.empty(0, np.uint8)), _base64(_bytes(activities[-1].T))


def _bytes(activities: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Activities (W, M) as bytes with zero in the middle; a layer that leaves -1 to 1 is scaled to fit."""
    if not np.isfinite(activities).all():
        activities = _finite(activities)
    reach = max(1.0, float(np.abs(activities).max()))
    return np.rint(activities * (_BYTE / reach) + _BYTE).astype(np.uint8)


def _finite(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """As float32: what that cannot hold becomes its largest number, what is no number becomes 0."""
    with np.errstate(over="ignore"):
        finite: npt.NDArray[np.float32] = np.nan_to_num(values.astype("<f4", copy=False))
    return finite


def _number(value: float | None) -> float | None:
    """JSON knows no infinity."""
    return value if value is not None and np.isfinite(value) else None


def _base64(array: npt.NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
