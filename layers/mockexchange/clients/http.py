"""A client of the native HTTP API: exact amounts, typed answers, typed errors. See answers.py and errors.py."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from types import TracebackType
from typing import Literal

import httpx

from .accounts import AccountCalls, account_path
from .answers import (
    AmendedOrder,
    Audit,
    Balance,
    Market,
    Ohlcv,
    Order,
    OrderBook,
    OrderReason,
    PublicTrade,
    Readiness,
    Ticker,
    Trade,
    Verdict,
)
from .api_keys import KeyCalls
from .calls import in_path
from .chaos import ChaosCalls
from .endpoint import Endpoint
from .events import EventCalls
from .order_lists import OrderListCalls
from .order_request import OrderRequest
from .profits import ProfitCalls
from .snapshots import SnapshotCalls
from .wire import Wire

OrderStatus = Literal["open", "closed", "canceled", "expired", "all"]

AUDIT_TIMEOUT = 300.0
"""Seconds. An audit reads every order and every ledger line there is."""


class ExchangeClient(AccountCalls, OrderListCalls, SnapshotCalls, KeyCalls, EventCalls, ChaosCalls, ProfitCalls):
    """One connection to an exchange, for one account. Use it as a context manager, or `close()` it.

    Every method raises Unreachable when nobody answers, BadAnswer when something else than a MockExchange does, and
    Refused (NotAuthorized, NotFound, NotAvailable) when the exchange says no. One client serves one thread at a time.
    """

    def __init__(
        self, endpoint: Endpoint, *, timeout: float = 10.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        """`timeout`: seconds that any one step of a request may take. `transport`: another way out than a socket."""
        self.endpoint = endpoint
        self._wire = Wire(endpoint, timeout, transport)

    def __enter__(self) -> ExchangeClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    @property
    def on_purpose(self) -> str | None:
        """What goes wrong there on purpose, in words, by the newest answer; None: nothing."""
        return self._wire.on_purpose

    # prices

    def symbols(self) -> list[str]:
        """Every symbol that can be traded."""
        return self._wire.read("/tickers", list[str])

    def tickers(self, symbols: Iterable[str]) -> dict[str, Ticker]:
        """The prices of these symbols now, by symbol."""
        return self._wire.read(f"/tickers/{','.join(map(in_path, symbols))}", dict[str, Ticker])

    def markets(self) -> list[Market]:
        """Every market with its increments and limits."""
        return self._wire.read("/markets", list[Market])

    def ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        *,
        since: int | None = None,
        until: int | None = None,
        limit: int = 500,
    ) -> list[Ohlcv]:
        """At most `limit` (1,000) candles that open from `since` to `until` (ms), oldest first; the newest ones without
        `since`. The last one may be open still."""
        query = {"timeframe": timeframe, "since": since, "until": until, "limit": limit}
        return self._wire.page(f"/ohlcv/{in_path(symbol)}", list[Ohlcv], query)[0]

    def order_book(self, symbol: str, *, limit: int = 100) -> OrderBook:
        """At most `limit` (1,000) levels of each side of the book."""
        return self._wire.page(f"/orderbook/{in_path(symbol)}", OrderBook, {"limit": limit})[0]

    def public_trades(self, symbol: str, *, limit: int = 100) -> list[PublicTrade]:
        """The newest `limit` (at most 1,000) trades of the market's tape, oldest first."""
        return self._wire.page(f"/public_trades/{in_path(symbol)}", list[PublicTrade], {"limit": limit})[0]

    def set_price(self, symbol: str, price: Decimal, bid: Decimal | None = None, ask: Decimal | None = None) -> Ticker:
        """Set a symbol's price by hand; its orders are matched before this returns. Needs an admin key."""
        body = {"price": price, "bid": bid, "ask": ask}
        said = {name: value for name, value in body.items() if value is not None}
        path = f"/admin/tickers/{in_path(symbol)}/price"
        return self._wire.command("PUT", path, Ticker, body=said, look=f"`mockx ticker {symbol}` shows the price")

    # funds

    def balances(self, account: str | None = None) -> dict[str, Balance]:
        """What the account holds, by asset; of another than the key's own: with an admin key."""
        return self._wire.read(_balance_path(account), dict[str, Balance])

    def balance(self, asset: str, account: str | None = None) -> Balance:
        """What the account holds of one asset, alike."""
        return self._wire.read(f"{_balance_path(account)}/{in_path(asset)}", Balance)

    def deposit(self, asset: str, amount: Decimal, account: str | None = None) -> Balance:
        """Put paper money in; into another account than the key's own: with an admin key. Never sent twice: an amount
        that arrives twice is wrong books."""
        return self._move(asset, "deposit", amount, account)

    def withdraw(self, asset: str, amount: Decimal, account: str | None = None) -> Balance:
        """Take free paper money out, alike. Never sent twice."""
        return self._move(asset, "withdrawal", amount, account)

    def _move(self, asset: str, what: str, amount: Decimal, account: str | None) -> Balance:
        path = f"{_balance_path(account)}/{in_path(asset)}/{what}"
        whose = "" if account is None else f" --account {account}"
        look = f"`mockx balance {asset}{whose}` shows whether the {what} was booked"
        return self._wire.command("POST", path, Balance, body={"amount": amount}, look=look)

    # orders

    def place(self, request: OrderRequest) -> Order:
        """Place an order; gives it as it stands after it met the market."""
        # Sent again once when the connection is lost: the request carries its client order id, so that the exchange
        # gives the first answer again instead of taking a second order.
        look = f"`mockx order show --client-id {request.client_order_id}` shows whether the order was accepted"
        return self._wire.command("POST", "/orders", Order, body=request.body(), look=look, send_again=True)

    def can_execute(self, request: OrderRequest) -> Verdict:
        """Whether the order would be accepted now. Nothing is changed."""
        return self._wire.read("/orders/can_execute", Verdict, method="POST", body=request.body())

    def orders(
        self,
        *,
        status: OrderStatus = "all",
        symbol: str | None = None,
        side: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int = 100,
    ) -> list[Order]:
        """The newest `limit` orders, newest first, as many pages as that takes. `since` and `until` (ms) bound when
        they were placed."""
        query = {"symbol": symbol, "status": status, "side": side, "since": since, "until": until}
        return self._pages("/orders", Order, limit, query)

    def count_open_orders(self, most: int) -> int:
        """How many orders are open; `most` when it is that many or more."""
        return len(self._pages("/orders/list", str, most, {"status": "open"}))

    def order(self, order_id: str) -> Order:
        """One order with its trades."""
        return self._wire.read(f"/orders/{in_path(order_id)}", Order)

    def why(self, order_id: str) -> list[OrderReason]:
        """Why an order stands as it does, in plain words."""
        return self._wire.read(f"/orders/{in_path(order_id)}/why", list[OrderReason])

    def order_by_client_id(self, client_order_id: str) -> Order:
        """The latest order with this client order id, with its trades."""
        return self._wire.read(f"/orders/client:{in_path(client_order_id)}", Order)

    def cancel(self, order_id: str) -> Order:
        """Cancel an open order."""
        look = f"`mockx order show {order_id}` shows whether it is canceled"
        return self._wire.command("POST", f"/orders/{in_path(order_id)}/cancel", Order, look=look)

    def cancel_by_client_id(self, client_order_id: str) -> Order:
        """Cancel the open order with this client order id."""
        look = f"`mockx order show --client-id {client_order_id}` shows whether it is canceled"
        return self._wire.command("POST", f"/orders/client:{in_path(client_order_id)}/cancel", Order, look=look)

    def amend(
        self,
        order_id: str,
        *,
        amount: Decimal | None = None,
        price: Decimal | None = None,
        trigger_price: Decimal | None = None,
        trailing_percent: Decimal | None = None,
        iceberg_amount: Decimal | None = None,
        expires_at: int | None = None,
        client_order_id: str | None = None,
    ) -> AmendedOrder:
        """Change an open order: what is not named stays. `amount` is all of it, what has filled included. With nothing
        but a smaller one it keeps its id and its place in the line; otherwise another order takes its place, with the
        same client order id unless another one is named. An `iceberg_amount` of 0 shows all of it, and with an
        `expires_at` (ms) of 0 it does not expire by itself."""
        # sent again once when the connection is lost: the exchange does the same thing once
        body = {
            "amount": amount,
            "price": price,
            "triggerPrice": trigger_price,
            "trailingPercent": trailing_percent,
            "icebergAmount": iceberg_amount,
            "expiresAt": expires_at,
            "clientOrderId": client_order_id,
        }
        said = {name: value for name, value in body.items() if value is not None}
        look = f"`mockx order show {order_id}` shows whether it is changed, or canceled for another one"
        path = f"/orders/{in_path(order_id)}"
        return self._wire.command("PATCH", path, AmendedOrder, body=said, look=look, send_again=True)

    def cancel_all(self, symbol: str | None = None) -> list[Order]:
        """Cancel every open order, or every one of a symbol; gives those that were canceled."""
        look = "`mockx order list` shows what is open still"
        return self._wire.command("DELETE", "/orders", list[Order], query={"symbol": symbol}, look=look)

    def trades(
        self,
        *,
        symbol: str | None = None,
        side: str | None = None,
        order: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int = 100,
    ) -> list[Trade]:
        """The newest `limit` executions, newest first. `since` and `until` (ms) bound when they happened."""
        query = {"symbol": symbol, "side": side, "order": order, "since": since, "until": until}
        return self._pages("/trades", Trade, limit, query)

    # the exchange itself

    def audit(self) -> Audit:
        """Check every account's books. Needs an admin key."""
        return self._wire.read("/admin/audit", Audit, timeout=AUDIT_TIMEOUT)

    def readiness(self) -> Readiness:
        """What the exchange says of itself; no key needed. Raises NotAvailable, with the reason, when not ready."""
        return self._wire.read("/health/ready", Readiness)


def _balance_path(account: str | None) -> str:
    return "/balance" if account is None else f"{account_path(account)}/balance"
