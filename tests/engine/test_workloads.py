"""The shared workloads: six independent engines agree on these errors, and so do we, to ten digits."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from engine import Dataset, GradientDescent, Network, Recipe, Run, Task, advance, measure, start
from engine.types import Array
from tests.engine.helpers import assert_same

DATA = Path(__file__).resolve().parents[1] / "data"
NAMES = ("W1", "W3", "W4")


def inputs_and_targets(work: dict[str, Any]) -> tuple[Array, Array]:
    if "inputs" in work:
        return np.array(work["inputs"]), np.array(work["targets"])
    digits = load_digits()  # W3: the first 1,437, pixels from 0 to 1
    return digits.data[:1437] / 16.0, np.eye(10)[digits.target[:1437]]


def begun(name: str) -> tuple[dict[str, Any], Run]:
    work = json.loads((DATA / f"{name}.json").read_text())
    data = Dataset.from_arrays(*inputs_and_targets(work))
    network = Network(work["sizes"], work["hidden_activation"], work["output_activation"])
    error = "cross_entropy" if work["error"] == "cross_entropy" else "squared"
    recipe = Recipe(GradientDescent(work["learning_rate"]), work["batch_size"], shuffle=False)
    run = start(Task(data, network, error), recipe, weights=network.pack(work["weights"], work["biases"]))
    return work, run


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_error_to_ten_digits(name: str) -> None:
    work, run = begun(name)
    run = advance(run, epochs=work["after_epochs"])
    assert measure(run).training_error == pytest.approx(work["expected_training_error"], rel=1e-10, abs=0.0)
    assert run.epoch == work["after_epochs"]


@pytest.mark.parametrize("name", NAMES)
def test_in_pieces_and_through_text_it_is_the_same_run(name: str) -> None:
    work, run = begun(name)
    updates = work["after_epochs"] * run.updates_per_epoch
    first = advance(run, updates=updates // 3 + 1)
    pieces = advance(Run.from_json(first.to_json()), updates=updates - first.step)
    assert_same(pieces, advance(run, updates=updates))
