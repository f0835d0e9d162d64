"""What the surface lab does: plain functions, and the bindings to the page."""

from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update

from explorer.controls import setting_id
from explorer.settings import strict, to_link
from explorer.settings_wiring import register_settings
from explorer.surface import figures, words
from explorer.surface.descents import descents, start_stability
from explorer.surface.layout import (
    BASE,
    CHOSEN,
    DATA_CONTROLS,
    DRAWN,
    FIT_PANEL,
    LAB,
    PATHS,
    READOUT,
    SENTENCES,
    STABILITY,
)
from explorer.surface.scenes import Scene, scene, suggestion
from explorer.surface.settings import DATA_SURFACES, SurfaceSettings

_SUGGESTED = ("start_w1", "start_w2", "rate_gradient_descent", "rate_momentum", "rate_nesterov")


def register(app: Dash) -> None:
    """Bind the lab to the app."""
    register_settings(app, LAB, SurfaceSettings)
    app.callback(
        Output(BASE, "data"),
        Output(DATA_CONTROLS, "hidden"),
        Output(FIT_PANEL, "hidden"),
        Input(f"{LAB}-part-surface", "data"),
        prevent_initial_call=True,
    )(draw_surface)
    app.callback(
        Output(PATHS, "data"),
        Output(READOUT, "children"),
        Output(SENTENCES, "children"),
        Output(STABILITY, "children"),
        Input(f"{LAB}-settings", "data"),
        prevent_initial_call=True,
    )(draw_paths)
    app.callback(
        Output(CHOSEN, "data"),
        *(Output(setting_id(LAB, field), "value", allow_duplicate=True) for field in _SUGGESTED),
        Input(f"{LAB}-part-surface", "data"),
        State(CHOSEN, "data"),
        prevent_initial_call=True,
    )(suggest)
    app.clientside_callback(
        ClientsideFunction("explorer_surface", "draw"),
        Output(DRAWN, "data"),
        Input(BASE, "data"),
        Input(PATHS, "data"),
        Input(f"{LAB}-visible", "data"),
        State(f"{LAB}-settings", "data"),
    )


def draw_surface(settings: Any) -> tuple[dict[str, Any], bool, bool]:
    """The pictures of the surface without paths; whether data controls and the fit are hidden."""
    chosen = strict(SurfaceSettings, settings)
    on_data = chosen.surface in DATA_SURFACES
    return figures.base_figures(_scene(chosen), chosen.levels == "log"), not on_data, not on_data


def draw_paths(settings: Any) -> tuple[dict[str, Any], str, list[html.Li], str]:
    """The paths for every picture, and what became of them in words."""
    chosen = strict(SurfaceSettings, settings)
    shown = _scene(chosen)
    start = np.array([chosen.start_w1, chosen.start_w2])
    found = descents(shown, chosen)
    at_start = start_stability(shown, start)
    lowest = words.lowest_error(shown, found)
    paths = {
        **figures.path_traces(shown, found, start),
        "errors": figures.error_figure(found, shown.lowest),
        "fit": figures.fit_figure(shown, found, start),
        "start": start.tolist(),
    }
    sentences = [
        html.Li(words.descent_sentence(descent, shown, at_start, lowest), className=f"about-{descent.name}")
        for descent in found
    ]
    return paths, words.start_sentence(shown, start), sentences, words.stability_sentence(shown, at_start)


def suggest(settings: Any, chosen: str | None) -> tuple[Any, ...]:
    """A telling start and rates when the user turns to another surface; nothing at first, when a link decides."""
    surface = strict(SurfaceSettings, settings).surface
    if chosen is None or chosen == surface:
        return (surface, *(no_update for _ in _SUGGESTED))
    values = to_link(SurfaceSettings(**suggestion(surface)))
    return (surface, *(values[field] for field in _SUGGESTED))


def _scene(settings: Any) -> Scene:
    return scene(
        settings.surface,
        settings.cases,
        settings.noise,
        settings.centre,
        settings.data_seed,
        settings.reduction,
    )
