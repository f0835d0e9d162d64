"""The surface lab in headless Chromium: from the hand to the screen, at the usual size and at 10 and 100 times it."""

import statistics
import time
from typing import Any

from bench.browser_speed import served
from engine import OPTIMIZERS
from tests.browser.page import Page, chromium

CLICKS = 25
SECONDS = 4
ALL = "optimizers=" + ",".join(OPTIMIZERS)
DRAG_GOAL = 20

# A hand that moves for some seconds, sixty times a second; counts what was drawn meanwhile.
_HAND = """
const [selector, from, seconds, counted, done] = arguments;
const target = document.querySelector(selector), box = target.getBoundingClientRect();
const send = (kind, x, y, on, buttons) => on.dispatchEvent(new PointerEvent(kind, {
  clientX: x, clientY: y, bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse", button: 0, buttons,
}));
const [x, y] = from ?? [box.left + box.width / 2, box.top + box.height / 2];
const count = new Function("return " + counted);
send("pointerdown", x, y, target, 1);
const begin = performance.now(), before = count();
(function move() {
  const passed = performance.now() - begin;
  if (passed > 1000 * seconds) {
    const drawn = count() - before;
    send("pointerup", x, y, window, 0);
    return done(drawn / (passed / 1000));
  }
  const angle = passed / 400;
  send("pointermove", x + 60 * Math.sin(angle), y + 40 * (1 - Math.cos(angle)), target, 1);
  requestAnimationFrame(move);
})();
"""


def main() -> None:
    with served() as url, chromium() as driver:
        page = Page(driver, url)
        driver.set_script_timeout(60)
        clicked(page)
        dragged_start(page)
        dragged_case(page)
        redrawn(page)
        scrubbed(page)
        basins(page)


def clicked(page: Page) -> None:
    print("\nclick to path painted on the contour map, ms                  median      p95   goal")
    for name, query in (("gradient descent, 100 steps", ""), ("all ten optimizers, 100 steps", ALL)):
        times = clicks(page, query)
        goal = "" if query else f"   < 80: {_reached(statistics.median(times) < 80)}"
        print(f"{name:58}{statistics.median(times):10.1f}{sorted(times)[int(0.95 * len(times))]:9.1f}{goal}")


def clicks(page: Page, query: str) -> list[float]:
    """Milliseconds from a press on the map to the path on the screen, for clicks all over the map."""
    open_flat(page, query)
    times = []
    for click in range(CLICKS):
        before = page.js("return explorer.surface.lab.followed || 0")
        page.click_at("#surface-map", 0.2 + 0.5 * ((click * 7) % 11) / 11, 0.15 + 0.6 * ((click * 5) % 13) / 13)
        page.wait_for(f"explorer.surface.lab.followed > {before}")
        times.append(page.js("return performance.getEntriesByName('surface-start-to-path').at(-1).duration"))
        time.sleep(0.6)  # the other pictures follow, and must not stand in the way of the next click
    return times


def dragged_start(page: Page) -> None:
    print("\ndragging the start, all ten optimizers: whole paths a second            goal")
    for steps in (20, 100, 200, 2000):
        open_flat(page, f"{ALL}&steps={steps}")
        rate = hand(page, "#surface-map .nsewdrag", None, "explorer.surface.lab.followed || 0")
        goal = f"   {DRAG_GOAL}: {_reached(rate >= DRAG_GOAL)}" if steps == 100 else ""
        print(f"{steps:9,} steps {rate:52.1f}{goal}")


def dragged_case(page: Page) -> None:
    print("\ndragging a case, all ten optimizers: surfaces redrawn a second")
    for count in (50, 500, 5_000):
        open_flat(page, ALL)
        page.js(_GIVE_CASES, count)
        page.wait_for(f"explorer.surface.lab.base.cases && explorer.surface.lab.cases.targets.length === {count}")
        time.sleep(1.5)
        page.js(
            "window.maps = 0; document.getElementById('surface-map').on('plotly_afterplot', () => (window.maps += 1))"
        )
        rate = hand(page, "#surface-fit .nsewdrag", page.js(_FIRST_CASE), "window.maps")
        print(f"{count:9,} cases {rate:52.1f}")


_COUNT_MAPS = "document.getElementById('surface-map').on('plotly_afterplot', () => (window.maps += 1));"

# As if a table had been read.
_GIVE_CASES = """
const count = arguments[0], lab = explorer.surface.lab;
const inputs = Array.from({ length: count }, (_, i) => [-5 + (10 * i) / (count - 1)]);
const targets = inputs.map(([x], i) => 1 + x / 2 + 0.5 * Math.sin(7 * i));
const own = { inputs, targets, names: [], target: "", origin: "table" };
sessionStorage.setItem("explorer-surface-own", JSON.stringify(own));
lab.own = own;
explorer.settings.set("surface", { data: "own", noise: 0 });
"""

