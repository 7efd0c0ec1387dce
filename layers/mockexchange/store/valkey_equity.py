"""Equity curves and running totals in Valkey. See ports.EquityBook; the key schema is in keys.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from ..domain.amounts import from_units, text
from ..domain.balances import Account, Balance
from ..domain.ledger import LedgerEntry
from ..domain.tally import Tally
from ..ports import EquityStep, Page
from . import records
from .keys import VenueKeys
from .tally_record import read_tally, write_tally
from .valkey_connection import Argument, Connection, Script

ACCOUNTS_PER_CALL = 100
"""Accounts of one script call, so that it blocks the server for a millisecond or two."""

_EQUITY = Script("equity")


class ValkeyEquityBook:
    """The part of the store that people's overviews read."""

    connection: Connection
    keys: VenueKeys

    def scales(self, assets: Iterable[str]) -> Mapping[str, int]:
        """See ports.Store.scales."""
        raise NotImplementedError

    def record_equity(self, values: Sequence[tuple[Account, Decimal]], now: int) -> None:
        """See ports.EquityBook.record_equity."""
        bounds: list[Argument] = [now]
        for step in EquityStep:
            bounds += [now - now % step, now - step.kept]
        for start in range(0, len(values), ACCOUNTS_PER_CALL):
            part = values[start : start + ACCOUNTS_PER_CALL]
            names = [self._curve(account, step) for account, _ in part for step in EquityStep]
            self.connection.script(_EQUITY, names, [*bounds, *(text(value) for _, value in part)])

    def equity(
        self, account: Account, step: EquityStep, since: int, until: int | None, limit: int
    ) -> list[tuple[int, Decimal]]:
        """See ports.EquityBook.equity."""
        end = "+" if until is None else f"({until}-0"
        if until is not None and until <= since:
            return []
        found = self.connection.run("XRANGE", self._curve(account, step), f"{since}-0", end, "COUNT", limit)
        return [(int(entry_id.partition(b"-")[0]), Decimal(fields[1].decode())) for entry_id, fields in found]

    def _curve(self, account: Account, step: EquityStep) -> str:
        return self.keys.of("equity", account, str(int(step)))

    def tally(self, account: Account) -> Tally | None:
        """See ports.EquityBook.tally."""
        record = self.connection.run("GET", self.keys.of("tally", account))
        return read_tally(record) if record else None

    def put_tally(self, account: Account, tally: Tally) -> None:
        """See ports.EquityBook.put_tally."""
        self.connection.run("SET", self.keys.of("tally", account), write_tally(tally))

    def balances_of(self, accounts: Sequence[Account]) -> list[list[Balance]]:
        """See ports.EquityBook.balances_of."""
        answers = self.connection.pipe([("HGETALL", self.keys.of("balance", account)) for account in accounts])
        return [self._balances(flat) for flat in answers]

    def _balances(self, flat: Sequence[bytes]) -> list[Balance]:
        held: dict[str, dict[str, str]] = {}
        for name, units in zip(flat[::2], flat[1::2], strict=True):
            asset, _, bucket = name.decode().partition(":")
            held.setdefault(asset, {})[bucket] = units.decode()
        places = self.scales(held)
        return [
            Balance(asset, *(from_units(held[asset].get(bucket, "0"), places[asset]) for bucket in ("free", "locked")))
            for asset in sorted(held)
        ]

    def movements(self, account: Account, cursor: int, limit: int) -> Page[LedgerEntry]:
        """See ports.EquityBook.movements."""
        found = self.connection.run("LRANGE", self.keys.of("ledger", account), cursor, cursor + limit - 1)
        lines = [records.read_ledger(line) for line in found if line.startswith(b"[")]
        return Page(lines, cursor + len(found))

    def newest_open_order_ids(self, account: Account, below: int | None, limit: int) -> list[int]:
        """See ports.EquityBook.newest_open_order_ids."""
        key, start = self.keys.of("open", account), "+inf" if below is None else f"({below}"
        found = self.connection.run("ZREVRANGEBYSCORE", key, start, "-inf", "LIMIT", 0, limit)
        return [int(each) for each in found]
