"""One market of the stand-in, and how Binance writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class StandInMarket:
    """A market with its prices in hand; text, as it goes over the wire. None is written as null."""

    base: str
    quote: str
    bid: str | None = "100.00"
    ask: str | None = "100.01"
    bid_size: str = "1.50000000"
    ask_size: str = "2.50000000"
    last: str = "100.00"
    tick: str = "0.01000000"
    step: str = "0.00001000"
    quote_volume: str = "1000.00"
    status: str = "TRADING"
    trades: list[tuple[int, str, str, int, bool]] = field(default_factory=list[tuple[int, str, str, int, bool]])
    """Id, price, quantity, time in ms, whether the buyer was the maker."""

    @property
    def id(self) -> str:
        """BTCUSDT."""
        return self.base + self.quote

    def info(self) -> dict[str, Any]:
        """Its entry in exchangeInfo."""
        return {
            "symbol": self.id,
            "status": self.status,
            "baseAsset": self.base,
            "baseAssetPrecision": 8,
            "quoteAsset": self.quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "MARKET"],
            "isSpotTradingAllowed": True,
            "permissions": [],
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": self.tick,
                    "maxPrice": "1000000.00000000",
                    "tickSize": self.tick,
                },
                {"filterType": "LOT_SIZE", "minQty": self.step, "maxQty": "9000.00000000", "stepSize": self.step},
                {
                    "filterType": "MARKET_LOT_SIZE",
                    "minQty": "0.00000000",
                    "maxQty": "120.00000000",
                    "stepSize": "0.00100000",
                },
                {
                    "filterType": "PERCENT_PRICE_BY_SIDE",
                    "bidMultiplierUp": "4",
                    "bidMultiplierDown": "0.1",
                    "askMultiplierUp": "6",
                    "askMultiplierDown": "0.3",
                    "avgPriceMins": 5,
                },
                {"filterType": "NOTIONAL", "minNotional": "5.00000000", "maxNotional": "9000000.00000000"},
                {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 300},
            ],
        }

    def book_ticker(self) -> dict[str, Any]:
        """Its entry in ticker/bookTicker."""
        return {
            "symbol": self.id,
            "bidPrice": self.bid,
            "bidQty": self.bid_size,
            "askPrice": self.ask,
            "askQty": self.ask_size,
        }

    def ticker(self, now: int) -> dict[str, Any]:
        """Its entry in ticker/24hr."""
        return self.book_ticker() | {
            "lastPrice": self.last,
            "openPrice": self.last,
            "highPrice": self.last,
            "lowPrice": self.last,
            "volume": "10.00000000",
            "quoteVolume": self.quote_volume,
            "openTime": now - 86_400_000,
            "closeTime": now,
            "count": 1,
        }

    def depth(self, limit: int) -> dict[str, Any]:
        """Its book: each side a level below the other."""
        bids = [[self.bid, self.bid_size], *([f"{float(self.bid or 0) - level:.2f}", "3.0"] for level in (1, 2, 3))]
        asks = [[self.ask, self.ask_size], *([f"{float(self.ask or 0) + level:.2f}", "3.0"] for level in (1, 2, 3))]
        return {"lastUpdateId": 1, "bids": bids[:limit], "asks": asks[:limit]}

    def aggregate_trades(self) -> list[dict[str, Any]]:
        """Its tape, as aggTrades."""
        return [
            {"a": trade_id, "p": price, "q": quantity, "f": trade_id, "l": trade_id, "T": time, "m": maker, "M": True}
            for trade_id, price, quantity, time, maker in self.trades
        ]


def to_json(answer: object) -> bytes:
    """As an exchange writes it; NaN goes out as the bare word, which is no JSON and which some send all the same."""
    return json.dumps(answer).encode()
