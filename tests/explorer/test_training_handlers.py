import base64
import itertools
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from engine import Run, advance
from explorer.live import LAST_STEP, LONGEST_TICK, MOST_OF_A_FRAME, MOST_UPDATES, seconds_a_frame
from explorer.settings import parts, strict
from explorer.training.callbacks import quiet
from explorer.training.settings import TRAINERS, TrainingSettings
from explorer.training.story import MOST_CHANGES
from explorer.training.tasks import LONGEST_RUN, first_run
from explorer.training.ticks import tick as loud_tick

NO_LOG = {"count": 0, "text": "", "untold": ""}
tick = quiet(loud_tick)  # as it is bound to the page
SMALL = {"cases": 40, "hidden_layers": "3"}  # 20 training cases: 2 updates an epoch


def ticked(settings: dict[str, Any] | None = None, **wish: Any) -> dict[str, Any]:
    """A tick as it travels: through JSON both ways, where NaN and infinity are not known."""
    told = tick(json.loads(json.dumps({"settings": {**SMALL, **(settings or {})}, "frames": 0, **wish})))
    return dict(json.loads(json.dumps(told, allow_nan=False)))


def engines(updates: int, **settings: Any) -> Run:
    return advance(first_run(strict(TrainingSettings, {**SMALL, **settings})), updates=updates)


def refused(wish: dict[str, Any]) -> str:
    with pytest.raises(ValueError, match=r"\A[^\n]{10,400}\.\Z") as told:
        tick({"settings": SMALL, "frames": 0, **wish})
    return str(told.value)


# --- one tick after the other ---------------------------------------------------------


def test_a_new_run_comes_with_its_scene() -> None:
    told = ticked()
    assert set(told) == {"run", "frames", "interval", "remarks", "sentence", "log", "report", "scene"}
    assert told["run"] == engines(0).to_json()
    assert [drawn["step"] for drawn in told["frames"]] == [0]
    assert (told["log"], told["report"]) == (NO_LOG, {})
    assert told["interval"] == 1000.0 * seconds_a_frame(engines(0))
    assert (told["scene"]["sizes"], told["remarks"]) == ([2, 3, 1], [])


def test_a_new_run_may_train_at_once() -> None:
    told = ticked(frames=2, updates=3)
    assert [drawn["step"] for drawn in told["frames"]] == [3, 6]
    assert told["run"] == engines(6).to_json()
    assert "scene" in told


@pytest.mark.parametrize("optimizer", TRAINERS)
def test_ticks_go_on_as_the_engine_does(optimizer: str) -> None:
    settings = {"optimizer": optimizer}
    told = ticked(settings)
    for before in (0, 15, 30):
        told = ticked(settings, run=told["run"], frames=3, updates=5)
        assert [drawn["step"] for drawn in told["frames"]] == [before + 5, before + 10, before + 15]
        assert "scene" not in told
    assert told["run"] == engines(45, optimizer=optimizer).to_json()


def test_at_full_speed_it_is_the_same_training() -> None:
    told = ticked()
    for _ in range(2):
        told = ticked(run=told["run"], frames=3, updates=None)
    steps = [point[0] for drawn in told["frames"] for point in drawn["curve"]]
    assert len(told["frames"]) == 3
    assert steps == sorted(set(steps))
    assert told["run"] == engines(steps[-1]).to_json()


def test_looking_changes_nothing() -> None:
    text = ticked(frames=1, updates=7)["run"]
    for _ in range(2):
        told = ticked(run=text, frames=0)
        assert told["run"] == text
        assert [drawn["step"] for drawn in told["frames"]] == [7]


@pytest.mark.parametrize(("until", "steps"), [(3, [3]), (8, [5, 8]), (20, [5, 10, 15])])
def test_a_replay_stops_at_its_step_and_stays_there(until: int, steps: list[int]) -> None:
    told = ticked(run=ticked()["run"], frames=3, updates=5, until=until)
    assert [drawn["step"] for drawn in told["frames"]] == steps
    assert told["run"] == engines(steps[-1]).to_json()
    if until in steps:
        again = ticked(run=told["run"], frames=3, updates=5, until=until)
        assert (again["run"], [drawn["step"] for drawn in again["frames"]]) == (told["run"], [until])


