"""What an exchange counts of itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from mockexchange.clock import ManualClock
from mockexchange.domain.errors import ExchangeError, ExchangeNotAvailable
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.exchange import Exchange
from mockexchange.store.memory import MemoryStore

D = Decimal
NOW = 1_700_000_000_000


class Busy(MemoryStore):
    """A store in which somebody else is often first, and which is not always there."""

    conflicts = 0
    there = True

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        if not self.there:
            raise ExchangeNotAvailable("gone")
        if self.conflicts:
            self.conflicts -= 1
            return [Verdict.CONFLICT for _ in transactions]
        return super().commit(transactions)


@pytest.fixture
def store() -> Busy:
    return Busy()


@pytest.fixture
def exchange(store: Busy) -> Exchange:
    exchange = Exchange(store, ManualClock(NOW), Rules())
    exchange.open_account("alice", {"USDT": D(1000)})
    exchange.set_price("BTC/USDT", price("100"))
    assert not any(exchange.activity.take().values())
    return exchange


def price(amount: str) -> Quote:
    return Quote("BTC/USDT", D(amount), D(amount), D(amount), NOW)


def buy(quantity: str, *, at: str | None = None, name: str | None = None) -> PlaceOrder:
    kind = OrderType.LIMIT if at else OrderType.MARKET
    limit = D(at) if at else None
    return PlaceOrder("alice", "BTC/USDT", Side.BUY, kind, quantity=D(quantity), price=limit, client_order_id=name)


def test_orders_and_their_fills(exchange: Exchange) -> None:
    exchange.place(buy("1"))
    exchange.place(buy("1", at="90"))
    exchange.set_price("BTC/USDT", price("89"))

    assert exchange.activity.take() == {"placed": 2, "refused": 0, "fills": 2, "conflicts": 0}
    assert not any(exchange.activity.take().values())


def test_a_repeated_order_counts_once(exchange: Exchange) -> None:
    for _ in range(2):
        exchange.place(buy("1", name="mine"))

    assert exchange.activity.take()["placed"] == 1


def test_refused_ones(exchange: Exchange) -> None:
    for refused in (buy("100"), buy("-1")):
        with pytest.raises(ExchangeError):
            exchange.place(refused)

    assert exchange.activity.take() == {"placed": 0, "refused": 2, "fills": 0, "conflicts": 0}


def test_decisions_that_were_taken_again(exchange: Exchange, store: Busy) -> None:
    store.conflicts = 3
    order = exchange.place(buy("1", at="90")).order
    store.conflicts = 2
    exchange.cancel("alice", order.order_id)
    store.conflicts = 1
    exchange.deposit("alice", "USDT", D(1))

    assert exchange.activity.take() == {"placed": 1, "refused": 0, "fills": 0, "conflicts": 6}


def test_a_store_that_is_not_there_refuses_nothing(exchange: Exchange, store: Busy) -> None:
    store.there = False
    with pytest.raises(ExchangeNotAvailable):
        exchange.place(buy("1"))

    assert not any(exchange.activity.take().values())
