"""One process that is killed: `python -m tests.crash.worker`, with its job in the first line of stdin.

It ends when stdin does, which is also what happens when the storm dies: no worker outlives it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from mockexchange.clock import SystemClock
from mockexchange.domain.errors import ExchangeError, ExchangeNotAvailable
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.ledger import LedgerKind
from mockexchange.domain.models import Engine
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.exchange import Exchange, PlacedOrder
from mockexchange.feed.feeding import Feeder
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .messages import (
    LONGEST,
    Accepted,
    Answer,
    Canceled,
    Conflicted,
    Failed,
    Fed,
    Job,
    Matched,
    Message,
    Paid,
    Refused,
    Tried,
    Unavailable,
    Waited,
    read_job,
    write,
)
from .operations import MODELS, Cancel, Operation, Pay, Place, Replace, operation
from .prices import INTERVAL, SwingingPrices

LOG_LENGTH = 1_000_000
"""Ticks kept, so that the whole storm's can be looked at afterwards."""

LAST_MOMENT = 20.0
"""Seconds in which a worker that was asked to end does so: more than its longest wait for Valkey."""

PAUSE = 0.002
"""Seconds between two operations of a writer, so that the matchers, who have more to do, keep up."""

LONGEST_RUN = 0.5
"""Seconds of one run of a matcher."""

PAYMENTS = 1_000_000
"""Payments of one life, at most: every attempt of every life has an amount of its own, in hundred-millionths."""


class Parent:
    """The storm: the process that started this one, at the other end of two pipes."""

    def __init__(self) -> None:
        self.job = read_job(sys.stdin.buffer.readline())
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def over(self, wait: float = 0.0) -> bool:
        """Whether this process should end; waits at most `wait` seconds for that."""
        return self._over.wait(wait)

    def tell(self, message: Message) -> None:
        os.write(sys.stdout.fileno(), write(message))

    def _watch(self) -> None:
        # Not sys.stdin: a thread that reads there holds its lock, which the interpreter wants when it ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        self._over.set()
        time.sleep(LAST_MOMENT)
        os._exit(3)  # whatever hangs: a process that nobody waits for must not stay


class CountingStore(ValkeyStore):
    """A store that counts the commits in which somebody else was first."""

    conflicts = 0

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        verdicts = super().commit(transactions)
        self.conflicts += verdicts.count(Verdict.CONFLICT)
        return verdicts


def rules(model: str) -> Rules:
    """The venue's rules; processes of one venue may differ in the fill model."""
    return Rules(Engine(fill_model(model)), maker_rate=Decimal("0.0004"), taker_rate=Decimal("0.001"))


class Writer:
    """Asks for one operation after the other."""

    def __init__(self, parent: Parent, store: CountingStore) -> None:
        self._parent, self._job, self._store = parent, parent.job, store
        self._exchange = Exchange(store, SystemClock(), rules(MODELS[parent.job.stream]))
        self._payments = 0

    def run(self) -> None:
        number = self._job.start
        while not self._parent.over():
            answer = self._attempt(number, operation(self._job.seed, self._job.stream, number))
            self._parent.tell(answer)
            if self._store.conflicts:
                self._parent.tell(Conflicted(self._store.conflicts))
                self._store.conflicts = 0
            if isinstance(answer, Unavailable):
                self._parent.over(0.05)
                if number % 2:
                    continue  # as a client does that asks again with the same client order id; others look later
            number += 1
            self._parent.over(PAUSE)

    def _attempt(self, number: int, asked: Operation) -> Answer:
        amount = None
        if isinstance(asked, Pay):
            self._payments += 1
            amount = Decimal(self._job.life * PAYMENTS + self._payments).scaleb(-8)
        self._parent.tell(Tried(number, amount))
        try:
            return self._do(number, asked, amount or Decimal(0))
        except ExchangeNotAvailable as error:
            return Unavailable(number, "nothing was changed" in error.detail, error.detail)
        except ExchangeError as error:
            return Refused(number, error.code)

    def _do(self, number: int, asked: Operation, amount: Decimal) -> Answer:
        match asked:
            case Place(command):
                return _accepted(number, self._exchange.place(command), None)
            case Replace(client_order_id, command):
                old = self._exchange.order(command.account_id, client_order_id=client_order_id).order_id
                return _accepted(number, self._exchange.replace(command.account_id, old, command), old)
            case Cancel(account_id, client_order_id):
                order = self._exchange.cancel(account_id, client_order_id=client_order_id)
                return Canceled(number, order.order_id, order.version, order.filled_quantity)
            case Pay(account_id, kind):
                pay = self._exchange.deposit if kind is LedgerKind.DEPOSIT else self._exchange.withdraw
                pay(account_id, "USDT", amount)
                return Paid(number, amount)


def _accepted(number: int, placed: PlacedOrder, replaced: int | None) -> Accepted:
    order = placed.order
    return Accepted(
        number, order.order_id, order.status, order.version, order.filled_quantity, placed.repeated, replaced
    )


def match(exchange: Exchange) -> Matched:
    """One run with no lease, as long as a scheduled one at most: what is left is for the next."""
    deadline = time.monotonic() + LONGEST_RUN
    report = exchange.match(keep_on=lambda: time.monotonic() < deadline)
    return Matched(report.ticks, report.fills, sum(report.gaps.values()))


def feed(feeder: Feeder) -> Fed:
    """One step."""
    return Fed(feeder.tick().appended)


def work(parent: Parent, job: Job) -> None:
    """Do what this worker is for until the storm is over."""
    store = CountingStore(Connection(job.valkey_url), log_length=LOG_LENGTH)
    if job.role == "writer":
        Writer(parent, store).run()
        return
    if job.role == "feeder":
        step = partial(feed, Feeder(store, SwingingPrices(job.seed), SystemClock()))
    else:
        step = partial(match, Exchange(store, SystemClock(), rules("touch-size")))
    while not parent.over(INTERVAL / 4000):  # four looks at every tick
        try:
            parent.tell(step())
        except ExchangeNotAvailable as error:
            parent.tell(Waited(error.detail))
            parent.over(0.05)
        if store.conflicts:
            parent.tell(Conflicted(store.conflicts))
            store.conflicts = 0


def main() -> int:
    """Work; 1 when something went wrong that no kill explains."""
    parent = Parent()
    try:
        work(parent, parent.job)
    except BrokenPipeError:
        return 0  # the storm is gone
    except Exception:  # noqa: BLE001  # whatever it was, the storm reports it
        parent.tell(Failed(traceback.format_exc()[-LONGEST // 4 :]))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
