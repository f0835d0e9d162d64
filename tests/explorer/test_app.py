"""The app as a whole, without a browser: what stands on the page, what is bound to it, and that nothing is kept."""

import collections
import json
import logging
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, dcc

import explorer
from engine import DATASETS, OPTIMIZERS
from explorer.app import create_app, create_server
from explorer.server import assets_folder
from explorer.settings import specs, to_link
from explorer.surface.settings import SURFACES, SurfaceSettings
from explorer.training.presets import PRESETS
from explorer.training.settings import TrainingSettings
from tests.explorer.components import components

LABS = {"surface": SurfaceSettings, "training": TrainingSettings}


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app()


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.records == []


def ids(app: Dash) -> list[Any]:
    return [component.id for component in components(app.layout) if getattr(component, "id", None) is not None]


def bound(app: Dash) -> Iterator[tuple[str, Any]]:
    """(callback, id) for everything that a callback reads or writes; a pattern's id is a dict."""
    for callback in app._callback_list:
        output = callback["output"].strip(".")
        written = [name.rpartition(".")[0] for name in output.split("...")]
        for text in [*written, *(entry["id"] for entry in [*callback["inputs"], *callback["state"]])]:
            yield output, json.loads(text) if text.startswith("{") else text


# --- the page ---------------------------------------------------------------------


def test_every_lab_stands_in_the_one_page(app: Dash) -> None:
    known = ids(app)
    for lab, settings in LABS.items():
        for id in (f"nav-{lab}", f"lab-{lab}", f"{lab}-address", f"{lab}-visible", f"{lab}-settings", f"{lab}-notice"):
            assert id in known
        for field in specs(settings):
            assert {"lab": lab, "setting": field} in known
    for preset in PRESETS:
        assert {"lab": "training", "preset": preset} in known
    for optimizer in OPTIMIZERS:
        assert f"surface-rate-row-{optimizer}" in known


def test_no_id_is_given_twice(app: Dash) -> None:
    names = [json.dumps(id, sort_keys=True) for id in ids(app)]
    assert [name for name, count in collections.Counter(names).items() if count > 1] == []


def test_every_symbol_on_the_page_has_a_picture(app: Dash) -> None:
    sheet = "".join(file.read_text() for file in Path(assets_folder()).glob("*.css"))
    names = " ".join(getattr(component, "className", None) or "" for component in components(app.layout)).split()
    used = {name for name in names if name.startswith("symbol-")}
    assert len(used) > 5
    assert {name for name in used if f".{name} {{" not in sheet and f".{name}," not in sheet} == set()


def test_everything_that_a_callback_is_bound_to_exists(app: Dash) -> None:
    known = ids(app)
    patterns = [id for id in known if isinstance(id, dict)]
    count = 0
    for callback, id in bound(app):
        count += 1
        if isinstance(id, str):
            assert id in known, callback
        else:
            plain = {key: value for key, value in id.items() if not isinstance(value, list)}
            assert any(each.keys() == id.keys() and plain.items() <= each.items() for each in patterns), callback
    assert count > 20


def test_the_only_graph_is_the_one_that_loads_plotly(app: Dash) -> None:
    # labs draw their own: a Graph of Dash and a script would fight over the figure
    [graph] = [component for component in components(app.layout) if isinstance(component, dcc.Graph)]
    assert graph.id == "plotly-loader"
    [theme] = [component for component in components(app.layout) if getattr(component, "id", None) == "theme"]
    for config in (graph.config, theme.data["config"]):
        assert config["showSendToCloud"] is False
        assert config["displaylogo"] is False
        assert "plotlyServerURL" not in config


def test_the_page_is_plain_json_of_moderate_size(app: Dash) -> None:
    said = app.server.test_client().get("/_dash-layout")
    text = json.dumps(json.loads(said.text, parse_constant=pytest.fail))
    assert 20_000 < len(text) < 400_000


# --- the bindings -----------------------------------------------------------------


def restore(app: Dash, lab: str, address: object) -> Any:
    """Ask the server for the controls of an address, as the page does."""
    [output] = [name for name in app.callback_map if f"{lab}-restored.data" in name]
    fields = [{"id": {"lab": lab, "setting": field}, "property": "value"} for field in specs(LABS[lab])]
    body = {
        "output": output,
        "outputs": [
            fields,
            {"id": f"{lab}-notice", "property": "children"},
            {"id": f"{lab}-restored", "property": "data"},
        ],
        "inputs": [{"id": f"{lab}-address", "property": "data", "value": address}],
        "changedPropIds": [f"{lab}-address.data"],
    }
    return app.server.test_client().post("/_dash-update-component", json=body)


