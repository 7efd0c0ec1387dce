"""What can go wrong when the exchange is run on one machine. Every message says what to do next."""

from __future__ import annotations


class LocalError(Exception):
    """Base of all errors of `mockx up` and `mockx serve`; `exit_code` is what the command ends with."""

    exit_code: int = 1


class ServerNotInstalled(LocalError):
    """No Valkey server was found on this machine."""


class StartupFailed(LocalError):
    """A part ended, or did not answer, before it was ready."""


class DirectoryInUse(LocalError):
    """Another process works on the same data directory."""


class NotConfigured(LocalError):
    """A file that `mockx up` writes is not there, or cannot be read."""


class UnsafeBind(LocalError):
    """The settings would let strangers in."""

    exit_code = 2


class Interrupted(LocalError):
    """A stop was asked for (Ctrl-C, SIGTERM) before the start was complete."""

    exit_code = 0
