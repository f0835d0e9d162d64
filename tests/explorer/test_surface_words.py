import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import DATASETS, LANDSCAPES, OPTIMIZERS
from engine.types import Array
from explorer.settings import strict
from explorer.surface import words
from explorer.surface.callbacks import draw_paths
from explorer.surface.cases import shown_cases
from explorer.surface.descents import descents, start_stability
from explorer.surface.scenes import scene
from explorer.surface.settings import SurfaceSettings
from tests.explorer.pictures import THREE, WISHES, with_settings


def told(**wishes: Any) -> dict[str, Any]:
    return draw_paths({"settings": wishes})


def said(**wishes: Any) -> str:
    [sentence] = told(**wishes)["sentences"]
    return str(sentence["words"])


def number(text: str, before: str) -> float:
    """The number that follows these words, as it is said."""
    found = re.search(re.escape(before) + r" ?([\d,.e−-]*\d)", text)
    assert found, text
    return float(found[1].replace(",", "").replace("−", "-"))


def curvatures(cases: int = 20, noise: float = 0.5, centre: float = 0.0, seed: int = 1, mean: bool = False) -> Array:
    """Eigenvalues of X'X, from the data alone."""
    inputs, _ = DATASETS["line"].generate(cases=cases, noise=noise, seed=seed).part("training")
    x = inputs[:, 0] + centre
    matrix = np.array([[x @ x, x.sum()], [x.sum(), len(x)]]) / (len(x) if mean else 1)
    return np.linalg.eigvalsh(matrix)


# --- what the surface allows --------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"cases": 7, "seed": 42},
        {"cases": 500, "noise": 1.0},
        {"centre": 5.0},
        {"centre": -2.5, "mean": True},
        {"mean": True},
    ],
)
def test_the_limit_is_two_over_the_largest_curvature(data: dict[str, Any]) -> None:
    wish = {"data_seed" if name == "seed" else name: value for name, value in data.items() if name != "mean"}
    sentence = told(**wish, reduction="mean" if data.get("mean") else "sum")["stability"]
    low, high = curvatures(**data)
    assert number(sentence, "above the rate") == pytest.approx(2.0 / high, rel=6e-3)
    assert number(sentence, "best rate is") == pytest.approx(2.0 / (low + high), rel=6e-3)
    assert number(sentence, "condition number is") == pytest.approx(high / low, rel=6e-3)


def test_the_ravine_is_known_by_heart() -> None:
    sentence = told(surface="ravine")["stability"]  # eigenvalues 1 and 50
    assert (number(sentence, "above the rate"), number(sentence, "condition number is")) == (0.04, 50)
    assert number(sentence, "best rate is") == pytest.approx(2 / 51, rel=6e-3)


@pytest.mark.parametrize("start", [(-1.2, 1.0), (1.0, 1.0), (0.3, -0.4)])
def test_where_the_surface_bends_the_limit_is_a_local_one(start: tuple[float, float]) -> None:
    sentence = told(surface="rosenbrock", start_w1=start[0], start_w2=start[1])["stability"]
    a, b = start
    matrix = np.array([[1200.0 * a * a - 400.0 * b + 2.0, -400.0 * a], [-400.0 * a, 200.0]])
    assert number(sentence, "up to the rate") == pytest.approx(2.0 / np.linalg.eigvalsh(matrix)[-1], rel=6e-4)
    assert "further on the limit is another" in sentence
    assert "best" not in sentence


def test_where_nothing_curves_upwards_no_limit_is_claimed() -> None:
    sentence = told(surface="styblinski_tang", start_w1=0.0, start_w2=0.0)["stability"]  # E'' = 6 w^2 - 16
    assert sentence.startswith("Nothing curves upwards at the start point")
    assert "no rate is too large" not in sentence


# --- the start ----------------------------------------------------------------------


def test_the_start_tells_error_and_slope() -> None:
    sentence = told(surface="rosenbrock", start_w1=-1.2, start_w2=1.0)["start_sentence"]
    slope = math.hypot(-2.0 * 2.2 - 400.0 * -1.2 * (1.0 - 1.44), 200.0 * (1.0 - 1.44))
    assert sentence == f"Start at w1 = −1.2, w2 = 1: error 24.2, slope {slope:.0f}."


@pytest.mark.parametrize("name", WISHES)
def test_the_start_names_every_weight(name: str) -> None:
    sentence = draw_paths(with_settings(name, start_w1=0.5, start_w2=-0.25, start_w3=1.5))["start_sentence"]
    third = ", w3 = 1.5" if name in THREE else ""
    assert sentence.startswith(f"Start at w1 = 0.5, w2 = −0.25{third}: error ")


