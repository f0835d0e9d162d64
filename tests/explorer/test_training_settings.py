import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from engine import (
    ACTIVATIONS,
    DATASETS,
    FEATURES,
    HIDDEN_ACTIVATIONS,
    INITIALISERS,
    OPTIMIZERS,
    SCHEDULES,
    Run,
    advance,
    measure,
    start,
)
from explorer.settings import Choice, Number, parts, read, specs, strict, to_link
from explorer.settings_wiring import borne
from explorer.training.presets import PRESETS, preset_values
from explorer.training.settings import (
    AMPLIFIERS,
    AS_THEY_ARE,
    BROUGHT,
    FEATURES_OF,
    MOST_LAYERS,
    MOST_NEURONS,
    TRAINERS,
    TrainingSettings,
    activation_names,
    hidden_sizes,
)
from explorer.training.tasks import first_run, made, recipe

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
    ("1 128", (1, 128)),
    ("8 " * 20, (8,) * 20),
]
NO_LAYERS = [
    "0", "257", "129 4", "1280", "01280", "00257", "4.0", "4.5", "-4", "+4", "1e1", "0x4", "four", "4;2", "4-2",
    "4 x 2",    "٤", "²", "½", "NaN", "4, 2, ?", "1 " * 21, "9" * 5000, "1" * 10**6,
]  # fmt: skip


@pytest.mark.parametrize(("text", "sizes"), LAYERS)
def test_widths_are_read(text: str, sizes: tuple[int, ...]) -> None:
    assert hidden_sizes(text) == sizes
    settings = strict(TrainingSettings, {"hidden_layers": text})
    assert settings.hidden_layers == ", ".join(map(str, sizes))
    assert made(settings).task.network.sizes == (2, *sizes, 1)


@pytest.mark.parametrize("text", NO_LAYERS, ids=lambda text: text[:12])
def test_other_texts_are_refused(text: str) -> None:
    legal = r"\AHidden layers must be at most 20 numbers from 1 to 128, a single one to 256, such as .{1,60}\.\Z"
    with pytest.raises(ValueError, match=legal):
        hidden_sizes(text)
    used, complaints = read(TrainingSettings, {"hidden_layers": text})
    assert used == TrainingSettings()
    assert len(complaints) == 1


def test_the_smallest_network_can_be_made_and_the_largest_be_told() -> None:
    # the largest trains in test_training_handlers.py, where its time is watched
    settings = strict(TrainingSettings, {"hidden_layers": "1", "cases": 10})
    assert advance(first_run(settings), updates=1).step == 1
    widths = (MOST_NEURONS,) * MOST_LAYERS
    settings = strict(TrainingSettings, {"hidden_layers": ", ".join(map(str, widths)), "cases": 10})
    assert made(settings).task.network.sizes == (2, *widths, 1)


# --- activations ------------------------------------------------------------------

NAMES = [
    ("tanh", ("tanh",), "tanh"),
    (" ReLU ", ("relu",), "relu"),
    ("relu,tanh", ("relu", "tanh"), "relu, tanh"),
    ("sine  elu,,linear", ("sine", "elu", "linear"), "sine, elu, linear"),
    ("relu relu", ("relu", "relu"), "relu"),
    ("sigmoid " * 20, ("sigmoid",) * 20, "sigmoid"),
    ("sigmoid, " * 19 + "tanh", ("sigmoid",) * 19 + ("tanh",), "sigmoid, " * 19 + "tanh"),
]
NO_NAMES = ["", " , ", "softmax", "tanh, ?", "tanh; relu", "tanh " * 21, "x" * 10**6, "tanh\u0000", "ｔａｎｈ"]


@pytest.mark.parametrize(("text", "names", "normal"), NAMES, ids=lambda value: str(value)[:20])
def test_names_of_activations_are_read(text: str, names: tuple[str, ...], normal: str) -> None:
    assert activation_names(text) == names
    assert strict(TrainingSettings, {"activations": text}).activations == normal


@pytest.mark.parametrize("text", NO_NAMES, ids=lambda text: text[:12])
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\AHidden activations must be one of .{1,120}; not .{1,60}\.\Z"):
        activation_names(text)
    used, complaints = read(TrainingSettings, {"activations": text})
    assert used == TrainingSettings()
    assert len(complaints) == 1


def test_every_layer_may_have_the_longest_name() -> None:
    # so many letters must pass for a text
    names = ", ".join(itertools.islice(itertools.cycle(sorted(HIDDEN_ACTIVATIONS, key=len)[-2:]), MOST_LAYERS))
    assert strict(TrainingSettings, {"activations": names}).activations == names


# --- ranges -----------------------------------------------------------------------


def test_menus_follow_the_registries() -> None:
    told = specs(TrainingSettings)

    def offered(field: str) -> set[str]:
        return set(told[field].options)  # type: ignore[attr-defined]

    assert offered("dataset") == {*DATASETS, *BROUGHT}
    assert offered("features") == set(FEATURES)
    assert set(itertools.chain(*FEATURES_OF.values())) == set(FEATURES)
    assert offered("optimizer") == set(TRAINERS) == {n for n, kind in OPTIMIZERS.items() if not kind.needs_hessian}
    assert offered("initialiser") == set(INITIALISERS)
    assert offered("schedule") == set(SCHEDULES)
    assert offered("amplify") == set(AMPLIFIERS)
    assert offered("output") - {"auto"} <= set(ACTIVATIONS)


def test_data_sets_stand_in_groups_of_their_kind() -> None:
    spec = specs(TrainingSettings)["dataset"]
    assert isinstance(spec, Choice)
    assert spec.groups is not None
    assert [title for title, names in spec.groups.items() if not names] == []
    for names in list(spec.groups.values())[:-1]:
        views = {DATASETS[name].view for name in names}
        assert len(views) == 1 or views == {"images", "table"}
    assert list(spec.groups.items())[-1] == ("Yours", tuple(BROUGHT))


