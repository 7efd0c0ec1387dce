"""What one account did at a venue, and the prices that it did it at: read from the journal and the tick log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ..domain.balances import Account
from ..domain.errors import AccountNotFound, BadRequest, Contention
from ..domain.fills import Fill
from ..domain.instruments import split_symbol
from ..domain.journal import (
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
    TickSeen,
    Withdrawn,
)
from ..domain.quotes import Tick
from ..domain.valuation import direct_rates, symbols_between
from ..ports import Page, Store

PAGE = 1000
ATTEMPTS = 20

Command = Placed | ListPlaced | Replaced | Canceled | Amended | Deposited | Withdrawn | FeesChanged | FillModelChanged
"""What an account can have said."""

Dated = Command | Expired | Matched
"""What happened at a time."""

Deposits = tuple[tuple[int, str, Decimal, int], ...]
"""As AccountOpened has them."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The ticks of one market that are known, oldest first. From number `complete_from` on they are all there is (0: no
    log was left); those before are the ones on which something happened to somebody's order."""

    symbol: str
    ticks: tuple[Tick, ...]
    complete_from: int

    @property
    def from_the_log(self) -> tuple[Tick, ...]:
        """Those of a time of which every tick is known."""
        return tuple(tick for tick in self.ticks if 0 < self.complete_from <= tick.number)

    @property
    def from_the_journal(self) -> tuple[Tick, ...]:
        """Those of a time of which only some are."""
        return tuple(tick for tick in self.ticks if not 0 < self.complete_from <= tick.number)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An account's present generation: what it began with at `since` (venue ms), everything that was said to it, and
    what its orders got. `entries` are in the journal's order, with the account's orders that ended by the clock; of
    others there is only when the matcher met a tick, and what the venue was like. `fills` are the account's own, oldest
    first."""

    account_id: str
    since: int
    deposits: Deposits
    rates: tuple[Decimal, Decimal, bool]
    """Of makers, of takers; whether it pays in the fee asset."""
    fill_model: str | None
    """Its own; None: the venue's."""
    entries: tuple[JournalEntry, ...]
    prices: tuple[Prices, ...]
    fills: tuple[Fill, ...]
    quote_asset: str

    @property
    def commands(self) -> int:
        """How many there are."""
        return sum(isinstance(entry, Command) for entry in self.entries)

    @property
    def orders(self) -> int:
        """How many of them are orders; a list counts as each of its orders."""
        return sum(1 for entry in self.entries for _ in placements(entry))

    @property
    def until(self) -> int:
        """When the last thing happened that is known (venue ms)."""
        logged = [each.ticks[-1].logged_at for each in self.prices if each.ticks]
        happened = [time_of(entry) for entry in self.entries if isinstance(entry, Dated)]
        return max([self.since, *logged, *happened])

    @property
    def models(self) -> tuple[str, ...]:
        """The fill models of the venue, and of the account, in that time, the last one last."""
        said = (entry.model for entry in self.entries if isinstance(entry, EngineSeen | FillModelChanged))
        found = (self.fill_model, *said)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    @property
    def scales(self) -> dict[str, int]:
        """Decimal places of the assets that were moved or traded."""
        found = {asset: scale for _, asset, _, scale in self.deposits}
        for entry in self.entries:
            if isinstance(entry, Deposited | Withdrawn):
                found[entry.asset] = entry.scale
            for placed in placements(entry):
                base, quote = split_symbol(placed.symbol)
                found |= {base: placed.base_scale, quote: placed.quote_scale}
        return found


def placements(entry: JournalEntry) -> tuple[Placed, ...]:
    """The orders that an entry places."""
    match entry:
        case Placed():
            return (entry,)
        case ListPlaced():
            return entry.placed
        case Replaced():
            return (entry.placed,)
        case _:
            return ()


def time_of(entry: Dated) -> int:
    """When it happened (venue ms)."""
    match entry:
        case ListPlaced():
            return entry.placed[0].now
        case Replaced():
            return entry.placed.now
        case _:
            return entry.now


