"""Named test functions of two weights: error surfaces with known minima, each hard in its own way.

To add one, write its value and its slope and put a record into ``LANDSCAPES``; the tests then check both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import e, pi

import numpy as np
import numpy.typing as npt

from engine.types import Array

Interval = tuple[float, float]
Minimum = tuple[tuple[float, float], float]

# So many rows stay in the cache, and below the size from which malloc asks the system for fresh pages.
_ROWS = 8192
# The cube root of the machine epsilon balances rounding against truncation in a central difference.
_STEP = float(np.cbrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class Landscape:
    """A function of two weights as an error surface.

    Attributes
    ----------
    name, title, formula : str
        The key in ``LANDSCAPES``, the name for people, the function in LaTeX.
    domain : ((low1, high1), (low2, high2))
        The window worth looking at.
    minima : tuple of ((w1, w2), error)
        The global ones first, then the local ones within the domain (of Ackley's function none of those).
    start : (w1, w2)
        Where a descent shows what is special about this landscape.
    rate : float
        A learning rate with which plain gradient descent from there converges.
    source : str
    value : (w1, w2) -> E
        Two arrays that broadcast, so a grid can be drawn from its two axes.
    slope : (w1, w2) -> (dE/dw1, dE/dw2)

    Notes
    -----
    Weights are not checked for NaN or infinity, because a diverging path may pass through both; the caller
    silences the warnings (``np.errstate``).
    """

    name: str
    title: str
    formula: str
    domain: tuple[Interval, Interval]
    minima: tuple[Minimum, ...]
    start: tuple[float, float]
    rate: float
    source: str
    value: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], tuple[Array, Array]]

    @property
    def dimension(self) -> int:
        """The number of weights: 2."""
        return 2

    def error(self, weights: npt.ArrayLike) -> Array:
        """The error at each weight vector, (..., 2) -> (...)."""
        points = _points(weights)
        if points.ndim == 1:
            return self.value(points[..., 0], points[..., 1])
        errors = np.empty(points.shape[:-1])
        for rows, out in _pieces(points, errors.reshape(-1)):
            out[...] = self.value(rows[:, 0], rows[:, 1])
        return errors

    def gradient(self, weights: npt.ArrayLike) -> Array:
        """The slope dE/dw at each weight vector, (..., 2) -> (..., 2)."""
        points = _points(weights)
        gradients = np.empty(points.shape)
        for rows, out in _pieces(points, gradients.reshape(-1, 2)):
            out[:, 0], out[:, 1] = self.slope(rows[:, 0], rows[:, 1])
        return gradients

    def hessian(self, weights: npt.ArrayLike) -> Array:
        """The second derivatives at each weight vector, (..., 2) -> (..., 2, 2).

        Central differences of the exact gradient with h = eps^(1/3) max(1, |w|), good to about nine digits,
        and made symmetric. Across a kink (the minimum of Ackley's function) they mean nothing.
        """
        points = _points(weights)
        steps = _STEP * np.maximum(1.0, np.abs(points))
        matrices = np.empty((*points.shape, 2))
        for axis in (0, 1):
            ahead, behind = points.copy(), points.copy()
            ahead[..., axis] += steps[..., axis]
            behind[..., axis] -= steps[..., axis]
            width = (ahead - behind)[..., axis, None]
            # d2E/dw_i dw_j = (g_j(w + h e_i) - g_j(w - h e_i)) / 2 h
            matrices[..., axis, :] = (self.gradient(ahead) - self.gradient(behind)) / width
        return 0.5 * (matrices + matrices.swapaxes(-1, -2))


def _points(weights: npt.ArrayLike) -> Array:
    points = np.asarray(weights, dtype=np.float64)
    if points.ndim == 0 or points.shape[-1] != 2:
        raise ValueError(f"weights has shape {points.shape}; it must be (..., 2)")
    return points


def _pieces(points: Array, results: Array) -> Iterator[tuple[Array, Array]]:
    """Points (..., 2) as rows, and the results for them, a cacheful at a time."""
    rows = points.reshape(-1, 2)
    for begin in range(0, len(rows), _ROWS):
        yield rows[begin : begin + _ROWS], results[begin : begin + _ROWS]


def _rosenbrock(w1: Array, w2: Array) -> Array:
    # E = (1 - w1)^2 + 100 (w2 - w1^2)^2
    return (1.0 - w1) ** 2 + 100.0 * (w2 - w1 * w1) ** 2


def _rosenbrock_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # b = 200 (w2 - w1^2); dE/dw1 = 2 (w1 - 1) - 2 b w1, dE/dw2 = b
    bend = 200.0 * (w2 - w1 * w1)
    return 2.0 * (w1 - 1.0 - bend * w1), bend


def _himmelblau(w1: Array, w2: Array) -> Array:
    # E = (w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2
    return (w1 * w1 + w2 - 11.0) ** 2 + (w1 + w2 * w2 - 7.0) ** 2


def _himmelblau_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # a = w1^2 + w2 - 11, b = w1 + w2^2 - 7; dE/dw1 = 4 w1 a + 2 b, dE/dw2 = 4 w2 b + 2 a
    first = w1 * w1 + w2 - 11.0
    second = w2 * w2 + w1 - 7.0
    return 2.0 * (2.0 * (first * w1) + second), 2.0 * (2.0 * (second * w2) + first)


def _beale(w1: Array, w2: Array) -> Array:
    # E = sum_k (c_k - w1 (1 - w2^k))^2, c = 1.5, 2.25, 2.625
    square = w2 * w2
    first = 1.5 - w1 * (1.0 - w2)
    second = 2.25 - w1 * (1.0 - square)
    third = 2.625 - w1 * (1.0 - square * w2)
    return first**2 + second**2 + third**2


def _beale_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # r_k = c_k - w1 (1 - w2^k); dE/dw1 = 2 sum_k r_k (w2^k - 1), dE/dw2 = 2 w1 sum_k k r_k w2^(k-1)
    square = w2 * w2
    up1, up2, up3 = w2 - 1.0, square - 1.0, square * w2 - 1.0
    first, second, third = 1.5 + w1 * up1, 2.25 + w1 * up2, 2.625 + w1 * up3
    along1 = 2.0 * (first * up1 + second * up2 + third * up3)
    return along1, 2.0 * w1 * (first + 2.0 * second * w2 + 3.0 * third * square)


def _six_hump_camel(w1: Array, w2: Array) -> Array:
    # E = (4 - 2.1 w1^2 + w1^4 / 3) w1^2 + w1 w2 + 4 (w2^2 - 1) w2^2
    square1, square2 = w1 * w1, w2 * w2
    return (4.0 + square1 * (square1 / 3.0 - 2.1)) * square1 + w1 * w2 + 4.0 * (square2 - 1.0) * square2


def _six_hump_camel_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw1 = 8 w1 - 8.4 w1^3 + 2 w1^5 + w2, dE/dw2 = w1 - 8 w2 + 16 w2^3
    square = w1 * w1
    return (8.0 + square * (2.0 * square - 8.4)) * w1 + w2, w1 + (16.0 * (w2 * w2) - 8.0) * w2


def _rastrigin(w1: Array, w2: Array) -> Array:
    # E = sum_k w_k^2 + 10 (1 - cos 2 pi w_k) = sum_k w_k^2 + 20 sin^2 pi w_k
    waves: Array = np.sin(pi * w1) ** 2 + np.sin(pi * w2) ** 2
    return w1 * w1 + w2 * w2 + 20.0 * waves


def _rastrigin_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw_k = 2 w_k + 20 pi sin 2 pi w_k
    return (
        2.0 * w1 + 20.0 * pi * np.sin(2.0 * pi * w1),
        2.0 * w2 + 20.0 * pi * np.sin(2.0 * pi * w2),
    )


def _ackley(w1: Array, w2: Array) -> Array:
    # E = 20 (1 - exp(-0.2 r)) + e - exp(c), r = sqrt((w1^2 + w2^2) / 2), c = (cos 2 pi w1 + cos 2 pi w2) / 2
    radius = np.sqrt(0.5 * (w1 * w1 + w2 * w2))
    waves = 0.5 * (np.cos(2.0 * pi * w1) + np.cos(2.0 * pi * w2))
    error: Array = e - np.exp(waves) - 20.0 * np.expm1(-0.2 * radius)
    return error


def _ackley_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw_k = 2 exp(-0.2 r) w_k / r + pi exp(c) sin 2 pi w_k; at the kink r = 0 it is set to 0
    radius = np.sqrt(0.5 * (w1 * w1 + w2 * w2))
    pull = 2.0 * np.exp(-0.2 * radius) / np.where(radius == 0.0, 1.0, radius)
    waves = pi * np.exp(0.5 * (np.cos(2.0 * pi * w1) + np.cos(2.0 * pi * w2)))
    return pull * w1 + waves * np.sin(2.0 * pi * w1), pull * w2 + waves * np.sin(2.0 * pi * w2)


def _saddle(w1: Array, w2: Array) -> Array:
    # E = w1^4 / 4 - w1^2 / 2 + w2^2 / 2
    square = w1 * w1
    return 0.25 * square * square - 0.5 * square + 0.5 * (w2 * w2)


def _saddle_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw1 = w1^3 - w1, dE/dw2 = w2
    return (w1 * w1 - 1.0) * w1, w2


def _ravine(w1: Array, w2: Array) -> Array:
    # E = ((w1 + w2)^2 + 50 (w1 - w2)^2) / 4
    return 0.25 * (w1 + w2) ** 2 + 12.5 * (w1 - w2) ** 2


def _ravine_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # a = (w1 + w2) / 2, b = 25 (w1 - w2); dE/dw1 = a + b, dE/dw2 = a - b
    along, across = 0.5 * (w1 + w2), 25.0 * (w1 - w2)
    return along + across, along - across


def _double_well(w1: Array, w2: Array) -> Array:
    # E = (w1 + 1)^2 (w1^2 - 2.2 w1 + 1.4) + w2^2
    return (w1 + 1.0) ** 2 * ((w1 - 2.2) * w1 + 1.4) + w2 * w2


def _double_well_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw1 = 4 (w1^2 - 1) (w1 - 0.15), dE/dw2 = 2 w2
    return 4.0 * (w1 * w1 - 1.0) * (w1 - 0.15), 2.0 * w2


def _plateau(w1: Array, w2: Array) -> Array:
    # E = (1 + tanh 5 w1) / 2 + ((w1 + 1.5)^2 + w2^2) / 50
    return 0.5 * (1.0 + np.tanh(5.0 * w1)) + 0.02 * ((w1 + 1.5) ** 2 + w2 * w2)


def _plateau_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw1 = 2.5 (1 - tanh^2 5 w1) + (w1 + 1.5) / 25, dE/dw2 = w2 / 25
    return 2.5 * (1.0 - np.tanh(5.0 * w1) ** 2) + 0.04 * (w1 + 1.5), 0.04 * w2


def _styblinski_tang(w1: Array, w2: Array) -> Array:
    # E = 1/2 sum_k (w_k^4 - 16 w_k^2 + 5 w_k)
    square1, square2 = w1 * w1, w2 * w2
    return 0.5 * ((square1 - 16.0) * square1 + (square2 - 16.0) * square2 + 5.0 * (w1 + w2))


def _styblinski_tang_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    # dE/dw_k = 2 w_k^3 - 16 w_k + 2.5
    return (2.0 * (w1 * w1) - 16.0) * w1 + 2.5, (2.0 * (w2 * w2) - 16.0) * w2 + 2.5


def _separable(terms: dict[float, float]) -> tuple[Minimum, ...]:
    """The minima of f(w1) + f(w2), lowest first, from those of f as {w: f(w)}."""
    pairs = product(terms.items(), terms.items())
    minima: list[Minimum] = [((w1, w2), value1 + value2) for (w1, value1), (w2, value2) in pairs]
    return tuple(sorted(minima, key=lambda minimum: minimum[1]))


def _square(half: float) -> tuple[Interval, Interval]:
    return (-half, half), (-half, half)


_RASTRIGIN_TERMS = {  # where w + 10 pi sin 2 pi w = 0
    0.0: 0.0,
    0.9949586376523347: 0.9949590570932916,
    1.9899122337085495: 3.979831190554087,
    2.9848557010394816: 8.954601241487012,
    3.979783860300754: 15.919243792461534,
    4.974691390895051: 24.873722934542226,
}
_LIBRARY = "Surjanovic and Bingham, Virtual Library of Simulation Experiments, 2013"
# fmt: off
_ALL = (
    Landscape(
        "rosenbrock", "Rosenbrock's banana", r"E = (1 - w_1)^2 + 100 (w_2 - w_1^2)^2",
        domain=((-2.0, 2.0), (-1.0, 3.0)), start=(-1.2, 1.0), rate=0.001,
        minima=(((1.0, 1.0), 0.0),),
        source="Rosenbrock, The Computer Journal 3 (1960) 175",
        value=_rosenbrock, slope=_rosenbrock_slope,
    ),
    Landscape(
        "himmelblau", "Himmelblau", r"E = (w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2",
        domain=_square(6.0), start=(-0.5, -1.0), rate=0.01,
        minima=(
            ((3.0, 2.0), 0.0),
            ((-2.805118086952745, 3.131312518250573), 0.0),
            ((-3.779310253377747, -3.2831859912861696), 0.0),
            ((3.5844283403304917, -1.8481265269644036), 0.0),
        ),
        source="Himmelblau, Applied Nonlinear Programming (1972)",
        value=_himmelblau, slope=_himmelblau_slope,
    ),
    Landscape(
        "beale", "Beale", r"E = \sum_{k=1}^3 \left(c_k - w_1 (1 - w_2^k)\right)^2,\; c = (1.5, 2.25, 2.625)",
        domain=_square(4.5), start=(1.0, 1.5), rate=0.01,
        minima=(((3.0, 0.5), 0.0),),
        source="Beale, On an iterative method for finding a local minimum (1958); " + _LIBRARY,
        value=_beale, slope=_beale_slope,
    ),
    Landscape(
        "six_hump_camel", "Six-hump camel",
        r"E = (4 - 2.1 w_1^2 + \tfrac13 w_1^4) w_1^2 + w_1 w_2 + 4 (w_2^2 - 1) w_2^2",
        domain=((-2.2, 2.2), (-1.4, 1.4)), start=(-1.1, 1.3), rate=0.02,
        minima=(
            ((0.08984201310031807, -0.7126564030207396), -1.0316284534898774),
            ((-0.08984201310031807, 0.7126564030207396), -1.0316284534898774),
            ((1.7036067149699807, -0.7960835686726251), -0.21546382438371725),
            ((-1.7036067149699807, 0.7960835686726251), -0.21546382438371725),
            ((1.6071047529201974, 0.5686514548841313), 2.1042503103112598),
            ((-1.6071047529201974, -0.5686514548841313), 2.1042503103112598),
        ),
        source="Dixon and Szego, Towards Global Optimisation 2 (1978); " + _LIBRARY,
        value=_six_hump_camel, slope=_six_hump_camel_slope,
    ),
    Landscape(
        "rastrigin", "Rastrigin", r"E = 20 + \sum_k w_k^2 - 10 \cos 2 \pi w_k",
        domain=_square(5.12), start=(3.4, 2.3), rate=0.002,
        minima=_separable(_RASTRIGIN_TERMS | {-w: value for w, value in _RASTRIGIN_TERMS.items()}),
        source="Rastrigin, Systems of Extremal Control (1974); " + _LIBRARY,
        value=_rastrigin, slope=_rastrigin_slope,
    ),
    Landscape(
        "ackley", "Ackley",
        r"E = 20 + e - 20 e^{-0.2 \sqrt{(w_1^2 + w_2^2) / 2}} - e^{(\cos 2 \pi w_1 + \cos 2 \pi w_2) / 2}",
        domain=_square(5.0), start=(2.6, 1.6), rate=0.01,
        minima=(((0.0, 0.0), 0.0),),
        source="Ackley, A Connectionist Machine for Genetic Hillclimbing (1987); " + _LIBRARY,
        value=_ackley, slope=_ackley_slope,
    ),
    Landscape(
        "saddle", "Saddle between two minima",
        r"E = \tfrac14 w_1^4 - \tfrac12 w_1^2 + \tfrac12 w_2^2",
        domain=_square(2.0), start=(0.001, 1.6), rate=0.1,
        minima=(((-1.0, 0.0), -0.25), ((1.0, 0.0), -0.25)),
        source="The double-well potential of Strogatz, Nonlinear Dynamics and Chaos (1994), example 6.5.2",
        value=_saddle, slope=_saddle_slope,
    ),
    Landscape(
        "ravine", "Ravine", r"E = \tfrac14 (w_1 + w_2)^2 + \tfrac{50}{4} (w_1 - w_2)^2",
        domain=_square(3.0), start=(-2.6, -1.4), rate=0.036,
        minima=(((0.0, 0.0), 0.0),),
        source="A quadratic with eigenvalues 1 and 50, after Goh, Why Momentum Really Works, Distill (2017)",
        value=_ravine, slope=_ravine_slope,
    ),
    Landscape(
        "double_well", "Good and bad well", r"E = (w_1 + 1)^2 (w_1^2 - 2.2 w_1 + 1.4) + w_2^2",
        domain=_square(2.0), start=(1.6, 1.2), rate=0.05,
        minima=(((-1.0, 0.0), 0.0), ((1.0, 0.0), 0.8)),
        source="A quartic with minima at -1 and 1 and a saddle at 0.15",
        value=_double_well, slope=_double_well_slope,
    ),
    Landscape(
        "plateau", "Plateau with a cliff",
        r"E = \tfrac12 (1 + \tanh 5 w_1) + \tfrac1{50} \left((w_1 + 1.5)^2 + w_2^2\right)",
        domain=_square(3.0), start=(2.2, 1.5), rate=0.5,
        minima=(((-1.5000764171153003, 0.0), 3.057853461445359e-07),),
        source="A smooth cliff after Pascanu, Mikolov and Bengio, ICML (2013), fig. 6",
        value=_plateau, slope=_plateau_slope,
    ),
    Landscape(
        "styblinski_tang", "Styblinski-Tang", r"E = \tfrac12 \sum_k w_k^4 - 16 w_k^2 + 5 w_k",
        domain=_square(5.0), start=(0.6, 0.2), rate=0.01,
        minima=_separable({-2.903534027771177: -39.16616570377141, 2.7468027709908367: -25.029446655283945}),
        source="Styblinski and Tang, Neural Networks 3 (1990) 467; " + _LIBRARY,
        value=_styblinski_tang, slope=_styblinski_tang_slope,
    ),
)
# fmt: on
LANDSCAPES: dict[str, Landscape] = {landscape.name: landscape for landscape in _ALL}
