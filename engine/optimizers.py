"""The optimizers: how a point moves on an error surface, given the gradient there.

Formulas and defaults are PyTorch's (torch.optim), but for the momentum, which is 0.9 and not 0. In the
formulas w are the weights, g the gradient, t the number of the update from 1, η learning rate, μ momentum,
β beta or decay, ε epsilon, λ weight decay, ψ momentum decay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import add, multiply, subtract

from engine import checks
from engine.adaptive import AdaDelta as AdaDelta
from engine.adaptive import AdaGrad as AdaGrad
from engine.adaptive import Adam as Adam
from engine.adaptive import AdamW as AdamW
from engine.adaptive import NAdam as NAdam
from engine.adaptive import RMSProp as RMSProp
from engine.optimizer_base import Hessian as Hessian
from engine.optimizer_base import Optimizer as Optimizer
from engine.optimizer_base import Update as Update
from engine.optimizer_base import constant
from engine.types import Array


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Straight down the slope."""

    name = "gradient_descent"
    title = "Gradient descent"
    formula = r"w \leftarrow w - \eta\, g"
    source = "Cauchy (1847), Comptes rendus 25, 536-538; torch.optim.SGD"

    learning_rate: float = 1e-3
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        scratch, rate = np.empty_like(weights), constant(self.learning_rate)

        def update(t: int) -> None:
            # w <- w - η g
            multiply(gradient, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A heavy ball: the velocity remembers earlier gradients."""

    name = "momentum"
    title = "Momentum"
    formula = r"v \leftarrow \mu v + g, \quad w \leftarrow w - \eta\, v"
    source = "Polyak (1964), USSR Comp. Math. Math. Phys. 4(5), 1-17; torch.optim.SGD"
    slot_names = ("velocity",)

    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        velocity, scratch = slots[0], np.empty_like(weights)
        rate, momentum = constant(self.learning_rate), constant(self.momentum)

        def update(t: int) -> None:
            # v <- μ v + g
            multiply(velocity, momentum, velocity)
            add(velocity, gradient, velocity)
            # w <- w - η v
            multiply(velocity, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum that looks ahead to where the velocity leads."""

    name = "nesterov"
    title = "Nesterov momentum"
    formula = r"v \leftarrow \mu v + g, \quad w \leftarrow w - \eta\, (g + \mu v)"
    source = "Nesterov (1983), Soviet Math. Dokl. 27, 372-376; Sutskever et al. (2013), ICML; torch.optim.SGD"
    slot_names = ("velocity",)

    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        velocity, scratch = slots[0], np.empty_like(weights)
        rate, momentum = constant(self.learning_rate), constant(self.momentum)

        def update(t: int) -> None:
            # v <- μ v + g
            multiply(velocity, momentum, velocity)
            add(velocity, gradient, velocity)
            # w <- w - η (g + μ v)
            multiply(velocity, momentum, scratch)
            add(gradient, scratch, scratch)
            multiply(scratch, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class Newton(Optimizer):
    """To where the slope would vanish if the surface were the paraboloid that it looks like here."""

    name = "newton"
    title = "Newton"
    formula = r"w \leftarrow w - \eta\, H^{+} g"
    source = "Nocedal, Wright (2006), Numerical Optimization, 2nd ed., chapter 3; Penrose (1955) for H+"
    needs_hessian = True

    learning_rate: float = 1.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        if hessian is None:
            raise ValueError("hessian is None; Newton's method must have a surface that gives its Hessian")
        # The eigenvalues of a singular Hessian come out as up to about P roundings of the largest, not as 0.
        smallest = 16 * weights.shape[-1] * np.finfo(np.float64).eps

        def update(t: int) -> None:
            curvature = hessian()
            # A Hessian that overflowed says nothing: the step is NaN, and the point counts as diverged.
            known = np.isfinite(curvature).all(axis=(-2, -1), keepdims=True)
            inverse = np.linalg.pinv(np.where(known, curvature, 0.0), hermitian=True, rtol=smallest)
            # w <- w - η H+ g
            change = np.matmul(np.where(known, inverse, np.nan), gradient[..., np.newaxis])[..., 0]
            subtract(weights, self.learning_rate * change, weights)

        return update


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind
    for kind in (
        GradientDescent,
        Momentum,
        Nesterov,
        AdaGrad,
        AdaDelta,
        RMSProp,
        Adam,
        AdamW,
        NAdam,
        Newton,
    )
}
"""Every optimizer class by its name."""


def optimizer_from_dict(mapping: Mapping[str, Any]) -> Optimizer:
    """The optimizer which ``to_dict`` wrote down; settings left out have their defaults."""
    settings = dict(mapping)
    kind = OPTIMIZERS[checks.choice("name of the optimizer", settings.pop("name", None), OPTIMIZERS)]
    return kind(**{kind.setting(name): value for name, value in settings.items()})
