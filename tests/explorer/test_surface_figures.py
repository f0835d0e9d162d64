import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from engine import OPTIMIZERS
from engine.types import Array
from explorer.maps import Window, levels
from explorer.surface import figures
from explorer.surface.descents import Descent, descents
from explorer.surface.scenes import Scene
from explorer.theme import DASHES, SCHEMES
from tests.explorer.pictures import (
    THREE,
    WISHES,
    array,
    coloured,
    numbers,
    scene_of,
    settings_of,
    travels,
    with_settings,
)

MARKS = ("minima", "directions", "field")
SOME = ("rosenbrock", "typed", "linear_neuron-line", "linear_neuron-dining_hall", "sigmoid_neuron-own2-bias")


def base(name: str, window: Window | None = None, coarse: bool = False, **more: Any) -> dict[str, Any]:
    wish = with_settings(name, **more)
    shown = scene_of(wish)
    return figures.base_figures(shown, window or shown.window, settings_of(wish), coarse)


def contour_of(picture: dict[str, Any]) -> dict[str, Any]:
    contour = picture["map"]["data"][0]
    assert contour["type"] == "contour"
    return dict(contour)


def walked(name: str, **more: Any) -> tuple[Scene, list[Descent]]:
    start = {"optimizers": list(OPTIMIZERS), "steps": 12, "start_w1": -1.0, "start_w2": 0.5, "start_w3": 0.25}
    wish = with_settings(name, **{**start, **more})
    shown = scene_of(wish)
    return shown, descents(shown, settings_of(wish))


def heights(trace: dict[str, Any]) -> tuple[Array, Array]:
    """The points of a grid (B, A, 2), and what the trace has there (B, A)."""
    x, y, z = (array(trace[name]).astype(np.float64) for name in "xyz")
    assert z.shape == (len(y), len(x))
    return np.stack(np.meshgrid(x, y), axis=-1), z


