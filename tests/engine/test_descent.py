"""Descents worked by hand, and exactly where they count as diverged."""

import numpy as np
import pytest

from engine import (
    LANDSCAPES,
    OPTIMIZERS,
    SCHEDULES,
    Adam,
    ConstantRate,
    CosineDecay,
    GradientDescent,
    LinearNeuron,
    Momentum,
    Newton,
    Optimizer,
    Path,
    Schedule,
    descend,
)
from engine.types import Array
from tests.engine.helpers import TRAINING_OPTIMIZERS, made_up_task

# E = w^2 / 2
PARABOLA = LinearNeuron([[1.0]], [0.0])
# E = (a^2 + 4 b^2) / 2
BOWL = LinearNeuron([[1.0, 0.0], [0.0, 2.0]], [0.0, 0.0])


class Stairs:
    """A surface that has the given error at each whole number and always the slope -1: rate 1 walks up step by step."""

    dimension = 1

    def __init__(self, *errors: float) -> None:
        self._errors = np.array(errors, float)

    def error(self, weights: Array) -> Array:
        return self._errors[np.minimum(weights[..., 0].astype(int), len(self._errors) - 1)]

    def gradient(self, weights: Array) -> Array:
        return -np.ones_like(weights)


class Saturated:
    """A surface whose error tells nothing of how far away the point is."""

    dimension = 1

    def error(self, weights: Array) -> Array:
        return 1.0 + np.tanh(weights[..., 0])

    def gradient(self, weights: Array) -> Array:
        return np.ones_like(weights)


STEP = GradientDescent(learning_rate=1.0)


# --- by hand --------------------------------------------------------------------


def test_down_a_parabola() -> None:
    path = descend(PARABOLA, [8.0], GradientDescent(learning_rate=0.5), steps=3)
    np.testing.assert_allclose(path.weights, [[8], [4], [2], [1]], rtol=1e-15)
    np.testing.assert_allclose(path.errors, [32, 8, 2, 0.5], rtol=1e-15)
    assert path.diverged_at is None


