from itertools import product
from typing import Any

import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS
from explorer.settings import strict, to_link
from explorer.surface.callbacks import draw_paths
from explorer.surface.cases import read_own
from explorer.surface.settings import DATA, DATA_SURFACES, SURFACES, TYPED, SurfaceSettings, rate_field
from explorer.surface.suggestions import as_link, of_own, suggestions
from tests.explorer.pictures import numbers, scene_of

TOLD = suggestions()
MENU = [key for key in product(DATA_SURFACES, DATA) if key[1] != "own"]


def following(key: str, **more: Any) -> dict[str, Any]:
    """The settings after the menu was used and its suggestion followed."""
    surface, _, data = key.partition("/")
    return {"surface": surface, **({"data": data} if data else {}), **TOLD[key], **more}


def errors_of(settings: dict[str, Any], own: Any = None) -> dict[str, Any]:
    paths = draw_paths({"settings": settings, "own": own})["paths"]
    return {path["name"]: None if path["diverged"] else numbers(path["errors"], "<f4") for path in paths}


def test_there_is_one_for_every_entry_of_the_menus() -> None:
    assert set(TOLD) == {*LANDSCAPES, TYPED, *(f"{surface}/{data}" for surface, data in MENU)}
    assert {key.partition("/")[0] for key in TOLD} == set(SURFACES)


@pytest.mark.parametrize("key", TOLD)
def test_each_is_legal_as_it_stands(key: str) -> None:
    chosen = strict(SurfaceSettings, TOLD[key])
    # and is written as a link writes it
    assert {name: to_link(chosen)[name] for name in TOLD[key]} == TOLD[key]
    assert {"start_w1", "start_w2", rate_field("gradient_descent")} <= set(TOLD[key])


@pytest.mark.parametrize("key", TOLD)
def test_each_starts_in_sight(key: str) -> None:
    shown = scene_of({"settings": following(key)})
    for index, (low, high) in zip(shown.shown, shown.window, strict=True):
        assert low <= float(TOLD[key][f"start_w{index + 1}"]) <= high


@pytest.mark.parametrize("key", TOLD)
def test_plain_descent_with_it_loses_error(key: str) -> None:
    errors = errors_of(following(key, steps=200))["gradient_descent"]
    assert errors is not None
    assert len(errors) == 201
    assert errors[-1] < errors[0]


@pytest.mark.parametrize("key", [key for key in TOLD if key != "linear_neuron/line"])
def test_no_optimizer_with_it_diverges(key: str) -> None:
    errors = errors_of(following(key, optimizers=list(OPTIMIZERS), steps=200))
    assert set(errors) == set(OPTIMIZERS)
    assert [name for name in errors if errors[name] is None] == []


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_what_a_landscape_suggests_converges(landscape: str) -> None:
    wish = following(landscape, optimizers=["gradient_descent", "momentum", "nesterov"], steps=2000)
    for path in draw_paths({"settings": wish})["paths"]:
        weights = numbers(path["weights"], "<f4").reshape(-1, 2)
        errors = numbers(path["errors"], "<f4")
        assert len(errors) == 2001
        # it comes to rest, or creeps along the floor of Rosenbrock's valley
        assert np.linalg.norm(weights[-1] - weights[-100]) < 0.05
        _, bottom = min(LANDSCAPES[landscape].minima, key=lambda minimum: np.linalg.norm(weights[-1] - minimum[0]))
        # of Ackley's local minima none is listed
        assert errors[-1] - bottom < (0.01 if landscape != "ackley" else 0.7) * (errors[0] - bottom)


@pytest.mark.parametrize("key", ["linear_neuron/dining_hall", "sigmoid_neuron/plane"])
def test_it_undoes_what_was_done_to_other_cases(key: str) -> None:
    done = {"centre": 5.0, "scale": 10.0, "collinear": 0.9, "standardise": True, "noise": 0.9}
    chosen = strict(SurfaceSettings, done | following(key))
    assert (chosen.centre, chosen.scale, chosen.collinear, chosen.standardise) == (0.0, 1.0, 0.0, False)
    assert chosen.noise == (0.0 if "dining" in key else 0.5)


def test_the_first_menu_entries_are_the_first_page() -> None:
    assert strict(SurfaceSettings, following("linear_neuron/line")) == SurfaceSettings()


# --- for a table of one's own ---------------------------------------------------------


def own_table(width: int, inputs: float, targets: float, offset: float) -> dict[str, Any]:
    generator = np.random.default_rng(width)
    plain = generator.normal(offset, 1.0, (60, width))
    made = plain.sum(axis=1) + offset + generator.normal(0.0, 0.3, 60)
    return {"inputs": (inputs * plain).tolist(), "targets": (targets * made).tolist()}


SCALES = [(1e-3, 5e3), (1e-3, 1e-3), (1.0, 1.0), (1.0, 5e3), (30.0, 1e-3), (1e3, 1.0), (1e3, 5e3), (1e6, 1.0)]


@pytest.mark.parametrize(("width", "offset"), [(1, 2.0), (2, 0.0), (2, 2.0), (3, 2.0)])
@pytest.mark.parametrize("scale", SCALES)
def test_plain_descent_on_ones_own_table_loses_error(width: int, scale: tuple[float, float], offset: float) -> None:
    own = own_table(width, *scale, offset)
    chosen = strict(SurfaceSettings, {"centre": 3.0, "scale": 7.0, "noise": 0.5, "standardise": True})
    told = of_own(chosen, read_own(own))  # type: ignore[arg-type]
    walkers = ["gradient_descent", "momentum", "nesterov"]
    settings = {**to_link(chosen), **told, "optimizers": walkers, "steps": 200}
    assert settings["data"] == "own"
    for errors in errors_of(settings, own).values():
        assert errors is not None
        assert errors[-1] < errors[0]


@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
@pytest.mark.parametrize("scale", SCALES)
def test_a_sigmoidal_neuron_on_ones_own_table_loses_error(scale: tuple[float, float], error: str) -> None:
    own = own_table(2, *scale, 0.0)
    chosen = strict(SurfaceSettings, {"surface": "sigmoid_neuron", "error": error})
    told = of_own(chosen, read_own(own))  # type: ignore[arg-type]
    errors = errors_of({**to_link(chosen), **told, "steps": 200}, own)["gradient_descent"]
    assert errors is not None
    assert errors[-1] <= errors[0]


def test_what_is_out_of_range_is_moved_into_it() -> None:
    told = as_link({"start_w1": 1e9, "rate_adam": 1e-30, "steps": 50, "optimizers": ("adam",), "standardise": True})
    assert told == {"start_w1": "1000000", "rate_adam": "1e-7", "steps": "50", "optimizers": "adam", "standardise": "1"}
