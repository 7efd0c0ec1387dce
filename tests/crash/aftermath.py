"""After the storm: match what is left, kill Valkey once more, and look at everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mockexchange.clock import SystemClock
from mockexchange.domain.audit import AuditReport
from mockexchange.domain.errors import ExchangeError
from mockexchange.exchange import Exchange
from mockexchange.store.dump import dump_valkey
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .books import check_fills, check_liquidity, check_replay, check_ticks, compare
from .messages import Conflicted, Matched, Waited
from .prices import SwingingPrices
from .promises import check_orders, check_payments
from .remains import Remains, read_remains
from .storm import Record, Storm
from .worker import LOG_LENGTH, rules


@dataclass(slots=True)
class Findings:
    """What was seen, counted, and what does not hold; `problems` is empty when nothing got lost."""

    problems: list[str]
    seen: Counter[str] = field(default_factory=Counter[str])
    audit: AuditReport = field(default_factory=AuditReport)


def examine(storm: Storm, say: Callable[[str], None]) -> tuple[Findings, Remains]:
    """Everything that can be found out once all workers have ended."""
    record = storm.record
    findings = Findings(list(record.problems))
    connection = Connection(storm.valkey.url)
    store = ValkeyStore(connection, log_length=LOG_LENGTH)
    exchange = Exchange(store, SystemClock(), rules("touch-size"))

    say("the last match")
    findings.problems += _last_match(exchange, findings.seen)

    say("valkey killed for the last time")
    before = dump_valkey(connection)
    storm.valkey.kill()
    storm.valkey.launch()
    storm.valkey.wait_until_ready()
    remains = read_remains(store, exchange)
    findings.problems += compare("before the last kill", before, "after it", remains.dump)

    say("the audit")
    findings.audit = exchange.audit()
    findings.problems += findings.audit.problems
    feed = store.feed_state()
    if feed is None:
        findings.problems.append("the feed's state is lost")
    else:
        prices = SwingingPrices(record.plan.seed)
        findings.problems += check_ticks(prices, feed, remains, findings.seen)
    connection.close()
    judge(record, remains, findings, say)
    return findings, remains


def _last_match(exchange: Exchange, seen: Counter[str]) -> Iterator[str]:
    try:
        seen["fills of the last match"] = exchange.match().fills
        again = exchange.match()
    except ExchangeError as error:
        yield f"the last match gave up, with nobody in its way: {error.detail}"
        return
    if again.ticks or again.fills:
        yield f"the last match left something to do: {again}"


def judge(record: Record, remains: Remains, findings: Findings, say: Callable[[str], None]) -> None:
    """Hold what remains against what was acknowledged, and against the rules."""
    seen, seed = findings.seen, record.plan.seed
    say("orders, payments and fills")
    findings.problems += check_orders(seed, record.lives, remains, seen)
    findings.problems += check_payments(seed, record.lives, remains, seen)
    findings.problems += check_fills(remains, seen)
    findings.problems += check_liquidity(remains)
    for life in record.lives:
        for message in life.messages:
            match message:
                case Conflicted(commits):
                    seen["conflicts"] += commits
                case Matched() if message.gaps:
                    findings.problems.append(f"{life.slot.name} missed {message.gaps} ticks")
                case Waited():
                    seen["outages met by matchers and feeders"] += 1
                case _:
                    pass
    say(f"the journal again, {len(remains.journal):,} entries")
    findings.problems += check_replay(remains, seen)
