"""Rules by which a run ends: exactly at the epoch that a loop over epochs finds, however it is cut into calls."""

from typing import Any

import pytest

from engine import Adam, GradientDescent, Momentum, Recipe, Run, StopRules, advance, measure, start
from tests.engine.helpers import assert_same, made_up_task
from tests.engine.in_use import BATCH, EPOCH, TASK, begun, eventful

MOST = 60


def fresh(optimizer: Any = None, seed: int = 1, **more: Any) -> Run:
    return start(TASK, Recipe(optimizer or Adam(0.05), BATCH), seed, **more)


def first_epoch_end(run: Run, holds: Any) -> Run:
    """One update after the other, with a look at the end of every epoch."""
    for _ in range(MOST * EPOCH):
        run = advance(run, updates=1)
        if run.diverged_at is not None or (run.history.stages.ends_epoch(run.step) and holds(run)):
            return run
    return run


def validation_errors(run: Run, epochs: int) -> list[float]:
    errors = [measure(run).validation_error]
    for _ in range(epochs):
        run = advance(run, epochs=1)
        errors.append(measure(run).validation_error)
    return [error for error in errors if error is not None]


RULES = ("epochs", "target_error", "patience")


def rules(run: Run, *names: str) -> StopRules:
    """Rules by which this run ends after about ten epochs."""
    errors = [measure(advance(run, epochs=epoch)).training_error for epoch in range(8, 13)]
    values = {"epochs": 9, "target_error": min(errors), "patience": 2}
    return StopRules(**{name: values[name] for name in names})


# --- each rule ------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [1, 2, 7])
@pytest.mark.parametrize("begin", [0, 1, 3])
def test_so_many_epochs(epochs: int, begin: int) -> None:
    run = advance(fresh(), updates=begin)
    stopped = advance(run, updates=10 * EPOCH, stop=StopRules(epochs=epochs))
    assert stopped.step == epochs * EPOCH
    assert_same(stopped, advance(run, updates=epochs * EPOCH - begin))


