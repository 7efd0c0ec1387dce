"""What the API tells of itself and of what happens, as types. See answers.py."""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct

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
