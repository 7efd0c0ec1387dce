"""What the functions tell their operators: log lines and metrics.

With LOG_FORMAT=json, as on AWS Lambda, lines are JSON (Powertools Logger) with metrics between them (CloudWatch EMF).
Otherwise they are text for people, on stderr, and there are no metrics. Code logs with `logging.getLogger(__name__)`
and knows of neither. Every line carries the correlation id of the request or invocation that caused it; none carries a
key, a signature or a secret.
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

NAMESPACE = "MockExchange"
"""Of every metric, in CloudWatch."""

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
"""Names the request or the invocation that is being worked on; empty outside of one."""

LambdaHandler = Callable[[dict[str, Any], Any], Any]

_ACCEPTED_ID = re.compile(r"[\x21-\x7e]{1,128}")


_process = secrets.token_hex(6)
_numbers = itertools.count(1)


def new_correlation_id() -> str:
    """A fresh one: random by process, counted within."""
    return f"{_process}-{next(_numbers)}"


def accepted_correlation_id(given: str) -> str | None:
    """An id that a caller gave, if it is fit for a log line and a header: up to 128 visible ASCII characters."""
    return given if _ACCEPTED_ID.fullmatch(given) else None


class CorrelationFilter(logging.Filter):
    """Puts the correlation id on every record that passes its handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: it filters nothing out."""
        record.correlation_id = correlation_id.get()
        return True


class TextFormatter(logging.Formatter):
    """`12:00:00.123 WARNING mockexchange.matcher: text [correlation id]`, the traceback below."""

    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        """The line, without the traceback."""
        caused_by = getattr(record, "correlation_id", "")
        return super().formatMessage(record) + (f" [{caused_by}]" if caused_by else "")


def log_for_people(level: str) -> None:
    """Text on stderr, for this whole process. For whoever runs a part of the exchange outside of Lambda."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter())
    handler.addFilter(CorrelationFilter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class Observability:
    """Logs and metrics of one function (`orders`, `matcher` or `feeder`)."""

    def __init__(self, service: str, *, as_json: bool, level: str) -> None:
        self.service = service
        self._as_json = as_json
        self._level = level
        self._metrics: Metrics | None = None

    def count(self, **values: float) -> None:
        """Add to the metrics of this invocation, by name."""
        if self._metrics:
            for name, value in values.items():
                self._metrics.add_metric(name, "Count", value)

    def observed(self, handler: LambdaHandler) -> LambdaHandler:
        """Decorator of a Lambda handler: its log lines carry its correlation id, and its metrics are written."""
        if self._as_json:
            handler = self._with_powertools(handler)

        @functools.wraps(handler)
        def observed(event: dict[str, Any], context: Any) -> Any:
            token = correlation_id.set(_event_id(event) or new_correlation_id())
            try:
                return handler(event, context)
            finally:
                correlation_id.reset(token)

        return observed

    def _with_powertools(self, handler: LambdaHandler) -> LambdaHandler:
        # Imported here: 40 ms that nobody else has a use for.
        from aws_lambda_powertools import Logger, Metrics

        logger = Logger(service=self.service, level=self._level, utc=True, use_rfc3339=True)
        output = logger.registered_handler
        output.addFilter(CorrelationFilter())
        # Lambda's own handler writes text; what the layer and its libraries log is to be JSON too.
        logging.basicConfig(level=self._level, handlers=[output], force=True)
        logging.getLogger(self.service).propagate = False
        self._metrics = Metrics(namespace=NAMESPACE, service=self.service)
        measured: LambdaHandler = self._metrics.log_metrics(handler, capture_cold_start_metric=True)
        logged: LambdaHandler = logger.inject_lambda_context(measured)
        return logged


def _event_id(event: Mapping[str, Any]) -> str | None:
    """What AWS calls the event: API Gateway's request id, or EventBridge's event id."""
    request: Mapping[str, Any] = event.get("requestContext") or {}
    given = request.get("requestId") or event.get("id")
    return accepted_correlation_id(given) if isinstance(given, str) else None
