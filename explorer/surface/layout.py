"""The surface lab on the page: controls at the left, the map as the largest thing, what follows from it beside."""

from dash import dcc, html
from dash.development.base_component import Component

from explorer.settings_wiring import stores
from explorer.surface.controls_layout import controls
from explorer.surface.pictures_layout import pictures
from explorer.surface.places import EXTRA, LAB, PATH, READ, SHOWN, SUGGESTIONS, TITLE, UPLOAD
from explorer.surface.settings import SurfaceSettings
from explorer.surface.suggestions import suggestions

__all__ = ["EXTRA", "LAB", "PATH", "READ", "SHOWN", "SUGGESTIONS", "TITLE", "UPLOAD", "layout"]


def layout() -> Component:
    """Everything of the lab, drawn on later by its callbacks."""
    return html.Div([controls(), pictures(), *_stores()], className="lab-grid")


def _stores() -> list[Component]:
    return [
        *stores(LAB, SurfaceSettings, EXTRA),
        dcc.Store(id=SHOWN),
        dcc.Store(id=READ),
        dcc.Store(id=SUGGESTIONS, data=suggestions()),
    ]
