"""Descents along batches and along noise: by hand, by brute force, in closed form and against other walkers."""

import time
from itertools import permutations

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier, SGDRegressor

from engine import (
    LANDSCAPES,
    Adam,
    CosineDecay,
    Dataset,
    GradientDescent,
    InverseTimeDecay,
    LinearNeuron,
    Momentum,
    Network,
    Newton,
    Optimizer,
    Recipe,
    SigmoidNeuron,
    StepDecay,
    Task,
    advance,
    descend,
    descend_noisily,
    descend_stochastically,
    start,
)
from engine.optimizer_base import Update
from engine.streams import stream
from engine.types import Array
from tests.engine.helpers import TRAINING_OPTIMIZERS, made_up_task

CASES = 12
INPUTS = np.random.default_rng(0).normal(size=(CASES, 3))
INPUTS[:, 2] = 1.0
TARGETS = np.random.default_rng(1).uniform(size=CASES)
CLASSES = np.arange(CASES) % 2
NEURONS = {
    f"{name}-{reduction}": make(reduction)
    for reduction in ("sum", "mean")
    for name, make in {
        "linear": lambda reduction: LinearNeuron(INPUTS, TARGETS, reduction),
        "sigmoid": lambda reduction: SigmoidNeuron(INPUTS, TARGETS, "squared", reduction),
        "cross_entropy": lambda reduction: SigmoidNeuron(INPUTS, TARGETS, "cross_entropy", reduction),
    }.items()
}
EACH_NEURON = pytest.mark.parametrize("neuron", NEURONS.values(), ids=list(NEURONS))
START = np.array([0.5, -1.0, 0.3])
STEP = GradientDescent(learning_rate=0.05)


def gradients(neuron: object, steps: int, batch_size: int, seeds: object, weights: Array = START) -> Array:
    """The gradients (steps, R, P) of so many batches at the same weights: of an optimizer that never moves."""
    seen, optimizer = [], GradientDescent()

    def bind(weights: Array, gradient: Array, slots: Array, hessian: object) -> Update:
        return lambda t: seen.append(gradient.copy())

    object.__setattr__(optimizer, "_bind", bind)
    descend_stochastically(neuron, weights, optimizer, steps, batch_size, seeds)
    return np.array(seen)


def part_of(neuron: object, cases: Array) -> object:
    """The same neuron with only some of its cases."""
    rest = (neuron.inputs[cases], neuron.targets[cases])
    if isinstance(neuron, LinearNeuron):
        return LinearNeuron(*rest, neuron.reduction)
    return SigmoidNeuron(*rest, neuron.error_name, neuron.reduction)


