"""Scheduled: the quotes since the last run go into the tick log, or (FEED_SINK=api) to the HTTP API."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from mockexchange import wiring
from mockexchange.invocation import InvocationContext, steps
from mockexchange.store.keys import FEEDER_LEASE
from mockexchange.store.lease import Lease

own = wiring.own_settings()
observability = wiring.observability("feeder")
logger = logging.getLogger("mockexchange.functions.feeder")

feeder = wiring.Built(wiring.feeder)
"""Built at the first event and kept for as long as the sandbox lives: a recording is read once."""

candles = wiring.Built(lambda chosen: wiring.candle_builder(feeder().source, chosen))
"""Likewise: it remembers what it need not ask again."""

poster = wiring.Built(wiring.price_poster)
"""Likewise: it remembers what it sent."""

complained: set[str] = set()
"""Markets whose last quote was rejected: one that stays unusable is worth a line when it begins, not every time."""


def tell_rejected(reasons: Sequence[str]) -> None:
    """Log each reason whose market had a usable quote the last time. Reasons begin with the market."""
    markets = {reason: reason.partition(":")[0] for reason in reasons}
    for reason, market in markets.items():
        if market not in complained:
            logger.warning("a quote was rejected: %s", reason)
    complained.clear()
    complained.update(markets.values())


def send_prices(context: InvocationContext) -> dict[str, Any]:
    """Send quotes to the HTTP API until the time is up."""
    done: Counter[str] = Counter()
    for _ in steps(context, own.interval_sec):
        report = poster().tick()
        tell_rejected(report.rejected)
        done.update(runs=1, sent=report.sent, rejected=len(report.rejected), failed=report.failure is not None)
    observability.record(Runs=done["runs"], Appended=done["sent"], Rejected=done["rejected"])
    return dict(done)


@observability.observed
def lambda_handler(event: dict[str, Any], context: InvocationContext) -> dict[str, Any]:
    """Append quotes until the time is up; what was done, or that another feeder is at work."""
    del event
    if own.feed_sink == "api":
        return send_prices(context)
    done: Counter[str] = Counter()
    with Lease(wiring.store().connection, FEEDER_LEASE, round(3000 * own.interval_sec)) as lease:
        for keep_on in steps(context, own.interval_sec):
            if not lease.hold():
                continue
            report = feeder().tick()
            tell_rejected(report.rejected)
            done.update(runs=1, appended=report.appended, stale=report.stale, rejected=len(report.rejected))
            done["notNewer"] += report.not_newer
            done["caughtUp"] += report.caught_up
            done["catchingUp"] = len(report.waiting)
            if report.withheld:
                done["withheld"] += report.withheld
            done["finished"] = int(report.finished)
            made = candles().run(keep_on)
            done.update(candleTicks=made.ticks, candlesTaken=made.taken, candleGaps=made.lost)
    if not done:
        observability.record(Skipped=1)
        return {"skipped": "lease"}
    observability.record(Runs=done["runs"], Appended=done["appended"], Stale=done["stale"], Rejected=done["rejected"])
    observability.record(CaughtUp=done["caughtUp"], CatchingUp=done["catchingUp"])
    return dict(done)
