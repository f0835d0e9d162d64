"""Random numbers from one seed for several purposes that must know nothing of each other.

With one stream for all, the first weights would repeat the numbers that the data were drawn from.
"""

from typing import Literal

import numpy as np

Purpose = Literal["data", "parts", "weights", "order", "links", "dropout", "copies"]
_KEYS: dict[Purpose, tuple[int, ...]] = {
    "data": (),
    "parts": (1,),
    "weights": (2,),
    "order": (3,),
    "links": (4,),
    "dropout": (5,),
    "copies": (6,),
}


def seeds_of(purpose: Purpose, seed: int, *place: int) -> np.random.SeedSequence:
    """What the generator for a purpose and a place begins with."""
    return np.random.SeedSequence(seed, spawn_key=(*_KEYS[purpose], *place))


def stream(purpose: Purpose, seed: int, *place: int) -> np.random.Generator:
    """The generator for a purpose, and for a place within it such as an epoch; none needs those before it."""
    return np.random.default_rng(seeds_of(purpose, seed, *place))
