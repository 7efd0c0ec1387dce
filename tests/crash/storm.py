"""The storm: all runs at once, anything is killed at any time, and what was acknowledged is written down here."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from mockexchange.clock import SystemClock
from mockexchange.exchange import Exchange
from mockexchange.feed.feeding import Feeder
from mockexchange.local.tcp_ports import is_free
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .messages import Accepted, Job, Tried
from .operations import ACCOUNTS
from .prices import SwingingPrices
from .processes import SLOTS, Life, Slot, Worker
from .worker import LOG_LENGTH, rules

VALKEY = "valkey"
EVERYTHING = "everything"
FROZEN = "frozen"

PATIENCE = 60.0
"""Seconds that a storm may take beyond its length, on a machine that has much else to do."""

LONGEST_OUTAGE = 0.3
"""Seconds that Valkey is gone at most: long enough for everybody to notice."""

LONGEST_FREEZE = 0.3
"""Seconds that a worker stands still at most: the others are several ticks further then."""

LOOK = 0.05
"""Seconds between two looks at whether a worker ended of itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long the storm lasts (s), how often something is killed, and the seed of all chance."""

    seconds: float
    kills: int
    seed: int

    def victims(self) -> list[str]:
        """Roles to kill one of, Valkey, or everything at once, in the order of their turns; and, beside the kills, a
        turn to freeze any one worker for every third."""
        named = [EVERYTHING] * max(1, self.kills // 40) + [VALKEY] * max(3, self.kills // 8)
        workers = ("writer", "matcher", "writer", "feeder")
        named += [workers[turn % len(workers)] for turn in range(max(len(workers), self.kills - len(named)))]
        named += [FROZEN] * (len(named) // 3)
        random.Random(self.seed).shuffle(named)
        return named


@dataclass(slots=True)
class Record:
    """What the storm saw: every worker's life with all that it acknowledged, and what should not have happened."""

    plan: Plan
    lives: list[Life] = field(default_factory=list[Life])
    strikes: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])

    @property
    def accepted(self) -> int:
        """Acknowledgements of orders so far."""
        return sum(isinstance(message, Accepted) for life in self.lives for message in list(life.messages))

    def last_tried(self, stream: str) -> int:
        """The furthest operation of a stream that anybody has begun; -1 when there is none."""
        furthest = -1
        for life in self.lives:
            if life.slot.stream == stream:
                last = next((each.number for each in reversed(life.messages) if isinstance(each, Tried)), -1)
                furthest = max(furthest, last)
        return furthest


class Storm:
    """Valkey with its data in `data_dir`, the workers around it, and the hand that kills them. Use it as a context
    manager: Valkey stays until it ends. Only the thread that entered it may use it (Valkey's life hangs on it)."""

    def __init__(self, plan: Plan, data_dir: Path, say: Callable[[str], None]) -> None:
        """`say` gets what a person who waits wants to know."""
        self.record = Record(plan)
        self.valkey = EmbeddedValkey(data_dir, preferred_port=_port(), on_progress=say)
        self._plan = plan
        self._say = say
        self._chance = random.Random(plan.seed)
        self._workers: dict[Slot, Worker] = {}

    def __enter__(self) -> Storm:
        self.valkey.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self._workers.values():
            if not worker.ended:
                worker.kill()
        self.valkey.stop()

    def run(self) -> Record:
        """Everything from the opening of the accounts to the end of the last worker; Valkey is left running."""
        connection = Connection(self.valkey.url)
        store = ValkeyStore(connection, log_length=LOG_LENGTH)
        exchange = Exchange(store, SystemClock(), rules("touch"))
        for account_id in sorted(set(ACCOUNTS.values())):
            exchange.open_account(account_id, {asset: Decimal(10) ** 7 for asset in ("USDT", "BTC", "ETH")})
        Feeder(store, SwingingPrices(self._plan.seed), SystemClock()).tick()
        connection.close()

        for slot in SLOTS:
            self._start(slot)
        self._strike_all(self._plan.victims(), time.monotonic())
        for role in ("writer", "feeder", "matcher"):
            self._stop(role)
        return self.record

    def _strike_all(self, victims: list[str], began: float) -> None:
        deadline = began + self._plan.seconds + PATIENCE
        share = self._plan.seconds / len(victims)
        for turn, victim in enumerate(victims):
            self._wait(began + share * (turn + self._chance.random()))
            while not self._strike(victim):
                if self.record.problems:
                    return
                if time.monotonic() > deadline:
                    self.record.problems.append(f"no {victim} got to work in time to be killed")
                    return
                self._wait(time.monotonic() + LOOK)
        self._wait(began + self._plan.seconds)

    def _strike(self, victim: str) -> bool:
        """Kill and start again, or freeze; False when there is nobody to strike yet."""
        if victim in (VALKEY, EVERYTHING):
            if not all(worker.at_work for worker in self._workers.values()):
                return False
            if victim == EVERYTHING:
                for worker in self._workers.values():
                    worker.kill()
            self.valkey.kill()
            self._say(f"{victim} killed; {self.record.accepted:,} orders acknowledged so far")
            time.sleep(self._chance.uniform(0, LONGEST_OUTAGE))
            self.valkey.launch()
            self.valkey.wait_until_ready()
            if victim == EVERYTHING:
                for slot in SLOTS:
                    self._start(slot)
        else:
            slots = [slot for slot in SLOTS if victim in (slot.role, FROZEN) and self._workers[slot].at_work]
            if not slots:
                return False
            slot = self._chance.choice(slots)
            if victim == FROZEN:
                self._workers[slot].freeze(self._chance.uniform(0, LONGEST_FREEZE))
            else:
                self._workers[slot].kill()
                self._start(slot)
        self.record.strikes[victim] += 1
        return True

    def _start(self, slot: Slot) -> None:
        last = self.record.last_tried(slot.stream)
        # Half of those who take over ask again for what their predecessor may or may not have done.
        start = last if last >= 0 and self._chance.random() < 0.5 else last + 1
        life = Life(slot, len(self.record.lives) + 1)
        self.record.lives.append(life)
        job = Job(slot.role, self.valkey.url, self._plan.seed, life.number, slot.stream, start)
        self._workers[slot] = Worker(life, job)

    def _wait(self, until: float) -> None:
        """Sleep, with an eye on everybody; a worker that ends of itself is a problem, and ends the storm."""
        while not self.record.problems:
            for slot, worker in self._workers.items():
                if worker.ended:
                    self.record.problems.append(worker.wait(0) or f"{slot.name} ended, and nobody told it to")
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, LOOK))

    def _stop(self, role: str) -> None:
        stopping = [worker for slot, worker in self._workers.items() if slot.role == role and not worker.ended]
        for worker in stopping:
            worker.ask_to_stop()
        self.record.problems += [trouble for worker in stopping if (trouble := worker.wait(PATIENCE))]


def _port() -> int:
    """A free port below those that the system deals out to clients: while Valkey is gone, a client that calls its port
    must not be given that very port as its own."""
    for port in random.Random().sample(range(20_000, 30_000), 100):
        if is_free(port):
            return port
    raise OSError("none of 100 ports between 20,000 and 30,000 is free on 127.0.0.1")
