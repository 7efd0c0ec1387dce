"""What resting orders may have had of trades, worked out again: price by price, order by order, tick by tick."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.models import reaches
from mockexchange.domain.orders import Order, Side
from mockexchange.domain.quotes import Tick

Ticks = dict[tuple[str, int], Tick]


def check_tape(orders: dict[int, Order], fills: list[Fill], working_on: dict[int, int], ticks: Ticks) -> None:
    """Nobody has more of a tick's trades than there were, nor before those who stood before him. `working_on`: the tick
    on which each order came to rest, or later."""
    of_trades: Counter[tuple[str, str, Side, int]] = Counter()
    lowest: dict[tuple[str, str, Side, int], Decimal] = {}
    for fill in fills:
        tick, order = ticks[fill.symbol, fill.tick], orders[fill.order_id]
        if fill.liquidity is Liquidity.TAKER or _comes_to(order, tick):
            continue
        assert order.price is not None
        there = (order.account_id, fill.symbol, fill.side, fill.tick)
        of_trades[there] += fill.quantity  # type: ignore[assignment]  # Decimal counts too
        worst = max if fill.side is Side.BUY else min
        lowest[there] = worst(lowest.get(there, order.price), order.price)
        if order.iceberg_quantity is None and "queue" in fill.model:
            _check_queue(order, fill, working_on[order.order_id], ticks)
    for (account, symbol, side, number), quantity in of_trades.items():
        traded = _traded(ticks[symbol, number], side, lowest[account, symbol, side, number])
        assert quantity <= traded, f"{account} has {quantity} of {traded} of tick {number}"


def _comes_to(order: Order, tick: Tick) -> bool:
    """Whether the other side came to an order's price: then it may have what stands there as well."""
    assert order.price is not None, "only a limit order rests"
    touch = tick.quote.ask if order.side is Side.BUY else tick.quote.bid
    return reaches(order.side, order.price, touch)


def _traded(tick: Tick, side: Side, limit: Decimal, *, beyond: bool = False) -> Fraction:
    found = Fraction(0)
    for trade in tick.trades:
        sold = trade.buyer_is_maker
        if sold is (side is Side.BUY) and reaches(side, limit, trade.price) and not (beyond and trade.price == limit):
            found += Fraction(trade.quantity)
    return found


def _check_queue(order: Order, fill: Fill, since: int, ticks: Ticks) -> None:
    """Whoever looked at every tick would have counted no more before the order than the exchange did, so if even he
    sees somebody there, the fill is wrong. Where nobody knows how much stood there at first, he begins with nobody."""
    assert order.price is not None
    before = _shown(order, ticks.get((fill.symbol, since))) or Fraction(0)
    for number in range(since + 1, fill.tick + 1):
        tick = ticks[fill.symbol, number]
        beyond = _traded(tick, order.side, order.price, beyond=True)
        at = _traded(tick, order.side, order.price) - beyond
        if number == fill.tick:
            assert Fraction(fill.quantity) <= beyond + max(Fraction(0), at - before), f"{fill} behind {before}"
        shown = _shown(order, tick)
        before = Fraction(0) if beyond or _comes_to(order, tick) else max(Fraction(0), before - at)
        before = before if shown is None else min(before, shown)


def _shown(order: Order, tick: Tick | None) -> Fraction | None:
    """What others show at an order's price; None where the tick does not say."""
    if tick is None or not tick.book:
        return None
    levels = tick.book.bids if order.side is Side.BUY else tick.book.asks
    assert order.price is not None, "it rests"
    if not levels or not reaches(order.side, order.price, levels[-1][0]):
        return None
    return next((Fraction(size) for price, size in levels if price == order.price), Fraction(0))
