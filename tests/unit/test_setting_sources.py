"""`mockx.toml`: what it may say, and what counts before it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.settings import BadSettings, Settings, setting_rows


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None of our variables is set, and the working directory is an empty one."""
    for name in [*(row.name for row in setting_rows()), "REDIS_URL"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ('venue = "class-7b"', "venue", "class-7b"),
        ('symbols = "btc/usdt,ETH/USDT"', "symbols", ("BTC/USDT", "ETH/USDT")),
        ('symbols = ["btc/usdt", "ETH/USDT"]', "symbols", ("BTC/USDT", "ETH/USDT")),
        ("interval_sec = 0.5", "interval_sec", 0.5),
        ("speed = 600", "speed", 600.0),
        ("commission = 0.00000000000000000001", "commission", Decimal("1e-20")),
        ('commission = "0.00075"', "commission", Decimal("0.00075")),
        ("mockx_auth = false", "mockx_auth", False),
        (
            "[mockx_balances]\nUSDT = 1000.00000001\nbtc = 1",
            "mockx_balances",
            {"USDT": Decimal("1000.00000001"), "BTC": 1},
        ),
        ('mockx_balances = "none"', "mockx_balances", {}),
        ("[asset_scales]\nWEI = 18", "asset_scales", {"WEI": 18}),
        ('valkey_url = "redis://here"', "valkey_url", "redis://here"),
        ('exchange_config = {httpsProxy = "http://proxy"}', "exchange_config", '{"httpsProxy": "http://proxy"}'),
        ('mockx_data_dir = "~/exchange"', "mockx_data_dir", Path("~/exchange").expanduser()),
        ('venue = ""', "venue", "main"),
    ],
)
def test_a_setting_is_its_name_in_lower_case(written: str, name: str, value: object, tmp_path: Path) -> None:
    (tmp_path / "mockx.toml").write_text(f"{written}\n")

    assert getattr(Settings(), name) == value


def test_code_environment_and_dotenv_count_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mockx.toml").write_text('venue = "t"\nfeed = "t"\nseed = 1\nvalkey_url = "redis://t"\nspeed = 9\n')
    (tmp_path / ".env").write_text("VENUE=dotenv\nREDIS_URL=redis://dotenv\n")
    monkeypatch.setenv("FEED", "external")

    found = Settings(seed=2)

    assert (found.venue, found.feed, found.seed, found.speed) == ("dotenv", "external", 2, 9.0)
    assert found.valkey_url == "redis://dotenv"


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("intervall_sec = 1", "mockx.toml: there is no setting 'intervall_sec'; did you mean 'interval_sec'?"),
        ("SYMBOLS = '*'", "mockx.toml: there is no setting 'SYMBOLS'; did you mean 'symbols'?"),
        ("qqqq = 1", "mockx.toml: there is no setting 'qqqq'; `mockx config show` lists them all"),
        ("[mockx]\nvenue = 'a'", "there is no setting 'mockx'"),
        ("venue = ", "mockx.toml is not TOML: Invalid value"),
        ("speed = 'fast'", "SPEED='fast': Input should be a valid number"),
        ("symbols = ['BTC-USDT']", "'BTC-USDT' is not a market"),
        ("venue = 5", "VENUE=5: Input should be a valid string"),
    ],
)
def test_what_it_cannot_say_is_refused_with_words(written: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "mockx.toml").write_text(f"{written}\n")

    with pytest.raises(BadSettings) as refusal:
        Settings()

    assert complaint in str(refusal.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "mockx.toml").write_bytes(b"venue = '\xff'\n")

    with pytest.raises(BadSettings, match="mockx.toml cannot be read"):
        Settings()