def loop(
    neuron: object, weights: Array, optimizer: Optimizer, steps: int, size: int, seed: int
) -> tuple[list[Array], list[float]]:
    """One walk, case by case, until its error is above the limit or no number."""
    slots, points, errors = optimizer.slots_for(weights), [weights], [float(neuron.error(weights))]
    limit, batches = 1e6 * max(1.0, errors[0]), []
    for step in range(1, steps + 1):
        if not batches:
            order = stream("order", seed, (step - 1) // -(-len(neuron.inputs) // size))
            shuffled = order.permutation(len(neuron.inputs))
            batches = [shuffled[begin : begin + size] for begin in range(0, len(shuffled), size)]
        batch = part_of(neuron, batches.pop(0))
        scale = len(neuron.inputs) / len(batch.inputs) if neuron.reduction == "sum" else 1.0
        weights, slots = optimizer.step(weights, scale * batch.gradient(weights), slots, step)
        error = float(neuron.error(weights))
        if not (np.isfinite(weights).all() and error <= limit):
            break
        points.append(weights)
        errors.append(error)
    return points, errors


# --- batches by hand ------------------------------------------------------------

TWO_INPUTS, TWO_TARGETS = [[1.0], [2.0]], [1.0, 0.0]


@pytest.mark.parametrize(
    ("reduction", "rate"), [("sum", 1 / 16), ("mean", 1 / 8)]
)  # twice the mean of two cases is their sum
def test_two_cases_one_at_a_time(reduction: str, rate: float) -> None:
    # first case: w <- w - (w - 1) / 8; second case: w <- w - 4 w / 8 = w / 2
    orders = {
        ("first", "first"): [0, 1 / 8, 1 / 16, 23 / 128, 23 / 256],
        ("first", "second"): [0, 1 / 8, 1 / 16, 1 / 32, 39 / 256],
        ("second", "first"): [0, 0, 1 / 8, 15 / 64, 15 / 128],
        ("second", "second"): [0, 0, 1 / 8, 1 / 16, 23 / 128],
    }
    neuron = LinearNeuron(TWO_INPUTS, TWO_TARGETS, reduction)
    path = descend_stochastically(neuron, [0.0], GradientDescent(rate), 4, 1, range(40))
    seen = set()
    for weights in path.weights[..., 0]:
        [order] = [order for order, wanted in orders.items() if np.allclose(weights, wanted, rtol=1e-14, atol=1e-15)]
        seen.add(order)
    assert seen == set(orders)
    # all cases: E = ((1 - w)^2 + 4 w^2) / 2, or half of it
    whole = ((1 - path.weights[..., 0]) ** 2 + 4 * path.weights[..., 0] ** 2) / (2 if reduction == "sum" else 4)
    np.testing.assert_allclose(path.errors, whole, rtol=1e-14)


def test_two_cases_of_a_sigmoid() -> None:
    # at 0, y = 1/2 and y' = 1/4; twice (y - t) x is 2 (-1/2) 1 = -1 and 2 (1/2) 2 = 2
    for error, moves in {"cross_entropy": {1.0, -2.0}, "squared": {0.25, -0.5}}.items():
        neuron = SigmoidNeuron(TWO_INPUTS, TWO_TARGETS, error)
        path = descend_stochastically(neuron, [0.0], GradientDescent(1.0), 1, 1, range(20))
        assert set(path.weights[:, 1, 0]) == moves


# --- batches by brute force -----------------------------------------------------


@EACH_NEURON
@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_the_mean_over_an_epoch_is_the_full_gradient(neuron: object, size: int) -> None:
    batches = CASES // size
    seen = gradients(neuron, 3 * batches, size, [3, 4]).reshape(3, batches, 2, 3)
    whole = np.broadcast_to(neuron.gradient(START), (3, 2, 3))
    np.testing.assert_allclose(seen.mean(axis=1), whole, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_mean_over_all_orders_is_the_full_gradient_of_a_smaller_batch_too(reduction: str) -> None:
    neuron = SigmoidNeuron(INPUTS[:3], TARGETS[:3], "cross_entropy", reduction)
    orders = {tuple(stream("order", seed, 0).permutation(3)): seed for seed in range(100)}
    assert set(orders) == set(permutations(range(3)))
    seen = gradients(neuron, 2, 2, list(orders.values()))
    whole = neuron.gradient(START)
    np.testing.assert_allclose(seen.mean(axis=1), [whole, whole], rtol=1e-12)


@EACH_NEURON
@pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))
@pytest.mark.parametrize("size", [1, 5, 11])
def test_a_walk_is_a_loop_over_its_batches(neuron: object, kind: type[Optimizer], size: int) -> None:
    starts = np.array([START, -START])
    path = descend_stochastically(neuron, starts, kind(learning_rate=0.01), 30, size, [7, 8])
    for row, (weights, seed) in enumerate(zip(starts, [7, 8], strict=True)):
        points, errors = loop(neuron, weights, kind(learning_rate=0.01), 30, size, seed)
        np.testing.assert_allclose(path.weights[row], points, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(path.errors[row], errors, rtol=1e-9)
    np.testing.assert_array_equal(path.diverged_at, [-1, -1])


@pytest.mark.parametrize("name", ["linear-sum", "linear-mean"])
@pytest.mark.parametrize("size", [1, 5])
def test_walks_that_diverge(name: str, size: int) -> None:
    neuron, seeds, rate = NEURONS[name], range(5), GradientDescent(learning_rate=4.0)
    path = descend_stochastically(neuron, START, rate, 60, size, seeds)
    for row, seed in enumerate(seeds):
        points, errors = loop(neuron, START, rate, 60, size, seed)
        assert len(points) < 60
        assert path.diverged_at[row] == len(points)
        stays = [len(points) - 1] * (61 - len(points))
        np.testing.assert_allclose(path.weights[row], [*points, *(points[i] for i in stays)], rtol=1e-9)
        np.testing.assert_allclose(path.errors[row], [*errors, *(errors[i] for i in stays)], rtol=1e-9)


# --- batches against other walkers ----------------------------------------------


@EACH_NEURON
@pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))
@pytest.mark.parametrize("size", [CASES, CASES + 1, 1000])
@pytest.mark.parametrize("rate", [0.05, 50.0])
def test_a_batch_of_all_cases_is_plain_descent(neuron: object, kind: type[Optimizer], size: int, rate: float) -> None:
    starts, schedule = np.random.default_rng(4).normal(size=(4, 3)), StepDecay(every=8)
    path = descend_stochastically(neuron, starts, kind(learning_rate=rate), 25, size, range(4), schedule)
    plain = descend(neuron, starts, kind(learning_rate=rate), 25, schedule=schedule)
    assert path.weights.tobytes() == plain.weights.tobytes()
    assert path.errors.tobytes() == plain.errors.tobytes()
    np.testing.assert_array_equal(path.diverged_at, plain.diverged_at)


