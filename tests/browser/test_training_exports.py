"""What a person takes along from a training run: every file can be used elsewhere, and no file does harm here."""

from __future__ import annotations

import base64
import json
import os
import re
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
from engine.types import Array
from explorer.theme import tokens
from tests.browser.page import Page
from tests.browser.training_time import TURNING, TimeLab

ROOT = Path(__file__).parents[2]
NOTICE = "#training-export-notice"
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"


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


def choose_picture(page: Page, name: str) -> None:
    page.js(
        "const menu = document.getElementById('training-export-picture'); menu.value = arguments[0];"
        "menu.dispatchEvent(new Event('change'));",
        name,
    )


def test_pictures_are_saved_as_they_stand_on_the_page(lab: TimeLab, page: Page, tmp_path: Path) -> None:
    lab.save_into(tmp_path)
    lab.open(TURNING)
    lab.train(200)
    for picture, least in (("network", 30), ("output", 100), ("curves", 30)):
        choose_picture(page, picture)
        drawn = ElementTree.parse(lab.saved("svg")).getroot()
        assert drawn.tag == f"{SVG}svg"
        if picture == "curves":
            assert {"Training", "Validation", "Epoch"} <= set(written(drawn))
            assert len([line for line in drawn.iter(f"{SVG}path") if line.get("class") == "js-line"]) >= 2
        else:
            images = [each.get(f"{XLINK}href", "") for each in drawn.iter(f"{SVG}image")]
            assert images
            assert all(image.startswith("data:image/png;base64,") for image in images)
        size, colours = pixels(page, lab.saved("png"))
        assert size == [round(2 * float(drawn.get(side, "0"))) for side in ("width", "height")]
        assert colours > least


def written(drawn: ElementTree.Element) -> list[str | None]:
    """The words in an SVG."""
    return [each.text for each in drawn.iter(f"{SVG}text")]


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


def test_a_network_is_saved_as_lines_and_words(lab: TimeLab, page: Page, tmp_path: Path) -> None:
    lab.save_into(tmp_path)
    lab.open()
    run = lab.train(100)
    choose_picture(page, "network")
    drawn = ElementTree.parse(lab.saved("svg")).getroot()
    assert {"x\N{SUBSCRIPT ONE}", "x\N{SUBSCRIPT TWO}", "2 inputs", "4 neurons", "output"} <= set(written(drawn))
    # of all lines only links are curved; blue is positive, orange negative
    lines = list(drawn.iter(f"{SVG}path"))
    links = [line for line in lines if "C" in line.get("d", "")]
    colours = [[int(part) for part in re.findall(r"\d+", link.get("stroke", ""))] for link in links]
    weights = np.concatenate([layer[:, :-1].ravel() for layer in run.task.network.matrices(run.weights)])
    assert len(links) == weights.size == 2 * 4 + 4 * 2 + 2 * 1
    assert sum(blue > red for red, _, blue in colours) == np.count_nonzero(weights > 0)
    # a picture with round corners and a frame for every neuron, a square for every bias
    assert len(list(drawn.iter(f"{SVG}image"))) == 2 + 4 + 2 + 1
    assert (
        len([each for each in drawn.iter(f"{SVG}g") if len(each.findall(f"{SVG}image")) and each.get("clip-path")]) == 9
    )
    assert len(lines) >= len(links) + 9 + 7


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["network", "output"]),
        ("dataset=sine", ["network", "output"]),
        ("dataset=digits&hidden_layers=64", ["network"]),
    ],
)
def test_a_saved_drawing_looks_as_its_pixels_do(
    query: str, names: list[str], lab: TimeLab, page: Page, tmp_path: Path
) -> None:
    lab.save_into(tmp_path)
    lab.open(query)
    lab.train(30)
    for name in names:
        choose_picture(page, name)
        drawing, pixel_file = lab.saved("svg").read_bytes(), lab.saved("png").read_bytes()
        assert len(drawing) < 1e6
        assert milliseconds(page, name) < 2000
        check_alike(page, drawing, pixel_file)


def milliseconds(page: Page, name: str) -> float:
    """How long a drawing takes to be made."""
    return float(
        page.js(
            "const canvases = [...document.querySelectorAll(`#training-${arguments[0]} canvas`)];"
            "const canvas = canvases.find(({ clientWidth }) => clientWidth), start = performance.now();"
            "explorer.canvasSvg.drawn(canvas); return performance.now() - start",
            name,
        )
    )


