"""A venue's books as Valkey holds them, from either store: for comparing them to the byte. API keys, leases and
faults on purpose are not among them: no journal makes them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..domain.amounts import ZERO
from ..domain.balances import Account
from ..domain.ledger import LedgerEntry
from . import keys, records
from .journal_records import write_entry
from .keys import VenueKeys
from .memory_state import Books, Market, VenueState
from .valkey_connection import Connection
from .valkey_sockets import Command

Dump = dict[str, Any]
"""Key to its contents: text, a list, a dict (hash), or a list of (member, score) (sorted set)."""


def dump_memory(state: VenueState, venue: str = "main") -> Dump:
    """What `state` would be as keys of this venue."""
    names = VenueKeys(venue)
    found: Dump = {
        names.sequence: {name: str(last) for name, last in state.sequences.items()},
        names.scales: {asset: str(places) for asset, places in state.scales.items()},
        names.accounts: [(account_id, 0.0) for account_id in sorted(state.accounts)],
        names.models: [(name, 0.0) for name in sorted(state.models)],
        names.symbols: [(symbol, 0.0) for symbol in sorted(state.symbols)],
        names.journal: [write_entry(entry) for entry in state.journal],
    }
    for account in state.accounts.values():
        found[names.account(account.account_id)] = records.write_account(account)
    for (account_id, generation), books in state.books.items():
        found |= _books(names, Account(account_id, generation, 0, ZERO, ZERO, 0), books)
    for account_id, snapshots in state.snapshots.items():
        found[names.snapshots(account_id)] = {name: records.write_snapshot(each) for name, each in snapshots.items()}
        for name, each in snapshots.items():
            found[names.snapshot(account_id, name)] = records.write_open_orders(each)
    found[names.generations] = sorted(
        ((f"{account_id}:{number}", float(at)) for (account_id, number), at in state.generations.items()),
        key=lambda entry: (entry[1], entry[0]),
    )
    for order in state.orders.values():
        found[names.order(order.order_id)] = records.write_order(order)
    for symbol, market in state.markets.items():
        found |= _market(names, symbol, market)
    return {key: value for key, value in found.items() if value}


def _books(names: VenueKeys, account: Any, books: Books) -> Dump:
    found: Dump = {
        names.of("balance", account): {
            f"{asset}:{bucket}": str(units) for (asset, bucket), units in books.balances.items()
        },
        names.of("volume", account): {str(day): str(units) for day, units in books.volumes.items()}
        | ({keys.NEWEST_DAY: str(max(books.volumes))} if books.volumes else {}),
        names.of("client", account): {client_id: str(order_id) for client_id, order_id in books.clients.items()},
        names.of("lists", account): [str(list_id) for list_id in books.lists],
        names.of("orders", account): [str(order_id) for order_id in books.orders],
        names.of("open", account): [(str(order_id), float(order_id)) for order_id in books.open],
        names.of("counts", account): {symbol: str(count) for symbol, count in books.open_counts.items()},
        names.of("fills", account): {str(trade_id): records.write_fill(fill) for trade_id, fill in books.fills.items()},
        names.of("trades", account): [str(trade_id) for trade_id in books.trades],
        names.of("ledger", account): [
            records.write_ledger(line) if isinstance(line, LedgerEntry) else str(line) for line in books.ledger
        ],
    }
    for symbol, order_ids in books.orders_by_symbol.items():
        found[names.of("orders", account, symbol)] = [str(order_id) for order_id in order_ids]
    for symbol, trade_ids in books.trades_by_symbol.items():
        found[names.of("trades", account, symbol)] = [str(trade_id) for trade_id in trade_ids]
    return found


def _market(names: VenueKeys, symbol: str, market: Market) -> Dump:
    found: Dump = {
        names.at(name, symbol): [(keys.member(order_id), score) for score, order_id in index]
        for name, index in market.indexes.items()
    }
    found[names.at("trails", symbol)] = {
        str(trail): records.write_extremes(extremes) if extremes else "" for trail, extremes in market.extremes.items()
    }
    found[names.at("cursor", symbol)] = {name: str(tick) for name, tick in (market.cursor or {}).items()}
    found[names.at("taken", symbol)] = {
        f"{tick}|{account_id}|{side}": records.write_taken(taken)
        for (tick, account_id, side), taken in market.taken.items()
    }
    found[names.at("consumed", symbol)] = {
        f"{account_id}|{side}": records.write_consumption(taken)
        for (account_id, side), taken in market.consumed.items()
    }
    found[names.at("announced", symbol)] = dict(market.announced)
    return found


_NOT_BOOKS = (b"}:lease:", b"}:key", b"}:limit:", b"}:chaos")


def dump_valkey(connection: Connection, venue: str = "main") -> Dump:
    """Every key of this venue. Reads with SCAN: not one moment's state while others write."""
    found: Dump = {}
    cursor: bytes | int = 0
    while True:
        cursor, page = connection.run("SCAN", cursor, "MATCH", f"{{{venue}}}:*", "COUNT", 1000)
        names = [name for name in page if not any(part in name for part in _NOT_BOOKS)]
        kinds = connection.pipe([("TYPE", name) for name in names])
        reads = [_read(name, kind) for name, kind in zip(names, kinds, strict=True)]
        for name, kind, contents in zip(names, kinds, connection.pipe(reads), strict=True):
            found[name.decode()] = _contents(kind, contents)
        if int(cursor) == 0:
            return found


def _read(name: bytes, kind: bytes) -> Command:
    match kind:
        case b"string":
            return ("GET", name)
        case b"list":
            return ("LRANGE", name, 0, -1)
        case b"hash":
            return ("HGETALL", name)
        case b"zset":
            return ("ZRANGE", name, 0, -1, "WITHSCORES")
        case other:
            raise ValueError(f"{name!r} is a {other!r}, which this schema does not have")


def _contents(kind: bytes, read: Any) -> Any:
    match kind:
        case b"string":
            return read.decode()
        case b"list":
            return [each.decode() for each in read]
        case b"hash":
            return _pairs(read)
        case _:
            return [(member, float(score)) for member, score in _pairs(read).items()]


def _pairs(flat: Sequence[bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in zip(flat[::2], flat[1::2], strict=True)}
