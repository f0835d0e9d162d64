"""Labelled controls, made from the specifications of the settings; buttons, panels and message lines.

Every control has a visible label, its unit, a help text reachable by keyboard, and one value-bearing component with
id ``setting_id(lab, field)`` whose ``value`` is what a link says: texts, for several choices a list of texts.
"""

import json
from collections.abc import Callable, Iterable
from math import log10
from typing import Any, Literal

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from explorer.settings import Choice, Choices, Flag, Number, Record, Shares, Specification, specs

Variant = Literal["filled", "default", "subtle"]

_MOST_SEGMENTS = 4
_LONGEST_SEGMENTS = 26  # letters of all labels together that fit into the column of controls
_STEPS = 200  # positions of a linear slider
_DECADE_STEP = 0.025  # of a logarithmic slider: 1, 1.06, 1.12, 1.19 … (Renard's R40)


def setting_id(lab: str, field: str) -> dict[str, str]:
    """The id of the component that bears the setting's value."""
    return {"lab": lab, "setting": field}


def slider_id(lab: str, field: str) -> dict[str, str]:
    """The id of a number's slider, whose value is the decimal logarithm on a logarithmic scale."""
    return {"lab": lab, "setting": field, "role": "slider"}


def control(lab: str, cls: type[Record], field: str, **extra: Any) -> Component:
    """The labelled control of a setting; ``extra`` goes to its component, for a number to its slider."""
    spec = specs(cls)[field]
    bearer = setting_id(lab, field)
    if isinstance(spec, Number):
        return _number(lab, field, spec, extra)
    if isinstance(spec, Shares):
        return _in_line(_head(spec, bearer), _field(spec, bearer, "control-field", {}), _parting(lab, field, spec))
    if isinstance(spec, Choices):
        return _stacked(_head(spec), _several(spec, bearer, extra))
    if isinstance(spec, Flag):
        return _in_line(_head(spec), _segments(spec, bearer, extra))
    if isinstance(spec, Choice) and _few(spec):
        return _stacked(_head(spec), _segments(spec, bearer, {"fullWidth": True, **extra}))
    if isinstance(spec, Choice):
        return _stacked(_head(spec, bearer), _menu(spec, bearer, extra))
    return _stacked(_head(spec, bearer), _field(spec, bearer, "control-text", extra))


def button(
    id: str | dict[str, str],
    label: str,
    help: str = "",
    *,
    icon: str | None = None,
    variant: Variant = "default",
    compact: bool = False,
    **extra: Any,
) -> Component:
    """A button with ``n_clicks`` and ``disabled``; a compact one shows its icon only and has the label as its name."""
    words = f"{label}: {help}" if help and compact else help or (label if compact else "")
    named = aria(label=label) if compact else {}
    return html.Button(
        "" if compact else label,
        id=id,
        type="button",
        className=button_class(icon, variant, compact=compact),
        **named,
        **tip(words),
        **extra,
    )


def button_class(icon: str | None = None, variant: Variant = "default", *, compact: bool = False) -> str:
    """The ``className`` of a button, for one whose icon or variant changes."""
    return " ".join(
        ["button", f"button-{variant}", *(["button-compact"] if compact else []), *([f"symbol-{icon}"] if icon else [])]
    )


def panel(
    title: str,
    *children: Component | str,
    help: str = "",
    id: str | None = None,
    class_name: str = "",
    hidden: bool = False,
) -> Component:
    """A quiet card with a heading; without a title the children alone."""
    head = [html.Div([html.H2(title), *_question(title, help)], className="panel-head")] if title else []
    named: dict[str, Any] = {"id": id} if id else {}
    named |= aria(label=title) if title else {}
    named |= {"hidden": True} if hidden else {}
    return html.Section([*head, *children], className=f"panel {class_name}".strip(), **named)


def notice(id: str) -> Component:
    """A line for one sentence, set through ``children``; its height is reserved, so nothing jumps."""
    return html.P(id=id, className="notice", role="status", **aria(live="polite"))


def aria(**words: str) -> dict[str, Any]:
    """Attributes for assistive software: ``aria(label="Play")``."""
    return {f"aria-{name}": word for name, word in words.items()}


def tip(words: str) -> dict[str, Any]:
    """Attributes for a short text that appears on hover, keyboard focus and tap (``shell.js`` shows it)."""
    return {"data-tip": words} if words else {}


def _number(lab: str, field: str, spec: Number, extra: dict[str, Any]) -> Component:
    bearer = setting_id(lab, field)
    entry = _field(spec, bearer, "control-field", {} if spec.slider else extra)
    return _in_line(_head(spec, bearer), entry, *([_slider(lab, field, spec, extra)] if spec.slider else []))


_POSITIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda value: value,
    "log": log10,
    "share": lambda value: -log10(1.0 - value),
}


