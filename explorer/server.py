"""What stands between the network and the app: who may ask, how much, and what every answer carries."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import dash
from dash.exceptions import DependencyException, InvalidResourceError
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

LARGEST_BODY = 16 * 1024 * 1024  # bytes; the largest run (20 x 128 with Adam) is 7.5 MB
ALWAYS_ADMITTED = frozenset({"localhost", "127.0.0.1", "::1"})
YEAR = 365 * 24 * 3600  # seconds

SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take this kind of request.",
    413: f"The request is larger than {LARGEST_BODY // 1024**2} MB.",
    415: "A callback takes a JSON body (Content-Type: application/json).",
    500: "The server failed on this request; its log says why.",
}

# name, [IPv6 address] or either with a port
_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?", re.IGNORECASE)

_PACKED = frozenset({".js", ".mjs", ".css", ".map", ".svg", ".json"})  # pictures and fonts are packed already


class MissingAssetsError(RuntimeError):
    """The folder with the page's styles and scripts is not where it must be."""


def assets_folder() -> str:
    """Absolute path of the styles and scripts: in the installed package, else beside it in the repository."""
    package = Path(__file__).resolve().parent
    candidates = (package / "assets", package.parent / "assets")
    for folder in candidates:
        if folder.is_dir():
            return str(folder)
    raise MissingAssetsError(
        f"The page's styles and scripts are missing: neither {candidates[0]} nor {candidates[1]} is a folder."
    )


def harden(app: dash.Dash, hosts: frozenset[str] = frozenset()) -> None:
    """Protect the app's Flask server. The last step of building an app: layout and callbacks stand by now.

    hosts: further names, besides localhost, that a request's Host header may carry (any port).
    """
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    admitted = ALWAYS_ADMITTED | {name.lower() for name in hosts}
    server.before_request(partial(_refuse_foreign_host, admitted))
    server.before_request(partial(_refuse_garbage, app))
    server.after_request(partial(_pack, app))
    server.after_request(partial(_protect, content_security_policy(app)))
    server.register_error_handler(HTTPException, _in_one_sentence)
    # Dash's own answer to an unknown bundle echoes the address as HTML, or is a traceback in the log.
    server.register_error_handler(InvalidResourceError, _not_found)
    server.register_error_handler(DependencyException, _not_found)
    server.add_url_rule("/alive", endpoint="alive", view_func=_alive)
    _prepare(app)


def _prepare(app: dash.Dash) -> None:
    """Ask the app once, now, in one thread.

    Dash finishes its lists of scripts and callbacks at the first request, and marks that as done before it
    is: a second request at the same moment would get half of them.
    """
    server: Flask = app.server
    server.config["PROPAGATE_EXCEPTIONS"] = True  # a fault of the layout shows at start, as itself
    address = f"{app.config.routes_pathname_prefix}_dash-dependencies"
    server.test_client().get(address, base_url="http://localhost")
    server.config["PROPAGATE_EXCEPTIONS"] = None


# --- who may ask --------------------------------------------------------------


def host_name(host: str) -> str | None:
    """The name or address in a Host header, without port and brackets, in lower case; None if malformed."""
    found = _HOST.fullmatch(host)
    return (found["address"] or found["name"]).lower() if found else None


def _refuse_foreign_host(admitted: frozenset[str]) -> Response | None:
    """DNS rebinding: a foreign page whose name now resolves to this machine still sends its own name."""
    if host_name(request.headers.get("Host", "")) in admitted:
        return None
    return _plain("This server does not answer to this host name; --allow-host NAME admits one.", 403)


# --- what may be asked --------------------------------------------------------


def _refuse_garbage(app: dash.Dash) -> Response | None:
    """A callback's body that Dash itself would answer with a traceback in the log and status 500."""
    if request.endpoint != f"{app.config.routes_pathname_prefix}_dash-update-component":
        return None
    if not request.is_json:
        return _plain(SENTENCES[415], 415)
    try:
        body = request.get_json(silent=True)  # Flask keeps it: Dash does not parse again
    except RecursionError:
        body = None
    problem = callback_problem(body, app.callback_map)
    return None if problem is None else _plain(problem, 400)


def callback_problem(body: object, callbacks: Mapping[str, Any]) -> str | None:
    """One sentence on what is wrong with the body of a callback request, or None.

    callbacks: the app's `callback_map`. Only the frame is checked here, the values are the handlers' affair.
    """
    if not isinstance(body, dict):
        return "The body of a callback is a JSON object."
    output = body.get("output")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:  # a clientside callback has no function here
        return "This app has no callback with this output."
    several = isinstance(callback["output"], (list, tuple))  # a single output is sent bare
    given = {**body, "outputs": body.get("outputs") if several else [body.get("outputs")]}
    for part, expected in _declared(callback).items():
        entries = given.get(part) or []  # a part without entries may be missing
        if not isinstance(entries, list) or len(entries) != len(expected) or not all(map(_fits, entries, expected)):
            return f"The {part} of this request are not those of the callback."
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        return "The changedPropIds of a callback are a list of names."
    return None


