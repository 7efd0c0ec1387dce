"""What AWS Lambda gives a scheduled function: an event from EventBridge Scheduler, and a context with a deadline."""

from __future__ import annotations

import uuid  # noqa: TID251  # the scheduler and Lambda give such ids; nothing is decided on them
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ACCOUNT = "000000000000"
REGION = "local"
MEMORY_MB = 128
"""Nothing is limited here; it is the amount Lambda gives unless told otherwise."""


def scheduled_event(name: str, now: int) -> dict[str, Any]:
    """The event of the schedule `name` firing at `now` (wall ms), as EventBridge Scheduler sends it by default."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        # whole seconds, as it writes them
        "time": datetime.fromtimestamp(now // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"],
        "detail": "{}",
    }


@dataclass(frozen=True, slots=True)
class LocalContext:
    """The second argument of a Lambda handler. `deadline` is a reading of `monotonic` (seconds)."""

    function_name: str
    aws_request_id: str
    deadline: float
    monotonic: Callable[[], float]
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = MEMORY_MB
    identity: None = None
    client_context: None = None

    @property
    def invoked_function_arn(self) -> str:
        """The function's name in AWS' long form."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        """Where Lambda would keep the logs."""
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        """The part of the logs that is this sandbox's."""
        return "local"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation; 0 when they have passed."""
        return max(0, int((self.deadline - self.monotonic()) * 1000))


def context_for(name: str, seconds: float, monotonic: Callable[[], float]) -> LocalContext:
    """The context of an invocation that begins now and may take `seconds`."""
    return LocalContext(name, str(uuid.uuid4()), monotonic() + seconds, monotonic)
