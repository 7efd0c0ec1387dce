"""Hold `depth` against recorded raw streams: `python -m mockexchange.local.recorded_books FILE...` prints the tables of
docs/realism.md. Several files are one recording, in the order given.

The first table is about the book that is rebuilt: whether its best bid and ask are the recorded ones. The second is
about orders: what the book offered, counted apart from any fill model, and what one account got of it. The third is
about orders that rest: who stood before them, counted at every message, and when they filled.
"""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from ..clock import ManualClock
from ..domain.amounts import ZERO, add, multiply, subtract, text, total
from ..domain.errors import BadRequest, OrderImmediatelyFillable, OrderNotOpen
from ..domain.fill_models import fill_model
from ..domain.fills import Fill
from ..domain.instruments import default_instrument
from ..domain.models import Engine, reaches
from ..domain.orders import OrderType, Side, TimeInForce
from ..domain.placing import PlaceOrder
from ..domain.quotes import Book, Level, PublicTrade
from ..domain.rules import Rules
from ..exchange import Exchange
from ..feed.raw_streams import RebuiltBook, RecordedStreams, is_raw_streams, read_lines
from ..feed.recording import Terms
from ..ports import FeedTick
from ..store.memory import MemoryStore

SYMBOL = "BTC/USDT"
ACCOUNT = "default"
TERMS = Terms(SYMBOL, Decimal("0.01"), Decimal("0.00001"))
LEVELS = 20
MODELS = ("depth", "touch-size", "touch")
"""What the second table compares."""
WAITING = ("depth+queue", "depth", "touch+share=0.5")
"""What the third table compares."""

W = TypeVar("W", bound="Watched")


@dataclass(slots=True)
class Rebuilt:
    """What became of one file. `compared` counts the depth updates at least as new as the last bookTicker, `same` those
    after which the book has its bid and ask."""

    messages: int = 0
    updates: int = 0
    compared: int = 0
    same: int = 0


def rebuild(lines: Sequence[str], book: RebuiltBook) -> Rebuilt:
    """Take every message of a file into `book`, and compare. Raises BadRequest for a line that is none."""
    found = Rebuilt()
    for number, line in enumerate(lines, 1):
        try:
            message: dict[str, Any] = json.loads(line.split(" ", 1)[1])
            book.take(message)
        except (ValueError, LookupError, TypeError, ArithmeticError) as error:
            raise BadRequest(f"line {number} is no message of raw streams: {line[:60]}") from error
        found.messages += 1
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


class Watched(ABC):
    """One account under one model, and what it got. `wrong` counts the fills that it would not have had where the
    recording was made."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.orders = self.fills = self.wrong = 0
        self.quantity = ZERO
        self._clock, self._store = ManualClock(), MemoryStore(levels=LEVELS)
        self._exchange = Exchange(self._store, self._clock, Rules(engine=Engine(fill_model(model))))
        self._exchange.open_account(ACCOUNT, {"USDT": Decimal(10**12), "BTC": Decimal(10**7)})
        self._store.put_instruments([default_instrument(SYMBOL)], replace=True)
        self._trades: list[PublicTrade] = []

    def see(self, tick: FeedTick) -> None:
        """Count a message, met or not."""
        self._trades += tick.trades
        self._look(tick)

    def meet(self, tick: FeedTick, number: int | None) -> None:
        """Hold what rests against a tick, with all trades since the one before; then, with `number`, send the order of
        that number."""
        self._clock.time = tick.quote.timestamp
        self._store.append(replace(tick, trades=tuple(self._trades)), "recording", self._clock.time, serves=True)
        self._trades = []
        self._exchange.match()
        self._count(tick)
        if number is not None:
            self.orders += 1
            self._order(tick, number)
            self._count(tick)

    def is_clean(self) -> bool:
        """Whether the books are."""
        return self._exchange.audit().clean

    @abstractmethod
    def _look(self, tick: FeedTick) -> None:
        """A message, for what does not depend on the model."""

    @abstractmethod
    def _order(self, tick: FeedTick, number: int) -> None:
        """Send the order of that number: seeded chance says what it is."""

    @abstractmethod
    def _is_wrong(self, fill: Fill, tick: FeedTick) -> bool:
        """Whether it would not have had this one."""

    def _count(self, tick: FeedTick) -> None:
        account = self._exchange.account(ACCOUNT)
        # the ledger begins with the two deposits; after them a line is a trade id
        fresh = [line for line in self._store.ledger_lines(account, 2 + self.fills, 1000) if isinstance(line, int)]
        for fill in self._store.fills(account, fresh):
            assert fill is not None, "the ledger names it"
            self.fills += 1
            self.quantity = add(self.quantity, fill.quantity)
            self.wrong += self._is_wrong(fill, tick)


class Trader(Watched):
    """Sends orders of any kind, side, price and size, many far larger than what the book shows; now and then all that
    rest are taken back. A fill is wrong with which it had more, or paid less, than the book ever offered."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._offered = {side: Offered(side) for side in Side}

    def _look(self, tick: FeedTick) -> None:
        for each in self._offered.values():
            each.look(_book(tick))

    def _order(self, tick: FeedTick, number: int) -> None:
        with suppress(OrderImmediatelyFillable):
            self._exchange.place(_any_order(number, tick.quote.bid, tick.quote.ask))
        if self.orders % 8 == 0:
            self._exchange.cancel_all(ACCOUNT)

    def _is_wrong(self, fill: Fill, tick: FeedTick) -> bool:
        del tick
        return self._offered[fill.side].exceeds(fill)


