"""Which markets a request of the Binance wire is about, and what is known of them.

A market that never had a price is there all the same, as a market that never traded is on Binance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..domain.errors import BadSymbol
from ..domain.instruments import Instrument, default_instrument
from ..domain.quotes import Tick
from ..exchange import Exchange
from ..tapes import PricedMarket
from . import binance_errors as errors
from .binance_endpoints import Asked
from .binance_errors import BinanceError
from .binance_parameters import Parameter, names, one_of, symbol
from .binance_symbols import WireSymbols

MOST_SYMBOLS = 100
"""That one request about windows may name."""

SYMBOL = Parameter("symbol", symbol, required=True)

SYMBOL_STATUS = Parameter(
    "symbolStatus", one_of(("TRADING", "HALT", "BREAK"), BinanceError(-1122, "Invalid symbolStatus."))
)

CHOICE = (Parameter("symbol", symbol), Parameter("symbols", names), SYMBOL_STATUS)
"""One market, some, or all."""


@dataclass(frozen=True, slots=True)
class WireMarket:
    """One market; `name` is its name on the wire, `tick` the newest one, None before the first price."""

    name: str
    instrument: Instrument
    tick: Tick | None

    @property
    def status(self) -> str:
        """TRADING, HALT or BREAK."""
        return wire_status(self.instrument)

    @property
    def priced(self) -> PricedMarket | None:
        """The market with its price, if it has had one."""
        return PricedMarket(self.tick, self.instrument) if self.tick else None


class WireMarkets:
    """Reads markets."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols

    def one(self, name: str) -> WireMarket:
        """A market by its name on the wire. Raises BinanceError."""
        [market] = self.read([name])
        return market

    def read(self, wanted: Sequence[str]) -> list[WireMarket]:
        """Several, by their names on the wire, in one round trip. Raises BinanceError."""
        return self._read({name: self._symbols.unified(name) for name in wanted})

    def _read(self, unified: Mapping[str, str]) -> list[WireMarket]:
        views = self._exchange.markets(list(unified.values()))
        return [
            WireMarket(name, view.instrument or described(self._exchange, symbol), view.tick)
            for (name, symbol), view in zip(unified.items(), views, strict=True)
        ]

    def chosen(self, asked: Asked, *, all_by_default: bool = True) -> list[WireMarket]:
        """The markets that a request with the parameters of CHOICE is about. Without `all_by_default` it must name
        them, and not too many. Raises BinanceError."""
        name, several, status = asked["symbol"], asked["symbols"], asked["symbolStatus"]
        if name is not None and several is not None:
            raise errors.bad_combination()
        if name is not None:
            market = self.one(name)
            check_status(market, status)
            return [market]
        if several is not None:
            if not all_by_default and len(several) > MOST_SYMBOLS:
                said = f"Too many parameters; expected '{MOST_SYMBOLS}' and received '{len(several)}'."
                raise BinanceError(-1101, said)
            found = self.read(several)
        elif all_by_default:
            found = self._read(self._symbols.names())
        else:
            raise errors.either_missing("symbol", "symbols")
        return [market for market in found if status in (None, market.status)]


def described(exchange: Exchange, symbol: str) -> Instrument:
    """A market's filters; those that are usual while nothing is known of it, for it never had a price."""
    try:
        return exchange.instrument(symbol)
    except BadSymbol:
        return default_instrument(symbol)


def wire_status(instrument: Instrument) -> str:
    """A market's status in Binance's words."""
    return instrument.status if instrument.status in ("TRADING", "HALT") else "BREAK"


def check_status(market: WireMarket, status: str | None) -> None:
    """Raises BinanceError unless a market has the status that was asked for, if one was."""
    if status not in (None, market.status):
        raise BinanceError(-1220, "The symbol's status does not match the requested symbolStatus.")


def answer(asked: Asked, found: Iterable[object]) -> object:
    """One document for `symbol`, a list for everything else."""
    documents = list(found)
    return documents[0] if asked["symbol"] is not None else documents


def count_of(texts: Mapping[str, str]) -> int:
    """How many markets are named."""
    several = texts.get("symbols")
    return several.count(",") + 1 if several else 1
