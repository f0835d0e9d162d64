"""The update rules against sequences worked by hand, and what must hold for all of them."""

import dataclasses
import json
import warnings
from math import sqrt

import numpy as np
import pytest

from engine.optimizers import (
    OPTIMIZERS,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    NAdam,
    Nesterov,
    Newton,
    Optimizer,
    RMSProp,
    optimizer_from_dict,
)

# One weight: optimizer, its start, the gradients it is shown, where it stands after each update, the slots
# after the last. Worked by hand from the published formulas; the numbers are chosen so that roots come out.
BY_HAND = [
    pytest.param(
        GradientDescent(learning_rate=0.1),
        1.0,
        (1.0, 2.0, -5.0),
        (0.9, 0.7, 1.2),
        (),
        id="gradient_descent",
    ),
    pytest.param(
        GradientDescent(learning_rate=0.1, weight_decay=0.5),
        1.0,
        (1.0, 2.0),
        (
            0.85,  # 1 - 0.1 (1 + 0.5 × 1)
            0.6075,  # 0.85 - 0.1 (2 + 0.5 × 0.85)
        ),
        (),
        id="gradient_descent-decay",
    ),
    pytest.param(
        Momentum(learning_rate=0.1, momentum=0.9),
        1.0,
        (1.0, 2.0, -1.0),
        (
            0.9,  # v = 1
            0.61,  # v = 0.9 + 2 = 2.9
            0.449,  # v = 2.61 - 1 = 1.61
        ),
        (1.61,),
        id="momentum",
    ),
    pytest.param(
        Momentum(learning_rate=0.1, momentum=0.5, weight_decay=1.0),
        1.0,
        (1.0, 1.0),
        (
            0.8,  # g = 1 + 1 = 2, v = 2
            0.52,  # g = 1 + 0.8 = 1.8, v = 1 + 1.8 = 2.8
        ),
        (2.8,),
        id="momentum-decay",
    ),
    pytest.param(
        Nesterov(learning_rate=0.1, momentum=0.9),
        1.0,
        (1.0, 2.0, -1.0),
        (
            0.81,  # v = 1, 1 + 0.9 × 1 = 1.9
            0.349,  # v = 2.9, 2 + 0.9 × 2.9 = 4.61
            0.3041,  # v = 1.61, -1 + 0.9 × 1.61 = 0.449
        ),
        (1.61,),
        id="nesterov",
    ),
    pytest.param(
        Nesterov(learning_rate=0.1, momentum=0.5, weight_decay=1.0),
        1.0,
        (1.0, 1.0),
        (
            0.7,  # g = 2, v = 2, 2 + 0.5 × 2 = 3
            0.395,  # g = 1.7, v = 1 + 1.7 = 2.7, 1.7 + 0.5 × 2.7 = 3.05
        ),
        (2.7,),
        id="nesterov-decay",
    ),
    pytest.param(
        AdaGrad(learning_rate=0.1, epsilon=1.0),
        1.0,
        (3.0, -4.0, 12.0),
        (
            1 - 0.3 / 4,  # G = 9, root 3
            1 - 0.3 / 4 + 0.4 / 6,  # G = 25, root 5
            1 - 0.3 / 4 + 0.4 / 6 - 1.2 / 14,  # G = 169, root 13
        ),
        (169.0,),
        id="adagrad",
    ),
    pytest.param(
        AdaGrad(learning_rate=0.1, epsilon=1.0, weight_decay=2.0),
        1.0,
        (1.0, 2.15),
        (
            0.925,  # g = 1 + 2 = 3, G = 9
            0.925 - 0.4 / 6,  # g = 2.15 + 1.85 = 4, G = 25
        ),
        (25.0,),
        id="adagrad-decay",
    ),
    pytest.param(
        AdaDelta(learning_rate=0.5, decay=0.75, epsilon=1 / 3),
        1.0,
        (2.0, 1.0, -1.0),
        (
            # v = 4/4 = 1, Δ = 2 √(1/3 : 4/3) = 1
            0.5,
            # u = 1/4, v = 3/4 + 1/4 = 1, Δ = √((1/4 + 1/3) : 4/3) = √(7/16)
            0.5 - sqrt(7) / 8,
            # u = 3/16 + 7/64 = 19/64, v = 1, Δ = -√((19/64 + 1/3) : 4/3) = -√(121/256) = -11/16
            0.5 - sqrt(7) / 8 + 11 / 32,
        ),
        (1.0, 57 / 256 + 121 / 1024),  # u = 3/4 × 19/64 + 1/4 × 121/256
        id="adadelta",
    ),
    pytest.param(
        AdaDelta(learning_rate=0.5, decay=0.75, epsilon=1 / 3, weight_decay=1.0),
        1.0,
        (1.0, 0.5),
        (
            0.5,  # g = 1 + 1 = 2, then as above
            0.5 - sqrt(7) / 8,  # g = 0.5 + 0.5 = 1, then as above
        ),
        (1.0, 19 / 64),
        id="adadelta-decay",
    ),
    pytest.param(
        RMSProp(learning_rate=0.1, decay=0.75, epsilon=1.0),
        1.0,
        (2.0, 1.0, -5.0),
        (
            0.9,  # v = 4/4 = 1, 0.1 × 2 / (1 + 1)
            0.85,  # v = 3/4 + 1/4 = 1, 0.1 × 1 / (1 + 1)
            0.85 + 0.5 / (sqrt(7) + 1),  # v = 3/4 + 25/4 = 7
        ),
        (7.0,),
        id="rmsprop",
    ),
    pytest.param(
        RMSProp(learning_rate=0.1, decay=0.75, epsilon=1.0, weight_decay=1.0),
        1.0,
        (1.0, 0.1),
        (
            0.9,  # g = 1 + 1 = 2
            0.85,  # g = 0.1 + 0.9 = 1
        ),
        (1.0,),
        id="rmsprop-decay",
    ),
    pytest.param(
        Adam(learning_rate=0.1, beta1=0.5, beta2=0.75, epsilon=1.0),
        1.0,
        (2.0, 1.0, 5.0),
        (
            # m = 1, m̂ = 1 : 1/2 = 2; v = 1, v̂ = 1 : 1/4 = 4
            1 - 0.2 / 3,
            # m = 1/2 + 1/2 = 1, m̂ = 1 : 3/4 = 4/3; v = 3/4 + 1/4 = 1, v̂ = 1 : 7/16 = 16/7
            1 - 0.2 / 3 - 0.1 * (4 / 3) / (4 / sqrt(7) + 1),
            # m = 1/2 + 5/2 = 3, m̂ = 3 : 7/8 = 24/7; v = 3/4 + 25/4 = 7, v̂ = 7 : 37/64 = 448/37
            1 - 0.2 / 3 - 0.1 * (4 / 3) / (4 / sqrt(7) + 1) - 0.1 * (24 / 7) / (sqrt(448 / 37) + 1),
        ),
        (3.0, 7.0),
        id="adam",
    ),
    pytest.param(
        Adam(learning_rate=0.1, beta1=0.5, beta2=0.75, epsilon=1.0, weight_decay=0.5),
        2.0,
        (1.0, 1 / 30),
        (
            2 - 0.2 / 3,  # g = 1 + 0.5 × 2 = 2, then as above; this is 29/15
            2 - 0.2 / 3 - 0.1 * (4 / 3) / (4 / sqrt(7) + 1),  # g = 1/30 + 29/30 = 1
        ),
        (1.0, 1.0),
        id="adam-decay",
    ),
    pytest.param(
        AdamW(learning_rate=0.1, beta1=0.5, beta2=0.75, epsilon=1.0, weight_decay=0.5),
        1.0,
        (2.0, 1.0),
        (
            0.95 - 0.2 / 3,  # (1 - 0.1 × 0.5) × 1, then Adam's first step
            0.95 * (0.95 - 0.2 / 3) - 0.1 * (4 / 3) / (4 / sqrt(7) + 1),
        ),
        (1.0, 1.0),
        id="adamw-decay",
    ),
    pytest.param(
        NAdam(learning_rate=0.1, beta1=0.5, beta2=0.75, epsilon=1.0, momentum_decay=1.0),
        1.0,
        (2.0, 1.0),
        # μ1 = 0.5 (1 - 0.48) = 0.26, μ2 = 0.5 (1 - 0.4608) = 0.2696, μ3 = 0.5 (1 - 0.442368) = 0.278816,
        # products 0.26, 0.070096, 0.070096 × 0.278816; m and v as for Adam
        (
            1 - 0.1 * (2 * 0.74 / 0.74 + 1 * 0.2696 / 0.929904) / 3,
            1
            - 0.1 * (2 * 0.74 / 0.74 + 1 * 0.2696 / 0.929904) / 3
            - 0.1 * (1 * 0.7304 / 0.929904 + 1 * 0.278816 / (1 - 0.070096 * 0.278816)) / (4 / sqrt(7) + 1),
        ),
        (1.0, 1.0),
        id="nadam",
    ),
    pytest.param(
        NAdam(learning_rate=0.3, beta1=0.5, beta2=0.75, epsilon=1.0, momentum_decay=0.0, weight_decay=0.5),
        2.0,
        (1.0, 0.1),
        # every μ is 0.25, products 1/4, 1/16, 1/64
        (
            # g = 1 + 1 = 2: 0.3 (2 × 0.75 / 0.75 + 1 × 0.25 : 15/16) / 3 = 0.1 (2 + 4/15) = 17/75
            2 - 17 / 75,
            # g = 0.1 + 133/150 = 148/150; m = 1/2 + 74/150, v = 3/4 + (148/150)^2 / 4
            2
            - 17 / 75
            - 0.3
            * ((148 / 150) * 0.75 / (15 / 16) + (149 / 150) * 0.25 / (63 / 64))
            / (sqrt((0.75 + (148 / 150) ** 2 / 4) * 16 / 7) + 1),
        ),
        (149 / 150, 0.75 + (148 / 150) ** 2 / 4),
        id="nadam-decay",
    ),
]

