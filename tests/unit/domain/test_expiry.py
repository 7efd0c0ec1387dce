"""Orders that are good till a date: which ticks they meet, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from mockexchange.domain.amounts import ZERO
from mockexchange.domain.candles import MINUTE, in_words
from mockexchange.domain.journal import Expired
from mockexchange.domain.matching import Circumstances, match
from mockexchange.domain.models import Engine, TouchModel
from mockexchange.domain.orders import Order, OrderType
from mockexchange.domain.placing import expire
from mockexchange.domain.quotes import Quote, Tick

from .story import Story
from .words import BTC_USDT, NOW, STALE_AFTER, D, account, tick

DATE = NOW + 5_000


def dated(words: str = "BUY 1 @ 90", date: int = DATE) -> Order:
    """An order that rests since NOW, up to its date."""
    story = Story("BTC 5, USDT 1000")
    story.quote("99 101")
    return replace(story.place(words), expires_at=date)


def around(now: int) -> Circumstances:
    return Circumstances(account(), BTC_USDT, 8, 8, Engine(TouchModel(), STALE_AFTER), 1, now)


@pytest.mark.parametrize(
    ("at", "now", "status", "changed"),
    [
        # a tick of before fills it, dated as any while the clock is before the date
        (DATE - 1, DATE - 1, "FILLED", DATE - 1),
        (DATE - 2, DATE - 1, "FILLED", DATE - 1),
        # and at its own time from then on
        (DATE - 2, DATE, "FILLED", DATE - 2),
        (DATE - 1, DATE + 10**6, "FILLED", DATE - 1),
        # one of the date or later ends it, whatever the clock says
        (DATE, DATE - 1, "EXPIRED", DATE),
        (DATE, DATE, "EXPIRED", DATE),
        (DATE + 9, DATE + 9, "EXPIRED", DATE),
    ],
)
def test_the_time_of_a_tick_decides(at: int, now: int, status: str, changed: int) -> None:
    outcome = match(dated(), tick(2, "89 90", at=at), around(now))
    assert outcome is not None
    assert (outcome.order.status, outcome.order.updated_at, outcome.order.met_tick) == (status, changed, 2)
    assert len(outcome.fills) == (status == "FILLED")
    assert [fill.is_late for fill in outcome.fills] == [now >= DATE] * len(outcome.fills)


def test_a_tick_that_touches_nothing_ends_it_too() -> None:
    outcome = match(dated(), tick(2, "200 201", at=DATE), around(DATE))
    assert outcome is not None
    assert (outcome.order.status, outcome.order.held) == ("EXPIRED", ZERO)


def test_a_price_that_was_stale_when_it_came_ends_nothing() -> None:
    """It meets no order; the clock does that."""
    assert match(dated(), tick(2, "89 90", at=DATE, logged_at=DATE + STALE_AFTER + 1), around(DATE)) is None


@pytest.mark.parametrize(("ahead", "status"), [(MINUTE, "FILLED"), (MINUTE - 5, "EXPIRED")])
def test_a_candle_is_of_the_end_of_its_minute(ahead: int, status: str) -> None:
    """Its price may be of any moment of it, so one in which the order ends does not fill it."""
    opened = NOW - NOW % MINUTE + MINUTE
    quote = Quote("BTC/USDT", D(85), D(85), D(85), opened + MINUTE - 4)
    outcome = match(dated(date=opened + ahead), Tick(2, quote, "candles:ccxt:binance", NOW), around(NOW + 10**7))
    assert outcome is not None
    assert (outcome.order.status, outcome.order.updated_at) == (
        (status, opened) if status == "FILLED" else (status, opened + ahead)
    )


def test_a_stop_that_a_tick_of_its_date_reaches_is_not_triggered() -> None:
    waiting = replace(dated("SELL 1 @ 110"), type=OrderType.STOP_LOSS_LIMIT, stop_price=D(95))
    outcome = match(waiting, tick(2, "90 91", at=DATE), around(DATE))
    assert outcome is not None
    assert (outcome.order.status, outcome.order.triggered_at, outcome.fills) == ("EXPIRED", None, ())


@pytest.mark.parametrize(("words", "released"), [("BUY 1 @ 90", ("USDT", D(90))), ("SELL 2 @ 110", ("BTC", D(2)))])
def test_the_clock_releases_what_it_holds(words: str, released: tuple[str, Decimal]) -> None:
    order = dated(words)
    ended = expire(order, account(), BTC_USDT, {"BTC": 8, "USDT": 8}, 7, DATE + 60_000)
    assert ended.entry == Expired(DATE + 60_000, "alice", order.order_id)
    assert ended.placed_on == ("BTC/USDT", 7)
    [write] = ended.orders
    assert (write.after.status, write.after.updated_at, write.after.version) == ("EXPIRED", DATE, order.version + 1)
    asset, amount = released
    assert {(each.asset, each.bucket.value, each.amount) for each in ended.postings} == {
        (asset, "locked", -amount),
        (asset, "free", amount),
    }


def test_it_does_not_end_before_it_last_changed() -> None:
    """It was brought back, or made smaller, after its date."""
    order = replace(dated(), updated_at=DATE + 3)
    ended = expire(order, account(), BTC_USDT, {"BTC": 8, "USDT": 8}, 7, DATE + 4)
    assert ended.orders[0].after.updated_at == DATE + 3


def test_the_same_words_with_another_date_are_another_request() -> None:
    assert not dated().same_request(dated(date=DATE + 1))
    assert dated().same_request(replace(dated(), status=dated().status, updated_at=NOW + 1))


@pytest.mark.parametrize("year", [1970, 1972, 1999, 2000, 2024, 2025, 2100, 9999])
def test_a_date_in_words_is_that_of_the_calendar(year: int) -> None:
    for month, day in ((1, 1), (2, 28), (3, 1), (12, 31)):
        at = datetime(year, month, day, 23, 59, 58, 7_000, UTC)
        moment = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        assert in_words(moment) == f"{year:04d}-{month:02d}-{day:02d}T23:59:58.007Z"
