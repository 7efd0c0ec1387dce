"""Whether everything was kept that the exchange acknowledged, and nothing is there that nobody asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from mockexchange.domain.ledger import LedgerKind
from mockexchange.domain.orders import Order, OrderStatus
from mockexchange.domain.placing import PlaceOrder

from .messages import Accepted, Answer, Canceled, Paid, Refused, Tried, Unavailable
from .operations import Pay, asked_for, client_order_id, operation
from .processes import Life
from .remains import Remains


@dataclass(slots=True)
class _Question:
    """One operation, over all workers that tried it. `answers` has a None for each that was killed meanwhile."""

    answers: list[Answer | None] = field(default_factory=list[Answer | None])


def check_orders(seed: int, lives: Iterable[Life], remains: Remains, seen: Counter[str]) -> Iterator[str]:
    """Every order: there once, as it was asked for and as it was acknowledged. Counts in `seen` what there was."""
    by_name: dict[str, Order] = {}
    for order in remains.orders.values():
        name = order.client_order_id
        if name in by_name:
            yield f"{name} is there twice: as order {by_name[name].order_id} and as order {order.order_id}"
        by_name[name] = order
        asked = asked_for(seed, name)
        if asked is None:
            yield f"order {order.order_id} is {name!r}, which nobody asked for"
        else:
            yield from _request(order, asked)
    for name, question in _questions(lives).items():
        yield from _question(name, question, by_name.pop(name, None), remains, seen)
    for name, order in by_name.items():
        yield f"order {order.order_id} is {name!r}, which nobody tried"


def _questions(lives: Iterable[Life]) -> dict[str, _Question]:
    """Everything but payments, by client order id; a cancel has the id of the order it would have given."""
    questions: dict[str, _Question] = {}
    for life in lives:
        for tried, answer in life.attempts():
            if tried.amount is None:
                name = client_order_id(life.slot.stream, tried.number)
                questions.setdefault(name, _Question()).answers.append(answer)
    return questions


def _request(order: Order, asked: PlaceOrder) -> Iterator[str]:
    for word in ("account_id", "symbol", "side", "type", "price", "quote_quantity", "time_in_force", "post_only"):
        given, wanted = getattr(order, word), getattr(asked, word)
        if given != wanted:
            yield f"order {order.order_id} ({order.client_order_id}): {word} is {given}, asked for was {wanted}"
    if asked.quantity not in (None, order.quantity):
        yield f"order {order.order_id} ({order.client_order_id}): {order.quantity} instead of {asked.quantity}"


def _question(
    name: str, question: _Question, order: Order | None, remains: Remains, seen: Counter[str]
) -> Iterator[str]:
    for answer in question.answers:
        match answer:
            case Accepted():
                seen["acknowledgements of orders"] += 1
                seen["repeated"] += answer.repeated
                yield from _accepted(name, answer, order, remains)
            case Canceled():
                seen["cancels acknowledged"] += 1
                yield from _canceled(name, answer, remains)
            case _:
                pass
    accepted = any(isinstance(answer, Accepted) for answer in question.answers)
    seen["orders acknowledged"] += accepted
    seen["invoked more than once"] += len(question.answers) > 1
    if len(question.answers) == 1 and _changed_nothing(question.answers[0]) and order is not None:
        yield f"{name} is order {order.order_id}, but the answer was {question.answers[0]}"
    if any(_unknown(answer) for answer in question.answers):
        seen["outcomes unknown at first"] += 1
        seen[f"unknown, then {_settled(accepted=accepted, there=order is not None)}"] += 1


def _settled(*, accepted: bool, there: bool) -> str:
    return "acknowledged when asked again" if accepted else "found to be done" if there else "found not to be done"


def _accepted(name: str, answer: Accepted, order: Order | None, remains: Remains) -> Iterator[str]:
    if order is None:
        yield f"{name} was acknowledged as order {answer.order_id} and is lost"
        return
    if order.order_id != answer.order_id:
        yield f"{name} was acknowledged as order {answer.order_id} and is order {order.order_id}"
    if order.version < answer.version or order.filled_quantity < answer.filled:
        yield f"order {order.order_id} went back from {answer} to {order}"
    closed = answer.status in (OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED)
    if closed and (order.status, order.version) != (answer.status, answer.version):
        yield f"order {order.order_id} was {answer.status} for good and is {order.status} now"
    if answer.replaced is not None:
        old = remains.orders.get(answer.replaced)
        if old is None or old.status is not OrderStatus.CANCELED:
            yield f"order {answer.replaced} was replaced by {order.order_id} and is {old}"


def _canceled(name: str, answer: Canceled, remains: Remains) -> Iterator[str]:
    order = remains.orders.get(answer.order_id)
    if order is None:
        yield f"{name} canceled order {answer.order_id}, which is lost"
        return
    was = (OrderStatus.CANCELED, answer.version, answer.filled)
    if (order.status, order.version, order.filled_quantity) != was:
        yield f"order {order.order_id} was canceled as {was} and is {order}"


def check_payments(seed: int, lives: Iterable[Life], remains: Remains, seen: Counter[str]) -> Iterator[str]:
    """Every deposit and withdrawal that was acknowledged is booked once, every other one once or not at all."""
    booked = Counter(remains.payments)
    for account_id, ledger in remains.ledgers.items():
        first = [line.amount for line in ledger[:3]]  # one of each asset, in the account's first transaction
        booked.subtract(first)
        if len(set(first)) != 1:
            yield f"{account_id} began with {first}"
    for life in lives:
        for tried, answer in life.attempts():
            if tried.amount is not None:
                amount = _signed(seed, life, tried)
                yield from _payment(life, amount, answer, booked.pop(amount, 0), seen)
    for amount, times in booked.items():
        if times:
            yield f"a payment of {amount} is booked {times} times, and nobody tried it"


def _signed(seed: int, life: Life, tried: Tried) -> Decimal:
    asked = operation(seed, life.slot.stream, tried.number)
    assert isinstance(asked, Pay) and tried.amount is not None  # only payments have an amount
    return tried.amount if asked.kind is LedgerKind.DEPOSIT else tried.amount.copy_negate()


def _payment(life: Life, amount: Decimal, answer: Answer | None, times: int, seen: Counter[str]) -> Iterator[str]:
    if times > 1:
        yield f"a payment of {amount} by {life.slot.name} is booked {times} times"
    if isinstance(answer, Paid):
        seen["payments acknowledged"] += 1
        if not times:
            yield f"a payment of {amount} by {life.slot.name} was acknowledged and is lost"
    elif _changed_nothing(answer) and times:
        yield f"a payment of {amount} by {life.slot.name} is booked, but the answer was {answer}"
    elif _unknown(answer):
        seen["outcomes unknown at first"] += 1
        seen[f"unknown, then {_settled(accepted=False, there=times > 0)}"] += 1


def _changed_nothing(answer: Answer | None) -> bool:
    """Whether the exchange said so."""
    return isinstance(answer, Refused) or (isinstance(answer, Unavailable) and answer.unchanged)


def _unknown(answer: Answer | None) -> bool:
    """Whether the exchange said so, or nothing at all because it was killed."""
    return answer is None or (isinstance(answer, Unavailable) and not answer.unchanged)
