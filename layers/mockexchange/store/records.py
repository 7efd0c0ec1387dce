"""How records are written: JSON arrays, one shape per kind, amounts as fixed-point text.

Versioned records (accounts, orders) begin with their version, so a store can compare it as a prefix, `[7,`, without
parsing anything. Enumerations are single letters; the tables are at the top.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from ..domain.amounts import text
from ..domain.balances import Account
from ..domain.fills import Fill, Liquidity
from ..domain.instruments import Instrument
from ..domain.journal import (
    AccountOpened,
    Canceled,
    Deposited,
    EngineSeen,
    InstrumentSeen,
    JournalEntry,
    Matched,
    Placed,
    Replaced,
    TickSeen,
    Withdrawn,
)
from ..domain.ledger import LedgerEntry, LedgerKind
from ..domain.mailbox import MAILBOX_FIELDS
from ..domain.orders import Order, OrderStatus, OrderType, Side, TimeInForce
from ..domain.placing import GIVEN_PREFIX, given_order_id
from ..domain.quotes import Book, PublicTrade, Quote, Tick
from ..ports import FeedState, Outage

Enum = TypeVar("Enum", bound=StrEnum)

_encode = msgspec.json.Encoder().encode
_decode: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode


def _letters(table: dict[Enum, str]) -> tuple[dict[Enum, str], dict[str, Enum]]:
    return table, {letter: member for member, letter in table.items()}


_SIDE, _SIDE_OF = _letters({Side.BUY: "B", Side.SELL: "S"})
_TYPE, _TYPE_OF = _letters({OrderType.LIMIT: "L", OrderType.MARKET: "M"})
_TIF, _TIF_OF = _letters({TimeInForce.GTC: "G", TimeInForce.IOC: "I", TimeInForce.FOK: "F"})
_LIQUIDITY, _LIQUIDITY_OF = _letters({Liquidity.MAKER: "M", Liquidity.TAKER: "T"})
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


def _write(*values: object) -> str:
    return _encode(values).decode()


def _maybe(amount: Decimal | None) -> str | None:
    return None if amount is None else text(amount)


def _amount(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def version_prefix(version: int) -> str:
    """How a record of this version begins."""
    return f"[{version},"


def write_account(account: Account) -> str:
    """An account's record."""
    return _write(
        account.version,
        account.generation,
        text(account.maker_rate),
        text(account.taker_rate),
        account.created_at,
    )


def read_account(account_id: str, record: str | bytes) -> Account:
    """The account in a record."""
    version, generation, maker, taker, created = _decode(record)
    return Account(account_id, generation, version, Decimal(maker), Decimal(taker), created)


def write_order(order: Order) -> str:
    """An order's record. What can be derived is not written: 0 stands for a client order id that the exchange gave, for
    no price or quote quantity, and for a filled quantity that is all of it."""
    return _write(
        order.version,
        order.account_id,
        order.generation,
        order.client_order_id if given_order_id(order.client_order_id) is None else 0,
        order.symbol,
        _SIDE[order.side] + _TYPE[order.type] + _TIF[order.time_in_force] + _STATUS[order.status],
        order.post_only * 2 + order.unmet,
        _maybe(order.price) or 0,
        text(order.quantity),
        _maybe(order.quote_quantity) or 0,
        order.quote_scale,
        text(order.filled_quantity) if order.status is not OrderStatus.FILLED else 0,
        text(order.filled_notional),
        order.created_at,
        order.updated_at - order.created_at,
        order.met_tick,
        *order.trade_ids,
    )


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
        *trade_ids,
    ) = _decode(record)
    side, kind, tif, status = letters
    return Order(
        order_id=order_id,
        account_id=account_id,
        generation=generation,
        client_order_id=client_id or f"{GIVEN_PREFIX}{order_id}",
        symbol=symbol,
        side=_SIDE_OF[side],
        type=_TYPE_OF[kind],
        time_in_force=_TIF_OF[tif],
        post_only=flags >= 2,
        price=_amount(price or None),
        quantity=Decimal(quantity),
        quote_quantity=_amount(quote_quantity or None),
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
    )