# --- the learning rate ----------------------------------------------------------------


def test_a_changed_rate_is_logged_at_its_step() -> None:
    told = ticked(frames=1, updates=4)
    told = ticked({"learning_rate": 0.5}, run=told["run"], frames=1, updates=4)
    told = ticked({"learning_rate": 0.5}, run=told["run"], frames=1, updates=4)
    told = ticked({"learning_rate": "0.25"}, run=told["run"], frames=1, updates=4)
    assert told["log"] == {"count": 2, "text": "4:learning_rate:0.5,12:learning_rate:0.25", "untold": ""}
    first = engines(4).change("learning_rate", 0.5)
    assert told["run"] == advance(advance(first, updates=8).change("learning_rate", 0.25), updates=4).to_json()


def test_a_rate_that_comes_back_before_an_update_was_never_changed() -> None:
    text = ticked(frames=1, updates=4)["run"]
    there = ticked({"learning_rate": 0.5}, run=text, frames=0)
    assert there["log"]["text"] == "4:learning_rate:0.5"
    back = ticked(run=there["run"], frames=0)
    assert (back["run"], back["log"]) == (text, NO_LOG)


def test_before_the_first_update_it_is_the_runs_rate() -> None:
    told = ticked({"learning_rate": 0.5}, run=ticked()["run"], frames=1, updates=4)
    assert told["log"] == NO_LOG
    assert told["run"] == engines(4, learning_rate=0.5).to_json()


@pytest.mark.parametrize("optimizer", ["gradient_descent", "nesterov", "adam"])
def test_a_link_replays_to_the_same_run_bit_for_bit(optimizer: str) -> None:
    rates = [0.03, 0.1 + 0.2, 1 / 3, 0.0001, 10.0, 0.05]
    settings: dict[str, Any] = {"optimizer": optimizer}
    told = ticked(settings)
    for rate, updates in zip(rates, [5, 1, 12, 3, 2, 20], strict=True):
        settings["learning_rate"] = rate
        told = ticked(settings, run=told["run"], frames=1, updates=updates)
    step = told["frames"][-1]["step"]
    link = {"step": str(step), "first": "learning_rate:0.03", "changes": told["log"]["text"]}

    seen = ticked(settings, link=link)
    assert seen["frames"][-1]["step"] == 0
    assert seen["log"] == told["log"]
    while seen["frames"][-1]["step"] < step:
        seen = ticked(settings, run=seen["run"], frames=5, updates=None, until=step)
    assert seen["run"] == told["run"]
    # and on from there, the same
    further = [ticked(settings, run=each["run"], frames=2, updates=7)["run"] for each in (told, seen)]
    assert further[0] == further[1]


def test_a_link_may_tell_as_many_changes_as_it_may() -> None:
    rates = [0.012345678901234567 + 1e-9 * i for i in range(MOST_CHANGES)]
    log = ",".join(f"{10_000_000 + i}:learning_rate:{rate!r}" for i, rate in enumerate(rates))
    assert ticked(link={"changes": log})["log"] == {"count": MOST_CHANGES, "text": log, "untold": ""}
    assert "at most 200 changes" in refused({"link": {"changes": f"{log},99:l2:0.1"}})


