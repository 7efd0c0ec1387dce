"""Which column of a recorded file is what: by the names that exchanges and tools give, or as REPLAY_COLUMNS says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from ..domain.errors import BadRequest
from .table import Cell, Table


class Kind(StrEnum):
    """What the rows of a recording are."""

    CANDLES = "candles"
    """open, high, low and close"""
    QUOTES = "quotes"
    """bid and ask"""
    TRADES = "trades"
    """price and quantity"""


NAMES = {
    "time": (
        *("timestamp", "time", "date", "datetime", "open_time", "opentime", "open time", "ts"),
        *("transact_time", "transacttime"),
    ),
    "open": ("open",),
    "high": ("high",),
    "low": ("low",),
    "close": ("close",),
    "volume": ("volume", "vol"),
    "bid": ("bid", "bid_price", "bidprice", "best_bid"),
    "ask": ("ask", "ask_price", "askprice", "best_ask"),
    "bid_size": ("bid_size", "bidsize", "bid_qty", "bidqty", "bid_volume", "bidvolume", "bid_amount"),
    "ask_size": ("ask_size", "asksize", "ask_qty", "askqty", "ask_volume", "askvolume", "ask_amount"),
    "price": ("price", "last"),
    "quantity": ("quantity", "qty", "amount", "size"),
    "trade_id": ("trade_id", "tradeid", "id", "agg_trade_id", "aggtradeid"),
    "side": ("side",),
    "buyer_is_maker": ("buyer_is_maker", "buyer_maker", "is_buyer_maker", "isbuyermaker"),
    "symbol": ("symbol", "pair", "market"),
}
"""Our word for a column: the names it is found by, in any case."""

_NEEDED = {
    Kind.CANDLES: ("open", "high", "low", "close"),
    Kind.QUOTES: ("bid", "ask"),
    Kind.TRADES: ("price", "quantity"),
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH_UNITS = ((10**11, 3), (10**14, 0), (10**17, -3))
"""Below the first number: the power of ten that makes it ms."""

_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 20


REPLAY_COLUMNS = ("REPLAY_COLUMNS", "time=t,open=o")
"""What names columns, and how."""


def find_columns(
    table: Table, chosen: Mapping[str, str], file: str, named_by: tuple[str, str] = REPLAY_COLUMNS
) -> tuple[Kind, dict[str, Sequence[Cell]]]:
    """The kind of a recording, and its columns by our words. `chosen` maps our words to the file's names; `named_by` is
    what did so, for whoever reads an error.

    Raises BadRequest when a chosen column is not there or no kind fits.
    """
    naming, example = named_by
    for ours, theirs in chosen.items():
        if ours not in NAMES:
            raise BadRequest(f"{naming} knows no {ours!r}; it maps {', '.join(NAMES)} to a column of the file")
        if theirs not in table.columns:
            raise BadRequest(f"{naming}: {file} has no column {theirs!r}; it has {_listed(table)}")
    by_lower_case = {name.strip().lower(): name for name in reversed(list(table.columns))}
    names: dict[str, str] = {}
    for ours, known in NAMES.items():
        found = chosen.get(ours) or next((by_lower_case[name] for name in known if name in by_lower_case), None)
        if found is not None:
            names[ours] = found
    kind = next((kind for kind, needed in _NEEDED.items() if names.keys() >= set(needed)), None)
    if kind is None or "time" not in names:
        raise BadRequest(
            f"{file} has the columns {_listed(table)}; a replay needs a time and open, high, low, close (candles), or"
            f" bid, ask (quotes), or price, quantity (trades). Name them with {naming}, as in {example}"
        )
    return kind, {ours: table.columns[theirs] for ours, theirs in names.items()}


def exact(cell: Cell) -> Decimal:
    """The number in a cell, with the digits that are written there; a binary float as its shortest text.

    Raises ValueError for anything but a finite number of a size that money has.
    """
    if isinstance(cell, bool) or cell is None:
        raise ValueError(f"{cell!r} is not a number")
    written = str(cell).strip()
    if len(written) > _LONGEST_NUMBER:
        raise ValueError(f"{written[:_LONGEST_NUMBER]!r}... is no amount of money")
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError(f"{written!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{number} is not a finite number")
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"{written!r} is no amount of money")
    return number


def milliseconds(cell: Cell) -> int:
    """The moment in a cell, as ms since the epoch: ISO text (UTC unless it says otherwise), or an epoch number whose
    size tells its unit (seconds, ms, us or ns; true for every date after 1973). Raises ValueError."""
    if isinstance(cell, str):
        cell = cell.strip()
        # Not a plain number: digits, and then something a number does not have.
        if "-" in cell[1:] or ":" in cell:
            moment = datetime.fromisoformat(cell)
            return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MILLISECOND
    number = exact(cell)
    if number < 0:
        raise ValueError(f"{cell} is before 1970")
    exponent = next((exponent for limit, exponent in _EPOCH_UNITS if number < limit), -6)
    return int(number.scaleb(exponent))


def _listed(table: Table) -> str:
    return ", ".join(repr(name) for name in table.columns)[:300]
