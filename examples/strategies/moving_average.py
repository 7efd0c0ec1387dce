"""Buys when the short mean of the closing prices crosses the long one from below, sells when it crosses back.

    mockx backtest run examples/strategies/moving_average.py --data BTC_USDT-1h.csv.gz

`run` takes any exchange that ccxt has: a back-test's, `ccxt.mockexchange()`, or a real one. It sleeps by the exchange's
own clock, so a year takes seconds on history and a year on a real exchange.
"""

SYMBOL, TIMEFRAME = "BTC/USDT", "1h"
SHORT, LONG = 12, 48
SPEND = 1_000  # USDT


def closes(exchange):
    """The closing prices of the bars that are over; the last one that comes is still in progress."""
    bars = exchange.fetch_ohlcv(SYMBOL, TIMEFRAME, limit=LONG + 2)
    return [close for _, _, _, _, close, _ in bars[:-1]]


def signal(prices):
    """buy, sell, or None while nothing crossed on the last bar."""
    if len(prices) < LONG + 1:
        return None
    before, now = is_above(prices[:-1]), is_above(prices)
    return None if before is now else "buy" if now else "sell"


def is_above(prices):
    """Whether the short mean is above the long one."""
    return sum(prices[-SHORT:]) / SHORT > sum(prices[-LONG:]) / LONG


def step(exchange):
    """What is to be done once a bar."""
    side = signal(closes(exchange))
    base = exchange.fetch_balance()["free"].get(SYMBOL.split("/", maxsplit=1)[0], 0)
    if side == "buy":
        exchange.create_market_buy_order_with_cost(SYMBOL, SPEND)
    elif side == "sell" and base > 0:
        exchange.create_order(SYMBOL, "market", "sell", exchange.amount_to_precision(SYMBOL, base))


def run(exchange):
    """Trade for as long as there is an exchange."""
    exchange.load_markets()
    length = exchange.parse_timeframe(TIMEFRAME) * 1000
    while True:
        step(exchange)
        # to the beginning of the next bar
        exchange.sleep(length - exchange.milliseconds() % length)
