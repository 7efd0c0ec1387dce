"""The account of the face that ccxt's users know: what it has, what it traded, what it pays."""

# ruff: noqa: A002  # arguments have the names that they have in ccxt

from __future__ import annotations

from .unified_base import NONE, Params, UnifiedBase
from .unified_errors import error
from .unified_structures import Structure, balance, between, in_order, trade, trading_fee
from .unified_wire import Values

_TRADE_FEE = "/sapi/v1/asset/tradeFee"


class AccountMethods(UnifiedBase):
    """What an account is asked."""

    def fetch_balance(self, params: Params = NONE) -> Structure:
        """What is free, what orders hold, and both together, of each asset."""
        if params.get("type") not in (None, "spot") or params.get("marginMode"):
            raise error("NotSupported", "fetchBalance() does not support other wallets: this is a spot exchange")
        sent = {name: value for name, value in params.items() if name != "type"}
        if sent:
            return balance(self._wire.request("GET", "/api/v3/account", sent))
        return balance(self._wire.ask(self._wire.account.account, Values()))

    def fetch_free_balance(self, params: Params = NONE) -> dict[str, float]:
        """What is free of each asset."""
        return self.fetch_balance(params)["free"]

    def fetch_used_balance(self, params: Params = NONE) -> dict[str, float]:
        """What orders hold of each asset."""
        return self.fetch_balance(params)["used"]

    def fetch_total_balance(self, params: Params = NONE) -> dict[str, float]:
        """Both together."""
        return self.fetch_balance(params)["total"]

    def fetch_my_trades(
        self, symbol: str | None = None, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """Trades of the account on a market: the first ones from `since` (ms), or the newest."""
        market = self._of(symbol, "fetchMyTrades")
        left = dict(params)
        until = left.pop("until", None)
        end = left.pop("endTime", None)
        times = {"startTime": since, "limit": limit, "endTime": end if until is None else until}
        sent = {"symbol": market.name, **{name: value for name, value in times.items() if value is not None}, **left}
        found = self._wire.request("GET", "/api/v3/myTrades", sent)
        return between(in_order([trade(each, market.symbol) for each in found]), since, limit)

    def fetch_order_trades(
        self,
        id: str,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Params = NONE,
    ) -> list[Structure]:
        """Trades of one order."""
        self._of(symbol, "fetchOrderTrades")
        return self.fetch_my_trades(symbol, since, limit, {"orderId": id, **params})

    def fetch_trading_fee(self, symbol: str, params: Params = NONE) -> Structure:
        """What the account pays on a market."""
        market = self._markets.find(symbol)
        [found] = self._wire.request("GET", _TRADE_FEE, {"symbol": market.name, **params})
        return trading_fee(found, market.symbol)

    def fetch_trading_fees(self, params: Params = NONE) -> dict[str, Structure]:
        """What it pays on each."""
        found = self._wire.request("GET", _TRADE_FEE, params)
        symbols = (self._markets.of_name(each["symbol"]) for each in found)
        return {symbol: trading_fee(each, symbol) for symbol, each in zip(symbols, found, strict=True)}

    def fetch_status(self, params: Params = NONE) -> Structure:
        """That all is well."""
        found = self._wire.request("GET", "/sapi/v1/system/status", params)
        status = {"0": "ok", "1": "maintenance"}[str(found["status"])]
        return {"status": status, "updated": None, "eta": None, "url": None, "info": found}
