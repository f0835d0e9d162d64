"""Central differences: derivatives without a formula."""

from collections.abc import Callable

import numpy as np

from engine.types import Array

EPSILON = float(np.finfo(np.float64).eps)
STEP = EPSILON ** (1.0 / 3.0)
"""It balances rounding against truncation in a central difference."""


def hessian_by_differences(gradient: Callable[[Array], Array], weights: Array) -> Array:
    """Second derivatives (..., P, P) at (..., P) from a gradient, (..., P) -> (..., P); good to about nine digits.

    Steps of eps^(1/3) max(1, |w|); made symmetric. Across a kink they mean nothing.
    """
    steps = STEP * np.maximum(1.0, np.abs(weights))
    matrices = np.empty((*weights.shape, weights.shape[-1]))
    for axis in range(weights.shape[-1]):
        ahead, behind = weights.copy(), weights.copy()
        ahead[..., axis] += steps[..., axis]
        behind[..., axis] -= steps[..., axis]
        width = (ahead - behind)[..., axis, None]
        # d2E/dw_i dw_j = (g_j(w + h e_i) - g_j(w - h e_i)) / 2 h
        matrices[..., axis, :] = (gradient(ahead) - gradient(behind)) / width
    return 0.5 * (matrices + matrices.swapaxes(-1, -2))
