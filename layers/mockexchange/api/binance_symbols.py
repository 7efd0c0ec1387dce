"""Markets as the Binance wire names them: BTCUSDT for BTC/USDT."""

from __future__ import annotations

from ..domain.instruments import Instrument
from ..exchange import Exchange
from . import binance_errors as errors


class WireSymbols:
    """Finds markets by their name on the wire. What SYMBOLS lists stays; what a pattern finds is looked for again when
    a name is not known."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._symbols: dict[str, str] = {}

    def all(self) -> list[str]:
        """Every market's symbol, like BTC/USDT."""
        return self._exchange.symbols()

    def unified(self, name: str) -> str:
        """The symbol of a market. Raises BinanceError."""
        found = self._symbols.get(name)
        if found is None:
            self._symbols = {wire_name(symbol): symbol for symbol in reversed(self._exchange.symbols())}
            found = self._symbols.get(name)
            if found is None:
                raise errors.bad_symbol()
        return found

    def instrument(self, name: str) -> Instrument:
        """A market by its name on the wire. Raises BinanceError."""
        return self._exchange.instrument(self.unified(name))


def wire_name(symbol: str) -> str:
    """BTC/USDT as BTCUSDT."""
    return symbol.replace("/", "")
