"""The face that a back-test shows its strategy, against ccxt.binance over HTTP: the same commands at the same moments
on two venues with the same prices, and every answer compared as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, cast

import pytest

from mockexchange.backtest.unified_exchange import UnifiedExchange
from mockexchange.clock import ManualClock
from mockexchange.domain.candles import LENGTHS
from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.quotes import Book, Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.feed.candling import CandleBuilder
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore
from mockexchange.testing.in_memory import KeptPrices

from .ccxt_clients import ccxt, ccxt_binance
from .served import ACCOUNT, FIRST_BALANCES, STALE_AFTER, serve
from .test_order_lists import OCO, OTOCO

START = 1_700_000_000_000
BTC, ETH = "BTC/USDT", "ETH/USDT"
GIVEN = re.compile(r"x-TKT5PX2F\w+|mx-\d+")
"""A client order id that its sender did not choose."""

Do = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both venues. What is done is done to one, then to the other; the clock is theirs together."""

    clock: ManualClock
    exchanges: tuple[Exchange, Exchange]
    binance: Any
    face: UnifiedExchange

    def price(self, bid: str, ask: str, last: str | None = None, symbol: str = BTC) -> None:
        """A price at both."""
        low, high = Decimal(bid), Decimal(ask)
        quote = Quote(symbol, low, high, Decimal(last) if last else (low + high) / 2, self.clock.time)
        for exchange in self.exchanges:
            exchange.set_price(symbol, quote)
            CandleBuilder(exchange.store, self.clock).run()

    def book(self, bids: str, asks: str) -> None:
        """A price with the book around it (59999x1 59998x2) at both."""
        levels = [
            tuple((Decimal(price), Decimal(size)) for price, size in (each.split("x") for each in side.split()))
            for side in (bids, asks)
        ]
        book = Book(*levels)
        (bid, bid_size), (ask, ask_size) = book.bids[0], book.asks[0]
        quote = Quote(BTC, bid, ask, (bid + ask) / 2, self.clock.time, bid_size, ask_size)
        for exchange in self.exchanges:
            exchange.store.append(FeedTick(quote, 0, book=book), "test", self.clock.time, serves=False)
            exchange.match([BTC])

    def both(self, do: Do) -> Any:
        """The face's answer, which is ccxt's."""
        self.clock.time += 7
        theirs, ours = outcome(self.binance, do), outcome(self.face, do)
        assert ours == theirs
        return ours

    def run(self, *steps: Do) -> None:
        """Several."""
        for step in steps:
            self.both(step)


def outcome(client: Any, do: Do) -> Any:
    """What came of it: an answer, or the class of an exception, and the wire's answer where that is in it."""
    try:
        return plain(do(client))
    except ccxt.BaseError as refused:
        return type(refused), GIVEN.sub("given", str(refused).partition("{")[2])


def plain(value: Any) -> Any:
    """A structure with types beside its numbers (1 is not 1.0), and without names that nobody gave."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(each) for each in cast("list[Any]", value)]
    if isinstance(value, str):
        return GIVEN.sub("given", value) if GIVEN.fullmatch(value) else value
    return type(value).__name__, value


def exceptions_of_spot(client: Any, url: str, kind: str) -> Any:
    """What ccxt takes Binance's codes for, on Binance's own hosts."""
    del url
    return client.exceptions["spot"].get(kind, {})


RULES = Rules(engine=Engine(fill_model("touch"), stale_after=STALE_AFTER))


@contextmanager
def venues(rules: Rules = RULES, levels: int = 0) -> Generator[Pair]:
    clock = ManualClock(START)

    def pass_time(milliseconds: int) -> None:
        clock.time += milliseconds

    store, ours = MemoryStore(levels=levels), MemoryStore(levels=levels)
    with serve(store, rules=rules, clock=clock, priced=False) as served, ccxt_binance(served.url) as binance:
        binance.milliseconds = lambda: clock.time  # it signs with it
        binance.get_exceptions_by_url = partial(exceptions_of_spot, binance)  # it knows them by the host
        binance.options["fetchOpenOrders"] = {"warnWithoutSymbol": False}
        exchange = Exchange(ours, clock, rules)
        exchange.open_account(ACCOUNT, FIRST_BALANCES)
        face = UnifiedExchange(exchange, ACCOUNT, KeptPrices(exchange, pass_time))
        found = Pair(clock, (served.exchange, exchange), binance, face)
        found.price("59999", "60001")
        found.price("2999", "3001", symbol=ETH)
        binance.load_markets()
        yield found
        assert exchange.audit().problems == []


@pytest.fixture
def pair() -> Iterator[Pair]:
    with venues() as found:
        yield found


def order(kind: str, side: str, amount: Any, price: Any = None, /, **params: Any) -> Do:
    """A new order on BTC/USDT."""
    return lambda client: client.create_order(BTC, kind, side, amount, price, params)


def calls(method: str, *arguments: Any, **named: Any) -> Do:
    """A method of ccxt's."""
    return lambda client: getattr(client, method)(*arguments, **named)


