"""Fee rates in the words of the Binance wire (faqs/commission_faq.md)."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.amounts import ONE, ZERO, subtract
from ..domain.fees import FeeTerms, MarketRates
from .binance_endpoints import written

USUAL_FEE_ASSET = "BNB"
"""What Binance names where nothing is discounted; so does an exchange without a fee asset."""


def rates(found: MarketRates) -> dict[str, object]:
    """What is paid, as fractions."""
    return {
        "maker": written(found.maker.rate),
        "taker": written(found.taker.rate),
        "buyer": written(ZERO),
        "seller": written(ZERO),
    }


def no_rates() -> dict[str, object]:
    """Fees that do not exist here."""
    return {name: written(ZERO) for name in ("maker", "taker", "buyer", "seller")}


def discount(terms: FeeTerms) -> Mapping[str, object]:
    """What paying in the fee asset does. `discount` is what a fee is multiplied with, as in Binance's formula."""
    asset = terms.schedule.asset
    return {
        "enabledForAccount": terms.account.pays_in_fee_asset,
        "enabledForSymbol": asset is not None,
        "discountAsset": asset or USUAL_FEE_ASSET,
        "discount": written(ZERO if asset is None else subtract(ONE, terms.schedule.discount)),
    }


def commissions(terms: FeeTerms, symbol: str, name: str) -> dict[str, object]:
    """What an account pays on a market, which is called `name` on the wire."""
    return {
        "symbol": name,
        "standardCommission": rates(terms.on(symbol)),
        "specialCommission": no_rates(),
        "taxCommission": no_rates(),
        "discount": discount(terms),
    }


def commissions_of_order(terms: FeeTerms, symbol: str) -> dict[str, object]:
    """What an account would pay for an order that it tests."""
    standard = rates(terms.on(symbol))
    return {
        "standardCommissionForOrder": {name: standard[name] for name in ("maker", "taker")},
        "specialCommissionForOrder": {name: written(ZERO) for name in ("maker", "taker")},
        "taxCommissionForOrder": {name: written(ZERO) for name in ("maker", "taker")},
        "discount": discount(terms),
    }
