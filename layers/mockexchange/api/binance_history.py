"""Past orders and trades of the Binance wire, oldest first (rest-api.md: allOrders, myTrades)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from ..domain.balances import Account
from ..domain.errors import OrderNotFound
from ..domain.fills import Fill
from ..exchange import Exchange
from . import binance_errors as errors
from . import binance_order_answers as answers
from .binance_endpoints import Asked, Endpoint, Security
from .binance_parameters import Parameter, integer, positive, symbol
from .binance_symbols import WireSymbols
from .binance_times import END_TIME, START_TIME
from .ranges import SLACK, Ids

T = TypeVar("T")

DAY = 86_400_000

MOST = 1000
"""Records in one answer."""

TIMES: tuple[Parameter[Any], ...] = (
    START_TIME,
    END_TIME,
    Parameter("limit", positive, default=500),
)


class WireHistory:
    """What an account did."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user = Security.USER_DATA
        market = Parameter("symbol", symbol, required=True)
        order_id, from_id = Parameter("orderId", integer), Parameter("fromId", integer)
        limit = Parameter("limit", positive, default=500)
        prevented = (
            market,
            Parameter("preventedMatchId", integer),
            order_id,
            Parameter("fromPreventedMatchId", integer),
            limit,
        )
        allocations = (market, order_id, Parameter("fromAllocationId", integer), *TIMES)
        return [
            Endpoint(
                "GET", "/api/v3/allOrders", self.all_orders, user, (market, order_id, *TIMES), weight=20, slow=True
            ),
            Endpoint(
                "GET",
                "/api/v3/myTrades",
                self.trades,
                user,
                (market, order_id, from_id, *TIMES),
                weight=lambda texts: 5 if "orderId" in texts else 20,
                slow=True,
            ),
            Endpoint("GET", "/api/v3/myPreventedMatches", self.nothing, user, prevented, weight=20),
            Endpoint("GET", "/api/v3/myAllocations", self.nothing, user, allocations, weight=20),
        ]

    def all_orders(self, asked: Asked) -> object:
        """Orders in any state: from an id on, in a stretch of time, or the newest."""
        market = self._symbols.on_record(asked["symbol"])
        wanted = Wanted.of(asked, asked["orderId"])
        store, account = self._exchange.store, self._exchange.account(asked.account_id)

        def created(order_id: int) -> int:
            order = store.orders([order_id])[0]
            return order.created_at if order else 0

        ids = Ids.of(lambda cursor, size: store.order_ids(account, market, cursor, size))
        parts = chunks(wanted.ids(ids, created), wanted.limit + SLACK)
        found = (order for part in parts for order in store.orders(part) if order)
        return [answers.shown(each) for each in wanted.page(found, lambda each: (each.order_id, each.created_at))]

    def trades(self, asked: Asked) -> object:
        """Trades: of one order, from an id on, in a stretch of time, or the newest."""
        market = self._symbols.on_record(asked["symbol"])
        order_id: int | None = asked["orderId"]
        wanted = Wanted.of(asked, asked["fromId"])
        timed = wanted.start is not None or wanted.end is not None
        if timed and (wanted.least is not None or order_id is not None):
            raise errors.bad_combination()
        store, account = self._exchange.store, self._exchange.account(asked.account_id)

        def traded(trade_id: int) -> int:
            fill = store.fills(account, [trade_id])[0]
            return fill.entered_at if fill else 0

        if order_id is not None:
            of_order = self._trade_ids(asked.account_id, order_id)
            numbers = iter(of_order) if wanted.least is not None else reversed(of_order)
        else:
            ids = Ids.of(lambda cursor, size: store.trade_ids(account, market, cursor, size))
            numbers = wanted.ids(ids, traded)
        parts = chunks(numbers, wanted.limit + SLACK)
        found = (fill for part in parts for fill in store.fills(account, part) if fill and fill.symbol == market)
        page = wanted.page(found, lambda each: (each.trade_id, each.timestamp))
        lists = self._lists_of(account, page)
        return [answers.traded(each, lists.get(each.order_id)) for each in page]

    def _lists_of(self, account: Account, fills: Sequence[Fill]) -> dict[int, int]:
        """The order lists of the orders that these trades are of, by order id. Most accounts have none: then no order
        is read."""
        if not fills or not self._exchange.store.list_ids(account, None, 1).items:
            return {}
        orders = self._exchange.store.orders(sorted({fill.order_id for fill in fills}))
        return {order.order_id: order.leg.list_id for order in orders if order and order.leg}

    def nothing(self, asked: Asked) -> object:
        """Matches stopped by self-trade prevention, allocations of routed orders: there are none."""
        del asked
        return []

    def _trade_ids(self, account_id: str, order_id: int) -> tuple[int, ...]:
        """The trades of an order; one that is not there has none."""
        try:
            return self._exchange.order(account_id, order_id).trade_ids
        except OrderNotFound:
            return ()


def window(asked: Asked) -> tuple[int | None, int | None]:
    """startTime and endTime (ms, both inclusive). Raises BinanceError when they are more than a day apart."""
    start: int | None = asked["startTime"]
    end: int | None = asked["endTime"]
    if start is not None and end is not None:
        if end < start:
            raise errors.bad_combination()
        if end - start > DAY:
            raise errors.too_long(24)
    return start, end


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are asked for: numbered from `least` on, in a stretch of time (ms, inclusive), so many at most."""

    least: int | None
    start: int | None
    end: int | None
    limit: int

    @classmethod
    def of(cls, asked: Asked, least: int | None) -> Wanted:
        """What a request asks for. Raises BinanceError."""
        start, end = window(asked)
        return cls(least, start, end, min(asked["limit"], MOST))

    def admits(self, number: int, time: int) -> bool:
        """Whether a record is among them."""
        return (
            (self.least is None or number >= self.least)
            and (self.start is None or time >= self.start)
            and (self.end is None or time <= self.end)
        )

    def ids(self, ids: Ids, time_of: Callable[[int], int]) -> Iterator[int]:
        """Those that may be asked for: oldest first where a beginning is given, else newest first."""
        least, start, end = self.least, self.start, self.end
        if least is not None:
            return ids.since(lambda number: number >= least)
        if start is not None:
            return ids.since(lambda number: time_of(number) >= start)
        if end is not None:
            return ids.until(lambda number: time_of(number) > end)
        return ids.backwards()

    def page(self, found: Iterable[T], key: Callable[[T], tuple[int, int]]) -> list[T]:
        """What is asked for, oldest first; `key` gives a record's number and time. Records come in almost the order of
        their numbers, so a few more are looked at than are taken."""
        forwards = self.least is not None or self.start is not None
        taken: list[T] = []
        beyond = 0
        for each in found:
            number, time = key(each)
            if self.admits(number, time):
                taken.append(each)
            elif forwards and self.end is not None and time > self.end:
                beyond += 1
            if len(taken) == self.limit + SLACK or beyond > SLACK:
                break
        taken.sort(key=key)
        return taken[: self.limit] if forwards else taken[-self.limit :]


def chunks(ids: Iterator[int], size: int) -> Iterator[list[int]]:
    """Ids, so many at a time."""
    while chunk := list(islice(ids, size)):
        yield chunk
