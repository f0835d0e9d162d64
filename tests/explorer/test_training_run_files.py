"""What a run file says comes back; what is none is refused in one sentence, soon."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Run
from explorer.server import LARGEST_BODY
from explorer.settings import parts, strict, to_link
from explorer.training.callbacks import quiet
from explorer.training.exports import export_wish
from explorer.training.records import CURVES, MOST_POINTS
from explorer.training.run_files import LARGEST_FILE, MOST_RUNS, read_file
from explorer.training.settings import TrainingSettings
from explorer.training.ticks import tick
from tests.explorer.training_runs import STORIES, record_of, through_json, told_table

LIVE = parts(TrainingSettings)["live"]
SOON = 5.0  # seconds, on a busy machine


def file_of(*names: str) -> str:
    return str(quiet(export_wish)({"what": "json", "runs": [record_of(name) for name in names]})["text"])


def opened(text: str) -> list[dict[str, Any]]:
    return list(through_json(quiet(read_file)({"text": text}))["runs"])


def refused(text: Any) -> str:
    begin = time.perf_counter()
    with pytest.raises(ValueError, match=r"\A[A-Z][^\n]{10,380}\.\Z") as told:
        quiet(read_file)({"text": text})
    assert time.perf_counter() - begin < SOON
    return str(told.value)


# --- there and back -------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_a_run_comes_back_from_its_file_to_the_last_bit(name: str) -> None:
    before = record_of(name)
    (after,) = opened(file_of(name))
    assert after["run"] == before["run"]
    assert strict(TrainingSettings, after["settings"]) == strict(TrainingSettings, before["settings"])
    for key in ("name", "own", "history"):
        assert after[key] == before[key]


def test_several_runs_keep_their_order() -> None:
    names = ["points", "first", "table", "first"]
    assert [(run["name"], run["run"]) for run in opened(file_of(*names))] == [
        (name, record_of(name)["run"]) for name in names
    ]


@pytest.mark.parametrize("name", STORIES)
def test_an_opened_run_can_go_on(name: str) -> None:
    (run,) = opened(file_of(name))
    told = quiet(tick)({"settings": run["settings"], "own": run["own"], "run": run["run"], "frames": 0})
    for key, number in run["frame"].items():
        assert through_json(told["frames"][-1])[key] == number
    assert run["sentence"] == told["sentence"]
    assert run["sizes"] == list(Run.from_json(run["run"]).task.network.sizes)
    assert told["run"] == run["run"]  # nothing of the settings was lost: they change nothing in it


def test_settings_come_as_the_texts_of_a_link() -> None:
    (run,) = opened(file_of("softmax"))
    settings = run["settings"]
    assert settings == to_link(strict(TrainingSettings, record_of("softmax")["settings"]))
    assert (settings["split"], settings["l2"], settings["features"]) == ("60, 20, 20", "0.01", "x1,x2,x")


def test_the_first_settings_are_those_of_the_start() -> None:
    first = opened(file_of("settings"))[0]["first"]
    assert list(first) == LIVE
    record = record_of("settings")
    record["first"] = {"learning_rate": 0.07, "optimizer": "adam"}
    text = quiet(export_wish)({"what": "json", "runs": [record]})["text"]
    again = opened(text)[0]["first"]
    assert (again["learning_rate"], again["optimizer"]) == ("0.07", "adam")
    assert (again["batch_size"], again["dropout"]) == ("3", "0.2")  # of which it says nothing: as they are now
    assert json.loads(text)["runs"][0]["first"]["learning_rate"] == "0.07"
    record["first"] = None
    assert opened(quiet(export_wish)({"what": "json", "runs": [record]})["text"])[0]["first"]["optimizer"] == "rmsprop"


@pytest.mark.parametrize("told", ["in full", "in brief"])
def test_a_run_of_own_data_carries_it_and_the_names_stand_beside_it(told: str) -> None:
    record = record_of("table")
    if told == "in full":
        record["own"] = told_table()
    (run,) = opened(quiet(export_wish)({"what": "json", "runs": [record]})["text"])
    assert run["own"] == record_of("table")["own"]
    assert set(run["own"]) == {"kind", "names", "target_names"}
    assert Run.from_json(run["run"]).task.data.inputs.shape == (24, 2)


def test_a_run_of_made_up_data_says_nothing_of_own_data() -> None:
    record = record_of("first") | {"own": told_table()}
    (run,) = opened(quiet(export_wish)({"what": "json", "runs": [record]})["text"])
    assert run["own"] is None


def test_curves_beyond_the_run_are_left_out() -> None:
    record = record_of("first")
    for name, values in record["history"].items():
        values.append(1000 if name == "step" else 80.0 if name == "epoch" else None)
    (run,) = opened(quiet(export_wish)({"what": "json", "runs": [record]})["text"])
    assert run["history"] == record_of("first")["history"]


def test_a_name_loses_what_cannot_be_printed() -> None:
    record = record_of("first") | {"name": " my\u200d run\x00\n"}
    (run,) = opened(quiet(export_wish)({"what": "json", "runs": [record]})["text"])
    assert run["name"] == "my run"


def test_a_file_as_large_as_may_be_can_be_sent() -> None:
    # a run's text is nearly all base64; even with half a million escaped quotes it fits
    assert len(json.dumps({"text": '"' * 500_000})) + LARGEST_FILE - 500_000 < LARGEST_BODY


# --- what is no run file --------------------------------------------------------------


def altered(change: Callable[[dict[str, Any]], Any], name: str = "first") -> str:
    """A story's file after a change of what it holds; the change may give another whole."""
    whole = json.loads(file_of(name))
    other = change(whole)
    return json.dumps(whole if other is None else other)


