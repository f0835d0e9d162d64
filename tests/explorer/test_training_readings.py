import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn import metrics

from engine import (
    DATASETS,
    Adam,
    Amplification,
    Dataset,
    Network,
    Preparation,
    Recipe,
    Run,
    Task,
    advance,
    measure,
    start,
)
from engine.types import PARTS, Part
from explorer.training import readings
from explorer.training.examples import unusual
from explorer.training.readings import MOST_EXAMPLES, MOST_POINTS, confusion, scatter
from tests.explorer.pictures import SENTENCE, numbers, travels

THREE = (0.5, 0.3, 0.2)
# data set, output, error, how its targets are prepared
KINDS = [
    ("circle", "tanh", "squared", "as_given"),
    ("circle", "sigmoid", "cross_entropy", "unit"),
    ("circle", "linear", "squared", "as_given"),
    ("breast_cancer", "tanh", "squared", "as_given"),
    ("iris", "softmax", "cross_entropy", "as_given"),
    ("wine", "sigmoid", "squared", "as_given"),
    ("digits", "softmax", "cross_entropy", "as_given"),
    ("five_classes", "linear", "squared", "as_given"),
    ("dog_cat", "sigmoid", "cross_entropy", "as_given"),
]
EXCLUSIVE = [kind for kind in KINDS if DATASETS[kind[0]].kind == "classes"]


def made(
    dataset: str,
    output: str,
    error: str = "squared",
    targets: Any = "as_given",
    split: Sequence[float] = THREE,
    epochs: int = 2,
    amplification: Amplification | None = None,
) -> Run:
    source = DATASETS[dataset]
    data = source.generate(cases=min(source.most_cases, 400), noise=0.3, seed=4, split=split)
    preparation = Preparation(standardise=dataset != "digits", targets=targets, amplification=amplification)
    network = Network((data.inputs.shape[1], 5, data.targets.shape[1]), "tanh", output)
    run = start(Task(data, network, error, preparation=preparation), Recipe(Adam(learning_rate=0.03), 20), seed=2)
    return advance(run, epochs=epochs) if epochs else run


def told_of(run: Run, dataset: str, part: Part = "validation", pair: Any = None) -> dict[str, Any]:
    source = DATASETS[dataset]
    return confusion(run, part, source.target_names, source.image, source.input_names, pair)


def outputs(run: Run, part: Part) -> npt.NDArray[np.float64]:
    """What the network tells of all cases of a part (N, K), in the units of the targets."""
    inputs, _ = run.task.data.part(part)
    made_of = run.task.network.forward(run.weights, run.task.features(inputs)).activities[-1]
    return run.task.to_raw(made_of)


def places(run: Run, part: Part) -> tuple[list[int], list[int]]:
    """True and told places in the matrix, case by case by the words of the definition."""
    _, targets = run.task.data.part(part)
    largest = run.task.network.output == "softmax" or (targets.shape[1] > 2 and set(np.unique(targets)) == {0.0, 1.0})
    middle = 0.0 if run.task.data.targets.min() < 0.0 and run.task.preparation.targets != "unit" else 0.5
    true, told = [], []
    for target, output in zip(targets, outputs(run, part), strict=True):
        if largest:
            true.append(int(np.argmax(target)))
            told.append(int(np.argmax(output)))
        else:
            true.append(sum(2**label for label, value in enumerate(target) if value > 0.0))
            told.append(sum(2**label for label, value in enumerate(output) if value > middle))
    return true, told


def true_shares(run: Run, part: Part) -> list[float]:
    """What the network gives to the true class of each case, clipped to shares."""
    shares = []
    is_unit, true = run.task.preparation.targets == "unit", places(run, part)[0]
    for place, output in zip(true, outputs(run, part), strict=True):
        if run.task.data.targets.min() < 0.0:
            positive = min(1.0, max(0.0, output[0] if is_unit else 0.5 + output[0] / 2.0))
            shares.append(positive if place == 1 else 1.0 - positive)
        elif len(output) == 2:  # the labels dog and cat
            clipped = [min(1.0, max(0.0, value)) for value in output]
            shares.append(math.prod(value if place >> k & 1 else 1.0 - value for k, value in enumerate(clipped)))
        else:
            shares.append(min(1.0, max(0.0, output[place])))
    return shares


