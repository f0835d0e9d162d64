"""How healthy a run is: what every layer lets through, forwards and backwards, and what is known to stop learning.

Everything is measured at the weights as they are, over training cases, without dropout and penalties. What depends on
the data alone is looked at once for each task.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.activations import ACTIVATIONS
from engine.catalogue import DATASETS
from engine.propagation import Propagation
from engine.runs import Run
from engine.tasks import FeatureMajor, Task
from engine.types import Array, Part

MOST_CASES = 500
"""Training cases that are looked at, evenly chosen."""
VANISHING, EXPLODING = 1e-3, 1e3
"""Ratio of the first layer's gradient to the last's, or of the last hidden layer's activity to the first's or to the
inputs': both should stay near 1 (Glorot and Bengio 2010, section 4.2; He et al. 2015, section 2.2)."""
DEAD_SHARE = 0.25
"""Of a layer's neurons; a single one of many does no harm, and a large rate kills up to 40 % (Karpathy, CS231n)."""
END_SHARE, END_CASES, SATURATED_SHARE = 0.05, 0.95, 0.5
"""A neuron is saturated where its activity is within 5 % of its range of an end, its slope below a fifth of the
steepest, for 95 % of the cases; a layer where half of its neurons are (Glorot and Bengio 2010, section 3)."""
LEARNT = 0.1
"""Share of the targets' variance that is left: below, saturated neurons are what a sharp border needs."""
HUGE_WEIGHT = 100.0
"""Root mean square of a layer's weights; scaled inputs never ask for more than a step function."""
CONSTANT_SHARE = 1e-3
"""Of the range of the targets, that the outputs cover."""
UNEVEN, SHIFTED = 10.0, 3.0
"""Ratio of two inputs' standard deviations, and of a mean to its own. Beyond, the Hessian of a linear neuron with
bias has a condition number above 100, so descent needs hundreds of steps (LeCun et al. 1998, sections 4.3 and 5.1)."""
_SAME = 1e-9  # of the largest weight, that rounding may part twins by


class LayerHealth(NamedTuple):
    """One layer but the input. Root mean squares over its existing links, biases left out, and over its activities;
    not finite where the numbers overflow, 0 where no link is left.

    ``dead`` is the share of neurons whose activity is 0 for every case, None unless 0 is the activation's flat end.
    ``saturated`` is the share of saturated neurons, None unless a hidden layer's activation is flat at two ends; an
    output near its ends is what a class wants.
    """

    gradient: float
    activity: float
    weight: float
    dead: float | None
    saturated: float | None


class Finding(NamedTuple):
    """Something that stops learning or deceives about it; ``layer`` counts from 1, the first hidden layer.

    Kinds and their numbers: "overflow"; "symmetric", "dead", "saturated", "cut_off" (count, of: neurons);
    "vanishing", "exploding", "fading" and "growing" activities (ratio); "constant" (share); "huge" (weight);
    "uneven" (input, deviation, other, other_deviation); "shifted" (input, mean, deviation, count);
    "leaked_validation" and "leaked_test" (count, of: cases).
    """

    kind: str
    layer: int | None
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Health:
    """``layers`` from the first hidden layer to the output; ``gradient_ratio`` is the first's gradient over the last's,
    None where the last is 0 or there is one layer; ``cases`` were looked at."""

    layers: tuple[LayerHealth, ...]
    findings: tuple[Finding, ...]
    gradient_ratio: float | None
    cases: int


class _Layer(NamedTuple):
    """A layer at work: activities (N, fan_out), and matrices (fan_out, fan_in + 1) with the biases last."""

    activation: str
    is_output: bool
    activities: Array
    weights: Array
    gradient: Array
    exists: npt.NDArray[np.bool_]


class _Look(NamedTuple):
    """What the findings are found in."""

    run: Run
    cases: FeatureMajor
    layers: list[_Layer]
    records: tuple[LayerHealth, ...]


def health(run: Run) -> Health:
    """The health of a run at its present weights."""
    checks.instance("run", run, Run)
    task = run.present_task
    cases = _evenly_chosen(task)
    with np.errstate(all="ignore"):
        layers = _at_work(run, task, cases)
        look = _Look(run, cases, layers, tuple(map(_record, layers)))
        found = [finding for finder in _FINDERS for finding in finder(look)]
    return Health(look.records, (*found, *findings_in_data(task)), _gradient_ratio(look.records), cases.cases)


