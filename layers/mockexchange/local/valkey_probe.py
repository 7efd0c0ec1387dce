"""Asks a Valkey server whether it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

import redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from redis.retry import Retry

from .errors import Interrupted, StartupFailed
from .stopping import Pause

SILENCE = 60.0
"""Seconds a living server may take before it accepts connections. Loading its data does not count: it answers then."""

PROGRESS_EVERY = 2.0
"""Seconds between two messages about a server that loads its data."""


class ValkeyProbe:
    """A connection that asks, and never waits for long. Use it as a context manager."""

    def __init__(self, host: str, port: int, password: str) -> None:
        self._address = f"{host}:{port}"
        self._client = redis.Redis(
            host=host, port=port, password=password, socket_timeout=2, retry=Retry(NoBackoff(), 0), decode_responses=True
        )

    def __enter__(self) -> ValkeyProbe:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def wait(self, alive: Callable[[], bool], on_progress: Callable[[str], None], pause: Pause) -> None:
        """Return when the server answers, or when it is no longer alive.

        Raises StartupFailed when it stays silent, and Interrupted when `pause` says stop.
        """
        silent_since = time.monotonic()
        next_message = silent_since + PROGRESS_EVERY
        while alive():
            try:
                self._client.ping()
                return
            except BusyLoadingError:
                silent_since = time.monotonic()
                if silent_since >= next_message:
                    next_message = silent_since + PROGRESS_EVERY
                    on_progress(self._loading())
            except (ConnectionError, TimeoutError) as error:
                if time.monotonic() - silent_since > SILENCE:
                    raise StartupFailed(
                        f"Valkey runs but has not answered at {self._address} for {SILENCE:.0f} s: {error}"
                    ) from error
            if pause(0.01):
                raise Interrupted("Stopped while Valkey was starting.")

    def form_cluster(self) -> None:
        """Give a single cluster-enabled node every slot, and wait until it serves them."""
        if self._cluster_info().get("cluster_slots_assigned") == "0":
            self._client.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        deadline = time.monotonic() + SILENCE
        while self._cluster_info().get("cluster_state") != "ok":
            if time.monotonic() > deadline:
                raise StartupFailed(f"The cluster at {self._address} is not ok after {SILENCE:.0f} s.")
            time.sleep(0.01)

    def _loading(self) -> str:
        try:
            told = self._client.info("persistence")
        except (ConnectionError, TimeoutError):
            return "Valkey is loading its data."
        return f"Valkey is loading its data: {told['loading_loaded_perc']} %, about {told['loading_eta_seconds']} s left."

    def _cluster_info(self) -> dict[str, str]:
        # the client parses this answer or not, depending on its version: ask for the text
        answer = self._client.execute_command("CLUSTER INFO")
        if isinstance(answer, dict):
            return answer
        return dict(line.split(":", 1) for line in str(answer).splitlines() if ":" in line)
