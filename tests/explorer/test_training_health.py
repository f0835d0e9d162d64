"""The health of a run in numbers for the page and in sentences."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import DATASETS, Dataset, GradientDescent, Network, Recipe, Run, Task, advance, start
from engine.health import health
from engine.preparation import Preparation
from explorer.numbers import short
from explorer.training.health_words import _SENTENCES, health_report

SENTENCE = r"\A[A-Z\d][^\n]{10,350}\.\Z"
KEYS = ["name", "gradient", "activity", "weight", "dead", "saturated"]
INPUTS = np.random.default_rng(0).normal(size=(30, 2))


def begun(network: Network, inputs: Any = INPUTS, targets: Any = None, weights: Any = None, **options: Any) -> Run:
    """A run of this network; weights are matrices (fan_in, fan_out), biases 0."""
    wanted = np.sin(np.asarray(inputs)[:, 0]) if targets is None else targets
    data = Dataset.from_arrays(inputs, wanted, options.pop("split", None))
    run = start(Task(data, network, **options), Recipe(GradientDescent(0.1), 10))
    if weights is None:
        return run
    return replace(run, weights=network.pack(weights, [np.zeros(width) for width in network.sizes[1:]]))


def chain(*weights: float, hidden: str = "linear") -> Run:
    """One neuron a layer; the inputs and the targets are 1 and -1."""
    network = Network((1,) * (len(weights) + 1), hidden)
    return begun(network, [[1.0], [-1.0]], [1.0, -1.0], [[[weight]] for weight in weights])


def columns(*scales: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Inputs of these means and standard deviations."""
    return np.stack([mean + deviation * np.array([1.0, -1.0, -1.0, 1.0]) for mean, deviation in scales], axis=1)


def leaky(validation: list[float], test: list[float]) -> Run:
    inputs = np.array([0.0, 1.0, 2.0, 3.0, *validation, *test])[:, None]
    places = np.arange(len(inputs))
    parts = {
        "training": places[:4],
        "validation": places[4 : 4 + len(validation)],
        "test": places[4 + len(validation) :],
    }
    return begun(Network((1, 1)), inputs, np.zeros(len(inputs)), split=parts, preparation=Preparation(standardise=True))


SINGULAR = begun(Network((2, 3, 1), "tanh", initialiser="equal"))
FOUND: dict[str, tuple[Run, list[str]]] = {
    "overflow": (chain(1e200, 1e200), ["The numbers of the output layer pass 1e308"]),
    "symmetric": (SINGULAR, ["All 3 neurons of hidden layer 1 have the same weights", "other first weights"]),
    "vanishing": (chain(100.0, 0.0123), ["0.00012 times the last's", "hardly learns"]),
    "exploding": (chain(0.01, 120.0), ["12,000 times the last's"]),
    "fading": (chain(1.0, 0.00052, 1.0), ["0.00052 times the first's"]),
    "growing": (chain(1234.0, 1.0), ["hidden layer 1 are 1,200 times the inputs'"]),
    "dead": (
        begun(Network((2, 2, 1), "relu"), np.abs(INPUTS), weights=[[[1.0, -1.0], [1.0, -2.0]], [[1.0], [1.0]]]),
        ["1 of 2 neurons of hidden layer 1 is dead", "each of 30 training cases"],
    ),
    "saturated": (chain(50.0, -1.0, hidden="tanh"), ["The neuron of hidden layer 1 is saturated", "5 %", "95 %"]),
    "constant": (chain(0.0, 0.00021), ["answers to all 2 training cases are the same"]),
    "huge": (chain(1.0, -345.0), ["The weights of the output layer are 345 in root mean square"]),
    "cut_off": (
        begun(Network((2, 3, 1))).change("cut", 0).change("cut", 1),
        ["1 of 3 neurons of hidden layer 1 is cut off"],
    ),
    "uneven": (
        begun(Network((2, 1)), columns((0.0, 20.0), (0.0, 0.5))),
        ["standard deviation of input 1 is 20, of input 2 0.5", "standardise"],
    ),
    "shifted": (
        begun(Network((2, 1)), columns((-70.0, 2.0), (5.0, 1.0))),
        ["mean of input 1 (one of 2 such inputs) is −70, 35 times its standard deviation of 2", "standardise"],
    ),
    "leaked_validation": (
        leaky([1.0, 2.0, 9.0], [8.0]),
        ["2 of 3 validation cases also stand in the training part, so validation error is too good"],
    ),
    "leaked_test": (leaky([9.0], [3.0, 8.0]), ["1 of 2 test cases also stands in the training part"]),
}


