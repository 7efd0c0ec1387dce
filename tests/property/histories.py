"""Histories for the world, as Hypothesis strategies."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st

from mockexchange.domain.orders import Side

from .world import (
    ACCOUNTS,
    MARKETS,
    MODELS,
    MOST_OPEN,
    STOPS,
    Amend,
    Cancel,
    Clone,
    Command,
    Feed,
    Fees,
    Interrupted,
    Keep,
    Match,
    Missed,
    Model,
    Pay,
    Place,
    PlaceMany,
    Price,
    Rejected,
    Replace,
    Reset,
    Restore,
    Sweep,
    Unanswered,
    Wait,
)

T = TypeVar("T")


def weighted(*strategies: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of these, as often as it is named. `one_of` draws what is named twice as if it were named once, and takes
    those within it apart, each of which is then as likely as any other."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


TRAILING = ["STOP_LOSS TRAILING", "STOP_LOSS_LIMIT TRAILING", "TAKE_PROFIT TRAILING", "STOP_LOSS TRAILING FROM"]
symbols = st.sampled_from(MARKETS)
accounts = st.sampled_from(ACCOUNTS)
levels = st.integers(-4, 4)
client_ids = weighted(st.none(), st.none(), st.sampled_from(["a", "b", "c"]))

prices: st.SearchStrategy[Command] = st.builds(
    Price,
    symbol=symbols,
    level=levels,
    spread=st.integers(0, 2),
    bid_size=st.integers(0, 6),
    ask_size=st.integers(0, 6),
    stale=st.integers(0, 19).map(lambda chance: chance == 0),
)
placements: st.SearchStrategy[Command] = st.builds(
    Place,
    account=accounts,
    symbol=symbols,
    side=st.sampled_from(Side),
    kind=st.sampled_from(
        ["LIMIT"] * 8 + ["POST ONLY", "GTD", "ICEBERG", "IOC", "FOK", "MARKET", "MARKET QUOTE", *STOPS, *TRAILING]
    ),
    passive=st.sampled_from([-1, 0, 1, 2, 2, 3, 3, 4]),
    size=st.integers(1, 9),
    client_id=client_ids,
)
lists: st.SearchStrategy[Command] = st.builds(
    PlaceMany,
    account=accounts,
    symbol=symbols,
    side=st.sampled_from(Side),
    kind=st.sampled_from(["OCO", "OCO", "OTO", "OTOCO"]),
    passive=st.sampled_from([-1, 1, 2, 3]),
    gain=st.sampled_from([1, 2, 3, 4]),
    loss=st.sampled_from([1, 2, 3, 4]),
    limited=st.booleans(),
    waiting=st.sampled_from(["LIMIT", "MARKET", "STOP"]),
    size=st.integers(1, 6),
    client_id=client_ids,
)
cancels: st.SearchStrategy[Command] = st.builds(Cancel, newest=st.integers(0, 7))
replacements: st.SearchStrategy[Command] = st.builds(
    Replace, newest=st.integers(0, 7), passive=st.integers(-1, 3), size=st.integers(1, 9), client_id=client_ids
)
amendments: st.SearchStrategy[Command] = st.builds(
    Amend, newest=st.integers(0, 7), size=st.integers(1, 6), client_id=client_ids
)
payments: st.SearchStrategy[Command] = st.builds(
    Pay,
    account=accounts,
    asset=st.sampled_from(["USDT", "BTC", "SHIB", "NEW"]),
    # Digits all over, so that carries and borrows cross every limb.
    amount=st.tuples(st.integers(1, 10**9), st.sampled_from([1, -1])).map(
        lambda drawn: drawn[1] * (drawn[0] * 987654321987654321 % 10**25 + 1)
    ),
)
waits: st.SearchStrategy[Command] = st.sampled_from([Wait(1_000)] * 7 + [Wait(70_000)])
matches: st.SearchStrategy[Command] = st.just(Match())

simple = weighted(
    prices, prices, prices, placements, placements, placements, placements, placements,
    cancels, replacements, amendments, matches, payments, payments, waits, lists,
)  # fmt: skip


def _interruptions(inner: st.SearchStrategy[Command]) -> st.SearchStrategy[Command]:
    """A command with others between two of its steps; often the very same command, as when it is invoked twice."""

    def with_others(command: Command) -> st.SearchStrategy[Command]:
        others = weighted(st.just((command,)), st.tuples(inner), st.tuples(inner, st.just(command)))
        dies = st.integers(0, 3).map(lambda chance: chance == 0)
        return st.builds(Interrupted, command=st.just(command), step=st.integers(1, 9), others=others, dies=dies)

    interrupted = weighted(matches, matches, placements, placements, cancels, replacements, amendments, lists)
    return interrupted.flatmap(with_others)


once_interrupted = _interruptions(simple)
twice_interrupted = _interruptions(weighted(simple, once_interrupted))


@st.composite
def contested(draw: st.DrawFn) -> list[Command]:
    """A price, then the matcher twice at once: the heart of the matter, so it comes often."""
    interrupted = Interrupted(Match(), draw(st.integers(1, 9)), (Match(),), draw(st.booleans()))
    return [draw(prices), interrupted, Match()]


@st.composite
def overtaken(draw: st.DrawFn) -> list[Command]:
    """A price moves and is matched between a placement's decision and its commit."""
    placement = draw(weighted(placements, replacements))
    return [Interrupted(placement, draw(st.integers(1, 3)), (draw(prices), Match()), dies=False)]


