"""Fee rates in the words of the Binance wire."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.amounts import ZERO
from ..domain.balances import Account
from .binance_endpoints import written

NO_DISCOUNT: Mapping[str, object] = {
    "enabledForAccount": False,
    "enabledForSymbol": False,
    "discountAsset": "BNB",
    "discount": written(ZERO),
}
"""Fees are charged in what is received; nothing makes them smaller."""


def rates(account: Account) -> dict[str, object]:
    """What an account pays, as fractions."""
    return {
        "maker": written(account.maker_rate),
        "taker": written(account.taker_rate),
        "buyer": written(ZERO),
        "seller": written(ZERO),
    }


def no_rates() -> dict[str, object]:
    """Fees that do not exist here."""
    return {name: written(ZERO) for name in ("maker", "taker", "buyer", "seller")}


def commissions(account: Account, symbol: str) -> dict[str, object]:
    """What an account pays on one market."""
    return {
        "symbol": symbol,
        "standardCommission": rates(account),
        "specialCommission": no_rates(),
        "taxCommission": no_rates(),
        "discount": NO_DISCOUNT,
    }


def commissions_of_order(account: Account) -> dict[str, object]:
    """What an account would pay for an order that it tests."""
    return {
        "standardCommissionForOrder": {name: rates(account)[name] for name in ("maker", "taker")},
        "specialCommissionForOrder": {name: written(ZERO) for name in ("maker", "taker")},
        "taxCommissionForOrder": {name: written(ZERO) for name in ("maker", "taker")},
        "discount": NO_DISCOUNT,
    }
