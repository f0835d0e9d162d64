"""What the surface lab does: plain functions, and the bindings to the page."""

from functools import wraps
from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State

from engine import OPTIMIZERS
from explorer.exchange import Handler, register_exchange
from explorer.maps import Window, typed
from explorer.numbers import short
from explorer.settings import strict
from explorer.settings_wiring import register_settings
from explorer.surface import charts, experiments, exports, figures, progress, steps, words
from explorer.surface.cases import Cases, read_own
from explorer.surface.descents import can_walk, descent_of, descents, start_of, start_stability
from explorer.surface.facts import facts
from explorer.surface.layout import EXTRA, LAB, READ, SHOWN, SUGGESTIONS, UPLOAD
from explorer.surface.scenes import Scene, scene
from explorer.surface.settings import SurfaceSettings
from explorer.surface.suggestions import of_own
from explorer.surface.theory import rate_mark
from explorer.tables import choose, read_table, suggest

FARTHEST = 1e6  # of a window from the origin
_NARROWEST = 1e-4  # of a window, relative to how far it is from the origin


def register(app: Dash) -> None:
    """Bind the lab to the app."""
    register_settings(app, LAB, SurfaceSettings, EXTRA)
    register_exchange(app, "/surface/base", draw_surface)
    register_exchange(app, "/surface/paths", draw_paths)
    register_exchange(app, "/surface/step", draw_step)
    register_exchange(app, "/surface/race", race)
    register_exchange(app, "/surface/basins", basins)
    register_exchange(app, "/surface/basin-labels", basin_labels)
    register_exchange(app, "/surface/escape", escape)
    register_exchange(app, "/surface/point", look_at)
    register_exchange(app, "/surface/export", export)
    register_exchange(app, "/surface/table", read_cases)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_surface", "configure"),
        Output(SHOWN, "data"),
        Input(f"{LAB}-settings", "data"),
        Input(f"{LAB}-part-surface", "data"),
        Input(f"{LAB}-visible", "data"),
        State(SUGGESTIONS, "data"),
        State(f"{LAB}-address", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_surface", "upload"),
        Output(READ, "data"),
        Input(UPLOAD, "contents"),
        State(UPLOAD, "filename"),
        prevent_initial_call=True,
    )


def _quiet(handler: Handler) -> Handler:
    """Where a surface ends or a path runs away numbers overflow: that is shown, and no warning is printed."""

    @wraps(handler)
    def answer(wish: dict[str, Any]) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            return handler(wish)

    return answer


@_quiet
def draw_surface(wish: dict[str, Any]) -> dict[str, Any]:
    """The pictures of the surface without paths, the cases behind it and what can be said about it."""
    chosen, shown, window = _read(wish)
    coarse = wish.get("coarse") is True
    return {
        **figures.base_figures(shown, window, chosen, coarse),
        "window": window,
        "home": shown.window,
        "names": shown.names,
        "shown": shown.shown,
        "held": shown.held,
        "cases": None if shown.cases is None else _cases(shown.cases, shown.logistic),
        "facts": facts(shown, window),
    }


@_quiet
def draw_paths(wish: dict[str, Any]) -> dict[str, Any]:
    """The paths for every picture, and what became of them in words."""
    chosen, shown, window = _read(wish)
    start = start_of(shown, chosen)
    found = descents(shown, chosen)
    at_start = start_stability(shown, start)
    lowest = words.lowest_error(shown, found)
    return {
        "start": shown.on_map(start).tolist(),
        "paths": figures.map_paths(found, shown, window),
        "relief": figures.relief_paths(found, shown, window),
        "error_figure": progress.progress_figure(found, shown, lowest, chosen),
        "table": progress.table(found, shown, lowest),
        "rates": {name: rate_mark(shown, chosen, name, at_start) for name in chosen.optimizers},
        "fit_figure": charts.fit_figure(shown, found, start),
        "weights_figure": charts.weights_figure(shown, found, start),
        "best_cut": _best_cut(shown, found),
        "start_sentence": words.start_sentence(shown, start),
        "sentences": [
            {"name": descent.name, "words": words.descent_sentence(descent, shown, at_start, lowest)}
            for descent in found
        ],
        "stability": words.stability_sentence(shown, at_start),
    }


@_quiet
def draw_step(wish: dict[str, Any]) -> dict[str, Any]:
    """What one optimizer reads, does and remembers at a step of its path."""
    chosen, shown, _ = _read(wish)
    name, step = wish.get("follow"), wish.get("step")
    if not isinstance(name, str) or name not in chosen.optimizers or not can_walk(shown, chosen, name):
        raise ValueError("This optimizer does not walk here.")
    if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step <= chosen.steps:
        raise ValueError(f"The step must be a whole number from 0 to {chosen.steps}.")
    return steps.step_answer(shown, chosen, descent_of(shown, chosen, name, keep="memory"), step)


@_quiet
def export(wish: dict[str, Any]) -> dict[str, Any]:
    """The paths as the text of a file: csv, json or script."""
    chosen, shown, _ = _read(wish)
    kind = wish.get("kind")
    found = descents(shown, chosen)
    if kind == "csv":
        return {"name": "paths.csv", "text": exports.as_csv(found, shown)}
    if kind == "json":
        return {"name": "paths.json", "text": exports.as_json(found, shown, chosen)}
    if kind == "script":
        return {"name": "paths.py", "text": exports.as_script(found, shown, chosen)}
    raise ValueError("The paths can be had as csv, json or script.")


