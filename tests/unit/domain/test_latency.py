"""Orders that are on their way: which tick is their arrival, and what they are worth meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.announcing import announcements
from mockexchange.domain.journal import EngineSeen
from mockexchange.domain.matching import Circumstances, match
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Amendment, Order, OrderType, Side, Trailing
from mockexchange.domain.placing import PlacementView, PlaceOrder, place
from mockexchange.domain.quotes import Tick

from .test_late_ticks import OPENED, candle_tick
from .words import BTC_USDT, NOW, D, account, command, tick

LATENCY = 250
DELAYED = Engine(latency=LATENCY)
STOP = PlaceOrder("alice", "BTC/USDT", Side.BUY, OrderType.STOP_LOSS, D(1), stop_price=D(110))


def sent(asked: PlaceOrder | str = "BUY 1", engine: Engine = DELAYED) -> Order:
    """An order that was placed at NOW, on tick 1: bid 99, ask 101, last 99."""
    asked = command(asked) if isinstance(asked, str) else asked
    scales = {"BTC": 8, "USDT": 8}
    view = PlacementView(account(), BTC_USDT, scales, tick(1, "99 101"), 7, 70, NOW)
    return place(asked, view, engine).order


def met(order: Order, with_tick: Tick, engine: Engine = DELAYED, *, now: int | None = None) -> Order | None:
    moment = with_tick.quote.timestamp if now is None else now
    outcome = match(order, with_tick, Circumstances(account(), BTC_USDT, 8, 8, engine, 1, moment))
    return outcome.order if outcome else None


@pytest.mark.parametrize("asked", ["BUY 1", "BUY 1 @ 102", "BUY 1 @ 102 IOC", "BUY 1 @ 102 FOK", "BUY for 101", STOP])
def test_the_first_tick_of_when_it_is_there_is_its_arrival(asked: PlaceOrder | str) -> None:
    """By the price's own time: not that at which it was logged, or is met."""
    order = sent(asked)
    assert (order.unmet, order.index_name, order.met_tick) == (True, "arrivals", 1)
    early = tick(2, "109 110", at=NOW + LATENCY - 1, logged_at=NOW + 2 * LATENCY)
    assert met(order, early, now=NOW + 3 * LATENCY) is None
    arrived = met(order, tick(3, "99 101", at=NOW + LATENCY))
    assert arrived is not None
    assert (arrived.unmet, arrived.met_tick) == (False, 3)


def test_what_has_arrived_meets_every_tick() -> None:
    """A source's clock may go back."""
    resting = met(sent("BUY 1 @ 98"), tick(2, "99 101", at=NOW + LATENCY))
    assert resting is not None
    filled = met(resting, tick(3, "97 98", at=NOW + 1), now=NOW + LATENCY)
    assert filled is not None
    assert filled.filled_quantity == 1


def test_a_minute_that_was_missed_began_before_it_was_there() -> None:
    order = replace(sent("BUY 1 @ 98"), created_at=OPENED - LATENCY + 1, updated_at=OPENED - LATENCY + 1)
    assert met(order, candle_tick(2, "90"), now=OPENED + 10**6) is None
    there = replace(order, created_at=OPENED - LATENCY, updated_at=OPENED - LATENCY)
    assert met(there, candle_tick(2, "90"), now=OPENED + 10**6) is not None


def test_a_stale_tick_is_no_arrival() -> None:
    assert met(sent(), tick(2, "99 101", at=NOW + LATENCY, logged_at=NOW + LATENCY + 60_001)) is None


def test_without_latency_a_price_of_before_the_order_is_met() -> None:
    """What was accepted without a price, at a venue whose source's clock is behind."""
    waiting = replace(sent("BUY 1 @ 102"), created_at=NOW + 5_000, updated_at=NOW + 5_000)
    assert met(waiting, tick(2, "99 101", at=NOW + 1), Engine(), now=NOW + 6_000) is not None
    assert not sent("BUY 1 @ 102", Engine()).unmet


@pytest.mark.parametrize("last", ["120", "80"])
def test_a_trailing_buy_holds_what_it_did_when_it_was_placed(last: str) -> None:
    order = sent(replace(STOP, stop_price=None, trailing_delta=500))
    assert order.trailing == Trailing(500, first_price=D(99))
    assert order.held == D("103.95")
    begun = met(order, tick(2, f"{last} {last}", at=NOW + LATENCY))
    assert begun is not None
    assert begun.trailing == Trailing(500, NOW + LATENCY, 2, D(last), D(99))
    assert begun.held == order.held
    assert begun.index_name == "trails|BUY|500"


@pytest.mark.parametrize(
    ("asked", "ask", "left", "bought"),
    [("BUY for 101", "202", None, "0.5"), ("BUY for 101", "50.5", None, "2"), ("BUY for 101", "50.5", "0.7", "0.7")],
)
def test_an_amount_is_worked_out_where_it_arrives(asked: str, ask: str, left: str | None, bought: str) -> None:
    order = sent(asked)
    assert order.quantity == 1
    if left:
        name = order.client_order_id
        order = replace(order, quantity=D(left), amendments=(Amendment(2, NOW, D(1), D(left), name, name),))
    arrived = met(order, tick(2, f"50 {ask}", at=NOW + LATENCY))
    assert arrived is not None
    assert (arrived.status, arrived.quantity, arrived.filled_quantity) == ("FILLED", D(bought), D(bought))


def test_the_journal_says_how_long_they_are_on_their_way() -> None:
    (told, _), (before, _) = (announcements(BTC_USDT, None, engine) for engine in (DELAYED, Engine()))
    assert told.entry == EngineSeen("touch", 60_000, latency=LATENCY)
    assert before.entry == EngineSeen("touch", 60_000)
    assert told.value != before.value
