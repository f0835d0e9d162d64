import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from engine import OPTIMIZERS
from explorer.surface import progress, words
from explorer.surface.descents import Descent, descents
from explorer.surface.scenes import Scene
from explorer.surface.settings import LINE_SEARCH, WALKERS
from explorer.theme import SCHEMES
from tests.explorer.pictures import array, coloured, scene_of, settings_of, with_settings


def walked(name: str, **more: Any) -> tuple[Scene, list[Descent], Any, float]:
    begin = {"optimizers": list(OPTIMIZERS), "steps": 12, "start_w1": -1.0, "start_w2": 0.5, "start_w3": 0.25}
    wish = with_settings(name, **{**begin, **more})
    shown, settings = scene_of(wish), settings_of(wish)
    found = descents(shown, settings)
    return shown, found, settings, words.lowest_error(shown, found)


@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("measure", ["error", "slope", "distance"])
@pytest.mark.parametrize("name", ["linear_neuron-dining_hall", "rosenbrock", "sigmoid_neuron-plane-bias"])
def test_plotly_takes_every_chart(name: str, measure: str, axis: str) -> None:
    shown, found, settings, lowest = walked(name, measure=measure, axis=axis, optimizers=list(WALKERS))
    picture = progress.progress_figure(found, shown, lowest, settings)
    for scheme in SCHEMES:
        drawn = go.Figure({key: coloured(picture[key], scheme) for key in ("data", "layout")})
        assert len(drawn.data) == len(found)
    assert (picture["layout"]["yaxis"].get("type") == "log") == (axis == "log")


@pytest.mark.parametrize("name", ["linear_neuron-dining_hall", "rosenbrock"])
def test_the_curves_are_what_they_are_called(name: str) -> None:
    shown, found, settings, lowest = walked(name)
    goals = [shown.minimum] if shown.minimum is not None else shown.minima.weights
    expected = {
        "error": lambda descent: descent.errors - lowest,
        "slope": lambda descent: [math.hypot(*shown.surface.gradient(weights)) for weights in descent.weights],
        "distance": lambda descent: [min(math.dist(weights, goal) for goal in goals) for weights in descent.weights],
    }
    for measure, of in expected.items():
        settings = settings_of(with_settings(name, measure=measure))
        picture = progress.progress_figure(found, shown, lowest, settings)
        for curve, descent in zip(picture["data"], found, strict=True):
            values = np.array(of(descent))
            np.testing.assert_array_equal(array(curve["x"]), np.arange(len(values)))
            # none where a logarithmic axis has no place for it
            np.testing.assert_allclose(array(curve["y"]), np.where(values > 0.0, values, np.nan), rtol=1e-12)
            assert curve["line"]["color"] == f"token:{descent.name}"


def test_a_start_in_the_minimum_has_an_axis_too() -> None:
    shown, found, settings, lowest = walked("ravine", start_w1=0.0, start_w2=0.0)
    for some in (found, []):
        low, high = progress.progress_figure(some, shown, lowest, settings)["layout"]["yaxis"]["range"]
        assert low < high < 300


def test_what_rounding_leaves_does_not_stretch_the_axis() -> None:
    shown, found, settings, lowest = walked("linear_neuron-line", optimizers=("newton",), steps=5)
    low, high = progress.progress_figure(found, shown, lowest, settings)["layout"]["yaxis"]["range"]
    assert high - low < 11.0  # decades


def test_the_table_counts_what_was_asked_for() -> None:
    rates = {"rate_gradient_descent": 0.02, "rate_newton": 1.0, "rate_momentum": 10.0}
    chosen = ["gradient_descent", "momentum", "newton", LINE_SEARCH]
    shown, found, _, lowest = walked("ravine", steps=400, optimizers=chosen, start_w1=2.0, start_w2=1.0, **rates)
    rows = {row["name"]: row for row in progress.table(found, shown, lowest)}
    # eigenvalues 1 and 50, start (3, 1) / sqrt(2) along them: E(s) = (9 (1 - 0.02)^2s + 50 (1 - 1)^2s) / 4
    first = (9.0 + 50.0) / 4.0
    steps = next(s for s in range(1, 400) if 9.0 * 0.98 ** (2 * s) / 4.0 <= 0.01 * first)
    assert rows["gradient_descent"]["steps"] == rows["gradient_descent"]["evaluations"] == str(steps)
    # one step, which costs a gradient and two for the second derivatives
    assert (rows["newton"]["steps"], rows["newton"]["evaluations"]) == ("1", "3")
    assert rows["momentum"]["diverged"] != ""
    assert rows["momentum"]["steps"] == rows["momentum"]["error"] == ""
    assert int(rows[LINE_SEARCH]["steps"]) >= 1
