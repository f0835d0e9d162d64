import json
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import (
    ACTIVATIONS,
    DATASETS,
    FEATURES,
    HIDDEN_ACTIVATIONS,
    GradientDescent,
    Network,
    Recipe,
    Run,
    Task,
    advance,
    measure,
    start,
)
from engine.types import PARTS
from explorer.settings import strict
from explorer.training.frames import frame, points, scene, targets_of
from explorer.training.presets import PRESETS
from explorer.training.settings import FEATURES_OF, TrainingSettings
from explorer.training.subjects import Subject
from explorer.training.tasks import first_run, made
from tests.explorer.pictures import numbers

DRAWABLE = [name for name, source in DATASETS.items() if source.view in ("plane", "curve")]
OTHERS = [name for name in DATASETS if name not in DRAWABLE]


def begun(updates: int = 0, **wishes: Any) -> tuple[Run, Subject]:
    settings = strict(TrainingSettings, {"cases": 40, **wishes})
    return advance(first_run(settings), updates=updates), made(settings).subject


def with_weights(run: Run, weights: npt.ArrayLike) -> Run:
    return replace(run, weights=np.asarray(weights, np.float64))


# --- the scene --------------------------------------------------------------------


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_scene_tells_all_that_stays(dataset: str) -> None:
    run, about = begun(dataset=dataset, split=(50, 25, 25), hidden_layers="3, 5", activations="elu, tanh")
    told, source = scene(run, about), DATASETS[dataset]
    width, outputs = len(source.input_names), run.task.data.targets.shape[1]
    assert told["sizes"] == [width, 3, 5, outputs]
    assert told["functions"] == ["elu", "tanh", run.task.network.output]
    assert told["titles"] == [ACTIVATIONS[name].title for name in told["functions"]]
    assert told["view"] == source.view
    assert told["reading"] == {"signs": "sign", "regression": "value"}.get(source.kind, source.kind)
    assert told["input_names"] == told["raw_names"] == list(source.input_names)
    assert told["output_names"] == list(source.target_names)
    assert told["domains"] == [list(source.domain or ())] * {"plane": 2, "curve": 1}.get(source.view, 0)
    assert told["image"] == (source.image and list(source.image))
    assert told["cases"] == {"training": 20, "validation": 10, "test": 10}
    assert told["neuron_help"].endswith(".")
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("dataset", [name for name in DRAWABLE if DATASETS[name].view == "plane"])
def test_points_are_the_cases_of_every_part(dataset: str) -> None:
    run, about = begun(dataset=dataset, split=(50, 25, 25))
    told = points(run, about)
    assert set(told["part"]) == {0, 1, 2}
    for part, name in enumerate(PARTS):
        inputs, targets = run.task.data.part(name)
        mine = np.array(told["part"]) == part
        for axis, values in (("x", inputs[:, 0]), ("y", inputs[:, 1])):
            np.testing.assert_allclose(np.array(told[axis])[mine], values, atol=1e-4)
        labels = np.array(told["label"])[mine]
        expected = {
            "signs": lambda t: t[0],
            "classes": lambda t: t.tolist().index(1.0),
            "labels": lambda t: t[0] + 2 * t[1],
            "regression": lambda t: t[0],
        }[about.kind]
        np.testing.assert_allclose(labels, [expected(row) for row in targets], atol=1e-4)


@pytest.mark.parametrize("dataset", [name for name in DRAWABLE if DATASETS[name].view == "curve"])
def test_points_of_a_curve_are_inputs_and_targets(dataset: str) -> None:
    run, about = begun(dataset=dataset, split=(50, 25, 25), standardise=True)
    told = scene(run, about)
    order = np.concatenate([getattr(run.task.data, part) for part in PARTS])
    np.testing.assert_allclose(told["points"]["x"], run.task.data.inputs[order, 0], atol=1e-4)
    np.testing.assert_allclose(told["points"]["y"], run.task.data.targets[order, 0], atol=1e-4)
    assert np.bincount(told["points"]["part"]).tolist() == [20, 10, 10]
    samples = np.linspace(*told["domains"][0], told["curve_samples"])
    assert about.truth is not None
    np.testing.assert_allclose(numbers(told["truth"], "<f4"), about.truth(samples[:, None])[:, 0], atol=1e-6)


