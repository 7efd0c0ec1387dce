"""A venue in memory whose store counts what the matcher asks of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from mockexchange.clock import ManualClock
from mockexchange.domain.models import Engine, TouchModel
from mockexchange.domain.orders import Order, Side
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.matcher import MatchReport
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from ..domain.words import NOW, STALE_AFTER, command, fill_words, quote, state


class CountingStore(MemoryStore):
    """Counts the reads that cost the matcher time."""

    def __init__(self, log_length: int) -> None:
        super().__init__(log_length)
        self.asked: Counter[str] = Counter()

    def crossing(
        self, symbol: str, side: Side, price: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        self.asked["crossing"] += 1
        return super().crossing(symbol, side, price, after, limit)

    def arrivals(self, symbol: str, after: int, limit: int) -> list[int]:
        self.asked["arrivals"] += 1
        return super().arrivals(symbol, after, limit)


class Venue:
    """Alice and others on any market, each with plenty of everything. Every check of a story ends with `audit`."""

    def __init__(
        self,
        *,
        sized: bool = False,
        log_length: int = 10_000,
        accounts: Iterable[str] = ("alice",),
        scales: Mapping[str, int] | None = None,
    ) -> None:
        self.clock = ManualClock(NOW)
        self.store = CountingStore(log_length)
        rules = Rules(engine=Engine(TouchModel(sized=sized), STALE_AFTER), scales=scales or {})
        self.exchange = Exchange(self.store, self.clock, rules)
        for account in accounts:
            self.exchange.open_account(account, {asset: Decimal(10**9) for asset in ("BTC", "ETH", "USDT")})

    def tick(self, words: str, symbol: str = "BTC/USDT", *, age: int = 0) -> None:
        """Log a quote; nothing is matched."""
        self.store.append(
            FeedTick(quote(words, symbol, at=self.clock.time - age), 0), "test", self.clock.time, serves=False
        )

    def place(self, words: str, symbol: str = "BTC/USDT", *, account: str = "alice") -> Order:
        """Place an order on the newest tick."""
        return self.exchange.place(replace(command(words, symbol), account_id=account)).order

    def match(self, ticks: int | None = None) -> MatchReport:
        """Match all, or stop after a number of ticks that touch something."""
        asked = iter(range(10**9 if ticks is None else ticks + 1))
        return self.exchange.match(keep_on=lambda: next(asked, None) is not None)

    def states(self, account: str = "alice") -> list[str]:
        """How each order stands, oldest first."""
        return [state(order) for order in reversed(self.exchange.orders(account, limit=10_000).items)]

    def fills(self, account: str = "alice") -> list[str]:
        """Tick and words of each fill, oldest first."""
        trades = self.exchange.trades(account, limit=10_000).items
        return [f"{fill.tick}: {fill_words(fill)}" for fill in reversed(trades)]

    def done(self, symbol: str = "BTC/USDT") -> int:
        """How far the symbol's ticks are matched."""
        (backlog,) = self.store.backlogs([symbol], 1)
        return backlog.done

    def audit(self) -> None:
        """The books are clean."""
        assert self.exchange.audit().problems == []
