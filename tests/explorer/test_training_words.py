import re
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import (
    OPTIMIZERS,
    Best,
    Dataset,
    GradientDescent,
    Measures,
    Network,
    Recipe,
    Run,
    StopRules,
    Task,
    advance,
    measure,
    measure_weights,
    start,
)
from explorer.settings import strict
from explorer.training import words
from explorer.training.presets import PRESETS
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run


def made(updates: int = 0, **wishes: Any) -> Run:
    return advance(first_run(strict(TrainingSettings, {"cases": 40, **wishes})), updates=updates)


def with_best(run: Run, step: int, share: float, untrained: bool = True) -> Run:
    """The run with a best validation error, this share of the present one, at this step."""
    error = measure(run).validation_error
    assert error is not None
    then = first_run(strict(TrainingSettings, {"cases": 40})) if untrained else run
    return replace(run, best=Best(step, share * error, then.weights))


# --- before and while it trains -------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "count"),
    [("4, 2", "25 weights"), ("", "3 weights"), ("64, 64, 64, 64, 64, 64, 64, 64", "29,377 weights")],
)
def test_before_the_first_update_it_counts_the_weights(layers: str, count: str) -> None:
    assert words.sentence(made(hidden_layers=layers)) == f"{count}, drawn from the seed. Press play to train."


def test_without_validation_it_tells_the_training_error() -> None:
    inputs = np.random.default_rng(1).normal(size=(30, 2))
    task = Task(Dataset.from_arrays(inputs, np.sign(inputs[:, :1])), Network((2, 1), output="tanh"))
    run = advance(start(task, Recipe(GradientDescent(0.1), 10)), updates=4)
    found = re.fullmatch(r"Training error ([\d.]+) after epoch 1\.3\.", words.sentence(run))
    assert found
    assert float(found[1]) == pytest.approx(measure(run).training_error, rel=6e-3)


@pytest.mark.parametrize("share", [1.0, 0.96])
def test_near_its_best_nothing_has_turned(share: float) -> None:
    run = with_best(made(20), 8, share)
    sentence = words.sentence(run)
    found = re.fullmatch(r"Validation error ([\d.]+); its best so far was ([\d.]+) at epoch 4\.", sentence)
    assert found
    now = measure(run).validation_error
    assert now is not None
    assert float(found[1]) == pytest.approx(now, rel=6e-3)
    assert float(found[2]) == pytest.approx(share * now, rel=6e-3)


@pytest.mark.parametrize(("share", "above"), [(0.9, "11"), (0.5, "100"), (0.01, "9,900")])
def test_far_above_its_best_while_training_error_falls_it_overfits(share: float, above: str) -> None:
    run = with_best(made(300), 8, share)
    sentence = words.sentence(run)
    assert sentence.startswith("Overfitting since epoch 4: validation error ")
    assert f" is {above} % above its best, " in sentence
    told = re.search(r"while training error is ([\d.]+)\.$", sentence)
    assert told
    assert float(told[1]) == pytest.approx(measure(run).training_error, rel=6e-3)


def test_where_training_error_has_not_fallen_it_is_noise() -> None:
    assert words.sentence(with_best(made(100), 8, 0.5, untrained=False)).startswith("Validation error ")


def test_a_perfect_best_is_no_division_by_zero() -> None:
    assert words.sentence(with_best(made(20), 8, 0.0)).endswith("its best so far was 0 at epoch 4.")


@pytest.mark.parametrize(("preset", "overfits"), [("overfitting", True), ("first", False), ("curve", False)])
def test_only_the_preset_overfitting_is_said_to(preset: str, overfits: bool) -> None:
    run = first_run(TrainingSettings(**PRESETS[preset].values))
    for _ in range(30):  # no spike of a young run passes for it
        run = advance(run, epochs=5)
        assert "Overfitting" not in words.sentence(run)
    said = []
    for _ in range(40):
        run = advance(run, epochs=30)
        said.append(words.sentence(run).startswith("Overfitting since epoch "))
    assert run.best is not None
    assert said[-20:] == [overfits] * 20
    assert any(said) == overfits
    assert f"epoch {run.best.step // run.updates_per_epoch:,}" in words.sentence(run)


# --- when it is altered or stopped ----------------------------------------------------


def test_epochs_are_counted_over_other_batch_sizes() -> None:
    run = advance(made(7).change("batch_size", 5), updates=6)  # 3.5 epochs of 2 updates, then 1.5 of 4
    assert run.epoch == 5.0
    assert words.sentence(replace(run, best=None)).endswith(" after epoch 5.")


def test_errors_are_those_with_the_points_that_were_drawn() -> None:
    run = advance(made(20).change("points", [[x, -x, 1.0] for x in range(5)] * 9), updates=3)
    found = re.fullmatch(r"Training error ([\d.]+) after epoch .+\.", words.sentence(replace(run, best=None)))
    assert found
    assert float(found[1]) == pytest.approx(measure(run).training_error, rel=6e-3)
    assert float(found[1]) != pytest.approx(measure(replace(run, changes=())).training_error, rel=6e-3)