# PyTorch's defaults (torch.optim 2.13), with momentum 0.9; what PyTorch calls alpha and rho is decay here.
DEFAULTS = {
    "gradient_descent": {"learning_rate": 1e-3, "weight_decay": 0},
    "momentum": {"learning_rate": 1e-3, "momentum": 0.9, "weight_decay": 0},
    "nesterov": {"learning_rate": 1e-3, "momentum": 0.9, "weight_decay": 0},
    "adagrad": {"learning_rate": 1e-2, "epsilon": 1e-10, "weight_decay": 0},
    "adadelta": {"learning_rate": 1.0, "decay": 0.9, "epsilon": 1e-6, "weight_decay": 0},
    "rmsprop": {"learning_rate": 1e-2, "decay": 0.99, "epsilon": 1e-8, "weight_decay": 0},
    "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0},
    "adamw": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 1e-2},
    "nadam": {
        "learning_rate": 2e-3,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "momentum_decay": 4e-3,
        "weight_decay": 0,
    },
    "newton": {"learning_rate": 1.0},
}

# Every optimizer with a rate that shows, without and with weight decay.
EVERY = [
    *(kind(learning_rate=0.05) for kind in OPTIMIZERS.values()),
    *(kind(learning_rate=0.05, weight_decay=0.1) for kind in OPTIMIZERS.values() if kind is not Newton),
]