def write_fill(fill: Fill) -> str:
    """A fill's record; its trade id is the key. The commission asset follows from symbol and side."""
    return _write(
        fill.order_id,
        fill.symbol,
        _SIDE[fill.side] + _LIQUIDITY[fill.liquidity],
        text(fill.price),
        text(fill.quantity),
        text(fill.quote_quantity),
        text(fill.commission),
        fill.timestamp,
        fill.tick,
        fill.source,
        fill.model,
        text(fill.rate),
    )


def read_fill(trade_id: int, record: str | bytes) -> Fill:
    """The fill in a record."""
    (order_id, symbol, letters, price, quantity, quote, fee, timestamp, tick, source, model, rate) = _decode(record)
    side, liquidity = letters
    base, _, quote_asset = symbol.partition("/")
    return Fill(
        trade_id=trade_id,
        order_id=order_id,
        symbol=symbol,
        side=_SIDE_OF[side],
        price=Decimal(price),
        quantity=Decimal(quantity),
        quote_quantity=Decimal(quote),
        commission=Decimal(fee),
        commission_asset=base if side == "B" else quote_asset,
        liquidity=_LIQUIDITY_OF[liquidity],
        timestamp=timestamp,
        tick=tick,
        source=source,
        model=model,
        rate=Decimal(rate),
    )


def write_ledger(entry: LedgerEntry) -> str:
    """A deposit or a withdrawal. Fills stand in the ledger by their trade id alone."""
    return _write(_LEDGER[entry.kind], entry.reference, entry.asset, text(entry.amount), entry.timestamp)


def read_ledger(record: str | bytes) -> LedgerEntry:
    """The ledger line in a record."""
    kind, reference, asset, amount, timestamp = _decode(record)
    return LedgerEntry(_LEDGER_OF[kind], reference, asset, Decimal(amount), timestamp)


def write_instrument(instrument: Instrument) -> str:
    """A market's record."""
    values = (getattr(instrument, name) for name in Instrument.__slots__)
    return _write(*(text(value) if isinstance(value, Decimal) else value for value in values))


def read_instrument(record: str | bytes) -> Instrument:
    """The market in a record."""
    symbol, base, quote, *amounts, status = _decode(record)
    return Instrument(symbol, base, quote, *(Decimal(amount) for amount in amounts), status=status)


def write_tick(quote: Quote, source: str, logged_at: int, trades: tuple[PublicTrade, ...]) -> str:
    """A tick's record; its symbol and number are the key."""
    return _write(
        text(quote.bid),
        text(quote.ask),
        text(quote.last),
        _maybe(quote.bid_size),
        _maybe(quote.ask_size),
        quote.timestamp,
        source,
        logged_at,
        *(_trade(trade) for trade in trades),
    )


def read_tick(symbol: str, number: int, record: str | bytes) -> Tick:
    """The tick in a record."""
    bid, ask, last, bid_size, ask_size, timestamp, source, logged_at, *trades = _decode(record)
    quote = Quote(symbol, Decimal(bid), Decimal(ask), Decimal(last), timestamp, _amount(bid_size), _amount(ask_size))
    return Tick(number, quote, source, logged_at, tuple(_trade_of(trade) for trade in trades))


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
    return _write(*_trade(trade))


def read_trade(record: str | bytes) -> PublicTrade:
    """The trade in a record."""
    return _trade_of(_decode(record))


def write_book(book: Book) -> str:
    """A book's record."""
    return _write(*([[text(price), text(size)] for price, size in side] for side in (book.bids, book.asks)))


def read_book(record: str | bytes) -> Book:
    """The book in a record."""
    bids, asks = ([(Decimal(price), Decimal(size)) for price, size in side] for side in _decode(record))
    return Book(tuple(bids), tuple(asks))


