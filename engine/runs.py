"""A training run as a value: everything that is needed to go on, to replay it and to send it."""

import base64
import binascii
import json
import math
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np

from engine import checks
from engine.datasets import Dataset
from engine.optimizers import Optimizer, optimizer_from_dict
from engine.tasks import Task, task_from_dict
from engine.types import PARTS, Array

SCHEMA = 1
MOST_STEPS = 10**15


@dataclass(frozen=True)
class Recipe:
    """How a task is trained.

    Parameters
    ----------
    optimizer : Optimizer
    batch_size : int or None
        Cases per update; None, or more than there are, means all. A short last batch is averaged over itself.
    shuffle : bool
        A new order of the cases every epoch, drawn from (seed, epoch); otherwise the order of the data.
    """

    optimizer: Optimizer
    batch_size: int | None = 10
    shuffle: bool = True

    def __post_init__(self) -> None:
        """Check every field."""
        if not isinstance(self.optimizer, Optimizer):
            raise ValueError(f"optimizer is {self.optimizer!r}; it must be one of engine.OPTIMIZERS, made")
        if self.optimizer.needs_hessian:
            raise ValueError(
                f"optimizer is {self.optimizer.name!r}; it needs a Hessian, which a network does not offer"
            )
        if self.batch_size is not None:
            object.__setattr__(self, "batch_size", checks.integer("batch_size", self.batch_size, 1))
        if not isinstance(self.shuffle, bool):
            raise ValueError(f"shuffle is {self.shuffle!r}; it must be True or False")

    def to_dict(self) -> dict[str, Any]:
        """The recipe as JSON values."""
        return {"optimizer": self.optimizer.to_dict(), "batch_size": self.batch_size, "shuffle": self.shuffle}


class Change(NamedTuple):
    """A setting of the optimizer that was altered: it holds for every update after ``step`` updates."""

    step: int
    setting: str
    value: float


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

    @property
    def updates_per_epoch(self) -> int:
        """Batches in an epoch, a short last one included."""
        cases = self.task.cases("training").cases
        return -(-cases // (self.recipe.batch_size or cases))

    @property
    def epoch(self) -> float:
        """Epochs done, with the fraction of the present one."""
        return self.step / self.updates_per_epoch

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer with the changes that hold at the present step."""
        return self.optimizer_at(self.step)

    def optimizer_at(self, step: int) -> Optimizer:
        """The optimizer for the update that follows ``step`` updates."""
        settings = {change.setting: change.value for change in self.changes if change.step <= step}
        return replace(self.recipe.optimizer, **settings) if settings else self.recipe.optimizer

    def change(self, setting: str, value: float) -> "Run":
        """The same run with a setting of its optimizer altered from the present step on.

        Changes that a replay had still before it are gone: from here the run goes its own way.
        """
        log = tuple(e for e in self.changes if e.step <= self.step and e[:2] != (self.step, setting))
        unaltered = replace(self, changes=log).optimizer
        if unaltered.with_setting(setting, value) != unaltered:
            log = checked_changes([*log, Change(self.step, setting, value)], self.recipe.optimizer)
        return self if log == self.changes else replace(self, changes=log)

    def to_json(self) -> str:
        """The run as canonical JSON: the same run always gives the same text, and every bit of it survives."""
        return json.dumps(_run_to_dict(self), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @staticmethod
    def from_json(text: str) -> "Run":
        """The run in the text; ValueError in one sentence where there is none."""
        try:
            return _run_from_dict(json.loads(text))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as reason:
            raise ValueError(f"this is not a training run: {reason}") from None

    def __eq__(self, other: object) -> bool:
        """Two runs are equal when all that canonical JSON tells of them is, also where it could not tell the data."""
        if self is other or not isinstance(other, Run):
            return self is other
        return _beside_data(self) == _beside_data(other) and _same_numbers(self.task.data, other.task.data)

    def __hash__(self) -> int:
        """Equal runs have equal hashes."""
        return hash((_beside_data(self), self.task.data))


def checked_changes(changes: Sequence[Sequence[Any]], optimizer: Optimizer) -> tuple[Change, ...]:
    """The log in order of steps; ValueError where an entry names no setting of the optimizer or no legal value."""
    try:
        entries = [Change(*entry) for entry in changes]
    except TypeError:
        raise ValueError(f"changes is {reprlib.repr(changes)}; it must list (step, setting, value)") from None
    checked = []
    for step, setting, value in entries:
        altered = optimizer.with_setting(setting, value)
        checked.append(Change(checks.integer("changes step", step, 0), setting, getattr(altered, setting)))
    return tuple(sorted(checked, key=lambda change: change.step))


def encode(values: Array) -> str:
    """An array as base64 of little-endian float64: short, and exact to the bit."""
    return base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode("ascii")


def decode(name: str, text: str, *shape: int, infinite: bool = False) -> Array:
    """The read-only array of this shape in the text, without NaN or, unless allowed, infinity; else ValueError."""
    try:
        flat = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8")
    except (binascii.Error, TypeError, ValueError):
        raise ValueError(f"{name} is not base64 of float64 numbers") from None
    if flat.size != math.prod(shape):
        raise ValueError(f"{name} holds {flat.size} numbers; it must hold {math.prod(shape)}")
    array = flat.reshape(shape).astype(np.float64)
    if not infinite or np.isnan(array).any():
        checks.all_finite(name, array)
    array.setflags(write=False)
    return array


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
    task = run.task
    return task.network, task.error, task.reduction, json.dumps(_beside_task(run), sort_keys=True)


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
    recipe = _recipe_from_dict(entries["recipe"])
    size, first = task.network.dimension, entries["first_weights"]
    run = Run(
        task,
        recipe,
        seed=checks.integer("seed", entries["seed"], 0),
        first_weights=None if first is None else decode("first_weights", first, size),
        changes=checked_changes(entries["changes"], recipe.optimizer),
        step=checks.integer("step", entries["step"], 0, MOST_STEPS),
        weights=decode("weights", entries["weights"], size),
        # the mean square of a huge gradient is infinite, which an optimizer survives
        slots=decode("slots", entries["slots"], len(recipe.optimizer.slot_names), size, infinite=True),
        first_error=float.fromhex(entries["first_error"]),
        best=_best_from_dict(entries["best"], size),
        diverged_at=entries["diverged_at"],
    )
    _check_agreement(run)
    return run


def _recipe_from_dict(mapping: Any) -> Recipe:
    entries = checks.fields("recipe", mapping, "optimizer", "batch_size", "shuffle")
    checks.instance("optimizer", entries["optimizer"], dict)
    return Recipe(optimizer_from_dict(entries["optimizer"]), entries["batch_size"], entries["shuffle"])


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
    if not math.isfinite(run.first_error) and run.diverged_at != 0:
        raise ValueError(f"first_error is {run.first_error}; it must be finite unless the run diverged at step 0")
    if run.best is not None and (
        not run.task.cases("validation").cases or run.best.step > run.step or run.best.step % run.updates_per_epoch
    ):
        raise ValueError(f"best step is {run.best.step}; it must be the end of an epoch of a run with validation cases")
