"""The account of the Binance wire: balances, rates, and how much may be asked (rest-api.md, "Account endpoints")."""

from __future__ import annotations

import zlib
from decimal import Decimal

from ..domain.balances import Account
from ..domain.request_weights import RequestLimits
from ..exchange import Exchange
from .binance_commissions import commissions, rates
from .binance_endpoints import Asked, Endpoint, Security, written
from .binance_parameters import Parameter, flag, symbol
from .binance_symbols import WireSymbols

PER_TEN_THOUSAND = Decimal(10_000)


class WireAccount:
    """What an account has, and pays."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols, limits: RequestLimits) -> None:
        self._exchange = exchange
        self._symbols = symbols
        self._limits = limits

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user = Security.USER_DATA
        market = (Parameter("symbol", symbol, required=True),)
        zeros = (Parameter("omitZeroBalances", flag, default=False),)
        return [
            Endpoint("GET", "/api/v3/account", self.account, user, zeros, weight=20),
            Endpoint("GET", "/api/v3/account/commission", self.commission, user, market, weight=20),
            Endpoint("GET", "/api/v3/rateLimit/order", self.order_counts, user, weight=40),
        ]

    def account(self, asked: Asked) -> object:
        """Balances and rates."""
        terms = self._exchange.fee_terms(asked.account_id)
        account, usual = terms.account, terms.usual
        balances = self._exchange.store.balances(account)
        if asked["omitZeroBalances"]:
            balances = [each for each in balances if each.total]
        maker, taker = (int(paid.rate * PER_TEN_THOUSAND) for paid in (usual.maker, usual.taker))
        return {
            "makerCommission": maker,
            "takerCommission": taker,
            "buyerCommission": 0,
            "sellerCommission": 0,
            "commissionRates": rates(usual),
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "brokered": False,
            "requireSelfTradePrevention": False,
            "preventSor": False,
            "updateTime": account.created_at,
            "accountType": "SPOT",
            "balances": [
                {"asset": each.asset, "free": written(each.free), "locked": written(each.locked)} for each in balances
            ],
            "permissions": ["SPOT"],
            "uid": user_number(account),
        }

    def commission(self, asked: Asked) -> object:
        """Rates on one market."""
        market = self._symbols.unified(asked["symbol"])
        return commissions(self._exchange.fee_terms(asked.account_id), market, asked["symbol"])

    def order_counts(self, asked: Asked) -> object:
        """How many new orders there were in these ten seconds, and today."""
        counts = (
            ("SECOND", 10, self._limits.orders_per_10s, asked.usage.orders_10s),
            ("DAY", 1, self._limits.orders_per_day, asked.usage.orders_day),
        )
        return [
            {
                "rateLimitType": "ORDERS",
                "interval": interval,
                "intervalNum": number,
                "limit": limit,
                "count": count,
            }
            for interval, number, limit, count in counts
            if limit
        ]


def user_number(account: Account) -> int:
    """An account as a number, which is how Binance names it: always the same for the same name."""
    return zlib.crc32(account.account_id.encode())
