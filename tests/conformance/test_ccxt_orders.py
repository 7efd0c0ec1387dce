"""ccxt.binance, unmodified: orders from placement to the last fill. What is expected follows from the price (bid
59,999, ask 60,001), the fee rate (0.1 %, in the asset received) and Binance's documentation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from .ccxt_clients import CCXT, WAYS, ccxt, ccxt_binance
from .exercised import exercises
from .served import Served


@pytest.fixture(params=WAYS)
def client(request: pytest.FixtureRequest, served: Served) -> Iterator[Any]:
    with ccxt_binance(served.url, request.param) as made:
        yield made


def resting(client: Any, price: float = 50_000, amount: float = 0.1, **parameters: Any) -> Any:
    """A buy far below the market."""
    return client.create_order("BTC/USDT", "limit", "buy", amount, price, parameters)


def balance(client: Any, asset: str) -> tuple[str, str]:
    """(free, locked), as the wire has them."""
    [found] = [each for each in client.fetch_balance()["info"]["balances"] if each["asset"] == asset]
    return found["free"], found["locked"]


@exercises(CCXT, "create_order (market)", "create_market_buy_order")
def test_a_market_buy(client: Any) -> None:
    order = client.create_market_buy_order("BTC/USDT", 0.01)

    assert (order["status"], order["type"], order["side"]) == ("closed", "market", "buy")
    assert (order["amount"], order["filled"], order["remaining"]) == (0.01, 0.01, 0)
    assert (order["average"], order["cost"]) == (60001, 600.01)
    assert (order["fee"]["currency"], order["fee"]["cost"]) == ("BTC", 0.00001)
    [trade] = order["trades"]
    assert (trade["price"], trade["amount"], trade["cost"]) == (60001, 0.01, 600.01)
    info = order["info"]
    said = (info["status"], info["executedQty"], info["cummulativeQuoteQty"])
    assert said == ("FILLED", "0.01000000", "600.01000000")
    [fill] = info["fills"]
    assert (fill["price"], fill["qty"]) == ("60001.00000000", "0.01000000")
    assert (fill["commission"], fill["commissionAsset"]) == ("0.00001000", "BTC")
    assert balance(client, "BTC") == ("2.00999000", "0.00000000")
    assert balance(client, "USDT") == ("99399.99000000", "0.00000000")


@exercises(CCXT, "create_market_sell_order")
def test_a_market_sell(client: Any) -> None:
    order = client.create_market_sell_order("BTC/USDT", 0.5)

    assert (order["status"], order["average"], order["cost"]) == ("closed", 59999, 29999.5)
    assert (order["fee"]["currency"], order["fee"]["cost"]) == ("USDT", 29.9995)
    assert balance(client, "USDT") == ("129969.50050000", "0.00000000")


@exercises(CCXT, "create_order (limit)", "fetch_order", "fetch_open_orders", "cancel_order")
def test_a_limit_order_rests_and_is_canceled(client: Any) -> None:
    order = resting(client)

    assert (order["status"], order["type"], order["timeInForce"]) == ("open", "limit", "GTC")
    assert (order["price"], order["amount"], order["filled"], order["remaining"]) == (50_000, 0.1, 0, 0.1)
    assert not order["postOnly"]
    assert balance(client, "USDT") == ("95000.00000000", "5000.00000000")

    fetched = client.fetch_order(order["id"], "BTC/USDT")
    assert (fetched["id"], fetched["clientOrderId"], fetched["status"]) == (
        order["id"],
        order["clientOrderId"],
        "open",
    )
    assert fetched["timestamp"] == order["timestamp"]
    assert [each["id"] for each in client.fetch_open_orders("BTC/USDT")] == [order["id"]]
    assert client.fetch_open_orders("ETH/USDT") == []
    client.options["fetchOpenOrders"] = {"warnWithoutSymbol": False}
    assert [each["id"] for each in client.fetch_open_orders()] == [order["id"]]

    canceled = client.cancel_order(order["id"], "BTC/USDT")
    assert (canceled["id"], canceled["status"]) == (order["id"], "canceled")
    assert client.fetch_order(order["id"], "BTC/USDT")["status"] == "canceled"
    assert client.fetch_open_orders("BTC/USDT") == []
    assert balance(client, "USDT") == ("100000.00000000", "0.00000000")


@exercises(CCXT, "create_order (limit, marketable)")
def test_a_limit_order_that_crosses_gets_the_better_price(client: Any) -> None:
    order = client.create_limit_buy_order("BTC/USDT", 0.1, 61_000)

    assert (order["status"], order["price"], order["average"], order["cost"]) == ("closed", 61_000, 60_001, 6000.1)
    assert balance(client, "USDT") == ("93999.90000000", "0.00000000")  # nothing stays locked of 6,100
    [trade] = client.fetch_my_trades("BTC/USDT")
    assert (trade["takerOrMaker"], trade["fee"]["cost"], trade["fee"]["currency"]) == ("taker", 0.0001, "BTC")


@exercises(CCXT, "fetch_my_trades", "fetch_order_trades")
def test_a_resting_order_fills_at_its_price_as_a_maker(client: Any, served: Served) -> None:
    order = resting(client, 59_000)
    served.price("58998", "58999")

    filled = client.fetch_order(order["id"], "BTC/USDT")
    assert (filled["status"], filled["filled"], filled["average"], filled["cost"]) == ("closed", 0.1, 59_000, 5900)
    [trade] = client.fetch_my_trades("BTC/USDT")
    assert (trade["order"], trade["side"], trade["takerOrMaker"]) == (order["id"], "buy", "maker")
    assert (trade["price"], trade["amount"], trade["cost"]) == (59_000, 0.1, 5900)
    assert (trade["fee"]["currency"], trade["fee"]["cost"]) == ("BTC", 0.0001)
    assert (trade["info"]["quoteQty"], trade["info"]["isBuyer"], trade["info"]["isMaker"]) == (
        "5900.00000000",
        True,
        True,
    )
    assert client.fetch_order_trades(order["id"], "BTC/USDT") == [trade]
    assert client.fetch_my_trades("ETH/USDT") == []


@exercises(CCXT, "create_order (postOnly)")
def test_post_only(client: Any) -> None:
    order = resting(client, postOnly=True)

    assert (order["status"], order["postOnly"], order["info"]["type"]) == ("open", True, "LIMIT_MAKER")
    assert (order["type"], order["timeInForce"]) == ("limit", "GTC")
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        resting(client, 60_001, postOnly=True)
    assert balance(client, "USDT") == ("95000.00000000", "5000.00000000")


@exercises(CCXT, "create_order (timeInForce IOC, FOK)")
@pytest.mark.parametrize("time_in_force", ["IOC", "FOK"])
def test_now_or_never(client: Any, time_in_force: str) -> None:
    never = resting(client, timeInForce=time_in_force)
    assert (never["status"], never["filled"], never["timeInForce"]) == ("expired", 0, time_in_force)
    assert never["info"]["status"] == "EXPIRED"
    now = resting(client, 60_001, timeInForce=time_in_force)
    assert (now["status"], now["filled"], now["average"]) == ("closed", 0.1, 60_001)


@exercises(CCXT, "create_market_buy_order_with_cost")
def test_a_market_buy_for_so_much_money(client: Any) -> None:
    order = client.create_market_buy_order_with_cost("BTC/USDT", 1000)

    # 1000 / 60001 = 0.016666.. rounded down to the lot size: never more than was said
    assert (order["status"], order["filled"], order["cost"]) == ("closed", 0.01666, 999.61666)
    assert (order["info"]["origQuoteOrderQty"], order["info"]["cummulativeQuoteQty"]) == (
        "1000.00000000",
        "999.61666000",
    )
    assert balance(client, "USDT") == ("99000.38334000", "0.00000000")


@exercises(CCXT, "create_market_sell_order_with_cost")
def test_a_market_sell_for_so_much_money(client: Any) -> None:
    order = client.create_market_sell_order_with_cost("BTC/USDT", 1000)

    # 1000 / 59999 = 0.0166669..
    assert (order["status"], order["side"], order["filled"], order["cost"]) == ("closed", "sell", 0.01666, 999.58334)


@exercises(CCXT, "edit_order")
def test_an_order_is_replaced(client: Any) -> None:
    order = resting(client)
    edited = client.edit_order(order["id"], "BTC/USDT", "limit", "buy", 0.2, 40_000)

    assert edited["id"] != order["id"]
    assert (edited["status"], edited["price"], edited["amount"]) == ("open", 40_000, 0.2)
    assert client.fetch_order(order["id"], "BTC/USDT")["status"] == "canceled"
    assert [each["id"] for each in client.fetch_open_orders("BTC/USDT")] == [edited["id"]]
    assert balance(client, "USDT") == ("92000.00000000", "8000.00000000")


@exercises(CCXT, "edit_order (of an order that is gone)", result="OrderNotFound, nothing placed")
def test_nothing_replaces_an_order_that_is_gone(client: Any, served: Served) -> None:
    order = resting(client)
    client.cancel_order(order["id"], "BTC/USDT")
    with pytest.raises((ccxt.OrderNotFound, ccxt.BadResponse, ccxt.InvalidOrder, ccxt.ExchangeError)) as refused:
        client.edit_order(order["id"], "BTC/USDT", "limit", "buy", 0.2, 40_000)

    assert "-2022" in str(refused.value) or "-2011" in str(refused.value)
    assert [each.status.value for each in served.orders()] == ["CANCELED"]


@exercises(CCXT, "create_order (test)")
def test_a_test_order_changes_nothing(client: Any, served: Served) -> None:
    resting(client, test=True)

    assert served.orders() == []
    with pytest.raises(ccxt.InvalidOrder):
        client.create_order("BTC/USDT", "limit", "buy", 0.1, 2_000_000_000, {"test": True})


@exercises(CCXT, "cancel_all_orders")
def test_all_orders_of_a_market_are_canceled(client: Any) -> None:
    kept = client.create_limit_buy_order("ETH/USDT", 1, 2000)
    gone = {resting(client)["id"], resting(client, 49_000)["id"]}

    canceled = client.cancel_all_orders("BTC/USDT")
    assert {each["id"] for each in canceled} == gone
    assert {each["status"] for each in canceled} == {"canceled"}
    client.options["fetchOpenOrders"] = {"warnWithoutSymbol": False}
    assert [each["id"] for each in client.fetch_open_orders()] == [kept["id"]]


@exercises(CCXT, "fetch_orders", "fetch_closed_orders", "fetch_canceled_orders", "fetch_canceled_and_closed_orders")
def test_lists_of_orders(client: Any) -> None:
    filled = client.create_market_buy_order("BTC/USDT", 0.01)["id"]
    canceled = resting(client)["id"]
    client.cancel_order(canceled, "BTC/USDT")
    is_open = resting(client)["id"]

    def ids(orders: Any) -> list[str]:
        return [each["id"] for each in orders]

    assert ids(client.fetch_orders("BTC/USDT")) == [filled, canceled, is_open]
    assert ids(client.fetch_closed_orders("BTC/USDT")) == [filled]
    assert ids(client.fetch_canceled_orders("BTC/USDT")) == [canceled]
    assert ids(client.fetch_canceled_and_closed_orders("BTC/USDT")) == [filled, canceled]
    # pages: the newest ones, and from an id on
    assert ids(client.fetch_orders("BTC/USDT", None, 2)) == [canceled, is_open]
    assert ids(client.fetch_orders("BTC/USDT", None, None, {"orderId": canceled})) == [canceled, is_open]


@exercises(CCXT, "create_order, fetch_order, cancel_order (clientOrderId)")
def test_orders_by_the_name_that_the_client_gave(client: Any, served: Served) -> None:
    order = resting(client, clientOrderId="mine-1")
    assert order["clientOrderId"] == "mine-1"
    assert served.orders()[0].client_order_id == "mine-1"

    assert client.fetch_order(None, "BTC/USDT", {"origClientOrderId": "mine-1"})["id"] == order["id"]
    with pytest.raises(ccxt.InvalidOrder, match="Duplicate order sent"):
        resting(client, clientOrderId="mine-1")
    canceled = client.cancel_order(None, "BTC/USDT", {"origClientOrderId": "mine-1"})
    assert (canceled["id"], canceled["status"]) == (order["id"], "canceled")
    # free again once that order is closed; the name means the newest one
    again = resting(client, clientOrderId="mine-1")
    assert client.fetch_order(None, "BTC/USDT", {"origClientOrderId": "mine-1"})["id"] == again["id"]


@exercises(CCXT, "numbers in info")
def test_every_number_comes_back_to_the_last_digit(client: Any, served: Served) -> None:
    order = client.create_order("BTC/USDT", "limit", "buy", 0.1 + 0.2, 0.29 + 50_000)  # floats, as strategies have them
    assert (order["info"]["price"], order["info"]["origQty"]) == ("50000.29000000", "0.30000000")
    [placed] = served.orders()
    assert (placed.price, placed.quantity) == (Decimal("50000.29"), Decimal("0.3"))
    served.exchange.deposit("default", "BTC", Decimal("0.00000001"))
    assert balance(client, "BTC") == ("2.00000001", "0.00000000")


STOPS: list[tuple[str, str, str, dict[str, Any], str, tuple[str, str]]] = [
    ("stop loss", "market", "sell", {"stopLossPrice": 55_000}, "STOP_LOSS", ("54990", "55000")),
    ("stop limit", "limit", "sell", {"triggerPrice": 55_000}, "STOP_LOSS_LIMIT", ("54990", "55000")),
    ("stop loss, buy", "market", "buy", {"stopLossPrice": 65_000}, "STOP_LOSS", ("65000", "65010")),
    ("take profit", "market", "sell", {"takeProfitPrice": 65_000}, "TAKE_PROFIT", ("65000", "65010")),
    ("take profit limit", "limit", "buy", {"takeProfitPrice": 55_000}, "TAKE_PROFIT_LIMIT", ("54990", "55000")),
]
"""Each with the bid and the ask that trigger it; the last price is between them."""


@exercises(CCXT, *(f"create_order ({name})" for name, *_ in STOPS))
@pytest.mark.parametrize(
    ("kind", "side", "parameters", "wire", "prices"), [row[1:] for row in STOPS], ids=[row[0] for row in STOPS]
)
def test_a_stop_waits_is_triggered_and_fills(
    served: Served, client: Any, kind: str, side: str, parameters: dict[str, Any], wire: str, prices: tuple[str, str]
) -> None:
    limit = {"sell": 54_000, "buy": 56_000}[side] if kind == "limit" else None
    [stop_price] = parameters.values()
    order = client.create_order("BTC/USDT", kind, side, 0.1, limit, parameters)
    waiting = client.fetch_order(order["id"], "BTC/USDT")
    assert (waiting["status"], waiting["stopPrice"], waiting["triggerPrice"]) == ("open", stop_price, stop_price)
    assert (waiting["info"]["type"], waiting["info"]["isWorking"], waiting["filled"]) == (wire, False, 0)
    assert [each["id"] for each in client.fetch_open_orders("BTC/USDT")] == [order["id"]]

    served.price(*prices)
    filled = client.fetch_order(order["id"], "BTC/USDT")
    assert (filled["status"], filled["filled"]) == ("closed", 0.1)
    assert filled["average"] == float(prices[0] if side == "sell" else prices[1])
    [trade] = client.fetch_my_trades("BTC/USDT")
    assert (trade["order"], trade["takerOrMaker"]) == (order["id"], "taker")


@exercises(CCXT, "cancel_order (stop)", "edit_order (stop)")
def test_a_stop_that_waits_is_edited_and_canceled(client: Any) -> None:
    order = client.create_order("BTC/USDT", "limit", "sell", 0.1, 54_000, {"stopLossPrice": 55_000})
    edited = client.edit_order(order["id"], "BTC/USDT", "limit", "sell", 0.2, 53_000, {"stopPrice": 54_000})
    assert balance(client, "BTC") == ("1.80000000", "0.20000000")
    assert client.cancel_order(edited["id"], "BTC/USDT")["status"] == "canceled"
    assert balance(client, "BTC") == ("2.00000000", "0.00000000")


@exercises(CCXT, "create_order (trailing)")
def test_a_trailing_stop_follows_the_price(served: Served, client: Any) -> None:
    parameters = {"trailingPercent": 1.0, "stopLossOrTakeProfit": "stopLoss"}
    order = client.create_order("BTC/USDT", "market", "sell", 0.1, None, parameters)
    info = client.fetch_order(order["id"], "BTC/USDT")["info"]
    assert (info["type"], info["trailingDelta"], info["isWorking"], info["status"]) == ("STOP_LOSS", 100, False, "NEW")

    served.price("61990", "62010")
    served.price("61390", "61410")  # 0.97 % below 62,000
    assert client.fetch_order(order["id"], "BTC/USDT")["status"] == "open"
    served.price("61370", "61390")
    filled = client.fetch_order(order["id"], "BTC/USDT")
    assert (filled["status"], filled["average"]) == ("closed", 61_370)


@exercises(CCXT, "create_order (iceberg)")
def test_an_iceberg_rests_and_fills(served: Served, client: Any) -> None:
    order = client.create_limit_buy_order("BTC/USDT", 0.1, 50_000, {"icebergAmount": 0.02})
    shown = client.fetch_order(order["id"], "BTC/USDT")
    assert (shown["status"], shown["amount"], shown["info"]["icebergQty"]) == ("open", 0.1, "0.02000000")
    served.price("49990", "50000")
    assert client.fetch_order(order["id"], "BTC/USDT")["status"] == "closed"
