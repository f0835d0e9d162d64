"""The gradient check finds gradients that are wrong, and says by how much."""

import numpy as np
import pytest

from engine import LANDSCAPES, ErrorSurface, LinearNeuron, SigmoidNeuron, check_gradient
from engine.types import Array
from tests.engine.helpers import made_up_task


class Claimed:
    """1/2 w'w with a gradient that is claimed to be ``claim(w)``."""

    def __init__(self, claim: object, dimension: int = 3) -> None:
        self._claim, self.dimension = claim, dimension

    def error(self, weights: Array) -> Array:
        return 0.5 * np.einsum("...i,...i->...", weights, weights)

    def gradient(self, weights: Array) -> Array:
        return self._claim(weights)


POINT = np.array([1.0, -2.0, 4.0])


def test_both_slopes_are_given() -> None:
    check = check_gradient(Claimed(lambda w: w + np.array([0.0, 0.0, 1.0])), POINT)
    np.testing.assert_array_equal(check.analytic, [1.0, -2.0, 5.0])
    np.testing.assert_allclose(check.numeric, [1.0, -2.0, 4.0], rtol=1e-9)
    # max |a - n| / max(|a|, |n|)
    assert check.relative_error == pytest.approx(1.0 / 5.0, rel=1e-8)


# what is claimed -> the relative error
CLAIMS = {
    "right": (lambda w: w, 0.0),
    "one weight in a hundred off": (lambda w: w * [1.0, 1.0, 1.01], 0.04 / 4.04),
    "a sign": (lambda w: -w, 2.0),
    "twice": (lambda w: 2.0 * w, 0.5),
    "nothing": (lambda w: 0.0 * w, 1.0),
    "two exchanged": (lambda w: w[..., [1, 0, 2]], 3.0 / 4.0),
}


@pytest.mark.parametrize(("claim", "wanted"), CLAIMS.values(), ids=list(CLAIMS))
def test_how_wrong_a_gradient_is(claim: object, wanted: float) -> None:
    assert check_gradient(Claimed(claim), POINT).relative_error == pytest.approx(wanted, abs=1e-8)


def test_no_slope_at_all_is_no_error() -> None:
    flat = LinearNeuron([[0.0, 0.0]], [1.0])
    assert check_gradient(flat, [1.0, 2.0]).relative_error == 0.0


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_is_not_right(number: float) -> None:
    assert np.isnan(check_gradient(Claimed(lambda w: w * [1.0, number, 1.0]), POINT).relative_error)


@pytest.mark.parametrize(
    "surface",
    [
        LinearNeuron(np.random.default_rng(0).normal(size=(9, 4)), np.arange(9.0)),
        SigmoidNeuron(np.random.default_rng(0).normal(size=(9, 4)), np.arange(9.0) / 8.0),
        SigmoidNeuron(np.random.default_rng(0).normal(size=(9, 4)), np.arange(9.0) / 8.0, "cross_entropy", "mean"),
        made_up_task((2, 5, 4, 1), "sigmoid").surface(),
        LANDSCAPES["rosenbrock"],
    ],
    ids=["linear", "sigmoid", "cross-entropy", "network", "landscape"],
)
def test_the_gradients_of_the_library_are_right(surface: ErrorSurface) -> None:
    weights = np.random.default_rng(1).normal(size=surface.dimension)
    assert check_gradient(surface, weights).relative_error < 1e-6
    assert check_gradient(surface, 100.0 * weights).relative_error < 1e-5


def test_along_random_directions() -> None:
    surface = made_up_task((2, 5, 4, 1)).surface()
    weights = np.random.default_rng(1).normal(size=surface.dimension)
    check = check_gradient(surface, weights, directions=7, seed=3)
    assert check.analytic.shape == check.numeric.shape == (7,)
    assert check.relative_error < 1e-6
    # the same seed asks along the same directions
    np.testing.assert_array_equal(check.analytic, check_gradient(surface, weights, 7, seed=3).analytic)
    assert (check.analytic != check_gradient(surface, weights, 7, seed=4).analytic).all()
    # a unit vector sees no more than the whole slope
    assert (np.abs(check.analytic) <= np.linalg.norm(surface.gradient(weights))).all()


def test_a_few_directions_of_very_many_weights_fill_no_memory() -> None:
    # every weight of 100,000 by itself would be a matrix of 80 GB
    surface = Claimed(lambda w: w, 100_000)
    assert check_gradient(surface, np.full(100_000, 1e-3), directions=3).relative_error < 1e-4
    wrong = Claimed(lambda w: 1.1 * w, 100_000)
    assert check_gradient(wrong, np.full(100_000, 1e-3), directions=3).relative_error > 0.05


BAD = [
    ({"surface": "bowl"}, "surface is 'bowl'; it must be of the kind ErrorSurface"),
    ({"weights": [1.0]}, r"weights has shape \(1,\); it must be \(3\)"),
    ({"weights": [1.0, np.nan, 0.0]}, r"weights holds nan at \(1,\)"),
    ({"directions": 0}, "directions is 0; it must be a whole number at least 1"),
    ({"directions": 1.5}, "directions is 1.5"),
    ({"directions": 2, "seed": -1}, "seed is -1"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_arguments_are_named(arguments: dict[str, object], message: str) -> None:
    given = {"surface": Claimed(lambda w: w), "weights": POINT} | arguments
    with pytest.raises(ValueError, match=message):
        check_gradient(**given)
