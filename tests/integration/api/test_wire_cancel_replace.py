"""POST /api/v3/order/cancelReplace: what each combination of outcomes answers, and leaves (rest-api.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mockexchange.domain.errors import OutcomeUnknown
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.store.memory import MemoryStore

from .door import START, Door, Reply
from .wire import Wire, refused

PATH = "/api/v3/order/cancelReplace"
STOP, ALLOW = "STOP_ON_FAILURE", "ALLOW_FAILURE"


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


def replace(wire: Wire, order_id: int | None, mode: str = STOP, **changes: object) -> Reply:
    said: dict[str, object] = {
        "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.02", "price": "40000",
        "cancelReplaceMode": mode, "cancelOrderId": order_id,
    }  # fmt: skip
    return wire.ask("POST", PATH, **{**said, **changes})


def open_ids(wire: Wire) -> list[int]:
    return [each["orderId"] for each in wire.get("/api/v3/openOrders")]


def partly(reply: Reply) -> Any:
    assert refused(reply) == (409, -2021, "Order cancel-replace partially failed.")
    return reply.json["data"]


def failed(reply: Reply) -> Any:
    assert refused(reply) == (400, -2022, "Order cancel-replace failed.")
    return reply.json["data"]


def test_both_succeed_in_one_transaction(wire: Wire) -> None:
    old = wire.placed(newClientOrderId="old")
    wire.door.clock.time += 1
    reply = replace(wire, old["orderId"], newClientOrderId="new", cancelNewClientOrderId="gone")

    assert reply.status == 200
    answer = reply.json
    assert (answer["cancelResult"], answer["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert answer["cancelResponse"] == {
        "symbol": "BTCUSDT", "origClientOrderId": "old", "orderId": old["orderId"], "orderListId": -1,
        "clientOrderId": "gone", "transactTime": START + 1, "price": "50000.00000000", "origQty": "0.01000000",
        "executedQty": "0.00000000", "origQuoteOrderQty": "0.00000000", "cummulativeQuoteQty": "0.00000000",
        "status": "CANCELED", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY", "selfTradePreventionMode": "NONE",
    }  # fmt: skip
    new = answer["newOrderResponse"]
    assert (new["status"], new["clientOrderId"], new["origQty"], new["fills"]) == ("NEW", "new", "0.02000000", [])
    assert open_ids(wire) == [new["orderId"]]


def test_the_money_of_the_old_one_is_free_for_the_new_one(wire: Wire) -> None:
    old = wire.placed(quantity="2", price="50000")  # all there is
    reply = replace(wire, old["orderId"], quantity="2", price="49999.99")

    assert reply.status == 200, reply.text


@pytest.mark.parametrize("mode", [STOP, ALLOW])
@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"quantity": "99"}, -2010, "Account has insufficient balance for requested action."),
        ({"type": "LIMIT_MAKER", "price": "60001", "timeInForce": None}, -2010,
         "Order would immediately match and take."),
        ({"newClientOrderId": "taken"}, -2010, "Duplicate order sent."),
        ({"icebergQty": "0.02"}, -2010, "IcebergQty exceeds QTY."),
    ],
)  # fmt: skip
def test_the_old_one_is_gone_when_the_new_one_is_refused(
    wire: Wire, mode: str, change: dict[str, object], code: int, message: str
) -> None:
    taken = wire.placed(newClientOrderId="taken")["orderId"]
    old = wire.placed()["orderId"]
    data = partly(replace(wire, old, mode, **change))

    assert (data["cancelResult"], data["newOrderResult"]) == ("SUCCESS", "FAILURE")
    assert (data["cancelResponse"]["orderId"], data["cancelResponse"]["status"]) == (old, "CANCELED")
    assert data["newOrderResponse"] == {"code": code, "msg": message}
    assert open_ids(wire) == [taken]


@pytest.mark.parametrize("mode", [STOP, ALLOW])
def test_filters_are_looked_at_before_anything_is_done(wire: Wire, mode: str) -> None:
    old = wire.placed()["orderId"]

    for wrong in ({"quantity": "0.000001"}, {"quantity": "0.000001", "icebergQty": "0.1"}):
        assert refused(replace(wire, old, mode, **wrong)) == (400, -1013, "Filter failure: LOT_SIZE")
    assert open_ids(wire) == [old]


def test_the_new_one_is_not_tried_when_the_old_one_cannot_be_canceled(wire: Wire) -> None:
    data = failed(replace(wire, 99))

    assert data == {
        "cancelResult": "FAILURE", "newOrderResult": "NOT_ATTEMPTED",
        "cancelResponse": {"code": -2011, "msg": "Unknown order sent."}, "newOrderResponse": None,
    }  # fmt: skip
    assert open_ids(wire) == []


def test_or_it_is_tried_when_that_is_wanted(wire: Wire) -> None:
    done = wire.placed(type="MARKET", quantity="0.01")["orderId"]
    data = partly(replace(wire, done, ALLOW))

    assert (data["cancelResult"], data["newOrderResult"]) == ("FAILURE", "SUCCESS")
    assert data["cancelResponse"] == {"code": -2011, "msg": "Unknown order sent."}
    assert open_ids(wire) == [data["newOrderResponse"]["orderId"]]

    both = failed(replace(wire, 99, ALLOW, quantity="99"))
    assert (both["cancelResult"], both["newOrderResult"]) == ("FAILURE", "FAILURE")
    assert both["newOrderResponse"]["code"] == -2010


def test_restrictions_count_here_too(wire: Wire) -> None:
    old = wire.placed()["orderId"]
    data = failed(replace(wire, old, cancelRestrictions="ONLY_PARTIALLY_FILLED"))

    assert data["cancelResponse"]["msg"] == "Order was not canceled due to cancel restrictions."
    assert open_ids(wire) == [old]
    reply = replace(wire, old, cancelRestrictions="ONLY_NEW")
    assert reply.status == 200
    assert open_ids(wire) == [reply.json["newOrderResponse"]["orderId"]]


def test_the_old_one_must_be_named(wire: Wire) -> None:
    assert refused(replace(wire, None))[1:] == (
        -1102, "Param 'cancelOrigClientOrderId' or 'cancelOrderId' must be sent, but both were empty/null!",
    )  # fmt: skip
    assert refused(replace(wire, 1, cancelReplaceMode=None))[1] == -1102
    assert refused(replace(wire, 1, cancelReplaceMode="MAYBE"))[1] == -1130


def test_a_name_that_can_be_none_cancels_nothing(wire: Wire) -> None:
    old = wire.placed(newClientOrderId="old")["orderId"]

    assert refused(replace(wire, old, newClientOrderId="mx-17"))[0] == 400
    # the old one's own name does not keep the filters from being looked at first
    bad = replace(wire, old, newClientOrderId="old", quantity="0.000001", cancelRestrictions="ONLY_NEW")
    assert refused(bad) == (400, -1013, "Filter failure: LOT_SIZE")
    assert open_ids(wire) == [old]
    assert replace(wire, old, newClientOrderId="old").status == 200


class LostAfterwards(MemoryStore):
    """A store whose answer to the next commit of a new order is lost, though it is done."""

    loses = False

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        verdicts = super().commit(transactions)
        if self.loses and any(write.before is None for each in transactions for write in each.orders):
            raise OutcomeUnknown("the answer is lost")
        return verdicts


@pytest.mark.parametrize("way", [{}, {"cancelRestrictions": "ONLY_NEW"}], ids=["at once", "one by one"])
def test_an_outcome_that_is_unknown_is_no_failure(way: dict[str, Any]) -> None:
    store = LostAfterwards()
    door = Door(store)
    with door.loop:
        door.price("60000", bid="59999", ask="60001")
        wire = Wire(door)
        old = wire.placed()["orderId"]
        store.loses = True
        assert refused(replace(wire, old, **way))[:2] == (504, -1007)
        store.loses = False
        assert len(open_ids(wire)) == 1
        assert open_ids(wire) != [old]


@pytest.mark.parametrize("there", [True, False])
def test_past_the_limit_of_new_orders_the_old_one_goes_where_that_is_wanted(store: Any, there: bool) -> None:
    door = Door(store, wire_limits=RequestLimits(orders_per_10s=1))
    with door.loop:
        door.price("60000", bid="59999", ask="60001")
        wire = Wire(door)
        old = wire.placed()["orderId"]
        assert refused(replace(wire, old))[:2] == (429, -1015)
        assert open_ids(wire) == [old]
        reply = replace(wire, old if there else 99, orderRateLimitExceededMode="CANCEL_ONLY")
        status, code, _ = refused(reply)
        data = reply.json["data"]
        if there:
            assert (status, code, data["cancelResult"], data["newOrderResult"]) == (429, -2021, "SUCCESS", "FAILURE")
            assert data["newOrderResponse"]["code"] == -1015
            assert open_ids(wire) == []
        else:
            assert (status, code, data["newOrderResult"]) == (429, -2022, "NOT_ATTEMPTED")
            assert open_ids(wire) == [old]
