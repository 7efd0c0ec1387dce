"""The candles' one step: count what the tick log has and the candles have not.

It may run twice at once and die anywhere. Each symbol's record says which tick was counted last; a change is made whole
and only while the record is still the one that was read, so every tick is counted once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..domain.candle_building import CandleRecord, Counted, close_minutes, count_ticks
from ..domain.quotes import Tick
from ..matcher import adopt
from ..ports import CandleChange, Clock, MarketData, MarketView
from .backfill import Backfill

TICKS_PER_PASS = 2_500
"""Of one symbol: as many as a replay gives in one poll."""


@dataclass(slots=True)
class CandleReport:
    """What one step did. `lost` counts ticks that fell off the log before they were counted, `conflicts` markets that
    somebody else was counting, `taken` candles from the source's own records."""

    ticks: int = 0
    lost: int = 0
    conflicts: int = 0
    taken: int = 0


class CandleBuilder:
    """Makes the candles of every market on record, and of `symbols`, which may not be on record yet."""

    def __init__(
        self, market_data: MarketData, clock: Clock, symbols: Sequence[str] = (), backfill: Backfill | None = None
    ) -> None:
        self._market_data = market_data
        self._clock = clock
        self._symbols = symbols
        self._backfill = backfill

    def run(self, keep_on: Callable[[], bool] = lambda: True) -> CandleReport:
        """Count until the log is worked off, then ask the source for what it knows better; what `keep_on` leaves no
        time for is left for the next run."""
        report = CandleReport()
        symbols = sorted({*self._market_data.market_symbols(), *self._symbols})
        waiting = symbols
        while waiting and keep_on():
            waiting = self._count(waiting, report)
        if self._backfill and symbols:
            report.taken = self._backfill.run(symbols, keep_on)
        return report

    def _count(self, symbols: Sequence[str], report: CandleReport) -> list[str]:
        """Count one page of each symbol's ticks; gives the symbols that have more."""
        data = self._market_data
        records = [read.record for read in data.read_candles([(symbol, ()) for symbol in symbols])]
        pages = self._pages(symbols, records)
        counted = {
            symbol: (record, count_ticks(self._going_on(record, pages[symbol][0]), pages[symbol]))
            for symbol, record in zip(symbols, records, strict=True)
            if pages.get(symbol)
        }
        if not counted:
            return []
        closing = [(symbol, each.affected) for symbol, (_, each) in counted.items() if each.affected]
        blocks = dict(zip([symbol for symbol, _ in closing], data.read_candles(closing), strict=True))
        changes = [
            CandleChange(
                symbol,
                before,
                after.record,
                close_minutes(after, blocks[symbol].blocks) if symbol in blocks else {},
                _now(after),
            )
            for symbol, (before, after) in counted.items()
        ]
        more: list[str] = []
        for change, done in zip(changes, data.change_candles(changes), strict=True):
            if not done:
                report.conflicts += 1
                continue
            page = pages[change.symbol]
            report.ticks += len(page)
            report.lost += change.after.lost - change.before.lost
            if len(page) == TICKS_PER_PASS:
                more.append(change.symbol)
        return more

    def _pages(self, symbols: Sequence[str], records: Sequence[CandleRecord]) -> dict[str, list[Tick]]:
        """The ticks of each symbol that were not counted yet, one page of them."""
        pages: dict[str, list[Tick]] = {}
        missing: list[tuple[str, int]] = []
        for symbol, record, view in zip(symbols, records, self._views(symbols), strict=True):
            newest = view.tick
            if newest is None or newest.number == record.tick:
                continue
            if newest.number == record.tick + 1:
                pages[symbol] = [newest]
            else:
                # A newest tick below the one counted last: the log was lost, and has begun anew.
                missing.append((symbol, record.tick if newest.number > record.tick else 0))
        found = self._market_data.ticks_after(missing, TICKS_PER_PASS)
        pages.update((symbol, page) for (symbol, _), page in zip(missing, found, strict=True))
        return pages

    def _views(self, symbols: Sequence[str]) -> list[MarketView]:
        """The markets, foreign quotes adopted: a market without orders has nobody else to look at them."""
        views = self._market_data.markets(symbols)
        for place, view in enumerate(views):
            if view.mailbox:
                now = self._clock.now() if view.market_time is None else view.market_time
                adopt(self._market_data, view.mailbox, now)
                views[place] = self._market_data.market(symbols[place])
        return views

    @staticmethod
    def _going_on(record: CandleRecord, first: Tick) -> CandleRecord:
        return replace(record, tick=0) if first.number <= record.tick else record


def _now(counted: Counted) -> int:
    """The newest time that there are candles of (ms): it says what is no longer kept."""
    return counted.record.open.time if counted.record.open else 0
