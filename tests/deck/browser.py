"""The deck as a program, with an exchange behind it and a real Chromium before it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import pytest

from mockexchange.clock import SystemClock
from mockexchange.local.deck import HEALTH_PAGE, command
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, serve

MINUTES = 90
"""Of candles, before the page is opened."""

PATIENCE = 30
"""Seconds: only a hang meets them."""


OWN_LOOK = re.compile(r":[0-9]+/[a-z]+/_stcore/(health|host-config)$")
"""What is not there."""


FOCUSED = """() => {
  let found = document.activeElement;
  while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found.ariaLabel || (found.labels?.[0] ?? found).innerText.trim().split("\\n").pop();
}"""
"""The name of what has the focus, without the icon before it."""

MOST_STOPS = 60
"""Presses of the Tab key that go once around a page, and more."""


class LaggingClock:
    """The real one, so many ms behind."""

    def __init__(self) -> None:
        self.behind = 0

    def now(self) -> int:
        return SystemClock().now() - self.behind


class Venue:
    """An exchange with candles behind it, at a port that the deck knows."""

    def __init__(self, port: int = 0) -> None:
        self.clock = LaggingClock()
        self.store = MemoryStore()
        self.stack = ExitStack()
        self.clock.behind = MINUTES * 60_000
        self.served = self.stack.enter_context(serve(self.store, clock=self.clock, port=port))
        self.port = int(self.served.url.rpartition(":")[2])
        for minute in range(MINUTES, -1, -1):
            self.clock.behind = minute * 60_000
            self.price(60_000 + 50 * (minute % 7))

    def price(self, last: int) -> None:
        """The next price of BTC/USDT."""
        self.served.price(str(last - 1), str(last + 1), last=str(last))

    def go_away(self) -> None:
        """Nobody answers any more."""
        self.stack.close()

    def come_back(self) -> None:
        """The same exchange answers again where it did."""
        self.served = self.stack.enter_context(serve(self.store, clock=self.clock, port=self.port, priced=False))


class Deck:
    """The deck as a program of its own, for whoever is at this machine."""

    def __init__(self, api_url: str, folder: Path) -> None:
        self.api_url = api_url
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "deck.log"
        self.program: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        environment = {
            name: value for name, value in os.environ.items() if name == "PYTHONPATH" or not name.startswith("MOCKX")
        }
        paths = [str(Path(each).absolute()) for each in environment.get("PYTHONPATH", "").split(os.pathsep) if each]
        environment |= {"API_URL": self.api_url, "MOCKX_API_KEY": KEY, "PYTHONPATH": os.pathsep.join(paths)}
        with self.log.open("a") as log:
            self.program = subprocess.Popen(
                command("127.0.0.1", self.port), cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        until(lambda: answers(self.url + HEALTH_PAGE), "the deck answers")

    def stop(self) -> None:
        """Returns when it is gone."""
        if self.program is not None:
            self.program.terminate()
            self.program.wait(PATIENCE)


class Page:
    """A screen in a tab. What it asked for and what it said on the console is written down."""

    def __init__(
        self,
        browser: Any,
        url: str,
        width: int = 1400,
        height: int = 1000,
        scheme: Literal["light", "dark"] = "light",
    ) -> None:
        self.tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.tab.on("console", self._said)
        self.tab.on("pageerror", self._failed)
        self.tab.on("request", self._asked)
        self.tab.set_default_timeout(PATIENCE * 1000)
        self.tab.goto(url)
        self.chart = self.tab.locator(".candles")

    def _said(self, said: Any) -> None:
        # where a screen is opened by its address, Streamlit looks for itself below that first
        if said.type == "error" and not OWN_LOOK.search(said.location["url"]):
            self.errors.append(said.text)

    def _failed(self, error: object) -> None:
        self.errors.append(str(error))

    def _asked(self, request: Any) -> None:
        url: str = request.url
        self.hosts.add(urlsplit(url).hostname or "")

    def shows_trade(self) -> None:
        """Waits for the chart."""
        self.chart.wait_for()
        until(lambda: self.shown("refreshes") is not None, "the chart is drawn")

    def close(self) -> None:
        """It asked nobody but this machine, and nothing went wrong on it."""
        self.tab.close()
        assert self.hosts <= {"127.0.0.1", ""}  # what has no host is in the page itself: blobs and data
        assert self.errors == [], self.errors

    def shown(self, what: str) -> str | None:
        """What the chart says that it shows."""
        return self.chart.get_attribute(f"data-{what}")

    def number(self, what: str) -> int:
        """The same as a number, 0 while there is none."""
        return int(self.shown(what) or 0)

    def field(self, label: str) -> Any:
        """A field to type into."""
        return self.tab.get_by_role("textbox", name=label, exact=True)

    def enter(self, label: str, text: str) -> None:
        """Type into a field and leave it, which has the page look at it."""
        self.field(label).fill(text)
        self.field(label).press("Tab")

    def choose(self, label: str, option: str) -> None:
        """Another option of a list, with the mouse."""
        self.tab.get_by_role("combobox", name=re.compile(label)).click()
        self.tab.get_by_role("option", name=option, exact=True).click()

    def tab_to(self, *names: str) -> str:
        """Presses Tab until what is called one of these has the focus, and gives its name."""
        for _ in range(MOST_STOPS):
            found: str = self.tab.evaluate(FOCUSED)
            if found in names:
                return found
            self.tab.keyboard.press("Tab")
        pytest.fail(f"the Tab key does not reach {' or '.join(names)!r}")

    def says(self, text: str) -> None:
        """Waits until it does."""
        self.tab.get_by_text(text).first.wait_for()

    def refreshes(self, times: int) -> None:
        """Waits until the chart was drawn so many times more."""
        wanted = self.number("refreshes") + times
        until(lambda: self.number("refreshes") >= wanted, f"the chart is refreshed {times} times")

    def visible(self) -> tuple[float, float]:
        """The candles that the chart shows, by number."""
        begin, end = (self.shown("visible") or "").split()
        return float(begin), float(end)

    def middle(self) -> tuple[float, float]:
        """A place on the chart."""
        box = self.chart.bounding_box()
        return box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4


@contextmanager
def launched() -> Generator[Any]:
    """The Chromium that is installed."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright")
        raise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def missing(what: str) -> None:
    """Skip, or fail where everything is promised to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether there is something at this address."""
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool], what: str) -> None:
    """Waits; fails when it takes too long."""
    for _ in range(PATIENCE * 10):
        if true():
            return
        time.sleep(0.1)
    pytest.fail(f"in {PATIENCE} s it never was so that {what}")
