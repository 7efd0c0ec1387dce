"""Balances, fees, paper money in and out, over the Binance wire."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.request_weights import RequestLimits

from .door import START, Door
from .wire import Wire, refused


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


def test_the_account(wire: Wire) -> None:
    account = wire.get("/api/v3/account")

    assert account["balances"] == [
        {"asset": "BTC", "free": "2.00000000", "locked": "0.00000000"},
        {"asset": "USDT", "free": "100000.00000000", "locked": "0.00000000"},
    ]
    assert account["commissionRates"] == {
        "maker": "0.00100000", "taker": "0.00100000", "buyer": "0.00000000", "seller": "0.00000000",
    }  # fmt: skip
    assert (account["makerCommission"], account["takerCommission"]) == (10, 10)
    assert (account["accountType"], account["permissions"]) == ("SPOT", ["SPOT"])
    assert account["canTrade"] and account["canWithdraw"] and account["canDeposit"]
    wire.placed(type="MARKET", side="SELL", quantity="2")
    assert [each["asset"] for each in wire.get("/api/v3/account", omitZeroBalances="true")["balances"]] == ["USDT"]
    assert refused(wire.ask("GET", "/api/v3/account", omitZeroBalances="maybe"))[1] == -1100


def test_fees_add_up_to_what_was_charged(wire: Wire) -> None:
    fills = [wire.placed(type="MARKET", quantity=each)["fills"][0] for each in ("0.00777", "0.01", "0.12345")]
    bought = sum(Decimal(each["qty"]) for each in fills)
    charged = sum(Decimal(each["commission"]) for each in fills)

    # a fee is rounded up to the asset's last digit, each on its own
    assert [each["commission"] for each in fills] == ["0.00000777", "0.00001000", "0.00012345"]
    [btc] = [each for each in wire.get("/api/v3/account")["balances"] if each["asset"] == "BTC"]
    assert Decimal(btc["free"]) == 2 + bought - charged


def test_commissions_are_those_of_the_account(wire: Wire) -> None:
    wire.get("/api/v3/account")  # which opens it
    wire.door.exchange.accounts.set_fees("default", maker_rate=Decimal("0.0002"), taker_rate=Decimal("0.0004"))
    commission = wire.get("/api/v3/account/commission", symbol="BTCUSDT")

    assert commission["standardCommission"]["maker"] == "0.00020000"
    assert commission["standardCommission"]["taker"] == "0.00040000"
    assert set(commission) == {
        "symbol", "standardCommission", "specialCommission", "taxCommission", "discount",
    }  # fmt: skip
    assert wire.get("/sapi/v1/asset/tradeFee", symbol="BTCUSDT") == [
        {"symbol": "BTCUSDT", "makerCommission": "0.00020000", "takerCommission": "0.00040000"}
    ]
    assert wire.placed(type="MARKET", quantity="0.01")["fills"][0]["commission"] == "0.00000400"


def test_assets_and_their_network(wire: Wire) -> None:
    wire.placed()
    assets = {each["coin"]: each for each in wire.get("/sapi/v1/capital/config/getall")}

    assert (assets["USDT"]["free"], assets["USDT"]["locked"]) == ("99500.00000000", "500.00000000")
    [network] = assets["BTC"]["networkList"]
    assert (network["coin"], network["withdrawIntegerMultiple"], network["isDefault"]) == ("BTC", "0.00000001", True)
    detail = wire.get("/sapi/v1/asset/assetDetail", asset="BTC")
    assert detail == {
        "BTC": {
            "minWithdrawAmount": "0.00000000", "depositStatus": True, "withdrawFee": 0, "withdrawStatus": True,
        }
    }  # fmt: skip


def test_a_withdrawal_takes_the_money(wire: Wire) -> None:
    wire.get("/api/v3/account")
    said = {"coin": "USDT", "address": "anywhere", "network": "ETH", "withdrawOrderId": "w1"}
    reply = wire.ask("POST", "/sapi/v1/capital/withdraw/apply", **said, amount="250.5")

    assert reply.status == 200
    [usdt] = [each for each in wire.get("/api/v3/account")["balances"] if each["asset"] == "USDT"]
    assert usdt["free"] == "99749.50000000"
    [line] = wire.get("/sapi/v1/capital/withdraw/history", coin="USDT")
    assert (line["id"], line["amount"], line["coin"], line["status"]) == (reply.json["id"], "250.50000000", "USDT", 6)
    assert (line["address"], line["network"], line["withdrawOrderId"]) == ("anywhere", "ETH", "w1")
    assert line["applyTime"] == "2023-11-14 22:13:20"
    assert wire.get("/sapi/v1/capital/withdraw/history", withdrawOrderId="w2") == []
    assert len(wire.get("/sapi/v1/capital/withdraw/history", withdrawOrderId="w1")) == 1
    assert wire.get("/sapi/v1/capital/withdraw/history", coin="BTC") == []
    assert wire.get("/sapi/v1/capital/withdraw/history", startTime=START + 1) == []
    assert wire.get("/sapi/v1/capital/withdraw/history", status=5) == []
    too_much = wire.ask("POST", "/sapi/v1/capital/withdraw/apply", **said, amount="99749.51")
    assert refused(too_much) == (400, -4026, "User has insufficient balance")
    for bad in ("0", "0.000000001"):
        assert refused(wire.ask("POST", "/sapi/v1/capital/withdraw/apply", **said, amount=bad))[1] == -4022


def test_deposits_newest_first(wire: Wire) -> None:
    wire.get("/api/v3/account")
    wire.door.clock.time += 1000
    wire.door.exchange.deposit("default", "ETH", Decimal(3))
    deposits = wire.get("/sapi/v1/capital/deposit/hisrec")

    assert [(each["coin"], each["amount"], each["insertTime"]) for each in deposits] == [
        ("ETH", "3.00000000", START + 1000), ("BTC", "2.00000000", START), ("USDT", "100000.00000000", START),
    ]  # fmt: skip
    assert [each["coin"] for each in wire.get("/sapi/v1/capital/deposit/hisrec", limit=1, offset=1)] == ["BTC"]
    address = wire.get("/sapi/v1/capital/deposit/address", coin="BTC")
    assert (address["coin"], address["address"]) == ("BTC", "paper-money-only")


def test_what_this_exchange_does_not_have_is_empty(wire: Wire) -> None:
    for path in ("/sapi/v1/margin/allPairs", "/sapi/v1/margin/isolated/allPairs", "/sapi/v1/spot/delist-schedule"):
        assert wire.get(path) == []
    assert wire.get("/sapi/v1/asset/transfer", type="MAIN_UMFUTURE") == {"total": 0, "rows": []}
    moved = wire.ask("POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount=1)
    assert refused(moved)[0] == 400
    assert wire.get("/sapi/v1/account/status") == {"data": "Normal"}
    assert wire.get("/sapi/v1/account/apiTradingStatus")["data"]["isLocked"] is False
    assert wire.door.send("GET", "/sapi/v1/system/status", key=None).json == {"status": 0, "msg": "normal"}


def test_order_counts(wire: Wire) -> None:
    door = Door(wire.door.store, wire_limits=RequestLimits(6000, 100, 200_000), clock=wire.door.clock)
    with door.loop:
        limited = Wire(door)
        limited.placed()
        limited.placed()
        assert limited.get("/api/v3/rateLimit/order") == [
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100, "count": 2},
            {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000, "count": 2},
        ]
