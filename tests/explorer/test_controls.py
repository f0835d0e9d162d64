"""The control of every kind of setting."""

import json
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import html
from dash.development.base_component import Component

from explorer.controls import control, setting_id, slider_id
from explorer.settings import choice, shares, specs, strict, text
from explorer.training.settings import LAB, TrainingSettings
from tests.explorer.components import components, props_of

OPTIONS = {"a": "Apple", "b": "Banana", "c": "Cherry", "d": "Date", "e": "Elder"}


@dataclass(frozen=True)
class Sample:
    split: tuple[int, ...] = shares(
        (60, 30, 10), ("Training", "Validation", "Test"), label="Split", help="Of cases.", unit="%"
    )
    plain: str = choice("b", OPTIONS, label="Plain")
    grouped: str = choice("b", OPTIONS, label="Grouped", groups={"Early": ("c", "a"), "Late": ("b", "e", "d")})
    long: str = text("x", label="Long", longest=300)


# --- shares -------------------------------------------------------------------------


def test_shares_are_a_field_and_a_slider_of_where_they_end() -> None:
    made = control("lab", Sample, "split")
    assert props_of(made, setting_id("lab", "split"))["value"] == "60, 30, 10"
    slider = props_of(made, slider_id("lab", "split"))
    assert (slider["min"], slider["max"], slider["step"]) == (0, 100, 1)
    assert slider["value"] == [60, 90]
    # what the slider tells comes back as the same shares
    first, second = slider["value"]
    assert strict(Sample, {"split": [first, second - first, 100 - second]}) == Sample()


def test_a_share_may_be_as_small_as_nothing() -> None:
    slider = props_of(control("lab", Sample, "split"), slider_id("lab", "split"))
    assert slider["minRange"] == 0
    assert slider["pushOnOverlap"] is False
    assert slider["label"] == {"function": "explorer.shares", "options": {"unit": "%"}}


def test_shares_are_named_for_eyes_and_ears() -> None:
    made = control("lab", Sample, "split")
    (label,) = [each for each in components(made) if isinstance(each, html.Label)]
    assert json.loads(label.htmlFor) == setting_id("lab", "split")
    assert "Split" in label.children
    (unit,) = [each for each in components(label) if getattr(each, "className", "") == "unit"]
    assert unit.children == "%"  # type: ignore[attr-defined]
    slider = props_of(made, slider_id("lab", "split"))
    assert (slider["thumbFromLabel"], slider["thumbToLabel"]) == ("Training ends", "Validation ends")
    (question,) = [each for each in components(made) if isinstance(each, html.Button)]
    assert getattr(question, "aria-label") == "Split: Of cases."


# --- menus --------------------------------------------------------------------------


def test_a_menu_offers_its_options_in_order() -> None:
    offered = props_of(control("lab", Sample, "plain"), setting_id("lab", "plain"))
    assert offered["data"] == [{"value": value, "label": label} for value, label in OPTIONS.items()]
    assert offered["value"] == "b"


def test_a_long_menu_is_parted_by_titles() -> None:
    made = control("lab", Sample, "grouped")
    assert any(isinstance(each, dmc.Select) for each in components(made))
    offered = props_of(made, setting_id("lab", "grouped"))
    assert offered["data"] == [
        {"group": "Early", "items": [{"value": "c", "label": "Cherry"}, {"value": "a", "label": "Apple"}]},
        {
            "group": "Late",
            "items": [
                {"value": "b", "label": "Banana"},
                {"value": "e", "label": "Elder"},
                {"value": "d", "label": "Date"},
            ],
        },
    ]


def test_data_sets_are_offered_in_their_groups() -> None:
    spec: Any = specs(TrainingSettings)["dataset"]
    offered = props_of(control(LAB, TrainingSettings, "dataset"), setting_id(LAB, "dataset"))["data"]
    assert [each["group"] for each in offered] == list(spec.groups)
    assert {item["value"]: item["label"] for each in offered for item in each["items"]} == dict(spec.options)


# --- texts --------------------------------------------------------------------------


@pytest.mark.parametrize("field", specs(TrainingSettings))
def test_every_setting_of_the_training_lab_has_a_control_that_says_its_default(field: str) -> None:
    spec = specs(TrainingSettings)[field]
    value = props_of(control(LAB, TrainingSettings, field), setting_id(LAB, field))["value"]
    assert spec.parse(value) == spec.default
    words = [each for made in components(control(LAB, TrainingSettings, field)) for each in _children(made)]
    assert spec.label in words


def _children(component: Component) -> list[Any]:
    children = getattr(component, "children", None)
    return children if isinstance(children, list) else [children]
