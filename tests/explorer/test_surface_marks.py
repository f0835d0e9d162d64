import math
import re
from typing import Any

import numpy as np
import pytest

from engine.types import Array
from explorer.maps import Window
from explorer.surface.cases import read_own, shown_cases
from explorer.surface.marks import marks, shown_minima
from explorer.surface.scenes import Scene
from tests.explorer.pictures import LINEAR, SIGMOID, WISHES, array, scene_of, settings_of, with_settings


def drawn(shown: Scene, name: str, window: Window | None = None) -> list[dict[str, Any]]:
    return marks(shown, window or shown.window, [name])


def points(trace: dict[str, Any]) -> Array:
    return np.column_stack([array(trace["x"]), array(trace["y"])]).astype(np.float64)


def typed(formula: str) -> Scene:
    return scene_of({"settings": {"surface": "typed", "formula": formula}})


# --- directions -----------------------------------------------------------------------


def axes_of(shown: Scene) -> tuple[Array, Array, Array]:
    """Of the two lines: their middles, their vectors from the middle to one end, the curvatures that they tell."""
    lines = drawn(shown, "directions")
    ends = np.array([points(line) for line in lines])
    told = [re.search(r"curvature (−?[\d,.]+(?:e-?\d+)?) ", line["hovertemplate"]) for line in lines]
    curvatures = [float(found[1].replace(",", "").replace("−", "-")) for found in told if found]
    return ends.mean(axis=1), ends[:, 1] - ends.mean(axis=1), np.array(curvatures)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("held", ["w1", "w2", "w3"])
@pytest.mark.parametrize("name", LINEAR)
def test_a_bowls_directions_are_the_eigenvectors_of_its_inputs(name: str, held: str, reduction: str) -> None:
    wish = with_settings(name, held=held, cut=0.4, reduction=reduction, centre=0.5)
    shown = scene_of(wish)
    inputs = shown_cases(settings_of(wish), read_own(wish.get("own"))).inputs
    inputs = np.column_stack([inputs, np.ones(len(inputs))])[:, : shown.dimension][:, list(shown.shown)]
    values, vectors = np.linalg.eigh(inputs.T @ inputs / (len(inputs) if reduction == "mean" else 1))
    middles, halves, curvatures = axes_of(shown)
    np.testing.assert_allclose(middles, np.tile(shown.minima.weights, (2, 1)), atol=1e-5)
    lengths = np.linalg.norm(halves, axis=1)
    # drawn in the order of their curvatures; along the eigenvectors, whichever end comes first
    np.testing.assert_allclose(np.abs(np.sum(halves.T * vectors, axis=0)), lengths, rtol=1e-5)
    assert abs(halves[0] @ halves[1]) < 1e-5 * lengths[0] * lengths[1]
    # on a line of equal error: 1/2 λ l^2 is the same
    assert lengths[0] / lengths[1] == pytest.approx(math.sqrt(values[1] / values[0]), rel=1e-4)
    np.testing.assert_allclose(curvatures, values, rtol=1e-3)
    assert lengths[0] < min(high - low for low, high in shown.window) / 2.0


@pytest.mark.parametrize(
    ("formula", "middle", "slow", "ratio"),
    [
        ("(w1 - 1)^2 + 9*(w2 + 2)^2", (1.0, -2.0), (1.0, 0.0), 3.0),
        ("((w1 + w2)^2 + 50*(w1 - w2)^2) / 4", (0.0, 0.0), (math.sqrt(0.5), math.sqrt(0.5)), math.sqrt(50.0)),
    ],
)
def test_a_typed_bowl_has_directions(
    formula: str, middle: tuple[float, float], slow: tuple[float, float], ratio: float
) -> None:
    middles, halves, _ = axes_of(typed(formula))
    np.testing.assert_allclose(middles, [middle, middle], atol=1e-6)
    lengths = np.linalg.norm(halves, axis=1)
    assert lengths[0] / lengths[1] == pytest.approx(ratio, rel=1e-5)
    assert abs(halves[0] @ slow) == pytest.approx(lengths[0], rel=1e-5)


