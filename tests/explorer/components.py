"""Finding components in a layout."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def components(component: Any) -> Iterator[Component]:
    if isinstance(component, Component):
        yield component
        yield from components(getattr(component, "children", None))
    elif isinstance(component, (list, tuple)):
        for each in component:
            yield from components(each)


def by_id(component: Any, id: object) -> Component:
    """The one component with this id."""
    (found,) = [each for each in components(component) if getattr(each, "id", None) == id]
    return found


def props_of(component: Any, id: object) -> dict[str, Any]:
    """What the one component with this id was given."""
    return dict(by_id(component, id).to_plotly_json()["props"])
