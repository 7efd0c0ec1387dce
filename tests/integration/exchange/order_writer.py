"""One process of several that place orders on one venue: `python order_writer.py URL NAME COUNT`.

Prints a line for every order the exchange accepted.
"""

from __future__ import annotations

import sys
from decimal import Decimal

from mockexchange.clock import SystemClock
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection


def main(url: str, name: str, count: int) -> None:
    connection = Connection(url)
    exchange = Exchange(ValkeyStore(connection), SystemClock(), Rules())
    exchange.open_account("alice", {"USDT": Decimal(100_000)})
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        price = Decimal(40) + Decimal(number) / 100
        command = PlaceOrder(
            account_id="alice",
            symbol="BTC/USDT",
            side=Side.BUY,
            type=OrderType.LIMIT,
            quantity=Decimal("0.25"),
            price=price,
            client_order_id=f"{name}-{number}",
        )
        placed = exchange.place(command).order
        print(placed.order_id, price, flush=True)
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
