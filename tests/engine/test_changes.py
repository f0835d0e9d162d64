"""What is altered while a run goes on: what may be, from when it holds, what the log says of it, and its replay."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import (
    DATASETS,
    Adam,
    AdamW,
    Change,
    CosineDecay,
    GradientDescent,
    Momentum,
    Network,
    Preparation,
    Recipe,
    Run,
    StepDecay,
    Task,
    advance,
    start,
)
from engine.changes import applied, checked_changes, mask_after, recipe_after
from engine.history import History
from tests.engine.helpers import TRAINING_OPTIMIZERS, assert_same, made_up_task
from tests.engine.in_use import BATCH, TASK, begun, eventful

RECIPE = Recipe(Adam(learning_rate=0.05), BATCH)


def fresh(**more: Any) -> Run:
    return start(TASK, RECIPE, seed=1, **more)


# --- settings -------------------------------------------------------------------

ALTERED = {
    "learning_rate": 0.2,
    "beta1": 0.5,
    "weight_decay": 0.1,
    "batch_size": 3,
    "l1": 0.1,
    "l2": 0.2,
    "dropout": 0.3,
    "clip_norm": 0.4,
    "schedule": CosineDecay(steps=20).to_dict(),
    "optimizer": Momentum(learning_rate=0.3).to_dict(),
}


@pytest.mark.parametrize("setting", ALTERED)
def test_a_setting_holds_from_the_present_step_on(setting: str) -> None:
    run = advance(fresh(), updates=6)
    altered = run.change(setting, ALTERED[setting])
    assert altered.changes == (Change(6, setting, ALTERED[setting]),)
    assert (altered.recipe, run.now) == (RECIPE, RECIPE)
    assert altered.now == RECIPE.with_setting(setting, ALTERED[setting])
    assert altered.now.setting(setting) == ALTERED[setting]
    assert altered.recipe_at(5) == RECIPE
    assert altered.recipe_at(6) == altered.recipe_at(99) == altered.now
    assert Run.from_json(altered.to_json()) == altered
    # what follows is another run, or the update that comes next is the same by chance of rounding
    assert advance(altered, updates=7).weights.tolist() != advance(run, updates=7).weights.tolist()
    # and is what a run from here by that recipe would do, but for its memory
    if setting not in ("batch_size", "optimizer"):
        again = replace(run, recipe=altered.now)
        np.testing.assert_array_equal(advance(again, updates=7).weights, advance(altered, updates=7).weights)


@pytest.mark.parametrize("setting", ALTERED)
def test_a_setting_that_stays_as_it_is_leaves_no_trace(setting: str) -> None:
    run = advance(fresh(), updates=6)
    assert run.change(setting, RECIPE.setting(setting)) is run
    back = run.change(setting, ALTERED[setting]).change(setting, RECIPE.setting(setting))
    if setting != "optimizer":
        assert_same(back, run)
    else:  # its memory is gone, which must be told
        assert [change.setting for change in back.changes] == ["optimizer", "optimizer"]
        assert not back.slots.any()
        assert back.now == RECIPE
        assert_same(advance(start(TASK, RECIPE, seed=1, changes=back.changes), updates=9), advance(back, updates=3))


def test_the_last_word_at_a_step_is_the_only_one() -> None:
    run = advance(fresh(), updates=6)
    for name in ("learning_rate", "l2", "clip_norm", "dropout"):
        for value in (0.7, 0.6, 0.5):
            run = run.change(name, value)
    assert run.changes == tuple(Change(6, name, 0.5) for name in ("learning_rate", "l2", "clip_norm", "dropout"))


def test_another_optimizer_forgets_what_was_set_on_the_last() -> None:
    run = fresh().change("beta1", 0.3).change("optimizer", {"name": "adamw", "learning_rate": 0.1})
    assert run.optimizer == AdamW(learning_rate=0.1)
    run = run.change("beta1", 0.4).change("optimizer", {"name": "adam"})
    assert run.optimizer == Adam()
    assert run.recipe_at(0) == run.now


@pytest.mark.parametrize("name", TRAINING_OPTIMIZERS)
def test_another_optimizer_has_slots_of_its_own(name: str) -> None:
    run = advance(fresh(), updates=6).change("optimizer", {"name": name})
    if name != "adam":
        assert not run.slots.any()
    assert run.slots.shape == (len(TRAINING_OPTIMIZERS[name].slot_names), 13)
    assert_same(advance(Run.from_json(run.to_json()), updates=3), advance(run, updates=3))


def test_to_choose_the_optimizer_that_is_at_work_keeps_its_memory_in_a_replay_too() -> None:
    # what the replay had before it is dropped; its memory is not
    log = [(9, "learning_rate", 0.01)]
    run = advance(fresh(changes=log), updates=6)
    again = run.change("optimizer", RECIPE.optimizer.to_dict())
    assert again.changes == ()
    np.testing.assert_array_equal(again.slots, run.slots)
    assert_same(advance(again, updates=5), advance(fresh(), updates=11))


def test_a_change_within_a_replay_drops_what_was_still_to_come() -> None:
    log = [(2, "learning_rate", 0.01), (6, "l1", 0.1), (7, "cut", 0), (9, "weight", (1, 0.5))]
    run = advance(fresh(changes=log), updates=6)
    for setting, value in (("learning_rate", 0.3), ("cut", 3), ("weight", (4, 0.1)), ("points", [[0.1, 0.2, 0.3]])):
        assert [change.step for change in run.change(setting, value).changes] == [2, 6, 6]
    # so does what changes nothing
    for setting, value in (("learning_rate", 0.01), ("restore", 3), ("weight", (4, float(run.weights[4])))):
        assert [change.step for change in run.change(setting, value).changes] == [2, 6]


# --- weights --------------------------------------------------------------------


def test_an_edited_weight_is_what_it_was_set_to_and_learns_on() -> None:
    run = advance(fresh(), updates=6)
    altered = run.change("weight", (4, 0.75))
    assert altered.weights[4] == 0.75
    np.testing.assert_array_equal(np.delete(altered.weights, 4), np.delete(run.weights, 4))
    np.testing.assert_array_equal(altered.slots, run.slots)
    assert altered.changes == (Change(6, "weight", (4, 0.75)),)
    assert advance(altered, updates=1).weights[4] != 0.75
    assert (run.changes, run.weights[4] == 0.75) == ((), False)


def test_of_edits_of_a_weight_at_a_step_the_last_is_told() -> None:
    run = advance(fresh(), updates=6)
    for value in (0.1, 0.2, 0.3):
        run = run.change("weight", (4, value)).change("weight", [5, -value])
    assert run.changes == (Change(6, "weight", (4, 0.3)), Change(6, "weight", (5, -0.3)))
    assert run.change("weight", (4, 0.3)) is run


def test_a_link_that_is_edited_cut_restored_and_edited_at_one_step() -> None:
    run = advance(fresh(), updates=6)
    altered = run
    for setting, value in (("weight", (4, 0.5)), ("cut", 4), ("restore", 4), ("weight", (4, 0.7)), ("cut", 3)):
        altered = altered.change(setting, value)
    assert altered.weights[3:5].tolist() == [0.0, 0.7]
    assert not altered.slots[:, 3:5].any()
    assert_same(advance(fresh(changes=altered.changes), updates=6), altered)


# --- points ---------------------------------------------------------------------


def test_points_join_the_training_part_alone() -> None:
    run = advance(fresh(), updates=6).change("points", [[0.5, -1.0, 2.0], [1.5, 2.0, -3.0]])
    inputs, targets = run.present_task.data.part("training")
    np.testing.assert_array_equal(inputs[-2:], [[0.5, -1.0], [1.5, 2.0]])
    np.testing.assert_array_equal(targets[-2:], [[2.0], [-3.0]])
    np.testing.assert_array_equal(inputs[:-2], TASK.data.part("training")[0])
    for part in ("validation", "test"):
        np.testing.assert_array_equal(run.present_task.data.part(part)[0], TASK.data.part(part)[0])
    assert run.task is TASK
    assert run.changes == (Change(6, "points", ((0.5, -1.0, 2.0), (1.5, 2.0, -3.0))),)


def test_points_that_joined_count_as_cases_from_the_start_would() -> None:
    # one batch of all cases: the gradient is that of the data with the points in it
    recipe = Recipe(GradientDescent(0.1), None)
    points = np.array([[0.5, -1.0, 2.0], [1.5, 2.0, -3.0]])
    run = start(TASK, recipe, seed=1).change("points", points)
    whole = start(TASK.with_cases(points[:, :2], points[:, 2:]), recipe, seed=1)
    np.testing.assert_allclose(advance(run, updates=5).weights, advance(whole, updates=5).weights, rtol=1e-12)


def test_a_replay_has_its_points_when_it_gets_there() -> None:
    log = [(3, "points", [[0.5, -1.0, 2.0]]), (7, "points", [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])]
    run = fresh(changes=log)
    counts = []
    for _ in range(9):
        counts.append(run.present_task.cases("training").cases)
        run = advance(run, updates=1)
    assert counts == [14] * 3 + [15] * 4 + [17] * 2


@pytest.mark.parametrize(
    ("targets", "message"),
    [([[1.5, 0.0, 0.0]], "targets holds 1.5"), ([[0.5, 0.0, 0.0]], "targets of a case sum to 0.5")],
)
def test_points_must_have_targets_that_the_task_can_have(targets: list[list[float]], message: str) -> None:
    run = start(made_up_task((2, 4, 3), output="softmax", error="cross_entropy"), RECIPE)
    rows = [[0.1, 0.2, *row] for row in targets]
    with pytest.raises(ValueError, match=message):
        run.change("points", rows)
    with pytest.raises(ValueError, match=message):
        start(run.task, RECIPE, changes=[(3, "points", rows)])
    text = run.change("points", [[0.1, 0.2, 0.0, 1.0, 0.0]]).to_json()
    with pytest.raises(ValueError, match=f"this is not a training run: {message}"):
        Run.from_json(text.replace("[0.1,0.2,0.0,1.0,0.0]", str(rows[0])))


def test_prepared_data_get_prepared_points() -> None:
    data = DATASETS["circle"].generate(cases=40, seed=1, split=(0.5, 0.5, 0.0))
    preparation = Preparation(("x1_squared", "x2_squared"), standardise=True, targets="unit")
    task = Task(data, Network((2, 3, 1), output="sigmoid"), "cross_entropy", preparation=preparation)
    run = start(task, RECIPE, seed=1).change("points", [[1.0, 2.0, -1.0]])
    inputs, targets = run.present_task.cases("training")
    assert targets[0, -1] == 0.0
    np.testing.assert_allclose(inputs[:2, -1], task.features([[1.0, 2.0]])[0], rtol=1e-14)
    assert np.isfinite(advance(run, updates=20).weights).all()


# --- the log --------------------------------------------------------------------


def test_changes_until_a_step() -> None:
    log = [(2, "l1", 0.1), (2, "cut", 0), (5, "l2", 0.1), (5, "l1", 0.0), (8, "restore", 0)]
    run = fresh(changes=log)
    counts = {step: len(run.changes_until(step)) for step in range(10)}
    assert counts == {0: 0, 1: 0, 2: 2, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 8: 5, 9: 5}
    assert [run.history.next_step(step) for step in (0, 1, 2, 4, 5, 7, 8)] == [2, 2, 5, 5, 8, 8, None]
    assert [len(run.history.at_step(step)) for step in (1, 2, 5, 6, 8)] == [0, 2, 2, 0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_what_holds_is_the_same_from_wherever_it_is_asked(seed: int) -> None:
    run = begun("everything", Adam(0.03))
    log = checked_changes(eventful(run), run.task, run.recipe, run.seed)
    forward = History(run.task, run.recipe, run.seed, log)
    in_order = [forward.at(step) for step in range(25)]
    jumping = History(run.task, run.recipe, run.seed, log)
    for step in np.random.default_rng(seed).integers(0, 25, 60).tolist():
        here, there = jumping.at(step), in_order[step]
        assert (here.recipe, here.optimizer_since, here.changes) == (
            there.recipe,
            there.optimizer_since,
            there.changes,
        )
        assert here.task == there.task
        np.testing.assert_array_equal(here.mask, there.mask)
        alone = replace(run, changes=log, step=step)
        assert (alone.now, alone.recipe_at(step)) == (there.recipe, there.recipe)


def test_the_recipe_after_a_log_is_that_after_one_change_upon_the_other() -> None:
    run = begun("everything", Adam(0.03))
    log, recipe = checked_changes(eventful(run), run.task, run.recipe, run.seed), run.recipe
    for place, (_, setting, value) in enumerate(log):
        if setting not in ("weight", "cut", "restore", "points"):
            recipe = recipe.with_setting(setting, value)
        assert recipe_after(run.recipe, log[: place + 1]) == recipe
        for cut in range(place + 1):
            assert recipe_after(recipe_after(run.recipe, log[:cut]), log[cut : place + 1]) == recipe


def test_a_mask_after_changes_is_another_array() -> None:
    cut = [Change(0, "cut", 1), Change(0, "cut", 3), Change(1, "restore", 1)]
    mask = mask_after(None, cut, 5)
    assert mask is not None
    assert mask.tolist() == [1, 1, 1, 0, 1]
    assert mask_after(mask, [Change(2, "l1", 0.1)], 5) is mask
    assert mask_after(mask, [Change(2, "restore", 3)], 5) is None
    assert mask.tolist() == [1, 1, 1, 0, 1]
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = 0.0


def test_what_is_applied_leaves_its_arguments_alone() -> None:
    weights, slots = np.ones(4), np.ones((2, 4))
    after = applied([Change(0, "cut", 1), Change(0, "weight", (2, 5.0))], weights, slots)
    assert after[0].tolist() == [1, 0, 5, 1]
    assert after[1].tolist() == [[1, 0, 1, 1]] * 2
    after = applied([Change(0, "optimizer", {"name": "momentum"}), Change(0, "weight", (0, 2.0))], weights, slots)
    assert after[0].tolist() == [2, 1, 1, 1]
    assert after[1].tolist() == [[0, 0, 0, 0]]
    assert (weights == 1.0).all()
    assert (slots == 1.0).all()
    assert applied([Change(0, "l1", 0.5), Change(0, "points", ((1.0,),))], weights, slots) == (weights, slots)


def test_a_log_keeps_no_hold_on_what_it_was_given() -> None:
    told, points = {"name": "momentum"}, [[0.1, 0.2, 0.3]]
    run = fresh(changes=[(3, "optimizer", told), (4, "points", points)])
    text = run.to_json()
    told["name"], points[0][0] = "adam", 9.0
    assert run.to_json() == text


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("optimizer", "adam", "optimizer is 'adam'; it must be a mapping with a name"),
        ("optimizer", [("name", "adam")], "optimizer is .*; it must be a mapping with a name"),
        ("optimizer", {"name": "newton"}, "needs a Hessian"),
        ("optimizer", {"name": "adam", "momentum": 0.5}, "setting of Adam is 'momentum'"),
        ("schedule", StepDecay(3), "schedule is StepDecay.*; it must be a mapping with a name"),
        ("shuffle", False, "setting of Adam is 'shuffle'; it must be one of learning_rate"),
        ("task", None, "is 'task'; it must be one of"),
        ("batch_size", 0, "batch_size is 0; it must be a whole number at least 1"),
        (["cut"], 0, r"is \['cut'\]; it must be one of"),
        (3, 0, "is 3; it must be one of"),
        ("points", [[1.0, 2.0]], r"points has shape \(1, 2\); it must be \(any, 3\)"),
        ("points", [[1.0, 2.0, np.inf]], "points holds inf"),
        ("weight", (0, np.inf), "weight is inf; it must be a finite number"),
    ],
)
def test_bad_changes_are_named(setting: Any, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fresh().change(setting, value)
    with pytest.raises(ValueError, match=message):
        fresh(changes=[(3, setting, value)])
