"""A task: its surface against sums over the cases, its parts, and what does not belong together."""

import json
import tracemalloc
from math import log

import numpy as np
import pytest

from engine import (
    DATASETS,
    ERRORS,
    Adam,
    Amplification,
    Dataset,
    ErrorSurface,
    Network,
    Preparation,
    Recipe,
    Run,
    Task,
    advance,
    start,
)
from engine.tasks import MOST_ACTIVITIES, MOST_LAYERS, MOST_WEIGHTS, task_from_dict
from engine.types import PARTS, Array
from tests.engine.helpers import HEADS, made_up_task

INPUTS = np.arange(12.0).reshape(6, 2) / 6.0
SPLIT = {"training": [0, 2, 3], "validation": [5], "test": [1, 4]}
DATA = Dataset.from_arrays(INPUTS, INPUTS[:, :1] - 1.0, SPLIT)
NETWORK = Network((2, 3, 1))
COPIED = Preparation(("x1_x2", "sin_x2"), True, "standardised", Amplification(3, jitter=0.2, mirror=True, seed=4))
MORE = np.array([[5.0, -1.0], [0.5, 7.0]]), np.array([[2.0], [-9.0]])


def of_a_case(error: str, output: str, outputs: Array, targets: Array) -> float:
    """The error of one case, one number at a time."""
    total = 0.0
    for y, t in zip(outputs, targets, strict=True):
        match error:
            case "squared":
                total += 0.5 * (t - y) ** 2
            case "absolute":
                total += abs(t - y)
            case "huber":
                total += 0.5 * (t - y) ** 2 if abs(t - y) <= 1.0 else abs(t - y) - 0.5
            case "cross_entropy":
                total -= t * log(y) + ((1 - t) * log(1 - y) if output == "sigmoid" else 0.0)
    return total


@pytest.mark.parametrize(("output", "error"), HEADS)
def test_the_surface_is_the_sum_or_the_mean_over_the_training_cases(output: str, error: str) -> None:
    summed = made_up_task((2, 4, 3), "sigmoid", output, error, "sum", cases=6, split=SPLIT)
    mean = Task(summed.data, summed.network, error, "mean")
    weights = np.random.default_rng(0).normal(size=summed.network.dimension)
    outputs = summed.network.forward(weights, summed.data.inputs).activities[-1]
    errors = [of_a_case(error, output, *case) for case in zip(outputs, summed.data.targets, strict=True)]
    for part in PARTS:
        of_part = [errors[case] for case in SPLIT[part]]
        assert summed.surface(part).error(weights) == pytest.approx(sum(of_part), rel=1e-12)
        assert mean.surface(part).error(weights) == pytest.approx(sum(of_part) / len(of_part), rel=1e-12)


def test_the_surface_is_an_error_surface() -> None:
    surface = Task(DATA, NETWORK).surface()
    assert isinstance(surface, ErrorSurface)
    assert surface.dimension == NETWORK.dimension == 13


def test_one_linear_neuron_by_hand() -> None:
    # y = 2 x1 - x2 + 1 at (1, 2) and (0, 3): 1 and -2, targets 3 and 0
    data = Dataset.from_arrays([[1, 2], [0, 3]], [[3], [0]])
    network = Network((2, 1))
    weights = network.pack([[[2], [-1]]], [[1]])
    summed = Task(data, network, "squared", "sum").surface()
    assert summed.error(weights) == pytest.approx(0.5 * (2**2 + 2**2))
    # residuals y - t are -2 and -2: dE/dw1 = -2 x 1, dE/dw2 = -2 x 2 - 2 x 3, dE/db = -4
    np.testing.assert_allclose(summed.gradient(weights), [-2, -10, -4])
    np.testing.assert_allclose(Task(data, network).surface().gradient(weights), [-1, -5, -2])


def test_cases_are_feature_major_with_a_row_of_ones() -> None:
    cases = Task(DATA, NETWORK).cases("training")
    np.testing.assert_array_equal(cases.inputs, np.vstack([INPUTS[[0, 2, 3]].T, np.ones(3)]))
    np.testing.assert_array_equal(cases.targets, DATA.targets[[0, 2, 3]].T)
    assert cases.cases == 3
    for values in cases:
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0.0


