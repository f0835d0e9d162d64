"""What the training lab can be told, and its presets."""

from dataclasses import dataclass
from typing import Any

from engine import ACTIVATIONS, DATASETS, HIDDEN_ACTIVATIONS, OPTIMIZERS
from explorer.settings import choice, number, text, to_link

MOST_LAYERS = 8
MOST_NEURONS = 64
PLANES = {name: source.title for name, source in DATASETS.items() if len(source.input_names) == 2}
TRAINERS = {name: optimizer.title for name, optimizer in OPTIMIZERS.items() if not optimizer.needs_hessian}
SPEEDS = {"1": "1 / s", "20": "20 / s", "500": "500 / s", "fastest": "Fastest"}
NEW_RUN = " Starts a new run."


def hidden_sizes(layers: str) -> tuple[int, ...]:
    """The widths in a text such as "4, 2"; empty for no hidden layer; ValueError with a sentence."""
    words = layers.replace(",", " ").split()
    if len(words) > MOST_LAYERS or not all(
        w.isascii() and w.isdigit() and len(w) < 5 and 1 <= int(w) <= MOST_NEURONS for w in words
    ):
        raise ValueError(
            f"Hidden layers must be at most {MOST_LAYERS} numbers from 1 to {MOST_NEURONS}, such as 4, 2; "
            f"not {layers[:40]!r}."
        )
    return tuple(int(word) for word in words)


def _normal_layers(layers: str) -> str:
    return ", ".join(str(width) for width in hidden_sizes(layers))


@dataclass(frozen=True)
class TrainingSettings:
    """Part "run" makes a run, and a change there makes a new one; part "live" may change while it goes on."""

    dataset: str = choice(
        "circle", PLANES, label="Data set", help="Two classes of points on a plane." + NEW_RUN, part="run"
    )
    cases: int = number(
        250, 10, 1000, integer=True, scale="log", label="Cases", part="run",
        help="Points in all, for training and validation." + NEW_RUN,
    )  # fmt: skip
    noise: float = number(
        0.1, 0.0, 1.0, step=0.01, label="Noise", part="run",
        help="How far points stray from where they belong." + NEW_RUN,
    )  # fmt: skip
    training_share: int = number(
        50, 5, 95, integer=True, unit="%", label="Training share",
        help="The part of the cases the network learns from; the others only validate." + NEW_RUN, part="run",
    )  # fmt: skip
    hidden_layers: str = text(
        "4, 2", label="Hidden layers", check=_normal_layers, part="run",
        help=f"Neurons of each hidden layer, up to {MOST_LAYERS} layers of {MOST_NEURONS}; empty for none." + NEW_RUN,
    )  # fmt: skip
    activation: str = choice(
        "tanh", {name: ACTIVATIONS[name].title for name in HIDDEN_ACTIVATIONS}, label="Hidden activation",
        help="What a hidden neuron makes of its weighted sum. The output neuron is tanh." + NEW_RUN, part="run",
    )  # fmt: skip
    optimizer: str = choice(
        "gradient_descent", TRAINERS, label="Optimizer", part="run",
        help="The rule that turns slopes into steps." + NEW_RUN,
    )  # fmt: skip
    batch_size: int = number(
        10, 1, 1000, integer=True, scale="log", label="Batch size",
        help="Cases per update; as many as there are training cases means all at once." + NEW_RUN, part="run",
    )  # fmt: skip
    seed: int = number(
        1, 0, 999_999, integer=True, slider=False, label="Seed", part="run",
        help="Fixes the data, the first weights and the order of the cases." + NEW_RUN,
    )  # fmt: skip
    learning_rate: float = number(
        0.03, 1e-4, 10.0, scale="log", label="Learning rate", part="live",
        help="How far an update goes for a given slope. May change while the network trains.",
    )  # fmt: skip
    speed: str = choice("500", SPEEDS, label="Speed (updates)", help="Updates each second.", part="live")
    error_axis: str = choice(
        "log", {"log": "Logarithmic", "linear": "Linear"}, label="Error axis", help="Scale of the curves.", part="view"
    )  # fmt: skip


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
        "Two arms that only a deeper network tells apart.",
        {
            "dataset": "spiral", "hidden_layers": "8, 8, 4", "optimizer": "adam", "learning_rate": 0.01,
            "training_share": 70, "noise": 0.05, "seed": 3, "speed": "fastest",
        },
    ),
    "overfitting": Preset(
        "Overfitting",
        "Few noisy points and a big network: training error goes on falling, validation error turns and rises.",
        {
            "dataset": "circle", "cases": 150, "noise": 0.5, "training_share": 20, "hidden_layers": "32, 32",
            "seed": 3, "error_axis": "linear",
        },
    ),
}  # fmt: skip


def preset_values(name: str) -> dict[str, str]:
    """All settings of a preset, as links say them."""
    return to_link(TrainingSettings(**PRESETS[name].values))
