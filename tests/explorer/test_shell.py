"""The frame: one static layout for any labs, labelled controls, and nothing from elsewhere."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, dcc, html
from dash.development.base_component import Component

from explorer import shell
from explorer.controls import button, button_class, control, notice, panel, setting_id, slider_id
from explorer.server import assets_folder
from explorer.settings import Number, choice, choices, flag, number, parts, shares, specs, text, to_link
from explorer.settings_wiring import register_settings, stores
from tests.explorer.components import by_id, components

ASSETS = Path(assets_folder())


@dataclass(frozen=True)
class Sample:
    surface: str = choice("bowl", {"bowl": "Bowl", "ravine": "Ravine"}, label="Surface", help="Which.", part="one")
    data: str = choice("a", {name: name.upper() for name in "abcdefgh"}, label="Data", part="one")
    rate: float = number(0.1, 1e-3, 10, label="Rate", unit="m/s", help="How far.", scale="log", part="two")
    noise: float = number(0.2, 0, 1, label="Noise", part="one")
    cases: int = number(50, 1, 500, label="Cases", integer=True)
    seed: int = number(1, 0, 2**31 - 1, label="Seed", integer=True, slider=False)
    shown: tuple[str, ...] = choices(("b",), {"a": "A", "b": "B"}, label="Shown")
    layers: str = text("4-2", label="Layers")
    shuffle: bool = flag(True, label="Shuffle")
    split: tuple[int, ...] = shares((60, 30, 10), ("Training", "Validation", "Test"), label="Split", help="Of cases.")


def labs() -> list[shell.Lab]:
    controls = [control("first", Sample, field) for field in specs(Sample)]
    first = html.Div([*stores("first", Sample, ("step",)), panel("Controls", *controls), notice("first-notice")])
    return [shell.Lab("first", "First", "/first", first), shell.Lab("second", "Second", "/second", html.Div("Hello"))]


@pytest.fixture
def app() -> Dash:
    made = Dash(__name__, assets_folder=str(ASSETS))
    made.layout = shell.layout(labs())
    shell.register(made, labs())
    register_settings(made, "first", Sample, ("step",))
    return made


def words_of(component: Component) -> list[str]:
    texts = [getattr(each, "children", None) for each in components(component)]
    flat = [word for each in texts for word in (each if isinstance(each, list) else [each])]
    return [word for word in flat if isinstance(word, str)]


# --- controls -------------------------------------------------------------------


@pytest.mark.parametrize("field", specs(Sample))
def test_a_control_bears_the_default_and_shows_its_label(field: str) -> None:
    made = control("lab", Sample, field)
    bearer = by_id(made, setting_id("lab", field))
    told = to_link(Sample())[field]
    assert bearer.value == (["b"] if field == "shown" else told)  # type: ignore[attr-defined]
    assert specs(Sample)[field].label in words_of(made)


def test_a_field_is_named_by_its_label() -> None:
    (label,) = [each for each in components(control("lab", Sample, "rate")) if isinstance(each, html.Label)]
    assert json.loads(label.htmlFor) == setting_id("lab", "rate")
    assert label.htmlFor == '{"lab":"lab","setting":"rate"}'  # the very text that Dash makes the DOM id of
    assert "m/s" in words_of(control("lab", Sample, "rate"))


@pytest.mark.parametrize("field", ["surface", "shown", "shuffle"])
def test_a_group_is_named_for_assistive_software(field: str) -> None:
    named = [getattr(each, "aria-label", None) for each in components(control("lab", Sample, field))]
    assert specs(Sample)[field].label in named


def test_help_is_a_button_that_says_it() -> None:
    (help_button,) = [each for each in components(control("lab", Sample, "rate")) if isinstance(each, html.Button)]
    assert getattr(help_button, "aria-label") == "Rate: How far."
    assert getattr(help_button, "data-tip") == "How far."
    assert not [each for each in components(control("lab", Sample, "noise")) if isinstance(each, html.Button)]


def test_a_logarithmic_slider_works_in_decades() -> None:
    slider: Any = by_id(control("lab", Sample, "rate"), slider_id("lab", "rate"))
    assert (slider.min, slider.max, slider.value) == pytest.approx((-3, 1, -1))
    assert slider.label == {"function": "explorer.log", "options": {"unit": "m/s", "integer": False}}
    assert slider.updatemode == "drag"


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [(0, 1, 0.005), (0, 2, 0.01), (-3, 3, 0.05), (0, 100, 0.5), (0, 0.003, 0.00002), (0, 70, 0.5)],
)
def test_a_linear_slider_has_round_steps(low: float, high: float, step: float) -> None:
    @dataclass(frozen=True)
    class Ranges:
        value: float = number(low, low, high, label="Value")

    slider: Any = by_id(control("lab", Ranges, "value"), slider_id("lab", "value"))
    assert slider.step == pytest.approx(step)
    assert (high - low) / slider.step <= 200.5


def test_a_number_may_do_without_a_slider() -> None:
    spec = specs(Sample)["seed"]
    assert isinstance(spec, Number)
    assert not spec.slider
    ids = [getattr(each, "id", None) for each in components(control("lab", Sample, "seed"))]
    assert slider_id("lab", "seed") not in ids


def test_buttons_say_what_they_do() -> None:
    plain = button("go", "Play", "Let it run", icon="play", variant="filled")
    compact = button("again", "Reset", "To the same start", icon="reset", compact=True)
    assert plain.children == "Play"  # type: ignore[attr-defined]
    assert plain.className == button_class("play", "filled")  # type: ignore[attr-defined]
    assert getattr(compact, "aria-label") == "Reset"
    assert getattr(compact, "data-tip") == "Reset: To the same start"


def test_every_symbol_has_a_picture() -> None:
    sheet = (ASSETS / "app.css").read_text()
    used = {
        "play",
        "pause",
        "step",
        "forward",
        "reset",
        "seed",
        "link",
        "scheme",
        "palette",
        "help",
        "plus",
        "minus",
        "back",
    }
    assert {name for name in used if f".symbol-{name} {{" not in sheet} == set()


# --- the page ---------------------------------------------------------------------


def test_every_lab_is_in_the_page_and_hidden_until_it_is_shown() -> None:
    page = shell.layout(labs())
    for lab in labs():
        section: Any = by_id(page, f"lab-{lab.name}")
        assert section.hidden is True
        assert by_id(page, f"nav-{lab.name}").href == lab.path  # type: ignore[attr-defined]
        assert isinstance(by_id(page, f"{lab.name}-visible"), dcc.Store)
        assert isinstance(by_id(page, f"{lab.name}-address"), dcc.Store)


def test_no_id_is_given_twice() -> None:
    found = [each.id for each in components(shell.layout(labs())) if hasattr(each, "id")]
    names = [json.dumps(id, sort_keys=True) for id in found]
    assert sorted(set(names)) == sorted(names)


def test_no_graph_offers_to_send_anything() -> None:
    graphs = [each for each in components(shell.layout(labs())) if isinstance(each, dcc.Graph)]
    assert graphs, "plotly.js is loaded only where a layout has a graph"
    assert all(graph.config["showSendToCloud"] is False for graph in graphs)


def test_nothing_in_the_page_slows_every_callback_down() -> None:
    # dash-renderer looks through all components at each change for each of these (26 of them: 60 ms).
    slow = {"Tooltip", "FloatingTooltip", "MenuDropdown", "MenuItem", "MenuLabel", "PopoverDropdown",
            "HoverCardDropdown", "Stepper", "Timeline", "Tabs"}  # fmt: skip
    assert {type(each).__name__ for each in components(shell.layout(labs()))} & slow == set()


def test_two_apps_in_one_process_do_not_share_callbacks() -> None:
    made = []
    for _ in range(2):
        each = Dash(__name__, assets_folder=str(ASSETS))
        each.layout = shell.layout(labs())
        shell.register(each, labs())
        register_settings(each, "first", Sample, ("step",))
        made.append(len(each.server.test_client().get("/_dash-dependencies").get_json()))
    assert made[0] == made[1] == 4


# --- the served page -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/first", "/second", "/nowhere", "/first?rate=NaN"])
def test_every_path_serves_the_page(app: Dash, path: str) -> None:
    answer = app.server.test_client().get(path)
    assert answer.status_code == 200
    assert b"react-entry-point" in answer.data


def test_the_scheme_is_chosen_before_anything_is_drawn_and_once(app: Dash) -> None:
    page = app.server.test_client().get("/").get_data(as_text=True)
    head, body = page.split("</head>")
    assert "/assets/shell.js" in head
    assert "/assets/shell.js" not in body
    assert "prefers-color-scheme:dark" in head
    assert "/assets/settings.js" in body
    with app.server.test_client().get("/assets/shell.js") as script:
        assert script.status_code == 200


def test_no_script_of_ours_is_inline(app: Dash) -> None:
    page = app.server.test_client().get("/").get_data(as_text=True)
    inline = [words for words in re.findall(r"<script([^>]*)>", page) if "src=" not in words]
    ours = [words for words in inline if "_dash-config" not in words and "_dash-renderer" not in words]
    assert ours == []
    assert not re.search(r"\son[a-z]+=", page)


def test_nothing_comes_from_elsewhere() -> None:
    for file in [*ASSETS.glob("*.css"), *ASSETS.glob("*.js")]:
        addresses = set(re.findall(r"https?://[^\s'\"`)%]+", file.read_text()))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}, file.name  # names only


def test_the_address_is_restored_by_the_server(app: Dash) -> None:
    client = app.server.test_client()
    (restore,) = [each for each in client.get("/_dash-dependencies").get_json() if not each["clientside_function"]]
    fields = ["rate", "shown", "split"]
    address = {"rate": "99", "shown": "a", "step": "7", "split": "50,25,25"}
    body = {
        "output": restore["output"],
        "outputs": [
            [{"id": setting_id("first", field), "property": "value"} for field in fields],
            {"id": "first-notice", "property": "children"},
            {"id": "first-restored", "property": "data"},
        ],
        "inputs": [{"id": "first-address", "property": "data", "value": address}],
        "changedPropIds": ["first-address.data"],
    }
    told = client.post("/_dash-update-component", json=body).get_json()["response"]
    assert told['{"lab":"first","setting":"rate"}'] == {"value": "10"}
    assert told['{"lab":"first","setting":"shown"}'] == {"value": ["a"]}
    assert told['{"lab":"first","setting":"split"}'] == {"value": "50, 25, 25"}
    assert told["first-notice"]["children"] == "Rate must be a number from 0.001 to 10, not 99; 10 is used."
    assert told["first-restored"] == {"data": True}


def test_every_part_has_its_store() -> None:
    ids = {store.id for store in stores("lab", Sample)}
    assert {f"lab-part-{part}" for part in parts(Sample)} <= ids
    assert {"lab-settings", "lab-restored", "lab-specification"} <= ids
