"""The environment that the functions find, here as on AWS: it is where they read their settings."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..settings import Settings


def function_environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """`inherited` with the settings in it. Holds secrets."""
    return {**inherited, **settings.environment()}


def child_environment(settings: Settings) -> dict[str, str]:
    """For a child process that runs functions."""
    return function_environment(settings, os.environ)  # noqa: TID251  # a child's environment is being put together


def enter_function_environment(settings: Settings) -> None:
    """Make it this process's own, before the functions are imported."""
    os.environ.update(child_environment(settings))  # noqa: TID251  # written, not read: for what is imported next
