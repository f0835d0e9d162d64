"""From settings to the run they name."""

from functools import lru_cache

import numpy as np

from engine import DATASETS, OPTIMIZERS, Network, Recipe, Run, Task, start
from engine.types import Array
from explorer.training.settings import TrainingSettings, hidden_sizes

OUTPUT = "tanh"
MAP_SIDE = 61


def task(settings: TrainingSettings) -> Task:
    """The task of these settings; the same object for the same settings."""
    return _task(
        settings.dataset,
        settings.cases,
        settings.noise,
        settings.training_share,
        settings.hidden_layers,
        settings.activation,
        settings.seed,
    )


def recipe(settings: TrainingSettings) -> Recipe:
    """The recipe of these settings."""
    optimizer = OPTIMIZERS[settings.optimizer](learning_rate=settings.learning_rate)
    return Recipe(optimizer, settings.batch_size)


def first_run(settings: TrainingSettings, changes: tuple[tuple[int, str, float], ...] = ()) -> Run:
    """The run of these settings before its first update, with the changes it will meet."""
    return start(task(settings), recipe(settings), settings.seed, changes=changes)


@lru_cache(maxsize=64)
def _task(
    dataset: str, cases: int, noise: float, training_share: int, hidden_layers: str, activation: str, seed: int
) -> Task:
    share = training_share / 100.0
    data = DATASETS[dataset].generate(cases=cases, noise=noise, seed=seed, split=(share, 1.0 - share, 0.0))
    return Task(data, Network((2, *hidden_sizes(hidden_layers), 1), activation, OUTPUT))


@lru_cache(maxsize=8)
def picture_inputs(low: float, high: float) -> Array:
    """The points (MAP_SIDE^2, 2) at which pictures are computed, from edge to edge, the first row lowest."""
    line = np.linspace(low, high, MAP_SIDE)
    points = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    points.setflags(write=False)
    return points
