"""Stops: which way the price moves to them, what a command must and may name, what they hold, and what a lock pays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockexchange.domain.errors import FilterFailure, InvalidOrder, TriggersImmediately
from mockexchange.domain.matching import Circumstances, match_transaction
from mockexchange.domain.models import Engine, FillModel
from mockexchange.domain.orders import Counted, Direction, Order, OrderType, Side, TimeInForce, direction
from mockexchange.domain.placing import PlacementView, PlaceOrder, check_form, place
from mockexchange.domain.quotes import Tick
from tests.two_levels import TwoLevels

from .test_orders import BUY, SELL
from .words import BTC_USDT, NOW, D, account, tick

# rest-api.md, "Trigger order price rules against market price"
ABOVE = {("STOP_LOSS", "BUY"), ("STOP_LOSS_LIMIT", "BUY"), ("TAKE_PROFIT", "SELL"), ("TAKE_PROFIT_LIMIT", "SELL")}
STOPS = [OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT]


@pytest.mark.parametrize("kind", STOPS)
@pytest.mark.parametrize("side", Side)
def test_a_stop_is_above_the_market_or_below_it(kind: OrderType, side: Side) -> None:
    rises = (kind.value, side.value) in ABOVE
    found = direction(kind, side)
    assert found is (Direction.RISES if rises else Direction.FALLS)
    assert [found.reaches(D(last), D(100)) for last in ("99.99", "100", "100.01")] == [not rises, True, rises]


def command(kind: str = "STOP_LOSS", side: str = "SELL", **more: Any) -> PlaceOrder:
    """A stop of 1 BTC at 90; its limit, if it has one, is 89."""
    limit = D(89) if OrderType(kind).has_limit else None
    base = PlaceOrder("alice", "BTC/USDT", Side(side), OrderType(kind), D(1), limit, stop_price=D(90))
    return replace(base, **more)


@pytest.mark.parametrize("kind", STOPS)
def test_a_stop_needs_a_stop_price_and_a_quantity(kind: OrderType) -> None:
    check_form(command(kind.value))
    refused: list[dict[str, Any]] = [
        {"stop_price": None},
        {"stop_price": D(0)},
        {"quantity": None},
        {"quantity": None, "quote_quantity": D(100)},
        {"post_only": True},
    ]
    refused.append({"price": None} if kind.has_limit else {"price": D(89)})
    if not kind.has_limit:
        refused.append({"time_in_force": TimeInForce.IOC})
    for change in refused:
        with pytest.raises(InvalidOrder):
            check_form(command(kind.value, **change))


@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.MARKET])
def test_no_other_order_takes_a_stop_price(kind: OrderType) -> None:
    plain = command(kind.value, stop_price=None)
    check_form(plain)
    with pytest.raises(InvalidOrder, match="a stop takes a stop price or a trailing delta, and no other order does"):
        check_form(replace(plain, stop_price=D(90)))


def view(newest: Tick | None) -> PlacementView:
    return PlacementView(account(), BTC_USDT, {"BTC": 8, "USDT": 8}, newest, 7, 9, NOW)


def placed(asked: PlaceOrder, newest: Tick | None = None) -> Order:
    return place(asked, view(newest), Engine()).order


def test_it_is_decided_on_the_last_price_not_on_the_touch() -> None:
    """tick() has the bid for its last price: 95."""
    assert placed(command(), tick(4, "95 96")).met_tick == 4
    with pytest.raises(TriggersImmediately, match="must be below the last price, 95; it was 95"):
        placed(command(stop_price=D(95)), tick(4, "95 96"))
    # the ask is above, the last price is not
    assert placed(command("STOP_LOSS", "BUY", stop_price=D("95.5")), tick(4, "95 96")).is_untriggered


def test_filters_look_at_the_stop_price() -> None:
    changes: tuple[tuple[dict[str, Any], str], ...] = (
        ({"stop_price": D("90.001")}, "PRICE_FILTER"),
        ({"stop_price": D(2_000_000)}, "PRICE_FILTER"),
        ({"quantity": D("0.05")}, "NOTIONAL"),
        ({"quantity": D("0.000001")}, "LOT_SIZE"),
    )
    for change, name in changes:
        with pytest.raises(FilterFailure) as refused:
            placed(replace(command(), **change), tick(4, "95 96"))
        assert refused.value.filter_name == name


def test_a_maximum_for_markets_holds_for_what_will_be_one() -> None:
    market = replace(BTC_USDT, market_max_quantity=D("0.5"))
    asked = replace(view(tick(4, "95 96")), instrument=market)
    with pytest.raises(FilterFailure, match="MARKET_LOT_SIZE"):
        place(command(), asked, Engine())
    place(command("STOP_LOSS_LIMIT"), asked, Engine())


def test_it_counts_among_all_and_among_stops() -> None:
    market = replace(BTC_USDT, max_num_orders=10, max_num_algo_orders=2)
    full = {Counted.ORDERS: 4, Counted.ALGO_ORDERS: 2}
    asked = replace(view(tick(4, "95 96")), instrument=market)
    transaction = place(command(), asked, Engine()).transaction
    assert transaction is not None
    assert transaction.most_open == (("BTC/USDT", 9), ("BTC/USDT|MAX_NUM_ALGO_ORDERS", 1))
    with pytest.raises(FilterFailure, match="MAX_NUM_ALGO_ORDERS"):
        place(command(), replace(asked, open_counts=full), Engine())
    place(command("LIMIT", stop_price=None), replace(asked, open_counts=full), Engine())


def test_a_stop_holds_what_its_type_demands() -> None:
    """A sell its quantity, a buy its limit price, and without one its stop price, rounded up over the whole."""
    odd = D("0.0123")
    sells = replace(SELL, type=OrderType.STOP_LOSS, price=None, stop_price=D("0.07"))
    assert sells.held == odd
    buys = replace(BUY, type=OrderType.STOP_LOSS, price=None, stop_price=D("0.0654321"))
    assert buys.held == D("0.00080482")  # 0.00080481483
    assert replace(buys, type=OrderType.STOP_LOSS_LIMIT, price=BUY.price).held == BUY.held


def around(model: FillModel | None = None, *, lock_only: bool = False) -> Circumstances:
    engine = Engine(model) if model else Engine()
    return Circumstances(account(), BTC_USDT, 8, 8, engine, 20, NOW + 5, lock_only=lock_only)


def test_nothing_happens_until_the_price_is_there_and_then_once() -> None:
    waiting = placed(command("STOP_LOSS_LIMIT", price=D("90.5")), tick(4, "95 96"))
    assert match_transaction(waiting, tick(4, "80 81"), around()) is None
    assert match_transaction(waiting, tick(5, "90.01 91"), around()) is None
    assert match_transaction(waiting, tick(5, "80 81", at=NOW - 60_001, logged_at=NOW), around()) is None
    transaction = match_transaction(waiting, tick(6, "90 91"), around())
    assert transaction is not None
    [write] = transaction.orders
    assert (write.after.version, write.after.triggered_at, write.after.status) == (2, NOW + 5, "NEW")
    assert (transaction.fills, transaction.postings) == ((), ())
    assert match_transaction(write.after, tick(6, "91 92"), around()) is None
    filled = match_transaction(write.after, tick(7, "91 92"), around())
    assert filled is not None
    assert [(fill.price, fill.liquidity) for fill in filled.fills] == [(D("90.5"), "MAKER")]


def test_what_it_does_not_hold_comes_out_of_what_is_free() -> None:
    waiting = placed(command("STOP_LOSS", "BUY", stop_price=D(100), quantity=D(3)), tick(4, "95 96"))
    transaction = match_transaction(waiting, tick(5, "100 102"), around())
    assert transaction is not None
    moved = {(each.asset, each.bucket.value): each.amount for each in transaction.postings}
    assert moved == {("USDT", "locked"): D(-300), ("USDT", "free"): D(-6), ("BTC", "free"): D("2.997")}


def test_a_lock_pays_level_after_level_until_it_is_spent() -> None:
    """300 pays for 2 at 101, and of one at 101.01 for what 98 buys."""
    waiting = placed(command("STOP_LOSS", "BUY", stop_price=D(100), quantity=D(3)), tick(4, "95 96"))
    transaction = match_transaction(waiting, tick(5, "100 101"), around(TwoLevels(size=D(2)), lock_only=True))
    assert transaction is not None
    assert [f"{fill.quantity.normalize():f} @ {fill.price.normalize():f}" for fill in transaction.fills] == [
        "2 @ 101",
        "0.9702 @ 101.01",
    ]
    [write] = transaction.orders
    assert (write.after.status, write.after.held) == ("EXPIRED", 0)
    assert write.after.paid <= 300
    spent = sum(each.amount for each in transaction.postings if each.asset == "USDT")
    assert spent == -write.after.paid
