"""One column of a table: its cells become checked numbers or classes, or one sentence says why they cannot."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.types import Array
from explorer.settings import number_text, shown

LONGEST_NAME = 80  # characters; a longer one is cut, it would fill every axis and menu
LARGEST_NUMBER = 1e12  # positive or negative
SMALLEST_SPREAD = 1e-100  # the squares of smaller differences are lost to rounding
MOST_CLASSES = 20

_MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "?"}
_MISSING_CLASS = _MISSING - {"none", "-"}  # among words these are classes: none and some, + and -
_LONGEST_NUMBER = 100  # characters
_WHOLE = r"(?:[0-9]+|[1-9][0-9]{0,2}(?:%s[0-9]{3})+)"  # thousands may be grouped
_NUMBER = rf"[+-]?(?:{_WHOLE}(?:%s[0-9]*)?|%s[0-9]+)(?:e[+-]?[0-9]+)?|[+-]?inf(?:inity)?"
_NUMBERS = {
    ".": re.compile(_NUMBER % (",", r"\.", r"\."), re.IGNORECASE),
    ",": re.compile(_NUMBER % (r"\.", ",", ","), re.IGNORECASE),
}


@dataclass(frozen=True, eq=False)
class Column:
    """A column: ``values`` (N,), read-only, NaN where missing, None for text; ``problem`` says why it is unusable.

    That is as numbers; a column of text, whose ``cells`` (N,) are kept, may still tell classes.
    """

    name: str
    values: Array | None
    problem: str
    cells: tuple[str, ...] = ()

    @cached_property
    def levels(self) -> tuple[str, ...] | tuple[float, ...]:
        """The words or numbers that differ in the column, in order, however many."""
        if self.values is not None:
            return tuple(np.unique(self.values[~np.isnan(self.values)]).tolist())
        return tuple(sorted({cell for cell in self.cells if cell.lower() not in _MISSING_CLASS}))

    @property
    def classes(self) -> tuple[str, ...]:
        """The levels as names."""
        return tuple(level if isinstance(level, str) else number_text(level) for level in self.levels)

    @cached_property
    def class_problem(self) -> str:
        """Why the column can tell no classes; empty where it can."""
        count, is_text = len(self.levels), self.values is None
        if self.problem and not is_text:
            return self.problem
        if 2 <= count <= MOST_CLASSES:
            return ""
        column = f"Column '{shown(self.name)}'"
        if count == 1:
            return f"{column} holds the same word, '{shown(self.levels[0])}', everywhere; it can tell nothing."
        most = f"at most {MOST_CLASSES} classes are possible"
        if is_text:
            return f"{self.problem[:-1]}, and its {count:,} different values are too many: {most}."
        return f"{column} holds {count:,} different values; {most}."

    @property
    def codes(self) -> Array:
        """The place of each row's class in ``levels`` (N,), NaN where missing; for columns without class problem."""
        places = {level: float(place) for place, level in enumerate(self.levels)}
        rows: Sequence[Any] = self.cells if self.values is None else self.values.tolist()
        return np.array([places.get(row, math.nan) for row in rows])


def read_column(name: str, cells: Sequence[str], mark: str) -> Column:
    """The column of these cells, where ``mark`` is the decimal mark."""
    numbers = [number(cell, mark) for cell in cells]
    if None in numbers:
        place = numbers.index(None)
        where = f"first '{shown(cells[place])}' in row {place + 1:,}"
        return Column(name, None, f"Column '{shown(name)}' holds text, {where}.", tuple(cells))
    values = np.array(numbers, dtype=np.float64)
    values.setflags(write=False)
    return Column(name, values, problem(name, values))


def problem(name: str, values: Array) -> str:
    """Why numbers (N,), NaN where missing, can be neither input nor target; empty where they can."""
    column, present = f"Column '{shown(name)}'", values[~np.isnan(values)]
    if not present.size:
        return f"{column} holds nothing but missing values."
    beyond = np.flatnonzero(np.abs(values) > LARGEST_NUMBER)
    if beyond.size:
        value = float(values[beyond[0]])
        text = number_text(value) if math.isfinite(value) else "an infinite number"
        return f"{column} holds {text} in row {beyond[0] + 1:,}; {LARGEST_NUMBER:,.0f} is the limit."
    low, high = float(present.min()), float(present.max())
    if low == high:
        return f"{column} holds the same number, {number_text(low)}, everywhere; it can tell nothing."
    if high - low < SMALLEST_SPREAD:
        return f"{column} holds numbers that differ by less than {SMALLEST_SPREAD}; take a smaller unit."
    return ""


def number(cell: str, mark: str) -> float | None:
    """The number in a cell, NaN where it is missing, None where there is text."""
    if len(cell) > _LONGEST_NUMBER:
        return None
    if cell.lower() in _MISSING:
        return math.nan
    if not _NUMBERS[mark].fullmatch(cell):
        return None
    return float(cell.replace("," if mark == "." else ".", "").replace(mark, "."))


def distinct_names(cells: Sequence[str], noun: str) -> list[str]:
    """Names that can be printed and differ; one without a letter is its noun and its place, counted from 1."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = "".join(letter for letter in " ".join(cell.split()) if letter.isprintable())
        name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        name = name or f"{noun} {place}"
        others = (f"{name} ({count})" for count in range(2, len(cells) + 2))
        names.append(name if name not in names else next(other for other in others if other not in names))
    return names
