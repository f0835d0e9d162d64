import base64
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import Run, advance, measure, measure_weights
from engine.types import Array
from explorer.settings import strict
from explorer.training import slices
from explorer.training.settings import TrainingSettings
from explorer.training.slice_wishes import MOST_MOMENTS
from explorer.training.slice_words import percent, weight_title
from explorer.training.slices import sampling, slice_wish
from explorer.training.tasks import first_run
from tests.explorer.pictures import numbers, travels

SMALL = {"cases": 60, "hidden_layers": "4", "learning_rate": 0.3}
PLANES = [{"kind": "path"}, {"kind": "weights", "first": 0, "second": 5}, {"kind": "random", "seed": 3}]
OWN = {
    "kind": "regression",
    "names": ["mass", "height"],
    "target_names": ["price"],
    "inputs": base64.b64encode(np.random.default_rng(0).normal(size=(20, 2)).astype("<f8").tobytes()).decode(),
    "targets": base64.b64encode(np.random.default_rng(1).normal(size=20).astype("<f8").tobytes()).decode(),
}


def packed(weights: npt.ArrayLike) -> str:
    return base64.b64encode(np.asarray(weights, "<f4").tobytes()).decode()


class Trained:
    """A run, and the moments that the page would have kept of it."""

    def __init__(self, moments: int = 8, updates: int = 10, own: Any = None, **settings: Any) -> None:
        self.settings, self.own = {**SMALL, **settings}, own
        self.moments = [first_run(strict(TrainingSettings, self.settings), own)]
        for _ in range(moments):
            self.moments.append(advance(self.moments[-1], updates=updates))

    @property
    def run(self) -> Run:
        return self.moments[-1]

    def alter(self, setting: str, value: Any) -> None:
        self.moments.append(self.run.change(setting, value))

    def wish(self, plane: Any = PLANES[0], **more: Any) -> dict[str, Any]:
        told = {
            "settings": self.settings,
            "own": self.own,
            "run": self.run.to_json(),
            "plane": plane,
            "path": packed([each.weights for each in self.moments]),
            "steps": [each.step for each in self.moments],
            "window": None,
        }
        return {**told, **more}

    def ask(self, plane: Any = PLANES[0], **more: Any) -> dict[str, Any]:
        """The answer as it travels."""
        answer = slice_wish(json.loads(json.dumps(self.wish(plane, **more))))
        told: dict[str, Any] = json.loads(travels(answer))
        assert told["sentence"][0].isupper()
        assert told["sentence"].endswith(".")
        assert told["sentence"].isprintable()
        assert len(told["sentence"]) < 400
        return told

    def refused(self, **changed: Any) -> str:
        with pytest.raises(ValueError, match=r"\A[A-Z][^\n]{10,300}\.\Z") as caught:
            slice_wish({**self.wish(), **changed})
        return str(caught.value)


def heights(told: dict[str, Any]) -> Array:
    return numbers(told["heights"], "<f4").reshape(told["side"], told["side"]).astype(float)


def mean_errors(run: Run, weights: Array) -> Array:
    return replace(run.present_task, reduction="mean").surface().error(weights)


TRAINED = Trained()


# --- what is drawn ------------------------------------------------------------------


def test_the_map_of_two_weights_is_the_error_of_the_network_with_these() -> None:
    told, run = TRAINED.ask(PLANES[1]), TRAINED.run
    weights = np.tile(run.weights, (told["side"], told["side"], 1))
    weights[..., 0], weights[..., 5] = np.array(told["x"])[None, :], np.array(told["y"])[:, None]
    np.testing.assert_allclose(heights(told), mean_errors(run, weights), rtol=1e-4)
    assert told["path"] == pytest.approx(
        np.array([[each.weights[0], each.weights[5]] for each in TRAINED.moments]), rel=1e-6
    )


