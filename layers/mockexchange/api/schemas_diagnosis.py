"""What the native HTTP API answers about the health of the exchange, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .schemas import Answer

HealthWord = Annotated[
    Literal["ok", "warning", "error"],
    Meta(description="`warning`: it works, and something should be looked at; `error`: something does not."),
]


class Check(Answer):
    """One thing that was looked at."""

    name: Annotated[str, Meta(examples=["memory", "price BTC/USDT"])]
    status: HealthWord
    detail: Annotated[str, Meta(description="What was seen.")]
    advice: Annotated[str | None, Meta(description="What to do; null: nothing.")]
    value: Annotated[
        int | str | None,
        Meta(description="The figure in `detail`, for machines: ms, bytes, or a count; of `valkey` microseconds."),
    ]


class Diagnosis(Answer):
    """What the exchange finds when it looks at itself."""

    status: Annotated[HealthWord, Meta(description="The worst of the checks.")]
    checks: list[Check]
    versions: Annotated[dict[str, str], Meta(description="Of what it is made of, by name.")]
