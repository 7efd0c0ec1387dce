"""What can be done with an account as a whole: other fees, another fill model, a new beginning, snapshots, clones.

An account's books belong to a generation. A snapshot names a point in one. A restoration writes the books of that point
once more, as a new generation that nobody sees, and makes it the present one in a single commit: whoever looks sees all
of the old books or all of the new ones. Nothing is locked; what changes under a command makes it decide again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from .committing import commit
from .copying import copy_books
from .domain.account_models import change_fill_model, model_named
from .domain.balances import Account
from .domain.errors import AccountExists, AccountNotFound, BadRequest, SnapshotExists, SnapshotNotFound
from .domain.funding import check_account_id, check_asset
from .domain.generations import (
    GenerationPage,
    Restoration,
    change_fees,
    clone_account,
    delete_snapshot,
    reset,
    restore,
    resume,
    take_snapshot,
)
from .domain.orders import Order
from .domain.rules import Rules
from .domain.snapshots import Snapshot, SnapshotDiff, check_snapshot_name, difference
from .domain.transactions import Transaction
from .ports import Clock, MarketView, Store

UNUSED_FOR = 600_000
"""Milliseconds for which books that were left are kept, so that a reading that began on them ends in peace, and after
which books that are still being written are taken for abandoned."""


class Accounts:
    """The accounts of one venue."""

    def __init__(
        self, store: Store, clock: Clock, rules: Rules, now: Callable[[], int], market: Callable[[str], MarketView]
    ) -> None:
        """`now`: venue time (ms). `market`: one market, up to date."""
        self._store = store
        self._clock = clock
        self._rules = rules
        self._now = now
        self._market = market

    def set_fees(
        self,
        account_id: str,
        *,
        maker_rate: Decimal | None = None,
        taker_rate: Decimal | None = None,
        pays_in_fee_asset: bool | None = None,
    ) -> Account:
        """Other fee rates (fractions) from now on, paid in the venue's fee asset or not; None leaves one as it is.
        Raises AccountNotFound; BadRequest when there is no fee asset to pay in."""
        if pays_in_fee_asset and self._rules.engine.fees.asset is None:
            raise BadRequest("this exchange has no fee asset to pay in; FEE_ASSET names one, like BNB")

        def decide() -> Transaction | None:
            account = self._account(account_id)
            maker = account.maker_rate if maker_rate is None else maker_rate
            taker = account.taker_rate if taker_rate is None else taker_rate
            pays = account.pays_in_fee_asset if pays_in_fee_asset is None else pays_in_fee_asset
            if (maker, taker, pays) == (account.maker_rate, account.taker_rate, account.pays_in_fee_asset):
                return None
            return change_fees(account, maker, taker, self._now(), pays_in_fee_asset=pays)

        commit(self._store, decide, _nothing_is_paid)
        return self._account(account_id)

    def set_fill_model(self, account_id: str, name: str | None) -> Account:
        """Another fill model from now on, by the name of a model, with options or without, or of a preset; None: the
        venue's. What rests meets the next ticks under it. Raises AccountNotFound; BadRequest for a model that there is
        not, or that this venue keeps no books or trades for."""
        model = None if name is None else model_named(name, self._rules).name

        def decide() -> Transaction | None:
            account = self._account(account_id)
            return None if account.fill_model == model else change_fill_model(account, model, self._now())

        commit(self._store, decide, _nothing_is_paid)
        return self._account(account_id)

    def reset(self, account_id: str, balances: Mapping[str, Decimal] | None = None) -> Account:
        """Begin anew: no orders, no trades, an empty ledger but for deposits of `balances` (amounts by asset; None: its
        first balances again). Snapshots stay. Raises AccountNotFound, BadRequest."""
        for asset in balances or {}:
            check_asset(asset)
        generation = self._new_generation(account_id)
        first = dict(self._account(account_id).first_balances) if balances is None else dict(balances)
        entry_id = self._store.next_id("entry", max(1, len(first)))
        deposits = [(entry_id + number, asset, amount) for number, (asset, amount) in enumerate(first.items())]

        def decide() -> Transaction:
            account = self._account(account_id)
            books = self._store.books(account)
            known = self._store.scales(list(first))
            scales = {asset: known.get(asset, self._rules.scale(asset)) for asset in first}
            return reset(account, books, generation, deposits, scales, self._now(), self._clock.now())

        commit(self._store, decide, _nothing_is_paid)
        self.sweep()
        return self._account(account_id)

    # snapshots

    def take_snapshot(self, account_id: str, name: str) -> Snapshot:
        """Keep the books as they are now under a name of this account's own. Raises AccountNotFound, BadRequest,
        SnapshotExists."""
        check_snapshot_name(name)
        return self._take(account_id, name)

    def _take(self, account_id: str, name: str) -> Snapshot:
        def decide() -> Transaction:
            account = self._account(account_id)
            if self._store.snapshot(account_id, name):
                raise SnapshotExists(f"{account_id!r} has a snapshot {name!r}; delete it, or choose another name")
            return take_snapshot(account, self._store.books(account), name, self._now())

        commit(self._store, decide, _nothing_is_paid)
        return self.snapshot(account_id, name)

    def snapshots(self, account_id: str) -> list[Snapshot]:
        """The snapshots of an account, newest first. Raises AccountNotFound."""
        self._account(account_id)
        return [each for each in self._store.snapshots(account_id) if not each.name.startswith(".")]

    def snapshot(self, account_id: str, name: str) -> Snapshot:
        """One snapshot, with its open orders. Raises AccountNotFound, SnapshotNotFound."""
        self._account(account_id)
        found = self._store.snapshot(account_id, name)
        if found is None:
            raise SnapshotNotFound(f"no snapshot {name[:80]!r} of account {account_id!r}")
        return found

    def delete_snapshot(self, account_id: str, name: str) -> Snapshot:
        """Forget a snapshot; gives what it was. Raises AccountNotFound, SnapshotNotFound."""
        deleted: list[Snapshot] = []

        def decide() -> Transaction:
            deleted[:] = [self.snapshot(account_id, name)]
            return delete_snapshot(self._account(account_id), deleted[0], self._now())

        commit(self._store, decide, _nothing_is_paid)
        self.sweep()
        return deleted[0]

    def compare(self, account_id: str, name: str, against: str | None = None) -> SnapshotDiff:
        """What happened between a snapshot and another one, or now (None). Raises AccountNotFound,
        SnapshotNotFound."""
        before = self.snapshot(account_id, name)
        account = self._account(account_id)
        return difference(before, self._store.books(account) if against is None else self.snapshot(account_id, against))

    def restore(self, account_id: str, name: str) -> Account:
        """Have the account be again what a snapshot of it holds: balances, orders, trades, ledger. Its open orders are
        placed again on the newest price; orders get new ids, and keep their client order ids. May be done again and
        again. Raises AccountNotFound, SnapshotNotFound."""
        return self._restore(account_id, account_id, name)

    def clone(self, account_id: str, to: str) -> Account:
        """Open account `to` with everything that another one has. Raises AccountNotFound, AccountExists, BadRequest."""
        check_account_id(to)
        self._account(account_id)
        if self._store.account(to):
            raise AccountExists(f"there is an account {to!r} already; choose another name, or reset that one")
        # A name that no user can give, and that no two clones share.
        name = f".clone-{self._store.next_id('generation')}"
        self._take(account_id, name)
        try:
            return self._restore(to, account_id, name)
        finally:
            self.delete_snapshot(account_id, name)

    def _restore(self, account_id: str, source_id: str, name: str) -> Account:
        snapshot = self.snapshot(source_id, name)
        generation = self._new_generation(account_id)
        first_order_id = self._store.next_id("order", max(1, snapshot.orders))
        opens = self._store.account(account_id) is None
        present = clone_account(account_id, snapshot, generation, self._now()) if opens else self._account(account_id)
        written = replace(present, generation=generation)
        waiting = copy_books(self._store, snapshot, written, first_order_id)

        def decide() -> Transaction:
            now = self._now()
            if self.snapshot(source_id, name) != snapshot:
                raise SnapshotNotFound(f"snapshot {name!r} of {source_id!r} was taken anew meanwhile; try again")
            if not opens:
                account = self._account(account_id)
                books = self._store.books(account)
            elif self._store.account(account_id):
                raise AccountExists(f"an account {account_id!r} was opened meanwhile")
            else:
                account, books = clone_account(account_id, snapshot, generation, now), None
            placed_on, prices = self._newest_ticks(waiting)
            ticks, last = dict(placed_on), dict(prices)
            resumed = tuple(resume(order, ticks[order.symbol], last.get(order.symbol), now) for order in waiting)
            self._store.write_generation(written, GenerationPage(resumed=resumed))
            restoration = Restoration(
                account,
                books,
                snapshot,
                generation,
                first_order_id,
                resumed,
                placed_on,
                now,
                self._clock.now(),
                prices,
            )
            return restore(restoration)

        commit(self._store, decide, _nothing_is_paid)
        self.sweep()
        return self._account(account_id)

    def _newest_ticks(self, orders: list[Order]) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, Decimal], ...]]:
        """The number of the newest tick of each symbol that these orders are on; where there is none, of the last one
        that this venue has seen. And the last prices where one of them trails it."""
        numbers: list[tuple[str, int]] = []
        prices: list[tuple[str, Decimal]] = []
        trailed = {order.symbol for order in orders if order.trail}
        for symbol in sorted({order.symbol for order in orders}):
            market = self._market(symbol)
            numbers.append((symbol, market.tick.number if market.tick else market.seen))
            if symbol in trailed and market.tick and not market.tick.was_stale(self._rules.engine.stale_after):
                prices.append((symbol, market.tick.quote.last))
        return tuple(numbers), tuple(prices)

    # generations

    def _new_generation(self, account_id: str) -> int:
        # The first generation of every account is 1, and the sequence begins with 1 too.
        generation = self._store.next_id("generation") + 1
        self._store.begin_generation(account_id, generation, self._clock.now())
        return generation

    def sweep(self, *, unused_for: int = UNUSED_FOR) -> int:
        """Delete books that were left more than `unused_for` ms ago and that no snapshot needs, and those that were
        begun and abandoned; how many. Nobody sees any of them."""
        swept = 0
        now = self._clock.now()
        for account_id, generation, at in self._store.generations():
            if now - at < unused_for:
                continue
            account = self._store.account(account_id)
            if account and account.generation == generation:
                continue
            if any(each.generation == generation for each in self._store.snapshots(account_id)):
                continue
            maker, taker = self._rules.maker_rate, self._rules.taker_rate
            self._store.sweep(Account(account_id, generation, 0, maker, taker, 0))
            swept += 1
        return swept

    def _account(self, account_id: str) -> Account:
        found = self._store.account(account_id)
        if found is None:
            raise AccountNotFound(f"no account {account_id!r} in this venue")
        return found


def _nothing_is_paid() -> str:
    return "this moves no money out of an account; run the audit"
