"""Error surfaces: anything that gives an error and a gradient for a flat weight vector.

A linear neuron, a sigmoidal neuron, a test function and a whole network all pass through this one door, so an
optimizer, a contour map or a gradient check never asks which of them it has.
"""

import math
from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.types import REDUCTIONS, Array, Reduction

# Pictures ask for tens of thousands of weight vectors at once; work is cut so that one array stays in the cache.
_CHUNK_NUMBERS = 250_000
_NUMBERS_EACH = 15  # that a linear neuron needs for every weight


@runtime_checkable
class ErrorSurface(Protocol):
    """An error E(w) over weight vectors with ``dimension`` entries."""

    @property
    def dimension(self) -> int:
        """The number of weights P."""

    def error(self, weights: Array) -> Array:
        """The error at each weight vector, (..., P) -> (...)."""

    def gradient(self, weights: Array) -> Array:
        """The slope dE/dw at each weight vector, (..., P) -> (..., P)."""


@runtime_checkable
class HasHessian(Protocol):
    """A surface that also knows its second derivatives."""

    def hessian(self, weights: Array) -> Array:
        """The second derivatives at each weight vector, (..., P) -> (..., P, P)."""


@runtime_checkable
class HasBoth(Protocol):
    """A surface for which error and gradient together cost less than one after the other."""

    def error_and_gradient(self, weights: Array) -> tuple[Array, Array]:
        """Both at each weight vector, (..., P) -> (...), (..., P)."""


def evaluator(surface: ErrorSurface) -> Callable[[Array], tuple[Array, Array]]:
    """A function that gives error and gradient of the surface in the cheapest way it offers."""
    if isinstance(surface, HasBoth):
        return surface.error_and_gradient
    return lambda weights: (surface.error(weights), surface.gradient(weights))


