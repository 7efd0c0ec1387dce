"""API keys on every store."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mockexchange import keyring as keyring_module
from mockexchange.domain.access import Scope
from mockexchange.domain.api_keys import derived_secret, digest_of
from mockexchange.domain.errors import AccountNotFound, BadRequest, ExchangeError, ExchangeNotAvailable, KeyNotFound
from mockexchange.domain.rate_limits import RateLimit
from mockexchange.keyring import IssuedKey, Keyring
from mockexchange.ports import KeyVerdict
from mockexchange.store.keys import VenueKeys
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .venue import Venue

MASTER = bytes(32)
LIMIT = RateLimit(per_minute=60, burst=10)
FAILURES = RateLimit(per_minute=60, burst=3)
NOW = 1_700_000_000_000_000


@pytest.fixture
def keyring(venue: Venue) -> Keyring:
    return Keyring(venue.store, venue.clock, master=MASTER)


def admitted(venue: Venue, api_key: str) -> bool:
    digest = digest_of(api_key.encode())
    key = venue.store.admit(digest, digest, "192.0.2.1", None, FAILURES, NOW).key
    return key is not None and key.revoked_at is None


def test_a_new_key_lets_in_for_its_account_and_scope(venue: Venue, keyring: Keyring) -> None:
    issued = keyring.create("alice", Scope.READ, "a bot")

    key = issued.key
    assert (key.account_id, key.scope, key.label, key.version, key.revoked_at) == (
        "alice",
        Scope.READ,
        "a bot",
        1,
        None,
    )
    assert key.created_at == venue.clock.time
    assert key.key_id == digest_of(issued.api_key.encode())[:16]
    assert issued.secret == derived_secret(MASTER, "main", key.key_id, 1)
    assert venue.store.admit(key.digest, key.digest, "-", None, FAILURES, NOW).key == key
    assert not admitted(venue, issued.api_key[:-1])


def test_neither_key_nor_secret_is_stored_or_shown(venue: Venue, keyring: Keyring) -> None:
    first = keyring.create("alice", Scope.TRADE)
    second = keyring.rotate(first.key.key_id)

    shown = repr((first, second, keyring, keyring.keys().items))
    stored = contents(venue)
    for secret in (first.api_key, first.secret, second.api_key, second.secret, MASTER.hex()):
        assert secret not in shown
        assert secret not in stored
    assert first.key.digest not in stored
    assert second.key.digest in stored


def contents(venue: Venue) -> str:
    """Everything that the store has of keys, as text."""
    if isinstance(venue.store, MemoryStore):
        return repr({name: value for name, value in vars(venue.store).items() if "key" in name or "id" in name})
    found: list[str] = []
    for name in venue.connection.run("SCAN", 0, "COUNT", 10_000)[1]:
        found.append(name.decode())
        match venue.connection.run("TYPE", name):
            case b"string":
                found.append(venue.connection.run("GET", name).decode())
            case b"list":
                found += [each.decode() for each in venue.connection.run("LRANGE", name, 0, -1)]
            case b"hash":
                found += [each.decode() for each in venue.connection.run("HGETALL", name)]
            case _:
                pass
    return "\n".join(found)


def test_the_account_must_exist(keyring: Keyring) -> None:
    with pytest.raises(AccountNotFound, match="no account 'nobody'"):
        keyring.create("nobody", Scope.TRADE)
    assert keyring.keys().items == []


@pytest.mark.parametrize("label", ["x" * 101, "two\nlines", "\x00"])
def test_a_label_is_one_short_printable_line(keyring: Keyring, label: str) -> None:
    with pytest.raises(BadRequest, match="label"):
        keyring.create("alice", Scope.TRADE, label)


def test_without_a_master_key_none_is_made_and_those_there_are_work_on(venue: Venue, keyring: Keyring) -> None:
    issued = keyring.create("alice", Scope.TRADE)
    lacking = Keyring(venue.store, venue.clock)

    for attempt in (lambda: lacking.create("alice", Scope.TRADE), lambda: lacking.rotate(issued.key.key_id)):
        with pytest.raises(ExchangeNotAvailable, match="set MOCKX_MASTER_KEY"):
            attempt()
    assert admitted(venue, issued.api_key)
    assert lacking.revoke(issued.key.key_id).revoked_at is not None


def test_a_revoked_key_lets_nobody_in_for_ever(venue: Venue, keyring: Keyring) -> None:
    issued = keyring.create("alice", Scope.TRADE)
    revoked = keyring.revoke(issued.key.key_id)
    venue.clock.time += 1000

    assert revoked == replace(issued.key, revoked_at=venue.clock.time - 1000)
    assert keyring.revoke(issued.key.key_id) == revoked
    assert not admitted(venue, issued.api_key)
    with pytest.raises(ExchangeError, match="revoked"):
        keyring.rotate(issued.key.key_id)
    assert keyring.keys().items == [revoked]


def test_a_rotated_key_has_another_key_and_secret_and_the_same_id(venue: Venue, keyring: Keyring) -> None:
    first = keyring.create("alice", Scope.TRADE, "a bot")
    second = keyring.rotate(first.key.key_id)

    assert second.key == replace(first.key, version=2, digest=digest_of(second.api_key.encode()))
    assert second.secret == derived_secret(MASTER, "main", first.key.key_id, 2)
    assert not admitted(venue, first.api_key)
    assert admitted(venue, second.api_key)
    assert keyring.keys("alice").items == [second.key]


@pytest.mark.parametrize("key_id", ["", "default", "0123456789abcdef", "x" * 10_000])
def test_a_key_that_is_not_there(keyring: Keyring, key_id: str) -> None:
    for change in (keyring.revoke, keyring.rotate):
        with pytest.raises(KeyNotFound):
            change(key_id)


def test_lists_are_paged_newest_first(venue: Venue, keyring: Keyring) -> None:
    venue.exchange.open_account("bob", {})
    made = [keyring.create(account, Scope.TRADE).key for account in ("alice", "bob", "alice", "bob", "alice")]

    first = keyring.keys(limit=3)
    rest = keyring.keys(limit=3, cursor=first.cursor)
    assert first.items + rest.items == made[::-1]
    assert rest.cursor is None
    assert keyring.keys("bob").items == [made[3], made[1]]
    assert keyring.keys("nobody").items == []


def test_an_id_or_a_key_that_is_taken_is_not_given_twice(venue: Venue) -> None:
    texts = iter(["a" * 64, "a" * 64, "b" * 64])
    keyring = Keyring(venue.store, venue.clock, master=MASTER, new_key=lambda: next(texts))

    assert [keyring.create("alice", Scope.TRADE).api_key[0] for _ in range(2)] == ["a", "b"]


def test_an_account_has_no_more_keys_than_it_may(venue: Venue, keyring: Keyring) -> None:
    key = keyring.create("alice", Scope.TRADE).key
    another = replace(key, key_id="another", digest="another")

    assert venue.store.add_api_key(another, 1) is KeyVerdict.TOO_MANY
    assert venue.store.add_api_key(another, 2) is KeyVerdict.WRITTEN
    assert keyring_module.MOST_KEYS > 2


def test_of_many_that_change_a_key_at_once_each_change_counts_once(venue: Venue, keyring: Keyring) -> None:
    key_id = keyring.create("alice", Scope.TRADE).key.key_id

    def rotate(_: int) -> IssuedKey:
        return keyring.rotate(key_id)

    with ThreadPoolExecutor(6) as pool:
        issued = list(pool.map(rotate, range(6)))

    last = max(issued, key=lambda each: each.key.version)
    assert sorted(each.key.version for each in issued) == [2, 3, 4, 5, 6, 7]
    assert [each for each in issued if admitted(venue, each.api_key)] == [last]


def test_of_many_threads_that_ask_at_once_exactly_a_burst_is_let_through(
    request: pytest.FixtureRequest, venue: Venue, keyring: Keyring
) -> None:
    """In a frozen clock, so that nothing grows back; threads change places at every step."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    request.addfinalizer(lambda: sys.setswitchinterval(interval))
    digest = keyring.create("alice", Scope.TRADE).key.digest
    limit = RateLimit(per_minute=60, burst=57)

    def ask(_: int) -> bool:
        return venue.store.admit(digest, digest, "-", limit, FAILURES, NOW).spending.wait == 0

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(400))) == 57
    assert venue.store.admit(digest, digest, "-", limit, FAILURES, NOW + 1_000_000).spending.wait == 0
    assert venue.store.admit(digest, digest, "-", limit, FAILURES, NOW + 1_000_000).spending.wait > 0


