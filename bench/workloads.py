"""The works of the speed comparison: same data, same first weights, same batches for every engine."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

import engine
from engine.types import Array

DATA = Path(__file__).parents[1] / "tests" / "data"
DIGITS = 1_437


@dataclass(frozen=True)
class Work:
    """One work: plain mini-batch gradient descent in file order."""

    name: str
    settings: dict[str, Any]
    inputs: Array
    targets: Array

    @property
    def weights(self) -> list[Array]:
        return [np.array(matrix) for matrix in self.settings["weights"]]

    @property
    def biases(self) -> list[Array]:
        return [np.array(vector) for vector in self.settings["biases"]]

    @property
    def batches(self) -> list[tuple[Array, Array]]:
        size = self.settings["batch_size"]
        return [
            (self.inputs[begin : begin + size], self.targets[begin : begin + size])
            for begin in range(0, len(self.inputs), size)
        ]

    def run(self) -> engine.Run:
        """The run of our engine before its first update."""
        settings = self.settings
        network = engine.Network(settings["sizes"], settings["hidden_activation"], settings["output_activation"])
        error = "cross_entropy" if settings["error"] == "cross_entropy" else "squared"
        task = engine.Task(engine.Dataset.from_arrays(self.inputs, self.targets), network, error)
        recipe = engine.Recipe(
            engine.GradientDescent(learning_rate=settings["learning_rate"]), settings["batch_size"], shuffle=False
        )
        return engine.start(task, recipe, weights=network.pack(self.weights, self.biases))


def work(name: str) -> Work:
    """The work of this name: "W1", "W3" or "W4"."""
    settings = json.loads((DATA / f"{name}.json").read_text())
    if name == "W3":
        digits = load_digits()
        return Work(name, settings, digits.data[:DIGITS] / 16.0, np.eye(10)[digits.target[:DIGITS]])
    return Work(name, settings, np.array(settings["inputs"]), np.array(settings["targets"]))
