"""Sixteen seeds of one task: stacked as replicas against one run after another.

Both take the same runs through the same epochs, one thread, processor time in turns, and end at the same weights up to
rounding, which is looked at before anything is timed. The rule ``STACKED_UP_TO`` of engine/stacked_teams.py was read
off this table: where it says "alone", ``advance_together`` does not stack.

How many times faster stacked, as measured on two shared cores of an EPYC with AVX-512, NumPy 2.4 with OpenBLAS 0.3.31::

                                     W:     1    2    4    8   16   32   64  128  256  512
    2-W-1,   batches of 10, Adam          6.5  6.3  6.1  5.4  4.6  3.5  2.7  1.9  1.4  1.0
    2-W-W-1, batches of 10, Adam          6.6  6.1  5.6  4.8  3.5  2.2  1.4  0.9  0.8
    2-W-1,   batches of 10, plain         5.6  5.3  5.0  4.6  3.9  3.2  2.4  1.8  1.3  1.0
    2-W-W-1, batches of 10, plain         5.8  5.5  4.9  4.4  3.5  2.3  1.5  0.9  0.9
    2-W-1,   all cases at once, Adam      4.2            2.3       1.4  0.7  0.6
    2-W-W-1, all cases at once, Adam      4.0            2.1       0.8  0.6  0.6

Break-even is near 8,000 numbers a replica, weights and activities over a batch, whatever they are made of.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from collections.abc import Callable
from statistics import median
from time import thread_time
from typing import NamedTuple

import numpy as np

from engine import DATASETS, OPTIMIZERS, Network, Recipe, Run, Task, advance, start
from engine.replicas import advance_together
from engine.stacked_teams import STACKED_UP_TO, numbers_each

SEEDS = 16
REPETITIONS = 5
GOAL, GOAL_WIDTH = 4.0, 8
NUMBERS = 60_000  # of all epochs of a repetition; narrow networks have more epochs
DATA = DATASETS["spiral"].generate(cases=300, noise=0.1, seed=1, split=(0.5, 0.25, 0.25))


class Block(NamedTuple):
    """One table; the goal holds for batches."""

    optimizer: str
    batch_size: int | None
    widths: tuple[int, ...]


WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
BLOCKS = (
    Block("adam", 10, WIDTHS),
    Block("gradient_descent", 10, WIDTHS),
    Block("adam", None, (1, 8, 32, 64, 128)),
)


def replicas(block: Block, layers: int, width: int) -> list[Run]:
    task = Task(DATA, Network((2, *(width,) * layers, 1), "tanh", "tanh"))
    recipe = Recipe(OPTIMIZERS[block.optimizer](learning_rate=0.003), block.batch_size)
    return [start(task, recipe, seed) for seed in range(SEEDS)]


def together(runs: list[Run], epochs: int) -> tuple[Run, ...]:
    return advance_together(runs, epochs, stacked=True)


def one_by_one(runs: list[Run], epochs: int) -> list[Run]:
    return [advance(run, epochs=epochs) for run in runs]


def verify(runs: list[Run]) -> None:
    for one, other in zip(one_by_one(runs, 2), together(runs, 2), strict=True):
        np.testing.assert_allclose(other.weights, one.weights, rtol=1e-8, atol=1e-11)


def seconds(work: Callable[[list[Run], int], object], runs: list[Run], epochs: int) -> float:
    begin = thread_time()
    work(runs, epochs)
    return thread_time() - begin


def line(block: Block, layers: int, width: int) -> str:
    runs = replicas(block, layers, width)
    verify(runs)
    numbers = numbers_each(runs[0])
    epochs = max(2, NUMBERS // (1_000 + numbers))
    pairs = [(seconds(together, runs, epochs), seconds(one_by_one, runs, epochs)) for _ in range(REPETITIONS)]
    stacked, alone = (1e3 * median(column) / epochs for column in zip(*pairs, strict=True))
    ratio = median(other / one for one, other in pairs)
    shape = "-".join(["2", *[str(width)] * layers, "1"])
    rule = "stacked" if numbers <= STACKED_UP_TO else "alone"
    has_goal = block.batch_size and width <= GOAL_WIDTH
    goal = f"{GOAL}: {'reached' if ratio >= GOAL else 'NOT REACHED'}" if has_goal else ""
    return f"{shape:<14}{numbers:>8,}{stacked:>11.2f}{alone:>13.2f}{ratio:>8.1f}   {rule:<10}{goal}".rstrip()


def main() -> None:
    print(f"\nreplicas: {SEEDS} seeds, {len(DATA.training)} training cases, ms per epoch of all of them")
    for block in BLOCKS:
        title, batch = OPTIMIZERS[block.optimizer].title, block.batch_size or "all cases"
        print(f"{title}, batches of {batch}\n{'':<14} numbers    stacked   one by one   ratio   rule      goal")
        for layers in (1, 2):
            for width in block.widths:
                print(line(block, layers, width), flush=True)


if __name__ == "__main__":
    main()
