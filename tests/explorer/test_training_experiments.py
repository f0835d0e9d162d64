"""Many runs at once: cells that carry no state, and every replica an ordinary run."""

import base64
import itertools
import json
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import StopRules, advance, measure, measure_weights, start
from explorer.settings import strict
from explorer.training.experiment_plans import WIDTHS, bands_plan, capacity_plan
from explorer.training.experiments import LAST_SEED, MOST_EPOCHS, MOST_LOOKS, MOST_SEEDS, cell, whole
from explorer.training.settings import MOST_ALONE, TrainingSettings, hidden_sizes
from explorer.training.tasks import first_run, made
from explorer.training.ticks import tick

SENTENCE = r"\A[A-Z0-9][^\n]{10,300}\.\Z"
SMALL = {"cases": 40, "hidden_layers": "3", "split": "50, 30, 20"}
CURVES = [f"{part}_{what}" for what in ("error", "accuracy") for part in ("training", "validation", "test")]


def packed(numbers: Any) -> str:
    flat = [float(value) for value in np.ravel(numbers)]
    return base64.b64encode(struct.pack(f"<{len(flat)}d", *flat)).decode()


def own_table(cases: int = 30) -> dict[str, Any]:
    chance = np.random.default_rng(3)
    inputs = chance.normal(size=(cases, 2))
    return {
        "kind": "signs",
        "names": ["height", "weight"],
        "target_names": ["no", "yes"],
        "inputs": packed(inputs),
        "targets": packed(inputs[:, 0] > inputs[:, 1]),
    }


def ask(wish: dict[str, Any], clock: Callable[[], float] | None = None) -> dict[str, Any]:
    """The answer as it travels."""
    answer = cell(json.loads(json.dumps(wish)), clock) if clock else cell(json.loads(json.dumps(wish)), lambda: 0.0)
    return json.loads(json.dumps(answer, allow_nan=False))


def impatient() -> Callable[[], float]:
    """A clock by which every piece of work takes longer than a cell has."""
    ticks = itertools.count()
    return lambda: float(next(ticks))


def grown(wish: dict[str, Any], clock: Callable[[], Callable[[], float]]) -> tuple[dict[str, Any], list[Any], int]:
    """The last answer of cell after cell, all looks told on the way, the number of cells."""
    states, left, told = None, list(wish["looks"]), []
    for count in itertools.count(1):
        answer = ask({**wish, "states": states, "looks": left}, clock())
        states, left = answer["states"], left[len(answer["epochs"]) :]
        told += [[look, *(answer["curves"][name][i] for name in CURVES)] for i, look in enumerate(answer["epochs"])]
        if answer["done"]:
            return answer, told, count
    raise AssertionError


# --- cells ----------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"optimizer": "adam", "dropout": 0.2}, {"connectivity": 50, "l1": 0.01}])
def test_cell_after_cell_is_the_same_as_all_at_once(settings: dict[str, Any]) -> None:
    wish = {"settings": {**SMALL, **settings}, "seeds": [4, 2, 9], "looks": [0, 3, 40]}
    once, told, _ = grown(wish, lambda: lambda: 0.0)
    again, told_again, cells = grown(wish, impatient)
    assert cells > 4
    assert again["states"] == once["states"]
    assert told_again == told
    assert [look for look, *_ in told] == [0, 3, 40]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"dataset": "iris", "optimizer": "momentum"},
        {"dataset": "sine", "standardise": True, "schedule": "cosine"},
        {"dataset": "dog_cat", "amplify_copies": 2, "clip_norm": 0.5},
        {"dataset": "digits", "cases": 60, "dropout": 0.3},
    ],
)
def test_each_seed_is_trained_as_its_own_run_would_be(settings: dict[str, Any]) -> None:
    wish = {"settings": {**SMALL, **settings}, "seeds": [5, 1, 7, 8], "looks": [0, 2, 7]}
    answer = ask(wish)
    for place, seed in enumerate(wish["seeds"]):
        run = first_run(strict(TrainingSettings, {**SMALL, **settings, "seed": seed}))
        for row, look in enumerate(wish["looks"]):
            measures = measure(advance(run, epochs=look))
            errors = [measures.training_error, measures.validation_error, measures.test_error]
            for name, wanted in zip(CURVES, [*errors, *(measures.accuracy or [None] * 3)], strict=True):
                found = answer["curves"][name][row][place]
                assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-7))
    assert answer["epoch"] == 7


