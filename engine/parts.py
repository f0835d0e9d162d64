"""How cases are dealt to the three parts: drawn by shares, or as somebody says."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.streams import stream
from engine.types import PARTS, IntegerArray

Shares = tuple[float, float, float]
Parts = tuple[IntegerArray, IntegerArray, IntegerArray]


def shares(split: Any) -> Shares:
    """Three shares that sum to 1, as floats; None means that every case trains."""
    try:
        given = (1.0, 0.0, 0.0) if split is None else split
        training, validation, test = (checks.number("split", share, 0.0, 1.0) + 0.0 for share in given)
    except (TypeError, ValueError):
        training = validation = test = 0.0
    if abs(training + validation + test - 1.0) > 1e-9 or training == 0.0:
        legal = "three shares (training, validation, test) that sum to 1, training above 0"
        raise ValueError(f"split is {split!r}; it must be {legal}")
    return training, validation, test


def drawn_parts(split: Shares, cases: int, seed: int) -> Parts:
    """The numbers of the cases in each part, drawn by shares; a part with a share gets at least one."""
    wanted = sum(share > 0.0 for share in split)
    if cases < wanted:
        raise ValueError(f"split is {split!r}; with {cases} cases it cannot fill {wanted} parts")
    ends = np.rint(np.cumsum(split) * cases).astype(np.int64)
    sizes = np.diff(ends, prepend=0)
    for part, share in enumerate(split):
        if share > 0.0 and sizes[part] == 0:
            sizes[np.argmax(sizes)] -= 1
            sizes[part] = 1
    order = stream("parts", seed).permutation(cases)
    training, validation, test = np.split(order, np.cumsum(sizes)[:-1])
    return np.sort(training), np.sort(validation), np.sort(test)


def given_parts(split: Mapping[str, npt.ArrayLike], cases: int) -> Parts:
    """The numbers of the cases in each part as the mapping tells them, checked and ascending."""
    unknown = [name for name in split if name not in PARTS]
    if unknown:
        raise ValueError(f"split has the part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    training, validation, test = (_case_numbers(name, split.get(name, ()), cases) for name in PARTS)
    numbers, counts = np.unique(np.concatenate((training, validation, test)), return_counts=True)
    if (counts > 1).any():
        raise ValueError(f"split holds case {numbers[counts > 1][0]} twice; a case may be in one part once")
    if not len(training):
        raise ValueError("split has no case in training; it must have at least one")
    return training, validation, test


def _case_numbers(name: str, value: npt.ArrayLike, cases: int) -> IntegerArray:
    legal = f"it must be a list of whole numbers from 0 to {cases - 1}"
    try:
        numbers: npt.NDArray[Any] = np.asarray(value)
    except ValueError:
        raise ValueError(f"split[{name!r}] has lists of unequal length; {legal}") from None
    if numbers.ndim != 1 or (len(numbers) and numbers.dtype.kind not in "iu"):
        raise ValueError(f"split[{name!r}] has shape {numbers.shape} and type {numbers.dtype}; {legal}")
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < cases):
        raise ValueError(f"split[{name!r}] goes from {numbers.min()} to {numbers.max()}; {legal}")
    return np.sort(numbers.astype(np.int64))