@pytest.mark.parametrize("cut", [0.0, 7.0])
def test_where_the_map_cuts_is_no_matter_to_the_start(cut: float) -> None:
    # at these prices every meal costs nothing: E = 1/2 sum t^2
    sentence = told(data="dining_hall", meals="smart", noise=0, cases=3, cut=cut, start_w1=0, start_w2=0, start_w3=0)
    meals = shown_cases(
        strict(SurfaceSettings, {"data": "dining_hall", "meals": "smart", "noise": 0, "cases": 3}), None
    )
    assert number(sentence["start_sentence"], "error") == pytest.approx(0.5 * float(meals.targets @ meals.targets))


# --- one descent ------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [0.05, 0.5, 0.97, 1.03, 1.5, 40.0])
def test_the_rate_is_compared_with_the_limit(ratio: float) -> None:
    limit = 2.0 / curvatures()[-1]
    sentence = said(rate_gradient_descent=ratio * limit, steps=5)
    found = re.search(r"([\d.]+) times the stable limit", sentence)
    assert found
    assert float(found[1]) == pytest.approx(ratio, rel=6e-3)
    assert number(sentence, "rate") == pytest.approx(ratio * limit, rel=6e-3)


@pytest.mark.parametrize(("below", "above"), [(0.999, 1.001), (0.9995, 1.0005)])
def test_just_below_and_just_above_the_limit_are_told_apart(below: float, above: float) -> None:
    limit = 2.0 / curvatures()[-1]
    # along the steepest direction, where the limit is felt
    minimum = scene(strict(SurfaceSettings, {})).minima.weights[0]
    start = {"start_w1": minimum[0] + 2.0, "start_w2": minimum[1], "steps": 100}
    low, high = (said(rate_gradient_descent=ratio * limit, **start) for ratio in (below, above))
    assert f"{below} times the stable limit" in low
    assert f"{above} times the stable limit" in high
    assert "too large" not in low
    assert "the error grew" in high


def test_other_optimizers_are_not_held_against_plain_descents_limit() -> None:
    for name in OPTIMIZERS:
        assert ("limit" in said(optimizers=[name], steps=3)) == (name == "gradient_descent")


@pytest.mark.parametrize("ratio", [2.0, 5.0, 100.0])
def test_too_large_diverges_at_the_step_of_the_closed_form(ratio: float) -> None:
    values = curvatures()
    rate = ratio * 2.0 / values[-1]
    shown = scene(strict(SurfaceSettings, {}))
    start = np.array([-2.4, 4.2])
    _, vectors = np.linalg.eigh(shown.surface.hessian(start))  # type: ignore[attr-defined]
    offset = vectors.T @ (start - shown.minima.weights[0])
    # E(s) = E_min + 1/2 sum λ (1 - η λ)^2s d^2, and a million times the first error is too much
    steps = np.arange(31)[:, None]  # more than it takes
    errors = shown.minima.lowest + 0.5 * (values * (1.0 - rate * values) ** (2 * steps) * offset**2).sum(axis=1)
    expected = int(np.argmax(errors > 1e6 * max(1.0, errors[0])))
    sentence = said(rate_gradient_descent=rate, steps=100)
    assert number(sentence, "diverged at step") == expected
    assert f"the rate is {ratio:g} times the stable limit" in sentence


def test_one_step_is_singular() -> None:
    assert said(steps=1).endswith("after 1 step, 74 % of the way down.")
    assert " in 1 step;" in said(steps=1, rate_gradient_descent=0.05)
    assert ": 1 step to lose 99 %" in said(surface="ravine", optimizers=["newton"])
    assert " for 1 step." in said(surface="ravine", steps=1, start_w1=0.0, start_w2=0.0)


def test_how_much_is_lost_is_measured_against_the_minimum() -> None:
    # along the first eigenvector of the ravine: E(s) / E(0) = (1 - η)^2s
    sentence = said(surface="ravine", start_w1=2.0, start_w2=2.0, rate_gradient_descent=0.01, steps=20)
    left = 0.99**40
    assert number(sentence, "error") == pytest.approx(4.0 * left, rel=1e-3)
    assert f"{100 * (1 - left):.0f} % of the way down." in sentence
    sentence = said(surface="ravine", start_w1=2.0, start_w2=2.0, rate_gradient_descent=0.039, steps=100)
    steps = math.ceil(math.log(0.01) / math.log(0.961**2))
    assert f"{steps} steps to lose 99 % of the error it can lose" in sentence


# --- too small, too large, and neither ------------------------------------------------