def test_seeds_differ_in_their_data() -> None:
    answer = ask({"settings": {**SMALL, "initialiser": "zero"}, "seeds": [1, 2, 3], "looks": [0, 5]})
    assert len(set(answer["curves"]["training_error"][1])) == 3


def test_a_part_without_cases_has_no_numbers() -> None:
    answer = ask({"settings": {"cases": 20, "split": "100, 0, 0", "dataset": "sine"}, "seeds": [1, 2], "looks": [1]})
    assert answer["curves"]["validation_error"] == answer["curves"]["test_accuracy"] == [[None, None]]
    assert answer["best"] == [None, None]


def test_the_best_epoch_is_told_with_all_errors_at_its_weights() -> None:
    settings = {**SMALL, "noise": 0.5, "learning_rate": 0.3}
    answer = ask({"settings": settings, "seeds": [3], "looks": [400]})
    run = advance(first_run(strict(TrainingSettings, {**settings, "seed": 3})), epochs=400)
    assert run.best is not None
    assert run.best.step < run.step
    wanted = measure_weights(run.task, run.best.weights)
    assert answer["best"] == [
        {
            "epoch": run.epoch_at(run.best.step),
            "validation_error": pytest.approx(run.best.error),
            "training_error": pytest.approx(wanted.training_error),
            "test_error": pytest.approx(wanted.test_error),
        }
    ]


def test_a_run_that_diverges_has_no_numbers_from_then_on_and_the_others_go_on() -> None:
    settings = {**SMALL, "dataset": "polynomial", "learning_rate": 1.02, "activations": "relu", "batch_size": 40}
    alone = [advance(first_run(strict(TrainingSettings, {**settings, "seed": s})), epochs=200) for s in range(12)]
    lost = [run.diverged_at is not None for run in alone]
    assert 0 < sum(lost) < 12, "the rate must be such that some diverge"
    answer, told, _ = grown({"settings": settings, "seeds": list(range(12)), "looks": [0, 200]}, impatient)
    assert answer["diverged"] == lost
    assert [value is None for value in told[-1][1]] == lost
    assert None not in told[0][1]
    assert answer["epoch"] == 200


def test_where_all_diverge_the_work_is_done() -> None:
    settings = {**SMALL, "dataset": "polynomial", "learning_rate": 10.0, "activations": "linear"}
    answer = ask({"settings": settings, "seeds": [1, 2], "looks": [0, 5000]})
    assert answer["done"]
    assert answer["epochs"] == [0]
    assert answer["diverged"] == [True, True]
    after = ask({"settings": settings, "seeds": [1, 2], "looks": [5000], "states": answer["states"]})
    assert after["done"]
    assert after["epochs"] == []


def test_early_stopping_stops_where_the_engine_does() -> None:
    settings = {**SMALL, "noise": 0.6, "learning_rate": 0.3, "patience": 5}
    run = first_run(strict(TrainingSettings, {**settings, "seed": 2}))
    wanted = advance(run, epochs=500, stop=StopRules(patience=5))
    assert wanted.epoch < 500
    wish = {"settings": settings, "seeds": [2], "looks": [0, 250, 500], "stopping": True}
    for clock in (lambda: lambda: 0.0, impatient):
        answer, told, _ = grown(wish, clock)
        assert answer["stopped"]
        assert answer["epoch"] == wanted.epoch
        assert told[-1][0] == wanted.epoch
        assert told[-1][1] == [pytest.approx(measure(wanted).training_error)]
        assert ask({**wish, "states": answer["states"], "looks": [500]})["stopped"]
    unstopped = ask({**wish, "stopping": False})
    assert unstopped["epoch"] == 500


