"""Work that takes longer than a hand waits, in cells that keep nothing: a race, the basins of all starts, escapes."""

import base64
from typing import Any

import numpy as np

from engine import OPTIMIZERS, GradientDescent, descend_noisily
from engine.basins import DIVERGED, MOVING, Ends, descend_to_rest, label_ends
from engine.race import best_rate
from engine.types import Array, IntegerArray
from explorer.maps import Window, axes, grid, typed
from explorer.numbers import plural, short
from explorer.surface.descents import optimizer_of, start_of
from explorer.surface.figures import map_layout
from explorer.surface.marks import shown_minima
from explorer.surface.scenes import Scene
from explorer.surface.settings import rate_field

BASIN_SIDE = 200
WALKS = 200
ESCAPE_STEPS = 500
RATES = np.geomspace(1e-5, 10.0, 37)
_STILL = 1e-6  # of the window: who moves less in ten updates rests
_REACH = 0.02  # of the window: who ends so near a minimum has found it
_STATES = {"moving": 0, "resting": 1, "diverged": 2}


def race_one(scene: Scene, settings: Any, name: str) -> dict[str, Any]:
    """One optimizer's race: its best rate among the same ones as all others, and its errors with it."""
    racer = best_rate(scene.surface, start_of(scene, settings), optimizer_of(settings, name), settings.budget, RATES)
    diverged = not np.isfinite(racer.error)
    return {
        "name": name,
        "title": OPTIMIZERS[name].title,
        "rate": float(f"{racer.optimizer.learning_rate:.3g}"),
        "final": None if diverged else racer.error,
        "errors": typed(np.nan_to_num(racer.path.errors, nan=np.inf), "f8")["bdata"],
        "cost": racer.cost,
        "searched": racer.searched,
        "at_the_edge": racer.at_the_edge,
        "lowest": scene.minima.lowest if scene.has_minimum else None,
    }


def basin_cell(scene: Scene, settings: Any, window: Window, first: int, last: int) -> dict[str, Any]:
    """The ends of the starts in some rows of the grid, from below: places on the map, steps and states."""
    across, up = axes(window, BASIN_SIDE)
    starts = _starts(scene, settings, grid(across, up[first:last]).reshape(-1, 2))
    still = _STILL * float(np.ptp(np.array(window), axis=1).min())
    optimizer = optimizer_of(settings, settings.basin_optimizer)
    ends = descend_to_rest(scene.surface, starts, optimizer, settings.basin_steps, still)
    states = np.where(ends.diverged, _STATES["diverged"], np.where(ends.resting, _STATES["resting"], 0))
    return {
        "side": BASIN_SIDE,
        "ends": typed(scene.on_map(ends.weights).reshape(-1))["bdata"],
        "steps": typed(ends.steps, "u2")["bdata"],
        "states": typed(states, "i1")["bdata"],
    }


def basin_labels(scene: Scene, settings: Any, window: Window, ends: object, states: object) -> dict[str, Any]:
    """Where all starts of the grid end, from the ends that its cells told: labels, the places, and it in words."""
    count = BASIN_SIDE**2
    places, told = _decoded(ends, "<f4", 2 * count).reshape(-1, 2), _decoded(states, "i1", count)
    gathered = Ends(
        np.nan_to_num(places.astype(np.float64)),
        np.zeros(count, np.int64),
        told == _STATES["resting"],
        told == _STATES["diverged"],
    )
    minima = shown_minima(scene, window)
    reach = _REACH * float(np.ptp(np.array(window), axis=1).min())
    labels, found = label_ends(gathered, minima.weights, reach)
    shares = [float((labels == label).mean()) for label in range(len(found))]
    kept = {old: new for new, old in enumerate(np.flatnonzero(np.array(shares) > 0.0).tolist())}
    short_labels = np.array([*(kept.get(label, MOVING) for label in range(len(found))), MOVING, DIVERGED])
    return {
        "labels": typed(short_labels[labels], "i1")["bdata"],
        "places": [{"words": _place(found[old], old < len(minima.weights)), "share": shares[old]} for old in kept],
        "window": window,
        "figure": {"data": [], "layout": map_layout(scene, window), "config": {"displayModeBar": False}},
        "words": _basin_words(settings, shares, labels),
    }


def escape(scene: Scene, settings: Any, level: float) -> dict[str, Any]:
    """The share of 200 noisy descents from the start that end by a lowest minimum."""
    noise = settings.noise_level * level
    minima = scene.minima.weights
    if scene.held is not None or len(minima) < 2:
        raise ValueError("Nothing to escape from: this surface has no two known minima. Try Good and bad well.")
    if scene.minima.lowest_ones.all():
        raise ValueError("Nothing to escape from: all minima of this surface are equally low. Try Good and bad well.")
    rate = getattr(settings, rate_field("gradient_descent"))
    plain = GradientDescent(learning_rate=rate)
    start = start_of(scene, settings)
    seeds = range(settings.walk_seed, settings.walk_seed + WALKS)
    walks = descend_noisily(scene.surface, start, plain, ESCAPE_STEPS, noise, seeds, keep="last")
    diverged = np.asarray(walks.diverged_at) >= 0
    nearest = np.argmin(np.linalg.norm(walks.weights[:, None] - minima, axis=2), axis=1)
    reached = int((scene.minima.lowest_ones[nearest] & ~diverged).sum())
    away = f" {plural(int(diverged.sum()), 'walk')} ran away." if diverged.any() else ""
    ended = f"{reached} of {WALKS} walks of {ESCAPE_STEPS} steps ended by a lowest minimum"
    words = f"{ended} at the noise {short(noise)}.{away}"
    return {"noise": noise, "share": reached / WALKS, "words": words, "walks": WALKS, "reached": reached}


def _starts(scene: Scene, settings: Any, on_map: Array) -> Array:
    """Starts (M, D) that differ in the two weights of the map (M, 2)."""
    starts = np.tile(start_of(scene, settings), (len(on_map), 1))
    starts[:, list(scene.shown)] = on_map
    return starts


def _decoded(text: object, dtype: str, count: int) -> Array:
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), dtype)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        values = np.empty(0)
    if len(values) != count:
        raise ValueError("The ends of the starts could not be read.")
    return values


def _place(weights: Array, minimum: bool) -> str:
    at = ", ".join(short(float(value)) for value in weights)
    return f"{'the minimum' if minimum else 'a place'} ({at})"


def _basin_words(settings: Any, shares: list[float], labels: IntegerArray) -> str:
    title = OPTIMIZERS[settings.basin_optimizer].title
    ended = [f"{100 * share:.0f} %" for share in sorted(shares, reverse=True) if share > 0.005]
    parts = [f"{title}: {', '.join(ended)} of all starts end in one of {plural(len(ended), 'place')}"] if ended else []
    for label, words in ((MOVING, "are still on their way"), (DIVERGED, "diverge")):
        share = float((labels == label).mean())
        if share > 0.0:
            parts.append(f"{100 * share:.1f} % {words}")
    return f"{'; '.join(parts)}."