@pytest.mark.parametrize("dataset", OTHERS)
def test_of_other_data_no_points_can_be_drawn(dataset: str) -> None:
    run, about = begun(dataset=dataset)
    told = scene(run, about)
    assert (told["points"], told["truth"], told["input_pictures"]) == ({}, None, "")


@pytest.mark.parametrize("view", ["plane", "curve"])
def test_inputs_are_named_after_the_features(view: str) -> None:
    names = FEATURES_OF[view][1:]
    run, about = begun(dataset={"plane": "circle", "curve": "sine"}[view], features=list(names))
    told = scene(run, about)
    assert told["input_names"] == [FEATURES[name].title for name in names]
    assert told["raw_names"] == list(about.input_names)
    assert told["sizes"][0] == len(names)


@pytest.mark.parametrize(("output", "low"), [("tanh", -1.0), ("sigmoid", 0.0), ("linear", -1.0)])
def test_two_classes_are_told_as_the_output_tells_them(output: str, low: float) -> None:
    run, about = begun(output=output)
    told = scene(run, about)
    assert told["output_range"] == [low, 1.0]
    assert set(told["points"]["label"]) == {low, 1.0}


def test_drawn_points_are_among_the_training_cases() -> None:
    run, about = begun()
    drawn = run.change("points", [[1.5, -2.5, 1.0], [0.25, 0.5, -1.0]])
    before, after = points(run, about), points(drawn, about)
    at = before["part"].index(1)  # behind all that train
    assert after["x"] == [*before["x"][:at], 1.5, 0.25, *before["x"][at:]]
    assert after["y"] == [*before["y"][:at], -2.5, 0.5, *before["y"][at:]]
    assert after["label"] == [*before["label"][:at], 1.0, -1.0, *before["label"][at:]]
    assert after["part"] == [0, 0, *before["part"]]
    assert scene(drawn, about)["points"] == after


@pytest.mark.parametrize("dataset", [name for name in DRAWABLE if DATASETS[name].view == "plane"])
def test_labels_of_drawn_points_are_read_as_they_are_told(dataset: str) -> None:
    run, about = begun(dataset=dataset)
    told = points(run, about)
    order = np.concatenate([getattr(run.task.data, part) for part in PARTS])
    np.testing.assert_allclose(targets_of(np.array(told["label"]), about), run.task.data.targets[order], atol=1e-4)


@pytest.mark.parametrize(
    ("dataset", "labels"), [("three_classes", [3.0, -1.0, 0.5]), ("dog_cat", [4.0, -1.0, 1.5]), ("five_classes", [5.0])]
)
def test_labels_that_the_data_does_not_know_are_refused(dataset: str, labels: list[float]) -> None:
    _, about = begun(dataset=dataset)
    for label in labels:
        with pytest.raises(ValueError, match=r"^A drawn point has a class that this data does not know\.$"):
            targets_of(np.array([0.0, label]), about)


# --- the numbers ------------------------------------------------------------------


