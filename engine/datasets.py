"""Cases with a training, a validation and a test part.

A data set that a source gave is named by its settings and its seed and rebuilt from them, see sources.py; data that a
person brings travels as it is, bit for bit.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.parts import Shares, drawn_parts, given_parts, shares
from engine.types import PARTS, Array, IntegerArray, Part

MOST_CASES = 100_000
Split = Sequence[float] | Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class Origin:
    """The settings that a data set of a source is rebuilt from; see ``DataSource.generate``."""

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


def brought_from_dict(mapping: Any) -> Dataset:
    """The data set without an origin that ``Dataset.to_dict`` described; a ValueError for anything else."""
    fields = checks.fields("data", mapping, "inputs", "targets", "parts")
    inputs, targets = (_unpack(name, fields[name], "<f8", 2) for name in ("inputs", "targets"))
    codes = _unpack("parts", fields["parts"], "|u1", 1)
    if len(codes) != len(inputs) or codes.max() > len(PARTS):
        raise ValueError(f"parts must hold a number from 0 to {len(PARTS)} for each of the {len(inputs)} cases")
    return Dataset.from_arrays(
        inputs, targets, {name: np.flatnonzero(codes == code) for code, name in enumerate(PARTS)}
    )


def _as_columns(targets: npt.ArrayLike, cases: int) -> Array:
    try:
        flat = np.ndim(targets) == 1
    except ValueError:
        flat = False
    if flat:
        return checks.array("targets", targets, cases)[:, None]
    return checks.array("targets", targets, cases, None)


def _pack(values: npt.NDArray[Any]) -> dict[str, Any]:
    # little-endian whatever the machine
    raw = values.astype(values.dtype.newbyteorder("<")).tobytes()
    return {"shape": list(values.shape), "base64": base64.b64encode(raw).decode("ascii")}


def _unpack(name: str, packed: Any, dtype: str, axes: int) -> npt.NDArray[Any]:
    fields = checks.fields(name, packed, "shape", "base64")
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
