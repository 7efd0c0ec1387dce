"""The journal's entries in the words of the API: which events each of them is to its account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..domain.balances import Balance
from ..domain.events import EventId, Happening, orders_touched, tick_met
from ..domain.fills import Fill
from ..domain.journal import AccountOpened, Deposited, Withdrawn
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
            yield from self._of_orders(touched, tick_met(entry), _moment(entry), name)
        else:
            yield AccountEvent(next(name), _moment(entry), Change(type(entry).__name__))

    def _of_orders(self, touched: tuple[int, ...], tick: int | None, now: int, name: Iterator[str]) -> Iterator[Event]:
        made = [fill for fill in self._fills_of(touched[-1]) if fill.tick == tick]
        for fill in made:
            yield TradeEvent(next(name), now, trade_answer(fill))
        if not made:
            next(name)  # the place of a trade that there might have been
        for order_id in touched:
            order, order_name = self._orders.get(order_id), next(name)
            if order:
                yield OrderEvent(order_name, now, order_answer(order, self._fills_of(order_id), with_trades=False))

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
    """When an entry happened (venue ms). A replacement says so in its placement."""
    return getattr(entry, "now", None) or getattr(getattr(entry, "placed", None), "now", 0)
