"""Reading request bodies: at most so long, JSON of one known shape, amounts digit by digit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec
from msgspec import Raw
from starlette.requests import Request

from ..domain.amounts import parse_amount
from ..domain.errors import BadRequest
from .explaining import explained
from .problems import BodyTooLarge
from .request_schemas import Given

T = TypeVar("T", bound=Given)

LARGEST_BODY = 64 * 1024
"""Bytes. The longest order that means something is below one kilobyte."""

SHOWN = 60
"""Characters of a wrong value that are shown."""

# JSON's own grammar, and leading zeros, which only a string can have. Decimal() would take underscores and other
# scripts' digits too.
_NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class BodyReader(Generic[T]):
    """Reads one kind of body."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    async def read(self, request: Request) -> T:
        """The body of a request. Raises BadRequest, BodyTooLarge."""
        return self._decoded(await _received(request))

    async def read_optional(self, request: Request) -> T:
        """The same; without a body, what an empty object stands for."""
        body = await _received(request)
        return self._decoded(body or b"{}")

    def _decoded(self, body: bytes) -> T:
        try:
            return self._decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadRequest(self._explained(body, error)) from None

    def _explained(self, body: bytes, error: Exception) -> str:
        if not body:
            return "the request needs a JSON body, and has none"
        if isinstance(error, UnicodeDecodeError):
            return f"the body is not UTF-8: byte {body[error.start]:#04x} at {error.start}"
        if not isinstance(error, msgspec.ValidationError):
            return f"the body is not JSON: {error}"
        return explained(error, self._kind)


async def _received(request: Request) -> bytes:
    """The whole body, or BodyTooLarge as soon as it is known to be too long."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise BodyTooLarge(f"the body has {declared} bytes; at most {LARGEST_BODY} are read")
    body = b""
    async for chunk in request.stream():
        body = body + chunk if body else chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge(f"the body has more than {LARGEST_BODY} bytes")
    return body


def given_amount(raw: Raw, name: str, *, positive: bool = True) -> Decimal | None:
    """The exact amount in a field of a request, None when it was left out or null. Raises BadRequest."""
    digits = bytes(raw)
    if not digits or digits == b"null":
        return None
    if digits.startswith(b'"'):
        digits = digits[1:-1]
    if not _NUMBER.fullmatch(digits):
        shown = digits[:SHOWN].decode("utf-8", "replace")
        raise BadRequest(f'{name} must be a number, or a string that holds one like "0.1"; was {shown}')
    return parse_amount(digits.decode("ascii"), name, positive=positive)


def required_amount(raw: Raw, name: str) -> Decimal:
    """The same for a field that must be there."""
    amount = given_amount(raw, name)
    if amount is None:
        raise BadRequest(f"{name} must be a number, was null")
    return amount
