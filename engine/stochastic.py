"""Descents whose gradient is only an estimate: from a batch of the cases, or with noise of a chosen strength.

Every walk draws from its own seed and nothing else, so that it goes the same way however many walk beside it.
"""

import math
import reprlib
from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.descent import Path, walk
from engine.optimizers import Optimizer
from engine.schedules import Schedule
from engine.streams import stream
from engine.surfaces import ErrorSurface, HasHessian, LinearNeuron, SigmoidNeuron, evaluator
from engine.types import Array, IntegerArray

Neuron = LinearNeuron | SigmoidNeuron
Seeds = Sequence[int] | IntegerArray

# Noise is drawn for so many steps at once: one call for each walk, not one for each walk and step.
_DRAWN_STEPS = 64


def descend_stochastically(
    neuron: Neuron,
    starts: npt.ArrayLike,
    optimizer: Optimizer,
    steps: int,
    batch_size: int,
    seeds: Seeds,
    schedule: Schedule | None = None,
) -> Path:
    """Descend along the gradients of batches of cases: one walk for each of R seeds, side by side.

    Parameters
    ----------
    neuron : LinearNeuron or SigmoidNeuron
    starts : (P,) or (R, P)
        One start for all walks, or one for each.
    optimizer : Optimizer
        Any but ``Newton``.
    steps : int
        Updates, at least 0.
    batch_size : int
        Cases for an update; the last batch of an epoch may be smaller. With all N cases or more this is ``descend``,
        bit for bit.
    seeds : (R,)
        The order of the cases in an epoch is drawn from (seed, epoch), as a training run draws it.
    schedule : Schedule or None
        Multiplies the learning rate of every update.

    Returns
    -------
    Path
        weights (R, steps + 1, P), errors (R, steps + 1) of all cases, not of the batch, diverged_at (R,).

    Notes
    -----
    A batch stands for all cases: where the error is their sum, the sum over its b cases is multiplied by N / b, so
    that in the mean over all orders it is the full gradient. Robbins and Monro (1951), Ann. Math. Statist. 22,
    400-407; Bottou, Curtis and Nocedal (2018), SIAM Review 60(2), section 3.
    """
    if not isinstance(neuron, Neuron):
        raise ValueError(f"neuron is {reprlib.repr(neuron)}; it must be a LinearNeuron or a SigmoidNeuron")
    checks.instance("optimizer", optimizer, Optimizer)
    if optimizer.needs_hessian:
        raise ValueError(f"optimizer is {optimizer.name!r}; it must do without a Hessian, which a batch does not give")
    checks.integer("batch_size", batch_size, 1)
    weights, checked_seeds = _walkers(starts, seeds, neuron.dimension)
    if batch_size >= len(neuron.inputs):
        whole = evaluator(neuron)  # one batch of all cases is the same in any order
        return walk(lambda points, updates: whole(points), weights, optimizer, steps, "all", schedule)
    batches = _Batches(neuron, batch_size, checked_seeds)
    return walk(batches.error_and_gradient, weights, optimizer, steps, "all", schedule)


def descend_noisily(
    surface: ErrorSurface,
    starts: npt.ArrayLike,
    optimizer: Optimizer,
    steps: int,
    noise: float,
    seeds: Seeds,
    keep: Literal["all", "last"] = "all",
    schedule: Schedule | None = None,
) -> Path:
    """Descend along the gradient plus ``noise`` times standard normal numbers: one walk for each of R seeds.

    Parameters
    ----------
    surface : ErrorSurface
    starts : (P,) or (R, P)
        One start for all walks, or one for each.
    optimizer : Optimizer
        ``Newton`` needs a surface with a ``hessian``; that has no noise.
    steps : int
        At least 0.
    noise : float
        The standard deviation of every component of the gradient, at least 0.
    seeds : (R,)
        Each walk draws its noise from its seed.
    keep : "all" or "last"
        Whole paths (R, steps + 1, P), or only the end points (R, P).
    schedule : Schedule or None
        Multiplies the learning rate of every update, and with it what the noise moves.
    """
    checks.instance("surface", surface, ErrorSurface)
    noise = checks.number("noise", noise, 0.0)
    checks.choice("keep", keep, ("all", "last"))
    weights, checked_seeds = _walkers(starts, seeds, surface.dimension)
    whole, draws = evaluator(surface), _Noise(checked_seeds, surface.dimension)

    def evaluate(points: Array, updates: int) -> tuple[Array, Array]:
        errors, gradient = whole(points)
        # g + σ ε,  ε ~ N(0, 1)
        return errors, gradient + noise * draws.after(updates)

    hessian = partial(surface.hessian, weights) if isinstance(surface, HasHessian) else None
    return walk(evaluate, weights, optimizer, steps, keep, schedule, hessian)