def label(optimizer: Optimizer) -> str:
    return f"{optimizer.name}-{optimizer.weight_decay:g}"


every_optimizer = pytest.mark.parametrize("optimizer", EVERY, ids=label)


def gradients_for(shape: tuple[int, ...], updates: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(updates, *shape))


def hessian_for(shape: tuple[int, ...]) -> np.ndarray:
    factors = np.random.default_rng(8).normal(size=(*shape, shape[-1]))
    return factors @ np.swapaxes(factors, -1, -2)


def run(optimizer, weights, gradients, hessian, slots=None, first=1):
    """The buffers after one update per gradient, from update ``first`` on, in one bound rule."""
    weights = weights.copy()
    slots = optimizer.slots_for(weights) if slots is None else slots.copy()
    gradient = np.empty_like(weights)
    update = optimizer.rule(weights, gradient, slots, lambda: hessian)
    for t, gradient[...] in enumerate(gradients, first):
        update(t)
    return weights, slots


@pytest.mark.parametrize(("optimizer", "start", "gradients", "expected", "last_slots"), BY_HAND)
def test_the_rule_gives_the_sequence_worked_by_hand(optimizer, start, gradients, expected, last_slots):
    weights = np.array([start, -start])  # the second weight is the mirror image of the first
    slots, gradient = optimizer.slots_for(weights), np.empty(2)
    update = optimizer.rule(weights, gradient, slots)
    for t, (number, place) in enumerate(zip(gradients, expected, strict=True), 1):
        gradient[:] = number, -number
        update(t)
        np.testing.assert_allclose(weights, [place, -place], rtol=1e-13)
        np.testing.assert_array_equal(gradient, [number, -number], "the gradient was written to")
    np.testing.assert_allclose(slots[:, 0], last_slots, rtol=1e-13)


