"""The face that ccxt's users know, without ccxt: what it has, what it says it has not, and what time does there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mockexchange.api import binance_errors
from mockexchange.api.binance_errors import BinanceError
from mockexchange.backtest import unified_errors as errors
from mockexchange.backtest.unified_exchange import UnifiedExchange
from mockexchange.clock import ManualClock
from mockexchange.domain import errors as domain
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.memory import MemoryStore

START = 1_700_000_000_000
BTC = "BTC/USDT"
DAY = 86_400_000


class Past:
    """A history of days that rise by a dollar each, up to the clock; every minute passes at once."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.asked: list[tuple[str, int, int | None, int | None]] = []

    def candles(self, symbol: str, length_ms: int, since: int | None, limit: int | None) -> list[list[float]]:
        self.asked.append((symbol, length_ms, since, limit))
        newest = self.clock.time - self.clock.time % length_ms
        times = [newest - number * length_ms for number in range(100)][::-1]
        rows = [[time, 1.0 + each, 2.0 + each, 0.5 + each, 1.5 + each, 10.0] for each, time in enumerate(times)]
        if since is not None:
            rows = [row for row in rows if row[0] >= since]
        if limit is None:
            return rows
        return rows[:limit] if since is not None else rows[-limit:]

    def finest(self, symbol: str) -> int:
        del symbol
        return 60_000

    def pass_time(self, milliseconds: int) -> None:
        self.clock.time += milliseconds


class Desk:
    """A venue with one account, and its face."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        rules = Rules(engine=Engine(fill_model("touch"), stale_after=DAY))
        self.exchange = Exchange(MemoryStore(), self.clock, rules)
        self.exchange.open_account("alice", {"USDT": Decimal(100_000), "BTC": Decimal(2)})
        self.past = Past(self.clock)
        self.face = UnifiedExchange(self.exchange, "alice", self.past)

    def price(self, bid: str, ask: str) -> None:
        low, high = Decimal(bid), Decimal(ask)
        self.exchange.set_price(BTC, Quote(BTC, low, high, (low + high) / 2, self.clock.time))


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.price("59999", "60001")
    return made


WITHOUT_CCXT = """
import json, sys
from tests.unit.backtest.test_unified_exchange import BTC, Desk
from mockexchange.backtest import unified_errors as errors

desk = Desk()
desk.price("59999", "60001")
face = desk.face
face.load_markets()
face.create_order(BTC, "market", "buy", 0.1)
face.fetch_balance(), face.fetch_ticker(BTC), face.fetch_order_book(BTC), face.fetch_ohlcv(BTC), face.fetch_currencies()
face.privatePostOrderListOco, face.fetch_my_trades(BTC), face.fetch_trading_fees()
refused = []
for amount, price in ((100, 60_000), (0.1, 1), (0.1, None)):
    try:
        face.create_order(BTC, "limit", "buy", amount, price)
    except errors.BaseError as error:
        refused.append([type(error).__module__, type(error).__name__])
