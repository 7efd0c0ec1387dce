"""A venue in memory whose tick log is a history: ticks are there when the clock has come to them, and not before.

Nothing is appended: a market's log is its history up to the tick that was shown last, and a tick is made when somebody
looks at it. So a million quotes that touch nothing cost what a search through three columns of numbers costs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..domain.instruments import Instrument
from ..domain.quotes import Book, PublicTrade, Tick
from ..ports import MarketView
from ..store.memory import MemoryStore
from ..store.memory_market import TAPE_LENGTH
from .history import History


class HistoryStore(MemoryStore):
    """See ports.Store. Every history is of another market."""

    def __init__(self, histories: Sequence[History]) -> None:
        super().__init__()
        self.put_instruments([each.instrument for each in histories], replace=True)
        self._histories = {each.symbol: each for each in histories}
        self._shown = dict.fromkeys(self._histories, 0)
        self._views: dict[str, MarketView] = {}
        self._tapes: dict[str, tuple[int, list[PublicTrade]]] = {}
        """By market, the newest tick that was looked at for trades, and the newest of them."""
        self._described: dict[str, Instrument] = {each.symbol: each.instrument for each in histories}

    def shown(self, symbol: str) -> int:
        """The number of the newest tick; 0 before the first."""
        return self._shown[symbol]

    def show(self, symbol: str, number: int) -> None:
        """Let ticks come by, up to a number."""
        self._shown[symbol] = number
        self._views.pop(symbol, None)

    def pass_over(self, symbol: str, number: int) -> None:
        """Ticks up to a number touch no order: a matcher that looked at each of them would change nothing but its
        cursors."""
        cursor = self.state.markets[symbol].cursor
        if cursor is not None and cursor.get("done", 0) < number:
            time = int(self._histories[symbol].times[number - 1])
            cursor["seen"] = max(cursor.get("seen", 0), number)
            cursor["done"], cursor["done_at"] = number, time

    def market(self, symbol: str) -> MarketView:
        """See ports.MarketData.market."""
        view = self._views.get(symbol)
        seen = self._seen(symbol)
        if view is None or view.seen != seen:
            number = self._shown.get(symbol, 0)
            tick = view.tick if view else self._histories[symbol].tick(number) if number else None
            view = MarketView(tick, self._described.get(symbol), None, seen, None)
            self._views[symbol] = view
        return view

    def ticks(self, symbol: str, after: int, limit: int) -> list[Tick]:
        """See ports.MarketData.ticks."""
        shown = self._shown.get(symbol, 0)
        if shown == after + 1:
            tick = self.market(symbol).tick
            return [tick] if tick else []
        history = self._histories.get(symbol)
        if history is None:
            return []
        return [history.tick(number) for number in range(after + 1, min(shown, after + limit) + 1)]

    def book(self, symbol: str) -> Book | None:
        """See ports.MarketData.book."""
        tick = self.market(symbol).tick if symbol in self._histories else None
        return tick.book if tick else None

    def public_trades(self, symbol: str, limit: int) -> list[PublicTrade]:
        """See ports.MarketData.public_trades."""
        tape = self._tape(symbol)
        return tape[max(0, len(tape) - limit) :]

    def _tape(self, symbol: str) -> list[PublicTrade]:
        """The newest trades; those since it was asked for last are added."""
        history, shown = self._histories.get(symbol), self._shown.get(symbol, 0)
        since, tape = self._tapes.get(symbol, (0, []))
        if history is not None and shown > since:
            with_trades = np.flatnonzero(np.isfinite(history.low_trade[since:shown])) + since + 1
            new = [trade for number in with_trades[-TAPE_LENGTH:].tolist() for trade in history.tick(number).trades]
            tape = [*tape, *new][-TAPE_LENGTH:]
            self._tapes[symbol] = shown, tape
        return tape

    def tape_lengths(self, symbols: Sequence[str]) -> list[int]:
        """See ports.MarketData.tape_lengths."""
        return [len(self._tape(symbol)) for symbol in symbols]

    def trades_at(self, places: Sequence[tuple[str, int]]) -> list[PublicTrade | None]:
        """See ports.MarketData.trades_at."""
        tapes = {symbol: self._tape(symbol) for symbol, _ in places}
        return [
            tapes[symbol][place] if -len(tapes[symbol]) <= place < len(tapes[symbol]) else None
            for symbol, place in places
        ]
