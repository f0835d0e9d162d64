import itertools

import pytest

from engine import DATASETS, OPTIMIZERS, Run, advance, measure, start
from explorer.live import MOST_UPDATES
from explorer.settings import read, specs, strict, to_link
from explorer.training.settings import (
    MOST_LAYERS,
    MOST_NEURONS,
    PLANES,
    PRESETS,
    TRAINERS,
    TrainingSettings,
    hidden_sizes,
    preset_values,
)
from explorer.training.tasks import first_run, recipe, task

# --- layers -----------------------------------------------------------------------

LAYERS = [
    ("", ()),
    ("  ,, ,", ()),
    ("4", (4,)),
    ("4, 2", (4, 2)),
    ("4,2", (4, 2)),
    (" 4   2 ", (4, 2)),
    ("4,,2,", (4, 2)),
    ("0004", (4,)),
    ("1 64", (1, 64)),
    ("8 8 8 8 8 8 8 8", (8,) * 8),
]
NO_LAYERS = [
    "0", "65", "640", "00640", "00065", "4.0", "4.5", "-4", "+4", "1e1", "0x4", "four", "4;2", "4-2", "4 x 2",
    "٤", "²", "½", "NaN", "4, 2, ?", "1 1 1 1 1 1 1 1 1", "9" * 5000, "1" * 10**6,
]  # fmt: skip


@pytest.mark.parametrize(("text", "sizes"), LAYERS)
def test_widths_are_read(text: str, sizes: tuple[int, ...]) -> None:
    assert hidden_sizes(text) == sizes
    settings = strict(TrainingSettings, {"hidden_layers": text})
    assert settings.hidden_layers == ", ".join(map(str, sizes))
    assert task(settings).network.sizes == (2, *sizes, 1)


@pytest.mark.parametrize("text", NO_LAYERS, ids=lambda text: text[:12])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"\AHidden layers must be at most 8 numbers from 1 to 64, such as .{1,60}\.\Z"
    ):
        hidden_sizes(text)
    used, complaints = read(TrainingSettings, {"hidden_layers": text})
    assert used == TrainingSettings()
    assert len(complaints) == 1


@pytest.mark.parametrize("widths", [(1,), (MOST_NEURONS,) * MOST_LAYERS])
def test_the_smallest_and_the_largest_network_can_be_made(widths: tuple[int, ...]) -> None:
    settings = strict(TrainingSettings, {"hidden_layers": ", ".join(map(str, widths)), "cases": 10})
    assert advance(first_run(settings), updates=1).step == 1


# --- ranges -----------------------------------------------------------------------


def test_menus_follow_the_registries() -> None:
    assert set(PLANES) == {name for name, source in DATASETS.items() if len(source.input_names) == 2}
    assert set(TRAINERS) == {name for name, kind in OPTIMIZERS.items() if not kind.needs_hessian}


@pytest.mark.parametrize("dataset", PLANES)
@pytest.mark.parametrize(("cases", "share"), [(10, 5), (10, 95), (11, 50), (1000, 5), (1000, 95)])
def test_every_split_trains_and_validates(dataset: str, cases: int, share: int) -> None:
    made = task(strict(TrainingSettings, {"dataset": dataset, "cases": cases, "training_share": share}))
    training, validation = made.cases("training").cases, made.cases("validation").cases
    assert training + validation == cases
    assert training == pytest.approx(cases * share / 100, abs=1)
    assert min(training, validation) >= 1


def test_one_epoch_is_never_more_than_a_tick_may_do() -> None:
    ranges = specs(TrainingSettings)
    largest = {name: ranges[name].high for name in ("cases", "training_share")}  # type: ignore[attr-defined]
    run = first_run(TrainingSettings(**largest, batch_size=ranges["batch_size"].low))  # type: ignore[attr-defined]
    assert run.updates_per_epoch <= MOST_UPDATES


def test_settings_become_the_run_they_say() -> None:
    settings = strict(
        TrainingSettings,
        {"dataset": "moons", "cases": 40, "noise": 0.2, "training_share": 75, "hidden_layers": "3",
         "activation": "relu", "optimizer": "adam", "batch_size": 7, "seed": 11, "learning_rate": 0.5},
    )  # fmt: skip
    run = first_run(settings)
    network = run.task.network
    assert (network.sizes, network.hidden, network.output) == ((2, 3, 1), "relu", "tanh")
    assert run.task.data == DATASETS["moons"].generate(cases=40, noise=0.2, seed=11, split=(0.75, 0.25, 0.0))
    assert (run.recipe.optimizer, run.recipe.batch_size, run.recipe.shuffle) == (OPTIMIZERS["adam"](0.5), 7, True)
    assert (run.seed, run.step) == (11, 0)
    assert run.task is task(settings)


# --- presets ----------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_legal_and_say_every_setting(preset: str) -> None:
    values = preset_values(preset)
    assert set(values) == set(specs(TrainingSettings))
    settings = strict(TrainingSettings, values)
    assert to_link(settings) == values
    assert settings == TrainingSettings(**PRESETS[preset].values)
    assert first_run(settings).diverged_at is None


def test_presets_differ() -> None:
    for one, other in itertools.combinations(PRESETS, 2):
        assert preset_values(one) != preset_values(other)


def trained(preset: str, epochs: int) -> Run:
    """By the engine alone."""
    settings = TrainingSettings(**PRESETS[preset].values)
    return advance(start(task(settings), recipe(settings), settings.seed), epochs=epochs)


def test_overfitting_really_overfits() -> None:
    before, after = trained("overfitting", 0), trained("overfitting", 2000)
    assert after.best is not None
    first, last = measure(before), measure(after)
    assert last.training_error < 0.1 * first.training_error
    assert last.validation_error is not None
    assert last.validation_error > 1.2 * after.best.error
    assert after.best.step / after.updates_per_epoch > 50
    # and it had learnt something before it went wrong
    assert first.validation_error is not None
    assert after.best.error < 0.6 * first.validation_error


@pytest.mark.parametrize(
    ("preset", "epochs", "accuracy"), [("first", 600, 0.9), ("xor", 600, 0.9), ("spiral", 600, 0.85)]
)
def test_the_other_presets_learn_what_they_promise(preset: str, epochs: int, accuracy: float) -> None:
    told = measure(trained(preset, epochs)).accuracy
    assert told is not None
    assert told.validation is not None
    assert told.validation > accuracy
