"""One venue on some store, with the clock and the prices in hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import redis

from mockexchange.clock import ManualClock
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.fills import Fill
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Order, OrderType, Side, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Book, Level, Quote, Tick
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.exchange import Exchange
from mockexchange.ports import FeedTick
from mockexchange.store import keys
from mockexchange.store.dump import Dump, dump_memory, dump_valkey
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection, connect
from tests.replayed import check_replay

D = Decimal
START = 1_700_000_000_000
BTC = "BTC/USDT"
LEVELS = 20
"""Of each side of a book that ticks keep."""

HOME = "{main}"
"""A key of the venue's slot."""


class Overtaken(MemoryStore):
    """A store in which somebody else comes first, before the next commit."""

    before: Callable[[], object] | None = None

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        before, self.before = self.before, None
        if before is not None:
            before()
        return super().commit(transactions)


class ClockThatIsAsked:
    """Something happens just before it is read for the first time."""

    def __init__(self, time: int, happens: Callable[[], object]) -> None:
        self.time = time
        self._happens: list[Callable[[], object]] = [happens]

    def now(self) -> int:
        while self._happens:
            self._happens.pop()()
        return self.time


def order(
    side: str, quantity: str | None, price: str | None = None, symbol: str = BTC, account: str = "alice", **more: Any
) -> PlaceOrder:
    """A limit order, or a market order when there is no price."""
    command = PlaceOrder(
        account_id=account,
        symbol=symbol,
        side=Side(side),
        type=OrderType.LIMIT if price else OrderType.MARKET,
        quantity=D(quantity) if quantity else None,
        price=D(price) if price else None,
    )
    return replace(command, **more)


IOC = TimeInForce.IOC


class Venue:
    """An exchange, its store, and what others do to the market around it. `url` is set for the Valkey stores."""

    def __init__(self, store: MemoryStore | ValkeyStore, url: str | None) -> None:
        self.store = store
        self.url = url
        self.clock = ManualClock(START)
        self._connections: list[Connection] = []
        self.exchange = self.another()

    def another(self, rules: Rules | None = None, *, model: str = "touch") -> Exchange:
        """An exchange of another process on the same venue: for Valkey with a connection of its own."""
        store = self.store
        if self.url is not None:
            self._connections.append(connect(self.url, home=HOME))
            store = ValkeyStore(self._connections[-1], levels=LEVELS)
        return Exchange(store, self.clock, rules or Rules(engine=Engine(fill_model(model))))

    @property
    def connection(self) -> Connection:
        """The store's own connection, where the store is a server's."""
        assert isinstance(self.store, ValkeyStore)
        return self.store.connection

    def close(self) -> None:
        """Give the connections back."""
        for connection in self._connections:
            connection.close()
        if isinstance(self.store, ValkeyStore):
            self.store.connection.close()

    # what the market does

    def tick(self, bid: str, ask: str, symbol: str = BTC, *, sizes: str | None = None) -> None:
        """Log a quote by hand; nothing is matched."""
        self.store.append(FeedTick(self.quote(bid, ask, symbol, sizes=sizes), 0), "test", self.clock.time, serves=False)

    def book(self, bids: str, asks: str) -> None:
        """Log a quote with its book, `99x1 98x2` and `101x1 102.5x3`; nothing is matched."""
        book = Book(_levels(bids), _levels(asks))
        (bid, bid_size), (ask, ask_size) = book.bids[0], book.asks[0]
        quote = Quote(BTC, bid, ask, bid, self.clock.time, bid_size, ask_size)
        self.store.append(FeedTick(quote, 0, book=book), "test", self.clock.time, serves=False)

    def quote(self, bid: str, ask: str, symbol: str = BTC, *, sizes: str | None = None) -> Quote:
        """A quote of now. `sizes` stands on both sides."""
        size = D(sizes) if sizes else None
        return Quote(symbol, D(bid), D(ask), D(bid), self.clock.time, size, size)

    def price(self, bid: str, ask: str, symbol: str = BTC, *, sizes: str | None = None) -> Tick:
        """Set a price as the API does: it is matched before this returns."""
        return self.exchange.set_price(symbol, self.quote(bid, ask, symbol, sizes=sizes))

    def hset(self, symbol: str, fields: Mapping[str, str | float]) -> None:
        """What a foreign process does: HSET on the symbol's hash with a client of its own."""
        if isinstance(self.store, MemoryStore):
            self.store.write_mailbox(symbol, {name: str(value) for name, value in fields.items()})
            return
        assert self.url is not None
        with _foreign_client(self.url) as client:
            client.hset(f"sym_{symbol}", mapping={**fields})

    def lose_market_data(self, symbol: str = BTC) -> None:
        """The shared prices are gone, as when their server lost its data; the venue's own keys stay."""
        if isinstance(self.store, MemoryStore):
            self.store._feeds.clear()  # pyright: ignore[reportPrivateUsage]  # the loss of a server's data
            return
        for key in (keys.hash_of(symbol), keys.ticks_of(symbol), keys.feed_of(symbol)):
            self.connection.run("DEL", key)

    def trim_log(self, keep: int, symbol: str = BTC) -> None:
        """Only so many of the newest ticks are left."""
        if isinstance(self.store, MemoryStore):
            del self.store._feeds[symbol].log[:-keep]  # pyright: ignore[reportPrivateUsage]  # what a full log does
            return
        self.connection.run("XTRIM", keys.ticks_of(symbol), "MAXLEN", keep)

    # what is looked at

    def owned(self, account: str = "alice") -> dict[str, tuple[Decimal, Decimal]]:
        """(free, locked) by asset."""
        return {each.asset: (each.free, each.locked) for each in self.exchange.balances(account)}

    def all_orders(self, account: str = "alice") -> list[Order]:
        """Every order, oldest first."""
        return self.exchange.orders(account, limit=100_000).items[::-1]

    def all_fills(self, account: str = "alice") -> list[Fill]:
        """Every fill, oldest first."""
        return self.exchange.trades(account, limit=100_000).items[::-1]

    def dump(self) -> Dump:
        """The whole venue as its keys hold it."""
        return (
            dump_memory(self.store.state) if isinstance(self.store, MemoryStore) else dump_valkey(self.store.connection)
        )

    def check_replay(self) -> None:
        """The journal makes the same venue again."""
        check_replay(self.store.journal(0, 100_000).items, self.dump())


def _levels(words: str) -> tuple[Level, ...]:
    return tuple((D(price), D(size)) for price, _, size in (each.partition("x") for each in words.split()))


def _foreign_client(url: str) -> Any:
    """The client of somebody who knows nothing of us."""
    clients: Any = redis
    if "+cluster" in url:
        return clients.RedisCluster.from_url(url.replace("valkey+cluster", "redis"))
    return clients.Redis.from_url(url)
