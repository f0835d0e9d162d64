"""Remedies against overfitting, side by side: each changes one thing of the present settings, from the same start."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine import DATASETS
from explorer.numbers import short
from explorer.settings import number_text, strict, to_link
from explorer.training.experiment_plans import about_data, checked_epochs, seconds_of
from explorer.training.experiments import Replica, replicas
from explorer.training.settings import MOST_CASES, TrainingSettings, hidden_sizes
from explorer.training.subjects import Subject, brought, subject

MORE_CASES = 4  # times
_WORTHWHILE = 1.5  # times as many cases: less would not tell
COPIES = 4
CONNECTIVITY = 50
L2, L1 = 0.01, 0.003
DROPOUT = 0.2
PATIENCE = 20
_SAME = "The same data and the same first weights."
_FEWER_LINKS = "The same data; the links that are left begin with the same weights."
_OTHER_CASES = "The same first weights; all cases are drawn anew, those for validation too."
_MORE_UPDATES = "an epoch has {} times the updates"


@dataclass(frozen=True)
class Altered:
    """Settings with one thing changed, the change in words, and what stays the same."""

    settings: TrainingSettings
    change: str
    same: str = _SAME


@dataclass(frozen=True)
class Remedy:
    """One remedy. ``alter`` raises ValueError with a reason, without its full stop, where there is nothing to alter."""

    name: str
    title: str
    alter: Callable[[TrainingSettings, Subject], Altered]


def remedies_plan(wish: dict[str, Any]) -> dict[str, Any]:
    """What is to be trained; ``wish`` holds settings, own and epochs.

    ``rows`` are the settings as they are and each remedy that makes a difference, ``left_out`` says in a sentence each
    why another is not among them. A row has ``name``, ``title``, ``change`` and ``same`` in words, ``settings`` as a
    link tells them, ``seeds``, ``cost``, about the seconds that it takes, and whether it is ``stopping``. ``about`` is
    the data in words.
    """
    settings, epochs = strict(TrainingSettings, wish.get("settings")), checked_epochs(wish.get("epochs"))
    own = wish.get("own")
    base = replicas(settings, own, [settings.seed])[0]
    if not base.task.cases("validation").cases:
        raise ValueError("Remedies are compared by their validation error, and the split has no validation cases.")
    about = subject(settings, base.task.data, own)
    rows, left_out = [_row("base", "As it is", Altered(settings, "nothing"), base, epochs)], []
    for remedy in REMEDIES:
        try:
            altered = remedy.alter(settings, about)
            each = replicas(altered.settings, own, [settings.seed])[0]
        except ValueError as reason:
            left_out.append(f"{remedy.title} is left out: {str(reason).rstrip('.')}.")
            continue
        rows.append(_row(remedy.name, remedy.title, altered, each, epochs))
    said = about_data(settings, base.task)
    return {"rows": rows, "left_out": left_out, "epochs": epochs, "seed": settings.seed, "about": said}


def _row(name: str, title: str, altered: Altered, replica: Replica, epochs: int) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "change": altered.change,
        "same": altered.same,
        "settings": to_link(altered.settings),
        "seeds": [altered.settings.seed],
        "cost": seconds_of(replica, epochs),
        "stopping": name == "early_stopping",
    }


def _more_data(settings: TrainingSettings, about: Subject) -> Altered:
    if brought(settings):
        raise ValueError("there are no more cases of your own data")
    most = DATASETS[settings.dataset].most_cases
    now = min(settings.cases, most)
    more = min(MORE_CASES * now, MOST_CASES, most)
    if more < _WORTHWHILE * now:
        why = "that is as many as the app takes" if more == MOST_CASES else f"there are {most:,} in all"
        raise ValueError(f"{now:,} cases are in use, and {why}")
    change = f"{more:,} cases in place of {now:,}; {_MORE_UPDATES.format(short(more / now))}"
    return Altered(replace(settings, cases=more), change, _OTHER_CASES)


def _amplified(settings: TrainingSettings, about: Subject) -> Altered:
    if settings.amplify_copies:
        raise ValueError(f"there are {settings.amplify_copies} altered copies of each case already")
    kinds = ("shift", "rotate", "jitter") if about.image is not None else ("jitter",)
    change = f"{COPIES} altered copies of each training case ({', '.join(kinds)}); {_MORE_UPDATES.format(COPIES + 1)}"
    altered = replace(settings, amplify_copies=COPIES, amplify=kinds)
    return Altered(altered, change, "The same cases, and copies of them; the same first weights.")


def _fewer_links(settings: TrainingSettings, about: Subject) -> Altered:
    if settings.connectivity <= CONNECTIVITY:
        raise ValueError(f"only {settings.connectivity} % of the links exist already")
    change = f"{CONNECTIVITY} % of the links in place of {settings.connectivity} %"
    return Altered(replace(settings, connectivity=CONNECTIVITY), change, _FEWER_LINKS)


def _l2(settings: TrainingSettings, about: Subject) -> Altered:
    if settings.l2:
        raise ValueError(f"L2 is {number_text(settings.l2)} already")
    return Altered(replace(settings, l2=L2), f"L2 {number_text(L2)}: large weights cost")


def _l1(settings: TrainingSettings, about: Subject) -> Altered:
    if settings.l1:
        raise ValueError(f"L1 is {number_text(settings.l1)} already")
    return Altered(replace(settings, l1=L1), f"L1 {number_text(L1)}: every weight costs, unneeded ones vanish")


def _dropout(settings: TrainingSettings, about: Subject) -> Altered:
    if settings.dropout:
        raise ValueError(f"dropout is {number_text(settings.dropout)} already")
    if not hidden_sizes(settings.hidden_layers):
        raise ValueError("there is no hidden layer")
    return Altered(
        replace(settings, dropout=DROPOUT), f"{100 * DROPOUT:.0f} % of the hidden neurons rest in each update"
    )


def _early_stopping(settings: TrainingSettings, about: Subject) -> Altered:
    patience = settings.patience or PATIENCE
    change = f"stops after {patience:,} epochs without a better validation error, and takes its best epoch"
    return Altered(replace(settings, patience=patience), change)


REMEDIES = (
    Remedy("more_data", "More data", _more_data),
    Remedy("amplified", "Amplified data", _amplified),
    Remedy("fewer_links", "Fewer links", _fewer_links),
    Remedy("l2", "L2", _l2),
    Remedy("l1", "L1", _l1),
    Remedy("dropout", "Dropout", _dropout),
    Remedy("early_stopping", "Early stopping", _early_stopping),
)
