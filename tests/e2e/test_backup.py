"""Backups as an operator makes them: of an exchange at work, restored beside it, and around an upgrade."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_request import OrderRequest
from mockexchange.local.data_format import DATA_FORMAT

from .terminal import Terminal

PAUSE = 0.02
"""Seconds between two orders: some thousands are enough, and too many take long to list."""


@pytest.fixture
def desk(terminal: Terminal) -> Terminal:
    """A terminal where prices are set by hand."""
    (terminal.directory / "mockx.toml").write_text('feed = "manual"\nsymbols = ["BTC/USDT"]\nrate_limit_per_min = 0\n')
    return terminal


class Trader(threading.Thread):
    """Places orders one after the other, and keeps the ids of those that were acknowledged."""

    def __init__(self, credentials: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.failure: Exception | None = None
        self._endpoint = Endpoint(credentials["url"], credentials["apiKey"])
        self._open: deque[str] = deque()
        self._ending = threading.Event()
        self._grown = threading.Condition()

    def run(self) -> None:
        try:
            with ExchangeClient(self._endpoint, timeout=60) as client:
                while not self._ending.wait(PAUSE):
                    self._trade(client, len(self.acknowledged))
        except Exception as error:  # noqa: BLE001  # told by `at_work`
            self.failure = error
            self._ending.set()

    def more(self, orders: int) -> int:
        """Wait until so many more were acknowledged; how many that are in all."""
        with self._grown:
            wanted = len(self.acknowledged) + orders
            assert self._grown.wait_for(lambda: len(self.acknowledged) >= wanted or self.failure, 100)
            assert self.failure is None
            return len(self.acknowledged)

    def end(self) -> None:
        self._ending.set()
        self.join()

    def _trade(self, client: ExchangeClient, number: int) -> None:
        if number % 3 == 2:  # a taker now and then, so that there are fills
            request = OrderRequest("BTC/USDT", "buy" if number % 2 else "sell", amount=Decimal("0.001"))
        else:
            request = OrderRequest("BTC/USDT", "buy", amount=Decimal("0.001"), price=Decimal(30_000 + number % 100))
        order = client.place(request)
        if order.status == "open":
            self._open.append(order.id)
        if len(self._open) > 100:  # MAX_NUM_ORDERS is 200
            client.cancel(self._open.popleft())
        with self._grown:
            self.acknowledged.append(order.id)
            self._grown.notify_all()


@contextmanager
def at_work(desk: Terminal) -> Generator[Trader]:
    """Somebody trades while the block runs."""
    trader = Trader(json.loads((desk.directory / "data" / "credentials.json").read_text()))
    trader.start()
    try:
        yield trader
    finally:
        trader.end()
    assert trader.failure is None


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_backup_made_at_work_has_every_order_that_was_acknowledged_before(desk: Terminal) -> None:
    """Three backups: of a log that grows, of one that is being written anew, and of the one after that."""
    backups: list[tuple[Path, int]] = []
    with desk.up():
        desk.ask("price", "set", "BTC/USDT", "60000")
        desk.ask("deposit", "BTC", "10")
        desk.ask("account", "create", "alice", "--balances", "USDT=500")
        alice = desk.ask("keys", "create", "alice")
        address = json.loads((desk.directory / "data" / "credentials.json").read_text())["valkeyUrl"]
        valkey: Any = redis.Redis.from_url(address)  # pyright: ignore[reportUnknownMemberType]
        with valkey, at_work(desk) as trader:
            for name in ("growing", "rewriting", "rewritten"):
                before = trader.more(20)
                if name == "rewriting":
                    valkey.bgrewriteaof()
                told = desk.ask("backup", "save", f"{name}.tar.gz")
                assert told["bytes"] == (desk.directory / told["file"]).stat().st_size
                backups.append((desk.directory / told["file"], before))
            trader.more(20)
        ids = trader.acknowledged
        rows = {each["id"]: each for each in desk.ask("order", "list", "--all", "--limit", "100000")}
        for path, before in backups:
            # beside the original, which goes on
            place = path.name.partition(".")[0]
            desk.ask("backup", "restore", path.name, place)
            desk.mockx("backup", "restore", path.name, place, expect=1)
            with desk.up("--data-dir", place):
                check(desk, place, ids, before, rows)
                assert desk.ask("--data-dir", place, "--api-key", alice["apiKey"], "balance")["USDT"]["free"] == 500
        assert desk.ask("audit")["clean"] is True


def check(desk: Terminal, place: str, ids: list[str], before: int, rows: dict[str, Any]) -> None:
    """What stands in a restored data directory."""
    audited = desk.ask("--data-dir", place, "audit")
    assert audited["clean"] is True
    found = {each["id"]: each for each in desk.ask("--data-dir", place, "order", "list", "--all", "--limit", "100000")}
    assert set(ids[:before]) <= set(found) <= set(rows)
    assert audited["fills"] > 0
    for order_id in ids[: before - 1]:  # an order that is closed later, by its cancel or a fill, may be open here
        if found[order_id]["status"] != "open":
            assert found[order_id] == rows[order_id]
    # it is an exchange: it takes orders, with the old key
    placed = desk.ask("--data-dir", place, "order", "place", "BTC/USDT", "buy", "0.001", "--limit", "20000")
    assert placed["status"] == "open" and placed["id"] not in found


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_upgrade_keeps_open_orders_and_the_way_back_is_there(desk: Terminal) -> None:
    """Stop, back up, start again (another version would be started now), and back."""
    with desk.up():
        desk.ask("price", "set", "BTC/USDT", "60000")
        resting = desk.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000", "--client-id", "kept")
        kept = desk.ask("balance"), desk.ask("order", "list")
    desk.ask("backup", "save", "before.tar.gz")
    with desk.up():
        assert (desk.ask("balance"), desk.ask("order", "list")) == kept
        desk.ask("price", "set", "BTC/USDT", "54000")
        assert desk.ask("order", "show", resting["id"])["status"] == "closed"
        assert desk.ask("audit")["clean"] is True
    # what a later version with another form of data leaves is not touched by this one
    noted = desk.directory / "data" / "format.json"
    noted.write_text(json.dumps({"format": DATA_FORMAT + 1, "version": "9.0.0"}))
    refused = desk.mockx("up", "--port", "0", expect=2)
    assert "mockx backup restore" in refused.stderr
    desk.ask("backup", "restore", "before.tar.gz", "back")
    with desk.up("--data-dir", "back"):
        assert (desk.ask("--data-dir", "back", "balance"), desk.ask("--data-dir", "back", "order", "list")) == kept
        assert desk.ask("--data-dir", "back", "audit")["clean"] is True


def test_what_there_is_not_is_said(desk: Terminal) -> None:
    assert "VALKEY_URL" in desk.mockx("backup", "save", "backup.tar.gz", expect=2).stderr
    assert "There is no file" in desk.mockx("backup", "restore", "backup.tar.gz", "data", expect=5).stderr
    assert "--keep wants a directory" in desk.mockx("backup", "save", "x.tar.gz", "--keep", "3", expect=2).stderr
