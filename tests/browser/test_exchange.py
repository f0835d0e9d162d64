"""How the page's scripts ask the server: every answer is told as what it is."""

from __future__ import annotations

import pytest

from tests.browser.page import Page

ASK = "return explorer.exchange.ask(arguments[0], {run: 'x'.repeat(arguments[1])});"


@pytest.fixture
def page(page: Page) -> Page:
    page.open("/training")
    page.wait_for("window.explorer?.exchange")
    return page


def test_what_the_server_refuses_in_plain_text_is_told_in_its_words(page: Page) -> None:
    page.expect_console("status of 413", "status of 405")
    assert page.js(ASK, "/training/tick", 17 * 1024 * 1024) == {"error": "The request is larger than 16 MB."}
    assert page.js(ASK, "/alive", 1) == {"error": "This address does not take this kind of request."}


@pytest.mark.parametrize(
    ("status", "kind", "text", "told"),
    [
        (200, "application/json", '{"run": 1}', {"run": 1}),
        (500, "text/plain; charset=utf-8", "The server failed.\n", {"error": "The server failed."}),
        (500, "text/plain", "x" * 1000, {"error": "The server refused the request (status 500)."}),
        (403, "text/html", "<p>no</p>", {"error": "The server refused the request (status 403)."}),
        (502, "text/html", "<p>Bad Gateway</p>", None),
        (200, "application/json", '{"run": ', None),
    ],
)
def test_answers_of_every_kind(page: Page, status: int, kind: str, text: str, told: object) -> None:
    script = """
    const [status, kind, text] = arguments, fetch = window.fetch;
    window.fetch = async () => new Response(text, {status, headers: {"Content-Type": kind}});
    return explorer.exchange.ask("/training/tick", {}).finally(() => (window.fetch = fetch));
    """
    assert page.js(script, status, kind, text) == told


def test_the_latest_question_is_asked_although_hearing_failed(page: Page) -> None:
    page.expect_console("wanted in this test")
    page.js(
        """
        window.heard = [];
        const ask = explorer.exchange.latest("/training/tick", (answer, wish) => {
          heard.push(wish.number);
          if (wish.number < 3) throw new Error("wanted in this test");
        });
        for (const number of [1, 2]) ask({number});
        window.askAgain = () => ask({number: 3});
        """
    )
    page.wait_for("heard.length === 2")
    page.js("setTimeout(askAgain)")
    page.wait_for("heard.length === 3")
    assert page.js("return heard") == [1, 2, 3]
