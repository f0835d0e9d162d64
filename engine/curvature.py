"""Curvature of an error surface: how fast the slope changes, and so how long a step may be."""

import math
import reprlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.differences import EPSILON, STEP
from engine.surfaces import ErrorSurface, HasHessian, in_chunks
from engine.types import Array

_MOST_WEIGHTS = 2_000


@dataclass(frozen=True, eq=False)
class Stability:
    """What the curvature at a point allows plain gradient descent.

    Attributes
    ----------
    eigenvalues : (P,)
        Of the Hessian, ascending.
    eigenvectors : (P, P)
        Its columns, in the same order.
    largest_stable_rate : float
        2 / largest eigenvalue; above it plain descent on this quadratic diverges. Infinite where nothing curves up.
    best_rate : float or None
        2 / (smallest + largest eigenvalue), the rate of fastest convergence; None unless all curve up.
    condition_number : float
        Largest / smallest eigenvalue; infinite unless all curve up.
    """

    eigenvalues: Array
    eigenvectors: Array
    largest_stable_rate: float
    best_rate: float | None
    condition_number: float


def stability(surface: ErrorSurface, weights: npt.ArrayLike) -> Stability:
    """The Hessian's eigenvalues at a point (P,) and the rates that follow: exact on quadratic surfaces, else local."""
    matrix = hessian(surface, weights)
    if not np.isfinite(matrix).all():
        raise ValueError(f"weights is {reprlib.repr(weights)}; the second derivatives there must be finite")
    values, vectors = np.linalg.eigh(matrix)
    smallest, largest = float(values[0]), float(values[-1])
    # an eigenvalue within rounding of zero is a flat direction; a difference rounds by epsilon over its step
    rounding = EPSILON if isinstance(surface, HasHessian) else EPSILON / STEP
    bowl = smallest > largest * len(values) * rounding
    return Stability(
        values,
        vectors,
        largest_stable_rate=2.0 / largest if largest > 0.0 else math.inf,
        best_rate=2.0 / (smallest + largest) if bowl else None,
        condition_number=largest / smallest if bowl else math.inf,
    )


def hessian(surface: ErrorSurface, weights: npt.ArrayLike) -> Array:
    """The Hessian (P, P) at one point (P,): the surface's own, or central differences of its gradient."""
    checks.instance("surface", surface, ErrorSurface)
    point = checks.array("weights", weights, surface.dimension)
    if isinstance(surface, HasHessian):
        with np.errstate(all="ignore"):
            return surface.hessian(point)
    if surface.dimension > _MOST_WEIGHTS:
        raise ValueError(
            f"weights has {surface.dimension} entries; the Hessian by differences is for at most {_MOST_WEIGHTS}"
        )
    # d2E/dw_i dw_j = (g_j(w + h_i e_i) - g_j(w - h_i e_i)) / 2 h_i
    steps = STEP * np.maximum(1.0, np.abs(point))
    shifts = np.diag(steps)

    def difference(rows: Array) -> Array:
        return surface.gradient(point + rows) - surface.gradient(point - rows)

    with np.errstate(all="ignore"):
        matrix = in_chunks(difference, shifts, surface.dimension) / (2.0 * steps[:, None])
        symmetric: Array = 0.5 * (matrix + matrix.T)
    return symmetric
