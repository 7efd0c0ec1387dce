"""ccxt's binance, unmodified, as fast as it goes: orders and looks at the account, each a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

ccxt: Any = import_module("ccxt")  # which says little of its types

REQUESTS = 400


def _rate(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    for _ in range(REQUESTS):
        call()
    return REQUESTS / (time.perf_counter() - start)


def main(api: str, key: str, secret: str) -> None:
    """Print the two rates."""
    ours: dict[str, Any] = ccxt.binance().urls["api"]
    urls = {name: f"{api}/api/v3" if name in ("public", "private") else f"{api}/sapi/v1" for name in ours}
    exchange: Any = ccxt.binance(
        {"apiKey": key, "secret": secret, "urls": {"api": urls}, "enableRateLimit": False,
         "options": {"fetchMargins": False, "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}}
    )  # fmt: skip
    exchange.load_markets()
    print(_rate(lambda: exchange.create_order("BTC/USDT", "limit", "buy", 0.001, 40000)))
    print(_rate(exchange.fetch_balance))


if __name__ == "__main__":
    main(*sys.argv[1:])
