"""What becomes of a stop: one table for every store and both doors.

Alice has 1,000 USDT and 2 BTC; BTC/USDT stands at 99 / 101, the last price is 100. A tick is `bid ask last`. What is
expected is Binance's word (rest-api.md, "New order"), and docs/binance.md's where Binance says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_TICK = "99 101 100"


@dataclass(frozen=True)
class After:
    """A tick, and what it leaves: the order's status, whether it works, and its fills so far as `quantity @ price`."""

    tick: str
    status: str
    works: bool
    fills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """One stop. `held` is what alice has once it is placed and `owned` in the end, as `free+locked` of each asset."""

    name: str
    type: str
    side: str
    quantity: str
    stop_price: str
    held: str
    ticks: tuple[After, ...]
    owned: str
    price: str | None = None
    time_in_force: str | None = None

    @property
    def is_stop_loss(self) -> bool:
        return self.type.startswith("STOP_LOSS")


def waits(tick: str) -> After:
    return After(tick, "NEW", works=False)


def fills(tick: str, *parts: str) -> After:
    return After(tick, "FILLED", works=True, fills=parts)


SCENARIOS = [
    Scenario(
        "a stop-loss sells at the bid once the price has fallen to it",
        "STOP_LOSS", "SELL", "1", "95",
        "USDT 1000, BTC 1+1", (waits("96 97 95.01"), fills("94 96 95", "1 @ 94")), "USDT 1093.906, BTC 1",
    ),
    Scenario(
        "a price that jumps over it takes it along",
        "STOP_LOSS", "SELL", "1", "95",
        "USDT 1000, BTC 1+1", (fills("80 81 80", "1 @ 80"),), "USDT 1079.92, BTC 1",
    ),
    Scenario(
        "a stop-loss buys at the ask once the price has risen to it, and what it holds no money for is free",
        "STOP_LOSS", "BUY", "2", "105",
        "USDT 790+210, BTC 2", (waits("104 105.5 104.99"), fills("105 106 105", "2 @ 106")), "USDT 788, BTC 3.998",
    ),
    Scenario(
        "what it does not need of its lock is released",
        "STOP_LOSS", "BUY", "2", "105",
        "USDT 790+210, BTC 2", (fills("103 104 105", "2 @ 104"),), "USDT 792, BTC 3.998",
    ),
    Scenario(
        "where what is free does not pay for the rest, it buys what it holds money for",
        "STOP_LOSS", "BUY", "9.5", "105",
        "USDT 2.5+997.5, BTC 2", (After("105 110 105", "EXPIRED", works=True, fills=("9.06818 @ 110",)),),
        "USDT 2.5002, BTC 11.05911182",
    ),
    Scenario(
        "a stop-loss limit order takes at once when it is marketable",
        "STOP_LOSS_LIMIT", "SELL", "1", "95",
        "USDT 1000, BTC 1+1", (waits("95.5 96 95.5"), fills("94.5 96 95", "1 @ 94.5")), "USDT 1094.4055, BTC 1",
        price="94",
    ),
    Scenario(
        "and rests when it is not",
        "STOP_LOSS_LIMIT", "SELL", "1", "95",
        "USDT 1000, BTC 1+1",
        (After("94 95.5 95", "NEW", works=True), After("95 98 97", "NEW", works=True), fills("96 97 96", "1 @ 96")),
        "USDT 1095.904, BTC 1",
        price="96",
    ),
    Scenario(
        "one that buys holds its limit price",
        "STOP_LOSS_LIMIT", "BUY", "2", "105",
        "USDT 788+212, BTC 2", (waits("103 104 103"), fills("104 105.5 105", "2 @ 105.5")), "USDT 789, BTC 3.998",
        price="106",
    ),
    Scenario(
        "one that may not rest expires",
        "STOP_LOSS_LIMIT", "BUY", "2", "105",
        "USDT 792+208, BTC 2", (After("105 106 105", "EXPIRED", works=True),), "USDT 1000, BTC 2",
        price="104", time_in_force="IOC",
    ),
    Scenario(
        "all at once or none",
        "STOP_LOSS_LIMIT", "SELL", "2", "95",
        "USDT 1000, BTC 0+2", (fills("95 96 95", "2 @ 95"),), "USDT 1189.81, BTC 0",
        price="90", time_in_force="FOK",
    ),
    Scenario(
        "a take-profit sells once the price has risen to it",
        "TAKE_PROFIT", "SELL", "1", "110",
        "USDT 1000, BTC 1+1", (waits("109 112 109.99"), fills("110 111 110", "1 @ 110")), "USDT 1109.89, BTC 1",
    ),
    Scenario(
        "a take-profit buys once the price has fallen to it",
        "TAKE_PROFIT", "BUY", "2", "90",
        "USDT 820+180, BTC 2", (waits("90 91 90.01"), fills("89 90.5 90", "2 @ 90.5")), "USDT 819, BTC 3.998",
    ),
    Scenario(
        "a take-profit limit order that sells rests above",
        "TAKE_PROFIT_LIMIT", "SELL", "1", "110",
        "USDT 1000, BTC 1+1", (After("110 111 110", "NEW", works=True), fills("113 114 113", "1 @ 112")),
        "USDT 1111.888, BTC 1",
        price="112",
    ),
    Scenario(
        "a take-profit limit order that buys takes at once when it is marketable",
        "TAKE_PROFIT_LIMIT", "BUY", "2", "90",
        "USDT 818+182, BTC 2", (waits("91 92 91"), fills("89 90 89", "2 @ 90")), "USDT 820, BTC 3.998",
        price="91",
    ),
]  # fmt: skip
"""State before, ticks, order, fills, balances after."""


def amounts(owned: str) -> dict[str, tuple[str, str]]:
    """`USDT 790+210, BTC 2` as free and locked by asset."""
    found: dict[str, tuple[str, str]] = {}
    for part in owned.split(", "):
        asset, held = part.split()
        free, _, locked = held.partition("+")
        found[asset] = (free, locked or "0")
    return found
