"""Faults on purpose in answers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .schemas import Amount, Answer, Milliseconds

Share = Annotated[Amount, Meta(description="Share of requests, 0 to 1.")]


class Chaos(Answer):
    """What goes wrong on purpose."""

    on: Annotated[bool, Meta(description="Whether anything does.")]
    summary: Annotated[str, Meta(description="All of it in words.", examples=["timeout 5 %, for POST /api/v3/order"])]
    until: Annotated[Milliseconds | None, Meta(description="When it ends by itself; null: never.")]
    seed: int
    doors: list[Literal["binance", "native"]]
    routes: Annotated[list[str], Meta(description="Beginnings of the paths that it is for; none: all.")]
    latency_ms: int
    jitter_ms: int
    rate_limited: Share
    banned: Share
    retry_after_sec: int
    unavailable: Share
    dropped: Share
    rejected: Share
    error: Share
    timeout: Share
    lost: Share
    maintenance: bool
    frozen: bool
    stale_sec: int
    gap: Annotated[Amount, Meta(description="Share of quotes, 0 to 1.")]
