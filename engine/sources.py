"""Where data sets come from: by name, drawn from a law or chosen among cases that somebody measured.

The same settings and seed give the same data set everywhere, so it travels as them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine import checks, generators
from engine.datasets import MOST_CASES, Dataset, Origin, brought_from_dict
from engine.generators import Draw, Kind, Law, Place, View
from engine.parts import drawn_parts, shares
from engine.real_data import REAL_DATA, RealData, chosen_from
from engine.streams import stream


@dataclass(frozen=True)
class DataSource:
    """A kind of data that can be had by name.

    Attributes
    ----------
    name, title, description : str
        The key in ``DATASETS``, the name for people, one sentence.
    kind : "signs", "classes", "labels" or "regression"
        Targets: -1 or +1 (N, 1); one of K classes, 1 for it and 0 for the others (N, K); K outputs that know nothing
        of each other, 0 or 1 (N, K); any number (N, 1).
    view : "plane", "curve", "images" or "table"
        What the inputs are: two numbers, one number, an image, or anything else.
    input_names, target_names : tuple of str
        Of the D inputs and the K targets; with signs the names of -1 and of +1.
    domain : (low, high) or None
        The window for a plot of the inputs, the same on every axis. None for images and tables.
    noise_scale : float
        The standard deviation of noise 1: normal, on every input, in its units. Made-up regression: on the target.
        Data from elsewhere: on every input, in standard deviations of that input.
    draw : (cases, deviation, generator) -> inputs (N, D), targets (N, K)
    image : (rows, columns) or None
        How the inputs lie in the image, row after row.
    truth : (N, 1) -> (N, 1), or None
        The law of a curve, without noise.
    most_cases : int
        How many cases there can be.
    """

    name: str
    title: str
    kind: Kind
    view: View
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    domain: tuple[float, float] | None
    noise_scale: float
    description: str
    draw: Draw
    image: tuple[int, int] | None = None
    truth: Law | None = None
    most_cases: int = MOST_CASES

    def generate(
        self, cases: int | None = None, noise: float = 0.0, seed: int = 0, split: Sequence[float] | None = None
    ) -> Dataset:
        """Draw a data set; the same settings give the same numbers in every process.

        Parameters
        ----------
        cases : int, optional
            From 2 to ``most_cases``; without it 250, or as many as there are. Of data from elsewhere the seed chooses
            which, and their order.
        noise : float
            From 0 to 1; times ``noise_scale`` it is the standard deviation. At 0 the classes do not mix, where they
            do not overlap by nature.
        seed : int
            At least 0. With the same seed, more noise moves the same points further.
        split : (training, validation, test), optional
            Shares that sum to 1; without it every case trains.
        """
        return _generate(
            Origin(
                self.name,
                checks.integer("cases", min(250, self.most_cases) if cases is None else cases, 2, self.most_cases),
                checks.number("noise", noise, 0.0, 1.0) + 0.0,  # -0 becomes 0
                checks.integer("seed", seed, 0),
                shares(split),
            )
        )


@lru_cache(maxsize=32)
def _generate(origin: Origin) -> Dataset:
    source = DATASETS[origin.name]
    generator = stream("data", origin.seed)
    inputs, targets = source.draw(origin.cases, origin.noise * source.noise_scale, generator)
    return Dataset(inputs, targets, *drawn_parts(origin.split, origin.cases, origin.seed), origin)


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


def _real(of: RealData) -> DataSource:
    """Cases that somebody measured."""
    names = of.input_names, of.target_names
    draw = chosen_from(of.name)
    return DataSource(
        of.name, of.title, of.kind, of.view, *names, None, 1.0, of.description, draw, of.image, most_cases=of.cases
    )


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

DATASETS: dict[str, DataSource] = {source.name: source for source in (*_MADE_UP, *map(_real, REAL_DATA))}
