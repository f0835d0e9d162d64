"""The panel of the network's own error surface: what it draws is the engine's, and it follows the run."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine import Run, measure, measure_weights
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from tests.browser.labs import TrainingLab
from tests.browser.page import Page

MAP, READ, SENTENCE, KIND = "#training-slice .slice-map", ".slice-read", ".slice-sentence", ".slice-tools > select"


@pytest.fixture
def lab(page: Page) -> TrainingLab:
    return TrainingLab(page)


def trained(lab: TrainingLab, updates: int = 300) -> Run:
    """A run that rests, with the panel in sight and up to date."""
    lab.open()
    lab.wait_until_shown()
    lab.play()
    lab.wait_for_update(updates, 30)
    lab.pause()
    lab.in_sight(MAP)
    drawn(lab.page)
    return lab.run()


def drawn(page: Page, kind: str = "path") -> None:
    """Wait for the finest map of the present moment."""
    step = "explorer.training.lab.frame.step.toLocaleString('en')"
    page.wait_for(f"document.querySelector('{MAP}').data?.[0].z.length === 61")
    if kind == "path":
        page.wait_for(f"document.querySelector('{MAP}').ariaLabel.includes('Main direction')")
    read_moment(page, "End")
    page.wait_for(f"document.querySelector('{READ}').innerText.startsWith(`Now, update ${{{step}}}:`)")


def choose(page: Page, kind: str) -> None:
    page.js(
        "const menu = document.querySelector(arguments[0]); menu.value = arguments[1];"
        "menu.dispatchEvent(new Event('change'));",
        KIND,
        kind,
    )


def read_moment(page: Page, key: str, css: str = MAP) -> str:
    page.js("document.querySelector(arguments[0]).focus()", css)
    page.press(key)
    return page.text(READ)


def said(text: str, before: str) -> float:
    """The number behind these words."""
    found = re.search(rf"{before} (−?[\d.,]+(?:e[−\d]+)?)", text)
    assert found, text
    return float(found[1].rstrip(".,").replace(",", "").replace("−", "-"))


def test_the_moments_of_the_path_are_read_by_keys(lab: TrainingLab, page: Page) -> None:
    run = trained(lab)
    start = read_moment(page, "Home")
    assert start.startswith("Update 0:")
    assert said(start, "true error") == pytest.approx(measure(first_run(TrainingSettings())).training_error, rel=5e-3)
    now = read_moment(page, "End")
    assert said(now, "true error") == pytest.approx(measure(run).training_error, rel=5e-3)
    assert said(now, "drawn") == pytest.approx(measure(run).training_error, rel=5e-3)
    assert now.endswith("in this plane.")
    assert page.js("return document.querySelector('.slice-ring').hidden") is False
    read_moment(page, "Escape")
    assert page.js("return document.querySelector('.slice-ring').hidden") is True
    assert re.match(r"These two directions hold (9\d|more than 99)", page.text(SENTENCE))


def test_the_map_of_two_weights_tells_the_errors_of_the_network_with_these(lab: TrainingLab, page: Page) -> None:
    run = trained(lab)
    choose(page, "weights")
    page.wait_for("document.querySelectorAll('.slice-weight').length === 2")
    first, second = (
        int(value) for value in page.js("return [...document.querySelectorAll('.slice-weight')].map((m) => m.value)")
    )
    assert first != second
    page.wait_for(f"document.querySelector('{MAP}').ariaLabel.includes('Only these two weights')")
    present = page.js(f"const t = document.querySelector('{MAP}').data.at(-1); return [t.x[0], t.y[0]]")
    np.testing.assert_allclose(present, run.weights[[first, second]], rtol=1e-6)
    page.hover_at(MAP, 0.5, 0.3)
    page.wait_for_text(READ, "is drawn")
    place = re.match(r"At (\S+), (\S+) the error", page.text(READ))
    assert place
    weights = run.weights.copy()
    weights[[first, second]] = [float(value.replace("−", "-")) for value in place.groups()]
    told = said(page.text(READ), "the error")
    assert told == pytest.approx(measure_weights(run.present_task, weights).training_error, rel=0.03)


def test_two_menus_never_show_the_same_weight(lab: TrainingLab, page: Page) -> None:
    trained(lab)
    choose(page, "weights")
    script = """
      const [one, other] = document.querySelectorAll('.slice-weight');
      const before = [one.value, other.value];
      one.value = other.value;
      one.dispatchEvent(new Event('change'));
      return [before, [one.value, other.value]];
    """
    (first, second), now = page.js(script)
    assert first != second
    assert now == [second, first]


def test_other_directions_give_another_map(lab: TrainingLab, page: Page) -> None:
    trained(lab)
    choose(page, "random")
    page.wait_for(f"document.querySelector('{MAP}').ariaLabel.includes('random direction')")
    page.wait_for_text(SENTENCE, "Random directions: one unit")
    before = page.text(SENTENCE)
    page.click(".slice-which .button")
    page.wait_for(f"document.querySelector('{SENTENCE}').innerText !== {before!r}")
    assert page.js(f"return document.querySelector('{MAP}')._fullLayout.xaxis.range") == pytest.approx([-1, 1], rel=0.2)


def test_it_follows_the_run_while_it_learns(lab: TrainingLab, page: Page) -> None:
    trained(lab, 100)
    page.js(
        "window.asked = []; const before = window.fetch; window.fetch = (url, options) => {"
        "if (String(url).endsWith('/training/slice')) window.asked.push(performance.now());"
        "return before(url, options); };"
    )
    page.js("document.getElementById('training-play').click()")
    page.wait_for("window.asked.length >= 4", 20)
    apart = np.diff(page.js("return window.asked"))
    assert (apart > 550).all()
    page.js("document.getElementById('training-play').click()")
    lab.settle()
    drawn(page)
    assert said(page.text(READ), "true error") == pytest.approx(measure(lab.run()).training_error, rel=5e-3)


def test_nothing_is_asked_for_a_panel_out_of_sight(lab: TrainingLab, page: Page) -> None:
    lab.open()
    lab.wait_until_shown()
    page.js("window.scrollTo(0, 0)")
    lab.play()
    lab.wait_for_update(100, 20)
    lab.pause()
    assert not [url for url in page.requests() if url.endswith("/training/slice")]


def test_in_space_the_path_lies_at_its_true_errors(lab: TrainingLab, page: Page) -> None:
    run = trained(lab)
    page.click(".slice-view:last-child")
    space = "document.querySelector('.slice-space')"
    page.wait_for(f"{space}.data?.length === 4", 30)
    kinds = page.js(f"return {space}.data.map((trace) => trace.type)")
    assert kinds == ["surface", "scatter3d", "scatter3d", "scatter3d"]
    path, gaps, ticks = page.js(
        f"const s = {space}, {{tickvals, ticktext}} = s.layout.scene.zaxis;"
        "return [s.data[2].z, s.data[1].z, [tickvals, ticktext.map(Number)]];"
    )
    assert len(gaps) == 3 * len(path)
    # each line leads from a true error to the height that is drawn there
    assert gaps[0::3] == path
    errors = [measure(first_run(TrainingSettings())).training_error, measure(run).training_error]
    # the axis names errors: between two of its ticks the true ones have their place
    for height, error in zip((path[0], path[-1]), errors, strict=True):
        place = min(int(np.searchsorted(ticks[0], height)), len(ticks[0]) - 1)
        assert ticks[1][max(place - 1, 0)] * 0.99 <= error <= ticks[1][place] * 1.01
    assert read_moment(page, "End", ".slice-space").startswith("Now, update")


@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_jumps(lab: TrainingLab, page: Page, width: int) -> None:
    page.resize(width, 900)
    trained(lab)
    height = "document.getElementById('training-slice-panel').getBoundingClientRect().height"
    before = page.js(f"return {height}")
    for kind in ("weights", "random", "path"):
        choose(page, kind)
        read_moment(page, "Home")
        assert page.js(f"return {height}") == pytest.approx(before, abs=1.0)
    page.click(".slice-view:last-child")
    assert page.js(f"return {height}") == pytest.approx(before, abs=1.0)
    assert page.js("return document.documentElement.scrollWidth") <= width
