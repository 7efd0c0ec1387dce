"""Calls about faults on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from .calls import Calls


class Chaos(Struct, frozen=True, kw_only=True, rename="camel"):
    """What goes wrong on purpose. Rates are shares from 0 to 1; `until` (ms) is when it ends by itself."""

    on: bool
    summary: str
    until: int | None
    seed: int
    doors: tuple[str, ...]
    routes: tuple[str, ...]
    latency_ms: int
    jitter_ms: int
    rate_limited: Decimal
    banned: Decimal
    retry_after_sec: int
    unavailable: Decimal
    dropped: Decimal
    rejected: Decimal
    error: Decimal
    timeout: Decimal
    lost: Decimal
    maintenance: bool
    frozen: bool
    stale_sec: int
    gap: Decimal


class ChaosCalls(Calls):
    """Seeing, setting and ending them. Needs an admin key."""

    def chaos(self) -> Chaos:
        """What goes wrong now."""
        return self._wire.read("/admin/chaos", Chaos)

    def set_chaos(self, faults: Mapping[str, Any]) -> Chaos:
        """Let things go wrong, by the names that the API has for them, in the place of what was set before."""
        return self._wire.command("PUT", "/admin/chaos", Chaos, body=dict(faults), look=SHOWN, send_again=True)

    def end_chaos(self) -> Chaos:
        """Let nothing go wrong any more."""
        return self._wire.command("DELETE", "/admin/chaos", Chaos, look=SHOWN, send_again=True)


SHOWN = "`mockx chaos show` shows what is on"