ALL = (
    calls("fetch_balance"),
    calls("fetch_orders", BTC),
    calls("fetch_open_orders", BTC),
    calls("fetch_open_orders"),
    calls("fetch_closed_orders", BTC),
    calls("fetch_canceled_orders", BTC),
    calls("fetch_canceled_and_closed_orders", BTC),
    calls("fetch_my_trades", BTC),
)
"""What an account looks like from all sides."""


def test_markets(pair: Pair) -> None:
    pair.run(
        calls("load_markets"),
        calls("fetch_markets"),
        lambda client: client.markets,
        lambda client: client.symbols,
        lambda client: client.ids,
        lambda client: list(client.markets_by_id),
        calls("market", BTC),
        lambda client: client.market("ETHUSDT")["symbol"],
        calls("market_id", BTC),
        calls("market", "DOGE/BTC"),
        calls("market", None),
        calls("fetch_currencies"),
        lambda client: (client.rateLimit, client.precisionMode, client.paddingMode),
        lambda client: {name: value for name, value in client.timeframes.items() if name != "1s"},
    )


NUMBERS = [0.1, 0.1 + 0.2, 1, "2.345678", 1e-5, 123456.789, 1e-7, 0.000019, 0, -0.3, 1e21, 0.005, 0.015, 99.995]


def test_numbers(pair: Pair) -> None:
    for number in NUMBERS:
        for method in ("amount_to_precision", "price_to_precision", "cost_to_precision"):
            pair.both(calls(method, BTC, number))
            pair.both(calls(method, ETH, number))


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_of_an_order(pair: Pair, number: Any) -> None:
    pair.run(
        order("limit", "buy", number, 20_000),
        order("limit", "buy", 0.01, number),
        order("market", "sell", number),
        order("market", "buy", number, 60_000),
        order("market", "buy", None, cost=number),
        order("market", "sell", 0.1, stopLossPrice=number),
        order("limit", "buy", 0.1, 50_000, icebergAmount=number),
        *ALL,
    )


