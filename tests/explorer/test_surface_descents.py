from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import OPTIMIZERS, Stability, descend
from engine.types import Array
from explorer.settings import strict
from explorer.surface.callbacks import _scene
from explorer.surface.descents import Descent, descents, start_stability, steps_to
from explorer.surface.scenes import Scene
from explorer.surface.settings import SURFACES, SurfaceSettings


class Slide:
    """A surface without a Hessian: E = w1."""

    dimension = 2

    def error(self, weights: Array) -> Array:
        return weights[..., 0]

    def gradient(self, weights: Array) -> Array:
        return np.broadcast_to(np.array([1.0, 0.0]), weights.shape).copy()


def walked(**wishes: Any) -> tuple[Scene, list[Descent]]:
    settings = strict(SurfaceSettings, wishes)
    shown = _scene(settings)
    return shown, descents(shown, settings)


def test_plain_descent_on_the_bowl_is_what_algebra_says() -> None:
    shown, [descent] = walked(steps=40, start_w1=-1.5, start_w2=2.5, rate_gradient_descent=0.004)
    assert shown.inputs is not None
    design = np.column_stack([shown.inputs, np.ones_like(shown.inputs)])
    values, vectors = np.linalg.eigh(design.T @ design)
    # w(s) = w* + V (1 - η λ)^s V' (w(0) - w*)
    offset = vectors.T @ (np.array([-1.5, 2.5]) - shown.minima[0])
    shrunk = (1.0 - 0.004 * values) ** np.arange(41)[:, None] * offset
    np.testing.assert_allclose(descent.weights, shown.minima[0] + shrunk @ vectors.T, atol=1e-9)
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
    slide = replace(_scene(settings), surface=Slide())
    assert [descent.name for descent in descents(slide, settings)] == ["gradient_descent"]


def test_a_diverged_path_ends_at_its_last_good_point() -> None:
    _, [descent] = walked(rate_gradient_descent=0.1, steps=100)
    last = descent.path.diverged_at
    assert isinstance(last, int)
    assert len(descent.weights) == len(descent.errors) == last < 100
    assert (np.diff(descent.errors) > 0.0).all()


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("start", [(1000.0, -1000.0), (-1000.0, -1000.0), (0.0, 0.0)])
def test_stability_is_told_from_any_legal_start(surface: str, start: tuple[float, float]) -> None:
    shown = _scene(strict(SurfaceSettings, {"surface": surface}))
    told = start_stability(shown, np.array(start))
    assert isinstance(told, Stability)
    assert told.largest_stable_rate > 0.0


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
    assert steps_to(np.array(errors), lowest) == step
