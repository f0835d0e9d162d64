import json
import logging
from typing import Any

import dash
import pytest
from dash import html
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from explorer.app import create_app
from explorer.exchange import answer, register_exchange
from explorer.server import LARGEST_BODY, harden
from explorer.training.callbacks import EXCHANGES

PATHS = ("/surface/base", "/surface/paths", *(f"/training/{name}" for name in EXCHANGES))
NO_OBJECT = "The request is no JSON object."


def handler(wish: dict[str, Any]) -> dict[str, Any]:
    if "refuse" in wish:
        raise ValueError(wish["refuse"])
    return {"keys": sorted(wish)}


@pytest.fixture(scope="module")
def toy() -> FlaskClient:
    app = dash.Dash("toy")
    app.layout = html.Div()
    register_exchange(app, "/toy", handler)
    harden(app)
    return app.server.test_client()


@pytest.fixture(scope="module")
def real() -> FlaskClient:
    return create_app().server.test_client()


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.records == []


def post(client: FlaskClient, path: str, body: str | bytes, **options: Any) -> TestResponse:
    return client.post(path, data=body, **{"content_type": "application/json", **options})


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and "Traceback" not in text and len(text) <= 400


# --- the answer -------------------------------------------------------------------


def test_a_wish_is_answered_in_json_that_nobody_keeps(toy: FlaskClient) -> None:
    said = post(toy, "/toy", '{"b": 1, "a": [2]}')
    assert (said.status_code, said.mimetype, said.get_json()) == (200, "application/json", {"keys": ["a", "b"]})
    assert said.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in said.headers["Content-Security-Policy"]


def test_a_refusal_is_an_answer_in_one_sentence(toy: FlaskClient) -> None:
    said = post(toy, "/toy", '{"refuse": "Cases must be more."}')
    assert (said.status_code, said.get_json()) == (200, {"error": "Cases must be more."})


def test_a_refusal_does_not_repeat_all_it_was_given() -> None:
    said = answer(handler, {"refuse": "x" * 10_000_000})["error"]
    assert len(said) < 500
    assert said.startswith("xxx")
    assert said.endswith("x…")


@pytest.mark.parametrize("wish", [None, [], "text", 3, True, [{}]])
def test_a_wish_is_an_object(wish: object) -> None:
    assert answer(handler, wish) == {"error": NO_OBJECT}