ORDERS: dict[str, tuple[Do, ...]] = {
    "market": (
        order("market", "buy", 0.01),
        order("market", "sell", 0.5, clientOrderId="mine"),
        order("MARKET", "BUY", 0.0123456),
        order("market", "buy", None, cost=1000),
        order("market", "sell", 1, quoteOrderQty=500.129),
        order("market", "buy", 0.01, 60_000),
        order("market", "buy", 0.01, 0),
        order("market", "buy", None),
        order("market", "buy", 100),
        order("market", "buy", 0.00001),
        order("market", "buy", 0.01, timeInForce="GTC"),
        order("market", "buy", 0.01, postOnly=True),
        order("market", "buy", 0.01, newOrderRespType="RESULT"),
        order("market", "buy", 0.01, newOrderRespType="NOTHING"),
        calls("create_market_order", BTC, "buy", 0.02),
        calls("create_market_order", BTC, "sell", 0.02, 60_000),
        calls("create_market_buy_order", BTC, 0.02),
        calls("create_market_sell_order", BTC, 0.02, {"newClientOrderId": "again"}),
        calls("create_market_order_with_cost", BTC, "sell", 1000),
        calls("create_market_buy_order_with_cost", BTC, 77.777),
        lambda client: client.create_market_sell_order_with_cost(BTC, 88.888, {}),
    ),
    "limit": (
        order("limit", "buy", 0.1, 50_000),
        order("limit", "sell", 0.1, 70_000.019),
        order("limit", "buy", 0.1, 61_000),
        order("LIMIT", "buy", 0.1, 50_000, clientOrderId="mine"),
        order("limit", "buy", 0.1, 50_000, clientOrderId="mine"),
        order("limit", "buy", 0.1, 50_000, clientOrderId="not a name"),
        order("limit", "buy", 0.1, 50_000, timeInForce="GTC"),
        order("limit", "buy", 0.1, 50_000, timeInForce="IOC"),
        order("limit", "buy", 0.1, 60_001, timeInForce="IOC"),
        order("limit", "buy", 0.1, 50_000, timeInForce="FOK"),
        order("limit", "sell", 0.1, 59_999, timeInForce="FOK"),
        order("limit", "buy", 0.1, 50_000, timeInForce="PO"),
        order("limit", "buy", 0.1, 60_001, timeInForce="PO"),
        order("limit", "buy", 0.1, 50_000, timeInForce="NEVER"),
        order("limit", "buy", 0.1, 50_000, postOnly=True),
        order("limit", "buy", 0.1, 60_001, postOnly=True),
        order("limit", "buy", 0.1, 50_000, postOnly=True, timeInForce="FOK"),
        order("limit", "buy", 0.1, 50_000, post_only=True),
        order("limit_maker", "buy", 0.1, 50_000),
        order("limit", "buy", 0.1, 50_000, icebergAmount=0.02),
        order("limit", "buy", 0.1, 50_000, icebergQty="0.02"),
        order("limit", "buy", 0.1, 50_000, icebergAmount=0.2),
        order("limit", "buy", 0.1, 50_000, icebergAmount=0.001),
        order("limit", "buy", 0.1, 50_000, icebergAmount=0.02, timeInForce="IOC"),
        order("limit", "buy", 0.1, 50_000, selfTradePrevention="expire_maker"),
        order("limit", "buy", 0.1, 50_000, selfTradePreventionMode="EXPIRE_BOTH"),
        order("limit", "buy", 0.1, 50_000, selfTradePrevention="whatever"),
        order("limit", "buy", 0.1, 50_000, strategyId=1, strategyType=1_000_000),
        order("limit", "buy", 0.1, 50_000, strategyType=5),
        order("limit", "buy", 0.1, 50_000, unheard="of"),
        order("limit", "buy", 0.1, 50_000, clientAlgoId="x"),
        order("limit", "buy", 0.1, 50_000, test=True),
        order("limit", "buy", 0.1, 2_000_000_000, test=True),
        order("limit", "buy", 0.1),
        order("limit", "buy", None, 50_000),
        order("limit", "buy", 100, 60_000),
        order("limit", "sell", 3, 60_000),
        order("limit", "buy", 0.00001, 60_000),
        order("limit", "buy", 0.1, 1),
        order("limit", "buy", 0.1, 500_000),
        order("limit", "buy", 1e10, 60_000),
        order("limit", "hold", 0.1, 60_000),
        order("whatever", "buy", 0.1, 60_000),
        lambda client: client.create_order(BTC, None, "buy", 0.1, 60_000),
        lambda client: client.create_order(BTC, "limit", None, 0.1, 60_000),
        calls("create_order", "DOGE/BTC", "limit", "buy", 1, 1),
        calls("create_limit_order", BTC, "buy", 0.02, 40_000),
        calls("create_limit_buy_order", BTC, 0.02, 40_000),
        calls("create_limit_sell_order", BTC, 0.02, 90_000),
        calls("create_post_only_order", BTC, "limit", "buy", 0.02, 40_000),
    ),
    "stops": (
        order("market", "sell", 0.1, stopLossPrice=55_000),
        order("limit", "sell", 0.1, 54_000, stopLossPrice=55_000),
        order("market", "buy", 0.1, triggerPrice=65_000),
        calls("cancel_all_orders", BTC),
        order("limit", "buy", 0.1, 66_000, stopPrice=65_000),
        order("market", "sell", 0.1, takeProfitPrice=65_000),
        order("limit", "buy", 0.1, 56_000, takeProfitPrice=55_000.004),
        calls("cancel_all_orders", BTC),
        order("STOP_LOSS_LIMIT", "sell", 0.1, 54_000, stopPrice=55_000),
        order("take_profit", "sell", 0.1, takeProfitPrice=65_000),
        order("stop_loss", "sell", 0.1),
        order("stop_loss_limit", "sell", 0.1, stopPrice=55_000),
        order("market", "sell", 0.1, stopLossPrice=61_000),
        order("market", "buy", 0.1, triggerPrice=59_000),
        order("limit", "sell", 0.1, 54_000, stopLossPrice=55_000, postOnly=True),
        order("limit", "sell", 0.1, 54_000, stopLossPrice=55_000, timeInForce="FOK"),
        order("whatever", "sell", 0.1, stopLossPrice=55_000),
        calls("cancel_all_orders", BTC),
        calls("create_stop_order", BTC, "market", "sell", 0.1, None, 55_000),
        calls("create_stop_order", BTC, "market", "sell", 0.1),
        calls("create_stop_limit_order", BTC, "sell", 0.1, 54_000, 55_000),
        calls("create_stop_market_order", BTC, "sell", 0.1, 55_000),  # not on Binance
        calls("cancel_all_orders", BTC),
        calls("create_trigger_order", BTC, "limit", "sell", 0.1, 54_000, 55_000),
        calls("create_trigger_order", BTC, "limit", "sell", 0.1, 54_000),
        calls("create_stop_loss_order", BTC, "market", "sell", 0.1, None, 55_000),
        calls("create_stop_loss_order", BTC, "market", "sell", 0.1),
        calls("create_take_profit_order", BTC, "market", "sell", 0.1, None, 65_000),
        calls("create_take_profit_order", BTC, "market", "sell", 0.1),
    ),
    "trailing": (
        order("market", "sell", 0.1, trailingPercent=1.5, stopLossOrTakeProfit="stopLoss"),
        order("limit", "sell", 0.1, 54_000, trailingPercent=1, stopLossOrTakeProfit="stopLoss"),
        order("market", "buy", 0.1, trailingPercent="2", stopLossOrTakeProfit="takeProfit"),
        calls("cancel_all_orders", BTC),
        order("market", "sell", 0.1, trailingPercent=1, stopLossOrTakeProfit="stopLoss", trailingTriggerPrice=58_000),
        order("stop_loss", "sell", 0.1, trailingDelta=200),
        order("market", "sell", 0.1, trailingDelta=200, stopLossOrTakeProfit="stopLoss"),
        order("market", "sell", 0.1, trailingDelta=200),
        order("market", "sell", 0.1, trailingPercent=1),
        order("market", "sell", 0.1, trailingPercent=0.155, stopLossOrTakeProfit="stopLoss"),
        order("market", "sell", 0.1, trailingPercent=50, stopLossOrTakeProfit="stopLoss"),
        order("market", "sell", 0.1, callbackRate=1, stopLossOrTakeProfit="stopLoss"),
        calls("cancel_all_orders", BTC),
        lambda client: client.create_trailing_percent_order(
            BTC, "market", "sell", 0.1, None, 1, 58_000, {"stopLossOrTakeProfit": "stopLoss"}
        ),
        lambda client: client.create_trailing_percent_order(BTC, "market", "sell", 0.1, None, None, None, {}),
    ),
}


