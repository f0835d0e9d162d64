"""The chart of the training lab; the browser fills in the points."""

from typing import Any

from explorer.theme import LOG_AXIS


def curves() -> dict[str, Any]:
    """Training and validation error against epochs, still without points; ``axes`` are the error axes on offer."""
    return {
        "data": [_curve("training", "Training", "solid"), _curve("validation", "Validation", "solid")],
        "layout": {
            "hovermode": "x unified",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.1, "xanchor": "left", "yanchor": "bottom"},
            "margin": {"t": 44},
            "xaxis": {"title": {"text": "Epoch"}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "Mean error of a case"}},
        },
        "axes": {"log": LOG_AXIS, "linear": {"type": "linear", "rangemode": "tozero"}},
    }


def _curve(series: str, name: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [],
        "y": [],
        "line": {"color": f"token:{series}", "width": 2, "dash": dash},
        "hovertemplate": "%{y:.4~g}",
    }
