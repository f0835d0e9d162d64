import base64
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from explorer.settings import strict
from explorer.training.amplified import MOST_COPIES, amplified_preview
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import made
from tests.explorer.pictures import numbers, travels

ALL = ["shift", "rotate", "lighten", "noise", "jitter", "mirror"]


def asked(own: Any = None, **wishes: Any) -> tuple[dict[str, Any], Any]:
    settings = strict(TrainingSettings, {"cases": 40, "amplify_copies": 3, "amplify": ALL, **wishes})
    told = amplified_preview(settings, own)
    travels(told)
    return told, made(settings, own).task


def learnt(task: Any) -> npt.NDArray[Any]:
    """What the network learns from, unscaled: (1 + copies, N, D), the cases themselves first."""
    inputs = task.cases("training").inputs[:-1].T
    return inputs.reshape(task.copies, -1, inputs.shape[1])


def pictures(told: dict[str, Any]) -> npt.NDArray[Any]:
    area = told["image"][0] * told["image"][1]
    return numbers(told["pictures"], "u1").reshape(len(told["names"]), -1, area)


@pytest.mark.parametrize("amplify", [["shift"], ["rotate"], ["noise"], ALL])
def test_images_stand_beside_the_copies_that_the_network_learns_from(amplify: list[str]) -> None:
    told, task = asked(dataset="digits", amplify=amplify)
    targets = task.data.part("training")[1]
    shown, all_of_them = pictures(told), np.rint(255.0 * learnt(task).clip(0.0, 1.0))
    assert told["kind"] == "images"
    assert shown.shape == (6, 4, 64)
    for name, row in zip(told["names"], shown, strict=True):
        case = [c for c in range(len(targets)) if np.array_equal(all_of_them[0, c], row[0])]
        assert targets[case[0]].argmax() == int(name)
        np.testing.assert_allclose(all_of_them[:, case[0]], row, atol=1)
    assert len(set(told["names"])) == 6
    assert not np.array_equal(shown[:, 0], shown[:, 1])


def test_at_most_five_copies_of_a_case_are_shown() -> None:
    told, _ = asked(dataset="digits", amplify_copies=20)
    assert pictures(told).shape[1] == 1 + MOST_COPIES
    assert told["count"] == 20
    told, _ = asked(dataset="moons", amplify_copies=20)
    assert len(numbers(told["copies"], "<f4")) == MOST_COPIES * len(numbers(told["cases"], "<f4"))


def test_few_images_are_all_shown() -> None:
    told, task = asked(dataset="digits", cases=10, split=[30, 70, 0])
    assert pictures(told).shape[0] == 3 == len(task.data.training)


@pytest.mark.parametrize("dataset", ["circle", "three_classes", "dog_cat", "plane"])
def test_points_stand_beside_the_copies_that_the_network_learns_from(dataset: str) -> None:
    told, task = asked(dataset=dataset, features=["x1", "x2"])
    cases, copies = numbers(told["cases"], "<f4").reshape(-1, 2), numbers(told["copies"], "<f4").reshape(3, -1, 2)
    np.testing.assert_allclose(np.concatenate([cases[None], copies]), learnt(task), rtol=1e-6, atol=1e-6)
    assert told["kind"] == "points"
    assert (told["view"], len(told["domains"])) == ("plane", 2)
    labels = numbers(told["labels"], "<f4")
    for label, target in zip(labels, task.data.part("training")[1], strict=True):
        if told["about"] in ("signs", "regression"):
            assert label == target.astype("f4")
        elif told["about"] == "classes":
            assert target[int(label)] == 1.0
        else:
            assert [int(label) >> code & 1 for code in range(len(target))] == target.tolist()


def test_points_are_of_the_raw_inputs_whatever_the_network_gets() -> None:
    plain, _ = asked(dataset="circle", features=["x1", "x2"])
    told, _ = asked(dataset="circle", features=["x1_squared", "sin_x2"], standardise=True)
    assert told == plain


def test_copies_of_a_curve_keep_the_target() -> None:
    told, task = asked(dataset="sine")
    inputs, targets = task.data.part("training")
    cases, copies = numbers(told["cases"], "<f4").reshape(-1, 2), numbers(told["copies"], "<f4").reshape(3, -1, 2)
    np.testing.assert_array_equal(cases, np.hstack([inputs, targets]).astype("f4"))
    np.testing.assert_allclose(copies[..., 0], learnt(task)[1:, :, 0], rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(copies[..., 1], np.broadcast_to(targets.T, (3, len(targets))).astype("f4"))
    assert told["view"] == "curve"


def test_of_many_points_the_first_are_shown_with_their_own_copies() -> None:
    told, task = asked(dataset="circle", cases=1000)
    cases, copies = numbers(told["cases"], "<f4").reshape(-1, 2), numbers(told["copies"], "<f4").reshape(3, -1, 2)
    assert len(cases) < len(task.data.training)
    np.testing.assert_allclose(copies, learnt(task)[1:, : len(cases)], rtol=1e-6, atol=1e-6)
    assert told["sentence"] == "500 training cases become 2,000."


def test_for_a_table_there_are_counts() -> None:
    told, _ = asked(dataset="iris", amplify_copies=4)
    assert told == {"kind": "none", "sentence": "20 training cases become 100."}


@pytest.mark.parametrize("wishes", [{"amplify_copies": 0}, {"amplify": []}, {"amplify": ["shift"]}])
def test_where_nothing_is_altered_a_sentence_says_so(wishes: dict[str, Any]) -> None:
    told, _ = asked(dataset="circle", **wishes)
    assert told == {"kind": "none", "sentence": "Nothing is altered: 20 training cases stay as they are."}


def test_own_data_is_shown_too() -> None:
    inputs, targets = np.random.default_rng(1).normal(0.0, 3.0, (20, 2)), np.arange(20.0) % 2
    own = {
        "kind": "signs", "names": ["a", "b"], "target_names": ["no", "yes"],
        "inputs": base64.b64encode(inputs.astype("<f8").tobytes()).decode(),
        "targets": base64.b64encode(targets.astype("<f8").tobytes()).decode(),
    }  # fmt: skip
    told, _ = asked(own, dataset="own")
    assert told["names"] == ["no", "yes"]
    assert told["input_names"] == ["a", "b"]
    assert told["sentence"] == "10 training cases become 40."
    for case in numbers(told["cases"], "<f4").reshape(-1, 2):
        assert any(np.array_equal(case, row) for row in inputs.astype("f4"))


@pytest.mark.parametrize("own", [None, {}, [], "table", 7, {"kind": "signs"}])
def test_what_cannot_be_made_is_refused(own: Any) -> None:
    with pytest.raises(ValueError, match=r"\A[A-Z][^\n]+\.\Z"):
        asked(own, dataset="own")
