"""What was done and cannot be read back afterwards is said to be done: whoever hears otherwise does it twice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.exchange import Exchange
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from .venue import BTC, Venue, order


class FailingStore(MemoryStore):
    """A store that goes away for good after its n-th write."""

    writes_left = 1_000_000

    def _wrote(self) -> None:
        self.writes_left -= 1

    def _read(self) -> None:
        if self.writes_left <= 0:
            raise ExchangeNotAvailable("the store does not answer; nothing was changed")

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        self._read()
        verdicts = super().commit(transactions)
        self._wrote()
        return verdicts

    def append(self, tick: FeedTick, source: str, logged_at: int, **named: Any) -> int | None:
        number = super().append(tick, source, logged_at, **named)
        self._wrote()
        return number

    def account(self, account_id: str) -> Any:
        self._read()
        return super().account(account_id)

    def backlogs(self, symbols: Sequence[str], limit: int) -> Any:
        self._read()
        return super().backlogs(symbols, limit)


@pytest.fixture
def failing() -> tuple[Exchange, FailingStore]:
    """Three resting buys, on a store that is still there."""
    store = FailingStore()
    exchange = Exchange(store, Venue(store, None).clock, Rules())
    exchange.open_account("alice", {"USDT": Decimal(1000)})
    price(exchange, "101")
    for limit in ("90", "91", "92"):
        exchange.place(order("BUY", "1", limit))
    return exchange, store


def price(exchange: Exchange, amount: str) -> None:
    exchange.set_price(BTC, Quote(BTC, Decimal(amount), Decimal(amount), Decimal(amount), exchange.now()))


def test_a_deposit_is_said_to_be_booked(failing: tuple[Exchange, FailingStore]) -> None:
    exchange, store = failing
    store.writes_left = 1
    with pytest.raises(ExchangeNotAvailable, match="deposit of 5 USDT is booked"):
        exchange.deposit("alice", "USDT", Decimal(5))


def test_orders_that_were_canceled_before_it_failed_are_counted(failing: tuple[Exchange, FailingStore]) -> None:
    exchange, store = failing
    store.writes_left = 2
    with pytest.raises(ExchangeNotAvailable, match="2 orders are canceled"):
        exchange.cancel_all("alice")


def test_a_price_is_said_to_be_logged(failing: tuple[Exchange, FailingStore]) -> None:
    exchange, store = failing
    store.writes_left = 1
    with pytest.raises(ExchangeNotAvailable, match="the price of BTC/USDT is logged"):
        price(exchange, "95")
