"""What a market shows beside its quote: levels of a book, and a tape. Where the source gives none they are made up from
the quote, and say so: a bot sees prices it can trade at, at sizes that mean nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .amounts import ONE, add, divide, floor_to_step, multiply, subtract
from .instruments import Instrument
from .quotes import Book, PublicTrade, Quote, Tick

Level = tuple[Decimal, Decimal]
"""Price (quote asset) and quantity (base asset)."""

MOST_INVENTED = 100
"""Levels on each side."""

_HALF_BASIS_POINT = Decimal("0.00005")
_HUNDREDTH = Decimal("0.01")
_WORTH = Decimal(1000)
"""Of an invented size, in the market's smallest notionals: 5,000 USDT where orders begin at 5."""


@dataclass(frozen=True, slots=True)
class ShownBook:
    """A book whose best bid and ask are the quote's. `invented`: its levels are made up."""

    book: Book
    invented: bool


def shown_book(quote: Quote, book: Book | None, instrument: Instrument, limit: int) -> ShownBook:
    """At most `limit` levels a side: the source's, with the quote as its first one where the two are not of one moment,
    or a ladder around the quote when there is no book, or one of another price altogether."""
    if book is None or not _belongs(quote.bid, book.bids) or not _belongs(quote.ask, book.asks):
        return ShownBook(_ladder(quote, instrument, min(limit, MOST_INVENTED)), invented=True)
    bid_size, ask_size = shown_sizes(quote, instrument)
    bids = _led_by((quote.bid, bid_size), [each for each in book.bids if each[0] <= quote.bid])
    asks = _led_by((quote.ask, ask_size), [each for each in book.asks if each[0] >= quote.ask])
    return ShownBook(Book(bids[:limit], asks[:limit]), invented=False)


def shown_sizes(quote: Quote, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """What is shown at the bid and at the ask: the quote's sizes, made up where they are unknown."""
    if quote.bid_size and quote.ask_size:
        return quote.bid_size, quote.ask_size
    size = invented_size(quote.last, instrument)
    return quote.bid_size or size, quote.ask_size or size


def _belongs(price: Decimal, levels: Sequence[Level]) -> bool:
    """Whether levels begin within a percent of a price."""
    return bool(levels) and abs(subtract(levels[0][0], price)) <= multiply(price, _HUNDREDTH)


def _led_by(first: Level, levels: Sequence[Level]) -> tuple[Level, ...]:
    if levels and levels[0][0] == first[0]:
        return tuple(levels)
    return (first, *levels)


def _ladder(quote: Quote, instrument: Instrument, levels: int) -> Book:
    """Levels half a basis point apart, or one tick where that is more; each a quarter of the first larger."""
    gap = max(
        floor_to_step(multiply(quote.last, _HALF_BASIS_POINT), instrument.tick_size), _least(instrument.tick_size)
    )
    bid_size, ask_size = shown_sizes(quote, instrument)
    bids: list[Level] = []
    asks: list[Level] = []
    for level in range(levels):
        away = multiply(gap, Decimal(level))
        bid = subtract(quote.bid, away)
        if bid > 0:
            bids.append((bid, _grown(bid_size, level, instrument)))
        asks.append((add(quote.ask, away), _grown(ask_size, level, instrument)))
    return Book(tuple(bids), tuple(asks))


def _grown(size: Decimal, level: int, instrument: Instrument) -> Decimal:
    if not level:
        return size
    grown = multiply(size, add(ONE, multiply(Decimal(level), Decimal("0.25"))))
    return max(floor_to_step(grown, instrument.step_size), _least(instrument.step_size))


def invented_size(price: Decimal, instrument: Instrument) -> Decimal:
    """A believable size at a price: a thousand times what an order must be worth."""
    worth = multiply(instrument.min_notional or ONE, _WORTH)
    return max(floor_to_step(divide(worth, price), instrument.step_size), _least(instrument.step_size))


def _least(step: Decimal) -> Decimal:
    """The smallest step, also where the market names none."""
    return step or Decimal("0.00000001")


def invented_trades(ticks: Sequence[Tick], instrument: Instrument) -> list[PublicTrade]:
    """One trade for each tick but the first, at its last price, or one for the only tick: a buy when the price rose or
    stayed. Trades are numbered as their ticks."""
    moves = list(pairwise(ticks)) or [(tick, tick) for tick in ticks]
    return [
        PublicTrade(
            trade_id=tick.number,
            price=tick.quote.last,
            quantity=invented_size(tick.quote.last, instrument),
            timestamp=tick.quote.timestamp,
            buyer_is_maker=tick.quote.last < before.quote.last,
        )
        for before, tick in moves
    ]