def test_every_optimizer_has_a_sequence_by_hand_with_weight_decay_and_the_right_defaults():
    decayed = {case.values[0].name for case in BY_HAND if case.values[0].weight_decay}
    assert decayed | {"newton"} == set(OPTIMIZERS)
    assert {name: dataclasses.asdict(kind()) for name, kind in OPTIMIZERS.items()} == DEFAULTS


def test_nadam_knows_the_product_of_all_momenta_at_a_late_update():
    # every μ is 0.25, so the products are 1/4^8 and 1/4^9; from empty slots g = 2 makes m = 1 and v = 1
    nadam = NAdam(learning_rate=0.1, beta1=0.5, beta2=0.75, epsilon=1.0, momentum_decay=0.0)
    moved, _ = nadam.step(np.ones(1), np.array([2.0]), np.zeros((2, 1)), 8)
    ahead = 2 * 0.75 / (1 - 1 / 65536) + 1 * 0.25 / (1 - 1 / 262144)
    np.testing.assert_allclose(moved, [1 - 0.1 * ahead / (1 / sqrt(1 - 6561 / 65536) + 1)], rtol=1e-14)


def test_newton_reaches_the_minimum_of_a_quadratic_in_one_step():
    # E = (a - 1)^2 + (a - 1)(b + 2) + 3 (b + 2)^2: minimum at (1, -2)
    hessian, minimum, weights = (
        np.array([[2.0, 1.0], [1.0, 6.0]]),
        np.array([1.0, -2.0]),
        np.array([5.0, 3.0]),
    )
    reached, _ = Newton().step(weights, hessian @ (weights - minimum), np.empty((0, 2)), 1, lambda: hessian)
    np.testing.assert_allclose(reached, minimum, rtol=1e-14)
    half, _ = Newton(learning_rate=0.5).step(
        weights, hessian @ (weights - minimum), np.empty((0, 2)), 1, lambda: hessian
    )
    np.testing.assert_allclose(half, [3.0, 0.5], rtol=1e-14)


def test_newton_takes_the_shortest_step_where_the_hessian_is_singular():
    # E = (a + b)^2 / 2 from (2, 1): the nearest minimum on the valley a + b = 0 is (0.5, -0.5)
    hessian, weights = np.ones((2, 2)), np.array([2.0, 1.0])
    reached, _ = Newton().step(weights, hessian @ weights, np.empty((0, 2)), 1, lambda: hessian)
    np.testing.assert_allclose(reached, [0.5, -0.5], rtol=1e-14)


def test_newton_sees_through_the_rounding_of_a_singular_hessian():
    # 40 inputs that hang on 5: in floating point no eigenvalue is exactly zero
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(200, 5)) @ rng.normal(size=(5, 40))
    hessian, weights = inputs.T @ inputs, rng.normal(size=40)
    reached, _ = Newton().step(weights, hessian @ weights, np.empty((0, 40)), 1, lambda: hessian)
    assert np.linalg.norm(reached) < np.linalg.norm(weights)
    np.testing.assert_allclose(inputs @ reached, 0.0, atol=1e-9)


