"""Every picture against a forward pass of its own."""

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import DATASETS, FEATURES, HIDDEN_ACTIVATIONS, Run, advance
from explorer.settings import strict
from explorer.training.frames import frame, scene
from explorer.training.pictures import CURVE_SAMPLES, HELP, MAP_SIDE, map_side, output_range, tile_side
from explorer.training.settings import FEATURES_OF, MOST_LAYERS, MOST_NEURONS, TrainingSettings
from explorer.training.subjects import Subject
from explorer.training.tasks import first_run, made
from tests.explorer.pictures import numbers

PLANES = [name for name, source in DATASETS.items() if source.view == "plane"]
CURVES = [name for name, source in DATASETS.items() if source.view == "curve"]
TABLES = [name for name, source in DATASETS.items() if source.view == "table"]
Bytes = npt.NDArray[np.uint8]


def begun(updates: int = 0, **wishes: Any) -> tuple[Run, Subject]:
    settings = strict(TrainingSettings, {"cases": 40, **wishes})
    return advance(first_run(settings), updates=updates), made(settings).subject


def with_weights(run: Run, weights: npt.ArrayLike) -> Run:
    return replace(run, weights=np.asarray(weights, np.float64))


def tiles(run: Run, about: Subject) -> Bytes:
    """Pictures of the hidden neurons (W, side, side), of curves (W, samples)."""
    side = tile_side(run, about)
    shape = (-1, side) if about.view == "curve" else (-1, side, side)
    return numbers(frame([run], about)["neurons"], "u1").reshape(shape)


def told(run: Run, about: Subject) -> Bytes:
    """The picture of each output (K, side, side)."""
    return numbers(frame([run], about)["output"], "u1").reshape(-1, map_side(run), map_side(run))


def grid(run: Run, about: Subject) -> npt.NDArray[np.float64]:
    """Raw inputs of the output map, rows along the second input, the first row lowest."""
    lines = [np.linspace(low, high, map_side(run)) for low, high in about.domains]
    first, second = np.meshgrid(*lines)
    return np.column_stack([first.ravel(), second.ravel()])


