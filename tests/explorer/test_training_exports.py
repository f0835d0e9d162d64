"""Files of a training run say what the run says, to the last digit, and make it again."""

import base64
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import Run, measure
from explorer.settings import strict
from explorer.training.callbacks import quiet
from explorer.training.exports import export_wish
from explorer.training.records import CURVES
from explorer.training.run_files import LARGEST_FILE, MOST_RUNS
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from explorer.training.ticks import read_run
from tests.explorer.training_runs import STORIES, record_of, through_json

ROOT = Path(__file__).parents[2]
Array = Any

# as a stranger would write them
ACTIVATIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "relu": lambda z: np.where(z > 0.0, z, 0.0),
    "linear": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}
FEATURES = {"x": lambda x: x[:, 0], "x_cubed": lambda x: x[:, 0] ** 3, "sin_x": lambda x: np.sin(x[:, 0])}


def exported(wish: dict[str, Any]) -> dict[str, Any]:
    return through_json(quiet(export_wish)(through_json(wish)))


def file_of(name: str, what: str) -> dict[str, Any]:
    return exported({**record_of(name), "what": what})


def refused(wish: dict[str, Any]) -> str:
    with pytest.raises(ValueError, match=r"\A[A-Z][^\n]{10,380}\.\Z") as told:
        quiet(export_wish)(wish)
    return str(told.value)


# --- the script -----------------------------------------------------------------------

