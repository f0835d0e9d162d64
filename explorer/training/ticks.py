"""One tick of the live loop: what the browser has and wishes in, moments to draw and the run after them out."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from engine import Change, Recipe, Run, start
from explorer.live import Pace, moments, seconds_a_frame
from explorer.settings import Shares, Text, parts, shown, specs, strict, to_link
from explorer.training import frames, story, words
from explorer.training.reports import report
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import Subject, brought
from explorer.training.tasks import LONGEST_RUN, known, made, planned, recipe, remarks, stop_rules

MOST_CHANGES = 5_000  # in one run
_MOST_WISHES = 50  # changes in one tick
_MOST_POINTS = 200  # drawn in one tick
MOST_DRAWN = 2_000  # points in one run
_LARGEST = 1e6
_LONGEST_FIRST = 2_000  # characters
_TOUCHES = ("weight", "cut", "restore", "points")


def tick(wish: dict[str, Any]) -> dict[str, Any]:
    """One tick; ValueError in one sentence for what is not legal.

    ``wish`` holds ``settings``; ``own``, the data that a person brought, in full for a new run, else what is told of
    it; ``run``, the text of the last tick or None for a new run; ``frames``, ``updates`` and ``until`` as ``Pace``
    says, ``frames`` 0 for the present moment only; ``link``, the extra keys of a link that a new run has to follow;
    ``changes``, (setting, value) pairs to be made before it goes on; ``scene``, whether the page has none for this run;
    ``anew``, whether it begins once more, on its way to ``until``; ``panels`` and what they want, see reports.py.
    """
    settings, own = strict(TrainingSettings, wish.get("settings")), wish.get("own")
    is_new, until = wish.get("run") is None, wish.get("until")
    before, about = _new_run(settings, own, wish.get("link")) if is_new else read_run(settings, own, wish["run"])
    if wish.get("anew") is True and not is_new:
        before = _begun_again(before, until)
    # a replay follows its log instead
    followed = before if is_new or until is not None else _following(before, settings)
    touched = _touched(followed, wish.get("changes"), about)
    run, pictures = _played(touched, wish, settings, about)
    answer = {
        "run": run.to_json(),
        "frames": pictures,
        "interval": 1000.0 * seconds_a_frame(run),
        "remarks": remarks(settings, about),
        "sentence": words.sentence(run, pictures[-1]["stopped"]),
        "log": _log(run),
        "report": report(run, about, wish),
    }
    if is_new or wish.get("scene") is True:
        return answer | {"scene": frames.scene(run, about) | {"texts": _texts(settings)}}
    has_more = _count_drawn(run.changes_until(run.step)) > _count_drawn(before.changes_until(before.step))
    return answer | ({"points": frames.points(run, about)} if has_more else {})


def _texts(settings: TrainingSettings) -> dict[str, str]:
    """What was typed as the server reads it, in its one way of writing."""
    written = to_link(settings)
    return {name: written[name] for name, spec in specs(TrainingSettings).items() if isinstance(spec, (Text, Shares))}


def _played(
    run: Run, wish: Mapping[str, Any], settings: TrainingSettings, about: Subject
) -> tuple[Run, list[dict[str, Any]]]:
    """The run after the tick, and its frames."""
    if wish.get("frames") == 0:
        return run, [frames.frame([run], about)]
    pace = Pace(wish.get("frames"), wish.get("updates"), wish.get("until"))  # type: ignore[arg-type]
    stop = stop_rules(settings) if pace.until is None else None
    pictures = []
    for between, stopped in moments(run, pace, stop):
        run = between[-1]
        reason = stop.reason(run) if stop and stopped else None
        pictures.append(frames.frame(between, about, reason))
    return run, pictures or [frames.frame([run], about)]


def _new_run(settings: TrainingSettings, own: Any, link: Any) -> tuple[Run, Subject]:
    """A run before its first update; one from a link meets the changes that the link tells."""
    plan = made(settings, own)
    first, changes = settings, ()
    if isinstance(link, Mapping):
        if link.get("step") is not None:
            story.checked_step(link["step"])
        first = _first_settings(settings, link.get("first"))
        changes = tuple(story.from_text(link.get("changes")))  # type: ignore[assignment]
    begun = recipe(first, plan.task)
    try:
        run = start(plan.task, begun, settings.seed, changes=changes)
    except ValueError as reason:
        raise ValueError(f"A change in this link cannot be made: {reason}; the run starts anew.") from None
    if not all(_can_be_set(run.recipe_at(change.step)) for change in run.changes):
        raise ValueError("A change in this link sets what cannot be set here; the run starts anew.")
    return run, plan.subject


def _first_settings(settings: TrainingSettings, told: Any) -> TrainingSettings:
    """The settings at the start of a link's run, "learning_rate:0.03;l2:0", where they differ from those at its end."""
    if told in (None, ""):
        return settings
    entries = told.split(";") if isinstance(told, str) and len(told) <= _LONGEST_FIRST else [""]
    given = dict(entry.partition(":")[::2] for entry in entries)
    strangers = set(given) - set(parts(TrainingSettings)["live"])
    if strangers:
        raise ValueError(f"This link begins with a setting that is none, {shown(min(strangers))}; the run starts anew.")
    values = strict(TrainingSettings, given)
    return replace(settings, **{name: getattr(values, name) for name in given})


