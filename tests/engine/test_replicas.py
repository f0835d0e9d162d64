"""Many runs side by side: each is what it would have become alone."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

import engine.stacked_teams
from engine import (
    Adam,
    Dataset,
    GradientDescent,
    Momentum,
    Network,
    Optimizer,
    Recipe,
    Run,
    Task,
    advance,
    measure,
    start,
)
from engine.replicas import ReplicaMeasures, advance_together, measures_together, train_together
from engine.stacked_orders import Orders
from engine.streams import stream
from tests.engine.helpers import TRAINING_OPTIMIZERS, assert_same, made_up_task
from tests.engine.in_use import BATCH, EPOCH, FEATURES, SPARSE, TASK, begun, eventful

SEEDS = (3, 4, 5, 11)

every_feature = pytest.mark.parametrize("feature", FEATURES)
every_optimizer = pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))


def replicas(feature: str, optimizer: Optimizer, shuffle: bool = True) -> list[Run]:
    return [begun(feature, optimizer, seed, shuffle) for seed in SEEDS]


def assert_alike(runs: Sequence[Run], others: Sequence[Run], rtol: float = 1e-9) -> None:
    """Equal but for rounding, in everything."""
    for run, other in zip(runs, others, strict=True):
        assert (run.seed, run.step, run.diverged_at) == (other.seed, other.step, other.diverged_at)
        assert run.changes == other.changes
        np.testing.assert_allclose(run.weights, other.weights, rtol=rtol, atol=1e-3 * rtol)
        np.testing.assert_allclose(run.slots, other.slots, rtol=rtol, atol=1e-3 * rtol)
        assert (run.best is None) == (other.best is None)
        if run.best is not None and other.best is not None:
            assert run.best.step == other.best.step
            assert run.best.error == pytest.approx(other.best.error, rel=rtol)
            np.testing.assert_allclose(run.best.weights, other.best.weights, rtol=rtol, atol=1e-3 * rtol)


def assert_as_alone(runs: Sequence[Run], updates: int, rtol: float = 1e-9) -> tuple[Run, ...]:
    """Stacked they become what each becomes alone."""
    together = advance_together(runs, updates=updates, stacked=True)
    assert_alike(together, [advance(run, updates=updates) for run in runs], rtol)
    return together


# --- as alone -------------------------------------------------------------------


@every_optimizer
@every_feature
def test_each_replica_becomes_what_it_would_have_alone(kind: type[Optimizer], feature: str) -> None:
    runs = replicas(feature, kind(learning_rate=0.03))
    assert_as_alone(runs, 3, rtol=1e-12)
    together = assert_as_alone(runs, 6 * EPOCH + 3)
    assert len({run.weights.tobytes() for run in together}) == len(runs)
    assert all(run.diverged_at is None for run in together)


@pytest.mark.parametrize(
    "task",
    [
        made_up_task((3, 4, 3), "relu", "softmax", "cross_entropy", cases=13, split=(0.6, 0.4, 0.0)),
        made_up_task((3, 3), output="softmax", error="cross_entropy", cases=9),
        made_up_task((1, 1), cases=9),
        made_up_task((2, 3, 3, 2), "sine", "sigmoid", "huber", "sum", cases=9, split=(0.8, 0.2, 0.0)),
        made_up_task((13, 37, 19, 5), "elu", "sigmoid", "cross_entropy", cases=41, split=(0.6, 0.4, 0.0)),
        made_up_task((2, 5, 4, 3, 1), ("softplus", "linear", "leaky_relu"), "tanh", "absolute", cases=10),
    ],
    ids=["softmax", "one layer", "one weight", "sine", "odd widths", "mixed"],
)
@pytest.mark.parametrize("batch_size", [1, 4, None], ids=["one case", "short last batch", "all"])
def test_other_tasks_and_batches(task: Task, batch_size: int | None) -> None:
    assert_as_alone([start(task, Recipe(Adam(learning_rate=0.01), batch_size), seed) for seed in SEEDS], 31)


def test_large_logits_of_one_replica_leave_the_others_alone() -> None:
    task = made_up_task((3, 3), output="softmax", error="cross_entropy", cases=9)
    recipe = Recipe(GradientDescent(learning_rate=0.01), 4)
    runs = [start(task, recipe, seed=1, weights=scale * np.linspace(-1.0, 1.0, 12)) for scale in (1.0, 900.0, 3.0)]
    assert all(run.diverged_at is None for run in assert_as_alone(runs, 12))


@pytest.mark.parametrize("shuffle", [True, False], ids=["shuffled", "in order"])
def test_data_of_the_same_shape_may_differ(shuffle: bool) -> None:
    tasks = [
        made_up_task((2, 4, 3), "tanh", "softmax", "cross_entropy", cases=17, split=(0.6, 0.2, 0.2), seed=seed)
        for seed in SEEDS
    ]
    recipe = Recipe(Momentum(learning_rate=0.05), 4, shuffle)
    runs = [start(task, recipe, seed=2) for task in tasks]
    assert len({run.weights.tobytes() for run in runs}) == 1
    together = assert_as_alone(runs, 25)
    assert len({run.weights.tobytes() for run in together}) == len(runs)


def test_the_same_data_from_another_process_are_the_same_to_the_last_bit() -> None:
    runs = replicas("everything", Adam(learning_rate=0.03))
    elsewhere = [Run.from_json(run.to_json()) for run in runs]
    for run, other in zip(advance_together(runs, 3), advance_together(elsewhere, 3), strict=True):
        assert_same(run, other)


def test_one_replica() -> None:
    run = begun("everything", Adam(learning_rate=0.03))
    assert_as_alone([run], 17)
    (alone,) = advance_together([run], updates=17)
    assert_same(alone, advance(run, updates=17))


def test_replicas_come_back_as_ordinary_runs() -> None:
    runs = advance_together(replicas("everything", Adam(learning_rate=0.03)), updates=9)
    for run in runs:
        assert Run.from_json(run.to_json()) == run
        assert not run.weights.flags.writeable
        assert run.weights.base is None  # a run does not hold the memory of all
        assert advance(run, updates=5).step == 14
        replayed = advance(start(run.task, run.recipe, run.seed), updates=9)
        np.testing.assert_allclose(run.weights, replayed.weights, rtol=1e-9)


def test_nothing_is_done_to_the_runs_that_are_given() -> None:
    runs = replicas("everything", Adam(learning_rate=0.03))
    texts = [run.to_json() for run in runs]
    train_together(runs, epochs=2, looks=(0, 1, 2))
    assert [run.to_json() for run in runs] == texts


# --- orders ---------------------------------------------------------------------

STREAMS = [
    (seed, place)
    for seed in (0, 1, 2**32 - 1, 2**32, 2**128 - 1, 2**128, 2**200 + 7)
    for place in ((), (0,), (7,), (10**15,))
]


@pytest.mark.parametrize("epoch", [0, 1, 63, 64, 3, 1000, 2**32 - 65, 2**32 - 64, 2**32 - 63, 2**32, 2**40])
def test_orders_are_those_of_the_stream(epoch: int) -> None:
    wanted = [stream("order", seed, *place, epoch).permutation(37) for seed, place in STREAMS]
    np.testing.assert_array_equal(Orders(STREAMS, 37).of_epoch(epoch), wanted)


def test_orders_hang_on_no_order_asked_before() -> None:
    orders = Orders(STREAMS, 11)
    for epoch in (5, 70, 69, 5, 0):
        wanted = [stream("order", seed, *place, epoch).permutation(11) for seed, place in STREAMS]
        np.testing.assert_array_equal(orders.of_epoch(epoch), wanted)


# --- links, lengths, logs -------------------------------------------------------


@every_optimizer
def test_links_that_do_not_exist_stay_exactly_zero(kind: type[Optimizer]) -> None:
    recipe = Recipe(kind(learning_rate=0.03), BATCH, l1=0.01, l2=0.05)
    runs = [start(replace(TASK, network=SPARSE), recipe, seed) for seed in SEEDS]
    runs.append(start(replace(TASK, network=replace(SPARSE, connectivity=1.0)), recipe, seed=6))
    masks = [run.mask for run in runs[:-1]]
    assert runs[-1].mask is None
    assert len({mask.tobytes() for mask in masks if mask is not None}) == len(SEEDS)
    together = advance_together(runs, updates=15)
    assert_alike(together, [advance(run, updates=15) for run in runs])
    for run, mask in zip(together, masks, strict=False):
        assert not run.weights[mask == 0.0].any()
        assert not run.slots[:, mask == 0.0].any()


def test_a_gradient_is_clipped_by_its_own_length() -> None:
    # y = tanh(w x + b) from w = b = 0, rate 1: the gradient is -t (x, 1), shortened to 1 where it is longer
    inputs, targets = (1.0, 1.0, 1e160), (0.25, 3.0, 0.5)  # the last length is too large to be squared
    network, recipe = Network((1, 1), output="tanh"), Recipe(GradientDescent(learning_rate=1.0), None, clip_norm=1.0)
    runs = [
        start(Task(Dataset.from_arrays([[x]], [[t]]), network), recipe, weights=[0.0, 0.0])
        for x, t in zip(inputs, targets, strict=True)
    ]
    weights = [run.weights for run in advance_together(runs, updates=1)]
    np.testing.assert_allclose(weights, [[0.25, 0.25], [0.5**0.5, 0.5**0.5], [1.0, 1e-160]], rtol=1e-14)


@pytest.mark.parametrize("step", [5, 8, 12, 14, 18])
@pytest.mark.parametrize("feature", ["plain", "everything"])
def test_runs_with_a_log_behind_them_go_on_from_within_an_epoch(feature: str, step: int) -> None:
    # steps, batch size, optimizer, cases and schedule changed before; links differ from replica to replica
    runs = replicas(feature, Adam(learning_rate=0.03))
    log = eventful(runs[0])
    kept = [change for change in log if change[0] <= step and change[1] not in ("cut", "restore", "weight")]
    runs = [advance(start(run.task, run.recipe, run.seed, changes=kept), updates=step) for run in runs]
    own = [run.change("weight", (run.task.network.dimension - 1, 0.1 * run.seed)) for run in runs[1:]]
    assert any(run.slots.any() for run in runs)
    assert_as_alone([runs[0].change("cut", eventful(runs[0])[1][2]), *own], 11)


def test_replicas_whose_epochs_began_at_a_change_have_orders_of_their_own() -> None:
    runs = [advance(run, updates=3).change("batch_size", 5) for run in replicas("plain", Adam(learning_rate=0.03))]
    together = assert_as_alone(runs, 7)
    elsewhere = [start(run.task, run.now, run.seed, weights=run.weights) for run in runs]
    assert (advance_together(elsewhere, updates=7)[0].weights != together[0].weights).any()


# --- cut anywhere ---------------------------------------------------------------


def assert_cuts_leave_no_trace(runs: Sequence[Run], updates: int) -> tuple[Run, ...]:
    whole = advance_together(runs, updates=updates, stacked=True)
    for cut in range(updates + 1):
        first = advance_together(runs, updates=cut, stacked=True)
        for run, other in zip(advance_together(first, updates=updates - cut, stacked=True), whole, strict=True):
            assert_same(run, other)
    return whole


@every_optimizer
@every_feature
def test_n_and_then_m_are_n_plus_m(kind: type[Optimizer], feature: str) -> None:
    assert_cuts_leave_no_trace(replicas(feature, kind(learning_rate=0.03)), 2 * EPOCH + 3)


def test_epochs_are_so_many_updates_from_any_step() -> None:
    runs = advance_together(replicas("plain", Adam(learning_rate=0.03)), updates=3)
    for run, other in zip(advance_together(runs, 2), advance_together(runs, updates=2 * EPOCH), strict=True):
        assert_same(run, other)


def test_nothing_to_do_gives_the_same_runs() -> None:
    runs = advance_together(replicas("everything", Adam(learning_rate=0.03)), updates=3)
    assert advance_together(runs, updates=0) == runs
    assert advance_together(runs, epochs=0) == runs


# --- divergence -----------------------------------------------------------------


SCALES = (1.0, 5.0, 0.5, 4.0, 5.0)


def steep(name: str = "gradient_descent", rate: float = 0.05, scales: Sequence[float] = SCALES) -> list[Run]:
    """Linear networks on data that differ by a factor on the inputs: the larger it is, the sooner one diverges."""
    recipe = Recipe(TRAINING_OPTIMIZERS[name](learning_rate=rate), BATCH)
    tasks = [
        Task(
            Dataset.from_arrays(scale * TASK.data.inputs, TASK.data.targets, (0.6, 0.4, 0.0)),
            Network((2, 3, 1), hidden="linear"),
        )
        for scale in scales
    ]
    return [start(task, recipe, seed=3) for task in tasks]


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
def test_a_replica_that_diverges_does_so_where_it_would_alone(name: str) -> None:
    runs = steep(name)
    together = advance_together(runs, updates=40)
    alone = [advance(run, updates=40) for run in runs]
    # rounding grows as the weights do
    assert_alike(together, alone, rtol=1e-6)
    steps = [run.diverged_at for run in together]
    assert steps[0] is steps[2] is None
    assert steps[1] is not None
    assert steps[1] == steps[4] < 40
    assert together[0].step == 40
    lost = together[1]
    np.testing.assert_array_equal(lost.weights, advance_together(runs, updates=lost.step - 1, stacked=True)[1].weights)
    assert not lost.slots.any()
    assert Run.from_json(lost.to_json()) == lost


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
def test_cuts_around_divergences(name: str) -> None:
    whole = assert_cuts_leave_no_trace(steep(name), 20)
    steps = [run.diverged_at for run in whole]
    assert steps[0] is steps[2] is None
    assert len(set(steps)) > 2 or name == "nesterov"


def test_all_may_diverge() -> None:
    runs = steep(rate=1e9)
    whole = assert_cuts_leave_no_trace(runs, 5)
    assert all(run.diverged_at is not None for run in whole)
    assert advance_together(whole, updates=7) == whole
    assert advance_together(whole, epochs=7) == whole
    _, measures = train_together(whole, 2, (0, 2))
    np.testing.assert_array_equal(measures.training_error[0], measures.training_error[1])


def test_weights_that_leave_the_numbers_behind_a_saturated_output() -> None:
    # tanh of an infinite logit is 1 and its slope 0: the error never tells, not even the lower one on validation cases
    parts = {"training": [0, 1], "validation": [2]}
    recipe, network = Recipe(GradientDescent(learning_rate=1e308), None), Network((1, 1), output="tanh")
    tasks = [Task(Dataset.from_arrays([[1.0], [1.0], [2.0]], [[t], [t], [5.0]], parts), network) for t in (0.0, 5.0)]
    runs = [start(task, recipe, weights=[w, 0.0]) for task, w in zip(tasks, (0.0, 0.1), strict=True)]
    still, lost = assert_cuts_leave_no_trace(runs, 4)
    assert lost.diverged_at == lost.step == advance(runs[1], updates=4).step == 1
    np.testing.assert_array_equal(lost.weights, [0.1, 0.0])
    assert lost.best is not None
    assert lost.best.step == 0
    # the other has nothing to learn, and among equals the first is the best
    assert still.diverged_at is None
    assert still.step == 4
    assert not still.weights.any()
    assert still.best is not None
    assert still.best.step == 0


def test_a_replica_that_diverges_by_what_was_done_to_it() -> None:
    runs = advance_together(replicas("plain", GradientDescent(learning_rate=0.01)), updates=5)
    altered = [*runs[:2], runs[2].change("weight", (12, 1e9)), runs[3]]
    together = advance_together(altered, updates=4)
    assert [run.diverged_at for run in together] == [None, None, advance(altered[2], updates=4).diverged_at, None]
    assert together[2].diverged_at == 5
    np.testing.assert_array_equal(together[2].weights, altered[2].weights)
    for run, other in zip(together[:2], advance_together(runs, updates=4)[:2], strict=True):
        assert_same(run, other)


# --- measures -------------------------------------------------------------------


def column(measures: ReplicaMeasures, *place: int) -> list[float]:
    return [float(values[place]) for values in vars(measures).values()]


def of_one(run: Run) -> list[float]:
    one = measure(run)
    accuracy = one.accuracy or (None, None, None)
    errors = (one.training_error, one.validation_error, one.test_error)
    return [np.nan if value is None else value for value in (*errors, *accuracy)]


CLASSES = made_up_task((2, 4, 3), "tanh", "softmax", "cross_entropy", cases=30, split=(0.5, 0.3, 0.2))
SIGNS = Task(
    Dataset.from_arrays(TASK.data.inputs, np.sign(TASK.data.targets), (0.5, 0.5, 0.0)),
    Network((2, 4, 1), output="tanh"),
)
LABELS = Task(
    Dataset.from_arrays(TASK.data.inputs, (TASK.data.inputs > 0.2).astype(float), (0.5, 0.2, 0.3)),
    Network((2, 3, 2), output="sigmoid"),
    "cross_entropy",
)


@pytest.mark.parametrize(
    "task", [CLASSES, SIGNS, LABELS, TASK, made_up_task()], ids=["classes", "signs", "labels", "numbers", "one part"]
)
def test_measures_are_those_of_each(task: Task) -> None:
    runs = [start(task, Recipe(Adam(learning_rate=0.05), 4), seed) for seed in SEEDS]
    runs = list(advance_together(runs, 5))
    measures = measures_together(runs)
    for row, run in enumerate(runs):
        np.testing.assert_allclose(column(measures, row), of_one(run), rtol=1e-12)


def test_runs_are_measured_together_wherever_they_stand() -> None:
    runs = [advance(start(TASK, Recipe(Adam(), size), seed=1), updates=size) for size in (1, 4)]
    measures = measures_together(runs)
    for row, run in enumerate(runs):
        np.testing.assert_allclose(column(measures, row), of_one(run), rtol=1e-12)


def test_measures_of_different_data_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.stacked_measures._CHUNK_NUMBERS", 300)  # two replicas at once
    tasks = [made_up_task((2, 4, 3), "tanh", "softmax", "cross_entropy", cases=30, seed=seed) for seed in range(5)]
    runs = [start(task, Recipe(Adam()), seed=1) for task in tasks]
    measures = measures_together(runs)
    for row, run in enumerate(runs):
        np.testing.assert_allclose(column(measures, row), of_one(run), rtol=1e-12)


@pytest.mark.parametrize("stacked", [True, False])
def test_curves_are_the_measures_of_the_runs_on_their_way(stacked: bool) -> None:
    runs = [advance(start(LABELS, Recipe(Adam(learning_rate=0.05), 4), seed), updates=2) for seed in SEEDS]
    trained, curves = train_together(runs, epochs=9, looks=(0, 1, 4, 4, 9), stacked=stacked)
    for run, other in zip(trained, advance_together(runs, 9, stacked=stacked), strict=True):
        assert_same(run, other)
    for place, look in enumerate((0, 1, 4, 4, 9)):
        for row, run in enumerate(advance_together(runs, look, stacked=stacked)):
            np.testing.assert_allclose(column(curves, place, row), of_one(run), rtol=1e-12)
    assert curves.test_accuracy.shape == (5, len(SEEDS))


@pytest.mark.parametrize("stacked", [True, False])
def test_a_curve_stays_where_its_replica_diverged(stacked: bool) -> None:
    runs = steep(scales=(1.0, 30.0, 4.0))
    runs[1] = advance(runs[1], updates=40)  # lost before the others begin
    trained, curves = train_together(runs, epochs=12, looks=range(13), stacked=stacked)
    for row, run in enumerate(trained):
        np.testing.assert_allclose(column(curves, 12, row), of_one(run), rtol=1e-12)
    lost = trained[2].diverged_at
    assert lost is not None
    after = curves.training_error[-(-lost // runs[0].updates_per_epoch) :, 2]
    assert len(after) > 1
    assert (after == after[0]).all()
    assert (curves.training_error[:, 1] == curves.training_error[0, 1]).all()
    assert len(set(curves.training_error[:, 0])) == 13


def test_without_looks_there_are_no_curves() -> None:
    trained, curves = train_together(replicas("plain", Adam()), epochs=1, looks=())
    assert curves.training_error.shape == (0, len(SEEDS))
    assert {run.step for run in trained} == {EPOCH}


# --- stacks and single runs -----------------------------------------------------


def test_what_is_too_wide_for_a_stack_is_trained_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = replicas("plain", Adam(learning_rate=0.03))
    numbers = 13 + BATCH * 6  # weights of 2-3-1, and its activities
    built: list[int] = []
    whole = engine.stacked_teams.Stack
    monkeypatch.setattr("engine.stacked_teams.Stack", lambda runs: built.append(len(runs)) or whole(runs))
    monkeypatch.setattr("engine.stacked_teams.STACKED_UP_TO", numbers - 1)
    for run, other in zip(advance_together(runs, 3), runs, strict=True):
        assert_same(run, advance(other, epochs=3))
    assert built == []
    monkeypatch.setattr("engine.stacked_teams.STACKED_UP_TO", numbers)
    advance_together(runs, 3)
    assert built == [len(SEEDS)]
    advance_together(runs, 3, stacked=False)
    assert built == [len(SEEDS)]


def test_many_replicas_are_trained_stack_after_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [begun("everything", Adam(learning_rate=0.03), seed) for seed in range(7)]
    whole, curves = train_together(runs, 3, (1, 3))
    monkeypatch.setattr("engine.stacked_teams._MOST_TOGETHER", 3 * (runs[0].task.network.dimension + BATCH * 12))
    pieces, curves_of_pieces = train_together(runs, 3, (1, 3))
    assert [run.seed for run in pieces] == list(range(7))
    assert_alike(pieces, whole)
    for name, values in vars(curves).items():
        np.testing.assert_allclose(getattr(curves_of_pieces, name), values, rtol=1e-9)
    monkeypatch.setattr("engine.stacked_teams._MOST_TOGETHER", 1)
    assert_alike(advance_together(runs, 3), whole)


# --- what is refused ------------------------------------------------------------

RUN = start(TASK, Recipe(Adam(), BATCH))
WIDER = Task(TASK.data, Network((2, 4, 1)))
NO_SIGNS = replace(SIGNS, data=Dataset.from_arrays(TASK.data.inputs, TASK.data.targets, (0.5, 0.5, 0.0)))
FEWER = made_up_task((2, 3, 1), cases=22, split=(0.7, 0.3, 0.0))
BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: advance_together([], 1), "runs is empty; at least one is needed"),
    (lambda: advance_together([RUN, TASK], 1), "runs is Task.*; it must be of the kind Run"),
    (lambda: advance_together([RUN]), "updates is None and epochs is None; exactly one of them must be given"),
    (lambda: advance_together([RUN], 1, 1), "updates is 1 and epochs is 1; exactly one of them"),
    (lambda: advance_together([RUN], -1), "epochs is -1"),
    (lambda: advance_together([RUN], updates=0.5), "updates is 0.5"),
    (
        lambda: advance_together([RUN, RUN, start(TASK, Recipe(Adam(), 5))], 1),
        r"batch_size of runs\[2\] is 5 and of runs\[0\] 4; runs that go together must have the same",
    ),
    (
        lambda: advance_together([RUN, start(TASK, Recipe(Momentum(), BATCH))], 1),
        r"optimizer of runs\[1\] is .*momentum",
    ),
    (lambda: advance_together([RUN, RUN.change("l2", 0.5)], 1), r"l2 of runs\[1\] is 0.5 and of runs\[0\] 0.0"),
    (lambda: advance_together([RUN, advance(RUN, updates=3)], 1), r"step of runs\[1\] is 3 and of runs\[0\] 0"),
    (lambda: advance_together([RUN, start(WIDER, RUN.recipe)], 1), r"sizes of runs\[1\] is \(2, 4, 1\) and"),
    (
        lambda: advance_together([RUN, start(FEWER, RUN.recipe)], 1),
        r"training cases of runs\[1\] is 15 and of runs\[0\] 14",
    ),
    (lambda: measures_together([RUN, start(WIDER, RUN.recipe)]), r"sizes of runs\[1\]"),
    (lambda: measures_together([]), "runs is empty"),
    (lambda: train_together([RUN], 5, [2, 1]), r"looks\[1\] is 1; it must be a whole number between 2 and 5"),
    (lambda: train_together([RUN], 5, [6]), r"looks\[0\] is 6; it must be a whole number between 0 and 5"),
    (lambda: train_together([RUN], 5, [-1]), r"looks\[0\] is -1"),
    (lambda: train_together([RUN], -5, []), "epochs is -5"),
    (
        lambda: measures_together([start(SIGNS, RUN.recipe), start(NO_SIGNS, RUN.recipe)]),
        r"targets of runs\[1\] are not the kind of classes that those of runs\[0\] are",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_arguments_are_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_changes_on_the_way_are_refused_and_those_beyond_are_not() -> None:
    runs = [start(TASK, Recipe(Adam(), BATCH), seed, changes=[(6, "learning_rate", 0.5)]) for seed in SEEDS]
    assert_as_alone(runs, 5)
    sentence = "a run has a change before it, at step 6; only runs whose changes all lie behind them go together"
    for updates in (6, 7):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            advance_together(runs, updates=updates)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        train_together(runs, 2, (1,))