def _slider(lab: str, field: str, spec: Number, extra: dict[str, Any]) -> Component:
    log = spec.scale != "linear"
    span = spec.slider if isinstance(spec.slider, tuple) else (spec.low, spec.high)
    low, high, value = (_POSITIONS[spec.scale](v) for v in (*span, spec.default))
    step = spec.step or (_DECADE_STEP if log else 1 if spec.integer else _round_step(high - low))
    slider: Component = dmc.Slider(
        id=slider_id(lab, field),
        min=low,
        max=high,
        value=value,
        step=step,
        precision=6,
        updatemode="drag",
        label={"function": f"explorer.{spec.scale}", "options": {"unit": spec.unit, "integer": spec.integer}},
        size=4,
        thumbSize=14,
        thumbLabel=spec.label,
        className="control-slider",
        **extra,
    )
    return slider


def _parting(lab: str, field: str, spec: Shares) -> Component:
    """A slider whose thumbs are where one share ends and the next begins."""
    ends = [sum(spec.default[:count]) for count in range(1, len(spec.names))]
    slider: Component = dmc.RangeSlider(
        id=slider_id(lab, field),
        min=0,
        max=100,
        value=ends,
        step=1,
        minRange=0,
        pushOnOverlap=False,
        updatemode="drag",
        label={"function": "explorer.shares", "options": {"unit": spec.unit}},
        size=6,
        thumbSize=14,
        thumbFromLabel=f"{spec.names[0]} ends",
        thumbToLabel=f"{spec.names[1]} ends",
        className="control-slider control-shares",
    )
    return slider


def _round_step(width: float) -> float:
    """1, 2 or 5 times a power of ten that divides the width into about ``_STEPS``."""
    power = 10.0 ** round(log10(width / _STEPS) - 0.5)
    factor = next(factor for factor in (1, 2, 5, 10) if factor * power * _STEPS >= width * 0.999)
    return float(f"{factor * power:.6g}")


def _field(spec: Specification, bearer: dict[str, str], class_name: str, extra: dict[str, Any]) -> Component:
    fractional = isinstance(spec, Number) and spec.low >= 0
    entry: Component = dmc.TextInput(
        id=bearer,
        value=spec.to_link(spec.default),
        debounce=True,
        size="xs",
        spellCheck=False,
        inputProps={"inputMode": "decimal" if fractional else "text"},
        className=class_name,
        **extra,
    )
    return entry


def _few(spec: Choice) -> bool:
    letters = sum(map(len, spec.options.values()))
    return len(spec.options) <= _MOST_SEGMENTS and letters <= _LONGEST_SEGMENTS


def _segments(spec: Choice | Flag, bearer: dict[str, str], extra: dict[str, Any]) -> Component:
    named = aria(label=spec.label)
    made: Component = dmc.SegmentedControl(transitionDuration=120, **named, **_offer(spec, bearer), **extra)
    return made


def _menu(spec: Choice, bearer: dict[str, str], extra: dict[str, Any]) -> Component:
    made: Component = dmc.Select(
        allowDeselect=False, checkIconPosition="right", maxDropdownHeight=320, **_offer(spec, bearer), **extra
    )
    return made


def _offer(spec: Choice | Flag, bearer: dict[str, str]) -> dict[str, Any]:
    return {"id": bearer, "data": _options(spec), "value": spec.to_link(spec.default), "size": "xs"}


def _options(spec: Choice | Flag) -> list[dict[str, Any]]:
    if isinstance(spec, Choice) and spec.groups:
        return [{"group": title, "items": _items(spec, names)} for title, names in spec.groups.items()]
    return _items(spec, spec.options)


def _items(spec: Choice | Flag, names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"value": value, "label": spec.options[value]} for value in names]


def _several(spec: Choices, bearer: dict[str, str], extra: dict[str, Any]) -> Component:
    chips = [
        dmc.Chip(label, value=value, size="xs", variant="outline", className=f"chip chip-{value}")
        for value, label in spec.options.items()
    ]
    group = dmc.ChipGroup(chips, id=bearer, multiple=True, value=list(spec.default), **extra)
    return html.Div(group, className="chips", role="group", **aria(label=spec.label))


def _stacked(head: list[Component], component: Component) -> Component:
    return html.Div([html.Div(head, className="control-head"), component], className="control")


def _in_line(head: list[Component], component: Component, *below: Component) -> Component:
    return html.Div([html.Div([*head, component], className="control-head"), *below], className="control")


def _head(spec: Specification, bearer: dict[str, str] | None = None) -> list[Component]:
    """The label, bound to the bearer where that is one field, and the help."""
    unit = [html.Span(spec.unit, className="unit")] if isinstance(spec, (Number, Shares)) and spec.unit else []
    words: list[str | Component] = [spec.label, *unit]
    # A browser's id of a pattern-matching component: its keys in order, without blanks.
    target = json.dumps(bearer, sort_keys=True, separators=(",", ":"))
    label = html.Label(words, htmlFor=target) if bearer else html.Span(words, className="control-label")
    return [label, *_question(spec.label, spec.help)]


def _question(subject: str, help: str) -> list[Component]:
    if not help:
        return []
    named = aria(label=f"{subject}: {help}")
    return [html.Button("", type="button", className="question symbol-help", **named, **tip(help))]
