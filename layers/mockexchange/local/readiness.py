"""Whether the exchange answers."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

TIMEOUT = 2.0
"""Seconds for one question; the exchange looks at its store and its newest prices to answer."""


def not_ready(url: str) -> str | None:
    """Asks GET /health/ready of the exchange at `url` (http://host:port). None when it is ready, else why it is not."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return f"{url} does not answer ({error or type(error).__name__})"
    finally:
        connection.close()
    return None if answer.status == 200 else f"{url}/health/ready says {answer.status}: {body[:500]}"
