"""Where does every start end? Thousands of descents side by side, and the minima that their ends gather round."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.descent import divergence_limit
from engine.optimizers import Optimizer
from engine.surfaces import ErrorSurface, HasHessian
from engine.types import Array, IntegerArray

Mask = npt.NDArray[np.bool_]
_INTERVAL = 10  # updates between two looks at who rests
_MOST_PLACES = 60  # on a plain everything rests where it is
_ROWS = 8192  # so many stay in the cache together
_FLAT = 1e-3  # of max(1, slope at the start)
DIVERGED, MOVING = -1, -2
"""Labels of starts that end nowhere: the error ran away, or the last step had come before they were at rest."""


@dataclass(frozen=True, eq=False)
class Ends:
    """The ends of M descents.

    Attributes
    ----------
    weights : (M, P)
        Where each came to rest, or was at its last step or when it was found to have diverged.
    steps : (M,)
        After how many updates, in tens.
    resting, diverged : (M,)
    """

    weights: Array
    steps: IntegerArray
    resting: Mask
    diverged: Mask


def descend_to_rest(
    surface: ErrorSurface, starts: npt.ArrayLike, optimizer: Optimizer, steps: int, still: float
) -> Ends:
    """Walk from every start (M, P) until it rests: until ten updates together move no weight by more than ``still``.

    Nor may the last of the ten, lest a path that jumps to and fro over a minimum counts as resting, and the slope must
    be at most 1e-3 max(1, slope at the start), lest one with a tiny learning rate does. Those that rest or have
    diverged leave the work, so it shrinks. Each start ends as if it walked alone, apart from rounding.
    """
    checks.instance("surface", surface, ErrorSurface)
    checks.instance("optimizer", optimizer, Optimizer)
    places = np.array(checks.array("starts", starts, None, surface.dimension))
    checks.integer("steps", steps, 0)
    checks.positive("still", still)
    with np.errstate(all="ignore"):
        rows = (places[begin : begin + _ROWS] for begin in range(0, max(1, len(places)), _ROWS))
        pieces = [_Walkers(surface, piece, optimizer, still).walk(steps) for piece in rows]
    return Ends(*(np.concatenate([getattr(piece, each.name) for piece in pieces]) for each in fields(Ends)))


def label_ends(ends: Ends, minima: npt.ArrayLike, reach: float) -> tuple[IntegerArray, Array]:
    """Which minimum each descent ended at (M,), and the places of all of them (K, P).

    An end within ``reach`` of one of the known ``minima`` (L, P) belongs to the nearest of these; ends that rest
    elsewhere gather round places of their own, in the order of how many they are. ``DIVERGED`` and ``MOVING`` are the
    labels of the others.
    """
    known = np.asarray(minima, np.float64).reshape(-1, ends.weights.shape[1])
    labels = np.where(ends.diverged, DIVERGED, MOVING)
    near, distance = _nearest(ends.weights, known)
    found = ~ends.diverged & (distance <= reach)
    labels[found] = near[found]
    lost = ends.resting & ~ends.diverged & ~found
    more = _gather(ends.weights[lost], reach)
    if len(more):
        place, away = _nearest(ends.weights[lost], more)
        labels[lost] = np.where(away <= 2.0 * reach, len(known) + place, MOVING)
    return labels, np.vstack([known, more])


class _Walkers:
    """Some descents side by side; who has come to an end leaves."""

    def __init__(self, surface: ErrorSurface, starts: Array, optimizer: Optimizer, still: float) -> None:
        self._surface, self._optimizer, self._still = surface, optimizer, still
        count = len(starts)
        self._ends = Ends(starts.copy(), np.zeros(count, np.int64), np.zeros(count, bool), np.zeros(count, bool))
        self._who = np.arange(count)
        self._limits = divergence_limit(surface.error(starts))
        self._flat = _FLAT * np.maximum(1.0, np.abs(surface.gradient(starts)).max(axis=1))
        self._bind(starts, optimizer.slots_for(starts))

    def walk(self, steps: int) -> Ends:
        before = self._weights.copy("K")
        for step in range(1, steps + 1):
            self._gradient[...] = self._surface.gradient(self._weights)
            looks = step % _INTERVAL == 0 or step == steps
            last = self._weights.copy("K") if looks else before
            self._update(step)
            if looks:
                before = self._look(step, before, last)
            if not len(self._who):
                break
        return self._ends

    def _bind(self, weights: Array, slots: Array) -> None:
        # a weight of all walkers side by side, which is how surfaces read them
        self._weights = np.asfortranarray(weights)
        self._gradient = np.empty_like(self._weights)
        # so do the slots, or their loops run across those of the weights
        self._slots = np.ascontiguousarray(slots.swapaxes(1, 2)).swapaxes(1, 2)
        hessian = (lambda: self._surface.hessian(self._weights)) if isinstance(self._surface, HasHessian) else None  # type: ignore[attr-defined]
        self._update = self._optimizer.rule(self._weights, self._gradient, self._slots, hessian)

    def _look(self, step: int, before: Array, last: Array) -> Array:
        """Note where everybody is and let those go who have come to an end; the weights of the others, kept."""
        errors = self._surface.error(self._weights)
        diverged = ~((errors <= self._limits) & (errors > -np.inf) & np.isfinite(self._weights).all(axis=1))
        resting = ~diverged & (np.abs(self._weights - before).max(axis=1) <= self._still)
        few = np.flatnonzero(resting)
        short = np.abs(self._weights[few] - last[few]).max(axis=1) <= self._still
        resting[few] = short & (np.abs(self._gradient[few]).max(axis=1) <= self._flat[few])
        ends, who = self._ends, self._who
        ends.weights[who[~diverged]] = self._weights[~diverged]
        ends.steps[who], ends.resting[who], ends.diverged[who] = step, resting, diverged
        on = ~(resting | diverged)
        if not on.all():
            self._who, self._limits, self._flat = who[on], self._limits[on], self._flat[on]
            self._bind(self._weights[on], self._slots[:, on])
        return self._weights.copy("K")


def _nearest(points: Array, places: Array) -> tuple[IntegerArray, Array]:
    """For each point (M, P) the nearest place (K, P) and how far it is, the largest difference of a weight."""
    nearest, distance = np.zeros(len(points), np.int64), np.full(len(points), np.inf)
    for index, place in enumerate(places):
        away = np.abs(points - place).max(axis=1)
        closer = away < distance
        nearest[closer], distance[closer] = index, away[closer]
    return nearest, distance


def _gather(points: Array, reach: float) -> Array:
    """Places (K, P) of which every point (M, P) has one within reach, the most visited first."""
    places: list[Array] = []
    counts: list[int] = []
    rest = points
    while len(rest) and len(places) < _MOST_PLACES:
        around = np.abs(rest - rest[0]).max(axis=1) <= reach
        places.append(np.median(rest[around], axis=0))
        counts.append(int(around.sum()))
        rest = rest[~around]
    order = np.argsort(counts, kind="stable")[::-1]
    return np.array(places).reshape(-1, points.shape[1])[order]
