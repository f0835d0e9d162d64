import numpy as np
import pytest

from engine import LinearNeuron, Plane, SigmoidNeuron, check_gradient
from engine.differences import hessian_by_differences
from engine.types import Array

GENERATOR = np.random.default_rng(5)
INPUTS = GENERATOR.normal(size=(30, 3))
TARGETS = INPUTS @ [2.0, -1.0, 0.5]
BOWL = LinearNeuron(INPUTS, TARGETS)
LOGISTIC = SigmoidNeuron(INPUTS, (TARGETS > 0.0).astype(float), "cross_entropy")


@pytest.mark.parametrize("surface", [BOWL, LOGISTIC])
def test_the_plane_of_two_weights_shows_the_surface_there(surface: LinearNeuron | SigmoidNeuron) -> None:
    plane = Plane.of_weights(surface, [9.0, 0.7, -9.0], 2, 0)
    points = GENERATOR.normal(size=(4, 5, 2))
    whole = np.stack([points[..., 1], np.full((4, 5), 0.7), points[..., 0]], axis=-1)
    np.testing.assert_array_equal(plane.weights(points), whole)
    np.testing.assert_array_equal(plane.error(points), surface.error(whole))
    np.testing.assert_allclose(plane.gradient(points), surface.gradient(whole)[..., [2, 0]], rtol=1e-14)
    expected = surface.hessian(whole)[..., [2, 0], :][..., [2, 0]]
    np.testing.assert_allclose(plane.hessian(points), expected, rtol=1e-14)


def test_slanted_directions() -> None:
    plane = Plane(LOGISTIC, [0.1, 0.2, 0.3], [[1.0, 1.0, 0.0], [0.0, -2.0, 1.0]])
    assert check_gradient(plane, [0.4, -0.3]).relative_error < 1e-8
    points = GENERATOR.normal(size=(6, 2))
    by_differences = hessian_by_differences(plane.gradient, points)
    np.testing.assert_allclose(plane.hessian(points), by_differences, rtol=1e-6, atol=1e-6)


def test_a_surface_without_second_derivatives_gets_them_by_differences() -> None:
    class Bare:
        dimension = 3

        def error(self, weights: Array) -> Array:
            return BOWL.error(weights)

        def gradient(self, weights: Array) -> Array:
            return BOWL.gradient(weights)

    plane = Plane.of_weights(Bare(), np.zeros(3), 0, 1)
    known = Plane.of_weights(BOWL, np.zeros(3), 0, 1)
    point = np.array([0.3, 0.4])
    np.testing.assert_allclose(plane.hessian(point), known.hessian(point), rtol=1e-7)


@pytest.mark.parametrize(
    ("origin", "first", "second", "words"),
    [
        ([0.0, 0.0], 0, 1, "origin has shape"),
        ([0.0, np.nan, 0.0], 0, 1, "origin"),
        ([0.0, 0.0, 0.0], 1, 1, "two different weights"),
        ([0.0, 0.0, 0.0], 0, 3, "second is 3"),
        ([0.0, 0.0, 0.0], -1, 2, "first is -1"),
    ],
)
def test_what_is_no_plane_is_refused(origin: list[float], first: int, second: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Plane.of_weights(BOWL, origin, first, second)


def test_the_arguments_stay_their_owners() -> None:
    origin = np.ones(3)
    plane = Plane.of_weights(BOWL, origin, 0, 1)
    assert origin.tolist() == [1.0, 1.0, 1.0]
    origin[2] = 5.0
    assert plane.origin.tolist() == [0.0, 0.0, 1.0]
    with pytest.raises(ValueError, match="coordinates has shape"):
        plane.error(np.zeros(3))


class Wide:
    """A surface of very many weights: E = |w|^2 / 2."""

    dimension = 200_000

    def error(self, weights: Array) -> Array:
        return 0.5 * np.asarray((weights**2).sum(axis=-1))

    def gradient(self, weights: Array) -> Array:
        return weights


def test_two_of_very_many_weights_need_no_square_of_their_number() -> None:
    plane = Plane.of_weights(Wide(), np.full(Wide.dimension, 0.5), 199_999, 3)
    assert plane.error([3.0, 4.0]) == 0.5 * (25.0 + 0.25 * (Wide.dimension - 2))


# --- projections --------------------------------------------------------------------------


@pytest.mark.parametrize("directions", [[[1.0, 1.0, 0.0], [0.0, -2.0, 1.0]], [[1.0, 0.0, 0.0], [0.0, 0.0, 5.0]]])
def test_a_projection_is_the_nearest_point(directions: list[list[float]]) -> None:
    plane = Plane(BOWL, [0.1, 0.2, 0.3], directions)
    weights = GENERATOR.normal(size=(7, 2, 3))
    coordinates, distances = plane.project(weights)
    assert (coordinates.shape, distances.shape) == ((7, 2, 2), (7, 2))
    # the normal equations: D D' a = D (w - w0)
    rows = np.array(directions)
    own = np.linalg.solve(rows @ rows.T, rows @ (weights.reshape(-1, 3) - [0.1, 0.2, 0.3]).T).T
    np.testing.assert_allclose(coordinates.reshape(-1, 2), own, rtol=1e-10, atol=1e-12)
    rest = weights - plane.weights(coordinates)
    np.testing.assert_allclose(rest @ rows.T, 0.0, atol=1e-12)
    np.testing.assert_allclose(distances, np.sqrt((rest**2).sum(axis=-1)), rtol=1e-12)


def test_what_lies_in_the_plane_is_its_own_projection() -> None:
    plane = Plane(BOWL, [0.1, 0.2, 0.3], [[1.0, 1.0, 0.0], [0.0, -2.0, 1.0]])
    points = GENERATOR.normal(size=(5, 2))
    coordinates, distances = plane.project(plane.weights(points))
    np.testing.assert_allclose(coordinates, points, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(distances, 0.0, atol=1e-12)


def test_on_the_plane_of_two_weights_coordinates_are_these_and_the_others_are_the_distance() -> None:
    plane = Plane.of_weights(BOWL, [9.0, 0.5, -9.0], 2, 0)
    coordinates, distances = plane.project([[1.0, 3.5, 2.0], [9.0, 0.5, -9.0]])
    np.testing.assert_allclose(coordinates, [[2.0, 1.0], [-9.0, 9.0]], rtol=1e-12)
    np.testing.assert_allclose(distances, [3.0, 0.0], atol=1e-12)


def test_directions_along_one_line_have_projections_too() -> None:
    plane = Plane(BOWL, np.zeros(3), [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    coordinates, distances = plane.project([5.0, 3.0, 4.0])
    np.testing.assert_allclose(plane.weights(coordinates), [5.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose([coordinates @ [2.0, -1.0], distances], [0.0, 5.0], atol=1e-12)


@pytest.mark.parametrize("weights", [[1.0, 2.0], [1.0, np.nan, 2.0], [np.inf, 1.0, 2.0], 3.0])
def test_what_has_no_projection_is_refused(weights: object) -> None:
    with pytest.raises(ValueError, match="weights"):
        Plane.of_weights(BOWL, np.zeros(3), 0, 1).project(weights)  # type: ignore[arg-type]