LINKS: dict[str, list[Any]] = {
    "step": [
        "-1", "1.5", "1e3", "abc", "", " 5", "5 ", "٥", "²", str(LAST_STEP + 1), "9" * 100_000, 5.5, True, [], {},
        [["5"]],
    ],
    "first": [
        "abc", "learning_rate", "learning_rate:", "learning_rate:-1", "learning_rate:11", "learning_rate:1e-9",
        "learning_rate:nan", "learning_rate:inf", "learning_rate:0.1;", "seed:3", "hidden_layers:4", "speed:1",
        "optimizer:newton", "optimizer:sgd", "batch_size:1.5", "9" * 100_000, "learning_rate:" + "9" * 100_000,
        ";" * 1_000_000, 11, 1e-9, float("nan"), True, [0.1], {"a": 1}, [[[["learning_rate:0.1"]]]],
    ],
    "changes": [
        "x", ":", "5", "5:", ":0.1", "5:x", "5:nan", "5:0.1", "5:learning_rate", "5:learning_rate:",
        ":learning_rate:0.1", "5:learning_rate:x", "5:learning_rate:nan", "5:learning_rate:inf", "5:learning_rate:0",
        "5:learning_rate:-1", "5:learning_rate:10.1", "-5:learning_rate:0.1", "5.5:learning_rate:0.1",
        "5:learning_rate:0.1,", ",5:learning_rate:0.1", "5:learning_rate:0.1;6:learning_rate:0.2",
        "5:learning_rate:0.1:6", " 5:learning_rate:0.1", "1_0:learning_rate:0.1", "٥:learning_rate:0.1",
        f"{LAST_STEP + 1}:learning_rate:0.1", "9" * 100_000 + ":learning_rate:0.1",
        ",".join(["1:learning_rate:0.1"] * 201), "," * 1_000_000, 5, 0.5, True, ["5:learning_rate:0.1"], [5, 0.1],
        {"5": 0.1}, "5:learning_rate:none", "5:l2:-0.1", "5:l2:1.1", "5:l1:inf", "5:dropout:1", "5:dropout:0.95",
        "5:clip_norm:0", "5:clip_norm:-1", "5:batch_size:0", "5:batch_size:1.5", "5:batch_size:5001", "5:speed:1",
        "5:seed:3", "5:shuffle:0", "5:beta1:0.5", "5:points:1:2:1", "5:cut:-1", "5:cut:99", "5:cut:3.5", "5:cut:2",
        "5:restore:x", "5:weight:3", "5:weight:3:x", "5:weight:3:nan", "5:weight:3:1e400", "5:weight:99:1",
        "5:weight:3:1:2", "5:optimizer:newton;learning_rate=0.1", "5:optimizer:adam;learning_rate=-1",
        "5:optimizer:adam;learning_rate=11", "5:optimizer:momentum;learning_rate=0.1;momentum=0.5", "5:optimizer:none",
        "5:optimizer:", "5:schedule:step",
        "5:schedule:step;every=0;drop=0.5", "5:schedule:step;every=1;drop=0.5;more=1", "5:schedule:cosine;every=4",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in LINKS for value in LINKS[name]], ids=lambda v: str(v)[:20]
)
def test_nonsense_in_a_link_is_refused(name: str, value: Any) -> None:
    assert len(refused({"link": {name: value}})) < 350


@pytest.mark.parametrize(
    "link", [None, {}, {"step": "0"}, {"first": None, "changes": None}, {"first": "", "changes": ""}, {"more": 1}]
)
def test_a_link_without_a_story_is_a_new_run(link: Any) -> None:
    assert ticked(link=link)["run"] == engines(0).to_json()


@pytest.mark.parametrize("link", [[], "step", 3, True])
def test_what_is_no_link_is_no_link(link: Any) -> None:
    assert ticked(link=link)["run"] == engines(0).to_json()


# --- runs of others -----------------------------------------------------------------

OTHERS: list[dict[str, Any]] = [
    {"dataset": "xor"}, {"cases": 41}, {"noise": 0.2}, {"split": (55, 45, 0)}, {"features": ["x1"]},
    {"standardise": True}, {"amplify_copies": 1}, {"hidden_layers": "3, 1"}, {"hidden_layers": "4"},
    {"activations": "relu"}, {"output": "linear"}, {"initialiser": "he"}, {"connectivity": 90}, {"error": "absolute"},
    {"reduction": "sum"}, {"seed": 2},
]  # fmt: skip
ALTERED: list[dict[str, Any]] = [{"amplify_copies": 2}, {"amplify_copies": 2, "amplify": ["mirror"]},
    {"amplify_copies": 2, "amplify_amount": 0.3}]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_a_run_of_other_settings_is_refused(other: dict[str, Any]) -> None:
    text = ticked(frames=1, updates=3)["run"]
    assert refused({"settings": {**SMALL, **other}, "run": text}).startswith("This run belongs to other settings")
    ticked(other, run=ticked(other)["run"])


