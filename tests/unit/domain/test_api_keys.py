"""How a key's secret follows from the master key: fixed for ever, because secrets are stored nowhere."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from mockexchange.domain.api_keys import ALPHABET, KEY_LENGTH, derived_secret, digest_of

MASTER = bytes(range(32))


def test_the_secret_of_a_known_key_is_what_it_ever_was() -> None:
    assert derived_secret(MASTER, "main", "0123456789abcdef", 1) == VECTOR


def test_it_is_the_digest_of_venue_id_and_version_in_base_62() -> None:
    digest = hmac.new(MASTER, b"main:0123456789abcdef:1", hashlib.sha256).digest()
    number = 0
    for character in VECTOR[:43]:
        number = number * 62 + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".index(character)

    assert number == int.from_bytes(digest, "big")


@pytest.mark.parametrize(
    "other",
    [
        (bytes(32), "main", "0123456789abcdef", 1),
        (MASTER, "other", "0123456789abcdef", 1),
        (MASTER, "main", "0123456789abcdee", 1),
        (MASTER, "main", "0123456789abcdef", 2),
    ],
)
def test_another_master_venue_key_or_version_gives_another_secret(other: tuple[bytes, str, str, int]) -> None:
    secret = derived_secret(*other)

    assert secret[:43] != VECTOR[:43]
    assert secret[43:] != VECTOR[43:]


def test_every_secret_has_64_letters_and_digits() -> None:
    secrets = {derived_secret(MASTER, "main", "k", version) for version in range(500)}

    assert len(secrets) == 500
    assert {len(secret) for secret in secrets} == {KEY_LENGTH}
    assert set("".join(secrets)) == set(ALPHABET)


def test_a_key_is_kept_under_its_sha_256() -> None:
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


VECTOR = "ufqLVAbN0kczS4zXjA1c0iMDePxK1D98j5FoUrOPRN6ts01o9iHfoi6G77o8PunM"
