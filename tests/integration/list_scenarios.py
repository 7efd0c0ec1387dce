"""What becomes of order lists, a table: the list, the ticks, and how its orders, the fills and the balances stand.

The rules are those of Binance's documentation (rest-api.md, "Order lists"). Alice has 1,000 USDT and 2 BTC, and pays a
tenth of a percent; the market stands at FIRST_TICK.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_TICK = "99 101 99"
"""bid, ask, last"""


@dataclass(frozen=True, slots=True)
class Leg:
    """One order: its type as Binance names it."""

    side: str
    quantity: str
    type: str
    price: str | None = None
    stop_price: str | None = None
    time_in_force: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A tick, and the state of each order after it."""

    tick: str
    states: str


@dataclass(frozen=True, slots=True)
class ListScenario:
    """One list. `held` and `owned`: `ASSET free+locked` when it was placed, and in the end."""

    name: str
    contingency: str
    legs: tuple[Leg, ...]
    placed: str
    held: str
    steps: tuple[Step, ...]
    fills: tuple[str, ...]
    owned: str


def _sell_pair(stop: Leg | None = None) -> tuple[Leg, ...]:
    return (Leg("SELL", "1", "LIMIT_MAKER", "110"), stop or Leg("SELL", "1", "STOP_LOSS_LIMIT", "94", "95", "GTC"))


def _buy_pair() -> tuple[Leg, ...]:
    return (Leg("BUY", "1", "STOP_LOSS_LIMIT", "106", "105", "GTC"), Leg("BUY", "1", "LIMIT_MAKER", "90"))


_WORKING = Leg("BUY", "1", "LIMIT", "95", None, "GTC")

