"""Learning-rate schedules against values worked by hand, and against another library's."""

import json
from dataclasses import FrozenInstanceError
from itertools import pairwise
from math import inf, nan, sqrt

import numpy as np
import pytest
from sklearn.linear_model import SGDRegressor

from engine import (
    SCHEDULES,
    ConstantRate,
    CosineDecay,
    GradientDescent,
    InverseTimeDecay,
    LinearNeuron,
    Optimizer,
    Recipe,
    Schedule,
    StepDecay,
    advance,
    descend,
    start,
)
from engine.schedules import schedule_from_dict
from tests.engine.helpers import TRAINING_OPTIMIZERS, assert_same
from tests.engine.in_use import BATCH, TASK

HORIZONS = [0, 1, 2, 3, 7, 100, 12345]

# a schedule, and its factors at the updates 1, 2, 3, ...
WORKED = {
    "constant": (ConstantRate(), [1, 1, 1, 1]),
    "half every second": (StepDecay(every=2), [1, 1, 1 / 2, 1 / 2, 1 / 4, 1 / 4, 1 / 8]),
    "a tenth every third": (StepDecay(every=3, drop=0.1), [1, 1, 1, 0.1, 0.1, 0.1, 0.01]),
    "powers": (StepDecay(every=1, drop=0.25), [1, 1 / 4, 1 / 16, 1 / 64]),
    "no drop": (StepDecay(every=1, drop=1), [1, 1, 1]),
    # the cosine of 0, 45, 90, 135 and 180 degrees
    "cosine": (CosineDecay(steps=4), [1, (1 + sqrt(0.5)) / 2, 1 / 2, (1 - sqrt(0.5)) / 2, 0, 0, 0]),
    # the cosine of 0, 60, 120 and 180 degrees
    "cosine with a floor": (CosineDecay(steps=3, floor=0.2), [1, 0.8, 0.4, 0.2, 0.2, 0.2]),
    "cosine to itself": (CosineDecay(steps=2, floor=1), [1, 1, 1, 1]),
    "one over the time": (InverseTimeDecay(half=1), [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]),
    "half after two": (InverseTimeDecay(half=2), [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3, 2 / 7, 1 / 4]),
}


@pytest.mark.parametrize(("schedule", "factors"), WORKED.values(), ids=list(WORKED))
def test_factors_worked_by_hand(schedule: Schedule, factors: list[float]) -> None:
    found = [schedule.factor(step) for step in range(1, len(factors) + 1)]
    np.testing.assert_allclose(found, factors, rtol=1e-14, atol=1e-16)
    assert all(isinstance(factor, float) for factor in found)


def test_a_descent_down_a_parabola_by_hand() -> None:
    # E = w^2 / 2, w <- (1 - f / 2) w, with f = 1, 1, 1/2, 1/2
    path = descend(LinearNeuron([[1.0]], [0.0]), [64.0], GradientDescent(0.5), 4, schedule=StepDecay(every=2))
    np.testing.assert_allclose(path.weights[:, 0], [64, 32, 16, 12, 9], rtol=1e-14)


def test_one_over_the_time_is_that_of_scikit_learn() -> None:
    # one case is all cases, so the stochastic descent of the other library is a plain one
    path = descend(LinearNeuron([[0.5, 2.0]], [3.0]), [0, 0], GradientDescent(0.1), 30, schedule=InverseTimeDecay(1))
    other = SGDRegressor(alpha=0, penalty=None, learning_rate="invscaling", eta0=0.1, power_t=1, fit_intercept=False)
    for weights in path.weights[1:]:
        other.partial_fit([[0.5, 2.0]], [3.0])
        np.testing.assert_allclose(weights, other.coef_, rtol=1e-12)


# --- in a run -------------------------------------------------------------------


@pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))
@pytest.mark.parametrize("schedule", [StepDecay(every=3), CosineDecay(8, floor=0.1), InverseTimeDecay(4.0)])
def test_an_update_of_a_run_has_the_rate_times_the_factor(kind: type[Optimizer], schedule: Schedule) -> None:
    # the number of the update counts, through epochs and from call to call; the memory is that of the full rate
    run = start(TASK, Recipe(kind(learning_rate=0.03), BATCH, schedule=schedule), seed=1)
    for step in range(1, 11):
        slow = run.change("schedule", None).change("learning_rate", 0.03 * schedule.factor(step))
        run = advance(run, updates=1)
        slow = advance(slow, updates=1)
        np.testing.assert_allclose(run.weights, slow.weights, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(run.slots, slow.slots, rtol=1e-12, atol=1e-15)


def test_a_schedule_that_is_constant_is_none_to_the_last_bit() -> None:
    constant = start(TASK, Recipe(GradientDescent(0.1), BATCH, schedule=ConstantRate()), seed=1)
    none = start(TASK, Recipe(GradientDescent(0.1), BATCH), seed=1)
    np.testing.assert_array_equal(advance(constant, updates=15).weights, advance(none, updates=15).weights)


def test_a_schedule_that_is_chosen_on_the_way_counts_from_the_start() -> None:
    run = advance(start(TASK, Recipe(GradientDescent(0.1), None), seed=1), updates=6)
    half = advance(run.change("schedule", StepDecay(every=5).to_dict()), updates=1)
    full = advance(run, updates=1)
    np.testing.assert_allclose(half.weights - run.weights, 0.5 * (full.weights - run.weights), rtol=1e-10)
    assert_same(run.change("schedule", StepDecay(5).to_dict()).change("schedule", None), run)


def test_at_the_foot_of_a_cosine_nothing_moves() -> None:
    run = advance(start(TASK, Recipe(GradientDescent(0.1), BATCH, schedule=CosineDecay(steps=5)), seed=1), updates=5)
    np.testing.assert_array_equal(advance(run, updates=9).weights, run.weights)


# --- the registry ---------------------------------------------------------------


def test_the_registry() -> None:
    assert list(SCHEDULES) == ["constant", "step", "cosine", "inverse_time"]
    assert all(kind.name == name for name, kind in SCHEDULES.items())
    assert all(text for kind in SCHEDULES.values() for text in (kind.title, kind.formula, kind.source, kind.__doc__))


@pytest.mark.parametrize("kind", SCHEDULES.values(), ids=list(SCHEDULES))
@pytest.mark.parametrize("steps", HORIZONS)
def test_settings_for_any_horizon(kind: type[Schedule], steps: int) -> None:
    schedule = kind.over(steps)
    assert isinstance(schedule, kind)
    factors = [schedule.factor(step) for step in range(1, steps + 2)]
    assert factors[0] == 1.0
    assert all(0.0 <= later <= earlier for earlier, later in pairwise(factors))
    assert min(factors[:steps], default=1.0) > 0.0


def test_what_is_left_after_a_horizon() -> None:
    last = {name: kind.over(1000).factor(1001) for name, kind in SCHEDULES.items()}
    assert last == pytest.approx({"constant": 1.0, "step": 1 / 16, "cosine": 0.0, "inverse_time": 1 / 8}, abs=1e-15)
    # the three drops are before the end, and a fourth would come after it
    factors = [StepDecay.over(1000).factor(step) for step in range(1, 1001)]
    assert sorted({factor: factors.count(factor) for factor in factors}.items()) == [
        (1 / 8, 250),
        (1 / 4, 250),
        (1 / 2, 250),
        (1, 250),
    ]


def test_schedules_are_values() -> None:
    assert StepDecay(3, 0.5) == StepDecay(every=3)
    assert hash(CosineDecay(9)) == hash(CosineDecay(9, 0.0))
    with pytest.raises(FrozenInstanceError):
        StepDecay(3).every = 4


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in WORKED.values()], ids=list(WORKED))
def test_a_schedule_survives_as_json(schedule: Schedule) -> None:
    again = schedule_from_dict(json.loads(json.dumps(schedule.to_dict())))
    assert again == schedule
    assert type(again) is type(schedule)
    assert again.to_dict() == schedule.to_dict()


@pytest.mark.parametrize(
    "schedule", [StepDecay(10**400), StepDecay(1, 5e-324), CosineDecay(10**400), InverseTimeDecay(5e-324)]
)
@pytest.mark.parametrize("step", [1, 2, 10**15])
def test_absurd_settings_have_a_factor_all_the_same(schedule: Schedule, step: int) -> None:
    # such a schedule may stand in a file; a run by it must go on
    assert 0.0 <= schedule.factor(step) <= 1.0


# --- bad settings ---------------------------------------------------------------

BAD = [
    (lambda: schedule_from_dict(None), "schedule is None; it must be a mapping with a name"),
    (lambda: schedule_from_dict("step"), "schedule is 'step'; it must be a mapping with a name"),
    (lambda: schedule_from_dict({"every": 3}), "schedule is .'every': 3.; it must be a mapping with a name"),
    (lambda: schedule_from_dict({"name": "linear"}), "schedule is 'linear'; it must be one of constant, step"),
    (lambda: schedule_from_dict({"name": ["step"]}), "schedule is .'step'.; it must be one of"),
    (lambda: schedule_from_dict({"name": "step", "every": 3}), "schedule is .*; its fields must be name, every, drop"),
    (lambda: schedule_from_dict({"name": "constant", "every": 3}), "schedule is .*; its fields must be name and no"),
    (lambda: schedule_from_dict({"name": "step", "every": "3", "drop": 0.5}), "every is '3'"),
    (lambda: StepDecay(every=0), "every is 0; it must be a whole number at least 1"),
    (lambda: StepDecay(every=2.0), "every is 2.0; it must be a whole number"),
    (lambda: StepDecay(every=2, drop=0.0), "drop is 0.0; it must be a finite number above 0 and at most 1"),
    (lambda: StepDecay(every=2, drop=1.1), "drop is 1.1; it must be"),
    (lambda: CosineDecay(steps=0), "steps is 0; it must be a whole number at least 1"),
    (lambda: CosineDecay(steps=5, floor=-0.1), "floor is -0.1; it must be a finite number at least 0 and at most 1"),
    (lambda: CosineDecay(steps=5, floor=nan), "floor is nan"),
    (lambda: InverseTimeDecay(half=0), "half is 0; it must be a finite number above 0"),
    (lambda: InverseTimeDecay(half=inf), "half is inf"),
    *((lambda kind=kind: kind.over(-1), "steps is -1; it must be a whole number") for kind in SCHEDULES.values()),
    *((lambda kind=kind: kind.over(9).factor(0), "step is 0; it must be a whole") for kind in SCHEDULES.values()),
    *((lambda kind=kind: kind.over(9).factor(1.5), "step is 1.5; it must be a wh") for kind in SCHEDULES.values()),
]


@pytest.mark.parametrize(("make", "message"), BAD)
def test_bad_settings_are_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
