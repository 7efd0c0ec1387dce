"""Lists by status, side, time, order, asset and kind, in pages, with bounded work."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.api import listing
from mockexchange.store.memory import MemoryStore

from .door import START, Door
from .test_pages import pages

SECOND = 1000


@pytest.fixture
def orders(door: Door) -> list[dict[str, Any]]:
    """One a second: bought, sold, resting buy, resting sell, expired, canceled buy."""
    asked: list[dict[str, str]] = [
        {"amount": "0.03"},
        {"side": "sell", "amount": "0.01"},
        {"amount": "0.01", "price": "50000"},
        {"side": "sell", "amount": "0.01", "price": "70000"},
        {"amount": "0.01", "price": "50000", "timeInForce": "IOC"},
        {"amount": "0.01", "price": "50001"},
    ]
    placed: list[dict[str, Any]] = []
    for each in asked:
        placed.append(door.place(**each))
        door.clock.time += SECOND
        door.price("60000", bid="59999", ask="60001")
    door.send("POST", f"/orders/{placed[5]['id']}/cancel")
    return placed


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("status=canceled", [5]),
        ("status=expired", [4]),
        ("status=rejected", []),
        ("status=closed", [5, 4, 1, 0]),
        ("side=sell", [3, 1]),
        ("side=buy&status=open", [2]),
        (f"since={START + SECOND}&until={START + 4 * SECOND}", [3, 2, 1]),
        (f"since={START + SECOND}&side=sell&status=closed&symbol=BTC/USDT", [1]),
        (f"until={START}", []),
        (f"since={START + 9 * SECOND}", []),
    ],
)
def test_orders(door: Door, orders: list[dict[str, Any]], query: str, wanted: list[int], limit: int) -> None:
    ids = [orders[index]["id"] for index in wanted]

    assert [each["id"] for page in pages(door, f"/orders?{query}&limit={limit}") for each in page] == ids
    assert [each for page in pages(door, f"/orders/list?{query}&limit={limit}") for each in page] == ids


@pytest.mark.parametrize("limit", [1, 100])
def test_trades(door: Door, orders: list[dict[str, Any]], limit: int) -> None:
    bought, sold = (orders[index]["trades"][0] for index in (0, 1))

    def found(query: str) -> list[Any]:
        return [each for page in pages(door, f"/trades?{query}&limit={limit}") for each in page]

    assert found("side=buy") == [bought]
    assert found(f"order={orders[1]['id']}") == [sold]
    assert found("order=999999") == []
    assert found(f"order={orders[1]['id']}&side=buy") == []
    assert found(f"since={START + 1}") == [sold]
    assert found(f"until={START + 1}") == [bought]


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.usefixtures("orders")
def test_ledger_lines(door: Door, limit: int) -> None:
    def found(query: str) -> list[tuple[str, str]]:
        lines = [each for page in pages(door, f"/ledger?{query}&limit={limit}") for each in page]
        return [(line["kind"], line["asset"]) for line in lines]

    assert found("kind=deposit") == [("deposit", "USDT"), ("deposit", "BTC")]
    assert found("kind=fee") == [("fee", "BTC"), ("fee", "USDT")]
    assert found("asset=BTC&kind=trade") == [("trade", "BTC"), ("trade", "BTC")]
    assert found(f"since={START + 1}") == [("trade", "BTC"), ("trade", "USDT"), ("fee", "USDT")]
    assert found(f"until={START}") == []


def test_a_page_looks_at_so_many_records_and_says_where_to_go_on() -> None:
    door = Door(MemoryStore())
    with door.loop:
        door.price("60000")
        needle = door.place(side="sell", amount="0.001")
        for _ in range(listing.SCAN + 10):
            door.exchange.deposit("default", "USDT", door.exchange.rules.maker_rate)
        first = door.send("GET", "/ledger?kind=fee&limit=5")
        found = [each for page in pages(door, "/ledger?kind=deposit&asset=BTC") for each in page]
        fees = [each for page in pages(door, "/ledger?kind=fee") for each in page]

    assert [line["reference"] for line in fees] == [needle["trades"][0]["id"]]
    assert (len(first.json), first.headers["x-next-cursor"]) == (1, str(listing.SCAN // listing.CHUNK * listing.CHUNK))
    assert len(found) == 1
