"""What theory says of learning rates on a quadratic bowl: how far each optimizer may go, and how fast it then is.

Along an eigenvector of the Hessian with eigenvalue λ an update is linear, z <- M z, so everything follows from the
largest modulus of the eigenvalues of M (Polyak, USSR Computational Mathematics 4 (1964) 1; Goh, Why Momentum Really
Works, Distill (2017)). The symbols are those of optimizers.py; weight decay adds itself to every λ.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.optimizers import GradientDescent, Momentum, Nesterov, Newton, Optimizer
from engine.types import Array

_LOST = 0.01


def stable_limit(optimizer: Optimizer, largest_curvature: float) -> float | None:
    """The rate from which on the optimizer diverges along a direction of this curvature.

    Infinite where nothing curves up; None for optimizers whose rate is divided by what their gradients have been,
    because for those no fixed limit follows from the curvature.
    """
    curvature = largest_curvature + optimizer.weight_decay
    if isinstance(optimizer, Newton):
        return 2.0  # w - w* <- (1 - η) (w - w*)
    if not isinstance(optimizer, (GradientDescent, Momentum, Nesterov)):
        return None
    if curvature <= 0.0:
        return math.inf
    if isinstance(optimizer, Momentum):
        # 2 (1 + μ) / λ
        return 2.0 * (1.0 + optimizer.momentum) / curvature
    if isinstance(optimizer, Nesterov):
        # 2 (1 + μ) / ((1 + 2 μ) λ)
        return 2.0 * (1.0 + optimizer.momentum) / ((1.0 + 2.0 * optimizer.momentum) * curvature)
    # 2 / λ
    return 2.0 / curvature


def contraction(optimizer: Optimizer, curvatures: npt.ArrayLike) -> Array | None:
    """By what the distance from the minimum shrinks with each update, in the long run, along curvatures (P,).

    Above 1 it grows. None where ``stable_limit`` is.
    """
    bends = np.asarray(curvatures, np.float64) + optimizer.weight_decay
    travelled = optimizer.learning_rate * bends
    if isinstance(optimizer, Newton):
        return np.full(bends.shape, abs(1.0 - optimizer.learning_rate))
    if isinstance(optimizer, Momentum):
        # z^2 - (1 + μ - η λ) z + μ = 0
        return _largest_root(1.0 + optimizer.momentum - travelled, np.full(bends.shape, optimizer.momentum))
    if isinstance(optimizer, Nesterov):
        # z^2 - (1 + μ) (1 - η λ) z + μ (1 - η λ) = 0
        kept = 1.0 - travelled
        return _largest_root((1.0 + optimizer.momentum) * kept, optimizer.momentum * kept)
    if isinstance(optimizer, GradientDescent):
        # 1 - η λ
        return np.asarray(np.abs(1.0 - travelled))
    return None


def steps_to_lose(optimizer: Optimizer, curvatures: npt.ArrayLike) -> float | None:
    """About how many updates it takes until 1 % of the error is left along the slowest of the curvatures (P,).

    The error is the square of the distance: s = ln(1 / 100) / (2 ln ρ) with ρ the largest contraction; infinite where
    it does not shrink, None where no theory tells.
    """
    shrinking = contraction(optimizer, curvatures)
    if shrinking is None:
        return None
    slowest = float(shrinking.max())
    if slowest >= 1.0:
        return math.inf
    return max(1.0, math.log(_LOST) / (2.0 * math.log(slowest))) if slowest > 0.0 else 1.0


def _largest_root(linear: Array, constant: Array) -> Array:
    """The largest modulus of the roots of z^2 - b z + c."""
    root = np.sqrt(np.asarray(linear**2 - 4.0 * constant, np.complex128))
    return np.maximum(np.abs(linear + root), np.abs(linear - root)) / 2.0
