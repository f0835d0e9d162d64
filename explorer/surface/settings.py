"""What the surface lab can be told."""

from dataclasses import fields, make_dataclass
from typing import Any

from engine import LANDSCAPES, OPTIMIZERS, SCHEDULES, Formula
from explorer.settings import choice, choices, flag, number, number_text, text

DATA_SURFACES = {"linear_neuron": "Linear neuron on data", "sigmoid_neuron": "Sigmoidal neuron on data"}
TYPED = "typed"
SURFACES = (
    DATA_SURFACES | {name: landscape.title for name, landscape in LANDSCAPES.items()} | {TYPED: "Your own function"}
)
DATA = {
    "line": "One input and a bias",
    "plane": "Two inputs",
    "dining_hall": "The dining hall: three prices",
    "own": "My own data",
}
LONGEST_WEIGHT = 10.0  # of the slider that cuts through a third weight; its field goes further
_RATES = {
    "gradient_descent": 0.004, "momentum": 0.002, "nesterov": 0.002, "adadelta": 1.0, "newton": 1.0, "line_search": 1.0,
}  # fmt: skip
_RATE_ELSE = 0.1
LINE_SEARCH = "line_search"
WALKERS = {name: optimizer.title for name, optimizer in OPTIMIZERS.items()} | {LINE_SEARCH: "Line search"}
_SHARE = {"low": 0.0, "high": 0.9999, "scale": "share"}
# Of every setting that an optimizer may have besides its rate: its label and its range.
_DETAILS: dict[str, tuple[str, dict[str, Any]]] = {
    "momentum": ("momentum", _SHARE),
    "beta1": ("β1", _SHARE),
    "beta2": ("β2", _SHARE),
    "decay": ("β", _SHARE),
    "epsilon": ("ε", {"low": 1e-12, "high": 1.0, "slider": False}),
    "weight_decay": ("weight decay", {"low": 0.0, "high": 1.0, "slider": False}),
    "momentum_decay": ("momentum decay", {"low": 0.0, "high": 1.0, "slider": False}),
}


def rate_field(optimizer: str) -> str:
    """The name of the setting that holds this optimizer's learning rate."""
    return f"rate_{optimizer}"


def detail_fields(optimizer: str) -> dict[str, str]:
    """The optimizer's settings besides its rate, each with the name of the setting of the lab that holds it."""
    if optimizer not in OPTIMIZERS:
        return {}
    names = [each.name for each in fields(OPTIMIZERS[optimizer]) if each.name != "learning_rate"]
    return {name: f"{name}_{optimizer}" for name in names}


def _detail(optimizer: str, name: str) -> Any:
    words, span = _DETAILS[name]
    kind = OPTIMIZERS[optimizer]
    default = getattr(kind(learning_rate=1.0), name)
    help = f"{kind.title}'s {words}; {number_text(default)} is what PyTorch begins with."
    return number(default, **span, label=f"{kind.title} {words}", help=help, part="descent")


def _rate(optimizer: str) -> Any:
    return number(
        _RATES.get(optimizer, _RATE_ELSE),
        1e-7,
        10.0,
        scale="log",
        label=f"{WALKERS[optimizer]} rate",
        help="The learning rate: how far a step goes for a given slope. Too small crawls, too large diverges.",
        part="descent",
    )


def _start(weight: str) -> Any:
    help = "Click on the map to set it."
    if weight == "w3":
        help = "Where the third weight starts. The map cuts through it where its slider stands."
    return number(
        {"w1": -2.4, "w2": 4.2, "w3": 0.0}[weight], -1e6, 1e6, slider=False, label=f"Start {weight}", help=help,
        part="descent",
    )  # fmt: skip


def _formula(typed: str) -> str:
    try:
        return Formula(typed).text
    except ValueError as reason:
        raise ValueError(f"Formula: {reason}.") from None


