"""What the surface lab says in words: sentences from measured numbers."""

import math
from collections.abc import Sequence

import numpy as np

from engine import Stability
from engine.descent import arrival
from engine.types import Array
from explorer.numbers import plural, short
from explorer.surface.descents import Descent
from explorer.surface.scenes import Scene

_SMALL_RATIO = 0.02
_LITTLE_LOST = 0.05
_NEAR = 0.02
_ROUNDING = 1e-12
_FLAT = 1e-6  # a slope that no rate makes up for


def start_sentence(scene: Scene, start: Array) -> str:
    """Where the descent starts: position, error, slope."""
    error, slope = float(scene.surface.error(start)), float(np.linalg.norm(scene.surface.gradient(start)))
    place = ", ".join(f"w{index} = {short(weight, 4)}" for index, weight in enumerate(start, 1))
    return f"Start at {place}: error {short(error, 4)}, slope {short(slope)}."


def stability_sentence(scene: Scene, at_start: Stability | None) -> str:
    """Which rates this surface allows for plain gradient descent."""
    if at_start is None:
        return "At the start point the surface has no finite curvature, so it tells no limit for the rate."
    limit = at_start.largest_stable_rate
    if not scene.quadratic:
        if not math.isfinite(limit):
            return (
                "Nothing curves upwards at the start point, so it tells no limit for the rate; further on there is one."
            )
        return (
            f"At the start point plain gradient descent is stable up to the rate {short(limit, 4)}, 2 / the largest "
            "curvature there. This surface bends, so further on the limit is another."
        )
    words = f"Plain gradient descent becomes unstable above the rate {short(limit, 4)}: 2 / the largest curvature."
    if at_start.best_rate is not None:
        condition = short(at_start.condition_number)
        words += f" The best rate is {short(at_start.best_rate, 4)}; the condition number is {condition}."
    return words


def descent_sentence(descent: Descent, scene: Scene, at_start: Stability | None, lowest: float) -> str:
    """What became of one optimizer."""
    ratio = _ratio(descent, at_start)
    digits = 3 if ratio is None or abs(ratio - 1.0) > _NEAR else 5  # just below and just above must differ
    times = f"{short(ratio, digits)} times the {'' if scene.quadratic else 'local '}stable limit" if ratio else ""
    step = descent.path.diverged_at
    if step is not None:
        why = f"the rate is {times or 'too large'}"
        return f"{descent.title}, rate {short(descent.rate)}, diverged at step {step}: {why}."
    compared = f", {times}" if times else ""
    fate = _fate(descent, lowest) + _crawl(descent, scene, ratio, lowest)
    return f"{descent.title}, rate {short(descent.rate)}{compared}: {fate}"


def lowest_error(scene: Scene, found: Sequence[Descent]) -> float:
    """The error to measure against: the lowest that the surface is known to have, or that a path found."""
    return min([scene.minima.lowest, *(float(np.min(descent.errors)) for descent in found)])


def _ratio(descent: Descent, at_start: Stability | None) -> float | None:
    """The rate of plain descent over the largest that the curvature allows; None where theory is silent."""
    limit = at_start.largest_stable_rate if at_start else math.inf
    return descent.rate / limit if descent.name == "gradient_descent" and math.isfinite(limit) else None


def _crawl(descent: Descent, scene: Scene, ratio: float | None, lowest: float) -> str:
    """A remark on a path that is still on its way because the rate is far below the limit, or too small here."""
    if arrival(descent.errors, lowest) is not None:
        return ""
    if scene.quadratic and ratio is not None:
        return " It crawls: the rate is very small." if ratio < _SMALL_RATIO else ""
    slow = 0.0 <= _lost(descent.errors, lowest) < _LITTLE_LOST
    return " It crawls: the rate is very small for this slope." if slow and _walks_on(descent, scene) else ""


def _walks_on(descent: Descent, scene: Scene) -> bool:
    """Whether the last step went downhill on a slope like the first: not settled, not flat, not across a valley."""
    first, last = scene.surface.gradient(descent.weights[[0, -1]])
    step = descent.weights[-1] - descent.weights[-2]
    steep = float(np.linalg.norm(last)) > max(0.5 * float(np.linalg.norm(first)), _FLAT)
    return float(step @ last) < 0.0 and steep


def _lost(errors: Array, lowest: float) -> float:
    return float(errors[0] - errors[-1]) / max(float(errors[0]) - lowest, 1e-300)


def _fate(descent: Descent, lowest: float) -> str:
    errors, steps = descent.errors, plural(len(descent.errors) - 1, "step")
    first, last = float(errors[0]), float(errors[-1])
    if max(first, last) - lowest <= _ROUNDING * max(1.0, abs(lowest)):
        return f"the error stays at {short(last, 4)} for {steps}."
    if last > first:
        newton = "Newton's method seeks a point without slope, be it a minimum or not"
        why = newton if descent.name == "newton" else "the rate is too large"
        return f"the error grew from {short(first)} to {short(last)} in {steps}; {why}."
    close = arrival(errors, lowest)
    if close is not None:
        return f"{plural(close, 'step')} to lose 99 % of the error it can lose; error {short(last, 4)} after {steps}."
    return f"error {short(last, 4)} after {steps}, {100.0 * _lost(errors, lowest):.0f} % of the way down."
