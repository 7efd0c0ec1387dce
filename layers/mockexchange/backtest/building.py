"""Rows and streams laid out as a History."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..domain.candle_path import LEGS
from ..domain.candles import in_words
from ..domain.instruments import Instrument
from ..feed.columns import Kind, exact
from ..feed.raw_streams import RecordedStreams
from ..feed.recording import RecordedQuotes, RecordedTrades, Terms
from ..feed.rows import Rows
from ..ports import FeedTick
from .candle_paths import CandlePaths, Path, by_chance, closed_up
from .checking import Floats, Ints
from .history import Columns, History, minutes_of
from .spreads import around


@dataclass(frozen=True, slots=True)
class Market:
    """Whose prices are laid out, where they come from, and what has been said about them."""

    source: str
    instrument: Instrument
    terms: Terms
    notices: Sequence[str] = ()
    rejected: Sequence[str] = ()


def of_rows(market: Market, rows: Rows, floats: Mapping[str, Floats]) -> History:
    """Quotes or trades: a tick for each."""
    terms, times = market.terms, np.array(rows.times, np.int64)
    volumes: Floats | None = None
    if rows.kind is Kind.QUOTES:
        recording = RecordedQuotes(rows)
        bid, ask, last = floats["bid"], floats["ask"], floats.get("price", floats["bid"])
        low, high = np.full(len(times), np.inf), np.full(len(times), -np.inf)
    else:
        recording = RecordedTrades(rows)
        last = low = high = floats["price"]
        bid, ask = around(last, lambda row: exact(rows.cells["price"][row]), terms)
        volumes = floats["quantity"]
    return _of_ticks(
        market, rows.kind, times, (bid, ask, last), (low, high, volumes), lambda number: recording.tick(number, terms)
    )


def of_candles(market: Market, rows: Rows, floats: Mapping[str, Floats], length: int, path: Path, seed: int) -> History:
    """Candles of `length` (ms): four ticks for each, six for a pessimist."""
    terms, opened = market.terms, np.array(rows.times, np.int64)
    low_first = by_chance(seed, terms.symbol, rows.times) if path is Path.RANDOM else closed_up(rows, floats)
    legs = 6 if path is Path.PESSIMISTIC else LEGS
    opens, high, low, close = (floats[name] for name in ("open", "high", "low", "close"))
    volumes = floats.get("volume", np.zeros(len(opened)))
    if terms.volume_in_quote:
        volumes = volumes / ((opens + high + low + close) * 0.25)
    paths = CandlePaths(rows, length, terms, floats, volumes, low_first, legs)
    gaps, notices = _gaps(opened, length)
    return History(
        symbol=terms.symbol,
        source=market.source,
        kind=rows.kind,
        length=length,
        legs=legs,
        instrument=market.instrument,
        times=paths.times,
        bid=paths.bid,
        ask=paths.ask,
        last=paths.last,
        low_trade=paths.low_trade,
        high_trade=paths.high_trade,
        candles=Columns(opened, opens, high, low, close, volumes),
        notices=[*market.notices, *notices],
        rejected=list(market.rejected),
        gaps=gaps,
        exactly=paths.tick,
        paths=paths,
    )


def of_streams(market: Market, whole: RecordedStreams, best: RecordedStreams, numbers: slice) -> History:
    """Raw streams: a tick for each message. `numbers` are those that are taken, counting from 0; `best` is the same
    recording with the best levels alone, of which the columns are made."""
    terms = market.terms
    ticks = [best.tick(number, terms) for number in range(numbers.start + 1, numbers.stop + 1)]
    quotes = [tick.quote for tick in ticks]
    times = np.array([quote.timestamp for quote in quotes], np.int64)
    bid, ask, last = (np.array([float(getattr(quote, side)) for quote in quotes]) for side in ("bid", "ask", "last"))
    low = np.array([min((float(trade.price) for trade in tick.trades), default=np.inf) for tick in ticks])
    high = np.array([max((float(trade.price) for trade in tick.trades), default=-np.inf) for tick in ticks])
    volumes = np.array([sum(float(trade.quantity) for trade in tick.trades) for tick in ticks])
    lost = (
        [f"updates of the book are missing {counted(best.gaps, 'time')}; what they said is not in it"]
        if best.gaps
        else []
    )

    def exactly(number: int) -> FeedTick:
        return whole.tick(numbers.start + number, terms)

    return _of_ticks(market, None, times, (bid, ask, last), (low, high, volumes), exactly, lost)


def _of_ticks(
    market: Market,
    kind: Kind | None,
    times: Ints,
    prices: tuple[Floats, Floats, Floats],
    trades: tuple[Floats, Floats, Floats | None],
    exactly: Callable[[int], FeedTick],
    notices: Sequence[str] = (),
) -> History:
    """A history of which each tick stands for itself. `prices`: bid, ask, last; `trades`: lowest, highest, how much."""
    bid, ask, last = prices
    low, high, volumes = trades
    return History(
        symbol=market.terms.symbol,
        source=market.source,
        kind=kind,
        length=None,
        legs=1,
        instrument=market.instrument,
        times=times,
        bid=bid,
        ask=ask,
        last=last,
        low_trade=low,
        high_trade=high,
        candles=minutes_of(times, last, volumes),
        notices=[*market.notices, *notices],
        rejected=list(market.rejected),
        exactly=exactly,
        traded=volumes,
    )


def _gaps(opened: Ints, length: int) -> tuple[list[tuple[int, int]], list[str]]:
    """Where candles are missing, and words about it; nothing takes their place."""
    notices: list[str] = []
    distances = np.diff(opened)
    after = np.flatnonzero(distances > length)
    gaps = [(int(opened[at]) + length, int(opened[at + 1])) for at in after.tolist()]
    if gaps:
        missing = int((-(-distances[after] // length) - 1).sum())  # also of one there is only a part of
        longest = max(gaps, key=lambda gap: gap[1] - gap[0])
        begin, end = map(in_words, longest)
        there = f"{counted(missing, 'candle')} missing, in {counted(len(gaps), 'gap')}"
        notices.append(f"{there}, the longest from {begin} to {end}")
    early = int((distances < length).sum())
    if early:
        notices.append(f"begun before the one before was over, which ends there: {counted(early, 'candle')}")
    return gaps, notices


def counted(number: int, what: str) -> str:
    """`1 gap`, `2 gaps`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
