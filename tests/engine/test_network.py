"""The flat weight vector, the forward pass by hand and layer by layer, first weights."""

import json
from dataclasses import replace
from math import sqrt, tanh

import numpy as np
import pytest

from engine import HIDDEN_ACTIVATIONS, INITIALISERS, Adam, Network, Recipe, advance, start
from engine.network import network_from_dict
from engine.types import Array
from tests.engine.helpers import made_up_task
from tests.engine.test_activations import FORMULAS


def random_lists(network: Network, seed: int = 0) -> tuple[list[Array], list[Array]]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=layer) for layer in network.layers], [
        generator.normal(size=fan_out) for _, fan_out in network.layers
    ]


# --- weights --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "dimension"), [((1, 1), 2), ((2, 4, 2, 1), 12 + 10 + 3), ((64, 64, 10), 65 * 64 + 65 * 10)]
)
def test_dimension_counts_weights_and_biases(sizes: tuple[int, ...], dimension: int) -> None:
    assert Network(sizes).dimension == dimension


def test_the_flat_vector_holds_each_neuron_with_its_bias_last() -> None:
    network = Network((2, 2, 1))
    flat = network.pack([[[1, 4], [2, 5]], [[7], [8]]], [[3, 6], [9]])
    np.testing.assert_array_equal(flat, np.arange(1, 10))


@pytest.mark.parametrize("sizes", [(1, 1), (3, 1), (2, 4, 2, 1), (5, 1, 3)])
def test_unpack_undoes_pack(sizes: tuple[int, ...]) -> None:
    network = Network(sizes)
    weights, biases = random_lists(network)
    again = network.unpack(network.pack(weights, biases))
    for given, back in zip([*weights, *biases], [*again[0], *again[1]], strict=True):
        np.testing.assert_array_equal(given, back)


def test_unpack_takes_leading_axes_and_gives_copies() -> None:
    network = Network((2, 3, 1))
    stack = np.random.default_rng(0).normal(size=(4, 5, network.dimension))
    kept = stack.copy()
    weights, biases = network.unpack(stack)
    assert [w.shape for w in weights] == [(4, 5, 2, 3), (4, 5, 3, 1)]
    assert [b.shape for b in biases] == [(4, 5, 3), (4, 5, 1)]
    np.testing.assert_array_equal(network.pack([w[1, 2] for w in weights], [b[1, 2] for b in biases]), stack[1, 2])
    for array in (*weights, *biases):
        array[...] = 0.0
    np.testing.assert_array_equal(stack, kept)


# --- forward --------------------------------------------------------------------


def test_forward_by_hand() -> None:
    # hidden: z = (x1 + 2 x2 + 1, 3 x1 - x2), relu; output: z = y1 - 2 y2 + 1/2, tanh
    network = Network((2, 2, 1), hidden="relu", output="tanh")
    flat = network.pack([[[1, 3], [2, -1]], [[1], [-2]]], [[1, 0], [0.5]])
    result = network.forward(flat, [[1, 0], [0, 1], [-1, -1]])
    np.testing.assert_array_equal(result.activities[0], [[1, 0], [0, 1], [-1, -1]])
    np.testing.assert_array_equal(result.logits[0], [[2, 3], [3, -1], [-2, -2]])
    np.testing.assert_array_equal(result.activities[1], [[2, 3], [3, 0], [0, 0]])
    np.testing.assert_array_equal(result.logits[1], [[-3.5], [3.5], [0.5]])
    np.testing.assert_allclose(result.activities[2].ravel(), [tanh(-3.5), tanh(3.5), tanh(0.5)], rtol=1e-15)


