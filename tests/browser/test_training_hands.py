"""What a hand does to a network that learns: it draws points and digits, cuts links, types weights."""

from __future__ import annotations

import base64
import json
import re
import time
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest

from engine import Run, measure
from engine.types import Array
from explorer.training.tasks import first_run
from tests.browser.labs import TrainingLab, named
from tests.browser.page import Page

PAD = ".pad-canvas"
DRAWN = "#training-own .own:not([hidden]) [role=status]"


@pytest.fixture
def lab(page: Page) -> TrainingLab:
    return TrainingLab(page)


def drawn_rows(run: Run) -> Array:
    """All points that joined a run, inputs and targets, in their order."""
    return np.array([row for change in run.changes if change.setting == "points" for row in change.value])


def colour_of(page: Page, css: str) -> list[int]:
    """The background colour of an element."""
    told = str(page.js("return getComputedStyle(document.querySelector(arguments[0])).backgroundColor", css))
    return [int(part) for part in re.findall(r"\d+", told)][:3]


def check_dot(lab: TrainingLab, place: tuple[float, float], colour: list[int]) -> None:
    """A point of this colour is seen here, its middle at most a pixel away."""
    x, y = place
    for dx, dy in ((-2, 0), (1, 0), (0, -2), (0, 1)):  # a pixel has its middle half a pixel further on
        assert lab.painted_at(x + dx, y + dy) == pytest.approx(colour, abs=2), (place, dx, dy)


def test_points_are_drawn_while_it_trains(lab: TrainingLab, page: Page) -> None:
    lab.open("seed=2")
    page.click("#training-brush button")
    places = [lab.on_plane(5.2, 5.2), *(lab.on_plane(-5.5 + 0.6 * i, -5.6) for i in range(7))]
    left, right = (colour_of(page, f".brush-label:nth-child({i}) .brush-dot") for i in (1, 2))
    lab.play()
    lab.wait_for_update(30)
    page.click(".brush-label:nth-child(2)")
    with page.hand(*places[0]):
        pass
    page.wait_for("explorer.training.lab.log.count === 1")
    page.click(".brush-label:nth-child(1)")
    with page.hand(*places[1]) as move:
        for place in places[2:]:
            move(*place)
    page.wait_for("explorer.training.lab.scene.points.x.length === 258")
    lab.wait_for_update(lab.update() + 300)
    lab.pause()

    run = lab.run()
    rows = drawn_rows(run)
    wanted = [[5.2, 5.2, 1.0], *([-5.5 + 0.6 * i, -5.6, -1.0] for i in range(7))]
    assert rows == pytest.approx(np.array(wanted), abs=lab.plane_pixel)
    assert 30 <= run.changes[0].step < run.changes[-1].step < run.step - 300
    assert run.present_task.data.inputs[-8:].tolist() == rows[:, :2].tolist()
    assert len(run.present_task.data.training) == 125 + 8
    for place, colour in zip(places, [right, *[left] * 7], strict=True):
        check_dot(lab, place, colour)
    assert lab.run_text() == lab.alone()
    lab.copied_link()
    page.wait_for_text("#training-state", "Drawn points are in no link")

    # other data: the brush is still in the hand, and needs no class
    lab.choose("dataset", "sine")
    page.wait_for("explorer.training.lab.scene.view === 'curve'")
    lab.settle()
    assert lab.run() == first_run(lab.settings())
    draw_on_the_curve(lab, page)
    lab.play()
    lab.wait_for_update(200)
    lab.pause()
    assert [change.step for change in lab.run().changes] == [0, 0, 0]
    assert lab.run_text() == lab.alone()


def draw_on_the_curve(lab: TrainingLab, page: Page) -> None:
    """Click three points into the picture of a curve, and look where they and the cases are."""
    count = page.js("return explorer.training.lab.scene.points.x.length")
    lab.in_sight("#training-output")
    box = page.js("return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", lab.canvas)
    shares = [(0.3, 0.1), (0.5, 0.35), (0.9, 0.6)]
    places = [(round(box["x"] + i * box["width"]), round(box["y"] + j * box["height"])) for i, j in shares]
    told = [lab.read_at(*place)[0] for place in places]
    for drawn, place in enumerate(places, 1):
        with page.hand(*place):
            pass
        page.wait_for(f"explorer.training.lab.scene.points.x.length === {count + drawn}")
    page.hover(5, 5)
    lab.settle()
    run = lab.run()
    rows = drawn_rows(run)
    assert rows[:, 0] == pytest.approx(np.array(told), abs=0.01)
    colour = colour_of(page, "#training-number-training .series")
    for place in places:
        check_dot(lab, place, colour)

    # the cases of the engine are on the same axes
    lines = [np.polyfit(rows[:, axis], [place[axis] for place in places], 1) for axis in (0, 1)]
    inputs, targets = run.task.data.part("training")
    cases = np.hstack([np.polyval(lines[0], inputs), np.polyval(lines[1], targets)])
    seen = [lab.painted_at(*place) == pytest.approx(colour, abs=2) for place in cases]
    assert np.mean(seen) > 0.5, "others lie under each other or the line of the network"


