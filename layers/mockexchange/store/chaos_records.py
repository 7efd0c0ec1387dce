"""How a plan of faults on purpose is written: a JSON array."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from ..domain.amounts import text
from ..domain.chaos import ChaosPlan, Door, Fault

_encode = msgspec.json.Encoder().encode
_decode: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode


def write_plan(plan: ChaosPlan) -> str:
    """A plan's record."""
    fields = (
        plan.seed, plan.until, plan.first, plan.doors, plan.routes, plan.latency, plan.jitter, plan.retry_after,
        {fault: text(rate) for fault, rate in plan.rates.items()},
        int(plan.maintenance), int(plan.frozen), plan.stale, text(plan.gap),
    )  # fmt: skip
    return _encode(fields).decode()


def read_plan(record: bytes | str) -> ChaosPlan:
    """What write_plan wrote."""
    (
        seed, until, first, doors, routes, latency, jitter, retry_after, rates, maintenance, frozen, stale, gap,
    ) = _decode(record)  # fmt: skip
    return ChaosPlan(
        seed=seed,
        until=until,
        first=first,
        doors=tuple(map(Door, doors)),
        routes=tuple(routes),
        latency=latency,
        jitter=jitter,
        retry_after=retry_after,
        rates={Fault(fault): Decimal(rate) for fault, rate in rates.items()},
        maintenance=bool(maintenance),
        frozen=bool(frozen),
        stale=stale,
        gap=Decimal(gap),
    )