@pytest.mark.parametrize(
    ("settings", "seeds"),
    [
        ({"dataset": "circle", "cases": 5000}, [1, 2]),
        ({"dataset": "digits", "cases": 1797, "batch_size": 1, "optimizer": "adam"}, [1]),
        ({"dataset": "digits", "cases": 1797, "batch_size": 5000}, [1, 2]),
        ({"dataset": "spiral", "cases": 5000, "batch_size": 5000}, list(range(8))),
    ],
)
def test_the_widest_networks_get_further_in_a_cell_that_stays_short(settings: dict[str, Any], seeds: list[int]) -> None:
    wish = {"settings": settings, "seeds": seeds, "width": WIDTHS[-1], "looks": [0, 100_000]}
    states = ask({**wish, "looks": [0]})["states"]
    far, longest = 0.0, 0.0
    for _ in range(3):
        begin = time.thread_time()
        answer = ask({**wish, "states": states, "looks": [100_000]}, time.thread_time)
        longest = max(longest, time.thread_time() - begin)
        assert answer["epoch"] > far
        states, far = answer["states"], answer["epoch"]
        assert not answer["done"]
    assert longest < 0.5


# --- opening --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "own"),
    [
        ({}, None),
        ({"dataset": "digits", "cases": 50, "optimizer": "adam", "connectivity": 50, "amplify_copies": 1}, None),
        ({"dataset": "own"}, own_table()),
        ({"dataset": "drawn"}, own_table()),
    ],
)
@pytest.mark.parametrize("width", [None, 6, 128])
def test_every_replica_opens_as_the_run_of_its_settings(settings: dict[str, Any], own: Any, width: int | None) -> None:
    several = {"settings": {**SMALL, **settings, "activations": "relu"}, "own": own, "width": width}
    answer = ask({**several, "seeds": [3, 4, 5, 6], "looks": [0, 4]})
    opened = whole({**several, "seeds": [5], "states": [answer["states"][2]]})
    wish = {"settings": opened["settings"], "run": opened["run"], "own": own, "scene": True}
    shown = tick({**wish, "frames": 0})
    frame = shown["frames"][-1]
    assert frame["epoch"] == 4
    assert frame["training_error"] == pytest.approx(answer["curves"]["training_error"][1][2])
    assert shown["scene"]["sizes"][1:-1] == [width or 3]
    assert opened["settings"]["seed"] == "5"
    # and goes on
    assert tick({**wish, "frames": 2, "updates": 5})["frames"][-1]["step"] > frame["step"]


def test_brought_data_is_the_same_for_all_seeds_and_parted_by_each() -> None:
    wish = {"settings": {"dataset": "own", "initialiser": "zero"}, "own": own_table(), "looks": [0]}
    answer = ask({**wish, "seeds": [1, 2, 3, 4]})
    texts = [
        json.loads(whole({**wish, "seeds": [seed], "states": [state]})["run"])["task"]["data"]
        for seed, state in zip([1, 2, 3, 4], answer["states"], strict=True)
    ]
    assert len({data["inputs"]["base64"] for data in texts}) == 1
    assert len({data["parts"]["base64"] for data in texts}) == 4


# --- hostile wishes -------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"settings": 3},
        {"settings": {"dataset": "mnist"}},
        {"settings": {"learning_rate": "fast"}},
        {"settings": {"dataset": "own"}},
        {"seeds": None},
        {"seeds": []},
        {"seeds": [1, 1]},
        {"seeds": [True]},
        {"seeds": [-1]},
        {"seeds": [LAST_SEED + 1]},
        {"seeds": [1.0]},
        {"seeds": list(range(MOST_SEEDS + 1))},
        {"seeds": "12"},
        {"width": 0},
        {"width": MOST_ALONE + 1},
        {"width": True},
        {"width": "8"},
        {"width": [8]},
        {"width": 10**30},
        {"looks": None},
        {"looks": []},
        {"looks": [3, 3]},
        {"looks": [5, 2]},
        {"looks": [-1]},
        {"looks": [1.5]},
        {"looks": [MOST_EPOCHS + 1]},
        {"looks": list(range(MOST_LOOKS + 1))},
        {"looks": [[[1]]]},
        {"states": 7},
        {"states": []},
        {"states": [None]},
        {"states": [1, 2]},
        {"states": ["x", "y"]},
        {"states": [{}, {}]},
        {"stopping": True},
    ],
)
def test_what_is_not_legal_is_refused_in_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        cell({"settings": SMALL, "seeds": [1, 2], "looks": [1], **wrong})


