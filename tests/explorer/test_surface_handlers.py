import json
import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from itertools import product
from typing import Any

import numpy as np
import pandas
import pytest

from engine import OPTIMIZERS
from explorer.settings import specs, strict
from explorer.surface.callbacks import draw_paths, draw_surface, look_at, read_cases
from explorer.surface.settings import SurfaceSettings, rate_field
from tests.explorer.pictures import (
    LINEAR,
    ON_DATA,
    SENTENCE,
    SIGMOID,
    THREE,
    WISHES,
    array,
    numbers,
    scene_of,
    table,
    travels,
    with_settings,
)

HANDLERS = {"base": draw_surface, "paths": draw_paths, "point": lambda wish: look_at({"point": [0.5, -0.5], **wish})}


def number(text: str, before: str) -> float:
    """The number that follows these words, as it is said."""
    found = re.search(re.escape(before) + r" (−?[\d,.]*\d(?:e-?\d+)?)", text)
    assert found, text
    return float(found[1].replace(",", "").replace("−", "-"))


# --- what comes out -----------------------------------------------------------------


@pytest.mark.parametrize("levels", ["log", "linear"])
@pytest.mark.parametrize("name", WISHES)
def test_every_surface_is_drawn(name: str, levels: str) -> None:
    wish = with_settings(name, levels=levels, marks=["minima", "directions", "field"])
    answer, shown = draw_surface(wish), scene_of(wish)
    assert len(travels(answer)) < 200_000
    assert len(travels(draw_surface({**wish, "coarse": True}))) < 100_000
    assert (
        json.loads(travels(answer))["window"] == json.loads(travels(answer))["home"] == np.array(shown.window).tolist()
    )
    assert tuple(answer["names"]) == shown.names
    assert (answer["held"], tuple(answer["shown"])) == ((2, (0, 1)) if name in THREE else (None, (0, 1)))
    assert answer["facts"]
    assert (answer["cases"] is None) == (name not in ON_DATA)
    if name in ON_DATA:
        assert shown.cases is not None
        np.testing.assert_array_equal(array(answer["cases"]["inputs"]), shown.cases.inputs)
        np.testing.assert_array_equal(array(answer["cases"]["targets"]), shown.cases.targets)
        assert answer["cases"]["classes"] == (name in SIGMOID)


@pytest.mark.parametrize("name", WISHES)
def test_every_optimizer_walks_on_every_surface(name: str) -> None:
    told: Any = specs(SurfaceSettings)
    far = told["start_w1"].high
    for rate, start in (("low", (-2.4, 4.2, 0.0)), ("default", (0.0, 0.0, 0.0)), ("high", (far, -far, far))):
        begin = {f"start_w{index}": value for index, value in enumerate(start, 1)}
        rates = {rate_field(optimizer): getattr(told[rate_field(optimizer)], rate) for optimizer in OPTIMIZERS}
        answer = draw_paths(with_settings(name, optimizers=list(OPTIMIZERS), steps=15, **rates, **begin))
        assert answer["start"] == list(start[:2])
        travels(answer)
        for optimizer, path, line in zip(OPTIMIZERS, answer["paths"], answer["relief"], strict=True):
            assert path["name"] == optimizer
            assert line["line"]["color"] == f"token:{optimizer}"
            np.testing.assert_allclose(numbers(path["weights"], "<f4")[:2], start[:2], rtol=1e-6)
            for part in ("weights", "errors", "held"):
                assert part not in path or np.isfinite(numbers(path[part], "<f4")).all()


def test_many_paths_come_in_the_order_of_the_menu() -> None:
    answer = draw_paths({"settings": {"optimizers": list(OPTIMIZERS)[::-1], "steps": 2000}})
    for part in ("paths", "sentences"):
        assert [each["name"] for each in answer[part]] == list(OPTIMIZERS)
    assert len(answer["relief"]) == len(answer["error_figure"]["data"]) == len(OPTIMIZERS)
    assert len(travels(answer)) < 2_000_000


