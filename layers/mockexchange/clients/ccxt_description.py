"""What sets ccxt's `mockexchange` apart from its `binance`: addresses, abilities, options. Data only, without ccxt.

Whatever a later ccxt adds to its `binance` is turned off here until somebody names it in OFFERED, and every address
that it adds leads to this exchange.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

OFFERED = frozenset(
    """
    spot sandbox publicAPI privateAPI
    fetchMarkets fetchCurrencies fetchTime fetchStatus
    fetchTicker fetchTickers fetchBidsAsks fetchLastPrices fetchOrderBook fetchL2OrderBook fetchOHLCV fetchTrades
    fetchBalance fetchTradingFee fetchTradingFees
    fetchDeposits fetchDepositAddress fetchWithdrawals fetchDepositWithdrawFee fetchDepositWithdrawFees
    withdraw
    createOrder createLimitOrder createLimitBuyOrder createLimitSellOrder
    createMarketOrder createMarketBuyOrder createMarketSellOrder createMarketOrderWithCost
    createMarketBuyOrderWithCost createMarketSellOrderWithCost createPostOnlyOrder
    createTriggerOrder createStopOrder createStopLimitOrder createStopLossOrder
    createTakeProfitOrder createTrailingPercentOrder
    editOrder cancelOrder cancelAllOrders
    fetchOrder fetchOrders fetchOpenOrders fetchClosedOrders fetchCanceledOrders
    fetchCanceledAndClosedOrders fetchMyTrades fetchOrderTrades
    """.split()
)
"""What there is, in ccxt's words. No streams, no margin, no derivatives, no other wallet to transfer to."""

OPTIONS: dict[str, Any] = {
    "fetchMargins": False,  # three requests of load_markets for lists that are empty here
    "fetchMarkets": {"types": ["spot"]},  # two more
    "fetchOpenOrders": {"warnWithoutSymbol": False},  # costs no more here than one with a symbol
}


def address_in(config: dict[str, Any]) -> str | None:
    """The address that a constructor's config names: `url`, as `credentials.json` has it; or `urls.api`, which is one
    address or one for each of ccxt's kinds of endpoint."""
    if config.get("url"):
        return str(config["url"])
    given: Any = _dict(config.get("urls")).get("api")
    if isinstance(given, str):
        return given
    kinds = _dict(given)
    named = [kinds[kind] for kind in ("private", "public") if kind in kinds]
    if not named:
        return None
    parts = urlsplit(str(named[0]))
    return f"{parts.scheme}://{parts.netloc}"


def urls(theirs: dict[str, Any], address: str) -> dict[str, Any]:
    """The `urls` of an exchange at `address`, with a place for every one that `theirs` has."""
    here = address.rstrip("/")
    api = moved(theirs["api"], here)
    return {
        "api": api,
        # paper itself: sandbox and demo mode change nothing
        "test": moved(theirs["api"], here),
        "demo": moved(theirs["api"], here),
        "www": here,
        "doc": [f"{here}/docs"],
        "logo": None,
        "api_management": None,
        "fees": None,
        "referral": None,
    }


def has(theirs: dict[str, Any]) -> dict[str, Any]:
    """Which of `theirs` this exchange has: True, False, or `emulated` where ccxt does it with other calls."""
    return {name: (value or True) if name in OFFERED else False for name, value in theirs.items()}


def features(theirs: dict[str, Any]) -> dict[str, Any]:
    """The spot market's limits and order fields, without those that are not there yet."""
    spot = dict(theirs["spot"])
    spot["createOrder"] = {
        **spot["createOrder"],
        "marginMode": False,
        "attachedStopLossTakeProfit": None,
        "hedged": False,
        "trailing": True,
        "icebergAmount": True,
        "selfTradePrevention": None,  # an account never trades with itself here
    }
    for name, limits in spot.items():
        if isinstance(limits, dict) and "marginMode" in limits:
            spot[name] = {**cast("dict[str, Any]", limits), "marginMode": False}
    return {"spot": spot}


def moved(value: Any, here: str, kind: str = "") -> Any:
    """A structure of addresses with `here` in the place of each host; what belongs to a stream becomes a WebSocket."""
    if isinstance(value, dict):
        return {name: moved(each, here, name) for name, each in cast("dict[str, Any]", value).items()}
    parts = urlsplit(str(value))
    if not parts.scheme.startswith("ws"):
        return f"{here}{parts.path}"
    # the spot streams are told from others by a path that has /stream in it, where Binance has hosts
    first = "/stream" if parts.path == "/ws" and kind in ("spot", "margin") else ""
    if not first and not parts.path.startswith("/ws-api"):
        first = f"/{kind}"
    return f"ws{here.removeprefix('http')}{first}{parts.path}"


def _dict(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
