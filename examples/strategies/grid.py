"""A grid: 25 buys below the price and 25 sells above it. What a buy bought is for sale a step higher; what was sold is
bought back a step lower. So 50 orders rest at any time, and each pair of fills earns a step.

    mockx backtest run examples/strategies/grid.py --data BTC_USDT-1m.csv.gz --balance USDT=10000,BTC=0.1

On history, on paper or on a real exchange: `exchange` is anything with ccxt's methods (sync).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

SYMBOL = "BTC/USDT"
LEVELS = 25
"""On each side."""
STEP = 0.01
"""Between two levels, as a fraction of the middle."""
AMOUNT = 0.001
WAIT = 60_000
"""ms between two looks."""


@dataclass(frozen=True)
class Grid:
    """What the strategy knows. Level 0 is the price that it began at; `orders` are those that rest, side and level by
    id."""

    middle: float
    orders: dict[str, tuple[str, int]]


def run(exchange: Any) -> None:
    """The strategy: as long as it is let."""
    grid = start(exchange)
    while True:
        exchange.sleep(WAIT)
        grid = step(exchange, grid)


def start(exchange: Any) -> Grid:
    """Place the whole grid around the price. It needs coins for the sells and money for the buys."""
    exchange.load_markets()
    grid = Grid(exchange.fetch_ticker(SYMBOL)["last"], {})
    for level in range(1, LEVELS + 1):
        grid = place(exchange, grid, "buy", -level)
        grid = place(exchange, grid, "sell", level)
    return grid


def step(exchange: Any, grid: Grid) -> Grid:
    """Look which orders are gone, and place what follows them."""
    rest = {order["id"] for order in exchange.fetch_open_orders(SYMBOL)}
    for gone in [order for order in grid.orders if order not in rest]:
        side, level = grid.orders[gone]
        grid = replace(grid, orders={order: where for order, where in grid.orders.items() if order != gone})
        if exchange.fetch_order(gone, SYMBOL)["status"] != "closed":
            continue  # somebody canceled it: that leaves a gap
        grid = place(exchange, grid, "sell", level + 1) if side == "buy" else place(exchange, grid, "buy", level - 1)
    return grid


def place(exchange: Any, grid: Grid, side: str, level: int) -> Grid:
    """One more order, at its level."""
    price = exchange.price_to_precision(SYMBOL, grid.middle * (1 + STEP * level))
    amount = exchange.amount_to_precision(SYMBOL, AMOUNT)
    order = exchange.create_order(SYMBOL, "limit", side, float(amount), float(price))
    return replace(grid, orders={**grid.orders, order["id"]: (side, level)})
