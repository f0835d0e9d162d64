"""Learning-rate schedules: what the learning rate is multiplied with at each update.

In the formulas t is the number of the update from 1, so that every schedule begins with the full rate.
"""

import math
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy import add, multiply, subtract

from engine import checks
from engine.optimizer_base import Update
from engine.types import Array


@dataclass(frozen=True)
class Schedule(ABC):
    """How the learning rate changes along a descent; subclasses say how.

    ``formula`` is the factor in LaTeX, ``source`` where it comes from. Settings outside their legal range raise a
    ``ValueError``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]

    @classmethod
    @abstractmethod
    def over(cls, steps: int) -> Self:
        """Settings that make sense for a descent of so many steps."""

    def to_dict(self) -> dict[str, Any]:
        """The name and every setting, as JSON can hold them."""
        return {"name": self.name, **asdict(self)}

    def factor(self, step: int) -> float:
        """What the learning rate is multiplied with at update ``step``, counted from 1."""
        return self._after(checks.integer("step", step, 1) - 1)

    @abstractmethod
    def _after(self, updates: int) -> float:
        """The factor of the update that follows so many."""


@dataclass(frozen=True)
class ConstantRate(Schedule):
    """The rate stays as it is."""

    name = "constant"
    title = "Constant"
    formula = r"f(t) = 1"
    source = "Bottou, Curtis, Nocedal (2018), SIAM Review 60(2), 223-311, section 4.2"

    @classmethod
    def over(cls, steps: int) -> Self:
        """It has no settings."""
        checks.integer("steps", steps, 0)
        return cls()

    def _after(self, updates: int) -> float:
        return 1.0


@dataclass(frozen=True)
class StepDecay(Schedule):
    """The rate drops at once, stays for a while and drops again.

    Attributes
    ----------
    every : int
        Updates from drop to drop.
    drop : float
        What is left at each drop, above 0 and at most 1.
    """

    name = "step"
    title = "In steps"
    formula = r"f(t) = d^{\lfloor (t - 1) / n \rfloor}"
    source = "He, Zhang, Ren, Sun (2016), CVPR, 770-778, section 3.4; torch.optim.lr_scheduler.StepLR"

    every: int
    drop: float = 0.5

    def __post_init__(self) -> None:
        """Check every setting."""
        object.__setattr__(self, "every", checks.integer("every", self.every, 1))
        object.__setattr__(self, "drop", checks.number("drop", self.drop, 0.0, 1.0, open_low=True))

    @classmethod
    def over(cls, steps: int) -> Self:
        """Three drops by half, an eighth is left."""
        return cls(every=max(1, math.ceil(checks.integer("steps", steps, 0) / 4)))

    def _after(self, updates: int) -> float:
        # f = d^floor((t - 1) / n)
        kept: float = self.drop ** (updates // self.every)
        return kept


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """The rate glides down along half a wave of the cosine and stays at its foot.

    Attributes
    ----------
    steps : int
        Updates until the foot.
    floor : float
        The factor there, between 0 and 1.
    """

    name = "cosine"
    title = "Cosine"
    formula = r"f(t) = f_T + \tfrac12 (1 - f_T) \left(1 + \cos \frac{\pi \min(t - 1, T)}{T}\right)"
    source = "Loshchilov, Hutter (2017), arXiv:1608.03983, eq. 5; torch.optim.lr_scheduler.CosineAnnealingLR"

    steps: int
    floor: float = 0.0

    def __post_init__(self) -> None:
        """Check every setting."""
        object.__setattr__(self, "steps", checks.integer("steps", self.steps, 1))
        object.__setattr__(self, "floor", checks.number("floor", self.floor, 0.0, 1.0))

    @classmethod
    def over(cls, steps: int) -> Self:
        """Down to nothing, just when the descent is over."""
        return cls(steps=max(1, checks.integer("steps", steps, 0)))

    def _after(self, updates: int) -> float:
        # f = f_T + (1 - f_T) (1 + cos(π min(t - 1, T) / T)) / 2
        wave = math.cos(math.pi * (min(updates, self.steps) / self.steps))
        return self.floor + 0.5 * (1.0 - self.floor) * (1.0 + wave)


@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    """The rate falls as one over the time: all steps together lead anywhere, and yet their noise dies out.

    Attributes
    ----------
    half : float
        Updates after which half of the rate is left.
    """

    name = "inverse_time"
    title = "Inverse time"
    formula = r"f(t) = \frac{1}{1 + (t - 1) / h}"
    source = "Robbins, Monro (1951), Ann. Math. Statist. 22, 400-407; Darken, Moody (1991), NIPS 3, 832-838"

    half: float

    def __post_init__(self) -> None:
        """Check every setting."""
        object.__setattr__(self, "half", checks.positive("half", self.half))

    @classmethod
    def over(cls, steps: int) -> Self:
        """Down to an eighth."""
        # 1 / (1 + T / h) = 1 / 8  <=>  h = T / 7
        return cls(half=max(1, checks.integer("steps", steps, 0)) / 7.0)

    def _after(self, updates: int) -> float:
        # f = 1 / (1 + (t - 1) / h)
        return 1.0 / (1.0 + updates / self.half)


SCHEDULES: dict[str, type[Schedule]] = {
    kind.name: kind for kind in (ConstantRate, StepDecay, CosineDecay, InverseTimeDecay)
}
"""Every schedule class by its name."""


def schedule_from_dict(mapping: Any) -> Schedule:
    """The schedule that ``to_dict`` described; ValueError where it is none."""
    if not isinstance(mapping, Mapping) or "name" not in mapping:
        raise ValueError(f"schedule is {reprlib.repr(mapping)}; it must be a mapping with a name")
    kind = SCHEDULES[checks.choice("schedule", mapping["name"], SCHEDULES)]
    settings = checks.fields("schedule", mapping, "name", *(field.name for field in fields(kind)))
    return kind(**{name: value for name, value in settings.items() if name != "name"})


def scheduled(update: Update, weights: Array, schedule: Schedule | None) -> Update:
    """An optimizer's update, bound to ``weights`` (..., P), with its learning rate multiplied by the schedule's factor.

    Every rule moves the weights by an amount proportional to the learning rate, and by nothing else, so the way from
    the old weights to the new is shortened afterwards. At a factor of 1 the update is the unscheduled one, bit for bit.
    """
    if schedule is None:
        return update
    checks.instance("schedule", schedule, Schedule)
    before = np.empty_like(weights)

    def rescaled(step: int) -> None:
        factor = schedule.factor(step)
        np.copyto(before, weights)
        update(step)
        if factor != 1.0:
            # w <- w_before + f (w - w_before)
            subtract(weights, before, weights)
            multiply(weights, factor, weights)
            add(before, weights, weights)

    return rescaled
