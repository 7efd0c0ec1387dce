"""Answers of the exchange, as text."""

from __future__ import annotations

TICKER = """{"symbol": "BTC/USDT", "timestamp": 1641038400000, "datetime": "2022-01-01T12:00:00.000Z", "bid": 59999,
"ask": 60001, "bidVolume": null, "askVolume": 1.5, "last": 60000.10, "open": 59000,
"high": 60500.5, "low": 58000, "close": 60000.10, "baseVolume": 12.00000001, "quoteVolume": null, "vwap": null,
"change": 1000.10, "percentage": 1.69508474, "tick": 12, "source": "manual", "stale": false}"""

BOOK = """{"symbol": "BTC/USDT", "bids": [[59999.99, 0.5], [59998, 1E-8]], "asks": [[60000.01, 2]],
"timestamp": 1641038400000, "datetime": "2022-01-01T12:00:00.000Z", "nonce": 12, "synthetic": true}"""

OHLCV = (
    "[[1641038400000, 59000, 60500.5, 58000.00000001, 60000.1, 12.5], [1641038460000, 60000.1, 60001, 60000, 60001, 0]]"
)

BALANCE = '{"asset": "USDT", "free": 99399.99999999999999999, "used": 600, "total": 99999.99999999999999999}'

TRADE = """{"id": "5", "order": "7", "timestamp": 1641038401000, "datetime": "2022-01-01T12:00:01.000Z",
"symbol": "BTC/USDT", "side": "buy", "takerOrMaker": "maker", "price": 60000, "amount": 0.004, "cost": 240,
"fee": {"currency": "BTC", "cost": 4E-6, "rate": 0.001, "rule": "maker rate 0.001, the account's own"},
"late": false, "recordedAt": null,
"why": {"tick": 12, "source": "manual", "model": "touch"}}"""


def order_numbered(number: int, status: str = "open", *, listed: bool = False) -> str:
    """A limit order of which a part is filled. One that is `listed` comes without its trades."""
    trades = "" if listed else f', "trades": [{TRADE}]'
    return f"""{{"id": "{number}", "clientOrderId": "mine-1", "timestamp": 1641038400000,
"datetime": "2022-01-01T12:00:00.000Z", "lastUpdateTimestamp": 1641038401000, "lastTradeTimestamp": 1641038401000,
"symbol": "BTC/USDT", "type": "limit", "timeInForce": "GTC", "expiresAt": null,
"postOnly": false, "side": "buy", "price": 60000,
"triggerPrice": null, "stopLossPrice": null, "takeProfitPrice": null,
"trailingPercent": null, "trailingSince": null, "triggeredAt": null,
"amount": 0.01, "icebergAmount": null,
"filled": 0.004, "remaining": 0.006, "cost": 240, "average": 60000, "status": "{status}",
"fee": {{"currency": "BTC", "cost": 4E-6}}, "fees": [{{"currency": "BTC", "cost": 4E-6}}],
"orderListId": null, "pending": false, "created_at": 1641038400000, "updated_at": 1641038401000{trades}}}"""


ORDER = order_numbered(7)

LEG = order_numbered(7, listed=True)

ORDER_LIST = f"""{{"id": "7", "clientListId": "pair-1", "type": "oto", "status": "open", "symbol": "BTC/USDT",
"timestamp": 1641038400000, "datetime": "2022-01-01T12:00:00.000Z",
"orders": [{LEG}, {LEG.replace('"pending": false', '"pending": true')},
{order_numbered(9, "canceled", listed=True)}]}}"""

REASONS = """[{"timestamp": 1641038400000, "datetime": "2022-01-01T12:00:00.000Z",
"text": "Placed: a limit order to buy 0.01 BTC at 60000 USDT or better.", "trade": null},
{"timestamp": 1641038401000, "datetime": "2022-01-01T12:00:01.000Z", "text": "Bought 0.004 BTC.", "trade": "5"}]"""
