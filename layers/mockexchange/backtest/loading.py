"""Recorded prices of any form, as one History for each market."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import accumulate, chain
from typing import Any, cast

import numpy as np

from ..domain.amounts import ZERO
from ..domain.candles import LENGTHS, in_words
from ..domain.depth import DEFAULT_LEVELS
from ..domain.errors import BadRequest
from ..domain.instruments import Instrument, split_symbol
from ..feed.columns import Kind, exact, find_columns, milliseconds
from ..feed.raw_streams import RecordedStreams, read_lines
from ..feed.recording import RecordedQuotes, RecordedTrades, Terms, candle_length
from ..feed.rows import Rows
from ..feed.table import Cell
from .candle_paths import CandlePaths, Path, by_chance, closed_up
from .checking import Checked, Floats, Ints, check
from .history import Columns, History, minutes_of
from .increments import market_of
from .pieces import Piece, pieces_of, unified
from .spreads import around

Moment = int | str | datetime
"""ms since the epoch, ISO text, or a datetime; UTC unless it says otherwise."""

_NONE: list[str] = []
_NO_GAPS: list[tuple[int, int]] = []
_NAMED_BY = ("columns", "columns={'time': 't', 'open': 'o'}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How data is read; see load."""

    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    spread_bps: Decimal = ZERO
    volume: str = "base"
    path: Path = Path.DEFAULT
    seed: int = 0
    since: int | None = None
    until: int | None = None
    instruments: Mapping[str, Instrument] = field(default_factory=dict[str, Instrument])
    tick_size: Decimal | None = None
    step_size: Decimal | None = None
    levels: int = DEFAULT_LEVELS

    def __post_init__(self) -> None:
        """Raises BadRequest for a value that makes no sense."""
        if self.volume not in ("base", "quote"):
            raise BadRequest(f"volume must be base or quote, was {self.volume!r}")
        if not 0 <= self.spread_bps < 10_000:
            raise BadRequest(f"spread_bps must be from 0 to below 10000, was {self.spread_bps}")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise BadRequest(f"since must be before until, was {in_words(self.since)} and {in_words(self.until)}")

    def terms(self, instrument: Instrument) -> Terms:
        """What a recording does not say itself."""
        return Terms(
            instrument.symbol,
            instrument.tick_size,
            instrument.step_size,
            self.spread_bps,
            self.volume == "quote",
        )

    def within(self, times: Sequence[int]) -> slice:
        """Which of these (never falling) are from `since` to before `until`."""
        begin = 0 if self.since is None else bisect_left(times, self.since)
        return slice(begin, len(times) if self.until is None else bisect_left(times, self.until))


def load(
    data: object,
    *,
    symbol: str | None = None,
    timeframe: str | None = None,
    columns: Mapping[str, str] | None = None,
    spread_bps: float | str | Decimal = 0,
    volume: str = "base",
    path: str = "default",
    seed: int = 0,
    since: Moment | None = None,
    until: Moment | None = None,
    instruments: Mapping[str, Instrument] | None = None,
    tick_size: float | str | Decimal | None = None,
    step_size: float | str | Decimal | None = None,
    levels: int = DEFAULT_LEVELS,
) -> list[History]:
    """The history of every market in `data`: a file, a folder, a pattern, a data frame, a list of rows as ccxt gives
    candles, a list of files or frames, or a mapping of symbols to these. Files of one market are joined.

    `symbol`: whose prices they are, where no name says it. `timeframe` chooses where there are several ("trades" for
    trades). `columns` maps our words to unusual names. `spread_bps` lies between bid and ask where there is one price
    only. `volume` is what candles count: the base or the quote asset. `path` is the way through a candle, `seed` that
    of a random one. Rows from `since` to before `until` are taken. `instruments` by symbol, or `tick_size` and
    `step_size`, say what a market is like. `levels` are those of each side of a book that raw streams give.

    Raises BadRequest, which says what to do.
    """
    if path not in list(Path):
        raise BadRequest(f"path must be one of {', '.join(Path)}, was {path!r}")
    reading = Reading(
        columns or {},
        _number("spread_bps", spread_bps),
        volume,
        Path(path),
        seed,
        None if since is None else _moment("since", since),
        None if until is None else _moment("until", until),
        instruments or {},
        None if tick_size is None else _number("tick_size", tick_size),
        None if step_size is None else _number("step_size", step_size),
        levels,
    )
    markets: dict[str | None, list[Piece]] = {}
    for piece in pieces_of(data, symbol):
        markets.setdefault(_symbol_of(piece, symbol), []).append(piece)
    return [_history(name, _chosen(name, pieces, timeframe), reading) for name, pieces in markets.items()]


