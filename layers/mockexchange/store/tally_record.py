"""How running totals are written: a JSON array, amounts as fixed-point text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from ..domain.amounts import text
from ..domain.orders import Side
from ..domain.tally import Flow, Tally, Turnover

_decode: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode


def write_tally(tally: Tally) -> bytes:
    """The totals as a record."""
    return msgspec.json.encode(
        [
            tally.quote_asset,
            tally.ledger_position,
            tally.trades_position,
            *([text(flow.value), _sums(flow.unpriced)] for flow in (tally.deposits, tally.withdrawals)),
            [
                [side.value, asset, each.count, text(each.amount), _sums(each.notional), _sums(each.fees)]
                for (side, asset), each in tally.turnovers.items()
            ],
        ]
    )


def read_tally(record: str | bytes) -> Tally:
    """The totals in a record."""
    quote_asset, ledger_position, trades_position, deposits, withdrawals, turnovers = _decode(record)
    return Tally(
        quote_asset,
        ledger_position,
        trades_position,
        Flow(Decimal(deposits[0]), _sums_of(deposits[1])),
        Flow(Decimal(withdrawals[0]), _sums_of(withdrawals[1])),
        {
            (Side(side), asset): Turnover(count, Decimal(amount), _sums_of(notional), _sums_of(fees))
            for side, asset, count, amount, notional, fees in turnovers
        },
    )


def _sums(sums: Mapping[str, Decimal]) -> dict[str, str]:
    return {asset: text(amount) for asset, amount in sums.items()}


def _sums_of(written: Mapping[str, str]) -> dict[str, Decimal]:
    return {asset: Decimal(amount) for asset, amount in written.items()}
