"""The embedded Valkey: a server of our own, with its data in the data directory.

What it keeps: every write is appended to a log (AOF) before its answer is sent, so kill -9 of the server, of us, or of
everything loses nothing that was acknowledged. A power cut may lose the last second or so, unless `fsync` is "always",
which waits for the disk before each answer (aof_sync.py says why this is not Valkey's `everysec`).

    <data-dir>/valkey/lock           held by us and by the server for as long as either lives
    <data-dir>/valkey/server.json    port, password, and which process the server is (mode 600)
    <data-dir>/valkey/appendonlydir  the data
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from .aof_sync import AofSync
from .directory_lock import DirectoryLock
from .errors import DirectoryInUse, ServerUnreachable, StartupFailed
from .private_file import private_directory
from .process_identity import ProcessIdentity
from .program import Program
from .server_record import ServerRecord
from .stopping import Pause, undisturbed
from .tcp_ports import HIGHEST_CLUSTER_PORT, free_port, is_free
from .valkey_binary import find_valkey
from .valkey_probe import ValkeyProbe

Fsync = Literal["everysec", "always"]

HOST = "127.0.0.1"
USUAL_PORT = 6379
STOP_GRACE = 20.0
"""Seconds. A stopping server flushes its log to the disk; an SD card may take several to do so."""

REAP = 1.0
"""Seconds in which a server that was just killed is gone."""

GIVES_UP = 10.0
"""Seconds in which a server that cannot listen has ended; far more than it takes."""

PORT_ATTEMPTS = 5
"""Between finding a free port and listening there, somebody else may take it."""


class EmbeddedValkey:
    """A Valkey server on 127.0.0.1 under a random password, with its data in `<data_dir>/valkey`.

    Use it as a context manager, or call start() and stop(). After the server died, launch() brings it back at the same
    address. `preferred_port` is taken when it is free and the directory has no port of its own yet (0: any). With
    `cluster` it is a one-node cluster that serves all slots. `directives` are added to the server's configuration.
    """

    name = "valkey"

    def __init__(
        self,
        data_dir: Path,
        *,
        preferred_port: int = USUAL_PORT,
        fsync: Fsync = "everysec",
        cluster: bool = False,
        directives: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        """`on_line` gets each line of the server's log, `on_progress` what a person who waits wants to know."""
        self.directory = data_dir.absolute() / "valkey"
        self._preferred_port = preferred_port
        self._fsync = fsync
        self._cluster = cluster
        self._directives = dict(directives or {})
        self._on_line = on_line
        self._on_progress = on_progress or _unheard
        self._lock = DirectoryLock(self.directory / "lock")
        self._record_path = self.directory / "server.json"
        self._record: ServerRecord | None = None
        self._program: Program | None = None
        self._sync: AofSync | None = None

    def __enter__(self) -> EmbeddedValkey:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where clients connect; holds the password. It does not change from start() on."""
        record = self._known()
        return f"redis://:{record.password}@{HOST}:{record.port}/0"

    @property
    def port(self) -> int:
        """Its TCP port."""
        return self._known().port

    @property
    def pid(self) -> int:
        """The process id of the server that was started last."""
        return self._started().pid

    def start(self, pause: Pause = undisturbed) -> None:
        """Start the server and wait until it answers, however long it takes to load its data.

        Raises ServerNotInstalled, DirectoryInUse, StartupFailed with the server's last words, or Interrupted when
        `pause` says stop.
        """
        for attempt in range(1, PORT_ATTEMPTS + 1):
            try:
                self.launch()
                self.wait_until_ready(pause)
                return
            except StartupFailed:
                lost_its_port = self._program is not None and "Address already in use" in self.tail()
                self.stop()
                if not lost_its_port or attempt == PORT_ATTEMPTS:
                    raise
                self._record = None  # its port is another's now, so let it choose again
            except BaseException:
                self.stop()
                raise

    def launch(self) -> None:
        """Start the server, again where it was, without waiting for it. Raises StartupFailed when it still runs: two
        servers on one log would ruin it.
        """
        if self._program is not None and self._program.wait(REAP) is None:
            raise StartupFailed(f"The embedded Valkey runs already (process {self.pid}).")
        binary = find_valkey()
        if not self._lock.held:
            private_directory(self.directory)
            self._take_lock()
        if self._record is None:
            kept = ServerRecord.read(self._record_path)
            password = kept.password if kept else secrets.token_urlsafe(32)
            self._record = ServerRecord(self._choose_port(kept), password)
        self._program = Program(
            self.name,
            [str(binary), "-"],  # "-": the configuration, with its password, comes through stdin
            on_line=self._on_line,
            keep_open=[self._lock.descriptor],
            on_parent_death=signal.SIGTERM,
        )
        self._program.launch(stdin=self._configuration(self._record))
        identity = ProcessIdentity.of(self._program.pid)
        started = identity.started if identity else ""
        self._record = ServerRecord(self._record.port, self._record.password, self._program.pid, started)
        self._record.write(self._record_path)
        if self._fsync == "everysec" and self._sync is None:
            self._sync = AofSync(self.directory / "appendonlydir")
            self._sync.start()

    def wait_until_ready(self, pause: Pause = undisturbed) -> None:
        """Wait until the server answers. Raises StartupFailed when it ends first, else what start() raises."""
        program = self._started()
        with ValkeyProbe(self.url) as probe:
            try:
                probe.wait(pause, self._on_progress, alive=lambda: program.exit_code() is None)
            except ServerUnreachable:
                # at its port another server may answer, which came first: then ours ends, for it cannot listen there
                if program.wait(GIVES_UP) is None:
                    raise
            code = program.exit_code()
            if code is not None:
                raise StartupFailed(f"Valkey ended with code {code} before it was ready:\n{program.tail()}")
            if self._cluster:
                probe.form_cluster()

    def exit_code(self) -> int | None:
        """None while the server runs."""
        return self._started().exit_code()

    def tail(self) -> str:
        """The newest lines of its log."""
        return self._started().tail()

    def wait(self, timeout: float) -> int | None:
        """Its exit code, waiting at most `timeout` seconds for it; None when it still runs."""
        return self._started().wait(timeout)

    def ask_to_stop(self) -> None:
        """Have it put its log on the disk and end."""
        self._started().ask_to_stop()

    def kill(self) -> None:
        """SIGKILL."""
        self._started().kill()

    def stop(self, grace: float = STOP_GRACE) -> None:
        """Stop the server, its log on the disk, and let go of the directory. Nothing happens when it is not running."""
        if self._program is not None:
            self._program.stop(grace)
        if self._sync is not None:
            self._sync.stop()
            self._sync = None
        self._lock.release()

    def _known(self) -> ServerRecord:
        if self._record is None:
            raise StartupFailed("The embedded Valkey has not been started.")
        return self._record

    def _started(self) -> Program:
        if self._program is None:
            raise StartupFailed("The embedded Valkey has not been started.")
        return self._program

    def _take_lock(self) -> None:
        """Take the lock of the directory; a server that was left over by a killed parent is stopped first."""
        try:
            self._lock.acquire()
        except DirectoryInUse:
            holder = self._lock.holder()
            if holder is None or holder.alive():
                raise
            self._end_leftover()
            self._lock.acquire(wait=STOP_GRACE)

    def _end_leftover(self) -> None:
        record = ServerRecord.read(self._record_path)
        server = record.server() if record else None
        if server is not None:  # otherwise it is on its way out already
            self._on_progress(f"Stopping a Valkey server that an earlier run left behind (process {server.pid}).")
            server.end(STOP_GRACE)

    def _choose_port(self, kept: ServerRecord | None) -> int:
        """The port of this directory when it is free, else the preferred one, else any."""
        for port in (kept.port if kept else 0, self._preferred_port):
            if port and is_free(port) and (not self._cluster or port <= HIGHEST_CLUSTER_PORT):
                return port
        return free_port(cluster=self._cluster)

    def _configuration(self, record: ServerRecord) -> str:
        settings = {
            "bind": HOST,
            "port": str(record.port),
            "requirepass": record.password,
            "dir": str(self.directory),
            "databases": "1",
            "appendonly": "yes",
            "appendfsync": "always" if self._fsync == "always" else "no",
            # a log cut short by a power failure is loaded up to its last whole command
            "aof-load-truncated": "yes",
            "save": "",
            # nothing may be dropped when memory is full: a write is refused instead
            "maxmemory-policy": "noeviction",
            # A node of a stream begins as 4 KB. With the default of 4 KB for a full one, what an old node leaves in the
            # heap of the C library is just too small for a new one. The ticks of 20 markets alone: 19 MB instead of 14
            # after an hour.
            "stream-node-max-bytes": "8192",
        }
        if self._cluster:
            settings |= {"cluster-enabled": "yes", "cluster-announce-ip": HOST}
        settings |= self._directives
        return "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items())


def _unheard(_message: str) -> None:
    """Progress that nobody waits for."""


def _quoted(value: str) -> str:
    """A value of the server's configuration that may hold spaces and quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
