"""What the store in memory says of itself. See ports.Diagnosable."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.diagnosis import StoreReading, SymbolReading
from .memory_market import MemoryMarketData
from .memory_state import VenueState


class MemoryDiagnosis(MemoryMarketData):
    """A mixin of the store in memory."""

    state: VenueState

    def read_store(self) -> StoreReading:
        """See ports.Diagnosable.read_store."""
        state = self.state
        return StoreReading(
            product="memory",
            version="-",
            round_trip=0.0,
            time=None,
            memory=0,
            memory_limit=0,
            machine_memory=0,
            eviction=None,
            append_only=None,
            sync=None,
            keys=len(state.orders) + len(state.accounts),
            journal=len(state.journal),
        )

    def read_symbols(self, symbols: Sequence[str]) -> list[SymbolReading]:
        """See ports.Diagnosable.read_symbols."""
        return [self._read_symbol(symbol) for symbol in symbols]

    def _read_symbol(self, symbol: str) -> SymbolReading:
        feed = self._feeds[symbol]
        done = (self.state.markets[symbol].cursor or {}).get("done", 0)
        last = feed.log[-1] if feed.log else None
        waiting = self.ticks(symbol, done, 1)
        over = next((tick for tick in feed.log if tick.number == feed.foreign_tick), None)
        return SymbolReading(
            symbol=symbol,
            quote_at=last.quote.timestamp if last else None,
            source=last.source if last else None,
            newest=feed.number,
            done=done,
            orders=symbol in self.state.symbols,
            waiting_since=waiting[0].logged_at if waiting else None,
            rejected=feed.rejected,
            foreign=feed.foreign,
            foreign_at=over.logged_at if over else None,
            logged_at=last.logged_at if last else None,
        )
