"""How fast the page answers a hand and shows a network learning, in headless Chromium against a server of its own."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.page import Page, chromium

REPOSITORY = Path(__file__).parents[1]
SECONDS = 5.0
REPETITIONS = 5


@contextmanager
def served() -> Iterator[str]:
    """The address of the app in a process of its own."""
    command = [sys.executable, "-m", "explorer", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        yield re.search(r"http://[\d.:]+", process.stdout.readline())[0]
        process.terminate()


FEATURES = "x1,x2,x1_squared,x2_squared,x1_x2,sin_x1,sin_x2"
SIX = "8,8,8,8,8,8"
# name, query, (frames/s, epochs/s) to be reached
NETWORKS = (
    ("2-4-2-1 tanh, 237 training cases, batch 10 (as W1)", "split=95,5,0", (50, 2500)),
    ("7-8-8-8-8-8-8-1 tanh, 125 training cases, batch 10", f"features={FEATURES}&hidden_layers={SIX}", (50, 1000)),
    ("2-32-32-1 tanh, 125 training cases, batch 10", "hidden_layers=32,32", None),
    (
        "64-64-10 sigmoid, softmax, 900 digits, batch 32",
        "dataset=digits&cases=1500&split=60,20,20&hidden_layers=64&activations=sigmoid&batch_size=32&noise=0",
        (20, 0),
    ),
    ("2-128-1 tanh, 125 training cases, batch 10", "hidden_layers=128", None),
    ("2-128-128-128-1 tanh, 125 training cases, batch 10", "hidden_layers=128,128,128", None),
    ("2-[8]*20-1 tanh, 125 training cases, batch 10", f"hidden_layers={','.join(['8'] * 20)}", None),
    ("2-4-2-1 tanh, 1,000 training cases, batch 10", "cases=2000", None),
    ("2-4-2-1 tanh, 2,500 training cases, batch 10", "cases=5000", None),
)


def main() -> None:
    with served() as url, chromium() as driver:
        page = Page(driver, url)
        print("\nwhile a network trains, with the picture of every neuron      frames/s  epochs/s   goal")
        for name, query, goal in NETWORKS:
            frames, epochs = training(page, f"speed=fastest&{query}")
            reached = "" if goal is None else f"   {goal[0]}, {goal[1]}: "
            if goal:
                reached += "reached" if frames >= goal[0] and epochs >= goal[1] else "NOT REACHED"
            print(f"{name:60}{frames:10.1f}{epochs:10.0f}{reached}")


def training(page: Page, query: str) -> tuple[float, float]:
    """Medians of frames drawn and epochs trained a second."""
    page.open(f"/training?{query}")
    page.wait_for("explorer.training.lab.frame && explorer.training.lab.curves", 30)
    page.js(
        """
        const picture = explorer.training.lab.view.network, frame = picture.frame;
        window.drawn = 0;
        picture.frame = (next) => { window.drawn += 1; return frame(next); };
        """
    )
    page.click("#training-play")
    page.wait_for("window.drawn > 60", 30)
    look = "return [window.drawn, explorer.training.lab.frame.epoch, performance.now() / 1000]"
    rates = []
    for _ in range(REPETITIONS):
        before = page.js(look)
        time.sleep(SECONDS / REPETITIONS)
        after = page.js(look)
        drawn, epochs, seconds = (late - early for late, early in zip(after, before, strict=True))
        rates.append((drawn / seconds, epochs / seconds))
    page.click("#training-play")
    return statistics.median(r[0] for r in rates), statistics.median(r[1] for r in rates)
