import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import ACTIVATIONS, HIDDEN_ACTIVATIONS, Run, advance, measure
from explorer.settings import strict
from explorer.training.bent import LINES, MOST_CASES, bent
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import Subject
from explorer.training.tasks import first_run, made
from tests.explorer.pictures import SENTENCE, numbers, travels

FUNCTIONS = {
    "linear": lambda z: z,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + math.exp(-z)),
    "relu": lambda z: max(z, 0.0),
    "softplus": lambda z: math.log(1.0 + math.exp(z)),
}


def trained(updates: int = 40, **wishes: Any) -> tuple[Run, Subject]:
    settings = strict(TrainingSettings, {"cases": 60, "learning_rate": 0.1, **wishes})
    return advance(first_run(settings), updates=updates), made(settings).subject


def look(run: Run, about: Subject, wish: Any = None) -> dict[str, Any]:
    told = bent(run, wish, about.domains, about.kind)
    travels(told)
    return told


def pairs(text: str) -> npt.NDArray[Any]:
    return numbers(text, "<f4").reshape(-1, 2).astype(float)


def layer_by_hand(run: Run, features: list[float], layer: int) -> list[float]:
    """The activities of a layer, neuron by neuron."""
    weights, biases = run.task.network.unpack(run.weights)
    below = features
    for depth in range(layer):
        function = FUNCTIONS[run.task.network.activations[depth]]
        below = [
            function(sum(w * y for w, y in zip(column, below, strict=True)) + bias)
            for column, bias in zip(weights[depth].T.tolist(), biases[depth].tolist(), strict=True)
        ]
    return below


