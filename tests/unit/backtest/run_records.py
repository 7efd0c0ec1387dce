"""Finished runs, made by hand: an account that buys and sells at given prices, with its books."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from mockexchange.backtest.run_record import RunRecord
from mockexchange.domain.amounts import multiply, total
from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.ledger import LedgerEntry, LedgerKind, fill_entries
from mockexchange.domain.orders import Order, OrderStatus, OrderType, Side, TimeInForce

D = Decimal
BEGAN = 1_767_225_600_000
"""2026-01-01, midnight (UTC)."""
HOUR, DAY = 3_600_000, 86_400_000


class Run:
    """Everything that happens to one account. Moments are given in hours since the beginning."""

    def __init__(self, rate: str = "0", **first: str) -> None:
        self.first = {asset: D(amount) for asset, amount in first.items()}
        self.rate = D(rate)
        self.fills: list[Fill] = []
        self.orders: list[Order] = []
        self.ledger: list[LedgerEntry] = []

    def trade(
        self,
        side: str,
        symbol: str,
        quantity: str,
        price: str,
        hour: float,
        *,
        order: int | None = None,
        fee_asset: str | None = None,
        fee_price: str | None = None,
        maker: bool = False,
    ) -> Fill:
        """A fill, of an order of its own unless it is one's before. The fee is taken of what comes in."""
        base, quote = symbol.split("/")
        bought = Side(side.upper()) is Side.BUY
        notional = multiply(D(quantity), D(price))
        received, of = (D(quantity), base) if bought else (notional, quote)
        commission = multiply(received, self.rate)
        if fee_asset is not None and fee_price is not None:
            commission, of = multiply(notional, self.rate) / D(fee_price), fee_asset
        moment, number = BEGAN + round(hour * HOUR), len(self.fills) + 1
        fill = Fill(
            trade_id=number,
            order_id=order or number,
            symbol=symbol,
            side=Side(side.upper()),
            price=D(price),
            quantity=D(quantity),
            quote_quantity=notional,
            commission=commission,
            commission_asset=of,
            liquidity=Liquidity.MAKER if maker else Liquidity.TAKER,
            timestamp=moment,
            tick=number,
            source="hand",
            model="touch",
            rate=self.rate,
            fee_price=None if fee_price is None else D(fee_price),
        )
        self.fills.append(fill)
        self.ledger += fill_entries(fill)
        if order is None:
            self.orders.append(_order(fill))
        return fill

    def refuse(self) -> None:
        """An order that was refused after it was recorded."""
        self.orders.append(_order(self.fills[0], OrderStatus.REJECTED))

    def deposit(self, asset: str, amount: str, hour: float) -> None:
        """Money comes, or leaves with a negative amount."""
        kind = LedgerKind.DEPOSIT if D(amount) > 0 else LedgerKind.WITHDRAWAL
        moment = BEGAN + round(hour * HOUR)
        self.ledger.append(LedgerEntry(kind, 10_000 + len(self.ledger), asset, D(amount), moment))

    def record(self, step: int = HOUR, **prices: Sequence[float]) -> RunRecord:
        """What it hands over: prices by base asset at the ends of steps, in USDT."""
        count = len(next(iter(prices.values())))
        times = BEGAN + step * np.arange(1, count + 1, dtype=np.int64)
        last = {"USDT": D(1), **{asset: D(repr(float(values[-1]))) for asset, values in prices.items()}}
        held = [*self.first.items(), *((entry.asset, entry.amount) for entry in self.ledger if entry.timestamp > BEGAN)]
        return RunRecord(
            symbols=tuple(f"{asset}/USDT" for asset in prices),
            quote_asset="USDT",
            began=BEGAN,
            ended=int(times[-1]),
            times=times,
            prices={f"{asset}/USDT": np.array(values, np.float64) for asset, values in prices.items()},
            first_balances=self.first,
            ledger=self.ledger,
            fills=self.fills,
            orders=self.orders,
            final_equity=total(multiply(amount, last.get(asset, D(0))) for asset, amount in held),
        )


def _order(fill: Fill, status: OrderStatus = OrderStatus.FILLED) -> Order:
    return Order(
        order_id=fill.order_id,
        account_id="default",
        generation=1,
        client_order_id=f"c{fill.order_id}",
        symbol=fill.symbol,
        side=fill.side,
        type=OrderType.MARKET,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        price=None,
        quantity=fill.quantity,
        quote_quantity=None,
        quote_scale=8,
        status=status,
        filled_quantity=fill.quantity,
        filled_notional=fill.quote_quantity,
        trade_ids=(fill.trade_id,),
        created_at=fill.timestamp,
        updated_at=fill.timestamp,
        met_tick=fill.tick,
        unmet=False,
        version=1,
    )


def busy(hours: int = 24 * 60, seed: int = 5) -> RunRecord:
    """Two markets that wander, an account that trades both every few hours, at the rate of 0.1 %."""
    chance = np.random.default_rng(seed)
    prices = {
        asset: (first * np.exp(np.cumsum(chance.normal(0, 0.008, hours)))).round(2).tolist()
        for asset, first in (("BTC", 60_000.0), ("ETH", 3_000.0))
    }
    run, held = Run("0.001", USDT="10000"), {"BTC": D(0), "ETH": D(0)}
    for hour in range(5, hours, 7):
        asset = ("BTC", "ETH")[hour % 2]
        price = repr(prices[asset][hour - 1])
        if held[asset]:
            run.trade("sell", f"{asset}/USDT", str(held[asset]), price, hour, maker=hour % 3 == 0)
            held[asset] = D(0)
        else:
            quantity = (D(2_500) / D(price)).quantize(D("0.00001"))
            fill = run.trade("buy", f"{asset}/USDT", str(quantity), price, hour)
            held[asset] = quantity - fill.commission
    return run.record(**prices)
