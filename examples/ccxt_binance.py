"""ccxt's own binance, unmodified: nothing is changed but the addresses. This is what a bot that exists already needs.

mockx up                          # in one terminal
python examples/ccxt_binance.py   # in another, in the same folder
"""

import json
import re
from pathlib import Path

import ccxt

keys = json.loads(Path("data/credentials.json").read_text())

# Every address of ccxt's binance, moved here: one that is left out would go to the real exchange.
theirs = ccxt.binance().urls["api"]
here = {
    kind: re.sub(r"^https://[^/]+", keys["url"], address)
    for kind, address in theirs.items()
    if isinstance(address, str)
}

exchange = ccxt.binance({"apiKey": keys["apiKey"], "secret": keys["secret"], "urls": {"api": here}})
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
