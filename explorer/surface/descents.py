"""The paths that the chosen optimizers take."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import (
    OPTIMIZERS,
    SCHEDULES,
    LinearNeuron,
    LineSearchPath,
    Optimizer,
    SigmoidNeuron,
    Stability,
    descend,
    descend_by_line_search,
    descend_stochastically,
    hessian,
    stability,
)
from engine.descent import Keep, Path
from engine.surfaces import HasHessian
from engine.types import Array
from explorer.surface.scenes import Scene
from explorer.surface.settings import LINE_SEARCH, WALKERS, detail_fields, rate_field


@dataclass(frozen=True)
class Descent:
    """One optimizer's path from the start.

    ``fan`` are its other walks where it sees other batches; ``search`` tells what a line search tried; ``optimizer``
    is None for a line search.
    """

    name: str
    title: str
    rate: float
    path: Path
    optimizer: Optimizer | None = None
    fan: tuple[Path, ...] = ()
    search: LineSearchPath | None = None

    @property
    def weights(self) -> Array:
        """The points of the path (S, D), up to a divergence."""
        return until_divergence(self.path)

    @property
    def errors(self) -> Array:
        """The errors along it (S,), up to a divergence."""
        return self.path.errors[: len(self.weights)]


def until_divergence(path: Path) -> Array:
    """The points of one path (S, D), up to where it diverges."""
    last = path.diverged_at
    return path.weights if last is None else path.weights[: max(1, int(last))]


def descents(scene: Scene, settings: Any) -> list[Descent]:
    """One for each chosen optimizer that can walk here, all from the same start."""
    return [descent_of(scene, settings, name) for name in settings.optimizers if can_walk(scene, settings, name)]


def can_walk(scene: Scene, settings: Any, name: str) -> bool:
    """Whether the optimizer finds here what it needs: second derivatives, or all cases at every step."""
    if name == LINE_SEARCH:
        return not is_stochastic(scene, settings)
    if OPTIMIZERS[name].needs_hessian:
        return isinstance(scene.surface, HasHessian) and not is_stochastic(scene, settings)
    return True


def is_stochastic(scene: Scene, settings: Any) -> bool:
    """Whether a step sees some of the cases only."""
    return bool(settings.stochastic) and scene.design is not None and settings.batch_size < len(scene.design)


def optimizer_of(settings: Any, name: str) -> Optimizer:
    """The optimizer of this name with the rate and the details that the settings tell."""
    details = {detail: getattr(settings, field) for detail, field in detail_fields(name).items()}
    return OPTIMIZERS[name](learning_rate=getattr(settings, rate_field(name)), **details)


def start_of(scene: Scene, settings: Any) -> Array:
    """The start (D,) that the settings name."""
    return np.array([settings.start_w1, settings.start_w2, settings.start_w3][: scene.dimension])


def start_stability(scene: Scene, start: Array) -> Stability | None:
    """What the curvature at the start allows, for a quadratic surface everywhere; None where it is not finite."""
    return stability(scene.surface, start) if np.isfinite(hessian(scene.surface, start)).all() else None


def descent_of(scene: Scene, settings: Any, name: str, keep: Keep = "all") -> Descent:
    """The path of the optimizer of this name; with ``keep="memory"`` also what it knew on its way."""
    start = start_of(scene, settings)
    rate = getattr(settings, rate_field(name))
    if name == LINE_SEARCH:
        search = descend_by_line_search(scene.surface, start, settings.steps, rate)
        return Descent(name, WALKERS[name], rate, Path(search.weights, search.errors, None), search=search)
    optimizer, schedule = optimizer_of(settings, name), SCHEDULES[settings.schedule].over(settings.steps)
    if isinstance(scene.surface, (LinearNeuron, SigmoidNeuron)) and is_stochastic(scene, settings):
        seeds = range(settings.walk_seed, settings.walk_seed + settings.walks)
        walks = descend_stochastically(
            scene.surface, start, optimizer, settings.steps, settings.batch_size, seeds, schedule=schedule
        )
        first, *others = (_one(walks, index) for index in range(settings.walks))
        return Descent(name, WALKERS[name], rate, first, optimizer, tuple(others))
    path = descend(scene.surface, start, optimizer, settings.steps, keep=keep, schedule=schedule)
    return Descent(name, WALKERS[name], rate, path, optimizer)


def _one(walks: Path, index: int) -> Path:
    """One of several walks."""
    diverged = np.atleast_1d(np.asarray(walks.diverged_at))[index]
    return Path(walks.weights[index], walks.errors[index], None if diverged < 0 else int(diverged))
