"""JSON in which an amount keeps every digit: never through a float, and written in fixed point."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import msgspec

from ..domain.amounts import text


def encode(value: object, *, indent: int = 0) -> bytes:
    """JSON of a value made of dicts, lists, text, numbers, Decimals and msgspec Structs. Decimals become numbers.

    `indent`: spaces for each level; 0 for the shortest form.
    """
    plain = msgspec.to_builtins(value, builtin_types=(Decimal,))
    written = msgspec.json.encode(_amounts_as_raw(plain))
    return msgspec.json.format(written, indent=indent) if indent else written


def _amounts_as_raw(value: Any) -> Any:
    # msgspec would write Decimal("1E-8") as 1E-8: legal, but not what a person or a shell script expects
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} cannot be written as a JSON number")
        return msgspec.Raw(text(value).encode())
    if isinstance(value, dict):
        return {key: _amounts_as_raw(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_amounts_as_raw(item) for item in cast("list[Any]", value)]
    return value
