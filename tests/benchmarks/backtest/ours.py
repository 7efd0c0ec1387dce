"""This project: `Backtest` on the quotes as a data frame, with what a user calls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib.metadata import version

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

from mockexchange import Backtest
from mockexchange.backtest.backtest import ACCOUNT
from mockexchange.domain.instruments import default_instrument

from .measuring import Stopwatch, tell
from .quotes import AMOUNT, CASH, COINS, COMMISSION, EVERY, RESTING, Outcome, Quotes, resting_prices

SYMBOL = "BTC/USDT"
MARKET = replace(default_instrument(SYMBOL, Decimal(50_000)), max_num_orders=0)
"""Of the usual limits, the one of 200 open orders is lifted."""


def run(quotes: Quotes, case: str, watch: Stopwatch) -> Outcome:
    frame = pd.DataFrame(
        {
            "timestamp": quotes.timestamp,
            "bid": quotes.bid,
            "ask": quotes.ask,
            "price": quotes.middle,
            "bid_size": quotes.bid_size,
            "ask_size": quotes.ask_size,
        }
    )
    bt = Backtest(
        {SYMBOL: frame},
        every={"silent": len(quotes), "orders": EVERY}.get(case, 1),
        balances={"USDT": CASH, "BTC": COINS},
        commission=COMMISSION,
        instruments={SYMBOL: MARKET},
    )
    if case == "waiting":
        _wait(bt, int(quotes.timestamp[-1]), watch)
    else:
        with watch:
            steps = _walk(bt, case, watch)
        assert steps == {"silent": 1, "orders": len(quotes) // EVERY}.get(case, len(quotes)), steps
    if case in ("waiting", "resting"):
        assert len(bt.exchange.fetch_open_orders(SYMBOL)) == RESTING
    return _outcome(bt, float(quotes.bid[-1]))


def _walk(bt: Backtest, case: str, watch: Stopwatch) -> int:
    steps = 0
    trade = bt.exchange.create_order
    for _ in bt:
        if case == "orders":
            trade(SYMBOL, "market", "sell" if steps % 2 else "buy", AMOUNT)
        elif case == "resting" and not steps:
            for price in resting_prices():
                trade(SYMBOL, "limit", "buy", AMOUNT, price)
            watch.start()  # again: what placing costs is not asked here
        steps += 1
    return steps


def _wait(bt: Backtest, until: int, watch: Stopwatch) -> None:
    exchange = bt.exchange
    for price in resting_prices():
        exchange.create_order(SYMBOL, "limit", "buy", AMOUNT, price)
    with watch:
        exchange.sleep(until - exchange.milliseconds())
    assert exchange.milliseconds() == until


def _outcome(bt: Backtest, last_bid: float) -> Outcome:
    page = bt.venue.trades(ACCOUNT, limit=1_000)
    found = page.items
    while page.cursor is not None:
        page = bt.venue.trades(ACCOUNT, limit=1_000, cursor=page.cursor)
        found += page.items
    fills, traded = len(found), float(sum(each.price * each.quantity for each in found))
    cash, coins = (float(bt.venue.balance(ACCOUNT, asset).total) for asset in ("USDT", "BTC"))
    return Outcome(fills, traded, cash - CASH + (coins - COINS) * last_bid)


if __name__ == "__main__":
    tell(version("mockexchange"), run)
