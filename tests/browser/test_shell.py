"""The frame around the labs: colours, addresses, links that somebody edited, keyboard and narrow screens."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from explorer import theme
from explorer.settings import to_link
from tests.browser.labs import Lab, SurfaceLab, TrainingLab
from tests.browser.page import Page

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
HOSTILE_NUMBERS = f"rate_gradient_descent=NaN&start_w1={'9' * 4000}&steps=1e999&surface={quote(SCRIPT)}&__proto__=1"
# link, where the sentence stands, what it holds, the settings of the link that are legal
HOSTILE_RUNS = (
    (
        f"hidden_layers=4,999999&activations={quote(SCRIPT)}&seed=4",
        "notice",
        "at most 20 numbers from 1 to 128",
        {"seed": 4},
    ),
    ("step=1e300&seed=6", "state", "not 1e300; the run starts anew", {"seed": 6}),
    ("step=50&changes=garbage&dataset=moons", "state", "garbage; the run starts anew", {"dataset": "moons"}),
)


def check_complaint(lab: Lab, place: str, words: str, legal: dict[str, Any]) -> None:
    """One complaint in words, the legal values of the link, defaults for the others, and nothing else happens."""
    page, selector = lab.page, f"#{lab.name}-{place}"
    page.wait_for_text(selector, words)
    told = page.text(selector)
    assert told.endswith(".")
    assert len(told) < 700
    assert to_link(lab.settings()) == to_link(lab.kind(**legal))
    lab.wait_for_address()
    assert page.text(selector) == told, "the complaint must stay until its reader changes something"
    assert page.js("return document.title").startswith(lab.name.title())


def test_edited_links_to_the_surface_lab_are_told_in_a_sentence(page: Page) -> None:
    lab = SurfaceLab(page)
    page.open(f"/nowhere/{quote(SCRIPT)}?steps=3")
    page.wait_for_text("#shell-notice", "There is no page at /nowhere/")
    lab.hide_space()
    assert page.text("#shell-notice").endswith("this is Surface.")
    lab.wait_until_shown()
    assert lab.settings().steps == 100

    lab.open_flat(f"{HOSTILE_NUMBERS}&cases=50")
    check_complaint(lab, "notice", "not 1e999; 100 is used. 2 more values were not legal.", {"cases": 50})
    lab.wait_until_drawn()
    lab.type("steps", "9")
    page.wait_for("document.getElementById('surface-notice').textContent === ''")
    lab.wait_until_drawn()


def test_edited_links_to_the_training_lab_and_wild_input_are_told_in_a_sentence(page: Page) -> None:
    lab = TrainingLab(page)
    for query, place, words, legal in HOSTILE_RUNS:
        lab.open(query)
        check_complaint(lab, place, words, legal)
        lab.settle()
        assert lab.run().step == 0

    for setting, typed, counts in (
        ("learning_rate", "1e999", "0.03"),
        ("learning_rate", "-7", "0.00001"),
        ("learning_rate", "0,05", "0.05"),
        ("noise", "NaN", "0.1"),
        ("batch_size", "2.6", "3"),
        ("hidden_layers", "3 3", "3, 3"),
    ):
        lab.type(setting, typed)
        lab.wait_for_value(setting, counts)
        page.wait_for(f"String(explorer.training.lab.settings.{setting}) === '{counts}'")
    lab.wait_for_address()
    lab.settle()

    lab.type("hidden_layers", SCRIPT)
    page.wait_for_text("#training-state", "Hidden layers must be at most 20 numbers from 1 to 128")
    asked = page.js("return explorer.training.player.state.serial")
    lab.wait_frames()
    assert page.js("return explorer.training.player.state.serial") == asked, "a refused wish is not repeated"
    lab.type("hidden_layers", "2")
    page.wait_for("document.getElementById('training-state').textContent === ''")
    lab.settle()
    lab.press("step-epoch")
    assert lab.run().task.network.sizes == (2, 2, 1)
    assert lab.run_text() == lab.alone()


def test_going_between_labs_back_forward_and_copying_the_link(page: Page) -> None:
    surface, training = SurfaceLab(page), TrainingLab(page)
    surface.open_flat("steps=42")
    surface.wait_for_address()
    page.click("#nav-training")
    training.wait_until_shown()
    assert page.js("return [location.pathname, document.title]") == ["/training", "Training · Error Surface Explorer"]
    assert page.js("return document.querySelector('[aria-current=page]').id") == "nav-training"
    assert page.js("return document.getElementById('lab-surface').hidden")
    training.press("step-epoch")

    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    page.cdp("Browser.grantPermissions", origin=page.url, permissions=permissions)
    link = training.copied_link()
    assert page.text("#copy-said") == "Link copied"
    assert page.js("return navigator.clipboard.readText()") == link
    told = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert told == to_link(training.settings()) | {"step": "13"}

    page.js("history.back()")
    page.wait_for("location.pathname === '/surface' && !document.getElementById('lab-surface').hidden")
    assert surface.settings().steps == 42
    surface.wait_until_drawn()
    page.js("history.forward()")
    page.wait_for("location.pathname === '/training' && !document.getElementById('lab-training').hidden")
    training.settle()
    assert training.update() == 13
    assert training.run_text() == training.alone()
    page.click(".brand")
    page.wait_for("location.pathname === '/surface' && document.title.startsWith('Surface')")
    assert surface.settings().steps == 42


def test_light_dark_and_palette_reach_every_picture_and_are_kept(page: Page) -> None:
    lab = TrainingLab(page)
    page.prefer("light")
    lab.open()
    title = "document.getElementById('training-curves')._fullLayout.xaxis.title.font.color"
    scheme = "document.documentElement.dataset.mantineColorScheme"
    looks = f"[{scheme}, getComputedStyle(document.body).backgroundColor, {title}]"
    light, in_light = page.js(f"return {looks}"), lab.pictures()
    assert (light[0], light[2]) == ("light", theme.tokens("light")["ink-quiet"])

    page.click("#toggle-scheme")
    quiet = theme.tokens("dark")["ink-quiet"]
    page.wait_for(f"{title} === '{quiet}'")
    dark, in_dark = page.js(f"return {looks}"), lab.pictures()
    assert dark[0] == "dark"
    assert dark[1] != light[1]
    assert all(now != before for now, before in zip(in_dark, in_light, strict=True))

    page.click("#choose-palette summary")
    page.click("[data-palette=purple-green]")
    page.press("Escape")
    page.wait_for("!document.getElementById('choose-palette').open")
    lab.wait_frames(2)
    in_green = lab.pictures()
    assert all(now != before for now, before in zip(in_green, in_dark, strict=True))

    page.reload()
    lab.wait_until_shown()
    page.wait_for(f"{title} === '{quiet}'")
    lab.wait_frames(2)
    assert page.js(f"return {looks}") == dark
    assert lab.pictures() == in_green

    surface = SurfaceLab(page)
    surface.hide_space()
    page.click("#nav-surface")
    surface.wait_until_shown()
    stroke = page.js("return document.querySelector('.path-layer path').getAttribute('stroke')")
    assert stroke == theme.tokens("dark")["gradient_descent"]


@pytest.mark.parametrize(
    ("kind", "main", "axes"), [(SurfaceLab, "#surface-map", 9), (TrainingLab, "#training-network", 2)]
)
def test_every_width_and_the_keyboard(page: Page, kind: type[Lab], main: str, axes: int) -> None:
    lab = kind(page)
    page.resize(390, 844)
    lab.open()
    for width, height in ((390, 844), (1024, 600), (1400, 900)):
        page.resize(width, height)
        page.wait_for(f"document.querySelector('{main}').getBoundingClientRect().right <= {width}")
        check_width(lab, main, width, height)
    check_axes(page, axes)
    page.resize(1024, 600)
    check_keyboard(page, main)


def check_width(lab: Lab, main: str, width: int, height: int) -> None:
    """Nothing to scroll sideways; on a narrow screen the main picture comes before the controls.

    Only the presets, or the choice of a surface, may stand above it.
    """
    scroll, client, picture, controls = lab.page.js(
        """
        const {scrollWidth, clientWidth} = document.documentElement;
        const top = (css) => document.querySelector(css).getBoundingClientRect().top;
        const controls = `#lab-${arguments[1]} .lab-controls .panel:nth-child(2)`;
        return [scrollWidth, clientWidth, top(arguments[0]), top(controls)];
        """,
        main,
        lab.name,
    )
    assert scroll <= client <= width
    assert picture < height
    assert width > 400 or picture < controls
    if isinstance(lab, SurfaceLab):  # the paths follow their map
        lab.wait_until_drawn()
        lab.wait_for_space()


def check_axes(page: Page, expected: int) -> None:
    """Every axis of every chart has a title, and none is cut off."""
    page.wait_for(
        "[...document.querySelectorAll('.js-plotly-plot')].filter((plot) => plot.clientWidth).every((plot) =>"
        " Math.hypot(plot._fullLayout.width - plot.clientWidth, plot._fullLayout.height - plot.clientHeight) < 1)"
    )
    axes = page.js(
        """
        const inside = (box, frame) => box.left >= frame.left - 1 && box.right <= frame.right + 1
          && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
        return [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => plot.clientWidth).flatMap((plot) => {
          const {xaxis, yaxis, scene} = plot.layout, frame = plot.getBoundingClientRect();
          const titles = [...plot.querySelectorAll(".xtitle, .ytitle")];
          const whole = titles.every((title) => inside(title.getBoundingClientRect(), frame));
          const all = scene ? [scene.xaxis, scene.yaxis, scene.zaxis] : [xaxis, yaxis];
          return all.map((axis) => [plot.id, axis.title?.text ?? "", whole]);
        });
        """
    )
    assert len(axes) == expected
    assert [axis for axis in axes if not axis[1] or not axis[2]] == []


FOCUSABLE = """
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const reachable = (element) => element.checkVisibility({visibilityProperty: true}) && !element.disabled
    && element.tabIndex >= 0 && !(element.type === "radio" && !element.checked);
