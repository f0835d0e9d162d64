"""The frame around the labs: colours, addresses, links that somebody edited, keyboard and narrow screens."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from explorer import theme
from explorer.settings import specs, to_link
from explorer.training.settings import TrainingSettings
from tests.browser.labs import Lab, SurfaceLab, TrainingLab
from tests.browser.page import Page

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
# link, where the sentence stands, what it holds, settings that must still count
HOSTILE_SURFACE = (
    ("rate_gradient_descent=NaN&steps=1e999&cases=50", "surface-notice", "not NaN; 0.004 is used", {"cases": 50}),
    (f"surface={quote(SCRIPT)}&start_w1=1", "surface-notice", "not <script>", {"start_w1": 1.0}),
    (f"start_w1={'9' * 4000}&__proto__=1&steps=7", "surface-notice", "Unknown in this link: __proto__", {"steps": 7}),
)
HOSTILE_TRAINING = (
    ("hidden_layers=4,99999999999&seed=4", "training-notice", "at most 8 numbers from 1 to 64", {"seed": 4}),
    (f"dataset=moons&hidden_layers={quote(SCRIPT)}", "training-notice", "not", {"dataset": "moons"}),
    ("step=1e300&seed=6", "training-state", "not 1e300; the run starts anew", {"seed": 6}),
    ("step=999999999999", "training-state", "the run starts anew", {}),
    ("step=50&changes=garbage&cases=99", "training-state", "garbage; the run starts anew", {"cases": 99}),
    ("step=50&changes=10:NaN&first_rate=0.03", "training-state", "Learning rate must be", {}),
)


def check_hostile(lab: Lab, query: str, place: str, words: str, kept: dict[str, Any]) -> None:
    """One complaint in words, the legal values of the link, defaults for the others."""
    page = lab.page
    lab.open(query)
    page.wait_for_text(f"#{place}", words)
    told = page.text(f"#{place}")
    assert told.endswith(".")
    assert len(told) < 500
    assert to_link(lab.settings()) == to_link(lab.kind(**kept)), query
    lab.wait_for_address()
    assert page.text(f"#{place}") == told, "the complaint must stay until its reader changes something"
    assert page.js("return document.title") != "owned"


def test_a_hand_edited_link_of_the_surface_lab_says_one_sentence(page: Page) -> None:
    lab = SurfaceLab(page)
    for query, place, words, kept in HOSTILE_SURFACE:
        check_hostile(lab, query, place, words, kept)
    lab.wait_until_drawn()
    lab.type("steps", "9")
    page.wait_for("document.getElementById('surface-notice').textContent === ''")
    lab.wait_until_drawn()


def test_a_hand_edited_link_of_the_training_lab_says_one_sentence(page: Page) -> None:
    lab = TrainingLab(page)
    for query, place, words, kept in HOSTILE_TRAINING:
        check_hostile(lab, query, place, words, kept)
        lab.settle()
        assert lab.run().step == 0
    lab.press("step-epoch")
    assert lab.run_text() == lab.alone()


def test_what_is_typed_wildly_becomes_legal_or_is_told(page: Page) -> None:
    lab = TrainingLab(page)
    lab.open()
    for setting, typed, counts in (
        ("learning_rate", "1e999", "0.03"),
        ("learning_rate", "-7", "0.0001"),
        ("learning_rate", "0,05", "0.05"),
        ("noise", "NaN", "0.1"),
        ("cases", "1e400", "250"),
        ("batch_size", "2.6", "3"),
        ("hidden_layers", "3 3", "3, 3"),
    ):
        lab.type(setting, typed)
        lab.wait_for_value(setting, counts)
        page.wait_for(f"String(explorer.training.lab.settings.{setting}) === '{counts}'")
    lab.wait_for_address()
    lab.settle()

    lab.type("hidden_layers", SCRIPT)
    page.wait_for_text("#training-state", "Hidden layers must be at most 8 numbers from 1 to 64")
    serial = page.js("return explorer.training.player.state.serial")
    lab.wait_frames()
    assert page.js("return explorer.training.player.state.serial") == serial, "a refused wish is not repeated"
    lab.type("hidden_layers", "2")
    page.wait_for("document.getElementById('training-state').textContent === ''")
    lab.settle()
    assert lab.run().task.network.sizes == (2, 2, 1)
    assert page.js("return document.title") != "owned"


def test_an_unknown_page_is_told_and_another_shown(page: Page) -> None:
    page.open(f"/nowhere/{quote(SCRIPT)}?steps=3")
    page.wait_for_text("#shell-notice", "There is no page at /nowhere/")
    SurfaceLab(page).wait_until_shown()
    assert page.text("#shell-notice").endswith("this is Surface.")
    assert page.js("return document.title") == "Surface · Error Surface Explorer"


def test_back_forward_and_the_header_go_from_lab_to_lab(page: Page) -> None:
    surface, training = SurfaceLab(page), TrainingLab(page)
    surface.open("steps=42")
    surface.wait_for_address()
    page.click("#nav-training")
    training.wait_until_shown()
    training.press("step-epoch")
    assert page.js("return [location.pathname, document.title.split(' ')[0]]") == ["/training", "Training"]
    assert page.js("return document.getElementById('nav-training').getAttribute('aria-current')") == "page"
    assert page.js("return document.getElementById('lab-surface').hidden")

    training.wait_for_address()
    page.js("history.back()")
    page.wait_for("location.pathname === '/surface' && !document.getElementById('lab-surface').hidden")
    assert surface.settings().steps == 42
    surface.wait_until_drawn()
    page.js("history.forward()")
    page.wait_for("location.pathname === '/training' && !document.getElementById('lab-training').hidden")
    assert training.update() == training.run().step == 13
    page.click(".brand")
    page.wait_for("location.pathname === '/surface'")
    assert surface.settings().steps == 42


def test_light_dark_and_palette_reach_every_picture_and_are_kept(page: Page) -> None:
    lab = TrainingLab(page)
    page.prefer("light")
    lab.open()

    def looks() -> tuple[str, str, str]:
        """Background of the page, colour of a chart's title, and the scheme."""
        return tuple(
            page.js(
                "return [getComputedStyle(document.body).backgroundColor,"
                "document.getElementById('training-curves')._fullLayout.xaxis.title.font.color,"
                "document.documentElement.dataset.mantineColorScheme]"
            )
        )

    light, painted = looks(), lab.pictures()
    assert light[2] == "light"
    page.click("#toggle-scheme")
    quiet = theme.tokens("dark")["ink-quiet"]
    page.wait_for(f"document.getElementById('training-curves')._fullLayout.xaxis.title.font.color === '{quiet}'")
    dark, painted_dark = looks(), lab.pictures()
    assert dark[2] == "dark"
    assert dark[0] != light[0]
    assert all(now != before for now, before in zip(painted_dark, painted, strict=True))

    page.click("#choose-palette summary")
    page.click("[data-palette=purple-green]")
    page.press("Escape")
    page.wait_for("!document.getElementById('choose-palette').open")
    lab.wait_frames(2)
    painted_green = lab.pictures()
    assert all(now != before for now, before in zip(painted_green, painted_dark, strict=True))

    page.reload()
    lab.wait_until_shown()
    page.wait_for(f"document.getElementById('training-curves')._fullLayout.xaxis.title.font.color === '{quiet}'")
    lab.wait_frames(2)
    assert looks() == dark
    assert lab.pictures() == painted_green

    page.click("#nav-surface")
    surface = SurfaceLab(page)
    surface.wait_until_shown()
    stroke = page.js("return document.querySelector('.path-layer path').getAttribute('stroke')")
    assert stroke == theme.tokens("dark")["gradient_descent"]


