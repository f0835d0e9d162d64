"""What of a surface is in sight: wheel, buttons, keys and hand move it, links keep it, and the scene stays turned."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
import pytest

from engine import LANDSCAPES
from engine.types import Array
from tests.browser.labs import SurfaceLab
from tests.browser.page import Page


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def spans(window: list[list[float]]) -> Array:
    return np.ptp(np.array(window), axis=1)


def test_the_wheel_and_the_hand_move_what_is_in_sight(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    home = lab.wait_for_map()
    x, y = lab.place_of(np.array([[1.0, 2.0]]))[0]
    page.wheel(x, y, 100)
    page.wait_for("scrollY > 0")
    assert lab.wait_for_map() == home, "a wheel over a map without the focus scrolls the page"
    page.wheel(x, y, -100)
    page.wait_for("scrollY === 0")

    lab.focus_map()
    under = lab.weights_at(x, y)
    page.wheel(x, y, -200)
    page.wait_for("explorer.surface.lab.view")
    closer = lab.wait_for_map()
    assert spans(closer) == pytest.approx(spans(home) / np.exp(200 * 0.0016), rel=1e-3)
    assert lab.weights_at(x, y) == pytest.approx(under, abs=0.01), "what is under the pointer stays"
    lab.wait_until_drawn()
    assert page.js("return scrollY") == 0

    start = lab.start()
    page.click("[data-mode=map]")
    held = lab.weights_at(500, 450)
    with page.hand(500, 450) as move:
        for step in range(1, 4):
            move(500 + 20 * step, 450 - 15 * step)
        page.wait_for("document.getElementById('surface-map')._fullLayout.xaxis.range[0] < -2.5")
        shifted = lab.wait_for_map()
        assert lab.weights_at(560, 405) == pytest.approx(held, abs=0.01), "it sticks to the hand"
        lab.wait_until_drawn()
    assert spans(shifted) == pytest.approx(spans(closer), rel=1e-3)

    page.click("[data-mode=start]")
    with page.hand(500, 450, shift=True) as move:
        move(450, 500)
    assert lab.wait_for_map() != shifted
    assert lab.start() == pytest.approx(start), "the start stays in the surface"
    lab.wait_until_drawn()


def test_keys_and_buttons_zoom_and_links_keep_the_view(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat("start_w1=3&start_w2=-1")
    home = lab.wait_for_map()
    assert home == [list(pair) for pair in lab.scene().window]

    def pressed(key: str) -> list[list[float]]:
        lab.focus_map()
        page.press(key)
        return lab.wait_for_map()

    closer = pressed("+")
    assert spans(closer) == pytest.approx(spans(home) / 1.5, rel=1e-3)
    for axis, (low, high) in enumerate(closer):  # the start keeps its place
        share = (lab.start()[axis] - home[axis][0]) / spans(home)[axis]
        assert (lab.start()[axis] - low) / (high - low) == pytest.approx(share, abs=1e-3)
    assert np.array(pressed("-")) == pytest.approx(np.array(home), abs=1e-3)
    fitted = pressed("f")
    (path,) = lab.found()
    low, high = path.weights.min(axis=0), path.weights.max(axis=0)
    assert (low >= np.array(fitted)[:, 0]).all()
    assert (high <= np.array(fitted)[:, 1]).all()
    assert ((high - low) / spans(fitted)).max() == pytest.approx(1 / 1.24, rel=0.01)
    assert pressed("0") == home
    assert page.js("return explorer.surface.lab.view") is None

    for button, same in (("zoom-in", closer), ("home", home), ("fit-path", fitted), ("home", home)):
        page.click(f"#surface-{button}")
        assert np.array(lab.wait_for_map()) == pytest.approx(np.array(same), abs=1e-3), button
    page.click("#surface-zoom-out")
    assert spans(lab.wait_for_map()) == pytest.approx(spans(home) * 1.5, rel=1e-3)
    lab.wait_until_drawn()

    page.click("#surface-zoom-in")
    kept = pressed("+")
    address = lab.wait_for_address()
    page.click("#nav-training")
    page.wait_for("location.pathname === '/training'")
    page.click("#nav-surface")
    page.wait_for("location.pathname === '/surface'")
    assert lab.wait_for_map() == kept
    other = pressed("+")
    lab.wait_for_address()
    for path in ("/training", "/surface"):
        page.js("history.back()")
        page.wait_for(f"location.pathname === '{path}'")
    page.wait_for(f"explorer.surface.lab.base.window[0][0] === {kept[0][0]}")
    assert lab.wait_for_map() == kept != other
    assert lab.wait_for_address() == address

    page.js("sessionStorage.clear()")
    lab.open_flat(urlsplit(address).query)
    assert lab.wait_for_map() == kept
    assert lab.wait_for_address() == address
    lab.wait_until_drawn()


def test_the_scene_stays_as_it_was_turned(lab: SurfaceLab, page: Page) -> None:
    lab.open()
    lab.wait_for_map()
    lab.wait_for_space()
    page.drag("#surface-relief canvas", (0.4, 0.5), (0.55, 0.45), steps=3)
    turned = lab.camera()

    def check() -> None:
        window = [float(end) for pair in lab.wait_for_map() for end in pair]
        scene = "document.getElementById('surface-relief')._fullLayout.scene"
        page.wait_for(f"[...{scene}.xaxis.range, ...{scene}.yaxis.range].join() === {window}.join()")
        lab.wait_for_space()
        assert lab.camera() == pytest.approx(turned, abs=1e-6)

    lab.focus_map()
    page.press("+")
    check()
    lab.choose("surface", "himmelblau")
    page.wait_for("explorer.surface.lab.settings.surface === 'himmelblau'")
    check()
    lab.check_errors(LANDSCAPES["himmelblau"])
    lab.click_on((-3.0, 1.0))
    check()
    assert not np.allclose(turned, [0.95, -1.3, 1.65])
