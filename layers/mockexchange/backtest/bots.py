"""Bots to measure an exchange with. They know nothing of it but what any client knows, and decide by it alone.

They are no advice: each of them is there for the way in which it trades.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol

from ..domain.amounts import ONE, add, divide, floor_to_step, multiply, subtract
from ..domain.balances import Balance
from ..domain.errors import ExchangeError, OrderNotOpen
from ..domain.instruments import Instrument
from ..domain.orders import Contingency, OrderType, Side
from ..domain.placing import PlaceOrder
from ..domain.placing_lists import PlaceList
from ..domain.quotes import Quote
from ..exchange import Exchange

ACCOUNT = "bot"


class Bot(Protocol):
    """Something that trades one market."""

    refused: int
    """Orders that the exchange did not take."""
    refusal: str
    """Why it did not take the last of them."""

    def step(self, number: int, quote: Quote) -> None:
        """Act on step `number`, from 0 on; `quote` is what the market shows."""
        ...


class _Desk:
    """What all bots share: sizes, and orders that may be refused."""

    def __init__(self, exchange: Exchange, instrument: Instrument, worth: Decimal) -> None:
        """`worth`: what an order should be worth, in the quote asset."""
        self.exchange = exchange
        self.instrument = instrument
        self.worth = worth
        self.refused = 0
        self.refusal = ""

    def quantity(self, price: Decimal) -> Decimal:
        """As many steps as the worth of an order buys; the least that the market takes."""
        least = max(self.instrument.step_size, self.instrument.min_quantity)
        return max(floor_to_step(divide(self.worth, price), self.instrument.step_size or least), least)

    def price(self, near: Decimal) -> Decimal:
        """The multiple of the tick size at or below a price."""
        return floor_to_step(near, self.instrument.tick_size)

    def order(self, side: Side, kind: OrderType, quantity: Decimal, **more: object) -> PlaceOrder:
        """A new order of the bot."""
        return PlaceOrder(ACCOUNT, self.instrument.symbol, side, kind, quantity, **more)  # pyright: ignore[reportArgumentType]  # fields by name

    def place(self, command: PlaceOrder) -> int | None:
        """The id of an accepted order."""
        try:
            return self.exchange.place(command).order.order_id
        except ExchangeError as error:
            self.note(error)
            return None

    def note(self, refusal: ExchangeError) -> None:
        """Count an order that was not taken."""
        self.refused += 1
        self.refusal = refusal.detail

    def cancel(self, order_id: int) -> None:
        """Take an order back, unless it is closed."""
        try:
            self.exchange.cancel(ACCOUNT, order_id)
        except OrderNotOpen:
            return

    def balance(self, asset: str) -> Balance:
        """What it has of an asset."""
        return self.exchange.balance(ACCOUNT, asset)


class Taker(_Desk):
    """Buys at the market when the short mean of the price crosses the long one from below, and sells what it bought
    when it crosses back: it pays the spread, and walks into the book, each time."""

    SHORT, LONG = 10, 40

    def __init__(self, exchange: Exchange, instrument: Instrument, worth: Decimal) -> None:
        super().__init__(exchange, instrument, worth)
        self._seen: deque[Decimal] = deque(maxlen=self.LONG)
        self._long = False

    def step(self, number: int, quote: Quote) -> None:
        """Look at the means."""
        del number
        self._seen.append(quote.last)
        if len(self._seen) < self.LONG:
            return
        short = sum(list(self._seen)[-self.SHORT :], Decimal(0)) / self.SHORT
        rises = short > sum(self._seen, Decimal(0)) / self.LONG
        if rises is self._long:
            return
        self._long = rises
        side = Side.BUY if rises else Side.SELL
        self.place(self.order(side, OrderType.MARKET, self.quantity(quote.last)))


class Maker(_Desk):
    """Rests one order on each side of the touch, and renews both every few steps: it lives on being filled."""

    EVERY = 5

    def __init__(self, exchange: Exchange, instrument: Instrument, worth: Decimal) -> None:
        super().__init__(exchange, instrument, worth)
        self._open: list[int] = []

    def step(self, number: int, quote: Quote) -> None:
        """Renew the orders."""
        if number % self.EVERY:
            return
        for order_id in self._open:
            self.cancel(order_id)
        quantity = self.quantity(quote.last)
        bid, ask = self.price(quote.bid), add(self.price(quote.ask), self.instrument.tick_size)
        orders = [
            self.order(Side.BUY, OrderType.LIMIT, quantity, price=bid, post_only=True),
            self.order(Side.SELL, OrderType.LIMIT, quantity, price=ask, post_only=True),
        ]
        self._open = [order_id for each in orders if (order_id := self.place(each)) is not None]


class Bracket(_Desk):
    """Buys a little below the price, with a target and a stop as far above and below: an OTOCO, one at a time."""

    BELOW, AWAY = Decimal("0.0002"), Decimal("0.001")
    PATIENCE = 60
    """Steps after which an entry that was not filled is given up."""

    def __init__(self, exchange: Exchange, instrument: Instrument, worth: Decimal) -> None:
        super().__init__(exchange, instrument, worth)
        self._list: int | None = None
        self._since = 0

    def step(self, number: int, quote: Quote) -> None:
        """Place the next list when the last one is over."""
        if self._list is not None:
            orders = self.exchange.order_list(ACCOUNT, self._list)
            if orders[0].is_open and number - self._since >= self.PATIENCE:
                self.cancel(self._list)
            elif any(order.is_open for order in orders):
                return
        entry = self.price(multiply(quote.bid, subtract(ONE, self.BELOW)))
        target, stop = (self.price(multiply(entry, add(ONE, away))) for away in (self.AWAY, self.AWAY.copy_negate()))
        bought = self.quantity(entry)
        # the fee comes out of what is bought
        sold = floor_to_step(multiply(bought, Decimal("0.998")), self.instrument.step_size)
        command = PlaceList(
            Contingency.OTO,
            (
                self.order(Side.BUY, OrderType.LIMIT, bought, price=entry),
                self.order(Side.SELL, OrderType.LIMIT, sold, price=target, post_only=True),
                self.order(Side.SELL, OrderType.STOP_LOSS, sold, stop_price=stop),
            ),
        )
        try:
            self._list, self._since = self.exchange.place_list(command).orders[0].order_id, number
        except ExchangeError as error:
            self.note(error)


BOTS: Mapping[str, Callable[[Exchange, Instrument, Decimal], Bot]] = {
    "maker": Maker,
    "taker": Taker,
    "bracket": Bracket,
}
"""By name."""
