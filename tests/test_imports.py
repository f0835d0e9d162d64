"""Imports go one way: engine <- shared parts of the app <- figures, layout <- callbacks <- app."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
LABS = ("surface", "backprop", "training", "story")
# what the labs stand on
SHARED = (
    "columns", "controls", "csv_text", "exchange", "live", "maps", "numbers", "server", "settings", "settings_wiring",
    "shell", "tables", "theme",
)  # fmt: skip
ROOMS = {  # of a lab, each entered only from those behind it
    "surface": (
        "settings", "cases", "minima", "scenes", "descents", "marks", "figures", "charts", "progress", "facts", "words",
        "theory", "updates", "steps", "exports", "suggestions", "experiments", "places", "controls_layout",
        "experiments_layout", "pictures_layout", "layout", "callbacks",
    ),
    "training": (
        "settings", "presets", "own_tables", "own", "subjects", "tasks", "pictures", "frames", "bent", "amplified",
        "examples", "readings", "pad", "health_words", "straight_line", "reports", "words", "story", "ticks", "records",
        "run_files", "scripts", "exports", "slice_wishes", "slice_words", "slices", "replica_states",
        "experiments", "experiment_plans", "remedies", "figures", "controls_layout", "pictures_layout", "layout",
        "callbacks",
    ),
}  # fmt: skip
# the rooms that know the page
PAGES = ("places", "controls_layout", "experiments_layout", "pictures_layout", "layout", "callbacks")
WEB = ("dash", "dash_mantine_components", "flask", "werkzeug", "waitress")


class Import(NamedTuple):
    """One import statement."""

    name: str  # in full: "explorer.surface.figures", "numpy.linalg"
    at_module_level: bool  # runs when the module is imported
    for_types: bool  # stands under `if TYPE_CHECKING:`


def module_of(file: Path) -> str:
    parts = file.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, is_package: bool = False) -> list[Import]:
    return list(_walk(ast.parse(source), module if is_package else module.rpartition(".")[0], True, False))


def _walk(node: ast.AST, package: str, at_module_level: bool, for_types: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, at_module_level, for_types)
    elif isinstance(node, ast.ImportFrom):
        parents = package.split(".")
        above = parents[: len(parents) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:  # the imported thing may be a module itself: from explorer import live
            yield Import(f"{base}.{alias.name}", at_module_level, for_types)
    elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for child in node.body:
            yield from _walk(child, package, at_module_level, True)
        for child in node.orelse:
            yield from _walk(child, package, at_module_level, for_types)
    else:
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, package, at_module_level and not inside, for_types)


def of(file: Path) -> list[Import]:
    return imports_of(file.read_text(), module_of(file), file.name == "__init__.py")


def is_in(name: str, *packages: str) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def modules(folder: str) -> list[Path]:
    return sorted((REPOSITORY / folder).rglob("*.py"))


def named(file: Path) -> str:
    return str(file.relative_to(REPOSITORY))


# --- the rules ------------------------------------------------------------------


@pytest.mark.parametrize("file", modules("engine"), ids=named)
def test_the_engine_stands_on_numpy_and_the_standard_library(file: Path) -> None:
    for found in of(file):
        top = found.name.partition(".")[0]
        if top == "sklearn":  # the real data sets: 1.35 s, so only where they are loaded
            assert not found.at_module_level, f"{found.name} at module level"
        else:
            assert top in {"engine", "numpy"} or top in sys.stdlib_module_names, found.name


@pytest.mark.parametrize("file", modules("explorer"), ids=named)
def test_slow_libraries_are_imported_where_they_are_used(file: Path) -> None:
    for found in of(file):
        if is_in(found.name, "pandas", "sklearn") and not found.for_types:
            assert not found.at_module_level, f"{found.name} takes a second at every start"


@pytest.mark.parametrize("file", modules("explorer"), ids=named)
def test_the_app_knows_nothing_of_tests_and_benchmarks(file: Path) -> None:
    assert [found.name for found in of(file) if is_in(found.name, "tests", "bench", "pytest", "selenium")] == []


@pytest.mark.parametrize("file", modules("explorer"), ids=named)
def test_a_lab_imports_no_other_lab(file: Path) -> None:
    lab = file.relative_to(REPOSITORY / "explorer").parts[0]
    if lab in LABS:
        others = [f"explorer.{other}" for other in LABS if other != lab]
        assert [found.name for found in of(file) if is_in(found.name, *others, "explorer.app")] == []


@pytest.mark.parametrize("file", modules("explorer"), ids=named)
def test_shared_parts_import_no_lab(file: Path) -> None:
    if module_of(file).split(".")[1:2] in [[name] for name in SHARED]:
        above = [f"explorer.{name}" for name in (*LABS, "app", "__main__")]
        assert [found.name for found in of(file) if is_in(found.name, *above)] == []


def rooms() -> list[Path]:
    return [file for file in modules("explorer") if file.parent.name in ROOMS and file.stem != "__init__"]


@pytest.mark.parametrize("file", rooms(), ids=named)
def test_rooms_without_a_page_take_arrays_and_never_import_dash(file: Path) -> None:
    if file.stem not in PAGES:
        assert [found.name for found in of(file) if is_in(found.name, *WEB)] == []


@pytest.mark.parametrize("file", rooms(), ids=named)
def test_a_labs_rooms_are_entered_in_order(file: Path) -> None:
    lab = file.parent.name
    place = ROOMS[lab].index(file.stem)  # a new room must find its place
    later = [f"explorer.{lab}.{room}" for room in ROOMS[lab][place:]]
    assert [found.name for found in of(file) if is_in(found.name, *later)] == []


@pytest.mark.parametrize("lab", ROOMS)
def test_no_room_is_named_that_is_none(lab: str) -> None:
    assert set(ROOMS[lab]) <= {file.stem for file in rooms() if file.parent.name == lab}


@pytest.mark.parametrize("file", modules("explorer"), ids=named)
def test_callbacks_belong_to_an_app(file: Path) -> None:
    # The global `dash.callback` gives them to the first app of a process; a second one would have none.
    names = {"dash.callback", "dash.clientside_callback", "dash.callback.callback"}
    assert [found.name for found in of(file) if found.name in names] == []


def test_there_is_something_to_check() -> None:
    assert len(modules("engine")) >= 5
    assert len(modules("explorer")) >= 3


# --- the walker itself ----------------------------------------------------------

SAMPLE = """
import numpy as np, os.path
from . import live
from .. import theme
from ..surface.figures import draw
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import pandas
try:
    import tomllib
except ImportError:
    pass

class Loader:
    import json

    def load(self):
        from sklearn import datasets
"""


def test_the_walk_finds_every_import() -> None:
    assert imports_of(SAMPLE, "explorer.training.figures") == [
        Import("numpy", True, False),
        Import("os.path", True, False),
        Import("explorer.training.live", True, False),
        Import("explorer.theme", True, False),
        Import("explorer.surface.figures.draw", True, False),
        Import("typing.TYPE_CHECKING", True, False),
        Import("pandas", True, True),
        Import("tomllib", True, False),
        Import("json", True, False),
        Import("sklearn.datasets", False, False),
    ]
    assert imports_of("from . import a", "engine", is_package=True) == [Import("engine.a", True, False)]


def test_names_are_compared_part_by_part() -> None:
    assert is_in("dash", "dash")
    assert is_in("dash.html", "dash")
    assert not is_in("dashboard", "dash")
