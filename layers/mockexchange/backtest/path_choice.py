"""Which extreme of a candle comes first, where that is to be good or bad for whoever has orders there."""

from __future__ import annotations

from ..domain.orders import Direction, Order, Side
from ..exchange import Exchange
from .candle_paths import Path
from .history import History


def low_first(path: Path, exchange: Exchange, history: History, candle: int) -> bool | None:
    """Whether the low of a candle (from 0 on) comes before its high; None to leave it as it is.

    A stop is there for a price that is bad for its owner: where one extreme triggers stops and the other does not, an
    optimist meets the other one first. Where none or both do, limit orders tell: who buys at the low what is sold at
    the high wants the low first.
    """
    if path not in (Path.OPTIMISTIC, Path.PESSIMISTIC):
        return None
    low, high = float(history.candles.low[candle]), float(history.candles.high[candle])
    stops = {Direction.FALLS: False, Direction.RISES: False}
    limits = {Side.BUY: False, Side.SELL: False}
    for order in _open(exchange, history.symbol):
        if order.is_untriggered:
            # one that waits for what enters here is there only after that
            if order.stop_price is not None and not order.is_pending:
                towards, stop = order.direction, float(order.stop_price)
                stops[towards] |= low <= stop if towards is Direction.FALLS else high >= stop
        elif order.price is not None:
            price = float(order.price)
            limits[order.side] |= low <= price if order.side is Side.BUY else high >= price
    bad_below, bad_above = stops[Direction.FALLS], stops[Direction.RISES]
    if bad_below == bad_above:
        if not (limits[Side.BUY] and limits[Side.SELL]):
            return None
        bad_below, bad_above = False, True
    return bad_above if path is Path.OPTIMISTIC else bad_below


def _open(exchange: Exchange, symbol: str) -> list[Order]:
    return [order for account in exchange.store.account_ids() for order in exchange.open_orders(account, symbol)]
