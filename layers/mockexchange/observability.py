"""What the functions tell their operators: log lines and metrics.

With LOG_FORMAT=json, as on AWS Lambda, lines are JSON (Powertools Logger) with metrics between them (CloudWatch EMF):
those in METRICS, by the dimensions service, stage and venue. Otherwise they are text for people, on stderr, and there
are no metrics. Code logs with `logging.getLogger(__name__)` and knows of neither. Every line carries the correlation id
of the request or invocation that caused it; none carries a key, a signature or a secret.
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
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

NAMESPACE = "MockExchange"
"""Of every metric, in CloudWatch."""

METRICS: Mapping[str, str] = {
    # every function: the first invocation of a sandbox; those that ended with an error, or found another at work
    "ColdStart": "Count",
    "Errors": "Count",
    "Skipped": "Count",
    # orders: requests, those answered with 4xx and with 5xx; what became of orders
    "Requests": "Count",
    "Refused": "Count",
    "Failed": "Count",
    "OrdersPlaced": "Count",
    "OrdersRefused": "Count",
    # orders and matcher: a conflict is a decision that was taken again because something had changed meanwhile
    "Fills": "Count",
    "Conflicts": "Count",
    # matcher: fills at ticks that it met late, dated when they happened
    "Late": "Count",
    # matcher: its looks, the ticks it met, the orders that expired; foreign quotes taken and dropped; ticks that were
    # lost before it met them, and minutes of those that no candle told of; ticks left for the next invocation; how long
    # the oldest tick had waited for it
    "Runs": "Count",
    "Ticks": "Count",
    "Expired": "Count",
    "Adopted": "Count",
    "Rejected": "Count",
    "Gaps": "Count",
    "Unjudged": "Count",
    "Unpaid": "Count",
    "TicksLeft": "Count",
    "TickLag": "Milliseconds",
    "Valued": "Count",
    # matcher: the age of the newest quote of any market, and the markets whose price is missing or too old
    "FeedAge": "Seconds",
    "StaleMarkets": "Count",
    # feeder, besides Runs and Rejected: quotes it logged, and those of them that were too old; ticks it made of candles
    # of a time that was missed, and markets that still wait for some
    "Appended": "Count",
    "Stale": "Count",
    "CaughtUp": "Count",
    "CatchingUp": "Count",
}
"""Every metric and its unit."""

TOO_TALKATIVE = ("boto3", "botocore", "ccxt", "urllib3")
"""Libraries that write whole requests and answers at DEBUG, secrets and all: they never do here."""

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
    _hush()


class Observability:
    """Logs and metrics of one function (`orders`, `matcher` or `feeder`) at a stage, for a venue."""

    def __init__(self, service: str, *, as_json: bool, level: str, stage: str = "local", venue: str = "main") -> None:
        self.service = service
        self._as_json = as_json
        self._level = level
        self._dimensions = {"stage": stage, "venue": venue}
        self._metrics: Metrics | None = None
        self._used = False

    @property
    def measures(self) -> bool:
        """Whether anybody collects metrics: some are worth a question to the store only then."""
        return self._metrics is not None

    def record(self, **values: float) -> None:
        """Add to the metrics of this invocation, by their names in METRICS."""
        if self._metrics:
            for name, value in values.items():
                self._metrics.add_metric(name, METRICS[name], value)

    def observed(self, handler: LambdaHandler) -> LambdaHandler:
        """Decorator of a Lambda handler: its log lines carry its correlation id, and its metrics are written."""
        if self._as_json:
            handler = self._with_powertools(handler)

        @functools.wraps(handler)
        def observed(event: dict[str, Any], context: Any) -> Any:
            token = correlation_id.set(_name_of(event, context) or new_correlation_id())
            try:
                return handler(event, context)
            finally:
                correlation_id.reset(token)

        return observed

    def _with_powertools(self, handler: LambdaHandler) -> LambdaHandler:
        # Imported here: 40 ms that nobody else has a use for.
        from aws_lambda_powertools import Logger, Metrics

        logger = Logger(service=self.service, level=self._level, utc=True, use_rfc3339=True)
        logger.append_keys(**self._dimensions)
        output = logger.registered_handler
        output.addFilter(CorrelationFilter())
        # Lambda's own handler writes text; what the layer and its libraries log is to be JSON too.
        logging.basicConfig(level=self._level, handlers=[output], force=True)
        logging.getLogger(self.service).propagate = False
        _hush()
        self._metrics = Metrics(namespace=NAMESPACE, service=self.service)
        cast("Any", self._metrics).set_default_dimensions(**self._dimensions)
        measured: LambdaHandler = self._metrics.log_metrics(self._counted(handler))
        # said here, whatever POWERTOOLS_LOGGER_LOG_EVENT says: events have API keys among their headers
        logged: LambdaHandler = logger.inject_lambda_context(measured, log_event=False)
        return logged

    def _counted(self, handler: LambdaHandler) -> LambdaHandler:
        """The handler, with what is recorded of every invocation."""

        def counted(event: dict[str, Any], context: Any) -> Any:
            if not self._used:
                self.record(ColdStart=1)
                self._used = True
            errors = 1
            try:
                answer = handler(event, context)
                errors = 0
            finally:
                self.record(Errors=errors)
            return answer

        return counted


def _hush() -> None:
    for library in TOO_TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


def _name_of(event: Mapping[str, Any], context: Any) -> str | None:
    """What the invocation is called: by the request's sender, by AWS (API Gateway's request id, EventBridge's event
    id), or by Lambda."""
    headers: Mapping[str, Any] = event.get("headers") or {}
    request: Mapping[str, Any] = event.get("requestContext") or {}
    names = (
        headers.get("x-correlation-id"),
        headers.get("x-request-id"),
        request.get("requestId"),
        event.get("id"),
        getattr(context, "aws_request_id", None),
    )
    return next((name for name in names if isinstance(name, str) and accepted_correlation_id(name)), None)
