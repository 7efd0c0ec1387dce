"""Histories with fees of all kinds: rates by market and by volume, and BNB that is there or not."""

from __future__ import annotations

from hypothesis import strategies as st

from mockexchange.domain.orders import Side

from .histories import accounts, cancels, crossing, levels, matches, weighted
from .world import (
    Clone,
    Command,
    Fees,
    Interrupted,
    Keep,
    Leave,
    Match,
    PayIn,
    Place,
    Price,
    Replace,
    Reset,
    Restore,
    Wait,
)

DAY = Wait(86_400_000)

symbols = st.sampled_from(["BTC/USDT", "BTC/USDT", "BNB/USDT", "BNB/USDT", "ETH/BTC"])
sides = st.sampled_from(Side)
prices: st.SearchStrategy[Command] = st.builds(
    Price, symbols, levels, st.integers(0, 2), st.integers(0, 9), st.integers(0, 9), st.just(value=False)
)
placements = st.builds(
    Place,
    account=accounts,
    symbol=symbols,
    side=sides,
    kind=st.sampled_from(["LIMIT", "LIMIT", "LIMIT", "MARKET", "IOC"]),
    passive=st.sampled_from([-2, -1, 0, 1, 3]),
    size=st.integers(1, 9),
    client_id=st.none(),
)
replacements: st.SearchStrategy[Command] = st.builds(
    Replace, newest=st.integers(0, 3), passive=st.integers(-5, 3), size=st.integers(1, 9), client_id=st.none()
)
# A fee is some 10^-5 to 10^-2 BNB: enough for none, for one, for some.
amounts = st.sampled_from([0, 0, *(1000 * each for each in (1, 10, 30, 45, 50, 100, 200, 400, 1000))])
FEE_OF_A_STEP = 22_575
"""What a taker owes for selling one quantity step of BNB, at the usual rate, in 10^-8 BNB."""
leavings: st.SearchStrategy[Command] = st.builds(Leave, accounts, st.sampled_from([0, 0, 0, 1, 5]), amounts)
payers: st.SearchStrategy[Command] = st.builds(PayIn, accounts, st.sampled_from([True, True, True, False]))
rates: st.SearchStrategy[Command] = st.builds(Fees, accounts, st.integers(0, 20), st.integers(0, 40))
simple: st.SearchStrategy[Command] = weighted(
    prices, prices, placements, placements, placements, placements, leavings, leavings, replacements, cancels, matches,
    payers, rates, st.just(DAY),
)  # fmt: skip


def fresh(symbol: str) -> Price:
    """A price that anything meets which is not too passive."""
    return Price(symbol, 0, 0, 0, 0, stale=False)


@st.composite
def a_day(draw: st.DrawFn) -> list[Command]:
    """Volume, and the next day, on which it may count."""
    symbol = draw(symbols)
    return [fresh(symbol), *draw(st.lists(placements, min_size=1, max_size=4)), DAY, fresh(symbol), draw(placements)]


@st.composite
def short_of_it(draw: st.DrawFn) -> list[Command]:
    """Two fills of one account go for BNB that is enough for one, or none, or comes and goes between two steps."""
    account, symbol = draw(accounts), draw(symbols)
    take = Place(account, symbol, draw(sides), "LIMIT", -2, draw(st.integers(1, 6)), None)
    mine = st.builds(Leave, st.just(account), st.just(0), amounts)
    meanwhile = draw(st.lists(weighted(mine, st.just(take), leavings, placements), min_size=1, max_size=2))
    interrupted = Interrupted(take, draw(st.integers(1, 3)), tuple(meanwhile), dies=False)
    return [PayIn(account, pays=True), fresh(symbol), draw(mine), interrupted]


@st.composite
def come_and_gone(draw: st.DrawFn) -> list[Command]:
    """Enough BNB for a fee is there when it is decided on and gone when it is committed, or the other way round."""
    account, symbol = draw(accounts), draw(st.sampled_from(["BTC/USDT", "BNB/USDT"]))
    take = Place(account, symbol, draw(sides), "LIMIT", -2, draw(st.integers(1, 6)), None)
    there, then = draw(st.permutations([Leave(account, 0, 2_000_000), Leave(account, 0, draw(st.integers(0, 100)))]))
    interrupted = Interrupted(take, draw(st.integers(2, 3)), (then,), dies=False)
    return [PayIn(account, pays=True), fresh(symbol), there, interrupted]