def forged(**changed: Any) -> dict[str, Any]:
    wish = {"settings": {**SMALL, "connectivity": 50}, "seeds": [1, 2], "looks": [3]}
    states = ask(wish)["states"]
    return {**wish, "looks": [3, 5], "states": [states[0] | changed, states[1]]}


SIZE = made(strict(TrainingSettings, SMALL)).task.network.dimension
BEST = {"step": 0, "error": "0x1p-2", "weights": packed(np.zeros(SIZE))}


@pytest.mark.parametrize(
    "changed",
    [
        {"step": -1},
        {"step": 2.5},
        {"step": True},
        {"step": 10**40},
        {"step": 5, "best": None},  # not that of the other
        {"weights": packed(np.ones(SIZE))},  # also where links are cut
        {"weights": packed(np.full(SIZE, np.nan))},
        {"weights": packed(np.full(SIZE, np.inf))},
        {"weights": packed(np.zeros(SIZE - 1))},
        {"weights": "####"},
        {"weights": None},
        {"slots": packed([1.0])},
        {"first_error": "nan"},
        {"first_error": "inf"},
        {"first_error": "-0x1p0"},
        {"first_error": 3.0},
        {"best": 3},
        {"best": {}},
        {"best": BEST | {"step": 1}},  # within an epoch
        {"best": BEST | {"step": 10**6}},
        {"best": BEST | {"error": "nan"}},
        {"best": BEST | {"weights": packed([0.0])}},
        {"more": 1},
        {"step": 200},  # beyond what is asked for
    ],
)
def test_a_forged_state_is_refused_in_one_sentence(changed: dict[str, Any]) -> None:
    assert ask(forged())["epoch"] == 5
    with pytest.raises(ValueError, match=SENTENCE):
        cell(forged(**changed))


def test_what_an_optimizer_remembers_of_a_huge_gradient_may_be_infinite() -> None:
    wish = {"settings": {**SMALL, "optimizer": "rmsprop"}, "seeds": [1]}
    (state,) = ask({**wish, "looks": [1]})["states"]
    huge = state | {"slots": packed(np.full(SIZE, np.inf))}
    answer = ask({**wish, "looks": [2], "states": [huge]})
    assert answer["diverged"] == [False]
    # a rate divided by it moves nothing
    assert answer["states"][0]["weights"] == state["weights"]


def test_runs_that_stand_beyond_the_next_look_are_refused() -> None:
    wish = forged()
    with pytest.raises(ValueError, match=r"beyond epoch 2"):
        cell({**wish, "looks": [2]})


