import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import Run, advance
from explorer.settings import strict
from explorer.training.pad import respond
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from tests.explorer.pictures import SENTENCE, numbers, travels


def trained(updates: int = 20, **wishes: Any) -> Run:
    settings = strict(TrainingSettings, {"dataset": "digits", "cases": 100, "hidden_layers": "12, 7", **wishes})
    return advance(first_run(settings), updates=updates)


def drawing(seed: int = 1) -> list[float]:
    drawn: list[float] = (np.random.default_rng(seed).integers(0, 17, 64) / 16.0).tolist()
    return drawn


def layers(told: dict[str, Any]) -> list[npt.NDArray[Any]]:
    travels(told)
    return [numbers(text, "<f4") for text in (*told["hidden"], told["output"])]


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("updates", [0, 20])
def test_every_layer_answers_as_the_network_does(updates: int, standardise: bool) -> None:
    run, image = trained(updates, standardise=standardise), np.array(drawing())
    if standardise:
        training = run.task.data.part("training")[0]
        deviation = training.std(axis=0)
        image = (image - training.mean(axis=0)) / np.where(deviation > 0.0, deviation, 1.0)
    weights, biases = run.task.network.unpack(run.weights)
    first = np.tanh(image @ weights[0] + biases[0])
    second = np.tanh(first @ weights[1] + biases[1])
    shares = np.exp(second @ weights[2] + biases[2])
    for told, wanted in zip(layers(respond(run, drawing())), (first, second, shares / shares.sum()), strict=True):
        np.testing.assert_allclose(told, wanted, rtol=1e-5, atol=1e-6)


def test_a_training_image_is_read_as_in_training() -> None:
    run = trained(noise=0)
    inputs, _ = run.task.data.part("training")
    read = run.task.network.forward(run.weights, run.task.cases("training").inputs[:-1].T).activities
    for case in (0, 13):
        for told, wanted in zip(layers(respond(run, inputs[case].tolist())), read[1:], strict=True):
            np.testing.assert_allclose(told, wanted[case], rtol=1e-5, atol=1e-6)


def test_the_shares_of_the_classes_are_a_whole() -> None:
    output = layers(respond(trained(), drawing()))[-1]
    assert output.shape == (10,)
    assert float(output.sum()) == pytest.approx(1.0, abs=1e-6)


def test_a_network_without_hidden_layers_has_only_outputs() -> None:
    told = respond(trained(hidden_layers=""), drawing())
    assert told["hidden"] == []
    assert len(layers(told)) == 1


def test_whole_numbers_are_numbers_too() -> None:
    run = trained()
    assert respond(run, [0, 1] * 32) == respond(run, [0.0, 1.0] * 32)


@pytest.mark.parametrize(
    "pixels",
    [
        None, "0" * 64, 64, {}, [], [0.5] * 63, [0.5] * 65, [[0.5] * 8] * 8, [0.5] * 63 + [1.01], [0.5] * 63 + [-1e-9],
        [0.5] * 63 + [math.nan], [0.5] * 63 + [math.inf], [0.5] * 63 + [10**400], [0.5] * 63 + [True],
        [0.5] * 63 + [None], [0.5] * 63 + ["1"], [0.5] * 63 + [[1]], {str(i): 0.5 for i in range(64)}, [0.5] * 100_000,
    ],
)  # fmt: skip
def test_forged_pixels_are_refused(pixels: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        respond(trained(0), pixels)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sine", "linear"])
@pytest.mark.parametrize("size", [1e3, 1e39, 1e160, 1e308])
def test_the_answer_is_json_however_large_the_weights(activation: str, size: float) -> None:
    run = trained(0, activations=activation)
    large = replace(run, weights=size * np.sign(run.weights), diverged_at=0)
    for told in layers(respond(large, drawing())):
        assert np.isfinite(told).all()