def command_of(entry: JournalEntry, account_id: str) -> Command | None:
    """The entry, if it is something that this account said or that was said of it."""
    if isinstance(entry, Replaced):
        return entry if entry.placed.account_id == account_id else None
    if isinstance(entry, Command) and entry.account_id == account_id:
        return entry
    return None


def recorded(
    store: Store, account_id: str, quote_asset: str, progress: Callable[[int], None] = lambda _: None
) -> Recorded:
    """Read all of it. `quote_asset`: what it is to be valued in; `progress` is told how much of the journal is read.

    Raises AccountNotFound; BadRequest when the account has given no order in its present generation, when that began
    with a snapshot, or when nothing of it can be valued in that asset; Contention when the account does not come to
    rest while it is read.
    """
    account = store.account(account_id)
    if account is None:
        raise AccountNotFound(f"no account {account_id!r} in this venue")
    # Before the journal: what was met by now is in it.
    symbols = store.market_symbols()
    met = {each.symbol: each.done for each in store.backlogs(symbols, 1)} if symbols else {}
    reading = _Reading(account)
    for _ in range(ATTEMPTS):
        for entry in _journal(store, reading.read):
            reading.take(entry)
            if reading.read % PAGE == 0:
                progress(reading.read)
        fills = fills_of(store, account)
        if store.revision() == reading.read:
            break
    else:
        raise Contention(f"account {account_id} changed during each of {ATTEMPTS} readings; ask again when it is quiet")
    progress(reading.read)
    return reading.finish(store, met, fills, quote_asset)


def _journal(store: Store, cursor: int) -> Iterable[JournalEntry]:
    while (page := store.journal(cursor, PAGE)).items:
        yield from page.items
        cursor = page.cursor or cursor + len(page.items)


def fills_of(store: Store, account: Account) -> tuple[Fill, ...]:
    """All fills of an account's present generation, oldest first."""
    pages = pages_of(lambda cursor: store.trade_ids(account, None, cursor, PAGE))
    found = [fill for trade_ids in pages for fill in store.fills(account, trade_ids) if fill]
    return tuple(reversed(found))


def pages_of(read: Callable[[int | None], Page[int]]) -> Iterator[list[int]]:
    """All ids of a list, newest first, a page at a time."""
    page = read(None)
    yield page.items
    while page.cursor is not None:
        page = read(page.cursor)
        yield page.items


