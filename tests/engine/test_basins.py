import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS, Formula, descend
from engine.basins import DIVERGED, MOVING, descend_to_rest, label_ends
from engine.types import Array

HIMMELBLAU = LANDSCAPES["himmelblau"]
MINIMA = np.array([place for place, _ in HIMMELBLAU.minima])
RATES = {"gradient_descent": 0.01, "momentum": 0.002, "nesterov": 0.002, "adadelta": 1.0, "newton": 1.0}


def starts(side: int, half: float = 6.0) -> Array:
    axis = np.linspace(-half, half, side)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_start_ends_as_if_it_walked_alone(name: str) -> None:
    optimizer = OPTIMIZERS[name](learning_rate=RATES.get(name, 0.05))
    places = starts(9)
    ends = descend_to_rest(HIMMELBLAU, places, optimizer, 300, 1e-6)
    for index in range(len(places)):
        steps = int(ends.steps[index])
        path = descend(HIMMELBLAU, places[index], optimizer, steps)
        if ends.diverged[index]:
            assert path.diverged_at is not None
            continue
        np.testing.assert_allclose(ends.weights[index], path.weights[-1], rtol=1e-8, atol=1e-10)
        # it rests, or had no more steps
        moved = np.abs(path.weights[-1] - path.weights[max(0, steps - 10)]).max()
        assert ends.resting[index] == (moved <= 1e-6)
        assert ends.resting[index] or steps == 300


def test_the_cells_of_a_grid_do_not_matter() -> None:
    optimizer, places = OPTIMIZERS["gradient_descent"](learning_rate=0.01), starts(40)
    whole = descend_to_rest(HIMMELBLAU, places, optimizer, 200, 1e-5)
    for begin in range(0, 1600, 333):
        cell = descend_to_rest(HIMMELBLAU, places[begin : begin + 333], optimizer, 200, 1e-5)
        np.testing.assert_allclose(cell.weights, whole.weights[begin : begin + 333], rtol=1e-12)
        np.testing.assert_array_equal(cell.steps, whole.steps[begin : begin + 333])


def test_labels_are_the_minima_downhill() -> None:
    # of the double well plain descent with a small rate keeps its side of the saddle at 0.15
    well = LANDSCAPES["double_well"]
    places = starts(31, 1.9)
    ends = descend_to_rest(well, places, OPTIMIZERS["gradient_descent"](learning_rate=0.02), 2000, 1e-6)
    labels, found = label_ends(ends, [place for place, _ in well.minima], 0.05)
    assert found.tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    clear = np.abs(places[:, 0] - 0.15) > 0.05
    np.testing.assert_array_equal(labels[clear], np.where(places[clear, 0] < 0.15, 0, 1))


def test_places_that_nobody_told_are_found() -> None:
    ends = descend_to_rest(HIMMELBLAU, starts(25), OPTIMIZERS["gradient_descent"](learning_rate=0.01), 1000, 1e-7)
    labels, places = label_ends(ends, MINIMA[:1], 0.1)
    assert len(places) == 4
    for minimum in MINIMA:
        assert np.abs(places - minimum).max(axis=1).min() < 1e-3
    for label, place in enumerate(places):
        assert np.abs(ends.weights[labels == label] - place).max() < 0.1


def test_who_runs_away_and_who_is_on_the_way() -> None:
    bowl = Formula("w1^2 + 0.0001*w2^2")
    wild = descend_to_rest(
        bowl, [[1.0, 1.0], [0.0, 1.0]], OPTIMIZERS["gradient_descent"](learning_rate=1.5), 3000, 1e-9
    )
    assert wild.diverged.tolist() == [True, False]
    slow = descend_to_rest(bowl, [[1.0, 1.0]], OPTIMIZERS["gradient_descent"](learning_rate=0.1), 50, 1e-9)
    labels, _ = label_ends(slow, [[0.0, 0.0]], 0.01)
    assert labels.tolist() == [MOVING]
    assert label_ends(wild, [[0.0, 0.0]], 0.01)[0][0] == DIVERGED


def test_no_start_and_no_step() -> None:
    plain = OPTIMIZERS["gradient_descent"](learning_rate=0.1)
    ends = descend_to_rest(HIMMELBLAU, [[1.0, 2.0]], plain, 0, 1e-3)
    assert ends.weights.tolist() == [[1.0, 2.0]]
    assert not ends.resting[0]
    with pytest.raises(ValueError, match="starts"):
        descend_to_rest(HIMMELBLAU, [1.0, 2.0], plain, 10, 1e-3)
    with pytest.raises(ValueError, match="still"):
        descend_to_rest(HIMMELBLAU, [[1.0, 2.0]], plain, 10, 0.0)


@pytest.mark.parametrize("rate", [1.1, 1.2])
def test_who_jumps_to_and_fro_does_not_rest(rate: float) -> None:
    # beside the minima of the saddle the curvature is 2: above the rate 1 plain descent settles in a cycle of two
    ends = descend_to_rest(
        LANDSCAPES["saddle"], starts(20, 1.9), OPTIMIZERS["gradient_descent"](learning_rate=rate), 500, 4e-6
    )
    assert np.linalg.norm(LANDSCAPES["saddle"].gradient(ends.weights), axis=1).min() > 1e-3
    assert not ends.resting.any()


def test_who_creeps_down_a_slope_does_not_rest() -> None:
    ends = descend_to_rest(HIMMELBLAU, starts(20), OPTIMIZERS["gradient_descent"](learning_rate=1e-9), 100, 1e-5)
    assert not ends.resting.any()
