"""The exchange of a test behind a real server: it ends when it is told to, whatever its clients do."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

import httpx
import pytest

from mockexchange.domain.errors import BadRequest, InsufficientFunds
from mockexchange.testing.served import ServedExchange
from mockexchange.testing.terms import read


def test_it_ends_though_somebody_listens() -> None:
    served = ServedExchange(read())
    headers = {"x-api-key": served.api_key, "accept": "text/event-stream"}
    with httpx.Client(headers=headers) as client, client.stream("GET", f"{served.url}/events") as stream:
        assert stream.status_code == 200
        served.stop()
    assert [each.name for each in threading.enumerate() if served.url in each.name] == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(served.url).port or 0))
    with pytest.raises(RuntimeError, match=f"the server at {served.url} has ended"):
        served.price("BTC/USDT", 1)
    served.stop()  # once more does no harm


def test_what_the_exchange_refuses_is_raised_in_the_test() -> None:
    served = ServedExchange(read())
    try:
        with pytest.raises(InsufficientFunds):
            served.withdraw("USDT", 10_001)
    finally:
        served.stop()


def test_terms_that_cannot_be_leave_nothing_behind() -> None:
    before = threading.enumerate()
    with pytest.raises(BadRequest):
        ServedExchange(read({"prices": {"BTCUSDT": 1}}))
    assert threading.enumerate() == before


def test_many_clients_at_once_and_prices_between_them() -> None:
    served = ServedExchange(read({"balances": {"USDT": 1_000_000}}))
    order = {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.01, "price": 49_000}
    answers: list[int] = []

    def trade() -> None:
        with httpx.Client(base_url=served.url, headers={"x-api-key": served.api_key}) as client:
            answers.extend(client.post("/orders", json=order).status_code for _ in range(20))

    try:
        clients = [threading.Thread(target=trade) for _ in range(4)]
        for each in clients:
            each.start()
        for step in range(20):
            served.price("BTC/USDT", 49_000 if step % 2 else 50_000)
            served.advance(seconds=1)
        for each in clients:
            each.join()
        served.price("BTC/USDT", 48_000)
        assert answers == [201] * 80
        assert served.audit().problems == []
        balance = httpx.get(f"{served.url}/balance", headers={"x-api-key": served.api_key}).json()
        assert balance["BTC"]["free"] == 80 * 0.00999
    finally:
        served.stop()
