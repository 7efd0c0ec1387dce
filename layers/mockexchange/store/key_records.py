"""How key records are written: a JSON array that begins with 1, or with 0 once the key is revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..domain.access import Scope
from ..domain.api_keys import ApiKey

_encode = msgspec.json.Encoder().encode
_decode: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode


def write_key(key: ApiKey) -> str:
    """A key's record."""
    fields = (
        int(key.revoked_at is None), key.key_id, key.account_id, key.scope, key.label, key.version, key.created_at,
        key.revoked_at, key.digest,
    )  # fmt: skip
    return _encode(fields).decode()


def read_key(record: bytes | str) -> ApiKey:
    """What write_key wrote."""
    _, key_id, account_id, scope, label, version, created_at, revoked_at, digest = _decode(record)
    return ApiKey(key_id, account_id, Scope(scope), label, version, created_at, revoked_at, digest)
