"""A formula that a person types, as an error surface: nothing but the grammar's own operations is ever carried out.

Derivatives come by automatic differentiation in forward mode (Wengert, Communications of the ACM 7 (1964) 463; to
second order: Griewank and Walther, Evaluating Derivatives (2008), chapter 13). Every step hands on its value with the
derivatives along the two weights, by one chain rule for all operations: for y = f(a_1, a_2, ..)

    dy/dw_k = sum_i f_i da_i/dw_k
    d2y/dw_k dw_m = sum_i f_i d2a_i/dw_k dw_m + sum_ij f_ij da_i/dw_k da_j/dw_m
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import mul

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.formula_grammar import WEIGHTS, Step, steps_of
from engine.surfaces import in_chunks
from engine.types import Array

Numbers = Array | float
Rule = Callable[..., Numbers]
# along (k,) and (k, m), k <= m; those that are missing are 0 everywhere
Derivatives = dict[tuple[int, ...], Numbers]
Taylor = tuple[Numbers, Derivatives]

_PAIRS = ((0, 0), (0, 1), (1, 1))
# a row holds the error, then the derivatives along these
_DIRECTIONS: tuple[tuple[int, ...], ...] = ((0,), (1,), *_PAIRS)
_NUMBERS_EACH = 30  # so that the arrays at work stay in the cache together
_LOG_TEN = math.log(10.0)


@dataclass(frozen=True)
class Formula:
    """A formula in w1 and w2 as an error surface, equal to every other formula of the same text.

    Parameters
    ----------
    text : str
        Such as ``"(1 - w1)^2 + 100 (w2 - w1^2)^2"``, at most 200 characters, nested at most 40 deep; blanks around
        it are dropped. ``engine.formula_grammar`` has the grammar, with the functions sin, cos, tan, exp, log (or
        ln), log10, sqrt, abs, tanh, sigmoid, relu, min(a, b) and max(a, b).

    Raises
    ------
    ValueError
        One sentence that says what is wrong and at which position, counted from 1 behind the leading blanks.

    Notes
    -----
    Overflow and what is not defined become infinite or NaN, without a warning. At a kink the slope of abs and relu is
    0, that of min and max is the first argument's, and these four have no curvature anywhere. With a negative base,
    a^b has a value where b is whole, and slopes where moreover b holds no weight.
    """

    text: str
    _steps: tuple[Step, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the text."""
        checks.instance("text", self.text, str)
        object.__setattr__(self, "text", self.text.strip())
        object.__setattr__(self, "_steps", steps_of(self.text))

    @property
    def dimension(self) -> int:
        """The number of weights: 2."""
        return 2

    def error(self, weights: npt.ArrayLike) -> Array:
        """The value of the formula at each weight vector, (..., 2) -> (...)."""
        error: Array = self._columns(weights, 0)[..., 0]
        return error[()]

    def gradient(self, weights: npt.ArrayLike) -> Array:
        """The slope dE/dw at each weight vector, (..., 2) -> (..., 2)."""
        return self._columns(weights, 1)[..., 1:]

    def error_and_gradient(self, weights: npt.ArrayLike) -> tuple[Array, Array]:
        """Both at each weight vector, (..., 2) -> (...), (..., 2)."""
        columns = self._columns(weights, 1)
        return columns[..., 0], columns[..., 1:]

    def hessian(self, weights: npt.ArrayLike) -> Array:
        """The second derivatives at each weight vector, (..., 2) -> (..., 2, 2)."""
        return self._columns(weights, 2)[..., [[3, 4], [4, 5]]]

    def _columns(self, weights: npt.ArrayLike, order: int) -> Array:
        vectors = checks.shaped_vectors("weights", weights, self.dimension)
        with np.errstate(all="ignore"):
            return in_chunks(lambda rows: _evaluated(self._steps, order, rows), vectors, _NUMBERS_EACH)


@dataclass(frozen=True)
class _Operation:
    """A function f(a_1, ..) by f itself, its f_i, and those f_ij that are not 0; their rules take (f, a_1, ..)."""

    value: Rule
    slopes: tuple[Rule, ...]
    curves: dict[tuple[int, int], Rule] = field(default_factory=dict)


def _evaluated(steps: Sequence[Step], order: int, rows: Array) -> Array:
    """Value and derivatives up to ``order`` at (M, 2) -> (M, 1 | 3 | 6)."""
    stack: list[Taylor] = []
    for name, arity, number in steps:
        if name == "number":
            # not a float: that would raise where NumPy gives infinity
            stack.append((np.float64(number), {}))
        elif name in WEIGHTS:
            k = WEIGHTS.index(name)
            stack.append((rows[:, k], {(k,): 1.0} if order else {}))
        else:
            stack[-arity:] = [_applied(_OPERATIONS[name], stack[-arity:], order)]
    [(value, derivatives)] = stack
    columns = np.zeros((len(rows), (1, 3, 6)[order]))
    columns[:, 0] = value
    for directions, derivative in derivatives.items():
        columns[:, 1 + _DIRECTIONS.index(directions)] = derivative
    return columns


