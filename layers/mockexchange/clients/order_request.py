"""What a client asks for when it places an order."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal


def new_client_order_id() -> str:
    """An id that no other order has: 96 random bits, within the 36 characters that Binance allows."""
    return f"mockx-{secrets.token_hex(12)}"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order to place. `amount` in the base asset; `price` and `cost` in the quote asset.

    Without a price it is a market order, by `amount` or by the `cost` to spend (buy) or to receive (sell). With a
    `stop_loss_price` or a `take_profit_price` (quote asset) it waits until the last price has reached that; with a
    `trailing_percent` until it has come back by so much from its best, there or at once. Of a limit order
    `iceberg_amount` may show at a time, and it may be good until `expires_at` (ms; GTD, and no other
    `time_in_force`: the exchange refuses that). The exchange takes the same
    `client_order_id` only once: the same request with it again gets the first answer.
    """

    symbol: str
    side: Literal["buy", "sell"]
    amount: Decimal | None = None
    price: Decimal | None = None
    cost: Decimal | None = None
    time_in_force: Literal["GTC", "IOC", "FOK", "GTD"] | None = None
    post_only: bool = False
    stop_loss_price: Decimal | None = None
    take_profit_price: Decimal | None = None
    trailing_percent: Decimal | None = None
    iceberg_amount: Decimal | None = None
    expires_at: int | None = None
    client_order_id: str = field(default_factory=new_client_order_id)

    def body(self) -> dict[str, Any]:
        """As the API takes it; what was not said is left out."""
        said: dict[str, Any] = {
            "symbol": self.symbol,
            "side": self.side,
            "type": "market" if self.price is None else "limit",
            "amount": self.amount,
            "price": self.price,
            "cost": self.cost,
            "timeInForce": self.time_in_force or ("GTD" if self.expires_at is not None else None),
            "expiresAt": self.expires_at,
            "postOnly": self.post_only or None,
            "stopLossPrice": self.stop_loss_price,
            "takeProfitPrice": self.take_profit_price,
            "trailingPercent": self.trailing_percent,
            "icebergAmount": self.iceberg_amount,
            "clientOrderId": self.client_order_id,
        }
        return {name: value for name, value in said.items() if value is not None}