def finding(run: Run, *phrases: str, names: Sequence[str] = ()) -> list[str]:
    """The sentences that hold all of the phrases."""
    return [said for said in health_report(run, names)["findings"] if all(phrase in said for phrase in phrases)]


def test_every_kind_of_finding_has_a_sentence_and_a_test() -> None:
    assert set(FOUND) == set(_SENTENCES)


@pytest.mark.parametrize("kind", FOUND)
def test_a_finding_is_one_sentence_with_its_number(kind: str) -> None:
    run, phrases = FOUND[kind]
    assert kind in {found.kind for found in health(run).findings}
    (said,) = finding(run, *phrases)
    assert re.fullmatch(SENTENCE, said)
    assert re.search(r"\d", said)
    assert health_report(run)["healthy"] is False


@pytest.mark.parametrize("kind", FOUND)
def test_what_is_not_found_is_not_said(kind: str) -> None:
    phrases = FOUND[kind][1]
    others = [run for run, _ in FOUND.values() if kind not in {found.kind for found in health(run).findings}]
    assert others
    assert not any(finding(run, *phrases) for run in others)


def test_one_kind_in_several_layers_is_one_sentence_about_the_worst() -> None:
    run = begun(Network((2, 3, 4, 2, 1), "tanh", initialiser="zero"))
    assert len(finding(run, "have the same weights")) == 1
    (said,) = finding(chain(200.0, 900.0, 1.0, -400.0), "root mean square")
    assert said.startswith("The weights of hidden layer 2 (one of 3 such layers) are 900 in root mean square")


def test_twins_among_others_are_told_apart_from_a_whole_layer() -> None:
    below, above = [[1.0, 2.0, 1.0], [1.0, 1.0, 1.0]], [[1.0], [1.0], [1.0]]
    run = begun(Network((2, 3, 1), "tanh"), weights=[below, above])
    assert finding(run, "2 of 3 neurons of hidden layer 1 have the same weights as another, so they can never differ")


def test_the_deep_sigmoid_network_is_told_of_with_its_ratio() -> None:
    data = DATASETS["circle"].generate(250, split=(0.7, 0.2, 0.1))
    run = start(Task(data, Network((2, *[8] * 20, 1), "sigmoid", "tanh")), Recipe(GradientDescent(0.1)))
    report = health_report(run)
    ratio = report["layers"][0]["gradient"] / report["layers"][-1]["gradient"]
    (said,) = finding(run, "Gradients vanish")
    told = re.fullmatch(
        r"Gradients vanish: the first layer's are (\S+) times the last's, so it cannot learn; .*\.", said
    )
    assert told
    assert float(told[1]) == pytest.approx(ratio, rel=0.05)
    assert ratio < 1e-9


def test_where_no_gradient_arrives_none_is_claimed() -> None:
    run = begun(Network((1, 1, 1), "relu"), [[1.0], [2.0]], [1.0, 2.0], [[[-1.0]], [[1.0]]])
    assert not finding(run, "Gradients vanish")  # neither at the first layer nor at the last
    zero = begun(Network((1, 2, 1), "sigmoid", initialiser="zero"), [[1.0], [-2.0]], [1.0, -3.0])
    assert finding(zero, "No gradient reaches the first layer, 0 against 0.5 in the last, so it cannot learn")


@pytest.mark.parametrize(("hidden", "help_is"), [("tanh", "ReLU"), ("relu", "first weights by Glorot")])
def test_the_help_does_not_propose_what_is_there(hidden: str, help_is: str) -> None:
    run = begun(Network((1, 1, 1), hidden), [[1.0], [0.5]], [0.0, 1.0], [[[1.0]], [[1e-5]]])
    assert finding(run, "Gradients vanish", f"; {help_is} ")


def test_inputs_are_called_as_the_data_or_the_features_call_them() -> None:
    wine = DATASETS["wine"].generate(100)
    names = DATASETS["wine"].input_names
    run = start(Task(wine, Network((13, 3), output="softmax"), "cross_entropy"), Recipe(GradientDescent(0.1)))
    widest = int(np.argmax(wine.inputs.std(axis=0)))
    assert finding(run, f"the standard deviation of {names[widest]} is", names=names)
    assert finding(run, f"the standard deviation of input {widest + 1} is")
    line = DATASETS["line"].generate(60)
    powers = Preparation(("x", "x_cubed"))
    cubes = start(Task(line, Network((2, 1)), preparation=powers), Recipe(GradientDescent(0.1)))
    assert finding(cubes, "standard deviation of x³ is", f"of x {short(float(line.inputs.std()))},")


