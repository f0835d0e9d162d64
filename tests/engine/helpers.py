"""What several tests of the engine need."""

from collections.abc import Callable

import numpy as np

from engine import ACTIVATIONS, ERRORS, HIDDEN_ACTIVATIONS, OPTIMIZERS, Dataset, Network, Run, Task
from engine.types import Array

HIDDEN = HIDDEN_ACTIVATIONS
HEADS = [
    (output, error)
    for output in ACTIVATIONS
    for error in ERRORS
    if error != "cross_entropy" or output in ("sigmoid", "softmax")
]
"""Every legal pair of an output activation and an error function."""

TRAINING_OPTIMIZERS = {name: kind for name, kind in OPTIMIZERS.items() if not kind.needs_hessian}


def differences(function: Callable[[Array], Array], point: Array, step: float = 1e-4) -> Array:
    """Central differences of fourth order of f(..., P) along every axis of one point (P,), first axis the axes."""
    # (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12 h
    shifts = step * np.eye(len(point))
    near = function(point + shifts) - function(point - shifts)
    far = function(point + 2.0 * shifts) - function(point - 2.0 * shifts)
    return (8.0 * near - far) / (12.0 * step)


def targets_for(output: str, error: str, shape: tuple[int, int], generator: np.random.Generator) -> Array:
    """Targets (N, K) that this head accepts: probabilities for the cross-entropy, any numbers else."""
    if error != "cross_entropy":
        return generator.uniform(-1.5, 1.5, shape)
    targets = generator.uniform(0.05, 0.95, shape)
    return targets / targets.sum(axis=1, keepdims=True) if output == "softmax" else targets


def made_up_task(
    sizes: tuple[int, ...] = (2, 3, 1),
    hidden: str = "tanh",
    output: str = "linear",
    error: str = "squared",
    reduction: str = "mean",
    cases: int = 14,
    split: object = None,
    seed: int = 0,
) -> Task:
    """A small task of random numbers."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(cases, sizes[0]))
    targets = targets_for(output, error, (cases, sizes[-1]), generator)
    data = Dataset.from_arrays(inputs, targets, split)
    return Task(data, Network(sizes, hidden, output), error, reduction)


def assert_same(run: Run, other: Run) -> None:
    """Equal to the last bit, in everything."""
    assert run.to_json() == other.to_json()