def test_a_run_of_otherwise_altered_copies_is_refused() -> None:
    for one, other in itertools.permutations(ALTERED, 2):
        wish = {"settings": {**SMALL, **one}, "run": ticked(other)["run"]}
        assert refused(wish).startswith("This run belongs to other settings")


def test_every_setting_that_makes_a_run_is_among_those() -> None:
    assert {name for other in [*OTHERS, *ALTERED] for name in other} == set(parts(TrainingSettings)["run"])


@pytest.mark.parametrize(
    "other",
    [
        {"speed": "1"}, {"error_axis": "linear"}, {"measure": "accuracy"}, {"smoothing": 20}, {"learning_rate": 0.2},
        {"optimizer": "momentum"}, {"batch_size": 9}, {"schedule": "cosine"}, {"schedule_epochs": 7}, {"l1": 0.1},
        {"l2": 0.1}, {"dropout": 0.5}, {"clip_norm": 1.5}, {"stop_epochs": 50}, {"stop_error": 1e-9}, {"patience": 50},
    ],
    ids=str,
)  # fmt: skip
def test_a_run_goes_on_where_only_the_view_or_the_recipe_changes(other: dict[str, Any]) -> None:
    text = ticked(frames=1, updates=3)["run"]
    assert ticked(other, run=text, frames=1, updates=3)["frames"][-1]["step"] == 6


def forged(change: Callable[[dict[str, Any]], Any]) -> str:
    run = json.loads(ticked(frames=1, updates=4)["run"])
    change(run)
    return json.dumps(run)


