"""Settings arrive in the run; what does not go together is told in a sentence."""

import base64
import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import (
    DATASETS,
    FEATURES,
    HIDDEN_ACTIVATIONS,
    INITIALISERS,
    OPTIMIZERS,
    SCHEDULES,
    Amplification,
    Run,
    StopRules,
    advance,
    measure,
)
from engine.tasks import MOST_ACTIVITIES
from explorer.csv_text import MOST_ROWS
from explorer.settings import Number, specs, strict
from explorer.training.own import MOST_INPUTS
from explorer.training.presets import PRESETS
from explorer.training.settings import FEATURES_OF, MOST_LAYERS, MOST_NEURONS, TRAINERS, TrainingSettings
from explorer.training.subjects import subject
from explorer.training.tasks import LONGEST_RUN, first_run, known, made, planned, recipe, remarks, stop_rules

BY_KIND = {  # output, error, targets, and the same of a sigmoid output
    "signs": ("tanh", "squared", "as_given", "cross_entropy", "unit"),
    "classes": ("softmax", "cross_entropy", "as_given", "cross_entropy", "as_given"),
    "labels": ("sigmoid", "cross_entropy", "as_given", "cross_entropy", "as_given"),
    "regression": ("linear", "squared", "as_given", "squared", "as_given"),
}


def wished(**wishes: Any) -> TrainingSettings:
    return strict(TrainingSettings, {"cases": 40, **wishes})


def own(inputs: Any, targets: Any, kind: str = "regression", target_names: tuple[str, ...] = ("t",)) -> dict[str, Any]:
    """A person's data as the page tells it."""
    inputs = np.asarray(inputs, "<f8")
    return {
        "kind": kind,
        "names": [f"input {i}" for i in range(inputs.shape[1])],
        "target_names": list(target_names),
        "inputs": base64.b64encode(inputs.tobytes()).decode(),
        "targets": base64.b64encode(np.asarray(targets, "<f8").tobytes()).decode(),
    }


def refused(own: Any = None, **wishes: Any) -> str:
    with pytest.raises(ValueError, match=r"\A[A-Z0-9][^\n.]{20,200}\.\Z") as told:
        made(wished(**wishes), own)
    return str(told.value)


# --- by data set --------------------------------------------------------------------


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_data_set_gets_the_output_and_error_of_its_kind(dataset: str) -> None:
    kind = DATASETS[dataset].kind
    output, error, targets, sigmoid_error, sigmoid_targets = BY_KIND[kind]
    for wish, expected in (
        ({}, (output, error, targets)),
        ({"output": output}, (output, error, targets)),
        ({"output": "sigmoid"}, ("sigmoid", sigmoid_error, sigmoid_targets)),
        ({"output": "sigmoid", "error": "squared"}, ("sigmoid", "squared", sigmoid_targets)),
    ):
        task = made(wished(dataset=dataset, **wish)).task
        assert (task.network.output, task.error, task.preparation.targets) == expected


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_data_set_trains_and_gets_better(dataset: str) -> None:
    run = first_run(wished(dataset=dataset, cases=120, standardise=True, optimizer="adam", learning_rate=0.01))
    source = DATASETS[dataset]
    assert run.task.network.sizes == (len(source.input_names), 4, 2, run.task.data.targets.shape[1])
    after = advance(run, epochs=20)
    assert after.diverged_at is None
    assert measure(after).training_error < measure(run).training_error
    assert Run.from_json(after.to_json()) == after


# --- one setting after the other ----------------------------------------------------


