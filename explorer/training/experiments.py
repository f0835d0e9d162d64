"""Many runs at once, for the pictures that need them: bands over seeds, error against capacity, remedies.

The page asks for one cell after another and assembles them: some seeds of one network, for a tenth of a second. What
moves of the runs travels with the answers, so a cell carries no state and cancelling is not asking for the next. Every
run is the one that its settings with its seed name, so each can be opened: its seed draws data, split, first weights
and orders; of data that a person brought the split, first weights and orders.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from engine import Dataset, Recipe, Run, StopRules, Task, advance, measure_weights
from engine.replicas import advance_together, measures_together
from engine.types import PARTS, Array
from explorer.settings import shown, specs, strict, to_link
from explorer.training.own import dataset_of
from explorer.training.replica_states import run_of, state_of
from explorer.training.settings import MOST_ALONE, TrainingSettings, activation_names
from explorer.training.subjects import brought
from explorer.training.tasks import made, planned, recipe

MOST_SEEDS = 16
MOST_LOOKS = 64
MOST_EPOCHS = 1_000_000
CELL_SECONDS = 0.09
_FIRST_PIECE = 16
_LIGHT_UPDATE = 3_000_000  # weights times cases of an update that takes a few milliseconds
_CURVES = tuple(f"{part}_{what}" for what in ("error", "accuracy") for part in PARTS)
Look = dict[str, Array]
LAST_SEED = int(specs(TrainingSettings)["seed"].high)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Replica:
    """What one seed is about to learn, and how."""

    settings: TrainingSettings
    task: Task
    recipe: Recipe


def cell(wish: dict[str, Any], clock: Callable[[], float] = time.perf_counter) -> dict[str, Any]:
    """Some seeds of one network, trained for about ``CELL_SECONDS``; ValueError in one sentence for what is not legal.

    ``wish`` holds ``settings`` and ``own``, brought data in full; ``seeds``; ``width``, the neurons of one hidden layer
    in place of the settings' layers, or None; ``states``, those that the cell before answered, or None; ``looks``, the
    epochs that are still to be told of, ascending: the last is the end; ``stopping``, whether one seed alone ends by
    the settings' patience.

    The answer tells ``states``; ``epochs``, the looks that were reached, and of them ``curves``, (looks, seeds) for
    each part and measure, None where there is no number; ``epoch``, how far it came, and ``updates_per_epoch``;
    ``diverged`` and ``best`` of each seed; and whether it is ``done``, or ``stopped`` by patience, where the last of
    ``epochs`` is that of the stop.
    """
    replicas = replicas_of(wish)
    looks, stop = _looks(wish.get("looks")), _stop(wish, replicas)
    states = _states(wish.get("states"), len(replicas))
    told = zip(states, replicas, strict=True)
    runs = [run_of(state, each.task, each.recipe, each.settings.seed) for state, each in told]
    return _Cell(runs, looks, stop, clock).answer()


def whole(wish: dict[str, Any]) -> dict[str, Any]:
    """One replica as a run that the lab can go on with: its settings as a link tells them, and its text.

    ``wish`` holds ``settings``, ``own`` and ``width`` as a cell does, ``seeds`` with one seed and ``states`` with one
    state.
    """
    replicas = replicas_of(wish)
    if len(replicas) != 1:
        raise ValueError("One run can be opened at a time.")
    (each,), (state,) = replicas, _states(wish.get("states"), 1)
    return {
        "settings": to_link(each.settings),
        "run": run_of(state, each.task, each.recipe, each.settings.seed).to_json(),
    }


def replicas_of(wish: Mapping[str, Any]) -> list[Replica]:
    """What each seed of a wish is about to learn."""
    settings, own = strict(TrainingSettings, wish.get("settings")), wish.get("own")
    return replicas(with_width(settings, wish.get("width")), own, _seeds(wish.get("seeds")))


def replicas(settings: TrainingSettings, own: Any, seeds: Sequence[int]) -> list[Replica]:
    """The same network to be learnt with each of these seeds."""
    several = [replace(settings, seed=seed) for seed in seeds]
    tasks = _tasks_of_own(several, own) if brought(settings) else [made(each).task for each in several]
    return [Replica(each, task, recipe(each, task)) for each, task in zip(several, tasks, strict=True)]


def _tasks_of_own(several: Sequence[TrainingSettings], own: Any) -> list[Task]:
    """Brought data is read once, and split by each seed."""
    shares = tuple(share / 100.0 for share in several[0].split)
    read = dataset_of(own, shares, several[0].seed)
    parted = [Dataset.from_arrays(read.inputs, read.targets, shares, each.seed) for each in several]
    return [planned(each, data, own).task for each, data in zip(several, parted, strict=True)]


def with_width(settings: TrainingSettings, width: Any) -> TrainingSettings:
    """These settings with one hidden layer of so many neurons; as they are where the width is None."""
    if width is None:
        return settings
    if type(width) is not int or not 1 <= width <= MOST_ALONE:
        raise ValueError(f"The width must be a whole number from 1 to {MOST_ALONE}, not {shown(width)}.")
    return replace(settings, hidden_layers=str(width), activations=activation_names(settings.activations)[0])


def _seeds(told: Any) -> list[int]:
    sound = isinstance(told, list) and 1 <= len(told) <= MOST_SEEDS
    if not sound or not all(type(seed) is int and 0 <= seed <= LAST_SEED for seed in told):
        raise ValueError(f"The seeds must be 1 to {MOST_SEEDS} whole numbers from 0 to {LAST_SEED:,}.")
    if len(set(told)) < len(told):
        raise ValueError("The seeds of an experiment must differ.")
    return list(told)


def _looks(told: Any) -> list[int]:
    sound = isinstance(told, list) and 1 <= len(told) <= MOST_LOOKS
    sound = sound and all(type(epoch) is int and 0 <= epoch <= MOST_EPOCHS for epoch in told)
    if not sound or not all(one < other for one, other in pairwise(told)):
        raise ValueError(
            f"The epochs to look at must be 1 to {MOST_LOOKS} whole numbers up to {MOST_EPOCHS:,}, in ascending order."
        )
    return list(told)


def _states(told: Any, count: int) -> list[Any]:
    if told is None:
        return [None] * count
    if not isinstance(told, list) or len(told) != count:
        raise ValueError("The runs of this experiment are not as many as its seeds; begin it anew.")
    return list(told)


def _stop(wish: Mapping[str, Any], replicas: Sequence[Replica]) -> StopRules | None:
    if not wish.get("stopping"):
        return None
    patience = replicas[0].settings.patience
    if len(replicas) > 1 or not patience:
        raise ValueError("Early stopping ends one run at a time, and needs a patience.")
    return StopRules(patience=patience)


class _Cell:
    """Runs of one shape on their way from look to look, as far as the time goes."""

    def __init__(
        self, runs: Sequence[Run], looks: Sequence[int], stop: StopRules | None, clock: Callable[[], float]
    ) -> None:
        self._runs, self._looks, self._stop, self._clock = list(runs), looks, stop, clock
        self._end = clock() + CELL_SECONDS
        self._stopped = self._has_stopped()
        self._piece = _first_piece(runs[0])
        if len({run.step for run in runs if run.diverged_at is None}) > 1:
            raise ValueError("The runs of this experiment do not stand at the same update; begin it anew.")
        if self._step > looks[0] * runs[0].updates_per_epoch:
            raise ValueError(f"The runs of this experiment are beyond epoch {looks[0]:,} already; begin it anew.")

    def answer(self) -> dict[str, Any]:
        epochs, told = self._told()
        done = self._stopped or self._all_lost or len(epochs) == len(self._looks)
        return {
            "states": [state_of(run) for run in self._runs],
            "epochs": epochs,
            "curves": _curves(told),
            "epoch": max(run.epoch for run in self._runs),
            "updates_per_epoch": self._runs[0].updates_per_epoch,
            "diverged": [run.diverged_at is not None for run in self._runs],
            "best": [_best(run, measured=done) for run in self._runs],
            "done": done,
            "stopped": self._stopped,
        }

    def _told(self) -> tuple[list[float], list[Look]]:
        """The looks that are reached, and what each tells of every run."""
        epochs, told = list[float](), list[Look]()
        for look in self._looks:
            if not self._arrives(look * self._runs[0].updates_per_epoch):
                break
            epochs.append(max(run.epoch for run in self._runs) if self._stopped else look)
            told.append(_look_at(self._runs))
            if self._stopped:
                break
        return epochs, told

    def _arrives(self, step: int) -> bool:
        """Train until that step, or until the runs are stopped; False where time is over before, or all diverged."""
        while not self._stopped and self._step < step and not self._all_lost:
            if not self._piece:
                return False
            updates, begin = min(self._piece, step - self._step), self._clock()
            self._train(updates)
            now = self._clock()
            # as fast as just now
            self._piece = max(0, int(updates * (self._end - now) / max(now - begin, 1e-6)))
        return not self._all_lost

    def _train(self, updates: int) -> None:
        if self._stop is None:
            self._runs = list(advance_together(self._runs, updates=updates))
        else:
            self._runs = [advance(self._runs[0], updates=updates, stop=self._stop)]
            self._stopped = self._has_stopped()

    def _has_stopped(self) -> bool:
        return self._stop is not None and self._stop.reason(self._runs[0]) is not None

    @property
    def _step(self) -> int:
        """Updates done by those that have not diverged."""
        return max((run.step for run in self._runs if run.diverged_at is None), default=0)

    @property
    def _all_lost(self) -> bool:
        return all(run.diverged_at is not None for run in self._runs)


def _first_piece(run: Run) -> int:
    """Updates that surely fit into a cell."""
    cases = run.task.cases("training").cases
    batch = min(run.recipe.batch_size or cases, cases)
    return _FIRST_PIECE if batch * run.task.network.dimension < _LIGHT_UPDATE else 1


def _look_at(runs: Sequence[Run]) -> Look:
    measures = measures_together(runs)
    lost = np.array([run.diverged_at is not None for run in runs])
    return {name: np.where(lost, np.nan, getattr(measures, name)) for name in _CURVES}


def _curves(told: Sequence[Look]) -> dict[str, list[list[float | None]]]:
    return {name: [[_number(value) for value in look[name].tolist()] for look in told] for name in _CURVES}


def _best(run: Run, measured: bool) -> dict[str, Any] | None:
    """The best epoch of a run; where it is asked for, with the errors of all parts at its weights."""
    if run.best is None:
        return None
    told = {"epoch": run.epoch_at(run.best.step), "validation_error": run.best.error}
    if not measured:
        return told
    measures = measure_weights(run.task, run.best.weights)
    return told | {"training_error": _number(measures.training_error), "test_error": _number(measures.test_error)}


def _number(value: float | None) -> float | None:
    """JSON knows neither infinity nor what is no number."""
    return value if value is not None and np.isfinite(value) else None
