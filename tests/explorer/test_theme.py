"""Colours that can be read, told apart by every eye, and drawn by every browser."""

import itertools
import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer import theme
from explorer.theme import PALETTES, SCHEMES, Scheme

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}  # fmt: skip
# Ottosson (2020): linear RGB -> cone responses -> OKLab, where equal distances look equally large.
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def oklab(colour: str, sight: str = "normal") -> np.ndarray:
    seen = np.clip(SIGHTS[sight] @ linear(colour), 0, 1)
    return np.array(OKLAB) @ np.cbrt(np.array(CONES) @ seen)


def difference(one: str, other: str, sight: str = "normal") -> float:
    return float(np.linalg.norm(oklab(one, sight) - oklab(other, sight)))


def contrast(one: str, other: str) -> float:
    """WCAG 2: from 1 to 21."""
    dark, light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_the_measures_are_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert oklab("#ffffff") == pytest.approx([1, 0, 0], abs=1e-3)
    assert difference("#ff0000", "#00aa00", "deutan") < difference("#ff0000", "#00aa00") / 2


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("surface", ["page", "panel", "field"])
def test_words_can_be_read(scheme: Scheme, surface: str) -> None:
    colours = theme.tokens(scheme)
    for name in ("ink", "ink-quiet", "accent"):
        assert contrast(colours[name], colours[surface]) >= 4.5, name
    assert contrast(colours["ink"], colours[surface]) >= 12


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_on_the_accent_can_be_read(scheme: Scheme) -> None:
    colours = theme.tokens(scheme)
    assert contrast(colours["panel"], colours["accent"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_curves_stand_out_and_differ(scheme: Scheme) -> None:
    colours = theme.tokens(scheme)
    curves = [colours[name] for name in ("training", "validation", "test")]
    assert min(contrast(curve, colours["panel"]) for curve in curves) >= 4.5
    for sight in SIGHTS:
        assert difference(curves[0], curves[1], sight) >= 0.1, sight


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_optimizer_shows_on_the_panel_and_on_every_height(scheme: Scheme) -> None:
    colours = theme.tokens(scheme)
    for name in theme.DASHES:
        for ground in (colours["panel"], *theme.error_scale(scheme)):
            assert contrast(colours[name], ground) >= 2.95, (name, ground)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_plain_descent_is_the_strongest_line(scheme: Scheme) -> None:
    colours = theme.tokens(scheme)
    strength = {name: contrast(colours[name], colours["panel"]) for name in theme.DASHES}
    assert max(strength, key=strength.__getitem__) == "gradient_descent"


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_eye_tells_the_optimizers_apart(scheme: Scheme, sight: str) -> None:
    colours = theme.tokens(scheme)
    least = {"normal": 0.1, "deutan": 0.065, "protan": 0.065, "tritan": 0.06}[sight]
    for one, other in itertools.combinations(theme.DASHES, 2):
        assert difference(colours[one], colours[other], sight) >= least, (one, other)


def test_a_dash_is_the_second_cue() -> None:
    from explorer.surface.settings import WALKERS

    assert set(theme.DASHES) == set(WALKERS)
    assert [name for name, dash in theme.DASHES.items() if dash == "solid"] == ["gradient_descent", "adam"]
    others = [dash for dash in theme.DASHES.values() if dash != "solid"]
    assert len(set(others)) == len(others)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_is_even_and_balanced(palette: str, scheme: Scheme) -> None:
    stops = theme.diverging(scheme, palette)
    assert len(stops) >= 5
    assert len(stops) % 2 == 1
    lightness = np.array([oklab(stop)[0] for stop in stops])
    middle = len(stops) // 2
    steps = np.diff(lightness)
    falling = steps[middle:] if scheme == "light" else -steps[middle:]
    assert falling == pytest.approx(np.full(middle, falling.mean()), abs=0.02), "equal steps"
    assert lightness == pytest.approx(lightness[::-1], abs=0.02), "both sides equally strong"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("palette", PALETTES)
def test_zero_of_a_palette_is_near_the_panel(palette: str, scheme: Scheme) -> None:
    stops = theme.diverging(scheme, palette)
    panel = theme.tokens(scheme)["panel"]
    assert difference(stops[len(stops) // 2], panel) < 0.06
    assert contrast(stops[0], panel) >= 2.5
    assert contrast(stops[-1], panel) >= 2.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("palette", PALETTES)
def test_every_eye_tells_the_two_sides_apart(palette: str, scheme: Scheme) -> None:
    stops = theme.diverging(scheme, palette)
    for sight in ("normal", "deutan", "protan"):
        assert difference(stops[0], stops[-1], sight) >= 0.16, sight
        assert difference(stops[2], stops[-3], sight) >= 0.08, sight
    for sight in SIGHTS:
        assert (
            max(
                difference(theme.diverging(scheme, name)[0], theme.diverging(scheme, name)[-1], sight)
                for name in PALETTES
            )
            >= 0.25
        ), sight


@pytest.mark.parametrize("scheme", SCHEMES)
def test_ten_classes_stand_out_and_differ(scheme: Scheme) -> None:
    classes = theme.for_browser()["schemes"][scheme]["classes"]
    assert len(set(classes)) == theme.MOST_CLASSES == 10
    panel = theme.tokens(scheme)["panel"]
    assert {colour: contrast(colour, panel) for colour in classes if contrast(colour, panel) < 3} == {}
    # how many classes there are at most, and how far apart their colours are to normal and to other eyes
    for count, normal, other in ((3, 0.15, 0.07), (5, 0.14, 0.07), (10, 0.095, 0.04)):
        for one, two in itertools.combinations(classes[:count], 2):
            for sight in SIGHTS:
                least = normal if sight == "normal" else other
                assert difference(one, two, sight) >= least, (one, two, sight)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_low_error_is_deep_and_the_scale_has_no_steps(scheme: Scheme) -> None:
    lightness = [oklab(stop)[0] for stop in theme.error_scale(scheme)]
    steps = np.diff(lightness)
    assert np.all(steps > 0)
    assert steps == pytest.approx(np.full(len(steps), steps.mean()), abs=0.012)
    for ground in theme.error_scale(scheme):
        assert contrast(theme.tokens(scheme)["contour"], ground) >= 3


def colours_in(value: object) -> list[str]:
    if isinstance(value, dict):
        return [found for key, each in value.items() if key != "family" for found in colours_in(each)]
    if isinstance(value, (list, tuple)):
        return [found for each in value for found in colours_in(each)]
    return [value] if isinstance(value, str) and value.startswith(("#", "rgb")) else []


def test_every_colour_is_valid_css() -> None:
    found = colours_in(theme.for_browser()) + colours_in(theme.mantine())
    assert len(found) > 150
    assert [colour for colour in found if not re.fullmatch(r"#[0-9a-f]{6}|rgba\(0,0,0,0\)", colour)] == []


def test_the_browser_gets_plain_json() -> None:
    told = theme.for_browser()
    assert json.loads(json.dumps(told)) == json.loads(json.dumps(told, default=str))
    assert set(told["schemes"]) == {"light", "dark"}
    assert told["palette"] in told["palettes"] == {name: p.title for name, p in PALETTES.items()}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_plotly_takes_the_template(scheme: Scheme) -> None:
    figure = go.Figure(go.Surface(z=[[1, 2], [3, 4]]), layout={"template": theme.template(scheme)})
    figure.update_layout(yaxis=theme.LOG_AXIS)
    assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
    for dash in theme.DASHES.values():
        go.Scatter(line={"dash": dash})


def test_nothing_is_sent_to_anyone() -> None:
    assert theme.GRAPH_CONFIG["showSendToCloud"] is False
    assert theme.GRAPH_CONFIG["showEditInChartStudio"] is False
    assert theme.GRAPH_CONFIG["displaylogo"] is False
    assert theme.GRAPH_CONFIG["responsive"] is True


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_stylesheet_names_every_token(scheme: Scheme) -> None:
    sheet = theme.stylesheet()
    for name, colour in theme.tokens(scheme).items():
        assert f"--{name}:{colour}" in sheet
    for code, colour in enumerate(theme.for_browser()["schemes"][scheme]["classes"]):
        assert f"--class-{code}:{colour}" in sheet
    assert sheet.count("{") == sheet.count("}")
    assert "url(" not in sheet
    assert "<" not in sheet
