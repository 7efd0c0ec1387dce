"""What one would pay, and what is charged: the same through both doors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.domain.fees import DAY, FeeSchedule, read_overrides, read_tiers
from mockexchange.store.memory import MemoryStore

from .door import Door
from .wire import Wire, refused

SCHEDULE = FeeSchedule(
    tiers=read_tiers({"500": "0.0009/0.0008"}),
    overrides=read_overrides({"ETH/USDT": "0/0.0003"}),
    asset="BNB",
    discount=Decimal("0.25"),
)


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door(MemoryStore(), fees=SCHEDULE)
    with door.loop:
        for symbol, price in (("BTC/USDT", "60000"), ("ETH/USDT", "3000"), ("BNB/USDT", "600")):
            door.price(price, symbol=symbol)
        door.get("/account")  # which opens it
        yield door


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


def rates(door: Door, symbol: str) -> tuple[Any, Any]:
    [market] = door.get(f"/account/fees?symbol={symbol}")["markets"]
    return market["maker"], market["taker"]


def test_what_one_would_pay_is_said_for_every_market(door: Door) -> None:
    assert door.get("/account/fees") == {
        "account": "default",
        "maker": {"rate": Decimal("0.001"), "rule": "account"},
        "taker": {"rate": Decimal("0.001"), "rule": "account"},
        "volume": 0,
        "tier": None,
        "feeAsset": {"asset": "BNB", "discount": Decimal("0.25"), "enabled": False},
        "markets": [
            {
                "symbol": symbol,
                "maker": {"rate": maker, "rule": rule},
                "taker": {"rate": taker, "rule": rule},
            }
            for symbol, maker, taker, rule in (
                ("BNB/USDT", Decimal("0.001"), Decimal("0.001"), "account"),
                ("BTC/USDT", Decimal("0.001"), Decimal("0.001"), "account"),
                ("ETH/USDT", 0, Decimal("0.0003"), "market"),
            )
        ],
    }
    assert door.get("/admin/accounts/default/fees") == door.get("/account/fees")
    assert door.send("GET", "/account/fees?symbol=BTC").problem["code"] == "BadSymbol"
    assert door.send("GET", "/admin/accounts/nobody/fees").status == 404


def test_a_tier_is_said_and_charged(door: Door, wire: Wire) -> None:
    door.place(type="market", amount="0.01")
    door.clock.time += DAY
    door.price("60000")
    fees = door.get("/account/fees?symbol=BTC/USDT")
    assert (fees["volume"], fees["tier"]["volume"]) == (600, 500)
    assert rates(door, "BTC/USDT") == (
        {"rate": Decimal("0.0009"), "rule": "tier"}, {"rate": Decimal("0.0008"), "rule": "tier"},
    )  # fmt: skip
    account = wire.get("/api/v3/account")
    assert (account["makerCommission"], account["commissionRates"]["taker"]) == (9, "0.00080000")
    trade = door.place(type="market", amount="0.01")["trades"][0]
    assert trade["fee"] == {
        "currency": "BTC",
        "cost": Decimal("0.000008"),
        "rate": Decimal("0.0008"),
        "rule": "taker rate 0.0008, for its 30-day volume",
    }


@pytest.mark.parametrize("name", ["BTCUSDT", "ETHUSDT"])
def test_what_the_wire_says_is_what_it_charges(wire: Wire, name: str) -> None:
    [fee] = wire.get("/sapi/v1/asset/tradeFee", symbol=name)
    assert fee in wire.get("/sapi/v1/asset/tradeFee")
    commission = wire.get("/api/v3/account/commission", symbol=name)
    assert commission["standardCommission"]["taker"] == fee["takerCommission"]
    assert commission["standardCommission"]["maker"] == fee["makerCommission"]
    test = wire.ask(
        "POST", "/api/v3/order/test", symbol=name, side="SELL", type="MARKET", quantity="1",
        computeCommissionRates="true",
    ).json  # fmt: skip
    assert test["standardCommissionForOrder"] == {"maker": fee["makerCommission"], "taker": fee["takerCommission"]}
    fill = wire.placed(symbol=name, type="MARKET", quantity="0.01")["fills"][0]
    assert Decimal(fill["commission"]) == Decimal(fee["takerCommission"]) * Decimal(fill["qty"])


def test_paying_in_bnb_over_the_wire(door: Door, wire: Wire) -> None:
    door.exchange.deposit("default", "BNB", Decimal(1))
    assert wire.get("/sapi/v1/bnbBurn") == {"spotBNBBurn": False, "interestBNBBurn": False}
    assert wire.ask("POST", "/sapi/v1/bnbBurn").json == {"spotBNBBurn": False, "interestBNBBurn": False}
    assert wire.get("/api/v3/account/commission", symbol="BTCUSDT")["discount"] == {
        "enabledForAccount": False, "enabledForSymbol": True, "discountAsset": "BNB", "discount": "0.75000000",
    }  # fmt: skip
    assert wire.ask("POST", "/sapi/v1/bnbBurn", spotBNBBurn="true").json["spotBNBBurn"] is True
    discount = wire.get("/api/v3/account/commission", symbol="BTCUSDT")["discount"]
    assert (discount["enabledForAccount"], discount["discount"]) == (True, "0.75000000")
    placed = wire.placed(type="MARKET", quantity="0.01")
    # 600 USDT x 0.1 % x 0.75 / 600
    assert [(each["commission"], each["commissionAsset"]) for each in placed["fills"]] == [("0.00075000", "BNB")]
    [trade] = wire.get("/api/v3/myTrades", symbol="BTCUSDT")
    assert (trade["commission"], trade["commissionAsset"]) == ("0.00075000", "BNB")
    balances = {each["asset"]: each["free"] for each in wire.get("/api/v3/account")["balances"]}
    assert (balances["BNB"], balances["BTC"]) == ("0.99925000", "2.01000000")
    assert wire.ask("POST", "/sapi/v1/bnbBurn", spotBNBBurn="false").json["spotBNBBurn"] is False
    assert wire.placed(type="MARKET", quantity="0.01")["fills"][0]["commissionAsset"] == "BTC"


def test_what_cannot_be_paid_in_bnb_is_refused(wire: Wire) -> None:
    assert refused(wire.ask("POST", "/sapi/v1/bnbBurn", interestBNBBurn="true"))[1] == -9000
    without = Door(MemoryStore())
    with without.loop:
        assert refused(Wire(without).ask("POST", "/sapi/v1/bnbBurn", spotBNBBurn="true"))[:2] == (400, -9000)
        assert without.send("PATCH", "/account/fees", '{"paysInFeeAsset": true}').problem["code"] == "BadRequest"


def test_an_order_that_was_charged_in_two_assets_says_both(door: Door) -> None:
    enabled = door.send("PATCH", "/account/fees", '{"paysInFeeAsset": true}')
    assert enabled.json["feeAsset"]["enabled"] is True
    door.exchange.deposit("default", "BNB", Decimal("0.0005"))
    order = door.place(type="limit", amount="0.01", price="59000")
    assert (order["fee"], order["fees"]) == (None, [])
    sized = Door(door.store, fees=SCHEDULE, fill_model="touch-size", clock=door.clock)
    with sized.loop:
        for size in ("0.004", "0.006"):
            body = f'{{"price": 59000, "askVolume": {size}, "bidVolume": {size}}}'
            assert sized.send("PUT", "/admin/tickers/BTC/USDT/price", body).status == 200
    order = door.get(f"/orders/{order['id']}")
    assert order["fee"] is None
    assert order["fees"] == [
        {"currency": "BNB", "cost": Decimal("0.000295")},
        {"currency": "BTC", "cost": Decimal("0.000006")},
    ]
    assert [each["fee"]["rule"] for each in order["trades"]] == [
        "maker rate 0.00075, the account's own, 25 % off for paying in BNB (1 BNB = 600 USDT)",
        "maker rate 0.001, the account's own",
    ]
    lines = [line for line in door.get("/ledger") if line["kind"] == "fee"]
    assert sorted(line["asset"] for line in lines) == ["BNB", "BTC"]
    assert door.audit()["clean"] is True


def test_an_admin_says_what_an_account_pays_in(door: Door) -> None:
    door.exchange.open_account("alice")
    reply = door.send("PATCH", "/admin/accounts/alice", '{"paysInFeeAsset": true, "makerRate": 0.0001}')
    assert (reply.json["paysInFeeAsset"], reply.json["makerRate"]) == (True, Decimal("0.0001"))
    assert door.get("/admin/accounts/alice/fees")["feeAsset"]["enabled"] is True
    assert door.get("/account")["account"]["paysInFeeAsset"] is False
