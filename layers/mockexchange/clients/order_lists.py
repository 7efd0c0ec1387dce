"""Calls about order lists: orders that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .answers import OrderList
from .calls import Calls, in_path
from .order_request import OrderRequest, new_client_order_id


@dataclass(frozen=True, slots=True)
class OrderListRequest:
    """Orders to place together. `oco`: one cancels the other; `oto`: the first, when it is filled, places the other, or
    the other two, of which one cancels the other then. The exchange takes the same `client_list_id` only once: the same
    request with it again gets the first answer."""

    type: Literal["oco", "oto"]
    orders: Sequence[OrderRequest]
    client_list_id: str = field(default_factory=new_client_order_id)

    def body(self) -> dict[str, Any]:
        """As the API takes it. The list's name makes it safe to send again, so its orders need none."""
        orders = [
            {name: value for name, value in order.body().items() if name != "clientOrderId"} for order in self.orders
        ]
        return {"type": self.type, "clientListId": self.client_list_id, "orders": orders}


class OrderListCalls(Calls):
    """Order lists of the key's account."""

    def place_list(self, request: OrderListRequest) -> OrderList:
        """Place a list, all of it or nothing; gives it as it stands after it met the market."""
        look = "`mockx order-list list` shows whether the list was accepted"
        return self._wire.command("POST", "/order_lists", OrderList, body=request.body(), look=look, send_again=True)

    def order_lists(self, *, status: Literal["open", "all"] = "all", limit: int = 100) -> list[OrderList]:
        """The newest `limit` lists, newest first."""
        return self._pages("/order_lists", OrderList, limit, {"status": status})

    def order_list(self, list_id: str) -> OrderList:
        """One list with its orders."""
        return self._wire.read(f"/order_lists/{in_path(list_id)}", OrderList)

    def cancel_list(self, list_id: str) -> OrderList:
        """Cancel what is open of a list."""
        look = f"`mockx order-list show {list_id}` shows whether it is canceled"
        return self._wire.command("POST", f"/order_lists/{in_path(list_id)}/cancel", OrderList, look=look)