FORGERIES: dict[str, Any] = {
    "empty": "",
    "null": "null",
    "a list": "[]",
    "a number": "3",
    "NaN": "NaN",
    "no JSON": "{run}",
    "deep lists": "[" * 100_000,
    "deep objects": '{"a":' * 100_000,
    "zeros": "\x00" * 100,
    "too long": "x" * (LONGEST_RUN + 1),
    "no text": 3,
    "an object": {"schema": 1},
    "nothing but false": False,
    "a list of runs": ["{}"],
}
CHANGED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "schema": lambda run: run.update(schema=99),
    "missing": lambda run: run.pop("slots"),
    "more": lambda run: run.update(more=1),
    "step negative": lambda run: run.update(step=-1),
    "step a bool": lambda run: run.update(step=True),
    "step a fraction": lambda run: run.update(step=4.5),
    "step huge": lambda run: run.update(step=10**400),
    "seed": lambda run: run.update(seed=2),
    "weights short": lambda run: run.update(weights="AAAAAAAAAAA="),
    "weights no base64": lambda run: run.update(weights="?" * 100),
    "weights a number": lambda run: run.update(weights=3),
    "weights infinite": lambda run: run.update(weights=replaced(run["weights"], np.inf)),
    "weights NaN": lambda run: run.update(weights=replaced(run["weights"], np.nan)),
    "own first weights": lambda run: run.update(first_weights=run["weights"]),
    "slots": lambda run: run.update(slots=run["weights"]),
    "first error NaN": lambda run: run.update(first_error="nan"),
    "first error a number": lambda run: run.update(first_error=1.0),
    "diverged elsewhere": lambda run: run.update(diverged_at=3),
    "diverged true": lambda run: run.update(diverged_at=True),
    "best in the future": lambda run: run["best"].update(step=1000),
    "best NaN": lambda run: run["best"].update(error=float("nan")),
    "best a text": lambda run: run.update(best="good"),
    "changes a text": lambda run: run.update(changes="4:0.5"),
    "changes of nothing": lambda run: run.update(changes=[[4, "speed", 0.5]]),
    "changes of another setting": lambda run: run.update(changes=[[4, "weight_decay", 0.5]]),
    "changes without end": lambda run: run.update(changes=[[i, "learning_rate", 0.1 + 1e-6 * i] for i in range(6000)]),
    "changes beyond all bounds": lambda run: run.update(changes=[[i, "l2", 1e-6 * i] for i in range(100_000)]),
    "points without end": lambda run: run.update(changes=[[4, "points", [[1.0, 2.0, 1.0]] * 2001]]),
    "points of another width": lambda run: run.update(changes=[[4, "points", [[1.0, 2.0]]]]),
    "points nowhere": lambda run: run.update(changes=[[4, "points", [[1.0, float("inf"), 1.0]]]]),
    "a link that is none": lambda run: run.update(changes=[[4, "cut", 2]]),
    "a weight that is none": lambda run: run.update(changes=[[4, "weight", [13, 0.5]]]),
    "a cut link with a weight": lambda run: run.update(changes=[[2, "cut", 0]]),
    "another setting of the optimizer": lambda run: run.update(
        recipe={**run["recipe"], "optimizer": {"name": "momentum", "learning_rate": 0.03, "momentum": 0.5}},
        slots=run["weights"],
    ),
    "a changed setting of the optimizer": lambda run: run.update(
        recipe={**run["recipe"], "optimizer": {"name": "momentum", "learning_rate": 0.03, "momentum": 0.9}},
        slots=run["weights"], changes=[[4, "momentum", 0.5]],
    ),
    "features": lambda run: run["task"]["preparation"].update(features=["x1", "x2"]),
    "standardised": lambda run: run["task"]["preparation"].update(standardise=True),
    "copies": lambda run: run["task"]["preparation"].update(
        amplification={"copies": 2, "shift": 0.0, "rotate": 0.0, "lighten": 0.0, "noise": 0.0, "jitter": 0.1,
                       "mirror": False, "image": None, "seed": 1}),
    "joined": lambda run: run["task"].update(joined=3),
    "connectivity": lambda run: run["task"]["network"].update(connectivity=0.5),
    "rate zero": lambda run: run["recipe"]["optimizer"].update(learning_rate=0.0),
    "another optimizer": lambda run: run["recipe"]["optimizer"].update(name="sgd"),
    "no batch": lambda run: run["recipe"].update(batch_size=0),
    "no shuffle": lambda run: run["recipe"].update(shuffle=False),
    "another error": lambda run: run["task"].update(error="absolute"),
    "another reduction": lambda run: run["task"].update(reduction="sum"),
    "more cases": lambda run: run["task"]["data"].update(cases=100_000),
    "a huge network": lambda run: run["task"]["network"].update(sizes=[2, 100_000, 100_000, 1]),
    "another output": lambda run: run["task"]["network"].update(output="linear"),
    "another start": lambda run: run["task"]["network"].update(initialiser="he"),
    "an unknown data set": lambda run: run["task"]["data"].update(name="../../etc/passwd"),
}  # fmt: skip


def replaced(text: str, value: float) -> str:
    weights = np.frombuffer(base64.b64decode(text)).copy()
    weights[0] = value
    return base64.b64encode(weights.tobytes()).decode()


@pytest.mark.parametrize("text", FORGERIES.values(), ids=FORGERIES)
def test_what_is_no_run_is_refused(text: Any) -> None:
    assert refused({"run": text, "frames": 1, "updates": 1}) == "This is not a training run; press reset to start one."


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_forged_run_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    assert refused({"run": forged(change), "frames": 1, "updates": 1}).endswith("press reset to start one.")


def test_the_text_of_a_run_may_be_laid_out_otherwise() -> None:
    text = ticked(frames=1, updates=4)["run"]
    assert ticked(run=json.dumps(json.loads(text), indent=2))["run"] == text


# --- forged wishes ------------------------------------------------------------------