@st.composite
def late(draw: st.DrawFn) -> list[Command]:
    """A price goes stale before it is matched, and an order is placed meanwhile."""
    return [draw(placements), draw(prices), Wait(70_000), draw(placements), Match()]


candles: st.SearchStrategy[Command] = st.builds(
    Missed,
    symbol=symbols,
    low=st.integers(-5, 0),
    high=st.integers(0, 5),
    minutes=st.integers(1, 4),
    cut=st.integers(0, 4).map(lambda chance: chance == 0),
)


@st.composite
def missed(draw: st.DrawFn) -> list[Command]:
    """Prices stop while orders rest, come and change, and what was missed is gone through amid more of that."""
    busy = st.lists(weighted(placements, placements, amendments, cancels, matches), max_size=2)
    held_up = Interrupted(
        Match(), draw(st.integers(1, 9)), draw(st.sampled_from([(Match(),), (draw(candles), Match())])), dies=False
    )
    first: list[Command] = [draw(prices), *draw(st.lists(placements, min_size=1, max_size=3)), Match()]
    return [*first, *draw(busy), draw(candles), held_up, *draw(busy), draw(candles), *draw(busy), Match(), draw(prices)]


def crossing(side: Side, symbol: str, size: int) -> Price:
    """A price that reaches every resting order of a side, with `size` steps to take."""
    return Price(symbol, -5 if side is Side.BUY else 5, 0, size, size, stale=False)


@st.composite
def outlived(draw: st.DrawFn) -> list[Command]:
    """A matcher is held up while another does the same tick and the next one: too little for all, then out of reach."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    resting: list[Command] = [
        Place(account, symbol, side, "LIMIT", passive, draw(st.integers(2, 5)), None) for passive in (4, 3, 2)
    ]
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 9)
    others = (Match(), away, Match())
    held_up = Interrupted(Match(), draw(st.integers(4, 8)), others, dies=False)
    return [away, *resting, Match(), crossing(side, symbol, draw(st.integers(1, 4))), held_up]


@st.composite
def taken_twice(draw: st.DrawFn) -> list[Command]:
    """Two orders of one account go for the same small offer at once."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    taker = Place(account, symbol, side, "LIMIT", -2, draw(st.integers(2, 6)), None)
    offer = Price(symbol, 0, 1, 3, 3, stale=False)
    return [offer, Interrupted(taker, draw(st.integers(1, 3)), (taker,), dies=False), Match()]


@st.composite
def named_twice(draw: st.DrawFn) -> list[Command]:
    """One client order id is claimed by two requests at once."""
    name = f"n{draw(st.integers(0, 999))}"
    first = Place(draw(accounts), draw(symbols), draw(st.sampled_from(Side)), "LIMIT", 3, 1, name)
    second = replace(first, size=draw(st.integers(1, 2)))
    return [Interrupted(first, draw(st.integers(1, 3)), (second,), dies=False)]


