"""A person's table -> cases to learn: which column is the target, as numbers or as classes, and which are inputs."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.types import Array
from explorer.columns import Column
from explorer.numbers import short
from explorer.settings import shown
from explorer.tables import Chosen, Table, choose, read_table

LEAST_CASES = 4

_MOST_LEVELS = 10  # whole numbers that differ, above which they are more likely amounts than classes
_LEAST_OF_EACH = 5  # cases of each of them on average, below which likewise
_MOST_MISSING = 0.5  # the share of its cells above which a column is no input unless somebody asks for it
_LARGE = 10.0  # numbers beyond it make the first steps too long, unless they are standardised


def read_wish(wish: Mapping[str, Any]) -> dict[str, Any]:
    """A table and perhaps what to use of it, {text, target?, inputs?, kind?: "number" | "class"} -> what it makes.

    That is ``columns``, each with what keeps it from being numbers and from being classes; ``target``, ``inputs``
    and ``kind`` as chosen; ``data``, what the page tells of it from now on, None with a ``problem`` where the choice
    makes none; the number of ``cases``, of each class ``counts``; ``notes``. ValueError where there is no table.
    """
    table = read_table(wish.get("text"))  # type: ignore[arg-type]
    target, inputs = wish.get("target"), wish.get("inputs")
    column = table.column(_first_target(table) if target is None else target)
    likely, doubts = _first_inputs(table, column.name)
    inputs = list(likely) if inputs is None else inputs
    if not isinstance(inputs, list):
        raise ValueError(f"The inputs must be a list of names, not {shown(inputs)}.")
    kind = _kind(column, wish.get("kind"))
    made = _made(table, column.name, inputs, kind)
    names = [each.name for each in table.columns]
    return made | {
        "columns": [
            {"name": each.name, "problem": each.problem, "class_problem": each.class_problem} for each in table.columns
        ],
        "target": column.name,
        "inputs": [name for name in names if name in inputs],
        "kind": kind,
        "notes": [*table.notes, *(doubts[name] for name in doubts if name not in inputs), *made["notes"]],
    }


def packed(values: Array) -> str:
    """Numbers as base64 of little-endian float64, row by row."""
    return base64.b64encode(values.astype("<f8").tobytes()).decode("ascii")


def _made(table: Table, target: str, inputs: Sequence[str], kind: str) -> dict[str, Any]:
    """The cases of this choice, or why there are none."""
    try:
        chosen = choose(table, target, inputs, as_classes=kind == "class")
        cases = len(chosen.targets)
        if cases < LEAST_CASES:
            raise ValueError(f"There are {cases} complete rows; at least {LEAST_CASES} are needed.")
    except ValueError as reason:
        return {"data": None, "problem": str(reason), "cases": 0, "counts": None, "notes": []}
    counts = np.bincount(chosen.targets.astype(np.int64)).tolist() if chosen.classes else None
    notes = [*chosen.notes, *_scale(chosen)]
    return {"data": _told(chosen), "problem": "", "cases": cases, "counts": counts, "notes": notes}


def _told(chosen: Chosen) -> dict[str, Any]:
    """The data as ``own.dataset_of`` takes it; targets are numbers, or places among the names of the classes."""
    kind = {0: "regression", 2: "signs"}.get(len(chosen.classes), "classes")
    return {
        "kind": kind,
        "names": list(chosen.names),
        "target_names": list(chosen.classes or (chosen.target_name,)),
        "inputs": packed(chosen.inputs),
        "targets": packed(chosen.targets),
    }


def _first_target(table: Table) -> str:
    """The last column that can be learnt, by numbers in another one."""
    usable = set(table.usable)
    for column in reversed(table.columns):
        if usable - {column.name} and (not column.problem or _are_few(column)):
            return column.name
    problems = [column.problem.rstrip(".") for column in table.columns if column.problem]
    reasons = "; ".join(f"c{reason[1:]}" for reason in problems[:2])
    raise ValueError(f"A column of numbers is needed, and one more of numbers or of few classes; {reasons}.")


def _are_few(column: Column) -> bool:
    """Whether words come often enough to be classes rather than the names of the rows."""
    return not column.class_problem and 2 * len(column.levels) <= len(column.cells)


def _first_inputs(table: Table, target: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """All other columns of numbers but those that are better left out, and why these are."""
    usable = [column for column in table.columns if not column.problem and column.name != target]
    reasons = {column.name: reason for column in usable if (reason := _doubt(column))}
    if len(reasons) == len(usable):
        reasons = {}
    return tuple(column.name for column in usable if column.name not in reasons), reasons


def _doubt(column: Column) -> str:
    """Why a column of numbers is likely no input; empty where it is one."""
    values = column.values
    assert values is not None
    missing = float(np.isnan(values).mean())
    if missing > _MOST_MISSING:
        return f"Column '{shown(column.name)}' misses {100.0 * missing:.0f} % of its values and is left out at first."
    if values[0] in (0.0, 1.0) and np.array_equal(values, values[0] + np.arange(len(values))):
        return f"Column '{shown(column.name)}' only counts the rows and is left out at first."
    return ""


def _kind(column: Column, wished: object) -> str:
    """How the target is read: as wished, else as what it looks like."""
    if wished is not None:
        if wished not in ("number", "class"):
            raise ValueError(f"A target can be a number or a class, not {shown(wished)}.")
        return str(wished)
    return "class" if _looks_like_classes(column) else "number"


def _looks_like_classes(column: Column) -> bool:
    if column.values is None or column.class_problem:
        return column.values is None
    present = column.values[~np.isnan(column.values)]
    count = len(column.levels)
    if count == 2:
        return True
    whole = bool((present == np.rint(present)).all())
    return whole and count <= _MOST_LEVELS and count * _LEAST_OF_EACH <= len(present)


def _scale(chosen: Chosen) -> list[str]:
    """A hint where numbers are so large that training fares badly without a common scale."""
    columns = dict(zip(chosen.names, chosen.inputs.T, strict=True))
    if not chosen.classes:
        columns[chosen.target_name] = chosen.targets
    reach = {name: float(np.abs(values).max()) for name, values in columns.items()}
    name = max(reach, key=lambda each: reach[each])
    if reach[name] <= _LARGE:
        return []
    return [f"Column '{shown(name)}' reaches {short(reach[name])}: numbers so large need Standardise on."]
