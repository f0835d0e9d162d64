"""The command line: `python -m explorer`, `error-surface-explorer`, `make run`."""

from __future__ import annotations

import argparse
import errno
import functools
import http.client
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from explorer import __version__

if TYPE_CHECKING:
    from flask import Flask

DEFAULT_PORT = 8050
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # bound to every address: the one to open here
WAITRESS = {
    "threads": 8,
    "ident": None,
    # Bodies and answers stay in memory instead of temporary files: a run is a few hundred kB, twice per tick.
    "recv_bytes": 64 * 1024,
    "inbuf_overflow": 16 * 1024**2,
    "outbuf_overflow": 16 * 1024**2,
    # From explorer.server.LARGEST_BODY up to here the app refuses in its own words; beyond, nothing is read.
    "max_request_body_size": 32 * 1024**2,
    # A browser holds up to six connections; a class of sixty must fit.
    "connection_limit": 500,
    "asyncore_use_poll": True,
}
SECONDS_FOR_REQUESTS = 1  # that requests under way get at the end


class CannotServeError(Exception):
    """The app cannot be served as wanted; the message is a whole sentence."""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        self.exit(2, f"{self.prog}: {message} (--help lists the options)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the app until Ctrl-C; the exit status."""
    options = _options(arguments)
    # One thread per process is fastest for matrices of this size, and NumPy reads this when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        listener = listen(options.host, options.port)
        _on_signals(_leave)
        server = _load(frozenset({options.host, listener.getsockname()[0], *options.allow_host}))
        _serve(server, listener, options)
    except CannotServeError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        pass
    return 0


def _refuse(reason: Exception) -> int:
    print(f"error-surface-explorer: {reason}", file=sys.stderr)
    return 2


# --- options ------------------------------------------------------------------


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="error-surface-explorer",
        description="See how neural networks learn, in the browser.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        help=f"port to listen at, 0 for a free one (default: {DEFAULT_PORT}, or a free one if it is taken)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=_name,
        metavar="NAME",
        help="a further name or address under which browsers may ask for this server; may be repeated",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to 65535, not {text!r}")
    return port


def _name(text: str) -> str:
    try:
        name = urlsplit(f"//{text}").hostname if not set(text) & set("/?#@ ") else None
    except ValueError:
        name = None
    if not name:
        raise argparse.ArgumentTypeError(f"a name such as class.example.org is needed, not {text!r}")
    return name


# --- listening ----------------------------------------------------------------


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens already; port None is the default, or a free one (said aloud) if it is taken."""
    try:
        return _bind(host, DEFAULT_PORT if port is None else port)
    except (OSError, UnicodeError) as error:
        if port is not None or getattr(error, "errno", None) != errno.EADDRINUSE:
            raise CannotServeError(_why(host, port, error)) from error
    listener = _bind(host, 0)
    print(f"Port {DEFAULT_PORT} is in use, so a free one is taken: {listener.getsockname()[1]}.", flush=True)
    return listener


def _bind(host: str, port: int) -> socket.socket:
    if not host:
        raise socket.gaierror(socket.EAI_NONAME, "an empty host")
    family, kind, protocol, _, address = min(
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM),
        key=lambda found: found[0] != socket.AF_INET,  # "localhost" has both kinds; not everyone has IPv6
    )
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # so that a restart gets its port back; on Windows it would mean sharing it
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # now and not later: until somebody listens, a second process could bind as well
    except OSError:
        listener.close()
        raise
    return listener


def _why(host: str, port: int | None, error: OSError | UnicodeError) -> str:
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return f"the host {host!r} is not known to this machine."
    if error.errno == errno.EADDRINUSE:
        return f"port {port} at {host} is in use: choose another with --port, or --port 0 for a free one."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine."
    if error.errno == errno.EACCES:
        return f"port {port} may not be used by this user: choose one above 1023 with --port."
    return f"cannot listen at {host}, port {DEFAULT_PORT if port is None else port}: {error.strerror}."


# --- serving ------------------------------------------------------------------


def _load(hosts: frozenset[str]) -> Flask:
    # These take a second: not before the options and the port are good.
    from explorer.app import create_app
    from explorer.server import MissingAssetsError

    try:
        app = create_app(hosts=hosts)
    except MissingAssetsError as error:
        raise CannotServeError(error) from error
    server: Flask = app.server
    return server


def _serve(server: Flask, listener: socket.socket, options: argparse.Namespace) -> None:
    """Answer requests until KeyboardInterrupt."""
    import waitress

    bound, port = listener.getsockname()[:2]
    here = WILDCARDS.get(bound, options.host)
    url = f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is no news in a class
    waiter = waitress.create_server(server, sockets=[listener], **WAITRESS)
    dispatcher = waiter.task_dispatcher
    dispatcher.shutdown = functools.partial(dispatcher.shutdown, timeout=SECONDS_FOR_REQUESTS)
    print(f"Error Surface Explorer is at {url} - Ctrl-C stops it.", flush=True)
    if bound in WILDCARDS:
        print("Other machines are admitted under the names given with --allow-host NAME.", flush=True)
    if not options.no_browser:
        threading.Thread(target=_open_browser, args=(url,), daemon=True).start()
    _on_signals(_end)
    waiter.run()


def _on_signals(action: Callable[[int, FrameType | None], None]) -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, action)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C and SIGTERM while the app is loading: there is nothing to end yet.

    KeyboardInterrupt would do, but for this: raised inside a library's `exec("...")`, it makes Python end by the
    signal even after it was caught.
    """
    os._exit(0)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C and SIGTERM while serving, once: a second one must not interrupt the ending."""
    _on_signals(lambda number, frame: None)
    logging.getLogger("waitress").setLevel(logging.CRITICAL)  # requests cut off now are no news
    raise KeyboardInterrupt


def _open_browser(url: str) -> None:
    """Open the page as soon as the server answers; that this fails is no error, the address is printed."""
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"} & os.environ.keys():
        return  # only a text browser could be found, and it would take over this terminal
    import webbrowser

    try:
        if _answers(url):
            webbrowser.open(url)
    except Exception as error:  # whatever a desktop's opener may raise
        logging.getLogger(__name__).debug("no browser opened: %s", error)


def _answers(url: str, seconds: float = 30.0) -> bool:
    """Whether the server answers within the time; asked directly, past any proxy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)
        try:
            connection.request("GET", "/alive")
            if connection.getresponse().status == 204:
                return True
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main())
