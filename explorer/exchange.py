"""JSON in, JSON out: how the pictures that must move at once talk with the server.

A Dash callback costs about a hundred milliseconds of the browser's time in a page with as many components as ours,
because every step of it wakes them all. So what a drag or the live loop asks for goes by plain requests, answered by
plain functions; like the callbacks they keep nothing.
"""

from collections.abc import Callable
from typing import Any

from dash import Dash
from flask import Response, json, request

Handler = Callable[[dict[str, Any]], dict[str, Any]]
_LONGEST_SENTENCE = 400  # letters; a refusal repeats what it was given, which may be long


def answer(handler: Handler, wish: object) -> dict[str, Any]:
    """What the handler says to a wish; what it refuses comes back as one sentence under ``error``."""
    if not isinstance(wish, dict):
        return {"error": "The request is no JSON object."}
    try:
        return handler(wish)
    except ValueError as reason:
        sentence = str(reason)
        return {"error": sentence if len(sentence) <= _LONGEST_SENTENCE else f"{sentence[:_LONGEST_SENTENCE]}…"}


def register_exchange(app: Dash, path: str, handler: Handler) -> None:
    """Answer POST requests of JSON at the path; a foreign page cannot send that content type unasked."""

    def respond() -> Response:
        try:
            wish = request.get_json(silent=True) if request.is_json else None
        except RecursionError:
            wish = None
        # a refusal is an answer too: with another status the browser would write it to the console of its user
        text = json.dumps(answer(handler, wish), separators=(",", ":"), allow_nan=False)
        response = Response(text, mimetype="application/json")
        response.cache_control.no_store = True
        return response

    app.server.add_url_rule(path, endpoint=path, view_func=respond, methods=["POST"])
