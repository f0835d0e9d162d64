"""Settings of the training lab that are worth a name."""

from dataclasses import dataclass
from typing import Any

from explorer.settings import borne
from explorer.training.settings import TrainingSettings


@dataclass(frozen=True)
class Preset:
    """Settings with a name and a reason."""

    title: str
    help: str
    values: dict[str, Any]


PRESETS: dict[str, Preset] = {
    "first": Preset("First network", "2-4-2-1 tanh on a circle: how it all begins.", {}),
    "xor": Preset(
        "XOR",
        "What no single neuron can do.",
        {"dataset": "xor", "hidden_layers": "4", "learning_rate": 0.1, "seed": 4},
    ),
    "spiral": Preset(
        "Spiral",
        "Two arms that only a deeper network can separate.",
        {
            "dataset": "spiral", "hidden_layers": "8, 8, 4", "optimizer": "adam", "learning_rate": 0.01,
            "split": (70, 30, 0), "noise": 0.05, "seed": 3, "speed": "fastest",
        },
    ),
    "classes": Preset(
        "Three classes",
        "Softmax divides one whole among three classes.",
        {
            "dataset": "three_classes", "cases": 300, "hidden_layers": "8, 8", "optimizer": "adam",
            "learning_rate": 0.01, "split": (60, 20, 20),
        },
    ),
    "dog_cat": Preset(
        "Dog, cat, both",
        "Two outputs that do not exclude each other: dog, cat, both or neither.",
        {
            "dataset": "dog_cat", "cases": 300, "hidden_layers": "6", "optimizer": "adam", "learning_rate": 0.02,
            "split": (60, 20, 20),
        },
    ),
    "curve": Preset(
        "Curve",
        "A sine from noisy points: hidden neurons are bent lines, the output is their weighted sum.",
        {
            "dataset": "sine", "cases": 80, "noise": 0.15, "hidden_layers": "8", "optimizer": "adam",
            "learning_rate": 0.02, "split": (50, 50, 0), "standardise": True,
        },
    ),
    "digits": Preset(
        "Digits",
        "Hand-written digits of 8 x 8 pixels. Draw one yourself and see every layer answer.",
        {
            "dataset": "digits", "cases": 1500, "noise": 0.0, "hidden_layers": "64", "activations": "sigmoid",
            "optimizer": "adam", "learning_rate": 0.003, "batch_size": 32, "split": (60, 20, 20), "speed": "fastest",
        },
    ),
    "overfitting": Preset(
        "Overfitting",
        "Few noisy points and a big network: training error goes on falling, validation error turns and rises.",
        {
            "dataset": "circle", "cases": 150, "noise": 0.5, "split": (20, 80, 0), "hidden_layers": "32, 32",
            "seed": 3, "error_axis": "linear",
        },
    ),
    "deep": Preset(
        "20 layers",
        "Twenty layers of sigmoids and 1,000 examples: the slopes die out on the way back and the first layers "
        "never learn.",
        {
            "dataset": "moons", "cases": 1000, "hidden_layers": ", ".join(["8"] * 20), "activations": "sigmoid",
            "learning_rate": 0.1, "split": (70, 30, 0), "speed": "fastest",
        },
    ),
    "double_descent": Preset(
        "Double descent",
        "67 patients: press Error against width below, with 1,500 epochs, and see validation error rise to a peak "
        "where there are about as many weights as cases, and fall again in wider networks.",
        {
            "dataset": "diabetes", "cases": 200, "noise": 0.0, "hidden_layers": "8", "optimizer": "adam",
            "learning_rate": 0.01, "split": (33, 67, 0), "standardise": True, "batch_size": 60, "speed": "fastest",
        },
    ),
}  # fmt: skip


def preset_values(name: str) -> dict[str, str | list[str]]:
    """All settings of a preset, as their controls bear them."""
    return borne(TrainingSettings(**PRESETS[name].values))
