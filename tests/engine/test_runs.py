"""A run is a value: it cannot be changed, survives as text to the last bit, and hostile text is refused."""

import base64
import copy
import json
import math
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from engine import (
    DATASETS,
    AdaGrad,
    Adam,
    Amplification,
    Change,
    Dataset,
    GradientDescent,
    Momentum,
    Network,
    Newton,
    Preparation,
    Recipe,
    Run,
    Task,
    advance,
    history,
    start,
)
from engine.changes import MOST_CHANGES
from engine.datasets import MOST_CASES
from engine.packing import decode, encode
from engine.types import Array
from tests.engine.helpers import assert_same, made_up_task
from tests.engine.in_use import begun, eventful

SPLIT = (0.5, 0.3, 0.2)
TASK = Task(DATASETS["circle"].generate(cases=30, noise=0.1, seed=2, split=SPLIT), Network((2, 3, 1), output="tanh"))
RECIPE = Recipe(Adam(learning_rate=0.05), batch_size=4)


def made_up_runs() -> dict[str, Run]:
    fresh = start(TASK, RECIPE, seed=5)
    given = start(TASK, RECIPE, seed=5, weights=np.linspace(-1, 1, TASK.network.dimension))
    wild = Recipe(Momentum(learning_rate=1e5), batch_size=4)
    trained = advance(fresh, updates=11)
    huge = Task(made_up_task((2, 3, 1)).data, Network((2, 3, 1)))
    new = begun("everything", Momentum(learning_rate=0.03))
    return {
        "fresh": fresh,
        "given weights": given,
        "trained": trained,
        "with changes": advance(trained.change("learning_rate", 0.01).change("beta1", 0.5), updates=3),
        "with changes to come": start(TASK, RECIPE, changes=[(3, "learning_rate", 0.1), (9, "epsilon", 1e-4)]),
        "sparse with given weights": start(
            new.task, new.recipe, weights=np.linspace(-1, 1, new.task.network.dimension)
        ),
        "with everything": advance(start(new.task, new.recipe, seed=3, changes=eventful(new)), updates=12),
        "with given data": advance(start(made_up_task(), Recipe(AdaGrad(), None, shuffle=False), seed=2**70), epochs=3),
        "diverged": advance(start(Task(TASK.data, Network((2, 3, 1))), wild), updates=100),
        "diverged from the start": start(huge, RECIPE, weights=np.full(huge.network.dimension, 1e200)),
    }


RUNS = made_up_runs()
every_run = pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))


def test_the_examples_are_what_they_are_called() -> None:
    assert RUNS["diverged"].diverged_at is not None
    assert RUNS["diverged"].diverged_at > 0
    assert RUNS["diverged from the start"].diverged_at == 0
    assert not math.isfinite(RUNS["diverged from the start"].first_error)
    assert RUNS["trained"].best is not None
    assert len(RUNS["with changes"].changes) == 2


# --- values ---------------------------------------------------------------------


@every_run
def test_a_run_survives_as_text(run: Run) -> None:
    text = run.to_json()
    again = Run.from_json(text)
    assert again == run
    assert hash(again) == hash(run)
    assert again.to_json() == text
    assert_same(advance(again, updates=5), advance(run, updates=5))
    assert Run.from_json(text.encode()) == run


@every_run
def test_the_text_is_canonical_json_without_nan(run: Run) -> None:
    text = run.to_json()
    entries = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert json.dumps(entries, sort_keys=True, separators=(",", ":")) == text


@every_run
def test_nothing_in_a_run_can_be_changed(run: Run) -> None:
    with pytest.raises(FrozenInstanceError):
        run.step = 3
    arrays = [run.weights, run.slots, run.first_weights, run.best and run.best.weights, run.mask]
    for array in arrays:
        if array is not None and array.size:
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0.0


def test_a_run_keeps_no_hold_on_the_weights_it_was_given() -> None:
    weights = np.linspace(-1, 1, TASK.network.dimension)
    run = start(TASK, RECIPE, weights=weights)
    text = run.to_json()
    weights[...] = 0.0
    assert run.to_json() == text


