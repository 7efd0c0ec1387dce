"""How records are written: JSON arrays, one shape per kind, amounts as fixed-point text.

Versioned records (accounts, orders) begin with their version, so a store can compare it as a prefix, `[7,`, without
parsing anything. Enumerations are single letters; the tables are at the top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from ..domain.amounts import ZERO, text
from ..domain.balances import Account, Balance
from ..domain.fees import FeeOverride, FeeSchedule, FeeTier
from ..domain.fills import FeeRule, Fill, Liquidity
from ..domain.instruments import Instrument
from ..domain.ledger import LedgerEntry, LedgerKind
from ..domain.mailbox import MAILBOX_FIELDS
from ..domain.models import NONE_TAKEN, Consumed, Consumption, Taken
from ..domain.orders import Amendment, Contingency, Leg, Order, OrderStatus, OrderType, Side, TimeInForce, Trailing
from ..domain.placing import GIVEN_PREFIX, given_order_id
from ..domain.quotes import Book, Level, PublicTrade, Quote, Tick
from ..domain.snapshots import Snapshot
from ..domain.trailing import Extremes
from ..ports import FeedState, Outage

Enum = TypeVar("Enum", bound=StrEnum)

_ICEBERG, _STP, _AHEAD = "iceberg", "stp", "ahead"
"""How the parts begin that hold what shows of an order, and its mode of self-trade prevention."""
_EXPIRES = "expires"
"""How the part begins that only orders with a date have."""
_STOP = "stop"
"""How the part of an order's record begins that only stops have."""
_LIST = "list"
"""How the part begins that only orders of a list have."""

_encode = msgspec.json.Encoder().encode
decode: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode


def _letters(table: dict[Enum, str]) -> tuple[dict[Enum, str], dict[str, Enum]]:
    return table, {letter: member for member, letter in table.items()}


SIDE, SIDE_OF = _letters({Side.BUY: "B", Side.SELL: "S"})
TYPE, TYPE_OF = _letters(
    {
        OrderType.LIMIT: "L",
        OrderType.MARKET: "M",
        OrderType.STOP_LOSS: "S",
        OrderType.STOP_LOSS_LIMIT: "s",
        OrderType.TAKE_PROFIT: "T",
        OrderType.TAKE_PROFIT_LIMIT: "t",
    }
)
CONTINGENCY, CONTINGENCY_OF = _letters({Contingency.OCO: "C", Contingency.OTO: "T"})
TIF, TIF_OF = _letters({TimeInForce.GTC: "G", TimeInForce.IOC: "I", TimeInForce.FOK: "F"})
_LIQUIDITY, _LIQUIDITY_OF = _letters({Liquidity.MAKER: "M", Liquidity.TAKER: "T"})
_FEE_RULE, _FEE_RULE_OF = _letters({FeeRule.ACCOUNT: "A", FeeRule.TIER: "T", FeeRule.MARKET: "M"})
_STATUS, _STATUS_OF = _letters(
    {
        OrderStatus.PENDING_NEW: "W",
        OrderStatus.NEW: "N",
        OrderStatus.PARTIALLY_FILLED: "P",
        OrderStatus.FILLED: "F",
        OrderStatus.CANCELED: "C",
        OrderStatus.REJECTED: "R",
        OrderStatus.EXPIRED: "E",
    }
)
_LEDGER, _LEDGER_OF = _letters({LedgerKind.DEPOSIT: "D", LedgerKind.WITHDRAWAL: "W"})


def write(*values: object) -> str:
    """Values as a JSON array."""
    return _encode(values).decode()


def maybe(amount: Decimal | None) -> str | None:
    """An amount as text, None when there is none."""
    return None if amount is None else text(amount)


def amount_of(written: str | None) -> Decimal | None:
    """The amount in a text, None when there is none."""
    return None if written is None else Decimal(written)


def version_prefix(version: int) -> str:
    """How a record of this version begins."""
    return f"[{version},"


