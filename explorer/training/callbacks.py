"""What binds the training lab to the page."""

from functools import wraps
from typing import Any

import numpy as np
from dash import ALL, ClientsideFunction, Dash, Input, Output, State

from explorer.exchange import Handler, register_exchange
from explorer.settings import strict
from explorer.settings_wiring import register_settings
from explorer.training import amplified, experiment_plans, experiments, own, remedies
from explorer.training.exports import export_wish
from explorer.training.layout import CURVES_BASE, EXTRA_KEYS, LIMITS, PRESET_VALUES, SHOWN
from explorer.training.run_files import read_file
from explorer.training.settings import LAB, TrainingSettings
from explorer.training.slices import slice_wish
from explorer.training.ticks import tick


def preview(wish: dict[str, Any]) -> dict[str, Any]:
    """The training cases before and after they are amplified."""
    return amplified.amplified_preview(strict(TrainingSettings, wish.get("settings")), wish.get("own"))


EXCHANGES: dict[str, Handler] = {
    "tick": tick,
    "table": own.read_wish,
    "amplified": preview,
    "slice": slice_wish,
    "cell": experiments.cell,
    "whole": experiments.whole,
    "bands": experiment_plans.bands_plan,
    "capacity": experiment_plans.capacity_plan,
    "remedies": remedies.remedies_plan,
    "export": export_wish,
    "open": read_file,
}
"""What the page asks for at /training/…, each a plain function."""


def register(app: Dash) -> None:
    """Bind the lab to the app."""
    register_settings(app, LAB, TrainingSettings, EXTRA_KEYS)
    for path, handler in EXCHANGES.items():
        register_exchange(app, f"/training/{path}", quiet(handler))
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_training", "configure"),
        Output(SHOWN, "data"),
        Input(f"{LAB}-settings", "data"),
        Input(f"{LAB}-visible", "data"),
        State(f"{LAB}-address", "data"),
        State(CURVES_BASE, "data"),
        State(LIMITS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_training", "preset"),
        Output({"lab": LAB, "setting": ALL}, "value", allow_duplicate=True),
        Input({"lab": LAB, "preset": ALL}, "n_clicks"),
        State(PRESET_VALUES, "data"),
        prevent_initial_call=True,
    )


def quiet(handler: Handler) -> Handler:
    """Where a run grows beyond all bounds numbers overflow: that is shown, and no warning is printed."""

    @wraps(handler)
    def answer(wish: dict[str, Any]) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            return handler(wish)

    return answer