@pytest.mark.parametrize("kind", ORDERS)
def test_orders(pair: Pair, kind: str) -> None:
    pair.run(*ORDERS[kind], *ALL)
    # whatever rests is reached, one way and then the other
    for bid, ask in (
        ("54000", "54010"),
        ("39000", "39010"),
        ("64000", "64010"),
        ("65500", "65510"),
        ("91000", "91010"),
    ):
        pair.price(bid, ask)
        pair.run(*ALL)


def test_orders_that_walk_a_book() -> None:
    """Many trades in one order, fees in two assets, what is filled in part and what is left of it."""
    fees = FeeSchedule(asset="ETH", discount=Decimal("0.25"))
    rules = Rules(engine=Engine(fill_model("depth"), stale_after=STALE_AFTER, fees=fees))
    with venues(rules, levels=20) as pair:
        for exchange in pair.exchanges:
            exchange.deposit(ACCOUNT, "ETH", Decimal("0.0003"))  # enough for some of the fees
            exchange.accounts.set_fees(ACCOUNT, pays_in_fee_asset=True)
        many = " ".join(f"{60_001 + number}x0.01" for number in range(12))
        pair.book("59999x0.3 59998.5x0.1 59000x0.2", many)
        first = pair.both(order("market", "buy", 0.115))
        assert len(first["trades"]) > 10
        assert (len(first["fees"]), first["fee"]) == (2, plain(None))
        pair.run(
            order("market", "buy", 0.5),
            order("limit", "sell", 0.35, 59_998.5),
            order("limit", "sell", 1, 59_990, timeInForce="IOC"),
            order("market", "buy", None, cost=100),
            *ALL,
        )
        pair.book("59999x0.3 59998.5x0.1 59000x0.2", many)
        pair.run(
            order("limit", "sell", 1, 59_990),
            calls("fetch_order_book", BTC, 2),
            calls("fetch_order_book", BTC),
            calls("fetch_ticker", BTC),
            *ALL,
            lambda client: client.cancel_order(client.fetch_open_orders(BTC)[0]["id"], BTC),
            *ALL,
        )


