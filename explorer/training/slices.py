"""The error surface of the present network, cut along a plane through its weights, with the run's path over it.

All heights and errors of one answer are mean errors over the same training cases of the present data, without
penalties: what is drawn, what is true of the path, and so the gap between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import FEATURES, Network, Run
from engine.plane_directions import completed, path_directions, random_directions
from engine.planes import Plane
from engine.slices import errors_on_plane
from engine.tasks import FeatureMajor, NetworkSurface
from engine.types import Array
from explorer.maps import Window, axes, grid, inside, levels
from explorer.settings import strict
from explorer.training.pictures import floats
from explorer.training.settings import TrainingSettings
from explorer.training.slice_wishes import Kind, PlaneWish, Way, read_factor, read_plane, read_way
from explorer.training.slice_words import gap, limits, meaning, path_titles, weight_title
from explorer.training.subjects import Subject
from explorer.training.ticks import read_run

SIDES = (61, 41, 31, 21, 15)  # of a map; the last one only where a coarser one will do
MOST_WORK = 100_000_000  # activities of one map
_PER_OUTPUT, _PER_LINK, _PER_WEIGHT = 6.0, 1.0 / 24.0, 1.0  # what these cost, in activities
_ENOUGH_CASES, _FEWEST_CASES = 200, 50  # fewer than enough are taken only for the coarsest map
_MARGIN = 0.15  # of the path's extent, on each side
_LEAST_REACH = 1.0  # of two weights, to each side
_DECADES = 20.0  # between lowest and highest error, from which on levels are logarithmic
_LARGEST = 1e37  # that a picture's float32 can hold
_SINGLE = 2.0**-23  # the precision in which the page tells a path


@dataclass(frozen=True)
class Cut:
    """A plane through the present weights, and the cases that the error on it is the mean of.

    ``kind`` is that of the plane as it became, ``titles`` what its axes are called, ``shares`` for the plane of a path
    the part of its variance along each.
    """

    kind: Kind
    plane: Plane
    titles: tuple[str, str]
    network: Network
    cases: FeatureMajor
    error: str
    shares: Array | None = None

    def errors(self, coordinates: Array) -> Array:
        """The error at points of the plane (..., 2)."""
        return errors_on_plane(self.network, self.cases, self.error, self.plane, coordinates)


def slice_wish(wish: dict[str, Any]) -> dict[str, Any]:
    """The map; ValueError in one sentence for what is not legal.

    ``wish`` holds ``settings``, ``own`` and ``run`` as a tick does; ``plane``, {"kind": "path"}, {"kind": "weights",
    "first", "second"} or {"kind": "random", "seed"}; ``path``, moments of the run so far as base64 of float32 (M, P),
    and their ``steps``; ``window``, by how much more than usual is to be seen, or None; ``quick``, whether a coarser
    map will do.
    """
    run, about = read_run(strict(TrainingSettings, wish.get("settings")), wish.get("own"), wish.get("run"))
    wanted, factor = read_plane(wish.get("plane"), run), read_factor(wish.get("window"))
    way = read_way(wish.get("path"), wish.get("steps"), run)
    everything = run.present_task.cases("training").cases
    side, used = sampling(run.task.network, everything, wish.get("quick") is True)
    with np.errstate(all="ignore"):
        cut = _cut(wanted, run, way, used, about)
        map_, path = _pictures(cut, way, side, factor)
    said = (
        meaning(cut.kind, wanted.kind, run.step, cut.shares, len(way.steps)),
        gap(path),
        limits(used, everything, map_["clipped"]),
    )
    return {**map_, **path, "cases_used": used, "cases_all": everything, "sentence": " ".join(filter(None, said))}


def sampling(network: Network, cases: int, quick: bool) -> tuple[int, int]:
    """How many points a side of the map has, and how many of the cases it is computed from.

    A finer map comes before more cases than enough; a quick one is coarser, from the same cases.
    """
    links = sum(fan_in * fan_out for fan_in, fan_out in network.layers[1:])
    each = sum(network.sizes[1:-1]) + _PER_OUTPUT * network.sizes[-1] + _PER_LINK * links
    fits = [int((MOST_WORK / side**2 - _PER_WEIGHT * network.dimension) / each) for side in SIDES[:-1]]
    enough = min(cases, _ENOUGH_CASES)
    place = next((place for place, fit in enumerate(fits) if fit >= enough), len(fits) - 1)
    return SIDES[place + quick], min(cases, max(fits[place], _FEWEST_CASES))


def window_of(kind: Kind, path: Array, factor: float) -> Window:
    """A square window: round the projected path (M, 2), or for random directions from -1 to 1."""
    centre, reach = np.zeros(2), 1.0
    if kind != "random":
        low, high = path.min(axis=0), path.max(axis=0)
        centre = (low + high) / 2.0
        reach = (0.5 + _MARGIN) * float((high - low).max())
    if kind == "weights":
        # no narrower than what float64 can tell apart
        reach = max(reach, _LEAST_REACH, 1e-3 * float(np.abs(centre).max()))
    first, second = ((float(middle - factor * reach), float(middle + factor * reach)) for middle in centre)
    return first, second


def _evenly(cases: FeatureMajor, count: int) -> FeatureMajor:
    if count == cases.cases:
        return cases
    chosen = np.arange(count) * cases.cases // count
    return FeatureMajor(cases.inputs[:, chosen], cases.targets[:, chosen])


def _cut(wanted: PlaneWish, run: Run, way: Way, used: int, about: Subject) -> Cut:
    network, error = run.task.network, run.task.error
    cases = _evenly(run.present_task.cases("training"), used)
    surface = NetworkSurface(network, cases.inputs, cases.targets, error, "mean")
    if wanted.kind == "weights":
        plane = Plane.of_weights(surface, run.weights, wanted.first, wanted.second)
        names = [FEATURES[name].title for name in run.task.preparation.features] or about.input_names
        first, second = (weight_title(network, index, names) for index in (wanted.first, wanted.second))
        return Cut("weights", plane, (first, second), network, cases, error)
    found = path_directions(way.weights, run.weights, run.mask, _SINGLE) if wanted.kind == "path" else None
    if found and found.shares[0] > 0.0:
        plane = Plane(surface, run.weights, _two(completed, found.directions, wanted.seed, run.mask))
        return Cut("path", plane, path_titles(found.shares), network, cases, error, found.shares)
    plane = Plane(surface, run.weights, _two(random_directions, network, run.weights, wanted.seed, run.mask))
    return Cut("random", plane, ("One random direction", "Another random direction"), network, cases, error)


def _two(directions: Callable[..., Array], *given: Any) -> Array:
    try:
        return directions(*given)
    except ValueError:
        raise ValueError(
            "Random directions are as long as the weights, and these are 0; train first, or choose two weights."
        ) from None


def _pictures(cut: Cut, way: Way, side: int, factor: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told of the map, and what of the path over it."""
    projection = cut.plane.project(way.weights)
    window = window_of(cut.kind, projection.coordinates, factor)
    first, second = axes(window, side)
    heights, clipped = _clear(cut.errors(grid(first, second)))
    true = cut.plane.surface.error(way.weights)
    map_ = {
        "kind": cut.kind,
        "side": side,
        "x": first.tolist(),
        "y": second.tolist(),
        "axis_titles": list(cut.titles),
        "explained": None if cut.shares is None else cut.shares.tolist(),
        "heights": floats(heights),
        "clipped": clipped,
        "levels": _levels(heights, true[inside(projection.coordinates, window)]),
    }
    path = {
        "path": projection.coordinates.tolist(),
        "steps": way.steps,
        "distances": projection.distances.tolist(),
        "heights_at": _told(cut.errors(projection.coordinates)),
        "errors": _told(true),
    }
    return map_, path


def _clear(heights: Array) -> tuple[Array, int]:
    """Heights that can be drawn, and at how many points there was none: these are as high as the highest."""
    finite = np.isfinite(heights)
    if not finite.any():
        raise ValueError("The error is too large for a number everywhere on this plane; look closer.")
    top = min(float(heights[finite].max()), _LARGEST)
    return np.where(finite, np.minimum(heights, top), top), int((~finite).sum())


def _levels(heights: Array, errors: Array) -> dict[str, Any]:
    """The scale of colours and of the height in space, of the map and of the path over it."""
    shown = np.concatenate([heights.ravel(), np.minimum(errors[np.isfinite(errors)], _LARGEST)])
    scale = levels(shown, float(shown.max()) > _DECADES * float(shown.min()))
    places, labels = scale.ticks()
    return {
        "floor": scale.floor,
        "offset": scale.offset,
        "logarithmic": scale.logarithmic,
        "low": scale.low,
        "high": scale.high,
        "ticks": places.tolist(),
        "labels": labels,
    }


def _told(values: Array) -> list[float | None]:
    """JSON knows no infinity."""
    return [value if np.isfinite(value) else None for value in values.tolist()]
