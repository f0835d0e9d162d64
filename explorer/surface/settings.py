"""What the surface lab can be told."""

from dataclasses import make_dataclass
from typing import Any

from engine import LANDSCAPES, OPTIMIZERS
from explorer.settings import choice, choices, number

DATA_SURFACES = {"linear_neuron": "Linear neuron on data", "sigmoid_neuron": "Sigmoidal neuron on data"}
SURFACES = DATA_SURFACES | {name: landscape.title for name, landscape in LANDSCAPES.items()}
_RATES = {"gradient_descent": 0.004, "momentum": 0.002, "nesterov": 0.002, "adadelta": 1.0, "newton": 1.0}
_RATE_ELSE = 0.1


def rate_field(optimizer: str) -> str:
    """The name of the setting that holds this optimizer's learning rate."""
    return f"rate_{optimizer}"


def _rate(optimizer: str) -> Any:
    return number(
        _RATES.get(optimizer, _RATE_ELSE),
        1e-5,
        10.0,
        scale="log",
        label=f"{OPTIMIZERS[optimizer].title} rate",
        help="The learning rate: how far a step goes for a given slope. Too small crawls, too large diverges.",
        part="descent",
    )


_FIELDS: dict[str, Any] = {
    "surface": choice(
        "linear_neuron",
        SURFACES,
        label="Surface",
        help="Where the error comes from: a neuron on data, or a test function of two weights.",
        part="surface",
    ),
    "cases": number(
        20,
        2,
        500,
        integer=True,
        scale="log",
        label="Training cases",
        help="Points the neuron learns from.",
        part="surface",
    ),
    "noise": number(
        0.5, 0.0, 1.0, step=0.01, label="Noise", help="Spread of the targets around the straight line.", part="surface"
    ),
    "centre": number(
        0.0,
        -5.0,
        5.0,
        step=0.1,
        label="Centre of the inputs",
        help="Moves all inputs. Far from zero the input and the bias pull together, and the bowl becomes a ravine.",
        part="surface",
    ),
    "data_seed": number(
        1,
        0,
        9999,
        integer=True,
        slider=False,
        label="Seed of the data",
        help="Another seed draws other cases.",
        part="surface",
    ),
    "reduction": choice(
        "sum",
        {"sum": "Sum", "mean": "Mean"},
        label="Error over the cases",
        help="The sum over all cases, as in textbooks, or their mean, as in most libraries.",
        part="surface",
    ),
    "levels": choice(
        "log",
        {"log": "Logarithmic", "linear": "Linear"},
        label="Contour levels",
        help="Logarithmic levels show the bottom of the valley as clearly as its walls.",
        part="surface",
    ),
    "start_w1": number(
        -2.4, -1e3, 1e3, slider=False, label="Start w1", help="Click on the map to set it.", part="descent"
    ),
    "start_w2": number(
        4.2, -1e3, 1e3, slider=False, label="Start w2", help="Click on the map to set it.", part="descent"
    ),
    "steps": number(
        100, 1, 2000, integer=True, scale="log", label="Steps", help="Updates each optimizer may do.", part="descent"
    ),
    "optimizers": choices(
        ("gradient_descent",),
        {name: optimizer.title for name, optimizer in OPTIMIZERS.items()},
        label="Optimizers",
        help="Every chosen one walks from the same start.",
        part="descent",
    ),
    **{rate_field(name): _rate(name) for name in OPTIMIZERS},
}

SurfaceSettings: Any = make_dataclass(
    "SurfaceSettings", [(name, Any, each) for name, each in _FIELDS.items()], frozen=True
)
"""A frozen record with one field for every entry above; the rates follow the registry of optimizers."""
