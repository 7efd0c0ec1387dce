"""A matcher, a feeder or the whole machine was down: resting orders are judged by what they missed, in order, and their
fills are dated then and marked so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from mockexchange.domain.candles import MINUTE, Candle
from mockexchange.domain.errors import MarketClosed
from mockexchange.domain.instruments import Instrument, default_instrument
from mockexchange.domain.orders import OrderType
from mockexchange.equity import EquityRecorder
from mockexchange.feed.candling import CandleBuilder
from mockexchange.feed.catching_up import CatchUp, Terms
from mockexchange.feed.feeding import Feeder
from mockexchange.overview import Overview
from mockexchange.ports import FeedBatch, FeedState, FeedTick

from .venue import BTC, START, D, Venue, order

HOUR = 60 * MINUTE
FULL = START - START % MINUTE + MINUTE
"""The first full minute."""


class Exchange:
    """A source: quotes of 99 / 101 now, candles around 100 with highs and lows in hand (by minutes after FULL)."""

    name = "ccxt:binance"

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self.lows: dict[int, str] = {}
        self.highs: dict[int, str] = {}

    def instruments(self) -> Sequence[Instrument]:
        return [default_instrument(BTC)]

    def start(self, now: int) -> FeedState:
        return FeedState(self.name, wall=now)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        del state
        quote = self._venue.quote("99", "101")
        return FeedBatch([FeedTick(quote, now)], FeedState(self.name, wall=now, position=now))

    def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Candle]:
        del symbol, timeframe
        return [
            self._candle(time) for time in range(since, min(since + limit * MINUTE, self._venue.clock.time), MINUTE)
        ]

    def _candle(self, time: int) -> Candle:
        minute = (time - FULL) // MINUTE
        low, high = D(self.lows.get(minute, "100")), D(self.highs.get(minute, "100"))
        return Candle(time, D(100), high, low, D(100), D(1))


class Fed:
    """A venue with a feeder, both of which may be down."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.source = Exchange(venue)
        self.restart()
        self.feeder.tick()
        venue.exchange.match()

    def restart(self) -> None:
        """A new feeder."""
        terms = Terms(behind=MINUTE, longest=168 * HOUR, page=100)
        store, clock = self.venue.store, self.venue.clock
        catch_up = CatchUp(store, self.source, self.source.name, clock, terms)
        self.feeder = Feeder(store, self.source, clock, catch_up=catch_up)

    def down(self, milliseconds: int) -> None:
        """So long nothing runs."""
        self.venue.clock.time += milliseconds
        self.restart()

    def up(self) -> int:
        """Everything runs again until the present is reached; how many fills there were."""
        fills = 0
        while True:
            waiting = self.feeder.tick().waiting
            fills += self.venue.exchange.match().fills
            if not waiting:
                return fills
            self.venue.clock.time += 2_000


@pytest.fixture
def fed(venue: Venue) -> Fed:
    """A venue with alice, fed by an exchange. The clock stands in the middle of a minute."""
    return Fed(venue)


# the matcher was down, the ticks are in the log


def test_what_the_matcher_missed_is_dated_when_it_happened(venue: Venue) -> None:
    venue.exchange.place(order("BUY", "1", "90"))
    venue.exchange.place(order("SELL", "1", "110"))
    for bid, ask in (("89", "90"), ("95", "96"), ("110", "111"), ("99", "101")):
        venue.clock.time += 30_000
        venue.tick(bid, ask)
    venue.clock.time += HOUR
    report = venue.exchange.match()
    assert (report.fills, report.late) == (2, 2)
    bought, sold = venue.all_fills()
    assert (bought.price, bought.timestamp, bought.recorded_at) == (90, START + 30_000, venue.clock.time)
    assert (sold.price, sold.timestamp, sold.recorded_at) == (110, START + 90_000, venue.clock.time)
    assert [each.updated_at for each in venue.all_orders()] == [START + 30_000, START + 90_000]
    lines = venue.exchange.ledger("alice").items
    assert [line.timestamp for line in lines[-6:]] == [START + 30_000] * 3 + [START + 90_000] * 3


