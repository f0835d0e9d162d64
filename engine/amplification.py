"""Amplification of data: altered copies of the training cases that keep their targets."""

import reprlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from engine import checks
from engine.streams import stream
from engine.types import Array

MOST_COPIES = 100
_MOST = {"shift": 100.0, "rotate": 180.0, "lighten": 1.0, "noise": 10.0, "jitter": 100.0}
"""The largest amount of each kind."""
_STREAMS = ("shift", "rotate", "lighten", "noise", "jitter", "mirror")
_IMAGES_ONLY = ("shift", "rotate", "lighten", "noise")
_AT_ONCE = 200_000  # numbers that are altered at once: a bound for the memory, and faster than all
Generators = dict[str, np.random.Generator]


@dataclass(frozen=True)
class Amplification:
    """What altered copies of every training case there are beside it. They keep its targets.

    Parameters
    ----------
    copies : int
        Of each case, from 1 to 100.
    shift : float
        Images are moved by up to so many pixels, down or up and right or left, between pixels too; 0 comes in.
    rotate : float
        Images are turned by up to so many degrees either way about their centre; 0 comes in.
    lighten : float
        The numbers of an image are multiplied by 1 - lighten to 1 + lighten, and cut off at 0 and 1.
    noise : float
        The standard deviation of what is added to each pixel, cut off at 0 and 1.
    jitter : float
        The standard deviation of what is added to each input, in standard deviations of that input.
    mirror : bool
        Points: one input or more, drawn at random, is reflected about its mean. Images: left and right are
        exchanged in about half of the copies.
    image : (rows, columns) or None
        The inputs as an image, row after row, its numbers from 0 to 1. None for points.
    seed : int

    Notes
    -----
    What is drawn for the copies of a case depends on the seed, on how many copies there are and on how many training
    cases come before it, and on nothing else: cases that join behind the others leave their copies as they are, and
    another kind of alteration leaves what is drawn for this one as it is.
    """

    copies: int
    shift: float = 0.0
    rotate: float = 0.0
    lighten: float = 0.0
    noise: float = 0.0
    jitter: float = 0.0
    mirror: bool = False
    image: tuple[int, int] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Check and normalise every field."""
        object.__setattr__(self, "copies", checks.integer("copies", self.copies, 1, MOST_COPIES))
        for name, most in _MOST.items():
            object.__setattr__(self, name, checks.number(name, getattr(self, name), 0.0, most) + 0.0)
        if not isinstance(self.mirror, bool):
            raise ValueError(f"mirror is {reprlib.repr(self.mirror)}; it must be True or False")
        if self.image is not None:
            object.__setattr__(self, "image", _checked_image(self.image))
        object.__setattr__(self, "seed", checks.integer("seed", self.seed, 0))
        for name in _IMAGES_ONLY:
            if self.image is None and getattr(self, name):
                raise ValueError(f"{name} is {getattr(self, name):g}; without image, (rows, columns), it must be 0")

    @property
    def measures(self) -> bool:
        """Whether mean and deviation of the inputs matter."""
        return bool(self.jitter) or (self.mirror and self.image is None)

    def check(self, width: int) -> None:
        """ValueError where the image does not have so many numbers."""
        if self.image is not None and self.image[0] * self.image[1] != width:
            rows, columns = self.image
            raise ValueError(
                f"amplification is for images of {rows} x {columns}; a case of this data has {width} inputs"
            )

    def copies_of(self, inputs: Array, mean: Array, deviation: Array) -> Array:
        """Altered copies (copies N, D) of the inputs (N, D): one of each case, then another of each, and so on.

        ``mean`` and ``deviation`` (D,) are those of the training part; they matter to ``jitter`` and ``mirror`` alone.
        """
        count, width = inputs.shape
        made = np.empty((self.copies, count, width))
        # one stream for each kind: cases in order, and of each its copies in order
        generators = {name: stream("copies", self.seed, place) for place, name in enumerate(_STREAMS)}
        size = max(1, _AT_ONCE // (self.copies * width))
        for begin in range(0, count, size):
            repeated = np.repeat(inputs[begin : begin + size], self.copies, axis=0)
            with np.errstate(over="ignore"):
                altered = self._altered(repeated, generators, mean, deviation)
            made[:, begin : begin + size] = altered.reshape(-1, self.copies, width).swapaxes(0, 1)
        return made.reshape(-1, width)

    def _altered(self, rows: Array, generators: Generators, mean: Array, deviation: Array) -> Array:
        if self.mirror:
            rows = self._mirrored(rows, generators["mirror"], mean)
        if self.shift or self.rotate:
            rows = self._moved(rows, generators)
        if self.lighten:
            # x' = (1 + l u) x,  u ~ U(-1, 1)
            rows = np.clip(rows * (1.0 + self.lighten * _either_way(generators["lighten"], len(rows), 1)), 0.0, 1.0)
        if self.noise:
            rows = np.clip(rows + self.noise * generators["noise"].standard_normal(rows.shape), 0.0, 1.0)
        if self.jitter:
            rows = rows + self.jitter * deviation * generators["jitter"].standard_normal(rows.shape)
        return rows

    def _mirrored(self, rows: Array, generator: np.random.Generator, mean: Array) -> Array:
        if self.image is not None:
            exchanged = rows.reshape(-1, *self.image)[:, :, ::-1].reshape(rows.shape)
            return np.where(generator.random((len(rows), 1)) < 0.5, exchanged, rows)
        width = rows.shape[1]
        drawn = generator.random((len(rows), width + 1))
        reflected = drawn[:, :width] < 0.5
        # where no input is drawn, one of them all the same
        one = (drawn[:, width:] * width).astype(np.int64) == np.arange(width)
        reflected |= one & ~reflected.any(axis=1, keepdims=True)
        # x' = 2 m - x
        return np.where(reflected, 2.0 * mean - rows, rows)

    def _moved(self, rows: Array, generators: Generators) -> Array:
        assert self.image is not None
        angles = self.rotate * _either_way(generators["rotate"], len(rows), 1)[:, 0]
        down, right = self.shift * _either_way(generators["shift"], len(rows), 2).T
        return moved(rows.reshape(-1, *self.image), angles, down, right).reshape(rows.shape)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self) | {"image": None if self.image is None else list(self.image)}


def moved(images: Array, angles: Array, down: Array, right: Array) -> Array:
    """Images (N, R, C) turned about their centre and then shifted; between pixels bilinearly, 0 comes in from outside.

    ``angles`` (N,) in degrees, positive against the clock; ``down`` and ``right`` (N,) in pixels.
    """
    rows, columns = images.shape[1:]
    angle, down, right = (values[:, None, None] for values in (np.deg2rad(angles), down, right))
    middle_row, middle_column = (rows - 1) / 2.0, (columns - 1) / 2.0
    y = np.arange(rows)[:, None] - middle_row - down
    x = np.arange(columns) - middle_column - right
    # where a pixel comes from: turned back, (x, y) -> (x cos a - y sin a, x sin a + y cos a) with y downwards
    from_row = x * np.sin(angle) + y * np.cos(angle) + middle_row
    from_column = x * np.cos(angle) - y * np.sin(angle) + middle_column
    return _between_pixels(images, from_row, from_column)


def _between_pixels(images: Array, row: Array, column: Array) -> Array:
    """The numbers of the images (N, R, C) at these places (N, R, C); 0 from a pixel outside on."""
    count, rows, columns = images.shape
    framed = np.zeros((count, rows + 2, columns + 2))
    framed[:, 1:-1, 1:-1] = images
    row, column = np.clip(row + 1.0, 0.0, rows + 1.0), np.clip(column + 1.0, 0.0, columns + 1.0)
    upper, left = np.minimum(row.astype(np.int64), rows), np.minimum(column.astype(np.int64), columns)
    v, u = row - upper, column - left
    place = (np.arange(count)[:, None, None] * (rows + 2) + upper) * (columns + 2) + left
    below = place + columns + 2
    # (1 - v) ((1 - u) f00 + u f01) + v ((1 - u) f10 + u f11)
    over = (1.0 - u) * framed.take(place) + u * framed.take(place + 1)
    under = (1.0 - u) * framed.take(below) + u * framed.take(below + 1)
    between: Array = (1.0 - v) * over + v * under
    return between


def _either_way(generator: np.random.Generator, count: int, width: int) -> Array:
    """Numbers (count, width) from -1 to 1."""
    return 2.0 * generator.random((count, width)) - 1.0


def amplification_from_dict(mapping: Any) -> Amplification:
    """The amplification that ``to_dict`` described; ValueError where it is none."""
    return Amplification(**checks.fields("amplification", mapping, *(field.name for field in fields(Amplification))))


def _checked_image(image: Any) -> tuple[int, int]:
    if isinstance(image, str) or not isinstance(image, Sequence) or len(image) != 2:
        raise ValueError(f"image is {reprlib.repr(image)}; it must be (rows, columns)")
    rows, columns = image
    return checks.integer("image rows", rows, 1, 1000), checks.integer("image columns", columns, 1, 1000)
