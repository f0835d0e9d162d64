"""The surface lab on the page: controls at the left, the map as the largest thing, what follows from it beside."""

from dash import dcc, html
from dash.development.base_component import Component

from engine import OPTIMIZERS
from explorer.controls import aria, button, control, notice, panel
from explorer.settings_wiring import stores
from explorer.surface.settings import SurfaceSettings, rate_field

LAB = "surface"
TITLE = "Surface"
PATH = "/surface"

MAP = "surface-map"
RELIEF = "surface-relief"
ERRORS = "surface-errors"
FIT = "surface-fit"
FIT_PANEL = "surface-fit-panel"
DATA_CONTROLS = "surface-data-controls"
SHOWN = "surface-shown"
SENTENCES = "surface-sentences"
STABILITY = "surface-stability"
RANDOM_START = "surface-random-start"
READOUT = "surface-readout"


def layout() -> Component:
    """Everything of the lab, drawn on later by its callbacks."""
    return html.Div([_controls(), _pictures(), *_stores()], className="lab-grid")


def rate_row(optimizer: str) -> str:
    """The id of the row that holds an optimizer's rate."""
    return f"surface-rate-row-{optimizer}"


def _setting(field: str) -> Component:
    return control(LAB, SurfaceSettings, field)


def _stores() -> list[Component]:
    return [*stores(LAB, SurfaceSettings), dcc.Store(id=SHOWN)]


def _controls() -> Component:
    data = html.Div(
        [_setting(f) for f in ("cases", "noise", "centre", "reduction", "data_seed")],
        id=DATA_CONTROLS,
        className="control-group",
    )
    rates = [
        html.Div(_setting(rate_field(name)), id=rate_row(name), className="rate-row", hidden=True)
        for name in OPTIMIZERS
    ]
    random_start = button(RANDOM_START, "Random start", "Another start point anywhere on the map")
    return html.Div(
        [
            panel("Descent", _setting("optimizers"), html.Div(rates, className="rate-rows"), _setting("steps")),
            panel(
                "Start",
                _setting("start_w1"),
                _setting("start_w2"),
                random_start,
                help="Click or tap anywhere on the contour map, or use the arrow keys while the map has the focus.",
            ),
            panel("Surface", _setting("surface"), data, _setting("levels")),
        ],
        className="lab-controls",
    )


def _pictures() -> Component:
    side = html.Div([_relief(), _errors(), _fit()], className="surface-side")
    return html.Div(
        [notice(f"{LAB}-notice"), html.Div([_map(), side], className="surface-pictures")], className="lab-main"
    )


def _map() -> Component:
    words = "Contour map of the error. Arrow keys move the start point."
    named = aria(label=words, describedby=f"{READOUT} {SENTENCES}")
    return panel(
        "Error surface from above",
        html.Div(id=MAP, className="plot plot-map", tabIndex=0, role="application", **named),
        html.P(id=READOUT, className="readout"),
        html.Ul(id=SENTENCES, className="sentences", **aria(live="polite")),
        html.P(id=STABILITY, className="sentence quiet"),
        help="Each line joins weights of equal error. A step of plain gradient descent leaves its line at a right "
        "angle. Click to choose where to start, or drag; the arrow keys move the start when the map has the focus.",
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


def _fit() -> Component:
    return panel(
        "Data and fit",
        html.Div(id=FIT, className="plot plot-wide"),
        help="The training cases, and what the neuron makes of its input: at the start (dotted), at the end of each "
        "path, and at best (dashed grey).",
        id=FIT_PANEL,
    )
