"""Markets as the Binance wire names them: BTCUSDT for BTC/USDT."""

from __future__ import annotations

from ..domain.instruments import Instrument
from ..exchange import Exchange
from . import binance_errors as errors
from .binance_errors import BinanceError


class WireSymbols:
    """Finds markets by their name on the wire. What SYMBOLS lists stays; what a pattern finds is looked for again when
    a name is not known."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._symbols: dict[str, str] = {}

    def all(self) -> list[str]:
        """Every market's symbol, like BTC/USDT."""
        return self._exchange.symbols()

    def names(self) -> dict[str, str]:
        """Every market's symbol by its name on the wire, as they stand now. Of two with one name the first counts."""
        found: dict[str, str] = {}
        for symbol in self._exchange.symbols():
            found.setdefault(wire_name(symbol), symbol)
        self._symbols = found
        return found

    def unified(self, name: str) -> str:
        """The symbol of a market. Raises BinanceError."""
        found = self._symbols.get(name) or self.names().get(name)
        if found is None:
            raise errors.bad_symbol()
        return found

    def on_record(self, name: str) -> str:
        """The same for a market that may not be traded any more: its orders outlive its place in SYMBOLS. Raises
        BinanceError."""
        try:
            return self.unified(name)
        except BinanceError:
            for symbol in self._exchange.store.symbols():
                if wire_name(symbol) == name:
                    return symbol
            raise

    def instrument(self, name: str) -> Instrument:
        """A market by its name on the wire. Raises BinanceError."""
        return self._exchange.instrument(self.unified(name))


def wire_name(symbol: str) -> str:
    """BTC/USDT as BTCUSDT."""
    return symbol.replace("/", "")
