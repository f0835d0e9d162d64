"""What the parts of the surface lab's page are called, and the controls of its settings."""

from dash import html
from dash.development.base_component import Component

from explorer.controls import control
from explorer.surface.settings import SurfaceSettings

LAB = "surface"
TITLE = "Surface"
PATH = "/surface"
EXTRA = ("view", "points", "names")  # of a link: the part of the map in sight, and cases moved by hand

MAP = "surface-map"
RELIEF = "surface-relief"
ERRORS = "surface-errors"
FIT = "surface-fit"
FIT_PANEL = "surface-fit-panel"
WEIGHTS = "surface-weights"
WEIGHTS_PANEL = "surface-weights-panel"
DATA_PANEL = "surface-data-panel"
SHOWN = "surface-shown"
READ = "surface-read"
UPLOAD = "surface-upload"
SUGGESTIONS = "surface-suggestions"
SENTENCES = "surface-sentences"
STABILITY = "surface-stability"
FACTS = "surface-facts"
RANDOM_START = "surface-random-start"
READOUT = "surface-readout"
BASINS = "surface-basins"
ESCAPE = "surface-escape"
CASE_READOUT = "surface-case-readout"
PICTURES = {
    MAP: "Map",
    RELIEF: "Surface in space",
    ERRORS: "Step by step",
    FIT: "Data and fit",
    WEIGHTS: "Three weights",
}


def rate_row(optimizer: str) -> str:
    """The id of the row that holds an optimizer's rate."""
    return f"surface-rate-row-{optimizer}"


def row(field: str) -> str:
    """The id of the row of a setting that is shown only where it means something."""
    return f"surface-row-{field}"


def setting(field: str) -> Component:
    """The control of a setting."""
    return control(LAB, SurfaceSettings, field)


def sometimes(field: str) -> Component:
    """The control of a setting that is shown only where it means something."""
    return html.Div(setting(field), id=row(field), className="control-row", hidden=True)