def test_an_empty_part_has_no_surface() -> None:
    task = Task(Dataset.from_arrays(INPUTS, INPUTS[:, :1]), NETWORK)
    assert task.cases("validation").cases == 0
    with pytest.raises(ValueError, match="part is 'validation', which holds no case"):
        task.surface("validation")
    with pytest.raises(ValueError, match="part is 'valid'; it must be one of training, validation, test"):
        task.surface("valid")


def test_tasks_are_values() -> None:
    same = Task(Dataset.from_arrays(INPUTS, INPUTS[:, :1] - 1.0, SPLIT), Network([2, 3, 1]))
    assert same == Task(DATA, NETWORK)
    assert hash(same) == hash(Task(DATA, NETWORK))
    assert Task(DATA, NETWORK, "huber") != Task(DATA, NETWORK)


@pytest.mark.parametrize(
    "task",
    [
        Task(DATA, NETWORK, "huber", "sum"),
        Task(DATASETS["spiral"].generate(cases=20, noise=0.2, seed=3, split=(0.5, 0.5, 0.0)), NETWORK),
        Task(DATA, NETWORK, preparation=COPIED),
        Task(DATA, NETWORK, preparation=COPIED).with_cases(*MORE),
    ],
    ids=["given", "generated", "prepared", "joined"],
)
def test_a_task_survives_as_json(task: Task) -> None:
    again = task_from_dict(json.loads(json.dumps(task.to_dict())))
    assert again == task
    assert again.to_dict() == task.to_dict()
    for part in PARTS:
        for mine, theirs in zip(task.cases(part), again.cases(part), strict=True):
            np.testing.assert_array_equal(mine, theirs)


# --- altered copies, and cases that join


