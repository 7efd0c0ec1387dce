"""Hold `depth` against recorded raw streams: `python -m mockexchange.local.recorded_books FILE...` prints the tables of
docs/realism.md. Several files are one recording, in the order given.

The first table is about the book that is rebuilt: whether its best bid and ask are the recorded ones. The second is
about orders: what the book offered, counted apart from any fill model, and what one account got of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ..clock import ManualClock
from ..domain.amounts import ZERO, add, multiply, subtract, text, total
from ..domain.errors import OrderImmediatelyFillable
from ..domain.fill_models import fill_model
from ..domain.fills import Fill
from ..domain.instruments import default_instrument
from ..domain.models import Engine
from ..domain.orders import OrderType, Side, TimeInForce
from ..domain.placing import PlaceOrder
from ..domain.quotes import Book
from ..domain.rules import Rules
from ..exchange import Exchange
from ..feed.raw_streams import RebuiltBook, RecordedStreams, read_lines
from ..feed.recording import Terms
from ..ports import FeedTick
from ..store.memory import MemoryStore

SYMBOL = "BTC/USDT"
ACCOUNT = "default"
LEVELS = 20
MODELS = ("depth", "touch-size", "touch")
"""What the second table compares."""


@dataclass(slots=True)
class Rebuilt:
    """What became of one file. `compared` counts the depth updates at least as new as the last bookTicker, `same` those
    after which the book has its bid and ask."""

    messages: int = 0
    updates: int = 0
    compared: int = 0
    same: int = 0


def rebuild(lines: Sequence[str], book: RebuiltBook) -> Rebuilt:
    """Take every message of a file into `book`, and compare."""
    found = Rebuilt()
    for line in lines:
        message: dict[str, Any] = json.loads(line.split(" ", 1)[1])
        found.messages += 1
        book.take(message)
        if "@depth" not in message.get("stream", ""):
            continue
        found.updates += 1
        ticker = book.ticker
        if ticker is None or book.update_id != message["data"]["u"] or book.update_id < ticker["u"]:
            continue
        best = book.book(1)
        assert best is not None, "an update was taken, so the book is known"
        found.compared += 1
        found.same += (best.bids[0][0], best.asks[0][0]) == (Decimal(ticker["b"]), Decimal(ticker["a"]))
    return found


@dataclass(slots=True)
class Offered:
    """What a book offered to orders on one side, by price: what it showed at first, and every increase since. A level
    that falls out of view is not counted as gone, one that left the view's inside is."""

    side: Side
    offered: dict[Decimal, Decimal] = field(default_factory=dict[Decimal, Decimal])
    shown: dict[Decimal, Decimal] = field(default_factory=dict[Decimal, Decimal])
    filled: dict[Decimal, Decimal] = field(default_factory=dict[Decimal, Decimal])
    filled_now: dict[Decimal, Decimal] = field(default_factory=dict[Decimal, Decimal])

    def look(self, book: Book) -> None:
        """The book as it is now."""
        self.filled_now = {}
        levels = book.opposite(self.side)
        if not levels:
            return
        last, now = levels[-1][0], dict(levels)
        for price in [each for each in self.shown if each not in now and not self._beyond(each, last)]:
            del self.shown[price]
        for price, quantity in levels:
            more = subtract(quantity, self.shown.get(price, ZERO))
            if more > 0:
                self.offered[price] = add(self.offered.get(price, ZERO), more)
            self.shown[price] = quantity

    def exceeds(self, fill: Fill) -> bool:
        """Count a fill; whether all fills up to its price are more than the book ever offered up to there, or those on
        this book more than it shows."""
        for filled in (self.filled, self.filled_now):
            filled[fill.price] = add(filled.get(fill.price, ZERO), fill.quantity)
        return self._up_to(self.filled, fill.price) > self._up_to(self.offered, fill.price) or self._up_to(
            self.filled_now, fill.price
        ) > self._up_to(self.shown, fill.price)

    def _beyond(self, price: Decimal, other: Decimal) -> bool:
        return price > other if self.side is Side.BUY else price < other

    def _up_to(self, amounts: dict[Decimal, Decimal], price: Decimal) -> Decimal:
        return total(amount for each, amount in amounts.items() if not self._beyond(each, price))


