"""Calls about what the account is worth and what it made, and the lists that tell how, page by page."""

from __future__ import annotations

from typing import Literal

from .answers import Order
from .calls import Calls
from .profit_answers import Capital, Holdings, LedgerLine, Performance, Profit, RoundTrip

OrderStatus = Literal["open", "closed", "canceled", "expired", "rejected", "all"]


class ProfitCalls(Calls):
    """Reading figures."""

    def capital(self) -> Capital:
        """What the account is worth now, and what was paid in."""
        return self._wire.read("/overview/capital", Capital)

    def holdings(self) -> Holdings:
        """What the account has, valued."""
        return self._wire.read("/overview/assets", Holdings)

    def profit(self) -> Profit:
        """What the account made of each asset."""
        return self._wire.read("/overview/profit", Profit)

    def performance(self, *, since: int | None = None, until: int | None = None, points: int = 500) -> Performance:
        """How the account did from `since` to `until` (ms; None: up to now), with so many points of its curve."""
        query = {"since": since, "until": until, "points": points}
        return self._wire.read("/overview/performance", Performance, query=query)

    def round_trips(self, limit: int, symbol: str | None = None) -> list[RoundTrip]:
        """The newest `limit` purchases that were sold again, newest first."""
        return self._pages("/overview/round_trips", RoundTrip, limit, {"symbol": symbol})

    def orders_page(
        self,
        cursor: str | None = None,
        *,
        status: OrderStatus = "all",
        symbol: str | None = None,
        side: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int = 100,
    ) -> tuple[list[Order], str | None]:
        """One page of orders, newest first, and the cursor of the next one, None at the end. A page may be
        empty and not the last."""
        query = {"status": status, "symbol": symbol, "side": side, "since": since, "until": until}
        return self._wire.page("/orders", list[Order], {**query, "limit": limit, "cursor": cursor})

    def ledger(
        self, limit: int, *, kind: str | None = None, asset: str | None = None, order: str | None = None
    ) -> list[LedgerLine]:
        """The first `limit` changes of what the account owns, oldest first; of one kind, asset, or order's trades."""
        query = {"kind": kind, "asset": asset, "order": order}
        return self._pages("/ledger", LedgerLine, limit, query)
