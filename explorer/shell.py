"""The frame around the labs: header, addresses, colour scheme and palette; one static layout holds every lab."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from explorer import __version__, theme
from explorer.controls import aria, button, notice, tip
from explorer.settings_wiring import register_sliders

TITLE = "Error Surface Explorer"
_SCRIPT = "shell.js"

# In the head, before the page is drawn: the stylesheet and the script that choose the colour scheme.
_INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {{%metas%}}
        <meta name="color-scheme" content="light dark">
        <title>{{%title%}}</title>
        <link rel="icon" href="{icon}">
        <style>{stylesheet}</style>
        <script src="{script}"></script>
        {{%css%}}
    </head>
    <body>
        {{%app_entry%}}
        <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
    </body>
</html>"""

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke='%231a71c4'%3E"
    "%3Cg stroke-width='2' transform='rotate(-28 16 17)'%3E%3Cellipse cx='16' cy='17' rx='14' ry='10'/%3E"
    "%3Cellipse cx='16' cy='17' rx='8' ry='5.4'/%3E%3C/g%3E%3Cpath stroke='%23e07b2c' stroke-width='2.6' "
    "stroke-linecap='round' stroke-linejoin='round' d='M6 5l6 4 1 5 3 3'/%3E%3C/svg%3E"
)


@dataclass(frozen=True)
class Lab:
    """One lab of the app: its name in ids, its title in the header, its path and its layout."""

    name: str
    title: str
    path: str
    layout: Component


def layout(labs: Sequence[Lab]) -> Component:
    """The whole page. The browser shows the lab of the path and hides the others."""
    records = [{"name": lab.name, "title": lab.title, "path": lab.path} for lab in labs]
    page: Component = dmc.MantineProvider(
        [
            html.A("Skip to the content", href="#content", className="skip"),
            _header(labs),
            html.Main([notice("shell-notice"), *map(_section, labs)], id="content", tabIndex=-1),
            html.Footer(f"{TITLE} {__version__}", className="foot"),
            dcc.Store(id="shell-labs", data={"title": TITLE, "labs": records}),
            dcc.Store(id="shell-started"),
            dcc.Store(id="theme", data=theme.for_browser()),
            *(dcc.Store(id=f"{lab.name}-{store}") for lab in labs for store in ("visible", "address")),
            _plotly(),
        ],
        id="mantine",
        theme=theme.mantine(),
        defaultColorScheme="auto",
    )
    return page


def register(app: Dash, labs: Sequence[Lab]) -> None:
    """Give the app its page title, index and the callbacks of the frame; the labs register their own."""
    app.title = TITLE
    app.index_string = index(app)
    ignored = app.config.assets_ignore
    app.config.assets_ignore = rf"{ignored}|^{_SCRIPT}$" if ignored else rf"^{_SCRIPT}$"
    register_sliders(app)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("explorer_shell", "start"),
        Output("shell-started", "data"),
        Input("shell-labs", "data"),
        State("theme", "data"),
    )


def index(app: Dash) -> str:
    """The HTML around the app."""
    file = Path(app.config.assets_folder, _SCRIPT)
    script = f"{app.get_asset_url(_SCRIPT)}?m={file.stat().st_mtime:.0f}"
    return _INDEX.format(icon=_ICON, stylesheet=theme.stylesheet(), script=script)


def _header(labs: Sequence[Lab]) -> Component:
    links = [html.A(lab.title, href=lab.path, id=f"nav-{lab.name}") for lab in labs]
    copy = button("copy-link", "Copy link", icon="link", variant="subtle")
    said = html.Span(id="copy-said", role="status", **aria(live="polite"))
    scheme = button("toggle-scheme", "Light or dark", icon="scheme", variant="subtle", compact=True)
    tools = html.Div([html.Div([copy, said], className="copy"), _palettes(), scheme], className="head-tools")
    name = html.A(
        [html.Span(className="logo", **aria(hidden="true")), html.Span(TITLE)],
        href="/",
        className="brand",
        **aria(label=TITLE),
    )
    return html.Header([name, html.Nav(links, **aria(label="Labs")), tools], className="head")


def _palettes() -> Component:
    choices = [_palette(palette) for palette in theme.PALETTES.values()]
    opener = html.Summary(
        className="button button-subtle button-compact symbol-palette", **aria(label="Colours"), **tip("Colours")
    )
    menu = html.Div([html.P("From −1 to +1"), *choices], className="palettes", role="group", **aria(label="Colours"))
    return html.Details([opener, menu], id="choose-palette")


def _palette(palette: theme.Palette) -> Component:
    swatch = html.Span(className="swatch", style={"background": f"var(--palette-{palette.name})"})
    named: dict[str, Any] = {"data-palette": palette.name}
    return html.Button([swatch, palette.title], type="button", **named)


def _section(lab: Lab) -> Component:
    heading = html.H1(lab.title, className="spoken")
    return html.Section([heading, lab.layout], id=f"lab-{lab.name}", className="lab", hidden=True)


def _plotly() -> Component:
    """A graph nobody sees: plotly.js is loaded only where a layout has one."""
    config: Any = theme.GRAPH_CONFIG
    return html.Div(dcc.Graph(id="plotly-loader", figure={}, config=config), hidden=True)
