import math

import numpy as np
import pytest

from engine import OPTIMIZERS, descend
from engine.optimizer_base import Optimizer
from engine.rates import contraction, stable_limit, steps_to_lose
from engine.types import Array

KNOWN = ("gradient_descent", "momentum", "nesterov", "newton")
CURVATURES = np.array([0.3, 2.0, 7.0])


class Bowl:
    """E = 1/2 sum λ w^2."""

    dimension = 3

    def error(self, weights: Array) -> Array:
        return 0.5 * (CURVATURES * weights**2).sum(axis=-1)

    def gradient(self, weights: Array) -> Array:
        return CURVATURES * weights

    def hessian(self, weights: Array) -> Array:
        return np.broadcast_to(np.diag(CURVATURES), (*weights.shape, 3)).copy()


def made(name: str, rate: float, **details: float) -> Optimizer:
    return OPTIMIZERS[name](learning_rate=rate, **details)


@pytest.mark.parametrize("details", [{}, {"weight_decay": 0.5}])
@pytest.mark.parametrize("name", KNOWN)
def test_below_the_limit_it_comes_to_rest_and_above_it_runs_away(name: str, details: dict[str, float]) -> None:
    if name == "newton" and details:
        return
    limit = stable_limit(made(name, 1.0, **details), 7.0)
    assert limit is not None
    below = descend(Bowl(), [1.0, 1.0, 1.0], made(name, 0.98 * limit, **details), 3000)
    above = descend(Bowl(), [1.0, 1.0, 1.0], made(name, 1.02 * limit, **details), 3000)
    assert below.diverged_at is None
    assert below.errors[-1] < 1e-9 * below.errors[0]
    assert above.diverged_at is not None


def test_the_limits_in_closed_form() -> None:
    assert stable_limit(made("gradient_descent", 1.0), 50.0) == 0.04
    assert stable_limit(made("momentum", 1.0, momentum=0.5), 50.0) == pytest.approx(0.06)
    assert stable_limit(made("nesterov", 1.0, momentum=0.5), 50.0) == pytest.approx(0.03)
    assert stable_limit(made("newton", 1.0), 50.0) == 2.0
    assert stable_limit(made("gradient_descent", 1.0), -1.0) == math.inf
    for name in set(OPTIMIZERS) - set(KNOWN):
        assert stable_limit(made(name, 1.0), 1.0) is None
        assert contraction(made(name, 1.0), [1.0]) is None
        assert steps_to_lose(made(name, 1.0), [1.0]) is None


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.25])
@pytest.mark.parametrize("name", KNOWN)
def test_the_contraction_is_what_a_long_walk_shows(name: str, rate: float) -> None:
    optimizer = made(name, rate)
    told = contraction(optimizer, CURVATURES)
    assert told is not None
    for axis in range(3):
        start = np.zeros(3)
        start[axis] = 1.0
        path = np.abs(descend(Bowl(), start, optimizer, 400).weights[:, axis])
        # the envelope of an oscillation: the largest of some steps against the largest of some later ones
        early, late = path[100:160].max(), path[300:360].max()
        if told[axis] < 1.0 and late > 1e-250:
            assert (late / early) ** (1.0 / 200.0) == pytest.approx(told[axis], rel=4e-3)


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
def test_the_steps_to_one_percent(name: str) -> None:
    optimizer = made(name, 0.05)
    told = steps_to_lose(optimizer, CURVATURES)
    assert told is not None
    errors = descend(Bowl(), [1.0, 0.0, 0.0], optimizer, 1000).errors
    lost = int(np.flatnonzero(errors > 0.01 * errors[0])[-1]) + 1
    assert told == pytest.approx(lost, rel=0.02 if name == "gradient_descent" else 0.5)
    assert steps_to_lose(made(name, 10.0), CURVATURES) == math.inf
    assert steps_to_lose(made("newton", 1.0), CURVATURES) == 1.0