# runs each file as a program would be, and tells what it printed, how it ended and what it made
RUNNER = """
import contextlib, io, json, runpy, sys
for file in sys.argv[1:]:
    said, end, made = io.StringIO(), None, {}
    try:
        with contextlib.redirect_stdout(said):
            made = runpy.run_path(file, run_name="__main__")
    except SystemExit as reason:
        end = str(reason)
    print(json.dumps([said.getvalue(), end, made["run"].to_json() if made else None]))
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[str, str | None, str | None]]:
    """What came of the script of each story, all run by one other process; and of one that was altered."""
    folder = tmp_path_factory.mktemp("scripts")
    texts = {name: file_of(name, "script")["text"] for name in STORIES}
    texts["altered"] = texts["first"].replace("learning_rate=0.03", "learning_rate=0.030000000000000002")
    assert texts["altered"] != texts["first"]
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    files = [str(folder / f"{name}.py") for name in texts]
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER, *files],
        cwd=folder, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    assert ended.stderr == ""
    return dict(zip(texts, map(json.loads, ended.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", STORIES)
def test_the_script_makes_the_same_run_to_the_last_bit(name: str, scripts: Any) -> None:
    said, end, made = scripts[name]
    assert made == record_of(name)["run"]
    assert end is None
    assert said.splitlines()[-1] == "The weights are the same to the last bit."


@pytest.mark.parametrize("name", STORIES)
def test_the_script_tells_the_errors_of_the_run(name: str, scripts: Any) -> None:
    run, said = Run.from_json(record_of(name)["run"]), scripts[name][0]
    with np.errstate(all="ignore"):
        measured = measure(run)
    assert said.startswith(f"{run.step} updates, ")
    for part in ("training", "validation", "test"):
        error = getattr(measured, f"{part}_error")
        assert (f"{part} error: {error!r}\n" in said) == (error is not None)


def test_the_script_of_another_run_says_that_it_is_another(scripts: Any) -> None:
    said, end, _ = scripts["altered"]
    assert end == "The weights are not the same to the last bit."
    assert f"NumPy {np.__version__}" in said


@pytest.mark.parametrize("name", STORIES)
def test_the_script_can_be_read(name: str) -> None:
    text = file_of(name, "script")["text"]
    assert f"# Made with NumPy {np.__version__}" in text
    assert max(map(len, text.splitlines())) <= 160
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_only_a_script_with_data_in_it_imports_what_reads_it() -> None:
    assert "base64" in file_of("table", "script")["text"]
    assert "base64" not in file_of("digits", "script")["text"]


# --- the weights ----------------------------------------------------------------------


def arrays_of(name: str) -> Mapping[str, Array]:
    return dict(np.load(io.BytesIO(base64.b64decode(file_of(name, "npz")["base64"])), allow_pickle=False))


def run_of(name: str) -> Run:
    record = record_of(name)
    return read_run(strict(TrainingSettings, record["settings"]), record["own"], record["run"])[0]


@pytest.mark.parametrize("name", STORIES)
def test_the_weights_are_all_that_a_network_elsewhere_needs(name: str) -> None:
    run, arrays = run_of(name), arrays_of(name)
    raw = run.task.data.inputs
    features = run.task.preparation.features
    made = np.stack([FEATURES[each](raw) for each in features], axis=1) if features else raw
    outputs = (made - arrays["input_means"]) / arrays["input_deviations"]
    for layer, activation in enumerate(arrays["activations"], 1):
        logits = outputs @ arrays[f"layer{layer}_weights"] + arrays[f"layer{layer}_biases"]
        outputs = ACTIVATIONS[str(activation)](logits)
    outputs = outputs * arrays["target_deviations"] + arrays["target_means"]
    expected = run.task.to_raw(run.task.network.forward(run.weights, run.task.features(raw)).activities[-1])
    assert np.allclose(outputs, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", STORIES)
def test_the_weights_are_those_of_the_run_to_the_last_bit(name: str) -> None:
    run, arrays = run_of(name), arrays_of(name)
    assert np.array_equal(arrays["flat"], run.weights)
    assert ("best_flat" in arrays) == (run.best is not None)
    if run.best is not None:
        assert np.array_equal(arrays["best_flat"], run.best.weights)
    layers = len(run.task.network.sizes) - 1
    weights = [arrays[f"layer{layer}_weights"] for layer in range(1, layers + 1)]
    biases = [arrays[f"layer{layer}_biases"] for layer in range(1, layers + 1)]
    assert np.array_equal(run.task.network.pack(weights, biases), run.weights)


def test_a_constant_input_is_divided_by_one() -> None:
    raw, arrays = run_of("digits").task.data, arrays_of("digits")
    assert (arrays["input_deviations"] == 1.0).all()  # nothing is standardised
    record = record_of("digits")
    record["settings"] |= {"standardise": True, "amplify_copies": 0}
    record["run"] = begun(record["settings"])
    packed = base64.b64decode(exported({**record, "what": "npz"})["base64"])
    deviations = np.load(io.BytesIO(packed), allow_pickle=False)["input_deviations"]
    constant = np.ptp(raw.inputs[raw.training], axis=0) == 0.0
    assert constant.any()
    assert (deviations[constant] == 1.0).all()
    assert np.allclose(deviations[~constant], raw.inputs[raw.training].std(axis=0)[~constant])


def begun(settings: dict[str, Any]) -> str:
    return first_run(strict(TrainingSettings, settings)).to_json()


def test_names_and_words_stand_beside_the_numbers() -> None:
    arrays = arrays_of("table")
    assert arrays["features"].tolist() == ["ramp", "its 'square'"]
    assert arrays["outputs"].tolist() == ["low", "middle", "high"]
    assert "activation(x @ weights + biases)" in str(arrays["use"])
    assert arrays_of("features")["features"].tolist() == ["x", "x_cubed", "sin_x"]


# --- the curves -----------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_the_curves_come_back_from_the_csv_with_every_digit(name: str) -> None:
    history, text = record_of(name)["history"], file_of(name, "csv")["text"]
    table = pd.read_csv(io.StringIO(text), dtype=str).astype(float)
    heads = ["training_error", "validation_error", "test_error"]
    assert list(table) == ["step", "epoch", *heads, *(head.replace("error", "accuracy") for head in heads)]
    for name, column in zip(CURVES, table, strict=True):
        told = [None if pd.isna(value) else value for value in table[column]]
        assert told == history[name]


# --- names and refusals ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "what", "expected", "kind"),
    [
        ("first", "csv", "circle-2-4-2-1-epoch-3.46.csv", "text/csv"),  # 45 updates of 13
        ("not begun", "npz", "circle-2-4-2-1-epoch-0.npz", "application/octet-stream"),
        ("table", "script", "own-2-4-3-epoch-10.py", "text/x-python"),  # 12 training cases, 10 and 2
    ],
)
def test_a_file_is_called_by_what_it_holds(name: str, what: str, expected: str, kind: str) -> None:
    told = file_of(name, what)
    assert (told["name"], told["type"]) == (expected, kind)


def test_many_layers_are_counted_in_the_name_of_a_file() -> None:
    settings = {"hidden_layers": ", ".join(["3"] * 20)}
    record = record_of("first") | {"settings": settings, "run": begun(settings)}
    assert exported({**record, "what": "csv"})["name"] == "circle-20-hidden-layers-epoch-0.csv"


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["first"], "circle-2-4-2-1-epoch-3.46.json"), (["first", "points"], "2-training-runs.json")],
)
def test_a_run_file_is_called_by_what_it_holds(names: list[str], expected: str) -> None:
    told = exported({"what": "json", "runs": [record_of(name) for name in names]})
    assert (told["name"], told["type"]) == (expected, "application/json")


@pytest.mark.parametrize("what", [None, "", "exe", 3, ["csv"], {}, "x" * 10_000_000])
def test_what_no_file_is_made_of_is_refused(what: Any) -> None:
    assert refused({**record_of("first"), "what": what}).startswith("A run can be had as csv, npz, script or json, not")


@pytest.mark.parametrize("what", ["csv", "npz", "script", "json"])
@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"cases": 3}},
        {"settings": {"seed": 2}},
        {"run": "{}"},
        {"run": None},
        {"settings": {"dataset": "own"}},
    ],
)
def test_a_run_that_does_not_belong_to_its_settings_is_refused(what: str, change: dict[str, Any]) -> None:
    record = record_of("first") | change
    refused({"what": what, "runs": [record]} if what == "json" else {**record, "what": what})


@pytest.mark.parametrize("runs", [None, [], "all", {}, [record_of("first")] * (MOST_RUNS + 1)])
def test_a_run_file_holds_one_run_to_nine(runs: Any) -> None:
    assert refused({"what": "json", "runs": runs}).startswith("A run file holds 1 to 9 runs, not ")


def test_a_file_that_could_not_be_opened_again_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.run_files.LARGEST_FILE", 1000)
    assert "at most 1,000 can be opened" in refused({"what": "json", "runs": [record_of("first")]})
    assert LARGEST_FILE == 16_000_000
