"""Keys and secrets."""

from __future__ import annotations

import hashlib
import hmac

from mockexchange.key_making import ALPHABET, KEY_LENGTH, derived_secret, digest, new_key, new_key_id

MASTER = bytes(range(32))


def number(written: str) -> int:
    value = 0
    for letter in written:
        value = value * 62 + ALPHABET.index(letter)
    return value


def test_a_secret_is_the_hmac_in_base_62() -> None:
    secret = derived_secret(MASTER, "main", "Zk3b0PqX7cWm1TnE", 2)

    mac = hmac.new(MASTER, b"main:Zk3b0PqX7cWm1TnE:2", hashlib.sha256).digest()
    assert number(secret) == int.from_bytes(mac)
    assert len(secret) == 43


def test_secrets_differ_by_everything_they_are_derived_from() -> None:
    of = [(MASTER, "main", "a", 1), (MASTER[::-1], "main", "a", 1), (MASTER, "other", "a", 1), (MASTER, "main", "b", 1)]
    assert len({derived_secret(*each) for each in [*of, (MASTER, "main", "a", 2)]}) == 5


def test_a_key_begins_with_its_name_and_goes_on_by_chance() -> None:
    key_id = new_key_id()
    keys = {new_key(key_id) for _ in range(100)}

    assert len(keys) == 100
    assert {len(key) for key in keys} == {KEY_LENGTH}
    assert all(key.startswith(key_id) and key.isalnum() for key in keys)
    assert digest("x") == hashlib.sha256(b"x").hexdigest()
