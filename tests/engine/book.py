"""Training as a textbook tells it, case by case and neuron by neuron, in plain loops: slow, and none of the engine's.

Weights are lists, for each layer a list of neurons, for each neuron its incoming weights and its bias last.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine import Recipe, Run
from engine.types import Array

Layers = list[list[list[float]]]

VALUES = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1.0 / (1.0 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "sine": math.sin,
}
SLOPES = {
    "linear": lambda z: 1.0,
    "sigmoid": lambda z: VALUES["sigmoid"](z) * (1.0 - VALUES["sigmoid"](z)),
    "tanh": lambda z: 1.0 - math.tanh(z) ** 2,
    "relu": lambda z: float(z > 0.0),
    "sine": math.cos,
}


def layers_of(sizes: Sequence[int], flat: Sequence[float]) -> Layers:
    numbers = iter(flat)
    return [
        [[float(next(numbers)) for _ in range(fan_in + 1)] for _ in range(fan_out)]
        for fan_in, fan_out in pairwise(sizes)
    ]


def flat_of(layers: Layers) -> list[float]:
    return [number for layer in layers for neuron in layer for number in neuron]


def outputs_of(logits: list[float], name: str) -> list[float]:
    if name != "softmax":
        return [VALUES[name](z) for z in logits]
    whole = sum(math.exp(z) for z in logits)
    return [math.exp(z) / whole for z in logits]


def error_of(outputs: Sequence[float], targets: Sequence[float], error: str, output: str) -> float:
    if error == "squared":
        return sum((y - t) ** 2 for y, t in zip(outputs, targets, strict=True)) / 2.0
    wrong = 0.0
    for y, t in zip(outputs, targets, strict=True):
        wrong -= t * math.log(y) + (0.0 if output == "softmax" else (1.0 - t) * math.log(1.0 - y))
    return wrong


def case_gradient(
    layers: Layers,
    names: Sequence[str],
    error: str,
    inputs: Sequence[float],
    targets: Sequence[float],
    factors: Sequence[Sequence[float]],
) -> tuple[float, list[float]]:
    """Error and gradient of one case; ``factors`` multiply the activities of each hidden layer."""
    below, logits = [list(inputs)], []
    for depth, (layer, name) in enumerate(zip(layers, names, strict=True)):
        logits.append([sum(w * y for w, y in zip(neuron, [*below[-1], 1.0], strict=True)) for neuron in layer])
        outputs = outputs_of(logits[-1], name)
        is_hidden = depth < len(layers) - 1
        below.append([r * y for r, y in zip(factors[depth], outputs, strict=True)] if is_hidden else outputs)
    outputs = below.pop()
    deltas = [y - t for y, t in zip(outputs, targets, strict=True)]
    if error == "squared":
        deltas = [delta * SLOPES[names[-1]](z) for delta, z in zip(deltas, logits[-1], strict=True)]
    gradient: Layers = []
    for depth in reversed(range(len(layers))):
        gradient.insert(0, [[delta * y for y in [*below[depth], 1.0]] for delta in deltas])
        if depth:
            deltas = [
                sum(delta * neuron[i] for delta, neuron in zip(deltas, layers[depth], strict=True))
                * factors[depth - 1][i]
                * SLOPES[names[depth - 1]](logits[depth - 1][i])
                for i in range(len(layers[depth - 1]))
            ]
    return error_of(outputs, targets, error, names[-1]), flat_of(gradient)


def batch_gradient(run: Run, weights: Sequence[float], cases: Sequence[int], factors: list[Array]) -> list[float]:
    """The gradient of a batch of training cases by their numbers, the sum or the mean as the task has it."""
    task = run.task
    layers = layers_of(task.network.sizes, weights)
    inputs, targets = task.data.part("training")
    whole = [0.0] * len(weights)
    for place, case in enumerate(cases):
        of_case = [column[:, place] for column in factors]
        _, one = case_gradient(layers, task.network.activations, task.error, inputs[case], targets[case], of_case)
        whole = [total + slope for total, slope in zip(whole, one, strict=True)]
    return [total / len(cases) for total in whole] if task.reduction == "mean" else whole


def dropout_factors(
    recipe: Recipe, seed: int, epoch: int, batch: int, widths: Sequence[int], cases: int
) -> list[Array]:
    """0 where a number from Philox is below the share, else 1 / (1 - share); a block of it gives four numbers."""
    blocks = math.ceil(sum(widths) * recipe.batch_size / 4) if batch else 0
    philox = np.random.Philox(np.random.SeedSequence(seed, spawn_key=(5, epoch))).advance(batch * blocks)
    numbers = iter(np.random.Generator(philox).random(sum(widths) * cases))
    kept = 1.0 / (1.0 - recipe.dropout)
    return [
        np.array([[kept if next(numbers) >= recipe.dropout else 0.0 for _ in range(cases)] for _ in range(width)])
        for width in widths
    ]


def penalised(recipe: Recipe, run: Run, weights: Sequence[float], gradient: Sequence[float]) -> list[float]:
    """The slope of E + l1 sum |w| + l2 / 2 sum w^2, both sums over links."""
    slopes = []
    for weight, slope, is_link in zip(weights, gradient, run.task.network.is_link, strict=True):
        sign = (weight > 0.0) - (weight < 0.0)
        slopes.append(slope + (recipe.l1 * sign + recipe.l2 * weight if is_link else 0.0))
    return slopes


def clipped(gradient: list[float], limit: float | None) -> list[float]:
    length = math.sqrt(sum(slope**2 for slope in gradient))
    if limit is None or length <= limit:
        return gradient
    return [slope * limit / length for slope in gradient]


def trained(run: Run, updates: int) -> Array:
    """The weights of a fresh run after so many updates by its recipe."""
    recipe, network = run.recipe, run.task.network
    mask = np.ones(network.dimension) if run.mask is None else run.mask
    weights, slots = run.weights.tolist(), np.array(run.slots)
    count = len(run.task.data.training)
    size = min(recipe.batch_size or count, count)
    per_epoch = math.ceil(count / size)
    for step in range(updates):
        epoch, batch = divmod(step, per_epoch)
        order = np.arange(count)
        if recipe.shuffle and per_epoch > 1:
            generator = np.random.default_rng(np.random.SeedSequence(run.seed, spawn_key=(3, epoch)))
            order = generator.permutation(count)
        cases = order[batch * size : (batch + 1) * size]
        widths = network.sizes[1:-1]
        factors = dropout_factors(recipe, run.seed, epoch, batch, widths, len(cases))
        gradient = penalised(recipe, run, weights, batch_gradient(run, weights, cases, factors))
        gradient = clipped([slope * exists for slope, exists in zip(gradient, mask, strict=True)], recipe.clip_norm)
        moved, slots = recipe.optimizer.step(weights, gradient, slots, step + 1)
        factor = 1.0 if recipe.schedule is None else recipe.schedule.factor(step + 1)
        weights = [w + factor * (m - w) for w, m in zip(weights, moved.tolist(), strict=True)]
    return np.array(weights)
