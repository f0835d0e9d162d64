import base64
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import Run, advance
from explorer.live import LAST_STEP, MOST_OF_A_FRAME, MOST_UPDATES
from explorer.settings import specs, strict
from explorer.training.callbacks import MOST_CHANGES, read_changes, tick
from explorer.training.settings import TRAINERS, TrainingSettings
from explorer.training.tasks import first_run

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
    assert set(told) == {"run", "frames", "sentence", "first_rate", "changes", "scene"}
    assert told["run"] == engines(0).to_json()
    assert [drawn["step"] for drawn in told["frames"]] == [0]
    assert (told["first_rate"], told["changes"]) == (0.03, "")
    assert told["scene"]["sizes"] == [2, 3, 1]


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
    assert (told["first_rate"], told["changes"]) == (0.03, "4:0.5,12:0.25")
    first = engines(4).change("learning_rate", 0.5)
    assert told["run"] == advance(advance(first, updates=8).change("learning_rate", 0.25), updates=4).to_json()


def test_a_rate_that_comes_back_before_an_update_was_never_changed() -> None:
    text = ticked(frames=1, updates=4)["run"]
    there = ticked({"learning_rate": 0.5}, run=text, frames=0)
    assert there["changes"] == "4:0.5"
    back = ticked(run=there["run"], frames=0)
    assert (back["run"], back["changes"]) == (text, "")


def test_before_the_first_update_it_is_the_runs_rate() -> None:
    told = ticked({"learning_rate": 0.5}, run=ticked()["run"], frames=1, updates=4)
    assert (told["first_rate"], told["changes"]) == (0.5, "")
    assert told["run"] == engines(4, learning_rate=0.5).to_json()


@pytest.mark.parametrize("optimizer", ["gradient_descent", "nesterov", "adam"])
@pytest.mark.parametrize("as_text", [True, False], ids=["text", "numbers"])
def test_a_link_replays_to_the_same_run_bit_for_bit(optimizer: str, as_text: bool) -> None:
    rates = [0.03, 0.1 + 0.2, 1 / 3, 0.0001, 10.0, 0.05]
    settings: dict[str, Any] = {"optimizer": optimizer}
    told = ticked(settings)
    for rate, updates in zip(rates, [5, 1, 12, 3, 2, 20], strict=True):
        settings["learning_rate"] = rate
        told = ticked(settings, run=told["run"], frames=1, updates=updates)
    step = told["frames"][-1]["step"]
    link = {"step": str(step), "first_rate": told["first_rate"], "changes": told["changes"]}
    link |= {"first_rate": str(told["first_rate"])} if as_text else {}

    seen = ticked(settings, link=link)
    assert seen["frames"][-1]["step"] == 0
    assert (seen["first_rate"], seen["changes"]) == (told["first_rate"], told["changes"])
    while seen["frames"][-1]["step"] < step:
        seen = ticked(settings, run=seen["run"], frames=5, updates=None, until=step)
    assert seen["run"] == told["run"]
    # and on from there, the same
    further = [ticked(settings, run=each["run"], frames=2, updates=7)["run"] for each in (told, seen)]
    assert further[0] == further[1]


def test_a_link_may_tell_as_many_changes_as_it_may() -> None:
    rates = [0.012345678901234567 + 1e-9 * i for i in range(MOST_CHANGES)]
    log = ",".join(f"{10_000_000 + i}:{rate!r}" for i, rate in enumerate(rates))
    assert read_changes(log) == [(10_000_000 + i, "learning_rate", rate) for i, rate in enumerate(rates)]
    assert ticked(link={"changes": log})["changes"] == log
    assert "at most 200 changes" in refused({"link": {"changes": f"{log},99:0.1"}})


LINKS: dict[str, list[Any]] = {
    "step": [
        "-1", "1.5", "1e3", "abc", "", " 5", "5 ", "٥", "²", str(LAST_STEP + 1), "9" * 100_000, 5.5, True, [], {},
        [["5"]],
    ],
    "first_rate": [
        "abc", "-1", "11", "1e-9", "nan", "inf", "9" * 100_000, 11, 1e-9, float("nan"), True, [0.1], {"a": 1},
    ],
    "changes": [
        "x", ":", "5", "5:", ":0.1", "5:x", "5:nan", "5:inf", "5:0", "5:-1", "5:10.1", "-5:0.1", "5.5:0.1", "5:0.1,",
        ",5:0.1", "5:0.1;6:0.2", "5:0.1:6", " 5:0.1", "1_0:0.1", "٥:0.1", f"{LAST_STEP + 1}:0.1",
        "9" * 100_000 + ":0.1", ",".join(["1:0.1"] * 201), "," * 1_000_000, 5, 0.5, True, ["5:0.1"], [5, 0.1],
        {"5": 0.1},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in LINKS for value in LINKS[name]], ids=lambda v: str(v)[:20]
)
def test_nonsense_in_a_link_is_refused(name: str, value: Any) -> None:
    assert len(refused({"link": {name: value}})) < 200


