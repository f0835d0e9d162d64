"""The log of everything that was altered after the start of a run, by which it can be replayed.

A change holds for every update after ``step`` updates. What it alters is named by ``setting``:

    a setting of the optimizer, "batch_size", "l1", "l2", "dropout", "clip_norm", "schedule", "optimizer"
                a setting of the recipe, see ``Recipe.with_setting``; another optimizer begins with empty slots and
                counts its updates from there
    "weight"    (index, number): that weight was set by hand
    "cut"       index: that link does not exist any more; it is 0 and stays so
    "restore"   index: that link exists again and begins at 0
    "points"    rows (*inputs, *targets): cases that joined the training part; a new epoch begins
"""

import reprlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from engine import checks
from engine.network import Network
from engine.optimizers import optimizer_from_dict
from engine.recipes import ALTERABLE, RECORDS, Recipe
from engine.tasks import Task
from engine.types import Array

TOUCHES = ("weight", "cut", "restore", "points")
"""What is no setting of the recipe."""
MOST_CHANGES = 20_000
"""Of one log: beyond it, reading a run takes too long."""
MOST_STEPS = 10**15


class Change(NamedTuple):
    """One entry of the log."""

    step: int
    setting: str
    value: Any


def checked_changes(changes: Sequence[Sequence[Any]], task: Task, recipe: Recipe, seed: int) -> tuple[Change, ...]:
    """The log in order of steps; ValueError where an entry names nothing that can be altered, or no legal value."""
    checked = []
    for change in sorted(_entries(changes), key=lambda entry: entry.step):
        change, recipe = checked_change(change, task, recipe)
        checked.append(change)
    check_length(checked)
    _check_weights(checked, task.network, seed)
    with_points(task, checked)  # refuses targets that the task cannot have
    return tuple(checked)


def checked_change(change: Change, task: Task, recipe: Recipe) -> tuple[Change, Recipe]:
    """The change with a clean value, and the recipe after it."""
    if change.setting == "points":
        return change._replace(value=_points(task, change.value)), recipe
    if change.setting == "weight":
        return change._replace(value=_edit(task, change.value)), recipe
    if change.setting in ("cut", "restore"):
        return change._replace(value=_link(task, change.value)), recipe
    altered = recipe.with_setting(change.setting, change.value)
    return change._replace(value=altered.setting(change.setting)), altered


def check_length(changes: Sequence[Change]) -> None:
    """ValueError where a log is too long."""
    if len(changes) > MOST_CHANGES:
        raise ValueError(f"changes lists {len(changes):,} entries; a run may have at most {MOST_CHANGES:,}")


def recipe_after(recipe: Recipe, changes: Sequence[Change]) -> Recipe:
    """The recipe after these changes; only the last word on each setting counts."""
    own: dict[str, Any] = {}
    tuned: dict[str, float] = {}
    for _, setting, value in changes:
        if setting in TOUCHES:
            continue
        if setting == "optimizer":
            tuned.clear()
        (own if setting in RECORDS or setting in ALTERABLE else tuned)[setting] = value
    for setting, value in own.items():
        recipe = recipe.with_setting(setting, value)
    return replace(recipe, optimizer=replace(recipe.optimizer, **tuned)) if tuned else recipe


def mask_after(mask: Array | None, changes: Sequence[Change], dimension: int) -> Array | None:
    """Which weights (P,) exist after these changes, 1 or 0, read-only; None where all do."""
    touched = [change for change in changes if change.setting in ("cut", "restore")]
    if not touched:
        return mask
    whole = np.ones(dimension) if mask is None else mask.copy()
    for change in touched:
        whole[change.value] = float(change.setting == "restore")
    whole.setflags(write=False)
    return None if whole.all() else whole


def with_points(task: Task, changes: Sequence[Change]) -> Task:
    """The task with the points that joined by these changes."""
    rows = [row for change in changes if change.setting == "points" for row in change.value]
    if not rows:
        return task
    points, width = np.array(rows), task.data.inputs.shape[1]
    return task.with_cases(points[:, :width], points[:, width:])


def applied(changes: Sequence[Change], weights: Array, slots: Array) -> tuple[Array, Array]:
    """Weights (P,) and slots (S, P) right after these changes, read-only; new ones where a change is for them."""
    if all(change.setting not in ("weight", "cut", "restore", "optimizer") for change in changes):
        return weights, slots
    weights, slots = weights.copy(), slots.copy()
    for _, setting, value in changes:
        if setting == "weight":
            index, number = value
            weights[index] = number
        elif setting in ("cut", "restore"):
            weights[value] = 0.0
            slots[:, value] = 0.0
        elif setting == "optimizer":
            slots = optimizer_from_dict(value).slots_for(weights)
    weights.setflags(write=False)
    slots.setflags(write=False)
    return weights, slots


def _entries(changes: Sequence[Sequence[Any]]) -> list[Change]:
    try:
        check_length(changes)  # type: ignore[arg-type]
        entries = [Change(*entry) for entry in changes]
    except TypeError:
        raise ValueError(f"changes is {reprlib.repr(changes)}; it must list (step, setting, value)") from None
    return [change._replace(step=checks.integer("changes step", change.step, 0, MOST_STEPS)) for change in entries]


def _points(task: Task, rows: Any) -> tuple[tuple[float, ...], ...]:
    width = task.data.inputs.shape[1] + task.data.targets.shape[1]
    numbers = checks.array("points", rows, None, width)
    return tuple(tuple(row) for row in numbers.tolist())


def _edit(task: Task, value: Any) -> tuple[int, float]:
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
        raise ValueError(f"weight is {reprlib.repr(value)}; it must be (index, number)")
    index, number = value
    return checks.integer("weight index", index, 0, task.network.dimension - 1), checks.number("weight", number)


def _link(task: Task, value: Any) -> int:
    index = checks.integer("link index", value, 0, task.network.dimension - 1)
    if not task.network.is_link[index]:
        raise ValueError(f"link index is {index}, which is a bias; only links can be cut")
    return index


def _check_weights(changes: Sequence[Change], network: Network, seed: int) -> None:
    """ValueError where a weight is set whose link does not exist then."""
    mask, altered = None, dict[int, bool]()
    if any(change.setting == "weight" for change in changes):
        mask = network.mask(seed)
    for step, setting, value in changes:
        if setting in ("cut", "restore"):
            altered[value] = setting == "restore"
        elif setting == "weight" and not altered.get(value[0], mask is None or bool(mask[value[0]])):
            raise ValueError(f"weight {value[0]} is set at step {step}, where its link is cut; restore it first")
