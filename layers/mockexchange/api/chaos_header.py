"""Faults that a request asks for itself, in a header: `timeout`, or `latency=250, rateLimited=30`."""

from __future__ import annotations

from functools import lru_cache

from ..domain.amounts import ONE
from ..domain.chaos import RATED, ChaosPlan, Fault, check_plan
from ..domain.errors import BadRequest

MOST = 200
"""Characters of the header."""

WAITING = (Fault.RATE_LIMITED, Fault.BANNED)
"""Faults that take a number: the seconds to wait."""

WORDS = f"latency=MS, maintenance, {', '.join(f'{each}=SECONDS' if each in WAITING else each for each in RATED)}"


@lru_cache(maxsize=256)
def plan_in(header: str) -> ChaosPlan:
    """The plan that befalls one request. Raises BadRequest."""
    if len(header) > MOST:
        raise BadRequest(f"x-mockexchange-chaos has at most {MOST} characters, were {len(header)}")
    asked: set[Fault] = set()
    latency, wait = 0, ChaosPlan().retry_after
    for word in header.split(","):
        name, _, value = (part.strip() for part in word.partition("="))
        fault = next((each for each in Fault if each == name), None)
        takes_number = fault is Fault.LATENCY or fault in WAITING
        if fault not in (Fault.LATENCY, Fault.MAINTENANCE, *RATED) or (value and not takes_number):
            raise BadRequest(f"x-mockexchange-chaos takes {WORDS}; was {header[:60]!r}")
        if value and not (value.isascii() and value.isdecimal() and len(value) <= 9):
            raise BadRequest(f"x-mockexchange-chaos: {name} takes a whole number, was {value[:20]!r}")
        if fault is Fault.LATENCY:
            latency = int(value or 0)
        elif value:
            wait = int(value)
        if fault is not None:
            asked.add(fault)
    plan = ChaosPlan(
        latency=latency,
        retry_after=wait,
        rates={fault: ONE for fault in RATED if fault in asked},
        maintenance=Fault.MAINTENANCE in asked,
    )
    check_plan(plan)
    return plan