def test_down_a_bowl() -> None:
    # rate 1/4: a <- 3/4 a, b <- 0
    path = descend(BOWL, [4.0, 1.0], GradientDescent(learning_rate=0.25), steps=3)
    np.testing.assert_allclose(path.weights, [[4, 1], [3, 0], [2.25, 0], [1.6875, 0]], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(path.errors, [10, 4.5, 2.53125, 1.423828125], rtol=1e-14)


def test_with_momentum() -> None:
    # v <- v / 2 + w, w <- w - v / 2: v = 8, 8, 4; w = 4, 0, -2
    path = descend(PARABOLA, [8.0], Momentum(learning_rate=0.5, momentum=0.5), steps=3)
    np.testing.assert_allclose(path.weights.ravel(), [8, 4, 0, -2], atol=1e-15)


def test_newton_needs_one_step_down_a_bowl() -> None:
    path = descend(BOWL, [4.0, -3.0], Newton(), steps=1)
    np.testing.assert_allclose(path.weights[1], [0.0, 0.0], atol=1e-14)


def test_many_starts_side_by_side() -> None:
    path = descend(PARABOLA, [[[8.0], [4.0]], [[-2.0], [0.0]]], GradientDescent(learning_rate=0.5), steps=2)
    np.testing.assert_allclose(path.weights[..., 0], [[[8, 4, 2], [4, 2, 1]], [[-2, -1, -0.5], [0, 0, 0]]])
    np.testing.assert_allclose(path.errors, path.weights[..., 0] ** 2 / 2)
    np.testing.assert_array_equal(path.diverged_at, [[-1, -1], [-1, -1]])


def test_without_a_step_there_is_the_start() -> None:
    path = descend(BOWL, [4.0, 1.0], STEP, steps=0)
    np.testing.assert_array_equal(path.weights, [[4.0, 1.0]])
    assert path.errors.shape == (1,)
    last = descend(BOWL, [4.0, 1.0], STEP, steps=0, keep="last")
    np.testing.assert_array_equal(last.weights, [4.0, 1.0])
    assert last.errors.shape == ()


def test_the_start_stays_as_it_is() -> None:
    start = np.array([[4.0, 1.0]])
    descend(BOWL, start, STEP, steps=3)
    np.testing.assert_array_equal(start, [[4.0, 1.0]])


# --- divergence -----------------------------------------------------------------


def test_a_rate_too_large_on_a_parabola() -> None:
    # rate 3: w <- -2 w; from 1, E = 4^s / 2, above 10^6 for the first time at s = 11
    path = descend(PARABOLA, [1.0], GradientDescent(learning_rate=3.0), steps=20)
    assert path.diverged_at == 11
    assert isinstance(path.diverged_at, int)
    np.testing.assert_allclose(path.weights[:11, 0], (-2.0) ** np.arange(11))
    np.testing.assert_allclose(path.errors[:11], 4.0 ** np.arange(11) / 2)
    np.testing.assert_array_equal(path.weights[11:], np.full((10, 1), 1024.0))
    np.testing.assert_array_equal(path.errors[11:], np.full(10, path.errors[10]))


# the errors step by step -> the step of divergence
LIMIT = 1e6
STAIRS = {
    "up to the limit and no further": ((0.5, 10.0, LIMIT, LIMIT, 1.0), None),
    "above the limit": ((0.5, 10.0, np.nextafter(LIMIT, np.inf), 1.0), 2),
    "the limit follows the error at the start": ((1e3, 1e8, 1e9, 1.0), None),
    "above the limit of that start": ((1e3, 1e8, 1.001e9, 1.0), 2),
    "NaN": ((1.0, np.nan, 1.0), 1),
    "infinite": ((1.0, 2.0, 3.0, np.inf), 3),
    "infinitely far down": ((1.0, -1e300, -np.inf), 2),
    "from the start, NaN": ((np.nan, 1.0), 0),
    "from the start, infinite": ((np.inf, 1.0), 0),
}
STEPS = 6


@pytest.mark.parametrize(("errors", "diverged_at"), STAIRS.values(), ids=list(STAIRS))
def test_where_a_descent_diverges(errors: tuple[float, ...], diverged_at: int | None) -> None:
    path = descend(Stairs(*errors), [0.0], STEP, STEPS)
    assert path.diverged_at == diverged_at
    good = STEPS + 1 if diverged_at is None else max(1, diverged_at)
    wanted = [*range(good), *[good - 1] * (STEPS + 1 - good)]
    np.testing.assert_array_equal(path.weights[:, 0], wanted)
    np.testing.assert_array_equal(path.errors, Stairs(*errors).error(path.weights))
    last = descend(Stairs(*errors), [0.0], STEP, STEPS, keep="last")
    assert last.diverged_at == diverged_at
    np.testing.assert_array_equal(last.weights, path.weights[-1])
    np.testing.assert_array_equal(last.errors, path.errors[-1])


def test_every_start_diverges_for_itself() -> None:
    surface = Stairs(1.0, 1.0, 1.0, 1.0, np.nan, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    path = descend(surface, [[[0.0], [2.0], [3.0]], [[4.0], [5.0], [1.0]]], STEP, steps=5)
    np.testing.assert_array_equal(path.diverged_at, [[4, 2, 1], [0, -1, 3]])
    np.testing.assert_array_equal(
        path.weights[..., 0],
        [
            [[0, 1, 2, 3, 3, 3], [2, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3, 3]],
            [[4, 4, 4, 4, 4, 4], [5, 6, 7, 8, 9, 10], [1, 2, 3, 3, 3, 3]],
        ],
    )


def test_many_starts_may_all_diverge() -> None:
    path = descend(PARABOLA, [[1.0], [-2.0]], GradientDescent(learning_rate=1e9), steps=50)
    assert path.weights.shape == (2, 51, 1)
    np.testing.assert_array_equal(path.diverged_at, [1, 1])
    np.testing.assert_array_equal(path.weights[..., 0], np.repeat([[1.0], [-2.0]], 51, axis=1))


def test_one_start_in_a_list_is_many() -> None:
    path = descend(PARABOLA, [[1.0]], STEP, steps=1)
    np.testing.assert_array_equal(path.diverged_at, [-1])
    assert path.weights.shape == (1, 2, 1)


def test_a_point_that_left_the_numbers_has_diverged_whatever_its_error() -> None:
    path = descend(Saturated(), [[0.0], [-1e308], [1e308]], GradientDescent(learning_rate=1e308), steps=4)
    # 0 - 1e308 - 1e308 is infinite, and tanh of it still -1; from +1e308 it takes one step more
    np.testing.assert_array_equal(path.diverged_at, [2, 1, 3])
    np.testing.assert_allclose(path.weights[:, -1, 0], [-1e308, -1e308, -1e308], rtol=1e-12)


def test_a_slide_without_end_is_found() -> None:
    path = descend(LANDSCAPES["saddle"], [1.0, 1.0], GradientDescent(learning_rate=10.0), steps=1000)
    assert path.diverged_at is not None
    assert np.isfinite(path.weights).all()
    assert np.isfinite(path.errors).all()


# --- ends and wholes ------------------------------------------------------------

SURFACES = {"bowl": BOWL, "rosenbrock": LANDSCAPES["rosenbrock"], "network": made_up_task((1, 2, 1)).surface()}


@pytest.mark.parametrize(
    ("surface", "kind"),
    [
        pytest.param(surface, kind, id=f"{name}-{kind.name}")
        for name, surface in SURFACES.items()
        for kind in OPTIMIZERS.values()
        if hasattr(surface, "hessian") or not kind.needs_hessian
    ],
)
@pytest.mark.parametrize("leading", [(), (3,), (2, 2)])
@pytest.mark.parametrize("rate", [0.01, 20.0])
def test_the_last_point_of_a_whole_path(
    surface: object, kind: type[Optimizer], leading: tuple[int, ...], rate: float
) -> None:
    start = np.random.default_rng(0).normal(size=(*leading, surface.dimension))
    whole = descend(surface, start, kind(learning_rate=rate), steps=30)
    last = descend(surface, start, kind(learning_rate=rate), steps=30, keep="last")
    np.testing.assert_array_equal(last.weights, whole.weights[..., -1, :])
    np.testing.assert_array_equal(last.errors, whole.errors[..., -1])
    np.testing.assert_array_equal(last.diverged_at, whole.diverged_at)
    np.testing.assert_array_equal(whole.weights[..., 0, :], start)
    assert whole.weights.shape == (*leading, 31, start.shape[-1])
    assert whole.errors.shape == (*leading, 31)
    np.testing.assert_allclose(whole.errors, surface.error(whole.weights), rtol=1e-9)


@pytest.mark.parametrize("kind", TRAINING_OPTIMIZERS.values(), ids=list(TRAINING_OPTIMIZERS))
def test_many_starts_are_single_starts_to_rounding(kind: type[Optimizer]) -> None:
    starts = np.random.default_rng(0).normal(size=(4, 2))
    together = descend(BOWL, starts, kind(learning_rate=0.05), steps=20)
    for row, start in enumerate(starts):
        alone = descend(BOWL, start, kind(learning_rate=0.05), steps=20)
        np.testing.assert_allclose(together.weights[row], alone.weights, rtol=1e-9, atol=1e-12)


def test_forty_thousand_starts() -> None:
    axis = np.linspace(-2.0, 2.0, 200)
    starts = np.stack(np.meshgrid(axis, axis), axis=-1)
    path = descend(LANDSCAPES["himmelblau"], starts, GradientDescent(learning_rate=0.01), steps=20, keep="last")
    assert path.weights.shape == (200, 200, 2)
    assert path.errors.shape == (200, 200)
    assert isinstance(path.diverged_at, np.ndarray)
    assert path.diverged_at.dtype.kind == "i"


# --- against a loop over single updates ------------------------------------------

ON_SURFACES = [
    pytest.param(surface, kind, id=f"{name}-{kind.name}")
    for name, surface in SURFACES.items()
    for kind in OPTIMIZERS.values()
    if hasattr(surface, "hessian") or not kind.needs_hessian
]


def loop(surface: object, start: Array, optimizer: Optimizer, steps: int, schedule: Schedule | None = None) -> Path:
    """A descent without divergence, that makes a new optimizer with the rate η f(t) for every update."""
    points, slots = [np.array(start)], [optimizer.slots_for(start)]
    for step in range(1, steps + 1):
        point, rate = points[-1], optimizer.learning_rate * (schedule.factor(step) if schedule else 1.0)
        hessian = (lambda point=point: surface.hessian(point)) if optimizer.needs_hessian else None
        update = optimizer.with_setting("learning_rate", rate)
        after = update.step(point, surface.gradient(point), slots[-1], step, hessian)
        points.append(after[0])
        slots.append(after[1])
    weights = np.stack(points, axis=-2)
    gradients = np.stack([surface.gradient(point) for point in points], axis=-2)
    return Path(weights, surface.error(weights), None, gradients, np.stack(slots, axis=-2))


@pytest.mark.parametrize(("surface", "kind"), ON_SURFACES)
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_a_new_rate_for_every_update(surface: object, kind: type[Optimizer], name: str) -> None:
    start = np.random.default_rng(5).normal(size=surface.dimension)
    optimizer, schedule = kind(learning_rate=1e-4), SCHEDULES[name].over(40)
    path = descend(surface, start, optimizer, 40, "memory", schedule)
    wanted = loop(surface, start, optimizer, 40, schedule)
    assert path.diverged_at is None
    for mine, theirs in ((path.weights, wanted.weights), (path.errors, wanted.errors), (path.slots, wanted.slots)):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12)
    if name != "constant":
        plain = descend(surface, start, optimizer, 40)
        assert np.abs(plain.weights[-1] - path.weights[-1]).max() > 1e-8


@pytest.mark.parametrize(
    "kind", [kind for kind in TRAINING_OPTIMIZERS.values() if "weight_decay" in kind.__dataclass_fields__]
)
def test_a_schedule_with_weight_decay(kind: type[Optimizer]) -> None:
    optimizer, schedule = kind(learning_rate=0.01, weight_decay=0.3), CosineDecay(steps=40)
    path = descend(BOWL, [3.0, -1.0], optimizer, 40, schedule=schedule)
    wanted = loop(BOWL, np.array([3.0, -1.0]), optimizer, 40, schedule)
    np.testing.assert_allclose(path.weights, wanted.weights, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("surface", "kind"), ON_SURFACES)
@pytest.mark.parametrize("rate", [0.001, 20.0])
def test_a_factor_of_one_changes_nothing(surface: object, kind: type[Optimizer], rate: float) -> None:
    start = np.random.default_rng(0).normal(size=(3, surface.dimension))
    for keep in ("all", "last"):
        plain = descend(surface, start, kind(learning_rate=rate), 30, keep)
        constant = descend(surface, start, kind(learning_rate=rate), 30, keep, ConstantRate())
        assert plain.weights.tobytes() == constant.weights.tobytes()
        assert plain.errors.tobytes() == constant.errors.tobytes()
        np.testing.assert_array_equal(plain.diverged_at, constant.diverged_at)
        assert plain.gradients is plain.slots is None


def test_after_the_foot_of_a_cosine_nothing_moves() -> None:
    path = descend(BOWL, [4.0, 1.0], Momentum(learning_rate=0.1), steps=9, schedule=CosineDecay(steps=5))
    np.testing.assert_array_equal(path.weights[6:], path.weights[[5, 5, 5, 5]])
    assert (path.weights[5] != path.weights[4]).all()


@pytest.mark.parametrize(("surface", "kind"), ON_SURFACES)
@pytest.mark.parametrize("leading", [(), (3,), (2, 2)])
def test_the_memory_of_a_path(surface: object, kind: type[Optimizer], leading: tuple[int, ...]) -> None:
    start = np.random.default_rng(2).normal(size=(*leading, surface.dimension))
    path = descend(surface, start, kind(learning_rate=1e-4), steps=20, keep="memory")
    wanted = loop(surface, start, kind(learning_rate=1e-4), steps=20)
    assert path.slots.shape == (len(kind.slot_names), *leading, 21, surface.dimension)
    assert not path.slots[..., 0, :].any()
    assert path.gradients.shape == path.weights.shape
    for mine, theirs in (
        (path.weights, wanted.weights),
        (path.gradients, wanted.gradients),
        (path.slots, wanted.slots),
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12)
    whole = descend(surface, start, kind(learning_rate=1e-4), steps=20)
    np.testing.assert_array_equal(path.weights, whole.weights)
    np.testing.assert_array_equal(path.errors, whole.errors)


def test_the_memory_of_momentum_by_hand() -> None:
    # v <- v / 2 + w, w <- w - v / 2: v = 8, 8, 4; w = 4, 0, -2, and the gradient is w
    path = descend(PARABOLA, [8.0], Momentum(learning_rate=0.5, momentum=0.5), steps=3, keep="memory")
    np.testing.assert_allclose(path.slots[0, :, 0], [0, 8, 8, 4], atol=1e-15)
    np.testing.assert_allclose(path.gradients[:, 0], [8, 4, 0, -2], atol=1e-15)


def test_from_a_divergence_on_the_memory_repeats() -> None:
    # the slope is always -1, so v = -1, -2, -3 and the first start walks 0, 1, 3, 6: where the stairs break off
    surface = Stairs(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, np.nan)
    path = descend(surface, [[0.0], [6.0]], Momentum(learning_rate=1.0, momentum=1.0 - 2**-53), steps=5, keep="memory")
    np.testing.assert_array_equal(path.diverged_at, [3, 0])
    np.testing.assert_allclose(path.weights[..., 0], [[0, 1, 3, 3, 3, 3], [6, 6, 6, 6, 6, 6]], rtol=1e-15)
    np.testing.assert_allclose(path.slots[0, ..., 0], [[0, -1, -2, -2, -2, -2], [0, 0, 0, 0, 0, 0]], rtol=1e-15)
    np.testing.assert_array_equal(path.gradients, -np.ones((2, 6, 1)))


BAD = [
    ({"surface": 3}, "surface is 3; it must be of the kind ErrorSurface"),
    ({"start": [1.0]}, r"start has shape \(1,\); it must be \(\.\.\., 2\)"),
    ({"start": 1.0}, r"start has shape \(\)"),
    ({"start": [np.nan, 1.0]}, r"start holds nan at \(0,\)"),
    ({"start": [[1.0, 2.0], [3.0, np.inf]]}, r"start holds inf at \(1, 1\)"),
    ({"start": "here"}, r"start is not an array of numbers but 'here'"),
    ({"optimizer": "adam"}, "optimizer is 'adam'; it must be of the kind Optimizer"),
    ({"optimizer": Adam}, "optimizer is <class .*; it must be of the kind Optimizer"),
    ({"steps": -1}, "steps is -1; it must be a whole number at least 0"),
    ({"steps": 2.5}, "steps is 2.5"),
    ({"steps": None}, "steps is None"),
    ({"keep": "first"}, "keep is 'first'; it must be one of all, last, memory"),
    ({"schedule": "cosine"}, "schedule is 'cosine'; it must be of the kind Schedule"),
    ({"schedule": CosineDecay}, "schedule is <class .*; it must be of the kind Schedule"),
    ({"surface": SURFACES["network"], "start": np.zeros(7), "optimizer": Newton()}, "hessian is None; Newton's method"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_arguments_are_named(arguments: dict[str, object], message: str) -> None:
    given = {"surface": BOWL, "start": [1.0, 2.0], "optimizer": STEP, "steps": 3} | arguments
    with pytest.raises(ValueError, match=message):
        descend(**given)
