import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.settings import strict
from explorer.surface.callbacks import export
from explorer.surface.descents import descents, until_divergence
from explorer.surface.settings import LINE_SEARCH, SurfaceSettings
from tests.explorer.pictures import scene_of, settings_of, table

ROOT = Path(__file__).parents[2]
WISHES: dict[str, dict[str, Any]] = {
    "landscape": {"surface": "beale", "optimizers": ["gradient_descent", "adam", "newton"], "schedule": "cosine"},
    "typed": {"surface": "typed", "formula": "sin(w1)^2 + w2^2 * exp(-w1)", "optimizers": ["nadam", LINE_SEARCH]},
    "bowl": {"noise": 0.3, "optimizers": ["momentum", "nesterov", "rmsprop"], "momentum_momentum": 0.5},
    "batches": {"stochastic": True, "batch_size": 3, "walks": 4, "optimizers": ["gradient_descent", "adam"]},
    "prices": {"data": "dining_hall", "noise": 0.1, "optimizers": ["adagrad", "adadelta"]},
    "classes": {"surface": "sigmoid_neuron", "data": "plane", "error": "cross_entropy", "optimizers": ["adamw"]},
}


def wish(name: str) -> dict[str, Any]:
    return {"settings": {**WISHES[name], "steps": 40, "start_w1": 0.7, "start_w2": 0.4}}


@pytest.mark.parametrize("name", WISHES)
def test_the_script_gives_the_same_numbers_to_the_last_bit(name: str, tmp_path: Path) -> None:
    told = export({**wish(name), "kind": "script"})
    file = tmp_path / told["name"]
    ends = "\n".join(
        [
            "import json",
            "print(json.dumps({name: [path.weights.tolist(), path.errors.tolist()] for name, path in paths.items()}))",
        ]
    )
    file.write_text(told["text"] + ends, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, str(file)], cwd=ROOT, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    *said, last = run.stdout.splitlines()
    assert len(said) >= len(WISHES[name]["optimizers"])
    shown, settings = scene_of(wish(name)), settings_of(wish(name))
    made = json.loads(last)
    for descent in descents(shown, settings):
        weights, errors = (np.array(values) for values in made[descent.name])
        walks = [descent.path, *descent.fan]
        assert np.array_equal(weights.reshape(len(walks), *weights.shape[-2:]), [path.weights for path in walks])
        assert np.array_equal(errors.reshape(len(walks), -1), [path.errors for path in walks])


def test_a_table_of_ones_own_stands_in_the_script() -> None:
    own = table(2)
    text = export({"settings": {"data": "own", "noise": 0}, "own": own, "kind": "script"})["text"]
    assert repr(own["inputs"][3]) in text
    compile(text, "paths.py", "exec")


@pytest.mark.parametrize("name", WISHES)
def test_the_csv_holds_every_step_with_all_its_digits(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(export({**wish(name), "kind": "csv"})["text"])))
    shown, settings = scene_of(wish(name)), settings_of(wish(name))
    weights = [f"w{index + 1}" for index in range(shown.dimension)]
    for descent in descents(shown, settings):
        for walk, path in enumerate([descent.path, *descent.fan], 1):
            own = [row for row in rows if (row["optimizer"], row["walk"]) == (descent.name, str(walk))]
            assert [int(row["step"]) for row in own] == list(range(len(until_divergence(path))))
            assert np.array_equal([[float(row[w]) for w in weights] for row in own], until_divergence(path))
            assert [float(row["error"]) for row in own] == path.errors[: len(own)].tolist()


@pytest.mark.parametrize("name", WISHES)
def test_the_json_holds_settings_and_paths(name: str) -> None:
    whole = json.loads(export({**wish(name), "kind": "json"})["text"])
    settings = settings_of(wish(name))
    assert strict(SurfaceSettings, whole["settings"]) == settings
    found = descents(scene_of(wish(name)), settings)
    assert len(whole["paths"]) == sum(1 + len(descent.fan) for descent in found)
    assert whole["paths"][0]["weights"] == until_divergence(found[0].path).tolist()


@pytest.mark.parametrize("kind", [None, "exe", 3, ["csv"], {}])
def test_another_kind_is_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match=r"csv, json or script"):
        export({"settings": {}, "kind": kind})
