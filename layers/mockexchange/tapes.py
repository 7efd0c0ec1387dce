"""The public tape of a market for whoever asks: the source's trades, or one for each price where it gives none.

Made-up trades carry the numbers of their ticks. Only so much of a tape is kept: what is older is not there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .domain.instruments import Instrument
from .domain.quotes import PublicTrade, Tick
from .domain.showing import invented_trades
from .ports import MarketData

_ALL = 1_000_000
"""More trades than any tape holds."""


@dataclass(frozen=True, slots=True)
class ShownTape:
    """Some of a tape, oldest first. `invented`: they are made up from the prices."""

    trades: list[PublicTrade]
    invented: bool


@dataclass(frozen=True, slots=True)
class PricedMarket:
    """A market that has had a price; `tick` is its newest one."""

    tick: Tick
    instrument: Instrument

    @property
    def symbol(self) -> str:
        """Like BTC/USDT."""
        return self.tick.quote.symbol


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the tape holds of a stretch of time that ends now: the ids at its ends, and how many trades there are. -1
    stands for no trade."""

    first_id: int = -1
    last_id: int = -1
    count: int = 0


def newest_trades(store: MarketData, market: PricedMarket, limit: int) -> ShownTape:
    """The newest trades."""
    tape = store.public_trades(market.symbol, limit)
    if tape:
        return ShownTape(tape, market.tick.is_made_up)
    return _of_ticks(store, market, market.tick.number - limit + 1, limit)


def trades_from(store: MarketData, market: PricedMarket, first_id: int, limit: int) -> ShownTape:
    """The oldest trades whose id is at least `first_id`."""
    tape = store.public_trades(market.symbol, _ALL)
    if tape:
        return ShownTape([trade for trade in tape if trade.trade_id >= first_id][:limit], market.tick.is_made_up)
    return _of_ticks(store, market, first_id, limit)


def trades_between(
    store: MarketData, market: PricedMarket, since: int | None, until: int | None, limit: int
) -> ShownTape:
    """Trades from `since` to `until` (ms, both included): the oldest ones, or, without `since`, the newest."""
    symbol = market.symbol
    tape = store.public_trades(symbol, _ALL)
    if tape:
        found, invented = tape, market.tick.is_made_up
    else:

        def time_of(number: int) -> int:
            page = store.ticks(symbol, number - 1, 1)
            return page[0].quote.timestamp if page else market.tick.quote.timestamp

        oldest = store.ticks(symbol, 0, 1)
        numbers = range(oldest[0].number if oldest else market.tick.number, market.tick.number + 1)
        if since is not None:
            first = numbers.start + bisect_left(numbers, since, key=time_of)
        else:
            end = len(numbers) if until is None else bisect_right(numbers, until, key=time_of)
            first = numbers.start + end - limit
        shown = _of_ticks(store, market, first, limit)
        found, invented = shown.trades, True
    found = [
        trade
        for trade in found
        if (since is None or trade.timestamp >= since) and (until is None or trade.timestamp <= until)
    ]
    return ShownTape(found[-limit:] if since is None else found[:limit], invented)


def _of_ticks(store: MarketData, market: PricedMarket, first: int, limit: int) -> ShownTape:
    """One trade for each tick from number `first` on; the very first tick of the log has one too."""
    ticks = store.ticks(market.symbol, max(0, first - 2), limit + 1)
    if ticks and ticks[0].number >= first:
        ticks = [ticks[0], *ticks]
    return ShownTape(invented_trades(ticks, market.instrument)[:limit] if len(ticks) > 1 else [], invented=True)


def last_quantities(store: MarketData, markets: Sequence[PricedMarket]) -> list[Decimal]:
    """The quantity of each market's newest trade, in one round trip."""
    newest = store.trades_at([(market.symbol, -1) for market in markets])
    return [
        trade.quantity if trade else invented_trades([market.tick], market.instrument)[0].quantity
        for market, trade in zip(markets, newest, strict=True)
    ]


def stretches(store: MarketData, markets: Sequence[PricedMarket], begin: int) -> list[Stretch]:
    """What each tape holds from `begin` (ms) on. However many markets there are, this takes a few round trips."""
    lengths = store.tape_lengths([market.symbol for market in markets])
    taped = [(market.symbol, length) for market, length in zip(markets, lengths, strict=True) if length]
    ticked = [market for market, length in zip(markets, lengths, strict=True) if not length]
    found = {**_of_tapes(store, taped, begin), **_of_logs(store, ticked, begin)}
    return [found[market.symbol] for market in markets]


def _of_tapes(store: MarketData, tapes: Sequence[tuple[str, int]], begin: int) -> dict[str, Stretch]:
    def times(places: Sequence[tuple[str, int]]) -> list[int | None]:
        return [trade.timestamp if trade else None for trade in store.trades_at(places)]

    places = _first_since(begin, {symbol: (0, length) for symbol, length in tapes}, times)
    ends = store.trades_at([(symbol, place) for symbol, _ in tapes for place in (places[symbol], -1)])
    found: dict[str, Stretch] = {}
    for number, (symbol, length) in enumerate(tapes):
        first, last = ends[2 * number], ends[2 * number + 1]
        found[symbol] = Stretch()
        if first and last and places[symbol] < length:
            found[symbol] = Stretch(first.trade_id, last.trade_id, length - places[symbol])
    return found


def _of_logs(store: MarketData, markets: Sequence[PricedMarket], begin: int) -> dict[str, Stretch]:
    def times(numbers: Sequence[tuple[str, int]]) -> list[int | None]:
        pages = store.ticks_after([(symbol, number - 1) for symbol, number in numbers], 1)
        return [page[0].quote.timestamp if page else None for page in pages]

    oldest = store.ticks_after([(market.symbol, 0) for market in markets], 1)
    ranges = {
        market.symbol: (page[0].number if page else market.tick.number, market.tick.number + 1)
        for market, page in zip(markets, oldest, strict=True)
    }
    numbers = _first_since(begin, ranges, times)
    found: dict[str, Stretch] = {}
    for market in markets:
        first, last = numbers[market.symbol], market.tick.number
        found[market.symbol] = Stretch(first, last, last - first + 1) if first <= last else Stretch()
    return found


def _first_since(
    begin: int,
    ranges: Mapping[str, tuple[int, int]],
    times: Callable[[Sequence[tuple[str, int]]], list[int | None]],
) -> dict[str, int]:
    """For each symbol the first place of its range that is of `begin` (ms) or later, the end of the range when there is
    none. `times` says when some places were; None: before all others. The oldest place is looked at first, for mostly
    it is the one."""
    low = {symbol: start for symbol, (start, _) in ranges.items()}
    high = {symbol: end for symbol, (_, end) in ranges.items()}
    looked_at = dict(low)
    while asked := [(symbol, place) for symbol, place in looked_at.items() if low[symbol] < high[symbol]]:
        for (symbol, place), time in zip(asked, times(asked), strict=True):
            if time is None or time < begin:
                low[symbol] = place + 1
            else:
                high[symbol] = place
            looked_at[symbol] = (low[symbol] + high[symbol]) // 2
    return low
