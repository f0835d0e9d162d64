"""A function that a person types: the map is the engine's, and what is no function gets a sentence."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pytest

from engine import Formula
from explorer.settings import to_link
from explorer.surface.settings import SurfaceSettings
from tests.browser.labs import SurfaceLab
from tests.browser.page import Page

TYPED = "(w1^2 - 1)^2 + w2^2 + 0.2*w1"
HOSTILE = (
    ("__import__('os')", 'unexpected character "\'" at position 12'),
    ("w3", "'w3' at position 1 is not known"),
    ("((((", "something is missing after '(' at position 4"),
    ("", "the formula is empty"),
    ("w1+" * 100, "at most 200 characters"),
    ("1/0", "nowhere finite"),
)
MAP = "return JSON.stringify([explorer.surface.lab.base.map, explorer.surface.lab.base.window])"
PATHS = "return JSON.stringify(explorer.surface.lab.paths.paths)"


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def type_formula(lab: SurfaceLab, formula: str) -> None:
    lab.type("formula", formula)
    lab.page.wait_for(f"explorer.surface.lab.settings.formula === '{formula}'")
    lab.check_errors(Formula(formula))
    lab.wait_until_drawn()


def check_sentence(page: Page, words: str) -> None:
    """One sentence with these words, and no longer than a line or two."""
    page.wait_for_text("#surface-notice", words)
    told = page.text("#surface-notice")
    assert told.endswith(".")
    assert "\n" not in told
    assert len(told) < 300


def test_a_typed_function_is_mapped_and_what_is_none_is_told(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat(f"surface=typed&formula={quote(HOSTILE[0][0])}&steps=50")
    check_sentence(page, HOSTILE[0][1])
    lab.check_errors(Formula(SurfaceSettings().formula))
    assert to_link(lab.settings()) == to_link(SurfaceSettings(surface="typed", steps=50))
    lab.wait_for_value("formula", SurfaceSettings().formula)
    lab.wait_until_drawn()
    lab.wait_for_address()
    check_sentence(page, HOSTILE[0][1])

    lab.choose("surface", "himmelblau")
    page.wait_for("document.getElementById('surface-notice').textContent === ''")
    lab.choose("surface", "typed")
    page.wait_for("explorer.surface.lab.settings.surface === 'typed'")
    type_formula(lab, TYPED)
    left, _, right = sorted(np.roots([4.0, 0.0, -4.0, 0.2]))
    found = lab.marked()
    assert found["lowest minimum"] == pytest.approx(np.array([[left, 0.0]]), abs=1e-5)
    assert found["local minimum"] == pytest.approx(np.array([[right, 0.0]]), abs=1e-5)
    page.wait_for_text("#surface-facts", "checked against central differences at 25 points of this window")

    before = page.js(MAP)
    for formula, words in HOSTILE:
        lab.type("formula", formula)
        check_sentence(page, words)
        assert page.js(MAP) == before, formula
    type_formula(lab, "w1^2 + 3*w2^2 + w1*w2")
    page.wait_for("document.getElementById('surface-notice').textContent === ''")
    assert lab.marked()["lowest minimum"] == pytest.approx(np.zeros((1, 2)), abs=1e-6)
    lab.wait_for_address()

    # a function that is nowhere finite is refused as a whole: no path of it lies over the map of another
    before = page.js(MAP), page.js(PATHS)
    lab.type("formula", "1/0")
    check_sentence(page, "nowhere finite")
    assert (page.js(MAP), page.js(PATHS)) == before
