"""API keys: what is known of each, and how its secret follows from the master key. Pure."""

from __future__ import annotations

import hashlib
import hmac
import string
from dataclasses import dataclass

from .access import Caller, Scope

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""The digits of base 62, by value."""

KEY_LENGTH = 64
"""Characters of a key and of a secret, as on Binance; clients of that exchange may check it."""

ID_LENGTH = 16
"""Hex digits of a public id."""

_BLOCK = 43
"""Digits of base 62 that 32 bytes need."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key. Neither the key nor its secret is in it: `digest` is the SHA-256 of the key (hex).

    `key_id` is public and stays through rotations, each of which adds 1 to `version`. Times in ms; `revoked_at` is set
    once, for ever.
    """

    key_id: str
    account_id: str
    scope: Scope
    label: str
    version: int
    created_at: int
    revoked_at: int | None
    digest: str

    @property
    def caller(self) -> Caller:
        """Who comes in with it."""
        return Caller(self.account_id, self.scope, self.key_id)


def digest_of(api_key: bytes) -> str:
    """What a key is kept and looked up by: its SHA-256 (hex). A key is 381 random bits, so no salt is needed."""
    return hashlib.sha256(api_key).hexdigest()


def derived_secret(master: bytes, venue: str, key_id: str, version: int) -> str:
    """The secret of a key: base62(HMAC-SHA256(master, "venue:key_id:version")), 64 characters.

    A digest has 43 digits of base 62. The other 21 are the last ones of a second digest, over the same text with ":2".
    """
    name = f"{venue}:{key_id}:{version}"
    return _base62(master, name) + _base62(master, f"{name}:2")[_BLOCK - KEY_LENGTH :]


def _base62(master: bytes, text: str) -> str:
    number = int.from_bytes(hmac.digest(master, text.encode(), "sha256"), "big")
    digits = ""
    for _ in range(_BLOCK):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
