"""What a person takes along from a training run: its curves, its weights, a script, or a file to go on from."""

import base64
import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import Run
from engine.preparation import Scale
from engine.types import Array
from explorer.numbers import plural
from explorer.settings import number_text, shown, strict
from explorer.training import run_files
from explorer.training.records import CURVES, History, Record, checked_history, checked_record
from explorer.training.scripts import as_script
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import Subject
from explorer.training.ticks import read_run

_HEADS = {name: f"{name}_error" for name in ("training", "validation", "test")} | {
    f"{name}Accuracy": f"{name}_accuracy" for name in ("training", "validation", "test")
}
_MOST_SIZES = 8  # widths of layers in the name of a file
_USE = (
    "x = (features - input_means) / input_deviations; then for layer 1, 2, ...: x = activation(x @ weights + biases), "
    "activations in their order; then x * target_deviations + target_means. Cases are rows. flat holds for each layer, "
    "for each of its neurons, the weights into it and then its bias; best_flat the same where the validation error was "
    "lowest."
)


def export_wish(wish: dict[str, Any]) -> dict[str, Any]:
    """A file of the run: ``{name, type, text}``, or ``base64`` in place of the text; ValueError in one sentence.

    ``wish`` holds ``what``: "csv", "npz" or "script" of ``settings``, ``own``, ``run`` and ``history``, or "json" of
    ``runs``, each as ``checked_record`` takes it.
    """
    what = wish.get("what")
    if what == "json":
        return _run_file(wish.get("runs"))
    make = _FILES.get(what) if isinstance(what, str) else None
    if make is None:
        raise ValueError(f"A run can be had as csv, npz, script or json, not as {shown(what)}.")
    settings = strict(TrainingSettings, wish.get("settings"))
    run, about = read_run(settings, wish.get("own"), wish.get("run"))
    ending, file = make(run, about, wish.get("history"))
    return {"name": f"{_stem(settings, run)}.{ending}", **file}


def as_csv(history: History) -> str:
    """The curves so far, a line for each point; every number with all its digits, nothing where there is none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_HEADS.get(name, name) for name in CURVES])
    for step, *numbers in zip(*(history[name] for name in CURVES), strict=True):
        writer.writerow([step, *("" if number is None else repr(float(number)) for number in numbers)])
    return text.getvalue()


def as_arrays(run: Run, about: Subject) -> dict[str, Array]:
    """All that is needed to use the network elsewhere, by name, nothing of it a Python object.

    For layer k "layerk_weights" (fan_in, fan_out) and "layerk_biases" (fan_out,); "flat" (P,), and "best_flat" (P,)
    with validation cases; "input_means", "input_deviations" (F,), "target_means", "target_deviations" (K,), 0 and 1
    where nothing is standardised; in words "features" (F,), "outputs" (K,), "activations" and "use".
    """
    network, preparation = run.task.network, run.task.preparation
    weights, biases = network.unpack(run.weights)
    layers = {
        f"layer{layer}_{name}": values
        for name, matrices in (("weights", weights), ("biases", biases))
        for layer, values in enumerate(matrices, 1)
    }
    fitted = preparation.fit(*run.task.data.part("training"))
    return {
        **layers,
        "flat": run.weights,
        **({} if run.best is None else {"best_flat": run.best.weights}),
        **_scale("input", fitted.features, network.sizes[0]),
        **_scale("target", fitted.targets, network.sizes[-1]),
        "features": np.array(preparation.features or about.input_names),
        "outputs": np.array(about.target_names),
        "activations": np.array(network.activations),
        "use": np.array(_USE),
    }


def _scale(name: str, scale: Scale | None, width: int) -> dict[str, Array]:
    """What to subtract, and by what to divide: 1 where a column is constant."""
    if scale is None:
        scale = Scale(np.zeros(width), np.ones(width))
    return {f"{name}_means": scale.mean, f"{name}_deviations": np.where(scale.deviation > 0.0, scale.deviation, 1.0)}


# --- files --------------------------------------------------------------------


def _csv_file(run: Run, about: Subject, history: Any) -> tuple[str, dict[str, str]]:
    return "csv", {"type": "text/csv", "text": as_csv(checked_history(history))}


def _npz_file(run: Run, about: Subject, history: Any) -> tuple[str, dict[str, str]]:
    buffer = io.BytesIO()
    np.savez(buffer, **as_arrays(run, about))  # type: ignore[arg-type]  # no array is named allow_pickle
    packed = base64.b64encode(buffer.getvalue()).decode("ascii")
    return "npz", {"type": "application/octet-stream", "base64": packed}


def _script_file(run: Run, about: Subject, history: Any) -> tuple[str, dict[str, str]]:
    return "py", {"type": "text/x-python", "text": as_script(run, about)}


_File = Callable[[Run, Subject, Any], tuple[str, dict[str, str]]]
_FILES: dict[str, _File] = {"csv": _csv_file, "npz": _npz_file, "script": _script_file}


def _run_file(told: Any) -> dict[str, Any]:
    most = run_files.MOST_RUNS
    if not isinstance(told, list) or not 1 <= len(told) <= most:
        has = plural(len(told), "run") if isinstance(told, list) else shown(told)
        raise ValueError(f"A run file holds 1 to {most} runs, not {has}.")
    records = [checked_record(each) for each in told]
    stem = _stem_of(records)
    return {"name": f"{stem}.json", "type": "application/json", "text": run_files.as_text(records)}


def _stem_of(records: list[Record]) -> str:
    return _stem(records[0].settings, records[0].run) if len(records) == 1 else f"{len(records)}-training-runs"


def _stem(settings: TrainingSettings, run: Run) -> str:
    """What tells this run from others, as the name of a file: circle-2-4-2-1-epoch-120."""
    sizes = run.task.network.sizes
    layers = "-".join(map(str, sizes)) if len(sizes) <= _MOST_SIZES else f"{len(sizes) - 2}-hidden-layers"
    return f"{settings.dataset}-{layers}-epoch-{number_text(round(run.epoch, 2))}"