def test_neurons_that_a_penalty_made_alike_did_not_begin_so() -> None:
    run = begun(Network((2, 3, 1)))
    alike = replace(run, step=40, weights=np.zeros_like(run.weights), best=None)
    assert finding(alike, "All 3 neurons of hidden layer 1 have come to the same weights", "less of a penalty")
    assert not finding(alike, "they can never differ")


def test_where_not_all_cases_are_looked_at_that_is_said() -> None:
    many = begun(Network((2, 3, 1)), np.random.default_rng(2).normal(size=(700, 2)), np.zeros(700))
    assert any("500 evenly chosen training cases" in said for said in health_report(many)["findings"])


def test_a_sound_run_is_told_to_be_sound() -> None:
    for sizes, ratio in (((2, 1), False), ((2, 8, 1), True)):
        run = begun(Network(sizes, "tanh"))
        report = health_report(run)
        (said,) = report["findings"]
        assert report["healthy"] is True
        assert re.fullmatch(SENTENCE, said)
        assert said.startswith("All is well over 30 training cases: ")
        assert ("times the last's" in said) == ratio


# --- numbers for the page -------------------------------------------------------------


def test_the_layers_are_those_of_the_engine_with_names() -> None:
    run = begun(Network((2, 3, 4, 1), ("relu", "tanh"), "sigmoid"))
    report = health_report(run)
    assert list(report) == ["layers", "findings", "healthy"]
    assert [list(layer) for layer in report["layers"]] == [KEYS] * 3
    assert [layer["name"] for layer in report["layers"]] == ["Hidden layer 1", "Hidden layer 2", "Output layer"]
    for layer, measured in zip(report["layers"], health(run).layers, strict=True):
        assert tuple(layer.values())[1:] == measured
    assert [layer["name"] for layer in health_report(chain(1.0))["layers"]] == ["Output layer"]


@pytest.mark.parametrize("size", [1e30, 1e160, 1e308, 1.79e308])
@pytest.mark.parametrize("hidden", ["linear", "relu", "tanh", "sigmoid", "sine", "elu", "softplus", "leaky_relu"])
@pytest.mark.parametrize("output", ["linear", "softmax", "sigmoid"])
def test_huge_weights_give_numbers_that_json_knows(size: float, hidden: str, output: str) -> None:
    network = Network((2, 3, 3, 2), hidden, output)
    targets = np.eye(2)[(INPUTS[:, 0] > 0).astype(int)]
    signs = [np.where(np.add.outer(np.arange(a), np.arange(b)) % 3, size, -size) for a, b in network.layers]
    report = health_report(begun(network, targets=targets, weights=signs))
    json.dumps(report, allow_nan=False)
    assert report["healthy"] is False
    assert all(re.fullmatch(SENTENCE, said) for said in report["findings"])


def test_inputs_of_any_size_are_told_of_without_a_warning() -> None:
    for size in (1e155, 1e300):
        report = health_report(begun(Network((2, 1)), columns((0.0, size), (0.0, 1.0))))
        json.dumps(report, allow_nan=False)
        assert any("the standard deviation of input 1 is" in said for said in report["findings"])


def test_a_diverged_run_says_so_first() -> None:
    run = begun(Network((2, 3, 1), "linear"))
    run = advance(start(run.task, Recipe(GradientDescent(1e6))), epochs=50)
    assert run.diverged_at is not None
    report = health_report(run)
    json.dumps(report, allow_nan=False)
    assert report["findings"][0].startswith(f"The run diverged at step {run.diverged_at}")
    assert report["healthy"] is False


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_has_a_report_before_and_after_some_training(name: str) -> None:
    source = DATASETS[name]
    data = source.generate(min(source.most_cases, 150), 0.3, seed=2, split=(0.7, 0.2, 0.1))
    run = start(
        Task(data, Network((data.inputs.shape[1], 4, 3, data.targets.shape[1]), "relu")), Recipe(GradientDescent(0.1))
    )
    for now in (run, advance(run, epochs=3)):
        report = health_report(now)
        json.dumps(report, allow_nan=False)
        assert all(re.fullmatch(SENTENCE, said) for said in report["findings"])
