"""Many runs of one task that differ in their seeds, trained and measured side by side.

Runs that are small enough are stacked: one NumPy call does the same to all of them. What comes out are ordinary runs;
they agree with runs that ``advance`` carries on one by one to rounding only, for sums over a stack may be added up in
another order. So the replay of such a run alone, from its text or its seed, differs in the last bits, which a network
far from rest amplifies, and of two epochs with equal validation errors it may take the other for the best. Here, n + m
updates at once are bit for bit n updates and then m, of the same runs in the same order.
"""

import reprlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import checks
from engine.measures import reading_of
from engine.runs import Run
from engine.stacked_teams import read, teams_of
from engine.types import PARTS, Array


@dataclass(frozen=True, eq=False)
class ReplicaMeasures:
    """Errors as means per case and shares of cases told rightly, all (..., R) for R replicas.

    NaN where a part is empty, accuracies also where the targets are no classes.
    """

    training_error: Array
    validation_error: Array
    test_error: Array
    training_accuracy: Array
    validation_accuracy: Array
    test_accuracy: Array


def advance_together(
    runs: Sequence[Run], epochs: int | None = None, updates: int | None = None, stacked: bool | None = None
) -> tuple[Run, ...]:
    """The runs after so many more epochs, or updates. Those that have diverged stay as they are.

    They must have networks of the same sizes and activations, as many cases, the same error and recipe, stand at the
    same step and have no change before them on the way; seeds, weights, links and the numbers of the data may differ.
    ``stacked`` overrules the measured choice between a stack and one run after another.
    """
    live = _checked(runs)
    if (updates is None) == (epochs is None):
        raise ValueError(f"updates is {updates!r} and epochs is {epochs!r}; exactly one of them must be given")
    if epochs is not None:
        updates = checks.integer("epochs", epochs, 0) * _updates_per_epoch(live)
    end = _end(live, checks.integer("updates", updates, 0))
    advanced: list[Run] = []
    for team in teams_of(runs, stacked):
        team.advance(end)
        advanced += team.runs()
    return tuple(advanced)


def measures_together(runs: Sequence[Run]) -> ReplicaMeasures:
    """How good the weights of each run are on each part of its data: arrays (R,); see ``measure``.

    They must have networks of the same sizes and activations, as many cases and the same error.
    """
    _check_shapes(runs)
    _check_readings(runs)
    return ReplicaMeasures(*read(runs))


def train_together(
    runs: Sequence[Run], epochs: int, looks: Sequence[int], stacked: bool | None = None
) -> tuple[tuple[Run, ...], ReplicaMeasures]:
    """As ``advance_together``, with a look at the measures after so many epochs each, 0 for where the runs stand now.

    The measures are arrays (looks, R); from a divergence on those of the last good weights are repeated.
    """
    live = _checked(runs)
    _check_readings(runs)
    checks.integer("epochs", epochs, 0)
    _check_looks(looks, epochs)
    length, begin = _updates_per_epoch(live), _end(live, 0)
    _end(live, epochs * length)
    trained, curves = list[Run](), list[Array]()
    for team in teams_of(runs, stacked):
        readings = [np.empty((2 * len(PARTS), 0, team.size))]
        for look in looks:
            team.advance(begin + look * length)
            readings.append(team.read()[:, None])
        team.advance(begin + epochs * length)
        curves.append(np.concatenate(readings, axis=1))
        trained += team.runs()
    return tuple(trained), ReplicaMeasures(*np.concatenate(curves, axis=-1))


def _check_shapes(runs: Sequence[Run]) -> None:
    if not runs:
        raise ValueError("runs is empty; at least one is needed")
    for run in runs:
        checks.instance("runs", run, Run)
    _check_alike(_shape, runs, range(len(runs)))


def _checked(runs: Sequence[Run]) -> list[Run]:
    """Those that have not diverged; ValueError where the runs are not alike."""
    _check_shapes(runs)
    rows = [row for row, run in enumerate(runs) if run.diverged_at is None]
    live = [runs[row] for row in rows]
    if any(run.now != live[0].now for run in live):
        _check_alike(lambda run: run.now.to_dict(), live, rows)
    _check_alike(_standing, live, rows)
    return live


def _shape(run: Run) -> dict[str, Any]:
    """What must be alike for measuring."""
    task = run.present_task
    counts = {f"{part} cases": task.cases(part).cases for part in PARTS}
    network = {"sizes": task.network.sizes, "activations": task.network.activations}
    return {**network, "error": task.error, "reduction": task.reduction, **counts}


def _standing(run: Run) -> dict[str, Any]:
    """What must be alike for training besides, but for the recipe."""
    begun = {"first step of the optimizer": run.optimizer_since, "first step of the epochs": run.stage.begin}
    return {"step": run.step, **begun}


def _check_alike(traits_of: Callable[[Run], dict[str, Any]], runs: Sequence[Run], rows: Sequence[int]) -> None:
    """ValueError where a trait of a run differs from that of the first; ``rows`` are their places among all."""
    traits = [traits_of(run) for run in runs]
    for row, own in zip(rows, traits, strict=True):
        for name, value in own.items():
            if value != traits[0][name]:
                raise ValueError(
                    f"{name} of runs[{row}] is {reprlib.repr(value)} and of runs[{rows[0]}] "
                    f"{reprlib.repr(traits[0][name])}; runs that go together must have the same"
                )


def _check_readings(runs: Sequence[Run]) -> None:
    readings = {
        id(task): reading_of(task) for task in {id(run.present_task): run.present_task for run in runs}.values()
    }
    for row, run in enumerate(runs):
        if readings[id(run.present_task)] != readings[id(runs[0].present_task)]:
            raise ValueError(
                f"targets of runs[{row}] are not the kind of classes that those of runs[0] are; measure them apart"
            )


def _check_looks(looks: Sequence[int], epochs: int) -> None:
    for place, look in enumerate(looks):
        checks.integer(f"looks[{place}]", look, looks[place - 1] if place else 0, epochs)


def _updates_per_epoch(live: Sequence[Run]) -> int:
    return live[0].updates_per_epoch if live else 0


def _end(live: Sequence[Run], updates: int) -> int:
    """The step after so many updates; ValueError where a change is made on the way there."""
    if not live:
        return 0
    end = live[0].step + updates
    for run in live:
        change = run.history.next_step(run.step)
        if change is not None and change <= end:
            raise ValueError(
                f"a run has a change before it, at step {change}; "
                "only runs whose changes all lie behind them go together"
            )
    return end
