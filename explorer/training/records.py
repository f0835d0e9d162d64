"""A run with all that the page holds of it, checked as if a stranger had written it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from engine import Run
from explorer.settings import parts, shown, strict
from explorer.training.own import about_of
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import Subject, brought
from explorer.training.ticks import read_run

_SERIES = ("training", "validation", "test")
_SHARES = ("trainingAccuracy", "validationAccuracy", "testAccuracy")
CURVES = ("step", "epoch", *_SERIES, *_SHARES)
"""What the page remembers of a run: where it stood, its errors, and the shares of cases that were told rightly."""
LIVE: tuple[str, ...] = tuple(parts(TrainingSettings)["live"])
MOST_POINTS = 2_000  # of the curves; the page thins them before
_LONGEST_NAME = 60  # letters, as the page lets a person type
_LARGEST = sys.float_info.max
_FIELDS = ("name", "settings", "own", "run", "history", "first")

History = dict[str, list[float | None]]


@dataclass(frozen=True)
class Record:
    """A run and what the page holds of it.

    ``own`` is what is told of data that a person brought, without its numbers; ``history`` the curves so far, a list
    for each of ``CURVES``; ``first`` the settings that the run began with.
    """

    name: str
    settings: TrainingSettings
    own: dict[str, Any] | None
    run: Run
    history: History
    first: TrainingSettings
    about: Subject


def checked_record(told: Any) -> Record:
    """The record that the page tells, its run as text; ValueError in one sentence where it is none."""
    if not isinstance(told, Mapping) or set(told) != set(_FIELDS):
        raise ValueError(f"It must have the fields {', '.join(_FIELDS)} and no other.")
    name, settings = _name(told["name"]), strict(TrainingSettings, told["settings"])
    first, history = _first(settings, told["first"]), checked_history(told["history"])
    run, about = read_run(settings, told["own"], told["run"])
    own = _brief(told["own"], run) if brought(settings) else None
    return Record(name, settings, own, run, _until(run.step, history), first, about)


def checked_history(told: Any) -> History:
    """The curves that the page tells; ValueError in one sentence where they are none."""
    if not isinstance(told, Mapping) or set(told) != set(CURVES):
        raise ValueError(f"The curves must be the lists {', '.join(CURVES)} and no other.")
    if not all(isinstance(told[name], list) for name in CURVES) or len({len(told[name]) for name in CURVES}) > 1:
        raise ValueError("The curves must be lists of one length.")
    count = len(told["step"])
    if count > MOST_POINTS:
        raise ValueError(f"The curves have {count:,} points; at most {MOST_POINTS:,} can be used.")
    for name in CURVES:
        _check_curve(name, told[name])
    return {name: list(told[name]) for name in CURVES}


def _check_curve(name: str, values: list[Any]) -> None:
    is_axis, is_share = name in ("step", "epoch"), name in _SHARES
    for value in values:
        if value is None and not is_axis:
            continue
        is_number = isinstance(value, int if name == "step" else (int, float)) and not isinstance(value, bool)
        # what is not a number is in no range either
        if not (is_number and 0 <= value <= (1 if is_share else _LARGEST)):
            legal = "whole numbers" if name == "step" else "shares from 0 to 1" if is_share else "numbers from 0 on"
            raise ValueError(f"The curve {name} holds {shown(value)}; it must hold {legal}.")
    if is_axis and any(after < before for before, after in pairwise(values)):
        raise ValueError(f"The curve {name} must rise.")


def _until(step: int, history: History) -> History:
    """The curves without what lies beyond the run."""
    count = sum(1 for each in history["step"] if each is not None and each <= step)
    return {name: values[:count] for name, values in history.items()}


def _name(told: Any) -> str:
    if not isinstance(told, str) or len(told) > _LONGEST_NAME:
        raise ValueError(f"Its name must be a text of at most {_LONGEST_NAME} letters, not {shown(told)}.")
    clean = "".join(letter for letter in told if letter.isprintable()).strip()
    if not clean:
        raise ValueError("Its name must not be empty.")
    return clean


def _brief(own: Any, run: Run) -> dict[str, Any]:
    about = about_of(own, run.task.data)
    return {"kind": about.kind, "names": list(about.names), "target_names": list(about.target_names)}


def _first(settings: TrainingSettings, told: Any) -> TrainingSettings:
    """The settings at the start: those of now, but for the live ones that are told."""
    if told is None:
        return settings
    if not isinstance(told, Mapping) or set(told) - set(LIVE):
        raise ValueError(f"Its first settings must be some of {', '.join(LIVE)}.")
    values = strict(TrainingSettings, told)
    return replace(settings, **{name: getattr(values, name) for name in told})
