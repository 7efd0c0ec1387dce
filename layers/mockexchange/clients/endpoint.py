"""Where the exchange is, and the key to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from .errors import NotConfigured

EXAMPLE = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The exchange's base address, an API key for it and what requests are signed with, None when unknown.

    The native API wants the key alone; the Binance wire wants requests signed with the key's secret."""

    url: str
    api_key: str | None
    secret: str | None = None

    def __post_init__(self) -> None:
        if not _is_web_address(self.url):
            raise NotConfigured(
                f"The exchange's address must look like {EXAMPLE}, was {self.url!r}. Correct --url, or API_URL."
            )
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            # the key itself is a secret, so it is not shown
            raise NotConfigured("The API key has characters that no key has. Correct --api-key, or MOCKX_API_KEY.")

    def __repr__(self) -> str:
        secret = "" if self.secret is None else " and its secret"
        return f"Endpoint({self.url}, {'no API key' if self.api_key is None else f'with an API key{secret}'})"


def find_endpoint(
    url: str | None = None, api_key: str | None = None, data_dir: Path | None = None, *, secret: str | None = None
) -> Endpoint:
    """The endpoint with this address and key. What is None comes from the environment (API_URL, MOCKX_API_KEY with
    MOCKX_SECRET, MOCKX_DATA_DIR), and then from `credentials.json` in the data directory.

    The key in that file belongs to the address in that file: it is not sent anywhere else. A secret belongs to its
    key: both come from one place. Raises NotConfigured.
    """
    if url is not None and api_key is not None:
        return Endpoint(url, api_key, secret)
    # here, not above: reading settings takes longer than a request does
    from ..settings import BadSettings, Settings

    try:
        chosen = Settings()
    except BadSettings as error:
        raise NotConfigured(
            f"These settings cannot be used; correct them in the environment or in .env.\n{error}"
        ) from None
    if url is None and "api_url" in chosen.model_fields_set:
        url = chosen.api_url
    if api_key is None and chosen.mockx_api_key is not None:
        api_key = chosen.mockx_api_key.get_secret_value()
        secret = chosen.mockx_secret.get_secret_value() if chosen.mockx_secret is not None else None
    if url is not None and api_key is not None:
        return Endpoint(url, api_key, secret)
    running = _read_credentials((data_dir or chosen.mockx_data_dir) / "credentials.json")
    if running is None:
        return Endpoint(url or chosen.api_url, api_key, secret)
    if api_key is not None:
        return Endpoint(url or running.url, api_key, secret)
    if url is None or _same_place(url, running.url):
        return Endpoint(url or running.url, running.api_key, running.secret)
    return Endpoint(url, None)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address in brackets that is not one
        return False


def _same_place(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _read_credentials(path: Path) -> Endpoint | None:
    advice = "Start the exchange again, which writes it anew, or give --url and --api-key (API_URL, MOCKX_API_KEY)."
    try:
        content = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise NotConfigured(f"{path} cannot be read: {error.strerror}. {advice}") from None
    try:
        record: Any = json.loads(content)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise NotConfigured(f"{path} is not a JSON object. {advice}")
    fields = cast("dict[str, Any]", record)
    url, api_key, secret = fields.get("url"), fields.get("apiKey"), fields.get("secret")
    if not isinstance(url, str) or not isinstance(api_key, str):
        raise NotConfigured(f"{path} has no url or no apiKey. {advice}")
    return Endpoint(url, api_key, secret if isinstance(secret, str) else None)
