"""ccxt.binance, unmodified: each refusal is the exception that Binance's would be, and nothing has changed after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.domain.access import Scope
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.store.memory import MemoryStore

from .ccxt_clients import CCXT, ccxt, ccxt_binance
from .exercised import exercises
from .served import FIRST_BALANCES, STALE_AFTER, Served, serve

Act = Callable[[Any], object]


@pytest.fixture
def client(served: Served) -> Iterator[Any]:
    with ccxt_binance(served.url) as made:
        made.load_markets()
        yield made


def order(**given: str) -> Act:
    """POST order as it is: ccxt rounds and checks before it sends, which must not hide what the exchange says."""
    sent = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"} | {
        "quantity": "0.1",
        "price": "50000",
    }

    def act(client: Any) -> object:
        return client.private_post_order({name: value for name, value in (sent | given).items() if value != "-"})

    return act


REFUSALS: list[tuple[str, Act, str, int, str]] = [
    ("no funds", order(quantity="3"), "InsufficientFunds", -2010,
     "Account has insufficient balance for requested action."),
    ("no funds to sell", order(side="SELL", quantity="2.1", price="70000"), "InsufficientFunds", -2010,
     "Account has insufficient balance for requested action."),
    ("would take", order(type="LIMIT_MAKER", timeInForce="-", price="60001"), "OrderImmediatelyFillable", -2010,
     "Order would immediately match and take."),
    ("step size", order(quantity="0.100001"), "InvalidOrder", -1013, "Filter failure: LOT_SIZE"),
    ("smallest lot", order(quantity="0.000001"), "InvalidOrder", -1013, "Filter failure: LOT_SIZE"),
    ("tick size", order(price="50000.001"), "InvalidOrder", -1013, "Filter failure: PRICE_FILTER"),
    ("price far away", order(price="1000", quantity="0.01"), "InvalidOrder", -1013,
     "Filter failure: PERCENT_PRICE_BY_SIDE"),
    ("too little money", order(quantity="0.00001"), "BadRequest", -1013, "Filter failure: NOTIONAL"),
    ("unknown symbol", order(symbol="NOSUCHUSDT"), "BadSymbol", -1121, "Invalid symbol."),
    ("no such order", lambda client: client.fetch_order("987654321", "BTC/USDT"), "OrderNotFound", -2013,
     "Order does not exist."),
    ("nothing to cancel", lambda client: client.cancel_order("987654321", "BTC/USDT"), "OrderNotFound", -2011,
     "Unknown order sent."),
    ("nothing to cancel at all", lambda client: client.cancel_all_orders("BTC/USDT"), "OrderNotFound", -2011,
     "Unknown order sent."),
    ("side", order(side="HOLD"), "BadRequest", -1117, "Invalid side."),
    ("type", order(type="FANCY"), "BadRequest", -1116, "Invalid orderType."),
    ("time in force", order(timeInForce="GTX"), "BadRequest", -1115, "Invalid timeInForce."),
    ("missing price", order(price="-"), "BadRequest", -1102,
     "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
    ("missing quantity", order(quantity="-"), "BadRequest", -1102,
     "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
    ("missing time in force", order(timeInForce="-"), "BadRequest", -1102,
     "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed."),
    ("price of a market order", order(type="MARKET", timeInForce="-"), "BadRequest", -1106,
     "Parameter 'price' sent when not required."),
    ("empty", order(symbol=""), "BadRequest", -1105, "Parameter 'symbol' was empty."),
    ("malformed", order(quantity="a lot"), "BadRequest", -1100, "Illegal characters found in parameter 'quantity'"),
    ("unknown parameter", order(fancy="1"), "BadRequest", -1104, "Not all sent parameters were read"),
    ("too precise", order(quantity="0.1000000001"), "BadRequest", -1111,
     "Parameter 'quantity' has too much precision."),
    ("interval", lambda client: client.public_get_klines({"symbol": "BTCUSDT", "interval": "7m"}), "BadRequest", -1120,
     "Invalid interval."),
    ("window", lambda client: client.fetch_balance({"recvWindow": 60_001}), "ExchangeError", -1131,
     "recvWindow must be less than 60000."),
]  # fmt: skip


@exercises(CCXT, *(f"error: {name} ({code})" for name, _, _, code, _ in REFUSALS), result="Binance's code and words")
@pytest.mark.parametrize(
    ("act", "exception", "code", "msg"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_refusals(served: Served, client: Any, act: Act, exception: str, code: int, msg: str) -> None:
    client.fetch_balance()
    with pytest.raises(getattr(ccxt, exception)) as refused:
        act(client)

    assert type(refused.value).__name__ == exception
    text = client.last_http_response
    assert f'"code":{code},' in text.replace(" ", "")
    assert msg in text
    assert served.orders() == []
    assert {asset: served.free(asset) for asset in FIRST_BALANCES} == FIRST_BALANCES


@exercises(CCXT, "error: no fresh price for a market order (-2010)", result="MarketClosed")
def test_a_market_without_a_fresh_price(served: Served, client: Any) -> None:
    served.price("199", "201", symbol="SOL/USDT", age=2 * STALE_AFTER)
    client.load_markets(True)
    with pytest.raises(ccxt.MarketClosed, match="Market is closed"):
        client.create_market_buy_order("SOL/USDT", 1)
    assert served.orders() == []


@exercises(CCXT, "error: a request that is sent again as it was (-2010)", result="InvalidOrder, one order")
def test_a_replayed_request(served: Served, client: Any) -> None:
    client.create_limit_buy_order("BTC/USDT", 0.1, 50_000)
    again = (client.last_request_url, "POST", client.last_request_headers, client.last_request_body)
    with pytest.raises(ccxt.InvalidOrder, match="Duplicate order sent"):
        client.fetch(*again)
    assert len(served.orders()) == 1


def skewed(client: Any, ms: int) -> Any:
    client.nonce = lambda: int(1000 * time.time()) + ms
    return client.fetch_balance()


@exercises(CCXT, "error: timestamp too old, too early (-1021)", result="InvalidNonce")
@pytest.mark.parametrize("ms", [-11_000, 2_000])
def test_a_clock_that_is_wrong(client: Any, ms: int) -> None:
    with pytest.raises(ccxt.InvalidNonce, match='"code":-1021'):
        skewed(client, ms)


@exercises(CCXT, "error: signature (-1022)", result="AuthenticationError")
def test_a_wrong_signature(served: Served, client: Any) -> None:
    client.secret = "somebody else's"
    with pytest.raises(ccxt.AuthenticationError, match='"code":-1022'):
        client.create_limit_buy_order("BTC/USDT", 0.1, 50_000)
    client.secret = "only the two of us know"
    assert client.fetch_orders("BTC/USDT") == []


@exercises(CCXT, "error: key (-2014, -2015)", result="AuthenticationError")
@pytest.mark.parametrize(("key", "code"), [("x" * 64, -2015), ("k\u00e9y", -2014)])
def test_a_key_that_is_none(client: Any, key: str, code: int) -> None:
    client.apiKey = key.encode() if code == -2014 else key
    with pytest.raises(ccxt.AuthenticationError, match=f'"code":{code}'):
        client.fetch_balance()


@exercises(CCXT, "error: a key without the right (-2015)", result="AuthenticationError, nothing placed")
def test_a_key_that_may_only_read(served: Served, client: Any) -> None:
    client.fetch_balance()
    made = served.keyring.create("default", Scope.READ)
    with ccxt_binance(served.url, apiKey=made.api_key, secret=made.secret) as reader:
        assert reader.fetch_balance()["USDT"]["free"] == 100_000
        reader.options["hasAlreadyAuthenticatedSuccessfully"] = False  # ccxt takes it for a ban once a key has worked
        with pytest.raises(ccxt.AuthenticationError, match='"code":-2015'):
            reader.create_limit_buy_order("BTC/USDT", 0.1, 50_000)
    assert served.orders() == []


@exercises(CCXT, "error: another account's order (-2013, -2011)", result="OrderNotFound")
def test_an_order_of_another_account(served: Served, client: Any) -> None:
    mine = client.create_limit_buy_order("BTC/USDT", 0.1, 50_000)
    served.exchange.open_account("other", {"USDT": Decimal(1000)})
    made = served.keyring.create("other", Scope.TRADE)
    with ccxt_binance(served.url, apiKey=made.api_key, secret=made.secret) as other:
        with pytest.raises(ccxt.OrderNotFound, match="Order does not exist"):
            other.fetch_order(mine["id"], "BTC/USDT")
        with pytest.raises(ccxt.OrderNotFound, match="Unknown order sent"):
            other.cancel_order(mine["id"], "BTC/USDT")
    assert client.fetch_order(mine["id"], "BTC/USDT")["status"] == "open"


def often(ask: Callable[[], object]) -> None:
    """Until it is refused: a minute, or ten seconds, may end in between."""
    for _ in range(50):
        ask()


@exercises(CCXT, "error: request weight (-1003), orders (-1015)", result="DDoSProtection (HTTP 429)")
def test_too_much() -> None:
    limits = RequestLimits(weight_per_minute=300, orders_per_10s=2)
    with serve(MemoryStore(), limits) as limited, ccxt_binance(limited.url) as client:
        for _ in range(2):
            client.create_limit_buy_order("BTC/USDT", 0.001, 50_000)
        with pytest.raises(ccxt.DDoSProtection, match="-1015"):
            often(lambda: client.create_limit_buy_order("BTC/USDT", 0.001, 50_000))
        with pytest.raises(ccxt.DDoSProtection, match="-1003"):
            often(client.fetch_tickers)
        headers = {name.lower(): value for name, value in client.last_response_headers.items()}
        assert 0 < int(headers["retry-after"]) <= 60
        assert int(headers["x-mbx-used-weight-1m"]) > 0


@exercises(CCXT, "error: asking on and on (-1003)", result="DDoSProtection (HTTP 418)")
def test_insistence() -> None:
    with (
        serve(MemoryStore(), RequestLimits(weight_per_minute=200)) as limited,
        ccxt_binance(limited.url) as client,
    ):
        for _ in range(300):
            try:
                client.fetch_tickers()
            except ccxt.DDoSProtection as refused:
                if " 418 " in str(refused):
                    break
        else:
            pytest.fail("nothing came of insisting")
        assert int(client.last_response_headers["Retry-After"]) > 60


@exercises(CCXT, "create_order (stop on the wrong side)", result="OrderImmediatelyFillable")
@pytest.mark.parametrize("parameters", [{"stopLossPrice": 61_000}, {"takeProfitPrice": 59_000}])
def test_a_stop_that_would_be_triggered_at_once(served: Served, client: Any, parameters: dict[str, Any]) -> None:
    with pytest.raises(ccxt.OrderImmediatelyFillable, match="Stop price would trigger immediately"):
        client.create_order("BTC/USDT", "market", "sell", 0.1, None, parameters)
    assert served.orders() == []