def test_without_an_optimizer_there_is_still_a_start() -> None:
    answer = draw_paths({"settings": {"optimizers": [], "start_w1": 1.5, "start_w2": -0.5}})
    assert answer["start"] == [1.5, -0.5]
    assert answer["paths"] == answer["relief"] == answer["sentences"] == []
    assert answer["start_sentence"].startswith("Start at w1 = 1.5, w2 = −0.5")
    assert "unstable above the rate" in answer["stability"]
    travels(answer)


@pytest.mark.parametrize("name", [*SIGMOID, "typed", "six_hump_camel", "linear_neuron-dining_hall"])
def test_every_step_of_a_path_has_its_place_on_the_error_curve(name: str) -> None:
    walkers = ["gradient_descent", "adam"]
    more = {"optimizers": walkers, "steps": 300, "rate_gradient_descent": 0.02, "rate_adam": 0.1}
    # the lower of its two wells lies outside the first window, and there the path ends
    start = {"formula": "w1^2 * (w1 - 5)^2 / 20 - w1 / 2 + w2^2", "start_w1": 2.9, "start_w2": 1.0, "start_w3": 0.5}
    answer = draw_paths(with_settings(name, **more, **start))
    for curve, path in zip(answer["error_figure"]["data"], answer["paths"], strict=True):
        heights, errors = array(curve["y"]), numbers(path["errors"], "<f4").astype(float)
        missing = np.isnan(heights[: len(errors)])
        # there is none at the very minimum, where a logarithm ends
        assert (errors[missing] - errors.min() <= 1e-6 * np.ptp(errors)).all(), missing.sum()


# --- the third weight -----------------------------------------------------------------


@pytest.mark.parametrize("held", ["w1", "w2", "w3"])
@pytest.mark.parametrize("name", THREE)
def test_a_path_carries_the_weight_that_the_map_leaves_out(name: str, held: str) -> None:
    begin = {"start_w1": 0.1, "start_w2": 0.2, "start_w3": 0.3, "steps": 30}
    answer = draw_paths(with_settings(name, held=held, cut=1.0, **begin))
    out = int(held[1]) - 1
    [path] = answer["paths"]
    values = numbers(path["held"], "<f4")
    assert len(values) == len(numbers(path["errors"], "<f4"))
    assert values[0] == np.float32(0.1 * int(held[1]))
    assert answer["start"] == [value for index, value in enumerate((0.1, 0.2, 0.3)) if index != out]
    # the bars show where it ended
    bar = next(bar for bar in answer["weights_figure"]["data"] if bar["name"] == "Gradient descent")
    assert values[-1] == np.float32(array(bar["y"])[out])


@pytest.mark.parametrize("held", ["w1", "w2", "w3"])
@pytest.mark.parametrize("name", THREE)
def test_the_best_cut_is_the_minimums_or_where_the_lowest_path_ends(name: str, held: str) -> None:
    wish = with_settings(name, held=held, optimizers=["gradient_descent", "adam"], steps=20, rate_gradient_descent=1e-6)
    answer, out = draw_paths(wish), int(held[1]) - 1
    if name in LINEAR:
        shown = scene_of(wish)
        assert shown.design is not None
        assert shown.cases is not None
        solution = np.linalg.lstsq(shown.design, shown.cases.targets, rcond=None)[0]
        assert answer["best_cut"] == pytest.approx(solution[out], rel=1e-6)
    else:
        lowest = min(answer["paths"], key=lambda path: numbers(path["errors"], "<f4")[-1])
        assert answer["best_cut"] == pytest.approx(float(numbers(lowest["held"], "<f4")[-1]), rel=1e-6)
        assert draw_paths(with_settings(name, held=held, optimizers=[]))["best_cut"] is None


@pytest.mark.parametrize("name", [name for name in WISHES if name not in THREE])
def test_without_a_third_weight_there_is_no_cut(name: str) -> None:
    assert draw_paths(with_settings(name, optimizers=[]))["best_cut"] is None


def test_the_best_cut_can_be_chosen_whatever_the_users_data() -> None:
    own = table(3, 40)
    own["targets"] = (np.array(own["inputs"]) @ [1.0, 2.0, 300.0]).tolist()
    wish = {"settings": {"data": "own", "noise": 0}, "own": own}
    best = draw_paths(wish)["best_cut"]
    assert best == pytest.approx(300.0)
    assert draw_surface({**wish, "settings": {**wish["settings"], "cut": best}})["held"] == 2


