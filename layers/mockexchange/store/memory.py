"""A venue in memory: the same contract as Valkey's, for back-tests and tests. One process; a lock makes commits
atomic."""

from __future__ import annotations

import bisect
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ..domain.account_models import reach_of
from ..domain.amounts import from_units, to_units
from ..domain.balances import Account, Balance, Bucket
from ..domain.fees import VOLUME_SCALE, WINDOW, FeeBooks, VolumeWrite
from ..domain.fills import Fill
from ..domain.instruments import split_symbol
from ..domain.journal import JournalEntry
from ..domain.ledger import LedgerEntry, fill_entries
from ..domain.models import NONE_TAKEN, NOTHING, Consumption, Taken
from ..domain.orders import Counted, Direction, Order, Side, Trail, count_changes
from ..domain.quotes import Tick
from ..domain.snapshots import Snapshot
from ..domain.trailing import Extremes
from ..domain.transactions import GenerationChange, SnapshotWrite, Transaction, Verdict
from ..ports import Backlog, Page, PlacementRead, Resting
from . import keys
from .journal_records import version_of, write_entry
from .memory_chaos import MemoryChaos
from .memory_diagnosis import MemoryDiagnosis
from .memory_equity import MemoryEquityBook
from .memory_generations import MemoryGenerations
from .memory_keys import MemoryKeys
from .memory_state import Books, Market, VenueState, owner, traded_by_day
from .paging import newest_first


