"""What is kept about the embedded Valkey between two runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import StartupFailed
from .private_file import write_private
from .process_identity import ProcessIdentity


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """Where the server listens, how to get in, and which process it is (`pid` 0: none yet)."""

    port: int
    password: str
    pid: int = 0
    started: str = ""

    @classmethod
    def read(cls, path: Path) -> ServerRecord | None:
        """The record, None when there is none yet. Raises StartupFailed when it is not readable as one."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise StartupFailed(
                f"{path} is damaged ({error}). Delete it: a new password and port are chosen, the data stays."
            ) from None

    def write(self, path: Path) -> None:
        """Keep it (mode 600)."""
        write_private(path, json.dumps(asdict(self)) + "\n")

    def server(self) -> ProcessIdentity | None:
        """The process it tells of, None when that no longer runs."""
        identity = ProcessIdentity(self.pid, self.started)
        return identity if self.pid > 0 and identity.alive() else None
