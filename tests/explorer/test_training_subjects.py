from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import DATASETS, Dataset
from explorer.settings import strict
from explorer.training.settings import BROUGHT, TrainingSettings
from explorer.training.subjects import DRAWN_DOMAIN, Subject, brought, subject, value_range
from explorer.training.tasks import made


def about(dataset: str, **wishes: Any) -> Subject:
    settings = strict(TrainingSettings, {"dataset": dataset, "cases": 60, **wishes})
    return made(settings).subject


def of_own(
    inputs: Any, kind: str = "regression", dataset: str = "own", targets: Any = None, names: tuple[str, ...] = ("t",)
) -> Subject:
    inputs = np.asarray(inputs, np.float64)
    targets = np.arange(len(inputs), dtype=np.float64)[:, None] if targets is None else np.asarray(targets, np.float64)
    told = {"kind": kind, "names": [f"in {i}" for i in range(inputs.shape[1])], "target_names": list(names)}
    return subject(TrainingSettings(dataset=dataset), Dataset.from_arrays(inputs, targets), told)


# --- data sets by name --------------------------------------------------------------


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_subject_tells_what_the_registry_tells(dataset: str) -> None:
    source, told = DATASETS[dataset], about(dataset)
    assert (told.kind, told.view, told.image) == (source.kind, source.view, source.image)
    assert (told.input_names, told.target_names) == (source.input_names, source.target_names)
    windows = {"plane": 2, "curve": 1}.get(source.view, 0)
    assert told.domains == (source.domain,) * windows
    assert not brought(TrainingSettings(dataset=dataset))


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_case_without_noise_lies_in_the_window(dataset: str) -> None:
    data = made(strict(TrainingSettings, {"dataset": dataset, "noise": 0, "cases": 100})).task.data
    for values, (low, high) in zip(data.inputs.T, about(dataset).domains, strict=False):
        assert low < values.min() < values.max() < high


@pytest.mark.parametrize("dataset", ["line", "sine", "step", "polynomial"])
def test_the_truth_of_a_curve_is_the_law_of_its_cases(dataset: str) -> None:
    told = about(dataset)
    assert told.truth is not None
    data = made(strict(TrainingSettings, {"dataset": dataset, "noise": 0, "cases": 100})).task.data
    np.testing.assert_allclose(told.truth(data.inputs), data.targets, atol=1e-12)


@pytest.mark.parametrize("dataset", [name for name in DATASETS if DATASETS[name].view != "curve"])
def test_where_there_is_no_curve_there_is_no_truth(dataset: str) -> None:
    assert about(dataset).truth is None


# --- a person's own -----------------------------------------------------------------


@pytest.mark.parametrize("dataset", BROUGHT)
def test_own_data_is_brought(dataset: str) -> None:
    assert brought(TrainingSettings(dataset=dataset))


@pytest.mark.parametrize(("width", "view"), [(1, "curve"), (2, "plane"), (3, "table"), (19, "table")])
def test_the_view_follows_the_number_of_inputs(width: int, view: str) -> None:
    told = of_own(np.random.default_rng(1).normal(size=(20, width)))
    assert told.view == view
    assert told.input_names == tuple(f"in {i}" for i in range(width))
    assert (told.kind, told.target_names, told.image, told.truth) == ("regression", ("t",), None, None)
    assert len(told.domains) == {"table": 0}.get(view, width)


def test_a_curve_is_drawn_of_numbers_alone() -> None:
    inputs = np.arange(10.0)[:, None]
    signs = np.where(inputs > 4.5, 1.0, -1.0)
    assert of_own(inputs, "signs", targets=signs, names=("no", "yes")).view == "table"
    classes = np.eye(3)[np.arange(10) % 3]
    assert of_own(inputs, "classes", targets=classes, names=("a", "b", "c")).view == "table"


def test_windows_of_own_inputs_reach_a_little_beyond_them() -> None:
    inputs = np.array([[10.0, -3.0], [20.0, -1.0], [15.0, -2.0], [12.0, -1.5]])
    # 8 % of 10 and of 2
    np.testing.assert_allclose(of_own(inputs).domains, [(9.2, 20.8), (-3.16, -0.84)])


@pytest.mark.parametrize("value", [0.0, 5.0, -200.0])
def test_one_value_everywhere_has_a_window_all_the_same(value: float) -> None:
    inputs = np.column_stack([np.full(5, value), np.arange(5.0)])
    low, high = of_own(inputs).domains[0]
    assert low < value < high


@pytest.mark.parametrize("width", [1, 2])
def test_points_are_drawn_in_a_window_that_stays(width: int) -> None:
    for scale in (0.01, 4.0):
        inputs = scale * np.random.default_rng(2).uniform(-1.0, 1.0, (20, width))
        assert of_own(inputs, dataset="drawn").domains == (DRAWN_DOMAIN,) * width


@pytest.mark.parametrize("own", [None, {}, [], "table", 3, {"kind": "regression"}, {"kind": "labels"}])
def test_data_of_which_nothing_is_told_is_refused(own: Any) -> None:
    data = Dataset.from_arrays(np.zeros((5, 2)), np.arange(5.0))
    with pytest.raises(ValueError, match=r"\A[A-Z][^\n]{10,200}\.\Z"):
        subject(TrainingSettings(dataset="own"), data, own)


# --- ranges of outputs --------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "targets", "expected"),
    [
        ("signs", [[-1.0], [1.0]], (-1.0, 1.0)),
        ("classes", [[0.0, 1.0], [1.0, 0.0]], (0.0, 1.0)),
        ("labels", [[0.0, 0.0]], (0.0, 1.0)),
        ("regression", [[100.0], [300.0], [200.0]], (90.0, 310.0)),
        ("regression", [[7.0], [7.0]], (6.0, 8.0)),
    ],
)
def test_an_output_reaches_a_little_beyond_the_targets(kind: Any, targets: Any, expected: tuple[float, float]) -> None:
    assert value_range(np.array(targets), kind) == pytest.approx(expected)


def test_a_subject_is_a_plain_value() -> None:
    told = about("circle")
    assert told == about("circle") == replace(told)
    assert told != about("xor")
    assert len({told, about("circle")}) == 1
