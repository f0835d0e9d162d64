"""How the made-up data sets are drawn and how cases are dealt to the parts: everything that needs a seed.

A draw takes the number of cases, the standard deviation of the noise and a seeded generator, and gives
inputs (N, D) and targets (N, K). The noise is drawn last and then multiplied: the same seed with more noise
moves the same points further in the same directions. Without noise the inputs lie within -5 and 5.
"""

from collections.abc import Callable, Mapping
from math import pi
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.streams import stream
from engine.types import PARTS, Array, IntegerArray

Draw = Callable[[int, float, np.random.Generator], tuple[Array, Array]]
Place = Callable[[Array, np.random.Generator], Array]
Shares = tuple[float, float, float]
Parts = tuple[IntegerArray, IntegerArray, IntegerArray]

_REACH = 5.0
CIRCLE_INNER, CIRCLE_OUTER = 2.5, 3.5
XOR_GAP = 0.3
GAUSSIAN_CENTRE, GAUSSIAN_WIDTH, GAUSSIAN_LIMIT = 2.0, 0.5, 3.5
SPIRAL_START, SPIRAL_TURNS = 0.4, 1.75
MOON_RADIUS = 3.0


def two_classes(place: Place) -> Draw:
    """A draw with targets +1 and -1 (N, 1), as many of either as can be, in random order.

    ``place`` gives every case its point (N, 2) from its label (N,).
    """

    def draw(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
        labels = np.where(generator.permutation(cases) % 2 == 0, 1.0, -1.0)
        points = place(labels, generator)
        return points + deviation * generator.standard_normal(points.shape), labels[:, None]

    return draw


def circle(labels: Array, generator: np.random.Generator) -> Array:
    """+1 in a disc of radius 2.5, -1 in the ring from 3.5 to 5, both evenly filled."""
    low = np.where(labels > 0.0, 0.0, CIRCLE_OUTER)
    high = np.where(labels > 0.0, CIRCLE_INNER, _REACH)
    # equal areas: r^2 is uniform
    radius = np.sqrt(generator.uniform(low**2, high**2))
    return _polar(radius, generator.uniform(0.0, 2.0 * pi, labels.shape))


def xor(labels: Array, generator: np.random.Generator) -> Array:
    """Four squares of side 4.7 around the origin: +1 where the signs of x1 and x2 agree."""
    points = generator.uniform(XOR_GAP, _REACH, (len(labels), 2))
    side = generator.choice((-1.0, 1.0), len(labels))
    signs: Array = np.stack((side, side * labels), axis=1)
    return signs * points


def gaussians(labels: Array, generator: np.random.Generator) -> Array:
    """Normal clouds of deviation 0.5, cut at 3.5 deviations: +1 around (2, 2), -1 around (-2, -2)."""
    cloud = generator.standard_normal((len(labels), 2))
    cloud = GAUSSIAN_WIDTH * np.clip(cloud, -GAUSSIAN_LIMIT, GAUSSIAN_LIMIT)
    return GAUSSIAN_CENTRE * labels[:, None] + cloud


def spiral(labels: Array, generator: np.random.Generator) -> Array:
    """Two arms of 1.75 turns, half a turn apart; as in TensorFlow Playground, but for the very centre."""
    along = generator.uniform(SPIRAL_START / _REACH, 1.0, labels.shape)
    angle = 2.0 * pi * SPIRAL_TURNS * along + np.where(labels > 0.0, 0.0, pi)
    return _polar(_REACH * along, angle)


def moons(labels: Array, generator: np.random.Generator) -> Array:
    """Two half circles of radius 3 that reach into each other: scikit-learn's make_moons, centred."""
    # +1: (cos a, sin a), -1: (1 - cos a, 1/2 - sin a), the middle of both at (1/2, 1/4)
    half = _polar(np.ones(labels.shape), generator.uniform(0.0, pi, labels.shape))
    return MOON_RADIUS * labels[:, None] * (half - (0.5, 0.25))


def line(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """Regression with one input: x evenly spread over -5 to 5, t = 1 + x / 2 + noise."""
    inputs = generator.uniform(-_REACH, _REACH, (cases, 1))
    # t = 1 + x / 2 + deviation * N(0, 1)
    return inputs, 1.0 + 0.5 * inputs + deviation * generator.standard_normal(inputs.shape)


def _polar(radius: Array, angle: Array) -> Array:
    # (x1, x2) = r (cos a, sin a)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)


def shares(split: Any) -> Shares:
    """Three shares that sum to 1, as floats; None means that every case trains."""
    try:
        given = (1.0, 0.0, 0.0) if split is None else split
        training, validation, test = (checks.number("split", share, 0.0, 1.0) + 0.0 for share in given)
    except (TypeError, ValueError):
        training = validation = test = 0.0
    if abs(training + validation + test - 1.0) > 1e-9 or training == 0.0:
        legal = "three shares (training, validation, test) that sum to 1, training above 0"
        raise ValueError(f"split is {split!r}; it must be {legal}")
    return training, validation, test


def drawn_parts(split: Shares, cases: int, seed: int) -> Parts:
    """The numbers of the cases in each part, drawn by shares; a part with a share gets at least one."""
    wanted = sum(share > 0.0 for share in split)
    if cases < wanted:
        raise ValueError(f"split is {split!r}; with {cases} cases it cannot fill {wanted} parts")
    ends = np.rint(np.cumsum(split) * cases).astype(np.int64)
    sizes = np.diff(ends, prepend=0)
    for part, share in enumerate(split):
        if share > 0.0 and sizes[part] == 0:
            sizes[np.argmax(sizes)] -= 1
            sizes[part] = 1
    order = stream("parts", seed).permutation(cases)
    training, validation, test = np.split(order, np.cumsum(sizes)[:-1])
    return np.sort(training), np.sort(validation), np.sort(test)


def given_parts(split: Mapping[str, npt.ArrayLike], cases: int) -> Parts:
    """The numbers of the cases in each part as the mapping tells them, checked and ascending."""
    unknown = [name for name in split if name not in PARTS]
    if unknown:
        raise ValueError(f"split has the part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    training, validation, test = (_case_numbers(name, split.get(name, ()), cases) for name in PARTS)
    numbers, counts = np.unique(np.concatenate((training, validation, test)), return_counts=True)
    if (counts > 1).any():
        raise ValueError(f"split holds case {numbers[counts > 1][0]} twice; a case may be in one part once")
    if not len(training):
        raise ValueError("split has no case in training; it must have at least one")
    return training, validation, test


def _case_numbers(name: str, value: npt.ArrayLike, cases: int) -> IntegerArray:
    legal = f"it must be a list of whole numbers from 0 to {cases - 1}"
    try:
        numbers: npt.NDArray[Any] = np.asarray(value)
    except ValueError:
        raise ValueError(f"split[{name!r}] has lists of unequal length; {legal}") from None
    if numbers.ndim != 1 or (len(numbers) and numbers.dtype.kind not in "iu"):
        raise ValueError(f"split[{name!r}] has shape {numbers.shape} and type {numbers.dtype}; {legal}")
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < cases):
        raise ValueError(f"split[{name!r}] goes from {numbers.min()} to {numbers.max()}; {legal}")
    return np.sort(numbers.astype(np.int64))
