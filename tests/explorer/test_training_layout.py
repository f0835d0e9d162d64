"""What the training lab's page offers to those who listen to it, and what its scripts are told."""

import json
from typing import Any

import pytest
from dash import html

from engine import ACTIVATIONS, HIDDEN_ACTIVATIONS
from engine.types import PARTS
from explorer import theme
from explorer.controls import setting_id
from explorer.live import LAST_STEP, MOST_UPDATES
from explorer.settings import parts, specs
from explorer.training.controls_layout import preset_id
from explorer.training.figures import curves
from explorer.training.layout import CURVES_BASE, EXTRA_KEYS, LIMITS, PRESET_VALUES, STATE, layout
from explorer.training.presets import PRESETS, preset_values
from explorer.training.settings import LAB, MOST_ALONE, MOST_LAYERS, MOST_NEURONS, TrainingSettings
from explorer.training.story import MOST_CHANGES
from tests.explorer.components import components, props_of

SPOKEN = "training-spoken"


def found(id: Any) -> dict[str, Any]:
    return props_of(layout(), id)


def test_the_numbers_of_every_frame_are_silent() -> None:
    numbers = [each.to_plotly_json()["props"] for each in components(layout()) if isinstance(each, html.Output)]
    # epoch and update, error and accuracy of each part
    assert len(numbers) == 2 + 2 * len(PARTS)
    assert {props["aria-live"] for props in numbers} == {"off"}


def test_what_is_said_is_said_politely() -> None:
    for id in (SPOKEN, STATE):
        assert (found(id)["role"], found(id)["aria-live"]) == ("status", "polite")
    assert found(SPOKEN)["className"] == "spoken"


def test_every_help_of_a_button_can_be_heard() -> None:
    for name, preset in PRESETS.items():
        props = found(preset_id(name))
        assert props["aria-description"] == props["data-tip"] == preset.help
    for name in ("step-update", "step-epoch", "reset", "new-seed"):
        props = found(f"training-{name}")
        assert props["data-tip"] == f"{props['aria-label']}: {props['aria-description']}"


def test_every_button_and_panel_has_a_name() -> None:
    for each in components(layout()):
        props = each.to_plotly_json()["props"]
        if isinstance(each, html.Button):
            assert props.get("aria-label") or props.get("children"), props
        if "panel" in props.get("className", "").split():
            assert props.get("aria-label"), props


@pytest.mark.parametrize("field", specs(TrainingSettings))
def test_every_setting_has_one_control(field: str) -> None:
    assert found(setting_id(LAB, field))["value"] is not None


def test_ids_are_given_once() -> None:
    ids = [json.dumps(each.id, sort_keys=True) for each in components(layout()) if hasattr(each, "id")]
    assert sorted(set(ids)) == sorted(ids)


def test_the_page_knows_what_the_server_takes() -> None:
    told = found(LIMITS)["data"]
    assert json.loads(json.dumps(told)) == told
    expected = {
        "last_step": LAST_STEP, "most_changes": MOST_CHANGES, "layers": MOST_LAYERS, "neurons": MOST_NEURONS,
        "alone": MOST_ALONE,
        "activations": {name: ACTIVATIONS[name].title for name in HIDDEN_ACTIVATIONS}, "epoch": MOST_UPDATES,
    }  # fmt: skip
    assert {key: told[key] for key in expected} == expected


def test_a_link_tells_the_settings_and_the_story() -> None:
    assert EXTRA_KEYS == ("step", "first", "changes")
    assert found(f"{LAB}-specification")["data"]["extra"] == list(EXTRA_KEYS)
    assert found(f"{LAB}-specification")["data"]["parts"] == parts(TrainingSettings)


def test_the_page_knows_the_presets() -> None:
    assert found(PRESET_VALUES)["data"] == {name: preset_values(name) for name in PRESETS}


def test_settings_that_mean_nothing_can_be_hidden_one_by_one() -> None:
    whens = [each.id for each in components(layout()) if str(getattr(each, "id", "")).startswith("training-when-")]
    assert {id.removeprefix("training-when-") for id in whens} <= set(specs(TrainingSettings))
    for id in whens:
        inside = [getattr(each, "id", None) for each in components(found(id)["children"])]
        assert setting_id(LAB, id.removeprefix("training-when-")) in inside


def test_the_curves_have_the_colours_of_their_parts() -> None:
    told = curves()
    assert found(CURVES_BASE)["data"] == told
    assert [curve["name"] for curve in told["data"]] == ["Training", "Validation", "Test"]
    assert [curve["line"]["color"] for curve in told["data"]] == [f"token:{part}" for part in PARTS]
    for scheme in theme.SCHEMES:
        assert set(PARTS) <= set(theme.tokens(scheme))
    assert len({(curve["line"]["color"], curve["line"]["dash"]) for curve in told["data"]}) == 3
    assert set(told["axes"]) == {"log", "linear"}
    assert told["axes"]["log"]["type"] == "log"
    low, high = told["accuracy_axis"]["range"]
    assert low == 0.0 < 1.0 < high  # the curve of a perfect network is seen