@st.composite
def crowded(draw: st.DrawFn) -> list[Command]:
    """More orders than may be open, the last of them at once, while others end."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, draw(st.sampled_from(["LIMIT", "TAKE_PROFIT"])), 3, 1, None)
    contenders = st.sampled_from([rest, rest, Cancel(0), Replace(0, 2, 1, None)])
    last = Interrupted(rest, draw(st.integers(1, 2)), (draw(contenders), draw(contenders)), dies=False)
    return [away, *[rest] * draw(st.integers(MOST_OPEN - 2, MOST_OPEN)), last, rest]


@st.composite
def renamed(draw: st.DrawFn) -> list[Command]:
    """An order is made smaller and takes another name, while its old one or that one is claimed by a new order."""
    account, symbol, side = draw(accounts), draw(symbols), draw(st.sampled_from(Side))
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    old, new = draw(st.sampled_from([("a", "b"), ("b", "a"), ("a", "c"), (None, "c")]))
    rest = Place(account, symbol, side, "LIMIT", 3, draw(st.integers(3, 5)), old)
    claim = Place(account, symbol, side, "LIMIT", 2, 1, draw(st.sampled_from([old, new])))
    amend = Amend(0, draw(st.integers(1, 3)), new)
    first, second = draw(st.permutations([amend, claim]))
    return [away, rest, Interrupted(first, draw(st.integers(1, 4)), (second,), dies=False), Amend(0, 1, old)]


@st.composite
def fought_over(draw: st.DrawFn) -> list[Command]:
    """A resting order is canceled, replaced, made smaller and filled at once."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, "LIMIT", 3, draw(st.integers(2, 5)), None)
    contenders = st.sampled_from([Cancel(0), Cancel(0), Match(), Replace(0, 2, 2, None), Amend(0, 1, "a")])
    first = Interrupted(draw(contenders), draw(st.integers(1, 9)), (draw(contenders), draw(contenders)), dies=False)
    return [away, rest, Match(), crossing(side, symbol, draw(st.integers(0, 9))), first]


@st.composite
def turned_away(draw: st.DrawFn) -> list[Command]:
    """The first in line takes all there is, and is canceled before that is committed: the next in line is due."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    line: list[Command] = [Place(account, symbol, side, "LIMIT", passive, 2, None) for passive in (3, 2)]
    canceled = Interrupted(Match(), draw(st.integers(4, 12)), (Cancel(0),), dies=False)
    return [away, *line, Match(), crossing(side, symbol, draw(st.integers(1, 2))), canceled]


@st.composite
def timed_out(draw: st.DrawFn) -> list[Command]:
    """Orders with a date are reached before it, at it or never, while the matcher is late, twice at it or held up, and
    while others cancel, replace or shrink them."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    other = Side.SELL if side is Side.BUY else Side.BUY
    rest: list[Command] = [
        Place(account, symbol, side, "GTD", passive, draw(st.integers(2, 5)), None) for passive in (3, 2)
    ]
    near = crossing(side, symbol, draw(st.integers(0, 3)))
    moves: list[Command] = draw(
        st.lists(st.sampled_from([near, near, crossing(other, symbol, 0), Match(), Wait(990)]), max_size=3)
    )
    contenders = st.sampled_from([Match(), Match(), near, Cancel(0), Replace(0, 2, 2, None), Amend(0, 1, None)])
    held_up = Interrupted(
        draw(st.sampled_from([Match(), Match(), Cancel(0), Amend(0, 1, None)])),
        draw(st.integers(1, 9)),
        (draw(contenders), *draw(st.sampled_from([(), (Wait(1_000),), (near, Match())]))),
        draw(st.booleans()),
    )
    over = draw(st.sampled_from([Wait(990), Wait(1_000), Wait(1_000), Wait(70_000)]))
    return [crossing(other, symbol, 0), Match(), *rest, *moves, over, *draw(st.sampled_from([(), (near,)])), held_up]


