"""One part of the exchange in this process: `mockx serve api|matcher|feeder`.

Each runs the handler that AWS Lambda runs: the API's app under uvicorn, matcher and feeder under the local scheduler.
"""

from __future__ import annotations

import importlib
import logging
import socket
import sys

from pydantic import SecretStr

from ..clock import SystemClock
from ..observability import log_for_people
from ..settings import Settings
from .api_workers import run_workers
from .credentials import default_key_pair, master_key
from .errors import StartupFailed
from .function_environment import enter_function_environment
from .listening import listen, local_url, refuse_guessable_key, refuse_unsafe_bind
from .scheduler import SHORTEST_INTERVAL, Scheduler
from .stopping import StopRequest

HANDLERS = {
    "matcher": "mockexchange.functions.matcher.handler",
    "feeder": "mockexchange.functions.feeder.handler",
}

LOOKS_PER_INTERVAL = 4
"""How often the matcher looks for each look of the feeder. A look that finds nothing costs a millisecond, and a price
waits a quarter of an interval at most to be met."""

LONGEST_REQUEST = 5
"""Seconds that requests have to end when the API is stopped; streams would go on for ever."""


def serve_api(settings: Settings) -> None:
    """Run the HTTP API until SIGTERM or Ctrl-C, in as many processes as MOCKX_WORKERS says.

    Raises UnsafeBind when anybody in the network could trade, StartupFailed when the address is taken.
    """
    refuse_unsafe_bind(settings.mockx_host, authentication=settings.mockx_auth)
    refuse_guessable_key(settings.mockx_host, settings.mockx_api_key)
    settings = with_default_keys(settings)
    with listen(settings.mockx_host, settings.mockx_port) as listener:
        url = local_url(settings.mockx_host, listener.getsockname()[1])
        sys.stderr.write(f"The API listens on {settings.mockx_host}: {url}\n")
        if settings.mockx_workers == 1:
            run_api(settings, listener)
        else:
            run_workers(settings, listener, url)


def run_api(settings: Settings, listener: socket.socket) -> None:
    """Answer the connections of `listener` in this process, until SIGTERM or Ctrl-C."""
    import uvicorn  # here: matcher and feeder do without it

    from .bounded_http import BoundedHttp

    enter_function_environment(settings)
    log_for_people(settings.log_level)
    from mockexchange.functions.orders.handler import http_api  # after the environment it reads

    config = uvicorn.Config(
        http_api(),
        http=BoundedHttp,
        access_log=False,
        log_config=None,
        server_header=False,
        # its lines about itself say nothing that ours do not
        log_level=logging.DEBUG if settings.log_level == "DEBUG" else logging.WARNING,
        timeout_graceful_shutdown=LONGEST_REQUEST,
    )
    server = uvicorn.Server(config)
    # uvicorn raises the signal that stopped it once more when it is done: that one ends here
    with StopRequest() as stop:
        server.run(sockets=[listener])
    if not (server.started or stop.requested):
        raise StartupFailed("The API could not start; the lines above say why.")


def serve_matcher(settings: Settings) -> None:
    """Call the matcher four times every INTERVAL_SEC seconds until SIGTERM or Ctrl-C."""
    _serve_scheduled("matcher", settings, max(SHORTEST_INTERVAL, settings.interval_sec / LOOKS_PER_INTERVAL))


def serve_feeder(settings: Settings) -> None:
    """Call the feeder every INTERVAL_SEC seconds until SIGTERM or Ctrl-C."""
    _serve_scheduled("feeder", settings, settings.interval_sec)


def with_default_keys(settings: Settings) -> Settings:
    """The settings with the key pair of the default account and the master key in them, from the data directory when
    they are not given."""
    given, secret = settings.mockx_api_key, settings.mockx_secret
    keys = default_key_pair(
        settings.mockx_data_dir,
        given.get_secret_value() if given else None,
        secret.get_secret_value() if secret else None,
    )
    master = settings.mockx_master_key or _kept_master_key(settings)
    return settings.model_copy(
        update={
            "mockx_api_key": SecretStr(keys.api_key),
            "mockx_secret": SecretStr(keys.secret),
            "mockx_master_key": master,
        }
    )


def _kept_master_key(settings: Settings) -> SecretStr | None:
    """The data directory's. None where nothing can be kept there, which matters to nobody who makes no keys."""
    try:
        return SecretStr(master_key(settings.mockx_data_dir).hex())
    except OSError:
        return None


def _serve_scheduled(name: str, settings: Settings, interval: float) -> None:
    enter_function_environment(settings)
    log_for_people(settings.log_level)
    handler = importlib.import_module(HANDLERS[name]).lambda_handler  # after the environment it reads
    with StopRequest() as stop:
        Scheduler(name, handler, interval, SystemClock(), stop.pause, timeout=settings.interval_sec).run()
