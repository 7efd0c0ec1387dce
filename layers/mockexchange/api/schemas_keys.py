"""API keys in answers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .schemas import Answer, Milliseconds


class Key(Answer):
    """An API key, as everybody with the scope `admin` may see it: the key itself is not in it."""

    id: Annotated[str, Meta(description="Public id; it stays when the key is rotated.", examples=["9f86d081884c7d65"])]
    account: Annotated[str, Meta(description="The account it acts on.", examples=["alice"])]
    scope: Annotated[
        Literal["read", "trade", "admin"], Meta(description="What it may do; each includes those before it.")
    ]
    label: Annotated[str, Meta(description="What it is for, in its maker's words.", examples=["alice's grid bot"])]
    version: Annotated[int, Meta(description="1, and one more with each rotation.", examples=[1])]
    created_at: Milliseconds
    revoked_at: Annotated[Milliseconds | None, Meta(description="Since when it lets nobody in; null: it does.")]


class NewKey(Key):
    """A key with what its owner has to keep. Nobody can read these two again."""

    api_key: Annotated[str, Meta(description="Goes into the header `x-api-key`. 64 letters and digits.")]
    secret: Annotated[str, Meta(description="Signs requests, where they are signed. 64 letters and digits.")]

    def __repr__(self) -> str:
        return f"NewKey(id={self.id!r}, api_key=..., secret=...)"