def _symbol_of(piece: Piece, symbol: str | None) -> str | None:
    """The market of a piece; None when it is in the rows, if anywhere."""
    if symbol is None or piece.symbol in (None, symbol):
        return symbol or piece.symbol
    raise BadRequest(f"the name of {piece.name} says {piece.symbol} but symbol is {symbol}: change one of them")


def _chosen(symbol: str | None, pieces: list[Piece], timeframe: str | None) -> list[Piece]:
    there = sorted({str(piece.timeframe) for piece in pieces if piece.timeframe})
    if timeframe is not None and there:
        pieces = [piece for piece in pieces if piece.timeframe == timeframe]
        if not pieces:
            raise BadRequest(f"there is no {timeframe} of {symbol}; there is {', '.join(there)}")
    elif len(there) > 1:
        raise BadRequest(f"{symbol} is there as {', '.join(there)}: choose one, as in timeframe={there[0]!r}")
    return pieces


def _history(symbol: str | None, pieces: list[Piece], reading: Reading) -> History:
    notices = list(dict.fromkeys(note for piece in pieces for note in piece.notes))
    source = f"replay:{pieces[0].name}" + (f"..{pieces[-1].name}" if len(pieces) > 1 else "")
    if any(piece.is_raw_streams for piece in pieces):
        return _of_streams(symbol, pieces, reading, source, notices)
    checked, found = _read(pieces, reading, symbol)
    notices += checked.rows.notices
    rows, floats = _cut(checked, reading, source)
    prices = rows.prices()
    market = market_of(found, prices, reading.instruments, reading.tick_size, reading.step_size)
    terms = reading.terms(market)
    rejected = list(rows.rejected)
    if rows.kind is Kind.CANDLES:
        return _of_candles(rows, floats, market, terms, reading, pieces, source, notices, rejected)
    times = np.array(rows.times, np.int64)
    none = np.full(len(times), np.inf)
    if rows.kind is Kind.QUOTES:
        recording = RecordedQuotes(rows)
        bid, ask, last = floats["bid"], floats["ask"], floats.get("price", floats["bid"])
        low, high, volumes = none, -none, None
    else:
        recording = RecordedTrades(rows)
        last = floats["price"]
        bid, ask = around(last, lambda row: exact(rows.cells["price"][row]), terms)
        low, high, volumes = last, last, floats["quantity"]
    return History(
        *(found, source, rows.kind, None, 1, market, times, bid, ask, last, low, high),
        *(minutes_of(times, last, volumes), notices, rejected, _NO_GAPS.copy()),
        exactly=lambda number: recording.tick(number, terms),
    )


