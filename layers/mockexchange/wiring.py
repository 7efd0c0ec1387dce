"""The one place that builds a store and an exchange. Handlers, servers and tests ask here; all can be overridden.

Built once per process: a sandbox that is used again keeps its connection. Only a secret that was rotated in AWS makes
it build anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from .clock import SystemClock
from .domain.amounts import ZERO
from .domain.candles import MINUTE
from .domain.errors import ExchangeNotAvailable
from .domain.fees import FeeSchedule, read_overrides, read_tiers
from .domain.fill_models import configured, latency_of
from .domain.models import Engine
from .domain.rate_limits import RateLimit
from .domain.request_weights import RequestLimits
from .domain.rules import Rules
from .observability import Observability
from .ports import CandleSource, Clock, PriceSource, Store
from .setting_secrets import NoSecrets, SecretPlace, secret_place
from .settings import BadSettings, OwnSettings, Settings
from .store.keys import VenueKeys
from .store.valkey import ValkeyStore
from .store.valkey_connection import Connection, connect

if TYPE_CHECKING:
    from .equity import EquityRecorder
    from .exchange import Exchange
    from .feed.candling import CandleBuilder
    from .feed.catching_up import CatchUp
    from .feed.feeding import Feeder
    from .feed.posting import PricePoster
    from .keyring import Keyring

DEFAULT_ACCOUNT = "default"
"""The account of the MOCKX_API_KEY pair."""


T = TypeVar("T")

logger = logging.getLogger(__name__)


@cache
def own_settings() -> Settings:
    """The settings of this process but those that AWS keeps, read from the environment once."""
    return OwnSettings()


def settings() -> Settings:
    """The settings of this process; the same object until a secret in AWS is another.

    Raises ExchangeNotAvailable when AWS does not give what MOCKX_SECRETS names; the next call asks again.
    """
    own = own_settings()
    return own if own.mockx_secrets is None else _rotating().settings()


@cache
def _rotating() -> RotatingSettings:
    own = own_settings()
    assert own.mockx_secrets is not None, "asked for only when it is set"
    return RotatingSettings(secret_place(own.mockx_secrets, own.mockx_secrets_age_sec))


class RotatingSettings:
    """Settings of which AWS keeps a part: read again when that is another."""

    def __init__(self, place: SecretPlace) -> None:
        self._place = place
        self._secrets: Mapping[str, str] | None = None
        self._settings: Settings | None = None

    def settings(self) -> Settings:
        """The settings now; the ones before when the new ones cannot be used. Raises ExchangeNotAvailable."""
        try:
            secrets = self._place.values()
            if secrets != self._secrets:
                self._secrets = secrets
                self._settings = Settings()
        except NoSecrets as error:  # it is in the log
            raise ExchangeNotAvailable(UNREADABLE) from error
        except BadSettings as error:
            logger.error("the secrets of %s cannot be used: %s", own_settings().mockx_secrets, error)
        if self._settings is None:
            raise ExchangeNotAvailable(UNREADABLE)
        return self._settings


UNREADABLE = (
    "the secrets of this exchange cannot be read from AWS, or not used; its log says why. It tries again with every"
    " request"
)
"""Names no secret and no account: anybody may be told."""


class Built(Generic[T]):
    """What is built from the settings: once, and again when a secret was rotated. Raises ExchangeNotAvailable."""

    def __init__(self, build: Callable[[Settings], T]) -> None:
        self._build = build
        self._settings: Settings | None = None
        self._built: T | None = None

    def __call__(self) -> T:
        """The one for the settings of now."""
        chosen = settings()
        if self._built is None or chosen is not self._settings:
            self._built = self._build(chosen)
            self._settings = chosen
        return self._built


store: Built[ValkeyStore] = Built(
    lambda chosen: ValkeyStore(_connection(chosen), chosen.venue, chosen.tick_log_length, chosen.logged_levels)
)
"""This process's store. Nothing is sent until it is used."""


def _connection(chosen: Settings) -> Connection:
    return connect(chosen.function_valkey_url, home=VenueKeys(chosen.venue).sequence)


def observability(service: str) -> Observability:
    """Logs and metrics of a function of this process."""
    own = own_settings()
    as_json = own.log_format == "json"
    return Observability(service, as_json=as_json, level=own.log_level, stage=own.stage, venue=own.venue)


def rules(chosen: Settings) -> Rules:
    """How the venue behaves, as configured."""
    model = configured(
        chosen.fill_model,
        levels=chosen.book_levels,
        slippage=chosen.slippage_bps,
        seed=chosen.seed,
        queues=chosen.queue_position,
        share=chosen.volume_share,
    )
    latency = latency_of(chosen.fill_model, chosen.latency_ms)
    return Rules(
        engine=Engine(model, _milliseconds(chosen.stale_after_sec), fee_schedule(chosen), latency),
        maker_rate=chosen.commission if chosen.commission_maker is None else chosen.commission_maker,
        taker_rate=chosen.commission if chosen.commission_taker is None else chosen.commission_taker,
        symbols=chosen.symbols,
        scales=chosen.asset_scales,
        quote_asset=chosen.quote_asset,
        book_levels=chosen.logged_levels,
        may_bring_trades=chosen.may_bring_trades,
    )


def fee_schedule(chosen: Settings) -> FeeSchedule:
    """What the venue charges beside each account's own rates, as configured."""
    overrides = read_overrides(chosen.fee_overrides)
    if not (chosen.fee_tiers or chosen.fee_asset):
        return FeeSchedule(overrides=overrides)
    return FeeSchedule(
        tiers=read_tiers(chosen.fee_tiers),
        overrides=overrides,
        asset=chosen.fee_asset,
        discount=chosen.fee_discount if chosen.fee_asset else ZERO,
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
    stale_after = _milliseconds(chosen.stale_after_sec)
    return Feeder(
        market_data,
        source,
        clock,
        stale_after=stale_after,
        catch_up=_catch_up(chosen, source, market_data, clock),
        chaos=market_data.chaos,
    )


def _catch_up(chosen: Settings, source: PriceSource, market_data: Store, clock: Clock) -> CatchUp | None:
    """What brings markets up to the present whose prices were missed; None where nobody knows what was."""
    if not chosen.catch_up_hours or not isinstance(source, CandleSource):
        return None
    from .domain.candle_path import LEGS  # here: the other functions start without it
    from .feed.catching_up import CANDLES_PER_QUESTION, CatchUp, Terms

    interval = _milliseconds(chosen.interval_sec)
    terms = Terms(
        behind=max(MINUTE, 2 * interval),
        longest=_milliseconds(chosen.catch_up_hours * 3600),
        # A matcher that comes by as often as the feeder then always finds the ticks it has not read.
        page=max(1, min(CANDLES_PER_QUESTION, chosen.tick_log_length // (4 * LEGS))),
        time_per_run=interval // 2,
        to_the_end=not source.name.startswith("synthetic"),  # whose candles say what will come
    )
    return CatchUp(market_data, source, source.name, clock, terms)


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
