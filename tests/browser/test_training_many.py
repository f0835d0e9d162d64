"""Many runs at once, from the server: what the experiments tell is what the engine finds, and each can be opened."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from engine import Run, advance, measure
from explorer.settings import strict
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from tests.browser.page import Page
from tests.browser.training_time import TimeLab

SMALL = "cases=40&noise=0.3&hidden_layers=6&optimizer=adam&learning_rate=0.02&split=50,+25,+25"
CELLS = "performance.getEntriesByType('resource').filter(({name}) => name.endsWith('/training/cell')).length"


@pytest.fixture
def lab(page: Page) -> TimeLab:
    return TimeLab(page)


def after(settings: TrainingSettings, epochs: int) -> Run:
    """The engine's run of these settings after so many epochs."""
    begin = first_run(settings)
    return advance(begin, updates=epochs * begin.updates_per_epoch)


def words_of(page: Page, panel: str) -> str:
    return page.text(f"#training-{panel} .experiment-words")


def press(page: Page, panel: str) -> None:
    page.click(f"#training-{panel} .experiment-run")


def set_epochs(page: Page, panel: str, epochs: int) -> None:
    page.fill(f"#training-{panel} .experiment-number", str(epochs))


def wait_until_done(page: Page, panel: str, words: str) -> str:
    page.wait_for(f"document.querySelector('#training-{panel} .experiment-run').textContent !== 'Cancel'", 40)
    assert words in words_of(page, panel)
    return words_of(page, panel)


def check_opened(lab: TimeLab, wanted: Run) -> None:
    """The page goes on with this run; the stacked arithmetic of many seeds rounds in another order."""
    lab.page.wait_for(f"explorer.training.player.state.step === {wanted.step}")
    lab.settle()
    run = lab.run()
    assert (run.task, run.recipe, run.seed, run.changes) == (wanted.task, wanted.recipe, wanted.seed, ())
    np.testing.assert_allclose(run.weights, wanted.weights, rtol=1e-6, atol=1e-9)
    assert float(lab.number("validation-error")) == pytest.approx(measure(run).validation_error, rel=6e-3)
    lab.press("step-epoch")
    assert lab.run() == advance(run, updates=run.updates_per_epoch)


def test_sixteen_seeds_lie_on_the_curves_and_each_can_be_opened(lab: TimeLab, page: Page) -> None:
    lab.open(SMALL)
    mine = lab.train(30)
    epochs = max(50, math.floor(mine.epoch + 0.5))
    lab.in_sight("#training-bands")
    press(page, "bands")
    said = wait_until_done(page, "bands", f"16 seeds after {epochs} epochs: validation error")
    settings = lab.settings()
    errors = [measure(after(replace(settings, seed=1 + i), epochs)).validation_error for i in range(16)]
    told = re.search(r"error ([\d.]+) in the median \(quartiles ([\d.]+) to ([\d.]+)\)", said)
    assert told
    assert [float(number) for number in told.groups()] == pytest.approx(
        np.quantile(errors, (0.5, 0.25, 0.75)), rel=6e-3
    )
    assert lab.run_text() == mine.to_json()

    lines = "document.getElementById('training-curves').data.filter(({name}) => name === 'Validation, 16 seeds')"
    page.wait_for(f"{lines}.length === 2")
    line = page.js(f"const line = {lines}[1]; return [line.x.at(-1), line.y.at(-1)]")
    assert line == [epochs, pytest.approx(np.median(errors), rel=1e-6)]

    page.click("#training-bands summary")
    page.click("#training-bands .experiment-seed:nth-child(7)")
    page.wait_for("explorer.training.lab.settings.seed === 7")
    check_opened(lab, after(replace(settings, seed=7), epochs))
    assert "Validation, 16 seeds" in lab.traces(), "another of these seeds belongs to them"
    assert "step=" in lab.copied_link()
    lab.undo("the restored run")
    page.wait_for("explorer.training.lab.settings.seed === 1")
    lab.settle()
    assert lab.run_text() == mine.to_json()


