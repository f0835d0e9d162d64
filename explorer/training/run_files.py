"""Run files: runs as JSON that a person keeps and opens again, read as if a stranger had written it.

``{format, made_by, kind, runs: [{name, settings, own, run, history, first}]}``: settings are the texts of a link, own
is what is told of data that a person brought or null, run is the object of ``Run.to_json``, history the curves so far,
first the live settings at the start.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer import __version__
from explorer.numbers import plural
from explorer.settings import shown, to_link
from explorer.training import frames, words
from explorer.training.records import LIVE, Record, checked_record

FORMAT = 1
KIND = "training runs"
MOST_RUNS = 9  # the kept ones and the present one
LARGEST_FILE = 16_000_000  # characters; a request has at most 16 MB
_NUMBERS = ("step", "epoch", "training_error", "validation_error", "test_error", "accuracy", "best")  # of a frame
_MOST_VALUES = 1_000_000  # more than so many runs have with every change and point that they may have


def as_text(records: Sequence[Record]) -> str:
    """The file of these runs; ValueError in one sentence where it could not be opened again."""
    whole = {
        "format": FORMAT,
        "made_by": f"Error Surface Explorer {__version__}, NumPy {np.__version__}",
        "kind": KIND,
        "runs": [_entry(record) | {"run": json.loads(record.run.to_json())} for record in records],
    }
    text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    _check_size(text, "would have")
    return text


def read_file(wish: dict[str, Any]) -> dict[str, Any]:
    """The runs in the ``text`` of a file, each as the page keeps one; ValueError in one sentence.

    Beside what the file tells of a run, which comes as text: ``sizes`` of its network, ``frame``, its numbers now, and
    ``sentence``, which says how it goes.
    """
    entries = _runs(_parsed(wish.get("text")))
    return {"runs": [_answer(_opened(place, entry)) for place, entry in enumerate(entries, 1)]}


# --- writing ------------------------------------------------------------------


def _entry(record: Record) -> dict[str, Any]:
    """All of a record but its run."""
    first = to_link(record.first)
    return {
        "name": record.name,
        "settings": to_link(record.settings),
        "own": record.own,
        "history": record.history,
        "first": {name: first[name] for name in LIVE},
    }


def _check_size(text: str, has: str) -> None:
    if len(text) > LARGEST_FILE:
        raise ValueError(f"The file {has} {len(text):,} characters; at most {LARGEST_FILE:,} can be opened.")


# --- reading ------------------------------------------------------------------


def _parsed(text: Any) -> Any:
    if not isinstance(text, str):
        raise ValueError(f"A run file must be a text, not {shown(text)}.")
    _check_size(text, "has")
    # the smallest of values takes fifty times its letters of memory
    if sum(map(text.count, ",[{")) > _MOST_VALUES:
        raise ValueError(f"This file holds more than {_MOST_VALUES:,} values: no run file does.")
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ValueError("This is no run file: it could not be read as JSON.") from None


def _refused(constant: str) -> None:
    """JSON knows neither NaN nor Infinity."""
    raise ValueError(constant)


def _runs(whole: Any) -> list[Any]:
    if not isinstance(whole, dict) or whole.get("kind") != KIND:
        raise ValueError("This file holds no training runs.")
    version = whole.get("format")
    if type(version) is not int or version != FORMAT:
        raise ValueError(f"This file has the format {shown(version)}; this version of the app reads format {FORMAT}.")
    runs = whole.get("runs")
    if not isinstance(runs, list):
        raise ValueError(f"The runs of this file must be a list, not {shown(runs)}.")
    if not 1 <= len(runs) <= MOST_RUNS:
        raise ValueError(f"This file has {plural(len(runs), 'run')}; it must have 1 to {MOST_RUNS}.")
    return runs


def _opened(place: int, entry: Any) -> Record:
    try:
        is_told = isinstance(entry, dict) and "run" in entry
        return checked_record(entry | {"run": json.dumps(entry["run"])} if is_told else entry)
    except (ValueError, RecursionError) as reason:
        told = "It is nested too deep" if isinstance(reason, RecursionError) else str(reason)
        why = told.partition("; press reset")[0].rstrip(".")
        raise ValueError(f"Run {place} of this file cannot be opened: {why}.") from None


# --- what the page gets -------------------------------------------------------


def _answer(record: Record) -> dict[str, Any]:
    """The record as the page keeps one."""
    run, entry = record.run, _entry(record)
    frame = frames.frame([run], record.about)
    return entry | {
        "run": run.to_json(),
        "sizes": list(run.task.network.sizes),
        "frame": {name: frame[name] for name in _NUMBERS},
        "sentence": words.sentence(run),
    }
