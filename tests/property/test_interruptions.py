"""What random histories come to only by chance, for certain: a command is interrupted at each of its steps in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import strategies as st

from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.orders import Side
from mockexchange.store.valkey_connection import Connection

from .checks import FREE, SHORT, check_histories
from .fee_histories import DAY, fresh
from .histories import crossing
from .world import (
    CHARGES,
    MOST_OPEN,
    Amend,
    Cancel,
    Command,
    Interrupted,
    Keep,
    Match,
    Pay,
    Place,
    Price,
    Reset,
    Restore,
    Sweep,
    Wait,
)

BTC = "BTC/USDT"


@dataclass(frozen=True)
class Interruption:
    """`before`; then `command`, in the course of which `others` run from beginning to end; then `after`."""

    what: str
    before: tuple[Command, ...]
    command: Command
    others: tuple[Command, ...]
    after: tuple[Command, ...] = (Match(),)
    fees: FeeSchedule = FREE


def buy(passive: int, size: int, kind: str = "LIMIT") -> Place:
    return Place("alice", BTC, Side.BUY, kind, passive, size, None)


AWAY = crossing(Side.SELL, BTC, 9)
"""A price above every order to buy."""

REST = buy(3, 1)
TAKE = buy(-2, 2)

INTERRUPTIONS = [
    Interruption(
        "two place the last order that may be open",
        before=(AWAY, *[REST] * (MOST_OPEN - 1)),
        command=REST,
        others=(REST,),
    ),
    Interruption(
        "two orders of one account take what a tick shows",
        before=(Price(BTC, 0, 1, 3, 3, stale=False),),
        command=TAKE,
        others=(TAKE,),
    ),
    Interruption(
        "a tick that would fill an order is done while it is placed",
        before=(AWAY, buy(9, 1), Match()),
        command=REST,
        others=(crossing(Side.BUY, BTC, 9), Match()),
    ),
    Interruption(
        "another matcher does the tick, which is too little for all, and fills another on the next one",
        before=(
            Price(BTC, 0, 1, 0, 0, stale=False),
            *(buy(passive, 2) for passive in (4, 3, 2)),
            Place("bob", BTC, Side.SELL, "LIMIT", 3, 1, None),
            Match(),
            crossing(Side.BUY, BTC, 3),
        ),
        command=Match(),
        others=(Match(), AWAY, Match()),
    ),
    Interruption(
        "an account begins anew while a tick fills its order",
        before=(AWAY, REST, Match(), crossing(Side.BUY, BTC, 9)),
        command=Match(),
        others=(Reset("alice", 0),),
    ),
    Interruption(
        "an account is brought back while a tick fills its order",
        before=(AWAY, REST, Match(), Keep("alice", 0), crossing(Side.BUY, BTC, 9)),
        command=Match(),
        others=(Restore("alice", 0),),
    ),
    Interruption(
        "an account is brought back while the time of its order is up",
        before=(AWAY, Match(), buy(3, 1, "GTD"), Keep("alice", 0), Wait(2_000)),
        command=Match(),
        others=(Restore("alice", 0),),
    ),
    Interruption(
        "a stop is triggered, and rests, while the books of its account are read",
        # 3 steps: its limit is one price step below its stop price, and the ask above both
        before=(Price(BTC, -3, 0, 0, 0, stale=False), Match(), buy(1, 3, "STOP_LOSS_LIMIT")),
        command=Keep("alice", 0),
        others=(Price(BTC, 1, 4, 0, 0, stale=False), Match()),
    ),
    Interruption(
        "money comes in while the books of its account are read",
        before=(),
        command=Keep("alice", 0),
        others=(Pay("alice", "USDT", 12345),),
    ),
    Interruption(
        "an order is canceled while the books of its account are read",
        before=(AWAY, REST),
        command=Keep("alice", 0),
        others=(Cancel(0),),
    ),
    Interruption(
        "an order is made smaller while the books of its account are read",
        before=(AWAY, buy(3, 3)),
        command=Keep("alice", 0),
        others=(Amend(0, 1, None),),
    ),
    Interruption(
        "a tick that would fill an order is done while it is brought back",
        before=(AWAY, replace(buy(9, 1), account="bob"), REST, Match(), Keep("alice", 0), Cancel(0)),
        command=Restore("alice", 0),
        others=(crossing(Side.BUY, BTC, 9), Match()),
    ),
    Interruption(
        "books that nobody sees yet are swept",
        before=(AWAY, REST, Keep("alice", 0)),
        command=Restore("alice", 0),
        others=(Sweep(),),
    ),
    Interruption(
        "a day ends, and the next one has volume, before a fill is written",
        before=(fresh(BTC), TAKE),
        command=TAKE,
        others=(DAY, fresh(BTC), TAKE),
        after=(TAKE, DAY, fresh(BTC), TAKE),
        fees=CHARGES,
    ),
    Interruption(
        "the day before gets more volume, by a clock that is slow, before the first fill of a day is written",
        before=(fresh(BTC), TAKE, DAY, fresh(BTC)),
        command=TAKE,
        # on the other side of the tick, of which nobody has taken anything
        others=(Wait(-DAY.milliseconds), replace(TAKE, side=Side.SELL), DAY),
        after=(DAY, fresh(BTC), TAKE),
        fees=CHARGES,
    ),
]


@pytest.fixture
def connection(valkey_url: str) -> Iterator[Connection]:
    connection = Connection(valkey_url)
    yield connection
    connection.close()


@pytest.mark.parametrize("interruption", INTERRUPTIONS, ids=lambda each: each.what)
def test_at_any_step_it_gives_one_venue(interruption: Interruption, connection: Connection) -> None:
    interrupted = 0
    for step in count(1):
        held_up = Interrupted(interruption.command, step, interruption.others, dies=False)
        history = st.just([*interruption.before, held_up, *interruption.after])
        seen = check_histories("touch-size", connection, 1, phases=SHORT, of=history, fees=interruption.fees)
        if not seen["interruptions"]:
            break
        interrupted += 1
    assert interrupted > 1, "a command of one step cannot be interrupted"
