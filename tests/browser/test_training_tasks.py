"""The training lab at its many tasks: deep networks, classes, numbers, images, and settings changed on the way."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from engine import measure
from engine.health import health
from engine.types import Array
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from tests.browser.labs import TrainingLab, named
from tests.browser.page import Page

GRADIENT_BARS = "#training-health tbody td:nth-child(2) .health-bar"
HOSTILE = (
    "dataset=nonsense&cases=9999999&split=90,20,5&features=cube&dropout=2&connectivity=0&amplify_copies=-3"
    "&activations=foo&speed=7&stop_error=NaN&seed=5"
)


@pytest.fixture
def lab(page: Page) -> TrainingLab:
    return TrainingLab(page)


def look_at(lab: TrainingLab, panel: str) -> None:
    """Scroll to a panel and wait until it is told of the moment that is shown."""
    lab.in_sight(f"#training-{panel}")
    name = {"classes": "confusion"}.get(panel, panel)
    lab.page.wait_for(f"explorer.training.lab.frame.report?.{name}")


def test_in_twenty_layers_the_gradient_vanishes(lab: TrainingLab, page: Page) -> None:
    lab.open()
    page.click(named(lab="training", preset="deep"))
    page.wait_for("explorer.training.lab.scene.sizes.length === 22")
    lab.wait_until_shown()
    lab.play()
    lab.wait_for_update(300, 30)
    lab.pause()
    look_at(lab, "health")
    page.wait_for_text("#training-health .health-findings", "Gradients vanish")
    run = lab.run()
    assert run.task.network.sizes == (2, *[8] * 20, 1)
    looked = health(run)
    ratio = looked.gradient_ratio
    assert ratio is not None
    assert ratio < 1e-3
    told = re.search(r"the first layer's are (\S+) times the last's", page.text("#training-health .health-findings"))
    assert told
    assert float(told[1]) == pytest.approx(ratio, rel=0.05)

    page.wait_for("document.querySelectorAll('#training-health tbody tr').length === 21")
    widths = page.js(
        "return [...document.querySelectorAll(arguments[0])].map((bar) => bar.getBoundingClientRect().width)",
        GRADIENT_BARS,
    )
    assert len(widths) == 21
    assert max(widths[:5]) < 0.5 * widths[-1]
    powers = np.log10([layer.gradient for layer in looked.layers])
    assert np.corrcoef(widths, powers)[0, 1] > 0.999, "the length tells the power of ten"

    # nothing is learnt: the answer to all cases is the same, and no better than the mean of the targets
    inputs, targets = run.task.data.part("training")
    outputs = run.task.network.forward(run.weights, run.task.features(inputs)).activities[-1]
    assert np.ptp(outputs) < 1e-3
    constant = 0.5 * ((targets - targets.mean()) ** 2).mean()
    assert 0.999 * constant < measure(run).training_error < 1.3 * constant
    assert lab.run_text() == lab.alone()


def test_settings_change_while_it_trains_and_it_stops_by_itself(lab: TrainingLab, page: Page) -> None:
    lab.open("noise=0.4&cases=120&hidden_layers=8")
    first = lab.run().recipe
    lab.unfold("remedies")
    lab.play()
    lab.wait_for_update(20)
    lab.choose("optimizer", "adam")
    page.wait_for("explorer.training.lab.log.count === 1")
    for count, (field, value) in enumerate({"batch_size": "7", "l2": "0.002", "dropout": "0.1"}.items(), 2):
        lab.type(field, value)
        page.wait_for(f"explorer.training.lab.log.count === {count}")
    assert page.text("#training-play") == "Pause"
    lab.type("patience", "10")
    page.wait_for("!explorer.training.player.state.playing", 30)
    lab.settle()
    assert page.text("#training-play") == "Play"
    # who looks at a panel afterwards is told of the stop all the same
    lab.in_sight("#training-network")
    page.wait_for("!explorer.training.lab.view.open().includes('health')")
    asked = page.js("return explorer.training.player.state.serial")
    look_at(lab, "health")
    page.wait_for(f"explorer.training.player.state.serial > {asked}")
    lab.settle()
    assert page.text("#training-sentence").startswith("Stopped early: validation error has not improved")
    run = lab.run()
    assert run.recipe == first
    assert [(change.setting, change.value) for change in run.changes[1:]] == [
        ("batch_size", 7), ("l2", 0.002), ("dropout", 0.1),
    ]  # fmt: skip
    assert (run.changes[0].setting, run.changes[0].value["name"]) == ("optimizer", "adam")
    assert run.best is not None
    assert run.epoch - run.epoch_at(run.best.step) >= 10 - 1e-9
    assert lab.run_text() == lab.replayed()

    before = run.step
    lab.press("step-epoch")
    assert lab.update() == before + lab.run().updates_per_epoch == before + -(-60 // 7)
    assert lab.run_text() == lab.replayed()


def counted(told: Array, true: Array, classes: int) -> list[list[int]]:
    """How often each class is told for each."""
    return [[int(((true == i) & (told == j)).sum()) for j in range(classes)] for i in range(classes)]


def cells(page: Page) -> list[list[int]]:
    """The confusion matrix as it stands on the page."""
    rows = page.js(
        """
        const rows = [...document.querySelectorAll(".classes-matrix tbody tr")];
        const counts = (row) => [...row.querySelectorAll(".classes-cell")].map(({textContent}) => Number(textContent));
        return rows.map(counts);
        """
    )
    return [[int(value) for value in row] for row in rows]


def examples(page: Page) -> list[str]:
    """What the worst cases are and were read as."""
    tiles = "[...document.querySelectorAll('.classes-tile:not(.classes-empty)')]"
    words = "['.classes-is', '.classes-as'].map((css) => tile.querySelector(css).textContent).join(', ')"
    return list(page.js(f"return {tiles}.map((tile) => {words})"))


def test_three_classes_are_counted_and_errors_looked_at(lab: TrainingLab, page: Page) -> None:
    lab.open()
    page.click(named(lab="training", preset="classes"))
    page.wait_for("explorer.training.lab.scene.sizes.join() === '2,8,8,3'")
    lab.wait_until_shown()
    look_at(lab, "classes")
    lab.press("step-epoch")
    look_at(lab, "classes")
    run = lab.run()
    network = run.task.network
    names = page.js("return explorer.training.lab.scene.output_names")

    def expected(part: str) -> list[list[int]]:
        inputs, targets = run.task.data.part(part)
        outputs = network.forward(run.weights, run.task.features(inputs)).activities[-1]
        return counted(outputs.argmax(axis=1), targets.argmax(axis=1), 3)

    matrix = expected("validation")
    page.wait_for(f"explorer.training.lab.frame.report.confusion.matrix.join() === {json.dumps(matrix)}.join()")
    assert cells(page) == matrix
    assert np.sum(matrix) == len(run.task.data.validation) == 60
    right = int(np.trace(matrix))
    assert page.text(".classes-summary") == f"{right} of 60 cases classified correctly: {100 * right / 60:.1f} %"
    assert lab.number("validation-accuracy") == f"{100 * right / 60:.1f} %"

    # an error that there is: only such cases are shown
    own, other = next((i, j) for i in range(3) for j in range(3) if i != j and matrix[i][j])
    page.click(f".classes-matrix tbody tr:nth-child({own + 1}) td:nth-of-type({other + 1}) .classes-cell")
    page.wait_for(f"explorer.training.lab.frame.report?.confusion?.pair?.join() === '{own},{other}'")
    told = f"true: {names[own]}, predicted: {names[other]}"
    assert examples(page) == [told] * min(12, matrix[own][other])
    assert page.text(".classes-worst h3").lower().startswith(f"{names[own]} taken for {names[other]}")
    page.click(".classes-all")
    page.wait_for("explorer.training.lab.frame.report.confusion.pair === null")
    assert len(examples(page)) == 12

    page.click(".classes-part:nth-child(3)")
    page.wait_for("explorer.training.lab.frame.report.confusion.part === 'test'")
    assert cells(page) == expected("test")
    assert np.sum(expected("test")) == 60


def test_numbers_of_a_table_are_told_against_the_truth(lab: TrainingLab, page: Page) -> None:
    lab.open(
        "dataset=diabetes&cases=442&standardise=1&hidden_layers=8&optimizer=adam&learning_rate=0.01&split=60,30,10"
    )
    assert page.js("return document.getElementById('training-classes-panel').hidden")
    for _ in range(3):
        lab.press("step-epoch")
    look_at(lab, "scatter")
    run = lab.run()
    for place, part in ((2, "validation"), (3, "test"), (1, "training")):
        page.click(f"#training-scatter .classes-part:nth-child({place})")
        page.wait_for(f"explorer.training.lab.frame.report?.scatter?.part === '{part}'")
        inputs, targets = run.task.data.part(part)
        outputs = run.task.to_raw(run.task.network.forward(run.weights, run.task.features(inputs)).activities[-1])
        own, told = page.js(
            "const {true: own, told} = explorer.training.lab.frame.report.scatter;"
            "return [own, told].map((text) => Array.from(explorer.canvas.floats(text)))"
        )
        assert own == pytest.approx(targets[:, 0].tolist(), rel=1e-6)
        assert told == pytest.approx(outputs[:, 0].tolist(), rel=1e-5)
        explained = 1 - ((outputs - targets) ** 2).sum() / ((targets - targets.mean()) ** 2).sum()
        words = re.search(r"R² = (\S+), root mean square error (\S+), over (\d+) cases", page.text(".scatter-summary"))
        assert words
        assert float(words[1].replace("\u2212", "-")) == pytest.approx(explained, abs=0.0051)
        assert float(words[2]) == pytest.approx(np.sqrt(((outputs - targets) ** 2).mean()), abs=0.51)
        assert int(words[3]) == len(targets)


def layers(page: Page) -> list[tuple[str, str]]:
    """Neurons and activation of each hidden layer as the editor shows them."""
    rows = page.js(
        "return [...document.querySelectorAll('.layer')].map((row) =>"
        " [row.querySelector('.layer-neurons').textContent, row.querySelector('select').value])"
    )
    return [(neurons, activation) for neurons, activation in rows]


def test_layers_are_edited_one_by_one(lab: TrainingLab, page: Page) -> None:
    lab.open("hidden_layers=3,2")
    assert layers(page) == [("3", "tanh"), ("2", "tanh")]

    def arrive(sizes: str, activations: str) -> None:
        page.wait_for(f"explorer.training.lab.scene.sizes.join() === '2,{sizes},1'")
        page.wait_for(f"explorer.training.lab.scene.functions.slice(0, -1).join() === '{activations}'")
        lab.settle()
        run = lab.run()
        assert run == first_run(lab.settings())
        assert ",".join(map(str, run.task.network.sizes)) == f"2,{sizes},1"
        assert ",".join(run.task.network.activations[:-1]) == activations
        assert [neurons for neurons, _ in layers(page)] == sizes.split(",")

    page.click(".layer:nth-child(1) .symbol-plus")
    arrive("4,2", "tanh,tanh")
    page.click(".layer:nth-child(2) .symbol-minus")
    arrive("4,1", "tanh,tanh")
    assert page.js("return document.querySelector('.layer:nth-child(2) .symbol-minus').disabled")
    page.click("#training-layers > .button")
    arrive("4,1,1", "tanh,tanh,tanh")
    menu = ".layer:nth-child(2) select"
    page.js(
        "const menu = document.querySelector(arguments[0]); menu.value = 'relu';"
        "menu.dispatchEvent(new Event('change', {bubbles: true}))",
        menu,
    )
    arrive("4,1,1", "tanh,relu,tanh")
    assert layers(page) == [("4", "tanh"), ("1", "relu"), ("1", "tanh")]
    page.click(".layer:nth-child(1) .symbol-close")
    arrive("1,1", "relu,tanh")
    lab.wait_for_value("hidden_layers", "1, 1")
    lab.wait_for_value("activations", "relu, tanh")
    lab.wait_for_address()
    lab.press("step-epoch")
    assert lab.run_text() == lab.alone()


def test_an_amplified_training_set_is_seen_before_and_after(lab: TrainingLab, page: Page) -> None:
    lab.open("dataset=digits&cases=200&noise=0&hidden_layers=8&optimizer=adam")
    assert lab.run().task.cases("training").cases == 100
    lab.unfold("amplify")
    lab.type("amplify_copies", "4")
    page.wait_for_text("#training-amplified", "100 training cases become 500.")
    page.wait_for("document.querySelectorAll('.amplified-row').length >= 5")
    lab.settle()
    run = lab.run()
    cases = run.task.cases("training")
    assert cases.cases == 500
    assert run.task.cases("validation").cases == 100
    assert run.updates_per_epoch == 50
    assert run == first_run(lab.settings())

    pictures, names = page.js(
        """
        const light = (canvas) => {
          const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return [...data].filter((_, i) => i % 4 === 0);
        };
        const rows = [...document.querySelectorAll(".amplified-row")];
        return [rows.map((row) => [...row.querySelectorAll("canvas")].map(light)),
          rows.map((row) => row.querySelector(".amplified-name").textContent)];
        """
    )
    inputs, targets = run.task.data.part("training")
    copies = cases.inputs[:-1].T[100:].reshape(4, 100, 64)
    for row, name in zip(pictures, names, strict=True):
        first = int(np.flatnonzero(targets.argmax(axis=1) == int(name))[0])
        images = [inputs[first], *copies[:, first]]
        assert len(row) == 5
        for light, image in zip(row, images, strict=True):
            assert np.corrcoef(light, image)[0, 1] < -0.97, "ink is dark"
        assert all(not np.array_equal(copy, inputs[first]) for copy in images[1:])
    lab.press("step-epoch")
    assert lab.run_text() == lab.alone()


def test_links_out_of_range_are_told(lab: TrainingLab, page: Page) -> None:
    lab.open(HOSTILE)
    notice = page.text("#training-notice")
    for words in ("not nonsense; circle is used.", "not 9999999; 5000 is used.", "not 90,20,5; 50, 50, 0 is used."):
        assert words in notice
    assert "7 more values were not legal." in notice
    used = TrainingSettings(cases=5000, connectivity=5, dropout=0.9, seed=5)
    assert lab.settings() == used
    assert lab.run() == first_run(used)
    lab.open("step=20&changes=5:cut:99999&seed=3")
    page.wait_for_text("#training-state", "link index is 99999; it must be a whole number between 0 and 24")
    lab.settle()
    assert lab.run() == first_run(TrainingSettings(seed=3))

    # what is typed is held against the rest
    lab.unfold("activations")
    lab.type("activations", "relu, tanh, relu")
    page.wait_for_text("#training-state", "Activations names 3 layers, but there are 2 hidden layers")
    assert page.js("return explorer.training.player.state.run") is None
    lab.type("activations", "relu, tanh")
    page.wait_for("explorer.training.lab.scene.functions.join() === 'relu,tanh,tanh'")
    lab.settle()
    assert lab.run() == first_run(TrainingSettings(seed=3, activations="relu, tanh"))
