"""Keys and secrets in the data directory."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from mockexchange.local.credentials import (
    Credentials,
    KeyPair,
    default_key_pair,
    master_key,
    read_credentials,
    write_credentials,
)
from mockexchange.local.errors import NotConfigured
from mockexchange.local.private_file import create_private, write_private

GIVEN = Credentials("http://127.0.0.1:8000", "the-key", "the-secret", "redis://:pw@127.0.0.1:6379/0")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_credentials_are_written_for_their_owner_alone_and_read_back(tmp_path: Path) -> None:
    path = write_credentials(tmp_path / "data", GIVEN)

    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert json.loads(path.read_text()) == {
        "url": "http://127.0.0.1:8000",
        "apiKey": "the-key",
        "secret": "the-secret",
        "valkeyUrl": "redis://:pw@127.0.0.1:6379/0",
    }
    assert read_credentials(tmp_path / "data") == GIVEN


def test_where_the_deck_is_is_read_back(tmp_path: Path) -> None:
    with_deck = replace(GIVEN, deck_url="http://127.0.0.1:8501")
    write_credentials(tmp_path, with_deck)

    assert read_credentials(tmp_path) == with_deck


def test_rewriting_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "old")
    (tmp_path / "secret").chmod(0o644)
    write_private(tmp_path / "secret", "new")

    assert (tmp_path / "secret").read_text() == "new"
    assert mode(tmp_path / "secret") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_the_first_of_many_that_create_a_secret_wins_for_all(tmp_path: Path) -> None:
    def create(number: int) -> str:
        return create_private(tmp_path / "secret", f"value {number}")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(create, range(32)))

    assert answers == {(tmp_path / "secret").read_text()}
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_key_pair_is_made_once_and_survives(tmp_path: Path) -> None:
    made = default_key_pair(tmp_path, None, None)

    assert default_key_pair(tmp_path, None, None) == made
    assert len(made.api_key) == len(made.secret) == 64
    assert (made.api_key + made.secret).isalnum()
    assert made.api_key != made.secret
    assert mode(tmp_path / "default-key.json") == 0o600


def test_a_given_key_pair_is_used_and_not_kept(tmp_path: Path) -> None:
    assert default_key_pair(tmp_path, "k", "s") == KeyPair("k", "s")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("key", "secret", "missing"), [("k", None, "MOCKX_SECRET"), ("", "s", "MOCKX_API_KEY")])
def test_half_a_key_pair_is_refused(tmp_path: Path, key: str | None, secret: str | None, missing: str) -> None:
    with pytest.raises(NotConfigured, match=f"{missing} is not: set both"):
        default_key_pair(tmp_path, key, secret)


def test_the_master_key_is_32_bytes_made_once(tmp_path: Path) -> None:
    key = master_key(tmp_path)

    assert len(key) == 32
    assert master_key(tmp_path) == key
    assert mode(tmp_path / "master.key") == 0o600


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31])
def test_a_damaged_master_key_is_not_replaced_in_silence(tmp_path: Path, content: str) -> None:
    (tmp_path / "master.key").write_text(content)

    with pytest.raises(NotConfigured, match="does not hold 32 bytes"):
        master_key(tmp_path)
    assert (tmp_path / "master.key").read_text() == content


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "There is no"),
        ("{", "is not a JSON object"),
        ("[1]", "is not a JSON object"),
        ('{"url": 1}', "has no url, api"),
    ],
)
def test_a_client_without_usable_credentials_is_told_what_to_do(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / "credentials.json").write_text(content)

    with pytest.raises(NotConfigured, match=complaint) as refused:
        read_credentials(tmp_path)
    assert "mockx up" in str(refused.value)


def test_secrets_do_not_show_when_printed() -> None:
    pair = KeyPair("abcd" + "e" * 60, "f" * 64)

    assert "eeee" not in repr(pair) + str(GIVEN)
    assert "ffff" not in repr(pair)
    assert "the-secret" not in repr(GIVEN)
    assert "pw" not in repr(GIVEN)
