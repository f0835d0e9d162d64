"""Whether the page grows or slows down while a network trains in it for ten minutes, in headless Chromium."""

import statistics
import time

from bench.browser_speed import served
from tests.browser.page import Page, chromium

MINUTES = 10
LOOKS = 10
GROWTH = 1.1  # of the median of the last three looks over that of the first three
HEAD = ("minute", "epoch", "heap MB", "nodes", "epochs/s", "frames/s", "chart ms")
ROW = "{:8.0f}{:14,.0f}{:10.1f}{:8.0f}{:10.0f}{:10.1f}{:10.1f}"
WATCH = """
window.seen = {frames: 0, charts: []};
const {plots, training: {lab: {view}}} = explorer;
const {draw} = plots;
const {frame} = view;
plots.draw = async (...given) => {
  const begin = performance.now();
  await draw(...given);
  seen.charts.push(performance.now() - begin);
};
view.frame = (next) => {
  seen.frames++;
  return frame(next);
};
"""
SEEN = """
const charts = seen.charts.sort((one, other) => one - other);
const told = [explorer.training.lab.frame.epoch, seen.frames, charts[charts.length >> 1]];
seen = {frames: 0, charts: []};
return told;
"""


def main() -> None:
    with served() as url, chromium() as driver:
        page = Page(driver, url)
        page.open("/training?speed=fastest")
        page.wait_for("explorer.training.lab.frame && explorer.training.lab.curves", 30)
        page.js(WATCH)
        page.click("#training-play")
        print(f"\nthe page while 2-4-2-1 trains for {MINUTES} minutes")
        print(("{:>8}{:>14}{:>10}{:>8}" + 3 * "{:>10}").format(*HEAD))
        looks = []
        for look in range(1, LOOKS + 1):
            before, begin = page.js(SEEN)[0], time.perf_counter()
            time.sleep(60 * MINUTES / LOOKS)
            epoch, frames, chart = page.js(SEEN)
            seconds = time.perf_counter() - begin
            looks.append((*measured(driver), (epoch - before) / seconds, frames / seconds, chart))
            print(ROW.format(look * MINUTES / LOOKS, epoch, *looks[-1]), flush=True)
        page.click("#training-play")
        heap, _, epochs, frames, chart = (
            statistics.median(last) / statistics.median(first) for first, last in ends(looks)
        )
        print(
            f"the last three looks over the first three: heap {heap:.2f} times, epochs/s {epochs:.2f} (the server's), ",
            end="",
        )
        flat = max(heap, 1 / frames, chart) <= GROWTH
        print(f"frames/s {frames:.2f}, chart {chart:.2f}: {'flat' if flat else 'NOT FLAT'}")


def ends(looks: list[tuple[float, ...]]) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """The first three and the last three values of every column."""
    return list(zip(zip(*looks[:3], strict=True), zip(*looks[-3:], strict=True), strict=True))


def measured(driver) -> tuple[float, float]:
    """Megabytes of JavaScript's heap, and nodes of the page, after garbage was collected."""
    driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    driver.execute_cdp_cmd("Performance.enable", {})
    told = {each["name"]: each["value"] for each in driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
    return told["JSHeapUsedSize"] / 1e6, told["Nodes"]
