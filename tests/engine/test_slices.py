from dataclasses import replace

import numpy as np
import pytest

import engine.slices as slices
from engine import Dataset, Network, Plane, Task
from engine.plane_directions import random_directions
from engine.slices import errors_on_plane
from engine.tasks import FeatureMajor
from engine.types import Array
from tests.engine.helpers import HEADS, HIDDEN, made_up_task

AXIS = np.linspace(-1.0, 1.0, 7)
POINTS = np.stack(np.meshgrid(AXIS, AXIS), axis=-1)


def both(task: Task, plane: Plane, points: Array = POINTS) -> tuple[Array, Array]:
    """The errors on the plane, and what the engine says of the same weights in float64."""
    fast = errors_on_plane(task.network, task.cases("training"), task.error, plane, points)
    return fast, replace(task, reduction="mean").surface().error(plane.weights(points))


def random_plane(task: Task, seed: int = 1) -> Plane:
    weights = np.random.default_rng(seed).normal(size=task.network.dimension)
    return Plane(task.surface(), weights, random_directions(task.network, weights, seed))


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "error"), HEADS)
def test_they_are_the_errors_of_the_network(output: str, error: str, hidden: str) -> None:
    task = made_up_task((3, 5, 4, 2), hidden, output, error, cases=30)
    fast, known = both(task, random_plane(task))
    assert fast.shape == (7, 7)
    np.testing.assert_allclose(fast, known, rtol=1e-4)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_they_are_means_whatever_the_task_minimises(reduction: str) -> None:
    task = made_up_task((2, 3, 1), reduction=reduction)
    fast, known = both(task, random_plane(task))
    np.testing.assert_allclose(fast, known, rtol=1e-4)


@pytest.mark.parametrize("sizes", [(2, 1), (1, 6, 1), (2, 3, 4, 5, 6, 2)])
def test_networks_of_every_depth(sizes: tuple[int, ...]) -> None:
    task = made_up_task(sizes, ("tanh", "relu", "sine", "sigmoid")[: len(sizes) - 2] or "tanh", cases=40)
    fast, known = both(task, random_plane(task))
    np.testing.assert_allclose(fast, known, rtol=1e-4)


def test_any_two_weights_of_a_network() -> None:
    """In one layer or in two, biases or links: all that lies below the lower one is computed but once."""
    task = made_up_task((2, 3, 2, 1), cases=20)
    weights = np.random.default_rng(2).normal(size=task.network.dimension)
    for first in range(task.network.dimension):
        plane = Plane.of_weights(task.surface(), weights, first, (7 * first + 3) % task.network.dimension)
        fast, known = both(task, plane)
        np.testing.assert_allclose(fast, known, rtol=1e-4)


def test_cases_and_points_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    task = made_up_task((2, 4, 3, 1), cases=47)
    plane = random_plane(task)
    whole, known = both(task, plane)
    for block, activities, weights in ((10, 100, 10**6), (47, 1, 1), (1, 7, 60)):
        monkeypatch.setattr(slices, "_BLOCK_CASES", block)
        monkeypatch.setattr(slices, "_GROUP_ACTIVITIES", activities)
        monkeypatch.setattr(slices, "_GROUP_WEIGHTS", weights)
        pieces = both(task, plane)[0]
        np.testing.assert_allclose(pieces, whole, rtol=1e-6)
        np.testing.assert_allclose(pieces, known, rtol=1e-4)


def test_the_contours_of_a_linear_neuron_are_its_ellipses() -> None:
    # x1 = +-2, x2 = +-1 in all four pairs: mean x1^2 = 4, mean x2^2 = 1, mean x1 x2 = mean x = 0
    inputs = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]])
    data = Dataset.from_arrays(inputs, inputs @ [[0.5], [-1.5]] + 0.25)
    task = Task(data, Network((2, 1), output="linear"))
    # w - w* = r (cos / 2, sin): E = (4 (w1 - w1*)^2 + (w2 - w2*)^2 + (b - b*)^2) / 2 = (r^2 + (b - b*)^2) / 2
    angles, radii = np.linspace(0.0, 6.0, 25), np.array([[0.5], [1.0], [3.0]])
    ellipses = np.stack([0.5 + 0.5 * radii * np.cos(angles), -1.5 + radii * np.sin(angles)], axis=-1)
    plane = Plane.of_weights(task.surface(), [9.0, 9.0, 1.25], 0, 1)
    fast = errors_on_plane(task.network, task.cases("training"), "squared", plane, ellipses)
    np.testing.assert_allclose(fast, np.broadcast_to(0.5 * radii**2 + 0.5, fast.shape), rtol=1e-5)


def test_an_error_of_nearly_nothing_is_nearly_nothing() -> None:
    """Softmax with large logits: the error is what is left of their difference."""
    data = Dataset.from_arrays([[1.0]], [[1.0, 0.0]])
    task = Task(data, Network((1, 2), output="softmax"), "cross_entropy")
    plane = Plane.of_weights(task.surface(), np.zeros(4), 0, 2)
    fast = errors_on_plane(task.network, task.cases("training"), "cross_entropy", plane, [[20.0, -5.0], [30.0, 20.0]])
    # E = log(1 + exp(-(z1 - z2)))
    np.testing.assert_allclose(fast, np.log1p(np.exp([-25.0, -10.0])), rtol=1e-4)


def test_errors_beyond_all_numbers_are_no_surprise() -> None:
    task = made_up_task((2, 3, 3, 1), "relu", cases=10)
    plane = random_plane(task)
    fast = errors_on_plane(
        task.network, task.cases("training"), "squared", plane, [[0.0, 0.0], [1e30, 0.0], [1e200, 1e200]]
    )
    assert np.isfinite(fast[0])
    assert not np.isfinite(fast[1:]).any()


def test_every_shape_of_points() -> None:
    task = made_up_task()
    plane = random_plane(task)
    whole = both(task, plane)[0]
    cases = task.cases("training")
    np.testing.assert_allclose(errors_on_plane(task.network, cases, "squared", plane, POINTS[2, 3]), whole[2, 3])
    assert errors_on_plane(task.network, cases, "squared", plane, np.zeros((0, 2))).shape == (0,)
    with pytest.raises(ValueError, match="coordinates has shape"):
        errors_on_plane(task.network, cases, "squared", plane, np.zeros(3))


def test_the_arguments_stay_as_they_are() -> None:
    task = made_up_task()
    plane, cases = random_plane(task), task.cases("training")
    before = [plane.origin.copy(), plane.directions.copy(), cases.inputs.copy()]
    errors_on_plane(task.network, FeatureMajor(*cases), "squared", plane, POINTS)
    for now, then in zip((plane.origin, plane.directions, cases.inputs), before, strict=True):
        np.testing.assert_array_equal(now, then)