def test_runs_are_equal_when_their_text_is() -> None:
    run = RUNS["trained"]
    assert run == advance(start(TASK, RECIPE, seed=5), updates=11)
    assert len({run, advance(start(TASK, RECIPE, seed=5), updates=11)}) == 1
    assert run != advance(start(TASK, RECIPE, seed=5), updates=12)
    assert run != advance(start(TASK, RECIPE, seed=6), updates=11)
    assert run != run.change("learning_rate", 0.06)
    assert run != "a run"
    # drawn from the seed and given are not the same beginning
    assert start(TASK, RECIPE, seed=5) != start(TASK, RECIPE, seed=5, weights=TASK.network.first_weights(5))


@pytest.mark.parametrize(
    "preparation",
    [
        Preparation(standardise=True),
        Preparation(targets="unit"),
        Preparation(amplification=Amplification(1, jitter=0.1)),
    ],
)
def test_runs_over_other_prepared_data_are_other_runs(preparation: Preparation) -> None:
    plain, prepared = (
        start(task, RECIPE, weights=np.zeros(13)) for task in (TASK, replace(TASK, preparation=preparation))
    )
    alike = replace(prepared, first_error=plain.first_error, best=plain.best)
    assert alike != plain
    assert alike == replace(prepared, first_error=plain.first_error, best=plain.best)
    assert Run.from_json(prepared.to_json()) == prepared


def with_inputs(inputs: Array) -> Run:
    """A run over given cases."""
    data = Dataset.from_arrays(inputs, inputs[:, 0], (0.9, 0.1, 0.0))
    return start(Task(data, Network((inputs.shape[1], 1))), Recipe(GradientDescent(), None), seed=3)


@pytest.mark.parametrize("cases", [20, MOST_CASES + 1])
def test_runs_over_given_cases_are_equal_when_every_bit_is(cases: int) -> None:
    inputs = np.linspace(-1, 1, 2 * cases).reshape(cases, 2)
    inputs[0, 1] = 0.0
    run = with_inputs(inputs)
    for other, same in ((inputs.copy(), True), (inputs * [1, 2], False), (np.where(inputs, inputs, -0.0), False)):
        assert (run == with_inputs(other)) is same
        assert (len({run, with_inputs(other)}) == 1) is same
    assert run != with_inputs(inputs[:-1])
    assert run != advance(run, updates=1)
    assert run == run.change("learning_rate", run.optimizer.learning_rate)


def test_numbers_of_numpy_are_welcome() -> None:
    recipe = Recipe(Adam(learning_rate=np.float64(0.05)), batch_size=np.int64(4))
    log = [(np.int64(2), "learning_rate", np.float64(0.1))]
    run = start(TASK, recipe, seed=np.int64(5), changes=log)
    assert run == start(TASK, RECIPE, seed=5, changes=[(2, "learning_rate", 0.1)])


def test_bits_survive() -> None:
    tricky = np.array([-0.0, 5e-324, 1 / 3, np.nextafter(1.0, 2.0), -1.7976931348623157e308])
    assert decode("it", encode(tricky), 5).tobytes() == tricky.tobytes()
    assert not decode("it", encode(tricky), 5).flags.writeable


def test_an_infinite_mean_square_is_no_reason_to_lose_a_run() -> None:
    # a gradient of 1e200 does not fit into a mean square; the weight stands still and the run goes on
    task = made_up_task((2, 1), output="tanh", cases=4)
    data = type(task.data).from_arrays(task.data.inputs * 1e200, task.data.targets)
    run = start(Task(data, task.network), Recipe(AdaGrad(), None), weights=np.full(3, 1e-200))
    run = advance(run, updates=2)
    assert np.isinf(run.slots).any()
    assert run.diverged_at is None
    assert Run.from_json(run.to_json()) == run


# --- epochs and changes ---------------------------------------------------------


