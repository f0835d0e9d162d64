"""The data sets that can be had by name.

The same settings and seed give the same data set everywhere, so it travels as them.
"""

from collections.abc import Mapping
from typing import Any

from engine import checks, generators
from engine.datasets import Dataset, brought_from_dict
from engine.generators import Draw, Kind, Law, Place
from engine.real_data import REAL_DATA
from engine.sources import DataSource


def dataset_from_dict(mapping: Any) -> Dataset:
    """The data set that ``Dataset.to_dict`` described; a ValueError for anything else."""
    if not isinstance(mapping, Mapping) or "name" not in mapping:
        return brought_from_dict(mapping)
    settings = checks.fields("data", mapping, "name", "cases", "noise", "seed", "split")
    return DATASETS[checks.choice("name", settings.pop("name"), DATASETS)].generate(**settings)


_WINDOW = (-6.0, 6.0)


def _plane(
    name: str,
    title: str,
    kind: Kind,
    target_names: tuple[str, ...],
    scale: float,
    what: str,
    draw: Draw,
    input_names: tuple[str, str] = ("x1", "x2"),
) -> DataSource:
    """Cases on the plane of two inputs."""
    return DataSource(name, title, kind, "plane", input_names, target_names, _WINDOW, scale, what, draw)


def _signs(name: str, title: str, sides: tuple[str, str], scale: float, what: str, place: Place) -> DataSource:
    """Two classes on the plane, told by -1 and +1."""
    return _plane(name, title, "signs", sides, scale, what, generators.two_classes(place))


def _classes(name: str, title: str, names: tuple[str, ...], scale: float, what: str, place: Place) -> DataSource:
    """Several classes on the plane, one of which each case belongs to."""
    return _plane(name, title, "classes", names, scale, what, generators.classes(len(names), place))


def _height(name: str, title: str, scale: float, what: str, law: Law) -> DataSource:
    """A number over the plane."""
    return _plane(name, title, "regression", ("t",), scale, what, generators.regression(2, law))


def _curve(name: str, title: str, scale: float, what: str, law: Law) -> DataSource:
    """One number by another."""
    draw = generators.regression(1, law)
    return DataSource(name, title, "regression", "curve", ("x",), ("t",), _WINDOW, scale, what, draw, truth=law)


_MADE_UP = (
    _signs("circle", "Circle", ("ring", "disc"), 1.5, "A disc inside a ring.", generators.circle),
    _signs("xor", "Exclusive or", ("signs differ", "signs agree"), 1.5, "Opposite squares belong together.",
           generators.xor),
    _signs("gaussians", "Two Gaussians", ("lower left", "upper right"), 2.0,
           "Two round clouds that a straight line parts.", generators.gaussians),
    _signs("spiral", "Spiral", ("one arm", "other arm"), 1.0, "Two arms wound around each other.", generators.spiral),
    _signs("moons", "Moons", ("lower moon", "upper moon"), 1.5, "Two half circles that reach into each other.",
           generators.moons),
    _signs("checkerboard", "Checkerboard", ("odd squares", "even squares"), 1.0,
           "Sixteen squares, neighbours of opposite classes.", generators.checkerboard),
    _signs("rings", "Rings", ("second and fourth ring", "first and third ring"), 0.8,
           "Four rings around each other, in turns of either class.", generators.rings),
    _classes("three_classes", "Three arms", ("first arm", "second arm", "third arm"), 1.0,
             "Three arms of a spiral, one class each.", generators.arms),
    _classes("five_classes", "Five clouds", ("top", "upper left", "lower left", "lower right", "upper right"), 1.5,
             "Five round clouds in a circle, one class each.", generators.clouds),
    _plane("dog_cat", "Dog and cat", "labels", ("dog", "cat"), 1.0,
           "A dog barks, a cat purrs: there may be one, the other, both or neither.", generators.pets,
           ("barks", "purrs")),
    _height("plane", "Plane", 0.5, "A tilted plane, t = (x₁ + 3 x₂) / 20.", generators.tilted_plane),
    _height("multi_gaussian", "Bumps", 0.5, "Three bumps up and three down.", generators.bumps),
    _curve("line", "Line", 1.0, "A straight line, t = 1 + x / 2.", generators.line),
    _curve("sine", "Sine", 0.5, "A wave, t = sin x.", generators.sine),
    _curve("step", "Step", 0.5, "A jump from -1 to 2 at x = 0.", generators.step),
    _curve("polynomial", "Polynomial", 1.0, "Up, down and up again, t = x³/25 + x²/10 - x/2.", generators.polynomial),
)  # fmt: skip

DATASETS: dict[str, DataSource] = {source.name: source for source in (*_MADE_UP, *REAL_DATA)}
