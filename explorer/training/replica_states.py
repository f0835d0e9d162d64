"""A run of the experiments as the page carries it between two cells: what moves, without task and recipe.

Those follow from the settings, so the same data does not travel once for every seed, and nothing can be forged but
numbers. ``{step, weights, slots, first_error, best, diverged}``, arrays as base64 of float64.
"""

import math
from collections.abc import Mapping
from typing import Any

from engine import Best, Recipe, Run, Task, start
from engine.changes import MOST_STEPS
from engine.packing import decode, encode
from engine.types import Array
from explorer.settings import shown

_FIELDS = {"step", "weights", "slots", "first_error", "best", "diverged"}
_BEST = {"step", "error", "weights"}
_UNREADABLE = "The runs of this experiment could not be read; begin it anew."


def state_of(run: Run) -> dict[str, Any]:
    """What of a run the page carries; its log of changes is empty."""
    best = run.best
    return {
        "step": run.step,
        "weights": encode(run.weights),
        "slots": encode(run.slots),
        "first_error": run.first_error.hex(),
        "best": best and {"step": best.step, "error": best.error.hex(), "weights": encode(best.weights)},
        "diverged": run.diverged_at is not None,
    }


def run_of(state: object, task: Task, recipe: Recipe, seed: int) -> Run:
    """The run in that state; a new one where there is none. ValueError where it is no state of such a run."""
    if state is None:
        return start(task, recipe, seed)
    if not isinstance(state, Mapping) or set(state) != _FIELDS:
        raise ValueError(f"{_UNREADABLE[:-1]}: one is {shown(state)}.")
    try:
        return _read(state, task, recipe, seed)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise ValueError(_UNREADABLE) from None


def letters_of(task: Task, recipe: Recipe) -> int:
    """About how many letters the state of such a run has."""
    arrays = 2 + len(recipe.optimizer.slot_names)
    return arrays * task.network.dimension * 8 * 4 // 3 + 200


def _read(state: Mapping[str, Any], task: Task, recipe: Recipe, seed: int) -> Run:
    size, step = task.network.dimension, _step(state["step"])
    run = Run(
        task,
        recipe,
        seed,
        first_weights=None,
        changes=(),
        step=step,
        weights=decode("weights", state["weights"], size),
        # the mean square of a huge gradient is infinite, which an optimizer survives
        slots=decode("slots", state["slots"], len(recipe.optimizer.slot_names), size, infinite=True),
        first_error=_error(state["first_error"]),
        best=_best(state["best"], task),
        diverged_at=step if state["diverged"] is True else None,
    )
    _check(run)
    return run


def _best(told: Any, task: Task) -> Best | None:
    if told is None:
        return None
    if set(told) != _BEST:
        raise ValueError("best has other fields")
    return Best(
        _step(told["step"]), _error(told["error"]), decode("best weights", told["weights"], task.network.dimension)
    )


def _step(told: Any) -> int:
    if type(told) is not int or not 0 <= told <= MOST_STEPS:
        raise ValueError("step is none")
    return told


def _error(told: Any) -> float:
    error = float.fromhex(told)
    if math.isnan(error) or error < 0.0:
        raise ValueError("error is none")
    return error


def _check(run: Run) -> None:
    """ValueError where the parts of a state cannot come from one training."""
    cut: Array | None = None if run.mask is None else run.mask == 0.0
    if cut is not None and (run.weights[cut].any() or run.slots[:, cut].any()):
        raise ValueError("a link has a weight that does not exist")
    if not math.isfinite(run.first_error) and run.diverged_at != 0:
        raise ValueError("first_error is not finite")
    best, has_cases = run.best, bool(run.task.cases("validation").cases)
    if best is not None and (not has_cases or best.step > run.step or not run.history.stages.ends_epoch(best.step)):
        raise ValueError("best is not of an epoch of this run")
