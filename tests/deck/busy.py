"""An account that has done something: amounts from 1e-8 to 1e12, gains and losses, fees of both sides."""

from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_request import OrderRequest
from mockexchange.domain.instruments import Instrument

from ..conformance.served import KEY, Served

D = Decimal
UNIT = D("0.00000001")

NOBODY = "http://127.0.0.1:9"
"""Where nothing listens."""


def client_of(served: Served) -> ExchangeClient:
    """The account as its owner reaches it."""
    return ExchangeClient(Endpoint(served.url, KEY))


def trade(served: Served) -> None:
    """Two round trips on BTC/USDT, one with a loss; the smallest and the largest amounts; one order that rests."""
    for symbol in ("TINY/USDT", "HUGE/USDT"):
        base, quote = symbol.split("/")
        market = Instrument(symbol, base, quote, tick_size=UNIT, step_size=UNIT, min_notional=D(0))
        served.store.put_instruments([market], replace=False)
    served.price("1000", "1000", symbol="TINY/USDT")
    served.price("0.5", "0.5", symbol="HUGE/USDT")
    with client_of(served) as client:
        client.deposit("USDT", D("1234567890123.00000001"))
        client.place(_order("buy", "TINY/USDT", "0.00000002"))
        client.place(_order("buy", "HUGE/USDT", "1000000000000.12345678"))
        client.place(_order("sell", "HUGE/USDT", "0.00000002"))
        client.place(_order("buy", "BTC/USDT", "0.5"))
        served.price("60999", "61001")
        client.place(_order("sell", "BTC/USDT", "2.25"))
        served.price("57999", "58001")
        client.place(_order("sell", "BTC/USDT", "0.1"))
        client.place(_order("buy", "BTC/USDT", "0.01", price="31000.01"))
        client.withdraw("USDT", D("0.00000001"))


def cut(amount: Decimal) -> Decimal:
    """To the last digit of what is shown of a worth."""
    return amount.quantize(UNIT, ROUND_DOWN, Context(prec=60))


def exact(text: str) -> Decimal:
    """The amount that a screen shows."""
    return Decimal(text.replace(",", ""))


def _order(side: str, symbol: str, amount: str, price: str | None = None) -> OrderRequest:
    assert side in ("buy", "sell")
    limit = None if price is None else D(price)
    return OrderRequest(symbol, "buy" if side == "buy" else "sell", D(amount), limit)
