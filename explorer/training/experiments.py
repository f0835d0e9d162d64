"""Many runs at once, for the pictures that need them: bands over seeds, and error against capacity.

The page asks for one cell after another and assembles them: some seeds of one network, a stretch of epochs. The runs
travel with the answers, so a cell carries no state and cancelling is not asking for the next.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine import Run, train_together
from explorer.settings import shown, strict
from explorer.training.settings import MOST_NEURONS, TrainingSettings
from explorer.training.tasks import first_run, known

MOST_SEEDS = 16
MOST_WIDTH = 256
MOST_EPOCHS = 100_000
MOST_LOOKS = 60
_LONGEST = 15_500_000  # characters of all runs of a cell


def cell(wish: dict[str, Any]) -> dict[str, Any]:
    """Some seeds of one network, trained for a stretch of epochs; ValueError in one sentence for what is not legal.

    ``wish`` holds ``settings`` and ``own`` as a tick does; ``seeds``, of the first weights and orders, while the data
    stay those of the settings; ``width``, the neurons of one hidden layer in place of the settings' layers, or None;
    ``runs``, the texts of the cell before or None; ``looks``, the epochs, counted from the first, at which errors are
    told: the last ends the cell. The answer's ``curves`` are (looks, seeds), None where there is no number.
    """
    settings = strict(TrainingSettings, wish.get("settings"))
    runs = _runs(settings, wish)
    looks = _looks(wish.get("looks"))
    after, curves = train_together(runs, looks)
    return {
        "runs": [run.to_json() for run in after],
        "curves": {name: _rows(values) for name, values in curves.items()},
        "diverged": [run.diverged_at is not None for run in after],
        "best": [run.best and {"error": run.best.error, "epoch": run.epoch_at(run.best.step)} for run in after],
        "weights": after[0].task.network.dimension,
    }