def _of_candles(
    rows: Rows,
    floats: dict[str, Floats],
    market: Instrument,
    terms: Terms,
    reading: Reading,
    pieces: Sequence[Piece],
    source: str,
    notices: list[str],
    rejected: list[str],
) -> History:
    length = candle_length(rows.times) or LENGTHS.get(pieces[0].timeframe or "")
    if length is None:
        raise BadRequest(
            f"{pieces[0].name} has a single candle: how long it lasts cannot be told; it needs two or more"
        )
    opened = np.array(rows.times, np.int64)
    low_first = closed_up(rows, floats)
    if reading.path is Path.RANDOM:
        low_first = by_chance(reading.seed, market.symbol, rows.times)
    legs = 6 if reading.path is Path.PESSIMISTIC else 4
    paths = CandlePaths(rows, length, floats, low_first, legs)
    names = ("open", "high", "low", "close")
    volumes = floats.get("volume", np.zeros(len(opened)))
    if terms.volume_in_quote:
        volumes = volumes / (sum(floats[name] for name in names) * 0.25)
    paths.lay_out(terms, paths.traded(volumes, terms))
    candles = Columns(opened, floats["open"], floats["high"], floats["low"], floats["close"], volumes)
    gaps = _gaps(opened, length, notices)
    return History(
        *(market.symbol, source, Kind.CANDLES, length, legs, market, paths.times, paths.bid, paths.ask, paths.last),
        *(paths.low_trade, paths.high_trade, candles, notices, rejected, gaps),
        exactly=paths.tick,
        paths=paths,
    )


