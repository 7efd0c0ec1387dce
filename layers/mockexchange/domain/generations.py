"""Begin an account anew, keep its books, bring them back: the changes, ready to commit. Pure.

An account's books belong to a generation. A new one is written where nobody looks yet, and becomes the present one in
one commit, which also takes the old one's open orders out of the indexes and puts the new one's in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .balances import Account, Balance
from .fills import Fill
from .funding import deposit_lines, deposit_postings
from .journal import AccountReset, FeesChanged, Restored, SnapshotDeleted, SnapshotTaken
from .ledger import LedgerEntry
from .orders import Order
from .placing import GIVEN_PREFIX, given_order_id
from .snapshots import Snapshot
from .transactions import GenerationChange, SnapshotWrite, Transaction

GIVEN_UP = "the new books took so long to write that they were taken for abandoned; nothing was changed, try again"


@dataclass(frozen=True, slots=True)
class GenerationPage:
    """Some of the books of a generation that is being written. `orders` in order of commit; those that are open are
    listed only: their records are `resumed`, written last and again if need be, and the client order ids that they have
    are theirs, whoever had them before or after. `ledger` holds trade ids, and deposits
    and withdrawals; `volumes` is what was traded by day."""

    orders: Sequence[Order] = ()
    resumed: Sequence[Order] = ()
    fills: Sequence[Fill] = ()
    ledger: Sequence[int | LedgerEntry] = ()
    balances: Sequence[Balance] = ()
    volumes: Sequence[tuple[int, Decimal]] = ()


def change_fees(
    account: Account, maker_rate: Decimal, taker_rate: Decimal, now: int, *, pays_in_fee_asset: bool
) -> Transaction:
    """Other fee rates from `now` (venue ms) on, paid in the fee asset or not."""
    changed = replace(
        account,
        version=account.version + 1,
        maker_rate=maker_rate,
        taker_rate=taker_rate,
        pays_in_fee_asset=pays_in_fee_asset,
    )
    entry = FeesChanged(now, account.account_id, maker_rate, taker_rate, pays_in_fee_asset)
    return Transaction(entry=entry, account=account, changed=changed)


def reset(
    account: Account,
    books: Snapshot,
    generation: int,
    deposits: Sequence[tuple[int, str, Decimal]],
    scales: Mapping[str, int],
    now: int,
    left_at: int,
) -> Transaction:
    """A new beginning: nothing but deposits, given as (entry id, asset, amount). `books`: the account's as they stand.
    Raises BadRequest."""
    lines = deposit_lines(deposits, scales, now)
    entry = AccountReset(
        now,
        account.account_id,
        generation,
        tuple((line.reference, line.asset, line.amount, scales[line.asset]) for line in lines),
    )
    after = replace(
        account,
        generation=generation,
        version=account.version + 1,
        first_balances=tuple((asset, amount) for _, asset, amount in deposits),
    )
    return Transaction(
        entry=entry,
        account=account,
        scales=scales,
        postings=deposit_postings(lines),
        ledger=lines,
        unchanged=books,
        generation=GenerationChange(after, left=books.open_orders, left_at=left_at),
    )


def take_snapshot(account: Account, books: Snapshot, name: str, now: int) -> Transaction:
    """Keep `books`, the account's as they stand, under a name."""
    return Transaction(
        entry=SnapshotTaken(now, account.account_id, name),
        account=account,
        unchanged=books,
        snapshot=SnapshotWrite(None, replace(books, name=name, created_at=now)),
    )


def delete_snapshot(account: Account, snapshot: Snapshot, now: int) -> Transaction:
    """Forget a snapshot."""
    return Transaction(
        entry=SnapshotDeleted(now, account.account_id, snapshot.name),
        account=account,
        snapshot=SnapshotWrite(snapshot, None),
    )


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a restoration stands on. `books` are the account's as they stand, None when it is opened by this;
    `resumed` its open orders to be, as `resume` made them; `placed_on` the tick that each symbol of theirs stands
    at, `prices` the last price of those where one of them trails it."""

    account: Account
    books: Snapshot | None
    snapshot: Snapshot
    generation: int
    first_order_id: int
    resumed: tuple[Order, ...]
    placed_on: tuple[tuple[str, int], ...]
    now: int
    left_at: int
    prices: tuple[tuple[str, Decimal], ...] = ()


def restore(given: Restoration) -> Transaction:
    """Have an account be, in its next generation, what a snapshot holds. A clone takes the fees, the fill model and the
    first balances of the snapshot's account as well; an account that is restored keeps its own."""
    account, snapshot, opens = given.account, given.snapshot, given.books is None
    after = replace(account, generation=given.generation, version=1 if opens else account.version + 1)
    return Transaction(
        entry=Restored(
            given.now,
            account.account_id,
            snapshot.account_id,
            snapshot.name,
            opens,
            given.generation,
            given.first_order_id,
            given.placed_on,
            given.prices,
        ),
        account=account,
        opens_account=opens,
        unchanged=given.books,
        generation=GenerationChange(
            after,
            left=given.books.open_orders if given.books else (),
            resumed=given.resumed,
            placed_on=given.placed_on,
            left_at=given.left_at,
        ),
        snapshot=SnapshotWrite(snapshot, snapshot),
    )


def clone_account(account_id: str, snapshot: Snapshot, generation: int, now: int) -> Account:
    """The account that a clone of a snapshot's one will be."""
    maker, taker = snapshot.fees
    first, pays = snapshot.first_balances, snapshot.pays_in_fee_asset
    return Account(account_id, generation, 1, maker, taker, now, first, pays, snapshot.fill_model)


def renumbered(order: Order, order_id: int, account: Account, generation: int) -> Order:
    """An order as `account` has it in a new generation, under a new id: its record is one of a kind by its id."""

    def renamed(client_order_id: str) -> str:
        return client_order_id if given_order_id(client_order_id) is None else f"{GIVEN_PREFIX}{order_id}"

    return replace(
        order,
        order_id=order_id,
        account_id=account.account_id,
        generation=generation,
        client_order_id=renamed(order.client_order_id),
        # the orders of a list are next to each other, so their new ids are in a row as well
        leg=replace(order.leg, list_id=order_id - order.leg.number) if order.leg else None,
        amendments=tuple(
            replace(
                each,
                client_order_id_before=renamed(each.client_order_id_before),
                client_order_id=renamed(each.client_order_id),
            )
            for each in order.amendments
        ),
    )


def resume(order: Order, tick: int, last: Decimal | None, now: int) -> Order:
    """An open order, placed again on tick number `tick` at `now` (venue ms): it meets none up to it, and no candle
    that began before. One that trails the last price does so anew from there, `last` (None: from the next fresh
    tick). What stands before it at its price is not known any more."""
    trailing = replace(order.trailing, tick=tick, price=last) if order.trail and order.trailing else order.trailing
    return replace(order, met_tick=tick, trailing=trailing, updated_at=max(order.updated_at, now), ahead=None)
