"""A training run as a value: everything that is needed to go on, to replay it and to send it."""

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from engine import checks
from engine.optimizers import Optimizer, optimizer_from_dict
from engine.tasks import Task, task_from_dict
from engine.types import Array

SCHEMA = 1


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
            checks.integer("batch_size", self.batch_size, 1)
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
        The step whose batch error was not finite or above 1e6 x max(1, first_error).
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
        return math.ceil(cases / (self.recipe.batch_size or cases))

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
        optimizer = self.recipe.optimizer
        for change in self.changes:
            if change.step <= step:
                optimizer = optimizer.with_setting(change.setting, change.value)
        return optimizer

    def change(self, setting: str, value: float) -> "Run":
        """The same run with a setting of its optimizer altered from the present step on."""
        altered = self.optimizer.with_setting(setting, value)
        if altered == self.optimizer:
            return self
        log = [entry for entry in self.changes if entry[:2] != (self.step, setting)]
        return replace(self, changes=checked_changes([*log, Change(self.step, setting, value)], self.recipe.optimizer))

    def to_json(self) -> str:
        """The run as canonical JSON: the same run always gives the same text, and every bit of it survives."""
        return json.dumps(_run_to_dict(self), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @staticmethod
    def from_json(text: str) -> "Run":
        """The run in the text; ValueError in one sentence where there is none."""
        try:
            return _run_from_dict(json.loads(text))
        except ValueError as reason:
            raise ValueError(f"this is not a training run: {reason}") from None
        except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as reason:
            raise ValueError(f"this is not a training run: {type(reason).__name__} at {reason}") from None

    def __eq__(self, other: object) -> bool:
        """Two runs are equal when their canonical JSON is."""
        return isinstance(other, Run) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        """Of the canonical JSON."""
        return hash(self.to_json())


def checked_changes(changes: Sequence[Sequence[Any]], optimizer: Optimizer) -> tuple[Change, ...]:
    """The log in order of steps; ValueError where an entry names no setting of the optimizer or no legal value."""
    checked = []
    for step, setting, value in changes:
        optimizer.with_setting(setting, value)
        checked.append(Change(checks.integer("changes step", step, 0), setting, float(value)))
    return tuple(sorted(checked, key=lambda change: change.step))


def encode(values: Array) -> str:
    """An array as base64 of little-endian float64: short, and exact to the bit."""
    return base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode("ascii")


def decode(name: str, text: str, *shape: int) -> Array:
    """The read-only finite array of this shape in the text; ValueError where there is none."""
    try:
        flat = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8")
    except (binascii.Error, TypeError, ValueError):
        raise ValueError(f"{name} is not base64 of float64 numbers") from None
    if flat.size != math.prod(shape):
        raise ValueError(f"{name} holds {flat.size} numbers; it must hold {math.prod(shape)}")
    array = checks.all_finite(name, flat.reshape(shape).astype(np.float64))
    array.setflags(write=False)
    return array


def _run_to_dict(run: Run) -> dict[str, Any]:
    best = run.best and {"step": run.best.step, "error": run.best.error, "weights": encode(run.best.weights)}
    return {
        "schema": SCHEMA,
        "task": run.task.to_dict(),
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


def _run_from_dict(entries: Mapping[str, Any]) -> Run:
    if entries["schema"] != SCHEMA:
        raise ValueError(f"its schema is {entries['schema']!r}; this version reads {SCHEMA}")
    task = task_from_dict(entries["task"])
    recipe = Recipe(
        optimizer_from_dict(entries["recipe"]["optimizer"]),
        entries["recipe"]["batch_size"],
        entries["recipe"]["shuffle"],
    )
    size, best, first = task.network.dimension, entries["best"], entries["first_weights"]
    diverged_at = entries["diverged_at"]
    return Run(
        task,
        recipe,
        seed=checks.integer("seed", entries["seed"], 0),
        first_weights=None if first is None else decode("first_weights", first, size),
        changes=checked_changes(entries["changes"], recipe.optimizer),
        step=checks.integer("step", entries["step"], 0),
        weights=decode("weights", entries["weights"], size),
        slots=decode("slots", entries["slots"], len(recipe.optimizer.slot_names), size),
        first_error=float.fromhex(entries["first_error"]),
        best=best and _best_from_dict(best, size),
        diverged_at=None if diverged_at is None else checks.integer("diverged_at", diverged_at, 0),
    )


def _best_from_dict(entries: Mapping[str, Any], size: int) -> Best:
    return Best(
        checks.integer("best step", entries["step"], 0),
        checks.number("best error", entries["error"]),
        decode("best weights", entries["weights"], size),
    )
