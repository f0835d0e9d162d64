"""A recipe: how a task is trained, update after update."""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from engine import checks
from engine.optimizers import Optimizer, optimizer_from_dict
from engine.schedules import Schedule, schedule_from_dict


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
    schedule : Schedule or None
        Multiplies the learning rate, by the number of the update.
    l1, l2 : float
        Penalties on the links, not on the biases: what is minimised is E + l1 sum |w| + l2 / 2 sum w^2. Errors that
        are measured, and divergence, are E alone.
    dropout : float
        The share of hidden activities, at least 0 and below 1, that is set to 0 in every update, anew for every case;
        the others are divided by 1 - dropout (Srivastava et al. 2014, JMLR 15, 1929-1958, section 10, inverted).
    clip_norm : float or None
        A longer gradient, penalties included, is shortened to this length (Pascanu et al. 2013, algorithm 1).
    """

    optimizer: Optimizer
    batch_size: int | None = 10
    shuffle: bool = True
    schedule: Schedule | None = None
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    clip_norm: float | None = None

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
        if self.schedule is not None:
            checks.instance("schedule", self.schedule, Schedule)
        for name in ("l1", "l2"):
            object.__setattr__(self, name, checks.number(name, getattr(self, name), 0.0) + 0.0)  # -0 becomes 0
        object.__setattr__(self, "dropout", checks.fraction("dropout", self.dropout) + 0.0)
        if self.clip_norm is not None:
            object.__setattr__(self, "clip_norm", checks.positive("clip_norm", self.clip_norm))

    def with_setting(self, name: str, value: Any) -> Self:
        """The recipe with one setting altered: one of its own, or one of its optimizer's.

        An optimizer or a schedule is given as its ``to_dict`` tells it. ValueError where name or value is not legal.
        """
        if name in RECORDS:
            return replace(self, **{name: _record(name, value)})
        if name in ALTERABLE:
            return replace(self, **{name: value})
        return replace(self, optimizer=self.optimizer.with_setting(name, value))

    def setting(self, name: str) -> Any:
        """The value of a setting as ``with_setting`` takes it."""
        if name in RECORDS:
            record = getattr(self, name)
            return None if record is None else record.to_dict()
        return getattr(self if name in ALTERABLE else self.optimizer, name)

    def to_dict(self) -> dict[str, Any]:
        """The recipe as JSON values."""
        records = {name: self.setting(name) for name in RECORDS}
        return {field.name: getattr(self, field.name) for field in fields(self)} | records


ALTERABLE = ("batch_size", "l1", "l2", "dropout", "clip_norm")
"""Plain settings of a recipe that may be altered while a run goes on."""
RECORDS = ("optimizer", "schedule")
"""The same, told by a name and settings of their own."""


def recipe_from_dict(mapping: Any) -> Recipe:
    """The recipe that ``to_dict`` described; ValueError where it is none."""
    entries = checks.fields("recipe", mapping, *(field.name for field in fields(Recipe)))
    return Recipe(**entries | {name: _record(name, entries[name]) for name in RECORDS})


def _record(name: str, told: Any) -> Any:
    """The optimizer or the schedule of which ``to_dict`` told."""
    if name == "schedule":
        return None if told is None else schedule_from_dict(told)
    if not isinstance(told, Mapping):
        raise ValueError(f"optimizer is {reprlib.repr(told)}; it must be a mapping with a name")
    return optimizer_from_dict(told)
