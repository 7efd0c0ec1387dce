"""What `mockx` ends with, for scripts."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The number says who has to do something about it."""

    OK = 0
    """done"""
    REFUSED = 1
    """the exchange said no, or its books are not clean"""
    USAGE = 2
    """the command or a setting is wrong; nothing was sent"""
    UNREACHABLE = 3
    """nobody answered, or the exchange cannot work now"""
    NOT_AUTHORIZED = 4
    """no API key, or one that may not do this"""
    NOT_FOUND = 5
    """no such order, symbol or account"""
