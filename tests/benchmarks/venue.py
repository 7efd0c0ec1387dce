"""A venue to measure: filled with resting orders quickly, through the same commit as ever."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from mockexchange.clock import SystemClock
from mockexchange.domain.depth import DEFAULT_LEVELS
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlacementView, PlaceOrder, place
from mockexchange.domain.quotes import Book, Quote
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Transaction
from mockexchange.exchange import Exchange
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.ports import FeedTick
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

SYMBOL = "BTC/USDT"
ACCOUNT = "bench"
MIDDLE = Decimal(50_000)
CROWDED = replace(default_instrument(SYMBOL), max_num_orders=10**9, max_num_algo_orders=10**9)
"""The market: its one account has more open orders than any has on Binance."""


@contextmanager
def valkey() -> Generator[str]:
    """A server of our own, as `mockx up` starts it (AOF on)."""
    with TemporaryDirectory(prefix="mockx-bench-") as folder, EmbeddedValkey(Path(folder), preferred_port=0) as server:
        yield server.url


def venue(url: str, model: str = "touch") -> tuple[Exchange, ValkeyStore]:
    """An empty venue with one rich account and one price."""
    connection = Connection(url)
    connection.run("FLUSHALL")
    store = ValkeyStore(connection, levels=DEFAULT_LEVELS)
    exchange = Exchange(store, SystemClock(), Rules(engine=Engine(fill_model(model))))
    exchange.open_account(ACCOUNT, {"USDT": Decimal(10) ** 15, "BTC": Decimal(10) ** 9})
    store.put_instruments([CROWDED], replace=True)
    tick(store, MIDDLE)
    return exchange, store


_positions = count(1)


def tick(store: ValkeyStore, price: Decimal, size: Decimal | None = None) -> None:
    """One more tick, a cent wide; with a book of that `size` at each level, if any."""
    now = time.time_ns() // 1_000_000
    quote = Quote(SYMBOL, price, price + Decimal("0.01"), price, now)
    book = None
    if size:
        bids = tuple((price - Decimal(away) / 100, size) for away in range(DEFAULT_LEVELS))
        book = Book(bids, tuple((price + Decimal(away + 1) / 100, size) for away in range(DEFAULT_LEVELS)))
    store.append(FeedTick(quote, next(_positions), book=book), "bench", now, serves=True)


def rest(
    exchange: Exchange,
    store: ValkeyStore,
    orders: int,
    *,
    first_price: Decimal,
    step: Decimal,
    client_ids: bool = False,
    stops: bool = False,
    chunk: int = 100,
) -> None:
    """`orders` resting buys, `step` apart downwards from `first_price`, `chunk` transactions to a call. `stops`: sells
    that wait for the last price to fall there instead."""
    read = store.read_placement(ACCOUNT, SYMBOL, None)
    assert read.account
    assert read.market.instrument
    view = PlacementView(
        account=read.account,
        instrument=read.market.instrument,
        scales={"BTC": 8, "USDT": 8},
        tick=read.market.tick,
        order_id=0,
        trade_id=0,
        now=exchange.now(),
    )
    first_id = store.next_id("order", orders)
    pending: list[Transaction] = []
    for number in range(orders):
        price = first_price - step * (number % 20_000)
        command = PlaceOrder(ACCOUNT, SYMBOL, Side.BUY, OrderType.LIMIT, Decimal("0.001"), price)
        if stops:
            command = replace(command, side=Side.SELL, type=OrderType.STOP_LOSS_LIMIT, stop_price=price)
        if client_ids:
            command = replace(command, client_order_id=f"x-TKT5PX2F{first_id + number:022x}")
        transaction = place(command, replace(view, order_id=first_id + number), exchange.rules.engine).transaction
        assert transaction
        pending.append(transaction)
        if len(pending) == chunk or number == orders - 1:
            assert set(store.commit(pending)) == {"COMMITTED"}
            pending = []
