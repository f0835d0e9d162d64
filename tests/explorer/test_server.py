import gzip
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import dash
import pytest
from dash import ALL, Input, Output, State, dcc, html
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from explorer import server
from explorer.server import MissingAssetsError, assets_folder, callback_problem, harden, host_name

CALLBACK = "/_dash-update-component"
SCRIPT = "window.answer = 42;\n" * 500


class ReadingClient(FlaskClient):
    """A client that reads each answer to its end, as a server does, so that files are closed."""

    def open(self, *request: Any, **options: Any) -> TestResponse:
        return super().open(*request, **{**options, "buffered": True})


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assets")
    (folder / "script.js").write_text(SCRIPT)
    (folder / "picture.png").write_bytes(b"\x89PNG" * 100)
    return folder


@pytest.fixture(scope="module")
def app(assets: Path) -> dash.Dash:
    app = dash.Dash("stub", assets_folder=str(assets))
    app.layout = html.Div([dcc.Input(id="number"), html.Div(id="word"), dcc.Store(id="kept"), dcc.Graph(id="g")])

    @app.callback(Output("word", "children"), Input("number", "value"), State("kept", "data"))
    def one(number: float, kept: object) -> str:
        if number == 13:
            raise ZeroDivisionError("a fault of the app")
        return f"{number} {kept}"

    @app.callback(
        Output("word", "title"),
        Output("kept", "data", allow_duplicate=True),
        Input({"row": ALL, "kind": "cell"}, "value"),
        prevent_initial_call=True,
    )
    def several(cells: list[int]) -> tuple[str, int]:
        return str(sum(cells)), len(cells)

    @app.callback(Input("number", "n_submit"))
    def none(_submitted: int) -> None:
        return None

    app.clientside_callback("function (n) { return n; }", Output("word", "lang"), Input("number", "value"))
    harden(app, frozenset({"class.example.org"}))
    app.server.test_client_class = ReadingClient
    return app


@pytest.fixture
def client(app: dash.Dash) -> FlaskClient:
    return app.server.test_client()


def good_body(number: object = 3) -> dict[str, object]:
    return {
        "output": "word.children",
        "outputs": {"id": "word", "property": "children"},
        "inputs": [{"id": "number", "property": "value", "value": number}],
        "state": [{"id": "kept", "property": "data", "value": "k"}],
        "changedPropIds": ["number.value"],
    }


def is_one_sentence(text: str) -> bool:
    return text.endswith(".\n") and text.count("\n") == 1 and "<" not in text and "Traceback" not in text


# --- headers --------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/training?seed=3", "/alive", "/assets/script.js", "/assets/none.js"])
def test_every_answer_carries_the_protecting_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'; script-src 'self' 'sha256-" in policy
    for rule in (
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ):
        assert rule in policy.split("; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_policy_admits_exactly_the_inline_scripts_of_the_page(app: dash.Dash, client: FlaskClient) -> None:
    answer = client.get("/")
    hashes = set(re.findall(r"'sha256-[^']+'", answer.headers["Content-Security-Policy"]))
    assert hashes == set(app.csp_hashes())
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"].split("style-src")[0]
    page = re.sub(r"<!--.*?-->", "", answer.text, flags=re.DOTALL)  # a script for the Internet Explorer
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    assert len(hashes) == len(inline) + 1  # and Dash's renderer


def test_the_server_is_alive_and_says_so_without_a_body(client: FlaskClient) -> None:
    answer = client.get("/alive")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"


# --- hosts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8050",
        "LocalHost:1",
        "127.0.0.1",
        "127.0.0.1:65535",
        "[::1]",
        "[::1]:8050",
        "class.example.org",
        "Class.Example.Org:80",
    ],
)
def test_own_hosts_are_admitted_with_any_port(client: FlaskClient, host: str) -> None:
    assert client.get("/alive", headers={"Host": host}).status_code == 204


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8050",
        "evil.example:localhost",
        "0.0.0.0",
        "",
        "localhost:",
        "localhost:x",
        "a@localhost",
        "localhost/",
        "::1",
        "[::1",
        "[localhost]",
        "example.org",
    ],
)
@pytest.mark.parametrize("address", ["/", "/alive", "/assets/script.js", "/_dash-layout"])
def test_foreign_hosts_are_refused_in_one_sentence(client: FlaskClient, host: str, address: str) -> None:
    answer = client.get(address, headers={"Host": host})
    assert answer.status_code == 403
    assert is_one_sentence(answer.text)
    assert "Content-Security-Policy" in answer.headers


