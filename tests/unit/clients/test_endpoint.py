"""Where a client looks for the exchange and for the key, and where it never sends a key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockexchange.clients.endpoint import Endpoint, find_endpoint
from mockexchange.clients.errors import NotConfigured

HERE = "http://127.0.0.1:8123"
ELSEWHERE = "http://192.0.2.1:8000"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of a running exchange; nothing is said in the environment."""
    for name in ("API_URL", "MOCKX_API_KEY", "MOCKX_SECRET", "MOCKX_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)  # away from any .env file
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "credentials.json").write_text(
        json.dumps({"url": HERE, "apiKey": "kept", "secret": "s", "valkeyUrl": "redis://127.0.0.1"})
    )
    return directory


def test_nothing_said_means_the_exchange_of_the_data_directory(data_dir: Path) -> None:
    assert find_endpoint(data_dir=data_dir) == Endpoint(HERE, "kept", "s")
    assert find_endpoint() == Endpoint(HERE, "kept", "s")  # ./data


def test_an_argument_counts_before_the_environment_and_that_before_the_file(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_URL", HERE + "/")
    monkeypatch.setenv("MOCKX_API_KEY", "environment")

    assert find_endpoint() == Endpoint(HERE, "environment")
    assert find_endpoint(ELSEWHERE) == Endpoint(ELSEWHERE, "environment")
    assert find_endpoint(ELSEWHERE, "argument") == Endpoint(ELSEWHERE, "argument")


def test_the_data_directory_may_be_named_in_the_environment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = data_dir.rename(data_dir.parent / "elsewhere")
    monkeypatch.setenv("MOCKX_DATA_DIR", str(moved))

    assert find_endpoint() == Endpoint(HERE, "kept", "s")


def test_the_key_of_the_data_directory_goes_to_its_own_exchange_only(data_dir: Path) -> None:
    assert find_endpoint(HERE + "/") == Endpoint(HERE + "/", "kept", "s")
    assert find_endpoint(ELSEWHERE) == Endpoint(ELSEWHERE, None)


def test_without_a_data_directory_the_usual_address_is_tried(tmp_path: Path, data_dir: Path) -> None:
    assert find_endpoint(data_dir=tmp_path / "missing") == Endpoint("http://127.0.0.1:8000", None)


@pytest.mark.parametrize("content", ["{", "[]", '{"url": "http://127.0.0.1:1"}', '{"url": 5, "apiKey": "a"}'])
def test_a_damaged_file_is_named(content: str, data_dir: Path) -> None:
    path = data_dir / "credentials.json"
    path.write_text(content)

    with pytest.raises(NotConfigured, match=r"credentials\.json (is not|has no)"):
        find_endpoint()


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://[::1", "http://x:port"])
def test_an_address_that_is_none_is_shown(url: str) -> None:
    with pytest.raises(NotConfigured, match=r"must look like http://127\.0\.0\.1:8000, was"):
        Endpoint(url, "key")


@pytest.mark.parametrize("key", ["kéy", "two\nlines"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        Endpoint(HERE, key)
    assert key not in str(caught.value)


def test_settings_that_cannot_be_used_are_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMISSION", "a lot")

    with pytest.raises(NotConfigured, match="COMMISSION='a lot'"):
        find_endpoint()


def test_a_secret_comes_from_where_its_key_comes_from(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_endpoint(HERE, "argument", secret="argument's") == Endpoint(HERE, "argument", "argument's")
    assert find_endpoint(api_key="argument") == Endpoint(HERE, "argument", None)
    monkeypatch.setenv("MOCKX_API_KEY", "environment")
    assert find_endpoint(secret="a lone one") == Endpoint(HERE, "environment", None)
    monkeypatch.setenv("MOCKX_SECRET", "environment's")
    assert find_endpoint() == Endpoint(HERE, "environment", "environment's")


def test_a_key_is_never_printed() -> None:
    printed = repr(Endpoint(HERE, "hidden-key", "hidden-secret"))
    assert "hidden-key" not in printed
    assert "hidden-secret" not in printed
