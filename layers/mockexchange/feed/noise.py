"""A price path that is a function of time alone: value noise in log price.

A random walk has to be walked. Here the price at any moment is computed from that moment: octaves of noise, each a
smooth curve through hashed values at the points of its own lattice in time, are added up. Each octave is three times
slower than the one before and its height grows with the square root of its period, as a random walk's would, so the
path looks like one up to the slowest octave; beyond that (about eight months) it wanders about its start instead of
drifting to zero or infinity.

Integers throughout: the same seed gives the same path on every platform.
"""

from __future__ import annotations

from hashlib import blake2b
from math import isqrt
from struct import Struct

_PERIODS: tuple[int, ...] = tuple(500 * 3**octave for octave in range(17))
"""Distance between lattice points, ms: half a second, so that every tick moves, to about 250 days."""

_POINTS = Struct(">16i")
"""One 64-byte hash holds the values of 16 neighboring points, each a signed 32-bit fraction."""

_FRACTION_BITS = 24
_ONE = 1 << _FRACTION_BITS

_HOUR = 3_600_000
# An octave of one hour's period is exactly as high as the volatility asked for: over all octaves together, the change
# over an hour then has that standard deviation (measured: tests/unit/feed/test_noise.py). isqrt is exact, no float.
_HEIGHTS = tuple(isqrt(period * 10**24 // _HOUR) for period in _PERIODS)

_REMEMBERED_BLOCKS = 8 * len(_PERIODS)


class LogPath:
    """The logarithm of one asset's price relative to its start, for one seed.

    `hourly_volatility` is the standard deviation of its change over an hour, in millionths (7000 is 0.7 %).
    It remembers hashes it has just computed: a saving, never a state.
    """

    def __init__(self, seed: int, name: str, hourly_volatility: int) -> None:
        self._key = blake2b(f"{seed}:{name}".encode(), digest_size=32).digest()
        self._volatility = hourly_volatility
        self._blocks: dict[tuple[int, int], tuple[int, ...]] = {}
        # Lattices start at different moments: where they coincided the path would flatten on all scales at once.
        starts = blake2b(b"starts", key=self._key, digest_size=64).digest()
        self._octaves = tuple(
            (octave, period, height, int.from_bytes(starts[3 * octave : 3 * octave + 3]) * period >> 24)
            for octave, (period, height) in enumerate(zip(_PERIODS, _HEIGHTS, strict=True))
        )

    def at(self, time: int) -> int:
        """The logarithm at `time` (ms), in units of 1e-12."""
        if not self._volatility:
            return 0
        total = 0
        for octave, period, height, start in self._octaves:
            index, into = divmod(time + start, period)
            block, point = index >> 4, index & 15
            values = self._block(octave, block)
            here = values[point]
            there = values[point + 1] if point < 15 else self._block(octave, block + 1)[0]
            fraction = (into << _FRACTION_BITS) // period
            # smoothstep, 3f^2 - 2f^3: no kink at a lattice point
            eased = fraction * fraction * (3 * _ONE - 2 * fraction) >> (2 * _FRACTION_BITS)
            total += height * (here + ((there - here) * eased >> _FRACTION_BITS))
        # heights carry 1e12, values 2^31 and the volatility 1e6
        return total * self._volatility // (10**6 << 31)

    def _block(self, octave: int, block: int) -> tuple[int, ...]:
        found = self._blocks.get((octave, block))
        if found is None:
            if len(self._blocks) >= _REMEMBERED_BLOCKS:
                self._blocks.clear()
            message = octave.to_bytes(2) + block.to_bytes(12, signed=True)
            found = _POINTS.unpack(blake2b(message, key=self._key, digest_size=64).digest())
            self._blocks[octave, block] = found
        return found