def prepared(run: Run, raw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What the network gets for raw inputs, from features and the moments of the training part."""
    inputs, _ = run.task.data.part("training")
    names = run.task.preparation.features
    made_of = [np.column_stack([FEATURES[n].function(x) for n in names]) if names else x for x in (inputs, raw)]
    if not run.task.preparation.standardise:
        return made_of[1]
    deviation = made_of[0].std(axis=0)  # some pixels are always black
    return (made_of[1] - made_of[0].mean(axis=0)) / np.where(deviation > 1e-12, deviation, 1.0)


def layers(run: Run, inputs: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    return [layer.T for layer in run.task.network.forward(run.weights, inputs).activities]


def exact(layer: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Activities as bytes before they are rounded: zero in the middle, at least from -1 to 1."""
    return 127.5 + 127.5 * layer / max(1.0, np.abs(layer).max())


# --- the plane ----------------------------------------------------------------------


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("features", [None, FEATURES_OF["plane"]])
def test_every_byte_of_the_plane_is_an_activity_within_one_step(activation: str, features: Any) -> None:
    wish = {"features": list(features), "standardise": True} if features else {}
    run, about = begun(30, hidden_layers="5, 3", activations=activation, learning_rate=0.3, **wish)
    run = with_weights(run, 2.0 * run.weights)
    *hidden, output = layers(run, prepared(run, grid(run, about)))[1:]
    stride = (MAP_SIDE - 1) // (tile_side(run, about) - 1)
    expected = [neuron.reshape(MAP_SIDE, MAP_SIDE)[::stride, ::stride] for layer in hidden for neuron in exact(layer)]
    assert np.abs(tiles(run, about) - np.array(expected)).max() <= 1.0
    assert np.abs(told(run, about)[0] - exact(output).reshape(MAP_SIDE, MAP_SIDE)).max() <= 1.0


@pytest.mark.parametrize("dataset", PLANES)
@pytest.mark.parametrize("output", ["auto", "sigmoid", "linear"])
@pytest.mark.parametrize("standardise", [False, True])
def test_outputs_lie_within_the_range_of_the_targets(dataset: str, output: str, standardise: bool) -> None:
    run, about = begun(40, dataset=dataset, output=output, standardise=standardise, learning_rate=0.1)
    low, high = output_range(run, about)
    values = layers(run, prepared(run, grid(run, about)))[-1]
    if run.task.preparation.targets == "standardised":
        _, targets = run.task.data.part("training")
        values = values * targets.std() + targets.mean()
    expected = 255.0 * np.clip((values - low) / (high - low), 0.0, 1.0)
    found = told(run, about)
    assert len(found) == run.task.data.targets.shape[1]
    assert np.abs(found.reshape(len(found), -1) - expected).max() <= 1.0
    _, targets = run.task.data.part("training")
    if run.task.preparation.targets != "unit":
        assert low <= targets.min() < targets.max() <= high


def test_the_range_of_signs_is_the_outputs() -> None:
    assert output_range(*begun()) == (-1.0, 1.0)
    assert output_range(*begun(output="sigmoid")) == (0.0, 1.0)


def test_no_activity_is_the_middle() -> None:
    run, about = begun(hidden_layers="4, 2")
    flat = with_weights(run, np.zeros(run.task.network.dimension))
    assert set(np.unique(tiles(flat, about))) | set(np.unique(told(flat, about))) <= {127, 128}


def test_pictures_begin_at_the_lowest_corner_and_reach_the_ends() -> None:
    run, about = begun(hidden_layers="")
    (first,) = told(with_weights(run, [1000.0, 0.0, 0.0]), about)  # tanh(1000 x1)
    (second,) = told(with_weights(run, [0.0, 1000.0, 0.0]), about)  # tanh(1000 x2)
    middle = MAP_SIDE // 2
    for picture in (first.T, second):
        assert (picture[:middle] == 0).all()
        assert (picture[middle + 1 :] == 255).all()
        assert np.isin(picture[middle], [127, 128]).all()


def test_what_is_no_number_is_drawn_as_zero() -> None:
    run, about = begun(activations="sine", hidden_layers="2", cases=20)
    broken = with_weights(run, np.full(run.task.network.dimension, 1e308))
    assert np.isin(tiles(broken, about)[:, -1, -1], [127, 128]).all()  # sin(12 * 1e308), which is sin(inf)
    assert np.isin(told(broken, about)[0, -1, -1], [127, 128])


def test_the_largest_number_that_can_be_drawn_is_in_scale() -> None:
    run, about = begun(activations="linear", hidden_layers="1")
    huge = with_weights(run, [3e38 / 6.0, 0.0, 0.0, 0.0, 0.0])  # y = 3e38 at x1 = 6
    (tile,) = tiles(huge, about)
    np.testing.assert_allclose(tile[0], np.linspace(0.0, 255.0, tile.shape[1]), atol=0.5)


def test_inputs_are_drawn_as_the_network_gets_them() -> None:
    for dataset, features in (("circle", FEATURES_OF["plane"]), ("sine", FEATURES_OF["curve"])):
        run, about = begun(dataset=dataset, features=list(features), standardise=True)
        side = tile_side(run, about)
        lines = np.meshgrid(*(np.linspace(low, high, side) for low, high in about.domains))
        columns = prepared(run, np.column_stack([line.ravel() for line in lines])).T
        found = numbers(scene(run, about)["input_pictures"], "u1").reshape(len(features), -1)
        for column, picture in zip(columns, found, strict=True):
            assert np.abs(picture - exact(column)).max() <= 0.51


# --- the curve ----------------------------------------------------------------------


@pytest.mark.parametrize("dataset", CURVES)
@pytest.mark.parametrize("output", ["auto", "tanh"])
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("layout", ["5, 3", ""])
def test_curves_are_activities_over_the_input(dataset: str, output: str, standardise: bool, layout: str) -> None:
    run, about = begun(
        40, dataset=dataset, output=output, standardise=standardise, hidden_layers=layout, learning_rate=0.1
    )
    inputs = np.linspace(*about.domains[0], CURVE_SAMPLES)[:, None]
    below, *above = layers(run, prepared(run, inputs))
    scale, offset = 1.0, 0.0
    if standardise:
        _, targets = run.task.data.part("training")
        scale, offset = targets.std(), targets.mean()
    drawn = frame([run], about)
    np.testing.assert_allclose(numbers(drawn["output"], "<f4"), above[-1][0] * scale + offset, atol=1e-4)
    found, stride = tiles(run, about), (CURVE_SAMPLES - 1) // (tile_side(run, about) - 1)
    expected = [neuron[::stride] for layer in above[:-1] for neuron in exact(layer)]
    assert len(found) == len(expected)
    assert not expected or np.abs(found - np.array(expected)).max() <= 1.0

    # what each neuron of the last hidden layer adds
    parts = numbers(drawn["contributions"], "<f4").reshape(-1, CURVE_SAMPLES)
    last = run.task.network.matrices(run.weights)[-1][0]
    before = above[-2] if layout else below
    factor = scale if output == "auto" else 1.0
    np.testing.assert_allclose(parts[:-1], factor * last[:-1, None] * before, atol=1e-4)
    bias = last[-1] * scale + offset if output == "auto" else last[-1]
    np.testing.assert_allclose(parts[-1], np.full(CURVE_SAMPLES, bias), atol=1e-5)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("dataset", CURVES)
def test_contributions_sum_to_a_linear_output(dataset: str, standardise: bool) -> None:
    run, about = begun(100, dataset=dataset, standardise=standardise, learning_rate=0.1, hidden_layers="4, 6")
    drawn = frame([run], about)
    parts = numbers(drawn["contributions"], "<f4").reshape(7, CURVE_SAMPLES)
    np.testing.assert_allclose(parts.sum(axis=0), numbers(drawn["output"], "<f4"), atol=1e-4)


def test_contributions_to_another_output_sum_to_its_logit() -> None:
    run, about = begun(100, dataset="sine", output="tanh", learning_rate=0.1)
    drawn = frame([run], about)
    parts = numbers(drawn["contributions"], "<f4").reshape(-1, CURVE_SAMPLES)
    np.testing.assert_allclose(np.tanh(parts.sum(axis=0)), numbers(drawn["output"], "<f4"), atol=1e-5)


# --- images and tables --------------------------------------------------------------


@pytest.mark.parametrize("layout", ["10", "10, 6", "10, 4, 3"])
@pytest.mark.parametrize("standardise", [False, True])
def test_the_first_layer_of_images_shows_what_it_looks_for(layout: str, standardise: bool) -> None:
    run, about = begun(20, dataset="digits", hidden_layers=layout, standardise=standardise, cases=300)
    side = tile_side(run, about)
    assert side == 16
    found = tiles(run, about)[:10]
    weights = run.task.network.matrices(run.weights)[0][:, :-1]
    for tile, row in zip(found, weights, strict=True):
        expected = 127.5 + 127.5 * row.reshape(8, 8) / np.abs(row).max()
        # a tile begins with its lowest row; two pixels by two for each of the image
        for r, c in itertools.product(range(16), repeat=2):
            assert abs(tile[15 - r, c] - expected[r // 2, c // 2]) <= 0.51


def test_an_image_that_nothing_is_looked_for_in_is_grey() -> None:
    run, about = begun(dataset="digits", hidden_layers="3")
    flat = with_weights(run, np.zeros(run.task.network.dimension))
    assert np.isin(tiles(flat, about), [127, 128]).all()


@pytest.mark.parametrize("dataset", ["digits", *TABLES])
def test_other_tiles_are_activities_on_training_cases_in_order(dataset: str) -> None:
    run, about = begun(20, dataset=dataset, hidden_layers="5, 3", cases=100, standardise=True)
    side = tile_side(run, about)
    inputs, targets = run.task.data.part("training")
    place = targets.argmax(axis=1) if about.kind == "classes" else targets[:, 0]
    order = sorted(range(len(inputs)), key=lambda case: place[case])
    chosen = [order[math.floor(i * (len(order) - 1) / (side**2 - 1))] for i in range(side**2)]
    first, second = layers(
        run, prepared(run, inputs[chosen]) if dataset != "digits" else run.task.features(inputs[chosen])
    )[1:3]
    expected = np.vstack([exact(first), exact(second)]).reshape(-1, side, side)
    found = tiles(run, about)
    skipped = 5 if dataset == "digits" else 0  # those are images
    assert np.abs(found[skipped:] - expected[skipped:]).max() <= 1.0
    drawn = frame([run], about)
    assert (drawn["output"], drawn["contributions"]) == (None, None)


@pytest.mark.parametrize("dataset", ["digits", *TABLES])
def test_without_hidden_neurons_there_is_nothing_to_draw(dataset: str) -> None:
    run, about = begun(dataset=dataset, hidden_layers="")
    assert frame([run], about)["neurons"] == ""


# --- how large pictures are ---------------------------------------------------------

VIEWS = {"plane": "circle", "curve": "sine", "images": "digits", "table": "iris"}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("layout", ["", "1", "4, 2", "32, 32", "64 " * 8, "128 " * 20])
def test_scene_and_frame_agree_on_the_size_of_pictures(view: str, layout: str) -> None:
    run, about = begun(dataset=VIEWS[view], hidden_layers=layout, cases=12)
    stays, drawn = scene(run, about), frame([run], about)
    neurons, side = sum(stays["sizes"][1:-1]), stays["neuron_side"]
    area = side if view == "curve" else side**2
    assert len(numbers(drawn["neurons"], "u1")) == neurons * area
    assert len(numbers(drawn["weights"], "<f4")) == run.task.network.dimension
    if view == "plane":
        assert len(numbers(drawn["output"], "u1")) == stays["map_side"] ** 2
        assert len(numbers(stays["input_pictures"], "u1")) == 2 * area
    if view == "curve":
        assert len(numbers(drawn["output"], "<f4")) == stays["curve_samples"]
        assert len(numbers(stays["input_pictures"], "u1")) == area


@pytest.mark.parametrize("view", VIEWS)
def test_pictures_of_many_neurons_get_coarser_and_stay_small(view: str) -> None:
    sides: dict[int, list[int]] = {}
    widths = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, MOST_NEURONS)
    for layers, width in sorted(itertools.product((1, 2, 3, 5, 8, 13, MOST_LAYERS), widths), key=math.prod):
        run, about = begun(dataset=VIEWS[view], hidden_layers=f"{width} " * layers, cases=10)
        side, whole = tile_side(run, about), {"plane": map_side(run), "curve": CURVE_SAMPLES}.get(view)
        if whole:
            assert (whole - 1) % (side - 1) == 0  # every picture reaches from edge to edge
        if view == "images" and side == 8:
            continue  # no image is smaller
        assert layers * width * (side if view == "curve" else side**2) <= 24_000
        sides.setdefault(map_side(run) if view == "plane" else 0, []).append(side)
    for found in sides.values():
        assert found == sorted(found, reverse=True)
        assert found[-1] >= 3
    assert max(map(max, sides.values())) >= 16


def test_the_map_of_a_large_network_is_coarser() -> None:
    sides = [map_side(begun(hidden_layers=layout, cases=10)[0]) for layout in ("100 " * 4, "128 " * 6)]
    assert sides == [61, 31]


def test_every_view_says_what_its_neurons_show() -> None:
    assert set(HELP) == set(VIEWS)
    for view, dataset in VIEWS.items():
        assert scene(*begun(dataset=dataset))["neuron_help"] == HELP[view]
