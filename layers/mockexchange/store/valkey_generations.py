"""Generations and snapshots of accounts in Valkey. See ports.Store and the key schema in keys.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..domain.balances import Account, Balance
from ..domain.errors import Contention
from ..domain.generations import GIVEN_UP, GenerationPage
from ..domain.ledger import LedgerEntry
from ..domain.orders import Order
from ..domain.snapshots import Snapshot
from ..domain.transactions import Verdict
from ..ports import EquityStep
from . import records
from .encoding import Batch
from .keys import VenueKeys
from .valkey_connection import Command, Connection
from .valkey_fees import traded_by_day

PAGE = 1000
"""Records that one call reads or deletes."""

_OF_GENERATION = (
    "balance", "volume", "client", "open", "counts", "tally", "fills", "trades", "ledger", "lists", "orders",
)  # fmt: skip
"""What belongs to one generation of an account; orders and trades also by symbol, equity by step.
The list of orders goes last: it names all others, so that a sweep that was killed can be done again."""


class ValkeyGenerations:
    """The part of a store that begins accounts anew and keeps their books; a part of ValkeyStore."""

    connection: Connection
    keys: VenueKeys
    balances: Callable[[Account], list[Balance]]
    orders: Callable[[Sequence[int]], list[Order | None]]
    open_order_ids: Callable[[Account, int, int], list[int]]
    symbols: Callable[[], list[str]]
    scales: Callable[[Iterable[str]], Mapping[str, int]]
    _call: Callable[[Batch], list[Verdict]]

    def books(self, account: Account) -> Snapshot:
        """See ports.Store.books."""
        of = self.keys.of
        # Lengths first, and balances after the open orders: whatever comes later makes a length or a version wrong, and
        # that is noticed at the commit.
        orders, trades, ledger, volume = self.connection.pipe(
            [
                ("LLEN", of("orders", account)),
                ("LLEN", of("trades", account)),
                ("LLEN", of("ledger", account)),
                ("HGETALL", of("volume", account)),
            ]
        )
        open_orders: list[Order] = []
        last = 0
        while ids := self.open_order_ids(account, last, PAGE):
            last = ids[-1]
            open_orders += [order for order in self.orders(ids) if order and order.is_open]
        return Snapshot(
            account_id=account.account_id,
            name="",
            created_at=0,
            generation=account.generation,
            orders=orders,
            trades=trades,
            ledger=ledger,
            open_count=len(open_orders),
            fees=(account.maker_rate, account.taker_rate),
            first_balances=account.first_balances,
            balances=tuple(self.balances(account)),
            open_orders=tuple(open_orders),
            volumes=traded_by_day(volume),
            pays_in_fee_asset=account.pays_in_fee_asset,
            fill_model=account.fill_model,
        )

    def ledger_lines(self, account: Account, start: int, limit: int) -> list[int | LedgerEntry]:
        """See ports.Store.ledger_lines."""
        found = self.connection.run("LRANGE", self.keys.of("ledger", account), start, start + limit - 1)
        return [records.read_ledger(line) if line.startswith(b"[") else int(line) for line in found]

    def snapshots(self, account_id: str) -> list[Snapshot]:
        """See ports.Store.snapshots."""
        flat = self.connection.run("HGETALL", self.keys.snapshots(account_id))
        found = [
            records.read_snapshot(account_id, name.decode(), record)
            for name, record in zip(flat[::2], flat[1::2], strict=True)
        ]
        return sorted(found, key=lambda each: (-each.created_at, each.name))

    def snapshot(self, account_id: str, name: str) -> Snapshot | None:
        """See ports.Store.snapshot."""
        record, open_orders = self.connection.pipe(
            [
                ("HGET", self.keys.snapshots(account_id), name),
                ("GET", self.keys.snapshot(account_id, name)),
            ]
        )
        if record is None or open_orders is None:
            return None
        return records.with_open_orders(records.read_snapshot(account_id, name, record), open_orders)

    def begin_generation(self, account_id: str, generation: int, at: int) -> None:
        """See ports.Store.begin_generation."""
        self.connection.run("ZADD", self.keys.generations, at, f"{account_id}:{generation}")

    def write_generation(self, account: Account, page: GenerationPage) -> None:
        """See ports.Store.write_generation."""
        batch = Batch(self.keys)
        batch.add_generation(account, page, self.scales([each.asset for each in page.balances]))
        if self._call(batch) != [Verdict.COMMITTED]:
            raise Contention(GIVEN_UP)

    def generations(self) -> list[tuple[str, int, int]]:
        """See ports.Store.generations."""
        flat = self.connection.run("ZRANGE", self.keys.generations, 0, -1, "WITHSCORES")
        found: list[tuple[str, int, int]] = []
        for member, at in zip(flat[::2], flat[1::2], strict=True):
            account_id, _, generation = member.decode().rpartition(":")
            found.append((account_id, int(generation), int(float(at))))
        return found

    def sweep(self, account: Account) -> None:
        """See ports.Store.sweep."""
        of = self.keys.of
        name = f"{account.account_id}:{account.generation}"
        # From now on they cannot become the present ones any more.
        self.connection.run("ZADD", self.keys.generations, "XX", 0, name)
        start = 0
        while ids := self.connection.run("LRANGE", of("orders", account), start, start + PAGE - 1):
            start += PAGE
            self.connection.pipe([("UNLINK", self.keys.order(int(each))) for each in ids])
        by_symbol: list[Command] = [
            ("UNLINK", of(kind, account, symbol)) for symbol in self.symbols() for kind in ("trades", "orders")
        ]
        by_symbol += [("UNLINK", of("equity", account, str(int(step)))) for step in EquityStep]
        whole: list[Command] = [("UNLINK", of(kind, account)) for kind in _OF_GENERATION]
        self.connection.pipe([*by_symbol, *whole, ("ZREM", self.keys.generations, name)])
