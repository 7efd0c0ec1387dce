"""Do again, in an empty store, all that a journal says was done. The result is the same to the byte, or an error.

The entries carry inputs only (commands, ids, times, ticks): every price, quantity and fee is computed again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from .copying import copy_books
from .domain.account_models import change_fill_model, engine_of
from .domain.amending import AmendmentView, AmendOrder, amend
from .domain.announcing import announcements
from .domain.balances import Account
from .domain.fees import FeeReading, reading
from .domain.fill_models import fill_model
from .domain.funding import move, open_account
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
from .domain.instruments import Instrument
from .domain.journal import (
    AccountEntry,
    AccountOpened,
    AccountReset,
    Amended,
    Canceled,
    Deposited,
    EngineSeen,
    Expired,
    FeesChanged,
    FillModelChanged,
    InstrumentSeen,
    JournalEntry,
    ListPlaced,
    Matched,
    Placed,
    Replaced,
    Restored,
    SnapshotDeleted,
    SnapshotTaken,
    TickSeen,
    Withdrawn,
)
from .domain.ledger import LedgerKind
from .domain.matching import Circumstances, match_transaction
from .domain.models import NONE_TAKEN, Engine
from .domain.order_lists import LIST_NAME
from .domain.orders import Order
from .domain.placing import PlacementView, PlaceOrder, cancel, expire, place, replace_order
from .domain.placing_lists import ListView, PlaceList, place_list
from .domain.quotes import Tick
from .domain.snapshots import Snapshot
from .domain.transactions import Transaction, Verdict
from .ports import Store


class JournalMismatchError(Exception):
    """An entry cannot be done again: the journal was altered, or the rules of this version differ from those it was
    written under."""


def replay(entries: Iterable[JournalEntry], store: Store) -> None:
    """Do every entry again in `store`, which must be empty. Raises JournalMismatchError."""
    again = _Replay(store)
    for number, entry in enumerate(entries):
        transaction = again.transaction(entry)
        if transaction is None:
            continue
        verdict = store.commit([transaction])[0]
        if verdict is not Verdict.COMMITTED or transaction.entry != entry:
            raise JournalMismatchError(f"entry {number}: {verdict} at {entry}")


class _Replay:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = Engine()
        self.instruments: dict[str, Instrument] = {}
        self.ticks: dict[tuple[str, int], Tick] = {}

    def transaction(self, entry: JournalEntry) -> Transaction | None:
        """What the entry does; None for an input that later entries stand on."""
        match entry:
            case EngineSeen():
                self.engine = Engine(fill_model(entry.model), entry.stale_after, entry.fees, entry.latency)
            case InstrumentSeen():
                self.instruments[entry.instrument.symbol] = entry.instrument
            case TickSeen():
                self.ticks[entry.tick.quote.symbol, entry.tick.number] = entry.tick
            case Deposited() | Withdrawn():
                kind = LedgerKind.DEPOSIT if isinstance(entry, Deposited) else LedgerKind.WITHDRAWAL
                account = self._account(entry.account_id)
                given = (entry.asset, entry.amount, entry.scale, entry.entry_id, entry.now, entry.note)
                return move(account, kind, *given)
            case Placed():
                return place(placement_command(entry), self._view(entry), self.engine).transaction
            case Replaced():
                old = self._order(entry.canceled_order_id)
                view = self._view(entry.placed)
                return replace_order(
                    old, self._mates(old), placement_command(entry.placed), view, self.engine
                ).transaction
            case ListPlaced():
                return self._list(entry)
            case Canceled() | Expired():
                return self._end(entry)
            case Amended():
                view = self._amendment_view(entry)
                return amend(AmendOrder(entry.quantity, entry.client_order_id), view, self.engine)
            case Matched():
                return self._match(entry)
            case _:
                return self._of_account(entry)
        return None

    def _of_account(self, entry: AccountEntry) -> Transaction:
        """What is done with an account as a whole."""
        account_id = entry.account_id
        match entry:
            case AccountOpened():
                first = tuple((asset, amount) for _, asset, amount, _ in entry.deposits)
                account = Account(entry.account_id, 1, 1, entry.maker_rate, entry.taker_rate, entry.now, first)
                deposits = [(number, asset, amount) for number, asset, amount, _ in entry.deposits]
                return open_account(account, deposits, {asset: scale for _, asset, _, scale in entry.deposits})
            case FeesChanged():
                account, rates = self._account(account_id), (entry.maker_rate, entry.taker_rate)
                return change_fees(account, *rates, entry.now, pays_in_fee_asset=entry.pays_in_fee_asset)
            case FillModelChanged():
                return change_fill_model(self._account(account_id), entry.model, entry.now)
            case SnapshotTaken():
                account = self._account(account_id)
                return take_snapshot(account, self.store.books(account), entry.name, entry.now)
            case SnapshotDeleted():
                return delete_snapshot(self._account(account_id), self._snapshot(account_id, entry.name), entry.now)
            case AccountReset():
                self.store.begin_generation(account_id, entry.generation, 1)
                return self._reset(entry)
            case Restored():
                self.store.begin_generation(account_id, entry.generation, 1)
                return self._restore(entry)

    def _end(self, entry: Canceled | Expired) -> Transaction:
        order, account = self._order(entry.order_id), self._account(entry.account_id)
        instrument = self.instruments[order.symbol]
        scales = self.store.scales([instrument.base_asset, instrument.quote_asset])
        if isinstance(entry, Canceled):
            return cancel(order, self._mates(order), account, instrument, scales, entry.now)
        return expire(order, account, instrument, scales, self.store.market(order.symbol).seen, entry.now)

    def _match(self, entry: Matched) -> Transaction | None:
        order, instrument = self._order(entry.order_id), self.instruments[entry.symbol]
        scales = self.store.scales([instrument.base_asset, instrument.quote_asset])
        taken = self.store.taken(entry.symbol, entry.tick)
        tick = self.ticks[entry.symbol, entry.tick]
        account = self._account(order.account_id)
        around = Circumstances(
            account=account,
            instrument=instrument,
            base_scale=scales[instrument.base_asset],
            quote_scale=scales[instrument.quote_asset],
            engine=engine_of(self.engine, account),
            trade_id=entry.trade_id,
            now=entry.now,
            taken=taken.get((order.account_id, order.side), NONE_TAKEN),
            consumed=self.store.consumed(entry.symbol, [(order.account_id, order.side)])[0],
            announcements=announcements(instrument, tick, self.engine),
            fees=self._fees(account, entry, scales),
            lock_only=entry.lock_only,
            extreme=entry.extreme,
            mates=self._mates(order),
        )
        transaction = match_transaction(order, tick, around)
        if transaction is None:
            raise JournalMismatchError(f"{entry} does nothing to {order}")
        return transaction

    def _view(self, entry: Placed) -> PlacementView:
        account, instrument = self._account(entry.account_id), self.instruments[entry.symbol]
        taken = self.store.taken(entry.symbol, entry.tick)
        prior_id = self.store.order_id_of(account, entry.client_order_id) if entry.client_order_id else None
        scales = {instrument.base_asset: entry.base_scale, instrument.quote_asset: entry.quote_scale}
        return PlacementView(
            account=account,
            instrument=instrument,
            scales=scales,
            tick=self.ticks.get((entry.symbol, entry.tick)),
            order_id=entry.order_id,
            trade_id=entry.trade_id,
            now=entry.now,
            taken=taken.get((entry.account_id, entry.side), NONE_TAKEN),
            consumed=self.store.consumed(entry.symbol, [(entry.account_id, entry.side)])[0],
            prior=self._order(prior_id) if prior_id else None,
            seen=self.store.market(entry.symbol).seen,
            fees=self._fees(account, entry, scales),
        )

    def _fees(self, account: Account, entry: Placed | Matched, scales: Mapping[str, int]) -> FeeReading:
        """What the fees stood on: the books as they are here, the prices of the entry. `scales` are the market's."""
        schedule = self.engine.fees
        asset = schedule.asset if account.pays_in_fee_asset else None
        books = self.store.fee_books([account], asset, volumes=bool(schedule.tiers))[0]
        if books.scale is None and asset is not None:
            books = dataclasses.replace(books, scale=scales.get(asset))
        return reading(schedule, account, entry.symbol, books, entry.prices, entry.now)

    def _amendment_view(self, entry: Amended) -> AmendmentView:
        order, account = self._order(entry.order_id), self._account(entry.account_id)
        instrument = self.instruments[order.symbol]
        prior_id = self.store.order_id_of(account, entry.client_order_id) if entry.client_order_id else None
        return AmendmentView(
            order=order,
            account=account,
            instrument=instrument,
            scales=self.store.scales([instrument.base_asset, instrument.quote_asset]),
            now=entry.now,
            prior=self._order(prior_id) if prior_id else None,
            mates=self._mates(order),
        )

    def _list(self, entry: ListPlaced) -> Transaction | None:
        account = self._account(entry.account_id)
        command = PlaceList(entry.contingency, tuple(placement_command(each) for each in entry.placed), entry.client_id)
        named = self.store.order_id_of(account, LIST_NAME + entry.client_id) if entry.client_id else None
        priors = tuple(self._view(each).prior for each in entry.placed)
        first = self._order(named) if named else None
        view = ListView(self._view(entry.placed[0]), priors, (first, *self._mates(first)) if first else ())
        return place_list(command, view, self.engine, short=entry.short).transaction

    def _mates(self, order: Order) -> tuple[Order, ...]:
        return tuple(self._order(each) for each in order.leg.mate_ids) if order.leg else ()

    def _reset(self, entry: AccountReset) -> Transaction:
        account = self._account(entry.account_id)
        deposits = [(number, asset, amount) for number, asset, amount, _ in entry.deposits]
        scales = {asset: scale for _, asset, _, scale in entry.deposits}
        books = self.store.books(account)
        return reset(account, books, entry.generation, deposits, scales, entry.now, left_at=1)

    def _restore(self, entry: Restored) -> Transaction:
        snapshot = self._snapshot(entry.source_id, entry.name)
        if entry.opens:
            account, books = clone_account(entry.account_id, snapshot, entry.generation, entry.now), None
        else:
            account = self._account(entry.account_id)
            books = self.store.books(account)
        written = dataclasses.replace(account, generation=entry.generation)
        ticks = dict(entry.ticks)
        waiting = copy_books(self.store, snapshot, written, entry.first_order_id)
        prices = dict(entry.prices)
        resumed = tuple(resume(order, ticks[order.symbol], prices.get(order.symbol), entry.now) for order in waiting)
        self.store.write_generation(written, GenerationPage(resumed=resumed))
        return restore(
            Restoration(
                account,
                books,
                snapshot,
                entry.generation,
                entry.first_order_id,
                resumed,
                entry.ticks,
                entry.now,
                left_at=1,
                prices=entry.prices,
            )
        )

    def _snapshot(self, account_id: str, name: str) -> Snapshot:
        snapshot = self.store.snapshot(account_id, name)
        if snapshot is None:
            raise JournalMismatchError(f"snapshot {name!r} of {account_id!r} was never taken")
        return snapshot

    def _account(self, account_id: str) -> Account:
        account = self.store.account(account_id)
        if account is None:
            raise JournalMismatchError(f"account {account_id!r} was never opened")
        return account

    def _order(self, order_id: int) -> Order:
        order = self.store.orders([order_id])[0]
        if order is None:
            raise JournalMismatchError(f"order {order_id} was never placed")
        return order


def placement_command(entry: Placed) -> PlaceOrder:
    """The command that was accepted as this entry."""
    return PlaceOrder(
        account_id=entry.account_id,
        symbol=entry.symbol,
        side=entry.side,
        type=entry.type,
        quantity=entry.quantity,
        price=entry.price,
        quote_quantity=entry.quote_quantity,
        time_in_force=entry.time_in_force,
        post_only=entry.post_only,
        client_order_id=entry.client_order_id,
        stop_price=entry.stop_price,
        trailing_delta=entry.trailing_delta,
        iceberg_quantity=entry.iceberg_quantity,
        self_trade_prevention=entry.self_trade_prevention,
        expires_at=entry.expires_at,
        # It was accepted once: the only earlier order that can have stood under its id is a closed one.
        reuse_client_id=True,
    )