_WHERE: dict[str, Any] = {
    "surface": choice(
        "linear_neuron",
        SURFACES,
        label="Surface",
        help="Where the error comes from: a neuron on data, a test function of two weights, or what you type.",
        part="surface",
    ),
    "formula": text(
        "(w1^2 + w2 - 2)^2 + (w1 - w2)^2 / 4",
        check=_formula,
        label="Function E(w1, w2)",
        help="Numbers, w1, w2, pi, e, + − * / ^, brackets, and sin, cos, tan, exp, log, sqrt, abs, tanh, sigmoid, "
        "relu, min, max.",
        part="surface",
    ),
    "error": choice(
        "squared",
        {"squared": "Squared", "cross_entropy": "Cross-entropy"},
        label="Error of a case",
        help="Half the squared difference of target and output, or −log of the probability that the neuron gives to "
        "the target: the second is convex.",
        part="surface",
    ),
    "reduction": choice(
        "sum",
        {"sum": "Sum", "mean": "Mean"},
        label="Error over the cases",
        help="The sum over all cases, as in textbooks, or their mean, as in most libraries.",
        part="surface",
    ),
}
_DATA: dict[str, Any] = {
    "data": choice(
        "line",
        DATA,
        label="Training cases",
        help="What the neuron learns from. Three inputs, or two and a bias, make three weights.",
        part="surface",
    ),
    "meals": choice(
        "random",
        {"random": "Random meals", "smart": "One item each"},
        label="Meals",
        help="Random meals tell the prices only together; a meal of one item tells its price at once.",
        part="surface",
    ),
    "bias": flag(
        False,
        off="None",
        on="With a bias",
        label="Bias",
        help="A bias is a weight whose input is always 1; with two inputs it is the third weight.",
        part="surface",
    ),
    "cases": number(
        20, 2, 500, integer=True, scale="log", label="Cases", help="Examples the neuron learns from.", part="surface"
    ),
    "noise": number(
        0.5, 0.0, 1.0, step=0.01, label="Noise", part="surface",
        help="Spread of the targets around what the law of the data says, or for own data, in deviations of the "
        "target.",
    ),
    "centre": number(
        0.0, -5.0, 5.0, step=0.1, label="Centre of x1", part="surface",
        help="Moves the first input. Far from zero the input and the bias pull together, and the bowl becomes a "
        "ravine.",
    ),
    "scale": number(
        1.0, 0.1, 10.0, scale="log", label="Scale of x1", part="surface",
        help="Another unit for the first input: its numbers are multiplied. The bowl is stretched along w1.",
    ),
    "collinear": number(
        0.0, 0.0, 1.0, step=0.01, label="Collinearity", part="surface",
        help="Mixes the first input into the second. At 1 both are the same and only the sum of their weights counts.",
    ),
    "standardise": flag(
        False,
        off="Raw",
        on="Standardised",
        label="Inputs",
        help="Every input with mean 0 and deviation 1; without a bias, with root mean square 1.",
        part="surface",
    ),
    "data_seed": number(
        1, 0, 9999, integer=True, slider=False, label="Seed of the data", help="Another seed draws other cases.",
        part="surface",
    ),
}  # fmt: skip
_MAP: dict[str, Any] = {
    "held": choice(
        "w3",
        {"w1": "w1", "w2": "w2", "w3": "w3"},
        label="Weight that the map leaves out",
        help="Two of the three weights span the map; the slider holds this one.",
        part="surface",
    ),
    "cut": number(
        0.0, -1e6, 1e6, slider=(-LONGEST_WEIGHT, LONGEST_WEIGHT), step=0.05, label="The map cuts at", part="surface",
        help="The value of the third weight at which the map cuts through the bowl.",
    ),
    "levels": choice(
        "log",
        {"log": "Logarithmic", "linear": "Linear"},
        label="Contour levels",
        help="Logarithmic levels show the bottom of the valley as clearly as its walls.",
        part="surface",
    ),
    "drawing": choice(
        "both",
        {"both": "Both", "heat": "Heat", "lines": "Lines"},
        label="Drawn as",
        help="Colours for the height, lines of equal error, or both.",
        part="surface",
    ),
    "marks": choices(
        ("minima", "directions"),
        {"minima": "Minima", "directions": "Eigen-directions", "field": "Gradient field"},
        label="Marks",
        help="Minima. The directions in which the bowl is widest and narrowest, as the axes of one ellipse of equal "
        "error. Arrows that point downhill, longer where it is steeper.",
        part="surface",
    ),
}  # fmt: skip
_DESCENT: dict[str, Any] = {
    **{f"start_{weight}": _start(weight) for weight in ("w1", "w2", "w3")},
    "steps": number(
        100, 1, 2000, integer=True, scale="log", label="Steps", help="Updates each optimizer may do.", part="descent"
    ),
    "optimizers": choices(
        ("gradient_descent",),
        WALKERS,
        label="Optimizers",
        help="Every chosen one walks from the same start. Line search is gradient descent that tries rates until one "
        "goes down far enough.",
        part="descent",
    ),
    "schedule": choice(
        "constant",
        {name: schedule.title for name, schedule in SCHEDULES.items()},
        label="Schedule of the rate",
        help="How the learning rate changes from the first step to the last.",
        part="descent",
    ),
    "stochastic": flag(
        False, off="All cases", on="Batches", label="Each step sees", part="descent",
        help="Stochastic gradient descent: a step follows the gradient of a few cases, so its path is ragged.",
    ),
    "batch_size": number(
        4, 1, 500, integer=True, scale="log", label="Batch size", part="descent",
        help="Cases whose gradient one step follows.",
    ),
    "walks": number(
        1, 1, 16, integer=True, label="Walks", part="descent",
        help="So many paths from the same start, each with other batches.",
    ),
    "walk_seed": number(
        1, 0, 9999, integer=True, slider=False, label="Seed of the batches", part="descent",
        help="Another seed deals the cases in other orders.",
    ),
    **{rate_field(name): _rate(name) for name in WALKERS},
    **{
        field: _detail(optimizer, name)
        for optimizer in OPTIMIZERS
        for name, field in detail_fields(optimizer).items()
    },
}  # fmt: skip
_CHARTS: dict[str, Any] = {
    "measure": choice(
        "error",
        {"error": "Error", "slope": "Slope", "distance": "Distance"},
        label="Shown",
        help="The error, the length of the gradient, or the distance to the nearest lowest minimum.",
        part="descent",
    ),
    "axis": choice(
        "log", {"log": "Logarithmic", "linear": "Linear"}, label="Axis", help="Of the chart above.", part="descent"
    ),
}
_EXPERIMENTS: dict[str, Any] = {
    "budget": number(
        200, 10, 2000, integer=True, scale="log", label="Budget", unit="gradients", part="experiment",
        help="How many gradients each optimizer may ask for, and at each rate that is tried.",
    ),
    "basin_optimizer": choice(
        "gradient_descent",
        {name: optimizer.title for name, optimizer in OPTIMIZERS.items()},
        label="Optimizer",
        help="It walks from every point, with its rate and settings from above.",
        part="experiment",
    ),
    "basin_steps": number(
        500, 10, 2000, integer=True, scale="log", label="Steps at most", part="experiment",
        help="A start that has not come to rest by then is drawn as on its way.",
    ),
    "noise_level": number(
        2.0, 0.01, 100.0, scale="log", label="Noise", part="experiment",
        help="The deviation of what is added to each part of the gradient at each step.",
    ),
}  # fmt: skip
_FIELDS = _WHERE | _DATA | _MAP | _DESCENT | _CHARTS | _EXPERIMENTS

SurfaceSettings: Any = make_dataclass(
    "SurfaceSettings", [(name, Any, each) for name, each in _FIELDS.items()], frozen=True
)
"""A frozen record with one field for every entry above; the rates follow the registry of optimizers."""