@pytest.mark.parametrize("name", ["linear-mean", "sigmoid-mean", "cross_entropy-mean"])
@pytest.mark.parametrize("size", [1, 4, 5])
def test_a_neuron_walks_as_a_network_of_one_neuron_trains(name: str, size: int) -> None:
    neuron = NEURONS[name]
    output, error = {"linear": ("linear", "squared"), "sigmoid": ("sigmoid", "squared")}.get(
        name.removesuffix("-mean"), ("sigmoid", "cross_entropy")
    )
    data = Dataset.from_arrays(INPUTS[:, :2], TARGETS[:, None])  # the network has its own bias
    task = Task(data, Network((2, 1), output=output), error, "mean")
    run = start(task, Recipe(Adam(learning_rate=0.1), batch_size=size), seed=11, weights=START)
    path = descend_stochastically(neuron, START, Adam(learning_rate=0.1), 40, size, [11])
    for weights in path.weights[0]:
        np.testing.assert_allclose(weights, run.weights, rtol=1e-9, atol=1e-11)
        run = advance(run, updates=1)


def test_linear_neurons_of_scikit_learn() -> None:
    other = SGDRegressor(
        alpha=0, penalty=None, learning_rate="invscaling", eta0=0.1, power_t=1, fit_intercept=False, shuffle=False
    )
    other.partial_fit(INPUTS[:1], [0.0])  # the error is 0, so the weights stay at 0
    other.coef_[:], other.t_ = START, 1.0
    rate, schedule = GradientDescent(learning_rate=0.1), InverseTimeDecay(half=1)
    path = descend_stochastically(NEURONS["linear-mean"], START, rate, 5 * CASES, 1, [2], schedule)
    for epoch in range(5):
        order = stream("order", 2, epoch).permutation(CASES)
        other.partial_fit(INPUTS[order], TARGETS[order])
        np.testing.assert_allclose(path.weights[0, (epoch + 1) * CASES], other.coef_, rtol=1e-10)


def test_sigmoidal_neurons_of_scikit_learn() -> None:
    other = SGDClassifier(
        "log_loss", alpha=0, penalty=None, learning_rate="constant", eta0=0.2, fit_intercept=False, shuffle=False
    )
    neuron = SigmoidNeuron(INPUTS, CLASSES, "cross_entropy", "mean")
    path = descend_stochastically(neuron, [0, 0, 0], GradientDescent(learning_rate=0.2), 5 * CASES, 1, [6])
    for epoch in range(5):
        order = stream("order", 6, epoch).permutation(CASES)
        other.partial_fit(INPUTS[order], CLASSES[order], classes=[0, 1])
        np.testing.assert_allclose(path.weights[0, (epoch + 1) * CASES], other.coef_[0], rtol=1e-10)


# --- what seeds decide ----------------------------------------------------------


def batch_walks(steps: int, seeds: object) -> Array:
    return descend_stochastically(NEURONS["cross_entropy-sum"], START, Adam(0.05), steps, 5, seeds).weights


def noisy_walks(steps: int, seeds: object) -> Array:
    return descend_noisily(LANDSCAPES["himmelblau"], [0.5, -1.0], Momentum(0.001), steps, 3.0, seeds).weights


@pytest.mark.parametrize("walks", [batch_walks, noisy_walks])
def test_seeds(walks: object) -> None:
    paths = walks(50, [3, 1, 4, 1])
    np.testing.assert_array_equal(paths, walks(50, [3, 1, 4, 1]))
    np.testing.assert_array_equal(paths[1], paths[3])
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (paths[one, 1:] != paths[other, 1:]).all()
    np.testing.assert_array_equal(paths[:, :21], walks(20, np.array([3, 1, 4, 1])))


