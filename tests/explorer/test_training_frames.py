import itertools
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import (
    ACTIVATIONS,
    DATASETS,
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
from explorer.settings import strict
from explorer.training.frames import frame, scene, stride
from explorer.training.settings import PLANES, PRESETS, TrainingSettings
from explorer.training.tasks import MAP_SIDE, first_run, picture_inputs
from tests.explorer.pictures import numbers


def made(updates: int = 0, **wishes: Any) -> tuple[Run, TrainingSettings]:
    settings = strict(TrainingSettings, {"cases": 40, **wishes})
    return advance(first_run(settings), updates=updates), settings


def with_weights(run: Run, weights: npt.ArrayLike) -> Run:
    return replace(run, weights=np.asarray(weights, np.float64))


def pictures(drawn: dict[str, Any], run: Run) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Pictures of the hidden neurons (W, side, side) and of the output (MAP_SIDE, MAP_SIDE)."""
    side = (MAP_SIDE - 1) // stride(run) + 1
    hidden = numbers(drawn["neurons"], "u1").reshape(-1, side, side)
    return hidden, numbers(drawn["output"], "u1").reshape(MAP_SIDE, MAP_SIDE)


# --- the scene --------------------------------------------------------------------


@pytest.mark.parametrize("dataset", PLANES)
def test_a_scene_tells_all_that_stays(dataset: str) -> None:
    run, settings = made(dataset=dataset, cases=25, training_share=60, hidden_layers="3, 5", activation="elu")
    told = scene(run, settings)
    assert told["sizes"] == [2, 3, 5, 1]
    assert told["activation"] == ACTIVATIONS["elu"].title
    assert told["domain"] == list(DATASETS[dataset].domain)
    assert told["updates_per_epoch"] == 2  # 15 cases in batches of 10
    points = told["points"]
    for part, name in enumerate(("training", "validation")):
        inputs, targets = run.task.data.part(name)  # type: ignore[arg-type]
        mine = np.array(points["part"]) == part
        for axis, values in (("x", inputs[:, 0]), ("y", inputs[:, 1])):
            np.testing.assert_allclose(np.array(points[axis])[mine], values, atol=1e-4)
        np.testing.assert_array_equal(np.array(points["label"])[mine], targets[:, 0])
    assert set(points["part"]) == {0, 1}
    assert set(points["label"]) == {-1.0, 1.0}
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("layers", ["", "1", "4, 2", "32, 32", "64, 64, 64, 64, 64, 64, 64, 64"])
def test_scene_and_frame_agree_on_the_size_of_pictures(layers: str) -> None:
    run, settings = made(hidden_layers=layers)
    told, drawn = scene(run, settings), frame([run], settings)
    neurons = sum(told["sizes"][1:-1])
    assert len(numbers(drawn["neurons"], "u1")) == neurons * told["neuron_side"] ** 2
    assert len(numbers(drawn["output"], "u1")) == told["map_side"] ** 2
    assert len(numbers(drawn["weights"], "<f4")) == run.task.network.dimension


def test_pictures_of_many_neurons_get_coarser_and_stay_small() -> None:
    sides = []
    for layers, width in sorted(itertools.product(range(1, 9), (1, 2, 3, 5, 8, 13, 21, 34, 48, 63, 64)), key=math.prod):
        run, _ = made(hidden_layers=", ".join([str(width)] * layers), cases=10)
        assert (MAP_SIDE - 1) % stride(run) == 0  # every picture reaches from edge to edge
        sides.append((MAP_SIDE - 1) // stride(run) + 1)
        assert layers * width * sides[-1] ** 2 <= 24_000
    assert sides == sorted(sides, reverse=True)
    assert sides[0] >= 30
    assert sides[-1] >= 6


# --- the pictures -----------------------------------------------------------------


def test_pictures_begin_at_the_lowest_corner() -> None:
    points = picture_inputs(-6.0, 6.0).reshape(MAP_SIDE, MAP_SIDE, 2)
    assert points[0, 0].tolist() == [-6.0, -6.0]
    assert points[0, -1].tolist() == [6.0, -6.0]
    assert points[-1, 0].tolist() == [-6.0, 6.0]
    assert not points.flags.writeable


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_every_byte_is_the_activity_within_one_step(activation: str) -> None:
    run, settings = made(30, hidden_layers="5, 3", activation=activation, learning_rate=0.3)
    run = with_weights(run, 2.0 * run.weights)
    low, high = DATASETS[settings.dataset].domain
    line = np.linspace(low, high, MAP_SIDE)
    first, second = np.meshgrid(line, line)  # rows along x2, the first row lowest
    forward = run.task.network.forward(run.weights, np.column_stack([first.ravel(), second.ravel()]))
    hidden, output = pictures(frame([run], settings), run)
    thin = slice(None, None, stride(run))
    drawn = iter([*hidden, output])
    for layer in forward.activities[1:]:
        reach = max(1.0, float(np.abs(layer).max()))
        for neuron in layer.T.reshape(-1, MAP_SIDE, MAP_SIDE):
            shown = neuron if layer is forward.activities[-1] else neuron[thin, thin]
            exact = 127.5 + 127.5 * shown / reach
            assert (np.abs(next(drawn).astype(float) - exact) <= 1.0).all()


def test_no_activity_is_the_middle() -> None:
    run, settings = made(hidden_layers="4, 2")
    hidden, output = pictures(frame([with_weights(run, np.zeros(run.task.network.dimension))], settings), run)
    assert set(np.unique(hidden)) | set(np.unique(output)) <= {127, 128}


def test_the_lowest_and_the_highest_activity_are_the_ends() -> None:
    run, settings = made(hidden_layers="")
    _, output = pictures(frame([with_weights(run, [0.0, 1000.0, 0.0])], settings), run)  # tanh(1000 x2)
    assert (output[0] == 0).all()
    assert (output[-1] == 255).all()
    assert np.isin(output[MAP_SIDE // 2], [127, 128]).all()


# --- the numbers ------------------------------------------------------------------


def test_a_frame_tells_how_the_last_of_its_runs_stands() -> None:
    run, settings = made(7, training_share=75)
    between = [run, advance(run, updates=1), advance(run, updates=5)]
    drawn = frame(between, settings)
    last, measures = between[-1], measure(between[-1])
    assert (drawn["step"], drawn["epoch"], drawn["diverged_at"]) == (12, 4.0, None)
    assert (drawn["training_error"], drawn["validation_error"]) == (measures.training_error, measures.validation_error)
    assert last.best is not None
    assert drawn["best"] == {"step": last.best.step, "epoch": last.best.step / 3, "error": last.best.error}
    np.testing.assert_array_equal(numbers(drawn["weights"], "<f4"), last.weights.astype("f4"))
    expected = [
        (each.step, each.epoch, measure(each).training_error, measure(each).validation_error) for each in between
    ]
    assert drawn["curve"] == expected
    assert drawn == frame(between, settings)


@pytest.mark.parametrize("preset", PRESETS)
def test_frames_are_small(preset: str) -> None:
    run, settings = made(**{**PRESETS[preset].values})
    assert len(json.dumps(frame([run] * 4, settings), allow_nan=False)) < 60_000


# --- when numbers fail --------------------------------------------------------------


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("output", ["tanh", "linear"])
@pytest.mark.parametrize("size", [1e3, 1e20, 1e39, 1e160, 1e308])
def test_frames_are_json_however_large_the_weights(activation: str, output: str, size: float) -> None:
    settings = strict(TrainingSettings, {"cases": 20, "activation": activation})
    data = first_run(settings).task.data
    run = start(Task(data, Network((2, 4, 2, 1), activation, output)), Recipe(GradientDescent(0.1)), seed=1)
    large = with_weights(
        run, size * np.sign(run.weights) * np.random.default_rng(2).uniform(0.1, 1.0, run.weights.size)
    )
    drawn = frame([run, replace(large, diverged_at=0)], settings)
    json.dumps(drawn, allow_nan=False)
    assert np.isfinite(numbers(drawn["weights"], "<f4")).all()
    assert drawn["diverged_at"] == 0
    if output == "linear" and activation in ("linear", "relu") and size >= 1e160:
        assert drawn["training_error"] is None


def test_what_is_no_number_is_drawn_as_zero() -> None:
    settings = strict(TrainingSettings, {"cases": 20, "activation": "sine", "hidden_layers": "2"})
    run = first_run(settings)
    broken = with_weights(run, np.full(run.task.network.dimension, 1e308))
    hidden, output = pictures(frame([broken], settings), run)
    assert np.isin(hidden[:, -1, -1], [127, 128]).all()  # sin(12 * 1e308), which is sin(inf)
    assert np.isin(output[-1, -1], [127, 128])
