"""The client reads what the server writes: the same fields, and what the client insists on is never left out."""

from __future__ import annotations

import msgspec
import pytest

from mockexchange.api import (
    request_schemas,
    schemas,
    schemas_accounts,
    schemas_chaos,
    schemas_diagnosis,
    schemas_keys,
    schemas_market_data,
    schemas_requests,
)
from mockexchange.clients import account_answers, answers, chaos, event_answers
from mockexchange.clients.order_request import OrderRequest

PAIRS: list[tuple[type[msgspec.Struct], type[msgspec.Struct]]] = [
    (answers.AmendedOrder, schemas.AmendedOrder),
    (answers.Audit, schemas.AuditResult),
    (answers.Balance, schemas.Balance),
    (answers.Fee, schemas.TradeFee),
    (account_answers.Account, schemas_accounts.Account),
    (account_answers.Snapshot, schemas_accounts.Snapshot),
    (account_answers.SnapshotDiff, schemas_accounts.SnapshotDiff),
    (account_answers.Key, schemas_keys.Key),
    (account_answers.NewKey, schemas_keys.NewKey),
    (chaos.Chaos, schemas_chaos.Chaos),
    (event_answers.Check, schemas_diagnosis.Check),
    (event_answers.Diagnosis, schemas_diagnosis.Diagnosis),
    (event_answers.RequestFigures, schemas_requests.RequestFigures),
    (event_answers.RequestReport, schemas_requests.RequestReport),
    (event_answers.RouteRequests, schemas_requests.RouteRequests),
    (answers.Limits, schemas.Limits),
    (answers.Market, schemas.Market),
    (answers.Order, schemas.Order),
    (answers.OrderReason, schemas.OrderReason),
    (answers.OrderBook, schemas_market_data.OrderBook),
    (answers.PercentPrice, schemas.PercentPrice),
    (answers.Precision, schemas.Precision),
    (answers.PublicTrade, schemas_market_data.PublicTrade),
    (answers.Range, schemas.Range),
    (answers.Readiness, schemas.Readiness),
    (answers.SymbolHealth, schemas.SymbolHealth),
    (answers.Ticker, schemas.Ticker),
    (answers.Trade, schemas.Trade),
    (answers.Verdict, schemas.Assessment),
    (answers.Why, schemas.Why),
]


@pytest.mark.parametrize(("read", "written"), PAIRS, ids=[read.__name__ for read, _ in PAIRS])
def test_the_client_knows_every_field_that_the_server_writes(
    read: type[msgspec.Struct], written: type[msgspec.Struct]
) -> None:
    assert set(read.__struct_encode_fields__) == set(written.__struct_encode_fields__)


@pytest.mark.parametrize(
    ("read", "written"),
    [*PAIRS, (answers.Fee, schemas.Fee), (answers.Problem, schemas.Problem)],
    ids=lambda kind: kind.__name__,
)
def test_the_client_insists_on_nothing_that_may_be_left_out(
    read: type[msgspec.Struct], written: type[msgspec.Struct]
) -> None:
    insisted = {field.encode_name for field in msgspec.structs.fields(read) if field.required}
    always = {field.encode_name for field in msgspec.structs.fields(written) if field.default is not msgspec.UNSET}
    assert insisted <= always


def test_the_server_knows_every_field_of_an_order_that_the_client_sends() -> None:
    assert set(OrderRequest("BTC/USDT", "buy").body()) <= set(request_schemas.OrderRequest.__struct_encode_fields__)
