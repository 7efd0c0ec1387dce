"""Orders that are good till a date, on every store: by a tick, by the clock, late, twice at once, brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockexchange.domain.candles import MINUTE, Candle
from mockexchange.domain.errors import InvalidOrder, OrderNotOpen
from mockexchange.domain.orders import Contingency, OrderType
from mockexchange.domain.placing import LATEST, PlaceOrder, expire
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Verdict
from mockexchange.exchange import Exchange
from mockexchange.feed.catching_up import candle_ticks

from .venue import BTC, IOC, START, ClockThatIsAsked, D, Venue, order

DATE = START + 10_000
FREE = {"USDT": (D(1000), D(0)), "BTC": (D(2), D(0))}


def until(date: int = DATE, **more: Any) -> PlaceOrder:
    """A buy that rests far below the market."""
    return order("BUY", "1", "50", expires_at=date, **more)


def ended(venue: Venue, order_id: int = 1) -> tuple[str, int]:
    """How an order stands, and since when."""
    found = venue.exchange.order("alice", order_id)
    return found.status.value, found.updated_at


def test_the_clock_ends_it_without_any_tick(venue: Venue) -> None:
    venue.exchange.place(until())
    assert venue.owned()["USDT"] == (D(950), D(50))
    venue.clock.time = DATE - 1
    assert venue.exchange.match().expired == 0
    venue.clock.time = DATE + 5_000
    assert venue.exchange.match().expired == 1
    assert ended(venue) == ("EXPIRED", DATE)
    assert venue.owned() == FREE
    assert venue.exchange.match().expired == 0
    _, reasons = venue.exchange.why("alice", 1)
    assert reasons[0].words.endswith("at 50 USDT or better, good until 2023-11-14T22:13:30.000Z.")
    assert reasons[-1].words == "Expired: it was good until 2023-11-14T22:13:30.000Z."


def test_a_tick_of_its_date_ends_it_whatever_the_clock_says(venue: Venue) -> None:
    venue.exchange.place(until())
    venue.clock.time = DATE
    venue.tick("49", "50")
    venue.clock.time = DATE - 1
    assert venue.exchange.match().expired == 1
    assert ended(venue) == ("EXPIRED", DATE)
    assert venue.owned() == FREE


def test_a_tick_before_it_fills_it_however_late_it_is_met(venue: Venue) -> None:
    """A matcher that was away: the tick before goes first, and dates its fill."""
    for price in ("50", "45"):
        venue.exchange.place(order("BUY", "1", price, expires_at=DATE))
    venue.clock.time = DATE - 1
    venue.tick("49", "50")
    for bid, ask in (("60", "61"), ("44", "45")):
        venue.clock.time += 500
        venue.tick(bid, ask)
    venue.clock.time = DATE + 1_000
    report = venue.another().match()
    assert (report.fills, report.late, report.expired) == (1, 1, 1)
    assert [ended(venue, number) for number in (1, 2)] == [("FILLED", DATE - 1), ("EXPIRED", DATE)]
    [fill] = venue.all_fills()
    assert (fill.timestamp, fill.entered_at) == (DATE - 1, DATE + 1_000)


def test_what_is_left_of_it_expires(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    exchange.place(until())
    venue.clock.time = DATE - 1
    venue.tick("49", "50", sizes="0.25")
    venue.clock.time = DATE
    report = exchange.match()
    assert (report.fills, report.expired) == (1, 1)
    found = exchange.order("alice", 1)
    assert (found.status, found.filled_quantity, found.updated_at) == ("EXPIRED", D("0.25"), DATE)
    assert venue.owned()["USDT"] == (D("987.5"), D(0))


def test_it_may_wait_for_its_first_tick_or_its_stop_price(venue: Venue) -> None:
    venue.clock.time += 100_000
    date = venue.clock.time + 5_000
    exchange = venue.exchange
    assert exchange.place(until(date, post_only=True)).order.unmet
    stop = order("SELL", "1", "90", type=OrderType.STOP_LOSS_LIMIT, expires_at=date)
    exchange.place(replace(stop, stop_price=D(95)))
    exchange.place(replace(stop, trailing_delta=100))
    venue.clock.time = date
    venue.tick("40", "41")  # reaches each of them
    assert exchange.match().expired == 3
    assert {ended(venue, number) for number in (1, 2, 3)} == {("EXPIRED", date)}
    assert venue.owned() == FREE


def test_two_matchers_end_it_once(venue: Venue) -> None:
    for _ in range(3):
        venue.exchange.place(until())
    venue.clock.time = DATE
    one, other = venue.exchange, venue.another()
    assert one.match().expired + other.match().expired == 3
    assert venue.owned() == FREE


def test_another_matcher_that_has_a_tick_in_hand_goes_first(venue: Venue) -> None:
    """A matcher that found nothing to do is behind: the other one has a tick of before the date."""
    placed, store = venue.exchange.place(until()).order, venue.store
    venue.clock.time = DATE - 1
    venue.tick("49", "50")
    newest = store.backlogs([BTC], 1)[0].newest
    store.mark_seen({BTC: newest})
    venue.clock.time = DATE
    account = venue.exchange.account("alice")
    instrument, scales = venue.exchange.instrument(BTC), store.scales(["BTC", "USDT"])
    assert store.commit([expire(placed, account, instrument, scales, newest - 1, DATE)]) == [Verdict.CONFLICT]
    assert venue.exchange.match().fills == 1
    assert store.commit([expire(placed, account, instrument, scales, newest, DATE)]) == [Verdict.CONFLICT]


def test_what_was_logged_since_the_backlog_was_read_goes_first(venue: Venue) -> None:
    """A matcher that read a market without a new tick, and looks at the clock so late that there was one."""
    venue.exchange.place(until())
    venue.clock.time = DATE - 1
    late = Exchange(venue.store, ClockThatIsAsked(DATE, lambda: venue.tick("49", "50")), Rules())
    assert late.match().expired == 0
    assert late.match().fills == 1
    assert ended(venue) == ("FILLED", DATE - 1)


def test_what_somebody_else_wrote_goes_first(venue: Venue) -> None:
    venue.exchange.place(until())
    venue.clock.time = DATE - 1
    price = {"bid": 49, "ask": 50, "timestamp": (DATE - 1) / 1000}
    late = Exchange(venue.store, ClockThatIsAsked(DATE, lambda: venue.hset(BTC, price)), Rules())
    assert late.match().expired == 0
    report = late.match()
    assert (report.adopted, report.fills) == (1, 1)


def test_a_tick_that_comes_while_orders_are_ended_is_its_matchers(venue: Venue) -> None:
    """Another matcher has it in hand when the one that looked at the clock is about to commit."""
    venue.exchange.place(until())
    asked = 0

    def keep_on() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:  # the first time was before the backlog was read
            venue.clock.time = DATE - 1
            venue.tick("49", "50")
            venue.clock.time = DATE
            venue.store.mark_seen({BTC: venue.store.backlogs([BTC], 1)[0].newest})
        return True

    venue.clock.time = DATE
    report = venue.another().match(keep_on=keep_on)
    assert (asked, report.expired, report.conflicts) == (2, 0, 1)
    assert venue.exchange.match().fills == 1
    assert ended(venue) == ("FILLED", DATE - 1)


def test_ticks_that_a_run_had_no_time_for_go_first(venue: Venue) -> None:
    venue.exchange.place(until())
    venue.clock.time = DATE - 2
    venue.tick("60", "61")
    venue.clock.time = DATE - 1
    venue.tick("49", "50")
    venue.clock.time = DATE
    asked = iter([True, False, True, True])  # time to read the backlog, and no more until ended orders are asked for
    report = venue.another().match(keep_on=lambda: next(asked))
    assert (report.expired, report.fills, report.lag) == (0, 0, 1)
    assert venue.exchange.match().fills == 1
    assert ended(venue) == ("FILLED", DATE - 1)


def candle(venue: Venue, minute: int, prices: str, *, at: int) -> None:
    """The ticks of a candle of a missed minute, that are logged at a time (ms)."""
    opened, (first, high, low, last) = minute - minute % MINUTE, map(D, prices.split())
    for tick in candle_ticks(BTC, Candle(opened, first, high, low, last, D(1)), at, to_the_end=True):
        venue.store.append(tick, "test", at, serves=False)


def test_while_candles_of_a_missed_time_come_in_the_clock_waits(venue: Venue) -> None:
    """The minute that the date is in fills nothing and ends it; those before count, however late they come."""
    date = START - START % MINUTE + 3 * MINUTE + 10_000
    for price in ("50", "40"):
        venue.exchange.place(order("BUY", "1", price, expires_at=date))
    venue.clock.time = now = date + 10 * MINUTE
    candle(venue, date - 2 * MINUTE, "100 100 90 100", at=now)
    assert venue.exchange.match().expired == 0
    candle(venue, date - MINUTE, "100 100 45 100", at=now + 1)
    assert venue.exchange.match().fills == 1
    candle(venue, date, "100 100 30 100", at=now + 2)
    assert venue.exchange.match().expired == 1
    assert [ended(venue, number) for number in (1, 2)] == [
        ("FILLED", date - MINUTE - 10_000),
        ("EXPIRED", date),
    ]


def test_candles_that_come_no_more_keep_it_no_longer_than_a_price_is_fresh(venue: Venue) -> None:
    date = START + MINUTE
    venue.exchange.place(until(date))
    venue.clock.time = now = date + 10 * MINUTE
    candle(venue, START - 2 * MINUTE, "100 100 90 100", at=now)
    venue.clock.time = now + 60_000
    assert venue.exchange.match().expired == 0
    venue.clock.time += 1
    assert venue.exchange.match().expired == 1
    assert ended(venue) == ("EXPIRED", date)


def test_a_replay_ends_it_by_its_own_clock(venue: Venue) -> None:
    """Whatever time it is, and without a tick: another market's may have moved it."""
    venue.store.set_market_time(START)
    venue.clock.time, date = START + 10**9, START + 5_000
    venue.exchange.place(until(date))
    assert venue.exchange.match().expired == 0
    venue.store.set_market_time(date - 1)
    assert venue.exchange.match().expired == 0
    venue.store.set_market_time(date)
    assert venue.exchange.match().expired == 1
    assert ended(venue) == ("EXPIRED", date)