@dataclass(slots=True)
class Waiting:
    """One resting order, there since `since` (ms), as somebody sees it who looks at every message: `before` is what
    stood before it at its price, `came` what of the trades since the last tick was left for it."""

    order_id: int
    side: Side
    price: Decimal
    since: int
    before: Decimal
    came: Decimal = ZERO

    def look(self, tick: FeedTick) -> None:
        """One message more."""
        for trade in tick.trades:
            if trade.buyer_is_maker is (self.side is Side.BUY) and reaches(self.side, self.price, trade.price):
                self._hear(trade)
        if self.reached(tick):
            self.before = ZERO
        own = _own(tick, self.side)
        if reaches(self.side, self.price, own[-1][0]):  # else it lies beyond what is shown
            self.before = min(self.before, dict(own).get(self.price, ZERO))

    def reached(self, tick: FeedTick) -> bool:
        """Whether the other side has come to its price."""
        return reaches(self.side, self.price, tick.quote.ask if self.side is Side.BUY else tick.quote.bid)

    def _hear(self, trade: PublicTrade) -> None:
        """A trade at its price or beyond. One of before it was there has filled others, whenever it is told."""
        at_its_price, left = trade.price == self.price, trade.quantity
        if at_its_price:
            left = max(ZERO, subtract(trade.quantity, self.before))
            self.before = max(ZERO, subtract(self.before, trade.quantity))
        if trade.timestamp > self.since:
            self.came = add(self.came, left)
            if not at_its_price:
                self.before = ZERO  # the price went through the queue


