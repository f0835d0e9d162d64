"""The surface lab as a person uses it: a click on the map, and what follows from it in every picture."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from engine import LANDSCAPES, stability
from engine.types import Array
from explorer.numbers import short
from explorer.settings import to_link
from explorer.surface.suggestions import suggestions
from tests.browser.labs import SurfaceLab
from tests.browser.page import Page

CONTOURS = ((10, 0.1), (11, 0.45), (9, 0.8))  # of the lowest 18 lines, where round the bowl


def units_per_pixel(page: Page) -> list[float]:
    """Of the map's axes, both counted upwards."""
    axes = "const {xaxis, yaxis} = document.getElementById('surface-map')._fullLayout;"
    return list(page.js(f"{axes} return [xaxis.p2l(1) - xaxis.p2l(0), yaxis.p2l(0) - yaxis.p2l(1)]"))


def angle(one: Array, other: Array) -> float:
    """Degrees between two directions."""
    cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def test_a_click_on_the_map_starts_a_descent_in_every_picture(lab: SurfaceLab, page: Page) -> None:
    page.open("/")
    lab.wait_until_shown()
    lab.wait_until_drawn()
    lab.wait_for_space()
    assert page.js("return location.pathname") == "/surface"
    first_view = lab.camera()
    page.drag("#surface-relief canvas", (0.4, 0.5), (0.55, 0.45), steps=3)
    turned_view = lab.camera()
    assert angle(first_view, turned_view) > 5

    clicked = lab.click_on((3.1, -1.2))
    x, y = lab.place_of(clicked[None])[0]
    (path,) = lab.wait_until_drawn()
    assert lab.start() == pytest.approx(clicked, rel=1e-9)
    assert lab.start_mark() == pytest.approx([x, y], abs=0.6)
    assert len(path) == 101

    # and the other pictures follow
    (in_space,) = lab.wait_for_space()
    (descent,) = lab.found()
    inside = ~np.isnan(in_space[:, 0])
    assert inside[0]
    assert in_space[inside, :2] == pytest.approx(descent.weights[inside], abs=1e-5)
    assert in_space[inside, 2] == pytest.approx(descent.errors[inside], rel=1e-5)
    assert lab.camera() == pytest.approx(turned_view, abs=1e-6)
    curve = page.js("return Array.from(document.getElementById('surface-errors')._fullData[0].y)")
    assert curve[:20] == pytest.approx(descent.errors[:20] - lab.scene().minima.lowest, rel=1e-6)
    (fit,) = page.js(
        "return document.getElementById('surface-fit')._fullData.filter(({name}) => name === arguments[0])"
        ".map(({y}) => Array.from(y))",
        descent.title,
    )
    end = descent.weights[-1]
    reach = page.js("return document.getElementById('surface-fit')._fullLayout.xaxis.range")
    assert fit == pytest.approx([end[0] * x + end[1] for x in reach], rel=1e-4, abs=1e-4)

    lab.wait_for_value("start_w1", f"{clicked[0]:g}")
    lab.wait_for_value("start_w2", f"{clicked[1]:g}")
    query = parse_qs(urlsplit(lab.wait_for_address()).query)
    assert [float(query[name][0]) for name in ("start_w1", "start_w2")] == clicked.tolist()
    assert f"error {short(descent.errors[0], 4)}" in page.text("#surface-readout")


