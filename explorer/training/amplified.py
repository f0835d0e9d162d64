"""Training cases beside their altered copies, before anything is trained."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Task
from engine.types import Array
from explorer.numbers import plural
from explorer.training.bent import labels_of
from explorer.training.pictures import floats
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import Subject, value_range
from explorer.training.tasks import made

_IMAGES = 6
_SEARCHED = 60  # first training cases, among which one of each class is looked for
MOST_COPIES = 5  # of a case are shown
_POINTS = 150  # training cases in a picture of points


def amplified_preview(settings: TrainingSettings, own: Any) -> dict[str, Any]:
    """The training cases of these settings before and after they are amplified; ValueError in a sentence.

    ``kind`` says which keys there are beside ``sentence``. "none": no other. Else ``count``, of all copies of a case,
    and for "images": ``image`` (rows, columns); ``names``, the classes of the cases; ``pictures``, bytes
    (cases, 1 + copies, rows * columns) with the case itself first. For "points": ``view``, ``about``, ``domains``,
    ``input_names`` and ``names``; ``range`` of the labels; ``cases`` (N, D), ``copies`` (copies, N, D) and ``labels``
    (N,) as float32, where D is 2: of a curve input and target.
    """
    plan = made(settings, own)
    amplification = plan.task.preparation.amplification
    told: dict[str, Any] = {"sentence": _sentence(plan.task)}
    if amplification is None or plan.subject.view == "table":
        return {"kind": "none"} | told
    told["count"] = amplification.copies
    if plan.subject.view == "images":
        return {"kind": "images"} | told | _images(plan.task, plan.subject)
    return {"kind": "points"} | told | _points(plan.task, plan.subject)


def _sentence(task: Task) -> str:
    cases = len(task.data.training)
    if task.preparation.amplification is None:
        return f"Nothing is altered: {plural(cases, 'training case')} stay as they are."
    return f"{plural(cases, 'training case')} become {task.copies * cases:,}."


def _images(task: Task, about: Subject) -> dict[str, Any]:
    inputs, targets = task.data.part("training")
    chosen = _one_of_each(targets[:_SEARCHED])
    pictures = np.concatenate([inputs[None, chosen], _copies(task, int(chosen.max()) + 1)[:, chosen]])
    return {
        "image": list(about.image or ()),
        "names": [about.target_names[code] for code in targets[chosen].argmax(axis=1)],
        "pictures": _bytes(pictures.swapaxes(0, 1)),
    }


def _one_of_each(targets: Array) -> npt.NDArray[np.int64]:
    """The first case of each class in the order of the classes; where these are too few, the first cases after them."""
    _, first = np.unique(targets.argmax(axis=1), return_index=True)
    others = np.setdiff1d(np.arange(len(targets)), first)
    chosen: npt.NDArray[np.int64] = np.concatenate([first, others])[:_IMAGES]
    return chosen


def _copies(task: Task, count: int) -> Array:
    """The copies (copies, count, D) of the first training cases; those of a case do not depend on cases behind it."""
    inputs, targets = task.data.part("training")
    amplified, _ = task.preparation.fit(inputs, targets).amplified(inputs[:count], targets[:count])
    return amplified[count:].reshape(-1, count, inputs.shape[1])[:MOST_COPIES]


def _points(task: Task, about: Subject) -> dict[str, Any]:
    inputs, targets = (values[:_POINTS] for values in task.data.part("training"))
    copies = _copies(task, len(inputs))
    if about.view == "curve":
        inputs = np.hstack([inputs, targets])
        copies = np.concatenate([copies, np.broadcast_to(targets, copies.shape)], axis=-1)
    low, high = value_range(task.data.targets, about.kind)
    return {
        "view": about.view,
        "about": about.kind,
        "domains": [list(domain) for domain in about.domains],
        "input_names": list(about.input_names),
        "names": list(about.target_names),
        "range": [low, high],
        "cases": floats(inputs),
        "copies": floats(copies),
        "labels": floats(labels_of(targets, about.kind)),
    }


def _bytes(shares: Array) -> str:
    """Numbers from 0 to 1 as base64 of bytes."""
    return base64.b64encode(np.rint(255.0 * np.clip(shares, 0.0, 1.0)).astype(np.uint8).tobytes()).decode("ascii")
