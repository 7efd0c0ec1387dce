"""`replay:<file>`: recorded candles, quotes, trades or raw streams, at their own pace or faster.

A replay drives the venue's clock: venue time is the time of the last tick given. Between polls the state holds the
replay's own time (`market`), which runs `speed` times as fast as the wall clock from `wall` on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from ..domain.amounts import ONE, ZERO, decimal_places
from ..domain.depth import DEFAULT_LEVELS
from ..domain.errors import BadRequest
from ..domain.instruments import Instrument, default_instrument, is_known, split_symbol
from ..domain.patterns import is_pattern
from ..ports import FeedBatch, FeedState, FeedTick
from .columns import Kind, exact, find_columns
from .raw_streams import RecordedStreams, is_raw_streams, read_lines
from .recording import RecordedCandles, RecordedQuotes, RecordedTrades, Recording, Terms, candle_length
from .rows import Rows, clean
from .table import Cell, read_table

_log = logging.getLogger(__name__)

_MOST_INTERVALS = 5
"""Intervals' worth of prices that one poll gives at most: after downtime a replay goes on where it was, and a feeder
that is a little late catches up."""

MOST_PLACES = 12
"""Finest tick size taken from a file, in decimal places: beyond it stand the remains of somebody's float arithmetic."""

NAME = re.compile(r"([A-Z0-9]{1,20})_([A-Z0-9]{1,20})(?=[-.]|$)")
"""BTC_USDT-1m-202201.csv.gz"""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a file is read and how fast it runs. `interval` is the time between two polls in ms, `most_ticks` what one
    poll gives at most; `levels` are those of a book that raw streams give, of each side; `columns` maps our words for
    columns to the file's; `volume` is base or quote."""

    speed: float = 1
    interval: int = 2_000
    spread_bps: Decimal = ZERO
    volume: str = "base"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    most_ticks: int = 2_500
    levels: int = DEFAULT_LEVELS

    def __post_init__(self) -> None:
        """Raises BadRequest for a value that makes no sense."""
        if not 0 < self.speed < float("inf"):
            raise BadRequest(f"the speed of a replay must be greater than 0, was {self.speed}")
        if self.volume not in ("base", "quote"):
            raise BadRequest(f"REPLAY_VOLUME must be base or quote, was {self.volume!r}")
        if not 0 <= self.spread_bps < 10_000:
            raise BadRequest(f"REPLAY_SPREAD_BPS must be from 0 to below 10000, was {self.spread_bps}")
        if self.interval < 1 or self.most_ticks < 1:
            raise BadRequest(f"interval and most_ticks must be at least 1, were {self.interval} and {self.most_ticks}")


class ReplaySource:
    """One recorded file. It is read once, when the source is made.

    Raises BadRequest, which says what to do, for a file that cannot be replayed.
    """

    def __init__(self, path: Path, symbol: str, options: ReplayOptions) -> None:
        self._file = path.name
        self._options = options
        self._recording: Recording
        if is_raw_streams(path):
            rejected, notices = list[str](), list[str]()
            streams = self._recording = RecordedStreams(read_lines(path), options.levels)
            self._instrument = instrument_of(symbol, [streams.prices()])
        else:
            rows = _read_rows(path, options.columns)
            rejected, notices = list(rows.rejected), list(rows.notices)
            self._recording = _recording(rows, path.name)
            self._instrument = instrument_of(symbol, rows.prices())
        self._rejected = [f"{path.name}, {reason}" for reason in rejected]
        self._terms = Terms(
            symbol,
            self._instrument.tick_size,
            self._instrument.step_size,
            options.spread_bps,
            options.volume == "quote",
        )
        for notice in [*notices, *(f"dropped {reason}" for reason in rejected)]:
            _log.warning("replay of %s: %s", self._file, notice)

    @property
    def name(self) -> str:
        """`replay:<file name>`: a file that has moved is still the same source."""
        return f"replay:{self._file}"

    def instruments(self) -> Sequence[Instrument]:
        """The one market of the file."""
        return [self._instrument]

    def start(self, now: int) -> FeedState:
        """At the first row, which the first poll gives at once."""
        return FeedState(self.name, wall=now, market=self._recording.time(1))

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """The ticks that the replay's clock has reached. Raises BadRequest when the file is shorter than it was."""
        recording, position = self._recording, state.position
        if position > recording.last:
            raise BadRequest(
                f"the replay stands at tick {position} but {self._file} has {recording.last}: the file has changed;"
                " put the old one back, or reset"
            )
        market, wall = self._advance(state, now)
        ticks: list[FeedTick] = []
        while position < recording.last and recording.time(position + 1) <= market:
            if len(ticks) == self._options.most_ticks:
                market = recording.time(position)  # the clock waits for what this poll could not hold
                break
            position += 1
            ticks.append(recording.tick(position, self._terms))
        finished = position == recording.last
        if finished and not state.finished:
            _log.warning("replay of %s: the end of the recording is reached, its last price stays", self._file)
        after = state if state.finished else FeedState(self.name, wall, market, position, finished)
        return FeedBatch(
            ticks,
            after,
            # Also without a tick: a feeder may have died between appending one and moving the venue's clock.
            market_time=recording.time(position) if position else None,
            rejected=() if state.position else self._rejected,
        )

    def _advance(self, state: FeedState, now: int) -> tuple[int, int]:
        """The replay's time and the wall time it belongs to, both in ms."""
        longest = _MOST_INTERVALS * self._options.interval
        elapsed = now - state.wall
        if not -longest <= elapsed <= longest:
            # Downtime, or a wall clock that was set back: the anchor moves, the replay does not jump.
            return state.market + int(max(0, min(elapsed, longest)) * self._options.speed), now
        # Another feeder's clock may be a little ahead: its anchor stands until ours gets there.
        gained = max(0, elapsed) * self._options.speed
        whole = int(gained)
        # What is less than a millisecond of the replay stays with the wall, or a slow replay would never move at all.
        return state.market + whole, max(now, state.wall) - int((gained - whole) / self._options.speed)


