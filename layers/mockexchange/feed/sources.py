"""Price sources by name: `synthetic`, `synthetic:7`, `replay:prices.csv`, `manual`, `external`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from ..domain.errors import BadRequest
from ..ports import PriceSource
from .manual import ExternalSource, ManualSource
from .synthetic import SyntheticSource

_LATER = frozenset({"ccxt", "auto"})


class FeedSettings(Protocol):
    """The settings that a source reads, named after their environment variables."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """SYMBOLS; `*` for any."""
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
        case kind if kind in _LATER:
            raise BadRequest(f"the price source {spec!r} comes in a later release; until then use synthetic or replay")
        case _:
            raise BadRequest(
                f"unknown price source {spec!r}; one of: synthetic, synthetic:<seed>, replay:<file>, manual, external"
            )


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
    )
    return ReplaySource(path, replay_symbol(path, settings.symbols), options)
