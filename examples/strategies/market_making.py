"""Quotes both sides of the touch with post-only orders, and leans against what it holds.

    mockx backtest run examples/strategies/market_making.py --data BTC_USDT-quotes.parquet --fill-model realistic

A maker lives on the spread, so look at it with a fill model that makes it wait: `touch` fills whoever stands at a price
as soon as that is touched, which no queue would do.
"""

SYMBOL = "BTC/USDT"
AMOUNT = 0.001  # BTC, of each order
MOST = 0.005  # BTC that it holds at most more, or less, than at first
EVERY = 5_000  # ms between two looks
AWAY = 0.0002  # of the price, from the middle


def cancel(exchange):
    """Take back what still rests; an order may have filled meanwhile."""
    for order in exchange.fetch_open_orders(SYMBOL):
        try:
            exchange.cancel_order(order["id"], SYMBOL)
        except Exception as error:
            if type(error).__name__ != "OrderNotFound":
                raise


def place(exchange, side, price):
    """Rest an order; one that would take is refused, and the next look places another."""
    try:
        exchange.create_order(
            SYMBOL, "limit", side, AMOUNT, exchange.price_to_precision(SYMBOL, price), {"postOnly": True}
        )
    except Exception as error:
        if type(error).__name__ not in ("OrderImmediatelyFillable", "InsufficientFunds"):
            raise


def step(exchange, first):
    """Renew both quotes. `first`: what it held when it began (BTC)."""
    cancel(exchange)
    ticker = exchange.fetch_ticker(SYMBOL)
    middle = (ticker["bid"] + ticker["ask"]) / 2
    held = exchange.fetch_balance()["total"].get("BTC", 0) - first
    lean = middle * AWAY * held / MOST  # the more it holds, the lower it quotes
    if held < MOST:
        place(exchange, "buy", middle * (1 - AWAY) - lean)
    if held > -MOST:
        place(exchange, "sell", middle * (1 + AWAY) - lean)


def run(exchange):
    """Quote for as long as there is an exchange."""
    exchange.load_markets()
    first = exchange.fetch_balance()["total"].get("BTC", 0)
    while True:
        step(exchange, first)
        exchange.sleep(EVERY)
