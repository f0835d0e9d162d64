"""The training lab as a person uses it: a network learns while one looks on, and nothing of it is ever lost."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from engine import advance, measure
from explorer.live import LAST_STEP
from explorer.settings import to_link
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from tests.browser.conftest import Served
from tests.browser.labs import TrainingLab, named
from tests.browser.page import Page


@pytest.fixture
def lab(page: Page) -> TrainingLab:
    return TrainingLab(page)


def test_play_pause_step_reset_and_new_seed(lab: TrainingLab, page: Page) -> None:
    lab.open()
    first_weights, first_pictures = lab.weights(), lab.pictures()
    assert lab.update() == 0
    assert lab.run_text() == first_run(lab.settings()).to_json()
    assert lab.run().task.network.sizes == (2, 4, 2, 1)

    lab.play()
    page.wait_for("Number(document.getElementById('training-epoch').textContent) >= 20")
    page.wait_for("document.getElementById('training-curves').data[0].x.length > 10")
    lab.pause()
    network, output = lab.pictures()
    assert network != first_pictures[0]
    assert output != first_pictures[1]
    curves = lab.curves()
    assert curves["epoch"] == sorted(set(curves["epoch"]))
    begin = first_run(lab.settings())
    for point in (0, 1, 5, len(curves["epoch"]) - 1):
        measures = measure(advance(begin, updates=round(curves["epoch"][point] * begin.updates_per_epoch)))
        assert curves["training"][point] == measures.training_error
        assert curves["validation"][point] == measures.validation_error
    assert float(lab.number("training-error")) == pytest.approx(measures.training_error, rel=1e-3)

    held = lab.reading()
    lab.wait_frames()
    assert lab.reading() == held
    assert lab.run_text() == lab.alone()

    before = lab.update()
    lab.press("step-update")
    assert lab.update() == before + 1
    lab.press("step-epoch")
    assert lab.update() == before + 1 + lab.run().updates_per_epoch
    assert lab.run_text() == lab.alone()

    lab.press("reset")
    assert lab.update() == 0
    assert lab.weights() == first_weights
    assert lab.pictures() == first_pictures
    assert lab.curves()["epoch"] == [0]

    lab.press("new-seed")
    assert lab.settings().seed != 1
    assert lab.value("seed") == str(lab.settings().seed)
    assert lab.weights() != first_weights
    assert lab.run_text() == first_run(lab.settings()).to_json()
    lab.wait_for_address()


def test_speed_and_learning_rate_change_while_it_runs(lab: TrainingLab, page: Page) -> None:
    lab.open()
    lab.play()
    lab.choose("speed", "20")
    steps = "explorer.training.lab.history.step"
    page.wait_for(f"{steps}.at(-1) - {steps}.at(-2) === 1")  # what had come before is shown
    updates, seconds = page.js(
        """
        const step = () => explorer.training.lab.frame.step;
        const [first, begin] = [step(), performance.now()];
        return new Promise((done) => {
          const turn = (now) => {
            if (now - begin < 2000) requestAnimationFrame(turn);
            else done([step() - first, (now - begin) / 1000]);
          };
          requestAnimationFrame(turn);
        });
        """
    )
    assert 12 <= updates / seconds <= 28

    changed_after = lab.update()
    lab.focus_slider("learning_rate")
    page.press("ArrowRight", 5)
    lab.choose("speed", "500")
    page.wait_for("new URLSearchParams(location.search).get('changes')")
    lab.wait_for_update(changed_after + 300)
    lab.type("learning_rate", "0.005")
    page.wait_for("new URLSearchParams(location.search).get('changes').split(',').length === 2")
    lab.wait_for_update(lab.update() + 200)
    lab.pause()
    run = lab.run()
    assert run.recipe.optimizer.learning_rate == 0.03
    assert [change.value for change in run.changes] == [pytest.approx(0.04, rel=0.05), 0.005]
    assert changed_after <= run.changes[0].step < run.changes[1].step < run.step
    assert lab.run_text() == lab.alone(first_rate=0.03)


def test_a_link_holds_what_can_be_made_again(lab: TrainingLab, page: Page) -> None:
    lab.open("seed=5")
    lab.press("step-epoch")
    assert "step=13" in lab.copied_link()

    lab.type("hidden_layers", "abc")
    page.wait_for_text("#training-state", "Hidden layers must be at most 20 numbers from 1 to 128")
    page.wait_for("new URLSearchParams(location.search).get('hidden_layers') === '4, 2'")
    assert told(lab.copied_link()) == to_link(TrainingSettings(seed=5))
    lab.choose("speed", "20")  # what is wished beside it counts
    page.wait_for("new URLSearchParams(location.search).get('speed') === '20'")
    assert told(lab.copied_link()) == to_link(TrainingSettings(seed=5, speed="20"))
    assert lab.value("hidden_layers") == "abc"
    assert "Hidden layers must be" in page.text("#training-state"), "it stays until its reader changes something"

    lab.type("hidden_layers", "3")
    page.wait_for("document.getElementById('training-state').textContent === ''")
    lab.settle()
    assert told(lab.copied_link())["hidden_layers"] == "3"


def test_a_run_that_no_link_may_tell_is_not_told(lab: TrainingLab, page: Page) -> None:
    lab.open()
    lab.press("step-epoch")
    log = "5:learning_rate:0.1"
    for step, changes, words in (
        (LAST_STEP, {"count": 1, "text": log, "untold": ""}, None),
        (
            LAST_STEP + 1,
            {"count": 0, "text": "", "untold": ""},
            "This run is beyond update 100,000,000: a link",
        ),
        (LAST_STEP, {"count": 999, "text": "", "untold": "There were too many."}, "There were too many."),
        (12, {"count": 0, "text": "", "untold": ""}, None),
    ):
        page.js(
            "const {lab} = explorer.training; lab.frame.step = arguments[0]; lab.log = arguments[1];", step, changes
        )
        link = told(lab.copied_link())
        extra = {"step": str(step)} | ({"changes": changes["text"]} if changes["text"] else {})
        assert link == to_link(lab.settings()) | ({} if words else extra)
        assert words in page.text("#training-state") if words else page.text("#training-state") == ""


def told(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_the_sentence_of_state_says_what_matters_most(lab: TrainingLab, page: Page) -> None:
    lab.open()
    state = (
        "return explorer.trainingWords.state("
        "{away: false, epoch: null, until: null, refusal: '', untold: '', ...arguments[0]})"
    )
    assert page.js(state, {}) == ""
    assert page.js(state, {"untold": "untold"}) == "untold"
    assert page.js(state, {"untold": "untold", "refusal": "refused"}) == "refused"
    replaying = {"until": 12345, "untold": "untold", "refusal": "refused"}
    assert page.js(state, replaying) == "Replaying the run of this link to update 12,345 …"
    assert page.js(state, replaying | {"away": True}).startswith("The server does not answer. A run begins")
    kept = page.js(state, replaying | {"away": True, "epoch": 7.5})
    assert kept.startswith("The server does not answer. The run is kept here at epoch 7;")


def test_a_refusal_in_the_middle_loses_nothing(lab: TrainingLab, page: Page) -> None:
    page.expect_console("status of 413")
    link = "step=130"
    lab.open(link)
    lab.settle()
    lab.play()
    lab.wait_for_update(300)
    page.js("explorer.training.lab.settings = {...explorer.training.lab.settings, much: 'x'.repeat(17 << 20)}")
    page.wait_for_text("#training-state", "The request is larger than 16 MB.")
    lab.settle()
    held = lab.run_text()
    assert lab.update() >= 300
    assert page.text("#training-play") == "Play"

    page.js("const {lab} = explorer.training, {much, ...rest} = lab.settings; lab.settings = rest")
    lab.play()
    page.wait_for("document.getElementById('training-state').textContent === ''")
    lab.wait_for_update(json.loads(held)["step"] + 100)
    lab.pause()
    assert lab.run_text() == lab.alone()


def test_who_listens_is_told_at_a_pause_and_not_with_every_frame(lab: TrainingLab, page: Page) -> None:
    lab.open()
    page.wait_for_text("#training-spoken", "Epoch 0: training error")
    page.js(
        """
        window.spoken = [];
        const watch = (id, list) => new MutationObserver(() => list.push(document.getElementById(id).textContent))
          .observe(document.getElementById(id), {childList: true, characterData: true, subtree: true});
        watch("training-spoken", spoken);
        watch("training-state", spoken);
        watch("training-play", window.labels = []);
        """
    )
    lab.play()
    lab.wait_for_update(600)
    assert page.js("return spoken") == []
    assert page.js("return labels") == ["Pause"]
    lab.pause()
    epoch = int(lab.number("epoch").replace(",", ""))
    error, validation = lab.number("training-error"), lab.number("validation-error")
    share = lab.number("training-accuracy")
    said = f"Epoch {epoch}: training error {error}, validation error {validation}, {share} classified correctly."
    assert page.js("return spoken") == [said]
    assert page.js("return document.getElementById('training-play').getAttribute('aria-pressed')") is None

    # while it runs, now and then
    lab.play()
    page.js("explorer.training.lab.spoken -= 10000")
    page.wait_for("spoken.length === 2")
    lab.wait_for_update(lab.update() + 200)
    assert len(page.js("return spoken")) == 2
    lab.pause()


def test_the_overfitting_preset_shows_overfitting(lab: TrainingLab, page: Page) -> None:
    lab.open()
    page.click(named(lab="training", preset="overfitting"))
    page.wait_for("explorer.training.lab.scene.sizes.join() === '2,32,32,1'")
    lab.wait_until_shown()
    lab.play()
    page.wait_for_text("#training-sentence", "Overfitting since epoch", 30)
    lab.wait_for_update(lab.update() + 200)
    lab.pause()
    run, curves = lab.run(), lab.curves()
    assert run.best is not None
    best_epoch = run.best.step / run.updates_per_epoch
    assert lab.run_text() == lab.alone()

    validation, training = curves["validation"], curves["training"]
    lowest = validation.index(min(validation))
    assert run.best.error <= validation[lowest], "the best is that of all epochs, also of those not drawn"
    assert np.interp(best_epoch, curves["epoch"], validation) == pytest.approx(run.best.error, rel=0.05)
    assert 0 < lowest < len(validation) - 1
    assert validation[lowest] < 0.9 * validation[0]
    assert validation[-1] > 1.05 * validation[lowest]
    assert training[-1] < 0.9 * training[lowest]
    assert curves["shapes"] == [[best_epoch, best_epoch]]
    assert curves["annotations"] == [[best_epoch, f"best epoch {int(best_epoch)}"]]
    sentence = page.text("#training-sentence")
    assert re.search(r"Overfitting since epoch ([\d.,]+):", sentence)[1] == f"{best_epoch:g}"  # type: ignore[index]


def test_a_reload_keeps_the_run_and_pauses_it(lab: TrainingLab, page: Page) -> None:
    lab.open("hidden_layers=3,+3&dataset=xor&seed=7&optimizer=adam&learning_rate=0.01&speed=500")
    lab.play()
    lab.wait_for_update(300)
    lab.pause()
    held, settings, address = lab.reading(), lab.settings(), lab.copied_link()
    page.reload()
    lab.wait_until_shown()
    lab.settle()
    lab.wait_frames()
    after = lab.reading()
    assert (after.pop("asked"), held.pop("asked") > 0) == (0, True), "a kept run needs no server"
    assert after == held
    assert lab.settings() == settings
    assert lab.wait_for_address() == address

    # and while it runs
    lab.play()
    seen = lab.update()
    lab.wait_for_update(seen + 300)
    page.reload()
    lab.wait_until_shown()
    lab.settle()
    assert lab.update() >= seen + 300
    assert page.text("#training-play") == "Play"
    assert lab.run_text() == lab.alone()
    lab.press("step-epoch")
    assert lab.run_text() == lab.alone()


def test_the_server_dies_and_comes_back(lab: TrainingLab, page: Page, served: Served) -> None:
    page.expect_console("net::ERR_")
    lab.open("seed=3")
    lab.play()
    lab.wait_for_update(200)
    served.kill()
    page.wait_for_text("#training-state", "The server does not answer")
    page.wait_for("explorer.training.player.state.queue.length === 0")
    lab.wait_for_curves()
    epoch = lab.number("epoch")
    assert f"kept here at epoch {epoch}" in page.text("#training-state")
    kept, pictures = lab.reading(), lab.pictures()
    lab.wait_frames()
    assert lab.reading() | {"asked": 0} == kept | {"asked": 0}
    assert lab.pictures() == pictures
    assert lab.run_text() == lab.alone()

    served.start()
    lab.wait_for_update(json.loads(kept["run"])["step"] + 200)
    assert page.text("#training-state") == ""
    assert page.text("#training-play") == "Pause"
    lab.pause()
    assert lab.run_text() == lab.alone()
    curves = lab.curves()
    assert curves["epoch"] == sorted(set(curves["epoch"]))

    # a pause while it is away holds when it is back
    lab.play()
    lab.wait_for_update(lab.update() + 200)
    served.kill()
    page.wait_for_text("#training-state", "The server does not answer")
    page.click("#training-play")
    paused = lab.run_text()
    served.start()
    page.wait_for("document.getElementById('training-state').textContent === ''")
    lab.settle()
    page.wait_for(f"new URLSearchParams(location.search).get('step') === '{lab.update()}'")
    assert lab.run_text() == paused
    assert page.text("#training-play") == "Play"
