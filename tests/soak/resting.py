"""Orders that rest far from the price, spread over accounts and markets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import cycle, islice

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_request import OrderRequest

from .market import QUOTE, Market

PER_ACCOUNT_AND_MARKET = 50
"""Well below MAX_NUM_ORDERS."""

DOLLARS = Decimal(20)
FUNDS = Decimal(10) ** 9


def rest(
    admin: Endpoint, markets: list[Market], prices: Mapping[str, Decimal], count: int, say: Callable[[str], None]
) -> None:
    """Place `count` orders from 10 % to 60 % away from the price, in as many accounts as that takes."""
    per_account = PER_ACCOUNT_AND_MARKET * len(markets)
    accounts = -(-count // per_account)
    with ExchangeClient(admin) as client:
        for number in range(1, accounts + 1):
            endpoint = open_account(client, admin, f"rests-{number}", markets)
            mine = min(per_account, count - (number - 1) * per_account)
            with ExchangeClient(endpoint) as trader:
                for nth, market in enumerate(islice(cycle(markets), mine)):
                    trader.place(_order(market, prices[market.symbol], nth // len(markets)))
            say(f"{min(count, number * per_account):,} of {count:,} orders rest")


def open_account(client: ExchangeClient, admin: Endpoint, name: str, markets: list[Market]) -> Endpoint:
    """An account that runs out of nothing; gives the way in to it."""
    assets = {QUOTE: FUNDS} | {market.base: FUNDS for market in markets}
    client.create_account(name, assets)
    key = client.create_key(name)
    return Endpoint(admin.url, key.api_key, key.secret)


def _order(market: Market, price: Decimal, nth: int) -> OrderRequest:
    """The nth order of a market: buys below the price and sells above it in turn, each farther away."""
    away = Decimal("0.1") + Decimal("0.01") * (nth % PER_ACCOUNT_AND_MARKET)
    buys = nth % 2 == 0
    limit = market.price(price * (1 - away if buys else 1 + away))
    return OrderRequest(market.symbol, "buy" if buys else "sell", market.quantity(DOLLARS, limit), limit)
