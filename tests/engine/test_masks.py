"""Links that do not exist: drawn from the seed, cut on the way and restored; exactly 0 as long as they are missing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import (
    Adam,
    Dataset,
    GradientDescent,
    Momentum,
    Network,
    Optimizer,
    Recipe,
    Run,
    StepDecay,
    Task,
    advance,
    start,
)
from engine.streams import stream
from engine.types import Array
from tests.engine.helpers import TRAINING_OPTIMIZERS, assert_same, differences, made_up_task
from tests.engine.in_use import BATCH, TASK, begun, links_of

every_optimizer = pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))

# --- which exist ----------------------------------------------------------------


def links(network: Network, values: Array) -> list[Array]:
    """The entries that stand for links, for each layer (fan_out, fan_in)."""
    return [matrix[:, :-1] for matrix in network.matrices(values)]


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3, 1), (5, 40, 7, 3), (64, 30, 10)])
@pytest.mark.parametrize("share", [1e-9, 0.1, 0.37, 0.5, 0.75, 0.99])
def test_the_share_is_that_of_every_layer_and_no_neuron_is_without_input(sizes: tuple[int, ...], share: float) -> None:
    network = Network(sizes, connectivity=share)
    for seed in range(5):
        mask = network.mask(seed)
        mask = np.ones(network.dimension) if mask is None else mask
        assert set(mask.tolist()) <= {0.0, 1.0}
        assert (mask[~network.is_link] == 1.0).all()
        for layer, (fan_in, fan_out) in zip(links(network, mask), network.layers, strict=True):
            # as many as the share says, to half a link, or one for each neuron
            wanted = max(share * fan_in * fan_out, fan_out)
            assert abs(layer.sum() - wanted) <= 0.5
            assert (layer.sum(axis=1) >= 1.0).all()


def test_every_link_is_as_likely_as_another() -> None:
    network = Network((6, 4), connectivity=0.5)
    often = np.mean([network.mask(seed) for seed in range(4000)], axis=0)
    # the standard deviation of a share of 4000 draws is below 0.008
    np.testing.assert_allclose(often[network.is_link], 0.5, atol=0.04)


def test_links_are_those_of_the_seed_and_weights_know_nothing_of_them() -> None:
    sparse = Network((4, 6, 2), connectivity=0.4)
    whole = replace(sparse, connectivity=1.0)
    for seed in (0, 7, 2**70):
        mask = sparse.mask(seed)
        assert mask is not None
        np.testing.assert_array_equal(mask, sparse.mask(seed))
        np.testing.assert_array_equal(sparse.first_weights(seed), np.where(mask == 1.0, whole.first_weights(seed), 0.0))
        np.testing.assert_array_equal(replace(sparse, initialiser="he").mask(seed), mask)
        assert whole.mask(seed) is None
    assert (sparse.mask(1) != sparse.mask(2)).any()
    # a share that leaves out no link leaves out none
    assert Network((2, 3, 1), connectivity=0.95).mask(0) is None


def test_links_and_weights_are_drawn_from_streams_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_from = []
    monkeypatch.setattr(
        "engine.network.stream", lambda purpose, seed: (drawn_from.append((purpose, seed)), stream(purpose, seed))[1]
    )
    network = Network((4, 6, 2), connectivity=0.4)
    network.mask(7)
    assert drawn_from == [("links", 7)]
    network.first_weights(7)
    assert set(drawn_from) == {("links", 7), ("weights", 7)}


def test_nothing_in_a_mask_can_be_changed() -> None:
    network = Network((4, 6, 2), connectivity=0.4)
    for values in (network.mask(0), network.is_link):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 1.0


def test_which_weights_are_links() -> None:
    assert Network((2, 2, 1)).is_link.tolist() == [True, True, False, True, True, False, True, True, False]


@pytest.mark.parametrize("optimizer", [GradientDescent(0.1), Adam(0.05)], ids=["plain", "adam"])
def test_a_sparse_network_is_the_full_one_whose_other_links_are_held_at_0(optimizer: Optimizer) -> None:
    # one batch of all cases; what is held has the slope 0, everything else the slope of the full network
    network = Network((2, 5, 3, 1), connectivity=0.5)
    task = replace(TASK, network=network)
    run = start(task, Recipe(optimizer, None), seed=2)
    full = replace(task, network=replace(network, connectivity=1.0)).surface()
    weights, slots = np.array(run.weights), np.array(run.slots)
    for step in range(5):
        np.testing.assert_allclose(full.gradient(weights), differences(full.error, weights), rtol=1e-6, atol=1e-9)
        weights, slots = optimizer.step(weights, full.gradient(weights) * run.mask, slots, step + 1)
    np.testing.assert_allclose(advance(run, updates=5).weights, weights, rtol=1e-10, atol=1e-13)


def test_given_first_weights_are_0_on_links_that_do_not_exist() -> None:
    network = Network((4, 6, 2), connectivity=0.4)
    task = made_up_task((4, 6, 2))
    run = start(replace(task, network=network), Recipe(Adam()), seed=3, weights=np.ones(network.dimension))
    np.testing.assert_array_equal(run.weights, network.mask(3))


# --- cut and restored -----------------------------------------------------------

HOLDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "weight decay": {"weight_decay": 0.3},
    "l1": {"l1": 0.1},
    "l2": {"l2": 0.1},
    "dropout": {"dropout": 0.5},
    "clipped": {"clip_norm": 0.05},
    "schedule": {"schedule": StepDecay(every=2)},
    "all": {"weight_decay": 0.3, "l1": 0.1, "l2": 0.1, "dropout": 0.5, "clip_norm": 0.05, "schedule": StepDecay(3)},
}


def with_holds(kind: type[Optimizer], holds: str) -> Run:
    """A run that is under way: its optimizer has a memory."""
    settings = dict(HOLDS[holds])
    optimizer = kind(learning_rate=0.05, weight_decay=settings.pop("weight_decay", 0.0))
    return advance(start(TASK, Recipe(optimizer, BATCH, **settings), seed=1), updates=6)


@every_optimizer
@pytest.mark.parametrize("holds", HOLDS)
def test_a_cut_link_is_exactly_0_until_it_is_restored(kind: type[Optimizer], holds: str) -> None:
    run = with_holds(kind, holds)
    gone = links_of(run)[::2]
    for link in gone:
        assert run.weights[link] != 0.0
        run = run.change("cut", link)
    kept = np.setdiff1d(np.arange(len(run.weights)), gone)
    for _ in range(9):
        assert not run.weights[gone].any()
        assert not run.slots[:, gone].any()
        before, run = run.weights, advance(run, updates=1)
        assert (run.weights[kept] != before[kept]).any()
    # nor does another optimizer move it
    for name in TRAINING_OPTIMIZERS:
        run = advance(run.change("optimizer", {"name": name, "learning_rate": 0.05}), updates=2)
        assert not run.weights[gone].any()
        assert not run.slots[:, gone].any()
    back = gone[1]
    run = run.change("restore", back)
    assert run.weights[back] == 0.0
    assert not run.slots[:, back].any()
    run = advance(run.change("dropout", 0.0), updates=3)
    assert run.weights[back] != 0.0
    assert not run.weights[[link for link in gone if link != back]].any()


def test_a_restored_link_has_the_slope_that_the_surface_has_at_0() -> None:
    run = advance(start(TASK, Recipe(GradientDescent(0.1), None), seed=1).change("cut", 3), updates=4).change(
        "restore", 3
    )
    assert run.mask is None
    step = advance(run, updates=1).weights - run.weights
    np.testing.assert_allclose(step, -0.1 * TASK.surface().gradient(run.weights), rtol=1e-11, atol=1e-15)


def test_where_all_links_of_a_neuron_are_cut_only_its_bias_is_left() -> None:
    run = start(TASK, Recipe(Momentum(0.1), BATCH), seed=1)
    for link in (0, 1):
        run = run.change("cut", link)
    run = advance(run, updates=20)
    assert run.weights[[0, 1]].tolist() == [0.0, 0.0]
    outputs = TASK.network.forward(run.weights, [[5.0, -3.0], [0.0, 1.0]]).activities[1][:, 0]
    assert outputs[0] == outputs[1] == pytest.approx(np.tanh(run.weights[2]), rel=1e-14)
    assert run.weights[2] != 0.0


def test_an_endless_gradient_does_not_reach_a_cut_link() -> None:
    # infinity times 0 is no number: a link must be left out, not multiplied away
    network = Network((1, 2, 1))
    task = Task(Dataset.from_arrays([[1e308]], [[1e5]]), network)
    weights = network.pack([[[1e-310, 1e-310]], [[1.0], [1.0]]], [[0.0, 0.0], [0.0]])
    run = start(task, Recipe(GradientDescent(1e-10), None), weights=weights)
    assert np.isinf(task.surface().gradient(weights)[[0, 2]]).all()
    assert advance(run, updates=1).diverged_at == 1
    run = advance(run.change("cut", 0).change("cut", 2), updates=3)
    assert run.diverged_at is None
    assert run.weights[[0, 2]].tolist() == [0.0, 0.0]


def test_the_best_weights_may_be_from_before_a_cut() -> None:
    run = advance(begun("plain", Adam(0.05)), epochs=3)
    assert run.best is not None
    cut = run.change("cut", 0)
    assert cut.best is run.best
    assert Run.from_json(cut.to_json()) == cut


# --- what is told and refused ---------------------------------------------------


def test_the_mask_tells_what_exists_now() -> None:
    run = start(replace(TASK, network=Network((2, 3, 1), connectivity=0.7)), Recipe(Adam()), seed=4)
    drawn = run.mask
    assert drawn is not None
    missing, there = np.flatnonzero(drawn == 0.0)[0], links_of(run)[0]
    run = advance(advance(run.change("restore", missing), updates=2).change("cut", there), updates=2)
    wanted = drawn.copy()
    wanted[[missing, there]] = [1.0, 0.0]
    np.testing.assert_array_equal(run.mask, wanted)
    np.testing.assert_array_equal(Run.from_json(run.to_json()).mask, wanted)
    np.testing.assert_array_equal(start(run.task, run.recipe, seed=4).mask, drawn)


def test_to_cut_what_is_cut_and_to_restore_what_exists_changes_nothing() -> None:
    run = advance(start(TASK, Recipe(Adam(), BATCH)), updates=3)
    assert run.change("restore", 0) is run
    cut = run.change("cut", 0)
    assert cut.change("cut", 0) is cut
    assert_same(cut.change("cut", 0), cut)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("cut", 2, "link index is 2, which is a bias; only links can be cut"),
        ("cut", 13, "link index is 13; it must be a whole number between 0 and 12"),
        ("restore", -1, "link index is -1"),
        ("cut", 1.0, "link index is 1.0"),
        ("cut", True, "link index is True"),
        ("weight", (1, 0.5), "weight 1 belongs to a link that is cut; restore it first"),
    ],
)
def test_what_cannot_be_done_to_links(setting: str, value: Any, message: str) -> None:
    run = start(TASK, Recipe(Adam())).change("cut", 1)
    with pytest.raises(ValueError, match=message):
        run.change(setting, value)


@pytest.mark.parametrize("missing", [True, False])
def test_a_log_must_not_set_a_weight_of_a_link_that_does_not_exist(missing: bool) -> None:
    task = replace(TASK, network=Network((2, 3, 1), connectivity=0.7)) if missing else TASK
    link = np.flatnonzero(task.network.mask(4) == 0.0)[0] if missing else 3
    before = [] if missing else [(2, "cut", link)]
    with pytest.raises(ValueError, match=f"weight {link} is set at step 5, where its link is cut; restore it first"):
        start(task, Recipe(Adam()), seed=4, changes=[*before, (5, "weight", (link, 0.5))])
    log = [*before, (4, "restore", link), (5, "weight", (link, 0.5))]
    run = advance(start(task, Recipe(GradientDescent()), seed=4, changes=log), updates=5)
    assert run.weights[link] == 0.5
