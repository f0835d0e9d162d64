import math

import numpy as np
import pytest

from engine import LANDSCAPES, Formula
from engine.types import Array
from explorer.maps import Window
from explorer.surface.minima import Minima, find_minima

SQUARE: Window = ((-3.0, 3.0), (-3.0, 3.0))
TYPED = {
    "himmelblau": "(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2",
    "six_hump_camel": "(4 - 2.1*w1^2 + w1^4/3)*w1^2 + w1*w2 + 4*(w2^2 - 1)*w2^2",
    "styblinski_tang": "(w1^4 - 16*w1^2 + 5*w1 + w2^4 - 16*w2^2 + 5*w2) / 2",
    "double_well": "(w1 + 1)^2 * (w1^2 - 2.2*w1 + 1.4) + w2^2",
    "rosenbrock": "(1 - w1)^2 + 100*(w2 - w1^2)^2",
}


def found(formula: str, window: Window = SQUARE) -> Minima:
    return find_minima(Formula(formula), window)


def bowl(place: tuple[float, float], along: tuple[float, float], steep: float) -> str:
    """A quadratic bowl whose slope across a direction is ``steep`` times that along it."""
    (a, b), (x, y) = along, place
    first, second = (
        f"({a!r}*(w1 - ({x!r})) + ({b!r})*(w2 - ({y!r})))",
        f"({-b!r}*(w1 - ({x!r})) + {a!r}*(w2 - ({y!r})))",
    )
    return f"{first}^2 + {steep!r}*{second}^2".replace("(--", "(").replace("--", "")


@pytest.mark.parametrize("landscape", TYPED)
def test_all_known_minima_are_found(landscape: str) -> None:
    known = sorted(LANDSCAPES[landscape].minima, key=lambda minimum: (round(minimum[1], 6), minimum[0]))
    told = found(TYPED[landscape], LANDSCAPES[landscape].domain)
    order = sorted(range(len(told.weights)), key=lambda i: (round(told.errors[i], 6), tuple(told.weights[i])))
    np.testing.assert_allclose(told.weights[order], [place for place, _ in known], atol=1e-7)
    np.testing.assert_allclose(told.errors[order], [error for _, error in known], atol=1e-9)
    assert (np.diff(told.errors) >= 0.0).all()  # the lowest first
    assert told.lowest == pytest.approx(known[0][1], abs=1e-9)


def test_a_lattice_of_minima_is_found() -> None:
    told = found("sin(w1)^2 + sin(w2)^2", ((-7.0, 7.0), (-7.0, 7.0)))
    lattice = {(i, j) for i in range(-2, 3) for j in range(-2, 3)}
    assert {tuple(place) for place in np.rint(told.weights / math.pi).astype(int).tolist()} == lattice
    np.testing.assert_allclose(told.weights, math.pi * np.rint(told.weights / math.pi), atol=1e-7)
    assert len(told.weights) == 25


@pytest.mark.parametrize("seed", range(12))
def test_a_bowl_has_one_minimum_where_it_was_put(seed: int) -> None:
    generator = np.random.default_rng(seed)
    angle, (x, y) = generator.uniform(0.0, math.pi), generator.uniform(-2.9, 2.9, 2).round(3).tolist()
    along = (round(math.cos(angle), 6), round(math.sin(angle), 6))
    told = found(bowl((x, y), along, 10.0 ** generator.uniform(0.0, 2.0)))
    np.testing.assert_allclose(told.weights, [(x, y)], atol=1e-7)
    np.testing.assert_allclose(told.errors, [0.0], atol=1e-12)


def test_a_minimum_is_found_as_long_as_it_is_in_sight() -> None:
    formula = TYPED["double_well"]  # minima at (-1, 0) and (1, 0)
    for window, places in [
        (((-0.5, 2.0), (-1.0, 1.5)), [(1.0, 0.0)]),
        (((-30.0, 20.0), (-10.0, 40.0)), [(-1.0, 0.0), (1.0, 0.0)]),
        (((0.999, 1.0015), (-0.001, 0.0013)), [(1.0, 0.0)]),
        (((-0.9, 0.9), (-1.0, 1.0)), []),
        (((1.5, 2.0), (0.5, 1.0)), []),
    ]:
        told = found(formula, window)
        np.testing.assert_allclose(told.weights, np.reshape(places, (-1, 2)), atol=1e-6)
        assert isinstance(told.lowest, float)


