"""What the deck is started with."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from mockexchange.local.deck import command, deck_environment, free_port
from mockexchange.local.errors import StartupFailed
from mockexchange.settings import Settings

SECRETS = {
    "MOCKX_API_KEY": "the key",
    "MOCKX_SECRET": "the secret",
    "MOCKX_MASTER_KEY": "ab" * 32,
    "VALKEY_URL": "valkey://:password@127.0.0.1:6379/0",
    "REDIS_URL": "valkey://:password@127.0.0.1:6379/0",
}


def test_it_gets_no_secret_of_the_exchange(tmp_path: Path) -> None:
    settings = Settings(mockx_api_key=SecretStr("the key"), mockx_data_dir=tmp_path, api_url="http://127.0.0.1:9000")
    environment = deck_environment(settings, {"PATH": "/bin", "LANG": "C", **SECRETS})

    assert environment == {
        "PATH": "/bin",
        "LANG": "C",
        "MOCKX_DATA_DIR": str(tmp_path),
        "API_URL": "http://127.0.0.1:9000",
        "MOCKX_API_KEY": "the key",
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "pi.local"])
def test_where_others_can_open_it_it_has_no_key(host: str, tmp_path: Path) -> None:
    settings = Settings(mockx_api_key=SecretStr("the key"), mockx_data_dir=tmp_path, mockx_host=host)

    assert "the key" not in deck_environment(settings, SECRETS).values()


def test_an_address_that_nobody_named_is_left_to_the_credentials(tmp_path: Path) -> None:
    assert "API_URL" not in deck_environment(Settings(mockx_data_dir=tmp_path), {})


def test_it_listens_where_it_is_told_and_tells_nobody() -> None:
    *program, script = (said := command("127.0.0.1", 8501))[:5]

    assert program == [sys.executable, "-m", "mockexchange.deck", "run"]
    assert Path(script).name == "app.py"
    assert {
        "--server.address=127.0.0.1",
        "--server.port=8501",
        "--server.headless=true",
        "--server.enableXsrfProtection=true",
        "--server.fileWatcherType=none",
        "--runner.postScriptGC=false",
        "--browser.gatherUsageStats=false",
    } <= set(said)


def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartupFailed, match=rf"127\.0\.0\.1 port {port}\..*--deck-port"):
            free_port(Settings(mockx_deck_port=port))


def test_any_free_port_is_named() -> None:
    assert free_port(Settings(mockx_deck_port=0)) > 0
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    assert free_port(Settings(mockx_deck_port=port)) == port


@pytest.mark.parametrize("command", ["up --deck --port 0 --feed manual", "serve deck"])
def test_without_streamlit_it_says_how_to_get_it(command: str, tmp_path: Path) -> None:
    # None in sys.modules is a module that is not there
    program = (
        f"import sys; sys.modules['streamlit'] = None; from mockexchange.cli.main import app; app({command.split()})"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 2
    assert "pip install 'mockexchange[deck]'" in ended.stderr
    assert "Traceback" not in ended.stderr
