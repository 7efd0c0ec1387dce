"""Recordings of Binance's raw spot streams, and the book rebuilt from them.

A line is a local time in ns and one message: of `btcusdt@depth@100ms`, `btcusdt@bookTicker` or `btcusdt@trade`, or the
answer of `/api/v3/depth` from which the book begins (Binance's rule for a local book).
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..domain.errors import BadRequest
from ..domain.quotes import Book, Level, PublicTrade, Quote
from ..ports import FeedTick
from .recording import Terms

_LINE = re.compile(r"\d{18,20} +\{")


def is_raw_streams(path: Path) -> bool:
    """Whether a file begins like such a recording."""
    if not path.is_file():
        return False
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            return bool(_LINE.match(file.readline(200)))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return False


def read_lines(path: Path) -> list[str]:
    """The lines of a recording. Raises BadRequest when it cannot be read to its end."""
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            return file.read().splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadRequest(f"{path.name} cannot be read: {error}") from error


class _Side:
    """One side of a book: prices in order, and the quantity at each."""

    def __init__(self, levels: Iterable[Sequence[str]] = ()) -> None:
        self._quantities = {Decimal(price): Decimal(quantity) for price, quantity in levels}
        self.prices = sorted(self._quantities)

    def at(self, price: Decimal) -> Decimal | None:
        return self._quantities.get(price)

    def put(self, price: Decimal, quantity: Decimal | None) -> None:
        """What stands at a price now; nothing for 0 or None."""
        place = bisect_left(self.prices, price)
        if quantity:
            if price not in self._quantities:
                self.prices.insert(place, price)
            self._quantities[price] = quantity
        elif price in self._quantities:
            del self.prices[place], self._quantities[price]

    def drop_above(self, price: Decimal) -> None:
        while self.prices and self.prices[-1] > price:
            del self._quantities[self.prices.pop()]

    def drop_below(self, price: Decimal) -> None:
        for gone in self.prices[: bisect_left(self.prices, price)]:
            self.put(gone, None)

    def levels(self, prices: Iterable[Decimal]) -> tuple[Level, ...]:
        return tuple((price, self._quantities[price]) for price in prices)


class RebuiltBook:
    """A book as the messages tell it. It is known from the snapshot on.

    A bookTicker is the top of the book at its update id: where the depth updates are not as far yet, better levels go,
    and its own two have its quantities. Those two hold until a depth update says otherwise or the next bookTicker
    comes: a level that came and went between two updates is in no update.
    """

    def __init__(self) -> None:
        self._bids, self._asks = _Side(), _Side()
        self._lent: list[tuple[_Side, Decimal, Decimal | None]] = []
        self.update_id: int | None = None
        self.ticker: dict[str, Any] | None = None
        self.gaps = 0

    def take(self, message: dict[str, Any]) -> None:
        """One message of a recording; a trade changes nothing."""
        if "lastUpdateId" in message:
            self._bids, self._asks, self._lent = _Side(message["bids"]), _Side(message["asks"]), []
            self.update_id = message["lastUpdateId"]
            self._apply_ticker()
        elif "@bookTicker" in message["stream"]:
            self.ticker = message["data"]
            self._return_lent()
            self._apply_ticker()
        elif "@depth" in message["stream"]:
            self._update(message["data"])

    def book(self, levels: int) -> Book | None:
        """The best of it; None before the snapshot."""
        if self.update_id is None:
            return None
        bids = self._bids.levels(reversed(self._bids.prices[-levels:]))
        return Book(bids, self._asks.levels(self._asks.prices[:levels]))

    def _update(self, update: dict[str, Any]) -> None:
        if self.update_id is None or update["u"] <= self.update_id:
            return
        self.gaps += update["U"] > self.update_id + 1
        self.update_id = update["u"]
        lent = self._lent
        self._return_lent()
        said: set[tuple[int, Decimal]] = set()
        for side, changes in ((self._bids, update["b"]), (self._asks, update["a"])):
            for written, quantity in changes:
                price = Decimal(written)
                said.add((id(side), price))
                side.put(price, Decimal(quantity))
        if self.ticker and self.ticker["u"] > self.update_id:
            self._apply_ticker()
            return
        for side, price, _ in lent:
            if (id(side), price) not in said:
                own = self.ticker["B" if side is self._bids else "A"] if self.ticker else None
                self._lend(side, price, Decimal(own) if own else None)

    def _apply_ticker(self) -> None:
        if self.ticker is None or self.update_id is None or self.ticker["u"] <= self.update_id:
            return
        bid, ask = Decimal(self.ticker["b"]), Decimal(self.ticker["a"])
        self._bids.drop_above(bid)
        self._asks.drop_below(ask)
        self._lend(self._bids, bid, Decimal(self.ticker["B"]))
        self._lend(self._asks, ask, Decimal(self.ticker["A"]))

    def _lend(self, side: _Side, price: Decimal, quantity: Decimal | None) -> None:
        self._lent.append((side, price, side.at(price)))
        side.put(price, quantity)

    def _return_lent(self) -> None:
        for side, price, before in self._lent:
            side.put(price, before)
        self._lent = []


class RecordedStreams:
    """One tick a message, from the first bookTicker on; see recording.Recording. Ticks are made in order: one that lies
    before the last one asked for is found from the beginning."""

    def __init__(self, lines: Sequence[str], levels: int) -> None:
        first = next((number for number, line in enumerate(lines) if "@bookTicker" in line[:60]), None)
        if first is None:
            raise BadRequest("a recording of raw streams needs a bookTicker: it has none")
        self._lines, self._levels = lines, levels
        self._rows = [row for row in range(first, len(lines)) if lines[row].find('"stream"', 0, 30) > 0]
        self._times: list[int] = []
        newest = 0
        for row in self._rows:
            newest = max(newest, int(lines[row].split(" ", 1)[0]) // 1_000_000)
            self._times.append(newest)
        self._begin()

    @property
    def last(self) -> int:
        """See Recording.last."""
        return len(self._rows)

    def time(self, position: int) -> int:
        """See Recording.time."""
        return self._times[position - 1]

    @property
    def gaps(self) -> int:
        """How often updates of the book were missing, up to the tick that was asked for last."""
        return self._rebuilt.gaps

    def prices(self) -> list[str]:
        """Prices of the recording, as they are written there."""
        return [message["data"]["b"] for message in map(_message, self._lines[:5000]) if _is_ticker(message)]

    def tick(self, position: int, terms: Terms) -> FeedTick:
        """See Recording.tick."""
        if position < self._position:
            self._begin()
        while self._position < position:
            self._position += 1
            row = self._rows[self._position - 1]
            while self._read <= row:
                message = self._message = _message(self._lines[self._read])
                self._rebuilt.take(message)
                self._read += 1
            if "@trade" in self._message["stream"]:
                self._last_price = Decimal(self._message["data"]["p"])
        trade = _trade(self._message["data"]) if "@trade" in self._message["stream"] else None
        return FeedTick(self._quote(position, terms), position, (trade,) if trade else (), self._book())

    def _begin(self) -> None:
        self._rebuilt = RebuiltBook()
        self._read = self._position = 0
        self._message: dict[str, Any] = {}
        self._last_price: Decimal | None = None

    def _book(self) -> Book | None:
        return self._rebuilt.book(self._levels)

    def _quote(self, position: int, terms: Terms) -> Quote:
        book, ticker = self._rebuilt.book(1), self._rebuilt.ticker
        assert ticker is not None, "positions begin with a bookTicker"
        bid, ask = (Decimal(ticker["b"]), Decimal(ticker["B"])), (Decimal(ticker["a"]), Decimal(ticker["A"]))
        if book:
            bid, ask = book.bids[0] if book.bids else bid, book.asks[0] if book.asks else ask
        last = self._last_price or bid[0]
        return Quote(terms.symbol, bid[0], ask[0], last, self.time(position), bid[1] or None, ask[1] or None)


def _message(line: str) -> dict[str, Any]:
    return json.loads(line.split(" ", 1)[1])


def _is_ticker(message: dict[str, Any]) -> bool:
    return "@bookTicker" in message.get("stream", "")


def _trade(data: dict[str, Any]) -> PublicTrade:
    return PublicTrade(data["t"], Decimal(data["p"]), Decimal(data["q"]), data["T"], data["m"])
