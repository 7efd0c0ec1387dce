"""What assets are worth in one of them. Pure; exact up to the one division that an inverse price needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ONE, ZERO, add, divide, multiply
from .balances import Balance

BRIDGES = ("USDT", "BTC", "ETH", "USDC", "BNB")
"""Assets that a price may lead through, when no market trades an asset against the quote asset: the first that does."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the quote asset one of another asset is worth, as a fraction, so that an inverse price loses
    nothing before it is multiplied."""

    numerator: Decimal
    denominator: Decimal = ONE

    def value(self, amount: Decimal) -> Decimal:
        """What `amount` is worth, in the quote asset; exact, or rounded down to 18 places where it was divided."""
        product = multiply(amount, self.numerator)
        return product if self.denominator == ONE else divide(product, self.denominator)

    @property
    def price(self) -> Decimal:
        """The worth of one."""
        return self.value(ONE)

    def times(self, other: Rate) -> Rate:
        """Through a bridge: `other` is the bridge's own rate."""
        return Rate(multiply(self.numerator, other.numerator), multiply(self.denominator, other.denominator))

    def over(self, other: Rate) -> Rate:
        """In another asset, whose rate in the same quote asset is `other`."""
        return self.times(Rate(other.denominator, other.numerator))


Rates = Mapping[str, Rate]
"""Rates by asset. An asset that is not in it has no price path."""


def symbols_between(assets: Iterable[str], quote_asset: str) -> list[str]:
    """The markets that say directly what assets are worth, or the other way round."""
    return [symbol for asset in assets if asset != quote_asset for symbol in _between(asset, quote_asset)]


def symbols_through(assets: Iterable[str], bridges: Sequence[str]) -> list[str]:
    """The markets between assets and bridges."""
    return [symbol for bridge in bridges for symbol in symbols_between(assets, bridge)]


def _between(asset: str, quote_asset: str) -> tuple[str, str]:
    return f"{asset}/{quote_asset}", f"{quote_asset}/{asset}"


def direct_rates(assets: Iterable[str], quote_asset: str, prices: Mapping[str, Decimal]) -> dict[str, Rate]:
    """The rates of those assets that a market of `prices` (last price by symbol) trades against the quote asset."""
    found: dict[str, Rate] = {}
    for asset in assets:
        rate = _direct(asset, quote_asset, prices)
        if rate:
            found[asset] = rate
    return found


def _direct(asset: str, quote_asset: str, prices: Mapping[str, Decimal]) -> Rate | None:
    if asset == quote_asset:
        return Rate(ONE)
    straight, inverse = _between(asset, quote_asset)
    if straight in prices:
        return Rate(prices[straight])
    return Rate(ONE, prices[inverse]) if inverse in prices else None


def bridged_rates(assets: Iterable[str], bridges: Rates, prices: Mapping[str, Decimal]) -> dict[str, Rate]:
    """The rates of those assets that a market trades against one of `bridges` (with their own rates, best first)."""
    found: dict[str, Rate] = {}
    for asset in assets:
        for bridge, onward in bridges.items():
            rate = _direct(asset, bridge, prices)
            if rate:
                found[asset] = rate.times(onward)
                break
    return found


@dataclass(frozen=True, slots=True)
class Worth:
    """Free, frozen and total, all valued in the quote asset."""

    free: Decimal = ZERO
    frozen: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Both together."""
        return add(self.free, self.frozen)

    def plus(self, other: Worth) -> Worth:
        """Both together."""
        return Worth(add(self.free, other.free), add(self.frozen, other.frozen))


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an account holds, valued: `cash` is the quote asset itself, `assets` everything else that has a price.
    `unpriced` names what has none and counts as nothing."""

    cash: Worth
    assets: Worth
    unpriced: tuple[str, ...]

    @property
    def equity(self) -> Decimal:
        """All of it, in the quote asset."""
        return add(self.cash.total, self.assets.total)


def holdings(balances: Iterable[Balance], quote_asset: str, rates: Rates) -> Holdings:
    """The balances of an account, valued."""
    cash, assets, unpriced = Worth(), Worth(), list[str]()
    for balance in balances:
        worth = worth_of(balance, rates)
        if balance.asset == quote_asset:
            cash = Worth(balance.free, balance.locked)
        elif worth:
            assets = assets.plus(worth)
        elif balance.total:
            unpriced.append(balance.asset)
    return Holdings(cash, assets, tuple(sorted(unpriced)))


def worth_of(balance: Balance, rates: Rates) -> Worth | None:
    """One balance, valued; None without a price path."""
    rate = rates.get(balance.asset)
    return Worth(rate.value(balance.free), rate.value(balance.locked)) if rate else None
