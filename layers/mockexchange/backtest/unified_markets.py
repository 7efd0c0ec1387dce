"""Markets and currencies as ccxt has them, and what a market's numbers are rounded to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..api.binance_symbols import wire_name
from ..domain.amounts import decimal_places, text
from ..exchange import Exchange
from .unified_errors import error
from .unified_numbers import rounded, truncated
from .unified_structures import Structure
from .unified_wire import Values, Wire

FEES: Structure = {"tierBased": False, "percentage": True, "taker": 0.001, "maker": 0.001, "feeSide": "get"}
"""What ccxt's `binance` says of every market. What an account pays stands in fetch_trading_fee."""

SHARED = frozenset(("tierBased", "percentage", "feeSide"))
"""What ccxt adds of it to the markets that it keeps."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One market: its structure, and what its orders are made with. `name` is Binance's; amounts are in whole
    `amount_step`s (base asset), prices in `price_step`s (quote asset)."""

    symbol: str
    name: str
    amount_step: Decimal
    price_step: Decimal
    structure: Structure

    @property
    def places(self) -> int:
        """Decimal places of its prices."""
        return decimal_places(self.price_step)

    def amount(self, number: object) -> Decimal:
        """An amount in whole steps, rounded down. Raises InvalidOrder for one below a step."""
        value = truncated(number, self.amount_step)
        if not value:
            least = text(self.amount_step)
            raise error("InvalidOrder", f"amount of {self.symbol} must be greater than minimum precision of {least}")
        return value

    def price(self, number: object) -> Decimal:
        """A price in whole steps, the nearest. Raises InvalidOrder for one that is nothing."""
        value = rounded(number, self.price_step)
        if not value:
            least = text(self.price_step)
            raise error("InvalidOrder", f"price of {self.symbol} must be greater than minimum precision of {least}")
        return value

    def cost(self, number: object) -> Decimal:
        """Money in whole steps of a price, rounded down."""
        return truncated(number, self.price_step)


class Markets:
    """The markets of an exchange. One whose filters are on record is read once; before its first price it has those
    that are usual for its name, and is read again."""

    def __init__(self, exchange: Exchange, wire: Wire) -> None:
        self._exchange = exchange
        self._wire = wire
        self._known: dict[str, Listed] = {}
        self._all: dict[str, Structure] = {}

    def forget(self) -> None:
        """Read all of them again."""
        self._known.clear()
        self._all = {}

    def find(self, symbol: object) -> Listed:
        """A market by its symbol, or by Binance's name for it. Raises BadSymbol, ArgumentsRequired."""
        known = self._known.get(symbol) if isinstance(symbol, str) else None
        if known is not None:
            return known
        if symbol is None:
            raise error("ArgumentsRequired", "market() requires a symbol argument")
        names = self._wire.symbols.names()
        unified = str(symbol) if symbol in names.values() else names.get(str(symbol))
        if unified is None:
            raise error("BadSymbol", f"does not have market symbol {symbol}")
        read = Values(symbol=wire_name(unified), showPermissionSets=True)
        [document] = self._wire.ask(self._wire.info.spot, read)["symbols"]
        return self._keep(document, unified)

    def all(self) -> dict[str, Structure]:
        """Every market's structure by its symbol."""
        if not self._all:
            names = self._wire.symbols.names()
            documents = self._wire.ask(self._wire.info.spot, Values(showPermissionSets=True))["symbols"]
            found = [self._keep(each, names[each["symbol"]]) for each in documents]
            structures = {each.symbol: each.structure for each in sorted(found, key=lambda each: each.symbol)}
            if len(self._known) < len(structures):
                return structures
            self._all = structures
        return self._all

    def of_name(self, name: str) -> str:
        """The symbol of a market by Binance's name for it."""
        return self._wire.symbols.on_record(name)

    def currencies(self) -> dict[str, Structure]:
        """Every asset of a market or the account."""
        found = self._wire.request("GET", "/sapi/v1/capital/config/getall", {})
        return {each["coin"]: currency(each) for each in found}

    def _keep(self, document: Mapping[str, Any], symbol: str) -> Listed:
        if symbol in self._known:
            return self._known[symbol]
        structure = market(document, symbol)
        amount_step, price_step = (Decimal(_filter(document, kind)[step]).normalize() for kind, step in _STEPS)
        listed = Listed(symbol, document["symbol"], amount_step, price_step, structure)
        if self._exchange.store.market(symbol).instrument is not None:
            self._known[symbol] = listed
        return listed


