"""One update of an optimizer with the actual numbers: what the page shows beside the moving point."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Optimizer
from engine.types import Array
from explorer.numbers import short

_DIGITS = 4


@dataclass(frozen=True)
class Moment:
    """Everything that update ``t`` (from 1) reads and writes: each (D,), the slots (K, D) before and after it."""

    optimizer: Optimizer
    t: int
    rate: float
    weights: Array
    gradient: Array
    before: Array
    after: Array
    following: Array


def update_lines(moment: Moment) -> list[str]:
    """The formulas of the update for every weight, with numbers; one line a formula."""
    lines = []
    for index in range(len(moment.weights)):
        lines += _PARTS[moment.optimizer.name](_Numbers(moment, index))
    return lines


class _Numbers:
    """The numbers of one weight as text."""

    def __init__(self, moment: Moment, index: int) -> None:
        self._moment, self._index = moment, index
        self.k = "₁₂₃"[index]
        decay = moment.optimizer.weight_decay if moment.optimizer.name != "adamw" else 0.0
        # weight decay enters through the gradient
        self.gradient = float(moment.gradient[index] + decay * moment.weights[index])
        self.g = told(self.gradient)
        self.w, self.next = told(moment.weights[index]), told(moment.following[index])
        self.eta = told(moment.rate)

    def setting(self, name: str) -> float:
        return float(getattr(self._moment.optimizer, name))

    def slot(self, place: int, after: bool = True) -> str:
        return told(self.value(place, after))

    def value(self, place: int, after: bool = True) -> float:
        slots = self._moment.after if after else self._moment.before
        return float(slots[place][self._index])

    @property
    def t(self) -> int:
        return self._moment.t

    def moves(self, step: str) -> str:
        return f"w{self.k} ← {self.w} − {self.eta} · {step} = {self.next}"

    def squares(self, letter: str, decay: float, place: int, value: str) -> str:
        before, after = self.slot(place, False), self.slot(place)
        return f"{letter}{self.k} ← {told(decay)} · {before} + {told(1 - decay)} · {value}² = {after}"


def told(value: Any) -> str:
    """A number of a formula; a negative one in brackets."""
    text = short(float(value), _DIGITS)
    return f"({text})" if text.startswith("−") else text


def _plain(n: _Numbers) -> list[str]:
    return [n.moves(n.g)]


def _velocity(n: _Numbers) -> str:
    return f"v{n.k} ← {told(n.setting('momentum'))} · {n.slot(0, False)} + {n.g} = {n.slot(0)}"


def _momentum(n: _Numbers) -> list[str]:
    return [_velocity(n), n.moves(n.slot(0))]


def _nesterov(n: _Numbers) -> list[str]:
    return [_velocity(n), n.moves(f"({n.g} + {told(n.setting('momentum'))} · {n.slot(0)})")]


def _adagrad(n: _Numbers) -> list[str]:
    total = f"G{n.k} ← {n.slot(0, False)} + {n.g}² = {n.slot(0)}"
    return [total, n.moves(f"{n.g} / (√{n.slot(0)} + ε)")]


def _adadelta(n: _Numbers) -> list[str]:
    decay, small = n.setting("decay"), n.setting("epsilon")
    change = np.sqrt((n.value(1, False) + small) / (n.value(0) + small)) * n.gradient
    return [
        n.squares("v", decay, 0, n.g),
        f"Δ{n.k} = √({n.slot(1, False)} + ε) / √({n.slot(0)} + ε) · {n.g} = {told(change)}",
        n.squares("u", decay, 1, told(change)),
        n.moves(told(change)),
    ]


def _rmsprop(n: _Numbers) -> list[str]:
    return [n.squares("v", n.setting("decay"), 0, n.g), n.moves(f"{n.g} / (√{n.slot(0)} + ε)")]


def _moments(n: _Numbers) -> list[str]:
    first = n.setting("beta1")
    return [
        f"m{n.k} ← {told(first)} · {n.slot(0, False)} + {told(1 - first)} · {n.g} = {n.slot(0)}",
        n.squares("v", n.setting("beta2"), 1, n.g),
    ]


def _adam(n: _Numbers) -> list[str]:
    mean, square = n.value(0) / (1 - n.setting("beta1") ** n.t), n.value(1) / (1 - n.setting("beta2") ** n.t)
    freed = f"m{n.k} / (1 − β1^{n.t}) = {told(mean)}, v{n.k} / (1 − β2^{n.t}) = {told(square)}"
    return [*_moments(n), freed, n.moves(f"{told(mean)} / (√{told(square)} + ε)")]


def _adamw(n: _Numbers) -> list[str]:
    if not n.setting("weight_decay"):
        return _adam(n)
    *lines, last = _adam(n)
    kept = f"(1 − {n.eta} · {told(n.setting('weight_decay'))}) · {n.w}"
    return [*lines, last.replace(f"← {n.w} −", f"← {kept} −")]


def _nadam(n: _Numbers) -> list[str]:
    square = n.value(1) / (1 - n.setting("beta2") ** n.t)
    ahead = "(a g + b m)"
    weights = f"a and b weigh gradient and first moment at t = {n.t}"
    return [
        *_moments(n),
        f"v{n.k} / (1 − β2^{n.t}) = {told(square)}; {weights}",
        n.moves(f"{ahead} / (√{told(square)} + ε)"),
    ]


def _newton(n: _Numbers) -> list[str]:
    step = (float(n._moment.weights[n._index]) - float(n._moment.following[n._index])) / n._moment.rate
    return [f"(H⁺ g){n.k} = {told(step)}", n.moves(told(step))]


_PARTS: dict[str, Callable[[_Numbers], list[str]]] = {
    "gradient_descent": _plain,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
    "nadam": _nadam,
    "newton": _newton,
}