def test_the_plane_of_the_path_is_that_of_its_principal_components() -> None:
    told, run = TRAINED.ask(PLANES[0]), TRAINED.run
    way = np.array([each.weights for each in TRAINED.moments])
    left, values, components = np.linalg.svd(way - run.weights, full_matrices=False)
    path = np.array(told["path"])
    np.testing.assert_allclose(np.abs(path), np.abs(left[:, :2] * values[:2]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(told["explained"], values[:2] ** 2 / (values**2).sum(), rtol=1e-4)
    signs = np.sign(path[0]) * np.sign(left[0, :2])
    first, second = signs[:, None] * components[:2]
    points = np.array(told["x"])[None, :, None] * first + np.array(told["y"])[:, None, None] * second
    np.testing.assert_allclose(heights(told), mean_errors(run, run.weights + points), rtol=1e-4)
    rest = way - run.weights - path @ np.stack([first, second])
    np.testing.assert_allclose(told["distances"], np.linalg.norm(rest, axis=1), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane["kind"])
def test_what_is_told_of_the_path_is_true_and_drawn(plane: dict[str, Any]) -> None:
    told = TRAINED.ask(plane)
    assert told["steps"] == [0, 10, 20, 30, 40, 50, 60, 70, 80]
    true = [measure(each).training_error for each in TRAINED.moments]
    np.testing.assert_allclose(told["errors"], true, rtol=1e-5)
    # the present lies in every plane, and on it the map is right
    assert told["distances"][-1] == pytest.approx(0.0, abs=1e-9)
    assert told["heights_at"][-1] == pytest.approx(true[-1], rel=1e-4)
    # a drawn height is that of the map, between the points of its grid
    grid = heights(told)
    for (x, y), height in zip(told["path"], told["heights_at"], strict=True):
        column = min(int(np.searchsorted(told["x"], x)) - 1, told["side"] - 2)
        row = min(int(np.searchsorted(told["y"], y)) - 1, told["side"] - 2)
        near = grid[row : row + 2, column : column + 2]
        slack = float(np.ptp(near)) + 1e-4
        assert near.min() - slack <= height <= near.max() + slack


@pytest.mark.parametrize("plane", PLANES[:2], ids=lambda plane: plane["kind"])
def test_the_window_holds_the_path_and_is_square(plane: dict[str, Any]) -> None:
    told = TRAINED.ask(plane)
    path, (x, y) = np.array(told["path"]), (told["x"], told["y"])
    assert (path.min(axis=0) > [x[0], y[0]]).all()
    assert (path.max(axis=0) < [x[-1], y[-1]]).all()
    assert x[-1] - x[0] == pytest.approx(y[-1] - y[0])
    assert len(x) == len(y) == told["side"]


def test_random_directions_are_drawn_from_minus_one_to_one() -> None:
    told = TRAINED.ask(PLANES[2])
    for axis in ("x", "y"):
        np.testing.assert_allclose(told[axis], np.linspace(-1.0, 1.0, told["side"]), atol=1e-12)
    assert told["path"][-1] == pytest.approx([0.0, 0.0], abs=1e-9)
    same, other = TRAINED.ask(PLANES[2]), TRAINED.ask({"kind": "random", "seed": 4})
    assert same == told
    assert other["heights"] != told["heights"]


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane["kind"])
@pytest.mark.parametrize("factor", [0.25, 4])
def test_a_window_is_wider_by_its_factor(plane: dict[str, Any], factor: float) -> None:
    usual, told = TRAINED.ask(plane), TRAINED.ask(plane, window=factor)
    for axis in ("x", "y"):
        low, high = usual[axis][0], usual[axis][-1]
        assert told[axis][-1] - told[axis][0] == pytest.approx(factor * (high - low))
        assert told[axis][-1] + told[axis][0] == pytest.approx(high + low, abs=1e-9)


def test_two_weights_that_hardly_moved_are_still_drawn_in_a_window_of_some_size() -> None:
    told = Trained(1, 1, learning_rate=1e-4).ask(PLANES[1])
    assert told["x"][-1] - told["x"][0] == pytest.approx(2.0)


@pytest.mark.parametrize(
    "settings",
    [
        {"dataset": "three_classes"},
        {"dataset": "dog_cat", "output": "sigmoid"},
        {"dataset": "sine", "activations": "sine", "standardise": True, "features": ["x", "x_squared"]},
        {"dataset": "iris", "hidden_layers": ""},
        {"dataset": "digits", "hidden_layers": "12", "amplify_copies": 1, "amplify": ["shift"]},
        {"dataset": "diabetes", "hidden_layers": "5, 4", "activations": "relu, sigmoid", "error": "huber"},
        {"dataset": "plane", "reduction": "sum", "learning_rate": 0.01, "l2": 0.1},
        {"connectivity": 50, "dropout": 0.2, "hidden_layers": "6, 6"},
        {"output": "sigmoid", "error": "cross_entropy"},
    ],
)
@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane["kind"])
def test_every_kind_of_task(settings: dict[str, Any], plane: dict[str, Any]) -> None:
    trained = Trained(3, 4, **settings)
    if trained.run.mask is not None and plane["kind"] == "weights":
        first, second = np.flatnonzero(trained.run.mask)[:2].tolist()
        plane = {**plane, "first": first, "second": second}
    told = trained.ask(plane)
    np.testing.assert_allclose(told["errors"][-1], measure(trained.run).training_error, rtol=1e-5)
    np.testing.assert_allclose(told["heights_at"][-1], told["errors"][-1], rtol=1e-4)


