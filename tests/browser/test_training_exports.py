"""What a person takes along from a training run: every file can be used elsewhere, and no file does harm here."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from engine import measure
from tests.browser.page import Page
from tests.browser.training_time import TURNING, TimeLab

ROOT = Path(__file__).parents[2]
NOTICE = "#training-export-notice"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def lab(page: Page) -> TimeLab:
    return TimeLab(page)


def open_file(page: Page, file: Path) -> str:
    """Choose a run file; what is said of it."""
    page.send_file("#training-open-file", file)
    page.wait_for(f"!document.querySelector('{NOTICE}').textContent.startsWith('Reading')")
    return page.text(NOTICE)


def history(page: Page) -> dict[str, list[float | None]]:
    return dict(page.js("return explorer.training.lab.history"))


def test_every_file_can_be_used_elsewhere(lab: TimeLab, page: Page, second_page: Page, tmp_path: Path) -> None:
    lab.save_into(tmp_path)
    lab.open(TURNING)
    first = lab.train(200)
    page.click("#training-keep")
    lab.type("learning_rate", "0.005")
    page.wait_for("explorer.training.lab.live.learning_rate === 0.005")
    run = lab.train(first.step + 200)
    settings, curves = lab.settings(), history(page)

    file = lab.saved("csv")
    assert file.name == f"circle-2-12-1-epoch-{run.epoch:g}.csv"
    table = pd.read_csv(file, dtype=str)
    columns = {
        "step": "step",
        "epoch": "epoch",
        "training_error": "training",
        "validation_accuracy": "validationAccuracy",
    }
    for column, name in columns.items():
        assert [float(number) for number in table[column]] == curves[name]
    assert table["test_error"].isna().all()
    assert float(table["validation_error"].iloc[-1]) == measure(run).validation_error

    with np.load(lab.saved("npz"), allow_pickle=False) as arrays:
        told = {name: arrays[name] for name in arrays.files}
    assert told["flat"].tobytes() == run.weights.tobytes()
    outputs = run.task.data.inputs
    for layer in (1, 2):
        outputs = np.tanh(outputs @ told[f"layer{layer}_weights"] + told[f"layer{layer}_biases"])
    part = run.task.data.validation
    error = np.mean(np.sum((outputs[part] - run.task.data.targets[part]) ** 2, axis=1)) / 2
    assert error == pytest.approx(measure(run).validation_error, rel=1e-12)

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    command = [sys.executable, str(lab.saved("script"))]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    assert done.stdout.splitlines()[0] == f"{run.step} updates, {run.epoch:.10g} epochs"
    assert done.stdout.splitlines()[-1] == "The weights are the same to the last bit."
    assert done.stderr == ""

    # somebody else opens the runs
    file = lab.saved("json")
    assert file.name == "2-training-runs.json"
    other = TimeLab(second_page)
    other.open("dataset=xor&seed=4")
    before = other.train(30)
    assert open_file(second_page, file) == f"2 runs were opened from {file.name}."
    second_page.wait_for("explorer.training.lab.scene.sizes.join() === '2,12,1'")
    other.settle()
    assert other.run_text() == run.to_json()
    assert other.settings() == settings
    assert [each["run"] for each in other.kept()] == [run.to_json(), first.to_json()]
    other.check_shown(run)
    assert history(second_page)["epoch"][-1] == run.epoch
    other.train(run.step + 100)
    assert other.run_text() == other.alone(first_rate=0.02)
    assert f"changes={first.step}:learning_rate:0.005" in other.copied_link()
    other.undo("the restored run")
    second_page.wait_for("explorer.training.lab.settings.dataset === 'xor'")
    other.settle()
    assert other.run_text() == before.to_json()


def test_pictures_are_saved_as_they_stand_on_the_page(lab: TimeLab, page: Page, tmp_path: Path) -> None:
    lab.save_into(tmp_path)
    lab.open(TURNING)
    lab.train(200)
    for picture, least in (("network", 30), ("output", 100), ("curves", 30)):
        page.js(
            "const menu = document.getElementById('training-export-picture'); menu.value = arguments[0];"
            "menu.dispatchEvent(new Event('change'));",
            picture,
        )
        drawn = ElementTree.parse(lab.saved("svg")).getroot()
        assert drawn.tag == f"{SVG}svg"
        if picture == "curves":
            names = [each.text for each in drawn.iter(f"{SVG}text")]
            assert {"Training", "Validation", "Epoch"} <= set(names)
            assert len([line for line in drawn.iter(f"{SVG}path") if line.get("class") == "js-line"]) >= 2
        else:
            images = [each.get("href", "") for each in drawn.iter(f"{SVG}image")]
            assert images
            assert all(image.startswith("data:image/png;base64,") for image in images)
        size, colours = pixels(page, lab.saved("png"))
        assert size == [round(2 * float(drawn.get(side, "0"))) for side in ("width", "height")]
        assert colours > least


def pixels(page: Page, file: Path) -> tuple[list[int], int]:
    """Width and height of a picture, and how many colours it has."""
    size, colours = page.driver.execute_async_script(
        """
        const [data, done] = arguments, image = new Image();
        image.onload = () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const all = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
          done([[image.width, image.height], new Set(all).size]);
        };
        image.src = "data:image/png;base64," + data;
        """,
        base64.b64encode(file.read_bytes()).decode(),
    )
    return size, colours


def of_run(**changed: Any) -> Callable[[dict[str, Any]], str]:
    """The file with some fields of its run forged."""

    def forged(whole: dict[str, Any]) -> str:
        whole["runs"][0]["run"] |= changed
        return json.dumps(whole)

    return forged


NOT_NUMBERS = base64.b64encode(np.full(49, np.nan).tobytes()).decode()
HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], str], str]] = {
    "empty": (lambda whole: "", "This is no run file: it could not be read as JSON."),
    "no JSON": (lambda whole: "<html>", "This is no run file: it could not be read as JSON."),
    "a later version": (
        lambda whole: json.dumps(whole | {"format": 2}),
        "This file has the format 2; this version of the app reads format 1.",
    ),
    "another kind": (lambda whole: json.dumps(whole | {"kind": "x"}), "This file holds no training runs."),
    "short weights": (of_run(weights="AAAA"), "Run 1 of this file cannot be opened: This is not a training run."),
    "no numbers": (of_run(weights=NOT_NUMBERS), "Run 1 of this file cannot be opened: This is not a training run."),
    "another seed": (
        of_run(seed=7),
        "Run 1 of this file cannot be opened: This run belongs to other settings.",
    ),
    "a forged name": (
        lambda whole: json.dumps(whole | {"runs": [whole["runs"][0] | {"name": "<img src=x onerror=alert(1)>" * 9}]}),
        "Run 1 of this file cannot be opened: Its name must be a text of at most 60 letters",
    ),
    "nested": (lambda whole: "[" * 10_000 + "]" * 10_000, "This is no run file: it could not be read as JSON."),
    "nested within": (
        lambda whole: json.dumps(whole).replace('"own": null', f'"own": {"[" * 10_000}{"]" * 10_000}'),
        "This is no run file: it could not be read as JSON.",
    ),
    "ten megabytes": (lambda whole: json.dumps("x" * 10_000_000), "This file holds no training runs."),
}


def test_no_file_does_harm(lab: TimeLab, page: Page, tmp_path: Path) -> None:
    lab.save_into(tmp_path)
    lab.open(TURNING)
    lab.train(100)
    page.click("#training-keep")
    whole = json.loads(lab.saved("json").read_text(encoding="utf-8"))
    held, kept = lab.reading(), lab.kept()
    for name, (forge, words) in HOSTILE.items():
        file = tmp_path / f"{name}.json"
        file.write_text(forge(json.loads(json.dumps(whole))), encoding="utf-8")
        said = open_file(page, file)
        assert words in said, name
        assert said.count(". ") == 0, f"{name}: one sentence"
        assert len(said) < 250, name
    # a name is a name, and no part of the page
    mark = "<img src=x onerror=alert(1)>"
    file.write_text(json.dumps(whole | {"runs": [whole["runs"][0] | {"name": mark}]}), encoding="utf-8")
    assert lab.reading() == held
    assert lab.kept() == kept
    assert open_file(page, file) == f"1 run was opened from {file.name}."
    lab.settle()
    assert page.js("return document.querySelectorAll('.runs-name')[1].value") == mark
    assert page.js("return document.querySelectorAll('img[src=x]').length") == 0
    assert lab.run_text() == held["run"]