def test_one_order(pair: Pair) -> None:
    first = pair.both(order("limit", "buy", 0.1, 50_000, clientOrderId="mine"))["id"]
    second = pair.both(order("limit", "sell", 0.1, 61_000))["id"]
    pair.run(
        calls("fetch_order", first, BTC),
        calls("fetch_order", int(first), BTC),
        calls("fetch_order", None, BTC, {"clientOrderId": "mine"}),
        calls("fetch_order", None, BTC, {"origClientOrderId": "mine"}),
        calls("fetch_order_with_client_order_id", "mine", BTC),
        calls("fetch_order_status", first, BTC),
        calls("fetch_order", None, BTC),
        calls("fetch_order", "", BTC),
        calls("fetch_order", "a word", BTC),
        calls("fetch_order", "99", BTC),
        calls("fetch_order", first, ETH),
        calls("fetch_order", first),
        calls("fetch_order", first, "DOGE/BTC"),
        calls("fetch_order", first, BTC, {"unheard": "of"}),
        calls("cancel_order", "99", BTC),
        calls("cancel_order", first),
        calls("cancel_order", first, BTC, {"cancelRestrictions": "ONLY_PARTIALLY_FILLED"}),
        calls("cancel_order", first, BTC, {"newClientOrderId": "gone"}),
        calls("cancel_order", first, BTC),
        calls("cancel_order", None, BTC, {"clientOrderId": "mine"}),
        calls("cancel_order_with_client_order_id", "mine", BTC),
        calls("cancel_orders", [second], BTC),
        calls("cancel_orders", [second]),
        calls("cancel_all_orders"),
    )
    pair.price("61500", "61510")
    pair.run(
        calls("fetch_order", second, BTC),
        calls("fetch_order_trades", second, BTC),
        calls("fetch_order_trades", first, BTC),
        calls("fetch_order_trades", second),
        calls("cancel_order", second, BTC),
        calls("cancel_all_orders", BTC),
        *ALL,
    )


