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
    stop_price: str | None
    held: str
    ticks: tuple[After, ...]
    owned: str
    price: str | None = None
    time_in_force: str | None = None
    trailing_delta: int | None = None
    first_tick: str = FIRST_TICK

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
    # The scenarios of faqs/trailing-stop-faq.md, prices in hundreds; a tick for each price that is named there.
    Scenario(
        "A: a trailing stop-loss limit order that buys",
        "STOP_LOSS_LIMIT", "BUY", "2", "440",
        "USDT 100+900, BTC 2",
        (
            waits("370 371 370"), waits("439 440 440"), waits("449 450 450"), waits("459 460 460"),
            waits("419 420 420"), waits("440 440.9 440.99"), fills("440 441 441", "2 @ 441"),
        ),
        "USDT 118, BTC 3.998",
        price="450", trailing_delta=500, first_tick="399 401 400",
    ),
    Scenario(
        "B: a trailing stop-loss limit order that sells",
        "STOP_LOSS_LIMIT", "SELL", "1", "390",
        "USDT 1000, BTC 1+1",
        (
            waits("414 415 415"), waits("389 390 390"), waits("369 370 370"), waits("409 410 410"),
            waits("369 370 369.01"), After("368 369 369", "NEW", works=True), fills("381 382 381", "1 @ 380"),
        ),
        "USDT 1379.62, BTC 1",
        price="380", trailing_delta=1000, first_tick="399 401 400",
    ),
    Scenario(
        "C: a trailing take-profit limit order that buys",
        "TAKE_PROFIT_LIMIT", "BUY", "2", "380",
        "USDT 230+770, BTC 2",
        (
            waits("419 420 420"), waits("379 380 380"), waits("369 370 370"), waits("389 390 390"),
            waits("379 380 380"), waits("401 402 401.44"), After("401 402 401.45", "NEW", works=True),
            fills("384 384.5 384", "2 @ 385"),
        ),
        "USDT 230, BTC 3.998",
        price="385", trailing_delta=850, first_tick="399 401 400",
    ),
    Scenario(
        "D: a trailing take-profit limit order that sells",
        "TAKE_PROFIT_LIMIT", "SELL", "1", "420",
        "USDT 1000, BTC 1+1",
        (
            waits("414 415 415"), waits("389 390 390"), waits("419 420 420"), waits("449 450 450"),
            waits("439 440 440"), waits("464 465 465"), waits("430 431 430.126"), fills("430 431 430.125", "1 @ 430"),
        ),
        "USDT 1429.57, BTC 1",
        price="410", trailing_delta=750, first_tick="399 401 400",
    ),
    Scenario(
        "E: a trailing stop without a stop price",
        "STOP_LOSS_LIMIT", "SELL", "1", None,
        "USDT 1000, BTC 1+1",
        (waits("419 420 420"), waits("394 395 395"), waits("454 455 455"), fills("423 424 423.15", "1 @ 423")),
        "USDT 1422.577, BTC 1",
        price="390", trailing_delta=700, first_tick="399 401 400",
    ),
    Scenario(
        "one that falls from the start is measured from the price it was placed at",
        "STOP_LOSS", "SELL", "1", None,
        "USDT 1000, BTC 1+1", (waits("392 393 392.01"), fills("391 392 392", "1 @ 391")), "USDT 1390.609, BTC 1",
        trailing_delta=200, first_tick="399 401 400",
    ),
    Scenario(
        "a trailing buy without a limit holds the most that it may be triggered at",
        "STOP_LOSS", "BUY", "2", None,
        "USDT 160+840, BTC 2", (waits("379 380 380"), fills("399 399.5 399", "2 @ 399.5")), "USDT 201, BTC 3.998",
        trailing_delta=500, first_tick="399 401 400",
    ),
    Scenario(
        "one that begins at its stop price holds that much beyond it",
        "TAKE_PROFIT", "BUY", "2", "380",
        "USDT 202+798, BTC 2",
        (waits("381 382 380.01"), waits("378 379 379"), waits("397 398 397.94"), fills("397 398 397.95", "2 @ 398")),
        "USDT 204, BTC 3.998",
        trailing_delta=500, first_tick="399 401 400",
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