def test_widths_are_cancelled_and_the_runs_so_far_can_be_opened(lab: TimeLab, page: Page) -> None:
    lab.open(SMALL)
    lab.in_sight("#training-capacity")
    set_epochs(page, "capacity", 60)
    press(page, "capacity")
    page.wait_for("document.querySelectorAll('#training-capacity tbody tr').length >= 3", 30)
    share = "parseFloat(document.querySelector('#training-capacity .experiment-run').closest('.experiment')"
    assert " of 1" in words_of(page, "capacity")
    assert page.js(f"return {share}.querySelector('[role=progressbar]').style.getPropertyValue('--share'))") > 0
    press(page, "capacity")
    assert words_of(page, "capacity").startswith("Cancelled. ")
    asked = page.js(f"return {CELLS}")
    assert asked > 0
    lab.wait_frames(40)
    assert page.js(f"return {CELLS}") <= asked + 1, "the one on its way, and no other"

    rows = page.js(
        "return [...document.querySelectorAll('#training-capacity tbody tr')]"
        ".map((row) => [...row.children].slice(0, 4).map((cell) => cell.textContent))"
    )
    assert [row[0] for row in rows[:3]] == ["1", "2", "3"]
    settings = lab.settings()
    runs = [after(replace(settings, hidden_layers="2", seed=1 + i), 60) for i in range(8)]
    assert rows[1][1] == str(runs[0].task.network.dimension)
    median = np.median([measure(run).validation_error for run in runs])
    assert float(rows[1][3].split(" ")[0]) == pytest.approx(median, rel=6e-2)  # two digits

    page.click("#training-capacity summary")
    page.click("#training-capacity tbody tr:nth-child(2) .experiment-seed:nth-child(3)")
    page.wait_for("explorer.training.lab.settings.hidden_layers === '2'")
    check_opened(lab, runs[2])
    assert words_of(page, "capacity").endswith("Opened: 2 neurons, seed 3.")


def test_remedies_are_compared_and_the_winner_is_opened(lab: TimeLab, page: Page) -> None:
    lab.open(SMALL)
    mine = lab.train(10)
    lab.in_sight("#training-remedies")
    set_epochs(page, "remedies", 60)
    press(page, "remedies")
    said = wait_until_done(page, "remedies", "After 60 epochs")
    rows = page.js(
        "return [...document.querySelectorAll('#training-remedies tbody tr')].map((row) => ["
        "row.querySelector('.experiment-title').textContent, row.className,"
        "...['training', 'validation', 'test'].map((name) => row.querySelector(`.experiment-${name}`).textContent)])"
    )
    settings = lab.settings()
    base = measure(after(settings, 60))
    (as_it_is,) = [row for row in rows if row[1] == "experiment-base"]
    assert as_it_is[0] == "As it is"
    wanted = [base.training_error, base.validation_error, base.test_error]
    assert [float(number) for number in as_it_is[2:]] == pytest.approx(wanted, rel=6e-3)
    (l2,) = [row for row in rows if row[0] == "L2"]
    assert float(l2[3]) == pytest.approx(measure(after(replace(settings, l2=0.01), 60)).validation_error, rel=6e-3)
    assert [row[0] for row in rows] == [row[0] for row in sorted(rows, key=lambda row: float(row[3]))]
    winner = rows[0][0]
    assert f"{winner.lower()} helped most" in said.lower() or "nothing has helped" in said

    place = 1 + [row[0] for row in rows].index("L2")
    page.click(f"#training-remedies tbody tr:nth-child({place}) button")
    page.wait_for("explorer.training.lab.settings.l2 === 0.01")
    check_opened(lab, after(strict(TrainingSettings, {**vars(settings), "l2": 0.01}), 60))
    assert words_of(page, "remedies").endswith("Opened: L2.")
    lab.undo("the restored run")
    page.wait_for("explorer.training.lab.settings.l2 === 0")
    lab.settle()
    assert lab.run_text() == mine.to_json()
