"""A task: its surface against sums over the cases, its parts, and what does not belong together."""

import json
import tracemalloc
from math import log

import numpy as np
import pytest

from engine import DATASETS, ERRORS, Dataset, ErrorSurface, Network, Task
from engine.tasks import MOST_ACTIVITIES, MOST_LAYERS, MOST_WEIGHTS, task_from_dict
from engine.types import PARTS, Array
from tests.engine.helpers import HEADS, made_up_task

INPUTS = np.arange(12.0).reshape(6, 2) / 6.0
SPLIT = {"training": [0, 2, 3], "validation": [5], "test": [1, 4]}
DATA = Dataset.from_arrays(INPUTS, INPUTS[:, :1] - 1.0, SPLIT)
NETWORK = Network((2, 3, 1))


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
    ],
    ids=["given", "generated"],
)
def test_a_task_survives_as_json(task: Task) -> None:
    again = task_from_dict(json.loads(json.dumps(task.to_dict())))
    assert again == task
    assert again.to_dict() == task.to_dict()


PROBABILITIES = Dataset.from_arrays(INPUTS, np.tile([[0.25, 0.75]], (6, 1)))
BAD = [
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


def test_what_is_large_and_in_use_is_not_refused() -> None:
    # 20 hidden layers of 128, 64-64-10 on the digits, 2-4-2-1 on the largest data set
    for sizes, cases in (([2, *[128] * 20, 1], 500), ([64, 64, 10], 1_797), ([2, 4, 2, 1], 100_000)):
        network = Network(tuple(sizes))
        assert network.dimension <= MOST_WEIGHTS
        assert len(network.layers) <= MOST_LAYERS
        assert cases * sum(sizes) <= MOST_ACTIVITIES