def in_chunks(function: Callable[[Array], Array], weights: Array, numbers_each: int) -> Array:
    """Apply a function of (M, P) to weights (..., P) in pieces, where each vector costs ``numbers_each`` numbers."""
    rows = weights.reshape(-1, weights.shape[-1])
    size = max(1, _CHUNK_NUMBERS // max(1, numbers_each))
    pieces = [function(rows[begin : begin + size]) for begin in range(0, max(1, len(rows)), size)]
    whole = np.concatenate(pieces)
    return whole.reshape(weights.shape[:-1] + whole.shape[1:])


class _NeuronOnData:
    """One neuron without hidden layers over its training cases: inputs (N, D), targets (N,)."""

    def __init__(self, inputs: npt.ArrayLike, targets: npt.ArrayLike, reduction: Reduction = "sum") -> None:
        # in one order in memory, so that the values alone decide the last bits of what is computed
        self.inputs = np.array(checks.array("inputs", inputs, None, None), order="C")
        self.targets = np.array(checks.array("targets", targets, len(self.inputs)))
        for values in (self.inputs, self.targets):
            values.setflags(write=False)
        self.reduction = checks.choice("reduction", reduction, REDUCTIONS)
        self._scale = 1.0 / len(self.inputs) if reduction == "mean" else 1.0

    @property
    def dimension(self) -> int:
        """The number of weights, one an input."""
        width: int = self.inputs.shape[1]
        return width


class LinearNeuron(_NeuronOnData):
    """The linear neuron y = sum_k w_k x_k with the error E = 1/2 sum_i (t_i - y_i)^2.

    Parameters
    ----------
    inputs : (N, D)
        A bias is an input that is always 1.
    targets : (N,)
    reduction : "sum" or "mean"
        Over the cases.

    Notes
    -----
    The surface is a quadratic bowl, so the cases are not needed again once H = X'X and the minimum w* are known:
    E(w) = E_min + 1/2 (w - w*)' H (w - w*). With X = U diag(s) V' and r = (w - w*) V diag(s) that is
    E_min + 1/2 r'r, which cannot lose its digits near the minimum or become negative, as the expanded form with
    X'X, X't and t't does. Where H is singular, w* is the shortest of all minima.
    """

    def __init__(self, inputs: npt.ArrayLike, targets: npt.ArrayLike, reduction: Reduction = "sum") -> None:
        super().__init__(inputs, targets, reduction)
        self.minimum: Array = np.asarray(np.linalg.lstsq(self.inputs, self.targets, rcond=None)[0], np.float64)
        # from X itself: the small eigenvalues of X'X are lost to rounding
        _, singular_values, vectors = np.linalg.svd(self.inputs, full_matrices=False)
        self._root: Array = math.sqrt(self._scale) * (vectors.T * singular_values)
        with np.errstate(over="ignore", invalid="ignore"):
            residual = self.targets - self.inputs @ self.minimum
            self.minimum_error = float(0.5 * self._scale * residual @ residual)
            # dE/dw_k dw_l: H = X'X
            self._hessian = self._scale * (self.inputs.T @ self.inputs)

    def error(self, weights: npt.ArrayLike) -> Array:
        """E(w), (..., D) -> (...)."""
        with np.errstate(over="ignore", invalid="ignore"):
            vectors = checks.shaped_vectors("weights", weights, self.dimension)
            if vectors.ndim == 1:
                return self._error_of(self._stretched(vectors))
            return in_chunks(self._error_rows, vectors, _NUMBERS_EACH * self.dimension)

    def gradient(self, weights: npt.ArrayLike) -> Array:
        """dE/dw_k = -sum_i x_k(i) (t(i) - y(i)), (..., D) -> (..., D): the delta rule without its rate."""
        with np.errstate(over="ignore", invalid="ignore"):
            gradient: Array = np.matmul(self._stretched(weights), self._root.T)
        return gradient

    def error_and_gradient(self, weights: npt.ArrayLike) -> tuple[Array, Array]:
        """Both, (..., D) -> (...), (..., D)."""
        with np.errstate(over="ignore", invalid="ignore"):
            stretched = self._stretched(weights)
            return self._error_of(stretched), np.matmul(stretched, self._root.T)

    def hessian(self, weights: npt.ArrayLike) -> Array:
        """X'X everywhere, (..., D) -> (..., D, D)."""
        vectors = checks.shaped_vectors("weights", weights, self.dimension)
        return np.broadcast_to(self._hessian, (*vectors.shape, self.dimension)).copy()

    def _stretched(self, weights: npt.ArrayLike) -> Array:
        # r = (w - w*) V diag(s)
        vectors = checks.shaped_vectors("weights", weights, self.dimension)
        stretched: Array = np.matmul(vectors - self.minimum, self._root)
        return stretched

    def _error_rows(self, rows: Array) -> Array:
        # E = E_min + 1/2 r'r with the weights side by side, not one below the other: five times as fast for a map
        stretched = np.dot(self._root.T, np.subtract(rows.T, self.minimum[:, None], order="C"))
        stretched *= stretched
        squares: Array = np.add.reduce(stretched, axis=0)
        squares *= 0.5
        squares += self.minimum_error
        return squares

    def _error_of(self, stretched: Array) -> Array:
        # E = E_min + 1/2 r'r
        squares: Array = np.einsum("...d,...d->...", stretched, stretched)
        squares *= 0.5
        squares += self.minimum_error
        return squares


class SigmoidNeuron(_NeuronOnData):
    """The sigmoidal (logistic) neuron y = 1 / (1 + exp(-z)), z = sum_k w_k x_k.

    Parameters
    ----------
    inputs : (N, D)
    targets : (N,)
        Between 0 and 1.
    error : "squared" or "cross_entropy"
        E = 1/2 sum (t - y)^2, which has several minima or flat plateaus, or E = -sum t log y + (1 - t) log(1 - y),
        which is convex.
    reduction : "sum" or "mean"
    """

    def __init__(
        self,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike,
        error: Literal["squared", "cross_entropy"] = "squared",
        reduction: Reduction = "sum",
    ) -> None:
        super().__init__(inputs, targets, reduction)
        self.error_name = checks.choice("error", error, ("squared", "cross_entropy"))
        if self.targets.min() < 0.0 or self.targets.max() > 1.0:
            worst = max(self.targets.min(), self.targets.max(), key=lambda t: abs(t - 0.5))
            raise ValueError(f"targets holds {worst:g}; for a sigmoidal neuron they must lie between 0 and 1")

    def error(self, weights: npt.ArrayLike) -> Array:
        """E(w), (..., D) -> (...)."""
        return self._over_cases(self._error_rows, weights)

    def gradient(self, weights: npt.ArrayLike) -> Array:
        """dE/dw, (..., D) -> (..., D): the delta rule with the extra factor y (1 - y) for the squared error."""
        return self._over_cases(self._gradient_rows, weights)

    def hessian(self, weights: npt.ArrayLike) -> Array:
        """The second derivatives, (..., D) -> (..., D, D)."""
        return self._over_cases(self._hessian_rows, weights)

    def _over_cases(self, rows: Callable[[Array], Array], weights: npt.ArrayLike) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            vectors = checks.shaped_vectors("weights", weights, self.dimension)
            return self._scale * in_chunks(rows, vectors, len(self.inputs))

    def _activities(self, logits: Array) -> Array:
        return 1.0 / (1.0 + np.exp(-logits))

    def _error_rows(self, weights: Array) -> Array:
        logits = weights @ self.inputs.T
        if self.error_name == "cross_entropy":
            # E = sum max(z, 0) - t z + log(1 + exp(-|z|)), which does not lose its digits near 0
            each = np.maximum(logits, 0.0) - self.targets * logits + np.log1p(np.exp(-np.abs(logits)))
            total: Array = each.sum(-1)
            return total
        # E = 1/2 sum (t - y)^2
        residual = self.targets - self._activities(logits)
        squares: Array = np.einsum("mn,mn->m", residual, residual)
        return 0.5 * squares

    def _gradient_rows(self, weights: Array) -> Array:
        activities = self._activities(weights @ self.inputs.T)
        slope = activities - self.targets
        if self.error_name == "squared":
            # dE/dw_k = -sum_i x_k y (1 - y) (t - y)
            slope *= activities * (1.0 - activities)
        gradient: Array = slope @ self.inputs
        return gradient

    def _hessian_rows(self, weights: Array) -> Array:
        activities = self._activities(weights @ self.inputs.T)
        # y' = y (1 - y); cross-entropy: d2E/dz2 = y'; squared: y'^2 - (t - y) y' (1 - 2 y)
        curve = slope = activities * (1.0 - activities)
        if self.error_name == "squared":
            curve = slope * (slope - (self.targets - activities) * (1.0 - 2.0 * activities))
        hessian: Array = np.einsum("mn,nk,nl->mkl", curve, self.inputs, self.inputs, optimize=True)
        return hessian
