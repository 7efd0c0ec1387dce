"""A bot that keeps to Binance's rule for an answer that does not come (rest-api.md, "HTTP Return Codes"): what became
of the order is unknown; ask for it by its client order id, and send it again only when it is not there."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from .door import Door, Reply, order
from .wire import Wire

UNKNOWN = frozenset({500, 502, 503, 504})
"""Answers that say nothing of what was done; 502 is what a lost connection is in one process."""

ASK_AGAIN = frozenset({418, 429, *UNKNOWN})

MOST_TRIES = 200


@dataclass(slots=True)
class Bot:
    """Places limit buys of 0.001 BTC through either door. `seen` counts answers by status, `found` orders that were
    there though no answer said so. It waits by the exchange's clock."""

    door: Door
    seen: Counter[str] = field(default_factory=Counter[str])

    def place(self, name: str, price: str, *, by_wire: bool) -> None:
        """Until the order is there, once."""
        for _ in range(MOST_TRIES):
            reply = self._send(name, price, by_wire=by_wire)
            self.seen[str(reply.status)] += 1
            if reply.status in (200, 201):
                return
            if reply.status in UNKNOWN and self._is_there(name, by_wire=by_wire):
                self.seen["found"] += 1
                return
            assert reply.status in {400, 422, *ASK_AGAIN}, reply.text
            if reply.status in (400, 422):
                # the engine refused it, and said so; a name that is taken would mean that it was sent twice
                assert "NEW_ORDER_REJECTED" in reply.text or json.loads(reply.text)["title"] == "Order rejected"
            self.door.clock.time += 100
        raise AssertionError(f"{name} was never taken: {dict(self.seen)}")

    def _send(self, name: str, price: str, *, by_wire: bool) -> Reply:
        if by_wire:
            return Wire(self.door).order(quantity="0.001", price=price, newClientOrderId=name)
        return self.door.post(order(amount="0.001", price=price, clientOrderId=name))

    def _is_there(self, name: str, *, by_wire: bool) -> bool:
        for _ in range(MOST_TRIES):
            if by_wire:
                reply = Wire(self.door).ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId=name)
                unknown = "-2013" in reply.text
            else:
                reply = self.door.send("GET", f"/orders/client:{name}")
                unknown = reply.status == 404
            if reply.status == 200 or unknown:
                return not unknown
            assert reply.status in ASK_AGAIN, reply.text
            self.door.clock.time += 100
        raise AssertionError(f"nobody says whether {name} is there")
