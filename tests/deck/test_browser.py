"""The deck in a real Chromium: what only a browser can show. No request leaves this machine, nothing is said on the
console."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mockexchange.clock import SystemClock
from mockexchange.domain.orders import OrderStatus
from mockexchange.local.deck import HEALTH_PAGE, arguments
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, serve

MINUTES = 90
"""Of candles, before the page is opened."""

PATIENCE = 30
"""Seconds: only a hang meets them."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class LaggingClock:
    """The real one, so many ms behind."""

    def __init__(self) -> None:
        self.behind = 0

    def now(self) -> int:
        return SystemClock().now() - self.behind


class Venue:
    """An exchange with candles behind it."""

    def __init__(self) -> None:
        self.clock = LaggingClock()
        self.store = MemoryStore()
        self.stack = ExitStack()
        self.clock.behind = MINUTES * 60_000
        self.served = self.stack.enter_context(serve(self.store, clock=self.clock))
        self.port = int(self.served.url.rpartition(":")[2])
        for minute in range(MINUTES, -1, -1):
            self.clock.behind = minute * 60_000
            self.price(60_000 + 50 * (minute % 7))

    def price(self, last: int) -> None:
        self.served.price(str(last - 1), str(last + 1), last=str(last))

    def go_away(self) -> None:
        self.stack.close()


def missing(what: str) -> None:
    """Skip, or fail where everything is promised to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
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


@pytest.fixture
def venue() -> Iterator[Venue]:
    venue = Venue()
    yield venue
    venue.go_away()


@pytest.fixture
def deck_url(venue: Venue, tmp_path: Path) -> Iterator[str]:
    """The deck as a program of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if name == "PYTHONPATH" or not name.startswith("MOCKX")
    }
    paths = [str(Path(each).absolute()) for each in environment.get("PYTHONPATH", "").split(os.pathsep) if each]
    environment |= {"API_URL": venue.served.url, "MOCKX_API_KEY": KEY, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "streamlit", *arguments("127.0.0.1", port)]
    with (tmp_path / "deck.log").open("w") as log:
        program = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(url + HEALTH_PAGE), "the deck answers")
            yield url
        finally:
            program.terminate()
            program.wait(PATIENCE)
    assert "Traceback" not in (tmp_path / "deck.log").read_text()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool], what: str) -> None:
    for _ in range(PATIENCE * 10):
        if true():
            return
        time.sleep(0.1)
    pytest.fail(f"in {PATIENCE} s it never was so that {what}")


class Page:
    """The screen Trade in a tab."""

    def __init__(self, browser: Any, url: str, width: int = 1400, height: int = 1000) -> None:
        self.tab = browser.new_page(viewport={"width": width, "height": height})
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.tab.on("console", self._said)
        self.tab.on("pageerror", self._failed)
        self.tab.on("request", self._asked)
        self.tab.set_default_timeout(PATIENCE * 1000)
        self.tab.goto(url)
        self.chart = self.tab.locator(".candles")
        self.chart.wait_for()
        until(lambda: self.shown("refreshes") is not None, "the chart is drawn")

    def _said(self, said: Any) -> None:
        if said.type == "error":
            self.errors.append(said.text)

    def _failed(self, error: object) -> None:
        self.errors.append(str(error))

    def _asked(self, request: Any) -> None:
        url: str = request.url
        self.hosts.add(urlsplit(url).hostname or "")

    def shown(self, what: str) -> str | None:
        return self.chart.get_attribute(f"data-{what}")

    def number(self, what: str) -> int:
        return int(self.shown(what) or 0)

    def field(self, label: str) -> Any:
        return self.tab.get_by_role("textbox", name=label, exact=True)

    def enter(self, label: str, text: str) -> None:
        """Type into a field and leave it, which has the page look at it."""
        self.field(label).fill(text)
        self.field(label).press("Tab")

    def choose(self, label: str, option: str) -> None:
        self.tab.get_by_role("combobox", name=re.compile(label)).click()
        self.tab.get_by_role("option", name=option, exact=True).click()

    def says(self, text: str) -> None:
        self.tab.get_by_text(text).first.wait_for()

    def refreshes(self, times: int) -> None:
        wanted = self.number("refreshes") + times
        until(lambda: self.number("refreshes") >= wanted, f"the chart is refreshed {times} times")

    def visible(self) -> tuple[float, float]:
        begin, end = (self.shown("visible") or "").split()
        return float(begin), float(end)

    def middle(self) -> tuple[float, float]:
        box = self.chart.bounding_box()
        return box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4


@pytest.fixture
def page(chromium: Any, deck_url: str) -> Iterator[Page]:
    page = Page(chromium, deck_url)
    yield page
    page.tab.close()
    assert page.hosts == {"127.0.0.1", ""}  # what has no host is in the page itself: blobs and data
    assert page.errors == []


