"""compose.yaml without Docker: each service's command with its environment, as a process of this machine.

What containers have of their own is replaced: the host name `valkey` and the ports by free ports of the loopback
interface, the volumes mounted at /data by folders. Everything else is what the file says.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import redis

from mockexchange.local.deck import HEALTH_PAGE
from mockexchange.local.readiness import Readiness
from mockexchange.local.tcp_ports import free_port
from mockexchange.local.valkey_binary import find_valkey

from .checkers import PROJECT, read_yaml
from .image import Installed

PARTS = ("api", "matcher", "feeder", "deck")


class Composed:
    """The services of compose.yaml. `settings` is what stands in .env."""

    def __init__(self, folder: Path, installed: Installed, settings: Mapping[str, str]) -> None:
        self.keys = folder / "keys"
        self.port, self.deck_port, self.valkey_port = free_port(), free_port(), free_port()
        self._folder = folder
        self._installed = installed
        self._settings = dict(settings)
        self._services: dict[str, Any] = read_yaml(PROJECT / "compose.yaml")["services"]
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("keys", "valkey", "programs"):
            (folder / name).mkdir()
        self._stand_in_for_valkey(folder / "programs" / "valkey-server")

    def up(self) -> None:
        """Start what does not run: Valkey, the others once it answers, and the deck once the API does, as `depends_on`
        says; wait until all answer, as `--wait` does."""
        if "valkey" not in self._running:
            service = self._services["valkey"]
            command = [interpolated(word, {}) for word in service["command"]]
            path = f"{self._folder / 'programs'}{os.pathsep}{os.defpath}"
            self._start("valkey", command, self._folder / "valkey", {"PATH": path, **self._environment(service)})
        self._wait_for_valkey()
        for part in PARTS:
            if part not in self._running:
                service = self._services[part]
                settings = self._settings if service["env_file"] else {}
                environment = self._installed.environment(**{**settings, **self._environment(service)})
                self._start(part, self._installed.command(*service["command"]), self.keys, environment)
            if part == "api":
                self._wait_for("api", f"http://127.0.0.1:{self.port}", "/health/live")
        self._wait_for("deck", f"http://127.0.0.1:{self.deck_port}", HEALTH_PAGE)

    def kill(self) -> None:
        """SIGKILL to everything."""
        for process in self._running.values():
            process.kill()
            process.wait()
        self._running.clear()

    def stop(self) -> dict[str, int]:
        """SIGTERM to everything, Valkey last as Compose has it; the exit codes."""
        codes: dict[str, int] = {}
        for name in (*PARTS, "valkey"):
            if name in self._running:
                self._running[name].terminate()
                codes[name] = self._running.pop(name).wait(60)
        return codes

    def running(self) -> set[str]:
        """The services whose process has not ended."""
        return {name for name, process in self._running.items() if process.poll() is None}

    def environment_of(self, part: str) -> str:
        """What its process was started with."""
        return Path(f"/proc/{self._running[part].pid}/environ").read_text()

    def _wait_for_valkey(self) -> None:
        """What the health check waits for."""
        client: Any = redis.Redis(port=self.valkey_port, password=self._settings["VALKEY_PASSWORD"])
        with client:
            while True:
                assert self._running["valkey"].poll() is None
                try:
                    client.ping()
                except redis.ConnectionError:  # not there yet, or loading
                    time.sleep(0.05)
                else:
                    return

    def _wait_for(self, part: str, url: str, page: str) -> None:
        """The image's health check (test_dockerfile.py runs it), or the service's own."""
        health = Readiness(url, lambda _text: None, page=page)
        while health.missing() is not None:
            assert self._running[part].poll() is None
            time.sleep(0.05)

    def _start(self, name: str, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        log = (self._folder / f"{name}.log").open("ab")
        with log:
            self._running[name] = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def _environment(self, service: Mapping[str, Any]) -> dict[str, str]:
        found = {name: interpolated(value, self._settings) for name, value in service["environment"].items()}
        here = {
            "API_URL": found.get("API_URL", "").replace("//api:8000", f"//127.0.0.1:{self.port}"),
            "MOCKX_HOST": "127.0.0.1",
            "MOCKX_PORT": str(self.port),
            "MOCKX_DECK_PORT": str(self.deck_port),
            "MOCKX_DATA_DIR": str(self.keys),
            "VALKEY_URL": found.get("VALKEY_URL", "").replace("@valkey:6379/", f"@127.0.0.1:{self.valkey_port}/"),
        }
        return found | {name: value for name, value in here.items() if name in found}

    def _stand_in_for_valkey(self, path: Path) -> None:
        """A server that is told another port. Its last word "-" has it read its standard input."""
        path.write_text(
            f'#!/bin/sh\n[ "$*" = - ] && exec {find_valkey()} --port {self.valkey_port} --bind 127.0.0.1 -\n'
        )
        path.chmod(stat.S_IRWXU)


def interpolated(text: str, settings: Mapping[str, str]) -> str:
    """What Compose makes of `$$`, `${NAME:-default}` and `${NAME:?message}`."""

    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        name, default = found[1], found[2]
        if not settings.get(name) and default is None:
            raise KeyError(f"{name}: {found[3]}")
        return settings.get(name) or default

    return re.sub(r"\$\$|\$\{([A-Z_]+)(?::-([^}]*)|:\?([^}]*))\}", value, text)