@st.composite
def triggered(draw: st.DrawFn) -> list[Command]:
    """Stops are reached while the matcher, or whoever cancels, replaces or shrinks one, is held up."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    kinds = st.sampled_from(["STOP_LOSS", "STOP_LOSS_LIMIT", "STOP_LOSS_LIMIT"])
    stops: list[Command] = [
        Place(account, symbol, side, draw(kinds), passive, draw(st.integers(2, 5)), None) for passive in (2, 3)
    ]
    level = 3 if side is Side.BUY else -3
    reached = Price(
        symbol, draw(st.sampled_from([level, level, 2 * level])), draw(st.integers(0, 2)), 4, 4, stale=False
    )
    contenders = st.sampled_from([Match(), Match(), Cancel(0), Replace(0, 2, 2, None), Amend(0, 1, None)])
    held_up = Interrupted(draw(contenders), draw(st.integers(1, 12)), (draw(contenders), Match()), draw(st.booleans()))
    return [crossing(side, symbol, 9), Match(), *stops, reached, held_up, Match()]


@st.composite
def trailing(draw: st.DrawFn) -> list[Command]:
    """Stops that trail the price, which goes up and down meanwhile, with the matcher held up at any tick of it."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    kinds = st.sampled_from(["STOP_LOSS TRAILING", "STOP_LOSS_LIMIT TRAILING", "TAKE_PROFIT TRAILING FROM"])
    commands: list[Command] = [Price(symbol, 0, 1, 4, 4, stale=False), Match()]
    for _ in range(draw(st.integers(2, 4))):
        commands.append(Place(account, symbol, side, draw(kinds), 1, draw(st.integers(2, 5)), None))
        moves = draw(st.lists(levels, min_size=1, max_size=3))
        commands += [Price(symbol, level, 1, 4, 4, stale=False) for level in moves]
        contenders = st.sampled_from([Match(), Match(), Cancel(0), commands[-1]])
        commands.append(draw(st.sampled_from([
            Match(), Interrupted(Match(), draw(st.integers(1, 14)), (draw(contenders), Match()), draw(st.booleans()))
        ])))  # fmt: skip
    return [*commands, Match()]


@st.composite
def paired(draw: st.DrawFn) -> list[Command]:
    """One of two orders that cancel each other is reached, in part or whole, while the matcher, or whoever cancels,
    replaces or shrinks one of them, is held up."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    flat = Price(symbol, 0, 0, 9, 9, stale=False)
    pair = PlaceMany(account, symbol, side, "OCO", 0, 2, 2, draw(st.booleans()), "", draw(st.integers(2, 6)), None)
    level = draw(st.sampled_from([3, -3]))
    sizes = st.integers(1, 9)
    reached = Price(symbol, level, draw(st.integers(0, 1)), draw(sizes), draw(sizes), stale=False)
    contenders = st.sampled_from(
        [Match(), Match(), Cancel(0), Cancel(1), Replace(1, 2, 2, None), Amend(0, 1, None), Amend(1, 1, None)]
    )
    held_up = Interrupted(draw(contenders), draw(st.integers(1, 13)), (draw(contenders), Match()), draw(st.booleans()))
    shrunk: list[Command] = [draw(st.sampled_from([Match(), Amend(0, 1, None), Amend(1, 1, None)]))]
    return [flat, Match(), pair, *shrunk, reached, held_up, Match()]


@st.composite
def bracketed(draw: st.DrawFn) -> list[Command]:
    """A working order is filled, in part or whole, at once or later, and then what waited for it is reached."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    flat = Price(symbol, 0, 0, 9, 9, stale=False)
    kind, waiting = draw(st.sampled_from(["OTO", "OTOCO", "OTOCO"])), draw(st.sampled_from(["LIMIT", "MARKET", "STOP"]))
    passive, size = draw(st.sampled_from([-1, 1, 2])), draw(st.integers(2, 5))
    bracket = PlaceMany(account, symbol, side, kind, passive, 3, 4, draw(st.booleans()), waiting, size, None)
    sizes = st.integers(0, 9)
    filling = Price(symbol, -2 if side is Side.BUY else 2, 0, draw(sizes), draw(sizes), stale=False)
    reached = Price(symbol, draw(st.sampled_from([5, -5])), draw(st.integers(0, 1)), 9, 9, stale=False)
    contenders = st.sampled_from([Match(), Match(), Match(), Cancel(0), Cancel(2), Amend(0, 1, None)])
    filled = Interrupted(draw(contenders), draw(st.integers(1, 13)), (draw(contenders),), draw(st.booleans()))
    ended = Interrupted(draw(contenders), draw(st.integers(1, 13)), (draw(contenders),), draw(st.booleans()))
    return [flat, Match(), bracket, filling, filled, Match(), reached, ended, Match()]


