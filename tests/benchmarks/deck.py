"""What the deck costs on a busy account: how long until a screen can be used, and what a refresh of Trade takes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil

from mockexchange.local.deck import HEALTH_PAGE
from tests.deck.browser import free_port, launched

from .busy_account import BusyAccount
from .report import Figure
from .venue import valkey

KEY = "bench-key"

SCREENS = {
    "trade": ".candles[data-refreshes]",
    "orders": "main table",
    "portfolio": "main table >> nth=1",
    "performance": "main table >> nth=2",
    "markets": "main table",
    "health": "main table",
    "admin": "main table",
}
"""The address of each screen, and what is there once it can be used."""

DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
"""The page when all of it is drawn."""

TABS = (1, 3)
SETTLE = 10.0
"""Seconds before the watching begins."""

PATIENCE = 120_000
"""ms."""


def screens(*, quick: bool) -> Iterator[Figure]:
    """Milliseconds of each screen, then what open tabs of Trade cost, in shares of one core, and memory."""
    watch = 20.0 if quick else 60.0
    with valkey() as url:
        account = BusyAccount(url, time.time_ns() // 1_000_000)
        begun = time.process_time()
        account.fill()
        yield Figure("seeding 200 symbols, 5,000 orders, 50,000 fills", f"{time.process_time() - begun:.0f} s CPU")
        assert account.exchange.audit().clean
        with _programs(url) as (programs, deck), launched() as chromium, _moving(account):
            for name, process in programs.items():
                yield Figure(f"nobody looked yet: {name}", _memory(process))
            # one context: its tabs share what the browser keeps of Streamlit's own scripts
            browser = chromium.new_context(viewport={"width": 1400, "height": 1000})
            first = {"trade": _visit(browser, deck, "trade")}
            yield Figure("Trade was looked at: deck", _memory(programs["deck"]))
            first |= {name: _visit(browser, deck, name) for name in SCREENS if name not in first}
            second = {name: _visit(browser, deck, name) for name in SCREENS}
            for name in SCREENS:
                yield Figure(name, _said(first[name]), f"the second time {_said(second[name])}", "", "2,000 ms")
            yield from _refreshing(browser, deck, programs, watch)


def _visit(browser: Any, deck: str, name: str) -> tuple[float, float]:
    """Milliseconds until a screen can be used, and until all of it is there, in a tab of its own."""
    tab = browser.new_page()
    begun = time.perf_counter()
    tab.goto(f"{deck}/{'' if name == 'trade' else name}")
    tab.locator(SCREENS[name]).first.wait_for(timeout=PATIENCE)
    usable = (time.perf_counter() - begun) * 1000
    tab.locator(DONE).wait_for(state="attached", timeout=PATIENCE)
    whole = (time.perf_counter() - begun) * 1000
    tab.close()
    return usable, whole


def _said(visit: tuple[float, float]) -> str:
    usable, whole = visit
    return f"{usable:,.0f} ms, all of it {whole:,.0f}"


def _refreshing(browser: Any, deck: str, programs: Mapping[str, psutil.Process], watch: float) -> Iterator[Figure]:
    """With more and more tabs of Trade open."""
    tabs: list[Any] = []
    for count in TABS:
        while len(tabs) < count:
            tabs.append(browser.new_page())
            tabs[-1].goto(deck)
            tabs[-1].locator(SCREENS["trade"]).wait_for(timeout=PATIENCE)
        time.sleep(SETTLE)
        drawn = _drawn(tabs)
        before = {name: _seconds(process) for name, process in programs.items()}
        time.sleep(watch)
        used = {name: (_seconds(process) - before[name]) / watch for name, process in programs.items()}
        beats = (_drawn(tabs) - drawn) / count
        title = f"{count} tab{'s' * (count > 1)} of Trade"
        said = f"{beats:.0f} refreshes in {watch:.0f} s"
        for name, process in programs.items():
            aim = "15 % of a core" if (name, count) == ("deck", 1) else ""
            yield Figure(f"{title}: {name}", f"{used[name]:.1%} of a core", _memory(process), "", aim)
        yield Figure(f"{title}: all", f"{sum(used.values()):.1%} of a core", said)
    for tab in tabs:
        tab.close()


def _drawn(tabs: list[Any]) -> int:
    return sum(int(tab.locator(".candles").get_attribute("data-refreshes")) for tab in tabs)


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    """Processor time of a program since its start."""
    return sum(sum(each.cpu_times()[:2]) for each in _family(process))


def _memory(process: psutil.Process) -> str:
    """What its processes have, with what they share in each of them, and with that shared out."""
    sizes = [each.memory_full_info() for each in _family(process)]
    return f"{sum(each.rss for each in sizes) / 1e6:.0f} MB, {sum(each.pss for each in sizes) / 1e6:.0f} shared fairly"


@contextmanager
def _programs(valkey_url: str) -> Generator[tuple[Mapping[str, psutil.Process], str]]:
    """The API and the deck, as `mockx up` starts them, beside their Valkey; and where the deck is."""
    api, deck = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    with TemporaryDirectory(prefix="mockx-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKX")}
        environment |= {
            "API_URL": api,
            "FEED": "manual",
            "MOCKX_API_KEY": KEY,
            "MOCKX_DATA_DIR": folder,
            "MOCKX_DECK_PORT": deck.rpartition(":")[2],
            "MOCKX_MASTER_KEY": "0" * 64,
            "MOCKX_PORT": api.rpartition(":")[2],
            "MOCKX_SECRET": "bench-secret",
            "STALE_AFTER_SEC": "86400",
            "VALKEY_URL": valkey_url,
        }
        with (
            _program("api", api + "/health/ready", environment, folder) as answering,
            _program("deck", deck + HEALTH_PAGE, environment, folder) as drawing,
        ):
            store = _valkey_process()
            yield {"deck": drawing, "api": answering, "valkey": store}, deck


def _valkey_process() -> psutil.Process:
    """The server that this process started."""
    [found] = [each for each in psutil.Process().children() if any(word in each.name() for word in ("valkey", "redis"))]
    return found


@contextmanager
def _program(name: str, answers: str, environment: Mapping[str, str], folder: str) -> Generator[psutil.Process]:
    with Path(folder, f"{name}.log").open("w") as log:
        command = [sys.executable, "-m", "mockexchange", "serve", name]
        process = subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log)
        try:
            for _ in range(600):
                try:
                    if httpx.get(answers).is_success:
                        break
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
            else:
                raise SystemExit(f"{name} does not answer at {answers}: {Path(folder, f'{name}.log').read_text()}")
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _moving(account: BusyAccount) -> Generator[None]:
    """Prices that move every second, meanwhile."""
    end = threading.Event()

    def move() -> None:
        while not end.wait(1.0):
            account.move(time.time_ns() // 1_000_000)

    thread = threading.Thread(target=move)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