class Queued(Watched):
    """Post-only orders of small size wait at the best prices and a few steps off them, one on each side; a new one
    takes the place of the one that waits there. A fill is wrong of more than what those who stood before left."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._waiting: dict[Side, Waiting] = {}

    def meet(self, tick: FeedTick, number: int | None) -> None:
        """See Watched.meet."""
        super().meet(tick, number)
        for each in self._waiting.values():
            each.came = ZERO

    def _look(self, tick: FeedTick) -> None:
        for each in self._waiting.values():
            each.look(tick)

    def _order(self, tick: FeedTick, number: int) -> None:
        dice = blake2b(f"queue {number}".encode(), digest_size=8).digest()
        side = Side.BUY if dice[0] % 2 else Side.SELL
        old = self._waiting.pop(side, None)
        if old is not None:
            with suppress(OrderNotOpen):
                self._exchange.cancel(ACCOUNT, old.order_id)
        own = _own(tick, side)
        price, shown = own[dice[1] % min(4, len(own))]
        quantity = multiply(Decimal("0.001"), Decimal(1 + dice[2] % 100))
        command = PlaceOrder(ACCOUNT, SYMBOL, side, OrderType.LIMIT, quantity, price, post_only=True)
        placed = self._exchange.place(command).order
        self._waiting[side] = Waiting(placed.order_id, side, price, tick.quote.timestamp, shown)

    def _is_wrong(self, fill: Fill, tick: FeedTick) -> bool:
        waiting = self._waiting[fill.side]
        return fill.quantity > waiting.came and not waiting.reached(tick)


def trade(recording: RecordedStreams, models: Sequence[str], *, meet: int = 5, order: int = 25) -> list[Trader]:
    """A trader for each model: see `_through`."""
    return _through(recording, [Trader(model) for model in models], meet, order)


def wait(recording: RecordedStreams, models: Sequence[str], *, meet: int = 5, order: int = 50) -> list[Queued]:
    """An account that waits for each model: see `_through`."""
    return _through(recording, [Queued(model) for model in models], meet, order)


def _through(recording: RecordedStreams, accounts: list[W], meet: int, order: int) -> list[W]:
    """The accounts, after each saw every message, met every `meet`th, and sent an order at every `order`th."""
    for position in range(1, recording.last + 1):
        tick = recording.tick(position, TERMS)
        if tick.book is None:
            continue
        for each in accounts:
            each.see(tick)
            if position % meet == 0:
                each.meet(tick, position if position % order == 0 else None)
    return accounts


def _own(tick: FeedTick, side: Side) -> Sequence[Level]:
    """The side of the book on which an order waits."""
    book = _book(tick)
    return book.bids if side is Side.BUY else book.asks


def _book(tick: FeedTick) -> Book:
    assert tick.book is not None, "nobody sees a message of before the book was known"
    return tick.book


def _any_order(number: int, bid: Decimal, ask: Decimal) -> PlaceOrder:
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
    """The lines of the tables, as Markdown. Raises BadRequest for files that are no recording of raw streams."""
    recorded = {file: _lines(file) for file in files}
    lines = [line for each in recorded.values() for line in each]
    recording = RecordedStreams(lines, LEVELS)
    yield "| file | messages | depth updates | at least as new as the last bookTicker | with its bid and ask |"
    yield "| --- | --- | --- | --- | --- |"
    book, every = RebuiltBook(), Rebuilt()
    for file, own in recorded.items():
        try:
            found = rebuild(own, book)
        except BadRequest as error:
            raise BadRequest(f"{file.name}, {error.detail}") from error
        yield f"| {file.name} | {found.messages:,} | {found.updates:,} | {found.compared:,} | {found.same:,} |"
        every.messages, every.updates = every.messages + found.messages, every.updates + found.updates
        every.compared, every.same = every.compared + found.compared, every.same + found.same
    if book.update_id is None:
        raise BadRequest("no book can be rebuilt of this: a recording begins with an answer of /api/v3/depth")
    yield f"| together | {every.messages:,} | {every.updates:,} | {every.compared:,} | {every.same:,} |"
    yield ""
    yield "| model | orders | fills | BTC filled | fills with more, or cheaper, than the book offered |"
    yield from _rows(trade(recording, MODELS))
    yield ""
    yield "| model | resting orders | fills | BTC filled | fills with more than those before them left |"
    yield from _rows(wait(recording, WAITING))


def _lines(file: Path) -> list[str]:
    if not file.is_file():
        raise BadRequest(f"there is no file {file}")
    lines = read_lines(file)
    if not is_raw_streams(file):
        raise BadRequest(f"{file.name} is no recording of raw streams: a line there is a time in ns, and one message")
    return lines


def _rows(accounts: Sequence[Watched]) -> Iterator[str]:
    yield "| --- | --- | --- | --- | --- |"
    for got in accounts:
        assert got.is_clean(), "dirty books prove nothing"
        yield f"| `{got.model}` | {got.orders:,} | {got.fills:,} | {text(got.quantity)} | {got.wrong:,} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of the files that are named."""
    parser = ArgumentParser(
        prog="python -m mockexchange.local.recorded_books",
        description="Hold the fill models against recorded raw streams, and print the tables of docs/realism.md. It "
        "takes some minutes.",
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="a recording of raw streams; several are one, in this order"
    )
    try:
        for row in tables(parser.parse_args(arguments).files):
            sys.stdout.write(f"{row}\n")
    except BadRequest as error:
        parser.error(error.detail)


if __name__ == "__main__":
    main()
