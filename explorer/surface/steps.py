"""One step of a path taken apart: the update with its numbers, arrows at the point, what the optimizer remembers."""

from typing import Any

import numpy as np

from engine import SCHEDULES
from engine.types import Array
from explorer.numbers import short
from explorer.surface.descents import Descent, is_stochastic
from explorer.surface.scenes import Scene
from explorer.surface.updates import Moment, update_lines


def step_answer(scene: Scene, settings: Any, descent: Descent, step: int) -> dict[str, Any]:
    """The update that leads on from a step, at the last step only its place."""
    weights = descent.weights
    step = min(step, len(weights) - 1)
    last = step == len(weights) - 1
    following = weights[step] if last else weights[step + 1]
    moment = None if last else _moment(settings, descent, step)
    return {
        "follow": descent.name,
        "step": step,
        "title": _title(descent, step, last),
        "lines": _lines(scene, settings, descent, step, moment),
        "arrows": [] if last else _arrows(scene, descent, moment, step, following - weights[step]),
        "memory": [] if moment is None else _memory(descent, moment),
    }


def _moment(settings: Any, descent: Descent, step: int) -> Moment | None:
    path = descent.path
    if descent.optimizer is None or path.gradients is None or path.slots is None:
        return None
    factor = SCHEDULES[settings.schedule].over(settings.steps).factor(step + 1)
    return Moment(
        descent.optimizer,
        step + 1,
        factor * descent.rate,
        path.weights[step],
        path.gradients[step],
        path.slots[:, step],
        path.slots[:, step + 1],
        path.weights[step + 1],
    )


def _title(descent: Descent, step: int, last: bool) -> str:
    error = short(float(descent.errors[step]), 4)
    diverged = descent.path.diverged_at
    end = f"diverged at step {diverged}" if diverged is not None else "the end of this path"
    return f"{descent.title}, step {step}: error {error}{f'; {end}' if last else ''}"


def _lines(scene: Scene, settings: Any, descent: Descent, step: int, moment: Moment | None) -> list[str]:
    if moment is not None:
        return update_lines(moment)
    if descent.search is not None and step < len(descent.search.rates):
        tried = int((descent.search.trial_steps == step + 1).sum())
        rate = short(float(descent.search.rates[step]), 4)
        return [f"{tried} rates tried; the first that goes down far enough is {rate}"]
    if scene.design is not None and is_stochastic(scene, settings) and step < len(descent.weights) - 1:
        return [f"This step follows the gradient of {settings.batch_size} of {len(scene.design)} cases."]
    return []


def _arrows(scene: Scene, descent: Descent, moment: Moment | None, step: int, by: Array) -> list[dict[str, Any]]:
    """Each in weights of the map: downhill as far as plain descent would go, the velocity, the step itself."""
    gradient = scene.surface.gradient(descent.weights[step])
    arrows = [{"kind": "gradient", "by": scene.on_map(-descent.rate * gradient).tolist()}]
    if moment is not None and "velocity" in moment.optimizer.slot_names:
        arrows.append({"kind": "velocity", "by": scene.on_map(-moment.rate * moment.after[0]).tolist()})
    arrows.append({"kind": "step", "by": scene.on_map(by).tolist()})
    return [arrow for arrow in arrows if np.isfinite(arrow["by"]).all()]


def _memory(descent: Descent, moment: Moment) -> list[dict[str, Any]]:
    """The slots after the update; sums and means of squares as their roots, in the unit of the gradient."""
    found = []
    for name, values in zip(moment.optimizer.slot_names, moment.after, strict=True):
        squares = "square" in name or name == "second moment"
        shown = np.sqrt(values) if squares else values
        if np.isfinite(shown).all():
            found.append({"name": f"√ {name}" if squares else name, "values": shown.tolist()})
    return found
