"""Steepest descent with backtracking: by hand, by brute force, and what it counts and draws."""

import numpy as np
import pytest

from engine import LANDSCAPES, LinearNeuron, LineSearchPath, SigmoidNeuron, descend_by_line_search
from engine.types import Array

# E = w^2 / 2
PARABOLA = LinearNeuron([[1.0]], [0.0])
# a bowl with its minimum at (1, -2), where the error is 0
BOWL = LinearNeuron([[1.0, 0.5], [0.0, 2.0], [1.0, -2.0]], [0.0, -4.0, 5.0])
SURFACES = {
    **LANDSCAPES,
    "bowl": BOWL,
    "cross_entropy": SigmoidNeuron([[1.0, 0.5], [0.0, 2.0], [1.0, -2.0]], [1.0, 0.0, 0.4], "cross_entropy"),
}
EACH_SURFACE = pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))


class Counted:
    """A surface that writes down where it was asked for its error, and how often for its slope."""

    def __init__(self, surface: object) -> None:
        self.dimension, self._surface = surface.dimension, surface
        self.points: list[Array] = []
        self.gradients = 0

    def error(self, weights: Array) -> Array:
        self.points.append(weights.copy())
        return self._surface.error(weights)

    def gradient(self, weights: Array) -> Array:
        self.gradients += 1
        return self._surface.gradient(weights)


class OfOne:
    """A surface of one weight, made of two functions."""

    dimension = 1

    def __init__(self, value: object, slope: object) -> None:
        self._value, self._slope = value, slope

    def error(self, weights: Array) -> Array:
        return np.asarray(self._value(weights[..., 0]))

    def gradient(self, weights: Array) -> Array:
        return np.asarray(self._slope(weights))


def start_on(surface: object) -> Array:
    return np.array(getattr(surface, "start", (-1.0, 2.0)))


def moved(path: LineSearchPath) -> int:
    """How many steps the path has made."""
    return len(path.rates) if path.stopped_at is None else path.stopped_at


# --- by hand --------------------------------------------------------------------


def test_down_a_parabola() -> None:
    # c = 1/4: w <- (1 - η) w is accepted where (1 - η)^2 <= 1 - η / 2, that is where η <= 3/2
    path = descend_by_line_search(PARABOLA, [8.0], 3, first_rate=5.0, sufficient=0.25)
    # 5 and 5/2 are too long, 5/4 leads to -2; 5/2 is too long, 5/4 leads to 1/2; the same to -1/8
    np.testing.assert_allclose(path.weights[:, 0], [8, -2, 0.5, -0.125], rtol=1e-14)
    np.testing.assert_allclose(path.errors, [32, 2, 0.125, 0.0078125], rtol=1e-14)
    np.testing.assert_allclose(path.rates, [1.25, 1.25, 1.25], rtol=1e-15)
    np.testing.assert_allclose(path.trial_points[:, 0], [8, -32, -12, -2, 3, 0.5, -0.75, -0.125], rtol=1e-14)
    np.testing.assert_allclose(path.trial_errors, path.trial_points[:, 0] ** 2 / 2, rtol=1e-14)
    np.testing.assert_array_equal(path.trial_steps, [0, 1, 1, 1, 2, 2, 3, 3])
    assert path.gradient_evaluations == 3
    assert path.stopped_at is None


def test_other_factors() -> None:
    path = descend_by_line_search(PARABOLA, [8.0], 2, first_rate=4.0, shrink=0.25, grow=3.0, sufficient=0.75)
    # (1 - η)^2 <= 1 - 3 η / 2, that is η <= 1/2: 4, 1, 1/4 and then 3/4, 3/16
    np.testing.assert_allclose(path.rates, [0.25, 0.1875], rtol=1e-15)
    np.testing.assert_allclose(path.weights[:, 0], [8, 6, 4.875], rtol=1e-14)
    np.testing.assert_array_equal(path.trial_steps, [0, 1, 1, 1, 2, 2])


def test_at_the_bottom_it_stops() -> None:
    path = descend_by_line_search(PARABOLA, [8.0], 5, first_rate=1.0)
    np.testing.assert_allclose(path.weights[:, 0], [8, 0, 0, 0, 0, 0], atol=1e-15)
    np.testing.assert_array_equal(path.rates, [1, 0, 0, 0, 0])
    assert path.stopped_at == 1
    assert path.gradient_evaluations == 2
    assert len(path.trial_points) == 2


def test_without_a_step_there_is_the_start() -> None:
    path = descend_by_line_search(BOWL, [4.0, 1.0], 0, first_rate=1.0)
    np.testing.assert_array_equal(path.weights, [[4.0, 1.0]])
    np.testing.assert_array_equal(path.trial_points, [[4.0, 1.0]])
    assert (path.errors.shape, path.rates.shape, path.trial_steps.tolist()) == ((1,), (0,), [0])
    assert (path.gradient_evaluations, path.stopped_at) == (0, None)


