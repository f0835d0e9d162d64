"""Sources of data: the same settings give the same numbers everywhere, noise is as told, bad settings are named."""

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from math import cos, exp, pi, sin
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from engine import generators
from engine.catalogue import DATASETS, dataset_from_dict
from engine.datasets import Origin
from engine.sources import DataSource
from engine.types import PARTS, Array


def each_of(sources: list[DataSource]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("source", sources, ids=lambda source: source.name)


MADE_UP = [source for source in DATASETS.values() if source.view in ("plane", "curve")]
ALL, ALL_MADE_UP = each_of(list(DATASETS.values())), each_of(MADE_UP)
ALL_CLASSES = each_of([source for source in MADE_UP if source.kind != "regression"])
CURVES = [source for source in MADE_UP if source.view == "curve"]
ARRAYS = ("inputs", "targets", *PARTS)


def fingerprint() -> str:
    data = [source.generate(100, 0.3, 5, (0.5, 0.3, 0.2)) for source in DATASETS.values()]
    return sha256(b"".join(getattr(each, name).tobytes() for each in data for name in ARRAYS)).hexdigest()


# --- made-up data


def test_registry_holds_the_classics() -> None:
    made_up = "circle xor gaussians spiral moons checkerboard rings three_classes five_classes dog_cat"
    made_up += " plane multi_gaussian line sine step polynomial"
    assert list(DATASETS) == [*made_up.split(), "digits", "iris", "wine", "breast_cancer", "diabetes"]
    assert all(name == source.name for name, source in DATASETS.items())


@ALL
def test_shapes_types_and_texts(source: DataSource) -> None:
    data = source.generate(cases=37)
    assert data.inputs.shape == (37, len(source.input_names))
    one = source.kind in ("signs", "regression")
    assert data.targets.shape == (37, 1 if one else len(source.target_names))
    assert len(source.target_names) == {"signs": 2, "regression": 1}.get(source.kind, data.targets.shape[1])
    assert (source.view == "plane") <= (data.inputs.shape[1] == 2)
    assert (source.view == "curve") == (source.truth is not None)
    assert data.inputs.dtype == data.targets.dtype == np.float64
    assert data.training.dtype == data.validation.dtype == data.test.dtype == np.int64
    assert source.title
    assert source.description.endswith(".")
    assert data.origin == Origin(source.name, 37, 0.0, 0, (1.0, 0.0, 0.0))


@ALL
def test_same_settings_same_data(source: DataSource) -> None:
    draw = source.draw
    for first, second in zip(*(draw(50, 0.2, np.random.default_rng(4)) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(first, second)
    assert source.generate(50, 0.2, 4) is source.generate(50, 0.2, 4)  # remembered
    assert source.generate(50, 0.2, 4) != source.generate(50, 0.2, 5)


def test_another_process_draws_the_same() -> None:
    here = Path(__file__)
    code = f"import sys; sys.path[:0] = {[str(here.parent), str(here.parents[2])]!r}; "
    code += "import test_sources; print(test_sources.fingerprint())"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == fingerprint()


@ALL_MADE_UP
def test_inputs_stay_in_the_window(source: DataSource) -> None:
    assert source.domain
    assert np.abs(source.generate(5000).inputs).max() <= 5.0
    low, high = source.domain
    noisy = source.generate(5000, noise=0.5).inputs
    assert ((noisy > low) & (noisy < high)).all(axis=1).mean() > 0.98


@ALL_CLASSES
@pytest.mark.parametrize("cases", [2, 3, 10, 251])
def test_classes_are_balanced(source: DataSource, cases: int) -> None:
    targets = source.generate(cases).targets
    rows = {"signs": [[-1.0], [1.0]], "labels": [[0, 0], [0, 1], [1, 0], [1, 1]]}
    kinds = rows.get(source.kind, np.eye(len(source.target_names)).tolist())
    counts = [(targets == row).all(axis=1).sum() for row in kinds]
    assert sum(counts) == cases
    assert max(counts) - min(counts) <= 1


@ALL_CLASSES
def test_batches_in_the_order_of_the_data_are_mixed(source: DataSource) -> None:
    targets = source.generate(1000).targets
    off = targets.reshape(20, 50, -1).mean(axis=1) - targets.mean(axis=0)
    assert np.abs(off).max() < 0.3 * np.ptp(targets)


def side_of_circle(inputs: Array) -> Array:
    return 3.0 - np.hypot(*inputs.T)


def side_of_spiral(inputs: Array) -> Array:
    # the arm of +1 is where the angle equals 2 pi turns r / 5
    angle = np.arctan2(inputs[:, 1], inputs[:, 0])
    return np.cos(angle - 2.0 * np.pi * generators.SPIRAL_TURNS * np.hypot(*inputs.T) / 5.0)


def side_of_moons(inputs: Array) -> Array:
    # nearer to the half circle of +1 than to that of -1
    inside = generators.MOON_RADIUS * np.array([[0.5, 0.25]])
    upper = np.abs(np.hypot(*(inputs + inside).T) - 3.0) + 10.0 * (inputs[:, 1] < -0.75 - 1e-9)
    lower = np.abs(np.hypot(*(inputs - inside).T) - 3.0) + 10.0 * (inputs[:, 1] > 0.75 + 1e-9)
    return lower - upper


def side_of_checkerboard(inputs: Array) -> Array:
    column, row = np.floor((inputs.T + 5.0) / 2.5)
    return (-1.0) ** (column + row)


def side_of_rings(inputs: Array) -> Array:
    # four rings share the radius 5
    return (-1.0) ** np.floor(np.hypot(*inputs.T) / 1.25)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("checkerboard", side_of_checkerboard),
        ("rings", side_of_rings),
        ("circle", side_of_circle),
        ("xor", lambda inputs: inputs[:, 0] * inputs[:, 1]),
        ("gaussians", lambda inputs: inputs.sum(axis=1)),
        ("spiral", side_of_spiral),
        ("moons", side_of_moons),
    ],
)
def test_without_noise_the_classes_do_not_mix(name: str, side: Callable[[Array], Array]) -> None:
    data = DATASETS[name].generate(20_000)
    np.testing.assert_array_equal(np.sign(side(data.inputs)), data.targets[:, 0])


def test_every_square_of_the_checkerboard_is_filled() -> None:
    column, row = np.floor((DATASETS["checkerboard"].generate(16_000).inputs.T + 5.0) / 2.5).astype(int)
    counts = np.bincount(4 * row + column, minlength=16)
    assert len(counts) == 16
    # binomial, deviation 31
    assert np.abs(counts - 1000).max() < 150


@pytest.mark.parametrize("rings", [(0, 2), (1, 3)])
def test_rings_are_evenly_filled(rings: tuple[int, int]) -> None:
    radius = np.hypot(*DATASETS["rings"].generate(40_000).inputs.T)
    inner, outer = (radius[np.floor(radius / 1.25) == ring] for ring in rings)
    # where points are spread evenly, r^2 is: as many in a ring as its area, which is pi (max r^2 - min r^2)
    areas = [np.ptp(ring**2) for ring in (inner, outer)]
    assert len(inner) / len(outer) == pytest.approx(areas[0] / areas[1], rel=0.05)
    for ring in (inner, outer):
        assert (ring**2).mean() == pytest.approx(((ring**2).min() + (ring**2).max()) / 2.0, rel=0.05)


def arm_of(inputs: Array) -> Array:
    # along an arm the angle grows with the radius, 1.25 turns on the way to 5
    turns = np.arctan2(inputs[:, 1], inputs[:, 0]) / (2.0 * pi) - 1.25 * np.hypot(*inputs.T) / 5.0
    return np.rint(3.0 * turns) % 3


def cloud_of(inputs: Array) -> Array:
    # top, upper left, lower left, lower right, upper right: the nearest corner of a pentagon
    corners = np.array([(-sin(2.0 * pi * k / 5.0), cos(2.0 * pi * k / 5.0)) for k in range(5)])
    return (inputs @ corners.T).argmax(axis=1)


@pytest.mark.parametrize(("name", "class_of"), [("three_classes", arm_of), ("five_classes", cloud_of)])
def test_without_noise_several_classes_do_not_mix(name: str, class_of: Callable[[Array], Array]) -> None:
    data = DATASETS[name].generate(20_000)
    np.testing.assert_array_equal(data.targets.argmax(axis=1), class_of(data.inputs))


def test_dogs_bark_and_cats_purr_but_not_for_certain() -> None:
    data = DATASETS["dog_cat"].generate(20_000)
    told = data.inputs > 0.0
    # clouds around 1.8 and -1.8 of deviation 1
    wrong = (told != data.targets).mean(axis=0)
    np.testing.assert_allclose(wrong, NormalDist().cdf(-1.8), rtol=0.1)
    # what it is of the one tells nothing of the other
    assert abs(np.corrcoef(data.targets.T)[0, 1]) < 0.01
    assert abs(np.corrcoef(told.T)[0, 1]) < 0.03


LAWS: dict[str, Callable[[float], float]] = {
    "line": lambda x: 1.0 + x / 2.0,
    "sine": sin,
    "step": lambda x: 2.0 if x >= 0.0 else -1.0,
    "polynomial": lambda x: np.polyval([1.0 / 25.0, 1.0 / 10.0, -1.0 / 2.0, 0.0], x),
}


@each_of(CURVES)
def test_a_curve_without_noise_is_its_truth(source: DataSource) -> None:
    data = source.generate()
    assert source.truth
    np.testing.assert_array_equal(data.targets, source.truth(data.inputs))
    law = LAWS[source.name]
    np.testing.assert_allclose(data.targets[:, 0], [law(x) for x in data.inputs[:, 0]], atol=1e-14)
    assert source.truth(np.array([[0.0]]))[0, 0] == law(0.0)


def test_the_plane_is_a_plane() -> None:
    data = DATASETS["plane"].generate()
    solution, *_ = np.linalg.lstsq(np.column_stack([data.inputs, np.ones(250)]), data.targets[:, 0])
    np.testing.assert_allclose(solution, [1.0 / 20.0, 3.0 / 20.0, 0.0], atol=1e-14)


def test_bumps_are_a_sum_of_gaussians() -> None:
    data = DATASETS["multi_gaussian"].generate(50)
    signs = {(-3.5, 2.2): 1, (0.0, 2.2): -1, (3.5, 2.2): 1, (-3.5, -2.2): -1, (0.0, -2.2): 1, (3.5, -2.2): -1}
    for (x1, x2), [target] in zip(data.inputs, data.targets, strict=True):
        bumps = (sign * exp(-((x1 - c1) ** 2 + (x2 - c2) ** 2) / 2.0) for (c1, c2), sign in signs.items())
        assert target == pytest.approx(sum(bumps), abs=1e-14)


@ALL_MADE_UP
def test_noise_is_a_standard_deviation(source: DataSource) -> None:
    noisy_field = "targets" if source.kind == "regression" else "inputs"
    clean, some, full = (getattr(source.generate(20_000, noise), noisy_field) for noise in (0.0, 0.5, 1.0))
    np.testing.assert_allclose((some - clean).std(axis=0), 0.5 * source.noise_scale, rtol=0.02)
    # the same seed with more noise: the same points, moved further
    np.testing.assert_allclose(full - clean, 2.0 * (some - clean), atol=1e-12)


@ALL
def test_cached_arrays_are_read_only(source: DataSource) -> None:
    data = source.generate(split=(0.6, 0.2, 0.2))
    for name in ARRAYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(data, name)[0] = 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cases": 1}, r"cases is 1; it must be a whole number between 2 and 100000"),
        ({"cases": 100_001}, "cases is 100001"),
        ({"cases": 10.0}, "cases is 10.0"),
        ({"cases": True}, "cases is True"),
        ({"cases": "10"}, "cases is '10'"),
        ({"noise": -0.1}, r"noise is -0.1; it must be a finite number at least 0 and at most 1"),
        ({"noise": 1.1}, "noise is 1.1"),
        ({"noise": np.nan}, "noise is nan"),
        ({"noise": None}, "noise is None"),
        ({"seed": -1}, "seed is -1; it must be a whole number at least 0"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"split": (0.5, 0.5)}, "split is .*three shares"),
        ({"split": {"training": [0]}}, "split is .*three shares"),
        ({"cases": 2, "split": (0.5, 0.25, 0.25)}, "split is .*with 2 cases it cannot fill 3 parts"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DATASETS["circle"].generate(**settings)


def test_parts_have_nothing_to_do_with_the_classes() -> None:
    data = DATASETS["xor"].generate(10_000, split=(0.5, 0.25, 0.25))
    assert all(abs(data.part(name)[1].mean()) < 0.05 for name in PARTS)


# --- there and back


@ALL
def test_data_with_a_name_travels_as_its_settings(source: DataSource) -> None:
    data = source.generate(140, 0.1, 12, (0.6, 0.2, 0.2))
    mapping = data.to_dict()
    assert mapping == {
        "name": source.name,
        "cases": 140,
        "noise": 0.1,
        "seed": 12,
        "split": [0.6, 0.2, 0.2],
    }
    assert dataset_from_dict(json.loads(json.dumps(mapping))) == data


SETTINGS = {"name": "xor", "cases": 10, "noise": 0.0, "seed": 0, "split": [1.0, 0.0, 0.0]}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"name": "xor"}, "data is {'name': 'xor'}; its fields must be name, cases, noise, seed, split"),
        (SETTINGS | {"extra": 1}, "its fields must be .* and no other"),
        (SETTINGS | {"name": "__class__"}, "name is '__class__'; it must be one of circle"),
        (SETTINGS | {"name": ["xor"]}, r"name is \['xor'\]"),
        (SETTINGS | {"cases": 10**9}, "cases is 1000000000"),
        (SETTINGS | {"name": "iris", "cases": 151}, "cases is 151; it must be a whole number between 2 and 150"),
        (SETTINGS | {"cases": "10"}, "cases is '10'"),
        (SETTINGS | {"noise": "0"}, "noise is '0'"),
        (SETTINGS | {"seed": None}, "seed is None"),
        (SETTINGS | {"split": {"training": 1}}, "split is"),
    ],
)
def test_hostile_settings_are_refused(mapping: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataset_from_dict(mapping)