def test_what_is_pointed_at_is_drawn_too(lab: TimeLab, page: Page) -> None:
    page.prefer("dark")
    lab.open()
    lab.train(30)
    page.hover(*lab.find_in_network("Hidden layer 2, neuron 1"))
    page.wait_for_text("#training-network-said", "Hidden layer 2, neuron 1")
    drawing, pixel_file = page.driver.execute_async_script(
        """
        const [done] = arguments, box = document.getElementById("training-network"), reader = new FileReader();
        const canvas = box.querySelector("canvas"), { clientWidth: width, clientHeight: height } = canvas;
        const drawing = explorer.files.svg({ width, height }, [explorer.canvasSvg.drawn(canvas)]);
        reader.onload = () => done([drawing, reader.result.split(",")[1]]);
        explorer.files.picture(box, "png").then((blob) => reader.readAsDataURL(blob));
        """
    )
    root = ElementTree.fromstring(drawing)
    assert "Hidden layer 2, neuron 1" in written(root)
    assert "drop-shadow" in drawing
    assert root[0].get("fill") == tokens("dark")["panel"]
    check_alike(page, drawing.encode(), base64.b64decode(pixel_file))


def check_alike(page: Page, drawing: bytes, pixel_file: bytes) -> None:
    """A drawing and pixels of the same picture hardly differ: on the whole, where there is ink, and anywhere."""
    wanted = colours_of(page, "image/png", pixel_file)
    apart = np.abs(colours_of(page, "image/svg+xml", drawing, wanted.shape) - wanted).mean(axis=2)
    inked = (wanted != wanted[0, 0]).any(axis=2)
    height, width = (side - side % 16 for side in apart.shape)
    squares = apart[:height, :width].reshape(height // 16, 16, width // 16, 16).mean(axis=(1, 3))
    assert inked.mean() > 0.05
    assert apart.mean() < 1
    assert apart[inked].mean() < 6
    assert squares.max() < 15


def colours_of(page: Page, kind: str, picture: bytes, shape: tuple[int, ...] = ()) -> Array:
    """The colours (H, W, 3) of a picture, 0 to 255; a drawing is drawn in the size of this shape."""
    width, height, told = page.driver.execute_async_script(
        """
        const [kind, data, [wantedHeight, wantedWidth], done] = arguments, image = new Image();
        image.onload = () => {
          const [width, height] = [wantedWidth ?? image.width, wantedHeight ?? image.height];
          const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
          context.drawImage(image, 0, 0, width, height);
          const reader = new FileReader();
          reader.onload = () => done([width, height, reader.result.split(",")[1]]);
          reader.readAsDataURL(new Blob([context.getImageData(0, 0, width, height).data]));
        };
        image.onerror = () => done([0, 0, data.slice(0, 100)]);
        image.src = `data:${kind};base64,${data}`;
        """,
        kind,
        base64.b64encode(picture).decode(),
        shape,
    )
    assert width, f"{kind} cannot be shown: {told}"
    values = np.frombuffer(base64.b64decode(told), np.uint8)
    return values.reshape(height, width, 4)[..., :3].astype(float)


# What a canvas can do and these drawings do not: a wrong drawing must not be made of it.
UNKNOWN = (
    "context.scale(2, 2)",
    "context.filter = 'blur(2px)'",
    "context.fillStyle = 'hsl(20 50% 50%)'; context.fillRect(0, 0, 9, 9)",
    "context.beginPath(); context.arc(0, 0, 4, 0, 2)",
    "context.font = 'bold 12px serif'; context.fillText('a', 0, 0)",
    "context.beginPath(); context.moveTo(0, 0); context.translate(2, 2); context.lineTo(4, 4)",
    "context.fillRect(0, 0, 9, 9); context.clearRect(0, 0, 9, 9)",
)


def test_what_cannot_be_drawn_is_refused_and_every_text_can_be_written(lab: TimeLab, page: Page) -> None:
    lab.open()
    draw = (
        "const paint = new Function('context', `'use strict'; ${arguments[0]}`);"
        "const render = ({ context }) => paint(context);"
        "const drawn = () => explorer.canvasSvg.drawn({ render, clientWidth: 9, clientHeight: 9 });"
    )
    for code in UNKNOWN:
        assert page.js(f"{draw} try {{ drawn(); return null; }} catch ({{ message }}) {{ return message; }}", code), (
            code
        )
    name = '<b>a & \u00e4 "]]>\u0001'
    told = page.js(
        f"{draw} return new XMLSerializer().serializeToString(drawn());", f"context.fillText({json.dumps(name)}, 0, 0)"
    )
    assert written(ElementTree.fromstring(told)) == [name.replace("\u0001", " ")]


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
