"""The training cases under the hand: whatever is done to them, the surface is the engine's for what they are now."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from engine import LinearNeuron
from engine.types import Array
from explorer.numbers import short
from tests.browser.labs import SurfaceLab
from tests.browser.page import Page


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def own(lab: SurfaceLab) -> tuple[Array, Array]:
    """The inputs (N,) and targets (N,) that the page calls its own."""
    told = lab.wish()["own"]
    return np.array(told["inputs"])[:, 0], np.array(told["targets"])


def check(lab: SurfaceLab) -> None:
    """The map, the path and what is said under them, from the engine and the cases of the page alone."""
    inputs, targets = own(lab)
    neuron = LinearNeuron(np.column_stack([inputs, np.ones(len(inputs))]), targets)
    lab.check_errors(neuron)
    lab.wait_until_drawn()
    lab.page.wait_for_text("#surface-readout", f"error {short(float(neuron.error(lab.start())), 4)},")
    lab.page.wait_for_text("#surface-facts", f"with the error {short(neuron.minimum_error)},")


def wait_for_case(lab: SurfaceLab, index: int, place: Array, apart: float) -> None:
    """Wait until no hand is on the cases, and one of them is close to a place."""
    lab.wait_for_data()
    cases = "explorer.surface.lab.cases"
    distance = f"Math.hypot({cases}.inputs[{index}][0] - {place[0]}, {cases}.targets[{index}] - {place[1]})"
    lab.page.wait_for(f"{distance} < {apart}")


def blank(lab: SurfaceLab) -> Array:
    """A place at the upper left of the chart, where no case is."""
    low, high = lab.chart_ranges().T
    return low + np.array([0.2, 0.9]) * (high - low)


def test_a_case_under_the_hand_bends_the_surface(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    window = lab.wait_for_map()
    lab.show_cases()
    inputs, targets = lab.cases()
    index = int(inputs[:, 0].argmin())
    ranges = lab.chart_ranges()
    pixel = np.ptp(ranges, axis=1) / 300
    words = {name: page.text(f"#surface-{name}") for name in ("facts", "stability")}
    with page.hand(*lab.on_chart(inputs[index, 0], targets[index])) as move:
        to = np.array([-2.5, 2.0])
        for part in (0.3, 0.6, 1.0):
            move(*lab.on_chart(*(np.array([inputs[index, 0], targets[index]]) * (1 - part) + part * to)))
        for name, before in words.items():
            page.wait_for(f"document.getElementById('surface-{name}').innerText.trim() !== {json.dumps(before)}")
        page.wait_for(
            "explorer.surface.lab.settings.data === 'own' && Number(explorer.surface.lab.settings.noise) === 0"
        )
        check(lab)
        assert page.js("return explorer.surface.lab.touching"), "all of this under the hand"
        assert page.text("#surface-case-readout").startswith(f"Case {index + 1}: input = −2.")
        moved_inputs, moved_targets = own(lab)
        assert np.abs(np.array([moved_inputs[index], moved_targets[index]]) - to).max() < 2 * pixel.max()
        others = np.arange(len(inputs)) != index
        assert moved_inputs[others] == pytest.approx(inputs[others, 0], rel=1e-5)
        assert moved_targets[others] == pytest.approx(targets[others], rel=1e-5)
        assert lab.window() == window, "the map stays while the surface under it changes"
        assert lab.chart_ranges() == pytest.approx(ranges), "and so do the axes of the chart"

    lab.wait_for_data(20)
    lab.wait_for_value("data", "My own data")
    check(lab)
    assert lab.window() == window
    query = parse_qs(urlsplit(lab.wait_for_address()).query)
    told = np.array([row.split(",") for row in query["points"][0].split(";")], float)
    assert told[:, 0] == pytest.approx(own(lab)[0])
    assert told[:, 1] == pytest.approx(own(lab)[1])
    assert np.array(query["view"][0].split(","), float) == pytest.approx(np.ravel(window))


def test_cases_come_and_go_by_mouse_and_key_and_are_kept(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    window = lab.wait_for_map()
    lab.show_cases()
    drawn = lab.cases()
    place = blank(lab)
    with page.hand(*lab.on_chart(*place)):
        pass
    wait_for_case(lab, 20, place, apart=0.05)  # some pixels
    check(lab)
    page.press("Delete")
    lab.wait_for_data(20)
    check(lab)
    page.press("Insert")
    lab.wait_for_data(21)
    check(lab)
    page.click("#surface-remove-case")
    lab.wait_for_data(20)
    page.click("#surface-add-case")
    lab.wait_for_data(21)
    check(lab)

    page.js("document.getElementById('surface-fit').focus({preventScroll: true})")
    page.press("PageUp")
    page.press("PageDown", 2)  # round the end, to the first
    assert page.text("#surface-case-readout").startswith("Case 1: ")
    stride = np.ptp(lab.chart_ranges(), axis=1) / 60
    before = np.array([values[0] for values in own(lab)])
    page.press("ArrowRight", 2)
    page.press("ArrowUp")
    wait_for_case(lab, 0, before + stride * [2, 1], apart=0.01)
    check(lab)
    assert lab.window() == window

    kept = own(lab)
    link = lab.copied_link()
    page.reload()
    lab.hide_space()
    lab.wait_until_shown()
    check(lab)
    assert [values.tolist() for values in own(lab)] == [values.tolist() for values in kept]
    page.js("sessionStorage.clear()")  # somebody else's browser
    lab.open_flat(urlsplit(link).query)
    check(lab)
    assert [values.tolist() for values in own(lab)] == [values.tolist() for values in kept]
    assert lab.window() == window
    assert page.text("#surface-notice") == ""

    lab.choose("data", "line")
    page.wait_for("explorer.surface.lab.settings.data === 'line' && explorer.surface.lab.settings.noise === 0.5")
    lab.wait_for_data(20)
    lab.wait_for_map()
    lab.wait_until_drawn()
    for now, before in zip(lab.cases(), drawn, strict=True):
        assert now == pytest.approx(before)
    assert "points" not in parse_qs(urlsplit(lab.wait_for_address()).query)
