"""The vocabulary of the engine: what the arrays are and what their axes mean.

Axes, everywhere in the engine::

    weights   (..., P)   one flat vector of P weights; leading axes are many vectors at once
    errors    (...)      one number per weight vector
    inputs    (N, D)     N cases of D numbers
    targets   (N, K)     N cases of K wanted outputs; (N,) for a single neuron
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
IntegerArray = npt.NDArray[np.int64]
Reduction = Literal["sum", "mean"]
REDUCTIONS: tuple[Reduction, ...] = ("sum", "mean")

Part = Literal["training", "validation", "test"]
PARTS: tuple[Part, ...] = ("training", "validation", "test")