def write_account(account: Account) -> str:
    """An account's record."""
    return write(
        account.version,
        account.generation,
        text(account.maker_rate),
        text(account.taker_rate),
        account.created_at,
        *(part for asset, amount in account.first_balances for part in (asset, text(amount))),
        *((True,) if account.pays_in_fee_asset else ()),
        *(([account.fill_model],) if account.fill_model is not None else ()),
    )


def read_account(account_id: str, record: str | bytes) -> Account:
    """The account in a record."""
    version, generation, maker, taker, created, *first = decode(record)
    (model,) = first.pop() if first and isinstance(first[-1], list) else (None,)
    pays = first[-1:] == [True]
    first = first[: len(first) - pays]
    balances = tuple((asset, Decimal(amount)) for asset, amount in zip(first[::2], first[1::2], strict=True))
    return Account(account_id, generation, version, Decimal(maker), Decimal(taker), created, balances, pays, model)


def write_order(order: Order) -> str:
    """An order's record; trade ids, amendments and what a stop has beside other orders stand at its end. What can be
    derived is not written: 0 stands for a client order id that the exchange gave, for no price or quote quantity, and
    for a filled quantity that is all of it."""
    return write(
        order.version,
        order.account_id,
        order.generation,
        _own(order.client_order_id),
        order.symbol,
        SIDE[order.side] + TYPE[order.type] + TIF[order.time_in_force] + _STATUS[order.status],
        order.post_only * 2 + order.unmet,
        maybe(order.price) or 0,
        text(order.quantity),
        maybe(order.quote_quantity) or 0,
        order.quote_scale,
        text(order.filled_quantity) if order.status is not OrderStatus.FILLED else 0,
        text(order.filled_notional),
        order.created_at,
        order.updated_at - order.created_at,
        order.met_tick,
        *order.trade_ids,
        *(_amendment(each, order.created_at) for each in order.amendments),
        *_conditions(order),
        *_leg(order),
        *([[_ICEBERG, text(order.iceberg_quantity)]] if order.iceberg_quantity is not None else ()),
        *([[_STP, order.self_trade_prevention]] if order.self_trade_prevention is not None else ()),
        *([[_AHEAD, text(order.ahead)]] if order.ahead is not None else ()),
        *([[_EXPIRES, _age(order.expires_at, order)]] if order.expires_at is not None else ()),
    )


def _conditions(order: Order) -> list[list[object]]:
    """A list that begins with a word, which no amendment does."""
    if not order.type.is_stop:
        return []
    trailing = order.trailing
    follows: tuple[object, ...] = ()
    if trailing:
        began = (_age(trailing.started_at, order), trailing.tick, maybe(trailing.price))
        follows = (trailing.delta, *began, maybe(trailing.first_price))
    return [[_STOP, maybe(order.stop_price), _age(order.triggered_at, order), *follows]]


def _age(moment: int | None, order: Order) -> int | None:
    return None if moment is None else moment - order.created_at


def _conditions_of(written: list[Any] | None, created_at: int) -> tuple[Decimal | None, int | None, Trailing | None]:
    """Stop price, when it was triggered, and how it follows the last price."""
    if written is None:
        return None, None, None

    def moment(age: int | None) -> int | None:
        return None if age is None else created_at + age

    stop_price, triggered, *follows = written
    trailing = None
    if follows:
        delta, started, tick, price, first_price = follows
        trailing = Trailing(delta, moment(started), tick, amount_of(price), amount_of(first_price))
    return amount_of(stop_price), moment(triggered), trailing


def write_extremes(extremes: Extremes) -> str:
    """The record of what the stops of a trail measure from."""
    return write(extremes.tick, *(part for tick, price in extremes.extremes for part in (tick, text(price))))


def read_extremes(record: str | bytes) -> Extremes | None:
    """The extremes in a record, None in one that is empty yet."""
    if not record:
        return None
    tick, *parts = decode(record)
    extremes = tuple((first, Decimal(price)) for first, price in zip(parts[::2], parts[1::2], strict=True))
    return Extremes(tick, extremes)


