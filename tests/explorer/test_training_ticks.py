"""What is altered while a run goes on arrives in it as the engine alters it; links tell it, rules stop it."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import OPTIMIZERS, SCHEDULES, Run, advance, measure
from explorer.csv_text import MOST_ROWS
from explorer.live import LONGEST_TICK, MOST_UPDATES
from explorer.settings import strict
from explorer.training.callbacks import quiet
from explorer.training.frames import points
from explorer.training.own import MOST_INPUTS
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import Subject
from explorer.training.tasks import first_run, made
from explorer.training.ticks import MOST_CHANGES, MOST_DRAWN
from explorer.training.ticks import tick as loud_tick
from tests.explorer.pictures import numbers

tick = quiet(loud_tick)  # as it is bound to the page
SMALL = {"cases": 40, "hidden_layers": "3"}  # 20 training cases: 2 updates an epoch; 13 weights


def ticked(settings: dict[str, Any] | None = None, **wish: Any) -> dict[str, Any]:
    """A tick as it travels: through JSON both ways, where NaN and infinity are not known."""
    told = tick(json.loads(json.dumps({"settings": {**SMALL, **(settings or {})}, "frames": 0, **wish})))
    return dict(json.loads(json.dumps(told, allow_nan=False)))


def engines(updates: int = 0, **settings: Any) -> Run:
    return advance(first_run(strict(TrainingSettings, {**SMALL, **settings})), updates=updates)


def about(**settings: Any) -> Subject:
    return made(strict(TrainingSettings, {**SMALL, **settings})).subject


def refused(settings: dict[str, Any] | None = None, **wish: Any) -> str:
    with pytest.raises(ValueError, match=r"\A[A-Z][^\n]{10,300}\.\Z") as told:
        tick({"settings": {**SMALL, **(settings or {})}, "frames": 0, **wish})
    return str(told.value)


def played(settings: dict[str, Any], text: str, updates: int) -> dict[str, Any]:
    return ticked(settings, run=text, frames=1, updates=updates)


# --- live settings ------------------------------------------------------------------

LIVE: dict[str, tuple[Any, Callable[[Run], Run]]] = {
    "learning_rate": (0.5, lambda run: run.change("learning_rate", 0.5)),
    "optimizer": ("adam", lambda run: run.change("optimizer", OPTIMIZERS["adam"](0.03).to_dict())),
    "batch_size": (7, lambda run: run.change("batch_size", 7)),
    # 100 epochs of 2 updates
    "schedule": ("cosine", lambda run: run.change("schedule", SCHEDULES["cosine"].over(200).to_dict())),
    "l1": (0.02, lambda run: run.change("l1", 0.02)),
    "l2": (0.03, lambda run: run.change("l2", 0.03)),
    "dropout": (0.5, lambda run: run.change("dropout", 0.5)),
    "clip_norm": (0.01, lambda run: run.change("clip_norm", 0.01)),
}


@pytest.mark.parametrize("field", LIVE)
def test_a_setting_that_is_altered_while_it_runs_is_a_change_of_the_run(field: str) -> None:
    value, change = LIVE[field]
    text = ticked(frames=1, updates=5)["run"]
    told = played({field: value}, text, 7)
    assert told["run"] == advance(change(engines(5)), updates=7).to_json()
    assert told["run"] != engines(12).to_json()
    assert told["log"]["count"] == 1
    # it stays altered, and what comes back comes back
    told = played({field: value}, told["run"], 3)
    assert told["log"]["count"] == 1
    back = json.loads(played({}, told["run"], 2)["run"])
    assert [(step, setting) for step, setting, _ in back["changes"]] == [(5, field), (15, field)]
    assert Run.from_json(json.dumps(back)).now == engines().recipe


def test_a_rule_to_stop_is_no_change_of_the_run() -> None:
    text = ticked(frames=1, updates=5)["run"]
    for rule in ({"stop_epochs": 50}, {"stop_error": 1e-9}, {"patience": 500}, {"schedule_epochs": 3}):
        assert played(rule, text, 7)["run"] == engines(12).to_json()


def test_everything_may_be_altered_at_once() -> None:
    wish = {field: value for field, (value, _) in LIVE.items()}
    told = played(wish, ticked(frames=1, updates=5)["run"], 7)
    run = engines(5)
    for field in ("batch_size", "l1", "l2", "dropout", "clip_norm"):
        run = run.change(field, wish[field])
    # 100 epochs of 20 cases in batches of 7; an optimizer brings its rate along
    run = run.change("schedule", SCHEDULES["cosine"].over(300).to_dict())
    run = run.change("optimizer", OPTIMIZERS["adam"](0.5).to_dict())
    after = Run.from_json(told["run"])
    assert (after.now, after.step) == (run.now, 12)
    np.testing.assert_array_equal(after.weights, advance(run, updates=7).weights)


@pytest.mark.parametrize("field", LIVE)
def test_before_the_first_update_it_is_the_runs_recipe(field: str) -> None:
    value, _ = LIVE[field]
    told = ticked({field: value}, run=ticked()["run"])
    assert told["run"] == engines(**{field: value}).to_json()
    assert told["log"]["count"] == 0


def test_a_schedule_goes_on_counting_where_the_batch_size_alters_it() -> None:
    settings = {"schedule": "step", "schedule_epochs": 40}
    told = played({**settings, "batch_size": 5}, ticked(settings, frames=1, updates=6)["run"], 10)
    run = engines(6, **settings).change("batch_size", 5)
    run = run.change("schedule", SCHEDULES["step"].over(40 * 4).to_dict())
    assert told["run"] == advance(run, updates=10).to_json()


# --- what a hand does to it ---------------------------------------------------------

TOUCHES: dict[str, tuple[list[Any], Callable[[Run], Run]]] = {
    "weight": ([["weight", [3, -0.75]]], lambda run: run.change("weight", (3, -0.75))),
    "cut": ([["cut", 4]], lambda run: run.change("cut", 4)),
    "cut and restored": ([["cut", 4], ["restore", 4]], lambda run: run.change("cut", 4).change("restore", 4)),
    "points": (
        [["points", [[1.0, 2.0, 1.0], [3.0, -2.0, -1.0]]]],
        lambda run: run.change("points", [[1.0, 2.0, 1.0], [3.0, -2.0, -1.0]]),
    ),
    "all": (
        # the last word on a weight counts
        [["weight", [0, 2]], ["points", [[0, 0, 1]]], ["cut", 1], ["weight", [0, 1.5]]],
        lambda run: run.change("points", [[0.0, 0.0, 1.0]]).change("cut", 1).change("weight", (0, 1.5)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("touch", TOUCHES)
@pytest.mark.parametrize("before", [0, 5])
def test_what_a_hand_does_is_a_change_of_the_run(touch: str, before: int) -> None:
    changes, change = TOUCHES[touch]
    text = ticked(frames=1, updates=before)["run"] if before else ticked()["run"]
    seen = ticked(run=text, changes=changes)
    expected = change(engines(before))
    assert seen["run"] == expected.to_json()
    assert seen["log"]["count"] == len(expected.changes)
    told = ticked(run=text, changes=changes, frames=2, updates=4)
    assert told["run"] == advance(expected, updates=8).to_json()
    assert played({}, seen["run"], 8)["run"] == told["run"]


def test_a_hand_and_a_setting_may_alter_it_together() -> None:
    text = ticked(frames=1, updates=5)["run"]
    told = ticked({"l2": 0.1}, run=text, changes=[["cut", 0]], frames=1, updates=3)
    assert told["run"] == advance(engines(5).change("l2", 0.1).change("cut", 0), updates=3).to_json()


def test_a_cut_link_is_shown_as_cut_and_stays_at_nought() -> None:
    told = ticked(run=ticked(frames=1, updates=5)["run"], changes=[["cut", 4]], frames=3, updates=2)
    for drawn in told["frames"]:
        assert np.flatnonzero(np.unpackbits(numbers(drawn["cut"], "u1"))).tolist() == [4]
        assert numbers(drawn["weights"], "<f4")[4] == 0.0
    back = ticked(run=told["run"], changes=[["restore", 4]], frames=1, updates=2)
    assert back["frames"][-1]["cut"] is None
    assert numbers(back["frames"][-1]["weights"], "<f4")[4] != 0.0


@pytest.mark.parametrize(
    ("settings", "rows", "expected"),
    [
        ({}, [[1.5, -2.0, 1.0], [0.5, 0.0, -0.25]], [[1.5, -2.0, 1.0], [0.5, 0.0, -1.0]]),
        ({"output": "sigmoid"}, [[1.5, -2.0, 1], [0.5, 0.0, 0]], [[1.5, -2.0, 1.0], [0.5, 0.0, -1.0]]),
        ({"dataset": "three_classes"}, [[1, 2, 2], [3, 4, 0]], [[1.0, 2.0, 0, 0, 1.0], [3.0, 4.0, 1.0, 0, 0]]),
        ({"dataset": "dog_cat"}, [[1, 2, 3], [3, 4, 2], [0, 0, 0]],
         [[1.0, 2.0, 1.0, 1.0], [3.0, 4.0, 0, 1.0], [0, 0, 0, 0]]),
        ({"dataset": "plane"}, [[1, 2, 0.25]], [[1.0, 2.0, 0.25]]),
        ({"dataset": "sine", "standardise": True}, [[-3, 0.5], [2, 7]], [[-3.0, 0.5], [2.0, 7.0]]),
    ],
)  # fmt: skip
def test_drawn_points_join_the_training_part(settings: dict[str, Any], rows: list[Any], expected: list[Any]) -> None:
    before = engines(5, **settings)
    told = ticked(settings, run=ticked(settings, frames=1, updates=5)["run"], changes=[["points", rows]])
    run = Run.from_json(told["run"])
    assert [list(row) for row in run.changes[-1].value] == expected
    assert run == before.change("points", expected)
    assert told["points"] == json.loads(json.dumps(points(run, about(**settings))))
    at = len(before.task.data.training)
    drawn = [*zip(told["points"]["x"][at:], told["points"]["y"][at:], strict=True)][: len(rows)]
    assert drawn == [tuple(row[:2]) for row in expected]
    if "label" in told["points"]:  # as it was told: low or high for signs
        high = max(rows[0][2], 1) if settings.get("dataset", "circle") == "circle" else rows[0][2]
        assert told["points"]["label"][at] == high


def test_points_are_told_anew_only_when_some_were_drawn() -> None:
    text = ticked(frames=1, updates=5)["run"]
    assert "points" not in ticked(run=text, frames=1, updates=2)
    assert "points" not in ticked({"l2": 0.1}, run=text, changes=[["cut", 0]])
    drawn = ticked(run=text, changes=[["points", [[1, 1, 1]]]])
    assert "points" in drawn
    assert "points" not in ticked(run=drawn["run"], frames=1, updates=2)


def test_points_are_told_also_where_other_changes_have_gone() -> None:
    # two settings are altered, come back before an update, and points are drawn in the same tick
    there = ticked({"l2": 0.1, "dropout": 0.5}, run=ticked(frames=1, updates=5)["run"])
    assert there["log"]["count"] == 2
    told = ticked(run=there["run"], changes=[["points", [[1, 1, 1]]]])
    assert told["log"]["count"] == 1
    assert "points" in told


@pytest.mark.parametrize(
    "changes",
    [
        7, "cut", {}, {"cut": 4}, [7], ["cut"], [["cut"]], [["cut", 4, 5]], [[]], [{}], [None], [["l2", 0.1]],
        [["optimizer", {}]], [["step", 3]], [[["cut"], 4]], [[None, 4]], [["cut", 4]] * 51,
        [["cut", None]], [["cut", "4"]], [["cut", True]], [["cut", 4.5]], [["cut", -1]], [["cut", 13]], [["cut", 2]],
        [["cut", [4]]], [["cut", {}]], [["cut", 10**400]], [["cut", float("nan")]], [["restore", 99]], [["restore", 8]],
        [["weight", 3]], [["weight", [3]]], [["weight", [3, 1, 2]]], [["weight", [3, "1"]]], [["weight", [3, None]]],
        [["weight", [3, float("nan")]]], [["weight", [3, float("inf")]]], [["weight", [3, 1e7]]],
        [["weight", [13, 1.0]]], [["weight", [-1, 1.0]]], [["weight", [1.5, 1.0]]], [["weight", [True, 1.0]]],
        [["weight", {"3": 1}]], [["weight", "31"]], [["weight", []]], [["cut", 4], ["weight", [4, 1.0]]],
        [["points", None]], [["points", []]], [["points", 3]], [["points", [[]]]], [["points", [[1, 2]]]],
        [["points", [[1, 2, 3, 4]]]], [["points", [1, 2, 1]]], [["points", [[1, 2, "1"]]]],
        [["points", [[1, 2, None]]]],
        [["points", [[1, 2, float("nan")]]]], [["points", [[1, 1e300, 1]]]], [["points", [[True, 2, 1]]]],
        [["points", [[1, 2, 1]] * 201]], [["points", {"x": [1]}]], [["points", [[[1], [2], [1]]]]],
        [["points", "[[1, 2, 1]]"]],
    ],
    ids=lambda changes: str(changes)[:40],
)  # fmt: skip
def test_forged_changes_are_refused(changes: Any) -> None:
    text = ticked(frames=1, updates=5)["run"]
    assert len(refused(run=text, changes=changes)) < 200
    assert len(refused(changes=changes)) < 200  # of a new run, too


def refusal(wish: dict[str, Any]) -> str:
    """What is said against a wish; empty where it is granted."""
    try:
        tick(wish)
    except ValueError as reason:
        return str(reason)
    return ""


@pytest.mark.parametrize("shape", ["[", '{"a":'])
@pytest.mark.parametrize("name", ["changes", "link", "own", "panels", "bent", "part", "pad", "pair"])
@pytest.mark.parametrize("depth", [5, 100, 900])
def test_what_is_nested_deep_is_refused_or_overlooked(shape: str, name: str, depth: int) -> None:
    deep = json.loads(shape * depth + ("1" if shape != "[" else "") + {"[": "]"}.get(shape, "}") * depth)
    nested = {"changes": [["cut", deep]], "link": {"first": deep, "changes": deep, "step": "1"}}.get(name, deep)
    for more in ({}, {"changes": [["points", [[1, 2, deep]]]]}, {"changes": [["weight", [3, deep]]]}):
        wish = {"settings": SMALL, "frames": 0, "panels": ["bent", "confusion", "health"], name: nested, **more}
        sentence = refusal(wish)
        assert sentence or not more
        if sentence:
            assert sentence.endswith(".")
            assert len(sentence) < 300


@pytest.mark.parametrize("dataset", ["digits", "iris", "diabetes"])
def test_points_are_drawn_where_there_is_a_plane_or_a_curve(dataset: str) -> None:
    assert refused({"dataset": dataset}, changes=[["points", [[1, 2, 1]]]]) == (
        "Points can be drawn for data of one or two inputs only."
    )


@pytest.mark.parametrize(("dataset", "label"), [("three_classes", 3), ("dog_cat", 4), ("five_classes", 0.5)])
def test_points_of_a_class_that_is_none_are_refused(dataset: str, label: float) -> None:
    sentence = refused({"dataset": dataset}, changes=[["points", [[1, 2, label]]]])
    assert sentence == "A drawn point has a class that this data does not know."


def test_a_run_holds_so_many_points_and_no_more() -> None:
    text, row = ticked()["run"], [1, 2, 1]
    for _ in range(MOST_DRAWN // 200 // 2):
        text = ticked(run=text, changes=[["points", [row] * 200]] * 2)["run"]
    assert refused(run=text, changes=[["points", [row]]]) == "At most 2,000 points can be drawn into one run."
    assert played({}, text, 3)["frames"][-1]["step"] == 3


def test_a_diverged_run_cannot_be_mended_by_hand() -> None:
    settings = {"activations": "sine", "learning_rate": 10.0}
    run = json.loads(ticked(settings, frames=1, updates=2)["run"])
    run["weights"] = base64.b64encode(np.full(13, 1e308)).decode()
    told = played(settings, json.dumps(run), 4)
    assert told["frames"][-1]["diverged_at"] == 2
    assert refused(settings, run=told["run"], changes=[["weight", [3, 0.5]]]).startswith("This change cannot be made: ")


def test_a_run_of_many_changes_goes_on_in_no_time() -> None:
    run = json.loads(ticked(frames=1, updates=5)["run"])
    run["changes"] = [[i % 5, "learning_rate", 0.03 + 1e-6 * i] for i in range(MOST_CHANGES - 2)]
    told = ticked({"l2": 0.1}, run=json.dumps(run), frames=3, updates=5)
    assert told["log"] == {
        "count": MOST_CHANGES, "text": "",
        "untold": "There were more than 200 changes: a link holds the settings, not this run.",
    }  # fmt: skip
    more = ticked({"l2": 0.2, "l1": 0.1}, run=told["run"])
    assert "5,000 changes" in refused({"l2": 0.2, "l1": 0.1}, run=more["run"])


# --- the log in a link --------------------------------------------------------------


def history() -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings at the end of a run with all kinds of changes, and its last answer."""
    settings: dict[str, Any] = {"learning_rate": 0.1 + 0.2, "l1": 0.001}
    told = ticked(settings, frames=1, updates=4)
    for more, changes in [
        ({"optimizer": "adam", "learning_rate": 0.01}, []),
        ({"batch_size": 5, "schedule": "step", "schedule_epochs": 30}, [["cut", 4], ["weight", [0, -1 / 3]]]),
        ({"dropout": 0.25, "l2": 1e-3, "clip_norm": 0.5}, []),
        ({"schedule": "constant"}, [["restore", 4], ["weight", [4, 1e-7]]]),
        ({"optimizer": "nesterov", "clip_norm": 0}, [["cut", 9]]),
    ]:
        settings |= more
        told = ticked(settings, run=told["run"], changes=changes, frames=1, updates=5)
    return settings, told


