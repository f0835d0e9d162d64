"""Walking down an error surface: one start or forty thousand at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.optimizers import Hessian, Optimizer
from engine.schedules import Schedule, scheduled
from engine.surfaces import ErrorSurface, HasHessian, evaluator
from engine.types import Array, IntegerArray

_DIVERGED_FACTOR = 1e6

Keep = Literal["all", "last", "memory"]
KEEPS: tuple[Keep, ...] = ("all", "last", "memory")
Evaluate = Callable[[Array, int], tuple[Array, Array]]
"""The errors (...) at the weights (..., P) that so many updates led to, and the gradient (..., P) for the next."""


def divergence_limit(first_error: Array) -> Array:
    """The error above which a descent counts as diverged: a million times max(1, error at the start)."""
    with np.errstate(over="ignore"):
        limit = _DIVERGED_FACTOR * np.maximum(1.0, np.asarray(first_error))
    return np.asarray(np.minimum(limit, np.finfo(np.float64).max))  # an infinite error is never sound


def arrival(errors: Array, lowest: float, share: float = 0.01) -> int | None:
    """The step from which on all but a share of the error above ``lowest`` is lost; None where it is not at the end.

    ``errors`` (S,) are those of one path.
    """
    above = np.flatnonzero(~(errors <= lowest + share * (errors[0] - lowest)))
    step = int(above[-1]) + 1 if len(above) else 0
    return step if step < len(errors) else None


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
    gradients : (..., steps + 1, P) for ``keep="memory"``, else None
        The gradient at each of the points.
    slots : (K, ..., steps + 1, P) for ``keep="memory"``, else None
        The optimizer's K slots after every step, zeros before the first; from a divergence on the last good ones.
    """

    weights: Array
    errors: Array
    diverged_at: int | IntegerArray | None
    gradients: Array | None = None
    slots: Array | None = None


def descend(
    surface: ErrorSurface,
    start: npt.ArrayLike,
    optimizer: Optimizer,
    steps: int,
    keep: Keep = "all",
    schedule: Schedule | None = None,
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
    keep : "all", "last" or "memory"
        Whole paths, only the end points, or whole paths with what the optimizer knew on its way.
    schedule : Schedule or None
        Multiplies the learning rate of every update; None leaves it as it is.
    """
    checks.instance("surface", surface, ErrorSurface)
    weights = np.array(checks.weight_vectors("start", start, surface.dimension))
    evaluate = evaluator(surface)
    return walk(
        lambda points, updates: evaluate(points),
        weights,
        optimizer,
        steps,
        keep,
        schedule,
        hessian=partial(surface.hessian, weights) if isinstance(surface, HasHessian) else None,
    )


def walk(
    evaluate: Evaluate,
    weights: Array,
    optimizer: Optimizer,
    steps: int,
    keep: Keep,
    schedule: Schedule | None,
    hessian: Hessian | None = None,
) -> Path:
    """What all descents share, wherever their gradients come from; ``weights`` (..., P) is moved."""
    checks.instance("optimizer", optimizer, Optimizer)
    checks.integer("steps", steps, 0)
    checks.choice("keep", keep, KEEPS)
    gradient, slots = np.empty_like(weights), optimizer.slots_for(weights)
    update = scheduled(optimizer.rule(weights, gradient, slots, hessian), weights, schedule)
    with np.errstate(all="ignore"):
        errors, gradient[...] = evaluate(weights, 0)
        watch = _Watch(np.asarray(errors), [weights, gradient, slots] if keep == "memory" else [weights])
        kept = [watch.copies()]
        for step in range(1, steps + 1):
            update(step)
            errors, gradient[...] = evaluate(weights, step)
            watch.look(step, np.asarray(errors))
            if keep != "last":
                kept.append(watch.copies())
            if watch.all_diverged:
                break
    if keep == "last":
        return Path(watch.points[0], watch.errors, watch.diverged_at)
    kept += [kept[-1]] * (steps + 1 - len(kept))
    all_errors, *all_points = zip(*kept, strict=True)
    points = [np.stack(each, axis=-2) for each in all_points]
    return Path(points[0], np.stack(all_errors, axis=-1), watch.diverged_at, *points[1:])


class _Watch:
    """Keeps the last good state of every start and the step at which it was lost.

    ``live`` are arrays (..., P) that the walk changes in place, the weights first; ``points`` their last good values.
    """

    def __init__(self, errors: Array, live: list[Array]) -> None:
        self._live, self.points, self.errors = live, [values.copy() for values in live], errors.copy()
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

    def copies(self) -> tuple[Array, ...]:
        """The last good errors, and the last good values of all that is live."""
        return (self.errors.copy(), *(values.copy() for values in self.points))

    def look(self, step: int, errors: Array) -> None:
        # a comparison with NaN is false
        sound = (errors <= self._limit) & (errors > -np.inf)
        finite = np.isfinite(self._live[0])
        if not finite.all():
            sound &= finite.all(axis=-1)
        if sound.all() and self._sound.all():
            np.copyto(self.errors, errors)
            for kept, values in zip(self.points, self._live, strict=True):
                np.copyto(kept, values)
            return
        self._steps = np.where(self._sound & ~sound, step, self._steps)
        self._sound = self._sound & sound
        np.copyto(self.errors, errors, where=self._sound)
        for kept, values in zip(self.points, self._live, strict=True):
            np.copyto(kept, values, where=self._sound[..., None])
