"""Faults on purpose in requests."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Raw, field

from ..domain.chaos import LARGEST_SEED, LONGEST, LONGEST_LATENCY, MOST_ROUTES
from .request_schemas import Given

_Share = [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string"}, {"type": "null"}]
Share = Annotated[Raw, Meta(extra_json_schema={"anyOf": _Share})]


def _rate(what: str) -> Meta:
    return Meta(description=f"{what} Share of requests, 0 to 1.")


class ChaosRequest(Given):
    """What is to go wrong, and how often. All that is not named is off."""

    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED, description="The same seed, the same faults.", examples=[7])] = 0
    for_sec: Annotated[
        Annotated[int, Meta(ge=1, le=LONGEST)] | None,
        Meta(description="Seconds until it ends by itself; null: never.", examples=[600]),
    ] = None
    doors: Annotated[
        list[Literal["binance", "native"]],
        Meta(min_length=1, max_length=2, description="Which doors.", examples=[["binance"]]),
    ] = field(default_factory=lambda: ["binance", "native"])
    routes: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=120, pattern="^([A-Z]{3,6} )?/")]],
        Meta(
            max_length=MOST_ROUTES,
            description="Beginnings of paths, with a method or without; none: all paths.",
            examples=[["POST /api/v3/order"]],
        ),
    ] = field(default_factory=list[str])
    latency_ms: Annotated[int, Meta(ge=0, le=LONGEST_LATENCY, description="Requests wait so long, in ms.")] = 0
    jitter_ms: Annotated[int, Meta(ge=0, le=LONGEST_LATENCY, description="And up to so much longer, in ms.")] = 0
    rate_limited: Annotated[Share, _rate("Refused with 429 and Retry-After.")] = field(default_factory=Raw)
    banned: Annotated[Share, _rate("Refused as a banned address is: 418 on the Binance wire.")] = field(
        default_factory=Raw
    )
    retry_after_sec: Annotated[int, Meta(ge=1, le=LONGEST, description="What a 429 and a ban ask for, in seconds.")] = 2
    unavailable: Annotated[Share, _rate("Refused with 503 by whatever stands before the exchange.")] = field(
        default_factory=Raw
    )
    dropped: Annotated[Share, _rate("The connection ends; nobody looked at the request.")] = field(default_factory=Raw)
    rejected: Annotated[Share, _rate("New orders are refused by the matching engine.")] = field(default_factory=Raw)
    error: Annotated[Share, _rate("Carried out, and answered with 500.")] = field(default_factory=Raw)
    timeout: Annotated[
        Raw,
        Meta(
            description="Carried out, and answered with a time-out. Share of requests, 0 to 1.",
            extra_json_schema={"anyOf": _Share},
            examples=[0.05],
        ),
    ] = field(default_factory=Raw)
    lost: Annotated[Share, _rate("Carried out, and the connection ends without an answer.")] = field(
        default_factory=Raw
    )
    maintenance: Annotated[bool, Meta(description="Everything is refused, for maintenance.")] = False
    frozen: Annotated[bool, Meta(description="Quotes come, but their prices stand still.")] = False
    stale_sec: Annotated[int, Meta(ge=0, le=LONGEST, description="Quotes are so many seconds old.")] = 0
    gap: Annotated[Share, Meta(description="Quotes are missing. Share of quotes, 0 to 1.")] = field(default_factory=Raw)
