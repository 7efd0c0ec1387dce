"""The short form of `make crash`, and proof that the judge of it is not blind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from mockexchange.domain.orders import Order, OrderStatus

from .aftermath import examine
from .books import check_fills, check_liquidity, check_replay
from .messages import Accepted, Canceled, Paid
from .operations import ACCOUNTS
from .promises import check_orders, check_payments
from .remains import Remains
from .storm import EVERYTHING, FROZEN, VALKEY, Plan, Record, Storm

M = TypeVar("M", Accepted, Canceled, Paid)

PLAN = Plan(seconds=4, kills=14, seed=20)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_acknowledged_outlives_kill_9_of_everything(tmp_path: Path) -> None:
    with Storm(PLAN, tmp_path, print) as storm:
        record = storm.run()
        findings, remains = examine(storm, print)
    assert findings.problems == []
    assert findings.audit.clean
    assert findings.audit.accounts == len(set(ACCOUNTS.values()))
    assert {"writer", "matcher", "feeder", VALKEY, EVERYTHING, FROZEN} == record.strikes.keys()
    assert record.strikes[VALKEY] >= 3
    seen = findings.seen
    for what in ("orders acknowledged", "cancels acknowledged", "payments acknowledged", "fills", "partial fills"):
        assert seen[what] > 0, what
    for what in ("invoked more than once", "repeated", "conflicts"):
        assert seen[what] > 0, what
    assert Forger(record, remains).undetected() == []


class Forger:
    """Loses or changes one thing at a time, as a broken exchange would, and looks whether that is found."""

    def __init__(self, record: Record, remains: Remains) -> None:
        self._seed = record.plan.seed
        self._lives = record.lives
        self._remains = remains
        # the oldest, so that most of the prices came after it
        self._order = remains.orders[min(message.order_id for message in self._said(Accepted))]
        self._fill = remains.fills[0]

    def undetected(self) -> list[str]:
        """The forgeries that nobody found, each named by what was done."""
        return [name for name, found in self._forgeries().items() if not any(found())]

    def _forgeries(self) -> dict[str, Callable[[], Iterable[str]]]:
        order, fill, remains, seen = self._order, self._fill, self._remains, Counter[str]()
        canceled = remains.orders[next(self._said(Canceled)).order_id]
        unheard = replace(order, order_id=10**9, client_order_id="a-1000000000")
        paid = next(self._said(Paid)).amount
        resting = replace(order, status=OrderStatus.NEW, price=Decimal(10) ** 6, side=order.side.BUY)
        return {
            "an order lost": lambda: self._orders({k: v for k, v in remains.orders.items() if v is not order}),
            "an order that nobody asked for": lambda: self._with(unheard),
            "an order there twice": lambda: self._with(replace(order, order_id=10**9)),
            "another quantity": lambda: self._with(replace(order, quantity=order.quantity * 2)),
            "another side": lambda: self._with(
                replace(order, side=next(s for s in type(order.side) if s != order.side))
            ),
            "a write undone": lambda: self._with(replace(order, version=0)),
            "a cancel undone": lambda: self._with(replace(canceled, status=OrderStatus.NEW)),
            "a cancel followed by a fill": lambda: self._with(replace(canceled, version=canceled.version + 1)),
            "a payment lost": lambda: self._payments(paid, 0),
            "a payment booked twice": lambda: self._payments(paid, 2),
            "a fill booked twice": lambda: check_fills(replace(remains, fills=[*remains.fills, fill]), seen),
            "an order filled twice on a tick": lambda: check_fills(
                replace(remains, fills=[*remains.fills, replace(fill, trade_id=10**9)]), seen
            ),
            "an order passed over": lambda: check_liquidity(
                replace(remains, orders=remains.orders | {order.order_id: resting})
            ),
            "a journal without its end": lambda: check_replay(replace(remains, journal=remains.journal[:-1]), seen),
        }

    def _said(self, kind: type[M]) -> Iterator[M]:
        return (message for life in self._lives for message in life.messages if isinstance(message, kind))

    def _orders(self, orders: dict[int, Order]) -> Iterator[str]:
        return check_orders(self._seed, self._lives, replace(self._remains, orders=orders), Counter())

    def _with(self, order: Order) -> Iterator[str]:
        return self._orders(self._remains.orders | {order.order_id: order})

    def _payments(self, amount: Decimal, times: int) -> Iterator[str]:
        ledgers = {
            account_id: [line for line in ledger for _ in range(times if abs(line.amount) == amount else 1)]
            for account_id, ledger in self._remains.ledgers.items()
        }
        return check_payments(self._seed, self._lives, replace(self._remains, ledgers=ledgers), Counter())