def test_settings_become_the_run_they_say() -> None:
    settings = wished(
        dataset="moons", noise=0.2, split=(75, 15, 10), hidden_layers="3, 5", activations="relu, sine", output="linear",
        initialiser="he", connectivity=60, error="squared", reduction="sum", seed=11, optimizer="adam",
        learning_rate=0.5, batch_size=7, l1=0.01, l2=0.02, dropout=0.25, clip_norm=3,
    )  # fmt: skip
    run = first_run(settings)
    network, told = run.task.network, run.recipe
    assert (network.sizes, network.hidden, network.output) == ((2, 3, 5, 1), ("relu", "sine"), "linear")
    assert (network.initialiser, network.connectivity) == ("he", 0.6)
    assert run.task.data == DATASETS["moons"].generate(cases=40, noise=0.2, seed=11, split=(0.75, 0.15, 0.1))
    assert (run.task.error, run.task.reduction) == ("squared", "sum")
    assert (told.optimizer, told.batch_size, told.shuffle) == (OPTIMIZERS["adam"](0.5), 7, True)
    assert (told.l1, told.l2, told.dropout, told.clip_norm, told.schedule) == (0.01, 0.02, 0.25, 3.0, None)
    assert (run.seed, run.step, run.changes) == (11, 0, ())


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("dataset", sorted({*DATASETS} - {"circle"})),
        ("cases", [10, 41, 5000]),
        ("noise", [0, 1]),
        ("split", [(100, 0, 0), (1, 99, 0), (34, 33, 33)]),
        ("features", [("x1",), ("x1", "x2", "sin_x1")]),
        ("standardise", [True]),
        ("hidden_layers", ["", "1", "4, 2, 2"]),
        ("activations", sorted({*HIDDEN_ACTIVATIONS} - {"tanh"})),
        ("output", ["sigmoid", "linear"]),
        ("initialiser", sorted({*INITIALISERS} - {"glorot"})),
        ("connectivity", [5, 99]),
        ("reduction", ["sum"]),
        ("seed", [0, 999_999]),
    ],
)
def test_every_setting_of_a_run_makes_another_task(field: str, values: list[Any]) -> None:
    tasks = [made(wished()).task, *(made(wished(**{field: value})).task for value in values)]
    runs = [first_run(wished(**{field: value})) for value in values]
    for (i, one), (j, other) in itertools.combinations(enumerate(tasks), 2):
        assert one != other, (field, i, j)
    assert [run.task for run in runs] == tasks[1:]


def test_what_a_run_is_made_of_is_made_once() -> None:
    settings = wished(dataset="spiral")
    task = made(settings).task
    assert made(replace(settings, learning_rate=1.0, optimizer="adam", speed="1", l2=0.5)).task is task
    copy = planned(settings, task.data).task
    assert copy is not task
    assert known(copy) is known(replace(copy))


@pytest.mark.parametrize("optimizer", TRAINERS)
def test_every_trainer_has_its_rate(optimizer: str) -> None:
    told = recipe(wished(optimizer=optimizer, learning_rate=0.123), made(wished()).task)
    assert told.optimizer == OPTIMIZERS[optimizer](learning_rate=0.123)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("batch_size", "updates"), [(10, 3), (30, 1), (5000, 1), (7, 5)])
def test_a_schedule_reaches_over_its_epochs(schedule: str, batch_size: int, updates: int) -> None:
    settings = wished(schedule=schedule, schedule_epochs=40, batch_size=batch_size, split=(75, 25, 0))
    found = recipe(settings, made(settings).task).schedule
    assert found == (None if schedule == "constant" else SCHEDULES[schedule].over(40 * updates))


def test_a_schedule_counts_the_altered_copies_too() -> None:
    settings = wished(schedule="cosine", schedule_epochs=10, amplify_copies=4, split=(50, 50, 0))
    found = recipe(settings, made(settings).task).schedule
    # 20 cases and 4 copies of each in batches of 10
    assert found == SCHEDULES["cosine"].over(10 * 10)
    assert found is not None
    assert found.factor(101) == pytest.approx(0.0)
    assert found.factor(1) == 1.0


@pytest.mark.parametrize(
    ("wish", "rules"),
    [
        ({}, StopRules()),
        ({"stop_epochs": 30}, StopRules(epochs=30)),
        ({"stop_error": 0.25}, StopRules(target_error=0.25)),
        ({"patience": 7}, StopRules(patience=7)),
        ({"stop_epochs": 1, "stop_error": 1e-9, "patience": 100_000}, StopRules(1, 1e-9, 100_000)),
    ],
)
def test_stop_rules_are_as_wished_and_nought_is_none(wish: dict[str, Any], rules: StopRules) -> None:
    assert stop_rules(wished(**wish)) == rules


