"""Asks a Valkey server whether it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

import redis
from redis.exceptions import AuthenticationError, BusyLoadingError, ConnectionError, RedisError, TimeoutError

from ..store.valkey_failures import said
from ..store.valkey_sockets import options_of
from ..valkey_address import Address
from .errors import Interrupted, ServerUnreachable
from .stopping import Pause

SILENCE = 60.0
"""Seconds our own server may take before it accepts connections. Loading its data does not count: it answers then."""

PROGRESS_EVERY = 2.0
"""Seconds between two messages about a server that loads its data."""

ASK_EVERY = 0.01
"""Seconds between two questions; our own server is there after five of them."""


class ValkeyProbe:
    """A connection that asks, and never waits for long. Use it as a context manager."""

    def __init__(self, url: str) -> None:
        place = Address.of(url)
        self.address = place.shown
        """Without the password that the URL may hold."""
        options = {**options_of(place), "socket_timeout": 2, "decode_responses": True}
        self._client = redis.Redis.from_url(place.url, **options)  # pyright: ignore[reportUnknownMemberType]
        # answers as the server sends them: the same for every version of the client
        self._client.response_callbacks.clear()

    def __enter__(self) -> ValkeyProbe:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def wait(
        self,
        pause: Pause,
        on_progress: Callable[[str], None],
        *,
        alive: Callable[[], bool] = lambda: True,
        patience: float = SILENCE,
    ) -> None:
        """Return when the server answers, or when it is no longer `alive`.

        Raises ServerUnreachable when it stays silent for `patience` seconds or does not let us in, and Interrupted when
        `pause` says stop. A server that loads its data is waited for without end.
        """
        silent_since = time.monotonic()
        next_message = silent_since + PROGRESS_EVERY
        while alive():
            try:
                self._ask("PING")
                return
            except BusyLoadingError:
                silent_since = time.monotonic()
                if silent_since >= next_message:
                    next_message = silent_since + PROGRESS_EVERY
                    on_progress(self._loading())
            except AuthenticationError as error:
                raise ServerUnreachable(f"Valkey at {self.address} does not let us in: {error}.") from error
            except (ConnectionError, TimeoutError) as error:
                if time.monotonic() - silent_since > patience:
                    raise ServerUnreachable(
                        f"Valkey at {self.address} has not answered for {patience:g} s: {said(error)}"
                    ) from error
            if pause(ASK_EVERY):
                raise Interrupted("Stopped while waiting for Valkey.")

    def form_cluster(self) -> None:
        """Give a single cluster-enabled node every slot, and wait until it serves them. Raises ServerUnreachable."""
        if self._facts("CLUSTER", "INFO")["cluster_slots_assigned"] == "0":
            self._ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        deadline = time.monotonic() + SILENCE
        while self._facts("CLUSTER", "INFO")["cluster_state"] != "ok":
            if time.monotonic() > deadline:
                raise ServerUnreachable(f"The cluster at {self.address} is not ok after {SILENCE:g} s.")
            time.sleep(ASK_EVERY)

    def _loading(self) -> str:
        try:
            facts = self._facts("INFO", "persistence")
        except RedisError:
            return "Valkey is loading its data."
        percent, left = facts.get("loading_loaded_perc"), facts.get("loading_eta_seconds")
        return f"Valkey is loading its data: {percent} %, about {left} s left."

    def _facts(self, *command: str) -> dict[str, str]:
        """The `name:value` lines of an answer."""
        return dict(line.split(":", 1) for line in str(self._ask(*command)).splitlines() if ":" in line)

    def _ask(self, *command: str) -> object:
        return cast("object", cast("Any", self._client).execute_command(*command))
