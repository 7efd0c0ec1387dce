"""Hours without prices, then the real ccxt class asks an exchange in hand what was missed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.candles import MINUTE
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.feed.catching_up import CatchUp, Terms
from mockexchange.feed.feeding import Feeder
from mockexchange.ports import Store
from tests.stand_in_exchange.server import Failure, StandInExchange

from .live import START, Live

FULL = START - START % MINUTE + MINUTE
"""The first full minute."""

HOURS = 5


class Watched(Live):
    """A live feeder that catches up, as `mockx serve feeder` has it."""

    def restart(self) -> None:
        """A new process."""
        super().restart()
        terms = Terms(behind=MINUTE, longest=168 * 60 * MINUTE)
        self.feeder = Feeder(
            self.data, self.source, self, catch_up=CatchUp(self.data, self.source, self.source.name, self, terms)
        )


def candles(exchange: StandInExchange, prices: dict[int, tuple[str, str]]) -> None:
    """The exchange's candles: around 60,000, with the low and the high of some minutes after FULL."""
    exchange.candles = [
        [
            FULL + minute * MINUTE,
            "60000.00",
            prices.get(minute, ("60000.00", "60000.01"))[1],
            prices.get(minute, ("60000.00", "60000.01"))[0],
            "60000.01",
            "1.5",
            FULL + (minute + 1) * MINUTE - 1,
        ]
        for minute in range(-1, HOURS * 60)
    ]


def limit(side: Side, price: str) -> PlaceOrder:
    """One hundredth of a bitcoin."""
    return PlaceOrder("bot", "BTC/USDT", side, OrderType.LIMIT, Decimal("0.01"), Decimal(price))


@pytest.fixture
def live(exchange: StandInExchange, store: Store) -> Watched:
    """A feeder over each store in turn, and a bot with two orders that rest since before FULL."""
    live = Watched(exchange, "BTC/USDT", data=store)
    live.step()
    venue = Exchange(store, live, Rules())
    venue.open_account("bot", {"USDT": Decimal(10_000), "BTC": Decimal(1)})
    venue.place(limit(Side.BUY, "59000"))
    venue.place(limit(Side.SELL, "61000"))
    venue.match()
    return live


def test_resting_orders_meet_what_an_exchange_traded_while_nothing_ran(
    live: Watched, exchange: StandInExchange, store: Store
) -> None:
    candles(exchange, {17: ("58900.00", "60000.01"), 130: ("59000.00", "61500.50")})
    live.time += HOURS * 3_600_000
    live.restart()
    exchange.asked.clear()
    report = live.step()
    assert (report.caught_up, report.appended, report.waiting) == (4 * (HOURS * 60 + 1), 1, frozenset())
    assert exchange.asked.count("klines") == 1
    venue = Exchange(store, live, Rules())
    matched = venue.match()
    assert (matched.fills, matched.late, matched.gaps) == (2, 2, {})
    sold, bought = venue.trades("bot").items
    assert (bought.price, bought.timestamp) == (59_000, FULL + 17 * MINUTE)
    assert (sold.price, sold.timestamp) == (61_000, FULL + 130 * MINUTE)
    assert {fill.source for fill in (bought, sold)} == {"candles:ccxt:binance"}
    assert live.tick().source == "ccxt:binance"
    assert venue.audit().problems == []


def test_an_exchange_that_gives_no_candles_for_a_while_is_asked_again(
    live: Watched, exchange: StandInExchange, store: Store
) -> None:
    """Nothing is traded meanwhile, and nothing is lost."""
    candles(exchange, {17: ("58900.00", "60000.01")})
    live.time += HOURS * 3_600_000
    live.restart()
    exchange.fail(Failure(status=503), path="klines")
    reports = live.steps(4)
    assert {report.caught_up for report in reports} == {0}
    assert all(report.waiting == {"BTC/USDT"} for report in reports)
    exchange.fail(None)
    assert sum(report.caught_up for report in live.steps(4)) > 4 * HOURS * 60 - 8
    venue = Exchange(store, live, Rules())
    assert venue.match().late == 1


def test_the_network_is_down_for_hours_under_a_feeder_that_runs(
    live: Watched, exchange: StandInExchange, store: Store
) -> None:
    candles(exchange, {17: ("58900.00", "60000.01")})
    exchange.fail(Failure(lost=True))
    for _ in range(HOURS * 6):
        live.step(600)
    exchange.fail(None)
    live.steps(3, 600)
    venue = Exchange(store, live, Rules())
    venue.match()
    (fill,) = venue.trades("bot").items
    assert (fill.timestamp, fill.is_late) == (FULL + 17 * MINUTE, True)
