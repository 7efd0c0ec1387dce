"""`mockx up` that was stopped for hours goes on, and resting orders are judged by what they missed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from mockexchange import wiring
from mockexchange.clock import ManualClock, SystemClock
from mockexchange.domain.candles import MINUTE
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.settings import Settings
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .test_up import exchange

HOURS = 3
BTC = "BTC/USDT"


def test_resting_orders_are_judged_by_the_hours_that_it_was_down(tmp_path: Path, valkey_url: str) -> None:
    """Feeder and venue stood there hours ago; then the whole of it starts."""
    settings = Settings(feed="synthetic:7", symbols=(BTC,), mockx_balances={"USDT": Decimal(100_000)})
    source = SyntheticSource(7, (BTC,), 2_000)
    hours_ago = SystemClock().now() // MINUTE * MINUTE - HOURS * 60 * MINUTE
    # From the highest minute of an hour on it can only fall.
    highest = max(source.candles(BTC, "1m", hours_ago, 60), key=lambda candle: candle.close)
    then = ManualClock(highest.time + MINUTE - 1)
    store = ValkeyStore(Connection(valkey_url))
    wiring.feeder(settings, on=store, clock=then).tick()
    venue = wiring.exchange(settings, on=store, clock=then)
    venue.open_account("default", {"USDT": Decimal(100_000)})
    missed = source.candles(BTC, "1m", then.time + 1, 110)
    first = min(missed, key=lambda candle: candle.low)
    price = first.low
    order = PlaceOrder("default", BTC, Side.BUY, OrderType.LIMIT, Decimal("0.01"), price)
    placed = venue.place(order).order
    venue.match()
    assert placed.status == "NEW"

    with exchange(tmp_path, VALKEY_URL=valkey_url) as running:
        running.until(lambda: bool(venue.trades("default").items))
        assert "caught up" in running.said()
    (fill,) = venue.trades("default").items
    assert (fill.price, fill.liquidity, fill.source) == (price, "MAKER", "candles:synthetic:7")
    assert fill.timestamp == first.time
    assert fill.is_late
    assert venue.audit().problems == []
    store.connection.close()
