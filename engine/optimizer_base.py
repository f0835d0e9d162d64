"""What every optimizer is: a frozen record of settings, with one rule that moves weights in place.

The rule works on buffers that the caller owns, so that an update allocates nothing. What it does in update t
hangs on the weights, the gradient, the slots, t and the settings only: a run goes on from saved slots bit for
bit.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy import add, multiply

from engine import checks
from engine.types import Array

Update = Callable[[int], None]
Hessian = Callable[[], Array]


def _not_negative(name: str, value: Any) -> float:
    return checks.number(name, value, 0.0)


LEGAL: dict[str, Callable[[str, Any], float]] = {
    "learning_rate": checks.positive,
    "momentum": checks.fraction,
    "beta1": checks.fraction,
    "beta2": checks.fraction,
    "decay": checks.fraction,
    "epsilon": checks.positive,
    "weight_decay": _not_negative,
    "momentum_decay": _not_negative,
}
"""The check of every setting an optimizer may have, by its name."""


@dataclass(frozen=True)
class Optimizer(ABC):
    """Settings of an update rule; subclasses say what the rule is.

    ``slot_names`` names the arrays, each of the shape of the weights, which the rule carries from update to
    update. ``formula`` is the update in LaTeX (η learning rate, g gradient, w weights), ``source`` where it
    comes from. Settings outside their legal range raise a ``ValueError``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    slot_names: ClassVar[tuple[str, ...]] = ()
    needs_hessian: ClassVar[bool] = False

    learning_rate: float
    weight_decay = 0.0  # no annotation, hence no setting: optimizers that know weight decay declare it

    def __post_init__(self) -> None:
        """Check every setting and make it a float."""
        for field in fields(self):
            object.__setattr__(self, field.name, LEGAL[field.name](field.name, getattr(self, field.name)))

    def rule(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None = None) -> Update:
        """Bind the update to buffers: the returned function does update t, counted from 1, in place.

        ``weights`` (..., P) is moved, ``gradient`` (..., P) only read, ``slots`` (len(slot_names), ..., P)
        carried on; ``hessian()`` gives (..., P, P) at the present weights. The caller mutes NumPy's
        floating-point warnings, once around all updates: divergence is a state, not an error.
        """
        _check_shape("gradient", gradient, weights.shape)
        _check_shape("slots", slots, (len(self.slot_names), *weights.shape))
        bind = self._bind if self.weight_decay == 0.0 else self._bind_with_decay
        return bind(weights, gradient, slots, hessian)

    def step(
        self, weights: Array, gradient: Array, slots: Array, t: int, hessian: Hessian | None = None
    ) -> tuple[Array, Array]:
        """Update t as a pure function: new weights (..., P) and new slots; the arguments stay as they are."""
        weights, slots = np.array(weights, np.float64), np.array(slots, np.float64)
        update = self.rule(weights, np.asarray(gradient, np.float64), slots, hessian)
        with np.errstate(all="ignore"):
            update(checks.integer("t", t, 1))
        return weights, slots

    def slots_for(self, weights: Array) -> Array:
        """Slots before the first update: zeros of shape (len(slot_names), ..., P)."""
        return np.zeros((len(self.slot_names), *np.shape(weights)))

    def to_dict(self) -> dict[str, Any]:
        """The name and every setting, as JSON can hold them."""
        return {"name": self.name, **asdict(self)}

    def with_setting(self, name: str, value: float) -> Self:
        """A copy with one setting changed."""
        return replace(self, **{self.setting(name): value})

    @classmethod
    def setting(cls, name: str) -> str:
        """The name of a setting, checked."""
        return checks.choice(f"setting of {cls.title}", name, [field.name for field in fields(cls)])

    @abstractmethod
    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        """Bind the rule without its weight decay."""

    def _bind_with_decay(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        penalised, decay = np.empty_like(weights), constant(self.weight_decay)
        update = self._bind(weights, penalised, slots, hessian)

        def decayed(t: int) -> None:
            # g <- g + λ w
            multiply(weights, decay, penalised)
            add(gradient, penalised, penalised)
            update(t)

        return decayed


def constant(value: float) -> Array:
    """A number as an array without axes, which costs a NumPy call 0.2 us less than a Python float."""
    return np.array(value, np.float64)


def moving_average(average: Array, values: Array, decay: float, scratch: Array) -> Callable[[], None]:
    """Bind the update of a moving average; ``values`` may be ``scratch`` itself."""
    kept, added = constant(decay), constant(1.0 - decay)

    def update() -> None:
        # a <- β a + (1 - β) x
        multiply(average, kept, average)
        multiply(values, added, scratch)
        add(average, scratch, average)

    return update


def moving_mean_square(average: Array, values: Array, decay: float, scratch: Array) -> Callable[[], None]:
    """Bind the update of a moving average of squares."""
    average_scratch = moving_average(average, scratch, decay, scratch)

    def update() -> None:
        # a <- β a + (1 - β) x^2
        multiply(values, values, scratch)
        average_scratch()

    return update


def _check_shape(name: str, values: Array, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise ValueError(f"{name} has shape {values.shape}; it must be {shape}")