@pytest.mark.parametrize("split", [(50, 25, 25), (75, 25, 0), (75, 0, 25), (100, 0, 0)])
def test_a_frame_tells_how_the_last_of_its_runs_stands(split: tuple[int, ...]) -> None:
    run, about = begun(7, split=split)
    between = [run, advance(run, updates=1), advance(run, updates=5)]
    drawn = frame(between, about)
    last, measures = between[-1], measure(between[-1])
    epoch = -(-40 * split[0] // 100 // 10)  # updates
    assert (drawn["step"], drawn["epoch"], drawn["updates_per_epoch"]) == (12, 12 / epoch, epoch)
    assert (drawn["diverged_at"], drawn["stopped"], drawn["cut"]) == (None, None, None)
    for part, share in zip(PARTS, split, strict=True):
        assert drawn[f"{part}_error"] == getattr(measures, f"{part}_error")
        assert (drawn[f"{part}_error"] is not None) == (share > 0)
        assert (drawn["accuracy"][part] is not None) == (share > 0)
    assert measures.accuracy is not None
    assert drawn["accuracy"] == measures.accuracy._asdict()
    assert (drawn["best"] is None) == (split[1] == 0)
    if last.best is not None:
        assert drawn["best"] == {"step": last.best.step, "epoch": last.best.step / epoch, "error": last.best.error}
    np.testing.assert_array_equal(numbers(drawn["weights"], "<f4"), last.weights.astype("f4"))
    for point, each in zip(drawn["curve"], between, strict=True):
        told = measure(each)
        assert told.accuracy is not None
        assert point == [
            each.step, each.epoch, told.training_error, told.validation_error, told.test_error, *told.accuracy,
        ]  # fmt: skip
    assert drawn == frame(between, about)
    assert frame(between, about, "patience")["stopped"] == "patience"


@pytest.mark.parametrize("dataset", ["sine", "diabetes", "plane"])
def test_numbers_are_not_told_rightly_or_wrongly(dataset: str) -> None:
    run, about = begun(3, dataset=dataset)
    drawn = frame([run], about)
    assert drawn["accuracy"] is None
    assert drawn["curve"][0][5:] == [None, None, None]


def test_a_frame_measures_with_the_points_that_were_drawn() -> None:
    run, about = begun(7)
    after = advance(run.change("points", [[1.5, -2.5, 1.0]] * 30), updates=3)
    assert frame([after], about)["training_error"] == measure(after).training_error != measure(run).training_error
    assert frame([after], about)["updates_per_epoch"] == 5  # 20 and 30 cases in batches of 10


@pytest.mark.parametrize("connectivity", [100, 40])
def test_cut_links_are_told_bit_by_bit(connectivity: int) -> None:
    run, about = begun(3, connectivity=connectivity, hidden_layers="5, 3")
    links = np.flatnonzero(run.task.network.is_link)
    whole = run.mask
    alive = links if whole is None else np.flatnonzero((whole != 0.0) & run.task.network.is_link)
    assert (frame([run], about)["cut"] is None) == (connectivity == 100)
    cut = alive[[0, 7, -1]] if len(alive) > 7 else alive
    for index in cut.tolist():
        run = run.change("cut", index)
    bits = np.unpackbits(numbers(frame([run], about)["cut"], "u1"))
    assert (bits[run.weights.size :] == 0).all()
    gone = np.flatnonzero(bits[: run.weights.size])
    assert set(gone) == set(links) - (set(alive) - set(cut))
    assert (run.weights[gone] == 0.0).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_frames_are_small(preset: str) -> None:
    run, about = begun(**{**PRESETS[preset].values})
    assert len(json.dumps(frame([run] * 4, about), allow_nan=False)) < 60_000


# --- when numbers fail --------------------------------------------------------------


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("output", ["tanh", "linear"])
@pytest.mark.parametrize("size", [1e3, 1e20, 1e39, 1e160, 1e308])
def test_frames_are_json_however_large_the_weights(activation: str, output: str, size: float) -> None:
    settings = strict(TrainingSettings, {"cases": 20, "activations": activation})
    plan = made(settings)
    network = Network((2, 4, 2, 1), activation, output)
    run = start(Task(plan.task.data, network), Recipe(GradientDescent(0.1)), seed=1)
    large = with_weights(
        run, size * np.sign(run.weights) * np.random.default_rng(2).uniform(0.1, 1.0, run.weights.size)
    )
    drawn = frame([run, replace(large, diverged_at=0)], plan.subject)
    json.dumps(drawn, allow_nan=False)
    assert np.isfinite(numbers(drawn["weights"], "<f4")).all()
    assert drawn["diverged_at"] == 0
    if output == "linear" and activation in ("linear", "relu") and size >= 1e160:
        assert drawn["training_error"] is None


@pytest.mark.parametrize("dataset", ["sine", "digits", "diabetes", "dog_cat", "three_classes"])
@pytest.mark.parametrize("size", [1e39, 1e160, 1e308])
@pytest.mark.parametrize("standardise", [False, True])
def test_frames_of_all_data_are_json_however_large_the_weights(dataset: str, size: float, standardise: bool) -> None:
    run, about = begun(dataset=dataset, activations="relu", hidden_layers="3, 3", standardise=standardise)
    generator = np.random.default_rng(2)
    large = with_weights(run, size * generator.uniform(-1.0, 1.0, run.weights.size))
    drawn = frame([replace(large, diverged_at=0)], about)
    json.dumps(drawn, allow_nan=False)
    if about.view == "curve":
        for name in ("output", "contributions"):
            assert np.isfinite(numbers(drawn[name], "<f4")).all()
