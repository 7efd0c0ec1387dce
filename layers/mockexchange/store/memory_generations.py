"""Generations and snapshots of accounts in memory. See ports.Store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..domain.amounts import to_units
from ..domain.balances import Account, Balance, Bucket
from ..domain.errors import Contention
from ..domain.fees import VOLUME_SCALE
from ..domain.generations import GIVEN_UP, GenerationPage
from ..domain.ledger import LedgerEntry
from ..domain.order_lists import LIST_NAME
from ..domain.placing import given_order_id
from ..domain.snapshots import Snapshot
from ..ports import EquityStep
from .memory_state import VenueState, owner, traded_by_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..domain.orders import Order


class MemoryGenerations:
    """The part of a store that begins accounts anew and keeps their books; a part of MemoryStore."""

    state: VenueState
    balances: Callable[[Account], list[Balance]]
    orders: Callable[[Sequence[int]], list[Order | None]]

    def books(self, account: Account) -> Snapshot:
        """See ports.Store.books."""
        books = self.state.books[owner(account)]
        open_orders = tuple(order for order in self.orders(books.open) if order and order.is_open)
        return Snapshot(
            account_id=account.account_id,
            name="",
            created_at=0,
            generation=account.generation,
            orders=len(books.orders),
            trades=len(books.trades),
            ledger=len(books.ledger),
            open_count=len(open_orders),
            fees=(account.maker_rate, account.taker_rate),
            first_balances=account.first_balances,
            balances=tuple(self.balances(account)),
            open_orders=open_orders,
            volumes=traded_by_day(books),
            pays_in_fee_asset=account.pays_in_fee_asset,
            fill_model=account.fill_model,
        )

    def ledger_lines(self, account: Account, start: int, limit: int) -> list[int | LedgerEntry]:
        """See ports.Store.ledger_lines."""
        return self.state.books[owner(account)].ledger[start : start + limit]

    def snapshots(self, account_id: str) -> list[Snapshot]:
        """See ports.Store.snapshots."""
        found = [replace(each, open_orders=()) for each in self.state.snapshots[account_id].values()]
        return sorted(found, key=lambda each: (-each.created_at, each.name))

    def snapshot(self, account_id: str, name: str) -> Snapshot | None:
        """See ports.Store.snapshot."""
        return self.state.snapshots[account_id].get(name)

    def begin_generation(self, account_id: str, generation: int, at: int) -> None:
        """See ports.Store.begin_generation."""
        self.state.generations[account_id, generation] = at

    def write_generation(self, account: Account, page: GenerationPage) -> None:
        """See ports.Store.write_generation."""
        if self.state.generations.get(owner(account), 0) <= 0:
            raise Contention(GIVEN_UP)
        books = self.state.books[owner(account)]
        for order in page.orders:
            if not order.is_open:
                self.state.orders[order.order_id] = order
            books.orders.append(order.order_id)
            books.orders_by_symbol[order.symbol].append(order.order_id)
            if given_order_id(order.client_order_id) is None:
                books.clients[order.client_order_id] = order.order_id
            if order.leg and order.leg.number == 0:
                books.lists.append(order.order_id)
                if order.leg.list_client_id:
                    books.clients[LIST_NAME + order.leg.list_client_id] = order.order_id
        for order in page.resumed:
            self.state.orders[order.order_id] = order
            if given_order_id(order.client_order_id) is None:
                books.clients[order.client_order_id] = order.order_id
        for fill in page.fills:
            books.fills[fill.trade_id] = fill
            books.trades.append(fill.trade_id)
            books.trades_by_symbol[fill.symbol].append(fill.trade_id)
        books.ledger += page.ledger
        for balance in page.balances:
            for bucket, amount in ((Bucket.FREE, balance.free), (Bucket.LOCKED, balance.locked)):
                books.balances[balance.asset, bucket] = to_units(amount, self.state.scales[balance.asset])
        books.volumes |= {day: to_units(traded, VOLUME_SCALE) for day, traded in page.volumes}

    def generations(self) -> list[tuple[str, int, int]]:
        """See ports.Store.generations."""
        found = [(at, f"{account_id}:{number}") for (account_id, number), at in self.state.generations.items()]
        names = [(name.rpartition(":"), at) for at, name in sorted(found)]
        return [(account_id, int(number), at) for (account_id, _, number), at in names]

    def sweep(self, account: Account) -> None:
        """See ports.Store.sweep."""
        books = self.state.books.pop(owner(account), None)
        for order_id in books.orders if books else ():
            self.state.orders.pop(order_id, None)
        self.state.tallies.pop(owner(account), None)
        for step in EquityStep:
            self.state.equity.pop((owner(account), step), None)
        self.state.generations.pop(owner(account), None)
