"""Walking down an error surface: one start or forty thousand at once."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.optimizers import Optimizer
from engine.surfaces import ErrorSurface, HasHessian, evaluator
from engine.types import Array, IntegerArray

_DIVERGED_FACTOR = 1e6


def divergence_limit(first_error: Array) -> Array:
    """The error above which a descent counts as diverged: a million times max(1, error at the start)."""
    with np.errstate(over="ignore"):
        limit = _DIVERGED_FACTOR * np.maximum(1.0, np.asarray(first_error))
    return np.asarray(np.minimum(limit, np.finfo(np.float64).max))  # an infinite error is never sound


@dataclass(frozen=True, eq=False)
class Path:
    """Where a descent went.

    Attributes
    ----------
    weights : (..., steps + 1, P), or (..., P) for ``keep="last"``
        The start and the point after every step. From a divergence on the last good point is repeated.
    errors : (..., steps + 1), or (...)
        The error at each of them.
    diverged_at : int or None for one start, integer array (...) with -1 for none for many
        The step whose point, or the error there, is not finite, or the error is above 1e6 x max(1, error at the
        start).
    """

    weights: Array
    errors: Array
    diverged_at: int | IntegerArray | None


def descend(
    surface: ErrorSurface,
    start: npt.ArrayLike,
    optimizer: Optimizer,
    steps: int,
    keep: Literal["all", "last"] = "all",
) -> Path:
    """Let the optimizer take ``steps`` steps down the surface.

    Parameters
    ----------
    surface : ErrorSurface
    start : (..., P)
        One start, or many: leading axes descend side by side.
    optimizer : Optimizer
        ``Newton`` needs a surface with a ``hessian``.
    steps : int
        At least 0.
    keep : "all" or "last"
        Whole paths, or only the end points.
    """
    checks.instance("surface", surface, ErrorSurface)
    checks.instance("optimizer", optimizer, Optimizer)
    weights = np.array(checks.weight_vectors("start", start, surface.dimension))
    checks.integer("steps", steps, 0)
    checks.choice("keep", keep, ("all", "last"))
    with np.errstate(all="ignore"):
        return _descend(surface, weights, optimizer, steps, keep == "all")


def _descend(surface: ErrorSurface, weights: Array, optimizer: Optimizer, steps: int, keep_all: bool) -> Path:
    evaluate = evaluator(surface)
    hessian = partial(surface.hessian, weights) if isinstance(surface, HasHessian) else None
    gradient = np.empty_like(weights)
    update = optimizer.rule(weights, gradient, optimizer.slots_for(weights), hessian)
    error, gradient[...] = evaluate(weights)
    watch = _Watch(weights, np.asarray(error))
    kept_weights, kept_errors = [watch.weights.copy()], [watch.errors.copy()]
    for step in range(1, steps + 1):
        update(step)
        error, gradient[...] = evaluate(weights)
        watch.look(step, weights, np.asarray(error))
        if keep_all:
            kept_weights.append(watch.weights.copy())
            kept_errors.append(watch.errors.copy())
        if watch.all_diverged:
            break
    if not keep_all:
        return Path(watch.weights, watch.errors, watch.diverged_at)
    missing = steps + 1 - len(kept_weights)
    return Path(
        np.stack(kept_weights + [watch.weights] * missing, axis=-2),
        np.stack(kept_errors + [watch.errors] * missing, axis=-1),
        watch.diverged_at,
    )


class _Watch:
    """Keeps the last good point of every start and the step at which it was lost."""

    def __init__(self, weights: Array, errors: Array) -> None:
        self.weights, self.errors = weights.copy(), errors.copy()
        self._steps = np.where(np.isfinite(errors), -1, 0)
        self._limit = divergence_limit(errors)
        self._sound = self._steps < 0

    @property
    def all_diverged(self) -> bool:
        return not self._sound.any()

    @property
    def diverged_at(self) -> int | IntegerArray | None:
        if self._steps.ndim:
            return self._steps
        return None if self._steps < 0 else int(self._steps)

    def look(self, step: int, weights: Array, errors: Array) -> None:
        # a comparison with NaN is false
        sound = (errors <= self._limit) & (errors > -np.inf)
        finite = np.isfinite(weights)
        if not finite.all():
            sound &= finite.all(axis=-1)
        if sound.all() and self._sound.all():
            np.copyto(self.weights, weights)
            np.copyto(self.errors, errors)
            return
        self._steps = np.where(self._sound & ~sound, step, self._steps)
        self._sound = self._sound & sound
        np.copyto(self.weights, weights, where=self._sound[..., None])
        np.copyto(self.errors, errors, where=self._sound)
