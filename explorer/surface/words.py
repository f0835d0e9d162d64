"""What the surface lab says in words: sentences from measured numbers."""

import math
from collections.abc import Sequence

import numpy as np

from engine import Stability
from engine.types import Array
from explorer.surface.descents import Descent, steps_to
from explorer.surface.scenes import Scene

_CRAWLING = 0.05


def start_sentence(scene: Scene, start: Array) -> str:
    """Where the descent starts: position, error, slope."""
    error, slope = float(scene.surface.error(start)), float(np.linalg.norm(scene.surface.gradient(start)))
    return f"Start at w1 = {start[0]:.4g}, w2 = {start[1]:.4g}: error {error:.4g}, slope {slope:.3g}."


def stability_sentence(scene: Scene, at_start: Stability) -> str:
    """Which rates this surface allows for plain gradient descent."""
    place = "on this surface" if scene.quadratic else "at the start point (a local value: this surface bends)"
    limit = at_start.largest_stable_rate
    if not math.isfinite(limit):
        return f"Nothing curves upwards {place}, so no rate is too large there."
    words = f"Plain gradient descent becomes unstable above the rate {limit:.3g} {place}: 2 / the largest curvature."
    if at_start.best_rate is not None:
        words += f" The best rate is {at_start.best_rate:.3g}; condition number {at_start.condition_number:.3g}."
    return words


def descent_sentence(descent: Descent, scene: Scene, at_start: Stability, lowest: float) -> str:
    """What became of one optimizer."""
    return f"{descent.title}, rate {descent.rate:.3g}{_compared(descent, scene, at_start)}: {_fate(descent, lowest)}"


def lowest_error(scene: Scene, found: Sequence[Descent]) -> float:
    """The error to measure against: the surface's own minimum, or the lowest that any path reached."""
    if scene.lowest is not None:
        return scene.lowest
    return min((float(np.min(descent.errors)) for descent in found), default=0.0)


def _compared(descent: Descent, scene: Scene, at_start: Stability) -> str:
    limit = at_start.largest_stable_rate
    if descent.name != "gradient_descent" or not math.isfinite(limit):
        return ""
    return f" = {descent.rate / limit:.2g} × the {'stable limit' if scene.quadratic else 'local stable limit'}"


def _fate(descent: Descent, lowest: float) -> str:
    if descent.path.diverged_at is not None:
        return f"diverged at step {descent.path.diverged_at}: the rate is too large here."
    errors, steps = descent.errors, len(descent.errors) - 1
    if errors[-1] > errors[0]:
        return f"climbs: the error grew from {errors[0]:.3g} to {errors[-1]:.3g} in {steps} steps. The rate is too large."
    close = steps_to(errors, lowest)
    if close is not None:
        return f"{close} steps to within 1 % of the start error, then {_rest(errors, lowest)}"
    lost = (errors[0] - errors[-1]) / max(errors[0] - lowest, 1e-300)
    crawl = " It crawls: the rate is very small." if lost < _CRAWLING else ""
    return f"after {steps} steps error {errors[-1]:.4g}, {lost:.0%} of the way down.{crawl}"


def _rest(errors: Array, lowest: float) -> str:
    above = float(errors[-1]) - lowest
    return f"error {errors[-1]:.4g} after {len(errors) - 1} ({max(above, 0.0):.2g} above the minimum)."