_FIRST_CASE = """
const plot = document.getElementById("surface-fit"), { xaxis, yaxis } = plot._fullLayout;
const { inputs, targets } = explorer.surface.lab.cases, middle = Math.floor(targets.length / 2);
plot.scrollIntoView({ block: "center" });
const box = plot.getBoundingClientRect();
const [across, down] = [xaxis.l2p(inputs[middle][0]), yaxis.l2p(targets[middle])];
return [box.left + xaxis._offset + across, box.top + yaxis._offset + down];
"""


def redrawn(page: Page) -> None:
    print("\nredraws, ms                                                       median")
    page.open(f"/surface?{ALL}&steps=200")
    page.wait_for("document.querySelector('.path-layer path') && explorer.surface.lab.base", 30)
    time.sleep(3)
    for name, script in (
        ("contour map of 101 x 101 points", "await explorer.plots.draw('surface-map', lab.base.map)"),
        ("ten paths of 200 steps over it", "document.getElementById('surface-map').emit('plotly_afterplot')"),
        (
            "error per step, ten curves of 200 steps",
            "await explorer.plots.draw('surface-errors', lab.paths.error_figure)",
        ),
        ("surface in space (software WebGL)", "await explorer.plots.draw('surface-relief', lab.base.relief)"),
    ):
        print(f"{name:60}{redraw(page, script):12.1f}")


# Draws a step a frame along the timeline, to and fro, for some seconds.
_SCRUB = """
const [seconds, done] = arguments, range = document.getElementById("surface-timeline"), last = Number(range.max);
const begin = performance.now();
let frames = 0;
(function next() {
  const passed = performance.now() - begin;
  if (passed > 1000 * seconds) return done(frames / (passed / 1000));
  range.value = Math.round((last * (1 - Math.cos(passed / 300))) / 2);
  range.dispatchEvent(new Event("input"));
  frames += 1;
  requestAnimationFrame(next);
})();
"""


def scrubbed(page: Page) -> None:
    print("\nscrubbing all ten optimizers: frames a second                           goal")
    for steps in (20, 200, 2000):
        open_flat(page, f"{ALL}&steps={steps}")
        rate = page.driver.execute_async_script(_SCRUB, SECONDS)
        goal = f"   30: {_reached(rate >= 30)}" if steps == 200 else ""
        print(f"{steps:9,} steps {rate:52.1f}{goal}")


def basins(page: Page) -> None:
    print("\n40,000 starts on Himmelblau, from the press to the picture, s           goal")
    start = "surface=himmelblau&rate_gradient_descent=0.01&rate_adam=0.05"
    for name, steps in (("gradient_descent", 500), ("gradient_descent", 2000), ("adam", 500)):
        open_flat(page, f"{start}&basin_optimizer={name}&basin_steps={steps}")
        times = []
        for _ in range(3):
            begin = time.monotonic()
            page.js("document.getElementById('surface-basins-run').click()")
            page.wait_for("document.getElementById('surface-basins-words').textContent.includes('all starts')", 60)
            times.append(time.monotonic() - begin)
            page.js("document.getElementById('surface-basins-words').textContent = ''")
            page.wait_for("document.getElementById('surface-basins-run').textContent !== 'Cancel'")
        reached = statistics.median(times)
        goal = f"   < 1: {_reached(reached < 1.0)}" if (name, steps) == ("gradient_descent", 500) else ""
        print(f"{name:18}{steps:6,} steps {reached:45.2f}{goal}")


def redraw(page: Page, script: str) -> float:
    body = f"""
    const done = arguments[0], {{ lab }} = explorer.surface, times = [];
    (async () => {{
      for (let turn = 0; turn < 12; turn++) {{
        const begin = performance.now();
        {script};
        times.push(performance.now() - begin);
        await new Promise((next) => setTimeout(next, 30));
      }}
      done(times.slice(2));
    }})();
    """
    times: list[float] = page.driver.execute_async_script(body)
    return statistics.median(times)


def hand(page: Page, selector: str, place: Any, counted: str) -> float:
    return float(page.driver.execute_async_script(_HAND, selector, place, SECONDS, counted))


def open_flat(page: Page, query: str) -> None:
    """Without the 3-D picture: software WebGL takes most of the time here, and none where there is a graphics card."""
    page.open(f"/surface?{query}")
    page.js("document.getElementById('surface-relief').style.display = 'none'")
    page.wait_for("document.querySelector('.path-layer path') && explorer.surface.lab.base", 30)
    time.sleep(1)


def _reached(reached: bool) -> str:
    return "reached" if reached else "NOT REACHED"


if __name__ == "__main__":
    main()