def test_what_the_matcher_meets_in_time_is_not(venue: Venue) -> None:
    venue.exchange.place(order("BUY", "1", "90"))
    venue.tick("89", "90")
    venue.clock.time += 60_000
    assert venue.exchange.match().late == 0
    (fill,) = venue.all_fills()
    assert (fill.timestamp, fill.recorded_at) == (START + 60_000, None)


def test_two_matchers_at_once_after_an_outage_agree(venue: Venue) -> None:
    """One works through the backlog, and the other comes by in the middle of it."""
    for price in range(90, 80, -1):
        venue.exchange.place(order("BUY", "0.1", str(price)))
    for price in range(90, 80, -1):
        venue.clock.time += 1_000
        venue.tick("50", str(price))
    venue.clock.time += HOUR
    asked = iter(range(4))
    other = venue.another()
    venue.exchange.match(keep_on=lambda: next(asked, None) is not None)
    venue.clock.time += 1_000
    other.match()
    venue.exchange.match()
    assert [fill.timestamp for fill in venue.all_fills()] == [START + second * 1_000 for second in range(1, 11)]
    assert all(fill.is_late for fill in venue.all_fills())


# the whole machine was down


def test_a_trailing_stop_that_a_candle_cannot_trigger_is_triggered_afterwards(fed: Fed) -> None:
    """It began in the very minute in which the price falls, and before or after that nobody knows."""
    venue = fed.venue
    stop = venue.exchange.place(order("SELL", "1", type=OrderType.STOP_LOSS, trailing_delta=500)).order
    fed.source.lows = {-1: "90", 0: "92"}
    fed.down(HOUR)
    assert fed.up() == 1
    (fill,) = venue.all_fills()
    assert (fill.order_id, fill.price, fill.timestamp) == (stop.order_id, 92, FULL)


def test_resting_orders_meet_the_candles_that_were_missed(fed: Fed) -> None:
    venue = fed.venue
    venue.exchange.place(order("BUY", "1", "90"))
    venue.exchange.place(order("SELL", "1", "110"))
    venue.exchange.place(order("BUY", "1", "80"))
    fed.source.lows = {30: "89.5", 200: "85"}
    fed.source.highs = {100: "110"}
    fed.down(5 * HOUR)
    assert fed.up() == 2
    bought, sold = venue.all_fills()
    assert (bought.price, bought.liquidity, bought.timestamp) == (90, "MAKER", FULL + 30 * MINUTE)
    assert (sold.price, sold.liquidity, sold.timestamp) == (110, "MAKER", FULL + 100 * MINUTE)
    assert {fill.source for fill in venue.all_fills()} == {"candles:ccxt:binance"}
    assert all(fill.is_late for fill in venue.all_fills())
    assert [each.status for each in venue.all_orders()] == ["FILLED", "FILLED", "NEW"]
    assert venue.exchange.place(order("BUY", "1")).fills[0].price == 101


def test_the_first_tick_of_a_candle_that_reaches_both_comes_first(fed: Fed) -> None:
    """A candle that closed up went to its low first: what an order got there is there to be sold at the high."""
    venue = fed.venue
    venue.exchange.place(order("SELL", "2", "110"))
    venue.exchange.place(order("BUY", "1", "90"))
    fed.source.lows, fed.source.highs = {30: "85"}, {30: "115"}
    fed.down(HOUR)
    fed.up()
    assert [fill.side for fill in venue.all_fills()] == ["BUY", "SELL"]


