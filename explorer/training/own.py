"""Data that a person brings: what the page tells of it, checked as if a stranger had written it, as a data set.

In full the page tells ``{kind, names, target_names, inputs, targets}``, the numbers as base64 of little-endian
float64: inputs (N, D) row by row; targets (N,), where these are classes their places in ``target_names``. From then
on a run carries the cases, and the page tells the first three alone.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from engine import Dataset
from engine.types import Array
from explorer.columns import LARGEST_NUMBER, MOST_CLASSES
from explorer.csv_text import MOST_COLUMNS, MOST_ROWS
from explorer.numbers import plural, short
from explorer.settings import shown
from explorer.training.own_tables import LEAST_CASES, read_wish

__all__ = ["DRAW_FIRST", "TABLE_FIRST", "About", "about_of", "dataset_of", "read_wish"]

Kind = Literal["signs", "classes", "regression"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_TARGET_NAMES = {"signs": (2, 2), "classes": (3, MOST_CLASSES), "regression": (1, 1)}  # fewest and most

DRAW_FIRST = f"Draw at least {LEAST_CASES} points first: choose a class and click or drag in the picture."
TABLE_FIRST = "There is no table yet: choose a CSV file or paste one."
MOST_INPUTS = MOST_COLUMNS - 1
_LONGEST_NAME = 100  # letters; a table's own are cut at 80, and numbered where they are alike
_BYTES = 8  # of a float64


@dataclass(frozen=True)
class About:
    """What is told of the data beside its numbers.

    ``names`` are those of the D inputs; ``target_names`` of the one number, of the two signs, the negative first, or
    of the classes.
    """

    kind: Kind
    names: tuple[str, ...]
    target_names: tuple[str, ...]


def about_of(own: object, data: Dataset) -> About:
    """What the page tells, in full or in brief, of data that a run carries; ValueError where they do not fit."""
    about = _about(own)
    _check(about, data.inputs, data.targets)
    return about


def dataset_of(own: object, shares: Sequence[float], seed: int) -> Dataset:
    """The data set that the page tells in full, split by (training, validation, test) shares that sum to 1.

    ``own`` is None while nothing is drawn and empty while there is no table; ValueError with one sentence for that
    and for all that is no data.
    """
    if own is None:
        raise ValueError(DRAW_FIRST)
    if own == {}:
        raise ValueError(TABLE_FIRST)
    about = _about(own)
    inputs, targets = (_numbers(cast(Mapping[str, Any], own), name) for name in ("inputs", "targets"))
    _check_count(len(targets))
    if len(inputs) != len(targets) * len(about.names):
        raise ValueError(
            f"{plural(len(targets), 'case')} of {plural(len(about.names), 'input')} need "
            f"{len(targets) * len(about.names):,} numbers, but there are {len(inputs):,}."
        )
    matrix, columns = inputs.reshape(len(targets), -1), _columns(targets, about)
    _check(about, matrix, columns)
    return Dataset.from_arrays(matrix, columns, split=shares, seed=seed)


def _about(own: object) -> About:
    if not isinstance(own, Mapping):
        raise ValueError(f"Your data could not be read: it is {shown(own)}, not an object.")
    kind = next((each for each in _KINDS if each == own.get("kind")), None)
    if kind is None:
        raise ValueError(f"The kind of your data must be one of {', '.join(_KINDS)}, not {shown(own.get('kind'))}.")
    names, target_names = _names("inputs", own.get("names")), _names("targets", own.get("target_names"))
    if not 1 <= len(names) <= MOST_INPUTS:
        raise ValueError(f"Your data has {len(names)} inputs; there may be 1 to {MOST_INPUTS}.")
    low, high = _TARGET_NAMES[kind]
    if not low <= len(target_names) <= high:
        may = f"there may be {low}" if low == high else f"there may be {low} to {high}"
        raise ValueError(f"The targets of your data have {plural(len(target_names), 'name')}; of this kind {may}.")
    return About(kind, names, target_names)


def _names(what: str, told: Any) -> tuple[str, ...]:
    """Names that tell each other apart."""
    if not isinstance(told, list) or len(told) > MOST_COLUMNS or not all(isinstance(name, str) for name in told):
        raise ValueError(f"The names of the {what} of your data must be a list of up to {MOST_COLUMNS} texts.")
    for name in told:
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise ValueError(
                f"'{shown(name)}' cannot be a name in your data: it needs 1 to {_LONGEST_NAME} printable letters."
            )
    if len(set(told)) < len(told):
        raise ValueError(f"The names of the {what} of your data must differ.")
    return tuple(told)


def _numbers(own: Mapping[str, Any], name: str) -> Array:
    """The numbers under this name (n,)."""
    text, most = own.get(name), MOST_ROWS * MOST_INPUTS
    if not isinstance(text, str):
        raise ValueError(f"The {name} of your data are {shown(text)}, not a text of numbers.")
    if len(text) > 4 * -(-most * _BYTES // 3):
        raise ValueError(
            f"The {name} of your data are more than {most:,} numbers, {MOST_ROWS:,} rows of {MOST_INPUTS}."
        )
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError(f"The {name} of your data could not be read: they are no base64.") from None
    if len(raw) % _BYTES:
        raise ValueError(f"The {name} of your data have {len(raw):,} bytes; a number takes {_BYTES}.")
    return np.frombuffer(raw, "<f8").astype(np.float64)


def _columns(targets: Array, about: About) -> Array:
    """Targets as the page tells them (N,) -> as a network meets them (N, K)."""
    if about.kind == "regression":
        return targets[:, None]
    count = len(about.target_names)
    strange = targets[~np.isin(targets, np.arange(count))]
    if strange.size:
        raise ValueError(f"A case has the class {short(strange[0])}; there are {count} classes, counted from 0.")
    places = targets.astype(np.int64)
    return 2.0 * targets[:, None] - 1.0 if about.kind == "signs" else np.eye(count)[places]


def _check_count(cases: int) -> None:
    if not LEAST_CASES <= cases <= MOST_ROWS:
        raise ValueError(
            f"Your data has {plural(cases, 'case')}; at least {LEAST_CASES} and at most {MOST_ROWS:,} can be used."
        )


def _check(about: About, inputs: Array, targets: Array) -> None:
    """Whether inputs (N, D) and targets (N, K) are what is told of them."""
    _check_count(len(inputs))
    if inputs.shape[1] != len(about.names):
        raise ValueError(f"Your data has {inputs.shape[1]} inputs but {plural(len(about.names), 'name')} for them.")
    for values in (inputs, targets):
        # written so that what is not a number does not pass
        if not (values.min() >= -LARGEST_NUMBER and values.max() <= LARGEST_NUMBER):
            raise ValueError(f"Your data holds a number beyond {LARGEST_NUMBER:,.0f}, the limit, or what is no number.")
    if not _fits(about, targets):
        what = {
            "signs": "one target that is -1 or 1",
            "classes": f"{len(about.target_names)} targets, one of them 1 and the others 0",
            "regression": "one target",
        }[about.kind]
        raise ValueError(f"This data is not of the kind that is told of it: each case must have {what}.")


def _fits(about: About, targets: Array) -> bool:
    """Whether targets (N, K) are of the kind that is told."""
    count = len(about.target_names)
    if about.kind != "classes":
        is_sign = about.kind != "signs" or bool((np.abs(targets) == 1.0).all())
        return targets.shape[1] == 1 and is_sign
    ones = targets == 1.0
    return targets.shape[1] == count and bool((ones | (targets == 0.0)).all() and (ones.sum(axis=1) == 1).all())