def test_a_valley_is_endless_along_its_ground() -> None:
    shown = scene_of(with_settings("linear_neuron-plane", collinear=1.0))
    _, halves, _ = axes_of(shown)
    lengths = np.linalg.norm(halves, axis=1)
    assert lengths[1] < 1e-3 * lengths[0]
    # what one weight gains the other loses
    assert abs(halves[0].sum()) < 1e-4 * lengths[0]


@pytest.mark.parametrize("name", ["rosenbrock", "six_hump_camel", "typed", *SIGMOID])
def test_what_is_no_bowl_has_no_directions(name: str) -> None:
    assert drawn(scene_of(WISHES[name]), "directions") == []


@pytest.mark.parametrize("formula", ["w1^2 - w2^2", "-w1^2 - w2^2", "w1 + w2", "4", "(w1 - 9)^2 + w2^2"])
def test_without_a_minimum_there_are_no_directions(formula: str) -> None:
    assert drawn(typed(formula), "directions") == []


# --- the field ------------------------------------------------------------------------


def arrows(shown: Scene, window: Window | None = None) -> Array:
    """(M, 6, 2): tail, tip, a barb, tip, a barb, a gap."""
    [trace] = drawn(shown, "field", window)
    return points(trace).reshape(-1, 6, 2)


def slopes(shown: Scene, places: Array) -> Array:
    """By central differences of the error."""
    steps = 1e-5 * np.eye(2)
    ahead, behind = (shown.map.error(places[:, None] + sign * steps) for sign in (1.0, -1.0))
    return (ahead - behind) / 2e-5


@pytest.mark.parametrize("name", WISHES)
def test_arrows_point_downhill_each_in_its_cell(name: str) -> None:
    shown = scene_of(with_settings(name, cut=0.4))
    each = arrows(shown)
    tails, tips = each[:, 0], each[:, 1]
    middles, along = (tails + tips) / 2.0, tips - tails
    slope = slopes(shown, middles)
    steep, lengths = np.linalg.norm(slope, axis=1), np.linalg.norm(along, axis=1)
    # middles are rounded to single precision, so on the ground a direction means nothing
    sure = steep > 1e-3 * np.median(steep)
    assert sure.sum() > 150
    cosines = np.sum(-slope * along, axis=1)[sure] / (steep * lengths)[sure]
    np.testing.assert_allclose(cosines, 1.0, atol=2e-3)
    low, high = np.array(shown.window).T
    cell = (high - low) / 15.0
    centres = low + cell * (np.floor((middles - low) / cell) + 0.5)
    np.testing.assert_allclose(middles, centres, atol=1e-5)
    assert (np.abs(each[:, :5] - middles[:, None]) <= cell / 2.0 + 1e-5).all()
    assert np.isnan(each[:, 5]).all()
    np.testing.assert_array_equal(each[:, 3], tips)
    # longer where it is steeper
    order = np.argsort(steep)
    assert (np.diff(lengths[order]) >= -1e-5).all()
    assert lengths.max() > 1.1 * lengths.min()


def test_arrows_belong_to_the_part_in_sight() -> None:
    shown = scene_of(WISHES["rosenbrock"])
    each = arrows(shown, ((0.9, 1.0), (0.8, 1.1)))
    assert ((each[:, 0] >= (0.9, 0.8)) & (each[:, 0] <= (1.0, 1.1))).all()
    assert len(each) == 15 * 15


def test_there_are_arrows_only_where_there_is_a_slope() -> None:
    # left of 0 there is no surface
    each = arrows(typed("log(w1) + w2^2"))
    assert (each[:, 0, 0] > 0.0).all()
    assert len(each) == 7 * 15
    for formula in ("1", "0*w1"):
        assert drawn(typed(formula), "field") == []


# --- minima ---------------------------------------------------------------------------


