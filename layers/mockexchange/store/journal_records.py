"""How journal entries are written: a JSON array that begins with the kind of the entry."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import Any

from ..domain.amounts import text
from ..domain.fees import FeeSchedule
from ..domain.journal import (
    AccountEntry,
    AccountOpened,
    AccountReset,
    Amended,
    Canceled,
    Deposited,
    EngineSeen,
    Expired,
    FeesChanged,
    FillModelChanged,
    InstrumentSeen,
    JournalEntry,
    ListPlaced,
    Matched,
    Placed,
    Prices,
    Replaced,
    Restored,
    SnapshotDeleted,
    SnapshotTaken,
    TickSeen,
    Withdrawn,
)
from .records import (
    CONTINGENCY,
    CONTINGENCY_OF,
    SIDE,
    SIDE_OF,
    TIF,
    TIF_OF,
    TYPE,
    TYPE_OF,
    amount_of,
    decode,
    maybe,
    read_instrument,
    read_schedule,
    read_tick,
    write,
    write_instrument,
    write_schedule,
    write_tick,
)


def version_of(length: int, newest: bytes) -> str:
    """The version (see ports.Store.version) of books whose journal has so many entries, the newest as it is written.
    Its length alone would come again where older books are put back."""
    return f"{length}-{blake2b(newest, digest_size=8).hexdigest()}"


def write_entry(entry: JournalEntry) -> str:
    """A journal entry: its kind, then its values."""
    match entry:
        case Matched():
            named = (entry.now, entry.symbol, entry.tick, entry.order_id, entry.trade_id)
            special = (int(entry.lock_only), maybe(entry.extreme)) if entry.lock_only or entry.extreme else ()
            return write("match", *named, *special, *_prices(entry.prices))
        case Placed() | Replaced() | ListPlaced():
            return _write_placement(entry)
        case Canceled() | Expired() | Amended():
            return _write_change(entry)
        case Deposited() | Withdrawn():
            kind = "deposit" if isinstance(entry, Deposited) else "withdraw"
            noted = (entry.note,) if entry.note else ()
            amount = text(entry.amount)
            return write(kind, entry.now, entry.account_id, entry.entry_id, entry.asset, amount, entry.scale, *noted)
        case TickSeen(tick):
            record = write_tick(tick.quote, tick.source, tick.logged_at, tick.trades, tick.book)
            return write("tick", tick.quote.symbol, tick.number, record)
        case InstrumentSeen(instrument):
            return write("instrument", write_instrument(instrument))
        case EngineSeen():
            charged = None if entry.fees == FeeSchedule() else write_schedule(entry.fees)
            options = (charged, entry.latency) if entry.latency else (charged,) if charged else ()
            return write("engine", entry.model, entry.stale_after, *options)
        case _:
            return _write_of_account(entry)


def _write_placement(entry: Placed | Replaced | ListPlaced) -> str:
    if isinstance(entry, Placed):
        return write("place", *_placed(entry))
    if isinstance(entry, Replaced):
        return write("replace", entry.canceled_order_id, *_placed(entry.placed))
    placed = [_placed(each) for each in entry.placed]
    return write("list", CONTINGENCY[entry.contingency], entry.client_id, int(entry.short), *placed)


def _write_change(entry: Canceled | Expired | Amended) -> str:
    named = (entry.now, entry.account_id, entry.order_id)
    if not isinstance(entry, Amended):
        return write("cancel" if isinstance(entry, Canceled) else "expire", *named)
    return write("amend", *named, text(entry.quantity), entry.client_order_id)


def _write_of_account(entry: AccountEntry) -> str:
    match entry:
        case AccountOpened():
            rates = (text(entry.maker_rate), text(entry.taker_rate))
            return write("open", entry.now, entry.account_id, *rates, *_deposits(entry.deposits))
        case FeesChanged():
            rates = (text(entry.maker_rate), text(entry.taker_rate))
            return write("fees", entry.now, entry.account_id, *rates, *((True,) if entry.pays_in_fee_asset else ()))
        case FillModelChanged():
            return write("model", entry.now, entry.account_id, entry.model)
        case AccountReset():
            return write("reset", entry.now, entry.account_id, entry.generation, *_deposits(entry.deposits))
        case SnapshotTaken() | SnapshotDeleted():
            kind = "snapshot" if isinstance(entry, SnapshotTaken) else "forget"
            return write(kind, entry.now, entry.account_id, entry.name)
        case Restored():
            return write(
                "restore",
                entry.now,
                entry.account_id,
                entry.source_id,
                entry.name,
                int(entry.opens),
                entry.generation,
                entry.first_order_id,
                *((symbol, tick, *_price(entry, symbol)) for symbol, tick in entry.ticks),
            )


def _conditions(entry: Placed) -> list[list[object]]:
    """What only some orders have, as far as this one has it."""
    parts: list[object] = [maybe(entry.stop_price), entry.trailing_delta]
    parts += [maybe(entry.iceberg_quantity), entry.self_trade_prevention, entry.expires_at]
    while parts and parts[-1] is None:
        parts.pop()
    return [parts] if parts else []


def _price(entry: Restored, symbol: str) -> tuple[str, ...]:
    return tuple(text(price) for each, price in entry.prices if each == symbol)


def _deposits(deposits: tuple[tuple[int, str, Decimal, int], ...]) -> list[list[object]]:
    return [[number, asset, text(amount), scale] for number, asset, amount, scale in deposits]


def _deposits_of(written: list[Any]) -> tuple[tuple[int, str, Decimal, int], ...]:
    return tuple((number, asset, Decimal(amount), scale) for number, asset, amount, scale in written)


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
        SIDE[entry.side] + TYPE[entry.type] + TIF[entry.time_in_force],
        int(entry.post_only),
        maybe(entry.quantity),
        maybe(entry.price),
        maybe(entry.quote_quantity),
        entry.client_order_id,
        *_conditions(entry),
        *_prices(entry.prices),
    )


def _prices(prices: Prices) -> tuple[list[list[str]], ...]:
    return ([[symbol, text(price)] for symbol, price in prices],) if prices else ()


def _prices_of(written: list[Any]) -> Prices:
    """The prices at the end of some values, which they are taken from: the one list there that holds lists."""
    last = written[-1] if written else None
    prices: list[Any] = written.pop() if isinstance(last, list) and isinstance(last[0], list) else []
    return tuple((symbol, Decimal(price)) for symbol, price in prices)


def read_entry(record: str | bytes) -> JournalEntry:
    """The journal entry in a record. Raises ValueError for a kind this version does not know."""
    kind, *values = decode(record)
    match kind:
        case "match":
            prices = _prices_of(values)
            lock_only, extreme = values[5:] + [None] * (7 - len(values))
            return Matched(*values[:5], lock_only=bool(lock_only), extreme=amount_of(extreme), prices=prices)
        case "place" | "replace" | "list":
            return _placement_of(kind, values)
        case "cancel" | "amend":
            return _change_of(values)
        case "expire":
            return Expired(*values)
        case "deposit" | "withdraw":
            now, account_id, entry_id, asset, amount, scale, *noted = values
            record_type = Deposited if kind == "deposit" else Withdrawn
            return record_type(now, account_id, entry_id, asset, Decimal(amount), scale, *noted)
        case "tick":
            symbol, number, tick = values
            return TickSeen(read_tick(symbol, number, tick))
        case "instrument":
            return InstrumentSeen(read_instrument(values[0]))
        case "engine":
            model, stale_after, *options = values
            charged, latency = options + [None, 0][len(options) :]
            return EngineSeen(model, stale_after, read_schedule(charged) if charged else FeeSchedule(), latency)
        case _:
            return _read_of_account(kind, values)


def _placement_of(kind: str, values: list[Any]) -> Placed | Replaced | ListPlaced:
    if kind == "place":
        return _placed_of(values)
    if kind == "replace":
        return Replaced(values[0], _placed_of(values[1:]))
    contingency, client_id, short, *placed = values
    return ListPlaced(CONTINGENCY_OF[contingency], client_id, tuple(map(_placed_of, placed)), bool(short))


def _change_of(values: list[Any]) -> Canceled | Amended:
    now, account_id, order_id, *amended = values
    if not amended:
        return Canceled(now, account_id, order_id)
    quantity, client_id = amended
    return Amended(now, account_id, order_id, Decimal(quantity), client_id)


def _read_of_account(kind: str, values: list[Any]) -> JournalEntry:
    match kind:
        case "open":
            now, account_id, maker, taker, *deposits = values
            return AccountOpened(now, account_id, Decimal(maker), Decimal(taker), _deposits_of(deposits))
        case "fees":
            now, account_id, maker, taker, *pays = values
            return FeesChanged(now, account_id, Decimal(maker), Decimal(taker), *pays)
        case "model":
            return FillModelChanged(*values)
        case "reset":
            now, account_id, generation, *deposits = values
            return AccountReset(now, account_id, generation, _deposits_of(deposits))
        case "snapshot":
            return SnapshotTaken(*values)
        case "forget":
            return SnapshotDeleted(*values)
        case "restore":
            now, account_id, source_id, name, opens, generation, first_order_id, *ticks = values
            placed_on = tuple((symbol, tick) for symbol, tick, *_ in ticks)
            prices = tuple((symbol, Decimal(price)) for symbol, _, *priced in ticks for price in priced)
            named = (now, account_id, source_id, name, bool(opens), generation, first_order_id)
            return Restored(*named, placed_on, prices)
        case _:
            raise ValueError(f"unknown journal entry {kind!r}")


def _placed_of(values: list[Any]) -> Placed:
    prices = _prices_of(values)
    conditions: list[Any] = values.pop() if isinstance(values[-1], list) else []
    stop_price, trailing_delta, iceberg, stp, expires_at = conditions + [None] * (5 - len(conditions))
    *head, letters, post_only, quantity, price, quote_quantity, client_id = values
    side, kind, tif = letters
    return Placed(
        *head,
        side=SIDE_OF[side],
        type=TYPE_OF[kind],
        time_in_force=TIF_OF[tif],
        post_only=bool(post_only),
        quantity=amount_of(quantity),
        price=amount_of(price),
        quote_quantity=amount_of(quote_quantity),
        client_order_id=client_id,
        stop_price=amount_of(stop_price),
        trailing_delta=trailing_delta,
        iceberg_quantity=amount_of(iceberg),
        self_trade_prevention=stp,
        expires_at=expires_at,
        prices=prices,
    )
