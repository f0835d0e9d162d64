import re
from typing import Any

import numpy as np
import pytest

from engine import OPTIMIZERS, descend
from explorer.settings import strict
from explorer.surface.descents import optimizer_of, start_of, start_stability
from explorer.surface.scenes import scene
from explorer.surface.settings import LINE_SEARCH, SurfaceSettings, rate_field
from explorer.surface.theory import rate_mark


def mark(name: str, **wish: Any) -> dict[str, Any]:
    settings = strict(SurfaceSettings, wish)
    shown = scene(settings)
    return rate_mark(shown, settings, name, start_stability(shown, start_of(shown, settings)))


def test_the_marks_of_the_ravine_in_closed_form() -> None:
    # eigenvalues 1 and 50
    told = mark("gradient_descent", surface="ravine", rate_gradient_descent=0.02)
    assert told["limit"] == pytest.approx(2 / 50)
    assert told["best"] == pytest.approx(2 / 51)
    assert told["words"].startswith("0.5 × the limit 0.04;")
    # the slow direction keeps 0.98 of its distance at each step: ln 0.01 / (2 ln 0.98) = 114
    assert "about 114 steps to 1 %" in told["words"]
    assert mark("momentum", surface="ravine", momentum_momentum=0.8)["limit"] == pytest.approx(2 * 1.8 / 50)
    assert mark("nesterov", surface="ravine", momentum_nesterov=0.8)["limit"] == pytest.approx(2 * 1.8 / (2.6 * 50))
    assert mark("newton", surface="ravine")["limit"] == 2.0


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
def test_a_rate_just_below_the_mark_holds_and_just_above_it_does_not(name: str) -> None:
    limit = mark(name)["limit"]
    for factor, holds in ((0.98, True), (1.03, False)):
        settings = strict(SurfaceSettings, {rate_field(name): factor * limit})
        shown = scene(settings)
        path = descend(shown.surface, start_of(shown, settings), optimizer_of(settings, name), 3000)
        assert (path.diverged_at is None) == holds


@pytest.mark.parametrize(
    "name", sorted({*OPTIMIZERS, LINE_SEARCH} - {"gradient_descent", "momentum", "nesterov", "newton"})
)
def test_where_theory_is_silent_a_word_says_why(name: str) -> None:
    told = mark(name)
    assert told["limit"] is None
    assert told["best"] is None
    assert re.fullmatch(r"[A-Z][^\n]{20,150}\.", told["words"])


def test_on_a_surface_that_bends_the_limit_is_called_local() -> None:
    told = mark("gradient_descent", surface="himmelblau", start_w1=3.5, start_w2=2.5)
    assert "the local limit" in told["words"]
    assert "steps to" not in told["words"]
    flat = mark("gradient_descent", surface="typed", formula="-w1^2 - w2^2")
    assert flat["limit"] is None
    assert "Nothing curves upwards" in flat["words"]
    assert "no finite curvature" in mark("gradient_descent", surface="typed", formula="1/w1", start_w1=0.0)["words"]


def test_it_diverges_where_the_steps_would_never_end() -> None:
    told = mark("gradient_descent", surface="ravine", rate_gradient_descent=0.05)
    assert told["words"] == "1.2 × the limit 0.04." or told["words"] == "1.3 × the limit 0.04."
    assert np.isfinite(told["limit"])