def test_own_data() -> None:
    trained = Trained(3, 5, own=OWN, dataset="own", features=[])
    brief = {name: OWN[name] for name in ("kind", "names", "target_names")}
    told = trained.ask(PLANES[1], own=brief)
    assert told["axis_titles"][0] == "Weight mass → neuron 1, hidden layer 1"
    np.testing.assert_allclose(told["errors"], [measure(each).training_error for each in trained.moments], rtol=1e-5)


# --- levels ---------------------------------------------------------------------------


def test_levels_are_logarithmic_where_errors_span_decades() -> None:
    numbers_wanted = Trained(dataset="plane", learning_rate=0.1)
    flat, steep = numbers_wanted.ask(PLANES[2], window=0.01), numbers_wanted.ask(PLANES[2], window=30)
    assert not flat["levels"]["logarithmic"]
    levels, drawn = steep["levels"], heights(steep)
    assert levels["logarithmic"]
    assert drawn.max() > 20.0 * drawn.min()
    scaled = np.log10(np.maximum(drawn - levels["floor"], 0.0) + levels["offset"])
    assert scaled.min() >= levels["low"] - 1e-9
    assert scaled.max() <= levels["high"] + 1e-6
    assert len(levels["ticks"]) == len(levels["labels"])


def test_the_true_errors_of_the_path_have_a_place_on_the_scale() -> None:
    told = TRAINED.ask(PLANES[1])
    levels, drawn = told["levels"], heights(told)
    assert max(told["errors"]) > drawn.max()
    assert levels["floor"] == pytest.approx(min(drawn.min(), *told["errors"]), rel=1e-6)
    top = levels["high"] if not levels["logarithmic"] else 10 ** levels["high"] - levels["offset"] + levels["floor"]
    assert top == pytest.approx(max(told["errors"]), rel=1e-6)


# --- the path ---------------------------------------------------------------------------


def test_without_a_path_the_directions_are_random() -> None:
    start = Trained(0)
    told = start.ask()
    assert (told["kind"], told["explained"], told["steps"], told["distances"]) == ("random", None, [0], [0.0])
    assert told["sentence"].startswith("The path is a single point so far, so the directions are random")
    assert start.ask(path=None, steps=None)["heights"] == told["heights"]
    later = TRAINED.ask(path=None, steps=None)
    assert (later["kind"], later["steps"]) == ("random", [80])
    assert later["sentence"].startswith("No other moment is known, so the directions are random")


