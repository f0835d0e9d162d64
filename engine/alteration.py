"""What a hand alters in a run that goes on: a setting, a weight, a link, the cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.changes import TOUCHES, Change, applied, check_length, checked_change, recipe_after, with_points

if TYPE_CHECKING:
    from engine.runs import Run


def altered(run: Run, setting: str, value: Any) -> Run:
    """The run after a change at its present step; the same run where that changes nothing.

    Changes that a replay had still before it are gone: from here the run goes its own way.
    """
    change, recipe = checked_change(Change(run.step, setting, value), run.task, run.now)
    log = run.changes_until(run.step)
    if setting in TOUCHES:
        is_new = _touches(run, change)
    else:
        log = _without_earlier(log, change)
        is_new = recipe_after(run.recipe, log) != recipe
    if not is_new:
        return run if log == run.changes else replace(run, changes=log)
    return _with(run, change, (*_without_earlier(log, change), change))


def _touches(run: Run, change: Change) -> bool:
    """Whether a hand on weights, links or data alters anything; ValueError where it must not be there."""
    if run.diverged_at is not None:
        raise ValueError("the run has diverged; only another start helps")
    setting, value = change.setting, change.value
    if setting == "points":
        return True
    index = value[0] if setting == "weight" else value
    exists = run.mask is None or bool(run.mask[index])
    if setting != "weight":
        return exists == (setting == "cut")
    if not exists:
        raise ValueError(f"weight {index} belongs to a link that is cut; restore it first")
    return bool(run.weights[index] != value[1])


def _without_earlier(log: tuple[Change, ...], change: Change) -> tuple[Change, ...]:
    """The log without what was said at the same step on the same matter, where only the last word counts.

    Not so where another optimizer has emptied the slots, a link was cut, or points have joined.
    """
    step, setting, value = change
    if setting in ("optimizer", "cut", "restore", "points"):
        return log
    return tuple(
        entry for entry in log if entry[:2] != (step, setting) or (setting == "weight" and entry.value[0] != value[0])
    )


def _with(run: Run, change: Change, log: tuple[Change, ...]) -> Run:
    """The run with this log, after its last change."""
    check_length(log)
    if change.setting == "points":
        with_points(run.task, log)  # refuses targets that the task cannot have
    weights, slots = applied([change], run.weights, run.slots)
    return replace(run, changes=log, weights=weights, slots=slots)
