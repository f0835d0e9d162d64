"""Remedies change one thing each, from the same start; the straight line is that of least squares."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import DATASETS, Dataset, Network, Preparation, Task, measure
from explorer.settings import specs, strict
from explorer.training.experiments import cell
from explorer.training.remedies import REMEDIES, remedies_plan
from explorer.training.settings import MOST_CASES, TrainingSettings
from explorer.training.straight_line import straight_line, trust
from explorer.training.tasks import first_run, made
from tests.explorer.test_training_experiments import SENTENCE, own_table

DIFFERS = {
    "base": set(),
    "more_data": {"cases"},
    "amplified": {"amplify_copies", "amplify"},
    "fewer_links": {"connectivity"},
    "l2": {"l2"},
    "l1": {"l1"},
    "dropout": {"dropout"},
    "early_stopping": {"patience"},
}
IN_USE = {"amplify_copies": 2, "connectivity": 40, "l2": 0.1, "l1": 0.1, "dropout": 0.5}


def plan_of(own: Any = None, **settings: Any) -> dict[str, Any]:
    plan = remedies_plan({"settings": settings, "own": own, "epochs": 50})
    return json.loads(json.dumps(plan, allow_nan=False))


def rows_of(own: Any = None, **settings: Any) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in plan_of(own, **settings)["rows"]}


def read(row: dict[str, Any]) -> TrainingSettings:
    return strict(TrainingSettings, row["settings"])


# --- what they are --------------------------------------------------------------------


def test_a_plan_says_which_data_it_is_about() -> None:
    plan = plan_of(dataset="circle", cases=60, split=[50, 30, 20], noise=0.2, seed=11)
    assert (plan["about"], plan["seed"]) == ("Circle, 60 cases, 30 of them for training, noise 0.2", 11)


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_remedy_differs_in_the_one_thing_that_it_names(dataset: str) -> None:
    rows = rows_of(dataset=dataset, cases=60, hidden_layers="5", seed=11)
    assert set(rows) == set(DIFFERS)
    base = read(rows["base"])
    assert base == strict(TrainingSettings, {"dataset": dataset, "cases": 60, "hidden_layers": "5", "seed": 11})
    for name, row in rows.items():
        settings = read(row)
        made(settings)
        changed = {field for field in specs(TrainingSettings) if getattr(settings, field) != getattr(base, field)}
        assert changed <= DIFFERS[name]
        assert bool(changed) == (name != "base")
        assert row["seeds"] == [11]
        assert row["stopping"] == (name == "early_stopping")


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_remedy_begins_with_the_first_weights_of_the_seed(dataset: str) -> None:
    rows = rows_of(dataset=dataset, cases=60, hidden_layers="5")
    begun = first_run(read(rows["base"]))
    for name, row in rows.items():
        run = first_run(read(row))
        left = np.ones(begun.weights.size, bool) if run.mask is None else run.mask == 1.0
        assert run.weights[left].tolist() == begun.weights[left].tolist()
        assert (name == "fewer_links") == (not left.all())
        same_cases = np.array_equal(run.task.data.inputs, begun.task.data.inputs)
        assert same_cases == (name != "more_data")


@pytest.mark.parametrize(("cases", "more"), [(60, 240), (1000, 4000), (2000, MOST_CASES)])
def test_more_data_is_four_times_as_much_where_there_is_so_much(cases: int, more: int) -> None:
    row = rows_of(cases=cases)["more_data"]
    assert read(row).cases == more
    assert f"{more:,} cases in place of {cases:,}" in row["change"]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"cases": 4000}, "as many as the app takes"),
        ({"dataset": "iris", "cases": 150}, "there are 150 in all"),
        ({"dataset": "iris", "cases": 5000}, "150 cases are in use"),
        ({"dataset": "digits", "cases": 1500}, "there are 1,797 in all"),
    ],
)
def test_more_data_is_left_out_where_there_is_no_more(settings: dict[str, Any], why: str) -> None:
    plan = plan_of(**settings)
    assert "more_data" not in {row["name"] for row in plan["rows"]}
    (told,) = plan["left_out"]
    assert told.startswith("More data is left out: ")
    assert why in told


def test_amplified_data_has_copies_that_fit_the_data() -> None:
    for dataset, kinds in (("digits", ("shift", "rotate", "jitter")), ("circle", ("jitter",)), ("iris", ("jitter",))):
        settings = read(rows_of(dataset=dataset, cases=100, amplify="mirror")["amplified"])
        assert settings.amplify == kinds
        task = made(settings).task
        assert task.cases("training").cases == 5 * len(task.data.training)


def test_what_is_in_use_already_is_left_out_with_its_number() -> None:
    plan = plan_of(**IN_USE, cases=40)
    assert [row["name"] for row in plan["rows"]] == ["base", "more_data", "early_stopping"]
    told = " ".join(plan["left_out"])
    for number in ("2 altered copies", "40 %", "L2 is 0.1", "L1 is 0.1", "dropout is 0.5"):
        assert number in told
    assert all(len(words) <= 200 and words.endswith(".") for words in plan["left_out"])


def test_without_a_hidden_layer_there_is_nothing_to_drop() -> None:
    plan = plan_of(hidden_layers="", cases=40)
    assert plan["left_out"] == ["Dropout is left out: there is no hidden layer."]


def test_a_patience_of_ones_own_is_kept() -> None:
    assert read(rows_of(patience=7)["early_stopping"]).patience == 7
    assert "7 epochs" in rows_of(patience=7)["early_stopping"]["change"]
    assert read(rows_of()["early_stopping"]).patience == 20


def test_a_remedy_that_would_be_too_large_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.tasks.MOST_ACTIVITIES", 100 * (2 + 4 + 2 + 1))
    plan = plan_of(cases=100, seed=98765)
    assert {"more_data", "amplified"}.isdisjoint(row["name"] for row in plan["rows"])
    assert all("activities" in words for words in plan["left_out"])
    assert len(plan["left_out"]) == 2


@pytest.mark.parametrize("dataset", ["own", "drawn"])
def test_brought_data_has_remedies_too(dataset: str) -> None:
    plan = plan_of(own_table(), dataset=dataset)
    assert [row["name"] for row in plan["rows"]] == [name for name in DIFFERS if name != "more_data"]
    assert plan["left_out"] == ["More data is left out: there are no more cases of your own data."]
    for row in plan["rows"]:
        wish = {"settings": row["settings"], "own": own_table(), "seeds": row["seeds"], "stopping": row["stopping"]}
        assert cell({**wish, "looks": [0, 3]})["epochs"] == [0, 3]


def test_every_remedy_has_a_title_and_says_what_stays_the_same() -> None:
    rows = rows_of()
    assert [rows[remedy.name]["title"] for remedy in REMEDIES] == [remedy.title for remedy in REMEDIES]
    for row in rows.values():
        assert row["same"].endswith(".")
        assert row["change"]
        assert row["cost"] > 0.0


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"settings": {"split": "100, 0, 0"}}, "no validation cases"),
        ({"settings": {"dataset": "own"}, "own": {}}, "no table"),
        ({"settings": {"dataset": "drawn"}, "own": []}, "could not be read"),
        ({"settings": {"l2": "x"}}, "L2"),
        ({"settings": None, "epochs": 0}, "epochs"),
        ({"epochs": [1]}, "epochs"),
        ({"epochs": float("nan")}, "epochs"),
    ],
)
def test_a_wish_that_is_not_legal_is_refused_in_one_sentence(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=SENTENCE) as refused:
        remedies_plan({"epochs": 10, **wish})
    assert words in str(refused.value)


# --- the straight line ----------------------------------------------------------------


def curve(x: Any, t: Any, training: int, error: str = "squared", preparation: Preparation | None = None) -> Task:
    parts = {"training": range(training), "validation": range(training, len(x)), "test": []}
    data = Dataset.from_arrays(np.array(x)[:, None], np.array(t)[:, None], {k: list(v) for k, v in parts.items()})
    return Task(data, Network((1, 2, 1)), error, preparation=preparation or Preparation())


CHANCE = np.random.default_rng(8)
X = CHANCE.uniform(-5.0, 5.0, 30)
T = 0.5 * X + np.sin(X) + CHANCE.normal(size=30)


def test_the_line_is_that_of_least_squares_through_the_training_cases() -> None:
    line = straight_line(curve(X, T, 20))
    slope, intercept = np.polyfit(X[:20], T[:20], 1)
    assert (line["slope"], line["intercept"]) == (pytest.approx(slope), pytest.approx(intercept))
    residuals = T - (slope * X + intercept)
    # E = 1/2 (t - y)^2
    assert line["training_error"] == pytest.approx(0.5 * (residuals[:20] ** 2).mean())
    assert line["validation_error"] == pytest.approx(0.5 * (residuals[20:] ** 2).mean())


@pytest.mark.parametrize("targets", ["as_given", "standardised"])
@pytest.mark.parametrize("error", ["squared", "absolute", "huber"])
@pytest.mark.parametrize("features", [(), ("x_squared",)])
def test_its_errors_are_those_that_a_network_on_the_line_would_have(targets: Any, error: str, features: Any) -> None:
    preparation = Preparation(features=features, targets=targets, standardise=True)
    task = curve(X, T, 20, error, preparation)
    line = straight_line(task)
    deviation, mean = (T[:20].std(), T[:20].mean()) if targets == "standardised" else (1.0, 0.0)
    told, wanted = ((values - mean) / deviation for values in (line["slope"] * X + line["intercept"], T))
    size = np.abs(told - wanted)
    each = {"squared": 0.5 * size**2, "absolute": size, "huber": np.where(size <= 1, 0.5 * size**2, size - 0.5)}[error]
    assert line["training_error"] == pytest.approx(each[:20].mean())
    assert line["validation_error"] == pytest.approx(each[20:].mean())


def test_a_linear_neuron_that_lies_on_the_line_has_the_same_errors() -> None:
    run = first_run(strict(TrainingSettings, {"dataset": "sine", "hidden_layers": "", "standardise": False}))
    line = straight_line(run.task)
    measures = measure(replace(run, weights=np.array([line["slope"], line["intercept"]])))
    assert line["training_error"] == pytest.approx(measures.training_error)
    assert line["validation_error"] == pytest.approx(measures.validation_error)


def test_cases_at_one_place_have_a_level_line() -> None:
    line = straight_line(curve([2.0, 2.0, 2.0], [1.0, 2.0, 6.0], 3))
    assert (line["slope"], line["intercept"]) == (0.0, 3.0)
    assert line["validation_error"] is None


def test_there_is_no_line_through_a_plane() -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        straight_line(first_run(TrainingSettings()).task)


def test_the_question_is_asked_with_all_four_errors() -> None:
    line = {"training_error": 0.12, "validation_error": 0.14}
    assert trust(line, 0.01, 0.3) == (
        "Which would you trust? On the training cases the network's error is 0.01 and the line's 0.12; "
        "on validation cases 0.3 and 0.14."
    )
    assert trust(line, 0.01, None).endswith("without validation cases there is no way to know.")
    assert trust(line | {"validation_error": None}, 0.01, None).count("?") == 1
