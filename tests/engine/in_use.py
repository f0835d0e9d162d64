"""A small task, the recipes that use one part of training each, and a log that alters everything on the way."""

from dataclasses import replace
from typing import Any

import numpy as np

from engine import (
    Adam,
    Amplification,
    CosineDecay,
    Momentum,
    Network,
    Optimizer,
    Preparation,
    Recipe,
    Run,
    StepDecay,
    start,
)
from tests.engine.helpers import made_up_task

# 14 training cases in batches of 4 are 4 updates an epoch, the last of 2 cases
PARTS = {"training": range(14), "validation": range(14, 20), "test": range(20, 23)}
TASK = made_up_task((2, 3, 1), cases=23, split={name: list(cases) for name, cases in PARTS.items()})
BATCH, EPOCH = 4, 4
SPARSE = Network((2, 5, 4, 1), ("relu", "tanh"), connectivity=0.6)

FEATURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"dropout": 0.4},
    "schedule": {"schedule": CosineDecay(steps=15, floor=0.1)},
    "clipped": {"clip_norm": 0.2},
    "penalties": {"l1": 0.01, "l2": 0.05},
    "sparse": {"network": SPARSE},
    "copies": {"preparation": Preparation(standardise=True, amplification=Amplification(2, jitter=0.1))},
    "everything": {
        "network": SPARSE,
        "preparation": Preparation(standardise=True, amplification=Amplification(2, jitter=0.1)),
        "dropout": 0.3,
        "schedule": StepDecay(every=6),
        "l1": 0.01,
        "l2": 0.05,
        "clip_norm": 0.5,
    },
}


def begun(name: str, optimizer: Optimizer, seed: int = 3, shuffle: bool = True, **more: Any) -> Run:
    """A run before its first update that uses one of the features."""
    settings = dict(FEATURES[name])
    of_task = {key: settings.pop(key) for key in ("network", "preparation") if key in settings}
    return start(replace(TASK, **of_task), Recipe(optimizer, BATCH, shuffle, **settings), seed, **more)


def links_of(run: Run) -> list[int]:
    """The links that exist."""
    exists = np.ones(len(run.weights)) if run.mask is None else run.mask
    return np.flatnonzero(run.task.network.is_link & (exists == 1.0)).tolist()


def eventful(run: Run) -> list[tuple[int, str, Any]]:
    """A log for 20 updates: within epochs and at their ends, several at a step, at the start and after the end."""
    first, second, third = links_of(run)[:3]
    return [
        (0, "learning_rate", 0.02),
        (0, "cut", first),
        (2, "points", [[0.5, -1.5, 0.7], [2.0, 0.1, -0.4]]),
        (3, "dropout", 0.25),
        (5, "weight", (second, 0.8)),
        (5, "cut", third),
        (5, "weight_decay", 0.1),
        (7, "batch_size", 3),
        (8, "l1", 0.02),
        (8, "clip_norm", 0.4),
        (9, "restore", first),
        (9, "weight", (first, -0.3)),
        (11, "schedule", CosineDecay(steps=30, floor=0.2).to_dict()),
        (11, "points", [[-1.0, -1.0, 1.0]]),
        (11, "batch_size", 5),
        (13, "optimizer", Adam(learning_rate=0.05).to_dict()),
        (13, "l2", 0.1),
        (15, "optimizer", Momentum(learning_rate=0.02).to_dict()),
        (15, "momentum", 0.5),
        (17, "restore", third),
        (17, "schedule", None),
        (18, "batch_size", None),
        (99, "dropout", 0.9),
    ]
