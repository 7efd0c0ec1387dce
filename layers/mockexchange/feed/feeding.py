"""The feeder's one step: ask the source what is new, log it, remember where the source stands.

It may run twice at once and die anywhere. A quote carries its position, and the log refuses one that is not newer; the
state is kept last, so that whatever was not remembered is given again and refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..domain.chaos import ChaosPlan, in_words
from ..domain.errors import BadRequest
from ..domain.quotes import Quote
from ..ports import Clock, FeedBatch, FeedState, MarketData, Outage, PriceSource
from .catching_up import CatchUp, CaughtUp
from .faults import Logged, disturb

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What one step did. `not_newer` counts quotes that the log had already, `stale` those that were too old to meet an
    order when they were logged (after downtime), `withheld` those that were lost on purpose; `newest` holds the last
    tick number by symbol. `market_time` in ms. `caught_up` counts the ticks that were made of candles, and `waiting`
    names the markets that need more of them before their live quotes are logged."""

    source: str
    appended: int
    not_newer: int
    stale: int
    withheld: int
    rejected: Sequence[str]
    newest: Mapping[str, int]
    market_time: int | None
    finished: bool
    caught_up: int = 0
    waiting: frozenset[str] = frozenset()


class Feeder:
    """Hands quotes from a price source to the market data. `stale_after` is in ms. `catch_up`: what brings markets up
    to the present whose prices were missed, where the source keeps candles. `chaos` gives the plan of faults on
    purpose, None: there is none; with each step it is asked anew."""

    def __init__(
        self,
        market_data: MarketData,
        source: PriceSource,
        clock: Clock,
        *,
        stale_after: int = 60_000,
        catch_up: CatchUp | None = None,
        chaos: Callable[[], ChaosPlan | None] = lambda: None,
    ) -> None:
        self._market_data = market_data
        self._source = source
        self._clock = clock
        self._stale_after = stale_after
        self._catch_up = catch_up
        self._introduced = False
        self._chaos = chaos
        self._told: ChaosPlan | None = None

    @property
    def source(self) -> PriceSource:
        """Where its prices come from."""
        return self._source

    def tick(self) -> FeedReport:
        """One step. Raises BadRequest when this data was fed by another source before."""
        now = self._clock.now()
        recorded = self._market_data.feed_state()
        before = self._going_on_from(recorded, now)
        if recorded is None or not self._introduced:
            # Markets on record stay: orders in flight were checked against them.
            self._market_data.put_instruments(self._source.instruments(), replace=False)
            self._introduced = True
        batch = self._source.poll(before, now)
        if batch.instruments:
            self._market_data.put_instruments(batch.instruments, replace=True)
        replays = batch.market_time is not None
        appended = stale = 0
        came = self._disturbed([(tick, tick.quote.timestamp if replays else now) for tick in batch.ticks], now)
        caught_up = self._bring_up_to(now, came, batch)
        newest = dict(caught_up.newest)
        ticks = [each for each in came if each[0].quote.symbol not in caught_up.waiting]
        for (tick, logged_at), number in zip(
            ticks, self._market_data.append_all(ticks, self._source.name), strict=True
        ):
            if self._catch_up:
                self._catch_up.logged(tick.quote.symbol, tick.position, number)
            if number is not None:
                newest[tick.quote.symbol] = number
                appended += 1
                stale += tick.quote.is_stale(logged_at, self._stale_after)
        if batch.market_time is not None:
            self._market_data.set_market_time(batch.market_time)
        self._keep_outage(before, batch, now)
        if batch.state != before:
            self._market_data.put_feed_state(batch.state)
        return FeedReport(
            source=self._source.name,
            appended=appended,
            not_newer=len(ticks) - appended,
            stale=stale,
            withheld=len(batch.ticks) - len(came),
            rejected=batch.rejected,
            newest=newest,
            market_time=batch.market_time,
            finished=batch.state.finished,
            caught_up=caught_up.appended,
            waiting=caught_up.waiting,
        )

    def _bring_up_to(self, now: int, came: Sequence[Logged], batch: FeedBatch) -> CaughtUp:
        """Log what was missed before these quotes; nothing while the source cannot be asked."""
        if self._catch_up is None or batch.outage is not None:
            return CaughtUp()
        return self._catch_up.run({tick.quote.symbol for tick, _ in came}, now)

    def _disturbed(self, ticks: Sequence[Logged], now: int) -> Sequence[Logged]:
        """The ticks after whatever goes wrong with them on purpose."""
        plan = self._chaos()
        if plan is not None and (plan.is_over(now) or not plan.of_feed):
            plan = None
        if plan != self._told:
            self._told = plan
            _log.warning("CHAOS is %s", "off" if plan is None else f"on: {in_words(plan)}")
        return ticks if plan is None else disturb(plan, ticks, self._newest)

    def _newest(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        views = zip(symbols, self._market_data.markets(symbols), strict=True)
        return {symbol: view.tick.quote for symbol, view in views if view.tick}

    def _keep_outage(self, before: FeedState, batch: FeedBatch, now: int) -> None:
        """One line when an outage begins, and one when it ends; in between it is on record, with its newest reason."""
        if batch.outage is not None:
            known = self._market_data.outage()
            if known is None:
                _log.warning("%s: no prices: %s", self._source.name, batch.outage)
            since = now if known is None else known.since
            if known is None or known.reason != batch.outage:
                self._market_data.put_outage(Outage(since, batch.outage))
        elif before.failures and not batch.state.failures:
            known = self._market_data.outage()
            self._market_data.put_outage(None)
            if known is not None:
                seconds = max(0, now - known.since) / 1000
                _log.warning("%s: prices again, after %.0f s without", self._source.name, seconds)

    def _going_on_from(self, recorded: FeedState | None, now: int) -> FeedState:
        if recorded is None:
            recorded = self._market_data.begin_feed(self._source.start(now))
        if recorded.source != self._source.name:
            raise BadRequest(
                f"these prices come from {recorded.source!r} and the feed is now {self._source.name!r}: changing the"
                " source of a data directory needs a reset. Name the old source again, use another --data-dir, or run"
                " `mockx reset --prices`"
            )
        return recorded
