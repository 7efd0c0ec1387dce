"""One soak: an exchange with resting orders and a bot, watched for a time, and audited in the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import psutil

from mockexchange.clients.answers import Audit
from mockexchange.clients.http import ExchangeClient

from .bot import Bot, binance_client
from .market import SYMBOLS, Market
from .resting import open_account, rest
from .running import PARTS, Running, exchange
from .samples import CANDLES, HISTORY, Inside, Looker, Sample
from .verdict import Course

TICK_LOG_LENGTH = 300
"""Ticks kept per market. Five minutes: the log is full, and trimmed with every tick, before anything is measured."""

ENVIRONMENT = {
    "TICK_LOG_LENGTH": str(TICK_LOG_LENGTH),
    # limits on requests are about others, not about memory
    **dict.fromkeys(
        ("RATE_LIMIT_PER_MIN", "BINANCE_WEIGHT_PER_MIN", "BINANCE_ORDERS_PER_10S", "BINANCE_ORDERS_PER_DAY"), "0"
    ),
}

SAMPLE_EVERY = 5.0
INSIDE_EVERY = 60.0
"""Seconds between two looks; the second kind costs Valkey some tens of milliseconds."""

WARM_UP = TICK_LOG_LENGTH + 60.0
"""Seconds before anything counts: the tick logs are full then, and imports, connections and caches have settled."""

STILL_FILLING = 0.005
"""By which share the charts grow in a minute while the feeder fills them with a week of minutes; later each minute adds
a ten-thousandth. That takes ten minutes or so, and memory in every process: it is waited for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. `seconds` are those that count, after everything was set up and warmed up."""

    seconds: float
    markets: int = len(SYMBOLS)
    resting: int = 10_000
    interval: float = 1.0
    warm_up: float = WARM_UP


@dataclass(slots=True)
class Report:
    """What was seen."""

    plan: Plan
    samples: list[Sample] = field(default_factory=list[Sample])
    insides: list[Inside] = field(default_factory=list[Inside])
    shares: dict[str, int] = field(default_factory=dict[str, int])
    """Proportional memory (PSS) by part in the end: what processes share is counted once."""
    warm_up: float = 0.0
    """Seconds that it took until things counted."""
    ticks: int = 0
    bot: Counter[str] = field(default_factory=Counter[str])
    longest_round: float = 0.0
    warnings: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])
    audit: Audit | None = None

    def processes(self) -> Iterator[Course]:
        """The resident memory of each process. Valkey's may grow in proportion to what it has allocated: that is the
        history, and the rest has a bound of its own (held). How many pages it lies in is up to its allocator."""
        times = [sample.at for sample in self.samples]
        for part in PARTS:
            rss = [sample.rss[part] for sample in self.samples]
            used = self.used()
            excused = max(0.0, used.growth) / used.start * rss[0] if part == "valkey" else 0.0
            yield Course.of(part, times, rss, excused)

    def used(self) -> Course:
        """What Valkey has allocated."""
        return Course.of("used", [each.at for each in self.insides], [each.used for each in self.insides])

    def held(self) -> Course:
        """What Valkey has beside the history."""
        return Course.of("held", [each.at for each in self.insides], [each.held() for each in self.insides])

    def kept(self) -> Course:
        """The history in Valkey."""
        return Course.of("history", [each.at for each in self.insides], [each.history() for each in self.insides])

    def history(self) -> Iterator[Course]:
        """Each part of the history in Valkey."""
        times = [each.at for each in self.insides]
        for name in HISTORY:
            yield Course.of(name, times, [each.families.get(name, 0) for each in self.insides])

    def load(self) -> dict[str, float]:
        """The part of one core that each process used while it was watched."""
        first, last = self.samples[0], self.samples[-1]
        return {part: (last.cpu[part] - first.cpu[part]) / (last.at - first.at) for part in PARTS}

    def judge(self) -> None:
        """Add to the problems what memory, ticks and books say."""
        for course in (*self.processes(), self.held()):
            if not course.flat:
                self.problems.append(f"{course.name} has grown from {course.start:,.0f} to {course.end:,.0f} bytes")
        audit = self.audit
        if audit is None or not audit.clean:
            self.problems.append(f"the audit says {audit}")
        elif audit.open_orders < self.plan.resting:
            self.problems.append(f"{audit.open_orders:,} orders are open, of {self.plan.resting:,} that were to rest")


def soak(plan: Plan, directory: Path, say: Callable[[str], None]) -> Report:
    """Do it all, in an empty directory."""
    symbols = SYMBOLS[: plan.markets]
    report = Report(plan)
    options = ("--feed", "synthetic:7", "--symbols", ",".join(symbols), "--interval", f"{plan.interval:g}")
    with exchange(directory, *options, **ENVIRONMENT) as running:
        say(f"`mockx up` is ready with {len(symbols)} markets")
        admin = running.admin()
        client = binance_client(admin)
        markets = [Market.read(each) for each in client.get_exchange_info()["symbols"]]
        prices = {each["symbol"]: Decimal(each["price"]) for each in client.get_all_tickers()}
        client.close_connection()
        rest(admin, markets, {each.symbol: prices[each.wire_symbol] for each in markets}, plan.resting, say)
        with ExchangeClient(admin) as desk:
            bot = Bot(open_account(desk, admin, "bot", markets), markets)
        looker = Looker(running.valkey_url())
        bot.start()
        began = time.monotonic()
        try:
            say(f"warming up for {plan.warm_up:g} s")
            _watch(running, looker, plan.warm_up, Report(plan), say)
            _wait_for_charts(looker, plan, say)
            report.warm_up = time.monotonic() - began
            first = looker.ticks(symbols)
            say(f"watching for {plan.seconds:g} s")
            _watch(running, looker, plan.seconds, report, say)
            report.ticks = looker.ticks(symbols) - first
            report.shares = {part: each.memory_full_info().pss for part, each in running.processes().items()}
        finally:
            bot.stop()
            looker.close()
        say("auditing")
        with ExchangeClient(admin) as desk:
            report.audit = desk.audit()
    running.read_log()
    report.bot, report.longest_round, report.warnings = bot.done, bot.longest, running.warnings
    report.problems = [*running.errors, *bot.problems]
    report.judge()
    return report


def _wait_for_charts(looker: Looker, plan: Plan, say: Callable[[str], None]) -> None:
    """Until the feeder has filled the charts. A short form does not wait."""
    if plan.warm_up < WARM_UP:
        return
    before = looker.inside().families[CANDLES]
    while True:
        time.sleep(INSIDE_EVERY)
        now = looker.inside().families[CANDLES]
        say(f"charts have {now / 1e6:.2f} MB")
        if now <= before * (1 + STILL_FILLING):
            return
        before = now


def _watch(running: Running, looker: Looker, seconds: float, report: Report, say: Callable[[str], None]) -> None:
    """Take samples for a time."""
    processes = running.processes()
    began = time.monotonic()
    inside_every = min(INSIDE_EVERY, seconds / 10)
    insides = 0
    while (now := time.monotonic() - began) <= seconds:
        try:
            report.samples.append(looker.sample(processes))
        except psutil.NoSuchProcess as error:
            report.problems.append(f"{error}")
            processes = running.processes()
        if now >= insides * inside_every:
            report.insides.append(looker.inside())
            insides += 1
            if insides % 10 == 0:
                running.read_log()
                sizes = ", ".join(f"{part} {size / 1e6:.1f}" for part, size in report.samples[-1].rss.items())
                say(f"{now:,.0f} s of {seconds:,.0f}: {sizes} MB, {len(running.errors)} errors in the log")
        time.sleep(min(SAMPLE_EVERY, seconds / 50))
