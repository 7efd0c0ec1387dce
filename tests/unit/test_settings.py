"""Settings: read from the environment and `.env`, refused with words, and documented to the last one."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from mockexchange.settings import (
    LONE_FUNCTION_VALKEY,
    BadSettings,
    Settings,
    example_env,
    markdown_table,
    setting_rows,
)
from mockexchange.wiring import rules

PROJECT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None of our variables is set, and the working directory is an empty one."""
    for name in [*(row.name for row in setting_rows()), "REDIS_URL"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings()

    assert settings.venue == "main"
    assert settings.valkey_url is None
    assert settings.feed == "auto"
    assert settings.symbols == ("BTC/USDT", "ETH/USDT", "SOL/USDT")
    assert settings.commission == Decimal("0.001")
    assert settings.commission_maker is None
    assert settings.mockx_balances == {"USDT": Decimal(100_000)}
    assert settings.mockx_auth is True
    assert settings.mockx_data_dir == Path("data")


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("VENUE", "class-7b", "class-7b"),
        ("SYMBOLS", " btc/usdt , ETH/usdt,BTC/USDT,", ("BTC/USDT", "ETH/USDT")),
        ("SYMBOLS", "*", ("*",)),
        ("SYMBOLS", "*/*", ("*",)),
        ("SYMBOLS", "*/usdt,btc/*,ETH/BTC", ("*/USDT", "BTC/*", "ETH/BTC")),
        ("INTERVAL_SEC", "0.5", 0.5),
        ("SPEED", "600", 600.0),
        ("REPLAY_VOLUME", "quote", "quote"),
        ("REPLAY_COLUMNS", "time=Local Time, open=o", {"time": "Local Time", "open": "o"}),
        ("REPLAY_COLUMNS", "none", {}),
        ("REPLAY_SPREAD_BPS", "2.5", Decimal("2.5")),
        ("COMMISSION", "0.00075", Decimal("0.00075")),
        ("COMMISSION_MAKER", "0", Decimal(0)),
        ("FILL_MODEL", "touch-size", "touch-size"),
        ("ASSET_SCALES", "wei=18,SHIB=2", {"WEI": 18, "SHIB": 2}),
        (
            "MOCKX_BALANCES",
            "USDT=123456789012345678901234567890.12345678,BTC=1e-8",
            {"USDT": Decimal("123456789012345678901234567890.12345678"), "BTC": Decimal("0.00000001")},
        ),
        ("MOCKX_BALANCES", "none", {}),
        ("MOCKX_AUTH", "false", False),
        ("MOCKX_DATA_DIR", "~/exchange", Path("~/exchange").expanduser()),
        ("API_URL", "https://exchange.example/api/", "https://exchange.example/api"),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("VALKEY_URL", "redis://:word@valkey:6380/2", "redis://:word@valkey:6380/2"),
        ("VALKEY_URL", "valkey://127.0.0.1", "redis://127.0.0.1"),
        ("VALKEY_URL", "valkeys://127.0.0.1", "rediss://127.0.0.1"),
    ],
)
def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch, name: str, given: str, value: object) -> None:
    monkeypatch.setenv(name, given)

    assert getattr(Settings(), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "given", "complaint"),
    [
        ("VENUE", "a{b}", "VENUE='a{b}': String should match pattern"),
        (
            "VALKEY_URL",
            "http://me:word@host",
            "VALKEY_URL='http://***@host': it should be an address that begins with redis://",
        ),
        ("VALKEY_URL", "localhost:6379", "VALKEY_URL='localhost:6379': it should be an address"),
        ("TICK_LOG_LENGTH", "many", "TICK_LOG_LENGTH='many': Input should be a valid integer"),
        ("SYMBOLS", "BTC-USDT", "SYMBOLS='BTC-USDT': 'BTC-USDT' is not a market; write them like BTC/USDT,ETH/USDT"),
        ("SYMBOLS", "*,BTC/USDT", "SYMBOLS='*,BTC/USDT': * already means every market"),
        ("SYMBOLS", " , ", "SYMBOLS=' , ': no market is named"),
        ("INTERVAL_SEC", "0", "INTERVAL_SEC='0': Input should be greater than 0"),
        ("STALE_AFTER_SEC", "inf", "STALE_AFTER_SEC='inf': Input should be a finite number"),
        ("SPEED", "NaN", "SPEED='NaN': Input should be a finite number"),
        ("REPLAY_COLUMNS", "open", "REPLAY_COLUMNS='open': 'open' is not a pair; write it like NAME=value"),
        ("REPLAY_COLUMNS", "open=a,open=b", "REPLAY_COLUMNS='open=a,open=b': 'open' is given twice"),
        ("COMMISSION", "0.1%", "COMMISSION='0.1%': Input should be a valid decimal"),
        ("COMMISSION_TAKER", "1", "COMMISSION_TAKER='1': Input should be less than 1"),
        ("FILL_MODEL", "luck", "FILL_MODEL='luck': unknown fill model 'luck'; one of: last, touch, touch-size, depth"),
        ("ASSET_SCALES", "WEI=31", "ASSET_SCALES='31' (WEI): Input should be less than or equal to 30"),
        ("MOCKX_BALANCES", "USDT=lots", "MOCKX_BALANCES='lots' (USDT): Input should be a valid decimal"),
        ("MOCKX_BALANCES", "US/DT=1", "'US/DT' is not an asset; write it like USDT"),
        ("MOCKX_AUTH", "perhaps", "MOCKX_AUTH='perhaps': Input should be a valid boolean"),
        ("MOCKX_PORT", "99999", "MOCKX_PORT='99999': Input should be less than or equal to 65535"),
        ("API_URL", "exchange", "API_URL='exchange': it should be an address like http://127.0.0.1:8000"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL='LOUD': Input should be 'DEBUG', 'INFO'"),
    ],
)
def test_a_refusal_names_the_variable_and_what_its_value_was(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, complaint: str
) -> None:
    monkeypatch.setenv(name, given)

    with pytest.raises(BadSettings) as refusal:
        Settings()

    assert complaint in str(refusal.value)


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEED", "fast")
    monkeypatch.setenv("SEED", "pip")

    with pytest.raises(BadSettings) as refusal:
        Settings()

    assert [line.partition("=")[0] for line in str(refusal.value).splitlines()] == ["SPEED", "SEED"]


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLS", "")
    monkeypatch.setenv("COMMISSION_MAKER", "")

    assert Settings() == Settings(symbols="BTC/USDT,ETH/USDT,SOL/USDT", commission_maker=None)