def test_the_log_as_a_link_tells_it_replays_the_run_bit_for_bit() -> None:
    settings, told = history()
    step = told["frames"][-1]["step"]
    assert told["log"]["count"] == len(told["log"]["text"].split(",")) > 10
    first = (
        "optimizer:gradient_descent;learning_rate:0.30000000000000004;batch_size:10;schedule:constant;l2:0;dropout:0"
    )
    link = {"step": str(step), "first": first, "changes": told["log"]["text"]}
    seen = ticked(settings, link=link)
    assert seen["log"] == told["log"]
    assert Run.from_json(seen["run"]).recipe == engines(learning_rate=0.1 + 0.2, l1=0.001).recipe
    while seen["frames"][-1]["step"] < step:
        seen = ticked(settings, run=seen["run"], frames=2, updates=3, until=step)
    assert seen["run"] == told["run"]
    further = [ticked(settings, run=each["run"], frames=2, updates=7) for each in (told, seen)]
    assert further[0]["run"] == further[1]["run"]
    assert further[0]["log"]["count"] == told["log"]["count"]  # the settings are those at the end


def test_whoever_leaves_a_replay_goes_his_own_way() -> None:
    settings, told = history()
    link = {"step": "24", "first": "optimizer:gradient_descent;learning_rate:0.3", "changes": told["log"]["text"]}
    seen = ticked(settings, run=ticked(settings, link=link)["run"], frames=2, updates=3, until=24)
    assert seen["frames"][-1]["step"] == 6
    left = ticked(settings, run=seen["run"], changes=[["points", [[1, 1, 1]]]], frames=1, updates=20)
    assert left["frames"][-1]["step"] == 22 < 24 + 20
    assert max(change.step for change in Run.from_json(left["run"]).changes) == 6
    assert "points" in left


