"""Time travel: every moment of a run can be seen again, gone on from, and what was done can be undone."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import numpy as np
import pytest

from engine import Run, advance, measure
from explorer.training.tasks import first_run
from tests.browser.labs import named
from tests.browser.page import Page
from tests.browser.training_time import TURNING, TimeLab


@pytest.fixture
def lab(page: Page) -> TimeLab:
    return TimeLab(page)


def test_the_past_is_seen_as_it_was(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    run = lab.train(1500)
    held = lab.reading() | {"asked": 0}
    assert page.js("return document.getElementById('training-fork').disabled")

    then = lab.drag_to(0.4)
    assert 0 < then.step < run.step
    lab.check_shown(then)
    assert lab.curves()["shapes"][-1] == [then.epoch, then.epoch], "a line stands there on the curves"
    assert lab.run_text() == held["run"]
    # a panel that comes into sight tells of that moment too
    lab.in_sight("#training-classes")
    lab.check_matrix(then)
    page.js("document.querySelector(arguments[0]).focus()", lab.timeline)
    page.press("ArrowLeft", 3)
    page.wait_for(f"{lab.past}.frame.step < {then.step}")
    earlier = lab.arrived()
    lab.check_shown(earlier)
    assert lab.seen_run() == earlier.to_json()

    page.click("#training-rewind")
    assert run.best
    page.wait_for(f"{lab.past}.frame.step === {run.best.step}")
    best = lab.arrived()
    lab.check_shown(best)
    assert np.array_equal(best.weights, run.best.weights)
    assert page.js("return explorer.training.lab.frame.best.step") == run.best.step

    lab.presently()
    assert lab.reading() | {"asked": 0} == held
    lab.check_shown(run)

    # a reload knows no moment but the present: the past is made anew
    page.reload()
    lab.wait_until_shown()
    lab.settle()
    lab.check_shown(lab.drag_to(0.6))
    # play goes on from the present
    lab.train(run.step + 100)
    assert lab.run().changes == ()
    assert lab.run_text() == lab.alone()


def test_what_a_person_altered_is_met_on_the_way(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING.replace("fastest", "500"))
    lab.play()
    lab.wait_for_update(100)
    lab.type("learning_rate", "0.2")
    page.wait_for("explorer.training.lab.log.count === 1")
    lab.wait_for_update(lab.update() + 100)
    lab.choose("optimizer", "gradient_descent")
    page.wait_for("explorer.training.lab.log.count === 2")
    lab.wait_for_update(lab.update() + 100)
    lab.pause()
    for change in lab.run().changes:
        for step in (change.step - 12, change.step, change.step + 12):
            lab.go_to(step)
            assert abs(lab.update() - step) < 6, "any update is within reach, not the moments alone"
            assert lab.seen_run() == lab.then(lab.update()).to_json()


def test_the_sentence_stays_that_of_the_past_when_it_was_playing(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    lab.play()
    lab.wait_for_update(1500)
    page.wait_for(f"!document.querySelector('{lab.timeline}').disabled")
    page.click_at(lab.timeline, 0.1, 0.5)
    page.wait_for(f"{lab.past} && {lab.rest}")
    then = lab.arrived()
    lab.check_shown(then)
    assert page.text("#training-play") == "Play"
    # many places at once ask one question after the other
    page.js(
        """
        const fetch = window.fetch;
        window.asked = {now: 0, most: 0, all: 0};
        window.fetch = (...wish) => {
          asked.all += 1;
          asked.most = Math.max(asked.most, (asked.now += 1));
          return fetch(...wish).finally(() => (asked.now -= 1));
        };
        """
    )
    page.drag(lab.timeline, (0.1, 0.5), (0.9, 0.5), steps=40)
    last = lab.arrived()
    lab.check_shown(last)
    assert last.step > then.step
    asked = page.js("return asked")
    assert asked["most"] == 1
    assert asked["all"] <= 40


def test_a_fork_goes_its_own_way_and_is_undone(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    run = lab.train(1500)
    address = lab.copied_link()
    page.click("#training-rewind")
    then = lab.arrived()
    lab.choose("optimizer", "momentum")
    lab.type("learning_rate", "0.2")
    page.wait_for("explorer.training.lab.live.learning_rate === 0.2")
    lab.check_shown(then)
    page.click("#training-fork")
    page.wait_for("explorer.training.player.state.playing")
    lab.wait_for_update(then.step + 600)
    lab.pause()

    fork = lab.run()
    assert [(change.step, change.setting) for change in fork.changes] == [(then.step, "optimizer")]
    assert fork.now.optimizer.learning_rate == 0.2
    assert lab.run_text() == lab.replayed()
    # the way that was gone is kept as it was, and lies under the curves
    (kept,) = lab.kept()
    assert kept["run"] == run.to_json()
    assert kept["name"] == f"Before the fork at epoch {int(then.epoch)}"
    assert kept["settings"]["optimizer"] == "adam"
    page.wait_for(f"document.getElementById('training-curves').data.some(({{name}}) => name === '{kept['name']}')")
    curves = lab.curves()
    assert curves["epoch"] == sorted(set(curves["epoch"]))
    error = measure(advance(then.change("optimizer", fork.now.optimizer.to_dict()), updates=fork.step - then.step))
    assert curves["validation"][-1] == error.validation_error
    assert lab.wait_for_address() != address

    lab.undo("the fork")
    page.wait_for("explorer.training.lab.live.optimizer === 'adam'")
    lab.settle()
    assert lab.run_text() == run.to_json(), "no setting of the fork has come near it"
    assert lab.value("learning_rate") == "0.02"
    page.wait_for(f"location.href === {json.dumps(address)}")
    assert page.js("return explorer.training.lab.moments.all().at(-1).step") == run.step
    lab.check_shown(lab.drag_to(0.5))


def test_a_fork_before_the_first_update_is_another_beginning(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    lab.train(200)
    page.js("document.querySelector(arguments[0]).focus()", lab.timeline)
    page.press("Home")
    assert lab.arrived().step == 0
    lab.type("learning_rate", "0.005")
    page.wait_for("explorer.training.lab.live.learning_rate === 0.005")
    page.click("#training-fork")
    lab.wait_for_update(200)
    lab.pause()
    assert lab.run().changes == ()
    assert lab.run_text() == lab.alone()
    assert "first=" not in lab.copied_link(), "its link begins with its own rate"


def test_a_link_with_changes_is_told_on_when_its_run_goes_on(lab: TimeLab, page: Page) -> None:
    story = "first=learning_rate:0.05&changes=100:learning_rate:0.02"
    lab.open(f"{TURNING}&step=120&{story}")
    page.wait_for("explorer.training.lab.frame.step === 120")
    lab.settle()
    run = lab.train(200)
    assert lab.run_text() == lab.alone(first_rate=0.05)
    assert lab.copied_link().endswith(f"&step={run.step}&{story}")


def test_undo_takes_back_a_reset_a_preset_and_an_edited_weight(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    assert page.js("return document.getElementById('training-undo').disabled")
    run = lab.train(300)
    settings = lab.settings()

    def undone(words: str) -> None:
        lab.undo(words)
        page.wait_for(f"explorer.training.player.state.step === {run.step}")
        lab.settle()
        assert lab.run_text() == run.to_json()
        assert lab.settings() == settings
        lab.check_shown(run)

    lab.press("reset")
    assert lab.update() == 0
    undone("the reset")
    page.click(named(lab="training", preset="overfitting"))
    page.wait_for("explorer.training.lab.scene.sizes.join() === '2,32,32,1'")
    undone("the preset")
    lab.click_network("Hidden layer 1, neuron 3")
    page.fill("#training-card input", "1.25")
    (edit,) = lab.wait_for_changes(1).changes
    lab.settle()
    assert (edit.setting, edit.value[1]) == ("weight", 1.25)
    undone("the edited weight")
    assert page.js("return document.getElementById('training-undo').disabled")
    # what was undone goes on as if nothing had been
    lab.train(run.step + 100)
    assert lab.run_text() == lab.alone()


def undoable(page: Page) -> str:
    """What the undo button says that it would take back."""
    return str(page.js("return document.getElementById('training-undo').dataset.tip"))


def undo_setting(lab: TimeLab, page: Page, words: str, run: str, **values: str) -> None:
    """Undo a changed setting; the run and these controls are as they were before."""
    lab.undo(words)
    page.wait_for(f"explorer.training.player.state.run === {json.dumps(run)}")
    lab.settle()
    assert lab.run_text() == run
    for setting, value in values.items():
        lab.wait_for_value(setting, value)


def test_undo_takes_back_changed_settings_one_by_one(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    lab.type("learning_rate", "0.01")
    page.wait_for("explorer.training.lab.live.learning_rate === 0.01")
    assert undoable(page) == "Nothing to undo", "before the first update it is no change of the run"
    run = lab.train(300).to_json()
    assert undoable(page) == "Nothing to undo"
    lab.type("learning_rate", "0.2")
    slow = lab.wait_for_changes(1)
    lab.settle()
    lab.press("step-epoch")
    fast = lab.run_text()
    lab.choose("optimizer", "momentum")
    lab.wait_for_changes(2)
    lab.settle()
    lab.train(lab.update() + 50)

    undo_setting(lab, page, "the changed optimizer", fast, optimizer="Adam", learning_rate="0.2")
    assert lab.run().changes == slow.changes
    undo_setting(lab, page, "the changed learning rate", run, learning_rate="0.01")
    assert undoable(page) == "Nothing to undo", "undo itself is nothing to undo"
    lab.train(lab.update() + 100)
    assert lab.run_text() == lab.alone()


def test_a_drag_of_a_slider_is_undone_as_one_while_the_run_plays_on(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    slider = f"{named(lab='training', setting='learning_rate', role='slider')} [role=slider]"
    lab.play()
    lab.wait_for_update(100)
    lab.in_sight(slider)
    box = page.js("return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", slider)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with page.hand(x, y) as move:
        for count, shift in enumerate((10, 20, 30), 1):
            move(x + shift, y)
            page.wait_for(f"explorer.training.lab.log.count === {count}")
            time.sleep(0.4)  # longer than what follows at once may take: the button is held
    assert page.js("return explorer.training.player.state.playing")
    lab.wait_for_update(lab.update() + 100)
    lab.pause()
    changes = lab.run().changes
    assert [change.setting for change in changes] == ["learning_rate"] * 3

    lab.undo("the changed learning rate")
    lab.wait_for_value("learning_rate", "0.02")
    page.wait_for("explorer.training.player.state.run.includes('\"changes\":[]')")
    lab.settle()
    assert 100 <= lab.update() <= changes[0].step
    assert lab.run_text() == lab.alone()
    assert undoable(page) == "Nothing to undo"


def test_what_is_chosen_in_the_past_is_undone_when_the_present_has_met_it(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    run = lab.train(300).to_json()
    lab.drag_to(0.5)
    lab.type("learning_rate", "0.2")
    page.wait_for("explorer.training.lab.live.learning_rate === 0.2")
    assert undoable(page) == "Nothing to undo", "it belongs to a fork to come"
    lab.presently()
    assert [change.setting for change in lab.wait_for_changes(1).changes] == ["learning_rate"]
    undo_setting(lab, page, "the changed learning rate", run, learning_rate="0.02")
    assert undoable(page) == "Nothing to undo"


def test_a_run_stops_by_itself_and_says_why(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING + "&stop_epochs=30")
    run = lab.play_until_stopped("Stopped: so many epochs were asked for.")
    assert run.step == 30 * run.updates_per_epoch
    assert lab.run_text() == lab.alone()
    lab.press("step-epoch")
    assert lab.update() == 31 * run.updates_per_epoch, "a single step is no play"

    lab.unfold("limits")
    lab.type("stop_epochs", "0")
    target = measure(advance(run, updates=20 * run.updates_per_epoch)).training_error
    lab.type("stop_error", f"{target:.6g}")
    page.wait_for("explorer.training.lab.live.stop_epochs === 0 && explorer.training.lab.live.stop_error > 0")
    run = lab.play_until_stopped("Stopped: the training error is as low as was asked for.")
    assert measure(run).training_error <= lab.settings().stop_error
    before = advance(first_run(lab.settings()), updates=run.step - run.updates_per_epoch)
    assert measure(before).training_error > lab.settings().stop_error

    lab.type("stop_error", "0")
    lab.unfold("remedies")
    lab.type("patience", "12")
    page.wait_for("explorer.training.lab.live.stop_error === 0 && explorer.training.lab.live.patience === 12")
    run = lab.play_until_stopped("Stopped early: validation error has not improved")
    assert run.best
    assert run.step == run.best.step + 12 * run.updates_per_epoch
    assert lab.run_text() == lab.alone()


def test_the_error_surface_is_that_of_the_network_then_and_now(lab: TimeLab, page: Page) -> None:
    lab.open(TURNING)
    page.js(
        """
        const fetch = window.fetch;
        window.maps = [];
        window.fetch = async (address, ...wish) => {
          const answer = await fetch(address, ...wish);
          if (String(address).endsWith("/training/slice")) maps.push(await answer.clone().json());
          return answer;
        };
        """
    )
    lab.play()
    lab.in_sight("#training-slice .slice-map")
    page.wait_for("maps.length > 2 && maps.at(-1).path.length > maps.at(-2).path.length", 20)
    lab.pause()

    def check(run: Run) -> dict[str, Any]:
        """The finest map, whose last moment is this one, lies at the run's error; the map."""
        page.wait_for(f"maps.at(-1).steps.at(-1) === {run.step} && maps.at(-1).side === 61")
        shown = dict(page.js("return maps.at(-1)"))
        error = measure(run).training_error
        assert [shown["errors"][-1], shown["heights_at"][-1]] == pytest.approx([error, error], rel=1e-5)
        assert len(shown["path"]) == len(shown["steps"]) >= 2
        return shown

    run = lab.run()
    lab.in_sight("#training-slice .slice-map")
    check(run)
    page.js(
        "const menu = document.querySelector('.slice-tools select'); menu.value = 'weights';"
        "menu.dispatchEvent(new Event('change'));"
    )
    page.wait_for("maps.at(-1).kind === 'weights'")
    shown = check(run)
    chosen = page.js("return [...document.querySelectorAll('.slice-weight')].map(({value}) => Number(value))")
    weights = np.broadcast_to(run.weights, (61, 61, len(run.weights))).copy()
    weights[..., chosen] = np.stack(np.meshgrid(shown["x"], shown["y"]), axis=-1)
    heights = np.frombuffer(base64.b64decode(shown["heights"]), "<f4").reshape(61, 61)
    np.testing.assert_allclose(heights, run.present_task.surface().error(weights), rtol=1e-5)

    then = lab.drag_to(0.3)
    assert then.step < run.step
    lab.in_sight("#training-slice .slice-map")
    check(then)
    lab.presently()
    lab.in_sight("#training-slice .slice-map")
    check(run)
    assert lab.run_text() == run.to_json()