# --- the matrix -------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_matrix_counts_as_scikit_learn_does(kind: tuple[str, str, str, str], part: Part) -> None:
    run = made(*kind)
    told, (true, read) = told_of(run, kind[0], part), places(run, part)
    labels = range(len(told["names"]))
    assert told["matrix"] == metrics.confusion_matrix(true, read, labels=labels).tolist()
    assert told["accuracy"] == pytest.approx(metrics.accuracy_score(true, read))
    assert (told["part"], told["cases"], told["read"]) == (part, len(true), len(true))
    assert told["right"] == sum(one == other for one, other in zip(true, read, strict=True))
    travels(told)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_recall_and_precision_are_those_of_scikit_learn(kind: tuple[str, str, str, str]) -> None:
    run = made(*kind)
    told, (true, read) = told_of(run, kind[0]), places(run, "validation")
    precision, recall, *_ = metrics.precision_recall_fscore_support(
        true, read, labels=range(len(told["names"])), zero_division=np.nan
    )
    for mine, theirs in ((told["precision"], precision), (told["recall"], recall)):
        assert [math.nan if share is None else share for share in mine] == pytest.approx(theirs.tolist(), nan_ok=True)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_accuracy_is_that_of_the_numbers_above(kind: tuple[str, str, str, str]) -> None:
    run = made(*kind)
    accuracy = measure(run).accuracy
    assert accuracy is not None
    assert [told_of(run, kind[0], part)["accuracy"] for part in PARTS] == pytest.approx(list(accuracy))


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_most_confused_pairs_are_the_largest_counts_beside_the_diagonal(kind: tuple[str, str, str, str]) -> None:
    told = told_of(made(*kind, epochs=0), kind[0], "training")
    counts = [
        (count, own, other)
        for own, row in enumerate(told["matrix"])
        for other, count in enumerate(row)
        if own != other and count
    ]
    assert [count for *_, count in told["confused"]] == sorted((count for count, *_ in counts), reverse=True)[:3]
    assert {(count, own, other) for own, other, count in told["confused"]} <= set(counts)


def test_labels_that_do_not_exclude_each_other_are_told_by_their_combinations() -> None:
    told = told_of(made("dog_cat", "sigmoid", "cross_entropy"), "dog_cat")
    first, second = DATASETS["dog_cat"].target_names
    assert told["names"] == ["neither", first, second, "both"]


def test_three_labels_have_eight_combinations() -> None:
    generator = np.random.default_rng(0)
    data = Dataset.from_arrays(generator.normal(size=(60, 4)), generator.integers(0, 2, (60, 3)))
    run = start(Task(data, Network((4, 3), output="sigmoid"), "cross_entropy"), Recipe(Adam(learning_rate=0.1), 20), 0)
    told = confusion(run, "training", ["a", "b", "c"], None, list("pqrs"))
    assert told["names"] == ["neither", "a", "b", "a and b", "c", "a and c", "b and c", "a and b and c"]
    true, read = places_of_labels(data.targets), places_of_labels(outputs(run, "training"))
    assert told["matrix"] == metrics.confusion_matrix(true, read, labels=range(8)).tolist()


def places_of_labels(values: npt.NDArray[np.float64]) -> list[int]:
    return [sum(2**label for label, value in enumerate(row) if value > 0.5) for row in values]


