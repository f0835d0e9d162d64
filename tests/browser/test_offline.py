"""The app alone with its server: nothing is asked of anybody else, and nothing could be."""

from __future__ import annotations

from urllib.request import urlopen

from tests.browser.labs import SurfaceLab, TrainingLab
from tests.browser.page import Page


def test_nobody_else_is_asked_and_nothing_can_be_uploaded(page: Page) -> None:
    surface, training = SurfaceLab(page), TrainingLab(page)
    surface.open()
    surface.wait_for_space()
    page.click("#nav-training")
    training.wait_until_shown()
    training.press("step-epoch")

    buttons = page.js("return [...document.querySelectorAll('.modebar-btn')].map(({dataset}) => dataset.title)")
    assert len(buttons) > 15
    assert "Download plot as a PNG" in buttons
    told = " ".join(buttons).lower()
    assert not [word for word in ("cloud", "share", "upload", "chart studio", "edit") if word in told]
    assert page.js("return document.querySelectorAll('.modebar a[href], .plotlyjsicon').length") == 0

    addresses = page.requests()
    assert len(addresses) > 20
    assert page.foreign_requests() == []
    assert any("plotly" in address for address in addresses)
    assert any(address.endswith("/training/tick") for address in addresses)


def test_the_page_could_not_reach_anybody_else(page: Page) -> None:
    with urlopen(page.url) as answer:
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert not any("http" in sources or "*" in sources for sources in policy.values())

    page.expect_console("Content Security Policy")
    page.open("/training")
    refused = page.js(
        """
        window.refused = [];
        document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
        document.body.append(Object.assign(document.createElement("script"), {textContent: "window.owned = 1"}));
        return fetch("http://192.0.2.1/").catch(() => new Promise((done) => setTimeout(() => done(refused))));
        """
    )
    assert sorted(refused) == ["connect-src", "script-src-elem"]
    assert page.js("return window.owned ?? null") is None
