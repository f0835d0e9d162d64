"""What the training lab does: plain functions, and the bindings to the page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State

from engine import Run
from explorer.exchange import register_exchange
from explorer.live import LAST_STEP, Pace, moments
from explorer.settings import shown, strict
from explorer.settings_wiring import register_settings
from explorer.training import frames, words
from explorer.training.layout import (
    CURVES_BASE,
    EXTRA_KEYS,
    LAB,
    LINK_LIMITS,
    MOST_CHANGES,
    PRESET_VALUES,
    SHOWN,
)
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run, recipe, task

_LONGEST_RUN = 8_000_000
_LONGEST_HISTORY = 2_000


def register(app: Dash) -> None:
    """Bind the lab to the app."""
    register_settings(app, LAB, TrainingSettings, EXTRA_KEYS)
    register_exchange(app, "/training/tick", tick)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_training", "configure"),
        Output(SHOWN, "data"),
        Input(f"{LAB}-settings", "data"),
        Input(f"{LAB}-visible", "data"),
        State(f"{LAB}-address", "data"),
        State(CURVES_BASE, "data"),
        State(LINK_LIMITS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_training", "preset"),
        Output({"lab": LAB, "setting": ALL}, "value", allow_duplicate=True),
        Input({"lab": LAB, "preset": ALL}, "n_clicks"),
        State(PRESET_VALUES, "data"),
        prevent_initial_call=True,
    )


def tick(wish: dict[str, Any]) -> dict[str, Any]:
    """One tick of the live loop: what the browser has and wishes in, moments to draw and the run after them out.

    ``wish`` holds ``settings``; ``run``, the text of the last tick or None for a new run; ``frames``, ``updates`` and
    ``until`` as ``Pace`` says, ``frames`` 0 for the present moment only; ``link``, the extra keys of a link that a
    new run has to follow. ValueError in one sentence for what is not legal.
    """
    settings = strict(TrainingSettings, wish.get("settings"))
    is_new = wish.get("run") is None
    run = _new_run(settings, wish.get("link")) if is_new else _read_run(settings, wish["run"])
    if not is_new and wish.get("until") is None:
        run = _at_rate(run, settings)  # a replay follows its log instead
    pictures = []
    if wish.get("frames") != 0:
        pace = Pace(wish.get("frames"), wish.get("updates"), wish.get("until"))  # type: ignore[arg-type]
        for between in moments(run, pace):
            run = between[-1]
            pictures.append(frames.frame(between, settings))
    answer = {
        "run": run.to_json(),
        "frames": pictures or [frames.frame([run], settings)],
        "sentence": words.sentence(run),
        "first_rate": run.recipe.optimizer.learning_rate,
        "changes": ",".join(f"{change.step}:{change.value!r}" for change in run.changes),
    }
    return answer | ({"scene": frames.scene(run, settings)} if is_new else {})


def _new_run(settings: TrainingSettings, link: Any) -> Run:
    """A run before its first update; one from a link meets the changes that the link tells."""
    if not isinstance(link, Mapping):
        return first_run(settings)
    _check_step(link.get("step"))
    rate = strict(TrainingSettings, {"learning_rate": link.get("first_rate") or settings.learning_rate}).learning_rate
    changes = tuple(read_changes(link["changes"])) if link.get("changes") else ()
    return first_run(replace(settings, learning_rate=rate), changes)


def _check_step(step: Any) -> None:
    legal = isinstance(step, str) and step.isascii() and step.isdigit() and len(step) < 16 and int(step) <= LAST_STEP
    if step is not None and not legal:
        raise ValueError(
            f"The step in this link must be a whole number from 0 to {LAST_STEP:,}, not {shown(step)}; "
            "the run starts anew."
        )


def read_changes(log: Any) -> list[tuple[int, str, float]]:
    """The changes of the learning rate in a link, "120:0.1,300:0.02"; ValueError where it is no such list."""
    entries = log.split(",", MOST_CHANGES) if isinstance(log, str) else [""]
    if len(entries) > MOST_CHANGES:
        raise ValueError(f"A link may tell at most {MOST_CHANGES} changes of the learning rate; the run starts anew.")
    changes = []
    for step, _, rate in (entry.partition(":") for entry in entries):
        _check_step(step)
        changes.append((int(step), "learning_rate", strict(TrainingSettings, {"learning_rate": rate}).learning_rate))
    return changes


def _read_run(settings: TrainingSettings, text: Any) -> Run:
    """The run in the text; it must be a run of these settings."""
    try:
        run = Run.from_json(text if isinstance(text, str) and len(text) <= _LONGEST_RUN else "")
    except ValueError:
        raise ValueError("This is not a training run; press reset to start one.") from None
    wanted = recipe(settings)
    first_rate = run.recipe.optimizer.learning_rate
    same_recipe = run.recipe == replace(wanted, optimizer=wanted.optimizer.with_setting("learning_rate", first_rate))
    if run.task != task(settings) or run.seed != settings.seed or not same_recipe or run.first_weights is not None:
        raise ValueError("This run belongs to other settings; press reset to start one.")
    if len(run.changes) > _LONGEST_HISTORY or any(change.setting != "learning_rate" for change in run.changes):
        raise ValueError("This run holds changes that this lab does not make; press reset to start one.")
    return replace(run, task=task(settings))


def _at_rate(run: Run, settings: TrainingSettings) -> Run:
    """The run with the rate that is wished for now; before the first update that is no change but its rate."""
    return first_run(settings) if run.step == 0 else run.change("learning_rate", settings.learning_rate)
