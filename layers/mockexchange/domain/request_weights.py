"""How much a client of the Binance wire may ask: request weight in a minute, new orders in ten seconds and in a day.

Windows are fixed, as Binance's are: they begin with the minute, the ten seconds and the day (UTC). Who goes on asking
after having been refused is not listened to for a while, longer each time (binance-spot-api-docs, rest-api.md,
"IP Limits"). Pure; store/lua/weigh.lua does the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

MINUTE = 60_000
TEN_SECONDS = 10_000
DAY = 86_400_000

PATIENCE = 50
"""Refusals in one minute after which somebody is banned. A client with a few threads that backs off stays far below."""

FIRST_BAN = 2 * MINUTE
LONGEST_BAN = 3 * DAY


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What each client may use; 0: any amount."""

    weight_per_minute: int = 0
    orders_per_10s: int = 0
    orders_per_day: int = 0

    @property
    def are_off(self) -> bool:
        """Whether nothing is limited."""
        return not (self.weight_per_minute or self.orders_per_10s or self.orders_per_day)


class WeightVerdict(IntEnum):
    """What came of one request."""

    ADMITTED = 0
    """it is counted"""
    TOO_MUCH_WEIGHT = 1
    """this minute's weight is used up"""
    TOO_MANY_ORDERS_10S = 2
    """ten seconds have had as many new orders as they may"""
    TOO_MANY_ORDERS_DAY = 3
    """the day has had as many new orders as it may"""
    BANNED = 4
    """it went on asking; nothing is answered for a while"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one client has used, as it is kept. Windows are numbers (time divided by length); `refused` counts in the
    present minute, `banned_until` is wall ms, `bans` says how long the next one will be."""

    minute: int = 0
    weight: int = 0
    refused: int = 0
    ten_seconds: int = 0
    orders_10s: int = 0
    day: int = 0
    orders_day: int = 0
    banned_until: int = 0
    bans: int = 0

    def at(self, now: int) -> Usage:
        """What counts at `now` (wall ms): windows that are over are empty."""
        minute, ten_seconds, day = now // MINUTE, now // TEN_SECONDS, now // DAY
        return Usage(
            minute,
            self.weight if self.minute == minute else 0,
            self.refused if self.minute == minute else 0,
            ten_seconds,
            self.orders_10s if self.ten_seconds == ten_seconds else 0,
            day,
            self.orders_day if self.day == day else 0,
            self.banned_until,
            self.bans,
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """One request, counted or refused. `wait`: milliseconds after which it may be made, 0 when it was admitted."""

    usage: Usage
    verdict: WeightVerdict = WeightVerdict.ADMITTED
    wait: int = 0


def weigh(usage: Usage, now: int, weight: int, orders: int, limits: RequestLimits) -> Weighed:
    """One request at `now` (wall ms) of so much weight that places so many orders."""
    if now < usage.banned_until:
        return Weighed(usage, WeightVerdict.BANNED, usage.banned_until - now)
    here = usage.at(now)
    if limits.weight_per_minute and here.weight + weight > limits.weight_per_minute:
        here = replace(here, refused=here.refused + 1)
        if here.refused <= PATIENCE:
            return Weighed(here, WeightVerdict.TOO_MUCH_WEIGHT, MINUTE - now % MINUTE)
        ban = min(FIRST_BAN * 2**here.bans, LONGEST_BAN)
        return Weighed(replace(here, banned_until=now + ban, bans=here.bans + 1), WeightVerdict.BANNED, ban)
    if orders and limits.orders_per_10s and here.orders_10s + orders > limits.orders_per_10s:
        return Weighed(here, WeightVerdict.TOO_MANY_ORDERS_10S, TEN_SECONDS - now % TEN_SECONDS)
    if orders and limits.orders_per_day and here.orders_day + orders > limits.orders_per_day:
        return Weighed(here, WeightVerdict.TOO_MANY_ORDERS_DAY, DAY - now % DAY)
    counted = replace(
        here,
        weight=here.weight + weight,
        orders_10s=here.orders_10s + orders,
        orders_day=here.orders_day + orders,
    )
    return Weighed(counted)