"""


def check_keyboard(page: Page, main: str) -> None:
    """The tabulator reaches whatever can be used, and what has the focus is in sight."""
    wanted = page.js(FOCUSABLE + "return all.flatMap((element, i) => reachable(element) ? [i] : []);")
    assert len(wanted) > 20
    picture = page.js(
        FOCUSABLE + "return all.findIndex((element) => element.matches(arguments[0]))", f"{main}, {main} canvas"
    )
    assert picture in wanted, "the main picture must take keys"
    page.js("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached: list[int] = []
    while True:
        page.press("Tab")
        number, hidden, words = page.js(
            FOCUSABLE
            + """
            const element = document.activeElement, {top, bottom, height} = element.getBoundingClientRect();
            const low = document.querySelector(".head").getBoundingClientRect().bottom;
            const fits = height < innerHeight - low;
            const hidden = fits ? top < low - 1 || bottom > innerHeight + 1 : bottom <= low || top >= innerHeight;
            return [all.indexOf(element), hidden && !element.closest(".head, .skip"), element.outerHTML.slice(0, 150)];
            """
        )
        if number == -1 or number in reached:
            break
        assert not hidden, f"the focus is out of sight at {words}"
        reached.append(number)
    missed = page.js(
        FOCUSABLE + "return arguments[0].map((i) => all[i].outerHTML.slice(0, 150))", sorted({*wanted} - {*reached})
    )
    assert missed == []