class Trader:
    """One account under one model, and what it got. `beyond` counts the fills with which it had more, or paid less,
    than the book ever offered."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.orders = self.fills = self.beyond = 0
        self.quantity = ZERO
        self._clock, self._store = ManualClock(), MemoryStore(levels=LEVELS)
        self._exchange = Exchange(self._store, self._clock, Rules(engine=Engine(fill_model(model))))
        self._exchange.open_account(ACCOUNT, {"USDT": Decimal(10**12), "BTC": Decimal(10**7)})
        self._store.put_instruments([default_instrument(SYMBOL)], replace=True)
        self._offered = {side: Offered(side) for side in Side}

    def see(self, book: Book) -> None:
        """Count what a book offers, traded on or not."""
        for each in self._offered.values():
            each.look(book)

    def meet(self, tick: FeedTick, command: PlaceOrder | None) -> None:
        """Hold what rests against a tick, and then place an order; now and then all that rest are taken back."""
        self._clock.time = tick.quote.timestamp
        self._store.append(tick, "recording", self._clock.time, serves=True)
        self._exchange.match()
        if command:
            self.orders += 1
            with suppress(OrderImmediatelyFillable):
                self._exchange.place(command)
            if self.orders % 8 == 0:
                self._exchange.cancel_all(ACCOUNT)
        account = self._exchange.account(ACCOUNT)
        # the ledger begins with the two deposits; after them a line is a trade id
        fresh = [line for line in self._store.ledger_lines(account, 2 + self.fills, 1000) if isinstance(line, int)]
        for fill in self._store.fills(account, fresh):
            assert fill is not None, "the ledger names it"
            self.fills += 1
            self.quantity = add(self.quantity, fill.quantity)
            self.beyond += self._offered[fill.side].exceeds(fill)

    def is_clean(self) -> bool:
        """Whether the books are."""
        return self._exchange.audit().clean


def trade(recording: RecordedStreams, models: Sequence[str], *, meet: int = 5, order: int = 25) -> list[Trader]:
    """An account for each model, which sees every message, meets every `meet`th, and sends an order at every `order`th:
    of any kind, side, price and size by seeded chance, many far larger than what the book shows."""
    terms = Terms(SYMBOL, Decimal("0.01"), Decimal("0.00001"))
    traders = [Trader(model) for model in models]
    for position in range(1, recording.last + 1):
        tick = recording.tick(position, terms)
        if tick.book is None:
            continue
        for each in traders:
            each.see(tick.book)
            if position % meet == 0:
                due = position % order == 0
                each.meet(tick, _order(position, tick.quote.bid, tick.quote.ask) if due else None)
    return traders


def _order(number: int, bid: Decimal, ask: Decimal) -> PlaceOrder:
    dice = blake2b(f"order {number}".encode(), digest_size=8).digest()
    side = Side.BUY if dice[0] % 2 else Side.SELL
    quantity = multiply(Decimal("0.001"), Decimal(1 + int.from_bytes(dice[1:3]) % (20_000 if dice[3] % 4 else 200)))
    kind = ("MARKET", "MARKET", "IOC", "FOK", "GTC", "GTC", "POST")[dice[4] % 7]
    if kind == "MARKET":
        return PlaceOrder(ACCOUNT, SYMBOL, side, OrderType.MARKET, quantity)
    away = multiply(Decimal("0.01"), Decimal(int.from_bytes(dice[5:7]) % 600 - 300))
    price = subtract(ask, away) if side is Side.BUY else add(bid, away)
    return PlaceOrder(
        ACCOUNT,
        SYMBOL,
        side,
        OrderType.LIMIT,
        quantity,
        price,
        time_in_force=TimeInForce(kind) if kind in ("IOC", "FOK") else TimeInForce.GTC,
        post_only=kind == "POST",
    )


def tables(files: Sequence[Path]) -> Iterator[str]:
    """The lines of both tables, as Markdown."""
    book, lines = RebuiltBook(), list[str]()
    yield "| file | messages | depth updates | at least as new as the last bookTicker | with its bid and ask |"
    yield "| --- | --- | --- | --- | --- |"
    every = Rebuilt()
    for file in files:
        own = read_lines(file)
        lines += own
        found = rebuild(own, book)
        yield f"| {file.name} | {found.messages:,} | {found.updates:,} | {found.compared:,} | {found.same:,} |"
        every.messages, every.updates = every.messages + found.messages, every.updates + found.updates
        every.compared, every.same = every.compared + found.compared, every.same + found.same
    yield f"| together | {every.messages:,} | {every.updates:,} | {every.compared:,} | {every.same:,} |"
    yield ""
    yield "| model | orders | fills | BTC filled | fills with more, or cheaper, than the book offered |"
    yield "| --- | --- | --- | --- | --- |"
    recording = RecordedStreams(lines, LEVELS)
    for got in trade(recording, MODELS):
        assert got.is_clean(), "dirty books prove nothing"
        yield f"| `{got.model}` | {got.orders:,} | {got.fills:,} | {text(got.quantity)} | {got.beyond:,} |"


if __name__ == "__main__":
    for row in tables([Path(name) for name in sys.argv[1:]]):
        sys.stdout.write(f"{row}\n")
