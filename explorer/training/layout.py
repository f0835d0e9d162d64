"""The training lab on the page: what to press on top, the network and its output large, the curves below."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from engine import ACTIVATIONS, HIDDEN_ACTIVATIONS
from explorer.controls import aria, button, control, notice
from explorer.live import LAST_STEP, MOST_UPDATES
from explorer.settings_wiring import stores
from explorer.training.controls_layout import controls
from explorer.training.figures import curves
from explorer.training.pictures_layout import pictures
from explorer.training.presets import PRESETS, preset_values
from explorer.training.settings import LAB, MOST_ALONE, MOST_LAYERS, MOST_NEURONS, TrainingSettings
from explorer.training.story import MOST_CHANGES

TITLE = "Training"
PATH = "/training"
# In a link beside the settings: where the run stands, and how it came there.
EXTRA_KEYS = ("step", "first", "changes")

STATE = "training-state"
SHOWN = "training-shown"
CURVES_BASE = "training-curves-base"
PRESET_VALUES = "training-preset-values"
LIMITS = "training-limits"


def layout() -> Component:
    """Everything of the lab; its pictures are drawn by the browser."""
    said = [notice(f"{LAB}-notice"), html.P(id=STATE, className="state", role="status", **aria(live="polite"))]
    main = html.Div([*said, *pictures()], className="lab-main")
    return html.Div([_transport(), html.Div([controls(), main], className="lab-grid training-grid"), *_stores()])


def _stores() -> list[Component]:
    return [
        *stores(LAB, TrainingSettings, EXTRA_KEYS),
        dcc.Store(id=CURVES_BASE, data=curves()),
        dcc.Store(id=PRESET_VALUES, data={name: preset_values(name) for name in PRESETS}),
        dcc.Store(id=LIMITS, data=_limits()),
        dcc.Store(id=SHOWN),
    ]


def _limits() -> dict[str, Any]:
    """What the page's scripts must know of what the server takes."""
    return {
        "last_step": LAST_STEP,
        "most_changes": MOST_CHANGES,
        "layers": MOST_LAYERS,
        "neurons": MOST_NEURONS,
        "alone": MOST_ALONE,
        "activations": {name: ACTIVATIONS[name].title for name in HIDDEN_ACTIVATIONS},
        "epoch": MOST_UPDATES,
    }


def _transport() -> Component:
    buttons = [
        button("training-play", "Play", icon="play", variant="filled"),
        _step("training-step-case", "One case", "Train on a single case; the batch size becomes 1", "case"),
        _step("training-step-update", "One update", "Train on the next batch", "step"),
        _step("training-step-epoch", "One epoch", "Train once on every training case", "forward"),
        _step("training-reset", "Reset", "Back to the same first weights", "reset"),
        _step("training-new-seed", "New seed", "Other data, other first weights", "seed"),
    ]
    # the numbers change with every frame: who listens to the page is told now and then instead
    spoken = html.P(id="training-spoken", className="spoken", role="status", **aria(live="polite"))
    live = [control(LAB, TrainingSettings, field) for field in ("learning_rate", "speed")]
    return html.Section(
        [
            spoken,
            html.Div(buttons, className="transport-buttons"),
            html.Div(
                [
                    _number("Epoch", html.Output("–", id="training-epoch", **aria(live="off"))),
                    _number("Update", html.Output("–", id="training-step", **aria(live="off"))),
                    *(_part(part) for part in ("training", "validation", "test")),
                ],
                className="transport-numbers",
            ),
            html.Div(live, className="transport-settings"),
        ],
        className="panel transport training-transport",
        **aria(label="Training"),
    )


def _step(id: str, label: str, help: str, icon: str) -> Component:
    """A button whose help is not for eyes alone."""
    return button(id, label, help, icon=icon, compact=True, **aria(description=help))


def _part(part: str) -> Component:
    """Error and accuracy of one part of the data."""
    error = html.Output("–", id=f"training-{part}-error", **aria(live="off"))
    share = html.Output("", id=f"training-{part}-accuracy", className="number-share", **aria(live="off"))
    return _number(f"{part.capitalize()} error", html.Span([error, share], className="number-pair"), part)


def _number(label: str, value: Component, series: str = "") -> Component:
    mark = [html.Span(className=f"series series-{series}", **aria(hidden="true"))] if series else []
    extra: dict[str, Any] = {"id": f"training-number-{series}", "hidden": series == "test"} if series else {}
    return html.Div([html.Span([*mark, label], className="number-label"), value], className="number", **extra)
