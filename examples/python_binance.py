"""python-binance, with nothing changed but its two base addresses.

pip install python-binance
mockx up                           # in one terminal
python examples/python_binance.py  # in another, in the same folder
"""

import json
from pathlib import Path

from binance.client import Client

here = json.loads(Path("data/credentials.json").read_text())

Client.API_URL = f"{here['url']}/api"  # before one is made: making one asks the exchange already
Client.MARGIN_API_URL = f"{here['url']}/sapi"  # the wallet

client = Client(here["apiKey"], here["secret"])
symbol = "BTCUSDT"

book = client.get_orderbook_ticker(symbol=symbol)
print(f"{symbol}: bid {book['bidPrice']}, ask {book['askPrice']}")

resting = client.order_limit_buy(symbol=symbol, quantity="0.001", price=f"{float(book['bidPrice']) * 0.9:.2f}")
print(f"order {resting['orderId']}: {resting['status']}, {resting['origQty']} at {resting['price']}")
print(f"order {resting['orderId']}: {client.cancel_order(symbol=symbol, orderId=resting['orderId'])['status']}")

bought = client.order_market_buy(symbol=symbol, quantity="0.001")
fill = bought["fills"][0]
print(f"order {bought['orderId']}: {bought['status']}, {bought['executedQty']} at {fill['price']}")
print(f"fee: {fill['commission']} {fill['commissionAsset']}")
print(f"USDT: {client.get_asset_balance('USDT')['free']}")
client.close_connection()
