"""What a worker tells the storm: one line each, written at once, so that a killed worker leaves no half of one.

A writer says what it is about to try and then how it went. No answer after a `Tried` means that it was killed between
the two: then the operation may have been done, or not.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from mockexchange.domain.orders import OrderStatus


class Job(msgspec.Struct, frozen=True):
    """What a worker is told when it starts. `life` is a number of its own, `start` the writer's first operation."""

    role: str
    valkey_url: str
    seed: int
    life: int
    stream: str = ""
    start: int = 0


class Tried(msgspec.Struct, frozen=True, tag=True):
    """An operation is about to be asked for. `amount` tells payments apart."""

    number: int
    amount: Decimal | None = None


class Accepted(msgspec.Struct, frozen=True, tag=True):
    """An order was acknowledged. `repeated`: as one that was there already; `replaced`: in the stead of that one."""

    number: int
    order_id: int
    status: OrderStatus
    version: int
    filled: Decimal
    repeated: bool
    replaced: int | None = None


class Canceled(msgspec.Struct, frozen=True, tag=True):
    """A cancel was acknowledged."""

    number: int
    order_id: int
    version: int
    filled: Decimal


class Paid(msgspec.Struct, frozen=True, tag=True):
    """A deposit or a withdrawal was acknowledged."""

    number: int
    amount: Decimal


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The exchange said no."""

    number: int
    code: str


class Unavailable(msgspec.Struct, frozen=True, tag=True):
    """The exchange could not be reached. `unchanged`: it said that nothing was changed; otherwise that the outcome is
    unknown, or that the answer alone is missing."""

    number: int
    unchanged: bool
    detail: str


class Matched(msgspec.Struct, frozen=True, tag=True):
    """One run of a matcher."""

    ticks: int
    fills: int
    gaps: int


class Fed(msgspec.Struct, frozen=True, tag=True):
    """One step of a feeder."""

    appended: int


class Waited(msgspec.Struct, frozen=True, tag=True):
    """A matcher or a feeder could not reach the exchange, or lost to others too often."""

    detail: str


class Conflicted(msgspec.Struct, frozen=True, tag=True):
    """Commits that were refused because somebody else was first, since the last time this was said."""

    commits: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Something happened that the exchange never promised to do; the worker ends."""

    traceback: str


Answer = Accepted | Canceled | Paid | Refused | Unavailable
Message = Tried | Answer | Matched | Fed | Waited | Conflicted | Failed

LONGEST = 4096
"""Bytes that a pipe takes in one piece, on every POSIX system that matters (PIPE_BUF)."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_jobs = msgspec.json.Decoder(Job)


def write(message: Message | Job) -> bytes:
    """A message as one line."""
    return _encoder.encode(message) + b"\n"


def read(line: bytes) -> Message:
    """The message in a line."""
    return _decoder.decode(line)


def read_job(line: bytes) -> Job:
    """The job in a line."""
    return _jobs.decode(line)
