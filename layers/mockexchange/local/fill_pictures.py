"""Draw how each fill model fills: `python -m mockexchange.local.fill_pictures .` writes docs/realism-*.svg.

The same few orders meet the same invented minute and a half under each model, in an exchange in memory.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ..clock import ManualClock
from ..domain.depth import DEFAULT_LEVELS
from ..domain.fill_models import fill_model
from ..domain.fills import Fill, Liquidity
from ..domain.models import Engine
from ..domain.orders import OrderType, Side
from ..domain.placing import PlaceOrder
from ..domain.quotes import Quote
from ..domain.rules import Rules
from ..exchange import Exchange
from ..feed.synthetic_market import SyntheticMarket
from ..store.memory import MemoryStore

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
SEED = 7
INTERVAL = 2_000
TICKS = 45
ACCOUNT = "default"

PICTURES = {
    "last": "last",
    "touch": "touch",
    "touch-size": "touch-size",
    "depth": "depth",
    "slippage": "touch+slippage=5+seed=7",
}
"""The pictures by name, and the model that each of them shows."""

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 760, 300, 70, 34, 46
_COLORS = {"bid": "#2a78b5", "ask": "#c2571a", "last": "#888"}
_STYLE = "font-family='sans-serif' font-size='11' fill='#555'"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What happened: the quote of each tick, and the fills with the number of theirs. `asked` is what all orders
    together wanted, in the base asset."""

    quotes: list[Quote]
    fills: list[Fill]
    asked: Decimal


def happened(model: str) -> _Drawn:
    """A market buy and a market sell of 1 BTC in turn, every ninth tick, and between them limit orders of 1 BTC, four
    dollars away from the touch."""
    market = SyntheticMarket(SEED, "BTC/USDT")
    store, clock = MemoryStore(levels=DEFAULT_LEVELS), ManualClock(START)
    exchange = Exchange(store, clock, Rules(engine=Engine(fill_model(model))))
    exchange.open_account(ACCOUNT, {"USDT": Decimal(10**7), "BTC": Decimal(100)})
    store.put_instruments([market.instrument], replace=True)
    quotes: list[Quote] = []
    quantity, asked = Decimal(1), Decimal(0)
    for number in range(1, TICKS + 1):
        clock.time = START + number * INTERVAL
        tick = market.tick(clock.time, INTERVAL)
        quotes.append(tick.quote)
        store.append(tick, f"synthetic:{SEED}", clock.time, serves=True)
        exchange.match()
        turn, place = divmod(number, 9)
        side = Side.SELL if turn % 2 else Side.BUY
        if place == 4:
            exchange.place(PlaceOrder(ACCOUNT, market.symbol, side, OrderType.MARKET, quantity))
        elif place == 8:
            away = tick.quote.bid - 4 if side is Side.BUY else tick.quote.ask + 4
            exchange.place(PlaceOrder(ACCOUNT, market.symbol, side, OrderType.LIMIT, quantity, away))
        asked += quantity * (place in {4, 8})
    return _Drawn(quotes, exchange.trades(ACCOUNT, limit=1000).items[::-1], asked)


def picture(model: str) -> str:
    """The drawing of a model, as SVG."""
    drawn = happened(model)
    prices = [price for quote in drawn.quotes for price in (quote.bid, quote.ask, quote.last)]
    prices += [fill.price for fill in drawn.fills]
    low, high = min(prices), max(prices)

    def x(number: float) -> str:
        return f"{_LEFT + (number - 1) * (_WIDTH - _LEFT - 12) / (TICKS - 1):.1f}"

    def y(price: Decimal) -> str:
        return f"{_TOP + float((high - price) / (high - low)) * (_HEIGHT - _TOP - _BOTTOM):.1f}"

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}'>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='white'/>",
        f"<text x='{_LEFT}' y='18' font-family='sans-serif' font-size='13'>FILL_MODEL {model}</text>",
    ]
    parts += [
        f"<text x='{_LEFT - 6}' y='{y(price)}' text-anchor='end' {_STYLE}>{price:,.0f}</text>" for price in (low, high)
    ]
    for name in ("last", "bid", "ask"):
        line = " ".join(f"{x(number)},{y(getattr(quote, name))}" for number, quote in enumerate(drawn.quotes, 1))
        dots = " stroke-dasharray='2 3'" if name == "last" else ""
        parts.append(f"<polyline points='{line}' fill='none' stroke='{_COLORS[name]}'{dots}/>")
    parts += [_mark(fill, x(fill.tick), y(fill.price)) for fill in drawn.fills]
    parts += [f"<text x='{_LEFT}' y='{_HEIGHT - 24 + 15 * row}' {_STYLE}>{line}</text>" for row, line in _said(drawn)]
    return "\n".join([*parts, "</svg>", ""])


def _mark(fill: Fill, x: str, y: str) -> str:
    """A taker is a triangle in the direction of its trade, a maker a ring; as large as its quantity, on the whole."""
    size = 2 + 5 * float(fill.quantity) ** 0.5
    color = _COLORS["ask" if fill.side is Side.BUY else "bid"]
    if fill.liquidity is Liquidity.MAKER:
        return f"<circle cx='{x}' cy='{y}' r='{size:.1f}' fill='none' stroke='{color}' stroke-width='2'/>"
    tip = -size if fill.side is Side.BUY else size
    return f"<path d='M{x} {y} m0 {tip:.1f} l{size:.1f} {-2 * tip:.1f} h{-2 * size:.1f} z' fill='{color}'/>"


def _said(drawn: _Drawn) -> list[tuple[int, str]]:
    """What a reader should know beside the marks."""
    filled = sum((fill.quantity for fill in drawn.fills), Decimal(0))
    cost, taken = Decimal(0), Decimal(0)
    for fill in drawn.fills:
        if fill.liquidity is Liquidity.TAKER:
            quote = drawn.quotes[fill.tick - 1]
            beyond = fill.price - quote.ask if fill.side is Side.BUY else quote.bid - fill.price
            cost, taken = cost + beyond * fill.quantity, taken + fill.quantity
    beyond = cost / taken if taken else Decimal(0)
    return [
        (0, f"{filled:.2f} of {drawn.asked} BTC filled; takers paid {beyond:+.2f} USDT a coin against the touch"),
        (1, "blue bid, orange ask, dotted last price; triangle: taker, ring: maker; orange buys, blue sells"),
    ]


def write_all(root: Path) -> None:
    """Every picture, into the docs of a checkout."""
    for name, model in PICTURES.items():
        (root / "docs" / f"realism-{name}.svg").write_text(picture(model))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
