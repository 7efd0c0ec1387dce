"""Tapes of many markets at once, on every store."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.domain.candles import MINUTE
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.quotes import PublicTrade, Quote
from mockexchange.ports import FeedTick
from mockexchange.store.memory_market import TAPE_LENGTH
from mockexchange.tapes import (
    PricedMarket,
    Stretch,
    last_quantities,
    newest_trades,
    stretches,
    trades_between,
    trades_from,
)

from .venue import BTC, START, D, Venue

ETH = "ETH/USDT"


def traded(venue: Venue, symbol: str, *trades: tuple[int, int]) -> None:
    """Trades (id, minutes after START), in one tick; each is of so many as its id says."""
    made = tuple(
        PublicTrade(number, D(10), D(number), START + minute * MINUTE, buyer_is_maker=False)
        for number, minute in trades
    )
    quote = Quote(symbol, D(10), D(10), D(10), venue.clock.time)
    venue.store.append(FeedTick(quote, 0, made), "test", venue.clock.time, serves=False)


def market(venue: Venue, symbol: str = BTC) -> PricedMarket:
    tick = venue.exchange.ticks([symbol])[symbol]
    return PricedMarket(tick, default_instrument(symbol))


def test_places_of_a_tape_count_from_either_end(empty_venue: Venue) -> None:
    traded(empty_venue, BTC, (5, 0), (6, 1), (9, 2))
    store = empty_venue.store

    found = store.trades_at([(BTC, 0), (BTC, -1), (BTC, 2), (BTC, 3), (BTC, -4), (ETH, 0), (ETH, -1)])

    assert [trade and trade.trade_id for trade in found] == [5, 9, 9, None, None, None, None]
    assert store.tape_lengths([BTC, ETH]) == [3, 0]
    assert store.trades_at([]) == []
    assert store.tape_lengths([]) == []


def test_stretches_of_markets_with_a_tape_and_without(empty_venue: Venue) -> None:
    traded(empty_venue, BTC, *((10 * number, number) for number in range(1, 8)))
    for minute in range(5):
        empty_venue.clock.time = START + minute * MINUTE
        empty_venue.tick("10", "11", ETH)
    both = [market(empty_venue, BTC), market(empty_venue, ETH)]

    def since(minute: int) -> list[Stretch]:
        return stretches(empty_venue.store, both, START + minute * MINUTE)

    assert since(-5) == [Stretch(10, 70, 7), Stretch(1, 5, 5)]
    assert since(1) == [Stretch(10, 70, 7), Stretch(2, 5, 4)]
    assert since(3) == [Stretch(30, 70, 5), Stretch(4, 5, 2)]
    assert since(4) == [Stretch(40, 70, 4), Stretch(5, 5, 1)]
    assert since(7) == [Stretch(70, 70, 1), Stretch()]
    assert since(8) == [Stretch(), Stretch()]
    assert stretches(empty_venue.store, [], START) == []
    assert last_quantities(empty_venue.store, both) == [70, 500]  # 5,000 USDT, made up


def test_however_many_markets_there_are_it_takes_a_few_round_trips(empty_venue: Venue) -> None:
    symbols = [f"A{number}/USDT" for number in range(20)]
    for number, symbol in enumerate(symbols):
        if number % 2:
            traded(empty_venue, symbol, *((each, each) for each in range(1, 100)))
        else:
            for minute in range(20):
                empty_venue.clock.time = START + minute * MINUTE
                empty_venue.tick("10", "11", symbol)
    markets = [market(empty_venue, symbol) for symbol in symbols]
    calls: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> Any:
            calls.append(name)
            return getattr(empty_venue.store, name)

    counted: Any = Counted()
    found = stretches(counted, markets, START + 10 * MINUTE)

    assert found == [Stretch(10, 99, 90) if number % 2 else Stretch(11, 20, 10) for number in range(20)]
    assert len(calls) <= 18  # 99 places are halved seven times, 20 five times


def test_only_so_much_of_a_tape_is_kept(empty_venue: Venue) -> None:
    traded(empty_venue, BTC, *((number, number) for number in range(1, TAPE_LENGTH + 101)))
    here = market(empty_venue)

    assert stretches(empty_venue.store, [here], START) == [Stretch(101, TAPE_LENGTH + 100, TAPE_LENGTH)]
    assert [each.trade_id for each in trades_from(empty_venue.store, here, 0, 2).trades] == [101, 102]


def test_a_log_that_lost_its_beginning_begins_later(empty_venue: Venue) -> None:
    for minute in range(6):
        empty_venue.clock.time = START + minute * MINUTE
        empty_venue.tick(str(10 + minute), "20")
    empty_venue.trim_log(3)
    here, store = market(empty_venue), empty_venue.store

    def numbers(shown: Any) -> list[int]:
        assert shown.invented
        return [each.trade_id for each in shown.trades]

    assert numbers(newest_trades(store, here, 100)) == [4, 5, 6]
    assert numbers(trades_from(store, here, 1, 2)) == [4, 5]
    assert numbers(trades_from(store, here, 5, 2)) == [5, 6]
    assert numbers(trades_between(store, here, START, None, 10)) == [4, 5, 6]
    assert numbers(trades_between(store, here, None, START + 4 * MINUTE, 1)) == [5]
    assert stretches(store, [here], START) == [Stretch(4, 6, 3)]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_numbers_that_were_left_out_are_no_trades(empty_venue: Venue, limit: int) -> None:
    empty_venue.tick("10", "11")
    quote = empty_venue.quote("12", "13")
    empty_venue.store.append(FeedTick(quote, 0), "test", empty_venue.clock.time, serves=False, floor=40)
    here = market(empty_venue)

    assert [each.trade_id for each in trades_from(empty_venue.store, here, 1, limit).trades] == [1, 41][:limit]
    assert [each.trade_id for each in newest_trades(empty_venue.store, here, limit).trades] == [41]
    assert [each.trade_id for each in trades_between(empty_venue.store, here, START, None, limit).trades] == [1, 41][
        :limit
    ]
