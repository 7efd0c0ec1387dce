"""The domain in the words of the native API, and back: ccxt's unified ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from msgspec import UNSET, Raw

from ..domain import orders as domain
from ..domain.amounts import multiply, text, total
from ..domain.audit import AuditReport
from ..domain.balances import Balance as DomainBalance
from ..domain.changing import ChangeOrder
from ..domain.errors import InvalidOrder
from ..domain.fees import in_words
from ..domain.fills import Fill, Liquidity
from ..domain.instruments import Instrument
from ..domain.ledger import LedgerEntry
from ..domain.orders import Contingency, OrderStatus, OrderType, Side, TimeInForce
from ..domain.placing import PlaceOrder
from ..domain.placing_lists import PlaceList, list_name
from ..domain.quotes import Quote, Tick
from ..domain.reasons import Reason
from ..domain.statistics import Statistics
from .bodies import given_amount, required_amount
from .request_schemas import Amendment, OrderListRequest, OrderRequest, PriceRequest
from .schemas import (
    AuditResult,
    Balance,
    Fee,
    LedgerLine,
    Limits,
    Market,
    Order,
    OrderList,
    OrderReason,
    PercentPrice,
    Precision,
    Range,
    Ticker,
    Trade,
    TradeFee,
    Why,
)

_SIDE: Mapping[Side, Literal["buy", "sell"]] = {Side.BUY: "buy", Side.SELL: "sell"}
_SIDE_OF = {"buy": Side.BUY, "sell": Side.SELL}
_TYPE_OF: Mapping[tuple[str, str | None], OrderType] = {
    ("limit", None): OrderType.LIMIT,
    ("limit", "stopLossPrice"): OrderType.STOP_LOSS_LIMIT,
    ("limit", "takeProfitPrice"): OrderType.TAKE_PROFIT_LIMIT,
    ("market", None): OrderType.MARKET,
    ("market", "stopLossPrice"): OrderType.STOP_LOSS,
    ("market", "takeProfitPrice"): OrderType.TAKE_PROFIT,
}
_TIME_IN_FORCE: Mapping[TimeInForce, Literal["GTC", "IOC", "FOK"]] = {
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
}
_TIME_IN_FORCE_OF = {"GTC": TimeInForce.GTC, "IOC": TimeInForce.IOC, "FOK": TimeInForce.FOK}
"""PO and GTD rest like GTC, and say more in other fields."""
_STATUS: Mapping[OrderStatus, Literal["open", "closed", "canceled", "expired", "rejected"]] = {
    OrderStatus.PENDING_NEW: "open",
    OrderStatus.NEW: "open",
    OrderStatus.PARTIALLY_FILLED: "open",
    OrderStatus.FILLED: "closed",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "expired",
    OrderStatus.REJECTED: "rejected",
}
_ROLE: Mapping[Liquidity, Literal["taker", "maker"]] = {Liquidity.TAKER: "taker", Liquidity.MAKER: "maker"}
_HUNDRED = Decimal(100)
_NULL = Raw(b"null")


def number(amount: Decimal) -> Raw:
    """An amount as a JSON number: every digit, fixed point, no trailing zeros."""
    return Raw(text(amount).encode())


def maybe(amount: Decimal | None) -> Raw:
    """The same, or null."""
    return _NULL if amount is None else number(amount)


def moment(milliseconds: int) -> str:
    """A time in ms as ISO 8601, UTC."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def place_order(request: OrderRequest, account_id: str) -> PlaceOrder:
    """The command in a request. Raises BadRequest, InvalidOrder."""
    amount, cost = given_amount(request.amount, "amount"), given_amount(request.cost, "cost")
    price = _one_of(request.price, "price", request.limit_price, "limit_price")
    stop, stop_price = _stop(request)
    trailing_delta = _trailing_delta(request.trailing_percent)
    if trailing_delta is not None:
        stop = stop or "stopLossPrice"
    kind = request.type or ("market" if price is None else "limit")
    if kind == "limit":
        if price is None or amount is None or cost is not None:
            raise InvalidOrder("a limit order takes an amount and a price, and no cost")
    elif price is not None:
        raise InvalidOrder("a market order takes no price; leave it out, or place a limit order")
    elif (amount is None) == (cost is None):
        raise InvalidOrder("a market order takes either an amount (base asset) or a cost (quote asset)")
    if stop and cost is not None:
        raise InvalidOrder("a stop takes an amount, and no cost")
    if (request.time_in_force == "GTD") is (request.expires_at is None):
        raise InvalidOrder("a GTD order takes an expiresAt, and no other order does")
    post_only = bool(request.post_only) or request.time_in_force == "PO"
    return PlaceOrder(
        account_id=account_id,
        symbol=request.symbol,
        side=_SIDE_OF[request.side],
        type=_TYPE_OF[kind, stop],
        quantity=amount,
        price=price,
        quote_quantity=cost,
        time_in_force=_TIME_IN_FORCE_OF.get(request.time_in_force or "GTC", TimeInForce.GTC),
        post_only=post_only,
        client_order_id=request.client_order_id,
        stop_price=stop_price,
        trailing_delta=trailing_delta,
        iceberg_quantity=given_amount(request.iceberg_amount, "icebergAmount"),
        expires_at=request.expires_at,
    )


