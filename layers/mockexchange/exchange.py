"""The exchange: what can be asked of it, and how each answer becomes one atomic change.

Every command runs the same four steps: read what the decision needs, decide in `domain` (pure), commit with guards, and
on a conflict read and decide again. Nothing is kept between calls, so any number of processes may run this at once, any
call may run twice, and any may die between two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .accounts import Accounts
from .activity import Activity
from .auditing import audit
from .committing import commit
from .domain.account_models import engine_of
from .domain.amending import AmendmentView, AmendOrder, amend
from .domain.amounts import ZERO, add, text
from .domain.audit import AuditReport
from .domain.balances import Account, Balance, Bucket
from .domain.changing import ChangeOrder, change_place, keeps_place, replacement, was_made_before
from .domain.errors import (
    AccountNotFound,
    BadRequest,
    BadSymbol,
    CancelRestricted,
    ExchangeError,
    ExchangeNotAvailable,
    InsufficientFunds,
    NothingAmended,
    OrderListNotFound,
    OrderNotFound,
    OrderNotOpen,
    QuantityIncreased,
    already,
)
from .domain.fees import FeeTerms
from .domain.fills import Fill
from .domain.funding import check_account_id, check_asset, move, open_account
from .domain.instruments import Instrument, default_instrument, split_symbol
from .domain.ledger import LedgerEntry, LedgerKind
from .domain.matching import counts_taken
from .domain.models import NONE_TAKEN, NOTHING
from .domain.order_lists import LIST_NAME
from .domain.orders import Order, OrderStatus, Side
from .domain.patterns import listed, matches
from .domain.placing import (
    Placement,
    PlacementView,
    PlaceOrder,
    cancel,
    given_order_id,
    place,
    replace_order,
)
from .domain.placing_lists import ListPlacement, ListView, PlaceList, list_name, place_list
from .domain.quotes import Book, PublicTrade, Quote, Tick
from .domain.reasons import Reason, Seen, reasons
from .domain.rules import Rules
from .domain.transactions import Transaction
from .fee_reading import FeeReader
from .matcher import Matcher, MatchReport, adopt, continue_log
from .ports import Clock, FeedTick, MarketView, Page, Store

PAGE = 500


@dataclass(frozen=True, slots=True)
class PlacedList:
    """The answer to a new list: its orders in its order, and the fills of its working order. `repeated`: the same
    request was accepted before, and this is that list."""

    orders: tuple[Order, ...]
    fills: tuple[Fill, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """The answer to a placement. `repeated`: the same request was accepted before, and this is that order. `canceled`:
    the order that it replaces, as it was left."""

    order: Order
    fills: tuple[Fill, ...]
    repeated: bool = False
    canceled: Order | None = None


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """The answer to a change: the order that stands now, with its fills. `canceled`: the one whose place it took, None
    when it kept its own. `repeated`: the same change was made before, and this is what came of it, as it is now."""

    order: Order
    fills: tuple[Fill, ...]
    canceled: Order | None = None
    repeated: bool = False


class Exchange:
    """One venue."""

    def __init__(self, store: Store, clock: Clock, rules: Rules) -> None:
        self.store = store
        self.clock = clock
        self.rules = rules
        self.activity = Activity()
        self.accounts = Accounts(store, clock, rules, self.now, self.market)
        self._fees = FeeReader(store, rules, self.last_prices)
        self.obstruct: Callable[[PlaceOrder], None] = _let_pass
        """Asked before a new order is committed; whatever it raises, the order is refused with."""

    # accounts

    def open_account(
        self,
        account_id: str,
        balances: Mapping[str, Decimal] | None = None,
        *,
        maker_rate: Decimal | None = None,
        taker_rate: Decimal | None = None,
    ) -> Account:
        """The account, opened with first deposits when it does not exist yet; one that exists is left as it is.

        May be called by any number of processes at once: the deposits happen once. Amounts by asset. Raises BadRequest.
        """
        account = self.store.account(account_id)
        if account is None:
            check_account_id(account_id)
            for asset in balances or {}:
                check_asset(asset)
            account = Account(
                account_id=account_id,
                generation=1,
                version=1,
                maker_rate=self.rules.maker_rate if maker_rate is None else maker_rate,
                taker_rate=self.rules.taker_rate if taker_rate is None else taker_rate,
                created_at=self.now(),
                first_balances=tuple((balances or {}).items()),
            )
            first = balances or {}
            entry_id = self.store.next_id("entry", max(1, len(first)))
            deposits = [(entry_id + number, asset, amount) for number, (asset, amount) in enumerate(first.items())]
            self.store.commit([open_account(account, deposits, self._scales(list(first)))])
            # Whether this call or a concurrent one opened it, the record is there now.
        return self.account(account_id)

    def account(self, account_id: str) -> Account:
        """One account. Raises AccountNotFound."""
        return _known(self.store.account(account_id), account_id)

    def balances(self, account_id: str) -> list[Balance]:
        """Every asset the account ever held, by name. Raises AccountNotFound."""
        return self.store.balances(self.account(account_id))

    def balance(self, account_id: str, asset: str) -> Balance:
        """One asset of one account; zero when it never held any. Raises AccountNotFound, BadRequest."""
        check_asset(asset)
        return next((each for each in self.balances(account_id) if each.asset == asset), Balance(asset))

    def fee_terms(self, account_id: str) -> FeeTerms:
        """What the account pays now. Raises AccountNotFound."""
        return self._fees.terms(self.account(account_id), self.now())

    def deposit(self, account_id: str, asset: str, amount: Decimal) -> Balance:
        """Paper money in; `amount` in the asset. Raises AccountNotFound, BadRequest, and ExchangeNotAvailable, which
        says so when the money is booked all the same."""
        self._move(account_id, asset, amount, LedgerKind.DEPOSIT)
        return self._moved(account_id, asset, amount, LedgerKind.DEPOSIT)

    def withdraw(self, account_id: str, asset: str, amount: Decimal) -> Balance:
        """Paper money out; `amount` in the asset. Raises InsufficientFunds, and whatever `deposit` raises."""
        self.pay_out(account_id, asset, amount)
        return self._moved(account_id, asset, amount, LedgerKind.WITHDRAWAL)

    def pay_out(self, account_id: str, asset: str, amount: Decimal, note: str = "") -> int:
        """`withdraw` with a note, giving the id of its ledger line."""
        return self._move(account_id, asset, amount, LedgerKind.WITHDRAWAL, note)

    def _move(self, account_id: str, asset: str, amount: Decimal, kind: LedgerKind, note: str = "") -> int:
        check_asset(asset)
        entry_id = self.store.next_id("entry")

        def decide() -> Transaction:
            scale = self._scales([asset])[asset]
            return move(self.account(account_id), kind, asset, amount, scale, entry_id, self.now(), note)

        commit(
            self.store,
            decide,
            lambda: f"{kind} of {text(amount)} {asset}: {self._free(account_id, asset)}",
            self.activity,
        )
        return entry_id

    def _moved(self, account_id: str, asset: str, amount: Decimal, kind: LedgerKind) -> Balance:
        with already(f"the {kind} of {text(amount)} {asset} is booked"):
            return self.balance(account_id, asset)

    # orders

    def place(self, command: PlaceOrder) -> PlacedOrder:
        """Accept an order and hold it against the newest tick, in one transaction.

        Raises AccountNotFound, BadSymbol, BadRequest, InvalidOrder, FilterFailure, InsufficientFunds, MarketClosed,
        OrderImmediatelyFillable, DuplicateOrderId, Contention.
        """
        return self._place(command, lambda view: place(command, view, self.rules.engine))

    def replace(self, account_id: str, order_id: int, command: PlaceOrder) -> PlacedOrder:
        """Cancel one order and place another in its stead, both or neither. Raises OrderNotFound, OrderNotOpen, and
        whatever `place` raises; then the old order stands as it was."""
        if command.account_id != account_id:
            raise BadRequest(f"order {order_id} is of account {account_id!r}; its replacement must be too")

        def decide(view: PlacementView) -> Placement:
            old = self.order(account_id, order_id)
            if old.symbol != command.symbol:
                raise BadRequest(f"order {order_id} is on {old.symbol}; its replacement must be too")
            return replace_order(old, self.mates_of(old), command, view, self.rules.engine)

        return self._place(command, decide)

    # order lists

    def place_list(self, command: PlaceList) -> PlacedList:
        """Accept an order list, all of it or nothing, in one transaction.

        Raises what `place` raises, of any of its orders, and PricesOutOfOrder.
        """
        account_id, symbol = command.orders[0].account_id, command.orders[0].symbol
        self.check_symbol(symbol)
        decided: list[ListPlacement] = []

        def attempt(*, short: bool) -> Transaction | None:
            decided[:] = [place_list(command, self._list_view(command), self.rules.engine, short=short)]
            if decided[0].transaction is not None:  # as for a single order
                self.obstruct(command.orders[0])
            return decided[0].transaction

        def shortage() -> str:
            return f"the orders of the list need more than is free: {self._free(account_id, self._spends(command))}"

        try:
            try:
                commit(self.store, lambda: attempt(short=False), shortage, self.activity)
            except InsufficientFunds:
                if not decided[0].fills:
                    raise
                # What its working order got at once does not pay for what waited for it: that is rejected, as it is
                # when the matcher fills one.
                commit(self.store, lambda: attempt(short=True), shortage, self.activity)
        except ExchangeError as error:
            self.activity.refused += not isinstance(error, ExchangeNotAvailable | AccountNotFound)
            raise
        placed = decided[0]
        if placed.transaction is None:
            return PlacedList(placed.orders, self.fills_of(placed.orders[0]), repeated=True)
        self.activity.placed += len(placed.orders)
        self.activity.fills += len(placed.fills)
        return PlacedList(placed.orders, placed.fills)

    @staticmethod
    def _spends(command: PlaceList) -> str:
        base, quote = split_symbol(command.orders[0].symbol)
        return quote if command.orders[0].side is Side.BUY else base

    def _list_view(self, command: PlaceList) -> ListView:
        base = self._view(replace(command.orders[0], client_order_id=None))
        account, store = base.account, self.store
        prior_ids = [
            None if each.client_order_id is None else store.order_id_of(account, each.client_order_id)
            for each in command.orders
        ]
        found = {each.order_id: each for each in store.orders([each for each in prior_ids if each]) if each}
        named = None if command.client_id is None else store.order_id_of(account, LIST_NAME + command.client_id)
        return ListView(
            replace(base, order_id=store.next_id("order", len(command.orders))),
            tuple(None if each is None else found.get(each) for each in prior_ids),
            self._legs(named) if named else (),
        )

    def mates_of(self, order: Order) -> tuple[Order, ...]:
        """The other orders of its list, in the list's order; none for an order of its own."""
        if order.leg is None:
            return ()
        return tuple(mate for mate in self.store.orders(order.leg.mate_ids) if mate)

    def order_list(
        self, account_id: str, list_id: int | None = None, *, client_id: str | None = None
    ) -> tuple[Order, ...]:
        """The orders of one list of this account, by the list's id or its name. Raises OrderListNotFound,
        BadRequest."""
        account = self.account(account_id)
        if list_id is None:
            if client_id is None:
                raise BadRequest("name an order list by its id or its client id")
            list_id = self.store.order_id_of(account, LIST_NAME + client_id) or given_order_id(client_id)
        orders = self._legs(list_id) if list_id else ()
        first = orders[0] if orders else None
        if (
            first is None
            or (first.account_id, first.generation) != (account_id, account.generation)
            or client_id not in (None, list_name(first))
        ):
            named = f"with client id {client_id[:80]!r}" if client_id is not None else str(list_id)
            raise OrderListNotFound(f"no order list {named} in this account")
        return orders

    def _legs(self, list_id: int) -> tuple[Order, ...]:
        """The orders of a list; none when no list has this id."""
        first = self.store.orders([list_id])[0]
        if first is None or first.leg is None or first.leg.number != 0:
            return ()
        return (first, *self.mates_of(first))

    def order_lists(self, account_id: str, *, cursor: int | None = None, limit: int = 100) -> Page[tuple[Order, ...]]:
        """Order lists in any state, newest first."""
        page = self.store.list_ids(self.account(account_id), cursor, limit)
        return Page(self.lists_of(page.items), page.cursor)

    def lists_of(self, list_ids: Sequence[int]) -> list[tuple[Order, ...]]:
        """The orders of each of these lists."""
        legs = [order.leg for order in self.store.orders(list_ids) if order and order.leg]
        found = self.store.orders([order_id for leg in legs for order_id in leg.order_ids])
        orders = {order.order_id: order for order in found if order}
        return [tuple(orders[each] for each in leg.order_ids if each in orders) for leg in legs]

    def open_order_lists(self, account_id: str) -> list[tuple[Order, ...]]:
        """Order lists of which an order is open, oldest first."""
        ids = dict.fromkeys(order.leg.list_id for order in self.open_orders(account_id) if order.leg)
        return [orders for list_id in ids if (orders := self._legs(list_id))]

    def cancel_list(
        self, account_id: str, list_id: int | None = None, *, client_id: str | None = None
    ) -> tuple[Order, ...]:
        """Take a list's open orders back, all at once; the list as it is then. Raises OrderListNotFound,
        OrderNotOpen."""
        orders = self.order_list(account_id, list_id, client_id=client_id)
        for _ in range(len(orders)):
            still_open = next((order for order in orders if order.is_open), None)
            if still_open is None:
                break
            try:
                self.cancel(account_id, still_open.order_id)
            except OrderNotOpen:
                # filled meanwhile; it may have placed the others
                orders = self._legs(orders[0].order_id)
                continue
            return self._legs(orders[0].order_id)
        raise OrderNotOpen(f"order list {orders[0].order_id} has no open order")

    def assess(self, command: PlaceOrder) -> PlacedOrder:
        """What `place` would answer now, changing nothing. Raises what `place` raises."""
        self.check_symbol(command.symbol)
        view = self._view(command)
        placement = place(command, view, self.rules.engine)
        if placement.transaction is None:
            return PlacedOrder(placement.order, self.fills_of(placement.order), repeated=True)
        owned = {each.asset: each.free for each in self.store.balances(view.account)}
        for posting in placement.transaction.postings:
            if posting.bucket is Bucket.FREE:
                owned[posting.asset] = add(owned.get(posting.asset, ZERO), posting.amount)
                if owned[posting.asset] < 0:
                    raise InsufficientFunds(self._shortage(command))
        return PlacedOrder(placement.order, placement.transaction.fills)

    def _place(self, command: PlaceOrder, decide: Callable[[PlacementView], Placement]) -> PlacedOrder:
        try:
            placed = self._accept(command, decide)
        except ExchangeError as error:
            # an account that is not there is a caller's mistake, or is about to be opened: no order was refused
            self.activity.refused += not isinstance(error, ExchangeNotAvailable | AccountNotFound)
            raise
        if not placed.repeated:
            self.activity.placed += 1
            self.activity.fills += len(placed.fills)
        return placed

    def _accept(self, command: PlaceOrder, decide: Callable[[PlacementView], Placement]) -> PlacedOrder:
        self.check_symbol(command.symbol)
        decided: list[Placement] = []

        def attempt() -> Transaction | None:
            decided[:] = [decide(self._view(command))]
            if decided[0].transaction is not None:  # an earlier answer is given again whatever happens
                self.obstruct(command)
            return decided[0].transaction

        commit(self.store, attempt, lambda: self._shortage(command), self.activity)
        placement = decided[0]
        if placement.transaction is None:
            return PlacedOrder(placement.order, self.fills_of(placement.order), repeated=True)
        canceled = next((write.after for write in placement.transaction.orders if write.before), None)
        return PlacedOrder(placement.order, placement.transaction.fills, canceled=canceled)

    def _view(self, command: PlaceOrder) -> PlacementView:
        set_aside = self.rules.engine.model.most_executions
        read = self.store.read_placement(command.account_id, command.symbol, command.client_order_id, set_aside)
        market = self._up_to_date(command.symbol, read.market)
        account = _known(read.account, command.account_id)
        model, trade_id = engine_of(self.rules.engine, account).model, read.trade_id
        if model.most_executions > set_aside:
            trade_id = self.store.next_id("trade", model.most_executions)
        instrument = market.instrument or self._describe(command.symbol, market.tick)
        scales = dict(read.scales)
        for asset in (instrument.base_asset, instrument.quote_asset):
            scales.setdefault(asset, self.rules.scale(asset))
        tick = market.tick
        side = (account.account_id, command.side)
        taken, consumed = NONE_TAKEN, NOTHING
        if tick and tick.book and model.reads_book:
            (consumed,) = self.store.consumed(command.symbol, [side])
        if tick and counts_taken(model, tick):
            taken = self.store.taken(command.symbol, tick.number).get(side, NONE_TAKEN)
        prior = self.store.orders([read.prior_id])[0] if read.prior_id else None
        now = self._time(market.market_time)
        return PlacementView(
            account=account,
            instrument=instrument,
            scales=scales,
            tick=tick,
            order_id=read.order_id,
            trade_id=trade_id,
            now=now,
            taken=taken,
            consumed=consumed,
            prior=prior,
            seen=market.seen,
            open_counts=read.open_counts,
            fees=self._fees.read([account], command.symbol, now)[account.account_id],
        )

    def cancel(
        self,
        account_id: str,
        order_id: int | None = None,
        *,
        client_order_id: str | None = None,
        only: OrderStatus | None = None,
    ) -> Order:
        """Take an open order back; named by its id or its client order id. `only`: unless it is in another state than
        this. Raises OrderNotFound, OrderNotOpen, CancelRestricted."""
        return self._cancel(account_id, order_id, client_order_id=client_order_id, only=only)[0]

    def _cancel(
        self,
        account_id: str,
        order_id: int | None = None,
        *,
        client_order_id: str | None = None,
        only: OrderStatus | None = None,
    ) -> list[Order]:
        """`cancel`, giving the others of its list that went with it as well."""
        found = self.order(account_id, order_id, client_order_id=client_order_id)
        canceled: list[Transaction] = []

        def decide() -> Transaction:
            account = self.account(account_id)
            order = self.order(account_id, found.order_id)
            if only is not None and order.is_open and order.status is not only:
                raise CancelRestricted(f"order {order.order_id} is {order.status}, not {only}; it stays as it is")
            instrument = self._instrument(order.symbol)
            scales = self._scales([instrument.base_asset, instrument.quote_asset])
            canceled[:] = [cancel(order, self.mates_of(order), account, instrument, scales, self.now())]
            return canceled[0]

        shortage = f"order {found.order_id} holds less than its record says; run the audit"
        commit(self.store, decide, lambda: shortage, self.activity)
        return [write.after for write in canceled[0].orders]

    def amend(
        self,
        account_id: str,
        order_id: int | None = None,
        *,
        client_order_id: str | None = None,
        quantity: Decimal,
        new_client_order_id: str | None = None,
    ) -> Order:
        """Make an open order smaller; it keeps its place in the line. `quantity` (base asset) is all of it, what has
        filled included; `new_client_order_id` is its name from now on, None: the one it has.

        Raises OrderNotFound, OrderNotOpen, InvalidOrder, QuantityIncreased, NothingAmended, QuantityFilled,
        FilterFailure, MarketClosed, BadRequest, DuplicateOrderId.
        """
        command = AmendOrder(quantity, new_client_order_id)
        found = self.order(account_id, order_id, client_order_id=client_order_id)
        amended: list[Transaction] = []

        def decide() -> Transaction:
            amended[:] = [amend(command, self._amendment_view(found, command), self.rules.engine)]
            return amended[0]

        shortage = f"order {found.order_id} holds less than its record says; run the audit"
        commit(self.store, decide, lambda: shortage, self.activity)
        return amended[0].orders[0].after

    def change(self, account_id: str, order_id: int, change: ChangeOrder) -> ChangedOrder:
        """Make an open order what its owner wants. One that only gets smaller keeps its id and its place in the line;
        otherwise it is canceled and another one placed, in one transaction: both or neither.

        Raises OrderNotFound and OrderNotOpen, and what `amend` and `place` raise; then the order stands as it was.
        """
        order = self.order(account_id, order_id)
        if keeps_place(change, order) and change.quantity is not None:
            try:
                smaller = self.amend(
                    account_id, order_id, quantity=change.quantity, new_client_order_id=change.client_order_id
                )
            except (NothingAmended, QuantityIncreased):
                order = self.order(account_id, order_id)  # somebody else made it smaller meanwhile
            else:
                with already(f"order {order_id} is {text(smaller.quantity)} now"):
                    return ChangedOrder(smaller, self.fills_of(smaller))
        if was_made_before(change, order):
            return ChangedOrder(order, self.fills_of(order), repeated=True)

        command = replacement(change, order)

        def decide(view: PlacementView) -> Placement:
            old = self.order(account_id, order_id)
            if not old.is_open:
                view = self._view(command)  # the one before may be older than what took its place
            return change_place(old, self.mates_of(old), change, view, self.rules.engine)

        placed = self._place(command, decide)
        canceled = placed.canceled or self.order(account_id, order_id)
        return ChangedOrder(placed.order, placed.fills, canceled, placed.repeated)

    def _amendment_view(self, found: Order, command: AmendOrder) -> AmendmentView:
        account = self.account(found.account_id)
        order = self.order(found.account_id, found.order_id)
        instrument = self._instrument(order.symbol)
        name = command.client_order_id
        prior_id = None if name is None else self.store.order_id_of(account, name)
        return AmendmentView(
            order=order,
            account=account,
            instrument=instrument,
            scales=self._scales([instrument.base_asset, instrument.quote_asset]),
            now=self.now(),
            prior=self.store.orders([prior_id])[0] if prior_id else None,
            mates=self.mates_of(order),
        )

    def cancel_all(self, account_id: str, symbol: str | None = None) -> list[Order]:
        """Take every open order back, of one symbol or of all; those that close meanwhile are left out."""
        canceled: list[Order] = []
        for order in list(self.open_orders(account_id, symbol)):
            with already(f"{len(canceled)} orders are canceled"):
                try:
                    canceled += self._cancel(account_id, order.order_id)
                except OrderNotOpen:
                    continue
        return canceled

    def order(self, account_id: str, order_id: int | None = None, *, client_order_id: str | None = None) -> Order:
        """One order of this account, by id or by client order id. Raises OrderNotFound, BadRequest."""
        account = self.account(account_id)
        if order_id is None:
            if client_order_id is None:
                raise BadRequest("name an order by its id or its client order id")
            order_id = self.store.order_id_of(account, client_order_id) or given_order_id(client_order_id)
        order = self.store.orders([order_id])[0] if order_id else None
        if (
            order is None
            or (order.account_id, order.generation) != (account_id, account.generation)
            or client_order_id not in (None, order.client_order_id)
        ):
            named = f"with client order id {client_order_id[:80]!r}" if client_order_id is not None else str(order_id)
            raise OrderNotFound(f"no order {named} in this account")
        return order

    def why(
        self, account_id: str, order_id: int | None = None, *, client_order_id: str | None = None
    ) -> tuple[Order, list[Reason]]:
        """One order, and why it stands as it does, in words. Raises OrderNotFound, BadRequest."""
        order = self.order(account_id, order_id, client_order_id=client_order_id)
        fills = self.fills_of(order)
        numbers = sorted({fill.tick for fill in fills})
        logged = self.store.ticks_after([(order.symbol, number - 1) for number in numbers], 1) if numbers else []
        market = self.market(order.symbol)
        seen = Seen(
            fills=fills,
            ticks={tick.number: tick for found in logged for tick in found},
            mates=self.mates_of(order),
            newest=market.tick,
            model=engine_of(self.rules.engine, self.account(account_id)).model.name,
            stale_after=self.rules.engine.stale_after,
            now=self._time(market.market_time),
            latency=self.rules.engine.latency,
        )
        return order, reasons(order, seen)

    def orders(
        self, account_id: str, symbol: str | None = None, *, cursor: int | None = None, limit: int = 100
    ) -> Page[Order]:
        """Orders in any state, newest first."""
        page = self.store.order_ids(self.account(account_id), symbol, cursor, limit)
        return Page([order for order in self.store.orders(page.items) if order], page.cursor)

    def open_orders(self, account_id: str, symbol: str | None = None) -> Iterator[Order]:
        """Open orders, oldest first, read page by page."""
        account, after = self.account(account_id), 0
        while ids := self.store.open_order_ids(account, after, PAGE):
            after = ids[-1]
            for order in self.store.orders(ids):
                if order and order.is_open and symbol in (None, order.symbol):
                    yield order

    def fills_of(self, order: Order) -> tuple[Fill, ...]:
        """The fills of one order, oldest first."""
        if not order.trade_ids:
            return ()
        fills = self.store.fills(self.account(order.account_id), order.trade_ids)
        return tuple(fill for fill in fills if fill)

    def trades(
        self, account_id: str, symbol: str | None = None, *, cursor: int | None = None, limit: int = 100
    ) -> Page[Fill]:
        """Fills of the account, newest first."""
        account = self.account(account_id)
        page = self.store.trade_ids(account, symbol, cursor, limit)
        return Page([fill for fill in self.store.fills(account, page.items) if fill], page.cursor)

    def ledger(self, account_id: str, *, cursor: int = 0, limit: int = 100) -> Page[LedgerEntry]:
        """Ledger lines, oldest first."""
        return self.store.ledger(self.account(account_id), cursor, limit)

    # markets

    def now(self) -> int:
        """Venue time in ms: the wall's, or a replay's."""
        return self._time(self.store.market_time())

    def _time(self, market_time: int | None) -> int:
        return self.clock.now() if market_time is None else market_time

    def market(self, symbol: str) -> MarketView:
        """One market as it stands, with what a foreign process wrote taken in."""
        return self._up_to_date(symbol, self.store.market(symbol))

    def check_symbol(self, symbol: str) -> None:
        """Raises BadSymbol unless this venue trades the symbol."""
        split_symbol(symbol)
        if not matches(symbol, self.rules.symbols):
            raise BadSymbol(f"{symbol} is not traded here; SYMBOLS is {','.join(self.rules.symbols)}")

    def symbols(self) -> list[str]:
        """Every symbol that can be asked for: the configured ones, and those on record that fit a pattern."""
        names = listed(self.rules.symbols)
        if len(names) == len(self.rules.symbols):
            return names
        found = (instrument.symbol for instrument in self.store.instruments())
        return names + [symbol for symbol in found if symbol not in names and matches(symbol, self.rules.symbols)]

    def instrument(self, symbol: str) -> Instrument:
        """One market's filters. Raises BadSymbol when nothing is known of it."""
        self.check_symbol(symbol)
        return self._instrument(symbol)

    def _instrument(self, symbol: str) -> Instrument:
        """A market's filters, traded still or not: an open order outlives its symbol's place in SYMBOLS."""
        market = self.market(symbol)
        return market.instrument or self._describe(symbol, market.tick)

    def ticks(self, symbols: Sequence[str]) -> dict[str, Tick]:
        """The newest tick of each symbol that has one, foreign quotes adopted. Raises BadSymbol."""
        for symbol in symbols:
            self.check_symbol(symbol)
        newest = zip(symbols, self.markets(symbols), strict=True)
        return {symbol: view.tick for symbol, view in newest if view.tick}

    def markets(self, symbols: Sequence[str]) -> list[MarketView]:
        """Several markets as they stand, foreign quotes adopted, traded still or not."""
        views = zip(symbols, self.store.markets(symbols), strict=True)
        return [self._up_to_date(symbol, view) for symbol, view in views]

    def last_prices(self, symbols: Sequence[str]) -> dict[str, Decimal]:
        """The newest price of each symbol that ever had one, traded still or not; foreign quotes adopted."""
        newest = zip(symbols, self.markets(symbols), strict=True)
        return {symbol: view.tick.quote.last for symbol, view in newest if view.tick}

    def is_catching_up(self) -> bool:
        """Whether a market still goes through candles of a time that was missed."""
        ticks, now = self.ticks(self.symbols()).values(), self.now()
        return any(tick.is_catching_up(now, self.rules.engine.stale_after) for tick in ticks)

    def set_price(
        self, symbol: str, quote: Quote, *, trades: tuple[PublicTrade, ...] = (), book: Book | None = None
    ) -> Tick:
        """Log a price by hand, with what came with it, and match that symbol before answering. Raises BadSymbol."""
        self.check_symbol(symbol)
        if self.store.market(symbol).instrument is None:
            self._describe_as(symbol, quote.last)
        market = self.store.market(symbol)
        self.store.append(FeedTick(quote, 0, trades, book), "manual", self.now(), serves=False, floor=market.seen)
        with already(f"the price of {symbol} is logged"):
            self.match([symbol])
            tick = self.store.market(symbol).tick
        assert tick is not None, "a tick was appended above"
        return tick

    def _up_to_date(self, symbol: str, market: MarketView) -> MarketView:
        """The market after a foreign quote was adopted, and after a log that fell behind this venue was continued."""
        changed = False
        if market.mailbox:
            adopt(self.store, market.mailbox, self._time(market.market_time))
            changed = True
        elif market.tick and market.tick.number < market.seen:
            continue_log(self.store, market.tick, market.seen, self._time(market.market_time))
            changed = True
        return self.store.market(symbol) if changed else market

    def _describe(self, symbol: str, tick: Tick | None) -> Instrument:
        if tick is None:
            raise BadSymbol(f"nothing is known of {symbol} yet: it never had a price")
        return self._describe_as(symbol, tick.quote.last)

    def _describe_as(self, symbol: str, price: Decimal) -> Instrument:
        self.store.put_instruments([default_instrument(symbol, price)], replace=False)
        instrument = self.store.market(symbol).instrument
        assert instrument is not None, "an instrument was recorded above"
        return instrument

    # matching

    def match(self, symbols: Sequence[str] | None = None, *, keep_on: Callable[[], bool] = lambda: True) -> MatchReport:
        """Hold open orders against every tick since the last match, of some symbols or of all that have orders.

        Safe to run twice, at once, or to die anywhere. `keep_on` is asked between ticks; when it says no the rest is
        left for the next run.
        """
        report = Matcher(self.store, self.rules, self._time, self._instrument, self._fees).run(symbols, keep_on)
        self.activity.fills += report.fills
        self.activity.conflicts += report.conflicts
        return report

    # trust

    def audit(self, account_id: str | None = None, *, progress: Callable[[str], None] = lambda _: None) -> AuditReport:
        """Check every invariant of the books, of one account or of the whole venue. Under load an account is read again
        until it did not change while it was read. `progress` is told each account before it is read."""
        accounts = self.store.account_ids() if account_id is None else [self.account(account_id).account_id]
        return audit(self.store, accounts, whole_venue=account_id is None, progress=progress)

    # what commands share

    def _scales(self, assets: list[str]) -> dict[str, int]:
        known = self.store.scales(assets)
        return {asset: known.get(asset, self.rules.scale(asset)) for asset in assets}

    def _free(self, account_id: str, asset: str) -> str:
        return f"{text(self.balance(account_id, asset).free)} {asset} is free"

    def _shortage(self, command: PlaceOrder) -> str:
        base, quote = split_symbol(command.symbol)
        spent = quote if command.side is Side.BUY else base
        return f"the order needs more than is free: {self._free(command.account_id, spent)}"


def _let_pass(command: PlaceOrder) -> None:
    """Nothing stands in the way of an order."""


def _known(account: Account | None, account_id: str) -> Account:
    if account is None:
        raise AccountNotFound(f"no account {account_id!r} in this venue")
    return account
