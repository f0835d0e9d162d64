"""Sixteen seeds of one task: stacked as replicas against one run after another.

Both take the same runs through the same epochs, one thread, processor time in turns, and end at the same weights up to
rounding, which is looked at before anything is timed. The rule ``STACKED_UP_TO`` of engine/stacked_teams.py follows
from this table; where it says "alone", ``advance_together`` does not stack.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from collections.abc import Callable
from statistics import median
from time import thread_time

import numpy as np

from engine import DATASETS, OPTIMIZERS, Network, Recipe, Run, Task, advance, start
from engine.replicas import advance_together
from engine.stacked_teams import STACKED_UP_TO, numbers_each

SEEDS = 16
BATCH = 10
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
GOAL, GOAL_WIDTH = 4.0, 8
REPETITIONS = 5
DATA = DATASETS["spiral"].generate(cases=300, noise=0.1, seed=1, split=(0.5, 0.25, 0.25))


def replicas(layers: int, width: int, optimizer: str, batch_size: int | None = BATCH) -> list[Run]:
    task = Task(DATA, Network((2, *(width,) * layers, 1), "tanh", "tanh"))
    recipe = Recipe(OPTIMIZERS[optimizer](learning_rate=0.003), batch_size)
    return [start(task, recipe, seed) for seed in range(SEEDS)]


def one_by_one(runs: list[Run], epochs: int) -> list[Run]:
    return [advance(run, epochs=epochs) for run in runs]


def verify(runs: list[Run]) -> None:
    for one, other in zip(one_by_one(runs, 2), advance_together(runs, 2, stacked=True), strict=True):
        np.testing.assert_allclose(other.weights, one.weights, rtol=1e-8, atol=1e-11)


def seconds(work: Callable[[], object]) -> float:
    begin = thread_time()
    work()
    return thread_time() - begin


def measured(runs: list[Run], epochs: int) -> tuple[float, float, float]:
    """Milliseconds per epoch of all, stacked and one by one, and the median of the ratios."""
    pairs = [
        (
            seconds(lambda: advance_together(runs, epochs, stacked=True)),
            seconds(lambda: one_by_one(runs, epochs)),
        )
        for _ in range(REPETITIONS)
    ]
    stacked, alone = (1e3 * median(column) / epochs for column in zip(*pairs, strict=True))
    return stacked, alone, median(other / one for one, other in pairs)


def line(layers: int, width: int, optimizer: str) -> str:
    runs = replicas(layers, width, optimizer)
    verify(runs)
    numbers = numbers_each(runs[0])
    stacked, alone, ratio = measured(runs, max(2, 60_000 // (1_000 + numbers)))
    shape = "-".join(["2", *[str(width)] * layers, "1"])
    rule = "stacked" if numbers <= STACKED_UP_TO else "alone"
    goal = f"{GOAL:.0f}: {'reached' if ratio >= GOAL else 'NOT REACHED'}" if width <= GOAL_WIDTH else ""
    return f"{shape:<12}{numbers:>8,}{stacked:>11.2f}{alone:>12.2f}{ratio:>8.1f}   {rule:<9}{goal}"


def main() -> None:
    print(f"\n{SEEDS} seeds, batches of {BATCH}, {len(DATA.training)} training cases: ms per epoch of all")
    for optimizer in ("adam", "gradient_descent"):
        print(
            f"{OPTIMIZERS[optimizer].title:<12}{'numbers':>8}{'stacked':>11}{'one by one':>12}{'ratio':>8}   rule     goal"
        )
        for layers in (1, 2):
            for width in WIDTHS:
                print(line(layers, width, optimizer), flush=True)


if __name__ == "__main__":
    main()