@pytest.mark.parametrize("wrong", [{"seeds": [1, 2], "states": [None, None]}, {"seeds": [1], "states": [3]}, {}])
def test_only_one_sound_replica_is_opened(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        whole({"settings": SMALL, **wrong})


# --- plans ----------------------------------------------------------------------------


@pytest.mark.parametrize("first", [1, LAST_SEED - 3])
def test_bands_have_sixteen_seeds_and_begin_with_the_present_one(first: int) -> None:
    plan = bands_plan({"settings": {**SMALL, "seed": first}, "epochs": 100})
    seeds = [seed for group in plan["groups"] for seed in group["seeds"]]
    assert seeds[0] == first
    assert len(set(seeds)) == len(seeds) == 16
    for group in plan["groups"]:
        assert ask({"settings": SMALL, "seeds": group["seeds"], "width": group["width"], "looks": [1]})["done"]


def test_heavy_networks_travel_in_smaller_groups() -> None:
    settings = {"dataset": "digits", "cases": 100, "hidden_layers": ", ".join(["128"] * 4), "optimizer": "adam"}
    plan = bands_plan({"settings": settings, "epochs": 10})
    assert len(plan["groups"]) == 16
    sent = json.dumps(ask({"settings": settings, "seeds": plan["groups"][0]["seeds"], "looks": [0]})["states"])
    light = bands_plan({"settings": SMALL, "epochs": 10})["groups"][0]
    assert len(light["seeds"]) == 16
    assert len(sent) < 16 * 2**20 / 2


@pytest.mark.parametrize("dataset", ["circle", "digits", "five_classes", "sine", "diabetes"])
def test_capacity_goes_through_all_widths_with_several_seeds(dataset: str) -> None:
    plan = capacity_plan({"settings": {"dataset": dataset, "hidden_layers": "", "activations": "relu"}, "epochs": 200})
    assert plan["widths"] == list(WIDTHS)
    assert (WIDTHS[0], WIDTHS[-1]) == (1, min(256, MOST_ALONE))
    for width in WIDTHS:
        groups = [group for group in plan["groups"] if group["width"] == width]
        seeds = [seed for group in groups for seed in group["seeds"]]
        assert len(set(seeds)) == len(seeds) >= 2
        assert all(group["cost"] > 0.0 for group in groups)
        task = made(strict(TrainingSettings, {"dataset": dataset, "hidden_layers": str(width)})).task
        assert {group["weights"] for group in groups} == {task.network.dimension}
        # as many weights as targets to meet lie between the widths on either side of the threshold
        fewer = task.network.dimension < len(task.data.training) * task.network.sizes[-1]
        assert fewer == (width < plan["threshold"])


def test_longer_runs_have_fewer_seeds() -> None:
    def runs(epochs: int) -> int:
        plan = capacity_plan({"settings": {"cases": 2000}, "epochs": epochs})
        return sum(len(group["seeds"]) for group in plan["groups"])

    assert runs(10) == 8 * len(WIDTHS) > runs(100) > runs(10_000) == 2 * len(WIDTHS)


def test_each_of_several_activations_gives_way_to_the_first() -> None:
    wish = {"settings": {**SMALL, "hidden_layers": "4, 3", "activations": "relu, tanh"}, "seeds": [1], "width": 5}
    opened = whole({**wish, "states": ask({**wish, "looks": [0]})["states"]})
    assert (opened["settings"]["hidden_layers"], opened["settings"]["activations"]) == ("5", "relu")
    assert hidden_sizes(opened["settings"]["hidden_layers"]) == (5,)


def test_widths_that_are_too_large_for_the_data_are_left_out_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.tasks.MOST_ACTIVITIES", 40 * (2 + 24 + 1))
    plan = capacity_plan({"settings": {**SMALL, "seed": 4321}, "epochs": 1})
    assert plan["widths"] == [width for width in WIDTHS if width <= 24]
    assert plan["left_out"].startswith("Widths from 32 on are left out. ")
    assert plan["left_out"].endswith(".")


@pytest.mark.parametrize("make", [bands_plan, capacity_plan])
@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": None},
        {"epochs": 2.0},
        {"epochs": True},
        {"epochs": MOST_EPOCHS + 1},
        {"settings": []},
        {"settings": {"dataset": "own"}},
        {"settings": {"dataset": "own"}, "own": {"kind": "signs"}},
    ],
)
def test_a_plan_refuses_in_one_sentence(make: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        make({"settings": SMALL, "epochs": 10, **wrong})


def test_capacity_needs_validation_cases() -> None:
    with pytest.raises(ValueError, match=r"validation cases.*none"):
        capacity_plan({"settings": {"split": "100, 0, 0"}, "epochs": 10})


def test_a_start_is_that_of_the_engine() -> None:
    settings = strict(TrainingSettings, {**SMALL, "seed": 8})
    state = ask({"settings": SMALL, "seeds": [8], "looks": [0]})["states"][0]
    run = first_run(settings)
    assert base64.b64decode(state["weights"]) == start(run.task, run.recipe, 8).weights.tobytes()
    assert state["step"] == 0
