"""Minima that nobody has told: found on a grid and followed to the ground by Newton's method."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.surfaces import ErrorSurface
from engine.types import Array, IntegerArray
from explorer.maps import Window, axes, grid, inside

Mask = npt.NDArray[np.bool_]
_SIDE = 81
_FEW = 41
_MOST = 400
_STEPS = 12
_SAME = 1e-3  # of the window: closer ones are one
_LEVEL = 1e-6  # of the relief: minima that differ by less are equally low
_FLAT = 1e-8  # of the larger curvature


@dataclass(frozen=True, eq=False)
class Minima:
    """Places (M, 2) on a map, the lowest first, and their errors (M,).

    ``lowest`` is the lowest error that was seen anywhere, ``relief`` how far half of the map rises above it.
    """

    weights: Array
    errors: Array
    lowest: float
    relief: float

    @property
    def lowest_ones(self) -> Mask:
        """Which of them are as low as the lowest of them (M,)."""
        return self.as_low_as(self.errors)

    def as_low_as(self, errors: Array) -> Mask:
        """Which of them are as low as the lowest of all these errors and their own (M,)."""
        bottom = min([*errors.tolist(), *self.errors.tolist()], default=0.0)
        low: Mask = self.errors <= bottom + _LEVEL * self.relief
        return low

    def within(self, window: Window) -> "Minima":
        """Those inside the window."""
        shown = inside(self.weights, window)
        return replace(self, weights=self.weights[shown], errors=self.errors[shown])


def known_minima(surface: ErrorSurface, window: Window, weights: Array, errors: Array, lowest: float) -> Minima:
    """Minima that somebody told."""
    seen = surface.error(grid(*axes(window, _FEW)))
    return Minima(weights, errors, lowest, _relief(seen, lowest))


def find_minima(surface: ErrorSurface, window: Window, side: int = _SIDE) -> Minima:
    """The minima of a smooth surface of two weights in the window, as far as a grid of ``side`` tells them apart."""
    first, second = axes(window, side)
    with np.errstate(all="ignore"):
        errors = surface.error(grid(first, second))
        rows, columns = _pits(np.where(np.isfinite(errors), errors, np.inf))
        starts = np.stack([first[columns], second[rows]], axis=-1)[:_MOST]
        found = _polish(surface, starts, (first[1] - first[0], second[1] - second[0]))
        found = found[inside(found, window)]
        found, depths = _distinct(found, surface.error(found), window)
    finite = errors[np.isfinite(errors)]
    lowest = min([*finite[:1].tolist(), float(finite.min(initial=np.inf)), *depths.tolist()], default=0.0)
    return Minima(found, depths, lowest if np.isfinite(lowest) else 0.0, _relief(finite, lowest))


def _relief(errors: Array, lowest: float) -> float:
    finite = errors[np.isfinite(errors)]
    return max(float(np.median(finite)) - lowest, 0.0) if len(finite) else 0.0


def _pits(errors: Array) -> tuple[IntegerArray, IntegerArray]:
    """Rows and columns of the grid's inner points that are lower than all eight round them, the lowest first."""
    inner = errors[1:-1, 1:-1]
    around = [errors[1 + i : errors.shape[0] - 1 + i, 1 + j : errors.shape[1] - 1 + j] for i, j in _NEIGHBOURS]
    lower = np.logical_and.reduce([inner <= each for each in around])
    lower &= np.logical_or.reduce([inner < each for each in around])  # a plain has no pit
    rows, columns = np.nonzero(lower)
    order = np.argsort(inner[rows, columns], kind="stable")
    return rows[order] + 1, columns[order] + 1


_NEIGHBOURS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


def _polish(surface: ErrorSurface, starts: Array, cell: tuple[float, float]) -> Array:
    """Newton's steps from each start; what leaves its cell or ends where nothing curves up is no minimum."""
    places = starts.copy()
    for _ in range(_STEPS):
        gradient, curvature = surface.gradient(places), surface.hessian(places)  # type: ignore[attr-defined]
        step = np.einsum("mij,mj->mi", np.linalg.pinv(np.nan_to_num(curvature)), np.nan_to_num(gradient))
        places = places - np.clip(step, -np.array(cell), np.array(cell))
    ground = np.nan_to_num(surface.hessian(places), nan=-1.0)  # type: ignore[attr-defined]
    smallest, largest = np.linalg.eigvalsh(ground).T
    bowl = smallest > _FLAT * np.abs(largest)  # in a valley there is no single lowest point
    near = (np.abs(places - starts) <= 2.0 * np.array(cell)).all(axis=1)
    settled = np.abs(step).max(axis=1, initial=0.0) < 1e-6 * max(cell)
    kept: Array = places[bowl & near & settled]
    return kept


def _distinct(places: Array, errors: Array, window: Window) -> tuple[Array, Array]:
    closest = _SAME * np.ptp(np.array(window), axis=1)
    kept: list[int] = []
    for index in np.argsort(errors, kind="stable"):
        if all((np.abs(places[index] - places[other]) > closest).any() for other in kept):
            kept.append(int(index))
    return places[kept], errors[kept]