@lru_cache(maxsize=8)
def _evenly_chosen(task: Task) -> FeatureMajor:
    inputs, targets = task.cases("training")
    chosen = np.linspace(0, len(inputs.T) - 1, min(len(inputs.T), MOST_CASES)).astype(np.int64)
    cases = FeatureMajor(inputs.T[chosen].T, np.ascontiguousarray(targets[:, chosen]))
    for values in cases:
        values.setflags(write=False)
    return cases


def _at_work(run: Run, task: Task, cases: FeatureMajor) -> list[_Layer]:
    network, weights = task.network, run.weights
    gradient = np.empty_like(weights)
    Propagation(network, task.error, "mean", weights, gradient, cases.cases).bind(*cases).backward()
    exists = np.ones(len(weights)) if run.mask is None else run.mask
    activities = network.forward(weights, cases.inputs[:-1].T).activities[1:]
    matrices = [network.matrices(values) for values in (weights, gradient, exists)]
    return [
        _Layer(name, active is activities[-1], active, values, slopes, linked != 0.0)
        for name, active, values, slopes, linked in zip(network.activations, activities, *matrices, strict=True)
    ]


def _record(layer: _Layer) -> LayerHealth:
    exists = layer.exists[:, :-1]
    return LayerHealth(
        root_mean_square(layer.gradient[:, :-1][exists]),
        root_mean_square(layer.activities),
        root_mean_square(layer.weights[:, :-1][exists]),
        _dead(layer),
        _saturated(layer),
    )


def root_mean_square(values: Array) -> float:
    """Over all numbers; 0 of none."""
    largest = float(np.abs(values).max(initial=0.0))
    if not 0.0 < largest < math.inf:
        return largest
    # sqrt(mean x^2) = m sqrt(mean (x / m)^2), m = max |x|: the square of 1e-170 would be 0
    scaled = (values / largest).reshape(-1)
    return largest * math.sqrt(float(scaled.dot(scaled)) / scaled.size)


def _dead(layer: _Layer) -> float | None:
    record = ACTIVATIONS[layer.activation]
    return float((~layer.activities.any(axis=0)).mean()) if record.lowest == 0.0 and record.highest is None else None


def _saturated(layer: _Layer) -> float | None:
    record = ACTIVATIONS[layer.activation]
    # a sine has two ends as well, but a slope again beyond them, which its activity does not tell
    if layer.is_output or record.lowest is None or record.highest is None or record.chain_needs == "logit":
        return None
    margin = END_SHARE * (record.highest - record.lowest)
    at_end = (layer.activities <= record.lowest + margin) | (layer.activities >= record.highest - margin)
    return float((at_end.mean(axis=0) >= END_CASES).mean())


def _gradient_ratio(records: tuple[LayerHealth, ...]) -> float | None:
    first, last = records[0].gradient, records[-1].gradient
    return first / last if len(records) > 1 and last else None


def _found(kind: str, layer: int | None = None, **numbers: float) -> Finding:
    return Finding(kind, layer, {name: float(number) for name, number in numbers.items()})


def _sizes(look: _Look) -> Iterator[Finding]:
    """Where numbers first overflow, forwards or else backwards, and layers whose weights are huge."""
    numbered = list(enumerate(look.records, 1))
    over = [layer for layer, record in numbered if not math.isfinite(record.activity)]
    over += [layer for layer, record in reversed(numbered) if not math.isfinite(record.gradient)]
    yield from [_found("overflow", layer) for layer in over[:1]]
    for layer, record in numbered:
        if record.weight > HUGE_WEIGHT:
            yield _found("huge", layer, weight=record.weight)


def _links(look: _Look) -> Iterator[Finding]:
    """Neurons that no link leads to or from; neurons with the same links in and out, which get the same gradient for
    ever, but where dropout parts them."""
    for number, layer in enumerate(look.layers, 1):
        linked = np.asarray(layer.exists[:, :-1].any(axis=1))
        twins = 0
        if not layer.is_output:
            above = look.layers[number]
            linked = linked & above.exists[:, :-1].any(axis=0)
            weights = np.hstack([layer.weights, above.weights[:, :-1].T])[linked]
            exists = np.hstack([layer.exists, above.exists[:, :-1].T])[linked]
            twins = _twins(weights, exists)
        if twins and not look.run.now.dropout:
            yield _found("symmetric", number, count=twins, of=len(linked))
        if not linked.all():
            yield _found("cut_off", number, count=int(np.count_nonzero(~linked)), of=len(linked))