# --- features and numbers -----------------------------------------------------------


@pytest.mark.parametrize("dataset", ["circle", "three_classes", "dog_cat", "plane", "line", "sine"])
def test_features_are_the_inputs_of_the_network(dataset: str) -> None:
    view = DATASETS[dataset].view
    for count in (1, len(FEATURES_OF[view])):
        names = FEATURES_OF[view][-count:]
        task = made(wished(dataset=dataset, features=list(names))).task
        assert task.preparation.features == names
        assert task.network.sizes[0] == count
        inputs, _ = task.data.part("training")
        expected = np.stack([FEATURES[name].function(inputs) for name in names])
        np.testing.assert_array_equal(task.cases("training").inputs[:-1], expected)


@pytest.mark.parametrize("features", [["x1", "x2", "x"], ["x1", "x2"], ["x"], [], ["x1", "x2", "x_squared"]])
def test_inputs_as_they_are_need_no_features(features: list[str]) -> None:
    task = made(wished(features=features)).task
    assert task.preparation.features == ()
    assert task == made(wished()).task
    assert task.network.sizes[0] == 2


@pytest.mark.parametrize("dataset", ["digits", "iris", "diabetes"])
def test_features_are_for_one_and_two_inputs(dataset: str) -> None:
    settings = wished(dataset=dataset, features=["x1_squared", "sin_x"])
    plan = made(settings)
    assert plan.task.preparation.features == ()
    assert remarks(settings, plan.subject) == [
        "Squares, products and sines are offered for one and two inputs; the inputs are used as they are."
    ]


@pytest.mark.parametrize("dataset", ["circle", "sine", "wine", "diabetes"])
def test_standardised_inputs_and_numbers_have_mean_0_and_deviation_1_over_the_training_part(dataset: str) -> None:
    regression = DATASETS[dataset].kind == "regression"
    task = made(wished(dataset=dataset, standardise=True, split=(50, 30, 20), cases=100)).task
    cases = task.cases("training")
    np.testing.assert_allclose(cases.inputs[:-1].mean(axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose(cases.inputs[:-1].std(axis=1), 1.0, atol=1e-9)
    assert task.preparation.targets == ("standardised" if regression else "as_given")
    if regression:
        np.testing.assert_allclose([cases.targets.mean(), cases.targets.std()], [0.0, 1.0], atol=1e-9)
    # of the training part alone
    assert (np.abs(task.cases("validation").inputs[:-1].mean(axis=1)) > 1e-6).all()


# --- amplification ------------------------------------------------------------------


def amplification(**wishes: Any) -> Amplification | None:
    return made(wished(**wishes)).task.preparation.amplification


def test_images_are_altered_as_wished() -> None:
    told = amplification(
        dataset="digits", amplify_copies=3, amplify_amount=0.5, seed=5,
        amplify=["shift", "rotate", "lighten", "noise", "jitter", "mirror"],
    )  # fmt: skip
    assert told == Amplification(
        3, shift=1.0, rotate=15.0, lighten=0.25, noise=0.15, jitter=0.25, mirror=True, image=(8, 8), seed=5
    )


@pytest.mark.parametrize("dataset", ["circle", "sine", "wine"])
def test_other_cases_are_jittered_and_mirrored_only(dataset: str) -> None:
    told = amplification(dataset=dataset, amplify_copies=2, amplify_amount=1.0, amplify=["shift", "noise", "jitter"])
    assert told == Amplification(2, jitter=0.5, seed=1)
    told = amplification(dataset=dataset, amplify_copies=2, amplify=["rotate", "mirror"])
    assert told == Amplification(2, mirror=True, seed=1)


@pytest.mark.parametrize(
    "wish", [{}, {"amplify": ["shift", "lighten"], "amplify_copies": 3}, {"amplify": [], "amplify_copies": 3}]
)
def test_without_copies_or_what_makes_them_differ_there_are_none(wish: dict[str, Any]) -> None:
    assert amplification(**wish) is None


def test_only_the_training_part_is_amplified() -> None:
    plain, more = (made(wished(amplify_copies=copies, split=(50, 25, 25))).task for copies in (0, 6))
    assert [more.cases(part).cases for part in ("training", "validation", "test")] == [7 * 20, 10, 10]  # type: ignore[arg-type]
    np.testing.assert_array_equal(more.cases("validation").inputs, plain.cases("validation").inputs)
    np.testing.assert_array_equal(more.cases("training").inputs[:, :20], plain.cases("training").inputs)


# --- what does not fit --------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "why"),
    [
        ("circle", "two classes and one output"),
        ("dog_cat", "do not exclude each other"),
        ("sine", "numbers to be met"),
    ],
)
def test_softmax_is_for_classes_that_exclude_each_other(dataset: str, why: str) -> None:
    sentence = refused(dataset=dataset, output="softmax")
    assert sentence.startswith("A softmax output divides a whole among classes, but this data has ")
    assert why in sentence


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({}, "but the output is tanh;"),
        ({"output": "linear"}, "but the output is linear;"),
        ({"dataset": "sine"}, "but the output is linear;"),
        ({"dataset": "sine", "output": "sigmoid"}, "but these targets are plain numbers;"),
        ({"dataset": "three_classes", "output": "tanh"}, "but the output is tanh;"),
        ({"dataset": "dog_cat", "output": "linear"}, "but the output is linear;"),
    ],
)
def test_cross_entropy_compares_shares(wish: dict[str, Any], why: str) -> None:
    sentence = refused(error="cross_entropy", **wish)
    assert sentence.startswith("Cross-entropy compares shares,")
    assert why in sentence


