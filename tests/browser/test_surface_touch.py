"""The surface lab under fingers, on a telephone's screen: taps, drags and pinches, and a page that still scrolls."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.labs import SurfaceLab
from tests.browser.page import Page


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    page.resize(390, 844)
    page.use_fingers()
    return SurfaceLab(page)


def show_map(page: Page) -> None:
    page.js("document.getElementById('surface-map').scrollIntoView({block: 'center', behavior: 'instant'})")


def scrolled(page: Page, x: float, y: float) -> bool:
    """Whether a finger that moves upwards from here scrolls the page."""
    before = page.js("return scrollY")
    with page.fingers((x, y)) as move:
        for step in range(1, 12):
            move((x, y - 8 * step))
    page.js(  # until it has come to rest
        """
        return new Promise((done) => {
          let [last, still] = [scrollY, 0];
          const turn = () => {
            still = scrollY === last ? still + 1 : 0;
            last = scrollY;
            if (still > 10) done();
            else requestAnimationFrame(turn);
          };
          turn();
        });
        """
    )
    return bool(page.js("return scrollY") > before)


def test_fingers_move_start_and_cases_and_scroll_the_page_elsewhere(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    lab.wait_for_map()
    show_map(page)
    x, y = map(float, lab.place_of(np.array([[2.0, 2.0]]))[0])
    page.tap(x, y)
    page.wait_for("explorer.surface.lab.paths.start[0] > 1.5")
    lab.wait_until_drawn()
    assert lab.start() == pytest.approx(lab.weights_at(x, y), abs=0.05)
    lab.wait_for_value("start_w1", f"{lab.start()[0]:g}")

    before = page.js("return scrollY")
    with page.fingers((x + 8, y - 6)) as move:
        for step in range(1, 8):
            move((x - 6 * step, y + 9 * step))
        lab.wait_until_drawn()
        assert lab.start_mark() == pytest.approx([x - 42, y + 63], abs=1.0), "it follows the finger"
    assert page.js("return scrollY") == before
    start = lab.start()
    lab.wait_for_value("start_w2", f"{start[1]:g}")
    lab.wait_for_address()

    frame = lab.frame()
    left, bottom = frame["left"] + 30.0, frame["top"] + frame["height"] - 20.0
    assert np.linalg.norm(lab.start_mark() - [left, bottom]) > 60
    assert scrolled(page, left, bottom), "a finger beside the start scrolls the page"
    assert lab.start() == pytest.approx(start)

    show_map(page)
    frame, home = lab.frame(), np.array(lab.window())
    x, y = frame["left"] + 0.5 * frame["width"], frame["top"] + 0.5 * frame["height"]
    before, under = page.js("return scrollY"), lab.weights_at(x, y)
    with page.fingers((x - 20, y), (x + 20, y)) as move:
        for step in range(1, 6):
            move((x - 20 - 4 * step, y), (x + 20 + 4 * step, y))
    page.wait_for("explorer.surface.lab.view")
    closer = np.array(lab.wait_for_map())
    assert np.ptp(closer, axis=1) == pytest.approx(np.ptp(home, axis=1) / 2, rel=0.02)
    assert lab.weights_at(x, y) == pytest.approx(under, abs=0.05)
    assert (page.js("return scrollY"), lab.start().tolist()) == (before, start.tolist())
    lab.wait_until_drawn()

    page.click("[data-mode=map]")
    page.wait_for("document.querySelector('[data-mode=map]').ariaPressed === 'true'")
    under, before = lab.weights_at(x, y), page.js("return scrollY")
    with page.fingers((x, y)) as move:
        for step in range(1, 6):
            move((x + 5 * step, y - 6 * step))
    page.wait_for(f"explorer.surface.lab.view[0][0] !== {closer[0][0]}")
    lab.wait_for_map()
    assert lab.weights_at(x + 25, y - 30) == pytest.approx(under, abs=0.05), "it sticks to the finger"
    assert (page.js("return scrollY"), lab.start().tolist()) == (before, start.tolist())
    page.click("#surface-home")
    page.wait_for("explorer.surface.lab.view === null")
    lab.show_cases()
    inputs, targets = lab.cases()
    index = int(inputs[:, 0].argmin())
    x, y = lab.on_chart(inputs[index, 0], targets[index])
    top = "return document.getElementById('surface-fit').getBoundingClientRect().top"
    before = page.js(top)
    with page.fingers((x + 10, y - 10)) as move:
        for step in range(1, 7):
            move((x + 8 * step, y - 20 * step))
        page.wait_for("explorer.surface.lab.touching && explorer.surface.lab.settings.data === 'own'")
        lab.wait_for_map()
        lab.wait_until_drawn()
        assert page.js(top) == pytest.approx(before, abs=1), "the page does not scroll under a case"
        own = lab.wish()["own"]
        moved = lab.on_chart(own["inputs"][index][0], own["targets"][index])
        assert moved == pytest.approx((x + 48, y - 120), abs=1)
    lab.wait_for_data(20)
    lab.wait_for_map()
    lab.wait_for_address()

    (left, right), (bottom, height) = lab.chart_ranges()
    beside = lab.on_chart(left + 0.1 * (right - left), bottom + 0.5 * (height - bottom))
    assert scrolled(page, *beside)
    assert len(lab.cases()[0]) == 20
    lab.show_cases()
    page.tap(*lab.on_chart(left + 0.1 * (right - left), bottom + 0.5 * (height - bottom)))
    lab.wait_for_data(21)
    lab.wait_for_map()
