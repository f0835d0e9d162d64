"""The training cases of the surface lab: drawn by a law, or the user's own; and what its controls do to them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine import DATASETS
from engine.types import Array

MOST_CASES = 5_000
MOST_INPUTS = 3
LARGEST = 1e12
LONGEST_NAME = 40
PRICES = np.array([2.5, 1.5, 1.0])
_ITEMS = ("burgers", "fries", "soda")
_MOST_SERVINGS = 5
_SLOPES = np.array([1.5, -1.0])


@dataclass(frozen=True, eq=False)
class Cases:
    """Inputs (N, d) without the bias, and targets (N,).

    ``names`` are those of the inputs, empty where they have none; ``law`` (d,) holds the weights of the inputs that
    made the targets, None for the user's own cases.
    """

    inputs: Array
    targets: Array
    names: tuple[str, ...] = ()
    target_name: str = ""
    law: Array | None = None


@dataclass(frozen=True)
class Own:
    """The user's own cases as bytes, so that they are a key: the same bytes are the same cases."""

    inputs: bytes
    targets: bytes
    width: int
    names: tuple[str, ...] = ()
    target_name: str = ""

    def cases(self) -> Cases:
        """The same as arrays."""
        inputs = np.frombuffer(self.inputs).reshape(-1, self.width)
        return Cases(inputs, np.frombuffer(self.targets), self.names, self.target_name)


def read_own(sent: object) -> Own | None:
    """The user's cases as the page sends them, {inputs: (N, d), targets: (N,), names, target}; None for none.

    ValueError with a sentence for what cannot be cases.
    """
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise ValueError("Your cases could not be read: they are no JSON object.")
    inputs, targets = _numbers(sent.get("inputs"), 2), _numbers(sent.get("targets"), 1)
    count, width = inputs.shape
    if len(targets) != count:
        raise ValueError(f"There are {count} inputs and {len(targets)} targets; every case needs both.")
    if not 2 <= count <= MOST_CASES:
        raise ValueError(f"There are {count:,} cases; at least 2 and at most {MOST_CASES:,} can be used.")
    if not 1 <= width <= MOST_INPUTS:
        raise ValueError(f"A case has {width} inputs; there may be 1 to {MOST_INPUTS}.")
    names = sent.get("names")
    told = tuple(map(_name, names)) if isinstance(names, list) and len(names) == width else ()
    told = told if all(told) and len(set(told)) == width else ()  # they must tell the inputs apart
    return Own(inputs.tobytes(), targets.tobytes(), width, told, _name(sent.get("target")))


def shown_cases(settings: Any, own: Own | None) -> Cases:
    """The cases that the neuron sees: drawn or the user's own, then moved, rescaled and made noisy as told."""
    if settings.data == "own":
        if own is None:
            raise ValueError("There are no own cases yet: load or paste a table, or choose other training cases.")
        cases = _noisy(own.cases(), settings.noise, settings.data_seed)
    else:
        cases = _drawn(settings)
    # what is moved obeys the law in its new place; what is rescaled only has another unit
    moved = _moved(cases, settings.centre, settings.collinear)
    return _rescaled(moved, settings.scale, settings.standardise, has_bias(settings, moved.inputs.shape[1]))


def has_bias(settings: Any, width: int) -> bool:
    """Whether the neuron has a bias: always with one input, never with three, as chosen with two."""
    return width == 1 or (width == 2 and bool(settings.bias))


def classes(targets: Array) -> tuple[Array, float | None]:
    """Targets between 0 and 1 for a sigmoidal neuron, and the threshold above which a case is of class 1.

    Targets that lie between 0 and 1 stay as they are, and the threshold is None.
    """
    if targets.min() >= 0.0 and targets.max() <= 1.0:
        return targets, None
    threshold = float(np.median(targets))
    if targets.max() <= threshold:  # more than half of them are the largest
        threshold = float(targets[targets < targets.max()].max(initial=targets.min()))
    return (targets > threshold).astype(np.float64), _shortest(threshold, targets)


