"""Measured data: the numbers are scikit-learn's, and so are the names that are known without it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from engine import DATASETS, DataSource
from engine.types import Array

REAL = [source for source in DATASETS.values() if source.view in ("images", "table")]
ALL = pytest.mark.parametrize("source", REAL, ids=lambda source: source.name)


def given(name: str) -> Any:
    return datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()


def expected(name: str) -> tuple[Array, Array]:
    """Inputs and targets in the order of scikit-learn."""
    bunch = given(name)
    if name == "digits":
        return bunch.data / 16.0, np.array([[float(number == k) for k in range(10)] for number in bunch.target])
    if name == "breast_cancer":
        return bunch.data, np.array([[1.0 if word == "benign" else -1.0] for word in words(bunch)])
    if name == "diabetes":
        return bunch.data, bunch.target[:, None]
    return bunch.data, np.array([[float(number == k) for k in range(3)] for number in bunch.target])


def words(bunch: Any) -> list[str]:
    return [str(bunch.target_names[number]) for number in bunch.target]


def in_order(inputs: Array, targets: Array) -> Array:
    rows = np.hstack([inputs, targets])
    return rows[np.lexsort(rows.T)]


def test_the_five_are_there() -> None:
    assert {source.name: (source.kind, source.view, source.image) for source in REAL} == {
        "digits": ("classes", "images", (8, 8)),
        "iris": ("classes", "table", None),
        "wine": ("classes", "table", None),
        "breast_cancer": ("signs", "table", None),
        "diabetes": ("regression", "table", None),
    }
    assert all(source.domain is None for source in REAL)


@ALL
def test_all_cases_together_are_those_of_scikit_learn(source: DataSource) -> None:
    data = source.generate(cases=source.most_cases, seed=3)
    np.testing.assert_array_equal(in_order(data.inputs, data.targets), in_order(*expected(source.name)))


@ALL
def test_inputs_and_targets_of_a_case_stay_together(source: DataSource) -> None:
    known = {row.tobytes(): target.tolist() for row, target in zip(*expected(source.name), strict=True)}
    data = source.generate(cases=20)
    assert [known[row.tobytes()] for row in data.inputs] == data.targets.tolist()


def test_digits_are_images_from_the_top_row_down() -> None:
    bunch = given("digits")
    data = DATASETS["digits"].generate(cases=50)
    assert data.inputs.min() == 0.0
    assert data.inputs.max() == 1.0
    for inputs, target in zip(data.inputs, data.targets, strict=True):
        [place] = np.flatnonzero((bunch.images == 16.0 * inputs.reshape(8, 8)).all(axis=(1, 2)))
        assert DATASETS["digits"].target_names[target.argmax()] == str(bunch.target[place])
    names = DATASETS["digits"].input_names
    assert (names[0], names[1], names[8], names[63]) == (
        "row 1, column 1",
        "row 1, column 2",
        "row 2, column 1",
        "row 8, column 8",
    )


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_inputs_have_the_names_of_scikit_learn(name: str) -> None:
    assert DATASETS[name].input_names == tuple(str(feature).replace("_", " ") for feature in given(name).feature_names)


@pytest.mark.parametrize("name", ["iris", "breast_cancer"])
def test_targets_have_the_names_of_scikit_learn(name: str) -> None:
    assert DATASETS[name].target_names == tuple(str(target) for target in given(name).target_names)


def test_of_two_names_the_second_is_that_of_plus_one() -> None:
    data = DATASETS["breast_cancer"].generate(cases=569)
    assert DATASETS["breast_cancer"].target_names == ("malignant", "benign")
    assert (data.targets == 1.0).sum() == words(given("breast_cancer")).count("benign")


@ALL
def test_the_seed_chooses(source: DataSource) -> None:
    first, other = source.generate(cases=100, seed=1), source.generate(cases=100, seed=2)
    assert not np.array_equal(first.inputs, other.inputs)
    # a choice, not the beginning of the file in another order
    assert not np.array_equal(in_order(first.inputs, first.targets), in_order(other.inputs, other.targets))
    np.testing.assert_array_equal(source.generate(cases=60, seed=1).inputs, first.inputs[:60])


@ALL
def test_more_cases_than_there_are_is_one_sentence(source: DataSource) -> None:
    most = len(given(source.name).data)
    assert source.most_cases == most
    with pytest.raises(ValueError, match=f"^cases is {most + 1}; it must be a whole number between 2 and {most}$"):
        source.generate(cases=most + 1)
    assert len(source.generate().inputs) == min(250, most)


@ALL
def test_noise_is_in_standard_deviations_of_each_input(source: DataSource) -> None:
    cases = source.most_cases
    clean, some, full = (source.generate(cases, noise, seed=4) for noise in (0.0, 0.25, 0.5))
    deviation = given(source.name).data.std(axis=0) / (16.0 if source.name == "digits" else 1.0)
    moved = some.inputs - clean.inputs
    np.testing.assert_array_equal(moved[:, deviation == 0.0], 0.0)
    moved = moved[:, deviation > 0.0] / deviation[deviation > 0.0]
    # of so many normal numbers the deviation is known to four of its own deviations
    np.testing.assert_allclose(moved.std(axis=0), 0.25, rtol=4.0 / np.sqrt(2.0 * cases))
    np.testing.assert_allclose(full.inputs - clean.inputs, 2.0 * (some.inputs - clean.inputs), atol=1e-9)
    np.testing.assert_array_equal(some.targets, clean.targets)


def test_scikit_learn_is_imported_when_its_data_is_asked_for() -> None:
    code = "import sys, engine; engine.DATASETS['circle'].generate(); print('sklearn' in sys.modules); "
    code += "engine.DATASETS['iris'].generate(); print('sklearn' in sys.modules)"
    here = Path(__file__).resolve().parents[2]
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=here)
    assert (answer.stdout, answer.stderr) == ("False\nTrue\n", "")
