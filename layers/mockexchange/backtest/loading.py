"""Recorded prices of any form, as one History for each market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from ..domain.candles import LENGTHS, in_words
from ..domain.depth import DEFAULT_LEVELS
from ..domain.errors import BadRequest
from ..domain.instruments import Instrument
from ..feed.columns import Kind
from ..feed.raw_streams import RecordedStreams, read_lines
from ..feed.recording import candle_length
from ..feed.rows import Rows
from ..feed.table import Cell
from .building import Market, of_candles, of_rows, of_streams
from .candle_paths import Path
from .checking import Checked, Floats
from .history import History
from .increments import market_of
from .joining import join, known
from .pieces import Piece, pieces_of
from .reading import Moment, Reading, moment, number


def load(
    data: object,
    *,
    symbol: str | None = None,
    timeframe: str | None = None,
    bars: str | None = None,
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
    trades); it never makes longer candles of shorter ones. `bars` chooses too, but only where there are several, one of
    them of this length. `columns` maps our words to unusual names. `spread_bps` lies
    between bid and ask where there is one price only. `volume` is what candles count: the base or the quote asset.
    `path` is the way through a candle, `seed` that of a random one. Rows from `since` to before `until` are taken.
    `instruments` by symbol, or `tick_size` and `step_size`, say what a market is like. `levels` are those of each side
    of a book that raw streams give.

    Raises BadRequest, which says what to do.
    """
    if path not in list(Path):
        raise BadRequest(f"path must be one of {', '.join(Path)}, was {path!r}")
    reading = Reading(
        columns or {},
        number("spread_bps", spread_bps),
        volume,
        Path(path),
        seed,
        None if since is None else moment("since", since),
        None if until is None else moment("until", until),
        instruments or {},
        None if tick_size is None else number("tick_size", tick_size),
        None if step_size is None else number("step_size", step_size),
        levels,
        timeframe,
    )
    markets: dict[str | None, list[Piece]] = {}
    for piece in pieces_of(data, symbol):
        markets.setdefault(_symbol_of(piece, symbol), []).append(piece)
    return [_history(name, _chosen(name, pieces, timeframe, bars), reading) for name, pieces in markets.items()]


def _symbol_of(piece: Piece, symbol: str | None) -> str | None:
    """The market of a piece; None when it is in the rows, if anywhere."""
    if symbol is None or piece.symbol in (None, symbol):
        return symbol or piece.symbol
    raise BadRequest(f"the name of {piece.name} says {piece.symbol} but symbol is {symbol}: change one of them")


def _chosen(symbol: str | None, pieces: list[Piece], timeframe: str | None, bars: str | None) -> list[Piece]:
    there = sorted({str(piece.timeframe) for piece in pieces if piece.timeframe})
    if timeframe is None and len(there) > 1 and bars in there:
        timeframe = bars
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
    checked, found = join(pieces, reading.columns, symbol)
    market = _market(found, checked.rows.prices(), reading, source, [*notices, *checked.rows.notices], checked.rows)
    rows, floats = _cut(checked, reading, source)
    if rows.kind is not Kind.CANDLES:
        return of_rows(market, rows, floats)
    length, notice = _length(checked.rows.times, pieces[0], reading.timeframe)
    if notice:
        market = replace(market, notices=[*market.notices, notice])
    return of_candles(market, rows, floats, length, reading.path, reading.seed)


def _length(times: Sequence[int], piece: Piece, timeframe: str | None) -> tuple[int, str | None]:
    """How long a candle is (ms), as its rows say it; and a word about a name that says something else."""
    said = timeframe or piece.timeframe
    named, length = LENGTHS.get(said or ""), candle_length(times)
    if length is None and named is None:
        raise BadRequest(
            f"{piece.name} has a single candle: how long it lasts cannot be told; it needs two or more, or a timeframe"
        )
    if length is None or named is None or length == named:
        return length or named or 0, None
    really = next((name for name, each in LENGTHS.items() if each == length), f"{length} ms")
    if timeframe:
        raise BadRequest(f"the candles of {piece.name} are {really} long, not {timeframe}")
    return length, f"the name of {piece.name} says {said}; its candles are {really} long"


def _of_streams(
    symbol: str | None, pieces: Sequence[Piece], reading: Reading, source: str, notices: Sequence[str]
) -> History:
    if not all(piece.is_raw_streams for piece in pieces):
        raise BadRequest(f"{pieces[0].name} and {pieces[-1].name} are not of one kind: give one of them")
    lines = list(chain.from_iterable(read_lines(piece.path) for piece in pieces if piece.path))
    name = known(symbol, pieces[0].name)
    try:
        best = RecordedStreams(lines, 1)
        taken = reading.within([best.time(position) for position in range(1, best.last + 1)])
        if taken.stop <= taken.start:
            raise BadRequest(f"{source} has no tick from since to until")
        market = _market(name, [best.prices()], reading, source, notices)
        return of_streams(market, RecordedStreams(lines, reading.levels), best, taken)
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"{source} has a line that is no message of a stream: {error!r}") from error


def _market(
    symbol: str,
    prices: Sequence[Sequence[Cell]],
    reading: Reading,
    source: str,
    notices: Sequence[str],
    rows: Rows | None = None,
) -> Market:
    instrument = market_of(symbol, prices, reading.instruments, reading.tick_size, reading.step_size)
    return Market(source, instrument, reading.terms(instrument), notices, rows.rejected if rows else ())


def _cut(checked: Checked, reading: Reading, source: str) -> tuple[Rows, dict[str, Floats]]:
    rows, taken = checked.rows, reading.within(checked.rows.times)
    if taken.stop <= taken.start:
        first, last = in_words(rows.times[0]), in_words(rows.times[-1])
        raise BadRequest(f"{source} has rows from {first} to {last}: none is from since to until")
    cells: dict[str, Sequence[Cell]] = {name: column[taken] for name, column in rows.cells.items()}
    cut = Rows(rows.kind, rows.times[taken], cells, rows.rejected, rows.notices)
    return cut, {name: column[taken] for name, column in checked.floats.items()}
