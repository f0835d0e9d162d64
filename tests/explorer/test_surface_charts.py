from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from engine import OPTIMIZERS
from engine.types import Array
from explorer.surface import charts
from explorer.surface.descents import Descent, descents
from explorer.surface.scenes import Scene
from explorer.theme import SCHEMES
from tests.explorer.pictures import (
    LINEAR,
    ON_DATA,
    THREE,
    WISHES,
    array,
    coloured,
    scene_of,
    settings_of,
    with_settings,
)

START = np.array([-1.0, 0.5, 0.25])


def walked(name: str, own: dict[str, Any] | None = None, **more: Any) -> tuple[Scene, list[Descent], Array]:
    begin = {"optimizers": list(OPTIMIZERS), "steps": 12, "start_w1": -1.0, "start_w2": 0.5, "start_w3": 0.25}
    wish = with_settings(name, **{**begin, **more})
    wish = {**wish, "own": own} if own else wish
    shown = scene_of(wish)
    return shown, descents(shown, settings_of(wish)), START[: shown.dimension]


def outputs(shown: Scene, design: Array, weights: Array) -> Array:
    logits = design @ weights
    return 1.0 / (1.0 + np.exp(-logits)) if shown.logistic else logits


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["linear_neuron-line", "sigmoid_neuron-plane-bias", "linear_neuron-dining_hall"])
def test_plotly_takes_every_chart_in_every_scheme(name: str, scheme: Any) -> None:
    shown, found, start = walked(name)
    for picture in (
        charts.fit_figure(shown, found, start),
        charts.weights_figure(shown, found, start),
    ):
        drawn = go.Figure({key: coloured(picture[key], scheme) for key in ("data", "layout")})
        assert len(drawn.data) == len(picture["data"])
        if picture["data"]:
            assert all(picture["layout"][axis]["title"]["text"] for axis in ("xaxis", "yaxis"))


# --- data and fit ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["linear_neuron-line", "sigmoid_neuron-line", "linear_neuron-own1"])
def test_over_one_input_there_are_curves(name: str) -> None:
    shown, found, start = walked(name)
    lines = charts.fit_figure(shown, found, start)["data"]
    expected = [start, *shown.minima.weights[:1], *(descent.weights[-1] for descent in found)]
    assert len(lines) == len(expected)
    assert shown.cases is not None
    for line, weights in zip(lines, expected, strict=True):
        x, y = array(line["x"]).astype(np.float64), array(line["y"])
        made = outputs(shown, np.column_stack([x, np.ones_like(x)]), weights)
        np.testing.assert_allclose(y, made, rtol=1e-4, atol=1e-4)
        assert x[0] < np.min(shown.cases.inputs) < np.max(shown.cases.inputs) < x[-1]


@pytest.mark.parametrize(
    "name", [f"{neuron}-plane{bias}" for neuron in ("linear_neuron", "sigmoid_neuron") for bias in ("", "-bias")]
)
def test_over_two_inputs_there_is_the_output_of_the_lowest_path(name: str) -> None:
    shown, found, start = walked(name, rate_gradient_descent=1e-7, rate_newton=0.3)
    [heat] = charts.fit_figure(shown, found, start)["data"]
    x, y, z = (array(heat[key]).astype(np.float64) for key in "xyz")
    lowest = min(found, key=lambda descent: descent.errors[-1]).weights[-1]
    for row, column in ((0, 0), (3, 7), (20, 20), (-1, -1)):
        design = np.array([x[column], y[row], 1.0])[: shown.dimension]
        assert z[row, column] == pytest.approx(float(outputs(shown, design, lowest)), rel=1e-4, abs=1e-5)
    assert shown.cases is not None
    assert heat["zmin"] < shown.cases.targets.min() <= shown.cases.targets.max() < heat["zmax"]
    middle = (heat["zmin"] + heat["zmax"]) / 2.0  # of the two colours
    assert middle == pytest.approx(0.5 if shown.logistic else 0.0)
    # without a path it is that of the start
    [heat] = charts.fit_figure(shown, [], start)["data"]
    design = np.array([x[4], y[9], 1.0])[: shown.dimension]
    assert array(heat["z"])[9, 4] == pytest.approx(float(outputs(shown, design, start)), rel=1e-4)


