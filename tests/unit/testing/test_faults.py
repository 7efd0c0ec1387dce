"""Faults that a test asks for: the same ones in memory and over HTTP, each with the exception that ccxt's binance
raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from mockexchange.api.app import create_app
from mockexchange.testing.faults import ROUTES, WORDS, Faults, calls_of
from mockexchange.testing.hand import check_books
from mockexchange.testing.in_memory import ExchangeInHand
from mockexchange.testing.served import ServedExchange
from mockexchange.testing.terms import read

ccxt: Any = import_module("ccxt")
SYMBOL = "BTC/USDT"

RAISED = {
    # what, ccxt's exception, whether the order is there
    "maintenance": ("OnMaintenance", False),
    "dropped": ("NetworkError", False),
    "unavailable": ("ExchangeNotAvailable", False),
    "banned": ("DDoSProtection", False),
    "rateLimited": ("DDoSProtection", False),
    "rejected": ("InvalidOrder", False),
    "lost": ("NetworkError", True),
    "error": ("OperationFailed", True),
    "timeout": ("RequestTimeout", True),
    "timeout-after-accept": ("RequestTimeout", True),
    "lost-after-accept": ("NetworkError", True),
    "rejection": ("InvalidOrder", False),
    "5xx": ("OperationFailed", True),
    "500": ("OperationFailed", True),
    "503": ("ExchangeNotAvailable", False),
    "504": ("RequestTimeout", True),
    "429": ("DDoSProtection", False),
    "418": ("DDoSProtection", False),
}


def test_every_word_is_here() -> None:
    assert RAISED.keys() == WORDS.keys()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedExchange]:
    made = ServedExchange(read())
    made.ccxt.load_markets()
    yield made
    check_books(made)
    made.stop()


@pytest.fixture(params=["in memory", "served"])
def both(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """What is in the test's hand, and what the bot is given."""
    if request.param == "served":
        made: ServedExchange = request.getfixturevalue("served")
        made.fail_no_more()
        made.ccxt.cancel_all_orders(SYMBOL) if made.ccxt.fetch_open_orders(SYMBOL) else None
        return made, made.ccxt
    in_memory = ExchangeInHand(read())
    return in_memory, in_memory


def there(bot: Any) -> list[str]:
    return [order["clientOrderId"] for order in bot.fetch_open_orders(SYMBOL)]


@pytest.mark.parametrize("word", WORDS)
def test_each_is_the_exception_that_it_should_be(both: tuple[Any, Any], word: str) -> None:
    hand, bot = both
    name, is_there = RAISED[word]
    hand.fail_next(word)
    with pytest.raises(getattr(ccxt, name)) as raised:
        bot.create_order(SYMBOL, "limit", "buy", 0.01, 40_000, {"newClientOrderId": f"by-{word}"})
    # a connection that ends is told in one of two words, by ccxt itself
    assert type(raised.value).__name__ == name or name == "NetworkError"
    assert there(bot) == ([f"by-{word}"] if is_there else [])
    bot.create_order(SYMBOL, "limit", "buy", 0.01, 40_000, {"newClientOrderId": f"again-{word}"})
    assert f"again-{word}" in there(bot), "one request was to fail"


def test_so_many_times_and_of_that_call(both: tuple[Any, Any]) -> None:
    hand, bot = both
    hand.fail_next("429", times=2, of="fetch_balance")
    bot.fetch_ticker(SYMBOL)
    for _ in range(2):
        with pytest.raises(ccxt.DDoSProtection):
            bot.fetch_balance()
    bot.fetch_balance()


def test_whatever_is_asked_next(both: tuple[Any, Any]) -> None:
    hand, bot = both
    hand.fail_next("maintenance", of=None)
    with pytest.raises(ccxt.OnMaintenance):
        bot.fetch_ticker(SYMBOL)
    bot.fetch_ticker(SYMBOL)


def test_one_after_the_other(both: tuple[Any, Any]) -> None:
    hand, bot = both
    hand.fail_next("timeout")
    hand.fail_next("503", of="fetch_order")
    hand.fail_next("rejected")
    with pytest.raises(ccxt.RequestTimeout):
        bot.create_order(SYMBOL, "limit", "buy", 0.01, 40_000, {"newClientOrderId": "mine"})
    with pytest.raises(ccxt.ExchangeNotAvailable):
        bot.fetch_order(None, SYMBOL, {"origClientOrderId": "mine"})
    assert bot.fetch_order(None, SYMBOL, {"origClientOrderId": "mine"})["status"] == "open"
    with pytest.raises(ccxt.InvalidOrder):
        bot.create_order(SYMBOL, "limit", "buy", 0.01, 40_000)


def test_shorthands_of_ccxt_fail_as_what_they_stand_for(both: tuple[Any, Any]) -> None:
    hand, bot = both
    hand.fail_next("429")
    with pytest.raises(ccxt.DDoSProtection):
        bot.create_limit_buy_order(SYMBOL, 0.01, 40_000)
    hand.fail_next("429")
    with pytest.raises(ccxt.DDoSProtection):
        bot.createOrder(SYMBOL, "limit", "buy", 0.01, 40_000)
    bot.createOrder(SYMBOL, "limit", "buy", 0.01, 40_000)


def test_a_refusal_is_hidden_too(both: tuple[Any, Any]) -> None:
    """Nobody is told what became of it: here, nothing."""
    hand, bot = both
    hand.fail_next("timeout")
    with pytest.raises(ccxt.RequestTimeout):
        bot.create_order(SYMBOL, "limit", "buy", 1_000, 40_000)
    assert there(bot) == []


def test_what_did_not_happen_yet_can_be_forgotten(both: tuple[Any, Any]) -> None:
    hand, bot = both
    hand.fail_next("429", times=5)
    hand.fail_no_more()
    bot.create_order(SYMBOL, "limit", "buy", 0.01, 40_000)


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("explosion", {}, "unknown fault 'explosion'; one of: maintenance, dropped, "),
        ("frozen", {}, "unknown fault 'frozen'"),  # prices are in the test's hand anyway
        ("429", {"of": "fetch_orderz"}, "unknown call 'fetch_orderz'; None for any, or one of: create_order, "),
        ("429", {"times": 0}, "times must be 1 at least, was 0"),
        ("rejected", {"of": "fetch_balance"}, "only new orders are rejected"),
        ("rejected", {"of": None}, "only new orders are rejected"),
    ],
)
def test_a_word_that_there_is_not(kind: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ExchangeInHand(read()).fail_next(kind, **more)


@pytest.mark.parametrize("call", ROUTES)
def test_every_call_can_be_told_from_its_requests(call: str) -> None:
    for method, path in ROUTES[call]:
        assert call in calls_of(method, path.replace("*", "17"))
    assert calls_of("POST", "/api/v3/order/test") == frozenset()


def test_every_route_is_one_of_the_exchange(served: ServedExchange) -> None:
    app = create_app(served._venue, api_key=None, first_balances={}, feed="manual")  # pyright: ignore[reportPrivateUsage]
    known = {(each.method, re.sub("{.*}", "*", each.path)) for each in app.routed()}
    named = {route for routes in ROUTES.values() for route in routes}
    assert named - known == set()


def test_nothing_is_due_at_first() -> None:
    assert Faults().next(("create_order",)) is None