@_quiet
def race(wish: dict[str, Any]) -> dict[str, Any]:
    """One optimizer at its own best rate."""
    chosen, shown, _ = _read(wish)
    name = wish.get("name")
    if not isinstance(name, str) or name not in OPTIMIZERS:
        raise ValueError("There is no such optimizer.")
    return experiments.race_one(shown, chosen, name)


@_quiet
def basins(wish: dict[str, Any]) -> dict[str, Any]:
    """Some rows of the map of basins."""
    chosen, shown, window = _read(wish)
    rows = wish.get("rows")
    sound = isinstance(rows, list) and len(rows) == 2 and all(type(row) is int for row in rows)
    if not sound or not 0 <= rows[0] < rows[1] <= experiments.BASIN_SIDE:  # type: ignore[index]
        raise ValueError(f"The rows must be two rising whole numbers from 0 to {experiments.BASIN_SIDE}.")
    return experiments.basin_cell(shown, chosen, window, *rows)  # type: ignore[misc]


@_quiet
def basin_labels(wish: dict[str, Any]) -> dict[str, Any]:
    """What the rows together say."""
    chosen, shown, window = _read(wish)
    return experiments.basin_labels(shown, chosen, window, wish.get("ends"), wish.get("states"))


@_quiet
def escape(wish: dict[str, Any]) -> dict[str, Any]:
    """How many of 200 noisy walks get out, at a multiple of the chosen noise."""
    chosen, shown, _ = _read(wish)
    level = wish.get("level")
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0.0 < level <= 100.0:
        raise ValueError("The level of the noise must be a number above 0, at most 100.")
    return experiments.escape(shown, chosen, float(level))


@_quiet
def look_at(wish: dict[str, Any]) -> dict[str, Any]:
    """The true error and slope at a point of the map, in words."""
    _, shown, _ = _read(wish)
    point = np.array(_pair(wish.get("point"), "point"))
    error, slope = float(shown.map.error(point)), float(np.linalg.norm(shown.map.gradient(point)))
    first, second = (f"w{index + 1} = {short(value)}" for index, value in zip(shown.shown, point, strict=True))
    return {"words": f"At {first}, {second}: error {short(error, 4)}, slope {short(slope)}."}


@_quiet
def read_cases(wish: dict[str, Any]) -> dict[str, Any]:
    """A table as text, and perhaps which of its columns to use -> its columns, the cases that these make, a start."""
    chosen = strict(SurfaceSettings, wish.get("settings"))
    table = read_table(wish.get("text"))  # type: ignore[arg-type]
    target, inputs = wish.get("target"), wish.get("inputs")
    if not isinstance(target, str) or not isinstance(inputs, list):
        target, inputs = suggest(table)
    made = choose(table, target, inputs)
    cases = {
        "inputs": made.inputs.tolist(),
        "targets": made.targets.tolist(),
        "names": list(made.names),
        "target": made.target_name,
    }
    own = read_own(cases)
    assert own is not None
    return {
        "columns": [{"name": column.name, "problem": column.problem} for column in table.columns],
        "target": target,
        "inputs": list(inputs),
        "cases": cases,
        "notes": [*table.notes, *made.notes],
        "suggestion": of_own(chosen, own),
    }


def _read(wish: dict[str, Any]) -> tuple[Any, Scene, Window]:
    chosen = strict(SurfaceSettings, wish.get("settings"))
    shown = scene(chosen, read_own(wish.get("own")))
    view = wish.get("view")
    return chosen, shown, shown.window if view is None else _window(view)


def _window(view: object) -> Window:
    """The part of the map that the page looks at: [[low, high], [low, high]]."""
    if not isinstance(view, list) or len(view) != 2:
        raise ValueError("The view of the map could not be read: it is two pairs of numbers.")
    (low1, high1), (low2, high2) = (_pair(pair, "view of the map") for pair in view)
    for low, high in ((low1, high1), (low2, high2)):
        if not max(abs(low), abs(high)) <= FARTHEST or not high - low > _NARROWEST * max(1.0, abs(low), abs(high)):
            raise ValueError(f"The view of the map is too narrow or too far out: {low:g} to {high:g}.")
    return (low1, high1), (low2, high2)


def _pair(given: object, name: str) -> tuple[float, float]:
    sound = isinstance(given, list) and len(given) == 2
    if not sound or not all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in given):  # type: ignore[attr-defined]
        raise ValueError(f"The {name} could not be read: it must be two numbers.")
    first, second = (float(number) if abs(number) < 1e300 else np.inf for number in given)  # type: ignore[attr-defined]
    if not (np.isfinite(first) and np.isfinite(second)):
        raise ValueError(f"The {name} holds a number that is not finite.")
    return first, second


def _cases(cases: Cases, logistic: bool) -> dict[str, Any]:
    low, high = charts.value_range(cases.targets)
    return {
        "inputs": typed(cases.inputs, "f8"),
        "targets": typed(cases.targets, "f8"),
        "names": cases.names,
        "target": cases.target_name,
        "range": [low, high],
        "classes": logistic,
    }


def _best_cut(shown: Scene, found: list[Any]) -> float | None:
    """The value of the held weight at the minimum, or where nobody knows that, where the lowest path ends."""
    if shown.held is None:
        return None
    if shown.minimum is not None:
        return float(shown.minimum[shown.held])
    ends = [(float(descent.errors[-1]), float(descent.weights[-1][shown.held])) for descent in found]
    return min(ends)[1] if ends else None
