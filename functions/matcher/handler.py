"""Scheduled: resting orders meet the quotes that came since the last run."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import suppress
from typing import Any

from mockexchange import wiring
from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.feed_age import feed_age
from mockexchange.invocation import InvocationContext, steps
from mockexchange.observability import METRICS
from mockexchange.store.lease import Lease

own = wiring.own_settings()
observability = wiring.observability("matcher")
logger = logging.getLogger("mockexchange.functions.matcher")

METRIC = {name[0].lower() + name[1:]: name for name in METRICS} | {"lag": "TicksLeft"}
"""What is counted in the answer, as it is called among the metrics."""

built_exchange = wiring.Built(wiring.exchange)
built_equity = wiring.Built(lambda _: wiring.equity_recorder(built_exchange()))
candles = wiring.Built(lambda chosen: wiring.candle_builder(None, chosen))
"""Where no feeder stands beside the ticks, somebody else has to count them."""


@observability.observed
def lambda_handler(event: dict[str, Any], context: InvocationContext) -> dict[str, Any]:
    """Match until the time is up; what was done, or that another matcher is at work."""
    del event
    exchange, equity, store = built_exchange(), built_equity(), wiring.store()
    done: Counter[str] = Counter()
    with Lease(store.connection, store.keys.lease("matcher"), round(3000 * own.interval_sec)) as lease:
        for keep_on in steps(context, own.interval_sec):
            if not lease.hold():
                continue
            report = exchange.match(keep_on=keep_on)
            for symbol, missed in report.gaps.items():
                logger.warning(
                    "%s: %d ticks fell off the log before they were matched; orders met kept candles in their place",
                    symbol,
                    missed,
                )
            for symbol, minutes in report.unjudged.items():
                logger.warning(
                    "%s: of %d minutes of that there is no candle: orders are not judged by them", symbol, minutes
                )
            for reason in report.unpaid:
                logger.error("an order was passed over: %s", reason)
            for reason in report.rejected:
                logger.warning("a quote that another process wrote was dropped: %s", reason)
            if report.fills or report.expired:
                logger.info("%d fills, %d orders expired, on %d ticks", report.fills, report.expired, report.ticks)
            if report.late:
                logger.info("%d of them at ticks that were met late: dated when they happened", report.late)
            done.update(runs=1, ticks=report.ticks, fills=report.fills, late=report.late, expired=report.expired)
            done.update(
                conflicts=report.conflicts,
                adopted=report.adopted,
                rejected=len(report.rejected),
                gaps=sum(report.gaps.values()),
                unjudged=sum(report.unjudged.values()),
                unpaid=len(report.unpaid),
            )
            done["lag"] = report.lag
            done["tickLag"] = max(done["tickLag"], report.tick_lag)
            if keep_on() and (valued := equity.run()):  # once a minute
                done["valued"] += valued
                exchange.accounts.sweep()
            if own.feed_sink == "api":
                done["candleTicks"] += candles().run(keep_on).ticks
    if not done:
        observability.record(Skipped=1)
        return {"skipped": "lease"}
    observability.record(**{METRIC[name]: count for name, count in done.items() if name in METRIC})
    if observability.measures:
        age = feed_age(exchange)
        observability.record(StaleMarkets=age.stale)
        if age.newest is not None:
            observability.record(FeedAge=float(age.newest))
    return dict(done)


with suppress(ExchangeNotAvailable):
    built_equity()  # here already: Lambda gives an import more of the processor than an invocation
