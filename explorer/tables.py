"""The user's own table: CSV text becomes columns of checked numbers and classes, or one sentence says why not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.types import Array
from explorer.columns import LARGEST_NUMBER, LONGEST_NAME, Column, distinct_names, number, problem, read_column
from explorer.csv_text import MOST_ROWS, cells_of
from explorer.numbers import plural
from explorer.settings import shown

__all__ = ["LARGEST_NUMBER", "LONGEST_NAME", "Chosen", "Column", "Table", "choose", "read_table", "suggest"]


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

    def column(self, name: object) -> Column:
        """The column of this name; ValueError where there is none."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise ValueError(f"There is no column '{shown(name)}'.")
        return found


@dataclass(frozen=True, eq=False)
class Chosen:
    """The complete rows of the chosen columns: ``inputs`` (N, D), D ``names``, ``targets`` (N,); read-only.

    Where the target tells classes, ``classes`` are their names and the targets count them from 0.
    """

    inputs: Array
    targets: Array
    names: tuple[str, ...]
    target_name: str
    notes: tuple[str, ...]
    classes: tuple[str, ...] = ()


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
    names = distinct_names(rows[0] if has_names else [""] * len(rows[0]), "column")
    rows = rows[has_names:][:MOST_ROWS]
    columns = [read_column(name, cells, mark) for name, cells in zip(names, zip(*rows, strict=True), strict=True)]
    notes = [f"The table has {found:,} rows; the first {MOST_ROWS:,} are used."] * (found > MOST_ROWS)
    notes += ["Commas are read as decimal marks."] * (mark == ",")
    return Table(len(rows), tuple(columns), tuple(notes))


def choose(table: Table, target: str, inputs: Sequence[str], as_classes: bool = False) -> Chosen:
    """Inputs and targets from the columns of these names, without the rows that miss one of the values.

    A target that is read ``as_classes`` may hold text. ValueError with one sentence where a column is unknown,
    unusable or chosen twice, where no input is chosen, or where the complete rows are fewer than two or all the
    same in one column.
    """
    if not inputs:
        raise ValueError("Choose at least one input.")
    columns = [_numbers(table, name, inputs[:place]) for place, name in enumerate(inputs)]
    columns.append((_codes if as_classes else _numbers)(table, target, inputs))
    values = np.column_stack(columns)
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 2:
        raise ValueError(f"Only {plural(len(complete), 'row')} without missing values; at least two are needed.")
    for place, name in enumerate(inputs if as_classes else (*inputs, target)):
        if reason := problem(name, complete[:, place]):
            raise ValueError(f"Without the rows with missing values, c{reason[1:]}")
    targets = complete[:, -1]
    classes, targets = _remaining(table.column(target), targets) if as_classes else ((), targets)
    left_out = table.rows - len(complete)
    verb = "was" if left_out == 1 else "were"
    notes = (f"{plural(left_out, 'row')} with missing values {verb} left out.",) if left_out else ()
    return Chosen(_read_only(complete[:, :-1]), _read_only(targets), tuple(inputs), target, notes, classes)


def suggest(table: Table) -> tuple[str, tuple[str, ...]]:
    """A first choice: the last usable column as target, the first others, at most two, as inputs.

    ValueError with one sentence where fewer than two columns are usable.
    """
    usable = table.usable
    if len(usable) < 2:
        problems = [column.problem.rstrip(".") for column in table.columns if column.problem]
        reasons = "; ".join(f"c{reason[1:]}" for reason in problems[:2])
        raise ValueError(f"At least two columns of numbers are needed; {reasons}.")
    return usable[-1], usable[:-1][:2]


def _decimal_mark(rows: list[list[str]]) -> str:
    """The mark by which most cells are numbers, in a draw the one that more of them hold."""
    cells = [cell for row in rows for cell in row if "," in cell or "." in cell]

    def fitting(mark: str) -> tuple[int, int]:
        numbers = [cell for cell in cells if number(cell, mark) is not None]
        return len(numbers), sum(mark in cell for cell in numbers)

    return max(".,", key=fitting)


def _are_names(cells: list[str], mark: str) -> bool:
    """Whether the first row holds names; an empty first one is that of the numbered rows of an export."""
    return not cells[0] or any(number(cell, mark) is None for cell in cells)


def _numbers(table: Table, name: str, before: Sequence[str]) -> Array:
    """The values of the column (N,); ValueError where it is unknown, unusable or among those before."""
    column = table.column(name)
    if column.values is None or column.problem:
        raise ValueError(column.problem)
    _check_new(name, before)
    return column.values


def _codes(table: Table, name: str, before: Sequence[str]) -> Array:
    """The class of each row (N,), NaN where missing; ValueError as for ``_numbers``."""
    column = table.column(name)
    if column.class_problem:
        raise ValueError(column.class_problem)
    _check_new(name, before)
    return column.codes


def _check_new(name: str, before: Sequence[str]) -> None:
    if name in before:
        raise ValueError(f"Column '{shown(name)}' is chosen twice.")


def _remaining(column: Column, codes: Array) -> tuple[tuple[str, ...], Array]:
    """The names of the classes that the rows (N,) still hold, and each row's place among them."""
    held, places = np.unique(codes, return_inverse=True)
    if len(held) < 2:
        raise ValueError(
            f"Without the rows with missing values, column '{shown(column.name)}' holds one class only; "
            "it can tell nothing."
        )
    names = distinct_names([column.classes[int(code)] for code in held], "class")
    return tuple(names), places.astype(np.float64)


def _read_only(values: Array) -> Array:
    values = np.ascontiguousarray(values)
    values.setflags(write=False)
    return values
