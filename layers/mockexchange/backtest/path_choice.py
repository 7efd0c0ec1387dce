"""Which extreme of a candle comes first, where that is to be good or bad for whoever has orders there."""

from __future__ import annotations

from decimal import Decimal

from ..domain.orders import Direction, Order, Side, Trail
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
    for trail, turns in _trails(exchange, history, candle):
        # what triggers anyway is a stop like any other; else the price has to go up first to come back from there
        stops[Direction.FALLS if (trail.side is Side.SELL) is not turns else Direction.RISES] = True
    limits = {Side.BUY: False, Side.SELL: False}
    for order in _open(exchange, history.symbol):
        if order.is_untriggered:
            # one that waits for what enters here is there only after that
            if order.stop_price is not None and order.trail is None and not order.is_pending:
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


def may_turn(exchange: Exchange, history: History, candle: int) -> bool:
    """Whether trailing stops are triggered on one way through a candle, and perhaps not on the other."""
    return any(turns for _, turns in _trails(exchange, history, candle))


def enters_within(exchange: Exchange, history: History, candle: int, number: int) -> bool:
    """Whether a candle leads to an order that came in on a tick, one of the candle's own, with another one of its list
    or because its stop price was reached: the candle may have been at its price before that."""
    low, high = (Decimal(repr(float(column[candle]))) for column in (history.candles.low, history.candles.high))
    now = exchange.now()
    new = [
        order
        for order in _open(exchange, history.symbol)
        if order.met_tick == number and (order.triggered_at == now or (order.leg and order.leg.placed_at is not None))
    ]
    # of one that was triggered what counts is its limit, if it has one
    stops = [order.stop_price for order in new if order.price is None or order.triggered_at is None]
    prices = [price for price in (*stops, *(order.price for order in new)) if price is not None]
    return any(low <= price <= high for price in prices)


def _trails(exchange: Exchange, history: History, candle: int) -> list[tuple[Trail, bool]]:
    """What trailing stops a candle triggers on either way, measured from before it; and, True, those that it may
    trigger because the price went better in it first."""
    opened, low, high = (
        Decimal(repr(float(column[candle])))
        for column in (history.candles.open, history.candles.low, history.candles.high)
    )
    found: list[tuple[Trail, bool]] = []
    for trail, known in exchange.store.trails(history.symbol):
        best, worst = (high, low) if trail.side is Side.SELL else (low, high)
        before = known.extremes[0][1] if known and known.extremes else opened
        before = opened if trail.better(opened, before) else before
        if trail.reaches(worst, before):
            found.append((trail, False))
        elif trail.reaches(worst, best):
            found.append((trail, True))
    return found


def _open(exchange: Exchange, symbol: str) -> list[Order]:
    return [order for account in exchange.store.account_ids() for order in exchange.open_orders(account, symbol)]