def test_both_stores_count_alike(venue: Venue, keyring: Keyring) -> None:
    """Waits and refills of each limit, to the microsecond; the memory store is the measure."""
    model = MemoryStore()
    steps = (0, 0, 1, 999_999, 0, 0, 17, 5_000_000, 0, 0, 0, 0, 0, -3_000_000_000, 0, 60_000_000, 0)
    issued = keyring.create("alice", Scope.TRADE).key
    for limit in (LIMIT, RateLimit(7, 3), RateLimit(6000, 1000), RateLimit(1, 1), RateLimit(100_000_000, 5)):
        now, name = NOW, str(limit)
        for step in steps:
            now += step
            known = venue.store.admit(issued.digest, name, "-", limit, FAILURES, now)
            default = venue.store.admit(None, f"{name} default", "-", limit, FAILURES, now)
            wrong = venue.store.admit("wrong", "wrong", name, None, limit, now)
            expected = model.admit(None, name, "-", limit, FAILURES, now).spending
            assert (known.key, default.key, wrong.key) == (issued, None, None)
            assert known.spending == default.spending == wrong.spending == expected


def test_what_was_spent_ends_by_itself_and_keys_do_not(valkey_venue: Venue) -> None:
    store = valkey_venue.store
    assert isinstance(store, ValkeyStore)
    keyring = Keyring(store, valkey_venue.clock, master=MASTER)
    key = keyring.create("alice", Scope.TRADE).key
    store.admit(key.digest, key.digest, "192.0.2.1", LIMIT, FAILURES, NOW)
    store.admit("wrong", "wrong", "192.0.2.1", LIMIT, FAILURES, NOW)

    names, ask = VenueKeys("main"), valkey_venue.connection.run
    assert 0 < ask("PTTL", names.limit("key", key.digest)) <= 61_000
    assert 0 < ask("PTTL", names.limit("failures", "192.0.2.1")) <= 61_000
    for lasting in (names.api_key(key.digest), names.key_digests, names.key_ids(None), names.key_ids("alice")):
        assert ask("PTTL", lasting) == -1


def test_keys_let_in_when_memory_is_full(valkey_venue: Venue) -> None:
    """Otherwise nobody could cancel an order then."""
    keyring = Keyring(valkey_venue.store, valkey_venue.clock, master=MASTER)
    key = keyring.create("alice", Scope.TRADE).key
    ask = valkey_venue.connection.run
    ask("CONFIG", "SET", "maxmemory", 1)
    try:
        assert valkey_venue.store.admit(key.digest, key.digest, "-", LIMIT, FAILURES, NOW).key == key
        with pytest.raises(ExchangeNotAvailable, match="out of memory"):
            keyring.create("alice", Scope.TRADE)
    finally:
        ask("CONFIG", "SET", "maxmemory", 0)
