"""Translate a transaction into the operations of lua/commit.lua."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ..domain.account_models import reach_of
from ..domain.amounts import to_units
from ..domain.balances import Account, Bucket
from ..domain.fees import VOLUME_SCALE, WINDOW, FeeReading
from ..domain.generations import GenerationPage
from ..domain.order_lists import LIST_NAME
from ..domain.orders import Order, Trail, count_changes
from ..domain.placing import given_order_id
from ..domain.snapshots import Snapshot
from ..domain.trailing import Extremes
from ..domain.transactions import Announcement, GenerationChange, SnapshotWrite, Transaction
from . import records
from .journal_records import write_entry
from .keys import EXPIRING, NEWEST_DAY, VenueKeys, member, score

Word = str | int
"""Money and whatever is compared goes as text; counts, ids and ticks as integers, below 2^53: Lua's are doubles."""

_pack = msgspec.msgpack.Encoder().encode


class Batch:
    """Transactions on their way to one script call: the keys they declare and the words they add."""

    def __init__(self, keys: VenueKeys) -> None:
        self._names = keys
        self._positions: dict[str, int] = {}
        self._transactions: list[Word] = []
        self._texts: dict[int, tuple[int, Announcement, str]] = {}
        self.count = 0

    @property
    def keys(self) -> list[str]:
        """Every key touched, in the order in which the operations number them."""
        return list(self._positions)

    def packed(self) -> bytes:
        """What the script reads, as one MessagePack array: the number of transactions, the number of texts they share,
        the texts, the transactions."""
        texts = [text for _, _, text in self._texts.values()]
        return _pack([self.count, len(texts), *texts, *self._transactions])

    def __len__(self) -> int:
        return len(self._transactions) + len(self._texts) + len(self._positions) + 2

    def position(self, name: str) -> int:
        """The number by which operations name a key."""
        return self._positions.setdefault(name, len(self._positions) + 1)

    def _text(self, announcement: Announcement) -> int:
        """The place of an announcement's journal record among the shared texts. Orders that meet one tick share the
        very objects, so a page of them sends each text once."""
        known = self._texts.get(id(announcement))
        if known is None:
            # The announcement is kept with its text: an id is only a name while its object lives.
            known = (len(self._texts) + 1, announcement, write_entry(announcement.entry))
            self._texts[id(announcement)] = known
        return known[0]

    def add(
        self,
        transaction: Transaction,
        known_scales: Mapping[str, int],
        told: Mapping[tuple[str, str], tuple[str, str]],
    ) -> None:
        """One more transaction.

        Scales that are known to be on record are not guarded again: they never change. Announcements that the journal
        is known to hold (`told`, by subject) are guarded to be so still, instead of being sent again.
        """
        checks, writes = _Operations(self), _Operations(self)
        names = self._names
        account = transaction.account
        before_version = "" if transaction.opens_account else records.version_prefix(account.version)
        checks.put("V", names.account(account.account_id), before_version)
        self._guard_cursors(transaction, checks, writes)
        if transaction.unchanged:
            self._guard_books(transaction.unchanged, account, checks)
        for asset, places in transaction.scales.items():
            if asset not in known_scales:
                checks.put("Q", names.scales, asset, str(places))
                writes.put("H", names.scales, asset, places)
        clients = names.of("client", account)
        for claim in transaction.client_ids:
            checks.put("F", clients, claim.client_order_id, str(claim.before or ""))
            writes.put("H", clients, claim.client_order_id, claim.order_id)
            if claim.released is not None:
                writes.put("h", clients, claim.released)
        for counted, most in transaction.most_open:
            checks.put("B", names.of("counts", account), counted, most)
        for write in transaction.orders:
            expected = records.version_prefix(write.before.version) if write.before else ""
            checks.put("V", names.order(write.after.order_id), expected)
        self._guard_taken(transaction, checks, writes)
        self._guard_fees(transaction.fees, transaction.owner, checks, writes)
        balance = names.of("balance", transaction.owner)
        for posting in transaction.postings:
            units = to_units(posting.amount, transaction.scales[posting.asset])
            checks.put("+" if units >= 0 else "-", balance, f"{posting.asset}:{posting.bucket}", str(abs(units)))
        if transaction.account_record:
            writes.put("S", names.account(account.account_id), records.write_account(transaction.account_record))
            if transaction.account_record.fill_model is not None:
                writes.put("Z", names.models, 0, reach_of(transaction.account_record.fill_model))
        if transaction.opens_account:
            writes.put("Z", names.accounts, 0, account.account_id)
        if transaction.generation:
            self._change_generation(account, transaction.generation, checks, writes, opens=transaction.opens_account)
        if transaction.snapshot:
            self._write_snapshot(transaction.snapshot, checks, writes)
        for write in transaction.orders:
            self._write_order(write.before, write.after, writes)
        self._announce(transaction.announcements, told, checks, writes)
        self._record(transaction, writes)
        self._transactions += [checks.count, *checks.arguments, len(writes.arguments), *writes.arguments]
        self.count += 1

    def _announce(
        self,
        announcements: Iterable[Announcement],
        told: Mapping[tuple[str, str], tuple[str, str]],
        checks: _Operations,
        writes: _Operations,
    ) -> None:
        for each in announcements:
            key = self._names.at("announced", each.symbol)
            if told.get(each.subject) == (each.field, each.value):
                checks.put("F", key, each.field, each.value)
            else:
                journal = self.position(self._names.journal)
                writes.put("A", key, each.field, each.value, journal, self._text(each))

    def _guard_taken(self, transaction: Transaction, checks: _Operations, writes: _Operations) -> None:
        """What the account took of a tick or of a book."""
        names = self._names
        if transaction.taken:
            taken = transaction.taken
            key, field = names.at("taken", taken.symbol), f"{taken.tick}|{taken.account_id}|{taken.side}"
            checks.put("F", key, field, records.write_taken(taken.before))
            if taken.after != taken.before:
                writes.put("H", key, field, records.write_taken(taken.after))
        if transaction.consumed:
            consumed = transaction.consumed
            key, field = names.at("consumed", consumed.symbol), f"{consumed.account_id}|{consumed.side}"
            checks.put("F", key, field, records.write_consumption(consumed.before))
            if consumed.after != consumed.before:
                writes.put("H", key, field, records.write_consumption(consumed.after))

    def _guard_cursors(self, transaction: Transaction, checks: _Operations, writes: _Operations) -> None:
        names = self._names
        if transaction.placed_on:
            symbol, tick = transaction.placed_on
            checks.put("B", names.at("cursor", symbol), "seen", tick)
            writes.put("I", names.at("cursor", symbol), tick)
        if transaction.matched_on:
            symbol, tick = transaction.matched_on
            checks.put("B", names.at("cursor", symbol), "done", tick - 1)

    def _guard_books(self, books: Snapshot, account: Account, checks: _Operations) -> None:
        names = self._names
        for kind, length in (("orders", books.orders), ("trades", books.trades), ("ledger", books.ledger)):
            checks.put("L", names.of(kind, account), length)
        for order in books.open_orders:
            # What happens to it otherwise: an end, an amendment, an arrival, a trigger, a better place in a queue.
            checks.put("V", names.order(order.order_id), records.version_prefix(order.version))

    def _guard_fees(self, fees: FeeReading | None, account: Account, checks: _Operations, writes: _Operations) -> None:
        guard, volume = (fees.guard, fees.volume_write) if fees else (None, None)
        if guard:
            balance, field = self._names.of("balance", account), f"{guard.asset}:{Bucket.FREE}"
            for code, bound in (("E", guard.at_least), ("U", guard.below)):
                if bound is not None:
                    checks.put(code, balance, field, str(max(0, to_units(bound, guard.scale))))
        if volume:
            key, before = self._names.of("volume", account), volume.before_day
            checks.put("F", key, NEWEST_DAY, "" if before is None else str(before))
            if before != volume.day:
                if before is not None:
                    checks.put("F", key, str(before), str(to_units(volume.before, VOLUME_SCALE)))
                writes.put("H", key, NEWEST_DAY, str(volume.day))
                writes.put("P", key, volume.day - WINDOW)
            checks.put("+", key, str(volume.day), str(to_units(volume.added, VOLUME_SCALE)))

    def _change_generation(
        self, before: Account, change: GenerationChange, checks: _Operations, writes: _Operations, *, opens: bool
    ) -> None:
        names = self._names
        new = f"{change.after.account_id}:{change.after.generation}"
        checks.put("G", names.generations, new)
        for symbol, tick in change.placed_on:
            checks.put("B", names.at("cursor", symbol), "seen", tick)
            writes.put("I", names.at("cursor", symbol), tick)
        for order in change.left:
            index = names.index(order)
            if index:
                writes.put("z", index[1], member(order.order_id))
                self._expect_no_more(order, writes)
        for order in change.resumed:
            index = names.index(order)
            if index:
                self._enter(order, index[1], writes)
                self._expect(order, writes)
                writes.put("Z", names.of("open", order), order.order_id, order.order_id)
                self._count(None, order, writes)
        if not opens:
            writes.put("Z", names.generations, change.left_at, f"{before.account_id}:{before.generation}")
        writes.put("z", names.generations, new)

    def _write_snapshot(self, write: SnapshotWrite, checks: _Operations, writes: _Operations) -> None:
        snapshot = write.snapshot
        key = self._names.snapshots(snapshot.account_id)
        checks.put("F", key, snapshot.name, records.write_snapshot(write.before) if write.before else "")
        content = self._names.snapshot(snapshot.account_id, snapshot.name)
        if write.after is None:
            writes.put("h", key, snapshot.name)
            writes.put("D", content)
        elif write.before is None:
            writes.put("H", key, snapshot.name, records.write_snapshot(write.after))
            writes.put("S", content, records.write_open_orders(write.after))

    def add_generation(self, account: Account, page: GenerationPage, scales: Mapping[str, int]) -> None:
        """Books that nobody sees yet; refused when they were given up meanwhile."""
        names, checks, writes = self._names, _Operations(self), _Operations(self)
        checks.put("G", names.generations, f"{account.account_id}:{account.generation}")
        for order in page.orders:
            if not order.is_open:
                writes.put("S", names.order(order.order_id), records.write_order(order))
            writes.put("R", names.of("orders", account), order.order_id)
            writes.put("R", names.of("orders", account, order.symbol), order.order_id)
            if given_order_id(order.client_order_id) is None:
                writes.put("H", names.of("client", account), order.client_order_id, order.order_id)
            if order.leg and order.leg.number == 0:
                writes.put("R", names.of("lists", account), order.order_id)
                if order.leg.list_client_id:
                    writes.put("H", names.of("client", account), LIST_NAME + order.leg.list_client_id, order.order_id)
        for order in page.resumed:
            writes.put("S", names.order(order.order_id), records.write_order(order))
            if given_order_id(order.client_order_id) is None:
                writes.put("H", names.of("client", account), order.client_order_id, order.order_id)
        for fill in page.fills:
            writes.put("H", names.of("fills", account), fill.trade_id, records.write_fill(fill))
            for key in (names.of("trades", account), names.of("trades", account, fill.symbol)):
                writes.put("R", key, fill.trade_id)
        for line in page.ledger:
            written = line if isinstance(line, int) else records.write_ledger(line)
            writes.put("R", names.of("ledger", account), written)
        for balance in page.balances:
            for bucket, amount in ((Bucket.FREE, balance.free), (Bucket.LOCKED, balance.locked)):
                units = to_units(amount, scales[balance.asset])
                writes.put("H", names.of("balance", account), f"{balance.asset}:{bucket}", str(units))
        for day, traded in page.volumes:
            writes.put("H", names.of("volume", account), str(day), str(to_units(traded, VOLUME_SCALE)))
            writes.put("H", names.of("volume", account), NEWEST_DAY, str(day))
        self._transactions += [checks.count, *checks.arguments, len(writes.arguments), *writes.arguments]
        self.count += 1

    def _write_order(self, before: Order | None, after: Order, writes: _Operations) -> None:
        names = self._names
        writes.put("S", names.order(after.order_id), records.write_order(after))
        was = names.index(before) if before else None
        stands = names.index(after)
        if was and was != stands:
            writes.put("z", was[1], member(after.order_id))
        if stands and was != stands:
            self._enter(after, stands[1], writes)
        if before is None:
            writes.put("R", names.of("orders", after), after.order_id)
            writes.put("R", names.of("orders", after, after.symbol), after.order_id)
            if after.leg and after.leg.number == 0:
                writes.put("R", names.of("lists", after), after.order_id)
            writes.put("Z", names.symbols, 0, after.symbol)
        if stands and not was:
            self._expect(after, writes)
            writes.put("Z", names.of("open", after), after.order_id, after.order_id)
        if was and not stands:
            self._expect_no_more(after, writes)
            writes.put("z", names.of("open", after), after.order_id)
        self._count(before, after, writes)

    def _enter(self, order: Order, index: str, writes: _Operations) -> None:
        writes.put("Z", index, repr(score(order)), member(order.order_id))
        if order.trail:
            writes.put("U", self._names.at("trails", order.symbol), str(order.trail), "")

    def _expect(self, order: Order, writes: _Operations) -> None:
        """An order with a date is open from now on."""
        if order.expires_at is not None:
            expiring = self._names.at(EXPIRING, order.symbol)
            writes.put("Z", expiring, repr(float(order.expires_at)), member(order.order_id))

    def _expect_no_more(self, order: Order, writes: _Operations) -> None:
        if order.expires_at is not None:
            writes.put("z", self._names.at(EXPIRING, order.symbol), member(order.order_id))

    def add_extremes(self, symbol: str, trail: Trail, extremes: Extremes) -> None:
        """Two transactions: what a trail measures from, unless its tick is done; and that it is no more, if so."""
        names, key = self._names, self._names.at("trails", symbol)
        for code, checked, fields, written in (
            ("B", names.at("cursor", symbol), ("done", extremes.tick - 1), ("H", records.write_extremes(extremes))),
            ("C", names.at(trail.index_name, symbol), (0,), ("h",)),
        ):
            checks, writes = _Operations(self), _Operations(self)
            checks.put(code, checked, *fields)
            writes.put(written[0], key, str(trail), *written[1:])
            self._transactions += [checks.count, *checks.arguments, len(writes.arguments), *writes.arguments]
            self.count += 1

    def _count(self, before: Order | None, after: Order, writes: _Operations) -> None:
        for each, by in count_changes(before, after):
            writes.put("N", self._names.of("counts", after), each.of(after.symbol), by)

    def _record(self, transaction: Transaction, writes: _Operations) -> None:
        """Fills, ledger lines and the journal."""
        names, account = self._names, transaction.owner
        for fill in transaction.fills:
            writes.put("H", names.of("fills", account), fill.trade_id, records.write_fill(fill))
            for key in (names.of("trades", account), names.of("trades", account, fill.symbol)):
                writes.put("R", key, fill.trade_id)
            writes.put("R", names.of("ledger", account), fill.trade_id)
        for line in transaction.ledger:
            writes.put("R", names.of("ledger", account), records.write_ledger(line))
        writes.put("R", names.journal, write_entry(transaction.entry))

    def add_gap(self, symbol: str, before: int, until: int, minute: int) -> None:
        """A gap in a symbol's ticks; refused when another was laid down meanwhile."""
        checks, writes = _Operations(self), _Operations(self)
        cursor = self._names.at("cursor", symbol)
        checks.put("F", cursor, "gap", str(before or ""))
        writes.put("H", cursor, "gap", until)
        writes.put("H", cursor, "gap_minute", minute)
        self._transactions += [checks.count, *checks.arguments, len(writes.arguments), *writes.arguments]
        self.count += 1

    def add_writes(self, operations: Iterable[tuple[str, str, *tuple[Word, ...]]]) -> None:
        """A transaction without guards: (operation, key, arguments...)."""
        writes = _Operations(self)
        for code, key, *values in operations:
            writes.put(code, key, *values)
        self._transactions += [0, len(writes.arguments), *writes.arguments]
        self.count += 1


class _Operations:
    """Operations in the making, with keys replaced by their positions."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.arguments: list[Word] = []
        self.count = 0

    def put(self, code: str, key: str, *values: Word) -> None:
        self.arguments += (code, self._batch.position(key), *values)
        self.count += 1
