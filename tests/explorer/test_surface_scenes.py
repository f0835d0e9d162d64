from typing import Any

import numpy as np
import pytest

from engine import DATASETS, LANDSCAPES
from engine.surfaces import ErrorSurface, HasHessian
from explorer.maps import axes, grid
from explorer.settings import specs
from explorer.surface.scenes import Scene, scene, suggestion
from explorer.surface.settings import DATA_SURFACES, SURFACES, SurfaceSettings

SETTINGS: dict[str, Any] = {"cases": 20, "noise": 0.5, "centre": 0.0, "data_seed": 1, "reduction": "sum"}


def made(surface: str, **changes: Any) -> Scene:
    return scene(*({"surface": surface} | SETTINGS | changes).values())


def of_the_line(cases: int = 20, noise: float = 0.5, seed: int = 1) -> tuple[Any, Any]:
    inputs, targets = DATASETS["line"].generate(cases=cases, noise=noise, seed=seed).part("training")
    return inputs[:, 0], targets[:, 0]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_can_be_looked_at(surface: str) -> None:
    shown = made(surface)
    assert isinstance(shown.surface, ErrorSurface)
    assert isinstance(shown.surface, HasHessian)
    assert all(low < high for low, high in shown.window)
    errors = shown.surface.error(grid(*axes(shown.window, 31)))
    assert np.isfinite(errors).all()
    assert errors.max() > errors.min()


@pytest.mark.parametrize("surface", SURFACES)
def test_known_minima_are_minima(surface: str) -> None:
    shown = made(surface)
    low, high = np.array(shown.window).T
    assert ((shown.minima >= low) & (shown.minima <= high)).all()
    errors = shown.surface.error(shown.minima)
    around = shown.minima[:, None] + 1e-3 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 1], [-1, 1]])
    assert (shown.surface.error(around) > errors[:, None]).all()
    on_map = shown.surface.error(grid(*axes(shown.window, 101)))
    assert shown.lowest == pytest.approx(errors.min() if len(errors) else on_map.min())
    assert (on_map >= shown.lowest).all()


@pytest.mark.parametrize("surface", SURFACES)
def test_quadratic_is_what_has_one_curvature_everywhere(surface: str) -> None:
    shown = made(surface)
    assert isinstance(shown.surface, HasHessian)
    places = np.random.default_rng(4).uniform(*np.array(shown.window).T, size=(20, 2))
    matrices = shown.surface.hessian(places)
    assert np.allclose(matrices, matrices[0], rtol=1e-5, atol=1e-5) == shown.quadratic


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize(("cases", "noise", "seed"), [(20, 0.5, 1), (2, 1.0, 3), (500, 0.0, 9999)])
def test_the_linear_neuron_stands_on_its_data(cases: int, noise: float, seed: int, reduction: str) -> None:
    shown = made("linear_neuron", cases=cases, noise=noise, data_seed=seed, reduction=reduction)
    x, t = of_the_line(cases, noise, seed)
    assert shown.inputs is not None
    np.testing.assert_array_equal(shown.inputs, x)
    np.testing.assert_array_equal(shown.targets, t)
    # least squares by hand
    slope = np.sum((x - x.mean()) * (t - t.mean())) / np.sum((x - x.mean()) ** 2)
    np.testing.assert_allclose(shown.minima, [[slope, t.mean() - slope * x.mean()]], atol=1e-9)
    residuals = t - 0.3 * x - 0.7
    half_squares = 0.5 * (residuals @ residuals) / (cases if reduction == "mean" else 1)
    assert shown.surface.error(np.array([0.3, 0.7])) == pytest.approx(half_squares)


def test_moving_the_inputs_moves_the_data_along_the_line() -> None:
    still, moved = made("linear_neuron", noise=0.0), made("linear_neuron", noise=0.0, centre=-3.0)
    np.testing.assert_allclose(moved.minima, [[0.5, 1.0]], atol=1e-9)  # still t = 1 + x / 2
    assert still.inputs is not None
    assert moved.inputs is not None
    np.testing.assert_allclose(moved.inputs, still.inputs - 3.0)


@pytest.mark.parametrize("centre", [-5.0, 0.0, 5.0])
def test_the_sigmoidal_neuron_tells_two_classes_apart(centre: float) -> None:
    shown = made("sigmoid_neuron", centre=centre)
    _, t = of_the_line()
    np.testing.assert_array_equal(shown.targets, t > 1.0)  # wherever the inputs lie
    assert shown.logistic
    assert len(shown.minima) == 0


@pytest.mark.parametrize("surface", DATA_SURFACES)
@pytest.mark.parametrize("seed", range(12))
def test_two_cases_are_enough(surface: str, seed: int) -> None:
    shown = made(surface, cases=2, data_seed=seed)
    assert np.isfinite(shown.surface.error(np.zeros(2)))


@pytest.mark.parametrize("surface", SURFACES)
def test_a_scene_is_made_once_and_cannot_be_written(surface: str) -> None:
    shown = made(surface)
    assert made(surface) is shown
    for values in (shown.minima, shown.inputs, shown.targets):
        assert values is None or not values.flags.writeable


# --- suggestions ------------------------------------------------------------------


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_a_landscape_suggests_a_start_within_its_window_and_legal_rates(landscape: str) -> None:
    told = suggestion(landscape)
    (low1, high1), (low2, high2) = LANDSCAPES[landscape].domain
    assert low1 <= told["start_w1"] <= high1
    assert low2 <= told["start_w2"] <= high2
    ranges = specs(SurfaceSettings)
    assert {name: ranges[name].parse(value) for name, value in told.items()} == told


@pytest.mark.parametrize("surface", DATA_SURFACES)
def test_a_neuron_on_data_starts_where_the_settings_say(surface: str) -> None:
    assert suggestion(surface) == {}
