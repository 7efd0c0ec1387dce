"""A bot that loses no order and sends none twice, whatever happens to its requests. Binance's rule for an answer that
did not come: what became of the order is unknown; ask for it by its client order id, and send it again only when it is
not there.

mockx up                          # in one terminal; in another, in the same folder:
mockx chaos set --timeout 20% --lost 10% --rate-limited 10% --route /api/v3/order
python examples/ccxt_unknown_status.py 50
"""

import json
import re
import sys
import time
from pathlib import Path

import ccxt

keys = json.loads(Path("data/credentials.json").read_text())
here = {
    kind: re.sub(r"^https://[^/]+", keys["url"], address)
    for kind, address in ccxt.binance().urls["api"].items()
    if isinstance(address, str)
}
exchange = ccxt.binance({"apiKey": keys["apiKey"], "secret": keys["secret"], "urls": {"api": here}})
symbol = "BTC/USDT"


def insist(ask, *arguments):
    """What a question gives: asking changes nothing, so it may be asked again and again."""
    while True:
        try:
            return ask(*arguments)
        except ccxt.OperationFailed:
            time.sleep(0.05)  # a bot in earnest waits longer, and longer each time


def look_for(name):
    """The order with this client order id, None when there is none."""
    try:
        return exchange.fetch_order(None, symbol, {"origClientOrderId": name})
    except ccxt.OrderNotFound:
        return None


def place(name, amount, price):
    """An order that is placed once."""
    while True:
        try:
            return exchange.create_limit_buy_order(symbol, amount, price, {"newClientOrderId": name})
        except ccxt.OperationFailed:  # time-outs, 5xx, lost connections; 429 and 418 too, where the answer is soon "no"
            found = insist(look_for, name)
            if found:
                print(f"{name}: no answer came, and it is there")
                return found


insist(exchange.load_markets)
bid = insist(exchange.fetch_ticker, symbol)["bid"]
price = exchange.price_to_precision(symbol, bid * 0.9)
count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
begin = exchange.milliseconds()
placed = [place(f"bot-{begin}-{number}", 0.001, price) for number in range(count)]
ids = {order["id"] for order in placed}
print(f"{count} orders meant, {len(ids)} placed")
