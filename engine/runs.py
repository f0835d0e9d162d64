"""A training run as a value: everything that is needed to go on, to replay it and to send it."""

import json
import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

from engine import checks
from engine.alteration import altered
from engine.changes import MOST_STEPS, checked_changes, recipe_after
from engine.changes import Change as Change
from engine.datasets import Dataset
from engine.history import History, Present
from engine.optimizers import Optimizer
from engine.packing import decode, encode
from engine.recipes import Recipe as Recipe
from engine.recipes import recipe_from_dict
from engine.stages import Stage
from engine.tasks import MOST_ACTIVITIES, Task, task_from_dict
from engine.types import PARTS, Array

SCHEMA = 2
_LONGEST_REASON = 420


class Best(NamedTuple):
    """The weights with the lowest validation error at the end of any epoch so far."""

    step: int
    error: float
    weights: Array


@dataclass(frozen=True, eq=False)
class Run:
    """A training run, immutable. Made by ``start``, carried on by ``advance``.

    Attributes
    ----------
    task, recipe, seed
        What is learnt, how it was begun, and the seed of first weights and orders.
    first_weights : (P,) or None
        None where they were drawn from the seed.
    changes : tuple of Change
        Everything altered after the start, in order of steps.
    step : int
        Updates done.
    weights : (P,)
        Read-only. After a divergence the last good ones.
    slots : (S, P)
        The optimizer's memory. Zero after a divergence.
    first_error : float
        The training error at the start, against which divergence is judged.
    best : Best or None
        None without validation cases.
    diverged_at : int or None
        The step whose weights or batch error were not finite, or whose error was above 1e6 x max(1, first_error).
    """

    task: Task
    recipe: Recipe
    seed: int
    first_weights: Array | None
    changes: tuple[Change, ...]
    step: int
    weights: Array
    slots: Array
    first_error: float
    best: Best | None
    diverged_at: int | None

    @cached_property
    def history(self) -> History:
        """What follows from the log of changes."""
        return History(self.task, self.recipe, self.seed, self.changes)

    @property
    def now(self) -> Recipe:
        """The recipe with the changes that hold at the present step."""
        return self._present.recipe

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer with the changes that hold at the present step."""
        return self._present.recipe.optimizer

    @property
    def optimizer_since(self) -> int:
        """The step at which the present optimizer began with empty slots; it counts its updates from there."""
        return self._present.optimizer_since

    @property
    def mask(self) -> Array | None:
        """Which weights (P,) exist at the present step, 1 or 0; None where all do."""
        return self._present.mask

    @property
    def present_task(self) -> Task:
        """The task with the points that have joined by now."""
        return self._present.task

    @cached_property
    def _present(self) -> Present:
        return self.history.at(self.step)

    def changes_until(self, step: int) -> tuple[Change, ...]:
        """The changes that hold for the update that follows ``step`` updates."""
        return self.history.until(step)

    def recipe_at(self, step: int) -> Recipe:
        """The recipe for the update that follows ``step`` updates."""
        return recipe_after(self.recipe, self.changes_until(step))

    @property
    def stage(self) -> Stage:
        """The stage of the update that comes next."""
        return self.history.stages.at(self.step)

    @property
    def updates_per_epoch(self) -> int:
        """Batches in an epoch from here on, a short last one included."""
        return self.stage.updates_per_epoch

    @property
    def epoch(self) -> float:
        """Epochs done, with the fraction of the present one."""
        return self.epoch_at(self.step)

    def epoch_at(self, step: int) -> float:
        """Epochs done after ``step`` updates."""
        return self.history.stages.epoch_at(step)

    def moved(self, **new: Any) -> "Run":
        """The run at another moment, with new fields, but the same task, recipe, seed and log."""
        run = replace(self, **new)
        vars(run)["history"] = self.history  # to draw it from a long log once more would take long
        return run

    def change(self, setting: str, value: Any) -> "Run":
        """The same run with something altered from the present step on; see changes.py for what can be.

        Changes that a replay had still before it are gone: from here the run goes its own way.
        """
        return altered(self, setting, value)

    def to_json(self) -> str:
        """The run as canonical JSON: the same run always gives the same text, and every bit of it survives."""
        return json.dumps(_run_to_dict(self), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @staticmethod
    def from_json(text: str) -> "Run":
        """The run in the text; ValueError in one sentence where there is none."""
        try:
            return _run_from_dict(json.loads(text))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as reason:
            raise ValueError(f"this is not a training run: {_shortened(str(reason))}") from None

    def __eq__(self, other: object) -> bool:
        """Two runs are equal when all that canonical JSON tells of them is, also where it could not tell the data."""
        if self is other or not isinstance(other, Run):
            return self is other
        return _beside_data(self) == _beside_data(other) and _same_numbers(self.task.data, other.task.data)

    def __hash__(self) -> int:
        """Equal runs have equal hashes."""
        return hash((_beside_data(self), self.task.data))


def _shortened(sentence: str) -> str:
    """The sentence without the middle of what it quotes."""
    return sentence if len(sentence) <= _LONGEST_REASON else f"{sentence[:200]} … {sentence[-200:]}"


def _run_to_dict(run: Run) -> dict[str, Any]:
    return {"schema": SCHEMA, "task": run.task.to_dict(), **_beside_task(run)}


def _beside_task(run: Run) -> dict[str, Any]:
    best = run.best and {"step": run.best.step, "error": run.best.error, "weights": encode(run.best.weights)}
    return {
        "recipe": run.recipe.to_dict(),
        "seed": run.seed,
        "first_weights": None if run.first_weights is None else encode(run.first_weights),
        "changes": [list(change) for change in run.changes],
        "step": run.step,
        "weights": encode(run.weights),
        "slots": encode(run.slots),
        "first_error": run.first_error.hex(),
        "best": best,
        "diverged_at": run.diverged_at,
    }


def _beside_data(run: Run) -> tuple[object, ...]:
    """What tells one run from another, but for the data: that may be too large for JSON."""
    of_task = [getattr(run.task, field.name) for field in fields(Task) if field.name != "data"]
    return *of_task, json.dumps(_beside_task(run), sort_keys=True)


def _same_numbers(one: Dataset, other: Dataset) -> bool:
    """Whether canonical JSON would tell both data sets alike: the same settings, or the same numbers to the bit."""
    if one is other or one.origin is not None or other.origin is not None:
        return one is other or one.origin == other.origin
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("inputs", "targets", *PARTS))
    return all(mine.shape == theirs.shape and mine.tobytes() == theirs.tobytes() for mine, theirs in pairs)


def _run_from_dict(mapping: Any) -> Run:
    if isinstance(mapping, Mapping) and mapping.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"schema is {reprlib.repr(mapping['schema'])}; this version reads {SCHEMA}")
    entries = checks.fields("it", mapping, "schema", *(field.name for field in fields(Run)))
    task = task_from_dict(entries["task"])
    recipe = recipe_from_dict(entries["recipe"])
    seed = checks.integer("seed", entries["seed"], 0)
    changes = checked_changes(entries["changes"], task, recipe, seed)
    step = checks.integer("step", entries["step"], 0, MOST_STEPS)
    now = recipe_after(recipe, [change for change in changes if change.step <= step])
    size, first = task.network.dimension, entries["first_weights"]
    run = Run(
        task,
        recipe,
        seed,
        first_weights=None if first is None else decode("first_weights", first, size),
        changes=changes,
        step=step,
        weights=decode("weights", entries["weights"], size),
        # the mean square of a huge gradient is infinite, which an optimizer survives
        slots=decode("slots", entries["slots"], len(now.optimizer.slot_names), size, infinite=True),
        first_error=float.fromhex(entries["first_error"]),
        best=_best_from_dict(entries["best"], size),
        diverged_at=entries["diverged_at"],
    )
    _check_agreement(run)
    return run


def _best_from_dict(mapping: Any, size: int) -> Best | None:
    if mapping is None:
        return None
    entries = checks.fields("best", mapping, *Best._fields)
    return Best(
        checks.integer("best step", entries["step"], 0),
        checks.number("best error", entries["error"]),
        decode("best weights", entries["weights"], size),
    )


def _check_agreement(run: Run) -> None:
    """ValueError where the parts of a run cannot come from one training."""
    if not run.task.cases("training").cases:
        raise ValueError("data holds no training case; at least one is needed")
    if run.diverged_at is not None and (type(run.diverged_at) is not int or run.diverged_at != run.step):
        raise ValueError(f"diverged_at is {run.diverged_at!r}; it must be the step, {run.step}, or nothing")
    if run.mask is not None and (run.weights[run.mask == 0.0].any() or run.slots[:, run.mask == 0.0].any()):
        raise ValueError("weights and slots must be 0 where a link does not exist; one of them is not")
    joined = sum(len(change.value) for change in run.changes if change.setting == "points")
    if joined * run.task.copies * sum(run.task.network.sizes) > MOST_ACTIVITIES:
        raise ValueError(f"changes join {joined} points, which are too many for this network")
    if not math.isfinite(run.first_error) and run.diverged_at != 0:
        raise ValueError(f"first_error is {run.first_error}; it must be finite unless the run diverged at step 0")
    if run.best is not None and (
        not run.task.cases("validation").cases
        or run.best.step > run.step
        or not run.history.stages.ends_epoch(run.best.step)
    ):
        raise ValueError(f"best step is {run.best.step}; it must be the end of an epoch of a run with validation cases")
