import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer import __main__ as command_line
from explorer import __version__
from explorer.__main__ import CannotServeError, listen, main

REPOSITORY = Path(__file__).resolve().parents[2]

# The command line with an app of one word, so that these tests hold whatever the labs do.
PROGRAM = r"""
import os, sys, time, types

def create_app(hosts=frozenset()):
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1", "set before the app is imported"
    assert not {"numpy", "dash"} & early, "a refusal must not wait for these"
    import dash
    from explorer.server import MissingAssetsError, harden
    if "missing-assets" in os.environ["STUB"]:
        raise MissingAssetsError("No assets.")
    if "slow-start" in os.environ["STUB"]:
        time.sleep(30)
    app = dash.Dash("stub")
    app.layout = dash.html.Div("stub")
    app.server.add_url_rule("/slow", endpoint="slow", view_func=slow)
    harden(app, hosts)
    return app

def slow():
    os.write(1, b"under way\n")  # in one piece, unlike print
    time.sleep(30)
    return ""

from explorer.__main__ import main
early = set(sys.modules)
sys.modules["explorer.app"] = types.SimpleNamespace(create_app=create_app)
sys.exit(main(sys.argv[1:]))
"""


class Program:
    """The program in a process of its own."""

    def __init__(self, *arguments: str, stub: str = "") -> None:
        environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--no-browser", *arguments],
            cwd=REPOSITORY,
            env={**environment, "STUB": stub},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self) -> tuple[str, int]:
        """Host and port, once the line with the URL is printed."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.fullmatch(r"Error Surface Explorer is at http://(\S+):(\d+) - Ctrl-C stops it\.\n", line)
        assert found, line or self.process.communicate()
        return found[1].strip("[]"), int(found[2])

    def end(self, ending: int) -> tuple[int, str, str, float]:
        """Exit status, output, errors and the seconds that the ending took."""
        begin = time.monotonic()
        self.process.send_signal(ending)
        output, errors = self.process.communicate(timeout=10)
        return self.process.returncode, output, errors, time.monotonic() - begin


@pytest.fixture
def start() -> Iterator[Callable[..., Program]]:
    programs: list[Program] = []

    def start(*arguments: str, stub: str = "") -> Program:
        programs.append(Program(*arguments, stub=stub))
        return programs[-1]

    yield start
    for program in programs:
        program.process.kill()
        program.process.communicate()


def status(address: tuple[str, int], host: str | None = None, path: str = "/alive") -> int:
    connection = http.client.HTTPConnection(*address, timeout=5)
    try:
        connection.request("GET", path, headers={} if host is None else {"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


# --- refusals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "65536"], "'65536'"),
        (["--port", "-1"], "'-1'"),
        (["--port", "eight"], "'eight'"),
        (["--port", ""], "''"),
        (["--port"], "--port"),
        (["--allow-host", ""], "''"),
        (["--allow-host", "two names"], "'two names'"),
        (["--allow-host", "http://class.example"], "'http://class.example'"),
        (["--allow-host", "[::1"], "'[::1'"),
        (["--prot", "1"], "--prot"),
        (["somewhere"], "somewhere"),
    ],
)
def test_bad_options_are_refused_in_one_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    output, errors = capsys.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert named in errors


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("no such host", "the host 'no such host' is not known to this machine."),
        ("a" * 300, "is not known to this machine."),
        ("double..dot", "is not known to this machine."),
        ("", "the host '' is not known to this machine."),
        ("192.0.2.1", "192.0.2.1 is not an address of this machine."),
    ],
)
@pytest.mark.parametrize("port", [[], ["--port", "0"]])
def test_hosts_that_cannot_be_had_are_refused_in_one_sentence(
    host: str, reason: str, port: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--no-browser", "--host", host, *port]) == 2
    output, errors = capsys.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert reason in errors


def test_a_wanted_port_in_use_is_refused_in_one_sentence(taken_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-browser", "--port", str(taken_port)]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors == (
        f"error-surface-explorer: port {taken_port} at 127.0.0.1 is in use: "
        "choose another with --port, or --port 0 for a free one.\n"
    )


def test_the_default_port_is_refused_too_when_it_is_wanted_and_in_use(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "DEFAULT_PORT", taken_port)
    with pytest.raises(CannotServeError, match="in use"):
        listen("127.0.0.1", taken_port)


def test_missing_assets_are_told_in_one_sentence(start: Callable[..., Program]) -> None:
    process = start("--port", "0", stub="missing-assets").process
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (2, "", "error-surface-explorer: No assets.\n")


# --- ports ----------------------------------------------------------------------


def test_a_free_port_is_taken_when_the_default_one_is_in_use(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "DEFAULT_PORT", taken_port)
    with listen("127.0.0.1", None) as listener:
        port = listener.getsockname()[1]
        assert port != taken_port
        assert capsys.readouterr().out == f"Port {taken_port} is in use, so a free one is taken: {port}.\n"


def test_the_default_port_is_taken_when_it_is_free(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setattr(command_line, "DEFAULT_PORT", port)
    with listen("127.0.0.1", None) as listener:
        assert listener.getsockname()[1] == port
    assert capsys.readouterr().out == ""


def test_of_two_programs_that_start_together_only_one_gets_the_port() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(CannotServeError):
        listen("127.0.0.1", first.getsockname()[1])


def test_the_default_is_8050_on_this_machine_only() -> None:
    assert command_line.DEFAULT_PORT == 8050
    assert command_line._options([]).host == "127.0.0.1"


# --- serving --------------------------------------------------------------------


def test_it_serves_and_ctrl_c_ends_it_cleanly(start: Callable[..., Program]) -> None:
    program = start("--port", "0")
    address = program.address()
    assert address[0] == "127.0.0.1"
    assert status(address) == 204
    assert status(address, path="/") == 200
    code, output, errors, seconds = program.end(signal.SIGINT)
    assert (code, output, errors) == (0, "", "")
    assert seconds < 2


def test_sigterm_ends_it_cleanly_with_requests_under_way(start: Callable[..., Program]) -> None:
    program = start("--port", "0")
    address = program.address()
    with contextlib.ExitStack() as connections:
        for _ in range(10):  # more than there are threads
            connection = connections.enter_context(socket.create_connection(address))
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert program.process.stdout is not None
        assert [program.process.stdout.readline() for _ in range(8)] == ["under way\n"] * 8
        code, _, errors, seconds = program.end(signal.SIGTERM)
    assert (code, errors) == (0, "")
    assert seconds < 3


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_ctrl_c_twice_is_as_good_as_once(start: Callable[..., Program]) -> None:
    program = start("--port", "0")
    program.address()
    program.process.send_signal(signal.SIGINT)
    code, _, errors, _ = program.end(signal.SIGINT)
    assert (code, errors) == (0, "")


def test_ctrl_c_while_the_app_is_still_loading(start: Callable[..., Program]) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    program = start("--port", str(port), stub="slow-start")

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    assert wait_until(listens)
    code, output, errors, seconds = program.end(signal.SIGINT)
    assert (code, output, errors) == (0, "", "")
    assert seconds < 2


def test_a_killed_server_gets_its_port_back(start: Callable[..., Program]) -> None:
    first = start("--port", "0")
    address = first.address()
    assert status(address, path="/") == 200
    first.process.kill()
    first.process.wait()
    assert start("--port", str(address[1])).address() == address


def test_allowed_hosts_are_admitted_and_others_are_not(start: Callable[..., Program]) -> None:
    address = start("--port", "0", "--allow-host", "Class.example:8050", "--allow-host", "10.1.2.3").address()
    for host, expected in (
        ("localhost:8050", 204),
        ("class.example", 204),
        ("10.1.2.3:80", 204),
        ("evil.example", 403),
    ):
        assert status(address, host) == expected


def test_all_addresses_are_explained(start: Callable[..., Program]) -> None:
    program = start("--port", "0", "--host", "0.0.0.0")
    address = program.address()
    assert address[0] == "127.0.0.1"
    assert status(address) == 204
    assert program.process.stdout is not None
    assert "--allow-host NAME" in program.process.stdout.readline()


def test_no_server_name_is_told(start: Callable[..., Program]) -> None:
    connection = http.client.HTTPConnection(*start("--port", "0").address(), timeout=5)
    connection.request("GET", "/alive")
    assert connection.getresponse().getheader("Server") is None
    connection.close()


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["--version"])
    assert ending.value.code == 0
    assert capsys.readouterr().out == f"error-surface-explorer {__version__}\n"
    assert __version__[0].isdigit()


# --- the browser ----------------------------------------------------------------


def test_the_browser_is_opened_when_the_server_answers(
    start: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "true")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # not asked on the way to this machine
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    url = "http://{}:{}".format(*start("--port", "0").address())
    command_line._open_browser(url)
    assert opened == [url]


def test_a_browser_that_fails_is_no_error(start: Callable[..., Program], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_url: str) -> None:
        raise OSError("no display")

    monkeypatch.setenv("BROWSER", "false")
    monkeypatch.setattr("webbrowser.open", fail)
    command_line._open_browser("http://{}:{}".format(*start("--port", "0").address()))


def test_no_browser_is_opened_for_a_server_that_does_not_answer() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    assert not command_line._answers(f"http://127.0.0.1:{port}", seconds=0.3)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a desktop is taken for granted")
def test_no_text_browser_takes_over_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail("opened"))
    command_line._open_browser("http://127.0.0.1:1")
