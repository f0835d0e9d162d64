"""Every landscape: its gradient, its Hessian, its stated minima, and the descent it suggests."""

import numpy as np
import pytest

from engine.landscapes import LANDSCAPES, Landscape
from engine.types import Array

ALL = pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)
POINTS = 200


def random_points(landscape: Landscape) -> Array:
    low, high = np.transpose(landscape.domain)
    return np.random.default_rng(7).uniform(low, high, (POINTS, 2))


def grid(landscape: Landscape, cells: int = 401) -> Array:
    axes = (np.linspace(low, high, cells) for low, high in landscape.domain)
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def is_inside(landscape: Landscape, points: Array) -> bool:
    low, high = np.transpose(landscape.domain)
    return bool(((points >= low) & (points <= high)).all())


def plain_descent(landscape: Landscape, steps: int) -> Array:
    path = [np.array(landscape.start)]
    for _ in range(steps):
        path.append(path[-1] - landscape.rate * landscape.gradient(path[-1]))
    return np.array(path)


def relative(found: Array, wanted: Array) -> float:
    """The largest difference, relative to the largest entry at the same point."""
    axes = tuple(range(1, found.ndim))
    size = np.maximum(np.abs(found), np.abs(wanted)).max(axes)
    return float((np.abs(found - wanted).max(axes) / size).max())


def test_registry_holds_the_ones_that_teach_something() -> None:
    wanted = {
        *("rosenbrock", "himmelblau", "beale", "six_hump_camel", "rastrigin", "ackley"),
        *("saddle", "ravine", "double_well", "plateau", "styblinski_tang"),
    }
    assert wanted <= LANDSCAPES.keys()
    assert all(name == landscape.name for name, landscape in LANDSCAPES.items())


@ALL
def test_texts_are_there(landscape: Landscape) -> None:
    assert landscape.title
    assert landscape.formula.startswith("E = ")
    assert landscape.source
    assert landscape.dimension == 2


@ALL
def test_gradient_is_that_of_the_error(landscape: Landscape) -> None:
    points = random_points(landscape)
    numeric = np.empty_like(points)
    for axis, unit in enumerate(np.eye(2)):
        # fourth order: (8 (E(+h) - E(-h)) - (E(+2h) - E(-2h))) / 12 h
        near, far = (landscape.error(points + h * unit) - landscape.error(points - h * unit) for h in (1e-4, 2e-4))
        numeric[:, axis] = (8.0 * near - far) / 12e-4
    assert relative(landscape.gradient(points), numeric) < 1e-6


@ALL
def test_hessian_is_that_of_the_gradient(landscape: Landscape) -> None:
    points = random_points(landscape)
    hessian = landscape.hessian(points)
    np.testing.assert_array_equal(hessian, hessian.swapaxes(-1, -2))
    numeric = np.empty_like(hessian)
    for axis, unit in enumerate(np.eye(2)):
        near, far = (
            landscape.gradient(points + h * unit) - landscape.gradient(points - h * unit) for h in (1e-4, 2e-4)
        )
        numeric[:, axis] = (8.0 * near - far) / 12e-4
    assert relative(hessian, numeric) < 1e-6


@pytest.mark.parametrize(
    ("name", "weights", "wanted"),
    [
        ("ravine", (0.0, 0.0), [[25.5, -24.5], [-24.5, 25.5]]),
        ("ravine", (-3.0, 2.0), [[25.5, -24.5], [-24.5, 25.5]]),
        ("rosenbrock", (1.0, 1.0), [[802.0, -400.0], [-400.0, 200.0]]),
        ("himmelblau", (3.0, 2.0), [[74.0, 20.0], [20.0, 34.0]]),
        ("saddle", (0.0, 0.0), [[-1.0, 0.0], [0.0, 1.0]]),
    ],
)
def test_hessian_where_it_is_known(name: str, weights: tuple[float, float], wanted: list[list[float]]) -> None:
    np.testing.assert_allclose(LANDSCAPES[name].hessian(weights), wanted, rtol=1e-8, atol=1e-8)


@ALL
def test_stated_minima_are_minima(landscape: Landscape) -> None:
    angles = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
    circle = 1e-3 * np.stack((np.cos(angles), np.sin(angles)), axis=-1)
    for weights, error in landscape.minima:
        np.testing.assert_allclose(landscape.gradient(weights), 0.0, atol=1e-11)
        assert landscape.error(weights) == pytest.approx(error, rel=1e-14, abs=1e-14)
        assert (landscape.error(weights + circle) > error).all()


