"""Long lists come in pages, each of which names the next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from .door import Door


def pages(door: Door, path: str) -> list[list[Any]]:
    """All pages, as `Link` leads through them; `X-Next-Cursor` says the same."""
    found: list[list[Any]] = []
    following = path
    while True:
        reply = door.send("GET", following)
        assert reply.status == 200, reply.text
        found.append(reply.json)
        assert len(found) < 50, "the pages go round in circles"
        links = httpx.Response(200, headers=reply.headers).links
        cursor = reply.headers.get("x-next-cursor")
        assert ("next" in links) is (cursor is not None)
        if cursor is None:
            return found
        parts = urlsplit(links["next"]["url"])
        assert (parts.scheme, parts.netloc) == ("http", "exchange.test")
        assert f"cursor={cursor}" in parts.query
        following = f"{parts.path}?{parts.query}"


@pytest.fixture
def orders(door: Door) -> list[dict[str, Any]]:
    """Seven orders, oldest first: closed, open, closed, open (ETH), open, closed, open."""
    door.price("3000", symbol="ETH/USDT")
    return [
        door.place(amount="0.01"),
        door.place(amount="0.01", price="50000"),
        door.place(amount="0.01"),
        door.place(symbol="ETH/USDT", amount="1", price="2000"),
        door.place(amount="0.01", price="50001"),
        door.place(amount="0.01"),
        door.place(amount="0.01", price="50002"),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 1000])
@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", [6, 5, 4, 3, 2, 1, 0]),
        ("status=all", [6, 5, 4, 3, 2, 1, 0]),
        ("status=open", [6, 4, 3, 1]),
        ("status=closed", [5, 2, 0]),
        ("symbol=BTC/USDT", [6, 5, 4, 2, 1, 0]),
        ("symbol=BTC%2FUSDT&status=open", [6, 4, 1]),
        ("symbol=ETH/USDT&status=open", [3]),
        ("symbol=ETH/USDT&status=closed", []),
        ("symbol=SOL/USDT", []),
    ],
)
def test_orders_by_status_and_market_newest_first(
    door: Door, orders: list[dict[str, Any]], query: str, wanted: list[int], limit: int
) -> None:
    ids = [orders[index]["id"] for index in wanted]

    listed = pages(door, f"/orders?{query}&limit={limit}".replace("?&", "?"))
    listed_ids = pages(door, f"/orders/list?{query}&limit={limit}".replace("?&", "?"))

    assert [each["id"] for page in listed for each in page] == ids
    assert [each for page in listed_ids for each in page] == ids
    assert all(len(page) == limit for page in listed[:-1])
    assert len(listed[-1]) <= limit


def test_a_list_has_the_fees_of_its_orders_and_leaves_their_trades_out(
    door: Door, orders: list[dict[str, Any]]
) -> None:
    del orders[0]["trades"]

    assert door.get("/orders")[-1] == orders[0]


def test_orders_that_come_meanwhile_are_not_in_later_pages(door: Door, orders: list[dict[str, Any]]) -> None:
    first = door.send("GET", "/orders?limit=3")
    door.place(amount="0.01")

    rest = door.get(f"/orders?limit=100&cursor={first.headers['x-next-cursor']}")

    assert [each["id"] for each in first.json + rest] == [each["id"] for each in reversed(orders)]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_trades_newest_first(door: Door, orders: list[dict[str, Any]], limit: int) -> None:
    wanted = [orders[index]["trades"][0] for index in (5, 2, 0)]

    assert [each for page in pages(door, f"/trades?limit={limit}") for each in page] == wanted
    assert [each for page in pages(door, f"/trades?symbol=BTC/USDT&limit={limit}") for each in page] == wanted
    assert door.get("/trades?symbol=ETH/USDT") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
@pytest.mark.usefixtures("orders")
def test_the_ledger_oldest_first(door: Door, limit: int) -> None:
    whole = door.get("/ledger?limit=1000")

    assert [line["kind"] for line in whole] == ["deposit", "deposit"] + ["trade", "trade", "fee"] * 3
    assert [line for page in pages(door, f"/ledger?limit={limit}") for line in page] == whole


@pytest.mark.parametrize("path", ["/orders", "/orders/list", "/trades", "/ledger"])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "limit: Expected `int` >= 1"),
        ("limit=1001", "limit: Expected `int` <= 1000"),
        ("limit=many", "limit: Expected `int`, got `str`"),
        ("limit=", "limit: Expected `int`, got `str`"),
        ("cursor=-1", "cursor: Expected `int` >= 0"),
        ("cursor=99999999999999999999", "cursor: Expected `int`"),
        ("cursor=x", "cursor: Expected `int`, got `str`"),
        ("page=2", "unknown field `page`; known are"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(memory_door: Door, path: str, query: str, words: str) -> None:
    reply = memory_door.send("GET", f"{path}?{query}")

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert words in reply.problem["detail"]


def test_a_status_that_is_none_is_told_the_ones_there_are(memory_door: Door) -> None:
    reply = memory_door.send("GET", "/orders?status=done")

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert "status must be one of open, closed, canceled, expired, rejected, all" in reply.problem["detail"]


def test_a_symbol_filter_that_is_no_symbol_is_refused(memory_door: Door) -> None:
    for path in ("/orders", "/trades"):
        reply = memory_door.send("GET", f"{path}?symbol=btc")
        assert (reply.status, reply.problem["code"]) == (400, "BadSymbol")


def test_short_lists_are_whole_unless_a_page_is_asked_for(door: Door) -> None:
    door.price("3000", symbol="ETH/USDT")
    symbols = door.get("/tickers")
    assert len(symbols) == 2
    for path, whole in (("/tickers", symbols), ("/markets", door.get("/markets")), ("/balance/list", ["BTC", "USDT"])):
        first = door.send("GET", f"{path}?limit=1")
        rest = door.send("GET", f"{path}?limit=1&cursor={first.headers['x-next-cursor']}")
        assert [*first.json, *rest.json] == door.get(path) == whole
        assert "x-next-cursor" not in rest.headers
