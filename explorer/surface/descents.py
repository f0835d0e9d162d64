"""The paths that the chosen optimizers take, and what can be said about each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import OPTIMIZERS, Stability, descend, hessian, stability
from engine.descent import Path
from engine.surfaces import HasHessian
from engine.types import Array
from explorer.surface.scenes import Scene
from explorer.surface.settings import rate_field

CLOSE = 0.01


@dataclass(frozen=True)
class Descent:
    """One optimizer's path from the start."""

    name: str
    title: str
    rate: float
    path: Path

    @property
    def weights(self) -> Array:
        """The points of the path (S, D), up to a divergence."""
        last = self.path.diverged_at
        return self.path.weights if last is None else self.path.weights[: max(1, int(last))]

    @property
    def errors(self) -> Array:
        """The errors along it (S,), up to a divergence."""
        return self.path.errors[: len(self.weights)]


def descents(scene: Scene, settings: Any) -> list[Descent]:
    """One path for each chosen optimizer, all from the same start."""
    start = start_of(scene, settings)
    found = []
    for name in settings.optimizers:
        kind = OPTIMIZERS[name]
        if kind.needs_hessian and not isinstance(scene.surface, HasHessian):
            continue
        rate = getattr(settings, rate_field(name))
        path = descend(scene.surface, start, kind(learning_rate=rate), settings.steps)
        found.append(Descent(name, kind.title, rate, path))
    return found


def start_of(scene: Scene, settings: Any) -> Array:
    """The start (D,) that the settings name."""
    return np.array([settings.start_w1, settings.start_w2, settings.start_w3][: scene.dimension])


def start_stability(scene: Scene, start: Array) -> Stability | None:
    """What the curvature at the start allows, for a quadratic surface everywhere; None where it is not finite."""
    return stability(scene.surface, start) if np.isfinite(hessian(scene.surface, start)).all() else None


def steps_to(errors: Array, lowest: float) -> int | None:
    """The step from which on all but 1 % of the error that can be lost is lost, None where it is not at the end."""
    allowed = lowest + CLOSE * (errors[0] - lowest)
    above = np.flatnonzero(errors > allowed)
    step = int(above[-1]) + 1 if len(above) else 0
    return step if step < len(errors) else None
