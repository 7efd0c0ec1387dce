"""What the API tells of itself and of what happens, as types. See answers.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import Raw, Struct, field

Fact = int | str | None
"""What a check saw, for machines."""


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened to the account. `id` grows with time; `data` is as the API shows that kind of thing."""

    id: str
    type: str
    timestamp: int
    data: Raw


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: `status` is ok, warning or error; `advice` what to do about it."""

    name: str
    status: str
    detail: str
    advice: str | None = None
    value: Fact = None


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What the exchange finds when it looks at itself. `status` is the worst of the checks."""

    status: str
    checks: list[Check]
    versions: dict[str, Any]


class RequestFigures(Struct, frozen=True, kw_only=True):
    """Requests: how many, how many of them were answered with 4xx and with 5xx, and the ms until half of the answers,
    95 % and the slowest one began; None where there was no request."""

    count: int
    client_errors: int = field(name="clientErrors")
    server_errors: int = field(name="serverErrors")
    p50: Decimal | None
    p95: Decimal | None
    max: Decimal | None


class RouteRequests(Struct, frozen=True, kw_only=True):
    """The requests of one route, like `GET /orders/{order_id}`."""

    route: str
    since_start: RequestFigures = field(name="sinceStart")
    recent: RequestFigures


class RequestReport(Struct, frozen=True, kw_only=True):
    """The requests that the process which answered has had since `started_at` (ms), for so many seconds; those of the
    last minutes apart."""

    started_at: int = field(name="startedAt")
    seconds: int
    recent_seconds: int = field(name="recentSeconds")
    since_start: RequestFigures = field(name="sinceStart")
    recent: RequestFigures
    routes: list[RouteRequests]