def test_two_signs_are_told_under_their_names_the_negative_first() -> None:
    run = made("breast_cancer", "tanh")
    low = replace(run, weights=np.zeros_like(run.weights) - 3.0 * (np.arange(run.weights.size) == run.weights.size - 1))
    told = told_of(low, "breast_cancer")
    assert told["names"] == ["malignant", "benign"]
    assert [row[1] for row in told["matrix"]] == [0, 0]
    assert told["precision"][1] is None
    assert told["recall"] == [1.0, 0.0]


def test_altered_copies_are_no_cases_of_their_own() -> None:
    run = made("iris", "softmax", "cross_entropy", amplification=Amplification(copies=3, jitter=0.5))
    told = told_of(run, "iris", "training")
    assert told["cases"] == told["read"] == len(run.task.data.training)


def test_drawn_points_are_cases_of_the_training_part() -> None:
    run = made("circle", "tanh")
    joined = run.change("points", [[1.0, 1.0, 1.0], [-2.0, 0.5, -1.0]])
    assert told_of(joined, "circle", "training")["cases"] == told_of(run, "circle", "training")["cases"] + 2


def test_of_very_many_cases_some_are_evenly_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_CASES", 50)
    monkeypatch.setattr(readings, "_CHUNK", 7)
    readings._cases.cache_clear()
    run = made("iris", "softmax", "cross_entropy", split=(1.0, 0.0, 0.0))
    told, (true, read) = told_of(run, "iris", "training"), places(run, "training")
    chosen = [math.floor(place * 149 / 49) for place in range(50)]
    assert (told["cases"], told["read"]) == (150, 50)
    theirs = metrics.confusion_matrix([true[i] for i in chosen], [read[i] for i in chosen], labels=range(3))
    assert told["matrix"] == theirs.tolist()
    readings._cases.cache_clear()


def test_an_empty_part_has_no_numbers() -> None:
    run = made("iris", "softmax", "cross_entropy", split=(1.0, 0.0, 0.0))
    told = told_of(run, "iris", "test", pair=[0, 1])
    assert told["matrix"] == [[0] * 3] * 3
    assert (told["cases"], told["read"], told["right"], told["accuracy"]) == (0, 0, 0, None)
    assert told["recall"] == told["precision"] == [None] * 3
    assert told["confused"] == told["examples"] == []


# --- the examples -----------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_worst_are_those_whose_true_class_has_the_smallest_share(kind: tuple[str, str, str, str]) -> None:
    run = made(*kind)
    examples = told_of(run, kind[0])["examples"]
    assert [each["true_share"] for each in examples] == pytest.approx(
        sorted(true_shares(run, "validation"))[:MOST_EXAMPLES], abs=1e-4
    )
    true, read = places(run, "validation")
    assert {(each["true"], each["told"]) for each in examples} <= set(zip(true, read, strict=True))
    for each in examples:
        assert (each["true"] == each["told"]) == (each["true_share"] == each["told_share"])


@pytest.mark.parametrize("kind", EXCLUSIVE, ids="-".join)
def test_the_share_of_what_is_told_is_the_largest_output(kind: tuple[str, str, str, str]) -> None:
    run = made(*kind)
    largest = np.clip(outputs(run, "validation").max(axis=1), 0.0, 1.0).round(4)
    shares = true_shares(run, "validation")
    for each in told_of(run, kind[0])["examples"]:
        same = np.isclose(shares, each["true_share"], atol=6e-5)
        assert each["told_share"] in largest[same]


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_a_pair_asks_for_the_worst_of_its_cell(kind: tuple[str, str, str, str]) -> None:
    run = made(*kind)
    told, shares = told_of(run, kind[0]), true_shares(run, "validation")
    cells = list(zip(*places(run, "validation"), strict=True))
    for own in range(len(told["names"])):
        for other in range(len(told["names"])):
            answer = told_of(run, kind[0], pair=[own, other])
            of_cell = sorted(share for share, cell in zip(shares, cells, strict=True) if cell == (own, other))
            assert answer["pair"] == [own, other]
            assert {(each["true"], each["told"]) for each in answer["examples"]} <= {(own, other)}
            assert [each["true_share"] for each in answer["examples"]] == pytest.approx(
                of_cell[:MOST_EXAMPLES], abs=1e-4
            )
            assert answer["matrix"] == told["matrix"]


