"""A training run as a Python script: it makes the same run with the package ``engine``, to the last bit."""

import hashlib
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from engine import Change, Dataset, Preparation, Run, Task
from engine.packing import encode
from engine.types import PARTS, Array
from explorer import __version__
from explorer.training.subjects import Subject

_WIDTH = 118  # letters of a line


def as_script(run: Run, about: Subject) -> str:
    """A script that starts the run, trains to the same step and compares the weights."""
    lines = [
        *_head(run),
        *_data_lines(run.task.data, about),
        *_task_lines(run.task),
        *_made("recipe", run.recipe),
        *_change_lines(run.changes_until(run.step)),
        f"run = engine.start(task, recipe, seed={run.seed}, changes=changes)",
        *_advance_lines(run),
        "",
        *_END.format(digest=_digest(run.weights), made_with=_made_with()).splitlines(),
        "",
    ]
    return "\n".join(lines)


def _head(run: Run) -> list[str]:
    return [
        f'"""A training run, as Error Surface Explorer {__version__} showed it."""',
        "",
        *_comment(_CAVEAT.format(made_with=_made_with())),
        *(["import base64"] if run.task.data.origin is None else []),
        "import hashlib",
        "",
        "import numpy as np",
        "",
        "import engine",
        "",
    ]


_CAVEAT = (
    "Made with {made_with}. The weights are the same to the last bit where NumPy's build, its BLAS kernel and the "
    "number of its threads are; elsewhere the last digits differ, and training may let that grow."
)
_END = """\
measured = engine.measure(run)
print(f"{{run.step}} updates, {{run.epoch:.10g}} epochs")
for part in ("training", "validation", "test"):
    error = getattr(measured, f"{{part}}_error")
    if error is not None:
        print(f"{{part}} error: {{error!r}}")
    if error is not None and measured.accuracy is not None:
        print(f"{{part}} accuracy: {{getattr(measured.accuracy, part)!r}}")

digest = hashlib.sha256(run.weights.astype("<f8").tobytes()).hexdigest()
if digest != "{digest}":
    print("The run was made with {made_with}; here it is NumPy", np.__version__)
    raise SystemExit("The weights are not the same to the last bit.")
print("The weights are the same to the last bit.")"""


def _digest(weights: Array) -> str:
    return hashlib.sha256(weights.astype("<f8").tobytes()).hexdigest()


def _made_with() -> str:
    """NumPy, and the library of linear algebra that it was built with."""
    told: Any = np.show_config(mode="dicts")
    built = told.get("Build Dependencies", {}).get("blas", {}) if isinstance(told, Mapping) else {}
    words = ("NumPy", np.__version__, *(("and", built["name"], built.get("version")) if built.get("name") else ()))
    return " ".join(str(word) for word in words if word)


# --- records as the expressions that make them --------------------------------


def _made(name: str, record: Any) -> list[str]:
    """``name = engine.Record(...)``, a line for each setting."""
    settings = [f"    {field.name}={_expression(getattr(record, field.name))}," for field in fields(record)]
    return [f"{name} = engine.{type(record).__name__}(", *settings, ")"]


def _expression(value: Any) -> str:
    if not is_dataclass(value):
        return _plain(value)
    settings = (f"{field.name}={_expression(getattr(value, field.name))}" for field in fields(value))
    return f"engine.{type(value).__name__}({', '.join(settings)})"


def _plain(value: Any) -> str:
    """Numbers and names of registries, as Python writes them."""
    return repr(value).replace("'", '"')


# --- data ---------------------------------------------------------------------


def _data_lines(data: Dataset, about: Subject) -> list[str]:
    origin = data.origin
    if origin is not None:
        settings = f"cases={origin.cases}, noise={origin.noise!r}, seed={origin.seed}, split={origin.split!r}"
        return [f'data = engine.DATASETS["{origin.name}"].generate({settings})']
    return [
        "def numbers(text):",
        '    return np.frombuffer(base64.b64decode(text), "<f8")',
        "",
        "",
        *_comment(f"Inputs, case by case: {', '.join(about.input_names)}"),
        *_array_lines("inputs", data.inputs),
        *_comment(f"Targets: {', '.join(about.target_names)}"),
        *_array_lines("targets", data.targets),
        "split = {",
        *(line for part in PARTS for line in _part_lines(part, getattr(data, part).tolist())),
        "}",
        "data = engine.Dataset.from_arrays(inputs, targets, split)",
    ]


def _comment(words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _array_lines(name: str, values: Array) -> list[str]:
    return [f'{name} = numbers("""', *textwrap.wrap(encode(values), _WIDTH), f'""").reshape{values.shape}']


def _part_lines(part: str, cases: Sequence[int]) -> list[str]:
    numbers = textwrap.wrap(", ".join(map(str, cases)), _WIDTH - 8)
    return [f'    "{part}": [', *(f"        {line}" for line in numbers), "    ],"]


# --- task ---------------------------------------------------------------------


def _task_lines(task: Task) -> list[str]:
    settings = f"data, network, {_plain(task.error)}, {_plain(task.reduction)}"
    if task.preparation == Preparation():
        return [*_made("network", task.network), f"task = engine.Task({settings})"]
    made = (*_made("network", task.network), *_made("preparation", task.preparation))
    return [*made, f"task = engine.Task({settings}, preparation)"]


# --- what happened ------------------------------------------------------------


def _change_lines(changes: Sequence[Change]) -> list[str]:
    if not changes:
        return ["changes = []"]
    head = "# after so many updates, what was altered, and how"
    return [head, "changes = [", *(line for change in changes for line in _change(change)), "]"]


def _change(change: Change) -> Iterator[str]:
    step, setting, value = change
    if setting != "points":
        yield f"    ({step}, {_plain(setting)}, {_plain(value)}),"
        return
    yield f'    ({step}, "points", ['
    for row in value:
        yield f"        {row!r},"
    yield "    ]),"


def _advance_lines(run: Run) -> list[str]:
    if run.diverged_at is None:
        return [f"run = engine.advance(run, updates={run.step})"]
    return ["# one more than it has: in trying that it diverges", f"run = engine.advance(run, updates={run.step + 1})"]