def test_copies_join_the_training_part_alone_and_keep_their_targets() -> None:
    plain, copied = (Task(DATA, NETWORK, preparation=p) for p in (Preparation(COPIED.features), COPIED))
    assert (plain.copies, copied.copies) == (1, 4)
    assert [copied.cases(part).cases for part in PARTS] == [4 * 3, 1, 2]
    copied = Task(DATA, NETWORK, preparation=Preparation(COPIED.features, amplification=COPIED.amplification))
    for part in ("validation", "test"):
        for mine, theirs in zip(plain.cases(part), copied.cases(part), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    inputs, targets = copied.cases("training")
    np.testing.assert_array_equal(inputs[:, :3], plain.cases("training").inputs)
    np.testing.assert_array_equal(targets, np.tile(plain.cases("training").targets, 4))
    # every copy is another
    assert len(np.unique(inputs.T, axis=0)) == 12
    assert copied.data is DATA


def test_the_error_is_that_over_cases_and_copies() -> None:
    task = Task(DATA, NETWORK, preparation=COPIED)
    weights = np.random.default_rng(0).normal(size=NETWORK.dimension)
    inputs, targets = task.cases("training")
    outputs = NETWORK.forward(weights, inputs[:-1].T).activities[-1]
    assert task.surface().error(weights) == pytest.approx(0.5 * ((outputs.T - targets) ** 2).sum() / 12)


def test_cases_that_join_are_prepared_as_the_others_are() -> None:
    task = Task(DATA, NETWORK, preparation=COPIED)
    joined = task.with_cases(*MORE)
    assert [joined.cases(part).cases for part in PARTS] == [4 * 5, 1, 2]
    np.testing.assert_array_equal(joined.data.part("training")[0], np.vstack([INPUTS[[0, 2, 3]], MORE[0]]))
    np.testing.assert_array_equal(joined.data.part("training")[1][-2:], MORE[1])
    # what the network sees of the old cases and of their copies does not jump
    old, new = task.cases("training"), joined.cases("training")
    for copy in range(4):
        np.testing.assert_array_equal(new.inputs[:, 5 * copy : 5 * copy + 3], old.inputs[:, 3 * copy : 3 * copy + 3])
        np.testing.assert_array_equal(new.targets[:, 5 * copy : 5 * copy + 3], old.targets[:, 3 * copy : 3 * copy + 3])
    np.testing.assert_array_equal(new.inputs[:-1, 3:5].T, task.features(MORE[0]))
    np.testing.assert_allclose(task.to_raw(new.targets[:, 3:5].T), MORE[1])
    for part in ("validation", "test"):
        for mine, theirs in zip(task.cases(part), joined.cases(part), strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_cases_may_join_one_after_another() -> None:
    task = Task(DATA, NETWORK, preparation=COPIED)
    at_once = task.with_cases(*MORE)
    one_by_one = task.with_cases(MORE[0][:1], MORE[1][:1]).with_cases(MORE[0][1:], MORE[1][1:])
    assert at_once == one_by_one
    assert hash(at_once) == hash(one_by_one)
    assert at_once != task.with_cases(MORE[0][::-1], MORE[1][::-1])
    # remembered: a run asks again at every turn
    assert task.with_cases(*MORE) is at_once
    assert Task(DATA, NETWORK, preparation=COPIED).with_cases(*MORE) is at_once


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        ([[1.0]], [[1.0]], r"inputs has shape \(1, 1\); it must be \(any, 2\)"),
        ([[1.0, 2.0]], [1.0], r"targets has shape \(1,\); it must be \(1, 1\)"),
        ([[1.0, 2.0]], [[1.0], [2.0]], r"targets has shape \(2, 1\)"),
        ([], [], r"inputs has shape \(0,\)"),
        ([[1.0, np.nan]], [[1.0]], "inputs holds nan"),
    ],
)
def test_cases_that_do_not_fit_do_not_join(inputs: list[float], targets: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Task(DATA, NETWORK).with_cases(inputs, targets)


def test_a_run_trains_on_copies_and_on_what_joins() -> None:
    task = Task(DATA, NETWORK, preparation=COPIED)
    run = advance(start(task, Recipe(Adam(learning_rate=0.02), batch_size=5), seed=1), epochs=2)
    assert run.updates_per_epoch == 3  # of 12 cases
    drawn = run.change("points", np.hstack(MORE).tolist())
    assert drawn.present_task == task.with_cases(*MORE)
    assert drawn.updates_per_epoch == 4  # of 20
    later = advance(drawn, updates=7)
    in_steps = advance(Run.from_json(advance(drawn, updates=3).to_json()), updates=4)
    assert in_steps.to_json() == later.to_json()


PROBABILITIES = Dataset.from_arrays(INPUTS, np.tile([[0.25, 0.75]], (6, 1)))
IMAGES = Preparation(amplification=Amplification(1, shift=1.0, image=(8, 8)))
BAD = [
    (lambda: Task(DATA, NETWORK, preparation=None), "preparation is None; it must be of the kind Preparation"),
    (
        lambda: Task(DATA, NETWORK, preparation=Preparation(("x1", "x2", "x1_x2"))),
        r"network.sizes is \(2, 3, 1\); .* begin with 3 and end with 1",
    ),
    (lambda: Task(DATA, NETWORK, preparation=IMAGES), "images of 8 x 8; a case of this data has 2 inputs"),
    (lambda: Task(DATA, NETWORK, joined=3), "joined is 3; it must be a whole number between 0 and 2"),
    (
        lambda: Task(
            DATASETS["plane"].generate(),
            Network((2, 1), output="sigmoid"),
            "cross_entropy",
            "mean",
            Preparation(targets="standardised"),
        ),
        "targets holds -[0-9.]+; with error 'cross_entropy' they must lie between 0 and 1",
    ),
    (lambda: Task(INPUTS, NETWORK), "data is array.*; it must be of the kind Dataset"),
    (lambda: Task(DATA, (2, 3, 1)), r"network is \(2, 3, 1\); it must be of the kind Network"),
    (lambda: Task(DATA, Network((3, 1))), r"network.sizes is \(3, 1\); .* begin with 2 and end with 1"),
    (lambda: Task(DATA, Network((2, 2))), r"network.sizes is \(2, 2\); .* begin with 2 and end with 1"),
    (lambda: Task(DATA, NETWORK, "cubed"), "error is 'cubed'; it must be one of squared, cross_entropy"),
    (lambda: Task(DATA, NETWORK, None), "error is None"),
    (lambda: Task(DATA, NETWORK, "squared", "total"), "reduction is 'total'; it must be one of sum, mean"),
    (
        lambda: Task(PROBABILITIES, Network((2, 2)), "cross_entropy"),
        "error is 'cross_entropy' with output 'linear'; its output must be sigmoid or softmax",
    ),
    (
        lambda: Task(DATA, Network((2, 1), output="sigmoid"), "cross_entropy"),
        "targets holds -1; with error 'cross_entropy' they must lie between 0 and 1",
    ),
    (
        lambda: Task(Dataset.from_arrays(INPUTS, np.full(6, 1.5)), Network((2, 1), output="sigmoid"), "cross_entropy"),
        "targets holds 1.5; with error 'cross_entropy' they must lie between 0 and 1",
    ),
    (
        lambda: Task(
            Dataset.from_arrays(INPUTS, np.tile([0.5, 0.25], (6, 1))),
            Network((2, 2), output="softmax"),
            "cross_entropy",
        ),
        "targets of a case sum to 0.75; .* it must be 1",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_what_does_not_belong_together_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_every_other_pair_belongs_together() -> None:
    for output, error in HEADS:
        Task(PROBABILITIES, Network((2, 2), output=output), error)
    assert {error for _, error in HEADS} == set(ERRORS)


# sizes of the network, cases of the data -> what is too much
GIANTS = [
    ([2, 100_000, 100_000, 1], 20, "10000500001 weights"),
    ([2, 10**9, 1], 20, "4000000001 weights"),
    ([2, 10**30, 1], 20, "weights"),
    ([2, *[1] * 2_000, 1], 20, "2001 layers"),
    ([2, 100_000, 1], 100_000, "10000300000 activities over all cases"),
]


@pytest.mark.parametrize(("sizes", "cases", "what"), GIANTS)
def test_a_giant_from_elsewhere_is_refused_before_anything_is_reserved(sizes: list[int], cases: int, what: str) -> None:
    entries = Task(DATA, NETWORK).to_dict()
    entries["network"]["sizes"] = sizes
    entries["data"] = {"name": "circle", "cases": cases, "noise": 0.0, "seed": 0, "split": [1.0, 0.0, 0.0]}
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=f"network has .*{what}; a run from elsewhere must have at most"):
            task_from_dict(entries)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("preparation", None, "preparation is None; its fields must be"),
        ("preparation", {"features": ["x1"]}, "its fields must be features, standardise, targets, amplification"),
        ("preparation", Preparation(("x",)).to_dict(), "feature x is made of one input; this data has 2"),
        ("preparation", IMAGES.to_dict(), "images of 8 x 8; a case of this data has 2 inputs"),
        ("joined", -1, "joined is -1"),
        ("joined", 6, "joined is 6; it must be a whole number between 0 and 2"),
        ("joined", "1", "joined is '1'"),
        ("joined", None, "joined is None"),
    ],
)
def test_a_forged_preparation_is_refused(entry: str, value: object, message: str) -> None:
    entries = Task(DATA, NETWORK).to_dict()
    assert entry in entries
    with pytest.raises(ValueError, match=message):
        task_from_dict(entries | {entry: value})
    del entries[entry]
    with pytest.raises(ValueError, match="its fields must be data, network, error, reduction, preparation, joined"):
        task_from_dict(entries)


def test_copies_from_elsewhere_count() -> None:
    data = DATASETS["circle"].generate(50_000, split=(0.5, 0.5, 0.0))
    wide, preparation = Network((2, 6, 1)), Preparation(amplification=Amplification(100, jitter=0.1))
    assert MOST_ACTIVITIES > 50_000 * 9
    # 9 numbers for each of 50,000 cases and of 25,000 x 100 copies
    with pytest.raises(ValueError, match="network has 22950000 activities over all cases; a run from"):
        task_from_dict(Task(data, wide, preparation=preparation).to_dict())


def test_what_is_large_and_in_use_is_not_refused() -> None:
    # 20 hidden layers of 128, 64-64-10 on the digits, 2-4-2-1 on the largest data set
    for sizes, cases in (([2, *[128] * 20, 1], 500), ([64, 64, 10], 1_797), ([2, 4, 2, 1], 100_000)):
        network = Network(tuple(sizes))
        assert network.dimension <= MOST_WEIGHTS
        assert len(network.layers) <= MOST_LAYERS
        assert cases * sum(sizes) <= MOST_ACTIVITIES
