"""Settings between the address bar, the controls and the lab's own callbacks.

address bar -> Store ``{lab}-address`` -> (server, checked) -> controls -> (browser) -> Store ``{lab}-settings``, one
Store ``{lab}-part-{part}`` per part that changes only when a setting of that part does, and the address bar again.
"""

from collections.abc import Iterable
from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, dcc

from explorer.settings import Number, Record, borne, parts, read, specs

NAMESPACE = "explorer_settings"
_MOST_COMPLAINTS = 3


def stores(lab: str, cls: type[Record], extra_keys: Iterable[str] = ()) -> list[dcc.Store]:
    """The Stores between the controls and the lab's callbacks; the lab's layout holds them, the shell the address."""
    empty = [f"{lab}-restored", f"{lab}-settings", *(f"{lab}-part-{part}" for part in parts(cls))]
    specification = dcc.Store(id=f"{lab}-specification", data=for_browser(lab, cls, extra_keys))
    return [specification, *(dcc.Store(id=id) for id in empty)]


def for_browser(lab: str, cls: type[Record], extra_keys: Iterable[str] = ()) -> dict[str, Any]:
    """What the page's scripts know of the settings: the ranges of the numbers, and the parts."""
    numbers = {
        name: {"low": spec.low, "high": spec.high, "integer": spec.integer, "value": spec.default}
        for name, spec in specs(cls).items()
        if isinstance(spec, Number)
    }
    return {"lab": lab, "numbers": numbers, "parts": parts(cls), "extra": list(extra_keys)}


def restored(
    cls: type[Record], names: Iterable[str], address: object, extra_keys: Iterable[str] = ()
) -> tuple[list[str | list[str]], str]:
    """The values of the named controls for an address, and what was not legal in it, in one text."""
    settings, complaints = read(cls, address, extra_keys)
    values = borne(settings)
    more = len(complaints) - _MOST_COMPLAINTS
    told = [*complaints[:_MOST_COMPLAINTS], f"{more} more values were not legal."] if more > 1 else complaints
    return [values.get(name, "") for name in names], " ".join(told)


def register_settings(app: Dash, lab: str, cls: type[Record], extra_keys: Iterable[str] = ()) -> None:
    """Bind the lab's controls to its Stores and the address bar; ``{lab}-notice`` tells what was not legal.

    ``extra_keys`` are the further keys of a link that the lab reads itself from ``{lab}-address``.
    """
    extra = tuple(extra_keys)

    @app.callback(
        Output({"lab": lab, "setting": ALL}, "value"),
        Output(f"{lab}-notice", "children"),
        Output(f"{lab}-restored", "data"),
        Input(f"{lab}-address", "data"),
        prevent_initial_call=True,
    )
    def restore(address: object) -> tuple[list[str | list[str]], str, bool]:
        names = [output["id"]["setting"] for output in ctx.outputs_list[0]]
        return *restored(cls, names, address, extra), True

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(NAMESPACE, "collect"),
        Output(f"{lab}-settings", "data"),
        *(Output(f"{lab}-part-{part}", "data") for part in parts(cls)),
        Input({"lab": lab, "setting": ALL}, "value"),
        Input(f"{lab}-restored", "data"),
        State(f"{lab}-specification", "data"),
        State(f"{lab}-settings", "data"),
        State(f"{lab}-address", "data"),
        prevent_initial_call=True,
    )


def register_sliders(app: Dash) -> None:
    """Keep every slider of every lab in step with its number; once per app."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(NAMESPACE, "step"),
        Output({"lab": MATCH, "setting": MATCH, "role": "slider"}, "value"),
        Output({"lab": MATCH, "setting": MATCH}, "value"),
        Input({"lab": MATCH, "setting": MATCH, "role": "slider"}, "value"),
        Input({"lab": MATCH, "setting": MATCH}, "value"),
        State({"lab": MATCH, "setting": MATCH, "role": "slider"}, "label"),
        prevent_initial_call=True,
    )
