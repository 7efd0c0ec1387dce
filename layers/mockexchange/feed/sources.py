"""Price sources by name: `ccxt:kraken`, `synthetic`, `synthetic:7`, `replay:prices.csv`, `manual`, `external`. The one
that chooses among them, `auto`, is in choosing.py: it needs to know what was chosen before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..domain.depth import DEFAULT_LEVELS
from ..domain.errors import BadRequest
from ..ports import PriceSource
from .manual import ExternalSource, ManualSource
from .synthetic import SyntheticSource

if TYPE_CHECKING:
    from .ccxt_source import CcxtSource


class FeedSettings(Protocol):
    """The settings that a source reads, named after their environment variables."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """SYMBOLS; `*` for any."""
        ...

    @property
    def exchange(self) -> str:
        """EXCHANGE: the ccxt id that a live feed follows unless it names one."""
        ...

    @property
    def exchange_config(self) -> str:
        """EXCHANGE_CONFIG: a JSON object."""
        ...

    @property
    def symbols_limit(self) -> int:
        """SYMBOLS_LIMIT: markets that patterns find at most."""
        ...

    @property
    def feed_depth(self) -> int:
        """FEED_DEPTH: levels of each book, 0 for none."""
        ...

    @property
    def logged_levels(self) -> int:
        """Levels of each book that ticks keep, 0 for none."""
        ...

    @property
    def feed_trades(self) -> bool:
        """FEED_TRADES: whether public trades are read."""
        ...

    @property
    def stale_after_sec(self) -> float:
        """STALE_AFTER_SEC, seconds."""
        ...

    @property
    def interval_sec(self) -> float:
        """INTERVAL_SEC, seconds."""
        ...

    @property
    def seed(self) -> int:
        """SEED, for a synthetic source that is named without one."""
        ...

    @property
    def speed(self) -> float:
        """SPEED: replayed seconds per second."""
        ...

    @property
    def replay_columns(self) -> Mapping[str, str]:
        """REPLAY_COLUMNS: our words for columns, and the file's names for them."""
        ...

    @property
    def replay_volume(self) -> str:
        """REPLAY_VOLUME: base or quote."""
        ...

    @property
    def replay_spread_bps(self) -> Decimal:
        """REPLAY_SPREAD_BPS: between bid and ask, in basis points of the price."""
        ...

    @property
    def tick_log_length(self) -> int:
        """TICK_LOG_LENGTH: ticks kept per symbol."""
        ...


def price_source(spec: str, settings: FeedSettings) -> PriceSource:
    """The source that `spec` names. Raises BadRequest, with what can be named, for any other."""
    kind, _, rest = spec.strip().partition(":")
    interval = round(settings.interval_sec * 1000)
    match kind:
        case "synthetic":
            return SyntheticSource(_seed(spec, rest, settings.seed), settings.symbols, interval)
        case "replay" if rest:
            return _replay(Path(rest).expanduser(), settings, interval)
        case "manual" if not rest:
            return ManualSource(settings.symbols)
        case "external" if not rest:
            return ExternalSource()
        case "ccxt":
            return live_source(rest or settings.exchange, settings)
        case _:
            raise BadRequest(
                f"unknown price source {spec!r}; one of: auto, ccxt:<exchange id>, synthetic, synthetic:<seed>,"
                " replay:<file>, manual, external"
            )


def check_source(spec: str, settings: FeedSettings) -> None:
    """Raises BadRequest, with what can be named, when there is no such source. Asks no exchange."""
    if spec.strip() == "auto":
        live_source(settings.exchange, settings)
    else:
        price_source(spec, settings)


def live_source(exchange_id: str, settings: FeedSettings) -> CcxtSource:
    """The prices of a real exchange. Raises BadRequest when ccxt does not know it."""
    # Imported here: no other feed has a use for it.
    from .ccxt_calls import CcxtCalls
    from .ccxt_source import CcxtOptions, CcxtSource

    options = CcxtOptions(
        symbols=settings.symbols,
        limit=settings.symbols_limit,
        depth=max(settings.feed_depth, settings.logged_levels),
        trades=settings.feed_trades,
        interval=round(settings.interval_sec * 1000),
        stale_after=round(settings.stale_after_sec * 1000),
        seed=settings.seed,
    )
    return CcxtSource(CcxtCalls(exchange_id, json.loads(settings.exchange_config)), options)


def _seed(spec: str, written: str, default: int) -> int:
    if not written:
        return default
    try:
        return int(written)
    except ValueError:
        raise BadRequest(f"the seed in {spec!r} must be a whole number, as in synthetic:7") from None


def _replay(path: Path, settings: FeedSettings, interval: int) -> PriceSource:
    # Imported here: a synthetic feeder on Lambda should not pay for csv, gzip and json at its cold start.
    from .replay import ReplayOptions, ReplaySource, replay_symbol

    options = ReplayOptions(
        speed=settings.speed,
        interval=interval,
        spread_bps=settings.replay_spread_bps,
        volume=settings.replay_volume,
        columns=settings.replay_columns,
        # A matcher that comes by as often as the feeder then always finds the ticks it has not read.
        most_ticks=max(1, settings.tick_log_length // 4),
        levels=max(settings.feed_depth, settings.logged_levels) or DEFAULT_LEVELS,
    )
    return ReplaySource(path, replay_symbol(path, settings.symbols), options)