def _begun_again(run: Run, until: Any) -> Run:
    """The run before its first update, with the changes that it meets until then."""
    changes = run.changes_until(until) if type(until) is int else run.changes
    return start(run.task, run.recipe, run.seed, changes=changes)


def read_run(settings: TrainingSettings, own: Any, text: Any) -> tuple[Run, Subject]:
    """The run in the text; it must be a run of these settings."""
    try:
        run = Run.from_json(text if isinstance(text, str) and len(text) <= LONGEST_RUN else "")
    except ValueError:
        raise ValueError("This is not a training run; press reset to start one.") from None
    wanted = planned(settings, run.task.data, own) if brought(settings) else made(settings)
    same = run.task == wanted.task and run.seed == settings.seed and run.first_weights is None
    same = same and (run.task.data.origin is None) == brought(settings)
    if not same or not _can_be_set(run.recipe) or not _can_be_set(run.now):
        raise ValueError("This run belongs to other settings; press reset to start one.")
    if len(run.changes) > MOST_CHANGES or _count_drawn(run.changes) > MOST_DRAWN:
        raise ValueError(
            f"This run holds more than {MOST_CHANGES:,} changes or {MOST_DRAWN:,} points; press reset to start one."
        )
    task = known(run.task if brought(settings) else wanted.task)
    return replace(run, task=task), wanted.subject


def _can_be_set(recipe: Recipe) -> bool:
    """Whether the controls can tell this recipe."""
    optimizer = recipe.optimizer
    return recipe.shuffle and optimizer == type(optimizer)(learning_rate=optimizer.learning_rate)


def _count_drawn(changes: Iterable[Change]) -> int:
    return sum(len(change.value) for change in changes if change.setting == "points")


def _following(run: Run, settings: TrainingSettings) -> Run:
    """The run by the recipe that is wished for now; before the first update that is no change but its recipe."""
    if run.diverged_at is not None:
        return run  # what is told of it is told of the recipe that it diverged by
    wanted = recipe(settings, run.task)
    if run.step == 0 and not run.changes:
        return run if run.recipe == wanted else start(run.task, wanted, settings.seed)
    now = run.now
    for field in fields(Recipe):
        if field.name not in ("shuffle", "optimizer") and getattr(now, field.name) != getattr(wanted, field.name):
            run = run.change(field.name, _plain(getattr(wanted, field.name)))
    if now.optimizer == wanted.optimizer:
        return run
    if now.optimizer.name != wanted.optimizer.name:
        return run.change("optimizer", wanted.optimizer.to_dict())
    return run.change("learning_rate", wanted.optimizer.learning_rate)


def _plain(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else value


def _touched(run: Run, wished: Any, about: Subject) -> Run:
    """The run after what a hand did to it: edited weights, cut links, drawn points."""
    if wished is None:
        return run
    if not isinstance(wished, list) or len(wished) > _MOST_WISHES:
        raise ValueError(f"The changes could not be read: they are {shown(wished)}.")
    for each in wished:
        if not isinstance(each, list) or len(each) != 2 or each[0] not in _TOUCHES:
            raise ValueError(f"The changes could not be read: one is {shown(each)}.")
        run = _changed(run, each[0], each[1], about)
    return run


def _changed(run: Run, setting: str, value: Any, about: Subject) -> Run:
    if setting == "points":
        value = _drawn(run, value, about)
    elif not all(map(_is_number, value if setting == "weight" and isinstance(value, list) else [value])):
        if setting == "weight" and isinstance(value, list):
            raise ValueError(f"A weight must be a number from -{_LARGEST:,.0f} to {_LARGEST:,.0f}.")
        raise ValueError(f"The changes could not be read: {setting} is {shown(value)}.")
    try:
        return run.change(setting, value)
    except ValueError as reason:
        raise ValueError(f"This change cannot be made: {reason}.") from None


def _drawn(run: Run, rows: Any, about: Subject) -> list[list[float]]:
    """Drawn points as the page tells them -> training cases, inputs and targets."""
    width = {"plane": 3, "curve": 2}.get(about.view)
    if width is None:
        raise ValueError("Points can be drawn for data of one or two inputs only.")
    sound = isinstance(rows, list) and 0 < len(rows) <= _MOST_POINTS
    if not sound or not all(isinstance(row, list) and len(row) == width and all(map(_is_number, row)) for row in rows):
        raise ValueError(f"Drawn points must be up to {_MOST_POINTS} rows of {width} numbers.")
    if _count_drawn(run.changes) + len(rows) > MOST_DRAWN:
        raise ValueError(f"At most {MOST_DRAWN:,} points can be drawn into one run.")
    numbers = np.array(rows, dtype=np.float64)
    inputs, labels = numbers[:, :-1], numbers[:, -1]
    targets = labels[:, None] if about.view == "curve" else frames.targets_of(labels - _middle(run, about), about)
    return [[*row, *target] for row, target in zip(inputs.tolist(), targets.tolist(), strict=True)]


def _middle(run: Run, about: Subject) -> float:
    """What parts the two signs as the page tells them."""
    return 0.5 if about.kind == "signs" and run.task.preparation.targets == "unit" else 0.0


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _log(run: Run) -> dict[str, Any]:
    """The changes so far as a link tells them, or why it cannot."""
    told: dict[str, Any] = {"count": len(run.changes), "text": "", "untold": ""}
    try:
        told["text"] = story.to_text(run.changes)
    except ValueError as reason:
        told["untold"] = str(reason)
    return told
