"""The pictures of the surface lab and what stands under them."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from explorer.controls import aria, button, notice, panel, tip
from explorer.surface.experiments_layout import experiments
from explorer.surface.places import (
    CASE_READOUT,
    ERRORS,
    FACTS,
    FIT,
    FIT_PANEL,
    LAB,
    MAP,
    READOUT,
    RELIEF,
    SENTENCES,
    STABILITY,
    WEIGHTS,
    WEIGHTS_PANEL,
    setting,
)


def pictures() -> Component:
    """The map, and what follows from it."""
    first = html.Div([_map(), _fit()], className="surface-first")
    side = html.Div([_relief(), _weights(), _errors(), _exports()], className="surface-side")
    both = html.Div([first, side], className="surface-pictures")
    return html.Div([notice(f"{LAB}-notice"), both, experiments()], className="lab-main")


def _map() -> Component:
    named = aria(
        label="Contour map of the error. Arrow keys move the start, plus and minus zoom, F fits the path, 0 goes home.",
        describedby=f"{READOUT} {SENTENCES}",
    )
    return panel(
        "Error surface from above",
        _map_tools(),
        html.Div(id=MAP, className="plot plot-map", tabIndex=0, role="application", **named),
        _legend(),
        _cut(),
        _transport(),
        html.P(id=READOUT, className="readout", **aria(live="polite")),
        html.Ul(id=SENTENCES, className="sentences", **aria(live="polite")),
        html.P(id=STABILITY, className="sentence quiet"),
        html.Ul(id=FACTS, className="facts", **aria(live="polite")),
        html.Details(
            [html.Summary("How the map is drawn"), html.Div([setting(f) for f in ("levels", "drawing", "marks")])],
            className="quiet-details map-settings",
        ),
        help="Each line joins weights of equal error. A step of plain gradient descent leaves its line at a right "
        "angle. Click or drag to choose where to start. With the map in focus the wheel zooms.",
        class_name="order-map",
    )


def _map_tools() -> Component:
    modes = [
        _mode(mode, words, pressed, help)
        for mode, words, pressed, help in (
            ("start", "Move the start", "true", "Dragging moves the start"),
            ("map", "Move the map", "false", "Dragging moves the part of the surface in sight; so does Shift"),
        )
    ]
    zooms = [
        button("surface-zoom-in", "Closer", "Key +", icon="plus", compact=True, variant="subtle"),
        button("surface-zoom-out", "Farther", "Key −", icon="minus", compact=True, variant="subtle"),
        button("surface-fit-path", "Fit to path", "Key F", variant="subtle"),
        button("surface-home", "Home", "Key 0: the part of the surface from which we began", variant="subtle"),
    ]
    return html.Div(
        [html.Div(modes, className="modes", role="group", **aria(label="What dragging moves")), *zooms],
        className="map-tools",
    )


def _mode(mode: str, words: str, pressed: str, help: str) -> Component:
    named: dict[str, Any] = {"data-mode": mode, **aria(pressed=pressed), **tip(help)}
    return html.Button(words, type="button", className="mode", **named)


def _legend() -> Component:
    scale = html.Div(
        [html.Div(className="scale-colours"), html.Div(id="surface-scale", className="scale-labels")], className="scale"
    )
    return html.Div(
        [html.Span("Error E", className="scale-title"), scale, html.Div(id="surface-marks", className="marks")],
        className="legend",
    )


def _cut() -> Component:
    best = button("surface-best-cut", "Best value", "The value at the minimum, or where the lowest path ends")
    return html.Div(
        [
            html.P(id="surface-held-name", className="hint"),
            html.Div([setting("cut"), best], className="cut"),
            setting("held"),
        ],
        id="surface-cut",
        className="cut-panel",
        hidden=True,
    )


def _transport() -> Component:
    """The descent in time, and the update that the shown step leads to."""
    speeds = [html.Option(f"{speed} / s", value=str(speed)) for speed in (2, 10, 50, 200)]
    buttons = [
        button("surface-step-back", "Step back", icon="back", compact=True, variant="subtle"),
        button("surface-play", "Play", variant="default"),
        button("surface-step-on", "Step", icon="step", compact=True, variant="subtle"),
    ]
    named: dict[str, Any] = {"data-role": "timeline"}
    follow = html.Label(["Follow ", html.Select(id="surface-follow")], className="inline-label")
    update = html.Div(
        [
            html.P(id="surface-update-title", className="update-title"),
            html.Ul(id="surface-update-lines", className="update-lines"),
            html.Div(id="surface-memory", className="memory"),
            html.P(
                "Dashed: minus the gradient times the rate. Dotted: the velocity. Solid: the step.", className="hint"
            ),
        ],
        id="surface-update",
        className="update",
        hidden=True,
    )
    return html.Div(
        [
            html.Div(
                [
                    *buttons,
                    html.Div(id="surface-timeline-place", className="timeline", **named),
                    html.Select(speeds, id="surface-play-speed", **aria(label="Steps a second")),
                    button("surface-whole-path", "Whole path", variant="subtle"),
                ],
                className="player",
            ),
            html.Div([html.Span(id="surface-step-number", className="hint"), follow], className="player-words"),
            update,
        ],
        className="player-panel",
    )


def _relief() -> Component:
    return panel(
        "The same surface in space",
        html.Div(id=RELIEF, className="plot plot-relief"),
        help="Height is the error. Drag to turn, scroll to zoom.",
    )


def _errors() -> Component:
    return panel(
        "Step by step",
        html.Div([setting("measure"), setting("axis")], className="chart-settings"),
        html.Div(id=ERRORS, className="plot plot-wide"),
        html.Div(id="surface-progress", className="table"),
        help="One curve for each optimizer. In the table: the error at the end, the steps and the gradients it took to "
        "lose 99 % of the error that can be lost.",
    )


def _exports() -> Component:
    """Files of the paths, and every picture as a file."""
    pictures = {
        MAP: "Map",
        RELIEF: "Surface in space",
        ERRORS: "Step by step",
        FIT: "Data and fit",
        WEIGHTS: "Three weights",
    }
    choose = html.Select([html.Option(words, value=name) for name, words in pictures.items()], id="surface-picture")
    files = [
        button("surface-export-csv", "CSV", "Every step of every path"),
        button("surface-export-script", "Python script", "Gives the same numbers with the package engine"),
        button("surface-export-json", "JSON", "The settings and every step"),
    ]
    shots = [
        html.Label(["Picture ", choose], className="inline-label"),
        button("surface-export-png", "PNG"),
        button("surface-export-svg", "SVG"),
    ]
    return panel(
        "Take it along",
        html.Div(files, className="tools"),
        html.Div(shots, className="tools"),
        html.P(id="surface-export-notice", className="hint", role="status"),
        help="Copy link, at the top, holds all settings. The files hold the paths with every digit.",
    )


def _weights() -> Component:
    return panel(
        "The three weights",
        html.Div(id=WEIGHTS, className="plot plot-wide"),
        html.P(id="surface-weights-words", className="hint"),
        help="Bars: where the weights start (grey) and where each path has come to. Lines: the true prices. Diamonds: "
        "the exact solution by least squares. Point at a path on the map to see them at that step.",
        id=WEIGHTS_PANEL,
    )


def _fit() -> Component:
    named = aria(
        label="The training cases. Page up and down choose one, arrows move it, Delete removes it, Insert adds one.",
        describedby=CASE_READOUT,
    )
    tools = [
        button("surface-add-case", "Add a case"),
        button("surface-remove-case", "Remove it", "Key Delete", disabled=True),
    ]
    table = html.Details(
        [html.Summary("The cases as a table"), html.Div(id="surface-table", className="table")],
        id="surface-table-details",
        className="quiet-details",
    )
    return panel(
        "Data and fit",
        html.Div(id=FIT, className="plot plot-data", tabIndex=0, role="application", **named),
        html.Div(
            [html.P(id=CASE_READOUT, className="readout", **aria(live="polite")), html.Div(tools, className="tools")],
            className="under-data",
        ),
        table,
        help="The training cases, and what the neuron makes of them: at the start (dotted), at the end of each path, "
        "and at best (dashed grey). Drag a case, click beside it to add one: the surface follows.",
        id=FIT_PANEL,
    )