@pytest.mark.parametrize("walks", [batch_walks, noisy_walks])
def test_a_walk_goes_its_own_way_however_many_walk_beside_it(walks: object) -> None:
    together = walks(100, range(70))
    for seed in (0, 1, 69):
        np.testing.assert_allclose(together[seed], walks(100, [seed])[0], rtol=1e-12, atol=1e-13)


# --- noise ----------------------------------------------------------------------

PARABOLA = LinearNeuron([[1.0]], [0.0])


class Flat:
    """No slope anywhere: whoever moves was moved by noise."""

    dimension = 2

    def error(self, weights: Array) -> Array:
        return np.zeros(weights.shape[:-1])

    def gradient(self, weights: Array) -> Array:
        return np.zeros(weights.shape)


def test_noise_on_a_plain_is_a_random_walk() -> None:
    path = descend_noisily(Flat(), [0.0, 0.0], GradientDescent(1.0), 500, 2.0, range(200))
    drawn = np.diff(path.weights, axis=1) / 2.0
    assert len(np.unique(drawn)) == drawn.size  # nothing is drawn twice
    # standard normal to within four standard errors: mean 0, variance 1, fourth moment 3
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (4, 3, 96)):
        assert abs((drawn**power).mean() - moment) < 4 * np.sqrt(variance / drawn.size)
    # and independent: between components, walks and steps
    for one, other in (
        (drawn[..., 0], drawn[..., 1]),
        (drawn[:-1], drawn[1:]),
        (drawn[:, :-1], drawn[:, 1:]),
        (drawn[:, :-64], drawn[:, 64:]),
    ):
        assert abs((one * other).mean()) < 4 / np.sqrt(one.size)


def test_the_spread_at_the_bottom_of_a_parabola() -> None:
    # w <- (1 - η) w - η σ ε, so var <- (1 - η)^2 var + η^2 σ^2, which ends at η σ^2 / (2 - η)
    path = descend_noisily(PARABOLA, [0.0], GradientDescent(0.3), 60, 2.0, range(4000), keep="last")
    wanted = 0.3 * 2.0**2 / (2 - 0.3)
    assert path.weights.var() == pytest.approx(wanted, abs=4 * wanted * np.sqrt(2 / 4000))
    assert abs(path.weights.mean()) < 4 * np.sqrt(wanted / 4000)


def test_a_falling_rate_calms_the_noise() -> None:
    def ends(schedule: object) -> Array:
        ends = descend_noisily(PARABOLA, [5.0], GradientDescent(0.5), 400, 2.0, range(300), "last", schedule)
        return ends.weights

    assert ends(InverseTimeDecay(half=10)).var() < 0.1 * ends(None).var()
    # by hand: var_t = (1 - f / 2)^2 var_(t-1) + f^2, f the factor of the cosine
    wanted = 0.0
    for step in range(1, 401):
        factor = CosineDecay(steps=400).factor(step)
        wanted = (1 - factor / 2) ** 2 * wanted + factor**2
    assert ends(CosineDecay(steps=400)).var() == pytest.approx(wanted, rel=4 * np.sqrt(2 / 300))


@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "plateau"])
@pytest.mark.parametrize("kind", [*TRAINING_OPTIMIZERS.values(), Newton])
@pytest.mark.parametrize("rate", [0.01, 20.0])
def test_without_noise_it_is_plain_descent(name: str, kind: type[Optimizer], rate: float) -> None:
    starts = np.random.default_rng(0).normal(size=(3, 2))
    schedule = CosineDecay(steps=40)
    for keep in ("all", "last"):
        path = descend_noisily(LANDSCAPES[name], starts, kind(rate), 40, 0.0, range(3), keep, schedule)
        plain = descend(LANDSCAPES[name], starts, kind(rate), 40, keep, schedule)
        np.testing.assert_array_equal(path.weights, plain.weights)
        np.testing.assert_array_equal(path.errors, plain.errors)
        np.testing.assert_array_equal(path.diverged_at, plain.diverged_at)


def test_ends_of_noisy_walks() -> None:
    arguments = (LANDSCAPES["rosenbrock"], [-1.2, 1.0], GradientDescent(0.003), 80, 30.0, range(50))
    whole, last = descend_noisily(*arguments), descend_noisily(*arguments, keep="last")
    assert whole.weights.shape == (50, 81, 2)
    np.testing.assert_array_equal(last.weights, whole.weights[:, -1])
    np.testing.assert_array_equal(last.errors, whole.errors[:, -1])
    np.testing.assert_array_equal(last.diverged_at, whole.diverged_at)
    assert 0 < (whole.diverged_at >= 0).sum() < 50
    np.testing.assert_allclose(whole.errors, LANDSCAPES["rosenbrock"].error(whole.weights), rtol=1e-12)