def test_canceled_amended_or_replaced_it_is_once_it_is_over(venue: Venue) -> None:
    """Until a matcher was there it is open, and whoever comes first has it; what is locked comes free once."""
    for _ in range(3):
        venue.exchange.place(until())
    venue.clock.time = DATE + 7
    exchange = venue.exchange
    exchange.cancel("alice", 1)
    exchange.amend("alice", 2, quantity=D("0.5"))
    replaced = exchange.replace("alice", 3, order("BUY", "1", "50")).order
    assert venue.another().match().expired == 1
    assert [ended(venue, number)[0] for number in (1, 2, 3)] == ["CANCELED", "EXPIRED", "CANCELED"]
    assert ended(venue, 2)[1] == DATE + 7
    assert exchange.order("alice", replaced.order_id).is_open
    assert venue.owned()["USDT"] == (D(950), D(50))
    for number in (1, 2, 3):
        with pytest.raises(OrderNotOpen):
            exchange.cancel("alice", number)
    assert exchange.audit().problems == []


def test_what_ended_stands_nowhere(venue: Venue) -> None:
    """Filled, canceled, timed out, left behind by a reset."""
    exchange = venue.exchange
    for price in ("90", "50", "50"):
        exchange.place(order("BUY", "1", price, expires_at=DATE))
    venue.tick("89", "90")
    exchange.match()
    exchange.cancel("alice", 2)
    assert [number for _, number in venue.store.expiring(BTC, LATEST, None, 10)] == [3]
    exchange.accounts.reset("alice", {"USDT": D(100)})
    assert venue.store.expiring(BTC, LATEST, None, 10) == []
    exchange.place(until())
    venue.clock.time = DATE
    exchange.match()
    assert venue.store.expiring(BTC, LATEST, None, 10) == []
    assert exchange.audit().problems == []


