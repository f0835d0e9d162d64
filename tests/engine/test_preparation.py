"""Preparation: measured on the training part alone, and there and back."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from engine import DATASETS, FEATURES, Amplification, Dataset, Network, Preparation, Task
from engine.preparation import preparation_from_dict
from engine.types import PARTS, Array

GENERATOR = np.random.default_rng(5)
INPUTS = GENERATOR.normal(3.0, (1.0, 10.0, 0.1), (40, 3))
TARGETS = GENERATOR.normal(-100.0, 30.0, (40, 2))
SPLIT = {"training": np.arange(0, 20), "validation": np.arange(20, 30), "test": np.arange(30, 40)}
DATA = Dataset.from_arrays(INPUTS, TARGETS, SPLIT)
BOTH = Preparation(standardise=True, targets="standardised")


def prepared(data: Dataset, preparation: Preparation) -> Task:
    width = preparation.width(data.inputs.shape[1])
    return Task(data, Network((width, 4, data.targets.shape[1])), preparation=preparation)


def features_of(task: Task, part: Any) -> Array:
    """What the network sees of a part, (N, F)."""
    return task.cases(part).inputs[:-1].T


def test_without_a_wish_the_network_sees_the_cases_as_they_are() -> None:
    task = prepared(DATA, Preparation())
    assert task == Task(DATA, task.network)
    for part in PARTS:
        inputs, targets = DATA.part(part)
        np.testing.assert_array_equal(task.cases(part).inputs, np.vstack([inputs.T, np.ones(len(inputs))]))
        np.testing.assert_array_equal(task.cases(part).targets, targets.T)
    np.testing.assert_array_equal(task.features(INPUTS), INPUTS)
    np.testing.assert_array_equal(task.to_raw(TARGETS), TARGETS)


def test_standardising_is_that_of_scikit_learn_fitted_on_the_training_part() -> None:
    task = prepared(DATA, BOTH)
    inputs, targets = StandardScaler().fit(INPUTS[:20]), StandardScaler().fit(TARGETS[:20])
    for part in PARTS:
        cases = SPLIT[part]
        np.testing.assert_allclose(features_of(task, part), inputs.transform(INPUTS[cases]), rtol=1e-12)
        np.testing.assert_allclose(task.cases(part).targets.T, targets.transform(TARGETS[cases]), rtol=1e-12)
    np.testing.assert_allclose(task.features(INPUTS), inputs.transform(INPUTS), rtol=1e-12)
    np.testing.assert_allclose(task.to_raw(TARGETS), targets.inverse_transform(TARGETS), rtol=1e-12)


def test_features_are_standardised_after_they_are_made() -> None:
    names = ("x2", "x1_x2", "sin_x1")
    data = Dataset.from_arrays(INPUTS[:, :2], TARGETS, SPLIT)
    task = prepared(data, Preparation(names, standardise=True))
    made = np.column_stack([FEATURES[name].function(data.inputs) for name in names])
    scaler = StandardScaler().fit(made[:20])
    np.testing.assert_allclose(task.features(data.inputs), scaler.transform(made), rtol=1e-10)
    np.testing.assert_allclose(features_of(task, "training").mean(axis=0), 0.0, atol=1e-13)
    np.testing.assert_allclose(features_of(task, "training").std(axis=0), 1.0, rtol=1e-13)


def test_validation_and_test_tell_nothing() -> None:
    task = prepared(DATA, BOTH)
    inputs, targets = INPUTS.copy(), TARGETS.copy()
    inputs[20:] *= -1000.0
    targets[20:] += 1e6
    other = prepared(Dataset.from_arrays(inputs, targets, SPLIT), BOTH)
    for mine, theirs in zip(task.cases("training"), other.cases("training"), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(task.features(INPUTS), other.features(INPUTS))
    np.testing.assert_array_equal(task.to_raw(TARGETS), other.to_raw(TARGETS))
    # and the training part tells something
    inputs[0] += 1.0
    third = prepared(Dataset.from_arrays(inputs, targets, SPLIT), BOTH)
    assert not np.allclose(task.features(INPUTS), third.features(INPUTS))


@pytest.mark.parametrize("constant", [0.1, -3.0, 0.0, 1e-300, 12345.678])
def test_a_constant_column_is_centred_only(constant: float) -> None:
    inputs = INPUTS.copy()
    inputs[:20, 1] = constant
    inputs[20:, 1] = constant + 7.0
    task = prepared(Dataset.from_arrays(inputs, TARGETS, SPLIT), BOTH)
    np.testing.assert_array_equal(features_of(task, "training")[:, 1], 0.0)
    np.testing.assert_array_equal(features_of(task, "test")[:, 1], (constant + 7.0) - constant)
    np.testing.assert_allclose(features_of(task, "training")[:, [0, 2]].std(axis=0), 1.0)


def test_a_single_training_case_is_centred() -> None:
    task = prepared(Dataset.from_arrays(INPUTS, TARGETS, {"training": [3], "test": [4]}), BOTH)
    np.testing.assert_array_equal(features_of(task, "training"), 0.0)
    np.testing.assert_array_equal(features_of(task, "test"), [INPUTS[4] - INPUTS[3]])
    np.testing.assert_array_equal(task.to_raw([[0.0, 1.0]]), [[TARGETS[3, 0], TARGETS[3, 1] + 1.0]])


def test_outputs_come_back_in_the_units_of_the_targets() -> None:
    task = prepared(DATA, BOTH)
    for part in PARTS:
        np.testing.assert_allclose(task.to_raw(task.cases(part).targets.T), DATA.part(part)[1], rtol=1e-12)
    # the way back is a straight line through the training mean
    np.testing.assert_allclose(task.to_raw([[0.0, 0.0]]), [TARGETS[:20].mean(axis=0)])
    np.testing.assert_allclose(task.to_raw(np.float32([[1.0, -1.0]])) - task.to_raw([[0.0, 0.0]]),
                               TARGETS[:20].std(axis=0) * [[1.0, -1.0]])  # fmt: skip


def test_signs_become_units_and_outputs_stay_shares() -> None:
    data = DATASETS["xor"].generate(50, split=(0.5, 0.5, 0.0))
    network = Network((2, 1), output="sigmoid")
    task = Task(data, network, "cross_entropy", preparation=Preparation(targets="unit"))
    np.testing.assert_array_equal(task.data.targets, data.targets)
    np.testing.assert_array_equal(task.cases("training").targets[0], data.part("training")[1][:, 0] > 0.0)
    np.testing.assert_array_equal(task.to_raw([[0.25], [1.0]]), [[0.25], [1.0]])


@pytest.mark.parametrize("stranger", [0.0, 0.5, -2.0])
def test_only_signs_become_units(stranger: float) -> None:
    data = Dataset.from_arrays([[0.0], [1.0], [2.0]], [1.0, -1.0, stranger], {"training": [0, 1], "test": [2]})
    with pytest.raises(ValueError, match=f"^targets holds {stranger:g}; to become 0 or 1 they must be -1 or \\+1$"):
        Task(data, Network((1, 1)), preparation=Preparation(targets="unit"))


def test_copies_are_made_of_raw_inputs_and_nothing_is_measured_on_them() -> None:
    amplification = Amplification(3, jitter=0.5, mirror=True)
    plain, amplified = (prepared(DATA, replace(BOTH, amplification=a)) for a in (None, amplification))
    np.testing.assert_array_equal(plain.features(INPUTS), amplified.features(INPUTS))
    np.testing.assert_array_equal(plain.to_raw(TARGETS), amplified.to_raw(TARGETS))
    mean, deviation = INPUTS[:20].mean(axis=0), INPUTS[:20].std(axis=0)
    copies = amplification.copies_of(INPUTS[:20], mean, deviation)
    np.testing.assert_allclose(features_of(amplified, "training")[20:], (copies - mean) / deviation, atol=1e-12)


# --- numbers that are too large


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("inputs", "targets", "preparation", "message"),
    [
        ([1e300, -1e300], [1, 2], Preparation(standardise=True), r"goes up to 1e\+300, which is too large"),
        ([1, 2], [1e300, -1e300], Preparation(targets="standardised"), r"goes up to 1e\+300, which is too large"),
        ([1e300, 1.0], [1, 2], Preparation(("x_cubed",)), r"features holds inf at \(0, 0\); every number must be"),
        ([1e300, 1.0], [1, 2], Preparation(("x_cubed",), standardise=True), "which is too large"),
        ([1e300, -1e300], [1, 2], Preparation(amplification=Amplification(1, jitter=1.0)), "which is too large"),
    ],
)
def test_what_leaves_the_numbers_is_named(inputs: Any, targets: Any, preparation: Preparation, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Task(Dataset.from_arrays(np.array(inputs, float)[:, None], targets), Network((1, 1)), preparation=preparation)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_of_what_is_no_number_are_refused(bad: float) -> None:
    task = prepared(DATA, BOTH)
    with pytest.raises(ValueError, match=r"inputs holds (nan|inf) at \(0, 2\)"):
        task.features([[1.0, 2.0, bad]])
    with pytest.raises(ValueError, match=r"inputs has shape \(1, 2\); it must be \(..., 3\)"):
        task.features([[1.0, 2.0]])
    # outputs of a diverged network are no reason to fail
    assert not np.isfinite(task.to_raw([[bad, bad]])).any()


# --- the record


def test_a_preparation_is_a_value() -> None:
    full = Preparation(["x1", "sin_x2"], True, "standardised", Amplification(2, jitter=0.1))
    same = Preparation(("x1", "sin_x2"), True, "standardised", Amplification(2, jitter=0.1))
    assert full == same
    assert hash(full) == hash(same)
    assert full != replace(full, standardise=False)
    assert (full.width(2), full.copies) == (2, 3)
    assert (Preparation().width(64), Preparation().copies) == (64, 1)


@pytest.mark.parametrize(
    "preparation",
    [
        Preparation(),
        Preparation(("x", "x_cubed"), True, "unit"),
        Preparation((), False, "standardised", Amplification(9, 1.5, 20.0, 0.3, 0.1, 0.2, True, (8, 8), 7)),
    ],
)
def test_a_preparation_survives_as_json(preparation: Preparation) -> None:
    again = preparation_from_dict(json.loads(json.dumps(preparation.to_dict(), allow_nan=False)))
    assert again == preparation
    assert again.to_dict() == preparation.to_dict()


TOLD = Preparation(amplification=Amplification(1, jitter=0.1)).to_dict()


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (None, "preparation is None; its fields must be features, standardise, targets, amplification"),
        ([], r"preparation is \[\]; its fields"),
        ({}, "its fields must be"),
        (TOLD | {"more": 1}, "and no other"),
        (TOLD | {"features": "x1"}, "features is 'x1'; it must list names of features"),
        (TOLD | {"features": None}, "features is None; it must list"),
        (TOLD | {"features": 3}, "features is 3; it must list"),
        (TOLD | {"features": {"x1": 1}}, "features is {'x1': 1}; it must list"),
        (TOLD | {"features": ["x1", "x3"]}, r"features\[1\] is 'x3'; it must be one of x1, x2"),
        (TOLD | {"features": [["x1"]]}, r"features\[0\] is \['x1'\]; it must be one of"),
        (TOLD | {"features": ["x1", "x2", "x1"]}, "each may be named once"),
        (TOLD | {"features": ["x1"] * 10**6}, "each may be named once"),
        (TOLD | {"standardise": 1}, "standardise is 1; it must be True or False"),
        (TOLD | {"standardise": None}, "standardise is None"),
        (TOLD | {"targets": "units"}, "targets is 'units'; it must be one of as_given, unit, standardised"),
        (TOLD | {"targets": ["unit"]}, r"targets is \['unit'\]"),
        (TOLD | {"amplification": 3}, "amplification is 3; its fields must be copies, shift"),
        (TOLD | {"amplification": {}}, "amplification is {}; its fields must be copies, shift"),
    ],
)
def test_hostile_mappings_are_refused_in_a_sentence(mapping: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        preparation_from_dict(mapping)
    assert len(str(refused.value)) < 300


def test_an_amplification_must_be_one() -> None:
    with pytest.raises(ValueError, match="amplification is 3; it must be of the kind Amplification"):
        Preparation(amplification=3)  # type: ignore[arg-type]