def _stop(request: OrderRequest) -> tuple[str | None, Decimal | None]:
    """Which kind of stop it is, if it is one, and its price. Raises BadRequest, InvalidOrder."""
    stop_loss = _one_of(request.stop_loss_price, "stopLossPrice", request.trigger_price, "triggerPrice")
    take_profit = given_amount(request.take_profit_price, "takeProfitPrice")
    if stop_loss is not None and take_profit is not None:
        raise InvalidOrder("one order has a stopLossPrice or a takeProfitPrice; place two for both")
    if take_profit is not None:
        return "takeProfitPrice", take_profit
    return (None if stop_loss is None else "stopLossPrice"), stop_loss


def _trailing_delta(given: Raw) -> int | None:
    """In basis points. Raises BadRequest, InvalidOrder."""
    percent = given_amount(given, "trailingPercent")
    if percent is None:
        return None
    delta = multiply(percent, _HUNDRED)
    if delta != delta.to_integral_value():
        raise InvalidOrder(f"trailingPercent has two decimals at most, was {text(percent)}")
    return int(delta)


def _one_of(given: Raw, name: str, again: Raw, alias: str) -> Decimal | None:
    """A price that has two names. Raises BadRequest, InvalidOrder."""
    price, other = given_amount(given, name), given_amount(again, alias)
    if price is not None and other is not None and price != other:
        raise InvalidOrder(f"{name} {text(price)} and {alias} {text(other)} are the same thing; give one of them")
    return other if price is None else price


def change_order(request: Amendment) -> ChangeOrder:
    """The command in a request. Raises BadRequest, InvalidOrder."""
    return ChangeOrder(
        quantity=given_amount(request.amount, "amount"),
        price=given_amount(request.price, "price"),
        stop_price=given_amount(request.trigger_price, "triggerPrice"),
        trailing_delta=_trailing_delta(request.trailing_percent),
        iceberg_quantity=given_amount(request.iceberg_amount, "icebergAmount", positive=False),
        expires_at=request.expires_at,
        client_order_id=request.client_order_id,
    )


def quote_by_hand(request: PriceRequest, symbol: str, now: int) -> Quote:
    """The quote in a request, at `now` (venue ms). Raises BadRequest, BadQuote."""
    price = required_amount(request.price, "price")
    bid, ask = given_amount(request.bid, "bid"), given_amount(request.ask, "ask")
    return Quote(
        symbol=symbol,
        bid=price if bid is None else bid,
        ask=price if ask is None else ask,
        last=price,
        timestamp=now,
        bid_size=given_amount(request.bid_volume, "bidVolume", positive=False) or None,  # 0 is unknown
        ask_size=given_amount(request.ask_volume, "askVolume", positive=False) or None,
    )


def order_answer(order: domain.Order, fills: Sequence[Fill], *, with_trades: bool = True) -> Order:
    """An order. `fills`: all of its own, oldest first."""
    fees = _fees(fills)
    return Order(
        id=str(order.order_id),
        client_order_id=order.client_order_id,
        timestamp=order.created_at,
        datetime=moment(order.created_at),
        last_update_timestamp=order.updated_at,
        last_trade_timestamp=fills[-1].timestamp if fills else None,
        symbol=order.symbol,
        type="limit" if order.type.has_limit else "market",
        time_in_force=_time_in_force(order),
        expires_at=order.expires_at,
        post_only=order.post_only,
        side=_SIDE[order.side],
        price=maybe(order.price),
        trigger_price=maybe(order.stop_price),
        stop_loss_price=maybe(order.stop_price if order.type.is_stop_loss else None),
        take_profit_price=maybe(None if order.type.is_stop_loss else order.stop_price),
        trailing_percent=maybe(order.trailing and Decimal(order.trailing.delta).scaleb(-2)),
        trailing_since=order.trailing and order.trailing.started_at,
        triggered_at=order.triggered_at,
        amount=number(order.quantity),
        iceberg_amount=maybe(order.iceberg_quantity),
        filled=number(order.filled_quantity),
        remaining=number(order.remaining_quantity),
        cost=number(order.filled_notional),
        average=maybe(order.average_price),
        status=_STATUS[order.status],
        fee=fees[0] if len(fees) == 1 else None,
        fees=fees,
        order_list_id=str(order.leg.list_id) if order.leg else None,
        pending=order.is_pending,
        created_at=order.created_at,
        updated_at=order.updated_at,
        trades=[trade_answer(fill) for fill in fills] if with_trades else UNSET,
    )


def _time_in_force(order: domain.Order) -> Literal["GTC", "IOC", "FOK", "PO", "GTD"]:
    if order.expires_at is not None:
        return "GTD"
    return "PO" if order.post_only else _TIME_IN_FORCE[order.time_in_force]


def place_list(request: OrderListRequest, account_id: str) -> PlaceList:
    """The command in a request. Raises BadRequest, InvalidOrder."""
    orders = tuple(place_order(each, account_id) for each in request.orders)
    return PlaceList(Contingency(request.type.upper()), orders, request.client_list_id)


