"""backtrader: it knows bars only, so each quote is one, at the middle of bid and ask; orders fill at the close that
they were decided by, with half the spread as slippage: at the ask and the bid. Observers are off: its fast way.
"""

from __future__ import annotations

from typing import Any

import backtrader as bt

from .measuring import Absent, Stopwatch, tell
from .quotes import AMOUNT, CASH, COMMISSION, EVERY, SPREAD, Outcome, Quotes, resting_prices

MS_A_DAY = 86_400_000
UNIX_EPOCH = 719_163
"""1970-01-01 as backtrader counts days."""


class Feed(bt.feed.DataBase):
    """Bars from arrays."""

    params = (("quotes", None),)

    def start(self) -> None:
        super().start()
        quotes: Quotes = self.p.quotes
        days = UNIX_EPOCH + quotes.timestamp / MS_A_DAY
        self._rows = iter(zip(days.tolist(), quotes.middle.tolist(), strict=True))

    def _load(self) -> bool:
        row = next(self._rows, None)
        if row is None:
            return False
        lines = self.lines
        lines.datetime[0], price = row
        lines.open[0] = lines.high[0] = lines.low[0] = lines.close[0] = price
        lines.volume[0] = lines.openinterest[0] = 0.0
        return True


class Trader(bt.Strategy):
    """Does what the case says."""

    params = (("case", ""), ("watch", None))

    def __init__(self) -> None:
        self.seen = self.sent = self.fills = 0
        self.traded = 0.0
        self.orders_too = self.p.case == "orders"

    def start(self) -> None:
        self.p.watch.start()  # the bars have been loaded by now

    def stop(self) -> None:
        self.p.watch.stop()

    def next(self) -> None:
        self.seen += 1
        if self.orders_too and self.seen % EVERY == 0:
            (self.sell if self.sent % 2 else self.buy)(size=AMOUNT)
            self.sent += 1
        elif self.seen <= 2 and self.p.case == "resting":
            if self.seen == 1:
                for price in resting_prices():
                    self.buy(size=AMOUNT, exectype=bt.Order.Limit, price=price)
            else:
                self.p.watch.start()  # again: what placing costs is not asked here

    def notify_order(self, order: Any) -> None:
        if order.status == order.Completed:
            self.fills += 1
            self.traded += abs(order.executed.size) * order.executed.price


def run(quotes: Quotes, case: str, watch: Stopwatch) -> Outcome:
    if case in ("silent", "waiting"):
        raise Absent("a strategy is called at each bar")
    engine = bt.Cerebro(stdstats=False)
    engine.broker.setcash(CASH)
    engine.broker.setcommission(commission=COMMISSION)
    engine.broker.set_coc(True)
    engine.broker.set_slippage_fixed(SPREAD / 2, slip_open=True, slip_match=True, slip_out=True)
    engine.adddata(Feed(quotes=quotes, timeframe=bt.TimeFrame.MicroSeconds))
    engine.addstrategy(Trader, case=case, watch=watch)
    [trader] = engine.run()
    assert trader.seen == len(quotes), trader.seen
    coins = engine.broker.getposition(trader.data).size
    if case == "resting":
        assert len(engine.broker.get_orders_open()) == len(resting_prices())
    return Outcome(trader.fills, trader.traded, engine.broker.getcash() - CASH + coins * float(quotes.bid[-1]))


if __name__ == "__main__":
    tell(bt.__version__, run)
