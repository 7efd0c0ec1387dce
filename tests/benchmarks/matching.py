"""What a tick costs, and how fast crossing orders settle."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from decimal import Decimal

from mockexchange.domain.fill_models import MODELS
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.store.valkey_connection import Connection

from .report import Figure
from .venue import ACCOUNT, MIDDLE, SYMBOL, rest, tick, valkey, venue

FAR = Decimal(20_000)
"""Where idle orders rest: no tick of these runs comes near."""


def idle_ticks(sizes: tuple[int, ...], ticks: int = 50) -> Iterator[Figure]:
    """A tick that touches nothing, over more and more resting orders, then over as many stops. Beside it: eight bare
    round trips, which is what the matcher makes."""
    for stops in (False, True):
        yield from _idle(sizes, ticks, stops=stops)


def _idle(sizes: tuple[int, ...], ticks: int, *, stops: bool) -> Iterator[Figure]:
    with valkey() as url:
        exchange, store = venue(url)
        resting = 0
        for size in sizes:
            rest(exchange, store, size - resting, first_price=FAR, step=Decimal("0.01"), stops=stops)
            resting = size
            exchange.match()
            measured: list[float] = []
            for number in range(ticks):
                tick(store, MIDDLE + number % 7)
                start = time.perf_counter()
                exchange.match()
                measured.append((time.perf_counter() - start) * 1000)
            trips = _round_trips(store.connection, ticks)
            median = statistics.median(measured)
            yield Figure(
                f"idle tick, {size:,} {'stops' if stops else 'resting orders'}",
                f"{median:.2f} ms",
                f"{trips:.2f} ms for 8 PINGs",
                f"{median / trips:.1f} x",
                "2 ms, the same at every size",
            )


def _round_trips(connection: Connection, times: int) -> float:
    measured: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        for _ in range(8):
            connection.run("PING")
        measured.append((time.perf_counter() - start) * 1000)
    return statistics.median(measured)


def settling(count: int = 10_000) -> Iterator[Figure]:
    """Orders that one tick crosses, all of them. Beside it: the same number of the smallest scripts, one by one in
    batches as large as the matcher's."""
    with valkey() as url:
        exchange, store = venue(url)
        rest(exchange, store, count, first_price=MIDDLE - 1, step=Decimal("0.01"))
        exchange.match()
        tick(store, MIDDLE / 2)
        start = time.perf_counter()
        report = exchange.match()
        rate = report.fills / (time.perf_counter() - start)
        assert report.fills == count
        assert exchange.audit().clean
        ceiling = _bare_writes(store.connection, count)
        yield Figure(
            f"settling {count:,} crossing orders",
            f"{rate:,.0f} fills/s",
            f"{ceiling:,.0f}/s: the same number of writes, undecided",
            f"{rate / ceiling:.0%}",
            "8,000/s",
        )


def models(count: int = 2_000) -> Iterator[Figure]:
    """What a fill costs under each model: resting orders that one tick crosses, and market orders one by one. Beside
    it: the same under `touch`."""
    with valkey() as url:
        usual: tuple[float, float] | None = None
        for model in ("touch", *(name for name in MODELS if name != "touch"), "depth+queue", "touch+slippage=5+seed=0"):
            exchange, store = venue(url, model)
            rest(exchange, store, count, first_price=MIDDLE - 1, step=Decimal("0.01"))
            exchange.match()
            tick(store, MIDDLE / 2, Decimal(1000))
            start = time.perf_counter()
            assert exchange.match().fills == count
            middle = time.perf_counter()
            market = PlaceOrder(ACCOUNT, SYMBOL, Side.BUY, OrderType.MARKET, Decimal("0.001"))
            fills = sum(len(exchange.place(market).fills) for _ in range(count // 4))
            made, took = (middle - start) / count * 1e6, (time.perf_counter() - middle) / fills * 1e6
            assert exchange.audit().clean
            usual = usual or (made, took)
            yield Figure(
                f"a fill of `{model}`",
                f"{made:,.0f} us made, {took:,.0f} us taken",
                f"{usual[0]:,.0f} us and {usual[1]:,.0f} us: `touch`",
            )


def _bare_writes(connection: Connection, count: int, batch: int = 45) -> float:
    """What a fill writes (three strings, three set members, four list items, four hash fields), by bare pipelines."""
    record = "x" * 130
    start = time.perf_counter()
    for first in range(0, count, batch):
        commands: list[tuple[str | int, ...]] = []
        for number in range(first, min(first + batch, count)):
            commands += [
                ("SET", f"bench:{number}", record),
                ("ZREM", "bench:index", number),
                ("ZREM", "bench:open", number),
                ("HSET", "bench:balance", "a", number, "b", number, "c", number),
                ("HSET", "bench:fills", number, record),
                ("RPUSH", "bench:trades", number),
                ("RPUSH", "bench:symbol", number),
                ("RPUSH", "bench:ledger", number),
                ("RPUSH", "bench:journal", record),
            ]
        connection.pipe(commands)
    return count / (time.perf_counter() - start)