def _twins(rows: Array, exists: npt.NDArray[np.bool_]) -> int:
    """How many rows have an equal among the others. Equal ones lie side by side once sorted along any direction."""
    order = np.argsort(rows @ np.cos(np.arange(rows.shape[1])))
    rows, exists = rows[order], exists[order]
    differences = np.abs(np.diff(rows, axis=0)).max(axis=1, initial=0.0)
    same = (differences <= _SAME * np.abs(rows).max(initial=0.0)) & (exists[1:] == exists[:-1]).all(axis=1)
    return int(np.count_nonzero(np.append(same, False) | np.append(False, same))) if len(rows) else 0


def _flow(look: _Look) -> Iterator[Finding]:
    """Gradients and activities that get lost on their way through the layers, or grow far beyond."""
    ratio, hidden = _gradient_ratio(look.records), [record.activity for record in look.records[:-1]]
    if ratio is not None and math.isfinite(ratio) and not VANISHING <= ratio <= EXPLODING:
        yield _found("vanishing" if ratio < VANISHING else "exploding", 1, ratio=ratio)
    if hidden and 0.0 < hidden[-1] < VANISHING * hidden[0]:
        yield _found("fading", len(hidden), ratio=hidden[-1] / hidden[0])
    size = max(1.0, root_mean_square(look.cases.inputs[:-1]))
    for layer, activity in enumerate(hidden, 1):
        if EXPLODING * size < activity < math.inf:
            yield _found("growing", layer, ratio=activity / size)


def _neurons(look: _Look) -> Iterator[Finding]:
    learnt = _unexplained(look) < LEARNT
    for kind, limit in (("dead", DEAD_SHARE), ("saturated", math.inf if learnt else SATURATED_SHARE)):
        for number, record in enumerate(look.records, 1):
            share, width = getattr(record, kind), len(look.layers[number - 1].weights)
            if share is not None and share >= limit:
                yield _found(kind, number, count=round(share * width), of=width)


def _unexplained(look: _Look) -> float:
    outputs, targets = look.layers[-1].activities.T, look.cases.targets
    # sum (t - y)^2 / sum (t - mean t)^2
    return float(np.square(targets - outputs).sum() / np.square(targets - targets.mean(axis=1, keepdims=True)).sum())


def _constant(look: _Look) -> Iterator[Finding]:
    """Whether the outputs hardly differ from case to case, though the targets do."""
    outputs, wanted = np.ptp(look.layers[-1].activities, axis=0), np.ptp(look.cases.targets, axis=1)
    varied = wanted > 0.0
    share = float((outputs[varied] / wanted[varied]).max(initial=0.0))
    if share < CONSTANT_SHARE and varied.any():
        yield _found("constant", share=share)


_FINDERS = (_sizes, _links, _flow, _neurons, _constant)


@lru_cache(maxsize=8)
def findings_in_data(task: Task) -> tuple[Finding, ...]:
    """What the data alone tells: inputs as the network sees them that are not scaled, cases in two parts."""
    with np.errstate(all="ignore"):
        return (*_scales(task), *_leaks(task, "validation"), *_leaks(task, "test"))


def _scales(task: Task) -> Iterator[Finding]:
    origin = task.data.origin
    if origin is not None and DATASETS[origin.name].image is not None:
        return  # all pixels have one scale, however seldom one of them is lit
    inputs = task.cases("training").inputs[:-1]
    means, deviations = inputs.mean(axis=1), inputs.std(axis=1)
    varied = np.flatnonzero(deviations > _SAME * np.abs(means))
    if not varied.size:
        return
    wide, narrow = varied[deviations[varied].argmax()], varied[deviations[varied].argmin()]
    most, least = deviations[wide], deviations[narrow]
    if most > UNEVEN * least:
        yield _found("uneven", input=wide, deviation=most, other=narrow, other_deviation=least)
    shifts = np.abs(means[varied]) / deviations[varied]
    worst, count = varied[shifts.argmax()], int(np.count_nonzero(shifts > SHIFTED))
    if count:
        yield _found("shifted", input=worst, mean=means[worst], deviation=deviations[worst], count=count)


def _leaks(task: Task, part: Part) -> Iterator[Finding]:
    """Cases of a part that are, inputs and targets as they were given, in the training part too."""
    known, cases = set(_as_bytes(task, "training")), _as_bytes(task, part)
    if count := sum(case in known for case in cases):
        yield _found(f"leaked_{part}", count=count, of=len(cases))


def _as_bytes(task: Task, part: Part) -> list[bytes]:
    cases = np.hstack(task.data.part(part)) + 0.0  # so that -0 is 0
    return [case.tobytes() for case in cases]
