"""ccxt's exchange `mockexchange` in each of its forms: it finds the exchange by itself, and what it says it has is
there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockexchange.clients.ccxt_description import OFFERED

from .ccxt_clients import MOCKEXCHANGE, ccxt, ccxt_mockexchange
from .exercised import exercises
from .served import KEY, SECRET, Served

SYMBOL = "BTC/USDT"

CALLS: dict[str, tuple[Any, ...]] = {
    "fetch_markets": (), "fetch_currencies": (), "fetch_time": (), "fetch_status": (),
    "fetch_ticker": (SYMBOL,), "fetch_tickers": (), "fetch_bids_asks": (), "fetch_last_prices": (),
    "fetch_order_book": (SYMBOL,), "fetch_l2_order_book": (SYMBOL,), "fetch_ohlcv": (SYMBOL,),
    "fetch_trades": (SYMBOL,),
    "fetch_balance": (), "fetch_trading_fee": (SYMBOL,), "fetch_trading_fees": (),
    "fetch_deposits": ("USDT",), "fetch_deposit_address": ("USDT",), "fetch_withdrawals": ("USDT",),
    "fetch_deposit_withdraw_fee": ("USDT",), "fetch_deposit_withdraw_fees": (["USDT"],),
    "withdraw": ("USDT", 10, "somewhere"),
    "create_order": (SYMBOL, "limit", "buy", 0.001, 50_000), "create_limit_order": (SYMBOL, "buy", 0.001, 50_000),
    "create_limit_buy_order": (SYMBOL, 0.001, 50_000), "create_limit_sell_order": (SYMBOL, 0.001, 65_000),
    "create_post_only_order": (SYMBOL, "limit", "buy", 0.001, 50_000),
    "create_market_order": (SYMBOL, "buy", 0.001), "create_market_buy_order": (SYMBOL, 0.001),
    "create_market_sell_order": (SYMBOL, 0.001), "create_market_order_with_cost": (SYMBOL, "buy", 100),
    "create_market_buy_order_with_cost": (SYMBOL, 100), "create_market_sell_order_with_cost": (SYMBOL, 100),
    "create_trigger_order": (SYMBOL, "limit", "sell", 0.001, 54_000, 55_000),
    "create_stop_order": (SYMBOL, "market", "sell", 0.001, None, 55_000),
    "create_stop_limit_order": (SYMBOL, "buy", 0.001, 66_000, 65_000),
    "create_stop_loss_order": (SYMBOL, "limit", "sell", 0.001, 54_000, 55_000),
    "create_take_profit_order": (SYMBOL, "market", "sell", 0.001, None, 65_000),
    "create_trailing_percent_order": (
        SYMBOL, "market", "sell", 0.001, None, 1.0, None, {"stopLossOrTakeProfit": "stopLoss"}
    ),
    "fetch_orders": (SYMBOL,), "fetch_open_orders": (), "fetch_closed_orders": (SYMBOL,),
    "fetch_canceled_orders": (SYMBOL,), "fetch_canceled_and_closed_orders": (SYMBOL,), "fetch_my_trades": (SYMBOL,),
    "fetch_order": ("{open}", SYMBOL), "fetch_order_trades": ("{open}", SYMBOL),
    "edit_order": ("{open}", SYMBOL, "limit", "buy", 0.002, 49_000),
    "cancel_order": ("{new}", SYMBOL), "cancel_all_orders": (SYMBOL,),
}  # fmt: skip
"""Every unified method that it says it has, with what it is asked. The first order is `open`, the edited one `new`."""


@pytest.fixture(params=["ccxt", "ccxt.async_support", "ccxt.pro"])
def exchange(request: pytest.FixtureRequest, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Made with nothing: the environment says where the exchange is."""
    for name, value in (("API_URL", served.url), ("MOCKX_API_KEY", KEY), ("MOCKX_SECRET", SECRET)):
        monkeypatch.setenv(name, value)
    with ccxt_mockexchange(request.param, {"enableRateLimit": False}) as made:
        yield made


@exercises(MOCKEXCHANGE, *CALLS)
def test_what_it_says_it_has_is_there(exchange: Any) -> None:
    ids: dict[str, str] = {}
    for name, arguments in CALLS.items():
        answer = getattr(exchange, name)(
            *(ids.get(each, each) if isinstance(each, str) else each for each in arguments)
        )
        assert answer is not None, name
        if name == "create_stop_order":
            exchange.cancel_order(answer["id"], SYMBOL)  # one of six, and five may be open
        if name in ("create_order", "edit_order"):
            ids["{open}" if name == "create_order" else "{new}"] = answer["id"]

    has = {exchange.unCamelCase(name) for name in OFFERED} - {"spot", "sandbox", "public_api", "private_api"}
    assert has == set(CALLS)


@exercises(MOCKEXCHANGE, "load_markets", result="two requests: exchangeInfo, and the coins if there is a key")
def test_it_asks_no_more_than_it_needs(exchange: Any) -> None:
    asked: list[str] = []
    original = exchange.exchange.fetch if hasattr(exchange, "exchange") else exchange.fetch

    def counted(url: str, *arguments: Any, **named: Any) -> Any:
        asked.append(url.partition("?")[0].rpartition("/")[2])
        return original(url, *arguments, **named)

    (exchange.exchange if hasattr(exchange, "exchange") else exchange).fetch = counted
    markets = exchange.load_markets()

    assert set(markets) == {"BTC/USDT", "ETH/USDT"}
    assert sorted(asked) == ["exchangeInfo", "getall"]


@exercises(MOCKEXCHANGE, "error codes of the spot market alone (-1131)", result="BadRequest, as on Binance's own host")
def test_codes_of_the_spot_market(exchange: Any) -> None:
    with pytest.raises(ccxt.BadRequest, match="-1131"):
        exchange.fetch_balance({"recvWindow": 60_001})


@exercises(MOCKEXCHANGE, "transfer, setLeverage", result="refused")
def test_what_it_does_not_have(exchange: Any) -> None:
    with pytest.raises(ccxt.ExchangeError):
        exchange.transfer("USDT", 10, "spot", "future")
    exchange.fetch_balance()
