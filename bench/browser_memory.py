"""Whether the page grows while a network trains in it for ten minutes, in headless Chromium."""

import statistics
import time

from bench.browser_speed import served
from tests.browser.page import Page, chromium

MINUTES = 10
LOOKS = 10
GROWTH = 1.1  # of the median of the last three looks over that of the first three


def main() -> None:
    with served() as url, chromium() as driver:
        page = Page(driver, url)
        page.open("/training?speed=fastest")
        page.wait_for("explorer.training.lab.frame && explorer.training.lab.curves", 30)
        page.click("#training-play")
        print(f"\nthe page while 2-4-2-1 trains for {MINUTES} minutes      minute    epoch   heap MB   nodes")
        sizes = []
        for look in range(LOOKS + 1):
            heap, nodes = measured(driver)
            sizes.append(heap)
            epoch = page.js("return explorer.training.lab.frame.epoch")
            print(f"{'':45}{look * MINUTES / LOOKS:12.0f}{epoch:12,.0f}{heap:8.1f}{nodes:8.0f}", flush=True)
            if look < LOOKS:
                time.sleep(60 * MINUTES / LOOKS)
        page.click("#training-play")
        grown = statistics.median(sizes[-3:]) / statistics.median(sizes[1:4])
        print(f"{'':45}grown {grown:.2f} times: {'flat' if grown <= GROWTH else 'NOT FLAT'}")


def measured(driver) -> tuple[float, float]:
    """Megabytes of JavaScript's heap, and nodes of the page, after garbage was collected."""
    driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    driver.execute_cdp_cmd("Performance.enable", {})
    told = {each["name"]: each["value"] for each in driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
    return told["JSHeapUsedSize"] / 1e6, told["Nodes"]
