import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from engine import OPTIMIZERS
from explorer.maps import levels
from explorer.settings import strict
from explorer.surface import figures
from explorer.surface.callbacks import _scene
from explorer.surface.descents import Descent, descents
from explorer.surface.scenes import Scene
from explorer.surface.settings import DATA_SURFACES, SURFACES, SurfaceSettings
from explorer.theme import DASHES, SCHEMES
from tests.explorer.pictures import array, coloured, numbers

START = np.array([-1.0, 0.5])


def made(surface: str = "linear_neuron", **wishes: Any) -> tuple[Scene, list[Descent]]:
    wish = {"surface": surface, "optimizers": list(OPTIMIZERS), "steps": 12, "start_w1": -1.0, "start_w2": 0.5}
    settings = strict(SurfaceSettings, wish | wishes)
    shown = _scene(settings)
    return shown, descents(shown, settings)


def all_figures(surface: str, logarithmic: bool = True) -> dict[str, dict[str, Any]]:
    shown, found = made(surface)
    base = figures.base_figures(shown, logarithmic)
    relief = {**base["relief"], "data": [*base["relief"]["data"], *figures.relief_paths(found, shown)]}
    pictures = {
        "map": base["map"],
        "relief": relief,
        "errors": figures.error_figure(found, shown.lowest),
        "fit": figures.fit_figure(shown, found, START),
    }
    return pictures if surface in DATA_SURFACES else {name: pictures[name] for name in ("map", "relief", "errors")}


