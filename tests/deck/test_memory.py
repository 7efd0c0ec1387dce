"""What the deck shows while nobody answers: what was answered last."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.errors import NotAvailable, Unreachable
from mockexchange.clients.order_request import OrderRequest
from mockexchange.deck.memory import LONGEST, REMEMBERED, RememberingClient
from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve


class SickStore(MemoryStore):
    """Cannot be asked how it is."""

    def ping(self) -> None:
        raise ExchangeNotAvailable("the store is sick")


@pytest.fixture
def client(served: Served) -> Iterator[RememberingClient]:
    client = RememberingClient(Endpoint(served.url, KEY), timeout=5)
    yield client
    client.close()


def test_what_was_answered_is_answered_again_while_nobody_is_there() -> None:
    store = MemoryStore()
    with serve(store) as served:
        client = RememberingClient(Endpoint(served.url, KEY), timeout=5)
        tickers, trades = client.tickers(["BTC/USDT"]), client.trades()
        assert client.away is None

    assert client.tickers(["BTC/USDT"]) == tickers
    assert client.trades() == trades
    assert client.away is not None
    assert isinstance(client.away.error, Unreachable)
    with pytest.raises(Unreachable):
        client.tickers(["ETH/USDT"])  # another question
    with pytest.raises(Unreachable):
        client.place(OrderRequest("BTC/USDT", "buy", Decimal(1)))
    client.close()


def test_who_answers_again_is_not_away(served: Served, client: RememberingClient) -> None:
    before = client.symbols()
    served.chaos(error=1, doors=["native"])
    since = _missed(client)
    assert client.symbols() == before
    assert client.readiness().chaos  # says what goes wrong, and is no sign that it is over
    assert client.away is not None and client.away.since == since

    served.chaos()
    client.balances()
    assert client.away is None


def test_an_exchange_that_is_not_ready_says_so() -> None:
    with serve(SickStore()) as served:
        client = RememberingClient(Endpoint(served.url, KEY), timeout=5)
        with pytest.raises(NotAvailable):
            client.readiness()
        assert client.away is None
        client.close()


def test_memory_has_an_end(served: Served, client: RememberingClient) -> None:
    for _ in range(LONGEST + 1):
        client.place(OrderRequest("BTC/USDT", "buy", Decimal("0.001")))
    few, many = client.orders(limit=LONGEST), client.orders(limit=LONGEST + 1)
    assert (len(few), len(many)) == (LONGEST, LONGEST + 1)

    served.chaos(error=1, doors=["native"])
    assert client.orders(limit=LONGEST) == few
    with pytest.raises(NotAvailable):
        client.orders(limit=LONGEST + 1)
    served.chaos()

    for number in range(REMEMBERED):
        client.orders(limit=1, since=number)
    served.chaos(error=1, doors=["native"])
    with pytest.raises(NotAvailable):
        client.orders(limit=LONGEST)


def _missed(client: RememberingClient) -> int:
    """When the exchange was missed first."""
    with pytest.raises(NotAvailable):
        client.balances()
    assert client.away is not None
    return client.away.since
