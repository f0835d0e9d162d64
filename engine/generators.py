"""How the made-up data sets are drawn.

A draw takes the number of cases, the standard deviation of the noise and a seeded generator, and gives
inputs (N, D) and targets (N, K). The noise is drawn last and then multiplied: the same seed with more noise
moves the same points further in the same directions. Without noise the inputs lie within -5 and 5.

A place function gives every case its point on the plane from its label; a law gives its target from its inputs.
"""

from collections.abc import Callable
from math import pi
from typing import Literal

import numpy as np

from engine.types import Array

Kind = Literal["signs", "classes", "labels", "regression"]
View = Literal["plane", "curve", "images", "table"]
Draw = Callable[[int, float, np.random.Generator], tuple[Array, Array]]
Place = Callable[[Array, np.random.Generator], Array]
Law = Callable[[Array], Array]

_REACH = 5.0
CIRCLE_INNER, CIRCLE_OUTER = 2.5, 3.5
XOR_GAP = 0.3
GAUSSIAN_CENTRE, GAUSSIAN_WIDTH, GAUSSIAN_LIMIT = 2.0, 0.5, 3.5
SPIRAL_START, SPIRAL_TURNS = 0.4, 1.75
MOON_RADIUS = 3.0
CHECKERBOARD_SQUARES, CHECKERBOARD_GAP = 4, 0.15
RINGS, RING_GAP = 4, 0.4
ARMS, ARM_TURNS = 3, 1.25
CLOUDS, CLOUD_DISTANCE, CLOUD_WIDTH, CLOUD_RADIUS = 5, 3.2, 0.6, 1.8
PET_CENTRE, PET_LIMIT = 1.8, 3.2
BUMP_CENTRES = np.array([(x1, x2) for x2 in (2.2, -2.2) for x1 in (-3.5, 0.0, 3.5)])
BUMP_SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


def two_classes(place: Place) -> Draw:
    """A draw with targets +1 and -1 (N, 1), as many of either as can be, in random order.

    ``place`` gives every case its point (N, 2) from its label (N,).
    """

    def draw(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
        labels = np.where(generator.permutation(cases) % 2 == 0, 1.0, -1.0)
        points = place(labels, generator)
        return points + deviation * generator.standard_normal(points.shape), labels[:, None]

    return draw


def classes(count: int, place: Place) -> Draw:
    """A draw of ``count`` classes, targets one-hot (N, count), as many cases of each as can be, in random order.

    ``place`` gives every case its point (N, 2) from the number of its class (N,), 0 to count - 1.
    """

    def draw(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
        numbers = generator.permutation(cases) % count
        points = place(numbers.astype(np.float64), generator)
        return points + deviation * generator.standard_normal(points.shape), np.eye(count)[numbers]

    return draw


def pets(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """Two labels that know nothing of each other, all four combinations equally often, one normal cloud for each.

    Around (±1.8, ±1.8) with deviation 1, cut at 3.2: the clouds overlap. Where a label is 1, its input is high.
    """
    numbers = generator.permutation(cases) % 4
    labels = np.stack((numbers % 2, numbers // 2), axis=1).astype(np.float64)
    cloud = np.clip(generator.standard_normal((cases, 2)), -PET_LIMIT, PET_LIMIT)
    points = PET_CENTRE * (2.0 * labels - 1.0) + cloud
    return points + deviation * generator.standard_normal(points.shape), labels


def regression(width: int, law: Law) -> Draw:
    """A draw of inputs (N, width), each evenly spread over -5 to 5, with targets (N, 1): the law and noise."""

    def draw(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
        inputs = generator.uniform(-_REACH, _REACH, (cases, width))
        # t = f(x) + deviation * N(0, 1)
        return inputs, law(inputs) + deviation * generator.standard_normal((cases, 1))

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


def checkerboard(labels: Array, generator: np.random.Generator) -> Array:
    """4 x 4 squares of side 2.5: +1 where column and row, counted from the lower left, have an even sum."""
    column, row = generator.integers(0, CHECKERBOARD_SQUARES, (2, len(labels)))
    # another column, one to the left or right, where the sum tells of the other class
    column ^= (column + row + (labels < 0.0)) % 2
    side = 2.0 * _REACH / CHECKERBOARD_SQUARES
    within = generator.uniform(CHECKERBOARD_GAP, side - CHECKERBOARD_GAP, (len(labels), 2))
    points: Array = side * np.stack((column, row), axis=1) - _REACH + within
    return points


def rings(labels: Array, generator: np.random.Generator) -> Array:
    """Four rings around each other, evenly filled: +1 in the first and third from the middle, -1 in the others."""
    width = _REACH / RINGS
    low = width * np.arange(RINGS) + RING_GAP / 2.0
    low[0] = 0.0
    high = width * np.arange(1, RINGS + 1) - RING_GAP / 2.0
    areas = high**2 - low**2
    first = np.where(labels > 0.0, 0, 1)
    share = areas[first] / (areas[first] + areas[first + 2])
    ring = first + np.where(generator.uniform(0.0, 1.0, labels.shape) < share, 0, 2)
    # equal areas: r^2 is uniform
    radius = np.sqrt(generator.uniform(low[ring] ** 2, high[ring] ** 2))
    return _polar(radius, generator.uniform(0.0, 2.0 * pi, labels.shape))


def arms(numbers: Array, generator: np.random.Generator) -> Array:
    """Three arms of 1.25 turns, a third of a turn apart."""
    along = generator.uniform(SPIRAL_START / _REACH, 1.0, numbers.shape)
    return _polar(_REACH * along, 2.0 * pi * (ARM_TURNS * along + numbers / ARMS))


def clouds(numbers: Array, generator: np.random.Generator) -> Array:
    """Five normal clouds of deviation 0.6 in a circle, the first on top, cut at radius 1.8: they do not touch."""
    cloud = CLOUD_WIDTH * generator.standard_normal((len(numbers), 2))
    length = np.hypot(*cloud.T)
    cloud *= np.minimum(1.0, CLOUD_RADIUS / length)[:, None]
    return _polar(np.full(len(numbers), CLOUD_DISTANCE), pi / 2.0 + 2.0 * pi * numbers / CLOUDS) + cloud


def tilted_plane(inputs: Array) -> Array:
    """t = (x1 + 3 x2) / 20, (N, 2) -> (N, 1)."""
    return (inputs[:, :1] + 3.0 * inputs[:, 1:]) / 20.0


def bumps(inputs: Array) -> Array:
    """Six Gaussian bumps of width 1, three up and three down, (N, 2) -> (N, 1); after TensorFlow Playground."""
    squares = ((inputs[:, None, :] - BUMP_CENTRES) ** 2).sum(axis=2)
    # t = sum_k s_k exp(-|x - c_k|^2 / 2)
    heights: Array = np.exp(-squares / 2.0) @ BUMP_SIGNS
    return heights[:, None]


def line(inputs: Array) -> Array:
    """t = 1 + x / 2."""
    return 1.0 + 0.5 * inputs


def sine(inputs: Array) -> Array:
    """t = sin x."""
    return np.sin(inputs)


def step(inputs: Array) -> Array:
    """t = -1 below 0, 2 from there on: no two signs, which would be read as classes."""
    return np.where(inputs < 0.0, -1.0, 2.0)


def polynomial(inputs: Array) -> Array:
    """t = x^3 / 25 + x^2 / 10 - x / 2: up, down and up again."""
    return inputs**3 / 25.0 + inputs**2 / 10.0 - inputs / 2.0


def _polar(radius: Array, angle: Array) -> Array:
    # (x1, x2) = r (cos a, sin a)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)
