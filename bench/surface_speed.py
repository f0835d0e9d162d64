"""The surface lab without its browser: a map from sufficient statistics against one from all cases, and one move.

Each at the usual size, and with 10 and 100 times as many cases or steps. Times are processor time of one thread,
medians of repetitions in turns; the ratio is the median of the ratios.
"""

from collections.abc import Callable
from statistics import median
from time import thread_time
from typing import Any

import numpy as np

from engine import OPTIMIZERS, LinearNeuron
from engine.types import Array
from explorer.maps import axes, grid
from explorer.settings import to_link
from explorer.surface.callbacks import draw_paths, draw_surface
from explorer.surface.settings import SurfaceSettings

SIDE = 200
GOAL = 100.0


def brute_force(inputs: Array, targets: Array, weights: Array) -> Array:
    """E = 1/2 sum (t - y)^2 over all cases for each weight vector, a row of the map at a time, without a copy."""
    errors = []
    for row in weights:
        residual = row @ inputs.T
        residual -= targets
        errors.append(0.5 * np.einsum("mn,mn->m", residual, residual))
    return np.stack(errors)


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Seconds of one of so many times in a row: what takes less than the clock can tell is done more often."""
    begin = thread_time()
    for _ in range(times):
        work()
    return (thread_time() - begin) / times


def maps(cases: int, repetitions: int) -> tuple[float, float, float]:
    """Milliseconds of our map with its preparation, of brute force, and their ratio."""
    generator = np.random.default_rng(3)
    inputs = np.column_stack([generator.uniform(-5.0, 5.0, cases), np.ones(cases)])
    targets = inputs @ [0.5, 1.0] + 0.5 * generator.standard_normal(cases)
    weights = grid(*axes(((-3.5, 4.5), (-3.0, 5.0)), SIDE))

    def ours() -> Array:
        return LinearNeuron(inputs, targets).error(weights)

    def textbook() -> Array:
        return brute_force(inputs, targets, weights)

    np.testing.assert_allclose(ours(), textbook(), rtol=1e-9)
    pairs = [(seconds(ours, 20), seconds(textbook)) for _ in range(repetitions)]
    return (
        1e3 * median(one for one, _ in pairs),
        1e3 * median(other for _, other in pairs),
        median(other / one for one, other in pairs),
    )


def handler(answer: Callable[[dict[str, Any]], object], repetitions: int = 15, **settings: Any) -> float:
    """Milliseconds of one answer of the server, each for another start and other cases."""
    base = to_link(SurfaceSettings(**settings))
    times = []
    for turn in range(repetitions + 1):
        wish = {"settings": {**base, "start_w1": str(-2.0 + 0.1 * turn), "data_seed": str(turn)}}
        times.append(seconds(lambda wish=wish: answer(wish)))
    return 1e3 * median(times[1:])


def own(count: int) -> dict[str, Any]:
    generator = np.random.default_rng(5)
    inputs = generator.uniform(-5.0, 5.0, (count, 1))
    targets = 1.0 + 0.5 * inputs[:, 0] + 0.5 * generator.standard_normal(count)
    return {"inputs": inputs.tolist(), "targets": targets.tolist()}


def dragged(count: int, coarse: bool, repetitions: int = 9) -> float:
    """Milliseconds of the server for one move of a case: the surface anew, and the paths of all optimizers."""
    link = to_link(SurfaceSettings(data="own", noise=0.0, optimizers=tuple(OPTIMIZERS)))
    cases, times = own(count), []
    for turn in range(repetitions + 1):
        cases["targets"][0] = 0.1 * turn
        wish = {"settings": link, "own": cases, "view": [[-3.5, 4.5], [-3.0, 5.0]], "coarse": coarse}
        times.append(seconds(lambda wish=wish: (draw_surface(wish), draw_paths(wish))))
    return 1e3 * median(times[1:])


def main() -> None:
    print(f"\n{SIDE} x {SIDE} linear surface, ms             ours   all cases     ratio   goal")
    for cases, repetitions in ((1_000, 15), (10_000, 5), (100_000, 1)):
        ours, textbook, ratio = maps(cases, repetitions)
        goal = f"{GOAL:.0f}: {'reached' if ratio >= GOAL else 'NOT REACHED'}" if cases == 1_000 else ""
        print(f"{cases:9,} cases {ours:26.2f}{textbook:12.1f}{ratio:10.0f}   {goal}")
    every = tuple(OPTIMIZERS)
    print("\nthe server's part of one move of the start, ms (all ten optimizers)")
    for steps in (20, 200, 2000):
        print(f"{steps:9,} steps {handler(draw_paths, steps=steps, optimizers=every):26.1f}")
    print("\nthe server's part of one move of a case, ms (all ten optimizers, 100 steps)")
    for count in (50, 500, 5_000):
        print(f"{count:9,} cases {dragged(count, coarse=True):26.1f}")
    print("\na sigmoidal neuron's map in full resolution, ms")
    for count in (5, 50, 500):
        print(f"{count:9,} cases {handler(draw_surface, surface='sigmoid_neuron', cases=count):26.1f}")


if __name__ == "__main__":
    main()
