"""What was missed while nothing ran, or while the source was away, from the source's own 1m candles.

A market whose last tick is too old gets, before its next live quote, four ticks for each candle since then, along
candle_path, at the last milliseconds of their minute: the candle tells where the price was, not when. Their times and
positions follow from the candles alone, so it may run twice at once and die anywhere, and the next one goes on after
the newest tick in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ..domain.candle_path import LEGS, candle_quotes
from ..domain.candles import MINUTE, Candle, opening
from ..domain.errors import BadQuote, BadSymbol
from ..ports import CandleSource, Clock, FeedTick, MarketData

_log = logging.getLogger(__name__)

CANDLES_PER_QUESTION = 500
"""At most: exchanges give that many at once."""

PAUSE = 10_000
"""Milliseconds that a source which fails is left alone."""

PATIENCE = 300_000
"""Milliseconds of failures after which a market opens without what it missed: prices have come again all that time."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How catching up is done; times in ms. `behind`: a last tick that is older than this was followed by others that
    were missed. `longest`: what is older than this is not asked for, 0: nothing is. `page` is how many candles of a
    market one run brings at most, so that the matcher finds them all in the log. A run begins no question after
    `time_per_run`. `to_the_end`: an open candle holds what was traded so far."""

    behind: int
    longest: int
    page: int = CANDLES_PER_QUESTION
    time_per_run: int = 1_000
    to_the_end: bool = True


@dataclass(slots=True)
class _Missed:
    """What is known of one market's way to the present; times in ms. `since` is when its last tick was."""

    since: int
    candles: int = 0
    failing_since: int | None = None
    paused_until: int = 0


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What one run did: how many ticks it logged, their newest number by symbol, and which markets are not yet there:
    their live quotes must wait."""

    appended: int = 0
    newest: dict[str, int] = field(default_factory=dict[str, int])
    waiting: frozenset[str] = frozenset()


class CatchUp:
    """Brings markets up to the present. `name` is the source's."""

    def __init__(self, market_data: MarketData, source: CandleSource, name: str, clock: Clock, terms: Terms) -> None:
        self._market_data = market_data
        self._source = source
        self._name = name
        self._clock = clock
        self._terms = terms
        # What it remembers saves questions; another process that knows nothing of it does no harm.
        self._last: dict[str, int] = {}
        self._missed: dict[str, _Missed] = {}
        self._asked_last = ""

    def run(self, symbols: Collection[str], now: int) -> CaughtUp:
        """Bring `symbols`, for which there are live quotes of `now` (ms), a page nearer to it, those that are on their
        way likewise."""
        if not self._terms.longest:
            return CaughtUp()
        wanted = sorted({*symbols, *self._missed})
        self._read_last([symbol for symbol in wanted if symbol not in self._last])
        behind = [symbol for symbol in wanted if symbol in self._missed or self._is_behind(symbol, now)]
        appended, newest = 0, dict[str, int]()
        # Beginning after the one that was asked about last: nobody waits for long.
        for asked, symbol in enumerate(sorted(behind, key=lambda each: (each <= self._asked_last, each))):
            if asked and self._clock.now() - now > self._terms.time_per_run:
                break
            self._asked_last = symbol
            for number in self._bring(symbol, now):
                if number is not None:
                    newest[symbol] = number
                    appended += 1
        waiting = frozenset(symbol for symbol in behind if symbol in self._missed or self._is_behind(symbol, now))
        return CaughtUp(appended, newest, waiting)

    def logged(self, symbol: str, position: int, number: int | None) -> None:
        """A live quote of a market was logged; with no `number` another feeder was first, and the log is read anew."""
        if number is None:
            self._last.pop(symbol, None)
        else:
            self._last[symbol] = position

    def _is_behind(self, symbol: str, now: int) -> bool:
        return now - self._last.get(symbol, now) > self._terms.behind

    def _read_last(self, symbols: Sequence[str]) -> None:
        """When the newest tick of each market was. One that has none missed nothing."""
        if not symbols:
            return
        for symbol, view in zip(symbols, self._market_data.markets(symbols), strict=True):
            if view.tick is not None:
                self._last[symbol] = view.tick.quote.timestamp
                if view.tick.is_of_candle:
                    # Somebody was at it, and may not have come to the end of a candle, however new it is.
                    self._missed[symbol] = _Missed(view.tick.quote.timestamp)

    def _bring(self, symbol: str, now: int) -> list[int | None]:
        """Log one page of a market's candles; the numbers of the ticks."""
        missed = self._missed.get(symbol) or self._begin(symbol, now)
        if now < missed.paused_until:
            return []
        last = self._last[symbol]
        since = opening(last + 1, "1m")
        candles = self._ask(symbol, since, missed, now)
        if candles is None:
            return []
        ticks = [
            tick
            for candle in candles
            for tick in candle_ticks(symbol, candle, now, to_the_end=self._terms.to_the_end)
            if tick.position > last
        ]
        numbers = self._market_data.append_all([(tick, now) for tick in ticks], self._name)
        missed.candles += len({opening(tick.position, "1m") for tick in ticks})
        # Where it gave nothing the market stood still, or it keeps no record so old.
        self._last[symbol] = ticks[-1].position if ticks else since + self._terms.page * MINUTE - 1
        following = opening(self._last[symbol], "1m") + MINUTE
        if following + (LEGS if self._terms.to_the_end else MINUTE) > now:
            del self._missed[symbol]
            minutes = (now - missed.since) // MINUTE
            _log.warning("%s: caught up, with %d candles for %d minutes", symbol, missed.candles, minutes)
            self._last[symbol] = now
        return numbers

    def _begin(self, symbol: str, now: int) -> _Missed:
        last = self._last[symbol]
        missed = self._missed[symbol] = _Missed(last)
        _log.warning(
            "%s: %s without prices; what was missed is taken from candles of %s",
            symbol,
            _length(now - last),
            self._name,
        )
        oldest = now - self._terms.longest
        if last < oldest:
            _log.warning(
                "%s: of that only the last %s (CATCH_UP_HOURS): orders are not judged by what was before",
                symbol,
                _length(self._terms.longest),
            )
            # Candles are whole: the first one is the one that begins after that.
            self._last[symbol] = opening(oldest, "1m") + MINUTE - 1
        return missed

    def _ask(self, symbol: str, since: int, missed: _Missed, now: int) -> Sequence[Candle] | None:
        """Candles from `since` (ms) on; None when the source failed: it is left alone for a while, or for good."""
        try:
            candles = self._source.candles(symbol, "1m", since, self._terms.page)
        except BadSymbol as error:
            reason = error.detail
        except Exception as error:  # noqa: BLE001  # whatever it is, prices must go on
            reason = str(error)
            missed.failing_since = now if missed.failing_since is None else missed.failing_since
            if now - missed.failing_since < PATIENCE:
                missed.paused_until = now + PAUSE
                return None
        else:
            missed.failing_since = None
            return candles
        _log.error("%s: no candles can be had (%s): orders are not judged by what was missed", symbol, reason)
        del self._missed[symbol]
        self._last[symbol] = now
        return None


def candle_ticks(symbol: str, candle: Candle, now: int, *, to_the_end: bool) -> list[FeedTick]:
    """The ticks of one candle: its four prices, 1 ms apart, at its end; of one that is open still at `now` (ms), before
    that, or none unless `to_the_end`. None of one that has no usable price, and of one that has not begun."""
    end = candle.time + MINUTE
    if end > now:
        if not to_the_end or now - candle.time < LEGS:
            return []
        end = now
    try:
        quotes = candle_quotes(symbol, candle, end)
    except BadQuote:
        return []
    return [FeedTick(quote, quote.timestamp, of_candle=True) for quote in quotes]


def _length(milliseconds: int) -> str:
    hours, minutes = divmod(milliseconds // MINUTE, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
