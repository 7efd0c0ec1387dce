"""A few words in which the scenarios of this folder are written, and how they are read and shown.

quote    `99 101` is bid 99, ask 101; `99x3 101x0.5` also gives their sizes; none means unknown
order    `BUY 2 @ 100`, `SELL 2 @ 100 IOC` (or FOK, POST), `BUY 2` at the market, `BUY for 200` by quote quantity
fill     `2 @ 101 TAKER: 202, fee 0.002 BTC`: quantity, price, what moved in the quote asset, the commission
owned    `BTC 2, USDT 800+200`: free, and what is locked after the plus; an asset of which there is none is left out
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mockexchange.domain.amounts import text
from mockexchange.domain.balances import Account, Bucket
from mockexchange.domain.fills import Fill
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.orders import Order, OrderType, Side, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Quote, Tick

D = Decimal
NOW = 1_700_000_000_000
STALE_AFTER = 60_000

BTC_USDT = Instrument(
    symbol="BTC/USDT",
    base_asset="BTC",
    quote_asset="USDT",
    tick_size=D("0.01"),
    step_size=D("0.00001"),
    min_notional=D(5),
    min_price=D("0.01"),
    max_price=D(1_000_000),
    min_quantity=D("0.00001"),
    max_quantity=D(9_000),
)
ETH_BTC = Instrument("ETH/BTC", "ETH", "BTC", D("0.00001"), D("0.0001"), min_notional=D("0.0001"))
"""0.00001 x 0.0001: a notional has nine decimal places, one more than BTC is kept with."""

FINE_ETH_BTC = Instrument("ETH/BTC", "ETH", "BTC", D("0.000001"), D("0.0001"), min_notional=D("0"))
"""Ten decimal places, as the market had before Binance widened its tick size."""

Owned = dict[tuple[str, Bucket], Decimal]


def account(name: str = "alice", *, maker: str = "0.001", taker: str = "0.001") -> Account:
    """An account with its fee rates."""
    return Account(name, 1, 1, D(maker), D(taker), NOW)


def quote(words: str, symbol: str = "BTC/USDT", *, at: int = NOW) -> Quote:
    """`99x3 101x0.5` as a quote of the source's time `at` (ms)."""
    (bid, _, bid_size), (ask, _, ask_size) = (side.partition("x") for side in words.split())
    return Quote(symbol, D(bid), D(ask), D(bid), at, _size(bid_size), _size(ask_size))


def _size(words: str) -> Decimal | None:
    return D(words) if words else None


def tick(number: int, words: str, symbol: str = "BTC/USDT", *, at: int = NOW, logged_at: int | None = None) -> Tick:
    """A quote as it was logged; at once unless `logged_at` (ms) says otherwise."""
    return Tick(number, quote(words, symbol, at=at), "test", at if logged_at is None else logged_at)


def command(words: str, symbol: str = "BTC/USDT", *, client_id: str | None = None, reuse: bool = False) -> PlaceOrder:
    """`BUY 2 @ 100 IOC` as the command of alice."""
    side, *rest = words.split()
    quantity = quote_quantity = price = None
    if rest[0] == "for":
        quote_quantity = D(rest[1])
        rest = rest[2:]
    else:
        quantity = D(rest[0])
        rest = rest[1:]
    if rest and rest[0] == "@":
        price = D(rest[1])
        rest = rest[2:]
    post_only = rest == ["POST"]
    return PlaceOrder(
        account_id="alice",
        symbol=symbol,
        side=Side(side),
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        quantity=quantity,
        price=price,
        quote_quantity=quote_quantity,
        time_in_force=TimeInForce(rest[0]) if rest and not post_only else TimeInForce.GTC,
        post_only=post_only,
        client_order_id=client_id,
        reuse_client_id=reuse,
    )


def owned(words: str) -> Owned:
    """`BTC 2, USDT 800+200` as amounts by asset and bucket."""
    found: Owned = {}
    for part in words.split(", ") if words else ():
        asset, amounts = part.split()
        free, _, locked = amounts.partition("+")
        found[asset, Bucket.FREE] = D(free)
        found[asset, Bucket.LOCKED] = D(locked or 0)
    return found


def shown(amounts: Mapping[tuple[str, Bucket], Decimal]) -> str:
    """The words for what is owned."""
    parts: list[str] = []
    for asset in sorted({asset for asset, _ in amounts}):
        free, locked = (amounts.get((asset, bucket), D(0)) for bucket in Bucket)
        if free or locked:
            parts.append(f"{asset} {text(free)}" + (f"+{text(locked)}" if locked else ""))
    return ", ".join(parts)


def fill_words(fill: Fill) -> str:
    """The words for one fill."""
    return (
        f"{text(fill.quantity)} @ {text(fill.price)} {fill.liquidity}: {text(fill.quote_quantity)}, "
        f"fee {text(fill.commission)} {fill.commission_asset}"
    )


def state(order: Order) -> str:
    """`PARTIALLY_FILLED 0.5/2`: how an order stands."""
    return f"{order.status} {text(order.filled_quantity)}/{text(order.quantity)}"
