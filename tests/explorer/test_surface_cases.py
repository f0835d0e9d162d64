import math
from typing import Any

import numpy as np
import pytest

from explorer.settings import strict
from explorer.surface.cases import Cases, Own, classes, has_bias, read_own, shown_cases
from explorer.surface.settings import SurfaceSettings
from tests.explorer.pictures import SENTENCE, table

PRICES = (2.5, 1.5, 1.0)
LAWS: dict[str, tuple[tuple[float, ...], float]] = {
    "line": ((0.5,), 1.0),
    "plane": ((1.5, -1.0), 0.0),
    "dining_hall": (PRICES, 0.0),
}


def cases(own: dict[str, Any] | None = None, **wishes: Any) -> Cases:
    return shown_cases(strict(SurfaceSettings, wishes), read_own(own))


def record(inputs: Any, targets: Any, **more: Any) -> dict[str, Any]:
    return {"inputs": inputs, "targets": targets, **more}


# --- what is drawn ------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 9999])
def test_a_meal_costs_what_its_servings_cost(seed: int) -> None:
    meals = cases(data="dining_hall", noise=0, cases=300, data_seed=seed)
    assert meals.inputs.shape == (300, 3)
    for servings, total in zip(meals.inputs, meals.targets, strict=True):
        assert total == servings[0] * 2.5 + servings[1] * 1.5 + servings[2] * 1.0
        assert sum(servings) > 0
    assert set(np.unique(meals.inputs)) == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}
    assert (meals.names, meals.target_name) == (("burgers", "fries", "soda"), "total price")


@pytest.mark.parametrize("count", [3, 4, 20])
def test_a_smart_meal_is_one_item(count: int) -> None:
    meals = cases(data="dining_hall", meals="smart", noise=0, cases=count)
    assert ((meals.inputs > 0.0).sum(axis=1) == 1).all()
    assert (meals.inputs.sum(axis=0) > 0.0).all()  # every item is there
    # so every meal tells a price at once
    item = np.argmax(meals.inputs, axis=1)
    np.testing.assert_allclose(meals.targets / meals.inputs.max(axis=1), np.array(PRICES)[item], rtol=1e-15)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("data", LAWS)
def test_drawn_targets_obey_their_law_but_for_the_noise(data: str, bias: bool) -> None:
    slopes, offset = LAWS[data]
    offset += 0.5 if data == "plane" and bias else 0.0
    exact = cases(data=data, bias=bias, noise=0, cases=500)
    np.testing.assert_allclose(exact.targets, exact.inputs @ slopes + offset, atol=1e-12)
    noisy = cases(data=data, bias=bias, noise=0.4, cases=500)
    np.testing.assert_array_equal(noisy.inputs, exact.inputs)
    spread = noisy.targets - exact.targets
    assert np.std(spread) == pytest.approx(0.4, rel=0.12)
    assert abs(np.mean(spread)) < 4 * 0.4 / math.sqrt(500)
    assert exact.law is not None
    assert tuple(exact.law) == slopes


