import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS, LinearNeuron
from engine.race import best_rate, ranking
from engine.types import Array

RATES = np.geomspace(1e-4, 10.0, 26)
RAVINE = LANDSCAPES["ravine"]  # eigenvalues 1 and 50


class Counted:
    """A surface that counts what is asked of it."""

    dimension = 2

    def __init__(self) -> None:
        self.gradients = self.hessians = 0

    def error(self, weights: Array) -> Array:
        return RAVINE.error(weights)

    def gradient(self, weights: Array) -> Array:
        self.gradients += 1
        return RAVINE.gradient(weights)

    def hessian(self, weights: Array) -> Array:
        self.hessians += 1
        return RAVINE.hessian(weights)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_everybody_has_the_same_budget_and_the_same_search(name: str) -> None:
    surface = Counted()
    racer = best_rate(surface, [2.0, 1.0], OPTIMIZERS[name](learning_rate=1.0), 60, [0.001, 0.01, 0.02])
    steps = len(racer.path.errors) - 1
    assert steps * racer.cost <= 60 < (steps + 1) * racer.cost
    # the gradient at the end of a path is asked for, but leads nowhere
    assert surface.gradients == 3 * (steps + 1)
    asked = 3 * steps + 2 * surface.hessians
    assert surface.hessians == (3 * steps if name == "newton" else 0)
    assert racer.searched == asked <= 3 * 60


def test_the_best_rate_of_plain_descent_is_that_of_the_closed_form() -> None:
    start = np.array([2.0, 1.0])
    along = np.array([start.sum(), start[0] - start[1]]) / np.sqrt(2.0)
    errors = [
        0.5 * (np.array([1.0, 50.0]) * (along * (1 - rate * np.array([1.0, 50.0])) ** 40) ** 2).sum() for rate in RATES
    ]
    racer = best_rate(RAVINE, start, OPTIMIZERS["gradient_descent"](learning_rate=1.0), 40, RATES)
    assert racer.optimizer.learning_rate == RATES[np.argmin(errors)]
    assert racer.error == pytest.approx(min(errors), rel=1e-9)
    assert not racer.at_the_edge


def test_the_edge_of_the_list_is_told() -> None:
    plain = OPTIMIZERS["gradient_descent"](learning_rate=1.0)
    assert best_rate(RAVINE, [2.0, 1.0], plain, 40, [1e-5, 1e-4, 1e-3]).at_the_edge
    assert best_rate(RAVINE, [2.0, 1.0], plain, 40, [0.02, 0.1, 1.0]).at_the_edge
    lost = best_rate(RAVINE, [2.0, 1.0], plain, 400, [5.0, 10.0])
    assert lost.error == np.inf
    assert lost.arrived(0.0) is None


def test_the_ranking_of_the_ravine() -> None:
    racers = [best_rate(RAVINE, [2.0, 1.0], OPTIMIZERS[name](learning_rate=1.0), 300, RATES) for name in OPTIMIZERS]
    ranked = ranking(racers, 0.0)
    names = [racer.optimizer.name for racer in ranked]
    assert names[0] == "newton"
    assert names.index("momentum") < names.index("gradient_descent")
    arrived = [racer.arrived(0.0) for racer in ranked]
    counts = [np.inf if each is None else each for each in arrived]
    assert counts == sorted(counts)
    # a step costs a gradient and two for the second derivatives; the best rate of the list is not quite 1
    assert ranked[0].arrived(0.0) in (3, 6)


def test_arriving_for_good() -> None:
    bowl = LinearNeuron(np.eye(1), [0.0])
    racer = best_rate(bowl, [1.0], OPTIMIZERS["gradient_descent"](learning_rate=1.0), 10, [0.5])
    # E = 1/2 w^2 is a quarter after each step: 4 steps to a 256th
    assert racer.arrived(0.0) == 4
    assert racer.arrived(0.0, share=1.0) == 0


@pytest.mark.parametrize(("budget", "rates"), [(0, [0.1]), (1.5, [0.1]), (10, []), (10, [np.nan]), (10, [-1.0])])
def test_what_is_no_race_is_refused(budget: int, rates: list[float]) -> None:
    with pytest.raises(ValueError, match=r"budget|rates|learning_rate"):
        best_rate(RAVINE, [1.0, 1.0], OPTIMIZERS["adam"](learning_rate=1.0), budget, rates)


def test_at_the_bottom_the_first_to_arrive_counts_not_the_luckiest() -> None:
    bowl = LinearNeuron([[2.0, 1.0], [-1.0, 1.0], [0.5, 1.0]], [1.0, 0.3, -0.2], "mean")
    newton = best_rate(bowl, [4.0, -3.0], OPTIMIZERS["newton"](learning_rate=1.0), 600, [0.2, 0.5, 1.0])
    assert newton.optimizer.learning_rate == 1.0
    assert newton.arrived(bowl.minimum_error) == 3
