from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import OPTIMIZERS, Stability, descend
from engine.descent import arrival
from engine.types import Array
from explorer.settings import specs, strict
from explorer.surface.descents import Descent, descents, start_of, start_stability
from explorer.surface.scenes import Scene, scene
from explorer.surface.settings import SurfaceSettings
from tests.explorer.pictures import THREE, WISHES, scene_of, settings_of, with_settings


class Slide:
    """A surface without a Hessian: E = w1."""

    dimension = 2

    def error(self, weights: Array) -> Array:
        return weights[..., 0]

    def gradient(self, weights: Array) -> Array:
        return np.broadcast_to(np.array([1.0, 0.0]), weights.shape).copy()


def walked(**wishes: Any) -> tuple[Scene, list[Descent]]:
    settings = strict(SurfaceSettings, wishes)
    shown = scene(settings)
    return shown, descents(shown, settings)


def test_plain_descent_on_the_bowl_is_what_algebra_says() -> None:
    shown, [descent] = walked(steps=40, start_w1=-1.5, start_w2=2.5, rate_gradient_descent=0.004)
    assert shown.cases is not None
    assert shown.minimum is not None
    design = np.column_stack([shown.cases.inputs, np.ones(len(shown.cases.inputs))])
    values, vectors = np.linalg.eigh(design.T @ design)
    # w(s) = w* + V (1 - η λ)^s V' (w(0) - w*)
    offset = vectors.T @ (np.array([-1.5, 2.5]) - shown.minimum)
    shrunk = (1.0 - 0.004 * values) ** np.arange(41)[:, None] * offset
    np.testing.assert_allclose(descent.weights, shown.minimum + shrunk @ vectors.T, atol=1e-9)
    np.testing.assert_allclose(descent.errors, shown.surface.error(descent.weights))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimizer_walks_from_the_start_with_its_own_rate(name: str) -> None:
    wish = {f"rate_{other}": 1.0 for other in OPTIMIZERS} | {f"rate_{name}": 0.0123}
    shown, [descent] = walked(optimizers=[name], steps=25, start_w1=0.7, start_w2=-0.3, **wish)
    assert (descent.name, descent.title, descent.rate) == (name, OPTIMIZERS[name].title, 0.0123)
    path = descend(shown.surface, [0.7, -0.3], OPTIMIZERS[name](learning_rate=0.0123), 25)
    np.testing.assert_array_equal(descent.path.weights, path.weights)
    assert descent.weights[0].tolist() == [0.7, -0.3]


def test_all_of_them_in_the_registrys_order() -> None:
    _, found = walked(optimizers=list(OPTIMIZERS)[::-1], steps=3)
    assert [descent.name for descent in found] == list(OPTIMIZERS)


def test_none_is_none() -> None:
    assert walked(optimizers=[])[1] == []


def test_newton_is_left_out_where_there_is_no_hessian() -> None:
    settings = strict(SurfaceSettings, {"optimizers": ["gradient_descent", "newton"], "steps": 2})
    slide = replace(scene(settings), surface=Slide())
    assert [descent.name for descent in descents(slide, settings)] == ["gradient_descent"]


def test_a_diverged_path_ends_at_its_last_good_point() -> None:
    _, [descent] = walked(rate_gradient_descent=0.1, steps=100)
    last = descent.path.diverged_at
    assert isinstance(last, int)
    assert len(descent.weights) == len(descent.errors) == last < 100
    assert (np.diff(descent.errors) > 0.0).all()


@pytest.mark.parametrize("held", ["w1", "w3"])
@pytest.mark.parametrize("name", THREE)
def test_three_weights_walk_together_whatever_the_map_shows(name: str, held: str) -> None:
    begin = {"start_w1": 0.7, "start_w2": -0.3, "start_w3": 1.1, "rate_gradient_descent": 1e-4, "steps": 3}
    wish = with_settings(name, held=held, cut=5.0, **begin)
    shown, settings = scene_of(wish), settings_of(wish)
    assert start_of(shown, settings).tolist() == [0.7, -0.3, 1.1]
    [descent] = descents(shown, settings)
    assert descent.weights.shape == (4, 3)
    # w - rate dE/dw, all three of them, by central differences
    steps = 1e-5 * np.eye(3)
    for before, after in zip(descent.weights, descent.weights[1:], strict=False):
        slope = (shown.surface.error(before + steps) - shown.surface.error(before - steps)) / 2e-5
        np.testing.assert_allclose(after, before - 1e-4 * slope, atol=1e-7)
    assert len(np.unique(descent.weights[:, int(held[1]) - 1])) == 4


@pytest.mark.parametrize("name", [name for name in WISHES if name not in THREE])
def test_two_weights_start_at_two_numbers(name: str) -> None:
    wish = with_settings(name, start_w1=0.7, start_w2=-0.3, start_w3=1.1)
    assert start_of(scene_of(wish), settings_of(wish)).tolist() == [0.7, -0.3]


@pytest.mark.parametrize("name", WISHES)
def test_stability_is_told_from_any_legal_start(name: str) -> None:
    shown = scene_of(WISHES[name])
    far = specs(SurfaceSettings)["start_w1"].high  # type: ignore[attr-defined]
    for start in ((far, -far, far), (-far, -far, -far), (0.0, 0.0, 0.0)):
        told = start_stability(shown, np.array(start[: shown.dimension]))
        assert isinstance(told, Stability)
        assert told.largest_stable_rate > 0.0


@pytest.mark.parametrize("name", [name for name in THREE if name.startswith("linear")])
def test_the_limit_of_three_weights_is_that_of_all_three(name: str) -> None:
    shown = scene_of(with_settings(name, held="w1", cut=3.0))
    assert shown.design is not None
    largest = np.linalg.svd(shown.design, compute_uv=False)[0] ** 2
    assert start_stability(shown, np.zeros(3)).largest_stable_rate == pytest.approx(2.0 / largest)


@pytest.mark.parametrize(
    ("errors", "lowest", "step"),
    [
        ([100.0, 50.0, 1.0, 0.5], 0.0, 2),  # exactly 1 % is left
        ([100.0, 50.0, 1.1, 0.5], 0.0, 3),
        ([100.0, 50.0, 2.0], 0.0, None),
        ([8.0, 3.0, 2.05, 9.0], 2.0, None),  # it was there, but did not stay
        ([8.0, 2.05, 3.0, 2.05, 2.0], 2.0, 3),
        ([-1.0, -2.0, -3.0], -3.0, 2),
        ([5.0], 5.0, 0),
        ([5.0, 6.0], 5.0, None),
        ([5.0], 0.0, None),
    ],
)
def test_the_step_that_has_lost_all_but_a_hundredth(errors: list[float], lowest: float, step: int | None) -> None:
    assert arrival(np.array(errors), lowest) == step
