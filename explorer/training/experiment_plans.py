"""What an experiment consists of: which seeds of which networks, in cells that are light enough to travel.

A plan holds ``groups``, each for one row of cells: ``{seeds, width, cost, weights}``, ``cost`` being about the seconds
that it takes, so that the page can tell how far it has come.
"""

from collections.abc import Sequence
from typing import Any, cast

from engine import Task
from engine.stacked_teams import STACKED_UP_TO
from explorer.numbers import plural
from explorer.settings import Choice, number_text, shown, specs, strict
from explorer.training.experiments import (
    CELL_SECONDS,
    LAST_SEED,
    MOST_EPOCHS,
    MOST_SEEDS,
    Replica,
    replicas,
    with_width,
)
from explorer.training.replica_states import letters_of
from explorer.training.settings import MOST_ALONE, TrainingSettings
from explorer.training.subjects import brought

_ALL_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
WIDTHS = tuple(width for width in _ALL_WIDTHS if width <= MOST_ALONE)
_CELL_LETTERS = 1_500_000  # of all states of a cell: their way takes a tenth of its time
_MOST_SEEDS_A_WIDTH, _LEAST_SEEDS_A_WIDTH = 8, 2
_SECONDS_A_WIDTH = 1.0
# Seconds on one core, measured: of an update whatever its size, for each weight and slot of it, for each neuron and
# case, for each weight and case; of a cell's way to the page and back, for each letter of it.
_UPDATE, _WEIGHT, _ACTIVITY, _PRODUCT = 8e-6, 1.5e-9, 4e-9, 0.15e-9
_WAY, _LETTER = 0.02, 5e-8


def bands_plan(wish: dict[str, Any]) -> dict[str, Any]:
    """The present network with 16 seeds, its own the first; ``wish`` holds settings, own and epochs."""
    settings, epochs = strict(TrainingSettings, wish.get("settings")), checked_epochs(wish.get("epochs"))
    first = replicas(settings, wish.get("own"), [settings.seed])[0]
    seeds = _seeds_from(settings.seed, MOST_SEEDS)
    return {"groups": _groups(first, seeds, None, epochs), "epochs": epochs, "same": _same(settings)}


def capacity_plan(wish: dict[str, Any]) -> dict[str, Any]:
    """One hidden layer of each width with several seeds; ``wish`` holds settings, own and epochs.

    ``threshold`` is the width, with a fraction, at which there are as many weights as training cases times outputs.
    """
    settings, epochs = strict(TrainingSettings, wish.get("settings")), checked_epochs(wish.get("epochs"))
    own, groups, left_out = wish.get("own"), list[dict[str, Any]](), ""
    for width in WIDTHS:
        try:
            each = replicas(with_width(settings, width), own, [settings.seed])[0]
        except ValueError as reason:
            if not groups:
                raise
            left_out = f"Widths from {width} on are left out. {reason}"
            break
        affordable = int(_SECONDS_A_WIDTH / seconds_of(each, epochs))
        count = max(_LEAST_SEEDS_A_WIDTH, min(_MOST_SEEDS_A_WIDTH, affordable))
        groups += _groups(each, _seeds_from(settings.seed, count), width, epochs)
    first = replicas(with_width(settings, 1), own, [settings.seed])[0]
    if not first.task.cases("validation").cases:
        raise ValueError("Overfitting shows on validation cases, and the split has none; give it some.")
    return {
        "groups": groups,
        "widths": sorted({group["width"] for group in groups}),
        "epochs": epochs,
        "threshold": threshold(first.task),
        "cases": len(first.task.data.training),
        "outputs": first.task.network.sizes[-1],
        "left_out": left_out,
        "about": about_data(settings, first.task),
        "same": _same(settings),
    }


def threshold(task: Task) -> float | None:
    """The width of one hidden layer with as many weights as training cases times outputs; None where none has.

    With fewer weights a network cannot, in general, meet all targets: where the error of double descent has its peak
    (Belkin et al. 2019, PNAS 116, 15849-15854, which counts cases times outputs for several outputs).
    """
    network = task.network
    inputs, outputs = network.sizes[0], network.sizes[-1]
    # P(H) = c H (D + K) + H + K = N K, with the share c of links that exist
    width = (len(task.data.training) * outputs - outputs) / (network.connectivity * (inputs + outputs) + 1.0)
    return width if width >= 1.0 else None


def seconds_of(replica: Replica, epochs: int, together: int = 1) -> float:
    """About how long so many runs of this kind take together, on one core, in cells one after another."""
    task, size = replica.task, replica.task.network.dimension
    cases, validation = task.cases("training").cases, task.cases("validation").cases
    batch = min(replica.recipe.batch_size or cases, cases)
    updates, neurons = -(-cases // batch), sum(task.network.sizes)
    stacked = size + batch * neurons <= STACKED_UP_TO
    moving = size * (1 + len(replica.recipe.optimizer.slot_names))
    an_update = _UPDATE * (1 if stacked else together) + _WEIGHT * moving * together
    all_cases = (cases + validation / 3.0) * (_ACTIVITY * neurons + _PRODUCT * size) * together
    training = epochs * (updates * an_update + all_cases)
    way = _WAY + _LETTER * letters_of(task, replica.recipe) * together
    return training + (1.0 + training / CELL_SECONDS) * way


def checked_epochs(told: Any) -> int:
    """How many epochs an experiment is asked to go."""
    if type(told) is not int or not 1 <= told <= MOST_EPOCHS:
        raise ValueError(f"The epochs must be a whole number from 1 to {MOST_EPOCHS:,}, not {shown(told)}.")
    return told


def _groups(first: Replica, seeds: Sequence[int], width: int | None, epochs: int) -> list[dict[str, Any]]:
    """These seeds, as many together as may travel together."""
    size = max(1, _CELL_LETTERS // letters_of(first.task, first.recipe))
    parted = [list(seeds[begin : begin + size]) for begin in range(0, len(seeds), size)]
    weights = _count_weights(first)
    return [
        {"seeds": part, "width": width, "cost": seconds_of(first, epochs, len(part)), "weights": weights}
        for part in parted
    ]


def _count_weights(replica: Replica) -> int:
    mask = replica.task.network.mask(replica.settings.seed)
    return replica.task.network.dimension if mask is None else int(mask.sum())


def _seeds_from(first: int, count: int) -> list[int]:
    return [(first + place) % (LAST_SEED + 1) for place in range(count)]


def about_data(settings: TrainingSettings, task: Task) -> str:
    """The data of an experiment in words."""
    title = cast(Choice, specs(TrainingSettings)["dataset"]).options[settings.dataset]
    noise = "" if brought(settings) else f", noise {number_text(settings.noise)}"
    cases = f"{plural(len(task.data.inputs), 'case')}, {len(task.data.training):,} of them for training"
    return f"{title}, {cases}{noise}"


def _same(settings: TrainingSettings) -> str:
    """What a seed draws and what not."""
    if brought(settings):
        return "Your data is the same for all; each seed draws split, first weights and orders."
    return "Each seed draws its own data, split, first weights and orders."
