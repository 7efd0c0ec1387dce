"""The audit: clean books pass, and each invariant, broken alone, is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from mockexchange.domain.amounts import ZERO
from mockexchange.domain.audit import AuditReport, Books, audit_books
from mockexchange.domain.balances import Balance, Bucket
from mockexchange.domain.fills import Fill
from mockexchange.domain.ledger import LedgerEntry, LedgerKind, fill_entries
from mockexchange.domain.orders import Order, OrderStatus, OrderType
from mockexchange.domain.quotes import Tick

from .story import Story
from .words import NOW, D


@dataclass
class Tampered:
    """Books to tamper with. Order 1 is filled (fills 1 and 2), 2 rests as a buy, 3 rests as a sell, 4 waits unmet, 5 is
    canceled. Tick 1 was 99 / 101 with 0.5 at the ask, tick 2 was 99 / 101, tick 3 was stale."""

    balances: list[Balance]
    orders: dict[int, Order]
    fills: dict[int, Fill]
    ledger: list[LedgerEntry]
    open_ids: set[int]
    open_counts: dict[str, int]
    indexed: dict[int, frozenset[str]]
    recorded: dict[tuple[str, int], Tick] = field(default_factory=dict[tuple[str, int], Tick])

    def read(self) -> Books:
        return Books(
            "alice",
            self.balances,
            self.orders,
            self.fills,
            self.ledger,
            frozenset(self.open_ids),
            self.open_counts,
            self.indexed,
        )

    def problems(self) -> list[str]:
        report = AuditReport()
        audit_books(self.read(), self.recorded, report)
        assert report.clean is not report.problems
        return report.problems

    def balance(self, asset: str, **amounts: Decimal) -> None:
        self.balances = [replace(each, **amounts) if each.asset == asset else each for each in self.balances]

    def order(self, number: int, **changes: object) -> None:
        self.orders[number] = replace(self.orders[number], **changes)

    def fill(self, number: int, **changes: object) -> None:
        self.fills[number] = replace(self.fills[number], **changes)


def books() -> Tampered:
    story = Story("BTC 1, USDT 1000", sized=True)
    deposits = [
        LedgerEntry(LedgerKind.DEPOSIT, number, asset, amount, NOW)
        for number, (asset, amount) in enumerate((("BTC", D(1)), ("USDT", D(1000))), start=1)
    ]
    recorded = [story.quote("99 101x0.5")]
    story.place("BUY 2 @ 101")
    story.meet("99 101")
    recorded.append(story.tick) if story.tick else None
    story.place("BUY 1 @ 90")
    story.place("SELL 1 @ 120")
    recorded.append(story.quote("99 101", age=61_000))
    story.place("BUY 1 @ 95")
    story.place("BUY 1 @ 80")
    story.cancel(5)
    return Tampered(
        balances=[
            Balance(asset, *(story.amounts.get((asset, bucket), ZERO) for bucket in Bucket))
            for asset in ("BTC", "USDT")
        ],
        orders=story.orders,
        fills={fill.trade_id: fill for fill in story.fills},
        ledger=deposits + [line for fill in story.fills for line in fill_entries(fill)],
        open_ids={2, 3, 4},
        open_counts={"BTC/USDT": 3, "ETH/USDT": 0},
        indexed={2: frozenset({"bids"}), 3: frozenset({"asks"}), 4: frozenset({"arrivals"})},
        recorded={("BTC/USDT", each.number): each for each in recorded},
    )


def test_clean_books_pass_and_are_counted() -> None:
    clean = books()
    report = AuditReport()
    audit_books(clean.read(), clean.recorded, report)
    assert report == AuditReport(accounts=1, orders=5, open_orders=3, fills=2, ledger_entries=8, problems=[])
    assert report.clean


Tampering = Callable[[Tampered], object]

BROKEN: Mapping[str, tuple[Tampering, str]] = {
    "a unit too much is free": (
        lambda b: b.balance("USDT", free=D("613.00000001")),
        "USDT: the ledger gives 798, the balance is 798.00000001",
    ),
    "an asset from nowhere": (
        lambda b: b.balances.append(Balance("ETH", D(1))),
        "ETH: the ledger gives 0, the balance is 1",
    ),
    "an asset that is gone": (lambda b: b.balances.pop(0), "BTC: the ledger gives 2.998, the balance is 0"),
    "negative free": (lambda b: b.balance("USDT", free=D(-1), locked=D(799)), "USDT is negative: free -1"),
    "a ledger line is missing": (lambda b: b.ledger.pop(), "BTC: the ledger gives 2.9995"),
    "a withdrawal of what was not there": (
        lambda b: b.ledger.insert(0, LedgerEntry(LedgerKind.WITHDRAWAL, 3, "BTC", D(-1), NOW)),
        "ledger: BTC falls to -1 at withdrawal 3",
    ),
    "too much is locked": (
        lambda b: b.balance("USDT", free=D(612), locked=D(186)),
        "USDT: 186 is locked, open orders hold 185",
    ),
    "a closed order still holds": (
        lambda b: b.order(2, status=OrderStatus.CANCELED),
        "USDT: 185 is locked, open orders hold 95",
    ),
    "a closed order is in the open index": (lambda b: b.open_ids.add(5), "index of open orders differs in [5]"),
    "an open order is not": (lambda b: b.open_ids.remove(3), "index of open orders differs in [3]"),
    "an open order too many is counted": (
        lambda b: b.open_counts.update({"BTC/USDT": 4}),
        "BTC/USDT: 4 orders are counted as open, 3 are",
    ),
    "open orders are not counted": (
        lambda b: b.open_counts.pop("BTC/USDT"),
        "BTC/USDT: 0 orders are counted as open, 3 are",
    ),
    "an order is counted where there is none": (
        lambda b: b.open_counts.update({"ETH/USDT": -1}),
        "ETH/USDT: -1 orders are counted as open, 0 are",
    ),
    "a resting order is in no index": (lambda b: b.indexed.pop(2), "order 2 stands in [], not in ['bids']"),
    "a buy rests among the sells": (
        lambda b: b.indexed.update({2: frozenset({"asks"})}),
        "order 2 stands in ['asks'], not in ['bids']",
    ),
    "an order stands twice": (
        lambda b: b.indexed.update({4: frozenset({"arrivals", "bids"})}),
        "order 4 stands in ['arrivals', 'bids'], not in ['arrivals']",
    ),
    "a stop rests that was never triggered": (
        lambda b: b.order(2, type=OrderType.STOP_LOSS_LIMIT, stop_price=D(95)),
        "order 2 stands in ['bids'], not in ['rises']",
    ),
    "a stop that is triggered waits": (
        lambda b: (
            b.order(2, type=OrderType.STOP_LOSS_LIMIT, stop_price=D(95), triggered_at=NOW),
            b.indexed.update({2: frozenset({"rises"})}),
        ),
        "order 2 stands in ['rises'], not in ['bids']",
    ),
    "a stop is not counted among stops": (
        lambda b: b.order(3, type=OrderType.TAKE_PROFIT_LIMIT, stop_price=D(110), triggered_at=NOW),
        "BTC/USDT|MAX_NUM_ALGO_ORDERS: 0 orders are counted as open, 1 are",
    ),
    "a stop filled that was never triggered": (
        lambda b: b.order(1, type=OrderType.STOP_LOSS_LIMIT, stop_price=D(95)),
        "order 1 was never triggered and has 2 filled",
    ),
    "filled is not the sum of the fills": (
        lambda b: b.fill(2, quantity=D("1.4")),
        "order 1: filled 2 is not the sum of its fills",
    ),
    "more filled than asked for": (lambda b: b.order(1, quantity=D("1.9")), "order 1: filled 2 of 1.9"),
    "FILLED with something left": (lambda b: b.order(1, quantity=D(3)), "order 1 is FILLED with 2 of 3 filled"),
    "open with nothing left": (
        lambda b: b.order(1, status=OrderStatus.PARTIALLY_FILLED),
        "order 1 is PARTIALLY_FILLED with 2 of 2 filled",
    ),
    "NEW with a fill": (lambda b: b.order(1, status=OrderStatus.NEW, quantity=D(3)), "order 1 is NEW with 2 filled"),
    "a fill of another order": (lambda b: b.fill(2, order_id=2), "order 1 names a fill of another order"),
    "a fill that no order names": (lambda b: b.order(1, trade_ids=(1,)), "1 trade ids on orders, 2 fills on record"),
    "a fill named twice": (lambda b: b.order(2, trade_ids=(2,)), "3 trade ids on orders, 2 fills on record"),
    "a fill of no order": (lambda b: b.fill(2, order_id=99), "fill 2: no order 99"),
    "a fill that is missing": (lambda b: b.fills.pop(2), "2 trade ids on orders, 1 fills on record"),
    "a fill worse than its limit": (lambda b: b.order(1, price=D(100)), "fill 1 at 101 is worse than the limit 100"),
    "a fill on a tick nobody logged": (
        lambda b: b.recorded.pop(("BTC/USDT", 2)),
        "fill 2 met tick 2 of BTC/USDT, which is not in the journal",
    ),
    "a maker whom the market never reached": (
        lambda b: b.fill(2, price=D("100.99")),
        "fill 2 at 100.99 was not reached by bid 99, ask 101",
    ),
    "a taker at neither touch": (
        lambda b: b.fill(1, price=D(100)),
        "fill 1, a buy at 100, did not take bid 99, ask 101",
    ),
    "a buyer who took the bid": (lambda b: b.fill(1, price=D(99)), "fill 1, a buy at 99, did not take bid 99, ask 101"),
    "a fill that moved another amount than its price says": (
        lambda b: b.fill(2, quote_quantity=D(150)),
        "order 1: its fills moved another amount than 202 USDT",
    ),
    "a notional that is not its fills'": (
        lambda b: b.order(1, filled_notional=D(200)),
        "order 1: a notional of 200 is not the sum of its fills",
    ),
}


@pytest.mark.parametrize(("tamper", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_each_invariant_is_watched(tamper: Tampering, problem: str) -> None:
    tampered = books()
    assert tampered.problems() == []
    tamper(tampered)
    problems = tampered.problems()
    assert any(each.startswith(f"alice: {problem}") for each in problems), problems