def _shortest(threshold: float, targets: Array) -> float:
    """The number of fewest digits that parts the same cases."""
    short = (float(f"{threshold:.{digits}g}") for digits in range(2, 18))
    return next(number for number in short if ((targets > number) == (targets > threshold)).all())


def _drawn(settings: Any) -> Cases:
    count, noise, seed = settings.cases, settings.noise, settings.data_seed
    if settings.data == "line":
        inputs, targets = DATASETS["line"].generate(cases=count, noise=noise, seed=seed).part("training")
        return Cases(inputs, targets[:, 0], law=np.array([0.5]))
    generator = np.random.default_rng(seed)
    if settings.data == "plane":
        inputs, law = generator.uniform(-2.0, 2.0, (count, 2)), _SLOPES
        offset = 0.5 if settings.bias else 0.0
        return Cases(inputs, inputs @ law + offset + noise * generator.standard_normal(count), law=law)
    inputs = _servings(settings.meals, count, generator)
    targets = inputs @ PRICES + noise * generator.standard_normal(count)
    return Cases(inputs, targets, _ITEMS, "total price", PRICES)


def _servings(meals: str, count: int, generator: np.random.Generator) -> Array:
    if meals == "smart":
        one_item: Array = np.eye(MOST_INPUTS)[np.arange(count) % MOST_INPUTS]
        return one_item * generator.integers(1, 4, (count, 1))
    servings = generator.integers(0, _MOST_SERVINGS + 1, (count, MOST_INPUTS))
    servings[servings.sum(axis=1) == 0] = 1
    return servings.astype(np.float64)


def _noisy(cases: Cases, noise: float, seed: int) -> Cases:
    if not noise:
        return cases
    deviation = noise * float(np.std(cases.targets))
    drawn = np.random.default_rng(seed).standard_normal(len(cases.targets))
    return replace(cases, targets=cases.targets + deviation * drawn)


def _moved(cases: Cases, centre: float, collinear: float) -> Cases:
    inputs = cases.inputs.copy()
    inputs[:, 0] += centre
    if inputs.shape[1] > 1:
        inputs[:, 1] += collinear * (inputs[:, 0] - inputs[:, 1])
    targets = cases.targets if cases.law is None else cases.targets + (inputs - cases.inputs) @ cases.law
    return replace(cases, inputs=inputs, targets=targets)


def _rescaled(cases: Cases, scale: float, standardise: bool, bias: bool) -> Cases:
    inputs = cases.inputs.copy()
    inputs[:, 0] *= scale
    factors = np.array([scale, *[1.0] * (inputs.shape[1] - 1)])
    if standardise:
        middle = inputs.mean(axis=0) if bias else np.zeros(inputs.shape[1])
        spread = np.sqrt(np.mean((inputs - middle) ** 2, axis=0))
        spread = np.where(spread > 1e-12 * np.abs(inputs).max(axis=0), spread, 1.0)  # a constant input stays one
        inputs = (inputs - middle) / spread
        factors /= spread
    law = None if cases.law is None else cases.law / factors
    return replace(cases, inputs=inputs, law=law)


def _numbers(sent: object, dimensions: int) -> Array:
    try:
        # strings would be read as numbers, and booleans too
        values = np.array(sent, dtype=np.float64) if _plain(sent, dimensions) else None
    except (TypeError, ValueError, OverflowError):
        values = None
    if values is None or values.ndim != dimensions:
        raise ValueError("Your cases could not be read: inputs are rows of numbers, targets one number a row.")
    if not (np.abs(values) <= LARGEST).all():
        raise ValueError(f"Your cases hold a number that is not finite or beyond {LARGEST:g}.")
    return values


def _plain(sent: object, dimensions: int) -> bool:
    if dimensions == 0:
        return isinstance(sent, (int, float)) and not isinstance(sent, bool)
    return isinstance(sent, list) and all(_plain(each, dimensions - 1) for each in sent)


def _name(sent: object) -> str:
    words = sent if isinstance(sent, str) else ""
    # Plotly reads tags in its titles
    plain = words[:LONGEST_NAME].translate({ord("<"): "‹", ord(">"): "›"})
    return "".join(letter if letter.isprintable() else " " for letter in plain).strip()
