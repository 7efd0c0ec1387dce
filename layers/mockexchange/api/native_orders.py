"""Placing, listing and canceling orders; trades."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from ..domain import orders as domain
from ..domain.errors import BadRequest, BadSymbol, ExchangeError, ExchangeNotAvailable, OrderNotFound
from ..domain.fills import Fill
from ..domain.placing import PlaceOrder
from ..exchange import Exchange
from ..ports import Page
from .account_holder import AccountHolder
from .answering import answer, page
from .bodies import BodyReader
from .listing import Status, fills_by_order, page_of_orders
from .native import order_answer, place_order, trade_answer
from .operations import Endpoints, Operation, refuse_parameters
from .parameters import Cursor, Limit, SymbolFilter, checked
from .schemas import Assessment, Order, OrderRequest, Trade

OrderId = Annotated[str, Path(description="The exchange's id of the order.", openapi_examples={"one": {"value": "123"}})]
ClientOrderId = Annotated[
    str, Path(description="Your id of the order.", openapi_examples={"one": {"value": "my-bot-1"}})
]
StatusFilter = Annotated[Literal["open", "closed", "all"], Query(description="`closed`: whatever can fill no more.")]

_BODY = BodyReader(OrderRequest)


class OrderEndpoints:
    """Orders and trades of one account."""

    def __init__(self, exchange: Exchange, holder: AccountHolder) -> None:
        self._exchange = exchange
        self._holder = holder
        self._account_id = holder.account_id

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        placed = {
            201: "The order was accepted.",
            200: "This request was accepted before, under this client order id: that order, as it stands now.",
        }
        add(
            "POST", "/orders", self.place,
            Operation("placeOrder", "orders", Order, placed, OrderRequest, (404, 409, 413, 422)), direct=True,
        )  # fmt: skip
        add(
            "POST", "/orders/can_execute", self.can_execute,
            Operation("canExecuteOrder", "orders", Assessment, body=OrderRequest, refusals=(413, 422)), direct=True,
        )  # fmt: skip
        add("GET", "/orders", self.list_orders, Operation("listOrders", "orders", list[Order], paged=True))
        add("DELETE", "/orders", self.cancel_all, Operation("cancelAllOrders", "orders", list[Order]))
        add("GET", "/orders/list", self.list_ids, Operation("listOrderIds", "orders", list[str], paged=True))
        by_client_id = "/orders/client:{client_order_id:path}"
        add(
            "POST", f"{by_client_id}/cancel", self.cancel_by_client_id,
            Operation("cancelOrderByClientId", "orders", Order, refusals=(404, 409)),
        )  # fmt: skip
        add(
            "GET", by_client_id, self.show_by_client_id,
            Operation("getOrderByClientId", "orders", Order, refusals=(404,)),
        )  # fmt: skip
        add(
            "POST", "/orders/{order_id}/cancel", self.cancel,
            Operation("cancelOrder", "orders", Order, refusals=(404, 409)),
        )  # fmt: skip
        add("GET", "/orders/{order_id}", self.show, Operation("getOrder", "orders", Order, refusals=(404,)))
        add("GET", "/trades", self.trades, Operation("listTrades", "trades", list[Trade], paged=True))

    async def place(self, request: Request) -> Response:
        """Place an order.
        It is held against the newest price in the same step: the answer shows what filled at once.
        """
        refuse_parameters(request)
        command = place_order(await _BODY.read(request), self._account_id)
        placed = self._holder.use(lambda: self._exchange.place(command))
        return answer(order_answer(placed.order, placed.fills), 200 if placed.repeated else 201)

    async def can_execute(self, request: Request) -> Response:
        """Whether an order would be accepted now.
        Nothing is changed. A body that cannot be understood is refused as it is when placing an order.
        """
        refuse_parameters(request)
        return answer(self._assess(place_order(await _BODY.read(request), self._account_id)))

    def _assess(self, command: PlaceOrder) -> Assessment:
        try:
            assessed = self._holder.use(lambda: self._exchange.assess(command))
        except BadSymbol as error:
            return Assessment(ok=False, code=error.code, reason=error.detail)
        except (BadRequest, ExchangeNotAvailable):
            raise
        except ExchangeError as error:
            return Assessment(ok=False, code=error.code, reason=error.detail)
        return Assessment(ok=True, order=order_answer(assessed.order, assessed.fills))

    # a plain def runs in a thread: a list may take long when few of many orders are asked for
    def list_orders(
        self,
        request: Request,
        symbol: SymbolFilter = None,
        status: StatusFilter = "all",
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """List orders, newest first."""
        found = self._page(status, symbol, cursor, limit)
        fills = fills_by_order(self._exchange, self._account_id, found.items)
        orders = [order_answer(order, fills[order.order_id], with_trades=False) for order in found.items]
        return page(orders, found.cursor, request)

    def list_ids(
        self,
        request: Request,
        symbol: SymbolFilter = None,
        status: StatusFilter = "all",
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """List the ids of orders, newest first."""
        found = self._page(status, symbol, cursor, limit)
        return page([str(order.order_id) for order in found.items], found.cursor, request)

    def _page(self, status: Status, symbol: str | None, cursor: int | None, limit: int) -> Page[domain.Order]:
        symbol = checked(symbol)
        return self._holder.use(
            lambda: page_of_orders(self._exchange, self._account_id, status, symbol, cursor, limit)
        )

    async def show(self, order_id: OrderId) -> Response:
        """Get one order, with its trades."""
        number = _order_number(order_id)
        return self._single(self._holder.use(lambda: self._exchange.order(self._account_id, number)))

    async def show_by_client_id(self, client_order_id: ClientOrderId) -> Response:
        """Get the latest order with your id, with its trades."""
        return self._single(
            self._holder.use(lambda: self._exchange.order(self._account_id, client_order_id=client_order_id))
        )

    async def cancel(self, order_id: OrderId) -> Response:
        """Cancel an open order."""
        number = _order_number(order_id)
        return self._single(self._holder.use(lambda: self._exchange.cancel(self._account_id, number)))

    async def cancel_by_client_id(self, client_order_id: ClientOrderId) -> Response:
        """Cancel an open order by your id."""
        return self._single(
            self._holder.use(lambda: self._exchange.cancel(self._account_id, client_order_id=client_order_id))
        )

    # a thread, as for lists: each of a thousand orders is a commit of its own
    def cancel_all(self, symbol: SymbolFilter = None) -> Response:
        """Cancel every open order, or every one of a market.
        Gives those that were canceled; an order that closed meanwhile is not among them.
        """
        symbol = checked(symbol)
        canceled = self._holder.use(lambda: self._exchange.cancel_all(self._account_id, symbol))
        fills = fills_by_order(self._exchange, self._account_id, canceled)
        return answer([order_answer(order, fills[order.order_id], with_trades=False) for order in canceled])

    async def trades(
        self, request: Request, symbol: SymbolFilter = None, limit: Limit = 100, cursor: Cursor = None
    ) -> Response:
        """List trades, newest first."""
        symbol = checked(symbol)
        found: Page[Fill] = self._holder.use(
            lambda: self._exchange.trades(self._account_id, symbol, cursor=cursor, limit=limit)
        )
        return page([trade_answer(fill) for fill in found.items], found.cursor, request)

    def _single(self, order: domain.Order) -> Response:
        return answer(order_answer(order, self._exchange.fills_of(order)))


def _order_number(order_id: str) -> int:
    """The id in a path. One that is no number names no order. Raises OrderNotFound."""
    if not (order_id.isascii() and order_id.isdecimal() and len(order_id) <= 16):
        raise OrderNotFound(
            f"no order {order_id[:60]!r} in this account; ids are numbers, and your own are asked for as client:{{id}}"
        )
    return int(order_id)
