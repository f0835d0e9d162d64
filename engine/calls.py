"""Ready-made NumPy calls: bound to their arrays once, made many times without arguments.

They pick the cheapest way NumPy has. ``ndarray.dot`` costs a third of ``matmul`` but knows no leading axes.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from engine.types import Array

Call = Callable[[], object]
Total = Array | float


def product(left: Array, right: Array, out: Array) -> Call:
    """Writes the matrix product of (..., A, B) and (..., B, C) into ``out`` (..., A, C)."""
    return partial(np.matmul, left, right, out) if out.ndim > 2 else partial(left.dot, right, out)


def inner(left: Array, right: Array) -> Callable[[], Total]:
    """Gives the sum of the products over the last two axes: (..., K, N) and (..., K, N) -> (...)."""
    if left.ndim > 2 or not (left.flags.c_contiguous and right.flags.c_contiguous):
        return lambda: np.multiply(left, right).sum(axis=(-2, -1))
    return partial(left.reshape(-1).dot, right.reshape(-1))