@st.composite
def in_and_out(draw: st.DrawFn) -> list[Command]:
    """More than 2^63 smallest units in, some of them out again."""
    account = draw(accounts)
    amount = draw(st.integers(10**6, 10**9)) * 987654321987654321
    parts = [Pay(account, "SHIB", -(amount * draw(st.integers(1, 300)) // 1000 + 1)) for _ in range(3)]
    return [Pay(account, "SHIB", amount), *parts]


@st.composite
def doubly_contested(draw: st.DrawFn) -> list[Command]:
    return [*draw(st.lists(placements, min_size=2, max_size=4)), *draw(contested()), *draw(contested())]


usual_phases = [
    st.lists(simple, min_size=2, max_size=6),
    st.lists(placements, min_size=1, max_size=5),
    doubly_contested(),
    contested(),
    overtaken(),
    late(),
    missed(),
    missed(),
    outlived(),
    outlived(),
    taken_twice(),
    named_twice(),
    in_and_out(),
    turned_away(),
    triggered(),
    triggered(),
    trailing(),
    trailing(),
    paired(),
    paired(),
    timed_out(),
    timed_out(),
    timed_out(),
    bracketed(),
    bracketed(),
    crowded(),
    crowded(),
    renamed(),
    fought_over(),
    fought_over(),
    st.lists(weighted(once_interrupted, twice_interrupted), min_size=1, max_size=2),
    st.lists(once_interrupted, min_size=1, max_size=2),
]
phases = weighted(*usual_phases)
histories = st.lists(phases, min_size=5, max_size=10).map(lambda parts: [command for part in parts for command in part])


# With orders that wait in line, which only models that read the tape tell from others.


@st.composite
def in_line(draw: st.DrawFn) -> list[Command]:
    """Orders come to rest behind those who stand at the best price, and less trades there, or more, than stands before
    them, tick by tick, with the matcher or whoever comes to stand there held up."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    level, spread = draw(st.integers(-3, 3)), draw(st.integers(1, 2))
    passive = -level if side is Side.BUY else level + spread
    sizes = st.sampled_from([1, 3, 4, 7, 9])

    def same() -> Price:
        return Price(symbol, level, spread, draw(sizes), draw(sizes), stale=False)

    def rest() -> Place:
        return Place(account, symbol, side, draw(kinds), passive, draw(st.integers(1, 9)), None)

    kinds = st.sampled_from(["LIMIT", "LIMIT", "LIMIT", "ICEBERG"])
    held_up = st.integers(1, 9).map(lambda step: Interrupted(Match(), step, (Match(),), dies=False))
    commands: list[Command] = [same(), Match(), rest()]
    for _ in range(draw(st.integers(2, 4))):
        commands.append(same())
        commands.append(draw(weighted(matches, matches, held_up, st.just(Amend(0, 1, None)))))
        if not draw(st.integers(0, 3)):
            commands.append(Interrupted(rest(), draw(st.integers(1, 3)), (same(), Match()), dies=False))
    return [*commands, Match()]


queue_phases = weighted(*usual_phases, *[in_line()] * 5)
queue_histories = st.lists(queue_phases, min_size=5, max_size=10).map(
    lambda parts: [command for part in parts for command in part]
)


# With accounts that begin anew, are kept, brought back and cloned.

places = st.integers(0, 1)
fees: st.SearchStrategy[Command] = st.builds(Fees, accounts, st.integers(0, 20), st.integers(0, 40))
keepings: st.SearchStrategy[Command] = st.builds(Keep, accounts, places)
restorations: st.SearchStrategy[Command] = st.builds(Restore, accounts, places)
resets: st.SearchStrategy[Command] = st.builds(Reset, accounts, st.sampled_from([0, 500]))
clones: st.SearchStrategy[Command] = st.builds(Clone, accounts)
sweeps: st.SearchStrategy[Command] = st.just(Sweep())
of_account = weighted(
    keepings, keepings, restorations, restorations, restorations, resets, clones, clones, fees, fees, sweeps
)


@st.composite
def meddled_with(draw: st.DrawFn) -> list[Command]:
    """What changes an account as a whole, with trading between two of its steps."""
    command = draw(weighted(keepings, restorations, restorations, resets, clones))
    others = tuple(draw(st.lists(weighted(simple, simple, of_account), min_size=1, max_size=3)))
    return [Interrupted(command, draw(st.integers(1, 12)), others, draw(st.integers(0, 3)) == 0)]


@st.composite
def left_behind(draw: st.DrawFn) -> list[Command]:
    """The matcher is held up while an account that has orders before it begins anew."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, "LIMIT", 3, draw(st.integers(2, 5)), None)
    meanwhile = draw(st.sampled_from([Reset(account, 0), Restore(account, 0), Restore(account, 1)]))
    held_up = Interrupted(Match(), draw(st.integers(1, 9)), (meanwhile,), dies=False)
    return [away, rest, draw(keepings), crossing(side, symbol, draw(st.integers(0, 9))), held_up, Match()]


@st.composite
def brought_back_too_late(draw: st.DrawFn) -> list[Command]:
    """A resting order is kept and brought back in a time without prices, and then what was missed is gone through."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, "LIMIT", 3, draw(st.integers(2, 5)), None)
    candle = Missed(symbol, -5, 5, 1, cut=False)
    return [away, rest, Match(), Keep(account, 0), Wait(70_000), Restore(account, 0), candle, Match(), candle, Match()]


@st.composite
def brought_back(draw: st.DrawFn) -> list[Command]:
    """A resting order is kept; filled, canceled or made smaller; and brought back."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, "LIMIT", 3, draw(st.integers(2, 5)), draw(client_ids))
    ended = draw(st.sampled_from([Cancel(0), Amend(0, 1, "b"), crossing(side, symbol, draw(st.integers(0, 3)))]))
    again = draw(st.sampled_from([(), (Match(),), (crossing(side, symbol, 0), Match())]))
    back: Command = Restore(account, 0)
    if draw(st.booleans()):
        back = Interrupted(back, draw(st.integers(4, 14)), (crossing(side, symbol, 0), Match()), dies=False)
    return [away, rest, Keep(account, 0), ended, Match(), back, *again]


@st.composite
def brought_back_overdue(draw: st.DrawFn) -> list[Command]:
    """An order with a date is kept, and brought back or cloned about when that is over, with others in between."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away, near = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0), crossing(side, symbol, 3)
    rest = Place(account, symbol, side, "GTD", 3, draw(st.integers(2, 5)), None)
    before = draw(st.sampled_from([(), (near,), (Match(),), (near, Match())]))
    over = Wait(draw(st.sampled_from([500, 990, 1_000, 1_000, 70_000])))
    back: Command = draw(st.sampled_from([Restore(account, 0), Restore(account, 0), Reset(account, 0), Clone(account)]))
    meddling = draw(st.sampled_from([(Match(),), (near, Match()), (Cancel(0),), (Wait(1_000), Match())]))
    mutual = draw(st.sampled_from([(back, meddling), (Match(), (back,)), (Match(), (back, *meddling))]))
    held_up = Interrupted(mutual[0], draw(st.integers(1, 14)), mutual[1], dies=draw(st.booleans()))
    return [away, Match(), rest, Keep(account, 0), *before, over, held_up, Match(), Wait(1_000), Match()]


@st.composite
def read_too_early(draw: st.DrawFn) -> list[Command]:
    """The books of an account are read, and change before what was decided on them is committed."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, "LIMIT", 3, draw(st.integers(2, 5)), None)
    amend = Amend(0, 1, draw(client_ids))
    change = draw(st.sampled_from([Pay(account, "USDT", 12345), Cancel(0), Cancel(0), amend, amend, rest]))
    command = draw(st.sampled_from([Keep(account, 0), Keep(account, 1), Reset(account, 0)]))
    return [away, rest, Interrupted(command, draw(st.integers(3, 7)), (change,), dies=False)]


@st.composite
def short_of_money(draw: st.DrawFn) -> list[Command]:
    """A stop that buys costs more than it holds, and there is too little beside that, or just enough."""
    account = draw(accounts)
    low, high = Price("BTC/USDT", -3, 0, 0, 0, stale=False), Price("BTC/USDT", 3, 3, 0, 0, stale=False)
    stop = Place(account, "BTC/USDT", Side.BUY, "STOP_LOSS", 1, 40, None)
    spent = Pay(account, "USDT", -draw(st.sampled_from([610, 610, 580])))
    return [Reset(account, 500), low, Match(), stop, spent, high, draw(st.sampled_from([Match(), *contested_match]))]


@st.composite
def beyond_means(draw: st.DrawFn) -> list[Command]:
    """An account of 500 dollars buys, and cannot pay for the sale that waited for it: the fee is missing."""
    account, kind = draw(accounts), draw(st.sampled_from(["OTO", "OTOCO"]))
    flat = Price("BTC/USDT", 0, 0, 0, 0, stale=False)
    waiting = draw(st.sampled_from(["LIMIT", "MARKET", "STOP"]))
    passive = draw(st.sampled_from([-1, 2]))
    bracket = PlaceMany(
        account, "BTC/USDT", Side.BUY, kind, passive, 3, 4, limited=True, waiting=waiting, size=5, client_id=None
    )
    filling = Price("BTC/USDT", -3, 0, 0, 0, stale=False)
    return [Reset(account, 500), flat, Match(), bracket, filling, Match(), Match(), flat, Match()]


@st.composite
def tightly_paired(draw: st.DrawFn) -> list[Command]:
    """An account of 500 dollars puts nearly all of it into two orders that cancel each other, and tries to withdraw
    more than the dearer of them leaves; then that one is triggered."""
    account, flat = draw(accounts), Price("BTC/USDT", 0, 0, 0, 0, stale=False)
    pair = PlaceMany(account, "BTC/USDT", Side.BUY, "OCO", 0, 2, 2, True, "", 40, None)
    taken = Pay(account, "USDT", -draw(st.sampled_from([600, 620, 620])))
    return [Reset(account, 500), flat, Match(), pair, taken, replace(flat, level=2), Match(), flat, Match()]


contested_match = [Interrupted(Match(), step, (Match(),), dies=dies) for step in (5, 9, 12) for dies in (False, True)]


@st.composite
def triggered_meanwhile(draw: st.DrawFn) -> list[Command]:
    """A stop is triggered and rests, which changes no list, while its account's books are read."""
    account, symbol = draw(accounts), draw(symbols)
    low, high = Price(symbol, -3, 0, 0, 0, stale=False), Price(symbol, 1, 4, 0, 0, stale=False)
    # sizes of a remainder of 0 by 3 have a limit below the stop price, which the ask is above
    stop = Place(account, symbol, Side.BUY, "STOP_LOSS_LIMIT", 1, 3, None)
    command = draw(st.sampled_from([Keep(account, 0), Keep(account, 1), Reset(account, 0)]))
    return [low, Match(), stop, Interrupted(command, draw(st.integers(3, 7)), (high, Match()), dies=False)]


@st.composite
def kept_anew(draw: st.DrawFn) -> list[Command]:
    """A snapshot makes way for another of its name while it is being restored."""
    account, place = draw(accounts), draw(places)
    keep = Keep(account, place)
    return [
        keep,
        Pay(account, "USDT", 777),
        Interrupted(Restore(account, place), draw(st.integers(8, 15)), (keep,), dies=False),
    ]


account_phases = weighted(
    st.lists(simple, min_size=2, max_size=6),
    st.lists(placements, min_size=1, max_size=5),
    st.lists(of_account, min_size=1, max_size=3),
    st.lists(fees, min_size=1, max_size=2),
    st.lists(of_account, min_size=1, max_size=3),
    meddled_with(),
    meddled_with(),
    left_behind(),
    beyond_means(),
    tightly_paired(),
    paired(),
    brought_back(),
    brought_back_too_late(),
    missed(),
    read_too_early(),
    read_too_early(),
    kept_anew(),
    timed_out(),
    brought_back_overdue(),
    short_of_money(),
    triggered_meanwhile(),
    triggered(),
    trailing(),
    renamed(),
    late(),
)
account_histories = st.lists(account_phases, min_size=5, max_size=10).map(
    lambda parts: [command for part in parts for command in part]
)


# With accounts that have fill models of their own.

choices: st.SearchStrategy[Command] = st.builds(Model, accounts, st.sampled_from(MODELS))


@st.composite
def compared(draw: st.DrawFn) -> list[Command]:
    """Both accounts have the same order, each under its own model, and the price comes near."""
    order, near = draw(placements), crossing(draw(st.sampled_from(Side)), draw(symbols), draw(st.integers(1, 4)))
    both: list[Command] = [replace(order, account=account) for account in ACCOUNTS if isinstance(order, Place)]
    return [draw(choices), draw(choices), *both, draw(prices), Match(), near, Match(), draw(prices)]


@st.composite
def changed_meanwhile(draw: st.DrawFn) -> list[Command]:
    """An account's model changes while something of it is decided, and the other way around."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    rest = Place(account, symbol, side, "LIMIT", draw(st.integers(-1, 3)), draw(st.integers(2, 5)), None)
    change, near = Model(account, draw(st.sampled_from(MODELS))), crossing(side, symbol, draw(st.integers(0, 4)))
    held_up = draw(
        st.sampled_from(
            [
                Interrupted(Match(), draw(st.integers(2, 12)), (change,), dies=False),
                Interrupted(rest, draw(st.integers(1, 3)), (change,), dies=False),
                Interrupted(change, 1, (rest, Match()), dies=False),
            ]
        )
    )
    return [draw(choices), away, rest, Match(), near, held_up, draw(prices), Match()]


@st.composite
def reached_further(draw: st.DrawFn) -> list[Command]:
    """The last price comes to an order, and the best prices stay away."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    apart = Price(symbol, -1 if side is Side.BUY else -2, 3, 2, 2, stale=False)
    rest = Place(account, symbol, side, "LIMIT", 0, draw(st.integers(1, 4)), None)
    last = Price(symbol, -4 if side is Side.BUY else -1, draw(st.sampled_from([4, 6])), 2, 2, stale=False)
    return [apart, Match(), rest, Model(account, "last"), last, draw(st.sampled_from([Match(), *contested_match]))]


model_phases = weighted(
    st.lists(simple, min_size=2, max_size=6),
    st.lists(choices, min_size=1, max_size=2),
    st.lists(weighted(keepings, restorations, resets, clones, fees), min_size=1, max_size=2),
    compared(),
    compared(),
    changed_meanwhile(),
    changed_meanwhile(),
    changed_meanwhile(),
    reached_further(),
    brought_back(),
    missed(),
    turned_away(),
    triggered(),
    trailing(),
)
model_histories = st.lists(model_phases, min_size=5, max_size=10).map(
    lambda parts: [command for part in parts for command in part]
)


# With faults on purpose.

limited: st.SearchStrategy[Place] = st.builds(
    Place,
    account=accounts,
    symbol=symbols,
    side=st.sampled_from(Side),
    kind=st.just("LIMIT"),
    passive=st.integers(-1, 4),
    size=st.integers(1, 9),
    client_id=st.none(),
)
exchanged: st.SearchStrategy[Replace] = st.builds(
    Replace, newest=st.integers(0, 7), passive=st.integers(-1, 3), size=st.integers(1, 9), client_id=st.none()
)
numbers = st.integers(0, 999)
feeds: st.SearchStrategy[Command] = weighted(
    st.builds(
        Feed, frozen=st.booleans(), stale=st.sampled_from([0, 0, 70_000]), gap=st.sampled_from(["0", "0.4", "1"])
    ),
    st.just(Feed()),
)
rejections: st.SearchStrategy[Command] = weighted(
    st.builds(Rejected, command=limited, number=numbers), st.builds(Rejected, command=exchanged, number=numbers)
)
unanswered: st.SearchStrategy[Command] = st.builds(Unanswered, command=limited, number=numbers)
on_purpose = weighted(rejections, unanswered, unanswered)


@st.composite
def gone_wrong(draw: st.DrawFn) -> list[Command]:
    """The feed goes wrong, and orders are placed and matched on what is left of it."""
    return [draw(feeds), draw(prices), draw(placements), draw(prices), Match(), draw(on_purpose), Feed(), draw(prices)]


@st.composite
def dated_in_the_dark(draw: st.DrawFn) -> list[Command]:
    """The feed goes wrong before an order's date, and is well again after it or never."""
    account, side, symbol = draw(accounts), draw(st.sampled_from(Side)), draw(symbols)
    rest = Place(account, symbol, side, "GTD", 3, draw(st.integers(2, 5)), None)
    near, over = crossing(side, symbol, 3), Wait(draw(st.sampled_from([990, 1_000, 1_000, 70_000])))
    well = draw(st.sampled_from([(), (Feed(),), (Feed(), near)]))
    away = crossing(Side.SELL if side is Side.BUY else Side.BUY, symbol, 0)
    return [Feed(), away, Match(), rest, draw(feeds), near, draw(prices), over, *well, Match(), Feed(), near, Match()]


@st.composite
def left_in_the_dark(draw: st.DrawFn) -> list[Command]:
    """What goes wrong with an order, with others between two of its steps; often the very same one."""
    command = draw(on_purpose)
    others = draw(weighted(st.just((command,)), st.tuples(simple), st.tuples(prices, st.just(Match()))))
    dies = draw(st.integers(0, 3)) == 0
    return [draw(prices), Interrupted(command, draw(st.integers(1, 4)), others, dies=dies), Match(), command]


chaos_phases = weighted(
    st.lists(simple, min_size=2, max_size=6),
    st.lists(on_purpose, min_size=1, max_size=3),
    gone_wrong(),
    gone_wrong(),
    left_in_the_dark(),
    left_in_the_dark(),
    dated_in_the_dark(),
    contested(),
    late(),
)
chaos_histories = st.lists(chaos_phases, min_size=5, max_size=10).map(
    lambda parts: [command for part in parts for command in part]
)
