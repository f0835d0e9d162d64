"""The chart of the training lab; the browser fills in the points."""

from typing import Any

from engine.types import PARTS
from explorer.theme import LOG_AXIS

_DASHES = {"training": "solid", "validation": "solid", "test": "dot"}


def curves() -> dict[str, Any]:
    """Error and accuracy of each part against epochs, still without points.

    ``axes`` are the error axes on offer, ``accuracy_axis`` is that of shares.
    """
    return {
        "data": [_curve(part) for part in PARTS],
        "layout": {
            "hovermode": "x unified",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.1, "xanchor": "left", "yanchor": "bottom"},
            "margin": {"t": 44},
            "xaxis": {"title": {"text": "Epoch"}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "Mean error of a case"}},
        },
        "axes": {"log": LOG_AXIS, "linear": {"type": "linear", "rangemode": "tozero"}},
        "accuracy_axis": {
            "title": {"text": "Accuracy"},
            "type": "linear",
            "range": [0.0, 1.02],
            "tickformat": ".0%",
        },
    }


def _curve(part: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": part.capitalize(),
        "x": [],
        "y": [],
        "line": {"color": f"token:{part}", "width": 2, "dash": _DASHES[part]},
        "hovertemplate": "%{y:.4~g}",
    }
