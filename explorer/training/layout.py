"""The training lab on the page: what to press on top, the network and its output large, the curves below."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from explorer.controls import aria, button, control, notice, panel
from explorer.live import LAST_STEP
from explorer.settings_wiring import stores
from explorer.training.figures import curves
from explorer.training.settings import PRESETS, TrainingSettings, preset_values

LAB = "training"
TITLE = "Training"
PATH = "/training"
# In a link beside the settings: where the run stands, and how it came there.
EXTRA_KEYS = ("step", "first_rate", "changes")
MOST_CHANGES = 200  # that a link tells

PLAY = "training-play"
STEP_UPDATE = "training-step-update"
STEP_EPOCH = "training-step-epoch"
RESET = "training-reset"
NEW_SEED = "training-new-seed"
NETWORK = "training-network"
NETWORK_SAID = "training-network-said"
OUTPUT = "training-output"
OUTPUT_SAID = "training-output-said"
CURVES = "training-curves"
CURVES_BASE = "training-curves-base"
SENTENCE = "training-sentence"
STATE = "training-state"
SPOKEN = "training-spoken"
SHOWN = "training-shown"
PRESET_VALUES = "training-preset-values"
LINK_LIMITS = "training-link-limits"


def preset_id(name: str) -> dict[str, str]:
    """The id of a preset's button."""
    return {"lab": LAB, "preset": name}


def layout() -> Component:
    """Everything of the lab; its pictures are drawn by the browser."""
    return html.Div([_transport(), html.Div([_controls(), _pictures()], className="lab-grid"), *_stores()])


def _setting(field: str) -> Component:
    return control(LAB, TrainingSettings, field)


def _stores() -> list[Component]:
    return [
        *stores(LAB, TrainingSettings, EXTRA_KEYS),
        dcc.Store(id=CURVES_BASE, data=curves()),
        dcc.Store(id=PRESET_VALUES, data={name: preset_values(name) for name in PRESETS}),
        dcc.Store(id=LINK_LIMITS, data={"last_step": LAST_STEP, "most_changes": MOST_CHANGES}),
        dcc.Store(id=SHOWN),
    ]


def _transport() -> Component:
    buttons = [
        button(PLAY, "Play", icon="play", variant="filled"),
        _described(STEP_UPDATE, "One update", "Train on the next batch", icon="step", compact=True),
        _described(STEP_EPOCH, "One epoch", "Train once on every training case", icon="forward", compact=True),
        _described(RESET, "Reset", "Back to the same first weights", icon="reset", compact=True),
        _described(NEW_SEED, "New seed", "Other data, other first weights", icon="seed", compact=True),
    ]
    # the numbers change with every frame: who listens to the page is told now and then instead
    spoken = html.P(id=SPOKEN, className="spoken", role="status", **aria(live="polite"))
    return html.Section(
        [
            spoken,
            html.Div(buttons, className="transport-buttons"),
            html.Div(
                [
                    _number("Epoch", "training-epoch"),
                    _number("Update", "training-step"),
                    _number("Training error", "training-training-error", "training"),
                    _number("Validation error", "training-validation-error", "validation"),
                ],
                className="transport-numbers",
            ),
            html.Div([_setting("learning_rate"), _setting("speed")], className="transport-settings"),
        ],
        className="panel transport",
        **aria(label="Training"),
    )


def _described(id: str | dict[str, str], label: str, help: str, **more: Any) -> Component:
    """A button whose help is not for eyes alone."""
    return button(id, label, help, **more, **aria(description=help))


def _number(label: str, id: str, series: str = "") -> Component:
    mark = [html.Span(className=f"series series-{series}", **aria(hidden="true"))] if series else []
    number = html.Output("–", id=id, **aria(live="off"))
    return html.Div([html.Span([*mark, label], className="number-label"), number], className="number")


def _controls() -> Component:
    presets = [_described(preset_id(name), preset.title, preset.help) for name, preset in PRESETS.items()]
    return html.Div(
        [
            panel("Presets", html.Div(presets, className="presets")),
            panel("Data", *map(_setting, ("dataset", "cases", "noise", "training_share"))),
            panel("Network", *map(_setting, ("hidden_layers", "activation"))),
            panel("Learning", *map(_setting, ("optimizer", "batch_size", "seed"))),
        ],
        className="lab-controls",
    )


def _pictures() -> Component:
    return html.Div(
        [
            notice(f"{LAB}-notice"),
            html.P(id=STATE, className="state", role="status", **aria(live="polite")),
            html.Div(
                [
                    panel(
                        "Network",
                        html.Div(id=NETWORK, className="picture picture-network"),
                        html.P(id=NETWORK_SAID, className="readout"),
                        help="Every neuron shows its own activity over the plane of the two inputs; a link's width is "
                        "the size of its weight, its colour the sign. Hover, tap or use the arrow keys to read values.",
                    ),
                    panel(
                        "Output",
                        html.Div(id=OUTPUT, className="picture picture-output"),
                        html.P(id=OUTPUT_SAID, className="readout"),
                        help="The output of the whole network, with the points it learns from and those that only "
                        "validate. The thin line is where the output is zero.",
                    ),
                ],
                className="training-pictures",
            ),
            panel(
                "Error",
                html.Div(id=CURVES, className="plot plot-curves"),
                html.Div(
                    [
                        html.P(id=SENTENCE, className="sentence"),
                        html.Div(_setting("error_axis"), className="curve-settings"),
                    ],
                    className="under-curves",
                ),
                help="Mean error of a case, over the training cases and over the validation cases, which the network "
                "never learns from.",
            ),
        ],
        className="lab-main",
    )
