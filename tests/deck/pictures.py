"""The pictures of README, made of the deck as it is: `make pictures`.

An exchange on a Valkey of its own, an account's week on it (week.py), the deck before it, and a real Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from ..conformance.served import serve
from .browser import Deck, Page, launched, until
from .week import SHOWN, PastClock, Week

FOLDER = Path(__file__).parents[2] / "docs" / "img"

SCREENS = {"trade": 1_500, "portfolio": 1_200, "performance": 1_200, "health": 1_200}
"""Their names, and how high the pictures of them are."""

WIDTH = 1400

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

LARGEST = 300_000
"""Bytes of one picture: README is looked at over slow lines too."""

SETTLED = 1_500
"""ms in which nothing is added to a page before it is looked at: what is drawn anew is there, what moved stands."""


def names() -> Iterator[str]:
    """Of all pictures."""
    return (f"{screen}-{scheme}.png" for screen in SCREENS for scheme in SCHEMES)


def take(folder: Path, valkey_url: str) -> None:
    """Make every picture. The Valkey is empty before."""
    clock = PastClock()
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(Connection(valkey_url)) as connection,
        launched() as browser,
        serve(ValkeyStore(connection, levels=20), clock=clock, priced=False) as served,
    ):
        week = Week(served, clock)
        week.pass_by()
        deck = Deck(served.url, Path(scratch))
        deck.start()
        try:
            for scheme in SCHEMES:
                page = Page(browser, f"{deck.url}?symbol={SHOWN}", WIDTH, scheme=scheme)
                for screen, height in SCREENS.items():
                    week.go_on()
                    page.tab.set_viewport_size({"width": WIDTH, "height": height})
                    _show(page, screen, week)
                    page.tab.screenshot(path=folder / f"{screen}-{scheme}.png")
                page.close()
        finally:
            deck.stop()


def _show(page: Page, screen: str, week: Week) -> None:
    """Returns when all of it is there."""
    if screen == "trade":
        page.shows_trade()
        before = page.number("refreshes")
        page.tab.get_by_role("radio", name="1h", exact=True).click()
        until(lambda: page.number("refreshes") > before, "the chart is of hours")
        page.field("Amount (BTC)").fill("0.025")
        page.field("Price (USDT)").fill(f"{week.last() * 99 // 100}")
        page.tab.evaluate("document.activeElement.blur()")  # what is typed is taken then
    else:
        page.tab.get_by_role("link", name=screen.title()).click()
        page.tab.get_by_role("heading", name=screen.title(), exact=True).wait_for()
    page.tab.mouse.move(WIDTH - 1, 1)  # nothing shows itself because it is pointed at
    until(lambda: _stands(page), "the page stands still")
    assert not page.tab.get_by_test_id("stException").count(), page.tab.get_by_test_id("stException").inner_text()


def _stands(page: Page) -> bool:
    """Whether nothing was added for a while, and nothing is waited for."""
    parts, waiting = page.tab.get_by_test_id("stElementContainer"), page.tab.get_by_test_id("stSkeleton")
    before = parts.count()
    page.tab.wait_for_timeout(SETTLED)
    return parts.count() == before and not waiting.count()


def main() -> None:
    """Make those of README."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, EmbeddedValkey(Path(scratch), preferred_port=0) as valkey:
        take(FOLDER, valkey.url)
    for name in names():
        sys.stdout.write(f"{FOLDER / name}: {(FOLDER / name).stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