def test_copy_link_puts_the_whole_screen_into_the_clipboard(page: Page) -> None:
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    page.cdp("Browser.grantPermissions", origin=page.url, permissions=permissions)
    lab = TrainingLab(page)
    lab.open()
    lab.press("step-epoch")
    link = lab.copied_link()
    assert page.text("#copy-said") == "Link copied"
    assert page.js("return navigator.clipboard.readText()") == link
    for name, value in {**to_link(lab.settings()), "step": "13"}.items():
        assert page.js("return new URLSearchParams(location.search).get(arguments[0])", name) == value
    assert set(specs(TrainingSettings)) < set(dict(pair.split("=") for pair in urlsplit(link).query.split("&")))
    page.wait_for("document.getElementById('copy-said').textContent === ''")


FOCUSABLE = """
  const css = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const visible = (element) => element.checkVisibility({visibilityProperty: true});
  const reachable = (element) => !element.disabled && element.tabIndex >= 0 && element.type !== "hidden"
    && !(element.type === "radio" && !element.checked);
  const name = (element) => [...document.querySelectorAll(css)].indexOf(element);
"""


@pytest.mark.parametrize("lab_kind", [SurfaceLab, TrainingLab])
def test_the_keyboard_reaches_everything_and_the_header_covers_nothing(page: Page, lab_kind: type[Lab]) -> None:
    lab = lab_kind(page)
    page.resize(1024, 600)
    lab.open()
    wanted = page.js(
        FOCUSABLE + "return [...document.querySelectorAll(css)].filter((e) => visible(e) && reachable(e)).map(name);"
    )
    assert len(wanted) > 20
    reached: list[int] = []
    page.js("document.activeElement.blur()")
    while True:
        page.press("Tab")
        number, words, covered = page.js(
            FOCUSABLE
            + """
            const element = document.activeElement;
            const {left, top, width, height, bottom} = element.getBoundingClientRect();
            const header = document.querySelector(".head").getBoundingClientRect();
            const hidden = !element.closest(".head, .skip") && (top < header.bottom - 1 && height < innerHeight - header.bottom
              || top >= innerHeight || bottom <= header.bottom);
            return [name(element), element.outerHTML.slice(0, 150), hidden];
            """
        )
        if number == -1 or number in reached:
            break
        assert not covered, f"the focus is out of sight at {words}"
        reached.append(number)
    missing = set(wanted) - set(reached)
    elements = page.js(
        FOCUSABLE + "const all = document.querySelectorAll(css); return arguments[0].map((i) => all[i].outerHTML.slice(0, 150));",
        sorted(missing),
    )
    assert not missing, elements