def test_faults_of_the_app_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        answer(lambda wish: {"never": 1 // 0}, {})


# --- what may come in ---------------------------------------------------------------

GARBAGE = {
    "nothing": b"",
    "half an object": b'{"settings": ',
    "a list": b"[]",
    "null": b"null",
    "a number": b"3",
    "a text": b'"settings"',
    "two objects": b"{}{}",
    "a form": b"settings=1&run=2",
    "no utf-8": b'{"a": "\xff\xfe"}',
    "zeros": b"\x00" * 100,
    "a bare NaN": b"NaN",
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "closed deep lists": b"[" * 100_000 + b"]" * 100_000,
    "a huge whole number": b'{"frames": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused(real: FlaskClient, path: str, body: bytes) -> None:
    said = post(real, path, body)
    assert (said.status_code, said.get_json()) == (200, {"error": NO_OBJECT})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_foreign_pages_content_types_are_refused(real: FlaskClient, path: str, kind: str) -> None:
    assert post(real, path, "{}", content_type=kind).get_json() == {"error": NO_OBJECT}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "name",
    [
        "settings", "run", "frames", "updates", "until", "link", "own", "changes", "panels", "bent", "pad", "part",
        "pair", "text", "target", "inputs", "kind",
    ],
)  # fmt: skip
@pytest.mark.parametrize("depth", [10, 400, 900, 950, 980, 995])
def test_what_is_nested_deep_is_refused_or_overlooked(real: FlaskClient, path: str, name: str, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    asked = "" if name == "panels" else '"panels": ["bent", "confusion", "pad", "health"], '
    said = post(real, path, f'{{"frames": 0, {asked}"{name}": {nested}}}')
    assert said.status_code == 200
    told = said.get_json()
    assert is_one_sentence(told["error"]) if "error" in told else len(told) > 1


@pytest.mark.parametrize("depth", [10, 400, 900, 950, 980, 990])
@pytest.mark.parametrize(
    "body",
    [
        '{"frames": 0, "changes": [["weight", [3, %s]]]}',
        '{"frames": 0, "changes": [["cut", %s]]}',
        '{"frames": 0, "changes": [["points", [[1, 2, %s]]]]}',
        '{"frames": 0, "link": {"first": %s}}',
        '{"frames": 0, "link": {"changes": %s}}',
        '{"frames": 0, "settings": {"split": %s}}',
        '{"frames": 0, "settings": {"dataset": "own"}, "own": {"kind": "signs", "names": %s}}',
        '{"frames": 0, "settings": {"dataset": "digits"}, "panels": ["pad"], "pad": [%s]}',
        '{"frames": 0, "panels": ["bent"], "bent": {"layer": %s, "x": 0, "y": 1}}',
    ],
)
def test_what_is_nested_deep_within_is_refused(real: FlaskClient, body: str, depth: int) -> None:
    said = post(real, "/training/tick", body % ("[" * depth + "]" * depth))
    assert said.status_code == 200
    assert is_one_sentence(said.get_json()["error"])


NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-0.0", "1e-400", "true", "null", '"9"', "[]", "{}"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/surface/paths", '{"settings": {"cases": %s}}'),
        ("/surface/paths", '{"settings": {"start_w1": %s}}'),
        ("/surface/base", '{"settings": {"noise": %s}}'),
        ("/training/tick", '{"frames": 0, "settings": {"learning_rate": %s}}'),
        ("/training/tick", '{"frames": 0, "settings": {"split": [%s, 50, 50]}}'),
        ("/training/tick", '{"frames": 0, "link": {"first": %s}}'),
        ("/training/tick", '{"frames": 0, "changes": [["weight", [3, %s]]]}'),
        ("/training/tick", '{"frames": 0, "changes": [["points", [[1, 2, %s]]]]}'),
        ("/training/tick", '{"frames": 0, "settings": {"dataset": "digits"}, "panels": ["pad"], "pad": [%s]}'),
        ("/training/amplified", '{"settings": {"amplify_copies": %s}}'),
        ("/training/tick", '{"frames": %s}'),
        ("/training/tick", '{"frames": 1, "updates": %s}'),
        ("/training/tick", '{"frames": 1, "updates": 1, "until": %s}'),
    ],
)
def test_numbers_that_json_does_not_know_come_back_in_no_answer(
    real: FlaskClient, path: str, body: str, number: str
) -> None:
    said = post(real, path, body % number)
    assert said.status_code == 200
    told = json.loads(said.text, parse_constant=pytest.fail)
    assert is_one_sentence(told["error"]) if "error" in told else len(told) > 1


@pytest.mark.parametrize("path", PATHS)
def test_a_body_too_large_is_refused(real: FlaskClient, path: str) -> None:
    said = post(real, path, b" " * (LARGEST_BODY + 1))
    assert said.status_code == 413
    assert said.text == "The request is larger than 16 MB.\n"


@pytest.mark.parametrize("path", PATHS)
def test_a_large_body_of_nonsense_is_refused_in_a_short_sentence(real: FlaskClient, path: str) -> None:
    wish = {"settings": {f"{i}" * 100: i for i in range(10_000)}, "run": "x" * 1_000_000, "frames": "y" * 1_000_000}
    assert len(post(real, path, json.dumps(wish)).get_json()["error"]) < 200


# --- who may ask ------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_host_is_refused(real: FlaskClient, path: str) -> None:
    said = post(real, path, "{}", headers={"Host": "evil.example"})
    assert said.status_code == 403
    assert "host name" in said.text


@pytest.mark.parametrize("path", PATHS)
def test_only_posts_are_answered(real: FlaskClient, path: str) -> None:
    assert real.get(path).mimetype == "text/html"  # the page, as for any address
    assert [real.open(path, method=method).status_code for method in ("PUT", "DELETE")] == [405, 405]