@pytest.mark.parametrize(
    "link", [None, {}, {"step": "0"}, {"first_rate": None, "changes": None}, {"changes": ""}, {"more": 1}]
)
def test_a_link_without_a_story_is_a_new_run(link: Any) -> None:
    assert ticked(link=link)["run"] == engines(0).to_json()


@pytest.mark.parametrize("link", [[], "step", 3, True])
def test_what_is_no_link_is_no_link(link: Any) -> None:
    assert ticked(link=link)["run"] == engines(0).to_json()


# --- runs of others -----------------------------------------------------------------

OTHERS = [
    {"dataset": "xor"}, {"cases": 41}, {"noise": 0.2}, {"training_share": 55}, {"hidden_layers": "3, 1"},
    {"hidden_layers": "4"}, {"activation": "relu"}, {"optimizer": "momentum"}, {"batch_size": 9}, {"seed": 2},
]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_a_run_of_other_settings_is_refused(other: dict[str, Any]) -> None:
    text = ticked(frames=1, updates=3)["run"]
    assert refused({"settings": {**SMALL, **other}, "run": text}).startswith("This run belongs to other settings")
    ticked(other, run=ticked(other)["run"])


def test_every_setting_that_makes_a_run_is_among_those() -> None:
    making = {name for name, spec in specs(TrainingSettings).items() if spec.part == "run"}
    assert {name for other in OTHERS for name in other} == making


@pytest.mark.parametrize("other", [{"speed": "1"}, {"error_axis": "linear"}, {"learning_rate": 0.2}], ids=str)
def test_a_run_goes_on_where_only_the_view_or_the_rate_changes(other: dict[str, Any]) -> None:
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
    "too long": "x" * 9_000_000,
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
    "changes without end": lambda run: run.update(changes=[[i, "learning_rate", 0.1 + 1e-6 * i] for i in range(3000)]),
    "rate zero": lambda run: run["recipe"]["optimizer"].update(learning_rate=0.0),
    "another optimizer": lambda run: run["recipe"]["optimizer"].update(name="sgd"),
    "another batch": lambda run: run["recipe"].update(batch_size=11),
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
    "dataset": ["line", "", None, 3, ["circle"], "circle ", "x" * 10**6],
    "cases": [True, 9, 1001, 40.5, "40.5", None, [40], {}, "9" * 10**6, 10**400, float("nan")],
    "noise": [-0.1, 1.1, "much", float("inf")],
    "training_share": [4, 96, 50.5],
    "hidden_layers": [4, [4, 2], None, "4;2", "9" * 1000, {"4": 2}],
    "activation": ["softmax", 1],
    "optimizer": ["newton", "sgd", None],
    "batch_size": [0, 1001, "all", True],
    "seed": [-1, 1_000_000, 0.5],
    "learning_rate": [0, -1, 1e-5, 11, [0.1], True, "fast", float("nan")],
    "speed": ["2", 500, 1, None],
    "error_axis": ["square", True],
    "sizes": [[2, 1]],
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_are_not_legal_are_refused(name: str) -> None:
    for value in SETTINGS[name]:
        assert len(refused({"settings": {name: value}})) < 350


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


@pytest.mark.parametrize(("batch_size", "most"), [(1000, MOST_OF_A_FRAME), (1, 950)])
def test_a_forged_tick_of_the_largest_network_keeps_nobody_waiting(batch_size: int, most: int) -> None:
    settings = {"cases": 1000, "training_share": 95, "hidden_layers": "64 " * 8, "batch_size": batch_size}
    told = ticked(settings, run=ticked(settings)["run"], frames=1, updates=MOST_UPDATES)
    assert [drawn["step"] for drawn in told["frames"]] == [most]


def test_wishes_need_frames() -> None:
    assert refused({"frames": None}).startswith("frames is None")
    with pytest.raises(ValueError, match="frames is None"):
        tick({})


# --- divergence -------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["gradient_descent", "nesterov"])
def test_a_run_that_diverges_says_so_and_stops(optimizer: str) -> None:
    settings = {"activation": "sine", "optimizer": optimizer, "learning_rate": 10.0}
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


# --- nothing is kept ----------------------------------------------------------------


def test_two_runs_do_not_see_each_other() -> None:
    both: list[dict[str, Any]] = [
        {"seed": 1, "optimizer": "adam"},
        {"seed": 2, "activation": "relu", "learning_rate": 0.2},
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
        wishes.append({"settings": settings, "frames": 0, "link": {"first_rate": "0.5", "changes": "3:0.25"}})
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
        "link": {"changes": "3:0.25", "first_rate": 0.5},
    }
    text = json.dumps(wish)
    tick(wish)
    assert json.dumps(wish) == text
