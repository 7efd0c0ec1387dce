"""allOrders and myTrades: paged by id and by time, oldest first (rest-api.md)."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.api.ranges import SLACK, Ids
from mockexchange.ports import Page
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import START, Door
from .test_health import fed
from .wire import Wire, refused

ORDERS, TRADES = "/api/v3/allOrders", "/api/v3/myTrades"
HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


def trade(wire: Wire, times: int, apart: int = 1000) -> list[dict[str, Any]]:
    """So many market orders, each `apart` ms after the one before."""
    placed: list[dict[str, Any]] = []
    for _ in range(times):
        wire.door.price("60000", bid="59999", ask="60001")
        placed.append(wire.placed(type="MARKET", quantity="0.001"))
        wire.door.clock.time += apart
    return placed


def ids(answers: list[dict[str, Any]], name: str = "orderId") -> list[int]:
    return [each[name] for each in answers]


def test_the_newest_orders_oldest_first(wire: Wire) -> None:
    all_ids = ids(trade(wire, 7))

    assert ids(wire.get(ORDERS, symbol="BTCUSDT")) == all_ids
    assert ids(wire.get(ORDERS, symbol="BTCUSDT", limit=3)) == all_ids[-3:]
    assert wire.get(ORDERS, symbol="BTCUSDT", limit=5000)  # more than may be asked for is the most there is


def test_paging_by_order_id_meets_each_once(wire: Wire) -> None:
    all_ids = ids(trade(wire, 11))
    found: list[int] = []
    start = 0
    while page := wire.get(ORDERS, symbol="BTCUSDT", orderId=start, limit=4):
        found += ids(page)
        start = found[-1] + 1

    assert found == all_ids
    assert wire.get(ORDERS, symbol="BTCUSDT", orderId=all_ids[3], limit=1)[0]["orderId"] == all_ids[3]


def test_orders_of_a_stretch_of_time(wire: Wire) -> None:
    all_ids = ids(trade(wire, 10, HOUR))
    times = [START + HOUR * number for number in range(10)]

    assert ids(wire.get(ORDERS, symbol="BTCUSDT", startTime=times[3], endTime=times[5])) == all_ids[3:6]
    assert ids(wire.get(ORDERS, symbol="BTCUSDT", startTime=times[3] + 1, limit=2)) == all_ids[4:6]
    assert ids(wire.get(ORDERS, symbol="BTCUSDT", endTime=times[4], limit=2)) == all_ids[3:5]
    assert ids(wire.get(ORDERS, symbol="BTCUSDT", orderId=all_ids[2], endTime=times[4])) == all_ids[2:5]
    assert wire.get(ORDERS, symbol="BTCUSDT", startTime=times[9] + 1) == []


@pytest.mark.parametrize("path", [ORDERS, TRADES])
def test_more_than_a_day_is_too_much(wire: Wire, path: str) -> None:
    said = {"symbol": "BTCUSDT", "startTime": START}

    assert wire.get(path, **said, endTime=START + DAY) == []
    assert refused(wire.ask("GET", path, **said, endTime=START + DAY + 1)) == (
        400, -1127, "More than 24 hours between startTime and endTime.",
    )  # fmt: skip
    assert refused(wire.ask("GET", path, **said, endTime=START - 1))[1] == -1128
    assert refused(wire.ask("GET", path, symbol="BTCUSDT", limit=0))[1] == -1130
    assert refused(wire.ask("GET", path, symbol="BTCUSDT", limit="x"))[1:] == (
        -1100, "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.",
    )  # fmt: skip
    assert refused(wire.ask("GET", path))[1] == -1102


def test_trades_by_id_by_time_and_by_order(wire: Wire) -> None:
    orders = trade(wire, 8, HOUR)
    trades = [order["fills"][0]["tradeId"] for order in orders]

    assert ids(wire.get(TRADES, symbol="BTCUSDT"), "id") == trades
    assert ids(wire.get(TRADES, symbol="BTCUSDT", limit=2), "id") == trades[-2:]
    assert ids(wire.get(TRADES, symbol="BTCUSDT", fromId=trades[5]), "id") == trades[5:]
    assert ids(wire.get(TRADES, symbol="BTCUSDT", fromId=0, limit=3), "id") == trades[:3]
    start = START + 2 * HOUR
    assert ids(wire.get(TRADES, symbol="BTCUSDT", startTime=start, endTime=start + HOUR), "id") == trades[2:4]
    assert ids(wire.get(TRADES, symbol="BTCUSDT", startTime=start, limit=1), "id") == trades[2:3]
    assert ids(wire.get(TRADES, symbol="BTCUSDT", orderId=orders[4]["orderId"]), "id") == [trades[4]]
    assert wire.get(TRADES, symbol="BTCUSDT", orderId=orders[4]["orderId"], fromId=trades[4] + 1) == []
    assert wire.get(TRADES, symbol="BTCUSDT", orderId=99_999) == []
    for bad in ({"fromId": 1, "startTime": start}, {"orderId": 1, "startTime": start}):
        assert refused(wire.ask("GET", TRADES, symbol="BTCUSDT", **bad))[1:] == (
            -1128, "Combination of optional parameters invalid.",
        )  # fmt: skip


def test_each_market_has_its_own(wire: Wire) -> None:
    trade(wire, 2)
    wire.door.price("3000", symbol="ETH/USDT")
    other = wire.placed(symbol="ETHUSDT", type="MARKET", quantity="0.1")

    assert ids(wire.get(ORDERS, symbol="ETHUSDT")) == [other["orderId"]]
    assert ids(wire.get(TRADES, symbol="ETHUSDT")) == [other["orderId"]]
    assert wire.get(TRADES, symbol="BTCUSDT", orderId=other["orderId"]) == []
    assert refused(wire.ask("GET", ORDERS, symbol="NOPE"))[1] == -1121


def test_the_newest_trades_of_an_order_with_many(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, fill_model="touch-size")
    with door.loop:
        wire = Wire(door)
        door.price("60000", bid="59999", ask="60001")
        order_id = wire.placed(quantity="1.5", price="60000")["orderId"]
        for _ in range(SLACK + 20):
            body = '{"price": 60000, "bid": 59990, "ask": 60000, "bidVolume": 1, "askVolume": 0.01}'
            assert door.send("PUT", "/admin/tickers/BTC/USDT/price", body).status == 200
        trades = ids(wire.get(TRADES, symbol="BTCUSDT", orderId=order_id), "id")
        assert len(trades) == SLACK + 20
        assert ids(wire.get(TRADES, symbol="BTCUSDT", orderId=order_id, limit=3), "id") == trades[-3:]
        assert ids(wire.get(TRADES, symbol="BTCUSDT", orderId=order_id, fromId=0, limit=3), "id") == trades[:3]


def test_orders_outlive_their_market_s_place_in_symbols(wire: Wire) -> None:
    order_id = wire.placed()["orderId"]
    door = Door(wire.door.store, symbols=("ETH/USDT",), clock=wire.door.clock)
    with door.loop:
        later = Wire(door)
        assert ids(later.get("/api/v3/openOrders", symbol="BTCUSDT")) == [order_id]
        assert ids(later.get(ORDERS, symbol="BTCUSDT")) == [order_id]
        assert later.get("/api/v3/order", symbol="BTCUSDT", orderId=order_id)["status"] == "NEW"
        assert refused(later.order())[1] == -1121
        assert later.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=order_id).status == 200
        assert later.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT").json["code"] == -2011


@pytest.mark.parametrize("length", [0, 1, 2, 499, 500, 501, 1777])
def test_a_list_is_read_from_anywhere_in_either_direction(length: int) -> None:
    # every third id, two neighbours swapped here and there, as commits at once may leave them
    numbers = [3 * each for each in range(length)]
    for place in range(5, length - 1, 50):
        numbers[place], numbers[place + 1] = numbers[place + 1], numbers[place]

    def read(cursor: int | None, limit: int) -> Page[int]:
        end = length if cursor is None else min(cursor, length)
        start = max(0, end - limit)
        return Page(numbers[start:end][::-1], start or None)

    listed = Ids.of(read)
    assert listed.length == length
    assert list(listed.backwards()) == numbers[::-1]
    for least in (0, 1, 16, 750, 3 * length):
        found = list(listed.since(lambda number, least=least: number >= least))
        assert {each for each in numbers if each >= least} <= set(found)
        assert len(found) <= sum(each >= least for each in numbers) + SLACK + 1
        back = list(listed.until(lambda number, least=least: number > least))
        assert {each for each in numbers if each <= least} <= set(back)


def late_trade(wire: Wire, before: int = 0, after: int = 0) -> tuple[list[int], int, list[int]]:
    """The ids of trades: some by orders that took a price while no matcher ran, then a late one of an hour after START,
    then some more, each a second after the one before and later than that."""
    door = wire.door
    resting = door.place(amount="0.01", price="50000")
    door.clock.time = START + HOUR
    fed(door, "50000", position=1)
    door.clock.time = START + 2 * HOUR

    def taken(times: int) -> list[int]:
        found: list[int] = []
        for _ in range(times):
            door.clock.time += 1000
            fed(door, "60000", position=door.clock.time)
            found += ids(wire.placed(type="MARKET", quantity="0.001")["fills"], "tradeId")
        return found

    early = taken(before)
    door.clock.time += HOUR
    door.exchange.match()
    number = int(door.get(f"/orders/{resting['id']}")["trades"][0]["id"])
    return early, number, taken(after)


def test_a_late_trade_has_the_time_of_then_and_the_next_id(wire: Wire) -> None:
    early, number, later = late_trade(wire, 2, 2)
    found = wire.get(TRADES, symbol="BTCUSDT", fromId=0)
    assert ids(found, "id") == sorted(ids(found, "id")) == [*early, number, *later]
    assert found[2]["time"] == START + HOUR
    assert wire.get("/api/v3/order", symbol="BTCUSDT", orderId=found[2]["orderId"])["updateTime"] == START + HOUR


def test_windows_of_time_go_by_the_time_of_then(wire: Wire) -> None:
    """Whatever was recorded before, and after."""
    early, number, later = late_trade(wire, 3, 3)
    window = {"symbol": "BTCUSDT", "startTime": START + HOUR - 1}
    assert ids(wire.get(TRADES, **window, endTime=START + HOUR), "id") == [number]
    assert ids(wire.get(TRADES, **window), "id") == [*early, number, *later]
    assert ids(wire.get(TRADES, symbol="BTCUSDT", startTime=START + 2 * HOUR), "id") == [*early, *later]
    assert ids(wire.get(TRADES, symbol="BTCUSDT", endTime=START + HOUR), "id") == [number]


def test_a_late_trade_says_so_on_the_native_door(wire: Wire) -> None:
    _, number, _ = late_trade(wire, 1, 1)
    found = wire.door.get(f"/trades?since={START + HOUR - 1}&until={START + HOUR + 1}")
    assert [each["id"] for each in found] == [str(number)]
    marks = [(each["late"], each["recordedAt"] is None) for each in wire.door.get("/trades")]
    assert marks == [(False, True), (True, False), (False, True)]
    (late,) = found
    assert (late["timestamp"], late["recordedAt"]) == (START + HOUR, START + 3 * HOUR + 1000)
    events = [each["data"] for each in wire.door.get("/events?types=trade")]
    assert [(each["id"], each["late"]) for each in events if each["late"]] == [(str(number), True)]
