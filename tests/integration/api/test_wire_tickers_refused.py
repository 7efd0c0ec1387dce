"""What market data weighs, and which tickers are refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from .door import Door
from .wire import refused

BOTH = quote('["BTCUSDT","ETHUSDT"]')


@pytest.mark.parametrize(
    ("path", "texts", "weight"),
    [
        ("ticker/24hr", {"symbol": "A"}, 2),
        ("ticker/24hr", {}, 80),
        ("ticker/24hr", {"symbols": ",".join("A" * 20)}, 2),
        ("ticker/24hr", {"symbols": ",".join("A" * 21)}, 40),
        ("ticker/24hr", {"symbols": ",".join("A" * 100)}, 40),
        ("ticker/24hr", {"symbols": ",".join("A" * 101)}, 80),
        ("ticker/price", {"symbol": "A"}, 2),
        ("ticker/price", {}, 4),
        ("ticker/price", {"symbols": '["A"]'}, 4),
        ("ticker/bookTicker", {"symbol": "A"}, 2),
        ("ticker/bookTicker", {}, 4),
        ("ticker", {"symbol": "A"}, 4),
        ("ticker", {"symbols": '["A","B","C"]'}, 12),
        ("ticker", {"symbols": ",".join("A" * 60)}, 200),
        ("ticker/tradingDay", {"symbols": '["A","B"]'}, 8),
        ("depth", {}, 5),
        ("depth", {"limit": "100"}, 5),
        ("depth", {"limit": "101"}, 25),
        ("depth", {"limit": "501"}, 50),
        ("depth", {"limit": "1001"}, 250),
        ("depth", {"limit": "x"}, 5),
        ("trades", {}, 25),
        ("historicalTrades", {}, 25),
        ("aggTrades", {}, 4),
        ("klines", {}, 2),
        ("uiKlines", {}, 2),
        ("avgPrice", {}, 2),
        ("exchangeInfo", {}, 20),
        ("ping", {}, 1),
        ("time", {}, 1),
    ],
)
def test_weights_are_binances(memory_door: Door, path: str, texts: dict[str, str], weight: int) -> None:
    assert memory_door.app.wire
    [found] = [each for each in memory_door.app.wire.endpoints if each.path == f"/api/v3/{path}"]

    assert (found.weight if isinstance(found.weight, int) else found.weight(texts)) == weight


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/24hr?symbol=NOPE", -1121, "Invalid symbol."),
        ("/price?symbols=" + quote('["BTCUSDT","NOPE"]'), -1121, "Invalid symbol."),
        ("/price?symbols=" + quote('["BTCUSDT","BTCUSDT"]'), -1151, "Symbol is present multiple times in the list."),
        ("/price?symbol=BTCUSDT&symbols=" + BOTH, -1128, "Combination of optional parameters invalid."),
        ("/24hr?type=HUGE", -1139, "Invalid ticker type."),
        ("/24hr?symbolStatus=OPEN", -1122, "Invalid symbolStatus."),
        ("", -1102, "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"),
        ("/tradingDay", -1102, "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"),
        ("/price?windowSize=1d", -1104, "Not all sent parameters were read; read '0' parameter(s) but was sent '1'."),
        *(
            (f"?symbol=BTCUSDT&windowSize={size}", -1130, "Data sent for parameter 'windowSize' is not valid.")
            for size in ("0m", "60m", "24h", "8d", "1d2h", "1w", "05m", "1D")
        ),
        (
            "?symbols=" + quote("[" + ",".join(f'"A{number}"' for number in range(101)) + "]"),
            -1101,
            "Too many parameters; expected '100' and received '101'.",
        ),
        (
            "/price?symbol=btcusdt",
            -1100,
            "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.",
        ),
    ],
)
def test_what_is_refused(door: Door, path: str, code: int, said: str) -> None:
    assert refused(door.send("GET", f"/api/v3/ticker{path}", key=None)) == (400, code, said)