def test_many_of_one_date(venue: Venue) -> None:
    for _ in range(150):
        venue.exchange.place(order("BUY", "0.1", "60", expires_at=DATE))
    venue.clock.time = DATE
    assert venue.exchange.match().expired == 150
    assert venue.owned() == FREE


def test_amended_it_keeps_its_date_and_a_replacement_has_none(venue: Venue) -> None:
    exchange = venue.exchange
    exchange.place(until())
    assert exchange.amend("alice", 1, quantity=D("0.5")).expires_at == DATE
    replaced = exchange.replace("alice", 1, order("BUY", "1", "50")).order
    assert replaced.expires_at is None
    again = exchange.replace("alice", replaced.order_id, until(DATE + 1)).order
    venue.clock.time = DATE
    assert exchange.match().expired == 0
    exchange.cancel("alice", again.order_id)
    venue.clock.time = DATE + 1
    assert exchange.match().expired == 0
    assert ended(venue, again.order_id) == ("CANCELED", DATE)


def test_brought_back_it_has_its_date_and_ends_at_once_when_that_is_over(venue: Venue) -> None:
    exchange = venue.exchange
    exchange.place(until())
    exchange.accounts.take_snapshot("alice", "kept")
    exchange.accounts.restore("alice", "kept")
    [again] = exchange.open_orders("alice")
    assert again.expires_at == DATE
    venue.clock.time = DATE + 1_000
    exchange.accounts.restore("alice", "kept")
    [late] = exchange.open_orders("alice")
    exchange.accounts.clone("alice", "bob")
    assert exchange.match().expired == 2
    assert ended(venue, late.order_id) == ("EXPIRED", DATE + 1_000)
    assert venue.owned() == FREE
    exchange.accounts.reset("alice")
    exchange.accounts.sweep(unused_for=0)


