"""The user's own table: CSV text becomes columns of checked numbers, or one sentence says why it cannot."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.types import Array
from explorer.csv_text import MOST_ROWS, cells_of
from explorer.numbers import plural
from explorer.settings import number_text, shown

LONGEST_NAME = 80  # characters; a longer one is cut, it would fill every axis and menu
LARGEST_NUMBER = 1e12  # positive or negative
SMALLEST_SPREAD = 1e-100  # the squares of smaller differences are lost to rounding

_MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "?"}
_LONGEST_NUMBER = 100  # characters
_WHOLE = r"(?:[0-9]+|[1-9][0-9]{0,2}(?:%s[0-9]{3})+)"  # thousands may be grouped
_NUMBER = rf"[+-]?(?:{_WHOLE}(?:%s[0-9]*)?|%s[0-9]+)(?:e[+-]?[0-9]+)?|[+-]?inf(?:inity)?"
_NUMBERS = {
    ".": re.compile(_NUMBER % (",", r"\.", r"\."), re.IGNORECASE),
    ",": re.compile(_NUMBER % (r"\.", ",", ","), re.IGNORECASE),
}


@dataclass(frozen=True, eq=False)
class Column:
    """A column: ``values`` (N,), read-only, NaN where missing, None for text; ``problem`` says why it is unusable."""

    name: str
    values: Array | None
    problem: str


@dataclass(frozen=True, eq=False)
class Table:
    """A table of N rows; the names of its columns differ, ``notes`` are sentences for its owner."""

    rows: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...]

    @property
    def usable(self) -> tuple[str, ...]:
        """The names of the columns that may be inputs or target."""
        return tuple(column.name for column in self.columns if not column.problem)


@dataclass(frozen=True, eq=False)
class Chosen:
    """The complete rows of the chosen columns: ``inputs`` (N, D), D ``names``, ``targets`` (N,); read-only."""

    inputs: Array
    targets: Array
    names: tuple[str, ...]
    target_name: str
    notes: tuple[str, ...]


def read_table(text: str) -> Table:
    """The table in a CSV text, with or without a line of names; ValueError with one sentence where there is none.

    Cells are parted by commas, semicolons or tabs, whichever fits best; beside the latter two a decimal comma is
    understood. Rows are counted from 1, without the line of names and without blank lines.
    """
    found, rows, separator = cells_of(text)
    mark = "." if separator == "," else _decimal_mark(rows)
    has_names = _are_names(rows[0], mark)
    found -= has_names
    if found < 2:
        few = "One row is not enough" if found else "There are names but no rows"
        raise ValueError(f"{few}: at least two rows of numbers are needed.")
    names = _distinct(rows[0] if has_names else [""] * len(rows[0]))
    rows = rows[has_names:][:MOST_ROWS]
    columns = [_column(name, cells, mark) for name, cells in zip(names, zip(*rows, strict=True), strict=True)]
    notes = [f"The table has {found:,} rows; the first {MOST_ROWS:,} are used."] * (found > MOST_ROWS)
    notes += ["Commas are read as decimal marks."] * (mark == ",")
    return Table(len(rows), tuple(columns), tuple(notes))


def choose(table: Table, target: str, inputs: Sequence[str]) -> Chosen:
    """Inputs and targets from the columns of these names, without the rows that miss one of the values.

    ValueError with one sentence where a column is unknown, unusable or chosen twice, where no input is chosen,
    or where the complete rows are fewer than two or all the same in one column.
    """
    if not inputs:
        raise ValueError("Choose at least one input.")
    names = (*inputs, target)
    values = np.column_stack([_usable(table, name, names[:place]) for place, name in enumerate(names)])
    complete = np.ascontiguousarray(values[~np.isnan(values).any(axis=1)])
    if len(complete) < 2:
        raise ValueError(f"Only {plural(len(complete), 'row')} without missing values; at least two are needed.")
    for name, column in zip(names, complete.T, strict=True):
        if problem := _problem(name, column):
            raise ValueError(f"Without the rows with missing values, c{problem[1:]}")
    left_out = table.rows - len(complete)
    verb = "was" if left_out == 1 else "were"
    notes = (f"{plural(left_out, 'row')} with missing values {verb} left out.",) if left_out else ()
    return Chosen(_read_only(complete[:, :-1]), _read_only(complete[:, -1]), names[:-1], target, notes)


def suggest(table: Table) -> tuple[str, tuple[str, ...]]:
    """A first choice: the last usable column as target, the first others, at most two, as inputs.

    ValueError with one sentence where fewer than two columns are usable.
    """
    usable = table.usable
    if len(usable) < 2:
        problems = [column.problem.rstrip(".") for column in table.columns if column.problem]
        reasons = "; ".join(f"c{problem[1:]}" for problem in problems[:2])
        raise ValueError(f"At least two columns of numbers are needed; {reasons}.")
    return usable[-1], usable[:-1][:2]


def _decimal_mark(rows: list[list[str]]) -> str:
    """The mark by which most cells are numbers, in a draw the one that more of them hold."""
    cells = [cell for row in rows for cell in row if "," in cell or "." in cell]

    def fitting(mark: str) -> tuple[int, int]:
        numbers = [cell for cell in cells if _number(cell, mark) is not None]
        return len(numbers), sum(mark in cell for cell in numbers)

    return max(".,", key=fitting)


def _number(cell: str, mark: str) -> float | None:
    """The number in a cell, NaN where it is missing, None where there is text."""
    if len(cell) > _LONGEST_NUMBER:
        return None
    if cell.lower() in _MISSING:
        return math.nan
    if not _NUMBERS[mark].fullmatch(cell):
        return None
    return float(cell.replace("," if mark == "." else ".", "").replace(mark, "."))


def _are_names(cells: list[str], mark: str) -> bool:
    """Whether the first row holds names; an empty first one is that of the numbered rows of an export."""
    return not cells[0] or any(_number(cell, mark) is None for cell in cells)


def _distinct(cells: list[str]) -> list[str]:
    """Names that can be printed and differ."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = "".join(letter for letter in " ".join(cell.split()) if letter.isprintable())
        name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        name = name or f"column {place}"
        others = (f"{name} ({count})" for count in range(2, len(cells) + 2))
        names.append(name if name not in names else next(other for other in others if other not in names))
    return names


