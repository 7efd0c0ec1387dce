"""The invariants of the books, as pure checks over what was read. See DESIGN section 4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .amounts import ZERO, add, multiply, round_down, text, total
from .balances import Balance
from .errors import BadRequest
from .fill_models import fill_model
from .fills import Fill, Liquidity
from .ledger import LedgerEntry, replay
from .models import reaches
from .orders import Counted, Leg, Order, OrderStatus, Side
from .quotes import Tick


@dataclass(slots=True)
class AuditReport:
    """What was checked and what does not hold; `problems` is empty when the books are clean."""

    accounts: int = 0
    orders: int = 0
    open_orders: int = 0
    fills: int = 0
    ledger_entries: int = 0
    problems: list[str] = field(default_factory=list[str])

    @property
    def clean(self) -> bool:
        """Whether every invariant holds."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Books:
    """Everything one account owns and did. `open_ids` is its index of open orders, `open_counts` says how many of them
    are counted among what on each symbol; `indexed` tells which of their symbol's indexes ("bids", "asks", "arrivals",
    "rises", "falls", and "trails" of one kind) hold the orders that are open."""

    account_id: str
    balances: list[Balance]
    orders: Mapping[int, Order]
    fills: Mapping[int, Fill]
    ledger: list[LedgerEntry]
    open_ids: frozenset[int]
    open_counts: Mapping[str, int]
    indexed: Mapping[int, frozenset[str]]


def audit_books(books: Books, recorded: Mapping[tuple[str, int], Tick], report: AuditReport) -> None:
    """Add to `report` every invariant that one account's books break. `recorded` holds the ticks of the journal."""
    problems: list[str] = []
    report.accounts += 1
    report.orders += len(books.orders)
    report.fills += len(books.fills)
    report.ledger_entries += len(books.ledger)
    problems += _ownership(books)
    problems += _locks(books)
    problems += _indexes(books)
    for order in books.orders.values():
        report.open_orders += order.is_open
        problems += _order(order, books.fills)
    problems += _lists(books)
    named = [trade_id for order in books.orders.values() for trade_id in order.trade_ids]
    if len(named) != len(set(named)) or set(named) != set(books.fills):
        problems.append(f"{len(named)} trade ids on orders, {len(books.fills)} fills on record: not one to one")
    for fill in books.fills.values():
        problems += _fill(fill, books.orders.get(fill.order_id), recorded)
    report.problems += [f"{books.account_id}: {problem}" for problem in problems]


def _ownership(books: Books) -> Iterable[str]:
    try:
        owned = replay(books.ledger)
    except ArithmeticError as error:
        yield f"ledger: {error}"
        return
    held = {balance.asset: balance for balance in books.balances}
    for asset in sorted(owned.keys() | held.keys()):
        balance = held.get(asset, Balance(asset))
        if balance.free < 0 or balance.locked < 0:
            yield f"{asset} is negative: free {balance.free}, locked {balance.locked}"
        if balance.total != owned.get(asset, ZERO):
            yield f"{asset}: the ledger gives {text(owned.get(asset, ZERO))}, the balance is {text(balance.total)}"


def _locks(books: Books) -> Iterable[str]:
    promised: dict[str, Decimal] = {}
    for order in books.orders.values():
        base, quote = order.symbol.split("/")
        asset = quote if order.side is Side.BUY else base
        promised[asset] = add(promised.get(asset, ZERO), order.held)
    locked = {balance.asset: balance.locked for balance in books.balances}
    for asset in sorted(promised.keys() | locked.keys()):
        is_locked, is_held = locked.get(asset, ZERO), promised.get(asset, ZERO)
        if is_locked != is_held:
            yield f"{asset}: {text(is_locked)} is locked, open orders hold {text(is_held)}"


def _indexes(books: Books) -> Iterable[str]:
    open_orders = {order.order_id: order for order in books.orders.values() if order.is_open}
    if books.open_ids != open_orders.keys():
        yield f"index of open orders differs in {sorted(books.open_ids ^ open_orders.keys())[:10]}"
    counted = Counter(
        each.of(order.symbol)
        for order in open_orders.values()
        for each in order.counted
        if each is not Counted.ORDER_LISTS
    )
    lists = {order.leg.list_id: order.symbol for order in open_orders.values() if order.leg}
    counted.update(Counted.ORDER_LISTS.of(symbol) for symbol in lists.values())
    for name in sorted(counted.keys() | books.open_counts.keys()):
        if counted[name] != books.open_counts.get(name, 0):
            yield f"{name}: {books.open_counts.get(name, 0)} orders are counted as open, {counted[name]} are"
    for order_id, order in open_orders.items():
        indexes = frozenset({order.index_name} | ({"expiring"} if order.expires_at is not None else set[str]()))
        if books.indexed.get(order_id) != indexes:
            yield f"order {order_id} stands in {sorted(books.indexed.get(order_id, ()))}, not in {sorted(indexes)}"


