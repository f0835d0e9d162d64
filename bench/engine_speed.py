"""Microseconds per update: our engine, textbook NumPy and scikit-learn at the same work, on one thread.

Only the ratios travel from machine to machine. What is measured is processor time, so that a wait for other
processes does not count. The three take turns, repetition by repetition, so that whatever else the machine does
meets them alike; a ratio is the median of the ratios of the repetitions.
"""

import gc
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import thread_time
from typing import NamedTuple

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

import engine
from bench import textbook
from bench.workloads import Work, work

REPETITIONS = 15


class Goal(NamedTuple):
    """A work, how many times faster than the textbook we want to be, and the epochs of one repetition.

    Long enough that what ``advance`` prepares counts as little as in use, short enough to meet the same weather.
    """

    work: str
    ratio: float
    epochs: int
    sklearn_epochs: int


GOALS = (Goal("W1", 3.2, 200, 20), Goal("W3", 1.5, 10, 4), Goal("W4", 1.8, 600, 100))


@dataclass(frozen=True)
class Competitor:
    """``train()`` does ``updates`` updates."""

    name: str
    updates: int
    train: Callable[[], object]

    def time(self) -> float:
        """Microseconds per update."""
        begin = thread_time()
        self.train()
        return (thread_time() - begin) / self.updates * 1e6


def ours(task: Work, epochs: int) -> Competitor:
    run = task.run()
    return Competitor("engine", epochs * len(task.batches), lambda: engine.advance(run, epochs=epochs))


def by_the_textbook(task: Work, epochs: int) -> Competitor:
    return Competitor("textbook NumPy", epochs * len(task.batches), lambda: textbook_epochs(task, epochs))


def textbook_epochs(task: Work, epochs: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    weights, biases, batches, settings = task.weights, task.biases, task.batches, task.settings
    hidden, output, rate = (settings[name] for name in ("hidden_activation", "output_activation", "learning_rate"))
    for _ in range(epochs):
        for inputs, targets in batches:
            textbook.update(weights, biases, inputs, targets, hidden, output, rate)
    return weights, biases


def scikit_learn(task: Work, epochs: int) -> Competitor:
    """The same sizes and batches; its output is linear (for W1 ours is tanh) or softmax."""
    settings = task.settings
    kind = MLPClassifier if settings["output_activation"] == "softmax" else MLPRegressor
    model = kind(
        hidden_layer_sizes=settings["sizes"][1:-1],
        activation={"sigmoid": "logistic"}.get(settings["hidden_activation"], settings["hidden_activation"]),
        solver="sgd",
        alpha=0.0,
        learning_rate_init=settings["learning_rate"],
        momentum=0.0,
        nesterovs_momentum=False,
        random_state=0,
    )
    if kind is MLPClassifier:
        batches = [(inputs, targets.argmax(axis=1)) for inputs, targets in task.batches]
        model.partial_fit(*batches[0], classes=np.arange(settings["sizes"][-1]))
    else:
        narrow = settings["sizes"][-1] == 1  # it wants (N,) for one output
        batches = [(inputs, targets[:, 0] if narrow else targets) for inputs, targets in task.batches]

    def train() -> None:
        for _ in range(epochs):
            for inputs, targets in batches:
                model.partial_fit(inputs, targets)

    return Competitor("scikit-learn", epochs * len(batches), train)


def verify(task: Work) -> None:
    """Both engines reach the error that the work expects; ours to 10 digits."""
    expected, epochs = task.settings["expected_training_error"], task.settings["after_epochs"]
    run = task.run()
    reached = {
        "engine": engine.measure(engine.advance(run, epochs=epochs)).training_error,
        "textbook NumPy": engine.measure_weights(
            run.task, run.task.network.pack(*textbook_epochs(task, epochs))
        ).training_error,
    }
    for name, error in reached.items():
        if not abs(error - expected) <= 1e-10 * abs(expected):
            raise SystemExit(f"{task.name}: {name} reached {error:.12g}; {expected:.12g} was expected")


def times(competitors: list[Competitor]) -> list[list[float]]:
    """Microseconds per update of each, repetition by repetition, after one that is not counted."""
    for competitor in competitors:
        competitor.train()
    gc.disable()
    try:
        rounds = [[competitor.time() for competitor in competitors] for _ in range(REPETITIONS)]
    finally:
        gc.enable()
    return [list(column) for column in zip(*rounds, strict=True)]


def ratio(slower: list[float], faster: list[float]) -> float:
    return median(s / f for s, f in zip(slower, faster, strict=True))


def main() -> None:
    print(f"Engine: microseconds per update, medians of {REPETITIONS} repetitions, one thread, NumPy {np.__version__}")
    print(f"{'work':<6}{'engine':>10}{'textbook':>10}{'sklearn':>10}{'ratio':>9}{'goal':>7}   {'to sklearn':>10}")
    for goal in GOALS:
        task = work(goal.work)
        verify(task)
        columns = times(
            [ours(task, goal.epochs), by_the_textbook(task, goal.epochs), scikit_learn(task, goal.sklearn_epochs)]
        )
        reached = ratio(columns[1], columns[0])
        print(
            f"{goal.work:<6}"
            + "".join(f"{median(column):>10.1f}" for column in columns)
            + f"{reached:>9.2f}{goal.ratio:>7.1f}   {ratio(columns[2], columns[0]):>10.1f}"
            + f"   {'reached' if reached >= goal.ratio else 'NOT REACHED'}"
        )


if __name__ == "__main__":
    main()