@ALL
def test_nothing_in_the_domain_is_below_the_global_minimum(landscape: Landscape) -> None:
    errors = [error for _, error in landscape.minima]
    assert errors == sorted(errors)
    assert landscape.error(grid(landscape)).min() >= errors[0] - 1e-12


@pytest.mark.parametrize(
    "landscape", [each for each in LANDSCAPES.values() if len(each.minima) > 1], ids=lambda each: each.name
)
def test_no_local_minimum_is_missing(landscape: Landscape) -> None:
    points = grid(landscape)
    errors = landscape.error(points)
    neighbours = [np.roll(errors, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    lowest = (errors < np.min(neighbours, axis=0))[1:-1, 1:-1]
    candidates = points[1:-1, 1:-1][lowest]
    stated = np.array([weights for weights, _ in landscape.minima])
    distances = np.linalg.norm(candidates[:, None] - stated, axis=-1)
    cell = max(high - low for low, high in landscape.domain) / 400
    assert distances.min(axis=1).max() < 2.0 * cell
    assert distances.min(axis=0).max() < 2.0 * cell


@ALL
def test_domain_holds_minima_and_start(landscape: Landscape) -> None:
    assert is_inside(landscape, np.array([weights for weights, _ in landscape.minima]))
    assert is_inside(landscape, np.array(landscape.start))


@ALL
def test_suggested_descent_goes_down_and_stays_in_sight(landscape: Landscape) -> None:
    path = plain_descent(landscape, 500)
    assert is_inside(landscape, path)
    assert (np.diff(landscape.error(path)) <= 1e-12).all()
    assert landscape.error(path[-1]) < landscape.error(path[0])


@pytest.mark.parametrize(
    ("name", "end"),
    [("double_well", (1.0, 0.0)), ("saddle", (1.0, 0.0)), ("ravine", (0.0, 0.0)), ("beale", (3.0, 0.5))],
)
def test_where_the_suggested_descent_ends(name: str, end: tuple[float, float]) -> None:
    np.testing.assert_allclose(plain_descent(LANDSCAPES[name], 3000)[-1], end, atol=1e-3)


def test_ackley_has_no_slope_at_its_kink() -> None:
    ackley = LANDSCAPES["ackley"]
    np.testing.assert_array_equal(ackley.gradient((0.0, 0.0)), 0.0)
    assert ackley.error((0.0, 0.0)) == 0.0
    assert np.linalg.norm(ackley.gradient((1e-9, 0.0))) == pytest.approx(2.0 * np.sqrt(2.0), rel=1e-6)


@ALL
@pytest.mark.parametrize("shape", [(), (1,), (3, 4), (0,), (20_000,)])
def test_leading_axes(landscape: Landscape, shape: tuple[int, ...]) -> None:
    weights = np.random.default_rng(1).uniform(-1.0, 1.0, (*shape, 2))
    before = weights.copy()
    error, gradient, hessian = (
        function(weights) for function in (landscape.error, landscape.gradient, landscape.hessian)
    )
    assert (np.shape(error), gradient.shape, hessian.shape) == (shape, (*shape, 2), (*shape, 2, 2))
    np.testing.assert_array_equal(weights, before)
    if weights.size:
        last = weights.reshape(-1, 2)[-1]
        np.testing.assert_allclose(np.ravel(error)[-1], landscape.error(last), rtol=1e-12)
        np.testing.assert_allclose(gradient.reshape(-1, 2)[-1], landscape.gradient(last), rtol=1e-12)
        np.testing.assert_allclose(hessian.reshape(-1, 2, 2)[-1], landscape.hessian(last), atol=1e-6)


@ALL
def test_value_broadcasts_over_the_axes_of_a_grid(landscape: Landscape) -> None:
    points = grid(landscape, 21)
    errors = landscape.value(points[:, :1, 0], points[:1, :, 1])
    np.testing.assert_allclose(errors, landscape.error(points), rtol=1e-12)


@ALL
def test_a_lost_path_may_ask_on(landscape: Landscape) -> None:
    weights = np.array([[np.inf, 1.0], [np.nan, 0.0], [-1e200, 1e200]])
    with np.errstate(all="ignore"):
        assert landscape.error(weights).shape == (3,)
        assert landscape.gradient(weights).shape == (3, 2)
        assert np.isnan(landscape.error(weights)[1])


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (4, 0)])
def test_wrong_shape_is_named(shape: tuple[int, ...]) -> None:
    for function in (LANDSCAPES["ravine"].error, LANDSCAPES["ravine"].gradient, LANDSCAPES["ravine"].hessian):
        with pytest.raises(ValueError, match=r"weights has shape .* must be \(\.\.\., 2\)"):
            function(np.zeros(shape))