def test_a_story_that_no_link_can_tell_says_why() -> None:
    told = ticked(run=ticked(frames=1, updates=4)["run"], changes=[["points", [[1, 2, 1]]]])
    assert told["log"] == {
        "count": 1, "text": "", "untold": "Drawn points are in no link: it holds the settings, not this run.",
    }  # fmt: skip


def test_what_a_link_begins_with_is_the_first_recipe_alone() -> None:
    told = ticked({"learning_rate": 0.5}, link={"first": "learning_rate:0.25;batch_size:4;dropout:0.5"})
    assert told["run"] == engines(learning_rate=0.25, batch_size=4, dropout=0.5).to_json()
    followed = ticked({"learning_rate": 0.5}, run=told["run"], frames=1, updates=2)
    assert Run.from_json(followed["run"]).recipe == engines(learning_rate=0.5).recipe


# --- rules that stop it -------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "reason", "words"),
    [
        ({"stop_epochs": 7}, "epochs", "Stopped: so many epochs were asked for. Validation error "),
        ({"stop_error": 0.3}, "target_error", "Stopped: the training error is as low as was asked for. Validation "),
        ({"patience": 2}, "patience", "Stopped early: validation error has not improved for as many epochs "),
    ],
)
@pytest.mark.parametrize("updates", [1, 4, 14, None])
def test_a_rule_ends_the_tick_and_says_so(rule: dict[str, Any], reason: str, words: str, updates: int | None) -> None:
    settings = {"learning_rate": 0.5, "noise": 1.0, **rule}
    told = ticked(settings)
    for _ in range(400):
        told = ticked(settings, run=told["run"], frames=5, updates=updates)
        assert [drawn["stopped"] for drawn in told["frames"][:-1]] == [None] * (len(told["frames"]) - 1)
        if told["frames"][-1]["stopped"]:
            break
        assert "Stopped" not in told["sentence"]
    last = told["frames"][-1]
    assert (last["stopped"], last["diverged_at"]) == (reason, None)
    assert told["sentence"].startswith(words)
    run = Run.from_json(told["run"])
    assert run == engines(run.step, learning_rate=0.5, noise=1.0)
    assert last["epoch"] == int(last["epoch"])
    if reason == "epochs":
        assert last["epoch"] == 7
    elif reason == "target_error":
        run, epoch = engines(2, learning_rate=0.5, noise=1.0), 1
        while measure(run).training_error > 0.3:
            run, epoch = advance(run, epochs=1), epoch + 1
        assert last["epoch"] == epoch > 1
    else:
        assert last["epoch"] - last["best"]["epoch"] == 2


