"""A person at the app, for tests: a Chromium, and what can be done and seen in it."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

REPORTS = Path(__file__).resolve().parents[2] / "test-report"
MENDING = "apt-get update && apt-get install -y chromium chromium-driver"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",  # WebGL in software, without a line about it in the console
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # this is what offline means
    "--window-size=1400,900",
)
# What the console says about Chromium's software WebGL and plotly.js's 3-D; no page can help it.
NOT_OURS = re.compile(r"GL Driver Message|plotly[^ ]*\.js \d+ Canvas2D: Multiple readback operations")


def tool(*names: str) -> str:
    """The path of an installed program; an AssertionError with the mending command if there is none."""
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"{names[0]} is needed for the browser tests: {MENDING}   (as root; make test does it then)"
    return found


def options() -> Options:
    chosen = Options()
    chosen.binary_location = tool("chromium", "chromium-browser", "google-chrome")
    for flag in FLAGS:
        chosen.add_argument(flag)
    chosen.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chosen.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
    return chosen


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """A Chromium with a fresh profile; it and its driver end with the block."""
    driver = webdriver.Chrome(service=Service(tool("chromedriver")), options=options())
    try:
        yield driver
    finally:
        driver.quit()


class Page:
    """One tab with empty storage. Helpers wait for what they need; nothing here sleeps for a guessed time."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self.driver = driver
        self.url = url
        self._console: list[str] = []
        self._requests: list[str] = []
        self._expected: list[str] = []
        self._start_afresh()

    def _start_afresh(self) -> None:
        """A new tab has no sessionStorage; the rest of the origin's storage is emptied by name."""
        old = self.driver.window_handles
        self.driver.switch_to.new_window("tab")
        new = self.driver.current_window_handle
        for handle in old:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(new)
        self.cdp("Storage.clearDataForOrigin", origin=self.url, storageTypes="all")
        self.cdp("Network.clearBrowserCookies")
        self.resize(1400, 900)  # of the page itself: the window's own bars differ from version to version
        for log in ("browser", "performance"):
            self.driver.get_log(log)

    # --- going somewhere

    def open(self, path: str = "/") -> None:
        """Go to a path of the app and wait until Dash has drawn its layout."""
        self.driver.get(self.url + path)
        self.wait_for_layout()

    def reload(self) -> None:
        self.driver.refresh()
        self.wait_for_layout()

    def wait_for_layout(self, timeout: float = 20) -> None:
        self.wait_for(
            "document.querySelector('#react-entry-point')?.children.length"
            " && !document.querySelector('._dash-loading')",
            timeout,
        )

    def resize(self, width: int, height: int) -> None:
        """Another size of window, down to a telephone's."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str) -> None:
        """What the operating system prefers: "light" or "dark"."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    # --- seeing

    def js(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function; it sees `arguments`, and what it returns comes back."""
        return self.driver.execute_script(script, *arguments)

    def wait_for(self, condition: str, timeout: float = 10) -> None:
        """Wait until a JavaScript expression is true; an expression that throws is not true yet."""
        end = time.monotonic() + timeout
        while True:
            try:
                if self.js(f"return Boolean({condition})"):
                    return
                problem = "it is false"
            except JavascriptException as error:
                problem = str(error.msg)
            if time.monotonic() > end:
                break
            time.sleep(0.03)
        shot = self.screenshot("wait-for")
        lines = "\n".join(self.console()[-10:])
        raise AssertionError(f"not within {timeout} s: {condition}\n{problem}\n{shot}\n{lines}")

    def text(self, css: str) -> str:
        """The visible text of an element."""
        return str(self.js("return document.querySelector(arguments[0])?.innerText ?? ''", css)).strip()

    def wait_for_text(self, css: str, part: str, timeout: float = 10) -> None:
        selector, text = json.dumps(css), json.dumps(part)
        self.wait_for(f"document.querySelector({selector})?.innerText.includes({text})", timeout)

    def console(self) -> list[str]:
        """All lines of the browser's console since this page was made, of every level."""
        for entry in self.driver.get_log("browser"):
            if not NOT_OURS.search(entry["message"]):
                self._console.append(f"{entry['level']} {entry['message']}")
        return list(self._console)

    def expect_console(self, *fragments: str) -> None:
        """Declare that lines with one of these fragments are right in this test."""
        self._expected += fragments

    def requests(self) -> list[str]:
        """The addresses of all requests since this page was made, also of those that failed."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self._requests.append(message["params"]["url"])
        return list(self._requests)

    def foreign_requests(self) -> list[str]:
        """Those that went anywhere but to the served origin."""
        own = (f"{self.url}/", "data:", "blob:", "about:")
        return [url for url in self.requests() if not url.startswith(own)]

    def screenshot(self, name: str) -> Path:
        """Save what is seen now under test-report/."""
        REPORTS.mkdir(exist_ok=True)
        file = REPORTS / f"{name}.png"
        self.driver.save_screenshot(str(file))
        return file

    # --- doing

    def cdp(self, command: str, **parameters: Any) -> Any:
        """A command of the Chrome DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def click(self, css: str) -> None:
        """Click the middle of an element."""
        self.click_at(css, 0.5, 0.5)

    def click_at(self, css: str, fx: float, fy: float) -> None:
        """Click at a fraction of an element's width and height, as a mouse does."""
        x, y = self._point(css, fx, fy)
        self._mouse("mouseMoved", x, y)
        self._mouse("mousePressed", x, y)
        self._mouse("mouseReleased", x, y)

    def drag(self, css: str, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Press at one fraction of an element, move in steps, release at another."""
        (x, y), (to_x, to_y) = self._point(css, *start), self._point(css, *end)
        with self.hand(x, y) as move:
            for step in range(1, steps + 1):
                part = step / steps
                move(x + part * (to_x - x), y + part * (to_y - y))

    @contextmanager
    def hand(self, x: float, y: float, shift: bool = False) -> Iterator[Callable[[float, float], None]]:
        """Hold the mouse button down from window coordinates on; what it gives moves, and the end lets go there."""
        more = {"modifiers": 8} if shift else {}
        place = (x, y)

        def move(to_x: float, to_y: float) -> None:
            nonlocal place
            place = (to_x, to_y)
            self._mouse("mouseMoved", to_x, to_y, buttons=1, **more)

        self._mouse("mouseMoved", x, y)
        self._mouse("mousePressed", x, y, **more)
        yield move
        self._mouse("mouseReleased", *place, **more)

    def hover(self, x: float, y: float) -> None:
        """Move the mouse to window coordinates, no button down."""
        self._mouse("mouseMoved", x, y)

    def hover_at(self, css: str, fx: float, fy: float) -> None:
        """Point at a share of an element's width and height."""
        self.hover(*self._point(css, fx, fy))

    def wheel(self, x: float, y: float, pixels: float) -> None:
        """Turn the wheel over window coordinates, downwards where the pixels are positive."""
        self.cdp("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=pixels)

    def use_fingers(self) -> None:
        """From now on the screen takes touches."""
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)

    @contextmanager
    def fingers(self, *places: tuple[float, float]) -> Iterator[Callable[..., None]]:
        """Put fingers down at window coordinates; what it gives moves them all, and the end lifts them."""

        def touch(kind: str, *at: tuple[float, float]) -> None:
            points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(at)]
            self.cdp("Input.dispatchTouchEvent", type=kind, touchPoints=points)

        touch("touchStart", *places)
        yield lambda *at: touch("touchMove", *at)
        touch("touchEnd")

    def tap(self, x: float, y: float) -> None:
        """Touch window coordinates with a finger, and lift it."""
        with self.fingers((x, y)):
            pass

    def send_file(self, css: str, file: Path) -> None:
        """Choose a file in a field for files, which may be hidden."""
        self.js("document.querySelector(arguments[0]).value = ''", css)  # as a click on it does
        self.driver.find_element("css selector", css).send_keys(str(file))

    def fill(self, css: str, text: str) -> None:
        """Replace the content of a field by typing, and leave it with the tabulator."""
        self.click(css)
        self.js("document.querySelector(arguments[0]).select()", css)
        self.cdp("Input.insertText", text=text)
        self.press("Tab")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key by its DOM name ("Tab", "ArrowRight", "Enter", " ") wherever the focus is."""
        code = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "Home": 36, "End": 35, "PageUp": 33, "PageDown": 34}
        code |= {"Delete": 46, "Insert": 45, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        shared = {"key": key, "windowsVirtualKeyCode": code.get(key, ord(key[0].upper()))}
        for _ in range(times):
            self.cdp("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **shared)
            self.cdp("Input.dispatchKeyEvent", type="keyUp", **shared)

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        button = {} if kind == "mouseMoved" and not more else {"button": "left", "clickCount": 1}
        self.cdp("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button, **more)

    def _point(self, css: str, fx: float, fy: float) -> tuple[float, float]:
        """Window coordinates of a fraction of an element, which must be there and uncovered."""
        self.wait_for(f"document.querySelector({json.dumps(css)})?.getBoundingClientRect().width")
        x, y, covering = self.js(
            """
            const element = document.querySelector(arguments[0]);
            element.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
            const box = element.getBoundingClientRect();
            const x = box.left + arguments[1] * box.width, y = box.top + arguments[2] * box.height;
            const hit = document.elementFromPoint(x, y);
            const related = hit && (element.contains(hit) || hit.contains(element) || hit.closest("label"));
            return [x, y, related ? null : hit ? hit.outerHTML.slice(0, 200) : "nothing: outside of the window"];
            """,
            css,
            fx,
            fy,
        )
        assert covering is None, f"{css} is covered at ({fx}, {fy}) by {covering}"
        return x, y

    # --- the end

    def problems(self) -> list[str]:
        """What no test may leave behind: lines in the console, requests to somewhere else."""
        lines = [line for line in self.console() if not any(part in line for part in self._expected)]
        return lines + [f"foreign request: {url}" for url in self.foreign_requests()]
