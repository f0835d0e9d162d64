"""Three experiments of the surface lab: a fair race, the basins of all starts, and the escape from a bad minimum."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from engine import OPTIMIZERS
from explorer.controls import aria, button, panel
from explorer.surface.places import BASINS, ESCAPE, setting


def experiments() -> Component:
    """The three panels, side by side where there is room."""
    return html.Div([_race(), _basins(), _escape()], className="experiments")


def _run(name: str, label: str, help: str) -> Component:
    """A button that starts and cancels, with its progress and one sentence of result."""
    named: dict[str, Any] = {"role": "progressbar", **aria(label=label)}
    bar = html.Div(className="bar", id=f"surface-{name}-bar", **named)
    return html.Div(
        [
            html.Div([button(f"surface-{name}-run", label, help), bar], className="run"),
            html.P(id=f"surface-{name}-words", className="hint strong", **aria(live="polite")),
        ]
    )


def _race() -> Component:
    racers: dict[str, Any] = {"data-racers": ",".join(OPTIMIZERS)}
    return panel(
        "Fair race",
        html.P(
            "Same start, same number of gradients, each at its own best rate, sought among the same rates.",
            className="hint",
        ),
        setting("budget"),
        _run("race", "Race", "All optimizers from the present start"),
        html.Div(id="surface-race-table", className="table", **racers),
        html.Div(button("surface-race-take", "Walk with these rates", disabled=True), className="tools"),
        help="A gradient is what an update costs; Newton's second derivatives count as one gradient for each weight.",
    )


def _basins() -> Component:
    return panel(
        "Where does every start end?",
        html.P("Every point is a start; its colour tells in which minimum it ends.", className="hint"),
        setting("basin_optimizer"),
        setting("basin_steps"),
        _run("basins", "Draw the basins", "200 x 200 starts in the part of the map in sight"),
        html.Div(id=BASINS, className="plot plot-basins"),
        html.P(id="surface-basin-readout", className="readout"),
        html.Div(id="surface-basin-legend", className="basin-legend"),
        help="Darker: more steps. Point at a place to see the path from there on the map; click to start there.",
    )


def _escape() -> Component:
    return panel(
        "Escape by noise",
        html.P(
            "Plain descent ends in the first valley it meets. With noise in the gradient, as from small batches, some "
            "walks get out.",
            className="hint",
        ),
        setting("noise_level"),
        _run("escape", "Repeat 200 times", "At this noise and at eight others"),
        html.Div(id=ESCAPE, className="plot plot-wide"),
        help="The share of 200 walks of the plain descent, each with other noise, that end by a lowest minimum.",
        id="surface-escape-panel",
    )
