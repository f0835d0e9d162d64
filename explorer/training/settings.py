"""What the training lab can be told."""

from collections.abc import Callable
from dataclasses import dataclass

from engine import (
    ACTIVATIONS,
    DATASETS,
    ERRORS,
    FEATURES,
    HIDDEN_ACTIVATIONS,
    INITIALISERS,
    OPTIMIZERS,
    SCHEDULES,
    DataSource,
)
from explorer.settings import choice, choices, flag, number, shares, text

LAB = "training"
MOST_LAYERS = 20
MOST_NEURONS = 128
MOST_ALONE = 256
"""Neurons of a hidden layer that is the only one."""
MOST_CASES = 5_000
BROUGHT = {"own": "Your own table", "drawn": "Your own points"}
"""Data that a person brings: it comes from the browser and cannot be rebuilt from settings."""
FEATURES_OF: dict[str, tuple[str, ...]] = {
    "plane": tuple(name for name, feature in FEATURES.items() if feature.inputs == 2),
    "curve": tuple(name for name, feature in FEATURES.items() if feature.inputs == 1),
    "images": (),
    "table": (),
}
AS_THEY_ARE = {"plane": ("x1", "x2"), "curve": ("x",)}
"""The features that are the inputs themselves."""
TRAINERS = {name: optimizer.title for name, optimizer in OPTIMIZERS.items() if not optimizer.needs_hessian}
SPEEDS = {"1": "1 / s", "20": "20 / s", "500": "500 / s", "fastest": "Fastest"}
NEW_RUN = " Starts a new run."
LIVE = " May change while the network trains."
_FAMILIES: dict[str, Callable[[DataSource], bool]] = {
    "Two classes": lambda source: source.kind == "signs" and source.view == "plane",
    "Several classes": lambda source: source.kind in ("classes", "labels") and source.view == "plane",
    "A height over the plane": lambda source: source.kind == "regression" and source.view == "plane",
    "A curve": lambda source: source.view == "curve",
    "Measured": lambda source: source.view in ("images", "table"),
}
_GROUPS = {
    title: tuple(name for name, source in DATASETS.items() if belongs(source)) for title, belongs in _FAMILIES.items()
} | {"Yours": tuple(BROUGHT)}
_INITIALISERS = {
    "small_random": "Small, −0.1 to 0.1",
    "glorot": "Glorot",
    "he": "He",
    "lecun": "LeCun",
    "normal": "Normal, deviation 1",
    "equal": "All equal",
    "zero": "All zero",
}
_OUTPUTS = {"auto": "What fits the data"} | {
    name: ACTIVATIONS[name].title for name in ("tanh", "sigmoid", "linear", "softmax")
}
_ERRORS = {"auto": "What fits the output"} | {name: error.title for name, error in ERRORS.items()}
AMPLIFIERS = {
    "shift": "Shift",
    "rotate": "Rotate",
    "lighten": "Lighter, darker",
    "noise": "Pixel noise",
    "jitter": "Jitter",
    "mirror": "Mirror",
}


def hidden_sizes(layers: str) -> tuple[int, ...]:
    """The widths in a text such as "4, 2"; empty for no hidden layer; ValueError with a sentence."""
    words = layers.replace(",", " ").split()
    most = MOST_ALONE if len(words) == 1 else MOST_NEURONS
    if len(words) > MOST_LAYERS or not all(
        w.isascii() and w.isdigit() and len(w) < 5 and 1 <= int(w) <= most for w in words
    ):
        raise ValueError(
            f"Hidden layers must be at most {MOST_LAYERS} numbers from 1 to {MOST_NEURONS}, a single one to "
            f"{MOST_ALONE}, such as 4, 2; not {layers[:40]!r}."
        )
    return tuple(int(word) for word in words)


def _normal_layers(layers: str) -> str:
    return ", ".join(str(width) for width in hidden_sizes(layers))


