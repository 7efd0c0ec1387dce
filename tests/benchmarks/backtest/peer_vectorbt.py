"""vectorbt: orders are an array that is there before the run, or come from a function compiled by numba. Compiling, or
loading what was compiled, is not measured: each run is made once before.
"""

from __future__ import annotations

import numpy as np
import vectorbt as vbt
from numba import njit
from vectorbt.portfolio.nb import order_nothing_nb

from .measuring import Absent, Stopwatch, tell
from .quotes import AMOUNT, CASH, COMMISSION, EVERY, Outcome, Quotes


@njit
def do_nothing(context):  # noqa: ANN001, ANN201  # numba's own types
    return order_nothing_nb()


def portfolio(quotes: Quotes, case: str) -> vbt.Portfolio:
    if case == "called":
        return vbt.Portfolio.from_order_func(quotes.middle, do_nothing, init_cash=CASH)
    size = np.full(len(quotes), np.nan)
    price = quotes.ask.copy()
    if case == "orders":
        size[EVERY - 1 :: 2 * EVERY] = AMOUNT
        size[2 * EVERY - 1 :: 2 * EVERY] = -AMOUNT
        price[2 * EVERY - 1 :: 2 * EVERY] = quotes.bid[2 * EVERY - 1 :: 2 * EVERY]
    return vbt.Portfolio.from_orders(quotes.middle, size=size, price=price, fees=COMMISSION, init_cash=CASH)


def run(quotes: Quotes, case: str, watch: Stopwatch) -> Outcome:
    if case in ("resting", "waiting"):
        raise Absent("its core has no resting orders")
    portfolio(quotes.first(100), case)
    with watch:
        made = portfolio(quotes, case)
    records = made.orders.values
    signs = np.where(records["side"] == 0, 1.0, -1.0)
    values = records["price"] * records["size"]
    cash = -float((signs * values).sum()) - float(records["fees"].sum())
    coins = float((signs * records["size"]).sum())
    return Outcome(len(records), float(values.sum()), cash + coins * float(quotes.bid[-1]))


if __name__ == "__main__":
    tell(vbt.__version__, run)
