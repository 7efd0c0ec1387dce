"""Ticks that are met late, and ticks made of candles: which orders meet them, and when what they do is dated."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.candles import MINUTE
from mockexchange.domain.errors import MarketClosed
from mockexchange.domain.generations import resume
from mockexchange.domain.journal import Matched
from mockexchange.domain.matching import Circumstances, match, match_transaction
from mockexchange.domain.models import Engine, TouchModel
from mockexchange.domain.orders import Order
from mockexchange.domain.quotes import Quote, Tick

from .story import Story
from .words import BTC_USDT, NOW, STALE_AFTER, account, tick

OPENED = NOW - NOW % MINUTE + MINUTE
"""When the first minute after NOW begins."""


def candle_tick(number: int, price: str, *, opened: int = OPENED, leg: int = 0, logged_at: int = NOW) -> Tick:
    """One of the four ticks of a candle."""
    at = Decimal(price)
    quote = Quote("BTC/USDT", at, at, at, opened + MINUTE - 4 + leg)
    return Tick(number, quote, "candles:ccxt:binance", logged_at)


def around(now: int) -> Circumstances:
    return Circumstances(account(), BTC_USDT, 8, 8, Engine(TouchModel(), STALE_AFTER), 1, now)


def resting(words: str = "BUY 1 @ 90") -> Order:
    """An order that rests since NOW."""
    story = Story("BTC 5, USDT 1000")
    story.quote("99 101")
    return story.place(words)


@pytest.mark.parametrize(("after", "dated"), [(STALE_AFTER, STALE_AFTER), (STALE_AFTER + 1, 0), (10**9, 0)])
def test_what_a_tick_does_that_is_met_late_is_dated_at_the_tick(after: int, dated: int) -> None:
    """Late is later than a price stays fresh."""
    order = resting()
    met = tick(2, "89 90", at=NOW + 500)
    outcome = match(order, met, around(met.quote.timestamp + after))
    assert outcome is not None
    (fill,) = outcome.fills
    assert fill.timestamp == outcome.order.updated_at == met.quote.timestamp + dated
    assert fill.recorded_at == (None if dated else met.quote.timestamp + after)
    assert fill.is_late is not bool(dated)
    assert fill.entered_at == met.quote.timestamp + after


def test_nothing_is_dated_before_the_order_was_there() -> None:
    """A source's clock may be behind ours."""
    outcome = match(resting(), tick(2, "89 90", at=NOW - 700), around(NOW + 10**6))
    assert outcome is not None
    (fill,) = outcome.fills
    assert (fill.timestamp, fill.recorded_at) == (NOW, NOW + 10**6)


def test_the_journal_has_the_moment_itself() -> None:
    """It is an input: what it is dated at is worked out again."""
    transaction = match_transaction(resting(), tick(2, "89 90", at=NOW + 500), around(NOW + 10**6))
    assert transaction is not None
    assert transaction.entry == Matched(NOW + 10**6, "BTC/USDT", 2, 1, 1)


def test_a_resting_order_fills_at_its_own_limit_when_a_candle_reached_it() -> None:
    outcome = match(resting(), candle_tick(2, "85", leg=1), around(NOW + 10**7))
    assert outcome is not None
    (fill,) = outcome.fills
    assert (fill.price, fill.quantity, fill.liquidity) == (90, 1, "MAKER")
    assert (fill.source, fill.timestamp, fill.recorded_at) == ("candles:ccxt:binance", OPENED, NOW + 10**7)


def test_a_candle_is_met_late_however_soon() -> None:
    """Of an open one a moment ago is the past as well: its price may be of any of its moments."""
    opened = OPENED
    outcome = match(resting(), candle_tick(2, "85", opened=opened), around(opened + MINUTE))
    assert outcome is not None
    (fill,) = outcome.fills
    assert fill.is_late


@pytest.mark.parametrize(("changed", "meets"), [(OPENED - 1, True), (OPENED, True), (OPENED + 1, False)])
def test_an_order_meets_no_candle_that_began_before_it_last_changed(changed: int, meets: bool) -> None:
    """Whatever the change was: its placement, an amendment, a fill at a live price."""
    order = replace(resting(), updated_at=changed)
    assert (match(order, candle_tick(2, "85"), around(NOW + 10**7)) is not None) is meets


def test_what_a_candle_did_to_an_order_does_not_keep_it_from_the_rest_of_that_candle() -> None:
    """An unmet order arrives at the open, and rests for the low."""
    order = replace(resting(), unmet=True)
    arrived = match(order, candle_tick(2, "95"), around(NOW + 10**7))
    assert arrived is not None
    assert (arrived.fills, arrived.order.unmet, arrived.order.updated_at) == ((), False, OPENED)
    filled = match(arrived.order, candle_tick(3, "85", leg=1), around(NOW + 10**7))
    assert filled is not None
    assert [fill.liquidity for fill in filled.fills] == ["MAKER"]


def test_an_unmet_order_that_a_candle_opens_beyond_takes_that_price() -> None:
    order = replace(resting(), unmet=True)
    outcome = match(order, candle_tick(2, "85"), around(NOW + 10**7))
    assert outcome is not None
    (fill,) = outcome.fills
    assert (fill.price, fill.liquidity) == (85, "TAKER")


def test_an_order_that_was_brought_back_meets_only_candles_after_that() -> None:
    order = resume(resting(), 1, None, OPENED + 5)
    assert match(order, candle_tick(2, "85"), around(NOW + 10**7)) is None
    assert match(order, candle_tick(2, "85", opened=OPENED + MINUTE), around(NOW + 10**7))
    assert match(order, tick(2, "89 90", at=OPENED + 5), around(OPENED + 5))


def test_a_candle_was_never_stale_and_is_never_fresh() -> None:
    """It is logged late by nature, and nobody trades at its price now."""
    made = candle_tick(2, "85", logged_at=OPENED + 10**9)
    assert not made.was_stale(STALE_AFTER)
    assert made.is_stale(made.quote.timestamp, STALE_AFTER)


def test_while_candles_are_gone_through_the_market_is_closed_and_limit_orders_wait() -> None:
    story = Story("BTC 5, USDT 1000")
    story.quote("99 101")
    story.tick = candle_tick(2, "100", opened=NOW - MINUTE - NOW % MINUTE, leg=3)
    with pytest.raises(MarketClosed):
        story.place("BUY 1")
    order = story.place("BUY 1 @ 100")
    assert (order.unmet, order.met_tick, story.filled) == (True, 2, [])
    assert story.place("BUY 1 @ 100 IOC").status == "EXPIRED"


def test_a_line_of_candles_goes_on_for_as_long_as_some_are_logged() -> None:
    made = candle_tick(2, "85", logged_at=NOW)
    assert made.is_catching_up(NOW + STALE_AFTER, STALE_AFTER)
    assert not made.is_catching_up(NOW + STALE_AFTER + 1, STALE_AFTER)
    assert not tick(2, "99 101").is_catching_up(NOW, STALE_AFTER)


def test_a_made_up_candle_is_made_up() -> None:
    made = replace(candle_tick(2, "85"), source="candles:synthetic:7")
    assert made.is_made_up
    assert not candle_tick(2, "85").is_made_up