def write_feed_state(state: FeedState) -> str:
    """Where a feed stands."""
    return _write(
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
    source, wall, market, position, finished, *later = _decode(record)
    failures, retry_at, symbols = later or (0, 0, ())
    return FeedState(source, wall, market, position, finished, failures, retry_at, tuple(symbols))


def write_outage(outage: Outage) -> str:
    """Why a feed gives nothing."""
    return _write(outage.since, outage.reason)


def read_outage(record: str | bytes) -> Outage:
    """The outage in a record."""
    return Outage(*_decode(record))


def write_entry(entry: JournalEntry) -> str:
    """A journal entry: its kind, then its values."""
    match entry:
        case Matched():
            return _write("match", entry.now, entry.symbol, entry.tick, entry.order_id, entry.trade_id)
        case Placed():
            return _write("place", *_placed(entry))
        case Canceled():
            return _write("cancel", entry.now, entry.account_id, entry.order_id)
        case Replaced():
            return _write("replace", entry.canceled_order_id, *_placed(entry.placed))
        case Deposited() | Withdrawn():
            kind = "deposit" if isinstance(entry, Deposited) else "withdraw"
            return _write(
                kind, entry.now, entry.account_id, entry.entry_id, entry.asset, text(entry.amount), entry.scale
            )
        case AccountOpened():
            deposits = [[number, asset, text(amount), scale] for number, asset, amount, scale in entry.deposits]
            return _write(
                "open", entry.now, entry.account_id, text(entry.maker_rate), text(entry.taker_rate), *deposits
            )
        case TickSeen(tick):
            record = write_tick(tick.quote, tick.source, tick.logged_at, tick.trades)
            return _write("tick", tick.quote.symbol, tick.number, record)
        case InstrumentSeen(instrument):
            return _write("instrument", write_instrument(instrument))
        case EngineSeen():
            return _write("engine", entry.model, entry.stale_after)


def _placed(entry: Placed) -> tuple[object, ...]:
    return (
        entry.now,
        entry.account_id,
        entry.order_id,
        entry.trade_id,
        entry.tick,
        entry.base_scale,
        entry.quote_scale,
        entry.symbol,
        _SIDE[entry.side] + _TYPE[entry.type] + _TIF[entry.time_in_force],
        int(entry.post_only),
        _maybe(entry.quantity),
        _maybe(entry.price),
        _maybe(entry.quote_quantity),
        entry.client_order_id,
    )


def read_entry(record: str | bytes) -> JournalEntry:
    """The journal entry in a record. Raises ValueError for a kind this version does not know."""
    kind, *values = _decode(record)
    match kind:
        case "match":
            return Matched(*values)
        case "place":
            return _placed_of(values)
        case "cancel":
            return Canceled(*values)
        case "replace":
            return Replaced(values[0], _placed_of(values[1:]))
        case "deposit" | "withdraw":
            now, account_id, entry_id, asset, amount, scale = values
            record_type = Deposited if kind == "deposit" else Withdrawn
            return record_type(now, account_id, entry_id, asset, Decimal(amount), scale)
        case "open":
            now, account_id, maker, taker, *deposits = values
            first = tuple((number, asset, Decimal(amount), scale) for number, asset, amount, scale in deposits)
            return AccountOpened(now, account_id, Decimal(maker), Decimal(taker), first)
        case "tick":
            symbol, number, tick = values
            return TickSeen(read_tick(symbol, number, tick))
        case "instrument":
            return InstrumentSeen(read_instrument(values[0]))
        case "engine":
            return EngineSeen(*values)
        case _:
            raise ValueError(f"unknown journal entry {kind!r}")


def _placed_of(values: list[Any]) -> Placed:
    *head, letters, post_only, quantity, price, quote_quantity, client_id = values
    side, kind, tif = letters
    return Placed(
        *head,
        side=_SIDE_OF[side],
        type=_TYPE_OF[kind],
        time_in_force=_TIF_OF[tif],
        post_only=bool(post_only),
        quantity=_amount(quantity),
        price=_amount(price),
        quote_quantity=_amount(quote_quantity),
        client_order_id=client_id,
    )