def axes_of(layout: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in layout.items():
        if name == "scene":
            yield from axes_of(value)
        elif name.rstrip("0123456789") in ("xaxis", "yaxis", "zaxis"):
            yield value


# --- every picture ------------------------------------------------------------------


@pytest.mark.parametrize("logarithmic", [True, False], ids=["log", "linear"])
@pytest.mark.parametrize("surface", SURFACES)
def test_plotly_takes_every_picture_in_every_scheme(surface: str, logarithmic: bool) -> None:
    for picture in all_figures(surface, logarithmic).values():
        for scheme in SCHEMES:
            drawn = go.Figure(coloured(picture, scheme))
            assert len(drawn.data) == len(picture["data"])
        json.dumps(picture, allow_nan=False)


@pytest.mark.parametrize("surface", SURFACES)
def test_every_axis_has_a_title(surface: str) -> None:
    for name, picture in all_figures(surface).items():
        titles = [axis["title"]["text"] for axis in axes_of(picture["layout"])]
        assert len(titles) == (3 if name == "relief" else 2)
        assert all(titles)


# --- the surface --------------------------------------------------------------------


@pytest.mark.parametrize("surface", SURFACES)
def test_heights_are_the_errors_of_the_surface(surface: str) -> None:
    shown, _ = made(surface)
    base = figures.base_figures(shown, logarithmic=False)
    [contour, _], [relief] = base["map"]["data"], base["relief"]["data"]
    for trace in (contour, relief):
        x, y, z = (array(trace[name]).astype(np.float64) for name in "xyz")
        assert z.shape == (len(y), len(x))
        points = np.stack([np.tile(x, (len(y), 1)), np.tile(y[:, None], (1, len(x)))], axis=-1)
        errors = shown.surface.error(points)
        np.testing.assert_allclose(z, errors, rtol=1e-4, atol=1e-5 * float(np.ptp(errors)))
        window = np.array(shown.window)
        np.testing.assert_allclose([[x[0], x[-1]], [y[0], y[-1]]], window, rtol=1e-6)


@pytest.mark.parametrize("logarithmic", [True, False], ids=["log", "linear"])
@pytest.mark.parametrize("surface", SURFACES)
def test_map_and_relief_have_the_same_colours(surface: str, logarithmic: bool) -> None:
    shown, _ = made(surface)
    base = figures.base_figures(shown, logarithmic)
    [contour, _], [relief] = base["map"]["data"], base["relief"]["data"]
    assert (contour["zmin"], contour["zmax"]) == (relief["cmin"], relief["cmax"])
    assert contour["colorscale"] == relief["colorscale"]
    # the colour of a point in space is the one of the same point from above
    x, y = (np.searchsorted(array(contour[name]), array(relief[name])) for name in "xy")
    np.testing.assert_array_equal(array(relief["surfacecolor"]), array(contour["z"])[np.ix_(y, x)])
    errors = array(relief["z"]).astype(np.float64)
    scale = levels(shown.surface.error(np.array(_grid(shown))), logarithmic)
    np.testing.assert_allclose(array(relief["surfacecolor"]), scale.of(errors), atol=2e-3 * (scale.high - scale.low))


def _grid(shown: Scene) -> Any:
    first, second = (np.linspace(low, high, 101) for low, high in shown.window)
    return np.stack(np.meshgrid(first, second), axis=-1)


@pytest.mark.parametrize("logarithmic", [True, False], ids=["log", "linear"])
@pytest.mark.parametrize("surface", SURFACES)
def test_contours_are_spread_over_all_errors(surface: str, logarithmic: bool) -> None:
    shown, _ = made(surface)
    contour, _ = figures.base_figures(shown, logarithmic)["map"]["data"]
    lines, low, high = contour["contours"], contour["zmin"], contour["zmax"]
    assert low < lines["start"] < lines["end"] <= high
    count = (lines["end"] - lines["start"]) / lines["size"]
    assert 12 <= count <= 24
    assert lines["start"] - low <= lines["size"]  # none is missing at the bottom
    heights = array(contour["z"])
    assert (float(heights.min()), float(heights.max())) == (pytest.approx(low), pytest.approx(high))
    bar = contour["colorbar"]
    assert len(bar["tickvals"]) == len(bar["ticktext"])
    assert (bar["tickvals"][0], bar["tickvals"][-1]) == (low, high)


@pytest.mark.parametrize("surface", SURFACES)
def test_both_weights_have_the_same_scale(surface: str) -> None:
    shown, _ = made(surface)
    layout = figures.base_figures(shown, True)["map"]["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"
    assert layout["yaxis"].get("scaleratio", 1) == 1
    assert layout["xaxis"]["constrain"] == layout["yaxis"]["constrain"] == "domain"
    assert [layout["xaxis"]["range"], layout["yaxis"]["range"]] == [list(side) for side in shown.window]
    assert shown.weight_names[0] in layout["xaxis"]["title"]["text"]
    assert shown.weight_names[1] in layout["yaxis"]["title"]["text"]


@pytest.mark.parametrize("surface", SURFACES)
def test_the_minima_are_marked(surface: str) -> None:
    shown, _ = made(surface)
    _, marks = figures.base_figures(shown, True)["map"]["data"]
    marked = np.column_stack([array(marks["x"]), array(marks["y"])])
    np.testing.assert_allclose(marked, shown.minima, rtol=1e-6, atol=1e-6)


# --- paths ------------------------------------------------------------------------


@pytest.mark.parametrize("surface", SURFACES)
def test_the_maps_paths_are_the_paths(surface: str) -> None:
    shown, found = made(surface)
    for drawn, descent in zip(figures.map_paths(found, shown), found, strict=True):
        assert (drawn["name"], drawn["title"], drawn["dash"]) == (descent.name, descent.title, DASHES[descent.name])
        weights = numbers(drawn["weights"], "<f4").reshape(-1, 2)
        errors = numbers(drawn["errors"], "<f4")
        assert len(weights) == len(errors) <= len(descent.weights)
        np.testing.assert_array_equal(errors, descent.errors[: len(errors)].astype("f4"))
        inner = len(weights) - 1  # the last may be shortened
        np.testing.assert_array_equal(weights[:inner], descent.weights[:inner].astype("f4"))


def test_a_diverging_path_is_drawn_to_the_border_and_no_farther() -> None:
    shown, [descent] = made(optimizers=["gradient_descent"], rate_gradient_descent=0.05, steps=100)
    [drawn] = figures.map_paths([descent], shown)
    weights = numbers(drawn["weights"], "<f4").reshape(-1, 2)
    assert 2 <= len(weights) <= len(descent.weights)
    low, high = np.array(shown.window).T
    assert (np.abs(weights - (low + high) / 2) <= 3.0001 * (high - low)).all()
    assert len(numbers(drawn["errors"], "<f4")) == len(weights)


def test_a_path_from_far_outside_is_drawn_home() -> None:
    shown, [descent] = made(optimizers=["gradient_descent"], start_w1=900, start_w2=-700, steps=200)
    [drawn] = figures.map_paths([descent], shown)
    weights = numbers(drawn["weights"], "<f4").reshape(-1, 2)
    assert len(weights) == 201
    np.testing.assert_allclose(weights[-1], shown.minima[0], atol=0.1)


@pytest.mark.parametrize("surface", SURFACES)
def test_paths_in_space_lie_on_the_surface_and_within_the_window(surface: str) -> None:
    shown, found = made(surface, start_w1=shown_corner(surface)[0], start_w2=shown_corner(surface)[1])
    (low1, high1), (low2, high2) = shown.window
    for drawn, descent in zip(figures.relief_paths(found, shown), found, strict=True):
        x, y, z = (array(drawn[name]) for name in "xyz")
        assert len(x) == len(y) == len(z) == len(descent.weights)
        seen = np.isfinite(x)
        assert seen[0]
        assert (np.isfinite(y) == seen).all()
        assert (np.isfinite(z) == seen).all()
        assert ((x[seen] >= low1 - 1e-6) & (x[seen] <= high1 + 1e-6)).all()
        assert ((y[seen] >= low2 - 1e-6) & (y[seen] <= high2 + 1e-6)).all()
        np.testing.assert_allclose(z[seen], descent.errors[seen], rtol=1e-6, atol=1e-30)


def shown_corner(surface: str) -> tuple[float, float]:
    (_, high1), (_, high2) = made(surface)[0].window
    return high1, high2


# --- curves -----------------------------------------------------------------------


@pytest.mark.parametrize("surface", SURFACES)
def test_the_error_curves_stand_above_the_minimum(surface: str) -> None:
    shown, found = made(surface)
    lowest = shown.lowest if len(shown.minima) else None
    picture = figures.error_figure(found, lowest)
    axis = picture["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert ("minimum" in axis["title"]["text"]) == (lowest is not None)
    floor = lowest or 0.0
    for curve, descent in zip(picture["data"], found, strict=True):
        np.testing.assert_array_equal(array(curve["x"]), np.arange(len(descent.errors)))
        heights = array(curve["y"])
        above = descent.errors - floor
        # the true values, and none where a logarithmic axis has no place for them
        np.testing.assert_array_equal(heights, np.where(above > 0.0, above, np.nan))
        low, high = axis["range"]
        assert low < math.log10(above[0]) < high
        assert curve["line"]["color"] == f"token:{descent.name}"


def test_a_start_in_the_minimum_has_an_axis_too() -> None:
    shown, found = made("ravine", start_w1=0.0, start_w2=0.0)
    low, high = figures.error_figure(found, shown.lowest)["layout"]["yaxis"]["range"]
    assert low < high < 300


def test_what_rounding_leaves_does_not_stretch_the_axis() -> None:
    shown, found = made("linear_neuron", optimizers=("newton",), steps=5)
    low, high = figures.error_figure(found, shown.lowest)["layout"]["yaxis"]["range"]
    assert high - low < 11.0  # decades


# --- data and fit -------------------------------------------------------------------


@pytest.mark.parametrize("surface", DATA_SURFACES)
def test_the_fit_shows_what_the_neuron_makes_of_its_input(surface: str) -> None:
    shown, found = made(surface)
    *lines, cases = figures.fit_figure(shown, found, START)["data"]
    np.testing.assert_array_equal(array(cases["x"]), np.asarray(shown.inputs, "f4"))
    np.testing.assert_array_equal(array(cases["y"]), np.asarray(shown.targets, "f4"))
    expected = [START, *shown.minima, *(descent.weights[-1] for descent in found)]
    assert len(lines) == len(expected)
    for line, (slope, bias) in zip(lines, expected, strict=True):
        x, y = array(line["x"]).astype(np.float64), array(line["y"])
        logits = slope * x + bias
        outputs = 1.0 / (1.0 + np.exp(-logits)) if shown.logistic else logits
        np.testing.assert_allclose(y, outputs, rtol=1e-4, atol=1e-4)
        assert x[0] < np.min(shown.inputs) < np.max(shown.inputs) < x[-1]


@pytest.mark.parametrize("surface", DATA_SURFACES)
@pytest.mark.parametrize("wishes", [{"cases": 2, "data_seed": 4}, {"noise": 0.0}, {"centre": 5.0}])
def test_all_cases_are_within_the_fits_window(surface: str, wishes: dict[str, Any]) -> None:
    shown, found = made(surface, **wishes)
    layout = figures.fit_figure(shown, found, START)["layout"]
    for axis, values in (("xaxis", shown.inputs), ("yaxis", shown.targets)):
        low, high = layout[axis]["range"]
        assert low < np.min(values) <= np.max(values) < high


def test_extreme_weights_give_no_warning_and_finite_outputs() -> None:
    shown, _ = made("sigmoid_neuron")
    line, *_ = figures.fit_figure(shown, [], np.array([-1000.0, 1000.0]))["data"]
    outputs = array(line["y"])
    assert np.isfinite(outputs).all()
    assert ((outputs >= 0.0) & (outputs <= 1.0)).all()


def test_without_data_there_is_no_fit() -> None:
    shown, found = made("rosenbrock")
    assert figures.fit_figure(shown, found, START)["data"] == []
