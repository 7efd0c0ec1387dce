"""Making API keys, and deriving the secrets that belong to them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

from .domain.access import KEY_ID_LENGTH

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""Base 62, in the order of the digits' values."""

KEY_LENGTH = 64
"""Characters of a key, as on Binance; clients of that exchange may check it."""

_SECRET_LENGTH = 43
"""256 bits in base 62."""


def random_text(length: int) -> str:
    """So many random characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_key_id() -> str:
    """A public name that no other key has: 95 random bits."""
    return random_text(KEY_ID_LENGTH)


def new_key(key_id: str) -> str:
    """A key of that name; 285 random bits follow it."""
    return key_id + random_text(KEY_LENGTH - len(key_id))


def digest(api_key: str) -> str:
    """What is kept of a key. A plain hash will do: nobody tries out 285 bits."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def derived_secret(master: bytes, venue: str, key_id: str, version: int) -> str:
    """The secret of one version of a key: base62(HMAC-SHA256(master, venue:key_id:version))."""
    number = int.from_bytes(hmac.digest(master, f"{venue}:{key_id}:{version}".encode(), "sha256"))
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(_SECRET_LENGTH, ALPHABET[0])
