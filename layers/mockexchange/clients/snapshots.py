"""Calls about snapshots: an account as it was, kept under a name."""

from __future__ import annotations

from .account_answers import Account, Snapshot, SnapshotDiff
from .accounts import account_path
from .calls import Calls, in_path


class SnapshotCalls(Calls):
    """`account` names another account than the key's own; that needs an admin key."""

    def snapshots(self, limit: int, account: str | None = None) -> list[Snapshot]:
        """The newest `limit` snapshots, newest first."""
        return self._pages(f"{account_path(account)}/snapshots", Snapshot, limit, {})

    def snapshot(self, name: str, account: str | None = None) -> Snapshot:
        """One of them."""
        return self._wire.read(_path(name, account), Snapshot)

    def save_snapshot(self, name: str, account: str | None = None) -> Snapshot:
        """Keep the account as it is now. Refused when the name is taken."""
        path = f"{account_path(account)}/snapshots"
        look = f"`mockx snapshot show {name}` shows whether it was saved"
        return self._wire.command("POST", path, Snapshot, body={"name": name}, look=look)

    def delete_snapshot(self, name: str, account: str | None = None) -> Snapshot:
        """Forget a snapshot; gives it once more."""
        look = "`mockx snapshot list` shows whether it is still there"
        return self._wire.command("DELETE", _path(name, account), Snapshot, look=look)

    def restore_snapshot(self, name: str, account: str | None = None) -> Account:
        """Make the account what it was. What came after the snapshot is gone."""
        look = "`mockx account show` shows its generation, which counts up with every restore"
        return self._wire.command("POST", f"{_path(name, account)}/restore", Account, look=look)

    def snapshot_diff(self, name: str, against: str | None = None, account: str | None = None) -> SnapshotDiff:
        """What changed from a snapshot to another one; None: to the account as it is now."""
        return self._wire.read(f"{_path(name, account)}/diff", SnapshotDiff, query={"against": against})


def _path(name: str, account: str | None) -> str:
    return f"{account_path(account)}/snapshots/{in_path(name)}"
