"""Keys and secrets in the data directory, each in a file that only its owner may read (mode 600).

default-key.json   the key pair of the default account, made once, unless MOCKX_API_KEY and MOCKX_SECRET fix it
master.key         32 random bytes (hex) that the secrets of all other keys are derived from, made once
credentials.json   where the running exchange is and how to get in, for clients; written at every start
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ..domain.api_keys import ALPHABET, KEY_LENGTH
from .errors import NotConfigured
from .private_file import create_private, private_directory, write_private

MASTER_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What a client signs its requests with. Both are secrets here: on the native door the key alone lets one in."""

    api_key: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyPair(api_key={self.api_key[:4]}..., secret=...)"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client needs to trade on the running exchange, and where a person finds it: `deck_url`, None without."""

    url: str
    api_key: str
    secret: str
    valkey_url: str
    deck_url: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(url={self.url}, api_key={self.api_key[:4]}..., secret=..., valkey_url=...)"


def default_key_pair(data_dir: Path, api_key: str | None, secret: str | None) -> KeyPair:
    """The pair of the default account: the one given, else the one of this data directory, made when it has none.

    Raises NotConfigured when only one half is given, or when the kept one is damaged.
    """
    if api_key and secret:
        return KeyPair(api_key, secret)
    if api_key or secret:
        given, missing = ("MOCKX_API_KEY", "MOCKX_SECRET") if api_key else ("MOCKX_SECRET", "MOCKX_API_KEY")
        raise NotConfigured(f"{given} is set and {missing} is not: set both, or neither to have a pair made.")
    path = private_directory(data_dir) / "default-key.json"
    kept = create_private(path, json.dumps({"apiKey": _random_text(), "secret": _random_text()}))
    record = _parse(path, kept, ("apiKey", "secret"), "Delete it to have a new pair made.")
    return KeyPair(record["apiKey"], record["secret"])


def master_key(data_dir: Path) -> bytes:
    """The data directory's master key, made when it has none. Raises NotConfigured when it is damaged."""
    path = private_directory(data_dir) / "master.key"
    kept = create_private(path, secrets.token_hex(MASTER_BYTES) + "\n").strip()
    try:
        key = bytes.fromhex(kept)
    except ValueError:
        key = b""
    if len(key) != MASTER_BYTES:
        raise NotConfigured(
            f"{path} does not hold {MASTER_BYTES} bytes in hex ({len(kept)} characters). Restore it from a backup; "
            "a new one makes every key but the default one invalid."
        )
    return key


def write_credentials(data_dir: Path, credentials: Credentials) -> Path:
    """Write credentials.json in one step; gives its path."""
    path = private_directory(data_dir) / "credentials.json"
    record = {
        "url": credentials.url,
        "apiKey": credentials.api_key,
        "secret": credentials.secret,
        "valkeyUrl": credentials.valkey_url,
    }
    if credentials.deck_url is not None:
        record["deckUrl"] = credentials.deck_url
    write_private(path, json.dumps(record, indent=2) + "\n")
    return path


def read_credentials(data_dir: Path) -> Credentials:
    """What the exchange of this data directory wrote when it started. Raises NotConfigured when that is not usable."""
    path = data_dir / "credentials.json"
    advice = "Start the exchange with `mockx up`, or name its data directory (MOCKX_DATA_DIR, --data-dir)."
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotConfigured(f"There is no {path}. {advice}") from None
    except PermissionError:
        raise NotConfigured(f"{path} may be read only by the user who runs the exchange.") from None
    record = _parse(path, text, ("url", "apiKey", "secret", "valkeyUrl"), advice)
    return Credentials(record["url"], record["apiKey"], record["secret"], record["valkeyUrl"], record.get("deckUrl"))


def _parse(path: Path, text: str, names: tuple[str, ...], advice: str) -> dict[str, str]:
    try:
        record: Any = json.loads(text)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise NotConfigured(f"{path} is not a JSON object. {advice}")
    fields = cast("dict[str, Any]", record)
    missing = [name for name in names if not isinstance(fields.get(name), str)]
    if missing:
        raise NotConfigured(f"{path} has no {', '.join(missing)}. {advice}")
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _random_text() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))