def test_no_rule_stops_a_replay() -> None:
    settings = {"stop_epochs": 3}
    seen = ticked(settings, link={"step": "20", "changes": "4:l2:0.1"})
    for _ in range(4):
        seen = ticked({**settings, "l2": 0.1}, run=seen["run"], frames=1, updates=5, until=20)
        assert seen["frames"][-1]["stopped"] is None
    assert seen["frames"][-1]["step"] == 20


# --- panels -------------------------------------------------------------------------

OFFERED = {
    "circle": {"health", "bent", "confusion"},
    "three_classes": {"health", "bent", "confusion"},
    "dog_cat": {"health", "bent", "confusion"},
    "sine": {"health", "bent"},
    "plane": {"health", "bent"},
    "digits": {"health", "bent", "confusion", "pad"},
    "iris": {"health", "bent", "confusion"},
    "diabetes": {"health", "bent", "scatter"},
}


@pytest.mark.parametrize("dataset", OFFERED)
@pytest.mark.parametrize("updates", [0, 5])
def test_panels_are_given_what_they_ask_for_where_it_means_something(dataset: str, updates: int) -> None:
    settings = {"dataset": dataset, "hidden_layers": "3, 2"}
    text = ticked(settings, frames=1, updates=updates)["run"] if updates else ticked(settings)["run"]
    panels = ["health", "bent", "confusion", "scatter", "pad"]
    told = ticked(settings, run=text, panels=panels, pad=[0.5] * 64, part="training", bent=None)
    assert set(told["report"]) == OFFERED[dataset]
    assert all(told["report"].values())
    for name in panels:
        alone = ticked(settings, run=text, panels=[name], pad=[0.5] * 64, part="training")
        assert alone["report"] == {each: told["report"][each] for each in OFFERED[dataset] & {name}}
    assert ticked(settings, run=text)["report"] == {}