# --- the part in sight ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["rosenbrock", "typed", "linear_neuron-dining_hall", "sigmoid_neuron-own2"])
def test_the_surface_is_recomputed_in_the_part_in_sight(name: str) -> None:
    view = [[0.5, 1.5], [-20.0, -19.0]]
    wish = with_settings(name, levels="linear")
    answer, shown = draw_surface({**wish, "view": view}), scene_of(wish)
    assert json.loads(travels(answer))["window"] == view
    assert answer["home"] == shown.window
    contour = answer["map"]["data"][0]
    x, y, z = (array(contour[key]).astype(float) for key in "xyz")
    assert [[x[0], x[-1]], [y[0], y[-1]]] == view
    errors = shown.map.error(np.stack(np.meshgrid(x, y), axis=-1))
    np.testing.assert_allclose(z, errors, rtol=1e-5, atol=1e-5 * np.ptp(errors))
    # a path that stays out of sight is drawn as far as it is near, and travels
    travels(draw_paths({**wish, "view": view}))


@pytest.mark.parametrize("place", [0.0, 3.0, 1000.0, -9e5])
def test_as_close_as_the_view_may_come_the_map_has_places_that_differ(place: float) -> None:
    accepted = 0
    for power in range(2, 18):
        pair = [place, place + 10.0 ** (-power / 2.0) * max(1.0, abs(place))]
        try:
            answer = draw_surface({"settings": {"surface": "ravine"}, "view": [pair, pair]})
        except ValueError:
            break
        accepted += 1
        for trace in (answer["map"]["data"][0], *answer["relief"]["data"]):
            for axis in "xy":
                assert (np.diff(array(trace[axis])) > 0.0).all(), (pair, axis)
    assert accepted >= 2


PAIR = [-1.0, 1.0]
HOSTILE = [
    "text", 3, True, {}, [], [PAIR], [PAIR, PAIR, PAIR], [PAIR, None], [PAIR, "ab"], [PAIR, [1.0]], [PAIR, [1, 2, 3]],
    [PAIR, [[1], [2]]], [PAIR, [None, 1]], [PAIR, ["0", "1"]], [PAIR, [True, False]], [PAIR, {"0": 1, "1": 2}],
    [PAIR, [1.0, -1.0]], [PAIR, [1.0, 1.0]], [PAIR, [1.0, 1.0 + 1e-9]], [PAIR, [1e5, 1e5 + 1e-4]], [PAIR, [-1e7, 1e7]],
    [PAIR, [0, 10**400]], [PAIR, [-(10**400), 0]], [PAIR, [0, 1e308]], [PAIR, [float("nan"), 1]],
    [PAIR, [0, float("inf")]], [[PAIR, PAIR], [PAIR, PAIR]], [[[[]]]],
]  # fmt: skip


@pytest.mark.parametrize("view", HOSTILE, ids=str)
def test_a_view_that_is_none_is_refused_in_one_sentence(view: Any) -> None:
    turned = [view[::-1]] if isinstance(view, list) and len(view) == 2 else []
    for handler, each in product(HANDLERS.values(), [view, *turned]):
        with pytest.raises(ValueError, match=SENTENCE):
            handler({"view": each})


def test_without_a_view_the_window_is_home() -> None:
    assert draw_surface({"view": None}) == draw_surface({})


# --- a point --------------------------------------------------------------------------


@pytest.mark.parametrize("name", WISHES)
def test_a_point_has_the_true_error_and_slope(name: str) -> None:
    wish = with_settings(name, held="w1", cut=0.3)
    shown, point = scene_of(wish), [0.25, -0.5]
    said = look_at({**wish, "point": point})["words"]
    weights = np.full(shown.dimension, 0.3)
    weights[list(shown.shown)] = point
    assert number(said, "error") == pytest.approx(float(shown.surface.error(weights)), rel=6e-4)
    # the slope along the map, by central differences
    steps = 1e-6 * np.eye(2)
    slope = (shown.map.error(point + steps) - shown.map.error(point - steps)) / 2e-6
    assert number(said, "slope") == pytest.approx(float(np.linalg.norm(slope)), rel=6e-3, abs=1e-6)
    names = ["w2", "w3"] if name in THREE else ["w1", "w2"]
    assert said.startswith(f"At {names[0]} = 0.25, {names[1]} = −0.5: ")
    assert re.search(SENTENCE, said)


