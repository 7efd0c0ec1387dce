"""What a finished run hands to its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from ..domain.valuation import bridged_rates, direct_rates, holdings
from ..exchange import Exchange
from .history import History
from .run_record import RunRecord
from .stepping import Steps

MOST_SAMPLES = 200_000
"""Points of an equity curve: five months of minutes."""
_ALL = 1 << 40
"""More orders or trades than an account has."""


def record(
    exchange: Exchange,
    account_id: str,
    histories: Sequence[History],
    steps: Steps,
    settings: Mapping[str, str],
    notices: Sequence[str],
) -> RunRecord:
    """The run up to now."""
    now = exchange.now()
    times = steps.samples()
    times = times[times <= now]
    thinned = times[:: len(times) // MOST_SAMPLES + 1]
    began = min(int(each.times[0]) for each in histories)
    sampled = np.unique(np.concatenate(([began], thinned, [now])))
    account = exchange.account(account_id)
    return RunRecord(
        symbols=tuple(each.symbol for each in histories),
        quote_asset=exchange.rules.quote_asset,
        began=began,
        ended=now,
        times=sampled,
        prices={each.symbol: _prices(each, sampled) for each in histories},
        first_balances=dict(account.first_balances),
        ledger=exchange.ledger(account_id, limit=_ALL).items,
        fills=exchange.trades(account_id, limit=_ALL).items[::-1],
        orders=exchange.orders(account_id, limit=_ALL).items[::-1],
        final_equity=_equity(exchange, account_id),
        settings=dict(settings),
        notices=list(notices),
        refused=exchange.activity.refused,
    )


def _prices(history: History, times: NDArray[np.int64]) -> NDArray[np.float64]:
    """The last price at some times; not a number before the first."""
    at = np.searchsorted(history.times, times, side="right") - 1
    return np.where(at < 0, np.nan, history.last[at.clip(min=0)])


def _equity(exchange: Exchange, account_id: str) -> Decimal:
    """In the quote asset, exact; what has no price counts as nothing, as in the curve."""
    quote = exchange.rules.quote_asset
    balances = exchange.balances(account_id)
    prices = exchange.last_prices(exchange.symbols())
    direct = direct_rates(sorted({part for symbol in prices for part in symbol.split("/")}), quote, prices)
    through = bridged_rates([each.asset for each in balances], direct, prices)
    return holdings(balances, quote, through | direct).equity