def test_the_chart_keeps_its_zoom_over_ten_refreshes(page: Page, venue: Venue) -> None:
    assert page.number("candles") > MINUTES - 5
    page.tab.mouse.move(*page.middle())
    for _ in range(4):
        page.tab.mouse.wheel(0, -300)
    page.tab.wait_for_timeout(500)
    begin, end = page.visible()
    assert end - begin < MINUTES

    for number in range(10):
        venue.price(60_010 + 10 * number)
        page.refreshes(1)

    begin_then, end_then = page.visible()
    assert end_then - begin_then == pytest.approx(end - begin, abs=0.02)
    assert abs(begin_then - begin) < 2.01  # a new minute moves it on by one, and there may have been one


def test_a_click_on_the_chart_sets_the_price(page: Page) -> None:
    x, y = page.middle()
    box = page.chart.bounding_box()
    top, bottom = (float(each) for each in (page.shown("prices") or "").split())
    page.tab.mouse.click(x, y)

    price = page.field("Price (USDT)")
    until(lambda: bool(price.input_value()), "the click is in the ticket")
    expected = top + (bottom - top) * (y - box["y"]) / box["height"]
    assert float(price.input_value()) == pytest.approx(expected, abs=abs(bottom - top) / 100)


def test_a_click_in_the_book_sets_the_price(page: Page) -> None:
    best = page.tab.locator(".ladder .bid").first
    shown = best.locator("span").first.inner_text()
    best.click()

    price = page.field("Price (USDT)")
    until(lambda: bool(price.input_value()), "the click is in the ticket")
    assert Decimal(price.input_value()) == Decimal(shown.replace(",", ""))


def test_what_is_placed_is_told_drawn_and_canceled(page: Page, venue: Venue) -> None:
    page.field("Amount (BTC)").fill("0.1")
    page.field("Price (USDT)").fill("59000")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.tab.get_by_test_id("stToast").wait_for()
    page.says("is placed: open.")
    until(lambda: page.number("lines") == 1, "the order is a line on the chart")

    page.tab.get_by_role("button", name="Cancel it").click()
    page.says("is canceled; 0 of 0.1 had filled.")
    until(lambda: page.number("lines") == 0, "the line is gone")
    assert [order.status for order in venue.served.orders()] == [OrderStatus.CANCELED]


def test_an_order_is_changed_and_a_change_that_is_refused_loses_nothing(page: Page, venue: Venue) -> None:
    page.field("Amount (BTC)").fill("0.1")
    page.field("Price (USDT)").fill("59000")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("is placed: open.")
    [placed] = venue.served.orders()
    page.tab.get_by_text("Change it").first.click()
    whole, press = "Amount, what has filled included", page.tab.get_by_role("button", name="Change it")

    page.enter(whole, "0.06")
    page.says("keeps its place")
    press.click()
    page.says(f"Order {placed.order_id} is of 0.06 now and kept its place in the line.")
    [smaller] = venue.served.orders()
    assert (smaller.order_id, smaller.quantity) == (placed.order_id, Decimal("0.06"))

    page.enter(whole, "100")
    page.says("loses its place")
    press.click()
    page.says("the order needs more than is free")
    assert venue.served.orders() == [smaller]
    venue.price(60_020)
    page.refreshes(1)
    page.says("the order needs more than is free")

    page.enter(whole, "0.06")
    page.enter("New price", "58500")
    press.click()
    page.says(f"Order {placed.order_id} is canceled; order")
    old, new = venue.served.orders()
    assert (old.status, new.status, new.price) == (OrderStatus.CANCELED, OrderStatus.NEW, Decimal(58_500))
    until(lambda: page.field("New price").input_value() == "58500", "the new order is the one that can be changed")


def test_a_fill_is_on_the_chart_and_a_refusal_says_why(page: Page, venue: Venue) -> None:
    page.choose("Order", "Market")
    page.field("Amount (BTC)").fill("0.1")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("is placed: filled")
    until(lambda: page.number("markers") == 1, "the fill is on the chart")

    page.field("Amount (BTC)").fill("100")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("Refused:")
    assert page.field("Amount (BTC)").input_value() == "100"
    assert len(venue.served.orders()) == 1


def test_the_ticket_is_used_with_the_keyboard_alone(page: Page, venue: Venue) -> None:
    keys = page.tab.keyboard
    page.tab.get_by_role("radio", name="Buy").focus()
    keys.press("ArrowRight")  # Sell
    until(lambda: page.tab.get_by_role("button", name="Sell BTC").count() == 1, "it is a ticket to sell")
    for text in ("", "", "0.2", "70000"):  # the kind and how long it is good are as they should be
        keys.press("Tab")
        keys.type(text)
    for _ in range(6):
        keys.press("Tab")
        if "Sell BTC" in page.tab.evaluate("document.activeElement.innerText ?? ''"):
            break
    keys.press("Enter")

    page.says("is placed: open.")
    [order] = venue.served.orders()
    assert (order.quantity, order.price) == (Decimal("0.2"), Decimal(70_000))


def test_a_phone_shows_it_without_scrolling_sideways(chromium: Any, deck_url: str) -> None:
    page = Page(chromium, deck_url, width=390, height=844)
    button = page.tab.get_by_role("button", name="Buy BTC")
    button.scroll_into_view_if_needed()

    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 390
    page.tab.close()