def _declared(callback: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The (id, property) pairs of a callback's three lists, as its decorator gave them."""
    outputs = callback["output"] if isinstance(callback["output"], (list, tuple)) else [callback["output"]]
    return {
        "inputs": [(entry["id"], entry["property"]) for entry in callback["inputs"]],
        "state": [(entry["id"], entry["property"]) for entry in callback["state"]],
        "outputs": [(output.component_id_str(), output.component_property) for output in outputs],
    }


def _fits(entry: object, declared: tuple[str, str]) -> bool:
    """Whether an entry of a request is the declared one: an object, or a list of them for a pattern."""
    identity, name = declared
    objects = entry if isinstance(entry, list) and identity.startswith("{") else [entry]
    return all(
        isinstance(each, dict)
        and isinstance(each.get("property"), str)
        and each["property"].partition("@")[0] == name.partition("@")[0]
        and _same_identity(each.get("id"), identity)
        for each in objects
    )


def _same_identity(given: object, declared: str) -> bool:
    """Whether an id is the declared one, in which {"row": ["ALL"]} stands for any plain value."""
    if not declared.startswith("{"):
        return given == declared
    pattern = json.loads(declared)
    return (
        isinstance(given, dict)
        and given.keys() == pattern.keys()
        and all(
            isinstance(given[key], (str, int, float)) if isinstance(value, list) else given[key] == value
            for key, value in pattern.items()
        )
    )


# --- what every answer carries ------------------------------------------------


def content_security_policy(app: dash.Dash) -> str:
    """The policy: nothing but this server's own files, and of inline scripts only those that Dash writes."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *app.csp_hashes())),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _protect(policy: str, response: Response) -> Response:
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _pack(app: dash.Dash, response: Response) -> AnyResponse:
    """Give a style or script its gzipped form, made once per file, and let the browser keep it."""
    file = _file_behind(app) if response.status_code == 200 and request.method in {"GET", "HEAD"} else None
    if file is None or not file.is_file():
        return response
    stamp = file.stat()
    response.headers.pop("Accept-Ranges", None)
    response.vary.add("Accept-Encoding")
    # weak: the same tag for both forms, so that Flask's and Dash's own comparisons need no second look
    response.set_etag(f"{stamp.st_mtime_ns:x}-{stamp.st_size:x}", weak=True)
    dated = "m" in request.args or bool(response.cache_control.max_age)  # the address changes with the file
    response.cache_control.no_cache = None if dated else True  # plotly.js is not dated: ask, and get a 304
    response.cache_control.max_age = YEAR if dated else None
    response.cache_control.immutable = dated
    if file.suffix in _PACKED and request.accept_encodings["gzip"] > 0:
        response.close()  # the file that Flask opened
        response.direct_passthrough = False
        response.set_data(_gzipped(file, stamp.st_mtime_ns, stamp.st_size))
        response.content_encoding = "gzip"
    return response.make_conditional(request)


def _file_behind(app: dash.Dash) -> Path | None:
    """The file that the present, already admitted, request is answered with; None for anything computed."""
    arguments = request.view_args or {}
    if "fingerprinted_path" in arguments:  # a component library's bundle
        package = sys.modules[arguments["package_name"]]
        name: str = check_fingerprint(arguments["fingerprinted_path"])[0]  # type: ignore[no-untyped-call]
        return Path(package.__path__[0], name)
    if (request.endpoint or "").endswith("dash_assets.static"):
        return Path(app.config.assets_folder, arguments["filename"])
    return None


@lru_cache(maxsize=256)
def _gzipped(file: Path, modified: int, size: int) -> bytes:
    """The packed bytes of a file; time of change and size are in the key: an edited file is packed anew."""
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)


# --- answers in one sentence --------------------------------------------------


def _plain(sentence: str, status: int) -> Response:
    return Response(f"{sentence}\n", status=status, mimetype="text/plain")


def _in_one_sentence(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:  # a redirection
        return error.get_response()
    return _plain(SENTENCES.get(error.code, f"{error.name}."), error.code)


def _not_found(_error: Exception) -> Response:
    return _plain(SENTENCES[404], 404)


def _alive() -> Response:
    """What the page's live loop asks when a tick does not come back."""
    response = Response(status=204)
    response.cache_control.no_store = True
    return response
