"""Scheduled: resting orders meet the quotes that came since the last run."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from mockexchange import wiring
from mockexchange.invocation import InvocationContext, steps
from mockexchange.observability import Observability
from mockexchange.store.lease import Lease

chosen = wiring.settings()
observability = Observability("matcher", as_json=chosen.log_format == "json", level=chosen.log_level)
logger = logging.getLogger("mockexchange.functions.matcher")
exchange, store = wiring.exchange(), wiring.store()  # nothing is sent until they are used
equity = wiring.equity_recorder(exchange)
candles = wiring.candle_builder(None) if chosen.feed_sink == "api" else None
"""Where no feeder stands beside the ticks, somebody else has to count them."""


@observability.observed
def lambda_handler(event: dict[str, Any], context: InvocationContext) -> dict[str, Any]:
    """Match until the time is up; what was done, or that another matcher is at work."""
    del event
    done: Counter[str] = Counter()
    with Lease(store.connection, store.keys.lease("matcher"), round(3000 * chosen.interval_sec)) as lease:
        for keep_on in steps(context, chosen.interval_sec):
            if not lease.hold():
                continue
            report = exchange.match(keep_on=keep_on)
            for symbol, missed in report.gaps.items():
                logger.warning("%s: %d ticks fell off the log before they were matched", symbol, missed)
            for reason in report.rejected:
                logger.warning("a quote that another process wrote was dropped: %s", reason)
            if report.fills or report.expired:
                logger.info("%d fills, %d orders expired, on %d ticks", report.fills, report.expired, report.ticks)
            done.update(runs=1, ticks=report.ticks, fills=report.fills, expired=report.expired)
            done.update(
                conflicts=report.conflicts,
                adopted=report.adopted,
                rejected=len(report.rejected),
                gaps=sum(report.gaps.values()),
            )
            done["lag"] = report.lag
            if keep_on() and (valued := equity.run()):  # once a minute
                done["valued"] += valued
                exchange.accounts.sweep()
            if candles is not None:
                done["candleTicks"] += candles.run(keep_on).ticks
    if not done:
        return {"skipped": "lease"}
    observability.count(**{name.capitalize(): count for name, count in done.items()})
    return dict(done)