def test_code_counts_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("VENUE=file\nFEED=manual\nSPEED=2\nVALKEY_URL=redis://file\n")
    monkeypatch.setenv("FEED", "external")
    monkeypatch.setenv("SPEED", "3")
    monkeypatch.setenv("VALKEY_URL", "redis://environment")

    settings = Settings(speed=4, valkey_url="redis://code")

    assert (settings.venue, settings.feed, settings.speed) == ("file", "external", 4.0)
    assert settings.valkey_url == "redis://code"


def test_the_older_name_of_the_valkey_url_is_read_too_and_the_newer_counts_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().function_valkey_url == LONE_FUNCTION_VALKEY
    monkeypatch.setenv("REDIS_URL", "redis://older")
    assert Settings().function_valkey_url == "redis://older"
    monkeypatch.setenv("VALKEY_URL", "redis://newer")
    assert Settings().function_valkey_url == "redis://newer"


def test_the_password_is_for_the_valkey_that_is_everywhere_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALKEY_PASSWORD", "word/1")
    assert Settings().function_valkey_url == "redis://:word%2F1@127.0.0.1:6379/0"
    assert Settings().named_valkey_url is None
    monkeypatch.setenv("VALKEY_URL", "valkey://me@here")
    assert Settings().function_valkey_url == "redis://me:word%2F1@here"


def test_a_latency_counts_before_the_preset_s() -> None:
    def latency(model: str, own: int = 0) -> int:
        return rules(Settings(fill_model=model, latency_ms=own)).engine.latency

    assert [latency(each) for each in ("touch", "realistic", "brutal")] == [0, 0, 500]
    assert [latency(each, 20) for each in ("touch", "brutal")] == [20, 20]
    for given in ("-1", "60001", "x"):
        with pytest.raises(BadSettings, match="^LATENCY_MS="):
            Settings(latency_ms=given)


def test_a_share_of_volume_needs_trades(monkeypatch: pytest.MonkeyPatch) -> None:
    for feed in ("auto", "ccxt:kraken"):
        with pytest.raises(BadSettings, match="^VOLUME_SHARE='0.1': a live feed brings no trades unless FEED_"):
            Settings(volume_share="0.1", feed=feed)
    monkeypatch.setenv("FEED_TRADES", "true")
    assert Settings(volume_share="0.1", feed="auto").volume_share == Decimal("0.1")
    monkeypatch.delenv("FEED_TRADES")
    assert Settings(volume_share="0.1", feed="synthetic").volume_share == Decimal("0.1")
    for share in ("0", "1.01", "nan"):
        with pytest.raises(BadSettings, match="^VOLUME_SHARE="):
            Settings(volume_share=share, feed="synthetic")


