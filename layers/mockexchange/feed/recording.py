"""A recorded file as a line of ticks. Positions count from 1 to `last`, in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from ..domain.amounts import ZERO, add, divide, floor_to_step, is_multiple, multiply, subtract, total
from ..domain.candle_path import LEGS, candle_prices, leg_time
from ..domain.quotes import PublicTrade, Quote
from ..ports import FeedTick
from .columns import exact
from .rows import Rows, seller_takes, size
from .table import Cell

_HALF_BASIS_POINT = Decimal("0.00005")
_QUARTER = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a recording does not say itself. `spread_bps`: between bid and ask, in basis points of the price, where the
    file has one price only. `volume_in_quote`: whether candle volumes are in the quote asset."""

    symbol: str
    tick_size: Decimal
    step_size: Decimal
    spread_bps: Decimal = ZERO
    volume_in_quote: bool = False

    def around(self, price: Decimal) -> tuple[Decimal, Decimal]:
        """Bid and ask around a price: the price itself without a spread, else whole ticks at least the spread apart."""
        if not self.spread_bps:
            return price, price
        half = multiply(price, multiply(self.spread_bps, _HALF_BASIS_POINT))
        bid = floor_to_step(subtract(price, half), self.tick_size)
        ask = add(price, half)
        if not is_multiple(ask, self.tick_size):
            ask = add(floor_to_step(ask, self.tick_size), self.tick_size)
        return max(bid, self.tick_size), ask


class Recording(Protocol):
    """The ticks of one file."""

    @property
    def last(self) -> int:
        """The position of the last tick."""
        ...

    def time(self, position: int) -> int:
        """A tick's time in ms; never less than that of the position before."""
        ...

    def tick(self, position: int, terms: Terms) -> FeedTick:
        """The tick at a position."""
        ...


class RecordedCandles:
    """Four ticks a candle, along candle_path. Its volume is spread over them evenly, in whole steps, as trades at their
    prices; what is left over is lost, never invented."""

    def __init__(self, rows: Rows, length: int) -> None:
        self._times = rows.times
        self._length = length
        cells = rows.cells
        self._prices = [cells[name] for name in ("open", "high", "low", "close")]
        self._volumes = cells.get("volume")

    @property
    def last(self) -> int:
        """See Recording.last."""
        return len(self._times) * LEGS

    def time(self, position: int) -> int:
        """See Recording.time. A candle ends early where the next one begins."""
        row, leg = divmod(position - 1, LEGS)
        begins = self._times[row]
        length = self._length
        if row + 1 < len(self._times):
            length = min(length, self._times[row + 1] - begins)
        return leg_time(begins, length, leg)

    def tick(self, position: int, terms: Terms) -> FeedTick:
        """See Recording.tick."""
        row, leg = divmod(position - 1, LEGS)
        path = candle_prices(*self.prices(row))
        price, before = path[leg], path[leg - 1] if leg else path[0]
        bid, ask = terms.around(price)
        time = self.time(position)
        quantity = self.traded(row, terms)
        trades = (PublicTrade(position, price, quantity, time, buyer_is_maker=price < before),) if quantity else ()
        return FeedTick(Quote(terms.symbol, bid, ask, price, time), position, trades)

    def prices(self, row: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Open, high, low and close of a row (counts from 0)."""
        opened, high, low, close = self._prices
        return exact(opened[row]), exact(high[row]), exact(low[row]), exact(close[row])

    def traded(self, row: int, terms: Terms) -> Decimal:
        """What is traded at each of the four prices of a row (counts from 0), in the base asset."""
        volume = size(self._volumes[row]) if self._volumes else None
        if not volume:
            return ZERO
        if terms.volume_in_quote:
            volume = divide(volume, multiply(total(self.prices(row)), _QUARTER))
        return floor_to_step(multiply(volume, _QUARTER), terms.step_size)


class RecordedQuotes:
    """One tick a row. Where the file has no price of a last trade, the bid stands for it: a price somebody offers."""

    def __init__(self, rows: Rows) -> None:
        self._times = rows.times
        self._bids, self._asks = rows.cells["bid"], rows.cells["ask"]
        self._prices = rows.cells.get("price", self._bids)
        self._bid_sizes: Sequence[Cell] | None = rows.cells.get("bid_size")
        self._ask_sizes: Sequence[Cell] | None = rows.cells.get("ask_size")

    @property
    def last(self) -> int:
        """See Recording.last."""
        return len(self._times)

    def time(self, position: int) -> int:
        """See Recording.time."""
        return self._times[position - 1]

    def tick(self, position: int, terms: Terms) -> FeedTick:
        """See Recording.tick."""
        row = position - 1
        quote = Quote(
            symbol=terms.symbol,
            bid=exact(self._bids[row]),
            ask=exact(self._asks[row]),
            last=exact(self._prices[row]),
            timestamp=self._times[row],
            bid_size=size(self._bid_sizes[row]) if self._bid_sizes else None,
            ask_size=size(self._ask_sizes[row]) if self._ask_sizes else None,
        )
        return FeedTick(quote, position)


class RecordedTrades:
    """One tick a trade: its price on both sides, and the trade. Positions stand for ids that are no whole numbers."""

    def __init__(self, rows: Rows) -> None:
        self._times = rows.times
        self._prices, self._quantities = rows.cells["price"], rows.cells["quantity"]
        self._sides = {name: rows.cells[name] for name in ("side", "buyer_is_maker") if name in rows.cells}
        ids = rows.cells.get("trade_id", ())
        self._ids = [int(str(cell)) for cell in ids] if all(str(cell).isdecimal() for cell in ids) else []

    @property
    def last(self) -> int:
        """See Recording.last."""
        return len(self._times)

    def time(self, position: int) -> int:
        """See Recording.time."""
        return self._times[position - 1]

    def tick(self, position: int, terms: Terms) -> FeedTick:
        """See Recording.tick."""
        row = position - 1
        price = exact(self._prices[row])
        sold = seller_takes({name: column[row] for name, column in self._sides.items()})
        if sold is None:
            sold = row > 0 and price < exact(self._prices[row - 1])
        bid, ask = terms.around(price)
        trade = PublicTrade(
            trade_id=self._ids[row] if self._ids else position,
            price=price,
            quantity=exact(self._quantities[row]),
            timestamp=self._times[row],
            buyer_is_maker=sold,
        )
        return FeedTick(Quote(terms.symbol, bid, ask, price, self._times[row]), position, (trade,))


def candle_length(times: Sequence[int]) -> int | None:
    """How long each candle lasts, in ms: the most usual distance between two; None when there is only one candle."""
    distances = Counter(later - earlier for earlier, later in pairwise(times))
    return min(distances, key=lambda distance: (-distances[distance], distance)) if distances else None
