"""What figures and filtered lists cost on an account with a history."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from mockexchange.api.listing import OrderFilter, page_of_orders
from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.journal import Matched
from mockexchange.domain.orders import Side
from mockexchange.domain.transactions import Transaction
from mockexchange.equity import EquityRecorder
from mockexchange.exchange import Exchange
from mockexchange.overview import Overview
from mockexchange.store.valkey import ValkeyStore

from .report import Figure
from .venue import ACCOUNT, MIDDLE, SYMBOL, rest, valkey, venue

ORDERS = 5_000
FILLS = 50_000
ACCOUNTS = 1_000


def figures() -> Iterator[Figure]:
    """Milliseconds, with the totals that a recorder keeps and without any."""
    with valkey() as url:
        exchange, store = venue(url)
        rest(exchange, store, ORDERS, first_price=MIDDLE - 1, step=Decimal("0.01"))
        _trade(exchange, store)
        overview = Overview(exchange)
        cold = {name: _best(ask) for name, ask in _questions(exchange, overview).items()}
        for _ in range(20):
            EquityRecorder(overview).run()
        for name, ask in _questions(exchange, overview).items():
            yield Figure(name, f"{_best(ask):.1f} ms", f"{cold[name]:.1f} ms before it was recorded", "", "50 ms")
    with valkey() as url:
        exchange, store = venue(url)
        for number in range(ACCOUNTS):
            exchange.open_account(f"account-{number}", {"USDT": Decimal(1000), "BTC": Decimal(1)})
        used = _used(store)
        recorder = EquityRecorder(Overview(exchange))
        took = _best(recorder.run, times=1)
        first = _used(store) - used
        each = f"{first / ACCOUNTS:.0f} bytes each at first"
        yield Figure(f"recording the equity of {ACCOUNTS} accounts", f"{took:.0f} ms", each)
        again = _best(EquityRecorder(Overview(exchange)).run, times=1)
        yield Figure("the same by another recorder in that minute", f"{again:.0f} ms")
        account, week = exchange.account("account-0"), 7 * 24 * 60
        used, begin = _used(store), exchange.now()
        for minute in range(1, week):
            store.record_equity([(account, Decimal("50123.45678"))], begin + minute * 60_000)
        yield Figure("a week of one account's equity, by minute", f"{(_used(store) - used) / 1024:.0f} KiB")


def _questions(exchange: Exchange, overview: Overview) -> dict[str, Callable[[], object]]:
    closed = OrderFilter("canceled", side=Side.SELL)
    return {
        "capital": lambda: overview.capital(ACCOUNT),
        "assets": lambda: overview.balances(ACCOUNT),
        "trades": lambda: overview.turnover(ACCOUNT),
        f"a filter that no order of {ORDERS} passes": lambda: page_of_orders(exchange, ACCOUNT, closed, None, 100),
    }


def _best(ask: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of the fastest of some tries."""
    took: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    return min(took) * 1000


def _trade(exchange: Exchange, store: ValkeyStore) -> None:
    """Fills in the record, as a match would write them; no money moves."""
    account = exchange.account(ACCOUNT)
    one = Decimal(1)
    fill = Fill(
        0, 1, SYMBOL, Side.BUY, MIDDLE, one, MIDDLE, Decimal("0.001"), "BTC", Liquidity.MAKER, 1, 1, "bench", "touch",
        Decimal("0.001"),
    )  # fmt: skip
    first = store.next_id("trade", FILLS)
    for start in range(0, FILLS, 500):
        store.commit(
            [
                Transaction(
                    Matched(1, SYMBOL, 1, 1, first + start + number),
                    account,
                    fills=(replace(fill, trade_id=first + start + number),),
                )
                for number in range(500)
            ]
        )


def _used(store: ValkeyStore) -> int:
    lines = store.connection.run("INFO", "memory").decode().splitlines()
    return int(next(line for line in lines if line.startswith("used_memory:")).partition(":")[2])
