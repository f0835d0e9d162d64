"""The labs as the tests use them: where their controls are, what they show, and when they have come to rest."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from engine import Run, advance, start
from engine.surfaces import ErrorSurface
from engine.types import Array
from explorer.maps import axes, grid, levels
from explorer.settings import strict, to_link
from explorer.surface.cases import read_own
from explorer.surface.descents import Descent, descents
from explorer.surface.scenes import Scene, scene
from explorer.surface.settings import SurfaceSettings
from explorer.training.settings import TrainingSettings
from explorer.training.tasks import first_run
from tests.browser.page import Page

PIXEL = 0.15  # the layer writes tenths of a pixel, from weights in float32


def named(**identity: str) -> str:
    """The selector of a component whose id has several parts."""
    return f"[id='{json.dumps(identity, sort_keys=True, separators=(',', ':'))}']"


class Lab:
    """What both labs have."""

    name: str
    kind: Any

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> None:
        self.page.open(f"/{self.name}{query and '?' + query}")
        self.wait_until_shown()

    def wait_until_shown(self) -> None:
        raise NotImplementedError

    def control(self, setting: str) -> str:
        """The selector of what bears a setting's value."""
        return named(lab=self.name, setting=setting)

    def value(self, setting: str) -> str:
        """What stands in a field."""
        return str(self.page.js("return document.querySelector(arguments[0]).value", self.control(setting)))

    def wait_for_value(self, setting: str, value: str) -> None:
        selector = json.dumps(self.control(setting))
        self.page.wait_for(f"document.querySelector({selector}).value === {json.dumps(value)}")

    def type(self, setting: str, text: str) -> None:
        self.page.fill(self.control(setting), text)

    def choose(self, setting: str, value: str) -> None:
        """Choose from a menu, or press the segment of a choice that lies open."""
        selector = self.control(setting)
        if self.page.js("return document.querySelector(arguments[0]).tagName", selector) == "INPUT":
            # the menu has room there: a page that scrolls would take it from under the pointer
            self.page.js(
                "document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'})", selector
            )
            self.page.click(selector)
            menu = "document.getElementById(document.querySelector(arguments[0]).getAttribute('aria-controls'))"
            self.page.wait_for(menu.replace("arguments[0]", json.dumps(selector)))
            option = f"[id='{self.page.js(f'return {menu}.id', selector)}'] [role=option][value='{value}']"
            title = self.page.js("return document.querySelector(arguments[0]).textContent", option)
            self.page.click(option)
            self.page.wait_for(f"!document.querySelector({json.dumps(option)})?.getBoundingClientRect().width")
            self.wait_for_value(setting, title)
        else:
            self.page.click(f"{selector} input[value='{value}'] + label")

    def focus_slider(self, setting: str) -> None:
        slider = f"{named(lab=self.name, setting=setting, role='slider')} [role=slider]"
        self.page.js("document.querySelector(arguments[0]).focus()", slider)

    def settings(self) -> Any:
        """The settings that count now, as the page would send them; they must be legal."""
        return strict(self.kind, self.page.js(f"return explorer.{self.name}.lab.settings"))

    def wait_for_address(self) -> str:
        """Wait until the address bar tells all settings that count; the address."""
        link = json.dumps(to_link(self.settings()))
        self.page.wait_for(  # chips may stand in the order in which they were chosen
            "(() => { const query = new URLSearchParams(location.search);"
            " const sorted = (text) => text.split(',').sort().join();"
            f" return Object.entries({link}).every(([name, value]) => sorted(query.get(name)) === sorted(value)); }})()"
        )
        return str(self.page.js("return location.href"))

    def copied_link(self) -> str:
        """Press Copy link; the link that is then in the address bar."""
        self.page.click("#copy-link")
        self.page.wait_for("document.getElementById('copy-said').textContent.length > 0")
        return str(self.page.js("return location.href"))


