"""ccxt's structures of orders, trades, balances, fees and books, from what the Binance wire says of them.

Every rule here is that of ccxt's `binance`: which time is an order's time, when a number is None, what an average is.
tests/conformance/test_unified_exchange.py holds the two side by side. `info` is the wire's own answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..domain.amounts import add, multiply, subtract
from .unified_numbers import positive, quotient
from .unified_time import in_words

Structure = dict[str, Any]

_STATUS = {
    "NEW": "open",
    "PARTIALLY_FILLED": "open",
    "FILLED": "closed",
    "CANCELED": "canceled",
    "REJECTED": "rejected",
    "EXPIRED": "expired",
}

_TYPE = {
    "LIMIT": "limit",
    "LIMIT_MAKER": "limit",
    "MARKET": "market",
    "STOP_LOSS": "market",
    "STOP_LOSS_LIMIT": "limit",
    "TAKE_PROFIT": "market",
    "TAKE_PROFIT_LIMIT": "limit",
}


def order(found: Mapping[str, Any], symbol: str) -> Structure:
    """An order, as it was placed, asked for or canceled."""
    if "orderId" not in found:
        return _no_order(found, symbol)
    kind: str = found["type"]
    status: str = _STATUS.get(found["status"]) or found["status"]
    if "transactTime" in found:
        updated = found["transactTime"]
        timestamp = found.get("workingTime", updated)
    else:
        updated, timestamp = found["updateTime"], found["time"]
    filled, cost = float(found["executedQty"]), float(found["cummulativeQuoteQty"])
    amount = float(found["origQty"]) or (filled if status == "closed" else None)
    fills = found.get("fills")
    trades = in_order([of_order(each, symbol) for each in fills]) if fills else []
    fees = _fees(trades)
    average = (quotient(found["cummulativeQuoteQty"], found["executedQty"]) or None) if filled else None
    price = float(found["price"]) or (average if _TYPE[kind] == "market" else None)
    trigger = positive(found["stopPrice"]) if "stopPrice" in found else None
    return {
        "info": found,
        "id": str(found["orderId"]),
        "clientOrderId": found["clientOrderId"],
        "timestamp": timestamp,
        "datetime": in_words(timestamp),
        "lastTradeTimestamp": updated if status == "closed" or (filled and status == "open") else None,
        "lastUpdateTimestamp": updated,
        "symbol": symbol,
        "type": _TYPE[kind],
        "timeInForce": found["timeInForce"],
        "postOnly": kind == "LIMIT_MAKER",
        "reduceOnly": None,
        "side": found["side"].lower(),
        "price": price,
        "triggerPrice": trigger,
        "takeProfitPrice": trigger if kind.startswith("TAKE_PROFIT") else None,
        "amount": amount,
        "cost": cost,
        "average": average,
        "filled": filled,
        "remaining": _difference(found["origQty"], found["executedQty"], amount, status) if filled else amount,
        "status": status,
        "fee": fees[0] if len(fees) == 1 else None,
        "trades": trades,
        "fees": fees,
        "stopPrice": trigger,
        "stopLossPrice": None,
    }


def copied(of: Structure) -> Structure:
    """An order of one's own, to do with as one likes; of one that was looked up, which tells no trades."""
    return {**of, "info": {**of["info"]}, "trades": [], "fees": []}


def _difference(asked: str, filled: str, amount: float | None, status: str) -> float | None:
    if amount is None:
        return None
    return 0.0 if status == "closed" else float(subtract(Decimal(asked), Decimal(filled)))


def _no_order(found: Mapping[str, Any], symbol: str) -> Structure:
    """What ccxt makes of an answer that is not of one order: a list that was canceled, an order that was only tried."""
    unknown = dict.fromkeys(
        """info id clientOrderId timestamp datetime lastTradeTimestamp lastUpdateTimestamp symbol type timeInForce
        postOnly reduceOnly side price triggerPrice takeProfitPrice amount cost average filled remaining status fee
        trades fees stopPrice stopLossPrice""".split()
    )
    return {**unknown, "info": found, "symbol": symbol, "postOnly": False, "filled": 0.0, "trades": [], "fees": []}