def replay_symbol(path: Path, symbols: Sequence[str]) -> str:
    """The symbol of a recording: from the file's name (BTC_USDT-1m.csv), or the only one in SYMBOLS.

    Raises BadRequest when neither names one, or each another.
    """
    found = NAME.match(path.name)
    named = f"{found[1]}/{found[2]}" if found else None
    only = symbols[0] if len(set(symbols)) == 1 and not is_pattern(symbols[0]) else None
    if named and only and named != only:
        raise BadRequest(
            f"the name of {path.name} says {named} but SYMBOLS says {only}: change SYMBOLS, or the file's name"
        )
    symbol = named or only
    if symbol is None:
        raise BadRequest(
            f"whose prices are in {path.name}? Name the file like BTC_USDT-1m.csv, or name one symbol, as in"
            " SYMBOLS=BTC/USDT"
        )
    split_symbol(symbol)
    return symbol


def _read_rows(path: Path, columns: Mapping[str, str]) -> Rows:
    table = read_table(path)
    kind, cells = find_columns(table, columns, path.name)
    markets = sorted({str(cell) for cell in cells.get("symbol", ())})
    if len(markets) > 1:
        raise BadRequest(f"{path.name} holds several markets ({', '.join(markets)[:200]}): split it by market")
    rows = clean(kind, cells, table.rejected)
    if not rows.times:
        reasons = "; ".join(rows.rejected[:3])
        raise BadRequest(f"{path.name} has no row that can be replayed{': ' if reasons else ''}{reasons}")
    return rows


def _recording(rows: Rows, file: str) -> Recording:
    match rows.kind:
        case Kind.CANDLES:
            length = candle_length(rows.times)
            if length is None:
                raise BadRequest(f"{file} has a single candle: how long it lasts cannot be told; it needs two or more")
            return RecordedCandles(rows, length)
        case Kind.QUOTES:
            return RecordedQuotes(rows)
        case Kind.TRADES:
            return RecordedTrades(rows)


def _places(column: Sequence[Cell]) -> int:
    """How many decimal places the numbers of a column have at most."""
    return max(decimal_places(exact(cell)) for cell in column)


def instrument_of(
    symbol: str, prices: Sequence[Sequence[Cell]], places_of: Callable[[Sequence[Cell]], int] = _places
) -> Instrument:
    """A market that the recorded prices fit, unless the symbol has increments of its own."""
    default = default_instrument(symbol, exact(prices[0][0]))
    if is_known(symbol):
        return default
    tick = min(default.tick_size, ONE.scaleb(-min(MOST_PLACES, max(map(places_of, prices)))))
    return replace(default, tick_size=tick, min_price=tick)
