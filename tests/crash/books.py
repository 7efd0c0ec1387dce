"""Whether the books are right, whatever was asked for."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from mockexchange.domain.journal import Matched, Placed, Replaced
from mockexchange.domain.models import TouchModel, reaches
from mockexchange.domain.orders import Order, Side
from mockexchange.domain.quotes import Quote, Tick
from mockexchange.ports import FeedState
from mockexchange.replaying import replay
from mockexchange.store.dump import Dump, dump_memory
from mockexchange.store.memory import MemoryStore
from tests.replayed import results

from .prices import MARKETS, SwingingPrices
from .remains import Remains

_TOUCH = TouchModel()
"""Where its writers' models meet an order, sized or not."""

Taken = Mapping[tuple[str, str, Side, int], Decimal]
"""What an account took from one side of a tick (account, symbol, side, tick number), where sizes limit; base asset."""


def check_fills(remains: Remains, seen: Counter[str]) -> Iterator[str]:
    """Trade ids are unique; no order fills twice on one tick, or on one that is not after its placement."""
    for trade_id, times in Counter(fill.trade_id for fill in remains.fills).items():
        if times > 1:
            yield f"trade id {trade_id} is there {times} times"
    for (order_id, tick), times in Counter((fill.order_id, fill.tick) for fill in remains.fills).items():
        if times > 1:
            yield f"order {order_id} filled {times} times on tick {tick}"
    placed_on = _placed_on(remains)
    for entry in remains.journal:
        if isinstance(entry, Matched) and entry.tick <= placed_on.get(entry.order_id, entry.tick):
            yield f"{entry}, and the order was placed on tick {placed_on.get(entry.order_id, 'unknown')}"
    for fill in remains.fills:
        order = remains.orders.get(fill.order_id)
        seen["partial fills"] += order is not None and fill.quantity < order.quantity
    seen["fills"] += len(remains.fills)


def check_ticks(prices: SwingingPrices, feed: FeedState, remains: Remains, seen: Counter[str]) -> Iterator[str]:
    """Two feeders that were killed again and again have appended every tick once, in order."""
    for symbol, ticks in remains.ticks.items():
        expected = [prices.quote(symbol, position, feed.wall) for position in range(1, len(ticks) + 1)]
        quotes = [tick.quote for tick in ticks]
        if quotes != expected:
            pairs = zip(quotes, expected, strict=True)
            number, (quote, other) = next((number, pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1])
            yield f"tick {number} of {symbol} is {quote} instead of {other}"
        if len(ticks) < feed.position:
            yield f"the feed stands at {feed.position}, and {symbol} has {len(ticks)} ticks"
        seen["ticks"] += len(ticks)


def check_liquidity(remains: Remains) -> Iterator[str]:
    """Nobody took more from a tick than it showed, and no order was passed over by one that had something left."""
    taken = _taken(remains)
    quotes = {(symbol, tick.number): tick.quote for symbol, ticks in remains.ticks.items() for tick in ticks}
    for (account_id, symbol, side, number), quantity in taken.items():
        size = _size(quotes[symbol, number], side) if (symbol, number) in quotes else Decimal(0)
        if size is not None and quantity > size:
            yield f"{account_id} took {quantity} of {size} from {symbol} tick {number} ({side})"
    placed_on = _placed_on(remains)
    filled_on = {fill.order_id: fill.tick for fill in sorted(remains.fills, key=lambda fill: fill.tick)}
    passed_over = _PassedOver(remains.ticks, taken)
    for order in remains.orders.values():
        # An open order stands until now; of a closed one it is certain that it stood before its last fill.
        until = sys.maxsize if order.is_open else filled_on.get(order.order_id, 0)
        tick = passed_over.by(order, placed_on.get(order.order_id, 0), until)
        if tick is not None:
            yield f"{order} was passed over by tick {tick.number}: {tick.quote}"


class _PassedOver:
    """Which ticks had something left for whom, remembered by account, symbol and side."""

    def __init__(self, ticks: Mapping[str, list[Tick]], taken: Taken) -> None:
        self._ticks = ticks
        self._taken = taken
        self._generous: dict[tuple[str, str, Side], list[Tick]] = {}

    def by(self, order: Order, after: int, until: int) -> Tick | None:
        """The first tick between these two that should have met an order which stood then, or filled more of it."""
        who = (order.account_id, order.symbol, order.side)
        if who not in self._generous:
            self._generous[who] = [tick for tick in self._ticks[order.symbol] if self._had_more(*who, tick)]
        generous = self._generous[who]
        for tick in generous[bisect_right(generous, after, key=_number) : bisect_left(generous, until, key=_number)]:
            best = _TOUCH.touch(order.side, tick)
            if order.unmet or (order.price is not None and reaches(order.side, order.price, best)):
                return tick
        return None

    def _had_more(self, account_id: str, symbol: str, side: Side, tick: Tick) -> bool:
        size = _size(tick.quote, side)
        left = None if size is None else size - self._taken.get((account_id, symbol, side, tick.number), Decimal(0))
        return left is None or left >= MARKETS[symbol].instrument.step_size


def _placed_on(remains: Remains) -> dict[int, int]:
    """The tick that each order was decided on."""
    entries = (entry.placed if isinstance(entry, Replaced) else entry for entry in remains.journal)
    return {entry.order_id: entry.tick for entry in entries if isinstance(entry, Placed)}


def _taken(remains: Remains) -> Taken:
    taken: dict[tuple[str, str, Side, int], Decimal] = {}
    for fill in remains.fills:
        order = remains.orders.get(fill.order_id)
        if order is not None and fill.model == "touch-size":
            key = (order.account_id, fill.symbol, fill.side, fill.tick)
            taken[key] = taken.get(key, Decimal(0)) + fill.quantity
    return taken


def _number(tick: Tick) -> int:
    return tick.number


def _size(quote: Quote, side: Side) -> Decimal | None:
    return quote.ask_size if side is Side.BUY else quote.bid_size


def check_replay(remains: Remains, seen: Counter[str]) -> Iterator[str]:
    """The journal, done again in an empty store in memory, gives the same venue to the byte."""
    seen["journal entries"] += len(remains.journal)
    store = MemoryStore()
    try:
        replay(remains.journal, store)
    except Exception as error:  # noqa: BLE001  # whatever it is, the journal does not replay
        yield f"the journal does not replay: {type(error).__name__}: {error}"
        return
    yield from compare("replayed", results(dump_memory(store.state)), "there", results(remains.dump))


def compare(one_name: str, one: Dump, other_name: str, other: Dump) -> Iterator[str]:
    """Where two venues differ, key by key."""
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            yield f"{key}: {_short(one.get(key))} {one_name}, {_short(other.get(key))} {other_name}"


def _short(contents: object) -> str:
    text = repr(contents)
    return text if len(text) < 200 else f"{text[:200]}... ({len(text)} characters)"