@pytest.mark.parametrize("name", WISHES)
def test_a_far_point_is_told_without_a_warning(name: str) -> None:
    for point in ([1e299, -1e299], [0, 0], [1e6, 1e6]):
        assert re.search(SENTENCE, look_at({**WISHES[name], "point": point})["words"])


@pytest.mark.parametrize(
    "point",
    [
        None, "text", 3, True, {}, [], [1.0], [1.0, 2.0, 3.0], [None, 1.0], ["1", "2"], [True, 1.0], [[1.0], [2.0]],
        [10**400, 0], [0, -(10**400)], [float("inf"), 0.0], [float("nan"), 0.0], {"0": 1, "1": 2},
    ],
    ids=str,
)  # fmt: skip
def test_a_point_that_is_none_is_refused_in_one_sentence(point: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        look_at({"point": point})


# --- typed functions ------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["log(w1) + w2^2", "sqrt(w1^2 + w2^2)", "1/w1 + w2", "exp(w1^2 * 100)", "tan(w1)"])
@pytest.mark.parametrize("start", [(-2.0, 1.0), (0.0, 0.0), (1000.0, 1000.0)])
def test_a_start_where_there_is_no_surface_is_told_in_words(formula: str, start: tuple[float, float]) -> None:
    settings = {"surface": "typed", "formula": formula, "start_w1": start[0], "start_w2": start[1]}
    try:
        answer = draw_paths({"settings": settings})
    except ValueError as reason:
        assert re.search(SENTENCE, str(reason)), reason  # noqa: PT017
        return
    travels(answer)
    assert re.search(SENTENCE, answer["start_sentence"])


@pytest.mark.parametrize("formula", ["1/0 + w1^2", "5e307 * w1", "1e308 * w1", "max(1/0, w1)", "w1 - 1/0"])
def test_infinite_errors_still_travel(formula: str) -> None:
    for begin in ({"start_w1": 0.0}, {"start_w1": 1000.0, "start_w2": 1000.0}):
        wish = {"settings": {"surface": "typed", "formula": formula, **begin}}
        for handler in HANDLERS.values():
            try:
                travels_as = handler(wish)
            except ValueError as reason:
                assert re.search(SENTENCE, str(reason)), reason  # noqa: PT017
            else:
                travels(travels_as)


# --- a table of one's own -------------------------------------------------------------

CSV = """mass;height;<b>age</b>;price
1,5;2;3;10,5
2,5;1;4;9
;3;1;7
4,5;2;2;11,5
3;8;1;4
"""


def test_a_table_is_read_end_to_end() -> None:
    answer = read_cases({"text": CSV})
    frame = pandas.read_csv(StringIO(CSV), sep=";", decimal=",")
    names = ["mass", "height", "<b>age</b>", "price"]
    assert [column["name"] for column in answer["columns"]] == names
    assert (answer["target"], answer["inputs"]) == ("price", ["mass", "height"])
    complete = frame[["mass", "height", "price"]].dropna()
    assert answer["cases"]["inputs"] == complete[["mass", "height"]].to_numpy().tolist()
    assert answer["cases"]["targets"] == complete["price"].tolist()
    assert (answer["cases"]["names"], answer["cases"]["target"]) == (["mass", "height"], "price")
    assert answer["notes"] == ["Commas are read as decimal marks.", "1 row with missing values was left out."]
    travels(answer)
    # what comes back is what the page sends
    settings = strict(SurfaceSettings, answer["suggestion"])
    assert settings.data == "own"
    wish = {"settings": answer["suggestion"], "own": answer["cases"]}
    np.testing.assert_array_equal(array(draw_surface(wish)["cases"]["inputs"]), answer["cases"]["inputs"])


def test_other_columns_can_be_chosen() -> None:
    chosen = read_cases({"text": CSV, "target": "height", "inputs": ["<b>age</b>", "price", "mass"]})
    frame = pandas.read_csv(StringIO(CSV), sep=";", decimal=",").dropna()
    assert chosen["cases"]["inputs"] == frame[["<b>age</b>", "price", "mass"]].to_numpy().tolist()
    assert chosen["cases"]["targets"] == frame["height"].tolist()
    names = draw_surface({"settings": chosen["suggestion"], "own": chosen["cases"]})["names"]
    assert names == ("w1 (‹b›age‹/b›)", "w2 (price)", "w3 (mass)")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"text": None},
        {"text": 3},
        {"text": ["a,b"]},
        {"text": ""},
        {"text": "a"},
        {"text": "a,b\n1,2"},
        {"text": "a,b\n1,x\n2,y"},
        {"text": "\x00" * 100},
        {"text": "PK\x03\x04 and so on"},
        {"text": "1,2\n" * 1_100_000},
        {"text": CSV, "target": "weight", "inputs": ["mass"]},
        {"text": CSV, "target": "price", "inputs": []},
        {"text": CSV, "target": "price", "inputs": ["price"]},
        {"text": CSV, "target": "price", "inputs": ["mass", "mass"]},
        {"text": CSV, "target": "price", "inputs": [3]},
        {"text": CSV, "target": "price", "inputs": [{"a": 1}, None, ["mass"]]},
        {"text": "a,b,c,d,e\n1,2,3,4,5\n2,1,5,3,1\n0,1,1,1,7", "target": "e", "inputs": ["a", "b", "c", "d"]},
        {"text": CSV, "settings": {"surface": "bowl"}},
        {"text": CSV, "settings": 3},
    ],
    ids=lambda wish: str(wish)[:60],
)
def test_what_is_no_table_is_refused_in_one_sentence(wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        read_cases(wish)


@pytest.mark.parametrize("surface", ["rosenbrock", "typed", "linear_neuron", "sigmoid_neuron"])
def test_a_table_can_be_read_whatever_is_shown(surface: str) -> None:
    settings = {"surface": surface, "formula": "sqrt(w1) + w2", "noise": 0.9, "held": "w1", "cut": 15.0}
    answer = read_cases({"settings": settings, "text": CSV})
    assert strict(SurfaceSettings, {**settings, **answer["suggestion"]}).noise == 0.0


def csv_of(inputs: float, targets: float, width: int) -> str:
    generator = np.random.default_rng(7)
    plain = generator.normal(1.0, 1.0, (40, width))
    made = targets * (plain.sum(axis=1) + generator.normal(0.0, 0.3, 40))
    rows = [[f"{value:.6g}" for value in [*case, target]] for case, target in zip(inputs * plain, made, strict=True)]
    return "\n".join(",".join(row) for row in [[f"x{i}" for i in range(width)] + ["t"], *rows])


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize(
    ("inputs", "targets"), [(1e-3, 5e3), (1e-3, 1e-3), (1.0, 5e3), (50.0, 1.0), (2e3, 3e5), (1e5, 1e-3)]
)
def test_the_suggestion_for_a_table_leads_downhill(inputs: float, targets: float, width: int) -> None:
    answer = read_cases({"text": csv_of(inputs, targets, width)})
    assert strict(SurfaceSettings, answer["suggestion"])
    walk = {"optimizers": ["gradient_descent"], "steps": 200}
    [path] = draw_paths({"settings": {**answer["suggestion"], **walk}, "own": answer["cases"]})["paths"]
    errors = numbers(path["errors"], "<f4")
    assert not path["diverged"]
    assert errors[-1] < errors[0]


# --- what may come in ---------------------------------------------------------------

NUMBERS = [None, True, "a", float("nan"), [0.5], {}]
FORGED: dict[str, list[Any]] = {
    "settings": [[], "text", 3, True, [["surface", "ravine"]]],
    "surface": [None, 3, "", "bowl", "linear_neuron ", ["linear_neuron"], {"a": 1}, "x" * 10**6, "\ud800", True],
    "formula": [
        None,
        3,
        "",
        "w3",
        "w1 +",
        "((w1)",
        "__import__('os')",
        "w1" * 1000,
        "(" * 100 + "w1" + ")" * 100,
        "√w1",
    ],
    "error": ["", None, "hinge", 1],
    "reduction": ["max", None, 0],
    "data": ["", None, "circle", ["line"]],
    "meals": ["none", 0],
    "bias": [None, "yes", 2, [True]],
    "cases": [*NUMBERS, "20x", 20.5, 1, 501, -(10**400), 10**400, float("inf"), "9" * 10**6],
    "noise": [*NUMBERS, -0.01, 1.01],
    "centre": [*NUMBERS, -5.01, 1e9],
    "scale": [*NUMBERS, 0, -1, 10.1],
    "collinear": [*NUMBERS, -0.1, 1.1],
    "standardise": [None, 3, "on"],
    "data_seed": [-1, 10_000, 0.5, "1e9"],
    "held": ["w4", 3, None, "w0", ["w1"]],
    "cut": [*NUMBERS, float("inf"), 1e9],
    "levels": ["", "ln", 10],
    "drawing": ["none", None, ["heat"]],
    "marks": ["all", ["minima", "x"], 3, None, {"minima": 1}],
    "start_w1": [*NUMBERS, "one", 1e9, -1e99, float("-inf")],
    "start_w3": [*NUMBERS, 1e9],
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
    "rate_adam": [*NUMBERS, 0, -1, 1e-8, 10.01, "fast"],
    "rate_sgd": [0.1],
    "__class__": ["x"],
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_not_legal_is_refused_in_one_sentence(name: str) -> None:
    for value, handler in product(FORGED[name], HANDLERS.values()):
        wish = {"settings": value if name == "settings" else {name: value}}
        with pytest.raises(ValueError, match=SENTENCE):
            handler(wish)


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
@pytest.mark.parametrize(
    "own", [3, [], {"inputs": [[1]], "targets": [1]}, {"inputs": [["1"]] * 3, "targets": [1, 2, 3]}]
)
def test_own_cases_that_are_none_are_refused_in_one_sentence(own: Any, handler: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        handler({"settings": {"data": "own"}, "own": own})


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_own_cases_that_are_missing_are_asked_for(handler: Any) -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        handler({"settings": {"data": "own"}})


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_texts_of_a_link_mean_the_same_as_numbers(handler: Any) -> None:
    texts = {"cases": "30", "noise": "0.25", "steps": "7", "optimizers": "adam,momentum", "marks": "field", "bias": "1"}
    values = {
        "cases": 30,
        "noise": 0.25,
        "steps": 7,
        "optimizers": ["momentum", "adam"],
        "marks": ["field"],
        "bias": True,
    }
    assert handler({"settings": texts}) == handler({"settings": values})


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_what_is_missing_is_the_default(handler: Any) -> None:
    defaults = {name: spec.to_link(spec.default) for name, spec in specs(SurfaceSettings).items()}
    assert handler({}) == handler({"settings": {}}) == handler({"settings": defaults, "more": 1})


# --- nothing is kept ----------------------------------------------------------------


def test_answers_depend_on_the_wish_alone() -> None:
    more = {"optimizers": ["gradient_descent", "adam"], "steps": 30}
    wishes = [with_settings(name, data_seed=3, **more) for name in WISHES]
    alone = [(travels(draw_surface(wish)), travels(draw_paths(wish))) for wish in wishes]
    with ThreadPoolExecutor(4) as threads:
        paths = list(threads.map(lambda wish: travels(draw_paths(wish)), wishes[::-1]))[::-1]
        bases = list(threads.map(lambda wish: travels(draw_surface(wish)), wishes))
    assert list(zip(bases, paths, strict=True)) == alone


@pytest.mark.parametrize("name", WISHES)
def test_a_wish_is_left_as_it_was(name: str) -> None:
    wish = {
        **with_settings(name, optimizers=["adam", "momentum"], cases="30"),
        "view": [[-1, 1], [0, 2]],
        "point": [0, 1],
    }
    text = json.dumps(wish)
    for handler in HANDLERS.values():
        handler(wish)
    assert json.dumps(wish) == text