def of_whole(**new: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda whole: whole | new


def of_record(**new: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda whole: whole["runs"][0].update(new)


def of_run(**new: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda whole: whole["runs"][0]["run"].update(new)


def of_history(**new: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda whole: whole["runs"][0]["history"].update(new)


def of_task(**new: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda whole: whole["runs"][0]["run"]["task"].update(new)


def of_network(**new: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda whole: whole["runs"][0]["run"]["task"]["network"].update(new)


def without(key: str) -> Callable[[dict[str, Any]], Any]:
    def change(whole: dict[str, Any]) -> None:
        del whole["runs"][0][key]

    return change


def floats(*values: float) -> str:
    return base64.b64encode(np.array(values, "<f8").tobytes()).decode()


LONG = "x" * 10_000_000
COUNT = 25  # weights of 2-4-2-1
NO_FILE: dict[str, tuple[Callable[[], Any], str]] = {
    "nothing": (lambda: None, "must be a text, not nothing"),
    "a number": (lambda: 3, "must be a text"),
    "a list": (lambda: ["{}"], "must be a text, not a list"),
    "empty": (lambda: "", "could not be read as JSON"),
    "a picture": (lambda: "\x89PNG\r\n\x1a\n\x00\x00", "could not be read as JSON"),
    "cut off": (lambda: file_of("first")[:-20], "could not be read as JSON"),
    "a table": (lambda: "x,y\n1,2\n", "could not be read as JSON"),
    "no object": (lambda: "[]", "holds no training runs"),
    "a deep list": (lambda: "[" * 400_000 + "]" * 400_000, "could not be read as JSON"),
    "a deep object": (lambda: '{"a":' * 400_000 + "1" + "}" * 400_000, "could not be read as JSON"),
    "very many lists": (lambda: '{"runs": [' + "[]," * 5_000_000 + "[]]}", "more than 1,000,000 values"),
    "very many numbers": (lambda: "[" + "1," * 7_900_000 + "1]", "more than 1,000,000 values"),
    "NaN": (lambda: '{"format": NaN, "kind": "training runs"}', "could not be read as JSON"),
    "infinity": (lambda: file_of("first").replace('"step":45', '"step":Infinity'), "could not be read as JSON"),
    "too long": (lambda: " " * (LARGEST_FILE + 1), "has 16,000,001 characters; at most 16,000,000"),
    "a huge number": (lambda: "1" * 10_000_000, "could not be read as JSON"),
    "a long text": (lambda: json.dumps(LONG), "holds no training runs"),
    "paths of the other lab": (
        lambda: json.dumps({"format": 1, "settings": {}, "paths": []}),
        "holds no training runs",
    ),
    "another kind": (lambda: altered(of_whole(kind="paths")), "holds no training runs"),
    "a later version": (
        lambda: altered(of_whole(format=2)),
        "has the format 2; this version of the app reads format 1",
    ),
    "a version in words": (lambda: altered(of_whole(format=LONG)), "has the format xxxxx"),
    "a true version": (lambda: altered(of_whole(format=True)), "has the format true"),
    "runs of no kind": (lambda: altered(of_whole(runs=3)), "must be a list, not 3"),
    "no runs": (lambda: altered(of_whole(runs=[])), "has 0 runs; it must have 1 to 9"),
    "very many runs": (lambda: altered(of_whole(runs=[{}] * 100_000)), "has 100,000 runs"),
}
NO_RECORD: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a number": (of_whole(runs=[3]), "must have the fields name, settings"),
    "a run of runs": (of_whole(runs=[[[]]]), "must have the fields"),
    "without a run": (without("run"), "must have the fields"),
    "without curves": (without("history"), "must have the fields"),
    "with more": (of_record(more=1), "must have the fields"),
    "no name": (of_record(name=None), "Its name must be a text of at most 60 letters"),
    "a long name": (of_record(name=LONG), "Its name must be a text of at most 60 letters"),
    "an empty name": (of_record(name="\x00\n"), "must not be empty"),
    "settings of no kind": (of_record(settings=[]), "settings could not be read"),
    "settings of a stranger": (of_record(settings={"shell": "rm"}), "Unknown in this link: shell"),
    "settings out of range": (of_record(settings={"cases": "1e9"}), "Cases must be"),
    "a long setting": (of_record(settings={"hidden_layers": LONG}), "Hidden layers must be"),
    "other settings": (of_record(settings={"seed": "2"}), "belongs to other settings"),
    "other layers": (of_record(settings={"hidden_layers": "4, 3"}), "belongs to other settings"),
    "settings of own data": (of_record(settings={"dataset": "own"}), "."),
    "strange first settings": (of_record(first={"cases": "250"}), "Its first settings must be some of"),
    "first settings out of range": (of_record(first={"learning_rate": "-1"}), "Learning rate must be"),
    "no first settings": (of_record(first=[1]), "Its first settings must be some of"),
    "a run as text": (of_record(run="{}"), "not a training run"),
    "no run": (of_record(run=None), "not a training run"),
    "an empty run": (of_record(run={}), "not a training run"),
    "a later run": (of_run(schema=99), "not a training run"),
    "forged weights: too few": (of_run(weights=floats(*[0.5] * (COUNT - 1))), "not a training run"),
    "forged weights: far too many": (of_run(weights=floats(*[0.5] * 1_000_000)), "not a training run"),
    "forged weights: no number": (of_run(weights=floats(*[np.nan] * COUNT)), "not a training run"),
    "forged weights: infinite": (of_run(weights=floats(*[np.inf] * COUNT)), "not a training run"),
    "forged weights: no base64": (of_run(weights="é" * 100), "not a training run"),
    "forged weights: a list": (of_run(weights=[0.5] * COUNT), "not a training run"),
    "forged weights: long": (of_run(weights=LONG), "not a training run"),
    "first weights of one's own": (of_run(first_weights=floats(*[0.5] * COUNT)), "belongs to other settings"),
    "a step that is none": (of_run(step=1.5), "not a training run"),
    "a step beyond all": (of_run(step=10**400), "not a training run"),
    "another seed": (of_run(seed=2), "belongs to other settings"),
    "an error that is infinite": (of_run(first_error="inf"), "not a training run"),
    "a best step in the future": (
        of_run(best={"step": 9999, "error": 0.5, "weights": floats(*[0.5] * COUNT)}),
        "not a training run",
    ),
    "an optimizer that is none": (of_run(recipe={"optimizer": {"name": "os.system"}}), "not a training run"),
    "very many changes": (of_run(changes=[[0, "l2", 0.5]] * 30_000), "not a training run"),
    "many changes": (
        of_run(changes=[[step, "learning_rate", 0.1 + step] for step in range(5_001)]),
        "more than 5,000 changes",
    ),
    "changes of no kind": (of_run(changes=[[0, "__class__", 1]]), "not a training run"),
    "a hidden link that is cut": (of_run(changes=[[0, "cut", 0]]), "not a training run"),
    "many points": (of_run(changes=[[45, "points", [[0.5, 0.5, 1.0]] * 2_001]]), "2,000 points"),
    "other data": (
        of_task(data={"name": "xor", "cases": 250, "noise": 0.1, "seed": 1, "split": [0.5, 0.5, 0.0]}),
        "belongs to other settings",
    ),
    "data in full": (
        of_task(
            data={
                "inputs": {"shape": [4, 2], "base64": floats(*range(8))},
                "targets": {"shape": [4, 1], "base64": floats(1, -1, 1, -1)},
                "parts": {"shape": [4], "base64": "AAABAQ=="},
            }
        ),
        ".",
    ),
    "a shape without numbers": (
        of_task(
            data={
                "inputs": {"shape": [100_000, 100_000], "base64": ""},
                "targets": {"shape": [4, 1], "base64": ""},
                "parts": {"shape": [4], "base64": ""},
            }
        ),
        "not a training run",
    ),
    "a network beyond all": (of_network(sizes=[2, 10**9, 1]), "not a training run"),
    "layers beyond all": (of_network(sizes=[2] * 200_000), "not a training run"),
    "half of the links": (of_network(connectivity=0.5), "."),
    "points that joined unseen": (of_task(joined=3), "belongs to other settings"),
    "curves of no kind": (of_record(history=[]), "must be the lists step, epoch"),
    "a curve more": (of_history(more=[]), "must be the lists step, epoch"),
    "a curve that is none": (of_history(test="abc"), "lists of one length"),
    "curves of two lengths": (of_history(test=[None]), "lists of one length"),
    "endless curves": (
        lambda whole: of_history(**{name: [0] * (MOST_POINTS + 1) for name in CURVES})(whole),
        "have 2,001 points; at most 2,000",
    ),
    "a curve of words": (of_history(training=["a"] * 4), "The curve training holds a; it must hold numbers from 0 on"),
    "a curve of truths": (of_history(training=[True] * 4), "The curve training holds true"),
    "a curve of lists": (of_history(training=[[]] * 4), "The curve training holds a list"),
    "a curve below zero": (of_history(validation=[-0.5] * 4), "The curve validation holds -0.5"),
    "a curve without end": (of_history(training=[10**400] * 4), "The curve training holds a huge number"),
    "more than all cases": (of_history(trainingAccuracy=[1.5] * 4), "must hold shares from 0 to 1"),
    "half a step": (of_history(step=[0.5] * 4), "must hold whole numbers"),
    "no step": (of_history(step=[None] * 4), "The curve step holds nothing"),
    "steps that fall": (of_history(step=[3, 2, 1, 0]), "The curve step must rise"),
    "epochs that fall": (of_history(epoch=[3, 2, 1, 0]), "The curve epoch must rise"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_FILE)
def test_what_is_no_run_file_is_refused_in_one_sentence_soon(name: str) -> None:
    make, words = NO_FILE[name]
    assert words in refused(make())


@pytest.mark.parametrize("name", NO_RECORD)
def test_what_is_no_run_is_refused_in_one_sentence_soon(name: str) -> None:
    change, words = NO_RECORD[name]
    sentence = refused(altered(change))
    assert sentence.startswith("Run 1 of this file cannot be opened: ")
    assert words in sentence
    assert "press reset" not in sentence


def test_a_number_too_large_for_json_is_refused() -> None:
    assert "The curve training holds inf" in refused(
        altered(of_history(training=["big"] * 4)).replace('"big"', "1e999")
    )
    assert "not a training run" in refused(altered(of_run(step="big")).replace('"big"', "1e999"))


def test_the_run_that_is_wrong_is_told_by_its_place() -> None:
    whole = json.loads(file_of("points", "masks", "first"))
    whole["runs"][2]["run"]["seed"] = 7
    assert refused(json.dumps(whole)).startswith("Run 3 of this file cannot be opened: This run belongs to other")


@pytest.mark.parametrize(
    "own",
    [
        None,
        {},
        [],
        {"kind": "signs"},
        {"kind": "classes", "names": ["a"], "target_names": ["low", "middle", "high"]},
        {"kind": "classes", "names": ["a", "a"], "target_names": ["low", "middle", "high"]},
        {"kind": "classes", "names": ["a", "b\n"], "target_names": ["low", "middle", "high"]},
        {"kind": "classes", "names": ["a", LONG], "target_names": ["low", "middle", "high"]},
        {"kind": "classes", "names": ["a", "b"], "target_names": ["low", "high"]},
        {"kind": "regression", "names": ["a", "b"], "target_names": ["t"]},
    ],
)  # fmt: skip
def test_what_is_told_of_own_data_must_fit_it(own: Any) -> None:
    assert refused(altered(of_record(own=own), "table")).startswith("Run 1 of this file cannot be opened: ")


def test_forged_numbers_of_own_data_are_refused() -> None:
    def infinite(whole: dict[str, Any]) -> None:
        inputs = whole["runs"][0]["run"]["task"]["data"]["inputs"]
        inputs["base64"] = floats(*[np.inf] * int(np.prod(inputs["shape"])))

    def outside(whole: dict[str, Any]) -> None:
        inputs = whole["runs"][0]["run"]["task"]["data"]["inputs"]
        inputs["base64"] = floats(*[1e300] * int(np.prod(inputs["shape"])))

    for change in (infinite, outside):
        assert refused(altered(change, "table")).startswith("Run 1 of this file cannot be opened: ")


def test_a_weight_of_a_link_that_is_cut_is_refused() -> None:
    def revive(whole: dict[str, Any]) -> None:
        run = whole["runs"][0]["run"]
        weights = np.frombuffer(base64.b64decode(run["weights"])).copy()
        weights[0] = 0.5  # cut at the eighth step
        run["weights"] = floats(*weights)

    assert "not a training run" in refused(altered(revive, "masks"))


def test_as_many_runs_as_there_may_be_are_opened() -> None:
    assert len(opened(file_of(*["first"] * MOST_RUNS))) == MOST_RUNS
