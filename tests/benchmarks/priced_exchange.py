"""A process that stands in for a live exchange: as many markets as asked for, all of which move with every request."""

from __future__ import annotations

import sys
from itertools import count

from tests.stand_in_exchange.server import StandInExchange, running_exchange


def main(markets: int) -> None:
    """Print the address, and serve until stdin is closed."""
    with running_exchange() as exchange:
        for number in range(markets):
            exchange.add(f"C{number}/USDT")
        moves = count(1)
        exchange.failing = lambda path: _move(exchange, next(moves)) if "bookTicker" in path else None
        print(exchange.url, flush=True)
        sys.stdin.read()


def _move(exchange: StandInExchange, number: int) -> None:
    for market in exchange.markets.values():
        market.bid, market.ask = f"100.{number % 100:02d}", f"101.{number % 100:02d}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
