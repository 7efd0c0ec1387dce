"""Faults on purpose: which of them befall a request or a quote. Pure.

A plan says how often each fault happens. Whether it happens to one request is worked out from the plan's seed and the
request's number alone, so that the same plan does the same to the same requests again. No fault touches the books: a
request is refused before the exchange sees it, or its answer is lost after it was carried out as ever.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from .amounts import ONE, ZERO, decimal_places, multiply, text
from .errors import BadRequest
from .quotes import Quote


class Door(StrEnum):
    """Where requests come in."""

    BINANCE = "binance"
    """the Binance wire"""
    NATIVE = "native"
    """the native HTTP API"""


class Fault(StrEnum):
    """What can go wrong, by the names that it is asked for."""

    LATENCY = "latency"
    """the request waits before anybody looks at it"""
    MAINTENANCE = "maintenance"
    """the exchange says that it is under maintenance"""
    DROPPED = "dropped"
    """the connection ends; nobody looked at the request"""
    UNAVAILABLE = "unavailable"
    """503 from whatever stands before the exchange; nobody looked at the request"""
    BANNED = "banned"
    """the address is banned for a while (418 on the Binance wire); nobody looked at the request"""
    RATE_LIMITED = "rateLimited"
    """429: too many requests; nobody looked at this one"""
    REJECTED = "rejected"
    """the matching engine refuses a new order that it would have taken"""
    LOST = "lost"
    """the request is carried out, and the connection ends without an answer"""
    ERROR = "error"
    """the request is carried out, and answered with 500"""
    TIMEOUT = "timeout"
    """the request is carried out, and answered with a time-out: nobody is told what became of it"""
    FROZEN = "frozen"
    """quotes come, but their prices stand still"""
    STALE = "stale"
    """quotes are of some time ago"""
    GAP = "gap"
    """quotes are missing"""


INSTEAD = (Fault.DROPPED, Fault.UNAVAILABLE, Fault.BANNED, Fault.RATE_LIMITED)
"""What happens instead of the request; the first that is drawn."""

AFTERWARDS = (Fault.LOST, Fault.ERROR, Fault.TIMEOUT)
"""What happens to the answer of a request that was carried out; the first that is drawn."""

RATED = (*INSTEAD, Fault.REJECTED, *AFTERWARDS)
"""Faults of requests that happen at a rate."""

LONGEST_LATENCY = 60_000
"""ms: longer than any client waits."""

LONGEST = 7 * 86_400
"""Seconds: how long a plan, a ban or the delay of a quote may last at most."""

MOST_ROUTES = 20
LARGEST_SEED = 2**63 - 1
MOST_PLACES = 6
"""Decimal places of a rate: one in a million."""

_SPAN = 1 << 48
_ROUTE = re.compile(r"([A-Z]{3,6} )?/[!-~]{0,119}")


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """What goes wrong, and how often.

    `rates` are shares from 0 to 1 of the requests that the plan is for: those of `doors` whose path begins with one of
    `routes` (none: all), which may name a method too, like `POST /api/v3/order`. `latency` and `jitter` in ms: each
    waits `latency`, and up to `jitter` more. `retry_after` (seconds) is what a 429 and a ban ask for. `gap` is the
    share of quotes that are missing, `stale` how many ms quotes are too old. `until` (wall ms) is when it ends by
    itself, None: never. `first` is the last number that was given to a request before the plan began.
    """

    seed: int = 0
    until: int | None = None
    first: int = 0
    doors: tuple[Door, ...] = tuple(Door)
    routes: tuple[str, ...] = ()
    latency: int = 0
    jitter: int = 0
    retry_after: int = 2
    rates: Mapping[Fault, Decimal] = field(default_factory=dict[Fault, Decimal])
    maintenance: bool = False
    frozen: bool = False
    stale: int = 0
    gap: Decimal = ZERO

    @property
    def of_feed(self) -> bool:
        """Whether anything happens to quotes."""
        return bool(self.frozen or self.stale or self.gap)

    @property
    def of_requests(self) -> bool:
        """Whether anything happens to requests."""
        return bool(self.latency or self.jitter or self.maintenance or any(self.rates.values()))

    def is_over(self, now: int) -> bool:
        """Whether it has ended by itself; `now` in wall ms."""
        return self.until is not None and now >= self.until

    def is_for(self, door: Door, method: str, path: str) -> bool:
        """Whether a request is one that something may happen to."""
        if not self.of_requests or door not in self.doors:
            return False
        return not self.routes or any(_begins(route, method, path) for route in self.routes)


@dataclass(frozen=True, slots=True)
class RequestFaults:
    """What happens to one request: it waits `latency` ms; then something happens `instead` of it, or the new order in
    it is `rejected`, or something happens to its answer `afterwards`."""

    latency: int = 0
    instead: Fault | None = None
    rejected: bool = False
    afterwards: Fault | None = None


def check_plan(plan: ChaosPlan) -> None:
    """Raises BadRequest unless it says something, within bounds."""
    if not (plan.of_requests or plan.of_feed):
        raise BadRequest("a plan of nothing: name at least one fault, with a rate above 0")
    for name, rate in (*plan.rates.items(), (Fault.GAP, plan.gap)):
        if not ZERO <= rate <= ONE or decimal_places(rate) > MOST_PLACES:
            raise BadRequest(
                f"{name} must be a share from 0 to 1 with at most {MOST_PLACES} decimal places, was {text(rate)}"
            )
    bounds = (
        ("latencyMs", plan.latency, 0, LONGEST_LATENCY),
        ("jitterMs", plan.jitter, 0, LONGEST_LATENCY),
        ("retryAfterSec", plan.retry_after, 1, LONGEST),
        ("staleSec", plan.stale // 1000, 0, LONGEST),
        ("seed", plan.seed, 0, LARGEST_SEED),
    )
    for name, value, least, most in bounds:
        if not least <= value <= most:
            raise BadRequest(f"{name} must be from {least} to {most}, was {value}")
    if not plan.doors:
        raise BadRequest(f"doors must name one at least: {', '.join(Door)}")
    if len(plan.routes) > MOST_ROUTES:
        raise BadRequest(f"routes must be {MOST_ROUTES} at most, were {len(plan.routes)}")
    for route in plan.routes:
        if not _ROUTE.fullmatch(route):
            raise BadRequest(
                f"a route is the beginning of a path, like /orders or POST /api/v3/order, was {route[:60]!r}"
            )


def faults_of(plan: ChaosPlan, number: int) -> RequestFaults:
    """What happens to the request with this number, counted from the plan's first."""
    latency = plan.latency
    if plan.jitter:
        latency += _drawn(plan.seed, number, Fault.LATENCY) * (plan.jitter + 1) // _SPAN
    if plan.maintenance:
        return RequestFaults(latency, Fault.MAINTENANCE)
    instead = _first(INSTEAD, plan, number)
    if instead is not None:
        return RequestFaults(latency, instead)
    rejected = _hits(plan.rates.get(Fault.REJECTED, ZERO), plan.seed, number, Fault.REJECTED)
    return RequestFaults(latency, None, rejected, _first(AFTERWARDS, plan, number))