def _leg(order: Order) -> list[list[object]]:
    """The list that the order belongs to; nothing for one of its own."""
    leg = order.leg
    if leg is None:
        return []
    placed = None if leg.placed_at is None else leg.placed_at - order.created_at
    return [[_LIST, CONTINGENCY[leg.contingency], leg.legs, leg.number, int(leg.holds), placed, leg.list_client_id]]


def _leg_of(written: list[Any] | None, order_id: int, created_at: int) -> Leg | None:
    if written is None:
        return None
    contingency, legs, number, holds, placed, name = written
    placed_at = None if placed is None else created_at + placed
    return Leg(order_id - number, name, CONTINGENCY_OF[contingency], legs, number, bool(holds), placed_at)


def _own(client_order_id: str) -> str | int:
    return client_order_id if given_order_id(client_order_id) is None else 0


def _amendment(made: Amendment, created_at: int) -> list[object]:
    return [
        made.version,
        made.timestamp - created_at,
        text(made.quantity_before),
        text(made.quantity),
        _own(made.client_order_id_before),
        _own(made.client_order_id),
    ]


def _amendment_of(written: list[Any], order_id: int, created_at: int) -> Amendment:
    version, age, before, after, *names = written
    name_before, name = (each or f"{GIVEN_PREFIX}{order_id}" for each in names)
    return Amendment(version, created_at + age, Decimal(before), Decimal(after), name_before, name)


def read_order(order_id: int, record: str | bytes) -> Order:
    """The order in a record."""
    (
        version,
        account_id,
        generation,
        client_id,
        symbol,
        letters,
        flags,
        price,
        quantity,
        quote_quantity,
        quote_scale,
        filled_quantity,
        filled_notional,
        created,
        age,
        met_tick,
        *events,
    ) = decode(record)
    trade_ids = [each for each in events if isinstance(each, int)]
    rest: list[list[Any]] = events[len(trade_ids) :]
    named = {part[0]: part[1:] for part in rest if isinstance(part[0], str)}
    amendments = [part for part in rest if not isinstance(part[0], str)]
    stop_price, triggered_at, trailing = _conditions_of(named.get(_STOP), created)
    side, kind, tif, status = letters
    return Order(
        order_id=order_id,
        account_id=account_id,
        generation=generation,
        client_order_id=client_id or f"{GIVEN_PREFIX}{order_id}",
        symbol=symbol,
        side=SIDE_OF[side],
        type=TYPE_OF[kind],
        time_in_force=TIF_OF[tif],
        post_only=flags >= 2,
        price=amount_of(price or None),
        quantity=Decimal(quantity),
        quote_quantity=amount_of(quote_quantity or None),
        quote_scale=quote_scale,
        status=_STATUS_OF[status],
        filled_quantity=Decimal(filled_quantity or quantity),
        filled_notional=Decimal(filled_notional),
        trade_ids=tuple(trade_ids),
        created_at=created,
        updated_at=created + age,
        met_tick=met_tick,
        unmet=bool(flags % 2),
        version=version,
        amendments=tuple(_amendment_of(each, order_id, created) for each in amendments),
        stop_price=stop_price,
        triggered_at=triggered_at,
        trailing=trailing,
        leg=_leg_of(named.get(_LIST), order_id, created),
        iceberg_quantity=amount_of(named.get(_ICEBERG, [None])[0]),
        self_trade_prevention=named.get(_STP, [None])[0],
        ahead=amount_of(named.get(_AHEAD, [None])[0]),
        expires_at=created + named[_EXPIRES][0] if _EXPIRES in named else None,
    )


def write_fill(fill: Fill) -> str:
    """A fill's record; its trade id is the key. Where its fee is the account's own rate of what it received, nothing
    more is said of that."""
    return write(
        fill.order_id,
        fill.symbol,
        SIDE[fill.side] + _LIQUIDITY[fill.liquidity],
        text(fill.price),
        text(fill.quantity),
        text(fill.quote_quantity),
        text(fill.commission),
        fill.timestamp,
        fill.tick,
        fill.source,
        fill.model,
        text(fill.rate),
        *_fee(fill),
        *(() if fill.recorded_at is None else (fill.recorded_at,)),
    )


