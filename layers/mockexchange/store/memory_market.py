"""Market data in memory. See ports.MarketData."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..domain.instruments import Instrument
from ..domain.mailbox import MAILBOX_FIELDS
from ..domain.quotes import Book, PublicTrade, Quote, Tick
from ..ports import FeedState, FeedTick, Mailbox, MarketView, Outage, logged_book
from . import records
from .memory_candles import MemoryCandles

TAPE_LENGTH = 1000


@dataclass(slots=True)
class _Feed:
    """One symbol's prices. `contents` is what the mailbox holds, `looked_at` what was taken from it last."""

    log: list[Tick] = field(default_factory=list[Tick])
    number: int = 0
    owner: str | None = None
    positions: dict[str, int] = field(default_factory=dict[str, int])
    contents: Mapping[str, str] | None = None
    looked_at: Mapping[str, str] | None = None
    rejected: int = 0
    foreign: int = 0
    foreign_tick: int = 0
    book: Book | None = None
    tape: list[PublicTrade] = field(default_factory=list[PublicTrade])


class MemoryMarketData(MemoryCandles):
    """Prices in memory. `log_length` bounds each symbol's tick log; its ticks keep so many `levels` of each side of a
    book."""

    def __init__(self, log_length: int = 10_000, levels: int = 0) -> None:
        super().__init__()
        self._log_length = log_length
        self._levels = levels
        self._feeds: dict[str, _Feed] = defaultdict(_Feed)
        self._instruments: dict[str, Instrument] = {}
        self._market_time: int | None = None
        self._feed_state: FeedState | None = None
        self._outage: Outage | None = None

    def append(
        self,
        tick: FeedTick,
        source: str,
        logged_at: int,
        *,
        serves: bool,
        floor: int = 0,
        after: int | None = None,
    ) -> int | None:
        """See ports.MarketData.append."""
        feed = self._feeds[tick.quote.symbol]
        if after is not None and feed.number != after:
            return None
        overwritten = feed.owner is not None and feed.contents is not None and feed.contents != feed.looked_at
        if serves:
            if tick.position <= feed.positions.get(source, -1):
                return None
            feed.positions[source] = tick.position
            feed.owner = source
        if tick.book:
            feed.book = tick.book
        feed.tape = [*feed.tape, *tick.trades][-TAPE_LENGTH:]
        # Our own write fills the hash as well, so a foreign quote that was still unread is overwritten.
        feed.contents = feed.looked_at = None
        book = logged_book(tick, self._levels)
        number = self._log(feed, tick.quote, tick.source(source), logged_at, tick.trades, floor, book)
        if overwritten:
            feed.foreign += 1
            feed.foreign_tick = number
        return number

    def append_all(self, ticks: Sequence[tuple[FeedTick, int]], source: str) -> list[int | None]:
        """See ports.MarketData.append_all."""
        return [self.append(tick, source, logged_at, serves=True) for tick, logged_at in ticks]

    def _log(
        self,
        feed: _Feed,
        quote: Quote,
        source: str,
        logged_at: int,
        trades: tuple[PublicTrade, ...],
        floor: int,
        book: Book | None = None,
    ) -> int:
        feed.number = max(feed.number, floor) + 1
        feed.log.append(Tick(feed.number, quote, source, logged_at, trades, book))
        del feed.log[: -self._log_length]
        return feed.number

    def write_mailbox(self, symbol: str, fields: Mapping[str, str]) -> None:
        """What a foreign feeder does with HSET: merge fields into the symbol's hash."""
        feed = self._feeds[symbol]
        if feed.contents is None and feed.log:
            # The last append of ours filled the hash; it is written out only when somebody else writes to it.
            feed.contents = feed.looked_at = records.write_mailbox(feed.log[-1].quote)
        merged = {**(feed.contents or {}), **fields}
        feed.contents = {name: merged[name] for name in MAILBOX_FIELDS if merged.get(name)}

    def adopt(self, mailbox: Mailbox, quote: Quote | None, logged_at: int) -> int | None:
        """See ports.MarketData.adopt."""
        feed = self._feeds[mailbox.symbol]
        if feed.contents != mailbox.fields or feed.looked_at == mailbox.fields:
            return None
        feed.looked_at = mailbox.fields
        if quote is None:
            feed.rejected += 1
            return None
        return self._log(feed, quote, "external", logged_at, (), 0)

    def market(self, symbol: str) -> MarketView:
        """See ports.MarketData.market."""
        seen = self._seen(symbol)  # first, as in Valkey: read after the tick it could be ahead of it
        feed = self._feeds[symbol]
        fresh = feed.owner is None and feed.contents is not None and feed.contents != feed.looked_at
        return MarketView(
            tick=feed.log[-1] if feed.log else None,
            instrument=self._instruments.get(symbol),
            mailbox=Mailbox(symbol, feed.contents) if fresh and feed.contents else None,
            seen=seen,
            market_time=self._market_time,
        )

    def _seen(self, symbol: str) -> int:
        """The venue's cursor; market data alone has none."""
        del symbol
        return 0

    def markets(self, symbols: Sequence[str]) -> list[MarketView]:
        """See ports.MarketData.markets."""
        return [self.market(symbol) for symbol in symbols]

    def instruments(self) -> list[Instrument]:
        """See ports.MarketData.instruments."""
        return [self._instruments[symbol] for symbol in sorted(self._instruments)]

    def market_symbols(self) -> list[str]:
        """See ports.MarketData.market_symbols."""
        return sorted(self._instruments)

    def put_instruments(self, instruments: Iterable[Instrument], *, replace: bool) -> None:
        """See ports.MarketData.put_instruments."""
        for instrument in instruments:
            if replace or instrument.symbol not in self._instruments:
                self._instruments[instrument.symbol] = instrument

    def ticks(self, symbol: str, after: int, limit: int) -> list[Tick]:
        """See ports.MarketData.ticks."""
        log = self._feeds[symbol].log
        # Numbers count up by one except where a log was continued above a venue's cursor, so search from the end.
        start = len(log)
        while start and log[start - 1].number > after:
            start -= 1
        return log[start : start + limit]

    def ticks_after(self, wanted: Sequence[tuple[str, int]], limit: int) -> list[list[Tick]]:
        """See ports.MarketData.ticks_after."""
        return [self.ticks(symbol, after, limit) for symbol, after in wanted]

    def book(self, symbol: str) -> Book | None:
        """See ports.MarketData.book."""
        return self._feeds[symbol].book

    def public_trades(self, symbol: str, limit: int) -> list[PublicTrade]:
        """See ports.MarketData.public_trades."""
        return self._feeds[symbol].tape[-limit:]

    def tape_lengths(self, symbols: Sequence[str]) -> list[int]:
        """See ports.MarketData.tape_lengths."""
        return [len(self._feeds[symbol].tape) for symbol in symbols]

    def trades_at(self, places: Sequence[tuple[str, int]]) -> list[PublicTrade | None]:
        """See ports.MarketData.trades_at."""
        tapes = ((self._feeds[symbol].tape, place) for symbol, place in places)
        return [tape[place] if -len(tape) <= place < len(tape) else None for tape, place in tapes]

    def market_time(self) -> int | None:
        """See ports.MarketData.market_time."""
        return self._market_time

    def set_market_time(self, now: int) -> None:
        """See ports.MarketData.set_market_time."""
        self._market_time = max(now, self._market_time or 0)

    def feed_state(self) -> FeedState | None:
        """See ports.MarketData.feed_state."""
        return self._feed_state

    def put_feed_state(self, state: FeedState) -> None:
        """See ports.MarketData.put_feed_state."""
        self._feed_state = state

    def begin_feed(self, state: FeedState) -> FeedState:
        """See ports.MarketData.begin_feed."""
        self._feed_state = self._feed_state or state
        return self._feed_state

    def forget_feed(self) -> None:
        """See ports.MarketData.forget_feed."""
        for symbol in self._instruments:
            feed = self._feeds[symbol]
            feed.log.clear()
            feed.positions.clear()
            feed.owner = feed.book = None
            feed.tape = []
        self._feed_state = self._outage = self._market_time = None

    def outage(self) -> Outage | None:
        """See ports.MarketData.outage."""
        return self._outage

    def put_outage(self, outage: Outage | None) -> None:
        """See ports.MarketData.put_outage."""
        self._outage = outage

    def rejected_quotes(self, symbol: str) -> int:
        """See ports.MarketData.rejected_quotes."""
        return self._feeds[symbol].rejected