def _walkers(starts: npt.ArrayLike, seeds: Seeds, dimension: int) -> tuple[Array, list[int]]:
    """The weights (R, P) that R walks begin with, and their seeds."""
    if isinstance(seeds, str) or not isinstance(seeds, (Sequence, np.ndarray)) or np.ndim(seeds) != 1 or not len(seeds):
        raise ValueError(f"seeds is {reprlib.repr(seeds)}; it must list a whole number at least 0 for each walk")
    checked = [checks.integer("one of the seeds", seed, 0) for seed in seeds]
    points = checks.weight_vectors("starts", starts, dimension)
    if points.shape not in ((dimension,), (len(checked), dimension)):
        raise ValueError(
            f"starts has shape {points.shape}; it must be ({dimension},) or, for {len(checked)} seeds, "
            f"({len(checked)}, {dimension})"
        )
    return np.array(np.broadcast_to(points, (len(checked), dimension))), checked


class _Batches:
    """The cases of a neuron, dealt anew to each of R walks in every epoch."""

    def __init__(self, neuron: Neuron, size: int, seeds: list[int]) -> None:
        self._neuron, self._size, self._seeds = neuron, size, seeds
        self._per_epoch = math.ceil(len(neuron.inputs) / size)
        self._orders = np.empty((len(seeds), len(neuron.inputs)), np.int64)

    def error_and_gradient(self, weights: Array, updates: int) -> tuple[Array, Array]:
        """The errors (R,) of all cases, and the gradients (R, P) of the batches that follow so many updates."""
        epoch, batch = divmod(updates, self._per_epoch)
        if batch == 0:
            for row, seed in zip(self._orders, self._seeds, strict=True):
                row[...] = stream("order", seed, epoch).permutation(row.size)
        cases = self._orders[:, batch * self._size : (batch + 1) * self._size]
        return self._neuron.error(weights), _batch_gradient(self._neuron, weights, cases)


def _batch_gradient(neuron: Neuron, weights: Array, cases: IntegerArray) -> Array:
    """The estimate (R, P) of the full gradient at weights (R, P) from the cases with the numbers (R, b)."""
    inputs, targets = neuron.inputs[cases], neuron.targets[cases]
    # z_i = sum_k w_k x_k(i)
    outputs = np.matmul(inputs, weights[:, :, None])[..., 0]
    derivative: Array | float = 1.0
    if isinstance(neuron, SigmoidNeuron):
        # y = 1 / (1 + exp(-z))
        outputs = 1.0 / (1.0 + np.exp(-outputs))
        if neuron.error_name == "squared":
            derivative = outputs * (1.0 - outputs)
    # dE_i/dz_i = (y_i - t_i) y'_i, and without y'_i for the cross-entropy
    slopes = (outputs - targets) * derivative
    # g = c / b sum_i dE_i/dz_i x_i, with c = N for a sum over the cases and c = 1 for their mean
    weight = (len(neuron.inputs) if neuron.reduction == "sum" else 1) / cases.shape[1]
    gradient: Array = weight * np.matmul(slopes[:, None, :], inputs)[:, 0]
    return gradient


class _Noise:
    """Standard normal numbers (R, P) for one update after the other, from R seeds."""

    def __init__(self, seeds: list[int], dimension: int) -> None:
        # the orders of cases have an epoch as their place, so without one their stream is free
        self._generators = [stream("order", seed) for seed in seeds]
        self._drawn = np.empty((len(seeds), _DRAWN_STEPS, dimension))

    def after(self, updates: int) -> Array:
        """The numbers for the update that follows so many; to be asked for in order, from 0."""
        place = updates % _DRAWN_STEPS
        if place == 0:
            for generator, rows in zip(self._generators, self._drawn, strict=True):
                generator.standard_normal(out=rows)
        return self._drawn[:, place]