SCENARIOS = (
    ListScenario(
        "OCO sell: the limit order is filled, the stop expires",
        "OCO",
        _sell_pair(),
        "NEW NEW",
        "BTC 1+1, USDT 1000+0",
        (Step("105 106 105", "NEW NEW"), Step("110 111 110", "FILLED EXPIRED"), Step("90 91 90", "FILLED EXPIRED")),
        ("1 @ 110",),
        "BTC 1+0, USDT 1109.89+0",
    ),
    ListScenario(
        "OCO sell: the stop is triggered and rests, the limit order expires",
        "OCO",
        _sell_pair(),
        "NEW NEW",
        "BTC 1+1, USDT 1000+0",
        (Step("93 94 95", "EXPIRED NEW"), Step("111 112 111", "EXPIRED FILLED")),
        ("1 @ 94",),
        "BTC 1+0, USDT 1093.906+0",
    ),
    ListScenario(
        "OCO sell: a stop without a limit takes the bid in the commit that triggers it",
        "OCO",
        _sell_pair(Leg("SELL", "1", "STOP_LOSS", None, "95")),
        "NEW NEW",
        "BTC 1+1, USDT 1000+0",
        (Step("94 95 95", "EXPIRED FILLED"),),
        ("1 @ 94",),
        "BTC 1+0, USDT 1093.906+0",
    ),
    ListScenario(
        "OCO sell: take-profit instead of a limit order",
        "OCO",
        (Leg("SELL", "1", "TAKE_PROFIT", None, "105"), Leg("SELL", "1", "STOP_LOSS", None, "95")),
        "NEW NEW",
        "BTC 1+1, USDT 1000+0",
        (Step("104 106 104", "NEW NEW"), Step("105 106 105", "FILLED EXPIRED")),
        ("1 @ 105",),
        "BTC 1+0, USDT 1104.895+0",
    ),
    ListScenario(
        "OCO buy: one lock, of the order that may cost more; the limit order is filled",
        "OCO",
        _buy_pair(),
        "NEW NEW",
        "BTC 2+0, USDT 894+106",
        (Step("89 90 90", "EXPIRED FILLED"),),
        ("1 @ 90",),
        "BTC 2.999+0, USDT 910+0",
    ),
    ListScenario(
        "OCO buy: the stop is triggered and takes",
        "OCO",
        _buy_pair(),
        "NEW NEW",
        "BTC 2+0, USDT 894+106",
        (Step("104.5 105 105", "FILLED EXPIRED"),),
        ("1 @ 105",),
        "BTC 2.999+0, USDT 895+0",
    ),
    ListScenario(
        "OCO buy: the limit order may promise more than the stop",
        "OCO",
        (Leg("BUY", "1", "STOP_LOSS_LIMIT", "85", "105", "GTC"), Leg("BUY", "1", "LIMIT_MAKER", "90")),
        "NEW NEW",
        "BTC 2+0, USDT 910+90",
        (Step("104.5 105 105", "NEW EXPIRED"), Step("84 85 85", "FILLED EXPIRED")),
        ("1 @ 85",),
        "BTC 2.999+0, USDT 915+0",
    ),
    ListScenario(
        "OTO: what waits is placed when the working order is filled, and arrives with the next tick",
        "OTO",
        (_WORKING, Leg("SELL", "1", "LIMIT", "97", None, "GTC")),
        "NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (Step("94 95 95", "FILLED NEW"), Step("96 97 96", "FILLED NEW"), Step("98 99 98", "FILLED FILLED")),
        ("1 @ 95", "1 @ 97"),
        "BTC 1.999+0, USDT 1001.903+0",
    ),
    ListScenario(
        "OTO: one that waited takes what the next tick shows",
        "OTO",
        (_WORKING, Leg("SELL", "1", "MARKET")),
        "NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (Step("94 95 95", "FILLED NEW"), Step("96 97 96", "FILLED FILLED")),
        ("1 @ 95", "1 @ 96"),
        "BTC 1.999+0, USDT 1000.904+0",
    ),
    ListScenario(
        "OTO: the account cannot pay for what waited, so that is rejected",
        "OTO",
        (_WORKING, Leg("SELL", "3", "LIMIT", "110", None, "GTC")),
        "NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (Step("94 95 95", "FILLED REJECTED"),),
        ("1 @ 95",),
        "BTC 2.999+0, USDT 905+0",
    ),
    ListScenario(
        "OTO: a stop whose price is reached when it is placed is triggered then, and arrives with the next tick",
        "OTO",
        (_WORKING, Leg("SELL", "1", "STOP_LOSS", None, "94")),
        "NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (Step("89 90 90", "FILLED NEW"), Step("97 98 98", "FILLED FILLED")),
        ("1 @ 95", "1 @ 97"),
        "BTC 1.999+0, USDT 1001.903+0",
    ),
    ListScenario(
        "OTOCO: of a pair whose stop is reached already when it is placed the other one expires at once",
        "OTO",
        (_WORKING, *_sell_pair()),
        "NEW PENDING_NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (
            Step("89 90 90", "FILLED EXPIRED NEW"),
            Step("93 95 95", "FILLED EXPIRED NEW"),
            Step("94 95 95", "FILLED EXPIRED FILLED"),
        ),
        ("1 @ 95", "1 @ 94"),
        "BTC 1.999+0, USDT 998.906+0",
    ),
    ListScenario(
        "OTO: a working order that expires takes with it what waits",
        "OTO",
        (Leg("BUY", "1", "LIMIT", "95", None, "IOC"), Leg("SELL", "1", "LIMIT", "110", None, "GTC")),
        "EXPIRED EXPIRED",
        "BTC 2+0, USDT 1000+0",
        (),
        (),
        "BTC 2+0, USDT 1000+0",
    ),
    ListScenario(
        "OTO: a working order that is filled at once",
        "OTO",
        (Leg("BUY", "1", "LIMIT", "101", None, "GTC"), Leg("SELL", "1", "STOP_LOSS", None, "95")),
        "FILLED NEW",
        "BTC 1.999+1, USDT 899+0",
        (Step("95 96 96", "FILLED NEW"), Step("94 95 95", "FILLED FILLED")),
        ("1 @ 101", "1 @ 94"),
        "BTC 1.999+0, USDT 992.906+0",
    ),
    ListScenario(
        "OTOCO: the pair is placed with one lock, and its limit order is filled",
        "OTO",
        (_WORKING, *_sell_pair()),
        "NEW PENDING_NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (Step("94 95 96", "FILLED NEW NEW"), Step("110 111 110", "FILLED FILLED EXPIRED")),
        ("1 @ 95", "1 @ 110"),
        "BTC 1.999+0, USDT 1014.89+0",
    ),
    ListScenario(
        "OTOCO: the pair's stop is triggered",
        "OTO",
        (_WORKING, *_sell_pair()),
        "NEW PENDING_NEW PENDING_NEW",
        "BTC 2+0, USDT 905+95",
        (Step("94 95 96", "FILLED NEW NEW"), Step("94.5 96 95", "FILLED EXPIRED FILLED")),
        ("1 @ 95", "1 @ 94.5"),
        "BTC 1.999+0, USDT 999.4055+0",
    ),
)
