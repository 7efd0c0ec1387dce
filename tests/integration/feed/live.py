"""A live feeder with its clock in hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from mockexchange.domain.quotes import Tick
from mockexchange.feed.ccxt_calls import CcxtCalls
from mockexchange.feed.ccxt_source import CcxtOptions, CcxtSource
from mockexchange.feed.feeding import Feeder, FeedReport
from mockexchange.ports import MarketData
from mockexchange.store.memory_market import MemoryMarketData
from tests.stand_in_exchange.server import StandInExchange

START = 1_700_000_000_000
SYMBOLS = ("BTC/USDT", "ETH/USDT")


class Live:
    """What `mockx serve feeder` is, without the waiting. `time` is the wall clock (ms)."""

    def __init__(
        self,
        exchange: StandInExchange,
        *symbols: str,
        data: MarketData | None = None,
        config: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.exchange = exchange
        self.data = data or MemoryMarketData()
        self.time = START
        self._config = exchange.config() if config is None else config
        self._options = replace(CcxtOptions(symbols or SYMBOLS), **options)
        self.restart()

    def now(self) -> int:
        """See ports.Clock."""
        return self.time

    def restart(self) -> None:
        """A new process: nothing is remembered but what is in the data."""
        self.source = CcxtSource(CcxtCalls("binance", self._config), self._options, monotonic=lambda: 0.0)
        self.feeder = Feeder(self.data, self.source, self)

    def step(self, seconds: float = 2) -> FeedReport:
        """The clock moves, and the feeder takes a step."""
        self.time += round(seconds * 1000)
        return self.feeder.tick()

    def steps(self, count: int, seconds: float = 2) -> list[FeedReport]:
        """Several of them."""
        return [self.step(seconds) for _ in range(count)]

    def tick(self, symbol: str = "BTC/USDT") -> Tick:
        """The newest tick."""
        tick = self.data.market(symbol).tick
        assert tick is not None
        return tick

    def bid(self, symbol: str = "BTC/USDT") -> Decimal:
        """Of the newest tick."""
        return self.tick(symbol).quote.bid

    def age(self, symbol: str = "BTC/USDT") -> int:
        """Of the newest tick, in ms."""
        return self.time - self.tick(symbol).quote.timestamp

    def reason(self) -> str:
        """Of the outage on record."""
        outage = self.data.outage()
        assert outage is not None
        return outage.reason
