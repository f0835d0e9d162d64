import base64
import itertools
import json
from typing import Any

import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS, descend
from engine.race import best_rate
from explorer.surface.callbacks import basin_labels, basins, draw_step, escape, race
from explorer.surface.descents import optimizer_of, start_of
from explorer.surface.experiments import BASIN_SIDE, ESCAPE_STEPS, RATES, WALKS
from tests.explorer.pictures import SENTENCE, numbers, scene_of, settings_of

HIMMELBLAU = {"surface": "himmelblau", "start_w1": -0.5, "start_w2": -1.0, "rate_gradient_descent": 0.01}
WELL = {"surface": "double_well", "start_w1": 1.6, "start_w2": 1.2, "rate_gradient_descent": 0.05}


# --- the race -------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_racer_is_the_engines_own(name: str) -> None:
    wish = {"settings": {**HIMMELBLAU, "budget": 40}, "name": name}
    told, shown, settings = race(wish), scene_of(wish), settings_of(wish)
    racer = best_rate(shown.surface, start_of(shown, settings), optimizer_of(settings, name), 40, RATES)
    assert told["rate"] == pytest.approx(racer.optimizer.learning_rate, rel=5e-3)
    assert told["final"] == racer.error
    assert told["cost"] * (len(numbers(told["errors"], "<f8")) - 1) <= 40
    assert numbers(told["errors"], "<f8").tolist() == racer.path.errors.tolist()
    # everybody seeks among the same rates, with the same budget for each
    assert told["searched"] == len(RATES) * told["cost"] * (40 // told["cost"])


@pytest.mark.parametrize("name", [None, "sgd", 3, ["adam"], "line_search"])
def test_who_cannot_race_is_refused(name: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        race({"settings": HIMMELBLAU, "name": name})


# --- basins ---------------------------------------------------------------------------


def whole(settings: dict[str, Any], cuts: list[int]) -> tuple[dict[str, Any], Any, Any]:
    """The map of basins from cells of these rows; and all ends and steps."""
    cells = [basins({"settings": settings, "rows": list(pair)}) for pair in itertools.pairwise(cuts)]
    ends = b"".join(base64.b64decode(cell["ends"]) for cell in cells)
    states = b"".join(base64.b64decode(cell["states"]) for cell in cells)
    steps = np.concatenate([numbers(cell["steps"], "<u2") for cell in cells])
    texts = {"ends": base64.b64encode(ends).decode(), "states": base64.b64encode(states).decode()}
    answer = basin_labels({"settings": settings, **texts})
    json.dumps(answer, allow_nan=False)
    return answer, np.frombuffer(ends, "<f4").reshape(-1, 2), steps


def test_every_start_has_the_colour_of_the_minimum_it_ends_at() -> None:
    answer, ends, _ = whole(HIMMELBLAU, [0, 70, 71, 200])
    labels = numbers(answer["labels"], "i1").reshape(BASIN_SIDE, BASIN_SIDE)
    assert len(answer["places"]) == 4
    assert sum(place["share"] for place in answer["places"]) == pytest.approx(1.0)
    surface, optimizer = LANDSCAPES["himmelblau"], OPTIMIZERS["gradient_descent"](learning_rate=0.01)
    axis = np.linspace(-6.0, 6.0, BASIN_SIDE)
    minima = np.array([place for place, _ in surface.minima])
    generator = np.random.default_rng(2)
    for row, column in generator.integers(0, BASIN_SIDE, (60, 2)):
        end = descend(surface, [axis[column], axis[row]], optimizer, 500).weights[-1]
        nearest = minima[np.argmin(np.linalg.norm(minima - end, axis=1))]
        words = answer["places"][labels[row, column]]["words"]
        assert f"({nearest[0]:.3g}, {nearest[1]:.3g})".replace("-", "−") in words
        np.testing.assert_allclose(ends[row * BASIN_SIDE + column], end, atol=1e-3)


def test_how_the_grid_is_cut_does_not_matter() -> None:
    once, _, steps = whole(WELL, [0, 200])
    cut, _, same = whole(WELL, [0, 3, 90, 91, 180, 200])
    assert once == cut
    np.testing.assert_array_equal(steps, same)


def test_who_runs_away_and_who_is_on_the_way_is_told() -> None:
    wild, _, _ = whole({**WELL, "rate_gradient_descent": 2.0, "basin_steps": 60}, [0, 200])
    assert "diverge" in wild["words"]
    slow, _, _ = whole({**WELL, "rate_gradient_descent": 1e-4, "basin_steps": 20}, [0, 200])
    assert "still on their way" in slow["words"]


def test_the_part_in_sight_is_what_is_asked_for() -> None:
    view = [[0.5, 1.5], [-0.5, 0.5]]
    answer = basins({"settings": WELL, "view": view, "rows": [0, 1]})
    assert len(numbers(answer["steps"], "<u2")) == BASIN_SIDE
    np.testing.assert_allclose(numbers(answer["ends"], "<f4").reshape(-1, 2), [[1.0, 0.0]] * BASIN_SIDE, atol=1e-3)


@pytest.mark.parametrize("rows", [None, [0], [5, 3], [4, 4], [0, 201], [-1, 5], [0.0, 5], [True, 5], "05", [[0], [5]]])
def test_rows_that_are_none_are_refused(rows: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        basins({"settings": WELL, "rows": rows})


@pytest.mark.parametrize("ends", [None, "", "AAAA", "*", 3, "A" * 1000, ["A"]])
def test_ends_that_are_none_are_refused(ends: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        basin_labels({"settings": WELL, "ends": ends, "states": ends})


# --- escape ---------------------------------------------------------------------------


def test_the_share_is_what_the_engine_counts() -> None:
    from engine import GradientDescent, descend_noisily

    told = escape({"settings": {**WELL, "noise_level": 4.0}, "level": 1})
    walks = descend_noisily(
        LANDSCAPES["double_well"], [1.6, 1.2], GradientDescent(learning_rate=0.05), ESCAPE_STEPS, 4.0,
        range(1, 1 + WALKS), keep="last",
    )  # fmt: skip
    reached = int(((walks.weights[:, 0] < 0.0) & (np.asarray(walks.diverged_at) < 0)).sum())
    assert told["reached"] == reached
    assert told["share"] == reached / WALKS
    assert told["words"].startswith(f"{reached} of 200 walks")
    assert 0.1 < told["share"] < 1.0


def test_without_noise_nobody_gets_out() -> None:
    assert escape({"settings": {**WELL, "noise_level": 0.01}, "level": 0.1})["reached"] == 0


@pytest.mark.parametrize("settings", [{}, {"surface": "himmelblau"}, {"surface": "beale"}, {"data": "dining_hall"}])
def test_where_there_is_nothing_to_escape_from_a_sentence_says_so(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Nothing to escape from"):
        escape({"settings": settings, "level": 1})


@pytest.mark.parametrize("level", [None, 0, -1, 101, "1", True, [1], float("nan")])
def test_a_level_that_is_none_is_refused(level: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        escape({"settings": WELL, "level": level})


# --- one step -------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*OPTIMIZERS, "line_search"])
def test_a_step_is_told_with_its_numbers(name: str) -> None:
    wish = {"settings": {**HIMMELBLAU, "optimizers": [name], "steps": 20}, "follow": name}
    for step in (0, 7, 20):
        answer = draw_step({**wish, "step": step})
        json.dumps(answer, allow_nan=False)
        assert (answer["follow"], answer["step"]) == (name, step)
        if step < 20:
            assert answer["lines"]
            assert [arrow["kind"] for arrow in answer["arrows"]][-1] == "step"
        else:
            assert "the end of this path" in answer["title"]
            assert answer["arrows"] == answer["lines"] == []


def test_the_arrow_of_plain_descent_is_its_step() -> None:
    wish = {"settings": {**HIMMELBLAU, "steps": 20}, "follow": "gradient_descent", "step": 3}
    gradient, step = (np.array(arrow["by"]) for arrow in draw_step(wish)["arrows"])
    path = descend(LANDSCAPES["himmelblau"], [-0.5, -1.0], OPTIMIZERS["gradient_descent"](learning_rate=0.01), 4)
    np.testing.assert_allclose(step, path.weights[4] - path.weights[3], rtol=1e-12)
    np.testing.assert_allclose(gradient, step, rtol=1e-9)


@pytest.mark.parametrize("step", [None, -1, 21, 1.5, "3", True])
def test_a_step_that_is_none_is_refused(step: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        draw_step({"settings": {**HIMMELBLAU, "steps": 20}, "follow": "gradient_descent", "step": step})


@pytest.mark.parametrize("follow", [None, "adam", "sgd", 3])
def test_who_does_not_walk_cannot_be_followed(follow: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        draw_step({"settings": HIMMELBLAU, "follow": follow, "step": 0})
