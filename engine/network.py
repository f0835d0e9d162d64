"""A feed-forward network on one flat weight vector."""

import math
import reprlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from engine.streams import stream
from engine.types import Array


class Forward(NamedTuple):
    """What every layer made of the inputs, case by case: ``activities[0]`` are the inputs (..., N, D),
    ``activities[k]`` and ``logits[k - 1]`` belong to layer k and have shape (..., N, width)."""

    activities: tuple[Array, ...]
    logits: tuple[Array, ...]


def _small_random(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    # w ~ U(-0.1, 0.1)
    return generator.uniform(-0.1, 0.1, (fan_out, fan_in))


def _glorot(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    # w ~ U(-a, a), a = sqrt(6 / (fan_in + fan_out)); Glorot and Bengio 2010, eq. 16
    limit = math.sqrt(6.0 / (fan_in + fan_out))
    return generator.uniform(-limit, limit, (fan_out, fan_in))


def _he(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    # w ~ N(0, 2 / fan_in); He et al. 2015, eq. 10
    return generator.normal(0.0, math.sqrt(2.0 / fan_in), (fan_out, fan_in))


def _lecun(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    # w ~ N(0, 1 / fan_in); LeCun et al. 1998, section 4.6
    return generator.normal(0.0, math.sqrt(1.0 / fan_in), (fan_out, fan_in))


def _normal(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    # w ~ N(0, 1), whatever the width: what textbooks warn of
    return generator.normal(0.0, 1.0, (fan_out, fan_in))


def _equal(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    # every neuron of a layer the same: nothing ever makes them differ
    return np.full((fan_out, fan_in), 0.5)


def _zero(generator: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    return np.zeros((fan_out, fan_in))


INITIALISERS: dict[str, Callable[[np.random.Generator, int, int], Array]] = {
    "small_random": _small_random,
    "glorot": _glorot,
    "he": _he,
    "lecun": _lecun,
    "normal": _normal,
    "equal": _equal,
    "zero": _zero,
}


@dataclass(frozen=True)
class Network:
    """Layers of neurons, each connected to the next.

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, of neurons in each hidden layer, of outputs: at least two numbers, none below 1.
    hidden : str or sequence of str
        Activation of the hidden layers, a name from ``ACTIVATIONS``, or one for each of them.
    output : str
        Activation of the output layer.
    initialiser : str
        How first weights are drawn, a name from ``INITIALISERS``; biases start at 0.
    connectivity : float
        The share of links that exist, above 0 and at most 1, the same in every layer; the seed of a run draws them.

    Notes
    -----
    The flat vector holds, layer after layer, the matrix (fan_out, fan_in + 1) in row-major order, its last column
    the bias. So a neuron's incoming weights lie side by side, a layer's logits are one matrix product with the
    activities below and a row of ones, and its gradient, bias included, is one more.
    """

    sizes: tuple[int, ...]
    hidden: str | tuple[str, ...] = "tanh"
    output: str = "linear"
    initialiser: str = "glorot"
    connectivity: float = 1.0

    def __post_init__(self) -> None:
        """Check and normalise every field."""
        object.__setattr__(self, "sizes", _checked_sizes(self.sizes))
        object.__setattr__(self, "hidden", _checked_hidden(self.hidden, len(self.sizes) - 2))
        checks.choice("output", self.output, ACTIVATIONS)
        checks.choice("initialiser", self.initialiser, INITIALISERS)
        share = checks.number("connectivity", self.connectivity, 0.0, 1.0, open_low=True)
        object.__setattr__(self, "connectivity", share)

    @cached_property
    def dimension(self) -> int:
        """The number of weights P, biases included."""
        return sum(fan_out * (fan_in + 1) for fan_in, fan_out in self.layers)

    @cached_property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(fan_in, fan_out) of every layer but the input."""
        return tuple(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """The activation of every layer but the input."""
        hidden = (self.hidden,) * (len(self.sizes) - 2) if isinstance(self.hidden, str) else self.hidden
        return (*hidden, self.output)

    @cached_property
    def is_link(self) -> npt.NDArray[np.bool_]:
        """Which of the weights (P,) join two neurons; the others are biases."""
        links = np.ones(self.dimension)
        for matrix in self.matrices(links):
            matrix[:, -1] = 0.0
        is_link: npt.NDArray[np.bool_] = links == 1.0
        is_link.setflags(write=False)
        return is_link

    def mask(self, seed: int) -> Array | None:
        """1 for the weights (P,) that exist and 0 for the others, read-only; None where all do.

        Of every layer's links the share ``connectivity`` is drawn from the seed, rounded, but one into each neuron at
        least.
        """
        checks.integer("seed", seed, 0)
        if self.connectivity == 1.0:
            return None
        generator = stream("links", seed)
        mask = np.ones(self.dimension)
        for matrix, (fan_in, fan_out) in zip(self.matrices(mask), self.layers, strict=True):
            matrix[:, :-1] = _drawn_links(generator, fan_in, fan_out, self.connectivity)
        mask.setflags(write=False)
        return None if mask.all() else mask

    def matrices(self, weights: Array) -> list[Array]:
        """Views of the flat vector, (..., P) -> for each layer (..., fan_out, fan_in + 1), biases last."""
        views, begin = [], 0
        for fan_in, fan_out in self.layers:
            end = begin + fan_out * (fan_in + 1)
            views.append(weights[..., begin:end].reshape(*weights.shape[:-1], fan_out, fan_in + 1))
            begin = end
        return views

    def pack(self, weights: Sequence[npt.ArrayLike], biases: Sequence[npt.ArrayLike]) -> Array:
        """Lists of (fan_in, fan_out) weights and (fan_out,) biases, one a layer -> one flat vector (P,)."""
        for name, given in (("weights", weights), ("biases", biases)):
            if not hasattr(given, "__len__") or len(given) != len(self.layers):
                shown, layers = reprlib.repr(given), len(self.layers)
                raise ValueError(f"{name} is {shown}; it must list an array for each of the {layers} layers")
        flat = np.empty(self.dimension)
        for layer, (matrix, (fan_in, fan_out)) in enumerate(zip(self.matrices(flat), self.layers, strict=True)):
            matrix[:, :-1] = checks.array(f"weights[{layer}]", weights[layer], fan_in, fan_out).T
            matrix[:, -1] = checks.array(f"biases[{layer}]", biases[layer], fan_out)
        return flat

    def unpack(self, weights: npt.ArrayLike) -> tuple[list[Array], list[Array]]:
        """One flat vector (..., P) -> lists of weights (..., fan_in, fan_out) and biases (..., fan_out), copied."""
        matrices = self.matrices(checks.weight_vectors("weights", weights, self.dimension))
        return [np.swapaxes(m[..., :-1], -1, -2).copy() for m in matrices], [m[..., -1].copy() for m in matrices]

    def first_weights(self, seed: int) -> Array:
        """First weights (P,) drawn by the initialiser from the seed; biases and links that do not exist are 0."""
        generator = stream("weights", checks.integer("seed", seed, 0))
        flat = np.zeros(self.dimension)
        for matrix, (fan_in, fan_out) in zip(self.matrices(flat), self.layers, strict=True):
            matrix[:, :-1] = INITIALISERS[self.initialiser](generator, fan_in, fan_out)
        mask = self.mask(seed)
        return flat if mask is None else np.where(mask == 0.0, 0.0, flat)

    def forward(self, weights: npt.ArrayLike, inputs: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> Forward:
        """Activities and logits of every layer.

        ``weights`` (..., P) and ``inputs`` (N, D); ``dtype=np.float32`` is for pictures: faster, good to 1e-6.
        """
        vector = checks.weight_vectors("weights", weights, self.dimension)
        cases = checks.array("inputs", inputs, None, self.sizes[0])
        with np.errstate(all="ignore"):
            return self._forward(vector.astype(dtype, copy=False), cases.astype(dtype, copy=False))

    def _forward(self, vector: Any, cases: Any) -> Forward:
        activities, logits, below = [cases], [], cases.T
        for matrix, name in zip(self.matrices(vector), self.activations, strict=True):
            # z = W y + b
            logit = np.matmul(matrix[..., :-1], below) + matrix[..., -1:]
            below = np.empty_like(logit)
            ACTIVATIONS[name].value(logit, below)
            logits.append(np.swapaxes(logit, -1, -2))
            activities.append(np.swapaxes(below, -1, -2))
        return Forward(tuple(activities), tuple(logits))

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return {
            "sizes": list(self.sizes),
            "hidden": self.hidden if isinstance(self.hidden, str) else list(self.hidden),
            "output": self.output,
            "initialiser": self.initialiser,
            "connectivity": self.connectivity,
        }


def network_from_dict(mapping: Any) -> Network:
    """The network that ``to_dict`` described; ValueError where it is none."""
    return Network(**checks.fields("network", mapping, *(field.name for field in fields(Network))))


def _checked_hidden(hidden: Any, layers: int) -> str | tuple[str, ...]:
    """One name for all hidden layers, or where they differ one for each."""
    if isinstance(hidden, str) or not isinstance(hidden, Sequence):
        return checks.choice("hidden", hidden, HIDDEN_ACTIVATIONS)
    if len(hidden) != layers:
        raise ValueError(f"hidden names {len(hidden)} activations; it must name one for each hidden layer, {layers}")
    names = tuple(checks.choice(f"hidden[{layer}]", name, HIDDEN_ACTIVATIONS) for layer, name in enumerate(hidden))
    if not names:
        return "tanh"
    return names[0] if len(set(names)) == 1 else names


def _drawn_links(generator: np.random.Generator, fan_in: int, fan_out: int, share: float) -> Array:
    """A matrix (fan_out, fan_in) with so many ones, one in every row or more, at places drawn evenly."""
    links = np.zeros((fan_out, fan_in))
    links[np.arange(fan_out), generator.integers(0, fan_in, fan_out)] = 1.0
    more = max(0, round(share * links.size) - fan_out)
    free = np.flatnonzero(links.reshape(-1) == 0.0)
    links.reshape(-1)[generator.permutation(free)[:more]] = 1.0
    return links


def _checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    try:
        listed = tuple(sizes)
    except TypeError:
        raise ValueError(f"sizes is {sizes!r}; it must list the widths of at least two layers") from None
    if len(listed) < 2:
        raise ValueError(f"sizes is {sizes!r}; it must name at least the inputs and the outputs")
    return tuple(checks.integer(f"sizes[{layer}]", width, 1) for layer, width in enumerate(listed))
