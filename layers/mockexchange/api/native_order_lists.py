"""Placing, listing and canceling order lists."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..domain import orders as domain
from ..domain.access import Scope
from ..domain.errors import OrderListNotFound, already
from ..exchange import Exchange
from ..ports import Page
from .answering import answer, page
from .bodies import BodyReader
from .callers import Callers
from .listing import fills_by_order
from .native import list_answer, place_list
from .operations import Endpoints, Operation, PathParameter
from .queries import given, read_query, refuse_query
from .request_schemas import OrderListQuery, OrderListRequest
from .schemas import OrderList

BY_ID = {"list_id": PathParameter("The exchange's id of the order list.", {"an order list": "123"})}

_BODY = BodyReader(OrderListRequest)

Orders = tuple[domain.Order, ...]


class OrderListEndpoints:
    """Order lists of one account."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._exchange = exchange
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, path = endpoints.add, "/order_lists"
        placed = {
            201: "The list was accepted.",
            200: "This request was accepted before, under this client list id: that list, as it stands now.",
        }
        operation = Operation(
            "placeOrderList",
            "orders",
            OrderList,
            placed,
            body=OrderListRequest,
            refusals=(404, 409, 413, 422),
            scope=Scope.TRADE,
        )
        add("POST", path, self.place, operation)
        operation = Operation(
            "listOrderLists", "orders", list[OrderList], query=OrderListQuery, paged=True, of_books=True
        )
        add("GET", path, self.list_lists, operation)
        operation = Operation(
            "cancelOrderList", "orders", OrderList, path=BY_ID, refusals=(404, 409), scope=Scope.TRADE
        )
        add("POST", f"{path}/{{list_id}}/cancel", self.cancel, operation)
        operation = Operation("getOrderList", "orders", OrderList, path=BY_ID, refusals=(404,), of_books=True)
        add("GET", f"{path}/{{list_id}}", self.show, operation)

    async def place(self, request: Request) -> Response:
        """Place orders that belong together.
        All of them are accepted, or none. Of a pair one order cancels the other, and the money is locked once.
        """
        refuse_query(request)
        asked = await _BODY.read(request)
        placed = self._callers.act(request, lambda account_id: self._exchange.place_list(place_list(asked, account_id)))
        return self._single(request, placed.orders, 200 if placed.repeated else 201)

    # a plain def runs in a thread: a list may take long when few of many are open
    def list_lists(self, request: Request) -> Response:
        """List order lists, newest first; those that are open all at once."""
        query = read_query(request, OrderListQuery)

        def read(account_id: str) -> Page[Orders]:
            if query.status == "open":
                return Page(self._exchange.open_order_lists(account_id)[::-1], None)
            return self._exchange.order_lists(account_id, cursor=given(query.cursor), limit=query.limit)

        found = self._callers.act(request, read)
        orders = [order for each in found.items for order in each]
        fills = fills_by_order(self._exchange, self._callers.of(request).account_id, orders)
        return page([list_answer(each, fills) for each in found.items], found.cursor, request)

    async def show(self, request: Request) -> Response:
        """Get one order list."""
        refuse_query(request)
        number = _list_number(request)
        return self._single(
            request, self._callers.act(request, lambda account_id: self._exchange.order_list(account_id, number))
        )

    async def cancel(self, request: Request) -> Response:
        """Cancel what is open of an order list. Canceling one of its orders does the same."""
        refuse_query(request)
        number = _list_number(request)
        gone = self._callers.act(request, lambda account_id: self._exchange.cancel_list(account_id, number))
        with already(f"order list {number} is canceled"):
            return self._single(request, gone)

    def _single(self, request: Request, orders: Orders, status: int = 200) -> Response:
        fills = fills_by_order(self._exchange, self._callers.of(request).account_id, list(orders))
        return answer(list_answer(orders, fills), status)


def _list_number(request: Request) -> int:
    """The id in the path. One that is no number names no list. Raises OrderListNotFound."""
    list_id: str = request.path_params["list_id"]
    if not (list_id.isascii() and list_id.isdecimal() and len(list_id) <= 16):
        raise OrderListNotFound(f"no order list {list_id[:60]!r} in this account; ids are numbers")
    return int(list_id)
