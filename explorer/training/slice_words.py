"""What is said of a cut through the error surface of a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine import Network
from engine.types import Array
from explorer.numbers import plural, short

_NEAR = 1e-3  # of its extent: a path so close to the plane lies in it


def weight_title(network: Network, index: int, input_names: Sequence[str]) -> str:
    """The weight with this flat index, "Weight x1 → neuron 2, hidden layer 1"."""
    layer, row, column = _place(network, index)
    fan_in, fan_out = network.layers[layer]
    neuron = f"neuron {row + 1}, hidden layer {layer + 1}"
    if layer == len(network.layers) - 1:
        neuron = "output" if fan_out == 1 else f"output {row + 1}"
    if column == fan_in:
        return f"Bias of {neuron}"
    return f"Weight {input_names[column] if layer == 0 else f'neuron {column + 1}'} → {neuron}"


def _place(network: Network, index: int) -> tuple[int, int, int]:
    """Layer, row and column of the weight with this flat index."""
    ends = np.cumsum([fan_out * (fan_in + 1) for fan_in, fan_out in network.layers])
    layer = int(np.searchsorted(ends, index, side="right"))
    fan_in, fan_out = network.layers[layer]
    row, column = divmod(index - int(ends[layer]) + fan_out * (fan_in + 1), fan_in + 1)
    return layer, row, column


def path_titles(shares: Array) -> tuple[str, str]:
    """The axes of the plane of a path whose variance has these shares (2,) along them."""
    first = f"Main direction of the path, {percent(shares[0])}"
    return first, f"Second direction, {percent(shares[1])}" if shares[1] > 0.0 else "A random direction"


def percent(share: float) -> str:
    """93 %, 0.4 %, more than 99.9 %; 100 % is all of it."""
    if 0.999 < share < 1.0 - 1e-12:
        return "more than 99.9 %"
    return f"{short(100.0 * share, 2 if share < 0.995 else 3)} %"


def meaning(kind: str, wanted: str, step: int, shares: Array | None, moments: int) -> str:
    """What the plane is that became of the wanted one after ``step`` updates; of its path so many moments are known."""
    if kind == "weights":
        return "Only these two weights vary on this map; the others stay as they are now."
    if kind == "random":
        begin = "Random directions: "
        if wanted == "path":
            why = "No other moment is known" if step else "The path is a single point so far"
            begin = f"{why}, so the directions are random: "
        return f"{begin}one unit changes each neuron by the length of its own weights."
    assert shares is not None
    if shares[1] == 0.0:
        return f"The path has one direction, which holds {percent(shares[0])} of its variance; the other one is random."
    both = percent(float(shares.sum()))
    return (
        f"These two directions hold {both} of the path's variance around the present weights, by the {moments:,} "
        "moments of it that are known here."
    )


def gap(path: Mapping[str, Any]) -> str:
    """How far the path leaves the plane, and what that makes of the drawn heights there."""
    steps, distances = path["steps"], path["distances"]
    if len(steps) == 1:
        return ""
    worst = distances.index(max(distances))
    if distances[worst] <= _NEAR * _extent(path["path"]):
        return f"{'Both' if len(steps) == 2 else 'All'} known moments lie in this plane."
    return (
        f"The path lies up to {short(distances[worst], 2)} away from this plane: there, at update {steps[worst]:,}, "
        f"the true error is {_error(path['errors'][worst])} where {_error(path['heights_at'][worst])} is drawn."
    )


def _extent(points: Sequence[Sequence[float]]) -> float:
    return float(np.ptp(np.array(points), axis=0).max())


def _error(value: float | None) -> str:
    return "beyond all numbers" if value is None else short(value)


def limits(used: int, whole: int, clipped: int) -> str:
    """What the map leaves out."""
    said = []
    if used < whole:
        said.append(f"Drawn from {used:,} of {whole:,} training cases, evenly chosen.")
    if clipped:
        said.append(f"At {plural(clipped, 'point')} the error is too large for a number; they are drawn at the top.")
    return " ".join(said)