def test_the_features_that_are_the_inputs_are_the_first_to_be_chosen() -> None:
    assert set(TrainingSettings().features) == set(itertools.chain(*AS_THEY_ARE.values()))
    for view, names in AS_THEY_ARE.items():
        assert set(names) <= set(FEATURES_OF[view])


def test_every_setting_has_its_part_and_says_when_it_counts() -> None:
    grouped = parts(TrainingSettings)
    assert list(grouped) == ["run", "live", "pace", "view"]
    told = specs(TrainingSettings)
    assert list(itertools.chain(*grouped.values())) == list(told)
    assert [name for name in grouped["run"] if not told[name].help.endswith("Starts a new run.")] == []
    assert [name for name in grouped["live"] if not told[name].help.endswith("while the network trains.")] == []


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize(
    ("cases", "split"), [(10, (1, 99, 0)), (10, (98, 1, 1)), (11, (50, 50, 0)), (100, (1, 0, 99)), (100, (60, 30, 10))]
)
def test_every_split_fills_its_parts(dataset: str, cases: int, split: tuple[int, ...]) -> None:
    task = made(TrainingSettings(dataset=dataset, cases=cases, split=split)).task
    found = [task.cases(part).cases for part in ("training", "validation", "test")]
    assert sum(found) == cases
    for share, count in zip(split, found, strict=True):
        assert count == pytest.approx(cases * share / 100, abs=2)  # those with a share have a case
        assert (count > 0) == (share > 0)


@pytest.mark.parametrize("dataset", DATASETS)
def test_of_measured_data_there_are_as_many_cases_as_there_are(dataset: str) -> None:
    most = specs(TrainingSettings)["cases"]
    assert isinstance(most, Number)
    source = DATASETS[dataset]
    data = made(TrainingSettings(dataset=dataset, cases=int(most.high))).task.data
    assert len(data.inputs) == min(int(most.high), source.most_cases)


# --- presets ----------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_legal_and_say_every_setting(preset: str) -> None:
    values = preset_values(preset)
    assert set(values) == set(specs(TrainingSettings))
    settings = strict(TrainingSettings, values)
    assert borne(settings) == values
    assert read(TrainingSettings, to_link(settings)) == (settings, [])
    assert settings == TrainingSettings(**PRESETS[preset].values)
    assert first_run(settings).diverged_at is None
    assert PRESETS[preset].help.endswith((".", "answer."))


def test_presets_differ() -> None:
    for one, other in itertools.combinations(PRESETS, 2):
        assert preset_values(one) != preset_values(other)
        assert PRESETS[one].title != PRESETS[other].title


def trained(preset: str, epochs: int) -> Run:
    """By the engine alone."""
    settings = TrainingSettings(**PRESETS[preset].values)
    task = made(settings).task
    return advance(start(task, recipe(settings, task), settings.seed), epochs=epochs)


def shares_told_rightly(run: Run) -> Sequence[float]:
    told = measure(run).accuracy
    assert told is not None
    return [share for share in told if share is not None]


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
    ("preset", "epochs", "accuracy"),
    [("first", 600, 0.9), ("xor", 600, 0.9), ("spiral", 600, 0.85), ("classes", 400, 0.9), ("dog_cat", 200, 0.85)],
)
def test_presets_of_classes_learn_what_they_promise(preset: str, epochs: int, accuracy: float) -> None:
    assert min(shares_told_rightly(trained(preset, epochs))) > accuracy


def test_dog_cat_and_both_and_neither_are_all_told() -> None:
    run = trained("dog_cat", 200)
    (x1, t1), (x2, t2) = run.task.data.part("validation"), run.task.data.part("test")
    inputs, targets = np.vstack([x1, x2]), np.vstack([t1, t2])
    outputs = run.task.network.forward(run.weights, run.task.features(inputs)).activities[-1]
    for dog, cat in itertools.product((0, 1), repeat=2):
        mine = (targets == (dog, cat)).all(axis=1)
        assert mine.sum() > 15
        assert ((outputs[mine] > 0.5) == (dog, cat)).all(axis=1).mean() > 0.85


def test_the_curve_is_found_behind_its_noise() -> None:
    run = trained("curve", 400)
    inputs, targets = run.task.data.part("validation")
    told = run.task.to_raw(run.task.network.forward(run.weights, run.task.features(inputs)).activities[-1])
    # 1 - R^2 = sum (t - y)^2 / sum (t - mean t)^2
    assert ((told - targets) ** 2).sum() < 0.1 * ((targets - targets.mean()) ** 2).sum()
    # nearer to the law than the points that it was learnt from
    assert ((told - np.sin(inputs)) ** 2).mean() < 0.15**2


def test_digits_are_read_within_seconds() -> None:
    run = trained("digits", 25)  # 25 x 29 updates
    assert min(shares_told_rightly(run)) > 0.9


def test_twenty_layers_of_sigmoids_never_learn() -> None:
    run = trained("deep", 30)
    network, surface = run.task.network, run.task.surface()
    assert len(network.sizes) == 22
    for weights in (run.task.network.first_weights(run.seed), run.weights):
        lengths = [np.linalg.norm(matrix) for matrix in network.matrices(surface.gradient(weights))]
        assert lengths[0] < 1e-6 * lengths[-1]
    _, targets = run.task.data.part("training")
    # the best constant c = mean t leaves E = 1/2 mean (t - c)^2
    assert measure(run).training_error >= 0.5 * targets.var()