@pytest.mark.parametrize(
    "formula",
    [
        "3",
        "w1",
        "2*w1 - w2",
        "exp(w1)",
        "exp(w1 + 2*w2)",
        "w1^3 + w2",
        "w1^2 - w2^2",
        "-w1^2 - w2^2",
        "w1*w2",
        "sin(w1)",
    ],
)
def test_there_is_none_on_a_plane_a_slope_a_saddle_or_a_top(formula: str) -> None:
    assert len(found(formula).weights) == 0


@pytest.mark.parametrize("seed", range(8))
def test_a_valley_without_a_lowest_point_has_none(seed: int) -> None:
    a, b, c = np.random.default_rng(seed).uniform(-2.0, 2.0, 3).round(2).tolist()
    assert found(f"({a} * w1 + ({b}) * w2 + ({c}))^2").weights.tolist() == []


def test_a_minimum_outside_the_window_is_none() -> None:
    generator = np.random.default_rng(0)
    for _ in range(60):
        angle = generator.uniform(0.0, math.pi)
        place = (3.0 + generator.uniform(0.001, 0.1), generator.uniform(-3.0, 3.0))
        along = (round(math.cos(angle), 5), round(math.sin(angle), 5))
        formula = bowl((round(place[0], 4), round(place[1], 4)), along, round(10.0 ** generator.uniform(0.0, 3.0), 3))
        told = found(formula)
        assert (np.abs(told.weights) <= 3.0).all(), (formula, told.weights)


HOLES = [
    "log(w1)", "log(w1) + w2^2", "log(w1)^2 + w2^2", "sqrt(w1)", "sqrt(w1^2 + w2^2)", "w1^w2", "w1^w1 + w2^2", "1/w1",
    "1/w1^2 + w2^2", "1/(w1*w2)", "0/0", "1/0", "-1/0 + w1", "w1/0", "tan(w1)", "exp(exp(exp(w1^2)))", "exp(1000*w1)",
    "1e308*w1^2 + 1e308*w2^2", "1e-300*w1^2", "(w1^2)^0.25 + w2^2", "abs(w1) + abs(w2)", "max(w1, w2)", "min(w1, 1/w2)",
    "relu(w1) + relu(-w2)", "log10(0)", "(w1/w1)^2 + w2^2", "5", "0*w1", "w1^1000 + w2^2", "sigmoid(1000*w1)/w2",
]  # fmt: skip


@pytest.mark.parametrize("formula", HOLES)
def test_whatever_the_formula_what_is_found_is_finite(formula: str) -> None:
    windows: list[Window] = [SQUARE, ((-1e6, 1e6), (-1e6, 1e6)), ((0.0, 1e-6), (0.0, 1e-6))]
    for window in windows:
        told = found(formula, window)
        for values in (told.weights, told.errors, np.array(told.lowest), np.array(told.relief)):
            assert np.isfinite(values).all()
        assert told.weights.shape == (len(told.errors), 2)
        assert all(told.lowest <= error for error in told.errors)


def test_a_minimum_beside_a_hole_is_found() -> None:
    # where the other half of the map is undefined; E' = 2 log(w1) / w1
    np.testing.assert_allclose(found("log(w1)^2 + w2^2").weights, [(1.0, 0.0)], atol=1e-7)


def test_the_lowest_is_the_lowest_that_was_seen() -> None:
    assert found("w1 + 2*w2").lowest == -9.0  # in a corner
    assert found("(w1 - 0.01)^2 + (w2 - 0.01)^2 - 7").lowest == pytest.approx(-7.0, abs=1e-12)  # beside the grid


def test_those_within_a_window() -> None:
    places: Array = np.array([(0.0, 0.0), (1.0, 1.0), (2.0, -1.0), (1.0, 3.0)])
    told = Minima(places, np.array([0.0, 1.0, 2.0, 3.0]), -5.0, 1.0).within(((0.5, 2.0), (-1.0, 1.0)))
    assert told.weights.tolist() == [[1.0, 1.0], [2.0, -1.0]]
    assert told.errors.tolist() == [1.0, 2.0]
    assert told.lowest == -5.0