@pytest.mark.parametrize(
    ("layers", "names", "counts"),
    [("4, 2", "relu, tanh, relu", (3, 2)), ("4, 2, 2", "relu, tanh", (2, 3)), ("", "relu, tanh", (2, 0))],
)
def test_every_layer_needs_its_activation(layers: str, names: str, counts: tuple[int, int]) -> None:
    sentence = refused(hidden_layers=layers, activations=names)
    assert f"names {counts[0]} layers, but there are {counts[1]} hidden layers" in sentence


def test_numbers_beyond_all_patience_are_refused() -> None:
    # 5,000 of 7 inputs, 21 times: 735,000 are fine, but 100,000 with 2,560 neurons are not
    names = list(FEATURES_OF["plane"])
    most: dict[str, Any] = {"cases": 5000, "split": (100, 0, 0), "features": names, "amplify_copies": 20}
    assert made(wished(**most, hidden_layers="8")).task.copies == 21
    sentence = refused(**most, hidden_layers="128 " * 20)
    assert sentence == "2,568 neurons, inputs included, with 105,000 cases are more than 20,000,000 activities; " \
        "take fewer of either."  # fmt: skip


def test_a_persons_table_may_be_too_large_for_its_network() -> None:
    generator = np.random.default_rng(1)
    told = own(generator.normal(size=(MOST_ROWS, MOST_INPUTS)), generator.normal(size=MOST_ROWS))
    assert made(wished(dataset="own"), told).task.network.sizes[0] == MOST_INPUTS
    assert refused(told, dataset="own", amplify_copies=20, split=(100, 0, 0)) == (
        "These are more than 4,000,000 numbers with all copies; take fewer cases or copies."
    )
    # 5,000 rows of 50 numbers and 4 times 320,000 weights, each 8 bytes, of which three are four letters
    assert refused(told, dataset="own", hidden_layers="128 " * 20) == (
        "This data and this network together are too large to travel; take fewer rows or neurons."
    )
    assert first_run(wished(dataset="own", hidden_layers="128 " * 10), told).step == 0


