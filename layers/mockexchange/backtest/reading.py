"""How a back-test reads its data."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..domain.candles import in_words
from ..domain.errors import BadRequest
from ..domain.instruments import Instrument
from ..feed.columns import exact, milliseconds
from ..feed.recording import Terms
from .candle_paths import Path

Moment = int | str | date
"""ms since the epoch, ISO text, a date, or a datetime; UTC unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How data is read; see load."""

    columns: Mapping[str, str]
    spread_bps: Decimal
    volume: str
    path: Path
    seed: int
    since: int | None
    until: int | None
    instruments: Mapping[str, Instrument]
    tick_size: Decimal | None
    step_size: Decimal | None
    levels: int
    timeframe: str | None

    def __post_init__(self) -> None:
        """Raises BadRequest for a value that makes no sense."""
        if self.volume not in ("base", "quote"):
            raise BadRequest(f"volume must be base or quote, was {self.volume!r}")
        if not 0 <= self.spread_bps < 10_000:
            raise BadRequest(f"spread_bps must be from 0 to below 10000, was {self.spread_bps}")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise BadRequest(f"since must be before until, was {in_words(self.since)} and {in_words(self.until)}")

    def terms(self, instrument: Instrument) -> Terms:
        """What a recording does not say itself."""
        return Terms(
            instrument.symbol,
            instrument.tick_size,
            instrument.step_size,
            self.spread_bps,
            self.volume == "quote",
        )

    def within(self, times: Sequence[int]) -> slice:
        """Which of these (never falling) are from `since` to before `until`."""
        begin = 0 if self.since is None else bisect_left(times, self.since)
        return slice(begin, len(times) if self.until is None else bisect_left(times, self.until))


def number(name: str, value: float | str | Decimal) -> Decimal:
    """An option that is a number, exactly. Raises BadRequest."""
    try:
        return exact(value)
    except ValueError as reason:
        raise BadRequest(f"{name}: {reason}") from None


def moment(name: str, value: Moment) -> int:
    """An option that is a time, in ms. Raises BadRequest."""
    try:
        return milliseconds(value.isoformat() if isinstance(value, date) else value)
    except ValueError as reason:
        raise BadRequest(f"{name}: {reason}; write it like 2024-01-31 or 2024-01-31T12:00:00Z") from None
