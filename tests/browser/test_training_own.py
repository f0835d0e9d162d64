"""Someone's own table in the training lab: chosen, learnt, kept; another target, and files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.types import Array
from explorer.training.tasks import first_run
from tests.browser.labs import TrainingLab
from tests.browser.page import Page

UPLOAD = "#training-own input[type=file]"
SAID = "#training-own .own:not([hidden]) .strong"
SUMMARY = "#training-own .own-summary"
KINDS = ("ash", "elm", "oak")
BROKEN = {
    "one.csv": (b"x,y\n1,2\n", "at least"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", "it is binary data, not text"),
    "words.csv": (b"a,b\nann,bob\ncid,dan\neve,fay\ngus,hal\n", "A column of numbers is needed"),
    "large.csv": (b"x,y\n" + b"1.2345,5.4321\n" * 400_000, "at most 4 MB can be read."),
}


@pytest.fixture
def lab(page: Page) -> TrainingLab:
    return TrainingLab(page)


def trees() -> tuple[Array, list[str]]:
    """Length, width and height of 90 leaves, and the kinds of their trees."""
    generator = np.random.default_rng(7)
    places = generator.permutation(np.repeat([0, 1, 2], 30))
    centres = np.array([[2.0, 1.0, 3.0], [4.0, 1.5, 1.0], [3.0, 3.0, 2.0]])
    return (centres[places] + generator.normal(0.0, 0.3, (90, 3))).round(2), [KINDS[place] for place in places]


def csv(values: Array, names: list[str]) -> str:
    rows = [",".join([*map(str, row), name]) for row, name in zip(values.tolist(), names, strict=True)]
    return "\n".join(["length,width,height,tree", *rows])


def chosen(page: Page, css: str) -> list[str]:
    """The values of ticked boxes or buttons."""
    script = (
        "return [...document.querySelectorAll(arguments[0])].filter((each) => each.checked).map(({value}) => value)"
    )
    return list(page.js(script, css))


def told(page: Page) -> object:
    """The data as the page tells it in full."""
    return page.js("return explorer.trainingOwn.told(true)")


def test_a_table_is_learnt_kept_and_used_otherwise(lab: TrainingLab, page: Page, tmp_path: Path) -> None:
    page.open("/training?dataset=own&hidden_layers=6&optimizer=adam&learning_rate=0.02&split=60,30,10")
    page.wait_for_text("#training-state", "There is no table yet: choose a CSV file or paste one.")
    values, names = trees()
    file = tmp_path / "trees.csv"
    file.write_text(csv(values, names))
    page.send_file(UPLOAD, file)
    page.wait_for_text(
        SUMMARY, "trees.csv: 90 cases, 3 inputs. The target, tree, is one of 3 classes: 30 ash, 30 elm, 30"
    )
    lab.wait_until_shown()
    lab.settle()
    run = lab.run()
    assert run.task.network.sizes == (3, 6, 3)
    assert run.task.network.activations[-1] == "softmax"
    assert run.task.data.inputs.tolist() == values.tolist()
    assert run.task.data.targets.argmax(axis=1).tolist() == [KINDS.index(name) for name in names]
    assert [len(part) for part in (run.task.data.training, run.task.data.validation, run.task.data.test)] == [54, 27, 9]
    assert run == first_run(lab.settings(), told(page))
    lab.play()
    page.wait_for("explorer.training.lab.frame.accuracy.training > 0.9")
    lab.pause()
    assert lab.run_text() == lab.replayed()

    held, curves = lab.run_text(), lab.curves()
    page.reload()
    lab.wait_until_shown()
    lab.settle()
    assert lab.run_text() == held
    assert lab.curves() == curves
    assert "90 cases, 3 inputs" in page.text(SUMMARY)
    lab.press("step-epoch")
    assert lab.run_text() == lab.replayed()

    # what is broken says so, and the run goes on
    held = lab.run_text()
    for name, (content, words) in BROKEN.items():
        (tmp_path / name).write_bytes(content)
        page.send_file(UPLOAD, tmp_path / name)
        page.wait_for_text(SAID, words)
        said = page.text(SAID)
        assert len(said) < 300, name
        assert said.endswith("."), name
    lab.wait_frames()
    assert lab.run_text() == held
    assert "trees.csv: 90 cases" in page.text(SUMMARY)
    lab.press("step-epoch")
    assert lab.run_text() == lab.replayed()

    # another target: a number now, and the words are no input
    menu = "#training-own .own-target select"
    page.js(
        "const menu = document.querySelector(arguments[0]); menu.value = 'height';"
        "menu.dispatchEvent(new Event('change', {bubbles: true}))",
        menu,
    )
    page.wait_for_text(SUMMARY, "trees.csv: 90 cases, 2 inputs. The target, height, is a number.")
    page.wait_for("explorer.training.lab.scene.sizes.join() === '2,6,1'")
    lab.settle()
    run = lab.run()
    assert run.step == 0
    assert run.task.data.inputs.tolist() == values[:, :2].tolist()
    assert run.task.data.targets[:, 0].tolist() == values[:, 2].tolist()
    assert run.task.network.activations[-1] == "linear"
    assert run == first_run(lab.settings(), told(page))
    assert chosen(page, "#training-own .own-inputs input") == ["length", "width"]

    # one input less: a curve
    page.click("#training-own .own-inputs input[value=width]")
    page.wait_for("explorer.training.lab.scene.view === 'curve' && explorer.training.lab.frame")
    lab.settle()
    run = lab.run()
    assert run.task.network.sizes == (1, 6, 1)
    assert run.task.data.inputs[:, 0].tolist() == values[:, 0].tolist()
    lab.play()
    lab.wait_for_update(60)
    lab.pause()
    assert lab.run_text() == lab.replayed()