def test_the_best_weights_are_judged_on_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    run = with_best(made(300), 8, 0.5).change("points", [[0.5, 0.5, 1.0]])
    asked: list[tuple[Task, bool]] = []

    def record(task: Task, weights: npt.NDArray[np.float64]) -> Measures:
        asked.append((task, run.best is not None and weights is run.best.weights))
        return measure_weights(task, weights)

    monkeypatch.setattr(words, "measure_weights", record)
    assert words.sentence(run).startswith("Overfitting since epoch 4:")
    assert asked == [(run.present_task, True)]
    assert run.present_task != run.task


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("epochs", "Stopped: so many epochs were asked for."),
        ("target_error", "Stopped: the training error is as low as was asked for."),
        ("patience", "Stopped early: validation error has not improved for as many epochs as you gave it."),
    ],
)
def test_a_rule_that_ended_it_is_told_before_how_it_stands(rule: str, why: str) -> None:
    run = made(20)
    assert words.sentence(run, rule) == f"{why} {words.sentence(run)}"


def test_every_rule_of_the_engine_has_its_words() -> None:
    for rules, reason in ((StopRules(epochs=1), "epochs"), (StopRules(target_error=1e9), "target_error")):
        run = advance(made(), epochs=3, stop=rules)
        assert rules.reason(run) == reason
        assert words.sentence(run, rules.reason(run)).startswith("Stopped")


# --- when it diverges ---------------------------------------------------------------

LAST = " The weights are the last good ones; reset and choose a smaller rate."


def diverged(run: Run) -> Run:
    return replace(run, diverged_at=run.step)


DRAWN = [[x, y, 1.0] for x in (-5.0, 5.0) for y in (-5.0, 5.0)] * 5


@pytest.mark.parametrize("drawn", [[], DRAWN], ids=["", "with points"])
def test_it_tells_how_far_above_the_local_limit_the_rate_was(drawn: list[list[float]]) -> None:
    run = made(1, hidden_layers="3", learning_rate=10.0)
    run = diverged(run.change("points", drawn) if drawn else run)
    surface, size = run.present_task.surface(), 1e-4
    # the curvature along every weight, from errors alone
    shifts = size * np.eye(surface.dimension)
    corners = [surface.error(run.weights + a * shifts[:, None] + b * shifts) for a in (1, -1) for b in (1, -1)]
    hessian = (corners[0] - corners[1] - corners[2] + corners[3]) / (4.0 * size**2)
    ratio = 10.0 * np.linalg.eigvalsh(hessian)[-1] / 2.0
    assert ratio > 1.0
    found = re.match(r"Diverged at step 1: the rate 10 is ([\d.]+) times the local stable limit\.", words.sentence(run))
    assert found
    assert float(found[1]) == pytest.approx(ratio, rel=0.06)
    assert words.sentence(run).endswith(LAST)


@pytest.mark.parametrize(
    "run",
    [
        made(3, optimizer="adam", learning_rate=10.0),  # the limit is plain descent's
        made(3, hidden_layers="32, 32", learning_rate=10.0),  # too many weights for a Hessian while one waits
        made(3, learning_rate=1e-4),  # far below the limit: that cannot be why
        replace(made(3), weights=np.full(25, 1e308)),  # too far out for second derivatives
        replace(made(3, activations="sine"), weights=np.full(25, 1e300)),
        replace(made(3), weights=np.full(25, 1e5)),  # saturated: nothing curves
    ],
    ids=["adam", "large", "small rate", "far out", "no numbers", "flat"],
)
def test_where_the_limit_tells_nothing_the_rate_is_too_large(run: Run) -> None:
    rate = {1e-4: "0.0001", 10.0: "10", 0.03: "0.03"}[run.optimizer.learning_rate]
    assert words.sentence(diverged(run)) == f"Diverged at step 3: the rate {rate} is too large.{LAST}"


def test_a_diverged_run_was_stopped_by_nothing_else() -> None:
    run = diverged(made(3))
    assert words.sentence(run, "epochs") == words.sentence(run)


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_limit_is_plain_descents_whatever_the_run_began_with(optimizer: str) -> None:
    run = made(3, hidden_layers="3", learning_rate=10.0)
    assert " times the local stable limit" in words.sentence(diverged(run))
    other = run.change("optimizer", {**OPTIMIZERS[optimizer](10.0).to_dict()})
    assert "the rate 10 is too large" in words.sentence(diverged(other))
    back = made(3, hidden_layers="3", optimizer=optimizer).change("optimizer", GradientDescent(10.0).to_dict())
    assert " times the local stable limit" in words.sentence(diverged(back))


def test_the_rate_that_counts_is_the_latest() -> None:
    run = diverged(made(3, optimizer="momentum").change("learning_rate", 2.5))
    assert "the rate 2.5 is too large" in words.sentence(run)
