"""Candles from the source's own records: history at the start, what was missed while nothing ran, and every minute
after it closed, for a source sees trades that fall between two of our ticks.

It asks a few questions in each run, one market after the other, and a source that fails is left alone for a while: the
feed never waits for a chart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from ..domain.candle_building import LATEST, CandleRecord, Wanted, take, take_into, wanted
from ..domain.candles import MINUTE, Candle, opening
from ..domain.errors import BadSymbol
from ..ports import CandleChange, CandleSource, Clock, MarketData

_log = logging.getLogger(__name__)

CANDLES_PER_QUESTION = 500
"""At most: exchanges give that many at once."""

QUESTIONS_PER_RUN = 10
"""At the default interval 300 a minute: enough for 200 markets whose minute has closed, far below any limit."""

TIME_PER_RUN = 500
"""Milliseconds after which a run asks nothing more, unless told otherwise: a quarter of the default interval."""

SETTLE = 5_000
"""Milliseconds after its end at which a candle is taken for final."""

FIRST_PAUSE, LONGEST_PAUSE = 10_000, 600_000
"""Milliseconds that a source which fails is left alone; twice as long each time."""


class Backfill:
    """Asks one source, about every market that it serves. `widen`: its candles know less than our ticks, whose prices
    stay part of them. A run begins no question after `time_per_run` ms."""

    def __init__(
        self,
        market_data: MarketData,
        source: CandleSource,
        clock: Clock,
        *,
        widen: bool = False,
        time_per_run: int = TIME_PER_RUN,
    ) -> None:
        self._market_data = market_data
        self._source = source
        self._clock = clock
        self._widen = widen
        self._time_per_run = time_per_run
        # What it remembers saves questions and round trips; another process that knows nothing of it does no harm.
        self._due: dict[str, int] = {}
        self._waits: dict[str, int] = {}
        self._unserved: set[str] = set()
        self._failures = 0  # in a row, of whatever market
        self._failed: dict[str, int] = {}  # in a row, of each
        self._pause_ends = 0
        self._last = ""

    def run(self, symbols: Sequence[str], keep_on: Callable[[], bool]) -> int:
        """Ask a few questions; how many candles were taken."""
        begun = self._clock.now()
        if begun < self._pause_ends:
            return 0
        taken = questions = 0
        while due := self._due_at(begun, symbols):
            reads = self._market_data.read_candles([(symbol, ()) for symbol in due])
            for symbol, read in zip(due, reads, strict=True):
                now = self._clock.now()
                waits = now < self._waits.get(symbol, 0)
                question = wanted(read.record, now, SETTLE + LATEST * MINUTE if waits else SETTLE)
                if question is None:
                    next_minute = opening(now - SETTLE, "1m") + MINUTE + SETTLE
                    self._due[symbol] = self._waits[symbol] if waits else next_minute
                    continue
                if questions == QUESTIONS_PER_RUN or now - begun > self._time_per_run or not keep_on():
                    return taken
                questions += 1
                self._last = symbol
                most = min(CANDLES_PER_QUESTION, question.closed)
                candles = self._ask(symbol, question, most)
                if candles is None:
                    return taken
                taken += self._enter(symbol, read.record, question, candles, most, now)
        return taken

    def _due_at(self, now: int, symbols: Sequence[str]) -> list[str]:
        """Markets to look at next, beginning after the one that was asked about last: nobody waits for long."""
        due = [each for each in symbols if self._due.get(each, 0) <= now and each not in self._unserved]
        return sorted(due, key=lambda symbol: (symbol <= self._last, symbol))[:QUESTIONS_PER_RUN]

    def _ask(self, symbol: str, question: Wanted, most: int) -> Sequence[Candle] | None:
        """The answer; None when the source failed and is left alone for a while."""
        timeframe = question.series.timeframe
        try:
            candles = self._source.candles(symbol, timeframe, question.since, most)
        except BadSymbol:
            self._unserved.add(symbol)
            return ()
        except Exception as error:  # noqa: BLE001  # whatever it is, prices must go on
            if not self._failures and symbol not in self._failed:
                _log.warning("no candles of %s can be had (%s); they are asked for again later", symbol, error)
            now = self._clock.now()
            self._failures += 1
            self._failed[symbol] = self._failed.get(symbol, 0) + 1
            self._pause_ends = now + _pause(self._failures)
            # The others come first, should it be this market alone.
            self._due[symbol] = self._pause_ends + _pause(self._failed[symbol])
            return None
        if self._failed.pop(symbol, 0):
            _log.info("candles of %s can be had again", symbol)
        self._failures = 0
        return candles

    def _enter(
        self, symbol: str, record: CandleRecord, question: Wanted, candles: Sequence[Candle], most: int, now: int
    ) -> int:
        """Take an answer; how many candles were written."""
        if symbol in self._unserved:
            return 0
        taken = take(record, question, candles, most, widen=self._widen)
        if taken.record.filled == record.filled:
            # The newest candles are not there yet; meanwhile older ones may be asked for.
            self._waits[symbol] = now + FIRST_PAUSE
            return 0
        [read] = self._market_data.read_candles([(symbol, taken.affected)])
        changed = take_into(taken, read.blocks, widen=self._widen)
        # Blocks of a record that somebody else changed meanwhile are refused with it.
        change = CandleChange(symbol, record, taken.record, changed, now)
        return len(taken.candles) if self._market_data.change_candles([change])[0] else 0


def _pause(failures: int) -> int:
    """How long (ms) after so many failures in a row nothing is asked."""
    return min(FIRST_PAUSE << min(failures - 1, 10), LONGEST_PAUSE)
