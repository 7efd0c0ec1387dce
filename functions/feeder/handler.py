"""Scheduled: one step of the feeder."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging import correlation_paths, utils
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from mockexchange import wiring
from mockexchange.feed.feeding import Feeder

logger = Logger(service="feeder")
metrics = Metrics(namespace="MockExchange", service="feeder")
# What the layer says (the end of a recording, rows it dropped) goes out in the same form.
utils.copy_config_to_registered_loggers(source_logger=logger, include={"mockexchange"})


@cache
def feeder() -> Feeder:
    """Built at the first event and kept for as long as the sandbox lives: a recording is read once."""
    return wiring.feeder()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Append the quotes since the last step. The answer counts them."""
    del event, context  # the decorators have read them
    report = feeder().tick()
    metrics.add_metric("TicksAppended", MetricUnit.Count, report.appended)
    metrics.add_metric("QuotesRejected", MetricUnit.Count, len(report.rejected))
    if report.rejected:
        logger.warning("quotes were rejected", extra={"rejected": list(report.rejected)})
    return {
        "source": report.source,
        "appended": report.appended,
        "notNewer": report.not_newer,
        "stale": report.stale,
        "rejected": len(report.rejected),
        "finished": report.finished,
    }
