"""A process that stands in for a live exchange: as many markets as asked for, all of which move with every request."""

from __future__ import annotations

import sys
import time

from tests.stand_in_exchange.server import StandInExchange, running_exchange


def main(count: int) -> None:
    """Print the address, and serve until stdin is closed."""
    with running_exchange() as exchange:
        for number in range(count):
            exchange.add(f"C{number}/USDT")
        exchange.failing = lambda path: _move(exchange) if "bookTicker" in path else None
        print(exchange.url, flush=True)
        sys.stdin.read()


def _move(exchange: StandInExchange) -> None:
    cents = time.time_ns() // 1_000_000 % 1000
    for market in exchange.markets.values():
        market.bid, market.ask = f"100.{cents:03d}", f"101.{cents:03d}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
