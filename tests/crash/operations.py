"""What the writers ask for. Operation n of a stream is a pure function of seed, stream and n.

So two writers on one stream invoke everything twice, a writer that takes over repeats what its predecessor may or may
not have done, and afterwards anybody can tell what an order should look like from its client order id alone.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from mockexchange.domain.ledger import LedgerKind
from mockexchange.domain.orders import OrderType, Side, TimeInForce
from mockexchange.domain.placing import PlaceOrder

from .prices import MARKETS, Market

ACCOUNTS = {"a": "alice", "b": "alice", "c": "bob"}
"""The account that each stream trades for: one has two streams, one has its own."""

MODELS = {"a": "touch-size", "b": "touch", "c": "touch-size"}
"""The fill model that a stream's writers are configured with."""

REACH = 40
"""How many operations back a cancel or a replacement may reach."""

ABSURD = Decimal(10) ** 8
"""A quantity that no account can pay for."""


class _Kind(StrEnum):
    PLACE = "place"
    CANCEL = "cancel"
    REPLACE = "replace"
    DEPOSIT = "deposit"
    WITHDRAW = "withdraw"


_WEIGHTS = {_Kind.PLACE: 62, _Kind.CANCEL: 18, _Kind.REPLACE: 12, _Kind.DEPOSIT: 5, _Kind.WITHDRAW: 3}


@dataclass(frozen=True, slots=True)
class Place:
    """A new order."""

    command: PlaceOrder


@dataclass(frozen=True, slots=True)
class Cancel:
    """An order, named by its client order id, taken back."""

    account_id: str
    client_order_id: str


@dataclass(frozen=True, slots=True)
class Replace:
    """An order, named by its client order id, exchanged for another."""

    client_order_id: str
    command: PlaceOrder


@dataclass(frozen=True, slots=True)
class Pay:
    """Paper money in or out. It has no id of its own: each attempt has an amount of its own instead."""

    account_id: str
    kind: LedgerKind


Operation = Place | Cancel | Replace | Pay


def operation(seed: int, stream: str, number: int) -> Operation:
    """What a stream asks for at this number."""
    chance, kind, symbol = _throw(seed, stream, number)
    account_id = ACCOUNTS[stream]
    match kind:
        case _Kind.PLACE:
            return Place(_order(chance, stream, number, MARKETS[symbol]))
        case _Kind.REPLACE:
            earlier = _earlier(seed, stream, number - chance.randint(1, REACH), symbol)
            return Replace(earlier, _order(chance, stream, number, MARKETS[symbol]))
        case _Kind.CANCEL:
            return Cancel(account_id, _earlier(seed, stream, number - chance.randint(1, REACH), symbol))
        case _Kind.DEPOSIT:
            return Pay(account_id, LedgerKind.DEPOSIT)
        case _Kind.WITHDRAW:
            return Pay(account_id, LedgerKind.WITHDRAWAL)


def client_order_id(stream: str, number: int) -> str:
    """The client order id of an operation that gives an order."""
    return f"{stream}-{number}"


def asked_for(seed: int, order_id: str) -> PlaceOrder | None:
    """The order that was asked for under this client order id; None when there is no such operation."""
    stream, _, number = order_id.partition("-")
    if stream not in ACCOUNTS or not number.isdecimal():
        return None
    asked = operation(seed, stream, int(number))
    return asked.command if isinstance(asked, Place | Replace) else None


def _throw(seed: int, stream: str, number: int) -> tuple[random.Random, _Kind, str]:
    chance = random.Random(f"{seed} {stream} {number}")
    (kind,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    return chance, kind, chance.choice(list(MARKETS))


def _earlier(seed: int, stream: str, number: int, symbol: str) -> str:
    """The newest order of this symbol up to `number`. There is none under the id of a number below zero."""
    while number >= 0:
        _, kind, its_symbol = _throw(seed, stream, number)
        if kind in (_Kind.PLACE, _Kind.REPLACE) and its_symbol == symbol:
            break
        number -= 1
    return client_order_id(stream, number)


def _order(chance: random.Random, stream: str, number: int, market: Market) -> PlaceOrder:
    market_order = chance.random() < 0.1
    spend = market_order and chance.random() < 0.5
    absurd = chance.random() < 0.02
    quantity = ABSURD if absurd else market.lot * chance.randint(1, 30)
    price = market.price(chance.randint(-market.width, market.width))
    term = chance.choices(["GTC", "POST ONLY", "IOC", "FOK"], [80, 10, 5, 5])[0]
    rests = market_order or term in ("GTC", "POST ONLY")
    return PlaceOrder(
        account_id=ACCOUNTS[stream],
        symbol=market.symbol,
        side=chance.choice(list(Side)),
        type=OrderType.MARKET if market_order else OrderType.LIMIT,
        quantity=None if spend else quantity,
        price=None if market_order else price,
        # said how: ccxt, which the same process may have loaded, changes how everybody's decimals are rounded
        quote_quantity=(quantity * market.middle).quantize(Decimal("0.0001"), ROUND_HALF_EVEN) if spend else None,
        time_in_force=TimeInForce.GTC if rests else TimeInForce(term),
        post_only=term == "POST ONLY" and not market_order,
        client_order_id=client_order_id(stream, number),
    )
