"""Amplification: what is done to images and points, that it is seeded, and how far it goes."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from engine import DATASETS, Amplification, amplification
from engine.amplification import MOST_COPIES, amplification_from_dict, moved
from engine.types import Array

GENERATOR = np.random.default_rng(1)
IMAGES = GENERATOR.random((4, 6, 9))
SQUARES = GENERATOR.random((3, 8, 8))
POINTS = GENERATOR.normal((2.0, -1.0), (1.0, 5.0), (30, 2))
MEAN, DEVIATION = POINTS.mean(axis=0), POINTS.std(axis=0)
MANY = 4_000


def all_by(images: Array, angle: float = 0.0, down: float = 0.0, right: float = 0.0) -> Array:
    return moved(images, *(np.full(len(images), amount) for amount in (angle, down, right)))


def copies_of(images: Array, **amounts: Any) -> Array:
    """Altered copies (copies, N, R, C)."""
    made = Amplification(image=images.shape[1:], **amounts)
    flat = images.reshape(len(images), -1)
    return made.copies_of(flat, flat.mean(axis=0), flat.std(axis=0)).reshape(made.copies, *images.shape)


def copies_of_points(points: Array = POINTS, **amounts: Any) -> Array:
    """Altered copies (copies, N, D)."""
    made = Amplification(**amounts)
    return made.copies_of(points, points.mean(axis=0), points.std(axis=0)).reshape(made.copies, *points.shape)


# --- turning and shifting


@pytest.mark.parametrize("quarters", [-2, -1, 0, 1, 2, 3])
def test_quarter_turns_are_those_of_numpy(quarters: int) -> None:
    turned = all_by(SQUARES, angle=90.0 * quarters)
    np.testing.assert_allclose(turned, np.rot90(SQUARES, quarters, axes=(1, 2)), atol=1e-13)


@pytest.mark.parametrize(
    ("down", "right"), [(0, 0), (1, 0), (-2, 0), (0, 3), (0, -1), (2, -4), (-5, 8), (6, 0), (0, 50)]
)
def test_whole_pixels_are_rolled_and_nothing_comes_back_in(down: int, right: int) -> None:
    # in a frame of zeros so wide that what is rolled out on one side does not come in on the other
    framed = np.pad(IMAGES, ((0, 0), (60, 60), (60, 60)))
    rolled = np.roll(framed, (down, right), axis=(1, 2))[:, 60:-60, 60:-60]
    np.testing.assert_array_equal(all_by(IMAGES, down=down, right=right), rolled)


def test_half_a_pixel_is_the_mean_of_two() -> None:
    image = np.array([[[0.0, 1.0, 0.5]]])
    np.testing.assert_allclose(all_by(image, right=0.5), [[[0.0, 0.5, 0.75]]])
    np.testing.assert_allclose(all_by(image, right=-0.25), [[[0.25, 0.875, 0.375]]])
    np.testing.assert_allclose(all_by(image, down=0.75), 0.25 * image)


def test_any_turn_and_shift_is_that_of_scipy() -> None:
    angles, down, right = GENERATOR.uniform(-180, 180, 4), *GENERATOR.uniform(-3, 3, (2, 4))
    made = moved(IMAGES, angles, down, right)
    middle = np.array([2.5, 4.0])
    for image, angle, shift, result in zip(IMAGES, np.deg2rad(angles), np.stack([down, right], 1), made, strict=True):
        # scipy asks where each pixel comes from, as (row, column)
        back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        offset = middle - back @ (middle + shift)
        wanted = ndimage.affine_transform(image, back, offset, order=1, mode="grid-constant", cval=0.0)
        np.testing.assert_allclose(result, wanted, atol=1e-12)


def centre(images: Array) -> Array:
    """The centre of mass (N, 2) of images, row and column."""
    weights = images / images.sum(axis=(1, 2), keepdims=True)
    return np.stack(
        [(weights.sum(axis=other) * np.arange(images.shape[axis])).sum(axis=1) for axis, other in ((1, 2), (2, 1))], 1
    )


def test_shifts_reach_to_the_limit_in_all_directions() -> None:
    image = np.zeros((MANY // 10, 11, 13))
    image[:, 5, 6] = 1.0
    made = copies_of(image, copies=10, shift=2.5).reshape(-1, 11, 13)
    # between pixels a dot is spread so that its centre of mass stays
    off = centre(made) - (5.0, 6.0)
    assert np.abs(off).max() <= 2.5 + 1e-12
    # evenly spread from -a to a: the deviation is a / sqrt 3
    np.testing.assert_allclose(off.std(axis=0), 2.5 / np.sqrt(3.0), rtol=0.05)
    np.testing.assert_allclose(off.mean(axis=0), 0.0, atol=0.1)
    assert abs(np.corrcoef(off.T)[0, 1]) < 0.06


def test_turns_reach_to_the_limit_both_ways() -> None:
    rows, columns = np.mgrid[-10:11, -10:11]
    blob = np.exp(-((rows**2 + (columns - 6) ** 2) / 6.0))
    made = copies_of(np.tile(blob, (MANY // 10, 1, 1)), copies=10, rotate=30.0).reshape(-1, 21, 21)
    down, right = (centre(made) - 10.0).T
    angles = np.rad2deg(np.arctan2(-down, right))
    assert 29.0 < np.abs(angles).max() < 30.5
    assert angles.std() == pytest.approx(30.0 / np.sqrt(3.0), rel=0.05)
    np.testing.assert_allclose(np.hypot(down, right), 6.0, rtol=0.02)


# --- light and noise


def test_an_image_is_lighter_or_darker_as_a_whole() -> None:
    made = copies_of(np.broadcast_to(0.5 * IMAGES, (100, 4, 6, 9)).reshape(400, 6, 9), copies=10, lighten=0.4)
    factors = made / np.tile(0.5 * IMAGES, (100, 1, 1))
    np.testing.assert_allclose(factors, factors[..., :1, :1] * np.ones((6, 9)), rtol=1e-12)
    factors = factors[..., 0, 0]
    assert 0.6 <= factors.min() < 0.61
    assert 1.39 < factors.max() <= 1.4
    assert factors.std() == pytest.approx(0.4 / np.sqrt(3.0), rel=0.05)


@pytest.mark.parametrize("amounts", [{"noise": 0.5}, {"noise": 10.0, "lighten": 0.5}])
def test_light_and_noise_stay_between_0_and_1(amounts: Any) -> None:
    made = copies_of(SQUARES, copies=50, **amounts)
    assert (made.min(), made.max()) == (0.0, 1.0)
    assert copies_of(SQUARES, copies=50, lighten=1.0).max() == 1.0


def test_noise_is_a_standard_deviation_and_its_own_at_every_pixel() -> None:
    made = copies_of(np.full((100, 5, 5), 0.5), copies=20, noise=0.05) - 0.5
    assert made.std() == pytest.approx(0.05, rel=0.02)
    assert abs(made.mean()) < 0.001
    assert len(np.unique(made)) == made.size


# --- points


def test_jitter_is_in_standard_deviations_of_each_input() -> None:
    points = np.column_stack([POINTS, np.full(30, 7.0)])
    moves = copies_of_points(points, copies=100, jitter=0.2) - points
    np.testing.assert_allclose(moves.std(axis=(0, 1)), [*(0.2 * DEVIATION), 0.0], rtol=0.05)
    np.testing.assert_allclose(moves.mean(axis=(0, 1)), 0.0, atol=0.06)


def test_a_mirrored_point_has_one_input_or_both_reflected_about_the_mean() -> None:
    made = copies_of_points(copies=100, mirror=True)
    reflected = np.isclose(made, 2.0 * MEAN - POINTS)
    assert (reflected | np.isclose(made, POINTS)).all()
    assert reflected.any(axis=2).all()
    first, second = reflected[..., 0], reflected[..., 1]
    assert min((first & ~second).mean(), (second & ~first).mean(), (first & second).mean()) > 0.2


def test_a_single_input_is_always_reflected() -> None:
    made = copies_of_points(POINTS[:, :1], copies=3, mirror=True)
    np.testing.assert_allclose(made, np.broadcast_to(2.0 * MEAN[0] - POINTS[:, :1], (3, 30, 1)))


def test_a_mirrored_image_has_left_and_right_exchanged() -> None:
    made = copies_of(IMAGES, copies=100, mirror=True)
    same, exchanged = ((made == other).all(axis=(2, 3)) for other in (IMAGES, IMAGES[:, :, ::-1]))
    assert (same != exchanged).all()
    assert 0.4 < exchanged.mean() < 0.6


# --- the seed

ALL_KINDS: dict[str, Any] = {
    "shift": 2.0,
    "rotate": 20.0,
    "lighten": 0.3,
    "noise": 0.1,
    "jitter": 0.1,
    "mirror": True,
}


def fingerprint() -> str:
    return sha256(copies_of(SQUARES, copies=5, seed=3, **ALL_KINDS).tobytes()).hexdigest()


def test_another_process_makes_the_same_copies() -> None:
    here = Path(__file__)
    code = f"import sys; sys.path[:0] = {[str(here.parent), str(here.parents[2])]!r}; "
    code += "import test_amplification; print(test_amplification.fingerprint())"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == fingerprint()


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_seed_decides_and_every_copy_is_its_own(kind: str) -> None:
    one, again, other = (copies_of(SQUARES, copies=5, seed=seed, **{kind: ALL_KINDS[kind]}) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    if kind != "mirror":  # which knows two
        assert len(np.unique(one.reshape(15, -1), axis=0)) == 15


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_cases_behind_a_case_leave_its_copies_as_they_are(kind: str) -> None:
    made = Amplification(7, image=(8, 8), **{kind: ALL_KINDS[kind]})
    images = DATASETS["digits"].generate(20).inputs
    mean, deviation = images.mean(axis=0), images.std(axis=0)
    few, all_of_them = (made.copies_of(images[:n], mean, deviation).reshape(7, n, 64) for n in (6, 20))
    np.testing.assert_array_equal(few, all_of_them[:, :6])


def test_one_kind_leaves_the_others_as_they_are() -> None:
    image = np.full((20, 8, 8), 0.5)
    plain = copies_of(image, copies=4, shift=2.0, rotate=30.0)
    lighter = copies_of(image, copies=4, shift=2.0, rotate=30.0, lighten=0.4)
    inside = plain > 0.0
    np.testing.assert_array_equal(inside, lighter > 0.0)
    factors = np.divide(lighter, plain, where=inside, out=np.full(plain.shape, np.nan))
    np.testing.assert_allclose(np.nanmin(factors, axis=(2, 3)), np.nanmax(factors, axis=(2, 3)), rtol=1e-9)


@pytest.mark.parametrize("at_once", [1, 64 * 5, 64 * 5 * 2 + 1])
def test_it_makes_no_difference_how_many_are_altered_at_once(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = copies_of(SQUARES, copies=5, **ALL_KINDS)
    monkeypatch.setattr(amplification, "_AT_ONCE", at_once)
    np.testing.assert_array_equal(copies_of(SQUARES, copies=5, **ALL_KINDS), whole)


def test_the_originals_are_left_alone() -> None:
    images = SQUARES.copy()
    images.setflags(write=False)
    copies_of(images, copies=2, **ALL_KINDS)
    np.testing.assert_array_equal(images, SQUARES)


# --- the record


def test_an_amplification_survives_as_json() -> None:
    full = Amplification(9, 1.5, 20.0, 0.3, 0.1, 0.2, True, (8, 8), 7)
    again = amplification_from_dict(json.loads(json.dumps(full.to_dict(), allow_nan=False)))
    assert again == full
    assert hash(again) == hash(full)
    assert again.image == (8, 8)
    assert amplification_from_dict(Amplification(1).to_dict()) == Amplification(1)


TOLD = Amplification(1, shift=1.0, image=(8, 8)).to_dict()


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (None, "amplification is None; its fields must be copies, shift, rotate"),
        (TOLD | {"more": 1}, "and no other"),
        (TOLD | {"copies": 0}, f"copies is 0; it must be a whole number between 1 and {MOST_COPIES}"),
        (TOLD | {"copies": 10**9}, "copies is 1000000000"),
        (TOLD | {"copies": "3"}, "copies is '3'"),
        (TOLD | {"copies": 2.0}, "copies is 2.0"),
        (TOLD | {"shift": -1}, "shift is -1; it must be a finite number at least 0 and at most 100"),
        (TOLD | {"shift": 1e308}, r"shift is 1e\+308"),
        (TOLD | {"rotate": 181}, "rotate is 181; .* at most 180"),
        (TOLD | {"rotate": float("nan")}, "rotate is nan"),
        (TOLD | {"lighten": 1.1}, "lighten is 1.1; .* at most 1"),
        (TOLD | {"noise": float("inf")}, "noise is inf"),
        (TOLD | {"noise": [1]}, r"noise is \[1\]"),
        (TOLD | {"jitter": None}, "jitter is None"),
        (TOLD | {"mirror": 1}, "mirror is 1; it must be True or False"),
        (TOLD | {"image": None}, "shift is 1; without image, .rows, columns., it must be 0"),
        (TOLD | {"image": 8}, r"image is 8; it must be \(rows, columns\)"),
        (TOLD | {"image": [8]}, r"image is \[8\]; it must be"),
        (TOLD | {"image": "88"}, "image is '88'; it must be"),
        (TOLD | {"image": [8, 0]}, "image columns is 0"),
        (TOLD | {"image": [10**12, 8]}, "image rows is 1000000000000"),
        (TOLD | {"image": [8.0, 8]}, "image rows is 8.0"),
        (TOLD | {"seed": -1}, "seed is -1"),
        (TOLD | {"seed": None}, "seed is None"),
    ],
)
def test_hostile_mappings_are_refused_in_a_sentence(mapping: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        amplification_from_dict(mapping)
    assert len(str(refused.value)) < 300
