"""A bot that trades by Binance's wire, through python-binance as it is."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from decimal import Decimal
from importlib import import_module
from typing import Any

from mockexchange.clients.endpoint import Endpoint

from ..conformance.loops import found_loop
from .market import Market

ROUND = 1.0
"""Seconds from one round to the next: about an order a second."""

MOST_OPEN = 40
DOLLARS = Decimal(100)
LOOKS_EVERY = 15
"""Rounds between two looks at the account, its trades and a chart."""

GONE = -2011
"""Binance's code for an order that cannot be canceled; here, because it was filled meanwhile."""


def binance_client(endpoint: Endpoint) -> Any:
    """python-binance's client, with nothing but its addresses changed."""
    addresses = {"API_URL": f"{endpoint.url}/api", "MARGIN_API_URL": f"{endpoint.url}/sapi"}
    module: Any = import_module("binance.client")
    with found_loop():  # for its WebSockets, which nobody here uses: it would make one and leave it open
        return type("Client", (module.Client,), addresses)(endpoint.api_key, endpoint.secret)


class Bot(threading.Thread):
    """Places limit orders around the price in market after market, cancels the oldest, takes now and then."""

    def __init__(self, endpoint: Endpoint, markets: list[Market]) -> None:
        super().__init__(name="bot", daemon=True)
        self.done: Counter[str] = Counter()
        self.problems: list[str] = []
        self.longest = 0.0
        """The longest round, in seconds: four to nine requests."""
        self._client = binance_client(endpoint)
        self._refusal: Any = import_module("binance.exceptions").BinanceAPIException
        self._markets = markets
        self._open: deque[tuple[Market, int]] = deque()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Go on until stop()."""
        number = 0
        while not self._stopping.wait(ROUND):
            number += 1
            began = time.monotonic()
            try:
                self._round(number)
            except Exception as error:  # noqa: BLE001  # a refusal or a lost connection is what the soak looks for
                self.problems.append(f"round {number}: {type(error).__name__}: {error}")
            self.longest = max(self.longest, time.monotonic() - began)
        self._client.close_connection()

    def stop(self) -> None:
        """End after the round that is on."""
        self._stopping.set()
        self.join()

    def _round(self, number: int) -> None:
        market = self._markets[number % len(self._markets)]
        book = self._client.get_orderbook_ticker(symbol=market.wire_symbol)
        bid, ask = Decimal(book["bidPrice"]), Decimal(book["askPrice"])
        buys = number // len(self._markets) % 2 == 0
        # a hundredth of a percent away: some are met within a minute, the others are canceled when they are old
        price = market.price(bid * Decimal("0.9999") if buys else ask * Decimal("1.0001"))
        self._place(market, "BUY" if buys else "SELL", price)
        if number % 10 == 0:
            self._place(market, "SELL" if buys else "BUY", None, near=price)
        while len(self._open) > MOST_OPEN:
            self._cancel(*self._open.popleft())
        if number % LOOKS_EVERY == 0:
            self._look_around(market)

    def _place(self, market: Market, side: str, price: Decimal | None, near: Decimal | None = None) -> None:
        quantity = market.quantity(DOLLARS, price or near or Decimal(1))
        order: dict[str, Any] = {"symbol": market.wire_symbol, "side": side, "quantity": f"{quantity:f}"}
        if price is None:
            order |= {"type": "MARKET"}
        else:
            order |= {"type": "LIMIT", "timeInForce": "GTC", "price": f"{price:f}"}
        answer = self._client.create_order(**order)
        self.done["orders"] += 1
        self.done["filled at once"] += answer["status"] == "FILLED"
        if answer["status"] in ("NEW", "PARTIALLY_FILLED"):
            self._open.append((market, answer["orderId"]))

    def _cancel(self, market: Market, order_id: int) -> None:
        try:
            self._client.cancel_order(symbol=market.wire_symbol, orderId=order_id)
            self.done["canceled"] += 1
        except self._refusal as error:
            if error.code != GONE:
                raise
            self.done["filled while resting"] += 1

    def _look_around(self, market: Market) -> None:
        self._client.get_account()
        self._client.get_open_orders()
        self._client.get_my_trades(symbol=market.wire_symbol)
        self._client.get_klines(symbol=market.wire_symbol, interval="1m", limit=500)
        self._client.get_order_book(symbol=market.wire_symbol, limit=20)
        self.done["looks at the account"] += 1