def test_a_stop_is_triggered_by_a_candle_and_takes_the_price_that_triggered_it(fed: Fed) -> None:
    venue = fed.venue
    stop = order("SELL", "1", type=OrderType.STOP_LOSS, stop_price=D("95"))
    limited = order("SELL", "1", "94", type=OrderType.STOP_LOSS_LIMIT, stop_price=D("95"))
    for each in (stop, limited):
        venue.exchange.place(each)
    fed.source.lows, fed.source.highs = {30: "90"}, {30: "101", 40: "97"}
    fed.down(HOUR)
    assert fed.up() == 2
    first, second = venue.all_fills()
    assert (first.price, first.liquidity, first.timestamp) == (90, "TAKER", FULL + 30 * MINUTE)
    # Its limit is not reached by the low, and rests for the high of the same candle.
    assert (second.price, second.liquidity, second.timestamp) == (94, "MAKER", FULL + 30 * MINUTE)
    assert [each.triggered_at for each in venue.all_orders()] == [FULL + 30 * MINUTE] * 2


def test_an_order_meets_no_candle_that_began_before_it(fed: Fed) -> None:
    """The last minute that was seen had its low before the order was there."""
    venue = fed.venue
    venue.exchange.place(order("BUY", "1", "90"))
    fed.source.lows = {-1: "85"}
    fed.down(HOUR)
    assert fed.up() == 0
    assert venue.all_orders()[0].status == "NEW"


def test_one_that_was_there_before_the_minute_meets_its_candle(fed: Fed) -> None:
    venue = fed.venue
    venue.exchange.place(order("BUY", "1", "90"))
    venue.clock.time += MINUTE
    fed.feeder.tick()
    fed.source.lows = {0: "85"}
    fed.down(HOUR)
    assert fed.up() == 1
    assert venue.all_fills()[0].timestamp == FULL


def test_an_order_that_came_in_a_time_without_prices_meets_the_candles_after_it(fed: Fed) -> None:
    """The feeder was down, the exchange was not: it arrives with the first minute that begins after it."""
    venue = fed.venue
    venue.clock.time += 10 * MINUTE
    resting = venue.exchange.place(order("BUY", "1", "90")).order
    taking = venue.exchange.place(order("BUY", "1", "105")).order
    assert resting.unmet
    assert taking.unmet
    fed.source.lows = {5: "85", 20: "89"}
    fed.down(HOUR)
    assert fed.up() == 2
    first, second = venue.all_fills()
    assert (first.order_id, first.price, first.liquidity) == (taking.order_id, 100, "TAKER")
    assert first.timestamp == FULL + 10 * MINUTE
    assert (second.order_id, second.price, second.liquidity) == (resting.order_id, 90, "MAKER")
    assert second.timestamp == FULL + 20 * MINUTE


def test_an_order_that_was_made_smaller_meets_the_candles_after_that(fed: Fed) -> None:
    venue = fed.venue
    placed = venue.exchange.place(order("BUY", "1", "90")).order
    venue.clock.time += 10 * MINUTE
    venue.exchange.amend("alice", placed.order_id, quantity=D("0.5"))
    fed.source.lows = {5: "85"}
    fed.down(HOUR)
    assert fed.up() == 0
    fed.source.lows = {90: "85"}
    fed.down(HOUR)
    assert fed.up() == 1
    assert venue.all_fills()[0].quantity == D("0.5")


def test_an_account_that_was_brought_back_meets_the_candles_after_that(fed: Fed) -> None:
    venue = fed.venue
    venue.exchange.place(order("BUY", "1", "90"))
    venue.exchange.accounts.take_snapshot("alice", "then")
    venue.clock.time += 10 * MINUTE
    venue.exchange.accounts.restore("alice", "then")
    fed.source.lows = {5: "85"}
    fed.down(HOUR)
    assert fed.up() == 0


def test_a_canceled_order_stays_canceled(fed: Fed) -> None:
    """Whoever canceled it was told so."""
    venue = fed.venue
    placed = venue.exchange.place(order("BUY", "1", "90")).order
    venue.clock.time += 10 * MINUTE
    venue.exchange.cancel("alice", placed.order_id)
    fed.source.lows = {5: "85"}
    fed.down(HOUR)
    assert fed.up() == 0


