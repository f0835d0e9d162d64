"""Measures: means per case of every part, and the share of cases that are told rightly."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine import (
    DATASETS,
    Adam,
    Amplification,
    Dataset,
    GradientDescent,
    Network,
    Preparation,
    Recipe,
    Task,
    advance,
    measure,
    measure_weights,
    start,
)
from engine.types import PARTS, Array
from tests.engine.in_use import BATCH, TASK

# --- errors ---------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_measures_are_means_per_case(reduction: str) -> None:
    task = Task(TASK.data, TASK.network, "squared", reduction)
    run = advance(start(task, Recipe(Adam(), BATCH), seed=1), updates=5)
    outputs = task.network.forward(run.weights, task.data.inputs).activities[-1]
    per_case = 0.5 * ((outputs - task.data.targets) ** 2).sum(axis=1)
    measures = measure(run)
    assert measures.training_error == pytest.approx(per_case[:14].mean(), rel=1e-13)
    assert measures.validation_error == pytest.approx(per_case[14:20].mean(), rel=1e-13)
    assert measures.test_error == pytest.approx(per_case[20:].mean(), rel=1e-13)
    assert measures.accuracy is None
    assert measure_weights(task, list(run.weights)) == measures


@pytest.mark.parametrize(
    ("split", "empty"),
    [
        (None, ("validation_error", "test_error")),
        ((0.5, 0.5, 0.0), ("test_error",)),
        ((0.5, 0.0, 0.5), ("validation_error",)),
        ((0.4, 0.3, 0.3), ()),
    ],
)
def test_an_empty_part_has_no_measure(split: tuple[float, ...] | None, empty: tuple[str, ...]) -> None:
    data = DATASETS["xor"].generate(cases=40, split=split)
    measures = measure(start(Task(data, Network((2, 2, 1), output="tanh")), Recipe(Adam())))
    assert measures.accuracy is not None
    for name in ("training_error", "validation_error", "test_error"):
        assert (getattr(measures, name) is None) == (name in empty)
        assert (getattr(measures.accuracy, name.removesuffix("_error")) is None) == (name in empty)


def test_points_that_joined_are_measured_and_other_parts_are_as_they_were() -> None:
    run = start(TASK, Recipe(GradientDescent()), seed=1)
    before, after = measure(run), measure(run.change("points", [[0.3, -0.2, 9.0]]))
    outputs = TASK.network.forward(run.weights, [[0.3, -0.2]]).activities[-1]
    error = 0.5 * (outputs[0, 0] - 9.0) ** 2
    assert after.training_error == pytest.approx((14 * before.training_error + error) / 15, rel=1e-13)
    assert (after.validation_error, after.test_error) == (before.validation_error, before.test_error)


def test_what_is_measured_is_what_the_network_sees() -> None:
    # standardised inputs and targets: the error is in units of the prepared targets, copies count as cases
    preparation = Preparation(standardise=True, targets="standardised", amplification=Amplification(2, jitter=0.1))
    task = replace(TASK, preparation=preparation)
    run = start(task, Recipe(GradientDescent()), seed=1)
    inputs, targets = task.cases("training")
    outputs = task.network.forward(run.weights, inputs[:-1].T).activities[-1]
    assert outputs.shape == (42, 1)
    assert measure(run).training_error == pytest.approx((0.5 * (outputs - targets.T) ** 2).mean(), rel=1e-13)


@pytest.mark.parametrize("dropout", [0.0, 0.9])
def test_nothing_is_dropped_when_a_run_is_measured(dropout: float) -> None:
    run = advance(start(TASK, Recipe(Adam(), BATCH), seed=1), updates=7)
    measures = measure(run)
    assert measure(run.change("dropout", 0.9)) == measures
    assert measure(start(TASK, Recipe(Adam(), dropout=dropout), seed=1)) == measure(start(TASK, Recipe(Adam()), seed=1))


# --- accuracy -------------------------------------------------------------------


def told(output: str, outputs: Array, targets: Array, split: dict[str, list[int]]) -> object:
    """The accuracy of a network without hidden layer that gives each case the logits asked for."""
    cases, width = np.shape(outputs)
    network = Network((cases, width), output=output)
    weights = network.pack([np.asarray(outputs, float)], [np.zeros(width)])
    error = "cross_entropy" if output == "softmax" else "squared"
    return measure_weights(Task(Dataset.from_arrays(np.eye(cases), targets, split), network, error), weights).accuracy


SIX = {"training": [0, 1, 2], "validation": [3, 4], "test": [5]}


def test_accuracy_of_a_tanh_is_the_side_of_zero() -> None:
    logits, targets = [[0.1], [-0.1], [2.0], [-3.0], [0.5], [-1.0]], [[1], [-1], [-1], [-1], [-1], [1]]
    assert told("tanh", logits, targets, SIX) == (2 / 3, 1 / 2, 0.0)


def test_accuracy_of_sigmoids_is_the_side_of_a_half_in_all_outputs() -> None:
    logits = [[0.1, 1.0], [-0.1, 1.0], [2.0, -1.0], [-3.0, -1.0], [0.5, 0.5], [1.0, -1.0]]
    targets = [[1, 1], [0, 0], [1, 0], [0, 0], [0, 0], [1, 0]]
    assert told("sigmoid", logits, targets, SIX) == (2 / 3, 1 / 2, 1.0)


def test_accuracy_of_a_softmax_is_the_largest_output() -> None:
    logits = [[1, 2, 3], [3, 1, 1], [0, 5, 4], [9, 0, 0], [0, 0, 1], [0, 1, 0]]
    targets = np.eye(3)[[2, 1, 1, 0, 2, 0]]
    assert told("softmax", logits, targets, SIX) == (2 / 3, 1.0, 0.0)


def test_accuracy_of_one_class_of_several_is_the_largest_output_of_any_kind() -> None:
    logits = [[0.6, 0.7, 0.9], [-3, -2, -1], [0, 5, 4], [-1, -2, -3], [0.1, 0, 0], [9, 0, 1]]
    targets = np.eye(3)[[2, 1, 1, 0, 2, 0]]
    for output in ("sigmoid", "linear", "tanh"):
        assert told(output, logits, targets, SIX) == (2 / 3, 1 / 2, 1.0)


@pytest.mark.parametrize("output", ["linear", "tanh", "sine", "leaky_relu"])
def test_accuracy_of_signs_is_the_side_of_zero_whatever_the_output(output: str) -> None:
    logits, targets = [[0.1], [-0.1], [2.0], [-3.0], [0.5], [-1.0]], [[1], [-1], [-1], [-1], [-1], [1]]
    assert told(output, logits, targets, SIX) == (2 / 3, 1 / 2, 0.0)


def test_signs_that_were_prepared_for_a_sigmoid_have_an_accuracy() -> None:
    data = DATASETS["circle"].generate(cases=60, seed=1, split=(0.5, 0.25, 0.25))
    network = Network((2, 3, 1), output="sigmoid")
    task = Task(data, network, "cross_entropy", preparation=Preparation(targets="unit"))
    weights = network.first_weights(3)
    accuracy = measure_weights(task, weights).accuracy
    assert accuracy is not None
    for part in PARTS:
        inputs, signs = data.part(part)
        right = (network.forward(weights, inputs).activities[-1] > 0.5) == (signs > 0.0)
        assert getattr(accuracy, part) == right.mean()


@pytest.mark.parametrize("name", ["circle", "three_classes", "dog_cat", "digits"])
def test_data_with_classes_have_an_accuracy(name: str) -> None:
    data = DATASETS[name].generate(cases=40, split=(0.5, 0.3, 0.2))
    sizes = data.inputs.shape[1], data.targets.shape[1]
    outputs = {"signs": ["tanh", "linear"], "classes": ["softmax", "sigmoid", "linear"], "labels": ["sigmoid"]}
    for output in outputs[DATASETS[name].kind]:
        network = Network(sizes, output=output, initialiser="normal")
        weights = network.first_weights(1)
        accuracy = measure_weights(Task(data, network), weights).accuracy
        assert accuracy is not None
        read = network.forward(weights, data.inputs).activities[-1]
        for part in PARTS:
            mine, targets = read[getattr(data, part)], data.part(part)[1]
            if DATASETS[name].kind == "classes":
                right = mine.argmax(axis=1) == targets.argmax(axis=1)
            else:
                middle = 0.0 if DATASETS[name].kind == "signs" else 0.5
                right = ((mine > middle) == (targets > middle)).all(axis=1)
            assert getattr(accuracy, part) == right.mean()


@pytest.mark.parametrize(
    ("output", "targets"),
    [
        ("tanh", [0.5, -1.0]),
        ("sigmoid", [1.0, 0.3]),
        ("linear", [2.0, -1.0]),
        ("linear", [1.0, 0.0, -1.0]),
        ("linear", [3.0, 3.0]),
    ],
)
def test_targets_that_are_no_classes_have_no_accuracy(output: str, targets: list[float]) -> None:
    split = {"training": list(range(len(targets)))}
    assert told(output, [[1.0]] * len(targets), np.array([targets]).T, split) is None


def test_one_target_that_is_no_class_in_any_part_is_enough() -> None:
    for case in range(6):
        targets = np.ones((6, 1))
        targets[case] = 0.9
        assert told("tanh", np.ones((6, 1)), targets, SIX) is None


# --- what is refused ------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: measure(TASK.network.first_weights(0)), "run is array.*; it must be of the kind Run"),
        (lambda: measure_weights(TASK.data, np.zeros(13)), "task is Dataset.*; it must be of the kind Task"),
        (lambda: measure_weights(TASK, [1.0]), r"weights has shape \(1,\); it must be \(13\)"),
        (lambda: measure_weights(TASK, np.full(13, np.nan)), "weights holds nan"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
