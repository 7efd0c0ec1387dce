"""API keys in requests."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .request_schemas import Cursor, Given, Limit


class KeyQuery(Given):
    """Which keys to list."""

    account: Annotated[str | UnsetType, Meta(description="Only this account's.", examples=["alice"])] = UNSET
    limit: Limit = 100
    cursor: Cursor = UNSET


class KeyRequest(Given):
    """A new key."""

    account: Annotated[str, Meta(description="The account it acts on, which must exist.", examples=["default"])]
    scope: Annotated[
        Literal["read", "trade", "admin"],
        Meta(
            description="`read`: see its own account, and prices. `trade`: place and cancel orders and move paper "
            "money too. `admin`: everything, on every account."
        ),
    ] = "trade"
    label: Annotated[
        str, Meta(max_length=100, description="What it is for, up to 100 characters.", examples=["alice's grid bot"])
    ] = ""
