"""How many requests a key may make: the generic cell rate algorithm (GCRA, ITU-T I.371). Pure.

One number is kept for each key: the moment at which all that it has asked for would be paid for at the long-run rate.
A request moves it on by one interval, and is refused when that would lead more than the burst ahead of now.
"""

from __future__ import annotations

from dataclasses import dataclass

_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`per_minute` requests in the long run, at most `burst` of them at once."""

    per_minute: int
    burst: int

    @property
    def interval(self) -> int:
        """Microseconds that one request takes at the long-run rate."""
        return max(1, _MINUTE // self.per_minute)

    @property
    def window(self) -> int:
        """Seconds in which a burst that was used up is there again."""
        return max(1, -(-self.interval * self.burst // 1_000_000))

    def judge(self, paid_until: int, now: int) -> Allowance:
        """What becomes of a request at `now`, when all before it are paid for at `paid_until` (both microseconds since
        the epoch; 0: there were none)."""
        after = max(paid_until, now) + self.interval
        ahead = after - now
        if ahead > self.interval * self.burst:
            return Allowance(
                allowed=False,
                remaining=0,
                wait=ahead - self.interval * self.burst,
                full=ahead - self.interval,
                paid_until=paid_until,
            )
        return Allowance(
            allowed=True,
            remaining=(self.interval * self.burst - ahead) // self.interval,
            wait=0,
            full=ahead,
            paid_until=after,
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """What became of one request. `remaining`: how many more would be let through at once. In microseconds: `wait`
    until the next one is, when this one was not; `full` until the whole burst is there again."""

    allowed: bool
    remaining: int
    wait: int
    full: int
    paid_until: int
