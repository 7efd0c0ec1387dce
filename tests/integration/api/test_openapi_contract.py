"""What clients are generated from stays what it is, and what people copy from works."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from mockexchange.api.markdown import markdown
from mockexchange.api.openapi_examples import recorded
from mockexchange.local.api_pages import application, record

from .test_openapi import closed, operations

OPERATION_IDS = """
amendOrder audit canExecuteOrder cancelAllOrders cancelOrder cancelOrderByClientId cancelOrderList changeAccount
cloneAccount compareOwnSnapshot compareSnapshot createKey deleteOwnSnapshot deleteSnapshot deposit depositToAccount
diagnose endChaos explainOrder getAccount getAccountBalance getAccountBalances getAssets getBalance getBalances
getCapital getChaos getFees getOhlcv getOrder getOrderBook getOrderByClientId getOrderList getOwnAccount getOwnFees
getOwnSnapshot getPerformance getProfit getRequests getSnapshot getTickers getTurnover isLive isReady listAccounts
listAssets listEquity listEvents listKeys listLedger listMarkets listOrderIds listOrderLists listOrders
listOwnSnapshots listPublicTrades listRoundTrips listSnapshots listSymbols listTrades openAccount placeOrder
placeOrderList resetAccount resetFeed resetOwnAccount restoreOwnSnapshot restoreSnapshot revokeKey rotateKey setChaos
setOwnFeeAsset setPrice takeOwnSnapshot takeSnapshot withdraw withdrawFromAccount
""".split()
"""Names of generated clients' functions: one that changes breaks them, so it is written down here."""

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return application()[0].openapi()


def test_operation_ids_are_stable(document: dict[str, Any]) -> None:
    assert sorted(each["operationId"] for _, _, each in operations(document)) == sorted(OPERATION_IDS)


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    return cast("Any", Draft202012Validator(closed({**schema, "components": document["components"]})))


def test_every_body_parameter_and_answer_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        where = f"{method} {path}: `python -m mockexchange.local.api_pages` records examples"
        contents = list(operation.get("requestBody", {}).get("content", {}).values())
        for response in operation["responses"].values():
            contents += response.get("content", {}).values()
        for content in contents:
            assert "example" in content, where
            complaints = [
                each.message for each in validator(document, content["schema"]).iter_errors(content["example"])
            ]
            assert complaints == [], where
        for parameter in operation.get("parameters", []):
            named = [each["value"] for each in parameter.get("examples", {}).values()]
            examples = [*named, parameter["example"]] if "example" in parameter else named
            told = examples or parameter["schema"].get("enum") or "default" in parameter["schema"]
            assert told, f"{where}, {parameter['name']}"
            for example in examples:
                assert validator(document, parameter["schema"]).is_valid(example), f"{where}, {parameter['name']}"


def test_examples_are_what_the_exchange_answers() -> None:
    assert asyncio.run(record()) == recorded()


def test_links_lead_to_parameters_that_there_are(document: dict[str, Any]) -> None:
    by_id = {operation["operationId"]: operation for _, _, operation in operations(document)}
    links = [
        link
        for operation in by_id.values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    for link in links:
        names = {each["name"] for each in by_id[link["operationId"]]["parameters"]}
        assert link["parameters"].keys() <= names, link
    assert len(links) > 10


def test_the_page_of_the_documentation_is_made_from_it(document: dict[str, Any]) -> None:
    assert (ROOT / "docs/api.md").read_text() == markdown(document), "run python -m mockexchange.local.api_pages"
