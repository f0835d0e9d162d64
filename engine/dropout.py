"""Dropout: which hidden activities are left out of an update, drawn anew for every case and update."""

from collections.abc import Sequence

import numpy as np

from engine.streams import seeds_of
from engine.types import Array

_AT_ONCE = 4  # numbers that Philox makes in one step


class Draws:
    """Random numbers for one epoch, from any place on: no batch needs those before it."""

    def __init__(self, seed: int, place: tuple[int, ...]) -> None:
        self._stream, self._done = np.random.Philox(seeds_of("dropout", seed, *place)), 0
        self._generator = np.random.Generator(self._stream)

    def fill(self, out: Array, begin: int) -> None:
        """Numbers u ~ U(0, 1) after so many steps of the stream; ``out`` holds four for each step it takes."""
        if begin != self._done:
            self._stream.advance(begin - self._done)
        self._generator.random(out=out)
        self._done = begin + out.size // _AT_ONCE


class Dropout:
    """The factors on the hidden activities of a batch, (width, cases) for each hidden layer: 0, or 1 / (1 - share)."""

    def __init__(self, share: float, widths: Sequence[int], cases: int) -> None:
        self._share, self._kept = np.array(share), np.array(1.0 / (1.0 - share))
        self._drawn = np.empty(blocks_of(widths, cases) * _AT_ONCE)
        ends = np.cumsum([0, *(width * cases for width in widths)])
        self.factors: list[Array] = [
            self._drawn[begin:end].reshape(width, cases)
            for begin, end, width in zip(ends[:-1], ends[1:], widths, strict=True)
        ]

    def lay(self, draws: Draws, begin: int) -> None:
        """Draw the factors of a batch before which so many steps of the stream of its epoch are taken."""
        drawn = self._drawn
        draws.fill(drawn, begin)
        # r = 1 / (1 - p) where u >= p, else 0,  u ~ U(0, 1)
        np.greater_equal(drawn, self._share, drawn)
        np.multiply(drawn, self._kept, drawn)


def blocks_of(widths: Sequence[int], cases: int) -> int:
    """Steps of the random stream for a batch of so many cases."""
    return -(-sum(widths) * cases // _AT_ONCE)
