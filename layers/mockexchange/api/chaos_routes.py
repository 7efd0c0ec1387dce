"""Whether a route of a plan is that of any request at all: one that is misspelled would let nothing go wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..domain.chaos import ChaosPlan, Door
from ..domain.errors import BadRequest
from .chaos import NEVER

MOST_NEAR = 3
"""Routes that a refusal names."""


class Routed(NamedTuple):
    """What a door takes: `path` as it was registered, like `/orders/{order_id}`, or `{symbol:path}` for a part that may
    hold slashes."""

    door: Door
    method: str
    path: str


def check_routes(plan: ChaosPlan, routed: Iterable[Routed]) -> None:
    """Raises BadRequest unless each route of a plan fits a request of its doors that something may happen to."""
    if not plan.routes:
        return
    known = [each for each in routed if each.door in plan.doors and not each.path.startswith(NEVER)]
    for route in plan.routes:
        method, _, begin = route.rpartition(" ")
        if not any(method in ("", each.method) and may_begin(begin, each.path) for each in known):
            raise BadRequest(_refusal(route, method, known, plan))


def may_begin(begin: str, path: str) -> bool:
    """Whether a path of this form can begin so."""
    literal, parameter, rest = path.partition("{")
    if len(begin) <= len(literal):
        return literal.startswith(begin)
    if not parameter or not begin.startswith(literal):
        return False
    name, _, rest = rest.partition("}")
    if name.endswith(":path"):
        return True  # it may be anything
    value, slash, after = begin[len(literal) :].partition("/")
    return bool(value) and (not slash or may_begin(slash + after, rest))


def _refusal(route: str, method: str, known: Iterable[Routed], plan: ChaosPlan) -> str:
    from difflib import get_close_matches  # here: it is for those who misspelled something

    written = {f"{each.method} {each.path}" if method else each.path for each in known}
    near = get_close_matches(route, sorted(written), MOST_NEAR)
    doors = " and ".join(plan.doors)
    return f"no request that something may happen to begins with {route!r} on the door {doors}; " + (
        f"near it: {', '.join(near)}" if near else "a route is written like /orders or POST /api/v3/order"
    )