@pytest.mark.parametrize("hidden", [*HIDDEN_ACTIVATIONS, ("relu", "sigmoid"), ("sine", "elu")])
def test_forward_layer_by_layer(hidden: str | tuple[str, str]) -> None:
    network = Network((3, 4, 5, 2), hidden, "softmax")
    weights, biases = random_lists(network)
    inputs = np.random.default_rng(1).normal(size=(7, 3))
    result = network.forward(network.pack(weights, biases), inputs)
    names = (hidden, hidden) if isinstance(hidden, str) else hidden
    assert network.activations == (*names, "softmax")
    below, formulas = inputs, [np.vectorize(FORMULAS[name][0]) for name in names]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        logits = below @ w + b
        exponentials = np.exp(logits)
        below = formulas[layer](logits) if layer < 2 else exponentials / exponentials.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(result.logits[layer], logits, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(result.activities[layer + 1], below, rtol=1e-12, atol=1e-13)


def test_forward_takes_leading_axes() -> None:
    network = Network((2, 3, 2), "sine", "softmax")
    stack = np.random.default_rng(0).normal(size=(4, 5, network.dimension))
    inputs = np.random.default_rng(1).normal(size=(6, 2))
    together = network.forward(stack, inputs)
    assert [a.shape for a in together.activities] == [(6, 2), (4, 5, 6, 3), (4, 5, 6, 2)]
    assert [z.shape for z in together.logits] == [(4, 5, 6, 3), (4, 5, 6, 2)]
    alone = network.forward(stack[3, 1], inputs)
    for layer in (0, 1):
        np.testing.assert_allclose(together.logits[layer][3, 1], alone.logits[layer], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(together.activities[layer + 1][3, 1], alone.activities[layer + 1], rtol=1e-13)


@pytest.mark.parametrize("hidden", HIDDEN_ACTIVATIONS)
def test_single_precision_is_good_to_a_millionth(hidden: str) -> None:
    network = Network((2, 8, 8, 1), hidden, "tanh")
    flat, inputs = network.first_weights(0), np.random.default_rng(1).uniform(-6, 6, (100, 2))
    fine, coarse = network.forward(flat, inputs), network.forward(flat, inputs, dtype=np.float32)
    for exact, rough in zip(fine.activities[1:], coarse.activities[1:], strict=True):
        assert rough.dtype == np.float32
        np.testing.assert_allclose(rough, exact, rtol=1e-6, atol=2e-6)


@pytest.mark.parametrize("hidden", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("output", ["linear", "sigmoid", "softmax"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_weights_raise_no_warning(hidden: str, output: str, dtype: type) -> None:
    network = Network((2, 3, 2), hidden, output)
    result = network.forward(np.full(network.dimension, 1e300), [[1e10, -1e10], [0.0, 1.0]], dtype=dtype)
    assert result.activities[-1].shape == (2, 2)


def test_arguments_stay_as_they_are() -> None:
    network = Network((2, 3, 1), "relu", "linear")
    flat, inputs = network.first_weights(0), np.random.default_rng(1).normal(size=(5, 2))
    kept = flat.copy(), inputs.copy()
    network.forward(flat, inputs)
    np.testing.assert_array_equal(flat, kept[0])
    np.testing.assert_array_equal(inputs, kept[1])


# --- first weights --------------------------------------------------------------


def drawn(initialiser: str, fan_in: int, fan_out: int) -> Array:
    network = Network((fan_in, fan_out), initialiser=initialiser)
    weights, biases = network.unpack(network.first_weights(3))
    assert (biases[0] == 0.0).all()
    return weights[0]


@pytest.mark.parametrize(
    ("initialiser", "limit"), [("small_random", 0.1), ("glorot", sqrt(6 / 500))], ids=["small_random", "glorot"]
)
def test_uniform_initialisers_fill_their_interval(initialiser: str, limit: float) -> None:
    weights = drawn(initialiser, 300, 200)
    assert np.abs(weights).max() == pytest.approx(limit, rel=1e-3)
    assert np.abs(weights).max() <= limit
    assert weights.std() == pytest.approx(limit / sqrt(3), rel=0.02)
    assert weights.mean() == pytest.approx(0.0, abs=limit / 50)


@pytest.mark.parametrize(("initialiser", "deviation"), [("he", sqrt(2 / 300)), ("lecun", sqrt(1 / 300)), ("normal", 1)])
def test_normal_initialisers_draw_normal_numbers(initialiser: str, deviation: float) -> None:
    weights = drawn(initialiser, 300, 200)
    assert weights.mean() == pytest.approx(0.0, abs=deviation / 50)
    assert weights.std() == pytest.approx(deviation, rel=0.02)
    assert np.mean(np.abs(weights) < deviation) == pytest.approx(0.6827, abs=0.01)
    assert np.mean(np.abs(weights) < 2.0 * deviation) == pytest.approx(0.9545, abs=0.01)


def test_zero_is_zero() -> None:
    assert not drawn("zero", 3, 2).any()


def test_neurons_that_begin_equal_stay_equal() -> None:
    assert np.unique(drawn("equal", 3, 2)).tolist() == [0.5]
    task = made_up_task((2, 4, 3, 1), cases=20)
    task = replace(task, network=replace(task.network, initialiser="equal"))
    run = advance(start(task, Recipe(Adam(learning_rate=0.05), 4)), updates=50)
    weights, biases = task.network.unpack(run.weights)
    assert np.abs(run.weights - task.network.first_weights(0)).max() > 0.1
    for of_layer in (*biases, weights[0].T, weights[1].T, weights[1], weights[2]):
        np.testing.assert_allclose(of_layer, np.broadcast_to(of_layer[0], of_layer.shape), rtol=1e-9)


@pytest.mark.parametrize("initialiser", [name for name in INITIALISERS if name not in ("zero", "equal")])
def test_first_weights_are_those_of_the_seed(initialiser: str) -> None:
    network = Network((2, 4, 1), initialiser=initialiser)
    np.testing.assert_array_equal(network.first_weights(7), network.first_weights(7))
    assert (network.first_weights(7) != network.first_weights(8)).any()


def test_the_registry_of_initialisers() -> None:
    assert list(INITIALISERS) == ["small_random", "glorot", "he", "lecun", "normal", "equal", "zero"]
    assert Network((1, 1)).initialiser == "glorot"


# --- the value ------------------------------------------------------------------


def test_networks_are_values() -> None:
    network = Network([2, np.int64(4), 1], hidden="relu")
    assert network == Network((2, 4, 1), "relu")
    assert hash(network) == hash(Network((2, 4, 1), "relu"))
    assert network != Network((2, 4, 1), "tanh")
    assert network.connectivity == 1.0
    assert [type(size) for size in network.sizes] == [int, int, int]


@pytest.mark.parametrize(
    "network",
    [
        Network((2, 4, 1), "relu"),
        Network((2, 4, 3, 1), ("relu", "tanh"), "sigmoid", "lecun", 0.3),
        Network((2, 1), (), connectivity=np.float64(0.5)),
    ],
)
def test_a_network_survives_as_json(network: Network) -> None:
    again = network_from_dict(json.loads(json.dumps(network.to_dict())))
    assert again == network
    assert hash(again) == hash(network)
    assert again.to_dict() == network.to_dict()


def test_one_name_for_all_layers_is_the_same_as_that_name_for_each() -> None:
    assert Network((2, 4, 3, 1), ["relu", "relu"]) == Network((2, 4, 3, 1), "relu")
    assert Network((2, 4, 1), ("relu",)).hidden == "relu"
    assert Network((2, 1), []) == Network((2, 1))
    assert Network((2, 4, 3, 1), ["relu", "tanh"]).hidden == ("relu", "tanh")


BAD = [
    ({"sizes": 3}, r"sizes is 3; it must list"),
    ({"sizes": ()}, r"sizes is \(\); it must name at least"),
    ({"sizes": (2,)}, r"sizes is \(2,\); it must name at least"),
    ({"sizes": (2, 0, 1)}, r"sizes\[1\] is 0; it must be a whole number at least 1"),
    ({"sizes": (2, -3, 1)}, r"sizes\[1\] is -3"),
    ({"sizes": (2, 1.5)}, r"sizes\[1\] is 1.5"),
    ({"sizes": (True, 1)}, r"sizes\[0\] is True"),
    ({"sizes": "24"}, r"sizes\[0\] is '2'"),
    ({"sizes": (2, 1), "hidden": "sofmax"}, r"hidden is 'sofmax'; it must be one of linear, sigmoid"),
    ({"sizes": (2, 1), "hidden": "softmax"}, r"hidden is 'softmax'; it must be one of"),
    ({"sizes": (2, 1), "output": "step"}, r"output is 'step'; it must be one of .*softmax"),
    ({"sizes": (2, 1), "output": None}, r"output is None"),
    ({"sizes": (2, 3, 1), "hidden": ("tanh", "relu")}, "hidden names 2 activations; .* for each hidden layer, 1"),
    ({"sizes": (2, 3, 1), "hidden": ()}, "hidden names 0 activations"),
    ({"sizes": (2, 1), "hidden": ("tanh",)}, "hidden names 1 activations; .*, 0"),
    ({"sizes": (2, 3, 3, 1), "hidden": ("tanh", "softmax")}, r"hidden\[1\] is 'softmax'; it must be one of"),
    ({"sizes": (2, 3, 3, 1), "hidden": ("tanh", None)}, r"hidden\[1\] is None"),
    ({"sizes": (2, 3, 1), "hidden": None}, "hidden is None; it must be one of"),
    ({"sizes": (2, 3, 1), "hidden": {"tanh": 1}}, "hidden is .'tanh'"),
    ({"sizes": (2, 1), "connectivity": 0.0}, "connectivity is 0.0; it must be a finite number above 0 and at most 1"),
    ({"sizes": (2, 1), "connectivity": 1.01}, "connectivity is 1.01"),
    ({"sizes": (2, 1), "connectivity": float("nan")}, "connectivity is nan"),
    ({"sizes": (2, 1), "connectivity": "all"}, "connectivity is 'all'"),
    ({"sizes": (2, 1), "initialiser": "ones"}, r"initialiser is 'ones'; it must be one of small_random"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_networks_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network(**arguments)


NETWORK = Network((2, 3, 1))
ZEROS = np.zeros(NETWORK.dimension)
BAD_CALLS = [
    (lambda: NETWORK.pack(3, [[1]]), r"weights is 3; it must list an array for each of the 2 layers"),
    (lambda: NETWORK.pack([np.zeros((2, 3))], [[0, 0, 0]]), "weights is .*; it must list an array for each of the 2"),
    (lambda: NETWORK.pack([np.zeros((2, 3)), np.zeros((3, 1))], [[0, 0, 0]]), "biases is .* each of the 2 layers"),
    (lambda: NETWORK.pack([np.zeros((3, 2)), np.zeros((3, 1))], [[0] * 3, [0]]), r"weights\[0\] has shape \(3, 2\)"),
    (lambda: NETWORK.pack([np.zeros((2, 3)), np.zeros((3, 1))], [[0] * 3, [0, 1]]), r"biases\[1\] has shape \(2,\)"),
    (
        lambda: NETWORK.pack([np.zeros((2, 3)), [[0], [np.nan], [0]]], [[0] * 3, [0]]),
        r"weights\[1\] holds nan at \(1, 0\)",
    ),
    (lambda: NETWORK.unpack(np.zeros(5)), r"weights has shape \(5,\); it must be \(..., 13\)"),
    (lambda: NETWORK.unpack(3.0), r"weights has shape \(\)"),
    (lambda: NETWORK.unpack(ZEROS * np.nan), r"weights holds nan at \(0,\)"),
    (lambda: NETWORK.forward(np.zeros(5), [[1, 2]]), r"weights has shape \(5,\)"),
    (lambda: NETWORK.forward(ZEROS + np.inf, [[1, 2]]), r"weights holds inf"),
    (lambda: NETWORK.forward("abc", [[1, 2]]), r"weights is not an array of numbers but 'abc'"),
    (lambda: NETWORK.forward(ZEROS, [1, 2]), r"inputs has shape \(2,\); it must be \(any, 2\)"),
    (lambda: NETWORK.forward(ZEROS, np.zeros((0, 2))), r"inputs has shape \(0, 2\)"),
    (lambda: NETWORK.forward(ZEROS, [[1, np.inf]]), r"inputs holds inf at \(0, 1\)"),
    (lambda: NETWORK.forward(ZEROS, [[1], [2, 3]]), r"inputs is not an array of numbers"),
    (lambda: NETWORK.forward(ZEROS, [[1j, 2]]), r"inputs is not an array of numbers"),
    (lambda: NETWORK.forward(ZEROS, {}), r"inputs is not an array of numbers but \{\}"),
    (lambda: NETWORK.mask(-1), r"seed is -1; it must be a whole number at least 0"),
    (
        lambda: network_from_dict({"sizes": [2, 1]}),
        "network is .*; its fields must be sizes, hidden, output, initialiser",
    ),
    (lambda: network_from_dict([2, 1]), r"network is \[2, 1\]; its fields must be"),
    (lambda: NETWORK.first_weights(-1), r"seed is -1; it must be a whole number at least 0"),
    (lambda: NETWORK.first_weights(1.5), r"seed is 1.5"),
]


@pytest.mark.parametrize(("call", "message"), BAD_CALLS)
def test_bad_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