def _column(name: str, cells: Sequence[str], mark: str) -> Column:
    numbers = [_number(cell, mark) for cell in cells]
    if None in numbers:
        place = numbers.index(None)
        where = f"first '{shown(cells[place])}' in row {place + 1:,}"
        return Column(name, None, f"Column '{shown(name)}' holds text, {where}.")
    values = np.array(numbers, dtype=np.float64)
    return Column(name, _read_only(values), _problem(name, values))


def _problem(name: str, values: Array) -> str:
    """Why numbers (N,), NaN where missing, can be neither input nor target; empty where they can."""
    column, present = f"Column '{shown(name)}'", values[~np.isnan(values)]
    if not present.size:
        return f"{column} holds nothing but missing values."
    beyond = np.flatnonzero(np.abs(values) > LARGEST_NUMBER)
    if beyond.size:
        value = float(values[beyond[0]])
        number = number_text(value) if math.isfinite(value) else "an infinite number"
        return f"{column} holds {number} in row {beyond[0] + 1:,}; {LARGEST_NUMBER:,.0f} is the limit."
    low, high = float(present.min()), float(present.max())
    if low == high:
        return f"{column} holds the same number, {number_text(low)}, everywhere; it can tell nothing."
    if high - low < SMALLEST_SPREAD:
        return f"{column} holds numbers that differ by less than {SMALLEST_SPREAD}; take a smaller unit."
    return ""


def _usable(table: Table, name: str, before: Sequence[str]) -> Array:
    """The values of the column (N,); ValueError where it is unknown, unusable or among those before."""
    column = next((column for column in table.columns if column.name == name), None)
    if column is None:
        raise ValueError(f"There is no column '{shown(name)}'.")
    if column.values is None or column.problem:
        raise ValueError(column.problem)
    if name in before:
        raise ValueError(f"Column '{shown(name)}' is chosen twice.")
    return column.values


def _read_only(values: Array) -> Array:
    values = np.ascontiguousarray(values)
    values.setflags(write=False)
    return values