# --- what every step keeps ------------------------------------------------------

SETTINGS = [(1.0, 0.5, 2.0, 1e-4), (100.0, 0.5, 1.0, 0.3), (1e-3, 0.8, 1.5, 0.1), (0.3, 0.1, 10.0, 0.9)]


@EACH_SURFACE
@pytest.mark.parametrize("settings", SETTINGS)
def test_armijo(surface: object, settings: tuple[float, float, float, float]) -> None:
    path = descend_by_line_search(surface, start_on(surface), 60, *settings)
    last, sufficient = moved(path), settings[3]
    assert last > 0
    before, after = path.weights[:last], path.weights[1 : last + 1]
    slope = surface.gradient(before)
    np.testing.assert_allclose(after, before - path.rates[:last, None] * slope, rtol=1e-12, atol=1e-14)
    fall = path.errors[:last] - path.errors[1 : last + 1]
    promised = sufficient * path.rates[:last] * (slope**2).sum(axis=1)
    assert (fall >= promised - 1e-15 * np.abs(path.errors[:last])).all()
    assert (fall > 0.0).all()


@EACH_SURFACE
@pytest.mark.parametrize("settings", SETTINGS)
def test_brute_force_finds_the_same_rates(surface: object, settings: tuple[float, float, float, float]) -> None:
    rate, shrink, grow, sufficient = settings
    path = descend_by_line_search(surface, start_on(surface), 25, *settings)
    for step in range(moved(path)):
        point, slope = path.weights[step], surface.gradient(path.weights[step])
        # all the rates there are at once; the first that brings enough
        rates = rate * shrink ** np.arange(61.0)
        with np.errstate(over="ignore", invalid="ignore"):
            errors = surface.error(point - rates[:, None] * slope)
        here = surface.error(point)
        enough = (errors <= here - sufficient * rates * (slope @ slope)) & (errors < here)
        assert path.rates[step] == pytest.approx(rates[np.argmax(enough)], rel=1e-12)
        assert (path.trial_steps == step + 1).sum() == np.argmax(enough) + 1
        np.testing.assert_allclose(
            path.trial_errors[path.trial_steps == step + 1], errors[: np.argmax(enough) + 1], rtol=1e-9, atol=1e-12
        )
        rate = path.rates[step] * grow


@EACH_SURFACE
def test_evaluations_are_counted(surface: object) -> None:
    counted = Counted(surface)
    path = descend_by_line_search(counted, start_on(surface), 200, first_rate=10.0)
    np.testing.assert_array_equal(path.trial_points, counted.points)
    np.testing.assert_allclose(path.trial_errors, surface.error(path.trial_points), rtol=1e-9, atol=1e-12)
    assert path.gradient_evaluations == counted.gradients
    assert counted.gradients == (200 if path.stopped_at is None else path.stopped_at + 1)
    # the start, and then the last trial of every step that moved, are the path
    made = moved(path)
    ends = [np.flatnonzero(path.trial_steps == step)[-1] for step in range(made + 1)]
    np.testing.assert_array_equal(path.weights[: made + 1], path.trial_points[ends])
    np.testing.assert_array_equal(path.errors[: made + 1], path.trial_errors[ends])
    assert (np.diff(path.trial_steps) >= 0).all()
    # from there on it stays
    np.testing.assert_array_equal(path.weights[made:], np.repeat(path.weights[[made]], 201 - made, axis=0))
    np.testing.assert_array_equal(path.errors[made:], np.full(201 - made, path.errors[made]))
    assert (path.rates[:made] > 0.0).all()
    assert not path.rates[made:].any()


# --- where it ends --------------------------------------------------------------


def test_a_bowl_to_its_minimum() -> None:
    path = descend_by_line_search(BOWL, [-3.0, 5.0], 400, first_rate=1.0, sufficient=0.3)
    np.testing.assert_allclose(path.weights[-1], [1.0, -2.0], atol=1e-12)
    # On a bowl every η <= 2 (1 - c) / λ_max is accepted, so none is below half of it; and g'g >= 2 λ_min E. So a
    # step leaves at most 1 - 2 c λ_min η of the error.
    smallest, largest = np.linalg.eigvalsh(BOWL.hessian(np.zeros(2)))
    assert (path.rates[: moved(path)] >= 0.7 / largest).all()
    leaves = 1 - 2 * 0.3 * smallest * 0.7 / largest
    errors = path.errors[path.errors > 1e-25]
    assert (errors[1:] <= leaves * errors[:-1]).all()


def test_a_minimum_above_zero_is_kept() -> None:
    # the best line through (0, 0), (1, 3), (2, 0) has the slope 3/5 and E = (9 - 9/5) / 2
    neuron = LinearNeuron([[0.0], [1.0], [2.0]], [0.0, 3.0, 0.0])
    path = descend_by_line_search(neuron, [50.0], 300, first_rate=0.01)
    assert path.stopped_at is not None
    assert path.weights[-1, 0] == pytest.approx(0.6, rel=1e-7)
    assert path.errors[-1] == pytest.approx(3.6, rel=1e-14)