def test_a_foreign_host_may_not_run_callbacks(client: FlaskClient) -> None:
    assert client.post(CALLBACK, json=good_body(), headers={"Host": "evil.example"}).status_code == 403


def test_host_names_lose_port_and_brackets() -> None:
    assert host_name("[2001:DB8::7]:80") == "2001:db8::7"
    assert host_name("Room-7.school.example:8050") == "room-7.school.example"
    assert host_name("two names") is None


# --- bodies ---------------------------------------------------------------------


def test_a_good_callback_is_answered(client: FlaskClient) -> None:
    answer = client.post(CALLBACK, json=good_body())
    assert answer.json == {"multi": True, "response": {"word": {"children": "3 k"}}}
    assert answer.headers.get("Content-Encoding") is None


def test_patterns_several_outputs_and_none_are_answered(app: dash.Dash, client: FlaskClient) -> None:
    several = next(output for output in app.callback_map if output.startswith("..word.title"))
    cells = [{"id": {"row": row, "kind": "cell"}, "property": "value", "value": row} for row in (1, 2)]
    outputs = [
        {"id": "word", "property": "title"},
        {"id": "kept", "property": several.split("kept.")[1][:-2]},
    ]
    answer = client.post(CALLBACK, json={"output": several, "outputs": outputs, "inputs": [cells]})
    assert answer.json == {"multi": True, "response": {"word": {"title": "3"}, "kept": {"data": 2}}}

    none = next(output for output, callback in app.callback_map.items() if callback["no_output"])
    inputs = [{"id": "number", "property": "n_submit"}]
    assert client.post(CALLBACK, json={"output": none, "inputs": inputs}).status_code == 204


