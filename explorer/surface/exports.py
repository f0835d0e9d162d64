"""What a person takes along: the paths as CSV, everything as JSON, a Python script that gives the same numbers."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine import Formula, Landscape, LinearNeuron, SigmoidNeuron
from engine.descent import Path
from engine.types import Array
from explorer import __version__
from explorer.settings import to_link
from explorer.surface.descents import Descent, is_stochastic, start_of, until_divergence
from explorer.surface.scenes import Scene

FORMAT = 1  # of the JSON


def as_csv(found: Sequence[Descent], scene: Scene) -> str:
    """One line for each step of each walk; every number with all its digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["optimizer", "walk", "step", *(f"w{index + 1}" for index in range(scene.dimension)), "error"])
    for descent in found:
        for walk, path in enumerate(_walks(descent), 1):
            for step, (weights, error) in enumerate(_points(path)):
                writer.writerow([descent.name, walk, step, *map(repr, weights), repr(error)])
    return text.getvalue()


def as_json(found: Sequence[Descent], scene: Scene, settings: Any) -> str:
    """The settings, the surface's weights by name and all walks."""
    walks = [
        {
            "optimizer": descent.name,
            "walk": walk,
            "diverged_at": path.diverged_at,
            "weights": until_divergence(path).tolist(),
            "errors": path.errors[: len(until_divergence(path))].tolist(),
        }
        for descent in found
        for walk, path in enumerate(_walks(descent), 1)
    ]
    whole = {
        "format": FORMAT,
        "made_by": f"Error Surface Explorer {__version__}",
        "settings": to_link(settings),
        "weights": list(scene.names),
        "paths": walks,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False)


def as_script(found: Sequence[Descent], scene: Scene, settings: Any) -> str:
    """A script that walks the same paths with the package ``engine`` and prints where each ends."""
    lines = [
        f'"""Paths down an error surface, as Error Surface Explorer {__version__} showed them."""',
        "",
        f"# Made with NumPy {np.__version__}. The numbers are the same to the last bit where NumPy's build, its BLAS",
        "# kernel and the number of its threads are; others may differ in the last digits.",
        "import numpy as np",
        "",
        "import engine",
        "",
        *_surface_lines(scene),
        f"start = np.array({start_of(scene, settings).tolist()!r})",
        f"steps = {settings.steps}",
        f'schedule = engine.SCHEDULES["{settings.schedule}"].over(steps)',
        "paths = {}",
        *(line for descent in found for line in _walk_lines(descent, scene, settings)),
        "",
        "for name, path in paths.items():",
        "    for weights, errors in zip(np.reshape(path.weights, (-1, *path.weights.shape[-2:])), "
        "np.reshape(path.errors, (-1, path.errors.shape[-1]))):",
        '        print(name, "ends at", weights[-1].tolist(), "with the error", float(errors[-1]))',
        "",
    ]
    return "\n".join(lines)


def _walks(descent: Descent) -> tuple[Path, ...]:
    return (descent.path, *descent.fan)


def _points(path: Path) -> Iterator[tuple[list[float], float]]:
    weights = until_divergence(path)
    return zip(weights.tolist(), path.errors[: len(weights)].tolist(), strict=True)


def _surface_lines(scene: Scene) -> list[str]:
    surface = scene.surface
    if isinstance(surface, Landscape):
        return [f'surface = engine.LANDSCAPES["{surface.name}"]']
    if isinstance(surface, Formula):
        return [f"surface = engine.Formula({surface.text!r})"]
    assert isinstance(surface, (LinearNeuron, SigmoidNeuron))
    kind = type(surface).__name__
    error = f', error="{surface.error_name}"' if isinstance(surface, SigmoidNeuron) else ""
    return [
        f"# one line a case: {', '.join(scene.names)}",
        f"inputs = np.array({_array(surface.inputs)})",
        f"targets = np.array({_array(surface.targets)})",
        f'surface = engine.{kind}(inputs, targets{error}, reduction="{surface.reduction}")',
    ]


def _array(values: Array) -> str:
    rows = [repr(row) for row in values.tolist()]
    return f"[{', '.join(rows)}]" if values.ndim == 1 else "[\n    " + ",\n    ".join(rows) + ",\n]"


def _walk_lines(descent: Descent, scene: Scene, settings: Any) -> list[str]:
    if descent.optimizer is None:
        return [
            f"search = engine.descend_by_line_search(surface, start, steps, {descent.rate!r})",
            f'paths["{descent.name}"] = search',
        ]
    call = f"surface, start, engine.{descent.optimizer!r}, steps"
    if is_stochastic(scene, settings):
        seeds = f"range({settings.walk_seed}, {settings.walk_seed + settings.walks})"
        walk = f"engine.descend_stochastically({call}, {settings.batch_size}, {seeds}, schedule=schedule)"
    else:
        walk = f"engine.descend({call}, schedule=schedule)"
    return [f'paths["{descent.name}"] = {walk}']