@dataclass(slots=True)
class _Reading:
    """The journal as far as it is read."""

    account: Account
    read: int = 0
    began: AccountOpened | AccountReset | Restored | None = None
    rates: tuple[Decimal, Decimal, bool] | None = None
    first_rates: tuple[Decimal, Decimal, bool] | None = None
    fill_model: str | None = None
    first_fill_model: str | None = None
    engine: EngineSeen | None = None
    instruments: dict[str, InstrumentSeen] = field(default_factory=dict[str, InstrumentSeen])
    ticks: dict[tuple[str, int], Tick] = field(default_factory=dict[tuple[str, int], Tick])
    entries: list[JournalEntry] = field(default_factory=list[JournalEntry])
    matched: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    own: set[int] = field(default_factory=set[int])

    def take(self, entry: JournalEntry) -> None:
        """The next entry."""
        self.read += 1
        match entry:
            case TickSeen():
                self.ticks[entry.tick.quote.symbol, entry.tick.number] = entry.tick
            case EngineSeen():
                self.engine = entry
                self.entries.append(entry)
            case InstrumentSeen():
                self.instruments[entry.instrument.symbol] = entry
                self.entries.append(entry)
            case AccountOpened() | AccountReset() | Restored() if entry.account_id == self.account.account_id:
                self._begin(entry)
            case Matched():
                self._met(entry)
            case Expired():
                if entry.order_id in self.own:
                    self.entries.append(entry)
            case _:
                self._said(entry)

    def _begin(self, entry: AccountOpened | AccountReset | Restored) -> None:
        if isinstance(entry, AccountOpened):
            self.rates = (entry.maker_rate, entry.taker_rate, False)
        self.began, self.first_rates, self.first_fill_model = entry, self.rates, self.fill_model
        self.matched.clear()
        self.own.clear()
        # What the venue is like was said before, and is not said again.
        self.entries = [*([self.engine] if self.engine else ()), *self.instruments.values()]

    def _met(self, entry: Matched) -> None:
        # Of others' orders it counts when a tick was met, and that once.
        if entry.order_id in self.own or (entry.symbol, entry.tick) not in self.matched:
            self.entries.append(entry)
        self.matched.add((entry.symbol, entry.tick))

    def _said(self, entry: JournalEntry) -> None:
        command = command_of(entry, self.account.account_id)
        if command is None or self.began is None:
            return
        if isinstance(command, FeesChanged):
            self.rates = (command.maker_rate, command.taker_rate, command.pays_in_fee_asset)
        if isinstance(command, FillModelChanged):
            self.fill_model = command.model
        self.own |= {placed.order_id for placed in placements(command)}
        self.entries.append(command)

    def finish(self, store: Store, met: dict[str, int], fills: tuple[Fill, ...], quote_asset: str) -> Recorded:
        """All of it, with the prices that belong to it."""
        account_id = self.account.account_id
        if isinstance(self.began, Restored):
            raise BadRequest(
                f"account {account_id!r} began with the snapshot {self.began.name!r}: what it held open then is not "
                "among its commands. Only an account that began with deposits can be given again"
            )
        if self.began is None or not self.own:
            raise BadRequest(f"the journal holds no order of account {account_id!r} since it began anew")
        traded = {placed.symbol for entry in self.entries for placed in placements(entry)}
        held = {asset for symbol in traded for asset in split_symbol(symbol)}
        held |= {asset for _, asset, _, _ in self.began.deposits}
        held |= {entry.asset for entry in self.entries if isinstance(entry, Deposited)}
        symbols = sorted(traded | set(symbols_between(sorted(held), quote_asset)))
        prices = [each for symbol in symbols if (each := self._prices(store, symbol, met.get(symbol))).ticks]
        priced = {each.symbol: each.ticks[0].quote.last for each in prices}
        if not direct_rates(held, quote_asset, priced):
            raise BadRequest(
                f"nothing of account {account_id!r} can be valued in {quote_asset}, which is the QUOTE_ASSET: it has "
                f"{', '.join(sorted(held))}, and no market here says what one of them is worth"
            )
        kept = (
            entry for entry in self.entries if not isinstance(entry, Matched | InstrumentSeen) or _of(entry) in traded
        )
        present = (self.account.maker_rate, self.account.taker_rate, self.account.pays_in_fee_asset)
        return Recorded(
            account_id,
            self.began.now,
            self.began.deposits,
            self.first_rates or present,
            self.first_fill_model,
            tuple(kept),
            tuple(prices),
            fills,
            quote_asset,
        )

    def _prices(self, store: Store, symbol: str, met: int | None) -> Prices:
        """The log's ticks as far as the matcher has been (None: all, nobody ever traded there), and the journal's."""
        log = [tick for tick in _log(store, symbol) if met is None or tick.number <= met]
        known = {number: tick for (of, number), tick in self.ticks.items() if of == symbol}
        known |= {tick.number: tick for tick in log}
        ticks = [known[number] for number in sorted(known)]
        used = [placed.tick for entry in self.entries for placed in placements(entry) if placed.symbol == symbol]
        assert self.began is not None, "nothing is finished that has not begun"
        began = self.began.now
        # The last one before it began is the price that it began at.
        first = max((tick.number for tick in ticks if tick.logged_at <= began), default=0)
        first = min([first, *used])
        return Prices(symbol, tuple(tick for tick in ticks if tick.number >= first), log[0].number if log else 0)


def _of(entry: Matched | InstrumentSeen) -> str:
    return entry.symbol if isinstance(entry, Matched) else entry.instrument.symbol


def _log(store: Store, symbol: str) -> Iterator[Tick]:
    after = 0
    while page := store.ticks(symbol, after, PAGE):
        yield from page
        after = page[-1].number
