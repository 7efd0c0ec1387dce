"""ccxt.binance, unmodified: funds, currencies and the wallet (/sapi), whose withdrawals take paper money."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from .ccxt_clients import CCXT, WAYS, ccxt, ccxt_binance
from .exercised import exercises
from .served import Served

ADDRESS = "0x00000000000000000000000000000000000000aa"


@pytest.fixture(params=WAYS)
def client(request: pytest.FixtureRequest, served: Served) -> Iterator[Any]:
    with ccxt_binance(served.url, request.param) as made:
        yield made


@exercises(CCXT, "fetch_balance")
def test_the_balance(client: Any) -> None:
    client.create_limit_buy_order("BTC/USDT", 0.1, 50_000)
    balance = client.fetch_balance()

    assert balance["USDT"] == {"free": 95_000, "used": 5_000, "total": 100_000}
    assert balance["BTC"] == {"free": 2, "used": 0, "total": 2}
    assert (balance["free"]["USDT"], balance["used"]["USDT"], balance["total"]["USDT"]) == (95_000, 5_000, 100_000)
    info = balance["info"]
    assert info["accountType"] == "SPOT"
    assert (info["canTrade"], info["canWithdraw"], info["canDeposit"]) == (True, True, True)
    assert info["commissionRates"]["maker"] == "0.00100000"
    assert "SPOT" in info["permissions"]


@exercises(CCXT, "fetch_currencies")
def test_currencies(client: Any, request: pytest.FixtureRequest) -> None:
    currencies = client.fetch_currencies()

    if client.isSandboxModeEnabled:  # ccxt asks no wallet in sandbox mode: Binance's test network has none
        assert not currencies
        return
    assert {"BTC", "ETH", "USDT"} <= set(currencies)
    usdt = currencies["USDT"]
    assert (usdt["id"], usdt["code"], usdt["active"], usdt["deposit"], usdt["withdraw"]) == (
        "USDT",
        "USDT",
        True,
        True,
        True,
    )
    assert usdt["networks"]


@exercises(CCXT, "fetch_deposits")
def test_deposits(client: Any, served: Served) -> None:
    client.fetch_balance()  # opens the account
    assert client.fetch_deposits("ETH") == []
    served.exchange.deposit("default", "ETH", Decimal(3))

    [deposit] = client.fetch_deposits("ETH")
    assert (deposit["currency"], deposit["amount"], deposit["type"], deposit["status"]) == ("ETH", 3, "deposit", "ok")
    assert deposit["timestamp"] is not None


@exercises(CCXT, "withdraw", "fetch_withdrawals")
def test_a_withdrawal_takes_the_money(client: Any, served: Served) -> None:
    withdrawn = client.withdraw("USDT", 100, ADDRESS, {"network": "ETH"})

    assert withdrawn["id"]
    assert served.free("USDT") == Decimal(99_900)
    [found] = client.fetch_withdrawals("USDT")
    assert (found["id"], found["currency"], found["type"], found["address"]) == (
        withdrawn["id"],
        "USDT",
        "withdrawal",
        ADDRESS,
    )
    # what arrives, and the network's fee, are what was taken
    fee: Any = found["fee"]
    assert found["amount"] + (fee["cost"] if fee else 0) == 100
    assert found["status"] in ("ok", "pending")


@exercises(CCXT, "withdraw (more than there is)", result="refused, nothing taken")
def test_no_more_is_withdrawn_than_there_is(client: Any, served: Served) -> None:
    client.fetch_balance()
    with pytest.raises(ccxt.ExchangeError):
        client.withdraw("USDT", 100_001, ADDRESS, {"network": "ETH"})

    assert served.free("USDT") == Decimal(100_000)
    assert client.fetch_withdrawals("USDT") == []


@exercises(CCXT, "fetch_deposit_address")
def test_a_deposit_address(client: Any) -> None:
    found = client.fetch_deposit_address("USDT")

    assert found["currency"] == "USDT"
    assert found["address"]
    assert client.fetch_deposit_address("USDT")["address"] == found["address"]


@exercises(CCXT, "transfer", "fetch_transfers")
def test_a_transfer_to_a_wallet_that_is_not_there(client: Any, served: Served) -> None:
    """There is one wallet here: a transfer out of it is refused, and the list of transfers is empty."""
    client.fetch_balance()
    with pytest.raises(ccxt.ExchangeError):
        client.transfer("USDT", 10, "spot", "future")

    assert served.free("USDT") == Decimal(100_000)
    assert client.fetch_transfers("USDT") == []


@exercises(CCXT, "fetch_deposit_withdraw_fees")
def test_fees_of_the_wallet(client: Any) -> None:
    fees = client.fetch_deposit_withdraw_fees(["USDT"])

    assert fees["USDT"]["withdraw"]["fee"] is not None or fees["USDT"]["networks"]
