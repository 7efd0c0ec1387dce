"""Every environment variable, typed and documented: the only reader of the environment.

A field is the variable's name in lower case: `STALE_AFTER_SEC` is `settings.stale_after_sec`. A value given in code
counts before the environment, that before a file `.env` in the working directory, that before `mockx.toml` there
(setting_sources.py), that before a secret in AWS (setting_secrets.py), and that before the default. An empty value
counts as not set. Descriptions stand in README's
configuration table and in `.env.example`; a test holds both to `python -m mockexchange.settings` and
`python -m mockexchange.settings env`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .domain.amounts import DEFAULT_SCALE
from .domain.depth import DEFAULT_LEVELS, MOST_LEVELS
from .domain.fill_models import MODELS, preset_of
from .domain.models import MOST_LATENCY
from .domain.orders import BASIS_POINTS
from .setting_secrets import NoSecrets, SecretSource
from .setting_sources import BadFile, TomlSource
from .setting_types import (
    NONE,
    Amounts,
    AssetName,
    Columns,
    Directory,
    Duration,
    FeeOverrides,
    FeeTiers,
    FillModelName,
    HttpAddress,
    JsonObject,
    Markets,
    MasterKey,
    Origins,
    Rate,
    Scales,
    SecretName,
    UpperCase,
    ValkeyAddress,
    written,
)
from .valkey_address import Address

LONE_FUNCTION_VALKEY = "redis://127.0.0.1:6379/0"
"""Where a function that runs without `mockx up` looks for Valkey: the port it has everywhere."""


SECRETS = frozenset({"MOCKX_API_KEY", "MOCKX_SECRET", "MOCKX_MASTER_KEY", "VALKEY_PASSWORD"})
"""Variables whose values are never shown."""

_LIVE = ("auto", "ccxt")
"""What FEED begins with where prices are live, and trades come only when they are asked for."""


class BadSettings(ValueError):
    """Settings that cannot be used; a line for each variable says what its value was and what it should be."""


class Settings(BaseSettings):
    """The settings of one process. Raises BadSettings when a variable has a value it cannot have."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )

    # where the state is

    venue: str = Field(
        default="main",
        pattern=r"^[A-Za-z0-9_.-]{1,40}$",
        description="Venue this process serves: one exchange with its accounts. All its keys in Valkey carry the name.",
    )
    stage: str = Field(
        default="local",
        pattern=r"^[A-Za-z0-9_.-]{1,40}$",
        description="What this deployment is called in its log lines and metrics, like `dev` or `prod`.",
    )
    valkey_url: ValkeyAddress | None = Field(
        default=None,
        validation_alias=AliasChoices("VALKEY_URL", "REDIS_URL"),
        repr=False,  # it may hold a password
        description="Valkey to use, like `valkey://127.0.0.1:6379/0`; `valkeys://` with TLS (`?ssl_ca_certs=FILE` "
        "names who signed its certificate), `valkey+cluster://` and `valkeys+cluster://` for a cluster, `?iam=CACHE` "
        "to log in to ElastiCache with a token; `REDIS_URL` is read too. "
        f"Not set: `mockx up` starts its own, and a function that runs alone looks at `{LONE_FUNCTION_VALKEY}`.",
    )
    valkey_password: SecretStr | None = Field(
        default=None,
        description="Password for `VALKEY_URL`, where that has none in it and does not log in with `?iam=`.",
    )
    tick_log_length: int = Field(
        default=10_000, ge=1, description="Ticks kept per market for the matcher to catch up on, about."
    )

    # where prices come from

    feed: str = Field(
        default="auto",
        description="Price source: `ccxt:<exchange id>` (live), `synthetic[:seed]` (made up), `replay:<file>`, "
        "`manual` (prices set through the API), `external` (your own feeder writes them), or `auto`: live when the "
        "exchange answers at the first start, otherwise synthetic.",
    )
    exchange: str = Field(
        default="binance",
        pattern=r"^[a-z0-9_]{1,40}$",
        description="Exchange that the feeds `ccxt` and `auto` follow, by its ccxt id.",
    )
    exchange_config: JsonObject = Field(
        default="{}",
        repr=False,  # it may hold a proxy's password
        description='What its ccxt class is made with, as JSON, like `{"httpsProxy": "http://127.0.0.1:3128"}`.',
    )
    symbols: Markets = Field(
        default=("BTC/USDT", "ETH/USDT", "SOL/USDT"),
        description="Markets to trade, separated by commas; `*/USDT`, `BTC/*` or `*` for those that the exchange has.",
    )
    symbols_limit: int = Field(
        default=50, ge=1, le=5000, description="Markets that a pattern in SYMBOLS finds at most, the busiest first."
    )
    feed_depth: int = Field(
        default=0, ge=0, le=1000, description="Levels of the order book that a live feed brings; 0 for none."
    )
    feed_trades: bool = Field(default=False, description="Whether a live feed brings public trades.")
    feed_sink: Literal["valkey", "api"] = Field(
        default="valkey",
        description="Where the feeder puts prices: into `valkey`, or, where it cannot reach that, to the HTTP `api` at "
        "`API_URL` with `MOCKX_API_KEY`; then it is the matcher that makes candles.",
    )
    interval_sec: Duration = Field(
        default=2,
        description="Seconds between two looks of the feeder; the matcher of `mockx up` looks four times as often.",
    )
    stale_after_sec: Duration = Field(
        default=60, description="Seconds after which a price is too old for a market order, and for any new fill."
    )
    catch_up_hours: float = Field(
        default=168,
        ge=0,
        allow_inf_nan=False,
        description="Hours without prices that are made up for from the source's 1m candles when prices come again, so "
        "that resting orders meet what was missed; of a longer time the last ones. 0: never.",
    )
    speed: float = Field(
        default=1, gt=0, allow_inf_nan=False, description="How many times faster than the clock a replay runs."
    )
    replay_volume: Literal["base", "quote"] = Field(
        default="base", description="What the volume column of replayed candles counts: `base` or `quote` asset."
    )
    replay_columns: Columns = Field(
        default={},
        description="Columns of a replayed file that are named unusually: our name=the file's, like `time=t,open=o`.",
    )
    replay_spread_bps: Decimal = Field(
        default=Decimal(0),
        ge=0,
        lt=BASIS_POINTS,
        description="Spread between bid and ask that a replay of candles or trades gets, in basis points of the price.",
    )
    seed: int = Field(
        default=0,
        description="Seed of everything random: another number, another synthetic market, and other slippage.",
    )

    # what trading is like

    commission: Rate = Field(default=Decimal("0.001"), description="Fee rate of makers and takers: 0.001 is 0.1 %.")
    commission_maker: Rate | None = Field(default=None, description="Fee rate of makers. Not set: `COMMISSION`.")
    commission_taker: Rate | None = Field(default=None, description="Fee rate of takers. Not set: `COMMISSION`.")
    fee_tiers: FeeTiers = Field(
        default={},
        description="Lower fee rates by 30-day volume, counted in `QUOTE_ASSET`, like `1000000=0.0009/0.001,...` "
        "(volume=maker/taker); `vip` for a table of Binance's.",
    )
    fee_overrides: FeeOverrides = Field(
        default={},
        description="Fee rates of single markets, for every account, like `BTC/FDUSD=0,*/EUR=0/-` (both, or "
        "maker/taker, `-` for one that is as elsewhere); the first that fits counts.",
    )
    fee_asset: AssetName | None = Field(
        default=None,
        description="Asset, like `BNB`, that accounts may pay their fees in, for `FEE_DISCOUNT` less. Not set: none.",
    )
    fee_discount: Rate = Field(
        default=Decimal("0.25"), description="How much less a fee is that is paid in `FEE_ASSET`: 0.25 is 25 %."
    )
    fill_model: FillModelName = Field(
        default="touch",
        description="How orders fill: `last` (any size at the last price), `touch` (any size at the best price), "
        "`touch-size` (no more than shown there) or `depth` (level by level through the book); or one of the presets "
        "`frictionless` (`last`), `realistic` (`depth`, with queues) and `brutal` (`depth`, 10 basis points, "
        "500 ms).",
    )
    book_levels: int = Field(
        default=DEFAULT_LEVELS,
        ge=1,
        le=MOST_LEVELS,
        description="Levels of each side of the book that a tick keeps and an order walks, with `depth`.",
    )
    keep_books: bool = Field(
        default=False,
        description="Whether ticks keep books though `FILL_MODEL` reads none, so that single accounts may have a fill "
        "model that does.",
    )
    slippage_bps: Decimal = Field(
        default=Decimal(0),
        ge=0,
        lt=BASIS_POINTS,
        decimal_places=DEFAULT_SCALE,
        description="How much worse a taker's price may get before it fills, in basis points: by chance, from none to "
        "all of it.",
    )
    queue_position: bool = Field(
        default=False,
        description="Whether a resting order fills by trades at its price, once what stood before it there has traded "
        "or was withdrawn; `realistic` has it. Trades are those that the feed brings (`FEED_TRADES`).",
    )
    volume_share: Decimal = Field(
        default=Decimal(1),
        gt=0,
        le=1,
        decimal_places=DEFAULT_SCALE,
        description="Which part of what traded at its price or beyond a resting order gets at most, like `0.1`; below "
        "1 it gets nothing else. Needs a feed that brings trades.",
    )
    latency_ms: int = Field(
        default=0,
        ge=0,
        le=MOST_LATENCY,
        description="How long a new order is on its way, in ms: it meets no price of before it arrives. Every order is "
        "answered as NEW then.",
    )
    asset_scales: Scales = Field(
        default={},
        description="Decimal places of assets that do not have 8, like `WEI=18,SHIB=2`; fixed once an asset was used.",
    )

    quote_asset: AssetName = Field(default="USDT", description="Asset that accounts are valued in.")

    # who may trade, and where

    mockx_api_key: SecretStr | None = Field(
        default=None,
        description="API key of the default account. Not set: `mockx up` makes one, once per data directory.",
    )
    mockx_secret: SecretStr | None = Field(default=None, description="Secret that belongs to `MOCKX_API_KEY`.")
    mockx_master_key: MasterKey | None = Field(
        default=None,
        description="What the secrets of all other keys are derived from, 64 hex digits. Not set: `master.key` in the "
        "data directory, made once.",
    )
    mockx_secrets: SecretName = Field(
        default=None,
        description="Where AWS keeps `MOCKX_API_KEY`, `MOCKX_SECRET`, `MOCKX_MASTER_KEY`, `VALKEY_PASSWORD` and the "
        "like, unless they are set here: the name or ARN of a secret of Secrets Manager (a JSON object), or "
        "`ssm:/path` for the parameters below a path.",
    )
    mockx_secrets_age_sec: int = Field(
        default=300,
        ge=1,
        le=86_400,
        description="Seconds after which a function on AWS reads them again, so that a rotation counts.",
    )
    mockx_balances: Amounts = Field(
        default={"USDT": Decimal(100_000)},
        description="First deposit of the default account, like `USDT=100000,BTC=1`; or `none`.",
    )
    mockx_auth: bool = Field(
        default=True,
        description="Whether the HTTP API asks for a key. `false` is refused beyond the loopback interface.",
    )
    rate_limit_per_min: int = Field(
        default=6000, ge=0, description="Requests a minute that each API key may make in the long run; 0: any number."
    )
    rate_limit_burst: int = Field(
        default=1000, ge=1, description="Requests that each API key may make at once, within its minute."
    )
    binance_weight_per_min: int = Field(
        default=60_000,
        ge=0,
        description="Request weight a minute that each client of the Binance wire may use; 0: any. Binance itself "
        "allows 6000.",
    )
    binance_orders_per_10s: int = Field(
        default=1000,
        ge=0,
        description="New orders in ten seconds that each client of the Binance wire may place; 0: any number. Binance "
        "itself allows 100.",
    )
    binance_orders_per_day: int = Field(
        default=1_000_000,
        ge=0,
        description="New orders a day that each client of the Binance wire may place; 0: any number. Binance itself "
        "allows 200000.",
    )
    mockx_chaos_header: bool = Field(
        default=False,
        description="Whether a request may ask for a fault itself, in the header `x-mockexchange-chaos`: for tests.",
    )
    cors_origins: Origins = Field(
        default=(), description="Web pages that may call the API from a browser, like `https://deck.example`; none."
    )
    mockx_host: str = Field(default="127.0.0.1", min_length=1, description="Address the HTTP API listens on.")
    mockx_port: int = Field(
        default=8000, ge=0, le=65_535, description="Port the HTTP API listens on; 0 for any free one."
    )
    mockx_deck_port: int = Field(
        default=8501, ge=0, le=65_535, description="Port the deck listens on, at `MOCKX_HOST`; 0 for any free one."
    )
    mockx_data_dir: Directory = Field(
        default=Path("data"), description="Directory of Valkey's data, the keys and `credentials.json`."
    )
    mockx_workers: int = Field(default=1, ge=1, le=64, description="Processes that answer the HTTP API.")
    mockx_fsync: Literal["everysec", "always"] = Field(
        default="everysec",
        description="When the Valkey of `mockx up` waits for the disk: `everysec` (kill -9 of anything loses "
        "nothing, a power cut about a second), or `always` (nothing is lost, every order waits).",
    )
    api_url: HttpAddress = Field(
        default="http://127.0.0.1:8000", description="HTTP API that clients talk to (the command line, the deck)."
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], UpperCase] = Field(
        default="INFO",
        description="Least important messages to log: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.",
    )

    log_format: Literal["text", "json"] = Field(
        default="text",
        description="How functions log: `text` for people, or `json` for machines, with metrics for CloudWatch between "
        "the lines.",
    )

    @field_validator("volume_share")
    @classmethod
    def _has_trades(cls, share: Decimal, info: ValidationInfo) -> Decimal:
        """Whether the feed, whose settings are read before, tells what is traded."""
        if share < 1 and not _brings_trades(str(info.data.get("feed")), asked=bool(info.data.get("feed_trades"))):
            raise ValueError(
                "a live feed brings no trades unless FEED_TRADES=true, and no resting order would ever fill"
            )
        return share

    @field_validator("valkey_password")
    @classmethod
    def _has_use(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Whether VALKEY_URL, which is read before, logs in with a password at all."""
        address: str | None = info.data.get("valkey_url")
        if password is not None and address is not None and Address.of(address).iam is not None:
            raise ValueError("VALKEY_URL logs in with a token (?iam=), with no password beside it: set one of both")
        return password

    def __init__(self, **given: Any) -> None:
        """Read the environment; `given` fields, by their own names, count before it."""
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise BadSettings("\n".join(_complaints(error))) from None
        except (BadFile, NoSecrets) as error:
            raise BadSettings(str(error)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What counts before what."""
        del file_secret_settings
        return init_settings, env_settings, dotenv_settings, TomlSource(settings_cls), SecretSource(settings_cls)

    @property
    def named_valkey_url(self) -> str | None:
        """VALKEY_URL, with VALKEY_PASSWORD in it unless it has one of its own; None when it is not set."""
        return None if self.valkey_url is None else self._with_password(self.valkey_url)

    @property
    def function_valkey_url(self) -> str:
        """The Valkey a function talks to, which was named or stands where it is everywhere."""
        return self._with_password(self.valkey_url or LONE_FUNCTION_VALKEY)

    def _with_password(self, address: str) -> str:
        parts = urlsplit(address)
        if self.valkey_password is None or parts.password is not None:
            return address
        user, _, place = parts.netloc.rpartition("@")
        password = quote(self.valkey_password.get_secret_value(), safe="")
        return urlunsplit(parts._replace(netloc=f"{user.removesuffix(':')}:{password}@{place}"))

    @property
    def logged_levels(self) -> int:
        """How many levels of each side of a book a tick keeps: none unless a fill model reads them, or may."""
        reads = MODELS[preset_of(self.fill_model).word].reads_book
        return self.book_levels if reads or self.keep_books else 0

    @property
    def may_bring_trades(self) -> bool:
        """Whether the feed may bring trades: a live one does when it is asked to."""
        return _brings_trades(self.feed, asked=self.feed_trades)

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a child process. Holds secrets; what AWS keeps is among them,
        so that a child need not read it again."""
        values = {name.upper(): value for name in type(self).model_fields if (value := written(getattr(self, name)))}
        return values | {"MOCKX_SECRETS": NONE} if self.mockx_secrets else values


class OwnSettings(Settings):
    """The settings without those that AWS keeps, for whoever must start when AWS does not answer."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What counts before what."""
        every = super().settings_customise_sources(settings_cls, *sources, **named)
        return tuple(source for source in every if not isinstance(source, SecretSource))


class SettingRow(NamedTuple):
    """One variable, as people read about it. `default` is empty when there is none."""

    name: str
    default: str
    description: str


def setting_rows() -> Iterator[SettingRow]:
    """Every variable, in the order of the fields."""
    for name, field in Settings.model_fields.items():
        yield SettingRow(name.upper(), written(field.default), field.description or "")


def markdown_table() -> str:
    """README's configuration table."""
    rows = [
        f"| `{row.name}` | {f'`{row.default}`' if row.default else ''} | {row.description} |" for row in setting_rows()
    ]
    return "\n".join(["| variable | default | what it is |", "| --- | --- | --- |", *rows]) + "\n"


def example_env() -> str:
    """The text of `.env.example`."""
    head = "# Copy to .env and change what you want to. What is left empty, or out, has its default.\n"
    return head + "".join(
        f"\n# {row.description.replace('`', '')}\n{row.name}={row.default}\n" for row in setting_rows()
    )


def _brings_trades(feed: str, *, asked: bool) -> bool:
    return asked or feed.partition(":")[0] not in _LIVE


def _complaints(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False):
        variable, *inside = (str(part) for part in each["loc"])
        name = variable.upper()
        where = f" ({inside[0]})" if inside else ""
        reason = str(each.get("ctx", {}).get("error", each["msg"]))
        yield f"{name}={_shown(name, each['input'])}{where}: {reason}"


def _shown(name: str, value: object) -> str:
    if name in SECRETS or name == "EXCHANGE_CONFIG":
        return "(hidden)"
    shown = repr(value if isinstance(value, str | int | float) else written(value))
    return re.sub(r"//[^/]*@", "//***@", shown)[:200]


if __name__ == "__main__":
    sys.stdout.write(example_env() if sys.argv[1:] == ["env"] else markdown_table())
