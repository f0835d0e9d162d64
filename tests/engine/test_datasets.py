"""Data sets: parts are sound, a data set travels bit for bit, bad input is named."""

import copy
import json
import pickle
from typing import Any

import numpy as np
import pytest

from engine.catalogue import dataset_from_dict
from engine.datasets import Dataset
from engine.types import PARTS

ARRAYS = ("inputs", "targets", *PARTS)


def sixty_cases(split: Any = (0.5, 0.25, 0.25)) -> Dataset:
    generator = np.random.default_rng(3)
    return Dataset.from_arrays(generator.normal(size=(60, 3)), generator.normal(size=(60, 2)), split)


# --- parts


@pytest.mark.parametrize(
    ("shares", "cases", "sizes"),
    [
        (None, 7, (7, 0, 0)),
        ((1.0, 0.0, 0.0), 7, (7, 0, 0)),
        ((0.6, 0.2, 0.2), 10, (6, 2, 2)),
        ((0.5, 0.5, 0.0), 10, (5, 5, 0)),
        ((0.7, 0.0, 0.3), 10, (7, 0, 3)),
        ((0.01, 0.98, 0.01), 10, (1, 8, 1)),
        ((0.98, 0.01, 0.01), 3, (1, 1, 1)),
        ((0.1, 0.2, 0.7), 1000, (100, 200, 700)),
        (np.array([0.8, 0.1, 0.1]), 250, (200, 25, 25)),
    ],
)
def test_shares(shares: Any, cases: int, sizes: tuple[int, ...]) -> None:
    data = Dataset.from_arrays(np.ones((cases, 1)), np.ones(cases), shares, seed=1)
    parts = [data.training, data.validation, data.test]
    assert tuple(map(len, parts)) == sizes
    assert all((np.diff(part) > 0).all() for part in parts)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(cases))