@pytest.mark.parametrize("name", ["slippage_bps", "volume_share"])
def test_options_of_a_fill_model_have_few_digits(name: str) -> None:
    for given in ("1e-300", "1e-9", "0.123456789"):
        with pytest.raises(BadSettings, match=f"^{name.upper()}='{given}'.* 8 decimal places"):
            Settings(**{name: given}, feed="synthetic")
    for taken in ("0.00000001", "1e-8", "0.1000000000"):
        assert getattr(Settings(**{name: taken}, feed="synthetic"), name) == Decimal(taken)


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        ({"fill_model": "touch"}, 0),
        ({"fill_model": "touch", "keep_books": "true"}, 20),
        ({"fill_model": "last", "keep_books": "true", "book_levels": "7"}, 7),
        ({"fill_model": "realistic"}, 20),
        ({"fill_model": "depth", "keep_books": "true"}, 20),
    ],
)
def test_ticks_keep_books_for_whom_reads_them(given: dict[str, str], levels: int) -> None:
    chosen = Settings(**given)
    assert (chosen.logged_levels, rules(chosen).book_levels) == (levels, levels)


def test_a_live_feed_brings_trades_when_it_is_asked_to() -> None:
    for feed, asked, brings in (("auto", False, False), ("ccxt:kraken", True, True), ("synthetic:7", False, True)):
        chosen = Settings(feed=feed, feed_trades=asked)
        assert (chosen.may_bring_trades, rules(chosen).may_bring_trades) == (brings, brings)


@pytest.mark.parametrize("iam", ["cache", "serverless/cache&region=eu-west-1"])
def test_a_login_with_a_token_takes_no_password_beside_it(monkeypatch: pytest.MonkeyPatch, iam: str) -> None:
    monkeypatch.setenv("VALKEY_URL", f"valkeys://me@cache.example:6379?iam={iam}")
    assert Settings().function_valkey_url == f"rediss://me@cache.example:6379?iam={iam}"
    monkeypatch.setenv("VALKEY_PASSWORD", "word-1")

    with pytest.raises(BadSettings) as refusal:
        Settings()

    assert str(refusal.value).startswith("VALKEY_PASSWORD=(hidden): VALKEY_URL logs in with a token (?iam=)")
    assert "word-1" not in str(refusal.value)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "venue": "b",
            "valkey_url": "redis://:word@127.0.0.1:6380/0",
            "symbols": "*",
            "interval_sec": 0.25,
            "stale_after_sec": 86400 * 365,
            "speed": 1234567.125,
            "replay_columns": {"time": "t"},
            "commission": Decimal("0.00000000000000000001"),
            "asset_scales": {"WEI": 18},
            "mockx_api_key": "key",
            "mockx_secret": "secret",
            "mockx_balances": {"SHIB": Decimal("1e30"), "BTC": Decimal("1e-8")},
            "mockx_auth": False,
            "mockx_data_dir": "/var/lib/mock exchange",
        },
        {"mockx_balances": {}},
    ],
)
def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch, settings: dict[str, object]) -> None:
    ours = Settings(**settings)
    for name, value in ours.environment().items():
        monkeypatch.setenv(name, value)

    assert Settings() == ours


def test_settings_do_not_change() -> None:
    settings = Settings()

    with pytest.raises(ValidationError, match="frozen"):
        settings.venue = "other"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKX_API_KEY", "word-1")
    monkeypatch.setenv("MOCKX_SECRET", "word-2")
    monkeypatch.setenv("VALKEY_URL", "redis://:word-3@127.0.0.1")

    settings = Settings()

    assert settings.mockx_secret == SecretStr("word-2")
    assert "word-" not in f"{settings} {settings!r}"


def test_a_refused_secret_is_not_shown() -> None:
    with pytest.raises(BadSettings, match=r"^MOCKX_SECRET=\(hidden\): Input should be a valid string$"):
        Settings(mockx_secret=12345)


def test_every_variable_is_described_and_a_field_is_its_name_in_lower_case() -> None:
    rows = list(setting_rows())

    assert [row.name for row in rows] == [name.upper() for name in Settings.model_fields]
    assert [row.name for row in rows if not row.description.endswith(".") or "\n" in row.description] == []


def test_the_configuration_table_in_the_readme_is_the_one_the_settings_give() -> None:
    _, begin, rest = (PROJECT / "README.md").read_text().partition("<!-- settings:begin -->\n")
    table, end, _ = rest.partition("<!-- settings:end -->")

    assert begin, (
        "README.md needs the marker <!-- settings:begin --> on a line of its own, and settings:end after the table"
    )
    assert end, "README.md has <!-- settings:begin --> and no <!-- settings:end -->"
    assert table.strip() == markdown_table().strip(), (
        "paste what `python -m mockexchange.settings` prints into README.md"
    )


def test_the_example_file_is_the_one_the_settings_give_and_means_the_defaults() -> None:
    path = PROJECT / ".env.example"

    assert path.read_text() == example_env(), "python -m mockexchange.settings env > .env.example"
    assert Settings(_env_file=path) == Settings()


@pytest.mark.parametrize(("arguments", "printed"), [([], markdown_table), (["env"], example_env)])
def test_both_are_printed_by_the_module(arguments: list[str], printed: object) -> None:
    command = [sys.executable, "-W", "error", "-m", "mockexchange.settings", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert callable(printed)
    assert ended.stdout == printed()
