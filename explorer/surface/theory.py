"""Where the learning rate stands: marks for its slider and a sentence, from the curvature of this surface."""

import math
from typing import Any

import numpy as np

from engine import Optimizer, Stability
from engine.rates import stable_limit, steps_to_lose
from explorer.numbers import plural, short
from explorer.surface.descents import is_stochastic, optimizer_of
from explorer.surface.scenes import Scene
from explorer.surface.settings import LINE_SEARCH

_SLOWEST = 1_000_000
_ADAPTIVE = "Its rate is divided by what its gradients have been, so no fixed limit follows from the curvature."


def rate_mark(scene: Scene, settings: Any, name: str, bends: Stability | None) -> dict[str, Any]:
    """The stable limit and the best rate of an optimizer, None where there is none, and what they mean for its rate."""
    if name == LINE_SEARCH:
        return _mark(None, None, "It begins with this rate and seeks its own from there.")
    optimizer = optimizer_of(settings, name)
    if bends is None:
        return _mark(None, None, "The surface has no finite curvature at the start.")
    limit = stable_limit(optimizer, float(bends.eigenvalues[-1]))
    if limit is None:
        return _mark(None, None, _ADAPTIVE)
    if not math.isfinite(limit):
        return _mark(None, None, "Nothing curves upwards at the start, so there is no limit here.")
    best = bends.best_rate if name == "gradient_descent" and not optimizer.weight_decay else None
    where = "" if scene.quadratic or name == "newton" else "local "
    words = f"{short(optimizer.learning_rate / limit, 2)} × the {where}limit {short(limit)}"
    pace = _pace(optimizer, bends) if scene.quadratic and not is_stochastic(scene, settings) else ""
    return _mark(limit, best, f"{words}{pace}.")


def _pace(optimizer: Optimizer, bends: Stability) -> str:
    curved = bends.eigenvalues[bends.eigenvalues > 1e-12 * np.abs(bends.eigenvalues).max()]
    steps = steps_to_lose(optimizer, curved) if len(curved) else None
    if steps is None or not math.isfinite(steps):
        return ""
    about = f"more than {_SLOWEST:,} steps" if steps > _SLOWEST else f"about {plural(math.ceil(steps), 'step')}"
    return f"; {about} to 1 % of the start error along the slow direction"


def _mark(limit: float | None, best: float | None, words: str) -> dict[str, Any]:
    return {"limit": limit, "best": best, "words": words}
