"""A fair race: the same start, the same number of gradients, each optimizer at its own best rate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.descent import Path, arrival, descend
from engine.differences import EPSILON
from engine.optimizers import Optimizer
from engine.surfaces import ErrorSurface
from engine.types import Array

_ROUNDING = 4.0 * EPSILON  # of the error at the start


@dataclass(frozen=True, eq=False)
class Racer:
    """An optimizer at the best of the rates that it tried.

    Attributes
    ----------
    optimizer : Optimizer
        With that rate.
    path : Path
        What it walked with it.
    cost : int
        Gradients that one update costs.
    searched : int
        Gradients that the search among all rates cost.
    at_the_edge : bool
        Whether the best rate was the smallest or largest that was tried, so that a better one may lie beyond.
    """

    optimizer: Optimizer
    path: Path
    cost: int
    searched: int
    at_the_edge: bool

    @property
    def error(self) -> float:
        """The error at the end; infinite where it diverged at every rate."""
        return _final_error(self.path)

    def arrived(self, lowest: float, share: float = 0.01) -> int | None:
        """After how many gradients all but a share of the error above ``lowest`` was lost for good; None if never."""
        update = arrival(self.path.errors, lowest, share)
        return None if update is None else update * self.cost


def best_rate(
    surface: ErrorSurface, start: npt.ArrayLike, optimizer: Optimizer, budget: int, rates: Sequence[float] | Array
) -> Racer:
    """Walk once with each of the ``rates``, each time with ``budget`` gradients, and keep what came lowest.

    An update costs one gradient; second derivatives count as one gradient for each weight. Of ends that differ by
    rounding only the one that arrived first counts, then the one with the smaller rate: at the bottom chance alone
    decides which is lowest. The rate that ``optimizer`` brings does not matter.
    """
    checks.integer("budget", budget, 1)
    tried = np.sort(checks.array("rates", rates, None))
    cost = 1 + surface.dimension if optimizer.needs_hessian else 1
    walkers = [optimizer.with_setting("learning_rate", float(rate)) for rate in tried]
    paths = [descend(surface, start, walker, budget // cost) for walker in walkers]
    searched = len(tried) * cost * (budget // cost)
    racers = [
        Racer(walker, path, cost, searched, at_the_edge=index in (0, len(tried) - 1))
        for index, (walker, path) in enumerate(zip(walkers, paths, strict=True))
    ]
    lowest = min(racer.error for racer in racers)
    reach = lowest + _ROUNDING * abs(float(paths[0].errors[0]))
    equal = [racer for racer in racers if racer.error <= reach]

    def place(racer: Racer) -> float:
        arrived = racer.arrived(lowest)
        return np.inf if arrived is None else arrived

    return min(equal, key=place) if np.isfinite(lowest) else racers[0]


def ranking(racers: Sequence[Racer], lowest: float) -> list[Racer]:
    """The racers as they won: by the gradients until they arrived, those who never did last, then by their error."""

    def place(racer: Racer) -> tuple[float, float]:
        arrived = racer.arrived(lowest)
        return (np.inf if arrived is None else float(arrived), racer.error)

    return sorted(racers, key=place)


def _final_error(path: Path) -> float:
    return float(path.errors[-1]) if path.diverged_at is None else np.inf
