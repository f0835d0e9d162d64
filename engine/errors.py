"""Error functions: how far the outputs y are from the targets t, and which way is down.

All are sums over the outputs of a case and over the cases; a ``Task`` divides by the number of cases where its
reduction is "mean". Arrays are feature-major, (..., K, N), as training keeps them.

An error function is bound to its arrays once, then to the targets of each batch, and then called for every update,
because for a small network the preparation of a call costs more than the call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from engine.calls import Total, inner, product
from engine.types import Array

Evaluate = Callable[[], Total]
_ANY = "any output activation"
# The logarithms of numbers from 1e-173 to 1e173: where their squares sum to less, every one of them is in between.
_SAFE_SQUARES = 400.0**2


class Head(NamedTuple):
    """What stands on top of the last logits.

    ``bind(logits, outputs, delta)(targets)`` gives a function that fills ``delta`` and returns the error summed over
    the cases, (...). ``delta`` is dE/dz where ``at_logit`` is true, else dE/dy. Where ``fills_outputs`` is true it
    computes the outputs as well, and may overwrite the logits, else the outputs are there already.
    """

    bind: Callable[[Array, Array, Array], Callable[[Array], Evaluate]]
    at_logit: bool = False
    fills_outputs: bool = False


@dataclass(frozen=True)
class ErrorFunction:
    """One error function: its heads by the output activation they are made for."""

    name: str
    title: str
    formula: str
    heads: dict[str, Head]

    def head(self, output: str) -> Head:
        """The head for this output activation; ValueError where the two do not belong together."""
        if output not in self.heads and _ANY not in self.heads:
            legal = " or ".join(self.heads)
            raise ValueError(f"error is {self.name!r} with output {output!r}; its output must be {legal}")
        return self.heads.get(output) or self.heads[_ANY]


def _squared(logits: Array, outputs: Array, delta: Array) -> Callable[[Array], Evaluate]:
    subtract, squares = np.subtract, inner(delta, delta)

    def against(targets: Array) -> Evaluate:
        def evaluate() -> Total:
            # E = 1/2 sum (t - y)^2, dE/dy = y - t
            subtract(outputs, targets, delta)
            return 0.5 * squares()

        return evaluate

    return against


def _absolute(logits: Array, outputs: Array, delta: Array) -> Callable[[Array], Evaluate]:
    residual = np.empty_like(delta)
    total = inner(residual, delta)

    def against(targets: Array) -> Evaluate:
        def evaluate() -> Total:
            # r = y - t; E = sum |r|, dE/dy = sign r
            np.subtract(outputs, targets, residual)
            np.sign(residual, delta)
            return total()

        return evaluate

    return against


def _huber(logits: Array, outputs: Array, delta: Array) -> Callable[[Array], Evaluate]:
    residual = np.empty_like(delta)
    total = inner(residual, delta)

    def against(targets: Array) -> Evaluate:
        def evaluate() -> Total:
            # r = y - t; E = sum r^2 / 2 where |r| <= 1, |r| - 1/2 beyond
            # dE/dy = s = clip(r, -1, 1), and with it E = sum s (r - s / 2)
            np.subtract(outputs, targets, residual)
            np.clip(residual, -1.0, 1.0, delta)
            np.subtract(residual, 0.5 * delta, residual)
            return total()

        return evaluate

    return against


def _sigmoid_cross_entropy(logits: Array, outputs: Array, delta: Array) -> Callable[[Array], Evaluate]:
    def against(targets: Array) -> Evaluate:
        def evaluate() -> Total:
            # E = -sum t log y + (1 - t) log(1 - y) = sum max(z, 0) - t z + log(1 + exp(-|z|)): no log of 0, and no
            # difference of large numbers
            np.abs(logits, delta)
            np.negative(delta, delta)
            np.exp(delta, delta)
            np.log1p(delta, delta)
            np.add(delta, np.maximum(logits, 0.0) - targets * logits, delta)
            total: Total = np.add.reduce(delta, axis=(-2, -1))
            # dE/dz = y - t
            np.subtract(outputs, targets, delta)
            return total

        return evaluate

    return against


def _softmax_cross_entropy(logits: Array, outputs: Array, delta: Array) -> Callable[[Array], Evaluate]:
    row = (*delta.shape[:-2], 1, delta.shape[-1])
    normaliser, logarithm = np.empty(row), np.empty(row)
    # sums are products with ones: a third of the cost of np.add.reduce at this size
    normalise = product(np.ones((1, delta.shape[-2])), outputs, normaliser)
    over_cases = inner(logarithm, np.ones(row))
    squares = partial(logarithm.reshape(-1).dot, logarithm.reshape(-1))
    subtract, exp, divide, log = np.subtract, np.exp, np.divide, np.log

    def against(targets: Array) -> Evaluate:
        told = inner(logits, targets)

        def evaluate() -> Total:
            # y = exp(z) / s, s = sum_j exp(z_j)
            exp(logits, outputs)
            normalise()
            log(normaliser, logarithm)
            if not squares() < _SAFE_SQUARES:
                # z <- z - max z gives the same y, and no s that is infinite or 0
                subtract(logits, logits.max(axis=-2, keepdims=True), logits)
                exp(logits, outputs)
                normalise()
                log(normaliser, logarithm)
            divide(outputs, normaliser, outputs)
            # E = -sum t log y = sum_cases log s - sum t z, where the targets of a case sum to 1
            total = over_cases() - told()
            # dE/dz = y - t
            subtract(outputs, targets, delta)
            return total

        return evaluate

    return against


ERRORS: dict[str, ErrorFunction] = {
    record.name: record
    for record in (
        ErrorFunction("squared", "Squared error", r"E = \tfrac12 \sum (t - y)^2", {_ANY: Head(_squared)}),
        ErrorFunction(
            "cross_entropy",
            "Cross-entropy",
            r"E = -\sum t \log y",
            {
                "sigmoid": Head(_sigmoid_cross_entropy, at_logit=True),
                "softmax": Head(_softmax_cross_entropy, at_logit=True, fills_outputs=True),
            },
        ),
        ErrorFunction("absolute", "Absolute error", r"E = \sum |t - y|", {_ANY: Head(_absolute)}),
        ErrorFunction("huber", "Huber error", r"E = \sum \mathrm{huber}_1(t - y)", {_ANY: Head(_huber)}),
    )
}
