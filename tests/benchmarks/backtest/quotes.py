"""The quotes that every engine gets, and what a run on them must come to.

Numbers and numpy only: each engine's own environment imports this too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEED = 7
FIRST = 1_767_225_600_000
"""2026-01-01, in ms."""
APART = 100
"""ms between two quotes."""
SPREAD = 0.02
"""Always the same: an engine that knows one price only gets it as a slippage of half of it."""
AMOUNT = 0.01
EVERY = 10
"""Quotes between two market orders, which buy and sell in turn."""
RESTING = 1_000
"""Limit orders far below the market."""
COMMISSION = 0.001
CASH, COINS = 1_000_000.0, 10.0
"""What an account has at first."""


@dataclass(frozen=True)
class Quotes:
    """Columns; `timestamp` in ms."""

    timestamp: NDArray[np.int64]
    bid: NDArray[np.float64]
    ask: NDArray[np.float64]
    bid_size: NDArray[np.float64]
    ask_size: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.timestamp)

    @property
    def middle(self) -> NDArray[np.float64]:
        """Halfway between bid and ask."""
        return np.round((self.bid + self.ask) / 2, 2)

    def first(self, count: int) -> Quotes:
        """Some from the beginning."""
        return Quotes(**{name: column[:count].copy() for name, column in vars(self).items()})

    def save(self, path: Path) -> None:
        np.savez(path, **vars(self))


def load(path: Path) -> Quotes:
    with np.load(path) as columns:
        return Quotes(**columns)


def made(count: int, seed: int = SEED) -> Quotes:
    """A random walk of whole cents around 50,000, which stays far above what rests."""
    chance = np.random.default_rng(seed)
    cents = 5_000_000 + np.cumsum(chance.integers(-100, 101, count))
    cents = np.clip(cents, 4_000_000, 6_000_000)
    bid = np.round(cents / 100, 2)
    sizes = np.round(chance.integers(100, 1_000, (2, count)) / 100, 2)
    return Quotes(FIRST + APART * np.arange(count, dtype=np.int64), bid, np.round(bid + SPREAD, 2), sizes[0], sizes[1])


def resting_prices() -> list[float]:
    """Where limit orders rest: from 25,000 down, a dollar apart."""
    return [25_000.0 - number for number in range(RESTING)]


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `traded`: price times amount, over all fills; `profit`: what the account gained, with its
    coins at the last bid."""

    fills: int
    traded: float
    profit: float


def expected(quotes: Quotes, case: str) -> Outcome:
    """By arithmetic, with fees in the quote asset: orders meet the quote that they were decided by."""
    if case != "orders":
        return Outcome(0, 0.0, 0.0)
    buys, sells = quotes.ask[EVERY - 1 :: 2 * EVERY], quotes.bid[2 * EVERY - 1 :: 2 * EVERY]
    bought, sold = float(buys.sum()) * AMOUNT, float(sells.sum()) * AMOUNT
    held = (len(buys) - len(sells)) * AMOUNT * float(quotes.bid[-1])
    traded = bought + sold
    return Outcome(len(buys) + len(sells), traded, sold - bought + held - COMMISSION * traded)
