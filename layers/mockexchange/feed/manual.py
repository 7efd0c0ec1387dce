"""Sources that poll nothing: prices come by another door."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.instruments import Instrument, default_instrument
from ..domain.patterns import listed
from ..ports import FeedBatch, FeedState


class ManualSource:
    """`manual`: prices are set through the API. Its markets are those of SYMBOLS; a pattern names none ahead.

    Raises BadSymbol.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self._instruments = [default_instrument(symbol) for symbol in listed(symbols)]

    @property
    def name(self) -> str:
        """`manual`."""
        return "manual"

    def instruments(self) -> Sequence[Instrument]:
        """One market per symbol."""
        return self._instruments

    def start(self, now: int) -> FeedState:
        """There is nothing to go on from."""
        return FeedState(self.name, wall=now)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """Nothing."""
        del now
        return FeedBatch((), state)


class ExternalSource:
    """`external`: the user's own feeder writes the `sym_` hashes; whoever looks at one first adopts it."""

    @property
    def name(self) -> str:
        """`external`."""
        return "external"

    def instruments(self) -> Sequence[Instrument]:
        """None: a market appears with its first quote."""
        return ()

    def start(self, now: int) -> FeedState:
        """There is nothing to go on from."""
        return FeedState(self.name, wall=now)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """Nothing: two writers of one hash would undo each other's work."""
        del now
        return FeedBatch((), state)
