"""`auto`: live prices when the exchange answers, invented ones otherwise. It chooses once per data directory.

What was chosen is the source on record: a later start, and a second feeder, go on with it. An outage makes live prices
stale, never invented.
"""

from __future__ import annotations

import logging

from ..domain.errors import BadRequest
from ..ports import MarketData, PriceSource
from .ccxt_source import CcxtSource
from .sources import FeedSettings, live_source, price_source

_log = logging.getLogger(__name__)


def auto_source(
    settings: FeedSettings, market_data: MarketData, now: int, live: CcxtSource | None = None
) -> PriceSource:
    """The source that was chosen, or is chosen now (wall ms). `live` stands for the exchange of EXCHANGE.

    Raises BadRequest when the data was fed by a source that `auto` would not have chosen.
    """
    live = live or live_source(settings.exchange, settings)
    recorded = market_data.feed_state()
    if recorded is None:
        reason = live.probe()
        chosen: PriceSource = live if reason is None else price_source("synthetic", settings)
        recorded = market_data.begin_feed(chosen.start(now))
        if recorded.source == chosen.name:
            if reason is None:
                _log.warning("auto: %s answers: its prices it is, from now on in this data", live.name)
            else:
                _log.warning(
                    "auto: SYNTHETIC prices, made up, from now on in this data, because there are none of %s: %s."
                    " To try again: `mockx reset --prices`",
                    live.name,
                    reason.rstrip("."),
                )
            return chosen
    if recorded.source == live.name:
        return live
    if recorded.source.startswith("synthetic:"):
        return price_source(recorded.source, settings)
    raise BadRequest(
        f"these prices come from {recorded.source!r}, and `auto` follows {live.name} or invents them: changing the"
        " source of a data directory needs a reset. Set FEED to the old source, use another --data-dir, or run"
        " `mockx reset --prices`"
    )
