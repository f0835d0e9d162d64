"""What the surface lab does: plain functions, and the bindings to the page."""

from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output

from explorer.exchange import register_exchange
from explorer.settings import strict, to_link
from explorer.settings_wiring import register_settings
from explorer.surface import figures, words
from explorer.surface.descents import descents, start_stability
from explorer.surface.layout import LAB, SHOWN
from explorer.surface.scenes import Scene, scene, suggestion
from explorer.surface.settings import DATA_SURFACES, SurfaceSettings


def register(app: Dash) -> None:
    """Bind the lab to the app."""
    register_settings(app, LAB, SurfaceSettings)
    register_exchange(app, "/surface/base", draw_surface)
    register_exchange(app, "/surface/paths", draw_paths)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_surface", "configure"),
        Output(SHOWN, "data"),
        Input(f"{LAB}-settings", "data"),
        Input(f"{LAB}-part-surface", "data"),
        Input(f"{LAB}-visible", "data"),
        prevent_initial_call=True,
    )


def draw_surface(wish: dict[str, Any]) -> dict[str, Any]:
    """The pictures of the surface without paths, whether it stands on data, and a telling start for it."""
    chosen = strict(SurfaceSettings, wish.get("settings"))
    told = to_link(SurfaceSettings(**suggestion(chosen.surface)))
    return {
        **figures.base_figures(_scene(chosen), chosen.levels == "log"),
        "on_data": chosen.surface in DATA_SURFACES,
        "suggestion": {field: told[field] for field in _SUGGESTED},
    }


def draw_paths(wish: dict[str, Any]) -> dict[str, Any]:
    """The paths for every picture, and what became of them in words."""
    chosen = strict(SurfaceSettings, wish.get("settings"))
    shown = _scene(chosen)
    start = np.array([chosen.start_w1, chosen.start_w2])
    found = descents(shown, chosen)
    at_start = start_stability(shown, start)
    lowest = words.lowest_error(shown, found)
    return {
        "start": start.tolist(),
        "paths": figures.map_paths(found, shown),
        "relief": figures.relief_paths(found, shown),
        "error_figure": figures.error_figure(found, shown.lowest if len(shown.minima) else None),
        "fit_figure": figures.fit_figure(shown, found, start),
        "start_sentence": words.start_sentence(shown, start),
        "sentences": [
            {"name": descent.name, "words": words.descent_sentence(descent, shown, at_start, lowest)}
            for descent in found
        ],
        "stability": words.stability_sentence(shown, at_start),
    }


_SUGGESTED = ("start_w1", "start_w2", "rate_gradient_descent", "rate_momentum", "rate_nesterov")


def _scene(settings: Any) -> Scene:
    return scene(
        settings.surface,
        settings.cases,
        settings.noise,
        settings.centre,
        settings.data_seed,
        settings.reduction,
    )
