"""The journal's entries in the words of the API: which events each of them is to its account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..domain.balances import Balance
from ..domain.events import EventId, Happening, orders_touched, tick_met, trader
from ..domain.fills import Fill
from ..domain.journal import AccountOpened, Deposited, JournalEntry, ListPlaced, Withdrawn
from ..exchange import Exchange
from .native import balance_answer, number, order_answer, trade_answer
from .schemas_events import (
    AccountEvent,
    Change,
    DepositEvent,
    Event,
    Movement,
    OrderEvent,
    TradeEvent,
    WithdrawalEvent,
)


def events(exchange: Exchange, account_id: str, found: Sequence[Happening], after: EventId) -> list[Event]:
    """The events of one account among what happened, after an id. Orders and balances are told as they stand now."""
    own = [each for each in found if each.account_id == account_id]
    if not own:
        return []
    teller = _Teller(exchange, account_id, own)
    return [
        event for each in own for part, event in enumerate(teller.tell(each)) if EventId(each.position, part) > after
    ]


class _Teller:
    """Tells what happened to one account, from what was read of it in one go."""

    def __init__(self, exchange: Exchange, account_id: str, own: Sequence[Happening]) -> None:
        store = exchange.store
        order_ids = sorted({order_id for each in own for order_id in orders_touched(each.entry)})
        self._orders = {order.order_id: order for order in store.orders(order_ids) if order}
        mates = {each for order in self._orders.values() if order.leg for each in order.leg.mate_ids}
        self._orders |= {order.order_id: order for order in store.orders(sorted(mates)) if order}
        self._account = exchange.account(account_id)
        self._fills = self._read_fills(exchange)
        self._balances: dict[str, Balance] = {}
        if any(isinstance(each.entry, AccountOpened | Deposited | Withdrawn) for each in own):
            self._balances = {balance.asset: balance for balance in store.balances(self._account)}

    def _read_fills(self, exchange: Exchange) -> dict[int, Fill]:
        by_generation: dict[int, list[int]] = {}
        for order in self._orders.values():
            by_generation.setdefault(order.generation, []).extend(order.trade_ids)
        found: dict[int, Fill] = {}
        for generation, trade_ids in by_generation.items():
            # an order of before a reset has its fills among those of its own generation
            fills = exchange.store.fills(replace(self._account, generation=generation), trade_ids) if trade_ids else []
            found |= {fill.trade_id: fill for fill in fills if fill}
        return found

    def tell(self, each: Happening) -> Iterator[Event]:
        """Every event that an entry is. Each has a place of its own, whatever became of the others since."""
        entry, name = each.entry, _names(each.position)
        if isinstance(entry, AccountOpened):
            for _, asset, amount, _ in entry.deposits:
                yield DepositEvent(next(name), entry.now, self._movement(asset, amount))
        elif isinstance(entry, Deposited):
            yield DepositEvent(next(name), entry.now, self._movement(entry.asset, entry.amount))
        elif isinstance(entry, Withdrawn):
            yield WithdrawalEvent(next(name), entry.now, self._movement(entry.asset, entry.amount))
        elif touched := orders_touched(entry):
            yield from self._of_orders(entry, self._with_mates(touched), name)
        else:
            yield AccountEvent(next(name), _moment(entry), Change(type(entry).__name__))

    def _with_mates(self, order_ids: tuple[int, ...]) -> tuple[int, ...]:
        """These orders, and after them the others of their lists."""
        legs = [order.leg for order_id in order_ids if (order := self._orders.get(order_id)) and order.leg]
        mates = (mate_id for leg in legs for mate_id in leg.order_ids)
        return tuple(dict.fromkeys((*order_ids, *mates)))

    def _of_orders(self, entry: JournalEntry, touched: tuple[int, ...], name: Iterator[str]) -> Iterator[Event]:
        now, tick, order_id = _moment(entry), tick_met(entry), trader(entry)
        made = [fill for fill in self._fills_of(order_id) if fill.tick == tick] if order_id else []
        for fill in made:
            yield TradeEvent(next(name), now, trade_answer(fill))
        if not made:
            next(name)  # the place of a trade that there might have been
        named = orders_touched(entry)
        for each in touched:
            order, order_name = self._orders.get(each), next(name)
            # one of a list that is as it was is not told
            if order and (each in named or order.updated_at >= now):
                yield OrderEvent(order_name, now, order_answer(order, self._fills_of(each), with_trades=False))

    def _fills_of(self, order_id: int) -> list[Fill]:
        order = self._orders.get(order_id)
        return [self._fills[each] for each in order.trade_ids if each in self._fills] if order else []

    def _movement(self, asset: str, amount: Decimal) -> Movement:
        balance = self._balances.get(asset) or Balance(asset)
        return Movement(asset, number(amount), balance_answer(balance))


def _names(position: int) -> Iterator[str]:
    part = 0
    while True:
        yield str(EventId(position, part))
        part += 1


def _moment(entry: object) -> int:
    """When an entry happened (venue ms). A replacement, and a list, say so in what was placed."""
    if isinstance(entry, ListPlaced):
        return entry.placed[0].now
    return getattr(entry, "now", None) or getattr(getattr(entry, "placed", None), "now", 0)
