"""A descent in time, the experiments and the files, as a person uses them."""

from __future__ import annotations

import base64
import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS, descend, stability
from tests.browser.labs import SurfaceLab
from tests.browser.page import Page

ROOT = Path(__file__).parents[2]
HIMMELBLAU = "surface=himmelblau&start_w1=-0.5&start_w2=-1&rate_gradient_descent=0.01"
WELL = "surface=double_well&start_w1=1.6&start_w2=1.2&rate_gradient_descent=0.05"


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def walked(page: Page) -> int:
    """Steps of the first path that are drawn in full."""
    line = page.js("return document.querySelector('.path-layer path[stroke-linejoin]').getAttribute('d')")
    return len(line.split("L")) - 1


def choose(page: Page, name: str, value: object, event: str) -> None:
    script = "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
    page.js(script + "field.dispatchEvent(new Event(arguments[2]))", f"surface-{name}", value, event)


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for(f"document.getElementById('surface-step-number').textContent.startsWith('Step {step} of')")
    page.wait_for(f"document.getElementById('surface-update-title').textContent.includes('step {step}:')")


def test_play_step_and_scrub(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat(f"{HIMMELBLAU}&optimizers=gradient_descent,momentum&steps=40&rate_momentum=0.001")
    lab.wait_until_drawn()
    assert walked(page) == 40

    # a step on from the start, with the numbers of the formula
    page.click("#surface-step-on")
    page.click("#surface-step-on")
    wait_for_step(page, 1)
    assert walked(page) == 1
    path = descend(LANDSCAPES["himmelblau"], [-0.5, -1.0], OPTIMIZERS["gradient_descent"](learning_rate=0.01), 40)
    last = page.text("#surface-update-lines").splitlines()[-1]
    assert last.startswith("w₂ ←")
    assert float(last.rsplit("= ", 1)[1].strip("()").replace("−", "-")) == pytest.approx(path.weights[2, 1], rel=1e-3)
    # gradient and step, drawn at the point
    assert page.js("return document.querySelectorAll('.path-layer .arrow').length") == 2
    page.click("#surface-step-back")
    wait_for_step(page, 0)

    # another optimizer remembers a velocity
    choose(page, "follow", "momentum", "change")
    page.wait_for_text("#surface-update-lines", "v₁ ←")
    page.wait_for("document.querySelectorAll('.path-layer .arrow').length === 3")
    assert "velocity" in page.text("#surface-memory")

    # scrub, and play to the end
    choose(page, "timeline", 17, "input")
    wait_for_step(page, 17)
    assert walked(page) == 17
    choose(page, "play-speed", "200", "change")
    page.click("#surface-play")
    page.wait_for("document.getElementById('surface-play').textContent === 'Play'")
    wait_for_step(page, 40)
    page.click("#surface-whole-path")
    page.wait_for("document.getElementById('surface-update').hidden")
    lab.wait_until_drawn()


def test_the_marks_of_the_slider_stand_where_theory_says(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat("optimizers=gradient_descent,adam")
    lab.wait_until_drawn()
    page.wait_for("document.querySelectorAll('#surface-rate-marks-gradient_descent .rate-mark').length === 2")
    limit = stability(lab.scene().surface, lab.start()).largest_stable_rate
    left = page.js("return document.querySelector('#surface-rate-marks-gradient_descent .rate-mark-limit').style.left")
    low, high = -7.0, 1.0
    assert float(left.rstrip("%")) == pytest.approx(100 * (np.log10(limit) - low) / (high - low), abs=0.01)
    assert "× the limit" in page.text("#surface-rate-words-gradient_descent")
    assert page.js("return document.querySelectorAll('#surface-rate-marks-adam .rate-mark').length") == 0
    assert "no fixed limit" in page.text("#surface-rate-words-adam")


def test_a_race_is_run_and_its_rates_are_taken(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat(f"{HIMMELBLAU}&budget=60")
    lab.wait_until_drawn()
    page.click("#surface-race-run")
    page.wait_for_text("#surface-race-words", "won with", 30)
    rows = page.js("return [...document.querySelectorAll('#surface-race-table tbody tr')].map((row) => row.innerText)")
    assert len(rows) == len(OPTIMIZERS)
    winner = page.text("#surface-race-words").split(" won")[0]
    assert rows[0].replace("\n", " ").startswith(winner)
    page.click("#surface-race-take")
    page.wait_for(f"document.querySelectorAll('#surface-sentences li').length === {len(OPTIMIZERS)}")
    lab.wait_until_drawn()
    assert lab.settings().steps == 60


def test_basins_are_drawn_cancelled_and_pointed_at(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat(HIMMELBLAU)
    lab.wait_until_drawn()
    page.click("#surface-basins-run")
    page.wait_for_text("#surface-basins-words", "all starts end", 30)
    keys = page.js("return [...document.querySelectorAll('#surface-basin-legend .key')].map((key) => key.textContent)")
    assert len(keys) == 4
    page.js("document.getElementById('surface-basins').scrollIntoView({block: 'center'})")
    page.wait_for("document.querySelector('#surface-basins .nsewdrag')")

    # the path of the place that is pointed at, as long as it is
    page.hover_at("#surface-basins .nsewdrag", 0.9, 0.2)
    page.wait_for_text("#surface-basin-readout", "it ends at the minimum (3, 2)")
    page.wait_for("explorer.surface.lab.paths.start[0] > 4")
    page.hover_at("#surface-race-run", 0.5, 0.5)
    page.wait_for("explorer.surface.lab.paths.start[0] === -0.5")

    # a longer one is cancelled: nothing is asked any more, and what was drawn stays
    lab.type("basin_steps", "2000")
    lab.choose("basin_optimizer", "adam")
    page.click("#surface-basins-run")
    page.wait_for("parseFloat(document.getElementById('surface-basins-bar').style.getPropertyValue('--share')) > 0")
    page.click("#surface-basins-run")
    assert page.text("#surface-basins-words") == "Cancelled."
    assert page.text("#surface-basins-run") == "Draw the basins"
    assert len(page.js("return [...document.querySelectorAll('#surface-basin-legend .key')]")) == 4


def test_noise_gets_out_of_the_bad_well(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat(f"{WELL}&noise_level=4")
    lab.wait_until_drawn()
    page.click("#surface-escape-run")
    page.wait_for_text("#surface-escape-words", "of 200 walks", 30)
    shares = page.js("return [...document.getElementById('surface-escape').data[0].y]")
    chosen = page.js("return document.getElementById('surface-escape').data[1].y[0]")
    assert shares[0] == 0
    assert max(shares) > 20
    assert page.text("#surface-escape-words").startswith(f"{round(2 * chosen)} of 200 walks")
    lab.choose("surface", "ravine")
    page.wait_for("explorer.surface.lab.base.facts[0].includes('eigenvalues 1 and 50')")
    page.click("#surface-escape-run")
    page.wait_for_text("#surface-escape-words", "Nothing to escape from")


def test_every_file_can_be_opened_again(lab: SurfaceLab, page: Page, tmp_path: Path) -> None:
    page.driver.execute_cdp_cmd("Page.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    lab.open_flat(f"{HIMMELBLAU}&optimizers=gradient_descent,adam&steps=25")
    lab.wait_until_drawn()
    found = lab.found()

    def saved(button: str, name: str) -> Path:
        page.click(f"#surface-export-{button}")
        end = time.monotonic() + 15
        while not (tmp_path / name).exists() and time.monotonic() < end:
            time.sleep(0.05)
        page.wait_for_text("#surface-export-notice", f"{name} was saved")
        return tmp_path / name

    rows = list(csv.DictReader(saved("csv", "paths.csv").read_text(encoding="utf-8").splitlines()))
    assert [float(row["w1"]) for row in rows[:26]] == found[0].weights[:, 0].tolist()
    whole = json.loads(saved("json", "paths.json").read_text(encoding="utf-8"))
    assert whole["paths"][1]["errors"] == found[1].errors.tolist()
    script = saved("script", "paths.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment, check=True)
    assert f"gradient_descent ends at {found[0].weights[-1].tolist()}" in run.stdout

    # the picture of the map holds its colours, its lines and both paths
    picture = ElementTree.parse(saved("svg", "surface-map.svg")).getroot()
    spread = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f".//{spread}image")) >= 1
    lines = [each.get("d") for each in picture.iter(f"{spread}path") if each.get("stroke-linejoin") == "round"]
    on_the_page = "[...document.querySelectorAll('.path-layer path[stroke-linejoin]')]"
    assert lines == page.js(f"return {on_the_page}.map((path) => path.getAttribute('d'))")
    data = base64.b64encode(saved("png", "surface-map.png").read_bytes()).decode()
    width, colours = page.driver.execute_async_script(
        """
        const [data, done] = arguments, image = new Image();
        image.onload = () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
          done([image.width, new Set(pixels).size]);
        };
        image.src = "data:image/png;base64," + data;
        """,
        data,
    )
    assert width == 2 * page.js("return document.getElementById('surface-map').clientWidth")
    assert colours > 200
    assert np.isfinite(found[0].errors).all()