def test_the_first_step_leaves_its_contour_at_a_right_angle(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat("rate_gradient_descent=0.003")
    across, up = units_per_pixel(page)
    assert across == pytest.approx(up, rel=1e-6), "a right angle needs equal scales"
    for level, share in CONTOURS:
        point, contour = lab.contour_point(level, share)
        start = lab.click_at(*np.round(point))
        (path,) = lab.wait_until_drawn()
        assert np.abs(path[0] - point).max() < 1.5
        step = path[1] - path[0]
        assert np.linalg.norm(step) > 15, "too short a step to tell its direction"
        slope = lab.scene().surface.gradient(start)
        downhill = np.array([-slope[0], slope[1]])  # on the screen, where y points downwards
        assert angle(step, downhill) < 1
        assert angle(step, contour) == pytest.approx(90, abs=4)


def test_the_learning_rate_moves_the_path_from_crawling_to_divergence(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    (before,) = lab.wait_until_drawn()
    lab.focus_slider("rate_gradient_descent")
    page.press("ArrowRight", 4)  # a tenth of a decade
    lab.wait_for_value("rate_gradient_descent", "0.00504")
    (after,) = lab.wait_until_drawn()
    assert np.linalg.norm(after[1] - after[0]) > 1.15 * np.linalg.norm(before[1] - before[0])

    lab.type("rate_gradient_descent", "1e-5")
    page.wait_for_text("#surface-sentences", "crawls")
    limit = short(stability(lab.scene().surface, lab.start()).largest_stable_rate)
    assert f"unstable above the rate {limit}" in page.text("#surface-stability")
    lab.wait_until_drawn()

    lab.type("rate_gradient_descent", "0.05")
    page.wait_for_text("#surface-sentences", "diverged at step")
    assert "times the stable limit" in page.text("#surface-sentences")
    (runaway,) = lab.wait_until_drawn()
    assert len(runaway) < 100
    lab.type("rate_gradient_descent", "0.0145")  # barely too large: it only grows
    page.wait_for_text("#surface-sentences", "the error grew from")
    lab.wait_until_drawn()

    # by the keyboard too: the map has the focus after a click
    lab.type("rate_gradient_descent", "0.004")
    start = lab.click_on((-2.0, 3.0))
    lab.wait_for_value("start_w1", f"{start[0]:g}")
    page.press("ArrowRight", 3)
    page.press("ArrowUp")
    stride = np.ptp(lab.scene().window, axis=1) / 60
    lab.wait_until_drawn()
    lab.wait_for_value("start_w2", f"{start[1] + stride[1]:.4g}")
    assert lab.start() == pytest.approx(start + stride * [3, 1], abs=2e-3)
    lab.wait_until_drawn()
    lab.wait_for_address()


def test_several_optimizers_walk_together_and_other_surfaces_have_their_own_map(lab: SurfaceLab, page: Page) -> None:
    lab.open()
    lab.wait_until_drawn()
    page.click(".chip-adam label")
    page.wait_for("document.querySelectorAll('#surface-sentences li').length === 2")
    plain, adam = lab.wait_until_drawn()
    assert adam[0] == pytest.approx(plain[0], abs=0.11)
    assert np.abs(adam[1] - plain[1]).max() > 5
    sentences = page.text("#surface-sentences").splitlines()
    assert [line.split(",")[0] for line in sentences if line] == ["Gradient descent", "Adam"]
    assert page.js("return !document.getElementById('surface-rate-row-adam').hidden")
    lab.wait_for_space()
    page.wait_for("document.getElementById('surface-errors').data.length === 2")
    page.wait_for("document.getElementById('surface-relief').data.length === 3")

    page.click(".chip-gradient_descent label")
    page.wait_for("document.querySelectorAll('#surface-sentences li').length === 1")
    lab.wait_until_drawn()
    page.click(".chip-gradient_descent label")

    heights = "Array.from(document.getElementById('surface-map')._fullData[0].z[0]).slice(0, 5).join()"
    bowl = page.js(f"return {heights}")
    lab.choose("surface", "rosenbrock")
    page.wait_for(f"{heights} !== '{bowl}'")
    suggested = suggestions()["rosenbrock"]
    for setting in ("start_w1", "start_w2", "rate_gradient_descent"):
        lab.wait_for_value(setting, suggested[setting])
    page.wait_for(f"explorer.surface.lab.paths.start[0] === {suggested['start_w1']}")
    assert len(lab.wait_until_drawn()) == 2
    (left, right), (bottom, top) = LANDSCAPES["rosenbrock"].domain
    axes = "const {xaxis, yaxis} = document.getElementById('surface-map')._fullLayout;"
    shown = page.js(f"{axes} return [...xaxis.range, ...yaxis.range]")
    assert shown == pytest.approx([left, right, bottom, top])
    across, up = units_per_pixel(page)
    assert across == pytest.approx(up, rel=1e-6)
    assert not page.js("return document.getElementById('surface-fit-panel').offsetParent"), "there is no data to fit"


def test_a_reload_keeps_the_surface_lab(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    lab.type("steps", "37")
    lab.unfold("How the map is drawn")
    lab.choose("levels", "linear")
    page.click(".chip-momentum label")
    page.wait_for("document.querySelectorAll('#surface-sentences li').length === 2")
    start = lab.click_on((1.5, -2.5))
    lab.wait_for_value("start_w1", f"{start[0]:g}")
    address, settings = lab.wait_for_address(), lab.settings()
    sentences = page.text("#surface-sentences")
    page.reload()
    lab.hide_space()
    lab.wait_until_shown()
    page.wait_for_text("#surface-sentences", sentences.splitlines()[0])
    assert lab.settings() == settings
    assert (settings.steps, settings.levels, settings.optimizers) == (37, "linear", ("gradient_descent", "momentum"))
    assert len(lab.wait_until_drawn()) == 2
    assert page.text("#surface-sentences") == sentences
    assert page.text("#surface-notice") == ""
    assert lab.wait_for_address() == address
    assert to_link(settings) == {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}


def test_the_start_is_dragged_typed_and_drawn(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat("optimizers=gradient_descent,adam&steps=60")
    lab.wait_until_drawn()
    x, y = lab.start_mark()
    followed = "(explorer.surface.lab.followed ?? 0)"
    with page.hand(x, y) as move:
        before = page.js(f"return {followed}")
        for step in range(1, 4):
            move(x + 40 * step, y + 30 * step)
            assert len(lab.wait_until_drawn()) == 2
            assert lab.start_mark() == pytest.approx([x + 40 * step, y + 30 * step], abs=1.0)
        page.wait_for(f"{followed} >= {before + 3}")
        dragged = lab.start()
    assert dragged == pytest.approx(lab.weights_at(x + 120, y + 90), rel=1e-3)
    for name, value in zip(("start_w1", "start_w2"), dragged, strict=True):
        lab.wait_for_value(name, f"{value:g}")
    query = parse_qs(urlsplit(lab.wait_for_address()).query)
    assert [float(query[name][0]) for name in ("start_w1", "start_w2")] == dragged.tolist()

    lab.type("start_w1", "1,25")
    lab.type("start_w2", "−2")
    page.wait_for("explorer.surface.lab.paths.start.join() === '1.25,-2'")
    lab.wait_until_drawn()
    page.click("#surface-random-start")
    page.wait_for("explorer.surface.lab.paths.start.join() !== '1.25,-2'")
    lab.wait_until_drawn()
    (left, right), (bottom, top) = lab.window()
    drawn = lab.start()
    assert left < drawn[0] < right
    assert bottom < drawn[1] < top
    lab.wait_for_value("start_w1", f"{drawn[0]:g}")
    lab.wait_for_address()


def test_marks_lines_and_colours_are_switched(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat()
    lab.wait_for_map()
    lab.unfold("How the map is drawn")
    shown = lab.marked()
    surface = lab.scene().surface
    bowl = stability(surface, lab.start())
    assert shown["lowest minimum"] == pytest.approx(np.array([lab.scene().minimum]), abs=1e-5)
    directions = shown["eigen-direction"].reshape(2, 2, 2)
    lengths = np.linalg.norm(directions[:, 1] - directions[:, 0], axis=1)
    assert lengths[0] / lengths[1] == pytest.approx(np.sqrt(bowl.eigenvalues[1] / bowl.eigenvalues[0]), rel=1e-4)
    assert "downhill" not in shown

    page.click(".chip-field label")
    page.wait_for_text("#surface-marks", "downhill")
    arrows = lab.marked()["downhill"].reshape(-1, 6, 2)  # tail, tip, one barb, tip, the other barb, a gap
    assert len(arrows) == 225
    tails, tips = arrows[:, 0], arrows[:, 1]
    for tail, tip, slope in zip(tails, tips, surface.gradient((tails + tips) / 2), strict=True):
        assert angle(tip - tail, -slope) < 0.1
    for name, words in (("directions", "eigen-direction"), ("minima", "lowest minimum")):
        page.click(f".chip-{name} label")
        page.wait_for(f"!document.getElementById('surface-marks').textContent.includes('{words}')")
        assert words not in lab.marked()
    page.click(".chip-field label")
    page.wait_for("document.getElementById('surface-marks').textContent === ''")
    assert lab.settings().marks == ()
    lab.wait_for_address()

    # colours: the ends of the palette lie at the lowest and the highest error
    colour = """
        const layer = document.querySelector(".heat-layer"), {width, height} = layer;
        const copy = new OffscreenCanvas(width, height).getContext("2d");
        copy.drawImage(layer, 0, 0);
        const heights = document.getElementById("surface-map")._fullData[0].z.flatMap((row) => Array.from(row));
        const at = heights.indexOf(Math[arguments[0]](...heights));
        const place = (share, size) => Math.min(Math.round(share * size), size - 1);
        const [across, up] = [(at % 101) / 100, Math.floor(at / 101) / 100];
        return Array.from(copy.getImageData(place(across, width), place(1 - up, height), 1, 1).data);
    """
    stops = page.js("return explorer.plots.errorStops()")
    for end, stop in (("min", stops[0]), ("max", stops[-1])):
        channels = [int(stop[place : place + 2], 16) for place in (1, 3, 5)]
        assert page.js(colour, end) == pytest.approx([*channels, 255], abs=6)
    hidden = "document.querySelector('.heat-layer').hidden"
    lines = "document.querySelectorAll('#surface-map .contourlevel path').length"
    assert page.js(f"return [{hidden}, {lines} > 10]") == [False, True]
    lab.choose("drawing", "lines")
    page.wait_for(hidden)
    assert page.js(f"return {lines}") > 10
    lab.choose("drawing", "heat")
    page.wait_for(f"!{hidden}")
    lab.wait_for_map()
    widths = "document.getElementById('surface-map')._fullData[0].line.width"
    assert page.js(f"return {widths}") == 0, "colours alone"
