"""The local scheduler: EventBridge's behavior without waiting for real time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent

from mockexchange.local.errors import LocalError
from mockexchange.local.lambda_events import LocalContext, context_for, scheduled_event
from mockexchange.local.scheduler import Handler, Runs, Scheduler

NOON = 1_767_268_800_000
"""2026-01-01T12:00:00Z in ms."""


class FakeTime:
    """A clock that moves only when somebody sleeps or works, and that says stop at `end` (seconds)."""

    def __init__(self, end: float) -> None:
        self.seconds = 1000.0  # a monotonic clock begins anywhere
        self.end = self.seconds + end

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> int:
        return NOON + round((self.seconds - 1000.0) * 1000)

    def pause(self, seconds: float) -> bool:
        assert seconds >= 0
        self.seconds = min(self.end, self.seconds + seconds)
        return self.seconds >= self.end

    def work(self, seconds: float) -> None:
        self.seconds += seconds


def scheduler(time: FakeTime, handler: Handler, interval: float = 2.0) -> Scheduler:
    return Scheduler("matcher", handler, interval, time, time.pause, monotonic=time.monotonic)


def test_the_handler_is_called_at_once_and_then_at_a_fixed_rate() -> None:
    time = FakeTime(end=7)
    called_at: list[float] = []

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        called_at.append(time.seconds - 1000)
        time.work(0.7)

    runs = scheduler(time, handler).run()

    assert called_at == [0, 2, 4, 6]
    assert runs == Runs(started=4)


def test_ticks_that_fall_due_during_a_call_are_skipped_and_the_grid_stays() -> None:
    time = FakeTime(end=11)
    called_at: list[float] = []
    work = iter([0.1, 5.0, 0.1, 0.1])

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        called_at.append(time.seconds - 1000)
        time.work(next(work))

    runs = scheduler(time, handler).run()

    # the call at 2 ends at 7: the ticks at 4 and 6 are missed, the next is at 8 and not at 7
    assert called_at == [0, 2, 8, 10]
    assert runs == Runs(started=4, skipped=2)


def test_a_call_that_takes_exactly_its_interval_misses_nothing() -> None:
    time = FakeTime(end=5)

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        time.work(2.0)

    assert scheduler(time, handler).run() == Runs(started=3)


def test_no_call_begins_before_the_last_one_has_ended() -> None:
    time = FakeTime(end=30)
    inside = 0

    @contextmanager
    def alone() -> Generator[None]:
        nonlocal inside
        inside += 1
        assert inside == 1
        yield
        inside -= 1

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        with alone():
            time.work(3.0)

    runs = scheduler(time, handler).run()
    assert (runs.started, runs.skipped) == (8, 8)


def test_a_handler_that_is_always_late_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    time = FakeTime(end=30)
    work = iter([3.0, 3.0, 3.0, 0.1, 5.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        time.work(next(work))

    with caplog.at_level(logging.WARNING):
        runs = scheduler(time, handler).run()

    assert runs.skipped == 5
    assert [record.getMessage() for record in caplog.records] == [
        "matcher took longer than its interval of 2 s: 1 skipped, 1 so far.",
        "matcher took longer than its interval of 2 s: 2 skipped, 5 so far.",
    ]


def test_an_exception_is_logged_and_the_schedule_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    time = FakeTime(end=9)
    answers: Iterator[Callable[[], None]] = iter([_broken, _broken, _fine, _broken, _fine])

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        next(answers)()

    with caplog.at_level(logging.WARNING):
        runs = scheduler(time, handler).run()

    assert runs == Runs(started=5, failed=3)
    assert [record.getMessage() for record in caplog.records] == [
        "matcher failed: ConnectionError: store is gone",
        "matcher failed again: ConnectionError: store is gone",
        "matcher works again.",
        "matcher failed: ConnectionError: store is gone",
        "matcher works again.",
    ]
    # the traceback stands in the log once, not with every tick
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False, True, False]


def test_a_handler_that_fails_at_once_does_not_spin() -> None:
    time = FakeTime(end=100)

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        _broken()

    assert scheduler(time, handler).run().started == 50


def test_a_request_to_stop_ends_it_before_the_next_call() -> None:
    time = FakeTime(end=0)

    def handler(_event: dict[str, Any], _context: LocalContext) -> None:
        raise AssertionError("called after the stop")

    assert scheduler(time, handler).run() == Runs()


@pytest.mark.parametrize("interval", [0.0, -1.0, 0.001, float("nan"), float("inf")])
def test_an_interval_that_would_spin_or_never_end_is_refused(interval: float) -> None:
    with pytest.raises(LocalError, match="INTERVAL_SEC was"):
        scheduler(FakeTime(end=1), lambda _event, _context: None, interval)


def test_the_event_is_one_of_eventbridge_scheduler() -> None:
    event = scheduled_event("matcher", NOON + 999)

    parsed = EventBridgeEvent(event)
    assert (parsed.source, parsed.detail_type, parsed.detail) == ("aws.scheduler", "Scheduled Event", "{}")
    assert parsed.time == "2026-01-01T12:00:00Z"
    assert parsed.resources == ["arn:aws:scheduler:local:000000000000:schedule/default/matcher"]
    assert scheduled_event("matcher", NOON)["id"] != event["id"]


def test_the_context_counts_down_to_its_deadline() -> None:
    time = FakeTime(end=100)
    context = context_for("feeder", 2.0, time.monotonic)

    assert context.get_remaining_time_in_millis() == 2000
    time.work(1.5)
    assert context.get_remaining_time_in_millis() == 500
    time.work(5)
    assert context.get_remaining_time_in_millis() == 0


def test_the_context_has_what_powertools_reads(capsys: pytest.CaptureFixture[str]) -> None:
    logger = Logger(service="test")
    seen: list[dict[str, Any]] = []

    @logger.inject_lambda_context(correlation_id_path="id")
    def handler(event: dict[str, Any], context: LocalContext) -> None:
        seen.append(event)
        logger.info("hello")

    time = FakeTime(end=1)
    scheduler(time, handler).run()

    line = capsys.readouterr().out
    assert f'"correlation_id":"{seen[0]["id"]}"' in line
    assert '"function_name":"matcher"' in line


def _broken() -> None:
    raise ConnectionError("store is gone")


def _fine() -> None:
    pass