def list_answer(orders: Sequence[domain.Order], fills: Mapping[int, Sequence[Fill]]) -> OrderList:
    """An order list. `fills`: those of its orders, by order id."""
    first = orders[0]
    assert first.leg is not None, "it is of a list"
    return OrderList(
        id=str(first.leg.list_id),
        client_list_id=list_name(first),
        type="oco" if first.leg.contingency is Contingency.OCO else "oto",
        status="open" if any(order.is_open for order in orders) else "closed",
        symbol=first.symbol,
        timestamp=first.created_at,
        datetime=moment(first.created_at),
        orders=[order_answer(order, fills.get(order.order_id, ()), with_trades=False) for order in orders],
    )


def reason_answer(reason: Reason) -> OrderReason:
    """Something about an order."""
    trade = None if reason.trade_id is None else str(reason.trade_id)
    return OrderReason(timestamp=reason.timestamp, datetime=moment(reason.timestamp), text=reason.words, trade=trade)


def _fees(fills: Sequence[Fill]) -> list[Fee]:
    """In the asset that an order receives, or the fee asset, or some in each."""
    assets = dict.fromkeys(fill.commission_asset for fill in fills)
    return [
        Fee(currency=asset, cost=number(total(fill.commission for fill in fills if fill.commission_asset == asset)))
        for asset in assets
    ]


def trade_answer(fill: Fill) -> Trade:
    """One execution."""
    return Trade(
        id=str(fill.trade_id),
        order=str(fill.order_id),
        timestamp=fill.timestamp,
        datetime=moment(fill.timestamp),
        symbol=fill.symbol,
        side=_SIDE[fill.side],
        taker_or_maker=_ROLE[fill.liquidity],
        price=number(fill.price),
        amount=number(fill.quantity),
        cost=number(fill.quote_quantity),
        fee=TradeFee(
            currency=fill.commission_asset, cost=number(fill.commission), rate=number(fill.rate), rule=in_words(fill)
        ),
        late=fill.is_late,
        recorded_at=fill.recorded_at,
        why=Why(tick=fill.tick, source=fill.source, model=fill.model),
    )


def ticker_answer(tick: Tick, now: int, stale_after: int, day: Statistics | None) -> Ticker:
    """The newest quote of a market at `now` (venue ms), and its last 24 hours; `stale_after` in ms."""
    quote = tick.quote
    return Ticker(
        symbol=quote.symbol,
        timestamp=quote.timestamp,
        datetime=moment(quote.timestamp),
        bid=number(quote.bid),
        ask=number(quote.ask),
        bid_volume=maybe(quote.bid_size),
        ask_volume=maybe(quote.ask_size),
        last=number(quote.last),
        open=maybe(day and day.open),
        high=maybe(day and day.high),
        low=maybe(day and day.low),
        close=number(quote.last),
        base_volume=maybe(day and day.base_volume),
        quote_volume=maybe(day and day.quote_volume),
        vwap=maybe(day and day.vwap),
        change=maybe(day and day.change),
        percentage=maybe(day and day.percentage),
        tick=tick.number,
        source=tick.source,
        stale=tick.is_stale(now, stale_after),
    )


def balance_answer(balance: DomainBalance) -> Balance:
    """What the account holds of one asset."""
    return Balance(
        asset=balance.asset,
        free=number(balance.free),
        used=number(balance.locked),
        total=number(balance.total),
    )


def ledger_answer(line: LedgerEntry) -> LedgerLine:
    """One change of what the account owns."""
    return LedgerLine(
        kind=line.kind.value,
        reference=str(line.reference),
        asset=line.asset,
        amount=number(line.amount),
        timestamp=line.timestamp,
        datetime=moment(line.timestamp),
    )


def market_answer(instrument: Instrument) -> Market:
    """One market."""
    return Market(
        id=instrument.base_asset + instrument.quote_asset,
        symbol=instrument.symbol,
        base=instrument.base_asset,
        quote=instrument.quote_asset,
        active=instrument.status == "TRADING",
        precision=Precision(amount=number(instrument.step_size), price=number(instrument.tick_size)),
        limits=Limits(
            amount=_range(instrument.min_quantity, instrument.max_quantity),
            price=_range(instrument.min_price, instrument.max_price),
            percent_price=PercentPrice(
                buy=_range(instrument.bid_multiplier_down, instrument.bid_multiplier_up),
                sell=_range(instrument.ask_multiplier_down, instrument.ask_multiplier_up),
            ),
            cost=_range(instrument.min_notional, instrument.max_notional),
            open_orders=instrument.max_num_orders or None,
        ),
    )


def _range(lowest: Decimal, highest: Decimal) -> Range:
    return Range(min=maybe(lowest or None), max=maybe(highest or None))  # 0 switches a bound off


def audit_answer(report: AuditReport) -> AuditResult:
    """What an audit found."""
    return AuditResult(
        clean=report.clean,
        problems=report.problems,
        accounts=report.accounts,
        orders=report.orders,
        open_orders=report.open_orders,
        fills=report.fills,
        ledger_entries=report.ledger_entries,
    )
