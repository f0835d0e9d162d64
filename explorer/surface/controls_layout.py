"""The controls of the surface lab: surface, descent, start, training cases."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from explorer.controls import aria, button, panel
from explorer.csv_text import LONGEST_TEXT
from explorer.surface.places import DATA_PANEL, RANDOM_START, UPLOAD, rate_row, setting, sometimes
from explorer.surface.settings import WALKERS, detail_fields, rate_field


def controls() -> Component:
    """All controls, in the order of use."""
    return html.Div([_surface(), _descent(), _start(), _data()], className="lab-controls")


def _surface() -> Component:
    return panel(
        "Surface",
        setting("surface"),
        *map(sometimes, ("formula", "error", "reduction")),
        class_name="order-surface",
    )


def _data() -> Component:
    drawn = map(sometimes, ("meals", "cases", "noise", "bias", "centre", "scale", "collinear", "standardise"))
    return panel(
        "Training cases",
        setting("data"),
        _own(),
        *drawn,
        sometimes("data_seed"),
        id=DATA_PANEL,
        class_name="order-data",
    )


def _own() -> Component:
    """Where a table is dropped, chosen or pasted, and which of its columns count."""
    megabytes = LONGEST_TEXT // 10**6
    drop = dcc.Upload(
        html.Span(["Drop a CSV file here or ", html.Span("choose one", className="like-link")]),
        id=UPLOAD,
        className="drop",
        className_active="drop drop-active",
        className_reject="drop",
        multiple=False,
        max_size=LONGEST_TEXT,
    )
    paste = html.Details(
        [
            html.Summary("Paste a table instead"),
            html.Label("Its first line may hold names.", htmlFor="surface-paste", className="hint"),
            dcc.Textarea(id="surface-paste", rows=5, spellCheck=False, placeholder="x, t\n1, 2.5\n2, 3.1"),
            button("surface-use-paste", "Use this table"),
        ],
        className="quiet-details",
    )
    words = f"Up to 5,000 rows, {megabytes} MB; commas, semicolons or tabs. It stays on this machine and in this tab."
    limit: dict[str, Any] = {"data-limit": str(LONGEST_TEXT)}
    return html.Div(
        [
            html.Div(drop, id="surface-drop", **limit),
            paste,
            html.P(words, className="hint"),
            html.Div(id="surface-columns", className="columns"),
            html.P(id="surface-own-notice", className="hint strong", role="status"),
        ],
        id="surface-own",
        className="own",
        hidden=True,
    )


def _descent() -> Component:
    rows = html.Div([_rate(name) for name in WALKERS], className="rate-rows")
    batches = [
        sometimes("stochastic"),
        *map(sometimes, ("batch_size", "walks", "walk_seed")),
    ]
    return panel(
        "Descent",
        setting("optimizers"),
        rows,
        setting("steps"),
        setting("schedule"),
        *batches,
        class_name="order-descent",
    )


def _rate(name: str) -> Component:
    """An optimizer's rate with the marks of theory on its slider, and its other settings folded away."""
    details = [setting(field) for field in detail_fields(name).values()]
    folded = [html.Summary("More settings"), html.Div(details, className="details")]
    more = [html.Details(folded, className="quiet-details")] if details else []
    words = html.P(id=f"surface-rate-words-{name}", className="hint")
    marks = html.Div(id=f"surface-rate-marks-{name}", className="rate-marks", **aria(hidden="true"))
    parts = [setting(rate_field(name)), marks, words, *more]
    return html.Div(parts, id=rate_row(name), className="rate-row", hidden=True)


def _start() -> Component:
    return panel(
        "Start",
        setting("start_w1"),
        setting("start_w2"),
        sometimes("start_w3"),
        button(RANDOM_START, "Random start", "Another start point anywhere on the map"),
        help="Click or tap anywhere on the contour map, drag the start, or use the arrow keys while the map has the "
        "focus.",
        class_name="order-start",
    )
