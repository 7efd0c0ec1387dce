"""The Binance wire beside the native API, and ccxt's binance on top of it."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from .http import KEY, ORDER, SECRET, served_api, set_price
from .http_load import Load, rate
from .report import Figure
from .venue import valkey

ROUNDS = 3
AIM = "80 %: at most 25 % more"


def figures() -> Iterator[Figure]:
    """A signed order and a signed look at the account, each beside what the native API does for the same; then ccxt."""
    unlimited = {"BINANCE_WEIGHT_PER_MIN": "0", "BINANCE_ORDERS_PER_10S": "0", "BINANCE_ORDERS_PER_DAY": "0"}
    counted = dict.fromkeys(unlimited, "100000000")
    for told, per_minute, limits in (("no limits", 0, unlimited), ("counted", 100_000_000, counted)):
        with valkey() as url, served_api(url, per_minute=per_minute, **limits) as api:
            urllib.request.urlopen(set_price(api)).close()
            rates: dict[str, float] = {}
            for _ in range(ROUNDS):  # in turn, so that what else the machine does meets all alike
                for name, load in _loads(api).items():
                    rates[name] = max(rates.get(name, 0), rate(load))
            for what in ("order", "account"):
                wire, native = rates[f"{what} by wire"], rates[f"{what}, native"]
                yield Figure(
                    f"{what} by wire, {told}", f"{wire:,.0f}/s", f"{native:,.0f}/s native", f"{wire / native:.0%}", AIM
                )
            if not per_minute:
                yield from _ccxt(api, rates)


def _loads(api: str) -> dict[str, Load]:
    native = {"x-api-key": KEY, "content-type": "application/json"}
    form = {"x-mbx-apikey": KEY, "content-type": "application/x-www-form-urlencoded"}
    order = _signed("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=40000")
    return {
        "order, native": Load("POST", f"{api}/orders", ORDER, native),
        "order by wire": Load("POST", f"{api}/api/v3/order", order, form),
        "account, native": Load("GET", f"{api}/balance", headers=native),
        "account by wire": Load("GET", f"{api}/api/v3/account?{_signed('')}", headers=form),
    }


def _signed(parameters: str) -> str:
    """Good for a minute, for as many requests as one likes: nothing says that one was made before."""
    text = f"{parameters}&recvWindow=60000&timestamp={time.time_ns() // 1_000_000}".lstrip("&")
    return f"{text}&signature={hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()}"


def _ccxt(api: str, rates: dict[str, float]) -> Iterator[Figure]:
    command = [sys.executable, "-m", "tests.benchmarks.wire_ccxt", api, KEY, SECRET]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    for what, by, each in zip(("order", "account"), ("create_order", "fetch_balance"), told, strict=True):
        raw = rates[f"{what} by wire"]
        yield Figure(
            f"ccxt {by}, 1 client",
            f"{float(each):,.0f}/s",
            f"{raw:,.0f}/s by wire, raw",
            f"{float(each) / raw:.0%}",
            "-",
        )
