"""The update of several replicas at once: as updates.py makes that of one, but links and lengths are each one's own."""

import math
from collections.abc import Sequence

import numpy as np

from engine.calls import Call
from engine.optimizer_base import Update, constant
from engine.runs import Run
from engine.types import Array
from engine.updates import scaled_length, update_with


def update_together(runs: Sequence[Run], weights: Array, gradient: Array, slots: Array) -> Update:
    """As ``update_of``, for runs of one recipe, bound to the buffers (R, P), (R, P), (S, R, P)."""
    run = runs[0]
    return update_with(run, weights, gradient, slots, _masks(runs), _clipping(run.now.clip_norm, gradient))


def _masks(runs: Sequence[Run]) -> Array | None:
    """Which weights (R, P) exist; None where all do."""
    masks = [run.mask for run in runs]
    if all(mask is None for mask in masks):
        return None
    whole = np.ones_like(runs[0].weights)
    return np.stack([whole if mask is None else mask for mask in masks])


def _clipping(limit: float | None, gradient: Array) -> list[Call]:
    if limit is None:
        return []
    longest, one, scale = constant(limit), constant(1.0), np.empty((len(gradient), 1))
    lengths = scale[:, 0]

    def clip() -> None:
        np.vecdot(gradient, gradient, lengths)
        np.sqrt(lengths, lengths)
        for row in np.flatnonzero(lengths == math.inf):
            lengths[row] = scaled_length(gradient[row])
        # g <- g c / |g| where |g| > c, each replica by its own length
        np.divide(longest, lengths, lengths)
        np.fmin(lengths, one, lengths)
        np.multiply(gradient, scale, gradient)

    return [clip]
