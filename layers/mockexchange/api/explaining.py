"""What is wrong with a value that does not fit its type, in words that help."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args, get_origin

import msgspec

_FIELD = re.compile(r" - at `\$\.(\w+)`$")


def explained(error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> str:
    """The complaint of the decoder of `kind`, with what would have been right."""
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    message = str(error).removeprefix("Object contains ").removeprefix("Object is ").removeprefix("Object ")
    if "unknown field" in message:
        return f"{message}; known are {', '.join(fields)}" if fields else f"{message}; there are none"
    found = _FIELD.search(message)
    if found is None or found[1] not in fields:
        return message
    choices = _choices(fields[found[1]].type)
    complaint = message[: found.start()]
    return f"{found[1]} must be one of {', '.join(choices)}: {complaint}" if choices else f"{found[1]}: {complaint}"


def _choices(kind: Any) -> list[str]:
    """The words that a Literal allows, wherever it stands in a type."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [choice for part in get_args(kind) for choice in _choices(part)]