def test_noise_on_a_network() -> None:
    surface = made_up_task((1, 2, 1)).surface()
    path = descend_noisily(surface, np.zeros(7), Adam(0.01), 10, 0.1, [0, 1])
    assert path.weights.shape == (2, 11, 7)


def test_two_hundred_walks_take_no_time() -> None:
    begin = time.perf_counter()
    descend_noisily(LANDSCAPES["rastrigin"], [3.0, 2.0], GradientDescent(0.01), 500, 5.0, range(200))
    assert time.perf_counter() - begin < 1.0  # 0.03 s alone on a core


# --- bad arguments --------------------------------------------------------------

SEEDS = [
    ({"seeds": 3}, "seeds is 3; it must list a whole number at least 0 for each walk"),
    ({"seeds": []}, r"seeds is \[\]; it must list"),
    ({"seeds": "12"}, "seeds is '12'; it must list"),
    ({"seeds": [[1], [2]]}, r"seeds is \[\[1\], \[2\]\]; it must list"),
    ({"seeds": [1, -1]}, "one of the seeds is -1; it must be a whole number at least 0"),
    ({"seeds": [1.5, 2]}, "one of the seeds is 1.5; it must be a whole number"),
    ({"starts": np.zeros((3, 3))}, r"starts has shape \(3, 3\); it must be \(3,\) or, for 2 seeds, \(2, 3\)"),
    ({"starts": [1.0]}, r"starts has shape \(1,\); it must be \(\.\.\., 3\)"),
    ({"starts": [np.nan, 0, 0]}, r"starts holds nan at \(0,\)"),
    ({"optimizer": "adam"}, "optimizer is 'adam'; it must be of the kind Optimizer"),
    ({"steps": -1}, "steps is -1; it must be a whole number at least 0"),
    ({"schedule": "cosine"}, "schedule is 'cosine'; it must be of the kind Schedule"),
]
BATCHES = [
    ({"neuron": 3}, "neuron is 3; it must be a LinearNeuron or a SigmoidNeuron"),
    ({"optimizer": Newton()}, "optimizer is 'newton'; it must do without a Hessian, which a batch does not give"),
    ({"batch_size": 0}, "batch_size is 0; it must be a whole number at least 1"),
    ({"batch_size": None}, "batch_size is None"),
]
NOISE = [
    ({"surface": 3}, "surface is 3; it must be of the kind ErrorSurface"),
    ({"noise": -1.0}, "noise is -1.0; it must be a finite number at least 0"),
    ({"noise": np.inf}, "noise is inf"),
    ({"keep": "memory"}, "keep is 'memory'; it must be one of all, last"),
    ({"surface": made_up_task((1, 1, 1)).surface(), "starts": np.zeros(4), "optimizer": Newton()}, "hessian is None"),
]


@pytest.mark.parametrize(("bad", "message"), SEEDS + BATCHES)
def test_bad_arguments_of_batches(bad: dict[str, object], message: str) -> None:
    neuron = NEURONS["linear-sum"]
    given = {"neuron": neuron, "starts": START, "optimizer": STEP, "steps": 3, "batch_size": 2, "seeds": [0, 1]}
    with pytest.raises(ValueError, match=message):
        descend_stochastically(**(given | bad))


@pytest.mark.parametrize(("bad", "message"), SEEDS + NOISE)
def test_bad_arguments_of_noise(bad: dict[str, object], message: str) -> None:
    surface = NEURONS["linear-sum"]
    given = {"surface": surface, "starts": START, "optimizer": STEP, "steps": 3, "noise": 1.0, "seeds": [0, 1]}
    with pytest.raises(ValueError, match=message):
        descend_noisily(**(given | bad))


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("size", [1, 5, 20])
def test_few_steps(steps: int, size: int) -> None:
    starts = np.array([START, START])
    path = descend_stochastically(NEURONS["linear-sum"], starts, STEP, steps, size, [0, 1])
    assert path.weights.shape == (2, steps + 1, 3)
    np.testing.assert_array_equal(path.weights[:, 0], starts)
    np.testing.assert_array_equal(starts, [START, START])
