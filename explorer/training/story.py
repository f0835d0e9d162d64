"""How a run's log of changes stands in a link: "120:learning_rate:0.1,300:cut:17,310:weight:5:-0.25".

An optimizer or a schedule is told by its name and its settings, "340:optimizer:adam;learning_rate=0.01;…". Drawn points
are in no link.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine import OPTIMIZERS, SCHEDULES, Change
from explorer.live import LAST_STEP
from explorer.settings import Number, number_text, shown, specs
from explorer.training.settings import TrainingSettings

MOST_CHANGES = 200  # that a link tells
_RECORDS: dict[str, Mapping[str, Any]] = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_NUMBERS = {
    name: spec
    for name, spec in specs(TrainingSettings).items()
    if isinstance(spec, Number) and name in ("learning_rate", "batch_size", "l1", "l2", "dropout", "clip_norm")
}
_NOTHING = "none"


def to_text(changes: Sequence[Change]) -> str:
    """The log as a link tells it; ValueError in a sentence where it cannot."""
    if len(changes) > MOST_CHANGES:
        raise ValueError(f"There were more than {MOST_CHANGES} changes: a link holds the settings, not this run.")
    if any(change.setting == "points" for change in changes):
        raise ValueError("Drawn points are in no link: it holds the settings, not this run.")
    return ",".join(f"{change.step}:{change.setting}:{_value_text(change.value)}" for change in changes)


def from_text(text: Any) -> list[tuple[int, str, Any]]:
    """The way back, for ``engine.start`` to check; ValueError in a sentence where it is no such list."""
    if text in (None, ""):
        return []
    entries = text.split(",", MOST_CHANGES) if isinstance(text, str) else [""]
    if len(entries) > MOST_CHANGES:
        raise ValueError(f"A link may tell at most {MOST_CHANGES} changes; the run starts anew.")
    return [_entry(entry) for entry in entries]


def checked_step(step: Any) -> int:
    """The step in a link's text."""
    legal = isinstance(step, str) and step.isascii() and step.isdigit() and len(step) < 16 and int(step) <= LAST_STEP
    if not legal:
        raise ValueError(
            f"The step in this link must be a whole number from 0 to {LAST_STEP:,}, not {shown(step)}; "
            "the run starts anew."
        )
    return int(step)


def _value_text(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, dict):
        settings = (f"{key}={number_text(each)}" for key, each in value.items() if key != "name")
        return ";".join([value["name"], *settings])
    if isinstance(value, (tuple, list)):
        return ":".join(number_text(each) for each in value)
    return number_text(value)


def _entry(entry: str) -> tuple[int, str, Any]:
    step, _, rest = entry.partition(":")
    setting, _, value = rest.partition(":")
    try:
        return checked_step(step), setting, _value(setting, value)
    except KeyError:
        raise ValueError(f"This link tells of a change that is none, {shown(entry)}; the run starts anew.") from None


def _value(setting: str, text: str) -> Any:
    """The value of a change; KeyError where no such change is made here."""
    if setting in _RECORDS:
        return None if text == _NOTHING else _record(setting, text)
    if setting in ("cut", "restore"):
        return _number(text, whole=True)
    if setting == "weight":
        index, _, number = text.partition(":")
        return _number(index, whole=True), _number(number)
    spec = _NUMBERS[setting]
    return None if text == _NOTHING else spec.parse(text)


def _record(setting: str, text: str) -> dict[str, Any]:
    name, *settings = text.split(";")
    kind, given = _RECORDS[setting][name], dict(each.partition("=")[::2] for each in settings)
    numbers = {key: _number(each, kind.__annotations__.get(key) is int) for key, each in given.items()}
    if "learning_rate" in given:
        numbers["learning_rate"] = _NUMBERS["learning_rate"].parse(given["learning_rate"])
    return {"name": name} | numbers


def _number(text: str, whole: bool = False) -> float:
    try:
        return int(text[:20]) if whole else float(text[:40])
    except ValueError:
        raise ValueError(f"A change in this link has the value {shown(text)}, which is no number.") from None
