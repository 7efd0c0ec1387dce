"""Correlation ids and log lines for people. Lines for machines are seen where the handlers are."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from mockexchange.observability import (
    TOO_TALKATIVE,
    CorrelationFilter,
    Observability,
    TextFormatter,
    accepted_correlation_id,
    correlation_id,
    log_for_people,
    new_correlation_id,
)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"requestContext": {"requestId": "gateway-1"}}, "gateway-1"),
        ({"id": "event-1", "detail-type": "Scheduled Event"}, "event-1"),
        ({"id": "event-1", "requestContext": None}, "event-1"),
        ({"requestContext": {"requestId": "gateway-1"}, "headers": {"x-correlation-id": "mine-1"}}, "mine-1"),
        ({"requestContext": {"requestId": "gateway-1"}, "headers": {"x-request-id": "mine-2"}}, "mine-2"),
        ({"requestContext": {"requestId": "gateway-1"}, "headers": {"x-correlation-id": "not\nfit"}}, "gateway-1"),
        ({"source": "aws.scheduler"}, "request-1"),
    ],
)
def test_an_invocation_is_called_what_aws_calls_its_event(event: dict[str, Any], name: str) -> None:
    seen: list[str] = []

    @Observability("matcher", as_json=False, level="INFO").observed
    def handler(event: dict[str, Any], context: object) -> str:
        del event, context
        seen.append(correlation_id.get())
        return "done"

    assert handler(event, SimpleNamespace(aws_request_id="request-1")) == "done"
    assert seen == [name]
    assert correlation_id.get() == ""


@pytest.mark.parametrize("event", [{}, {"id": 7}, {"id": "line\nbreak"}, {"id": ""}])
def test_an_event_without_a_fit_name_gets_one(event: dict[str, Any]) -> None:
    seen: list[str] = []

    @Observability("matcher", as_json=False, level="INFO").observed
    def handler(event: dict[str, Any], context: object) -> None:
        del event, context
        seen.append(correlation_id.get())

    handler(event, None)
    handler(event, None)

    assert all(accepted_correlation_id(name) == name for name in seen)
    assert seen[0] != seen[1]


def test_the_name_ends_with_an_invocation_that_fails() -> None:
    @Observability("matcher", as_json=False, level="INFO").observed
    def handler(event: dict[str, Any], context: object) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        handler({"id": "event-1"}, None)

    assert correlation_id.get() == ""


def test_recording_is_no_matter_where_nobody_collects() -> None:
    observability = Observability("matcher", as_json=False, level="INFO")

    observability.record(Fills=3)

    assert not observability.measures


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_libraries_that_write_down_what_they_send_never_do(level: str) -> None:
    root, libraries = logging.getLogger(), [logging.getLogger(name) for name in TOO_TALKATIVE]
    before = root.level, list(root.handlers)
    try:
        log_for_people(level)
        assert root.level == logging.getLevelNamesMapping()[level]
        assert [each.getEffectiveLevel() for each in libraries] == [logging.WARNING] * len(libraries)
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]


def test_new_names_differ() -> None:
    assert len({new_correlation_id() for _ in range(100)}) == 100


@pytest.mark.parametrize(("name", "end"), [("call-7", " [call-7]"), ("", "")])
def test_a_line_for_people_ends_with_the_name(name: str, end: str) -> None:
    record = logging.LogRecord("mockexchange.matcher", logging.WARNING, __file__, 1, "%d ticks", (3,), None)
    token = correlation_id.set(name)
    try:
        assert CorrelationFilter().filter(record)
    finally:
        correlation_id.reset(token)

    line = TextFormatter().format(record)

    assert line.endswith(f" WARNING mockexchange.matcher: 3 ticks{end}")
