from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.browser.page import Page, chromium, options

REPOSITORY = Path(__file__).resolve().parents[2]


class Served:
    """The app as a user starts it, in a process of its own that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._output = folder / "output.txt"
        self._errors = folder / "errors.txt"
        self._errors_seen = 0
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start the server, after the first time on the same port, and wait until it answers."""
        command = [sys.executable, "-m", "explorer", "--no-browser", "--port", str(self._port)]
        with self._output.open("w") as output, self._errors.open("a") as errors:
            self._process = subprocess.Popen(command, cwd=REPOSITORY, stdout=output, stderr=errors)
        end = time.monotonic() + 30
        while not (told := re.search(r"http://127\.0\.0\.1:(\d+)", self._output.read_text())):
            running = self._process.poll() is None and time.monotonic() < end
            assert running, f"the app does not start\n{self._output.read_text()}{self._errors.read_text()}"
            time.sleep(0.02)
        self._port = int(told[1])

    def kill(self) -> None:
        """End the server as a power cut would."""
        self._process.kill()
        self._process.wait()

    def is_running(self) -> bool:
        return self._process.poll() is None

    def new_errors(self) -> str:
        """What the server wrote to stderr since the last time this was asked; a healthy one writes nothing."""
        text = self._errors.read_text()
        new, self._errors_seen = text[self._errors_seen :], len(text)
        return new


@pytest.hookimpl(optionalhook=True)
def pytest_setup_options() -> Options:
    """The browser of `dash_duo`, should a test want it."""
    return options()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A screenshot of every page of a test that failed, under test-report/."""
    report = yield
    if report.when == "call" and report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Page):
                file = value.screenshot(re.sub(r"[^\w.-]+", "-", f"{item.name}-{name}"))
                report.sections.append((name, str(file)))
    return report


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("served"))
    yield server
    server.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[WebDriver]:
    """One Chromium for all tests, its cache warm; `page` takes care that they do not see each other."""
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="session")
def second_browser() -> Iterator[WebDriver]:
    """Another Chromium, with a profile of its own."""
    with chromium() as driver:
        yield driver


@pytest.fixture
def page(browser: WebDriver, served: Served) -> Iterator[Page]:
    """A fresh tab; the test must leave the console and the server's log empty, and ask nobody else."""
    if not served.is_running():  # the test before has killed it
        served.start()
    served.new_errors()
    tab = Page(browser, served.url)
    yield tab
    assert tab.problems() == []
    assert served.new_errors() == ""


@pytest.fixture
def second_page(page: Page, second_browser: WebDriver) -> Iterator[Page]:
    """A second person at a browser of their own."""
    tab = Page(second_browser, page.url)
    yield tab
    assert tab.problems() == []
