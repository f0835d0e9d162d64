"""Activation functions: what a neuron makes of its logit z, and how an error passes back through it.

A record holds a function and its derivative, both writing into arrays that are there already, so that training
allocates nothing. The derivative is told in terms of the activity y wherever that is possible, which spares the
second look at z. Arrays are (..., width, N), the neurons of a layer by the cases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from engine.calls import Call
from engine.types import Array

# A Python number costs each NumPy call 0.2 us more than an array without axes does.
_ONE = np.array(1.0)
_LEAK = np.array(0.01)


@dataclass(frozen=True)
class Activation:
    """One activation function.

    ``value(logits, out)`` fills ``out`` with the activities; the two may be the same array where ``chain_needs``
    is ``"activity"``. ``chain(source, delta, scratch)`` gives the calls that turn dE/dy in ``delta`` into dE/dz, in
    place, from the activities or the logits in ``source``, as ``chain_needs`` says; ``scratch`` has the shape of
    ``delta``. ``lowest`` and ``highest`` are the limits of the activity, None where it has none.
    """

    name: str
    title: str
    formula: str
    value: Callable[[Array, Array], object]
    chain: Callable[[Array, Array, Array], tuple[Call, ...]]
    chain_needs: Literal["activity", "logit"] = "activity"
    lowest: float | None = None
    highest: float | None = None
    hidden: bool = True

    def slope(self, logits: Array) -> Array:
        """dy/dz of an elementwise activation at any logits."""
        activities, slope = np.empty_like(logits), np.ones_like(logits)
        with np.errstate(all="ignore"):
            self.value(logits, activities)
            source = logits if self.chain_needs == "logit" else activities
            for call in self.chain(source, slope, np.empty_like(logits)):
                call()
        return slope


def _linear(logits: Array, out: Array) -> None:
    np.copyto(out, logits)


def _linear_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = 1
    return ()


def _sigmoid(logits: Array, out: Array) -> None:
    # y = 1 / (1 + exp(-z)); exp(-z) may pass to infinity, and y then rightly to 0
    np.negative(logits, out)
    np.exp(out, out)
    np.add(out, _ONE, out)
    np.divide(_ONE, out, out)


def _sigmoid_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = y (1 - y)
    return (
        partial(np.multiply, delta, activities, delta),
        partial(np.multiply, delta, activities, scratch),
        partial(np.subtract, delta, scratch, delta),
    )


def _tanh_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = 1 - y^2
    return (
        partial(np.multiply, activities, activities, scratch),
        partial(np.multiply, scratch, delta, scratch),
        partial(np.subtract, delta, scratch, delta),
    )


def _relu(logits: Array, out: Array) -> None:
    # y = max(z, 0)
    np.maximum(logits, 0.0, out=out)


def _relu_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = 1 for z > 0, else 0
    return (
        partial(np.greater, activities, 0.0, scratch),
        partial(np.multiply, delta, scratch, delta),
    )


def _leaky_relu(logits: Array, out: Array) -> None:
    # y = max(z, 0.01 z)
    np.maximum(logits, logits * _LEAK, out=out)


def _leaky_relu_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = 1 for z > 0, else 0.01
    return (
        partial(np.greater, activities, 0.0, scratch),
        partial(np.maximum, scratch, _LEAK, out=scratch),
        partial(np.multiply, delta, scratch, delta),
    )


def _elu(logits: Array, out: Array) -> None:
    # y = z for z > 0, else exp(z) - 1
    np.maximum(logits, np.expm1(np.minimum(logits, 0.0)), out=out)


def _elu_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = 1 for z > 0, else exp(z) = y + 1
    return (
        partial(np.minimum, activities, 0.0, out=scratch),
        partial(np.add, scratch, _ONE, scratch),
        partial(np.multiply, delta, scratch, delta),
    )


def _softplus(logits: Array, out: Array) -> None:
    # y = log(1 + exp(z))
    np.logaddexp(0.0, logits, out)


def _softplus_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = 1 / (1 + exp(-z)) = 1 - exp(-y)
    return (
        partial(np.negative, activities, scratch),
        partial(np.expm1, scratch, scratch),
        partial(np.negative, scratch, scratch),
        partial(np.multiply, delta, scratch, delta),
    )


def _sine_chain(logits: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dy/dz = cos z, whose sign the activity does not tell
    return (
        partial(np.cos, logits, scratch),
        partial(np.multiply, delta, scratch, delta),
    )


def _softmax(logits: Array, out: Array) -> None:
    # y_k = exp(z_k - max z) / sum_j exp(z_j - max z), over the neurons of the layer
    np.subtract(logits, np.maximum.reduce(logits, axis=-2, keepdims=True), out)
    np.exp(out, out)
    np.divide(out, np.add.reduce(out, axis=-2, keepdims=True), out)


def _softmax_chain(activities: Array, delta: Array, scratch: Array) -> tuple[Call, ...]:
    # dE/dz_k = y_k (dE/dy_k - sum_j y_j dE/dy_j): every output depends on every logit of its case
    total = np.empty((*delta.shape[:-2], 1, delta.shape[-1]))
    return (
        partial(np.multiply, delta, activities, scratch),
        partial(np.add.reduce, scratch, -2, None, total, True),
        partial(np.subtract, delta, total, delta),
        partial(np.multiply, delta, activities, delta),
    )


ACTIVATIONS: dict[str, Activation] = {
    record.name: record
    for record in (
        Activation("linear", "Linear", "y = z", _linear, _linear_chain),
        Activation("sigmoid", "Sigmoid", r"y = 1 / (1 + e^{-z})", _sigmoid, _sigmoid_chain, lowest=0.0, highest=1.0),
        Activation("tanh", "Tanh", r"y = \tanh z", np.tanh, _tanh_chain, lowest=-1.0, highest=1.0),
        Activation("relu", "ReLU", r"y = \max(z, 0)", _relu, _relu_chain, lowest=0.0),
        Activation("leaky_relu", "Leaky ReLU", r"y = \max(z, 0.01 z)", _leaky_relu, _leaky_relu_chain),
        Activation("elu", "ELU", r"y = z \;(z > 0),\; e^z - 1 \;(z \le 0)", _elu, _elu_chain, lowest=-1.0),
        Activation("softplus", "Softplus", r"y = \log(1 + e^z)", _softplus, _softplus_chain, lowest=0.0),
        Activation("sine", "Sine", r"y = \sin z", np.sin, _sine_chain, "logit", lowest=-1.0, highest=1.0),
        Activation(
            "softmax",
            "Softmax",
            r"y_k = e^{z_k} / \sum_j e^{z_j}",
            _softmax,
            _softmax_chain,
            lowest=0.0,
            highest=1.0,
            hidden=False,
        ),
    )
}
HIDDEN_ACTIVATIONS: tuple[str, ...] = tuple(name for name, record in ACTIVATIONS.items() if record.hidden)