@pytest.mark.parametrize("data", LAWS)
def test_another_seed_draws_other_cases(data: str) -> None:
    first, again, other = (cases(data=data, data_seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.inputs, again.inputs)
    np.testing.assert_array_equal(first.targets, again.targets)
    assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize(
    ("width", "chosen", "there"), [(1, 0, 1), (1, 1, 1), (2, 0, 0), (2, 1, 1), (3, 0, 0), (3, 1, 0)]
)
def test_the_bias(width: int, chosen: int, there: int) -> None:
    assert has_bias(strict(SurfaceSettings, {"bias": bool(chosen)}), width) == bool(there)


# --- what is done to them -------------------------------------------------------------


@pytest.mark.parametrize("change", [{"centre": -3.0}, {"collinear": 0.4}, {"centre": 2.0, "collinear": 1.0}])
@pytest.mark.parametrize("data", LAWS)
def test_what_is_moved_obeys_the_law_in_its_new_place(data: str, change: dict[str, Any]) -> None:
    slopes, _ = LAWS[data]
    still, moved = cases(data=data, noise=0.3), cases(data=data, noise=0.3, **change)
    # the noise of each case moves with it
    np.testing.assert_allclose(moved.targets - moved.inputs @ slopes, still.targets - still.inputs @ slopes, atol=1e-12)
    np.testing.assert_allclose(moved.inputs[:, 0], still.inputs[:, 0] + change.get("centre", 0.0), atol=1e-12)
    if data != "line":
        share = change.get("collinear", 0.0)
        mixed = share * moved.inputs[:, 0] + (1.0 - share) * still.inputs[:, 1]
        np.testing.assert_allclose(moved.inputs[:, 1], mixed, atol=1e-12)


@pytest.mark.parametrize("data", ["plane", "dining_hall"])
def test_at_collinearity_1_both_inputs_are_the_same(data: str) -> None:
    alike = cases(data=data, collinear=1.0, centre=0.7)
    np.testing.assert_allclose(alike.inputs[:, 1], alike.inputs[:, 0], rtol=1e-14)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("data", LAWS)
def test_what_is_rescaled_keeps_its_targets_and_a_law(data: str, scale: float, standardise: bool) -> None:
    still = cases(data=data, noise=0.3)
    scaled = cases(data=data, noise=0.3, scale=scale, standardise=standardise)
    np.testing.assert_array_equal(scaled.targets, still.targets)
    if not standardise:
        np.testing.assert_allclose(scaled.inputs[:, 0], scale * still.inputs[:, 0])
        np.testing.assert_array_equal(scaled.inputs[:, 1:], still.inputs[:, 1:])
    assert scaled.law is not None
    # in the new units the law makes the same differences
    made, before = scaled.inputs @ scaled.law, still.inputs @ LAWS[data][0]
    np.testing.assert_allclose(made - made.mean(), before - before.mean(), atol=1e-12)


@pytest.mark.parametrize("change", [{}, {"scale": 10.0, "centre": 5.0}])
@pytest.mark.parametrize(("data", "bias"), [("line", False), ("plane", True), ("plane", False), ("dining_hall", True)])
def test_standardised_inputs(data: str, bias: bool, change: dict[str, Any]) -> None:
    inputs = cases(data=data, bias=bias, standardise=True, **change).inputs
    if data == "line" or (data == "plane" and bias):
        np.testing.assert_allclose(inputs.mean(axis=0), 0.0, atol=1e-12)
        np.testing.assert_allclose(inputs.std(axis=0), 1.0, rtol=1e-12)
    else:
        assert np.abs(inputs.mean(axis=0)).max() > 1e-3  # the origin is where it was
        np.testing.assert_allclose(np.sqrt((inputs**2).mean(axis=0)), 1.0, rtol=1e-12)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("constant", [0.0, 7.0, -0.1, 1e12])
def test_a_constant_input_stays_finite(constant: float, bias: bool) -> None:
    own = record([[constant, 1.0], [constant, 2.0], [constant, 4.0]], [1.0, 2.0, 3.0])
    inputs = cases(own, data="own", noise=0, bias=bias, standardise=True).inputs
    assert np.isfinite(inputs).all()
    assert np.ptp(inputs[:, 0]) == 0.0
    assert np.abs(inputs[:, 0]).max() <= 1.0 + 1e-12


# --- the user's own -------------------------------------------------------------------


def test_own_cases_are_taken_as_they_are() -> None:
    given = table(3)
    taken = cases(given, data="own", noise=0)
    np.testing.assert_array_equal(taken.inputs, given["inputs"])
    np.testing.assert_array_equal(taken.targets, given["targets"])
    assert (taken.names, taken.target_name) == (("mass", "height", "age"), "price")
    assert taken.law is None


def test_own_cases_keep_their_targets_wherever_they_are_moved() -> None:
    moved = cases(table(2), data="own", noise=0, centre=3.0, collinear=0.5, scale=2.0)
    np.testing.assert_array_equal(moved.targets, table(2)["targets"])


def test_noise_on_own_cases_is_seeded_and_measured_in_their_deviation() -> None:
    own = table(1, cases=5000)
    still = cases(own, data="own", noise=0).targets
    first, again, other = (cases(own, data="own", noise=0.5, data_seed=seed).targets for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.std(first - still) == pytest.approx(0.5 * np.std(still), rel=0.05)
    constant = record([[1.0], [2.0]], [3.0, 3.0])
    assert cases(constant, data="own", noise=1.0).targets.tolist() == [3.0, 3.0]


def test_without_own_cases_a_sentence_says_so() -> None:
    with pytest.raises(ValueError, match=SENTENCE):
        cases(None, data="own")


def test_own_cases_are_a_key() -> None:
    first, again = read_own(table(2)), read_own(table(2))
    assert isinstance(first, Own)
    assert first == again
    assert hash(first) == hash(again)
    changed = table(2)
    changed["targets"][3] += 1e-9
    assert read_own(changed) != first
    # the same numbers in another shape are other cases
    assert read_own(record([[1, 2], [3, 4]], [1, 2])) != read_own(record([[1], [2], [3], [4]], [1, 2, 3, 4]))


@pytest.mark.parametrize("count", [2, 5000])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_as_many_as_are_possible(width: int, count: int) -> None:
    own = read_own(record([[i] * width for i in range(count)], list(range(count))))
    assert own is not None
    assert own.cases().inputs.shape == (count, width)
    assert read_own(None) is None


GOOD = [[1.0], [2.0], [3.0]]
FORGED: dict[str, list[Any]] = {
    "record": [[], "text", 3, True, [[1, 2]], 0],
    "missing": [{}, {"inputs": GOOD}, {"targets": [1, 2, 3]}, record(None, None)],
    "no lists": [record(*pair) for pair in [("abc", [1, 2, 3]), (GOOD, "123"), (5, [1]), (GOOD, {"0": 1}), (GOOD, 1)]],
    "flat or deep": [record([1, 2, 3], [1, 2, 3]), record([[[1]], [[2]], [[3]]], [1, 2, 3]), record(GOOD, GOOD)],
    "ragged": [record([[1], [2, 3], [4]], [1, 2, 3]), record([[1], 2, [3]], [1, 2, 3]), record(GOOD, [1, [2], 3])],
    "no numbers": [
        record(*pair)
        for wrong in ("1", "x", None, True, {}, "\ud800")
        for pair in [([[1], [wrong], [3]], [1, 2, 3]), (GOOD, [1, wrong, 3])]
    ],
    "not finite": [
        record(*pair)
        for wrong in (math.nan, math.inf, -math.inf, 1e13, -1e300, 10**13, 10**400, -(10**400))
        for pair in [([[1], [wrong], [3]], [1, 2, 3]), (GOOD, [1, wrong, 3])]
    ],
    "empty": [record([], []), record([[], []], [1, 2]), record([[]], [1])],
    "too few": [record([[1]], [1])],
    "too many": [record([[1]] * count, [1] * count) for count in (5001, 20_000)],
    "too wide": [record([[1, 2, 3, 4]] * 3, [1, 2, 3]), record([[0] * 5000] * 3, [1, 2, 3])],
    "unequal": [record(GOOD, [1, 2]), record(GOOD, [1, 2, 3, 4]), record(GOOD, [])],
}


@pytest.mark.parametrize("kind", FORGED)
def test_what_cannot_be_cases_is_refused_in_one_sentence(kind: str) -> None:
    for own in FORGED[kind]:
        with pytest.raises(ValueError, match=SENTENCE):
            read_own(own)


def test_too_many_cases_are_told_their_number() -> None:
    for count in (5001, 12_345):
        with pytest.raises(ValueError, match=f"{count:,}"):
            read_own(record([[1]] * count, [1] * count))


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("<b>mass</b>", "‹b›mass‹/b›"),
        ("a\nb\tc\x00d\x1b", "a b c d"),
        ("\u202emass\u200b", "mass"),
        ("m" * 1000, "m" * 40),
        ("  mass ", "mass"),
    ],
)
def test_names_are_made_harmless(given: str, plain: str) -> None:
    own = read_own(record(GOOD, [1, 2, 3], names=[given], target=given))
    assert own is not None
    assert (own.names, own.target_name) == ((plain,), plain)