def _applied(operation: _Operation, arguments: Sequence[Taylor], order: int) -> Taylor:
    """The chain rule; what no weight has a part in is not computed."""
    values, inner = zip(*arguments, strict=True)
    value = operation.value(*values)
    sums: Derivatives = {}
    for derivatives, rule in zip(inner, operation.slopes, strict=True):
        slope = rule(value, *values) if derivatives else 0.0
        for directions, derivative in derivatives.items():
            _add(sums, directions, slope, derivative)
    for (i, j), rule in operation.curves.items() if order == 2 else ():
        curve = rule(value, *values) if inner[i] and inner[j] else 0.0
        for k, m in _PAIRS:
            if (k,) in inner[i] and (m,) in inner[j]:
                _add(sums, (k, m), curve, inner[i][k,], inner[j][m,])
    return value, sums


def _add(sums: Derivatives, directions: tuple[int, ...], *factors: Numbers) -> None:
    # many factors are the slope 1 of a weight itself; to multiply by it would cost as much as by any other
    product = reduce(mul, [each for each in factors if not (isinstance(each, float) and each == 1.0)] or [1.0])
    sums[directions] = sums[directions] + product if directions in sums else product


def _unary(value: Rule, slope: Rule, curve: Rule | None = None) -> _Operation:
    return _Operation(value, (slope,), {} if curve is None else {(0, 0): curve})


def _crossed(rule: Rule) -> dict[tuple[int, int], Rule]:
    return {(0, 1): rule, (1, 0): rule}


def _zero_wins(factor: Numbers, other: Numbers) -> Numbers:
    # a^1 and a^0 have slopes at a = 0, whatever a^-1 is there; and 0^b stays 0 where b > 0 grows
    return np.where(factor == 0.0, 0.0, factor * other)


_OPERATIONS = {
    "+": _Operation(np.add, (lambda *_: 1.0, lambda *_: 1.0)),
    "-": _Operation(np.subtract, (lambda *_: 1.0, lambda *_: -1.0)),
    "*": _Operation(np.multiply, (lambda f, a, b: b, lambda f, a, b: a), _crossed(lambda *_: 1.0)),
    "/": _Operation(
        np.divide,
        (lambda f, a, b: 1.0 / b, lambda f, a, b: -f / b),
        {(1, 1): lambda f, a, b: 2.0 * f / (b * b), **_crossed(lambda f, a, b: -1.0 / (b * b))},
    ),
    "^": _Operation(
        np.power,
        (lambda f, a, b: _zero_wins(b, np.power(a, b - 1.0)), lambda f, a, b: _zero_wins(f, np.log(a))),
        {
            (0, 0): lambda f, a, b: _zero_wins(b * (b - 1.0), np.power(a, b - 2.0)),
            (1, 1): lambda f, a, b: _zero_wins(f, np.log(a) ** 2),
            **_crossed(lambda f, a, b: np.power(a, b - 1.0) * (1.0 + b * np.log(a))),
        },
    ),
    "negative": _unary(np.negative, lambda *_: -1.0),
    "sin": _unary(np.sin, lambda f, a: np.cos(a), lambda f, a: -f),
    "cos": _unary(np.cos, lambda f, a: -np.sin(a), lambda f, a: -f),
    "tan": _unary(np.tan, lambda f, a: 1.0 + f * f, lambda f, a: 2.0 * f * (1.0 + f * f)),
    "exp": _unary(np.exp, lambda f, a: f, lambda f, a: f),
    "log": _unary(np.log, lambda f, a: 1.0 / a, lambda f, a: -1.0 / (a * a)),
    "log10": _unary(np.log10, lambda f, a: 1.0 / (_LOG_TEN * a), lambda f, a: -1.0 / (_LOG_TEN * a * a)),
    "sqrt": _unary(np.sqrt, lambda f, a: 0.5 / f, lambda f, a: -0.25 / (f * a)),
    "tanh": _unary(np.tanh, lambda f, a: 1.0 - f * f, lambda f, a: -2.0 * f * (1.0 - f * f)),
    # exp(-a) may pass to infinity, and f then rightly to 0
    "sigmoid": _unary(
        lambda a: 1.0 / (1.0 + np.exp(-a)), lambda f, a: f * (1.0 - f), lambda f, a: f * (1.0 - f) * (1.0 - 2.0 * f)
    ),
    # heaviside and sign keep NaN, which a comparison would hide
    "abs": _unary(np.abs, lambda f, a: np.sign(a)),
    "relu": _unary(lambda a: np.maximum(a, 0.0), lambda f, a: np.heaviside(a, 0.0)),
    "min": _Operation(np.minimum, (lambda f, a, b: np.heaviside(b - a, 1.0), lambda f, a, b: np.heaviside(a - b, 0.0))),
    "max": _Operation(np.maximum, (lambda f, a, b: np.heaviside(a - b, 1.0), lambda f, a, b: np.heaviside(b - a, 0.0))),
}