def _fee(fill: Fill) -> tuple[list[object], ...]:
    said = (fill.fee_rule, fill.discount, fill.commission_asset)
    if said == (FeeRule.ACCOUNT, ZERO, _received(fill.symbol, fill.side)):
        return ()
    return ([_FEE_RULE[fill.fee_rule], text(fill.discount), fill.commission_asset, maybe(fill.fee_price)],)


def _received(symbol: str, side: Side) -> str:
    base, _, quote = symbol.partition("/")
    return base if side is Side.BUY else quote


def read_fill(trade_id: int, record: str | bytes) -> Fill:
    """The fill in a record."""
    order_id, symbol, letters, price, quantity, quote, fee, timestamp, tick, source, model, rate, *rest = decode(record)
    side = SIDE_OF[letters[0]]
    # by position, and what most fills do not have only where it is there: tens of thousands are read for one question
    usual = (
        trade_id,
        order_id,
        symbol,
        side,
        Decimal(price),
        Decimal(quantity),
        Decimal(quote),
        Decimal(fee),
        _received(symbol, side),
        _LIQUIDITY_OF[letters[1]],
        timestamp,
        tick,
        source,
        model,
        Decimal(rate),
    )
    if not rest:
        return Fill(*usual)
    late = [each for each in rest if isinstance(each, int)]
    found = Fill(*usual, recorded_at=late[0] if late else None)
    if len(rest) == len(late):
        return found
    rule, discount, asset, fee_price = rest[0]
    return replace(
        found,
        commission_asset=asset,
        fee_rule=_FEE_RULE_OF[rule],
        discount=Decimal(discount),
        fee_price=amount_of(fee_price),
    )


def write_ledger(entry: LedgerEntry) -> str:
    """A deposit or a withdrawal. Fills stand in the ledger by their trade id alone."""
    noted = (entry.note,) if entry.note else ()
    return write(_LEDGER[entry.kind], entry.reference, entry.asset, text(entry.amount), entry.timestamp, *noted)


def read_ledger(record: str | bytes) -> LedgerEntry:
    """The ledger line in a record."""
    kind, reference, asset, amount, timestamp, *noted = decode(record)
    return LedgerEntry(_LEDGER_OF[kind], reference, asset, Decimal(amount), timestamp, *noted)


def write_snapshot(snapshot: Snapshot) -> str:
    """A snapshot's record, without its open orders."""
    return write(
        snapshot.created_at,
        snapshot.generation,
        snapshot.orders,
        snapshot.trades,
        snapshot.ledger,
        snapshot.open_count,
        [text(rate) for rate in snapshot.fees],
        [[asset, text(amount)] for asset, amount in snapshot.first_balances],
        [[each.asset, text(each.free), text(each.locked)] for each in snapshot.balances],
        *(
            ([int(snapshot.pays_in_fee_asset), *([day, text(volume)] for day, volume in snapshot.volumes)],)
            if snapshot.pays_in_fee_asset or snapshot.volumes or snapshot.fill_model is not None
            else ()
        ),
        *((snapshot.fill_model,) if snapshot.fill_model is not None else ()),
    )


def read_snapshot(account_id: str, name: str, record: str | bytes) -> Snapshot:
    """The snapshot in a record, without its open orders."""
    created, generation, orders, trades, ledger, open_count, fees, first, balances, *more = decode(record)
    pays, *volumes = more[0] if more else (0,)
    (model,) = more[1:] or (None,)
    maker, taker = (Decimal(rate) for rate in fees)
    return Snapshot(
        account_id=account_id,
        name=name,
        created_at=created,
        generation=generation,
        orders=orders,
        trades=trades,
        ledger=ledger,
        open_count=open_count,
        fees=(maker, taker),
        first_balances=tuple((asset, Decimal(amount)) for asset, amount in first),
        balances=tuple(Balance(asset, Decimal(free), Decimal(locked)) for asset, free, locked in balances),
        volumes=tuple((day, Decimal(volume)) for day, volume in volumes),
        pays_in_fee_asset=bool(pays),
        fill_model=model,
    )


