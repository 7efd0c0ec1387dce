"""What `mockx up` prints when the exchange is ready."""

from __future__ import annotations

from pathlib import Path

from ..settings import Settings

_KINDS = {
    "synthetic": "made up, not real",
    "replay": "replayed from a recording",
    "manual": "set by hand: `mockx price set BTC/USDT 60000`",
    "external": "written by your own feeder",
}


def announcement(settings: Settings, url: str, credentials: Path) -> str:
    """Where everything is, and how to try it."""
    symbol = next((symbol for symbol in settings.symbols if symbol != "*"), "BTC/USDT")
    kind = _KINDS.get(settings.feed.partition(":")[0])
    prices = f"{settings.feed} ({kind})" if kind else settings.feed
    rows = {
        "HTTP API": f"{url}  (documentation: {url}/docs)",
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
