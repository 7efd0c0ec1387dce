"""What resting orders may have had of trades, worked out again: price by price, order by order, tick by tick."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.models import reaches
from mockexchange.domain.orders import Order, Side
from mockexchange.domain.quotes import PublicTrade, Tick

Ticks = dict[tuple[str, int], Tick]


def check_tape(orders: dict[int, Order], fills: list[Fill], working_on: dict[int, int], ticks: Ticks) -> Counter[str]:
    """Nobody has more of a tick's trades than there were, nor before those who stood before him. `working_on`: the tick
    on which each order came to rest, or one before. Counts the fills of orders that somebody stood before."""
    seen: Counter[str] = Counter()
    of_trades: Counter[tuple[str, str, Side, int]] = Counter()
    lowest: dict[tuple[str, str, Side, int], Decimal] = {}
    earliest: dict[tuple[str, str, Side, int], int] = {}
    for fill in fills:
        tick, order = ticks[fill.symbol, fill.tick], orders[fill.order_id]
        if fill.liquidity is Liquidity.TAKER or _comes_to(order, tick):
            continue
        assert order.price is not None
        there = (order.account_id, fill.symbol, fill.side, fill.tick)
        of_trades[there] += fill.quantity  # type: ignore[assignment]  # Decimal counts too
        worst = max if fill.side is Side.BUY else min
        lowest[there] = worst(lowest.get(there, order.price), order.price)
        earliest[there] = min(earliest.get(there, fill.timestamp), order.working_since or 0)
        if order.iceberg_quantity is None and "queue" in fill.model:
            seen["filled in line"] += _check_queue(order, fill, working_on[order.order_id], ticks)
    for there, quantity in of_trades.items():
        account, symbol, side, number = there
        traded = traded_for(ticks[symbol, number], side, lowest[there], earliest[there])
        assert quantity <= traded, f"{account} has {quantity} of {traded} of tick {number}"
    return seen


def _comes_to(order: Order, tick: Tick) -> bool:
    """Whether the other side came to an order's price: then it may have what stands there as well."""
    assert order.price is not None, "only a limit order rests"
    touch = tick.quote.ask if order.side is Side.BUY else tick.quote.bid
    return reaches(order.side, order.price, touch)


def traded_for(tick: Tick, side: Side, limit: Decimal, since: int, *, beyond: bool = False) -> Fraction:
    """What others traded at a limit, or only what they traded `beyond` it, after the moment `since` (venue ms)."""
    trades = [trade for trade in _sold_to(tick, side) if trade.timestamp > since and reaches(side, limit, trade.price)]
    return sum((Fraction(trade.quantity) for trade in trades if not beyond or trade.price != limit), Fraction(0))


def _sold_to(tick: Tick, side: Side) -> list[PublicTrade]:
    """The trades that those who rested on a side had."""
    return [trade for trade in tick.trades if trade.buyer_is_maker is (side is Side.BUY)]


def _check_queue(order: Order, fill: Fill, since: int, ticks: Ticks) -> bool:
    """Whoever looked at every tick would have counted no more before the order than the exchange did, so if even he
    sees somebody there, the fill is wrong. As long as nobody knows how much stands there, what traded at the order's
    price is not its own. Whether somebody stood before it at any time."""
    assert order.price is not None
    there_at = order.working_since or 0
    before, behind = _shown(order, ticks.get((fill.symbol, since))), False
    for number in range(since + 1, fill.tick + 1):
        tick = ticks[fill.symbol, number]
        beyond = traded_for(tick, order.side, order.price, there_at, beyond=True)
        at = traded_for(tick, order.side, order.price, there_at) - beyond
        ahead = None if before is None else max(Fraction(0), before - _at_before(tick, order, there_at))
        behind = behind or bool(before)
        if number == fill.tick:
            own = Fraction(0) if ahead is None else max(Fraction(0), at - ahead)
            assert Fraction(fill.quantity) <= beyond + own, f"{fill} behind {before}"
        shown = _shown(order, tick)
        if beyond or _comes_to(order, tick):
            before = Fraction(0)
        elif ahead is None or shown is None:
            before = shown if ahead is None else max(Fraction(0), ahead - at)
        else:
            before = min(max(Fraction(0), ahead - at), shown)
    return behind


def _at_before(tick: Tick, order: Order, there_at: int) -> Fraction:
    """What traded at an order's price before it was there, which those had who stood before it."""
    trades = [trade for trade in _sold_to(tick, order.side) if trade.timestamp <= there_at]
    return sum((Fraction(trade.quantity) for trade in trades if trade.price == order.price), Fraction(0))


def _shown(order: Order, tick: Tick | None) -> Fraction | None:
    """What others show at an order's price; None where the tick does not say."""
    if tick is None:
        return None
    assert order.price is not None, "it rests"
    levels: list[tuple[Decimal, Decimal | None]]
    if tick.book:
        levels = list(tick.book.bids if order.side is Side.BUY else tick.book.asks)
    else:
        quote = tick.quote
        levels = [(quote.bid, quote.bid_size) if order.side is Side.BUY else (quote.ask, quote.ask_size)]
    if not levels or not reaches(order.side, order.price, levels[-1][0]):
        return None
    size = dict(levels).get(order.price, Decimal(0))
    return None if size is None else Fraction(size)
