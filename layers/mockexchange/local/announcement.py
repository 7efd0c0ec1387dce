"""What `mockx up` prints when the exchange is ready."""

from __future__ import annotations

from pathlib import Path

from ..domain.patterns import listed
from ..settings import Settings

_KINDS = {
    "ccxt": "live",
    "synthetic": "made up, not real",
    "replay": "replayed from a recording",
    "manual": "set by hand: `mockx price set BTC/USDT 60000`",
    "external": "written by your own feeder",
}


def announcement(
    settings: Settings, url: str, credentials: Path, feed: str | None = None, deck: str | None = None
) -> str:
    """Where everything is, and how to try it. `feed` is the price source that is at work; as configured when None.
    `deck`: its address, or how to get it; None says nothing of it."""
    symbol = next(iter(listed(settings.symbols)), "BTC/USDT")
    feed = feed or settings.feed
    kind = _KINDS.get(feed.partition(":")[0])
    prices = f"{feed} ({kind})" if kind else feed
    rows = {
        **({} if deck is None else {"deck": deck}),
        "HTTP API": f"{url}  (documentation: {url}/docs)",
        "bots": f"{url}/api/v3, as Binance Spot: docs/binance.md",
        "prices": f"{prices}, {', '.join(settings.symbols)}",
        "data": str(settings.mockx_data_dir),
        "keys": f"{credentials}",
    }
    lines = "".join(f"  {name:<9} {value}\n" for name, value in rows.items())
    # a terminal elsewhere does not know this directory, unless it is the usual one
    option = "" if settings.mockx_data_dir == Path("data").absolute() else f" --data-dir {settings.mockx_data_dir}"
    return (
        f"\nMockExchange is ready.\n\n{lines}\nTry it in another terminal:\n"
        f"  mockx{option} ticker {symbol}\n"
        f"  mockx{option} order place {symbol} buy 0.01\n"
        f"  mockx{option} balance\n\nCtrl-C stops it; orders and balances are kept.\n\n"
    )
