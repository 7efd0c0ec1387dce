"""Quotes that go out together are logged in their order, or not at all, whatever happens to the server meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from mockexchange.domain.quotes import Quote
from mockexchange.ports import FeedTick
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Command, Connection

START = 1_700_000_000_000


class LateConnection(Connection):
    """To a server that did not take the first commands of a pipeline, because it was still loading, and took the
    others; then everything is sent again."""

    def pipe(self, commands: Sequence[Command]) -> list[Any]:
        if len(commands) > 3:
            super().pipe(commands[3:])
        return super().pipe(commands)


def test_a_quote_never_overtakes_one_that_was_not_taken(valkey_url: str) -> None:
    store = ValkeyStore(LateConnection(valkey_url))
    ticks = [
        (FeedTick(Quote(symbol, Decimal(position), Decimal(position), Decimal(position), START), position), START)
        for position in range(1, 6)
        for symbol in ("BTC/USDT", "ETH/USDT")
    ]

    numbers = store.append_all(ticks, "test")

    assert numbers == [number for number in range(1, 6) for _ in range(2)]
    for symbol in ("BTC/USDT", "ETH/USDT"):
        assert [tick.quote.bid for tick in store.ticks(symbol, 0, 10)] == [1, 2, 3, 4, 5]