@pytest.mark.parametrize("name", ["linear_neuron-dining_hall", "sigmoid_neuron-own3"])
def test_over_three_inputs_outputs_stand_against_targets(name: str) -> None:
    shown, found, start = walked(name)
    equal, *dots = charts.fit_figure(shown, found, start)["data"]
    assert equal["x"] == equal["y"]
    assert shown.cases is not None
    for trace, weights in zip(dots, [start, *(descent.weights[-1] for descent in found)], strict=True):
        np.testing.assert_allclose(array(trace["x"]), shown.cases.targets, rtol=1e-6)
        made = outputs(shown, shown.cases.inputs, weights)
        np.testing.assert_allclose(array(trace["y"]), made, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("wishes", [{"cases": 2, "data_seed": 4}, {"noise": 0.0}, {"centre": 5.0}])
@pytest.mark.parametrize("name", ON_DATA)
def test_all_cases_are_within_the_fits_window(name: str, wishes: dict[str, Any]) -> None:
    shown, found, start = walked(name, **wishes)
    layout = charts.fit_figure(shown, found, start)["layout"]
    assert shown.cases is not None
    inputs, targets = shown.cases.inputs, shown.cases.targets
    sides = {1: (inputs[:, 0], targets), 2: (inputs[:, 0], inputs[:, -1]), 3: (targets, targets)}[inputs.shape[1]]
    for axis, values in zip(("xaxis", "yaxis"), sides, strict=True):
        low, high = layout[axis]["range"]
        assert low < np.min(values) <= np.max(values) < high


def test_extreme_weights_give_no_warning_and_finite_outputs() -> None:
    shown, _, _ = walked("sigmoid_neuron-line")
    line, *_ = charts.fit_figure(shown, [], np.array([-1000.0, 1000.0]))["data"]
    made = array(line["y"])
    assert np.isfinite(made).all()
    assert ((made >= 0.0) & (made <= 1.0)).all()


def test_without_data_there_is_no_fit() -> None:
    shown, found, start = walked("rosenbrock")
    assert charts.fit_figure(shown, found, start)["data"] == []


@pytest.mark.parametrize(
    ("targets", "ends"),
    [([0.0, 1.0], (0.0, 1.0)), ([0.3, 0.6], (0.0, 1.0)), ([-3.0, 2.0], (-3.0, 3.0)), ([2.0, 8.0], (-8.0, 8.0))],
)
def test_colours_are_even_round_zero_or_one_half(targets: list[float], ends: tuple[float, float]) -> None:
    assert charts.value_range(np.array(targets)) == ends


# --- three weights --------------------------------------------------------------------


@pytest.mark.parametrize("name", THREE)
def test_three_weights_are_bars(name: str) -> None:
    shown, found, start = walked(name)
    traces = charts.weights_figure(shown, found, start)["data"]
    bars = [trace for trace in traces if trace["type"] == "bar"]
    for bar, weights in zip(bars, [start, *(descent.weights[-1] for descent in found)], strict=True):
        np.testing.assert_array_equal(array(bar["y"]), weights)
        assert [f"w{i} ({item})" for i, item in enumerate(bar["x"], 1)] == list(shown.names)
    goals = {trace["name"]: array(trace["y"]) for trace in traces if trace["type"] == "scatter"}
    assert ("Least squares" in goals) == (name in LINEAR)
    if name in LINEAR:
        solution = np.linalg.lstsq(shown.design, shown.cases.targets, rcond=None)[0]  # type: ignore[arg-type, union-attr]
        np.testing.assert_allclose(goals["Least squares"], solution, rtol=1e-6)
    # only a linear neuron is paid in prices
    assert ("True price" in goals) == (name == "linear_neuron-dining_hall")
    if "True price" in goals:
        assert goals["True price"].tolist() == [2.5, 1.5, 1.0]


@pytest.mark.parametrize("name", [name for name in WISHES if name not in THREE])
def test_two_weights_are_no_bars(name: str) -> None:
    shown, found, start = walked(name)
    assert charts.weights_figure(shown, found, start)["data"] == []


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["price (USD)", "size (m²)", "f(x)"], ["price (USD)", "size (m²)", "f(x)"]),
        (["mass)", "(mass", "()"], ["mass)", "(mass", "()"]),
        (["a", "a", "b"], None),
        (["", "", ""], None),
        (["x" * 45 + "1", "x" * 45 + "2", "y"], None),
    ],
)
def test_every_input_has_its_own_bar_whatever_its_name(names: list[str], told: list[str] | None) -> None:
    own = {**WISHES["linear_neuron-own3"]["own"], "names": names}
    shown, found, start = walked("linear_neuron-own3", own)
    for trace in charts.weights_figure(shown, found, start)["data"]:
        assert len(set(trace["x"])) == 3
        assert all(trace["x"])
        assert told is None or trace["x"] == told
