"""An account's own commands, given again, read from every store."""

from __future__ import annotations

from mockexchange.backtest.again import again
from mockexchange.backtest.recorded import recorded
from mockexchange.ports import Store
from tests.unit.backtest.journaled import wild


def test_every_fill_is_the_same(store: Store) -> None:
    traded = wild(1, "touch-size", 150, store=store)
    of = recorded(store, "bot", "USDT")
    assert len(of.fills) > 10
    found = again(of, ["last", "depth"])
    assert (found.same, found.as_it_was.refused, found.as_it_was.skipped) == (True, 0, 0)
    assert [fill.order_id for fill in of.fills] == [
        fill.order_id for fill in reversed(traded.exchange.trades("bot", limit=1_000).items)
    ]