class MemoryStore(MemoryGenerations, MemoryEquityBook, MemoryKeys, MemoryChaos, MemoryDiagnosis):
    """See ports.Store. `log_length` bounds each symbol's tick log; its ticks keep so many `levels` of each side of a
    book."""

    def __init__(self, log_length: int = 10_000, levels: int = 0) -> None:
        MemoryKeys.__init__(self)
        MemoryDiagnosis.__init__(self, log_length, levels)
        self._lock = threading.Lock()
        self.state = VenueState()

    # commit

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        """See ports.Store.commit."""
        with self._lock:
            return [self._commit(transaction) for transaction in transactions]

    def _commit(self, transaction: Transaction) -> Verdict:
        if not self._stands(transaction):
            return Verdict.CONFLICT
        books = self.state.books[owner(transaction.owner)]
        moved: dict[tuple[str, Bucket], int] = {}
        for posting in transaction.postings:
            bucket = (posting.asset, posting.bucket)
            units = moved.get(bucket, books.balances.get(bucket, 0))
            moved[bucket] = units + to_units(posting.amount, transaction.scales[posting.asset])
            if moved[bucket] < 0:
                return Verdict.INSUFFICIENT
        books.balances.update(moved)
        if transaction.fees:
            _add_volume(transaction.fees.volume_write, books)
        self._write(transaction, books)
        return Verdict.COMMITTED

    def _stands(self, transaction: Transaction) -> bool:
        """Whether all that the transaction stood on is still so."""
        return (
            self._account_stands(transaction)
            and self._cursors_stand(transaction)
            and self._new_generation_stands(transaction.generation)
            and self._snapshot_stands(transaction.snapshot)
            and self._room_stands(transaction)
            and self._fees_stand(transaction)
            and self._orders_stand(transaction)
        )

    def _account_stands(self, transaction: Transaction) -> bool:
        recorded = self.state.accounts.get(transaction.account.account_id)
        if transaction.opens_account:
            if recorded:
                return False
        elif recorded is None or recorded.version != transaction.account.version:
            return False
        if any(self.state.scales.get(asset, places) != places for asset, places in transaction.scales.items()):
            return False
        return transaction.unchanged is None or self._unchanged(transaction.unchanged, transaction.account)

    def _cursors_stand(self, transaction: Transaction) -> bool:
        if transaction.placed_on and self._cursor(transaction.placed_on[0], "seen") > transaction.placed_on[1]:
            return False
        return not (
            transaction.matched_on and self._cursor(transaction.matched_on[0], "done") >= transaction.matched_on[1]
        )

    def _cursor(self, symbol: str, name: str) -> int:
        return (self.state.markets[symbol].cursor or {}).get(name, 0)

    def _new_generation_stands(self, change: GenerationChange | None) -> bool:
        if change is None:
            return True
        if self.state.generations.get(owner(change.after), 0) <= 0:
            return False  # it was swept
        return all(self._cursor(symbol, "seen") <= tick for symbol, tick in change.placed_on)

    def _snapshot_stands(self, write: SnapshotWrite | None) -> bool:
        if write is None:
            return True
        stored = self.state.snapshots[write.snapshot.account_id].get(write.snapshot.name)
        return _described(stored) == _described(write.before)

    def _room_stands(self, transaction: Transaction) -> bool:
        counts = self.state.books[owner(transaction.account)].open_counts
        return all(counts[counted] <= most for counted, most in transaction.most_open)

    def _fees_stand(self, transaction: Transaction) -> bool:
        if transaction.fees is None:
            return True
        books = self.state.books[owner(transaction.owner)]
        guard, volume = transaction.fees.guard, transaction.fees.volume_write
        if guard:
            free = books.balances.get((guard.asset, Bucket.FREE), 0)
            if guard.at_least is not None and free < to_units(guard.at_least, guard.scale):
                return False
            if guard.below is not None and free >= to_units(guard.below, guard.scale):
                return False
        if volume is None:
            return True
        newest = max(books.volumes, default=None)
        if newest != volume.before_day:
            return False
        return newest in (None, volume.day) or books.volumes[newest] == to_units(volume.before, VOLUME_SCALE)

    def _orders_stand(self, transaction: Transaction) -> bool:
        clients = self.state.books[owner(transaction.account)].clients
        if any(clients.get(claim.client_order_id) != claim.before for claim in transaction.client_ids):
            return False
        taken = transaction.taken
        if taken:
            held = self.state.markets[taken.symbol].taken.get((taken.tick, taken.account_id, taken.side), NONE_TAKEN)
            if held != taken.before:
                return False
        consumed = transaction.consumed
        if consumed:
            held = self.state.markets[consumed.symbol].consumed.get((consumed.account_id, consumed.side), NOTHING)
            if held != consumed.before:
                return False
        for write in transaction.orders:
            stored = self.state.orders.get(write.after.order_id)
            if (stored.version if stored else None) != (write.before.version if write.before else None):
                return False
        return True

    def _unchanged(self, read: Snapshot, account: Account) -> bool:
        books = self.state.books[owner(account)]
        lengths = (len(books.orders), len(books.trades), len(books.ledger))
        if lengths != (read.orders, read.trades, read.ledger):
            return False
        return all(self.state.orders[order.order_id].version == order.version for order in read.open_orders)

    def _write(self, transaction: Transaction, books: Books) -> None:
        self.state.scales.update(transaction.scales)
        if transaction.account_record:
            self.state.accounts[transaction.account.account_id] = transaction.account_record
            if transaction.account_record.fill_model is not None:
                self.state.models.add(reach_of(transaction.account_record.fill_model))
        if transaction.placed_on:
            self._know(*transaction.placed_on)
        if transaction.generation:
            self._change_generation(transaction.account, transaction.generation, opens=transaction.opens_account)
        if transaction.snapshot:
            self._write_snapshot(transaction.snapshot)
        for claim in transaction.client_ids:
            books.clients[claim.client_order_id] = claim.order_id
            if claim.released is not None:
                books.clients.pop(claim.released, None)
        taken = transaction.taken
        if taken and taken.after != taken.before:
            self.state.markets[taken.symbol].taken[taken.tick, taken.account_id, taken.side] = taken.after
        consumed = transaction.consumed
        if consumed and consumed.after != consumed.before:
            self.state.markets[consumed.symbol].consumed[consumed.account_id, consumed.side] = consumed.after
        for write in transaction.orders:
            self._write_order(write.before, write.after, books)
        for fill in transaction.fills:
            books.fills[fill.trade_id] = fill
            books.trades.append(fill.trade_id)
            books.trades_by_symbol[fill.symbol].append(fill.trade_id)
            books.ledger.append(fill.trade_id)
        books.ledger += transaction.ledger
        for each in transaction.announcements:
            announced = self.state.markets[each.symbol].announced
            if announced.get(each.field) != each.value:
                announced[each.field] = each.value
                self.state.journal.append(each.entry)
        self.state.journal.append(transaction.entry)

    def _know(self, symbol: str, tick: int) -> None:
        """Give a symbol its cursors, unless it has them."""
        market = self.state.markets[symbol]
        market.cursor = market.cursor or {"seen": tick, "done": tick}

    def _change_generation(self, before: Account, change: GenerationChange, *, opens: bool) -> None:
        for symbol, tick in change.placed_on:
            self._know(symbol, tick)
        for order in change.left:
            _leave(self.state.markets[order.symbol], order)
        books = self.state.books[owner(change.after)]
        for order in change.resumed:
            _enter(self.state.markets[order.symbol], order)
            _expect(self.state.markets[order.symbol], order)
            bisect.insort(books.open, order.order_id)
            _count(books, None, order)
        if not opens:
            self.state.generations[owner(before)] = change.left_at
        self.state.generations.pop(owner(change.after), None)

    def _write_snapshot(self, write: SnapshotWrite) -> None:
        snapshot = write.snapshot
        if write.after is None:
            del self.state.snapshots[snapshot.account_id][snapshot.name]
        elif write.before is None:
            self.state.snapshots[snapshot.account_id][snapshot.name] = write.after

    def _write_order(self, before: Order | None, after: Order, books: Books) -> None:
        market = self.state.markets[after.symbol]
        was = market.index(before) if before and before.is_open else None
        stands = market.index(after) if after.is_open else None
        if was is not None and was is not stands and before:
            was.remove((keys.score(before), before.order_id))
        if stands is not None and was is not stands:
            _enter(market, after)
        if before is None:
            books.orders.append(after.order_id)
            books.orders_by_symbol[after.symbol].append(after.order_id)
            if after.leg and after.leg.number == 0:
                books.lists.append(after.order_id)
            self.state.symbols.add(after.symbol)
        if stands is not None and was is None:
            _expect(market, after)
            bisect.insort(books.open, after.order_id)
        if was is not None and stands is None:
            _expect_no_more(market, after)
            books.open.remove(after.order_id)
        _count(books, before, after)
        self.state.orders[after.order_id] = after

    # cursors and ids

    def mark_seen(self, ticks: Mapping[str, int]) -> None:
        """See ports.Store.mark_seen."""
        self._raise("seen", ticks)

    def mark_done(self, ticks: Mapping[str, Tick]) -> None:
        """See ports.Store.mark_done."""
        self._raise("done", {symbol: tick.number for symbol, tick in ticks.items()})
        self._raise("done_at", {symbol: tick.quote.timestamp for symbol, tick in ticks.items()})
        for symbol, tick in ticks.items():
            market, number = self.state.markets[symbol], tick.number
            market.taken = {key: units for key, units in market.taken.items() if key[0] >= number}
            market.announced = {
                name: value for name, value in market.announced.items() if not name.isdigit() or int(name) >= number
            }

    def plan_gap(self, symbol: str, before: int, until: int, minute: int) -> None:
        """See ports.Store.plan_gap."""
        with self._lock:
            cursor = self.state.markets[symbol].cursor or {}
            if cursor.get("gap", 0) == before:
                self.state.markets[symbol].cursor = {**cursor, "gap": until, "gap_minute": minute}

    def _raise(self, name: str, ticks: Mapping[str, int]) -> None:
        with self._lock:
            for symbol, tick in ticks.items():
                market = self.state.markets[symbol]
                cursor = market.cursor = market.cursor or {}
                cursor[name] = max(cursor.get(name, 0), tick)

    def next_id(self, sequence: str, count: int = 1) -> int:
        """See ports.Store.next_id."""
        with self._lock:
            self.state.sequences[sequence] += count
            return self.state.sequences[sequence] - count + 1

    # what decisions read

    def read_placement(
        self, account_id: str, symbol: str, client_order_id: str | None, trade_ids: int = 1
    ) -> PlacementRead:
        """See ports.Store.read_placement."""
        account = self.state.accounts.get(account_id)
        books = self.state.books[owner(account)] if account else Books()
        return PlacementRead(
            account=account,
            market=self.market(symbol),
            scales=self.scales(split_symbol(symbol)),
            order_id=self.next_id("order"),
            trade_id=self.next_id("trade", trade_ids),
            prior_id=None if client_order_id is None else books.clients.get(client_order_id),
            open_counts={each: books.open_counts.get(each.of(symbol), 0) for each in Counted},
        )

    def _seen(self, symbol: str) -> int:
        return self._cursor(symbol, "seen")

    def taken(self, symbol: str, tick: int) -> Mapping[tuple[str, Side], Taken]:
        """See ports.Store.taken."""
        return {
            (account_id, side): taken
            for (number, account_id, side), taken in self.state.markets[symbol].taken.items()
            if number == tick
        }

    def consumed(self, symbol: str, wanted: Sequence[tuple[str, Side]]) -> list[Consumption]:
        """See ports.Store.consumed."""
        held = self.state.markets[symbol].consumed
        return [held.get(each, NOTHING) for each in wanted]

    def fee_books(self, accounts: Sequence[Account], asset: str | None, *, volumes: bool) -> list[FeeBooks]:
        """See ports.Store.fee_books."""
        scale = None if asset is None else self.state.scales.get(asset)
        found: list[FeeBooks] = []
        for account in accounts:
            books = self.state.books[owner(account)]
            units = 0 if asset is None else books.balances.get((asset, Bucket.FREE), 0)
            found.append(FeeBooks(from_units(units, scale or 0), scale, traded_by_day(books) if volumes else ()))
        return found

    def scales(self, assets: Iterable[str]) -> Mapping[str, int]:
        """See ports.Store.scales."""
        return {asset: self.state.scales[asset] for asset in assets if asset in self.state.scales}

    def symbols(self) -> list[str]:
        """See ports.Store.symbols."""
        return sorted(self.state.symbols)

    def backlogs(self, symbols: Sequence[str], limit: int) -> list[Backlog]:
        """See ports.Store.backlogs."""
        return [self._backlog(symbol, limit) for symbol in symbols]

    def _backlog(self, symbol: str, limit: int) -> Backlog:
        view, cursor = self.market(symbol), self.state.markets[symbol].cursor
        newest = view.tick.number if view.tick else 0
        if cursor is None:
            return Backlog(symbol, newest, view.seen, newest, [], 0, view.mailbox, view.market_time)
        done, done_at, until, minute = (cursor.get(name, 0) for name in ("done", "done_at", "gap", "gap_minute"))
        ticks = self.ticks(symbol, done, limit)
        gap = max(0, ticks[0].number - done - 1) if ticks else 0
        next_expiry = _next_expiry(self.state.markets[symbol])
        read = (view.mailbox, view.market_time, done_at, until, minute, next_expiry)
        return Backlog(symbol, done, view.seen, newest, ticks, gap, *read)

    def resting(self, symbols: Sequence[str]) -> list[Resting]:
        """See ports.Store.resting."""
        markets = [self.state.markets[symbol] for symbol in symbols]
        return [
            Resting(
                -market.bids[0][0] if market.bids else None,
                market.asks[0][0] if market.asks else None,
                len(market.arrivals),
                market.rises[0][0] if market.rises else None,
                -market.falls[0][0] if market.falls else None,
                len(market.extremes),
                _next_expiry(market),
                tuple(sorted(self.state.models)),
            )
            for market in markets
        ]

    def crossing(
        self, symbol: str, side: Side, price: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """See ports.Store.crossing."""
        market = self.state.markets[symbol]
        index, bound = (market.bids, -float(price)) if side is Side.BUY else (market.asks, float(price))
        return _up_to(index, bound, after, limit)

    def triggering(
        self, symbol: str, direction: Direction, last: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """See ports.Store.triggering."""
        market = self.state.markets[symbol]
        rises = direction is Direction.RISES
        index, bound = (market.rises, float(last)) if rises else (market.falls, -float(last))
        return _up_to(index, bound, after, limit)

    def expiring(self, symbol: str, until: int, after: float | None, limit: int) -> list[tuple[float, int]]:
        """See ports.Store.expiring."""
        return _up_to(self.state.markets[symbol].expiring, float(until), after, limit)

    def trails(self, symbol: str) -> list[tuple[Trail, Extremes | None]]:
        """See ports.Store.trails."""
        return list(self.state.markets[symbol].extremes.items())

    def trailing(
        self, symbol: str, trail: Trail, since: int, until: int, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """See ports.Store.trailing."""
        first = float(since) if after is None else after
        return _up_to(self.state.markets[symbol].trails[trail], float(until), first, limit)

    def keep_extremes(self, symbol: str, found: Sequence[tuple[Trail, Extremes]]) -> None:
        """See ports.Store.keep_extremes."""
        with self._lock:
            market = self.state.markets[symbol]
            for trail, extremes in found:
                if self._cursor(symbol, "done") < extremes.tick:
                    market.extremes[trail] = extremes
                if not market.trails[trail]:
                    market.extremes.pop(trail, None)

    def arrivals(self, symbol: str, after: int, limit: int) -> list[int]:
        """See ports.Store.arrivals."""
        return [order_id for _, order_id in self.state.markets[symbol].arrivals if order_id > after][:limit]

    # what people and audits read

    def account(self, account_id: str) -> Account | None:
        """See ports.Store.account."""
        return self.state.accounts.get(account_id)

    def accounts(self, account_ids: Sequence[str]) -> list[Account | None]:
        """See ports.Store.accounts."""
        return [self.state.accounts.get(account_id) for account_id in account_ids]

    def account_ids(self) -> list[str]:
        """See ports.Store.account_ids."""
        return sorted(self.state.accounts)

    def balances(self, account: Account) -> list[Balance]:
        """See ports.Store.balances."""
        held = self.state.books[owner(account)].balances
        return [
            Balance(asset, *(from_units(held.get((asset, bucket), 0), self.state.scales[asset]) for bucket in Bucket))
            for asset in sorted({asset for asset, _ in held})
        ]

    def orders(self, order_ids: Sequence[int]) -> list[Order | None]:
        """See ports.Store.orders."""
        return [self.state.orders.get(order_id) for order_id in order_ids]

    def order_id_of(self, account: Account, client_order_id: str) -> int | None:
        """See ports.Store.order_id_of."""
        return self.state.books[owner(account)].clients.get(client_order_id)

    def order_ids(self, account: Account, symbol: str | None, cursor: int | None, limit: int) -> Page[int]:
        """See ports.Store.order_ids."""
        books = self.state.books[owner(account)]
        return newest_first(books.orders if symbol is None else books.orders_by_symbol[symbol], cursor, limit)

    def list_ids(self, account: Account, cursor: int | None, limit: int) -> Page[int]:
        """See ports.Store.list_ids."""
        return newest_first(self.state.books[owner(account)].lists, cursor, limit)

    def open_order_ids(self, account: Account, after: int, limit: int) -> list[int]:
        """See ports.Store.open_order_ids."""
        ids = self.state.books[owner(account)].open
        start = bisect.bisect_right(ids, after)
        return ids[start : start + limit]

    def indexes_of(self, orders: Sequence[Order]) -> list[frozenset[str]]:
        """See ports.Store.indexes_of."""
        found: list[frozenset[str]] = []
        for order in orders:
            market = self.state.markets[order.symbol]
            found.append(
                frozenset(
                    name for name, index in market.indexes.items() if any(each == order.order_id for _, each in index)
                )
            )
        return found

    def index_size(self, symbols: Sequence[str]) -> int:
        """See ports.Store.index_size."""
        markets = [self.state.markets[symbol] for symbol in symbols]
        return sum(len(index) for market in markets for name, index in market.indexes.items() if name != keys.EXPIRING)

    def open_count(self, accounts: Sequence[Account]) -> int:
        """See ports.Store.open_count."""
        return sum(len(self.state.books[owner(account)].open) for account in accounts)

    def open_by_symbol(self, account: Account) -> Mapping[str, int]:
        """See ports.Store.open_by_symbol."""
        return dict(self.state.books[owner(account)].open_counts)

    def fills(self, account: Account, trade_ids: Sequence[int]) -> list[Fill | None]:
        """See ports.Store.fills."""
        recorded = self.state.books[owner(account)].fills
        return [recorded.get(trade_id) for trade_id in trade_ids]

    def trade_ids(self, account: Account, symbol: str | None, cursor: int | None, limit: int) -> Page[int]:
        """See ports.Store.trade_ids."""
        books = self.state.books[owner(account)]
        return newest_first(books.trades if symbol is None else books.trades_by_symbol[symbol], cursor, limit)

    def ledger(self, account: Account, cursor: int, limit: int) -> Page[LedgerEntry]:
        """See ports.Store.ledger."""
        books = self.state.books[owner(account)]
        lines: list[LedgerEntry] = []
        for line in books.ledger[cursor : cursor + limit]:
            lines += fill_entries(books.fills[line]) if isinstance(line, int) else [line]
        return Page(lines, min(cursor + limit, len(books.ledger)))

    def journal(self, cursor: int, limit: int) -> Page[JournalEntry]:
        """See ports.Store.journal."""
        return Page(self.state.journal[cursor : cursor + limit], min(cursor + limit, len(self.state.journal)))

    def revision(self) -> int:
        """See ports.Store.revision."""
        return len(self.state.journal)

    def version(self) -> str:
        """See ports.Store.version."""
        newest = write_entry(self.state.journal[-1]) if self.state.journal else ""
        return version_of(len(self.state.journal), newest.encode())

    def ping(self) -> None:
        """Memory always answers."""


def _leave(market: Market, order: Order) -> None:
    market.index(order).remove((keys.score(order), order.order_id))
    _expect_no_more(market, order)


def _expect(market: Market, order: Order) -> None:
    """An order with a date is open from now on."""
    if order.expires_at is not None:
        bisect.insort(market.expiring, (float(order.expires_at), order.order_id))


def _expect_no_more(market: Market, order: Order) -> None:
    if order.expires_at is not None:
        market.expiring.remove((float(order.expires_at), order.order_id))


def _enter(market: Market, order: Order) -> None:
    bisect.insort(market.index(order), (keys.score(order), order.order_id))
    if order.trail:
        market.extremes.setdefault(order.trail, None)


def _next_expiry(market: Market) -> int | None:
    return int(market.expiring[0][0]) if market.expiring else None


def _add_volume(volume: VolumeWrite | None, books: Books) -> None:
    if volume is None:
        return
    if volume.before_day != volume.day:
        books.volumes = {day: units for day, units in books.volumes.items() if day >= volume.day - WINDOW}
    books.volumes[volume.day] = books.volumes.get(volume.day, 0) + to_units(volume.added, VOLUME_SCALE)


def _up_to(index: list[tuple[float, int]], bound: float, after: float | None, limit: int) -> list[tuple[float, int]]:
    start = 0 if after is None else bisect.bisect_left(index, (after, 0))
    return [entry for entry in index[start : start + limit] if entry[0] <= bound]


def _count(books: Books, before: Order | None, after: Order) -> None:
    for each, by in count_changes(before, after):
        books.open_counts[each.of(after.symbol)] += by


def _described(snapshot: Snapshot | None) -> Snapshot | None:
    """A snapshot without its open orders: what a guard compares."""
    return replace(snapshot, open_orders=()) if snapshot else None