@pytest.mark.parametrize(
    ("batch_size", "updates"), [(1, 15), (4, 4), (5, 3), (14, 2), (15, 1), (99, 1), (None, 1), (10**400, 1)]
)
def test_updates_of_an_epoch(batch_size: int | None, updates: int) -> None:
    run = start(TASK, Recipe(GradientDescent(), batch_size))
    assert TASK.cases("training").cases == 15
    assert run.updates_per_epoch == updates
    assert advance(run, epochs=2).step == 2 * updates
    assert advance(run, updates=1).epoch == 1 / updates


def test_a_change_holds_from_the_present_step_on() -> None:
    run = RUNS["trained"].change("learning_rate", 0.5)
    assert run.changes == (Change(11, "learning_rate", 0.5),)
    assert run.optimizer == Adam(learning_rate=0.5)
    assert run.recipe_at(10).optimizer == Adam(learning_rate=0.05)
    assert run.recipe == RECIPE
    assert RUNS["trained"].changes == ()


def test_a_change_of_a_change_at_the_same_step_replaces_it() -> None:
    run = RUNS["trained"]
    again = run.change("learning_rate", 0.5).change("beta1", 0.8).change("learning_rate", 0.6)
    assert sorted(again.changes) == [Change(11, "beta1", 0.8), Change(11, "learning_rate", 0.6)]


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    run = RUNS["trained"]
    assert run.change("learning_rate", 0.05) is run
    assert run.change("learning_rate", 0.5).change("learning_rate", 0.05) == run
    later = advance(run.change("learning_rate", 0.5), updates=1)
    assert later.change("learning_rate", 0.5) is later
    assert later.change("learning_rate", 0.05).changes == (
        Change(11, "learning_rate", 0.5),
        Change(12, "learning_rate", 0.05),
    )


def test_changes_stand_in_order_of_steps() -> None:
    run = start(TASK, RECIPE, changes=[(9, "beta1", 0.1), (3, "beta2", 0.2), (3, "beta1", 0.3)])
    assert run.changes == (Change(3, "beta2", 0.2), Change(3, "beta1", 0.3), Change(9, "beta1", 0.1))


LONG_LOGS: dict[str, Callable[[int], tuple[str, Any]]] = {
    "a slider that is dragged for minutes": lambda step: ("learning_rate", 0.01 + step * 1e-6),
    "batches": lambda step: ("batch_size", 1 + step % 15),
    "links": lambda step: (("cut", "restore")[step % 2], 0),
    "weights": lambda step: ("weight", (step % 9, step * 1e-4)),
    "points": lambda step: ("points", [(step * 1e-3, 1.0, -1.0)]) if step % 10 == 0 else ("l2", step * 1e-7),
    "optimizers": lambda step: ("optimizer", {"name": ("momentum", "adam")[step % 2]}),
}


@pytest.mark.parametrize("kind", LONG_LOGS)
def test_thousands_of_changes_cost_little(kind: str) -> None:
    log = [(step, *LONG_LOGS[kind](step)) for step in range(2_000)]
    begin = time.thread_time()
    run = advance(start(TASK, RECIPE, changes=log), updates=2_000)
    assert len(run.changes) == 2_000
    assert run.diverged_at is None
    trained = time.thread_time()
    assert trained - begin < 5.0
    again = Run.from_json(run.to_json())
    for _ in range(10):
        again = advance(again, updates=1)
    assert again.change("clip_norm", 1.0).epoch == again.epoch
    assert time.thread_time() - trained < 1.0