def test_shares_are_drawn_with_the_seed() -> None:
    inputs, shares = np.ones((100, 1)), (0.5, 0.25, 0.25)
    first, again, other = (Dataset.from_arrays(inputs, inputs, shares, seed) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_given_parts() -> None:
    inputs = np.arange(10.0)[:, None]
    data = Dataset.from_arrays(inputs, inputs[:, 0], {"training": [7, 2, 5], "test": np.array([0], np.uint8)})
    np.testing.assert_array_equal(data.training, [2, 5, 7])
    np.testing.assert_array_equal(data.part("training")[0], [[2.0], [5.0], [7.0]])
    np.testing.assert_array_equal(data.part("test")[1], [[0.0]])
    assert data.part("validation")[0].shape == (0, 1)
    assert data.targets.shape == (10, 1)
    with pytest.raises(ValueError, match="part is 'tset'; it must be one of training, validation, test"):
        data.part("tset")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ((0.5, 0.5), "three shares"),
        ((0.5, 0.3, 0.1), "sum to 1"),
        ((0.0, 0.5, 0.5), "training above 0"),
        ((1.5, -0.5, 0.0), "three shares"),
        ((np.nan, 0.5, 0.5), "three shares"),
        ("abc", "split is 'abc'"),
        (0.8, "split is 0.8"),
        ({"train": [0]}, "split has the part 'train'; the parts are training, validation, test"),
        ({"validation": [0]}, "no case in training"),
        ({}, "no case in training"),
        ({"training": [0, 60]}, r"split\['training'\] goes from 0 to 60; .* from 0 to 59"),
        ({"training": [-1]}, r"split\['training'\] goes from -1"),
        ({"training": [0, 1], "test": [1]}, "split holds case 1 twice"),
        ({"training": [0, 0]}, "split holds case 0 twice"),
        ({"training": [0.0]}, "type float64"),
        ({"training": [True]}, "type bool"),
        ({"training": [[0]]}, r"shape \(1, 1\)"),
        ({"training": [[0], [1, 2]]}, "unequal length"),
        ({"training": 3}, r"shape \(\)"),
        ({"training": "all"}, "shape"),
    ],
)
def test_bad_splits_are_named(split: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sixty_cases(split)


# --- arrays of one's own


def test_from_arrays_copies_and_closes() -> None:
    inputs = np.ones((4, 2))
    data = Dataset.from_arrays(inputs, [1, 2, 3, 4])
    inputs[0] = 9.0
    np.testing.assert_array_equal(data.inputs, 1.0)
    assert not any(getattr(data, name).flags.writeable for name in ARRAYS)
    assert data.inputs.flags.c_contiguous
    assert data.origin is None


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        (np.ones(3), np.ones(3), r"inputs has shape \(3,\); it must be \(any, any\)"),
        (np.ones((0, 2)), np.ones(0), r"inputs has shape \(0, 2\)"),
        (np.ones((3, 0)), np.ones(3), r"inputs has shape \(3, 0\)"),
        ([[1.0], [np.nan]], [1, 2], r"inputs holds nan at \(1, 0\)"),
        ([["a"]], [1], "inputs is not an array of numbers"),
        ([[1], [1, 2]], [1, 2], "inputs is not an array of numbers"),
        (np.ones((3, 1)), np.ones(4), r"targets has shape \(4,\); it must be \(3\)"),
        (np.ones((3, 1)), np.ones((4, 1)), r"targets has shape \(4, 1\); it must be \(3, any\)"),
        (np.ones((3, 1)), np.ones((3, 0)), r"targets has shape \(3, 0\)"),
        (np.ones((3, 1)), 1.0, r"targets has shape \(\)"),
        (np.ones((2, 1)), [1, np.inf], r"targets holds inf at \(1,\)"),
        (np.ones((2, 1)), [[1], [1, 2]], "targets is not an array of numbers"),
    ],
)
def test_bad_arrays_are_named(inputs: Any, targets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Dataset.from_arrays(inputs, targets)


def test_equality_is_that_of_the_content() -> None:
    data = sixty_cases()
    assert data == sixty_cases()
    assert hash(data) == hash(sixty_cases())
    assert data == copy.deepcopy(data) == pickle.loads(pickle.dumps(data))
    assert data != sixty_cases((0.5, 0.5, 0.0))
    assert data != Dataset.from_arrays(data.inputs, data.targets + 1.0, (0.5, 0.25, 0.25))
    assert data != "data"


# --- there and back


def test_own_data_travels_bit_for_bit() -> None:
    inputs = np.array([[0.1, -0.0], [5e-324, 1e308], [np.pi, 1 / 3], [1.0, 2.0]])
    data = Dataset.from_arrays(inputs, [1, 2, 3, 4], {"training": [3, 0], "test": [1]})
    back = dataset_from_dict(json.loads(json.dumps(data.to_dict(), allow_nan=False)))
    assert back == data
    assert all(getattr(back, name).tobytes() == getattr(data, name).tobytes() for name in ARRAYS)
    assert sixty_cases() == dataset_from_dict(sixty_cases().to_dict())


def changed(path: str, value: Any) -> Any:
    """The mapping of own data with one entry replaced."""
    mapping: Any = sixty_cases().to_dict()
    *folders, last = path.split(".")
    place = mapping
    for folder in folders:
        place = place[folder]
    place[last] = value
    return mapping


NOT_A_NUMBER = Dataset.from_arrays([[1.0]], [1.0]).to_dict() | {"inputs": {"shape": [1, 1], "base64": "AAAAAAAA+H8="}}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (None, "data is None; its fields must be inputs, targets, parts and no other"),
        ([], r"data is \[\]; its fields must be"),
        ({}, r"data is \{\}; its fields must be"),
        (changed("inputs", "x"), "inputs is 'x'; its fields must be shape, base64 and no other"),
        (changed("inputs.shape", [60]), "inputs must have a shape of 2 whole numbers"),
        (changed("inputs.shape", "60"), "inputs must have a shape of 2 whole numbers"),
        (changed("inputs.shape", [10**9, 3]), "inputs shape is 1000000000"),
        (changed("inputs.shape", [60, 10**4200]), "inputs shape is 10000"),
        (changed("inputs.shape", [100_000, 100_000]), "inputs must hold base64 text of 80000000000 bytes"),
        (changed("inputs.shape", [60, -3]), "inputs shape is -3"),
        (changed("inputs.shape", [60.0, 3]), "inputs shape is 60.0"),
        (changed("inputs.shape", [59, 3]), "inputs must hold base64 text of 1416 bytes"),
        (changed("inputs.base64", "é" * 1920), "inputs must hold base64 text"),
        (changed("inputs.base64", "=" * 1920), "inputs must hold base64 text"),
        (changed("inputs.base64", None), "inputs must hold base64 text"),
        (changed("targets", Dataset.from_arrays([[1.0]], [1.0]).to_dict()["targets"]), "targets has shape"),
        (changed("parts", {"shape": [3], "base64": "AAEC"}), "parts must hold a number from 0 to 3"),
        (changed("parts.base64", "////" * 20), "parts must hold a number from 0 to 3"),
        (changed("parts.base64", "AQEB" * 20), "no case in training"),
        (NOT_A_NUMBER, r"inputs holds nan at \(0, 0\)"),
    ],
)
def test_hostile_mappings_are_refused(mapping: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataset_from_dict(mapping)


def test_data_too_large_to_store_is_refused() -> None:
    data = Dataset.from_arrays(np.zeros((100_001, 1)), np.zeros(100_001))
    with pytest.raises(ValueError, match="has 100001 cases; at most 100000 can be stored"):
        data.to_dict()
