"""What the native HTTP API answers and takes about API keys, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .request_schemas import Cursor, Given, Limit
from .requests_accounts import Name
from .schemas import Answer, Milliseconds
from .schemas_accounts import AccountId

Scopes = Literal["read", "trade", "admin"]


class Key(Answer):
    """An API key's record. The key itself is not in it."""

    id: Annotated[str, Meta(description="Its public name: the first 16 characters of the key.")]
    account: AccountId
    scope: Annotated[Scopes, Meta(description="Each may do what those before it may.")]
    label: str
    version: Annotated[int, Meta(description="Counts up with every rotation.")]
    created_at: Milliseconds
    revoked_at: Milliseconds | None


class IssuedKey(Key):
    """A new key. `apiKey` is shown here and never again."""

    api_key: Annotated[str, Meta(description="What goes into the header x-api-key. Keep it to yourself.")]
    secret: Annotated[str, Meta(description="What requests are signed with on the Binance wire.")]


class KeyRequest(Given):
    """A new key."""

    account: Name
    scope: Annotated[Scopes, Meta(description="What it may do.")] = "trade"
    label: Annotated[str, Meta(description="For people.", max_length=100, examples=["my bot"])] = ""


class KeyQuery(Given):
    """Which keys to list."""

    account: Annotated[str | UnsetType, Meta(description="Only this account's.", examples=["default"])] = UNSET
    limit: Limit = 100
    cursor: Cursor = UNSET
