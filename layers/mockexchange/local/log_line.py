"""Log lines for people: what a function logs as JSON, as one line of words."""

from __future__ import annotations

import json
from typing import Any, cast

NOT_SHOWN = frozenset(
    {
        "level",
        "name",
        "message",
        "exception",
        # where and when it was logged, which matters where many machines log to one place
        "location",
        "timestamp",
        "service",
        "xray_trace_id",
        "correlation_id",
        "cold_start",
        "function_name",
        "function_memory_size",
        "function_arn",
        "function_request_id",
        # the traceback ends with its name
        "exception_name",
        "stack_trace",
    }
)
"""Fields of the functions' logger that say nothing to a person in front of the terminal."""


def readable(line: str) -> str:
    """A line of a program's output, for people.

    One that the functions' logger wrote becomes `LEVEL message field=value ...` with the traceback under it; any other
    stays as it is."""
    if not line.startswith("{"):
        return line
    try:
        record = cast("dict[str, Any]", json.loads(line))
    except ValueError:
        return line
    if "level" not in record or "message" not in record:
        return line
    fields = "".join(f" {name}={value}" for name, value in record.items() if name not in NOT_SHOWN)
    traceback = f"\n{record['exception']}" if record.get("exception") else ""
    return f"{record['level']} {record['message']}{fields}{traceback}"
