"""Forward pass and backpropagation as a list of ready-made calls on preallocated buffers.

For a small network the number of NumPy calls is the cost, so everything that can be settled before the first
update is settled here: which buffers, which views, which functions. What is left at run time is to make the calls.
Arrays are feature-major, (..., width, N): a layer's activities stand above a row of ones, so one product with the
layer's matrix gives logits with the bias added, and one product gives its gradient with the bias included.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from engine.activations import ACTIVATIONS
from engine.calls import Call, Total, product
from engine.errors import ERRORS, Evaluate
from engine.network import Network
from engine.types import Array, Reduction


def with_ones(inputs: Array) -> Array:
    """Inputs with the row of ones that carries the bias: (N, D) -> (D + 1, N).

    In memory a case lies in one piece, and so does any run of cases.
    """
    return np.hstack([inputs, np.ones((len(inputs), 1))]).T


class Propagation:
    """The calls for one network, one error function and one number of cases at a time.

    ``weights`` (..., P) is read and ``gradient`` (..., P) written in place, at every call anew. ``factors``, read anew
    too, multiply the activities of each hidden layer, (width, cases), before the layer above sees them: dropout.
    ``apart`` keeps the activities of hidden layers apart from their row of ones as well, in one piece of memory: with
    leading axes, calls for what fits into the cache are faster by more than the copy costs.
    """

    def __init__(
        self,
        network: Network,
        error: str,
        reduction: Reduction,
        weights: Array,
        gradient: Array,
        cases: int,
        factors: Sequence[Array] = (),
        apart: bool = False,
    ) -> None:
        self._leading, self._cases, self._factors = weights.shape[:-1], cases, factors
        self._head = ERRORS[error].head(network.output)
        self._scale = 1.0 / cases if reduction == "mean" else 1.0
        self._matrices, self._gradients = network.matrices(weights), network.matrices(gradient)
        self._activations = [ACTIVATIONS[name] for name in network.activations]
        self._activities = [self._with_ones(width) for width in network.sizes[1:-1]]
        self._whole = [self._buffer(width) for width in network.sizes[1:-1]] if factors or apart else []
        self.outputs = self._buffer(network.sizes[-1])
        self._logits = [self._logit_buffer(layer, width) for layer, width in enumerate(network.sizes[1:])]
        self._deltas = [self._buffer(width) for width in network.sizes[1:]]
        self._forward, self._backward = self._forward_calls(), self._backward_calls()
        self._against = self._head.bind(self._logits[-1], self.outputs, self._deltas[-1])

    def bind(self, inputs: Array, targets: Array) -> "Pass":
        """The whole pass for these cases, inputs (D + 1, N) with ones last and targets (K, N).

        All that are bound here share the buffers.
        """
        # dE/dw_ij = y_i dE/dz_j, summed over the cases
        first_gradient = product(self._deltas[0], np.swapaxes(inputs, -1, -2), self._gradients[0])
        return Pass(
            forward=(product(self._matrices[0], inputs, self._logits[0]), *self._forward),
            evaluate=self._against(targets),
            backward=(*self._backward, first_gradient),
            scale=self._scale,
        )

    def _buffer(self, width: int) -> Array:
        return np.empty((*self._leading, width, self._cases))

    def _with_ones(self, width: int) -> Array:
        buffer = self._buffer(width + 1)
        buffer[..., width, :] = 1.0
        return buffer

    def _logit_buffer(self, layer: int, width: int) -> Array:
        """Logits share the memory of the activities where nothing asks for them again."""
        activation = self._activations[layer]
        hidden = layer < len(self._activities)
        shared = activation.name == "linear" or (hidden and activation.chain_needs == "activity")
        return self._layer_outputs(layer) if shared else self._buffer(width)

    def _layer_outputs(self, layer: int) -> Array:
        """What the activation of a layer makes, before anything is dropped."""
        if layer == len(self._activities):
            return self.outputs
        return self._whole[layer] if self._whole else self._activities[layer][..., :-1, :]

    def _forward_calls(self) -> list[Call]:
        calls: list[Call] = []
        for layer, activation in enumerate(self._activations):
            if layer > 0:
                # z = W y + b
                calls.append(product(self._matrices[layer], self._activities[layer - 1], self._logits[layer]))
            by_head = self._head.fills_outputs and layer == len(self._activities)
            if activation.name != "linear" and not by_head:
                calls.append(partial(activation.value, self._logits[layer], self._layer_outputs(layer)))
            if self._whole and layer < len(self._activities):
                calls.append(self._feeding(layer))
        return calls

    def _feeding(self, layer: int) -> Call:
        whole, fed = self._whole[layer], self._activities[layer][..., :-1, :]
        # what the layer above gets: r y
        return (
            partial(np.multiply, whole, self._factors[layer], fed) if self._factors else partial(np.copyto, fed, whole)
        )

    def _backward_calls(self) -> list[Call]:
        last = len(self._activations) - 1
        calls: list[Call] = [] if self._head.at_logit else [*self._chain(last)]
        if self._scale != 1.0:
            calls.append(partial(np.multiply, self._deltas[last], np.array(self._scale), self._deltas[last]))
        for layer in range(last, 0, -1):
            delta, below = self._deltas[layer], self._activities[layer - 1]
            # dE/dw_ij = y_i dE/dz_j, summed over the cases
            calls.append(product(delta, np.swapaxes(below, -1, -2), self._gradients[layer]))
            # dE/dy_i = sum_j w_ij dE/dz_j
            upward = np.swapaxes(self._matrices[layer][..., :-1], -1, -2)
            calls.append(product(upward, delta, self._deltas[layer - 1]))
            if self._factors:
                # dE/dy = r dE/d(r y)
                dropped = self._deltas[layer - 1]
                calls.append(partial(np.multiply, dropped, self._factors[layer - 1], dropped))
            calls += self._chain(layer - 1)
        return calls

    def _chain(self, layer: int) -> tuple[Call, ...]:
        """dE/dz = dE/dy dy/dz, in place."""
        activation, delta = self._activations[layer], self._deltas[layer]
        source = self._logits[layer] if activation.chain_needs == "logit" else self._layer_outputs(layer)
        return activation.chain(source, delta, np.empty_like(delta))


class Pass:
    """One pass over given cases; the error is the sum or the mean over them, as the reduction asks."""

    __slots__ = ("_backward", "_evaluate", "_forward", "_scale")

    def __init__(self, forward: tuple[Call, ...], evaluate: Evaluate, backward: tuple[Call, ...], scale: float) -> None:
        self._forward, self._evaluate, self._backward, self._scale = forward, evaluate, backward, scale

    def forward(self) -> Total:
        """Fill the activities and return the error (...)."""
        for call in self._forward:
            call()
        return self._evaluate() * self._scale

    def backward(self) -> Total:
        """Fill activities and gradient, and return the error (...) at the weights as they are."""
        for call in self._forward:
            call()
        total = self._evaluate() * self._scale
        for call in self._backward:
            call()
        return total