CRAWLS = "It crawls"


@pytest.mark.parametrize(
    "wish",
    [
        {"rate_gradient_descent": 1e-5},
        {"rate_gradient_descent": 1e-5, "steps": 1},
        {"rate_gradient_descent": 2e-4, "reduction": "mean"},
        {"surface": "rosenbrock", "rate_gradient_descent": 1e-5, "start_w1": -1.0, "start_w2": 1.0, "steps": 10},
        {"surface": "plateau", "rate_gradient_descent": 0.01, "start_w1": 2.9, "start_w2": 0.0},
        {"optimizers": ["adam"], "rate_adam": 1e-4},
        {"surface": "rastrigin", "optimizers": ["adam"], "rate_adam": 1e-5, "start_w1": 4.2, "start_w2": 4.2},
    ],
)
def test_too_small_crawls(wish: dict[str, Any]) -> None:
    assert CRAWLS in said(**wish)


LIMIT = 2.0 / curvatures()[-1]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"rate_gradient_descent": 0.9999 * LIMIT, "start_w1": 2.56, "start_w2": 1.0, "steps": 50},  # to and fro
        {"surface": "plateau", "start_w1": 2.2, "start_w2": 1.5, "rate_gradient_descent": 0.5},  # a flat start only
        {"surface": "rastrigin", "start_w1": 3.9, "start_w2": 3.9, "rate_gradient_descent": 0.002},  # in a local pit
        {"surface": "sigmoid_neuron", "start_w1": 900, "start_w2": 900, "rate_gradient_descent": 10},  # saturated
        {"optimizers": ["adam"], "rate_adam": 1.0, "steps": 100},
        {"rate_gradient_descent": 0.05, "steps": 1},
        {"rate_gradient_descent": 9.0},
        {"surface": "ravine", "start_w1": 0.0, "start_w2": 0.0, "rate_gradient_descent": 1e-5},  # it is there
    ],
)
def test_what_does_not_crawl_is_not_said_to(wish: dict[str, Any]) -> None:
    assert CRAWLS not in said(**wish)


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_rounding_at_the_minimum_is_no_growth(noise: float) -> None:
    first, second = scene(strict(SurfaceSettings, {"noise": noise})).minima.weights[0]
    sentence = said(noise=noise, start_w1=first, start_w2=second)
    assert "the error stays at" in sentence
    assert sentence.endswith(" for 100 steps.")


# --- every surface and optimizer ------------------------------------------------------


@pytest.mark.parametrize("name", WISHES)
def test_sentences_read_well_whatever_happens(name: str) -> None:
    starts = ((-1.1, 0.7, 0.3), (0.0, 0.0, 0.0), (1000.0, -1000.0, 1000.0))
    for turn, rate in enumerate(("0.00001", "0.01", "10")):
        for start in (starts[turn], starts[turn - 1]):
            begin = {f"start_w{index}": value for index, value in enumerate(start, 1)}
            rates = {f"rate_{optimizer}": rate for optimizer in OPTIMIZERS}
            answer = draw_paths(with_settings(name, optimizers=list(OPTIMIZERS), steps=15, **begin, **rates))
            told_by = [each["words"] for each in answer["sentences"]]
            assert len(told_by) == len(OPTIMIZERS)
            for sentence in [*told_by, answer["stability"], answer["start_sentence"]]:
                assert sentence.endswith(".")
                assert not re.search(
                    r"\b(nan|inf|None|np)\b|∞|not a number|  |\b1 steps|--|\.\.| −0(?![.\d])", sentence
                ), sentence


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_the_lowest_error_is_the_landscapes_own(landscape: str) -> None:
    settings = strict(SurfaceSettings, {"surface": landscape})
    shown = scene(settings)
    assert words.lowest_error(shown, []) == LANDSCAPES[landscape].minima[0][1]


def test_where_the_minimum_is_not_known_the_lowest_that_was_seen_counts() -> None:
    settings = strict(SurfaceSettings, {"surface": "sigmoid_neuron", "optimizers": ["gradient_descent", "adam"]})
    shown = scene(settings)
    found = descents(shown, settings)
    lowest = words.lowest_error(shown, found)
    assert lowest == shown.minima.lowest <= min(descent.errors.min() for descent in found)
    # a path may leave the window and find less
    deeper = replace(shown, minima=replace(shown.minima, lowest=2.0 * found[0].errors.min()))
    assert words.lowest_error(deeper, found) == min(descent.errors.min() for descent in found)
    at_start = start_stability(shown, found[0].weights[0])
    assert "the way down" in words.descent_sentence(found[0], shown, at_start, lowest)