@pytest.mark.parametrize("names", [None, "mass", 3, {}, [], ["a", "b"], [["a"]], [None], [3], [{}], [True]])
def test_names_that_are_none_are_left_out(names: Any) -> None:
    own = read_own(record(GOOD, [1, 2, 3], names=names, target=names))
    assert own is not None
    assert not any(own.names)
    assert own.target_name == (names if isinstance(names, str) else "")


# --- classes --------------------------------------------------------------------------


@pytest.mark.parametrize("targets", [[0.0, 1.0], [0.0, 0.0], [1.0, 1.0], [0.2, 0.7, 0.5], [0.5]])
def test_targets_between_0_and_1_stay(targets: list[float]) -> None:
    found, threshold = classes(np.array(targets))
    assert found.tolist() == targets
    assert threshold is None


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([1.0, 2.0, 3.0, 4.0], [0, 0, 1, 1]),
        ([-1.0, 1.0], [0, 1]),
        ([-1.0, 0.0, 1.0], [0, 0, 1]),
        ([3.0, 5.0, 5.0, 5.0], [0, 1, 1, 1]),
        ([3.0, 3.0, 3.0, 5.0], [0, 0, 0, 1]),
        ([7.0, 7.0, 7.0], [0, 0, 0]),
        ([1e12, math.nextafter(1e12, 2e12)], [0, 1]),
    ],
)
def test_other_targets_become_classes(targets: list[float], expected: list[int]) -> None:
    found, threshold = classes(np.array(targets))
    assert found.tolist() == expected
    assert threshold is not None
    assert (np.array(targets) > threshold).tolist() == [each == 1 for each in expected]


@pytest.mark.parametrize("seed", range(20))
def test_both_classes_are_there_whenever_the_targets_differ(seed: int) -> None:
    generator = np.random.default_rng(seed)
    targets = generator.integers(-2, 3, generator.integers(2, 9)) * generator.choice([1.0, 1e-9, 1e9])
    found, threshold = classes(targets)
    if threshold is not None and np.ptp(targets) > 0.0:
        assert set(found) == {0.0, 1.0}
        # and it is a threshold: the lower ones are of class 0
        assert targets[found == 0.0].max() < targets[found == 1.0].min()