# --- places -------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "softplus"])
@pytest.mark.parametrize(("layer", "x", "y"), [(1, 0, 3), (1, 2, 1), (2, 0, 1), (2, 2, 0)])
def test_the_grid_lands_where_an_own_forward_pass_puts_it(activation: str, layer: int, x: int, y: int) -> None:
    run, about = trained(hidden_layers="4, 3", activations=activation)
    grid = pairs(look(run, about, {"layer": layer, "x": x, "y": y})["grid"]).reshape(2, LINES, -1, 2)
    samples = grid.shape[2]
    low, high = about.domains[0]
    for line, sample in [(0, 0), (3, samples - 1), (10, 17), (LINES - 1, samples // 2)]:
        across, along = low + line * (high - low) / (LINES - 1), low + sample * (high - low) / (samples - 1)
        upright = layer_by_hand(run, [across, along], layer)
        np.testing.assert_allclose(grid[0, line, sample], [upright[x], upright[y]], rtol=2e-5, atol=2e-6)
        level = layer_by_hand(run, [along, across], layer)
        np.testing.assert_allclose(grid[1, line, sample], [level[x], level[y]], rtol=2e-5, atol=2e-6)


def test_lines_of_both_kinds_cross_in_samples() -> None:
    run, about = trained(hidden_layers="3")
    grid = pairs(look(run, about)["grid"]).reshape(2, LINES, -1, 2)
    step = (grid.shape[2] - 1) // (LINES - 1)
    assert (LINES - 1) * step == grid.shape[2] - 1
    np.testing.assert_allclose(grid[0][:, ::step], grid[1][:, ::step].swapaxes(0, 1), atol=1e-6)


def test_features_and_their_scale_are_taken_into_account() -> None:
    run, about = trained(hidden_layers="3", features=["x1", "x1_x2"], standardise=True)
    raw, _ = run.task.data.part("training")
    made_of = np.column_stack([raw[:, 0], raw[:, 0] * raw[:, 1]])
    told = pairs(look(run, about)["cases"])
    for case, features in zip(told, (made_of - made_of.mean(axis=0)) / made_of.std(axis=0), strict=True):
        np.testing.assert_allclose(case, layer_by_hand(run, features.tolist(), 1)[:2], atol=1e-5)


def test_one_input_makes_one_curve() -> None:
    run, about = trained(dataset="sine", hidden_layers="3")
    told = look(run, about)
    curve = pairs(told["grid"])
    assert told["lines"] == 1
    for sample, x in [(0, about.domains[0][0]), (len(curve) - 1, about.domains[0][1])]:
        np.testing.assert_allclose(curve[sample], layer_by_hand(run, [x], 1)[:2], atol=1e-5)


@pytest.mark.parametrize("dataset", ["digits", "iris", "breast_cancer", "diabetes"])
def test_of_images_and_tables_there_are_only_the_cases(dataset: str) -> None:
    run, about = trained(dataset=dataset, hidden_layers="5")
    told = look(run, about)
    assert told["grid"] is None
    assert told["raw"] is None
    inputs, _ = run.task.data.part("training")
    case = pairs(told["cases"])[7]
    np.testing.assert_allclose(case, layer_by_hand(run, inputs[7].tolist(), 1)[:2], rtol=1e-4, atol=1e-5)


# --- cases --------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", ["circle", "three_classes", "dog_cat", "multi_gaussian", "digits"])
def test_cases_are_those_of_the_training_part_with_their_labels(dataset: str) -> None:
    run, about = trained(dataset=dataset, hidden_layers="3")
    inputs, targets = run.task.data.part("training")
    told = look(run, about)
    labels = numbers(told["labels"], "<f4")
    if about.domains:
        np.testing.assert_array_equal(pairs(told["raw"]), inputs.astype("f4"))
    for label, target in zip(labels, targets, strict=True):
        if about.kind in ("signs", "regression"):
            assert label == target.astype("f4")
        elif about.kind == "classes":
            assert target[int(label)] == 1.0
        else:
            assert [int(label) >> code & 1 for code in range(len(target))] == target.tolist()


def test_many_cases_are_thinned_and_drawn_ones_join() -> None:
    run, about = trained(cases=2000, hidden_layers="2")
    assert len(pairs(look(run, about)["cases"])) == MOST_CASES
    run, about = trained(cases=20, hidden_layers="2")
    joined = run.change("points", [[1.25, -2.5, 1.0]])
    told = look(joined, about)
    assert [1.25, -2.5] in pairs(told["raw"]).tolist()
    assert len(pairs(told["cases"])) == len(run.task.data.training) + 1


# --- axes ---------------------------------------------------------------------------


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_axes_reach_as_far_as_the_activation_or_as_what_is_shown(activation: str) -> None:
    run, about = trained(hidden_layers="3, 3", activations=activation)
    told = look(run, about)
    low, high = told["range"]
    record, shown = ACTIVATIONS[activation], np.concatenate([pairs(told["grid"]), pairs(told["cases"])])
    assert low <= shown.min()
    assert high >= shown.max()
    if record.lowest is not None and record.highest is not None:
        assert (low, high) == (record.lowest, record.highest)
    else:
        assert high - low <= 3.0 * max(np.ptp(shown), 0.1)


def test_axes_have_an_extent_where_nothing_moves() -> None:
    run, about = trained(0, hidden_layers="2", activations="relu", initialiser="zero")
    low, high = look(run, about)["range"]
    assert low < high


@pytest.mark.parametrize(
    ("layers", "wish", "names"),
    [
        ("4, 2", None, ["neuron 1 of hidden layer 2", "neuron 2 of hidden layer 2"]),
        ("4, 1", None, ["neuron 1 of hidden layer 1", "neuron 2 of hidden layer 1"]),
        ("3", None, ["neuron 1 of the hidden layer", "neuron 2 of the hidden layer"]),
        ("4, 2", {"layer": 1, "x": 3, "y": 0}, ["neuron 4 of hidden layer 1", "neuron 1 of hidden layer 1"]),
        ("4, 2", {"layer": 9, "x": 5, "y": -3}, ["neuron 2 of hidden layer 2", "neuron 1 of hidden layer 2"]),
        ("4, 2", {"layer": -1, "x": 10**400, "y": 1}, ["neuron 4 of hidden layer 1", "neuron 2 of hidden layer 1"]),
        ("4", {"layer": 1, "x": 3, "y": 3}, ["neuron 4 of the hidden layer", "neuron 1 of the hidden layer"]),
    ],
)
def test_a_wish_is_drawn_to_what_the_network_has(layers: str, wish: Any, names: list[str]) -> None:
    run, about = trained(0, hidden_layers=layers)
    told = look(run, about, wish)
    assert told["names"] == names
    assert look(run, about, {key: told[key] for key in ("layer", "x", "y")}) == told


@pytest.mark.parametrize(("layers", "wish"), [("", None), ("1", None), ("3, 1", {"layer": 2, "x": 0, "y": 1})])
def test_where_there_is_no_plane_a_sentence_says_so(layers: str, wish: Any) -> None:
    run, about = trained(0, hidden_layers=layers)
    told = look(run, about, wish)
    assert set(told) == {"layer", "x", "y", "sentence"}
    assert "no hidden layer" in told["sentence"] if not layers else "one neuron" in told["sentence"]


@pytest.mark.parametrize(
    "wish",
    [
        "2", 3, [], [1, 0, 1], {}, True, {"layer": 1}, {"layer": "1", "x": 0, "y": 1}, {"layer": 1.0, "x": 0, "y": 1},
        {"layer": True, "x": 0, "y": 1}, {"layer": 1, "x": math.nan, "y": 1}, {"layer": 1, "x": None, "y": 1},
        {"layer": [1], "x": {}, "y": [[]]},
    ],
)  # fmt: skip
def test_what_is_no_wish_is_refused(wish: Any) -> None:
    run, about = trained(0)
    with pytest.raises(ValueError, match=SENTENCE):
        bent(run, wish, about.domains, about.kind)


# --- what the output makes of the plane ---------------------------------------------


def outputs_at(run: Run, x: int, y: int, places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The outputs (M, K) in raw units for places (M, 2) in the plane of a last hidden layer of two neurons."""
    weights, biases = (each[-1] for each in run.task.network.unpack(run.weights))
    activities = np.empty_like(places)
    activities[:, [x, y]] = places
    outputs = np.empty((len(places), weights.shape[1]))
    ACTIVATIONS[run.task.network.output].value((activities @ weights + biases).T, outputs.T)
    return run.task.to_raw(outputs)


def along(row: list[float]) -> npt.NDArray[Any]:
    """Places on a x + b y + c = 0."""
    a, b, c = row
    return np.array([-a * c, -b * c]) / (a * a + b * b) + np.linspace(-1.0, 1.0, 7)[:, None] * [-b, a]


@pytest.mark.parametrize(("x", "y"), [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("wishes", "middle"),
    [
        ({}, 0.0),
        ({"output": "linear"}, 0.0),
        ({"output": "sigmoid"}, 0.5),
        ({"dataset": "dog_cat"}, 0.5),
        ({"dataset": "dog_cat", "output": "tanh"}, 0.5),
        ({"dataset": "multi_gaussian"}, None),
        ({"dataset": "diabetes", "standardise": True}, None),
        ({"dataset": "sine"}, None),
    ],
)
def test_on_the_line_the_output_is_at_its_middle(wishes: dict[str, Any], middle: float | None, x: int, y: int) -> None:
    run, about = trained(hidden_layers="3, 2", **wishes)
    separator = look(run, about, {"layer": 2, "x": x, "y": y})["separator"]
    assert separator["kind"] == "lines"
    if middle is None:
        targets = run.task.data.targets
        middle = float(targets.min() + targets.max()) / 2.0
    for code, row in enumerate(separator["rows"]):
        on = outputs_at(run, x, y, along(row))[:, code]
        np.testing.assert_allclose(on, middle, rtol=1e-9, atol=1e-9 * max(1.0, abs(middle)))
        above = outputs_at(run, x, y, along(row) + 0.01 * np.array(row[:2]) / math.hypot(*row[:2]))[:, code]
        assert (above > middle).all()


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "tanh"])
def test_a_region_is_where_its_class_leads(output: str) -> None:
    run, about = trained(dataset="three_classes", hidden_layers="3, 2", output=output)
    separator = look(run, about)["separator"]
    places = np.random.default_rng(3).uniform(-1.0, 1.0, (200, 2))
    heights = np.column_stack([places, np.ones(200)]) @ np.array(separator["rows"]).T
    assert separator["kind"] == "regions"
    np.testing.assert_array_equal(heights.argmax(axis=1), outputs_at(run, 0, 1, places).argmax(axis=1))


@pytest.mark.parametrize(
    ("wishes", "wish"),
    [
        ({"hidden_layers": "3"}, None),  # a third neuron has a say
        ({"hidden_layers": "2, 2"}, {"layer": 1, "x": 0, "y": 1}),  # another layer has
        ({"hidden_layers": "2", "initialiser": "zero"}, None),  # nothing depends on the place
        ({"hidden_layers": "2", "dataset": "polynomial", "output": "tanh", "seed": 2}, None),
    ],
)
def test_there_is_no_line_where_there_is_none(wishes: dict[str, Any], wish: Any) -> None:
    run, about = trained(0, **wishes)
    if "output" in wishes:  # a middle that tanh never reaches
        run = replace(run, task=replace(run.task, data=beyond_one(run)))
    assert look(run, about, wish)["separator"] is None


def beyond_one(run: Run) -> Any:
    return replace(run.task.data, targets=run.task.data.targets * 0.0 + 7.0, origin=None)


@pytest.mark.parametrize("dataset", ["circle", "xor", "three_classes", "dog_cat", "breast_cancer"])
@pytest.mark.parametrize("updates", [0, 150])
def test_the_share_that_lies_right_is_the_accuracy(dataset: str, updates: int) -> None:
    run, about = trained(updates, dataset=dataset, hidden_layers="4, 2", standardise=True)
    sentence = look(run, about)["sentence"]
    measured = measure(run).accuracy
    assert measured is not None
    assert measured.training is not None
    assert f"Now {100.0 * measured.training:.0f} % of {len(run.task.data.training)} training cases" in sentence


@pytest.mark.parametrize("dataset", ["circle", "sine", "iris", "multi_gaussian", "digits"])
@pytest.mark.parametrize("layers", ["2", "4", "2, 3", "3, 2"])
def test_a_sentence_tells_what_the_picture_is_for(dataset: str, layers: str) -> None:
    run, about = trained(3, dataset=dataset, hidden_layers=layers)
    sentence = look(run, about)["sentence"]
    assert "layer" in sentence
    assert ("shadow" in sentence) == (layers[-1] != "2")


# --- when numbers fail --------------------------------------------------------------


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("dataset", ["circle", "sine", "iris"])
@pytest.mark.parametrize("size", [1e3, 1e39, 1e160, 1e308])
def test_it_is_json_however_large_the_weights(activation: str, dataset: str, size: float) -> None:
    run, about = trained(0, dataset=dataset, hidden_layers="3, 2", activations=activation)
    large = replace(run, weights=size * np.sign(run.weights), diverged_at=0)
    for wish in (None, {"layer": 1, "x": 0, "y": 1}):
        told = look(large, about, wish)
        assert np.isfinite(pairs(told["cases"])).all()
        assert told["range"][0] < told["range"][1]


def test_a_diverged_run_does_not_raise() -> None:
    run, about = trained(200, hidden_layers="4, 2", activations="relu", output="linear", learning_rate=10.0)
    assert run.diverged_at is not None
    json.dumps(look(run, about))
