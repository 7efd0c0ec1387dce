"""Passing over the ticks that touch nothing changes nothing: the same orders, on the same history, tick by tick."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockexchange.backtest.candle_paths import Path
from mockexchange.backtest.flow import Flow
from mockexchange.backtest.history import History
from mockexchange.backtest.history_store import HistoryStore
from mockexchange.backtest.loading import load
from mockexchange.clock import ManualClock
from mockexchange.domain.errors import ExchangeError
from mockexchange.domain.fill_models import named
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange

D = Decimal
pd: Any = import_module("pandas")  # it ships no types
SYMBOLS = ("BTC/USDT", "ETH/USDT")
STEPS = 400
"""ms between two things that a bot does."""
START = 1_700_000_000_000

prices = st.lists(
    st.tuples(st.integers(1, 300), st.integers(-3, 3), st.integers(0, 2), st.integers(0, 2)), min_size=5, max_size=60
)
kinds = st.sampled_from(["MARKET", "LIMIT", "MAKER", "STOP", "STOP_LIMIT", "TAKE", "TRAIL", "GTD", "OCO", "CANCEL"])
orders = st.lists(
    st.tuples(kinds, st.sampled_from(SYMBOLS), st.sampled_from(Side), st.integers(-4, 4), st.integers(1, 3)),
    max_size=25,
)


def history(symbol: str, moves: list[tuple[int, int, int, int]]) -> History:
    at, price = START, 100
    rows: list[tuple[int | None, ...]] = []
    for wait, move, spread, size in moves:
        at, price = at + wait, max(90, min(110, price + move))
        rows.append((at, price, price + spread, price, size or None, 1))
    names = ("timestamp", "bid", "ask", "price", "bid_size", "ask_size")
    frame = pd.DataFrame(rows, columns=list(names))
    return load({symbol: frame})[0]


class Venue:
    """One exchange on some histories. `every_tick`: it passes none over."""

    def __init__(self, histories: list[History], model: str, latency: int, *, every_tick: bool) -> None:
        self.histories, self.every_tick = histories, every_tick
        self.clock, self.store = ManualClock(START), HistoryStore(histories)
        engine = Engine(named(model, levels=5, seed=1), stale_after=1 << 60, latency=latency)
        self.exchange = Exchange(self.store, self.clock, Rules(engine, symbols=SYMBOLS, book_levels=5))
        self.exchange.open_account("bot", {"USDT": D(2_000), "BTC": D(9), "ETH": D(9)})
        self.flow = Flow(histories, self.store, self.exchange, self.clock, Path.DEFAULT)

    def advance(self, until: int) -> None:
        if not self.every_tick:
            self.flow.advance(until)
            return
        coming = [
            (int(time), place, number + 1)
            for place, each in enumerate(self.histories)
            for number, time in enumerate(each.times)
            if number + 1 > self.store.shown(each.symbol) and time <= until
        ]
        for time, place, number in sorted(coming):
            self.expire(time)
            self.clock.time = max(self.clock.time, time)
            self.store.show(self.histories[place].symbol, number)
            self.exchange.match([self.histories[place].symbol])
        self.expire(until)
        self.clock.time = max(self.clock.time, until)

    def expire(self, until: int) -> None:
        """End the orders whose date comes before the next tick, when it does."""
        while True:
            found = zip(self.histories, self.store.resting(SYMBOLS), strict=True)
            due = [
                (each.next_expiry, place)
                for place, (_, each) in enumerate(found)
                if each.next_expiry is not None and self.clock.time <= each.next_expiry <= until
            ]
            if not due:
                return
            time, place = min(due)
            assert time is not None
            self.clock.time = max(self.clock.time, time)
            self.exchange.match([SYMBOLS[place]])

    def do(self, kind: str, symbol: str, side: Side, off: int, size: int) -> None:
        exchange = self.exchange
        price, away = D(100 + off), D(3 if side is Side.SELL else -3)
        base = PlaceOrder("bot", symbol, side, OrderType.LIMIT, D(size), price)
        stop = replace(base, type=OrderType.STOP_LOSS, price=None, stop_price=price)
        commands = {
            "MARKET": replace(base, type=OrderType.MARKET, price=None),
            "LIMIT": base,
            "MAKER": replace(base, post_only=True),
            "STOP": stop,
            "STOP_LIMIT": replace(stop, type=OrderType.STOP_LOSS_LIMIT, price=price),
            "TAKE": replace(stop, type=OrderType.TAKE_PROFIT),
            "TRAIL": replace(stop, stop_price=None, trailing_delta=100 * (1 + abs(off))),
            "GTD": replace(base, expires_at=self.clock.time + 1_000 + 100 * size),
        }
        try:
            if kind == "CANCEL":
                for order in list(exchange.open_orders("bot", symbol))[:1]:
                    exchange.cancel("bot", order.order_id)
            elif kind == "OCO":
                legs = replace(base, price=price + away, post_only=True), replace(stop, stop_price=price - away)
                exchange.place_list(PlaceList(Contingency.OCO, legs))
            else:
                exchange.place(commands[kind])
        except ExchangeError:
            return


def run(venue: Venue, wanted: list[tuple[str, str, Side, int, int]]) -> None:
    for at, each in enumerate(wanted):
        venue.advance(START + (at + 1) * STEPS)
        venue.do(*each)
    venue.advance(START + 30_000)


@pytest.mark.parametrize("latency", [0, 150])
@pytest.mark.parametrize("model", ["touch", "last", "touch-size", "touch+slippage=5"])
@given(btc=prices, eth=prices, wanted=orders)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_passed_over_changes_nothing(
    model: str,
    latency: int,
    btc: list[tuple[int, int, int, int]],
    eth: list[tuple[int, int, int, int]],
    wanted: list[tuple[str, str, Side, int, int]],
) -> None:
    venues = [
        Venue([history("BTC/USDT", btc), history("ETH/USDT", eth)], model, latency, every_tick=every)
        for every in (False, True)
    ]
    for venue in venues:
        run(venue, wanted)
    quick, thorough = venues
    assert quick.exchange.trades("bot", limit=1000) == thorough.exchange.trades("bot", limit=1000)
    assert quick.exchange.orders("bot", limit=1000) == thorough.exchange.orders("bot", limit=1000)
    for one, other in zip(quick.store.journal(0, 10_000).items, thorough.store.journal(0, 10_000).items, strict=True):
        assert one == other
    assert not quick.exchange.audit().problems
