"""ccxt.binance, unmodified: what it is told that it would pay is what it pays."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.domain.fees import FeeSchedule, read_overrides
from mockexchange.domain.models import Engine
from mockexchange.domain.rules import Rules
from mockexchange.store.memory import MemoryStore

from .ccxt_clients import CCXT, ccxt_binance
from .exercised import exercises
from .served import ACCOUNT, STALE_AFTER, Served, serve

SCHEDULE = FeeSchedule(overrides=read_overrides({"ETH/USDT": "0/0.0004"}), asset="BNB", discount=Decimal("0.25"))


@pytest.fixture
def charging() -> Iterator[Served]:
    """A server with a market of its own rates, and BNB at 600 USDT to pay fees in."""
    rules = Rules(Engine(stale_after=STALE_AFTER, fees=SCHEDULE))
    with serve(MemoryStore(), rules=rules) as running:
        running.price("600", "600", symbol="BNB/USDT")
        yield running


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, charging: Served) -> Iterator[Any]:
    with ccxt_binance(charging.url, request.param) as made:
        yield made


@exercises(CCXT, "fetch_trading_fee", "create_order (market)", "fetch_my_trades")
@pytest.mark.parametrize("symbol", ["BTC/USDT", "ETH/USDT"])
def test_the_fee_that_was_asked_for_is_charged(client: Any, symbol: str) -> None:
    fee = client.fetch_trading_fee(symbol)
    assert client.fetch_trading_fees()[symbol]["taker"] == fee["taker"]
    bought = client.create_market_buy_order(symbol, 0.5)
    [trade] = client.fetch_my_trades(symbol)
    charged = {"currency": symbol.partition("/")[0], "cost": pytest.approx(0.5 * fee["taker"])}
    assert bought["fee"] == trade["fee"] == charged


@exercises(CCXT, "sapi_post_bnbburn", "sapi_get_bnbburn")
def test_fees_in_bnb(client: Any, charging: Served) -> None:
    client.fetch_balance()  # opens the account
    charging.exchange.deposit(ACCOUNT, "BNB", Decimal(1))
    assert client.sapi_post_bnbburn({"spotBNBBurn": "true"})["spotBNBBurn"] is True
    assert client.sapi_get_bnbburn()["spotBNBBurn"] is True
    bought = client.create_market_buy_order("BTC/USDT", 0.5)
    due = bought["cost"] * client.fetch_trading_fee("BTC/USDT")["taker"] * 0.75 / 600
    assert bought["fee"] == {"currency": "BNB", "cost": pytest.approx(due, abs=1e-8)}
    assert client.fetch_balance()["BTC"]["total"] == 2.5
    assert client.fetch_balance()["BNB"]["total"] == pytest.approx(1 - due, abs=1e-8)
    [trade] = client.fetch_my_trades("BTC/USDT")
    assert trade["fee"]["currency"] == "BNB"