def test_a_path_of_two_moments_has_one_direction() -> None:
    told = Trained(1, 5).ask()
    assert told["explained"] == pytest.approx([1.0, 0.0], abs=1e-12)
    assert told["sentence"].startswith("The path has one direction, which holds 100 % of its variance")
    assert told["axis_titles"] == ["Main direction of the path, 100 %", "A random direction"]
    assert told["distances"] == pytest.approx([0.0, 0.0], abs=1e-5)
    assert told["sentence"].endswith("Both known moments lie in this plane.")


def test_that_a_straight_path_is_told_in_float32_gives_it_no_second_direction() -> None:
    run = TRAINED.run
    way = run.weights + np.linspace(-1.0, 0.0, 9)[:, None] * np.random.default_rng(0).normal(size=len(run.weights))
    told = TRAINED.ask(path=packed(way))
    assert told["explained"] == pytest.approx([1.0, 0.0], abs=1e-9)
    assert told["axis_titles"][1] == "A random direction"


def test_the_present_is_added_where_the_page_does_not_know_it_yet() -> None:
    known = TRAINED.ask()
    steps = [each.step for each in TRAINED.moments[:-1]]
    told = TRAINED.ask(path=packed([each.weights for each in TRAINED.moments[:-1]]), steps=steps)
    assert told["steps"] == known["steps"]
    np.testing.assert_allclose(heights(told), heights(known), rtol=1e-5)


def test_moments_that_the_run_has_not_reached_are_left_out() -> None:
    early = Trained()
    early.moments = TRAINED.moments[:5]
    told = early.ask(path=packed([each.weights for each in TRAINED.moments]), steps=TRAINED.ask()["steps"])
    assert told["steps"] == [0, 10, 20, 30, 40]


def test_an_edited_weight_is_a_moment_of_its_own() -> None:
    trained = Trained(2)
    trained.alter("weight", (0, 5.0))
    told = trained.ask(PLANES[1], path=packed([each.weights for each in trained.moments[:-1]]), steps=[0, 10, 20])
    assert told["steps"] == [0, 10, 20, 20]
    assert told["path"][-1][0] == 5.0
    assert trained.ask(PLANES[1])["steps"] == [0, 10, 20, 20]


def test_cut_links_stay_cut() -> None:
    trained = Trained(3)
    trained.alter("cut", 0)
    trained.moments.append(advance(trained.run, updates=10))
    told = trained.ask()
    # what the path did to the cut link counts as distance
    assert min(told["distances"][:3]) > 0.9 * min(abs(each.weights[0]) for each in trained.moments[:3])
    assert told["errors"][0] == pytest.approx(measure(trained.moments[0]).training_error, rel=1e-5)
    assert "cut" in trained.refused(plane=PLANES[1])
    assert trained.ask({"kind": "weights", "first": 1, "second": 5})["kind"] == "weights"
    without = mean_errors(trained.run, np.where(np.arange(len(trained.run.weights)) == 0, 0.0, trained.run.weights))
    assert trained.ask(PLANES[2])["heights_at"][-1] == pytest.approx(without, rel=1e-4)


def test_points_that_have_joined_count() -> None:
    trained = Trained(2)
    before = trained.ask(PLANES[1])
    trained.alter("points", [[0.5, 0.5, 1.0], [-2.0, 1.0, -1.0]])
    told = trained.ask(PLANES[1])
    assert told["cases_all"] == before["cases_all"] + 2
    assert told["errors"][-1] == pytest.approx(measure(trained.run).training_error, rel=1e-5)
    # the surface of the data as they are now, also under the moments before
    present = measure_weights(trained.run.present_task, trained.moments[0].weights).training_error
    assert told["errors"][0] == pytest.approx(present, rel=1e-5)


def test_a_run_that_diverged_is_drawn_round_its_last_good_weights() -> None:
    trained = Trained(12, 20, dataset="plane", activations="linear", learning_rate=3.0)
    assert trained.run.diverged_at is not None
    for plane in PLANES:
        told = trained.ask(plane)
        assert told["heights_at"][-1] == pytest.approx(measure(trained.run).training_error, rel=1e-3)