def split(shown: Scene, window: Window | None = None) -> dict[str, list[list[float]]]:
    traces = drawn(shown, "minima", window)
    assert [trace["name"] for trace in traces] == ["local minimum", "lowest minimum"]
    for trace in traces:
        np.testing.assert_allclose(array(trace["customdata"]), shown.map.error(points(trace)), rtol=1e-4, atol=1e-4)
    return {trace["name"].split()[0]: sorted(points(trace).round(3).tolist()) for trace in traces}


@pytest.mark.parametrize(
    ("name", "lowest", "local"),
    [
        ("double_well", [[-1, 0]], [[1, 0]]),
        ("saddle", [[-1, 0], [1, 0]], []),
        ("himmelblau", [[-3.779, -3.283], [-2.805, 3.131], [3, 2], [3.584, -1.848]], []),
        ("styblinski_tang", [[-2.904, -2.904]], [[-2.904, 2.747], [2.747, -2.904], [2.747, 2.747]]),
        ("rosenbrock", [[1, 1]], []),
    ],
)
def test_the_minima_of_a_test_function(name: str, lowest: list[Any], local: list[Any]) -> None:
    assert split(scene_of(WISHES[name])) == {"lowest": lowest, "local": local}


@pytest.mark.parametrize("unit", ["1", "1e-9", "1e9"])
@pytest.mark.parametrize("floor", ["0", "1", "-1000"])
def test_the_minima_of_a_typed_function_in_any_unit(unit: str, floor: str) -> None:
    tilted = f"{unit} * ((w1^2 - 1)^2 + 0.3*w1 + w2^2 + ({floor}))"  # f' = 4 w1^3 - 4 w1 + 0.3
    roots = np.roots([4.0, 0.0, -4.0, 0.3])
    low, high = round(float(min(roots)), 3), round(float(max(roots)), 3)
    assert split(typed(tilted)) == {"lowest": [[low, 0]], "local": [[high, 0]]}
    level = f"{unit} * ((w1^2 - 1)^2 + w2^2 + ({floor}))"
    assert split(typed(level)) == {"lowest": [[-1, 0], [1, 0]], "local": []}


@pytest.mark.parametrize("name", ["double_well", "typed"])
def test_a_local_minimum_stays_one_when_the_lowest_is_out_of_sight(name: str) -> None:
    wish = with_settings(name, formula="(w1 + 1)^2 * (w1^2 - 2.2*w1 + 1.4) + w2^2")
    assert split(scene_of(wish), ((0.5, 1.5), (-0.5, 0.5))) == {"lowest": [], "local": [[1, 0]]}
    assert split(scene_of(wish), ((1.5, 2.5), (-0.5, 0.5))) == {"lowest": [], "local": []}


def test_where_nobody_knows_them_minima_are_found_in_the_part_in_sight() -> None:
    shown = typed("sin(w1)^2 + sin(w2)^2")
    np.testing.assert_allclose(shown_minima(shown, ((9.0, 10.0), (-7.0, -6.0))).weights, [(3 * math.pi, -2 * math.pi)])


@pytest.mark.parametrize("cut", [0.0, 3.0])
@pytest.mark.parametrize("name", LINEAR)
def test_a_bowl_has_no_local_minimum(name: str, cut: float) -> None:
    shown = scene_of(with_settings(name, cut=cut))
    found = split(shown)
    assert found["local"] == []
    np.testing.assert_allclose(found["lowest"], shown.minima.weights, atol=1e-3)


def test_a_valley_has_no_single_minimum_to_mark() -> None:
    assert split(scene_of(with_settings("linear_neuron-plane", collinear=1.0))) == {"lowest": [], "local": []}


# --- all of them ----------------------------------------------------------------------


def test_only_what_is_wanted_is_drawn() -> None:
    shown = scene_of(WISHES["linear_neuron-line"])
    for wanted in ((), ("minima",), ("field",), ("directions", "minima"), ("minima", "directions", "field")):
        expected = {"minima": 2, "directions": 2, "field": 1}
        assert len(marks(shown, shown.window, wanted)) == sum(expected[name] for name in wanted)
