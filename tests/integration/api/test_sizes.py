"""What is too long is refused before anybody looks at it."""

from __future__ import annotations

import pytest

from .door import Door


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/tickers/{'A' * 8100}", 404),
        (f"/tickers/{'A' * 8200}", 414),
        (f"/orders?symbol={'A' * 8000}", 400),
        (f"/orders?symbol={'A' * 8200}", 414),
        (f"/health/live?{'A' * 8200}", 414),
        (f"/balance/{'A' * 8200}", 414),
    ],
)
def test_paths_and_queries(memory_door: Door, path: str, status: int) -> None:
    reply = memory_door.send("GET", path)

    assert reply.status == status
    assert len(reply.text) < 1000
    assert reply.problem["detail"]


@pytest.mark.parametrize(("size", "status"), [(30_000, 200), (33_000, 431)])
def test_headers(memory_door: Door, size: int, status: int) -> None:
    half = {"x-one": "a" * (size // 2), "x-two": "b" * (size // 2)}

    assert memory_door.send("GET", "/health/live", headers=half).status == status


@pytest.mark.parametrize("query", ["cursor=", "since=", "until="])
@pytest.mark.parametrize("number", ["9" * 17, "9" * 5000, "1e17", "-1", "1.5"])
def test_numbers_in_queries_have_few_digits(memory_door: Door, query: str, number: str) -> None:
    reply = memory_door.send("GET", f"/orders?{query}{number}")

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
