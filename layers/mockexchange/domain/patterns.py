"""Markets by pattern: `*` for any, `*/USDT` for all that are priced in USDT, `BTC/*` for all of BTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ANY = "*"


def is_pattern(name: str) -> bool:
    """Whether a word of SYMBOLS stands for several markets."""
    return ANY in name


def matches(symbol: str, names: Iterable[str]) -> bool:
    """Whether a symbol is one of `names`, or fits a pattern among them."""
    base, _, quote = symbol.partition("/")
    return any(name in (symbol, ANY, f"{ANY}/{quote}", f"{base}/{ANY}") for name in names)


def listed(names: Sequence[str]) -> list[str]:
    """The symbols that are named in full, each once, in order."""
    return [name for name in dict.fromkeys(names) if not is_pattern(name)]