@pytest.mark.parametrize(
    "wish",
    [
        {"cases": 5000, "split": (100, 0, 0)},
        {"dataset": "digits", "cases": 1797, "amplify_copies": 3, "amplify": ["jitter"]},
        {"dataset": "diabetes", "cases": 442, "amplify_copies": 14},
    ],
)
def test_what_can_be_made_can_travel_and_come_back(wish: dict[str, Any]) -> None:
    plan = made(wished(**wish, hidden_layers="128 " * 20))
    # weights, the best of them and two slots of each, base64 of 8 bytes
    assert plan.task.network.dimension * 4 * 8 * 4 / 3 < LONGEST_RUN
    cases = plan.task.cases("training").cases + plan.task.cases("validation").cases
    assert cases * sum(plan.task.network.sizes) <= MOST_ACTIVITIES  # what engine.Run.from_json takes


# --- remarks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, []),
        ({"dataset": "digits"}, []),
        ({"dataset": "iris"}, []),
        ({"dataset": "sine", "output": "tanh"},
         ["The tanh output stays between -1 and 1: it cannot reach targets beyond that."]),
        ({"dataset": "diabetes", "output": "sigmoid"},
         ["The sigmoid output stays between 0 and 1: it cannot reach targets beyond that."]),
        ({"amplify_copies": 2}, []),
        ({"amplify_copies": 2, "amplify": ["shift"]},
         ["Copies are asked for, but nothing that would make them differ; there are none."]),
        ({"dataset": "digits", "amplify_copies": 2, "amplify": ["shift"]}, []),
        ({"features": ["x"]}, ["No input is chosen; the inputs are used as they are."]),
        ({"dataset": "line", "features": ["x1_squared"]}, ["No input is chosen; the inputs are used as they are."]),
        ({"features": ["sin_x1"]}, []),
        ({"dataset": "iris", "cases": 200}, ["Iris has 150 cases; all of them are used."]),
        ({"dropout": 0.2, "hidden_layers": ""}, ["Dropout rests hidden neurons, and there is no hidden layer."]),
        ({"patience": 3}, []),
        ({"patience": 3, "split": (80, 0, 20)}, ["Early stopping needs validation cases, and the split has none."]),
    ],
)  # fmt: skip
def test_what_goes_badly_together_is_remarked(wish: dict[str, Any], said: list[str]) -> None:
    settings = wished(**wish)
    assert remarks(settings, made(settings).subject) == said


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_go_well_together(preset: str) -> None:
    settings = TrainingSettings(**PRESETS[preset].values)
    assert remarks(settings, made(settings).subject) == []


# --- a person's own -----------------------------------------------------------------

OWN = {
    "regression": (lambda x: x[:, 0] * 3.0 + 100.0, ("t",), ("linear", "squared")),
    "signs": (lambda x: x[:, 0] > 0.0, ("no", "yes"), ("tanh", "squared")),
    "classes": (lambda x: np.digitize(x[:, 0], (-0.5, 0.5)), ("a", "b", "c"), ("softmax", "cross_entropy")),
}


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("dataset", ["own", "drawn"])
def test_own_data_is_learnt_as_any_other(kind: str, width: int, dataset: str) -> None:
    law, names, expected = OWN[kind]
    inputs = np.random.default_rng(4).normal(size=(60, width))
    told = own(inputs, law(inputs), kind, names)
    settings = wished(dataset=dataset, split=(60, 20, 20), standardise=True, optimizer="adam", learning_rate=0.02)
    run = first_run(settings, told)
    assert (run.task.network.output, run.task.error) == expected
    assert [run.task.cases(part).cases for part in ("training", "validation", "test")] == [36, 12, 12]  # type: ignore[arg-type]
    after = advance(run, epochs=50)
    assert measure(after).training_error < 0.5 * measure(run).training_error
    assert Run.from_json(after.to_json()) == after
    # from now on the run carries the cases
    brief = {name: told[name] for name in ("kind", "names", "target_names")}
    assert planned(settings, Run.from_json(after.to_json()).task.data, brief).task == run.task
    assert subject(settings, run.task.data, brief) == made(settings, told).subject


def test_the_ranges_let_all_of_this_be() -> None:
    cases = specs(TrainingSettings)["cases"]
    assert isinstance(cases, Number)
    assert cases.high * (2 + MOST_LAYERS * MOST_NEURONS + 1) <= MOST_ACTIVITIES