def test_newton_is_lost_where_the_hessian_is_not_finite_and_only_there():
    hessian = np.array([np.eye(2), [[np.inf, 0.0], [0.0, 1.0]]])
    reached, _ = Newton().step(np.ones((2, 2)), np.ones((2, 2)), np.empty((0, 2, 2)), 1, lambda: hessian)
    np.testing.assert_array_equal(reached, [[0.0, 0.0], [np.nan, np.nan]])


@pytest.mark.parametrize("kind", [Momentum, Nesterov])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_momentum_zero_is_gradient_descent(kind, weight_decay):
    weights, gradients = np.linspace(-1, 1, 5), gradients_for((5,), 20)
    ours, _ = run(kind(learning_rate=0.3, momentum=0.0, weight_decay=weight_decay), weights, gradients, None)
    plain, _ = run(GradientDescent(learning_rate=0.3, weight_decay=weight_decay), weights, gradients, None)
    np.testing.assert_array_equal(ours, plain)


def test_adamw_without_decay_is_adam():
    weights, gradients = np.linspace(-1, 1, 5), gradients_for((5,), 20)
    ours, _ = run(AdamW(weight_decay=0.0), weights, gradients, None)
    np.testing.assert_array_equal(ours, run(Adam(), weights, gradients, None)[0])


@every_optimizer
def test_leading_axes_are_many_weight_vectors_at_once(optimizer):
    shape = (2, 3, 5)
    weights, gradients, hessian = gradients_for(shape, 1)[0], gradients_for(shape, 10), hessian_for(shape)
    together, slots = run(optimizer, weights, gradients, hessian)
    assert slots.shape == (len(optimizer.slot_names), *shape)
    for place in np.ndindex(2, 3):
        alone, own_slots = run(optimizer, weights[place], gradients[(slice(None), *place)], hessian[place])
        np.testing.assert_array_equal(together[place], alone)
        np.testing.assert_array_equal(slots[(slice(None), *place)], own_slots)


@every_optimizer
@pytest.mark.parametrize("pause", [1, 5, 90])
def test_going_on_from_saved_slots_is_as_if_never_paused(optimizer, pause):
    weights, gradients, hessian = np.linspace(-1, 1, 5), gradients_for((5,), 100), hessian_for((5,))
    straight, straight_slots = run(optimizer, weights, gradients, hessian)
    paused, slots = run(optimizer, weights, gradients[:pause], hessian)
    resumed, slots = run(optimizer, paused, gradients[pause:], hessian, slots, first=pause + 1)
    np.testing.assert_array_equal(resumed, straight)
    np.testing.assert_array_equal(slots, straight_slots)


@every_optimizer
def test_a_bound_rule_keeps_no_history_of_its_own(optimizer):
    weights, gradients, hessian = np.linspace(-1, 1, 5), gradients_for((5,), 2), hessian_for((5,))
    moved, slots, gradient = weights.copy(), optimizer.slots_for(weights), gradients[0]
    used = optimizer.rule(moved, gradient, slots, lambda: hessian)
    for t in (1, 2, 900, 4, 4):  # backwards and by leaps
        fresh_weights, fresh_slots = optimizer.step(moved, gradient, slots, t, lambda: hessian)
        used(t)
        np.testing.assert_array_equal(moved, fresh_weights)
        np.testing.assert_array_equal(slots, fresh_slots)


@every_optimizer
def test_step_leaves_its_arguments_alone(optimizer):
    weights, gradient = np.linspace(-1, 1, 5), np.ones(5)
    slots = optimizer.slots_for(weights)
    moved, new_slots = optimizer.step(weights, gradient, slots, 1, lambda: np.eye(5))
    np.testing.assert_array_equal(weights, np.linspace(-1, 1, 5))
    np.testing.assert_array_equal(gradient, np.ones(5))
    assert not slots.any()
    assert (moved < weights).all()
    assert new_slots.all(), "each slot must have moved"


