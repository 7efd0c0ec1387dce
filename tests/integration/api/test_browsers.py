"""What web pages may do, and what browsers are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.settings import BadSettings, Settings
from mockexchange.store.memory import MemoryStore

from .door import KEY, Door, order

DECK = "https://deck.example"
EVIL = "https://evil.example"


@pytest.fixture
def named() -> Iterator[Door]:
    door = Door(MemoryStore(), cors_origins=(DECK,))
    with door.loop:
        yield door


def preflight(door: Door, origin: str) -> dict[str, str]:
    asked = {
        "origin": origin,
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "x-api-key,content-type",
    }
    return dict(door.send("OPTIONS", "/orders", key=None, headers=asked).headers)


def test_no_page_may_read_answers_unless_it_is_named(memory_door: Door) -> None:
    reply = memory_door.send("GET", "/balance", headers={"origin": DECK})

    assert not [name for name in reply.headers if name.startswith("access-control-")]
    assert not [name for name in preflight(memory_door, DECK) if name.startswith("access-control-")]


def test_a_named_page_may_and_asks_first_without_a_key(named: Door) -> None:
    told = preflight(named, DECK)
    reply = named.send("GET", "/balance", headers={"origin": DECK})

    assert told["access-control-allow-origin"] == DECK
    assert "DELETE" in told["access-control-allow-methods"]
    assert "x-api-key" in told["access-control-allow-headers"]
    assert reply.headers["access-control-allow-origin"] == DECK
    assert "RateLimit" in reply.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in reply.headers
    # errors too: the page is to show what was wrong
    refused = named.send("GET", "/balance", key="wrong", headers={"origin": DECK})
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, DECK)


def test_another_page_may_not(named: Door) -> None:
    for other in (EVIL, "null", "https://deck.example.evil.example", "http://deck.example", DECK + ":8443"):
        assert "access-control-allow-origin" not in preflight(named, other)
        assert "access-control-allow-origin" not in named.send("GET", "/balance", headers={"origin": other}).headers


@pytest.mark.parametrize("origins", ["*", "deck.example", "https://deck.example/", "https://*.example", "file:///x"])
def test_an_origin_is_named_exactly(origins: str) -> None:
    with pytest.raises(BadSettings, match="CORS_ORIGINS"):
        Settings(cors_origins=origins)
    assert Settings(cors_origins=f"{DECK},http://[::1]:8501").cors_origins == (DECK, "http://[::1]:8501")


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1.evil.example", "http://[x"])
def test_where_no_key_is_asked_for_no_page_of_others_can_trade(origin: str) -> None:
    """Browsers send a plain POST anywhere, and only hide the answer."""
    door = Door(MemoryStore(), auth=False, cors_origins=(DECK,))
    with door.loop:
        door.price("60000")
        body = order(amount="0.01")
        plain = {"origin": origin, "content-type": "text/plain"}
        reply = door.send("POST", "/orders", body, key=None, headers=plain)
        assert (reply.status, reply.problem["code"]) == (403, "PermissionDenied")
        assert door.get("/orders") == []
        for own in (DECK, "http://127.0.0.1:8000", "http://localhost:8501", "http://[::1]"):
            assert door.send("POST", "/orders", body, key=None, headers={"origin": own}).status == 201


@pytest.mark.parametrize(
    ("path", "key"),
    [("/balance", KEY), ("/balance", "wrong"), ("/nowhere", KEY), ("/health/live", None), ("/docs", None)],
)
def test_every_answer_is_safe_to_show(memory_door: Door, path: str, key: str | None) -> None:
    headers = memory_door.send("GET", path, key=key).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert "server" not in headers