class SurfaceLab(Lab):
    """The contour map with its paths, and the picture in space."""

    name = "surface"
    kind = SurfaceSettings
    map = "#surface-map .nsewdrag"
    _lines = ".path-layer path[stroke-linejoin]"

    def open_flat(self, query: str = "") -> None:
        """Open without the 3-D picture: in software it takes most of the time, and not every test looks at it."""
        self.page.open(f"/surface?{query}")
        self.hide_space()
        self.wait_until_shown()

    def hide_space(self) -> None:
        self.page.js("document.getElementById('surface-relief').style.display = 'none'")

    def wait_until_shown(self) -> None:
        self.page.wait_for("document.querySelectorAll('#surface-map .contourlevel path').length > 10", 20)
        self.page.wait_for("document.querySelector('#surface-map .path-start')")

    def wait_for_address(self) -> str:
        """Wait until the address bar tells all settings that count, and what the map looks at; the address."""
        super().wait_for_address()
        view = "new URLSearchParams(location.search).get('view')"
        self.page.wait_for(f"{view} === (explorer.surface.lab.view?.flat().join(',') ?? null)")
        return str(self.page.js("return location.href"))

    def wish(self) -> dict[str, Any]:
        """What the page would ask for now: settings, view, and its own cases where these count."""
        return dict(
            self.page.js(
                """
                const {settings, view, own} = explorer.surface.lab;
                return {settings, view, own: settings.data === "own" ? own : null};
                """
            )
        )

    def scene(self) -> Scene:
        """The engine's surface for what the page would ask."""
        wish = self.wish()
        return scene(strict(SurfaceSettings, wish["settings"]), read_own(wish["own"]))

    def found(self) -> list[Descent]:
        """What the engine finds for the settings on the page."""
        return descents(self.scene(), self.settings())

    def start(self) -> Array:
        settings = self.settings()
        return np.array([settings.start_w1, settings.start_w2])

    def wait_for_data(self, count: int | None = None) -> None:
        """Wait until no hand is on the cases and there is a chart of them, perhaps of so many."""
        self.page.wait_for("!explorer.surface.lab.touching && document.querySelector('.cases-layer')")
        if count is not None:
            self.page.wait_for(f"explorer.surface.lab.cases.targets.length === {count}")

    def unfold(self, summary: str) -> None:
        """Open what is folded away under these words."""
        script = (
            "const all = [...document.querySelectorAll('#lab-surface details')];"
            "const box = all.find((each) => each.querySelector('summary').textContent === arguments[0]);"
            "if (!box.open) box.querySelector('summary').click();"
        )
        self.page.js(script, summary)

    # --- the map

    def frame(self) -> dict[str, float]:
        """The plot's place in the window."""
        script = "const {left, top, width, height} = document.querySelector(arguments[0]).getBoundingClientRect();"
        return dict(self.page.js(script + "return {left, top, width, height}", self.map))

    def weights_at(self, x: float, y: float) -> Array:
        """Window coordinates -> weights, by the map's own axes."""
        frame = self.frame()
        return np.array(
            self.page.js(
                "const {xaxis, yaxis} = document.getElementById('surface-map')._fullLayout;"
                "return [xaxis.p2l(arguments[0]), yaxis.p2l(arguments[1])]",
                x - frame["left"],
                y - frame["top"],
            )
        )

    def place_of(self, weights: Array) -> Array:
        """Weights (N, 2) -> window coordinates (N, 2), by the map's own axes."""
        frame = self.frame()
        script = (
            "const {xaxis, yaxis} = document.getElementById('surface-map')._fullLayout;"
            "return arguments[0].map(([w1, w2]) => [xaxis.l2p(w1), yaxis.l2p(w2)])"
        )
        return np.array(self.page.js(script, weights.tolist())) + np.array([frame["left"], frame["top"]])

    def click_at(self, x: float, y: float) -> Array:
        """Click at window coordinates; the weights there, with the digits that the page keeps."""
        frame, weights = self.frame(), self.weights_at(x, y)
        self.page.click_at(self.map, (x - frame["left"]) / frame["width"], (y - frame["top"]) / frame["height"])
        clicked = np.array([float(f"{weight:.4g}") for weight in weights])
        self.page.wait_for(f"explorer.surface.lab.paths.start[0] === {clicked[0]}")
        return clicked

    def click_on(self, weights: Sequence[float]) -> Array:
        """Click on the pixel nearest to these weights; the weights there."""
        x, y = np.round(self.place_of(np.array([weights]))[0])
        return self.click_at(float(x), float(y))

    def contour_point(self, level: int, share: float) -> tuple[Array, Array]:
        """A point of a drawn contour line, counted from the lowest, and the line's direction there."""
        points = self.page.js(
            """
            const path = document.querySelectorAll("#surface-map .contourlevel")[arguments[0]].querySelector("path");
            const length = path.getTotalLength(), matrix = path.getScreenCTM();
            return [0, -3, 3].map((shift) => {
              const point = path.getPointAtLength(arguments[1] * length + shift).matrixTransform(matrix);
              return [point.x, point.y];
            });
            """,
            level,
            share,
        )
        point, before, after = np.array(points)
        return point, after - before

    def start_mark(self) -> Array:
        """Window coordinates of the mark at the start."""
        script = "const {left, top} = document.querySelector('.path-layer').getBoundingClientRect();"
        script += "const {cx, cy} = document.querySelector('.path-start');"
        return np.array(self.page.js(script + "return [left + cx.baseVal.value, top + cy.baseVal.value]"))

    def drawn(self) -> list[Array]:
        """The paths on the map, each (S, 2) in window coordinates."""
        corner, lines = self.page.js(
            """
            const {left, top} = document.querySelector(".path-layer").getBoundingClientRect();
            return [[left, top], [...document.querySelectorAll(arguments[0])].map((line) => line.getAttribute("d"))];
            """,
            self._lines,
        )
        points = [np.array(line[1:].replace("L", " ").split(), dtype=float).reshape(-1, 2) for line in lines]
        return [path + np.array(corner) for path in points]

    def wait_until_drawn(self, timeout: float = 10) -> list[Array]:
        """Wait until the map shows the engine's own paths for the settings on the page; the paths."""
        end = time.monotonic() + timeout
        while True:
            drawn = self.drawn()
            problem = self._difference(drawn, self.scene(), self.found())
            if problem is None:
                return drawn
            assert time.monotonic() < end, f"{problem}\n{self.page.screenshot('paths')}"
            time.sleep(0.03)

    def _difference(self, drawn: list[Array], shown: Scene, found: list[Descent]) -> str | None:
        if len(drawn) != len(found):
            return f"{len(drawn)} paths are drawn, {len(found)} are chosen"
        for line, descent in zip(drawn, found, strict=True):
            # one that runs away is drawn up to a point far outside
            whole = len(line) == len(descent.weights)
            walked = shown.on_map(descent.weights)
            line = line if whole else line[:-1]
            if len(line) > len(descent.weights):
                return f"{descent.title}: {len(line)} points are drawn, {len(descent.weights)} were walked"
            if not len(line):
                return f"{descent.title}: only its start is drawn"
            apart = np.abs(line - self.place_of(walked[: len(line)])).max(initial=0.0)
            if apart > PIXEL:
                return f"{descent.title}: the drawn path is {apart} pixels off"
        return None

    def window(self) -> list[list[float]]:
        """The part of the surface that the map shows."""
        return list(self.page.js("return explorer.surface.lab.base.window"))

    def wait_for_map(self, timeout: float = 10) -> list[list[float]]:
        """Wait until the map shows the engine's errors in the window that is asked for, in full; the window."""
        end = time.monotonic() + timeout
        while (problem := self._map_difference()) is not None:
            assert time.monotonic() < end, f"{problem}\n{self.page.screenshot('map')}"
            time.sleep(0.03)
        return self.window()

    def _map_difference(self) -> str | None:
        seen = self.page.js(
            """
            const {lab} = explorer.surface, {_fullData: [{x, y, z}], _fullLayout: {xaxis, yaxis}} =
              document.getElementById("surface-map");
            return {window: lab.base.window, ranges: [xaxis.range, yaxis.range], side: [x.length, y.length],
              ends: [[x[0], x.at(-1)], [y[0], y.at(-1)]], heights: z.map((row) => Array.from(row))};
            """
        )
        if seen["side"] != [101, 101]:
            return f"the map has {seen['side']} points"
        shown, wish = self.scene(), self.wish()
        window = np.array(wish["view"] or shown.window)
        for name in ("window", "ranges", "ends"):
            if np.abs(np.array(seen[name]) - window).max() > 1e-6 * np.abs(window).max():
                return f"{name}: {seen[name]}, not {window.tolist()}"
        errors = shown.map.error(grid(*axes(window.tolist(), 101)))
        heights = levels(errors, wish["settings"]["levels"] == "log").of(errors)
        apart = np.abs(np.array(seen["heights"], float) - heights).max() / np.ptp(heights)
        return f"the heights are {apart} of the map's relief off" if not apart < 1e-5 else None

    def check_errors(self, surface: ErrorSurface) -> None:
        """The errors behind the map and the picture in space are those of this surface."""
        window = self.wait_for_map()
        heights = "explorer.surface.lab.base.relief.data[0].z"
        told = self.page.js(f"return Array.from(explorer.canvas.floats({heights}.bdata))")
        expected = surface.error(grid(*axes(window, 51)))
        assert np.reshape(told, (51, 51)) == pytest.approx(expected, rel=1e-5, abs=1e-6 * np.ptp(expected))

    def focus_map(self) -> None:
        self.page.js("document.getElementById('surface-map').focus({preventScroll: true})")

    def marked(self) -> dict[str, Array]:
        """The points of every mark on the map by its name, (N, 2)."""
        traces = self.page.js(
            "return document.getElementById('surface-map')._fullData.slice(1)"
            ".map(({name, x, y}) => [name, Array.from(x, (value, i) => [value, y[i]])])"
        )
        names = dict.fromkeys(name for name, _ in traces)
        of = {name: [point for other, points in traces if other == name for point in points] for name in names}
        return {name: np.array(points, float).reshape(-1, 2) for name, points in of.items()}

    # --- the cases

    def cases(self) -> tuple[Array, Array]:
        """Inputs (N, d) and targets (N,) as the chart has them."""
        inputs, targets = self.page.js("const {cases} = explorer.surface.lab; return [cases.inputs, cases.targets]")
        return np.array(inputs), np.array(targets)

    def show_cases(self) -> None:
        """Scroll to the chart of the cases."""
        self.wait_for_data()
        self.page.js("document.getElementById('surface-fit').scrollIntoView({block: 'center', behavior: 'instant'})")

    def on_chart(self, x: float, y: float) -> tuple[float, float]:
        """Values on the axes of the chart of the cases -> window coordinates."""
        left, top = self.page.js(
            """
            const plot = document.getElementById("surface-fit"), {left, top} = plot.getBoundingClientRect();
            const {xaxis, yaxis} = plot._fullLayout;
            return [left + xaxis._offset + xaxis.l2p(arguments[0]), top + yaxis._offset + yaxis.l2p(arguments[1])];
            """,
            float(x),
            float(y),
        )
        return left, top

    def chart_ranges(self) -> Array:
        """The ends of both axes of the chart of the cases (2, 2), under no hand or under one that lies still."""
        ranges = "(({xaxis, yaxis}) => [...xaxis.range, ...yaxis.range])"
        shown = f"{ranges}(document.getElementById('surface-fit')._fullLayout)"
        wanted = f"{ranges}(explorer.surface.lab.paths.fit_figure.layout)"
        self.page.wait_for(f"explorer.surface.lab.touching || {shown}.join() === {wanted}.join()")
        return np.array(self.page.js(f"return {shown}")).reshape(2, 2)

    # --- the picture in space

    def space_paths(self) -> list[Array]:
        """The paths in the 3-D picture, each (S, 3)."""
        script = """
            const traces = document.getElementById("surface-relief").data.filter(({type}) => type === "scatter3d");
            return traces.map((_, i) => document.getElementById("surface-relief")._fullData[i + 1])
              .map(({x, y, z}) => [x, y, z].map((axis) => Array.from(axis)));
        """
        return [np.array(path, dtype=float).T for path in self.page.js(script)]

    def wait_for_space(self, timeout: float = 10) -> list[Array]:
        """Wait until the 3-D picture shows paths from the present start; the paths."""
        start = json.dumps(self.start().tolist())
        self.page.wait_for(
            "document.getElementById('surface-relief')._fullData.slice(1).some(({x, y, type}) => type === 'scatter3d'"
            f" && Math.hypot(x[0] - {start}[0], y[0] - {start}[1]) < 1e-5)",
            timeout,
        )
        return self.space_paths()

    def camera(self) -> Array:
        script = "return document.getElementById('surface-relief')._fullLayout.scene._scene.getCamera().eye"
        eye = self.page.js(script)
        return np.array([eye["x"], eye["y"], eye["z"]])