def axes_in(layout: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in layout.items():
        if name == "scene":
            yield from axes_in(value)
        elif name.rstrip("0123456789") in ("xaxis", "yaxis", "zaxis"):
            yield value


# --- every picture ------------------------------------------------------------------


@pytest.mark.parametrize("name", WISHES)
def test_every_picture_travels_as_json(name: str) -> None:
    combinations = product(["log", "linear"], ["both", "heat", "lines"])
    for count, (scale, drawing) in enumerate(combinations):
        wanted = MARKS[: count % (len(MARKS) + 1)]
        picture = base(name, coarse=True, levels=scale, drawing=drawing, marks=wanted, cut=0.3)
        assert len(travels(picture)) < 100_000
    assert len(travels(base(name, marks=MARKS))) < 200_000


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", SOME)
def test_plotly_takes_every_picture_in_every_scheme(name: str, scheme: Any) -> None:
    shown, found = walked(name)
    picture = base(name, marks=MARKS)
    relief = {**picture["relief"], "data": picture["relief"]["data"] + figures.relief_paths(found, shown, shown.window)}
    for each in (picture["map"], relief):
        drawn = go.Figure({key: coloured(each[key], scheme) for key in ("data", "layout")})
        assert len(drawn.data) == len(each["data"])


@pytest.mark.parametrize("name", WISHES)
def test_every_axis_has_a_title(name: str) -> None:
    picture = base(name)
    for part, count in (("map", 2), ("relief", 3)):
        titles = [axis["title"]["text"] for axis in axes_in(picture[part]["layout"])]
        assert len(titles) == count
        assert all(titles)
    shown = scene_of(WISHES[name])
    for axis, index in zip(("xaxis", "yaxis"), shown.shown, strict=True):
        assert shown.names[index] in picture["map"]["layout"][axis]["title"]["text"]
        assert picture["relief"]["layout"]["scene"][axis]["title"]["text"] == f"w{index + 1}"


# --- the surface --------------------------------------------------------------------


@pytest.mark.parametrize("name", WISHES)
def test_heights_are_the_errors_of_the_surface(name: str) -> None:
    shown = scene_of(with_settings(name, cut=0.3))
    picture = base(name, levels="linear", cut=0.3)
    for trace in (contour_of(picture), picture["relief"]["data"][0]):
        points, z = heights(trace)
        errors = shown.map.error(points)
        np.testing.assert_allclose(z, errors, rtol=1e-4, atol=1e-5 * float(np.ptp(errors)))
        np.testing.assert_allclose(points[0, 0], np.array(shown.window)[:, 0], rtol=1e-6)
        np.testing.assert_allclose(points[-1, -1], np.array(shown.window)[:, 1], rtol=1e-6)


@pytest.mark.parametrize("name", WISHES)
def test_logarithmic_heights_decode_to_the_errors(name: str) -> None:
    shown = scene_of(WISHES[name])
    points, z = heights(contour_of(base(name, levels="log")))
    errors = shown.map.error(points)
    # 10^z = E - E_min + c with one c everywhere
    decoded = 10.0**z - 10.0 ** z.min()
    np.testing.assert_allclose(decoded, errors - errors.min(), rtol=2e-4, atol=2e-6 * float(np.ptp(errors)))


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("scale", ["log", "linear"])
def test_map_and_relief_have_the_same_colours(name: str, scale: str) -> None:
    picture = base(name, levels=scale)
    contour, [relief] = contour_of(picture), picture["relief"]["data"]
    assert (contour["zmin"], contour["zmax"]) == (relief["cmin"], relief["cmax"])
    # the colour of a point in space is the one of the same point from above
    x, y = (np.searchsorted(array(contour[name]), array(relief[name])) for name in "xy")
    np.testing.assert_array_equal(array(relief["surfacecolor"]), array(contour["z"])[np.ix_(y, x)])


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("name", WISHES)
def test_contours_and_colours_are_spread_over_all_errors(name: str, scale: str) -> None:
    picture = base(name, levels=scale)
    contour = contour_of(picture)
    lines, low, high = contour["contours"], contour["zmin"], contour["zmax"]
    assert low < lines["start"] < lines["end"] <= high
    assert 12 <= (lines["end"] - lines["start"]) / lines["size"] <= 24
    assert lines["start"] - low <= lines["size"]  # none is missing at the bottom
    z = array(contour["z"])
    assert (float(z.min()), float(z.max())) == (pytest.approx(low), pytest.approx(high))
    told = picture["scale"]
    assert len(told["heights"]) == len(told["labels"])
    assert (told["heights"][0], told["heights"][-1]) == (pytest.approx(0.0), pytest.approx(1.0))
    shown = scene_of(WISHES[name])
    errors = shown.map.error(heights(contour)[0])
    labels = [float(label.replace(",", "").replace("−", "-")) for label in told["labels"]]
    assert labels == sorted(labels)
    rise = float(np.ptp(errors))
    assert labels[0] == pytest.approx(errors.min(), rel=6e-3, abs=6e-3 * rise)
    assert labels[-1] == pytest.approx(errors.max(), rel=6e-3)


@pytest.mark.parametrize("name", WISHES)
def test_both_weights_have_the_same_scale(name: str) -> None:
    shown, layout = scene_of(WISHES[name]), base(name)["map"]["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"
    assert layout["yaxis"].get("scaleratio", 1) == 1
    assert layout["xaxis"]["constrain"] == layout["yaxis"]["constrain"] == "domain"
    assert [layout["xaxis"]["range"], layout["yaxis"]["range"]] == [list(side) for side in shown.window]


@pytest.mark.parametrize(
    ("drawing", "heat", "lines"), [("both", True, True), ("heat", True, False), ("lines", False, True)]
)
def test_the_map_is_drawn_as_told(drawing: str, heat: bool, lines: bool) -> None:
    picture = base("rosenbrock", drawing=drawing)
    contours = contour_of(picture)["contours"]
    assert picture["heat"] == heat  # the page paints it
    assert contours["coloring"] == "none"
    assert (contour_of(picture)["line"]["width"] > 0) == lines


@pytest.mark.parametrize("name", SOME)
def test_a_coarse_map_is_the_same_with_fewer_points(name: str) -> None:
    fine, coarse = base(name), base(name, coarse=True)
    assert len(travels(coarse)) < 0.6 * len(travels(fine))
    (places, z), (all_places, all_z) = heights(contour_of(coarse)), heights(contour_of(fine))
    assert z.size < 0.3 * all_z.size
    np.testing.assert_allclose(places[[0, -1], [0, -1]], all_places[[0, -1], [0, -1]])


def test_a_map_of_many_cases_stays_affordable() -> None:
    few, many = (contour_of(base("sigmoid_neuron-line", cases=count, coarse=True)) for count in (2, 500))
    assert len(array(few["x"])) == 51
    assert 25 <= len(array(many["x"])) <= 51


@pytest.mark.parametrize("name", SOME)
def test_the_part_in_sight_is_drawn_anew(name: str) -> None:
    window = ((0.25, 0.5), (-1.5, -1.25))
    shown = scene_of(WISHES[name])
    picture = base(name, window, levels="linear")
    points, z = heights(contour_of(picture))
    np.testing.assert_allclose([points[0, 0], points[-1, -1]], np.array(window).T)
    errors = shown.map.error(points)
    np.testing.assert_allclose(z, errors, rtol=1e-5, atol=1e-5 * float(np.ptp(errors)))
    assert picture["map"]["layout"]["xaxis"]["range"] == [0.25, 0.5]
    assert picture["relief"]["layout"]["scene"]["yaxis"]["range"] == [-1.5, -1.25]
    # what the user did to the axes belongs to the part that was in sight
    assert picture["map"]["layout"]["uirevision"] != base(name)["map"]["layout"]["uirevision"]


@pytest.mark.parametrize(
    "formula",
    ["1e308*w1", "5e307*(w1 + w2)", "exp(230*w1)", "1e200*w1^2 + w2^2", "1/w1", "log(w1)", "7", "1e17", "-1e300"],
)
def test_extreme_and_missing_errors_travel_too(formula: str) -> None:
    for scale in ("log", "linear"):
        picture = base("typed", formula=formula, levels=scale, marks=MARKS)
        travels(picture)
        contour = contour_of(picture)
        assert contour["zmin"] < contour["zmax"]
        assert np.isfinite(array(contour["z"])).any()


def test_where_nothing_is_finite_a_sentence_says_so() -> None:
    for formula in ("0/0", "1/0", "log(-1 - w1^2)"):
        with pytest.raises(ValueError, match="nowhere finite"):
            base("typed", formula=formula)


# --- paths --------------------------------------------------------------------------


def on_map(shown: Scene, descent: Descent) -> Array:
    return np.stack([descent.weights[:, index] for index in shown.shown], axis=1)


@pytest.mark.parametrize("name", WISHES)
def test_the_maps_paths_are_the_paths(name: str) -> None:
    shown, found = walked(name, held="w2")
    drawn = figures.map_paths(found, shown, shown.window)
    assert [path["name"] for path in drawn] == list(OPTIMIZERS)
    for path, descent in zip(drawn, found, strict=True):
        assert (path["title"], path["dash"]) == (descent.title, DASHES[descent.name])
        assert path["diverged"] == (descent.path.diverged_at is not None)
        assert ("held" in path) == (name in THREE)
        weights, errors = numbers(path["weights"], "<f4").reshape(-1, 2), numbers(path["errors"], "<f4")
        assert len(weights) == len(errors) <= len(descent.weights)
        np.testing.assert_array_equal(errors, descent.errors[: len(errors)].astype("f4"))
        inner = len(weights) - 1  # the last may be shortened
        np.testing.assert_array_equal(weights[:inner], on_map(shown, descent)[:inner].astype("f4"))


@pytest.mark.parametrize("held", ["w1", "w2", "w3"])
@pytest.mark.parametrize("name", THREE)
def test_a_path_of_three_weights_carries_the_one_that_is_left_out(name: str, held: str) -> None:
    shown, found = walked(name, held=held)
    for path, descent in zip(figures.map_paths(found, shown, shown.window), found, strict=True):
        values = numbers(path["held"], "<f4")
        assert len(values) == len(numbers(path["errors"], "<f4"))
        np.testing.assert_array_equal(values, descent.weights[: len(values), int(held[1]) - 1].astype("f4"))


def test_a_diverging_path_is_drawn_to_the_border_and_no_farther() -> None:
    shown, [descent] = walked(
        "linear_neuron-line", optimizers=["gradient_descent"], rate_gradient_descent=0.05, steps=100
    )
    [path] = figures.map_paths([descent], shown, shown.window)
    weights = numbers(path["weights"], "<f4").reshape(-1, 2)
    assert path["diverged"]
    assert 2 <= len(weights) <= len(descent.weights)
    low, high = np.array(shown.window).T
    assert (np.abs(weights - (low + high) / 2) <= 3.0001 * (high - low)).all()
    # seen from farther away there is more of it
    wider = ((-500.0, 500.0), (-500.0, 500.0))
    assert len(numbers(figures.map_paths([descent], shown, wider)[0]["errors"], "<f4")) > len(weights)


def test_a_path_from_far_outside_is_drawn_home() -> None:
    far = {"optimizers": ["gradient_descent"], "start_w1": 900, "start_w2": -700, "steps": 200}
    shown, [descent] = walked("linear_neuron-line", **far)
    [path] = figures.map_paths([descent], shown, shown.window)
    weights = numbers(path["weights"], "<f4").reshape(-1, 2)
    assert len(weights) == 201
    np.testing.assert_allclose(weights[-1], shown.minima.weights[0], atol=0.1)


@pytest.mark.parametrize("name", WISHES)
def test_paths_in_space_lie_on_the_surface_and_within_the_window(name: str) -> None:
    shown = scene_of(WISHES[name])
    corner = {f"start_w{index + 1}": shown.window[place][1] for place, index in enumerate(shown.shown)}
    shown, found = walked(name, **corner)
    (low1, high1), (low2, high2) = shown.window
    for drawn, descent in zip(figures.relief_paths(found, shown, shown.window), found, strict=True):
        x, y, z = (array(drawn[name]) for name in "xyz")
        assert len(x) == len(y) == len(z) == len(descent.weights)
        seen = np.isfinite(x)
        assert seen[0]
        assert (np.isfinite(y) == seen).all()
        assert (np.isfinite(z) == seen).all()
        assert ((x[seen] >= low1 - 1e-5) & (x[seen] <= high1 + 1e-5)).all()
        assert ((y[seen] >= low2 - 1e-5) & (y[seen] <= high2 + 1e-5)).all()
        np.testing.assert_allclose(z[seen], descent.errors[seen], rtol=1e-6, atol=1e-30)
        assert drawn["line"]["color"] == f"token:{descent.name}"


def test_space_is_as_high_as_the_surface() -> None:
    relief = base("rosenbrock")["relief"]
    low, high = relief["layout"]["scene"]["zaxis"]["range"]
    z = array(relief["data"][0]["z"])
    assert low < z.min() < z.max() <= high * (1 + 1e-6)


def test_the_scale_is_the_one_of_the_levels() -> None:
    shown = scene_of(WISHES["himmelblau"])
    contour = contour_of(base("himmelblau", levels="log"))
    known = levels(
        shown.map.error(np.stack(np.meshgrid(*(np.linspace(*side, 101) for side in shown.window)), -1)), True
    )
    assert (contour["zmin"], contour["zmax"]) == (known.low, known.high)
    assert math.isfinite(known.low)
