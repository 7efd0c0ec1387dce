"""One account's story in plain dictionaries: the smallest thing that carries the domain's decisions out.

It has no guards and no cursors (the stores have), and it refuses what no decision may ask for: money below zero at any
step of a transaction, an order record that skips a version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from mockexchange.domain.amending import AmendmentView, AmendOrder, amend
from mockexchange.domain.amounts import ZERO, add
from mockexchange.domain.balances import Account
from mockexchange.domain.fills import Fill
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.matching import Circumstances, match_transaction
from mockexchange.domain.models import NONE_TAKEN, Engine, FillModel, Taken, TouchModel
from mockexchange.domain.orders import Counted, Order, Side
from mockexchange.domain.placing import Placement, PlacementView, PlaceOrder, cancel, place, replace_order
from mockexchange.domain.quotes import Tick
from mockexchange.domain.transactions import Transaction

from .words import BTC_USDT, NOW, STALE_AFTER, account, command, fill_words, owned, shown, state, tick


class ShortError(Exception):
    """A debit would have gone below zero: the whole transaction was refused."""


class Story:
    """Alice on one market. What she owns first is said in the words of words.py."""

    def __init__(
        self,
        first: str,
        instrument: Instrument = BTC_USDT,
        *,
        sized: bool = False,
        model: FillModel | None = None,
        owner: Account | None = None,
        scales: Mapping[str, int] | None = None,
    ) -> None:
        self.instrument = instrument
        self.account = owner or account()
        self.engine = Engine(model or TouchModel(sized=sized), STALE_AFTER)
        self.scales = scales or {instrument.base_asset: 8, instrument.quote_asset: 8}
        self.amounts = owned(first)
        self.orders: dict[int, Order] = {}
        self.clients: dict[str, int] = {}
        self.fills: list[Fill] = []
        self.taken: dict[tuple[int, Side], Taken] = {}
        self.tick: Tick | None = None
        self.now = NOW
        self._last_id = 0

    @property
    def owned(self) -> str:
        """What she owns now, in words."""
        return shown(self.amounts)

    @property
    def filled(self) -> list[str]:
        """Her fills so far, in words."""
        return [fill_words(fill) for fill in self.fills]

    @property
    def open_counts(self) -> Counter[str]:
        """How many of her orders are open, as they are counted for filters."""
        return Counter(
            each.of(order.symbol) for order in self.orders.values() if order.is_open for each in order.counted
        )

    def state(self, order_id: int) -> str:
        """How an order stands, in words."""
        return state(self.orders[order_id])

    def quote(self, words: str, *, age: int = 0) -> Tick:
        """The next tick, `age` ms old when it is logged. Nothing meets it yet."""
        number = self.tick.number + 1 if self.tick else 1
        self.tick = tick(number, words, self.instrument.symbol, at=self.now - age, logged_at=self.now)
        return self.tick

    def place(self, words: str, *, client_id: str | None = None, reuse: bool = False) -> Order:
        """Place an order on the newest tick. Raises what `place` raises, and ShortError."""
        order = command(words, self.instrument.symbol, client_id=client_id, reuse=reuse)
        return self._carry_out(place(order, self._view(order), self.engine))

    def replace(self, order_id: int, words: str, *, client_id: str | None = None) -> Order:
        """Cancel one order and place another, both or neither."""
        order = command(words, self.instrument.symbol, client_id=client_id)
        return self._carry_out(replace_order(self.orders[order_id], (), order, self._view(order), self.engine))

    def amend(self, order_id: int, quantity: str, *, client_id: str | None = None) -> Order:
        """Make an order smaller."""
        prior = self.clients.get(client_id) if client_id else None
        view = AmendmentView(
            order=self.orders[order_id],
            account=self.account,
            instrument=self.instrument,
            scales=self.scales,
            now=self.now,
            prior=self.orders[prior] if prior else None,
        )
        self.commit(amend(AmendOrder(Decimal(quantity), client_id), view, self.engine))
        return self.orders[order_id]

    def cancel(self, order_id: int) -> Order:
        """Take an order back."""
        self.commit(cancel(self.orders[order_id], (), self.account, self.instrument, self.scales, self.now))
        return self.orders[order_id]

    def meet(self, words: str | None = None, *, age: int = 0) -> list[str]:
        """Hold every open order against the newest tick (or a new one), oldest first; the fills, in words."""
        newest = self.quote(words, age=age) if words else self.tick
        assert newest is not None, "there is no tick yet"
        before = len(self.fills)
        for order in list(self.orders.values()):
            around = Circumstances(
                account=self.account,
                instrument=self.instrument,
                base_scale=self.scales[self.instrument.base_asset],
                quote_scale=self.scales[self.instrument.quote_asset],
                engine=self.engine,
                trade_id=len(self.fills) + 1,
                now=self.now,
                taken=self.taken.get((newest.number, order.side), NONE_TAKEN),
            )
            transaction = match_transaction(order, newest, around)
            if transaction:
                self.commit(transaction)
        return self.filled[before:]

    def commit(self, transaction: Transaction) -> None:
        """All of a transaction, or none of it: then ShortError."""
        after = dict(self.amounts)
        for posting in transaction.postings:
            bucket = (posting.asset, posting.bucket)
            after[bucket] = add(after.get(bucket, ZERO), posting.amount)
            if after[bucket] < 0:
                raise ShortError(f"{posting} leaves {after[bucket]}")
        for counted, most in transaction.most_open:
            assert self.open_counts[counted] <= most, "a decision opened an order too many"
        for write in transaction.orders:
            assert write.before == self.orders.get(write.after.order_id)
            assert write.after.version == (write.before.version if write.before else 0) + 1
            self.orders[write.after.order_id] = write.after
        if transaction.taken:
            written = transaction.taken
            assert self.taken.get((written.tick, written.side), NONE_TAKEN) == written.before
            self.taken[written.tick, written.side] = written.after
        for claim in transaction.client_ids:
            assert self.clients.get(claim.client_order_id) == claim.before
            self.clients[claim.client_order_id] = claim.order_id
            if claim.released is not None:
                assert self.clients.pop(claim.released) == claim.order_id
        self.amounts = after
        self.fills += transaction.fills

    def _carry_out(self, placement: Placement) -> Order:
        if placement.transaction:
            self.commit(placement.transaction)
        return placement.order

    def _view(self, order: PlaceOrder) -> PlacementView:
        self._last_id += 1
        number = self.tick.number if self.tick else 0
        prior = self.clients.get(order.client_order_id) if order.client_order_id else None
        return PlacementView(
            account=self.account,
            instrument=self.instrument,
            scales=self.scales,
            tick=self.tick,
            order_id=self._last_id,
            trade_id=len(self.fills) + 1,
            now=self.now,
            taken=self.taken.get((number, order.side), NONE_TAKEN),
            prior=self.orders[prior] if prior else None,
            open_counts={each: self.open_counts[each.of(self.instrument.symbol)] for each in Counted},
        )
