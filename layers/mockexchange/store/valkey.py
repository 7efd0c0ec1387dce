"""A venue in Valkey. See ports.Store; the key schema is in keys.py, the commit in lua/commit.lua."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..domain.amounts import ZERO
from ..domain.balances import Account, Balance
from ..domain.errors import ExchangeNotAvailable
from ..domain.fills import Fill
from ..domain.instruments import split_symbol
from ..domain.journal import JournalEntry
from ..domain.ledger import LedgerEntry, fill_entries
from ..domain.models import NOTHING, Consumption, Taken
from ..domain.orders import Counted, Direction, Order, Side, Trail
from ..domain.quotes import Tick
from ..domain.trailing import Extremes
from ..domain.transactions import Transaction, Verdict
from ..ports import Backlog, Page, PlacementRead, Resting
from . import keys, records
from .encoding import Batch
from .journal_records import read_entry, version_of
from .keys import VenueKeys
from .paging import span
from .valkey_chaos import ValkeyChaos
from .valkey_connection import Command, Connection, Script
from .valkey_diagnosis import ValkeyDiagnosis
from .valkey_equity import ValkeyEquityBook
from .valkey_fees import ValkeyFees
from .valkey_generations import ValkeyGenerations
from .valkey_keys import ValkeyKeys
from .valkey_market import ValkeyMarketData, read_log_entry

MAX_WORDS = 3_500
"""Words and keys of one commit call, so that it blocks the server for a few ms at most. ElastiCache Serverless refuses
calls above about 3,900 arguments; the words travel as one, so only the keys count there."""

_COMMIT = Script("commit")
_PLACEMENT = Script("placement")
_VERDICTS = (Verdict.COMMITTED, Verdict.CONFLICT, Verdict.INSUFFICIENT)


class ValkeyStore(
    ValkeyGenerations, ValkeyEquityBook, ValkeyFees, ValkeyKeys, ValkeyChaos, ValkeyDiagnosis, ValkeyMarketData
):
    """One venue on one Valkey. What it caches never changes (scales) or is guarded in every commit
    (generations, and what the journal has been told)."""

    def __init__(self, connection: Connection, venue: str = "main", log_length: int = 10_000, levels: int = 0) -> None:
        super().__init__(connection, log_length, levels)
        self.keys = VenueKeys(venue)
        self._scales: dict[str, int] = {}
        self._generations: dict[str, int] = {}
        self._told: dict[tuple[str, str], tuple[str, str]] = {}

    # commit

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        """See ports.Store.commit."""
        verdicts: list[Verdict] = []
        batch = Batch(self.keys)
        for transaction in transactions:
            if batch.count and len(batch) + _LARGEST + _FILL * len(transaction.fills) > MAX_WORDS:
                verdicts += self._call(batch)
                batch = Batch(self.keys)
            batch.add(transaction, self._scales, self._told)
        if batch.count:
            verdicts += self._call(batch)
        for transaction, verdict in zip(transactions, verdicts, strict=True):
            if verdict is Verdict.COMMITTED:
                self._scales.update(transaction.scales)
            for each in transaction.announcements:
                if verdict is Verdict.COMMITTED:
                    self._told[each.subject] = each.field, each.value
                else:
                    self._told.pop(each.subject, None)
        return verdicts

    def _call(self, batch: Batch) -> list[Verdict]:
        answer = self.connection.script(_COMMIT, batch.keys, [batch.packed()])
        return [_VERDICTS[code] for code in answer]

    # cursors and ids

    def mark_seen(self, ticks: Mapping[str, int]) -> None:
        """See ports.Store.mark_seen."""
        for part in _parts(sorted(ticks.items()), 500):
            batch = Batch(self.keys)
            batch.add_writes(("M", self.keys.at("cursor", symbol), "seen", tick) for symbol, tick in part)
            self._call(batch)

    def mark_done(self, ticks: Mapping[str, Tick]) -> None:
        """See ports.Store.mark_done."""
        for part in _parts(sorted((symbol, tick.number, tick.quote.timestamp) for symbol, tick in ticks.items()), 200):
            batch = Batch(self.keys)
            for symbol, number, time in part:
                batch.add_writes(
                    [
                        ("M", self.keys.at("cursor", symbol), "done", number),
                        ("M", self.keys.at("cursor", symbol), "done_at", time),
                        ("P", self.keys.at("taken", symbol), number),
                        ("P", self.keys.at("announced", symbol), number),
                    ]
                )
            self._call(batch)

    def plan_gap(self, symbol: str, before: int, until: int, minute: int) -> None:
        """See ports.Store.plan_gap."""
        batch = Batch(self.keys)
        batch.add_gap(symbol, before, until, minute)
        self._call(batch)

    def next_id(self, sequence: str, count: int = 1) -> int:
        """See ports.Store.next_id."""
        return self.connection.run("HINCRBY", self.keys.sequence, sequence, count) - count + 1

    # what decisions read

    def read_placement(
        self, account_id: str, symbol: str, client_order_id: str | None, trade_ids: int = 1
    ) -> PlacementRead:
        """See ports.Store.read_placement."""
        generation = self._generations.get(account_id, 1)
        guess = Account(account_id, generation, 0, ZERO, ZERO, 0)
        venue_keys = [
            self.keys.account(account_id),
            self.keys.sequence,
            self.keys.at("cursor", symbol),
            self.keys.of("client", guess),
            self.keys.of("counts", guess),
        ]
        # The venue first: a cursor read after the tick could be ahead of it without any tick having been lost.
        (account_record, order_id, last_trade_id, seen, counts, prior), clock, *prices = self.connection.pipe(
            [
                _PLACEMENT.command(
                    venue_keys, client_order_id or "", trade_ids, *(each.of(symbol) for each in Counted)
                ),
                ("GET", keys.CLOCK),
                *self._price_commands(symbol),
            ]
        )
        account = records.read_account(account_id, account_record) if account_record else None
        if account and account.generation != generation:
            # The account was reset since this process last saw it, so the old one's orders were looked up.
            self._generations[account_id] = account.generation
            by_name = self.open_by_symbol(account)
            counts = [by_name.get(each.of(symbol)) for each in Counted]
            prior = self.order_id_of(account, client_order_id) if client_order_id is not None else None
        return PlacementRead(
            account=account,
            market=self._market_view(symbol, clock, [seen, *prices]),
            scales=self.scales(split_symbol(symbol)),
            order_id=order_id,
            trade_id=last_trade_id - trade_ids + 1,
            prior_id=int(prior) if prior else None,
            open_counts={each: int(count or 0) for each, count in zip(Counted, counts, strict=True)},
        )

    def _seen_command(self, symbol: str) -> Command:
        return ("HGET", self.keys.at("cursor", symbol), "seen")

    def taken(self, symbol: str, tick: int) -> Mapping[tuple[str, Side], Taken]:
        """See ports.Store.taken."""
        found: dict[tuple[str, Side], Taken] = {}
        for name, record in _pairs(self.connection.run("HGETALL", self.keys.at("taken", symbol))):
            number, account_id, side = name.decode().split("|")
            if int(number) == tick:
                found[account_id, Side(side)] = records.read_taken(record.decode())
        return found

    def consumed(self, symbol: str, wanted: Sequence[tuple[str, Side]]) -> list[Consumption]:
        """See ports.Store.consumed."""
        fields = [f"{account_id}|{side}" for account_id, side in wanted]
        if not fields:
            return []
        found = self.connection.run("HMGET", self.keys.at("consumed", symbol), *fields)
        return [records.read_consumption(each) if each else NOTHING for each in found]

    def scales(self, assets: Iterable[str]) -> Mapping[str, int]:
        """See ports.Store.scales."""
        wanted = list(assets)
        missing = [asset for asset in wanted if asset not in self._scales]
        if missing:
            found = self.connection.run("HMGET", self.keys.scales, *missing)
            self._scales.update({asset: int(places) for asset, places in zip(missing, found, strict=True) if places})
        return {asset: self._scales[asset] for asset in wanted if asset in self._scales}

    def symbols(self) -> list[str]:
        """See ports.Store.symbols."""
        return self._names(self.keys.symbols)

    def _names(self, key: str) -> list[str]:
        """The members of a set of names, page by page."""
        names: list[str] = []
        after = "-"
        while page := self.connection.run("ZRANGEBYLEX", key, after, "+", "LIMIT", 0, 1000):
            names += [name.decode() for name in page]
            after = f"({names[-1]}"
        return names

    def backlogs(self, symbols: Sequence[str], limit: int) -> list[Backlog]:
        """See ports.Store.backlogs."""
        views = self.markets(symbols)
        fields = ("done", "done_at", "gap", "gap_minute")
        commands: list[Command] = [("HMGET", self.keys.at("cursor", symbol), *fields) for symbol in symbols]
        commands += [self._next_expiry_command(symbol) for symbol in symbols]
        answers = self.connection.pipe(commands)
        cursors, expiries = answers[: len(symbols)], answers[len(symbols) :]
        found: list[Backlog] = []
        wanted: list[Command] = []
        for symbol, view, cursor, expiry in zip(symbols, views, cursors, expiries, strict=True):
            newest = view.tick.number if view.tick else 0
            # No cursor: the symbol never had an order here, so nothing can have waited for its ticks.
            done, done_at, until, minute = (int(each or 0) for each in cursor)
            done = newest if cursor[0] is None else done
            read = (view.mailbox, view.market_time, done_at, until, minute, _next_expiry(expiry))
            found.append(Backlog(symbol, done, view.seen, newest, [], 0, *read))
            if newest > done:
                wanted.append(self._ticks_command(symbol, done, limit))
        logged = iter(self.connection.pipe(wanted))
        return [self._with_ticks(each, next(logged)) if each.newest > each.done else each for each in found]

    @staticmethod
    def _with_ticks(backlog: Backlog, entries: Sequence[Any]) -> Backlog:
        ticks = [read_log_entry(backlog.symbol, entry) for entry in entries]
        gap = max(0, ticks[0].number - backlog.done - 1) if ticks else 0
        return replace(backlog, ticks=ticks, gap=gap)

    def resting(self, symbols: Sequence[str]) -> list[Resting]:
        """See ports.Store.resting."""
        commands: list[Command] = []
        for symbol in symbols:
            outermost = ("bids", "asks", "rises", "falls")
            commands += [("ZRANGE", self.keys.at(name, symbol), 0, 0, "WITHSCORES") for name in outermost]
            commands += [("ZCARD", self.keys.at("arrivals", symbol)), ("HLEN", self.keys.at("trails", symbol))]
            commands.append(self._next_expiry_command(symbol))
        *answers, names = self.connection.pipe([*commands, ("ZRANGE", self.keys.models, 0, -1)])
        models = tuple(name.decode() for name in names)
        found: list[Resting] = []
        for *outermost, waiting, trails, expiry in _parts(answers, 7):
            bid, ask, rise, fall = (float(each[1]) if each else None for each in outermost)
            best_bid, highest_fall = (None if each is None else -each for each in (bid, fall))
            found.append(Resting(best_bid, ask, waiting, rise, highest_fall, trails, _next_expiry(expiry), models))
        return found

    def _next_expiry_command(self, symbol: str) -> Command:
        return ("ZRANGE", self.keys.at(keys.EXPIRING, symbol), 0, 0, "WITHSCORES")

    def crossing(
        self, symbol: str, side: Side, price: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """See ports.Store.crossing."""
        name, bound = ("bids", -float(price)) if side is Side.BUY else ("asks", float(price))
        return self._up_to(self.keys.at(name, symbol), bound, after, limit)

    def triggering(
        self, symbol: str, direction: Direction, last: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """See ports.Store.triggering."""
        bound = float(last) if direction is Direction.RISES else -float(last)
        return self._up_to(self.keys.at(direction.value, symbol), bound, after, limit)

    def expiring(self, symbol: str, until: int, after: float | None, limit: int) -> list[tuple[float, int]]:
        """See ports.Store.expiring."""
        return self._up_to(self.keys.at(keys.EXPIRING, symbol), float(until), after, limit)

    def trails(self, symbol: str) -> list[tuple[Trail, Extremes | None]]:
        """See ports.Store.trails."""
        found: list[tuple[Trail, Extremes | None]] = []
        for name, record in _pairs(self.connection.run("HGETALL", self.keys.at("trails", symbol))):
            side, delta = name.decode().split("|")
            found.append((Trail(Side(side), int(delta)), records.read_extremes(record)))
        return found

    def trailing(
        self, symbol: str, trail: Trail, since: int, until: int, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """See ports.Store.trailing."""
        first = float(since) if after is None else after
        return self._up_to(self.keys.at(trail.index_name, symbol), float(until), first, limit)

    def keep_extremes(self, symbol: str, found: Sequence[tuple[Trail, Extremes]]) -> None:
        """See ports.Store.keep_extremes."""
        for part in _parts(list(found), 100):
            batch = Batch(self.keys)
            for trail, extremes in part:
                batch.add_extremes(symbol, trail, extremes)
            self._call(batch)

    def _up_to(self, key: str, bound: float, after: float | None, limit: int) -> list[tuple[float, int]]:
        first = "-inf" if after is None else repr(after)
        page = self.connection.run("ZRANGEBYSCORE", key, first, repr(bound), "WITHSCORES", "LIMIT", 0, limit)
        return [(float(score), int(member)) for member, score in _pairs(page)]

    def arrivals(self, symbol: str, after: int, limit: int) -> list[int]:
        """See ports.Store.arrivals."""
        key = self.keys.at("arrivals", symbol)
        return [int(each) for each in self.connection.run("ZRANGEBYSCORE", key, f"({after}", "+inf", "LIMIT", 0, limit)]

    # what people and audits read

    def account(self, account_id: str) -> Account | None:
        """See ports.Store.account."""
        return self.accounts([account_id])[0]

    def accounts(self, account_ids: Sequence[str]) -> list[Account | None]:
        """See ports.Store.accounts."""
        if not account_ids:
            return []
        found = self.connection.run("MGET", *(self.keys.account(account_id) for account_id in account_ids))
        return [
            records.read_account(account_id, record) if record else None
            for account_id, record in zip(account_ids, found, strict=True)
        ]

    def account_ids(self) -> list[str]:
        """See ports.Store.account_ids."""
        return self._names(self.keys.accounts)

    def balances(self, account: Account) -> list[Balance]:
        """See ports.Store.balances."""
        return self.balances_of([account])[0]

    def orders(self, order_ids: Sequence[int]) -> list[Order | None]:
        """See ports.Store.orders."""
        found: list[Order | None] = []
        for part in _parts(list(order_ids), 1000):
            answers = self.connection.run("MGET", *(self.keys.order(order_id) for order_id in part))
            found += [
                records.read_order(order_id, record) if record else None
                for order_id, record in zip(part, answers, strict=True)
            ]
        return found

    def order_id_of(self, account: Account, client_order_id: str) -> int | None:
        """See ports.Store.order_id_of."""
        found = self.connection.run("HGET", self.keys.of("client", account), client_order_id)
        return int(found) if found else None

    def order_ids(self, account: Account, symbol: str | None, cursor: int | None, limit: int) -> Page[int]:
        """See ports.Store.order_ids."""
        return self._newest_first(self.keys.of("orders", account, symbol), cursor, limit)

    def list_ids(self, account: Account, cursor: int | None, limit: int) -> Page[int]:
        """See ports.Store.list_ids."""
        return self._newest_first(self.keys.of("lists", account), cursor, limit)

    def _newest_first(self, key: str, cursor: int | None, limit: int) -> Page[int]:
        # The list only grows at its end, so positions below `length` stay what they are.
        length = self.connection.run("LLEN", key)
        start, end = span(length, cursor, limit)
        items: list[bytes] = self.connection.run("LRANGE", key, start, end - 1) if end > start else []
        return Page([int(each) for each in reversed(items)], start or None)

    def open_order_ids(self, account: Account, after: int, limit: int) -> list[int]:
        """See ports.Store.open_order_ids."""
        key = self.keys.of("open", account)
        return [int(each) for each in self.connection.run("ZRANGEBYSCORE", key, f"({after}", "+inf", "LIMIT", 0, limit)]

    def indexes_of(self, orders: Sequence[Order]) -> list[frozenset[str]]:
        """See ports.Store.indexes_of."""
        asked = [(order, name) for order in orders for name in keys.index_names(order)]
        scores = self.connection.pipe(
            [("ZSCORE", self.keys.at(name, order.symbol), keys.member(order.order_id)) for order, name in asked]
        )
        found = {order.order_id: set[str]() for order in orders}
        for (order, name), score in zip(asked, scores, strict=True):
            if score is not None:
                found[order.order_id].add(name)
        return [frozenset(found[order.order_id]) for order in orders]

    def index_size(self, symbols: Sequence[str]) -> int:
        """See ports.Store.index_size."""
        trails = self.connection.pipe([("HKEYS", self.keys.at("trails", symbol)) for symbol in symbols])
        commands: list[Command] = []
        for symbol, names in zip(symbols, trails, strict=True):
            indexes = (*keys.INDEXES, *(f"trails|{name.decode()}" for name in names))
            commands += [("ZCARD", self.keys.at(index, symbol)) for index in indexes]
        return sum(self.connection.pipe(commands))

    def open_count(self, accounts: Sequence[Account]) -> int:
        """See ports.Store.open_count."""
        return sum(self.connection.pipe([("ZCARD", self.keys.of("open", account)) for account in accounts]))

    def open_by_symbol(self, account: Account) -> Mapping[str, int]:
        """See ports.Store.open_by_symbol."""
        flat = self.connection.run("HGETALL", self.keys.of("counts", account))
        return {name.decode(): int(count) for name, count in _pairs(flat)}

    def fills(self, account: Account, trade_ids: Sequence[int]) -> list[Fill | None]:
        """See ports.Store.fills."""
        found: list[Fill | None] = []
        for part in _parts(list(trade_ids), 1000):
            answers = self.connection.run("HMGET", self.keys.of("fills", account), *part)
            found += [
                records.read_fill(trade_id, record) if record else None
                for trade_id, record in zip(part, answers, strict=True)
            ]
        return found

    def trade_ids(self, account: Account, symbol: str | None, cursor: int | None, limit: int) -> Page[int]:
        """See ports.Store.trade_ids."""
        return self._newest_first(self.keys.of("trades", account, symbol), cursor, limit)

    def ledger(self, account: Account, cursor: int, limit: int) -> Page[LedgerEntry]:
        """See ports.Store.ledger."""
        found = self.connection.run("LRANGE", self.keys.of("ledger", account), cursor, cursor + limit - 1)
        # A line is a trade id, or the record of a deposit or a withdrawal.
        trades = [int(line) for line in found if not line.startswith(b"[")]
        fills = {fill.trade_id: fill for fill in self.fills(account, trades) if fill}
        lines: list[LedgerEntry] = []
        for line in found:
            if line.startswith(b"["):
                lines.append(records.read_ledger(line))
            elif int(line) in fills:
                lines += fill_entries(fills[int(line)])
            else:
                raise ExchangeNotAvailable(f"ledger of {account.account_id} names fill {int(line)}, which is missing")
        return Page(lines, cursor + len(found))

    def journal(self, cursor: int, limit: int) -> Page[JournalEntry]:
        """See ports.Store.journal."""
        found = self.connection.run("LRANGE", self.keys.journal, cursor, cursor + limit - 1)
        return Page([read_entry(record) for record in found], cursor + len(found))

    def revision(self) -> int:
        """See ports.Store.revision."""
        return self.connection.run("LLEN", self.keys.journal)

    def version(self) -> str:
        """See ports.Store.version."""
        length, newest = self.connection.pipe([("LLEN", self.keys.journal), ("LINDEX", self.keys.journal, -1)])
        return version_of(length, newest or b"")

    def ping(self) -> None:
        """See ports.Store.ping."""
        self.connection.run("PING")


_LARGEST = 250
"""Words and keys that one transaction adds at most beside its fills: a replacement with two orders and its inputs."""

_FILL = 13
"""Words that one fill adds: its record, two lists of trades, the ledger."""


def _parts(items: list[Any], size: int) -> Iterable[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _next_expiry(first: Sequence[bytes]) -> int | None:
    """The score of the first member of an index, as read with it."""
    return int(float(first[1])) if first else None


def _pairs(flat: Sequence[bytes]) -> Iterable[tuple[bytes, bytes]]:
    """A reply of names and values in turn."""
    return zip(flat[::2], flat[1::2], strict=True)