def test_errors_beyond_all_numbers_are_drawn_at_the_top_and_told() -> None:
    deep = Trained(0, hidden_layers=", ".join(["3"] * 15), activations="relu", initialiser="he")
    told = deep.ask(PLANES[2], window=1000)
    assert told["clipped"] > 0
    drawn = heights(told)
    assert np.isfinite(drawn).all()
    assert (drawn == drawn.max()).sum() >= told["clipped"]
    assert f"At {told['clipped']:,} point" in told["sentence"]


def test_weights_of_zero_have_no_random_directions() -> None:
    start = Trained(0, initialiser="zero")
    assert "these are 0" in start.refused(plane=PLANES[2])
    assert "these are 0" in start.refused(plane=PLANES[0])
    assert start.ask(PLANES[1])["kind"] == "weights"


# --- what is not computed -------------------------------------------------------------------


def test_large_tasks_are_drawn_from_evenly_chosen_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "MOST_WORK", 300_000)
    monkeypatch.setattr(slices, "_ENOUGH_CASES", 10)
    monkeypatch.setattr(slices, "_FEWEST_CASES", 5)
    told, run = TRAINED.ask(PLANES[1]), TRAINED.run
    used, whole = told["cases_used"], told["cases_all"]
    assert 10 <= used < whole == len(run.task.data.training)
    assert told["sentence"].endswith(f"Drawn from {used} of {whole} training cases, evenly chosen.")
    inputs, targets = run.task.data.part("training")
    chosen = [int(place * whole / used + 1e-9) for place in range(used)]
    outputs = run.task.network.forward(run.weights, inputs[chosen]).activities[-1]
    # E = 1/2 mean (t - y)^2, of the true error and of the drawn one alike
    own = 0.5 * float(((targets[chosen] - outputs) ** 2).mean())
    assert (told["errors"][-1], told["heights_at"][-1]) == (pytest.approx(own, rel=1e-5), pytest.approx(own, rel=1e-4))


@pytest.mark.parametrize("cases", [10, 500, 5_000])
@pytest.mark.parametrize(
    "layers", ["4", "16, 16", "128, 128", ", ".join(["128"] * 20)], ids=["small", "goal", "wide", "largest"]
)
def test_the_work_is_bounded(layers: str, cases: int) -> None:
    network = first_run(strict(TrainingSettings, {**SMALL, "hidden_layers": layers})).task.network
    (side, used), (coarse, same) = sampling(network, cases, False), sampling(network, cases, True)
    assert coarse < side
    assert same == used <= cases
    assert used == cases or used >= 50
    each = sum(network.sizes[1:])
    assert side == 21 or side**2 * used * each < 100_000_000
    if layers in ("4", "16, 16"):
        assert (side, used) == (61, cases) if cases < 5_000 else used >= 200


# --- words ----------------------------------------------------------------------------------


def test_every_weight_has_a_title() -> None:
    network = Trained(0, hidden_layers="3, 2", dataset="three_classes").run.task.network
    titles = [weight_title(network, index, ["x1", "x2"]) for index in range(network.dimension)]
    assert titles[:3] == [
        "Weight x1 → neuron 1, hidden layer 1",
        "Weight x2 → neuron 1, hidden layer 1",
        "Bias of neuron 1, hidden layer 1",
    ]
    # 9 of the first layer, 8 of the second, 9 of the outputs
    assert titles[9] == "Weight neuron 1 → neuron 1, hidden layer 2"
    assert titles[16] == "Bias of neuron 2, hidden layer 2"
    assert titles[17:20] == ["Weight neuron 1 → output 1", "Weight neuron 2 → output 1", "Bias of output 1"]
    assert titles[-1] == "Bias of output 3"
    assert len(set(titles)) == len(titles)


def test_axes_say_what_they_are() -> None:
    titles = [TRAINED.ask(plane)["axis_titles"] for plane in PLANES]
    shares = [percent(share) for share in TRAINED.ask()["explained"]]
    assert titles[0] == [f"Main direction of the path, {shares[0]}", f"Second direction, {shares[1]}"]
    assert titles[1] == ["Weight x1 → neuron 1, hidden layer 1", "Bias of neuron 2, hidden layer 1"]


