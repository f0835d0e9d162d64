"""What the training lab's page offers to those who listen to it, and what its scripts are told."""

from collections.abc import Iterator
from typing import Any

from dash import html
from dash.development.base_component import Component

from explorer.live import LAST_STEP
from explorer.training.callbacks import MOST_CHANGES
from explorer.training.layout import LINK_LIMITS, SPOKEN, STATE, layout, preset_id
from explorer.training.settings import PRESETS


def components(component: Any) -> Iterator[Component]:
    if isinstance(component, Component):
        yield component
        yield from components(getattr(component, "children", None))
    elif isinstance(component, (list, tuple)):
        for each in component:
            yield from components(each)


def found(id: Any) -> dict[str, Any]:
    [component] = [each for each in components(layout()) if getattr(each, "id", None) == id]
    return dict(component.to_plotly_json()["props"])


def test_the_numbers_of_every_frame_are_silent() -> None:
    numbers = [each.to_plotly_json()["props"] for each in components(layout()) if isinstance(each, html.Output)]
    assert len(numbers) == 4
    assert {props["aria-live"] for props in numbers} == {"off"}


def test_what_is_said_is_said_politely() -> None:
    for id in (SPOKEN, STATE):
        assert (found(id)["role"], found(id)["aria-live"]) == ("status", "polite")
    assert found(SPOKEN)["className"] == "spoken"


def test_every_help_of_a_button_can_be_heard() -> None:
    for name, preset in PRESETS.items():
        props = found(preset_id(name))
        assert props["aria-description"] == props["data-tip"] == preset.help
    tips = [each.to_plotly_json()["props"] for each in components(layout()) if isinstance(each, html.Button)]
    silent = [props for props in tips if "data-tip" in props and "question" not in props["className"]]
    assert len(silent) == 4 + len(PRESETS)
    assert all(props["aria-description"] in props["data-tip"] for props in silent)


def test_the_page_knows_what_a_link_may_tell() -> None:
    assert found(LINK_LIMITS)["data"] == {"last_step": LAST_STEP, "most_changes": MOST_CHANGES}