@pytest.mark.parametrize("data", ["", "xx", "[", "null", "7", '"word.children"', "[]", "{}", "[" * 100_000, "\xff"])
def test_bodies_that_are_no_callback_are_refused(
    client: FlaskClient, data: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post(CALLBACK, data=data.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert is_one_sentence(answer.text)
    assert caplog.records == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_bodies_of_another_kind_are_refused(client: FlaskClient, kind: str) -> None:
    # What a foreign page may send without asking first (a form, plain text) never reaches a callback.
    answer = client.post(CALLBACK, data="{}", content_type=kind)
    assert answer.status_code == 415
    assert is_one_sentence(answer.text)


CELL = {"id": "number", "property": "value"}


@pytest.mark.parametrize(
    "change",
    [
        {"output": None},
        {"output": ["word.children"]},
        {"output": "nothing.children"},
        {"output": "word.lang"},  # clientside
        {"inputs": None},
        {"inputs": {}},
        {"inputs": "number.value"},
        {"inputs": []},
        {"inputs": [CELL, CELL]},
        {"inputs": [None]},
        {"inputs": [[CELL]]},
        {"inputs": [{"id": "number"}]},
        {"inputs": [{"property": "value"}]},
        {"inputs": [{"id": "number", "property": "type"}]},
        {"inputs": [{"id": "number", "property": 7}]},
        {"inputs": [{"id": {"row": 1}, "property": "value"}]},
        {"state": None},
        {"state": 5},
        {"state": [{"id": "word", "property": "data"}]},
        {"outputs": None},
        {"outputs": "word.children"},
        {"outputs": [{"id": "word", "property": "children"}]},
        {"outputs": {"id": "kept", "property": "data"}},
        {"changedPropIds": "number.value"},
        {"changedPropIds": [7]},
        {"changedPropIds": None},
    ],
)
def test_mended_bodies_are_refused(
    client: FlaskClient, change: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post(CALLBACK, json={**good_body(), **change})
    assert answer.status_code == 400
    assert is_one_sentence(answer.text)
    assert caplog.records == []


@pytest.mark.parametrize(
    "cell",
    [
        7,
        {"id": "row", "property": "value"},
        {"id": {"row": 1}, "property": "value"},
        {"id": {"row": [1], "kind": "cell"}, "property": "value"},
        {"id": {"row": 1, "kind": "x"}, "property": "value"},
    ],
)
def test_entries_of_a_pattern_are_checked_too(app: dash.Dash, cell: object) -> None:
    several = next(output for output in app.callback_map if output.startswith("..word.title"))
    outputs = [{"id": "word", "property": "title"}, {"id": "kept", "property": "data"}]
    body = {"output": several, "outputs": outputs, "inputs": [[cell]]}
    assert callback_problem(body, app.callback_map) == "The inputs of this request are not those of the callback."


def test_a_fault_in_a_callback_is_logged_and_answered_in_one_sentence(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post(CALLBACK, json=good_body(13))
    assert answer.status_code == 500
    assert is_one_sentence(answer.text)
    assert "ZeroDivisionError" in caplog.text


def test_large_bodies_are_refused(client: FlaskClient) -> None:
    answer = client.post(CALLBACK, data=b" " * (16 * 1024**2 + 1), content_type="application/json")
    assert answer.status_code == 413
    assert answer.text == "The request is larger than 16 MB.\n"


def test_bodies_below_the_limit_are_read(client: FlaskClient) -> None:
    assert client.post(CALLBACK, json=good_body("x" * 15_000_000)).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/assets/none.js",
        "/assets/../server.py",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/_dash-component-suites/none/x.js",
        "/_dash-component-suites/dash/../dash.py",
        "/_dash-component-suites/<b>/x.js",
    ],
)
def test_unknown_files_are_not_found(client: FlaskClient, address: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.text == "There is nothing at this address.\n"
    assert answer.mimetype == "text/plain"
    assert caplog.records == []


def test_a_wrong_method_is_refused_in_one_sentence(client: FlaskClient) -> None:
    answer = client.delete("/alive")
    assert answer.status_code == 405
    assert is_one_sentence(answer.text)


# --- files ----------------------------------------------------------------------


def bundle_addresses(client: FlaskClient) -> list[str]:
    return re.findall(r'src="(/_dash-component-suites/[^"]+)"', client.get("/").text)


def test_bundles_are_packed_and_kept_for_a_year(client: FlaskClient) -> None:
    addresses = bundle_addresses(client)
    assert len(addresses) > 3
    for address in addresses:
        packed = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Cache-Control"] == "max-age=31536000, immutable"
        assert packed.headers["Vary"] == "Accept-Encoding"
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert gzip.decompress(packed.data) == client.get(address).data


def test_a_file_is_packed_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    packings = []
    compress = gzip.compress

    def counted(data: bytes, **options: int) -> bytes:
        packings.append(len(data))
        return compress(data, **options)

    monkeypatch.setattr(server.gzip, "compress", counted)
    server._gzipped.cache_clear()
    address = "/_dash-component-suites/plotly/package_data/plotly.min.js"
    # Addresses with made-up fingerprints are the same file: they must not fill the memory.
    for variant in (
        address,
        address,
        address.replace(".min.js", ".v1m2.min.js"),
        address.replace(".js", ".js?m=7"),
    ):
        answer = client.get(variant, headers={"Accept-Encoding": "gzip"})
        assert len(answer.data) < 1_600_000
    assert len(packings) == 1
    assert packings[0] > 4_000_000


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    for address in ("/assets/script.js", "/assets/script.js?m=1", bundle_addresses(client)[0]):
        for coding in ("gzip", "identity"):
            headers = {"Accept-Encoding": coding}
            tag = client.get(address, headers=headers).headers["ETag"]
            again = client.get(address, headers={**headers, "If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")
            assert again.headers["ETag"] == tag


def test_assets_are_packed_and_kept_when_their_address_tells_their_age(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    dated = client.get("/assets/script.js?m=1", headers=headers)
    assert gzip.decompress(dated.data).decode() == SCRIPT
    assert dated.headers["Cache-Control"] == "max-age=31536000, immutable"
    for undated in ("/assets/script.js", "/_dash-component-suites/plotly/package_data/plotly.min.js"):
        assert client.get(undated, headers=headers).headers["Cache-Control"] == "no-cache"


def test_an_edited_asset_is_served_at_once(client: FlaskClient, assets: Path) -> None:
    edited = assets / "edited.js"
    for text in ("first", "second one"):
        edited.write_text(text)
        answer = client.get("/assets/edited.js", headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(answer.data).decode() == text


def test_files_go_out_plain_where_packing_is_no_use_or_not_wished(client: FlaskClient) -> None:
    picture = client.get("/assets/picture.png", headers={"Accept-Encoding": "gzip"})
    assert (picture.headers.get("Content-Encoding"), picture.data) == (None, b"\x89PNG" * 100)
    for refusal in ("identity", "gzip;q=0", ""):
        plain = client.get("/assets/script.js", headers={"Accept-Encoding": refusal})
        assert (plain.headers.get("Content-Encoding"), plain.text) == (None, SCRIPT)


def test_a_part_of_a_file_is_a_part_of_the_plain_file(client: FlaskClient) -> None:
    answer = client.get("/assets/script.js", headers={"Range": "bytes=0-5", "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data) == (206, b"window")
    assert "Content-Encoding" not in answer.headers


def test_a_head_request_tells_the_packed_size(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    head = client.head("/assets/script.js", headers=headers)
    assert head.data == b""
    assert head.headers["Content-Length"] == client.get("/assets/script.js", headers=headers).headers["Content-Length"]


# --- the app as a whole ---------------------------------------------------------


def test_the_assets_folder_is_an_absolute_existing_path() -> None:
    assert Path(assets_folder()).is_absolute()
    assert Path(assets_folder()).is_dir()


def test_the_packages_own_assets_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "explorer"
    package.mkdir()
    monkeypatch.setattr(server, "__file__", str(package / "server.py"))
    with pytest.raises(MissingAssetsError, match=r"neither .* nor .* is a folder") as error:
        assets_folder()
    assert str(package / "assets") in str(error.value)
    (tmp_path / "assets").mkdir()
    assert assets_folder() == str(tmp_path / "assets")
    (package / "assets").mkdir()
    assert assets_folder() == str(package / "assets")


def test_an_app_without_layout_fails_at_start(assets: Path) -> None:
    with pytest.raises(dash.exceptions.NoLayoutException):
        harden(dash.Dash("empty", assets_folder=str(assets)))


def test_two_apps_in_one_process_do_not_share_their_hosts(app: dash.Dash, assets: Path) -> None:
    second = dash.Dash("second", assets_folder=str(assets))
    second.layout = html.Div()
    harden(second, frozenset({"other.example.org"}))
    clients = (app.server.test_client(), second.server.test_client())
    for name, expected in (("class.example.org", [204, 403]), ("other.example.org", [403, 204])):
        assert [client.get("/alive", headers={"Host": name}).status_code for client in clients] == expected


def test_importing_the_server_does_not_import_heavy_libraries() -> None:
    code = "import sys, explorer.server; print({'numpy', 'pandas', 'sklearn'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
