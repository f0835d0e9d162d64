"""Is the gradient right? Central differences of the error beside the analytic gradient."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.differences import STEP
from engine.surfaces import ErrorSurface
from engine.types import Array


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Analytic and numeric slopes (M,) along M directions and max |a - n| / max(|a|, |n|), NaN where one is."""

    analytic: Array
    numeric: Array
    relative_error: float


def check_gradient(
    surface: ErrorSurface, weights: npt.ArrayLike, directions: int | None = None, seed: int = 0
) -> GradientCheck:
    """Compare the gradient at one point (P,) with central differences.

    Along every weight; or, for a network of many weights, along ``directions`` random unit vectors drawn from
    ``seed``. The relative error is that of the largest slope, so a slope near zero does not blow it up.
    """
    checks.instance("surface", surface, ErrorSurface)
    point = checks.array("weights", weights, surface.dimension)
    checks.integer("seed", seed, 0)
    if directions is None:
        axes = np.eye(surface.dimension)
    else:
        count = checks.integer("directions", directions, 1)
        axes = np.random.default_rng(seed).normal(size=(count, surface.dimension))
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        # n = (E(w + h d) - E(w - h d)) / 2 h
        steps = STEP * np.maximum(1.0, np.abs(axes @ point))
        shifts = axes * steps[:, None]
        numeric = (surface.error(point + shifts) - surface.error(point - shifts)) / (2.0 * steps)
        analytic = axes @ surface.gradient(point)
        largest = np.maximum(np.abs(analytic), np.abs(numeric)).max()
        worst = np.abs(analytic - numeric).max()
        return GradientCheck(analytic, numeric, 0.0 if largest == 0.0 else float(worst / largest))
