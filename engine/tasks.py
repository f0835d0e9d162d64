"""A task: data, a network, and what counts as error."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.calls import Total
from engine.datasets import Dataset, dataset_from_dict
from engine.errors import ERRORS
from engine.network import Network
from engine.propagation import Propagation, with_ones
from engine.surfaces import in_chunks
from engine.types import PARTS, REDUCTIONS, Array, Part, Reduction

# What a run from elsewhere may have: beyond it, going on with the run would fill the memory.
MOST_WEIGHTS = 5_000_000
MOST_LAYERS = 1_000
MOST_ACTIVITIES = 20_000_000


class NetworkSurface:
    """The error of a network over given cases, as a surface over its flat weight vector.

    ``inputs`` (D + 1, N) and ``targets`` (K, N) are feature-major, the row of ones included.
    """

    def __init__(self, network: Network, inputs: Array, targets: Array, error: str, reduction: Reduction) -> None:
        self._network, self._inputs, self._targets = network, inputs, targets
        self._error, self._reduction = error, reduction
        self._numbers_each = 3 * sum(network.sizes) * inputs.shape[1]

    @property
    def dimension(self) -> int:
        """The number of weights P."""
        return self._network.dimension

    def error(self, weights: npt.ArrayLike) -> Array:
        """E(w), (..., P) -> (...)."""
        return self._apply(lambda rows: self._pass(rows)[0], weights)

    def gradient(self, weights: npt.ArrayLike) -> Array:
        """dE/dw by backpropagation, (..., P) -> (..., P)."""
        return self._apply(lambda rows: self._pass(rows, backward=True)[1], weights)

    def error_and_gradient(self, weights: npt.ArrayLike) -> tuple[Array, Array]:
        """Both from one pass, (..., P) -> (...), (..., P)."""

        def both(rows: Array) -> Array:
            error, gradient = self._pass(rows, backward=True)
            return np.concatenate([np.asarray(error)[..., None], gradient], axis=-1)

        whole = self._apply(both, weights)
        return whole[..., 0], whole[..., 1:]

    def _apply(self, function: Any, weights: npt.ArrayLike) -> Array:
        vectors = np.ascontiguousarray(checks.shaped_vectors("weights", weights, self.dimension))
        with np.errstate(all="ignore"):
            return in_chunks(function, vectors, self._numbers_each)

    def _pass(self, rows: Array, backward: bool = False) -> tuple[Total, Array]:
        gradient = np.empty_like(rows)
        cases = self._inputs.shape[1]
        propagation = Propagation(self._network, self._error, self._reduction, rows, gradient, cases)
        over_all = propagation.bind(self._inputs, self._targets)
        return (over_all.backward() if backward else over_all.forward()), gradient


class FeatureMajor(NamedTuple):
    """One part of the data as training wants it: inputs (D + 1, N) with the row of ones, targets (K, N)."""

    inputs: Array
    targets: Array

    @property
    def cases(self) -> int:
        """The number of cases N."""
        cases: int = self.inputs.shape[1]
        return cases


@dataclass(frozen=True)
class Task:
    """What is to be learnt.

    Parameters
    ----------
    data : Dataset
    network : Network
        Its first and last sizes must be the widths of inputs and targets.
    error : str
        A name from ``ERRORS``; "cross_entropy" needs a sigmoid or softmax output and targets between 0 and 1.
    reduction : "mean" or "sum"
        Of the error that is minimised, over the cases of a batch. Measures are means either way.
    """

    data: Dataset
    network: Network
    error: str = "squared"
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        checks.instance("data", self.data, Dataset)
        checks.instance("network", self.network, Network)
        checks.choice("error", self.error, ERRORS)
        checks.choice("reduction", self.reduction, REDUCTIONS)
        ERRORS[self.error].head(self.network.output)
        widths = (self.data.inputs.shape[1], self.data.targets.shape[1])
        if (self.network.sizes[0], self.network.sizes[-1]) != widths:
            raise ValueError(
                f"network.sizes is {self.network.sizes}; "
                f"for this data it must begin with {widths[0]} and end with {widths[1]}"
            )
        if self.error == "cross_entropy":
            _check_probabilities(self.data.targets, self.network.output)

    def surface(self, part: Part = "training") -> NetworkSurface:
        """The error over all cases of one part as an ``ErrorSurface``."""
        cases = self.cases(part)
        if not cases.cases:
            raise ValueError(f"part is {part!r}, which holds no case; the split decides what is in it")
        return NetworkSurface(self.network, cases.inputs, cases.targets, self.error, self.reduction)

    def cases(self, part: Part) -> FeatureMajor:
        """The cases of one part, feature-major; without a case where the split left it empty."""
        checks.choice("part", part, PARTS)
        return self._parts[part]

    @cached_property
    def _parts(self) -> dict[Part, FeatureMajor]:
        parts: dict[Part, FeatureMajor] = {}
        for part in PARTS:
            inputs, targets = self.data.part(part)
            parts[part] = FeatureMajor(with_ones(inputs), np.array(targets.T, order="C"))
            for values in parts[part]:
                values.setflags(write=False)
        return parts

    def to_dict(self) -> dict[str, Any]:
        """The task as JSON values; a generated data set only by its settings."""
        return {
            "data": self.data.to_dict(),
            "network": self.network.to_dict(),
            "error": self.error,
            "reduction": self.reduction,
        }


def task_from_dict(mapping: Any) -> Task:
    """The task that ``to_dict`` described; ValueError where it is not one, or would fill the memory."""
    fields = checks.fields("task", mapping, "data", "network", "error", "reduction")
    network = Network(**checks.fields("network", fields["network"], "sizes", "hidden", "output", "initialiser"))
    _at_most("layers", len(network.layers), MOST_LAYERS)
    _at_most("weights", network.dimension, MOST_WEIGHTS)
    data = dataset_from_dict(fields["data"])
    _at_most("activities over all cases", len(data.inputs) * sum(network.sizes), MOST_ACTIVITIES)
    return Task(data, network, fields["error"], fields["reduction"])


def _at_most(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise ValueError(f"network has {count} {what}; a run from elsewhere must have at most {limit}")


def _check_probabilities(targets: Array, output: str) -> None:
    outside = targets[(targets < 0.0) | (targets > 1.0)]
    if outside.size:
        raise ValueError(f"targets holds {outside[0]:g}; with error 'cross_entropy' they must lie between 0 and 1")
    sums = targets.sum(axis=1)
    wrong = sums[~np.isclose(sums, 1.0)]
    if output == "softmax" and wrong.size:
        raise ValueError(
            f"targets of a case sum to {wrong[0]:g}; with error 'cross_entropy' and a softmax output it must be 1"
        )
