"""What can go wrong when the exchange is run on one machine. Every message says what to do next.

LocalError
  NotConfigured
    UnsafeBind
  BackupFailed
  DirectoryInUse
  StartupFailed
    ServerNotInstalled
    ServerUnreachable
  Interrupted
"""

from __future__ import annotations

from typing import ClassVar


class LocalError(Exception):
    """Base of all errors of `mockx up` and `mockx serve`; `exit_code` is what the command ends with."""

    exit_code: ClassVar[int] = 1


class NotConfigured(LocalError):
    """A setting, or a file in the data directory, cannot be used as it is."""

    exit_code = 2


class UnsafeBind(NotConfigured):
    """The settings would let strangers in."""


class BackupFailed(LocalError):
    """A backup could not be made, or not be restored."""


class DirectoryInUse(LocalError):
    """Another process works on the same data directory."""


class StartupFailed(LocalError):
    """A part ended, or could not do its work, before it was ready."""


class ServerNotInstalled(StartupFailed):
    """No Valkey server was found on this machine."""


class ServerUnreachable(StartupFailed):
    """Valkey does not answer, or does not let us in."""

    exit_code = 3


class Interrupted(LocalError):
    """A stop was asked for (Ctrl-C, SIGTERM) before the start was complete."""

    exit_code = 0
