"""What comes back as it was when a person goes back, and what must not stay behind."""

from __future__ import annotations

import base64
import json

import pytest

from engine import Run
from tests.browser.labs import named
from tests.browser.page import Page
from tests.browser.training_time import TURNING, TimeLab

SAID = "#training-output-said"


@pytest.fixture
def lab(page: Page) -> TimeLab:
    return TimeLab(page)


def slow_travel(page: Page) -> None:
    """From now on a tick to a step gets a little further only, and `ticks` holds which of them begin the run anew."""
    page.js(
        """
        const fetch = window.fetch;
        window.ticks = [];
        window.fetch = (address, wish, ...more) => {
          const wished = JSON.parse(wish?.body ?? "{}");
          if (!wished.until) return fetch(address, wish, ...more);
          ticks.push(wished.anew);
          return fetch(address, {...wish, body: JSON.stringify({...wished, frames: 1, updates: 16})}, ...more);
        };
        """
    )


def choose_preset(page: Page, name: str, sizes: str) -> None:
    """Press a preset's button, and wait until its network stands there."""
    page.click(named(lab="training", preset=name))
    page.wait_for(f"explorer.training.lab.scene.sizes.join() === '{sizes}'")


def packed(run: Run) -> str:
    """The weights of a run as a frame brings them."""
    return base64.b64encode(run.weights.astype("<f4").tobytes()).decode()


def cut_link(lab: TimeLab, words: str) -> None:
    """Click on a link of the network with the scissors, which brings back one that is cut."""
    lab.page.click("[data-linkmode=cut]")
    lab.click_network(words)