def test_a_plane_is_filled_by_hand(lab: TrainingLab, page: Page) -> None:
    page.open("/training?dataset=drawn&hidden_layers=4&optimizer=adam&learning_rate=0.05&batch_size=2")
    page.wait_for_text("#training-state", "Draw at least 4 points first")
    page.wait_for("document.querySelector('#training-brush button[aria-pressed=true]')")
    wanted = [(-4.0, 3.0), (-4.0, 0.0), (-4.0, -3.0), (4.0, 3.0), (4.0, 0.0), (4.0, -3.0)]
    for count, place in enumerate(wanted, 1):
        page.click(f".brush-label:nth-child({1 if count <= 3 else 2})")
        with page.hand(*lab.on_plane(*place)):
            pass
        page.wait_for_text(DRAWN, f"{count} point")
        if count < 4:
            assert page.js("return explorer.training.player.state.run") is None
        else:
            page.wait_for(f"explorer.training.lab.scene.points.x.length === {count}")
    lab.wait_until_shown()
    lab.settle()
    assert page.text(DRAWN) == "6 points, 3 of class −1 and 3 of class +1."
    run = lab.run()
    assert run.task.network.sizes == (2, 4, 1)
    data = run.present_task.data
    assert data.inputs == pytest.approx(np.array(wanted), abs=lab.plane_pixel)
    assert data.targets[:, 0].tolist() == [-1.0, -1.0, -1.0, 1.0, 1.0, 1.0]

    lab.play()
    page.wait_for("explorer.training.lab.frame.training_error < 0.01")
    lab.pause()
    assert lab.number("training-accuracy") == "100.0 %"
    assert lab.run_text() == lab.replayed()
    lab.copied_link()
    page.wait_for_text("#training-state", "Your own data is in no link")

    lab.press("reset")
    run = lab.run()
    assert (len(run.task.data.inputs), run.changes) == (6, ())
    assert run == first_run(lab.settings(), page.js("return explorer.trainingOwn.told(true)"))

    page.click("#training-own .own-clear")
    page.wait_for_text("#training-state", "Draw at least 4 points first")
    assert page.js("return explorer.training.player.state.run") is None
    assert page.text(DRAWN).startswith("Draw at least 4 points first")