def _lists(books: Books) -> Iterable[str]:
    """The orders of one list stand as its rules leave them after every commit."""
    for first in books.orders.values():
        leg = first.leg
        if leg is None or leg.number:
            continue
        name = f"order list {leg.list_id}"
        orders = [books.orders[order_id] for order_id in leg.order_ids if order_id in books.orders]
        if [_list_of(each) for each in orders] != [_list_of(first)] * leg.legs:
            yield f"{name}: its orders do not name each other"
            continue
        waiting = sum(each.is_pending for each in orders)
        if waiting and (waiting != leg.legs - 1 or not first.is_open):
            yield f"{name}: {waiting} of its orders wait, and the first one is {first.status}"
        placed = [each for each in orders if each.is_open and not each.is_pending]
        if [each.leg.holds for each in placed if each.leg].count(True) != bool(placed):
            yield f"{name}: {len(placed)} of its orders are placed, and they do not lock their money once"
        if len(placed) > 1 and any(each.filled_quantity or each.triggered_at is not None for each in placed):
            yield f"{name}: two that cancel each other are open although one of them traded or was triggered"


def _list_of(order: Order) -> Leg | None:
    """What all orders of a list have in common."""
    return replace(order.leg, number=0, holds=True, placed_at=None) if order.leg else None


def _order(order: Order, fills: Mapping[int, Fill]) -> Iterable[str]:
    own = [fills[trade_id] for trade_id in order.trade_ids if trade_id in fills]
    name = f"order {order.order_id}"
    if any(fill.order_id != order.order_id for fill in own):
        yield f"{name} names a fill of another order"
    if total(fill.quantity for fill in own) != order.filled_quantity:
        yield f"{name}: filled {text(order.filled_quantity)} is not the sum of its fills"
    if total(multiply(fill.price, fill.quantity) for fill in own) != order.filled_notional:
        yield f"{name}: a notional of {text(order.filled_notional)} is not the sum of its fills"
    moved = order.paid if order.side is Side.BUY else round_down(order.filled_notional, order.quote_scale)
    if total(fill.quote_quantity for fill in own) != moved:
        yield f"{name}: its fills moved another amount than {text(moved)} {order.symbol.split('/')[1]}"
    if order.filled_quantity > order.quantity:
        yield f"{name}: filled {text(order.filled_quantity)} of {text(order.quantity)}"
    full = order.filled_quantity == order.quantity
    if full is not (order.status is OrderStatus.FILLED):
        yield f"{name} is {order.status} with {text(order.filled_quantity)} of {text(order.quantity)} filled"
    if order.type.is_stop and order.triggered_at is None and order.filled_quantity:
        yield f"{name} was never triggered and has {text(order.filled_quantity)} filled"
    if order.status is OrderStatus.NEW and order.filled_quantity:
        yield f"{name} is NEW with {text(order.filled_quantity)} filled"


def _fill(fill: Fill, order: Order | None, recorded: Mapping[tuple[str, int], Tick]) -> Iterable[str]:
    name = f"fill {fill.trade_id}"
    if order is None:
        yield f"{name}: no order {fill.order_id}"
        return
    if order.price is not None and (fill.price > order.price if fill.side is Side.BUY else fill.price < order.price):
        yield f"{name} at {fill.price} is worse than the limit {order.price}"
    tick = recorded.get((fill.symbol, fill.tick))
    if tick is None:
        yield f"{name} met tick {fill.tick} of {fill.symbol}, which is not in the journal"
        return
    try:
        model = fill_model(fill.model)
    except BadRequest as error:
        yield f"{name}: {error.detail}"
        return
    if fill.liquidity is Liquidity.MAKER and not reaches(fill.side, fill.price, model.reach(fill.side, tick)):
        yield f"{name} at {fill.price} was not reached by bid {tick.quote.bid}, ask {tick.quote.ask}"
    elif fill.liquidity is Liquidity.TAKER and not model.could_give(fill.side, fill.price, tick):
        yield f"{name}, a {fill.side.lower()} at {fill.price}, did not take bid {tick.quote.bid}, ask {tick.quote.ask}"
