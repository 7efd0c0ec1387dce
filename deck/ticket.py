"""The order ticket without its widgets: what was typed, as an order, and what that order would do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from mockexchange.clients.answers import Balance, Fee, Market, Order
from mockexchange.clients.order_lists import OrderListRequest
from mockexchange.clients.order_request import OrderRequest
from mockexchange.domain.amounts import ONE, ZERO, add, is_multiple, multiply, subtract, text

from .amounts import moment

Side = Literal["buy", "sell"]


class Kind(StrEnum):
    """What the ticket can place; the value is what people call it."""

    MARKET = "Market"
    LIMIT = "Limit"
    STOP = "Stop"
    STOP_LIMIT = "Stop-limit"
    TAKE_PROFIT = "Take-profit"
    TAKE_PROFIT_LIMIT = "Take-profit limit"
    TRAILING = "Trailing stop"
    OCO = "OCO: target and stop"
    OTO = "OTO: then a stop"
    OTOCO = "OTOCO: then target and stop"


class Good(StrEnum):
    """How long a limit order stays."""

    GTC = "Until canceled (GTC)"
    IOC = "What trades at once (IOC)"
    FOK = "All at once or nothing (FOK)"
    POST_ONLY = "Post-only"
    GTD = "Until a time (GTD)"


class In(StrEnum):
    """What a field is counted in."""

    BASE = "base"
    PRICE = "price"
    QUOTE = "quote"
    PERCENT = "percent"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Field:
    """Something to type into the ticket."""

    name: str
    label: str
    unit: In
    optional: bool = False


AMOUNT = Field("amount", "Amount", In.BASE)
COST = Field("cost", "Cost", In.QUOTE)
PRICE = Field("price", "Price", In.PRICE)
TRIGGER = Field("trigger", "Trigger price", In.PRICE)
BEGINS = Field("begins", "Begins to trail at", In.PRICE, optional=True)
PERCENT = Field("percent", "Comes back by", In.PERCENT)
ICEBERG = Field("iceberg", "Shown at a time (iceberg)", In.BASE, optional=True)
MINUTES = Field("minutes", "Good for", In.MINUTES)
TARGET = Field("target", "Target price", In.PRICE)
STOP = Field("stop", "Stop price", In.PRICE)
STOP_LIMIT = Field("stop_limit", "Limit of the stop", In.PRICE, optional=True)
EXIT = Field("exit", "Amount of the exit", In.BASE, optional=True)

FIELDS = (AMOUNT, COST, PRICE, TRIGGER, BEGINS, PERCENT, ICEBERG, MINUTES, TARGET, STOP, STOP_LIMIT, EXIT)

_OF_KIND: Mapping[Kind, tuple[Field, ...]] = {
    Kind.STOP: (AMOUNT, TRIGGER),
    Kind.STOP_LIMIT: (AMOUNT, TRIGGER, PRICE),
    Kind.TAKE_PROFIT: (AMOUNT, TRIGGER),
    Kind.TAKE_PROFIT_LIMIT: (AMOUNT, TRIGGER, PRICE),
    Kind.TRAILING: (AMOUNT, PERCENT, BEGINS),
    Kind.OCO: (AMOUNT, TARGET, STOP, STOP_LIMIT),
    Kind.OTO: (AMOUNT, PRICE, STOP, STOP_LIMIT, EXIT),
    Kind.OTOCO: (AMOUNT, PRICE, TARGET, STOP, STOP_LIMIT, EXIT),
}

_RESTING = (Good.GTC, Good.POST_ONLY, Good.GTD)
"""Only what rests can show a part of itself."""

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20}")
"""A number as people type one; longer ones are slips."""

_LONGEST = 60 * 24 * 365
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen, not typed."""

    side: Side
    kind: Kind
    by_cost: bool = False
    good: Good = Good.GTC

    def fields(self) -> tuple[Field, ...]:
        """What is left to type."""
        if self.kind is Kind.MARKET:
            return (COST,) if self.by_cost else (AMOUNT,)
        if self.kind is Kind.LIMIT:
            dated = (MINUTES,) if self.good is Good.GTD else ()
            return (AMOUNT, PRICE, *dated, *((ICEBERG,) if self.good in _RESTING else ()))
        return _OF_KIND[self.kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the ticket says. `request` is None while something is missing or wrong. `assessable` are the orders of it
    that the exchange can be asked about before they are sent: of a list, those that are placed at once."""

    request: OrderRequest | OrderListRequest | None = None
    assessable: tuple[OrderRequest, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read(choices: Choices, typed: Mapping[str, str], market: Market, *, name: str, now: int) -> Reading:
    """What was typed, as a request. `name` is the client's id of it, so that it can be sent twice and is placed once;
    `now` in ms."""
    amounts: dict[str, Decimal] = {}
    missing: list[str] = []
    problems: list[str] = []
    for field in choices.fields():
        said = typed.get(field.name, "").strip()
        if not said:
            missing += () if field.optional else (field.label,)
        elif not _NUMBER.fullmatch(said):
            problems.append(f"{field.label} must be a number like 1234.5, was {said[:40]!r}.")
        else:
            amounts[field.name] = amount = Decimal(said)
            problem = _misfit(field, amount, market)
            problems += (problem,) if problem else ()
    if missing or problems:
        return Reading(missing=tuple(missing), problems=tuple(problems))
    return _requested(choices, amounts, market.symbol, name, now)


def _misfit(field: Field, amount: Decimal, market: Market) -> str | None:
    """What of the market's filters an amount does not pass, or None."""
    if amount <= 0:
        return f"{field.label} must be above 0."
    limits = {In.BASE: market.limits.amount, In.PRICE: market.limits.price}.get(field.unit)
    step = {In.BASE: market.precision.amount, In.PRICE: market.precision.price}.get(field.unit)
    if step is not None and not is_multiple(amount, step):
        return f"{field.label} must be a multiple of {text(step)}, was {text(amount)}."
    if limits is not None and limits.min is not None and amount < limits.min:
        return f"{field.label} must be at least {text(limits.min)}, was {text(amount)}."
    if limits is not None and limits.max is not None and amount > limits.max:
        return f"{field.label} must be at most {text(limits.max)}, was {text(amount)}."
    if field.unit is In.MINUTES and (amount > _LONGEST or amount != amount.to_integral_value()):
        return f"{field.label} is a whole number of minutes, {_LONGEST} at most, was {text(amount)}."
    return None


def _requested(choices: Choices, amounts: Mapping[str, Decimal], symbol: str, name: str, now: int) -> Reading:
    amount, price, get = amounts.get("amount"), amounts.get("price"), amounts.get
    plain = OrderRequest(symbol, choices.side, amount=amount, price=price, client_order_id=name)
    match choices.kind:
        case Kind.MARKET:
            order = replace(plain, cost=get("cost"))
        case Kind.LIMIT:
            order = _limit(plain, choices.good, amounts, now)
        case Kind.STOP | Kind.STOP_LIMIT:
            order = replace(plain, stop_loss_price=get("trigger"))
        case Kind.TAKE_PROFIT | Kind.TAKE_PROFIT_LIMIT:
            order = replace(plain, take_profit_price=get("trigger"))
        case Kind.TRAILING:
            order = replace(plain, trailing_percent=get("percent"), take_profit_price=get("begins"))
        case Kind.OCO:
            pair = _pair(plain, amounts)
            return Reading(OrderListRequest("oco", pair, name), assessable=pair)
        case Kind.OTO | Kind.OTOCO:
            after: Side = "sell" if choices.side == "buy" else "buy"
            exits = _pair(replace(plain, side=after, amount=get("exit", amount)), amounts)
            exits = exits[1:] if choices.kind is Kind.OTO else exits
            return Reading(OrderListRequest("oto", (plain, *exits), name), assessable=(plain,))
    return Reading(order, assessable=(order,))


def _limit(order: OrderRequest, good: Good, amounts: Mapping[str, Decimal], now: int) -> OrderRequest:
    order = replace(order, iceberg_amount=amounts.get("iceberg"))
    match good:
        case Good.GTC:
            return order
        case Good.IOC:
            return replace(order, time_in_force="IOC")
        case Good.FOK:
            return replace(order, time_in_force="FOK")
        case Good.POST_ONLY:
            return replace(order, post_only=True)
        case Good.GTD:
            return replace(order, expires_at=now + int(amounts["minutes"]) * 60_000)


def _pair(order: OrderRequest, amounts: Mapping[str, Decimal]) -> tuple[OrderRequest, OrderRequest]:
    """A target and a stop of which one cancels the other; the target is None for a stop alone."""
    target = replace(order, price=amounts.get("target"), post_only=True)
    return target, replace(order, price=amounts.get("stop_limit"), stop_loss_price=amounts["stop"])


@dataclass(frozen=True, slots=True)
class After:
    """What an account would have of an asset."""

    asset: str
    free: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Effect:
    """What an order would do at once: how much of it `fills`, for which `cost`, with which `fees`, what the rest of it
    `locks`, and what is there `after` it."""

    fills: Decimal
    average: Decimal | None
    cost: Decimal
    fees: tuple[Fee, ...]
    locks: Decimal
    locked_asset: str
    after: tuple[After, After]


def effect(order: Order, balances: Mapping[str, Balance], market: Market, last: Decimal) -> Effect:
    """What `order`, which the exchange would accept, would do."""
    base, quote = market.base, market.quote
    buys = order.side == "buy"
    moved = {base: order.filled, quote: order.cost}
    given = quote if buys else base
    moved[given] = moved[given].copy_negate()
    for fee in order.fees:
        moved[fee.currency] = subtract(moved.get(fee.currency, ZERO), fee.cost)
    locks = _locks(order, last)

    def after(asset: str) -> After:
        held = balances.get(asset)
        free, total = (held.free, held.total) if held else (ZERO, ZERO)
        left = add(free, moved[asset])
        return After(asset, subtract(left, locks) if asset == given else left, add(total, moved[asset]))

    return Effect(order.filled, order.average, order.cost, order.fees, locks, given, (after(base), after(quote)))


def _locks(order: Order, last: Decimal) -> Decimal:
    """What is left of it locks, as the exchange does (docs/design.md, Money): base asset to sell, or quote asset."""
    if order.status != "open":
        return ZERO
    if order.side == "sell":
        return order.remaining
    worth = order.price or order.stop_loss_price or order.take_profit_price or last
    if order.price is None and order.trailing_percent is not None:
        worth = multiply(worth, add(ONE, order.trailing_percent.scaleb(-2)))
    return multiply(worth, order.remaining)


def larger(effects: Sequence[Effect]) -> Effect:
    """Of two orders of which one cancels the other, the one that locks for both."""
    return max(effects, key=lambda each: each.locks)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an open order; what is None stays. With an `iceberg` of 0 all of it shows, with an `expires`
    (ms) of 0 it does not end by itself. `problem`: what was typed that cannot be understood."""

    amount: Decimal | None = None
    price: Decimal | None = None
    trigger: Decimal | None = None
    percent: Decimal | None = None
    iceberg: Decimal | None = None
    expires: int | None = None
    problem: str | None = None

    @property
    def is_any(self) -> bool:
        """Whether something is to change."""
        return self.problem is None and self != Change()

    def keeps_place(self, order: Order) -> bool:
        """Whether it only makes the order smaller."""
        return self.amount is not None and self.amount < order.amount and self == Change(self.amount)


def standing(order: Order) -> dict[str, str]:
    """What of an open order can be changed, by its name in Change, as it is now; "" where it has none."""
    found = {"amount": text(order.amount)}
    if order.order_list_id is not None:
        return found
    if order.price is not None:
        found["price"] = text(order.price)
    if order.triggered_at is None:
        waits_for = {"trigger": order.trigger_price, "percent": order.trailing_percent}
        found |= {name: text(amount) for name, amount in waits_for.items() if amount is not None}
    if order.price is not None and order.time_in_force not in ("IOC", "FOK"):
        found["iceberg"] = "" if order.iceberg_amount is None else text(order.iceberg_amount)
        found["expires"] = "" if order.expires_at is None else moment(order.expires_at)
    return found


def change(order: Order, typed: Mapping[str, str]) -> Change:
    """What was typed, as far as it is not what the order is already. An iceberg or a date that is taken out is none."""
    found: dict[str, Decimal] = {}
    expires: int | None = None
    for name, stands in standing(order).items():
        written = typed.get(name, stands).strip()
        if written == stands:
            continue
        if name == "expires":
            expires = _moment(written) if written else 0
            if expires is None:
                return Change(problem=f"The date is written like 2026-01-31 12:00, was {written[:40]!r}.")
            continue
        if not written and name == "iceberg":
            written = "0"
        if not _NUMBER.fullmatch(written):
            return Change(problem=f"The {name} must be a number like 1234.5, was {written[:40]!r}.")
        if Decimal(written) != Decimal(stands or 0):
            found[name] = Decimal(written)
    get = found.get
    return Change(get("amount"), get("price"), get("trigger"), get("percent"), get("iceberg"), expires)


def _moment(written: str) -> int | None:
    """In ms, UTC unless it says otherwise; None where it is no date."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()) * 1000


def average_entry(fills: Sequence[tuple[str, Decimal, Decimal]]) -> Decimal | None:
    """The mean price of what was bought and not sold again, from (side, price, amount), oldest first; None without
    any. What was paid in has no price."""
    held = spent = ZERO
    for side, price, amount in fills:
        if side == "buy":
            held, spent = add(held, amount), add(spent, multiply(price, amount))
        elif amount >= held:
            held = spent = ZERO
        else:
            spent = spent * (held - amount) / held  # for people to read: it may round
            held = subtract(held, amount)
    return spent / held if held else None