def activation_names(names: str) -> tuple[str, ...]:
    """The activations in a text such as "relu, tanh": one for all hidden layers, or one for each; ValueError."""
    words = tuple(names.replace(",", " ").lower().split())
    strangers = [word for word in words if word not in HIDDEN_ACTIVATIONS]
    if not words or strangers or len(words) > MOST_LAYERS:
        raise ValueError(
            f"Hidden activations must be one of {', '.join(HIDDEN_ACTIVATIONS)} for all layers, or one for each; "
            f"not {names[:40]!r}."
        )
    return words


def _normal_names(names: str) -> str:
    words = activation_names(names)
    return words[0] if len(set(words)) == 1 else ", ".join(words)


@dataclass(frozen=True)
class TrainingSettings:
    """Part "run" makes a run, and a change there makes a new one; part "live" may change while it goes on."""

    dataset: str = choice(
        "circle", {name: source.title for name, source in DATASETS.items()} | BROUGHT, groups=_GROUPS,
        label="Data set", help="What the network has to learn." + NEW_RUN, part="run",
    )  # fmt: skip
    cases: int = number(
        250, 10, MOST_CASES, integer=True, scale="log", label="Cases", part="run",
        help="In all parts together; of measured data at most as many as there are." + NEW_RUN,
    )  # fmt: skip
    noise: float = number(
        0.1, 0.0, 1.0, step=0.01, label="Noise", part="run",
        help="How far cases stray from where they belong." + NEW_RUN,
    )  # fmt: skip
    split: tuple[int, ...] = shares(
        (50, 50, 0), ("Training", "Validation", "Test"), label="Training, validation, test", unit="%", part="run",
        help="The network learns from the training part only. Validation tells when to stop, test how good it really "
        "is." + NEW_RUN,
    )  # fmt: skip
    features: tuple[str, ...] = choices(
        ("x1", "x2", "x"), {name: feature.title for name, feature in FEATURES.items()}, label="Inputs", part="run",
        help="What the network is given of a case: the inputs, and functions of them." + NEW_RUN,
    )  # fmt: skip
    standardise: bool = flag(
        False, label="Standardise", part="run",
        help="Every input minus its mean, over its standard deviation, both of the training part alone." + NEW_RUN,
    )  # fmt: skip
    amplify_copies: int = number(
        0, 0, 20, integer=True, label="Altered copies", part="run",
        help="Of every training case so many altered copies join the training part." + NEW_RUN,
    )  # fmt: skip
    amplify: tuple[str, ...] = choices(
        ("shift", "rotate", "jitter"), AMPLIFIERS, label="Alter by", part="run",
        help="What may differ between a case and its copies without changing what it is." + NEW_RUN,
    )  # fmt: skip
    amplify_amount: float = number(
        0.5, 0.05, 1.0, step=0.05, label="Amount", part="run",
        help="1 shifts by up to 2 pixels, turns by up to 30°, lightens by up to half, jitters by half a standard "
        "deviation." + NEW_RUN,
    )  # fmt: skip
    hidden_layers: str = text(
        "4, 2", label="Hidden layers", check=_normal_layers, part="run",
        help=f"Neurons of each hidden layer, up to {MOST_LAYERS} layers of {MOST_NEURONS}, one of {MOST_ALONE}; "
        "empty for none." + NEW_RUN,
    )  # fmt: skip
    activations: str = text(
        "tanh", label="Hidden activations", check=_normal_names, longest=300, part="run",
        help=f"One for all hidden layers or one for each, of {', '.join(HIDDEN_ACTIVATIONS)}." + NEW_RUN,
    )  # fmt: skip
    output: str = choice(
        "auto", _OUTPUTS, label="Output", part="run",
        help="What an output neuron makes of its weighted sum. What fits: tanh for two classes, softmax for several, "
        "sigmoid for labels that do not exclude each other, linear for numbers." + NEW_RUN,
    )  # fmt: skip
    initialiser: str = choice(
        "glorot", {name: _INITIALISERS[name] for name in INITIALISERS}, label="First weights", part="run",
        help="How they are drawn; biases begin at 0." + NEW_RUN,
    )  # fmt: skip
    connectivity: int = number(
        100, 5, 100, integer=True, unit="%", label="Links kept", part="run",
        help="The share of links that exist, drawn from the seed; the others stay exactly 0." + NEW_RUN,
    )  # fmt: skip
    error: str = choice(
        "auto", _ERRORS, label="Error", part="run",
        help="What is minimised. What fits: cross-entropy for softmax and sigmoid, else squared error." + NEW_RUN,
    )  # fmt: skip
    reduction: str = choice(
        "mean", {"mean": "Mean", "sum": "Sum"}, label="Over a batch", part="run",
        help="Whether errors of a batch are averaged or summed; with the sum the step grows with the batch." + NEW_RUN,
    )  # fmt: skip
    seed: int = number(
        1, 0, 999_999, integer=True, slider=False, label="Seed", part="run",
        help="Fixes the data, the first weights, the links and the order of the cases." + NEW_RUN,
    )  # fmt: skip
    optimizer: str = choice(
        "gradient_descent", TRAINERS, label="Optimizer", part="live",
        help="The rule that turns slopes into steps." + LIVE,
    )  # fmt: skip
    learning_rate: float = number(
        0.03, 1e-5, 10.0, scale="log", label="Learning rate", part="live",
        help="How far an update goes for a given slope." + LIVE,
    )  # fmt: skip
    batch_size: int = number(
        10, 1, MOST_CASES, integer=True, scale="log", label="Batch size", part="live",
        help="Cases per update; as many as there are training cases means all at once." + LIVE,
    )  # fmt: skip
    schedule: str = choice(
        "constant", {name: schedule.title for name, schedule in SCHEDULES.items()}, label="Rate over time", part="live",
        help="How the learning rate falls while the network trains." + LIVE,
    )  # fmt: skip
    schedule_epochs: int = number(
        100, 1, 100_000, integer=True, scale="log", label="Falls over", unit="epochs", part="live",
        help="Until then the rate has fallen: in steps and inverse time to an eighth, cosine to nothing." + LIVE,
    )  # fmt: skip
    l1: float = number(
        0.0, 0.0, 1.0, step=0.0005, slider=(0.0, 0.05), label="L1", part="live",
        help="Each update pulls every weight towards 0 by the rate times this: unneeded weights vanish." + LIVE,
    )  # fmt: skip
    l2: float = number(
        0.0, 0.0, 1.0, step=0.0005, slider=(0.0, 0.1), label="L2", part="live",
        help="Each update pulls every weight towards 0 in proportion to its size: large weights become rare." + LIVE,
    )  # fmt: skip
    dropout: float = number(
        0.0, 0.0, 0.9, step=0.05, label="Dropout", part="live",
        help="The share of hidden neurons that an update leaves out, others for every case." + LIVE,
    )  # fmt: skip
    clip_norm: float = number(
        0.0, 0.0, 1000.0, slider=False, label="Clip gradient at", part="live",
        help="A longer gradient is shortened to this length; 0 for no limit." + LIVE,
    )  # fmt: skip
    stop_epochs: int = number(
        0, 0, 1_000_000, integer=True, slider=False, label="Stop after", unit="epochs", part="live",
        help="0 for never." + LIVE,
    )  # fmt: skip
    stop_error: float = number(
        0.0, 0.0, 1000.0, slider=False, label="Stop at training error", part="live", help="0 for never." + LIVE
    )  # fmt: skip
    patience: int = number(
        0, 0, 100_000, integer=True, slider=False, label="Stop early after", unit="epochs", part="live",
        help="So many epochs without a better validation error; 0 for never." + LIVE,
    )  # fmt: skip
    speed: str = choice("500", SPEEDS, label="Speed (updates)", help="Updates each second.", part="pace")
    error_axis: str = choice(
        "log", {"log": "Logarithmic", "linear": "Linear"}, label="Error axis", help="Scale of the curves.", part="view"
    )  # fmt: skip
    smoothing: int = number(
        0, 0, 10_000, integer=True, slider=(0, 200), label="Smoothing", unit="epochs", part="view",
        help="Each point of a curve is the mean over so many epochs around it; as measured it stays to be seen, pale. "
        "0 for none.",
    )  # fmt: skip
    measure: str = choice(
        "error", {"error": "Error", "accuracy": "Accuracy"}, label="Curves", part="view",
        help="What the curves show; accuracy is the share of cases classified correctly, where there are classes.",
    )  # fmt: skip