def write_open_orders(snapshot: Snapshot) -> str:
    """The open orders of a snapshot: each id with its record."""
    return write(*([order.order_id, write_order(order)] for order in snapshot.open_orders))


def with_open_orders(snapshot: Snapshot, record: str | bytes) -> Snapshot:
    """A snapshot with the open orders in their record."""
    return replace(snapshot, open_orders=tuple(read_order(number, written) for number, written in decode(record)))


def write_schedule(schedule: FeeSchedule) -> list[object]:
    """A fee schedule, as a part of a record."""
    return [
        [[text(tier.volume), text(tier.maker), text(tier.taker)] for tier in schedule.tiers],
        [[each.symbol, maybe(each.maker), maybe(each.taker)] for each in schedule.overrides],
        schedule.asset,
        text(schedule.discount),
        schedule.quote_asset,
    ]


def read_schedule(written: list[Any]) -> FeeSchedule:
    """The fee schedule in a part of a record."""
    tiers, overrides, asset, discount, quote_asset = written
    return FeeSchedule(
        tiers=tuple(FeeTier(*(Decimal(number) for number in tier)) for tier in tiers),
        overrides=tuple(FeeOverride(symbol, amount_of(maker), amount_of(taker)) for symbol, maker, taker in overrides),
        asset=asset,
        discount=Decimal(discount),
        quote_asset=quote_asset,
    )


def write_instrument(instrument: Instrument) -> str:
    """A market's record."""
    values = (getattr(instrument, name) for name in Instrument.__slots__)
    return write(*(text(value) if isinstance(value, Decimal) else value for value in values))


def read_instrument(record: str | bytes) -> Instrument:
    """The market in a record. One that was written before there were so many filters ends its amounts sooner, or itself
    with the status: what is not there is off."""
    symbol, base, quote, *values = decode(record)
    counts = [value for value in values if isinstance(value, int)]
    *amounts, status = values[: len(values) - len(counts)]
    most_open, most_amends, most_algo, *trailing, parts, most_icebergs, most_lists = (
        *counts,
        *(10 - len(counts)) * (0,),
    )
    return Instrument(
        symbol,
        base,
        quote,
        *(Decimal(amount) for amount in amounts),
        status=status,
        max_num_orders=most_open,
        max_num_order_amends=most_amends,
        max_num_algo_orders=most_algo,
        min_trailing_above_delta=trailing[0],
        max_trailing_above_delta=trailing[1],
        min_trailing_below_delta=trailing[2],
        max_trailing_below_delta=trailing[3],
        iceberg_parts=parts,
        max_num_iceberg_orders=most_icebergs,
        max_num_order_lists=most_lists,
    )


def write_tick(
    quote: Quote, source: str, logged_at: int, trades: tuple[PublicTrade, ...], book: Book | None = None
) -> str:
    """A tick's record; its symbol and number are the key. The book, if it has one, stands at the end, a text for each
    side."""
    return write(
        text(quote.bid),
        text(quote.ask),
        text(quote.last),
        maybe(quote.bid_size),
        maybe(quote.ask_size),
        quote.timestamp,
        source,
        logged_at,
        *(_trade(trade) for trade in trades),
        *((_side(book.bids), _side(book.asks)) if book else ()),
    )


def read_tick(symbol: str, number: int, record: str | bytes) -> Tick:
    """The tick in a record."""
    bid, ask, last, bid_size, ask_size, timestamp, source, logged_at, *rest = decode(record)
    sides = [_levels_of(each) for each in rest if isinstance(each, str)]
    trades = rest[: len(rest) - len(sides)]
    sizes = (amount_of(bid_size), amount_of(ask_size))
    quote = Quote(symbol, Decimal(bid), Decimal(ask), Decimal(last), timestamp, *sizes)
    book = Book(*sides) if sides else None
    return Tick(number, quote, source, logged_at, tuple(_trade_of(trade) for trade in trades), book)


