"""Kept runs: compared, named, taken up again, and never lost without a word."""

from __future__ import annotations

import json

import pytest

from engine import Run, measure
from tests.browser.labs import named
from tests.browser.page import Page
from tests.browser.training_time import TURNING, TimeLab

PRESENT = "This run"
EPOCH = "Number(document.querySelector('#training-runs tbody td').textContent.replaceAll(',', ''))"


@pytest.fixture
def lab(page: Page) -> TimeLab:
    return TimeLab(page)


def table(page: Page) -> list[dict[str, str]]:
    """The rows of the table by the names of its columns; the first is the present run, if any is kept."""
    rows = page.js(
        "return [...document.querySelectorAll('#training-runs tr')]"
        ".map((row) => [...row.children].map((cell) => cell.querySelector('[type=text]')?.value ?? cell.textContent))"
    )
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def kept_rows(page: Page) -> list[dict[str, str]]:
    """The rows of the kept runs; the present run stands above them as soon as there is one."""
    rows = table(page)
    assert not rows or (rows[0]["Run"] == PRESENT and len(rows) > 1)
    return rows[1:]


def row_of(row: int) -> str:
    """The selector of a kept run's row, which counts from 1."""
    return f"#training-runs tbody tr:nth-child({1 + row})"


def row_button(page: Page, row: int, name: str) -> str:
    """The selector of a button of a kept run's row."""
    return f"{row_of(row)} button:nth-of-type({1 + ['Restore', 'Remove'].index(name)})"


def check_row(row: dict[str, str], text: str) -> None:
    """The numbers of a row are those of this run."""
    run = Run.from_json(text)
    measures = measure(run)
    assert int(row["epoch"].replace(",", "")) == int(run.epoch)
    assert float(row["training"]) == pytest.approx(measures.training_error, rel=6e-3)
    assert float(row["validation"]) == pytest.approx(measures.validation_error, rel=6e-3)
    assert row["test"] == "–"
    assert measures.accuracy
    assert run.best
    assert row["accuracy"] == f"{100 * (measures.accuracy.validation or 0):.1f} %"
    error, epoch = row["best validation"].split(" at ")
    assert float(error) == pytest.approx(run.best.error, rel=6e-3)
    assert int(epoch.replace(",", "")) == int(run.epoch_at(run.best.step))


