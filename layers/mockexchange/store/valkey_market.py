"""Market data in Valkey. See ports.MarketData and the key schema in keys.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..domain.errors import ExchangeNotAvailable
from ..domain.instruments import Instrument
from ..domain.mailbox import MAILBOX_FIELDS
from ..domain.quotes import Book, PublicTrade, Quote, Tick
from ..ports import FeedState, FeedTick, Mailbox, MarketView, Outage, logged_book
from . import keys, records
from .valkey_candles import ValkeyCandles
from .valkey_connection import Argument, Command, Connection, Script

TAPE_LENGTH = 1000

PIPELINE = 100
"""Ticks that are logged in one round trip: a few ms of the server's time."""

_APPEND = Script("append")
_ADOPT = Script("adopt")
_LOOK = Script("look")
_RAISE = Script("raise")


class ValkeyMarketData(ValkeyCandles):
    """Prices in Valkey. `log_length` bounds each symbol's tick log; its ticks keep so many `levels` of each side of a
    book."""

    def __init__(self, connection: Connection, log_length: int = 10_000, levels: int = 0) -> None:
        super().__init__(connection)
        self._log_length = log_length
        self._levels = levels
        # Decoding by content: an instrument is read with every order and changes almost never.
        self._instruments: dict[bytes, Instrument] = {}

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
        names, arguments = self._append_call(tick, source, logged_at, serves=serves, floor=floor, after=after)
        return self.connection.script(_APPEND, names, [*arguments, ""]) or None

    def append_all(self, ticks: Sequence[tuple[FeedTick, int]], source: str) -> list[int | None]:
        """See ports.MarketData.append_all. Positions make the script safe to send twice, so many go in one pipeline;
        after a lost connection those that had arrived answer that they are not newer."""
        numbers: list[int | None] = []
        # Each quote names the one of its symbol before it: where that is missing (the server was still loading, or did
        # not know the script yet, and then did), none that comes after it is logged, so that all can be sent again.
        last: dict[str, int] = {}
        for start in range(0, len(ticks), PIPELINE):
            calls: list[tuple[list[str], list[Argument]]] = []
            for tick, at in ticks[start : start + PIPELINE]:
                names, arguments = self._append_call(tick, source, at, serves=True)
                calls.append((names, [*arguments, last.get(tick.quote.symbol, "")]))
                last[tick.quote.symbol] = tick.position
            answers = self.connection.pipe([_APPEND.command(names, *arguments) for names, arguments in calls])
            if -1 in answers:
                raise ExchangeNotAvailable("the prices before these are missing; they are given again")
            numbers += [number or None for number in answers]
        return numbers

    def _append_call(
        self,
        tick: FeedTick,
        source: str,
        logged_at: int,
        *,
        serves: bool,
        floor: int = 0,
        after: int | None = None,
    ) -> tuple[list[str], list[Argument]]:
        quote = tick.quote
        symbol = quote.symbol
        arguments: list[Argument] = [
            source,
            tick.position if serves else "",
            floor,
            "" if after is None else after,
            records.write_tick(quote, tick.source(source), logged_at, tick.trades, logged_book(tick, self._levels)),
            self._log_length,
            TAPE_LENGTH,
            records.write_book(tick.book) if tick.book else "",
            len(tick.trades),
            *(records.write_trade(trade) for trade in tick.trades),
            *records.write_mailbox(quote).values(),
            symbol,
        ]
        names = [
            keys.hash_of(symbol),
            keys.ticks_of(symbol),
            keys.feed_of(symbol),
            keys.book_of(symbol),
            keys.tape_of(symbol),
        ]
        return names, arguments

    def adopt(self, mailbox: Mailbox, quote: Quote | None, logged_at: int) -> int | None:
        """See ports.MarketData.adopt."""
        symbol = mailbox.symbol
        names = [keys.hash_of(symbol), keys.ticks_of(symbol), keys.feed_of(symbol)]
        record = records.write_tick(quote, "external", logged_at, ()) if quote else ""
        contents = "|".join(mailbox.fields.get(name, "") for name in MAILBOX_FIELDS)
        return self.connection.script(_ADOPT, names, [contents, record, self._log_length, 0]) or None

    def market(self, symbol: str) -> MarketView:
        """See ports.MarketData.market."""
        return self.markets([symbol])[0]

    def markets(self, symbols: Sequence[str]) -> list[MarketView]:
        """See ports.MarketData.markets."""
        commands: list[Command] = [("GET", keys.CLOCK)]
        for symbol in symbols:
            commands += self._market_commands(symbol)
        clock, *answers = self.connection.pipe(commands)
        width = len(answers) // len(symbols) if symbols else 0
        return [
            self._market_view(symbol, clock, answers[index * width : (index + 1) * width])
            for index, symbol in enumerate(symbols)
        ]

    def _market_commands(self, symbol: str) -> list[Command]:
        # The cursor comes first: read after the tick it could be ahead of it without any tick having been lost.
        return [
            self._seen_command(symbol),
            *self._price_commands(symbol),
        ]

    @staticmethod
    def _price_commands(symbol: str) -> list[Command]:
        return [
            _LOOK.command([keys.hash_of(symbol), keys.ticks_of(symbol), keys.feed_of(symbol)]),
            ("HGET", keys.INSTRUMENTS, symbol),
        ]

    def _seen_command(self, symbol: str) -> Command:
        """Reads the venue's cursor; market data alone has none, and an absent key reads as one."""
        return ("HGET", keys.feed_of(symbol), "seen")

    def _market_view(self, symbol: str, clock: bytes | None, answers: Sequence[Any]) -> MarketView:
        seen, (newest, *foreign), instrument = answers
        return MarketView(
            tick=read_log_entry(symbol, newest[0]) if newest else None,
            instrument=self._instrument(instrument),
            mailbox=_mailbox(symbol, foreign[0]) if foreign else None,
            seen=int(seen or 0),
            market_time=int(clock) if clock else None,
        )

    def _instrument(self, record: bytes | None) -> Instrument | None:
        if record is None:
            return None
        known = self._instruments.get(record)
        if known is None:
            known = self._instruments[record] = records.read_instrument(record)
        return known

    def instruments(self) -> list[Instrument]:
        """See ports.MarketData.instruments."""
        found = self.connection.run("HVALS", keys.INSTRUMENTS)
        read = (self._instrument(record) for record in found)
        return sorted((each for each in read if each), key=lambda each: each.symbol)

    def market_symbols(self) -> list[str]:
        """See ports.MarketData.market_symbols."""
        return sorted(name.decode() for name in self.connection.run("HKEYS", keys.INSTRUMENTS))

    def put_instruments(self, instruments: Iterable[Instrument], *, replace: bool) -> None:
        """See ports.MarketData.put_instruments."""
        command = "HSET" if replace else "HSETNX"
        self.connection.pipe(
            [(command, keys.INSTRUMENTS, each.symbol, records.write_instrument(each)) for each in instruments]
        )

    def ticks(self, symbol: str, after: int, limit: int) -> list[Tick]:
        """See ports.MarketData.ticks."""
        found = self.connection.run(*self._ticks_command(symbol, after, limit))
        return [read_log_entry(symbol, entry) for entry in found]

    def ticks_after(self, wanted: Sequence[tuple[str, int]], limit: int) -> list[list[Tick]]:
        """See ports.MarketData.ticks_after."""
        found = self.connection.pipe([self._ticks_command(symbol, after, limit) for symbol, after in wanted])
        return [
            [read_log_entry(symbol, entry) for entry in entries]
            for (symbol, _), entries in zip(wanted, found, strict=True)
        ]

    def _ticks_command(self, symbol: str, after: int, limit: int) -> Command:
        return ("XRANGE", keys.ticks_of(symbol), f"{after + 1}-0", "+", "COUNT", limit)

    def book(self, symbol: str) -> Book | None:
        """See ports.MarketData.book."""
        record = self.connection.run("GET", keys.book_of(symbol))
        return records.read_book(record) if record else None

    def public_trades(self, symbol: str, limit: int) -> list[PublicTrade]:
        """See ports.MarketData.public_trades."""
        return [records.read_trade(each) for each in self.connection.run("LRANGE", keys.tape_of(symbol), -limit, -1)]

    def tape_lengths(self, symbols: Sequence[str]) -> list[int]:
        """See ports.MarketData.tape_lengths."""
        return self.connection.pipe([("LLEN", keys.tape_of(symbol)) for symbol in symbols])

    def trades_at(self, places: Sequence[tuple[str, int]]) -> list[PublicTrade | None]:
        """See ports.MarketData.trades_at."""
        found = self.connection.pipe([("LINDEX", keys.tape_of(symbol), place) for symbol, place in places])
        return [records.read_trade(each) if each else None for each in found]

    def market_time(self) -> int | None:
        """See ports.MarketData.market_time."""
        clock = self.connection.run("GET", keys.CLOCK)
        return int(clock) if clock else None

    def set_market_time(self, now: int) -> None:
        """See ports.MarketData.set_market_time."""
        self.connection.script(_RAISE, [keys.CLOCK], [now])

    def feed_state(self) -> FeedState | None:
        """See ports.MarketData.feed_state."""
        record = self.connection.run("GET", keys.FEED)
        return records.read_feed_state(record) if record else None

    def put_feed_state(self, state: FeedState) -> None:
        """See ports.MarketData.put_feed_state."""
        self.connection.run("SET", keys.FEED, records.write_feed_state(state))

    def begin_feed(self, state: FeedState) -> FeedState:
        """See ports.MarketData.begin_feed."""
        record = records.write_feed_state(state)
        _, known = self.connection.pipe([("SET", keys.FEED, record, "NX"), ("GET", keys.FEED)])
        return records.read_feed_state(known or record)

    def forget_feed(self) -> None:
        """See ports.MarketData.forget_feed. What names the source goes last, so that one that dies may be repeated."""
        symbols = [name.decode() for name in self.connection.run("HKEYS", keys.INSTRUMENTS)]
        fields: list[list[bytes]] = self.connection.pipe([("HKEYS", keys.feed_of(symbol)) for symbol in symbols])
        commands: list[Command] = []
        for symbol, names in zip(symbols, fields, strict=True):
            commands += [
                ("XTRIM", keys.ticks_of(symbol), "MAXLEN", 0),
                ("DEL", keys.book_of(symbol)),
                ("DEL", keys.tape_of(symbol)),
            ]
            if owned := [name for name in names if name == b"owner" or name.startswith(b"position:")]:
                commands.append(("HDEL", keys.feed_of(symbol), *owned))
        self.connection.pipe(commands)
        self.connection.pipe([("DEL", key) for key in (keys.CLOCK, keys.OUTAGE, keys.FEED)])

    def outage(self) -> Outage | None:
        """See ports.MarketData.outage."""
        record = self.connection.run("GET", keys.OUTAGE)
        return records.read_outage(record) if record else None

    def put_outage(self, outage: Outage | None) -> None:
        """See ports.MarketData.put_outage."""
        if outage is None:
            self.connection.run("DEL", keys.OUTAGE)
        else:
            self.connection.run("SET", keys.OUTAGE, records.write_outage(outage))

    def rejected_quotes(self, symbol: str) -> int:
        """See ports.MarketData.rejected_quotes."""
        return int(self.connection.run("HGET", keys.feed_of(symbol), "rejected") or 0)


def read_log_entry(symbol: str, entry: Sequence[Any]) -> Tick:
    """The tick in one entry of a tick log."""
    entry_id, fields = entry
    return records.read_tick(symbol, int(entry_id.partition(b"-")[0]), fields[1])


def _mailbox(symbol: str, contents: Sequence[bytes]) -> Mailbox:
    values = [value.decode(errors="replace") for value in contents]
    return Mailbox(symbol, {name: value for name, value in zip(MAILBOX_FIELDS, values, strict=True) if value})
