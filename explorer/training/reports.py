"""What only open panels need, computed once a tick for the last moment."""

from collections.abc import Callable, Mapping
from typing import Any

from engine import Run, measure
from engine.types import PARTS
from explorer.settings import shown
from explorer.training import bent, pad, readings
from explorer.training.health_words import health_report
from explorer.training.straight_line import straight_line, trust
from explorer.training.subjects import Subject

_MOST_PANELS = 10


def report(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    """The reports of the panels that the wish names, where they mean something for this data."""
    wanted = wish.get("panels") or []
    if not isinstance(wanted, list) or len(wanted) > _MOST_PANELS or not all(isinstance(w, str) for w in wanted):
        raise ValueError(f"The panels could not be read: they are {shown(wanted)}.")
    return {name: _PANELS[name](run, about, wish) for name in wanted if name in _PANELS and _fits(name, about, wish)}


def _fits(name: str, about: Subject, wish: Mapping[str, Any]) -> bool:
    if name == "confusion":
        return about.kind != "regression"
    if name == "scatter":
        return about.kind == "regression" and about.view == "table"
    if name == "trust":
        return about.view == "curve"
    if name == "pad":
        return about.image is not None and wish.get("pad") is not None
    return True


def _bent(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    return bent.bent(run, wish.get("bent"), about.domains, about.kind)


def _confusion(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    part, pair = _part(run, wish), wish.get("pair")
    return readings.confusion(run, part, about.target_names, about.image, about.input_names, pair)


def _scatter(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    return readings.scatter(run, _part(run, wish))


def _pad(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    return pad.respond(run, wish["pad"])


def _trust(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    task, measures = run.present_task, measure(run)
    line = straight_line(task)
    sentence = trust(line, measures.training_error, measures.validation_error)
    return {"slope": line["slope"], "intercept": line["intercept"], "sentence": sentence}


def _health(run: Run, about: Subject, wish: Mapping[str, Any]) -> dict[str, Any]:
    return health_report(run, about.input_names)


def _part(run: Run, wish: Mapping[str, Any]) -> Any:
    """The part that is looked at; training where another has no cases."""
    part = wish.get("part") or "validation"
    if part not in PARTS:
        raise ValueError(f"The part must be one of {', '.join(PARTS)}, not {shown(part)}.")
    return part if run.task.cases(part).cases else "training"


_PANELS: dict[str, Callable[[Run, Subject, Mapping[str, Any]], dict[str, Any]]] = {
    "health": _health,
    "bent": _bent,
    "confusion": _confusion,
    "scatter": _scatter,
    "pad": _pad,
    "trust": _trust,
}
