"""Steepest descent that looks for the length of each step itself, by backtracking."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.differences import EPSILON
from engine.surfaces import ErrorSurface
from engine.types import Array, IntegerArray

_MOST_SHRINKINGS = 60
_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, eq=False)
class LineSearchPath:
    """Where a descent by line search went, and what it tried.

    Attributes
    ----------
    weights : (steps + 1, P)
        The start and the point after every step. From ``stopped_at`` on the last point is repeated.
    errors : (steps + 1,)
        The error at each of them.
    rates : (steps,)
        The accepted rate of every step; 0 where the path stayed.
    trial_points : (E, P)
        Every point at which the error was evaluated, in order: the start, then what each search tried.
    trial_errors : (E,)
        The errors found there, NaN and infinity among them.
    trial_steps : (E,)
        The step, from 1, whose search tried it; 0 for the start. The last trial of a step that moved is accepted.
    gradient_evaluations : int
        How often the gradient was evaluated.
    stopped_at : int or None
        The steps after which no further was possible; None where all were made.
    """

    weights: Array
    errors: Array
    rates: Array
    trial_points: Array
    trial_errors: Array
    trial_steps: IntegerArray
    gradient_evaluations: int
    stopped_at: int | None


def descend_by_line_search(
    surface: ErrorSurface,
    start: npt.ArrayLike,
    steps: int,
    first_rate: float,
    shrink: float = 0.5,
    grow: float = 2.0,
    sufficient: float = 1e-4,
) -> LineSearchPath:
    """Steepest descent with backtracking until the error falls enough (Armijo's condition).

    Parameters
    ----------
    surface : ErrorSurface
    start : (P,)
    steps : int
        At least 0.
    first_rate : float
        The rate that the first search begins with, above 0.
    shrink : float
        What a rate that is too large is multiplied with, above 0 and below 1.
    grow : float
        The next search begins with the accepted rate times this; at least 1.
    sufficient : float
        The share c of the decrease that the slope promises which a step must bring, above 0 and below 1.

    Notes
    -----
    A rate η is accepted where E(w - η g) <= E(w) - c η g'g, the error is less than E(w), and all is finite. The path
    stops where the slope is zero to rounding, max_k |g_k| max(|w_k|, 1) <= ε max(|E|, 1), or where 60 times shrinking
    finds no such rate. Nocedal and Wright (2006), Numerical Optimization, 2nd ed., algorithm 3.1; the measure of
    the slope is that of Dennis and Schnabel (1983), Numerical Methods for Unconstrained Optimization, section 7.2.
    """
    checks.instance("surface", surface, ErrorSurface)
    weights = np.array(checks.array("start", start, surface.dimension))
    checks.integer("steps", steps, 0)
    rate = checks.positive("first_rate", first_rate)
    shrink, sufficient = _inner_fraction("shrink", shrink), _inner_fraction("sufficient", sufficient)
    grow = checks.number("grow", grow, 1.0)
    search = _Search(surface, shrink, sufficient)
    with np.errstate(all="ignore"):
        reached = [_Reached(weights, search.error(weights, 0), 0.0)]
        while len(reached) <= steps:
            found = search.step_from(reached[-1], rate, len(reached))
            if found is None:
                break
            reached.append(found)
            rate = min(found.rate * grow, _LARGEST)
    return search.path(reached, steps)


class _Reached(NamedTuple):
    """A point (P,), the error there, and the rate that led there."""

    weights: Array
    error: float
    rate: float


class _Search:
    """Backtracking, with a record of all it evaluates."""

    def __init__(self, surface: ErrorSurface, shrink: float, sufficient: float) -> None:
        self._surface, self._shrink, self._sufficient = surface, shrink, sufficient
        self._points: list[Array] = []
        self._errors: list[float] = []
        self._steps: list[int] = []
        self._gradient_evaluations = 0

    def error(self, weights: Array, step: int) -> float:
        """The error at one point (P,), tried in this step."""
        self._points.append(weights)
        self._errors.append(float(self._surface.error(weights)))
        self._steps.append(step)
        return self._errors[-1]

    def step_from(self, here: _Reached, rate: float, step: int) -> _Reached | None:
        """The first point, with ever smaller rates, whose error is low enough; None where there is none."""
        gradient = self._surface.gradient(here.weights)
        self._gradient_evaluations += 1
        # max |g_k| max(|w_k|, 1) <= ε max(|E|, 1)
        slope = float(np.max(np.abs(gradient) * np.maximum(np.abs(here.weights), 1.0)))
        if slope <= EPSILON * max(abs(here.error), 1.0):
            return None
        steepness = float(gradient @ gradient)
        for _ in range(_MOST_SHRINKINGS + 1):
            # w - η g
            weights = here.weights - rate * gradient
            error = self.error(weights, step)
            # E(w - η g) <= E(w) - c η g'g
            enough = error <= here.error - self._sufficient * rate * steepness
            if enough and -math.inf < error < here.error and np.isfinite(weights).all():
                return _Reached(weights, error, rate)
            rate *= self._shrink
        return None

    def path(self, reached: list[_Reached], steps: int) -> LineSearchPath:
        """The path through these points, which stays at the last one until all steps are over."""
        made = len(reached) - 1
        rest = reached[-1]._replace(rate=0.0)
        weights, errors, rates = zip(*reached, *[rest] * (steps - made), strict=True)
        return LineSearchPath(
            np.array(weights),
            np.array(errors),
            np.array(rates[1:]),
            np.array(self._points),
            np.array(self._errors),
            np.array(self._steps, np.int64),
            self._gradient_evaluations,
            stopped_at=None if made == steps else made,
        )


def _inner_fraction(name: str, value: float) -> float:
    """A number with 0 < value < 1."""
    try:
        return checks.fraction(name, checks.positive(name, value))
    except ValueError:
        raise ValueError(f"{name} is {value!r}; it must be a finite number above 0 and below 1") from None
