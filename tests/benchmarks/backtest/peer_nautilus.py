"""nautilus_trader: quotes into its back-test engine, a cash account, its risk checks on, its logging off."""

from __future__ import annotations

from decimal import Decimal

import nautilus_trader
import numpy as np
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig, RiskEngineConfig
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.events import OrderFilled
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

from .measuring import Absent, Stopwatch, tell
from .quotes import AMOUNT, CASH, COINS, COMMISSION, EVERY, Outcome, Quotes, resting_prices

VENUE = Venue("BENCH")
INSTRUMENT = CurrencyPair(
    instrument_id=InstrumentId(Symbol("BTCUSDT"), VENUE),
    raw_symbol=Symbol("BTCUSDT"),
    base_currency=BTC,
    quote_currency=USDT,
    price_precision=2,
    size_precision=5,
    price_increment=Price(0.01, 2),
    size_increment=Quantity(0.00001, 5),
    ts_event=0,
    ts_init=0,
    maker_fee=Decimal(str(COMMISSION)),
    taker_fee=Decimal(str(COMMISSION)),
)


class Trader(Strategy):
    """Does what the case says."""

    def __init__(self, case: str, watch: Stopwatch) -> None:
        super().__init__()
        self.case = case
        self.watch = watch
        self.seen = self.sent = self.fills = 0
        self.traded = 0.0
        self.amount = Quantity(AMOUNT, 5)

    def on_start(self) -> None:
        if self.case != "silent":
            self.subscribe_quote_ticks(INSTRUMENT.id)

    def on_quote_tick(self, tick: QuoteTick) -> None:
        self.seen += 1
        if self.case == "orders" and self.seen % EVERY == 0:
            side = OrderSide.SELL if self.sent % 2 else OrderSide.BUY
            self.sent += 1
            self.submit_order(self.order_factory.market(INSTRUMENT.id, side, self.amount))
        elif self.case == "resting" and self.seen == 1:
            for price in resting_prices():
                self.submit_order(self.order_factory.limit(INSTRUMENT.id, OrderSide.BUY, self.amount, Price(price, 2)))
        elif self.case == "resting" and self.seen == 2:
            self.watch.start()  # again: what placing costs is not asked here

    def on_order_filled(self, event: OrderFilled) -> None:
        self.fills += 1
        self.traded += float(event.last_px) * float(event.last_qty)


def run(quotes: Quotes, case: str, watch: Stopwatch) -> Outcome:
    if case == "waiting":
        raise Absent("as where it is called: a strategy costs it little beside the orders")
    # 1,000 orders at once are more than its risk engine lets through by default
    risk = RiskEngineConfig(max_order_submit_rate="1000000/00:00:01")
    engine = BacktestEngine(
        BacktestEngineConfig(trader_id="BENCH-001", logging=LoggingConfig(bypass_logging=True), risk_engine=risk)
    )
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(CASH, USDT), Money(COINS, BTC)])
    engine.add_instrument(INSTRUMENT)
    nanoseconds = quotes.timestamp.astype(np.uint64) * np.uint64(1_000_000)
    ticks = QuoteTick.from_raw_arrays_to_list(
        INSTRUMENT.id, 2, 5, quotes.bid, quotes.ask, quotes.bid_size, quotes.ask_size, nanoseconds, nanoseconds
    )
    engine.add_data(ticks)
    trader = Trader(case, watch)
    engine.add_strategy(trader)
    with watch:
        engine.run(streaming=True)  # all of it; only its statistics are left out
    assert case == "silent" or trader.seen == len(quotes), trader.seen
    if case == "resting":
        assert len(engine.cache.orders_open()) == len(resting_prices())
    account = engine.cache.account_for_venue(VENUE)
    cash, coins = (float(account.balance_total(currency)) for currency in (USDT, BTC))
    return Outcome(trader.fills, trader.traded, cash - CASH + (coins - COINS) * float(quotes.bid[-1]))


if __name__ == "__main__":
    tell(nautilus_trader.__version__, run)
