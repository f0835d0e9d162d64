"""Data sets with a training, a validation and a test part.

A made-up data set is named by its settings and its seed and rebuilt from them; data that a person brings
travels as it is, bit for bit.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import prod
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from engine import checks, generators
from engine.generators import Draw, Kind, Law, Place, Shares, View, drawn_parts, given_parts, shares
from engine.real_data import REAL_DATA, RealData, chosen_from
from engine.streams import stream
from engine.types import PARTS, Array, IntegerArray, Part

MOST_CASES = 100_000
Split = Sequence[float] | Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class Origin:
    """The settings that a made-up data set is rebuilt from; see ``DataSource.generate``."""

    name: str
    cases: int
    noise: float
    seed: int
    split: Shares


@dataclass(frozen=True, eq=False)
class Dataset:
    """Cases and the part that each belongs to. Made by ``from_arrays`` or by a source in ``DATASETS``.

    Attributes
    ----------
    inputs : (N, D)
    targets : (N, K)
    training, validation, test : (n,)
        The cases of each part by number, ascending. A case is in one part or in none.
    origin : Origin or None
        None for data that cannot be rebuilt from settings.

    Notes
    -----
    All arrays are read-only. Two data sets are equal when their arrays, parts and origins are.
    """

    inputs: Array
    targets: Array
    training: IntegerArray
    validation: IntegerArray
    test: IntegerArray
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """Close the arrays for writing."""
        for values in self._arrays():
            values.setflags(write=False)

    @classmethod
    def from_arrays(
        cls, inputs: npt.ArrayLike, targets: npt.ArrayLike, split: Split | None = None, seed: int = 0
    ) -> Self:
        """A data set of given cases, which are copied.

        Parameters
        ----------
        inputs : (N, D)
        targets : (N, K), or (N,) for one target a case
        split : shares or mapping, optional
            Shares (training, validation, test) that sum to 1: the seed draws the cases, one or more for each
            part with a share. Or ``{"training": numbers, "validation": numbers, "test": numbers}`` of cases,
            each at most once, training not empty. Without it every case trains.
        seed : int
            At least 0.
        """
        inputs = checks.array("inputs", inputs, None, None)
        targets = _as_columns(targets, len(inputs))
        checks.integer("seed", seed, 0)
        if isinstance(split, Mapping):
            parts = given_parts(split, len(inputs))
        else:
            parts = drawn_parts(shares(split), len(inputs), seed)
        return cls(np.array(inputs, order="C"), np.array(targets, order="C"), *parts)

    def part(self, name: Part) -> tuple[Array, Array]:
        """Inputs (n, D) and targets (n, K) of one part; n is 0 where the part is empty."""
        cases = getattr(self, checks.choice("part", name, PARTS))
        return self.inputs[cases], self.targets[cases]

    def to_dict(self) -> dict[str, Any]:
        """The data set as JSON values: its settings where it has an origin, else its numbers, bit for bit."""
        if self.origin is not None:
            return {**asdict(self.origin), "split": list(self.origin.split)}
        if len(self.inputs) > MOST_CASES:
            raise ValueError(f"the data has {len(self.inputs)} cases; at most {MOST_CASES} can be stored")
        codes = np.full(len(self.inputs), len(PARTS), np.uint8)
        for code, name in enumerate(PARTS):
            codes[getattr(self, name)] = code
        return {"inputs": _pack(self.inputs), "targets": _pack(self.targets), "parts": _pack(codes)}

    def __eq__(self, other: object) -> bool:
        """Whether arrays, parts and origin are the same."""
        if not isinstance(other, Dataset):
            return NotImplemented
        return self is other or (
            self.origin == other.origin
            and all(np.array_equal(a, b) for a, b in zip(self._arrays(), other._arrays(), strict=True))
        )

    def __hash__(self) -> int:
        """Equal data sets have equal hashes."""
        return hash((self.origin, *(values.shape for values in self._arrays())))

    def _arrays(self) -> tuple[Array | IntegerArray, ...]:
        return self.inputs, self.targets, self.training, self.validation, self.test


def dataset_from_dict(mapping: Any) -> Dataset:
    """The data set that ``Dataset.to_dict`` described; a ValueError for anything else."""
    if isinstance(mapping, Mapping) and "name" in mapping:
        settings = _fields("data", mapping, "name", "cases", "noise", "seed", "split")
        return DATASETS[checks.choice("name", settings.pop("name"), DATASETS)].generate(**settings)
    fields = _fields("data", mapping, "inputs", "targets", "parts")
    inputs, targets = (
        _unpack("inputs", fields["inputs"], "<f8", 2),
        _unpack("targets", fields["targets"], "<f8", 2),
    )
    codes = _unpack("parts", fields["parts"], "|u1", 1)
    if len(codes) != len(inputs) or codes.max() > len(PARTS):
        raise ValueError(f"parts must hold a number from 0 to {len(PARTS)} for each of the {len(inputs)} cases")
    return Dataset.from_arrays(
        inputs, targets, {name: np.flatnonzero(codes == code) for code, name in enumerate(PARTS)}
    )


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


def _as_columns(targets: npt.ArrayLike, cases: int) -> Array:
    try:
        flat = np.ndim(targets) == 1
    except ValueError:
        flat = False
    if flat:
        return checks.array("targets", targets, cases)[:, None]
    return checks.array("targets", targets, cases, None)


def _fields(name: str, mapping: Any, *wanted: str) -> dict[str, Any]:
    """The fields of a mapping that must have just these."""
    if not isinstance(mapping, Mapping) or set(mapping) != set(wanted):
        raise ValueError(f"{name} must be a mapping with the fields {', '.join(wanted)} and no other")
    return dict(mapping)


def _pack(values: npt.NDArray[Any]) -> dict[str, Any]:
    # little-endian whatever the machine
    raw = values.astype(values.dtype.newbyteorder("<")).tobytes()
    return {"shape": list(values.shape), "base64": base64.b64encode(raw).decode("ascii")}


def _unpack(name: str, packed: Any, dtype: str, axes: int) -> npt.NDArray[Any]:
    fields = _fields(name, packed, "shape", "base64")
    shape, text = fields["shape"], fields["base64"]
    if not isinstance(shape, list) or len(shape) != axes:
        raise ValueError(f"{name} must have a shape of {axes} whole numbers")
    size = np.dtype(dtype).itemsize * prod(checks.integer(f"{name} shape", width, 1, MOST_CASES) for width in shape)
    # the length is compared first, so that a shape without numbers behind it reserves no memory
    fits = isinstance(text, str) and len(text) == 4 * -(-size // 3)
    try:
        raw = base64.b64decode(text, validate=True) if fits else b""
    except ValueError:
        raw = b""
    if len(raw) != size:
        raise ValueError(f"{name} must hold base64 text of {size} bytes, as its shape {shape} says")
    return np.frombuffer(raw, dtype).reshape(shape)


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