AXES = """
  return [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => plot.clientWidth).flatMap((plot) => {
    const {xaxis, yaxis, scene} = plot._fullLayout;
    const titles = (scene ? [scene.xaxis, scene.yaxis, scene.zaxis] : [xaxis, yaxis]).map((axis) => axis.title.text);
    const place = plot.getBoundingClientRect();
    const cut = [...plot.querySelectorAll(".xtitle, .ytitle")].filter((title) => {
      const box = title.getBoundingClientRect();
      return box.left < place.left - 1 || box.right > place.right + 1 || box.top < place.top - 1 || box.bottom > place.bottom + 1;
    });
    return titles.map((text) => [plot.id, text ?? null, cut.length]);
  });
"""


@pytest.mark.parametrize(("kind", "main"), [(SurfaceLab, "#surface-map"), (TrainingLab, "#training-network")])
def test_every_width_shows_the_main_picture_and_nothing_sticks_out(page: Page, kind: type[Lab], main: str) -> None:
    lab = kind(page)
    page.resize(390, 844)
    lab.open()
    for width, height in ((390, 844), (1024, 768), (1400, 900)):
        page.resize(width, height)
        page.wait_for(f"document.querySelector('{main}').getBoundingClientRect().right <= {width}")
        scroll, client, top, controls = page.js(
            """
            const {scrollWidth, clientWidth} = document.documentElement;
            const of = (css) => document.querySelector(css).getBoundingClientRect();
            return [scrollWidth, clientWidth, of(arguments[0]).top, of(`#lab-${arguments[1]} .lab-controls`).top];
            """,
            main,
            lab.name,
        )
        assert scroll <= client <= width
        assert top < height
        if width == 390:
            assert top < controls, "the main picture comes before the controls"
        if isinstance(lab, SurfaceLab):
            page.wait_for(
                "Math.abs(document.querySelector('.path-layer').getBoundingClientRect().width"
                " - document.querySelector('#surface-map .nsewdrag').getBoundingClientRect().width) < 1"
            )
            lab.wait_until_drawn()
    if isinstance(lab, SurfaceLab):
        lab.wait_for_space()
    else:
        page.wait_for("document.getElementById('training-curves')._fullLayout.width > 500")
    axes = page.js(AXES)
    assert len(axes) == (9 if isinstance(lab, SurfaceLab) else 2)
    assert [axis for axis in axes if not axis[1] or axis[2]] == []