def test_the_sentence_tells_the_farthest_moment() -> None:
    way = np.array([each.weights for each in TRAINED.moments])
    way[4] += 3.0
    told = TRAINED.ask(PLANES[1], path=packed(way))
    worst = int(np.argmax(told["distances"]))
    assert worst == 4
    assert f"there, at update {told['steps'][worst]}, the true error is" in told["sentence"]
    for number, name in ((told["errors"][worst], "true error is"), (told["heights_at"][worst], "where")):
        said = float(told["sentence"].split(name)[1].split()[0])
        assert math.isclose(said, number, rel_tol=5e-3)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.93, "93 %"), (0.004, "0.4 %"), (0.9962, "99.6 %"), (0.99995, "more than 99.9 %"), (1.0, "100 %")],
)
def test_nearly_all_is_not_all(share: float, words: str) -> None:
    assert percent(share) == words


# --- forged wishes ------------------------------------------------------------------------


WIDTH = len(TRAINED.run.weights)
NONSENSE: dict[str, list[Any]] = {
    "plane": [
        None, 5, "path", [], {}, {"kind": None}, {"kind": "spiral"}, {"kind": ["path"]}, {"kind": "random"},
        {"kind": "random", "seed": -1}, {"kind": "random", "seed": 1.5}, {"kind": "random", "seed": True},
        {"kind": "random", "seed": 10**30}, {"kind": "weights"}, {"kind": "weights", "first": 0, "second": 0},
        {"kind": "weights", "first": 0, "second": WIDTH}, {"kind": "weights", "first": -1, "second": 2},
        {"kind": "weights", "first": "0", "second": 2}, {"kind": "weights", "first": float("nan"), "second": 2},
        {"kind": "weights", "first": [0], "second": {}}, {"kind": "weights", "first": True, "second": 2},
    ],
    "steps": [
        5, "0", {}, None, [0, 1], [None] * 9, [0, 10, 5, 30, 40, 50, 60, 70, 80], ["0"] * 9, [0.5] * 9, [True] * 9,
        [-1, 10, 20, 30, 40, 50, 60, 70, 80], [10**30] * 9, [float("nan")] * 9, [[0]] * 9, [0] * (MOST_MOMENTS + 1),
    ],
    "path": [
        5, [], {}, "", "!", "é" * 100, "A" * 10_000_000, None, packed(np.zeros(9 * WIDTH - 1)),
        packed(np.zeros(9 * WIDTH + 1)), packed(np.full((9, WIDTH), np.nan)), packed(np.full((9, WIDTH), np.inf)),
        packed(np.zeros((9, WIDTH)))[:-1] + "!",
    ],
    "window": ["1", [], {}, 0, -1, 1e-9, 1e9, float("nan"), float("inf"), True],
    "run": [None, 5, "", "{}", "[" * 10_000, Trained(1, hidden_layers="5").run.to_json()],
    "settings": [None, 5, [], {"cases": "many"}, {**SMALL, "seed": 8}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in NONSENSE for value in NONSENSE[name]], ids=lambda v: str(v)[:30]
)
def test_nonsense_is_refused_in_one_sentence(name: str, value: Any) -> None:
    TRAINED.refused(**{name: value})


def test_hostile_numbers_are_refused_before_they_cost_anything() -> None:
    said = TRAINED.refused(steps=[0] * 121)
    assert "at most 120" in said
    wide = Trained(1, 1, hidden_layers="128, 128, 128", cases=20)
    assert "3,000,000 numbers can be used" in wide.refused(steps=[0] * 120)


def test_the_largest_path_numbers_are_survived() -> None:
    path = np.array([each.weights for each in TRAINED.moments])
    path[1] = 3e38
    told = TRAINED.ask(path=packed(path))
    assert told["distances"][-1] == pytest.approx(0.0, abs=1e30)
    assert np.isfinite(heights(told)).all()
