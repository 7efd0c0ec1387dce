"""What an operator is told about every store, and about one that is not there."""

from __future__ import annotations

from typing import Any

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .door import START, Door
from .test_health import caught_up, fed


def checks(door: Door) -> dict[str, Any]:
    return {each["name"]: each for each in door.get("/admin/diagnosis")["checks"]}


def write_foreign(store: MemoryStore | ValkeyStore, **fields: str) -> None:
    """What a feeder of somebody else's does."""
    if isinstance(store, MemoryStore):
        store.write_mailbox("BTC/USDT", fields)
    else:
        pairs = [word for pair in fields.items() for word in pair]
        store.connection.run("HSET", "sym_BTC/USDT", *pairs)


def test_prices_and_matching_are_told_by_market(door: Door) -> None:
    door.place(amount="0.01", price="50000")
    door.clock.time += 1_500

    found = checks(door)

    assert found["price BTC/USDT"] | {"detail": ""} == {
        "name": "price BTC/USDT", "status": "ok", "detail": "", "advice": None, "value": 1500,
    }  # fmt: skip
    assert (found["matcher BTC/USDT"]["status"], found["matcher BTC/USDT"]["value"]) == ("ok", 0)
    assert found["growth"]["value"] == door.store.revision()
    assert found["clock of the server"]["value"] == START + 1_500
    assert found["keys"]["status"] == "ok"


def test_a_matcher_that_does_not_run_is_an_error(door: Door) -> None:
    door.place(amount="0.01", price="50000")
    fed(door, "60000", position=1)
    fed(door, "60001", position=2)
    door.clock.time += 10_000

    matcher = checks(door)["matcher BTC/USDT"]

    assert (matcher["status"], matcher["value"]) == ("error", 2)
    assert "2 ticks behind; the first has waited for 10.0 s" in matcher["detail"]


def test_a_price_that_is_too_old_is_told(door: Door) -> None:
    door.clock.time += 60_001

    price = checks(door)["price BTC/USDT"]

    assert price["status"] == "warning"  # the feed is manual
    assert "mockx price set BTC/USDT" in price["advice"]


def test_catching_up_is_told_and_how_far_it_is(door: Door) -> None:
    door.clock.time += 3 * 3_600_000
    caught_up(door, START + 3_600_000)

    price = checks(door)["price BTC/USDT"]

    assert price["status"] == "warning"
    assert price["detail"] == "catching up on what was missed, from candles:synthetic:7: 120 min to go"
    assert price["value"] == 2 * 3_600_000


def test_foreign_writes_to_what_our_feed_serves_are_told_and_forgotten_after_a_while(
    store: MemoryStore | ValkeyStore,
) -> None:
    door = Door(store, symbols=("BTC/USDT",), feed="synthetic:7")
    with door.loop:
        fed(door, "60000", position=1)
        fed(door, "60001", position=2)
        assert "foreign writes BTC/USDT" not in checks(door)

        write_foreign(store, price="1")
        fed(door, "60002", position=3)
        fed(door, "60003", position=4)
        found = checks(door)
        door.clock.time += 600_000
        later = checks(door)

    assert found["foreign writes BTC/USDT"]["value"] == 1
    assert found["foreign writes BTC/USDT"]["status"] == "warning"
    assert found["price BTC/USDT"]["status"] == "ok"
    assert "foreign writes BTC/USDT" not in later


def test_quotes_that_were_no_prices_are_told(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, symbols=("BTC/USDT",), feed="external")
    with door.loop:
        write_foreign(store, price="NaN", timestamp=str(START // 1000))

        found = checks(door)

    assert found["rejected quotes BTC/USDT"]["value"] == 1


def test_a_real_valkey_tells_of_itself(valkey_url: str) -> None:
    connection = Connection(valkey_url)
    door = Door(ValkeyStore(connection))
    with door.loop:
        found = door.get("/admin/diagnosis")
        by_name = {each["name"]: each for each in found["checks"]}

    assert by_name["valkey"]["detail"].startswith("Valkey ")
    assert by_name["memory"]["value"] > 100_000
    assert by_name["eviction"]["value"] == "noeviction"
    assert by_name["persistence"]["value"] == "no"  # as `mockx up` starts it
    assert by_name["clock of valkey"]["status"] == "warning"  # the clock of these tests stands in 2023
    assert found["versions"]["valkey"] == by_name["valkey"]["detail"].split()[1]
    assert set(found["versions"]) == {"python", "mockexchange", "ccxt", "fastapi", "redis", "valkey"}
    connection.close()


def test_a_valkey_with_other_directives_is_warned_of(valkey_url: str) -> None:
    connection = Connection(valkey_url)
    door = Door(ValkeyStore(connection))
    with door.loop:
        try:
            connection.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "appendfsync", "everysec")
            found = checks(door)
        finally:
            connection.run("CONFIG", "SET", "maxmemory-policy", "noeviction", "appendfsync", "no")

    assert found["eviction"]["status"] == "error"
    assert found["persistence"]["status"] == "warning"
    connection.close()


def test_a_store_that_cannot_be_reached_is_one_of_the_things_that_are_found() -> None:
    door = Door(ValkeyStore(Connection("redis://127.0.0.1:1")))
    with door.loop:
        found = door.get("/admin/diagnosis")

    assert found["status"] == "error"
    [valkey] = [each for each in found["checks"] if each["name"] == "valkey"]
    assert "Valkey at 127.0.0.1:1 does not answer" in valkey["detail"]
    assert valkey["advice"]


def test_without_authentication_that_is_a_warning() -> None:
    door = Door(MemoryStore(), auth=False)
    with door.loop:
        assert checks(door)["keys"]["status"] == "warning"