def disturbed(plan: ChaosPlan, quote: Quote, last: Quote | None) -> Quote | None:
    """What becomes of a quote that comes after `last`; None: it is missing."""
    if _hits(plan.gap, plan.seed, f"{quote.symbol}|{quote.timestamp}", Fault.GAP):
        return None
    timestamp = quote.timestamp - plan.stale
    if plan.frozen and last is not None:
        return replace(last, timestamp=timestamp)
    return replace(quote, timestamp=timestamp) if plan.stale else quote


def in_words(plan: ChaosPlan) -> str:
    """A plan for people, in ASCII: `latency 200-500 ms, timeout 5 %, for POST /orders`."""
    return ", ".join(_words(plan))


def _words(plan: ChaosPlan) -> Iterator[str]:
    if plan.latency or plan.jitter:
        upper = f"-{plan.latency + plan.jitter}" if plan.jitter else ""
        yield f"{Fault.LATENCY} {plan.latency}{upper} ms"
    if plan.maintenance:
        yield Fault.MAINTENANCE
    yield from (f"{name} {_percent(plan.rates[name])}" for name in RATED if plan.rates.get(name))
    if plan.frozen:
        yield "frozen prices"
    if plan.stale:
        yield f"quotes {text(Decimal(plan.stale).scaleb(-3))} s old"
    if plan.gap:
        yield f"{_percent(plan.gap)} of quotes missing"
    if plan.of_requests and set(plan.doors) != set(Door):
        yield f"on the door {' and '.join(plan.doors)}"
    if plan.of_requests and plan.routes:
        yield f"for {' and '.join(plan.routes)}"


def _percent(rate: Decimal) -> str:
    return f"{text(multiply(rate, Decimal(100)))} %"


def _begins(route: str, method: str, path: str) -> bool:
    named, _, begin = route.rpartition(" ")
    return named in ("", method) and path.startswith(begin)


def _first(faults: tuple[Fault, ...], plan: ChaosPlan, number: int) -> Fault | None:
    return next((each for each in faults if _hits(plan.rates.get(each, ZERO), plan.seed, number, each)), None)


def _hits(rate: Decimal, seed: int, number: int | str, fault: Fault) -> bool:
    return bool(rate) and _drawn(seed, number, fault) < multiply(rate, Decimal(_SPAN))


def _drawn(seed: int, number: int | str, fault: Fault) -> int:
    """A number from 0 to below _SPAN that looks like chance, and is always the same for the same three."""
    # each fault draws for itself: more of one does not change which requests another one befalls
    digest = hashlib.blake2b(f"{seed}|{number}|{fault}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")
