"""A venue in memory that an account traded at, with a journal of it: a matcher that comes late, and other accounts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from mockexchange.clock import ManualClock
from mockexchange.domain.errors import ExchangeError
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, OrderType, Side, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Book, Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.ports import FeedTick, Store
from mockexchange.store.memory import MemoryStore

D = Decimal
BTC, ETH = "BTC/USDT", "ETH/USDT"
START = 1_767_225_600_000
FIRST = {"USDT": D(50_000), "BTC": D(1), "ETH": D(10)}


@dataclass
class Traded:
    """A venue, and the account `bot` there beside `other`."""

    model: str = "touch-size"
    store: Store = field(default_factory=lambda: MemoryStore(levels=20))
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    rules: Rules = field(default_factory=Rules)
    prices: dict[str, Decimal] = field(default_factory=lambda: {BTC: D(60_000), ETH: D(3_000)})
    position: int = 0

    def __post_init__(self) -> None:
        self.exchange = Exchange(
            self.store,
            self.clock,
            Rules(Engine(fill_model(self.model), fees=self.rules.engine.fees), D("0.001"), D("0.002")),
        )
        for symbol in self.prices:
            self.tick(symbol)
        for name in ("bot", "other"):
            self.exchange.open_account(name, FIRST)

    def tick(
        self, symbol: str = BTC, middle: Decimal | None = None, size: Decimal | None = None, spread: str = "2"
    ) -> None:
        """Log a price, which nobody has matched yet."""
        middle = self.prices[symbol] = self.prices[symbol] if middle is None else middle
        half = D(spread) / 2
        bid, ask, size = middle - half, middle + half, size or D("0.5")
        book = Book(tuple((bid - n * half, size) for n in range(5)), tuple((ask + n * half, size) for n in range(5)))
        self.position += 1
        quote = Quote(symbol, bid, ask, middle, self.clock.time, size, size)
        self.store.append(FeedTick(quote, self.position, book=book), "test", self.clock.time, serves=True)

    def order(self, side: Side, quantity: str, price: str | None = None, by: str = "bot", **more: object) -> int | None:
        """The id of a new order on BTC/USDT, None when it is refused."""
        kind = more.pop("type", OrderType.MARKET if price is None else OrderType.LIMIT)
        named = {"price": None if price is None else D(price), **more}
        symbol = named.pop("symbol", BTC)
        command = PlaceOrder(by, symbol, side, kind, D(quantity), **named)  # pyright: ignore[reportArgumentType]  # fields by name
        return self.attempt(lambda: self.exchange.place(command).order.order_id)

    def attempt(self, do: Callable[[], int | None]) -> int | None:
        """What it gives, None when the exchange refuses."""
        try:
            return do()
        except ExchangeError:
            return None


def wild(seed: int, model: str, steps: int = 300, *, late: bool = True, **venue: object) -> Traded:
    """An account that does everything that can be done, at random; the matcher comes by in its own time."""
    drawn, traded = random.Random(seed), Traded(model, **venue)  # pyright: ignore[reportArgumentType]  # fields by name
    exchange = traded.exchange
    for number in range(steps):
        traded.clock.time += drawn.choice((1, 50, 700, 3_000))
        if drawn.random() < 0.6:
            symbol = drawn.choice((BTC, ETH))
            step = traded.prices[symbol] * drawn.randint(-12, 12) / 10_000
            size = D(drawn.randint(1, 80)) / 100
            traded.tick(symbol, (traded.prices[symbol] + step).quantize(D(1)), size)
        if not late:
            exchange.match()
        elif drawn.random() < 0.4:
            exchange.match([drawn.choice((BTC, ETH))])
        who = "bot" if drawn.random() < 0.7 else "other"
        _act(traded, drawn, who, number)
    exchange.match()
    return traded


def _act(traded: Traded, drawn: random.Random, who: str, number: int) -> None:
    exchange, symbol, side = traded.exchange, drawn.choice((BTC, ETH)), drawn.choice(tuple(Side))
    last = traded.prices[symbol]
    near = (last * (1 + D(drawn.randint(-15, 15)) / 10_000)).quantize(D(1))
    away = (last * (1 + D(drawn.choice((-20, -10, 10, 20))) / 10_000)).quantize(D(1))
    quantity = D(drawn.randint(5, 40)) / (1_000 if symbol == BTC else 50)
    tif = drawn.choice((TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK))
    name = f"{who}-{number % 40}" if drawn.random() < 0.3 else None
    limit = PlaceOrder(
        who,
        symbol,
        side,
        OrderType.LIMIT,
        quantity,
        near,
        time_in_force=tif,
        client_order_id=name,
        reuse_client_id=True,
    )
    dated = replace(limit, time_in_force=TimeInForce.GTC, expires_at=traded.clock.time + drawn.choice((1_000, 9_000)))
    spend = (quantity * last).quantize(D("0.01"))
    market = PlaceOrder(who, symbol, side, OrderType.MARKET, quote_quantity=spend)
    stop = PlaceOrder(
        who, symbol, side, drawn.choice((OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)), quantity, stop_price=away
    )
    trail = PlaceOrder(who, symbol, side, OrderType.STOP_LOSS, quantity, trailing_delta=drawn.choice((10, 15, 30)))
    gain, loss = (last * D("1.002")).quantize(D(1)), (last * D("0.998")).quantize(D(1))
    pair = (
        PlaceOrder(who, symbol, Side.SELL, OrderType.LIMIT, quantity, gain, post_only=True),
        PlaceOrder(who, symbol, Side.SELL, OrderType.STOP_LOSS, quantity, stop_price=loss),
    )
    entry = PlaceOrder(who, symbol, Side.BUY, OrderType.LIMIT, quantity * 2, near)
    still_open = list(exchange.open_orders(who))
    one = drawn.choice(still_open) if still_open else None
    actions: list[Callable[[], object]] = [
        lambda: exchange.place(limit),
        lambda: exchange.place(limit),
        lambda: exchange.place(dated),
        lambda: exchange.place(market),
        lambda: exchange.place(stop),
        lambda: exchange.place(trail),
        lambda: exchange.place_list(PlaceList(Contingency.OCO, pair)),
        lambda: exchange.place_list(PlaceList(Contingency.OTO, (entry, *pair))),
        lambda: exchange.deposit(who, "USDT", D(drawn.randint(1, 500))),
        lambda: exchange.withdraw(who, drawn.choice(("USDT", "BTC")), D(drawn.randint(1, 500)) / 1_000),
        lambda: exchange.accounts.set_fees(who, maker_rate=D(drawn.randint(0, 20)) / 10_000),
    ]
    if one is not None:
        smaller = (one.quantity * D("0.6")).quantize(D("0.001"))
        actions += [lambda: exchange.cancel(who, one.order_id)] * 6
        actions += [lambda: exchange.amend(who, one.order_id, quantity=smaller)] * 2
        if one.symbol == symbol:
            actions += [lambda: exchange.replace(who, one.order_id, limit)] * 3
    try:
        drawn.choice(actions)()
    except ExchangeError:
        return