def test_two_runs_are_compared_named_reloaded_and_taken_up_again(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    first, curve = lab.train(400), lab.curves()
    page.click("#training-keep")
    lab.type("learning_rate", "0.3")
    lab.choose("optimizer", "gradient_descent")
    page.wait_for("explorer.training.lab.live.learning_rate === 0.3")
    lab.press("reset")
    second = lab.train(600)
    page.click("#training-keep")

    rows = kept_rows(page)
    assert [row["Run"] for row in rows] == ["circle 2-12-1", "circle 2-12-1 (2)"]
    assert table(page)[0] == rows[1] | {"Run": PRESENT, "": ""}, "what was just kept is the present run"
    assert [(row["learning rate"], row["optimizer"]) for row in rows] == [
        ("0.02", "adam"),
        ("0.3", "gradient_descent"),
    ]
    assert {"cases", "seed", "speed"}.isdisjoint(rows[0]), "what they share is not told"
    for row, run in zip(rows, (first, second), strict=True):
        check_row(row, run.to_json())

    # its curve lies over that of the present run, where it was
    line = page.js(
        "const {x, y} = document.getElementById('training-curves').data.find(({name}) => name === arguments[0]);"
        "return [Array.from(x), Array.from(y)]",
        "circle 2-12-1",
    )
    assert line[0][-1] == curve["epoch"][-1] == first.epoch
    told = dict(zip(curve["epoch"], curve["validation"], strict=True))
    assert line[1] == [pytest.approx(told[epoch], rel=1e-5) for epoch in line[0]]

    # a name is typed, and the next click finds its button
    page.click(f"{row_of(1)} .runs-name")
    page.js("document.querySelector(arguments[0]).select()", f"{row_of(1)} .runs-name")
    page.cdp("Input.insertText", text="Adam, slowly")
    page.click(f"{row_of(2)} [type=checkbox]")
    page.wait_for("!document.getElementById('training-curves').data.some(({name}) => name === 'circle 2-12-1 (2)')")
    page.wait_for("document.getElementById('training-curves').data.some(({name}) => name === 'Adam, slowly')")

    page.reload()
    lab.wait_until_shown()
    assert [row["Run"] for row in kept_rows(page)] == ["Adam, slowly", "circle 2-12-1 (2)"]
    assert [(each["run"], each["shown"]) for each in lab.kept()] == [(first.to_json(), True), (second.to_json(), False)]
    assert lab.run_text() == second.to_json()
    page.wait_for("document.getElementById('training-curves').data.some(({name}) => name === 'Adam, slowly')")

    page.click(row_button(page, 1, "Restore"))
    page.wait_for("explorer.training.lab.live.optimizer === 'adam'")
    lab.settle()
    assert lab.run_text() == first.to_json()
    assert lab.value("learning_rate") == "0.02"
    lab.check_shown(first)
    page.wait_for(f"new URLSearchParams(location.search).get('step') === '{first.step}'")
    lab.train(first.step + 100)
    assert lab.run_text() == lab.alone()
    lab.undo("the restored run")
    page.wait_for("explorer.training.lab.live.optimizer === 'gradient_descent'")
    lab.settle()
    assert lab.run_text() == second.to_json()

    page.js("document.querySelector(arguments[0]).focus()", row_button(page, 1, "Remove"))
    page.press("Enter")
    assert [row["Run"] for row in kept_rows(page)] == ["circle 2-12-1 (2)"]
    assert page.js("return document.activeElement.textContent") == "Remove", "the focus stays in the table"
    page.wait_for("!document.getElementById('training-curves').data.some(({name}) => name === 'Adam, slowly')")
    page.press("Enter")
    assert table(page) == []
    assert lab.kept() == []


def test_a_removed_run_comes_back_to_its_place(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    lab.train(60)
    for _ in range(3):
        page.click("#training-keep")
    kept, rows = lab.kept(), kept_rows(page)
    page.click(row_button(page, 2, "Remove"))
    page.click(row_button(page, 1, "Remove"))
    assert lab.kept() == [kept[2]]
    present = lab.run_text()
    for back in ([kept[0], kept[2]], kept):
        lab.undo("the removed run")
        page.wait_for(f"explorer.training.lab.runs.all().length === {len(back)}")
        assert lab.kept() == back
    assert kept_rows(page) == rows
    assert lab.run_text() == present, "the present run is not touched"
    page.wait_for("document.getElementById('training-curves').data.some(({name}) => name === 'circle 2-12-1 (2)')")
    assert page.js("return document.getElementById('training-undo').disabled")
    page.reload()
    lab.wait_until_shown()
    assert lab.kept() == kept

    # meanwhile its place was taken: that is said, and what was done before can still be undone
    lab.press("reset")
    page.click(row_button(page, 1, "Remove"))
    for _ in range(6):
        page.click("#training-keep")
    full = lab.kept()
    assert len(full) == 8
    lab.undo("the removed run")
    page.wait_for_text("#training-runs [role=status]", f"At most 8 runs can be kept; {kept[0]['name']} stays removed.")
    assert lab.kept() == full
    lab.undo("the reset")
    page.wait_for(f"explorer.training.player.state.run === {json.dumps(present)}")


def test_the_present_run_stands_above_the_kept_ones(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING.replace("fastest", "500"))
    assert table(page) == []
    run = lab.train(100)
    page.click("#training-keep")
    assert (
        page.js("return document.querySelectorAll('#training-runs tbody tr:first-child :is(input, button)').length")
        == 0
    )
    present, kept = table(page)
    assert "l2" not in present
    check_row(present, run.to_json())

    # while a name is typed the run goes on, and meets a setting that the kept run did not have
    page.click(f"{row_of(1)} .runs-name")
    page.js("document.querySelector(arguments[0]).select()", f"{row_of(1)} .runs-name")
    page.cdp("Input.insertText", text="half a na")
    page.js("document.getElementById('training-play').click()")
    page.wait_for(f"{EPOCH} > {int(run.epoch) + 20}")
    page.js("explorer.settings.set('training', {l2: 0.01})")
    page.wait_for("document.querySelector('#training-runs thead').textContent.includes('l2')")
    page.cdp("Input.insertText", text="me")
    page.js("document.getElementById('training-play').click()")
    lab.settle()
    assert page.js("return document.activeElement.value") == "half a name"
    page.press("Tab")
    present, named_kept = table(page)
    assert named_kept == kept | {"Run": "half a name", "l2": "0"}
    assert present["l2"] == "0.01"
    check_row(present, lab.run_text())
    assert [each["name"] for each in lab.kept()] == ["half a name"]

    # back at what they share nothing differs; another network does
    lab.undo("the changed L2")
    page.wait_for("!document.querySelector('#training-runs thead').textContent.includes('l2')")
    lab.type("hidden_layers", "3")
    page.wait_for("document.querySelector('#training-runs thead').textContent.includes('hidden layers')")
    lab.settle()
    present, other = table(page)
    assert (present["hidden layers"], other["hidden layers"]) == ("3", "12")
    check_row(present, lab.run_text())


def test_of_eight_runs_and_a_full_storage_nothing_is_lost_unsaid(lab: TimeLab, page: Page) -> None:
    status = "#training-runs [role=status]"
    lab.open(TURNING)
    run = lab.train(100)
    page.click("#training-keep")
    page.js(
        """
        for (let size = 1 << 22; size >= 1; size >>= 1)
          for (const store of [localStorage, sessionStorage])
            for (let i = 0; ; i++) {
              try {
                store.setItem(`brim ${size} ${i}`, "x".repeat(size));
              } catch {
                break;
              }
            }
        """
    )
    lab.press("step-epoch")
    page.click("#training-keep")
    page.wait_for_text(status, "The browser's storage is full: the runs that are not stored are lost when this page")
    assert len(kept_rows(page)) == 2
    page.wait_for("document.getElementById('training-curves').data.some(({name}) => name === 'circle 2-12-1 (2)')")
    # another tab that stores its own does not take them away
    page.js(
        """
        const other = document.body.appendChild(document.createElement("iframe")).contentWindow.localStorage;
        other.setItem("explorer-training-runs", "[]");
        """
    )
    lab.wait_frames(10)
    assert [each["run"] for each in lab.kept()] == [run.to_json(), lab.run_text()]
    page.click(row_button(page, 1, "Restore"))
    page.wait_for(f"explorer.training.player.state.step === {run.step}")
    lab.settle()
    assert lab.run_text() == run.to_json()

    # with room again they survive
    page.js(
        "Object.keys(localStorage).filter((key) => key.startsWith('brim')).forEach((key) => delete localStorage[key])"
    )
    for count in range(3, 9):
        page.click("#training-keep")
        assert page.text(status) == ""
        assert len(kept_rows(page)) == count
    page.click("#training-keep")
    page.wait_for_text(status, "At most 8 runs can be kept; remove one first.")
    assert len(kept_rows(page)) == 8
    stored = json.loads(page.js("return localStorage.getItem('explorer-training-runs')"))
    assert [each["run"] for each in stored] == [each["run"] for each in lab.kept()]

    # what another tab keeps is seen here
    page.js(
        """
        const other = document.querySelector("iframe").contentWindow.localStorage;
        const runs = JSON.parse(other.getItem("explorer-training-runs")).slice(0, 3);
        other.setItem("explorer-training-runs", JSON.stringify(runs));
        """
    )
    page.wait_for("document.querySelectorAll('#training-runs tbody tr').length === 4")
    # what is no run is passed over
    page.js(
        """
        const other = document.querySelector("iframe").contentWindow.localStorage;
        const [run] = JSON.parse(other.getItem("explorer-training-runs"));
        const { frame, ...former } = run;
        const strange = [null, 7, "run", {}, { ...run, settings: null }, { ...run, run: 3 }];
        other.setItem("explorer-training-runs", JSON.stringify([...strange, former, run]));
        """
    )
    page.wait_for("document.querySelectorAll('#training-runs tbody tr').length === 2")


def test_a_kept_run_of_another_task_comes_back_whole(lab: TimeLab, page: Page) -> None:
    lab.open("dataset=three_classes&cases=60&hidden_layers=5&features=x1,x2,x1_x2&dropout=0.1&connectivity=80")
    run = lab.train(60)
    settings = lab.settings()
    page.click("#training-keep")
    page.click(named(lab="training", preset="overfitting"))
    page.wait_for("explorer.training.lab.scene.sizes.join() === '2,32,32,1'")
    lab.train(20)
    page.click(row_button(page, 1, "Restore"))
    page.wait_for("explorer.training.lab.scene.sizes.join() === '3,5,3'")
    lab.settle()
    assert lab.settings() == settings
    assert lab.run_text() == run.to_json()
    lab.check_shown(run)
    lab.train(run.step + 50)
    assert lab.run_text() == lab.alone()
