"""What a surface suggests, and what it must not: a link, a reload and the way back have the last word."""

from __future__ import annotations

import pytest

from engine import LANDSCAPES
from explorer.surface.suggestions import suggestions
from tests.browser.labs import SurfaceLab, TrainingLab
from tests.browser.page import Page


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def stands(lab: SurfaceLab, surface: str, **expected: float) -> None:
    """The surface and the numbers count, are in the fields, and are what the pictures show."""
    lab.page.wait_for(f"explorer.surface.lab.settings.surface === '{surface}'")
    for name, value in expected.items():
        lab.wait_for_value(name, f"{value:g}")
        lab.page.wait_for(f"explorer.surface.lab.settings.{name} === {value}")
    lab.check_errors(LANDSCAPES[surface])
    lab.wait_until_drawn()
    lab.wait_for_address()
    assert {name: getattr(lab.settings(), name) for name in expected} == expected


def test_a_suggestion_is_for_whoever_chooses(lab: SurfaceLab, page: Page) -> None:
    beale = {"start_w1": -3.0, "start_w2": 2.0, "rate_gradient_descent": 0.0001}
    lab.open_flat("surface=beale&start_w1=-3&start_w2=2&rate_gradient_descent=0.0001&steps=40")
    stands(lab, "beale", **beale)
    page.click("#nav-training")
    page.wait_for("location.pathname === '/training'")
    page.click("#nav-surface")
    page.wait_for("location.pathname === '/surface'")
    stands(lab, "beale", **beale)

    told = suggestions()["himmelblau"]
    suggested = {name: float(told[name]) for name in ("start_w1", "start_w2", "rate_gradient_descent")}
    lab.choose("surface", "himmelblau")
    stands(lab, "himmelblau", **suggested)
    assert lab.settings().steps == 40
    lab.type("start_w1", "1.5")
    himmelblau = suggested | {"start_w1": 1.5}
    stands(lab, "himmelblau", **himmelblau)

    for path in ("/training", "/surface"):
        page.js("history.back()")
        page.wait_for(f"location.pathname === '{path}'")
    stands(lab, "beale", **beale)
    for path in ("/training", "/surface"):
        page.js("history.forward()")
        page.wait_for(f"location.pathname === '{path}'")
    stands(lab, "himmelblau", **himmelblau)

    # a reload in one lab keeps the other
    training = TrainingLab(page)
    page.click("#nav-training")
    page.wait_for("location.pathname === '/training'")
    training.wait_until_shown()
    training.type("batch_size", "9")
    training.wait_for_address()
    page.reload()
    training.wait_until_shown()
    page.click("#nav-surface")
    lab.hide_space()
    lab.wait_until_shown()
    stands(lab, "himmelblau", **himmelblau)
    page.reload()
    lab.hide_space()
    lab.wait_until_shown()
    stands(lab, "himmelblau", **himmelblau)
    page.click("#nav-training")
    training.wait_until_shown()
    assert training.settings().batch_size == 9
