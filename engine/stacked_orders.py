"""The orders of cases for several seeds at once: just those of ``stream("order", seed, *place, epoch).permutation``.

To make a generator takes four times as long as to draw an order from it, and most of that goes into the mixing of the
seed. Here it is mixed for many seeds and epochs at once, and one generator is put into the state of each in turn. The
formulas are those of ``numpy.random.SeedSequence`` (O'Neill 2015, "Developing a seed_seq alternative") and of the
seeding of PCG64 (O'Neill 2014, HMC-CS-2014-0905), both of which NumPy promises to keep (NEP 19).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.streams import seeds_of, stream
from engine.types import IntegerArray

Words = npt.NDArray[np.uint32]

_POOL = 4  # words that a seed is mixed into
_EPOCHS_AT_ONCE = 64
_WORD, _STATE = 2**32, 2**128
_INIT_A, _MULTIPLIER_A = 0x43B0D7E5, 0x931E8875
_INIT_B, _MULTIPLIER_B = 0x8B51F9DD, 0x58F38DED
_MIX_LEFT, _MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_SHIFT = np.uint32(16)
_PCG_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645


class Orders:
    """Orders of so many cases for runs whose seed and place (see ``Stage``) are given."""

    def __init__(self, streams: Sequence[tuple[int, tuple[int, ...]]], cases: int) -> None:
        self._streams, self._sorted = streams, np.arange(cases)
        before = [seeds_of("order", seed, *place) for seed, place in streams]
        # what a generator of this epoch mixes in before the epoch itself
        self._pools: Words = np.stack([seeds.pool for seeds in before])
        hashed = [_hashed(seed, seeds.spawn_key) for (seed, _), seeds in zip(streams, before, strict=True)]
        self._first = np.array([_INIT_A * pow(_MULTIPLIER_A, count, _WORD) % _WORD for count in hashed], np.uint32)
        self._bits = np.random.PCG64(0)
        self._generator = np.random.Generator(self._bits)
        self._known, self._states = range(0), list[list[list[int]]]()

    def of_epoch(self, epoch: int) -> IntegerArray:
        """The order of each run (R, N)."""
        orders = np.tile(self._sorted, (len(self._streams), 1))
        if epoch + _EPOCHS_AT_ONCE > _WORD:  # another number of words
            for row, (seed, place) in zip(orders, self._streams, strict=True):
                stream("order", seed, *place, epoch).shuffle(row)
            return orders
        if epoch not in self._known:
            self._known = range(epoch, epoch + _EPOCHS_AT_ONCE)
            self._states = self._mixed(np.arange(epoch, epoch + _EPOCHS_AT_ONCE, dtype=np.uint32))
        for row, seeds in zip(orders, self._states[epoch - self._known.start], strict=True):
            self._seed(*seeds)
            self._generator.shuffle(row)
        return orders

    def _seed(self, state_high: int, state_low: int, stream_high: int, stream_low: int) -> None:
        """Put the generator where PCG64 begins with these numbers of 64 bits."""
        # c = 2 i + 1,  s = a (c + s0) + c  mod 2^128
        increment = ((stream_high << 64 | stream_low) << 1 | 1) % _STATE
        state = (_PCG_MULTIPLIER * (increment + (state_high << 64 | state_low)) + increment) % _STATE
        self._bits.state = {
            "bit_generator": "PCG64",
            "state": {"state": state, "inc": increment},
            "has_uint32": 0,
            "uinteger": 0,
        }

    def _mixed(self, epochs: Words) -> list[list[list[int]]]:
        """For each epoch and run the four numbers of ``SeedSequence.generate_state(4, uint64)``."""
        constant, pool = self._first, []
        for number in range(_POOL):
            following = constant * np.uint32(_MULTIPLIER_A)
            # h = (e xor a_k) a_k+1,  p <- l p - r h
            word = _shifted((epochs[:, None] ^ constant) * following)
            pool.append(_shifted(_MIX_LEFT * self._pools[:, number] - _MIX_RIGHT * word))
            constant = following
        output, known = np.empty((len(epochs), len(self._streams), 2 * _POOL), np.uint32), _INIT_B
        for number in range(2 * _POOL):
            following_word = known * _MULTIPLIER_B % _WORD
            # o_k = (p_k mod 4 xor b_k) b_k+1
            output[..., number] = _shifted((pool[number % _POOL] ^ np.uint32(known)) * np.uint32(following_word))
            known = following_word
        low, high = output[..., ::2].astype(np.uint64), output[..., 1::2].astype(np.uint64)
        states: list[list[list[int]]] = (high << np.uint64(32) | low).tolist()
        return states


def _shifted(words: Words) -> Words:
    """X xor x >> 16."""
    shifted: Words = words ^ (words >> _SHIFT)
    return shifted


def _hashed(seed: int, key: tuple[int, ...]) -> int:
    """How many words SeedSequence hashes for a seed and a key: every one into every word of the pool."""
    return _POOL * (max(_POOL, _words(seed)) + sum(map(_words, key)))


def _words(number: int) -> int:
    """How many words of 32 bits hold a number."""
    return max(1, -(-number.bit_length() // 32))