@pytest.mark.parametrize("kind", LONG_LOGS)
def test_every_change_is_looked_at_once_on_the_way(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # else ten times the changes would take a hundred times as long
    looked_at = []
    for name in ("recipe_after", "mask_after"):
        whole = getattr(history, name)
        monkeypatch.setattr(
            history, name, lambda it, log, *rest, f=whole: (looked_at.append(len(log)), f(it, log, *rest))[1]
        )
    log = [(step, *LONG_LOGS[kind](step)) for step in range(300)]
    advance(start(TASK, RECIPE, changes=log), updates=300)
    assert sum(looked_at) <= 4 * len(log)


def test_a_log_ends_where_it_is_too_long_to_be_read() -> None:
    log = [(0, "weight", (0, step * 1e-6)) for step in range(1, MOST_CHANGES + 1)]
    run = start(TASK, RECIPE, changes=log)
    assert Run.from_json(run.to_json()) == run
    with pytest.raises(ValueError, match="changes lists 20,001 entries; a run may have at most 20,000"):
        run.change("l1", 0.1)
    with pytest.raises(ValueError, match="changes lists 20,001 entries"):
        start(TASK, RECIPE, changes=[*log, (1, "l1", 0.1)])


def test_points_that_would_fill_the_memory_are_refused() -> None:
    copied = replace(TASK, preparation=Preparation(amplification=Amplification(100, jitter=0.1)))
    entries = json.loads(start(copied, RECIPE).to_json())
    entries["changes"] = [[1, "points", [[0.5, 0.5, 1.0]] * 40_000]]
    begin = time.thread_time()
    with pytest.raises(ValueError, match="changes join 40000 points, which are too many for this network"):
        Run.from_json(json.dumps(entries))
    assert time.thread_time() - begin < 1.0


BAD_RECIPES = [
    ({"optimizer": "adam"}, "optimizer is 'adam'; it must be one of engine.OPTIMIZERS, made"),
    ({"optimizer": Adam}, "optimizer is <class .*; it must be one of engine.OPTIMIZERS, made"),
    ({"optimizer": Newton()}, "optimizer is 'newton'; it needs a Hessian"),
    ({"batch_size": 0}, "batch_size is 0; it must be a whole number at least 1"),
    ({"batch_size": -5}, "batch_size is -5"),
    ({"batch_size": 2.0}, "batch_size is 2.0"),
    ({"batch_size": True}, "batch_size is True"),
    ({"shuffle": 1}, "shuffle is 1; it must be True or False"),
    ({"shuffle": "no"}, "shuffle is 'no'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_RECIPES)
def test_bad_recipes_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Recipe(**({"optimizer": Adam()} | arguments))


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("learning_rate", -0.1, "learning_rate is -0.1; it must be a finite number above 0"),
        ("learning_rate", 0, "learning_rate is 0"),
        ("learning_rate", math.nan, "learning_rate is nan"),
        ("learning_rate", "fast", "learning_rate is 'fast'"),
        ("beta1", 1.0, "beta1 is 1.0; it must be at least 0 and below 1"),
        ("momentum", 0.5, "'momentum'; it must be one of learning_rate, beta1"),
        ("name", 0.5, "'name'; it must be one of"),
        (None, 0.5, "is None; it must be one of"),
    ],
)
def test_bad_changes_are_named(setting: Any, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RUNS["fresh"].change(setting, value)
    with pytest.raises(ValueError, match=message):
        start(TASK, RECIPE, changes=[(3, setting, value)])


# --- hostile text ---------------------------------------------------------------


def altered(*path: Any, to: Any, **more: Any) -> str:
    """The text of a run with one entry replaced, and perhaps some on top."""
    entries = json.loads(RUNS["trained"].to_json()) | more
    place = entries
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(entries)


def without(*path: Any) -> str:
    entries = json.loads(RUNS["trained"].to_json())
    place = entries
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return json.dumps(entries)


def numbers(*values: float) -> str:
    return base64.b64encode(np.array(values, "<f8").tobytes()).decode()


SIZE = TASK.network.dimension
LEFT_OUT = base64.b64encode(bytes(8 * SIZE - 1)).decode()
HOSTILE: dict[str, tuple[Any, str]] = {
    "nothing": ("", "Expecting value"),
    "None": (None, "JSON object must be str"),
    "a number of Python": (3, "JSON object must be str"),
    "no JSON": ("<html>", "Expecting value"),
    "half a run": (RUNS["trained"].to_json()[:-20], "JSON|Unterminated|Expecting"),
    "two runs": (RUNS["trained"].to_json() * 2, "Extra data"),
    "no UTF-8": (b"\xff\xfe\x00", "."),
    "a list": ("[]", r"it is \[\]; its fields must be schema, task"),
    "a number": ("3", "it is 3"),
    "null": ("null", "it is None"),
    "a text": ('"run"', "it is 'run'"),
    "NaN": ("NaN", "it is nan"),
    "nothing in it": ("{}", r"it is \{\}; its fields must be schema, task"),
    "nested deeply": ("[" * 100_000, "recursion"),
    "nested deeply and closed": ('{"a":' * 50_000 + "1" + "}" * 50_000, "recursion"),
    "a number without end": ("9" * 100_000, "digits"),
    "another schema": (altered("schema", to=1), "schema is 1; this version reads 2"),
    "a key too many": (altered("comment", to=1), "its fields must be"),
    "no step": (without("step"), "its fields must be"),
    "no weights": (without("weights"), "its fields must be"),
    "no network": (without("task", "network"), "task is .*; its fields must be data, network"),
    "no batch size": (without("recipe", "batch_size"), "recipe is .*; its fields must be optimizer, batch_size"),
    "a negative step": (altered("step", to=-1), "step is -1; it must be a whole number between 0"),
    "half a step": (altered("step", to=1.5), "step is 1.5"),
    "a step as text": (altered("step", to="1"), "step is '1'"),
    "a step beyond counting": (altered("step", to=10**300), "step is 10"),
    "a negative seed": (altered("seed", to=-1), "seed is -1"),
    "no seed": (altered("seed", to=None), "seed is None"),
    "too few weights": (altered("weights", to=numbers(1.0)), f"weights holds 1 numbers; it must hold {SIZE}"),
    "too many weights": (altered("weights", to=numbers(*range(99))), "weights holds 99 numbers"),
    "no base64": (altered("weights", to="*" * 16), "weights is not base64 of float64 numbers"),
    "half a number": (altered("weights", to=LEFT_OUT), "weights is not base64 of float64 numbers"),
    "no ASCII": (altered("weights", to="€" * 16), "weights is not base64 of float64 numbers"),
    "weights as a list": (altered("weights", to=[0.0] * SIZE), "weights is not base64 of float64 numbers"),
    "weights NaN": (altered("weights", to=numbers(*[math.nan] * SIZE)), "weights holds nan"),
    "weights infinite": (altered("weights", to=numbers(*[math.inf] * SIZE)), "weights holds inf"),
    "first weights NaN": (altered("first_weights", to=numbers(*[math.nan] * SIZE)), "first_weights holds nan"),
    "slots NaN": (altered("slots", to=numbers(*[math.nan] * 2 * SIZE)), "slots holds nan"),
    "slots of another optimizer": (altered("slots", to=numbers(*[0.0] * SIZE)), f"slots holds {SIZE} numbers"),
    "best weights NaN": (altered("best", "weights", to=numbers(*[math.nan] * SIZE)), "best weights holds nan"),
    "best error NaN": (altered("best", "error", to=math.nan), "best error is nan"),
    "best in the future": (altered("best", "step", to=12), "best step is 12"),
    "best within an epoch": (altered("best", "step", to=3), "best step is 3; it must be the end of an epoch"),
    "best is nothing much": (altered("best", to=0), "best is 0; its fields must be step, error, weights"),
    "first error NaN": (altered("first_error", to="nan"), "first_error is nan; it must be finite"),
    "first error infinite": (altered("first_error", to="-inf"), "first_error is -inf"),
    "first error no number": (altered("first_error", to="one"), "invalid hexadecimal"),
    "first error beyond": (altered("first_error", to="0x1p99999"), "too large"),
    "first error as a number": (altered("first_error", to=0.5), "."),
    "diverged at another step": (altered("diverged_at", to=3), "diverged_at is 3; it must be the step, 11"),
    "diverged in part": (altered("diverged_at", to=11.0), "diverged_at is 11.0"),
    "an unknown optimizer": (altered("recipe", "optimizer", "name", to="sgd"), "is 'sgd'; it must be one of"),
    "no optimizer": (altered("recipe", "optimizer", to=None), "optimizer is None"),
    "an optimizer as a list": (
        altered("recipe", "optimizer", to=["adam"]),
        r"optimizer is \['adam'\]; it must be a mapping",
    ),
    "an optimizer with Hessian": (altered("recipe", "optimizer", to={"name": "newton"}), "needs a Hessian"),
    "a rate of 0": (altered("recipe", "optimizer", "learning_rate", to=0), "learning_rate is 0"),
    "a rate as text": (altered("recipe", "optimizer", "learning_rate", to="0.1"), "learning_rate is '0.1'"),
    "an unknown setting": (altered("recipe", "optimizer", "nesterov", to=1), "'nesterov'; it must be one of"),
    "a batch of 0": (altered("recipe", "batch_size", to=0), "batch_size is 0"),
    "shuffle 1": (altered("recipe", "shuffle", to=1), "shuffle is 1"),
    "a change of an unknown setting": (altered("changes", to=[[1, "momentum", 0.5]]), "'momentum'; it must be one of"),
    "a change of no setting": (altered("changes", to=[[1, None, 0.5]]), "is None; it must be one of"),
    "a change to nothing legal": (altered("changes", to=[[1, "beta1", 2]]), "beta1 is 2"),
    "a change to NaN": (altered("changes", to=[[1, "beta1", math.nan]]), "beta1 is nan"),
    "a change before the start": (altered("changes", to=[[-1, "beta1", 0.5]]), "changes step is -1"),
    "a change in two parts": (altered("changes", to=[[1, "beta1"]]), r"it must list \(step, setting, value\)"),
    "changes as a number": (altered("changes", to=5), "changes is 5"),
    "changes as text": (altered("changes", to="abc"), "changes is 'abc'"),
    "an unknown data set": (altered("task", "data", "name", to="mnist"), "name is 'mnist'; it must be one of"),
    "data without cases": (altered("task", "data", "cases", to=0), "cases is 0"),
    **{
        name: (altered("recipe", *path, to=value), message)
        for name, path, value, message in [
            ("a schedule as text", ["schedule"], "cosine", "schedule is 'cosine'; it must be a mapping with a name"),
            ("a schedule without name", ["schedule"], {"steps": 3}, "schedule is .*; it must be a mapping with a name"),
            ("an unknown schedule", ["schedule"], {"name": "warm"}, "schedule is 'warm'; it must be one of constant"),
            ("half a schedule", ["schedule"], {"name": "step"}, "schedule is .*; its fields must be name, every, drop"),
            ("a schedule of 0", ["schedule"], {"name": "cosine", "steps": 0, "floor": 0}, "steps is 0"),
            ("an optimizer as a number", ["optimizer"], 5, "optimizer is 5; it must be a mapping with a name"),
            ("l1 below 0", ["l1"], -0.1, "l1 is -0.1; it must be a finite number at least 0"),
            ("l2 NaN", ["l2"], math.nan, "l2 is nan"),
            ("l2 as text", ["l2"], "0.1", "l2 is '0.1'"),
            ("everything dropped", ["dropout"], 1, "dropout is 1; it must be at least 0 and below 1"),
            ("less than nothing dropped", ["dropout"], -0.5, "dropout is -0.5"),
            ("clipped to nothing", ["clip_norm"], 0, "clip_norm is 0; it must be a finite number above 0"),
            ("clipped to infinity", ["clip_norm"], math.inf, "clip_norm is inf"),
        ]
    },
    **{
        f"a change, {name}": (altered("changes", to=[[1, setting, value]]), message)
        for name, setting, value, message in [
            ("a weight without value", "weight", 3, r"weight is 3; it must be \(index, number\)"),
            ("a weight and more", "weight", [1, 2.0, 3], r"weight is \[1, 2.0, 3\]; it must be"),
            ("a weight as text", "weight", "12", "weight is '12'; it must be"),
            ("a weight as a mapping", "weight", {"0": 1, "1": 2}, "weight is .*; it must be"),
            ("a weight beyond", "weight", [13, 0.1], "weight index is 13; it must be a whole number between 0 and 12"),
            ("a weight before", "weight", [-1, 0.1], "weight index is -1"),
            ("half a weight", "weight", [0.5, 0.1], "weight index is 0.5"),
            ("a weight NaN", "weight", [0, math.nan], "weight is nan; it must be a finite number"),
            ("a weight true", "weight", [0, True], "weight is True"),
            ("a cut bias", "cut", 2, "link index is 2, which is a bias; only links can be cut"),
            ("a restored bias", "restore", 12, "link index is 12, which is a bias"),
            ("a cut beyond", "cut", 10**30, f"link index is {10**30}; it must be a whole number between 0 and 12"),
            ("a cut of nothing", "cut", None, "link index is None"),
            ("a cut of many", "cut", [0, 1], r"link index is \[0, 1\]"),
            ("no points", "points", [], r"points has shape \(0,\); it must be \(any, 3\)"),
            ("points of nothing", "points", [[]], r"points has shape \(1, 0\)"),
            ("points without target", "points", [[1, 2]], r"points has shape \(1, 2\); it must be \(any, 3\)"),
            ("points of two widths", "points", [[1, 2, 3], [1]], "points is not an array of numbers"),
            ("points as text", "points", "abc", "points is not an array of numbers but 'abc'"),
            ("points of text", "points", [["1", "2", "3"]], "points is not an array of numbers"),
            ("points as a mapping", "points", {"a": 1}, "points is not an array of numbers"),
            ("points NaN", "points", [[1, 2, math.nan]], r"points holds nan at \(0, 2\)"),
            ("points of huge numbers", "points", [[1, 2, 10**400]], "points is not an array of numbers|int too large"),
            ("a batch of 0", "batch_size", 0, "batch_size is 0"),
            ("a batch as text", "batch_size", "4", "batch_size is '4'"),
            ("a dropout of 1", "dropout", 1.0, "dropout is 1.0"),
            ("l1 infinite", "l1", math.inf, "l1 is inf"),
            ("a schedule as a number", "schedule", 3, "schedule is 3; it must be a mapping with a name"),
            ("an optimizer by name", "optimizer", "adam", "optimizer is 'adam'; it must be a mapping with a name"),
            ("an optimizer with Hessian", "optimizer", {"name": "newton"}, "needs a Hessian"),
            ("an optimizer without name", "optimizer", {}, "name of the optimizer is None"),
            ("of shuffling", "shuffle", False, "'shuffle'; it must be one of"),
            ("of a list", ["weight"], [0, 0.1], r"is \['weight'\]; it must be one of"),
            ("of a mapping", {}, 0.1, r"is \{\}; it must be one of"),
            ("of a very long setting", "a" * 10**6, 0.1, "'aaa.* … .*it must be one of"),
        ]
    },
    "a change beyond all steps": (altered("changes", to=[[10**16, "l1", 0.1]]), f"changes step is {10**16}"),
    "a change at half a step": (altered("changes", to=[[0.5, "l1", 0.1]]), "changes step is 0.5"),
    "more changes than there may be": (
        altered("changes", to=[[1, "l1", 0.1]] * 20_001),
        "changes lists 20,001 entries; a run may have at most 20,000",
    ),
    "hundreds of thousands of changes": (altered("changes", to=[0] * 300_000), "changes lists 300,000 entries"),
    "a setting of another optimizer": (
        altered("changes", to=[[1, "optimizer", {"name": "momentum"}], [2, "beta1", 0.5]]),
        "setting of Momentum is 'beta1'; it must be one of",
    ),
    "a weight of a cut link": (
        altered("changes", to=[[1, "cut", 0], [2, "weight", [0, 0.5]]]),
        "weight 0 is set at step 2, where its link is cut; restore it first",
    ),
    "weights on a cut link": (altered("changes", to=[[1, "cut", 0]]), "must be 0 where a link does not exist"),
    "slots on a cut link": (
        altered("changes", to=[[1, "cut", 0]], weights=numbers(0.0, *range(1, SIZE))),
        "must be 0 where a link does not exist",
    ),
    "an activation too many": (altered("task", "network", "hidden", to=["tanh", "relu"]), "hidden names 2 activations"),
    "an activation that is a number": (altered("task", "network", "hidden", to=[3]), r"hidden\[0\] is 3"),
    "activations as a mapping": (altered("task", "network", "hidden", to={"tanh": 1}), "hidden is .'tanh'"),
    "no links": (altered("task", "network", "connectivity", to=0), "connectivity is 0; it must be"),
    "more than all links": (altered("task", "network", "connectivity", to=1.5), "connectivity is 1.5"),
    "a billion cases": (altered("task", "data", "cases", to=10**9), "cases is 1000000000"),
    "noise NaN": (altered("task", "data", "noise", to=math.nan), "noise is nan"),
    "an unknown error": (altered("task", "error", to="hinge"), "error is 'hinge'"),
    "an error that does not fit": (altered("task", "error", to="cross_entropy"), "with output 'tanh'"),
    "an unknown activation": (altered("task", "network", "hidden", to="gelu"), "hidden is 'gelu'"),
    "no sizes": (altered("task", "network", "sizes", to=None), "sizes is None"),
    "sizes with 0": (altered("task", "network", "sizes", to=[2, 0, 1]), r"sizes\[1\] is 0"),
    "another network": (altered("task", "network", "sizes", to=[2, 4, 1]), f"weights holds {SIZE} numbers"),
    "other inputs": (altered("task", "network", "sizes", to=[3, 3, 1]), "network.sizes is"),
    "a giant": (altered("task", "network", "sizes", to=[2, 100_000, 100_000, 1]), "10000500001 weights"),
    "a giant in one layer": (altered("task", "network", "sizes", to=[2, 10**15, 1]), "weights; a run from elsewhere"),
}


@pytest.mark.parametrize(("text", "message"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_text_is_refused_in_a_sentence(text: Any, message: str) -> None:
    tracemalloc.start()
    begin = time.thread_time()
    try:
        with pytest.raises(ValueError, match=f"^this is not a training run: .*(?:{message})") as refusal:
            Run.from_json(text)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()
    assert time.thread_time() - begin < 1.0
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 500


def leaves(entries: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every entry, large and small."""
    inside = entries.items() if isinstance(entries, dict) else enumerate(entries) if isinstance(entries, list) else ()
    return [*([path] if path else []), *(found for key, value in inside for found in leaves(value, (*path, key)))]


JUNK = [
    None,
    True,
    False,
    0,
    -1,
    2,
    10**20,
    10**400,
    1e300,
    0.5,
    -0.0,
    math.nan,
    math.inf,
    "",
    "x",
    "0",
    "AAAA",
    [],
    [[]],
    [1],
    {},
    {"a": 1},
]


@pytest.mark.parametrize("name", ["trained", "with changes", "with everything", "with given data", "diverged"])
def test_junk_anywhere_is_refused_or_harmless(name: str) -> None:
    original = json.loads(RUNS[name].to_json())
    for path in leaves(original):
        for junk in JUNK:
            entries = copy.deepcopy(original)
            place = entries
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = junk
            try:
                run = Run.from_json(json.dumps(entries))
            except ValueError as refusal:
                assert str(refusal).startswith("this is not a training run: ")  # noqa: PT017
            else:
                assert Run.from_json(run.to_json()) == run
                assert Run.from_json(advance(run, updates=3).to_json()).step <= run.step + 3
