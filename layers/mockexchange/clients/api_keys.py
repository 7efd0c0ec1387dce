"""Calls about API keys. They need an admin key."""

from __future__ import annotations

from .account_answers import Key, NewKey
from .calls import Calls, in_path

LISTED = "`mockx keys list` shows which keys there are"


class KeyCalls(Calls):
    """Making keys, and taking them away."""

    def create_key(self, account: str, scope: str = "trade", label: str | None = None) -> NewKey:
        """Make a key for an account. Its secret is in this answer only. Never sent twice: that would be two keys."""
        body = {"account": account, "scope": scope, "label": label}
        said = {name: value for name, value in body.items() if value is not None}
        return self._wire.command("POST", "/admin/keys", NewKey, body=said, look=LISTED)

    def keys(self, account: str | None = None, limit: int = 1000) -> list[Key]:
        """The first `limit` keys, of one account or of all, revoked ones too."""
        return self._pages("/admin/keys", Key, limit, {"account": account})

    def revoke_key(self, key_id: str) -> Key:
        """End a key. The same again changes nothing."""
        return self._wire.command("DELETE", f"/admin/keys/{in_path(key_id)}", Key, look=LISTED, send_again=True)

    def rotate_key(self, key_id: str) -> NewKey:
        """Give a key a new secret; the old one is refused from then on. Never sent twice: the answer has the secret."""
        look = f"{LISTED}, and their versions; rotate it again to get a secret"
        return self._wire.command("POST", f"/admin/keys/{in_path(key_id)}/rotate", NewKey, look=look)