SETTINGS: dict[str, list[Any]] = {
    "dataset": ["lines", "", None, 3, ["circle"], "circle ", "x" * 10**6],
    "cases": [True, 9, 5001, 40.5, "40.5", None, [40], {}, "9" * 10**6, 10**400, float("nan")],
    "noise": [-0.1, 1.1, "much", float("inf")],
    "split": [50, "50", [50, 50], [50, 50, 1], [0, 100, 0], "a,b,c", [[50], [50], [0]], None, [0] * 10**5],
    "features": ["x3", [1], {"x1": 1}, None, ["x1", []]],
    "standardise": ["yes", 1, None],
    "amplify_copies": [-1, 21, 1.5],
    "amplify": ["turn", [3], None],
    "amplify_amount": [0, 1.1],
    "hidden_layers": [4, [4, 2], None, "4;2", "9" * 1000, {"4": 2}, "257", "1 " * 21],
    "activations": ["softmax", 1, "", "relu;tanh", "tanh " * 21],
    "output": ["relu", None],
    "initialiser": ["random", 0],
    "connectivity": [4, 101, 50.5],
    "error": ["cross entropy", None],
    "reduction": ["max", 1],
    "optimizer": ["newton", "sgd", None],
    "batch_size": [0, 5001, "all", True],
    "seed": [-1, 1_000_000, 0.5],
    "learning_rate": [0, -1, 1e-6, 11, [0.1], True, "fast", float("nan")],
    "schedule": ["linear", None],
    "schedule_epochs": [0, 10**6, 1.5],
    "l1": [-0.1, 1.1],
    "l2": [-0.1, 1.1],
    "dropout": [-0.1, 0.95, 1],
    "clip_norm": [-1, 1001, float("inf")],
    "stop_epochs": [-1, 10**7, 0.5],
    "stop_error": [-1, 1001],
    "patience": [-1, 10**6, 0.5],
    "speed": ["2", 500, 1, None],
    "error_axis": ["square", True],
    "smoothing": [-1, 10_001, 0.5],
    "measure": ["speed", 0],
    "sizes": [[2, 1]],
    "training_share": [50],
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_are_not_legal_are_refused(name: str) -> None:
    for value in SETTINGS[name]:
        assert len(refused({"settings": {name: value}})) < 350


def test_every_setting_is_among_those() -> None:
    assert {field.name for field in fields(TrainingSettings)} < set(SETTINGS)


@pytest.mark.parametrize("settings", [[], "text", 3, True])
def test_settings_are_an_object(settings: Any) -> None:
    refused({"settings": settings})


PACES: dict[str, list[Any]] = {
    "frames": [None, 13, -1, "5", [5], 1.5, True],
    "updates": [0, -1, 10**9, "7", 1.0, True, {}],
    "until": [-1, 10**30, "9", 9.0, float("nan"), [9]],
}


@pytest.mark.parametrize("name", PACES)
def test_a_forged_pace_is_refused(name: str) -> None:
    for run, value in itertools.product((ticked()["run"], None), PACES[name]):
        wish = {"run": run, "frames": 1, "updates": 1, name: value}
        assert refused(wish).startswith(f"{name} is ")


LARGEST: dict[str, Any] = {"cases": 5000, "split": (100, 0, 0), "hidden_layers": "128 " * 20}


@pytest.mark.parametrize(
    ("wish", "most"),
    [
        ({"cases": 1000, "split": (95, 5, 0), "hidden_layers": "64 " * 8, "batch_size": 1}, 950),
        ({**LARGEST, "batch_size": 5000}, MOST_OF_A_FRAME),
        ({**LARGEST, "batch_size": 1}, MOST_UPDATES),
    ],
    ids=["64 one by one", "128", "128 one by one"],
)
@pytest.mark.parametrize("paced", [True, False])
def test_a_forged_tick_of_a_large_network_keeps_nobody_waiting(wish: dict[str, Any], most: int, paced: bool) -> None:
    begun = ticked(wish)
    begin = time.perf_counter()
    told = ticked(wish, run=begun["run"], frames=2, updates=MOST_UPDATES if paced else None)
    # a moment that has begun is finished, and a slow machine takes its time
    assert time.perf_counter() - begin < 5.0 * LONGEST_TICK
    steps = [0, *(drawn["step"] for drawn in told["frames"])]
    assert 0 < max(after - before for before, after in itertools.pairwise(steps)) <= (most if paced else LAST_STEP)


def test_the_largest_run_can_go_on() -> None:
    wish = {**LARGEST, "split": (1, 99, 0), "optimizer": "adam", "batch_size": 1, "dataset": "five_classes"}
    first = ticked(wish, frames=1, updates=1)
    # half a minute of frames does not fit into it, so its own interval is longer
    assert first["interval"] > 10 * ticked()["interval"]
    text = ticked(wish, run=first["run"], frames=1, updates=49)["run"]
    assert "best" in text
    assert 0.8 * LONGEST_RUN < len(text) < LONGEST_RUN
    told = ticked(wish, run=text, frames=1, updates=1)
    assert told["frames"][-1]["step"] == 51
    assert json.loads(told["run"])["best"] is not None


def test_wishes_need_frames() -> None:
    assert refused({"frames": None}).startswith("frames is None")
    with pytest.raises(ValueError, match="frames is None"):
        tick({})


# --- divergence -------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["gradient_descent", "nesterov"])
def test_a_run_that_diverges_says_so_and_stops(optimizer: str) -> None:
    settings = {"activations": "sine", "optimizer": optimizer, "learning_rate": 10.0}
    run = engines(2, **settings)
    text = replace(run, weights=np.full(run.task.network.dimension, 1e308)).to_json()
    told = ticked(settings, run=text, frames=5, updates=4)
    last = told["frames"][-1]
    assert len(told["frames"]) < 5
    assert last["diverged_at"] == last["step"]
    assert told["sentence"].startswith(f"Diverged at step {last['step']}: the rate 10 is too large.")
    again = ticked(settings, run=told["run"], frames=5, updates=4)
    assert (again["run"], again["sentence"]) == (told["run"], told["sentence"])
    assert again["frames"] == [{**last, "curve": [last["curve"][-1]]}]
    # another rate is no remedy, and what is told of it is told of the one that it diverged by
    other = ticked({**settings, "learning_rate": 0.001, "batch_size": 5}, run=told["run"], frames=5, updates=4)
    assert (other["run"], other["sentence"], other["log"]) == (told["run"], told["sentence"], NO_LOG)


# --- nothing is kept ----------------------------------------------------------------


def test_two_runs_do_not_see_each_other() -> None:
    both: list[dict[str, Any]] = [
        {"seed": 1, "optimizer": "adam"},
        {"seed": 2, "activations": "relu", "learning_rate": 0.2},
    ]
    texts = [ticked(settings)["run"] for settings in both]
    for _ in range(4):
        for i in (0, 1):
            texts[i] = ticked(both[i], run=texts[i], frames=2, updates=3)["run"]
    assert texts == [engines(24, **settings).to_json() for settings in both]


def test_answers_depend_on_the_wish_alone() -> None:
    wishes = []
    for seed, optimizer in itertools.product((1, 2, 3), ("gradient_descent", "adam", "adadelta")):
        settings = {**SMALL, "seed": seed, "optimizer": optimizer}
        text = tick({"settings": settings, "frames": 1, "updates": 3})["run"]
        wishes.append({"settings": settings, "frames": 2, "updates": 5, "run": text})
        wishes.append({"settings": {**settings, "learning_rate": 0.3}, "frames": 1, "updates": 4, "run": text})
        link = {"first": "learning_rate:0.5", "changes": "3:learning_rate:0.25,4:cut:1,5:weight:0:2"}
        wishes.append({"settings": settings, "frames": 0, "link": link})
        touches = [["cut", 3], ["weight", [0, 1.5]], ["points", [[1.0, 1.0, 1.0]]]]
        wishes.append({"settings": settings, "frames": 2, "updates": 3, "run": text, "changes": touches})
    alone = [tick(wish) for wish in wishes]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(tick, wishes[::-1])) == alone[::-1]
    assert [tick(wish) for wish in wishes] == alone


def test_a_wish_is_left_as_it_was() -> None:
    wish = {
        "settings": dict(SMALL),
        "run": None,
        "frames": 2,
        "updates": 5,
        "link": {"changes": "3:learning_rate:0.25", "first": "learning_rate:0.5"},
        "changes": [["weight", [0, 0.5]], ["points", [[1.0, 2.0, -1.0]]]],
        "panels": ["bent", "confusion"],
        "bent": {"layer": 1, "x": 0, "y": 1},
    }
    text = json.dumps(wish)
    tick(wish)
    assert json.dumps(wish) == text
