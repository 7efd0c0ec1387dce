"""Faults on purpose as the screen Admin has them: one by one. The exchange knows one plan of them all, which a new one
replaces whole; so one more, or one less, is the plan with a change in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mockexchange.clients.chaos import Chaos

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault: its name in the API and in the answers of the client, what it does, and what is counted. Percents are
    shares there. What has no unit is on or off."""

    name: str
    attribute: str
    label: str
    unit: str

    def amount(self, chaos: Chaos) -> Decimal:
        """How much of it there is, in its unit; 0: none. On is 1."""
        found: Decimal | int | bool = getattr(chaos, self.attribute)
        return Decimal(found) * (HUNDRED if self.unit.startswith("%") else 1)

    def asked(self, amount: Decimal) -> Any:
        """So much of it, as the API is asked for it."""
        if not self.unit:
            return amount > 0
        return amount.scaleb(-2) if self.unit.startswith("%") else int(amount)


_REQUESTS, _QUOTES = "% of requests", "% of quotes"

KINDS = (
    Kind("latencyMs", "latency_ms", "Latency: requests wait", "ms"),
    Kind("jitterMs", "jitter_ms", "Jitter: requests wait up to so much longer", "ms"),
    Kind("rateLimited", "rate_limited", "Too many requests: 429, nobody looked at it", _REQUESTS),
    Kind("banned", "banned", "Banned: 418 on the Binance wire, nobody looked at it", _REQUESTS),
    Kind("unavailable", "unavailable", "Unavailable: 503, nobody looked at it", _REQUESTS),
    Kind("dropped", "dropped", "Dropped: the connection ends, nobody looked at it", _REQUESTS),
    Kind("rejected", "rejected", "Rejected: new orders are refused by the matching engine", _REQUESTS),
    Kind("error", "error", "Error: carried out, and answered with 500", _REQUESTS),
    Kind("timeout", "timeout", "Time-out: carried out, and answered with a time-out", _REQUESTS),
    Kind("lost", "lost", "Lost: carried out, and the connection ends without an answer", _REQUESTS),
    Kind("maintenance", "maintenance", "Maintenance: everything is refused", ""),
    Kind("frozen", "frozen", "Frozen prices: quotes come, but stand still", ""),
    Kind("staleSec", "stale_sec", "Old quotes: of so many seconds ago", "s"),
    Kind("gap", "gap", "Gaps: quotes are missing", _QUOTES),
)
"""In the order in which they befall a request; those of quotes last."""

ASKS_TO_WAIT = ("rateLimited", "banned")
"""What comes with a time after which to try again."""


def active(chaos: Chaos) -> list[tuple[Kind, Decimal]]:
    """What goes wrong, and how much of each."""
    return [(kind, amount) for kind in KINDS if (amount := kind.amount(chaos))]


def with_fault(
    chaos: Chaos,
    kind: Kind,
    amount: Decimal,
    *,
    minutes: Decimal | None,
    doors: list[str],
    routes: list[str],
    retry_after: int,
    seed: int,
) -> dict[str, Any]:
    """The plan with one more fault. For how long and where counts for all of them."""
    plan = _plan(chaos)
    plan |= {
        kind.name: kind.asked(amount),
        "doors": doors,
        "routes": routes,
        "retryAfterSec": retry_after,
        "seed": seed,
    }
    return plan if minutes is None else {**plan, "forSec": int(minutes * 60)}


def without_fault(chaos: Chaos, kind: Kind, now: int) -> dict[str, Any] | None:
    """The plan without one of its faults, which ends when it would have; None: nothing is left of it. `now` in ms."""
    plan = _plan(chaos)
    plan.pop(kind.name, None)
    if not any(each.name in plan for each in KINDS):
        return None
    return plan if chaos.until is None else {**plan, "forSec": max(1, (chaos.until - now) // 1000)}


def _plan(chaos: Chaos) -> dict[str, Any]:
    faults: Mapping[str, Any] = {kind.name: kind.asked(amount) for kind, amount in active(chaos)}
    return {
        **faults,
        "doors": list(chaos.doors),
        "routes": list(chaos.routes),
        "retryAfterSec": chaos.retry_after_sec,
        "seed": chaos.seed,
    }