@pytest.mark.parametrize("seed", range(4))
def test_an_error_that_is_low_enough(seed: int) -> None:
    run = fresh(seed=seed)
    errors = [measure(advance(run, epochs=epoch)).training_error for epoch in range(MOST + 1)]
    target = sorted(errors)[MOST // 3]
    wanted = next(epoch for epoch, error in enumerate(errors) if epoch and error <= target)
    stopped = advance(run, epochs=MOST, stop=StopRules(target_error=target))
    assert stopped.step == wanted * EPOCH
    assert StopRules(target_error=target).reason(stopped) == "target_error"
    assert_same(stopped, advance(run, epochs=wanted))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("patience", [1, 2, 5])
def test_an_error_that_has_not_improved_for_so_long(seed: int, patience: int) -> None:
    run = fresh(Adam(0.1), seed)
    errors = validation_errors(run, MOST)
    best = 0
    for epoch in range(1, MOST + 1):
        best = epoch if errors[epoch] < errors[best] else best
        if epoch - best >= patience:
            break
    stopped = advance(run, epochs=MOST, stop=StopRules(patience=patience))
    assert stopped.step == epoch * EPOCH
    assert stopped.best is not None
    assert stopped.best.step == best * EPOCH
    assert_same(stopped, advance(run, epochs=epoch))


def test_the_first_rule_that_holds() -> None:
    run = fresh(Adam(0.1), 2)
    ends = {name: advance(run, epochs=MOST, stop=rules(run, name)).step for name in RULES}
    assert len(set(ends.values())) == 3
    for one in RULES:
        for other in RULES:
            both = rules(run, one, other)
            stopped = advance(run, epochs=MOST, stop=both)
            assert stopped.step == min(ends[one], ends[other])
            assert ends[str(both.reason(stopped))] == stopped.step


def test_patience_means_nothing_without_validation_cases() -> None:
    run = start(made_up_task(), Recipe(GradientDescent(), BATCH))
    assert advance(run, epochs=30, stop=StopRules(patience=1)).step == 30 * 4


def test_a_mean_is_what_is_looked_at_where_the_sum_is_minimised() -> None:
    task = made_up_task(reduction="sum")
    run = start(task, Recipe(GradientDescent(0.01), None))
    errors = [measure(advance(run, epochs=epoch)).training_error for epoch in range(20)]
    assert advance(run, epochs=20, stop=StopRules(target_error=errors[13])).step == 13


# --- however it is cut ----------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("feature", ["plain", "dropout", "everything"])
def test_calls_of_any_length_end_at_the_same_epoch(rule: str, feature: str) -> None:
    run = begun(feature, Adam(0.1))
    stop = rules(run, rule)
    whole = advance(run, updates=400, stop=stop)
    assert whole.step < 400
    for length in (1, 3, 4, 7, 50):
        pieces = run
        while pieces.step < 400 and stop.reason(pieces) is None:
            pieces = advance(pieces, updates=min(length, 400 - pieces.step), stop=stop)
        assert_same(pieces, whole)
        assert_same(Run.from_json(pieces.to_json()), whole)


@pytest.mark.parametrize("rule", RULES)
def test_a_log_of_changes_is_no_reason_to_go_past_a_stop(rule: str) -> None:
    # a change at the very step at which the run ends is made, and then it ends
    stop = rules(fresh(), rule)
    end = advance(fresh(), updates=400, stop=stop)
    assert 0 < end.step < 400
    log = [(end.step, "learning_rate", 0.01), (end.step, "weight", (0, 0.5)), (end.step + 1, "cut", 1)]
    stopped = advance(fresh(changes=log), updates=400, stop=stop)
    assert stopped.step == end.step
    assert stopped.weights[0] == 0.5
    assert stopped.weights[1] == end.weights[1]


@pytest.mark.parametrize("patience", [1, 3, 6])
@pytest.mark.parametrize("feature", ["plain", "everything"])
def test_epochs_that_a_turn_cut_short_are_no_epochs_to_wait_for(patience: int, feature: str) -> None:
    # the first tenth of an epoch, left for other batches: patience counts the epochs that ended
    run = begun(feature, Momentum(0.05))
    run = start(run.task, run.recipe, seed=3, changes=eventful(run))

    ends: list[tuple[int, float]] = []

    def has_waited(now: Run) -> bool:
        assert now.best is not None
        ends.append((now.step, now.epoch))
        return sum(step > now.best.step for step, _ in ends) >= patience

    wanted = first_epoch_end(run, has_waited)
    stopped = advance(run, updates=MOST * EPOCH, stop=StopRules(patience=patience))
    assert stopped.step == wanted.step
    assert_same(stopped, wanted)


def test_epochs_in_parts_are_counted() -> None:
    # 1/3 of an epoch, 1, then 2/3 make 2, and with the next it is 3
    log = [(1, "batch_size", None), (2, "batch_size", 5), (4, "batch_size", None)]
    run = start(TASK, Recipe(GradientDescent(0.01), 5), changes=log)
    assert [advance(run, updates=100, stop=StopRules(epochs=epochs)).step for epochs in (1, 2, 3, 4)] == [2, 5, 5, 6]


# --- going on -------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_a_run_that_has_ended_goes_on_for_an_epoch_when_it_is_asked_to(rule: str) -> None:
    stop = rules(fresh(), rule)
    stopped = advance(fresh(), updates=400, stop=stop)
    further = advance(stopped, updates=400, stop=stop)
    assert further.step >= stopped.step + EPOCH
    if rule == "epochs":
        assert further.step == stopped.step + EPOCH
    # and within the epoch no rule is looked at
    for updates in range(1, EPOCH):
        within = advance(stopped, updates=updates, stop=stop)
        assert within.step == stopped.step + updates
        assert stop.reason(within) is None


def test_no_rule_holds_before_an_epoch_is_over() -> None:
    assert StopRules(target_error=1e9).reason(fresh()) is None
    assert StopRules(target_error=1e9).reason(advance(fresh(), updates=1)) is None
    assert StopRules(target_error=1e9).reason(advance(fresh(), updates=EPOCH)) == "target_error"


def test_without_a_rule_a_run_does_not_end() -> None:
    assert not StopRules()
    assert StopRules(target_error=0.0)
    assert_same(advance(fresh(), updates=50, stop=StopRules()), advance(fresh(), updates=50))
    assert StopRules().reason(advance(fresh(), epochs=3)) is None


def test_a_divergence_comes_before_any_rule() -> None:
    run = start(made_up_task((2, 1), cases=14), Recipe(GradientDescent(3.0), BATCH), seed=1)
    whole = advance(run, updates=400)
    assert whole.diverged_at is not None
    assert_same(advance(run, updates=400, stop=StopRules(epochs=100, target_error=0.0)), whole)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"epochs": 0}, "epochs is 0; it must be a whole number at least 1"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"epochs": True}, "epochs is True"),
        ({"patience": 0}, "patience is 0; it must be a whole number at least 1"),
        ({"patience": "3"}, "patience is '3'"),
        ({"target_error": -1.0}, "target_error is -1.0; it must be a finite number at least 0"),
        ({"target_error": float("nan")}, "target_error is nan"),
    ],
)
def test_bad_rules_are_named(rules: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StopRules(**rules)


def test_rules_must_be_rules() -> None:
    with pytest.raises(ValueError, match="stop is 3; it must be of the kind StopRules"):
        advance(fresh(), updates=3, stop=3)
