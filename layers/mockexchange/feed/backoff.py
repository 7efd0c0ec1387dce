"""How long a feed leaves an exchange alone that does not answer: twice as long after each failure, up to a cap."""

from __future__ import annotations

from hashlib import blake2b

FIRST = 2_000
"""ms after the first failure; the default interval, so that a single lost answer costs one quote."""

CAP = 60_000
"""ms at most: what an exchange that is back again waits for."""


def wait_after(failures: int, key: str, *, at_least: int = 0) -> int:
    """ms until the next attempt, after `failures` in a row (1 or more). Three quarters of it are fixed and one quarter
    is chance, made from `key` and `failures`, so that a fleet does not come back in step. Never below `at_least`, which
    is what the exchange asked for."""
    longest = min(CAP, FIRST << min(failures - 1, 16))
    dice = int.from_bytes(blake2b(f"{key}:{failures}".encode(), digest_size=2).digest())
    return max(at_least, longest * 3 // 4 + (longest // 4 * dice >> 16))
