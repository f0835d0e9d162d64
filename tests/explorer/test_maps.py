import numpy as np
import numpy.typing as npt
import pytest

from explorer.maps import Levels, axes, cut_runaway, grid, inside, levels, typed
from tests.explorer.pictures import array

WINDOW = ((-1.0, 3.0), (10.0, 12.0))  # the middle is (1, 11); three windows away are 12 and 6


# --- arrays -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "dtype", "shape"),
    [
        (np.array([0.1, -2.0, np.nan, np.inf]), "f4", None),
        (np.arange(5), "i4", None),
        (np.linspace(0.0, 1.0, 7)[::2], "f8", None),
        (np.arange(6.0).reshape(2, 3), "f4", "2, 3"),
        (np.arange(6.0).reshape(2, 3).T, "f8", "3, 2"),
        (np.empty(0), "f4", None),
    ],
)
def test_an_array_travels_as_it_is(values: npt.NDArray[np.float64], dtype: str, shape: str | None) -> None:
    encoded = typed(values, dtype)
    assert (encoded["dtype"], encoded.get("shape")) == (dtype, shape)
    np.testing.assert_array_equal(array(encoded), values.astype(dtype))


def test_a_grid_has_rows_along_the_second_weight() -> None:
    first, second = axes(WINDOW, 5)
    points = grid(first, second[:3])
    assert points.shape == (3, 5, 2)
    assert points[0, 0].tolist() == [-1.0, 10.0]
    assert points[0, 4].tolist() == [3.0, 10.0]
    assert points[2, 0].tolist() == [-1.0, 11.0]
    assert (first[-1], second[-1]) == (3.0, 12.0)


# --- levels -----------------------------------------------------------------------


def test_linear_levels_are_the_errors() -> None:
    scale = levels(np.array([2.0, 5.0, np.inf, np.nan]), logarithmic=False)
    assert (scale.low, scale.high) == (2.0, 5.0)
    assert scale.of(np.array([2.0, 3.5])).tolist() == [2.0, 3.5]
    heights, texts = scale.ticks()
    assert texts == ["2", "2.6", "3.2", "3.8", "4.4", "5"]
    np.testing.assert_allclose(heights, [2.0, 2.6, 3.2, 3.8, 4.4, 5.0])


@pytest.mark.parametrize("floor", [0.0, -1.03, 795.7])
def test_logarithmic_levels_are_as_fine_as_the_valley(floor: float) -> None:
    errors = floor + np.array([[0.0, 1.0], [10.0, 1000.0]])
    scale = levels(errors, logarithmic=True)
    heights = scale.of(errors)
    # log10(E - E_min + c); the second percentile of 0, 1, 10, 1000 lies at 0.06 of the first gap, and c is its tenth
    np.testing.assert_allclose(heights, np.log10(np.array([[0.0, 1.0], [10.0, 1000.0]]) + 0.006), rtol=1e-6)
    assert (scale.low, scale.high) == (pytest.approx(heights.min()), pytest.approx(heights.max()))


def test_the_ticks_of_logarithmic_levels_name_true_errors() -> None:
    scale = levels(np.array([-1.0, 999.0]), logarithmic=True)
    heights, texts = scale.ticks()
    said = np.array([float(text.replace(",", "").replace("−", "-")) for text in texts])
    np.testing.assert_allclose(scale.of(said)[1:], heights[1:], atol=0.01)
    assert (said[0], said[-1]) == (-1.0, 999.0)


def test_what_lies_below_the_lowest_drawn_error_has_its_colour() -> None:
    scale = levels(np.array([1.0, 2.0]), logarithmic=True)
    assert scale.of(np.array([0.5])) == scale.low


@pytest.mark.parametrize("logarithmic", [True, False])
def test_a_flat_surface_has_levels_too(logarithmic: bool) -> None:
    assert levels(np.full((3, 3), 7.0), logarithmic) == Levels(7.0, 0.0, False, 7.0, 8.0)


# --- paths ------------------------------------------------------------------------

CUTS = {
    "stays": ([(1, 11), (2, 11.5), (0, 10)], [(1, 11), (2, 11.5), (0, 10)]),
    "leaves the window only": ([(1, 11), (12, 11)], [(1, 11), (12, 11)]),
    "runs away": ([(1, 11), (2, 11), (24, 12)], [(1, 11), (2, 11), (13, 11.5)]),
    "runs away twice as far": ([(1, 11), (2, 11), (46, 13), (500, 900)], [(1, 11), (2, 11), (13, 11.5)]),
    "runs straight up": ([(1, 11), (1, 1e300)], [(1, 11), (1, 17)]),
    "runs away from the border": ([(13, 11), (14, 11), (15, 11)], [(13, 11), (13, 11)]),
    "comes back": ([(1, 11), (30, 11), (1, 11)], [(1, 11), (30, 11), (1, 11)]),
    "comes from afar": ([(900, 11), (40, 11), (2, 11), (1, 11)], [(900, 11), (40, 11), (2, 11), (1, 11)]),
    "never comes near": ([(900, 11), (800, 11)], [(900, 11)]),
    "does not move": ([(1, 11)], [(1, 11)]),
}


@pytest.mark.parametrize("case", CUTS)
def test_a_path_is_drawn_until_it_is_gone_for_good(case: str) -> None:
    path, drawn = CUTS[case]
    np.testing.assert_allclose(cut_runaway(np.array(path, float), WINDOW), np.array(drawn, float))


def test_a_step_that_leaves_is_shortened_and_not_bent() -> None:
    path = np.array([[1.0, 11.0], [2.0, 11.2], [1e5, -3e5]])
    cut = cut_runaway(path, WINDOW)
    step, drawn = path[2] - path[1], cut[2] - cut[1]
    assert drawn[0] * step[1] == pytest.approx(drawn[1] * step[0])
    assert drawn @ step > 0.0


def test_inside_includes_the_edges() -> None:
    path = np.array([[-1.0, 10.0], [3.0, 12.0], [3.01, 11.0], [0.0, 9.0], [1.0, 11.0]])
    assert inside(path, WINDOW).tolist() == [True, True, False, False, True]
