"""A task: data, a network, and what counts as error."""

from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.calls import Total
from engine.catalogue import dataset_from_dict
from engine.datasets import Dataset
from engine.errors import ERRORS
from engine.network import Network, network_from_dict
from engine.preparation import AS_THEY_ARE, Fitted, Preparation, preparation_from_dict
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
        Its first and last sizes must be the widths of prepared inputs and of targets.
    error : str
        A name from ``ERRORS``; "cross_entropy" needs a sigmoid or softmax output and prepared targets between 0 and 1.
    reduction : "mean" or "sum"
        Of the error that is minimised, over the cases of a batch. Measures are means either way.
    preparation : Preparation
        What happens to the cases before the network sees them; ``data`` stays raw.
    joined : int
        How many of the last training cases came later, see ``with_cases``: they are prepared as the others are, but
        means and deviations are measured without them.
    """

    data: Dataset
    network: Network
    error: str = "squared"
    reduction: Reduction = "mean"
    preparation: Preparation = AS_THEY_ARE
    joined: int = 0

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        checks.instance("data", self.data, Dataset)
        checks.instance("network", self.network, Network)
        checks.choice("error", self.error, ERRORS)
        checks.choice("reduction", self.reduction, REDUCTIONS)
        ERRORS[self.error].head(self.network.output)
        checks.instance("preparation", self.preparation, Preparation)
        checks.integer("joined", self.joined, 0, max(0, len(self.data.training) - 1))
        widths = (self.preparation.width(self.data.inputs.shape[1]), self.data.targets.shape[1])
        if (self.network.sizes[0], self.network.sizes[-1]) != widths:
            raise ValueError(
                f"network.sizes is {self.network.sizes}; "
                f"for this data it must begin with {widths[0]} and end with {widths[1]}"
            )
        self._check_numbers()

    def _check_numbers(self) -> None:
        """ValueError where the preparation or the error cannot do with these inputs and targets."""
        targets, prepared = self.data.targets, self._fitted.prepare_targets(self.data.targets)
        if self.preparation.targets == "unit" and not (np.abs(targets) == 1.0).all():
            stranger = targets[np.abs(targets) != 1.0][0]
            raise ValueError(f"targets holds {stranger:g}; to become 0 or 1 they must be -1 or +1")
        if self.error == "cross_entropy":
            _check_probabilities(prepared, self.network.output)
        checks.all_finite("prepared targets", prepared)
        if self.preparation.features or self.preparation.standardise:
            checks.all_finite("features", self._fitted.prepare_inputs(self.data.inputs))

    @property
    def copies(self) -> int:
        """How many prepared cases a raw training case becomes: 1, and its altered copies."""
        return self.preparation.copies

    def features(self, inputs: npt.ArrayLike) -> Array:
        """Raw inputs (N, D) -> (N, F) as the network sees them."""
        raw = checks.shaped_vectors("inputs", inputs, self.data.inputs.shape[1])
        return self._fitted.prepare_inputs(checks.all_finite("inputs", raw))

    def to_raw(self, outputs: npt.ArrayLike) -> Array:
        """Outputs (N, K) of the network -> (N, K) in the units of the raw targets; see ``Fitted.to_raw``."""
        return self._fitted.to_raw(np.asarray(outputs))

    def with_cases(self, inputs: npt.ArrayLike, targets: npt.ArrayLike) -> "Task":
        """The task with more training cases, raw inputs (M, D) and targets (M, K), behind those that it has.

        They get as many altered copies as the others. Features and targets stay standardised as they were without
        them, so that a network in training goes on seeing the old cases as it did.
        """
        data = self.data
        inputs = checks.array("inputs", inputs, None, data.inputs.shape[1])
        targets = checks.array("targets", targets, len(inputs), data.targets.shape[1])
        return _joined(self, inputs.tobytes(), targets.tobytes())

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
            if part == "training":
                inputs, targets = self._fitted.amplified(inputs, targets)
            prepared = self._fitted.prepare_targets(targets)
            parts[part] = FeatureMajor(with_ones(self._fitted.prepare_inputs(inputs)), np.array(prepared.T, order="C"))
            for values in parts[part]:
                values.setflags(write=False)
        return parts

    @cached_property
    def _fitted(self) -> Fitted:
        inputs, targets = self.data.part("training")
        first = len(inputs) - self.joined
        return self.preparation.fit(inputs[:first], targets[:first])

    def to_dict(self) -> dict[str, Any]:
        """The task as JSON values; a generated data set only by its settings."""
        return {
            "data": self.data.to_dict(),
            "network": self.network.to_dict(),
            "error": self.error,
            "reduction": self.reduction,
            "preparation": self.preparation.to_dict(),
            "joined": self.joined,
        }


def task_from_dict(mapping: Any) -> Task:
    """The task that ``to_dict`` described; ValueError where it is not one, or would fill the memory."""
    entries = checks.fields("task", mapping, *(field.name for field in fields(Task)))
    network = network_from_dict(entries["network"])
    _at_most("layers", len(network.layers), MOST_LAYERS)
    _at_most("weights", network.dimension, MOST_WEIGHTS)
    preparation = preparation_from_dict(entries["preparation"])
    data = dataset_from_dict(entries["data"])
    cases = len(data.inputs) + len(data.training) * (preparation.copies - 1)
    _at_most("activities over all cases", cases * sum(network.sizes), MOST_ACTIVITIES)
    return Task(**entries | {"network": network, "data": data, "preparation": preparation})


@lru_cache(maxsize=8)
def _joined(task: Task, inputs: bytes, targets: bytes) -> Task:
    """``with_cases``, remembered: a run asks for it at every turn."""
    data = task.data
    more = np.frombuffer(inputs).reshape(-1, data.inputs.shape[1])
    split: dict[str, npt.ArrayLike] = {part: getattr(data, part) for part in PARTS}
    split["training"] = np.concatenate([data.training, len(data.inputs) + np.arange(len(more))])
    wanted = np.frombuffer(targets).reshape(len(more), -1)
    whole = Dataset.from_arrays(np.vstack([data.inputs, more]), np.vstack([data.targets, wanted]), split)
    return replace(task, data=whole, joined=task.joined + len(more))


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
