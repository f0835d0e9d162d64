"""Named test functions of two weights: error surfaces with known minima, each hard in its own way.

To add one, write its value and its slope in ``landscape_functions`` and put a record into ``LANDSCAPES``; the
tests then check both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from engine import landscape_functions as functions
from engine.differences import hessian_by_differences
from engine.types import Array

Interval = tuple[float, float]
Minimum = tuple[tuple[float, float], float]

# So many rows stay in the cache, and below the size from which malloc asks the system for fresh pages.
_ROWS = 8192


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

        Central differences of the exact gradient; at the minimum of Ackley's function, a kink, they mean nothing.
        """
        return hessian_by_differences(self.gradient, _points(weights))


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
        value=functions.rosenbrock, slope=functions.rosenbrock_slope,
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
        value=functions.himmelblau, slope=functions.himmelblau_slope,
    ),
    Landscape(
        "beale", "Beale", r"E = \sum_{k=1}^3 \left(c_k - w_1 (1 - w_2^k)\right)^2,\; c = (1.5, 2.25, 2.625)",
        domain=_square(4.5), start=(1.0, 1.5), rate=0.01,
        minima=(((3.0, 0.5), 0.0),),
        source="Beale, On an iterative method for finding a local minimum (1958); " + _LIBRARY,
        value=functions.beale, slope=functions.beale_slope,
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
        value=functions.six_hump_camel, slope=functions.six_hump_camel_slope,
    ),
    Landscape(
        "rastrigin", "Rastrigin", r"E = 20 + \sum_k \left(w_k^2 - 10 \cos 2 \pi w_k\right)",
        domain=_square(5.12), start=(3.4, 2.3), rate=0.002,
        minima=_separable(_RASTRIGIN_TERMS | {-w: value for w, value in _RASTRIGIN_TERMS.items()}),
        source="Rastrigin, Systems of Extremal Control (1974); " + _LIBRARY,
        value=functions.rastrigin, slope=functions.rastrigin_slope,
    ),
    Landscape(
        "ackley", "Ackley",
        r"E = 20 + e - 20 e^{-0.2 \sqrt{(w_1^2 + w_2^2) / 2}} - e^{(\cos 2 \pi w_1 + \cos 2 \pi w_2) / 2}",
        domain=_square(5.0), start=(2.6, 1.6), rate=0.01,
        minima=(((0.0, 0.0), 0.0),),
        source="Ackley, A Connectionist Machine for Genetic Hillclimbing (1987); " + _LIBRARY,
        value=functions.ackley, slope=functions.ackley_slope,
    ),
    Landscape(
        "saddle", "Saddle between two minima",
        r"E = \tfrac14 w_1^4 - \tfrac12 w_1^2 + \tfrac12 w_2^2",
        domain=_square(2.0), start=(0.001, 1.6), rate=0.1,
        minima=(((-1.0, 0.0), -0.25), ((1.0, 0.0), -0.25)),
        source="The double-well potential of Strogatz, Nonlinear Dynamics and Chaos (1994), example 6.5.2",
        value=functions.saddle, slope=functions.saddle_slope,
    ),
    Landscape(
        "ravine", "Ravine", r"E = \tfrac14 (w_1 + w_2)^2 + \tfrac{50}{4} (w_1 - w_2)^2",
        domain=_square(3.0), start=(-2.6, -1.4), rate=0.036,
        minima=(((0.0, 0.0), 0.0),),
        source="A quadratic with eigenvalues 1 and 50, after Goh, Why Momentum Really Works, Distill (2017)",
        value=functions.ravine, slope=functions.ravine_slope,
    ),
    Landscape(
        "double_well", "Good and bad well", r"E = (w_1 + 1)^2 (w_1^2 - 2.2 w_1 + 1.4) + w_2^2",
        domain=_square(2.0), start=(1.6, 1.2), rate=0.05,
        minima=(((-1.0, 0.0), 0.0), ((1.0, 0.0), 0.8)),
        source="A quartic with minima at -1 and 1 and a saddle at 0.15",
        value=functions.double_well, slope=functions.double_well_slope,
    ),
    Landscape(
        "plateau", "Plateau with a cliff",
        r"E = \tfrac12 (1 + \tanh 5 w_1) + \tfrac1{50} \left((w_1 + 1.5)^2 + w_2^2\right)",
        domain=_square(3.0), start=(2.2, 1.5), rate=0.5,
        minima=(((-1.5000764171153003, 0.0), 3.057853461445359e-07),),
        source="A smooth cliff after Pascanu, Mikolov and Bengio, ICML (2013), fig. 6",
        value=functions.plateau, slope=functions.plateau_slope,
    ),
    Landscape(
        "styblinski_tang", "Styblinski-Tang", r"E = \tfrac12 \sum_k \left(w_k^4 - 16 w_k^2 + 5 w_k\right)",
        domain=_square(5.0), start=(0.6, 0.2), rate=0.01,
        minima=_separable({-2.903534027771177: -39.16616570377141, 2.7468027709908367: -25.029446655283945}),
        source="Styblinski and Tang, Neural Networks 3 (1990) 467; " + _LIBRARY,
        value=functions.styblinski_tang, slope=functions.styblinski_tang_slope,
    ),
)
# fmt: on
LANDSCAPES: dict[str, Landscape] = {landscape.name: landscape for landscape in _ALL}
