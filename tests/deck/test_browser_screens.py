"""Every screen in a real Chromium, with a busy account behind it: nothing is asked of the world outside, nothing goes
wrong on the console, a phone need not be scrolled sideways, and axe finds nothing that shuts somebody out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, cast

import pytest

from mockexchange.equity import EquityRecorder
from mockexchange.overview import Overview

from .browser import Deck, Page, Venue, until
from .busy import client_of, trade

PARTS = ("Accounts", "Money", "Keys", "Prices", "Faults", "Snapshots", "Reset")
SCREENS = (
    *("", "orders", "orders?order=5", "portfolio", "performance", "markets", "health"),
    *(f"admin?part={part}" for part in PARTS),
)

DRAWN = "table, .candles"
"""What each screen has one of when it is drawn."""

FIELD = "[data-testid=stTextInput], [data-testid=stSelectbox]"
"""What each part of Admin has one of."""

PHONE = 390
"""Pixels."""

TAP = 24
"""Pixels that a finger needs at least, by WCAG 2.2."""

THEIRS = '[aria-label^="Help for"], [data-testid^="stTabsScroll"]'
"""Streamlit's own buttons that are smaller: help beside a label, whose text is in the documentation too, and arrows
beside tabs that are moved with a finger."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def busy(venue_port: int) -> Iterator[Venue]:
    """One exchange for all of them: they look, and change nothing."""
    venue = Venue(venue_port)
    recorder = EquityRecorder(Overview(venue.served.exchange))
    with client_of(venue.served) as client:
        client.balances()
        venue.clock.behind = 60_000
        recorder.run()
        venue.clock.behind = 0
        trade(venue.served)
        client.save_snapshot("before")
    recorder.run()
    venue.price(60_050)
    yield venue
    venue.go_away()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_shuts_nobody_out(screen: str, chromium: Any, busy: Venue, deck_program: Deck) -> None:
    assert busy.served.url == deck_program.api_url
    page = Page(chromium, f"{deck_program.url}/{screen}")
    page.tab.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    if not screen:
        page.shows_trade()
    page.tab.locator(f"main :is({FIELD if screen.startswith('admin') else DRAWN})").first.wait_for()
    bright = brightness(page)
    assert violations(page) == []

    page.tab.emulate_media(color_scheme="dark")
    until(lambda: brightness(page) < bright, "it is dark")
    assert violations(page) == []

    page.tab.set_viewport_size({"width": PHONE, "height": 844})
    page.tab.wait_for_timeout(1_000)  # it finds its places
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE
    assert small_targets(page) == []
    page.close()


def brightness(page: Page) -> float:
    """Of what is behind everything."""
    color = page.tab.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    return sum(float(each) for each in re.findall(r"[0-9.]+", color)[:3])


def violations(page: Page) -> list[str]:
    """What axe finds of serious or critical impact: rule, element, and why."""
    page.tab.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    found = page.tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {node['html'][:300]} {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def small_targets(page: Page) -> list[str]:
    """Buttons and fields that are too small, or not on the page, where a table may be scrolled. The label of a box or
    a knob is tapped as well, and the whole row of a link."""
    return cast("list[str]", page.tab.evaluate(SMALL, {"theirs": THEIRS, "tap": TAP, "width": PHONE}))


SMALL = """({ theirs, tap, width }) => {
  const inner = (each) => (each.shadowRoot ? all(each.shadowRoot) : []);
  const all = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...inner(each)]);
  return all(document.querySelector("main"))
    .filter((each) => each.matches("button, input:not([tabindex='-1']), [role=combobox]") && !each.matches(theirs))
    .map((each) => [each, (each.closest("label, tr.opens") ?? each).getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height)
    .filter(([each, box]) => Math.min(box.width, box.height) < tap
      || (!each.closest(".scrolls") && (box.left < 0 || box.right > width)))
    .map(([each, box]) => `${each.outerHTML.slice(0, 200)} ${JSON.stringify(box)}`);
}"""