def of_order(found: Mapping[str, Any], symbol: str) -> Structure:
    """A trade that an order was answered with: only what stands there."""
    fee = {"currency": found["commissionAsset"], "cost": float(found["commission"])}
    price, amount = found["price"], found["qty"]
    return {
        "info": found,
        "timestamp": None,
        "datetime": None,
        "symbol": symbol,
        "id": str(found["tradeId"]),
        "order": None,
        "type": None,
        "side": None,
        "takerOrMaker": None,
        "price": float(price),
        "amount": float(amount),
        "cost": float(multiply(Decimal(price), Decimal(amount))),
        "fee": fee,
        "fees": [dict(fee)],
    }


def trade(found: Mapping[str, Any], symbol: str) -> Structure:
    """A trade of the account."""
    fee = {"currency": found["commissionAsset"], "cost": float(found["commission"])}
    return {
        "info": found,
        "timestamp": found["time"],
        "datetime": in_words(found["time"]),
        "symbol": symbol,
        "id": str(found["id"]),
        "order": str(found["orderId"]),
        "type": None,
        "side": "buy" if found["isBuyer"] else "sell",
        "takerOrMaker": "maker" if found["isMaker"] else "taker",
        "price": float(found["price"]),
        "amount": float(found["qty"]),
        "cost": float(found["quoteQty"]),
        "fee": fee,
        "fees": [dict(fee)],
    }


def public_trade(found: Mapping[str, Any], symbol: str) -> Structure:
    """A trade of the market."""
    return {
        "info": found,
        "timestamp": found["T"],
        "datetime": in_words(found["T"]),
        "symbol": symbol,
        "id": str(found["a"]),
        "order": None,
        "type": None,
        "side": "sell" if found["m"] else "buy",
        "takerOrMaker": None,
        "price": float(found["p"]),
        "amount": float(found["q"]),
        "cost": float(multiply(Decimal(found["p"]), Decimal(found["q"]))),
        "fee": {"cost": None, "currency": None},
        "fees": [],
    }


def _fees(trades: Sequence[Structure]) -> list[Structure]:
    """What trades cost in each currency."""
    if len(trades) == 1:
        return [dict(trades[0]["fee"])]
    costs: dict[str, Decimal] = {}
    for each in trades:
        info = each["info"]
        asset, cost = info["commissionAsset"], Decimal(info["commission"])
        costs[asset] = add(costs[asset], cost) if asset in costs else cost
    return [{"currency": asset, "cost": float(cost)} for asset, cost in costs.items()]


def balance(found: Mapping[str, Any]) -> Structure:
    """What an account has."""
    accounts: dict[str, dict[str, float]] = {}
    for each in found["balances"]:
        free, locked = each["free"], each["locked"]
        total = float(free) if not float(locked) else float(add(Decimal(free), Decimal(locked)))
        accounts[each["asset"]] = {"free": float(free), "used": float(locked), "total": total}
    return {
        "info": found,
        **accounts,
        "timestamp": found["updateTime"],
        "datetime": in_words(found["updateTime"]),
        **{part: {asset: each[part] for asset, each in accounts.items()} for part in ("free", "used", "total")},
    }


def order_book(found: Mapping[str, Any], symbol: str) -> Structure:
    """A book; the wire does not say of when."""
    return {
        "symbol": symbol,
        "bids": _levels(found["bids"]),
        "asks": _levels(found["asks"]),
        "timestamp": None,
        "datetime": None,
        "nonce": found["lastUpdateId"],
    }


def _levels(found: Iterable[Sequence[str]]) -> list[list[float]]:
    return [[float(price), float(amount)] for price, amount in found]


def trading_fee(found: Mapping[str, Any], symbol: str) -> Structure:
    """What an account pays on a market."""
    return {
        "info": found,
        "symbol": symbol,
        "maker": float(found["makerCommission"]),
        "taker": float(found["takerCommission"]),
        "percentage": None,
        "tierBased": None,
    }


def in_order(trades: list[Structure]) -> list[Structure]:
    """Trades as ccxt sorts them: by time, and those of one moment by their ids, which are texts."""
    return sorted(trades, key=lambda each: (each["timestamp"] or 0, each["id"])) if len(trades) > 1 else trades


def by_time(orders: list[Structure]) -> list[Structure]:
    """Orders as ccxt sorts them."""
    return sorted(orders, key=lambda each: each["timestamp"] or 0)


def between(ordered: list[Structure], since: int | None, limit: int | None) -> list[Structure]:
    """Structures from a time (ms) on, as ccxt cuts a list down: the first ones from `since`, or else the newest."""
    if since is not None:
        ordered = [each for each in ordered if each["timestamp"] and each["timestamp"] >= since]
    if limit is None:
        return ordered
    return ordered[:limit] if since is not None else ordered[-limit:]
