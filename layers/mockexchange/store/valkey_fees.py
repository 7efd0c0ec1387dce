"""What an account's fees stand on, in Valkey. See ports.Store.fee_books; the key schema is in keys.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from ..domain.amounts import ZERO, from_units
from ..domain.balances import Account, Bucket
from ..domain.fees import VOLUME_SCALE, FeeBooks
from .keys import NEWEST_DAY, VenueKeys
from .valkey_connection import Command, Connection


class ValkeyFees:
    """The part of a store that fees are decided on; a part of ValkeyStore."""

    connection: Connection
    keys: VenueKeys
    scales: Callable[[Iterable[str]], Mapping[str, int]]

    def fee_books(self, accounts: Sequence[Account], asset: str | None, *, volumes: bool) -> list[FeeBooks]:
        """See ports.Store.fee_books."""
        commands: list[Command] = []
        for account in accounts:
            if asset is not None:
                commands.append(("HGET", self.keys.of("balance", account), f"{asset}:{Bucket.FREE}"))
            if volumes:
                commands.append(("HGETALL", self.keys.of("volume", account)))
        answers = iter(self.connection.pipe(commands))
        # After the balances: whoever has any of an asset has its scale on record.
        scale = None if asset is None else self.scales([asset]).get(asset)
        found: list[FeeBooks] = []
        for _ in accounts:
            units: bytes | None = None if asset is None else next(answers)
            days: Sequence[bytes] = next(answers) if volumes else ()
            free = from_units(units.decode(), scale) if units and scale is not None else ZERO
            found.append(FeeBooks(free, scale, traded_by_day(days)))
        return found


def traded_by_day(flat: Sequence[bytes]) -> tuple[tuple[int, Decimal], ...]:
    """The volume of each day in a reply, oldest first."""
    days = dict(zip(flat[::2], flat[1::2], strict=True))
    days.pop(NEWEST_DAY.encode(), None)
    by_day = sorted((int(day), units.decode()) for day, units in days.items())
    return tuple((day, from_units(units, VOLUME_SCALE)) for day, units in by_day)
