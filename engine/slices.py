"""The error of a network at many points of a plane through its weights: what a map of thousands of points asks for.

The logits of the lowest layer that the plane changes are z(a) = z0 + a1 z1 + a2 z2, whatever the inputs, so that one
product gives them for many points at once; what lies below is computed once. From there on points go in groups whose
activities stay in the cache, in float32 up to the last logits and in float64 from there: the outputs are good to
about 1e-6, and the error to 1e-4 of itself wherever it is above 1e-4, as long as no activity is beyond float32.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.activations import ACTIVATIONS
from engine.errors import ERRORS
from engine.network import Network
from engine.planes import Plane
from engine.tasks import FeatureMajor
from engine.types import Array

Single = npt.NDArray[np.float32]

_GROUP_ACTIVITIES = 200_000  # of the widest layer that are computed together
_GROUP_WEIGHTS = 1_000_000
_BLOCK_CASES = 2_000  # that are computed together where there are many


def errors_on_plane(
    network: Network, cases: FeatureMajor, error: str, plane: Plane, coordinates: npt.ArrayLike
) -> Array:
    """The mean error per case at points of the plane, (..., 2) -> (...), NaN or infinite where numbers overflow."""
    points = checks.shaped_vectors("coordinates", coordinates, 2)
    flat = points.reshape(-1, 2)
    totals = np.zeros(len(flat))
    with np.errstate(all="ignore"):
        for begin in range(0, cases.cases, _BLOCK_CASES):
            end = begin + _BLOCK_CASES
            block = _Block(network, cases.inputs[:, begin:end], cases.targets[:, begin:end], error, plane)
            for group in block.groups(len(flat)):
                totals[group] += block.errors(flat[group])
    return (totals / cases.cases).reshape(points.shape[:-1])


class _Block:
    """Some of the cases, inputs (D + 1, N) and targets (K, N), and buffers for a group of points."""

    def __init__(self, network: Network, inputs: Array, targets: Array, error: str, plane: Plane) -> None:
        self._network, self._targets = network, targets
        self._head = ERRORS[error].head(network.output)
        # origin and directions (3, P)
        basis = np.vstack([plane.origin, plane.directions])
        self._first = _lowest_changed(network, plane.directions)
        self._fixed = _first_logits(network, basis, inputs, self._first)
        begin = sum(fan_out * (fan_in + 1) for fan_in, fan_out in network.layers[: self._first + 1])
        self._weights = basis[:, begin:].astype(np.float32)
        widths, cases = network.sizes[self._first + 1 :], inputs.shape[1]
        per_point = max(widths) * cases
        self._size = max(1, min(_GROUP_ACTIVITIES // per_point, _GROUP_WEIGHTS // max(1, self._weights.shape[1])))
        self._logits = [np.empty((self._size, width, cases), np.float32) for width in widths]
        self._activities = [np.ones((self._size, width + 1, cases), np.float32) for width in widths[:-1]]

    def groups(self, points: int) -> Iterator[slice]:
        """The points in groups."""
        return (slice(begin, begin + self._size) for begin in range(0, points, self._size))

    def errors(self, points: Array) -> Array:
        """The error summed over the block's cases at each point, (M, 2) -> (M,)."""
        count = len(points)
        # 1, a1, a2
        factors = np.column_stack([np.ones(count), points]).astype(np.float32)
        logits = self._logits[0][:count]
        np.matmul(factors, self._fixed, logits.reshape(count, -1))
        begin, weights = 0, factors @ self._weights
        for place, (fan_in, fan_out) in enumerate(self._network.layers[self._first + 1 :]):
            end = begin + fan_out * (fan_in + 1)
            name, below = self._network.activations[self._first + place], self._activities[place][:count]
            _VALUES.get(name, ACTIVATIONS[name].value)(logits, below[:, :-1])
            logits = self._logits[place + 1][:count]
            # z = W y + b
            np.matmul(weights[:, begin:end].reshape(-1, fan_out, fan_in + 1), below, logits)
            begin = end
        return self._error(logits.astype(np.float64))

    def _error(self, logits: Array) -> Array:
        outputs, delta = np.empty_like(logits), np.empty_like(logits)
        evaluate = self._head.bind(logits, outputs, delta)(self._targets)
        if not self._head.fills_outputs:
            ACTIVATIONS[self._network.output].value(logits, outputs)
        return np.asarray(evaluate())


def _lowest_changed(network: Network, directions: Array) -> int:
    """The lowest layer that the directions (2, P) change."""
    changed = [bool(matrices.any()) for matrices in network.matrices(directions)]
    return changed.index(True) if any(changed) else len(changed) - 1


def _first_logits(network: Network, basis: Array, inputs: Array, layer: int) -> Single:
    """What origin and directions (3, P) give as logits of this layer (3, width * N), without an activation."""
    below, matrices = inputs, network.matrices(basis)
    for name, matrix in zip(network.activations[:layer], matrices, strict=False):
        logits = matrix[0] @ below
        below = np.ones((len(logits) + 1, logits.shape[1]))
        ACTIVATIONS[name].value(logits, below[:-1])
    flat: Single = np.matmul(matrices[layer], below).reshape(3, -1).astype(np.float32)
    return flat


def _sigmoid(logits: Single, out: Single) -> None:
    # y = 1 / (1 + exp(-z))
    np.negative(logits, out)
    np.exp(out, out)
    np.add(out, 1.0, out)
    np.divide(1.0, out, out)


def _leaky_relu(logits: Single, out: Single) -> None:
    # y = max(z, 0.01 z)
    np.multiply(logits, 0.01, out)
    np.maximum(logits, out, out=out)


def _softplus(logits: Single, out: Single) -> None:
    # y = log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))
    np.abs(logits, out)
    np.negative(out, out)
    np.exp(out, out)
    np.log1p(out, out)
    np.maximum(logits, 0.0, out=logits)
    np.add(out, logits, out)


def _linear(logits: Single, out: Single) -> None:
    out[...] = logits


# The records hold their numbers as float64 arrays, in which NumPy would then compute.
_VALUES: dict[str, Callable[[Any, Any], object]] = {
    "sigmoid": _sigmoid,
    "leaky_relu": _leaky_relu,
    "softplus": _softplus,
    "linear": _linear,
}
