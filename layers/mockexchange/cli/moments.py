"""Moments as people write them: a date, a date and time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

_AGO = re.compile(r"(\d{1,6})(s|m|h|d|w)")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Seconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def moment(given: str, now: int) -> int:
    """Milliseconds since the epoch of `2h` (ago), `2026-01-31`, `2026-01-31T12:00` (UTC unless it says otherwise) or a
    number of milliseconds. `now` in ms."""
    ago = _AGO.fullmatch(given.strip().lower())
    if ago:
        return now - int(ago[1]) * UNITS[ago[2]] * 1000
    if re.fullmatch(r"\d{12,14}", given):
        return int(given)
    try:
        read = datetime.fromisoformat(given)
    except ValueError:
        raise typer.BadParameter(
            f"a moment is written like 2h or 1d (ago), 2026-01-31, or 2026-01-31T12:00 (UTC), was {given!r}"
        ) from None
    return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - _EPOCH) // _MILLISECOND


def deadline(given: str) -> int:
    """Milliseconds since the epoch of a moment to come: `2h` (from now), or one that `moment` reads."""
    # here, as in span
    from ..clock import SystemClock

    now = SystemClock().now()
    ahead = _AGO.fullmatch(given.strip().lower())
    if ahead:
        return now + int(ahead[1]) * UNITS[ahead[2]] * 1000
    try:
        return moment(given, now)
    except typer.BadParameter:
        raise typer.BadParameter(
            f"--expires is written like 2h (from now), 2026-01-31, 2026-01-31T12:00 (UTC), or as milliseconds, "
            f"was {given!r}"
        ) from None


def span(since: str | None, until: str | None) -> tuple[int | None, int | None]:
    """Both ends of a time span in ms; None where it is open. Relative ones are counted from now."""
    if since is None and until is None:
        return None, None
    # here, not above: most commands need no clock
    from ..clock import SystemClock

    now = SystemClock().now()
    begin = None if since is None else moment(since, now)
    end = None if until is None else moment(until, now)
    if begin is not None and end is not None and begin > end:
        raise typer.BadParameter(f"--since must not be after --until, were {since!r} and {until!r}")
    return begin, end
