"""Every colour of the app, for light and dark, and the look of every chart.

Figures and pictures name colours by token ("token:ink", "token:adam", "token:diverging"); the browser puts in the
colours of the scheme and palette that its user chose, so the server never needs to know them.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from engine import OPTIMIZERS

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# Surfaces, inks and lines; what the app itself says in colour.
_COLOURS: dict[Scheme, dict[str, str]] = {
    "light": {
        "page": "#f4f5f8",
        "panel": "#ffffff",
        "field": "#f1f3f7",
        "raised": "#ffffff",
        "line": "#e1e5eb",
        "line-strong": "#c5ccd6",
        "ink": "#1b212b",
        "ink-quiet": "#556072",
        "accent": "#0d61ac",
        "contour": "#5b6b80",
        "training": "#1d487c",
        "validation": "#d33a3c",
        "test": "#8a6a00",
    },
    "dark": {
        "page": "#11141a",
        "panel": "#191d24",
        "field": "#22272f",
        "raised": "#3a424e",
        "line": "#2b313b",
        "line-strong": "#434b58",
        "ink": "#e8ebf0",
        "ink-quiet": "#a5aebd",
        "accent": "#7db4f8",
        "contour": "#8d99aa",
        "training": "#b1d2f4",
        "validation": "#fe7f77",
        "test": "#e2b53e",
    },
}

# One colour per optimizer and scheme: plain descent has the ink's, the others were searched for the largest
# smallest difference in OKLab over normal, deutan, protan and tritan sight, at 3:1 on panel and error scale.
_OPTIMIZERS: dict[str, tuple[str, str]] = {
    "gradient_descent": ("#14181f", "#ffffff"),
    "momentum": ("#5c55e5", "#bab3ff"),
    "nesterov": ("#004085", "#ccdfff"),
    "adagrad": ("#8a3801", "#f8b16c"),
    "adadelta": ("#4a2f01", "#d28e01"),
    "rmsprop": ("#017250", "#5fdbb3"),
    "adam": ("#c4355f", "#f35a7c"),
    "adamw": ("#964d8e", "#c670eb"),
    "nadam": ("#6a7306", "#f9df4f"),
    "newton": ("#003d44", "#059fa8"),
    "line_search": ("#6600bb", "#99ffaa"),
}

# For an optimizer that has no colour yet.
_UNNAMED = ("#556072", "#a5aebd")

# The registry, and what else walks.
_WALKERS = tuple(dict.fromkeys([*OPTIMIZERS, *_OPTIMIZERS]))

# The second cue beside colour, as Plotly names it.
_DASHES: dict[str, str] = {
    "gradient_descent": "solid",
    "momentum": "dash",
    "nesterov": "longdash",
    "adagrad": "dot",
    "adadelta": "8px,3px,2px,3px",
    "rmsprop": "dashdot",
    "adam": "solid",
    "adamw": "14px,4px",
    "nadam": "longdashdot",
    "newton": "3px,3px",
    "line_search": "6px,3px,1px,3px",
}
DASHES: dict[str, str] = {name: _DASHES.get(name, "solid") for name in _WALKERS}

# Where starts end: Okabe and Ito's colours, which all kinds of sight tell apart; one more than once if there are many.
_BASINS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00", "#b0a08a")

# Classes, in their order: Okabe and Ito's colours and four more, moved a little for the largest smallest difference in
# OKLab over all kinds of sight, the first ones above all, at 3:1 on the panel.
_CLASSES: dict[Scheme, tuple[str, ...]] = {
    "light": (
        "#1678c5", "#c16b00", "#00a472", "#a8358a", "#5c41b3", "#c52401", "#279add", "#aa9108", "#465361", "#743003",
    ),
    "dark": (
        "#57b1fd", "#ffb936", "#24e6bc", "#de87c7", "#887ada", "#f2742d", "#a6e1ff", "#edec5b", "#9097a3", "#b27055",
    ),
}  # fmt: skip
MOST_CLASSES = len(_CLASSES["light"])

# From the lowest error (deep and calm) to the highest. Evenly spaced stops.
_ERROR_SCALE: dict[Scheme, tuple[str, ...]] = {
    "light": ("#b0c9e2", "#bcd1e5", "#c8dae7", "#d4e2e9", "#e2e9e9", "#f0f1e9", "#fff8e8"),
    "dark": ("#08172b", "#111f30", "#1a2634", "#242d38", "#2f353b", "#3a3c3e", "#454340"),
}


@dataclass(frozen=True)
class Palette:
    """Colours from -1 over 0 to +1, evenly spaced, equally light on both sides; zero is near the panel."""

    name: str
    title: str
    light: tuple[str, ...]
    dark: tuple[str, ...]


PALETTES: dict[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette(
            "orange-blue",
            "Orange and blue",
            ("#cd6b08", "#e28b4a", "#eeae83", "#f6d1b9", "#f5f6f7", "#c0ddfc", "#8fc3f9", "#5da8f3", "#188ceb"),
            ("#f99549", "#c1763f", "#8b5935", "#583e2c", "#21252a", "#31465c", "#3f6a94", "#4f8fcf", "#6eb6ff"),
        ),
        Palette(
            "purple-green",
            "Purple and green",
            ("#9f6bdc", "#b48de7", "#cab0f1", "#e0d2f7", "#f5f6f7", "#cbe2bf", "#a4cc8e", "#7eb55d", "#589e20"),
            ("#c598ff", "#9978c5", "#705a8e", "#493e59", "#21252a", "#394a31", "#51713f", "#6b9a4f", "#86c660"),
        ),
        Palette(
            "red-cyan",
            "Red and cyan",
            ("#dd5847", "#ea8170", "#f5a79a", "#facec5", "#f5f6f7", "#b4e2f2", "#73cde8", "#12b5da", "#0898b8"),
            ("#fe8c7a", "#c86d5f", "#905349", "#5a3b35", "#21252a", "#254a55", "#1e7187", "#049abb", "#00c4ed"),
        ),
    )
}  # fmt: skip
DEFAULT_PALETTE = "orange-blue"

# Ten shades each, from pale to deep, as Mantine counts them.
_BLUE = ("#f0f7fe", "#deedfe", "#c0dcfd", "#96c5fa", "#69aaf2", "#418fe1", "#1a71c4", "#0d61ac", "#0b5394", "#0b4378")
_GRAY = ("#f7f9fc", "#f1f3f7", "#e8ebf0", "#e1e5eb", "#c5ccd6", "#a3acb9", "#6f7a8b", "#556072", "#363f4d", "#1b212b")
_DARK = ("#e8ebf0", "#c9cfd9", "#a5aebd", "#7d8796", "#434b58", "#2b313b", "#22272f", "#191d24", "#14181e", "#11141a")

GRAPH_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "showEditInChartStudio": False,
    "displayModeBar": "hover",
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "hoverClosest3d"],
    "toImageButtonOptions": {"scale": 2},
}  # fmt: skip


# For a chart whose pointer is ours: no bar over it, and a double tap does not reset its axes.
BARE: dict[str, Any] = {"displayModeBar": False, "doubleClick": False}

# Plotly writes powers of ten a quarter larger than other ticks.
LOG_AXIS: dict[str, Any] = {"type": "log", "exponentformat": "power", "tickfont": {"size": 9}}

# Matt, so that a colour means the same height on every slope.
_LIGHTING = {"ambient": 0.82, "diffuse": 0.45, "specular": 0.04, "roughness": 0.9, "fresnel": 0.05}


def tokens(scheme: Scheme) -> dict[str, str]:
    """All single colours of a scheme by name: inks, surfaces, lines, curves and optimizers."""
    place = SCHEMES.index(scheme)
    return _COLOURS[scheme] | {name: _OPTIMIZERS.get(name, _UNNAMED)[place] for name in _WALKERS}


def error_scale(scheme: Scheme) -> tuple[str, ...]:
    """Evenly spaced stops from the lowest to the highest error."""
    return _ERROR_SCALE[scheme]


def diverging(scheme: Scheme, palette: str = DEFAULT_PALETTE) -> tuple[str, ...]:
    """Evenly spaced stops from -1 over 0 to +1."""
    chosen = PALETTES[palette]
    return chosen.light if scheme == "light" else chosen.dark


def template(scheme: Scheme) -> dict[str, Any]:
    """The Plotly template of a scheme: quiet axes, thin grid, no background of its own."""
    colour = tokens(scheme)
    clear = "rgba(0,0,0,0)"
    axis = _axis(colour)
    return {
        "layout": {
            "font": {"family": FONT, "size": 12, "color": colour["ink-quiet"]},
            "paper_bgcolor": clear,
            "plot_bgcolor": clear,
            "colorway": [colour[name] for name in ("training", "validation", "test", *_OPTIMIZERS)],
            "margin": {"l": 48, "r": 12, "t": 12, "b": 40},
            "xaxis": axis,
            "yaxis": axis,
            "scene": {name: _axis_3d(colour) for name in ("xaxis", "yaxis", "zaxis")},
            "hoverlabel": {
                "bgcolor": colour["panel"],
                "bordercolor": colour["line-strong"],
                "font": {"family": FONT, "size": 12, "color": colour["ink"]},
            },
            "legend": {"bgcolor": clear, "font": {"color": colour["ink"]}},
            "modebar": {"bgcolor": clear, "color": colour["ink-quiet"], "activecolor": colour["accent"]},
            "coloraxis": {"colorbar": _colorbar(colour)},
            "hovermode": "closest",
        },
        "data": {
            "contour": [{"colorbar": _colorbar(colour)}],
            "heatmap": [{"colorbar": _colorbar(colour)}],
            "surface": [{"colorbar": _colorbar(colour), "lighting": _LIGHTING}],
        },
    }


def mantine() -> dict[str, Any]:
    """The theme of the Mantine components: the same blues, greys and font."""
    return {
        "primaryColor": "blue",
        "primaryShade": {"light": 7, "dark": 6},
        "colors": {"blue": list(_BLUE), "gray": list(_GRAY), "dark": list(_DARK)},
        "black": _COLOURS["light"]["ink"],
        "fontFamily": FONT,
        "defaultRadius": "sm",
        "radius": {"sm": "6px"},
        "respectReducedMotion": True,
        "cursorType": "pointer",
    }


@cache
def stylesheet() -> str:
    """The colours as CSS custom properties, ``--ink`` and so on; the system's scheme until the page has chosen."""
    light, dark = (";".join(f"--{name}:{value}" for name, value in _css(scheme).items()) for scheme in SCHEMES)
    return (
        f":root{{--font:{FONT};{light};color-scheme:light}}"
        f"@media(prefers-color-scheme:dark){{:root{{{dark};color-scheme:dark}}}}"
        f":root[data-mantine-color-scheme=light]{{{light};color-scheme:light}}"
        f":root[data-mantine-color-scheme=dark]{{{dark};color-scheme:dark}}"
        + "".join(f".chip-{name}{{--chip:var(--{name})}}" for name in _OPTIMIZERS)
    )


