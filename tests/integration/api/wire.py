"""A client of the Binance wire in front of a door: it signs as Binance's documentation says, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .door import KEY, SECRET, Door, Reply


@dataclass(slots=True)
class Wire:
    """Signs and sends; `key` and `secret` are the default account's unless told otherwise."""

    door: Door
    key: str = KEY
    secret: str = SECRET

    def ask(self, method: str, path: str, **parameters: object) -> Reply:
        """A signed request, its parameters in the query."""
        pairs = {**parameters, "timestamp": parameters.get("timestamp", self.door.clock.time)}
        return self.raw(method, path, urlencode({name: each for name, each in pairs.items() if each is not None}))

    def raw(self, method: str, path: str, query: str = "", body: str = "") -> Reply:
        """A signed request whose query and body are given as they are; the signature goes into the query."""
        signature = hmac.new(self.secret.encode(), (query + body).encode(), hashlib.sha256).hexdigest()
        signed = f"{query}&signature={signature}" if query else f"signature={signature}"
        return self.send(method, path, signed, body)

    def send(self, method: str, path: str, query: str = "", body: str = "") -> Reply:
        """A request with this key, and whatever signature it has."""
        target = f"{path}?{query}" if query else path
        return self.door.send(method, target, body or None, key=None, headers={"x-mbx-apikey": self.key})

    def get(self, path: str, **parameters: object) -> Any:
        """What a signed GET gives, which must be 200."""
        reply = self.ask("GET", path, **parameters)
        assert reply.status == 200, reply.text
        return reply.json

    def order(self, **parameters: object) -> Reply:
        """POST /api/v3/order: a limit buy of 0.01 BTC at 50000 unless told otherwise; None leaves a parameter out."""
        kind = parameters.get("type", "LIMIT")
        said: dict[str, object] = {"symbol": "BTCUSDT", "side": "BUY", "type": kind}
        if kind == "LIMIT":
            said |= {"timeInForce": "GTC", "quantity": "0.01", "price": "50000"}
        return self.ask("POST", "/api/v3/order", **{**said, **parameters})

    def placed(self, **parameters: object) -> Any:
        """An accepted order."""
        reply = self.order(**parameters)
        assert reply.status == 200, reply.text
        return reply.json


def refused(reply: Reply) -> tuple[int, int, str]:
    """Status, code and message of a refusal."""
    assert reply.headers["content-type"] == "application/json;charset=UTF-8", reply.text
    document = reply.json
    assert set(document) <= {"code", "msg", "data"}, document
    return reply.status, document["code"], document["msg"]
