"""What happens to an account, as types. `type` says which one an event is."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from .schemas import Amount, Answer, AssetName, Balance, Milliseconds, Order, Trade

EventName = Annotated[
    str,
    Meta(
        description="Where the event stands in the venue's journal: ask for what comes `after` it.",
        examples=["17-0"],
    ),
]


class Movement(Answer):
    """Paper money that went in or out."""

    asset: AssetName
    amount: Annotated[Amount, Meta(description="In the asset; always positive.", examples=[100])]
    balance: Annotated[Balance, Meta(description="What the account holds of it as this is sent.")]


class Change(Answer):
    """Something else that happened to the account as a whole."""

    change: Annotated[str, Meta(description="What, in the journal's word.", examples=["AccountReset"])]


class OrderEvent(Struct, rename="camel", tag_field="type", tag="order"):
    """An order was placed, filled, amended, canceled, or came to its end."""

    id: EventName
    timestamp: Milliseconds
    data: Annotated[Order, Meta(description="The order as it stands as this is sent, without its trades.")]


class TradeEvent(Struct, rename="camel", tag_field="type", tag="trade"):
    """An order filled, wholly or in part."""

    id: EventName
    timestamp: Milliseconds
    data: Trade


class DepositEvent(Struct, rename="camel", tag_field="type", tag="deposit"):
    """Paper money came in."""

    id: EventName
    timestamp: Milliseconds
    data: Movement


class WithdrawalEvent(Struct, rename="camel", tag_field="type", tag="withdrawal"):
    """Paper money went out."""

    id: EventName
    timestamp: Milliseconds
    data: Movement


class AccountEvent(Struct, rename="camel", tag_field="type", tag="account"):
    """The account itself changed: it was reset, restored, or got other rates."""

    id: EventName
    timestamp: Milliseconds
    data: Change


Event = OrderEvent | TradeEvent | DepositEvent | WithdrawalEvent | AccountEvent
