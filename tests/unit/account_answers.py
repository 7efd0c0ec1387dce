"""Answers of the exchange about accounts, snapshots, keys and itself, as text."""

from __future__ import annotations

ACCOUNT = """{"id": "alice", "createdAt": 1641038400000, "makerRate": 0.0002, "takerRate": 1E-8,
"paysInFeeAsset": true, "fillModel": "depth+queue", "firstBalances": {"USDT": 1000.00000000000000000001, "BTC": 1},
"generation": 3}"""

WHO_AM_I = f'{{"account": {ACCOUNT}, "key": {{"id": "default", "scope": "admin"}}}}'

FEES = """{"account": "alice", "maker": {"rate": 0.0002, "rule": "account"}, "taker": {"rate": 0.0009, "rule": "tier"},
"volume": 1200000.00000001, "tier": {"volume": 1000000, "makerRate": 0.0009, "takerRate": 0.0009},
"feeAsset": {"asset": "BNB", "discount": 0.25, "enabled": true}, "markets": [{"symbol": "BTC/FDUSD",
"maker": {"rate": 0, "rule": "market"}, "taker": {"rate": 0.0009, "rule": "tier"}}]}"""

NO_FEES = """{"account": "alice", "maker": {"rate": 0.001, "rule": "account"}, "taker": {"rate": 0.001,
"rule": "account"}, "volume": null, "tier": null, "feeAsset": null, "markets": []}"""

SNAPSHOT = """{"name": "monday", "account": "alice", "createdAt": 1641038400000, "openOrders": 1, "orders": 5,
"trades": 4, "ledgerEntries": 9, "balances": {"USDT": {"asset": "USDT", "free": 99399.99999999999999999, "used": 600,
"total": 99999.99999999999999999}}}"""

DIFF = """{"from": "monday", "to": null, "balances": {"USDT": {"from": 1000, "to": 400.5, "change": -599.5},
"BTC": {"from": 0, "to": 0.00999, "change": 0.00999}}, "orders": {"added": 2, "closed": 1}, "trades": {"added": 1},
"ledgerEntries": {"added": 1}}"""

KEY = """{"id": "9f86d081884c7d65", "account": "alice", "scope": "trade", "label": "grid [1]", "version": 1,
"createdAt": 1641038400000, "revokedAt": null}"""

REVOKED = KEY.replace("null", "1641038401000")

NEW_KEY = KEY[:-1] + ', "apiKey": "the-new-key", "secret": "the-new-secret"}'


def event(number: int, kind: str = "deposit") -> str:
    """One event, as a page and a stream have it."""
    data = '{"asset": "USDT", "amount": 100000.00000001}'
    return f'{{"id": "{number}-0", "type": "{kind}", "timestamp": 1641038400000, "data": {data}}}'


def diagnosis(*checks: tuple[str, str, str | None], now: int = 1641038400000) -> str:
    """A diagnosis with these checks (name, status, advice), and the server's clock."""
    written = [f'{{"name": "clock of the server", "status": "ok", "detail": "-", "advice": null, "value": {now}}}']
    for name, status, advice in checks:
        said = "null" if advice is None else f'"{advice}"'
        written.append(f'{{"name": "{name}", "status": "{status}", "detail": "seen", "advice": {said}, "value": null}}')
    statuses = {status for _, status, _ in checks}
    worst = next((each for each in ("error", "warning") if each in statuses), "ok")
    return f'{{"status": "{worst}", "checks": [{", ".join(written)}], "versions": {{"valkey": "9.0.0"}}}}'
