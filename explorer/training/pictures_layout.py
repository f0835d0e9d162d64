"""The pictures of the training lab, still empty; the browser draws them."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from explorer.controls import aria, button, control, panel
from explorer.training.settings import LAB, TrainingSettings


def pictures() -> list[Component]:
    """Network and output, the curves, and the panels that adapt to the task."""
    return [
        html.Div([_network(), _output(), _pad()], className="training-pictures"),
        _curves(),
        panel(
            "Kept runs",
            html.Div(id="training-runs", className="training-runs"),
            help="Up to eight runs: laid over the curves, side by side in a table, each to be taken up again.",
        ),
        html.Div([_classes(), _scatter(), _bent(), _health(), _slice()], className="training-panels"),
        *_experiments(),
        panel("Take it with you", html.Div(id="training-exports"), help="Files of this run and the kept ones."),
    ]


def _network() -> Component:
    return panel(
        "Network",
        html.Div(_link_modes(), className="link-modes", role="group", **aria(label="A click on a link")),
        html.Div(id="training-network", className="picture picture-network"),
        html.P(id="training-network-said", className="readout"),
        html.Div(id="training-card", className="training-card", hidden=True),
        help="A link's width is the size of its weight, its colour the sign. Hover, tap or use the arrow keys to read "
        "values; click a neuron or a link to pin it and to edit its weights.",
        class_name="panel-network",
    )


def _link_modes() -> list[Component]:
    modes = {"edit": ("Read and edit", "true"), "cut": ("Cut links", "false")}
    tips = {
        "edit": "A click pins a neuron or a link: its weights can be edited",
        "cut": "A click cuts a link or restores it; a cut link stays exactly 0",
    }
    return [
        html.Button(
            title,
            type="button",
            className="link-mode",
            **_data(linkmode=mode, tip=tips[mode]),
            **aria(pressed=pressed, description=tips[mode]),
        )
        for mode, (title, pressed) in modes.items()
    ]


def _data(**words: str) -> dict[str, Any]:
    return {f"data-{name}": word for name, word in words.items()}


def _output() -> Component:
    return panel(
        "Output",
        html.Div(
            [html.Div(id="training-brush", className="brush"), html.Div(id="training-shown-output", hidden=True)],
            className="output-tools",
        ),
        html.Div(id="training-output", className="picture picture-output"),
        html.P(id="training-output-said", className="readout"),
        help="The output of the whole network, with the cases it learns from and those that only validate or test.",
        id="training-output-panel",
    )


def _curves() -> Component:
    measure = html.Div(control(LAB, TrainingSettings, "measure"), id="training-when-measure")
    settings = [measure, *(control(LAB, TrainingSettings, field) for field in ("error_axis", "smoothing"))]
    return panel(
        "Learning curves",
        html.Div(id="training-curves", className="plot plot-curves"),
        _timeline(),
        html.Div(
            [
                html.Div(
                    [
                        html.P(id="training-sentence", className="sentence"),
                        html.P(id="training-remark", className="hint"),
                    ],
                    className="curve-words",
                ),
                html.Div(settings, className="curve-settings"),
            ],
            className="under-curves",
        ),
        html.Div(id="training-bands"),
        help="Mean error of a case, over the training cases and over those that the network never learns from.",
        class_name="panel-curves",
    )


def _timeline() -> Component:
    """Back to any moment of the run, and on from there."""
    return html.Div(
        [
            button("training-undo", "Undo", "Nothing to undo", icon="undo", compact=True, disabled=True),
            _described("training-rewind", "Best epoch", "Back to the epoch with the lowest validation error"),
            html.Div(id="training-timeline", className="timeline"),
            _described("training-fork", "Continue from here", "A fork: the way that was gone stays as a kept run"),
            _described("training-now", "Now", "Back to the present"),
        ],
        className="time-tools",
        role="group",
        **aria(label="Timeline"),
    )


def _described(id: str, label: str, help: str) -> Component:
    return button(id, label, help, disabled=True, **aria(description=help))


def _pad() -> Component:
    # for images only: it waits until there are some
    return _panel("pad", "Draw a digit", "Draw with finger, pen or mouse, and see every layer answer.", hidden=True)


def _classes() -> Component:
    return _panel(
        "classes",
        "Confusion matrix",
        "How often cases of each true class are predicted as each class, and the cases whose true class gets the "
        "smallest share.",
    )


def _scatter() -> Component:
    return _panel(
        "scatter", "Predicted against true", "Each case: the network's prediction against the true target.", hidden=True
    )


def _bent() -> Component:
    return _panel(
        "bent",
        "The data as a layer sees it",
        "Where a layer puts every case: the activities of two of its neurons as coordinates, and the grid of the "
        "inputs bent along.",
    )


def _health() -> Component:
    return _panel(
        "health",
        "Health",
        "Measured in every layer: how large gradients and activities are, which neurons are dead or saturated, and "
        "what is wrong with data or start.",
    )


def _slice() -> Component:
    return _panel(
        "slice",
        "The error surface of this network",
        "A cut through the error over all its weights: the network is a point on it, and training a way down.",
    )


def _experiments() -> list[Component]:
    """Many runs at once: what helps against overfitting, how large a network should be."""
    return [
        panel(
            "What helps against overfitting?",
            html.Div(id="training-remedies"),
            help="The same start with one thing changed at a time, side by side.",
        ),
        panel(
            "How large should the network be?",
            html.Div(id="training-capacity"),
            help="Training and validation error of one hidden layer against its width. Training errors far below every "
            "validation error lie below the picture.",
        ),
    ]


def _panel(name: str, title: str, help: str, **more: Any) -> Component:
    body = html.Div(id=f"training-{name}", className=f"training-{name}")
    return panel(title, body, help=help, id=f"training-{name}-panel", **more)
