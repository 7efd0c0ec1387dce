"""The deck as a program: Streamlit with the deck's script. It is told where the exchange is, and little else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from ..settings import Settings, setting_rows
from .errors import NotConfigured, StartupFailed
from .listening import is_loopback, listen, local_url

HOW_TO_GET_IT = "pip install 'mockexchange[deck]'"

HEALTH_PAGE = "/_stcore/health"
"""Answers 200 once Streamlit serves."""

OPTIONS = {
    "server.headless": "true",  # opens no browser, and asks nothing on the terminal
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",  # its files change with a new version, which is started anew
    # a full collection of garbage after each run of a part, several in every beat, would be four fifths of what the
    # deck costs; Python's own collections remain
    "runner.postScriptGC": "false",
    "browser.gatherUsageStats": "false",  # nothing leaves this machine
    "client.toolbarMode": "minimal",
    "client.showErrorLinks": "false",  # they lead away, with the text of the error
    # the color of a purchase, dark enough for white letters; Streamlit's own is that of a sale
    "theme.light.primaryColor": "#0f766e",
    "theme.dark.primaryColor": "#0f766e",
    "logger.level": "warning",
    "logger.hideWelcomeMessage": "true",  # it would look up this machine's address in the world
}
"""On the command line they count before any config.toml, and before STREAMLIT_ variables."""


def is_installed() -> bool:
    """Whether there is a Streamlit to run it, and the deck itself: AWS gets neither."""
    return find_spec("streamlit") is not None and find_spec("mockexchange.deck") is not None


def refuse_without_streamlit() -> None:
    """Raises NotConfigured when the deck is not installed."""
    if not is_installed():
        raise NotConfigured(f"The deck is not installed: {HOW_TO_GET_IT}")


def free_port(settings: Settings) -> int:
    """The port that the deck gets: Streamlit opens it itself, so this only looks whether it can, and which one is free
    when it is to be any. Raises StartupFailed."""
    try:
        with listen(settings.mockx_host, settings.mockx_deck_port) as probe:
            port: int = probe.getsockname()[1]
            return port
    except StartupFailed:
        raise StartupFailed(
            f"The deck cannot listen on {settings.mockx_host} port {settings.mockx_deck_port}. Choose another with "
            "--deck-port (MOCKX_DECK_PORT), or leave the deck out: --no-deck."
        ) from None


def serve_deck(settings: Settings) -> NoReturn:
    """Become the deck. Raises NotConfigured when it is not installed, StartupFailed when its port is taken."""
    refuse_without_streamlit()
    port = free_port(settings)
    sys.stderr.write(f"The deck listens on {settings.mockx_host}: {local_url(settings.mockx_host, port)}\n")
    sys.stderr.flush()
    inherited = os.environ  # noqa: TID251  # a program's environment is being put together
    os.execve(sys.executable, command(settings.mockx_host, port), deck_environment(settings, inherited))


def command(host: str, port: int) -> list[str]:
    """The program, which is Streamlit, and what it is called with."""
    own = find_spec("mockexchange.deck")
    assert own is not None and own.origin is not None  # it is installed
    chosen = {**OPTIONS, "server.address": host, "server.port": str(port)}
    script = str(Path(own.origin).with_name("app.py"))
    options = (f"--{name}={value}" for name, value in chosen.items())
    return [sys.executable, "-m", "mockexchange.deck", "run", script, *options]


def deck_environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """`inherited` with no settings but those that say where the exchange is. The key is among them only when nobody
    else can open the deck; the secrets of an exchange are never, for the deck trades by HTTP like anybody."""
    ours = {row.name for row in setting_rows()} | {"REDIS_URL"}
    environment = {name: value for name, value in inherited.items() if name.upper() not in ours}
    environment["MOCKX_DATA_DIR"] = str(settings.mockx_data_dir.absolute())
    if "api_url" in settings.model_fields_set:
        environment["API_URL"] = settings.api_url
    if settings.mockx_api_key is not None and is_loopback(settings.mockx_host):
        environment["MOCKX_API_KEY"] = settings.mockx_api_key.get_secret_value()
    return environment
