"""The dining hall: three prices of which the map shows two, the slider that holds the third, and the bills."""

from __future__ import annotations

import numpy as np
import pytest

from engine import LinearNeuron, Plane
from tests.browser.labs import SurfaceLab, named
from tests.browser.page import Page

PRICES = (2.5, 1.5, 1.0)
THUMB = f"{named(lab='surface', setting='cut', role='slider')} [role=slider]"


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def check_cut(lab: SurfaceLab) -> LinearNeuron:
    """The map is the engine's cut through the surface of all three weights, and the path its shadow; the surface."""
    settings = lab.settings()
    held = ("w1", "w2", "w3").index(settings.held)
    lab.page.wait_for(f"explorer.surface.lab.base.held === {held}")
    neuron = LinearNeuron(*lab.cases())
    first, second = (index for index in range(3) if index != held)
    lab.check_errors(Plane.of_weights(neuron, np.where(np.arange(3) == held, settings.cut, 0.0), first, second))
    lab.wait_until_drawn()
    return neuron


def bars(page: Page) -> list[list[float]]:
    """The heights of all groups of bars: the start, then every path."""
    chart = "document.getElementById('surface-weights')._fullData"
    return list(page.js(f"return {chart}.filter(({{type}}) => type === 'bar').map(({{y}}) => Array.from(y))"))


def wait_for_bars(page: Page, *expected: object) -> None:
    """Wait until these groups of three bars stand there."""
    page.wait_for(f"document.getElementById('surface-weights').data?.length > {len(expected)}")
    page.wait_for(
        "document.getElementById('surface-weights')._fullData.filter(({type}) => type === 'bar').every(({y}, group) =>"
        f" {[list(map(float, each)) for each in expected]}[group].every((weight, i) => Math.abs(weight - y[i]) < 1e-5))"
    )


def test_the_map_cuts_through_three_prices(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat("optimizers=gradient_descent,momentum")
    lab.wait_for_map()
    lab.choose("data", "dining_hall")
    page.wait_for("explorer.surface.lab.base.held === 2")
    lab.wait_for_data(20)
    neuron = check_cut(lab)
    assert neuron.minimum == pytest.approx(PRICES)
    assert lab.settings().cut == 0

    before = lab.marked()["lowest minimum"]
    lab.focus_slider("cut")
    x, y, width = page.js(
        """
        const thumb = document.querySelector(arguments[0]), track = thumb.closest("[id*=slider]");
        thumb.scrollIntoView({block: "center", behavior: "instant"});
        const {left, top, width, height} = thumb.getBoundingClientRect();
        return [left + width / 2, top + height / 2, track.getBoundingClientRect().width];
        """,
        THUMB,
    )
    with page.hand(x, y) as move:
        for step in range(1, 4):
            move(x + step * width / 20, y)
        page.wait_for("explorer.surface.lab.settings.cut > 2")
        check_cut(lab)
    assert np.abs(lab.marked()["lowest minimum"] - before).max() > 0.5, "the bottom of another cut"

    page.click("#surface-best-cut")
    lab.wait_for_value("cut", "1")
    check_cut(lab)
    assert lab.marked()["lowest minimum"] == pytest.approx(np.array([PRICES[:2]]), abs=1e-5)

    # the bars: at the start, and where each path has come to; and at the step that is pointed at
    start, ends = [0.0, 0.0, 0.0], [descent.weights[-1] for descent in lab.found()]
    wait_for_bars(page, start, *ends)
    assert len(bars(page)) == 3
    page.js("document.getElementById('surface-map').scrollIntoView({block: 'center', behavior: 'instant'})")
    descent, step = lab.found()[0], 4
    page.hover(*lab.place_of(descent.weights[step : step + 1, :2])[0])
    page.wait_for_text("#surface-readout", f"{descent.title}, step {step}: w1 = ")
    wait_for_bars(page, start, descent.weights[step], ends[1])
    page.hover(2, 2)
    page.wait_for_text("#surface-readout", "Start at w1 = 0, w2 = 0, w3 = 0")
    wait_for_bars(page, start, *ends)

    lab.choose("held", "w1")
    page.wait_for("explorer.surface.lab.base.held === 0")
    check_cut(lab)
    titles = "(({xaxis, yaxis}) => [xaxis.title.text, yaxis.title.text])"
    page.wait_for(f"{titles}(document.getElementById('surface-map')._fullLayout)[1] === 'Weight w3 (soda)'")
    page.click("#surface-best-cut")
    lab.wait_for_value("cut", "2.5")
    check_cut(lab)

    # a bill that does not add up
    assert "exact solution" in page.text("#surface-facts")
    window = lab.window()
    lab.unfold("The cases as a table")
    cell = "#surface-table input[aria-label='Case 1, total price']"
    page.fill(cell, "30")
    page.wait_for("explorer.surface.lab.settings.data === 'own'")
    lab.wait_for_data(20)
    lab.wait_for_value("data", "My own data")
    neuron = check_cut(lab)
    assert neuron.targets[0] == 30
    assert neuron.minimum_error > 10
    page.wait_for_text("#surface-facts", "The cases contradict each other")
    assert lab.window() == window
    page.wait_for(f'document.querySelector("{cell}").value === "30"')
    lab.wait_for_address()