@pytest.mark.parametrize("pair", [[0, 3], [10**30, 0], [2, 7]])
def test_a_pair_left_from_other_data_is_as_good_as_none(pair: list[int]) -> None:
    run = made("iris", "softmax", "cross_entropy")
    assert told_of(run, "iris", pair=pair) == told_of(run, "iris")


@pytest.mark.parametrize(
    "pair",
    [[], [1], [0, 1, 2], [0, -1], [0, 1.0], [True, 0], [0, None], ["0", "1"], "01", 5, 0, True, {}, {"0": 1}, math.nan,
     [math.nan, 0], [[0], [1]], [0] * 100_000, "x" * 100_000],
    ids=lambda pair: str(pair)[:20],
)  # fmt: skip
def test_a_pair_that_is_none_is_refused_in_a_sentence(pair: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        told_of(made("iris", "softmax", "cross_entropy", epochs=0), "iris", pair=pair)


def test_an_example_of_an_image_is_that_case_from_its_top_row() -> None:
    run = made("digits", "softmax", "cross_entropy")
    inputs, targets = run.task.data.part("validation")
    worst = int(np.argmin(true_shares(run, "validation")))
    first = told_of(run, "digits")["examples"][0]
    assert numbers(first["pixels"], "u1").tolist() == np.rint(255 * inputs[worst].clip(0, 1)).astype(int).tolist()
    assert first["true"] == targets[worst].argmax()
    assert "inputs" not in first


def test_an_example_of_a_table_tells_the_inputs_that_deviate_most_from_the_training_part() -> None:
    run = made("wine", "softmax", "cross_entropy")
    inputs, _ = run.task.data.part("validation")
    worst = inputs[int(np.argmin(true_shares(run, "validation")))]
    known, _ = run.task.data.part("training")
    scores = [(value - np.mean(column)) / np.std(column) for value, column in zip(worst, known.T, strict=True)]
    strangest = sorted(sorted(range(13), key=lambda i: -abs(scores[i]))[:3])
    told = told_of(run, "wine")["examples"][0]["inputs"]
    assert [name for name, *_ in told] == [DATASETS["wine"].input_names[i] for i in strangest]
    assert [value for _, value, _ in told] == pytest.approx(worst[strangest], rel=1e-4)
    assert [score for *_, score in told] == pytest.approx([scores[i] for i in strangest], abs=0.006)


def test_an_input_that_is_constant_in_training_is_never_strange_by_a_division_by_zero() -> None:
    inputs = np.array([[1.0, 0.0], [1.0, 2.0], [1.0, 1.0], [4.0, 9.0]])
    data = Dataset.from_arrays(inputs, [-1, 1, 1, -1], {"training": [0, 1, 2], "validation": [3], "test": []})
    task = Task(data, Network((2, 1), output="tanh"))
    # the mean of 0, 2, 1 is 1, their deviation sqrt(2 / 3)
    assert unusual(task, inputs[3], ["a", "b"])["inputs"] == [["a", 4.0, 3.0], ["b", 9.0, 9.8]]


# --- told against true ------------------------------------------------------------


@pytest.mark.parametrize("targets", ["as_given", "standardised"])
@pytest.mark.parametrize("part", PARTS)
def test_r_squared_and_error_are_those_of_scikit_learn(part: Part, targets: str) -> None:
    run = made("diabetes", "linear", targets=targets, epochs=8)
    told, (_, true) = scatter(run, part), run.task.data.part(part)
    assert told["r_squared"] == pytest.approx(metrics.r2_score(true, outputs(run, part)))
    assert told["root_mean_square"] == pytest.approx(metrics.root_mean_squared_error(true, outputs(run, part)))
    assert numbers(told["true"], "<f4") == pytest.approx(true[:, 0], rel=1e-6)
    assert numbers(told["told"], "<f4") == pytest.approx(outputs(run, part)[:, 0], rel=1e-5)
    assert (told["part"], told["cases"], told["read"]) == (part, len(true), len(true))
    travels(told)


def test_the_range_holds_all_targets_and_those_told_beyond_it_are_counted() -> None:
    run = made("diabetes", "linear", epochs=0)
    bias = run.weights.size - 1
    weights = np.zeros_like(run.weights)
    targets = run.task.data.targets
    for value in (-1e6, targets.mean(), 1e6, -math.inf):
        weights[bias] = value if math.isfinite(value) else -1e300
        told = scatter(replace(run, weights=weights.copy()), "test")
        low, high = told["range"]
        assert low < targets.min() < targets.max() < high
        assert told["outside"] == (0 if low <= value <= high else told["read"])


def test_many_cases_are_thinned_out_but_measured_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_POINTS", 30)
    run = made("diabetes", "linear", targets="standardised")
    told, (_, true) = scatter(run, "training"), run.task.data.part("training")
    shown = numbers(told["true"], "<f4")
    assert len(shown) == len(numbers(told["told"], "<f4")) == 30 < MOST_POINTS
    assert shown[[0, -1]] == pytest.approx(true[[0, -1], 0])
    assert told["r_squared"] == pytest.approx(metrics.r2_score(true, outputs(run, "training")))


def test_a_scatter_of_an_empty_part_has_no_numbers() -> None:
    told = scatter(made("diabetes", "linear", split=(1.0, 0.0, 0.0), epochs=0), "test")
    assert (told["cases"], told["read"], told["outside"]) == (0, 0, 0)
    assert (told["true"], told["told"], told["r_squared"], told["root_mean_square"]) == ("", "", None, None)


def test_a_single_case_has_no_variance_to_explain() -> None:
    data = Dataset.from_arrays([[0.0], [1.0]], [3.0, 4.0], {"training": [0], "validation": [1], "test": []})
    run = start(Task(data, Network((1, 1), output="linear")), Recipe(Adam(learning_rate=0.1), 1), 0)
    told = scatter(run, "validation")
    assert told["r_squared"] is None
    assert told["root_mean_square"] == pytest.approx(abs(outputs(run, "validation")[0, 0] - 4.0))


def test_what_is_beyond_all_numbers_in_the_units_of_the_targets_is_told_without_a_warning() -> None:
    run = made("diabetes", "linear", targets="standardised", epochs=0)
    weights = np.zeros_like(run.weights)
    weights[-1] = 1.7e308  # times a deviation of some 77
    told = scatter(replace(run, weights=weights), "validation")
    assert told["outside"] == told["read"]
    assert told["r_squared"] is told["root_mean_square"] is None
    travels(told)


# --- weights that are far out -----------------------------------------------------


@pytest.mark.parametrize("size", [1e30, 1e200, 1.7e308])
@pytest.mark.parametrize("kind", [*KINDS, ("diabetes", "linear", "squared", "standardised")], ids="-".join)
def test_huge_weights_neither_raise_nor_leave_json(kind: tuple[str, str, str, str], size: float) -> None:
    run = made(*kind, epochs=0)
    signs = np.where(np.random.default_rng(0).random(run.weights.size) < 0.5, -size, size)
    far = replace(run, weights=signs)
    if kind[0] == "diabetes":
        told = scatter(far, "validation")
        assert numbers(told["told"], "<f4").size == told["read"]
        assert told["r_squared"] is None or told["r_squared"] < 0.0
    else:
        told = told_of(far, kind[0])
        assert sum(map(sum, told["matrix"])) == told["read"]
        assert all(0.0 <= each["told_share"] <= 1.0 for each in told["examples"])
    travels(told)