@pytest.mark.parametrize("lab", LABS)
def test_an_address_fills_the_controls(app: Dash, lab: str) -> None:
    for address, notice in [
        (None, ""),
        (to_link(LABS[lab]()), ""),
        ({"cases": "many"}, "Cases must be"),
    ]:
        said = restore(app, lab, address)
        assert said.status_code == 200
        told = said.get_json()["response"]
        for field, text in to_link(LABS[lab]()).items():
            [value] = [v["value"] for k, v in told.items() if k.startswith("{") and json.loads(k)["setting"] == field]
            assert value == (text.split(",") if isinstance(value, list) else text), field
        assert notice in told[f"{lab}-notice"]["children"]
        assert bool(told[f"{lab}-notice"]["children"]) == bool(notice)


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize(
    "address", [[], "text", 3, {"": 1}, {"seed": [1]}, {"x" * 10**5: {}}, {"steps": 1e308, "noise": "nan"}]
)
def test_a_hostile_address_is_answered(app: Dash, lab: str, address: object) -> None:
    said = restore(app, lab, address)
    assert said.status_code == 200
    assert said.get_json()["response"][f"{lab}-notice"]["children"].endswith(".")


# --- two apps in one process ----------------------------------------------------------


def test_an_app_can_be_made_again_and_again() -> None:
    one, other = create_app(), create_app(frozenset({"class.example"}))
    assert set(one.callback_map) == set(other.callback_map) != set()
    assert ids(one) == ids(other)
    wish = {"settings": {"surface": "ravine"}}
    told = [made.server.test_client().post("/surface/paths", json=wish).get_json() for made in (one, other)]
    assert told[0] == told[1]
    asked = [made.server.test_client().get("/", headers={"Host": "class.example"}).status_code for made in (one, other)]
    assert asked == [403, 200]


def test_the_wsgi_server_serves_the_page() -> None:
    said = create_server().test_client().get("/training?seed=3")
    assert said.status_code == 200
    assert "Error Surface Explorer" in said.text


# --- nothing is kept ----------------------------------------------------------------


def kept() -> dict[str, str]:
    """Every module-level container of the app, and of the engine, that somebody could write to, as text."""
    for module in pkgutil.walk_packages(explorer.__path__, "explorer."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    modules = {
        name: sys.modules[name] for name in list(sys.modules) if name.partition(".")[0] in ("explorer", "engine")
    }
    writable = (dict, list, set, bytearray, collections.deque)
    return {
        f"{name}.{key}": repr(value)
        for name, module in modules.items()
        for key, value in vars(module).items()
        if isinstance(value, writable) and not key.startswith("__")
    }


def test_requests_leave_nothing_in_the_server(app: Dash) -> None:
    before = kept()
    assert "explorer.surface.settings.SURFACES" in before
    attributes = {key: repr(value) for key, value in vars(app.server).items() if isinstance(value, (dict, list))}
    asking = app.server.test_client()
    for surface in SURFACES:
        wish = {"settings": {"surface": surface, "optimizers": list(OPTIMIZERS), "steps": 3}}
        assert "error" not in asking.post("/surface/base", json=wish).get_json()
        assert "error" not in asking.post("/surface/paths", json=wish).get_json()
    for dataset in DATASETS:
        wish = {
            "settings": {"dataset": dataset, "seed": 5, "cases": 20, "amplify_copies": 1},
            "frames": 1, "updates": 3, "panels": ["health", "bent", "confusion", "scatter", "pad"], "pad": [0.5] * 64,
        }  # fmt: skip
        run = asking.post("/training/tick", json={**wish, "link": {"changes": "2:l2:0.1"}}).get_json()["run"]
        more = {**wish, "run": run, "changes": [["cut", 0], ["weight", [1, 0.5]]]}
        assert "error" not in asking.post("/training/tick", json=more).get_json()
        assert "error" not in asking.post("/training/amplified", json=wish).get_json()
    assert "error" in asking.post("/training/tick", json={"settings": {"seed": "x"}}).get_json()
    assert kept() == before
    assert {
        key: repr(value) for key, value in vars(app.server).items() if isinstance(value, (dict, list))
    } == attributes


@pytest.mark.parametrize("path", ["/surface/base", "/surface/paths", "/training/tick", "/training/amplified"])
def test_no_answer_asks_the_browser_to_keep_anything(app: Dash, path: str) -> None:
    said = app.server.test_client().post(path, json={"frames": 0})
    assert "Set-Cookie" not in said.headers
    assert said.headers["Cache-Control"] == "no-store"
    assert app.server.secret_key is None