def for_browser() -> dict[str, Any]:
    """Everything the page's scripts draw with, as JSON."""
    return {
        "schemes": {
            scheme: {
                "tokens": tokens(scheme),
                "error": error_scale(scheme),
                "diverging": {name: diverging(scheme, name) for name in PALETTES},
                "template": template(scheme),
                "basins": _BASINS,
                "classes": _CLASSES[scheme],
            }
            for scheme in SCHEMES
        },
        "palettes": {name: palette.title for name, palette in PALETTES.items()},
        "palette": DEFAULT_PALETTE,
        "config": GRAPH_CONFIG,
    }


def _css(scheme: Scheme) -> dict[str, str]:
    ends = {f"palette-{name}": _gradient(diverging(scheme, name)) for name in PALETTES}
    classes = {f"class-{code}": colour for code, colour in enumerate(_CLASSES[scheme])}
    return tokens(scheme) | classes | ends | {"palette-error": _gradient(error_scale(scheme))}


def _gradient(stops: tuple[str, ...]) -> str:
    return f"linear-gradient(90deg,{','.join(stops)})"


def _axis(colour: dict[str, str]) -> dict[str, Any]:
    return {
        "gridcolor": colour["line"],
        "gridwidth": 1,
        "linecolor": colour["line-strong"],
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": colour["ink-quiet"], "size": 11},
        "title": {"font": {"color": colour["ink-quiet"], "size": 12}, "standoff": 8},
        "exponentformat": "power",
        "minexponent": 4,
        "automargin": False,
    }


def _axis_3d(colour: dict[str, str]) -> dict[str, Any]:
    return {
        "gridcolor": colour["line-strong"],
        "linecolor": colour["line-strong"],
        "zerolinecolor": colour["line-strong"],
        "showbackground": False,
        "showspikes": False,
        "tickfont": {"color": colour["ink-quiet"], "size": 10},
        "title": {"font": {"color": colour["ink-quiet"], "size": 12}},
        "exponentformat": "power",
    }


def _colorbar(colour: dict[str, str]) -> dict[str, Any]:
    return {
        "thickness": 10,
        "outlinewidth": 0,
        "ticks": "",
        "tickfont": {"color": colour["ink-quiet"], "size": 11},
        "exponentformat": "power",
    }
