"""What happens to a gradient between backpropagation and the optimizer, and the update made of all of it."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from engine.calls import Call
from engine.network import Network
from engine.optimizer_base import Update, constant
from engine.recipes import Recipe
from engine.runs import Run
from engine.schedules import scheduled
from engine.types import Array


def update_of(run: Run, weights: Array, gradient: Array, slots: Array) -> Update:
    """The update by the recipe of the run as it stands, bound to the buffers (P,), (P,), (S, P)."""
    return update_with(run, weights, gradient, slots, run.mask, _clipping(run.now.clip_norm, gradient))


def update_with(
    run: Run, weights: Array, gradient: Array, slots: Array, mask: Array | None, clipping: Sequence[Call]
) -> Update:
    """The update by the recipe of the run, for buffers with any leading axes: links by ``mask``, then ``clipping``."""
    recipe = run.now
    rule = _counted_since(run.optimizer_since, recipe.optimizer.rule(weights, gradient, slots))
    rule = scheduled(rule, weights, recipe.schedule)
    calls = [
        *_penalties(recipe, run.task.network, weights, gradient),
        *_cuts(mask, gradient),
        *clipping,
    ]
    if not calls:
        return rule

    def update(step: int) -> None:
        for call in calls:
            call()
        rule(step)

    return update


def _counted_since(begin: int, rule: Update) -> Update:
    """The rule for an optimizer that was chosen at a step: its slots were empty then, so it counts from there."""
    return rule if begin == 0 else lambda step: rule(step - begin)


def _penalties(recipe: Recipe, network: Network, weights: Array, gradient: Array) -> list[Call]:
    """g <- g + l1 sign w + l2 w, on links."""
    scratch, calls = np.empty_like(weights), list[Call]()
    if recipe.l2:
        strength = recipe.l2 * network.is_link
        # d/dw l2/2 sum w^2 = l2 w
        calls += [partial(np.multiply, weights, strength, scratch), partial(np.add, gradient, scratch, gradient)]
    if recipe.l1:
        size = recipe.l1 * network.is_link
        # d/dw l1 sum |w| = l1 sign w
        calls += [partial(np.sign, weights, scratch), partial(np.multiply, scratch, size, scratch)]
        calls.append(partial(np.add, gradient, scratch, gradient))
    return calls


def _cuts(mask: Array | None, gradient: Array) -> list[Call]:
    """A link that does not exist has no slope: at weight 0 and with empty slots no rule moves it."""
    return [] if mask is None else [partial(np.copyto, gradient, 0.0, where=mask == 0.0)]


def _clipping(limit: float | None, gradient: Array) -> list[Call]:
    if limit is None:
        return []
    scale = constant(1.0)

    def clip() -> None:
        # g <- g c / |g| where |g| > c
        length = math.sqrt(gradient.dot(gradient))
        if length > limit:
            if length == math.inf:
                length = scaled_length(gradient)
            scale[()] = limit / length
            np.multiply(gradient, scale, gradient)

    return [clip]


def scaled_length(gradient: Array) -> float:
    """Divide a gradient whose square overflows by its largest number, and give its length then."""
    np.divide(gradient, np.abs(gradient).max(), gradient)
    return math.sqrt(gradient.dot(gradient))