def strokes(page: Page, *lines: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """Draw straight lines on the pad, from and to shares of its width and height."""
    for start, end in lines:
        page.drag(PAD, start, end)


def wait_for_pad(lab: TrainingLab, page: Page) -> Array:
    """Wait until the panel tells what the engine makes of the pixels that the page sent; the outputs."""
    end = time.monotonic() + 10
    while (problem := pad_difference(page, *(answer := answers(lab, page)))) is not None:
        assert time.monotonic() < end, f"{problem}\n{page.screenshot('pad')}"
        time.sleep(0.03)
    return answer[1]


def answers(lab: TrainingLab, page: Page) -> tuple[list[Array], Array]:
    """The activities of each hidden layer and the outputs for what is drawn now, by the engine."""
    pixels = np.array(page.js("return explorer.training.lab.asked.pad"))
    run = lab.run()
    *hidden, output = run.task.network.forward(run.weights, run.task.features(pixels[None])).activities[1:]
    return [layer[0] for layer in hidden], output[0]


def pad_difference(page: Page, hidden: list[Array], output: Array) -> str | None:
    """What the panel tells that is not so."""
    layers, bars, words = page.js(
        """
        const layers = [...document.querySelectorAll(".pad-layer")], told = ({dataset}) => dataset.tip.split(": ")[1];
        const [values] = [[...document.querySelectorAll(".pad-value")].map((each) => each.textContent)];
        const neurons = layers.map((each) => [...each.querySelectorAll(".pad-neuron")].map(told));
        return [neurons, values, document.querySelector(".pad-words").textContent];
        """
    )
    seen = [[float((text or "nan").replace("\u2212", "-")) for text in layer] for layer in layers]
    if [len(layer) for layer in seen] != [len(layer) for layer in hidden]:
        return f"{len(seen)} layers are shown"
    if not all(np.abs(one - other).max() < 0.0051 for one, other in zip(seen, hidden, strict=True)):
        return f"the activities {seen} are not {hidden}"
    shares = [float(bar.split()[-2]) if bar else np.nan for bar in bars]
    if not np.abs(shares - np.minimum(100 * output, 99.95)).max() < 0.051:
        return f"the shares {shares} are not {output}"
    read = re.fullmatch(r"Read as (\d), (?:more than )?(\d+) % sure; next \d with .* %\.", words)
    if not read or int(read[1]) != output.argmax() or abs(float(read[2]) - 100 * output.max()) > 1:
        return f"{words!r} does not tell of {output}"
    return None


def test_a_digit_is_drawn_and_every_layer_answers(lab: TrainingLab, page: Page) -> None:
    lab.open()
    page.click(named(lab="training", preset="digits"))
    page.wait_for("explorer.training.lab.scene.sizes.join() === '64,64,10'")
    lab.wait_until_shown()
    lab.play()
    page.wait_for("explorer.training.lab.frame.accuracy.validation > 0.8", 30)
    lab.pause()
    lab.in_sight("#training-pad")
    strokes(page, ((0.5, 0.1), (0.5, 0.9)))
    page.wait_for("document.querySelector('.pad-value').textContent")
    wait_for_pad(lab, page)
    pixels = np.reshape(page.js("return explorer.training.lab.asked.pad"), (8, 8))
    assert np.abs(pixels - pixels[:, ::-1]).max() < 0.3, "a straight line stands upright in the middle"
    assert pixels[:, 3:5].min() > 0.5
    assert pixels[:, [0, 1, 6, 7]].max() < 0.2
    share = lab.number("validation-accuracy")
    assert float(share.split()[0]) == pytest.approx(100 * measure(lab.run()).accuracy.validation, abs=0.051)

    # the answer follows the network, and the drawing
    lab.play()
    lab.wait_for_update(lab.update() + 200)
    lab.pause()
    one = wait_for_pad(lab, page)
    strokes(page, ((0.2, 0.15), (0.8, 0.15)))
    page.wait_for(f"explorer.training.lab.asked.pad.join() !== {json.dumps(pixels.ravel().tolist())}.join()")
    two = wait_for_pad(lab, page)
    assert np.abs(one - two).max() > 0.01
    page.click("#training-pad .button")
    page.wait_for("document.querySelector('.pad-words').textContent === 'Nothing is drawn yet.'")
    assert page.text("#training-pad .pad-bars .pad-value") == ""


def kept_zero(lab: TrainingLab, index: int) -> bool:
    """Whether this weight is 0, to the bit, in the run and in what is shown of it."""
    shown = np.frombuffer(base64.b64decode(lab.weights()), "<f4")
    return lab.run().weights[index] == 0.0 == shown[index]


def test_a_cut_link_stays_nothing_until_it_is_restored(lab: TrainingLab, page: Page) -> None:
    lab.open("connectivity=50&optimizer=adam&seed=3&hidden_layers=5,3")
    run = lab.run()
    mask = run.mask
    assert mask is not None
    missing = np.flatnonzero(mask == 0.0)
    links = 2 * 5 + 5 * 3 + 3 * 1
    assert len(missing) == pytest.approx(links / 2, abs=4)
    assert not run.weights[missing].any()
    source, target = next((i, j) for j in range(5) for i in range(2) if mask[lab.weight_index(0, i, j)])
    index = lab.weight_index(0, source, target)
    words = f"Link from x{'₁₂'[source]} to hidden layer 1, neuron {target + 1}: "

    page.click("[data-linkmode=cut]")
    lab.press("step-epoch")
    assert lab.run().weights[index] != 0.0
    lab.click_network(words)
    run = lab.wait_for_changes(1)
    assert (run.changes[0].setting, run.changes[0].value) == ("cut", index)
    lab.settle()
    assert kept_zero(lab, index)
    page.wait_for_text("#training-network-said", words + "cut.")

    for count, optimizer in enumerate(("adam", "momentum")):
        lab.choose("optimizer", optimizer)
        page.wait_for(f"explorer.training.lab.settings.optimizer === {json.dumps(optimizer)}")
        lab.play()
        lab.wait_for_update(lab.update() + 100)
        lab.pause()
        assert len(lab.run().changes) == 1 + count
        assert lab.run().optimizer.name == optimizer
        assert kept_zero(lab, index)
        assert not lab.run().weights[missing].any()
    cut = np.unpackbits(np.frombuffer(base64.b64decode(page.js("return explorer.training.lab.frame.cut")), np.uint8))
    assert np.flatnonzero(cut).tolist() == sorted([*missing.tolist(), index])

    # by keyboard: from the link on, what Delete has cut it restores
    x, y = lab.find_in_network(words)
    page.hover(x, y)
    page.js("document.querySelector('#training-network canvas').focus({preventScroll: true})")
    page.press("Delete")
    assert lab.wait_for_changes(3).changes[2][1:] == ("restore", index)
    lab.press("step-epoch")
    assert lab.run().weights[index] != 0.0
    assert not lab.run().weights[missing].any()
    assert lab.run_text() == lab.replayed()


def test_a_weight_is_typed_and_a_link_tells_of_it(lab: TrainingLab, page: Page, second_page: Page) -> None:
    lab.open("seed=4")
    lab.press("step-epoch")
    lab.click_network("Hidden layer 1, neuron 2: ")
    page.wait_for_text("#training-card h3", "Hidden layer 1, neuron 2")
    index = lab.weight_index(0, 1, 1)
    before, held = lab.run().weights[index], lab.run_text()
    field = "#training-card .card-row:nth-child(3) .card-field"  # after the bias and the first input
    assert page.js("return document.querySelector(arguments[0]).ariaLabel", field) == "x₂"

    def enter(text: str) -> None:
        page.click(field)
        page.js("document.querySelector(arguments[0]).select()", field)
        page.cdp("Input.insertText", text=text)
        page.press("Enter")

    shown = page.js("return document.querySelector(arguments[0]).value", field)
    assert float(shown.replace("−", "-")) == pytest.approx(before, rel=1e-3)
    for text, words in (
        ("abc", "“abc” is not a number"),
        (" ", "A number is needed"),
        ("1/2", "“1/2” is not a number"),
    ):
        enter(text)
        page.wait_for_text("#training-card .card-refusal", words)
        page.press("Escape")
        page.wait_for(f"document.querySelector({json.dumps(field)}).value === {json.dumps(shown)}")
    lab.wait_frames()
    assert lab.run_text() == held

    enter("−1,625")
    run = lab.wait_for_changes(1)
    assert run.changes[0] == (13, "weight", (index, -1.625))
    assert run.weights[index] == -1.625
    others = np.arange(run.task.network.dimension) != index
    assert run.weights[others].tolist() == Run.from_json(held).weights[others].tolist()
    lab.settle()
    page.wait_for_text("#training-card .card-formula", "1.63·x₂")
    lab.choose("optimizer", "adam")
    lab.unfold("remedies")
    lab.type("dropout", "0.2")
    lab.wait_for_changes(3)
    lab.press("step-epoch")
    assert lab.run_text() == lab.replayed()

    link = lab.copied_link()
    assert f"13:weight:{index}:-1.625" in unquote(link)
    other = TrainingLab(second_page)
    other.open(urlsplit(link).query)
    other.wait_for_update(26)
    other.settle()
    assert other.run_text() == lab.run_text()

    # more than the page takes: the run is as it was, and goes on
    enter("1e9")
    page.wait_for("document.getElementById('training-state').textContent !== ''")
    lab.settle()
    assert lab.run_text() == other.run_text()
    lab.press("step-epoch")
    assert lab.run_text() == lab.replayed()
    assert lab.update() == 39


def test_a_weight_that_is_being_typed_stands_still_while_the_network_trains(lab: TrainingLab, page: Page) -> None:
    lab.open("seed=4&speed=fastest&dropout=0.2")
    lab.click_network("Hidden layer 1, neuron 2: ")
    page.wait_for_text("#training-card h3", "Hidden layer 1, neuron 2")
    field = "#training-card .card-row:nth-child(2) .card-field"
    lab.play()
    page.click(field)  # which leaves all that stands there selected, as Enter does
    for text in ("25", "-1.5"):
        for letter in text:
            lab.wait_frames(6)
            page.cdp("Input.insertText", text=letter)
        page.press("Enter")
        page.wait_for(f"explorer.training.lab.log.text.includes({json.dumps(text)})")
    lab.pause()
    index = lab.weight_index(0, 0, 1)
    assert [list(change[1:]) for change in lab.run().changes] == [["weight", (index, 25.0)], ["weight", (index, -1.5)]]


def test_what_makes_no_sense_together_is_said_also_of_a_running_network(lab: TrainingLab, page: Page) -> None:
    lab.open("hidden_layers=")
    lab.press("step-epoch")
    assert page.text("#training-remark") == ""
    page.click("#training-more-remedies summary")
    lab.type("dropout", "0.2")
    page.wait_for_text("#training-remark", "Dropout rests hidden neurons, and there is no hidden layer.")