def _side(levels: tuple[Level, ...]) -> str:
    """The levels of one side, packed: `100.01,0.5,100.02,2`."""
    return ",".join(text(amount) for level in levels for amount in level)


def _levels_of(written: str) -> tuple[Level, ...]:
    amounts = [Decimal(amount) for amount in written.split(",")] if written else []
    return tuple(zip(amounts[::2], amounts[1::2], strict=True))


def write_taken(taken: Taken) -> str:
    """What was taken of a tick: `0.5`, or `0.5,1` where some of it was traded. Nothing is an empty text."""
    return ",".join(text(each) for each in taken[: 2 if taken.traded else 1]) if any(taken) else ""


def read_taken(written: str) -> Taken:
    """What was taken, from its record."""
    return Taken(*map(Decimal, written.split(","))) if written else NONE_TAKEN


def write_consumption(consumption: Consumption) -> str:
    """What was taken of a book, packed, by price: `100.01,0.5,2,100.02,1,1`. Nothing is an empty text."""
    return ",".join(
        text(amount) for price, taken in sorted(consumption.items()) for amount in (price, taken.quantity, taken.shown)
    )


def read_consumption(written: str | bytes) -> Consumption:
    """What was taken, from its record."""
    amounts = [Decimal(amount) for amount in (written.decode() if isinstance(written, bytes) else written).split(",")]
    rows = zip(amounts[::3], amounts[1::3], amounts[2::3], strict=True)
    return {price: Consumed(quantity, shown) for price, quantity, shown in rows}


def write_mailbox(quote: Quote) -> dict[str, str]:
    """What a quote of ours puts into its symbol's hash, in the order of MAILBOX_FIELDS."""
    values = (
        text(quote.last),
        text(Decimal(quote.timestamp).scaleb(-3)),
        text(quote.bid),
        text(quote.ask),
        text(quote.bid_size) if quote.bid_size else "0",
        text(quote.ask_size) if quote.ask_size else "0",
    )
    return dict(zip(MAILBOX_FIELDS, values, strict=True))


def _trade(trade: PublicTrade) -> list[object]:
    return [trade.trade_id, text(trade.price), text(trade.quantity), trade.timestamp, int(trade.buyer_is_maker)]


def _trade_of(written: list[Any]) -> PublicTrade:
    trade_id, price, quantity, timestamp, buyer_is_maker = written
    return PublicTrade(trade_id, Decimal(price), Decimal(quantity), timestamp, bool(buyer_is_maker))


def write_trade(trade: PublicTrade) -> str:
    """One trade of the tape."""
    return write(*_trade(trade))


def read_trade(record: str | bytes) -> PublicTrade:
    """The trade in a record."""
    return _trade_of(decode(record))


def write_book(book: Book) -> str:
    """A book's record."""
    return write(*([[text(price), text(size)] for price, size in side] for side in (book.bids, book.asks)))


def read_book(record: str | bytes) -> Book:
    """The book in a record."""
    bids, asks = ([(Decimal(price), Decimal(size)) for price, size in side] for side in decode(record))
    return Book(tuple(bids), tuple(asks))


def write_feed_state(state: FeedState) -> str:
    """Where a feed stands."""
    return write(
        state.source,
        state.wall,
        state.market,
        state.position,
        state.finished,
        state.failures,
        state.retry_at,
        state.symbols,
    )


def read_feed_state(record: str | bytes) -> FeedState:
    """The feed state in a record."""
    source, wall, market, position, finished, *later = decode(record)
    failures, retry_at, symbols = later or (0, 0, ())
    return FeedState(source, wall, market, position, finished, failures, retry_at, tuple(symbols))


def write_outage(outage: Outage) -> str:
    """Why a feed gives nothing."""
    return write(outage.since, outage.reason)


def read_outage(record: str | bytes) -> Outage:
    """The outage in a record."""
    return Outage(*decode(record))
