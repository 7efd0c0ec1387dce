"""What an order costs in Valkey's memory."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mockexchange.store.valkey import ValkeyStore

from .report import Figure
from .venue import ACCOUNT, MIDDLE, SYMBOL, rest, tick, valkey, venue

COUNT = 20_000


def orders() -> Iterator[Figure]:
    """Bytes for each resting, filled and canceled order, the journal apart: it is exported and trimmed."""
    for client_ids in (False, True):
        named = ", with a client order id" if client_ids else ""
        with valkey() as url:
            exchange, store = venue(url)
            empty = _used(store) - _journal(store)
            rest(exchange, store, COUNT, first_price=MIDDLE - 1, step=Decimal("0.01"), client_ids=client_ids)
            yield _figure(f"resting order{named}", store, empty, "500 bytes")
            tick(store, MIDDLE / 2)
            exchange.match()
            assert exchange.audit().clean
            yield _figure(f"filled order{named}", store, empty, "350 bytes")
    with valkey() as url:
        exchange, store = venue(url)
        empty = _used(store) - _journal(store)
        rest(exchange, store, COUNT, first_price=MIDDLE - 1, step=Decimal("0.01"))
        exchange.cancel_all(ACCOUNT, SYMBOL)
        yield _figure("canceled order", store, empty, "350 bytes")


def _figure(what: str, store: ValkeyStore, empty: int, aim: str) -> Figure:
    journal = _journal(store)
    each = (_used(store) - empty - journal) / COUNT
    return Figure(what, f"{each:.0f} bytes", f"journal {journal / COUNT:.0f} bytes", "", aim)


def _used(store: ValkeyStore) -> int:
    """What Valkey allocated, tables of keys included, less the buffers of clients and of the append-only file."""
    lines = store.connection.run("INFO", "memory").decode().splitlines()
    info = dict(line.split(":", 1) for line in lines if ":" in line)
    buffers = ("mem_clients_normal", "mem_aof_buffer", "mem_replication_backlog")
    return int(info["used_memory"]) - sum(int(info[name]) for name in buffers)


def _journal(store: ValkeyStore) -> int:
    return store.connection.run("MEMORY", "USAGE", store.keys.journal, "SAMPLES", 0) or 0
