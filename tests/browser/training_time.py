"""The training lab's past, kept runs, experiments and files, as the tests use them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from engine import Run, advance, measure, start
from explorer.training import readings, words
from explorer.training.settings import TrainingSettings
from explorer.training.subjects import subject
from explorer.training.tasks import first_run
from tests.browser.labs import TrainingLab

# validation error is lowest after a while, and rises from there
TURNING = "cases=40&noise=0.4&hidden_layers=12&optimizer=adam&learning_rate=0.02&speed=fastest"


def begun(**settings: Any) -> Run:
    """The first moment of the run of these settings."""
    return first_run(TrainingSettings(**settings))


class TimeLab(TrainingLab):
    """The training lab with its timeline, its kept runs, its experiments and its files."""

    timeline = "#training-timeline input"
    past = "explorer.training.lab.time.past()"

    # --- training

    def train(self, updates: int) -> Run:
        """Play until there are so many updates at least, and pause; the run."""
        self.play()
        self.wait_for_update(updates)
        self.pause()
        return self.run()

    def play_until_stopped(self, words: str) -> Run:
        """Press Play, which may end soon, and wait until the run has ended by itself, saying so; the run."""
        before = self.update()
        self.page.click("#training-play")
        self.page.wait_for(f"!explorer.training.player.state.playing && explorer.training.lab.frame.step > {before}")
        self.page.wait_for_text("#training-sentence", words)
        self.settle()
        assert self.page.text("#training-play") == "Play"
        return self.run()

    # --- the past

    def drag_to(self, share: float) -> Run:
        """Drag the timeline's thumb from its end to a share of its length; the run as the engine knows it there."""
        self.page.drag(self.timeline, (0.995, 0.5), (share, 0.5))
        return self.arrived()

    def go_to(self, step: int) -> Run:
        """Put the thumb on the place nearest to a step of the past; the run as the engine knows it there."""
        self.page.js(
            """
            const slider = document.querySelector(arguments[0]), moments = explorer.training.lab.moments.all();
            const {placeOf, fineness, fromStart} = explorer.trainingTime.pure, all = fromStart(moments);
            slider.value = Math.round(placeOf(all, arguments[1]) * fineness(all));
            slider.dispatchEvent(new Event("input"));
            """,
            self.timeline,
            step,
        )
        return self.arrived()

    def arrived(self) -> Run:
        """Wait until a moment of the past is shown in full; the engine's run there, made from its start."""
        self.wait_frames(3)  # a move of the hand is heard when the page turns
        self.page.wait_for(f"{self.past} && !explorer.training.lab.time.busy()")
        return self.then(self.update())

    def then(self, step: int) -> Run:
        """The present run as it was at an earlier step, made by the engine from the start."""
        run = self.run()
        return advance(start(run.task, run.recipe, run.seed, changes=run.changes_until(step)), updates=step)

    def seen_run(self) -> str:
        """The run of the moment that is looked at, from which a fork would go on."""
        return str(self.page.js(f"return {self.past}.run"))

    def presently(self) -> None:
        """Press Now, and wait until the present is shown."""
        self.page.click("#training-now")
        self.page.wait_for(f"!{self.past}")
        self.settle()

    def check_shown(self, run: Run) -> None:
        """All numbers, the sentence and the network's links are those of this run."""
        measures = measure(run)
        assert self.update() == run.step
        assert int("".join(filter(str.isdigit, self.number("epoch")))) == int(run.epoch)
        for part in ("training", "validation"):
            error = getattr(measures, f"{part}_error")
            assert abs(float(self.number(f"{part}-error")) / error - 1) < 6e-3  # three digits
            assert measures.accuracy
            assert self.number(f"{part}-accuracy") == f"{100 * getattr(measures.accuracy, part):.1f} %"
        assert self.page.text("#training-sentence") == words.sentence(run)
        assert self.link_weights(1, 0) == [f"{weight:.3g}" for weight in self.incoming(run, 1, 0)]

    def incoming(self, run: Run, layer: int, neuron: int) -> list[float]:
        """The weights into a neuron."""
        return list(run.task.network.matrices(run.weights)[layer - 1][neuron, :-1])

    def link_weights(self, layer: int, neuron: int) -> list[str]:
        """What the network picture tells of the weights into a neuron that is pointed at."""
        name = f"Hidden layer {layer}, neuron {neuron + 1}"
        self.page.hover(*self.find_in_network(name))
        self.page.wait_for_text("#training-network-said", name)
        told = self.page.text("#training-network-said").replace("\u2212", "-").rsplit("incoming weights", 1)[1]
        self.page.hover(5, 5)
        return [f"{float(number):.3g}" for number in re.findall(r"-?\d[\d.e+-]*\d|-?\d", told)]

    def check_matrix(self, run: Run) -> None:
        """The table of true and told classes counts the validation cases of this run."""
        about = subject(self.settings(), run.task.data, None)
        told = readings.confusion(run, "validation", about.target_names, about.image, about.input_names, None)
        wanted = [[str(count or "") for count in row] for row in told["matrix"]]
        rows = "[...document.querySelectorAll('.classes-matrix tbody tr')]"
        cells = f"{rows}.map((row) => [...row.querySelectorAll('.classes-cell')].map((cell) => cell.textContent))"
        self.page.wait_for(f"JSON.stringify({cells}) === JSON.stringify({wanted})")

    def kept(self) -> list[dict[str, Any]]:
        """The kept runs, without their curves."""
        of = "({name, run, settings, shown}) => ({name, run, settings, shown})"
        return list(self.page.js(f"return explorer.training.lab.runs.all().map({of})"))

    def traces(self) -> list[str]:
        """The names of the lines on the curves."""
        return list(self.page.js("return document.getElementById('training-curves').data.map(({name}) => name)"))

    def undo(self, words: str) -> None:
        """Press undo, which says that it undoes this, and wait until it has."""
        tip = self.page.js("return document.getElementById('training-undo').dataset.tip")
        assert tip == f"Undo: {words}"
        self.page.click("#training-undo")

    # --- files

    def save_into(self, folder: Path) -> None:
        """Whatever the page saves from now on goes there."""
        self.folder = folder
        self.page.cdp("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def saved(self, name: str) -> Path:
        """Press what makes a file; the file."""
        self.page.js("document.getElementById('training-export-notice').textContent = ''")
        self.page.click(f"#training-export-{name}")
        self.page.wait_for_text("#training-export-notice", " was saved.")
        file = self.folder / self.page.text("#training-export-notice").removesuffix(" was saved.")
        end = time.monotonic() + 15
        # at first Chromium puts an empty file in its place
        while not (file.exists() and file.stat().st_size):
            assert time.monotonic() < end, f"{file.name} does not come"
            time.sleep(0.03)
        return file
