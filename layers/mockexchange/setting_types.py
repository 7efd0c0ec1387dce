"""How the values of environment variables are read and written: the types of the fields in settings.py."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, cast

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from .domain.amounts import text
from .domain.fees import VIP, read_overrides, read_tiers
from .domain.fill_models import NAMES
from .valkey_address import normal

_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_MASTER_KEY = re.compile(r"[0-9a-fA-F]{64}")

NONE = "none"
"""What an empty mapping is called: an empty text would count as not set."""

_ASSET = r"[A-Z0-9]{1,20}"
_ASSETS = rf"({_ASSET}|\*)"
_MAX_SCALE = 30
"""Decimal places: above every token there is (18), and well inside what amounts are exact to (40 digits)."""


def listed(given: object) -> object:
    """The items of a comma-separated text; anything else as it is."""
    return [item.strip() for item in given.split(",") if item.strip()] if isinstance(given, str) else given


def paired(given: object) -> object:
    """The mapping in a text like `a=1,b=2` (`none`: an empty one); anything else as it is. Raises ValueError."""
    if not isinstance(given, str):
        return given
    if given.strip().lower() == NONE:
        return {}
    pairs: dict[str, str] = {}
    for item in cast("list[str]", listed(given)):
        name, _, value = (part.strip() for part in item.partition("="))
        if not (name and value):
            raise ValueError(f"{item!r} is not a pair; write it like NAME=value, pairs separated by commas")
        if name in pairs:
            raise ValueError(f"{name!r} is given twice")
        pairs[name] = value
    return pairs


def names(given: object) -> object:
    """The items of a comma-separated text (`none`: none); anything else as it is."""
    return () if isinstance(given, str) and given.strip().lower() == NONE else listed(given)


def _web_origins(given: tuple[str, ...]) -> tuple[str, ...]:
    for origin in given:
        if origin == "*":
            raise ValueError(
                "name each page's origin: with * any page in the world could use a key that it got hold of"
            )
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} should be scheme, host and port alone, like https://deck.example:8501")
    return given


def _master_key(given: SecretStr) -> SecretStr:
    if not _MASTER_KEY.fullmatch(given.get_secret_value()):
        raise ValueError("it should be 64 hex digits")
    return given


def _json_object(given: str) -> str:
    try:
        read: object = json.loads(given)
    except ValueError as error:
        raise ValueError(f"it should be a JSON object: {error}") from None
    if not isinstance(read, dict):
        raise ValueError("it should be a JSON object, in braces")  # noqa: TRY004  # pydantic reports ValueErrors
    return given


def _by_asset(given: Mapping[str, object]) -> dict[str, object]:
    return {_asset(name): value for name, value in given.items()}


def _asset(given: str) -> str:
    if not re.fullmatch(_ASSET, given.upper()):
        raise ValueError(f"{given!r} is not an asset; write it like USDT")
    return given.upper()


def _markets(given: object) -> object:
    items = listed(given)
    if not isinstance(items, list | tuple):
        return items
    written = (str(item).upper() for item in cast("list[object]", items))
    symbols = tuple(dict.fromkeys("*" if item == "*/*" else item for item in written))
    for symbol in symbols:
        if symbol != "*" and not re.fullmatch(f"{_ASSETS}/{_ASSETS}", symbol):
            raise ValueError(
                f"{symbol!r} is not a market; write them like BTC/USDT,ETH/USDT, or */USDT, BTC/*, or * for any"
            )
    if "*" in symbols and len(symbols) > 1:
        raise ValueError("* already means every market; leave the others out")
    if not symbols:
        raise ValueError("no market is named; write them like BTC/USDT,ETH/USDT, or * for any")
    return symbols


def _known_fill_model(given: str) -> str:
    if given not in NAMES:
        raise ValueError(f"unknown fill model {given!r}; one of: {', '.join(NAMES)}")
    return given


def _tiers(given: object) -> object:
    return VIP if isinstance(given, str) and given.strip().lower() == "vip" else paired(given)


def _good_tiers(given: Mapping[str, str]) -> Mapping[str, str]:
    read_tiers(given)
    return given


def _good_overrides(given: Mapping[str, str]) -> Mapping[str, str]:
    read_overrides(given)
    return given


def _http_address(given: str) -> str:
    if not re.match(r"https?://[^/\s]", given):
        raise ValueError("it should be an address like http://127.0.0.1:8000")
    return given.rstrip("/")


def secret_name(given: object) -> object:
    """A place in AWS; None for the text `none`. Raises ValueError."""
    if not isinstance(given, str):
        return given
    place = given.strip()
    if place.lower() == NONE:
        return None
    if not re.fullmatch(r"ssm:/[\w.\-/]{1,1000}|(?!ssm:)[\w/+=.@:!-]{1,2048}", place, re.ASCII):
        raise ValueError("it should be a secret's name or ARN, or like ssm:/mockx/prod")
    return place


def _upper(given: object) -> object:
    return given.upper() if isinstance(given, str) else given


Rate = Annotated[Decimal, Field(ge=0, lt=1)]
"""A fraction: 0.001 is a tenth of a percent."""

Duration = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""Seconds."""

Markets = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_markets)]
Columns = Annotated[Mapping[str, str], NoDecode, BeforeValidator(paired)]
_Scale = Annotated[int, Field(ge=0, le=_MAX_SCALE)]
Scales = Annotated[Mapping[str, _Scale], NoDecode, BeforeValidator(paired), AfterValidator(_by_asset)]
_Amount = Annotated[Decimal, Field(gt=0)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(names)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(names), AfterValidator(_web_origins)]
"""Scheme, host and port of web pages."""

MasterKey = Annotated[SecretStr, AfterValidator(_master_key)]
SecretName = Annotated[str | None, BeforeValidator(secret_name)]
JsonObject = Annotated[str, AfterValidator(_json_object)]
"""The text of a JSON object; parsed where it is used."""

AssetName = Annotated[str, AfterValidator(_asset)]
Amounts = Annotated[Mapping[str, _Amount], NoDecode, BeforeValidator(paired), AfterValidator(_by_asset)]
FeeTiers = Annotated[Mapping[str, str], NoDecode, BeforeValidator(_tiers), AfterValidator(_good_tiers)]
FeeOverrides = Annotated[Mapping[str, str], NoDecode, BeforeValidator(paired), AfterValidator(_good_overrides)]
"""Tables of rates as text; domain/fees.py reads them."""

Directory = Annotated[Path, AfterValidator(Path.expanduser)]
FillModelName = Annotated[str, AfterValidator(_known_fill_model)]
ValkeyAddress = Annotated[str, AfterValidator(normal)]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
UpperCase = BeforeValidator(_upper)


def written(value: object) -> str:
    """A field's value as the text that an environment variable holds; empty for None."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return text(value)
    if isinstance(value, float):
        return text(Decimal(repr(value)))
    if isinstance(value, tuple):
        return ",".join(str(item) for item in cast("tuple[object, ...]", value)) or NONE
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return ",".join(f"{name}={written(each)}" for name, each in pairs.items()) or NONE
    return str(value)
