"""Placing, listing and canceling orders; trades."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..domain import orders as domain
from ..domain.access import Scope
from ..domain.errors import BadRequest, BadSymbol, ExchangeError, ExchangeNotAvailable, OrderNotFound, already
from ..exchange import Exchange
from ..ports import Page
from .answering import answer, page
from .bodies import BodyReader
from .callers import Callers
from .listing import FillFilter, OrderFilter, fills_by_order, page_of_fills, page_of_orders
from .native import change_order, order_answer, place_order, reason_answer, trade_answer
from .operations import Endpoints, Operation, PathParameter
from .queries import given, read_query, refuse_query, side_filter, symbol_filter, window
from .request_schemas import Amendment, OrderQuery, OrderRequest, SymbolQuery, TradeQuery
from .schemas import AmendedOrder, Assessment, Order, OrderReason, Trade

BY_ID = {"order_id": PathParameter("The exchange's id of the order.", {"an order": "123"})}
BY_CLIENT_ID = {"client_order_id": PathParameter("Your id of the order.", {"an order": "my-bot-1"})}

_BODY = BodyReader(OrderRequest)
_AMENDMENT = BodyReader(Amendment)


class OrderEndpoints:
    """Orders and trades of one account."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._exchange = exchange
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, body = endpoints.add, OrderRequest
        placed = {
            201: "The order was accepted.",
            200: "This request was accepted before, under this client order id: that order, as it stands now.",
        }
        operation = Operation(
            "placeOrder", "orders", Order, placed, body=body, refusals=(404, 409, 413, 422), scope=Scope.TRADE
        )
        add("POST", "/orders", self.place, operation)
        operation = Operation("canExecuteOrder", "orders", Assessment, body=body, refusals=(413, 422))
        add("POST", "/orders/can_execute", self.can_execute, operation)
        operation = Operation("listOrders", "orders", list[Order], query=OrderQuery, paged=True, of_books=True)
        add("GET", "/orders", self.list_orders, operation)
        operation = Operation("cancelAllOrders", "orders", list[Order], query=SymbolQuery, scope=Scope.TRADE)
        add("DELETE", "/orders", self.cancel_all, operation)
        operation = Operation("listOrderIds", "orders", list[str], query=OrderQuery, paged=True, of_books=True)
        add("GET", "/orders/list", self.list_ids, operation)
        # before the paths by id, which these would match too
        path = "/orders/client:{client_order_id:path}"
        operation = Operation(
            "cancelOrderByClientId", "orders", Order, path=BY_CLIENT_ID, refusals=(404, 409), scope=Scope.TRADE
        )
        add("POST", f"{path}/cancel", self.cancel_by_client_id, operation)
        operation = Operation("getOrderByClientId", "orders", Order, path=BY_CLIENT_ID, refusals=(404,), of_books=True)
        add("GET", path, self.show_by_client_id, operation)
        amended = {
            200: "The order is smaller and kept its place, or this request was carried out before: what stands now.",
            201: "The order is canceled, and another one stands in its place.",
        }
        operation = Operation(
            "amendOrder",
            "orders",
            AmendedOrder,
            amended,
            path=BY_ID,
            body=Amendment,
            refusals=(404, 409, 413, 422),
            scope=Scope.TRADE,
        )
        add("PATCH", "/orders/{order_id}", self.amend, operation)
        operation = Operation("cancelOrder", "orders", Order, path=BY_ID, refusals=(404, 409), scope=Scope.TRADE)
        add("POST", "/orders/{order_id}/cancel", self.cancel, operation)
        operation = Operation("getOrder", "orders", Order, path=BY_ID, refusals=(404,), of_books=True)
        add("GET", "/orders/{order_id}", self.show, operation)
        operation = Operation("explainOrder", "orders", list[OrderReason], path=BY_ID, refusals=(404,))
        add("GET", "/orders/{order_id}/why", self.why, operation)
        operation = Operation("listTrades", "trades", list[Trade], query=TradeQuery, paged=True, of_books=True)
        add("GET", "/trades", self.trades, operation)

    async def place(self, request: Request) -> Response:
        """Place an order.
        It is held against the newest price in the same step: the answer shows what filled at once. Sent again with its
        client order id it is answered with that order, and places nothing; with 409 when another order has taken its
        place under that id (`amendOrder`). An order that was made smaller under another id has left its own free.
        """
        refuse_query(request)
        asked = await _BODY.read(request)
        placed = self._callers.act(request, lambda account_id: self._exchange.place(place_order(asked, account_id)))
        return answer(order_answer(placed.order, placed.fills), 200 if placed.repeated else 201)

    async def can_execute(self, request: Request) -> Response:
        """Whether an order would be accepted now.
        Nothing is changed. A body that cannot be understood is refused as it is when placing an order.
        """
        refuse_query(request)
        return answer(self._assess(request, await _BODY.read(request)))

    def _assess(self, request: Request, asked: OrderRequest) -> Assessment:
        try:
            assessed = self._callers.act(
                request, lambda account_id: self._exchange.assess(place_order(asked, account_id))
            )
        except BadSymbol as error:
            return Assessment(ok=False, code=error.code, reason=error.detail)
        except (BadRequest, ExchangeNotAvailable):
            raise
        except ExchangeError as error:
            return Assessment(ok=False, code=error.code, reason=error.detail)
        return Assessment(ok=True, order=order_answer(assessed.order, assessed.fills))

    # a plain def runs in a thread: a list may take long when few of many orders are asked for
    def list_orders(self, request: Request) -> Response:
        """List orders, newest first.
        A page looks at so many of them at most: when few of many are asked for it may be short, or empty, and still
        name the next one.
        """
        found = self._page(request)
        fills = fills_by_order(self._exchange, self._callers.of(request).account_id, found.items)
        orders = [order_answer(order, fills[order.order_id], with_trades=False) for order in found.items]
        return page(orders, found.cursor, request)

    def list_ids(self, request: Request) -> Response:
        """List the ids of orders, newest first.
        A page looks at so many of them at most: when few of many are asked for it may be short, or empty, and still
        name the next one.
        """
        found = self._page(request)
        return page([str(order.order_id) for order in found.items], found.cursor, request)

    def _page(self, request: Request) -> Page[domain.Order]:
        query = read_query(request, OrderQuery)
        wanted = OrderFilter(
            query.status, symbol_filter(query.symbol), side_filter(query.side), window(query.since, query.until)
        )
        return self._callers.act(
            request,
            lambda account_id: page_of_orders(self._exchange, account_id, wanted, given(query.cursor), query.limit),
        )

    async def show(self, request: Request) -> Response:
        """Get one order, with its trades."""
        refuse_query(request)
        number = _order_number(request)
        return self._single(self._callers.act(request, lambda account_id: self._exchange.order(account_id, number)))

    async def why(self, request: Request) -> Response:
        """Why an order stands as it does, in plain words.
        How it was placed; each trade with the quote that it met, the fill model's rule and the fee; what ended it, or
        what it waits for.
        """
        refuse_query(request)
        number = _order_number(request)
        _, told = self._callers.act(request, lambda account_id: self._exchange.why(account_id, number))
        return answer([reason_answer(each) for each in told])

    async def show_by_client_id(self, request: Request) -> Response:
        """Get the latest order with your id, with its trades."""
        refuse_query(request)
        name: str = request.path_params["client_order_id"]
        found = self._callers.act(request, lambda account_id: self._exchange.order(account_id, client_order_id=name))
        return self._single(found)

    async def cancel(self, request: Request) -> Response:
        """Cancel an open order."""
        refuse_query(request)
        number = _order_number(request)
        return self._canceled(self._callers.act(request, lambda account_id: self._exchange.cancel(account_id, number)))

    async def cancel_by_client_id(self, request: Request) -> Response:
        """Cancel an open order by your id."""
        refuse_query(request)
        name: str = request.path_params["client_order_id"]
        gone = self._callers.act(request, lambda account_id: self._exchange.cancel(account_id, client_order_id=name))
        return self._canceled(gone)

    async def amend(self, request: Request) -> Response:
        """Change an open order.
        Its amount, its prices, how far a stop trails, how much of it shows, and when it expires. Made smaller it keeps
        its id and its place in the line; otherwise it is canceled and another one placed, in one step. What is refused
        leaves the order as it was. The same request sent again changes nothing, and is answered with what came of the
        first one. An order of a list can only be made smaller.
        """
        refuse_query(request)
        number = _order_number(request)
        change = change_order(await _AMENDMENT.read(request))
        changed = self._callers.act(request, lambda account_id: self._exchange.change(account_id, number, change))
        canceled = changed.canceled
        with already(f"order {changed.order.order_id} stands as it was asked for"):
            left = canceled and order_answer(canceled, self._exchange.fills_of(canceled))
        amended = AmendedOrder(order_answer(changed.order, changed.fills), canceled is None, left)
        return answer(amended, 201 if canceled and not changed.repeated else 200)

    # a thread, as for lists: each of a thousand orders is a commit of its own
    def cancel_all(self, request: Request) -> Response:
        """Cancel every open order, or every one of a market.
        Gives those that were canceled; an order that closed meanwhile is not among them.
        """
        symbol = symbol_filter(read_query(request, SymbolQuery).symbol)
        canceled = self._callers.act(request, lambda account_id: self._exchange.cancel_all(account_id, symbol))
        with already(f"{len(canceled)} orders are canceled"):
            fills = fills_by_order(self._exchange, self._callers.of(request).account_id, canceled)
        return answer([order_answer(order, fills[order.order_id], with_trades=False) for order in canceled])

    # a thread, as for lists of orders
    def trades(self, request: Request) -> Response:
        """List trades, newest first.
        A page looks at so many of them at most: it may be short, or empty, and still name the next one.
        """
        query = read_query(request, TradeQuery)
        wanted = FillFilter(
            symbol_filter(query.symbol),
            side_filter(query.side),
            given(query.order),
            window(query.since, query.until),
        )
        found = self._callers.act(
            request,
            lambda account_id: page_of_fills(self._exchange, account_id, wanted, given(query.cursor), query.limit),
        )
        return page([trade_answer(fill) for fill in found.items], found.cursor, request)

    def _canceled(self, order: domain.Order) -> Response:
        with already(f"order {order.order_id} is canceled"):
            return self._single(order)

    def _single(self, order: domain.Order) -> Response:
        return answer(order_answer(order, self._exchange.fills_of(order)))


def _order_number(request: Request) -> int:
    """The id in the path. One that is no number names no order. Raises OrderNotFound."""
    order_id: str = request.path_params["order_id"]
    if not (order_id.isascii() and order_id.isdecimal() and len(order_id) <= 16):
        raise OrderNotFound(
            f"no order {order_id[:60]!r} in this account; ids are numbers, and your own are asked for as client:{{id}}"
        )
    return int(order_id)