def test_the_market_is_closed_while_it_catches_up(fed: Fed) -> None:
    venue = fed.venue
    fed.down(5 * HOUR)
    fed.feeder.tick()
    venue.exchange.match()
    assert venue.exchange.is_catching_up()
    with pytest.raises(MarketClosed):
        venue.exchange.place(order("BUY", "1"))
    waiting = venue.exchange.place(order("BUY", "1", "105")).order
    assert waiting.unmet
    assert fed.up() == 1
    (fill,) = venue.all_fills()
    assert (fill.price, fill.is_late) == (101, False)
    assert not venue.exchange.is_catching_up()


def test_a_feeder_that_dies_while_it_catches_up_is_followed_by_one_that_goes_on(fed: Fed) -> None:
    venue = fed.venue
    for minute in range(0, 300, 10):
        fed.source.lows[minute] = str(99 - minute // 10)
        venue.exchange.place(order("BUY", "0.1", str(99 - minute // 10)))
    fed.down(5 * HOUR)
    fed.feeder.tick()
    venue.exchange.match()
    assert 0 < len(venue.all_fills()) < 30
    fed.down(HOUR)
    fed.up()
    assert [fill.timestamp for fill in venue.all_fills()] == [FULL + minute * MINUTE for minute in range(0, 300, 10)]


def test_two_matchers_and_two_feeders_at_once_catch_up_once(fed: Fed) -> None:
    venue = fed.venue
    for minute in range(0, 300, 10):
        fed.source.lows[minute] = str(99 - minute // 10)
        venue.exchange.place(order("BUY", "0.1", str(99 - minute // 10)))
    fed.down(5 * HOUR)
    one, matcher = fed.feeder, venue.another()
    fed.restart()
    for _ in range(6):
        one.tick()
        asked = iter(range(3))
        venue.exchange.match(keep_on=lambda asked=asked: next(asked, None) is not None)
        fed.feeder.tick()
        matcher.match()
    assert [fill.timestamp for fill in venue.all_fills()] == [FULL + minute * MINUTE for minute in range(0, 300, 10)]
    times = [tick.quote.timestamp for tick in venue.store.ticks(BTC, 0, 10_000)]
    assert times == sorted(times)


def test_the_journal_gives_the_same_again(fed: Fed) -> None:
    """With the dates of then and the marks."""
    venue = fed.venue
    venue.exchange.place(order("BUY", "1", "90"))
    venue.clock.time += 10 * MINUTE
    venue.exchange.place(order("SELL", "1", "110"))
    fed.source.lows, fed.source.highs = {30: "89.5"}, {100: "110"}
    fed.down(5 * HOUR)
    assert fed.up() == 2
    venue.check_replay()
    assert any(":fills:" in key for key in venue.dump())


def test_charts_take_the_sources_candles_and_no_ticks_of_theirs(fed: Fed) -> None:
    venue = fed.venue
    builder = CandleBuilder(venue.store, venue.clock)
    builder.run()
    before = venue.store.read_candles([(BTC, ())])[0].record
    fed.source.lows = {30: "50"}
    fed.down(5 * HOUR)
    fed.up()
    builder.run()
    after = venue.store.read_candles([(BTC, ())])[0].record
    assert before.open is not None
    assert after.open is not None
    assert (after.open.time, after.open.low) == (venue.clock.time - venue.clock.time % MINUTE, Decimal(99))
    assert after.lost == 0
    tick = venue.store.market(BTC).tick
    assert tick is not None
    assert after.tick == tick.number


def test_no_equity_is_recorded_at_prices_of_then(fed: Fed) -> None:
    venue = fed.venue
    recorder = EquityRecorder(Overview(venue.exchange))
    assert recorder.run() == 1
    fed.down(5 * HOUR)
    fed.feeder.tick()
    assert recorder.run() == 0
    fed.up()
    assert recorder.run() == 1
