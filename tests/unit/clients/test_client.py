"""The HTTP client, against a stand-in that speaks over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.errors import (
    BadAnswer,
    ClientError,
    NotAuthorized,
    NotAvailable,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unreachable,
)
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_request import OrderRequest
from mockexchange.clients.wire import ANSWERS_KEPT

from ..answers import BALANCE, ORDER, TICKER, order_numbered
from ..stand_in import API_KEY, LOST, Reply, StandIn, problem, running_stand_in

DIGITS = Decimal("123456789012345678.123456789012345678")
"""More than a float holds, twice over."""

BUY = OrderRequest("BTC/USDT", "buy", Decimal("0.01"), client_order_id="mine-1")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with running_stand_in() as server:
        yield server


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[ExchangeClient]:
    with ExchangeClient(Endpoint(stand_in.url, API_KEY)) as connected:
        yield connected


def test_a_request_says_what_it_was_given_and_gtd_only_where_nothing_was() -> None:
    dated = OrderRequest("BTC/USDT", "buy", Decimal(1), Decimal(2), expires_at=5)
    for given in ("IOC", "FOK", "GTC", "GTD"):
        body = replace(dated, time_in_force=given).body()
        assert (body["timeInForce"], body["expiresAt"]) == (given, 5)
    assert dated.body()["timeInForce"] == "GTD"
    assert "timeInForce" not in replace(dated, expires_at=None).body()


def test_amounts_arrive_with_every_digit(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("GET", "/balance/WEI", f'{{"asset": "WEI", "free": {DIGITS}, "used": 1E-18, "total": 0.25}}')

    held = client.balance("WEI")

    assert (held.free, held.used, held.total) == (DIGITS, Decimal("1E-18"), Decimal("0.25"))


def test_amounts_leave_as_numbers_with_every_digit_and_no_exponent(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("POST", "/balance/WEI/deposit", BALANCE)
    stand_in.on("POST", "/balance/BTC/withdrawal", BALANCE)

    client.deposit("WEI", DIGITS)
    client.withdraw("BTC", Decimal("1E-8"))

    assert [asked.body for asked in stand_in.asked] == [f'{{"amount":{DIGITS}}}', '{"amount":0.00000001}']


def test_money_of_another_account_is_asked_for_by_its_name(stand_in: StandIn, client: ExchangeClient) -> None:
    bob = "/admin/accounts/bob%2F1/balance"
    stand_in.on("GET", bob, f'{{"WEI": {BALANCE}}}')
    stand_in.on("GET", f"{bob}/WEI", BALANCE)
    stand_in.on("POST", f"{bob}/WEI/deposit", BALANCE)
    stand_in.on("POST", f"{bob}/WEI/withdrawal", LOST)

    assert client.balances("bob/1")["WEI"] == client.balance("WEI", "bob/1")
    assert client.deposit("WEI", Decimal(1), "bob/1") == client.balance("WEI", "bob/1")
    with pytest.raises(OutcomeUnknown, match="`mockx balance WEI --account bob/1` shows whether the withdrawal"):
        client.withdraw("WEI", Decimal(1), "bob/1")


def test_every_request_carries_the_key(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("GET", "/tickers", '["BTC/USDT"]')

    assert client.symbols() == ["BTC/USDT"]
    assert stand_in.asked[0].api_key == API_KEY


def test_a_symbol_is_one_part_of_the_path(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("GET", "/tickers/BTC%2FUSDT,ETH%2FUSDT", f'{{"BTC/USDT": {TICKER}}}')

    assert client.tickers(["BTC/USDT", "ETH/USDT"])["BTC/USDT"].ask == 60001


def test_what_a_newer_exchange_adds_is_ignored(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("GET", "/orders/7", ORDER.replace("{", '{"stars": 5, ', 1))

    assert client.order("7").client_order_id == "mine-1"


def test_every_order_has_a_client_order_id_of_its_own(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("POST", "/orders", Reply(ORDER, 201))

    for _ in range(2):
        client.place(OrderRequest("BTC/USDT", "buy", Decimal("0.01")))

    ids = [msgspec.json.decode(asked.body)["clientOrderId"] for asked in stand_in.asked]
    assert len(set(ids)) == 2
    assert all(0 < len(each) <= 36 for each in ids)


def test_an_answer_with_a_tag_is_asked_for_by_it_and_kept(stand_in: StandIn, client: ExchangeClient) -> None:
    page = Reply(f"[{ORDER}]", headers={"etag": '"one"'})
    newer = Reply(f"[{order_numbered(8)}]", headers={"etag": '"two"'})
    stand_in.on("GET", "/orders?status=open&limit=100", page, Reply(status=304), newer, Reply(status=304))

    first = client.orders(status="open")
    first.clear()  # it is the caller's own
    found = [[order.id for order in client.orders(status="open")] for _ in range(3)]

    assert found == [["7"], ["8"], ["8"]]
    assert [asked.if_none_match for asked in stand_in.asked] == [None, '"one"', '"one"', '"two"']


def test_a_kept_answer_is_of_one_question_and_goes_on_with_its_page(stand_in: StandIn, client: ExchangeClient) -> None:
    tagged = Reply(f"[{ORDER}]", headers={"etag": '"one"', "x-next-cursor": "5"})
    stand_in.on("GET", "/orders?status=all&limit=1", tagged, Reply(status=304))
    stand_in.on("GET", "/orders?status=all&limit=1&cursor=5", f"[{order_numbered(8)}]")

    for _ in range(2):
        page, cursor = client.orders_page(limit=1)
        rest, end = client.orders_page(cursor, limit=1)
        assert ([page[0].id, rest[0].id], cursor, end) == (["7", "8"], "5", None)

    assert [asked.if_none_match for asked in stand_in.asked] == [None, None, '"one"', None]


def test_no_more_answers_are_kept_than_the_newest_ones(stand_in: StandIn, client: ExchangeClient) -> None:
    for number in range(ANSWERS_KEPT + 1):
        stand_in.on("GET", f"/balance/A{number}", Reply(BALANCE, headers={"etag": '"one"'}))
        client.balance(f"A{number}")

    client.balance("A1")
    client.balance("A0")

    assert [asked.if_none_match for asked in stand_in.asked[-2:]] == ['"one"', None]


def test_an_order_is_sent_again_with_the_same_id_when_the_connection_is_lost(
    stand_in: StandIn, client: ExchangeClient
) -> None:
    stand_in.on("POST", "/orders", LOST, ORDER)

    assert client.place(BUY).id == "7"

    first, second = stand_in.asked
    assert first.body == second.body
    assert '"clientOrderId":"mine-1"' in first.body


def test_an_order_is_sent_twice_at_most_and_then_its_outcome_is_called_unknown(
    stand_in: StandIn, client: ExchangeClient
) -> None:
    stand_in.on("POST", "/orders", LOST)

    with pytest.raises(OutcomeUnknown, match=r"unknown: `mockx order show --client-id mine-1`"):
        client.place(BUY)
    assert len(stand_in.asked) == 2


def test_an_amendment_is_sent_again_when_the_connection_is_lost(stand_in: StandIn, client: ExchangeClient) -> None:
    amended = f'{{"order": {ORDER}, "keptPlace": true, "canceled": null}}'
    stand_in.on("PATCH", "/orders/7", LOST, amended, LOST)

    assert client.amend("7", amount=Decimal("0.005")).kept_place
    with pytest.raises(OutcomeUnknown, match=r"unknown: `mockx order show 7`"):
        client.amend("7", amount=Decimal("0.005"))

    assert {asked.body for asked in stand_in.asked} == {'{"amount":0.005}'}
    assert len(stand_in.asked) == 4


@pytest.mark.parametrize("what", ["deposit", "withdrawal", "cancel", "cancel all", "price"])
def test_no_other_command_is_sent_again(what: str, stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("POST", "/balance/USDT/deposit", LOST)
    stand_in.on("POST", "/balance/USDT/withdrawal", LOST)
    stand_in.on("POST", "/orders/7/cancel", LOST)
    stand_in.on("DELETE", "/orders", LOST)
    stand_in.on("PUT", "/admin/tickers/BTC%2FUSDT/price", LOST)
    commands = {
        "deposit": lambda: client.deposit("USDT", Decimal(1)),
        "withdrawal": lambda: client.withdraw("USDT", Decimal(1)),
        "cancel": lambda: client.cancel("7"),
        "cancel all": client.cancel_all,
        "price": lambda: client.set_price("BTC/USDT", Decimal(1)),
    }

    with pytest.raises(OutcomeUnknown, match="Whether it was carried out is unknown: `mockx"):
        commands[what]()
    assert len(stand_in.asked) == 1


def test_a_question_is_asked_again_once(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("GET", "/tickers", LOST, '["BTC/USDT"]')
    assert client.symbols() == ["BTC/USDT"]

    stand_in.on("GET", "/tickers", LOST)
    with pytest.raises(Unreachable) as caught:
        client.symbols()
    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(stand_in.asked) == 4


def test_an_order_that_never_left_is_not_called_unknown() -> None:
    with socket.socket() as taken:  # bound and not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with ExchangeClient(Endpoint(url, None)) as client, pytest.raises(Unreachable) as caught:
            client.place(BUY)

    assert not isinstance(caught.value, OutcomeUnknown)
    assert f"{url}/orders" in str(caught.value)
    assert "start it with `mockx up`" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "BadRequest", Refused),
        (401, "AuthenticationError", NotAuthorized),
        (403, "PermissionDenied", NotAuthorized),
        (404, "OrderNotFound", NotFound),
        (409, "DuplicateOrderId", Refused),
        (422, "InsufficientFunds", Refused),
        (503, "ExchangeNotAvailable", NotAvailable),
    ],
)
def test_a_refusal_says_status_code_and_detail(
    status: int, code: str, kind: type[Refused], stand_in: StandIn, client: ExchangeClient
) -> None:
    stand_in.on("POST", "/orders", problem(status, code, "Because of this."))

    with pytest.raises(Refused) as caught:
        client.place(BUY)

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, caught.value.detail) == (status, code, "Because of this.")
    assert len(stand_in.asked) == 1


def test_a_failed_filter_has_its_name(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("POST", "/orders", problem(422, "InvalidOrder", "Too small.", "LOT_SIZE"))

    with pytest.raises(Refused) as caught:
        client.place(BUY)
    assert caught.value.filter_name == "LOT_SIZE"


@pytest.mark.parametrize(
    "reply",
    [
        Reply("<html>Bad gateway</html>", 502, {"content-type": "text/html"}),
        Reply("<html>It works!</html>", 200, {"content-type": "text/html"}),
        Reply('{"name": "another program"}'),
        Reply("", 307, {"location": "http://127.0.0.1:1/"}),
        Reply(""),
    ],
    ids=["a proxy's error", "a web page", "other JSON", "a redirection", "nothing"],
)
def test_an_answer_of_another_program_is_not_taken_for_an_exchange(
    reply: Reply, stand_in: StandIn, client: ExchangeClient
) -> None:
    stand_in.on("GET", "/health/ready", reply)

    with pytest.raises(BadAnswer, match=rf"status {reply.status}\) is not one of MockExchange's"):
        client.readiness()


def test_pages_are_followed_until_there_are_enough(stand_in: StandIn, client: ExchangeClient) -> None:
    first = ", ".join(order_numbered(number) for number in range(5000, 4000, -1))
    stand_in.on("GET", "/orders?status=open&limit=1000", Reply(f"[{first}]", headers={"x-next-cursor": "4001"}))
    stand_in.on(
        "GET",
        "/orders?status=open&limit=2&cursor=4001",
        Reply(f"[{order_numbered(4000)}, {order_numbered(3999)}]", headers={"x-next-cursor": "3999"}),
    )

    found = client.orders(status="open", limit=1002)

    assert [order.id for order in found] == [str(number) for number in range(5000, 3998, -1)]
    assert len(stand_in.asked) == 2


def test_the_last_page_ends_a_list(stand_in: StandIn, client: ExchangeClient) -> None:
    stand_in.on("GET", "/orders?symbol=BTC%2FUSDT&status=all&limit=100", f"[{ORDER}]")

    assert [order.id for order in client.orders(symbol="BTC/USDT")] == ["7"]


def test_errors_of_a_client_have_one_base() -> None:
    assert all(issubclass(kind, ClientError) for kind in (BadAnswer, NotFound, OutcomeUnknown, Refused, Unreachable))
