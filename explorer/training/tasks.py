"""From settings to the run they name."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine import (
    DATASETS,
    OPTIMIZERS,
    SCHEDULES,
    Amplification,
    Dataset,
    Network,
    Preparation,
    Recipe,
    Run,
    Schedule,
    StopRules,
    Task,
    start,
)
from engine.tasks import MOST_ACTIVITIES
from explorer.settings import parts
from explorer.training.own import dataset_of
from explorer.training.settings import (
    AS_THEY_ARE,
    FEATURES_OF,
    TRAINERS,
    TrainingSettings,
    activation_names,
    hidden_sizes,
)
from explorer.training.subjects import Kind, Subject, brought, subject

_OUTPUTS: dict[Kind, str] = {
    "signs": "tanh",
    "classes": "softmax",
    "labels": "sigmoid",
    "regression": "linear",
}
_IMAGES_ONLY = ("shift", "rotate", "lighten", "noise")
# What the strongest amplification of each kind does, in the units of engine.Amplification.
_STRONGEST = {"shift": 2.0, "rotate": 30.0, "lighten": 0.5, "noise": 0.3, "jitter": 0.5}
MOST_NUMBERS = 4_000_000  # of all inputs together, copies included
LONGEST_RUN = 15_500_000  # characters; 20 layers of 128 with Adam and the best weights have 14 million
_LONGEST_REST = 1_000_000  # of them for all but arrays: 5,000 changes, 2,000 drawn points
_MOST_SLOTS = max(len(OPTIMIZERS[name].slot_names) for name in TRAINERS)


@dataclass(frozen=True)
class Made:
    """A task and what its data is about."""

    task: Task
    subject: Subject


def made(settings: TrainingSettings, own: Any = None) -> Made:
    """The task of these settings; the same object for the same settings. ValueError where they do not go together."""
    if brought(settings):
        shares = tuple(share / 100.0 for share in settings.split)
        return planned(settings, dataset_of(own, shares, settings.seed), own)
    return _made(_task_settings(settings))


def planned(settings: TrainingSettings, data: Dataset, own: Any = None) -> Made:
    """The task of these settings on this data."""
    about = subject(settings, data, own)
    output = _OUTPUTS[about.kind] if settings.output == "auto" else settings.output
    preparation = _preparation(settings, about, output)
    network = Network(
        (preparation.width(data.inputs.shape[1]), *hidden_sizes(settings.hidden_layers), data.targets.shape[1]),
        _hidden(settings),
        output,
        settings.initialiser,
        settings.connectivity / 100.0,
    )
    _check_fit(about, output)
    error = _error(settings, about, output)
    _check_size(network, data, preparation.copies)
    return Made(Task(data, network, error, settings.reduction, preparation), about)  # type: ignore[arg-type]


def recipe(settings: TrainingSettings, task: Task) -> Recipe:
    """The recipe of these settings for this task."""
    return Recipe(
        OPTIMIZERS[settings.optimizer](learning_rate=settings.learning_rate),
        settings.batch_size,
        schedule=_schedule(settings, task),
        l1=settings.l1,
        l2=settings.l2,
        dropout=settings.dropout,
        clip_norm=settings.clip_norm or None,
    )


def stop_rules(settings: TrainingSettings) -> StopRules:
    """When a run of these settings ends by itself."""
    return StopRules(settings.stop_epochs or None, settings.stop_error or None, settings.patience or None)


def first_run(settings: TrainingSettings, own: Any = None, changes: Any = ()) -> Run:
    """The run of these settings before its first update, with the changes it will meet."""
    task = made(settings, own).task
    return start(task, recipe(settings, task), settings.seed, changes=changes)


@lru_cache(maxsize=16)
def known(task: Task) -> Task:
    """An equal task that was met before: what it has prepared is not prepared again."""
    return task


def remarks(settings: TrainingSettings, about: Subject) -> list[str]:
    """What does not go well together, though it can be done: one sentence each."""
    output = _OUTPUTS[about.kind] if settings.output == "auto" else settings.output
    said = []
    if about.kind == "regression" and output in ("tanh", "sigmoid"):
        low = -1 if output == "tanh" else 0
        said.append(f"The {output} output stays between {low} and 1: it cannot reach targets beyond that.")
    if settings.amplify_copies and not _amplification(settings, about):
        said.append("Copies are asked for, but nothing that would make them differ; there are none.")
    as_they_are = {name for names in AS_THEY_ARE.values() for name in names}
    if set(settings.features) - as_they_are and about.view not in AS_THEY_ARE:
        said.append("Squares, products and sines are offered for one and two inputs; the inputs are used as they are.")
    if about.view in AS_THEY_ARE and not set(settings.features) & set(FEATURES_OF[about.view]):
        said.append("No input is chosen; the inputs are used as they are.")
    if settings.dropout and not hidden_sizes(settings.hidden_layers):
        said.append("Dropout rests hidden neurons, and there is no hidden layer.")
    cases = 0 if brought(settings) else DATASETS[settings.dataset].most_cases
    if 0 < cases < settings.cases:
        said.append(f"{DATASETS[settings.dataset].title} has {cases:,} cases; all of them are used.")
    if settings.patience and not settings.split[1]:
        said.append("Early stopping needs validation cases, and the split has none.")
    return said


def _task_settings(settings: TrainingSettings) -> TrainingSettings:
    """These settings with all that makes no difference to the task at its default."""
    return TrainingSettings(**{name: getattr(settings, name) for name in parts(TrainingSettings)["run"]})


@lru_cache(maxsize=16)
def _made(settings: TrainingSettings) -> Made:
    source = DATASETS[settings.dataset]
    shares = tuple(share / 100.0 for share in settings.split)
    cases = min(settings.cases, source.most_cases)
    data = source.generate(cases=cases, noise=settings.noise, seed=settings.seed, split=shares)
    return planned(settings, data)


def _hidden(settings: TrainingSettings) -> str | tuple[str, ...]:
    names, layers = activation_names(settings.activations), len(hidden_sizes(settings.hidden_layers))
    if len(names) == 1:
        return names[0]
    if len(names) != layers:
        raise ValueError(
            f"Activations names {len(names)} layers, but there are {layers} hidden layers; "
            "name one for each, or one for all."
        )
    return names


def _preparation(settings: TrainingSettings, about: Subject, output: str) -> Preparation:
    features = tuple(name for name in settings.features if name in FEATURES_OF[about.view])
    if features == AS_THEY_ARE.get(about.view):
        features = ()
    targets = "as_given"
    if about.kind == "signs" and output == "sigmoid":
        targets = "unit"
    elif about.kind == "regression" and settings.standardise:
        targets = "standardised"
    return Preparation(features, settings.standardise, targets, _amplification(settings, about))  # type: ignore[arg-type]


def _amplification(settings: TrainingSettings, about: Subject) -> Amplification | None:
    kinds = [kind for kind in settings.amplify if about.image is not None or kind not in _IMAGES_ONLY]
    amounts: dict[str, Any] = {kind: settings.amplify_amount * _STRONGEST[kind] for kind in kinds if kind in _STRONGEST}
    if "mirror" in kinds:
        amounts["mirror"] = True
    if not settings.amplify_copies or not any(amounts.values()):
        return None
    return Amplification(settings.amplify_copies, **amounts, image=about.image, seed=settings.seed)


def _check_fit(about: Subject, output: str) -> None:
    if output == "softmax" and about.kind != "classes":
        why = {
            "signs": "two classes and one output: choose tanh or sigmoid",
            "labels": "outputs that do not exclude each other: choose sigmoid",
            "regression": "numbers to be met, not classes: choose linear",
        }[about.kind]
        raise ValueError(f"A softmax output divides a whole among classes, but this data has {why}.")


def _check_size(network: Network, data: Dataset, copies: int) -> None:
    """ValueError for what would make ticks too long, or could not travel."""
    if copies * len(data.training) * network.sizes[0] > MOST_NUMBERS:
        raise ValueError(f"These are more than {MOST_NUMBERS:,} numbers with all copies; take fewer cases or copies.")
    cases, neurons = len(data.inputs) + (copies - 1) * len(data.training), sum(network.sizes)
    if cases * neurons > MOST_ACTIVITIES:
        raise ValueError(
            f"{neurons:,} neurons, inputs included, with {cases:,} cases are more than {MOST_ACTIVITIES:,} activities; "
            "take fewer of either."
        )
    own = 0 if data.origin is not None else data.inputs.size + data.targets.size
    # weights, the best so far, and what the optimizer remembers of each, as base64 of float64
    length = (network.dimension * (2 + _MOST_SLOTS) + own) * 8 * 4 // 3
    if length > LONGEST_RUN - _LONGEST_REST:
        raise ValueError("This data and this network together are too large to travel; take fewer rows or neurons.")


def _error(settings: TrainingSettings, about: Subject, output: str) -> str:
    if settings.error == "auto":
        classes = about.kind != "regression" and output in ("softmax", "sigmoid")
        return "cross_entropy" if classes else "squared"
    if settings.error == "cross_entropy" and (output not in ("sigmoid", "softmax") or about.kind == "regression"):
        what = f"the output is {output}" if output not in ("sigmoid", "softmax") else "these targets are plain numbers"
        raise ValueError(
            f"Cross-entropy compares shares, as sigmoid or softmax outputs tell, but {what}; choose another error."
        )
    return settings.error


def _schedule(settings: TrainingSettings, task: Task) -> Schedule | None:
    if settings.schedule == "constant":
        return None
    cases = task.cases("training").cases
    return SCHEDULES[settings.schedule].over(settings.schedule_epochs * -(-cases // settings.batch_size))
