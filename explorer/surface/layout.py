"""The surface lab on the page: controls at the left, the map as the largest thing, what follows from it beside."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from engine import OPTIMIZERS
from explorer.controls import aria, button, control, notice, panel, tip
from explorer.csv_text import LONGEST_TEXT
from explorer.settings_wiring import stores
from explorer.surface.settings import SurfaceSettings, rate_field
from explorer.surface.suggestions import suggestions

LAB = "surface"
TITLE = "Surface"
PATH = "/surface"
EXTRA = ("view", "points", "names")  # of a link: the part of the map in sight, and cases moved by hand

MAP = "surface-map"
RELIEF = "surface-relief"
ERRORS = "surface-errors"
FIT = "surface-fit"
FIT_PANEL = "surface-fit-panel"
WEIGHTS = "surface-weights"
WEIGHTS_PANEL = "surface-weights-panel"
DATA_PANEL = "surface-data-panel"
SHOWN = "surface-shown"
READ = "surface-read"
UPLOAD = "surface-upload"
SUGGESTIONS = "surface-suggestions"
SENTENCES = "surface-sentences"
STABILITY = "surface-stability"
FACTS = "surface-facts"
RANDOM_START = "surface-random-start"
READOUT = "surface-readout"
CASE_READOUT = "surface-case-readout"


def layout() -> Component:
    """Everything of the lab, drawn on later by its callbacks."""
    return html.Div([_controls(), _pictures(), *_stores()], className="lab-grid")


def rate_row(optimizer: str) -> str:
    """The id of the row that holds an optimizer's rate."""
    return f"surface-rate-row-{optimizer}"


def row(field: str) -> str:
    """The id of the row of a setting that is shown only where it means something."""
    return f"surface-row-{field}"


def _setting(field: str) -> Component:
    return control(LAB, SurfaceSettings, field)


def _sometimes(field: str) -> Component:
    return html.Div(_setting(field), id=row(field), className="control-row", hidden=True)


def _stores() -> list[Component]:
    return [
        *stores(LAB, SurfaceSettings, EXTRA),
        dcc.Store(id=SHOWN),
        dcc.Store(id=READ),
        dcc.Store(id=SUGGESTIONS, data=suggestions()),
    ]


# --- the controls ---------------------------------------------------------------------


def _controls() -> Component:
    return html.Div([_surface(), _descent(), _start(), _data()], className="lab-controls")


def _surface() -> Component:
    return panel(
        "Surface",
        _setting("surface"),
        *map(_sometimes, ("formula", "error", "reduction")),
        class_name="order-surface",
    )


def _data() -> Component:
    drawn = map(_sometimes, ("meals", "cases", "noise", "bias", "centre", "scale", "collinear", "standardise"))
    return panel(
        "Training cases",
        _setting("data"),
        _own(),
        *drawn,
        _sometimes("data_seed"),
        id=DATA_PANEL,
        class_name="order-data",
    )


def _own() -> Component:
    """Where a table is dropped, chosen or pasted, and which of its columns count."""
    megabytes = LONGEST_TEXT // 10**6
    drop = dcc.Upload(
        html.Span(["Drop a CSV file here or ", html.Span("choose one", className="like-link")]),
        id=UPLOAD,
        className="drop",
        className_active="drop drop-active",
        className_reject="drop",
        multiple=False,
        max_size=LONGEST_TEXT,
    )
    paste = html.Details(
        [
            html.Summary("Paste a table instead"),
            html.Label("Its first line may hold names.", htmlFor="surface-paste", className="hint"),
            dcc.Textarea(id="surface-paste", rows=5, spellCheck=False, placeholder="x, t\n1, 2.5\n2, 3.1"),
            button("surface-use-paste", "Use this table"),
        ],
        className="quiet-details",
    )
    words = f"Up to 5,000 rows, {megabytes} MB; commas, semicolons or tabs. It stays on this machine and in this tab."
    limit: dict[str, Any] = {"data-limit": str(LONGEST_TEXT)}
    return html.Div(
        [
            html.Div(drop, id="surface-drop", **limit),
            paste,
            html.P(words, className="hint"),
            html.Div(id="surface-columns", className="columns"),
            html.P(id="surface-own-notice", className="hint strong", role="status"),
        ],
        id="surface-own",
        className="own",
        hidden=True,
    )


def _descent() -> Component:
    rates = [
        html.Div(_setting(rate_field(name)), id=rate_row(name), className="rate-row", hidden=True)
        for name in OPTIMIZERS
    ]
    rows = html.Div(rates, className="rate-rows")
    return panel("Descent", _setting("optimizers"), rows, _setting("steps"), class_name="order-descent")


def _start() -> Component:
    return panel(
        "Start",
        _setting("start_w1"),
        _setting("start_w2"),
        _sometimes("start_w3"),
        button(RANDOM_START, "Random start", "Another start point anywhere on the map"),
        help="Click or tap anywhere on the contour map, drag the start, or use the arrow keys while the map has the "
        "focus.",
        class_name="order-start",
    )


# --- the pictures ---------------------------------------------------------------------


def _pictures() -> Component:
    first = html.Div([_map(), _fit()], className="surface-first")
    side = html.Div([_relief(), _weights(), _errors()], className="surface-side")
    return html.Div(
        [notice(f"{LAB}-notice"), html.Div([first, side], className="surface-pictures")], className="lab-main"
    )


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
        html.P(id=READOUT, className="readout", **aria(live="polite")),
        html.Ul(id=SENTENCES, className="sentences", **aria(live="polite")),
        html.P(id=STABILITY, className="sentence quiet"),
        html.Ul(id=FACTS, className="facts", **aria(live="polite")),
        html.Details(
            [html.Summary("How the map is drawn"), html.Div([_setting(f) for f in ("levels", "drawing", "marks")])],
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
            html.Div([_setting("cut"), best], className="cut"),
            _setting("held"),
        ],
        id="surface-cut",
        className="cut-panel",
        hidden=True,
    )


def _relief() -> Component:
    return panel(
        "The same surface in space",
        html.Div(id=RELIEF, className="plot plot-relief"),
        help="Height is the error. Drag to turn, scroll to zoom.",
    )


def _errors() -> Component:
    return panel(
        "Error per step",
        html.Div(id=ERRORS, className="plot plot-wide"),
        help="One curve for each optimizer, on a logarithmic axis.",
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
