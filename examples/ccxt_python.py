"""A bot's whole life with ccxt, on paper: look at a price, rest an order, cancel it, buy, and see what it cost.

    mockx up                        # in one terminal
    python examples/ccxt_python.py  # in another, in the same folder

The import adds the exchange `mockexchange` to ccxt: it finds the exchange that runs here. Without this package, any
ccxt bot comes here too, with its own `ccxt.binance` and other addresses: examples/ccxt_javascript.mjs does that.
"""

import ccxt

import mockexchange.clients.ccxt  # noqa: F401  # adds ccxt.mockexchange

exchange = ccxt.mockexchange()
symbol = "BTC/USDT"

ticker = exchange.fetch_ticker(symbol)
print(f"{symbol}: bid {ticker['bid']}, ask {ticker['ask']}")

resting = exchange.create_limit_buy_order(symbol, 0.001, exchange.price_to_precision(symbol, ticker["bid"] * 0.9))
print(f"order {resting['id']}: {resting['status']}, {resting['amount']} at {resting['price']}")
print(f"order {resting['id']}: {exchange.cancel_order(resting['id'], symbol)['status']}")

bought = exchange.create_market_buy_order(symbol, 0.001)
print(f"order {bought['id']}: {bought['status']}, {bought['filled']} at {bought['average']}")
print(f"fee: {bought['fee']['cost']} {bought['fee']['currency']}")
print(f"USDT: {exchange.fetch_balance()['USDT']['free']}")