def test_rosenbrock_falls_all_the_way() -> None:
    path = descend_by_line_search(LANDSCAPES["rosenbrock"], [-1.2, 1.0], 5000, first_rate=1.0)
    assert (np.diff(path.errors) < 0.0).all()
    assert path.errors[-1] < 1e-4
    np.testing.assert_allclose(path.weights[-1], [1.0, 1.0], atol=0.03)


@pytest.mark.parametrize("name", [name for name in LANDSCAPES if name not in ("rosenbrock", "beale")])
def test_landscapes_end_in_a_minimum(name: str) -> None:
    surface = LANDSCAPES[name]
    path = descend_by_line_search(surface, surface.start, 2000, first_rate=1.0)
    if name in ("rastrigin", "ackley"):  # any of their many
        assert np.abs(surface.gradient(path.weights[-1])).max() < 1e-5
        assert (np.linalg.eigvalsh(surface.hessian(path.weights[-1])) > 0.0).all()
    else:
        assert min(np.abs(path.weights[-1] - place).max() for place, _ in surface.minima) < 1e-6


def test_it_stays_where_the_slope_is_zero() -> None:
    for weights in ([0.0, 0.0], [1e-17, 0.0]):  # the saddle between the two minima
        path = descend_by_line_search(LANDSCAPES["saddle"], weights, 3, first_rate=1.0)
        np.testing.assert_array_equal(path.weights, [weights] * 4)
        assert (path.stopped_at, path.gradient_evaluations, len(path.trial_points)) == (0, 1, 1)


def test_after_sixty_halvings_it_stays() -> None:
    uphill = OfOne(lambda w: w * w, lambda w: -2.0 * w)  # a slope with the wrong sign
    path = descend_by_line_search(uphill, [1.0], 4, first_rate=1.0)
    np.testing.assert_array_equal(path.weights, np.ones((5, 1)))
    assert path.stopped_at == 0
    np.testing.assert_array_equal(path.trial_steps, [0] + [1] * 61)
    np.testing.assert_array_equal(path.trial_points[1:, 0], 1.0 + 2.0 * 0.5 ** np.arange(61.0))


def test_numbers_that_are_none_are_no_decrease() -> None:
    # log w falls for ever towards 0, below which there is nothing
    path = descend_by_line_search(OfOne(np.log, lambda w: 1.0 / w), [1.0], 30, first_rate=8.0)
    assert np.isfinite(path.errors).all()
    assert (path.weights > 0.0).all()
    assert np.isnan(path.trial_errors).any()
    # 1 - 1 = 0 has the error -inf, so 1/2 is the first rate with a number
    assert path.rates[0] == 0.5
    from_nothing = descend_by_line_search(OfOne(np.log, lambda w: 1.0 / w), [-1.0], 2, first_rate=1.0)
    assert from_nothing.stopped_at == 0


def test_a_slide_without_end_stays_among_the_numbers() -> None:
    path = descend_by_line_search(OfOne(lambda w: -w, lambda w: -np.ones_like(w)), [0.0], 1100, first_rate=1.0)
    np.testing.assert_array_equal(path.weights[:5, 0], [0, 1, 3, 7, 15])
    assert np.isfinite(path.weights).all()
    assert path.stopped_at is not None
    assert path.weights[-1, 0] > 1e307


# --- bad arguments --------------------------------------------------------------

BAD = [
    ({"surface": 3}, "surface is 3; it must be of the kind ErrorSurface"),
    ({"start": [1.0]}, r"start has shape \(1,\); it must be \(2\)"),
    ({"start": [[1.0, 2.0]]}, r"start has shape \(1, 2\)"),
    ({"start": [np.nan, 1.0]}, r"start holds nan at \(0,\)"),
    ({"steps": -1}, "steps is -1; it must be a whole number at least 0"),
    ({"first_rate": 0.0}, "first_rate is 0.0; it must be a finite number above 0"),
    ({"shrink": 0.0}, "shrink is 0.0; it must be a finite number above 0 and below 1"),
    ({"shrink": 1.0}, "shrink is 1.0; it must be a finite number above 0 and below 1"),
    ({"grow": 0.9}, "grow is 0.9; it must be a finite number at least 1"),
    ({"sufficient": 0}, "sufficient is 0; it must be a finite number above 0 and below 1"),
    ({"sufficient": "much"}, "sufficient is 'much'; it must be a finite number above 0 and below 1"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_arguments_are_named(arguments: dict[str, object], message: str) -> None:
    given = {"surface": BOWL, "start": [1.0, 2.0], "steps": 3, "first_rate": 1.0} | arguments
    with pytest.raises(ValueError, match=message):
        descend_by_line_search(**given)