def test_a_panel_is_told_of_the_last_moment() -> None:
    told = ticked(frames=3, updates=5, panels=["confusion", "health"])
    again = ticked(run=told["run"], panels=["confusion", "health"])
    assert told["report"] == again["report"] != ticked(panels=["confusion", "health"])["report"]


@pytest.mark.parametrize(
    ("split", "part", "shown"),
    [
        ((50, 30, 20), "test", "test"),
        ((50, 30, 20), "training", "training"),
        ((50, 30, 20), None, "validation"),
        ((50, 50, 0), "test", "training"),
        ((100, 0, 0), None, "training"),
    ],
)
def test_a_part_without_cases_gives_way_to_the_training_part(split: Any, part: str | None, shown: str) -> None:
    told = ticked({"split": split}, panels=["confusion"], part=part)["report"]["confusion"]
    assert told["part"] == shown
    assert told["cases"] == {"training": 40 * split[0] // 100, "validation": 12, "test": 8}[shown]


def test_the_pad_answers_a_drawing_only() -> None:
    assert ticked({"dataset": "digits"}, panels=["pad"])["report"] == {}


@pytest.mark.parametrize(
    "wish",
    [
        {"panels": "health"}, {"panels": 3}, {"panels": {"health": 1}}, {"panels": [3]}, {"panels": [["health"]]},
        {"panels": ["health"] * 11}, {"panels": [None]}, {"panels": True},
        {"panels": ["confusion"], "part": "all"}, {"panels": ["confusion"], "part": 3},
        {"panels": ["confusion"], "part": ["test"]}, {"panels": ["confusion"], "part": {"a": 1}},
        {"panels": ["confusion"], "pair": 3}, {"panels": ["confusion"], "pair": [1]},
        {"panels": ["bent"], "bent": 3}, {"panels": ["bent"], "bent": {"layer": 1}},
        {"panels": ["bent"], "bent": {"layer": "1", "x": 0, "y": 1}},
        {"panels": ["bent"], "bent": {"layer": 1, "x": float("nan"), "y": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_forged_panels_are_refused(wish: dict[str, Any]) -> None:
    assert len(refused(**wish)) < 200


@pytest.mark.parametrize(
    "pad", [3, "x" * 64, [0.5] * 63, [2.0] * 64, [None] * 64, [float("nan")] * 64, {}, [[0.5]] * 64]
)
def test_a_forged_drawing_is_refused(pad: Any) -> None:
    assert len(refused({"dataset": "digits"}, panels=["pad"], pad=pad)) < 200


def test_panels_that_nobody_knows_are_overlooked() -> None:
    assert ticked(panels=["health", "secrets", ""])["report"].keys() == {"health"}


# --- a person's own data ------------------------------------------------------------


def own(kind: str = "signs", width: int = 2, count: int = 30) -> dict[str, Any]:
    inputs = np.random.default_rng(3).uniform(-4.0, 4.0, (count, width))
    law = {"signs": inputs[:, 0] > 0, "classes": np.arange(count) % 3, "regression": inputs[:, 0] * 2.0 + 50.0}[kind]
    names = {"signs": ["no", "yes"], "classes": ["a", "b", "c"], "regression": ["t"]}[kind]
    return {
        "kind": kind, "names": [f"in {i}" for i in range(width)], "target_names": names,
        "inputs": base64.b64encode(inputs.astype("<f8").tobytes()).decode(),
        "targets": base64.b64encode(np.asarray(law, "<f8").tobytes()).decode(),
    }  # fmt: skip


@pytest.mark.parametrize("dataset", ["own", "drawn"])
@pytest.mark.parametrize("kind", ["signs", "classes", "regression"])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_own_data_comes_in_full_once_and_then_in_the_run(dataset: str, kind: str, width: int) -> None:
    settings, full = {"dataset": dataset}, own(kind, width)
    brief = {name: full[name] for name in ("kind", "names", "target_names")}
    told = ticked(settings, own=full)
    assert told["scene"]["raw_names"] == full["names"]
    assert told["scene"]["output_names"] == full["target_names"]
    first = first_run(strict(TrainingSettings, {**SMALL, **settings}), full)
    assert told["run"] == first.to_json()
    for updates in (3, 4):
        told = ticked(settings, own=brief, run=told["run"], frames=1, updates=updates, panels=["health", "bent"])
    assert told["run"] == advance(first, updates=7).to_json()
    assert set(told["report"]) == {"health", "bent"}


def test_a_run_of_other_own_data_is_told_apart_by_its_kind() -> None:
    settings, full = {"dataset": "own"}, own("signs", 2)
    text = ticked(settings, own=full)["run"]
    for other in (
        own("classes", 2),
        own("signs", 3),
        None,
        {},
        [],
        "own",
        {**full, "kind": "regression", "target_names": ["t"]},
    ):
        sentence = refused(settings, own=other, run=text)
        assert any(words in sentence for words in ("your data", "Your data", "This data", "other settings"))
    assert refused({"dataset": "circle"}, run=text).startswith("This run belongs to other settings")
    # nor is a made-up run anybody's own
    assert refused(settings, own=full, run=ticked()["run"]).startswith("This run belongs to other settings")


def test_before_there_is_own_data_it_says_what_to_do() -> None:
    for nothing in (None, {}):
        for dataset in ("own", "drawn"):
            assert refused({"dataset": dataset}, own=nothing).endswith(".")


@pytest.mark.parametrize("updates", [MOST_UPDATES, None])
def test_a_tick_of_the_largest_own_table_keeps_nobody_waiting(updates: int | None) -> None:
    settings = {"dataset": "own", "split": (100, 0, 0), "hidden_layers": "128 " * 4, "batch_size": 5000}
    full = own("regression", MOST_INPUTS, MOST_ROWS)
    brief = {name: full[name] for name in ("kind", "names", "target_names")}
    text = ticked(settings, own=full)["run"]
    begin = time.perf_counter()
    told = ticked(settings, own=brief, run=text, frames=2, updates=updates)
    # a moment that has begun is finished, and a slow machine takes its time
    assert time.perf_counter() - begin < 5.0 * LONGEST_TICK
    assert told["frames"][-1]["step"] > 0


def test_points_join_drawn_data() -> None:
    settings, full = {"dataset": "drawn"}, own("signs", 2)
    brief = {name: full[name] for name in ("kind", "names", "target_names")}
    text = ticked(settings, own=full, frames=1, updates=5)["run"]
    told = ticked(settings, own=brief, run=text, changes=[["points", [[1.0, 2.0, 1.0]]]], frames=1, updates=4)
    expected = Run.from_json(text).change("points", [[1.0, 2.0, 1.0]])
    assert told["run"] == advance(expected, updates=4).to_json()
    assert told["points"]["x"].count(1.0) == 1
