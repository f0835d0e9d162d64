"""A cut through the error surface of a network: ours, and the engine point by point in float64.

One thread, processor time in turns, the medians; heights are compared before anything is timed.
"""

from collections.abc import Callable
from statistics import median
from time import thread_time

import numpy as np

from engine import Dataset, Network, Plane, Task
from engine.plane_directions import path_directions, random_directions
from engine.slices import errors_on_plane
from engine.types import Array
from explorer.maps import axes, grid

GOAL = 150.0  # ms for the first of them
SIDE = 61
REPETITIONS = 7
WORKS = (
    ("2-16-16-1", 500, "tanh"),
    ("2-16-16-1", 500, "relu"),
    ("2-16-16-1", 500, "softplus"),
    ("2-4-2-1", 250, "tanh"),
    ("64-30-10", 250, "sigmoid"),
    ("2-64-64-64-1", 200, "tanh"),
)


def task(sizes: str, cases: int, hidden: str) -> Task:
    generator = np.random.default_rng(0)
    widths = tuple(map(int, sizes.split("-")))
    inputs, classes = generator.normal(size=(cases, widths[0])), generator.integers(0, 10, cases)
    if widths[-1] == 1:
        return Task(Dataset.from_arrays(inputs, 2.0 * (classes % 2)[:, None] - 1.0), Network(widths, hidden, "tanh"))
    data = Dataset.from_arrays(inputs, np.eye(widths[-1])[classes])
    return Task(data, Network(widths, hidden, "softmax"), "cross_entropy")


def seconds(work: Callable[[], object]) -> float:
    begin = thread_time()
    work()
    return thread_time() - begin


def slices() -> None:
    print(f"\nslices of {SIDE} x {SIDE} points, ms             ours  float64  ns an activity   goal")
    points = grid(*axes(((-1.0, 1.0), (-1.0, 1.0)), SIDE))
    for place, (sizes, cases, hidden) in enumerate(WORKS):
        made = task(sizes, cases, hidden)
        weights = made.network.first_weights(1)
        plane = Plane(made.surface(), weights, random_directions(made.network, weights, 0))

        def ours(made: Task = made, plane: Plane = plane) -> Array:
            return errors_on_plane(made.network, made.cases("training"), made.error, plane, points)

        np.testing.assert_allclose(ours(), plane.error(points), rtol=1e-4)
        pairs = [(seconds(ours), seconds(lambda p=plane: p.error(points))) for _ in range(REPETITIONS)]
        one, other = (1e3 * median(column) for column in zip(*pairs, strict=True))
        goal = f"{GOAL:.0f}: {'reached' if one < GOAL else 'NOT REACHED'}" if place == 0 else ""
        each = 1e6 * one / (SIDE**2 * cases * sum(made.network.sizes[1:]))
        print(f"{sizes:>13}, {cases:4} cases, {hidden:9}{one:10.1f}{other:9.1f}{each:16.2f}   {goal}")


def paths() -> None:
    print("\nplane of a path of 120 moments, ms")
    for width in (337, 25_000):
        path = np.random.default_rng(0).normal(size=(120, width)).cumsum(axis=0)
        time = median(seconds(lambda p=path: path_directions(p, p[-1])) for _ in range(REPETITIONS))
        print(f"{width:13,} weights{1e3 * time:24.1f}")


def main() -> None:
    slices()
    paths()


if __name__ == "__main__":
    main()