print(json.dumps({"refused": refused, "loaded": [name for name in sys.argv[1:] if name in sys.modules]}))
"""


def test_nothing_heavy_is_imported() -> None:
    heavy = ("ccxt", "fastapi", "starlette", "anyio", "httpx", "pydantic", "pandas", "numpy", "uvicorn", "redis")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CCXT, *heavy], capture_output=True, text=True, check=True, timeout=60
    )
    told = json.loads(done.stdout)
    ours = "mockexchange.backtest.unified_errors"
    assert told["refused"] == [[ours, "InsufficientFunds"], [ours, "InvalidOrder"], [ours, "InvalidOrder"]]
    assert told["loaded"] == []


def test_exceptions_have_the_names_and_the_family_of_ccxt() -> None:
    ccxt: Any = pytest.importorskip("ccxt")
    names = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    names.remove("BinanceError")
    assert len(names) > 20
    for name in names:
        family = [each.__name__ for each in getattr(errors, name).__mro__]
        assert family == [each.__name__ for each in getattr(ccxt, name).__mro__]


def test_codes_are_what_ccxt_takes_them_for() -> None:
    ccxt: Any = pytest.importorskip("ccxt")
    known = ccxt.binance().exceptions
    sources = "".join(path.read_text() for path in Path(binance_errors.__file__).parent.glob("binance_*.py"))
    codes = {int(code) for code in re.findall(r"BinanceError\(\s*(-?[0-9]+)", sources)} | {-1014, -2021, -2022}
    assert len(codes) > 40
    for code in codes:
        theirs = known["spot"]["exact"].get(str(code)) or known["exact"].get(str(code)) or ccxt.ExchangeError
        assert type(errors.of_wire(BinanceError(code, "whatever"))) is theirs, code


NOT_MADE_OF_A_SENTENCE: dict[type[domain.ExchangeError], domain.ExchangeError] = {
    domain.FilterFailure: domain.FilterFailure("LOT_SIZE", "no"),
    domain.RateLimitExceeded: domain.RateLimitExceeded("no", retry_after=1),
}
REFUSALS = {
    name: binance_errors.from_refusal(NOT_MADE_OF_A_SENTENCE.get(kind) or kind("no"))
    for name, kind in vars(domain).items()
    if isinstance(kind, type) and issubclass(kind, domain.ExchangeError)
} | {"too much": binance_errors.too_much_weight(6000, 2), "banned": binance_errors.banned(START, 2)}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_are_what_ccxt_takes_them_for(name: str) -> None:
    ccxt: Any = pytest.importorskip("ccxt")
    refused = REFUSALS[name]
    client = ccxt.binance()
    url = client.urls["api"]["private"]  # it knows the spot market's codes by the host
    with pytest.raises(ccxt.BaseError) as theirs:
        client.handle_errors(refused.status, "", url, "", {}, json.dumps(refused.body), refused.body, {}, "")
    assert type(errors.of_wire(refused)) is theirs.type


def test_it_says_what_it_has(desk: Desk) -> None:
    for name, there in desk.face.has.items():
        assert there is True
        if name not in ("spot", "publicAPI", "privateAPI"):
            assert callable(getattr(desk.face, name)), name
            assert getattr(desk.face, name).__name__ != "refuse", name
    assert not desk.face.has["watchTicker"]
    assert desk.face.has.get("watchTicker") is None


def test_what_ccxt_has_and_this_has_not(desk: Desk) -> None:
    names = """
        watch_ticker watchTicker fetch_positions set_leverage setLeverage create_orders createStopMarketOrder
        edit_orders withdraw transfer fetch_open_order fetchDeposits
    """
    for name in names.split():
        with pytest.raises(errors_of_now("NotSupported"), match=name):
            getattr(desk.face, name)(BTC)
    for name in ("nothing", "fetcher", "_private", "privateGetNothing"):
        with pytest.raises(AttributeError):
            getattr(desk.face, name)


def errors_of_now(name: str) -> type[Exception]:
    """The class that is raised now: other tests may have loaded ccxt."""
    return type(errors.error(name, ""))


def test_a_refusal_says_what_was_wrong_exactly(desk: Desk) -> None:
    with pytest.raises(errors_of_now("InsufficientFunds")) as refused:
        desk.face.create_limit_buy_order(BTC, 100, 60_000)
    assert "100000 USDT is free" in str(refused.value.__cause__)


def test_sleeping_lets_time_pass(desk: Desk) -> None:
    desk.face.sleep(1500.9)
    assert desk.face.milliseconds() == START + 1500
    assert desk.face.seconds() == 1_700_000_001
    assert desk.face.microseconds() == (START + 1500) * 1000


def test_an_order_that_is_good_till_a_date(desk: Desk) -> None:
    good = {"timeInForce": "GTD", "expiresAt": START + 60_000}
    order = desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000, {**good, "clientOrderId": "till"})
    assert (order["status"], order["timeInForce"], order["clientOrderId"]) == ("open", "GTC", "till")
    assert desk.exchange.order("alice", int(order["id"])).expires_at == START + 60_000
    assert desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000, {"expiresAt": START + 60_000})["status"] == "open"
    desk.face.sleep(61_000)
    desk.price("59999", "60001")
    assert desk.face.fetch_order(order["id"], BTC)["status"] == "expired"
    for params in ({"timeInForce": "GTD"}, {"timeInForce": "IOC", "expiresAt": START + 200_000}):
        with pytest.raises(errors_of_now("InvalidOrder")):
            desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000, params)
    with pytest.raises(errors_of_now("BadRequest")):
        desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000, {**good, "unheard": "of"})


def test_names_are_the_same_in_every_run(desk: Desk) -> None:
    assert desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000)["clientOrderId"] == "mx-1"
    assert desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000, {"timeInForce": "PO"})["clientOrderId"] == "mx-2"


def test_weeks_and_months_begin_where_the_calendar_says(desk: Desk) -> None:
    # 2023-11-14: a Tuesday
    weeks = desk.face.fetch_ohlcv(BTC, "1w", None, 2)
    assert [desk.face.iso8601(row[0]) for row in weeks] == ["2023-11-06T00:00:00.000Z", "2023-11-13T00:00:00.000Z"]
    assert weeks[-1][1:] == [99.0, 101.0, 98.5, 100.5, 20.0]  # Monday, and Tuesday so far
    months = desk.face.fetch_ohlcv(BTC, "1M", 1_693_526_400_000)
    assert [str(desk.face.iso8601(row[0]))[:10] for row in months] == ["2023-09-01", "2023-10-01", "2023-11-01"]
    assert [row[5] for row in months] == [300.0, 310.0, 140.0]
    # a month that began before is not of what was asked for
    assert desk.face.fetch_ohlcv(BTC, "1M", 1_693_526_400_001)[0][0] == months[1][0]
    assert {asked[1] for asked in desk.past.asked} == {DAY}


def test_candles_are_asked_for_as_they_are_wanted(desk: Desk) -> None:
    desk.face.fetch_ohlcv(BTC)
    desk.face.fetch_ohlcv(BTC, "5m", START, 10)
    desk.face.fetch_ohlcv(BTC, "1h", None, 5000)
    assert desk.past.asked == [
        (BTC, 60_000, None, 500),
        (BTC, 300_000, START, 10),
        (BTC, 3_600_000, None, 1000),
    ]
    with pytest.raises(errors_of_now("BadRequest")):
        desk.face.fetch_ohlcv(BTC, "1m", None, 0)
    with pytest.raises(errors_of_now("NotSupported")):
        desk.face.fetch_ohlcv(BTC, "1m", None, 5, {"price": "mark"})


def test_a_market_before_its_first_price() -> None:
    clock = ManualClock(START)
    exchange = Exchange(MemoryStore(), clock, Rules(symbols=("AAA/USDT",)))
    exchange.open_account("alice")
    face = UnifiedExchange(exchange, "alice", Past(clock))
    assert (face.symbols, face.market("AAA/USDT")["precision"]["price"]) == (["AAA/USDT"], 1e-8)
    exchange.set_price("AAA/USDT", Quote("AAA/USDT", Decimal(1234), Decimal(1235), Decimal(1234), START))
    assert face.market("AAA/USDT")["precision"]["price"] == 0.01
    assert face.markets["AAA/USDT"] is face.market("AAA/USDT")


def test_other_wallets_are_not_there(desk: Desk) -> None:
    with pytest.raises(errors_of_now("NotSupported")):
        desk.face.fetch_balance({"type": "future"})
    with pytest.raises(errors_of_now("NotSupported")):
        desk.face.create_order(BTC, "limit", "buy", 0.1, 50_000, {"marginMode": "isolated"})


def test_numbers_that_are_none(desk: Desk) -> None:
    for amount in (float("nan"), float("inf"), -1):
        with pytest.raises(errors_of_now("BadRequest")):
            desk.face.create_order(BTC, "limit", "buy", amount, 50_000)


def test_what_was_told_of_open_orders_is_its_reader_s_own(desk: Desk) -> None:
    """It is kept until the books change; nobody can change what the next one is told."""
    first, second = (desk.face.create_order(BTC, "limit", "buy", 0.1, price) for price in (50_000, 51_000))
    told = desk.face.fetch_open_orders(BTC)
    told[0]["status"], told[0]["info"]["status"] = "eaten", "EATEN"
    told[0]["trades"].append("crumbs")
    told.pop()
    again = desk.face.fetch_open_orders(BTC)
    assert [(each["id"], each["status"], each["info"]["status"], each["trades"]) for each in again] == [
        (each["id"], "open", "NEW", []) for each in (first, second)
    ]
    desk.face.cancel_order(first["id"], BTC)
    assert [each["id"] for each in desk.face.fetch_open_orders(BTC)] == [second["id"]]
