"""The one place that builds a store and an exchange. Handlers, servers and tests ask here; all can be overridden.

Built once per process: a sandbox that is used again keeps its connection.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .clock import SystemClock
from .domain.models import Engine, fill_model
from .domain.rate_limits import RateLimit
from .domain.request_weights import RequestLimits
from .domain.rules import Rules
from .ports import CandleSource, Clock, PriceSource, Store
from .settings import Settings
from .store.valkey import ValkeyStore
from .store.valkey_connection import Connection

if TYPE_CHECKING:
    from .equity import EquityRecorder
    from .exchange import Exchange
    from .feed.candling import CandleBuilder
    from .feed.feeding import Feeder
    from .feed.posting import PricePoster
    from .keyring import Keyring

DEFAULT_ACCOUNT = "default"
"""The account of the MOCKX_API_KEY pair."""


@cache
def settings() -> Settings:
    """The settings of this process, read from the environment once."""
    return Settings()


@cache
def store() -> ValkeyStore:
    """This process's store. Nothing is sent until it is used."""
    chosen = settings()
    return ValkeyStore(Connection(chosen.function_valkey_url), chosen.venue, chosen.tick_log_length)


def rules(chosen: Settings) -> Rules:
    """How the venue behaves, as configured."""
    return Rules(
        engine=Engine(fill_model(chosen.fill_model), _milliseconds(chosen.stale_after_sec)),
        maker_rate=chosen.commission if chosen.commission_maker is None else chosen.commission_maker,
        taker_rate=chosen.commission if chosen.commission_taker is None else chosen.commission_taker,
        symbols=chosen.symbols,
        scales=chosen.asset_scales,
        quote_asset=chosen.quote_asset,
    )


def exchange(chosen: Settings | None = None, *, on: Store | None = None, clock: Clock | None = None) -> Exchange:
    """The exchange of this process, or one put together from what is given."""
    from .exchange import Exchange  # here: the feeder starts without it

    return Exchange(on or store(), clock or SystemClock(), rules(chosen or settings()))


def equity_recorder(on: Exchange | None = None) -> EquityRecorder:
    """The recorder of equity curves of this process."""
    from .equity import EquityRecorder  # here: the feeder starts without them
    from .overview import Overview

    return EquityRecorder(Overview(on or exchange()))


def keyring(chosen: Settings | None = None, *, on: Store | None = None, clock: Clock | None = None) -> Keyring:
    """The API keys of this process's venue, or those put together from what is given."""
    from .keyring import Keyring  # here: matcher and feeder have no use for keys

    chosen = chosen or settings()
    master = chosen.mockx_master_key
    return Keyring(
        on or store(),
        clock or SystemClock(),
        venue=chosen.venue,
        master=bytes.fromhex(master.get_secret_value()) if master else None,
    )


def rate_limit(chosen: Settings) -> RateLimit | None:
    """How often each API key may ask, None for any number."""
    return RateLimit(chosen.rate_limit_per_min, chosen.rate_limit_burst) if chosen.rate_limit_per_min else None


def wire_limits(chosen: Settings) -> RequestLimits:
    """How much each client of the Binance wire may ask."""
    return RequestLimits(chosen.binance_weight_per_min, chosen.binance_orders_per_10s, chosen.binance_orders_per_day)


def feeder(chosen: Settings | None = None, *, on: Store | None = None, clock: Clock | None = None) -> Feeder:
    """The feeder of this process, or one put together from what is given."""
    from .feed.feeding import Feeder  # here: the other functions start without it
    from .feed.sources import price_source

    chosen, market_data, clock = chosen or settings(), on or store(), clock or SystemClock()
    if chosen.feed.strip() == "auto":
        from .feed.choosing import auto_source

        source = auto_source(chosen, market_data, clock.now())
    else:
        source = price_source(chosen.feed, chosen)
    return Feeder(market_data, source, clock, stale_after=_milliseconds(chosen.stale_after_sec))


def price_poster(chosen: Settings | None = None, *, clock: Clock | None = None) -> PricePoster:
    """The feeder of a process that reaches the HTTP API only. Raises BadRequest."""
    from .domain.errors import BadRequest  # here: the other functions start without it
    from .feed.posting import PricePoster
    from .feed.sources import price_source

    chosen = chosen or settings()
    if chosen.mockx_api_key is None:
        raise BadRequest("FEED_SINK=api needs the API key of an admin: set MOCKX_API_KEY")
    if chosen.feed.strip() == "auto":
        raise BadRequest("FEED_SINK=api needs to know its source: name it in FEED, like ccxt:binance")
    source = price_source(chosen.feed, chosen)
    return PricePoster(source, clock or SystemClock(), chosen.api_url, chosen.mockx_api_key.get_secret_value())


def candle_builder(
    source: PriceSource | None, chosen: Settings | None = None, *, on: Store | None = None, clock: Clock | None = None
) -> CandleBuilder:
    """What makes the candles of this process's feeder, whose source may know some itself; without a source, of whatever
    prices come."""
    from .feed.candling import CandleBuilder  # here: the other functions start without it

    chosen, market_data, clock = chosen or settings(), on or store(), clock or SystemClock()
    backfill = None
    if source is not None and isinstance(source, CandleSource):
        from .feed.backfill import Backfill

        backfill = Backfill(
            market_data,
            source,
            clock,
            widen=source.name.startswith("synthetic"),  # which looks at a few moments of each candle only
            time_per_run=_milliseconds(chosen.interval_sec / 4),
        )
    named = [symbol for symbol in chosen.symbols if "*" not in symbol]
    return CandleBuilder(market_data, clock, named, backfill)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
