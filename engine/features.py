"""Features: numbers made from the raw inputs that a network may be given in their place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.types import Array


@dataclass(frozen=True)
class Feature:
    """One number made from the raw inputs of a case.

    Attributes
    ----------
    name, title : str
        The key in ``FEATURES``, and the name for people.
    inputs : int
        How many raw inputs the data must have: 1 or 2.
    function : (..., inputs) -> (...)
    """

    name: str
    title: str
    inputs: int
    function: Callable[[Array], Array]


def _first(raw: Array) -> Array:
    return raw[..., 0]


def _second(raw: Array) -> Array:
    return raw[..., 1]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("x1", "x₁", 2, _first),
        Feature("x2", "x₂", 2, _second),
        Feature("x1_squared", "x₁²", 2, lambda raw: _first(raw) ** 2),
        Feature("x2_squared", "x₂²", 2, lambda raw: _second(raw) ** 2),
        Feature("x1_x2", "x₁x₂", 2, lambda raw: _first(raw) * _second(raw)),
        Feature("sin_x1", "sin x₁", 2, lambda raw: np.sin(_first(raw))),
        Feature("sin_x2", "sin x₂", 2, lambda raw: np.sin(_second(raw))),
        Feature("x", "x", 1, _first),
        Feature("x_squared", "x²", 1, lambda raw: _first(raw) ** 2),
        Feature("x_cubed", "x³", 1, lambda raw: _first(raw) ** 3),
        Feature("sin_x", "sin x", 1, lambda raw: np.sin(_first(raw))),
    )
}
