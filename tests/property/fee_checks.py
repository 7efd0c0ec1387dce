"""Every fee of a history, worked out again in fractions from the journal, beside the code that charged it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil

from mockexchange.domain.balances import Account
from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.journal import (
    AccountReset,
    JournalEntry,
    Matched,
    Placed,
    Replaced,
    Restored,
    SnapshotTaken,
)
from mockexchange.domain.orders import Side
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore

from .world import PRICES, World

UNIT = Fraction(1, 10**8)
DAY = 86_400_000

Volumes = dict[int, Fraction]


def check_fees(world: World) -> Counter[str]:
    """What kinds of fees there were. Raises AssertionError at a fill that was charged otherwise than it should be."""
    again = MemoryStore()
    ticks = {symbol: world.store.ticks(symbol, 0, 10_000) for symbol in PRICES}
    lasts = {symbol: {tick.quote.last for tick in ticks[symbol]} for symbol in PRICES}
    check = _Check(again, world.fees, lasts)
    replay(check.watched(world.store.journal(0, 100_000).items), again)
    return check.seen


@dataclass
class _Check:
    store: MemoryStore
    schedule: FeeSchedule
    lasts: dict[str, set[Decimal]]
    seen: Counter[str] = field(default_factory=Counter[str])
    volumes: dict[tuple[str, int], Volumes] = field(default_factory=dict[tuple[str, int], Volumes])
    kept: dict[tuple[str, str], Volumes] = field(default_factory=dict[tuple[str, str], Volumes])

    def watched(self, journal: list[JournalEntry]) -> Iterator[JournalEntry]:
        """The entries, each looked at before and after it is done again."""
        for entry in journal:
            if not isinstance(entry, Placed | Replaced | Matched):
                yield entry
                self._of_account(entry)
                continue
            account = self._account(entry)
            before, spare = len(self._fills(account)), self._spare(entry, account)
            yield entry
            made = self._fills(account)[before:]
            placed = entry.placed if isinstance(entry, Replaced) else entry
            if not made:
                assert placed.prices == (), "prices that nothing depends on"
            self._check(made, account, spare, dict(placed.prices), placed.now)

    def _account(self, entry: Placed | Replaced | Matched) -> Account:
        if isinstance(entry, Matched):
            order = self.store.orders([entry.order_id])[0]
            assert order is not None
            name = order.account_id
        else:
            name = entry.placed.account_id if isinstance(entry, Replaced) else entry.account_id
        account = self.store.account(name)
        assert account is not None
        return account

    def _fills(self, account: Account) -> list[Fill]:
        ids = self.store.trade_ids(account, None, None, 100_000).items[::-1]
        return [fill for fill in self.store.fills(account, ids) if fill]

    def _spare(self, entry: Placed | Replaced | Matched, account: Account) -> Fraction:
        """The BNB that may pay for the first fill of an entry."""
        free = next((each.free for each in self.store.balances(account) if each.asset == "BNB"), Decimal(0))
        spare = Fraction(free)
        if isinstance(entry, Replaced):
            old = self.store.orders([entry.canceled_order_id])[0]
            assert old is not None
            if (old.symbol, old.side) == ("BNB/USDT", Side.SELL):
                spare += Fraction(old.held)
        placed = entry.placed if isinstance(entry, Replaced) else entry
        if isinstance(placed, Placed) and (placed.symbol, placed.side) == ("BNB/USDT", Side.SELL):
            assert placed.quantity is not None or placed.quote_quantity is not None
            spare -= Fraction(placed.quantity or 0)
        return spare

    def _check(
        self, fills: list[Fill], account: Account, spare: Fraction, prices: dict[str, Decimal], now: int
    ) -> None:
        known = self.volumes.setdefault((account.account_id, account.generation), {})
        day = max([now // DAY, *known])
        volume = sum((known[each] for each in known if day - 30 <= each < day), Fraction(0))
        for symbol, price in prices.items():
            assert price in self.lasts[symbol], "a price that there never was"
        for fill in fills:
            rate = self._rate(fill, account, volume)
            buys, (base, quote) = fill.side is Side.BUY, fill.symbol.split("/")
            received, amount = (base, fill.quantity) if buys else (quote, fill.quote_quantity)
            spare_before = spare
            if base == "BNB" and buys:
                spare += Fraction(fill.quantity)
            discounted = rate * (1 - Fraction(self.schedule.discount))
            if base == "BNB":
                due = Fraction(fill.quantity) * discounted
            else:
                in_usdt = Fraction(1) if quote == "USDT" else Fraction(prices.get(f"{quote}/USDT", Decimal(0)))
                bnb = Fraction(prices.get("BNB/USDT", Decimal(1)))
                due = Fraction(fill.quote_quantity) * in_usdt * discounted / bnb
            due = ceil(due / UNIT) * UNIT
            if account.pays_in_fee_asset and rate and due <= spare_before:
                expected = due, "BNB", discounted
                spare -= due
                self.seen["fees in BNB"] += 1
                self.seen["BNB sold for a fee in it"] += base == "BNB" and not buys
            else:
                expected = ceil(Fraction(amount) * rate / UNIT) * UNIT, received, rate
                spare -= expected[0] if received == "BNB" else 0
                self.seen["too little BNB"] += account.pays_in_fee_asset and bool(rate)
            assert (Fraction(fill.commission), fill.commission_asset, Fraction(fill.rate)) == expected, (fill, expected)
            worth = Fraction(fill.quote_quantity) * (
                1 if quote == "USDT" else Fraction(prices.get("BTC/USDT", Decimal(0)))
            )
            if rate:
                known[day] = known.get(day, Fraction(0)) + worth // UNIT * UNIT
            else:
                known.setdefault(day, Fraction(0))

    def _rate(self, fill: Fill, account: Account, volume: Fraction) -> Fraction:
        maker = fill.liquidity is Liquidity.MAKER
        own = Fraction(account.maker_rate if maker else account.taker_rate)
        if fill.symbol == "ETH/BTC" and not maker:
            self.seen["promotions"] += 1
            return Fraction(0)
        for tier in reversed(self.schedule.tiers):
            if volume >= Fraction(tier.volume):
                of_tier = Fraction(tier.maker if maker else tier.taker)
                self.seen["tiers"] += of_tier < own
                return min(own, of_tier)
        return own

    def _of_account(self, entry: JournalEntry) -> None:
        """Volumes go where the books go."""
        match entry:
            case SnapshotTaken():
                account = self.store.account(entry.account_id)
                assert account is not None
                self.kept[entry.account_id, entry.name] = dict(
                    self.volumes.get((entry.account_id, account.generation), {})
                )
            case Restored():
                self.volumes[entry.account_id, entry.generation] = dict(self.kept[entry.source_id, entry.name])
            case AccountReset():
                self.volumes[entry.account_id, entry.generation] = {}
            case _:
                pass


assert "BNB/BTC" not in PRICES, "the price of BNB in BTC leads through USDT"
