import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS
from explorer.settings import specs, strict
from explorer.surface.callbacks import draw_paths, draw_surface
from explorer.surface.settings import DATA_SURFACES, SURFACES, SurfaceSettings, rate_field
from tests.explorer.pictures import numbers

HANDLERS = {"base": draw_surface, "paths": draw_paths}


def plain(answer: dict[str, Any]) -> str:
    """The answer as it travels; ValueError for NaN and infinity, which JSON does not know."""
    return json.dumps(answer, allow_nan=False)


# --- what comes out -----------------------------------------------------------------


@pytest.mark.parametrize("levels", ["log", "linear"])
@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_is_drawn(surface: str, levels: str) -> None:
    answer = draw_surface({"settings": {"surface": surface, "levels": levels}})
    assert set(answer) == {"map", "relief", "on_data", "suggestion"}
    assert answer["on_data"] == (surface in DATA_SURFACES)
    assert strict(SurfaceSettings, answer["suggestion"])
    assert len(plain(answer)) < 150_000


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("surface", SURFACES)
def test_every_optimizer_walks_on_every_surface(surface: str, optimizer: str) -> None:
    for rate in (specs(SurfaceSettings)[rate_field(optimizer)].low, 0.1, 10.0):  # type: ignore[attr-defined]
        for start in ((-2.4, 4.2), (0.0, 0.0), (1000.0, -1000.0)):
            wish = {"surface": surface, "optimizers": [optimizer], "steps": 20, rate_field(optimizer): rate}
            answer = draw_paths({"settings": {**wish, "start_w1": start[0], "start_w2": start[1]}})
            [path], [relief], [sentence] = answer["paths"], answer["relief"], answer["sentences"]
            assert path["name"] == sentence["name"] == optimizer
            assert relief["line"]["color"] == f"token:{optimizer}"
            np.testing.assert_allclose(numbers(path["weights"], "<f4")[:2], start, rtol=1e-6)
            assert np.isfinite(numbers(path["weights"], "<f4")).all()
            assert np.isfinite(numbers(path["errors"], "<f4")).all()
            plain(answer)


def test_many_paths_come_in_the_order_of_the_menu() -> None:
    answer = draw_paths({"settings": {"optimizers": list(OPTIMIZERS)[::-1], "steps": 2000}})
    for part in ("paths", "sentences"):
        assert [each["name"] for each in answer[part]] == list(OPTIMIZERS)
    assert len(answer["relief"]) == len(answer["error_figure"]["data"]) == len(OPTIMIZERS)
    assert len(plain(answer)) < 2_000_000


def test_without_an_optimizer_there_is_still_a_start() -> None:
    answer = draw_paths({"settings": {"optimizers": [], "start_w1": 1.5, "start_w2": -0.5}})
    assert answer["start"] == [1.5, -0.5]
    assert answer["paths"] == answer["relief"] == answer["sentences"] == []
    assert answer["start_sentence"].startswith("Start at w1 = 1.5, w2 = −0.5")
    assert "unstable above the rate" in answer["stability"]


# --- suggestions ------------------------------------------------------------------


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_what_a_landscape_suggests_converges(landscape: str) -> None:
    told = draw_surface({"settings": {"surface": landscape}})["suggestion"]
    walkers = ["gradient_descent", "momentum", "nesterov"]
    wish = {**told, "surface": landscape, "optimizers": walkers, "steps": 2000}
    for path in draw_paths({"settings": wish})["paths"]:
        weights = numbers(path["weights"], "<f4").reshape(-1, 2)
        errors = numbers(path["errors"], "<f4")
        assert len(errors) == 2001
        # it comes to rest, or creeps along the floor of Rosenbrock's valley
        assert np.linalg.norm(weights[-1] - weights[-100]) < 0.05
        _, bottom = min(LANDSCAPES[landscape].minima, key=lambda minimum: np.linalg.norm(weights[-1] - minimum[0]))
        # of Ackley's local minima none is listed
        assert errors[-1] - bottom < (0.01 if landscape != "ackley" else 0.7) * (errors[0] - bottom)


# --- what may come in ---------------------------------------------------------------

FORGED: dict[str, list[Any]] = {
    "settings": [[], "text", 3, True, [["surface", "ravine"]]],
    "surface": [None, 3, "", "bowl", "linear_neuron ", ["linear_neuron"], {"a": 1}, "x" * 10**6, "\ud800", True],
    "cases": [
        None,
        True,
        "",
        "20x",
        20.5,
        1,
        501,
        -(10**400),
        10**400,
        float("nan"),
        float("inf"),
        [20],
        {},
        "9" * 10**6,
    ],
    "noise": [None, False, "a", -0.01, 1.01, float("nan"), [0.5]],
    "data_seed": [-1, 10_000, 0.5, "1e9"],
    "reduction": ["max", None, 0],
    "levels": ["", "ln", 10],
    "start_w1": [None, True, "one", 1e3 + 1e-9, -1e4, float("-inf"), float("nan"), [1.0]],
    "steps": [0, 2001, 1.5, "many", True, None],
    "optimizers": [
        "sgd",
        ["adam", "sgd"],
        [["adam"]],
        [3],
        3,
        None,
        True,
        {"adam": 1},
        "adam;nadam",
        "," * 10**6 + "x",
    ],
    "rate_adam": [0, -1, 1e-6, 10.01, "fast", True, None, [0.1]],
    "rate_sgd": [0.1],
    "__class__": ["x"],
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
@pytest.mark.parametrize("name", FORGED)
def test_what_is_not_legal_is_refused_in_one_sentence(name: str, handler: Any) -> None:
    for value in FORGED[name]:
        wish = {"settings": value if name == "settings" else {name: value}}
        with pytest.raises(ValueError, match=r"\A[A-Z][^\n]{10,350}\.\Z"):
            handler(wish)


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_texts_of_a_link_mean_the_same_as_numbers(handler: Any) -> None:
    texts = {"cases": "30", "noise": "0.25", "steps": "7", "optimizers": "adam,momentum", "rate_adam": "0.5"}
    values = {"cases": 30, "noise": 0.25, "steps": 7, "optimizers": ["momentum", "adam"], "rate_adam": 0.5}
    assert handler({"settings": texts}) == handler({"settings": values})


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_what_is_missing_is_the_default(handler: Any) -> None:
    defaults = {name: spec.to_link(spec.default) for name, spec in specs(SurfaceSettings).items()}
    assert handler({}) == handler({"settings": {}}) == handler({"settings": defaults, "more": 1})


# --- nothing is kept ----------------------------------------------------------------


def test_answers_depend_on_the_wish_alone() -> None:
    wishes = [
        {"settings": {"surface": surface, "optimizers": ["gradient_descent", "adam"], "steps": 30, "data_seed": seed}}
        for surface in SURFACES
        for seed in (1, 2)
    ]
    alone = [(draw_surface(wish), draw_paths(wish)) for wish in wishes]
    with ThreadPoolExecutor(4) as threads:
        paths = list(threads.map(draw_paths, wishes[::-1]))[::-1]
        bases = list(threads.map(draw_surface, wishes))
    assert list(zip(bases, paths, strict=True)) == alone


def test_a_wish_is_left_as_it_was() -> None:
    wish = {"settings": {"optimizers": ["adam", "momentum"], "cases": "30"}}
    text = json.dumps(wish)
    draw_surface(wish)
    draw_paths(wish)
    assert json.dumps(wish) == text
