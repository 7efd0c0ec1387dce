"""What events are asked for, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from .request_schemas import Given, Limit

_NAMES = "order|trade|deposit|withdrawal|account"
EVENT_ID = r"^[0-9]{1,16}(-[0-9]{1,4})?$"


class EventQuery(Given):
    """Which events."""

    after: Annotated[
        Annotated[str, Meta(pattern=r"^(now|[0-9]{1,16}(-[0-9]{1,4})?)$")] | UnsetType,
        Meta(
            description="Only what came after the event with this id, or after `now`. Not given: what comes after "
            "`Last-Event-ID`; without that a stream starts now, a page at the beginning.",
            examples=["17-0"],
        ),
    ] = UNSET
    types: Annotated[
        Annotated[str, Meta(pattern=rf"^({_NAMES})(,({_NAMES})){{0,9}}$")] | UnsetType,
        Meta(description=f"Only these, separated by commas: {_NAMES.replace('|', ', ')}.", examples=["order,trade"]),
    ] = UNSET
    account: Annotated[
        Annotated[str, Meta(pattern=r"^[A-Za-z0-9._@+-]{1,64}$")] | UnsetType,
        Meta(description="Of another account; an admin's key may ask for any.", examples=["default"]),
    ] = UNSET
    limit: Limit = 100