def test_the_journal_makes_it_again(venue: Venue) -> None:
    venue.exchange.place(until())
    venue.exchange.place(until(DATE + 5_000))
    venue.clock.time = DATE
    venue.tick("60", "61")
    venue.exchange.match()
    venue.clock.time = DATE + 6_000
    assert venue.exchange.match().expired == 1
    venue.check_replay()


def test_the_same_request_again_is_the_same_order(venue: Venue) -> None:
    asked = until(client_order_id="mine")
    first = venue.exchange.place(asked).order
    venue.clock.time = DATE
    assert venue.exchange.place(asked).order.order_id == first.order_id


@pytest.mark.parametrize("date", [START, START + 999, LATEST + 1])
def test_a_date_is_at_least_a_second_ahead(date: int, venue: Venue) -> None:
    with pytest.raises(InvalidOrder, match="at least 1000 ms after now"):
        venue.exchange.place(until(date))
    venue.exchange.place(until(START + 1_000))


def test_what_does_not_rest_has_no_date(venue: Venue) -> None:
    for command in (order("SELL", "1", expires_at=DATE), until(time_in_force=IOC)):
        with pytest.raises(InvalidOrder, match="only a limit order that rests"):
            venue.exchange.place(command)
    pair = PlaceList(Contingency.OTO, (until(), order("SELL", "1", "110")))
    with pytest.raises(InvalidOrder, match=r"only one alone has a date \(GTD\)"):
        venue.exchange.place_list(pair)
