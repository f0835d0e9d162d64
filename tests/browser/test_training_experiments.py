"""The experiments of the training lab by themselves: numbers in words, and the page against a made-up server."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.browser.page import Page

# Errors fall with epochs and width; a cell tells of one look. What is asked is kept, `away` leaves it unanswered.
MADE = """
window.world = {asked: [], opened: [], drawn: [], away: 0, held: [], hold: false};
const settings = {dataset: 'circle', seed: 1, learning_rate: 0.03};
const titles = {base: 'As it is', l2: 'L2', early: 'Early stopping'};
const remedy = (name) => ({
  name, title: titles[name], change: 'x', same: 'y.', settings: {name}, seeds: [1], cost: 1, stopping: name === 'early',
});
const width = (neurons) => ({width: neurons, seeds: [1, 2, 3], cost: 1, weights: 4 * neurons});
function cell({seeds, looks, width, settings}) {
  const [look] = looks;
  const error = (seed) => (settings.name === 'l2' ? 0.5 : 1) * (seed + look / 100) / (width ?? 1);
  const best = (seed) => ({
    epoch: 2, validation_error: error(seed) / 4, training_error: error(seed) / 8, test_error: null,
  });
  const row = (of) => [seeds.map(of)];
  return {
    states: seeds.map(() => ({step: look * 3})), epochs: [look], epoch: look, updates_per_epoch: 3, stopped: false,
    done: looks.length === 1, diverged: seeds.map(() => false), best: seeds.map(best),
    curves: {
      training_error: row((seed) => error(seed) / 2), validation_error: row(error), test_error: row(() => null),
      training_accuracy: row(() => 0.9), validation_accuracy: row(() => 0.8), test_accuracy: row(() => null),
    },
  };
}
const answers = {
  '/training/bands': () => ({groups: [{seeds: [1, 2, 3]}, {seeds: [4]}], epochs: 50, same: 'Each seed draws.'}),
  '/training/capacity': () => ({
    groups: [1, 4, 16].map(width), widths: [1, 4, 16], epochs: 100, threshold: 9, cases: 30, outputs: 1,
    about: 'Circle', same: 'Each.', left_out: '',
  }),
  '/training/remedies': () => ({
    rows: ['base', 'l2', 'early'].map(remedy), left_out: ['Dropout is left out: none.'],
    epochs: 200, about: 'Circle, 4 cases', seed: 1,
  }),
  '/training/whole': (wish) => ({settings: {seed: String(wish.seeds[0])}, run: 'text of ' + wish.seeds[0]}),
  '/training/cell': cell,
};
function later(value) {
  return new Promise((done) => {
    if (world.hold) world.held.push(() => done(value));
    else setTimeout(() => done(value), 1);
  });
}
world.hub = {
  settings: () => ({settings: {...settings, ...world.changed}, own: null}),
  present: () => ({epoch: 50, training_error: 1, validation_error: 2}),
  epochs: () => 20,
  ask: async (path, wish) => {
    world.asked.push([path, wish]);
    return later(world.away-- > 0 ? null : answers[path](wish));
  },
  openRun: (record) => world.opened.push(record), draw: (bands) => world.drawn.push(bands),
};
world.box = document.createElement('section');
world.box.id = 'probe';
document.querySelector('main').prepend(world.box);
world.part = explorer[arguments[0]].create(world.box, world.hub);
"""
RUN = "#probe .experiment-run"
WORDS = "#probe .experiment-words"


@pytest.fixture
def page(page: Page) -> Page:
    page.open("/training")
    return page


def pure(page: Page, module: str, call: str, *arguments: Any) -> Any:
    return page.js(f"return explorer[arguments[0]].pure.{call}(...arguments[1])", module, list(arguments))


def asked(page: Page, path: str) -> int:
    return int(page.js("return world.asked.filter(([path]) => path === arguments[0]).length", path))


def finished(page: Page, label: str) -> None:
    page.wait_for(f"document.querySelector('{RUN}').textContent === '{label}' && world.asked.length")


# --- numbers --------------------------------------------------------------------------


def test_quartiles_are_those_of_numpy(page: Page) -> None:
    chance = np.random.default_rng(2)
    for count in (1, 2, 3, 4, 7, 16):
        values = chance.normal(size=count)
        told = pure(page, "trainingExperiments", "quartiles", [None, *values.tolist(), None])
        assert [told[name] for name in ("low", "median", "high")] == pytest.approx(
            np.quantile(values, (0.25, 0.5, 0.75))
        )
    assert pure(page, "trainingExperiments", "quartiles", [None]) == {"low": None, "median": None, "high": None}


@pytest.mark.parametrize("epochs", [1, 7, 40, 41, 123, 100_000])
def test_looks_begin_at_the_start_and_end_at_the_end(page: Page, epochs: int) -> None:
    looks = pure(page, "trainingExperiments", "looks", epochs)
    assert (looks[0], looks[-1]) == (0, epochs)
    assert len(looks) == min(epochs, 40) + 1
    steps = np.diff(looks)
    assert steps.min() >= 1
    assert steps[: len(steps) // 2].sum() <= steps[len(steps) // 2 :].sum()


def group(**changed: Any) -> dict[str, Any]:
    curves = {"training_error": [[1, 2], [0.1, 0.2]], "validation_error": [[2, 4], [0.4, None]]}
    shares = {"training_accuracy": [[0.5, 0.5], [1, 1]], "validation_accuracy": [[None, None], [None, None]]}
    whole = {
        "seeds": [1, 2],
        "epochs": [0, 10],
        "curves": curves | shares,
        "diverged": [False, True],
        "best": [None, None],
    }
    return whole | changed


def test_bands_span_the_quartiles_of_all_groups(page: Page) -> None:
    other = group(seeds=[3], curves={name: [[3], [0.3]] for name in group()["curves"]}, diverged=[False])
    bands = pure(page, "trainingBands", "bandsOf", [group(), other])
    assert bands["seeds"] == 3
    assert bands["training"]["median"] == [2, pytest.approx(0.2)]
    assert bands["training"]["high"] == [2.5, pytest.approx(0.25)]
    assert bands["validation"]["median"] == [3, pytest.approx(0.35)]
    area, line, *rest = pure(page, "trainingBands", "traces", bands, "error")
    assert len(rest) == 2
    assert (area["x"], area["fill"]) == ([0, 10, 10, 0], "toself")
    assert area["y"] == pytest.approx([2.5, 0.25, 0.15, 1.5])
    assert line["y"] == bands["training"]["median"]
    assert pure(page, "trainingBands", "traces", None, "error") == []


def test_the_sentence_of_bands_has_all_numbers(page: Page) -> None:
    present = {"epoch": 10, "training_error": 0.2, "validation_error": 0.19}
    groups = [group(curves=group()["curves"] | {"validation_error": [[2, 4], [0.4, 0.2]]}, diverged=[False, False])]
    assert pure(page, "trainingBands", "sentence", groups, 10, present) == (
        "2 seeds after 10 epochs: validation error 0.3 in the median (quartiles 0.25 to 0.35); this run 0.19."
    )
    told = pure(page, "trainingBands", "sentence", [group()], 10, present)
    assert told.endswith(
        "validation error 0.4 in the median (quartiles 0.4 to 0.4); this run 0.19; 1 diverged and count no further."
    )


WIDTHS = [1, 2, 4, 8, 16, 32]


def judged(
    page: Page, training: list[float], validation: list[float], threshold: float | None = 8.0
) -> tuple[str, str]:
    """The kind of curve and its sentence, each width with three seeds that differ a little."""
    points = [
        {
            "width": width,
            "lost": 0,
            "runs": [{"seed": s, "training": t * f, "validation": v * f} for s, f in enumerate((0.98, 1, 1.02))],
            "training": {"median": t},
            "validation": {"median": v},
        }
        for width, t, v in zip(WIDTHS, training, validation, strict=True)
    ]
    kind = pure(page, "trainingCapacity", "judged", points, threshold)["kind"]
    return kind, pure(page, "trainingCapacity", "sentence", points, threshold)


FALLING = [0.5, 0.3, 0.1, 0.05, 0.02, 0.01]


@pytest.mark.parametrize(
    ("training", "validation", "threshold", "kind", "words"),
    [
        (
            FALLING,
            [0.6, 0.5, 0.3, 0.35, 0.4, 0.42],
            8,
            "over",
            "lowest at 4 neurons (0.3); from there to 32 it rises by 40",
        ),
        (FALLING, [0.6, 0.4, 0.5, 0.8, 0.4, 0.3], 8, "double", "falls to 0.4 at 2 neurons, rises to 0.8 at 8 neurons"),
        (FALLING, [0.6, 0.4, 0.5, 0.8, 0.4, 0.3], None, "flat", "still falls at 32 neurons"),
        (FALLING, [0.6, 0.4, 0.5, 0.8, 0.4, 0.3], 200, "flat", "no overfitting"),
        (FALLING, [0.6, 0.4, 0.41, 0.39, 0.4, 0.38], 8, "flat", "From 2 neurons on more change little"),
        (FALLING[::-1], [0.2, 0.2, 0.3, 0.4, 0.5, 0.6], 8, "worse", "which is no overfitting"),
        (
            FALLING,
            [0.6, 0.5, 0.3, 0.35, 0.4, 0.42],
            8,
            "over",
            "With 1 neuron even the training error stays at 0.5: under",
        ),
    ],
)
def test_what_a_capacity_curve_shows_is_told_from_its_numbers(
    page: Page, training: list[float], validation: list[float], threshold: float | None, kind: str, words: str
) -> None:
    told, sentence = judged(page, training, validation, threshold)
    assert told == kind
    assert words in sentence


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.234, "23\u00a0% lower"),
        (-0.2, "20\u00a0% higher"),
        (-3, "4 times as high"),
        (0.004, "no change"),
        (None, "–"),
    ],
)
def test_how_much_a_remedy_helped_is_told(page: Page, share: float | None, words: str) -> None:
    assert pure(page, "trainingRemedies", "helpedWords", share) == words


# --- the page -------------------------------------------------------------------------


def test_bands_grow_on_the_curves_and_open_each_seed(page: Page) -> None:
    page.js(MADE, "trainingBands")
    page.click(RUN)
    finished(page, "16 seeds")
    assert page.text(WORDS) == (
        "4 seeds after 50 epochs: validation error 3 in the median (quartiles 2.25 to 3.75); this run 2. "
        "Each seed draws."
    )
    assert page.js("return world.drawn[0]") is None
    assert page.js("return world.drawn.at(-1).seeds") == 4
    page.click("#probe summary")
    page.click("#probe .experiment-seed:nth-child(3)")
    page.wait_for("world.opened.length")
    record = page.js("return world.opened[0]")
    assert (record["name"], record["run"], record["settings"]) == ("Seed 3", "text of 3", {"seed": "3"})
    assert record["history"]["epoch"][-1] == 50
    assert record["history"]["step"][-1] == record["frame"]["step"] == 150
    assert record["history"]["validation"][-1] == pytest.approx(3.5)
    assert record["frame"]["accuracy"] == {"training": 0.9, "validation": 0.8, "test": None}


def test_bands_go_when_another_network_comes_and_stay_for_another_seed(page: Page) -> None:
    page.js(MADE, "trainingBands")
    page.click(RUN)
    finished(page, "16 seeds")
    page.js("world.changed = {seed: 3}; world.part.scene({})")
    assert page.js("return world.drawn.at(-1) !== null")
    page.js("world.changed = {dataset: 'xor'}; world.part.scene({})")
    assert page.js("return world.drawn.at(-1) === null")
    assert page.text(WORDS) == ""


def test_the_capacity_curve_grows_and_every_run_of_it_opens(page: Page) -> None:
    page.js(MADE, "trainingCapacity")
    page.click(RUN)
    finished(page, "Error against width")
    assert page.text(WORDS).startswith("With 1 neuron even the training error stays at")
    page.wait_for("document.querySelector('#probe .js-plotly-plot')?.data.length === 4")
    chart = page.js("return document.querySelector('#probe .js-plotly-plot').data.map(({x, y}) => [[...x], [...y]])")
    assert [len(x) for x, _ in chart] == [9, 9, 3, 3]
    assert chart[3] == [[1, 4, 16], pytest.approx([3, 0.75, 0.1875])]
    page.click("#probe summary")
    assert page.js("return document.querySelectorAll('#probe tbody tr').length") == 3
    page.click("#probe tbody tr:nth-child(2) .experiment-seed:nth-child(2)")
    page.wait_for("world.opened.length")
    assert page.js("return world.opened[0].name") == "4 neurons, seed 2"
    assert page.js("return world.asked.at(-1)[1].width") == 4


def test_a_click_on_a_point_opens_its_run(page: Page) -> None:
    page.js(MADE, "trainingCapacity")
    page.click(RUN)
    finished(page, "Error against width")
    page.wait_for("document.querySelector('#probe .js-plotly-plot')?.data.length === 4")
    fx, fy = page.js(
        """const plot = document.querySelector('#probe .js-plotly-plot');
        plot.scrollIntoView({block: 'center', behavior: 'instant'});
        const {xaxis, yaxis} = plot._fullLayout;
        const [x, y] = [xaxis._offset + xaxis.d2p(4), yaxis._offset + yaxis.d2p(0.75)];
        return [x / plot.clientWidth, y / plot.clientHeight];"""
    )
    page.hover_at("#probe .experiment-chart", fx, fy)
    page.wait_for("document.querySelector('#probe .hoverlayer text')")
    page.click_at("#probe .experiment-chart", fx, fy)
    page.wait_for("world.opened.length")
    assert page.js("return world.opened[0].name") == "4 neurons, seed 2"


def test_cancel_is_not_asking_for_the_next(page: Page) -> None:
    page.js(MADE, "trainingCapacity")
    page.js("world.hold = true")
    page.click(RUN)
    for _ in range(40):
        page.wait_for("world.held.length")
        page.js("world.held.shift()()")
    page.wait_for("world.held.length")
    assert " of 9 runs" in page.text(WORDS)
    before = page.js("return world.asked.length")
    page.click(RUN)
    assert page.text(RUN) == "Error against width"
    assert page.text(WORDS).startswith("Cancelled.")
    page.js("world.held.shift()()")
    page.js("return new Promise((done) => setTimeout(done, 50))")
    assert page.js("return world.asked.length") == before


def test_a_server_that_is_away_is_waited_for(page: Page) -> None:
    page.js(MADE, "trainingRemedies")
    page.js("world.away = 1")
    page.click(RUN)
    page.wait_for_text(WORDS, "this goes on when it is back")
    finished(page, "Try the remedies")
    assert "helped most" in page.text(WORDS)


def test_what_the_server_refuses_is_said(page: Page) -> None:
    page.js(MADE, "trainingRemedies")
    page.js("world.hub.ask = async () => ({error: 'There are no validation cases.'})")
    page.js("world.box.replaceChildren(); explorer.trainingRemedies.create(world.box, world.hub)")
    page.click(RUN)
    page.wait_for_text(WORDS, "There are no validation cases.")
    assert page.text(RUN) == "Try the remedies"


def test_remedies_stand_in_the_order_of_what_they_reached(page: Page) -> None:
    page.js(MADE, "trainingRemedies")
    page.click(RUN)
    finished(page, "Try the remedies")
    rows = page.js("return [...document.querySelectorAll('#probe tbody tr')].map((row) => row.innerText)")
    assert [row.split("\n")[0].split("\t")[0] for row in rows] == ["Early stopping", "L2", "As it is"]
    # at its best epoch: a quarter of what the others end at
    assert "75\u00a0% lower" in rows[0]
    assert "50\u00a0% lower" in rows[1]
    assert "Circle, 4 cases, seed 1. Dropout is left out: none." in page.text("#probe")
    assert page.js("return world.asked.filter(([path, wish]) => wish.stopping).length") == 41
    page.click("#probe tbody tr:nth-child(2) .button")
    page.wait_for("world.opened.length")
    assert page.js("return world.opened[0].name") == "L2"
    assert asked(page, "/training/whole") == 1


@pytest.mark.parametrize("name", ["trainingBands", "trainingCapacity", "trainingRemedies"])
def test_nothing_is_wider_than_a_telephone(page: Page, name: str) -> None:
    page.resize(390, 800)
    page.js(MADE, name)
    page.click(RUN)
    page.wait_for("document.querySelector('#probe .experiment-run').textContent !== 'Cancel' && world.asked.length > 5")
    assert page.js("return document.documentElement.scrollWidth") <= 390