@every_optimizer
def test_divergence_prints_no_warning(optimizer):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimizer.step(
            np.array([1e308, 1.0]),
            np.array([-1e308, np.inf]),
            optimizer.slots_for(np.ones(2)),
            1,
            lambda: np.eye(2),
        )


@every_optimizer
def test_to_dict_round_trip(optimizer):
    assert optimizer_from_dict(json.loads(json.dumps(optimizer.to_dict()))) == optimizer
    changed = optimizer.with_setting("learning_rate", 1)
    assert changed != optimizer
    assert optimizer_from_dict(changed.to_dict()) == changed
    assert changed.with_setting("learning_rate", optimizer.learning_rate) == optimizer


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_the_registry_holds_described_records(kind):
    assert OPTIMIZERS[kind.name] is kind
    assert kind.title
    assert kind.formula
    assert kind.source
    assert kind.needs_hessian == (kind is Newton)
    assert all(isinstance(value, float) for value in dataclasses.asdict(kind(learning_rate=1)).values())
    with pytest.raises(dataclasses.FrozenInstanceError):
        kind().learning_rate = 1.0


def test_the_registry_lacks_no_optimizer():
    def below(kind):
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    assert below(Optimizer) - {Optimizer} == set(OPTIMIZERS.values())


ILLEGAL = {
    "learning_rate": (0.0, -0.1, np.nan, np.inf, "0.1", None),
    "epsilon": (0.0, -1e-8, np.nan, np.inf),
    "momentum": (-0.1, 1.0, 1.5, np.nan),
    "beta1": (-0.1, 1.0, np.nan),
    "beta2": (-0.1, 1.0, np.nan),
    "decay": (-0.1, 1.0, np.nan),
    "weight_decay": (-0.1, np.nan, np.inf),
    "momentum_decay": (-0.1, np.nan, np.inf),
}


@pytest.mark.parametrize(
    ("kind", "setting", "value"),
    [
        (kind, field.name, value)
        for kind in OPTIMIZERS.values()
        for field in dataclasses.fields(kind)
        for value in ILLEGAL[field.name]
    ],
)
def test_illegal_settings_are_named(kind, setting, value):
    for make in (
        lambda: kind(**{setting: value}),
        lambda: kind().with_setting(setting, value),
        lambda: optimizer_from_dict({"name": kind.name, setting: value}),
    ):
        with pytest.raises(ValueError, match=rf"^{setting} is {value!r}; it must be"):
            make()


def test_the_limits_themselves_are_legal():
    assert Momentum(momentum=0).momentum == 0.0
    assert NAdam(beta1=0, beta2=0, momentum_decay=0, weight_decay=0).beta2 == 0.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizer_from_dict({"name": "sgd"}), r"name of the optimizer is 'sgd'; .*gradient_descent"),
        (lambda: optimizer_from_dict({"learning_rate": 0.1}), "name of the optimizer is None"),
        (lambda: optimizer_from_dict({"name": "adam", "rho": 0.1}), "setting of Adam is 'rho'; .*beta1"),
        (lambda: Adam().with_setting("momentum", 0.1), "setting of Adam is 'momentum'; .*beta1"),
        (lambda: Newton().with_setting("weight_decay", 0.1), "setting of Newton is 'weight_decay'"),
        (lambda: Newton().rule(np.ones(2), np.ones(2), np.empty((0, 2))), "hessian is None; .*Hessian"),
        (
            lambda: Adam().rule(np.ones(2), np.ones(3), np.ones((2, 2))),
            r"gradient has shape \(3,\); .*\(2,\)",
        ),
        (
            lambda: Adam().rule(np.ones(2), np.ones(2), np.ones((1, 2))),
            r"slots has shape \(1, 2\); .*\(2, 2\)",
        ),
        (lambda: Adam().step(np.ones(2), np.ones(2), np.ones((2, 2)), 0), "t is 0; "),
    ],
)
def test_misuse_is_a_value_error_that_names_the_argument(make, message):
    with pytest.raises(ValueError, match=message):
        make()