class TrainingLab(Lab):
    """The network, its output, the curves, and the run behind them."""

    name = "training"
    kind = TrainingSettings
    rest = (
        "(({state}) => state.run !== null && !state.playing && state.single === null && !state.flight"
        " && !state.queue.length && !state.looking && !state.changes.length)(explorer.training.player)"
    )

    def wait_until_shown(self) -> None:
        self.page.wait_for("explorer.training.lab.frame && explorer.training.player.state.run", 20)
        self.page.wait_for("document.getElementById('training-curves').data?.length >= 1")

    # --- seeing

    def number(self, name: str) -> str:
        """One of the large numbers: epoch, step, training-error, validation-error."""
        return self.page.text(f"#training-{name}")

    def update(self) -> int:
        """The count of updates as it stands on the page."""
        return int("".join(filter(str.isdigit, self.number("step"))))

    def wait_for_update(self, least: int, timeout: float = 15) -> None:
        self.page.wait_for(f"explorer.training.lab.frame.step >= {least}", timeout)

    def run_text(self) -> str:
        """The run that the browser holds."""
        return str(self.page.js("return explorer.training.player.state.run"))

    def weights(self) -> str:
        """The shown weights, bit for bit."""
        return str(self.page.js("return explorer.training.lab.frame.weights"))

    def pictures(self) -> list[str]:
        """The network and the output as they are painted."""
        shown = "#training-network canvas, #training-output > :not([hidden]) canvas"
        canvases = f"[...document.querySelectorAll('{shown}')]"
        return list(self.page.js(f"return {canvases}.map((canvas) => canvas.toDataURL())"))

    def curves(self) -> dict[str, Any]:
        """Points of both curves as drawn: epoch, training, validation; and shapes and annotations of their chart."""
        return dict(
            self.page.js(
                """
                const {_fullData, _fullLayout: layout} = document.getElementById("training-curves");
                const [training, validation = {x: [], y: []}] = _fullData;
                return {
                  epoch: Array.from(training.x), training: Array.from(training.y), validation: Array.from(validation.y),
                  shapes: layout.shapes.map(({x0, x1}) => [x0, x1]),
                  annotations: layout.annotations.map(({x, text}) => [x, text]),
                };
                """
            )
        )

    def reading(self) -> dict[str, Any]:
        """Everything that a pause must hold still."""
        shown = {name: self.number(name) for name in ("epoch", "step", "training-error", "validation-error")}
        asked = self.page.js("return explorer.training.player.state.serial")
        return shown | {"weights": self.weights(), "run": self.run_text(), "asked": asked, "curves": self.curves()}

    def wait_frames(self, count: int = 30) -> None:
        """Let the page turn so many animation frames."""
        self.page.js(
            """
            return new Promise((done) => {
              let left = arguments[0];
              const turn = () => (left-- > 0 ? requestAnimationFrame(turn) : done());
              turn();
            });
            """,
            count,
        )

    # --- doing

    def play(self) -> None:
        assert self.page.text("#training-play") == "Play"
        self.page.click("#training-play")
        self.page.wait_for("explorer.training.player.state.playing")

    def pause(self) -> None:
        assert self.page.text("#training-play") == "Pause"
        self.page.click("#training-play")
        self.settle()

    def settle(self, timeout: float = 15) -> None:
        """Wait until nothing is under way and what is shown is where the run stands."""
        self.page.wait_for(self.rest, timeout)
        self.wait_for_curves()
        assert self.update() == self.run().step

    def press(self, name: str) -> None:
        """Press a button of the transport and wait for what it brings."""
        serial = self.page.js("return explorer.training.player.state.serial")
        self.page.click(f"#training-{name}")
        self.page.wait_for(f"explorer.training.player.state.serial > {serial}")
        self.settle()

    def wait_for_curves(self) -> None:
        """Wait until the curves reach the epoch that is shown."""
        drawn = "document.getElementById('training-curves').data[0].x.at(-1)"
        self.page.wait_for(f"{drawn} === explorer.training.lab.frame.epoch")

    # --- the engine's word

    def run(self) -> Run:
        return Run.from_json(self.run_text())

    def alone(self, first_rate: float | None = None) -> str:
        """The run that the engine makes by itself: from the seed, meeting the same changes, to the same step."""
        run, settings = self.run(), self.settings()
        told = to_link(settings) | {"learning_rate": repr(first_rate or settings.learning_rate)}
        changes = tuple((step, setting, value) for step, setting, value in run.changes)
        return advance(first_run(strict(TrainingSettings, told), changes=changes), updates=run.step).to_json()

    def replayed(self) -> str:
        """The same where the recipe has changed since the start, or the data is what a person brought."""
        run = self.run()
        changes = tuple((step, setting, value) for step, setting, value in run.changes)
        return advance(start(run.task, run.recipe, run.seed, changes=changes), updates=run.step).to_json()

    def weight_index(self, layer: int, source: int, target: int) -> int:
        """The place of a link's weight in the engine's vector; layers, sources and neurons count from 0."""
        network = self.run().task.network
        return int(network.matrices(np.arange(float(network.dimension)))[layer][target, source])

    # --- the hand in the pictures

    canvas = "#training-output > :not([hidden]) canvas"

    def in_sight(self, css: str) -> None:
        """Scroll so far that this stands in the middle of the window."""
        self.page.js("document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'})", css)

    def read_at(self, x: float, y: float) -> list[float]:
        """Point at window coordinates in the output picture; the inputs and outputs that the page tells of there."""
        self.page.js("document.getElementById('training-output-said').textContent = ''")
        self.page.hover(x, y)
        self.page.wait_for("document.getElementById('training-output-said').textContent")
        words = self.page.text("#training-output-said").replace("\u2212", "-")
        return [float(number) for number in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e[+-]\d+)?", words)]

    def on_plane(self, x1: float, x2: float) -> tuple[float, float]:
        """The whole window coordinates nearest to a place of the input plane, by what the page tells of two others."""
        left, top, width, height = self.page.js(
            "const {left, top, width, height} = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [left, top, width, height]",
            self.canvas,
        )
        marks = np.array([[left + 0.3 * width, top + 0.6 * height], [left + 0.8 * width, top + 0.1 * height]])
        told = np.array([self.read_at(*mark)[:2] for mark in marks])
        self.plane_pixel = float(np.abs((told[1] - told[0]) / (marks[1] - marks[0]))[0])
        at = marks[0] + (np.array([x1, x2]) - told[0]) * (marks[1] - marks[0]) / (told[1] - told[0])
        return round(at[0]), round(at[1])

    def painted_at(self, x: float, y: float) -> list[int]:
        """The colour of the output picture at window coordinates."""
        return list(
            self.page.js(
                """
                const [css, x, y] = arguments, source = document.querySelector(css);
                const {left, top} = source.getBoundingClientRect();
                const copy = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
                const context = copy.getContext("2d", {willReadFrequently: true});
                context.drawImage(source, left - x, top - y);
                return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
                """,
                self.canvas,
                x,
                y,
            )
        )

    def find_in_network(self, words: str) -> tuple[float, float]:
        """Window coordinates of the neuron or link of which the page says this, sought with the pointer."""
        self.in_sight("#training-network")
        place = self.page.js(
            """
            const canvas = document.querySelector("#training-network canvas"), box = canvas.getBoundingClientRect();
            const found = [];
            for (let x = 4; x < box.width; x += 12)
              for (let y = 4; y < box.height; y += 4) {
                const [clientX, clientY] = [Math.round(box.left + x), Math.round(box.top + y)];
                canvas.dispatchEvent(new PointerEvent("pointermove", {clientX, clientY, bubbles: true}));
                if (document.getElementById("training-network-said").textContent.startsWith(arguments[0]))
                  found.push([clientX, clientY]);
              }
            return found[found.length >> 1] ?? null;
            """,
            words,
        )
        assert place, f"nothing in the network is {words}"
        return float(place[0]), float(place[1])

    def click_network(self, words: str) -> None:
        """Click on the neuron or link of which the page says this."""
        x, y = self.find_in_network(words)
        with self.page.hand(x, y):
            pass

    def wait_for_changes(self, count: int) -> Run:
        """Wait until the run that the browser holds has so many changes and nothing is under way; the run."""
        self.page.wait_for(f"JSON.parse(explorer.training.player.state.run).changes.length === {count}")
        return self.run()

    def unfold(self, name: str) -> None:
        """Open a group of settings that is folded away."""
        if not self.page.js("return document.getElementById(arguments[0]).open", f"training-more-{name}"):
            self.page.click(f"#training-more-{name} summary")
