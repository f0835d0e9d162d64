"""The left column of the training lab: what is learnt, by which network, and how."""

from dash import html
from dash.development.base_component import Component

from explorer.controls import aria, button, control, panel
from explorer.training.presets import PRESETS
from explorer.training.settings import LAB, TrainingSettings


def preset_id(name: str) -> dict[str, str]:
    """The id of a preset's button."""
    return {"lab": LAB, "preset": name}


def controls() -> Component:
    """All settings that stand in the column, and the presets."""
    presets = [
        button(preset_id(name), preset.title, preset.help, **aria(description=preset.help))
        for name, preset in PRESETS.items()
    ]
    return html.Div(
        [
            panel("Presets", html.Div(presets, className="presets")),
            panel("Data", *_data()),
            panel("Network", *_network()),
            panel("Learning", *_learning()),
        ],
        className="lab-controls",
    )


def _data() -> list[Component]:
    return [
        _setting("dataset"),
        html.Div(id="training-own", hidden=True, className="training-own"),
        _when("cases"),
        _when("noise"),
        _setting("split"),
        _when("features", html.P(id="training-inputs-named", className="hint")),
        _setting("standardise"),
        _more(
            "Amplify the training set",
            "amplify",
            _setting("amplify_copies"),
            _when("amplify"),
            _when("amplify_amount"),
            html.Div(id="training-amplified", hidden=True, className="training-amplified"),
        ),
    ]


def _network() -> list[Component]:
    return [
        _setting("hidden_layers"),
        html.Div(id="training-layers", className="layers"),
        _more("Activations by name", "activations", _setting("activations")),
        _setting("output"),
        _setting("initialiser"),
        _setting("connectivity"),
    ]


def _learning() -> list[Component]:
    return [
        _setting("optimizer"),
        _setting("batch_size"),
        _setting("seed"),
        _more("Error", "error", _setting("error"), _setting("reduction")),
        _more("Rate over time", "schedule", _setting("schedule"), _when("schedule_epochs")),
        _more(
            "Against overfitting",
            "remedies",
            *map(_setting, ("l2", "l1", "dropout", "patience")),
        ),
        _more("Limits", "limits", *map(_setting, ("clip_norm", "stop_epochs", "stop_error"))),
    ]


def _setting(field: str) -> Component:
    return control(LAB, TrainingSettings, field)


def _when(field: str, *more: Component) -> Component:
    """A setting that is shown only while it means something."""
    return html.Div([_setting(field), *more], id=f"training-when-{field}", className="control")


def _more(title: str, name: str, *children: Component) -> Component:
    """Settings that a newcomer need not see; open by themselves while one of them is not at its default."""
    return html.Details([html.Summary(title), *children], id=f"training-more-{name}", className="more")