_STEPS = (("LOT_SIZE", "stepSize"), ("PRICE_FILTER", "tickSize"))


def _filter(document: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return next(each for each in document["filters"] if each["filterType"] == kind)


def market(found: Mapping[str, Any], symbol: str) -> Structure:
    """A market."""
    lot, price, notional = (_filter(found, kind) for kind in ("LOT_SIZE", "PRICE_FILTER", "NOTIONAL"))
    at_market = _filter(found, "MARKET_LOT_SIZE")
    none = {"min": None, "max": None}
    return {
        "id": found["symbol"],
        "lowercaseId": found["symbol"].lower(),
        "symbol": symbol,
        "base": found["baseAsset"],
        "quote": found["quoteAsset"],
        "settle": None,
        "baseId": found["baseAsset"],
        "quoteId": found["quoteAsset"],
        "settleId": None,
        "type": "spot",
        "spot": True,
        **dict.fromkeys(("margin", "swap", "future", "option", "index"), False),
        "active": found["status"] == "TRADING",
        "contract": False,
        **dict.fromkeys(("linear", "inverse", "subType")),
        "taker": FEES["taker"],
        "maker": FEES["maker"],
        **dict.fromkeys(("contractSize", "expiry", "expiryDatetime", "strike", "optionType")),
        "precision": {
            "amount": float(lot["stepSize"]),
            "price": float(price["tickSize"]),
            "base": float(f"1e-{found['baseAssetPrecision']}"),
            "quote": float(f"1e-{found['quotePrecision']}"),
        },
        "limits": {
            "leverage": none,
            "amount": {"min": float(lot["minQty"]), "max": float(lot["maxQty"])},
            "price": {"min": float(price["minPrice"]), "max": float(price["maxPrice"])},
            "cost": {"min": float(notional["minNotional"]), "max": float(notional["maxNotional"])},
            "market": {"min": float(at_market["minQty"]), "max": float(at_market["maxQty"])},
        },
        "marginModes": {"cross": False, "isolated": False},
        "created": None,
        "info": found,
        "stock": False,
        **{name: FEES[name] for name in SHARED},
    }


def currency(found: Mapping[str, Any]) -> Structure:
    """An asset, with the networks that it could be sent over."""
    networks = {each["network"]: _network(each) for each in found["networkList"]}
    first = next(iter(networks.values()))
    return {
        "info": found,
        "id": found["coin"],
        "numericId": None,
        "code": found["coin"],
        "precision": first["precision"],
        "type": "crypto",
        "name": found["name"],
        "active": found["trading"],
        "deposit": first["deposit"],
        "withdraw": first["withdraw"],
        "fee": first["fee"],
        "fees": {name: each["fee"] for name, each in networks.items()},
        "networks": networks,
        "limits": {each: first["limits"][each] for each in ("deposit", "withdraw")},
        "margin": None,
    }


def _network(found: Mapping[str, Any]) -> Structure:
    return {
        "info": found,
        "id": found["network"],
        "network": found["network"],
        "active": None,
        "deposit": found["depositEnable"],
        "withdraw": found["withdrawEnable"],
        "fee": float(found["withdrawFee"]),
        "precision": float(found["withdrawIntegerMultiple"]),
        "limits": {
            "withdraw": {"min": float(found["withdrawMin"]), "max": float(found["withdrawMax"])},
            "deposit": {"min": float(found["depositDust"]), "max": None},
        },
    }
