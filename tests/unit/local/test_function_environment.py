"""What the functions find in their environment."""

from __future__ import annotations

from pathlib import Path

from mockexchange.local.function_environment import function_environment
from mockexchange.settings import Settings


def test_the_settings_replace_what_was_inherited_and_the_rest_stays(tmp_path: Path) -> None:
    settings = Settings(feed="synthetic:7", mockx_data_dir=tmp_path, valkey_url="valkey://127.0.0.1:1/0")
    found = function_environment(settings, {"PATH": "/bin", "FEED": "manual"})

    assert (found["PATH"], found["FEED"], found["MOCKX_DATA_DIR"]) == ("/bin", "synthetic:7", str(tmp_path))
    assert found["VALKEY_URL"] == "redis://127.0.0.1:1/0"