def test_edits(pair: Pair) -> None:
    first = pair.both(order("limit", "buy", 0.1, 50_000, clientOrderId="mine"))["id"]
    second = pair.both(calls("edit_order", first, BTC, "limit", "buy", 0.2, 40_000))["id"]
    third = pair.both(calls("edit_limit_buy_order", second, BTC, 0.3, 41_000.123, {"clientOrderId": "other"}))["id"]
    fourth = pair.both(calls("edit_order", third, BTC, "limit", "sell", 0.1, 54_000, {"stopPrice": 55_000}))["id"]
    pair.run(
        calls("edit_order", first, BTC, "limit", "buy", 0.2, 40_000),
        calls("edit_order", fourth, BTC, "limit", "buy", 0.2),
        calls("edit_order", fourth, BTC, "limit", "buy", 0.2, 40_000, {"triggerPrice": 61_000}),
        calls("edit_order", fourth, BTC, "limit", "buy", 100, 60_000),
        calls("edit_order", fourth, BTC, "limit", "buy", 0.00001, 60_000),
        calls("edit_order", fourth, BTC, None, "buy", 0.1, 60_000),
        calls("edit_order", fourth, BTC, "whatever", "buy", 0.1, 60_000),
        calls("edit_order", fourth, BTC, "stop_loss", "sell", 0.1),
        *ALL,
    )
    fifth = pair.both(order("limit", "sell", 0.1, 70_000))["id"]
    sixth = pair.both(calls("edit_limit_sell_order", fifth, BTC, 0.1, 71_000, {"timeInForce": "PO"}))["id"]
    seventh = pair.both(calls("edit_order", sixth, BTC, "STOP_LOSS_LIMIT", "sell", 0.1, 54_000, {"stopPrice": 55_000}))
    eighth = pair.both(calls("edit_order", seventh["id"], BTC, "market", "sell", 0.1))
    pair.run(calls("edit_limit_order", eighth["id"], BTC, "buy", 0.1, 50_000), *ALL)


def test_order_lists(pair: Pair) -> None:
    pair.run(
        calls("privatePostOrderListOco", OCO),
        calls("private_post_orderlist_otoco", OTOCO),
        calls("private_post_orderlist_oco", {**OCO, "abovePrice": "40000"}),
        calls("private_post_orderlist_oco", {**OCO, "belowType": "LIMIT_MAKER"}),
        calls("private_post_order_oco", {**OLD_OCO, "price": 70000, "stopPrice": 50000.5}),
        calls("private_get_openorderlist"),
        calls("private_get_orderlist", {"orderListId": 99}),
        *ALL,
    )
    pair.price("54990", "55000")
    pair.run(*ALL)
    pair.price("70000", "70010")
    pair.run(*ALL, calls("private_get_allorderlist"))
    pair.run(calls("private_post_orderlist_oco", {**OCO, "abovePrice": "80000"}), calls("cancel_all_orders", BTC), *ALL)


OLD_OCO = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.1"}


def test_prices(pair: Pair) -> None:
    pair.clock.time += 3 * 3_600_000
    pair.price("60100", "60101", "60100.37")
    pair.clock.time += 400_000
    pair.price("59900.5", "59901", "59900.77")
    for _ in range(3):
        pair.clock.time += 61_000
        pair.price("61000", "61000.5", "61000.23")
    pair.run(
        calls("fetch_ticker", BTC),
        calls("fetch_tickers", [ETH, BTC]),
        calls("fetch_tickers"),
        calls("fetch_ticker", "DOGE/BTC"),
        calls("fetch_bids_asks", [BTC]),
        calls("fetch_bids_asks"),
        calls("fetch_last_prices", [BTC]),
        calls("fetch_last_prices"),
        calls("fetch_order_book", BTC),
        calls("fetch_order_book", BTC, 5),
        calls("fetch_order_book", BTC, 0),
        calls("fetch_l2_order_book", BTC, 5),
        calls("fetch_trades", BTC),
        calls("fetch_trades", BTC, None, 2),
        calls("fetch_trades", BTC, START, 2),
        calls("fetch_trades", BTC, START + 3 * 3_600_000, 2),
        *(calls("fetch_ohlcv", BTC, each) for each in LENGTHS if each not in ("3d", "1w")),
        # what a young market's chart is lengthened by is not in a history
        *(calls("fetch_ohlcv", BTC, each, None, 1) for each in ("3d", "1w", "1M")),
        calls("fetch_ohlcv", BTC, "7m"),
        calls("fetch_ohlcv", BTC),
        calls("fetch_ohlcv", BTC, "1m", None, 2),
        calls("fetch_ohlcv", BTC, "1m", START + 3 * 3_600_000),
        calls("fetch_ohlcv", BTC, "1m", START + 3 * 3_600_000, 3),
        calls("fetch_ohlcv", BTC, "1h", None, None, {"until": START + 2 * 3_600_000}),
        calls("fetch_ohlcv", BTC, "1h", START, None, {"until": START + 2 * 3_600_000}),
        calls("fetch_ohlcv", BTC, "1h", None, 2, {"until": START + 2 * 3_600_000}),
        calls("fetch_ohlcv", BTC, "1m", START + 86_400_000),
        calls("fetch_status"),
        calls("fetch_time"),
        calls("milliseconds"),
    )


