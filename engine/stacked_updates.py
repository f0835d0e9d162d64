"""The update of several replicas at once: as updates.py makes that of one, but links and lengths are each one's own."""

import math
from collections.abc import Sequence

import numpy as np

from engine.calls import Call
from engine.optimizer_base import Update, constant
from engine.runs import Run
from engine.schedules import scheduled
from engine.types import Array
from engine.updates import counted_since, cuts, penalties, scaled_length


def update_together(runs: Sequence[Run], weights: Array, gradient: Array, slots: Array) -> Update:
    """As ``update_of``, for runs of one recipe, bound to the buffers (R, P), (R, P), (S, R, P)."""
    run, recipe = runs[0], runs[0].now
    rule = counted_since(run.optimizer_since, recipe.optimizer.rule(weights, gradient, slots))
    rule = scheduled(rule, weights, recipe.schedule)
    calls = [
        *penalties(recipe, run.task.network, weights, gradient),
        *cuts(_masks(runs), gradient),
        *_clipping(recipe.clip_norm, gradient),
    ]
    if not calls:
        return rule

    def update(step: int) -> None:
        for call in calls:
            call()
        rule(step)

    return update


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