def test_after_a_reload_a_run_begins_once_more_and_meets_its_changes(lab: TimeLab, page: Page) -> None:
    lab.open("optimizer=adam&learning_rate=0.01")
    lab.train(100)
    lab.type("learning_rate", "0.02")
    lab.wait_for_changes(1)
    cut_link(lab, "Link from x₁ to hidden layer 1, neuron 1: ")
    lab.wait_for_changes(2)
    run = lab.train(lab.update() + 200)
    page.reload()
    lab.wait_until_shown()
    lab.settle()
    assert page.js("return explorer.training.lab.moments.all().length") == 1
    change = run.changes[0].step

    slow_travel(page)
    # backwards: each time nothing is known that lies before
    for step in (change + 60, change // 2):
        page.js("ticks.length = 0")
        then = lab.go_to(step)
        assert abs(then.step - step) < 20
        assert lab.seen_run() == then.to_json()
        assert len(then.changes) == (2 if then.step >= change else 0), "what it meets later it does not know of yet"
        assert page.js(f"return {lab.past}.frame.weights") == packed(then)
        anew = page.js("return ticks")
        assert len(anew) > 2
        assert anew == [True] + [False] * (len(anew) - 1), "it begins once, and goes on from there"
    assert lab.run_text() == run.to_json()

    page.click("#training-fork")
    page.wait_for("explorer.training.player.state.playing")
    lab.wait_for_update(then.step + 50)
    lab.pause()
    assert [each.setting for each in lab.run().changes] == ["learning_rate"], "what is chosen now, from there on"
    assert lab.run().changes[0].step == then.step
    assert lab.run_text() == lab.replayed()


def test_what_was_asked_of_a_curve_does_not_stay_under_another_output(lab: TimeLab, page: Page) -> None:
    lab.open()
    for name, sizes in (("dog_cat", "2,6,2"), ("first", "2,4,2,1")):
        choose_preset(page, "curve", "1,8,1")
        page.wait_for_text(SAID, "Which would you trust?")
        choose_preset(page, name, sizes)
        assert page.text(SAID) == ""
        lab.press("step-epoch")
        page.hover_at(lab.canvas, 0.3, 0.6)
        page.wait_for(f"document.querySelector('{SAID}').textContent")
        page.hover(5, 5)
        page.wait_for(f"!document.querySelector('{SAID}').textContent")


def test_a_run_that_has_stopped_goes_on_for_an_epoch_or_to_the_next_stop(lab: TimeLab, page: Page) -> None:
    words = "Stopped: so many epochs were asked for."
    lab.open("speed=fastest")
    lab.unfold("limits")
    lab.type("stop_epochs", "4")
    page.wait_for("explorer.training.lab.live.stop_epochs === 4")
    run = lab.play_until_stopped(words)
    assert run.step == 4 * run.updates_per_epoch
    run = lab.play_until_stopped(words)
    assert run.step == 5 * run.updates_per_epoch, "who presses play again sees an epoch, and is told again"
    lab.type("stop_epochs", "9")
    page.wait_for("explorer.training.lab.live.stop_epochs === 9")
    run = lab.play_until_stopped(words)
    assert run.step == 9 * run.updates_per_epoch
    lab.type("stop_epochs", "0")
    page.wait_for("explorer.training.lab.live.stop_epochs === 0")
    lab.train(run.step + 200)
    assert words not in page.text("#training-sentence")
    assert lab.run().changes == (), "a stop rule is no change of the run"
    assert lab.run_text() == lab.alone()


def test_undo_takes_back_what_hands_did_one_after_the_other(lab: TimeLab, page: Page) -> None:
    lab.open("seed=2&cases=60&speed=fastest")
    link = "Link from x₁ to hidden layer 1, neuron 2: "
    before_cut = lab.train(60)
    cut_link(lab, link)
    assert lab.wait_for_changes(1).changes[0].setting == "cut"
    lab.settle()
    lab.press("step-epoch")
    before_restore = lab.run()
    cut_link(lab, link)
    assert lab.wait_for_changes(2).changes[1].setting == "restore"
    lab.settle()
    before_points = lab.run()
    page.click("#training-brush button")
    with page.hand(*lab.on_plane(5.2, 5.2)):
        pass
    assert lab.wait_for_changes(3).changes[2].setting == "points"
    lab.settle()
    lab.press("step-epoch")
    before_layers, settings = lab.run(), lab.settings()
    lab.type("hidden_layers", "3")
    page.wait_for("explorer.training.lab.scene.sizes.join() === '2,3,1'")
    lab.settle()

    for words, run, points in (
        ("the new run", before_layers, 61),
        ("the drawn points", before_points, 60),
        ("the restored link", before_restore, 60),
        ("the cut link", before_cut, 60),
    ):
        lab.undo(words)
        page.wait_for(f"explorer.training.player.state.step === {run.step}")
        page.wait_for(f"explorer.training.lab.scene.points.x.length === {points}")
        lab.settle()
        assert lab.run_text() == run.to_json()
        assert lab.weights() == packed(run)
        assert lab.settings() == settings
        lab.check_shown(run)
    assert page.js("return explorer.training.lab.frame.cut") is None
    assert page.js("return document.getElementById('training-undo').disabled")


def test_a_kept_run_comes_back_from_other_data_with_its_pictures(lab: TimeLab, page: Page) -> None:
    lab.open("dataset=sine&cases=60&hidden_layers=5&optimizer=adam&learning_rate=0.02")
    run, settings, address = lab.train(60), lab.settings(), lab.copied_link()
    page.hover(5, 5)
    lab.wait_frames()
    pictures = lab.pictures()
    page.click("#training-keep")
    lab.choose("dataset", "iris")
    page.wait_for("explorer.training.lab.scene.view === 'table'")
    lab.train(40)
    page.click("#training-runs tbody button")
    page.wait_for("explorer.training.lab.scene.view === 'curve'")
    lab.settle()
    assert lab.run_text() == run.to_json()
    assert lab.update() == run.step
    assert lab.settings() == settings
    page.hover(5, 5)
    lab.wait_frames()
    assert lab.pictures() == pictures
    page.wait_for(f"location.href === {json.dumps(address)}")


def test_a_fork_lies_beside_its_original_and_differs_in_what_was_changed(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    original = lab.train(600)
    then = lab.go_to(200)
    lab.unfold("remedies")
    lab.type("l2", "0.01")
    page.wait_for("explorer.training.lab.live.l2 === 0.01")
    page.click("#training-fork")
    page.wait_for("explorer.training.player.state.playing")
    lab.wait_for_update(then.step + 200)
    lab.pause()
    fork = lab.run()
    page.click("#training-keep")
    names = [f"Before the fork at epoch {int(then.epoch)}", "circle 2-12-1"]
    assert [(each["name"], each["run"], each["shown"]) for each in lab.kept()] == [
        (names[0], original.to_json(), True),
        (names[1], fork.to_json(), True),
    ]
    page.wait_for(
        f"{json.dumps(names)}.every((name) => "
        "document.getElementById('training-curves').data.some((line) => line.name === name))"
    )
    ends = page.js(
        "const {data} = document.getElementById('training-curves');"
        "return arguments[0].map((name) => data.find((line) => line.name === name).x.at(-1))",
        names,
    )
    assert ends == [original.epoch, fork.epoch]
    told = page.js(
        "return [...document.querySelectorAll('#training-runs tr')]"
        ".map((row) => [...row.children].slice(1, 3).map((cell) => cell.textContent))"
    )
    assert [row[0] for row in told] == ["l2", "0.01", "0", "0.01"]
    assert told[0][1] == "epoch", "nothing else differs"