@st.composite
def a_line_of_them(draw: st.DrawFn) -> list[Command]:
    """Resting orders of one account are filled at once, by two matchers, while BNB comes and goes."""
    account, symbol, side = draw(accounts), draw(symbols), draw(sides)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    line = [Place(account, symbol, side, "LIMIT", passive, draw(st.integers(1, 4)), None) for passive in (3, 2, 1)]
    mine = st.builds(Leave, st.just(account), st.just(0), amounts)
    others = draw(st.lists(weighted(st.just(Match()), mine), min_size=1, max_size=2))
    held_up = Interrupted(Match(), draw(st.integers(4, 9)), tuple(others), draw(st.integers(0, 5)) == 0)
    return [
        PayIn(account, pays=True),
        away,
        *line,
        draw(mine),
        crossing(side, symbol, draw(st.integers(0, 9))),
        held_up,
    ]


@st.composite
def all_of_it_sold(draw: st.DrawFn) -> list[Command]:
    """An order gives away all BNB there is, or all but enough for its fee, at once, or when it has rested, or instead
    of another that held it."""
    account, size = draw(accounts), draw(st.integers(2, 9))
    due = FEE_OF_A_STEP * size
    left = draw(st.sampled_from([0, 1000, due - 1, due, due, 1_000_000]))
    rests = draw(st.sampled_from([-2, 3, 3]))
    sell = Place(account, "BNB/USDT", Side.SELL, "LIMIT", rests, size, None)
    after = draw(
        st.sampled_from(
            [
                (),
                (crossing(Side.SELL, "BNB/USDT", 0), Match()),
                (Replace(0, -2, size, None),),
                (Replace(0, -2, size - 1, None),),
            ]
        )
    )
    return [PayIn(account, pays=True), fresh("BNB/USDT"), Leave(account, size, left), sell, *after]


@st.composite
def midnight(draw: st.DrawFn) -> list[Command]:
    """A day begins between a decision and its commit, or while two take the first fill of it."""
    account, symbol = draw(accounts), draw(st.sampled_from(["BTC/USDT", "ETH/BTC"]))
    take = Place(account, symbol, draw(sides), "LIMIT", -2, draw(st.integers(1, 6)), None)
    late = (Wait(-DAY.milliseconds), take, DAY)  # somebody whose clock is a day behind
    others = draw(st.sampled_from([(DAY, fresh(symbol), take), (take,), late, late, (DAY, fresh(symbol))]))
    interrupted = Interrupted(take, draw(st.integers(1, 3)), others, dies=False)
    before = draw(st.sampled_from([(), (take,), (take, DAY), (take, DAY, fresh(symbol)), (DAY,)]))
    return [fresh(symbol), *before, fresh(symbol), interrupted, take, DAY, fresh(symbol), take]


@st.composite
def kept(draw: st.DrawFn) -> list[Command]:
    """Volume is kept, lost, brought back and cloned, and counts a day later."""
    account, symbol = draw(accounts), draw(symbols)
    take = Place(account, symbol, draw(sides), "LIMIT", -2, draw(st.integers(2, 6)), None)
    backs = [Restore(account, 0), Restore(account, 0), Clone(account), Reset(account, 0)]
    back: Command = draw(st.sampled_from(backs))
    return [fresh(symbol), take, Keep(account, 0), take, back, DAY, fresh(symbol), take]


phases = weighted(
    st.lists(simple, min_size=2, max_size=6),
    a_day(),
    a_day(),
    short_of_it(),
    short_of_it(),
    come_and_gone(),
    come_and_gone(),
    a_line_of_them(),
    a_line_of_them(),
    all_of_it_sold(),
    all_of_it_sold(),
    midnight(),
    midnight(),
    kept(),
)
fee_histories = st.lists(phases, min_size=4, max_size=9).map(
    lambda parts: [command for part in parts for command in part]
)
