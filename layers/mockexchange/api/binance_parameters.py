"""Parameters of the Binance wire: what each endpoint takes, and how each value is read.

Query and form body hold pairs; one that is in both counts as the query has it (binance-spot-api-docs, rest-api.md,
"General Information on Endpoints").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec

from . import binance_errors as errors
from .binance_errors import BinanceError

T = TypeVar("T")

NUMBER = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
INTEGER = "^[0-9]{1,20}$"
SYMBOL = "^[A-Z0-9-_.]{1,20}$"
CLIENT_ORDER_ID = "^[\\.A-Z\\:/a-z0-9_-]{1,36}$"

_number = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_integer = re.compile(r"[0-9]{1,20}")
_symbol = re.compile(r"[-A-Z0-9_.]{1,40}")
_client_order_id = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")

LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """One parameter: `read` turns its name and text into a value, or raises BinanceError."""

    name: str
    read: Callable[[str, str], T]
    required: bool = False
    default: T | None = None


# how values are read


def number(name: str, text: str) -> Decimal:
    """A decimal number that is not negative."""
    if not _number.fullmatch(text):
        raise errors.illegal(name, NUMBER)
    return Decimal(text)


def integer(name: str, text: str) -> int:
    """A whole number that is not negative."""
    if not _integer.fullmatch(text):
        raise errors.illegal(name, INTEGER)
    value = int(text)
    if value > LARGEST:
        raise BinanceError(-1108, f"Parameter '{name}' overflowed.")
    return value


def positive(name: str, text: str) -> int:
    """A whole number above zero."""
    value = integer(name, text)
    if not value:
        raise errors.invalid(name)
    return value


def symbol(name: str, text: str) -> str:
    """A market's name, like BTCUSDT."""
    if not _symbol.fullmatch(text):
        raise errors.illegal(name, SYMBOL)
    return text


def client_order_id(name: str, text: str) -> str:
    """An order's name, as its owner gave it."""
    if not _client_order_id.fullmatch(text):
        raise errors.illegal(name, CLIENT_ORDER_ID)
    return text


def words(name: str, text: str) -> str:
    """Any text."""
    del name
    return text


def flag(name: str, text: str) -> bool:
    """true or false."""
    lower = text.lower()
    if lower not in ("true", "false"):
        raise errors.illegal(name, "true|false")
    return lower == "true"


def names(name: str, text: str) -> list[str]:
    """A JSON array of symbols, each once."""
    try:
        found = msgspec.json.decode(text.encode(), type=list[str])
    except msgspec.MsgspecError:
        raise errors.illegal(name, '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$') from None
    for each in found:
        symbol(name, each)
    if len(set(found)) < len(found):
        raise BinanceError(-1151, "Symbol is present multiple times in the list.")
    if not found:
        raise errors.empty(name)
    return found


def one_of(allowed: Iterable[str], refuse: BinanceError | None = None) -> Callable[[str, str], str]:
    """One of some words; `refuse` is what is said of any other."""
    known = frozenset(allowed)

    def read(name: str, text: str) -> str:
        if text not in known:
            raise BinanceError(refuse.code, refuse.msg) if refuse else errors.invalid(name)
        return text

    return read


# what was sent


@dataclass(frozen=True, slots=True)
class Sent:
    """What one request holds: the texts of its parameters, the bytes its signature stands for, and the signature (None:
    there is none)."""

    texts: Mapping[str, str]
    signed: bytes
    signature: str | None


def sent(query: bytes, body: bytes) -> Sent:
    """Read query and form body. Raises BinanceError on one parameter twice, or bytes that are no text."""
    signed_query, signature = _without_signature(query)
    signed_body, other = _without_signature(body)
    texts = _pairs(signed_body)
    texts.update(_pairs(signed_query))
    return Sent(texts, signed_query + signed_body, signature if signature is not None else other)


def _without_signature(raw: bytes) -> tuple[bytes, str | None]:
    """The rest byte by byte, for that is what was signed."""
    if b"signature=" not in raw:
        return raw, None
    rest: list[bytes] = []
    found: str | None = None
    for pair in raw.split(b"&"):
        if pair.startswith(b"signature="):
            if found is not None:
                raise errors.duplicate()
            found = pair[10:].decode("ascii", "replace")
        else:
            rest.append(pair)
    return b"&".join(rest), found


def _pairs(raw: bytes) -> dict[str, str]:
    if not raw:
        return {}
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:  # UnicodeDecodeError among them
        raise BinanceError(-1100, "Illegal characters found in a parameter.") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise errors.duplicate()
    return found


def values(parameters: Iterable[Parameter[Any]], texts: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    """What was sent, read; a default, or None, for what was not. `strict`: what is not known is refused. Raises
    BinanceError."""
    found: dict[str, Any] = {}
    read = 0
    for parameter in parameters:
        text = texts.get(parameter.name)
        if text is None:
            if parameter.required:
                raise errors.missing(parameter.name)
            found[parameter.name] = parameter.default
            continue
        read += 1
        if not text:
            raise errors.empty(parameter.name)
        found[parameter.name] = parameter.read(parameter.name, text)
    if strict and read < len(texts):
        raise errors.unread(read, len(texts))
    return found