def test_a_day_begins_with_its_minute(pair: Pair) -> None:
    hour = START - START % 3_600_000 + 7_200_000
    for minutes, price in ((20, 64_000), (35, 61_800), (40, 62_000), (50, 60_500), (59, 61_000)):
        pair.clock.time = hour + minutes * 60_000
        pair.price(str(price), str(price))
    pair.clock.time = hour + 86_400_000 + 35 * 60_000
    pair.price("60700", "60700")
    found = pair.both(calls("fetch_ticker", BTC))
    # 64,000 is more than a day ago, 62,000 is not
    assert (found["open"], found["high"], found["low"]) == (plain(61_800.0), plain(62_000.0), plain(60_500.0))


def test_account(pair: Pair) -> None:
    for number in range(4):
        pair.run(order("market", "buy", 0.01 * (number + 1)))
    pair.clock.time += 60_000
    pair.run(
        order("market", "sell", 0.07),
        calls("fetch_balance"),
        calls("fetch_free_balance"),
        calls("fetch_used_balance"),
        calls("fetch_total_balance"),
        calls("fetch_trading_fee", BTC),
        calls("fetch_trading_fees"),
        calls("fetch_my_trades", BTC, None, 2),
        calls("fetch_my_trades", BTC, START + 60_000),
        calls("fetch_my_trades", BTC, START, 2),
        calls("fetch_my_trades", BTC, START, None, {"until": START + 30_000}),
        calls("fetch_my_trades", BTC, None, None, {"fromId": 3}),
        calls("fetch_my_trades", ETH),
        calls("fetch_my_trades"),
        calls("fetch_orders", BTC, None, 2),
        calls("fetch_orders", BTC, START + 60_000),
        calls("fetch_orders", BTC, START, 2),
        calls("fetch_orders", BTC, None, None, {"orderId": 3}),
        calls("fetch_orders", BTC, None, None, {"until": START + 30_000}),
        calls("fetch_orders"),
        calls("fetch_closed_orders"),
        calls("fetch_closed_orders", BTC, None, 2),
        calls("fetch_open_orders", BTC, START, 2),
    )


def test_time(pair: Pair) -> None:
    words = (
        "2024-02-29T12:34:56.789Z",
        "2024-02-29 12:34:56",
        "2024-02-29T12:34:56+02:00",
        "2024-02-30T00:00:00Z",
        "x",
    )
    for value in (*words, None):
        pair.both(calls("parse8601", value))
    for number in (0, 1, START, START + 7, -1, None, "1700000000000", "soon", 1.7e12, 8_640_000_000_000_001):
        pair.both(calls("iso8601", number))
    for timeframe in ("1s", "1m", "5m", "1h", "1d", "1w", "1M"):
        pair.both(calls("parse_timeframe", timeframe))


def test_second_names(pair: Pair) -> None:
    """ccxt's methods have two names each."""
    pair.run(
        calls("createOrder", BTC, "limit", "buy", 0.1, 50_000),
        calls("createLimitBuyOrder", BTC, 0.1, 50_000),
        calls("fetchOHLCV", BTC, "1m"),
        calls("fetchL2OrderBook", BTC, 2),
        calls("fetchMyTrades", BTC),
        calls("amountToPrecision", BTC, 0.123456789),
        calls("cancelAllOrders", BTC),
        calls("parseTimeframe", "1h"),
    )