def _gaps(opened: Ints, length: int, notices: list[str]) -> list[tuple[int, int]]:
    """Where candles are missing; nothing takes their place."""
    distances = np.diff(opened)
    after = np.flatnonzero(distances > length)
    gaps = [(int(opened[at]) + length, int(opened[at + 1])) for at in after.tolist()]
    if gaps:
        missing = int((distances[after] // length - 1).sum())
        longest = max(gaps, key=lambda gap: gap[1] - gap[0])
        notices.append(
            f"{missing} candles are missing in {len(gaps)} gaps, the longest from {in_words(longest[0])} to"
            f" {in_words(longest[1])}"
        )
    early = int((distances < length).sum())
    if early:
        notices.append(f"{early} candles begin before the one before is over, which ends there")
    return gaps


def _of_streams(
    symbol: str | None, pieces: Sequence[Piece], reading: Reading, source: str, notices: list[str]
) -> History:
    if not all(piece.is_raw_streams for piece in pieces):
        raise BadRequest(f"{pieces[0].name} and {pieces[-1].name} are not of one kind: give one of them")
    lines = list(chain.from_iterable(read_lines(piece.path) for piece in pieces if piece.path))
    whole = RecordedStreams(lines, reading.levels)
    name = _known(symbol, pieces[0].name)
    market = market_of(name, [whole.prices()], reading.instruments, reading.tick_size, reading.step_size)
    terms = reading.terms(market)
    # The book is built once more for the columns, with its best levels alone.
    best = RecordedStreams(lines, 1)
    taken = reading.within([whole.time(number) for number in range(1, whole.last + 1)])
    ticks = [best.tick(number, terms) for number in range(taken.start + 1, taken.stop + 1)]
    if not ticks:
        raise BadRequest(f"{source} has no tick from since to until")
    quotes = [tick.quote for tick in ticks]
    times = np.array([quote.timestamp for quote in quotes], np.int64)
    bid, ask, last = (np.array([float(getattr(quote, side)) for quote in quotes]) for side in ("bid", "ask", "last"))
    low = np.array([min((float(trade.price) for trade in tick.trades), default=np.inf) for tick in ticks])
    high = np.array([max((float(trade.price) for trade in tick.trades), default=-np.inf) for tick in ticks])
    volumes = np.array([sum(float(trade.quantity) for trade in tick.trades) for tick in ticks])
    return History(
        *(name, source, None, None, 1, market, times, bid, ask, last, low, high),
        *(minutes_of(times, last, volumes), notices, _NONE.copy(), _NO_GAPS.copy()),
        exactly=lambda number: whole.tick(taken.start + number, terms),
    )


def _read(pieces: Sequence[Piece], reading: Reading, symbol: str | None) -> tuple[Checked, str]:
    """The rows of all pieces together, checked, and whose they are."""
    kinds: list[Kind] = []
    tables: list[Mapping[str, Sequence[Cell]]] = []
    rejected: list[str] = []
    several = len(pieces) > 1
    for piece in pieces:
        table = piece.read()
        kind, cells = find_columns(table, reading.columns, piece.name, _NAMED_BY)
        kinds.append(kind)
        tables.append(cells)
        rejected += [f"{piece.name}, {reason}" if several else reason for reason in table.rejected]
    if len(set(kinds)) > 1:
        other = next(at for at, kind in enumerate(kinds) if kind is not kinds[0])
        raise BadRequest(
            f"{pieces[0].name} has {kinds[0]} and {pieces[other].name} {kinds[other]}: give one kind of a market"
        )
    markets = sorted({str(cell) for table in tables for cell in set(table.get("symbol", ()))})
    if len(markets) > 1:
        raise BadRequest(
            f"{pieces[0].name} holds several markets ({', '.join(markets)[:200]}): split it, and give them by symbol"
        )
    said = unified(markets[0]) if markets else None
    if symbol and said and said != symbol:
        raise BadRequest(f"the rows of {pieces[0].name} are of {markets[0]}, not of {symbol}")
    ends = list(accumulate(len(table["time"]) for table in tables))

    def name(index: int) -> str:
        at = next(at for at, end in enumerate(ends) if index < end)
        row = index - (ends[at - 1] if at else 0) + 1
        return f"{pieces[at].name}, row {row}" if several else f"row {row}"

    shared = [each for each in tables[0] if all(each in table for table in tables)]
    joined = {each: _joined([table[each] for table in tables]) for each in shared}
    checked = check(kinds[0], joined, rejected, name)
    if not checked.rows.times:
        reasons = "; ".join(checked.rows.rejected[:3])
        raise BadRequest(f"{pieces[0].name} has no row that can be used{': ' if reasons else ''}{reasons}")
    return checked, _known(symbol or said, pieces[0].name)


def _joined(columns: Sequence[Sequence[Cell]]) -> Sequence[Cell]:
    if len(columns) == 1:
        return columns[0]
    if all(isinstance(column, array) for column in columns):
        arrays = [cast("array[Any]", column) for column in columns]
        if len({each.typecode for each in arrays}) == 1:
            return cast("Sequence[Cell]", array(arrays[0].typecode, b"".join(each.tobytes() for each in arrays)))
    return list(chain.from_iterable(columns))


def _cut(checked: Checked, reading: Reading, source: str) -> tuple[Rows, dict[str, Floats]]:
    rows, taken = checked.rows, reading.within(checked.rows.times)
    if taken.stop <= taken.start:
        first, last = in_words(rows.times[0]), in_words(rows.times[-1])
        raise BadRequest(f"{source} has rows from {first} to {last}: none is from since to until")
    cells: dict[str, Sequence[Cell]] = {name: column[taken] for name, column in rows.cells.items()}
    cut = Rows(rows.kind, rows.times[taken], cells, rows.rejected, rows.notices)
    return cut, {name: column[taken] for name, column in checked.floats.items()}


def _known(symbol: str | None, name: str) -> str:
    if symbol is None:
        raise BadRequest(
            f"whose prices are in {name}? Say symbol='BTC/USDT', give them by symbol, or name a file like"
            " BTC_USDT-1m.csv"
        )
    split_symbol(symbol)
    return symbol


def _number(name: str, value: float | str | Decimal) -> Decimal:
    try:
        return exact(value)
    except ValueError as reason:
        raise BadRequest(f"{name}: {reason}") from None


def _moment(name: str, value: Moment) -> int:
    try:
        return milliseconds(value.isoformat() if isinstance(value, datetime) else value)
    except ValueError as reason:
        raise BadRequest(f"{name}: {reason}; write it like 2024-01-31 or 2024-01-31T12:00:00Z") from None
